//! Pairs the columns of two versions, and finds those that were added or removed as a whole.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    compare::{ADDRESS_LABEL, FOOTNOTE_LABEL, Lifecycle, Status, is_unnamed_column},
    model::{Column, Entry, EntryId, FieldKey, Inventory, Layout, Role, Text},
    vocabulary::Vocabulary,
};

use super::{
    column_match::{
        CellForms, Pattern, are_headers_alike, are_mostly_alike, are_mostly_equal, are_nowhere_different,
        are_partly_alike, have_compatible_roles,
    },
    column_moves::moved_in_sections,
    event::{Change, ColumnCell, Detail, Edit, IdChange},
    kind::{Kind, Level},
    reason::{Decision, Reason},
    title_status::repeats_titles,
};

/// Columns of both versions that are not paired yet.
struct OpenColumns<'a> {
    removed: Vec<&'a Column>,
    added: Vec<&'a Column>,
}

impl<'a> OpenColumns<'a> {
    /// All columns, except for those with the same key and header.
    fn of(old: &[&'a Column], after: &'a Inventory) -> Self {
        let removed = old.iter().copied().filter(|old| !after.columns.iter().any(|new| is_unchanged(old, new)));
        let added = after.columns.iter().filter(|new| !old.iter().any(|old| is_unchanged(old, new)));
        OpenColumns { removed: removed.collect(), added: added.collect() }
    }

    /// Takes out the pairs that belong together.
    fn take_pairs(&mut self, belong_together: impl Fn(&Column, &Column) -> bool) -> Vec<(&'a Column, &'a Column)> {
        let mut pairs = Vec::new();
        self.removed.retain(|old| {
            let Some(at) = self.added.iter().position(|new| belong_together(old, new)) else { return true };
            pairs.push((*old, self.added.remove(at)));
            false
        });
        pairs
    }
}

/// The differences between the columns of two versions.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// New keys by old key, for columns with another key.
    renamed: BTreeMap<FieldKey, FieldKey>,
    /// Added columns that are announced together with their cells.
    added: BTreeSet<FieldKey>,
    /// Removed columns that are announced together with their cells, by old key.
    removed: BTreeSet<FieldKey>,
    /// Removed columns with a key that another column has now, by this key.
    passed_on: BTreeSet<FieldKey>,
    /// New keys by old key, for columns with another header in some sections only.
    moved: BTreeMap<FieldKey, FieldKey>,
    /// Cells that are announced for their entry although their column was added or removed.
    announced_per_entry: BTreeSet<(FieldKey, EntryId)>,
    /// The changes that are announced, with their reasons.
    pub decisions: Vec<Decision>,
    /// Changes of keys that are not announced.
    pub column_keys: Vec<IdChange<FieldKey>>,
}

/// The fewest entries with a cell in a column that concerns the list as a whole.
const SEVERAL: usize = 2;
/// The share of such entries: at least one of this number.
const SHARE: usize = 4;

/// The most pairs of columns of which one may have the header of some sections. A list with more of them was rewritten.
const MAX_MOVES: usize = 500;

/// Entries that both versions have.
pub(super) type Kept<'a> = [(&'a Entry, &'a Entry)];

impl Columns {
    /// Compares the columns of two versions, given the entries that both have.
    pub fn between(before: &Inventory, after: &Inventory, kept: &Kept<'_>) -> Self {
        let mut columns = Columns::default();
        let old: Vec<&Column> = before.filled_columns().collect();
        let mut open = OpenColumns::of(&old, after);
        // Another layout has other headers without renaming anything.
        let same_layout = before.layout == after.layout;
        columns.pair_by_label(&mut open);
        columns.pair_by_cells(&mut open, kept, same_layout);
        columns.pair_by_key(&mut open, same_layout);
        columns.pair_by_likeness(&mut open, kept, same_layout);
        if same_layout && columns.most_headers_differ(&old, after) {
            columns.pair_by_pattern(&mut open, kept);
        }
        if same_layout {
            columns.find_moved(&mut open, (before, after), kept);
        }
        let OpenColumns { removed, added } = open;
        let (kept_old, kept_new): (Vec<&Entry>, Vec<&Entry>) = kept.iter().copied().unzip();
        for column in added {
            if let Some(cells) = columns.cells_of_list(column, after, &kept_new, after.layout) {
                columns.added.insert(column.field.clone());
                columns.announce(column, Edit::Set(column.label.clone()), cells, Reason::WholeColumn);
            }
        }
        for column in removed {
            if columns.renamed.values().any(|key| *key == column.field) {
                columns.passed_on.insert(column.field.clone());
                columns.announce(
                    column,
                    Edit::Cleared(column.label.clone()),
                    cells(before, column),
                    Reason::WholeColumn,
                );
            } else if let Some(cells) = columns.cells_of_list(column, before, &kept_old, after.layout) {
                columns.removed.insert(column.field.clone());
                columns.announce(column, Edit::Cleared(column.label.clone()), cells, Reason::WholeColumn);
            }
        }
        columns
    }

