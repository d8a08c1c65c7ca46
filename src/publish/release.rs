//! A release as pages and feeds need it: its changes, and when it was published.

use std::collections::BTreeMap;

use changecast_core::{
    change::{Change, Kind},
    ledger::{self, Body, Digest, Json, Pointer, Publication, Reader, ReleaseKind, Source},
    model::{CommitId, Timestamp, Trigger},
    notice,
    prose::reread::{self, Cause},
};

use crate::render::Noticed;

use super::error::PublishError;

/// A release of a log.
#[derive(Clone, Debug)]
pub struct PublishedRelease {
    /// The number of the release.
    pub seq: u64,
    /// The SHA-256 of its header.
    pub digest: Digest,
    /// The kind of the release.
    pub kind: ReleaseKind,
    /// The commit that contains the list, and its committer time.
    pub commit: Option<(CommitId, Timestamp)>,
    /// The changes that it announces.
    pub changes: Vec<Change>,
    /// For a list that was read again: what the second reading made different, which is not announced change by change.
    pub read_differently: Vec<Change>,
    /// The head that covers it; `None` if no head does yet.
    pub publication: Option<Publication>,
    /// What follows from the notice terms for each change; empty if the release begins no notice.
    pub notices: Vec<Option<Noticed>>,
}

impl PublishedRelease {
    /// The releases of a log that was verified.
    ///
    /// # Errors
    /// [`PublishError::UnknownChange`] for a change object of a later version.
    pub fn all(releases: &[ledger::Release]) -> Result<Vec<Self>, PublishError> {
        let changes = releases.iter().map(|release| changes_of(release.header.seq, objects_of(release)));
        Ok(PublishedRelease::with_changes(releases, changes.collect::<Result<_, _>>()?))
    }

    /// The releases of a log that was verified, without changes of kinds of a later version.
    pub fn known(releases: &[ledger::Release]) -> Vec<Self> {
        let changes = releases.iter().map(|release| known_changes(objects_of(release)));
        PublishedRelease::with_changes(releases, changes.collect())
    }

    fn with_changes(releases: &[ledger::Release], changes: Vec<Vec<Change>>) -> Vec<Self> {
        let mut before = Before::default();
        let published = releases.iter().zip(changes).map(|(release, changes)| {
            let published = PublishedRelease::of(release, changes, &before);
            before.follow(release);
            published
        });
        published.collect()
    }

    /// A release that follows others.
    pub(super) fn of(release: &ledger::Release, changes: Vec<Change>, before: &Before) -> Self {
        let (seq, kind) = (release.header.seq, &release.header.kind);
        let body = release.body();
        let (changes, read_differently) = match body {
            Some(body) => announced(kind, changes, cause(before, body.source(), body.reading())),
            None => Default::default(),
        };
        let commit = body.and_then(Body::source);
        PublishedRelease {
            seq,
            digest: release.digest,
            kind: kind.clone(),
            commit: commit.map(|source| (source.commit.clone(), committed(&source.committed))),
            changes,
            read_differently,
            publication: release.publication,
            notices: Vec::new(),
        }
    }

    /// Whether pages and feeds announce the release.
    pub fn is_announced(&self) -> bool {
        !self.changes.is_empty() || matches!(self.kind, ReleaseKind::Correction { .. })
    }

    /// Whether an earlier release may have begun the notice of a change: a date moves, or a planned vendor is put into use.
    pub fn continues_notice(&self) -> bool {
        let starts = |change: &Change| notice::trigger_of(change) == Some(Trigger::Activated);
        self.changes.iter().any(|change| change.kind == Kind::Rescheduled || starts(change))
    }

    /// The number of the release and the digest of its header.
    pub fn pointer(&self) -> Pointer {
        Pointer { seq: self.seq, sha256: self.digest }
    }

    /// The number of the release and the first 16 digits of the digest of its header: the end of its id in feeds, and
    /// the name of its page.
    pub fn key(&self) -> String {
        key(self.seq, &self.digest)
    }

    /// The key of the release that a correction corrects.
    pub fn corrected_key(&self) -> Option<String> {
        match &self.kind {
            ReleaseKind::Correction { corrects } => Some(key(corrects.seq, &corrects.sha256)),
            _ => None,
        }
    }
}

