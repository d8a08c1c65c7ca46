//! What pages are made of: headings, paragraphs, tables and bullets, and links in their texts.

use crate::model::{Text, without_full_stop};

use super::error::Position;

/// A piece of a page, in its order.
#[derive(Debug)]
pub(super) enum Block {
    Heading { level: usize, text: String },
    Paragraph(String),
    Table(Table),
    List(Vec<Item>),
}

/// A table. A header without any text stands for none.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub header: Vec<Cell>,
    pub rows: Vec<(Position, Vec<Cell>)>,
}

/// A cell, or any run of text.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    /// Its text; links as `[text](address)`.
    pub text: String,
    /// Whether all of it is emphasised strongly.
    pub strong: bool,
    /// Whether all of it is struck out.
    pub struck: bool,
}

/// A bullet, or a term with its definition.
#[derive(Debug)]
pub(super) struct Item {
    pub at: Position,
    /// A link, strong text or term at its beginning, as it would stand in a cell.
    pub lead: Option<String>,
    /// What follows, or all of it.
    pub rest: String,
    /// Bullets below it.
    pub children: Vec<String>,
}

/// The header and rows of a table. Where the header is empty, the first row stands for it.
pub(super) fn header_of(table: &Table) -> (&[Cell], &[(Position, Vec<Cell>)]) {
    let empty = table.header.iter().all(|cell| cell.text.trim().is_empty());
    match table.rows.split_first() {
        Some(((_, first), rest)) if empty => (first, rest),
        _ => (&table.header, &table.rows),
    }
}

/// The separators between a name and what is said of it.
pub(super) const DASHES: [&str; 4] = [" \u{2013} ", " \u{2014} ", " - ", " | "];

/// The name of an item, and the rest.
pub(super) fn split(item: &Item) -> (String, &str) {
    if let Some(lead) = &item.lead {
        return (without_full_stop(lead.trim_end_matches([':', ','])).trim().to_owned(), trim_separators(&item.rest));
    }
    let text = item.rest.trim();
    let cuts = DASHES.iter().chain(&[": ", ". "]).filter_map(|by| text.find(by).map(|at| (at, by.len())));
    match cuts.min() {
        Some((at, length)) => (text[..at].to_owned(), trim_separators(&text[at + length..])),
        None => (without_full_stop(text.trim_end_matches([':', ';', ','])).to_owned(), ""),
    }
}

fn trim_separators(text: &str) -> &str {
    text.trim().trim_start_matches(['.', ':', ',', ';', '-', '\u{2013}', '\u{2014}', '|']).trim()
}

/// A text without the addresses of its links: `[AWS](https://…)` becomes `AWS`.
pub(super) fn link_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, label, _, after)) = next_link(rest) {
        out.push_str(before);
        out.push_str(label);
        rest = after;
    }
    out.push_str(rest);
    Text::new(&out).to_string()
}

/// The address of the first link of a text.
pub(super) fn address(text: &str) -> Option<&str> {
    next_link(text).map(|(_, _, address, _)| address)
}

/// The first `[label](address)` of a text: what stands before it, its parts, what follows.
fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let middle = text.find("](")?;
    let start = text[..middle].rfind('[')?;
    let end = middle + text[middle..].find(')')?;
    Some((&text[..start], &text[start + 1..middle], &text[middle + 2..end], &text[end + 1..]))
}

/// A link as it stands in a cell.
pub(super) fn link(label: &str, address: &str) -> String {
    let label = label.trim();
    if label.is_empty() || label == address {
        address.to_owned()
    } else {
        format!("[{label}]({})", address.replace(')', "%29"))
    }
}
