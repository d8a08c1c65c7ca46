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
    /// A date (2026-01-31) or a revision [default: the newest version]
    #[arg(long, value_name = "DATE|REV")]
    at: Option<String>,
    /// The format of the output
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Lines for a terminal
    Table,
    /// Tables in Markdown format
    Md,
    /// A native inventory in JSON
    Json,
    /// A native inventory in YAML
    Yaml,
    /// JSON-LD with terms of schema.org and of the Data Privacy Vocabulary
    Jsonld,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] if the command cannot complete.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let history = args.repo.history()?;
    let list = args.list.list(&args.repo, &history)?;
    let source = ListSource::from(&list);
    let date: Option<NaiveDate> = args.at.as_deref().and_then(|at| at.parse().ok());
    let tip = args.at.clone().filter(|_| date.is_none()).or_else(|| args.repo.branch.clone());
    let versions = history.versions(&Walk { tip, ..Walk::default() }, &source.paths)?.versions;
    let version = versions.iter().rev().find(|version| is_until(version, date)).ok_or_else(|| {
        Failure::usage("the list did not exist yet", "`changecast log` shows when it was first published")
    })?;
    let content = history
        .content(version)?
        .ok_or_else(|| Failure::usage("the list was withdrawn at that time", "`changecast log` shows when"))?;
    let place = format!("commit {} {}", version.commit.short(), version.path);
    let reading = publish::read_list(&version.path, &content, &BTreeMap::new(), &source.options);
    let mut inventory = reading.map_err(|error| Failure::read(&place, error))?.inventory;
    if let Some(file) = publish::holiday_file(&inventory, &version.path) {
        let bytes = history.file_at(&version.commit, &file)?;
        publish::put_holidays(&mut inventory, &file, bytes).map_err(|error| Failure::read(&place, error))?;
    }
    console::note(&format!("{place}, {}", Timestamp::from_unix_clamped(version.time)));
    console::data(render_list(args.format, &inventory)?.as_bytes())?;
    Ok(Exit::Clean)
}

/// Whether a version was committed on the date (UTC) or before; true without a date.
fn is_until(version: &Version, date: Option<NaiveDate>) -> bool {
    date.is_none_or(|date| Timestamp::from_unix_clamped(version.time).date() <= date)
}

fn render_list(format: Format, inventory: &Inventory) -> Result<String, Failure> {
    Ok(match format {
        Format::Table => render::terminal_list(inventory, console::style()),
        Format::Md => render::markdown_list(inventory),
        Format::Json => serde_json::to_string_pretty(&render::native(inventory))? + "\n",
        Format::Jsonld => serde_json::to_string_pretty(&render::json_ld(inventory))? + "\n",
        Format::Yaml => changecast::config::yaml(&render::native(inventory))?,
    })
}