    /// The cells to announce with an added or removed column; `None` if each entry announces its own.
    fn cells_of_list(
        &mut self,
        column: &Column,
        inventory: &Inventory,
        kept: &[&Entry],
        layout: Layout,
    ) -> Option<Vec<ColumnCell>> {
        let texts: Vec<(&EntryId, &Text)> =
            kept.iter().filter_map(|entry| Some((&entry.id, entry.markdown(&column.field)?))).collect();
        if !concerns_list(column, layout, texts.len(), kept.len()) || repeats_titles(column, inventory) {
            return None;
        }
        let mut cells = cells(inventory, column);
        if column.role == Role::Status {
            let exceptions = exceptional_statuses(column, &texts);
            cells.retain(|cell| !exceptions.contains(&cell.id));
            let exceptions = exceptions.into_iter().map(|entry| (column.field.clone(), entry.clone()));
            self.announced_per_entry.extend(exceptions);
        }
        Some(cells)
    }

    /// Pairs columns with the same header. Their keys differ if the vocabulary got a word, or if another column
    /// of the same role was added or removed; readers see no difference.
    fn pair_by_label(&mut self, open: &mut OpenColumns<'_>) {
        let columns = open.removed.iter().chain(&open.added);
        let forms: HashMap<&str, Vec<String>> = columns
            .map(|column| (column.label.as_str(), Vocabulary::builtin().label_form(column.label.as_str())))
            .collect();
        for (old, new) in open.take_pairs(|old, new| {
            !is_unnamed_column(old.label.as_str()) && forms.get(old.label.as_str()) == forms.get(new.label.as_str())
        }) {
            self.rename(old, new);
        }
    }

    /// Pairs columns with different headers and mostly equal cells. Of several such columns, the one with the
    /// same key counts. Two columns that are renamed at once may exchange their keys.
    fn pair_by_cells(&mut self, open: &mut OpenColumns<'_>, kept: &Kept<'_>, same_layout: bool) {
        if open.removed.is_empty() || open.added.is_empty() {
            return;
        }
        let old_cells = CellForms::of(&open.removed, kept.iter().map(|(old, _)| *old));
        let new_cells = CellForms::of(&open.added, kept.iter().map(|(_, new)| *new));
        let have_equal_cells =
            |old: &Column, new: &Column| are_mostly_equal(old_cells.of_column(old), new_cells.of_column(new));
        let mut pairs = open.take_pairs(|old, new| old.field == new.field && have_equal_cells(old, new));
        pairs.extend(open.take_pairs(|old, new| have_compatible_roles(old, new) && have_equal_cells(old, new)));
        pairs.extend(
            open.take_pairs(|old, new| are_nowhere_different(old_cells.of_column(old), new_cells.of_column(new))),
        );
        for (old, new) in pairs {
            self.rename(old, new);
            if same_layout {
                self.announce_header(old, new, Reason::EqualCells);
            }
        }
    }

    /// Pairs columns with the same key, that is, of the same role.
    fn pair_by_key(&mut self, open: &mut OpenColumns<'_>, same_layout: bool) {
        for (old, new) in open.take_pairs(|old, new| old.field == new.field) {
            if same_layout {
                self.announce_header(old, new, Reason::OtherHeader);
            }
        }
    }

    /// Pairs columns whose cells changed together with their header. What changed in the cells is announced for
    /// each entry, and not hidden behind a column that is removed and another one that is added.
    fn pair_by_likeness(&mut self, open: &mut OpenColumns<'_>, kept: &Kept<'_>, same_layout: bool) {
        if open.removed.is_empty() || open.added.is_empty() {
            return;
        }
        let old_cells = CellForms::of(&open.removed, kept.iter().map(|(old, _)| *old));
        let new_cells = CellForms::of(&open.added, kept.iter().map(|(_, new)| *new));
        let mut pairs = open.take_pairs(|old, new| {
            have_compatible_roles(old, new)
                && are_headers_alike(old, new)
                && are_partly_alike(old_cells.of_column(old), new_cells.of_column(new))
        });
        pairs.extend(open.take_pairs(|old, new| {
            have_compatible_roles(old, new) && are_mostly_alike(old_cells.of_column(old), new_cells.of_column(new))
        }));
        for (old, new) in pairs {
            self.rename(old, new);
            if same_layout {
                self.announce_header(old, new, Reason::AlikeCells);
            }
        }
    }

