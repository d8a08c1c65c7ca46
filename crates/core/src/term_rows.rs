//! Notice terms as rows of key, label and English text, for pages and for comparing two versions.
//!
//! Only rows that are announced become part of a release; the list itself contains the typed terms.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::model::{
    Fact, FieldKey, Text,
    terms::{
        Duration, DurationUnit, Duty, Event, Exception, Lead, LeadTime, NextPeriod, Objection, Terms, Trigger, Window,
    },
};

/// The terms as rows in reading order. Keys begin with `notice.` and do not depend on the wording.
pub fn term_rows(terms: &Terms) -> Vec<Fact> {
    let mut rows = Rows::default();
    rows.add_text("promise", "Promise of notice", terms.promise.map(|promise| promise.as_str()));
    for (kind, leads) in &terms.lead {
        let texts: Vec<String> = leads.0.iter().map(lead_text).collect();
        rows.add(&format!("lead.{kind}"), &format!("Notice before {}", event_of(*kind)), &texts);
    }
    if let Some(objection) = &terms.objection {
        add_objection(&mut rows, objection);
    }
    rows.add("exceptions", "Exceptions", &terms.exceptions.iter().map(exception_text).collect::<Vec<_>>());
    rows.add("duties", "Duties", &terms.duties.iter().map(duty_text).collect::<Vec<_>>());
    rows.add("channels", "Notice is given by", &terms.channels);
    rows.add_text("channel-rule", "Channels used", terms.channel_rule.map(|rule| rule.as_str()));
    rows.add("audience", "Who is notified", &terms.audience);
    rows.add("scope", "Terms apply to", &terms.scope);
    rows.add_text("changes", "Changes covered", terms.changes.map(|changes| changes.as_str()));
    rows.add_text("consent", "Consent", terms.consent.map(|consent| consent.as_str()));
    rows.add_text("proof-of-delivery", "Proof of delivery", terms.proof_of_delivery.map(|proof| proof.as_str()));
    rows.add_text("zone", "Time zone", terms.zone.as_ref().map(|zone| zone.as_str()));
    rows.add("weekend", "Weekend days", &terms.weekend);
    if let Some(holidays) = &terms.holidays {
        rows.add_text("holidays.file", "Holiday list", holidays.file.as_deref());
        rows.add("holidays.dates", "Holidays", &holidays.dates);
        rows.add("holidays.until", "Holidays listed until", holidays.until.as_slice());
    }
    rows.add_text("roll", "Deadlines on holidays", terms.roll.map(|roll| roll.as_str()));
    rows.add_text("clear", "Counting of days", terms.clear.then_some("clear days"));
    rows.add_text("text", "Notice terms", terms.text.as_deref());
    rows.0
}

/// The typed terms by the key of the row to which they belong. Sentences may be equal where terms are not; these
/// values are equal only if the terms are.
pub(crate) fn stated_terms(terms: &Terms) -> BTreeMap<FieldKey, Value> {
    let Ok(Value::Object(members)) = terms.to_json() else { return BTreeMap::new() };
    let mut stated = BTreeMap::new();
    for (name, value) in members {
        match value {
            Value::Object(parts) if is_divided(&name) && !parts.is_empty() => insert_parts(&mut stated, &name, parts),
            value => insert_term(&mut stated, &name, value),
        }
    }
    join_window(&mut stated, terms);
    stated
}

/// Whether a term has one row for each of its members.
fn is_divided(name: &str) -> bool {
    matches!(name, "lead" | "objection" | "holidays")
}

fn insert_parts(stated: &mut BTreeMap<FieldKey, Value>, name: &str, parts: Map<String, Value>) {
    for (part, value) in parts {
        insert_term(stated, &format!("{name}.{part}"), value);
    }
}

/// One row contains the length of the window and the event from which it counts.
fn join_window(stated: &mut BTreeMap<FieldKey, Value>, terms: &Terms) {
    let has_length = matches!(&terms.objection, Some(Objection { within: Some(Window::Exactly(_)), .. }));
    let keys = ["notice.objection.within", "notice.objection.from"].map(FieldKey::new);
    if let ([Ok(within), Ok(from)], true) = (keys, has_length) {
        let start = stated.remove(&from).unwrap_or_default();
        stated.entry(within).and_modify(|length| *length = Value::Array(vec![length.take(), start]));
    }
}

