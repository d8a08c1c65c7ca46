//! Versions to releases: appends to a published log the versions that git has since then.

mod base;

use changecast_core::{
    change::{Change, ChangeSet, Detail, Edit, IdChange, Kind},
    ledger::{
        Difference, Digest, Draft, Encoder, Ids, Json, KeysRelease, List, Pointer, Publication, Reader, ReleaseKind,
        Roles, Salts, Source,
    },
    model::{CommitId, FieldKey, ListState, Text, Timestamp},
    prose,
};

use crate::{
    config::ListConfig,
    history::{Content, UnverifiedContent, Version, Walk, Walked},
    parallel::{self, Emit, Threads},
};

use super::{
    change_log::{ChangeTracker, LogRow, Outcome},
    error::PublishError,
    guard::check_removals,
    log::PublishedLog,
    periods,
    plan::{Correct, FutureCommits, Request, Rewritten},
    progress::Stage,
    reanchor,
    release::{Before, PublishedRelease, announced, cause, committed},
    source::ListSource,
};

/// Fewer versions than this are processed on one thread.
const MIN_VERSIONS_FOR_THREADS: usize = 3;

/// The seconds that a commit may be ahead of the clock.
const MAX_AHEAD: i64 = 24 * 60 * 60;

/// A version, and what a release of it needs if it is announced.
struct Step {
    row: LogRow,
    announced: Option<AnnouncedVersion>,
}

/// A version with announced changes.
struct AnnouncedVersion {
    changes: ChangeSet,
    after: ListState,
    committed: String,
    content: UnverifiedContent,
}

/// The new releases of a list, on top of its published log.
pub(super) struct Appender<'a> {
    list: &'a ListConfig,
    /// The keys and the authority that a new log begins with.
    first: KeysRelease,
    /// The implementation and edition that reads the list.
    reader: Reader,
    source: ListSource,
    /// The configuration of reading as the log states it.
    reading: Json,
    salts: Salts,
    encoder: Encoder,
    /// The head that will publish the new releases.
    publication: Publication,
    /// The log, which grows with every release.
    pub log: PublishedLog,
    /// The list as last announced.
    pub state: ListState,
    /// New releases, not signed yet.
    pub drafts: Vec<Draft>,
    /// The versions since the last publication.
    pub rows: Vec<LogRow>,
    /// The commits before and after, if the log continues in a rewritten history.
    pub reanchored: Option<(CommitId, CommitId)>,
}

impl<'a> Appender<'a> {
    /// Appends to a log everything that the history contains beyond it, and the requested correction.
    ///
    /// # Errors
    /// [`PublishError`] if the history cannot be read, or does not continue the log.
    pub fn run(request: &Request<'_>, list: &'a ListConfig, log: PublishedLog) -> Result<Self, PublishError> {
        let source = ListSource::new(list, &request.vocabulary);
        let salts = Salts::derive(request.signing.signer_of_salts(), &log.tip.origin)?;
        let reading = reading_of(&source)?;
        let mut appender = Appender {
            list,
            first: first_keys(request),
            reader: request.edition.reader(),
            source,
            reading,
            salts,
            encoder: Encoder::default(),
            publication: log.next_publication(request.now),
            log,
            state: ListState::Unpublished,
            drafts: Vec::new(),
            rows: Vec::new(),
            reanchored: None,
        };
        appender.extend(request)?;
        Ok(appender)
    }

    fn extend(&mut self, request: &Request<'_>) -> Result<(), PublishError> {
        let Walked { mut versions, reached, base } = self.walk(request)?;
        let commit = self.log.source.as_ref().map(|source| source.commit.clone());
        let is_listed = self.log.tip.list.is_some();
        let mut tracker = ChangeTracker::default();
        if reached && versions.is_empty() && base.is_none() && is_listed {
            return Err(self.other_file());
        }
        if let (false, Some(commit)) = (reached, commit) {
            let skip = self.continue_in_rewritten_history(request, &versions, commit)?;
            versions.drain(..skip);
        } else if self.log.is_source_redacted {
            let skip = self.anchor(request, &versions)?;
            versions.drain(..skip);
        } else if self.log.source.is_some() {
            self.read_base(request, base.as_ref(), &mut tracker)?;
        }
        self.follow(request, &versions, tracker)?;
        if self.log.source.is_none() {
            return Err(self.no_list());
        }
        match request.correct.as_ref().filter(|correct| correct.list == self.list.id) {
            Some(correct) => self.correct(correct),
            None => Ok(()),
        }
    }

