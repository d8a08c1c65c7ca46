//! Signatures in OpenSSH's format (SSHSIG): made with a key file, a key in the environment or
//! ssh-agent, checked strictly. Knows bytes and keys, no inventories.
//!
//! The only user of `ssh-key` and `ed25519-dalek`. The reference for every check is
//! `ssh-keygen -Y verify`.

mod agent;
mod key;

use ssh_key::{HashAlg, LineEnding, Signature, SshSig};

pub use agent::{Agent, AgentConnection};
pub use key::{PublicKey, Secret};

/// What a signature is for. A signature for one purpose is worth nothing for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// Releases that only a root key may sign. Root keys are kept offline.
    Root,
    /// All other releases, signed where the publisher runs.
    Release,
    /// Heads.
    Head,
    /// The origin of a log, to derive its salts. These signatures are never published.
    Salt,
    /// Key sets of the first edition of the log.
    Keys,
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
            Namespace::Keys => "keys.v1@changecast",
            Namespace::Release => "release.v1@changecast",
            Namespace::Resume => "resume.v1@changecast",
        }
    }
}

/// Why something cannot be signed or a signature does not hold.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// Not a key that can be used.
    #[error("{what}: {message}")]
    Key {
        /// Which key.
        what: String,
        /// Why not.
        message: String,
    },
    /// The passphrase is missing or wrong.
    #[error("{0}: the key is protected by a passphrase that was not given or is wrong")]
    Passphrase(String),
    /// ssh-agent cannot help.
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
    #[error("the signature is not one over these bytes")]
    Bytes,
}

impl SignError {
    /// The next step for whoever sees this error.
    pub fn help(&self) -> String {
        match self {
            SignError::Key { .. } => "keys are OpenSSH Ed25519 keys, as `changecast keygen` and `ssh-keygen -t ed25519` make them".into(),
            SignError::Passphrase(_) => "give it in CHANGECAST_PASSPHRASE, answer the prompt, or add the key to ssh-agent and name the .pub file".into(),
            SignError::Agent(_) => "start ssh-agent and add the key with ssh-add, or name the key file itself".into(),
            SignError::BadSigner(_) => "nothing was published; check the ssh-agent, or name the key file itself".into(),
            SignError::NotDeterministic(_) => "use an Ed25519 key in a file or in the ssh-agent of OpenSSH: salts must be the same in every run".into(),
            SignError::Armor(_) | SignError::Namespace { .. } | SignError::Signer(_) | SignError::Bytes => {
                "do not trust this log; fetch it again from its publisher, and compare the root key that you pinned".into()
            }
        }
    }
}

/// Signs with a secret key at hand, or through ssh-agent.
#[derive(Debug)]
pub enum Signer {
    /// A secret key.
    Secret(Secret),
    /// A key that ssh-agent holds.
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
        let armor = |error: ssh_key::Error| SignError::Armor(error.to_string());
        let data = SshSig::signed_data(namespace.as_str(), HashAlg::Sha512, message).map_err(armor)?;
        let signature: Signature = match self {
            Signer::Secret(secret) => secret.sign(&data)?,
            Signer::Agent(agent) => agent.sign(&data)?,
        };
        let key = self.public();
        let signed = SshSig::new(key.data().clone(), namespace.as_str(), HashAlg::Sha512, signature).map_err(armor)?;
        let armored = signed.to_pem(LineEnding::LF).map_err(armor)?;
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
    let signed = SshSig::from_pem(armor).map_err(|error| SignError::Armor(error.to_string()))?;
    let key = ssh_key::PublicKey::from(signed.public_key().clone());
    let line = key.to_openssh().map_err(|error| SignError::Armor(error.to_string()))?;
    Ok((signed.namespace().to_owned(), PublicKey::parse("signature", &line)?))
}

/// Checks a signature over bytes: by one of `keys`, for exactly this purpose, with SHA-512, in the
/// one armor that re-encoding gives, and by the strict rules for Ed25519 (no small-order keys).
///
/// # Errors
/// [`SignError`] with the first rule that does not hold.
pub fn verify(keys: &[PublicKey], namespace: Namespace, message: &[u8], armor: &str) -> Result<(), SignError> {
    let bad = |error: ssh_key::Error| SignError::Armor(error.to_string());
    let signed = SshSig::from_pem(armor).map_err(bad)?;
    if signed.to_pem(LineEnding::LF).map_err(bad)? != armor {
        return Err(SignError::Armor("written in another form than its own".to_owned()));
    }
    if signed.version() != SshSig::VERSION || signed.hash_alg() != HashAlg::Sha512 || !signed.reserved().is_empty() {
        return Err(SignError::Armor("of another version, with another hash, or with reserved data".to_owned()));
    }
    if signed.namespace() != namespace.as_str() {
        return Err(SignError::Namespace { found: signed.namespace().to_owned(), expected: namespace.as_str() });
    }
    let signer = keys.iter().find(|key| key.data() == signed.public_key());
    let signer =
        signer.ok_or_else(|| SignError::Signer(signed.public_key().fingerprint(HashAlg::Sha256).to_string()))?;
    let data = SshSig::signed_data(namespace.as_str(), HashAlg::Sha512, message).map_err(bad)?;
    signer.verify(&data, signed.signature_bytes())
}
