//! Runs of text in HTML: with their links, their struck-out parts and the marks of footnotes.

use std::ops::Range;

use super::Builder;
use crate::read::{
    source_text::is_break_char,
    syntax::block::{Cell, lower_mark},
};

impl Builder<'_> {
    /// Gives raised text the form of a footnote's mark, or leaves it out.
    pub(super) fn lower_raised(&mut self) {
        let Some(from) = self.raised.take() else { return };
        let mut raised = self.text.slice(from.min(self.text.len())..self.text.len());
        lower_mark(&mut raised, 0);
        if raised.as_str() != self.text.get(from..).unwrap_or_default() {
            self.truncate(from);
            self.text.append(&raised);
        }
    }

    /// Shortens the text and all ranges of it.
    fn truncate(&mut self, length: usize) {
        self.text.truncate(length);
        self.link.iter_mut().for_each(|(_, from)| *from = (*from).min(length));
        self.struck_from = self.struck_from.map(|from| from.min(length));
        for range in &mut self.struck {
            *range = range.start.min(length)..range.end.min(length);
        }
        self.labels.iter_mut().for_each(|(from, to)| (*from, *to) = ((*from).min(length), (*to).min(length)));
    }

    pub(super) fn text(&mut self, text: &str) {
        if !self.hidden.is_empty() || (self.table.is_some() && !self.in_cell && !self.in_caption) {
            return;
        }
        let length = text.bytes().filter(|b| !b.is_ascii_whitespace()).count();
        if length > 0 {
            self.break_behind_block();
        }
        self.length += length;
        self.strong += if self.strong_depth > 0 { length } else { 0 };
        self.text.push(text);
        self.ends_with_name = false;
    }

    /// Whether an element that begins here is a line below the name in a cell, although neither a line break nor
    /// a space is between them.
    pub(super) fn begins_line(&self, name: &str) -> bool {
        let follows = self.ends_with_name || name == "small" && !self.text.trim().is_empty();
        self.in_cell && follows && !self.text.ends_with(|c| is_break_char(c) || c == '(')
    }

    pub(super) fn line_break(&mut self) {
        if self.hidden.is_empty() && (self.table.is_none() || self.in_cell) {
            self.text.push_line_break();
        }
    }

    pub(super) fn close_link(&mut self) {
        if let Some((address, from)) = self.link.take() {
            let label = self.text.split_off(from.min(self.text.len()));
            let inside = self.struck.extract_if(.., |range| range.start >= from);
            let inside: Vec<Range<usize>> = inside.map(|range| range.start - from..range.end - from).collect();
            let space = if label.starts_with(char::is_whitespace) { " " } else { "" };
            let label = Cell::new(self.words, label, false, &inside);
            self.text.push(space);
            self.text.push_link(&label.text.collapsed(), address.trim());
            if label.struck {
                self.struck.push(from..self.text.len());
            }
            self.struck_from = self.struck_from.map(|begin| begin.min(from));
        }
    }

    /// Takes the collected text and resets its state.
    pub(super) fn take_text(&mut self) -> Cell {
        self.close_link();
        let text = std::mem::take(&mut self.text);
        let mut struck = std::mem::take(&mut self.struck);
        struck.extend(self.struck_from.take().map(|from| from..text.len()));
        // Who did not close it meant no more than this.
        self.struck_depth = 0;
        // Struck-out white space has no meaning.
        struck.retain(|range| text.get(range.clone()).is_some_and(|text| !text.trim().is_empty()));
        self.labels.clear();
        self.ends_block = false;
        self.outer_spans.clear();
        self.begun = None;
        let length = std::mem::take(&mut self.length);
        let strong = std::mem::take(&mut self.strong) >= length && length > 0;
        let cell = Cell::new(self.words, text, strong, &struck);
        Cell { text: cell.text.collapsed().without_outer_breaks().with_neat_breaks(), ..cell }
    }
}
