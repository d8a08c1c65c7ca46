//! Signatures in OpenSSH's format (SSHSIG): created with a key or through ssh-agent, and verified strictly.
//!
//! The only user of `ssh-key` and `ed25519-dalek`. The reference for every check is
//! `ssh-keygen -Y verify`.

mod agent;
mod key;

use ssh_key::{HashAlg, LineEnding, Signature, SshSig};

pub use agent::{Agent, AgentConnection};
pub use key::{PublicKey, Secret};

/// The purpose of a signature. A signature for one purpose does not verify for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// Releases that only a root key may sign. Root keys are kept offline.
    Root,
    /// All other releases, signed where the publisher runs.
    Release,
    /// Heads: statements on how far a log had reached at a time.
    Head,
    /// The origin of a log, to derive its salts. These signatures are never published.
    Salt,
    /// Where a publication ended, for the next one.
    Resume,
}

impl Namespace {
    /// The namespace as SSHSIG knows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Namespace::Root => "root.v1@changecast",
            Namespace::Head => "head.v1@changecast",
            Namespace::Salt => "salt.v1@changecast",
            Namespace::Release => "release.v1@changecast",
            Namespace::Resume => "resume.v1@changecast",
        }
    }
}

/// Why bytes cannot be signed, or a signature does not verify.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// Not a key that can be used.
    #[error("{what}: {message}")]
    Key {
        /// The name of the key, such as its file.
        what: String,
        /// Why it cannot be used.
        message: String,
    },
    /// The passphrase is missing or wrong.
    #[error("{0}: the key is protected by a passphrase that was not given or is wrong")]
    Passphrase(String),
    /// ssh-agent did not sign.
    #[error("ssh-agent: {0}")]
    Agent(String),
    /// The signer returned a signature that does not verify.
    #[error("the key {0} gave a signature that does not verify")]
    BadSigner(String),
    /// The signer gives another signature each time.
    #[error("the key {0} gives another signature for the same bytes each time")]
    NotDeterministic(String),
    /// Not a signature in the one accepted form.
    #[error("not a signature in OpenSSH's form: {0}")]
    Armor(String),
    /// Signed for another purpose.
    #[error("signed for {found:?}, not for {expected:?}")]
    Namespace {
        /// The namespace in the signature.
        found: String,
        /// The namespace that it must have.
        expected: &'static str,
    },
    /// Signed by a key that may not sign this.
    #[error("signed by {0}, which is not among the keys in force")]
    Signer(String),
    /// Other bytes than the signed ones, or a forged signature.
    #[error("the bytes differ from those that were signed")]
    Bytes,
}

impl SignError {
    /// The next step for whoever sees this error.
    pub fn help(&self) -> String {
        match self {
            SignError::Key { .. } => "keys are OpenSSH Ed25519 keys, as `changecast keygen` and `ssh-keygen -t ed25519` make them".into(),
            SignError::Passphrase(_) => "give it in CHANGECAST_PASSPHRASE, answer the prompt, or add the key to ssh-agent and name the .pub file".into(),
            SignError::Agent(_) => "start ssh-agent and add the key with ssh-add, or name the key file itself".into(),
            SignError::BadSigner(_) => "check the ssh-agent, or name the key file itself; no file was published".into(),
            SignError::NotDeterministic(_) => "use an Ed25519 key in a file or in the ssh-agent of OpenSSH: salts must be the same in every run".into(),
            SignError::Armor(_) | SignError::Namespace { .. } | SignError::Signer(_) | SignError::Bytes => {
                "do not trust this log; fetch it again from its publisher, and compare the root key that you pinned".into()
            }
        }
    }
}

fn malformed(error: ssh_key::Error) -> SignError {
    SignError::Armor(error.to_string())
}

/// Creates signatures with a private key.
#[derive(Debug)]
pub enum Signer {
    /// With a secret key in memory.
    Secret(Secret),
    /// Through ssh-agent, with a key that it keeps.
    Agent(Agent),
}

impl Signer {
    /// The public key of the signatures.
    pub fn public(&self) -> PublicKey {
        match self {
            Signer::Secret(secret) => secret.public(),
            Signer::Agent(agent) => agent.public().clone(),
        }
    }

