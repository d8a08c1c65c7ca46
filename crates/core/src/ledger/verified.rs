//! The input and the result of verification.

use std::collections::BTreeSet;

use crate::{model::Timestamp, sign::PublicKey};

use super::{
    body::{Body, Reader, Source},
    chain::Chain,
    digest::Digest,
    header::{Header, KeysRelease, Pointer},
    heads::{Publication, VerifiedHead},
    json::Json,
    keys::{Authority, Origin, Roles},
    layout::Path,
    replay::Replayed,
};

/// A source of published files: a folder, a web server, a map in a test.
pub trait Fetch {
    /// The bytes of a file, `None` when it does not exist. `path` is relative to the folder of the list.
    ///
    /// # Errors
    /// [`FetchError`] when the source cannot be read.
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, FetchError>;

    /// The names in a folder, `None` when the source cannot list folders.
    ///
    /// # Errors
    /// [`FetchError`] when the source cannot be read.
    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, FetchError> {
        let _ = folder;
        Ok(None)
    }
}

/// A file that could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FetchError(pub String);

/// The identity of a log, which a customer gets through another channel than the log.
#[derive(Clone, Debug)]
pub struct Pin {
    /// A root key of the log.
    pub root: PublicKey,
    /// The name of the log; without one, the log may name itself.
    pub origin: Option<Origin>,
}

/// Why a log was not verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// A file could not be fetched.
    #[error("{path}: {error}")]
    Fetch {
        /// The path of the file.
        path: String,
        /// The error of the source.
        error: FetchError,
    },
    /// Files are missing, as in a mirror that is being updated.
    #[error("the copy is incomplete: {0}")]
    Incomplete(String),
    /// The log uses a format, member or kind of a later version. What precedes it is verified.
    #[error("{path}: {what} needs a newer changecast")]
    NeedsNewer {
        /// The path of the file.
        path: String,
        /// The format, member or kind.
        what: String,
        /// The log before this file; `None` when already release 0 needs a later version.
        verified: Option<Box<Verified>>,
    },
    /// The files are not authentic, or contradict each other.
    #[error("{path}: {problem}")]
    Inconsistent {
        /// The path of the file.
        path: String,
        /// The rule that the file breaks.
        problem: String,
    },
    /// The newest head has expired.
    #[error("the newest head expired at {0}")]
    Stale(Timestamp),
    /// The log begins with another root key than the pinned one.
    #[error("the log is signed by another root key, {0}")]
    OtherRoot(String),
}

impl VerifyError {
    /// The exit status of commands: 2 cannot tell, 3 not authentic or not consistent, 4 stale, 5 a decision
    /// about trust is needed.
    pub fn status(&self) -> u8 {
        match self {
            VerifyError::Fetch { .. } | VerifyError::Incomplete(_) | VerifyError::NeedsNewer { .. } => 2,
            VerifyError::Inconsistent { .. } => 3,
            VerifyError::Stale(_) => 4,
            VerifyError::OtherRoot(_) => 5,
        }
    }

    pub(super) fn inconsistent(path: Path, problem: impl ToString) -> Self {
        VerifyError::Inconsistent { path: path.to_string(), problem: problem.to_string() }
    }
}

/// A release that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The header of the release.
    pub header: Header,
    /// The SHA-256 of the bytes of the header.
    pub digest: Digest,
    /// The body of the release.
    pub body: BodyState,
    /// When it was published; `None` while no head covers it, and readers ignore it.
    pub publication: Option<Publication>,
    /// Whether the state was replayed; otherwise it is only signed, because a needed body was redacted.
    pub replayed: bool,
}

/// The body of a verified release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyState {
    /// The release has no body.
    Absent,
    /// It was read and verified.
    Read(Box<Body>),
    /// Its bytes are the signed ones, but the kind belongs to a later version.
    Skipped,
    /// A redaction removed it.
    Redacted,
    /// It was read and verified, and is not kept.
    Dropped,
}