    /// The versions since the commit that the log has reached.
    fn walk(&self, request: &Request<'_>) -> Result<Walked, PublishError> {
        request.progress.starts(Stage::Walk);
        let since = self.log.source.as_ref().map(|source| source.commit.clone());
        let withdrawn = since.is_some() && self.log.tip.list.is_none();
        let walk = Walk { tip: request.tip.clone(), withdrawn, since };
        Ok(request.history.versions(&walk, &self.source.paths)?)
    }

    /// Finds where the published list is in a rewritten history, and records it in a `reanchor` release. Returns how
    /// many versions precede the next one to compare.
    fn continue_in_rewritten_history(
        &mut self,
        request: &Request<'_>,
        versions: &[Version],
        commit: CommitId,
    ) -> Result<usize, PublishError> {
        if request.history.lies_before(request.tip.as_deref(), &commit)? {
            return Err(PublishError::Behind { list: self.list.id.clone(), commit });
        }
        if request.rewritten == Rewritten::Refuse {
            return Err(PublishError::Rewritten { list: self.list.id.clone(), commit });
        }
        let skip = self.anchor(request, versions)?;
        let reached = self.log.source.as_ref().map(|source| source.commit.clone());
        self.reanchored = reached.map(|reached| (commit, reached));
        Ok(skip)
    }

    /// Finds the published list in the history, and records its commit in a `reanchor` release. Returns how many
    /// versions precede the next one to compare.
    fn anchor(&mut self, request: &Request<'_>, versions: &[Version]) -> Result<usize, PublishError> {
        if versions.is_empty() {
            return Err(if self.log.tip.list.is_some() { self.other_file() } else { self.no_list() });
        }
        let anchor = reanchor::find(request.history, versions, &self.source, &self.log)?;
        let version = anchor.version(versions);
        let source = self.source_of(request, version.commit.clone(), &version.path)?;
        let reading = self.stated_reading();
        let draft = self.log.tip.reanchor(source.clone(), reading.clone(), &self.salts)?;
        self.state = match anchor.state() {
            Some(state) => state.clone(),
            None => ListState::from(Some(self.published_inventory()?)),
        };
        self.push(draft, Some(source), reading, Vec::new());
        Ok(anchor.resume_at())
    }