    /// Signs bytes, and verifies the signature before it returns it. Ed25519 gives the same signature
    /// every time (RFC 8032 §5.1.6).
    ///
    /// # Errors
    /// [`SignError::Agent`] when ssh-agent fails, [`SignError::BadSigner`] when it returned a wrong signature.
    pub fn sign(&self, namespace: Namespace, message: &[u8]) -> Result<String, SignError> {
        let data = SshSig::signed_data(namespace.as_str(), HashAlg::Sha512, message).map_err(malformed)?;
        let signature: Signature = match self {
            Signer::Secret(secret) => secret.sign(&data)?,
            Signer::Agent(agent) => agent.sign(&data)?,
        };
        let key = self.public();
        let signed =
            SshSig::new(key.data().clone(), namespace.as_str(), HashAlg::Sha512, signature).map_err(malformed)?;
        let armored = signed.to_pem(LineEnding::LF).map_err(malformed)?;
        let verified = verify(std::slice::from_ref(&key), namespace, message, &armored);
        verified.map_err(|_| SignError::BadSigner(key.fingerprint()))?;
        Ok(armored)
    }
}

/// The namespace and the public key that a signature states. Neither is verified.
///
/// # Errors
/// [`SignError::Armor`] for bytes that are not a signature.
pub fn claimed(armor: &str) -> Result<(String, PublicKey), SignError> {
    stated(&SshSig::from_pem(armor).map_err(malformed)?)
}

fn stated(signed: &SshSig) -> Result<(String, PublicKey), SignError> {
    let key = ssh_key::PublicKey::from(signed.public_key().clone());
    let line = key.to_openssh().map_err(malformed)?;
    Ok((signed.namespace().to_owned(), PublicKey::parse("signature", &line)?))
}

/// Checks a signature over bytes: by one of `keys`, for exactly this purpose, with SHA-512, in the
/// one armor that re-encoding gives, and by the strict rules for Ed25519 (no small-order keys).
///
/// # Errors
/// [`SignError`] with the first rule that the signature breaks.
pub fn verify(keys: &[PublicKey], namespace: Namespace, message: &[u8], armor: &str) -> Result<(), SignError> {
    let signed = well_formed(armor)?;
    if signed.namespace() != namespace.as_str() {
        return Err(SignError::Namespace { found: signed.namespace().to_owned(), expected: namespace.as_str() });
    }
    let signer = keys.iter().find(|key| key.data() == signed.public_key());
    let signer =
        signer.ok_or_else(|| SignError::Signer(signed.public_key().fingerprint(HashAlg::Sha256).to_string()))?;
    let data = SshSig::signed_data(namespace.as_str(), HashAlg::Sha512, message).map_err(malformed)?;
    signer.verify(&data, signed.signature_bytes())
}

/// Checks a signature as [`verify`] does, for the purpose and by the key that it states. Returns both: whether this key may
/// sign this is for the caller to check.
///
/// # Errors
/// [`SignError`] with the first rule that the signature breaks.
pub fn attested(message: &[u8], armor: &str) -> Result<(String, PublicKey), SignError> {
    let signed = well_formed(armor)?;
    let (namespace, signer) = stated(&signed)?;
    let data = SshSig::signed_data(&namespace, HashAlg::Sha512, message).map_err(malformed)?;
    signer.verify(&data, signed.signature_bytes())?;
    Ok((namespace, signer))
}

