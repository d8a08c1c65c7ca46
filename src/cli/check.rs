//! `check`: what customers would read if a change were merged today, and what is wrong with it.

use std::{
    collections::BTreeSet,
    env,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    str::FromStr,
};

use changecast::{
    check::{self, Before, Request, Side},
    config::{Config, ListConfig},
    history::{Content, History, HistoryError},
    output::{self, Found},
    publish::{self, ListSource},
    read::{Problem, ReadError, Reader, ReadingConfig, lost_name},
    report::{self, FORMATS, Format, Look, Report},
};
use changecast_core::{
    lint::{CommitTime, Level, RULES, rule},
    model::{CommitId, Timestamp},
};
use clap::builder::{PossibleValue, PossibleValuesParser};

use super::{
    Exit, Failure, console,
    context::{ListArgs, RepoArgs, load_config},
    input, time,
};

/// Check a change before it is merged, and show what customers would read
///
/// Compares the merge base with the files of the work tree, or with --branch. Prints what customers would read and the
/// last day to object if this were published now, then findings. Findings that the base has already are listed and
/// never change the exit status. Works without a key and without a published log.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    repo: RepoArgs,
    #[command(flatten)]
    list: ListArgs,
    /// The branch that the change is for, or another revision [default: the default branch]
    #[arg(value_name = "BASE")]
    base: Option<String>,
    /// Count every finding as new, without a base
    #[arg(long, conflicts_with = "base")]
    all: bool,
    /// The lowest level of a new finding that gives exit status 1
    #[arg(long, value_name = "LEVEL", default_value = "error", value_parser = ["info", "warning", "error"])]
    fail_on: String,
    /// The format of the output
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = format_parser())]
    format: String,
    /// Also write a report to a file; repeatable
    #[arg(long, value_name = "FORMAT=FILE", value_parser = extra_report)]
    report: Vec<(String, PathBuf)>,
    /// The time of the publication [default: the system clock]
    #[arg(long, value_name = "TIME", value_parser = moment)]
    now: Option<Timestamp>,
    /// Explain a rule with an example and how to fix it; `all` lists the rules
    #[arg(long, value_name = "RULE", exclusive = true)]
    explain: Option<String>,
}

fn format_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about)))
}

fn extra_report(text: &str) -> Result<(String, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("write it like sarif=check.sarif")?;
    match FORMATS.iter().find(|known| known.name == format) {
        Some(_) if !file.is_empty() => Ok((format.to_owned(), PathBuf::from(file))),
        Some(_) => Err("the file has no name".to_owned()),
        None => {
            let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
            Err(format!("unknown format {format:?}, expected one of {}", names.join(", ")))
        }
    }
}

/// A time in RFC 3339, or a day, which begins at 00:00 UTC.
fn moment(text: &str) -> Result<Timestamp, String> {
    let time = text.parse().or_else(|_| format!("{text}T00:00:00Z").parse::<Timestamp>());
    time.map_err(|error| error.to_string())
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] if the command cannot complete.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    if let Some(id) = &args.explain {
        console::data(explanation(id)?.as_bytes())?;
        return Ok(Exit::Clean);
    }
    let history = args.repo.history()?;
    let report = checked(args, &history)?;
    let look = Look { width: console::style().width, color: console::style().color };
    for (format, file) in &args.report {
        let plain = Look { color: false, ..look };
        output::replace(file, (format_named(format).write)(&report, &plain)?.as_bytes())?;
    }
    if args.format == "github" {
        write_summary(&report)?;
    }
    console::data((format_named(&args.format).write)(&report, &look)?.as_bytes())?;
    Ok(if report.fails() { Exit::Findings } else { Exit::Clean })
}

fn format_named(name: &str) -> &'static Format {
    FORMATS.iter().find(|format| format.name == name).unwrap_or(&FORMATS[0])
}

/// Appends the report to the summary of a job of GitHub Actions, if this is one.
fn write_summary(report: &Report) -> Result<(), Failure> {
    let Some(path) = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()).map(PathBuf::from) else {
        return Ok(());
    };
    let look = Look { width: 100, color: false };
    let text = (format_named("markdown").write)(report, &look)?;
    let file = fs::OpenOptions::new().create(true).append(true).open(&path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| Failure::file(&path, error))
}

fn explanation(id: &str) -> Result<String, Failure> {
    if id == "all" {
        let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
        let mut out = String::new();
        for rule in RULES {
            let _infallible = writeln!(out, "{:width$}  {:7}  {}", rule.id, rule.level.name(), rule.about);
        }
        return Ok(out);
    }
    let rule = rule(id).ok_or_else(|| {
        Failure::usage(format!("unknown rule {id:?}"), "`changecast check --explain all` lists the rules")
    })?;
    Ok(report::page(rule).to_owned())
}

