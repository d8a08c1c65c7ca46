//! Where a publication ended: what the next one needs to go on without reading the whole log again.

use std::{collections::BTreeMap, fmt, num::ParseIntError, str::FromStr};

use serde::{Deserialize, Serialize};

use changecast_core::{
    model::{CommitId, Inventory, Timestamp},
    serde_as_text,
};

use super::{
    canonical::{self, CanonicalError, Digest},
    chain::{Chain, End},
    release::KeySet,
};

/// What `resume.json` holds. The publisher signs it with the key of the releases: who cannot add a
/// release cannot say where the log goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resume {
    /// What the pages depend on beside the log: the program and the configuration.
    pub made_with: Digest,
    /// The tag URI that the ids of the feeds begin with.
    pub tag: String,
    /// The end of the log.
    pub end: End,
    /// The keys in force.
    pub keys: KeySet,
    /// The commit that the log has reached.
    pub commit: CommitId,
    /// The digest of the list; `None` when it is withdrawn.
    pub state: Option<Digest>,
    /// What was announced, oldest first.
    pub announced: Vec<Announced>,
    /// The digest of `list.json`.
    pub list: Digest,
    /// By name in the list's folder: files whose pieces the next publication takes over.
    pub rolls: BTreeMap<String, Kept>,
}

/// A file with pieces for the announcements, the newest first. Lengths are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The length of the file.
    pub length: u64,
    /// The length of what stands in front of the pieces.
    pub head: usize,
    /// What stands between two pieces.
    pub between: String,
    /// The lengths of the pieces, and what tells them from others.
    pub pieces: Vec<(usize, Fingerprint)>,
    /// The length of what is told of closed years, behind the pieces.
    pub closed: usize,
}

impl Kept {
    /// Where the pieces end.
    pub fn end(&self) -> usize {
        let lengths = self.pieces.iter().map(|(length, _)| length).sum::<usize>();
        self.head + lengths + self.between.len() * self.pieces.len().saturating_sub(1)
    }

    /// Whether a file that begins like this holds the pieces.
    pub fn stands_in(&self, bytes: &[u8]) -> bool {
        let mut rest = bytes.get(self.head..);
        for (at, (length, fingerprint)) in self.pieces.iter().enumerate() {
            let between = if at == 0 { "" } else { &self.between };
            let piece = rest.and_then(|rest| rest.strip_prefix(between.as_bytes())?.split_at_checked(*length));
            rest = piece.filter(|(piece, _)| Fingerprint::of(piece) == *fingerprint).map(|(_, behind)| behind);
        }
        rest.is_some()
    }
}

/// The first half of a SHA-256, as 32 hexadecimal digits: there are many, and each tells only an edited
/// piece from the one that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub u128);

impl Fingerprint {
    /// That of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let half = Digest::of(bytes).bytes().into_iter().take(16);
        Fingerprint(half.fold(0, |number, byte| number << 8 | u128::from(byte)))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for Fingerprint {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        u128::from_str_radix(text, 16).map(Fingerprint)
    }
}

serde_as_text!(Fingerprint);

/// An announced release: the name of its page, 16 hexadecimal digits, and when it was published, in
/// seconds since 1970 (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announced {
    key: u64,
    published: i64,
}

impl Announced {
    /// A release that is announced under this name at this moment.
    pub fn new(key: u64, published: Timestamp) -> Self {
        Announced { key, published: published.seconds() }
    }

    /// What makes the name of its page, and the end of its id.
    pub fn key(&self) -> u64 {
        self.key
    }

    /// The same as text.
    pub fn name(&self) -> String {
        format!("{:016x}", self.key)
    }

    /// When it was published.
    pub fn published(&self) -> Timestamp {
        Timestamp::of_commit(self.published)
    }
}

impl fmt::Display for Announced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x} {}", self.key, self.published)
    }
}

impl FromStr for Announced {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        let (key, published) = text.split_once(' ').unwrap_or((text, ""));
        Ok(Announced { key: u64::from_str_radix(key, 16)?, published: published.parse()? })
    }
}

serde_as_text!(Announced);

impl Resume {
    /// Its bytes.
    ///
    /// # Errors
    /// [`CanonicalError`] when it holds what canonical documents must not.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::to_bytes(self)
    }

    /// Reads it. Its bytes are to be known: nothing is checked but their shape.
    ///
    /// # Errors
    /// [`serde_json::Error`] for another shape.
    pub fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// The log with this end, and the list as it stands there.
    pub fn chain(&self, list: Option<Inventory>) -> Chain {
        Chain {
            end: Some(self.end.clone()),
            keys: Some(self.keys.clone()),
            commit: Some(self.commit.clone()),
            list,
            state: self.state,
            ..Chain::default()
        }
    }
}
