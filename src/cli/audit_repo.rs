//! `audit --repo`: compares published logs with git, and the pages of a folder with its logs.

use std::path::Path;

use changecast::{
    output::{self, Found},
    publish::{self, After, Audit, Audited, ListsBefore, PublishError, Request},
    render,
};
use changecast_core::{
    ledger::{self, Bodies, Verified},
    model::CommitId,
};
use serde_json::{Value, json};

use super::{
    Exit, Failure,
    audit::{Args, Format},
    console,
    logs::{self, Log, list_folders},
    time,
};

/// The findings about one log.
struct Report {
    verified: Verified,
    audit: Audit,
}

/// The pages and feeds of a folder.
enum Pages {
    /// All match the logs.
    Same,
    /// These do not match the logs.
    Differ(Vec<String>),
    /// They were not compared, for this reason.
    NotCompared(String),
}

/// Compares the logs of a folder, or the log at an address, with git.
///
/// # Errors
/// [`Failure`] if a log does not verify, or the repository cannot be read.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    if matches!(args.format, Format::Csv | Format::Html) {
        return Err(Failure::usage("this report has no such format", "pass --format table, json or markdown"));
    }
    let history = args.repository.history()?;
    let pin = args.pin()?;
    let mut reports = Vec::new();
    for Log { name, remote } in logs::logs(&args.location, &args.server)? {
        let mut lists = ListsBefore::default();
        let verified = ledger::verify_watched(&*remote, &pin, Bodies::Kept, &mut lists)
            .map_err(|error| Failure::verify_named(&name, error))?;
        let audit = publish::recompute(&verified, &lists, &history, args.repository.branch.as_deref())?;
        reports.push(Report { verified, audit });
    }
    let pages = pages(args)?;
    let text = match args.format {
        Format::Json => serde_json::to_string_pretty(&json(&reports, &pages))? + "\n",
        Format::Markdown => markdown(&reports, &pages),
        _ => table(&reports, &pages),
    };
    console::data(text.as_bytes())?;
    Ok(if reports.iter().any(|report| report.audit.has_contradictions()) {
        Exit::Status(3)
    } else if matches!(pages, Pages::Differ(_)) {
        Exit::Findings
    } else {
        Exit::Clean
    })
}

/// Renders the logs of the whole folder with the configuration of the repository, and compares pages and feeds with the result.
fn pages(args: &Args) -> Result<Pages, Failure> {
    let dir = Path::new(&args.location);
    if logs::is_address(&args.location) || list_folders(dir)? == [dir] {
        return Ok(Pages::NotCompared("they belong to a whole output directory".to_owned()));
    }
    let history = args.repository.history()?;
    let config = match args.repository.config(&history) {
        Ok(config) => config,
        Err(failure) => return Ok(Pages::NotCompared(failure.to_string())),
    };
    let now = args.now.unwrap_or_else(time::now);
    let request = Request { tip: args.repository.branch.clone(), ..Request::to_compare(&config, &history, now) };
    let found = Found::at(dir);
    let plan = match publish::publish(&request, &found) {
        Ok(plan) => plan,
        Err(error) if is_of_configuration(&error) => return Ok(Pages::NotCompared(error.to_string())),
        Err(error) => return Err(error.into()),
    };
    if plan.lists.iter().any(|list| list.new > 0) {
        return Ok(Pages::NotCompared("the repository has changes that are not published yet".to_owned()));
    }
    let differing = output::differing(dir, &plan.files)?;
    Ok(if differing.is_empty() { Pages::Same } else { Pages::Differ(differing) })
}

/// Whether a publication is refused because the configuration or the checkout is not that of the published lists.
fn is_of_configuration(error: &PublishError) -> bool {
    matches!(
        error,
        PublishError::OtherOrigin { .. }
            | PublishError::OtherFile { .. }
            | PublishError::Moved { .. }
            | PublishError::NoList { .. }
            | PublishError::Rewritten { .. }
            | PublishError::Behind { .. }
            | PublishError::Gone(_)
            | PublishError::NewerEdition { .. }
            | PublishError::UnknownChange { .. }
            | PublishError::NotReplayed(_)
            | PublishError::Ended { .. }
    )
}

const COLUMNS: [&str; 3] = ["Release", "Kind", "Result"];

fn rows(audit: &Audit) -> Vec<Vec<String>> {
    let rows = audit.releases.iter().map(|(pointer, kind, audited)| {
        let (word, detail) = result(audited);
        let result = if detail.is_empty() { word.to_owned() } else { format!("{word}: {detail}") };
        vec![pointer.to_string(), kind.name().to_owned(), result]
    });
    rows.collect()
}

