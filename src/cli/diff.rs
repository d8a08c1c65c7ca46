//! `diff`: what changed between two revisions or files; also as a diff driver of git.

use std::{collections::BTreeMap, fs, path::Path};

use changecast::{
    history::{Content, History},
    publish::{self, ListSource},
    read::{Problem, ReadError, Reading, lost_name},
    render::{self, ChangeLogRow},
};
use changecast_core::{
    change::{Change, diff},
    model::{ListState, Timestamp},
};
use serde_json::json;

use super::{
    Exit, Failure, console,
    context::{ListArgs, RepoArgs},
    input,
    log::Format,
};

/// Show what changed between two revisions or files
///
/// A and B are revisions, paths of files, or - for standard input. A defaults to HEAD, and B to the file
/// in the working tree. To use changecast as a diff driver of git, run
/// `git config diff.changecast.command "changecast diff"`, and add the line
/// `data/subprocessors.yaml diff=changecast` to .gitattributes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    repo: RepoArgs,
    #[command(flatten)]
    list: ListArgs,
    /// The older and the newer version; git passes seven or more arguments to a diff driver
    #[arg(value_name = "A|B", num_args = 0..=9)]
    sides: Vec<String>,
    /// The format of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Include editorial changes (case, punctuation, white space, links)
    #[arg(long)]
    all: bool,
    /// Exit with status 1 if there are changes
    #[arg(long)]
    exit_code: bool,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] if the command cannot complete.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let (before, after) = match args.sides.as_slice() {
        // path old-file old-hex old-mode new-file new-hex new-mode [new-path info]
        [path, old, _, _, new, ..] if args.sides.len() >= 7 => {
            let source = ListSource { paths: vec![path.clone()], options: Default::default() };
            (file(Path::new(old), path, &source)?, file(Path::new(new), path, &source)?)
        }
        [] => sides(args, "HEAD", None)?,
        [a] => sides(args, a, None)?,
        [a, b] => sides(args, a, Some(b))?,
        _ => {
            return Err(Failure::usage(
                "diff compares at most two versions",
                "for example: changecast diff HEAD~3 HEAD",
            ));
        }
    };
    if let (Some(before), Some(after)) = (&before, &after)
        && let Some(error) = lost_name(&before.reading.inventory, &after.reading)
    {
        return Err(Failure::read(&after.place, error));
    }
    let (before, after) = (before.map(|side| side.reading.inventory), after.map(|side| side.reading.inventory));
    let before = ListState::from(before);
    let set = diff(&before, &before.after_version(after));
    let editorial = set.unannounced.editorial.iter().filter(|_| args.all);
    let changes: Vec<&Change> = set.changes.iter().chain(editorial).collect();
    let rows = [ChangeLogRow {
        published: Timestamp::from_unix_clamped(0),
        commit: None,
        changes: changes.clone(),
        notices: Vec::new(),
        unreadable: None,
    }];
    let text = match args.format {
        Format::Table => render::terminal_changes(&changes, console::style()),
        Format::Md => {
            changes.iter().map(|change| format!("- {}\n", render::markdown_inline(&render::sentence(change)))).collect()
        }
        Format::Json => serde_json::to_string(&json!({ "changes": changes }))? + "\n",
        Format::Csv => render::csv_change_log(&rows)?,
    };
    console::data(text.as_bytes())?;
    Ok(if args.exit_code && !set.changes.is_empty() { Exit::Findings } else { Exit::Clean })
}

/// The path that git passes to a diff driver for a file that does not exist.
const NO_FILE: &str = "/dev/null";

/// A version that is compared.
struct Side {
    /// How messages name it.
    place: String,
    reading: Reading,
}

type Sides = (Option<Side>, Option<Side>);

