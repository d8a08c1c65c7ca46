//! The commands, one file each. The only place that prints, asks and looks at the environment.

mod console;
mod context;
mod demo;
mod diff;
mod failure;
mod init;
mod input;
mod keygen;
mod keys;
mod log;
mod manual;
mod publish;
mod schema;
mod show;
mod verify;
mod watch;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::{Exit, Failure};

/// Reads the git history of a list (typically of sub-processors), computes what changed, and
/// publishes a change log, feeds and a signed log that customers follow.
#[derive(Debug, Parser)]
#[command(name = "changecast", version, propagate_version = true, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit status:
  0  done, nothing to complain of
  1  done, and the answer is no (out of date, a bad signature, an unreadable version)
  2  not done: usage, configuration, input, input or output
  3  the published history is inconsistent (a gap, a fork, rewritten git)
  5  a decision about trust is needed (another root key than the pinned one)";

#[derive(Debug, Subcommand)]
enum Command {
    /// Build a small repository with a history, publish it signed, verify it
    Demo(demo::Args),
    /// Write a starting configuration and inventory
    Init(init::Args),
    /// Append what changed to the log and render everything
    Publish(publish::Args),
    /// Show the change log of the whole history
    Log(log::Args),
    /// Show what changed between two revisions or files
    Diff(diff::Args),
    /// Show the list as it stood
    Show(show::Args),
    /// Make a root key and a release key
    Keygen(keygen::Args),
    /// Verify a published log against the pinned root key
    Verify(verify::Args),
    /// Print the JSON Schema of the configuration, the inventory or a release
    Schema(schema::Args),
    /// Print a completion script for a shell
    Completions(manual::Completions),
    /// Write the manual pages
    Man(manual::Man),
}

/// Parses the command line, runs the command, and gives the exit code.
pub fn main() -> ExitCode {
    changecast::history::configure_process();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap prints help to stdout and mistakes to stderr.
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
        Command::Log(args) => log::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Show(args) => show::run(&args),
        Command::Keygen(args) => keygen::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => failure.report(),
    }
}