/// The configuration with its path in the repository and its text.
struct Configuration {
    config: Config,
    path: String,
    text: String,
}

/// Where a change starts, and where it ends.
struct Ends {
    base: Option<CommitId>,
    /// The commit that is checked; `None` for the work tree.
    tip: Option<CommitId>,
    commits: Vec<CommitTime>,
}

fn checked(args: &Args, history: &History) -> Result<Report, Failure> {
    let ends = ends(args, history)?;
    let configuration = match args.list.inventory.is_empty() {
        true => Some(configuration(args, history)?),
        false => None,
    };
    let earlier = ends.base.as_ref().zip(configuration.as_ref());
    let earlier = earlier.and_then(|(base, now)| config_at(history, base, &now.path));
    let now = args.now.unwrap_or_else(time::now);
    let mut lists = Vec::new();
    for list in args.list.lists(&args.repo, history)? {
        let source = Source { history, ends: &ends, configuration: configuration.as_ref(), list: &list };
        let mut reader = Reader::default();
        let after = source.after(&mut reader)?;
        let old = earlier.as_ref().and_then(|config| config.lists.iter().find(|other| other.id == list.id));
        let before = source.before(old.unwrap_or(&list), &mut reader)?;
        let before = match &before {
            Earlier::Version(side) => Before::Version(side),
            Earlier::Nothing => Before::Nothing,
            Earlier::Unknown => Before::Unknown,
        };
        if let (Before::Version(before), Some(after)) = (before, &after)
            && let Some(error) = lost_name(&before.reading.inventory, &after.reading)
        {
            return Err(Failure::read(&after.path, error));
        }
        let past = source.past()?;
        let config = configuration.as_ref();
        lists.push(check::check(&Request {
            list: &list,
            config: config.map(|config| &config.config),
            config_file: config.map(|config| (config.path.as_str(), config.text.as_str())),
            before,
            after: after.as_ref(),
            now,
            commits: &ends.commits,
            past: past.as_ref(),
        }));
    }
    Ok(Report {
        now: now.to_string(),
        base: ends.base.map(|base| base.to_string()),
        head: ends.tip.map_or_else(|| "work tree".to_owned(), |tip| tip.to_string()),
        lists,
        fail_on: Level::from_str(&args.fail_on).unwrap_or(Level::Error),
    })
}

fn configuration(args: &Args, history: &History) -> Result<Configuration, Failure> {
    let path = args.repo.config_path(history)?;
    let config = load_config(&path)?;
    let text = fs::read_to_string(&path).map_err(|error| Failure::file(&path, error))?;
    let inside = history.root().and_then(|root| {
        let (root, path) = (root.canonicalize().ok()?, path.canonicalize().ok()?);
        Some(path.strip_prefix(root).ok()?.to_str()?.to_owned())
    });
    let shown = inside.unwrap_or_else(|| path.display().to_string());
    Ok(Configuration { config, path: shown, text })
}

/// The configuration of a commit, if it has one that can be read.
fn config_at(history: &History, commit: &CommitId, path: &str) -> Option<Config> {
    let bytes = history.file_at(commit, path).ok()??;
    let mut config = Config::parse(path, std::str::from_utf8(&bytes).ok()?).ok()?;
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    for holidays in config.lists.iter_mut().filter_map(|list| list.notice.as_mut()?.holidays.as_mut()) {
        let Some(file) = holidays.file.as_ref().filter(|_| holidays.dates.is_empty()) else { continue };
        let file = if folder.is_empty() { file.clone() } else { format!("{folder}/{file}") };
        let bytes = history.file_at(commit, &file).ok()??;
        holidays.dates =
            changecast_core::model::terms::Holidays::parse_dates(std::str::from_utf8(&bytes).ok()?).ok()?;
    }
    Some(config)
}

/// Most commits of a change that are looked at.
const MAX_COMMITS: usize = 1_000;

fn ends(args: &Args, history: &History) -> Result<Ends, Failure> {
    let head = match history.resolve(args.repo.branch.as_deref()) {
        Ok(head) => Some(head),
        Err(HistoryError::NoCommits) => None,
        Err(error) => return Err(error.into()),
    };
    let is_bare = history.root().is_none();
    let tip = head.clone().filter(|_| args.repo.branch.is_some() || is_bare);
    let Some(head) = head.filter(|_| !args.all) else { return Ok(Ends { base: None, tip, commits: Vec::new() }) };
    let base = base(args, history, &head)?;
    let commits = match &base {
        Some(base) => history.commits_since(base, &head, MAX_COMMITS)?,
        None => Vec::new(),
    };
    let commits = commits
        .into_iter()
        .map(|(id, time)| CommitTime { id: id.to_string(), time: Timestamp::from_unix_clamped(time) });
    Ok(Ends { base, tip, commits: commits.collect() })
}