    /// Whether most columns that both versions have got another header, as in another language.
    fn most_headers_differ(&self, old: &[&Column], after: &Inventory) -> bool {
        let same = old.iter().filter(|old| has_header(old) && after.columns.iter().any(|new| is_unchanged(old, new)));
        let renamed = self.decisions.len();
        renamed > same.count()
    }

    /// Pairs columns of a page whose cells were translated together with most of its headers: columns of which the same
    /// entries have cells, equal cells stay equal, and numbers stay the same. A pair counts only if neither column could
    /// belong to another one.
    fn pair_by_pattern(&mut self, open: &mut OpenColumns<'_>, kept: &Kept<'_>) {
        if open.removed.is_empty() || open.added.is_empty() {
            return;
        }
        let old_cells = CellForms::of(&open.removed, kept.iter().map(|(old, _)| *old));
        let new_cells = CellForms::of(&open.added, kept.iter().map(|(_, new)| *new));
        let mut columns: BTreeMap<Pattern, (Vec<&Column>, Vec<&Column>)> = BTreeMap::new();
        for column in &open.removed {
            columns.entry(old_cells.pattern(column)).or_default().0.push(column);
        }
        for column in &open.added {
            columns.entry(new_cells.pattern(column)).or_default().1.push(column);
        }
        let pairs = columns.values().flat_map(|(old, new)| only_pairs(old, new));
        let pairs: Vec<(&Column, &Column)> = pairs.filter(|(old, _)| !old_cells.of_column(old).is_empty()).collect();
        for (old, new) in pairs {
            open.removed.retain(|other| other.field != old.field);
            open.added.retain(|other| other.field != new.field);
            self.rename(old, new);
            self.announce_header(old, new, Reason::SamePattern);
        }
    }

    /// Finds columns of which one header is that of other sections before and after.
    fn find_moved(&mut self, open: &mut OpenColumns<'_>, (before, after): (&Inventory, &Inventory), kept: &Kept<'_>) {
        if open.removed.is_empty() && open.added.is_empty() || before.filled_sections().nth(1).is_none() {
            return;
        }
        let lasting: Vec<&Column> = before.filled_columns().filter(|old| after.columns.contains(old)).collect();
        if lasting.len() * (open.removed.len() + open.added.len()) > MAX_MOVES {
            return;
        }
        let split = open.added.iter().flat_map(|new| lasting.iter().map(move |old| (*old, *new)));
        let merged = open.removed.iter().flat_map(|old| lasting.iter().map(move |new| (*old, *new)));
        let is_moved = |pair: &(&Column, &Column)| moved_in_sections(*pair, (before, after), kept);
        let pairs: Vec<(&Column, &Column)> = split.chain(merged).filter(is_moved).collect();
        let is_only =
            |(old, new): &&(&Column, &Column)| pairs.iter().filter(|(a, b)| a == old || b == new).count() == 1;
        for (old, new) in pairs.iter().filter(is_only) {
            open.removed.retain(|other| other != old);
            open.added.retain(|other| other != new);
            self.moved.insert(old.field.clone(), new.field.clone());
            self.announce_header(old, new, Reason::EqualCells);
        }
    }

    fn rename(&mut self, old: &Column, new: &Column) {
        if old.field != new.field {
            self.renamed.insert(old.field.clone(), new.field.clone());
            self.column_keys.push(IdChange { from: old.field.clone(), to: new.field.clone() });
        }
    }

    /// Announces another header, if both columns have one.
    fn announce_header(&mut self, old: &Column, new: &Column, reason: Reason) {
        if has_header(old) && has_header(new) {
            let edit = Edit::Changed(old.label.clone(), new.label.clone());
            self.announce(new, edit, Vec::new(), reason);
        }
    }

    fn announce(&mut self, column: &Column, edit: Edit, cells: Vec<ColumnCell>, reason: Reason) {
        let change = Change::new(Kind::ColumnsChanged, Detail::Column { field: column.field.clone(), edit, cells });
        self.decisions.push(Decision { change, reason });
    }

