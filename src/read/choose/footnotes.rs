//! Footnotes: marks behind names and in cells, and the notes below the list that explain them.
//!
//! A note belongs to what carries its mark: to the row, bullet or record, or to the section below a heading and below
//! the headers of a table. The mark goes, so that other marks for the same notes are no change.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use changecast_core::{
    model::note_mark::{mark_at_start, marks_in},
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    source_text::SourceText,
    syntax::block::{Block, Cell, Item, Page},
};

/// The fewest words of a note.
const MIN_WORDS: usize = 2;

/// The notes of the headings above tables and lists, by the places of these among the blocks.
pub(crate) type HeadingNotes = BTreeMap<usize, Vec<SourceText>>;

/// Takes the marks of explained footnotes from the blocks of a page, and puts the notes into the cells, bullets and
/// records that carried them. Lines that explain a mark are no longer among the blocks.
pub(crate) fn resolve(words: &Vocabulary, page: &Page) -> (Vec<Block>, HeadingNotes) {
    let blocks: Vec<Block> = page.blocks.iter().cloned().map(with_marks_behind_leads).collect();
    let used: BTreeSet<String> =
        blocks.iter().flat_map(texts_of).flat_map(|text| marks_in(text)).map(|mark| mark.key).collect();
    if used.is_empty() {
        return (blocks, HeadingNotes::new());
    }
    let mut footnotes = Footnotes { words, used, seen: BTreeSet::new(), texts: BTreeMap::new() };
    for (mark, text) in &page.notes {
        footnotes.texts.entry(mark.clone()).or_insert_with(|| text.clone());
    }
    let blocks: Vec<Block> = blocks.into_iter().filter_map(|block| footnotes.without_definitions(block)).collect();
    if footnotes.texts.is_empty() {
        return (blocks, HeadingNotes::new());
    }
    footnotes.resolve(blocks)
}

/// The block with the marks between the leads of its bullets and their texts as parts of the leads:
/// `**Alder**[^1]: storage`.
fn with_marks_behind_leads(mut block: Block) -> Block {
    if let Block::List(items) | Block::Record(items) = &mut block {
        for Item { lead, rest, .. } in items {
            let Some(lead) = lead else { continue };
            if let Some(length) = mark_at_start_of_rest(rest) {
                lead.append(&rest.slice(0..length));
                *rest = rest.slice(length..rest.len());
            }
        }
    }
    block
}

/// The length of the mark with which the text behind a word begins.
fn mark_at_start_of_rest(rest: &str) -> Option<usize> {
    const WORD: &str = "a";
    let mark = marks_in(&format!("{WORD}{rest}")).into_iter().next()?;
    (mark.range.start == WORD.len()).then(|| mark.range.end - WORD.len())
}

/// The distinct notes as one text, or `None` without any.
pub(crate) fn joined<'n>(notes: impl IntoIterator<Item = &'n SourceText>) -> Option<SourceText> {
    let mut distinct: Vec<&SourceText> = Vec::new();
    for note in notes {
        if !distinct.contains(&note) {
            distinct.push(note);
        }
    }
    (!distinct.is_empty()).then(|| SourceText::join(distinct, " "))
}

/// The notes of a page, by their marks.
struct Footnotes<'v> {
    words: &'v Vocabulary,
    /// The marks in tables, lists, records and headings.
    used: BTreeSet<String>,
    /// Those of them that precede the block which is looked at.
    seen: BTreeSet<String>,
    texts: BTreeMap<String, SourceText>,
}

