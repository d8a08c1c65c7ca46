//! Dates as compliance pages write them: "2026-06-10", "H2 2026", "2027 and beyond",
//! "2026-H2 (subject to auditor scheduling)".

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::{
    model::text::fold,
    vocabulary::{Meaning, Vocabulary},
};

/// How exactly a date is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// To the day: "2026-06-10".
    Day,
    /// To the month: "June 2026".
    Month,
    /// To a quarter of a year: "2026-Q3".
    Quarter,
    /// To half a year: "H2 2026".
    Half,
    /// To the year: "2026".
    Year,
}

impl Precision {
    /// Length in months; `None` for a day.
    fn months(self) -> Option<u32> {
        match self {
            Precision::Day => None,
            Precision::Month => Some(1),
            Precision::Quarter => Some(3),
            Precision::Half => Some(6),
            Precision::Year => Some(12),
        }
    }
}

/// A date or period with the precision of its wording and the condition it depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FuzzyDate {
    /// The first day of the period.
    pub first: NaiveDate,
    /// Last day; `None` if the period is open ("and beyond", "onward").
    pub last: Option<NaiveDate>,
    /// How exactly the wording states it.
    pub precision: Precision,
    /// Folded words around it: "subject to auditor scheduling". Empty if there are none.
    pub condition: String,
}

/// The first day of a period, with the precision of its wording.
type Start = (NaiveDate, Precision);

/// Most words of a date: "1 de octubre de 2026".
const MAX_WORDS: usize = 5;

impl FuzzyDate {
    /// Reads a date or period; `None` if the text does not contain one.
    pub fn read(vocabulary: &Vocabulary, text: &str) -> Option<Self> {
        let folded = fold(text);
        let words: Vec<&str> = folded.split([' ', ',', ';', '(', ')']).filter(|word| !word.is_empty()).collect();
        let (at, taken, (first, precision)) = (0..words.len()).find_map(|at| {
            (1..=MAX_WORDS).rev().find_map(|taken| Some((at, taken, period(vocabulary, words.get(at..at + taken)?)?)))
        })?;
        let mut around = [&words[..at], &words[at + taken..]].concat();
        around.retain(|word| !vocabulary.is(Meaning::DateFiller, word));
        let around = around.join(" ");
        let rests = vocabulary.texts(Meaning::OpenEnd).filter_map(|end| around.strip_prefix(end));
        let open = rests.min_by_key(|rest| rest.len());
        let last = if open.is_some() { None } else { Some(last_day(first, precision)?) };
        let condition = open.unwrap_or(&around).trim().to_owned();
        Some(FuzzyDate { first, last, precision, condition })
    }
}

fn last_day(first: NaiveDate, precision: Precision) -> Option<NaiveDate> {
    match precision.months() {
        None => Some(first),
        Some(months) => first.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1)),
    }
}

/// Reads exactly these words as a period.
fn period(vocabulary: &Vocabulary, words: &[&str]) -> Option<Start> {
    let joints = words.iter().enumerate().filter(|(at, _)| *at > 0 && at + 1 < words.len());
    if joints.into_iter().any(|(_, word)| vocabulary.is(Meaning::DateJoint, word)) {
        let parts: Vec<&str> = words.iter().filter(|word| !vocabulary.is(Meaning::DateJoint, word)).copied().collect();
        return if words.len() - parts.len() < parts.len() { period(vocabulary, &parts) } else { None };
    }
    match words {
        [.., last] if last.ends_with(['\u{65e5}', '\u{c77c}']) => by_signs(&words.concat()),
        [word] => day(word).or_else(|| year_part(word)).or_else(|| Some((january(word)?, Precision::Year))),
        [a, b] => part_of_year(a, b)
            .or_else(|| part_of_year(b, a))
            .or_else(|| Some((january(b)?.with_month(vocabulary.month(a)?)?, Precision::Month))),
        // "10 June 2026", "June 10th 2026" and "10. Juni 2026"
        [year, month, day] if january(year.trim_end_matches('.')).is_some() => {
            let year = january(year.trim_end_matches('.'))?;
            let day = day.trim_end_matches('.').parse().ok()?;
            Some((year.with_month(vocabulary.month(month)?)?.with_day(day)?, Precision::Day))
        }
        [a, b, year] => {
            let (day, month) = vocabulary.month(b).map(|m| (a, m)).or_else(|| vocabulary.month(a).map(|m| (b, m)))?;
            let number = day.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '.').parse().ok()?;
            Some((january(year)?.with_month(month)?.with_day(number)?, Precision::Day))
        }
        _ => None,
    }
}

/// A date in digits: "2026-06-10", also with a time, "2026-06", or with the day first and dots as in German.
fn day(word: &str) -> Option<Start> {
    let date = word.split_once('t').map_or(word, |(date, _time)| date);
    let by_dots: Vec<&str> = date.split('.').collect();
    let by_hyphens: Vec<&str> = date.split('-').collect();
    match (by_hyphens.as_slice(), by_dots.as_slice()) {
        ([year, month, day], _) if year.len() == 4 => date_of(year, month, day),
        ([year, month], _) if month.len() == 2 => {
            Some((january(year)?.with_month(month.parse().ok()?)?, Precision::Month))
        }
        (_, [day, month, year]) => date_of(year, month, day),
        _ => None,
    }
}

/// A date with the signs for year, month and day of Chinese, Japanese and Korean.
fn by_signs(text: &str) -> Option<Start> {
    let parts: Vec<&str> =
        text.split(['\u{5e74}', '\u{6708}', '\u{65e5}', '\u{b144}', '\u{c6d4}', '\u{c77c}']).collect();
    match parts[..] {
        [year, month, day, ""] => date_of(year, month, day),
        _ => None,
    }
}

