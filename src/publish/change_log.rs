//! Versions to changes: the change log of a list, computed commit by commit.

use std::collections::BTreeMap;

use changecast_core::{
    change::{Change, ChangeSet, Explanation, diff, explain},
    model::{CommitId, Inventory, ListState, Timestamp, fold},
    notice::{self, Statements, Tracker},
    prose::deadlines::Computed,
};

use crate::{
    history::{Content, History, HistoryError, Version, Walk},
    read::{Absence, Position, Problem, ReadError, Reader, Reading, ReadingConfig, Warning, lost_name},
};

use super::{
    holidays::{holiday_file, put_holidays},
    progress::{Progress, Stage},
    source::ListSource,
    unreadable_files::keep_entries,
};

/// The changes that one commit made to a list.
#[derive(Clone, Debug)]
pub struct LogRow {
    /// The commit that contains the version.
    pub commit: CommitId,
    /// The first parent of the commit.
    pub parent: Option<CommitId>,
    /// The committer time, raised by a second if necessary so that it is later than that of every earlier change.
    pub published: Timestamp,
    /// The path of the inventory at this commit.
    pub path: String,
    /// The changes, or the reason why the version could not be read.
    pub outcome: Outcome,
    /// Findings in this version of the file.
    pub warnings: Vec<Warning>,
    /// What follows from the notice terms for each announced change, as if it was published when it was committed.
    /// Empty for a list without terms.
    pub notices: Vec<Option<Computed>>,
}

/// The result of reading a version and comparing it.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The version was read.
    Read {
        /// Changes since the last announced version. Empty unless one of them is announced.
        changes: ChangeSet,
        /// Changes of presentation since the last readable version.
        editorial: Vec<Change>,
    },
    /// The file exists and contains no list, which counts as a withdrawal of the list.
    NoList {
        /// The withdrawal, if there was a list before.
        changes: ChangeSet,
        /// Why no part of the file is the list.
        error: ReadError,
    },
    /// The version cannot be read. The next readable version is compared with the last readable one.
    Unreadable(ReadError),
}

impl Outcome {
    /// The announced changes, with what an announcement carries along.
    pub fn changes(&self) -> Option<&ChangeSet> {
        match self {
            Outcome::Read { changes, .. } | Outcome::NoList { changes, .. } => Some(changes),
            Outcome::Unreadable(_) => None,
        }
    }
}

impl LogRow {
    /// The announced changes; empty for an unreadable version.
    pub fn announced(&self) -> &[Change] {
        self.outcome.changes().map_or(&[], |changes| &changes.changes)
    }

    /// Changes of presentation; empty for an unreadable version.
    pub fn editorial(&self) -> &[Change] {
        match &self.outcome {
            Outcome::Read { editorial, .. } => editorial,
            Outcome::NoList { .. } | Outcome::Unreadable(_) => &[],
        }
    }
}

/// Compares each version of a list with the last announced one.
#[derive(Debug, Default)]
pub struct ChangeTracker {
    /// The list as last announced. Every version is compared with it, so that many small changes of wording cannot
    /// add up to an unannounced one.
    announced: ListState,
    /// The list as last read.
    latest: ListState,
    /// The time of the last announcement.
    published: Option<Timestamp>,
    /// Reads each version incrementally, based on the previous one.
    reader: Reader,
    /// The path that each moved file of an inventory folder had at the last announcement.
    moved: BTreeMap<String, String>,
    /// The changes with dates that may still move.
    notices: Tracker<()>,
}

impl ChangeTracker {
    /// Continues from a list that was last announced at `published`.
    pub fn resume(state: ListState, published: Option<Timestamp>) -> Self {
        ChangeTracker { latest: state.clone(), announced: state, published, ..ChangeTracker::default() }
    }

    /// Continues from a list, and remembers what it has read.
    pub fn continues(self, state: ListState) -> Self {
        ChangeTracker { reader: self.reader, ..ChangeTracker::resume(state, None) }
    }

