//! `publish`: the release step after an inventory change is merged.

use std::path::{Path, PathBuf};

use changecast::{
    config::Config,
    history::History,
    output::{self, Found, Output},
    publish::{self, Correct, Event, ListPlan, Outcome, Plan, Request, Rewritten, Scope, Signing, Stage, Watch},
    render::{self, Announcement},
};
use changecast_core::model::{ListId, Text};

use super::{Exit, Failure, context::Place, for_good, keys, local::regular_file, print, watch::Watcher};

/// Append what changed to the log and render everything
///
/// Safe to run again at any time: what is published already is never announced again, and unchanged
/// files stay untouched. Pages of earlier changes are left as they are while they stand there and the
/// configuration is the same.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    place: Place,
    /// The output directory [default: `output` of the configuration]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The release key: a private key, or a public key that ssh-agent holds [env: CHANGECAST_KEY holds a key itself]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The root key, needed when a log begins [env: CHANGECAST_ROOT_KEY holds a key itself]
    #[arg(long, value_name = "FILE")]
    root_key: Option<PathBuf>,
    /// Publish a preview without a log; every page says so
    #[arg(long, conflicts_with_all = ["key", "root_key"])]
    unsigned: bool,
    /// Write nothing; exit with 1 when something would change
    #[arg(long)]
    check: bool,
    /// Write nothing; show what would be announced, which takes no key
    #[arg(long)]
    dry_run: bool,
    /// Verify the whole log and make every page again, in place of what is new alone
    #[arg(long)]
    all: bool,
    /// Go on after git was rewritten
    #[arg(long)]
    reanchor: bool,
    /// Publish a correction of this release, which needs --reason (and --list)
    #[arg(long, value_name = "SEQ", requires = "reason")]
    correct: Option<u64>,
    /// What was wrong with the corrected release
    #[arg(long, value_name = "TEXT", requires = "correct")]
    reason: Option<String>,
    /// The list whose release is corrected, or whose change log is injected
    #[arg(long, value_name = "ID")]
    list: Option<ListId>,
    /// Also replace what stands between the changecast markers of this page; repeat it for several
    #[arg(long, value_name = "FILE")]
    inject: Vec<PathBuf>,
    /// Say where the time went
    #[arg(long)]
    timings: bool,
}