/// A signature in its one form.
fn well_formed(armor: &str) -> Result<SshSig, SignError> {
    let signed = SshSig::from_pem(armor).map_err(malformed)?;
    if signed.to_pem(LineEnding::LF).map_err(malformed)? != armor {
        return Err(SignError::Armor("written in another form than its own".to_owned()));
    }
    if signed.version() != SshSig::VERSION || signed.hash_alg() != HashAlg::Sha512 || !signed.reserved().is_empty() {
        return Err(SignError::Armor("of another version, with another hash, or with reserved data".to_owned()));
    }
    Ok(signed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(seed: u8) -> Signer {
        Signer::Secret(Secret::from_seed(&[seed; 32], "test"))
    }

    /// An agent that answers every request with the signature of other bytes, or with other bytes each time.
    #[derive(Debug)]
    struct FaultyAgent(fn(&[u8]) -> Vec<u8>);

    impl AgentConnection for FaultyAgent {
        fn exchange(&self, request: &[u8]) -> Result<Vec<u8>, String> {
            Ok(self.0(request))
        }
    }

    fn answer(signature: &[u8]) -> Vec<u8> {
        let strings = [b"ssh-ed25519".as_slice(), signature];
        let strings = strings.map(|bytes| [&(bytes.len() as u32).to_be_bytes(), bytes].concat()).concat();
        [&[14], (strings.len() as u32).to_be_bytes().as_slice(), &strings].concat()
    }

    fn through_agent(behaviour: fn(&[u8]) -> Vec<u8>) -> Result<String, SignError> {
        let agent = Agent::new(Box::new(FaultyAgent(behaviour)), signer(1).public());
        Signer::Agent(agent).sign(Namespace::Release, b"release")
    }

    /// The data of a request to sign: the second string in it.
    fn requested(request: &[u8]) -> &[u8] {
        let key = u32::from_be_bytes(request[1..5].try_into().unwrap()) as usize;
        &request[9 + key..request.len() - 4]
    }

    #[test]
    fn an_agent_gives_the_same_signature_as_the_key() {
        let signed = through_agent(|request| {
            let signature = Secret::from_seed(&[1; 32], "test").sign(requested(request)).unwrap();
            answer(signature.as_bytes())
        });
        assert_eq!(signed.unwrap(), signer(1).sign(Namespace::Release, b"release").unwrap());
    }

    #[test]
    fn a_wrong_answer_of_an_agent_is_not_returned() {
        let of_other_bytes =
            through_agent(|_| answer(Secret::from_seed(&[1; 32], "test").sign(b"other bytes").unwrap().as_bytes()));
        assert!(matches!(of_other_bytes, Err(SignError::BadSigner(_))), "{of_other_bytes:?}");
        let of_other_key = through_agent(|request| {
            answer(Secret::from_seed(&[2; 32], "test").sign(requested(request)).unwrap().as_bytes())
        });
        assert!(matches!(of_other_key, Err(SignError::BadSigner(_))), "{of_other_key:?}");
        for broken in [(|_| vec![5]) as fn(&[u8]) -> Vec<u8>, |_| Vec::new(), |_| answer(b"short"), |_| vec![14, 0, 0]]
        {
            assert!(matches!(through_agent(broken), Err(SignError::Agent(_))));
        }
    }

    #[test]
    fn a_signature_verifies_for_its_key_bytes_and_purpose_only() {
        let armor = signer(1).sign(Namespace::Release, b"bytes").unwrap();
        let keys = [signer(2).public(), signer(1).public()];
        assert!(verify(&keys, Namespace::Release, b"bytes", &armor).is_ok());
        assert!(matches!(verify(&keys[..1], Namespace::Release, b"bytes", &armor), Err(SignError::Signer(_))));
        assert!(matches!(verify(&keys, Namespace::Release, b"byte", &armor), Err(SignError::Bytes)));
        for other in [Namespace::Root, Namespace::Head, Namespace::Salt] {
            assert!(matches!(verify(&keys, other, b"bytes", &armor), Err(SignError::Namespace { .. })));
        }
        assert_eq!(claimed(&armor).unwrap(), ("release.v1@changecast".to_owned(), signer(1).public()));
    }

    #[test]
    fn a_signature_with_a_larger_s_is_refused() {
        // The order of the group, little-endian (RFC 8032 §5.1).
        const ORDER: [u8; 32] = [
            0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
        ];
        let key = signer(1).public();
        let Signer::Secret(secret) = signer(1) else { unreachable!() };
        let mut bytes: [u8; 64] = secret.sign(b"data").unwrap().as_bytes().try_into().unwrap();
        assert!(key.verify(b"data", &bytes).is_ok());
        let mut carry = 0;
        for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
            let sum = u16::from(*byte) + u16::from(order) + carry;
            *byte = sum as u8;
            carry = sum >> 8;
        }
        assert_eq!(carry, 0);
        assert!(key.verify(b"data", &bytes).is_err());
    }
}
