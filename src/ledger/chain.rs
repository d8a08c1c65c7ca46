//! The chain of releases: verified link by link, and replayed to the list.

use std::fmt;

use serde::{Deserialize, Serialize};

use changecast_core::{
    change::{self, ReplayError},
    model::{CommitId, Inventory, ListState, Timestamp},
};

use super::{
    canonical::{self, CanonicalError, Digest},
    release::{Body, KeySet, Origin, Release},
    state::Digester,
};

/// A release as it lies in the log: its bytes and its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The document's bytes.
    pub bytes: Vec<u8>,
    /// The detached signature over exactly these bytes.
    pub signature: String,
}

/// For what a key may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRole {
    /// `keys` releases.
    Root,
    /// All other releases.
    Release,
}

impl fmt::Display for KeyRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KeyRole::Root => "root",
            KeyRole::Release => "release",
        })
    }
}

/// Checks the signature over bytes, by one of the keys, for a role. The message says why not.
pub type CheckSignature<'a> = dyn Fn(KeyRole, &[String], &Signed) -> Result<(), String> + 'a;

/// Why a log is not to be trusted.
#[derive(Debug, thiserror::Error)]
#[error("release {seq}: {fault}")]
pub struct ChainError {
    /// The number of the release.
    pub seq: u64,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What can be wrong with a link of the chain.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// No key of the key set signed these bytes for this purpose.
    #[error("the signature does not hold: {0}")]
    Signature(String),
    /// The bytes are no release.
    #[error("not a release document: {0}")]
    Document(#[from] CanonicalError),
    /// The number in the document is not that of its place.
    #[error("the document says that it is release {0}")]
    Seq(u64),
    /// The document belongs to another log.
    #[error("the document belongs to {0}")]
    Origin(Origin),
    /// The chain is broken.
    #[error("it does not follow the release before (its prev is another)")]
    Prev,
    /// Time runs backwards.
    #[error("it is not later than the release before")]
    Time,
    /// The first release must state the keys.
    #[error("the log does not begin with its keys")]
    NoKeys,
    /// The key that signed the first release is not among the root keys that it states.
    #[error("the log's root keys do not include the one that signed them")]
    Pin,
    /// The list before is another.
    #[error("it changes another list than the release before left")]
    Before,
    /// The list afterwards is another.
    #[error("its changes lead to another list than it states")]
    After,
    /// The changes cannot be applied.
    #[error("its changes cannot be applied: {0}")]
    Replay(#[from] ReplayError),
    /// A correction of a release that is not there.
    #[error("it corrects a release that the log does not have")]
    Correction,
}

/// A log that holds together.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// Its releases, in order; of a log that was resumed those that were added since.
    pub releases: Vec<Release>,
    /// The digest of the bytes of each of these releases.
    pub digests: Vec<Digest>,
    /// Its last release.
    pub end: Option<End>,
    /// The keys in force.
    pub keys: Option<KeySet>,
    /// The commit that it has reached.
    pub commit: Option<CommitId>,
    /// The list as it stands; `None` when it is withdrawn or was never published.
    pub list: Option<Inventory>,
    /// The digest of the list.
    pub state: Option<Digest>,
    pub(super) digester: Digester,
}

/// The end of a log: what the next release follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    /// The log.
    pub origin: Origin,
    /// The number of its last release.
    pub seq: u64,
    /// The digest of that release's bytes.
    pub sha256: Digest,
    /// When it was published.
    pub published: Timestamp,
}

impl Chain {
    /// Verifies a log from its first release on: signatures over the raw bytes before anything is
    /// read, canonical bytes, numbers, links, times, keys, and the replay of all changes.
    ///
    /// `root` is the pinned root key. The signer of a release is judged by the keys in force at it.
    ///
    /// # Errors
    /// [`ChainError`] with the first release that does not hold.
    pub fn verify(log: &[Signed], root: &str, check: &CheckSignature<'_>) -> Result<Self, ChainError> {
        let mut chain = Chain::default();
        for (seq, signed) in (0..).zip(log) {
            chain.link(seq, signed, root, check).map_err(|fault| ChainError { seq, fault })?;
        }
        Ok(chain)
    }

