//! Notice terms: how long before a change customers are notified, and how long they may object.
//!
//! The terms are data: their English wording is computed in [`crate::term_rows`]. They are part of the
//! signed list, so that a member that is added later must be optional.

mod calendar;
mod duration;
mod short;
mod shortened;
mod words;

use std::{collections::BTreeMap, convert::Infallible, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::model::Text;

pub use calendar::{BadDate, BadZone, Date, Holidays, Zone};
pub use duration::{BadDuration, BadLeadTime, BadWindow, Duration, DurationUnit, LeadTime, Window};
use short::{Short, flag, one_or_many, write_one_or_many};
pub use words::{
    Audience, Changes, Channel, ChannelRule, Event, Promise, Remedy, Requirement, Roll, Silence, Step, Trigger,
    UnknownWord, Weekday,
};

/// The notice terms of a list. Every part is optional; an absent part is not stated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Terms {
    /// Whether notice is promised at all, where the terms refuse it or only promise to try.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
    /// The leads for each kind of change: how long before the change customers are notified.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lead: BTreeMap<Trigger, Leads>,
    /// How customers may object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objection: Option<Objection>,
    /// When the leads do not apply.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub exceptions: Vec<Exception>,
    /// Duties after an event.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub duties: Vec<Duty>,
    /// How customers are notified.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub channels: Vec<Channel>,
    /// Whether all channels are used, or one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_rule: Option<ChannelRule>,
    /// The people who are notified.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub audience: Vec<Audience>,
    /// A limit of the terms, in the publisher's words: "for your workspace".
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub scope: Vec<String>,
    /// Which changes the terms are limited to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    /// Whether a change needs the customer's consent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<Requirement>,
    /// Whether a notice counts only with a proof of its delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof_of_delivery: Option<Requirement>,
    /// The time zone in which days begin and end. The default is UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    /// The days that are not business days. The default is Saturday and Sunday.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub weekend: Vec<Weekday>,
    /// The holidays, which are not business days either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holidays: Option<Holidays>,
    /// Whether a calendar deadline moves when it falls on a weekend day or holiday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roll: Option<Roll>,
    /// Whether leads are clear days, which count neither the first nor the last day.
    #[serde(skip_serializing_if = "is_false", deserialize_with = "flag")]
    pub clear: bool,
    /// The terms in the publisher's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// The leads for one kind of change, in the order of the file. One lead alone is written without a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Leads(
    /// The leads, in the order of the file.
    #[serde(deserialize_with = "one_or_many", serialize_with = "write_leads")]
    pub Vec<Lead>,
);

fn write_leads<S: Serializer>(leads: &[Lead], serializer: S) -> Result<S::Ok, S::Error> {
    write_one_or_many(leads, serializer)
}

/// One lead: a notice that is given some time before a change. `30d` is short for `{time: 30d}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lead {
    /// How long before the change.
    pub time: LeadTime,
    /// The conditions and the wording.
    pub conditions: LeadConditions,
}

/// What a [`Lead`] states besides its length.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct LeadConditions {
    /// The events that the notice precedes. The earlier one counts; the default is `effective`.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub before: Vec<Event>,
    /// The name of the notice if a change has several: "initial", "final".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The condition under which the lead applies, in the publisher's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// Who is notified, where it differs from the other leads.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub audience: Vec<Audience>,
    /// How customers are notified, where it differs from the other leads.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub channels: Vec<Channel>,
    /// The lead in the publisher's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A [`Lead`] as a map: serde cannot combine `flatten` with `deny_unknown_fields`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FullLead {
    time: LeadTime,
    #[serde(default, deserialize_with = "one_or_many")]
    before: Vec<Event>,
    name: Option<String>,
    when: Option<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    audience: Vec<Audience>,
    #[serde(default, deserialize_with = "one_or_many")]
    channels: Vec<Channel>,
    text: Option<String>,
}

impl From<FullLead> for Lead {
    fn from(full: FullLead) -> Self {
        let FullLead { time, before, name, when, audience, channels, text } = full;
        Lead { time, conditions: LeadConditions { before, name, when, audience, channels, text } }
    }
}

impl FromStr for Lead {
    type Err = BadLeadTime;

    fn from_str(text: &str) -> Result<Self, BadLeadTime> {
        Ok(Lead { time: text.parse()?, conditions: LeadConditions::default() })
    }
}

impl Short for Lead {
    const FORMS: &'static str = "a length such as `30d`, or a map with `time`";
}

impl<'de> Deserialize<'de> for Lead {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        short::text_or_map::<_, FullLead, _>(deserializer)
    }
}

impl Serialize for Lead {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Full<'l> {
            time: &'l LeadTime,
            #[serde(flatten)]
            conditions: &'l LeadConditions,
        }
        if self.conditions == LeadConditions::default() {
            return self.time.serialize(serializer);
        }
        Full { time: &self.time, conditions: &self.conditions }.serialize(serializer)
    }
}

/// How customers may object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Objection {
    /// For how long. Absent where there is a right to object without a length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<Window>,
    /// The events that the window counts from. The default is `notification`.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many", serialize_with = "write_events")]
    pub from: Vec<Event>,
    /// The actions that the customer may take within the window. The default is to object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Remedy>,
    /// The link or e-mail address for objections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The grounds or form that an objection needs, in the publisher's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grounds: Option<String>,
    /// What silence within the window means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub silence: Option<Silence>,
    /// A limit of the remedy, in the publisher's words: "affected portion".
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub scope: Vec<String>,
    /// The periods that begin after an objection.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub then: Vec<NextPeriod>,
    /// What follows an objection, in the publisher's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The right to object in the publisher's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

