//! Applying changes to a list.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use crate::{
    model::{
        Cell, Column, Entry, EntryId, FieldKey, Hints, Inventory, ListState, RichText, Role, SectionId, Text, same,
    },
    vocabulary::Vocabulary,
};

use super::{
    column_order::column_order,
    event::{Change, ChangeSet, ColumnLabel, Detail, Edit, IdChange, ListHeader, Row, Unannounced},
    kind::Kind,
};

/// Changes that do not fit the list they are applied to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// A change names an entry that the list does not have.
    #[error("a {kind} change names entry {id}, which the list does not have")]
    NoEntry {
        /// The kind of the change.
        kind: Kind,
        /// The id that the change names.
        id: EntryId,
    },
    /// An entry is added with an id that another entry has.
    #[error("entry {0} is added a second time")]
    Taken(EntryId),
    /// The list is not in the state that the change starts from.
    #[error("a {0} change does not fit the state of the list")]
    State(Kind),
    /// A change names a section that the list does not have.
    #[error("the list has no section {0:?}")]
    NoSection(String),
}

/// The state of a list after the changes: `apply(a, diff(a, b))` equals `b`.
///
/// Entries keep their order; new ones come last.
///
/// # Errors
/// [`ReplayError`] when the changes were computed from another state.
pub fn apply(before: &ListState, set: &ChangeSet) -> Result<ListState, ReplayError> {
    let whole_list = set.changes.iter().find(|change| matches!(change.detail, Detail::List { .. }));
    let start = match (whole_list.map(|change| change.kind), before) {
        (Some(Kind::Withdrawn), ListState::Listed(_)) => return Ok(before.after_version(None)),
        (Some(Kind::Published), ListState::Unpublished) => Inventory::default(),
        (Some(Kind::Restored), ListState::Withdrawn(last)) => {
            // The rows of the whole list repeat the result of the other changes.
            let changes = set.changes.iter().filter(|change| change.kind != Kind::Restored).cloned().collect();
            let relative = ChangeSet { changes, unannounced: set.unannounced.clone() };
            return Ok(ListState::listed(apply_to_inventory((**last).clone(), &relative)?));
        }
        (Some(kind), _) => return Err(ReplayError::State(kind)),
        (None, ListState::Listed(inventory)) => (**inventory).clone(),
        (None, _) => {
            return match set.changes.first() {
                Some(change) => Err(ReplayError::State(change.kind)),
                None => Ok(before.clone()),
            };
        }
    };
    Ok(ListState::listed(apply_to_inventory(start, set)?))
}

/// Applies the changes in four passes. Removals use the ids of the list before; everything after
/// [`Replay::rekey`] uses those of the list after.
fn apply_to_inventory(before: Inventory, set: &ChangeSet) -> Result<Inventory, ReplayError> {
    let ChangeSet { changes, unannounced } = set;
    let mut list = Replay { inventory: before, places: None };
    list.remove_entries(changes.iter().chain(&unannounced.editorial))?;
    list.rekey(unannounced);
    if let Some(header) = &unannounced.header {
        let entries = std::mem::take(&mut list.inventory.entries);
        list.inventory = header.with_entries(entries);
    }
    for change in changes.iter().chain(&unannounced.editorial) {
        list.put_in(change)?;
    }
    for change in changes.iter().chain(&unannounced.editorial) {
        list.edit(change)?;
    }
    Ok(list.inventory)
}

impl ListHeader {
    /// The list with these entries. Their cells are sorted in the order of its columns.
    pub fn with_entries(&self, entries: Vec<Arc<Entry>>) -> Inventory {
        let mut columns: Vec<Column> = self.columns.iter().map(column_of_label).collect();
        columns.sort_by_cached_key(column_order);
        let (facts, sections) = (self.facts.clone(), self.sections.clone());
        let mut inventory =
            Inventory { facts, terms: self.terms.clone(), columns, sections, entries, layout: self.layout };
        let columns = &inventory.columns;
        for entry in &mut inventory.entries {
            if !entry.cells.is_sorted_by_key(|cell| position_of(columns, cell)) {
                Arc::make_mut(entry).cells.sort_by_key(|cell| position_of(columns, cell));
            }
        }
        inventory
    }
}

