//! `log`: the change log of the whole history.

use std::collections::BTreeSet;

use changecast::{
    history::{History, Walk},
    publish::{self, Event, Explained, ListSource, LogRow, Outcome, Progress, Stage},
    render::{self, ChangeLogRow},
};
use changecast_core::{
    change::{Change, KINDS, Kind},
    model::{CommitId, Text, Timestamp},
    prose::deadlines::Computed,
};
use chrono::NaiveDate;
use clap::{
    ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};
use serde::Serialize;

use super::{
    Exit, Failure, console,
    context::{ListArgs, RepoArgs},
    notice_document::NoticeDocument,
    watch::Watcher,
};

/// Show the change log of the whole history
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    repo: RepoArgs,
    #[command(flatten)]
    list: ListArgs,
    /// The format of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Include editorial changes (case, punctuation, white space, links)
    #[arg(long)]
    all: bool,
    /// Only versions from this date on (2026-01-31), or after this revision
    #[arg(long, value_name = "DATE|REV")]
    since: Option<String>,
    /// Only changes of this kind; repeatable
    #[arg(long, value_name = "KIND", value_parser = kind_parser())]
    kind: Vec<Kind>,
    /// Explain one commit: how entries were matched, and why each difference was announced or not
    #[arg(long, value_name = "COMMIT", conflicts_with_all = ["format", "all", "since", "kind"])]
    explain: Option<String>,
    /// Print how long each stage took
    #[arg(long)]
    timings: bool,
}

/// The format of the outputs of change logs.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Format {
    /// Lines for a terminal, newest first
    Table,
    /// A Markdown table, newest first
    Md,
    /// JSON, in chronological order
    Json,
    /// CSV, in reverse chronological order
    Csv,
}

/// Accepts the names in the table of kinds, and shows their descriptions in help and completions.
fn kind_parser() -> impl TypedValueParser<Value = Kind> {
    let values = KINDS.iter().map(|row| PossibleValue::new(row.name).help(row.about));
    PossibleValuesParser::new(values).try_map(|name| name.parse::<Kind>())
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] if the command cannot complete.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let history = args.repo.history()?;
    if let Some(commit) = &args.explain {
        return explain(args, &history, commit);
    }
    let lists = match args.format {
        Format::Table => args.list.lists(&args.repo, &history)?,
        _ => vec![args.list.list(&args.repo, &history)?],
    };
    for list in &lists {
        let source = ListSource::from(list);
        let watcher = Watcher::new();
        let progress = Progress(&|event| watcher.on_event(event));
        let rows = publish::change_log(&history, &args.repo.walk(), &source, progress)?;
        watcher.on_event(Event::Starts(Stage::Render));
        let path = list.inventory.0.first().map(String::as_str).unwrap_or_default();
        check_found(&rows, path)?;
        let since = Since::read(args, &history, &source.paths)?;
        let rows: Vec<&LogRow> = rows.iter().filter(|row| since.includes(row)).collect();
        let shown: Vec<Shown<'_>> = rows.iter().map(|row| Shown::of(row, args)).collect();
        let text = match args.format {
            Format::Json => json_log(list.id.as_str(), &shown)?,
            Format::Table => table(lists.len() > 1, &list.title, &shown),
            Format::Md => render::markdown_change_log(&newest_first(&shown)),
            Format::Csv => render::csv_change_log(&newest_first(&shown))?,
        };
        watcher.on_event(Event::Starts(Stage::Write));
        console::data(text.as_bytes())?;
        if args.timings {
            watcher.report();
        }
        drop(watcher);
        print_warnings(&rows);
    }
    Ok(Exit::Clean)
}

/// Prints the warnings of versions. Of equal warnings, only the one for the newest version is printed.
fn print_warnings(rows: &[&LogRow]) {
    let mut printed: BTreeSet<&str> = BTreeSet::new();
    for row in rows.iter().rev() {
        for warning in row.warnings.iter().filter(|warning| printed.insert(&warning.message)) {
            let place = warning.place(&row.path);
            console::warning(&format!("commit {} {place}: {}", row.commit.short(), warning.message));
        }
    }
}

fn explain(args: &Args, history: &History, commit: &str) -> Result<Exit, Failure> {
    let list = args.list.list(&args.repo, history)?;
    let source = ListSource::from(&list);
    let id = history.resolve(Some(commit))?;
    let explained = publish::explain_commit(history, &args.repo.walk(), &source, &id)?.ok_or_else(|| {
        Failure::usage(
            format!("commit {} does not change {}", id.short(), source.paths.join(", ")),
            "`changecast log --format csv` lists the commits that do, on the first-parent line",
        )
    })?;
    let Explained { row, against, explanation } = &explained;
    let mut out = format!("{}  commit {}  {}\n", row.published, row.commit.short(), Text::new(&row.path));
    match against {
        Some(against) => out.push_str(&format!(
            "compared with commit {}, the previous one with an announced change\n",
            against.short()
        )),
        None => out.push_str("the first version\n"),
    }
    match (explanation, unreadable(row)) {
        (Some(explanation), _) => out.push_str(&render::terminal_explanation(explanation, console::style())),
        (None, Some(reason)) => out.push_str(&format!(
            "\nnot readable: {reason}\nThe next readable version is compared with the last readable one.\n"
        )),
        (None, None) => {
            let changes: Vec<&Change> = row.announced().iter().collect();
            out.push('\n');
            out.push_str(&render::terminal_changes(&changes, console::style()));
        }
    }
    console::data(out.as_bytes())?;
    Ok(Exit::Clean)
}