impl Args {
    /// Whether the standing pages matter too, or the whole change log.
    fn looks_at_all(&self) -> bool {
        self.all || self.check || self.dry_run || !self.inject.is_empty()
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let history = args.place.history()?;
    let config = args.place.config(history)?;
    let dir = output_dir(args.output.as_deref(), &config, history);
    let (release, root) = if args.unsigned {
        (None, None)
    } else {
        (keys::release(args.key.as_deref())?, keys::root(args.root_key.as_deref())?)
    };
    let signing = match &release {
        Some(release) => Signing::Keys { release, root: root.as_ref() },
        None if args.unsigned => Signing::Preview,
        None if args.dry_run && !args.check => Signing::Look,
        None => {
            return Err(Failure::usage(
                "there is no key to sign with",
                "make keys with `changecast keygen` and give --key FILE (or CHANGECAST_KEY), or look at a preview with --unsigned",
            ));
        }
    };
    let watcher = Watcher::new();
    let request = Request {
        config: &config,
        history,
        tip: args.place.branch.clone(),
        signing,
        rewritten: if args.reanchor { Rewritten::Reanchor } else { Rewritten::Refuse },
        correct: correction(args, &config)?,
        scope: if args.looks_at_all() { Scope::All } else { Scope::New },
        watch: Watch(&|event| watcher.hear(event)),
    };
    // The lock is taken before the log is read: what is planned on it must still be its end.
    let output = if args.check || args.dry_run { None } else { Some(Output::open(&dir)?) };
    let plan = for_good(publish::publish(&request, &Found::at(&dir))?);
    let pages = injected(args, &config, plan)?;
    let unreadable = plan.lists.iter().any(ends_unreadable);
    watcher.hear(Event::Begins(Stage::Write));
    let changed = match &output {
        Some(output) => output.write(&plan.files)?,
        None => output::differing(&dir, &plan.files)?,
    };
    for list in &plan.lists {
        tell(list, args.dry_run)?;
    }
    let authority = config.publisher.authority.domain();
    if RESERVED.contains(&authority) && plan.lists.iter().any(begins) {
        print::warning(&format!(
            "a log begins in the name of {authority}, which is nobody's: before anybody follows it, set `publisher` and \
             `base_url`, remove the output and publish again"
        ));
    }
    let pages: Vec<_> = pages.into_iter().filter(|page| page.before != page.after).collect();
    for page in pages.iter().filter(|_| output.is_some()) {
        output::replace(&page.path, page.after.as_bytes())?;
        print::note(&format!("{}: updated", page.path.display()));
    }
    match output {
        Some(_) => print::note(&format!("{}: {} written", dir.display(), files(changed.len()))),
        // Without a key nobody knows the bytes of signatures and of what names them.
        None if matches!(signing, Signing::Look) => {}
        None => print::note(&format!("{}: {} would be written", dir.display(), files(changed.len() + pages.len()))),
    }
    if plan.lists.iter().all(|list| list.new == 0) && !matches!(signing, Signing::Look) {
        // Nothing that was announced explains these.
        let more = changed.len().saturating_sub(SHOWN);
        changed.iter().take(SHOWN).for_each(|path| print::note(&format!("  {path}")));
        (more > 0).then(|| print::note(&format!("  and {more} more")));
    }
    if args.timings {
        watcher.report();
    }
    let outdated = args.check && !(changed.is_empty() && pages.is_empty());
    Ok(if outdated || unreadable { Exit::No } else { Exit::Clean })
}

/// Domains that are nobody's (RFC 2606 §3): what a new configuration begins with.
const RESERVED: [&str; 3] = ["example.com", "example.net", "example.org"];
/// So many files are named.
const SHOWN: usize = 10;

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

/// `--output`, else the configuration's, which is relative to the root of the repository.
fn output_dir(chosen: Option<&Path>, config: &Config, history: &History) -> PathBuf {
    match (chosen, history.root()) {
        (Some(dir), _) => dir.to_owned(),
        (None, Some(root)) => root.join(&config.output),
        (None, None) => config.output.clone(),
    }
}

fn correction(args: &Args, config: &Config) -> Result<Option<Correct>, Failure> {
    let (Some(seq), Some(reason)) = (args.correct, &args.reason) else { return Ok(None) };
    let reason = Text::new(reason);
    if reason.is_empty() {
        return Err(Failure::usage("a correction needs a reason", "say in --reason what was wrong"));
    }
    Ok(Some(Correct { list: chosen_list(args, config)?, seq, reason }))
}

fn chosen_list(args: &Args, config: &Config) -> Result<ListId, Failure> {
    let ids: Vec<String> = config.lists.iter().map(|list| list.id.to_string()).collect();
    match (&args.list, config.lists.as_slice()) {
        (Some(id), lists) if lists.iter().any(|list| list.id == *id) => Ok(id.clone()),
        (None, [only]) => Ok(only.id.clone()),
        _ => Err(Failure::usage(
            "it is not said which list is meant",
            format!("choose one with --list: {}", ids.join(", ")),
        )),
    }
}

struct Page {
    path: PathBuf,
    before: String,
    after: String,
}

fn injected(args: &Args, config: &Config, plan: &Plan) -> Result<Vec<Page>, Failure> {
    if args.inject.is_empty() {
        return Ok(Vec::new());
    }
    let id = chosen_list(args, config)?;
    let Some(list) = plan.lists.iter().find(|list| list.id == id) else { return Ok(Vec::new()) };
    let mut pages = Vec::new();
    for path in &args.inject {
        let name = path.display().to_string();
        let before = String::from_utf8(regular_file(path)?)
            .map_err(|_| Failure::usage(format!("{name} is not UTF-8"), "save the page as UTF-8"))?;
        let html = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("html") || extension.eq_ignore_ascii_case("htm"));
        let after = render::inject(&before, &list.announcements, list.current.as_ref(), html)
            .map_err(|error| Failure::Inject { path: name, error })?;
        pages.push(Page { path: path.clone(), before, after });
    }
    Ok(pages)
}

/// Says what is new. In full it is what was asked for.
fn tell(list: &ListPlan, in_full: bool) -> Result<(), Failure> {
    for row in &list.rows {
        let commit = format!("{}: commit {}", list.id, row.commit.short());
        for warning in &row.warnings {
            print::warning(&format!("{commit} {}: {}", warning.place(&row.path), warning.message));
        }
        if let Outcome::Unreadable(error) = &row.outcome {
            print::warning(&format!("{commit} {}: {error}: the version is left out", error.place(&row.path)));
        }
    }
    if let Some((from, to)) = &list.reanchored {
        print::note(&format!("{}: the log goes on from commit {} in place of {}", list.id, to.short(), from.short()));
    }
    let new = announced(list);
    if new.is_empty() {
        print::note(&format!("{}: nothing new", list.id));
    }
    let mut lines = Vec::new();
    for announcement in new {
        let title = render::title(list.id.as_str(), &announcement.changes);
        lines.push(format!("{}  {title}", announcement.published.date()));
        let changes = announcement.changes.iter().filter(|_| in_full);
        lines.extend(changes.map(|change| format!("            {}", render::flat(&render::sentence(change)))));
    }
    match lines.join("\n") {
        lines if lines.is_empty() => Ok(()),
        lines if in_full => print::data(format!("{lines}\n").as_bytes()),
        lines => {
            print::note(&lines);
            Ok(())
        }
    }
}

/// What is new, oldest first.
fn announced(list: &ListPlan) -> &[Announcement] {
    &list.announcements[list.announcements.len() - list.new..]
}

/// Whether a signed log begins: release 0 states the keys, and a preview has no numbers.
fn begins(list: &ListPlan) -> bool {
    announced(list).first().is_some_and(|announcement| announcement.seq == 1)
}

/// Whether the newest version cannot be read: what is published is not what the file now says.
fn ends_unreadable(list: &ListPlan) -> bool {
    list.rows.last().is_some_and(|row| matches!(row.outcome, Outcome::Unreadable(_)))
}