    fn link(&mut self, seq: u64, signed: &Signed, root: &str, check: &CheckSignature<'_>) -> Result<(), Fault> {
        let (role, keys) = match &self.keys {
            None => (KeyRole::Root, vec![root.to_owned()]),
            Some(keys) => (KeyRole::Release, keys.release.clone()),
        };
        let role = match check(role, &keys, signed) {
            Ok(()) => role,
            Err(message) => match &self.keys {
                // Not signed by a release key: a change of keys is signed by a root key.
                Some(keys) if check(KeyRole::Root, &keys.root, signed).is_ok() => KeyRole::Root,
                _ => return Err(Fault::Signature(message)),
            },
        };
        let release: Release = canonical::from_bytes(&signed.bytes)?;
        match (role, &release.body) {
            (KeyRole::Root, Body::Keys(_))
            | (KeyRole::Release, Body::Changes(_) | Body::Correction(_) | Body::Reanchor(_)) => {}
            (KeyRole::Root, _) if self.keys.is_none() => return Err(Fault::NoKeys),
            _ => return Err(Fault::Signature("signed by a key of another role".to_owned())),
        }
        self.append(seq, release, Digest::of(&signed.bytes))?;
        match &self.keys {
            Some(keys) if seq == 0 && !keys.root.iter().any(|key| key == root) => Err(Fault::Pin),
            _ => Ok(()),
        }
    }

    /// Adds a release whose signature was checked, or that is just being made.
    ///
    /// # Errors
    /// [`Fault`] when it does not fit the chain.
    pub fn append(&mut self, seq: u64, release: Release, digest: Digest) -> Result<(), Fault> {
        if release.seq != seq {
            return Err(Fault::Seq(release.seq));
        }
        if release.prev != self.end.as_ref().map(|end| end.sha256) {
            return Err(Fault::Prev);
        }
        if let Some(last) = &self.end {
            if release.origin != last.origin {
                return Err(Fault::Origin(release.origin));
            }
            if release.published <= last.published {
                return Err(Fault::Time);
            }
        }
        if release.states().is_some_and(|(before, _)| before != self.state) {
            return Err(Fault::Before);
        }
        match &release.body {
            Body::Keys(keys) => self.keys = Some(keys.clone()),
            Body::Changes(body) => {
                let after = change::apply(&self.take_list_state(), &body.change_set())?;
                self.list = after.into_inventory();
                self.state = self.list.as_ref().map(|list| self.digester.digest(list)).transpose()?;
            }
            Body::Correction(body) => {
                let corrected = usize::try_from(body.corrects.seq).ok().and_then(|at| self.digests.get(at));
                if corrected != Some(&body.corrects.sha256) {
                    return Err(Fault::Correction);
                }
            }
            Body::Reanchor(_) => {}
        }
        if release.states().is_some_and(|(_, after)| after != self.state) {
            return Err(Fault::After);
        }
        if let Some(source) = release.source() {
            self.commit = Some(source.commit.clone());
        }
        let (origin, published) = (release.origin.clone(), release.published);
        self.end = Some(End { origin, seq, sha256: digest, published });
        self.releases.push(release);
        self.digests.push(digest);
        Ok(())
    }

    /// The list after the last release.
    pub fn list_state(&self) -> ListState {
        self.state_of(self.list.clone())
    }

    /// Moves the list out, to be replaced by the one after the next release.
    fn take_list_state(&mut self) -> ListState {
        let list = self.list.take();
        self.state_of(list)
    }

    fn state_of(&self, list: Option<Inventory>) -> ListState {
        match (list, &self.commit) {
            (Some(list), _) => ListState::listed(list),
            (None, Some(_)) => ListState::Withdrawn,
            (None, None) => ListState::Unpublished,
        }
    }

    /// The digest of a list that is like the one that stands.
    ///
    /// # Errors
    /// [`CanonicalError`] when the list holds what canonical documents must not.
    pub fn digest(&mut self, list: &Inventory) -> Result<Digest, CanonicalError> {
        self.digester.digest(list)
    }

    /// The number that the next release has.
    pub fn next_seq(&self) -> u64 {
        self.end.as_ref().map_or(0, |end| end.seq + 1)
    }
}
