//! `publish`: the release step that runs after a change to the inventory is merged.

use std::{
    fs,
    path::{Path, PathBuf},
};

use changecast::{
    config::Config,
    history::History,
    output::{self, Found, Output, OutputError, OutputFile},
    publish::{
        self, AllowedRemovals, Correct, Event, FutureCommits, ListPlan, Outcome, Plan, Progress, Request, Rewritten,
        RootKeys, Scope, Signing, Stage,
    },
    render::{self, Announcement},
};
use changecast_core::{
    model::{ListId, Text, Timestamp},
    sign::PublicKey,
};

use super::{Exit, Failure, console, context::RepoArgs, input::regular_file, keys, time, watch::Watcher};

/// Append new changes to the signed log and update the pages and feeds
///
/// Safe to run again at any time: a change is announced once, and files that did not change are not
/// rewritten. The pages of earlier changes are only rendered again if the configuration changed, if
/// they are missing, or with --all.
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub repo: RepoArgs,
    /// The output directory [default: `output` in the configuration]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// The release key: a private key file, or a public key file to sign with ssh-agent [env: CHANGECAST_KEY, the key itself]
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// The root key, only needed to start a log [env: CHANGECAST_ROOT_KEY, the key itself]
    #[arg(long, value_name = "FILE")]
    root_key: Option<PathBuf>,
    /// Another public root key for a new log, kept in another place; repeatable
    #[arg(long, value_name = "FILE", requires = "root_key")]
    other_root: Vec<PathBuf>,
    /// The time of the publication [default: the system clock]
    #[arg(long, value_name = "TIME")]
    pub now: Option<Timestamp>,
    /// Also publish commits that are dated more than a day after the clock
    #[arg(long)]
    allow_future: bool,
    /// Also announce commits that remove up to N entries at once [default: a third of a list, `guard` in the configuration]
    #[arg(long, value_name = "N")]
    allow_removals: Option<usize>,
    /// Publish a preview without a signed log; every page is marked as a preview
    #[arg(long, conflicts_with_all = ["key", "root_key"])]
    unsigned: bool,
    /// Write no file; exit with status 1 if any file would change
    #[arg(long)]
    check: bool,
    /// Write no file; print the changes that would be announced (needs no key)
    #[arg(long)]
    dry_run: bool,
    /// Verify the whole log and render every page again, not only the new ones
    #[arg(long)]
    all: bool,
    /// Continue the log after git history was rewritten
    #[arg(long)]
    reanchor: bool,
    /// The list that --inject refers to
    #[arg(long, value_name = "ID")]
    pub list: Option<ListId>,
    /// Also replace the text between the changecast markers in this page; repeatable
    #[arg(long, value_name = "FILE")]
    inject: Vec<PathBuf>,
    /// Print how long each stage took
    #[arg(long)]
    timings: bool,
}

impl Args {
    /// Whether the run needs the whole change log, or the existing pages.
    fn looks_at_all(&self) -> bool {
        self.all || self.check || self.dry_run || !self.inject.is_empty()
    }
}

/// Why a publication runs.
#[derive(Debug)]
pub enum Purpose {
    /// To publish what is new.
    News,
    /// To correct a release of the list of the arguments.
    Correct(Correction),
    /// To remove what a redaction took out of the log from all pages and feeds.
    Redact,
}

/// A correction to publish.
#[derive(Debug)]
pub struct Correction {
    /// The number of the release that was wrong.
    pub seq: u64,
    /// The error, in the words of the publisher.
    pub reason: Text,
}

/// Runs the command and returns its exit status.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    execute(args, &Purpose::News)
}

