//! Finds the place of a cell in the text of its file, so that a finding points at it.
//!
//! Readers keep the position of each entry. That of a cell is only needed for the few that findings are about, and is
//! looked for within the entry: in the column of a table, behind its key, or where its words are.

mod keyed;
mod tables;
mod words;

use std::ops::Range;

use changecast_core::{
    lint::Place,
    model::{Column, EntryId, FieldKey, Role},
};

use crate::read::{
    Reading, ReadingConfig,
    position::{LineIndex, Position, floor},
};

/// The text of a file with the entries that it contains.
#[derive(Clone, Copy, Debug)]
pub struct Locator<'a> {
    pub(crate) lines: &'a LineIndex<'a>,
    pub(crate) reading: &'a Reading,
    pub(crate) config: &'a ReadingConfig,
    /// The file of a folder; `None` if the list is one file.
    pub(crate) file: Option<&'a str>,
}

/// The cell that is looked for.
struct Wanted<'a> {
    /// Its column; `None` for the name of the entry.
    column: Option<&'a Column>,
    /// Its text without markup; empty for an empty cell.
    text: String,
    config: &'a ReadingConfig,
}

impl Wanted<'_> {
    /// Whether a header or key is that of the column: its label, or another one of its role.
    fn has_label(&self, label: &str) -> bool {
        let label = changecast_core::model::fold(&changecast_core::compare::readable(label.trim()));
        match self.column {
            Some(column) => label == changecast_core::model::fold(column.label.as_str()),
            None => self.config.role(&label) == Role::Name,
        }
    }

    /// Whether a header or key has the role of the column.
    fn has_role(&self, label: &str) -> bool {
        let role = self.column.map_or(Role::Name, |column| column.role);
        role != Role::Other && self.config.role(label.trim()) == role
    }
}

impl Locator<'_> {
    /// The byte range of a cell of an entry, or of some words in it. Where the cell is not found, that of the first
    /// line of the entry. `None` if the file does not contain the entry.
    pub fn cell(&self, id: &EntryId, field: Option<&FieldKey>, some_words: &str) -> Option<Range<usize>> {
        let at = self.reading.inventory.entries.iter().position(|entry| entry.id == *id)?;
        let (entry, position) = (&self.reading.inventory.entries[at], self.reading.positions.get(at)?);
        if position.file.as_deref() != self.file {
            return None;
        }
        let region = self.region(position.at);
        let column = field.and_then(|field| self.reading.inventory.column(field));
        let text = match field {
            Some(field) => entry.text(field).map(ToString::to_string).unwrap_or_default(),
            None => entry.name.to_string(),
        };
        let wanted = Wanted { column, text, config: self.config };
        let source = self.lines.text();
        let found = tables::cell(source, region.clone(), &wanted)
            .or_else(|| keyed::value(source, region.clone(), &wanted))
            .or_else(|| words::range(source, region.clone(), &wanted.text));
        let cell = found.unwrap_or_else(|| line_from(source, region.start));
        Some(words::range(source, cell.clone(), some_words).unwrap_or(cell))
    }

    /// The byte range from an entry to the next one.
    fn region(&self, at: Position) -> Range<usize> {
        let same_file = self.reading.positions.iter().filter(|position| position.file.as_deref() == self.file);
        let next = same_file.map(|position| position.at).filter(|other| *other > at).min();
        let start = self.lines.offset(at);
        start..next.map_or(self.lines.text().len(), |next| self.lines.offset(next)).max(start)
    }
}

/// The byte range of some words of a text that begins at a place; of its first line if they are not found.
pub(crate) fn passage(lines: &LineIndex<'_>, place: Place, some_words: &str) -> Range<usize> {
    let text = lines.text();
    let start = lines.offset(Position { line: place.line, column: place.column });
    let end = floor(text, (start + MAX_PASSAGE).min(text.len()));
    words::range(text, start..end, some_words).unwrap_or_else(|| line_from(text, start))
}

/// The longest part of a file, in bytes, that is searched for words of a passage.
const MAX_PASSAGE: usize = 20_000;

/// The rest of a line without white space at its end.
fn line_from(text: &str, start: usize) -> Range<usize> {
    let line = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    start..start + line.trim_end().len()
}

/// The line and column of a byte offset.
pub(crate) fn place_of(lines: &LineIndex<'_>, offset: usize) -> Place {
    let Position { line, column } = lines.at(offset);
    Place { line, column }
}
