//! The connection to ssh-agent (draft-ietf-sshm-ssh-agent §3): length-prefixed messages over a socket.

use std::path::PathBuf;

use changecast_core::sign::AgentConnection;

/// Longest answer that is read; an Ed25519 signature has 83 bytes.
#[cfg(unix)]
const MAX_ANSWER: usize = 64 << 10;

/// The socket of an agent, usually `SSH_AUTH_SOCK`.
#[derive(Debug)]
pub(super) struct Socket(pub(super) PathBuf);

impl AgentConnection for Socket {
    fn exchange(&self, request: &[u8]) -> Result<Vec<u8>, String> {
        self.exchange_bytes(request).map_err(|error| format!("{}: {error}", self.0.display()))
    }
}

impl Socket {
    #[cfg(unix)]
    fn exchange_bytes(&self, request: &[u8]) -> std::io::Result<Vec<u8>> {
        use std::{
            io::{Error, Read, Write},
            os::unix::net::UnixStream,
            time::Duration,
        };
        let mut stream = UnixStream::connect(&self.0)?;
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
            return Err(Error::other(format!("the answer has {length} bytes, more than {MAX_ANSWER}")));
        }
        let mut answer = vec![0; length];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    }

    #[cfg(not(unix))]
    fn exchange_bytes(&self, _request: &[u8]) -> std::io::Result<Vec<u8>> {
        Err(std::io::Error::new(std::io::ErrorKind::Unsupported, "agents are reached through Unix sockets only"))
    }
}
