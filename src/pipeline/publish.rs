//! Publication: what the history holds beyond the log becomes releases, and everything is rendered.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    change::{Change, Detail, Edit, Kind},
    config::{Config, ListConfig},
    history::{History, Walk},
    ledger::{
        self, Body, Chain, Changes, Correction, Digest, Digester, KeyRole, KeySet, Origin, Pointer, Release, Signed,
        Vcs,
    },
    model::{CommitId, FieldKey, Inventory, ListId, Moment, Text},
    output::{FoundLog, OutputFile, Rule},
    render::{self, Announcement, LogStatus, Publication, PublishedList},
    sign::{Namespace, Signer},
};

use super::{
    Follower, LogRow, Outcome, Source, Stage, Standing, Watch, reanchor,
    refusal::PublishError,
    verify::{check_signature, first_root, signed},
};

/// What to publish, and how.
#[derive(Debug)]
pub struct Request<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The repository.
    pub history: &'a History,
    /// The branch or revision to publish; `HEAD` when not given.
    pub tip: Option<String>,
    /// The keys, or a preview without them.
    pub signing: Signing<'a>,
    /// What to do when git was rewritten since the last publication.
    pub rewritten: Rewritten,
    /// A release to correct.
    pub correct: Option<Correct>,
    /// Who watches.
    pub watch: Watch<'a>,
}

/// Whether releases are signed.
#[derive(Clone, Copy, Debug)]
pub enum Signing<'a> {
    /// No log is written, and every page says so.
    Preview,
    /// Every release is signed.
    Keys {
        /// Signs releases.
        release: &'a Signer,
        /// Signs the key set that a new log begins with.
        root: Option<&'a Signer>,
    },
}

/// What to do when the last published commit is no longer on the first-parent line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewritten {
    /// Stop, and say so.
    Refuse,
    /// Find the published list in the new history and go on from there.
    Reanchor,
}

/// A correction to publish.
#[derive(Clone, Debug)]
pub struct Correct {
    /// The list.
    pub list: ListId,
    /// The number of the release that was wrong.
    pub seq: u64,
    /// What was wrong, in the publisher's words.
    pub reason: Text,
}

/// All that a publication would write.
#[derive(Debug)]
pub struct Plan {
    /// By list, what is new.
    pub lists: Vec<ListPlan>,
    /// The files, in the order in which they must be written: whatever stands at a moment of
    /// interruption, the next publication finds it whole or mends it.
    pub files: Vec<OutputFile>,
}

/// What is new in a list.
#[derive(Debug)]
pub struct ListPlan {
    /// The list.
    pub id: ListId,
    /// Its announcements, oldest first; the last `new` of them were not published before.
    pub announcements: Vec<Announcement>,
    /// How many announcements are new.
    pub new: usize,
    /// The list as it stands; `None` when it is withdrawn.
    pub current: Option<Inventory>,
    /// Commits since the last publication that changed the file, and what became of them.
    pub rows: Vec<LogRow>,
    /// The commits before and after, when the log was moved to a rewritten history.
    pub reanchored: Option<(CommitId, CommitId)>,
}

/// Plans a publication: nothing is written. `existing` gives the log that is published already.
///
/// # Errors
/// [`PublishError`]; nothing is published then.
pub fn publish(request: &Request<'_>, existing: &dyn Fn(&ListId) -> FoundLog) -> Result<Plan, PublishError> {
    let config = request.config;
    let mut logs = Vec::with_capacity(config.lists.len());
    request.watch.begins(Stage::Verify);
    for list in &config.lists {
        logs.push(Log::open(request, list, existing(&list.id))?.extend(request)?);
    }
    let mut files: Vec<OutputFile> = logs.iter_mut().flat_map(|log| std::mem::take(&mut log.files)).collect();
    request.watch.begins(Stage::Render);
    let publication = Publication {
        publisher: &config.publisher,
        base_url: &config.base_url,
        lists: logs.iter().map(|log| log.published(request)).collect(),
    };
    let rendered = render::render(&publication)?;
    files.extend(rendered.into_iter().map(|file| OutputFile {
        path: file.path,
        bytes: file.bytes,
        rule: Rule::Replace,
    }));
    for log in &logs {
        files.extend(log.summary_files(request)?);
    }
    let lists = publication.lists.into_iter().map(|list| list.announcements).collect::<Vec<_>>();
    let lists = logs
        .into_iter()
        .zip(lists)
        .map(|(log, announcements)| ListPlan {
            id: log.list.id.clone(),
            announcements,
            new: log.new,
            current: log.chain.list,
            rows: log.rows,
            reanchored: log.reanchored,
        })
        .collect();
    Ok(Plan { lists, files })
}

