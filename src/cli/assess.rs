//! `assess`: a published log as one customer reads it.

use std::{cmp::Reverse, fs, path::PathBuf};

use changecast::{
    config::Profile,
    publish::{self, AssessedChange, Assessment, SUMMARY_COLUMNS, assessment_columns},
    render,
};
use changecast_core::{
    ledger::{Origin, Pin},
    model::{EntryId, Timestamp},
};
use chrono::NaiveDate;
use clap::ValueEnum;
use serde_json::{Value, json};

use super::{
    Exit, Failure, console,
    logs::{Log, ServerArgs, logs, public_key},
    time,
};

/// Show the changes of a published log that concern one customer
///
/// Verifies the log first. The profile is a YAML file of the customer: its regions, products and disabled features, and the
/// notice that its contract promises. A change is left out only if the list states that it concerns others, and what is
/// left out is counted.
///
/// Exit status 1: the notice of a change was shorter than the contract promises, or no date was stated.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The output directory, the folder of one list inside it, or the address of that folder
    #[arg(value_name = "DIR|URL")]
    location: String,
    /// The profile of the customer
    #[arg(long, value_name = "FILE")]
    profile: PathBuf,
    /// The publisher's public root key (a .pub file that `keygen` wrote)
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// The name that the log must have, such as example.com/subprocessors
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<Origin>,
    /// Only changes that were published on this day (UTC) or later, such as 2026-01-31
    #[arg(long, value_name = "DATE")]
    since: Option<NaiveDate>,
    /// Show the changes that are left out, too, and why
    #[arg(long)]
    all: bool,
    /// The format of the report
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(flatten)]
    server: ServerArgs,
    /// The time of the assessment [default: the system clock]
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Aligned lines for a terminal
    Table,
    /// CSV, with all columns
    Csv,
    /// JSON
    Json,
    /// Markdown
    #[value(alias = "md")]
    Markdown,
}

/// Runs the command.
///
/// # Errors
/// [`Failure`] if the profile is not valid, or a log does not verify.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let text = fs::read_to_string(&args.profile).map_err(|error| Failure::file(&args.profile, error))?;
    let profile = Profile::parse(&args.profile.display().to_string(), &text)?;
    let pin = Pin { root: public_key(&args.root)?, origin: args.origin.clone() };
    let now = args.now.unwrap_or_else(time::now);
    let mut assessed = Vec::new();
    for Log { name, remote } in logs(&args.location, &args.server)? {
        let assessment =
            publish::assess(&*remote, &pin, &profile, now).map_err(|error| Failure::verify_named(&name, error))?;
        assessment.verified.check_fresh(now).map_err(|error| Failure::verify_named(&name, error))?;
        assessed.push(Selected::of(assessment, args));
    }
    let text = match args.format {
        Format::Table => assessed.iter().map(table).collect(),
        Format::Csv => {
            let rows = assessed.iter().flat_map(|log| &log.shown).map(AssessedChange::cells).collect::<Vec<_>>();
            render::csv_table(&assessment_columns(), &rows)?
        }
        Format::Json => serde_json::to_string_pretty(&json(&assessed, &profile, now))? + "\n",
        Format::Markdown => markdown(&assessed, &profile, now),
    };
    console::data(text.as_bytes())?;
    for log in &assessed {
        log.narrate(args.all);
    }
    for sentence in unmatched(&assessed) {
        console::warning(&format!("{}: {sentence}; check the spelling", args.profile.display()));
    }
    // Changes that `--all` shows besides do not concern the customer, whatever their notice.
    let concerning = assessed.iter().flat_map(|log| &log.shown).filter(|change| change.left_out.is_none());
    let has_findings = concerning.into_iter().any(AssessedChange::is_finding);
    Ok(if has_findings { Exit::Findings } else { Exit::Clean })
}

/// The part of a log that the options select, newest first.
struct Selected {
    assessment: Assessment,
    shown: Vec<AssessedChange>,
    left_out: Vec<AssessedChange>,
}

impl Selected {
    fn of(mut assessment: Assessment, args: &Args) -> Self {
        let mut changes = std::mem::take(&mut assessment.changes);
        changes.retain(|change| args.since.is_none_or(|since| change.published.date() >= since));
        changes.sort_by_key(|change| Reverse(change.release));
        let left_out = changes.iter().filter(|change| change.left_out.is_some()).cloned().collect();
        changes.retain(|change| args.all || change.left_out.is_none());
        Selected { assessment, shown: changes, left_out }
    }

