//! From two versions to what changed between them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    compare::{Comparison, gained_and_lost, same_meaning},
    model::{Entry, Fact, FieldKey, Inventory, ListState, Role, Section, SectionId, Text, fold, same},
    vocabulary::Vocabulary,
};

use super::{
    columns::Columns,
    event::{Carry, Change, ChangeSet, ColumnLabel, Detail, Edit, EntryRef, Frame, IdChange, Row, RowField},
    kind::Kind,
    matching::{Pairing, pair},
    name_match::same_name,
};

/// What changed from one state of a list to the next.
///
/// A published list never becomes unpublished again, so that `Unpublished` after `Listed` counts as withdrawn.
pub fn diff(before: &ListState, after: &ListState) -> ChangeSet {
    match (before, after) {
        (ListState::Listed(before), ListState::Listed(after)) => Differ::new(before, after).run(),
        (ListState::Listed(before), ListState::Unpublished | ListState::Withdrawn) => ChangeSet {
            changes: vec![Change::new(Kind::Withdrawn, Detail::List { entries: gone_rows(before) })],
            carry: Carry::default(),
        },
        (ListState::Unpublished, ListState::Listed(after)) => arrival(Kind::Published, after),
        (ListState::Withdrawn, ListState::Listed(after)) => arrival(Kind::Restored, after),
        (ListState::Unpublished | ListState::Withdrawn, ListState::Unpublished | ListState::Withdrawn) => {
            ChangeSet::default()
        }
    }
}

fn arrival(kind: Kind, after: &Inventory) -> ChangeSet {
    let entries = after.entries.iter().map(|entry| Row::of(after, entry)).collect();
    ChangeSet {
        changes: vec![Change::new(kind, Detail::List { entries })],
        carry: Carry { frame: Some(Frame::of(after)), ..Carry::default() },
    }
}

/// The rows of a list that went, in an order that does not depend on that of its file, which a
/// published list does not keep.
fn gone_rows(before: &Inventory) -> Vec<Row> {
    let mut rows: Vec<Row> = before.entries.iter().map(|entry| Row::of(before, entry)).collect();
    rows.sort_by_cached_key(|row| (fold(row.name.as_str()), row.id.clone()));
    rows
}

impl Row {
    /// The row of an entry.
    pub fn of(inventory: &Inventory, entry: &Entry) -> Self {
        let fields = entry.cells.iter().map(|cell| {
            let label = inventory.column(&cell.field).map(|column| column.label.clone()).unwrap_or_default();
            RowField { field: cell.field.clone(), label, text: cell.text.clone() }
        });
        let EntryRef { id, name, section } = EntryRef::of(inventory, entry);
        Row { id, name, section, fields: fields.collect() }
    }
}

impl EntryRef {
    /// The name of an entry.
    pub fn of(inventory: &Inventory, entry: &Entry) -> Self {
        let section = inventory.section(&entry.section).map(|section| section.title.clone()).unwrap_or_default();
        EntryRef { id: entry.id.clone(), name: entry.name.clone(), section }
    }
}

impl Frame {
    /// The list's own fields, in an order that does not depend on the file's.
    pub fn of(inventory: &Inventory) -> Self {
        let mut facts = inventory.facts.clone();
        facts.sort_by(|a, b| a.field.cmp(&b.field));
        let mut columns: Vec<ColumnLabel> = inventory
            .filled_columns()
            .map(|column| {
                let told = Role::of_field(Vocabulary::builtin(), &column.field, column.label.as_str());
                let role = (told != column.role).then_some(column.role);
                ColumnLabel { field: column.field.clone(), label: column.label.clone(), role }
            })
            .collect();
        columns.sort_by(|a, b| a.field.cmp(&b.field));
        let mut sections: Vec<_> = inventory.filled_sections().cloned().collect();
        sections.sort_by(|a, b| a.id.cmp(&b.id));
        Frame { layout: inventory.layout, facts, columns, sections }
    }
}

struct Differ<'a> {
    before: &'a Inventory,
    after: &'a Inventory,
    out: ChangeSet,
}

