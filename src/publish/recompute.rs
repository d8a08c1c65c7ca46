//! Computes the releases of a published log again from git, for auditors. This needs no key: salts are taken out of both
//! before they are compared, and everything else in a body follows from git and from the configuration that the log states.

use std::collections::{BTreeMap, BTreeSet};

use changecast_core::{
    ledger::{
        Body, Draft, Json, List, Pointer, Release, ReleaseKind, Replayed, Source, Tip, Verified, Watch, json::Members,
    },
    model::{CommitId, Timestamp},
};
use serde_json::json;

use crate::{
    config::Config,
    history::{History, HistoryError},
};

use super::{
    append::Appender,
    edition::Edition,
    error::PublishError,
    log::PublishedLog,
    plan::{Request, Rewritten},
};

/// What an auditor learns about one release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audited {
    /// Git gives the same body, apart from its salts.
    Same,
    /// It is not about the list in git: keys, a correction, a redaction, a move.
    NotFromGit,
    /// It was not computed again, for this reason. Its chain, state and date were checked.
    NotRecomputed(String),
    /// Git contradicts it.
    Differs(String),
}

/// A log that was compared with git.
#[derive(Clone, Debug)]
pub struct Audit {
    /// Every release in order.
    pub releases: Vec<(Pointer, ReleaseKind, Audited)>,
    /// Commits between those of two releases that change the list and that no release announces.
    pub missing: Vec<CommitId>,
    /// The branch after the commit of the newest release.
    pub after: After,
}

/// A branch after the commit that a log has reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum After {
    /// These commits change the list, and are not published yet.
    Unpublished(Vec<CommitId>),
    /// The branch ends before that commit: the checkout is older than the log.
    Older(CommitId),
    /// The commit is not on the first-parent line of the branch.
    Elsewhere(CommitId),
    /// Nobody can tell with this program, for this reason.
    Unknown(String),
}

impl Audit {
    /// Whether git contradicts the log.
    pub fn has_contradictions(&self) -> bool {
        !self.missing.is_empty()
            || matches!(self.after, After::Elsewhere(_))
            || self.releases.iter().any(|(.., audited)| matches!(audited, Audited::Differs(_)))
    }
}

/// The list before each release, collected while a log is verified.
#[derive(Clone, Debug, Default)]
pub struct ListsBefore(Vec<Option<List>>);

impl Watch for ListsBefore {
    fn release(&mut self, _: &Release, before: Option<&List>, _: Option<&List>) {
        self.0.push(before.cloned());
    }
}

/// Computes the releases of a verified log again, as far as the edition of this program made them, and looks for commits on a
/// branch, or before `HEAD`, that the log does not announce yet.
///
/// # Errors
/// [`PublishError`] if the repository cannot be read.
pub fn recompute(
    verified: &Verified,
    lists: &ListsBefore,
    history: &History,
    branch: Option<&str>,
) -> Result<Audit, PublishError> {
    check_readable(verified, history)?;
    let mut audit = Auditor { verified, lists, history, audited: BTreeMap::new(), missing: Vec::new() };
    for run in audit.runs() {
        audit.recompute(&run)?;
    }
    let after = audit.after(branch)?;
    let releases = verified.releases.iter().map(|release| {
        let audited = audit.audited.remove(&release.header.seq).unwrap_or(Audited::NotFromGit);
        (release.pointer(), release.header.kind.clone(), audited)
    });
    Ok(Audit { releases: releases.collect(), missing: audit.missing, after })
}