    /// The subject of the report and its limits.
    fn sentences(&self) -> Vec<String> {
        let Assessment { verified, entries, unknown, .. } = &self.assessment;
        let total = verified.list.known().map_or(0, |list| list.entries().count());
        let mut sentences = vec![format!("{} of {} concern you.", entries.len(), render::count_entries(total))];
        let mut reasons: Vec<(&str, usize)> = Vec::new();
        for reason in self.left_out.iter().filter_map(|change| change.left_out) {
            match reasons.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, count)) => *count += 1,
                None => reasons.push((reason, 1)),
            }
        }
        let reasons: Vec<String> = reasons.into_iter().map(|(reason, count)| format!("{reason} ({count})")).collect();
        if !reasons.is_empty() {
            sentences.push(format!("Changes that do not concern you: {}.", reasons.join(", ")));
        }
        if !unknown.is_empty() {
            let releases: Vec<String> = unknown.iter().map(u64::to_string).collect();
            sentences.push(format!("The content of these releases is not known: {}.", releases.join(", ")));
        }
        sentences
    }

    fn narrate(&self, all: bool) {
        let origin = &self.assessment.verified.origin;
        for sentence in self.sentences() {
            console::note(&format!("{origin}: {sentence}"));
        }
        if !all && !self.left_out.is_empty() {
            console::note(&format!("{origin}: --all shows them."));
        }
    }
}

/// The values of the profile that no entry of any log ever had, as sentences.
fn unmatched(logs: &[Selected]) -> Vec<String> {
    let Some((first, others)) = logs.split_first() else { return Vec::new() };
    let nowhere = first.assessment.unmatched.iter();
    let nowhere = nowhere.filter(|value| others.iter().all(|log| log.assessment.unmatched.contains(value)));
    nowhere.map(|(key, value)| format!("{key}: no entry ever had {value:?}")).collect()
}

fn table(log: &Selected) -> String {
    if log.shown.is_empty() {
        return format!("{}\nno change concerns you\n", log.assessment.verified.origin);
    }
    let rows = log.shown.iter().map(|change| change.summary().iter().map(|cell| console::visible(cell)).collect());
    let rows: Vec<Vec<String>> = rows.collect();
    format!("{}\n{}", log.assessment.verified.origin, render::terminal_table(&SUMMARY_COLUMNS, &rows))
}

fn markdown(logs: &[Selected], profile: &Profile, now: Timestamp) -> String {
    let customer = profile.customer.as_deref().unwrap_or("one customer");
    let mut text = format!("# Changes that concern {}\n\nAs of {now}.\n", render::markdown_text(customer));
    for log in logs {
        let rows: Vec<Vec<String>> = log.shown.iter().map(AssessedChange::summary).collect();
        let origin = render::markdown_text(log.assessment.verified.origin.as_str());
        text.push_str(&format!("\n## {origin}\n\n"));
        if !rows.is_empty() {
            text.push_str(&format!("{}\n", render::markdown_table(&SUMMARY_COLUMNS, &rows)));
        }
        text.extend(log.sentences().iter().map(|sentence| format!("- {}\n", render::markdown_text(sentence))));
    }
    let unmatched = unmatched(logs);
    if !unmatched.is_empty() {
        text.push_str("\nCheck the spelling in the profile:\n\n");
        text.extend(unmatched.iter().map(|sentence| format!("- {}\n", render::markdown_text(sentence))));
    }
    text
}

fn json(logs: &[Selected], profile: &Profile, now: Timestamp) -> Value {
    let logs = logs.iter().map(|log| {
        let Assessment { verified, entries, unmatched, unknown, .. } = &log.assessment;
        let shown = log.shown.iter().filter(|change| change.left_out.is_none());
        json!({
            "origin": verified.origin.to_string(),
            "entries": entries.iter().map(EntryId::as_str).collect::<Vec<_>>(),
            "changes": shown.collect::<Vec<_>>(),
            "left_out": log.left_out,
            "unmatched": unmatched.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect::<Vec<_>>(),
            "unknown": unknown,
        })
    });
    json!({ "customer": profile.customer, "as_of": now.to_string(), "logs": logs.collect::<Vec<_>>() })
}
