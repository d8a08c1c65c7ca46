//! The days that business days leave out.

use std::{fmt, str::FromStr};

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize};

/// A calendar date, written `2026-12-25`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub NaiveDate);

/// A text that is not a [`Date`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a date: write `2026-12-25`")]
pub struct BadDate(String);

impl FromStr for Date {
    type Err = BadDate;

    fn from_str(text: &str) -> Result<Self, BadDate> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Date);
        date.filter(|date| date.to_string() == text).ok_or_else(|| BadDate(text.to_owned()))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

/// A time zone: `UTC`, an IANA name such as `Europe/Berlin`, or an offset such as `+01:00`.
///
/// Only the form is checked here: names are resolved where deadlines are computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(String);

impl Zone {
    /// The zone in its written form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is not a [`Zone`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time zone: write `UTC`, a name such as `Europe/Berlin`, or an offset such as `+01:00`")]
pub struct BadZone(String);

impl FromStr for Zone {
    type Err = BadZone;

    fn from_str(text: &str) -> Result<Self, BadZone> {
        let is_zone = text == "UTC" || is_offset(text) || is_zone_name(text);
        if is_zone { Ok(Zone(text.to_owned())) } else { Err(BadZone(text.to_owned())) }
    }
}

fn is_offset(text: &str) -> bool {
    let Some((hours, minutes)) = text.strip_prefix(['+', '-']).and_then(|rest| rest.split_once(':')) else {
        return false;
    };
    is_below(hours, 15) && is_below(minutes, 60)
}

/// Whether a text is a number of two digits below a limit.
fn is_below(digits: &str, limit: u8) -> bool {
    digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit()) && digits.parse().is_ok_and(|n: u8| n < limit)
}

fn is_zone_name(text: &str) -> bool {
    text.len() <= 64 && text.contains('/') && text.split('/').all(is_zone_name_part)
}

fn is_zone_name_part(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_uppercase())
        && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+'))
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::serde_as_text!(Date, Zone);

/// Holidays, by value. A list of dates alone is the short form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Holidays {
    /// The file that the dates were taken from, or are to be taken from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The dates, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dates: Vec<Date>,
    /// The last day that the list covers. The default is the end of the year of the last date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Holidays {
    /// Reads the dates of a file: one on every line, and after it an optional name. Empty lines and lines that
    /// begin with `#` have no meaning.
    ///
    /// # Errors
    /// [`BadDate`] for a line that does not begin with a date.
    pub fn parse_dates(text: &str) -> Result<Vec<Date>, BadDate> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut dates: Vec<Date> =
            lines.map(|line| line.split_whitespace().next().unwrap_or_default().parse()).collect::<Result<_, _>>()?;
        dates.sort_unstable();
        dates.dedup();
        Ok(dates)
    }
}

impl<'de> Deserialize<'de> for Holidays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Full {
            file: Option<String>,
            #[serde(default)]
            dates: Vec<Date>,
            until: Option<Date>,
        }
        let full = super::short::seq_or_map(deserializer, |dates| Full { file: None, dates, until: None })?;
        let mut dates = full.dates;
        dates.sort_unstable();
        dates.dedup();
        Ok(Holidays { file: full.file, dates, until: full.until })
    }
}
