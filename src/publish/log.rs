//! The published log of one list: opened and verified.

use changecast_core::{
    ledger::{
        self, BodyState, Digest, Fetch, File, Head, Json, KeyRole, Origin, Pin, Pointer, Publication, ReleaseKind,
        Roles, Source, Statement, Tip, VerifyError, layout::Path,
    },
    model::{ListId, Timestamp},
    sign::PublicKey,
};

use crate::output::{Folder, OutputFile, WritePolicy};

use super::{
    error::PublishError,
    periods::{LogNotices, Notices},
    plan::Signing,
    release::PublishedRelease,
};

/// The published log of a list, which a publication continues.
#[derive(Clone, Debug)]
pub(super) struct PublishedLog {
    /// The end of the log, which the next release follows.
    pub tip: Tip,
    /// The key that signed release 0, if the log was read from its beginning.
    pub first_root: Option<PublicKey>,
    /// The release that states the keys in force.
    pub keys: Option<Pointer>,
    /// The keys in force; `None` for a log that does not exist yet.
    pub roles: Option<Roles>,
    /// The newest head and its digest.
    pub head: Option<(Head, Digest)>,
    /// The first head that covers the last release: its number and digest.
    pub publishing: Option<Pointer>,
    /// The commit that the log has reached.
    pub source: Option<Source>,
    /// The configuration of reading that the log stated last.
    pub reading: Option<Json>,
    /// All releases, oldest first.
    pub releases: Vec<PublishedRelease>,
    /// The notices of the releases. A log that is continued incrementally has none.
    pub notices: Notices,
    /// Whether a redaction removed the body that names the commit which the log has reached.
    pub is_source_redacted: bool,
    /// Whether the list may be that of releases which a stolen key signed: then it is restored from git.
    pub is_disowned: bool,
    /// Files that an interrupted publication did not finish. They are written again.
    pub unfinished: Vec<String>,
}

impl PublishedLog {
    /// A log without releases.
    pub fn empty(origin: Origin) -> Self {
        PublishedLog {
            tip: Tip::empty(origin),
            first_root: None,
            keys: None,
            roles: None,
            head: None,
            publishing: None,
            source: None,
            reading: None,
            releases: Vec::new(),
            notices: Notices::default(),
            is_source_redacted: false,
            is_disowned: false,
            unfinished: Vec::new(),
        }
    }

    /// Opens and verifies the log in a folder. A folder without log gives an empty one. Releases without a head count
    /// as published now.
    ///
    /// # Errors
    /// [`PublishError`] if the log does not verify, belongs to another list, or is missing although `index.json` names
    /// a release.
    pub fn open(
        list: &ListId,
        (origin, authority): (&Origin, &str),
        folder: &Folder,
        now: Timestamp,
    ) -> Result<Self, PublishError> {
        PublishedLog::open_stating(list, (origin, authority), folder, now, None)
    }

    /// Opens the log as [`PublishedLog::open`] does, as if its newest head also contained a statement.
    ///
    /// # Errors
    /// [`PublishError`] as for [`PublishedLog::open`].
    pub fn open_stating(
        list: &ListId,
        (origin, authority): (&Origin, &str),
        folder: &Folder,
        now: Timestamp,
        statement: Option<&Statement>,
    ) -> Result<Self, PublishError> {
        let Some(root) = first_root(list, folder)? else {
            return match folder.get(&Path::Index.to_string()).map_err(fetch(list))? {
                Some(_) => Err(PublishError::Gone(list.clone())),
                None => Ok(PublishedLog::empty(origin.clone())),
            };
        };
        let mut computed = LogNotices::new(now, statement);
        let verified = ledger::open_watched(folder, &Pin { root: root.clone(), origin: None }, &mut computed)
            .map_err(|error| log_error(list, error))?;
        let found = verified.authority().map(|authority| tag(authority.as_str(), &verified.origin));
        let expected = tag(authority, origin);
        if found.as_ref() != Some(&expected) {
            return Err(PublishError::OtherOrigin { found: found.unwrap_or_default(), expected });
        }
        check_index(list, folder, &verified)?;
        let mut releases = PublishedRelease::all(&verified.releases)?;
        let LogNotices { notices, releases: followed, .. } = computed;
        for (release, followed) in releases.iter_mut().zip(followed) {
            release.notices = followed.notices;
        }
        let source = owned(&verified).find_map(|release| release.body()?.source()).cloned();
        let reading = owned(&verified).find_map(|release| release.body()?.reading()).cloned();
        let is_source_redacted = is_source_redacted(&verified);
        Ok(PublishedLog {
            tip: Tip::of(&verified).ok_or_else(|| PublishError::NotReplayed(list.clone()))?,
            first_root: Some(root),
            keys: keys_release(&verified),
            roles: verified.roles().cloned(),
            head: verified.heads.last().map(|last| (last.head.clone(), last.digest)),
            publishing: publishing(&verified),
            source: source.filter(|_| !is_source_redacted),
            is_source_redacted,
            reading,
            is_disowned: is_disowned(&verified),
            releases,
            notices,
            unfinished: verified.unfinished,
        })
    }

