//! The commands, one file each. Only this module prints, prompts and reads the environment.

mod agent;
mod assess;
mod audit;
mod audit_notice;
mod audit_repo;
mod bundle;
mod check;
mod console;
mod context;
mod correct;
mod demo;
mod diff;
mod failure;
mod follow;
mod follow_news;
mod follow_output;
mod follow_report;
mod head;
mod init;
mod input;
mod keygen;
mod keyring;
mod keys;
mod log;
mod logs;
mod manual;
mod notice;
mod notice_document;
mod publish;
mod redact;
mod relocate;
mod root_statement;
mod schema;
mod show;
mod time;
mod vendors;
mod verify;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::{Exit, Failure};

/// Change log, feeds and a signed log for a sub-processor list in git
///
/// changecast reads the git history of a list (typically of sub-processors), computes semantic changes,
/// and publishes them as a change log, feeds and a signed log that customers can follow and verify.
#[derive(Debug, Parser)]
#[command(name = "changecast", version, propagate_version = true, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit status:
  0  success
  1  completed with a finding (check found an error, publish --check would change a file,
     diff --exit-code found changes, the newest version cannot be read)
  2  could not complete (usage, configuration, input, a missing log)
  3  the published log is not authentic or not consistent (a bad signature, a gap, a fork, rewritten
     git history)
  4  the log is authentic, but its newest head has expired
  5  a decision about trust is needed (the log has another root key than the pinned one)";

#[derive(Debug, Subcommand)]
enum Command {
    /// Create an example repository, publish it with signatures, and verify the result
    Demo(demo::Args),
    /// Write a configuration for an existing list, or a new one to start from
    Init(init::Args),
    /// Append new changes to the signed log and update the pages and feeds
    Publish(publish::Args),
    /// Sign a new head for each log, without a new release
    Head(head::Args),
    /// Publish a correction of a release
    Correct(correct::Args),
    /// Remove the content of releases, where the law requires it
    Redact(redact::Args),
    /// End the log of a list that continues under another name
    Move(relocate::Args),
    /// Check a change before it is merged, and show what customers would read
    Check(check::Args),
    /// Write the message that notifies customers of a release, and state when it was sent
    Notice(notice::Args),
    /// Show the change log of the whole history
    Log(log::Args),
    /// Show what changed between two revisions or files
    Diff(diff::Args),
    /// Show the list at a date or revision
    Show(show::Args),
    /// Create two root keys and a release key
    Keygen(keygen::Args),
    /// List the keys of a log, replace them, or revoke a stolen one
    Keys(keyring::Args),
    /// Verify a published log against the pinned root key
    Verify(verify::Args),
    /// Show what is new in a published log, and check that it continues what was seen before
    Follow(follow::Args),
    /// Show the changes of a published log that concern one customer
    Assess(assess::Args),
    /// Compare a published log with git or with its promises, or pack it for others to check
    Audit(audit::Args),
    /// Print the JSON Schema of a file that the program reads or writes
    Schema(schema::Args),
    /// Print a completion script for a shell
    Completions(manual::Completions),
    /// Write the manual pages
    Man(manual::Man),
}

/// Parses the command line, runs the command, and returns the exit status.
pub fn main() -> ExitCode {
    changecast::history::configure_process();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap prints help to stdout and errors to stderr.
            let code = if error.use_stderr() { 2 } else { 0 };
            return match error.print() {
                Ok(()) => ExitCode::from(code),
                Err(_) => ExitCode::from(2),
            };
        }
    };
    let outcome = match cli.command {
        Command::Demo(args) => demo::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Publish(args) => publish::run(&args),
        Command::Head(args) => head::run(&args),
        Command::Correct(args) => correct::run(&args),
        Command::Redact(args) => redact::run(&args),
        Command::Move(args) => relocate::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Notice(args) => notice::run(&args),
        Command::Log(args) => log::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Keygen(args) => keygen::run(&args),
        Command::Keys(args) => keyring::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Follow(args) => follow::run(&args),
        Command::Assess(args) => assess::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(),
    }
}
