//! Signing through ssh-agent (draft-ietf-sshm-ssh-agent §3.6): one request, one answer.

use ssh_key::{Algorithm, Signature};

use super::{PublicKey, SignError};

const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;

/// Longest answer that is read; an Ed25519 signature takes 83 bytes.
const MAX_ANSWER: usize = 64 << 10;

/// A key that ssh-agent holds.
#[derive(Debug)]
pub struct Agent {
    socket: std::path::PathBuf,
    public: PublicKey,
}

impl Agent {
    /// The key `public` in the agent that listens at `socket` (usually `SSH_AUTH_SOCK`).
    pub fn new(socket: std::path::PathBuf, public: PublicKey) -> Self {
        Agent { socket, public }
    }

    pub(super) fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(super) fn sign(&self, data: &[u8]) -> Result<Signature, SignError> {
        let failed = |message: String| SignError::Agent(message);
        let line = self.public.to_string();
        let blob = ssh_key::PublicKey::from_openssh(&line)
            .and_then(|key| key.to_bytes())
            .map_err(|e| failed(e.to_string()))?;
        let mut request = vec![SIGN_REQUEST];
        put_string(&mut request, &blob)?;
        put_string(&mut request, data)?;
        request.extend(0u32.to_be_bytes());
        let answer = self.ask(&request).map_err(|error| failed(format!("{}: {error}", self.socket.display())))?;
        if answer.first() != Some(&SIGN_RESPONSE) {
            return Err(failed(format!(
                "it does not hold the key {}, or refused to use it",
                self.public.fingerprint()
            )));
        }
        // string(string(algorithm) string(signature))
        let broken = || failed("its answer is no Ed25519 signature".to_owned());
        let mut signature = get_string(&mut &answer[1..]).ok_or_else(broken)?;
        let algorithm = get_string(&mut signature).ok_or_else(broken)?;
        let bytes = get_string(&mut signature).ok_or_else(broken)?;
        if algorithm != b"ssh-ed25519" {
            return Err(broken());
        }
        Signature::new(Algorithm::Ed25519, bytes).map_err(|_| broken())
    }

    #[cfg(unix)]
    fn ask(&self, request: &[u8]) -> std::io::Result<Vec<u8>> {
        use std::{
            io::{Error, Read, Write},
            os::unix::net::UnixStream,
            time::Duration,
        };
        let mut stream = UnixStream::connect(&self.socket)?;
        // An agent may ask its user first.
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        let mut message = Vec::new();
        message.extend(u32::try_from(request.len()).map_err(Error::other)?.to_be_bytes());
        message.extend(request);
        stream.write_all(&message)?;
        let mut length = [0; 4];
        stream.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        if length > MAX_ANSWER {
            return Err(Error::other("an answer of absurd length"));
        }
        let mut answer = vec![0; length];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    }

    #[cfg(not(unix))]
    fn ask(&self, _request: &[u8]) -> std::io::Result<Vec<u8>> {
        Err(std::io::Error::new(std::io::ErrorKind::Unsupported, "agents are reached through Unix sockets only"))
    }
}

fn put_string(message: &mut Vec<u8>, bytes: &[u8]) -> Result<(), SignError> {
    let length = u32::try_from(bytes.len()).map_err(|error| SignError::Agent(error.to_string()))?;
    message.extend(length.to_be_bytes());
    message.extend(bytes);
    Ok(())
}

fn get_string<'a>(message: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = message.split_first_chunk::<4>()?;
    let (string, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *message = rest;
    Some(string)
}
