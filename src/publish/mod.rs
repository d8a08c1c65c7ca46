//! The one junction: history to versions to changes to releases to files.

mod append;
mod entry_keys;
mod error;
mod plan;
mod progress;
mod reanchor;
mod resume;
mod verify;

pub use error::PublishError;
pub use plan::{Correct, ListPlan, Plan, Request, Rewritten, Scope, Signing, publish};
pub use progress::{Event, Stage, Watch};
pub use verify::{Verified, VerifyError, verify};

use std::collections::BTreeMap;

use crate::{
    config::ListConfig,
    history::{Content, History, HistoryError, Version, Walk},
    read::{self, Options, Position, Problem, ReadError, Reader, Reading, Warning},
};
use changecast_core::{
    change::{Change, ChangeSet, Explanation, diff, explain},
    model::{CommitId, Inventory, ListState, Timestamp},
    vocabulary::Vocabulary,
};

/// Where a list's versions come from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Paths of the inventory, newest first.
    pub paths: Vec<String>,
    /// How its files are read.
    pub options: Options,
}

impl Source {
    /// The source of a list of the configuration.
    pub fn of(list: &ListConfig) -> Self {
        Source {
            paths: list.inventory.0.clone(),
            options: Options {
                format: list.format.clone(),
                tables: list.tables.iter().map(|table| table.heading.clone()).collect(),
                fields: list.fields.iter().map(|(header, role)| (header.clone(), *role)).collect(),
                vocabulary: Vocabulary::default(),
            },
        }
    }
}

/// What one commit did to a list.
#[derive(Clone, Debug)]
pub struct LogRow {
    /// The commit.
    pub commit: CommitId,
    /// Its first parent.
    pub parent: Option<CommitId>,
    /// When it counts as published: its committer time, later than every earlier change.
    pub published: Timestamp,
    /// The file.
    pub path: String,
    /// What it changed, or why it could not be read.
    pub outcome: Outcome,
    /// What a careful reader would point out in the version.
    pub warnings: Vec<Warning>,
}

/// What became of a version.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It was read.
    Read {
        /// What changed since the last announced version. Empty unless something is announced.
        changes: ChangeSet,
        /// Changes of presentation since the last readable version.
        editorial: Vec<Change>,
    },
    /// It cannot be read; the next readable version is compared with the last readable one.
    Unreadable(ReadError),
}

impl LogRow {
    /// What is announced; nothing for an unreadable version.
    pub fn announced(&self) -> &[Change] {
        match &self.outcome {
            Outcome::Read { changes, .. } => &changes.changes,
            Outcome::Unreadable(_) => &[],
        }
    }

    /// Changes of presentation.
    pub fn editorial(&self) -> &[Change] {
        match &self.outcome {
            Outcome::Read { editorial, .. } => editorial,
            Outcome::Unreadable(_) => &[],
        }
    }
}

/// Follows a list through its versions, one after the other.
#[derive(Debug, Default)]
pub struct ChangeTracker {
    /// The list as it was last announced: what every version is compared with, so that many small
    /// changes of wording cannot add up to an unannounced one.
    announced: ListState,
    /// The list as it was last read.
    latest: ListState,
    /// When something was last announced.
    published: Option<Timestamp>,
    /// Reads the versions, each with the one before in mind.
    reader: Reader,
    /// By path in an inventory's folder: the path that its file had when something was last announced.
    moved: BTreeMap<String, String>,
}

impl ChangeTracker {
    /// Goes on from a list that was published before, the last time at `published`.
    pub fn resume(state: ListState, published: Option<Timestamp>) -> Self {
        ChangeTracker { latest: state.clone(), announced: state, published, ..ChangeTracker::default() }
    }

    /// The list as last announced.
    pub fn state(&self) -> &ListState {
        &self.announced
    }

