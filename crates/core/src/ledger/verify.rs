//! Verification of a published log, from wherever its files can be fetched.

use std::collections::BTreeSet;

use crate::{model::Timestamp, sign::PublicKey};

use super::{
    body::{Body, Reader, Source},
    chain::{Chain, Fault, Signed},
    convenience,
    digest::Digest,
    fields::DocumentError,
    header::Header,
    heads::{HeadFault, Heads, Publication, VerifiedHead},
    json::Json,
    keys::{Authority, Origin, Roles},
    layout::{self, Path},
    list::List,
    replay::{Replay, Replayed, redacted},
};

/// A source of published files: a folder, a web server, a map in a test.
pub trait Fetch {
    /// The bytes of a file, `None` when it does not exist. `path` is relative to the folder of the list.
    ///
    /// # Errors
    /// [`FetchError`] when it cannot be known.
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, FetchError>;

    /// The names in a folder, `None` when the source cannot list folders.
    ///
    /// # Errors
    /// [`FetchError`] when it cannot be known.
    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, FetchError> {
        let _ = folder;
        Ok(None)
    }
}

/// A file that could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FetchError(pub String);

/// What a customer knows of a log from elsewhere.
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
        /// The file.
        path: String,
        /// Why not.
        error: FetchError,
    },
    /// Files are missing, as in a mirror that is being updated.
    #[error("the copy is incomplete: {0}")]
    Incomplete(String),
    /// The log uses a format, member or kind of a later version. What precedes it is verified.
    #[error("{path}: {what} needs a newer changecast")]
    NeedsNewer {
        /// The file.
        path: String,
        /// The format, member or kind.
        what: String,
        /// The log up to there.
        verified: Box<Verified>,
    },
    /// The files are not authentic, or contradict each other.
    #[error("{path}: {problem}")]
    Inconsistent {
        /// The file.
        path: String,
        /// What is wrong with it.
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

/// A verified release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its header.
    pub header: Header,
    /// The SHA-256 of the bytes of the header.
    pub digest: Digest,
    /// Its body.
    pub body: BodyState,
    /// When it was published; `None` while no head covers it, and readers ignore it.
    pub publication: Option<Publication>,
    /// Whether the state was replayed; otherwise it is only signed, because a needed body was redacted.
    pub replayed: bool,
}

/// The body of a verified release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyState {
    /// The release has none.
    Absent,
    /// It was read and verified.
    Read(Box<Body>),
    /// Its bytes are the signed ones, but the kind belongs to a later version.
    Skipped,
    /// A redaction removed it.
    Redacted,
}

impl Release {
    /// The body, where it was read.
    pub fn body(&self) -> Option<&Body> {
        match &self.body {
            BodyState::Read(body) => Some(body),
            BodyState::Absent | BodyState::Skipped | BodyState::Redacted => None,
        }
    }
}