/// The facts about earlier releases that explain why a list is read again.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    /// The reader of the last list.
    pub reader: Option<Reader>,
    /// Whether a stolen key signed the last release that altered the list.
    pub is_disowned: bool,
    /// The last release that altered the list.
    pub last_altering: Option<u64>,
}

impl Before {
    /// Continues with the next release.
    pub fn follow(&mut self, release: &ledger::Release) {
        if let Some(source) = release.body().and_then(Body::source) {
            self.reader = Some(source.reader.clone());
        }
        match &release.header.kind {
            ReleaseKind::Keys(keys) => {
                self.is_disowned |= keys.disowned.iter().any(|pointer| Some(pointer.seq) == self.last_altering);
            }
            kind if kind.alters_state() => {
                self.last_altering = Some(release.header.seq);
                self.is_disowned = false;
            }
            _ => {}
        }
    }
}

fn key(seq: u64, digest: &Digest) -> String {
    format!("{seq}-{}", &digest.to_string()[..16])
}

/// The changes that a release with these differences announces, and those that only a second reading made. A list that was
/// read again did not change: one announcement states that.
pub(super) fn announced(kind: &ReleaseKind, changes: Vec<Change>, cause: Cause) -> (Vec<Change>, Vec<Change>) {
    match kind {
        ReleaseKind::Reread => (reread::announcement(cause, &changes).into_iter().collect(), changes),
        _ => (changes, Vec::new()),
    }
}

/// Why a list was read again, after the releases before. A release states the configuration of reading if
/// that differs from what the log stated last.
pub(super) fn cause(before: &Before, source: Option<&Source>, reading: Option<&Json>) -> Cause {
    if before.is_disowned {
        return Cause::Disowned;
    }
    let same_edition = source.is_none_or(|source| before.reader.as_ref() == Some(&source.reader));
    match reading {
        Some(_) if same_edition => Cause::Configuration,
        Some(_) => Cause::EditionAndConfiguration,
        None => Cause::Edition,
    }
}

/// Why lists were read again, by the numbers of the releases that state it.
pub fn causes_of_rereads(releases: &[ledger::Release]) -> BTreeMap<u64, Cause> {
    let mut before = Before::default();
    let mut causes = BTreeMap::new();
    for release in releases {
        if let Some(body) = release.body().filter(|_| release.header.kind == ReleaseKind::Reread) {
            causes.insert(release.header.seq, cause(&before, body.source(), body.reading()));
        }
        before.follow(release);
    }
    causes
}

/// The change objects of a release; empty without a body.
pub(super) fn objects_of(release: &ledger::Release) -> &[Json] {
    release.body().map_or(&[], Body::changes)
}

/// The change objects of a body as changes, without those of a later version.
pub(super) fn known_changes(objects: &[Json]) -> Vec<Change> {
    objects.iter().filter_map(|object| serde_json::from_value(object.to_serde()).ok()).collect()
}

/// The change objects of a body as changes.
pub(super) fn changes_of(seq: u64, objects: &[Json]) -> Result<Vec<Change>, PublishError> {
    let parse = |object: &Json| {
        serde_json::from_value(object.to_serde()).map_err(|error| PublishError::UnknownChange { seq, error })
    };
    objects.iter().map(parse).collect()
}

/// The time of a commit, from the form in which git stores it: `1712912400 +0200`.
pub(super) fn committed(stored: &str) -> Timestamp {
    let seconds = stored.split(' ').next().and_then(|seconds| seconds.parse().ok());
    Timestamp::from_unix_clamped(seconds.unwrap_or(0))
}

/// The times at which releases count as published, for releases in their order (DESIGN §7): the time of the head
/// that covers a release; for history from before the first head the time of the commit, raised to that of the
/// release before and lowered to that of the head. `pending` is the head that covers releases without one.
pub(super) fn publication_times(releases: &[PublishedRelease], pending: Publication) -> Vec<Timestamp> {
    let mut times = Vec::with_capacity(releases.len());
    let mut last = Timestamp::from_unix_clamped(0);
    for release in releases {
        let publication = release.publication.unwrap_or(pending);
        let time = match &release.commit {
            Some((_, committed)) if publication.backfilled => (*committed).min(publication.at),
            _ if publication.backfilled => last.min(publication.at),
            _ => publication.at,
        };
        last = last.max(time);
        times.push(last);
    }
    times
}