fn sides(args: &Args, a: &str, b: Option<&String>) -> Result<Sides, Failure> {
    // Two files can be compared without a repository.
    if let Some(b) = b.filter(|b| is_file(a, args) && is_file(b, args)) {
        let source = ListSource { paths: Vec::new(), options: Default::default() };
        return Ok((file(Path::new(a), a, &source)?, file(Path::new(b.as_str()), b, &source)?));
    }
    let missing = [Some(a), b.map(String::as_str)].into_iter().flatten().find(|name| !is_file(name, args));
    let history = args.repo.history().map_err(|failure| match missing {
        Some(name) if args.repo.repo.is_none() => Failure::usage(
            format!("{name} does not exist, and without a repository it cannot be a revision"),
            "check the path, or run this in a repository",
        ),
        _ => failure,
    })?;
    let source = ListSource::from(&args.list.list(&args.repo, &history)?);
    let after = match b {
        Some(b) => side(b, args, &history, &source)?,
        None => working_tree(&history, &source)?,
    };
    Ok((side(a, args, &history, &source)?, after))
}

/// Whether a side is a file of the file system. With `--inventory`, both sides are revisions of that path.
fn is_file(side: &str, args: &Args) -> bool {
    side == "-" || side == NO_FILE || (Path::new(side).exists() && args.list.inventory.is_empty())
}

fn side(name: &str, args: &Args, history: &History, source: &ListSource) -> Result<Option<Side>, Failure> {
    if is_file(name, args) { file(Path::new(name), name, source) } else { revision(history, name, source) }
}

fn revision(history: &History, name: &str, source: &ListSource) -> Result<Option<Side>, Failure> {
    let Some((path, content)) = history.content_at(Some(name), &source.paths)? else { return Ok(None) };
    let place = format!("{name}:{path}");
    let Some(mut side) = parse(&place, &path, &content, source)? else { return Ok(None) };
    if let Some(file) = publish::holiday_file(&side.reading.inventory, &path) {
        let bytes = history.file_at(&history.resolve(Some(name))?, &file)?;
        publish::put_holidays(&mut side.reading.inventory, &file, bytes)
            .map_err(|error| Failure::read(&place, error))?;
    }
    Ok(Some(side))
}

fn working_tree(history: &History, source: &ListSource) -> Result<Option<Side>, Failure> {
    let root =
        history.root().ok_or_else(|| Failure::usage("a bare repository has no working tree", "name two revisions"))?;
    match source.paths.iter().map(|path| (root.join(path), path)).find(|(file, _)| file.exists()) {
        Some((path, name)) => file(&path, name, source),
        None => Ok(None),
    }
}

/// Reads a file of the file system; `None` for `/dev/null`.
fn file(path: &Path, name: &str, source: &ListSource) -> Result<Option<Side>, Failure> {
    if path == Path::new(NO_FILE) {
        return Ok(None);
    }
    let Some(mut side) = parse(name, name, &input::content(path)?, source)? else { return Ok(None) };
    let folder = path.parent().unwrap_or(Path::new(""));
    if let Some(file) = publish::holiday_file(&side.reading.inventory, "") {
        // A missing file is an error of the list that names it.
        let bytes = fs::read(folder.join(&file)).ok();
        publish::put_holidays(&mut side.reading.inventory, &file, bytes).map_err(|error| Failure::read(name, error))?;
    }
    Ok(Some(side))
}

fn parse(place: &str, path: &str, content: &Content, source: &ListSource) -> Result<Option<Side>, Failure> {
    // Standard input has no name: its format is that of the list, or YAML.
    let path = if path == "-" { source.paths.first().map_or("stdin.yaml", String::as_str) } else { path };
    let reading = match publish::read_list(path, content, &BTreeMap::new(), &source.options) {
        Ok(reading) => reading,
        // The list may have started or ended between the two versions; a warning shows why none was found.
        Err(ReadError { problem: problem @ Problem::NoList(_), .. }) => {
            console::warning(&format!("{place}: {problem}"));
            return Ok(None);
        }
        Err(error) => return Err(Failure::read(place, error)),
    };
    for warning in &reading.warnings {
        console::warning(&format!("{}: {}", warning.place(place), warning.message));
    }
    Ok(Some(Side { place: place.to_owned(), reading }))
}