impl<'a> Differ<'a> {
    fn new(before: &'a Inventory, after: &'a Inventory) -> Self {
        Differ { before, after, out: ChangeSet::default() }
    }

    fn run(mut self) -> ChangeSet {
        let pairing = pair(&self.before.entries, &self.after.entries);
        let kept: Vec<(&Entry, &Entry)> = pairing
            .kept
            .iter()
            .map(|(old, new, _)| (&*self.before.entries[*old], &*self.after.entries[*new]))
            .collect();
        let columns = Columns::between(self.before, self.after, &kept);
        let sections = self.sections(&kept);
        let mut moves: BTreeMap<(SectionId, SectionId), Vec<&Entry>> = BTreeMap::new();
        let settled = sections.iter().all(|(before, after)| before == after);
        for (old, new) in &kept {
            // The same entry says the same, and stands where it stood unless its section went elsewhere.
            let is_same = std::ptr::eq(*old, *new);
            if is_same && settled {
                continue;
            }
            if !is_same {
                self.entry(old, new, &columns);
            }
            if sections.get(&old.section) != Some(&new.section) {
                moves.entry((old.section.clone(), new.section.clone())).or_default().push(new);
            }
        }
        self.moves(moves);
        self.rows(&pairing);
        self.facts();
        self.out.changes.extend(columns.changes);
        self.out.carry.recolumned = columns.recolumned;
        if !self.has_same_frame() {
            let frame = Frame::of(self.after);
            self.out.carry.frame = Some(frame).filter(|frame| *frame != Frame::of(self.before));
        }
        self.out.sort();
        self.out
    }

    /// Whether both versions plainly have the same frame, as most have: nothing has to be put in order
    /// to know.
    fn has_same_frame(&self) -> bool {
        let (before, after) = (self.before, self.after);
        before.layout == after.layout
            && before.facts == after.facts
            && before.filled_columns().eq(after.filled_columns())
            && before.filled_sections().eq(after.filled_sections())
    }

    fn tell(&mut self, change: Change, announced: bool) {
        if announced {
            self.out.changes.push(change);
        } else {
            self.out.carry.editorial.push(change.editorial());
        }
    }

    /// Compares an entry with itself.
    fn entry(&mut self, old: &Entry, new: &Entry, columns: &Columns) {
        if old.id != new.id {
            self.out.carry.rekeyed.push(IdChange { from: old.id.clone(), to: new.id.clone() });
        }
        let name = FieldKey::from_name("name");
        if old.name != new.name {
            let announced = !same_name(old.name.as_str(), new.name.as_str());
            let edit = Edit::Changed(old.name.clone(), new.name.clone());
            self.field(new, Kind::Renamed, (name, "Name".into(), Comparison::Text), edit, announced);
        }
        if old.cells == new.cells {
            return;
        }
        let mut seen: BTreeSet<&FieldKey> = BTreeSet::new();
        for cell in &old.cells {
            let field = columns.key_after(&cell.field);
            seen.insert(field);
            let after = new.text(field);
            if after.is_some() || !columns.told_with_column(&cell.field, false, &old.id) {
                self.cell(new, field, Some(&cell.text), after);
            }
        }
        for cell in new.cells.iter().filter(|cell| !seen.contains(&cell.field)) {
            if !columns.told_with_column(&cell.field, true, &new.id) {
                self.cell(new, &cell.field, None, Some(&cell.text));
            }
        }
    }

    fn cell(&mut self, entry: &Entry, field: &FieldKey, before: Option<&Text>, after: Option<&Text>) {
        if before == after {
            return;
        }
        let Some(edit) = Edit::between(before, after) else { return };
        let column = self.after.column(field).or_else(|| self.before.column(field));
        let (label, role) = column.map_or((Text::default(), Role::Other), |column| (column.label.clone(), column.role));
        let compared = role.info().comparison;
        let announced = match &edit {
            Edit::Changed(before, after) => !same_meaning(Vocabulary::builtin(), compared, before, after),
            Edit::Set(_) | Edit::Cleared(_) => true,
        };
        self.field(entry, Kind::of_role(role), (field.clone(), label, compared), edit, announced);
    }

