//! Ed25519 keys in OpenSSH's formats.

use std::fmt;

use ed25519_dalek::{Signature as RawSignature, SigningKey, VerifyingKey};
use ssh_key::{
    Algorithm, HashAlg, LineEnding, PrivateKey, Signature,
    private::{Ed25519Keypair, KeypairData},
    public::KeyData,
    rand_core::OsRng,
};

use super::SignError;

/// A public Ed25519 key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    key: ssh_key::PublicKey,
}

impl PublicKey {
    /// Reads a line of the form `ssh-ed25519 AAAA… [comment]`.
    ///
    /// # Errors
    /// [`SignError::Key`] for anything else; `what` names the key in it.
    pub fn parse(what: &str, line: &str) -> Result<Self, SignError> {
        if line.contains("PRIVATE KEY-----") {
            return Err(unusable(what, "a private key; expected the public key, in the file that ends in .pub"));
        }
        let mut key = ssh_key::PublicKey::from_openssh(line.trim()).map_err(|error| unusable(what, error))?;
        if key.algorithm() != Algorithm::Ed25519 {
            return Err(unusable(what, format_args!("a key of type {}, not ssh-ed25519", key.algorithm())));
        }
        key.set_comment("");
        Ok(PublicKey { key })
    }

    pub(super) fn data(&self) -> &KeyData {
        self.key.key_data()
    }

    /// The fingerprint, as `ssh-keygen -l` prints it.
    pub fn fingerprint(&self) -> String {
        self.key.fingerprint(HashAlg::Sha256).to_string()
    }

    /// Checks a raw signature by the strict rules: canonical encodings, no small-order key.
    pub(super) fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), SignError> {
        let KeyData::Ed25519(key) = self.data() else { return Err(SignError::Bytes) };
        let key = VerifyingKey::from_bytes(&key.0).map_err(|_| SignError::Bytes)?;
        let signature = RawSignature::from_slice(signature).map_err(|_| SignError::Bytes)?;
        key.verify_strict(data, &signature).map_err(|_| SignError::Bytes)
    }
}

/// The key without comment: `ssh-ed25519 AAAA…`.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key.to_openssh().map_err(|_| fmt::Error)?.trim_end())
    }
}

/// The name of a key that is being generated, for errors.
const NEW_KEY: &str = "new key";

fn unusable(what: &str, message: impl fmt::Display) -> SignError {
    SignError::Key { what: what.to_owned(), message: message.to_string() }
}

/// A secret Ed25519 key. It is never printed.
pub struct Secret {
    key: PrivateKey,
    /// The same, expanded once for many signatures.
    signing: Box<SigningKey>,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.public().fingerprint())
    }
}

impl Secret {
    /// Makes a new key from the operating system's randomness.
    ///
    /// # Errors
    /// [`SignError::Key`] when there is none.
    pub fn generate(comment: &str) -> Result<Self, SignError> {
        let mut key = PrivateKey::random(&mut OsRng, Algorithm::Ed25519).map_err(|error| unusable(NEW_KEY, error))?;
        key.set_comment(comment);
        Secret::of(key).ok_or_else(|| unusable(NEW_KEY, "not Ed25519"))
    }

    /// `None` for a key of another type, or with a public half that does not belong to the private half.
    fn of(key: PrivateKey) -> Option<Self> {
        let KeypairData::Ed25519(pair) = key.key_data() else { return None };
        let signing = SigningKey::from_bytes(&pair.private.to_bytes());
        (signing.verifying_key().to_bytes() == pair.public.0).then(|| Secret { key, signing: Box::new(signing) })
    }

    /// The key of a seed, for demonstrations and tests only: whoever knows the seed can sign.
    pub fn from_seed(seed: &[u8; 32], comment: &str) -> Self {
        let mut key = PrivateKey::from(Ed25519Keypair::from_seed(seed));
        key.set_comment(comment);
        Secret { key, signing: Box::new(SigningKey::from_bytes(seed)) }
    }

    /// Reads a key in OpenSSH's private key format. `passphrase` is asked for one only when the key
    /// is protected.
    ///
    /// # Errors
    /// [`SignError::Key`], [`SignError::Passphrase`]; `what` names the key in them.
    pub fn parse(what: &str, text: &str, passphrase: impl FnOnce() -> Option<String>) -> Result<Self, SignError> {
        if !text.contains("BEGIN OPENSSH PRIVATE KEY") {
            return Err(unusable(what, "not a private key in OpenSSH's format"));
        }
        let mut key = PrivateKey::from_openssh(text.trim()).map_err(|error| unusable(what, error))?;
        if key.is_encrypted() {
            let passphrase = passphrase().ok_or_else(|| SignError::Passphrase(what.to_owned()))?;
            key = key.decrypt(passphrase).map_err(|_| SignError::Passphrase(what.to_owned()))?;
        }
        let kind = key.key_data().algorithm().map_or("unknown".into(), |algorithm| algorithm.to_string());
        let is_ed25519 = matches!(key.key_data(), KeypairData::Ed25519(_));
        Secret::of(key).ok_or_else(|| {
            if is_ed25519 {
                unusable(what, "the public half does not belong to the private half")
            } else {
                unusable(what, format_args!("a key of type {kind}, not ssh-ed25519"))
            }
        })
    }

    /// The key in OpenSSH's private key format, protected when a passphrase is given.
    ///
    /// # Errors
    /// [`SignError::Key`] when it cannot be encoded.
    pub fn to_openssh(&self, passphrase: Option<&str>) -> Result<String, SignError> {
        let text = match passphrase {
            Some(passphrase) => self.key.encrypt(&mut OsRng, passphrase).and_then(|key| key.to_openssh(LineEnding::LF)),
            None => self.key.to_openssh(LineEnding::LF),
        };
        Ok(text.map_err(|error| unusable(NEW_KEY, error))?.to_string())
    }

    /// The comment in the key file, such as "changecast release key".
    pub fn comment(&self) -> &str {
        self.key.comment()
    }

    /// The public half of the key.
    pub fn public(&self) -> PublicKey {
        let mut key = self.key.public_key().clone();
        key.set_comment("");
        PublicKey { key }
    }

    pub(super) fn sign(&self, data: &[u8]) -> Result<Signature, SignError> {
        let signature = signature::Signer::sign(&*self.signing, data);
        Signature::new(Algorithm::Ed25519, signature.to_bytes().to_vec())
            .map_err(|error| unusable("signing key", error))
    }
}
