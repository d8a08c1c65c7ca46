//! Deadlines in words, the same in every output.

use chrono::Datelike;

use crate::{
    model::terms::DurationUnit,
    notice::{Basis, CalendarError, Coverage, Deadline, LeadGiven, Notice, ObjectBy, Outcome, Span},
};

use super::Inline;

/// The notice for a change, or why it cannot be computed.
pub type Computed = Result<Notice, CalendarError>;

/// The details of a change with its deadlines at their end.
pub fn with_deadlines(mut details: Vec<Inline>, notice: Option<&Computed>) -> Vec<Inline> {
    let text = match notice {
        Some(Ok(notice)) => capitalised(&sentence(notice)),
        Some(Err(error)) => format!("Deadlines cannot be computed: {error}"),
        None => String::new(),
    };
    if !text.is_empty() {
        let ends = details.last().is_some_and(|last| super::raw(last).ends_with(['.', '!', '?']));
        let gap = if details.is_empty() {
            ""
        } else if ends {
            " "
        } else {
            ". "
        };
        details.push(Inline::Plain(format!("{gap}{text}")));
    }
    details
}

/// The end of a title of a release: the first day until which customers may object, if any.
pub fn title_end<'n>(notices: impl Iterator<Item = &'n Computed>) -> String {
    let deadlines = notices.filter_map(|notice| notice.as_ref().ok()?.object_by.deadline());
    let first = deadlines.map(|deadline| deadline.to_string()).min();
    first.map(|first| format!("; object by {first}")).unwrap_or_default()
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// A statement of a deadline: its subject and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// "Effective", "Object by", "Notice".
    pub label: &'static str,
    /// The text, such as "2027-01-11 (stated)".
    pub text: String,
}

/// The deadlines of a change as statements in reading order: when it takes effect, until when customers may object,
/// and the notice that was given.
pub fn statements(notice: &Notice) -> Vec<Statement> {
    let mut out = Vec::new();
    if let Some(effective) = &notice.effective {
        let day = shown(effective.from, &notice.zone);
        let text = match effective.basis {
            Basis::Derived => format!("not before {day}"),
            Basis::Stated { open: true, .. } => format!("{day} or later"),
            Basis::Stated { .. } => day,
        };
        out.push(Statement { label: "Effective", text });
    }
    let zone = &notice.zone;
    let object_by = match notice.object_by {
        ObjectBy::By(deadline) => Some(shown(deadline, zone)),
        ObjectBy::NotBefore(deadline) => Some(format!("not before {}, counted from receipt", shown(deadline, zone))),
        ObjectBy::Undated => Some("as the notice terms state".to_owned()),
        ObjectBy::NotStated => Some("not stated".to_owned()),
        ObjectBy::NotCovered => None,
    };
    out.extend(object_by.map(|text| Statement { label: "Object by", text }));
    out.push(Statement { label: "Notice", text: lead_in_words(notice) });
    if notice.late == Some(true) {
        out.push(Statement { label: "Late disclosure", text: "published after the effective date".to_owned() });
    }
    if let Some(late) = &notice.late_notice {
        let text = format!("{}: {}", shown(late.by, zone), outcome(late.outcome));
        out.push(Statement { label: "Notice after an emergency due", text });
    }
    out
}

/// The deadlines of a change in one sentence without a full stop; empty if the terms do not promise anything and no
/// date is stated.
pub fn sentence(notice: &Notice) -> String {
    if notice.coverage == Coverage::NotStated {
        return String::new();
    }
    let statements = statements(notice);
    let parts = statements.iter().map(|Statement { label, text }| format!("{} {text}", label.to_lowercase()));
    parts.collect::<Vec<_>>().join("; ")
}

/// The notice that was given and promised: "46 days, 30 days promised: kept".
pub fn lead_in_words(notice: &Notice) -> String {
    let leads: Vec<String> = notice.leads.iter().map(|lead| one_lead(lead, notice)).collect();
    match notice.coverage {
        Coverage::NotStated => "not stated".to_owned(),
        Coverage::Refused => "no notice promised".to_owned(),
        Coverage::Promised if leads.is_empty() => "no length stated".to_owned(),
        Coverage::Promised => leads.join(", "),
    }
}

