//! Lines and columns of a text.

use std::{cell::Cell, fmt, sync::Arc};

/// A position in a text. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The number of the line, from 1.
    pub line: usize,
    /// The number of the character in its line, from 1.
    pub column: usize,
}

impl Position {
    /// The beginning of a text.
    pub(crate) const START: Position = Position { line: 1, column: 1 };

    /// The position in a whole text of this one, which is in a part of the text that begins at another position.
    pub(crate) fn after(self, begin: Position) -> Self {
        match self.line {
            1 => Position { line: begin.line, column: begin.column + self.column - 1 },
            line => Position { line: begin.line + line - 1, ..self },
        }
    }

    /// The same column, this number of lines further down.
    pub(crate) fn below(self, lines: usize) -> Self {
        Position { line: self.line + lines, ..self }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Converts byte offsets to positions. Offsets in increasing order take time linear in the text. An earlier
/// offset takes time linear in its line.
#[derive(Debug)]
pub(crate) struct LineIndex<'a> {
    text: &'a str,
    /// The byte offset of the start of each line.
    lines: Vec<usize>,
    last: Cell<(usize, Position)>,
}

impl<'a> LineIndex<'a> {
    pub fn new(text: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        LineIndex { text, lines, last: Cell::new((0, Position { line: 1, column: 1 })) }
    }

    /// The text.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// The byte offset of a position; the end of the text if it is behind that.
    pub fn offset(&self, at: Position) -> usize {
        let start = self.lines.get(at.line.saturating_sub(1)).copied().unwrap_or(self.text.len());
        let mut chars = self.text[start..].char_indices();
        chars.nth(at.column.saturating_sub(1)).map_or(self.text.len(), |(column, _)| start + column)
    }

    /// The position of a byte offset.
    pub fn at(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        // Most offsets are on the line of the last one, or on the next line.
        let last_line = self.last.get().1.line;
        let near = [last_line, last_line + 1].into_iter().find(|line| self.is_on(*line, offset));
        let line = near.unwrap_or_else(|| self.lines.partition_point(|start| *start <= offset));
        let (from, start) = match self.last.get() {
            last if last.0 <= offset && last.1.line == line => last,
            _ => (self.lines[line - 1], Position { line, column: 1 }),
        };
        let passed = self.text.get(from..offset).unwrap_or_default().chars().count();
        let position = Position { column: start.column + passed, ..start };
        self.last.set((offset, position));
        position
    }

    /// Whether a line, counted from 1, contains an offset.
    fn is_on(&self, line: usize, offset: usize) -> bool {
        let begins_before = self.lines.get(line - 1).is_some_and(|start| *start <= offset);
        begins_before && self.lines.get(line).is_none_or(|next| *next > offset)
    }
}

/// Where an entry is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntryPosition {
    /// The file in the folder, if the inventory is a folder.
    pub file: Option<Arc<str>>,
    /// Where the entry begins.
    pub at: Position,
}

/// The last boundary of a character at or before an offset, which may be behind the end.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
