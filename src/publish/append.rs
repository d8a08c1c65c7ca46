//! The log of one list while it is being extended.

use std::sync::Arc;

use crate::{
    config::ListConfig,
    history::{UnverifiedContent, Version, Walk, Walked},
    ledger::{self, Body, Chain, Changes, Correction, Digest, KeyRole, KeySet, Origin, Pointer, Release, Signed, Vcs},
    output::{Found, FoundLog, OutputFile, Rule},
    parallel::{self, Emit, Threads},
    render::{Announcement, LogStatus, PublishedList, Rendered},
};
use changecast_core::{
    change::{Change, Detail, Edit, Kind},
    model::{CommitId, FieldKey, Inventory, Text, Timestamp},
    sign::{Namespace, Signer},
};

use super::{
    ChangeTracker, Correct, ListSource, LogRow, Outcome, Request, Rewritten, Scope, Signing, Stage,
    entry_keys::EntryKeys,
    error::PublishError,
    reanchor,
    verify::{check_signature, fingerprint, first_root, signed},
};

/// How a release that changes the keys says so, in canonical bytes. No text can hold it: quotes in
/// texts are escaped.
const KEYS_KIND: &[u8] = b"\"kind\":\"keys\"";

/// So many versions are followed without a thread's help.
const FEW: usize = 2;

/// What a version did, and what a release of it needs, when one is made.
struct Step {
    row: LogRow,
    news: Option<News>,
}

/// What a release needs besides the changes.
struct News {
    /// The list afterwards; `None` when it is withdrawn.
    after: Option<Arc<Inventory>>,
    /// What was read, and what the commit says that it is.
    content: UnverifiedContent,
}

/// The bytes of a release, and for what they are to be signed.
struct Document {
    seq: u64,
    namespace: Namespace,
    bytes: Vec<u8>,
}

/// A list's log while it is being extended.
pub(super) struct Log<'a> {
    pub list: &'a ListConfig,
    pub origin: Origin,
    source: ListSource,
    pub chain: Chain,
    /// What was announced, and is now.
    pub register: EntryKeys,
    /// Releases before those of the chain, as far as pages need them again.
    pub earlier: Vec<Release>,
    /// What stands already, when the log was resumed at its end.
    pub rendered: Option<Rendered>,
    /// Documents to sign and write.
    documents: Vec<Document>,
    pub rows: Vec<LogRow>,
    pub new: usize,
    pub reanchored: Option<(CommitId, CommitId)>,
}

impl<'a> Log<'a> {
    /// The log of a list with what the history holds beyond it: from its end on where the last
    /// publication left word of it, else from its beginning.
    pub fn extended(request: &Request<'a>, list: &'a ListConfig, found: &Found) -> Result<Self, PublishError> {
        match Log::resumed(request, list, found)? {
            Some(log) => Ok(log),
            None => Log::open(request, list, found.log(list.id.as_str())?)?.extend(request),
        }
    }

    pub fn new(request: &Request<'_>, list: &'a ListConfig) -> Self {
        Log {
            list,
            origin: Origin::new(request.config.publisher.authority.domain(), &list.id),
            source: ListSource::from(list),
            chain: Chain::default(),
            register: EntryKeys::default(),
            earlier: Vec::new(),
            rendered: None,
            documents: Vec::new(),
            rows: Vec::new(),
            new: 0,
            reanchored: None,
        }
    }

    /// The published log, verified from its beginning.
    fn open(request: &Request<'a>, list: &'a ListConfig, published: FoundLog) -> Result<Self, PublishError> {
        let existing = signed(&published);
        let mut log = Log::new(request, list);
        let latest = published.index.as_deref().and_then(ledger::latest);
        if let Some(latest) = latest.filter(|_| existing.is_empty()) {
            return Err(PublishError::Gone { list: list.id.clone(), latest });
        }
        match request.signing {
            Signing::Preview if existing.is_empty() => {}
            Signing::Preview => return Err(PublishError::PreviewOverSigned(list.id.clone())),
            Signing::Keys { root: None, .. } if existing.is_empty() => {
                return Err(PublishError::RootKey(list.id.clone()));
            }
            Signing::Keys { .. } | Signing::Look if existing.is_empty() => {}
            Signing::Keys { .. } | Signing::Look => {
                // The publisher's own log: the root key that it begins with is the one to trust here.
                let chain_error = |error| PublishError::Chain { list: list.id.clone(), error };
                let root = first_root(&existing).unwrap_or_default();
                // Each release names the digest of the one before: the signature of the last one holds
                // for all. Changes of keys are checked nevertheless, and every signature when all is asked for.
                let last = existing.last();
                let check = |role: KeyRole, keys: &[String], signed: &Signed| {
                    let is_last = last.is_some_and(|last| std::ptr::eq(last, signed));
                    let changes_keys = signed.bytes.windows(KEYS_KIND.len()).any(|bytes| bytes == KEYS_KIND);
                    let implied = request.scope == Scope::New && role == KeyRole::Release && !is_last && !changes_keys;
                    if implied { Ok(()) } else { check_signature(role, keys, signed) }
                };
                log.chain = Chain::verify(&existing, &root, &check).map_err(chain_error)?;
                log.check_belonging(latest)?;
                if let Signing::Keys { release, root } = request.signing {
                    log.check_key(KeyRole::Release, release)?;
                    root.map_or(Ok(()), |root| log.check_key(KeyRole::Root, root))?;
                }
            }
        }
        log.chain.releases.iter().for_each(|release| log.register.add(release));
        Ok(log)
    }