impl BodyState {
    /// The body, where it was read.
    pub(super) fn read(&self) -> Option<&Body> {
        match self {
            BodyState::Read(body) => Some(body),
            BodyState::Absent | BodyState::Skipped | BodyState::Redacted | BodyState::Dropped => None,
        }
    }

    /// Drops a body that was read.
    pub(super) fn forget(&mut self) {
        if matches!(self, BodyState::Read(_)) {
            *self = BodyState::Dropped;
        }
    }
}

impl Release {
    /// The number of the release and the digest of its header.
    pub fn pointer(&self) -> Pointer {
        Pointer { seq: self.header.seq, sha256: self.digest }
    }

    /// The body, where it was read and is kept.
    pub fn body(&self) -> Option<&Body> {
        self.body.read()
    }
}

/// A log that was verified.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The name of the log.
    pub origin: Origin,
    /// All releases, including those that no head covers yet.
    pub releases: Vec<Release>,
    /// All heads, including void ones.
    pub heads: Vec<VerifiedHead>,
    /// The list after the last release that a head covers.
    pub list: Replayed,
    /// The list after the last release.
    pub last_list: Replayed,
    /// The list that the changes of the next release are relative to: the last list, even if it was withdrawn.
    pub basis: Replayed,
    /// Files at the end of the log, covered by no head, that a publisher did not finish writing.
    pub unfinished: Vec<String>,
    /// Bodies that a redaction names but that still exist.
    pub not_deleted: Vec<u64>,
    /// Remarks about the unsigned files, such as an older `index.json`.
    pub remarks: Vec<String>,
    pub(super) source: Option<Source>,
    pub(super) reading: Option<Json>,
    pub(super) chain: Chain,
}

impl Verified {
    /// The last release that a head covers.
    pub fn covered(&self) -> Option<&Release> {
        self.releases.iter().rev().find(|release| release.publication.is_some())
    }

    /// The newest head that counts.
    pub fn head(&self) -> Option<&VerifiedHead> {
        self.heads.iter().rev().find(|head| !head.void)
    }

    /// The keys after the last release.
    pub fn roles(&self) -> Option<&Roles> {
        self.chain.roles()
    }

    /// The releases that state keys, with their numbers.
    pub fn keys_releases(&self) -> &[(u64, KeysRelease)] {
        self.chain.keys_releases()
    }

    /// The numbers of releases that a stolen key signed, by a later `keys` release.
    pub fn disowned(&self) -> BTreeSet<u64> {
        let pointers = self.keys_releases().iter().flat_map(|(_, keys)| &keys.disowned);
        pointers.map(|pointer| pointer.seq).collect()
    }

    /// The tagging entity of the feeds.
    pub fn authority(&self) -> Option<&Authority> {
        self.chain.authority()
    }

    /// The commit that the log has reached; `None` also where the body that names it was redacted.
    pub fn source(&self) -> Option<&Source> {
        self.source.as_ref()
    }

    /// The reader of the last list.
    pub fn reader(&self) -> Option<&Reader> {
        self.source().map(|source| &source.reader)
    }

    /// The configuration of reading that was stated last.
    pub fn reading(&self) -> Option<&Json> {
        self.reading.as_ref()
    }

    /// The releases with states that are signed but were not replayed.
    pub fn not_replayed(&self) -> impl Iterator<Item = u64> {
        self.releases.iter().filter(|release| !release.replayed).map(|release| release.header.seq)
    }

    /// Checks that the newest head has not expired.
    ///
    /// # Errors
    /// [`VerifyError::Stale`] when it has.
    pub fn check_fresh(&self, now: Timestamp) -> Result<(), VerifyError> {
        let expires = self.head().and_then(|head| head.head.expires);
        expires.filter(|expires| now > *expires).map_or(Ok(()), |expires| Err(VerifyError::Stale(expires)))
    }
}