    /// The new key of an old column. `None` if the column is gone and another one has its key: its cells have
    /// no counterpart, and are announced together.
    pub fn key_after<'a>(&'a self, old: &'a FieldKey) -> Option<&'a FieldKey> {
        self.renamed.get(old).or_else(|| (!self.passed_on.contains(old)).then_some(old))
    }

    /// The column to which the cell of an entry moved, with the text there.
    pub fn moved_to<'e>(&self, field: &FieldKey, (old, new): (&Entry, &'e Entry)) -> Option<(&FieldKey, &'e Text)> {
        let to = self.moved.get(field).filter(|to| old.text(to).is_none() && new.text(field).is_none())?;
        Some((to, new.markdown(to)?))
    }

    /// Whether the cell of an entry is announced with the column that was added.
    pub fn includes_added_cell(&self, field: &FieldKey, entry: &EntryId) -> bool {
        self.added.contains(field) && !self.announced_per_entry.contains(&(field.clone(), entry.clone()))
    }

    /// Whether the cell of an entry is announced with the column that was removed.
    pub fn includes_removed_cell(&self, field: &FieldKey, entry: &EntryId) -> bool {
        self.removed.contains(field) && !self.announced_per_entry.contains(&(field.clone(), entry.clone()))
    }
}

/// The pairs of columns with compatible roles of which neither has another one.
fn only_pairs<'c>(old: &[&'c Column], new: &[&'c Column]) -> Vec<(&'c Column, &'c Column)> {
    let partner = |column: &Column, others: &[&'c Column]| {
        let mut others = others.iter().copied().filter(|other| have_compatible_roles(column, other));
        others.next().filter(|_| others.next().is_none())
    };
    let pairs = old.iter().filter_map(|old| Some((*old, partner(old, new)?)));
    pairs.filter(|(_, new)| partner(new, old).is_some()).collect()
}

fn is_unchanged(old: &Column, new: &Column) -> bool {
    old.field == new.field && old.label == new.label && !is_unnamed_column(old.label.as_str())
}

/// Whether the page shows a header for the column. An address behind a name has none, and neither has a footnote.
fn has_header(column: &Column) -> bool {
    !is_unnamed_column(column.label.as_str()) && !matches!(column.label.as_str(), ADDRESS_LABEL | FOOTNOTE_LABEL)
}

/// The entries with a status other than plainly active, unless no entry is plainly active. If most
/// entries are active, unknown words count as exceptions, too.
fn exceptional_statuses<'a>(column: &Column, statuses: &[(&'a EntryId, &Text)]) -> BTreeSet<&'a EntryId> {
    let read: Vec<(&EntryId, Status)> =
        statuses.iter().map(|(entry, text)| (*entry, Status::of_cell(&column.label, text))).collect();
    let mostly_active = read.iter().filter(|(_, status)| status.is_active()).count() * 2 > read.len();
    if !read.iter().any(|(_, status)| is_plain(status, mostly_active)) {
        return BTreeSet::new();
    }
    read.iter().filter(|(_, status)| !is_plain(status, mostly_active)).map(|(entry, _)| *entry).collect()
}

fn is_plain(status: &Status, mostly_active: bool) -> bool {
    match status.lifecycle {
        Some(Lifecycle::Active) => status.qualifier.is_empty() || !mostly_active,
        Some(_) => false,
        None => !mostly_active,
    }
}

/// Whether a column was added or removed for the list as a whole: at least half of the remaining
/// entries have a cell in it, or some of them if the column is one that customers cannot object to. Otherwise
/// each entry announces its own cell, and so does the only entry of a list of records. A footnote belongs to
/// the entries with its mark.
fn concerns_list(column: &Column, layout: Layout, filled: usize, kept: usize) -> bool {
    let enough = match layout {
        Layout::Table => 1,
        Layout::Records => 2,
    };
    let is_detail = Kind::of_role(column.role).info().level == Level::Info;
    let is_usual = filled >= enough && filled * 2 >= kept;
    column.label.as_str() != FOOTNOTE_LABEL && (is_usual || (is_detail && filled >= SEVERAL && filled * SHARE >= kept))
}

fn cells(inventory: &Inventory, column: &Column) -> Vec<ColumnCell> {
    let filled = inventory.entries.iter().filter_map(|entry| Some((entry, entry.markdown(&column.field)?)));
    let mut cells: Vec<ColumnCell> = filled
        .map(|(entry, text)| ColumnCell {
            id: entry.id.clone(),
            name: entry.name.clone(),
            label: entry.name.clone(),
            text: text.clone(),
        })
        .collect();
    cells.sort_by(|a, b| a.id.cmp(&b.id));
    cells
}
