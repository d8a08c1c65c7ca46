//! Canonical bytes (RFC 8785) of the documents of the log.
//!
//! Documents contain ASCII keys, integers from 0 to 2^53 and no control characters. For such values the
//! canonical form escapes only `"` and `\`, and equals the output of `jq -cS` without its line break.

use super::json::{Json, Members};

/// Largest integer that every JSON reader keeps exactly (RFC 8785 §3.2.2.3).
pub const MAX_INTEGER: u64 = 1 << 53;

/// Deepest nesting of arrays and objects.
pub const MAX_DEPTH: usize = 16;

/// Longest text, in bytes.
pub const MAX_TEXT: usize = 64 << 10;

/// Largest header or head, in bytes.
pub const MAX_HEADER: usize = 64 << 10;

/// Largest body or list, in bytes.
pub const MAX_BODY: usize = 16 << 20;

/// A value or document without canonical bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// More bytes than documents of this type may have.
    #[error("the document has more than {0} bytes")]
    TooLarge(usize),
    /// Arrays and objects are nested too deep.
    #[error("arrays and objects are nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// A text is too long.
    #[error("a text has more than {MAX_TEXT} bytes")]
    LongText,
    /// A text or key contains characters that the log does not allow.
    #[error("the text {0:?} contains characters that the log does not allow")]
    Text(String),
    /// A number above 2^53.
    #[error("the number {0} is larger than 2^53")]
    Number(u64),
    /// The bytes differ from the canonical form of their content, or are not JSON at all.
    #[error("not canonical JSON (RFC 8785) at byte {0}")]
    Bytes(usize),
}

/// The canonical bytes of a value of at most `limit` bytes.
///
/// # Errors
/// [`CanonicalError`] for a value that documents of the log cannot contain.
pub fn to_bytes(value: &Json, limit: usize) -> Result<Vec<u8>, CanonicalError> {
    let mut out = Vec::new();
    write(value, &mut out, 0)?;
    within(limit, out)
}

/// The bytes of a document, if there are at most `limit`.
pub(super) fn within(limit: usize, bytes: Vec<u8>) -> Result<Vec<u8>, CanonicalError> {
    if bytes.len() > limit { Err(CanonicalError::TooLarge(limit)) } else { Ok(bytes) }
}

fn write(value: &Json, out: &mut Vec<u8>, depth: usize) -> Result<(), CanonicalError> {
    match value {
        Json::Null => out.extend_from_slice(b"null"),
        Json::Bool(true) => out.extend_from_slice(b"true"),
        Json::Bool(false) => out.extend_from_slice(b"false"),
        Json::Integer(number) if *number > MAX_INTEGER => return Err(CanonicalError::Number(*number)),
        Json::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Json::Text(text) => write_text(text, out)?,
        Json::Array(items) => {
            let depth = deeper(depth)?;
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write(item, out, depth)?;
            }
            out.push(b']');
        }
        Json::Object(members) => {
            let mut object = ObjectWriter::begin(out, depth)?;
            // The map sorts by bytes: for ASCII keys this is the order of RFC 8785 §3.2.3.
            for (key, member) in members {
                object.member(key, member)?;
            }
            object.end();
        }
    }
    Ok(())
}

/// Writes the members of an object, which the caller gives in the order of their keys.
pub(super) struct ObjectWriter<'o> {
    out: &'o mut Vec<u8>,
    /// The depth of the members.
    depth: usize,
    is_empty: bool,
}

impl<'o> ObjectWriter<'o> {
    /// Begins an object in a value of this depth; 0 is the depth of a document.
    ///
    /// # Errors
    /// [`CanonicalError::TooDeep`]
    pub(super) fn begin(out: &'o mut Vec<u8>, depth: usize) -> Result<Self, CanonicalError> {
        out.push(b'{');
        Ok(ObjectWriter { out, depth: deeper(depth)?, is_empty: true })
    }

    /// Writes a member.
    ///
    /// # Errors
    /// [`CanonicalError`] for a key or value that documents of the log cannot contain.
    pub(super) fn member(&mut self, key: &str, value: &Json) -> Result<(), CanonicalError> {
        self.key(key)?;
        write(value, self.out, self.depth)
    }

    /// Begins a member that is an object itself.
    ///
    /// # Errors
    /// [`CanonicalError`] for a key that documents of the log cannot contain, or [`CanonicalError::TooDeep`].
    pub(super) fn object(&mut self, key: &str) -> Result<ObjectWriter<'_>, CanonicalError> {
        self.key(key)?;
        ObjectWriter::begin(self.out, self.depth)
    }

    fn key(&mut self, key: &str) -> Result<(), CanonicalError> {
        if !self.is_empty {
            self.out.push(b',');
        }
        self.is_empty = false;
        if !is_key(key) {
            return Err(CanonicalError::Text(key.to_owned()));
        }
        write_text(key, self.out)?;
        self.out.push(b':');
        Ok(())
    }

    /// Ends the object.
    pub(super) fn end(self) {
        self.out.push(b'}');
    }
}