/// The date of these digits, if the calendar has it.
fn date_of(year: &str, month: &str, day: &str) -> Option<Start> {
    Some((january(year)?.with_month(month.parse().ok()?)?.with_day(day.parse().ok()?)?, Precision::Day))
}

/// "2026-h2" and "h2-2026"; the words are folded already.
fn year_part(word: &str) -> Option<Start> {
    let (a, b) = word.split_once(['-', '/'])?;
    part_of_year(a, b).or_else(|| part_of_year(b, a))
}

fn part_of_year(part: &str, year: &str) -> Option<Start> {
    let number: u32 = part.get(1..)?.parse().ok()?;
    let (precision, month) = match (part.as_bytes().first()?, number) {
        (b'q', 1..=4) => (Precision::Quarter, 3 * number - 2),
        (b'h', 1..=2) => (Precision::Half, 6 * number - 5),
        _ => return None,
    };
    Some((january(year)?.with_month(month)?, precision))
}

fn january(year: &str) -> Option<NaiveDate> {
    let number: i32 = if year.len() == 4 { year.parse().ok()? } else { return None };
    NaiveDate::from_ymd_opt(number, 1, 1).filter(|date| (1900..2200).contains(&date.year()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_keep_precision_and_condition() {
        for (text, first, last, precision, condition) in [
            ("2026-06-10", "2026-06-10", Some("2026-06-10"), Precision::Day, ""),
            ("10 June 2026", "2026-06-10", Some("2026-06-10"), Precision::Day, ""),
            ("June 10th, 2026", "2026-06-10", Some("2026-06-10"), Precision::Day, ""),
            ("June 2026", "2026-06-01", Some("2026-06-30"), Precision::Month, ""),
            ("2026-Q3", "2026-07-01", Some("2026-09-30"), Precision::Quarter, ""),
            ("H2 2026", "2026-07-01", Some("2026-12-31"), Precision::Half, ""),
            ("2026", "2026-01-01", Some("2026-12-31"), Precision::Year, ""),
            ("2027 and beyond", "2027-01-01", None, Precision::Year, ""),
            ("from 2026 onward", "2026-01-01", None, Precision::Year, ""),
            ("1 de octubre de 2026", "2026-10-01", Some("2026-10-01"), Precision::Day, ""),
            ("4 de setembro de 2026", "2026-09-04", Some("2026-09-04"), Precision::Day, ""),
            ("febrero de 2027", "2027-02-01", Some("2027-02-28"), Precision::Month, ""),
            ("1st of March 2027", "2027-03-01", Some("2027-03-01"), Precision::Day, ""),
            ("2026年12月1日", "2026-12-01", Some("2026-12-01"), Precision::Day, ""),
            ("2026년 12월 1일", "2026-12-01", Some("2026-12-01"), Precision::Day, ""),
            ("2026. december 1.", "2026-12-01", Some("2026-12-01"), Precision::Day, ""),
            ("31.12.2026", "2026-12-31", Some("2026-12-31"), Precision::Day, ""),
            ("ab 1.3.2026", "2026-03-01", Some("2026-03-01"), Precision::Day, ""),
            ("10. Juni 2026", "2026-06-10", Some("2026-06-10"), Precision::Day, ""),
            ("1er juillet 2026", "2026-07-01", Some("2026-07-01"), Precision::Day, ""),
            ("10 czerwca 2026", "2026-06-10", Some("2026-06-10"), Precision::Day, ""),
            ("1. März 2026", "2026-03-01", Some("2026-03-01"), Precision::Day, ""),
            ("1er mars 2026", "2026-03-01", Some("2026-03-01"), Precision::Day, ""),
            ("1 Mart 2026", "2026-03-01", Some("2026-03-01"), Precision::Day, ""),
            ("1 березня 2026", "2026-03-01", Some("2026-03-01"), Precision::Day, ""),
            ("1. desember 2026", "2026-12-01", Some("2026-12-01"), Precision::Day, ""),
            ("2026-06-10T08:00:00Z", "2026-06-10", Some("2026-06-10"), Precision::Day, ""),
            (
                "H2 2026, subject to auditor scheduling",
                "2026-07-01",
                Some("2026-12-31"),
                Precision::Half,
                "subject to auditor scheduling",
            ),
        ] {
            let date = FuzzyDate::read(Vocabulary::builtin(), text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(date.first.to_string(), first, "{text}");
            assert_eq!(date.last.map(|d| d.to_string()).as_deref(), last, "{text}");
            assert_eq!(date.condition, condition, "{text}");
            assert_eq!(date.precision, precision, "{text}");
        }
    }

    #[test]
    fn spellings_of_one_period_are_equal() {
        assert_eq!(
            FuzzyDate::read(Vocabulary::builtin(), "2026-H2"),
            FuzzyDate::read(Vocabulary::builtin(), "H2 2026")
        );
        assert_ne!(FuzzyDate::read(Vocabulary::builtin(), "2026-H2"), FuzzyDate::read(Vocabulary::builtin(), "2026"));
    }

    #[test]
    fn days_that_do_not_exist_are_not_dates() {
        for text in ["", "soon", "2026-13-01", "2027-02-30", "31.02.2027", "12.31.2026", "1.2.26", "99999", "20x6"] {
            assert_eq!(FuzzyDate::read(Vocabulary::builtin(), text), None, "{text}");
        }
    }
}
