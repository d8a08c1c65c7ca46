//! What pages are made of: headings, paragraphs, tables and bullets, and links in their texts.

use std::ops::Range;

use changecast_core::{
    model::note_mark::raised_mark,
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    error::ReadError,
    position::Position,
    source_text::{SourceText, cleaned, is_break_char},
};

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
    /// The footnotes that the syntax has, by their names.
    pub notes: Vec<(String, SourceText)>,
}

impl Page {
    /// Adds the blocks of another page behind those of this one, with its footnotes.
    pub fn append(&mut self, other: Page) {
        let Page { mut blocks, notes, .. } = other;
        for (name, note) in notes {
            let name = self.free_name(name, &mut blocks);
            self.notes.push((name, note));
        }
        self.blocks.append(&mut blocks);
    }

    /// A name that no footnote of this page has for a footnote of some blocks, which get the new marks.
    fn free_name(&self, name: String, blocks: &mut [Block]) -> String {
        let is_taken = |name: &str| self.notes.iter().any(|(taken, _)| taken == name);
        if !is_taken(&name) {
            return name;
        }
        let free = (self.notes.len() + 1..)
            .map(|number| format!("{name}-{number}"))
            .find(|name| !is_taken(name))
            .unwrap_or_default();
        let marks = [format!("[^{name}]"), format!("[^{free}]")];
        for text in blocks.iter_mut().flat_map(Block::texts_mut) {
            *text = text.replaced(&marks[0], &marks[1]);
        }
        free
    }
}

/// The columns of a table with rows that a loop makes from data.
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
    /// The heading above it, if it is known.
    pub heading: String,
}

/// A piece of a page, in its order.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    Heading {
        level: usize,
        text: SourceText,
    },
    /// Running text; `strong` when all of it is.
    Paragraph {
        at: Position,
        text: SourceText,
        strong: bool,
        /// The strong text at its beginning, if not all of it is strong.
        lead: Option<SourceText>,
    },
    /// A line that begins with a strong label, whole and as a field: `**Purpose:** hosting`.
    Field {
        text: SourceText,
        item: Item,
    },
    Table(Table),
    List(Vec<Item>),
    /// The fields of one vendor. The first may be its name; otherwise the heading or line above is.
    Record(Vec<Item>),
}

impl Block {
    /// Whether it is a heading or paragraph without text.
    fn is_empty(&self) -> bool {
        matches!(self, Block::Heading { text, .. } | Block::Paragraph { text, .. } if text.is_empty())
    }

    /// All texts of it.
    pub fn texts_mut(&mut self) -> Vec<&mut SourceText> {
        match self {
            Block::Heading { text, .. } | Block::Paragraph { text, .. } => vec![text],
            Block::Field { text, item } => [text].into_iter().chain(item.texts_mut()).collect(),
            Block::Table(table) => {
                let cells = table.header.iter_mut().chain(table.rows.iter_mut().flat_map(|(_, cells)| cells));
                cells.map(|cell| &mut cell.text).collect()
            }
            Block::List(items) | Block::Record(items) => items.iter_mut().flat_map(Item::texts_mut).collect(),
        }
    }
}

/// A table. Without a header, all cells of `header` are empty.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    /// The caption of the table or of the figure around it.
    pub caption: Option<SourceText>,
    pub header: Vec<Cell>,
    pub rows: Vec<(Position, Vec<Cell>)>,
}

/// A cell, or any run of text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    pub text: SourceText,
    /// Whether all of it is emphasised strongly.
    pub strong: bool,
    /// Whether all of it is struck out. The text is there nevertheless.
    pub struck: bool,
    /// Whether struck-out text precedes the rest.
    pub behind: bool,
    /// Whether the rest is a remark on the struck-out text: "~~Acme~~ (until May)".
    pub remark: bool,
    /// The footnotes that its marks referred to.
    pub notes: Vec<SourceText>,
}