/// "46 days, 30 days promised: kept". Without a stated date there is no result.
fn one_lead(lead: &LeadGiven, notice: &Notice) -> String {
    let name = lead.name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
    let promised = length(Span { count: lead.promised.count.into(), unit: lead.promised.unit });
    let is_derived = notice.effective.as_ref().is_some_and(|effective| effective.basis == Basis::Derived);
    if is_derived {
        return format!("{name}{promised} promised");
    }
    let missed_by = if lead.outcome == Outcome::Kept {
        String::new()
    } else {
        format!(" by {}", length(Span { count: -lead.difference.count, ..lead.difference }))
    };
    let given = length(lead.given);
    let without_holidays = if lead.promised.unit == DurationUnit::BusinessDays && notice.without_holidays {
        " (weekends only, no holiday list)"
    } else {
        ""
    };
    format!("{name}{given}{without_holidays}, {promised} promised: {}{missed_by}", outcome(lead.outcome))
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Kept => "kept",
        Outcome::Missed => "missed",
        Outcome::Emergency => "emergency, shorter",
    }
}

/// A length of time in words: "10 business days".
fn length(span: Span) -> String {
    let unit = match span.unit {
        DurationUnit::Hours => "hour",
        DurationUnit::Days => "day",
        DurationUnit::BusinessDays => "business day",
        DurationUnit::Weeks => "week",
        DurationUnit::Months => "month",
    };
    format!("{} {unit}{}", span.count, if span.count.abs() == 1 { "" } else { "s" })
}

/// A deadline with its weekday and zone: "Thursday 2026-12-10 (UTC)".
fn shown(deadline: Deadline, zone: &str) -> String {
    match deadline {
        Deadline::Day(day) => format!("{} {day} ({zone})", WEEKDAYS[day.weekday().num_days_from_monday() as usize]),
        Deadline::Instant(instant) => instant.to_string(),
    }
}

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        compare::FuzzyDate,
        model::{Terms, Trigger},
        notice::{Announced, Occasion, compute},
        vocabulary::Vocabulary,
    };

    fn in_words(terms: &str, kind: Trigger, effective: &str, emergency: Option<&str>) -> String {
        let terms: Terms = serde_json::from_str(terms).unwrap();
        let at = "2026-11-26T10:00:00Z".parse().unwrap();
        let announced = [Announced { at, effective: FuzzyDate::read(Vocabulary::builtin(), effective) }];
        let occasion = Occasion { trigger: Some(kind), announced: &announced, emergency };
        sentence(&compute(Some(&terms), &occasion).unwrap().unwrap())
    }

    #[test]
    fn deadlines_are_sentences_with_weekday_zone_and_result() {
        let terms =
            r#"{"lead":{"added":"30d","activated":"10bd"},"objection":{"within":"14d"},"exceptions":["emergency"]}"#;
        for (kind, effective, emergency, expected) in [
            (
                Trigger::Added,
                "2027-01-11",
                None,
                "effective Monday 2027-01-11 (UTC); object by Thursday 2026-12-10 (UTC); notice 46 days, 30 days promised: kept",
            ),
            (
                Trigger::Added,
                "2026-12-10",
                None,
                "effective Thursday 2026-12-10 (UTC); object by Thursday 2026-12-10 (UTC); notice 14 days, 30 days promised: missed by 16 days",
            ),
            (
                Trigger::Added,
                "",
                None,
                "effective not before Saturday 2026-12-26 (UTC); object by Thursday 2026-12-10 (UTC); notice 30 days promised",
            ),
            (
                Trigger::Added,
                "2026-11-25",
                Some("provider closed"),
                "effective Wednesday 2026-11-25 (UTC); object by Thursday 2026-12-10 (UTC); notice -1 day, 30 days promised: emergency, shorter by 31 days; late disclosure published after the effective date",
            ),
            (
                Trigger::Activated,
                "2026-12-10",
                None,
                "effective Thursday 2026-12-10 (UTC); object by Thursday 2026-12-10 (UTC); notice 10 business days (weekends only, no holiday list), 10 business days promised: kept",
            ),
            (Trigger::Removed, "2026-12-10", None, ""),
        ] {
            assert_eq!(in_words(terms, kind, effective, emergency), expected);
        }
        assert_eq!(
            in_words(r#"{"promise":"none"}"#, Trigger::Added, "2027-01-11", None),
            "effective Monday 2027-01-11 (UTC); notice no notice promised"
        );
    }
}
