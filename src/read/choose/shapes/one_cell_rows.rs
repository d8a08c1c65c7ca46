//! Tables of one column with several lines in each cell: the name, then what describes the vendor.

use crate::read::{
    position::Position,
    source_text::{SourceText, is_break_char},
    syntax::block::{Block, Cell, Item, header_of},
};

/// The fewest lines of a cell that describes a vendor. Two are enough if the second one has several parts.
const MIN_LINES: usize = 3;
/// What separates the parts of a line.
const SEPARATORS: [&str; 6] = [" \u{b7} ", " \u{2013} ", " \u{2014} ", " - ", " | ", ", "];

pub(super) fn rewrite(blocks: Vec<Block>) -> Vec<Block> {
    blocks.into_iter().flat_map(list_of).collect()
}

/// The list that the rows are, with the header above it.
fn list_of(block: Block) -> Vec<Block> {
    let Block::Table(table) = &block else { return vec![block] };
    let (header, rows) = header_of(table);
    let [header] = header else { return vec![block] };
    let described = rows.iter().filter(|(_, cells)| describes_vendor(&lines_of(cells))).count();
    if described * 2 <= rows.len() {
        return vec![block];
    }
    let at = rows.first().map_or(Position::START, |(at, _)| *at);
    let title = Block::Paragraph { at, text: header.text.clone(), strong: false, lead: None };
    vec![title, Block::List(rows.iter().filter_map(|(at, cells)| item_of(*at, cells)).collect())]
}

/// Whether the lines of a cell are a name and what describes the vendor.
fn describes_vendor(lines: &[SourceText]) -> bool {
    match lines {
        [_, second] => SEPARATORS.iter().any(|separator| second.contains(separator)),
        _ => lines.len() >= MIN_LINES,
    }
}

/// The lines of the cell of a row, without those that only separate others.
fn lines_of(cells: &[Cell]) -> Vec<SourceText> {
    let lines = cells.first().into_iter().flat_map(|cell| cell.text.split_lines());
    let lines = lines.map(|line| line.part(line.trim_matches(is_break_char)));
    lines.filter(|line| line.contains(char::is_alphanumeric)).collect()
}

/// A bullet with the name, the lines that describe the vendor, and below it the lines with labels or links.
fn item_of(at: Position, cells: &[Cell]) -> Option<Item> {
    let lines = lines_of(cells);
    let (name, others) = lines.split_first()?;
    let (texts, below): (Vec<&SourceText>, Vec<&SourceText>) = others.iter().partition(|line| labelled(line).is_none());
    Some(Item {
        lead: Some(name.clone()),
        rest: SourceText::join(texts, " \u{2013} "),
        children: below.into_iter().filter_map(labelled).collect(),
        struck: cells.first().is_some_and(Cell::is_over),
        ..Item::new(at)
    })
}

/// A line with a label, or with a link at its beginning, as a label and a value.
fn labelled(line: &SourceText) -> Option<SourceText> {
    let link = line.links().next().filter(|_| line.is_link_at(0));
    let link = link.map(|(label, address)| SourceText::labelled(label.trim(), &address.into()));
    link.or_else(|| line.contains(": ").then(|| line.clone()))
}
