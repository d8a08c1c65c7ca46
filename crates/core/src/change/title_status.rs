//! Statuses that stand in the titles of sections. Readers give them to the entries below while the titles of a page
//! differ in their status, so that they come and go although the page never had such a column.

use crate::{
    compare::Status,
    model::{Column, Entry, Inventory, Role, fold},
    vocabulary::Vocabulary,
};

/// Whether all cells of a column of statuses repeat the titles of their sections.
pub(super) fn repeats_titles(column: &Column, inventory: &Inventory) -> bool {
    let mut filled = inventory.entries.iter().filter(|entry| entry.markdown(&column.field).is_some()).peekable();
    column.role == Role::Status
        && filled.peek().is_some()
        && filled.all(|entry| repeats_title(column, inventory, entry))
}

/// Whether the cell of an entry in a column of statuses repeats the title of its section.
pub(super) fn repeats_title(column: &Column, inventory: &Inventory, entry: &Entry) -> bool {
    let text = entry.markdown(&column.field).map(|text| fold(text.as_str()));
    column.role == Role::Status && text.is_some_and(|text| folded_title(inventory, entry).contains(&text))
}

/// Whether an entry is in use according to a column of statuses.
pub(super) fn is_active(column: &Column, entry: &Entry) -> bool {
    entry.markdown(&column.field).is_some_and(|text| Status::of_cell(&column.label, text).is_active())
}

/// Whether an entry is below titles of the same status in both versions.
pub(super) fn has_same_title_status(before: (&Inventory, &Entry), after: (&Inventory, &Entry)) -> bool {
    let (before, after) = (folded_title(before.0, before.1), folded_title(after.0, after.1));
    let lifecycle = |title: &str| Status::read(Vocabulary::builtin(), title).lifecycle;
    before == after || (lifecycle(&before).is_some() && lifecycle(&before) == lifecycle(&after))
}

fn folded_title(inventory: &Inventory, entry: &Entry) -> String {
    inventory.section(&entry.section).map(|section| fold(section.title.as_str())).unwrap_or_default()
}
