//! Verification of a published log, from wherever its files can be fetched.

use std::collections::BTreeSet;

use crate::sign::{self, PublicKey};

use super::{
    body::Body,
    chain::{Chain, Fault, Signed},
    convenience,
    digest::Digest,
    fields::DocumentError,
    header::Header,
    heads::{HeadFault, Heads},
    layout::{self, Path},
    replay::{Replay, Replayed, redacted},
    verified::{BodyState, Fetch, Pin, Release, Verified, VerifyError},
};

/// Verifies a published list: its log, its heads, `list.json` and `index.json`.
///
/// # Errors
/// [`VerifyError`]. Its status distinguishes an incomplete copy from one that is not authentic.
pub fn verify(source: &dyn Fetch, pin: &Pin) -> Result<Verified, VerifyError> {
    let mut verified = open(source, pin)?;
    if verified.head().is_none() {
        return Err(VerifyError::Incomplete("no head covers a release".into()));
    }
    convenience::check(source, &mut verified)?;
    Ok(verified)
}

/// Verifies a log for its publisher: releases without head, and a log without unsigned files, are accepted.
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
            Err(torn) if seq == 0 => return Err(VerifyError::Incomplete(format!("{torn} is missing or cut off"))),
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
    let mut replay = Replay::new();
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
            list = replay.list().clone();
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
        last_list: replay.list().clone(),
        basis: replay.basis().clone(),
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
