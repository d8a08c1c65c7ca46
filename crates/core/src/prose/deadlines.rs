//! Deadlines in words, the same in every output.

use chrono::Datelike;

use crate::{
    change::{Change, Level},
    model::{
        FieldKey, Terms, Trigger,
        terms::{Duration, DurationUnit, Event, LeadConditions, LeadTime, Objection, Window},
    },
    notice::{
        Basis, CalendarError, Coverage, Deadline, Effective, LeadGiven, Notice, Notification, ObjectBy, Outcome, Sent,
        Span,
    },
};

use super::{
    Inline,
    messages::{Messages, fill},
};

/// The notice for a change, or why it cannot be computed.
pub type Computed = Result<Notice, CalendarError>;

/// The details of a change with its deadlines at their end. Where the terms do not name the kind of change, this is
/// stated only if customers could object to the change.
pub fn with_deadlines(
    messages: &Messages,
    mut details: Vec<Inline>,
    change: &Change,
    notice: Option<&Computed>,
) -> Vec<Inline> {
    let text = match notice {
        Some(Ok(notice)) if notice.coverage == Coverage::NotStated && change.level != Level::Notice => String::new(),
        Some(Ok(notice)) => capitalised(&sentence(messages, notice)),
        Some(Err(error)) => fill(messages.no_deadlines, &[error]),
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
pub fn title_end<'n>(messages: &Messages, notices: impl Iterator<Item = &'n Computed>) -> String {
    let deadlines = notices.filter_map(|notice| notice.as_ref().ok()?.objection_deadline());
    let first = deadlines.map(|deadline| deadline.to_string()).min();
    first.map(|first| fill(messages.title_object_by, &[&first])).unwrap_or_default()
}

/// A change in a few words for calendars and lists of deadlines: "Kestrel: added".
pub fn subject(messages: &Messages, change: &Change) -> String {
    let verb = messages.within(&super::verb(messages, change));
    match change.entry() {
        Some(entry) => format!("{}: {verb}", entry.label),
        None => capitalised(&verb),
    }
}

/// The effective date in words: "Monday 2027-01-11 (UTC)", "not before …", "2027-Q3, from …".
pub fn effective_date(messages: &Messages, notice: &Notice) -> Option<String> {
    notice.effective.as_ref().map(|effective| effective_in_words(messages, effective, &notice.zone))
}

/// The last day to object in words: "Thursday 2026-12-10 (UTC)".
pub fn objection_date(messages: &Messages, notice: &Notice) -> Option<String> {
    notice.objection_deadline().map(|deadline| shown(messages, deadline, &notice.zone))
}

/// The first day until which customers may object to one of several changes, in words.
pub fn first_objection_date<'n>(messages: &Messages, notices: impl Iterator<Item = &'n Computed>) -> Option<String> {
    let known = notices.filter_map(|notice| notice.as_ref().ok());
    let first = known.filter(|notice| notice.objections_end.is_some()).min_by_key(|notice| notice.objections_end)?;
    objection_date(messages, first)
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
    /// How a sentence continues from the label to the text.
    joint: Joint,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    /// "effective 2027-01-11".
    Space,
    /// "emergency: provider closed".
    Colon,
    /// The text alone: "no notice promised".
    TextAlone,
}

/// The deadlines of a change as statements in reading order: when it takes effect, until when customers may object,
/// and the notice that was given.
pub fn statements(messages: &Messages, notice: &Notice) -> Vec<Statement> {
    let mut out = Vec::new();
    let mut add = |label, joint, text| out.push(Statement { label, text, joint });
    let zone = &notice.zone;
    if let Some(effective) = &notice.effective {
        add(messages.label_effective, Joint::Space, effective_in_words(messages, effective, zone));
    }
    if let Some(text) = objection_in_words(messages, notice.object_by, zone) {
        let joint = if notice.object_by == ObjectBy::NotStated { Joint::Colon } else { Joint::Space };
        add(messages.label_object_by, joint, text);
    }
    let joint = if notice.coverage == Coverage::Refused { Joint::TextAlone } else { Joint::Space };
    add(messages.label_notice, joint, lead_in_words(messages, notice));
    if let Notification::Sent(sent) = &notice.notification {
        add(messages.label_notification, Joint::Colon, notification_in_words(messages, sent, notice));
    }
    if let Some(reason) = &notice.emergency {
        add(messages.label_emergency, Joint::Colon, reason.clone());
    }
    if notice.late == Some(true) {
        add(messages.label_late, Joint::Colon, messages.late.to_owned());
    }
    if let Some(late) = &notice.late_notice {
        let text = format!("{}: {}", shown(messages, late.by, zone), outcome(messages, late.outcome));
        add(messages.label_late_notice, Joint::Space, text);
    }
    out
}

