//! SHA-256 digests, and the digest of a list.

use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};

use crate::serde_as_text;

/// A SHA-256 (FIPS 180-4), written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Digest(Sha256::digest(bytes).into())
    }

    /// The 32 bytes of the digest.
    pub fn bytes(self) -> [u8; 32] {
        self.0
    }

    /// The hexadecimal digits and a line feed.
    pub(super) fn line(self) -> Line {
        let mut line = [b'\n'; 65];
        for (digits, byte) in line.chunks_exact_mut(2).zip(self.0) {
            digits.copy_from_slice(&[DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
        }
        line
    }

    /// The digest of a set of digests: SHA-256 over their hexadecimal forms, sorted, each followed by a
    /// line feed. This is how the leaves of a list give its `state`.
    pub fn of_set(digests: impl IntoIterator<Item = Digest>) -> Self {
        let mut sorted: Vec<Digest> = digests.into_iter().collect();
        sorted.sort_unstable();
        let mut hash = Sha256::new();
        for digest in sorted {
            hash.update(digest.line());
        }
        Digest(hash.finalize().into())
    }
}

/// A digest in hexadecimal digits, and a line feed.
pub(super) type Line = [u8; 65];

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// The lower-case hexadecimal digits of bytes.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not a digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a SHA-256 of 64 lower-case hexadecimal digits")]
pub struct BadDigest(String);

impl FromStr for Digest {
    type Err = BadDigest;

    fn from_str(text: &str) -> Result<Self, BadDigest> {
        let bytes = text.as_bytes().chunks_exact(2).map(byte).collect::<Option<Vec<u8>>>();
        let bytes = bytes.filter(|_| text.len() == 64).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Digest).ok_or_else(|| BadDigest(text.to_owned()))
    }
}

fn byte(digits: &[u8]) -> Option<u8> {
    Some(digit(digits[0])? << 4 | digit(digits[1])?)
}

fn digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

serde_as_text!(Digest);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_one_written_form() {
        let digest = Digest::of(b"abc");
        assert_eq!(digest.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        for bad in [digest.to_string().to_uppercase(), "ba".into(), String::new(), format!("{digest}00")] {
            assert!(bad.parse::<Digest>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_digest_of_a_set_ignores_the_order() {
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        let expected = Digest::of(format!("{b}\n{a}\n").as_bytes());
        assert!(b < a);
        assert_eq!(Digest::of_set([a, b]), expected);
        assert_eq!(Digest::of_set([b, a]), expected);
    }
}
