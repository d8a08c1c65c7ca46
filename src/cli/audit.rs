//! `audit`: compares a published log with git or with its promises, or packs it for somebody who does.

use std::path::PathBuf;

use changecast_core::{
    ledger::{Origin, Pin},
    model::Timestamp,
};
use clap::ValueEnum;

use super::{
    Exit, Failure, audit_notice, audit_repo, bundle,
    context::RepoArgs,
    logs::{ServerArgs, public_key},
};

/// Compare a published log with git or with its promises, or pack it for others to check
///
/// Verifies the log first. --repo computes every release again from a clone of the repository; this needs no key. --notice
/// compares the notice that was promised with the notice that was given. --bundle writes a file with everything that somebody
/// without this program needs.
///
/// Exit status 3: git contradicts the log. 1: pages or feeds differ from the log, or notice was missed.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["repo", "notice", "bundle"]))]
pub struct Args {
    /// The output directory, the folder of one list inside it, or the address of that folder
    #[arg(value_name = "DIR|URL")]
    pub location: String,
    /// The publisher's public root key (a .pub file that `keygen` wrote)
    #[arg(long, value_name = "FILE")]
    pub root: PathBuf,
    #[command(flatten)]
    pub repository: RepoArgs,
    /// Report on notice
    #[arg(long, conflicts_with_all = ["repo", "bundle"])]
    pub notice: bool,
    /// Write log, keys and instructions to this file, a .tar.gz; with --repo, also the versions of the inventory
    #[arg(long, value_name = "FILE")]
    pub bundle: Option<PathBuf>,
    /// The name that the log must have, such as example.com/subprocessors
    #[arg(long, value_name = "ORIGIN")]
    pub origin: Option<Origin>,
    /// The time for deciding whether results are final [default: the system clock]
    #[arg(long, value_name = "TIME")]
    pub now: Option<Timestamp>,
    /// The format of the report
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    #[command(flatten)]
    pub server: ServerArgs,
}

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Aligned lines for a terminal
    Table,
    /// CSV, with --notice: one row for each promised lead
    Csv,
    /// JSON
    Json,
    /// A page, with --notice
    Html,
    /// Markdown, with --repo
    Markdown,
}

/// Runs the command and returns its exit status.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    if args.notice {
        return audit_notice::run(args);
    }
    match &args.bundle {
        Some(file) => bundle::write(args, file).map(|()| Exit::Clean),
        None => audit_repo::run(args),
    }
}

impl Args {
    /// The pinned key and name.
    ///
    /// # Errors
    /// [`Failure`] if the key cannot be read.
    pub fn pin(&self) -> Result<Pin, Failure> {
        Ok(Pin { root: public_key(&self.root)?, origin: self.origin.clone() })
    }
}
