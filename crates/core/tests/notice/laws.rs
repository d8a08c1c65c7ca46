//! Laws of deadlines, with random terms and dates.

use changecast_core::{
    compare::FuzzyDate,
    model::{Terms, Timestamp, Trigger},
    notice::{Announced, Calendar, Deadline, Notice, ObjectBy, Occasion, Outcome, compute},
    vocabulary::Vocabulary,
};
use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use serde_json::json;

/// Midnight of the first of January 2026, in Unix time.
const START: i64 = 1_767_225_600;
const DAY: i64 = 86_400;

fn terms() -> impl Strategy<Value = Terms> {
    let lengths = prop_oneof![
        (1u16..120).prop_map(|n| format!("{n}d")),
        (1u16..40).prop_map(|n| format!("{n}bd")),
        (1u16..12).prop_map(|n| format!("{n}w")),
        (1u16..8).prop_map(|n| format!("{n}m")),
    ];
    const ZONES: [&str; 6] = ["UTC", "Europe/Berlin", "Pacific/Auckland", "America/Santiago", "+05:30", "-11:00"];
    let calendars = (proptest::sample::select(&ZONES[..]), any::<bool>(), any::<bool>(), any::<bool>());
    (lengths.clone(), lengths, calendars).prop_map(|(lead, window, (zone, clear, rolls, works_on_saturday))| {
        let mut terms = json!({
            "lead": {"added": lead}, "objection": {"within": window}, "zone": zone, "clear": clear,
            "holidays": {"dates": ["2026-12-25", "2027-01-01"], "until": "2040-12-31"},
        });
        if rolls {
            terms["roll"] = json!("next-working-day");
        }
        if works_on_saturday {
            terms["weekend"] = json!(["sun"]);
        }
        Terms::from_json(&terms).unwrap()
    })
}

fn instants() -> impl Strategy<Value = Timestamp> {
    (0..1_000 * DAY).prop_map(|seconds| Timestamp::from_unix_clamped(START + seconds))
}

fn on(day: NaiveDate) -> Option<FuzzyDate> {
    FuzzyDate::read(Vocabulary::builtin(), &day.to_string())
}

fn notice(terms: &Terms, announced: &[Announced]) -> Notice {
    let occasion = Occasion { trigger: Some(Trigger::Added), announced, emergency: None, notified: None };
    compute(Some(terms), &occasion).unwrap().unwrap()
}

fn day_of(deadline: Deadline) -> NaiveDate {
    match deadline {
        Deadline::Day(day) => day,
        Deadline::Instant(instant) => instant.date(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn a_derived_date_keeps_the_lead_and_the_day_before_misses_it(terms in terms(), at in instants()) {
        let derived = day_of(notice(&terms, &[Announced { at, effective: None }]).effective.unwrap().from);
        let on_time = notice(&terms, &[Announced { at, effective: on(derived) }]);
        prop_assert_eq!(on_time.leads[0].outcome, Outcome::Kept);
        prop_assert_eq!(on_time.leads[0].difference.count, 0);
        let early = notice(&terms, &[Announced { at, effective: on(derived - Days::new(1)) }]);
        prop_assert_eq!(early.leads[0].outcome, Outcome::Missed);
    }

    #[test]
    fn a_later_effective_date_never_gives_a_shorter_lead(terms in terms(), at in instants(), days in 0u64..400) {
        let day = at.date() + Days::new(days);
        let sooner = notice(&terms, &[Announced { at, effective: on(day) }]);
        let later = notice(&terms, &[Announced { at, effective: on(day + Days::new(1)) }]);
        prop_assert!(later.leads[0].given.count >= sooner.leads[0].given.count);
        prop_assert!(later.leads[0].difference.count >= sooner.leads[0].difference.count);
    }

    #[test]
    fn the_window_does_not_depend_on_the_effective_date(terms in terms(), at in instants(), days in 0u64..400) {
        let with = notice(&terms, &[Announced { at, effective: on(at.date() + Days::new(days)) }]);
        let without = notice(&terms, &[Announced { at, effective: None }]);
        prop_assert_eq!(with.object_by, without.object_by);
        prop_assert!(matches!(with.object_by, ObjectBy::By(_)));
    }

    #[test]
    fn a_date_that_moves_later_changes_neither_window_nor_start(
        terms in terms(), at in instants(), wait in 0..200 * DAY, days in 0u64..400, more in 0u64..400,
    ) {
        let day = at.date() + Days::new(days);
        let first = Announced { at, effective: on(day) };
        let again = Timestamp::from_unix_clamped(at.seconds() + wait);
        let moved = Announced { at: again, effective: on(day + Days::new(more)) };
        let (before, after) = (notice(&terms, std::slice::from_ref(&first)), notice(&terms, &[first, moved]));
        prop_assert_eq!(before.object_by, after.object_by);
        prop_assert_eq!(after.counts_from, at);
    }

    #[test]
    fn a_date_that_moves_earlier_than_ever_counts_from_its_own_publication(
        terms in terms(), at in instants(), wait in 1..200 * DAY, days in 30u64..400, fewer in 1u64..30,
    ) {
        let day = at.date() + Days::new(days);
        let again = Timestamp::from_unix_clamped(at.seconds() + wait);
        let history =
            [Announced { at, effective: on(day) }, Announced { at: again, effective: on(day - Days::new(fewer)) }];
        prop_assert_eq!(notice(&terms, &history).counts_from, again);
        prop_assert_eq!(&notice(&terms, &history[1..]).object_by, &notice(&terms, &history).object_by);
    }

    #[test]
    fn every_day_of_a_zone_begins_where_the_one_before_ends(terms in terms(), at in instants()) {
        let calendar = Calendar::of(&terms).unwrap();
        let day = calendar.day_of(at);
        let (start, end) = (calendar.start_of(day), calendar.end_of(Deadline::Day(day)));
        prop_assert!(start <= at && at < end, "{} <= {} < {}", start, at, end);
        prop_assert_eq!(calendar.day_of(start), day);
        prop_assert!(calendar.day_of(start.previous()) < day);
    }

    #[test]
    fn business_days_add_up(terms in terms(), at in instants(), a in 0u64..200, b in 0u64..200) {
        let calendar = Calendar::of(&terms).unwrap();
        let days = [0, a, a + b].map(|days| at.date() + Days::new(days));
        let between = |from: usize, to: usize| calendar.business_days(days[from], days[to]).unwrap();
        prop_assert_eq!(between(0, 1) + between(1, 2), between(0, 2));
        prop_assert_eq!(between(0, 2), -between(2, 0));
    }
}
