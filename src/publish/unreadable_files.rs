//! Files of a folder that cannot be read: their entries stay as they were announced last.

use std::{collections::BTreeSet, sync::Arc};

use changecast_core::model::{Column, Entry, EntryId, Inventory};

use crate::read::{Position, ReadError, Reading, UnreadableFile, Warning};

/// Adds the last known entries of the files that cannot be read, with a warning for each file. `known` is the list as
/// announced last.
///
/// # Errors
/// The error of a file, if it is not clear which entry it contained. Otherwise a removal could be reported that is only
/// damage.
pub(super) fn keep_entries(mut reading: Reading, known: Option<&Inventory>) -> Result<Reading, ReadError> {
    let unreadable = std::mem::take(&mut reading.unreadable);
    let Some(first) = unreadable.first() else { return Ok(reading) };
    let Some(known) = known else { return Err(first.error.clone()) };
    let mut of_unknown_entries = None;
    for file in &unreadable {
        match entry_of(file, known) {
            Some(entry) if !has_entry(&reading.inventory, &entry.id) => {
                add_entry(&mut reading.inventory, entry, known);
            }
            Some(_) => {}
            None => of_unknown_entries = of_unknown_entries.or(Some(file)),
        }
        reading.warnings.push(warning(file));
    }
    match of_unknown_entries {
        Some(file) if misses_entry(&reading.inventory, known) => Err(file.error.clone()),
        _ => Ok(reading),
    }
}

/// Whether an entry of the known list is missing.
fn misses_entry(inventory: &Inventory, known: &Inventory) -> bool {
    let ids: BTreeSet<&EntryId> = inventory.entries.iter().map(|entry| &entry.id).collect();
    known.entries.iter().any(|entry| !ids.contains(&entry.id))
}

fn has_entry(inventory: &Inventory, id: &EntryId) -> bool {
    inventory.entries.iter().any(|entry| entry.id == *id)
}

/// The entry that a file contained: the file is named like its id or its name.
fn entry_of<'k>(file: &UnreadableFile, known: &'k Inventory) -> Option<&'k Arc<Entry>> {
    let by_id = file.ids.iter().find_map(|id| known.entries.iter().find(|entry| entry.id == *id));
    by_id.or_else(|| {
        let mut entries = known.entries.iter();
        entries.find(|entry| file.ids.contains(&EntryId::from_name(entry.name.as_str())))
    })
}

/// Adds an entry of the known list, with its section and its columns.
fn add_entry(inventory: &mut Inventory, entry: &Arc<Entry>, known: &Inventory) {
    if inventory.section(&entry.section).is_none() {
        inventory.sections.extend(known.section(&entry.section).cloned());
    }
    if entry.cells.iter().any(|cell| inventory.column(&cell.field).is_none()) {
        inventory.columns = merged_columns(inventory, entry, known);
    }
    inventory.entries.push(Arc::clone(entry));
}

/// The columns of a list and of one more entry: those of the known list in its order, then new ones.
fn merged_columns(inventory: &Inventory, entry: &Entry, known: &Inventory) -> Vec<Column> {
    let kept = known.columns.iter().filter(|column| {
        inventory.column(&column.field).is_some() || entry.cells.iter().any(|cell| cell.field == column.field)
    });
    let new = inventory.columns.iter().filter(|column| known.column(&column.field).is_none());
    kept.chain(new).cloned().collect()
}

fn warning(file: &UnreadableFile) -> Warning {
    Warning {
        rule: Warning::UNREADABLE_FILE,
        file: file.error.file.clone(),
        at: file.error.at.unwrap_or(Position { line: 1, column: 1 }),
        message: format!("{}; the file is skipped, and its entry stays unchanged", file.error.problem),
    }
}