/// The merge base of a commit with the branch that the change is for.
fn base(args: &Args, history: &History, head: &CommitId) -> Result<Option<CommitId>, Failure> {
    let (name, target) = match &args.base {
        Some(name) => (name.clone(), Some(history.resolve(Some(name))?)),
        None => match target_of_request(history) {
            Some((name, target)) => (name, Some(target)),
            None => match history.default_branch() {
                Some((name, target)) => (name, Some(target)),
                None => (String::new(), None),
            },
        },
    };
    let Some(target) = target else {
        console::warning(
            "found no default branch, so that every finding counts as new; name the base: `changecast check BASE`",
        );
        return Ok(None);
    };
    match history.merge_base(&target, head)? {
        Some(base) => Ok(Some(base)),
        None if history.is_shallow() => Err(Failure::usage(
            format!("this shallow clone does not reach the merge base with {name}"),
            "fetch the whole history (`git fetch --unshallow`, or `fetch-depth: 0` in actions/checkout), or pass --all",
        )),
        None => {
            console::warning(&format!(
                "{name} has no commit in common with this one, so that every finding counts as new"
            ));
            Ok(None)
        }
    }
}

/// The target of the pull or merge request that a service runs this for.
fn target_of_request(history: &History) -> Option<(String, CommitId)> {
    let variables = ["CI_MERGE_REQUEST_DIFF_BASE_SHA", "GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"];
    let values = variables.into_iter().filter_map(|name| env::var(name).ok()).filter(|value| !value.is_empty());
    let mut names = values.flat_map(|value| [format!("origin/{value}"), value]);
    names.find_map(|name| Some((name.clone(), history.resolve(Some(&name)).ok()?)))
}

/// The version of a list before a change.
enum Earlier {
    Version(Box<Side>),
    /// The base has no list.
    Nothing,
    /// There is no base, or its list cannot be read.
    Unknown,
}

/// Where the versions of a list are read from.
struct Source<'a> {
    history: &'a History,
    ends: &'a Ends,
    configuration: Option<&'a Configuration>,
    list: &'a ListConfig,
}

