//! Footnotes: marks behind names and in cells, and the notes below the list that explain them.
//!
//! A note belongs to the entries that carry its mark. It becomes a cell of them, and the mark goes, so that other marks
//! for the same notes are no change.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use crate::read::{
    position::Position,
    source_text::SourceText,
    syntax::{
        block::{Block, Cell, Item, Page},
        note_mark::{mark_at_start, marks_in},
    },
};

/// The fewest words of a note.
const MIN_WORDS: usize = 2;

/// The notes of entries, by the position of each.
pub(crate) type Notes = BTreeMap<Position, SourceText>;

/// Takes the marks of explained footnotes from the tables, lists and records of a page, and gives the notes of each
/// row, bullet and record. Lines that explain a mark are no longer among the blocks.
pub(crate) fn resolve(page: &Page, blocks: Vec<Block>) -> (Vec<Block>, Notes) {
    let used: BTreeSet<String> =
        blocks.iter().flat_map(texts_of).flat_map(|text| marks_in(text)).map(|mark| mark.key).collect();
    if used.is_empty() {
        return (blocks, Notes::new());
    }
    let mut footnotes = Footnotes { used, texts: BTreeMap::new(), notes: Notes::new() };
    for (mark, text) in &page.notes {
        footnotes.texts.entry(mark.clone()).or_insert_with(|| text.clone());
    }
    let blocks: Vec<Block> = blocks.into_iter().filter_map(|block| footnotes.without_definitions(block)).collect();
    if footnotes.texts.is_empty() {
        return (blocks, Notes::new());
    }
    let mut resolved: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut of_heading = Vec::new();
    for mut block in blocks {
        match &mut block {
            Block::Heading { text, .. } => of_heading = footnotes.take_marks(text),
            Block::Record(items) => footnotes.resolve_record(items, std::mem::take(&mut of_heading)),
            Block::Table(table) => {
                table.rows.iter_mut().for_each(|(at, cells)| footnotes.resolve_row(*at, cells));
            }
            Block::List(items) => items.iter_mut().for_each(|item| footnotes.resolve_item(item)),
            Block::Paragraph { .. } | Block::Field { .. } => {}
        }
        resolved.push(block);
    }
    (resolved, footnotes.notes)
}

/// The notes of a page, by their marks, and those of the entries.
struct Footnotes {
    /// The marks in tables, lists, records and headings.
    used: BTreeSet<String>,
    texts: BTreeMap<String, SourceText>,
    notes: Notes,
}

impl Footnotes {
    /// The block without lines that explain a mark, which are remembered. `None` if nothing is left.
    fn without_definitions(&mut self, block: Block) -> Option<Block> {
        match block {
            Block::Paragraph { at, text, strong } => {
                let text = self.without_defining_lines(text)?;
                Some(Block::Paragraph { at, text, strong })
            }
            Block::Field { text, item } => {
                let kept = self.without_defining_lines(text)?;
                Some(Block::Field { text: kept, item })
            }
            Block::Table(mut table) => {
                table.rows.retain(|(_, cells)| !self.is_defining_row(cells));
                Some(Block::Table(table))
            }
            other => Some(other),
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

    /// Remembers the notes of a line that begins with a mark. Markdown joins the lines of several.
    fn define(&mut self, line: &SourceText) -> bool {
        let starts = self.definitions_in(line);
        if starts.first().is_none_or(|(range, _)| range.start > line.len() - line.trim_start().len()) {
            return false;
        }
        let ends = starts.iter().skip(1).map(|(range, _)| range.start).chain([line.len()]);
        let notes: Vec<(String, SourceText)> = starts
            .iter()
            .zip(ends)
            .map(|((range, key), end)| (key.clone(), line.part(trimmed_note(&line[range.end..end]))))
            .collect();
        if notes.iter().any(|(_, note)| note.split_whitespace().count() < MIN_WORDS) {
            return false;
        }
        for (key, note) in notes {
            self.texts.entry(key).or_insert(note);
        }
        true
    }

    /// Where notes begin in a line: at its beginning, and behind the ends of sentences.
    fn definitions_in(&self, line: &str) -> Vec<(Range<usize>, String)> {
        let begin = line.len() - line.trim_start().len();
        let behind_stops =
            line.match_indices(' ').filter(|(at, _)| line[..*at].ends_with(['.', ';', ')', '!'])).map(|(at, _)| at + 1);
        let places = [begin].into_iter().chain(behind_stops);
        let marks = places.filter_map(|at| Some((at, mark_at_start(&line[at..])?)));
        let used = marks.filter(|(_, (_, key))| self.used.contains(key));
        used.map(|(at, (length, key))| (at..at + length, key)).collect()
    }

    fn resolve_row(&mut self, at: Position, cells: &mut [Cell]) {
        let notes: Vec<SourceText> = cells.iter_mut().flat_map(|cell| self.take_marks(&mut cell.text)).collect();
        self.note(at, notes);
    }

    fn resolve_item(&mut self, item: &mut Item) {
        let texts = item.lead.iter_mut().chain([&mut item.rest]).chain(&mut item.children);
        let notes: Vec<SourceText> = texts.flat_map(|text| self.take_marks(text)).collect();
        self.note(item.at, notes);
    }

    /// Takes the marks from the fields of a record, given the notes of the heading above.
    fn resolve_record(&mut self, items: &mut [Item], mut notes: Vec<SourceText>) {
        let Some(at) = items.first().map(|item| item.at) else { return };
        for item in items {
            let texts = [&mut item.rest].into_iter().chain(&mut item.children);
            notes.extend(texts.flat_map(|text| self.take_marks(text)));
        }
        self.note(at, notes);
    }

    fn note(&mut self, at: Position, notes: Vec<SourceText>) {
        let mut distinct: Vec<SourceText> = Vec::new();
        for note in notes {
            if !distinct.contains(&note) {
                distinct.push(note);
            }
        }
        if !distinct.is_empty() {
            self.notes.insert(at, SourceText::join(&distinct, " "));
        }
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

/// The texts of a block that may carry marks.
fn texts_of(block: &Block) -> Vec<&SourceText> {
    match block {
        Block::Heading { text, .. } => vec![text],
        Block::Table(table) => table.rows.iter().flat_map(|(_, cells)| cells).map(|cell| &cell.text).collect(),
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
