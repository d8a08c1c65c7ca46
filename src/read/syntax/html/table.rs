//! Tables of HTML pages: their rows, and cells that span several rows.

use super::Builder;
use crate::read::syntax::block::{Block, Cell};

/// The largest size in bytes of all copies of spanning cells. Beyond it, cells are not copied to further rows.
const SPANNED: usize = 4 << 20;

impl Builder<'_> {
    pub(super) fn end_cell(&mut self) {
        if !std::mem::take(&mut self.in_cell) {
            return;
        }
        let cell = self.take_text();
        self.span();
        if let Some((_, cells, all_heads)) = &mut self.row {
            *all_heads &= self.head_cell;
            // A cell over several columns is the cell of each; below the header, one without a cell before it is the
            // heading of rows.
            let begins = self.table.as_ref().is_some_and(|table| table.header.is_empty() && table.rows.is_empty());
            let is_heading = cells.is_empty() && !(self.head_cell && begins);
            let columns = if is_heading || self.spanned >= SPANNED { 0 } else { self.cell_columns };
            if self.cell_rows > 0 {
                let places = cells.len()..=cells.len() + columns;
                self.spans.extend(places.map(|place| (place, (self.cell_rows + 1, cell.clone()))));
            }
            self.spanned += columns * (size_of::<Cell>() + cell.text.len());
            cells.extend(std::iter::repeat_n(cell, columns + 1));
        }
    }

    /// Copies cells of earlier rows that span this one.
    pub(super) fn span(&mut self) {
        let Some((_, cells, _)) = &mut self.row else { return };
        while let Some((_, cell)) = self.spans.get(&cells.len()).filter(|_| self.spanned < SPANNED) {
            self.spanned += size_of::<Cell>() + cell.text.len();
            cells.push(cell.clone());
        }
    }

    pub(super) fn end_row(&mut self) {
        self.end_cell();
        if self.row.as_ref().is_some_and(|(_, cells, _)| !cells.is_empty()) {
            self.span();
        }
        let (Some((at, mut cells, all_heads)), Some(table)) = (self.row.take(), &mut self.table) else { return };
        if cells.is_empty() {
            return;
        }
        self.spans.retain(|_, (rows, _)| {
            *rows -= 1;
            *rows > 0
        });
        let begins = table.header.is_empty() && table.rows.is_empty();
        if all_heads && !begins && cells.len() == 1 && self.cell_columns > 0 {
            // A header over the whole table is the heading of the rows below.
            let heading = Cell { strong: true, ..cells.swap_remove(0) };
            table.rows.push((at, vec![heading, Cell::default()]));
        } else if all_heads && begins {
            table.header = cells;
            table.header.iter_mut().for_each(|cell| cell.text = cell.text.on_one_line());
        } else {
            table.rows.push((at, cells));
        }
    }

    /// Ends the caption of a table.
    pub(super) fn end_caption(&mut self) {
        if !std::mem::take(&mut self.in_caption) {
            return;
        }
        let caption = self.take_text().text;
        if let Some(table) = self.table.as_mut().filter(|_| !caption.is_empty()) {
            table.caption = Some(caption);
        }
    }

    /// Ends the caption of a figure, which is that of the table in it. The caption of something else is a paragraph.
    pub(super) fn end_figure_caption(&mut self) {
        let Some((begin, _)) = self.figure else { return };
        let is_table = |block: &Block| matches!(block, Block::Table(_));
        let inside = self.blocks.get(begin..).unwrap_or_default();
        match inside.iter().rposition(is_table) {
            Some(place) => {
                let text = self.take_text().text;
                if let Some(Block::Table(table)) = self.blocks.get_mut(begin + place) {
                    table.caption.get_or_insert(text);
                }
            }
            None if inside.is_empty() => {
                let text = self.take_text().text;
                self.figure = Some((begin, Some(text)));
            }
            None => {}
        }
    }

    pub(super) fn end_table(&mut self) {
        self.end_caption();
        let Some(mut table) = self.table.take() else { return };
        // Without header cells, the first row is the header.
        if table.header.is_empty()
            && let Some((_, cells)) = table.rows.first_mut()
        {
            cells.iter_mut().for_each(|cell| cell.text = cell.text.on_one_line());
        }
        self.blocks.push(Block::Table(table));
    }
}
