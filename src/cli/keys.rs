//! Where signing keys come from: a file, the environment, or ssh-agent.

use std::{
    env, fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use changecast_core::sign::{Agent, PublicKey, Secret, Signer};

use super::{Failure, agent::Socket};

/// The environment variable with the passphrase of a protected key.
pub const PASSPHRASE: &str = "CHANGECAST_PASSPHRASE";
/// The environment variable with the release key itself.
const RELEASE_KEY: &str = "CHANGECAST_KEY";
/// The environment variable with the root key itself.
const ROOT_KEY: &str = "CHANGECAST_ROOT_KEY";

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