/// Publishes for a purpose, and returns the exit status.
///
/// # Errors
/// [`Failure`] if the publication is refused, or a file cannot be written.
pub fn execute(args: &Args, purpose: &Purpose) -> Result<Exit, Failure> {
    let history = args.repo.history()?;
    let config = args.repo.config(&history)?;
    let dir = output_dir(args.output.as_deref(), &config, &history);
    let (release, root) = if args.unsigned {
        (None, None)
    } else {
        (keys::release(args.key.as_deref())?, keys::root(args.root_key.as_deref())?)
    };
    for path in [&args.key, &args.root_key] {
        keys::check_untracked(&history, path.as_deref())?;
    }
    if let Some((root, release)) = root.as_ref().zip(release.as_ref()) {
        keys::check_pair(root, release)?;
    }
    let others = other_roots(args)?;
    keys::check_other_roots(&others, root.as_ref(), release.as_ref())?;
    let signing = match &release {
        Some(release) => Signing::Keys { release, root: root.as_ref().map(|key| RootKeys { key, others: &others }) },
        None if args.unsigned => Signing::Preview,
        None if args.dry_run || args.check => Signing::Look,
        None => {
            return Err(Failure::usage(
                "no key to sign with",
                "create keys with `changecast keygen ../keys` and pass --key FILE (or set CHANGECAST_KEY); --unsigned publishes a preview without keys",
            ));
        }
    };
    let watcher = Watcher::new();
    let request = Request {
        tip: args.repo.branch.clone(),
        future: if args.allow_future { FutureCommits::Allow } else { FutureCommits::Refuse },
        removals: AllowedRemovals(args.allow_removals.unwrap_or_default()),
        rewritten: if args.reanchor { Rewritten::Reanchor } else { Rewritten::Refuse },
        correct: correction(args, purpose, &config)?,
        scope: if args.looks_at_all() || matches!(purpose, Purpose::Redact) { Scope::All } else { Scope::New },
        progress: Progress(&|event| watcher.on_event(event)),
        ..Request::new(&config, &history, signing, args.now.unwrap_or_else(time::now))
    };
    // Lock the output before reading the log, so that the plan still fits when it is written.
    let output = if args.check || args.dry_run { None } else { Some(Output::open(&dir)?) };
    let plan = publish::publish(&request, &Found::at(&dir))?;
    let pages = injected(args, &config, &plan)?;
    let unreadable = plan.lists.iter().any(ends_unreadable);
    watcher.on_event(Event::Starts(Stage::Write));
    if let Some(output) = &output {
        for list in plan.lists.iter().filter(|list| is_new_log(list) || matches!(purpose, Purpose::Redact)) {
            remove_stale(output, &dir, &list.id, &plan.files)?;
        }
    }
    let changed = match &output {
        Some(output) => output.write(&plan.files)?,
        None => output::differing(&dir, &plan.files)?,
    };
    let detail = if args.dry_run { Detail::Sentences } else { Detail::Titles };
    for list in &plan.lists {
        report_list(list, detail)?;
    }
    for list in plan.lists.iter().filter(|list| output.is_none() && is_new_log(list)) {
        console::note(&format!(
            "{} has no log of {}, so its whole history is new; if it was published before, restore the output directory first",
            dir.display(),
            list.id
        ));
    }
    let authority = config.publisher.authority.domain();
    if RESERVED.contains(&authority) && plan.lists.iter().any(is_new_log) {
        console::warning(&format!(
            "the new log is published under the placeholder {authority}: before anyone subscribes, set `publisher` and \
             `base_url`, delete the output directory and publish again"
        ));
    }
    let pages: Vec<_> = pages.into_iter().filter(|page| page.before != page.after).collect();
    for page in pages.iter().filter(|_| output.is_some()) {
        output::replace(&page.path, page.after.as_bytes())?;
        console::note(&format!("{}: updated", page.path.display()));
    }
    match output {
        Some(_) => console::note(&format!("{}: {} written", dir.display(), files(changed.len()))),
        // Without a key, the bytes of signatures and of files that refer to them are unknown.
        None if matches!(signing, Signing::Look) => {}
        None => console::note(&format!("{}: {} would be written", dir.display(), files(changed.len() + pages.len()))),
    }
    if plan.lists.iter().all(|list| list.new == 0) && !matches!(signing, Signing::Look) {
        // No announcement explains these files, so name them.
        for path in changed.iter().take(SHOWN) {
            console::note(&format!("  {path}"));
        }
        if changed.len() > SHOWN {
            console::note(&format!("  and {} more", changed.len() - SHOWN));
        }
    }
    if args.timings {
        watcher.report();
    }
    let outdated = args.check && !(changed.is_empty() && pages.is_empty());
    Ok(if outdated || unreadable { Exit::Findings } else { Exit::Clean })
}

/// The further root keys of a new log.
fn other_roots(args: &Args) -> Result<Vec<PublicKey>, Failure> {
    args.other_root
        .iter()
        .map(|path| {
            let line = fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
            Ok(PublicKey::parse(&path.display().to_string(), &line)?)
        })
        .collect()
}

/// Domains that are reserved for examples (RFC 2606 §3). A new configuration starts with one of them.
const RESERVED: [&str; 3] = ["example.com", "example.net", "example.org"];
/// At most this many changed files are listed by name.
const SHOWN: usize = 10;

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

/// `--output`, or else the configured directory, which is relative to the root of the repository.
pub fn output_dir(chosen: Option<&Path>, config: &Config, history: &History) -> PathBuf {
    match (chosen, history.root()) {
        (Some(dir), _) => dir.to_owned(),
        (None, Some(root)) => root.join(&config.output),
        (None, None) => config.output.clone(),
    }
}

/// Removes pages and archives that the publication does not contain, such as those of an earlier preview or of redacted
/// releases.
fn remove_stale(output: &Output, dir: &Path, list: &ListId, files: &[OutputFile]) -> Result<(), Failure> {
    for folder in ["changes", "entries", "archive"] {
        output.remove_others(&format!("{list}/{folder}"), files)?;
    }
    let years = Found::at(dir).names(list.as_str())?.into_iter().filter(|name| is_year_page(name));
    let paths = years.map(|name| format!("{list}/{name}"));
    let stale: Vec<String> = paths.filter(|path| files.iter().all(|file| file.path != *path)).collect();
    Ok(output.remove(&stale)?)
}

