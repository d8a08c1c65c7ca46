//! Verification of a published log, from wherever its files can be fetched.

use std::collections::BTreeSet;

use crate::sign::{self, PublicKey};

use super::{
    body::Body,
    chain::{Chain, Fault},
    convenience,
    digest::Digest,
    fields::DocumentError,
    halves,
    header::Header,
    heads::{HeadFault, Heads, VerifiedHead},
    layout::{self, Path},
    list::List,
    replay::{Replay, Replayed, Unchecked, redacted},
    sequence::{Next, Sequence, get, get_signed, is_torn},
    verified::{BodyState, Fetch, Pin, Release, Verified, VerifyError},
};

/// Verifies a published list: its log, its heads, `list.json` and `index.json`.
///
/// # Errors
/// [`VerifyError`]. Its status distinguishes an incomplete copy from one that is not authentic.
pub fn verify(source: &dyn Fetch, pin: &Pin) -> Result<Verified, VerifyError> {
    published(source, open(source, pin)?)
}

/// Verifies a published list as [`verify`] does, and shows each release to `watch`.
///
/// # Errors
/// As [`verify`].
pub fn verify_watched(
    source: &dyn Fetch,
    pin: &Pin,
    bodies: Bodies,
    watch: &mut dyn Watch,
) -> Result<Verified, VerifyError> {
    published(source, read(source, pin, (bodies, watch))?)
}

/// Verifies a log for its publisher: releases without head, and a log without unsigned files, are accepted.
///
/// # Errors
/// As [`verify`].
pub fn open(source: &dyn Fetch, pin: &Pin) -> Result<Verified, VerifyError> {
    open_watched(source, pin, &mut ())
}

/// Verifies a log as [`open`] does, and shows each release to `watch`.
///
/// # Errors
/// As [`verify`].
pub fn open_watched(source: &dyn Fetch, pin: &Pin, watch: &mut dyn Watch) -> Result<Verified, VerifyError> {
    read(source, pin, (Bodies::Kept, watch))
}

/// Sees the releases of a log while it is replayed. States are checked together, so that a release may be shown before a
/// state in front of it turns out to be wrong: then nothing that was seen counts.
pub trait Watch {
    /// Before the first release: the number of releases, and all heads of the log.
    fn begin(&mut self, releases: u64, heads: &[VerifiedHead]) {
        let _ = (releases, heads);
    }

    /// A release, with the lists before and after it where they are known.
    fn release(&mut self, release: &Release, before: Option<&List>, after: Option<&List>) {
        let _ = (release, before, after);
    }
}

/// Nothing is watched.
impl Watch for () {}

/// Whether the bodies of releases stay in memory after they were shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bodies {
    /// The result contains them.
    Kept,
    /// Memory grows with the list and not with the log.
    Dropped,
}

fn published(source: &dyn Fetch, mut verified: Verified) -> Result<Verified, VerifyError> {
    if verified.head().is_none() {
        return Err(VerifyError::Incomplete("no head covers a release".into()));
    }
    convenience::check(source, &mut verified)?;
    Ok(verified)
}

fn read(source: &dyn Fetch, pin: &Pin, watched: (Bodies, &mut dyn Watch)) -> Result<Verified, VerifyError> {
    let (chain, chain_end) = read_headers(source, pin)?;
    let (heads, heads_end) = read_heads(source, &chain)?;
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
    let mut verified = replay(source, (chain, heads), watched, &mut unfinished, &mut ends)?;
    verified.unfinished = unfinished;
    if let Some((path, stop)) = ends.into_iter().next() {
        return Err(stopped(path, stop, verified));
    }
    check_names(source, &mut verified)?;
    Ok(verified)
}