/// Checks that the commits of a log can be looked up: in a shallow or damaged clone, a missing commit proves nothing.
fn check_readable(verified: &Verified, history: &History) -> Result<(), HistoryError> {
    for source in verified.releases.iter().filter_map(|release| release.body().and_then(Body::source)) {
        match history.committed(&source.commit) {
            Ok(_) => {}
            Err(_) if history.is_shallow() => return Err(HistoryError::Shallow(source.commit.clone())),
            Err(error) if error.is_missing_object() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

struct Auditor<'a> {
    verified: &'a Verified,
    lists: &'a ListsBefore,
    history: &'a History,
    audited: BTreeMap<u64, Audited>,
    missing: Vec<CommitId>,
}

/// Consecutive releases that one publication could have made: of one reader and one configuration.
struct Run<'a> {
    reading: &'a Json,
    releases: Vec<&'a Release>,
}

impl<'a> Auditor<'a> {
    /// The runs that can be computed again. The reasons why other releases cannot are noted.
    fn runs(&mut self) -> Vec<Run<'a>> {
        let disowned = self.verified.disowned();
        let current = Edition::CURRENT.reader();
        let mut runs: Vec<Run<'a>> = Vec::new();
        let mut reading: Option<&'a Json> = None;
        let mut is_open = false;
        for release in &self.verified.releases {
            if !is_from_git(&release.header.kind) {
                continue;
            }
            let seq = release.header.seq;
            let source = release.body().and_then(Body::source);
            let stated = release.body().and_then(Body::reading);
            reading = stated.or(reading);
            let is_continued = is_open && stated.is_none() && release.header.kind == ReleaseKind::Changes;
            let reason = match (source, reading) {
                _ if disowned.contains(&seq) => Some("a stolen key signed it".to_owned()),
                (Some(source), _) if source.reader != current => Some(format!("it needs {}", source.reader)),
                (Some(_), Some(reading)) => {
                    match runs.last_mut().filter(|_| is_continued) {
                        Some(run) => run.releases.push(release),
                        None => runs.push(Run { reading, releases: vec![release] }),
                    }
                    None
                }
                (None, _) => Some("its body was redacted".to_owned()),
                (Some(_), None) => Some("the configuration of reading was redacted".to_owned()),
            };
            is_open = reason.is_none();
            if let Some(reason) = reason {
                let audited = self.dated(release).unwrap_or(Audited::NotRecomputed(reason));
                self.audited.insert(seq, audited);
            }
        }
        runs
    }

    /// Whether the commit and the date of a release contradict git; `None` if they do not.
    fn dated(&self, release: &Release) -> Option<Audited> {
        let source = release.body().and_then(Body::source)?;
        match self.history.committed(&source.commit) {
            Ok(committed) if committed == source.committed => None,
            Ok(committed) => {
                let Source { commit, committed: stated, .. } = source;
                Some(Audited::Differs(format!("commit {} has the date {committed}, not {stated}", commit.short())))
            }
            Err(_) => Some(self.gone(release, source)),
        }
    }

    /// A release whose commit is not there: the history may have been rewritten since then, and the log states it.
    fn gone(&self, release: &Release, source: &Source) -> Audited {
        let later = self.verified.releases.iter().filter(|later| later.header.seq > release.header.seq);
        let reanchor = later.map(|later| &later.header).find(|header| header.kind == ReleaseKind::Reanchor);
        let commit = source.commit.short();
        match reanchor {
            Some(header) => Audited::NotRecomputed(format!(
                "git was rewritten before release {}: commit {commit} is gone",
                header.seq
            )),
            None => Audited::Differs(format!("commit {commit} is not in the repository")),
        }
    }

    fn recompute(&mut self, run: &Run<'a>) -> Result<(), PublishError> {
        let gone = run.releases.iter().find_map(|release| Some((*release, self.dated(release)?)));
        if let Some((_, found)) = gone {
            for release in &run.releases {
                let audited = self.dated(release).unwrap_or_else(|| match &found {
                    Audited::Differs(_) => Audited::NotRecomputed("another release of its publication differs".into()),
                    other => other.clone(),
                });
                self.audited.insert(release.header.seq, audited);
            }
            return Ok(());
        }
        match self.drafts(run) {
            Ok(drafts) => self.compare(run, drafts),
            Err(PublishError::History(error)) => return Err(error.into()),
            Err(error) => {
                for release in &run.releases {
                    self.audited.insert(release.header.seq, Audited::Differs(error.to_string()));
                }
            }
        }
        Ok(())
    }

    /// What this program would publish in place of a run.
    fn drafts(&self, run: &Run<'a>) -> Result<Vec<Draft>, PublishError> {
        let (Some(first), Some(last)) = (run.releases.first(), run.releases.last()) else { return Ok(Vec::new()) };
        let config = config(self.verified, run.reading)?;
        let last = last.body().and_then(Body::source).map(|source| source.commit.to_string());
        let is_reanchored = first.header.kind == ReleaseKind::Reanchor;
        let request = Request {
            tip: last,
            rewritten: if is_reanchored { Rewritten::Reanchor } else { Rewritten::Refuse },
            ..Request::to_compare(&config, self.history, Timestamp::LAST)
        };
        let [list] = &config.lists[..] else { return Ok(Vec::new()) };
        Ok(Appender::run(&request, list, self.log_before(first.header.seq))?.drafts)
    }

    /// The commits of the branch after the one that the log has reached.
    fn after(&self, branch: Option<&str>) -> Result<After, PublishError> {
        let next = self.verified.releases.last().map_or(0, |last| last.header.seq + 1);
        let log = self.log_before(next);
        let is_current = log.source.as_ref().is_none_or(|source| source.reader == Edition::CURRENT.reader());
        let has_ended =
            self.verified.releases.iter().any(|release| matches!(release.header.kind, ReleaseKind::Moved { .. }));
        let reading = match (&log.reading, log.source.is_some()) {
            _ if has_ended => return Ok(After::Unpublished(Vec::new())),
            (Some(reading), true) if is_current && !log.is_disowned => reading.clone(),
            (Some(_), true) => return Ok(After::Unknown("another edition made the newest release".to_owned())),
            _ => return Ok(After::Unknown("the newest release does not state a commit".to_owned())),
        };
        let config = config(self.verified, &reading)?;
        let [list] = &config.lists[..] else { return Ok(After::Unpublished(Vec::new())) };
        let request =
            Request { tip: branch.map(str::to_owned), ..Request::to_compare(&config, self.history, Timestamp::LAST) };
        let reached = log.source.as_ref().map(|source| source.commit.clone());
        match Appender::run(&request, list, log) {
            Ok(appender) => {
                let commits = appender.drafts.iter().filter(|draft| draft.header.kind == ReleaseKind::Changes);
                let commits = commits.filter_map(commit_of).filter(|commit| Some(commit) != reached.as_ref());
                Ok(After::Unpublished(commits.collect()))
            }
            Err(PublishError::Behind { commit, .. }) => Ok(After::Older(commit)),
            Err(PublishError::Rewritten { commit, .. }) => Ok(After::Elsewhere(commit)),
            Err(PublishError::History(error)) => Err(error.into()),
            Err(error) => Ok(After::Unknown(error.to_string())),
        }
    }

    /// The log as a publication found it that appended a release.
    fn log_before(&self, seq: u64) -> PublishedLog {
        let disowned = self.verified.disowned();
        let at = usize::try_from(seq).unwrap_or(usize::MAX);
        let earlier = self.verified.releases.get(..at).unwrap_or_default();
        let owned = || {
            let owned = earlier.iter().rev().filter(|release| !disowned.contains(&release.header.seq));
            owned.filter(|release| is_from_git(&release.header.kind))
        };
        let is_source_redacted = owned().next().is_some_and(|release| release.body().is_none());
        let source = owned().find_map(|release| release.body()?.source()).cloned();
        let known = self.lists.0.get(..=at).unwrap_or_default();
        let list = known.last().cloned().flatten();
        let basis = known.iter().rev().find_map(|list| list.clone());
        let last_altering = earlier.iter().rev().find(|release| release.header.kind.alters_state());
        PublishedLog {
            tip: Tip {
                origin: self.verified.origin.clone(),
                next: seq,
                last: earlier.last().map(|release| release.digest),
                list,
                basis: Replayed::List(basis),
            },
            roles: if earlier.is_empty() { None } else { self.verified.roles().cloned() },
            source: source.filter(|_| !is_source_redacted),
            reading: owned().find_map(|release| release.body()?.reading()).cloned(),
            is_source_redacted,
            is_disowned: last_altering.is_some_and(|release| disowned.contains(&release.header.seq)),
            ..PublishedLog::empty(self.verified.origin.clone())
        }
    }

    fn compare(&mut self, run: &Run<'a>, drafts: Vec<Draft>) {
        let drafts: Vec<(Option<CommitId>, Draft)> = drafts
            .into_iter()
            .filter(|draft| is_from_git(&draft.header.kind))
            .map(|draft| (commit_of(&draft), draft))
            .collect();
        let mut next = 0;
        for release in &run.releases {
            let source = release.body().and_then(Body::source);
            let commit = source.map(|source| &source.commit);
            let kind = &release.header.kind;
            let found =
                drafts[next..].iter().position(|(of, draft)| of.as_ref() == commit && draft.header.kind == *kind);
            let audited = match found {
                Some(skipped) => {
                    let missing = drafts[next..next + skipped].iter();
                    self.missing.extend(missing.filter_map(|(commit, _)| commit.clone()));
                    next += skipped + 1;
                    compared(release, &drafts[next - 1].1)
                }
                None => {
                    let commit = commit.map_or_else(String::new, |commit| commit.short().to_string());
                    Audited::Differs(format!("commit {commit} does not lead to a {} release", kind.name()))
                }
            };
            self.audited.insert(release.header.seq, audited);
        }
        self.missing.extend(drafts[next..].iter().filter_map(|(commit, _)| commit.clone()));
    }
}

