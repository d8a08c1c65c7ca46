//! Follows a published log: what is new since the last time, and whether it continues what was seen before.
//!
//! A follower keeps a copy of everything that was signed. It fetches only new files, and verifies them on top of the copy.
//! If that fails, it fetches the whole log again and compares the two, to tell an outdated mirror from a fork.

mod http;
pub(crate) mod state;

use std::{cell::RefCell, collections::BTreeMap, convert::Infallible};

use changecast_core::{
    ledger::{
        self, Branch, Continuation, Discontinuity, Fetch, FetchError, Fork, IndexFile, Origin, Pin, Pointer, Verified,
        VerifyError, layout::Path,
    },
    model::Timestamp,
    sign::PublicKey,
};

use crate::{
    directory,
    output::Folder,
    parallel::{self, Threads},
};

pub use http::{Http, HttpError, HttpOptions, PlainHttp};
pub use state::{Lock, State, StateError, load, lock, save};

/// Files of a log by their paths in the folder of the list.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What a server names a version of a file: an entity tag, or a time.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Validator {
    /// `ETag` (RFC 9110 §8.8.3).
    Tag(String),
    /// `Last-Modified` (RFC 9110 §8.8.2).
    Modified(String),
}

/// The answer to the question whether `index.json` changed.
#[derive(Debug)]
pub enum Polled {
    /// It is the version of the validator.
    Unchanged,
    /// It may be another one. `None` if it does not exist.
    Found(Option<Vec<u8>>, Option<Validator>),
}

/// A place from which a log is fetched.
pub trait Remote: Fetch + Sync {
    /// Fetches `index.json`, unless it is still the version of the validator.
    ///
    /// # Errors
    /// [`FetchError`] if it cannot be known.
    fn poll(&self, seen: Option<&Validator>) -> Result<Polled, FetchError>;
}

impl Remote for Folder {
    fn poll(&self, _: Option<&Validator>) -> Result<Polled, FetchError> {
        Ok(Polled::Found(self.get(&Path::Index.to_string())?, None))
    }
}

/// Why a log could not be followed.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The log does not verify.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The log verifies, but does not continue the known one.
    #[error("{error}")]
    Discontinuity {
        /// The difference.
        error: Discontinuity,
        /// The state to keep, with the other branch as evidence; `None` leaves it as it is.
        state: Option<Box<State>>,
    },
    /// A release was replaced by other bytes.
    #[error("{} was rewritten: the server has other bytes under its number, and {error}", .kept)]
    Rewritten {
        /// The release as it was seen before.
        kept: Pointer,
        /// Why the log does not verify any more.
        error: Box<VerifyError>,
    },
    /// The pinned root key or name is not that of the state.
    #[error("the state belongs to {kept}, and not to {expected}")]
    OtherPin {
        /// The key or name in the state.
        kept: String,
        /// The expected one.
        expected: String,
    },
    /// The state cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
}

impl FollowError {
    /// The exit status of commands.
    pub fn status(&self) -> u8 {
        match self {
            FollowError::Verify(error) => error.status(),
            FollowError::Discontinuity { error, .. } => error.status(),
            FollowError::Rewritten { .. } => 3,
            FollowError::OtherPin { .. } => 5,
            FollowError::State(_) => 2,
        }
    }
}

/// A log that was followed.
#[derive(Debug)]
pub struct Followed {
    /// The state for the next time.
    pub state: State,
    /// The log, if it had to be verified again.
    pub verified: Option<Verified>,
    /// The number of releases that were seen before; `None` at first contact.
    pub seen: Option<u64>,
    /// Releases with bodies that were deleted from the copy, because a redaction requires it.
    pub deleted: Vec<u64>,
    /// Remarks about the copy on the server.
    pub remarks: Vec<String>,
}