    fn field(
        &mut self,
        entry: &Entry,
        kind: Kind,
        (field, label, compared): (FieldKey, Text, Comparison),
        edit: Edit,
        announced: bool,
    ) {
        let (gained, lost) = gained_and_lost(Vocabulary::builtin(), compared, edit.before(), edit.after());
        let entry = EntryRef::of(self.after, entry);
        self.tell(Change::new(kind, Detail::Field { entry, field, label, edit, gained, lost }), announced);
    }

    /// Pairs sections, tells renamed ones, and returns the new id of each old one.
    fn sections(&mut self, kept: &[(&Entry, &Entry)]) -> BTreeMap<SectionId, SectionId> {
        let old: Vec<_> = self.before.filled_sections().collect();
        let new: Vec<_> = self.after.filled_sections().collect();
        let mut pairs: BTreeMap<SectionId, SectionId> = BTreeMap::new();
        let mut open: Vec<_> = new.clone();
        // The same heading, else the same id under another one.
        let titles = |a: &Section, b: &Section| same(a.title.as_str(), b.title.as_str());
        let ids = |a: &Section, b: &Section| a.id == b.id;
        for alike in [&titles as &dyn Fn(&Section, &Section) -> bool, &ids] {
            for section in &old {
                let known = open.iter().position(|other| alike(section, other));
                if let Some(at) = known.filter(|_| !pairs.contains_key(&section.id)) {
                    pairs.insert(section.id.clone(), open.remove(at).id.clone());
                }
            }
        }
        // A section without its like is the one where most of its entries went, if they fill that.
        for section in &old {
            if pairs.contains_key(&section.id) {
                continue;
            }
            let went =
                |to: &SectionId| kept.iter().filter(|(a, b)| a.section == section.id && b.section == *to).count();
            let (stayed, best) = (
                kept.iter().filter(|(a, _)| a.section == section.id).count(),
                open.iter().position(|other| {
                    let here = kept.iter().filter(|(_, b)| b.section == other.id).count();
                    let both = went(&other.id);
                    let all = kept.iter().filter(|(a, _)| a.section == section.id).count();
                    both > 0 && both * 2 > here && both * 2 > all
                }),
            );
            if let Some(at) = best.filter(|_| stayed > 0) {
                pairs.insert(section.id.clone(), open.remove(at).id.clone());
            }
        }
        let single = old.len() == 1 && new.len() == 1;
        for (from, to) in &pairs {
            let (Some(a), Some(b)) = (self.before.section(from), self.after.section(to)) else { continue };
            if from != to {
                self.out.carry.resectioned.push(IdChange { from: from.clone(), to: to.clone() });
            }
            // The heading over the only section is the page's title, not a statement about entries.
            if !single
                && !same(a.title.as_str(), b.title.as_str())
                && let Some(edit) = section_edit(&a.title, &b.title)
            {
                self.section_fact(SECTION, b.title.clone(), edit);
            }
            // Only some formats can hold a note: it comes and goes with the format.
            let can_be_held = !a.note.is_empty() && !b.note.is_empty() || self.before.layout == self.after.layout;
            if can_be_held
                && !same(a.note.as_str(), b.note.as_str())
                && let Some(edit) = section_edit(&a.note, &b.note)
            {
                self.section_fact(SECTION_NOTE, b.title.clone(), edit);
            }
        }
        pairs
    }

    fn section_fact(&mut self, field: &str, label: Text, edit: Edit) {
        let detail = Detail::Fact { field: FieldKey::from_name(field), label, edit };
        self.out.changes.push(Change::new(Kind::SectionsChanged, detail));
    }