fn insert_term(stated: &mut BTreeMap<FieldKey, Value>, name: &str, value: Value) {
    if let Ok(field) = FieldKey::new(&format!("notice.{name}")) {
        stated.insert(field, value);
    }
}

/// A typed term as JSON with sorted members, whatever order serde_json keeps.
pub(crate) fn term_notation(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<&String, String> =
                members.iter().map(|(name, value)| (name, term_notation(value))).collect();
            let members: Vec<String> =
                sorted.iter().map(|(name, value)| format!("{}: {value}", Value::from(name.as_str()))).collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(term_notation).collect();
            format!("[{}]", items.join(", "))
        }
        value => value.to_string(),
    }
}

#[derive(Default)]
struct Rows(Vec<Fact>);

impl Rows {
    /// Adds a row of several items, unless there are none.
    fn add<T: std::fmt::Display>(&mut self, key: &str, label: &str, items: &[T]) {
        let texts: Vec<String> = items.iter().map(T::to_string).collect();
        self.add_text(key, label, Some(texts.join("; ")).filter(|text| !text.is_empty()).as_deref());
    }

    fn add_text(&mut self, key: &str, label: &str, text: Option<&str>) {
        if let (Ok(field), Some(text)) = (FieldKey::new(&format!("notice.{key}")), text) {
            self.0.push(Fact { field, label: Text::new(label), text: Text::new(text) });
        }
    }
}

fn add_objection(rows: &mut Rows, objection: &Objection) {
    let within = match objection.within {
        Some(Window::Exactly(duration)) => Some(format!("{}{}", duration_text(duration), from_text(&objection.from))),
        Some(Window::UntilEffective) => Some("until the change takes effect".to_owned()),
        Some(Window::Contract) => Some("as the contract states".to_owned()),
        None => None,
    };
    rows.add_text("objection.within", "Period to object", within.as_deref());
    if !matches!(objection.within, Some(Window::Exactly(_))) {
        rows.add("objection.from", "Period to object counts from", &events(&objection.from));
    }
    rows.add_text("objection.remedy", "Right of customers", objection.remedy.map(|remedy| remedy.as_str()));
    let contact = objection.contact.as_deref().map(|contact| contact.trim_start_matches("mailto:"));
    rows.add_text("objection.contact", "Objections to", contact);
    rows.add_text("objection.grounds", "Grounds for an objection", objection.grounds.as_deref());
    rows.add_text("objection.silence", "Silence means", objection.silence.map(|silence| silence.as_str()));
    rows.add("objection.scope", "Objections apply to", &objection.scope);
    let steps: Vec<String> = objection.then.iter().map(step_text).collect();
    rows.add("objection.then", "Periods after an objection", &steps);
    rows.add_text("objection.outcome", "After an objection", objection.outcome.as_deref());
    rows.add_text("objection.text", "Right to object", objection.text.as_deref());
}

/// The kind of change as a noun with its article.
fn event_of(kind: Trigger) -> &'static str {
    match kind {
        Trigger::Added => "an addition",
        Trigger::Replaced => "a replacement",
        Trigger::Activated => "an activation",
        Trigger::Removed => "a removal",
        Trigger::Relocated => "a relocation",
        Trigger::PurposeChanged => "a change of purpose",
        Trigger::DataChanged => "a change of data",
        Trigger::TransferChanged => "a change of transfer mechanism",
        Trigger::ScopeChanged => "a change of scope",
        Trigger::TermsChanged => "a change of these terms",
        Trigger::Any => "any change",
    }
}

fn duration_text(duration: Duration) -> String {
    let unit = match duration.unit {
        DurationUnit::Hours => "hour",
        DurationUnit::Days => "day",
        DurationUnit::BusinessDays => "business day",
        DurationUnit::Weeks => "week",
        DurationUnit::Months => "month",
    };
    format!("{} {unit}{}", duration.count, if duration.count == 1 { "" } else { "s" })
}

