//! Observes the page of a vendor without a log, in a local clone: compares its list with what it said
//! when it was seen before.
//!
//! The result is not signed, and the network is not used. A change is known to lie between two commits. A page may also
//! show something other than its list: a page that cannot be read, or that alternates between variants, is a state of the
//! source and announces no change.

mod state;
mod variants;

use std::{collections::BTreeMap, path::PathBuf};

use changecast_core::{
    change::Change,
    model::{CommitId, Inventory, ListState, Timestamp},
};
use serde::{Deserialize, Serialize};

use crate::{
    follow::StateError,
    history::{Content, History, HistoryError, Version, Walk},
    publish::{ChangeTracker, ListSource, LogRow, Outcome, Progress, read_list},
    read::{Absence, Problem, ReadError},
};

pub use state::{Seen, load, save};

use variants::{Variant, Variants};

/// Versions of a page that are compared to find out whether it alternates.
const WINDOW: usize = 8;

/// A page in a clone.
#[derive(Clone, Debug)]
pub struct Page {
    /// The folder of the clone.
    pub clone: PathBuf,
    /// The branch or revision to look at; `HEAD` if `None`.
    pub branch: Option<String>,
    /// The path of the page, and how it is read.
    pub source: ListSource,
}

/// Changes between two commits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// The commit with the list before.
    pub from: CommitId,
    /// The commit with the list after.
    pub to: CommitId,
    /// The committer time of the later commit, which is not evidence.
    pub committed: Timestamp,
    /// When the customer's program saw the changes.
    pub observed: Timestamp,
    /// The changes.
    pub changes: Vec<ObservedChange>,
}

/// A change that was observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservedChange {
    /// The change.
    pub change: Change,
    /// The last day for objections by the terms of the page, if it was published when it was committed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_by: Option<String>,
    /// The first day, or instant, at which the change takes effect, if it follows from the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective: Option<String>,
}

/// The state of the newest version of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It is a list, or states that there is none.
    Readable,
    /// It cannot be read, for this reason.
    Unreadable(String),
    /// It shows this many lists in turn.
    Alternating(usize),
}

/// A page that was looked at.
#[derive(Clone, Debug)]
pub struct Observed {
    /// What to remember.
    pub seen: Seen,
    /// Whether it was not known before.
    pub is_first: bool,
    /// The state of the page.
    pub condition: Condition,
    /// The changes since the last time.
    pub news: Option<Observation>,
    /// Remarks about the clone.
    pub remarks: Vec<String>,
}

/// Why a page could not be observed.
#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    /// The clone cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The branch never had the page.
    #[error("no commit has the page {0}")]
    NoPage(String),
    /// The commit that was seen last is not in the clone.
    #[error("commit {}, which was seen last, is not in the clone", .0.short())]
    Gone(CommitId),
    /// The state cannot be used.
    #[error(transparent)]
    State(#[from] StateError),
}

/// Looks at a page, and compares its list with the one seen before.
///
/// # Errors
/// [`ObserveError`]; then the remembered state does not change.
pub fn observe(page: &Page, seen: Option<Seen>, now: Timestamp) -> Result<Observed, ObserveError> {
    let history = History::at(&page.clone)?;
    let tip = history.resolve(page.branch.as_deref())?;
    let walk = Walk { tip: Some(tip.to_string()), ..Walk::default() };
    let mut versions = history.versions(&walk, &page.source.paths)?.versions;
    let Some(newest) = versions.last().cloned() else { return Err(ObserveError::NoPage(page.source.paths.join(", "))) };
    versions.drain(..versions.len().saturating_sub(WINDOW));
    let look = Look { page, history: &history, newest, now };
    let variants = look.variants(&versions)?;
    let remarks = seen.iter().filter_map(|seen| look.rewritten(seen, &tip)).collect();
    let is_first = seen.is_none();
    let mut seen = seen.unwrap_or_else(|| Seen::new(tip.clone()));
    seen.commit = tip;
    let (condition, news) = match &seen.listed {
        Some(listed) => look.compared(listed.clone(), &variants)?,
        None => look.first()?,
    };
    let is_followed = matches!(condition, Condition::Readable) && (news.is_some() || seen.listed.is_none());
    if is_followed {
        seen.listed = Some(state::Place { commit: look.newest.commit.clone(), path: look.newest.path.clone() });
    }
    seen.observations.extend(news.clone());
    Ok(Observed { seen, is_first, condition, news, remarks })
}

/// One look at the newest version of a page.
struct Look<'a> {
    page: &'a Page,
    history: &'a History,
    newest: Version,
    now: Timestamp,
}

