//! `audit --notice`: promised notice and given notice, from a verified log.

use std::path::Path;

use changecast::{
    output::Folder,
    publish::{self, ENGAGEMENT_COLUMNS, Engagement},
    render,
};

use super::{
    Exit, Failure,
    audit::{Args, Format},
    console,
    logs::{is_address, list_folders},
    time,
};

/// Verifies the logs first, and then lists every change that notice was promised for, or that customers could object to:
/// promised and given length, emergencies, late disclosures and gaps. Results count from the heads, and from notifications that
/// heads state. The exit status is 1 if a promise was missed, a change was published late, or something is not stated.
///
/// # Errors
/// [`Failure`] if a log does not verify.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    if is_address(&args.location) || args.format == Format::Markdown {
        return Err(Failure::usage(
            "--notice reads folders, and writes a table, CSV, JSON or HTML",
            "pass the output directory, and one of these formats",
        ));
    }
    let pin = args.pin()?;
    let now = args.now.unwrap_or_else(time::now);
    let mut found: Vec<Engagement> = Vec::new();
    for folder in list_folders(Path::new(&args.location))? {
        let (verified, engagements) =
            publish::engagements(&Folder::at(&folder), &pin, now).map_err(|error| Failure::verify(&folder, error))?;
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
        Format::Table | Format::Markdown => render::terminal_table(&ENGAGEMENT_COLUMNS, &rows),
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