fn deeper(depth: usize) -> Result<usize, CanonicalError> {
    if depth < MAX_DEPTH { Ok(depth + 1) } else { Err(CanonicalError::TooDeep) }
}

fn write_text(text: &str, out: &mut Vec<u8>) -> Result<(), CanonicalError> {
    check_text(text)?;
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(at) = first_escaped(rest) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(&[b'\\', rest[at]]);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
    out.push(b'"');
    Ok(())
}

/// The place of the first byte that a text escapes, which is also the first that can end the text.
fn first_escaped(text: &[u8]) -> Option<usize> {
    text.iter().position(|byte| matches!(byte, b'"' | b'\\'))
}

/// Whether the log can contain a text.
///
/// # Errors
/// [`CanonicalError`] with the reason if it cannot.
pub fn check_text(text: &str) -> Result<(), CanonicalError> {
    if text.len() > MAX_TEXT {
        return Err(CanonicalError::LongText);
    }
    // Most texts are printable ASCII; without an early exit, several bytes are looked at together.
    let is_printable = text.bytes().fold(true, |printable, byte| printable & (b' '..=b'~').contains(&byte));
    // `is_control` is exactly U+0000 to U+001F and U+007F to U+009F.
    if is_printable || !text.contains(char::is_control) { Ok(()) } else { Err(CanonicalError::Text(text.to_owned())) }
}

/// Keys are printable ASCII that JSON writes without escapes. The empty key is allowed.
fn is_key(key: &str) -> bool {
    key.bytes().all(|byte| (b' '..=b'~').contains(&byte) && !matches!(byte, b'"' | b'\\'))
}

/// Reads a document of at most `limit` bytes. Accepts exactly the bytes that [`to_bytes`] makes of the result.
///
/// # Errors
/// [`CanonicalError`] for any other bytes: a duplicate key, another order, white space, another escape.
pub fn from_bytes(bytes: &[u8], limit: usize) -> Result<Json, CanonicalError> {
    if bytes.len() > limit {
        return Err(CanonicalError::TooLarge(limit));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| CanonicalError::Bytes(error.valid_up_to()))?;
    let mut parser = Parser { text, at: 0 };
    let value = parser.value(0)?;
    if parser.at == bytes.len() { Ok(value) } else { Err(parser.unexpected()) }
}