    /// Appends a release for every version with announced changes.
    fn follow(
        &mut self,
        request: &Request<'_>,
        versions: &[Version],
        tracker: ChangeTracker,
    ) -> Result<(), PublishError> {
        let mut tracker = tracker.continues(self.state.clone());
        let (list, source) = (self.list, self.source.clone());
        // The history from before the first publication needs no confirmation: it cannot be restored any more.
        let continues = self.log.source.is_some();
        let threads = if versions.len() < MIN_VERSIONS_FOR_THREADS { Threads::One } else { Threads::Two };
        let produce = |emit: &mut Emit<'_, Step>| {
            let contents = request.history.contents(versions);
            request.progress.starts(Stage::Load);
            for (done, (version, content)) in versions.iter().zip(contents).enumerate() {
                let content = content?;
                let before = tracker.state().clone();
                request.progress.versions(done, versions.len());
                let row = tracker.step(request.history, (version, &content), &source.options, request.progress)?;
                if continues {
                    check_removals(&list.id, &before, &row, request.config.guard, request.removals)?;
                }
                let step = announced_step(request, &list.id, &tracker, version, content, row)?;
                request.progress.starts(Stage::Sign);
                emit(step.announced.as_ref().map_or(0, |version| version.content.size()), step);
                request.progress.starts(Stage::Load);
            }
            request.progress.starts(Stage::Sign);
            Ok(())
        };
        parallel::pipe(threads, produce, |step| self.take(step))
    }

    fn take(&mut self, Step { row, announced }: Step) -> Result<(), PublishError> {
        if let Some(AnnouncedVersion { changes, after, committed, content }) = announced {
            // A signed release makes a statement about the commit, so the objects are hashed.
            content.verify()?;
            self.begin()?;
            self.append(ReleaseKind::Changes, changes, &after, row.commit.clone(), committed, &row.path)?;
            self.state = after;
        }
        self.rows.push(row);
        Ok(())
    }

    /// Begins a new log with a `keys` release.
    fn begin(&mut self) -> Result<(), PublishError> {
        if self.log.roles.is_some() {
            return Ok(());
        }
        let draft = self.log.tip.keys(self.first.clone())?;
        self.log.roles = Some(self.first.roles.clone());
        self.log.keys = self.log.tip.pointer();
        self.push(draft, None, None, Vec::new());
        Ok(())
    }

    fn append(
        &mut self,
        kind: ReleaseKind,
        changes: ChangeSet,
        after: &ListState,
        commit: CommitId,
        committed: String,
        path: &str,
    ) -> Result<(), PublishError> {
        let (seq, before) = (self.log.tip.next, self.log.tip.list.clone());
        let list: Option<List> = match after.inventory() {
            Some(inventory) => Some(self.encoder.encode(inventory, before.as_ref(), &self.salts, seq)?),
            None => None,
        };
        let path = Text::new(path).to_string();
        let source = Source { commit, committed, path, reader: self.reader.clone() };
        let reading = self.stated_reading();
        let difference = Difference {
            source: source.clone(),
            reading: reading.clone(),
            changes: objects(&changes.changes)?,
            ids: ids(&changes),
        };
        let unsound = |error| PublishError::Unsound {
            list: self.list.id.clone(),
            commit: source.commit.to_string(),
            error: Box::new(error),
        };
        let releases_before = Before {
            reader: self.log.source.as_ref().map(|source| source.reader.clone()),
            is_disowned: self.log.is_disowned,
            last_altering: None,
        };
        let followed = self.log.notices.follow(&periods::Step {
            seq,
            kind: &kind,
            changes: &changes.changes,
            publication: self.publication,
            before: before.as_ref(),
            after: list.as_ref(),
        });
        let (announced, read_differently) =
            announced(&kind, changes.changes, cause(&releases_before, Some(&source), reading.as_ref()));
        let draft = match kind {
            ReleaseKind::Reread => self.log.tip.reread(difference, list, &self.salts),
            _ => self.log.tip.changes(difference, list, &self.salts),
        };
        let draft = draft.map_err(unsound)?;
        self.push(draft, Some(source.clone()), reading, announced);
        self.log.is_disowned = false;
        self.log.notices.pending.extend(followed.periods);
        if let Some(release) = self.log.releases.last_mut() {
            release.notices = followed.notices;
            release.read_differently = read_differently;
        }
        Ok(())
    }

    /// Appends a correction of a release, unless the same correction was published before.
    fn correct(&mut self, correct: &Correct) -> Result<(), PublishError> {
        let wrong = self.log.releases.iter().find(|release| release.seq == correct.seq && release.is_announced());
        let Some(wrong) = wrong else {
            return Err(PublishError::NoRelease { list: self.list.id.clone(), seq: correct.seq });
        };
        let label = Text::new(&prose::release_in_words(&wrong.changes));
        let edit = Edit::Set(correct.reason.clone());
        let corrects = Pointer { seq: wrong.seq, sha256: wrong.digest };
        let is_known = self.log.releases.iter().any(|release| {
            matches!(release.kind, ReleaseKind::Correction { corrects: known } if known == corrects)
                && matches!(&release.changes[..], [Change { detail: Detail::Fact { edit: known, .. }, .. }] if *known == edit)
        });
        if is_known {
            return Ok(());
        }
        let detail = Detail::Fact { field: FieldKey::from_name("correction"), label, edit };
        let changes = vec![Change::new(Kind::Corrected, detail)];
        let reason = correct.reason.to_string();
        let draft = self.log.tip.correction(corrects, reason, objects(&changes)?, &self.salts)?;
        self.push(draft, None, None, changes);
        Ok(())
    }

    /// Adds a release to those of the log.
    fn push(&mut self, draft: Draft, source: Option<Source>, reading: Option<Json>, changes: Vec<Change>) {
        let digest = self.log.tip.last.unwrap_or_else(|| Digest::of(&[]));
        self.log.releases.push(PublishedRelease {
            seq: draft.header.seq,
            digest,
            kind: draft.header.kind.clone(),
            commit: source.as_ref().map(|source| (source.commit.clone(), committed(&source.committed))),
            changes,
            read_differently: Vec::new(),
            publication: None,
            notices: Vec::new(),
        });
        self.log.source = source.or(self.log.source.take());
        self.log.reading = reading.or(self.log.reading.take());
        self.drafts.push(draft);
    }

    /// The configuration of reading, if the log does not state it yet.
    fn stated_reading(&self) -> Option<Json> {
        (self.log.reading.as_ref() != Some(&self.reading)).then(|| self.reading.clone())
    }

    fn source_of(&self, request: &Request<'_>, commit: CommitId, path: &str) -> Result<Source, PublishError> {
        let committed = request.history.committed(&commit)?;
        Ok(Source { commit, committed, path: Text::new(path).to_string(), reader: self.reader.clone() })
    }

    fn other_file(&self) -> PublishError {
        PublishError::OtherFile { list: self.list.id.clone(), path: self.source.paths.join(", ") }
    }

    fn no_list(&self) -> PublishError {
        let reason = self.rows.iter().rev().find_map(|row| match &row.outcome {
            Outcome::Unreadable(error) | Outcome::NoList { error, .. } => {
                Some(format!(" (commit {}: {error})", row.commit.short()))
            }
            Outcome::Read { .. } => None,
        });
        let path = self.source.paths.join(", ");
        PublishError::NoList { list: self.list.id.clone(), path, reason: reason.unwrap_or_default() }
    }
}

