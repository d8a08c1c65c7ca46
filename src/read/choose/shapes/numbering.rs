//! Numbers before names: "1. Alder Storage", "2 · Birch Video". They change when a vendor is added above.

use std::collections::BTreeMap;

use changecast_core::{model::Role, vocabulary::Vocabulary};

use crate::read::{
    source_text::SourceText,
    syntax::block::{Block, Item, Table},
};

/// The level of strong lines, below that of all headings.
const STRONG_LEVEL: usize = 7;

/// The longest number, in digits.
const MAX_DIGITS: usize = 3;
/// Most numbers of sections above: "2.3." of "2.3.1".
const MAX_LEVELS: usize = 3;
/// Most letters of a word before a number that is not about vendors: "No. 1", "A1".
const MAX_LETTERS: usize = 2;
/// The longest word before a number, in bytes: "Sub-processor #".
const MAX_WORD: usize = 16;

pub(super) fn rewrite(words: &Vocabulary, mut blocks: Vec<Block>) -> Vec<Block> {
    for group in siblings(&blocks) {
        let texts: Vec<&SourceText> = group.iter().filter_map(|at| title(&blocks[*at])).collect();
        let stripped = stripped(words, &texts);
        for (at, text) in group.iter().zip(stripped.into_iter().flatten()) {
            set_title(&mut blocks[*at], text);
        }
    }
    for block in &mut blocks {
        match block {
            Block::Table(table) => strip_rows(words, table),
            Block::List(items) => strip_items(words, items),
            _ => {}
        }
    }
    blocks
}

/// Strips the numbers before the names of records.
pub(super) fn rewrite_records(words: &Vocabulary, mut blocks: Vec<Block>) -> Vec<Block> {
    let names: Vec<&SourceText> = blocks.iter().filter_map(record_name).map(|item| &item.rest).collect();
    let Some(stripped) = stripped(words, &names).filter(|_| names.len() > 1) else { return blocks };
    let records = blocks.iter_mut().filter(|block| record_name(block).is_some());
    for (record, name) in records.zip(stripped) {
        if let Block::Record(fields) = record {
            fields[0].rest = name;
        }
    }
    blocks
}

/// The field with the name of a record, if it is the first.
fn record_name(block: &Block) -> Option<&Item> {
    let Block::Record(fields) = block else { return None };
    fields.first().filter(|field| field.lead.as_deref() == Some(Role::Name.key()))
}

/// A text without the number at its beginning, if that has a mark: "2. Hosting".
pub(crate) fn without_number(text: &str) -> &str {
    Ordinal::of(text).filter(|ordinal| ordinal.is_marked).map_or(text, |ordinal| ordinal.rest)
}

/// The headings and strong lines of a page, grouped by level and the heading above.
fn siblings(blocks: &[Block]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut open: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, block) in blocks.iter().enumerate() {
        let level = match block {
            Block::Heading { level, .. } => *level,
            Block::Paragraph { strong: true, .. } => STRONG_LEVEL,
            _ => continue,
        };
        open.retain(|other, _| *other <= level);
        let group = *open.entry(level).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(at);
    }
    groups
}

fn title(block: &Block) -> Option<&SourceText> {
    match block {
        Block::Heading { text, .. } | Block::Paragraph { text, .. } => Some(text),
        _ => None,
    }
}

fn set_title(block: &mut Block, title: SourceText) {
    if let Block::Heading { text, .. } | Block::Paragraph { text, .. } = block {
        *text = title;
    }
}

/// Strips the numbers before the texts in the first column of a table.
fn strip_rows(words: &Vocabulary, table: &mut Table) {
    let texts: Vec<&SourceText> = table.rows.iter().filter_map(|(_, cells)| Some(&cells.first()?.text)).collect();
    if texts.len() < table.rows.len() || texts.len() < 2 {
        return;
    }
    let stripped = stripped(words, &texts).into_iter().flatten();
    for ((_, cells), text) in table.rows.iter_mut().zip(stripped) {
        cells[0].text = text;
    }
}

/// Strips the numbers before the names of bullets.
fn strip_items(words: &Vocabulary, items: &mut [Item]) {
    let texts: Vec<&SourceText> = items.iter().map(|item| item.lead.as_ref().unwrap_or(&item.rest)).collect();
    // "2.1 Consent" is a clause of an agreement.
    let are_clauses = texts.iter().any(|text| Ordinal::of(text).is_some_and(|ordinal| !ordinal.above.is_empty()));
    if texts.len() < 2 || are_clauses {
        return;
    }
    let stripped = stripped(words, &texts).into_iter().flatten();
    for (item, text) in items.iter_mut().zip(stripped) {
        *item.lead.as_mut().unwrap_or(&mut item.rest) = text;
    }
}