impl Look<'_> {
    fn read(&self, path: &str, content: &Content) -> Result<Inventory, ReadError> {
        read_list(path, content, &BTreeMap::new(), &self.page.source.options).map(|reading| reading.inventory)
    }

    /// The different lists of the newest versions.
    fn variants(&self, versions: &[Version]) -> Result<Variants, ObserveError> {
        let mut variants = Variants::default();
        for version in versions {
            let content = self.history.content(version)?;
            if let Some(Ok(list)) = content.map(|content| self.read(&version.path, &content)) {
                variants.add(Variant { commit: version.commit.clone(), list });
            }
        }
        Ok(variants)
    }

    /// The branch may have been replaced since the last time.
    fn rewritten(&self, seen: &Seen, tip: &CommitId) -> Option<String> {
        let is_continued = self.history.lies_before(Some(seen.commit.as_str()), tip).unwrap_or(false);
        let is_same = seen.commit == *tip;
        (!is_same && !is_continued)
            .then(|| format!("the branch was rewritten: commit {}, seen last, is not part of it", seen.commit.short()))
    }

    /// The first list that is seen is where observation begins.
    fn first(&self) -> Result<(Condition, Option<Observation>), ObserveError> {
        let row = self.step(ChangeTracker::default())?;
        Ok((self.condition(&row), None))
    }

    /// Compares the newest version with the list that was seen last.
    fn compared(
        &self,
        listed: state::Place,
        variants: &Variants,
    ) -> Result<(Condition, Option<Observation>), ObserveError> {
        let (commit, before) = match variants.returned() {
            Some(count) if !self.is_settled() => return Ok((self.alternating(count)?, None)),
            Some(_) => self.kept(listed)?,
            // A list that none of the variants had is compared with the most similar variant.
            None => match variants.nearest() {
                Some(variant) => (variant.commit.clone(), ListState::listed(variant.list.clone())),
                None => self.kept(listed)?,
            },
        };
        let row = self.step(ChangeTracker::resume(before, None))?;
        let condition = self.condition(&row);
        if condition != Condition::Readable || row.announced().is_empty() {
            return Ok((condition, None));
        }
        let notices = row.notices.iter().map(Option::as_ref).chain(std::iter::repeat(None));
        let changes = row.announced().iter().zip(notices).map(|(change, notice)| {
            let notice = notice.and_then(|notice| notice.as_ref().ok());
            ObservedChange {
                change: change.clone(),
                object_by: notice.and_then(|notice| notice.object_by.deadline()).map(|deadline| deadline.to_string()),
                effective: notice.and_then(|notice| Some(notice.effective.as_ref()?.from.to_string())),
            }
        });
        let observation = Observation {
            from: commit,
            to: self.newest.commit.clone(),
            committed: Timestamp::from_unix_clamped(self.newest.time),
            observed: self.now,
            changes: changes.collect(),
        };
        Ok((condition, Some(observation)))
    }

    /// A variant that stays for a month is the list.
    fn is_settled(&self) -> bool {
        Timestamp::from_unix_clamped(self.newest.time) < self.now.months_earlier(1)
    }

    /// The page alternates, unless its newest version cannot even be read.
    fn alternating(&self, count: usize) -> Result<Condition, ObserveError> {
        Ok(match self.condition(&self.step(ChangeTracker::default())?) {
            Condition::Readable => Condition::Alternating(count),
            other => other,
        })
    }

    /// The list that was seen last.
    fn kept(&self, listed: state::Place) -> Result<(CommitId, ListState), ObserveError> {
        let state::Place { commit, path } = listed;
        let content = match self.history.content_at(Some(commit.as_str()), &[path]) {
            Ok(content) => content,
            Err(HistoryError::NoRevision(_)) => return Err(ObserveError::Gone(commit)),
            Err(error) => return Err(error.into()),
        };
        let list = content.and_then(|(path, content)| self.read(&path, &content).ok());
        let list = list.map_or_else(ListState::default, ListState::listed);
        Ok((commit, list))
    }

    fn step(&self, mut tracker: ChangeTracker) -> Result<LogRow, ObserveError> {
        let content = self.history.content(&self.newest)?;
        Ok(tracker.step(self.history, (&self.newest, &content), &self.page.source.options, Progress::NONE)?)
    }

    /// A page that was moved or deleted in the clone makes no statement about the list.
    fn condition(&self, row: &LogRow) -> Condition {
        match &row.outcome {
            _ if !self.newest.exists() => {
                let moved = self.history.moved_to(&self.newest).ok().flatten();
                let moved = moved.map_or_else(String::new, |path| format!(" and is now {path}"));
                Condition::Unreadable(format!("commit {} deletes it{moved}", self.newest.commit.short()))
            }
            Outcome::Unreadable(error) => self.unreadable(error),
            // A publisher may withdraw a list without a word. A page that shows no list may also be broken.
            Outcome::NoList { error, .. } if row.announced().is_empty() || !states_none(error) => {
                self.unreadable(error)
            }
            Outcome::NoList { .. } | Outcome::Read { .. } => Condition::Readable,
        }
    }

    fn unreadable(&self, error: &ReadError) -> Condition {
        Condition::Unreadable(format!("commit {}: {error}", self.newest.commit.short()))
    }
}

/// Whether a file without a list states that there is none.
fn states_none(error: &ReadError) -> bool {
    matches!(&error.problem, Problem::NoList(no_list) if no_list.absence == Absence::Stated)
}