impl Source<'_> {
    /// The version after the change; `None` if the list is withdrawn.
    fn after(&self, reader: &mut Reader) -> Result<Option<Side>, Failure> {
        let source = ListSource::from(self.list);
        let Some((path, content)) = self.content(self.ends.tip.as_ref(), &source.paths)? else { return Ok(None) };
        let read = |file: &str| self.file(self.ends.tip.as_ref(), file);
        let mut side = match side(&path, content, &source.options, reader, read) {
            Ok(side) => side,
            Err(ReadError { problem: Problem::NoList(list), .. }) if self.ends.base.is_some() => {
                console::warning(&format!("{path}: no list found: {}", list.found));
                return Ok(None);
            }
            Err(error) => return Err(Failure::read(&path, error)),
        };
        for warning in
            side.reading.warnings.iter().filter(|warning| warning.rule != changecast::read::Warning::DUPLICATE_ENTRY)
        {
            console::warning(&format!("{}: {}", warning.place(&path), warning.message));
        }
        self.add_surroundings(&mut side, self.ends.tip.as_ref())?;
        Ok(Some(side))
    }

    /// The version before the change.
    fn before(&self, list: &ListConfig, reader: &mut Reader) -> Result<Earlier, Failure> {
        let Some(base) = &self.ends.base else { return Ok(Earlier::Unknown) };
        let source = ListSource::from(list);
        let paths: Vec<String> = source.paths.iter().chain(&self.list.inventory.0).cloned().collect();
        let Some((path, content)) = self.content(Some(base), &paths)? else { return Ok(Earlier::Nothing) };
        match side(&path, content, &source.options, reader, |file| self.file(Some(base), file)) {
            Ok(mut side) => {
                self.add_surroundings(&mut side, Some(base))?;
                Ok(Earlier::Version(Box::new(side)))
            }
            Err(error) => {
                console::warning(&format!("{base}:{path}: {error}; every finding counts as new"));
                Ok(Earlier::Unknown)
            }
        }
    }

    /// The content of the list in a commit or in the work tree.
    fn content(&self, commit: Option<&CommitId>, paths: &[String]) -> Result<Option<(String, Content)>, Failure> {
        match (commit, self.history.root()) {
            (Some(commit), _) => Ok(self.history.content_at(Some(commit.as_str()), paths)?),
            (None, Some(root)) => match paths.iter().find(|path| root.join(path).exists()) {
                Some(path) => Ok(Some((path.clone(), input::content(&root.join(path))?))),
                None => Ok(None),
            },
            (None, None) => Ok(None),
        }
    }

    /// The bytes of a file in a commit or in the work tree; `None` if it cannot be read.
    fn file(&self, commit: Option<&CommitId>, path: &str) -> Option<Vec<u8>> {
        match (commit, self.history.root()) {
            (Some(commit), _) => self.history.file_at(commit, path).ok()?,
            (None, Some(root)) => input::regular_file(&root.join(path)).ok(),
            (None, None) => None,
        }
    }

    /// Adds the other pages and the code of a version.
    fn add_surroundings(&self, side: &mut Side, commit: Option<&CommitId>) -> Result<(), Failure> {
        for path in self.pages(&side.path) {
            if let Some(bytes) = self.file(commit, &path) {
                side.add_page(&path, bytes);
            }
        }
        let Some(config) = self.configuration.map(|configuration| &configuration.config) else { return Ok(()) };
        let own = [config.base_url.as_str(), config.publisher.url.as_str()].into_iter().filter_map(host);
        let ignored: Vec<String> = config.hosts.ignore.iter().cloned().chain(own).collect();
        for path in &config.hosts.paths {
            match self.content(commit, std::slice::from_ref(path))? {
                Some((path, Content::File(bytes))) => side.add_code(&path, &bytes, &ignored),
                Some((folder, Content::Folder(files))) => {
                    for (name, bytes) in &files {
                        side.add_code(&format!("{}/{name}", folder.trim_end_matches('/')), bytes, &ignored);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The paths of the other pages about the vendors of the list: those of the configuration, or else the lists and
    /// pages about trust in its folder.
    fn pages(&self, list: &str) -> BTreeSet<String> {
        if let Some(paths) = &self.list.cross_check {
            return paths.iter().cloned().collect();
        }
        let folder = list.trim_end_matches('/').rsplit_once('/').map_or("", |(folder, _)| folder);
        let is_near = |path: &String| path.rsplit_once('/').map_or("", |(folder, _)| folder) == folder && path != list;
        let lists = self.configuration.into_iter().flat_map(|configuration| &configuration.config.lists);
        let lists =
            lists.filter_map(|other| other.inventory.0.first()).filter(|path| !folder.is_empty() && is_near(path));
        let mut pages: BTreeSet<String> = lists.cloned().collect();
        let files = self.history.root().and_then(|root| fs::read_dir(root.join(folder)).ok());
        for name in files.into_iter().flatten().flatten().filter_map(|file| file.file_name().into_string().ok()) {
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if is_near(&path) && is_about_trust(&name) {
                pages.insert(path);
            }
        }
        pages
    }

    /// The entries of the published log; `None` if there is none.
    fn past(&self) -> Result<Option<changecast_core::lint::Past>, Failure> {
        let Some(configuration) = self.configuration else { return Ok(None) };
        let root = self.history.root().unwrap_or(Path::new(""));
        let found = Found::at(&root.join(&configuration.config.output));
        match publish::past(&self.list.id, &found.folder(self.list.id.as_str())) {
            Ok(past) => Ok(past),
            Err(error) => {
                console::warning(&format!("the published log cannot be used: {error}"));
                Ok(None)
            }
        }
    }
}

/// Names of pages about trust, without separators.
const TRUST_PAGES: [&str; 8] =
    ["trustcenter", "trustcentre", "trust", "security", "compliance", "roadmap", "complianceroadmap", "dpa"];

/// Whether a file of this name is a page about trust.
fn is_about_trust(name: &str) -> bool {
    let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
    let stem: String = stem.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    TRUST_PAGES.contains(&stem.as_str())
        && matches!(extension, "md" | "mdx" | "html" | "yaml" | "yml" | "json" | "tsx" | "txt")
}

/// The host of an address.
fn host(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    Some(rest.split(['/', '?', '#', ':']).next()?.trim_start_matches("www.").to_owned())
}

/// Reads a version of the list, with the holidays that its terms name.
fn side(
    path: &str,
    content: Content,
    options: &ReadingConfig,
    reader: &mut Reader,
    read: impl Fn(&str) -> Option<Vec<u8>>,
) -> Result<Side, ReadError> {
    let mut side = Side::read(path, content, options, reader)?;
    if let Some(file) = publish::holiday_file(&side.reading.inventory, path) {
        let bytes = read(&file);
        publish::put_holidays(&mut side.reading.inventory, &file, bytes)?;
    }
    Ok(side)
}
