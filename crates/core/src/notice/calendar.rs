//! Days of a time zone, business days, and the ends of periods.

use std::{collections::BTreeSet, fmt};

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::zone::Zone;
use crate::model::{
    Terms, Timestamp,
    terms::{Duration, DurationUnit, Roll, Weekday as TermsWeekday},
};

/// Why a date cannot be computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The zone of the terms is not in the time zone database.
    #[error("the time zone {0:?} does not exist")]
    UnknownZone(String),
    /// Every day of the week is a weekend day.
    #[error("all seven days are weekend days, so there are no business days")]
    NoBusinessDays,
    /// The holiday list ends before the deadline.
    #[error("the holiday list ends on {until}, before the deadline; add the holidays of later years")]
    HolidaysEnd {
        /// The last day that the list covers.
        until: NaiveDate,
    },
    /// The date is after the year 9999.
    #[error("the date is out of range")]
    OutOfRange,
}

/// The calendar of notice terms: zone, weekend days and holidays.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: Zone,
    name: String,
    weekend: BTreeSet<u32>,
    holidays: BTreeSet<NaiveDate>,
    /// The last day that the holiday list covers; `None` without a list.
    until: Option<NaiveDate>,
    roll: Option<Roll>,
}

/// The end of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// The end of a day.
    Day(NaiveDate),
    /// An instant, for periods in hours.
    Instant(Timestamp),
}

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deadline::Day(day) => write!(f, "{day}"),
            Deadline::Instant(instant) => write!(f, "{instant}"),
        }
    }
}

impl Calendar {
    /// The calendar of notice terms. Without a zone, days are those of UTC; without weekend days, Saturday and Sunday
    /// are not business days.
    ///
    /// # Errors
    /// [`CalendarError`] for a zone that does not exist, and for a week without business days.
    pub fn of(terms: &Terms) -> Result<Self, CalendarError> {
        let name = terms.zone.as_ref().map_or("UTC", |zone| zone.as_str()).to_owned();
        let weekend: BTreeSet<u32> = if terms.weekend.is_empty() {
            [5, 6].into()
        } else {
            terms.weekend.iter().map(|day| weekday(*day).num_days_from_monday()).collect()
        };
        if weekend.len() == 7 {
            return Err(CalendarError::NoBusinessDays);
        }
        let holidays: BTreeSet<NaiveDate> =
            terms.holidays.iter().flat_map(|list| &list.dates).map(|date| date.0).collect();
        let stated = terms.holidays.as_ref().and_then(|list| list.until).map(|until| until.0);
        let year_end = holidays.last().and_then(|last| NaiveDate::from_ymd_opt(last.year(), 12, 31));
        Ok(Calendar {
            zone: Zone::parse(&name).ok_or_else(|| CalendarError::UnknownZone(name.clone()))?,
            name,
            weekend,
            holidays,
            until: stated.or(year_end),
            roll: terms.roll,
        })
    }

    /// The zone as the terms state it.
    pub fn zone(&self) -> &str {
        &self.name
    }

    /// Whether business days take holidays into account.
    pub fn has_holidays(&self) -> bool {
        self.until.is_some()
    }

    /// The day of an instant in the zone.
    pub fn day_of(&self, instant: Timestamp) -> NaiveDate {
        self.zone.local(instant.utc().naive_utc()).date()
    }

    /// The first instant of a day in the zone. Where clocks are moved forward at midnight, that is later than 00:00.
    pub fn start_of(&self, day: NaiveDate) -> Timestamp {
        let start = self.zone.start_of(day).map_or(0, |start| start.and_utc().timestamp());
        Timestamp::from_unix_clamped(start)
    }

    /// The first instant after a deadline.
    pub fn end_of(&self, deadline: Deadline) -> Timestamp {
        match deadline {
            Deadline::Day(day) => self.start_of(day.succ_opt().unwrap_or(day)),
            Deadline::Instant(instant) => instant,
        }
    }

    /// The day of a deadline in the zone.
    pub fn day_of_deadline(&self, deadline: Deadline) -> NaiveDate {
        match deadline {
            Deadline::Day(day) => day,
            Deadline::Instant(instant) => self.day_of(instant),
        }
    }

