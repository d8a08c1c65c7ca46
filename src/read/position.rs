//! Lines and columns of a text.

use std::{cell::Cell, fmt, sync::Arc};

/// A place in a text: line and column count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl Position {
    /// The place so many lines below.
    pub(crate) fn below(self, lines: usize) -> Self {
        Position { line: self.line + lines, ..self }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Finds places by byte offset. Asking in the order of the text costs its length once; asking for
/// an earlier place costs its line.
pub(crate) struct LineIndex<'a> {
    text: &'a str,
    /// Where lines begin.
    lines: Vec<usize>,
    last: Cell<(usize, Position)>,
}

impl<'a> LineIndex<'a> {
    pub fn new(text: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        LineIndex { text, lines, last: Cell::new((0, Position { line: 1, column: 1 })) }
    }

    /// The place of a byte offset.
    pub fn at(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        // Mostly on the line of the last place, or on the next one.
        let last = self.last.get().1.line;
        let is_on = |line: &usize| {
            let start = self.lines.get(*line - 1).is_some_and(|start| *start <= offset);
            start && self.lines.get(*line).is_none_or(|next| *next > offset)
        };
        let near = [last, last + 1].into_iter().find(is_on);
        let line = near.unwrap_or_else(|| self.lines.partition_point(|start| *start <= offset));
        let (from, start) = match self.last.get() {
            last if last.0 <= offset && last.1.line == line => last,
            _ => (self.lines[line - 1], Position { line, column: 1 }),
        };
        let passed = self.text.get(from..offset).unwrap_or_default().chars().count();
        let place = Position { column: start.column + passed, ..start };
        self.last.set((offset, place));
        place
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
