//! What pages are made of: headings, paragraphs, tables and bullets, and links in their texts.

use std::{borrow::Cow, ops::Range};

use changecast_core::{
    model::RichText,
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{error::ReadError, position::Position};

/// A page as its syntax lays it out.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub blocks: Vec<Block>,
    /// The title that the head of a page states.
    pub title: Option<String>,
    /// The text of its front matter.
    pub metadata: String,
    /// Damage that explains why the page has no list, if it has none.
    pub damage: Option<ReadError>,
    /// The loops that fill parts of it with data of other files.
    pub loops: Vec<Loop>,
    /// The columns of the tables that loops fill.
    pub columns: Vec<LoopColumns>,
}

/// The columns of a table whose rows come from data.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LoopColumns {
    /// The keys of the cells and the headers of their columns.
    pub labels: Vec<(String, String)>,
}

/// A loop in a template or in code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Loop {
    /// The expression that it iterates over: `site.data.vendors`.
    pub data: String,
    /// The file or module that the data come from, if the page states it.
    pub file: Option<String>,
}

/// A piece of a page, in its order.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    Heading {
        level: usize,
        text: String,
    },
    /// Running text; `strong` when all of it is.
    Paragraph {
        at: Position,
        text: String,
        strong: bool,
    },
    /// A line that begins with a strong label, whole and as a field: `**Purpose:** hosting`.
    Field {
        text: String,
        item: Item,
    },
    Table(Table),
    List(Vec<Item>),
    /// The fields of one vendor. The first may be its name; otherwise the heading or line above is.
    Record(Vec<Item>),
}

/// A table. Without a header, all cells of `header` are empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub header: Vec<Cell>,
    pub rows: Vec<(Position, Vec<Cell>)>,
}

/// A cell, or any run of text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    /// Its text; links as `[text](address)`.
    pub text: String,
    /// Whether all of it is emphasised strongly.
    pub strong: bool,
    /// Whether all of it is struck out. The text is there nevertheless.
    pub struck: bool,
    /// Whether struck-out text precedes the rest.
    pub behind: bool,
    /// Whether the rest is a remark on the struck-out text: "~~Acme~~ (until May)".
    pub remark: bool,
}

impl Cell {
    /// A cell without its struck-out parts, unless all of it is struck out. `struck` are byte ranges of the
    /// text in ascending order.
    pub fn new(text: String, strong: bool, struck: &[Range<usize>]) -> Self {
        let before_struck = struck.first().and_then(|range| text.get(..range.start));
        let begins_struck = before_struck.is_some_and(|before| before.trim().is_empty());
        let starts = struck.iter().map(|range| range.start).chain([text.len()]);
        let ends = [0].into_iter().chain(struck.iter().map(|range| range.end));
        let kept: String = ends.zip(starts).filter_map(|(from, to)| text.get(from..to)).collect();
        if struck.is_empty() || kept.trim().is_empty() {
            return Cell { struck: !struck.is_empty(), text, strong, ..Cell::default() };
        }
        let remark = begins_struck && is_remark(&kept);
        let kept = kept.trim_start_matches(is_separator).trim_end_matches(|c| is_separator(c) || is_dash(c));
        let kept = [" ,", " ;", " )"].iter().fold(kept.to_owned(), |text, gap| text.replace(gap, gap.trim_start()));
        Cell { text: kept, strong, struck: false, behind: begins_struck, remark }
    }

    /// Whether a name in it is no longer on the list.
    pub fn is_over(&self) -> bool {
        self.struck || self.remark
    }

    /// Like [`Cell::is_over`], for the text of a bullet, which continues after the name.
    pub fn is_over_as_item(&self) -> bool {
        self.is_over() || (self.behind && !names_another(&self.text))
    }
}

fn is_separator(c: char) -> bool {
    is_break_char(c) || matches!(c, ',' | '/' | '&' | '\u{2192}')
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2013}' | '\u{2014}')
}

/// Whether a text behind a name that is struck out is about that, rather than in place of it: "(until May
/// 2024)", "removed in May", a date, a mark.
fn is_remark(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let opens = text.starts_with(|c: char| is_dash(c) || matches!(c, '(' | ':' | ','));
    let is_link = RichText::from_inline_markdown(&text).has_links();
    let words = text.chars().any(char::is_alphabetic);
    opens || !words || (text.starts_with('[') && !is_link) || begins_remark(&text)
}

fn begins_remark(text: &str) -> bool {
    Vocabulary::builtin().texts(Meaning::StrikeRemark).any(|remark| text.starts_with(remark))
}

/// Whether the text behind a bullet's name that is struck out begins with another name, as in "~~Acme~~
/// Delta – Hosting", and not with a description of the struck-out vendor.
pub(crate) fn names_another(rest: &str) -> bool {
    let rest = rest.trim_start();
    let parts = [" \u{2013} ", " \u{2014} ", " - ", ": "].iter().any(|by| rest.contains(by));
    !is_remark(rest) && (parts || rest.starts_with('['))
}