    /// Whether the log is this list's, and has its end.
    fn check_belonging(&self, latest: Option<u64>) -> Result<(), PublishError> {
        let Some(last) = &self.chain.end else { return Ok(()) };
        if last.origin != self.origin {
            return Err(PublishError::OtherOrigin {
                found: last.origin.to_string(),
                expected: self.origin.to_string(),
            });
        }
        if let Some(latest) = latest.filter(|latest| *latest > last.seq) {
            return Err(PublishError::Shortened { list: self.list.id.clone(), found: last.seq, latest });
        }
        Ok(())
    }

    /// Whether a key is one of the log's for its role.
    fn check_key(&self, role: KeyRole, key: &Signer) -> Result<(), PublishError> {
        let known = |keys: &KeySet| match role {
            KeyRole::Root => keys.root.clone(),
            KeyRole::Release => keys.release.clone(),
        };
        let known = self.chain.keys.as_ref().map(known).unwrap_or_default();
        let key = key.public();
        if known.contains(&key.to_string()) {
            return Ok(());
        }
        let known: Vec<String> = known.iter().filter_map(|key| fingerprint(key)).collect();
        let (list, found) = (self.list.id.clone(), key.fingerprint());
        Err(PublishError::Key { list, role, found, known: known.join(", ") })
    }

    /// Adds what the history holds beyond the log.
    fn extend(mut self, request: &Request<'_>) -> Result<Self, PublishError> {
        let Walked { mut versions, reached, base } = self.walk(request)?;
        let other_file = || PublishError::OtherFile { list: self.list.id.clone(), path: self.source.paths.join(", ") };
        let no_version = versions.is_empty() && base.is_none() && self.chain.list.is_some();
        if reached && no_version {
            return Err(other_file());
        }
        // The published commit once more: what the configuration makes of it may have changed.
        versions.splice(0..0, base);
        if let (false, Some(commit)) = (reached, self.chain.commit.clone()) {
            if request.history.lies_before(request.tip.as_deref(), &commit)? {
                return Err(PublishError::Behind { list: self.list.id.clone(), commit });
            }
            if request.rewritten == Rewritten::Refuse {
                return Err(PublishError::Rewritten { list: self.list.id.clone(), commit });
            }
            if no_version {
                return Err(other_file());
            }
            let found = reanchor::find(request.history, &versions, &self.source, &self.chain)?;
            if let Some(anchor) = found {
                self.reanchor(anchor.version(&versions), commit)?;
                versions.drain(..anchor.resume_at());
            }
        }
        self.follow(request, &versions)?;
        if self.chain.commit.is_none() {
            let reason = self.rows.iter().rev().find_map(|row| match &row.outcome {
                Outcome::Unreadable(error) | Outcome::NoList { error, .. } => {
                    Some(format!(" (commit {}: {error})", row.commit.short()))
                }
                Outcome::Read { .. } => None,
            });
            let path = self.source.paths.join(", ");
            return Err(PublishError::NoList { list: self.list.id.clone(), path, reason: reason.unwrap_or_default() });
        }
        if let Some(correct) = request.correct.as_ref().filter(|correct| correct.list == self.list.id) {
            self.correct(request, correct)?;
        }
        Ok(self)
    }

    /// The versions since the commit that the log has reached.
    pub fn walk(&self, request: &Request<'_>) -> Result<Walked, PublishError> {
        request.progress.starts(Stage::Walk);
        let since = self.chain.commit.clone();
        let walk = Walk { tip: request.tip.clone(), withdrawn: since.is_some() && self.chain.list.is_none(), since };
        Ok(request.history.versions(&walk, &self.source.paths)?)
    }