/// Whether releases of this kind follow from git.
fn is_from_git(kind: &ReleaseKind) -> bool {
    kind.alters_state() || *kind == ReleaseKind::Reanchor
}

fn commit_of(draft: &Draft) -> Option<CommitId> {
    let body = Body::from_bytes(&draft.header.kind, draft.body()?).ok().flatten()?;
    body.source().map(|source| source.commit.clone())
}

/// Compares the body of a release with the one that follows from git.
fn compared(release: &Release, draft: &Draft) -> Audited {
    let published = release.body().and_then(|body| body.to_bytes().ok()).and_then(|bytes| without_salts(&bytes));
    let expected = draft.body().and_then(without_salts);
    let (Some(published), Some(expected)) = (published, expected) else {
        return Audited::Differs("its body cannot be compared".to_owned());
    };
    let keys: BTreeSet<&String> = published.keys().chain(expected.keys()).collect();
    let differing: Vec<&str> =
        keys.into_iter().filter(|key| published.get(*key) != expected.get(*key)).map(String::as_str).collect();
    if differing.is_empty() {
        return Audited::Same;
    }
    Audited::Differs(format!("git gives another value of {}", differing.join(", ")))
}

/// The members of a body without the salts: that of the body, of the facts, and of each entry.
fn without_salts(bytes: &[u8]) -> Option<Members> {
    let Ok(Json::Object(mut body)) = changecast_core::ledger::canonical::from_bytes(bytes, bytes.len()) else {
        return None;
    };
    body.remove("salt");
    if let Some(Json::Object(patch)) = body.get_mut("patch") {
        remove_salt(patch.get_mut("facts"));
        if let Some(Json::Object(entries)) = patch.get_mut("entries") {
            entries.values_mut().for_each(|entry| remove_salt(Some(entry)));
        }
    }
    Some(body)
}

fn remove_salt(leaf: Option<&mut Json>) {
    if let Some(Json::Object(members)) = leaf {
        members.remove("salt");
    }
}

/// A configuration with the list as the log states how it was read. What it does not state does not change what is read.
fn config(verified: &Verified, reading: &Json) -> Result<Config, PublishError> {
    let (domain, list) = (verified.origin.domain(), verified.origin.list());
    let authority = verified.authority().map(|authority| authority.as_str().to_owned());
    let mut stated = reading.to_serde();
    let headings = stated.get("tables").and_then(serde_json::Value::as_array).cloned().unwrap_or_default();
    stated["tables"] = headings.into_iter().map(|heading| json!({ "heading": heading })).collect();
    stated["id"] = json!(list);
    stated["title"] = json!(list);
    let address = format!("https://{domain}/");
    Ok(serde_json::from_value(json!({
        "publisher": { "name": domain, "url": address, "authority": authority },
        "base_url": address,
        "lists": [stated],
    }))?)
}
