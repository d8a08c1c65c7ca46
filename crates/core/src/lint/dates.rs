//! The dates from which entries are used, and dates that cannot be read.

use crate::{
    change::Detail,
    compare::{FuzzyDate, set},
    model::{Entry, FieldKey, Inventory, Role, fold},
    vocabulary::{Meaning, Vocabulary},
};

use super::{Step, finding::Draft, names::spaced, page::MAX_DATE_WORDS};

/// Most words between the word that introduces a date and the date: "from about 1 March 2027".
const MAX_WORDS: usize = 8;

/// The date from which an entry applies, with the cell that states it: that of its column, or one that another cell
/// introduces, such as "Email delivery (from 11 January 2027)".
pub(super) fn of_entry(list: &Inventory, entry: &Entry) -> Option<(FuzzyDate, FieldKey)> {
    let own = list.columns.iter().filter(|column| column.role == Role::Effective).find_map(|column| {
        let date = FuzzyDate::read(Vocabulary::builtin(), entry.text(&column.field)?.as_str())?;
        Some((date, column.field.clone()))
    });
    own.or_else(|| entry.cells.iter().find_map(|cell| Some((start_in(cell.text.as_str())?, cell.field.clone()))))
}

/// The date that a text introduces with a word for the beginning of use: "from 11 January 2027", "ab März 2027".
pub(super) fn start_in(text: &str) -> Option<FuzzyDate> {
    let words = Vocabulary::builtin();
    let folded = fold(text).replace(['(', ')', '[', ']', ':'], " ");
    let tokens: Vec<&str> = folded.split_whitespace().collect();
    (0..tokens.len()).find_map(|at| {
        let marks = (1..=4).filter(|taken| {
            tokens.get(at..at + taken).is_some_and(|phrase| words.is(Meaning::StartMark, &phrase.join(" ")))
        });
        marks.max().and_then(|taken| first_date(tokens.get(at + taken..)?))
    })
}

/// The date at the beginning of some words. A year alone is none: "since 2019" is history.
fn first_date(words: &[&str]) -> Option<FuzzyDate> {
    let words = &words[..words.len().min(MAX_WORDS)];
    let begins = |taken: usize| {
        let date = FuzzyDate::read(Vocabulary::builtin(), &words[..taken].join(" "))?;
        (date.condition.is_empty() && date.precision <= crate::compare::Precision::Half).then_some(date)
    };
    (1..=words.len().min(MAX_DATE_WORDS)).rev().find_map(begins)
}

/// Whether a cell that should state a date states none.
pub(super) fn has_unclear_date(list: &Inventory, entry: &Entry) -> bool {
    unclear_cell(list, entry).is_some()
}

/// The cell of the date of an entry, if it cannot be read as a date.
fn unclear_cell<'e>(list: &Inventory, entry: &'e Entry) -> Option<(FieldKey, &'e str)> {
    let words = Vocabulary::builtin();
    list.columns.iter().filter(|column| column.role == Role::Effective).find_map(|column| {
        let text = entry.text(&column.field)?.as_str();
        let is_date = FuzzyDate::read(words, text).is_some() || set::is_not_applicable(words, text);
        (!is_date).then(|| (column.field.clone(), text))
    })
}

/// Whether a text is a placeholder in place of a value.
pub(super) fn is_placeholder(text: &str) -> bool {
    let words = Vocabulary::builtin();
    let lower = text.trim().trim_end_matches('.').to_lowercase();
    let bare =
        lower.trim_matches(|c: char| matches!(c, '<' | '>' | '[' | ']' | '{' | '}' | '(' | ')' | '*' | '_' | '!'));
    if words.is(Meaning::Placeholder, bare.trim()) || (bare != lower && is_template(&lower)) {
        return true;
    }
    // "Ireland (TBC)" and "TBD: hosting region" contain one; "unknown callers" does not.
    let whole = spaced(text);
    whole.split(' ').any(|word| MARKS.contains(&word))
        || whole.contains(" lorem ipsum ")
        || (whole.split_whitespace().count() <= MAX_PLACEHOLDER && contains_phrase(words, &whole))
}

/// Whether a text in brackets asks for a value: `<vendor name>`, "[insert address]", "{{ location }}".
fn is_template(lower: &str) -> bool {
    let is_tag = lower.starts_with('<') && lower.ends_with('>');
    let is_braces = lower.starts_with("{{") && lower.ends_with("}}");
    let asks = ["insert", "your ", "enter ", "fill ", "add "].iter().any(|word| lower.contains(word));
    is_tag || is_braces || (lower.starts_with('[') && lower.ends_with(']') && asks)
}

/// Whether a text contains a placeholder of several words: "location to be confirmed".
fn contains_phrase(words: &Vocabulary, spaced: &str) -> bool {
    words.phrases_in(Meaning::Placeholder, spaced).any(|phrase| phrase.split(' ').count() >= MIN_PHRASE)
}

/// Placeholders that count inside longer texts.
const MARKS: [&str; 6] = ["tbc", "tbd", "tba", "todo", "fixme", "xxx"];

/// Most words of a text in which a placeholder is more than a figure of speech.
const MAX_PLACEHOLDER: usize = 8;

/// Fewest words of a placeholder that counts inside a longer text.
const MIN_PHRASE: usize = 3;

/// Dates of new entries, and changed dates, that cannot be read.
pub(super) fn unclear(step: &Step<'_>) -> Vec<Draft> {
    let list = step.after.list;
    let changed = step.changes.changes.iter().filter(|change| match &change.detail {
        Detail::Row { .. } => true,
        Detail::Field { field, .. } => list.column(field).is_some_and(|column| column.role == Role::Effective),
        _ => false,
    });
    let entries = changed.filter_map(|change| {
        let id = change.entry()?.id;
        list.entries.iter().find(|entry| entry.id == id)
    });
    entries
        .filter_map(|entry| {
            let (field, text) = unclear_cell(list, entry).filter(|(_, text)| !is_placeholder(text))?;
            let message = format!("{}: {text:?} is not a date, so that no deadline follows from it", entry.name);
            let draft = Draft::entry(list, entry, Some(&field), message);
            Some(draft.help("write a date such as 2027-01-18, a month such as 2027-01, or a period such as 2027-Q1"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_use_is_read_from_any_cell() {
        for (text, expected) in [
            ("Email delivery (from 11 January 2027)", Some("2027-01-11")),
            ("E-Mail-Versand (ab 11. Januar 2027)", Some("2027-01-11")),
            ("Correos (a partir del 1 de febrero de 2027)", Some("2027-02-01")),
            ("Planned for 2027-02", Some("2027-02-01")),
            ("Active from 2027-01-18", Some("2027-01-18")),
            ("Hosting since 2019", None),
            ("Mail from customers", None),
            ("Data from 3 systems", None),
        ] {
            assert_eq!(start_in(text).map(|date| date.first.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn placeholders_are_told_from_words() {
        for text in [
            "TBC", "tbd.", "[TBC]", "Ireland (TBC)", "to be confirmed", "Location to be confirmed", "???", "XXX",
            "<location>", "{{ location }}", "[insert address]", "noch offen", "à confirmer",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["Ireland", "Unknown callers are blocked", "Todoist", "Follows the sun", "Placeholder Ltd.", "[1]"]
        {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
