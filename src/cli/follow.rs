//! `follow`: shows the news of published logs, and checks that each continues the log seen before.

use std::{
    fs,
    path::{Path, PathBuf},
};

use changecast::{
    follow::{self, FollowError, Followed, HttpOptions, Remote, State},
    observe::{self, ObserveError, Observed, Page},
};
use changecast_core::{
    ledger::{self, BadOrigin, Origin, Pin, VerifyError},
    model::Timestamp,
    sign::PublicKey,
};
use clap::ValueEnum;
use serde_json::{Value, json};

use super::{
    Exit, Failure, follow_output, follow_report as report,
    logs::{ServerArgs, public_key, remote},
    time, vendors,
};

/// Show what is new in a published log, and check that it continues what was seen before
///
/// Verifies everything that is new, and remembers it in a state file. The file contains a copy of all signed files: it is
/// evidence. The first run needs the root key and the name of the log; get both from the publisher, through another channel.
///
/// With --list, pages in local clones are compared with the versions of the last run. These are not signed, and no clone is fetched.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The address of the folder of a list, or a folder
    #[arg(value_name = "URL|DIR", required_unless_present = "list")]
    location: Option<String>,
    /// The publisher's public root key (a .pub file), only needed the first time
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    /// The name that the log must have, such as example.com/subprocessors, only needed the first time
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<Origin>,
    /// The file that remembers the log; with --list, the folder of these files
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// Follow the logs, and the pages in local clones, that this YAML file lists
    #[arg(long, value_name = "FILE", conflicts_with_all = ["location", "root", "origin"])]
    pub list: Option<PathBuf>,
    /// Write one feed, one calendar and one JSON file about all vendors of --list to this folder
    #[arg(long, value_name = "DIR", requires = "list")]
    output: Option<PathBuf>,
    /// Trust the root key and the name that the log states at first contact
    #[arg(long)]
    trust_on_first_use: bool,
    /// The format of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Exit with status 1 if customers can object to something new
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    server: ServerArgs,
    /// The time by which heads expire [default: the system clock]
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The new changes as a table
    Table,
    /// One object for each log, with the change objects
    Json,
    /// One line for each log
    Line,
}

/// Runs the command and returns its exit status.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let options = args.server.options()?;
    let vendors = vendors(args)?;
    let now = args.now.unwrap_or_else(time::now);
    let run = Run { args, options: &options, now };
    let reports = follow::each(&vendors, |vendor| report::Report::of(vendor, vendor.look(run), now));
    report::print(&reports, args)?;
    let damaged = match &args.output {
        Some(folder) => damaged_states(follow_output::write(folder, &vendors, now)?, &reports),
        None => 0,
    };
    let statuses = reports.iter().map(|report| match report.status() {
        0 if args.exit_code && report.has_notice() => 1,
        status => status,
    });
    Ok(match statuses.fold(damaged, worse) {
        0 => Exit::Clean,
        1 => Exit::Findings,
        status => Exit::Status(status),
    })
}

/// Prints which states cannot be used, unless the report on the vendor contains that, and returns the status that follows from them.
fn damaged_states(failures: Vec<Option<Failure>>, reports: &[report::Report]) -> u8 {
    let failures = failures.into_iter().zip(reports).filter_map(|(failure, report)| Some((failure?, report)));
    failures.fold(0, |status, (failure, report)| {
        if !report.states(&failure) {
            failure.print();
        }
        worse(status, failure.code())
    })
}

/// The more important of two exit statuses: forged, then a question of trust, then unknown, then stale, then news.
fn worse(one: u8, other: u8) -> u8 {
    if rank(other) > rank(one) { other } else { one }
}

fn rank(status: u8) -> Option<usize> {
    [0, 1, 4, 2, 5, 3].iter().position(|known| *known == status)
}

/// What a run applies to every vendor.
#[derive(Clone, Copy)]
struct Run<'a> {
    args: &'a Args,
    options: &'a HttpOptions,
    now: Timestamp,
}