fn position_of(columns: &[Column], cell: &Cell) -> Option<usize> {
    columns.iter().position(|column| column.field == cell.field)
}

/// The column of a label. Its role is derived from key and header unless it is stated.
fn column_of_label(column: &ColumnLabel) -> Column {
    let role =
        column.role.unwrap_or_else(|| Role::of_field(Vocabulary::builtin(), &column.field, column.label.as_str()));
    Column { field: column.field.clone(), label: column.label.clone(), role }
}

fn id_map<Id: Ord + Clone>(pairs: &[IdChange<Id>]) -> BTreeMap<&Id, &Id> {
    pairs.iter().map(|pair| (&pair.from, &pair.to)).collect()
}

struct Replay {
    inventory: Inventory,
    /// The indices of entries by id, filled when first needed. Ids and indices are final by then.
    places: Option<HashMap<EntryId, usize>>,
}

impl Replay {
    /// Removals first: their ids are those of the list before.
    fn remove_entries<'c>(&mut self, changes: impl Iterator<Item = &'c Change>) -> Result<(), ReplayError> {
        let mut remaining: Option<HashMap<EntryId, Vec<usize>>> = None;
        let mut removed: HashSet<usize> = HashSet::new();
        for change in changes {
            let id = match &change.detail {
                Detail::Row { row, .. } if change.kind == Kind::Removed => &row.id,
                Detail::Row { former: Some(former), .. } => &former.id,
                Detail::Column { field, edit: Edit::Cleared(_), .. } => {
                    self.clear_column(field);
                    continue;
                }
                _ => continue,
            };
            let places = remaining.get_or_insert_with(|| self.places_by_id()).get_mut(id);
            let place = places.and_then(Vec::pop);
            removed.insert(place.ok_or_else(|| ReplayError::NoEntry { kind: change.kind, id: id.clone() })?);
        }
        if removed.is_empty() {
            return Ok(());
        }
        let entries = std::mem::take(&mut self.inventory.entries).into_iter().enumerate();
        self.inventory.entries = entries.filter(|(at, _)| !removed.contains(at)).map(|(_, entry)| entry).collect();
        Ok(())
    }

    /// The places of the entries with each id, the last one first.
    fn places_by_id(&self) -> HashMap<EntryId, Vec<usize>> {
        let mut places: HashMap<EntryId, Vec<usize>> = HashMap::new();
        for (at, entry) in self.inventory.entries.iter().enumerate().rev() {
            places.entry(entry.id.clone()).or_default().push(at);
        }
        places
    }

    fn clear_column(&mut self, field: &FieldKey) {
        for entry in self.inventory.entries.iter_mut().filter(|entry| entry.text(field).is_some()) {
            Arc::make_mut(entry).cells.retain(|cell| cell.field != *field);
        }
    }

    fn rekey(&mut self, ids: &Unannounced) {
        let (entries, sections, columns) = (id_map(&ids.entry_ids), id_map(&ids.section_ids), id_map(&ids.column_keys));
        if entries.is_empty() && sections.is_empty() && columns.is_empty() {
            return;
        }
        let is_meant = |entry: &Entry| {
            entries.contains_key(&entry.id)
                || sections.contains_key(&entry.section)
                || entry.cells.iter().any(|cell| columns.contains_key(&cell.field))
        };
        for entry in self.inventory.entries.iter_mut().filter(|entry| is_meant(entry)) {
            let entry = Arc::make_mut(entry);
            if let Some(to) = entries.get(&entry.id) {
                entry.id = (*to).clone();
            }
            if let Some(to) = sections.get(&entry.section) {
                entry.section = (*to).clone();
            }
            for cell in &mut entry.cells {
                if let Some(to) = columns.get(&cell.field) {
                    cell.field = (*to).clone();
                }
            }
        }
    }

    fn places(&mut self) -> &mut HashMap<EntryId, usize> {
        let entries = &self.inventory.entries;
        self.places.get_or_insert_with(|| {
            // Of two entries with the same id the first counts.
            entries.iter().enumerate().rev().map(|(at, entry)| (entry.id.clone(), at)).collect()
        })
    }

    fn entry(&mut self, kind: Kind, id: &EntryId) -> Result<&mut Entry, ReplayError> {
        let place = self.places().get(id).copied();
        let entry = place.and_then(|at| self.inventory.entries.get_mut(at));
        entry.map(Arc::make_mut).ok_or_else(|| ReplayError::NoEntry { kind, id: id.clone() })
    }

    fn put_in(&mut self, change: &Change) -> Result<(), ReplayError> {
        match (change.kind, &change.detail) {
            (Kind::Removed, _) => Ok(()),
            (_, Detail::List { entries }) => entries.iter().try_for_each(|row| self.add(row)),
            (_, Detail::Row { row, .. }) => self.add(row),
            _ => Ok(()),
        }
    }

    fn add(&mut self, row: &Row) -> Result<(), ReplayError> {
        let place = self.inventory.entries.len();
        if self.places().insert(row.id.clone(), place).is_some() {
            return Err(ReplayError::Taken(row.id.clone()));
        }
        let cells = row.fields.iter().map(|cell| rich_cell(&cell.field, &cell.text)).collect();
        let section = self.section(&row.section)?;
        let entry = Entry { id: row.id.clone(), name: row.name.clone(), section, cells, hints: Hints::default() };
        self.inventory.entries.push(Arc::new(entry));
        Ok(())
    }

    fn section(&self, title: &Text) -> Result<SectionId, ReplayError> {
        let sections = &self.inventory.sections;
        let exact = sections.iter().find(|section| section.title == *title);
        let found = exact.or_else(|| sections.iter().find(|section| same(section.title.as_str(), title.as_str())));
        found.map(|section| section.id.clone()).ok_or_else(|| ReplayError::NoSection(title.to_string()))
    }

    fn edit(&mut self, change: &Change) -> Result<(), ReplayError> {
        match &change.detail {
            Detail::Field { entry, field, edit, .. } => {
                let section = match (change.kind, edit.after()) {
                    (Kind::Moved, after) => Some(self.section(after.unwrap_or(&Text::default()))?),
                    _ => None,
                };
                let columns: Vec<FieldKey> = self.inventory.columns.iter().map(|column| column.field.clone()).collect();
                let target = self.entry(change.kind, &entry.id)?;
                match (change.kind, section, edit.after()) {
                    (_, Some(section), _) => target.section = section,
                    (Kind::Renamed, _, Some(name)) => target.name = name.clone(),
                    (_, _, after) => set_cell(target, &columns, field, after),
                }
                Ok(())
            }
            Detail::Column { field, edit: Edit::Set(_), cells } => {
                let columns: Vec<FieldKey> = self.inventory.columns.iter().map(|column| column.field.clone()).collect();
                for cell in cells {
                    set_cell(self.entry(change.kind, &cell.id)?, &columns, field, Some(&cell.text));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// The cell of a text of a change, in which links are Markdown.
fn rich_cell(field: &FieldKey, text: &Text) -> Cell {
    Cell { field: field.clone(), text: RichText::from_inline_markdown(text.as_str()) }
}

/// Sets or clears a cell, and keeps the cells in column order.
fn set_cell(entry: &mut Entry, columns: &[FieldKey], field: &FieldKey, text: Option<&Text>) {
    entry.cells.retain(|cell| cell.field != *field);
    if let Some(text) = text {
        entry.cells.push(rich_cell(field, text));
        entry.cells.sort_by_key(|cell| columns.iter().position(|column| *column == cell.field));
    }
}
