//! Where a publication ended: what the next one needs to go on without reading the whole log again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{CommitId, Inventory, Moment};

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
    /// The lengths of the pieces, and their digests.
    pub pieces: Vec<(usize, Digest)>,
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
        for (at, (length, sha256)) in self.pieces.iter().enumerate() {
            let between = if at == 0 { "" } else { &self.between };
            let piece = rest.and_then(|rest| rest.strip_prefix(between.as_bytes())?.split_at_checked(*length));
            rest = piece.filter(|(piece, _)| Digest::of(piece) == *sha256).map(|(_, behind)| behind);
        }
        rest.is_some()
    }
}

/// An announced release: the name of its page, and when it was published, in seconds since 1970 (UTC).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced(String, i64);

impl Announced {
    /// A release that is announced under this name at this moment.
    pub fn new(key: String, published: Moment) -> Self {
        Announced(key, published.seconds())
    }

    /// The name of its page, and the end of its id.
    pub fn key(&self) -> &str {
        &self.0
    }

    /// When it was published.
    pub fn published(&self) -> Moment {
        Moment::of_commit(self.1)
    }
}

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
