//! Strict reading of objects: required and optional members, and what an unknown member means.

use std::{collections::BTreeMap, fmt, str::FromStr};

use super::{canonical::CanonicalError, json::Json};

/// Why the content of a document cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The bytes are not canonical JSON within the limits.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// A member is missing or has another type or form.
    #[error("{0}")]
    Malformed(String),
    /// A format or member of a later version of changecast.
    #[error("{0} needs a newer changecast")]
    NeedsNewer(String),
}

/// The members of an object that have not been read yet.
pub(super) struct Fields<'j> {
    what: &'static str,
    left: BTreeMap<&'j str, &'j Json>,
}

impl<'j> Fields<'j> {
    /// Begins to read an object; `what` names it in errors.
    pub(super) fn of(what: &'static str, value: &'j Json) -> Result<Self, DocumentError> {
        let members = value.as_object().ok_or_else(|| DocumentError::Malformed(format!("{what} is not an object")))?;
        Ok(Fields { what, left: members.iter().map(|(key, value)| (key.as_str(), value)).collect() })
    }

    pub(super) fn malformed(&self, key: &str, problem: impl fmt::Display) -> DocumentError {
        DocumentError::Malformed(format!("{} member {key:?}: {problem}", self.what))
    }

    /// Checks the member `format`. Any other format belongs to a later version.
    pub(super) fn format(&mut self, expected: &str) -> Result<(), DocumentError> {
        let found = self.text("format")?;
        if found == expected { Ok(()) } else { Err(DocumentError::NeedsNewer(format!("the format {found:?}"))) }
    }

    pub(super) fn optional(&mut self, key: &str) -> Option<&'j Json> {
        self.left.remove(key)
    }

    pub(super) fn require(&mut self, key: &str) -> Result<&'j Json, DocumentError> {
        self.optional(key).ok_or_else(|| self.missing(key))
    }

    pub(super) fn missing(&self, key: &str) -> DocumentError {
        self.malformed(key, "is missing")
    }

    pub(super) fn text(&mut self, key: &str) -> Result<&'j str, DocumentError> {
        self.require(key)?.as_text().ok_or_else(|| self.malformed(key, "is not a string"))
    }

    pub(super) fn optional_text(&mut self, key: &str) -> Result<Option<&'j str>, DocumentError> {
        if self.left.contains_key(key) { self.text(key).map(Some) } else { Ok(None) }
    }

    pub(super) fn integer(&mut self, key: &str) -> Result<u64, DocumentError> {
        self.require(key)?.as_integer().ok_or_else(|| self.malformed(key, "is not an integer"))
    }

    pub(super) fn parsed<T: FromStr<Err: fmt::Display>>(&mut self, key: &str) -> Result<T, DocumentError> {
        self.text(key)?.parse().map_err(|error: T::Err| self.malformed(key, error))
    }

    pub(super) fn optional_parsed<T: FromStr<Err: fmt::Display>>(
        &mut self,
        key: &str,
    ) -> Result<Option<T>, DocumentError> {
        if self.left.contains_key(key) { self.parsed(key).map(Some) } else { Ok(None) }
    }

    /// A member that is always there, and `null` for "none".
    pub(super) fn nullable<T: FromStr<Err: fmt::Display>>(&mut self, key: &str) -> Result<Option<T>, DocumentError> {
        if self.left.get(key) == Some(&&Json::Null) {
            self.left.remove(key);
            return Ok(None);
        }
        self.parsed(key).map(Some)
    }

    /// The elements of an optional array that must not be empty; no elements when it is absent.
    pub(super) fn items(&mut self, key: &str) -> Result<&'j [Json], DocumentError> {
        let Some(value) = self.optional(key) else { return Ok(&[]) };
        let items = value.as_array().filter(|items| !items.is_empty());
        items.ok_or_else(|| self.malformed(key, "is not an array with elements"))
    }

    /// Ends reading. `ext` may contain anything; every other member left over is unknown.
    pub(super) fn finish(mut self) -> Result<(), DocumentError> {
        if self.optional("ext").is_some_and(|ext| ext.as_object().is_none()) {
            return Err(self.malformed("ext", "is not an object"));
        }
        self.finish_closed()
    }

    /// Ends reading an object that has no `ext`.
    pub(super) fn finish_closed(self) -> Result<(), DocumentError> {
        match self.left.first_key_value() {
            None => Ok(()),
            Some((key, _)) => Err(DocumentError::NeedsNewer(format!("the {} member {key:?}", self.what))),
        }
    }
}