impl Cell {
    /// A cell without its struck-out parts, unless all of it is struck out. `struck` are byte ranges of the
    /// text in ascending order.
    pub fn new(words: &Vocabulary, text: SourceText, strong: bool, struck: &[Range<usize>]) -> Self {
        let before_struck = struck.first().and_then(|range| text.get(..range.start));
        let begins_struck = before_struck.is_some_and(|before| before.trim().is_empty());
        let kept = if struck.is_empty() { SourceText::default() } else { text.without(struck) };
        if kept.trim().is_empty() {
            return Cell { struck: !struck.is_empty(), text, strong, ..Cell::default() };
        }
        let remark = begins_struck && is_remark(words, &kept);
        let inner = kept.trim_start_matches(is_separator).trim_end_matches(|c| is_separator(c) || is_dash(c));
        let text = without_gaps(&kept.part(inner));
        Cell { text, strong, struck: false, behind: begins_struck, remark, notes: Vec::new() }
    }

    /// Whether a name in it is no longer on the list.
    pub fn is_over(&self) -> bool {
        self.struck || self.remark
    }

    /// Like [`Cell::is_over`], for the text of a bullet, which continues after the name.
    pub fn is_over_as_item(&self, words: &Vocabulary) -> bool {
        self.is_over() || (self.behind && !names_another(words, &self.text))
    }
}

/// A text without the spaces before punctuation that struck-out parts leave.
fn without_gaps(text: &SourceText) -> SourceText {
    let gaps = text.match_indices(' ').filter(|(at, _)| text[at + 1..].starts_with([',', ';', ')']));
    let gaps: Vec<Range<usize>> = gaps.map(|(at, _)| at..at + 1).collect();
    text.without(&gaps)
}

fn is_separator(c: char) -> bool {
    is_break_char(c) || matches!(c, ',' | '/' | '&' | '\u{2192}')
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2013}' | '\u{2014}')
}

/// Whether a text behind a name that is struck out is about that, rather than in place of it: "(until May
/// 2024)", "removed in May", a date, a mark.
fn is_remark(words: &Vocabulary, text: &SourceText) -> bool {
    let is_link = text.has_links();
    let text = text.trim().to_lowercase();
    let opens = text.starts_with(|c: char| is_dash(c) || matches!(c, '(' | ':' | ','));
    let has_words = text.chars().any(char::is_alphabetic);
    let begins_remark = words.texts(Meaning::StrikeRemark).any(|remark| text.starts_with(remark));
    opens || !has_words || (text.starts_with('[') && !is_link) || begins_remark
}

/// Whether the text behind a bullet's name that is struck out begins with another name, as in "~~Acme~~
/// Delta – Hosting", and not with a description of the struck-out vendor.
fn names_another(words: &Vocabulary, rest: &SourceText) -> bool {
    let begin = rest.trim_start();
    let parts = [" \u{2013} ", " \u{2014} ", " - ", ": "].iter().any(|by| begin.contains(by));
    let is_linked = begin.starts_with('[') || rest.is_link_at(rest.len() - begin.len());
    !is_remark(words, rest) && (parts || is_linked)
}

/// A bullet, or a term with its definition.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub at: Position,
    /// A link, strong text or term at its beginning.
    pub lead: Option<SourceText>,
    /// The text after the lead, or all of it.
    pub rest: SourceText,
    /// The texts of bullets below it.
    pub children: Vec<SourceText>,
    /// Whether its name is struck out.
    pub struck: bool,
    /// The footnotes that its marks referred to.
    pub notes: Vec<SourceText>,
}

impl Item {
    /// An item without any text.
    pub fn new(at: Position) -> Self {
        let (rest, children, notes) = (SourceText::default(), Vec::new(), Vec::new());
        Item { at, lead: None, rest, children, struck: false, notes }
    }

    /// All texts of it.
    pub fn texts_mut(&mut self) -> impl Iterator<Item = &mut SourceText> {
        self.lead.iter_mut().chain([&mut self.rest]).chain(&mut self.children)
    }

