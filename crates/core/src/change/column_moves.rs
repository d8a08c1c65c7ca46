//! Columns that got another header in some sections only: one of several tables has it, and the others keep the old one.

use std::collections::BTreeSet;

use crate::model::{Column, Entry, Inventory, SectionId};

use super::{
    column_match::{CellForms, have_compatible_roles},
    columns::Kept,
};

/// Whether all cells under one header moved to another one in some sections, and the rest of the list has one of the
/// headers before and after.
pub(super) fn moved_in_sections(
    (old, new): (&Column, &Column),
    (before, after): (&Inventory, &Inventory),
    kept: &Kept<'_>,
) -> bool {
    if !have_compatible_roles(old, new) {
        return false;
    }
    let has = |entry: &Entry, column: &Column| entry.text(&column.field).is_some();
    let is_moved = |(a, b): &&(&Entry, &Entry)| has(a, old) && !has(a, new) && !has(b, old) && has(b, new);
    let moved: Vec<(&Entry, &Entry)> = kept.iter().filter(is_moved).copied().collect();
    let olds = CellForms::of(&[old], moved.iter().map(|(a, _)| *a));
    let news = CellForms::of(&[new], moved.iter().map(|(_, b)| *b));
    if moved.is_empty() || olds.of_column(old) != news.of_column(new) {
        return false;
    }
    let sections = |side: fn(&(&Entry, &Entry)) -> SectionId| moved.iter().map(side).collect::<BTreeSet<SectionId>>();
    let from = sections(|(a, _)| a.section.clone());
    let to = sections(|(_, b)| b.section.clone());
    // No other entry of these sections has a cell under the header that the others keep.
    let is_alone = |list: &Inventory, sections: &BTreeSet<SectionId>, kept: &Column| {
        !list.entries.iter().any(|entry| sections.contains(&entry.section) && has(entry, kept))
    };
    is_alone(before, &from, new) && is_alone(after, &to, old)
}