/// A version, with those of its changes that the options select.
struct Shown<'a> {
    row: &'a LogRow,
    changes: Vec<&'a Change>,
    notices: Vec<Option<&'a Computed>>,
}

impl<'a> Shown<'a> {
    fn of(row: &'a LogRow, args: &Args) -> Self {
        let editorial = row.editorial().iter().filter(|_| args.all);
        let notices = row.notices.iter().map(Option::as_ref).chain(std::iter::repeat(None));
        let all = row.announced().iter().zip(notices).chain(editorial.map(|change| (change, None)));
        let selected = all.filter(|(change, _)| args.kind.is_empty() || args.kind.contains(&change.kind));
        let (changes, notices) = selected.unzip();
        Shown { row, changes, notices }
    }
}

/// Reports a path that no commit has, and a file that never contained a list, as errors.
fn check_found(rows: &[LogRow], path: &str) -> Result<(), Failure> {
    if rows.is_empty() {
        return Err(Failure::usage(
            format!("no commit on the first-parent line has the file {path}"),
            "check the path and --branch",
        ));
    }
    if rows.iter().any(|row| !row.announced().is_empty()) {
        return Ok(());
    }
    let newest = rows.iter().rev().find_map(|row| match &row.outcome {
        Outcome::Unreadable(error) | Outcome::NoList { error, .. } => Some((row, error)),
        Outcome::Read { .. } => None,
    });
    Err(match newest {
        Some((row, error)) => Failure::read(&format!("commit {} {}", row.commit.short(), row.path), error.clone()),
        None => Failure::usage(
            format!("no version of {path} contains a list"),
            format!("supported formats: {}", changecast::read::formats_read()),
        ),
    })
}

fn newest_first<'a>(shown: &'a [Shown<'a>]) -> Vec<ChangeLogRow<'a>> {
    shown
        .iter()
        .rev()
        .map(|shown| ChangeLogRow {
            published: shown.row.published,
            commit: Some(shown.row.commit.short()),
            changes: shown.changes.clone(),
            notices: shown.notices.clone(),
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
            notices: row.notices.iter().map(Option::as_ref).collect(),
            unreadable: unreadable(row),
        })
        .collect()
}

fn unreadable(row: &LogRow) -> Option<String> {
    match &row.outcome {
        Outcome::Unreadable(error) => {
            Some(Text::new(&format!("{}: {}", error.place(&row.path), error.problem)).to_string())
        }
        Outcome::Read { .. } | Outcome::NoList { .. } => None,
    }
}

fn table(named: bool, title: &str, shown: &[Shown<'_>]) -> String {
    let body = render::terminal_change_log(&newest_first(shown), console::style());
    if named { format!("{}\n{body}\n", changecast_core::model::Text::new(title)) } else { body }
}

/// The change log in the shape of `--format json`.
#[derive(Serialize)]
struct JsonLog<'a> {
    list: &'a str,
    releases: Vec<JsonRelease<'a>>,
}

#[derive(Serialize)]
struct JsonRelease<'a> {
    commit: &'a CommitId,
    published: Timestamp,
    path: &'a str,
    unreadable: Option<JsonUnreadable<'a>>,
    changes: &'a [&'a Change],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notices: Vec<NoticeDocument>,
}

#[derive(Serialize)]
struct JsonUnreadable<'a> {
    message: String,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
}

fn json_log(list: &str, shown: &[Shown<'_>]) -> Result<String, Failure> {
    let releases = shown.iter().map(|Shown { row, changes, notices }| JsonRelease {
        commit: &row.commit,
        published: row.published,
        path: &row.path,
        unreadable: match &row.outcome {
            Outcome::Unreadable(error) => Some(JsonUnreadable {
                message: error.to_string(),
                file: error.file.as_deref(),
                line: error.at.map(|at| at.line),
                column: error.at.map(|at| at.column),
            }),
            Outcome::Read { .. } | Outcome::NoList { .. } => None,
        },
        changes,
        notices: notices
            .iter()
            .enumerate()
            .filter_map(|(at, notice)| Some(NoticeDocument::of(at, (*notice)?)))
            .collect(),
    });
    Ok(serde_json::to_string(&JsonLog { list, releases: releases.collect() })? + "\n")
}

/// The part of the history that `--since` selects.
enum Since {
    /// From the first commit.
    Beginning,
    /// Versions published on this day (UTC) or later.
    Date(NaiveDate),
    /// Versions of these commits.
    Commits(BTreeSet<CommitId>),
}

impl Since {
    fn read(args: &Args, history: &History, paths: &[String]) -> Result<Self, Failure> {
        let Some(text) = &args.since else { return Ok(Since::Beginning) };
        if let Ok(date) = text.parse() {
            return Ok(Since::Date(date));
        }
        let since = history.resolve(Some(text))?;
        let walk = Walk { since: Some(since), ..args.repo.walk() };
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
