//! `follow`: shows what is new in published logs, and checks that each continues what was seen before.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use changecast::{
    config,
    follow::{self, FollowError, Followed, Http, HttpOptions, PlainHttp, Remote, State},
    output::Folder,
};
use changecast_core::{
    ledger::{Origin, Pin, VerifyError},
    model::Timestamp,
    sign::PublicKey,
};
use clap::ValueEnum;
use serde::Deserialize;

use super::{Exit, Failure, console, follow_report as report, time, verify::public_key};

/// Show what is new in a published log, and check that it continues what was seen before
///
/// Verifies everything that is new, and remembers it in a state file. The file contains a copy of all signed files: it is
/// evidence. The first run needs the root key and the name of the log; get both from the publisher, through another channel.
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
    /// The file that remembers what was seen; with --list, the folder of these files
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// Follow all logs that this YAML file lists
    #[arg(long, value_name = "FILE", conflicts_with_all = ["location", "root", "origin"])]
    list: Option<PathBuf>,
    /// Trust the root key and the name that the log states at first contact
    #[arg(long)]
    trust_on_first_use: bool,
    /// How to print what is new
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Exit with status 1 if customers can object to something new
    #[arg(long)]
    exit_code: bool,
    /// Trust the certificates in this PEM file in place of those of the system
    #[arg(long, value_name = "FILE")]
    ca_certificate: Option<PathBuf>,
    /// Accept HTTP without encryption from other computers
    #[arg(long)]
    insecure_http: bool,
    /// The seconds that one request may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
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
    let options = http_options(args)?;
    let logs = logs(args)?;
    let now = args.now.unwrap_or_else(time::now);
    let mut reports = Vec::with_capacity(logs.len());
    for log in logs {
        let followed = log.follow(args, &options);
        reports.push(report::Report::of(&log.name, &log.location, log.highlight, followed));
    }
    report::print(&reports, args.format)?;
    let mut status = 0;
    for report in &reports {
        status = worse(status, report.status(args.exit_code, now));
    }
    Ok(match status {
        0 => Exit::Clean,
        1 => Exit::Findings,
        status => Exit::Status(status),
    })
}

/// The more important of two exit statuses: forged, then a question of trust, then unknown, then stale, then news.
fn worse(one: u8, other: u8) -> u8 {
    let rank = |status| [0, 1, 4, 2, 5, 3].iter().position(|known| *known == status);
    if rank(other) > rank(one) { other } else { one }
}

fn http_options(args: &Args) -> Result<HttpOptions, Failure> {
    let read = |path: &PathBuf| fs::read(path).map_err(|error| Failure::file(path, error));
    Ok(HttpOptions {
        timeout: Duration::from_secs(args.timeout.max(1)),
        certificates: args.ca_certificate.as_ref().map(read).transpose()?,
        plain: if args.insecure_http { PlainHttp::Everywhere } else { PlainHttp::Loopback },
    })
}

/// The file that lists the logs to follow.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vendors {
    vendors: Vec<Vendor>,
}

/// A vendor with a published log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vendor {
    /// The name of the vendor, which also names the file of its state.
    name: String,
    /// The address of the folder of the list, or a folder relative to the file.
    url: String,
    /// The file of the public root key, relative to the file.
    root: Option<PathBuf>,
    /// The name of the log.
    origin: Option<Origin>,
    /// How important the vendor is to the customer, in the customer's own words.
    criticality: Option<String>,
}

/// A log to follow.
struct Log {
    name: String,
    location: String,
    root: Option<PublicKey>,
    origin: Option<Origin>,
    state: PathBuf,
    highlight: Option<String>,
}

/// The log of the command line, or those of a file.
fn logs(args: &Args) -> Result<Vec<Log>, Failure> {
    let Some(list) = &args.list else {
        let location = args.location.clone().unwrap_or_default();
        let root = args.root.as_deref().map(public_key).transpose()?;
        let state = args.state.clone();
        return Ok(vec![Log {
            name: location.clone(),
            location,
            root,
            origin: args.origin.clone(),
            state,
            highlight: None,
        }]);
    };
    let text = fs::read_to_string(list).map_err(|error| Failure::file(list, error))?;
    let folder = list.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(&args.state).map_err(|error| Failure::file(&args.state, error))?;
    let vendors: Vendors = config::from_yaml(&list.display().to_string(), &text)?;
    vendors.vendors.into_iter().map(|vendor| log_of(vendor, folder, &args.state)).collect()
}