/// Texts without the numbers before them, if they are numbered in order.
fn stripped(words: &Vocabulary, texts: &[&SourceText]) -> Option<Vec<SourceText>> {
    let plain: Vec<&str> = texts.iter().map(|text| text.as_str()).collect();
    let stripped = without_numbers(words, &plain)?;
    Some(texts.iter().zip(stripped).map(|(text, rest)| text.part(rest)).collect())
}

/// A number before a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ordinal<'t> {
    /// What is before the number in all texts: "3." in "3.1", "Vendor " in "Vendor 1:".
    above: &'t str,
    number: u32,
    /// Whether a mark separates it from the text: "1.", "2)", "3 \u{2013}".
    is_marked: bool,
    rest: &'t str,
}

/// Reads the number at the beginning of a text, and returns what is before the number, the number and the text after it.
type Scale = for<'t> fn(&'t str) -> Option<(&'t str, u32, &'t str)>;

/// The ways to write numbers. Those after the first one only count if all texts have one.
const SCALES: [Scale; 4] = [decimal, lettered, roman, named];

impl<'t> Ordinal<'t> {
    fn of(text: &'t str) -> Option<Self> {
        Ordinal::by(decimal, text)
    }

    fn by(scale: Scale, text: &'t str) -> Option<Self> {
        let begun = text.trim_start().trim_start_matches(|c: char| OPENING.contains(&c) || c.is_whitespace());
        let (above, number, after) = scale(begun)?;
        // The variation selector and the keycap of an emoji.
        let uncapped = after.trim_start_matches(['\u{fe0f}', '\u{20e3}']);
        let rest = uncapped.trim_start_matches(|c: char| is_mark(c) || c.is_whitespace());
        let between = &uncapped[..uncapped.len() - rest.len()];
        let is_keycap = uncapped.len() < after.len() || begun.starts_with(is_circled);
        let is_marked = is_keycap || !above.is_empty() || between.contains(is_mark);
        let is_separated = is_keycap || between.ends_with(char::is_whitespace) || between.ends_with(is_wide_mark);
        (is_separated && rest.contains(char::is_alphabetic)).then_some(Ordinal { above, number, is_marked, rest })
    }
}

/// What may be before a number: "(1)", "#1", "\u{a7} 1".
const OPENING: [char; 6] = ['(', '[', '#', '\u{2116}', '\u{a7}', '\u{ff08}'];

fn is_mark(c: char) -> bool {
    const MARKS: [char; 15] =
        ['.', ')', ']', ':', '\u{b7}', '\u{2022}', '-', '\u{2013}', '\u{2014}', '|', '/', '\u{b0}', '\u{ba}', ',', '>'];
    MARKS.contains(&c) || is_wide_mark(c)
}

/// Marks that no space follows: "1\u{3001}", "1\u{ff0e}", "1\u{ff09}", "1\u{ff1a}".
fn is_wide_mark(c: char) -> bool {
    matches!(c, '\u{3001}' | '\u{ff0e}' | '\u{ff09}' | '\u{ff1a}')
}

/// Numbers in circles: "\u{2460}".
fn is_circled(c: char) -> bool {
    ('\u{2460}'..='\u{2473}').contains(&c)
}

/// "1", "3.1" with "3." above, "\u{2460}".
fn decimal(text: &str) -> Option<(&str, u32, &str)> {
    if let Some(circled) = text.chars().next().filter(|c| is_circled(*c)) {
        return Some(("", u32::from(circled) - 0x245f, &text[circled.len_utf8()..]));
    }
    let levels = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let all = text[..levels].trim_end_matches('.');
    let above = all.rfind('.').map_or("", |dot| &all[..=dot]);
    let last = &all[above.len()..];
    let is_number = last.len() <= MAX_DIGITS && above.matches('.').count() <= MAX_LEVELS;
    Some((above, last.parse().ok().filter(|_| is_number)?, &text[all.len()..]))
}

/// "a" to "z".
fn lettered(text: &str) -> Option<(&str, u32, &str)> {
    let letter = text.chars().next().filter(char::is_ascii_alphabetic)?;
    Some(("", u32::from(letter.to_ascii_lowercase()) - u32::from('a') + 1, &text[1..]))
}

/// "I" to "XX".
fn roman(text: &str) -> Option<(&str, u32, &str)> {
    const NUMERALS: [&str; 20] = [
        "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII",
        "XVIII", "XIX", "XX",
    ];
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let number = NUMERALS.iter().zip(1..).find(|(numeral, _)| numeral.eq_ignore_ascii_case(&text[..end]));
    number.map(|(_, number)| ("", number, &text[end..]))
}

