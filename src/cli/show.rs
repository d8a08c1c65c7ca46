//! `show`: the list at a date or revision.

use std::collections::BTreeMap;

use changecast::{
    history::{Version, Walk},
    publish::{self, ListSource},
    render,
};
use changecast_core::model::{Inventory, Timestamp};
use chrono::NaiveDate;
use clap::ValueEnum;

use super::{
    Exit, Failure, console,
    context::{ListArgs, RepoArgs},
};

/// Show the list at a date or revision
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    repo: RepoArgs,
    #[command(flatten)]
    list: ListArgs,
    /// The day (2026-01-31) or revision [default: the newest version]
    #[arg(long, value_name = "DATE|REV")]
    at: Option<String>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Lines for a terminal
    Table,
    /// Markdown tables
    Md,
    /// JSON: the list's own fields, and its entries
    Json,
    /// A native inventory
    Yaml,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let history = args.repo.history()?;
    let list = args.list.list(&args.repo, &history)?;
    let source = ListSource::from(&list);
    let date: Option<NaiveDate> = args.at.as_deref().and_then(|at| at.parse().ok());
    let tip = args.at.clone().filter(|_| date.is_none()).or_else(|| args.repo.branch.clone());
    let versions = history.versions(&Walk { tip, ..Walk::default() }, &source.paths)?.versions;
    let in_time = |version: &&Version| date.is_none_or(|date| Timestamp::of_commit(version.time).date() <= date);
    let none = || Failure::usage("there was no list then", "`changecast log` shows when it was first published");
    let version = versions.iter().rev().find(in_time).ok_or_else(none)?;
    let content = history
        .content(version)?
        .ok_or_else(|| Failure::usage("the list was withdrawn then", "`changecast log` shows when"))?;
    let place = format!("commit {} {}", version.commit.short(), version.path);
    let reading = publish::read_list(&version.path, &content, &BTreeMap::new(), &source.options);
    let inventory = reading.map_err(|error| Failure::read(&place, error))?.inventory;
    console::note(&format!("{place}, {}", Timestamp::of_commit(version.time)));
    console::data(shown(args.format, &inventory)?.as_bytes())?;
    Ok(Exit::Clean)
}

fn shown(format: Format, inventory: &Inventory) -> Result<String, Failure> {
    Ok(match format {
        Format::Table => render::terminal_list(inventory, console::style()),
        Format::Md => render::markdown_list(inventory),
        Format::Json => serde_json::to_string_pretty(&render::native(inventory))? + "\n",
        Format::Yaml => changecast::config::yaml(&render::native(inventory))?,
    })
}
