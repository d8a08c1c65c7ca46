//! Signing through ssh-agent (draft-ietf-sshm-ssh-agent §3.6): one request, one answer.

use ssh_key::{Algorithm, Signature};

use super::{PublicKey, SignError};

const SIGN_REQUEST: u8 = 13;
const SIGN_RESPONSE: u8 = 14;

/// A connection to ssh-agent. The core opens no sockets.
pub trait AgentConnection: std::fmt::Debug + Send + Sync {
    /// Sends a request and returns the answer, both without the length that precedes them on the wire.
    ///
    /// # Errors
    /// A message when the agent cannot be reached.
    fn exchange(&self, request: &[u8]) -> Result<Vec<u8>, String>;
}

/// A key that ssh-agent keeps.
#[derive(Debug)]
pub struct Agent {
    connection: Box<dyn AgentConnection>,
    public: PublicKey,
}

impl Agent {
    /// The key `public` in the agent at the other end of the connection.
    pub fn new(connection: Box<dyn AgentConnection>, public: PublicKey) -> Self {
        Agent { connection, public }
    }

    pub(super) fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(super) fn sign(&self, data: &[u8]) -> Result<Signature, SignError> {
        let line = self.public.to_string();
        let blob = ssh_key::PublicKey::from_openssh(&line).and_then(|key| key.to_bytes());
        let blob = blob.map_err(|error| SignError::Agent(error.to_string()))?;
        let mut request = vec![SIGN_REQUEST];
        put_string(&mut request, &blob)?;
        put_string(&mut request, data)?;
        request.extend(0u32.to_be_bytes());
        let answer = self.connection.exchange(&request).map_err(SignError::Agent)?;
        if answer.first() != Some(&SIGN_RESPONSE) {
            let fingerprint = self.public.fingerprint();
            return Err(SignError::Agent(format!("it does not have the key {fingerprint}, or refused to use it")));
        }
        // string(string(algorithm) string(signature))
        let (algorithm, bytes) = answer.get(1..).and_then(signature).ok_or_else(not_ed25519)?;
        if algorithm != b"ssh-ed25519" {
            return Err(not_ed25519());
        }
        Signature::new(Algorithm::Ed25519, bytes).map_err(|_| not_ed25519())
    }
}

fn not_ed25519() -> SignError {
    SignError::Agent("its answer is not an Ed25519 signature".to_owned())
}

/// The algorithm and the bytes of a signature.
fn signature(mut answer: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut signature = get_string(&mut answer)?;
    Some((get_string(&mut signature)?, get_string(&mut signature)?))
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
