//! `resume.json`: where and how the last publication of a list ended.

use std::collections::BTreeMap;

use changecast_core::{
    ledger::{Digest, Json, Pointer, Source, layout::Path},
    model::{ListId, Timestamp},
    sign::Namespace,
};
use serde::{Deserialize, Serialize};

use crate::{
    config::Config,
    render::{Agenda, File, Segment, Segments},
};

use super::{
    error::PublishError,
    log::PublishedLog,
    plan::{Request, Signing},
};

/// The signature of `resume.json`.
pub(super) const SIGNATURE: &str = "resume.json.sig";

/// The content of `resume.json`. The publisher signs it with the release key, so that only a holder of the key can
/// move the place at which the log continues.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Checkpoint {
    /// The program, its edition and the configuration, on which the pages depend.
    pub made_with: Digest,
    /// The tag URI of the feeds.
    pub tag: String,
    /// The last release of the log.
    pub release: Anchor,
    /// The head that published the last release. Later heads that cover the same release may follow it.
    pub head: Anchor,
    /// The release that states the keys in force.
    pub keys: Anchor,
    /// Where the list was read.
    pub source: SourceRecord,
    /// The configuration of reading that the log stated last.
    pub reading: serde_json::Value,
    /// The digest of `list.json`.
    pub list: Digest,
    /// Announced releases, oldest first: the key of each, and the second at which it was published.
    pub announced: Vec<(String, i64)>,
    /// The dates that follow from the announced releases.
    pub agenda: Agenda,
    /// The files that consist of one segment per announcement, by name in the folder of the list.
    pub files: BTreeMap<String, SegmentRecord>,
}

/// A release or head by number and digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Anchor {
    pub number: u64,
    pub sha256: Digest,
}

impl From<Pointer> for Anchor {
    fn from(pointer: Pointer) -> Self {
        Anchor { number: pointer.seq, sha256: pointer.sha256 }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceRecord {
    pub commit: String,
    pub committed: String,
    pub path: String,
    pub reader: String,
}

/// The segments of a file, the newest first. Lengths are in bytes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SegmentRecord {
    pub length: u64,
    pub head: usize,
    pub between: String,
    /// The length and a fingerprint of each segment: half a SHA-256, as 32 hexadecimal digits.
    pub segments: Vec<(usize, String)>,
    /// The length of the text about past years after the segments.
    pub closed: usize,
}

impl SourceRecord {
    pub fn parsed(&self) -> Option<Source> {
        Some(Source {
            commit: self.commit.parse().ok()?,
            committed: self.committed.clone(),
            path: self.path.clone(),
            reader: self.reader.parse().ok()?,
        })
    }
}

/// The tag URI that the ids of a list's feeds begin with, without its scheme (RFC 4151 §2.1).
pub(super) fn tag(config: &Config, list: &ListId) -> String {
    format!("{}:{list}", config.publisher.authority)
}

/// What pages and releases depend on besides the history: the program and its configuration.
pub(super) fn made_with(request: &Request<'_>) -> Result<Digest, PublishError> {
    let config = serde_json::to_string(request.config)?;
    let (version, edition) = (env!("CARGO_PKG_VERSION"), request.edition.reader());
    Ok(Digest::of(format!("changecast {version} {edition}\n{config}").as_bytes()))
}

/// The signature of a checkpoint and the checkpoint: the names of the files and their bytes.
pub(super) type CheckpointFiles = [(String, Vec<u8>); 2];

/// The signature of the next checkpoint and the checkpoint itself. From the moment at which the signature is replaced,
/// the old checkpoint is not valid any more.
///
/// # Errors
/// [`PublishError`] if the key cannot sign.
pub(super) fn files(
    request: &Request<'_>,
    list: &ListId,
    log: &PublishedLog,
    (head, announced, agenda): (Pointer, Vec<(String, Timestamp)>, Agenda),
    list_file: &[u8],
    rendered: &[File],
) -> Result<Option<CheckpointFiles>, PublishError> {
    let Signing::Keys { release, .. } = request.signing else { return Ok(None) };
    let (Some(last), Some(keys), Some(source)) = (log.tip.pointer(), log.keys, &log.source) else { return Ok(None) };
    let mut files = BTreeMap::new();
    for file in rendered {
        let name = file.path.strip_prefix(list.as_str()).and_then(|name| name.strip_prefix('/'));
        if let (Some(name), Some(segments)) = (name, &file.segments) {
            files.insert(name.to_owned(), record(file, segments));
        }
    }
    let checkpoint = Checkpoint {
        made_with: made_with(request)?,
        tag: tag(request.config, list),
        release: last.into(),
        head: head.into(),
        keys: keys.into(),
        source: SourceRecord {
            commit: source.commit.to_string(),
            committed: source.committed.clone(),
            path: source.path.clone(),
            reader: source.reader.to_string(),
        },
        reading: log.reading.as_ref().map_or(serde_json::Value::Null, Json::to_serde),
        list: Digest::of(list_file),
        announced: announced.into_iter().map(|(key, time)| (key, time.seconds())).collect(),
        agenda,
        files,
    };
    let bytes = serde_json::to_vec(&checkpoint)?;
    let signature = release.sign(Namespace::Resume, &bytes)?.into_bytes();
    Ok(Some([(SIGNATURE.to_owned(), signature), (Path::Resume.to_string(), bytes)]))
}

/// The record of the segments of a file. Segments of the earlier file have fingerprints already.
fn record(file: &File, found: &Segments) -> SegmentRecord {
    let mut begin = found.head;
    let mut segments = Vec::with_capacity(found.segments.len());
    for segment in &found.segments {
        let bytes = begin..begin + segment.length;
        begin = bytes.end + found.between.len();
        let fingerprint =
            segment.fingerprint.unwrap_or_else(|| fingerprint(file.bytes.front.get(bytes).unwrap_or_default()));
        segments.push((segment.length, format!("{fingerprint:032x}")));
    }
    SegmentRecord {
        length: file.bytes.size(),
        head: found.head,
        between: found.between.clone(),
        segments,
        closed: found.closed,
    }
}

/// Half of a SHA-256, which is enough to notice an edited segment.
fn fingerprint(bytes: &[u8]) -> u128 {
    Digest::of(bytes).bytes().into_iter().take(16).fold(0, |number, byte| number << 8 | u128::from(byte))
}

impl SegmentRecord {
    /// The offset of the end of the last segment.
    pub fn end(&self) -> usize {
        let lengths = self.segments.iter().map(|(length, _)| length).sum::<usize>();
        self.head + lengths + self.between.len() * self.segments.len().saturating_sub(1)
    }

    /// The segments, if the beginning of the file still contains exactly these.
    pub fn matched(&self, bytes: &[u8]) -> Option<Segments> {
        let mut rest = bytes.get(self.head..)?;
        let mut segments = Vec::with_capacity(self.segments.len());
        for (at, (length, expected)) in self.segments.iter().enumerate() {
            let between = if at == 0 { "" } else { &self.between };
            let (segment, after) = rest.strip_prefix(between.as_bytes())?.split_at_checked(*length)?;
            let found = fingerprint(segment);
            if u128::from_str_radix(expected, 16).ok()? != found {
                return None;
            }
            segments.push(Segment { length: *length, fingerprint: Some(found) });
            rest = after;
        }
        Some(Segments { head: self.head, between: self.between.clone(), segments, closed: self.closed })
    }
}
