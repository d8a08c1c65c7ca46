//! The result of `check` in the formats of terminals and of the services that show it in a pull request.
//!
//! One file per format, one table of formats. Everything that comes from a repository is escaped by the format.

mod github;
mod gitlab;
mod json;
mod junit;
mod markdown;
mod pages;
mod sarif;
mod terminal;

use std::sync::Arc;

use changecast_core::{
    change::EntryRef,
    lint::{Level, Place, Rule},
};

use crate::{
    read::{LineIndex, locate::place_of},
    render::hides_text,
};

pub use pages::page;
pub use terminal::Look;

/// The result of a check of some lists.
#[derive(Clone, Debug)]
pub struct Report {
    /// The time at which the change would be published.
    pub now: String,
    /// The commit that the change starts from, in hexadecimal; `None` if everything counts as new.
    pub base: Option<String>,
    /// The version that was checked: a commit, or the work tree.
    pub head: String,
    /// The lists, in the order of the configuration.
    pub lists: Vec<ListReport>,
    /// The lowest level of new findings that fail the check.
    pub fail_on: Level,
}

/// The result for one list.
#[derive(Clone, Debug)]
pub struct ListReport {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The path of its file or folder in the repository.
    pub path: String,
    /// Whether there is a version to compare with; the readings are empty if there is none.
    pub is_compared: bool,
    /// What customers would read if the change were merged today, in their order.
    pub readings: Vec<Reading>,
    /// New findings.
    pub new: Vec<Located>,
    /// Findings that the base has already.
    pub existing: Vec<Located>,
    /// Findings that somebody accepted for some time.
    pub waived: Vec<Waived>,
    /// Remarks: rules that were skipped and why, waivers that have expired.
    pub remarks: Vec<String>,
}

/// What customers would read about one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The kind of change.
    pub kind: String,
    /// The entry, if the change is about one.
    pub entry: Option<EntryRef>,
    /// The change as a sentence.
    pub sentence: String,
    /// When it takes effect, until when customers may object, and the notice given, in one sentence; may be empty.
    pub deadlines: String,
    /// The day from which it is effective, if it is known.
    pub effective: Option<String>,
    /// The last day or instant to object, if there is one.
    pub object_by: Option<String>,
}

/// A finding with its place in a file.
#[derive(Clone, Debug)]
pub struct Located {
    /// The rule.
    pub rule: &'static Rule,
    /// Its level, as configured.
    pub level: Level,
    /// The entry that it is about, if it is about one.
    pub entry: Option<EntryRef>,
    /// The problem, as a sentence without a full stop.
    pub message: String,
    /// The next step, as a sentence without a full stop.
    pub help: String,
    /// What identifies the finding in later runs.
    pub fingerprint: String,
    /// The path of the file in the repository.
    pub path: String,
    /// Its place in the file.
    pub span: Span,
}

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it begins.
    pub start: Place,
    /// Where it ends: the place behind its last character.
    pub end: Place,
    /// The lines that contain it.
    pub lines: Arc<str>,
    /// The byte range in those lines.
    pub range: std::ops::Range<usize>,
}

/// A finding that somebody accepted.
#[derive(Clone, Debug)]
pub struct Waived {
    /// The finding.
    pub finding: Located,
    /// The reason.
    pub reason: String,
    /// The last day on which it is accepted.
    pub until: String,
}

/// A row of the table of formats.
#[derive(Debug)]
pub struct Format {
    /// The name on the command line.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Writes a report.
    pub write: fn(&Report, &Look) -> Result<String, serde_json::Error>,
}

/// The formats of reports.
pub static FORMATS: &[Format] = &[
    Format {
        name: "text",
        about: "for a terminal, with the underlined lines",
        write: |r, look| Ok(terminal::write(r, look)),
    },
    Format { name: "json", about: "all data, for programs", write: |r, _| json::write(r) },
    Format { name: "github", about: "annotations of GitHub Actions", write: |r, _| Ok(github::write(r)) },
    Format { name: "gitlab", about: "a code quality report of GitLab", write: |r, _| gitlab::write(r) },
    Format { name: "sarif", about: "SARIF 2.1.0, for code scanning", write: |r, _| sarif::write(r) },
    Format { name: "junit", about: "JUnit XML, for test reports", write: |r, _| Ok(junit::write(r)) },
    Format { name: "markdown", about: "a comment or job summary", write: |r, _| Ok(markdown::write(r)) },
];