    /// Its lead, or an empty text.
    pub fn lead_text(&self) -> &str {
        self.lead.as_deref().unwrap_or_default()
    }

    /// Its text without the bullets below it.
    pub fn whole_text(&self) -> SourceText {
        match &self.lead {
            Some(lead) => SourceText::join([lead, &self.rest], " ").trimmed(),
            None => self.rest.trimmed(),
        }
    }

    /// Drops a struck-out name if another name follows it.
    pub fn drop_struck_lead(&mut self, words: &Vocabulary) {
        if self.struck && self.lead.is_some() && names_another(words, &self.rest) {
            (self.struck, self.lead) = (false, None);
        }
    }
}

/// The blocks of a paragraph: its fields when every line of it begins with a strong label, as in
/// `**Purpose:** hosting`. `strong` are the byte ranges of strong text at the beginnings of lines.
pub(crate) fn paragraph(at: Position, text: &SourceText, all_strong: bool, strong: &[(usize, usize)]) -> Vec<Block> {
    let labels: Vec<(usize, usize)> = strong.iter().filter(|range| is_label(text, range)).copied().collect();
    let first = labels.first().and_then(|(from, _)| text.get(..*from));
    if all_strong || first.is_none_or(|before| !before.trim().is_empty()) {
        let begin = strong.first().filter(|(from, _)| !all_strong && text[..*from].trim().is_empty());
        let lead = begin.map(|(from, to)| text.part(text[*from..*to].trim())).filter(|lead| !lead.is_empty());
        let text = without_breaks_around(text, text);
        let paragraph = Block::Paragraph { at, text, strong: all_strong, lead };
        return if paragraph.is_empty() { Vec::new() } else { vec![paragraph] };
    }
    let ends = labels[1..].iter().map(|(from, _)| *from).chain([text.len()]);
    let fields = labels.iter().zip(ends).map(|((from, to), end)| {
        let (label, value) = (&text[*from..*to], &text[*to..end]);
        let rest = without_breaks_around(text, value.trim_start().strip_prefix(':').unwrap_or(value));
        let item = Item { lead: Some(text.part(label.trim())), rest, ..Item::new(at) };
        Block::Field { text: without_breaks_around(text, &text[*from..end]), item }
    });
    fields.collect()
}

/// Whether the strong text in a byte range is a label: a colon ends or follows it.
fn is_label(text: &str, (from, to): &(usize, usize)) -> bool {
    text.get(*from..*to).is_some_and(|label| label.trim_end().ends_with(COLONS))
        || text.get(*to..).is_some_and(|rest| rest.trim_start().starts_with(':'))
}

/// A slice of a text without white space, line breaks and semicolons around it.
fn without_breaks_around(text: &SourceText, slice: &str) -> SourceText {
    text.part(slice.trim_matches(is_break_char)).with_neat_breaks()
}

/// The header and rows of a table. The first row is the header if there is no other.
pub(crate) fn header_of(table: &Table) -> (&[Cell], &[(Position, Vec<Cell>)]) {
    let empty = table.header.iter().all(|cell| cell.text.trim().is_empty());
    match table.rows.split_first() {
        Some(((_, first), rest)) if empty => (first, rest),
        _ => (&table.header, &table.rows),
    }
}

/// The colons behind labels, of which the second is written in Chinese and Japanese.
pub(crate) const COLONS: [char; 2] = [':', '\u{ff1a}'];

/// The separators between a name and its description.
pub(crate) const DASHES: [&str; 4] = [" \u{2013} ", " \u{2014} ", " - ", " | "];

