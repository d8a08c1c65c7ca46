//! Numbers before names: "1. Alder Storage", "2 · Birch Video". They change when a vendor is added above.

use std::collections::BTreeMap;

use crate::read::{
    source_text::SourceText,
    syntax::block::{Block, Item, Table},
};

/// The level of strong lines, below that of all headings.
const STRONG_LEVEL: usize = 7;

/// The longest number, in digits.
const MAX_DIGITS: usize = 3;

pub(super) fn rewrite(mut blocks: Vec<Block>) -> Vec<Block> {
    for group in siblings(&blocks) {
        let texts: Vec<&SourceText> = group.iter().filter_map(|at| title(&blocks[*at])).collect();
        let stripped = stripped(&texts);
        for (at, text) in group.iter().zip(stripped.into_iter().flatten()) {
            set_title(&mut blocks[*at], text);
        }
    }
    for block in &mut blocks {
        match block {
            Block::Table(table) => strip_rows(table),
            Block::List(items) => strip_items(items),
            _ => {}
        }
    }
    blocks
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
fn strip_rows(table: &mut Table) {
    let texts: Vec<&SourceText> = table.rows.iter().filter_map(|(_, cells)| Some(&cells.first()?.text)).collect();
    if texts.len() < table.rows.len() || texts.len() < 2 {
        return;
    }
    let stripped = stripped(&texts).into_iter().flatten();
    for ((_, cells), text) in table.rows.iter_mut().zip(stripped) {
        cells[0].text = text;
    }
}

/// Strips the numbers before the names of bullets.
fn strip_items(items: &mut [Item]) {
    let texts: Vec<&SourceText> = items.iter().map(|item| item.lead.as_ref().unwrap_or(&item.rest)).collect();
    if texts.len() < 2 {
        return;
    }
    let stripped = stripped(&texts).into_iter().flatten();
    for (item, text) in items.iter_mut().zip(stripped) {
        *item.lead.as_mut().unwrap_or(&mut item.rest) = text;
    }
}

/// Texts without the numbers before them, if they are numbered in order.
fn stripped(texts: &[&SourceText]) -> Option<Vec<SourceText>> {
    let plain: Vec<&str> = texts.iter().map(|text| text.as_str()).collect();
    let stripped = without_numbers(&plain)?;
    Some(texts.iter().zip(stripped).map(|(text, rest)| text.part(rest)).collect())
}

/// A number before a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ordinal<'t> {
    number: u32,
    /// Whether a mark separates it from the text: "1.", "2)", "3 –".
    is_marked: bool,
    rest: &'t str,
}

impl<'t> Ordinal<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let begun = text.trim_start().trim_start_matches(['(', '#', '\u{2116}']).trim_start();
        let digits = begun.len() - begun.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number = begun[..digits].parse().ok().filter(|_| digits <= MAX_DIGITS)?;
        // The variation selector and the keycap of an emoji.
        let after = begun[digits..].trim_start_matches(['\u{fe0f}', '\u{20e3}']);
        let is_keycap = after.len() < begun.len() - digits;
        let marked = after.trim_start().trim_start_matches(is_mark);
        let is_marked = is_keycap || marked.len() < after.trim_start().len();
        let rest = marked.trim_start();
        // "3.5" is not a number before a text.
        let between = &after[..after.len() - rest.len()];
        let is_separated = is_keycap || between.ends_with(char::is_whitespace);
        (is_separated && rest.contains(char::is_alphabetic)).then_some(Ordinal { number, is_marked, rest })
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '.' | ')' | ':' | '\u{b7}' | '\u{2022}' | '-' | '\u{2013}' | '\u{2014}' | '|' | '/')
}

/// Texts without the numbers before them. `None` if they are not numbered in order: then a number
/// belongs to its text, as in "3 Peaks Hosting".
fn without_numbers<'t>(texts: &[&'t str]) -> Option<Vec<&'t str>> {
    let ordinals: Vec<Option<Ordinal<'t>>> = texts.iter().map(|text| Ordinal::of(text)).collect();
    let numbered: Vec<Ordinal<'_>> = ordinals.iter().flatten().copied().collect();
    let first = numbered.first()?;
    let are_marked = numbered.iter().all(|ordinal| ordinal.is_marked);
    let ascend = numbered.windows(2).all(|pair| pair[0].number <= pair[1].number) && first.number <= 1;
    let count = |(at, ordinal): (usize, &Ordinal<'_>)| ordinal.number as usize == at + 1;
    let are_counted = numbered.len() == texts.len() && texts.len() > 1 && numbered.iter().enumerate().all(count);
    // Few sections may be numbered; at least two are so one after the other.
    let succeed = numbered.len() > 1 && numbered.iter().enumerate().all(count);
    let are_numbers = are_counted || (are_marked && (ascend && numbered.len() * 2 > texts.len() || succeed));
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
            (vec!["3.5 Alder", "4.5 Birch"], None),
            (vec!["24. Alder", "7. Birch"], None),
            (vec!["1 Alder"], None),
            (vec!["2024-05-01", "2024-06-01"], None),
            (vec!["Alder", "Birch"], None),
        ] {
            assert_eq!(without_numbers(&texts), expected, "{texts:?}");
        }
    }
}
