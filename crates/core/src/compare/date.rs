//! Dates as compliance pages write them: "2026-06-10", "H2 2026", "2027 and beyond",
//! "2026-H2 (subject to auditor scheduling)".

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::model::text::fold;

/// How exactly a date is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// A day.
    Day,
    /// A month.
    Month,
    /// A quarter of a year.
    Quarter,
    /// Half a year.
    Half,
    /// A year.
    Year,
}

/// A date or period with the precision of its wording and the condition that it stands under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FuzzyDate {
    /// First day.
    pub first: NaiveDate,
    /// Last day; `None` when the period is open ("and beyond", "onward").
    pub last: Option<NaiveDate>,
    /// Precision of the wording.
    pub precision: Precision,
    /// Folded words around it: "subject to auditor scheduling"; empty when there are none.
    pub condition: String,
}

/// Words before a date that add nothing to it.
const FILLERS: [&str; 3] = ["from", "in", "on"];

/// Words that make a period open at its end.
const OPEN: [&str; 5] = ["and beyond", "or later", "and later", "onwards", "onward"];

const MONTHS: [&str; 12] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
];

impl FuzzyDate {
    /// Reads a date or period; `None` when the text holds none at all.
    pub fn read(text: &str) -> Option<Self> {
        let folded = fold(text);
        let words: Vec<&str> = folded.split([' ', ',', ';', '(', ')']).filter(|word| !word.is_empty()).collect();
        let (at, taken, first, precision) = (0..words.len()).find_map(|at| {
            (1..=3).rev().find_map(|taken| {
                let (first, precision) = period(words.get(at..at + taken)?)?;
                Some((at, taken, first, precision))
            })
        })?;
        let mut around = [&words[..at], &words[at + taken..]].concat();
        around.retain(|word| !FILLERS.contains(word));
        let around = around.join(" ");
        let open = OPEN.iter().find(|open| around.starts_with(*open));
        let condition = open.map_or(around.as_str(), |open| &around[open.len()..]).trim().to_owned();
        let last = if open.is_some() { None } else { Some(last_day(first, precision)?) };
        Some(FuzzyDate { first, last, precision, condition })
    }
}

fn last_day(first: NaiveDate, precision: Precision) -> Option<NaiveDate> {
    let months = match precision {
        Precision::Day => return Some(first),
        Precision::Month => 1,
        Precision::Quarter => 3,
        Precision::Half => 6,
        Precision::Year => 12,
    };
    first.checked_add_months(Months::new(months))?.checked_sub_days(Days::new(1))
}

/// Reads exactly these words as a period.
fn period(words: &[&str]) -> Option<(NaiveDate, Precision)> {
    match words {
        [word] => day(word).or_else(|| year_part(word)).or_else(|| Some((january(word)?, Precision::Year))),
        [a, b] => part_of_year(a, b)
            .or_else(|| part_of_year(b, a))
            .or_else(|| Some((january(b)?.with_month(month(a)?)?, Precision::Month))),
        // "10 June 2026" and "June 10 2026"
        [a, b, year] => {
            let (day, month) = month(b).map(|m| (a, m)).or_else(|| month(a).map(|m| (b, m)))?;
            let day = day.trim_end_matches(|c: char| c.is_ascii_alphabetic()).parse().ok()?;
            Some((january(year)?.with_month(month)?.with_day(day)?, Precision::Day))
        }
        _ => None,
    }
}

fn day(word: &str) -> Option<(NaiveDate, Precision)> {
    let date = word.split_once('t').map_or(word, |(date, _time)| date);
    let parts: Vec<&str> = date.split('-').collect();
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 => {
            Some((january(year)?.with_month(month.parse().ok()?)?.with_day(day.parse().ok()?)?, Precision::Day))
        }
        [year, month] if month.len() == 2 => Some((january(year)?.with_month(month.parse().ok()?)?, Precision::Month)),
        _ => None,
    }
}

/// "2026-h2" and "h2-2026"; the words are folded already.
fn year_part(word: &str) -> Option<(NaiveDate, Precision)> {
    let (a, b) = word.split_once(['-', '/'])?;
    part_of_year(a, b).or_else(|| part_of_year(b, a))
}

fn part_of_year(part: &str, year: &str) -> Option<(NaiveDate, Precision)> {
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

/// Whether a folded word is the name of a month, or begins it.
pub fn is_month(word: &str) -> bool {
    month(word).is_some()
}

fn month(word: &str) -> Option<u32> {
    let at = MONTHS.iter().position(|month| *month == word || (word.len() >= 3 && month.starts_with(word)))?;
    u32::try_from(at + 1).ok()
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
            ("2026-06-10T08:00:00Z", "2026-06-10", Some("2026-06-10"), Precision::Day, ""),
            (
                "H2 2026, subject to auditor scheduling",
                "2026-07-01",
                Some("2026-12-31"),
                Precision::Half,
                "subject to auditor scheduling",
            ),
        ] {
            let date = FuzzyDate::read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(date.first.to_string(), first, "{text}");
            assert_eq!(date.last.map(|d| d.to_string()).as_deref(), last, "{text}");
            assert_eq!(date.condition, condition, "{text}");
            assert_eq!(date.precision, precision, "{text}");
        }
        assert_eq!(FuzzyDate::read("2026-H2"), FuzzyDate::read("H2 2026"));
        assert_ne!(FuzzyDate::read("2026-H2"), FuzzyDate::read("2026"));
        for text in ["", "soon", "2026-13-01", "99999", "20x6"] {
            assert_eq!(FuzzyDate::read(text), None, "{text}");
        }
    }
}
