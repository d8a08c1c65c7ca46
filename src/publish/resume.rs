//! Incremental publication: continue from the end of the log as the last publication recorded it in `resume.json`.
//!
//! It writes exactly the files that a complete run would write, or it is not used: everything that it relies on must
//! be unchanged. Of the pages before the end of the log it only checks that some exist; `--check` and
//! `--all` look at everything.

use std::collections::BTreeMap;

use changecast_core::{
    ledger::{
        Body, Digest, Fetch, Head, Header, IndexFile, Json, KeyRole, ListFile, Pointer, Publication, ReleaseKind,
        Replayed, Roles, Source, Tip,
        layout::{self, Path},
    },
    model::{ListId, Timestamp},
    sign::{self, Namespace, Signer},
};

use crate::{
    config::ListConfig,
    output::{Folder, Found},
    render::{self, Agenda, Rendered, Segments},
};

use super::{
    checkpoint::{Anchor, Checkpoint, SIGNATURE, made_with, tag},
    error::PublishError,
    log::PublishedLog,
    periods::Notices,
    plan::{Request, Rewritten, Scope, Signing},
    release::{PublishedRelease, changes_of, committed},
};

/// At most this many earlier pages are checked for existence.
const SAMPLE: usize = 32;

/// A checkpoint and the end of the log that it names, before they are checked.
pub(super) struct Unchecked<'a> {
    folder: ListFolder<'a>,
    checkpoint: Checkpoint,
    /// The bytes of the checkpoint and their signature.
    signed: (Vec<u8>, String),
    /// The log with its last release only.
    pub log: PublishedLog,
}

/// What a publication continues and can reuse.
pub(super) struct Resumed {
    /// The announced releases before this publication, oldest first.
    announced: Vec<(String, Timestamp)>,
    /// The dates that follow from them.
    pub agenda: Agenda,
    files: BTreeMap<String, Segments>,
}

impl Resumed {
    /// The reusable parts of pages and feeds for these new announcements; `None` if a year ends with them, and the
    /// whole list must be rendered.
    pub fn rendered(&self, new: &[Timestamp]) -> Option<Rendered> {
        let mut before: Vec<Timestamp> = self.announced.iter().map(|(_, time)| *time).collect();
        if !render::leave_years(&before, new) {
            return None;
        }
        let mut pages = 0;
        let last = self.announced.last().map(|(key, _)| key.clone()).filter(|_| !new.is_empty());
        if new.is_empty() {
            // The page of all lists shows the last change of each.
            before.pop();
            pages = 1;
        }
        Some(Rendered { before, pages, last, segmented: self.files.clone(), entries: BTreeMap::new() })
    }

    /// The announced releases before this publication.
    pub fn announced(&self) -> &[(String, Timestamp)] {
        &self.announced
    }
}

/// Reads `resume.json` and the end of the log. `None` if the log must be opened and verified as a whole.
///
/// # Errors
/// [`PublishError`] if files cannot be read.
pub(super) fn read<'a>(
    request: &Request<'_>,
    list: &'a ListConfig,
    found: &Found,
) -> Result<Option<Unchecked<'a>>, PublishError> {
    if !matches!(request.signing, Signing::Keys { .. }) || request.scope == Scope::All {
        return Ok(None);
    }
    if request.rewritten == Rewritten::Reanchor || request.correct.is_some() {
        return Ok(None);
    }
    let folder = ListFolder { id: &list.id, folder: found.folder(list.id.as_str()) };
    let (Some(bytes), Some(signature)) = (folder.get(&Path::Resume.to_string())?, folder.get(SIGNATURE)?) else {
        return Ok(None);
    };
    let checkpoint: Option<Checkpoint> = serde_json::from_slice(&bytes).ok();
    let (Some(checkpoint), Ok(signature)) = (checkpoint, String::from_utf8(signature)) else { return Ok(None) };
    if checkpoint.tag != tag(request.config, &list.id) || checkpoint.made_with != made_with(request)? {
        return Ok(None);
    }
    let Some(log) = folder.log(&checkpoint)? else { return Ok(None) };
    if log.check_signing(&list.id, request.signing).is_err() {
        return Ok(None);
    }
    Ok(Some(Unchecked { folder, checkpoint, signed: (bytes, signature), log }))
}