/// A bullet, or a term with its definition.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub at: Position,
    /// A link, strong text or term at its beginning, encoded like the text of a cell.
    pub lead: Option<String>,
    /// What follows, or all of it.
    pub rest: String,
    /// The texts of bullets below it.
    pub children: Vec<String>,
    /// Whether its name is struck out.
    pub struck: bool,
}

impl Item {
    /// An item without any text.
    pub fn new(at: Position) -> Self {
        Item { at, lead: None, rest: String::new(), children: Vec::new(), struck: false }
    }

    /// Drops a struck-out name if another name follows it.
    pub fn without_struck_lead(&mut self) {
        if self.struck && self.lead.is_some() && names_another(&self.rest) {
            (self.struck, self.lead) = (false, None);
        }
    }
}

/// The blocks of a paragraph: its fields when every line of it begins with a strong label, as in
/// `**Purpose:** hosting`. `strong` are the byte ranges of strong text at the beginnings of lines.
pub(crate) fn paragraph(at: Position, text: &str, all_strong: bool, strong: &[(usize, usize)]) -> Vec<Block> {
    let labels: Vec<(usize, usize)> = strong.iter().filter(|range| is_label(text, range)).copied().collect();
    let first = labels.first().and_then(|(from, _)| text.get(..*from));
    if all_strong || first.is_none_or(|before| !before.trim().is_empty()) {
        let text = without_outer_breaks(text);
        return if text.is_empty() { Vec::new() } else { vec![Block::Paragraph { at, text, strong: all_strong }] };
    }
    let ends = labels[1..].iter().map(|(from, _)| *from).chain([text.len()]);
    let fields = labels.iter().zip(ends).map(|((from, to), end)| {
        let (label, value) = (&text[*from..*to], &text[*to..end]);
        let rest = without_outer_breaks(value.trim_start().strip_prefix(':').unwrap_or(value));
        let item = Item { lead: Some(label.trim().to_owned()), rest, ..Item::new(at) };
        Block::Field { text: without_outer_breaks(&text[*from..end]), item }
    });
    fields.collect()
}

/// Whether the strong text in a byte range is a label: a colon ends or follows it.
fn is_label(text: &str, (from, to): &(usize, usize)) -> bool {
    text.get(*from..*to).is_some_and(|label| label.trim_end().ends_with(':'))
        || text.get(*to..).is_some_and(|rest| rest.trim_start().starts_with(':'))
}

fn without_outer_breaks(text: &str) -> String {
    text.trim_matches(is_break_char).to_owned()
}

/// The header and rows of a table. The first row is the header if there is no other.
pub(crate) fn header_of(table: &Table) -> (&[Cell], &[(Position, Vec<Cell>)]) {
    let empty = table.header.iter().all(|cell| cell.text.trim().is_empty());
    match table.rows.split_first() {
        Some(((_, first), rest)) if empty => (first, rest),
        _ => (&table.header, &table.rows),
    }
}

/// The separators between a name and its description.
pub(crate) const DASHES: [&str; 4] = [" \u{2013} ", " \u{2014} ", " - ", " | "];

/// The name of an item, and the rest.
pub(crate) fn split(item: &Item) -> (String, &str) {
    if let Some(lead) = &item.lead {
        return (
            Vocabulary::builtin().without_full_stop(lead.trim_end_matches([':', ','])).trim().to_owned(),
            trim_separators(&item.rest),
        );
    }
    let text = item.rest.trim();
    match first_cut(text) {
        // The dot of "Inc." belongs to the name.
        Some((at, length)) => {
            let end = if text[at..].starts_with('.') {
                Vocabulary::builtin().without_full_stop(&text[..=at]).len()
            } else {
                at
            };
            (text[..end].to_owned(), trim_separators(&text[at + length..]))
        }
        None => {
            (Vocabulary::builtin().without_full_stop(text.trim_end_matches([':', ';', ',', BREAK_MARK])).to_owned(), "")
        }
    }
}

/// The first separator between a name and its description, and its length. One in brackets belongs to the name.
fn first_cut(text: &str) -> Option<(usize, usize)> {
    let cuts = || text.char_indices().map(|(at, c)| (at, c, separator_at(&text[at..])));
    let mut depth = 0usize;
    for (at, c, separator) in cuts() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if let Some(length) = separator.filter(|_| depth == 0) {
            return Some((at, length));
        }
    }
    // A bracket that is never closed encloses nothing.
    let first = cuts().find_map(|(at, _, separator)| Some((at, separator?)));
    first.filter(|_| depth > 0)
}

/// The length of the separator at the beginning of a text.
fn separator_at(text: &str) -> Option<usize> {
    DASHES.iter().chain(&[": ", ". "]).find(|by| text.starts_with(**by)).map(|by| by.len())
}

fn trim_separators(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(rest) = text.strip_prefix([BREAK_MARK, '.', ':', ',', ';', '-', '\u{2013}', '\u{2014}', '|']) {
        // A minus belongs to its number.
        if text.starts_with('-') && rest.starts_with(|c: char| c.is_ascii_digit()) {
            break;
        }
        text = rest.trim_start();
    }
    text
}

