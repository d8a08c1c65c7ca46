//! `log`: the change log of the whole history.

use std::collections::BTreeSet;

use changecast::{
    change::{Change, Kind},
    history::{History, Walk},
    model::CommitId,
    pipeline::{self, LogRow, Outcome, Source},
    read,
    render::{self, ChangeLogRow},
};
use chrono::NaiveDate;
use clap::ValueEnum;
use serde_json::{Value, json};

use super::{
    Exit, Failure,
    context::{Chosen, Place},
    print,
};

/// Show the change log of the whole history
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    chosen: Chosen,
    /// How to show it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Show changes of presentation, too
    #[arg(long)]
    all: bool,
    /// Only what came after this date (2026-01-31) or revision
    #[arg(long, value_name = "DATE|REV")]
    since: Option<String>,
    /// Only changes of this kind; repeat it for several
    #[arg(long, value_name = "KIND", value_parser = kind)]
    kind: Vec<Kind>,
}

/// How a change log is shown.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Format {
    /// Lines for a terminal, newest first
    Table,
    /// A Markdown table, newest first
    Md,
    /// JSON, oldest first
    Json,
    /// CSV, newest first
    Csv,
}

fn kind(name: &str) -> Result<Kind, String> {
    name.parse().map_err(|_| {
        format!("kinds are {}", changecast::change::KINDS.iter().map(|row| row.name).collect::<Vec<_>>().join(", "))
    })
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let history = args.place.history()?;
    let lists = match args.format {
        Format::Table => args.chosen.lists(&args.place, &history)?,
        _ => vec![args.chosen.list(&args.place, &history)?],
    };
    for list in &lists {
        let source = Source::of(list);
        let progress = print::Progress::new();
        let rows = pipeline::change_log(&history, &args.place.walk(), &source, &|done, of| progress.at(done, of))?;
        drop(progress);
        let path = list.inventory.0.first().map(String::as_str).unwrap_or_default();
        check_found(&rows, path, || newest_error(&history, args, &source))?;
        let since = Since::read(args, &history, &source.paths)?;
        let rows: Vec<&LogRow> = rows.iter().filter(|row| since.includes(row)).collect();
        let shown: Vec<Shown<'_>> = rows.iter().map(|row| Shown { row, changes: changes(row, args) }).collect();
        let text = match args.format {
            Format::Json => json_log(list.id.as_str(), &shown)?,
            Format::Table => table(lists.len() > 1, &list.title, &shown),
            Format::Md => render::markdown_change_log(&newest_first(&shown)),
            Format::Csv => render::csv_change_log(&newest_first(&shown))?,
        };
        print::data(text.as_bytes())?;
        for row in &rows {
            for warning in &row.warnings {
                print::warning(&format!(
                    "commit {} {}:{}: {}",
                    row.commit.short(),
                    row.path,
                    warning.at,
                    warning.message
                ));
            }
        }
    }
    Ok(Exit::Clean)
}

struct Shown<'a> {
    row: &'a LogRow,
    changes: Vec<&'a Change>,
}

fn changes<'a>(row: &'a LogRow, args: &Args) -> Vec<&'a Change> {
    let editorial = row.editorial().iter().filter(|_| args.all);
    row.announced()
        .iter()
        .chain(editorial)
        .filter(|change| args.kind.is_empty() || args.kind.contains(&change.kind))
        .collect()
}

/// A path that no commit ever had is a mistake, and so is a file that never held a list.
fn check_found(
    rows: &[LogRow],
    path: &str,
    why: impl FnOnce() -> Result<Option<Failure>, Failure>,
) -> Result<(), Failure> {
    if rows.is_empty() {
        return Err(Failure::usage(
            format!("no commit on the first-parent line has the file {path}"),
            "check the path, and --branch",
        ));
    }
    let listed = rows.iter().any(|row| !row.announced().is_empty());
    let failed = rows.iter().rev().find_map(|row| match &row.outcome {
        Outcome::Unreadable(error) => Some((row, error)),
        Outcome::Read { .. } => None,
    });
    match failed {
        Some((row, error)) if !listed => {
            Err(Failure::read(&format!("commit {} {}", row.commit.short(), row.path), error.clone()))
        }
        None if !listed => Err(match why()? {
            Some(failure) => failure,
            None => Failure::usage(
                format!("no version of {path} holds a list"),
                format!("formats read are {}", changecast::read::formats_read()),
            ),
        }),
        _ => Ok(()),
    }
}

