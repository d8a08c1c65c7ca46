//! `head`: signs that a log has not grown, on a schedule.

use std::path::PathBuf;

use changecast::{
    output::{Found, Output},
    publish::{self, PublishError},
};
use changecast_core::model::{ListId, Timestamp};

use super::{Exit, Failure, console, context::RepoArgs, keys, publish::output_dir, time};

/// Sign a new head for each log, without a new release
///
/// A head states how far a log had grown at a time. `publish` signs one with new releases. If the configuration contains
/// `head: {fresh_for: 30d}`, heads expire: run this command more often than that, so that customers can tell a log without
/// news from a copy that a server no longer updates. It writes the head and index.json, and no other file.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    repo: RepoArgs,
    /// The output directory [default: `output` in the configuration]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The release key: a private key file, or a public key file to sign with ssh-agent [env: CHANGECAST_KEY, the key itself]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Only the log of this list
    #[arg(long, value_name = "ID")]
    list: Option<ListId>,
    /// The time of the head [default: the system clock]
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

/// Runs the command and returns its exit status.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let history = args.repo.history()?;
    let config = args.repo.config(&history)?;
    let dir = output_dir(args.output.as_deref(), &config, &history);
    keys::check_untracked(&history, args.key.as_deref())?;
    let Some(key) = keys::release(args.key.as_deref())? else {
        return Err(Failure::usage(
            "no key to sign with",
            "pass the release key with --key FILE (or set CHANGECAST_KEY)",
        ));
    };
    let lists: Vec<_> = config.lists.iter().filter(|list| args.list.as_ref().is_none_or(|id| list.id == *id)).collect();
    if lists.is_empty() {
        return Err(Failure::usage("the configuration has no such list", "choose one of its ids with --list"));
    }
    // Opening the output creates its folder.
    if !dir.is_dir() {
        return Err(PublishError::NoHead(lists[0].id.clone()).into());
    }
    let now = args.now.unwrap_or_else(time::now);
    // Lock the output before reading the logs, so that each head still fits when it is written.
    let output = Output::open(&dir)?;
    let found = Found::at(&dir);
    let mut heads = Vec::with_capacity(lists.len());
    for list in lists {
        heads.push((list, publish::next_head(&config, list, &found, now, &key)?));
    }
    for (list, planned) in heads {
        output.write(&planned.files)?;
        let head = &planned.head;
        let expires = head.expires.map_or_else(String::new, |time| format!(", expires at {time}"));
        console::note(&format!("{}: head {} covers release {}{expires}", list.id, head.number, head.covers.seq));
    }
    Ok(Exit::Clean)
}
