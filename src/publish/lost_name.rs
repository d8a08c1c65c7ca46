//! Rows that lost their name. A row without a name continues the one above, so that an emptied cell would announce
//! that one vendor was removed and that another one has a further service.

use std::collections::BTreeSet;

use changecast_core::model::{Entry, EntryId, Inventory, Text, fold};

use crate::read::{Problem, ReadError, Reading, UnnamedRow};

/// Most missing entries that are looked for in rows without names. More are not lost by mistake.
const MAX_MISSING: usize = 100;

/// The error of a version with a row that lost its name: an entry of the version before is missing, and a row without a
/// name has most of its cells.
pub fn lost_name(before: &Inventory, after: &Reading) -> Option<ReadError> {
    if after.unnamed.is_empty() {
        return None;
    }
    let missing: Vec<Cells<'_>> = missing(before, &after.inventory).take(MAX_MISSING).map(Cells::of).collect();
    after.unnamed.iter().find_map(|row| {
        let lost = missing.iter().find(|cells| cells.are_those_of(row))?;
        Some(ReadError::at(row.at, Problem::LostName(lost.entry.name.to_string())))
    })
}

/// The entries before that are not in the list after, neither by their id nor by their name.
fn missing<'b>(before: &'b Inventory, after: &Inventory) -> impl Iterator<Item = &'b Entry> {
    let ids: BTreeSet<EntryId> = after.entries.iter().map(|entry| entry.id.clone()).collect();
    let names: BTreeSet<Text> = after.entries.iter().map(|entry| entry.name.clone()).collect();
    let entries = before.entries.iter().map(|entry| &**entry);
    entries.filter(move |entry| !ids.contains(&entry.id) && !names.contains(&entry.name))
}

/// The folded cells of an entry.
struct Cells<'e> {
    entry: &'e Entry,
    texts: BTreeSet<String>,
}

impl<'e> Cells<'e> {
    fn of(entry: &'e Entry) -> Self {
        Cells { entry, texts: entry.cells.iter().map(|cell| fold(cell.text.as_str())).collect() }
    }

    /// Whether a row and the entry share more than half of the cells of each.
    fn are_those_of(&self, row: &UnnamedRow) -> bool {
        let shared = row.cells.iter().filter(|text| self.texts.contains(*text)).count();
        shared * 2 > row.cells.len() && shared * 2 > self.texts.len()
    }
}
