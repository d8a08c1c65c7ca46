//! Deadlines in words, the same in every output.

use chrono::Datelike;

use crate::{
    change::{Change, Level},
    model::terms::DurationUnit,
    notice::{
        Basis, CalendarError, Coverage, Deadline, Effective, LeadGiven, Notice, Notification, ObjectBy, Outcome, Sent,
        Span,
    },
};

use super::Inline;

/// The notice for a change, or why it cannot be computed.
pub type Computed = Result<Notice, CalendarError>;

/// The details of a change with its deadlines at their end. Where the terms do not name the kind of change, this is
/// stated only if customers could object to the change.
pub fn with_deadlines(mut details: Vec<Inline>, change: &Change, notice: Option<&Computed>) -> Vec<Inline> {
    let text = match notice {
        Some(Ok(notice)) if notice.coverage == Coverage::NotStated && change.level != Level::Notice => String::new(),
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
    let deadlines = notices.filter_map(|notice| notice.as_ref().ok()?.objection_deadline());
    let first = deadlines.map(|deadline| deadline.to_string()).min();
    first.map(|first| format!("; object by {first}")).unwrap_or_default()
}

/// A change in a few words for calendars and lists of deadlines: "Kestrel: added".
pub fn subject(change: &Change) -> String {
    let verb = super::verb(change).to_lowercase();
    match change.entry() {
        Some(entry) => format!("{}: {verb}", entry.label),
        None => capitalised(&verb),
    }
}

/// The effective date in words: "Monday 2027-01-11 (UTC)", "not before …", "2027-Q3, from …".
pub fn effective_date(notice: &Notice) -> Option<String> {
    notice.effective.as_ref().map(|effective| effective_in_words(effective, &notice.zone))
}

/// The last day to object in words: "Thursday 2026-12-10 (UTC)".
pub fn objection_date(notice: &Notice) -> Option<String> {
    notice.objection_deadline().map(|deadline| shown(deadline, &notice.zone))
}

/// The first day until which customers may object to one of several changes, in words.
pub fn first_objection_date<'n>(notices: impl Iterator<Item = &'n Computed>) -> Option<String> {
    let known = notices.filter_map(|notice| notice.as_ref().ok());
    let first = known.filter(|notice| notice.objections_end.is_some()).min_by_key(|notice| notice.objections_end)?;
    objection_date(first)
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
    out.extend(
        notice
            .effective
            .as_ref()
            .map(|effective| Statement { label: "Effective", text: effective_in_words(effective, &notice.zone) }),
    );
    let zone = &notice.zone;
    out.extend(objection_in_words(notice.object_by, zone).map(|text| Statement { label: "Object by", text }));
    out.push(Statement { label: NOTICE, text: lead_in_words(notice) });
    if let Notification::Sent(sent) = &notice.notification {
        out.push(Statement { label: "By notification", text: notification_in_words(sent, notice) });
    }
    out.extend(notice.emergency.as_ref().map(|reason| Statement { label: "Emergency", text: reason.clone() }));
    if notice.late == Some(true) {
        out.push(Statement { label: "Late disclosure", text: "published after the effective date".to_owned() });
    }
    if let Some(late) = &notice.late_notice {
        let text = format!("{}: {}", shown(late.by, zone), outcome(late.outcome));
        out.push(Statement { label: "Notice after an emergency due", text });
    }
    out
}

/// When a change takes effect: a day, a period with its first day, or the earliest day.
fn effective_in_words(effective: &Effective, zone: &str) -> String {
    let day = shown(effective.from, zone);
    match effective.basis {
        Basis::Derived => format!("not before {day}"),
        Basis::Stated { open, .. } if effective.is_period() => {
            format!("{}{}, from {day}", effective.notation(), if open { " or later" } else { "" })
        }
        Basis::Stated { .. } => day,
    }
}

