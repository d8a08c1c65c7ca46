//! Lengths of time as notice terms state them, and terms without a computable length.

use std::{fmt, str::FromStr};

use chrono::{Days, Months, TimeDelta};

use crate::model::Timestamp;

/// A length of time: `72h`, `30d`, `10bd`, `2w`, `3m`, or the ISO 8601 forms `PT72H`, `P30D`, `P2W`, `P3M`.
///
/// ISO 8601 has no business days. Output uses the short form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Duration {
    /// The number of units.
    pub count: u16,
    /// The unit that it counts.
    pub unit: DurationUnit,
}

/// The unit of a [`Duration`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DurationUnit {
    /// Elapsed hours, written as `h`.
    Hours,
    /// Calendar days, written as `d`.
    Days,
    /// Business days, `bd`: days that are neither weekend days nor listed holidays.
    BusinessDays,
    /// Weeks of seven calendar days, `w`.
    Weeks,
    /// Calendar months, `m`: the same day of a later month, or the last day of that month.
    Months,
}

impl DurationUnit {
    /// Every unit, with its suffix in the short form.
    const SUFFIXES: [(DurationUnit, &'static str); 5] = [
        (DurationUnit::BusinessDays, "bd"),
        (DurationUnit::Hours, "h"),
        (DurationUnit::Days, "d"),
        (DurationUnit::Weeks, "w"),
        (DurationUnit::Months, "m"),
    ];

    fn suffix(self) -> &'static str {
        Self::SUFFIXES.iter().find(|(unit, _)| *unit == self).map_or("", |(_, suffix)| suffix)
    }
}

impl Duration {
    /// The moment this long after another: elapsed hours, and the same time of a later day. `None` for business days,
    /// which depend on a calendar, and after the year 9999.
    pub fn after(self, start: Timestamp) -> Option<Timestamp> {
        let count = u32::from(self.count);
        let end = match self.unit {
            DurationUnit::Hours => start.utc().checked_add_signed(TimeDelta::hours(count.into())),
            DurationUnit::Days => start.utc().checked_add_days(Days::new(count.into())),
            DurationUnit::Weeks => start.utc().checked_add_days(Days::new(7 * u64::from(count))),
            DurationUnit::Months => start.utc().checked_add_months(Months::new(count)),
            DurationUnit::BusinessDays => None,
        };
        let seconds = end?.timestamp();
        Some(Timestamp::from_unix_clamped(seconds)).filter(|end| end.seconds() == seconds)
    }
}

/// A text that is not a [`Duration`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not a duration: write `30d` (calendar days), `10bd` (business days), `72h`, `2w`, `3m`, or ISO 8601 such as `P30D`"
)]
pub struct BadDuration(String);

impl FromStr for Duration {
    type Err = BadDuration;

    fn from_str(text: &str) -> Result<Self, BadDuration> {
        parse_iso(text).or_else(|| parse_short(text)).ok_or_else(|| BadDuration(text.to_owned()))
    }
}

fn parse_short(text: &str) -> Option<Duration> {
    let (unit, number) =
        DurationUnit::SUFFIXES.iter().find_map(|(unit, suffix)| Some((*unit, text.strip_suffix(suffix)?)))?;
    Some(Duration { count: parse_count(number)?, unit })
}

fn parse_iso(text: &str) -> Option<Duration> {
    let date = text.strip_prefix('P')?;
    let (number, unit) = if let Some(time) = date.strip_prefix('T') {
        (time.strip_suffix('H')?, DurationUnit::Hours)
    } else if let Some(number) = date.strip_suffix('D') {
        (number, DurationUnit::Days)
    } else if let Some(number) = date.strip_suffix('W') {
        (number, DurationUnit::Weeks)
    } else {
        (date.strip_suffix('M')?, DurationUnit::Months)
    };
    Some(Duration { count: parse_count(number)?, unit })
}

/// Digits without a sign; `parse` alone would accept `+30`.
fn parse_count(digits: &str) -> Option<u16> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.suffix())
    }
}

/// How long before a change a notice is given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LeadTime {
    /// A length from which dates can be computed.
    Exactly(Duration),
    /// Before the change, without a length: `before`.
    Before,
    /// A reasonable time: `reasonable`.
    Reasonable,
    /// Promptly, without a length: `prompt`.
    Prompt,
    /// The length that a column of the entry states: `column:KEY`.
    Column(String),
    /// The length that a contract states: `contract`.
    Contract,
}

impl FromStr for LeadTime {
    type Err = BadLeadTime;

    fn from_str(text: &str) -> Result<Self, BadLeadTime> {
        match text {
            "before" => Ok(LeadTime::Before),
            "reasonable" => Ok(LeadTime::Reasonable),
            "prompt" => Ok(LeadTime::Prompt),
            "contract" => Ok(LeadTime::Contract),
            _ => match text.strip_prefix("column:").filter(|column| !column.trim().is_empty()) {
                Some(column) => Ok(LeadTime::Column(column.to_owned())),
                None => text.parse().map(LeadTime::Exactly).map_err(BadLeadTime),
            },
        }
    }
}

/// A text that is not a [`LeadTime`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}; without a length: `before`, `reasonable`, `prompt`, `contract` or `column:KEY`")]
pub struct BadLeadTime(BadDuration);

impl fmt::Display for LeadTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LeadTime::Exactly(duration) => duration.fmt(f),
            LeadTime::Before => f.write_str("before"),
            LeadTime::Reasonable => f.write_str("reasonable"),
            LeadTime::Prompt => f.write_str("prompt"),
            LeadTime::Contract => f.write_str("contract"),
            LeadTime::Column(column) => write!(f, "column:{column}"),
        }
    }
}

/// How long customers may object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Window {
    /// A length from which dates can be computed.
    Exactly(Duration),
    /// Until the change takes effect: `until-effective`.
    UntilEffective,
    /// The length that a contract states: `contract`.
    Contract,
}

/// A text that is not a [`Window`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}; without a length: `until-effective` or `contract`")]
pub struct BadWindow(BadDuration);

impl FromStr for Window {
    type Err = BadWindow;

    fn from_str(text: &str) -> Result<Self, BadWindow> {
        match text {
            "until-effective" => Ok(Window::UntilEffective),
            "contract" => Ok(Window::Contract),
            _ => text.parse().map(Window::Exactly).map_err(BadWindow),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Window::Exactly(duration) => duration.fmt(f),
            Window::UntilEffective => f.write_str("until-effective"),
            Window::Contract => f.write_str("contract"),
        }
    }
}

crate::serde_as_text!(Duration, LeadTime, Window);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_in_the_short_form() {
        for (text, written) in [
            ("30d", "30d"),
            ("P30D", "30d"),
            ("10bd", "10bd"),
            ("72h", "72h"),
            ("PT72H", "72h"),
            ("2w", "2w"),
            ("P2W", "2w"),
            ("3m", "3m"),
            ("P3M", "3m"),
            ("0d", "0d"),
        ] {
            assert_eq!(text.parse::<Duration>().unwrap().to_string(), written, "{text}");
        }
    }

    #[test]
    fn other_texts_are_not_durations() {
        for bad in ["", "30", "d", "-1d", "+1d", "30 days", "99999d", "P30", "P30H", "PT3D", "P1Y", "P10BD", "30D"] {
            let error = bad.parse::<Duration>().unwrap_err().to_string();
            assert!(error.contains("`30d`") && error.contains("`P30D`"), "{error}");
        }
    }
}
