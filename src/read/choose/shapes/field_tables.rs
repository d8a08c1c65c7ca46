//! Tables of two columns, fields and values, that describe one vendor: `| Purpose | Hosting |`.

use changecast_core::{
    model::{Role, fold},
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    choose::shapes::labels::is_record,
    position::Position,
    syntax::block::{Block, Cell, Item, Table, header_of, link_text},
};

pub(super) fn rewrite(blocks: Vec<Block>) -> Vec<Block> {
    let record = |block: Block| match &block {
        Block::Table(table) => fields_of(table).map_or(block, Block::Record),
        _ => block,
    };
    blocks.into_iter().map(record).collect()
}

/// The fields of a table that describes one vendor.
fn fields_of(table: &Table) -> Option<Vec<Item>> {
    let (header, rows) = header_of(table);
    let [label, value] = header else { return None };
    let is_label = is_empty_or(Meaning::FieldColumn, &label.text);
    let is_value = is_label || is_empty_or(Meaning::ValueColumn, &value.text);
    // The header may be the first field: `| Vendor | Nordhaven |`.
    let names = role_of(label) == Role::Name && !is_label;
    if !is_value && role_of(value) != Role::Other || is_value && names {
        return None;
    }
    let first = std::iter::once((rows.first()?.0, header)).filter(|_| !is_value && role_of(label) != Role::Other);
    let fields = first.chain(rows.iter().map(|(at, cells)| (*at, cells.as_slice())));
    let items: Vec<Item> = fields.filter_map(|(at, cells)| field_of(at, cells)).collect();
    is_record(&items).then_some(items)
}

fn role_of(header: &Cell) -> Role {
    Vocabulary::builtin().role_of(&link_text(&header.text))
}

/// The field that a row of two cells is, unless the first is empty.
fn field_of(at: Position, cells: &[Cell]) -> Option<Item> {
    let label = cells.first().filter(|label| !label.text.is_empty())?;
    let value = cells.get(1).map(|value| value.text.clone()).unwrap_or_default();
    Some(Item { lead: Some(label.text.clone()), rest: value, ..Item::new(at) })
}

/// Whether a header is empty or a word of this meaning.
fn is_empty_or(meaning: Meaning, header: &str) -> bool {
    let folded = fold(header);
    folded.is_empty() || Vocabulary::builtin().is(meaning, &folded)
}