/// The step of a version: with what a release needs, if some change is announced.
fn announced_step(
    request: &Request<'_>,
    list: &changecast_core::model::ListId,
    tracker: &ChangeTracker,
    version: &Version,
    content: Option<Content>,
    row: LogRow,
) -> Result<Step, PublishError> {
    let Some(changes) = row.outcome.changes().filter(|changes| !changes.changes.is_empty()).cloned() else {
        return Ok(Step { row, announced: None });
    };
    if let Some(to) = request.history.moved_to(version)? {
        return Err(PublishError::Moved { list: list.clone(), commit: row.commit, from: row.path, to });
    }
    let time = Timestamp::from_unix_clamped(version.time);
    if request.future == FutureCommits::Refuse && version.time > request.now.seconds() + MAX_AHEAD {
        return Err(PublishError::Future { list: list.clone(), commit: row.commit, time, now: request.now });
    }
    let committed = request.history.committed(&version.commit)?;
    let content = request.history.unverified(version, content)?;
    Ok(Step { row, announced: Some(AnnouncedVersion { changes, after: tracker.state().clone(), committed, content }) })
}

/// The content of the first release of a new log.
fn first_keys(request: &Request<'_>) -> KeysRelease {
    let (root, release) = request.signing.first_keys();
    KeysRelease {
        roles: Roles::new(&root, std::slice::from_ref(&release), std::slice::from_ref(&release)),
        authority: request.config.publisher.authority.to_string().parse().ok(),
        predecessor: None,
        disowned: Vec::new(),
        last_head: None,
    }
}

/// Changes as the log contains them.
fn objects(changes: &[Change]) -> Result<Vec<Json>, PublishError> {
    changes.iter().map(|change| Ok(Json::from_serde(serde_json::to_value(change)?)?)).collect()
}

/// Ids that changed, although the entry, section or column is the same.
fn ids(changes: &ChangeSet) -> Ids {
    let ids = &changes.unannounced;
    Ids { entries: pairs(&ids.entry_ids), sections: pairs(&ids.section_ids), fields: pairs(&ids.column_keys) }
}

fn pairs<Id: ToString>(changes: &[IdChange<Id>]) -> std::collections::BTreeMap<String, String> {
    changes.iter().map(|change| (change.from.to_string(), change.to.to_string())).collect()
}

/// The configuration of reading in full, as an auditor needs it.
fn reading_of(source: &ListSource) -> Result<Json, PublishError> {
    let mut reading = serde_json::to_value(&source.options)?;
    if let Some(members) = reading.as_object_mut() {
        members.insert("inventory".to_owned(), serde_json::to_value(&source.paths)?);
    }
    Ok(Json::from_serde(reading)?)
}