impl Unchecked<'_> {
    /// Checks the signatures, and that no file on which the next publication builds was changed. `None` if the log must be
    /// opened and verified as a whole.
    ///
    /// # Errors
    /// [`PublishError`] if files cannot be read.
    pub fn checked(&self, release: &Signer, found: &Found) -> Result<Option<Resumed>, PublishError> {
        let (bytes, signature) = &self.signed;
        let is_own = sign::verify(&[release.public()], Namespace::Resume, bytes, signature).is_ok();
        let (folder, checkpoint, log) = (&self.folder, &self.checkpoint, &self.log);
        if !is_own || !folder.ends_signed(checkpoint, log)? || !folder.is_whole(found, checkpoint, log)? {
            return Ok(None);
        }
        let Some(files) = folder.segments(found, checkpoint)? else { return Ok(None) };
        let announced = checkpoint.announced.iter();
        let announced = announced.map(|(key, seconds)| (key.clone(), Timestamp::from_unix_clamped(*seconds)));
        Ok(Some(Resumed { announced: announced.collect(), agenda: checkpoint.agenda.clone(), files }))
    }
}

/// The published folder of a list.
struct ListFolder<'a> {
    id: &'a ListId,
    folder: Folder,
}

impl ListFolder<'_> {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, PublishError> {
        self.folder.get(path).map_err(|error| PublishError::fetch(self.id, path, error))
    }

    /// A file with this digest.
    fn exact(&self, path: Path, sha256: Digest) -> Result<Option<Vec<u8>>, PublishError> {
        Ok(self.get(&path.to_string())?.filter(|bytes| Digest::of(bytes) == sha256))
    }

    /// The end of the log, if all of its files are those that the checkpoint names.
    fn log(&self, checkpoint: &Checkpoint) -> Result<Option<PublishedLog>, PublishError> {
        let Anchor { number: seq, sha256: digest } = checkpoint.release;
        let list = self.exact(Path::List, checkpoint.list)?.and_then(|bytes| ListFile::from_bytes(&bytes).ok());
        let header = self.exact(Path::Header(seq), digest)?.and_then(|bytes| Header::from_bytes(&bytes).ok());
        let header = header.filter(|header| header.seq == seq);
        let (Some(list), Some(header)) = (list, header) else { return Ok(None) };
        let (Some(roles), Some(source)) = (self.roles(checkpoint.keys)?, checkpoint.source.parsed()) else {
            return Ok(None);
        };
        let Some((head, head_digest)) = self.newest_head(checkpoint)? else { return Ok(None) };
        let Some(last) = self.last_release(checkpoint, header, &source)? else { return Ok(None) };
        // The basis of a withdrawn list is further back in the log.
        let Some(current) = list.list else { return Ok(None) };
        let tip = Tip {
            origin: list.origin,
            next: seq + 1,
            last: Some(digest),
            basis: Replayed::List(Some(current.clone())),
            list: Some(current),
        };
        Ok(Some(PublishedLog {
            tip,
            first_root: None,
            keys: Some(Pointer { seq: checkpoint.keys.number, sha256: checkpoint.keys.sha256 }),
            roles: Some(roles),
            head: Some((head, head_digest)),
            publishing: Some(Pointer { seq: checkpoint.head.number, sha256: checkpoint.head.sha256 }),
            source: Some(source),
            reading: Json::from_serde(checkpoint.reading.clone()).ok(),
            releases: vec![last],
            notices: Notices::default(),
            is_source_redacted: false,
            is_disowned: false,
            unfinished: Vec::new(),
        }))
    }

    /// The newest head and its digest, if all heads from that of the checkpoint on cover its release.
    fn newest_head(&self, checkpoint: &Checkpoint) -> Result<Option<(Head, Digest)>, PublishError> {
        let mut newest: Option<(Head, Digest)> = None;
        loop {
            let number = newest.as_ref().map_or(checkpoint.head.number, |(head, _)| head.number + 1);
            let Some(bytes) = self.get(&Path::Head(number).to_string())? else { return Ok(newest) };
            let (digest, head) = (Digest::of(&bytes), Head::from_bytes(&bytes).ok());
            let continues = match &newest {
                Some((last, sha256)) => {
                    head.as_ref().is_some_and(|head| head.prev == Some(*sha256) && head.at >= last.at)
                }
                None => digest == checkpoint.head.sha256,
            };
            let covers = Pointer { seq: checkpoint.release.number, sha256: checkpoint.release.sha256 };
            let head = head.filter(|head| continues && head.number == number && head.covers == covers);
            // A statement about a notification changes what pages show of earlier releases.
            match head.filter(|head| head.statements.is_empty()) {
                Some(head) => newest = Some((head, digest)),
                None => return Ok(None),
            }
        }
    }

    /// Whether the last release and all heads from that of the checkpoint on are signed.
    fn ends_signed(&self, checkpoint: &Checkpoint, log: &PublishedLog) -> Result<bool, PublishError> {
        let (Some(roles), Some((newest, _))) = (&log.roles, &log.head) else { return Ok(false) };
        let seq = checkpoint.release.number;
        if !self.is_signed(Path::Header(seq), Path::HeaderSignature(seq), (KeyRole::Release, roles))? {
            return Ok(false);
        }
        for number in checkpoint.head.number..=newest.number {
            if !self.is_signed(Path::Head(number), Path::HeadSignature(number), (KeyRole::Head, roles))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a key of this role signed a document.
    fn is_signed(
        &self,
        document: Path,
        signature: Path,
        (role, roles): (KeyRole, &Roles),
    ) -> Result<bool, PublishError> {
        let (Some(bytes), Some(signature)) = (self.get(&document.to_string())?, self.get(&signature.to_string())?)
        else {
            return Ok(false);
        };
        let namespace = if role == KeyRole::Head { Namespace::Head } else { Namespace::Release };
        let armor = String::from_utf8(signature).unwrap_or_default();
        Ok(sign::verify(&roles.keys(role), namespace, &bytes, &armor).is_ok())
    }

    fn roles(&self, keys: Anchor) -> Result<Option<Roles>, PublishError> {
        let header = self.exact(Path::Header(keys.number), keys.sha256)?;
        Ok(header.and_then(|bytes| Header::from_bytes(&bytes).ok()).and_then(|header| match header.kind {
            ReleaseKind::Keys(keys) => Some(keys.roles),
            _ => None,
        }))
    }

    /// The last release, if it is announced and its body is the signed one.
    fn last_release(
        &self,
        checkpoint: &Checkpoint,
        header: Header,
        source: &Source,
    ) -> Result<Option<PublishedRelease>, PublishError> {
        // Why a list was read again depends on the release before.
        let Some(body) = header.body.filter(|_| header.kind != ReleaseKind::Reread) else { return Ok(None) };
        let bytes = self.exact(Path::Body(header.seq), body.sha256)?;
        let body = bytes.and_then(|bytes| Body::from_bytes(&header.kind, &bytes).ok().flatten());
        let (Some(body), Some((key, seconds))) = (body, checkpoint.announced.last()) else { return Ok(None) };
        let (number, at) = (checkpoint.head.number, Timestamp::from_unix_clamped(*seconds));
        let Ok(changes) = changes_of(header.seq, body.changes()) else { return Ok(None) };
        let release = PublishedRelease {
            seq: header.seq,
            digest: checkpoint.release.sha256,
            kind: header.kind,
            commit: Some((source.commit.clone(), committed(&source.committed))).filter(|_| body.source().is_some()),
            changes,
            read_differently: Vec::new(),
            publication: Some(Publication { at, head: number, backfilled: false }),
            notices: Vec::new(),
        };
        Ok(Some(release).filter(|release| release.key() == *key))
    }

    /// Whether the log ends at the checkpoint and no file is missing, as far as a sample of the pages shows.
    fn is_whole(&self, found: &Found, checkpoint: &Checkpoint, log: &PublishedLog) -> Result<bool, PublishError> {
        let (last, head) = (checkpoint.release.number, log.head.as_ref().map_or(0, |(head, _)| head.number));
        let end = IndexFile { origin: log.tip.origin.clone(), head, release: last };
        let index = self.get(&Path::Index.to_string())?.and_then(|bytes| IndexFile::from_bytes(&bytes).ok());
        let ends_here = index == Some(end) && self.contains_exactly_the_log(last, head)?;
        if !ends_here {
            return Ok(false);
        }
        for name in render::SITE_FILES {
            if !found.has(name)? {
                return Ok(false);
            }
        }
        let announced = &checkpoint.announced;
        let dates: Vec<Timestamp> =
            announced.iter().map(|(_, seconds)| Timestamp::from_unix_clamped(*seconds)).collect();
        let mut names: Vec<String> = render::LIST_FILES.into_iter().map(str::to_owned).collect();
        names.extend(render::closed_files(&dates));
        let sample = Sample::of(checkpoint.release.sha256);
        names.extend(sample.indices(announced.len()).map(|at| render::announcement_page(&announced[at].0)));
        for name in names {
            if !self.has(found, &name)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether `log/` and `head/` contain every document up to the last release and head with its signature, and nothing
    /// that is not of the log.
    fn contains_exactly_the_log(&self, last: u64, head: u64) -> Result<bool, PublishError> {
        Ok(self.contains_all(layout::LOG, last)? && self.contains_all(layout::HEADS, head)?)
    }

    /// Whether a folder contains the documents up to this number with their signatures, and nothing after them.
    fn contains_all(&self, folder: &str, last: u64) -> Result<bool, PublishError> {
        let names = self.folder.list(folder).map_err(|error| PublishError::fetch(self.id, folder, error))?;
        let (mut documents, mut signatures) = (0, 0);
        for name in names.iter().flatten() {
            match format!("{folder}/{name}").parse() {
                Ok(Path::Header(number) | Path::Head(number)) if number <= last => documents += 1,
                Ok(Path::HeaderSignature(number) | Path::HeadSignature(number)) if number <= last => signatures += 1,
                Ok(Path::Body(number)) if number <= last => {}
                _ => return Ok(false),
            }
        }
        // No two names are equal.
        Ok(documents == last + 1 && signatures == last + 1)
    }

    fn has(&self, found: &Found, name: &str) -> Result<bool, PublishError> {
        Ok(found.has(&format!("{}/{name}", self.id))?)
    }

    /// The segments of the files that the next publication extends; `None` if one of them was changed.
    fn segments(
        &self,
        found: &Found,
        checkpoint: &Checkpoint,
    ) -> Result<Option<BTreeMap<String, Segments>>, PublishError> {
        let mut files = BTreeMap::new();
        let mut bytes = Vec::new();
        for (name, record) in &checkpoint.files {
            let length = found.beginning(&format!("{}/{name}", self.id), record.end(), &mut bytes)?;
            let Some(segments) = record.matched(&bytes).filter(|_| length == Some(record.length)) else {
                return Ok(None);
            };
            files.insert(name.clone(), segments);
        }
        Ok(Some(files))
    }
}

/// Which of many numbers are looked at: others after every release.
struct Sample(usize);

impl Sample {
    fn of(digest: Digest) -> Self {
        Sample(digest.bytes().into_iter().map(usize::from).sum())
    }

    /// Up to [`SAMPLE`] of this many numbers, and the last one.
    fn indices(&self, count: usize) -> impl Iterator<Item = usize> + use<> {
        let step = count.div_ceil(SAMPLE).max(1);
        (self.0 % step..count).step_by(step).chain(count.checked_sub(1))
    }
}