/// Until when customers may object; `None` if the terms do not name the kind of change.
fn objection_in_words(object_by: ObjectBy, zone: &str) -> Option<String> {
    match object_by {
        ObjectBy::By(deadline) => Some(shown(deadline, zone)),
        ObjectBy::NotBefore(deadline) => Some(format!("not before {}, counted from receipt", shown(deadline, zone))),
        ObjectBy::Undated => Some("as the notice terms state".to_owned()),
        ObjectBy::NotStated => Some("not stated".to_owned()),
        ObjectBy::NotCovered => None,
    }
}

/// What follows from a notification that was sent: "sent 2026-11-28; object by Saturday 2026-12-12 (UTC); 44 days …".
fn notification_in_words(sent: &Sent, notice: &Notice) -> String {
    let mut parts = vec![format!("sent {}", sent.at)];
    if let Some(effective) = sent.effective.as_ref().filter(|effective| effective.basis == Basis::Derived) {
        parts.push(format!("effective {}", effective_in_words(effective, &notice.zone)));
    }
    let object_by = objection_in_words(sent.object_by, &notice.zone);
    parts.extend(object_by.map(|text| format!("object by {text}")));
    let leads: Vec<String> = sent.leads.iter().map(|lead| one_lead(lead, notice, "")).collect();
    parts.extend(Some(leads.join("; ") + provisional(notice)).filter(|_| !leads.is_empty()));
    parts.join("; ")
}