fn time_text(time: &LeadTime) -> String {
    match time {
        LeadTime::Exactly(duration) => duration_text(*duration),
        LeadTime::Before => "in advance, without a stated length".to_owned(),
        LeadTime::Reasonable => "a reasonable time".to_owned(),
        LeadTime::Prompt => "promptly".to_owned(),
        LeadTime::Contract => "as the contract states".to_owned(),
        LeadTime::Column(column) => format!("as the column {column} states"),
    }
}

fn lead_text(lead: &Lead) -> String {
    let conditions = &lead.conditions;
    let details = [
        conditions.name.clone(),
        Some(events(&conditions.before).join(" or "))
            .filter(|events| !events.is_empty())
            .map(|e| format!("before {e}")),
        conditions.when.clone(),
        joined("for ", &conditions.audience),
        joined("by ", &conditions.channels),
        conditions.text.as_ref().map(|text| format!("“{text}”")),
    ];
    with_details(time_text(&lead.time), details)
}

fn exception_text(exception: &Exception) -> String {
    let rules = &exception.rules;
    let details = [
        rules.reason.map(|_| "with a stated reason".to_owned()),
        joined("only for ", &rules.grounds),
        joined("applies to: ", &rules.applies_to),
        rules.notice_within.as_ref().map(|time| format!("late notice: {}", time_text(time))),
        rules.from.map(|event| format!("from {}", event_text(event))),
    ];
    with_details(exception.text.clone().unwrap_or_else(|| "exception".to_owned()), details)
}

fn duty_text(duty: &Duty) -> String {
    let time = duty.within.as_ref().map_or_else(|| "notice".to_owned(), time_text);
    let details = [duty.text.as_ref().map(|text| format!("“{text}”"))];
    with_details(format!("{time} after {}", event_text(duty.after)), details)
}

fn step_text(period: &NextPeriod) -> String {
    let details = [
        period.within.map(duration_text),
        period.from.map(|event| format!("from {}", event_text(event))),
        period.text.as_ref().map(|text| format!("“{text}”")),
    ];
    with_details(period.step.to_string(), details)
}

fn with_details<const N: usize>(text: String, details: [Option<String>; N]) -> String {
    let details: Vec<String> = details.into_iter().flatten().collect();
    if details.is_empty() { text } else { format!("{text} ({})", details.join(", ")) }
}

fn joined<T: std::fmt::Display>(prefix: &str, items: &[T]) -> Option<String> {
    let texts: Vec<String> = items.iter().map(T::to_string).collect();
    (!texts.is_empty()).then(|| format!("{prefix}{}", texts.join(", ")))
}

/// " from notification", which is the default.
fn from_text(from: &[Event]) -> String {
    let stated = if from.is_empty() { vec![event_text(Event::Notification)] } else { events(from) };
    format!(" from {}", stated.join(" or "))
}

fn events(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(|event| event_text(*event)).collect()
}

fn event_text(event: Event) -> &'static str {
    match event {
        Event::Notification => "notification",
        Event::Publication => "publication",
        Event::Effective => "the effective date",
        Event::Receipt => "receipt of the notice",
        Event::Listing => "the addition to the list",
        Event::Activation => "the activation for a workspace",
        Event::Engagement => "the engagement",
        Event::Objection => "the objection",
        Event::PeriodEnd => "the end of the period before",
        Event::UpstreamPublication => "the publication by the supplier",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_rows_with_stable_keys() {
        let terms: Terms = serde_json::from_str(
            r#"{"lead":{"added":"30d","activated":"10bd"},"objection":{"within":"14d","contact":"mailto:a@b.example"},"exceptions":["emergency"]}"#,
        )
        .unwrap();
        let rows = term_rows(&terms);
        let rows: Vec<String> = rows.iter().map(|row| format!("{}: {} = {}", row.field, row.label, row.text)).collect();
        assert_eq!(
            rows,
            [
                "notice.lead.added: Notice before an addition = 30 days",
                "notice.lead.activated: Notice before an activation = 10 business days",
                "notice.objection.within: Period to object = 14 days from notification",
                "notice.objection.contact: Objections to = a@b.example",
                "notice.exceptions: Exceptions = emergency",
            ]
        );
    }
}