/// A vendor of the file. Its paths are relative to the folder of the file.
fn log_of(vendor: Vendor, folder: &Path, states: &Path) -> Result<Log, Failure> {
    let root = vendor.root.as_ref().map(|path| public_key(&folder.join(path))).transpose()?;
    let is_address = vendor.url.contains("://");
    let location = if is_address { vendor.url } else { folder.join(&vendor.url).display().to_string() };
    let file: String = vendor.name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    Ok(Log {
        state: states.join(format!("{file}.json")),
        name: vendor.name,
        location,
        root,
        origin: vendor.origin,
        highlight: vendor.criticality,
    })
}

impl Log {
    fn follow(&self, args: &Args, options: &HttpOptions) -> Result<Followed, Failure> {
        let failed = |error: FollowError| Failure::Follow { log: self.name.clone(), error: Box::new(error) };
        let remote: Box<dyn Remote> = if self.location.contains("://") {
            let http = Http::new(&self.location, options);
            Box::new(http.map_err(|error| Failure::usage(error.to_string(), address_help(&error)))?)
        } else {
            Box::new(Folder::at(Path::new(&self.location)))
        };
        let state = follow::load(&self.state).map_err(|error| failed(error.into()))?;
        let pin = self.pin(args, state.as_ref(), &*remote)?;
        match follow::follow(&*remote, &pin, state, &self.location) {
            Ok(followed) => {
                follow::save(&self.state, &followed.state).map_err(|error| failed(error.into()))?;
                Ok(followed)
            }
            Err(FollowError::Discontinuity { error, state }) => {
                if let Some(state) = &state {
                    follow::save(&self.state, state).map_err(|error| failed(error.into()))?;
                }
                Err(failed(FollowError::Discontinuity { error, state }))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// The root key and name that count: of the command line, or else of the last time.
    fn pin(&self, args: &Args, state: Option<&State>, remote: &dyn Remote) -> Result<Pin, Failure> {
        if let (None, Some(state)) = (&self.root, state) {
            return Ok(Pin { root: state.root.clone(), origin: self.origin.clone() });
        }
        let root = match &self.root {
            Some(root) => root.clone(),
            None => self.first_root(args, remote)?,
        };
        if state.is_none() && self.origin.is_none() && !args.trust_on_first_use {
            return Err(Failure::usage(
                format!("{}: the name of the log is not known", self.name),
                "pass it with --origin, such as example.com/subprocessors: otherwise, another list of the publisher could be \
                 served in its place",
            ));
        }
        Ok(Pin { root, origin: self.origin.clone() })
    }

    /// The root key that the log names at first contact. Only the user can decide whether to trust it.
    fn first_root(&self, args: &Args, remote: &dyn Remote) -> Result<PublicKey, Failure> {
        let failed = |error: VerifyError| Failure::Follow { log: self.name.clone(), error: Box::new(error.into()) };
        let root = follow::claimed_root(remote).map_err(failed)?;
        if args.trust_on_first_use {
            console::warning(&format!("{}: trusting the root key {} at first contact", self.name, root.fingerprint()));
            return Ok(root);
        }
        Err(Failure::Untrusted { log: self.name.clone(), fingerprint: root.fingerprint() })
    }
}

fn address_help(error: &follow::HttpError) -> &'static str {
    match error {
        follow::HttpError::Address(_) => "pass the address of the folder that contains index.json, without index.json",
        follow::HttpError::Plain(_) => {
            "use https://, or pass --insecure-http: then others on the way can see what you fetch"
        }
        follow::HttpError::Certificates(_) => "pass a PEM file with --ca-certificate, or set SSL_CERT_FILE",
    }
}
