//! Ids of commits in git, in hexadecimal digits.

use std::{fmt, str::FromStr};

/// Id of a commit: 40 hexadecimal digits, or 64 in a SHA-256 repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommitId(Box<str>);

/// Not the id of a commit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a commit id")]
pub struct BadCommitId(String);

impl FromStr for CommitId {
    type Err = BadCommitId;

    fn from_str(id: &str) -> Result<Self, BadCommitId> {
        let hex = id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if hex && matches!(id.len(), 40 | 64) { Ok(CommitId(id.into())) } else { Err(BadCommitId(id.to_owned())) }
    }
}

crate::serde_as_str!(CommitId);

impl CommitId {
    /// Takes an id in hexadecimal digits, as git gives it.
    pub fn from_hex(hex: String) -> Self {
        CommitId(hex.into())
    }

    /// The id as hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its first digits, for people.
    pub fn short(&self) -> &str {
        self.0.get(..10).unwrap_or(&self.0)
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