/// The root key that the domain of a log names in `/.well-known/changecast.json`; `None` if it names none. A redirect to another
/// server is not followed.
///
/// # Errors
/// [`FetchError`] if the domain cannot be asked.
pub fn published_root(origin: &Origin, options: &HttpOptions) -> Result<Option<PublicKey>, FetchError> {
    let http = Http::new(&format!("https://{}/", origin.domain()), options);
    let bytes = http.map_err(|error| FetchError(error.to_string()))?.get(directory::PATH)?;
    Ok(bytes.and_then(|bytes| directory::root_of(&bytes, origin)))
}

/// Follows several logs at a time, and returns the results in their order. Most of the time is spent waiting for servers.
pub fn each<L: Sync, R: Send>(logs: &[L], follow: impl Fn(&L) -> R + Sync) -> Vec<R> {
    let threads = if logs.len() < 2 { Threads::One } else { Threads::Network };
    let results: Result<Vec<R>, Infallible> = parallel::par_map(threads, logs, |log| Ok(follow(log)));
    results.unwrap_or_default()
}

/// Follows a log from the state of the last time; from nothing without one.
///
/// # Errors
/// [`FollowError`]; then the state of the last time stays as it is, unless the error contains another one.
pub fn follow(remote: &dyn Remote, pin: &Pin, state: Option<State>, location: &str) -> Result<Followed, FollowError> {
    let Some(state) = state else { return first_contact(remote, pin, location) };
    state.check_pin(pin)?;
    let pin = Pin { root: pin.root.clone(), origin: Some(state.origin.clone()) };
    let known = Known { remote, pin: &pin, state: &state };
    match known.poll()? {
        Poll::Nothing(validator, remarks) => {
            let seen = Some(state.releases());
            let state = State { validator, location: location.to_owned(), ..state };
            Ok(Followed { state, verified: None, seen, deleted: Vec::new(), remarks })
        }
        Poll::News(index, validator) => known.continued(index.as_ref(), validator, location),
        Poll::Another => known.compared(location),
    }
}

fn first_contact(remote: &dyn Remote, pin: &Pin, location: &str) -> Result<Followed, FollowError> {
    let polled = remote.poll(None).map_err(|error| VerifyError::Fetch { path: Path::Index.to_string(), error })?;
    let (index, validator) = match polled {
        Polled::Found(bytes, validator) => (bytes.and_then(|bytes| IndexFile::from_bytes(&bytes).ok()), validator),
        Polled::Unchanged => (None, None),
    };
    let copy = Copy::prefetched(remote, Files::new(), index.as_ref())?;
    let verified = verified(&copy, pin, index.as_ref())?;
    let state = State::of(copy.into_files(&verified), &verified, &pin.root, validator, location);
    let remarks = verified.remarks.clone();
    Ok(Followed { state, verified: Some(verified), seen: None, deleted: Vec::new(), remarks })
}

/// Verifies a log. Its unsigned files are not needed: they may be older.
fn verified(copy: &Copy<'_>, pin: &Pin, index: Option<&IndexFile>) -> Result<Verified, VerifyError> {
    let verified = ledger::open(copy, pin)?;
    let Some(head) = verified.head() else {
        return Err(VerifyError::Incomplete("no head covers a release".into()));
    };
    match index {
        Some(index) if index.head > head.head.number => {
            Err(VerifyError::Incomplete(format!("index.json names head {}, which is not there", index.head)))
        }
        _ => Ok(verified),
    }
}

/// What a look at the server shows.
enum Poll {
    /// The newest head is the known one.
    Nothing(Option<Validator>, Vec<String>),
    /// There is a later head.
    News(Option<IndexFile>, Option<Validator>),
    /// The newest known head is not there any more, or another one has its number.
    Another,
}

/// A log that was seen before.
struct Known<'a> {
    remote: &'a dyn Remote,
    pin: &'a Pin,
    state: &'a State,
}

