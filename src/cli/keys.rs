//! Where signing keys come from: a file, the environment, or ssh-agent.

use std::{
    env, fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use changecast::history::History;
use changecast_core::sign::{Agent, PublicKey, Secret, Signer};

use super::{Failure, agent::Socket, console};

/// The environment variable with the passphrase of a protected key.
pub const PASSPHRASE: &str = "CHANGECAST_PASSPHRASE";
/// The environment variable with the release key itself.
const RELEASE_KEY: &str = "CHANGECAST_KEY";
/// The environment variable with the root key itself.
const ROOT_KEY: &str = "CHANGECAST_ROOT_KEY";

/// The words in the comment of a root key that `keygen` writes.
const ROOT_COMMENT: &str = "root key";
/// The words in the comment of a release key that `keygen` writes.
const RELEASE_COMMENT: &str = "release key";

/// Checks that two keys are different, and that they were not swapped.
///
/// # Errors
/// [`Failure::Usage`] for one key with both roles, or a key with a comment of the other role.
pub fn check_pair(root: &Signer, release: &Signer) -> Result<(), Failure> {
    if root.public() == release.public() {
        return Err(Failure::usage(
            "the root key and the release key are the same key",
            "use two keys: the root key is kept offline, so that it can replace a stolen release key",
        ));
    }
    let is_swapped = comment(root).contains(RELEASE_COMMENT) || comment(release).contains(ROOT_COMMENT);
    if is_swapped {
        return Err(Failure::usage(
            "the root key and the release key are swapped, by the comments in them",
            "pass the release key with --key and the root key with --root-key; `ssh-keygen -c` changes a comment",
        ));
    }
    Ok(())
}

/// Checks that the other root keys are different from the first one, from each other and from the release key.
///
/// # Errors
/// [`Failure::Usage`] for a key that is named twice.
pub fn check_other_roots(others: &[PublicKey], root: Option<&Signer>, release: Option<&Signer>) -> Result<(), Failure> {
    let mut known: Vec<PublicKey> = root.into_iter().chain(release).map(Signer::public).collect();
    for key in others {
        if known.contains(key) {
            return Err(Failure::usage(
                format!("the key {} of --other-root is also used for another purpose", key.fingerprint()),
                "pass the public key of a second root key, such as changecast-root-2.pub from `changecast keygen`",
            ));
        }
        known.push(key.clone());
    }
    Ok(())
}

/// Checks that git does not track the file of a private key.
///
/// # Errors
/// [`Failure::Usage`] for a tracked file.
pub fn check_untracked(history: &History, path: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = path.filter(|path| path.extension().is_none_or(|extension| extension != "pub")) else {
        return Ok(());
    };
    if history.is_tracked(path)? {
        return Err(Failure::usage(
            format!("git tracks the private key {}: everybody with a copy of the repository can sign", path.display()),
            "create new keys outside the repository with `changecast keygen ../keys`",
        ));
    }
    Ok(())
}

fn comment(signer: &Signer) -> &str {
    match signer {
        Signer::Secret(secret) => secret.comment(),
        Signer::Agent(_) => "",
    }
}

/// Warns about a private key that other users can read.
fn warn_of_open_permissions(path: &Path) {
    #[cfg(unix)]
    if let Ok(metadata) = fs::metadata(path) {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions());
        if metadata.is_file() && mode & 0o077 != 0 {
            console::warning(&format!(
                "{}: other users can read this private key; run `chmod 600` on it",
                path.display()
            ));
        }
    }
}

/// The release key, from `--key` or else from the environment.
pub fn release(path: Option<&Path>) -> Result<Option<Signer>, Failure> {
    signer(path, RELEASE_KEY)
}

/// The root key, from `--root-key` or else from the environment.
pub fn root(path: Option<&Path>) -> Result<Option<Signer>, Failure> {
    signer(path, ROOT_KEY)
}

fn signer(path: Option<&Path>, variable: &str) -> Result<Option<Signer>, Failure> {
    let Some(path) = path else {
        return match env::var(variable) {
            Ok(text) if !text.trim().is_empty() => {
                if !text.contains('\n') && Path::new(text.trim()).is_file() {
                    return Err(Failure::usage(
                        format!("{variable} contains the path of a file; it must contain the key itself"),
                        "pass the file with --key or --root-key, or set the variable to the content of the file",
                    ));
                }
                Ok(Some(Signer::Secret(Secret::parse(variable, &text, || passphrase(variable))?)))
            }
            _ => Ok(None),
        };
    };
    let text = fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    let name = path.display().to_string();
    // As with git's user.signingKey, a public key selects a key in ssh-agent.
    if text.starts_with("ssh-") {
        let socket = env::var_os("SSH_AUTH_SOCK").map(PathBuf::from).ok_or_else(|| {
            Failure::usage(
                format!("{name} is a public key, but ssh-agent is not running (SSH_AUTH_SOCK is not set)"),
                "start ssh-agent and add the key with ssh-add, or pass the private key file",
            )
        })?;
        return Ok(Some(Signer::Agent(Agent::new(Box::new(Socket(socket)), PublicKey::parse(&name, &text)?))));
    }
    warn_of_open_permissions(path);
    Ok(Some(Signer::Secret(Secret::parse(&name, &text, || passphrase(&name))?)))
}

/// The passphrase of a key, from the environment or a prompt.
fn passphrase(key: &str) -> Option<String> {
    if let Ok(passphrase) = env::var(PASSPHRASE) {
        return Some(passphrase);
    }
    if !io::stdin().is_terminal() {
        return None;
    }
    rpassword::prompt_password(format!("Passphrase of {key}: ")).ok()
}