    /// Takes the next version, and what it holds.
    ///
    /// # Errors
    /// [`HistoryError`] when the repository cannot be read.
    pub fn step(
        &mut self,
        history: &History,
        (version, content): (&Version, &Option<Content>),
        options: &Options,
        watch: Watch<'_>,
    ) -> Result<LogRow, HistoryError> {
        for (from, to) in history.renames(version)? {
            let first = self.moved.remove(&from).unwrap_or(from);
            self.moved.insert(to, first);
        }
        watch.begins(Stage::Read);
        let reading = match content {
            Some(Content::File(bytes)) => Some(self.reader.read(&version.path, bytes, options)),
            Some(Content::Folder(files)) => Some(self.reader.read_folder(files, &self.moved, options)),
            None => None,
        };
        watch.begins(Stage::Compare);
        let (outcome, warnings) = match reading {
            Some(Ok(Reading { inventory, warnings, .. })) => (self.compare(Some(inventory)), warnings),
            // A file without a list is a list that is not there.
            Some(Err(ReadError { problem: problem @ Problem::NoList(_), file, at })) => {
                let message = format!("{problem}: the list is told as withdrawn while its file stands");
                let at = at.unwrap_or(Position { line: 1, column: 1 });
                let leaves = self.latest.inventory().is_some();
                (self.compare(None), leaves.then_some(Warning { file, at, message }).into_iter().collect())
            }
            Some(Err(error)) => (Outcome::Unreadable(error), Vec::new()),
            None => (self.compare(None), Vec::new()),
        };
        let time = Timestamp::of_commit(version.time);
        let announces = matches!(&outcome, Outcome::Read { changes, .. } if !changes.changes.is_empty());
        let published = match self.published {
            Some(last) if announces => time.max(last.next()),
            _ => time,
        };
        if announces {
            self.published = Some(published);
            self.moved.clear();
        }
        watch.begins(Stage::Load);
        Ok(LogRow {
            commit: version.commit.clone(),
            parent: version.parent.clone(),
            published,
            path: version.path.clone(),
            outcome,
            warnings,
        })
    }

    fn compare(&mut self, after: Option<Inventory>) -> Outcome {
        let after = self.latest.after_version(after);
        let changes = diff(&self.announced, &after);
        let editorial = if self.latest == self.announced {
            changes.carry.editorial.clone()
        } else {
            diff(&self.latest, &after).carry.editorial
        };
        self.latest = after;
        if changes.changes.is_empty() {
            return Outcome::Read { changes: ChangeSet::default(), editorial };
        }
        self.announced = self.latest.clone();
        Outcome::Read { changes, editorial }
    }
}

/// Reads what a version holds, which is to be a list. `moved` gives the earlier paths of files in a
/// folder.
///
/// # Errors
/// [`ReadError`] when it is none, or cannot be read.
pub fn read_list(
    path: &str,
    content: &Content,
    moved: &BTreeMap<String, String>,
    options: &Options,
) -> Result<Reading, ReadError> {
    match content {
        Content::File(bytes) => read::read(path, bytes, options),
        Content::Folder(files) => read::read_folder(files, moved, options),
    }
}

/// The same, with `Ok(None)` where there is no list.
///
/// # Errors
/// [`ReadError`] when it is a list that cannot be read.
pub fn read_content(
    path: &str,
    content: &Content,
    moved: &BTreeMap<String, String>,
    options: &Options,
) -> Result<Option<Reading>, ReadError> {
    match read_list(path, content, moved, options) {
        Ok(reading) => Ok(Some(reading)),
        Err(ReadError { problem: Problem::NoList(_), .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What one commit did to a list, and why it is told so.
#[derive(Debug)]
pub struct Explained {
    /// What it did.
    pub row: LogRow,
    /// The commit whose version it was compared with: the last one that announced something.
    pub against: Option<CommitId>,
    /// The reasons; `None` where one side is no list, or cannot be read.
    pub explanation: Option<Explanation>,
}

/// Explains what one commit did to a list; `None` when it is no version of it.
///
/// # Errors
/// [`HistoryError`] when the history cannot be read.
pub fn explain_commit(
    history: &History,
    walk: &Walk,
    source: &Source,
    commit: &CommitId,
) -> Result<Option<Explained>, HistoryError> {
    let mut follower = ChangeTracker::default();
    let mut against = None;
    let versions = history.versions(walk, &source.paths)?.versions;
    for (version, content) in versions.iter().zip(history.contents(&versions)) {
        let before = follower.announced.clone();
        let row = follower.step(history, (version, &content?), &source.options, Watch::NOBODY)?;
        if version.commit == *commit {
            let explanation = match (before.inventory(), follower.latest.inventory(), &row.outcome) {
                (Some(before), Some(after), Outcome::Read { .. }) => Some(explain(before, after)),
                _ => None,
            };
            return Ok(Some(Explained { row, against, explanation }));
        }
        if !row.announced().is_empty() {
            against = Some(row.commit);
        }
    }
    Ok(None)
}

/// The whole change log of a list, oldest commit first.
///
/// # Errors
/// [`HistoryError`] when the history cannot be read.
pub fn change_log(
    history: &History,
    walk: &Walk,
    source: &Source,
    watch: Watch<'_>,
) -> Result<Vec<LogRow>, HistoryError> {
    watch.begins(Stage::Walk);
    let walked = history.versions(walk, &source.paths)?;
    let mut follower = ChangeTracker::default();
    let total = walked.versions.len();
    let step = |(done, (version, content)): (usize, (&Version, Result<_, HistoryError>))| {
        watch.versions(done, total);
        follower.step(history, (version, &content?), &source.options, watch)
    };
    watch.begins(Stage::Load);
    walked.versions.iter().zip(history.contents(&walked.versions)).enumerate().map(step).collect()
}
