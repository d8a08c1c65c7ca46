//! Rows of terms and an event, with the deadlines that follow.
//!
//! `dates.tsv` was computed by `tests/external/notice_dates.py`, which shares no code with the program.

use std::{collections::BTreeMap, fs, path::Path};

use changecast_core::{
    compare::{FuzzyDate, Precision},
    model::{
        Terms, Timestamp, Trigger,
        terms::{DurationUnit, Holidays},
    },
    notice::{Announced, Basis, CalendarError, Deadline, Notice, ObjectBy, Occasion, Outcome, Span, compute},
    vocabulary::Vocabulary,
};
use serde_json::{Map, Value, json};

/// A row by the names of its columns.
type Row = BTreeMap<String, String>;

/// Checks every row of `dates.tsv` in a folder. Holiday lists are in `holidays/NAME.txt`.
fn check(folder: &Path) {
    let text = fs::read_to_string(folder.join("dates.tsv")).expect("dates.tsv");
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().expect("a header").split('\t').collect();
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in lines {
        let cells = line.split('\t').map(str::to_owned);
        let row: Row = names.iter().map(|name| (*name).to_owned()).zip(cells).collect();
        let found = results(folder, &row);
        count += 1;
        for (column, value) in &found {
            let expected = row.get(*column).map_or("", String::as_str);
            if expected != value {
                wrong.push(format!("{} {column}: expected {expected:?}, found {value:?}", row["id"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{count} rows:\n{}", wrong.join("\n"));
    println!("{count} rows agree");
}

fn cell<'r>(row: &'r Row, name: &str) -> &'r str {
    row.get(name).map_or("", String::as_str)
}

/// The terms of a row, in the notation of inventories.
fn terms_of(folder: &Path, row: &Row) -> Terms {
    let (spelled_lead, spelled_window) = cell(row, "spelling").split_once('/').unwrap_or_default();
    let lead = if spelled_lead.is_empty() { duration(cell(row, "lead")) } else { spelled_lead.to_owned() };
    let window = if spelled_window.is_empty() { duration(cell(row, "window")) } else { spelled_window.to_owned() };
    let second = duration(cell(row, "lead2"));
    let leads: Vec<Value> = [lead, second].into_iter().filter(|lead| !lead.is_empty()).map(Value::from).collect();
    let mut terms = Map::new();
    let kinds = cell(row, "applies").split(',').map(trigger);
    let leads = if leads.is_empty() { vec![json!("before")] } else { leads };
    terms.insert("lead".into(), kinds.map(|kind| (kind.to_string(), json!(leads))).collect::<Map<_, _>>().into());
    if !window.is_empty() {
        terms.insert("objection".into(), json!({"within": window, "from": cell(row, "counts_from")}));
    }
    if cell(row, "emergency_allowed") == "yes" {
        terms.insert("exceptions".into(), json!(["emergencies"]));
    }
    terms.insert("zone".into(), json!(cell(row, "zone")));
    terms.insert("weekend".into(), json!(cell(row, "weekend").split(',').collect::<Vec<_>>()));
    for (column, member) in [("roll", "roll"), ("clear", "clear")] {
        if !cell(row, column).is_empty() {
            terms.insert(member.into(), json!(cell(row, column)));
        }
    }
    let holidays = cell(row, "holidays");
    if holidays != "NONE" {
        let text = fs::read_to_string(folder.join(format!("holidays/{holidays}.txt"))).expect("a holiday list");
        let dates = Holidays::parse_dates(&text).expect("dates");
        terms.insert("holidays".into(), json!(dates));
    }
    Terms::from_json(&Value::Object(terms)).expect("terms")
}

/// The columns write `12M` and `4W`.
fn duration(text: &str) -> String {
    text.to_lowercase()
}

fn trigger(kind: &str) -> Trigger {
    match kind {
        "data-category-added" => Trigger::DataChanged,
        kind => kind.parse().expect("a kind"),
    }
}

/// An instant with any offset.
fn instant(text: &str) -> Timestamp {
    let time = chrono::DateTime::parse_from_rfc3339(text).expect("an instant");
    Timestamp::from_unix_clamped(time.timestamp())
}

fn announced(at: &str, effective: &str) -> Announced {
    Announced { at: instant(at), effective: FuzzyDate::read(Vocabulary::builtin(), effective) }
}

/// The expected columns as the program computes them.
fn results(folder: &Path, row: &Row) -> Vec<(&'static str, String)> {
    let terms = terms_of(folder, row);
    let current = announced(cell(row, "published"), cell(row, "effective_text"));
    let first = Some(cell(row, "first_published")).filter(|at| !at.is_empty());
    let mut history: Vec<Announced> = first.map(|at| announced(at, cell(row, "first_effective"))).into_iter().collect();
    history.push(current);
    let emergency = (cell(row, "emergency") == "yes").then(|| cell(row, "reason"));
    let occasion =
        Occasion { trigger: Some(trigger(cell(row, "kind"))), announced: &history, emergency, notified: None };
    match compute(Some(&terms), &occasion) {
        Ok(notice) => columns(&notice.expect("a published change")),
        Err(CalendarError::HolidaysEnd { .. }) => vec![("expect_effective", "error".to_owned())],
        Err(error) => vec![("expect_effective", error.to_string())],
    }
}

fn columns(notice: &Notice) -> Vec<(&'static str, String)> {
    let basis = notice.effective.as_ref().map(|effective| match effective.basis {
        Basis::Derived => "derived",
        Basis::Stated { open: true, .. } => "stated (open)",
        Basis::Stated { precision: Precision::Day, .. } => "stated",
        Basis::Stated { precision: Precision::Month, .. } => "stated (month)",
        Basis::Stated { precision: Precision::Quarter, .. } => "stated (quarter)",
        Basis::Stated { precision: Precision::Half, .. } => "stated (half-year)",
        Basis::Stated { precision: Precision::Year, .. } => "stated (year)",
    });
    let object_by = match notice.object_by {
        ObjectBy::NotCovered => "none".to_owned(),
        ObjectBy::NotStated | ObjectBy::Undated => "not-stated".to_owned(),
        ObjectBy::By(deadline) => deadline.to_string(),
        ObjectBy::NotBefore(deadline) => format!("not before {deadline}"),
    };
    let lead = |at: usize| {
        let missing = if notice.object_by == ObjectBy::NotCovered { "none" } else { "not-stated" };
        match notice.leads.get(at) {
            Some(lead) => (span(lead.given, ""), outcome(lead.outcome).to_owned(), span(lead.difference, "+")),
            None if at == 0 => ("-".to_owned(), missing.to_owned(), "-".to_owned()),
            None => ("-".to_owned(), "-".to_owned(), "-".to_owned()),
        }
    };
    let (given, result, difference) = lead(0);
    let (_, second, second_difference) = lead(1);
    let effective = notice.effective.as_ref().map(|effective| effective.from);
    vec![
        ("expect_effective", effective.map_or_else(|| "-".to_owned(), |from: Deadline| from.to_string())),
        ("expect_basis", basis.unwrap_or("-").to_owned()),
        ("expect_object_by", object_by),
        ("expect_lead_given", given),
        ("expect_lead_result", result),
        ("expect_lead_delta", difference),
        ("expect_lead2_result", second),
        ("expect_lead2_delta", second_difference),
        ("expect_late", yes_or_no(notice.late)),
        ("expect_object_after_effective", yes_or_no(notice.objection_outlasts_effect())),
    ]
}

fn span(span: Span, plus: &str) -> String {
    let unit = match span.unit {
        DurationUnit::Hours => "h",
        DurationUnit::BusinessDays => "bd",
        DurationUnit::Days | DurationUnit::Weeks | DurationUnit::Months => "d",
    };
    let sign = if span.count >= 0 { plus } else { "" };
    format!("{sign}{}{unit}", span.count)
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Kept => "kept",
        Outcome::Missed => "missed",
        Outcome::Emergency => "emergency",
    }
}

fn yes_or_no(answer: Option<bool>) -> String {
    answer.map_or("-", |answer| if answer { "yes" } else { "no" }).to_owned()
}

#[test]
fn deadlines_are_those_of_the_table() {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/notice"));
}

/// `just notice DIR` runs it for a table elsewhere.
#[test]
#[ignore = "needs CHANGECAST_NOTICE_CASES, the folder of another table"]
fn deadlines_are_those_of_another_table() {
    check(Path::new(&std::env::var("CHANGECAST_NOTICE_CASES").expect("CHANGECAST_NOTICE_CASES")));
}
