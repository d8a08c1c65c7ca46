//! Which column of one version is which column of the next, and which came or went as a whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    compare::{ADDRESS_LABEL, Comparison, Lifecycle, Status, same_meaning},
    model::{Column, Entry, EntryId, FieldKey, Inventory, Layout, Role, Text},
    vocabulary::Vocabulary,
};

use super::{
    event::{Change, ColumnCell, Detail, Edit, IdChange},
    kind::Kind,
};

/// What happened to the columns.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// Old keys of columns that have another key now.
    renamed: BTreeMap<FieldKey, FieldKey>,
    /// New columns whose cells are told with the column.
    appeared: BTreeSet<FieldKey>,
    /// Gone columns whose cells are told with the column, by old key.
    vanished: BTreeSet<FieldKey>,
    /// Cells of both that must not go unnoticed, by column and entry: they are told of the entries.
    apart: BTreeSet<(FieldKey, EntryId)>,
    /// The changes to tell.
    pub changes: Vec<Change>,
    /// Renames that are not told.
    pub recolumned: Vec<IdChange<FieldKey>>,
}

/// Entries that stand in both versions.
pub(super) type Kept<'a> = [(&'a Entry, &'a Entry)];

impl Columns {
    /// Compares the columns of two versions, given the entries that both have.
    pub fn between(before: &Inventory, after: &Inventory, kept: &Kept<'_>) -> Self {
        let mut columns = Columns::default();
        let old: Vec<&Column> = before.filled_columns().collect();
        let new: Vec<&Column> = after.columns.iter().collect();
        let mut gone: Vec<&Column> =
            old.iter().filter(|column| after.column(&column.field).is_none()).copied().collect();
        let mut come: Vec<&Column> =
            new.iter().filter(|column| !old.iter().any(|known| known.field == column.field)).copied().collect();
        columns.pair_by_label(&mut gone, &mut come);
        columns.pair_by_cells(&mut gone, &mut come, kept, before, after);
        for column in &old {
            let now = after.column(columns.key_after(&column.field));
            if let Some(now) = now.filter(|now| {
                now.field == column.field
                    && !Vocabulary::builtin().same_label(column.label.as_str(), now.label.as_str())
            }) {
                // The same meaning under another header. A passage to another layout renames nothing,
                // and an address behind a name has no header.
                let headed = [column, &now].iter().all(|column| column.label.as_str() != ADDRESS_LABEL);
                if before.layout == after.layout && headed {
                    columns.tell(now.field.clone(), Edit::Changed(column.label.clone(), now.label.clone()), Vec::new());
                }
            }
        }
        let (kept_old, kept_new): (Vec<&Entry>, Vec<&Entry>) = kept.iter().copied().unzip();
        for column in come {
            if let Some(cells) = columns.cells_told(column, after, &kept_new, after.layout) {
                columns.appeared.insert(column.field.clone());
                columns.tell(column.field.clone(), Edit::Set(column.label.clone()), cells);
            }
        }
        for column in gone {
            if let Some(cells) = columns.cells_told(column, before, &kept_old, after.layout) {
                columns.vanished.insert(column.field.clone());
                columns.tell(column.field.clone(), Edit::Cleared(column.label.clone()), cells);
            }
        }
        columns
    }

    /// The cells that are told with a column that came or went; `None` where each entry tells its own.
    fn cells_told(
        &mut self,
        column: &Column,
        inventory: &Inventory,
        kept: &[&Entry],
        layout: Layout,
    ) -> Option<Vec<ColumnCell>> {
        let texts = kept.iter().filter_map(|entry| Some((&entry.id, entry.text(&column.field)?)));
        let texts: Vec<(&EntryId, &Text)> = texts.collect();
        if !belongs_to_list(layout, texts.len(), kept.len()) {
            return None;
        }
        let mut cells = cells(inventory, column);
        if column.role == Role::Status {
            let apart = standing_out(&texts);
            cells.retain(|cell| !apart.contains(&cell.id));
            self.apart.extend(apart.into_iter().map(|entry| (column.field.clone(), entry.clone())));
        }
        Some(cells)
    }

    /// The same header with another key: the table of roles learned a word, or a column joined or
    /// left another of its role. Nothing changed for a reader.
    fn pair_by_label(&mut self, gone: &mut Vec<&Column>, come: &mut Vec<&Column>) {
        gone.retain(|old| {
            let Some(at) =
                come.iter().position(|new| Vocabulary::builtin().same_label(old.label.as_str(), new.label.as_str()))
            else {
                return true;
            };
            let new = come.remove(at);
            self.rename(old, new);
            false
        });
    }