    /// The list as last announced.
    pub fn state(&self) -> &ListState {
        &self.announced
    }

    /// Reads a version without comparing it. `published` is the list as published with it, which supplies the entries
    /// of files that cannot be read.
    ///
    /// # Errors
    /// [`HistoryError`] if the repository cannot be read, and [`ReadError`] if the version cannot.
    pub fn read_again(
        &mut self,
        history: &History,
        (version, content): (&Version, &Option<Content>),
        options: &ReadingConfig,
        published: Option<Inventory>,
    ) -> Result<Result<ListState, ReadError>, HistoryError> {
        self.announced = ListState::from(published);
        let reading = self.read(version, content.as_ref(), options);
        let reading = reading.map(|reading| with_holidays(history, version, reading)).transpose()?;
        Ok(match reading {
            Some(Ok(reading)) => Ok(ListState::listed(reading.inventory)),
            Some(Err(ReadError { problem: Problem::NoList(_), .. })) | None => Ok(ListState::Unpublished),
            Some(Err(error)) => Err(error),
        })
    }

    /// Reads the next version and compares it.
    ///
    /// # Errors
    /// [`HistoryError`] if the repository cannot be read.
    pub fn step(
        &mut self,
        history: &History,
        (version, content): (&Version, &Option<Content>),
        options: &ReadingConfig,
        progress: Progress<'_>,
    ) -> Result<LogRow, HistoryError> {
        self.follow_renames(history.renames(version)?);
        progress.starts(Stage::Read);
        let reading = self.read(version, content.as_ref(), options);
        let reading = reading.map(|reading| with_holidays(history, version, reading)).transpose()?;
        let unmoved = self.read_unmoved(content.as_ref(), options);
        progress.starts(Stage::Compare);
        let before = self.announced.clone();
        let (outcome, warnings) = self.outcome(reading, unmoved);
        let time = Timestamp::from_unix_clamped(version.time);
        let mut row = LogRow {
            commit: version.commit.clone(),
            parent: version.parent.clone(),
            published: time,
            path: version.path.clone(),
            outcome,
            warnings,
            notices: Vec::new(),
        };
        if !row.announced().is_empty() {
            row.published = self.published.map_or(time, |last| time.max(last.next()));
            self.published = Some(row.published);
            self.moved.clear();
            row.notices = self.follow_notices(&row, &before);
        }
        progress.starts(Stage::Load);
        Ok(row)
    }

    /// The notice of each announced change. The terms before a change govern it.
    fn follow_notices(&mut self, row: &LogRow, before: &ListState) -> Vec<Option<Computed>> {
        let terms = before.inventory().and_then(|list| list.terms.as_ref());
        let after = self.announced.inventory().cloned();
        let mut notices = Vec::new();
        for change in row.announced() {
            if notice::dates_another_change(change, row.announced()) {
                notices.push(None);
                continue;
            }
            let date = notice::stated_date(change, after.as_deref());
            let statements = Statements {
                effective: date.filter(|date| notice::is_date_of(date, change, row.announced(), row.published)),
                emergency: notice::emergency_of(change, after.as_deref()),
                notified: None,
            };
            let tracked = self.notices.follow(change, (), row.published, (terms, statements));
            notices.push(tracked.filter(|_| terms.is_some()).map(|tracked| tracked.notice));
        }
        notices
    }

    fn follow_renames(&mut self, renames: Vec<(String, String)>) {
        for (from, to) in renames {
            let first = self.moved.remove(&from).unwrap_or(from);
            self.moved.insert(to, first);
        }
    }

    /// The list that supplies the entries of files that cannot be read.
    fn known(&self) -> Option<&Inventory> {
        self.announced.inventory().map(|inventory| &**inventory)
    }