/// A vendor to follow.
pub struct Vendor {
    pub name: String,
    /// The state file.
    pub state: PathBuf,
    pub criticality: Option<Criticality>,
    pub source: Source,
}

/// How important a vendor is to the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criticality {
    /// The customer's own words.
    pub text: String,
    /// Whether they are among those that the customer has highlighted.
    pub is_highlighted: bool,
}

impl Criticality {
    /// Adds the classification to the JSON of a vendor.
    pub fn add_to(&self, vendor: &mut Value) {
        vendor["criticality"] = json!(self.text);
        vendor["highlighted"] = json!(self.is_highlighted);
    }
}

/// Where the list of a vendor is found.
pub enum Source {
    /// A signed log.
    Log(Log),
    /// A page in a local clone.
    Page(Box<Page>),
}

/// A log to follow.
pub struct Log {
    /// The address of the folder of the list, or a folder.
    pub location: String,
    /// The file of the public root key.
    pub root: Option<PathBuf>,
    /// The name that the log must have, as the user wrote it.
    pub origin: Option<String>,
}

/// The findings at a vendor.
pub enum Looked {
    /// In its log.
    Log(Box<Followed>),
    /// On its page.
    Page(Box<Observed>),
}

/// Refuses the output directory of a publisher: each list in it has its own log.
fn refuse_folder_of_lists(folder: &Path) -> Result<(), Failure> {
    if !folder.is_dir() || folder.join("log").exists() {
        return Ok(());
    }
    let entries = fs::read_dir(folder).map_err(|error| Failure::file(folder, error))?;
    let lists = entries.flatten().map(|entry| entry.path()).filter(|path| path.join("log").is_dir());
    match lists.min() {
        None => Ok(()),
        Some(list) => Err(Failure::usage(
            format!("{} contains lists, and each has its own log", folder.display()),
            format!("follow one of them, such as {}; or name all in a file: --list FILE", list.display()),
        )),
    }
}

/// The log of the command line, or the vendors of a file.
fn vendors(args: &Args) -> Result<Vec<Vendor>, Failure> {
    if let Some(list) = &args.list {
        return vendors::read(list, &args.state);
    }
    let location = args.location.clone().unwrap_or_default();
    refuse_folder_of_lists(Path::new(&location))?;
    Ok(vec![Vendor {
        name: location.clone(),
        state: args.state.clone(),
        criticality: None,
        source: Source::Log(Log {
            location,
            root: args.root.clone(),
            origin: args.origin.as_ref().map(ToString::to_string),
        }),
    }])
}

impl Vendor {
    /// Looks for news, and remembers them.
    fn look(&self, run: Run<'_>) -> Result<Looked, Failure> {
        match &self.source {
            Source::Log(log) => self.follow(log, run).map(|followed| Looked::Log(Box::new(followed))),
            Source::Page(page) => match self.observe(page, run.now) {
                Ok(observed) => Ok(Looked::Page(Box::new(observed))),
                Err(error) => Err(Failure::Observe { vendor: self.name.clone(), error: Box::new(error) }),
            },
        }
    }

    fn observe(&self, page: &Page, now: Timestamp) -> Result<Observed, ObserveError> {
        let _lock = follow::lock(&self.state)?;
        let kept = observe::load(&self.state)?;
        let observed = observe::observe(page, kept.clone(), now)?;
        if kept.as_ref() != Some(&observed.seen) {
            observe::save(&self.state, &observed.seen)?;
        }
        Ok(observed)
    }