/// A number behind a word or letter: "Vendor 1", "No. 1", "A1".
fn named(text: &str) -> Option<(&str, u32, &str)> {
    let digit = text.find(|c: char| c.is_ascii_digit()).filter(|at| (1..=MAX_WORD).contains(at))?;
    let end = text[digit..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |length| digit + length);
    let number = text[digit..end].parse().ok().filter(|_| end - digit <= MAX_DIGITS)?;
    Some((&text[..digit], number, &text[end..]))
}

/// Texts without the numbers before them. `None` if they are not numbered in order: then a number
/// belongs to its text, as in "3 Peaks Hosting".
fn without_numbers<'t>(words: &Vocabulary, texts: &[&'t str]) -> Option<Vec<&'t str>> {
    SCALES.iter().zip(0..).find_map(|(scale, at)| without_numbers_of(words, *scale, at > 0, texts))
}

fn without_numbers_of<'t>(words: &Vocabulary, scale: Scale, are_all: bool, texts: &[&'t str]) -> Option<Vec<&'t str>> {
    let ordinals: Vec<Option<Ordinal<'t>>> = texts.iter().map(|text| Ordinal::by(scale, text)).collect();
    let numbered: Vec<Ordinal<'_>> = ordinals.iter().flatten().copied().collect();
    let first = numbered.first()?;
    let letters = first.above.chars().filter(|c| c.is_alphabetic()).count();
    // "Tier 1" is more than a number.
    let is_number = letters <= MAX_LETTERS || words.is_about_vendors(first.above);
    if !is_number || numbered.iter().any(|ordinal| ordinal.above != first.above) {
        return None;
    }
    let are_marked = numbered.iter().all(|ordinal| ordinal.is_marked);
    let ascend = numbered.windows(2).all(|pair| pair[0].number <= pair[1].number) && first.number <= 1;
    let count = |(at, ordinal): (usize, &Ordinal<'_>)| ordinal.number as usize == at + 1;
    let are_counted = numbered.len() == texts.len() && texts.len() > 1 && numbered.iter().enumerate().all(count);
    // Few sections may be numbered; at least two are so one after the other.
    let succeed = numbered.len() > 1 && numbered.iter().enumerate().all(count);
    let are_numbers = if are_all {
        are_counted && are_marked
    } else {
        are_counted || (are_marked && (ascend && numbered.len() * 2 > texts.len() || succeed))
    };
    let stripped = texts.iter().zip(&ordinals);
    are_numbers.then(|| stripped.map(|(text, ordinal)| ordinal.map_or(*text, |it| it.rest)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_order_are_stripped_and_others_belong_to_the_name() {
        for (texts, expected) in [
            (vec!["1. Alder", "2. Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["1) Alder", "2) Birch", "Notes"], Some(vec!["Alder", "Birch", "Notes"])),
            (vec!["1 \u{b7} Alder", "2 \u{b7} Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["1 \u{2013} Alder", "2 \u{2013} Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["(1) Alder", "(2) Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["#1: Alder", "#2: Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["1\u{fe0f}\u{20e3} Alder", "2\u{fe0f}\u{20e3} Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["1 Alder", "2 Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["1. Alder"], Some(vec!["Alder"])),
            (vec!["1. Alder", "2. Birch", "2. Cedar"], Some(vec!["Alder", "Birch", "Cedar"])),
            (
                vec!["Overview", "1. Alder", "2. Birch", "Updates", "Contact"],
                Some(vec!["Overview", "Alder", "Birch", "Updates", "Contact"]),
            ),
            (vec!["Overview", "1. Alder", "Updates", "Contact"], None),
            (vec!["3 Peaks Hosting", "8 Bit Mail"], None),
            (vec!["1Password", "2Captcha"], None),
            (vec!["3.1 Alder", "3.2 Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["2.3.1. Alder", "2.3.2. Birch", "Notes"], Some(vec!["Alder", "Birch", "Notes"])),
            (vec!["1\u{3001}Alder", "2\u{3001}Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["\u{2460} Alder", "\u{2461} Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["[1] Alder", "[2] Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["(1) - Alder", "(2) - Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["a) Alder", "b) Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["I. Alder", "II. Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["Vendor 1: Alder", "Vendor 2: Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["No. 1 Alder", "No. 2 Birch"], Some(vec!["Alder", "Birch"])),
            (vec!["Tier 1: Alder", "Tier 2: Birch"], None),
            (vec!["a Alder", "b Birch"], None),
            (vec!["A. Schmidt", "B. Maier", "X. Weber"], None),
            (vec!["3.5 Alder", "4.5 Birch"], None),
            (vec!["1.1.1.1 Resolver", "8.8.8.8 Resolver"], None),
            (vec!["24. Alder", "7. Birch"], None),
            (vec!["1 Alder"], None),
            (vec!["2024-05-01", "2024-06-01"], None),
            (vec!["Alder", "Birch"], None),
        ] {
            assert_eq!(without_numbers(Vocabulary::builtin(), &texts), expected, "{texts:?}");
        }
    }
}
