//! The bullets of HTML, also those that no list contains.

use super::Builder;
use crate::read::syntax::block::{Block, Cell};

impl Builder<'_> {
    /// Text of an item below the list, or before one.
    pub(super) fn item_text(&mut self) {
        let cell = self.take_text();
        if let Some(item) = self.item.as_mut().filter(|_| !cell.text.is_empty()) {
            if item.rest.is_empty() && item.lead.is_none() && item.children.is_empty() {
                item.struck = cell.is_over_as_item(self.words);
                item.rest = cell.text
            } else {
                item.children.push(cell.text)
            }
        }
    }

    /// Text of an item before the bullets below it. Behind a lead, it is the rest of the item.
    pub(super) fn item_rest(&mut self) {
        let is_led = self.item.as_ref().is_some_and(|item| item.lead.is_some() && item.rest.is_empty());
        if !is_led || self.text.trim().is_empty() {
            return self.item_text();
        }
        let cell = self.take_text();
        if let Some(item) = &mut self.item {
            item.rest = cell.text;
        }
    }

    /// Text of a description of a term, which another one follows.
    pub(super) fn description(&mut self) {
        let text = self.take_text().text;
        if let Some(item) = self.item.as_mut().filter(|_| !text.is_empty()) {
            let is_labelled = text.contains(':');
            if item.rest.is_empty() && !is_labelled { item.rest = text } else { item.children.push(text) }
        }
    }

    pub(super) fn maybe_lead(&mut self) {
        let open = self.link.is_some() || self.strong_depth > 0 || self.list_depth != 1 || self.table.is_some();
        if let Some(item) = self.item.as_mut().filter(|item| !open && item.lead.is_none() && item.rest.is_empty()) {
            let text = std::mem::take(&mut self.text);
            let mut struck = std::mem::take(&mut self.struck);
            struck.extend(self.struck_from.map(|from| from..text.len()));
            self.struck_from = self.struck_from.map(|_| 0);
            let cell = Cell::new(self.words, text, false, &struck);
            item.struck = cell.is_over();
            // Only text at the very beginning leads.
            item.lead = Some(cell.text.collapsed().trimmed()).filter(|text| !text.is_empty());
        }
    }

    pub(super) fn end_item(&mut self) {
        let cell = self.take_text();
        if let Some(mut item) = self.item.take() {
            if item.lead.is_none() && item.rest.is_empty() {
                item.struck = cell.is_over_as_item(self.words);
            }
            let rest = cell.text;
            if item.rest.is_empty() && item.children.is_empty() {
                item.rest = rest
            } else if !rest.is_empty() {
                item.children.push(rest)
            }
            item.drop_struck_lead(self.words);
            if let Some(list) = &mut self.list {
                list.push(item);
            }
        }
    }

    pub(super) fn end_list(&mut self) {
        (self.list_depth, self.continued) = (0, false);
        if let Some(items) = self.list.take() {
            self.blocks.push(Block::List(items));
        }
    }

    /// An item outside a list continues the list directly before it, as browsers show it; stray end tags do not
    /// separate them.
    pub(super) fn continue_list(&mut self) {
        self.flush();
        let before = self.blocks.pop_if(|block| matches!(block, Block::List(_)));
        self.list = match before {
            Some(Block::List(items)) => Some(items),
            _ => Some(Vec::new()),
        };
        (self.list_depth, self.continued) = (1, true);
    }
}