/// The text without the addresses of its links: `[AWS](https://…)` becomes `AWS`.
pub(crate) fn link_text(text: &str) -> String {
    RichText::from_inline_markdown(text).text().to_string()
}

/// Whether raised text is the mark of a footnote, or leads to one: a number, a letter, an asterisk.
pub(crate) fn is_mark(text: Option<&str>) -> bool {
    text.is_some_and(|text| link_text(text).trim().chars().count() <= 2)
}

/// Marks a line break inside a text. It is a noncharacter, so [`changecast_core::model::Text`] drops it.
const BREAK_MARK: char = '\u{fdd0}';

/// A line break inside a cell or item. Readers of the list see the semicolon; only the mark distinguishes a
/// line break from a semicolon that the page contains.
pub(crate) const LINE_BREAK: &str = "\u{fdd0}; ";

/// The most words of a label before a colon.
pub(crate) const MAX_LABEL_WORDS: usize = 6;

/// A line break behind a comma or the like: readers of the list see a space.
const SOFT_BREAK: &str = "\u{fdd0} ";

/// Characters that separate parts of a text, so that a line break behind them needs no semicolon.
const SEPARATORS: [char; 6] = [',', ';', ':', '/', '+', '&'];

/// The lines of a cell or item.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(BREAK_MARK).enumerate().map(|(place, line)| match place {
        0 => line,
        _ => line.strip_prefix("; ").or_else(|| line.strip_prefix(' ')).unwrap_or(line),
    })
}

/// A text on one line, with spaces for line breaks, as headings and headers are read.
pub(crate) fn on_one_line(text: &str) -> String {
    if !text.contains(BREAK_MARK) {
        return text.to_owned();
    }
    let lines = lines(text).map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" ")
}

/// A text without white space before its line breaks, and without semicolons behind other separators.
pub(crate) fn with_neat_breaks(text: &str) -> Cow<'_, str> {
    if !text.contains(BREAK_MARK) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    for line in lines(text).map(str::trim).filter(|line| !line.is_empty()) {
        if !out.is_empty() {
            out.push_str(if out.ends_with(SEPARATORS) { SOFT_BREAK } else { LINE_BREAK });
        }
        out.push_str(line);
    }
    out.into()
}

/// Whether a character belongs to a line break or to the white space around it.
pub(crate) fn is_break_char(c: char) -> bool {
    c.is_whitespace() || c == ';' || c == BREAK_MARK
}

/// Trims white space on both sides, line breaks, and semicolons at the end.
pub(crate) fn trim_breaks(text: &str) -> &str {
    let mut text = text.trim_end_matches(is_break_char).trim_start();
    while let Some(rest) = text.strip_prefix(BREAK_MARK) {
        text = rest.strip_prefix(';').unwrap_or(rest).trim_start();
    }
    text
}

/// Whether a text ends with a line break.
pub(crate) fn ends_with_break(text: &str) -> bool {
    text.trim_end_matches([';', ' ']).ends_with(BREAK_MARK)
}

/// A text without the marks of line breaks.
pub(crate) fn without_break_marks(text: &str) -> Cow<'_, str> {
    if text.contains(BREAK_MARK) { text.replace(BREAK_MARK, "").into() } else { text.into() }
}

/// A text with a single space in place of each run of white space.
pub(crate) fn collapsed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Encodes text of a page that is not a link: `](` in it does not make one.
pub(crate) fn plain_text(text: &str) -> Cow<'_, str> {
    let text = without_break_marks(text);
    if text.contains("](") { text.replace("](", "\\](").into() } else { text }
}

/// Encodes a link as `[label](address)`. A label of several lines becomes one link per line.
pub(crate) fn link(label: &str, address: &str) -> String {
    let label = trim_breaks(label);
    if label.is_empty() || label == address {
        return address.to_owned();
    }
    let address = address.replace(' ', "%20").replace('(', "%28").replace(')', "%29");
    let lines = lines(label).map(|line| format!("[{}]({address})", link_label(line.trim())));
    lines.collect::<Vec<_>>().join(LINE_BREAK)
}

/// The label with its brackets escaped, unless they are balanced.
fn link_label(label: &str) -> Cow<'_, str> {
    if !label.contains(['[', ']']) || has_balanced_brackets(label) {
        return label.into();
    }
    let mut out = String::with_capacity(label.len());
    let mut is_escaped = false;
    for c in label.chars() {
        if matches!(c, '[' | ']') && !is_escaped {
            out.push('\\');
        }
        is_escaped = c == '\\' && !is_escaped;
        out.push(c);
    }
    out.into()
}

fn has_balanced_brackets(text: &str) -> bool {
    let mut depth = 0usize;
    let mut is_escaped = false;
    for c in text.chars() {
        match c {
            '[' if !is_escaped => depth += 1,
            ']' if !is_escaped => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => return false,
            },
            _ => {}
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    depth == 0 && !is_escaped
}
