//! `move`: ends a log, because the list is renamed or belongs to somebody else from now on.

use std::path::PathBuf;

use changecast::publish::RootStatement;
use changecast_core::ledger::{Origin, Successor};

use super::{
    Exit, Failure, console,
    logs::public_key,
    root_statement::{Target, sign},
};

/// End the log of a list that continues under another name
///
/// A root key signs the last release of the log. It names the log that continues the list, and its root keys, so that
/// followers of this log continue with that one. No release can follow it.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    target: Target,
    /// The name of the log that continues the list, such as example.org/subprocessors
    #[arg(long, value_name = "ORIGIN")]
    to: Origin,
    /// A public root key of that log; repeatable
    #[arg(long, value_name = "FILE", required = true)]
    to_root: Vec<PathBuf>,
}

/// Runs the command and returns its exit status.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    if args.target.list.is_none() {
        return Err(Failure::usage("only one log can be moved at a time", "choose it with --list ID"));
    }
    let signers = args.target.signers()?;
    let mut root = Vec::new();
    for path in &args.to_root {
        root.push(public_key(path)?.to_string());
    }
    sign(&args.target, &signers, &RootStatement::Move(Successor { origin: args.to.clone(), root }))?;
    console::note(&format!("the log has ended; {} continues the list", args.to));
    Ok(Exit::Clean)
}