/// The result in a word, and the details.
fn result(audited: &Audited) -> (&'static str, &str) {
    match audited {
        Audited::Same => ("same", ""),
        Audited::NotFromGit => ("not from git", ""),
        Audited::NotRecomputed(reason) => ("not recomputed", reason),
        Audited::Differs(reason) => ("differs", reason),
    }
}

/// Further findings about a log, as sentences.
fn sentences(report: &Report) -> Vec<String> {
    let Report { verified, audit } = report;
    let count = |word: &str| audit.releases.iter().filter(|(.., audited)| result(audited).0 == word).count();
    let mut sentences = vec![format!(
        "{}: signatures, chain, states and heads verify; {} releases are the same in git, {} differ, {} were not recomputed.",
        verified.origin,
        count("same"),
        count("differs"),
        count("not recomputed")
    )];
    sentences.extend(
        audit
            .missing
            .iter()
            .map(|commit| format!("Commit {} changes the list, and no release announces it.", commit.short())),
    );
    sentences.extend(after(&audit.after));
    sentences.extend(verified.remarks.iter().map(|remark| format!("{remark}.")));
    sentences
}

/// The commits of the branch after the newest release, as sentences.
fn after(after: &After) -> Vec<String> {
    match after {
        After::Unpublished(commits) => commits
            .iter()
            .map(|commit| format!("Commit {} changes the list, and is not published yet.", commit.short()))
            .collect(),
        After::Older(commit) => {
            vec![format!("The branch ends before commit {}, which is published: fetch it again.", commit.short())]
        }
        After::Elsewhere(commit) => {
            vec![format!("Commit {}, published last, is not on the first-parent line of the branch.", commit.short())]
        }
        After::Unknown(reason) => vec![format!("Whether later commits change the list is not known: {reason}.")],
    }
}

fn pages_sentence(pages: &Pages) -> String {
    match pages {
        Pages::Same => "Pages and feeds match the logs.".to_owned(),
        Pages::Differ(files) => format!("Pages or feeds that do not match the logs: {}.", files.join(", ")),
        Pages::NotCompared(reason) => format!("Pages and feeds were not compared: {reason}."),
    }
}

fn table(reports: &[Report], pages: &Pages) -> String {
    let mut text = String::new();
    for report in reports {
        let rows: Vec<Vec<String>> =
            rows(&report.audit).iter().map(|row| row.iter().map(|cell| console::visible(cell)).collect()).collect();
        text.push_str(&render::terminal_table(&COLUMNS, &rows));
        text.extend(sentences(report).into_iter().map(|sentence| console::visible(&sentence) + "\n"));
    }
    text + &console::visible(&pages_sentence(pages)) + "\n"
}

fn markdown(reports: &[Report], pages: &Pages) -> String {
    let mut text = "# Audit\n".to_owned();
    for report in reports {
        let origin = render::markdown_text(report.verified.origin.as_str());
        text.push_str(&format!("\n## {origin}\n\n{}\n", render::markdown_table(&COLUMNS, &rows(&report.audit))));
        let sentences =
            sentences(report).into_iter().map(|sentence| format!("- {}\n", render::markdown_text(&sentence)));
        text.extend(sentences);
    }
    format!("{text}\n{}\n", render::markdown_text(&pages_sentence(pages)))
}

fn json(reports: &[Report], pages: &Pages) -> Value {
    let logs = reports.iter().map(|Report { verified, audit }| {
        let releases = audit.releases.iter().map(|(pointer, kind, audited)| {
            let (word, detail) = result(audited);
            json!({ "seq": pointer.seq, "sha256": pointer.sha256.to_string(), "kind": kind.name(), "result": word, "detail": detail })
        });
        json!({
            "origin": verified.origin.to_string(),
            "releases": releases.collect::<Vec<_>>(),
            "missing": audit.missing.iter().map(CommitId::as_str).collect::<Vec<_>>(),
            "unpublished": match &audit.after {
                After::Unpublished(commits) => commits.iter().map(CommitId::as_str).collect(),
                After::Older(_) | After::Elsewhere(_) | After::Unknown(_) => Vec::new(),
            },
            "remarks": after(&audit.after).iter().chain(&verified.remarks).collect::<Vec<_>>(),
        })
    });
    let (word, files, reason) = match pages {
        Pages::Same => ("same", &[][..], ""),
        Pages::Differ(files) => ("differs", &files[..], ""),
        Pages::NotCompared(reason) => ("not compared", &[][..], reason.as_str()),
    };
    json!({ "logs": logs.collect::<Vec<_>>(), "pages": { "result": word, "files": files, "detail": reason } })
}