/// The key that signed release 0, by its signature alone: nothing is verified. `None` if release 0 does not exist, or was not
/// written to its end.
///
/// # Errors
/// [`VerifyError`] if a file cannot be fetched, or the signature is none.
pub fn claimed_root(source: &dyn Fetch) -> Result<Option<PublicKey>, VerifyError> {
    let path = Path::HeaderSignature(0);
    let Ok(Some(signed)) = get_signed(source, Path::Header(0), path)? else { return Ok(None) };
    let armor = String::from_utf8_lossy(&signed.signature);
    let claimed = sign::claimed(&armor).map_err(|error| VerifyError::inconsistent(path, error))?;
    Ok(Some(claimed.1))
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
            VerifyError::NeedsNewer { path: path.to_string(), what, verified: Some(Box::new(verified)) }
        }
        Stop::Fault(fault) => VerifyError::inconsistent(path, fault),
    }
}

fn read_headers(source: &dyn Fetch, pin: &Pin) -> Result<(Chain, End), VerifyError> {
    let mut chain = Chain::new(pin.root.clone(), pin.origin.clone());
    let mut headers = Sequence::headers(source);
    loop {
        let is_first = chain.links().is_empty();
        let (path, signed, attested) = match headers.next()? {
            Next::Document(path, signed, attested) => (path, signed, attested),
            Next::End if is_first => {
                return Err(VerifyError::Incomplete(format!("{} does not exist", Path::Header(0))));
            }
            Next::End => return Ok((chain, End::Complete)),
            Next::Torn(torn) if is_first => {
                return Err(VerifyError::Incomplete(format!("{torn} is missing or cut off")));
            }
            Next::Torn(torn) => return Ok((chain, End::Unfinished(torn))),
        };
        let appended = attested.and_then(|attested| chain.append_attested(&signed, &attested).map(|_| ()));
        match appended {
            Ok(()) => {}
            Err(fault) if is_first => return Err(first_fault(path, fault)),
            Err(fault) => return Ok((chain, End::Stopped(path, Stop::Fault(fault)))),
        }
    }
}

/// A fault of release 0. No part of the log is verified.
fn first_fault(path: Path, fault: Fault) -> VerifyError {
    match fault {
        Fault::OtherRoot(key) => VerifyError::OtherRoot(key),
        Fault::Document(DocumentError::NeedsNewer(what)) => {
            VerifyError::NeedsNewer { path: path.to_string(), what, verified: None }
        }
        fault => VerifyError::inconsistent(path, fault),
    }
}

fn read_heads(source: &dyn Fetch, chain: &Chain) -> Result<(Heads, End), VerifyError> {
    let mut heads = Heads::default();
    let mut documents = Sequence::heads(source);
    loop {
        let (path, signed, attested) = match documents.next()? {
            Next::Document(path, signed, attested) => (path, signed, attested),
            Next::End => break,
            Next::Torn(torn) => return Ok((heads, End::Unfinished(torn))),
        };
        let appended = attested.map_err(HeadFault::from).and_then(|attested| heads.append(chain, &signed, &attested));
        match appended {
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
    (chain, heads): (Chain, Heads),
    (bodies, watch): (Bodies, &mut dyn Watch),
    unfinished: &mut Vec<String>,
    ends: &mut Vec<(Path, Stop)>,
) -> Result<Verified, VerifyError> {
    watch.begin(chain.links().len() as u64, &heads.heads);
    let (covered, publications) = (heads.covered(), heads.publications());
    let redacted = redacted(&chain);
    let mut replay = Replay::new();
    let mut states = States::default();
    let mut list = Replayed::List(None);
    let (mut source_of_list, mut reading) = (None, None);
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
                states.check()?;
                return Err(VerifyError::inconsistent(path, "the body is missing, and no redaction names it"));
            }
            Err(BodyFault::Fault(Fault::Document(DocumentError::NeedsNewer(what)))) => {
                ends.insert(0, (path, Stop::Fault(DocumentError::NeedsNewer(what).into())));
                break;
            }
            Err(BodyFault::Fault(fault)) => {
                states.check()?;
                return Err(VerifyError::inconsistent(path, fault));
            }
        };
        let before = replay.list().clone();
        let replayed = match replay.step(&link.header, body.read()) {
            Ok(unchecked) => states.add(unchecked)?,
            Err(Fault::Document(DocumentError::NeedsNewer(what))) => {
                ends.insert(0, (path, Stop::Fault(DocumentError::NeedsNewer(what).into())));
                break;
            }
            Err(fault) => {
                states.check()?;
                return Err(VerifyError::inconsistent(path, fault));
            }
        };
        if covered.is_some_and(|covered| seq <= covered) {
            list = replay.list().clone();
        }
        if redacted.contains(&seq) && !matches!(body, BodyState::Redacted) {
            not_deleted.push(seq);
        }
        source_of_list = body.read().and_then(Body::source).cloned().or(source_of_list);
        reading = body.read().and_then(Body::reading).cloned().or(reading);
        let publication = publications.of(seq);
        let mut release = Release { header: link.header.clone(), digest: link.digest, body, publication, replayed };
        watch.release(&release, before.known(), replay.list().known());
        if bodies == Bodies::Dropped {
            release.body.forget();
        }
        releases.push(release);
    }
    states.check()?;
    let origin = chain.origin().cloned().ok_or_else(|| VerifyError::Incomplete("the log is empty".into()))?;
    Ok(Verified {
        origin,
        releases,
        heads: heads.heads,
        list,
        last_list: replay.list().clone(),
        basis: replay.basis().clone(),
        source: source_of_list,
        reading,
        unfinished: Vec::new(),
        not_deleted,
        remarks: Vec::new(),
        chain,
    })
}