/// When a change takes effect: a day, a period with its first day, or the earliest day.
fn effective_in_words(messages: &Messages, effective: &Effective, zone: &str) -> String {
    let day = shown(messages, effective.from, zone);
    match effective.basis {
        Basis::Derived => fill(messages.not_before, &[&day]),
        Basis::Stated { open, .. } if effective.is_period() => {
            let open = if open { messages.or_later } else { "" };
            fill(messages.from_day, &[&effective.notation(), &open, &day])
        }
        Basis::Stated { .. } => day,
    }
}

/// Until when customers may object; `None` if the terms do not name the kind of change.
fn objection_in_words(messages: &Messages, object_by: ObjectBy, zone: &str) -> Option<String> {
    match object_by {
        ObjectBy::By(deadline) => Some(shown(messages, deadline, zone)),
        ObjectBy::NotBefore(deadline) => Some(fill(messages.from_receipt, &[&shown(messages, deadline, zone)])),
        ObjectBy::Undated => Some(messages.as_terms_state.to_owned()),
        ObjectBy::NotStated => Some(messages.not_stated.to_owned()),
        ObjectBy::NotCovered => None,
    }
}

/// What follows from a notification that was sent: "sent 2026-11-28; object by Saturday 2026-12-12 (UTC); 44 days …".
fn notification_in_words(messages: &Messages, sent: &Sent, notice: &Notice) -> String {
    let mut parts = vec![fill(messages.sent, &[&sent.at])];
    if let Some(effective) = sent.effective.as_ref().filter(|effective| effective.basis == Basis::Derived) {
        let effective = effective_in_words(messages, effective, &notice.zone);
        parts.push(fill(messages.part_effective, &[&effective]));
    }
    let object_by = objection_in_words(messages, sent.object_by, &notice.zone);
    parts.extend(object_by.map(|text| fill(messages.part_object_by, &[&text])));
    let leads: Vec<String> = sent.leads.iter().map(|lead| one_lead(messages, lead, notice, "")).collect();
    parts.extend(Some(leads.join("; ") + provisional(messages, notice)).filter(|_| !leads.is_empty()));
    parts.join("; ")
}

/// The deadlines of a change in one sentence without a full stop.
pub fn sentence(messages: &Messages, notice: &Notice) -> String {
    let statements = statements(messages, notice);
    let parts = statements.into_iter().map(|Statement { label, text, joint }| match joint {
        Joint::TextAlone => text,
        Joint::Space => format!("{} {text}", messages.within(label)),
        Joint::Colon => format!("{}: {text}", messages.within(label)),
    });
    parts.collect::<Vec<_>>().join("; ")
}

/// The notice that was given and promised: "46 days, 30 days promised: kept".
pub fn lead_in_words(messages: &Messages, notice: &Notice) -> String {
    let by = if notice.notification == Notification::NotPromised { "" } else { messages.by_publication };
    let leads: Vec<String> = notice.leads.iter().map(|lead| one_lead(messages, lead, notice, by)).collect();
    let notification =
        if notice.notification == Notification::NotStated { messages.notification_not_stated } else { "" };
    match notice.coverage {
        Coverage::NotStated => messages.not_stated.to_owned(),
        Coverage::Refused => messages.no_notice.to_owned(),
        Coverage::Promised if leads.is_empty() => format!("{}{notification}", messages.no_length),
        Coverage::Promised => format!("{}{}{notification}", leads.join("; "), provisional(messages, notice)),
    }
}

/// "46 days, 30 days promised: kept". Without a stated date there is no result.
fn one_lead(messages: &Messages, lead: &LeadGiven, notice: &Notice, by: &str) -> String {
    let name = lead.name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
    let promised = fill(messages.promised, &[&promised_length(messages, lead)]);
    let is_derived = notice.effective.as_ref().is_some_and(|effective| effective.basis == Basis::Derived);
    if is_derived {
        return format!("{name}{promised}{by}");
    }
    let missed_by = if lead.outcome == Outcome::Kept {
        String::new()
    } else {
        fill(messages.missed_by, &[&shortfall(messages, lead)])
    };
    let given = length(messages, lead.given);
    let without_holidays = if lead.promised.unit == DurationUnit::BusinessDays && notice.without_holidays {
        messages.weekends_only
    } else {
        ""
    };
    let outcome = outcome(messages, lead.outcome);
    format!("{name}{given}{without_holidays}, {promised}{by}: {outcome}{missed_by}")
}