fn write_events<S: Serializer>(events: &[Event], serializer: S) -> Result<S::Ok, S::Error> {
    write_one_or_many(events, serializer)
}

/// A period that begins after an objection, such as talks or a time to terminate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NextPeriod {
    /// What happens within it.
    pub step: Step,
    /// The length of the period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Duration>,
    /// The event that it counts from, where it is not the step before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Event>,
    /// The step in the publisher's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// When the leads do not apply. A text alone is short for `{text: …}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exception {
    /// The exception in the publisher's words.
    pub text: Option<String>,
    /// The requirements of the exception.
    pub rules: ExceptionRules,
}

/// What an [`Exception`] demands of the publisher.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ExceptionRules {
    /// Whether the publisher must state a reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Requirement>,
    /// The grounds on which the exception is allowed, as a closed list.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub grounds: Vec<String>,
    /// The kinds of change that it applies to. The default is every kind with a lead.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "one_or_many")]
    pub applies_to: Vec<Trigger>,
    /// How soon the late notice follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice_within: Option<LeadTime>,
    /// The event that the late notice counts from. The default is `effective`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Event>,
}

/// An [`Exception`] as a map.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FullException {
    text: Option<String>,
    reason: Option<Requirement>,
    #[serde(default, deserialize_with = "one_or_many")]
    grounds: Vec<String>,
    #[serde(default, deserialize_with = "one_or_many")]
    applies_to: Vec<Trigger>,
    notice_within: Option<LeadTime>,
    from: Option<Event>,
}

impl From<FullException> for Exception {
    fn from(full: FullException) -> Self {
        let FullException { text, reason, grounds, applies_to, notice_within, from } = full;
        Exception { text, rules: ExceptionRules { reason, grounds, applies_to, notice_within, from } }
    }
}

impl FromStr for Exception {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Exception { text: Some(text.to_owned()), rules: ExceptionRules::default() })
    }
}

impl Short for Exception {
    const FORMS: &'static str =
        "a text, or a map with `text`, `reason`, `grounds`, `applies-to`, `notice-within`, `from`";
}

impl<'de> Deserialize<'de> for Exception {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        short::text_or_map::<_, FullException, _>(deserializer)
    }
}

impl Serialize for Exception {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Full<'e> {
            #[serde(skip_serializing_if = "Option::is_none")]
            text: &'e Option<String>,
            #[serde(flatten)]
            rules: &'e ExceptionRules,
        }
        match &self.text {
            Some(text) if self.rules == ExceptionRules::default() => serializer.serialize_str(text),
            text => Full { text, rules: &self.rules }.serialize(serializer),
        }
    }
}

/// A duty after an event: "within 72 hours after the engagement".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Duty {
    /// The event that begins the period.
    pub after: Event,
    /// How soon the duty is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<LeadTime>,
    /// The duty in the publisher's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Terms that cannot be used, with the key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {message}")]
pub struct BadTerms {
    key: String,
    message: String,
}

impl Terms {
    /// Reads terms from JSON.
    ///
    /// # Errors
    /// [`BadTerms`] with the key, such as `notice.lead.added`, and the accepted forms.
    pub fn from_json(value: &Value) -> Result<Self, BadTerms> {
        let value = &clean_texts(value);
        Terms::deserialize(value).map_err(|error| {
            let key = wrong_key(value);
            BadTerms { key: key.unwrap_or_else(|| "notice".to_owned()), message: error.to_string() }
        })
    }

    /// The terms with every text on one line and without control characters, as [`Terms::from_json`] returns them.
    ///
    /// # Errors
    /// [`BadTerms`] never occurs for terms that were read.
    pub fn cleaned(&self) -> Result<Self, BadTerms> {
        let value =
            self.to_json().map_err(|error| BadTerms { key: "notice".to_owned(), message: error.to_string() })?;
        Terms::from_json(&value)
    }

    /// The terms as JSON without nulls or fractions. The order of members has no meaning.
    ///
    /// # Errors
    /// [`serde_json::Error`] never occurs for terms: their members are texts, flags, lists and maps.
    pub fn to_json(&self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self)
    }
}

/// The value with every text on one line and without control characters, as [`Text`] has them.
fn clean_texts(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(Text::new(text).to_string()),
        Value::Array(items) => items.iter().map(clean_texts).collect(),
        Value::Object(members) => members.iter().map(|(key, member)| (key.clone(), clean_texts(member))).collect(),
        other => other.clone(),
    }
}

/// The key of the member that cannot be read: each member is read alone, then each member of that.
fn wrong_key(value: &Value) -> Option<String> {
    let (key, member) =
        value.as_object()?.iter().find(|(key, member)| Terms::deserialize(single(key, member)).is_err())?;
    let inner = member.as_object().and_then(|members| {
        members.iter().find(|(name, part)| Terms::deserialize(single(key, &single(name, part))).is_err())
    });
    Some(match inner {
        Some((name, _)) => format!("notice.{key}.{name}"),
        None => format!("notice.{key}"),
    })
}

/// A map of one member.
fn single(key: &str, value: &Value) -> Value {
    Value::Object([(key.to_owned(), value.clone())].into_iter().collect())
}

#[cfg(test)]
mod tests;