/// The deadlines of a change in one sentence without a full stop.
pub fn sentence(notice: &Notice) -> String {
    let statements = statements(notice);
    let parts = statements.iter().map(|Statement { label, text }| match notice.coverage {
        Coverage::Refused if *label == NOTICE => text.clone(),
        _ if IN_SENTENCE.contains(label) => format!("{} {text}", label.to_lowercase()),
        _ => format!("{}: {text}", label.to_lowercase()),
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// The label of the statement about the notice that was given.
const NOTICE: &str = "Notice";
/// The labels that a sentence continues without a colon.
const IN_SENTENCE: [&str; 4] = ["Effective", "Object by", NOTICE, "Notice after an emergency due"];

/// The notice that was given and promised: "46 days, 30 days promised: kept".
pub fn lead_in_words(notice: &Notice) -> String {
    let by = if notice.notification == Notification::NotPromised { "" } else { ", by publication" };
    let leads: Vec<String> = notice.leads.iter().map(|lead| one_lead(lead, notice, by)).collect();
    let notification = if notice.notification == Notification::NotStated { "; notification not stated" } else { "" };
    match notice.coverage {
        Coverage::NotStated => "not stated".to_owned(),
        Coverage::Refused => "no notice promised".to_owned(),
        Coverage::Promised if leads.is_empty() => format!("no length stated{notification}"),
        Coverage::Promised => format!("{}{}{notification}", leads.join("; "), provisional(notice)),
    }
}

/// "46 days, 30 days promised: kept". Without a stated date there is no result.
fn one_lead(lead: &LeadGiven, notice: &Notice, by: &str) -> String {
    let name = lead.name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
    let promised = promised_length(lead);
    let is_derived = notice.effective.as_ref().is_some_and(|effective| effective.basis == Basis::Derived);
    if is_derived {
        return format!("{name}{promised} promised{by}");
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
    let outcome = outcome(lead.outcome);
    format!("{name}{given}{without_holidays}, {promised} promised{by}: {outcome}{missed_by}")
}

/// The remark that results are not final before the effective date.
fn provisional(notice: &Notice) -> &'static str {
    let is_stated = notice.effective.as_ref().is_some_and(|effective| effective.basis != Basis::Derived);
    if is_stated && notice.late != Some(true) { " (provisional until effective)" } else { "" }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Kept => "kept",
        Outcome::Missed => "missed",
        Outcome::Emergency => "emergency, shorter",
    }
}

/// The promised length in words: "30 days".
pub fn promised_length(lead: &LeadGiven) -> String {
    length(Span { count: lead.promised.count.into(), unit: lead.promised.unit })
}

/// The length that was given, in words: "46 days".
pub fn given_length(lead: &LeadGiven) -> String {
    length(lead.given)
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
        notified_in_words(terms, kind, effective, (emergency, None))
    }

    fn notified_in_words(
        terms: &str,
        kind: Trigger,
        effective: &str,
        (emergency, notified): (Option<&str>, Option<&str>),
    ) -> String {
        let terms: Terms = serde_json::from_str(terms).unwrap();
        let at = "2026-11-26T10:00:00Z".parse().unwrap();
        let notified = notified.map(|day| day.parse().unwrap());
        let announced = [Announced { at, effective: FuzzyDate::read(Vocabulary::builtin(), effective) }];
        let occasion =
            Occasion { trigger: Some(kind), announced: &announced, emergency, notified: notified.map(Deadline::Day) };
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
                "effective Monday 2027-01-11 (UTC); object by Thursday 2026-12-10 (UTC); notice 46 days, 30 days promised: kept (provisional until effective)",
            ),
            (
                Trigger::Added,
                "2026-12-10",
                None,
                "effective Thursday 2026-12-10 (UTC); object by Thursday 2026-12-10 (UTC); notice 14 days, 30 days promised: missed by 16 days (provisional until effective)",
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
                "effective Wednesday 2026-11-25 (UTC); object by Thursday 2026-12-10 (UTC); notice -1 day, 30 days promised: emergency, shorter by 31 days; emergency: provider closed; late disclosure: published after the effective date",
            ),
            (
                Trigger::Activated,
                "2026-12-10",
                None,
                "effective Thursday 2026-12-10 (UTC); object by Thursday 2026-12-10 (UTC); notice 10 business days (weekends only, no holiday list), 10 business days promised: kept (provisional until effective)",
            ),
            (
                Trigger::Added,
                "2027-Q3",
                None,
                "effective 2027-Q3, from Thursday 2027-07-01 (UTC); object by Thursday 2026-12-10 (UTC); notice 217 days, 30 days promised: kept (provisional until effective)",
            ),
            (
                Trigger::Added,
                "2027 and beyond",
                None,
                "effective 2027 or later, from Friday 2027-01-01 (UTC); object by Thursday 2026-12-10 (UTC); notice 36 days, 30 days promised: kept (provisional until effective)",
            ),
            (Trigger::Removed, "2026-12-10", None, "effective Thursday 2026-12-10 (UTC); notice not stated"),
        ] {
            assert_eq!(in_words(terms, kind, effective, emergency), expected);
        }
        assert_eq!(
            in_words(r#"{"promise":"none"}"#, Trigger::Added, "2027-01-11", None),
            "effective Monday 2027-01-11 (UTC); no notice promised"
        );
    }

    #[test]
    fn a_promised_email_is_stated_apart_from_the_publication() {
        for (channels, notified, expected) in [
            (r#""page""#, None, "notice 46 days, 30 days promised: kept (provisional until effective)"),
            (
                r#"["email","page"]"#,
                None,
                "notice 46 days, 30 days promised, by publication: kept (provisional until effective); notification not stated",
            ),
            (
                r#""email""#,
                Some("2026-12-13"),
                "notice 46 days, 30 days promised, by publication: kept (provisional until effective); by notification: sent 2026-12-13; object by Sunday 2026-12-27 (UTC); 29 days, 30 days promised: missed by 1 day (provisional until effective)",
            ),
        ] {
            let terms = format!(r#"{{"lead":{{"added":"30d"}},"objection":{{"within":"14d"}},"channels":{channels}}}"#);
            let text = notified_in_words(&terms, Trigger::Added, "2027-01-11", (None, notified));
            let before = "effective Monday 2027-01-11 (UTC); object by Thursday 2026-12-10 (UTC); ";
            assert_eq!(text, format!("{before}{expected}"));
        }
        let either = r#"{"lead":{"added":"30d"},"channels":["email","page"],"channel-rule":"any"}"#;
        let text = in_words(either, Trigger::Added, "2027-01-11", None);
        assert!(text.ends_with("30 days promised: kept (provisional until effective)"), "{text}");
    }
}