impl Report {
    /// The new findings of all lists.
    pub fn new_findings(&self) -> impl Iterator<Item = &Located> {
        self.lists.iter().flat_map(|list| &list.new)
    }

    /// Whether a new finding is at least of the level that fails the check.
    pub fn fails(&self) -> bool {
        self.new_findings().any(|finding| finding.level >= self.fail_on)
    }
}

impl Span {
    /// The part of a text at a byte range, with the lines around it.
    pub(crate) fn of(source: &LineIndex<'_>, range: std::ops::Range<usize>) -> Self {
        let text = source.text();
        let begin = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let behind = &text[range.end.max(range.start)..];
        let end = range.end + behind.find('\n').unwrap_or(behind.len());
        let lines: Arc<str> = text[begin..end].trim_end_matches('\r').into();
        let (start, end) = (place_of(source, range.start), place_of(source, range.end));
        let range = range.start - begin..(range.end - begin).min(lines.len());
        Span { start, end, lines, range }
    }

    /// The beginning of a file that is not read.
    pub fn unknown() -> Self {
        let start = Place { line: 1, column: 1 };
        Span { start, end: start, lines: "".into(), range: 0..0 }
    }
}

/// Whether to merge.
fn verdict(report: &Report) -> &'static str {
    if report.fails() {
        "do not merge yet"
    } else if report.new_findings().any(|finding| finding.level >= Level::Warning) {
        "nothing fails; read the warnings before you merge"
    } else {
        "nothing prevents the merge"
    }
}

/// Why customers would read nothing about a list.
fn nothing_to_read(list: &ListReport) -> &'static str {
    if list.is_compared {
        "Customers would read no change."
    } else {
        "There is no earlier version to compare with; every finding counts as new."
    }
}

/// What customers would read about a list, and the remarks, in lines of visible text.
fn outlook(list: &ListReport, report: &Report) -> Vec<String> {
    let mut lines = vec![format!("{} ({})", visible(&list.title), visible(&list.path))];
    lines.push(if list.readings.is_empty() {
        format!("  {}", nothing_to_read(list))
    } else {
        format!("  If this were published at {}, customers would read:", report.now)
    });
    for reading in &list.readings {
        lines.push(format!("  - {}", visible(&reading.sentence)));
        if !reading.deadlines.is_empty() {
            lines.push(format!("    {}", visible(&reading.deadlines)));
        }
    }
    let last = list.readings.iter().filter_map(|reading| reading.object_by.as_ref()).min();
    lines.extend(last.map(|last| format!("  The first window for objections ends on {last}.")));
    lines.extend(list.remarks.iter().map(|remark| format!("  note: {}", visible(remark))));
    lines
}

/// The counts of findings in words: "1 error, 2 warnings; 1 waived".
fn counts(report: &Report) -> String {
    let count = |level| report.new_findings().filter(|finding| finding.level == level).count();
    let parts = [(Level::Error, "error"), (Level::Warning, "warning"), (Level::Info, "remark")];
    let parts = parts.into_iter().map(|(level, word)| (count(level), word)).filter(|(count, _)| *count > 0);
    let words: Vec<String> =
        parts.map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" })).collect();
    let new = if words.is_empty() { "no new findings".to_owned() } else { words.join(", ") };
    let existing: usize = report.lists.iter().map(|list| list.existing.len()).sum();
    let waived: usize = report.lists.iter().map(|list| list.waived.len()).sum();
    let others = [(existing, "existing"), (waived, "waived")].into_iter().filter(|(count, _)| *count > 0);
    others.fold(new, |all, (count, word)| format!("{all}; {count} {word}"))
}

/// A text without control characters and invisible ones that change its direction.
fn visible(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => ' ',
            c if c.is_control() || hides_text(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}
