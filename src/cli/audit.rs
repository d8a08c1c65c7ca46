//! `audit --notice`: promised notice and given notice, from a verified log.

use std::path::PathBuf;

use changecast::{
    output::Folder,
    publish::{self, ENGAGEMENT_COLUMNS, Engagement},
    render,
};
use changecast_core::{
    ledger::{Origin, Pin},
    model::Timestamp,
};
use clap::ValueEnum;

use super::{
    Exit, Failure, console, time,
    verify::{list_folders, public_key},
};

/// Compare the notice that was promised with the notice that was given
///
/// Verifies the logs first, and then lists every change that notice was promised for, or that customers could object to:
/// promised and given length, emergencies, late disclosures and gaps. Results count from the heads, and from
/// notifications that heads state. The exit status is 1 if a promise was missed, a change was published late, or something is
/// not stated.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The output directory, or the folder of one list inside it
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The publisher's public root key (a .pub file that `keygen` wrote)
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// Report on notice
    #[arg(long, required = true)]
    notice: bool,
    /// The name that the log must have, such as example.com/subprocessors
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<Origin>,
    /// The time as of which results are final or provisional [default: the system clock]
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
    /// The format of the report
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// The format of the report.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Aligned lines for a terminal
    Table,
    /// CSV, one row for each promised lead
    Csv,
    /// JSON, one object for each promised lead
    Json,
    /// A page
    Html,
}

/// Runs the command and returns its exit status.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let root = public_key(&args.root)?;
    let now = args.now.unwrap_or_else(time::now);
    let mut found: Vec<Engagement> = Vec::new();
    for folder in list_folders(&args.dir)? {
        let pin = Pin { root: root.clone(), origin: args.origin.clone() };
        let (verified, engagements) = publish::engagements(&Folder::at(&folder), &pin, now)
            .map_err(|error| Failure::Verify { list: folder.display().to_string(), error: Box::new(error) })?;
        let releases = verified.releases.iter().filter_map(|release| release.publication);
        let backfilled = releases.filter(|publication| publication.backfilled).count();
        console::note(&format!(
            "{}: {backfilled} of {} releases are history from before the log began, which begins no notice",
            verified.origin,
            verified.releases.len()
        ));
        found.extend(engagements);
    }
    let rows: Vec<Vec<String>> = found.iter().map(Engagement::cells).collect();
    let text = match args.format {
        Format::Table => render::terminal_table(&ENGAGEMENT_COLUMNS, &rows),
        Format::Csv => render::csv_table(&ENGAGEMENT_COLUMNS, &rows)?,
        Format::Json => serde_json::to_string_pretty(&found)? + "\n",
        Format::Html => {
            let lead =
                format!("As of {now}. Lengths count from the publication, and from notifications that are stated.");
            render::html_table("Notice: promise and performance", &lead, &ENGAGEMENT_COLUMNS, &rows)
        }
    };
    console::data(text.as_bytes())?;
    Ok(if found.iter().any(Engagement::is_finding) { Exit::Findings } else { Exit::Clean })
}