impl Footnotes<'_> {
    /// Takes the marks from all blocks.
    fn resolve(&self, mut blocks: Vec<Block>) -> (Vec<Block>, HeadingNotes) {
        let mut of_parts = HeadingNotes::new();
        let mut headings: Vec<(usize, Vec<SourceText>)> = Vec::new();
        for (place, block) in blocks.iter_mut().enumerate() {
            let above = || headings.iter().flat_map(|(_, notes)| notes).cloned();
            match block {
                Block::Heading { level, text } => {
                    headings.retain(|(above, _)| above < level);
                    headings.push((*level, self.take_marks_of_heading(text)));
                }
                Block::Record(items) => {
                    items.iter_mut().for_each(|item| self.resolve_item(item));
                    if let Some(first) = items.first_mut() {
                        first.notes.splice(0..0, above());
                    }
                }
                Block::Table(table) => {
                    let cells = table.header.iter_mut().chain(table.rows.iter_mut().flat_map(|(_, cells)| cells));
                    cells.for_each(|cell| cell.notes = self.take_marks(&mut cell.text));
                    of_parts.insert(place, above().collect());
                }
                Block::List(items) => {
                    items.iter_mut().for_each(|item| self.resolve_item(item));
                    of_parts.insert(place, above().collect());
                }
                Block::Paragraph { .. } | Block::Field { .. } => {}
            }
        }
        (blocks, of_parts)
    }

    /// The notes of a heading, except for the date of the page.
    fn take_marks_of_heading(&self, text: &mut SourceText) -> Vec<SourceText> {
        let mut notes = self.take_marks(text);
        notes.retain(|note| !self.words.mentions(Meaning::PageDate, note));
        notes
    }

    fn resolve_item(&self, item: &mut Item) {
        item.notes = item.texts_mut().flat_map(|text| self.take_marks(text)).collect();
    }

    /// The block without lines that explain a mark, which are remembered. `None` if no line is left.
    fn without_definitions(&mut self, block: Block) -> Option<Block> {
        self.seen.extend(texts_of(&block).into_iter().flat_map(|text| marks_in(text)).map(|mark| mark.key));
        match block {
            Block::Paragraph { at, text, strong, lead } => {
                let text = self.without_defining_lines(text)?;
                Some(Block::Paragraph { at, text, strong, lead })
            }
            Block::Field { text, item } => {
                let text = self.without_defining_lines(text)?;
                Some(Block::Field { text, item })
            }
            Block::Table(mut table) => {
                table.rows.retain(|(_, cells)| !self.is_defining_row(cells));
                Some(Block::Table(table))
            }
            Block::List(items) => {
                let notes: Option<Vec<Vec<Note>>> =
                    items.iter().map(|item| self.notes_in(&item.whole_text())).collect();
                match notes {
                    Some(notes) if !notes.is_empty() => {
                        self.remember(notes.into_iter().flatten());
                        None
                    }
                    _ => Some(Block::List(items)),
                }
            }
            other @ (Block::Heading { .. } | Block::Record(_)) => Some(other),
        }
    }

    fn without_defining_lines(&mut self, text: SourceText) -> Option<SourceText> {
        let lines: Vec<SourceText> = text.split_lines().collect();
        let kept: Vec<&SourceText> = lines.iter().filter(|line| !self.define(line)).collect();
        if kept.len() == lines.len() {
            return Some(text);
        }
        let mut rest = SourceText::default();
        for line in kept {
            if !rest.is_empty() {
                rest.push_line_break();
            }
            rest.append(line);
        }
        (!rest.is_empty()).then_some(rest)
    }

    /// Whether the only filled cell of a row explains a mark.
    fn is_defining_row(&mut self, cells: &[Cell]) -> bool {
        let mut filled = cells.iter().filter(|cell| !cell.text.trim().is_empty());
        let (Some(first), None) = (filled.next(), filled.next()) else { return false };
        cells.len() > 1 && self.define(&first.text)
    }

    /// Remembers the notes of a line that begins with a mark. `false` if it does not.
    fn define(&mut self, line: &SourceText) -> bool {
        let notes = self.notes_in(line);
        let is_definition = notes.is_some();
        self.remember(notes.into_iter().flatten());
        is_definition
    }

    fn remember(&mut self, notes: impl IntoIterator<Item = Note>) {
        for (key, note) in notes {
            self.texts.entry(key).or_insert(note);
        }
    }

    /// The notes of a line that begins with a mark. Markdown joins the lines of several.
    fn notes_in(&self, line: &SourceText) -> Option<Vec<Note>> {
        let starts = self.definitions_in(line);
        if starts.first()?.0.start > line.len() - line.trim_start().len() {
            return None;
        }
        let ends = starts.iter().skip(1).map(|(range, _)| range.start).chain([line.len()]);
        let notes: Vec<Note> = starts
            .iter()
            .zip(ends)
            .map(|((range, key), end)| (key.clone(), line.part(trimmed_note(&line[range.end..end]))))
            .collect();
        notes.iter().all(|(_, note)| note.split_whitespace().count() >= MIN_WORDS).then_some(notes)
    }

    /// Where notes begin in a line: at its beginning, and behind the ends of sentences.
    fn definitions_in(&self, line: &str) -> Vec<(Range<usize>, String)> {
        let begin = line.len() - line.trim_start().len();
        let behind_stops =
            line.match_indices(' ').filter(|(at, _)| line[..*at].ends_with(['.', ';', ')', '!'])).map(|(at, _)| at + 1);
        let places = [begin].into_iter().chain(behind_stops);
        let marks = places.filter_map(|at| Some((at, mark_at_start(&line[at..])?)));
        // The number of a clause is a mark only behind the text that refers to it.
        let used = marks.filter(|(at, (_, key))| match line[*at..].starts_with(|c: char| c.is_ascii_digit()) {
            true => self.seen.contains(key),
            false => self.used.contains(key),
        });
        used.map(|(at, (length, key))| (at..at + length, key)).collect()
    }

    /// Takes the marks that have notes from a text, and gives the notes.
    fn take_marks(&self, text: &mut SourceText) -> Vec<SourceText> {
        let (mut notes, mut ranges) = (Vec::new(), Vec::new());
        for mark in marks_in(text) {
            if let Some(note) = self.texts.get(&mark.key) {
                notes.push(note.clone());
                ranges.push(mark.range);
            }
        }
        if !ranges.is_empty() {
            *text = text.without(&ranges).trimmed();
        }
        notes
    }
}

/// A note with its mark.
type Note = (String, SourceText);

/// The texts of a block that may carry marks.
fn texts_of(block: &Block) -> Vec<&SourceText> {
    match block {
        Block::Heading { text, .. } => vec![text],
        Block::Table(table) => {
            let cells = table.header.iter().chain(table.rows.iter().flat_map(|(_, cells)| cells));
            cells.map(|cell| &cell.text).collect()
        }
        Block::List(items) | Block::Record(items) => {
            items.iter().flat_map(|item| item.lead.iter().chain([&item.rest]).chain(&item.children)).collect()
        }
        Block::Paragraph { .. } | Block::Field { .. } => Vec::new(),
    }
}

/// A note without what separates it from its mark.
fn trimmed_note(note: &str) -> &str {
    note.trim_start_matches([':', '.', ')', '-', '\u{2013}', '\u{2014}', '=', ' ', '\u{a0}']).trim()
}