impl Known<'_> {
    fn get(&self, path: Path) -> Result<Option<Vec<u8>>, VerifyError> {
        let path = path.to_string();
        self.remote.get(&path).map_err(|error| VerifyError::Fetch { path, error })
    }

    fn poll(&self) -> Result<Poll, FollowError> {
        let polled = self.remote.poll(self.state.validator.as_ref());
        let polled = polled.map_err(|error| VerifyError::Fetch { path: Path::Index.to_string(), error })?;
        let (bytes, validator) = match polled {
            Polled::Unchanged => return Ok(Poll::Nothing(self.state.validator.clone(), Vec::new())),
            Polled::Found(bytes, validator) => (bytes, validator),
        };
        let index = bytes.and_then(|bytes| IndexFile::from_bytes(&bytes).ok());
        let index = index.filter(|index| index.origin == self.state.origin);
        let last = self.state.last_head();
        let is_current = index.as_ref().is_some_and(|index| index.head == self.state.head);
        if index.as_ref().is_some_and(|index| index.head > last) {
            return Ok(Poll::News(index, validator));
        }
        // The index may be old or wrong: a later head counts.
        if !is_current && self.get(Path::Head(last + 1))?.is_some() {
            return Ok(Poll::News(None, None));
        }
        if self.get(Path::Head(last))?.as_ref() != self.state.files.get(&Path::Head(last).to_string()) {
            return Ok(Poll::Another);
        }
        let remarks = if is_current { Vec::new() } else { vec!["index.json is older than the log".to_owned()] };
        Ok(Poll::Nothing(validator.filter(|_| is_current), remarks))
    }

    /// Verifies the new files on top of the copy.
    fn continued(
        &self,
        index: Option<&IndexFile>,
        validator: Option<Validator>,
        location: &str,
    ) -> Result<Followed, FollowError> {
        let copy = Copy::prefetched(self.remote, self.state.files.clone(), index)?;
        match verified(&copy, self.pin, index) {
            Ok(verified) => Ok(self.news(copy.into_files(&verified), verified, validator, location)),
            Err(VerifyError::Inconsistent { .. } | VerifyError::OtherRoot(_)) => self.compared(location),
            Err(error) => Err(error.into()),
        }
    }

    fn news(&self, files: Files, verified: Verified, validator: Option<Validator>, location: &str) -> Followed {
        let mut state = State::of(files, &verified, &self.pin.root, validator, location);
        let mut deleted = Vec::new();
        for seq in &verified.not_deleted {
            let held_before = self.state.files.contains_key(&Path::Body(*seq).to_string());
            if state.files.remove(&Path::Body(*seq).to_string()).is_some() && held_before {
                deleted.push(*seq);
            }
        }
        state.conflict.clone_from(&self.state.conflict);
        let remarks = verified.remarks.clone();
        Followed { state, verified: Some(verified), seen: Some(self.state.releases()), deleted, remarks }
    }

    /// Fetches the whole log again and compares it with the copy.
    fn compared(&self, location: &str) -> Result<Followed, FollowError> {
        let kept = ledger::open(self.state, self.pin).map_err(|error| StateError::Altered(error.to_string()))?;
        let copy = Copy::prefetched(self.remote, Files::new(), None)?;
        let found = verified(&copy, &Pin { root: self.pin.root.clone(), origin: None }, None);
        let found = match found {
            Ok(found) => found,
            Err(error @ VerifyError::Inconsistent { .. }) => return Err(self.rewritten(&kept, error)?),
            Err(error) => return Err(error.into()),
        };
        match ledger::compare(&kept, &found) {
            Ok(Continuation { doubled_heads, .. }) => {
                let mut followed = self.news(copy.into_files(&found), found, None, location);
                followed.remarks.extend(
                    doubled_heads
                        .iter()
                        .map(|number| format!("head {number} is another one than before; both cover the same release")),
                );
                Ok(followed)
            }
            Err(error) => Err(self.discontinued(error, copy.into_files(&found), &found, location)),
        }
    }

    /// Names the release that has other bytes now, if that is why the log does not verify.
    fn rewritten(&self, kept: &Verified, error: VerifyError) -> Result<FollowError, FollowError> {
        for release in &kept.releases {
            let path = Path::Header(release.header.seq);
            let served = self.get(path)?;
            if served.is_some() && served.as_ref() != self.state.files.get(&path.to_string()) {
                return Ok(FollowError::Rewritten { kept: release.pointer(), error: Box::new(error) });
            }
        }
        Ok(error.into())
    }

    /// The state after a fork keeps both branches. The root key decides which one continues the log.
    fn discontinued(&self, error: Discontinuity, files: Files, found: &Verified, location: &str) -> FollowError {
        let state = match &error {
            Discontinuity::Fork(Fork { branch: Branch::Found, .. }) => {
                let mut state = State::of(files, found, &self.pin.root, None, location);
                state.conflict = self.state.files.clone();
                Some(state)
            }
            Discontinuity::Fork(_) => Some(State { conflict: files, ..self.state.clone() }),
            Discontinuity::Older { .. } | Discontinuity::OtherOrigin { .. } => None,
        };
        FollowError::Discontinuity { error, state: state.map(Box::new) }
    }
}

