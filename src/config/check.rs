//! `rules:`, `waivers:` and `hosts:` of the configuration, which `check` reads.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use changecast_core::{
    lint,
    model::{EntryId, ListId},
    serde_as_text,
};

/// The id of a rule of `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleId(pub &'static lint::Rule);

impl PartialOrd for RuleId {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RuleId {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.id.cmp(other.0.id)
    }
}

impl FromStr for RuleId {
    type Err = lint::UnknownRule;

    fn from_str(id: &str) -> Result<Self, lint::UnknownRule> {
        id.parse().map(RuleId)
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.id)
    }
}

/// The last day on which a waiver applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LastDay(pub NaiveDate);

impl FromStr for LastDay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d");
        day.map(LastDay).map_err(|_| format!("{text:?} is not a day: write it like 2027-01-31"))
    }
}

impl fmt::Display for LastDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The reason for a waiver, which is never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

impl Reason {
    /// The reason in the publisher's words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reason {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Err("a waiver needs a reason".to_owned()),
            reason => Ok(Reason(reason.to_owned())),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(RuleId, LastDay, Reason);

/// A finding that is accepted for some time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a waiver with the keys `rule`, `reason` and `until`")]
pub struct Waiver {
    /// The rule.
    pub rule: RuleId,
    /// The list; without it, every list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<ListId>,
    /// The entry; without it, findings about any entry or none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<EntryId>,
    /// Why the finding is accepted.
    pub reason: Reason,
    /// The last day on which it is accepted.
    pub until: LastDay,
}

/// Which code is searched for hosts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "the keys `paths` and `ignore`")]
pub struct HostsConfig {
    /// The files and folders of the repository that are searched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
    /// Hosts that receive no personal data of customers, and everything below them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ignore: Vec<String>,
}

impl HostsConfig {
    pub(super) fn is_empty(&self) -> bool {
        *self == HostsConfig::default()
    }
}