    /// The list in a version; `None` if the file does not exist.
    fn read(
        &mut self,
        version: &Version,
        content: Option<&Content>,
        options: &ReadingConfig,
    ) -> Option<Result<Reading, ReadError>> {
        Some(match content? {
            Content::File(bytes) => self.reader.read(&version.path, bytes, options),
            Content::Folder(files) => {
                let reading = self.reader.read_folder(files, &self.moved, options);
                reading.and_then(|reading| keep_entries(reading, self.known()))
            }
            Content::NotUtf8 { path } => Err(ReadError::name_not_utf8(path)),
            Content::NotAFile(found) => Err(Problem::NotAFile(found).into()),
        })
    }

    /// The inventory of a folder without the earlier names of moved files. They only help to match entries: the
    /// published list must not depend on the version that it was compared with. `None` if no file was moved.
    fn read_unmoved(&mut self, content: Option<&Content>, options: &ReadingConfig) -> Option<Inventory> {
        match content {
            Some(Content::Folder(files)) if !self.moved.is_empty() => {
                let reading = self.reader.read_folder(files, &BTreeMap::new(), options);
                let whole = reading.and_then(|reading| keep_entries(reading, self.known()));
                whole.ok().map(|reading| reading.inventory)
            }
            _ => None,
        }
    }

    fn outcome(
        &mut self,
        reading: Option<Result<Reading, ReadError>>,
        unmoved: Option<Inventory>,
    ) -> (Outcome, Vec<Warning>) {
        match reading {
            None => {
                let (changes, editorial) = self.compare(None, None);
                (Outcome::Read { changes, editorial }, Vec::new())
            }
            Some(Ok(reading)) => {
                if let Some(error) = self.known().and_then(|before| lost_name(before, &reading)) {
                    return (Outcome::Unreadable(error), reading.warnings);
                }
                let (changes, editorial) = self.compare(Some(reading.inventory), unmoved);
                (Outcome::Read { changes, editorial }, reading.warnings)
            }
            Some(Err(error)) => match &error.problem {
                Problem::NoList(no_list) => {
                    let absence = no_list.absence.clone();
                    self.outcome_without_list(error, &absence)
                }
                _ => (Outcome::Unreadable(error), Vec::new()),
            },
        }
    }

    /// The outcome of a readable version without a list. It withdraws the list only if the file states as much: other
    /// data, or another page, may have taken the place of the list by mistake.
    fn outcome_without_list(&mut self, mut error: ReadError, absence: &Absence) -> (Outcome, Vec<Warning>) {
        if let Some(inventory) = self.announced.inventory() {
            let names = named_entries(inventory, absence);
            match absence {
                Absence::Unexplained => return (Outcome::Unreadable(error), Vec::new()),
                Absence::Page { .. } if 2 * names.len() >= inventory.entries.len() => {
                    if let Problem::NoList(no_list) = &mut error.problem {
                        no_list.found += &still_named(&names);
                    }
                    return (Outcome::Unreadable(error), Vec::new());
                }
                Absence::Stated | Absence::Page { .. } => {}
            }
        }
        let warnings = if self.latest.inventory().is_some() { vec![withdrawal(&error)] } else { Vec::new() };
        let (changes, _) = self.compare(None, None);
        (Outcome::NoList { changes, error }, warnings)
    }

    /// The announced changes of a version, and its editorial ones. `unmoved` is the inventory to publish, where it is
    /// not the one to compare.
    fn compare(&mut self, after: Option<Inventory>, unmoved: Option<Inventory>) -> (ChangeSet, Vec<Change>) {
        let after = self.announced.after_version(after);
        let changes = diff(&self.announced, &after);
        let editorial = if self.latest == self.announced {
            changes.unannounced.editorial.clone()
        } else {
            diff(&self.latest, &after).unannounced.editorial
        };
        self.latest = unmoved.map_or(after, ListState::listed);
        if changes.changes.is_empty() {
            return (ChangeSet::default(), editorial);
        }
        self.announced = self.latest.clone();
        (changes, editorial)
    }
}