/// Why the newest version holds no list.
fn newest_error(history: &History, args: &Args, source: &Source) -> Result<Option<Failure>, Failure> {
    let versions = history.versions(&args.place.walk(), &source.paths)?.versions;
    let Some(version) = versions.last() else { return Ok(None) };
    let Some(bytes) = history.bytes(version)? else { return Ok(None) };
    let error = read::read(&version.path, &bytes, &source.options).err();
    let place = format!("commit {} {}", version.commit.short(), version.path);
    Ok(error.map(|error| Failure::read(&place, error)))
}

fn newest_first<'a>(shown: &'a [Shown<'a>]) -> Vec<ChangeLogRow<'a>> {
    shown
        .iter()
        .rev()
        .map(|shown| ChangeLogRow {
            published: shown.row.published,
            commit: Some(shown.row.commit.short()),
            changes: shown.changes.clone(),
            unreadable: unreadable(shown.row),
        })
        .collect()
}

/// The announced changes of all rows, newest first.
pub fn newest_first_rows(rows: &[LogRow]) -> Vec<ChangeLogRow<'_>> {
    rows.iter()
        .rev()
        .map(|row| ChangeLogRow {
            published: row.published,
            commit: Some(row.commit.short()),
            changes: row.announced().iter().collect(),
            unreadable: unreadable(row),
        })
        .collect()
}

fn unreadable(row: &LogRow) -> Option<String> {
    match &row.outcome {
        Outcome::Unreadable(error) => {
            let place = error.at.map_or_else(|| row.path.clone(), |at| format!("{}:{at}", row.path));
            Some(format!("{place}: {error}"))
        }
        Outcome::Read { .. } => None,
    }
}

fn table(named: bool, title: &str, shown: &[Shown<'_>]) -> String {
    let body = render::terminal_change_log(&newest_first(shown), print::style());
    if named { format!("{}\n{body}\n", changecast::model::Text::new(title)) } else { body }
}

fn json_log(list: &str, shown: &[Shown<'_>]) -> Result<String, Failure> {
    let releases: Vec<Value> = shown
        .iter()
        .map(|Shown { row, changes }| {
            let unreadable = match &row.outcome {
                Outcome::Unreadable(error) => json!({
                    "message": error.to_string(),
                    "line": error.at.map(|at| at.line),
                    "column": error.at.map(|at| at.column),
                }),
                Outcome::Read { .. } => Value::Null,
            };
            json!({
                "commit": row.commit,
                "published": row.published,
                "path": row.path,
                "unreadable": unreadable,
                "changes": changes,
            })
        })
        .collect();
    Ok(serde_json::to_string(&json!({"list": list, "releases": releases}))? + "\n")
}

/// A bound on what is shown.
enum Since {
    Beginning,
    Date(NaiveDate),
    Commits(BTreeSet<CommitId>),
}

impl Since {
    fn read(args: &Args, history: &History, paths: &[String]) -> Result<Self, Failure> {
        let Some(text) = &args.since else { return Ok(Since::Beginning) };
        if let Ok(date) = text.parse() {
            return Ok(Since::Date(date));
        }
        let since = history.resolve(Some(text))?;
        let walk = Walk { since: Some(since), ..args.place.walk() };
        let walked = history.versions(&walk, paths)?;
        if !walked.reached {
            let message = format!("{text:?} is not on the first-parent line");
            return Err(Failure::usage(message, "`git log --first-parent` lists the commits that are"));
        }
        Ok(Since::Commits(walked.versions.into_iter().map(|version| version.commit).collect()))
    }

    fn includes(&self, row: &LogRow) -> bool {
        match self {
            Since::Beginning => true,
            Since::Date(date) => row.published.date() >= *date,
            Since::Commits(commits) => commits.contains(&row.commit),
        }
    }
}