/// How a release that changes the keys says so, in canonical bytes. No text can hold it: quotes in
/// texts are escaped.
const KEYS_KIND: &[u8] = b"\"kind\":\"keys\"";

/// A list's log while it is being extended.
struct Log<'a> {
    list: &'a ListConfig,
    origin: Origin,
    source: Source,
    chain: Chain,
    files: Vec<OutputFile>,
    rows: Vec<LogRow>,
    new: usize,
    reanchored: Option<(CommitId, CommitId)>,
}

impl<'a> Log<'a> {
    fn open(request: &Request<'a>, list: &'a ListConfig, published: FoundLog) -> Result<Self, PublishError> {
        let existing = signed(&published);
        let mut log = Log {
            list,
            origin: Origin::new(request.config.publisher.authority.domain(), &list.id),
            source: Source::of(list),
            chain: Chain::default(),
            files: Vec::new(),
            rows: Vec::new(),
            new: 0,
            reanchored: None,
        };
        match request.signing {
            Signing::Preview if existing.is_empty() => {}
            Signing::Preview => return Err(PublishError::PreviewOverSigned(list.id.clone())),
            Signing::Keys { root: None, .. } if existing.is_empty() => {
                return Err(PublishError::RootKey(list.id.clone()));
            }
            Signing::Keys { .. } if existing.is_empty() => {}
            Signing::Keys { release, root: root_key } => {
                // The publisher's own log: the root key that it begins with is the one to trust here.
                let chain_error = |error| PublishError::Chain { list: list.id.clone(), error };
                let root = first_root(&existing).unwrap_or_default();
                // Each release names the digest of the one before: the signature of the last one holds
                // for all. Changes of keys are checked nevertheless; `verify` checks every signature.
                let last = existing.last();
                let check = |role: KeyRole, keys: &[String], signed: &Signed| {
                    let is_last = last.is_some_and(|last| std::ptr::eq(last, signed));
                    let changes_keys = signed.bytes.windows(KEYS_KIND.len()).any(|bytes| bytes == KEYS_KIND);
                    let implied = role == KeyRole::Release && !is_last && !changes_keys;
                    if implied { Ok(()) } else { check_signature(role, keys, signed) }
                };
                log.chain = Chain::verify(&existing, &root, &check).map_err(chain_error)?;
                let keys = log.chain.keys.iter().flat_map(|keys| &keys.release);
                let known: Vec<&str> = keys.map(String::as_str).collect();
                let found = release.public().to_string();
                if !known.contains(&found.as_str()) {
                    return Err(PublishError::Key { list: list.id.clone(), found, known: known.join(", ") });
                }
                log.check_belonging(root_key, published.index.as_deref().and_then(ledger::latest))?;
            }
        }
        Ok(log)
    }

    /// Whether the log is this list's, with this root key, and has its end.
    fn check_belonging(&self, root: Option<&Signer>, latest: Option<u64>) -> Result<(), PublishError> {
        let Some(last) = self.chain.releases.last() else { return Ok(()) };
        if last.origin != self.origin {
            return Err(PublishError::OtherOrigin {
                found: last.origin.to_string(),
                expected: self.origin.to_string(),
            });
        }
        if let Some(latest) = latest.filter(|latest| *latest > last.seq) {
            return Err(PublishError::Shortened { list: self.list.id.clone(), found: last.seq, latest });
        }
        let known: Vec<&str> = self.chain.keys.iter().flat_map(|keys| &keys.root).map(String::as_str).collect();
        match root.map(|root| root.public().to_string()).filter(|root| !known.contains(&root.as_str())) {
            Some(found) => Err(PublishError::Key { list: self.list.id.clone(), found, known: known.join(", ") }),
            None => Ok(()),
        }
    }