    fn follow(&self, log: &Log, run: Run<'_>) -> Result<Followed, Failure> {
        let remote = remote(&log.location, run.options)?;
        let _lock = follow::lock(&self.state).map_err(|error| self.failed(error))?;
        let kept = follow::load(&self.state).map_err(|error| self.failed(error))?;
        let known = kept.as_ref().map(|state| (state.validator.clone(), state.location.clone()));
        let (pin, remark) = self.pin(log, run, kept.as_ref(), &*remote)?;
        let mut followed = match follow::follow(&*remote, &pin, kept, &log.location) {
            Ok(followed) => followed,
            Err(error) => {
                if let FollowError::Discontinuity { state: Some(state), .. } = &error {
                    follow::save(&self.state, state).map_err(|error| self.failed(error))?;
                }
                return Err(self.failed(error));
            }
        };
        let is_as_before = followed.verified.is_none()
            && known.is_some_and(|known| known == (followed.state.validator.clone(), followed.state.location.clone()));
        if !is_as_before {
            follow::save(&self.state, &followed.state).map_err(|error| self.failed(error))?;
        }
        followed.remarks.splice(..0, remark);
        Ok(followed)
    }

    /// An error about this vendor.
    pub fn failed(&self, error: impl Into<FollowError>) -> Failure {
        Failure::Follow { log: self.name.clone(), error: Box::new(error.into()) }
    }

    /// The root key and name that count, of the command line or else of the last time; and a remark if the key was learned
    /// just now.
    fn pin(
        &self,
        log: &Log,
        run: Run<'_>,
        state: Option<&State>,
        remote: &dyn Remote,
    ) -> Result<(Pin, Option<String>), Failure> {
        let origin = log.origin.as_ref().map(|text| self.origin_of(text)).transpose()?;
        let root = log.root.as_deref().map(public_key).transpose()?;
        let (root, remark) = match (root, state) {
            (Some(root), _) => (root, None),
            (None, Some(state)) => (state.root.clone(), None),
            (None, None) => {
                let (root, remark) = self.first_root(run, origin.as_ref(), remote)?;
                (root, Some(remark))
            }
        };
        if state.is_none() && origin.is_none() && !run.args.trust_on_first_use {
            return Err(Failure::usage(
                format!("{}: the name of the log is not known", self.name),
                "pass it with --origin, such as example.com/subprocessors: otherwise, another list of the publisher could be \
                 served in its place",
            ));
        }
        Ok((Pin { root, origin }, remark))
    }

    fn origin_of(&self, text: &str) -> Result<Origin, Failure> {
        text.parse().map_err(|error: BadOrigin| {
            Failure::usage(format!("{}: {error}", self.name), "write it as example.com/subprocessors")
        })
    }

    /// The root key at first contact, with a remark on how it is known. Only the domain of the log and the user can decide
    /// whether to trust the key that the log names.
    fn first_root(
        &self,
        run: Run<'_>,
        origin: Option<&Origin>,
        remote: &dyn Remote,
    ) -> Result<(PublicKey, String), Failure> {
        let root = ledger::claimed_root(remote).map_err(|error| self.failed(error))?;
        let root = root.ok_or_else(|| self.failed(VerifyError::Incomplete("release 0 is not there".into())))?;
        let fingerprint = root.fingerprint();
        if run.args.trust_on_first_use {
            return Ok((root, format!("the root key {fingerprint} is trusted because the log names it")));
        }
        let untrusted =
            |asked: String| Failure::Untrusted { log: self.name.clone(), fingerprint: fingerprint.clone(), asked };
        let Some(origin) = origin else { return Err(untrusted(String::new())) };
        let domain = origin.domain();
        // A domain that cannot be asked, or does not know the log, leaves the decision to the user.
        match follow::published_root(origin, run.options) {
            Ok(Some(published)) if published == root => {
                let remark = format!("the root key {fingerprint} is pinned from now on: {domain} names it");
                Ok((root, remark))
            }
            Ok(Some(_)) => Err(self.failed(VerifyError::OtherRoot(fingerprint))),
            Ok(None) => Err(untrusted(format!(" ({domain} names none)"))),
            Err(error) => Err(untrusted(format!(" ({domain} cannot be asked: {error})"))),
        }
    }
}
