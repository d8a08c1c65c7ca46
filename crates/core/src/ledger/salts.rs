//! Salts: they keep removed texts from being guessed from the digests around them.

use std::{fmt, str::FromStr};

use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{
    serde_as_text,
    sign::{Namespace, SignError, Signer},
};

use super::{
    digest::{Digest, hex},
    keys::Origin,
};

/// 128 bits, written as 32 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Salt(String);

/// A text that is not a salt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a salt of 32 lower-case hexadecimal digits")]
pub struct BadSalt(String);

impl Salt {
    /// The salt as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Salt {
    type Err = BadSalt;

    fn from_str(text: &str) -> Result<Self, BadSalt> {
        let fits = text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if fits { Ok(Salt(text.to_owned())) } else { Err(BadSalt(text.to_owned())) }
    }
}

serde_as_text!(Salt);

/// Gives the salts of a log. It is derived from the release key, so that the same history gives the same
/// bytes again, and nobody else can compute it.
#[derive(Clone)]
pub struct Salts {
    secret: [u8; 32],
}

/// Never shows the secret.
impl fmt::Debug for Salts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salts(…)")
    }
}

impl Salts {
    /// Derives the secret: the SHA-256 of the armored signature of the origin in namespace
    /// `salt.v1@changecast`. The signature is never published.
    ///
    /// # Errors
    /// [`SignError::NotDeterministic`] when the key gives two signatures for the same bytes, others
    /// when it cannot sign.
    pub fn derive(signer: &Signer, origin: &Origin) -> Result<Self, SignError> {
        let message = origin.as_str().as_bytes();
        let signature = signer.sign(Namespace::Salt, message)?;
        if signer.sign(Namespace::Salt, message)? != signature {
            return Err(SignError::NotDeterministic(signer.public().fingerprint()));
        }
        Ok(Salts { secret: Digest::of(signature.as_bytes()).bytes() })
    }

    /// The salt of the body of a release.
    pub fn body(&self, seq: u64) -> Salt {
        self.salt(seq, "/body")
    }

    /// The salt of the facts of the list, where release `seq` changes them.
    pub fn facts(&self, seq: u64) -> Salt {
        self.salt(seq, "")
    }

    /// The salt of an entry, where release `seq` changes it.
    pub fn entry(&self, seq: u64, id: &str) -> Salt {
        self.salt(seq, id)
    }

    /// The first half of HMAC-SHA256 (RFC 2104) over the number, a line feed and the id.
    fn salt(&self, seq: u64, id: &str) -> Salt {
        let mac = Hmac::<Sha256>::new_from_slice(&self.secret).map(|mac| mac.chain_update(format!("{seq}\n{id}")));
        // HMAC takes keys of every length.
        let bytes = mac.map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default();
        Salt(hex(bytes.get(..16).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::Secret;

    #[test]
    fn salts_depend_on_key_origin_number_and_id() {
        let signer = Signer::Secret(Secret::from_seed(&[1; 32], "test"));
        let other = Signer::Secret(Secret::from_seed(&[2; 32], "test"));
        let (a, b): (Origin, Origin) = ("x.example/a".parse().unwrap(), "x.example/b".parse().unwrap());
        let salts = Salts::derive(&signer, &a).unwrap();
        let salt = salts.entry(1, "acme");
        assert_eq!(salt, Salts::derive(&signer, &a).unwrap().entry(1, "acme"));
        assert!(salt.as_str().parse::<Salt>().is_ok());
        for different in [
            salts.entry(2, "acme"),
            salts.entry(1, "acm"),
            salts.facts(1),
            salts.body(1),
            Salts::derive(&signer, &b).unwrap().entry(1, "acme"),
            Salts::derive(&other, &a).unwrap().entry(1, "acme"),
        ] {
            assert_ne!(salt, different);
        }
        assert_eq!(format!("{salts:?}"), "Salts(…)");
    }
}