/// Accepts the canonical form only: the result needs no comparison with the bytes.
struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl Parser<'_> {
    fn unexpected(&self) -> CanonicalError {
        CanonicalError::Bytes(self.at)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Skips `token` if it is next.
    fn skip(&mut self, token: &str) -> bool {
        let next = self.text.as_bytes()[self.at..].starts_with(token.as_bytes());
        if next {
            self.at += token.len();
        }
        next
    }

    fn expect(&mut self, token: &str) -> Result<(), CanonicalError> {
        if self.skip(token) { Ok(()) } else { Err(self.unexpected()) }
    }

    fn value(&mut self, depth: usize) -> Result<Json, CanonicalError> {
        match self.peek() {
            Some(b'n') => self.expect("null").map(|()| Json::Null),
            Some(b't') => self.expect("true").map(|()| Json::Bool(true)),
            Some(b'f') => self.expect("false").map(|()| Json::Bool(false)),
            Some(b'0'..=b'9') => self.number(),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'[') => self.array(deeper(depth)?),
            Some(b'{') => self.object(deeper(depth)?),
            _ => Err(self.unexpected()),
        }
    }

    fn number(&mut self) -> Result<Json, CanonicalError> {
        let rest = &self.text[self.at..];
        let digits = &rest[..rest.bytes().take_while(u8::is_ascii_digit).count()];
        if digits.len() > 1 && digits.starts_with('0') {
            return Err(self.unexpected());
        }
        let number = digits.parse().map_err(|_| self.unexpected())?;
        if number > MAX_INTEGER {
            return Err(CanonicalError::Number(number));
        }
        self.at += digits.len();
        Ok(Json::Integer(number))
    }

    fn string(&mut self) -> Result<String, CanonicalError> {
        self.expect("\"")?;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = first_escaped(rest.as_bytes()).ok_or_else(|| self.unexpected())?;
            out.push_str(&rest[..plain]);
            self.at += plain;
            if self.skip("\"") {
                check_text(&out)?;
                return Ok(out);
            }
            match rest.as_bytes().get(plain + 1) {
                Some(b'"') => out.push('"'),
                Some(b'\\') => out.push('\\'),
                _ => return Err(self.unexpected()),
            }
            self.at += 2;
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, CanonicalError> {
        self.expect("[")?;
        let mut items = Vec::new();
        if self.skip("]") {
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value(depth)?);
            if self.skip("]") {
                return Ok(Json::Array(items));
            }
            self.expect(",")?;
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, CanonicalError> {
        self.expect("{")?;
        let mut members = Members::new();
        if self.skip("}") {
            return Ok(Json::Object(members));
        }
        loop {
            let key_at = self.at;
            let key = self.string()?;
            let ascends = members.last_key_value().is_none_or(|(last, _)| *last < key);
            if !ascends || !is_key(&key) {
                return Err(CanonicalError::Bytes(key_at));
            }
            self.expect(":")?;
            let member = self.value(depth)?;
            members.insert(key, member);
            if self.skip("}") {
                return Ok(Json::Object(members));
            }
            self.expect(",")?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::json::object;
    use serde_json::json;

    fn value(value: serde_json::Value) -> Json {
        Json::from_serde(value).unwrap()
    }

    #[test]
    fn members_are_sorted_and_texts_stay_as_they_are() {
        let document = value(json!({"b": [1, true, null], "a": "é \" \\ / \u{2028} 😀", "A": {"z": 0, "y": "x"}}));
        let text = "{\"A\":{\"y\":\"x\",\"z\":0},\"a\":\"é \\\" \\\\ / \u{2028} 😀\",\"b\":[1,true,null]}";
        assert_eq!(String::from_utf8(to_bytes(&document, MAX_BODY).unwrap()).unwrap(), text);
        assert_eq!(from_bytes(text.as_bytes(), MAX_BODY), Ok(document));
    }

    #[test]
    fn values_outside_of_the_subset_have_no_bytes() {
        for text in ["\n", "\u{0}", "\u{7f}", "\u{9f}"] {
            assert!(matches!(to_bytes(&Json::from(text), MAX_BODY), Err(CanonicalError::Text(_))), "{text:?}");
        }
        for key in ["ü", "\"", "\\", "\n"] {
            let document = object([(key, Json::Null)]);
            assert!(matches!(to_bytes(&document, MAX_BODY), Err(CanonicalError::Text(_))), "{key:?}");
        }
        assert!(to_bytes(&Json::Integer(MAX_INTEGER), MAX_BODY).is_ok());
        assert_eq!(to_bytes(&Json::Integer(MAX_INTEGER + 1), MAX_BODY), Err(CanonicalError::Number(MAX_INTEGER + 1)));
        for number in [json!(-1), json!(1.5), json!(MAX_INTEGER + 1)] {
            assert!(Json::from_serde(number.clone()).is_err(), "{number}");
        }
    }

    #[test]
    fn other_bytes_are_refused() {
        for text in [
            "{\"b\":1,\"a\":2}", "{\"a\": 1}", "{\"a\":1}\n", "{\"a\":1,\"a\":1}", "1.5", "1e2", "-1", "01",
            "9007199254740993", "{\"é\":1}", "\"\\u00e9\"", "\"\\n\"", "\"\\/\"", "\"\u{7f}\"", "\"\n\"", "", "nul",
            "[1,]", "[1 2]", "{\"a\"}", "\"open", "{\"a\":1,}", "+1", "NaN", "'a'", "\u{feff}1",
            "99999999999999999999",
        ] {
            assert!(from_bytes(text.as_bytes(), MAX_BODY).is_err(), "{text}");
        }
        assert!(from_bytes(b"\"\xff\"", MAX_BODY).is_err());
    }

    #[test]
    fn limits_are_the_same_for_reading_and_writing() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(from_bytes(nested(MAX_DEPTH).as_bytes(), MAX_BODY).is_ok());
        for depth in [MAX_DEPTH + 1, 100_000] {
            assert_eq!(from_bytes(nested(depth).as_bytes(), MAX_BODY), Err(CanonicalError::TooDeep));
        }
        let deepest = (0..=MAX_DEPTH).fold(Json::Null, |inner, _| Json::Array(vec![inner]));
        assert_eq!(to_bytes(&deepest, MAX_BODY), Err(CanonicalError::TooDeep));
        for (length, fits) in [(MAX_TEXT, true), (MAX_TEXT + 1, false)] {
            let text = Json::from("a".repeat(length));
            assert_eq!(to_bytes(&text, MAX_BODY).is_ok(), fits);
            let bytes = format!("\"{}\"", "a".repeat(length));
            assert_eq!(from_bytes(bytes.as_bytes(), MAX_BODY).is_ok(), fits);
        }
        assert_eq!(from_bytes(b"[1,2]", 4), Err(CanonicalError::TooLarge(4)));
        assert_eq!(to_bytes(&value(json!([1, 2])), 4), Err(CanonicalError::TooLarge(4)));
    }
}
