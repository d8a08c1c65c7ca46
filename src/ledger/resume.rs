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

/// A file with a piece for each announcement, the newest first. Lengths are in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The digest of its bytes.
    pub sha256: Digest,
    /// The length of what stands in front of the pieces.
    pub head: usize,
    /// The lengths of the pieces.
    pub pieces: Vec<usize>,
}

/// An announced release: its number, the name of its page, and when it was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced(pub u64, pub String, pub Moment);

impl Announced {
    /// The number of its release.
    pub fn seq(&self) -> u64 {
        self.0
    }

    /// The name of its page, and the end of its id.
    pub fn key(&self) -> &str {
        &self.1
    }

    /// When it was published.
    pub fn published(&self) -> Moment {
        self.2
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