    /// Makes a release of every version that changes the list. Of many, beside the reading: the log
    /// needs no more of a version than what it did.
    pub fn follow(&mut self, request: &Request<'_>, versions: &[Version]) -> Result<(), PublishError> {
        let published = self.chain.commit.clone();
        let mut follower =
            ChangeTracker::resume(self.chain.list_state(), self.chain.end.as_ref().map(|end| end.published));
        let (list, source) = (self.list, self.source.clone());
        let read = |emit: &mut Emit<'_, Step>| {
            let contents = request.history.contents(versions);
            request.progress.starts(Stage::Load);
            for (done, (version, content)) in versions.iter().zip(contents).enumerate() {
                let content = content?;
                request.progress.versions(done, versions.len());
                let row = follower.step(request.history, (version, &content), &source.options, request.progress)?;
                let news = if row.announced().is_empty() {
                    None
                } else if let Some(to) = request.history.moved_to(version)? {
                    return Err(PublishError::Moved { list: list.id.clone(), commit: row.commit, from: row.path, to });
                } else {
                    let after = follower.state().inventory().cloned();
                    Some(News { after, content: request.history.unverified(version, content)? })
                };
                request.progress.starts(Stage::Sign);
                emit(news.as_ref().map_or(0, |news| news.content.size()), Step { row, news });
                request.progress.starts(Stage::Load);
            }
            request.progress.starts(Stage::Sign);
            Ok(())
        };
        let signing = request.signing;
        let threads = if versions.len() > FEW { Threads::Two } else { Threads::One };
        parallel::pipe(threads, read, |step| {
            if let Some(news) = step.news {
                self.announce(signing, &step.row, news)?;
            }
            let row = step.row;
            let is_base = published.as_ref() == Some(&row.commit);
            if !(is_base && row.outcome.changes().is_some() && row.announced().is_empty()) {
                self.rows.push(row);
            }
            Ok(())
        })
    }

    /// Makes a release of what a version did.
    fn announce(&mut self, signing: Signing<'_>, row: &LogRow, news: News) -> Result<(), PublishError> {
        let Some(changes) = row.outcome.changes() else { return Ok(()) };
        // What a signed release quotes is what was read, and must be what the commit names.
        news.content.verify()?;
        self.begin(signing, row.published)?;
        let body = Changes {
            source: source_of(row),
            before: self.chain.state,
            after: news.after.map(|list| self.chain.digest(&list)).transpose()?,
            changes: changes.changes.clone(),
            carry: changes.unannounced.clone(),
        };
        self.append(row.published, Body::Changes(body), row.commit.as_str())?;
        self.new += 1;
        Ok(())
    }

    /// Begins a new log with its keys, a second before its first change.
    fn begin(&mut self, signing: Signing<'_>, first: Timestamp) -> Result<(), PublishError> {
        let Signing::Keys { release, root: Some(root) } = signing else { return Ok(()) };
        if self.chain.end.is_some() {
            return Ok(());
        }
        let keys = KeySet {
            root: vec![root.public().to_string()],
            release: vec![release.public().to_string()],
            head: Vec::new(),
        };
        self.append(first.previous(), Body::Keys(keys), "")
    }

    fn reanchor(&mut self, version: &Version, previous: CommitId) -> Result<(), PublishError> {
        let source = ledger::Source {
            vcs: Vcs::Git,
            commit: version.commit.clone(),
            parent: version.parent.clone(),
            path: Text::new(&version.path),
        };
        self.reanchored = Some((previous.clone(), version.commit.clone()));
        let body = ledger::Reanchor { source, previous, before: self.chain.state, after: self.chain.state };
        let published = self.after_last(Timestamp::of_commit(version.time));
        self.append(published, Body::Reanchor(body), version.commit.as_str())
    }

    fn correct(&mut self, request: &Request<'_>, correct: &Correct) -> Result<(), PublishError> {
        let no_release = || PublishError::NoRelease { list: self.list.id.clone(), seq: correct.seq };
        let at = usize::try_from(correct.seq).map_err(|_| no_release())?;
        let (release, sha256) = self.chain.releases.get(at).zip(self.chain.digests.get(at)).ok_or_else(no_release)?;
        if release.announced().is_empty() {
            return Err(no_release());
        }
        let is_said = |known: &Release| {
            matches!(&known.body, Body::Correction(known)
                if known.corrects.seq == correct.seq && known.reason == correct.reason)
        };
        if self.chain.releases.iter().any(is_said) {
            return Ok(());
        }
        let label = Text::new(&format!("Release {} of {}", correct.seq, release.published.date()));
        let edit = Edit::Set(correct.reason.clone());
        let change =
            Change::new(Kind::Corrected, Detail::Fact { field: FieldKey::from_name("correction"), label, edit });
        let body = Correction {
            corrects: Pointer { seq: correct.seq, sha256: *sha256 },
            reason: correct.reason.clone(),
            before: self.chain.state,
            after: self.chain.state,
            changes: vec![change],
        };
        let tip = request.history.resolve(request.tip.as_deref())?;
        let published = self.after_last(Timestamp::of_commit(request.history.time(&tip)?));
        self.append(published, Body::Correction(body), "")?;
        self.new += 1;
        Ok(())
    }

    /// The moment, or the first one after the last release.
    fn after_last(&self, moment: Timestamp) -> Timestamp {
        self.chain.end.as_ref().map_or(moment, |end| moment.max(end.published.next()))
    }

    /// Appends a release, which is still to be signed.
    fn append(&mut self, published: Timestamp, body: Body, commit: &str) -> Result<(), PublishError> {
        let seq = self.chain.next_seq();
        let prev = self.chain.end.as_ref().map(|end| end.sha256);
        let namespace = if matches!(body, Body::Keys(_)) { Namespace::Keys } else { Namespace::Release };
        let release = Release { origin: self.origin.clone(), seq, prev, published, body };
        let bytes = ledger::to_bytes(&release)?;
        // Appending replays the changes: what would not verify is never published.
        self.chain.append(seq, release, Digest::of(&bytes)).map_err(|fault| PublishError::Unsound {
            list: self.list.id.clone(),
            commit: commit.to_owned(),
            fault,
        })?;
        self.chain.releases.last().into_iter().for_each(|release| self.register.add(release));
        self.documents.push(Document { seq, namespace, bytes });
        Ok(())
    }

    /// What is to be written of the log itself: new releases, signed.
    pub fn take_files(&mut self, signing: Signing<'_>) -> Result<Vec<OutputFile>, PublishError> {
        let Signing::Keys { release, root } = signing else { return Ok(Vec::new()) };
        let documents = std::mem::take(&mut self.documents);
        let signatures = parallel::par_map(
            Threads::for_items(documents.len()),
            &documents,
            |Document { namespace, bytes, .. }| {
                let signer = root.filter(|_| *namespace == Namespace::Keys).unwrap_or(release);
                signer.sign(*namespace, bytes)
            },
        )?;
        let mut files = Vec::with_capacity(2 * documents.len());
        for (Document { seq, bytes, .. }, signature) in documents.into_iter().zip(signatures) {
            let path = format!("{}/log/{}", self.list.id, Release::file_name(seq));
            // The signature first: a document in the log always has one.
            let rule = Rule::OnceWith(path.clone());
            files.push(OutputFile { path: format!("{path}.sig"), bytes: signature.into_bytes().into(), rule });
            files.push(OutputFile { path, bytes: bytes.into(), rule: Rule::Once });
        }
        Ok(files)
    }

    /// What was announced, as far as its releases are at hand, oldest first.
    fn announcements(&self) -> Vec<Announcement> {
        let releases = self.earlier.iter().chain(&self.chain.releases);
        let announced: Vec<&Release> = releases.filter(|release| !release.announced().is_empty()).collect();
        let rows = self.register.newest(announced.len());
        announced
            .into_iter()
            .zip(rows)
            .map(|(release, row)| {
                let commit = release.source().map(|source| source.commit.to_string());
                let changes = release.announced().to_vec();
                Announcement::new(row.name(), release.published, release.seq, commit, changes)
            })
            .collect()
    }

    /// The list for its pages.
    pub fn published(&self, request: &Request<'_>) -> PublishedList<'_> {
        PublishedList {
            id: &self.list.id,
            title: &self.list.title,
            page: self.list.page.as_ref(),
            tag: tag(request, self.list),
            announcements: self.announcements(),
            rendered: self.rendered.as_ref(),
            current: self.chain.list.as_ref(),
            terms: self.list.notice.as_ref().map(changecast_core::model::Terms::facts).unwrap_or_default(),
            log: match (&self.chain.keys, request.signing, &self.chain.end) {
                (Some(keys), Signing::Keys { .. }, Some(end)) => LogStatus::Signed {
                    origin: self.origin.to_string(),
                    root: keys.root.clone(),
                    release: keys.release.clone(),
                    latest: end.seq,
                },
                _ => LogStatus::Unsigned,
            },
        }
    }
}

/// The tag URI that the ids of a list's feeds begin with, without its scheme (RFC 4151 §2.1).
pub(super) fn tag(request: &Request<'_>, list: &ListConfig) -> String {
    format!("{}:{}", request.config.publisher.authority, list.id)
}

fn source_of(row: &LogRow) -> ledger::Source {
    ledger::Source { vcs: Vcs::Git, commit: row.commit.clone(), parent: row.parent.clone(), path: Text::new(&row.path) }
}
