//! Where signing keys come from: a file, the environment, or ssh-agent.

use std::{
    env, fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use changecast_core::sign::{Agent, PublicKey, Secret, Signer};

use super::Failure;

/// Holds the passphrase of a protected key.
pub const PASSPHRASE: &str = "CHANGECAST_PASSPHRASE";
/// Holds the release key itself.
const RELEASE_KEY: &str = "CHANGECAST_KEY";
/// Holds the root key itself.
const ROOT_KEY: &str = "CHANGECAST_ROOT_KEY";

/// The release key: `--key`, else the environment.
pub fn release(path: Option<&Path>) -> Result<Option<Signer>, Failure> {
    signer(path, RELEASE_KEY)
}

/// The root key: `--root-key`, else the environment.
pub fn root(path: Option<&Path>) -> Result<Option<Signer>, Failure> {
    signer(path, ROOT_KEY)
}

fn signer(path: Option<&Path>, variable: &str) -> Result<Option<Signer>, Failure> {
    let Some(path) = path else {
        return match env::var(variable) {
            Ok(text) if !text.trim().is_empty() => {
                if !text.contains('\n') && Path::new(text.trim()).is_file() {
                    return Err(Failure::usage(
                        format!("{variable} holds the path of a file, and is to hold the key itself"),
                        "name the file with --key or --root-key, or set the variable to what the file holds",
                    ));
                }
                Ok(Some(Signer::Secret(Secret::parse(variable, &text, || passphrase(variable))?)))
            }
            _ => Ok(None),
        };
    };
    let text = fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    let name = path.display().to_string();
    // A public key names a key that ssh-agent holds, as for git's user.signingKey.
    if text.starts_with("ssh-") {
        let socket = env::var_os("SSH_AUTH_SOCK").map(PathBuf::from).ok_or_else(|| {
            Failure::usage(
                format!("{name} is a public key, and no ssh-agent runs (SSH_AUTH_SOCK is not set)"),
                "start ssh-agent and add the key with ssh-add, or name the private key",
            )
        })?;
        return Ok(Some(Signer::Agent(Agent::new(socket, PublicKey::parse(&name, &text)?))));
    }
    Ok(Some(Signer::Secret(Secret::parse(&name, &text, || passphrase(&name))?)))
}

fn passphrase(what: &str) -> Option<String> {
    if let Ok(passphrase) = env::var(PASSPHRASE) {
        return Some(passphrase);
    }
    if !io::stdin().is_terminal() {
        return None;
    }
    rpassword::prompt_password(format!("Passphrase of {what}: ")).ok()
}
