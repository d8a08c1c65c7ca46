//! Rows that lost their name. A row without a name continues the one above, so that an emptied cell would announce
//! that one vendor was removed and that another one has a further service.

use std::collections::{BTreeMap, BTreeSet};

use changecast_core::model::{Entry, EntryId, Inventory, Text, fold};

use super::{Position, Problem, ReadError, Reading, UnnamedRow};

/// Most missing entries that are looked for in rows without names. More are not lost by mistake.
const MAX_MISSING: usize = 100;

/// The error of a version with a row that lost its name: an entry of the version before is missing, and a row without
/// a name that the version before does not have has only cells of this entry, or most of them.
pub fn lost_name(before: &Inventory, after: &Reading) -> Option<ReadError> {
    if after.unnamed.is_empty() {
        return None;
    }
    let missing: Vec<Known<'_>> = missing(before, &after.inventory).into_iter().take(MAX_MISSING).collect();
    if missing.is_empty() {
        return None;
    }
    let entries = entries_by_place(after);
    let lost = after.unnamed.iter().filter_map(|row| {
        let continued = row.entry.and_then(|at| entries.get(&at).copied());
        let is_own = |known: &Known<'_>| continued.is_some_and(|entry| entry.name == known.entry.name);
        let known = missing.iter().find(|known| known.has_cells_of(row) && !is_own(known))?;
        Some((row, continued, known))
    });
    let lost: Vec<(&UnnamedRow, Option<&Entry>, &Known<'_>)> = lost.collect();
    if lost.is_empty() {
        return None;
    }
    let known: BTreeSet<(String, BTreeSet<String>)> = before.entries.iter().map(|entry| form_of(entry)).collect();
    let is_new = |entry: &Entry| !known.contains(&form_of(entry));
    let (row, _, lost) = lost.into_iter().find(|(_, continued, _)| continued.is_none_or(is_new))?;
    Some(ReadError::at(row.at, Problem::LostName(lost.entry.name.to_string())))
}

/// The entries of a version by the place at which each begins.
fn entries_by_place(reading: &Reading) -> BTreeMap<Position, &Entry> {
    let entries = reading.positions.iter().zip(&reading.inventory.entries);
    entries.map(|(position, entry)| (position.at, &**entry)).collect()
}

/// The entries before that are not in the list after, neither by their id nor by their name. If fewer entries have
/// a name than before, those of them with cells that no entry of this name has any more.
fn missing<'b>(before: &'b Inventory, after: &Inventory) -> Vec<Known<'b>> {
    let ids: BTreeSet<&EntryId> = after.entries.iter().map(|entry| &entry.id).collect();
    let (old, new) = (by_name(before), by_name(after));
    let is_missing = |known: &Known<'_>| match new.get(&known.entry.name) {
        None => !ids.contains(&known.entry.id),
        Some(same) => {
            let is_fewer = same.len() < old.get(&known.entry.name).map_or(0, Vec::len);
            is_fewer && same.iter().all(|entry| texts_of(entry) != known.texts)
        }
    };
    before.entries.iter().map(|entry| Known::of(entry)).filter(is_missing).collect()
}

fn by_name(inventory: &Inventory) -> BTreeMap<&Text, Vec<&Entry>> {
    let mut entries: BTreeMap<&Text, Vec<&Entry>> = BTreeMap::new();
    for entry in &inventory.entries {
        entries.entry(&entry.name).or_default().push(entry);
    }
    entries
}

/// The folded name and cells of an entry.
fn form_of(entry: &Entry) -> (String, BTreeSet<String>) {
    (fold(entry.name.as_str()), texts_of(entry))
}

/// The folded cells of an entry.
fn texts_of(entry: &Entry) -> BTreeSet<String> {
    entry.cells.iter().map(|cell| fold(cell.text.as_str())).collect()
}

/// An entry of the version before.
struct Known<'e> {
    entry: &'e Entry,
    texts: BTreeSet<String>,
}

impl<'e> Known<'e> {
    fn of(entry: &'e Entry) -> Self {
        Known { entry, texts: texts_of(entry) }
    }

    /// Whether a row has only cells of the entry, or shares more than half of the cells of each.
    fn has_cells_of(&self, row: &UnnamedRow) -> bool {
        let shared = row.cells.iter().filter(|text| self.texts.contains(*text)).count();
        shared > 0 && (shared == row.cells.len() || (shared * 2 > row.cells.len() && shared * 2 > self.texts.len()))
    }
}
