//! Reads the signed documents of a log in their order: headers, or heads.

use std::collections::VecDeque;

use super::{
    chain::{Attested, Fault, Signed},
    halves,
    layout::Path,
    verified::{Fetch, VerifyError},
};

/// Most documents that are read ahead. Their signatures are checked together.
const MOST_AHEAD: u64 = 256;

/// A document of a sequence.
pub(super) enum Next {
    /// The document, with the key that signed it. Whether this key may sign is for the chain to check.
    Document(Path, Signed, Result<Attested, Fault>),
    /// It does not exist.
    End,
    /// It was not written completely: the path of the first file that is missing or cut off.
    Torn(Path),
}

/// The signed documents with the numbers 0, 1, …
pub(super) struct Sequence<'s> {
    source: &'s dyn Fetch,
    path: fn(u64) -> Path,
    signature: fn(u64) -> Path,
    next: u64,
    /// How many documents are read at once; more with each time.
    ahead: u64,
    read: VecDeque<Result<Next, VerifyError>>,
}

impl<'s> Sequence<'s> {
    /// The headers of a log.
    pub(super) fn headers(source: &'s dyn Fetch) -> Self {
        Sequence::of(source, Path::Header, Path::HeaderSignature)
    }

    /// The heads of a log.
    pub(super) fn heads(source: &'s dyn Fetch) -> Self {
        Sequence::of(source, Path::Head, Path::HeadSignature)
    }

    fn of(source: &'s dyn Fetch, path: fn(u64) -> Path, signature: fn(u64) -> Path) -> Self {
        Sequence { source, path, signature, next: 0, ahead: 2, read: VecDeque::new() }
    }

    /// The next document. After [`Next::End`] or [`Next::Torn`] there is none.
    pub(super) fn next(&mut self) -> Result<Next, VerifyError> {
        if self.read.is_empty() {
            self.read_ahead();
        }
        self.read.pop_front().unwrap_or(Ok(Next::End))
    }

    fn read_ahead(&mut self) {
        let mut documents = Vec::new();
        let mut last = None;
        for number in self.next..self.next + self.ahead {
            let path = (self.path)(number);
            match get_signed(self.source, path, (self.signature)(number)) {
                Ok(Ok(Some(signed))) => documents.push((path, signed)),
                Ok(Ok(None)) => last = Some(Ok(Next::End)),
                Ok(Err(torn)) => last = Some(Ok(Next::Torn(torn))),
                Err(error) => last = Some(Err(error)),
            }
            if last.is_some() {
                break;
            }
        }
        self.next += self.ahead;
        self.ahead = (self.ahead * 4).min(MOST_AHEAD);
        let attested = halves::map(&documents, |(_, signed)| Attested::of(signed));
        let read = documents.into_iter().zip(attested);
        self.read.extend(read.map(|((path, signed), attested)| Ok(Next::Document(path, signed, attested))));
        self.read.extend(last);
    }
}

/// A file; `None` if it does not exist.
pub(super) fn get(source: &dyn Fetch, path: Path) -> Result<Option<Vec<u8>>, VerifyError> {
    source.get(&path.to_string()).map_err(|error| VerifyError::Fetch { path: path.to_string(), error })
}

/// Whether a file was not written to its end: empty, or cut off.
pub(super) fn is_torn(bytes: &[u8], end: &str) -> bool {
    !bytes.ends_with(end.as_bytes())
}

const SIGNATURE_END: &str = "-----END SSH SIGNATURE-----\n";

/// A document with its signature, when both exist as a whole; else the path of the one that is cut off.
pub(super) fn get_signed(
    source: &dyn Fetch,
    path: Path,
    signature: Path,
) -> Result<Result<Option<Signed>, Path>, VerifyError> {
    let Some(bytes) = get(source, path)? else { return Ok(Ok(None)) };
    if is_torn(&bytes, "}") {
        return Ok(Err(path));
    }
    match get(source, signature)? {
        Some(armor) if !is_torn(&armor, SIGNATURE_END) => Ok(Ok(Some(Signed { bytes, signature: armor }))),
        _ => Ok(Err(signature)),
    }
}