/// A verified log.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The name of the log.
    pub origin: Origin,
    /// All releases, also those that no head covers yet.
    pub releases: Vec<Release>,
    /// All heads.
    pub heads: Vec<VerifiedHead>,
    /// The list after the last release that a head covers.
    pub list: Replayed,
    /// The list after the last release.
    pub last_list: Replayed,
    /// Files at the end of the log, covered by no head, that a publisher did not finish writing.
    pub unfinished: Vec<String>,
    /// Bodies that a redaction names, and that are still there.
    pub not_deleted: Vec<u64>,
    /// Remarks about the unsigned files, such as an older `index.json`.
    pub remarks: Vec<String>,
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

    /// The tagging entity of the feeds.
    pub fn authority(&self) -> Option<&Authority> {
        self.chain.authority()
    }

    /// The commit that the log has reached; `None` also where the body that names it was redacted.
    pub fn source(&self) -> Option<&Source> {
        self.releases.iter().rev().find_map(|release| release.body()?.source())
    }

    /// The reader of the last list.
    pub fn reader(&self) -> Option<&Reader> {
        self.source().map(|source| &source.reader)
    }

    /// The configuration of reading that was stated last.
    pub fn reading(&self) -> Option<&Json> {
        self.releases.iter().rev().find_map(|release| release.body()?.reading())
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

/// Verifies a published list: its log, its heads, `list.json` and `index.json`.
///
/// # Errors
/// [`VerifyError`]; its status tells an incomplete copy from one that is not authentic.
pub fn verify(source: &dyn Fetch, pin: &Pin) -> Result<Verified, VerifyError> {
    let mut verified = open(source, pin)?;
    if verified.head().is_none() {
        return Err(VerifyError::Incomplete("no head covers a release".into()));
    }
    convenience::check(source, &mut verified)?;
    Ok(verified)
}

/// Verifies a log as its publisher needs it: releases without head, and a log without unsigned files, are
/// accepted.
///
/// # Errors
/// As [`verify`].
pub fn open(source: &dyn Fetch, pin: &Pin) -> Result<Verified, VerifyError> {
    let (chain, chain_end) = read_headers(source, pin)?;
    let (heads, heads_end) = read_heads(source, &chain)?;
    let covered = heads.covered();
    let mut unfinished = Vec::new();
    let mut ends = Vec::new();
    for end in [chain_end, heads_end] {
        match end {
            End::Complete => {}
            End::Unfinished(path) => unfinished.push(path.to_string()),
            End::Stopped(path, fault) => ends.push((path, fault)),
        }
    }
    // A header that covered heads rely on is missing or broken: the first fault explains it.
    let mut verified = replay(source, chain, heads, covered, &mut unfinished, &mut ends)?;
    verified.unfinished = unfinished;
    check_names(source, &verified)?;
    match ends.into_iter().next() {
        None => Ok(verified),
        Some((path, fault)) => Err(stopped(path, fault, verified)),
    }
}

/// How a sequence of files ended.
enum End {
    /// The next file does not exist.
    Complete,
    /// The next file was not written completely.
    Unfinished(Path),
    /// The next file does not continue the sequence.
    Stopped(Path, Stop),
}

/// Why a sequence stopped.
enum Stop {
    Fault(Fault),
    Incomplete(String),
}

fn stopped(path: Path, stop: Stop, verified: Verified) -> VerifyError {
    match stop {
        Stop::Incomplete(what) => VerifyError::Incomplete(what),
        Stop::Fault(Fault::OtherRoot(key)) => VerifyError::OtherRoot(key),
        Stop::Fault(Fault::Document(DocumentError::NeedsNewer(what))) => {
            VerifyError::NeedsNewer { path: path.to_string(), what, verified: Box::new(verified) }
        }
        Stop::Fault(fault) => VerifyError::inconsistent(path, fault),
    }
}

fn get(source: &dyn Fetch, path: Path) -> Result<Option<Vec<u8>>, VerifyError> {
    source.get(&path.to_string()).map_err(|error| VerifyError::Fetch { path: path.to_string(), error })
}

/// Whether a file was not written to its end: empty, or cut off.
fn is_torn(bytes: &[u8], end: &str) -> bool {
    !bytes.ends_with(end.as_bytes())
}

const SIGNATURE_END: &str = "-----END SSH SIGNATURE-----\n";

/// A document with its signature, when both exist as a whole.
fn get_signed(source: &dyn Fetch, path: Path, signature: Path) -> Result<Result<Option<Signed>, Path>, VerifyError> {
    let Some(bytes) = get(source, path)? else { return Ok(Ok(None)) };
    if is_torn(&bytes, "}") {
        return Ok(Err(path));
    }
    match get(source, signature)? {
        Some(armor) if !is_torn(&armor, SIGNATURE_END) => Ok(Ok(Some(Signed { bytes, signature: armor }))),
        _ => Ok(Err(signature)),
    }
}

fn read_headers(source: &dyn Fetch, pin: &Pin) -> Result<(Chain, End), VerifyError> {
    let mut chain = Chain::new(pin.root.clone(), pin.origin.clone());
    for seq in 0.. {
        let path = Path::Header(seq);
        let signed = match get_signed(source, path, Path::HeaderSignature(seq))? {
            Ok(Some(signed)) => signed,
            Ok(None) if seq == 0 => return Err(VerifyError::Incomplete(format!("{path} does not exist"))),
            Ok(None) => break,
            Err(torn) => return Ok((chain, End::Unfinished(torn))),
        };
        if let Err(fault) = chain.append(&signed) {
            if seq == 0 {
                return Err(first_fault(path, fault));
            }
            return Ok((chain, End::Stopped(path, Stop::Fault(fault))));
        }
    }
    Ok((chain, End::Complete))
}

/// A fault of release 0: nothing of the log is verified.
fn first_fault(path: Path, fault: Fault) -> VerifyError {
    match fault {
        Fault::OtherRoot(key) => VerifyError::OtherRoot(key),
        Fault::Document(DocumentError::NeedsNewer(what)) => {
            VerifyError::Incomplete(format!("{path}: {what} needs a newer changecast"))
        }
        fault => VerifyError::inconsistent(path, fault),
    }
}

fn read_heads(source: &dyn Fetch, chain: &Chain) -> Result<(Heads, End), VerifyError> {
    let mut heads = Heads::default();
    for number in 0.. {
        let path = Path::Head(number);
        let signed = match get_signed(source, path, Path::HeadSignature(number))? {
            Ok(Some(signed)) => signed,
            Ok(None) => break,
            Err(torn) => return Ok((heads, End::Unfinished(torn))),
        };
        match heads.append(chain, &signed) {
            Ok(()) => {}
            Err(HeadFault::Ahead(seq)) => {
                let what = format!("{path} covers release {seq}, which is not there");
                return Ok((heads, End::Stopped(path, Stop::Incomplete(what))));
            }
            Err(HeadFault::Fault(fault)) => return Ok((heads, End::Stopped(path, Stop::Fault(fault)))),
        }
    }
    let end = match heads.check_named(chain) {
        Ok(()) => End::Complete,
        Err(HeadFault::Ahead(number)) => {
            let path = Path::Head(number);
            End::Stopped(path, Stop::Incomplete(format!("{path}, which a keys release names, is not there")))
        }
        Err(HeadFault::Fault(fault)) => End::Stopped(Path::Head(0), Stop::Fault(fault)),
    };
    Ok((heads, end))
}

/// Reads and replays the bodies. A body that cannot be used ends the log there, if no head covers it.
fn replay(
    source: &dyn Fetch,
    chain: Chain,
    heads: Heads,
    covered: Option<u64>,
    unfinished: &mut Vec<String>,
    ends: &mut Vec<(Path, Stop)>,
) -> Result<Verified, VerifyError> {
    let redacted = redacted(&chain);
    let mut replay = Replay::default();
    let mut list = Replayed::List(None);
    let (mut releases, mut not_deleted) = (Vec::new(), Vec::new());
    for link in chain.links() {
        let seq = link.header.seq;
        let path = Path::Body(seq);
        let body = match read_body(source, &link.header, redacted.contains(&seq))? {
            Ok(body) => body,
            Err(BodyFault::Torn) if covered.is_none_or(|covered| seq > covered) => {
                unfinished.push(path.to_string());
                break;
            }
            Err(BodyFault::Torn) => {
                return Err(VerifyError::inconsistent(path, "the body is missing, and no redaction names it"));
            }
            Err(BodyFault::Fault(Fault::Document(DocumentError::NeedsNewer(what)))) => {
                ends.insert(0, (path, Stop::Fault(DocumentError::NeedsNewer(what).into())));
                break;
            }
            Err(BodyFault::Fault(fault)) => return Err(VerifyError::inconsistent(path, fault)),
        };
        let read = match &body {
            BodyState::Read(body) => Some(&**body),
            BodyState::Absent | BodyState::Skipped | BodyState::Redacted => None,
        };
        let replayed = match replay.step(&link.header, read) {
            Ok(replayed) => replayed,
            Err(Fault::Document(DocumentError::NeedsNewer(what))) => {
                ends.insert(0, (path, Stop::Fault(DocumentError::NeedsNewer(what).into())));
                break;
            }
            Err(fault) => return Err(VerifyError::inconsistent(path, fault)),
        };
        if covered.is_some_and(|covered| seq <= covered) {
            list = replay.list();
        }
        if redacted.contains(&seq) && !matches!(body, BodyState::Redacted) {
            not_deleted.push(seq);
        }
        let publication = heads.publication(seq);
        releases.push(Release { header: link.header.clone(), digest: link.digest, body, publication, replayed });
    }
    let origin = chain.origin().cloned().ok_or_else(|| VerifyError::Incomplete("the log is empty".into()))?;
    Ok(Verified {
        origin,
        releases,
        heads: heads.heads,
        list,
        last_list: replay.list(),
        unfinished: Vec::new(),
        not_deleted,
        remarks: Vec::new(),
        chain,
    })
}

enum BodyFault {
    /// The file does not exist, or was not written to its end.
    Torn,
    Fault(Fault),
}

fn read_body(source: &dyn Fetch, header: &Header, redacted: bool) -> Result<Result<BodyState, BodyFault>, VerifyError> {
    let Some(pointer) = header.body else { return Ok(Ok(BodyState::Absent)) };
    let bytes = match get(source, Path::Body(header.seq))? {
        Some(bytes) => bytes,
        None if redacted => return Ok(Ok(BodyState::Redacted)),
        None => return Ok(Err(BodyFault::Torn)),
    };
    if is_torn(&bytes, "}") && (bytes.len() as u64) < pointer.size {
        return Ok(Err(BodyFault::Torn));
    }
    if bytes.len() as u64 != pointer.size || Digest::of(&bytes) != pointer.sha256 {
        return Ok(Err(BodyFault::Fault(Fault::contradiction("the bytes are not those that the header names"))));
    }
    Ok(match Body::from_bytes(&header.kind, &bytes) {
        Ok(Some(body)) => Ok(BodyState::Read(Box::new(body))),
        Ok(None) => Ok(BodyState::Skipped),
        Err(error) => Err(BodyFault::Fault(error.into())),
    })
}

/// `log/` and `head/` contain nothing but the files of the log.
fn check_names(source: &dyn Fetch, verified: &Verified) -> Result<(), VerifyError> {
    for folder in [layout::LOG, layout::HEADS] {
        let names = source.list(folder).map_err(|error| VerifyError::Fetch { path: folder.to_owned(), error })?;
        let Some(names) = names else { return Ok(()) };
        let unique: BTreeSet<&String> = names.iter().collect();
        for name in unique {
            let text = format!("{folder}/{name}");
            match text.parse() {
                Ok(path) if is_expected(verified, path) => {}
                _ if verified.unfinished.contains(&text) => {}
                Ok(path) if is_beyond(verified, path) => {
                    return Err(VerifyError::Incomplete(format!("{path} is there, but not what it follows")));
                }
                _ => {
                    let problem = "the file does not belong to the log".to_owned();
                    return Err(VerifyError::Inconsistent { path: text, problem });
                }
            }
        }
    }
    Ok(())
}

fn is_expected(verified: &Verified, path: Path) -> bool {
    match path {
        Path::Header(seq) | Path::HeaderSignature(seq) => verified.chain.link(seq).is_some(),
        Path::Body(seq) => verified.chain.link(seq).is_some_and(|link| link.header.body.is_some()),
        Path::Head(number) | Path::HeadSignature(number) => number < verified.heads.len() as u64,
        _ => false,
    }
}

/// Whether a file follows the end of the log.
fn is_beyond(verified: &Verified, path: Path) -> bool {
    match path {
        Path::Header(seq) | Path::HeaderSignature(seq) | Path::Body(seq) => seq >= verified.chain.links().len() as u64,
        Path::Head(number) | Path::HeadSignature(number) => number >= verified.heads.len() as u64,
        _ => false,
    }
}

/// The list of a verified log, where it is known.
pub fn known_list(replayed: &Replayed) -> Option<&List> {
    match replayed {
        Replayed::List(list) => list.as_ref(),
        Replayed::Unknown => None,
    }
}