    /// Adds what the history holds beyond the log.
    fn extend(mut self, request: &Request<'_>) -> Result<Self, PublishError> {
        let last = self.chain.releases.iter().rev().find_map(Release::source).map(|source| source.commit.clone());
        let walk = Walk { tip: request.tip.clone(), since: last.clone() };
        request.watch.begins(Stage::Walk);
        let walked = request.history.versions(&walk, &self.source.paths)?;
        let mut versions = walked.versions;
        let other_file = || PublishError::OtherFile { list: self.list.id.clone(), path: self.source.paths.join(", ") };
        let no_version = versions.is_empty() && walked.base.is_none() && self.chain.list.is_some();
        if walked.reached && no_version {
            return Err(other_file());
        }
        // The published commit once more: what the configuration makes of it may have changed.
        versions.splice(0..0, walked.base);
        if let (false, Some(commit)) = (walked.reached, last.clone()) {
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
                self.reanchor(request, anchor.version(&versions), commit)?;
                versions.drain(..anchor.resume_at());
            }
        }
        let standing = match (&self.chain.list, self.chain.ever_published()) {
            (Some(list), _) => Standing::Listed(Arc::new(list.clone())),
            (None, true) => Standing::Withdrawn,
            (None, false) => Standing::Unpublished,
        };
        let mut digester = Digester::default();
        let mut follower = Follower::resume(standing, self.chain.releases.last().map(|release| release.published));
        let contents = request.history.contents(&versions);
        request.watch.begins(Stage::Load);
        for (done, (version, content)) in versions.iter().zip(contents).enumerate() {
            request.watch.versions(done, versions.len());
            let row = follower.step(request.history, (version, content?), &self.source.options, request.watch)?;
            request.watch.begins(Stage::Sign);
            if let Outcome::Read { changes, .. } = &row.outcome
                && !changes.changes.is_empty()
            {
                if let Some(to) = request.history.moved_to(version)? {
                    let (list, commit) = (self.list.id.clone(), row.commit.clone());
                    return Err(PublishError::Moved { list, commit, from: row.path.clone(), to });
                }
                request.history.check(version)?;
                self.begin(request, row.published)?;
                let after = follower.standing().list().map(|list| digester.digest(list)).transpose()?;
                let body = Changes {
                    source: source_of(&row),
                    before: self.chain.state,
                    after,
                    changes: changes.changes.clone(),
                    carry: changes.carry.clone(),
                };
                self.append(request, row.published, Body::Changes(body), row.commit.as_str())?;
                self.new += 1;
            }
            let is_base = last.as_ref() == Some(&row.commit);
            if !(is_base && matches!(row.outcome, Outcome::Read { .. }) && row.announced().is_empty()) {
                self.rows.push(row);
            }
            request.watch.begins(Stage::Load);
        }
        if !self.chain.ever_published() {
            let reason = self.rows.iter().rev().find_map(|row| match &row.outcome {
                Outcome::Unreadable(error) => Some(format!(" (commit {}: {error})", row.commit.short())),
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

    /// Begins a new log with its keys, a second before its first change.
    fn begin(&mut self, request: &Request<'_>, first: Moment) -> Result<(), PublishError> {
        let Signing::Keys { release, root: Some(root) } = request.signing else { return Ok(()) };
        if !self.chain.releases.is_empty() {
            return Ok(());
        }
        let keys = KeySet {
            root: vec![root.public().to_string()],
            release: vec![release.public().to_string()],
            head: Vec::new(),
        };
        self.append(request, first.previous(), Body::Keys(keys), "")
    }

    fn reanchor(
        &mut self,
        request: &Request<'_>,
        version: &crate::history::Version,
        previous: CommitId,
    ) -> Result<(), PublishError> {
        let source = ledger::Source {
            vcs: Vcs::Git,
            commit: version.commit.clone(),
            parent: version.parent.clone(),
            path: Text::new(&version.path),
        };
        self.reanchored = Some((previous.clone(), version.commit.clone()));
        let body = ledger::Reanchor { source, previous, before: self.chain.state, after: self.chain.state };
        let published = self.after_last(Moment::of_commit(version.time));
        self.append(request, published, Body::Reanchor(body), version.commit.as_str())
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
        let published = self.after_last(Moment::of_commit(request.history.time(&tip)?));
        self.append(request, published, Body::Correction(body), "")?;
        self.new += 1;
        Ok(())
    }

    /// The moment, or the first one after the last release.
    fn after_last(&self, moment: Moment) -> Moment {
        self.chain.releases.last().map_or(moment, |last| moment.max(last.published.next()))
    }

    fn append(
        &mut self,
        request: &Request<'_>,
        published: Moment,
        body: Body,
        commit: &str,
    ) -> Result<(), PublishError> {
        let seq = self.chain.releases.len() as u64;
        let prev = self.chain.digests.last().copied();
        let keys = matches!(body, Body::Keys(_));
        let release = Release { origin: self.origin.clone(), seq, prev, published, body };
        let bytes = ledger::to_bytes(&release)?;
        // Appending replays the changes: what would not verify is never published.
        self.chain.append(seq, release, Digest::of(&bytes)).map_err(|fault| PublishError::Unsound {
            list: self.list.id.clone(),
            commit: commit.to_owned(),
            fault,
        })?;
        let (signer, namespace) = match request.signing {
            Signing::Preview => return Ok(()),
            Signing::Keys { root: Some(root), .. } if keys => (root, Namespace::Keys),
            Signing::Keys { release, .. } => (release, Namespace::Release),
        };
        let signature = signer.sign(namespace, &bytes)?;
        let path = format!("{}/log/{}", self.list.id, Release::file_name(seq));
        // The signature first: a document in the log always has one.
        let signature = OutputFile {
            path: format!("{path}.sig"),
            bytes: signature.into_bytes(),
            rule: Rule::OnceWith(path.clone()),
        };
        self.files.extend([signature, OutputFile { path, bytes, rule: Rule::Once }]);
        Ok(())
    }

    fn announcements(&self) -> Vec<Announcement> {
        let mut seen: BTreeMap<(Option<Digest>, Option<Digest>), usize> = BTreeMap::new();
        let mut announcements = Vec::new();
        for release in &self.chain.releases {
            let Some(states) = release.states().filter(|_| !release.announced().is_empty()) else { continue };
            let occurrence = seen.entry(states).or_default();
            *occurrence += 1;
            announcements.push(Announcement {
                key: announcement_key(states, *occurrence),
                published: release.published,
                seq: release.seq,
                commit: release.source().map(|source| source.commit.to_string()),
                changes: release.announced().to_vec(),
            });
        }
        announcements
    }

    fn published(&self, request: &Request<'_>) -> PublishedList<'_> {
        PublishedList {
            id: &self.list.id,
            title: &self.list.title,
            page: self.list.page.as_ref(),
            tag: format!("{}:{}", request.config.publisher.authority, self.list.id),
            announcements: self.announcements(),
            current: self.chain.list.as_ref(),
            terms: self.list.notice.as_ref().map(crate::model::Terms::facts).unwrap_or_default(),
            log: match (&self.chain.keys, request.signing) {
                (Some(keys), Signing::Keys { .. }) => LogStatus::Signed {
                    origin: self.origin.to_string(),
                    root: keys.root.clone(),
                    release: keys.release.clone(),
                    latest: self.chain.releases.len().saturating_sub(1) as u64,
                },
                _ => LogStatus::Unsigned,
            },
        }
    }

    /// `list.json` and, last of all, `index.json`.
    fn summary_files(&self, request: &Request<'_>) -> Result<Vec<OutputFile>, PublishError> {
        let Some(last) = self.chain.releases.last().filter(|_| matches!(request.signing, Signing::Keys { .. })) else {
            return Ok(Vec::new());
        };
        let file =
            |name: &str, bytes| OutputFile { path: format!("{}/{name}", self.list.id), bytes, rule: Rule::Replace };
        let list = ledger::list_file(&self.origin, last.seq, last.published, self.chain.list.as_ref())?;
        Ok(vec![file("list.json", list), file("index.json", ledger::index_file(&self.origin, last.seq)?)])
    }
}

fn source_of(row: &LogRow) -> ledger::Source {
    ledger::Source { vcs: Vcs::Git, commit: row.commit.clone(), parent: row.parent.clone(), path: Text::new(&row.path) }
}

/// The name of an announcement: it depends on the list before and after, and on how often the list
/// went this way, so that neither a rewritten history nor another title gives it another.
fn announcement_key((before, after): (Option<Digest>, Option<Digest>), occurrence: usize) -> String {
    let side = |digest: Option<Digest>| digest.map_or_else(|| "null".to_owned(), |digest| digest.to_string());
    let digest = Digest::of(format!("{}\n{}\n{occurrence}", side(before), side(after)).as_bytes());
    digest.to_string()[..16].to_owned()
}