    /// The end of a period that begins with an instant. The day of the instant does not count; hours are elapsed time.
    ///
    /// # Errors
    /// [`CalendarError`] if the holiday list or the calendar ends before.
    pub fn after(&self, start: Timestamp, period: Duration) -> Result<Deadline, CalendarError> {
        if period.unit == DurationUnit::Hours {
            return period.after(start).map(Deadline::Instant).ok_or(CalendarError::OutOfRange);
        }
        self.after_day(self.day_of(start), period).map(Deadline::Day)
    }

    /// The last day of a period that begins after a day. Hours are whole days.
    ///
    /// # Errors
    /// [`CalendarError`] as for [`Calendar::after`].
    pub fn after_day(&self, day: NaiveDate, period: Duration) -> Result<NaiveDate, CalendarError> {
        let count = period.count;
        let end = match period.unit {
            DurationUnit::Hours => day.checked_add_days(Days::new(u64::from(count.div_ceil(24)))),
            DurationUnit::Days => day.checked_add_days(Days::new(count.into())),
            DurationUnit::Weeks => day.checked_add_days(Days::new(7 * u64::from(count))),
            DurationUnit::Months => day.checked_add_months(Months::new(count.into())),
            DurationUnit::BusinessDays => return self.business_days_after(day, count),
        };
        end.filter(|end| end.year() <= LAST_YEAR).ok_or(CalendarError::OutOfRange)
    }

    /// A deadline for objections, moved off a weekend day or holiday if the terms state this. Business days are
    /// never moved, because they end on one.
    ///
    /// # Errors
    /// [`CalendarError`] if the holiday list ends before.
    pub fn rolled(&self, deadline: Deadline) -> Result<Deadline, CalendarError> {
        let (Some(Roll::NextWorkingDay), Deadline::Day(mut day)) = (self.roll, deadline) else { return Ok(deadline) };
        while !self.is_business_day(day)? {
            day = day.succ_opt().ok_or(CalendarError::OutOfRange)?;
        }
        Ok(Deadline::Day(day))
    }

    /// Whether a day is neither a weekend day nor a holiday.
    ///
    /// # Errors
    /// [`CalendarError::HolidaysEnd`] for a day after the end of the holiday list.
    pub fn is_business_day(&self, day: NaiveDate) -> Result<bool, CalendarError> {
        match self.until {
            Some(until) if day > until => Err(CalendarError::HolidaysEnd { until }),
            _ => Ok(!self.weekend.contains(&day.weekday().num_days_from_monday()) && !self.holidays.contains(&day)),
        }
    }

    fn business_days_after(&self, day: NaiveDate, count: u16) -> Result<NaiveDate, CalendarError> {
        let (mut day, mut left) = (day, count);
        while left > 0 {
            day = day.succ_opt().filter(|day| day.year() <= LAST_YEAR).ok_or(CalendarError::OutOfRange)?;
            left -= u16::from(self.is_business_day(day)?);
        }
        Ok(day)
    }

    /// The business days `d` with `from < d <= to`. If `to` is earlier, the result is negative.
    ///
    /// # Errors
    /// [`CalendarError::HolidaysEnd`] if the list ends before.
    pub fn business_days(&self, from: NaiveDate, to: NaiveDate) -> Result<i64, CalendarError> {
        let (first, last, sign) = if from <= to { (from, to, 1) } else { (to, from, -1) };
        let mut count = 0;
        for day in first.iter_days().skip(1).take_while(|day| *day <= last) {
            count += i64::from(self.is_business_day(day)?);
        }
        Ok(sign * count)
    }
}

/// The last year that dates in published documents can have.
const LAST_YEAR: i32 = 9_999;

fn weekday(day: TermsWeekday) -> Weekday {
    match day {
        TermsWeekday::Monday => Weekday::Mon,
        TermsWeekday::Tuesday => Weekday::Tue,
        TermsWeekday::Wednesday => Weekday::Wed,
        TermsWeekday::Thursday => Weekday::Thu,
        TermsWeekday::Friday => Weekday::Fri,
        TermsWeekday::Saturday => Weekday::Sat,
        TermsWeekday::Sunday => Weekday::Sun,
    }
}