/// A copy of a log that fetches missing files.
struct Copy<'a> {
    remote: &'a dyn Remote,
    files: RefCell<Files>,
}

impl<'a> Copy<'a> {
    /// Fetches the files up to the head and the release that `index.json` names, several at a time.
    fn prefetched(remote: &'a dyn Remote, known: Files, index: Option<&IndexFile>) -> Result<Self, VerifyError> {
        let mut missing = Vec::new();
        if let Some(index) = index {
            let heads = (0..=index.head.min(MOST)).flat_map(|n| [Path::Head(n), Path::HeadSignature(n)]);
            let releases =
                (0..=index.release.min(MOST)).flat_map(|n| [Path::Header(n), Path::HeaderSignature(n), Path::Body(n)]);
            missing = heads.chain(releases).map(|path| path.to_string()).collect();
            missing.retain(|path| !known.contains_key(path));
        }
        let threads = if missing.len() < 4 { Threads::One } else { Threads::Network };
        let fetched = parallel::par_map(threads, &missing, |path| match remote.get(path) {
            Ok(bytes) => Ok(bytes.map(|bytes| (path.clone(), bytes))),
            Err(error) => Err(VerifyError::Fetch { path: path.clone(), error }),
        })?;
        let mut files = known;
        files.extend(fetched.into_iter().flatten());
        Ok(Copy { remote, files: RefCell::new(files) })
    }

    /// The files of the log that were verified: heads, and releases that they cover.
    fn into_files(self, verified: &Verified) -> Files {
        let covered = verified.covered().map(|release| release.header.seq);
        let mut files = self.files.into_inner();
        files.retain(|path, _| match path.parse() {
            Ok(Path::Header(seq) | Path::HeaderSignature(seq) | Path::Body(seq)) => Some(seq) <= covered,
            Ok(Path::Head(number) | Path::HeadSignature(number)) => number < verified.heads.len() as u64,
            _ => false,
        });
        files
    }
}

/// More files than this are not fetched in advance: the number comes from a file that is not signed.
const MOST: u64 = 100_000;

impl Fetch for Copy<'_> {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, FetchError> {
        if let Some(bytes) = self.files.borrow().get(path) {
            return Ok(Some(bytes.clone()));
        }
        let bytes = self.remote.get(path)?;
        if let Some(bytes) = &bytes {
            self.files.borrow_mut().insert(path.to_owned(), bytes.clone());
        }
        Ok(bytes)
    }

    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, FetchError> {
        self.remote.list(folder)
    }
}

/// Whether the newest known head has expired.
///
/// # Errors
/// [`VerifyError::Stale`] if it has.
pub fn check_fresh(state: &State, now: Timestamp) -> Result<(), VerifyError> {
    let expires = state.head().ok().and_then(|head| head.expires);
    expires.filter(|expires| now > *expires).map_or(Ok(()), |expires| Err(VerifyError::Stale(expires)))
}

/// The origin of a log that was followed, and the newest release of it.
pub fn newest(state: &State) -> (&Origin, Option<Pointer>) {
    (&state.origin, state.head().ok().map(|head| head.covers))
}