    /// Tells moves: singly, or as one change of the sections where several entries went together
    /// into a section that is new or out of one that is gone.
    fn moves(&mut self, moves: BTreeMap<(SectionId, SectionId), Vec<&Entry>>) {
        for ((from, to), entries) in moves {
            let title = |inventory: &Inventory, id: &SectionId| {
                inventory.section(id).map(|s| s.title.clone()).unwrap_or_default()
            };
            let (before, after) = (title(self.before, &from), title(self.after, &to));
            let known = |inventory: &Inventory, title: &Text| {
                inventory.filled_sections().any(|s| same(s.title.as_str(), title.as_str()))
            };
            let reorganised = entries.len() > 1 && !(known(self.before, &after) && known(self.after, &before));
            let edit = Edit::between(Some(&before).filter(|t| !t.is_empty()), Some(&after).filter(|t| !t.is_empty()));
            let Some(edit) = edit else { continue };
            if reorganised {
                self.section_fact(SECTION_ENTRIES, after.clone(), edit.clone());
            }
            for entry in entries {
                let label = ("section".to_owned(), "Section");
                let field = (FieldKey::from_name(&label.0), Text::new(label.1), Comparison::Text);
                self.field(entry, Kind::Moved, field, edit.clone(), !reorganised);
            }
        }
    }

    fn rows(&mut self, pairing: &Pairing) {
        let (before, after) = (self.before, self.after);
        let old_row = |at: &usize| Row::of(before, &before.entries[*at]);
        let new_row = |at: &usize| Row::of(after, &after.entries[*at]);
        let changes = &mut self.out.changes;
        for at in &pairing.removed {
            changes.push(Change::new(Kind::Removed, Detail::Row { row: old_row(at), former: None }));
        }
        for at in &pairing.added {
            changes.push(Change::new(Kind::Added, Detail::Row { row: new_row(at), former: None }));
        }
        for (old, new) in &pairing.replaced {
            changes.push(Change::new(Kind::Replaced, Detail::Row { row: new_row(new), former: Some(old_row(old)) }));
        }
    }

    fn facts(&mut self) {
        let (before, after) = (self.before, self.after);
        let keys: BTreeSet<&FieldKey> = before.facts.iter().chain(&after.facts).map(|fact| &fact.field).collect();
        for key in keys {
            let find = |facts: &'a [Fact]| facts.iter().find(|fact| fact.field == *key);
            let (old, new) = (find(&before.facts), find(&after.facts));
            let Some(edit) = Edit::between(old.map(|f| &f.text), new.map(|f| &f.text)) else { continue };
            let terms = key.as_str().starts_with("notice.");
            // A title or description that only some formats can hold comes and goes with the format.
            let page_matter = matches!(key.as_str(), "title" | "description");
            let announced = match &edit {
                Edit::Changed(a, b) if a == b => continue,
                Edit::Changed(a, b) => fold(a.as_str()) != fold(b.as_str()),
                Edit::Set(_) | Edit::Cleared(_) => !page_matter,
            };
            let label = new.or(old).map(|fact| fact.label.clone()).unwrap_or_default();
            let kind = if terms { Kind::TermsChanged } else { Kind::Amended };
            self.tell(Change::new(kind, Detail::Fact { field: key.clone(), label, edit }), announced);
        }
    }
}

/// Field of a change that renames a section.
pub(crate) const SECTION: &str = "section";
/// Field of a change to the note of a section.
pub(crate) const SECTION_NOTE: &str = "section-note";
/// Field of a change that moves entries together from one section to another.
pub(crate) const SECTION_ENTRIES: &str = "section-entries";

fn section_edit(before: &Text, after: &Text) -> Option<Edit> {
    Edit::between(Some(before).filter(|t| !t.is_empty()), Some(after).filter(|t| !t.is_empty()))
}

impl ChangeSet {
    /// Puts changes into the order in which they are told, whatever the order of the file.
    fn sort(&mut self) {
        for changes in [&mut self.changes, &mut self.carry.editorial] {
            changes.sort_by_cached_key(|change| {
                let entry = change.entry();
                let field = match &change.detail {
                    Detail::Field { field, .. } | Detail::Column { field, .. } | Detail::Fact { field, .. } => {
                        field.to_string()
                    }
                    Detail::List { .. } | Detail::Row { .. } => String::new(),
                };
                let edit = match &change.detail {
                    Detail::Fact { edit, .. } => edit.after().map(Text::to_string),
                    _ => None,
                };
                let (name, id) = entry.map_or_else(Default::default, |e| (fold(e.name.as_str()), e.id.to_string()));
                (change.kind, name, id, field, edit)
            });
        }
        self.carry.rekeyed.sort();
        self.carry.resectioned.sort();
        self.carry.recolumned.sort();
    }
}