/// The name of an item, and the rest.
pub(crate) fn split(words: &Vocabulary, item: &Item) -> (SourceText, SourceText) {
    if let Some(lead) = &item.lead {
        let name = words.without_full_stop(lead.trim_end_matches([':', '\u{ff1a}', ','])).trim();
        return (lead.part(name), item.rest.part(trim_separators(&item.rest)));
    }
    let text = item.rest.trimmed();
    match first_cut(words, &text) {
        // The dot of "Inc." belongs to the name.
        Some((at, length)) => {
            let end = if text[at..].starts_with('.') { words.without_full_stop(&text[..=at]).len() } else { at };
            (text.slice(0..end), text.part(trim_separators(&text[at + length..])))
        }
        None => {
            let name = words.without_full_stop(text.trim_end_matches([':', '\u{ff1a}', ';', ',']));
            (text.part(name), SourceText::default())
        }
    }
}

/// The first separator between a name and its description, and its length. One in brackets or in a link belongs to
/// the name.
fn first_cut(words: &Vocabulary, text: &SourceText) -> Option<(usize, usize)> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '\u{ff08}' => depth += 1,
            ')' | ']' | '\u{ff09}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0
            && let Some(length) = separator_at(text, at)
            && !is_in_legal_form(words, text, at)
        {
            return Some((at, length));
        }
    }
    // A bracket that is never closed does not enclose the rest.
    let mut cuts = text.char_indices().filter_map(|(at, _)| Some((at, separator_at(text, at)?)));
    cuts.next().filter(|_| depth > 0)
}

/// Whether a full stop at an offset is inside a legal form: "Klon Sp. z o.o.", "Jesion Sp. z o.o. Sp. k.".
fn is_in_legal_form(words: &Vocabulary, text: &str, at: usize) -> bool {
    let Some(behind) = text[at..].strip_prefix(". ") else { return false };
    let behind: Vec<&str> = behind.split(' ').take(MAX_FORM_WORDS).collect();
    let before: Vec<&str> = text[..at].rsplit(' ').take(MAX_FORM_WORDS).collect();
    (1..=before.len()).any(|from| {
        let begin: String = before[..from].iter().rev().copied().collect();
        (1..=behind.len()).any(|to| {
            let form = format!("{begin}{}", behind[..to].concat()).to_lowercase().replace('.', "");
            words.is(Meaning::LegalForm, &form)
        })
    })
}

/// The most words of a legal form before a full stop, and behind it.
const MAX_FORM_WORDS: usize = 3;

/// The length of the separator at an offset that is not in a link.
fn separator_at(text: &SourceText, at: usize) -> Option<usize> {
    let separator = DASHES.iter().chain(&[": ", "\u{ff1a}", ". "]).find(|by| text[at..].starts_with(**by));
    separator.map(|by| by.len()).filter(|_| !text.is_link_at(at))
}

fn trim_separators(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(rest) = text.strip_prefix(['.', ':', '\u{ff1a}', ',', ';', '-', '\u{2013}', '\u{2014}', '|']) {
        // A minus belongs to its number.
        if text.starts_with('-') && rest.starts_with(|c: char| c.is_ascii_digit()) {
            break;
        }
        text = rest.trim_start();
    }
    text
}

/// Gives raised text at the end of a text, from an offset on, the form of a footnote's mark. Other short raised text,
/// such as a trademark sign, is left out.
pub(crate) fn lower_mark(text: &mut SourceText, from: usize) {
    let Some(raised) = text.get(from..).map(cleaned) else { return };
    let inner = raised.trim_matches(['[', ']', '(', ')']);
    // A raised link leads to the note. Without one, a digit may be a power or a part of a name.
    let is_link = text.is_link_at(text.len() - text[from..].trim_start().len());
    let is_reference = is_link && matches!(inner.len(), 1 | 2) && inner.bytes().all(|b| b.is_ascii_alphanumeric());
    let mark = if is_reference { Some(format!("[^{inner}]")) } else { raised_mark(inner) };
    if mark.is_some() || raised.chars().count() <= 2 {
        text.truncate(from);
    }
    text.push(&mark.unwrap_or_default());
}

/// The most words of a label before a colon.
pub(crate) const MAX_LABEL_WORDS: usize = 6;
