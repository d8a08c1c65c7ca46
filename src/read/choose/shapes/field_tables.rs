//! Tables of two columns, fields and values, that describe one vendor: `| Purpose | Hosting |`.

use changecast_core::{
    model::{Role, fold},
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    choose::shapes::labels::{Labels, is_record, role_of},
    position::Position,
    source_text::cleaned,
    syntax::block::{Block, Cell, Item, Table, header_of},
};

pub(super) fn rewrite(words: &Vocabulary, blocks: Vec<Block>) -> Vec<Block> {
    let stated: Vec<Vec<Item>> = tables(&blocks).filter_map(|table| stated_fields(words, table)).collect();
    let pairs: Vec<Vec<Item>> = tables(&blocks).filter_map(pairs_of).collect();
    let labels = Known {
        stated: Labels::of(words, stated.iter().map(Vec::as_slice)),
        pairs: Labels::of(words, pairs.iter().map(Vec::as_slice)),
    };
    blocks.into_iter().map(|block| record_of(words, block, &labels)).collect()
}

/// The labels of the tables of a page.
struct Known<'v> {
    /// Below a header that states what the columns are.
    stated: Labels<'v>,
    /// In the first column of all tables of two columns.
    pairs: Labels<'v>,
}

impl Known<'_> {
    /// Whether other tables have the same labels, also that of the row that could be a header.
    fn are_shared(&self, pairs: &[Item]) -> bool {
        pairs.first().is_some_and(|header| self.pairs.is_repeated(header)) && self.pairs.are_fields(pairs)
    }
}

fn tables(blocks: &[Block]) -> impl Iterator<Item = &Table> {
    blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    })
}

fn record_of(words: &Vocabulary, block: Block, labels: &Known<'_>) -> Block {
    let Block::Table(table) = &block else { return block };
    let stated = stated_fields(words, table)
        .filter(|fields| labels.stated.are_fields(fields) || describe_processing(words, fields));
    let judged = stated.or_else(|| fields_of(words, table));
    judged.or_else(|| pairs_of(table).filter(|pairs| labels.are_shared(pairs))).map_or(block, Block::Record)
}

/// The rows of a table of two columns, with its header, as fields.
fn pairs_of(table: &Table) -> Option<Vec<Item>> {
    let (header, rows) = header_of(table);
    let [_, _] = header else { return None };
    let first = field_of(rows.first()?.0, header);
    Some(first.into_iter().chain(rows_of(rows)).collect())
}

/// Rows as fields.
fn rows_of(rows: &[(Position, Vec<Cell>)]) -> impl Iterator<Item = Item> {
    rows.iter().filter_map(|(at, cells)| field_of(*at, cells))
}

/// The fields of a table with the headers `| Field | Value |` or words like these.
fn stated_fields(words: &Vocabulary, table: &Table) -> Option<Vec<Item>> {
    let (header, rows) = header_of(table);
    let [label, value] = header else { return None };
    let is_stated = words.is(Meaning::FieldColumn, &folded(label)) && words.is(Meaning::ValueColumn, &folded(value));
    is_stated.then(|| rows_of(rows).collect())
}

/// Whether fields state where or why data are processed, which those of a document do not.
fn describe_processing(words: &Vocabulary, fields: &[Item]) -> bool {
    let roles = fields.iter().filter_map(|item| item.lead.as_deref()).map(|label| role_of(words, label));
    fields.len() > 1 && roles.into_iter().any(|role| matches!(role, Role::Purpose | Role::Location | Role::Data))
}

fn folded(header: &Cell) -> String {
    fold(&cleaned(&header.text))
}

/// The fields of a table that describes one vendor, judged by its labels.
fn fields_of(words: &Vocabulary, table: &Table) -> Option<Vec<Item>> {
    let (header, rows) = header_of(table);
    let [label, value] = header else { return None };
    let is_label = is_empty_or(words, Meaning::FieldColumn, &label.text);
    let is_value = is_label || is_empty_or(words, Meaning::ValueColumn, &value.text);
    // The header may be the first field: `| Vendor | Nordhaven |`.
    let names = role_of(words, &label.text) == Role::Name && !is_label;
    if !is_value && role_of(words, &value.text) != Role::Other || is_value && names {
        return None;
    }
    let first = Some(rows.first()?.0).filter(|_| !is_value && role_of(words, &label.text) != Role::Other);
    let first = first.and_then(|at| field_of(at, header));
    let items: Vec<Item> = first.into_iter().chain(rows_of(rows)).collect();
    is_record(words, &items).then_some(items)
}

/// The field that a row of two cells is, unless the first is empty.
fn field_of(at: Position, cells: &[Cell]) -> Option<Item> {
    let label = cells.first().filter(|label| !label.text.is_empty())?;
    let value = cells.get(1).map(|value| value.text.clone()).unwrap_or_default();
    Some(Item { lead: Some(label.text.clone()), rest: value, ..Item::new(at) })
}

/// Whether a header is empty or a word of this meaning.
fn is_empty_or(words: &Vocabulary, meaning: Meaning, header: &str) -> bool {
    let folded = fold(header);
    folded.is_empty() || words.is(meaning, &folded)
}