/// Completes the terms of a list with the holidays of a file in the same commit.
fn with_holidays(
    history: &History,
    version: &Version,
    reading: Result<Reading, ReadError>,
) -> Result<Result<Reading, ReadError>, HistoryError> {
    let Ok(mut reading) = reading else { return Ok(reading) };
    let Some(file) = holiday_file(&reading.inventory, &version.path) else { return Ok(Ok(reading)) };
    let bytes = history.file_at(&version.commit, &file)?;
    Ok(put_holidays(&mut reading.inventory, &file, bytes).map(|()| reading))
}

/// The names of the entries that the text of a page without a list still contains.
fn named_entries<'i>(inventory: &'i Inventory, absence: &Absence) -> Vec<&'i str> {
    let Absence::Page { text } = absence else { return Vec::new() };
    let names = inventory.entries.iter().map(|entry| entry.name.as_str());
    names.filter(|name| contains_words(text, &fold(name))).collect()
}

/// Whether a text contains a phrase that is not part of a longer word.
fn contains_words(text: &str, phrase: &str) -> bool {
    !phrase.is_empty()
        && text.match_indices(phrase).any(|(at, _)| {
            let (before, after) = (text[..at].chars().next_back(), text[at + phrase.len()..].chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
}

/// The largest number of names in a message.
const MAX_NAMES: usize = 3;

fn still_named(names: &[&str]) -> String {
    let shown = names.iter().take(MAX_NAMES).copied().collect::<Vec<_>>().join(", ");
    let more = if names.len() > MAX_NAMES { " and others" } else { "" };
    format!("; but the page still names {shown}{more}")
}

/// The warning that a file without a list counts as a withdrawal.
fn withdrawal(error: &ReadError) -> Warning {
    Warning {
        rule: Warning::MISSING_LIST,
        file: error.file.clone(),
        at: error.at.unwrap_or(Position { line: 1, column: 1 }),
        message: format!("{}: reported as withdrawn although the file still exists", error.problem),
    }
}

/// The changes of one commit, and the reasons for them.
#[derive(Debug)]
pub struct Explained {
    /// The changes of the commit.
    pub row: LogRow,
    /// The commit of the version that it was compared with: the last one with an announced change.
    pub against: Option<CommitId>,
    /// The reasons; `None` if one of the two versions is not a readable list.
    pub explanation: Option<Explanation>,
}

/// Explains the changes of one commit; `None` if the commit did not touch the list.
///
/// # Errors
/// [`HistoryError`] if the history cannot be read.
pub fn explain_commit(
    history: &History,
    walk: &Walk,
    source: &ListSource,
    commit: &CommitId,
) -> Result<Option<Explained>, HistoryError> {
    let mut tracker = ChangeTracker::default();
    let mut against = None;
    let versions = history.versions(walk, &source.paths)?.versions;
    for (version, content) in versions.iter().zip(history.contents(&versions)) {
        let before = tracker.announced.clone();
        let row = tracker.step(history, (version, &content?), &source.options, Progress::NONE)?;
        if version.commit == *commit {
            let explanation = match (before.inventory(), tracker.latest.inventory(), &row.outcome) {
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
/// [`HistoryError`] if the history cannot be read.
pub fn change_log(
    history: &History,
    walk: &Walk,
    source: &ListSource,
    progress: Progress<'_>,
) -> Result<Vec<LogRow>, HistoryError> {
    progress.starts(Stage::Walk);
    let versions = history.versions(walk, &source.paths)?.versions;
    progress.starts(Stage::Load);
    let mut tracker = ChangeTracker::default();
    let mut rows = Vec::with_capacity(versions.len());
    for (done, (version, content)) in versions.iter().zip(history.contents(&versions)).enumerate() {
        progress.versions(done, versions.len());
        rows.push(tracker.step(history, (version, &content?), &source.options, progress)?);
    }
    Ok(rows)
}
