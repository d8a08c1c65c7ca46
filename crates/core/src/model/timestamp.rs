//! Points in time, to the second, in UTC.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike, Months, NaiveDate, SecondsFormat, Utc};

/// A second in UTC between 1970 and 9999, written as RFC 3339 `2026-11-21T10:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The last second that RFC 3339 can write.
const LAST: i64 = 253_402_300_799;

impl Timestamp {
    /// The last time that can be written: 9999-12-31T23:59:59Z.
    pub const LAST: Timestamp = Timestamp(LAST);

    /// The moment of a Unix time in seconds. Commits may claim any time; a time before 1970 or after 9999
    /// becomes the nearest one that RFC 3339 can express.
    pub fn from_unix_clamped(seconds: i64) -> Self {
        Timestamp(seconds.clamp(0, LAST))
    }

    /// The Unix time in seconds.
    pub fn seconds(self) -> i64 {
        self.0
    }

    /// The moment one second later, at most the last second of 9999.
    pub fn next(self) -> Self {
        Timestamp((self.0 + 1).min(LAST))
    }

    /// The moment one second earlier, at least the first second of 1970.
    pub fn previous(self) -> Self {
        Timestamp((self.0 - 1).max(0))
    }

    /// The same moment as chrono's type.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0, 0).unwrap_or_default()
    }

    /// The calendar day in UTC.
    pub fn date(self) -> NaiveDate {
        self.utc().date_naive()
    }

    /// The calendar year in UTC.
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// The calendar year and month (1 to 12) in UTC.
    pub fn month(self) -> (i32, u32) {
        (self.date().year(), self.date().month())
    }

    /// The moment this many calendar months earlier, at least the first second of 1970.
    pub fn months_earlier(self, months: u32) -> Self {
        Timestamp(self.utc().checked_sub_months(Months::new(months)).map_or(0, |time| time.timestamp()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.utc().to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

/// The error for a time that is not in the canonical form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time in UTC of the form 2026-11-21T10:00:00Z")]
pub struct BadTimestamp(String);

impl FromStr for Timestamp {
    type Err = BadTimestamp;

    fn from_str(text: &str) -> Result<Self, BadTimestamp> {
        let parsed = DateTime::parse_from_rfc3339(text).ok().map(|time| Timestamp(time.timestamp()));
        parsed
            .filter(|moment| (0..=LAST).contains(&moment.0) && moment.to_string() == text)
            .ok_or_else(|| BadTimestamp(text.to_owned()))
    }
}

crate::serde_as_text!(Timestamp);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_one_way() {
        let moment = Timestamp::from_unix_clamped(1_712_912_400);
        assert_eq!(moment.to_string(), "2024-04-12T09:00:00Z");
        assert_eq!(moment.to_string().parse(), Ok(moment));
        for bad in ["2024-04-12", "2024-04-12T09:00:00+00:00", "2024-04-12T09:00:00.0Z", "2024-13-12T09:00:00Z"] {
            assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
        }
        for absurd in [i64::MIN, -1, i64::MAX] {
            let moment = Timestamp::from_unix_clamped(absurd);
            assert_eq!(moment.to_string().parse(), Ok(moment));
        }
        assert_eq!(moment.months_earlier(12).to_string(), "2023-04-12T09:00:00Z");
    }
}