    /// Checks that the keys of this publication may sign the log.
    ///
    /// # Errors
    /// [`PublishError::Key`] for a key without the role that it needs, [`PublishError::RootKey`] for a new log
    /// without a root key, [`PublishError::PreviewOverSigned`] for a preview that would replace signed pages.
    pub fn check_signing(&self, list: &ListId, signing: Signing<'_>) -> Result<(), PublishError> {
        match (signing, &self.roles) {
            (Signing::Preview, Some(_)) => Err(PublishError::PreviewOverSigned(list.clone())),
            (Signing::Keys { root: None, .. }, None) => Err(PublishError::RootKey(list.clone())),
            (Signing::Preview | Signing::Look | Signing::Keys { .. }, None) | (Signing::Look, Some(_)) => Ok(()),
            (Signing::Keys { release, root }, Some(roles)) => {
                check_key(list, roles, KeyRole::Release, &release.public())?;
                check_key(list, roles, KeyRole::Head, &release.public())?;
                root.map_or(Ok(()), |root| check_key(list, roles, KeyRole::Root, &root.key.public()))
            }
        }
    }

    /// Checks that a release may follow.
    ///
    /// # Errors
    /// [`PublishError::Ended`] for a log that was moved.
    pub fn check_not_ended(&self, list: &ListId) -> Result<(), PublishError> {
        match self.releases.last().map(|release| &release.kind) {
            Some(ReleaseKind::Moved { successor }) => {
                Err(PublishError::Ended { list: list.clone(), successor: successor.origin.to_string() })
            }
            _ => Ok(()),
        }
    }

    /// A file of the log to write. Published bytes never change, except those that an interrupted run did not finish.
    pub fn output_file(&self, list: &ListId, file: File) -> OutputFile {
        let policy = match file.path {
            path if self.unfinished.contains(&path.to_string()) => WritePolicy::Repair,
            Path::HeaderSignature(seq) => WritePolicy::ImmutableWith(format!("{list}/{}", Path::Header(seq))),
            Path::HeadSignature(number) => WritePolicy::ImmutableWith(format!("{list}/{}", Path::Head(number))),
            _ => WritePolicy::Immutable,
        };
        OutputFile { path: format!("{list}/{}", file.path), bytes: file.bytes.into(), policy }
    }

    /// Whether some releases are covered by no head.
    pub fn has_uncovered(&self) -> bool {
        self.releases.iter().any(|release| release.publication.is_none())
    }

    /// The publication of releases that the next head covers, when it is signed at this time.
    pub fn next_publication(&self, at: Timestamp) -> Publication {
        let head = self.head.as_ref().map_or(0, |(head, _)| head.number + 1);
        Publication { at, head, backfilled: self.head.is_none() }
    }
}

/// The tag of a list: the authority of its publisher and its id.
fn tag(authority: &str, origin: &Origin) -> String {
    format!("{authority}:{}", origin.list())
}

/// The releases that are not disowned, newest first.
fn owned(verified: &ledger::Verified) -> impl Iterator<Item = &ledger::Release> {
    let disowned = verified.disowned();
    verified.releases.iter().rev().filter(move |release| !disowned.contains(&release.header.seq))
}

/// Whether a redaction removed the newest body that named a commit.
fn is_source_redacted(verified: &ledger::Verified) -> bool {
    let last = owned(verified).find(|release| {
        let kind = &release.header.kind;
        kind.alters_state() || *kind == ReleaseKind::Reanchor
    });
    last.is_some_and(|last| last.body == BodyState::Redacted)
}

/// Whether the last release that altered the list was disowned.
fn is_disowned(verified: &ledger::Verified) -> bool {
    let last = verified.releases.iter().rev().find(|release| release.header.kind.alters_state());
    last.is_some_and(|last| verified.disowned().contains(&last.header.seq))
}

/// The head that published the last release.
fn publishing(verified: &ledger::Verified) -> Option<Pointer> {
    let number = verified.releases.last()?.publication?.head;
    let head = verified.heads.get(usize::try_from(number).ok()?)?;
    Some(Pointer { seq: number, sha256: head.digest })
}

/// The last release that states keys.
fn keys_release(verified: &ledger::Verified) -> Option<Pointer> {
    let release = verified.releases.iter().rev().find(|release| matches!(release.header.kind, ReleaseKind::Keys(_)))?;
    Some(Pointer { seq: release.header.seq, sha256: release.digest })
}

/// The key that signed release 0 of the publisher's own log: what matters is that it continues. An interrupted first
/// publication leaves no whole release 0, and the log begins again.
pub(super) fn first_root(list: &ListId, folder: &Folder) -> Result<Option<PublicKey>, PublishError> {
    ledger::claimed_root(folder).map_err(|error| log_error(list, error))
}

fn check_index(list: &ListId, folder: &Folder, verified: &ledger::Verified) -> Result<(), PublishError> {
    let Some(bytes) = folder.get(&Path::Index.to_string()).map_err(fetch(list))? else { return Ok(()) };
    // An index that cannot be read is replaced by this publication.
    let Ok(index) = ledger::IndexFile::from_bytes(&bytes) else { return Ok(()) };
    let last = verified.releases.last().map_or(0, |release| release.header.seq);
    if index.origin == verified.origin && index.release > last {
        return Err(PublishError::Shortened { list: list.clone(), found: last, latest: index.release });
    }
    Ok(())
}

pub(super) fn check_key(list: &ListId, roles: &Roles, role: KeyRole, key: &PublicKey) -> Result<(), PublishError> {
    if roles.contains(role, key) {
        return Ok(());
    }
    let known: Vec<String> = roles.keys(role).iter().map(PublicKey::fingerprint).collect();
    Err(PublishError::Key { list: list.clone(), role, found: key.fingerprint(), known: known.join(", ") })
}

fn fetch(list: &ListId) -> impl Fn(ledger::FetchError) -> PublishError {
    let list = list.clone();
    move |error| {
        let path = list.to_string();
        log_error(&list, VerifyError::Fetch { path, error })
    }
}

pub(super) fn log_error(list: &ListId, error: VerifyError) -> PublishError {
    PublishError::Log { list: list.clone(), error: Box::new(error) }
}
