//! Lines of two spans, a label and its value: `<span>Location</span> <span>Norway</span>`. Style sheets set them
//! apart, so that no colon is needed.

use changecast_core::model::Role;

use super::Builder;
use crate::read::{
    position::Position,
    source_text::cleaned,
    syntax::block::{Block, Item},
};

/// The spans of the text that is being collected.
#[derive(Default)]
pub(super) struct Spans {
    /// How many are open.
    depth: usize,
    /// The ranges of the outer ones.
    outer: Vec<(usize, usize)>,
}

impl Spans {
    pub(super) fn open(&mut self, at: usize) {
        if self.depth == 0 {
            self.outer.push((at, at));
        }
        self.depth += 1;
    }

    pub(super) fn close(&mut self, at: usize) {
        if self.depth == 1
            && let Some((from, to)) = self.outer.last_mut()
        {
            *to = at.max(*from);
        }
        self.depth = self.depth.saturating_sub(1);
    }

    /// Forgets the spans of a text that ends, with those that were never closed.
    pub(super) fn clear(&mut self) {
        (self.depth, self.outer) = (0, Vec::new());
    }
}

impl Builder<'_> {
    /// The field that the text is, if it consists of two spans, of which the first is the header of a column.
    pub(super) fn field_of_spans(&self) -> Option<Block> {
        let [(label_from, label_to), (from, to)] = self.outer_spans.outer[..] else { return None };
        let text = &self.text;
        let around = [text.get(..label_from)?, text.get(label_to..from)?, text.get(to..)?];
        let (label, value) = (text.get(label_from..label_to)?.trim(), text.get(from..to)?.trim());
        let is_label = !label.is_empty() && self.words.role_of(&cleaned(label)) != Role::Other;
        if !is_label || value.is_empty() || around.iter().any(|text| !text.trim().is_empty()) {
            return None;
        }
        let item = Item {
            lead: Some(text.part(label).collapsed()),
            rest: text.part(value).collapsed(),
            ..Item::new(self.begun.unwrap_or(Position::START))
        };
        Some(Block::Field { text: text.trimmed().collapsed(), item })
    }
}
