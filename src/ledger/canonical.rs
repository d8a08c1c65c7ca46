//! Canonical bytes (RFC 8785, JCS) for the documents of the log, and their SHA-256.
//!
//! The documents hold integers only, ASCII keys only, and no control characters. For such values
//! JCS is serde_json's compact form with sorted keys, and also what `jq -cS` prints.

use std::{fmt, str::FromStr};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use changecast_core::serde_as_text;

use super::jcs;

/// Largest integer that every JSON reader keeps exactly (RFC 8785 §3.2.2.3).
pub(super) const MAX_INTEGER: u64 = 1 << 53;

/// A value or document without canonical bytes.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// Not JSON, or not of the expected shape.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// A number that is no integer below 2^53.
    #[error("the number {0} is no integer that every reader keeps exactly")]
    Number(String),
    /// A key or text with characters that canonical documents do not hold.
    #[error("the text {0:?} holds characters that the log does not allow there")]
    Text(String),
    /// Other bytes than the canonical ones for the same content.
    #[error("the bytes are not the canonical form (RFC 8785) of their content")]
    Bytes,
}

/// The canonical bytes of a value.
///
/// # Errors
/// [`CanonicalError`] when the value holds what canonical documents must not.
pub fn to_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, CanonicalError> {
    jcs::write(value)
}

/// Reads a document, which must be in canonical bytes.
///
/// # Errors
/// [`CanonicalError::Bytes`] for other bytes than the canonical ones, such as a key twice.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CanonicalError> {
    let value: Value = serde_json::from_slice(bytes)?;
    check(&value)?;
    // serde_json's maps are sorted by key; for ASCII keys this is the order of RFC 8785 §3.2.3.
    if serde_json::to_vec(&value)? != bytes {
        return Err(CanonicalError::Bytes);
    }
    Ok(serde_json::from_value(value)?)
}

fn check(value: &Value) -> Result<(), CanonicalError> {
    match value {
        Value::Null | Value::Bool(_) => Ok(()),
        Value::Number(number) => {
            let exact = number.as_u64().is_some_and(|n| n <= MAX_INTEGER);
            if exact { Ok(()) } else { Err(CanonicalError::Number(number.to_string())) }
        }
        Value::String(text) => {
            if fits_text(text) {
                Ok(())
            } else {
                Err(CanonicalError::Text(text.clone()))
            }
        }
        Value::Array(items) => items.iter().try_for_each(check),
        Value::Object(members) => members.iter().try_for_each(|(key, value)| {
            if fits_key(key) { check(value) } else { Err(CanonicalError::Text(key.clone())) }
        }),
    }
}

/// Whether canonical documents may hold a text.
pub(super) fn fits_text(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// Whether canonical documents may hold a key: ASCII that JSON writes as it is.
pub(super) fn fits_key(key: &str) -> bool {
    key.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\'))
}

/// A SHA-256, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Digest(Sha256::digest(bytes).into())
    }

    /// Its bytes.
    pub fn bytes(self) -> [u8; 32] {
        self.0
    }

    /// Its hexadecimal digits.
    pub(super) fn hex(self) -> [u8; 64] {
        let digit = |four: u8| b"0123456789abcdef"[usize::from(four)];
        let mut digits = [0; 64];
        for (at, byte) in self.0.iter().enumerate() {
            digits[2 * at] = digit(byte >> 4);
            digits[2 * at + 1] = digit(byte & 15);
        }
        digits
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.hex()))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Not a digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no SHA-256 in lower-case hexadecimal digits")]
pub struct BadDigest(String);

impl FromStr for Digest {
    type Err = BadDigest;

    fn from_str(text: &str) -> Result<Self, BadDigest> {
        let four = |digit: u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        };
        let byte = |digits: &[u8]| Some(four(digits[0])? << 4 | four(digits[1])?);
        let bytes: Option<Vec<u8>> = text.as_bytes().chunks_exact(2).map(byte).collect();
        let bytes = bytes.filter(|_| text.len() == 64).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Digest).ok_or_else(|| BadDigest(text.to_owned()))
    }
}

serde_as_text!(Digest);

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bytes_are_canonical() {
        let value = json!({"b": [1, true, null], "a": "é \" \\ / \u{2028} 😀", "A": {"z": 0, "y": "x"}});
        let bytes = to_bytes(&value).unwrap();
        let text = "{\"A\":{\"y\":\"x\",\"z\":0},\"a\":\"é \\\" \\\\ / \u{2028} 😀\",\"b\":[1,true,null]}";
        assert_eq!(String::from_utf8(bytes.clone()).unwrap(), text);
        assert_eq!(from_bytes::<Value>(&bytes).unwrap(), value);
    }

    #[test]
    fn bytes_are_those_of_the_sorted_tree() {
        let value = json!({"list": [{"z": "", "a": {"bb": [], "b": {}}}, 7], "k": "\"\\", "": null});
        assert_eq!(to_bytes(&value).unwrap(), serde_json::to_vec(&value).unwrap());
        #[derive(Serialize)]
        struct Unsorted {
            z: i64,
            a: Option<bool>,
            m: [u8; 2],
        }
        let value = Unsorted { z: 1, a: None, m: [2, 3] };
        assert_eq!(to_bytes(&value).unwrap(), b"{\"a\":null,\"m\":[2,3],\"z\":1}");
    }

    #[test]
    fn what_documents_must_not_hold_is_refused() {
        for bad in
            [json!(1.5), json!(-1), json!(u64::MAX), json!("\n"), json!("\u{9f}"), json!({"ü": 1}), json!({"\"": 1})]
        {
            assert!(matches!(to_bytes(&bad), Err(CanonicalError::Number(_) | CanonicalError::Text(_))), "{bad}");
        }
    }

    #[test]
    fn other_bytes_are_refused() {
        for bad in [
            "{\"b\":1,\"a\":2}", "{\"a\": 1}", "{\"a\":1}\n", "{\"a\":1,\"a\":1}", "{\"a\":1.5}", "{\"a\":1e2}",
            "{\"a\":-1}", "{\"a\":9007199254740993}", "{\"é\":1}", "{\"a\":\"\\u00e9\"}", "{\"a\":\"\\n\"}",
            "{\"a\":\"\u{7f}\"}", "{\"a\":\"\\/\"}", "",
        ] {
            assert!(from_bytes::<Value>(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn digests_are_written_one_way() {
        let digest = Digest::of(b"abc");
        assert_eq!(digest.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert!(digest.to_string().to_uppercase().parse::<Digest>().is_err());
    }
}