/// Lists whose states are checked together.
#[derive(Default)]
struct States {
    unchecked: Vec<Unchecked>,
    size: usize,
}

impl States {
    /// Most lists that are kept unchecked.
    const MOST: usize = 64;
    /// About the most bytes that their texts may have.
    const MOST_BYTES: usize = 4 << 20;

    /// Takes the list after a release. Returns whether it is known.
    fn add(&mut self, unchecked: Option<Unchecked>) -> Result<bool, VerifyError> {
        let Some(unchecked) = unchecked else { return Ok(false) };
        self.size += unchecked.size();
        self.unchecked.push(unchecked);
        if self.unchecked.len() >= States::MOST || self.size > States::MOST_BYTES {
            self.check()?;
        }
        Ok(true)
    }

    /// Checks the states of all lists that were taken.
    fn check(&mut self) -> Result<(), VerifyError> {
        let unchecked = std::mem::take(&mut self.unchecked);
        self.size = 0;
        let checked: Result<(), (u64, Fault)> = halves::map(&unchecked, Unchecked::check).into_iter().collect();
        checked.map_err(|(seq, fault)| VerifyError::inconsistent(Path::Body(seq), fault))
    }
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

/// Checks that `log/` and `head/` contain only the files of the log.
fn check_names(source: &dyn Fetch, verified: &mut Verified) -> Result<(), VerifyError> {
    for folder in [layout::LOG, layout::HEADS] {
        let names = source.list(folder).map_err(|error| VerifyError::Fetch { path: folder.to_owned(), error })?;
        let Some(names) = names else { return Ok(()) };
        let unique: BTreeSet<&String> = names.iter().collect();
        for name in unique {
            let text = format!("{folder}/{name}");
            match text.parse() {
                Ok(path) if is_expected(verified, path) => {}
                Ok(path) if is_next(verified, path) => {
                    if !verified.unfinished.contains(&text) {
                        verified.unfinished.push(text);
                    }
                }
                Ok(path) if is_beyond(verified, path) => {
                    return Err(VerifyError::Incomplete(format!("{path} follows files that are missing")));
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

/// Whether a file belongs to the release or head that would come next. Its publisher was interrupted.
fn is_next(verified: &Verified, path: Path) -> bool {
    match path {
        Path::Header(seq) | Path::HeaderSignature(seq) | Path::Body(seq) => seq == verified.chain.links().len() as u64,
        Path::Head(number) | Path::HeadSignature(number) => number == verified.heads.len() as u64,
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