    /// Another header of no known meaning over the same cells.
    fn pair_by_cells(
        &mut self,
        gone: &mut Vec<&Column>,
        come: &mut Vec<&Column>,
        kept: &Kept<'_>,
        before: &Inventory,
        after: &Inventory,
    ) {
        gone.retain(|old| {
            let same_cells = |new: &Column| {
                let both: Vec<(Option<&Text>, Option<&Text>)> = kept
                    .iter()
                    .map(|(a, b)| (a.text(&old.field), b.text(&new.field)))
                    .filter(|(a, b)| a.is_some() || b.is_some())
                    .collect();
                let equal = both
                    .iter()
                    .filter(|(a, b)| matches!((a, b), (Some(a), Some(b)) if same_meaning(Vocabulary::builtin(), Comparison::Text, a, b)))
                    .count();
                equal > 0 && equal * 5 >= both.len() * 4
            };
            let fits = |new: &&Column| {
                (old.role == new.role || new.role == Role::Other || old.role == Role::Other) && same_cells(new)
            };
            let Some(at) = come.iter().position(fits) else { return true };
            let new = come.remove(at);
            self.rename(old, new);
            if before.layout == after.layout {
                self.tell(new.field.clone(), Edit::Changed(old.label.clone(), new.label.clone()), Vec::new());
            }
            false
        });
    }

    fn rename(&mut self, old: &Column, new: &Column) {
        self.renamed.insert(old.field.clone(), new.field.clone());
        self.recolumned.push(IdChange { from: old.field.clone(), to: new.field.clone() });
    }

    fn tell(&mut self, field: FieldKey, edit: Edit, cells: Vec<ColumnCell>) {
        self.changes.push(Change::new(Kind::ColumnsChanged, Detail::Column { field, edit, cells }));
    }

    /// The key that an old column has now.
    pub fn key_after<'a>(&'a self, old: &'a FieldKey) -> &'a FieldKey {
        self.renamed.get(old).unwrap_or(old)
    }

    /// Whether an entry's cell is told with its column already: of a new column that came, or an old one
    /// that went.
    pub fn told_with_column(&self, field: &FieldKey, came: bool, entry: &EntryId) -> bool {
        let passed = if came { &self.appeared } else { &self.vanished };
        passed.contains(field) && !self.apart.contains(&(field.clone(), entry.clone()))
    }
}

/// The entries whose status says that they are not simply engaged, unless all do. Where most are plainly
/// engaged, words that nobody knows say so, too.
fn standing_out<'a>(statuses: &[(&'a EntryId, &Text)]) -> BTreeSet<&'a EntryId> {
    let read = statuses.iter().map(|(entry, text)| (*entry, Status::read(Vocabulary::builtin(), text.as_str())));
    let read: Vec<(&EntryId, Status)> = read.collect();
    let are_engaged = read.iter().filter(|(_, status)| status.is_active()).count() * 2 > read.len();
    let is_plain = |status: &Status| match status.lifecycle {
        Some(Lifecycle::Active) => status.qualifier.is_empty() || !are_engaged,
        known => known.is_none() && !are_engaged,
    };
    let all = !read.iter().any(|(_, status)| is_plain(status));
    read.iter().filter(|(_, status)| !all && !is_plain(status)).map(|(entry, _)| *entry).collect()
}

/// Whether a column came or went as a matter of the list: at least half of the entries that stayed
/// have it. What few entries say is their own matter, also under a new header. A single record says
/// nothing of the list.
fn belongs_to_list(layout: Layout, filled: usize, kept: usize) -> bool {
    let enough = match layout {
        Layout::Table => 1,
        Layout::Records => 2,
    };
    filled >= enough && filled * 2 >= kept
}

fn cells(inventory: &Inventory, column: &Column) -> Vec<ColumnCell> {
    let mut cells: Vec<ColumnCell> = inventory
        .entries
        .iter()
        .filter_map(|entry| {
            let text = entry.text(&column.field)?.clone();
            Some(ColumnCell { id: entry.id.clone(), name: entry.name.clone(), text })
        })
        .collect();
    cells.sort_by(|a, b| a.id.cmp(&b.id));
    cells
}