/// Whether a file is the page of a past year, such as `2024.html`.
fn is_year_page(name: &str) -> bool {
    name.strip_suffix(".html").is_some_and(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()))
}

fn correction(args: &Args, purpose: &Purpose, config: &Config) -> Result<Option<Correct>, Failure> {
    let Purpose::Correct(Correction { seq, reason }) = purpose else { return Ok(None) };
    Ok(Some(Correct { list: chosen_list(args, config)?, seq: *seq, reason: reason.clone() }))
}

fn chosen_list(args: &Args, config: &Config) -> Result<ListId, Failure> {
    let ids: Vec<String> = config.lists.iter().map(|list| list.id.to_string()).collect();
    match (&args.list, config.lists.as_slice()) {
        (Some(id), lists) if lists.iter().any(|list| list.id == *id) => Ok(id.clone()),
        (None, [only]) => Ok(only.id.clone()),
        _ => Err(Failure::usage("several lists are configured", format!("choose one with --list: {}", ids.join(", ")))),
    }
}

/// A page with markers, before and after its text is replaced.
struct InjectedPage {
    path: PathBuf,
    before: String,
    after: String,
}

fn injected(args: &Args, config: &Config, plan: &Plan) -> Result<Vec<InjectedPage>, Failure> {
    if args.inject.is_empty() {
        return Ok(Vec::new());
    }
    let id = chosen_list(args, config)?;
    let Some(list) = plan.lists.iter().find(|list| list.id == id) else { return Ok(Vec::new()) };
    let mut pages = Vec::new();
    for path in &args.inject {
        let name = path.display().to_string();
        if path.is_symlink() {
            return Err(OutputError::LinkedPage(name).into());
        }
        let before = String::from_utf8(regular_file(path)?)
            .map_err(|_| Failure::usage(format!("{name} is not UTF-8"), "convert the page to UTF-8"))?;
        let html = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("html") || extension.eq_ignore_ascii_case("htm"));
        let after =
            render::inject(&before, &list.announcements, list.current.as_ref(), html, config.language.messages())
                .map_err(|error| Failure::Inject { path: name, error })?;
        pages.push(InjectedPage { path: path.clone(), before, after });
    }
    Ok(pages)
}

/// How the new releases of a list are reported.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// One line for each release, as narration.
    Titles,
    /// Every change as a sentence, on standard output.
    Sentences,
}

/// Reports the new releases of a list, and what could not be read.
fn report_list(list: &ListPlan, detail: Detail) -> Result<(), Failure> {
    for row in &list.rows {
        let commit = format!("{}: commit {}", list.id, row.commit.short());
        for warning in &row.warnings {
            console::warning(&format!("{commit} {}: {}", warning.place(&row.path), warning.message));
        }
        if let Outcome::Unreadable(error) = &row.outcome {
            console::warning(&format!(
                "{commit} {}: {}; this version is skipped",
                error.place(&row.path),
                error.problem
            ));
        }
    }
    if let Some((from, to)) = &list.reanchored {
        console::note(&format!(
            "{}: the log continues from commit {} instead of {}",
            list.id,
            to.short(),
            from.short()
        ));
    }
    let new = announced(list);
    if new.is_empty() {
        console::note(&format!("{}: no new changes", list.id));
    }
    let mut lines = Vec::new();
    for announcement in new {
        let title = render::title(list.id.as_str(), &announcement.changes);
        lines.push(format!("{}  {title}", announcement.published.date()));
        let changes = announcement.changes.iter().filter(|_| detail == Detail::Sentences);
        lines.extend(changes.map(|change| format!("            {}", render::flat(&render::sentence(change)))));
    }
    match lines.join("\n") {
        lines if lines.is_empty() => Ok(()),
        lines if detail == Detail::Sentences => console::data(format!("{lines}\n").as_bytes()),
        lines => {
            console::note(&lines);
            Ok(())
        }
    }
}

/// The new announcements, oldest first.
fn announced(list: &ListPlan) -> &[Announcement] {
    &list.announcements[list.announcements.len() - list.new..]
}

/// Whether this run starts a signed log. Release 0 contains the keys; a preview has no numbers.
fn is_new_log(list: &ListPlan) -> bool {
    announced(list).first().is_some_and(|announcement| announcement.release.seq == 1)
}

/// Whether the newest version cannot be read, so that the published list differs from the file.
fn ends_unreadable(list: &ListPlan) -> bool {
    list.rows.last().is_some_and(|row| matches!(row.outcome, Outcome::Unreadable(_)))
}
