//! Notice terms: how long before a change customers are told, and how long they may object.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::model::{Fact, FieldKey, Text};

/// A number of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// How many.
    pub days: u16,
    /// Of which kind.
    pub unit: DayUnit,
}

/// Which days count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayUnit {
    /// Every day, written `30d`.
    Calendar,
    /// Working days, written `10bd`.
    Business,
}

/// A period in a form that is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no period: write calendar days as `30d`, business days as `10bd`")]
pub struct BadPeriod(String);

impl FromStr for Period {
    type Err = BadPeriod;

    fn from_str(text: &str) -> Result<Self, BadPeriod> {
        let (number, unit) = match text.strip_suffix("bd") {
            Some(number) => (number, DayUnit::Business),
            None => (text.strip_suffix('d').unwrap_or_default(), DayUnit::Calendar),
        };
        match number.parse() {
            Ok(days) => Ok(Period { days, unit }),
            Err(_) => Err(BadPeriod(text.to_owned())),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let unit = match self.unit {
            DayUnit::Calendar => "d",
            DayUnit::Business => "bd",
        };
        serializer.collect_str(&format_args!("{}{unit}", self.days))
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::model::text_form::deserialize(deserializer)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            DayUnit::Calendar => "",
            DayUnit::Business => "business ",
        };
        write!(f, "{} {unit}day{}", self.days, if self.days == 1 { "" } else { "s" })
    }
}

/// An event that customers are told of beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// A new sub-processor.
    Added,
    /// One sub-processor in place of another.
    Replaced,
    /// An available or optional sub-processor goes into use.
    Activated,
    /// A sub-processor leaves.
    Removed,
    /// Processing at another place.
    Relocated,
    /// Processing for another purpose.
    PurposeChanged,
    /// Processing of other data.
    DataChanged,
    /// Another transfer safeguard.
    TransferChanged,
}

impl fmt::Display for Trigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Trigger::Added => "addition",
            Trigger::Replaced => "replacement",
            Trigger::Activated => "activation",
            Trigger::Removed => "removal",
            Trigger::Relocated => "relocation",
            Trigger::PurposeChanged => "change of purpose",
            Trigger::DataChanged => "change of data",
            Trigger::TransferChanged => "change of transfer mechanism",
        })
    }
}

/// What the period for objections counts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectionStart {
    /// The day customers are told.
    #[default]
    Notification,
    /// The day the change is published.
    Publication,
    /// The day the change takes effect.
    Effective,
}

/// How customers may object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Objection {
    /// For how long.
    pub within: Period,
    /// Counted from when.
    #[serde(default)]
    pub from: ObjectionStart,
    /// To whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// What becomes of it, in the publisher's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

/// The notice terms of a list. All parts are optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terms {
    /// How long before each event customers are told.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub lead: BTreeMap<Trigger, Period>,
    /// How customers may object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objection: Option<Objection>,
    /// When the lead times do not apply.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<String>,
    /// How customers are told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// The terms in the publisher's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Terms {
    /// The terms as statements of the list, in a fixed order. Their keys begin with `notice.`.
    pub fn facts(&self) -> Vec<Fact> {
        let mut facts = Vec::new();
        let mut add = |key: &str, label: &str, text: String| {
            if let Ok(field) = FieldKey::new(&format!("notice.{key}")) {
                facts.push(Fact { field, label: Text::new(label), text: Text::new(&text) });
            }
        };
        for (trigger, period) in &self.lead {
            let name =
                serde_json::to_value(trigger).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
            add(&format!("lead.{name}"), &format!("Notice before {}", with_article(*trigger)), period.to_string());
        }
        if let Some(objection) = &self.objection {
            let from = match objection.from {
                ObjectionStart::Notification => "notification",
                ObjectionStart::Publication => "publication",
                ObjectionStart::Effective => "the effective date",
            };
            add("objection.within", "Period to object", format!("{} from {from}", objection.within));
            if let Some(contact) = &objection.contact {
                add("objection.contact", "Objections to", contact.trim_start_matches("mailto:").to_owned());
            }
            if let Some(outcome) = &objection.outcome {
                add("objection.outcome", "After an objection", outcome.clone());
            }
        }
        for (key, label, texts) in
            [("exceptions", "Exceptions", &self.exceptions), ("channels", "Notice is given by", &self.channels)]
        {
            if !texts.is_empty() {
                add(key, label, texts.join("; "));
            }
        }
        if let Some(text) = &self.text {
            add("text", "Notice terms", text.clone());
        }
        facts
    }
}

fn with_article(trigger: Trigger) -> String {
    let noun = trigger.to_string();
    format!("{} {noun}", if noun.starts_with('a') { "an" } else { "a" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_and_said() {
        assert_eq!("30d".parse::<Period>().unwrap().to_string(), "30 days");
        assert_eq!("1d".parse::<Period>().unwrap().to_string(), "1 day");
        assert_eq!("10bd".parse::<Period>().unwrap().to_string(), "10 business days");
        for bad in ["", "30", "d", "-1d", "30 days", "99999d"] {
            assert!(bad.parse::<Period>().is_err(), "{bad}");
        }
    }

    #[test]
    fn terms_become_statements() {
        let terms: Terms = serde_json::from_str(
            r#"{"lead":{"added":"30d","activated":"10bd"},"objection":{"within":"14d","contact":"mailto:a@b.example"},"exceptions":["emergency"]}"#,
        )
        .unwrap();
        let facts: Vec<String> =
            terms.facts().iter().map(|f| format!("{}: {} = {}", f.field, f.label, f.text)).collect();
        assert_eq!(
            facts,
            [
                "notice.lead.added: Notice before an addition = 30 days",
                "notice.lead.activated: Notice before an activation = 10 business days",
                "notice.objection.within: Period to object = 14 days from notification",
                "notice.objection.contact: Objections to = a@b.example",
                "notice.exceptions: Exceptions = emergency",
            ]
        );
        assert!(serde_json::from_str::<Terms>(r#"{"lead":{"addded":"30d"}}"#).is_err());
    }
}