/// The remark that results are not final before the effective date.
fn provisional(messages: &Messages, notice: &Notice) -> &'static str {
    let is_stated = notice.effective.as_ref().is_some_and(|effective| effective.basis != Basis::Derived);
    if is_stated && notice.late != Some(true) { messages.provisional } else { "" }
}

fn outcome(messages: &Messages, outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Kept => messages.kept,
        Outcome::Missed => messages.missed,
        Outcome::Emergency => messages.emergency_shorter,
    }
}

/// The promised length in words: "30 days".
pub fn promised_length(messages: &Messages, lead: &LeadGiven) -> String {
    length(messages, Span { count: lead.promised.count.into(), unit: lead.promised.unit })
}

/// The length that was given, in words: "46 days".
pub fn given_length(messages: &Messages, lead: &LeadGiven) -> String {
    length(messages, lead.given)
}

/// How much shorter the given length is than the promised one, in words: "16 days".
pub fn shortfall(messages: &Messages, lead: &LeadGiven) -> String {
    length(messages, Span { count: -lead.difference.count, ..lead.difference })
}

/// The text of the row of notice terms with this key, if it is only a length of time, or that nothing is stated. Other texts
/// are those of the publisher, or of a later language.
pub fn term_text(messages: &Messages, terms: Option<&Terms>, key: &FieldKey) -> Option<String> {
    let unstated = Terms::default();
    let terms = terms.unwrap_or(&unstated);
    let exactly = |duration: Duration| length(messages, Span { count: duration.count.into(), unit: duration.unit });
    match (key.as_str(), &terms.objection) {
        ("notice.promise", _) if terms.promise.is_none() => Some(messages.not_stated.to_owned()),
        ("notice.objection.within", Some(Objection { within: Some(Window::Exactly(duration)), from, .. })) => {
            let is_usual = matches!(from[..], [] | [Event::Notification]);
            is_usual.then(|| exactly(*duration) + messages.from_notification)
        }
        (key, _) => {
            let kind: Trigger = key.strip_prefix("notice.lead.")?.parse().ok()?;
            match &terms.lead.get(&kind)?.0[..] {
                [lead] if lead.conditions == LeadConditions::default() => match lead.time {
                    LeadTime::Exactly(duration) => Some(exactly(duration)),
                    _ => None,
                },
                _ => None,
            }
        }
    }
}

/// A length of time in words: "10 business days".
fn length(messages: &Messages, span: Span) -> String {
    let unit = match span.unit {
        DurationUnit::Hours => 0,
        DurationUnit::Days => 1,
        DurationUnit::BusinessDays => 2,
        DurationUnit::Weeks => 3,
        DurationUnit::Months => 4,
    };
    let [one, several] = messages.units[unit];
    format!("{} {}", span.count, if span.count.abs() == 1 { one } else { several })
}

/// A deadline with its weekday and zone: "Thursday 2026-12-10 (UTC)".
fn shown(messages: &Messages, deadline: Deadline, zone: &str) -> String {
    match deadline {
        Deadline::Day(day) => {
            format!("{} {day} ({zone})", messages.weekdays[day.weekday().num_days_from_monday() as usize])
        }
        Deadline::Instant(instant) => instant.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        compare::FuzzyDate,
        model::{Terms, Trigger},
        notice::{Announced, Occasion, compute},
        prose::messages::{ENGLISH, Language},
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
        sentence(&ENGLISH, &compute(Some(&terms), &occasion).unwrap().unwrap())
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
    fn lengths_of_time_are_translated_and_other_terms_are_not() {
        let terms = r#"{"lead":{"added":"1bd","removed":"reasonable"},"objection":{"within":"14d"}}"#;
        let terms: Terms = serde_json::from_str(terms).unwrap();
        let german = "de".parse::<Language>().unwrap().messages();
        for (key, expected) in [
            ("notice.lead.added", Some("1 Arbeitstag")),
            ("notice.lead.removed", None),
            ("notice.objection.within", Some("14 Tage ab der Ankündigung")),
            ("notice.promise", Some(german.not_stated)),
            ("notice.zone", None),
        ] {
            let key = FieldKey::new(key).unwrap();
            assert_eq!(term_text(german, Some(&terms), &key).as_deref(), expected, "{key}");
        }
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
