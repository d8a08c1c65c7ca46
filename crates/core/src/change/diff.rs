//! Compares two versions of a list.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    compare::{Comparison, Status, gained_and_lost, readable, same_meaning},
    model::{Column, Entry, Fact, FieldKey, Inventory, ListState, Role, Section, SectionId, Text, fold, same},
    vocabulary::Vocabulary,
};

use super::{
    columns::Columns,
    event::{Change, ChangeSet, Detail, Edit, EntryRef, IdChange, ListHeader, Row, Unannounced},
    kind::{Kind, Level},
    labels::{Labels, label_entries},
    matching::{Pairing, pair},
    name_match::same_name,
    page_text,
    reason::{Decision, Reason},
    sections::{SectionPairs, level_of_move, pair_sections},
    term_changes::compare_terms,
    title_status::{has_same_title_status, is_active, repeats_title},
};

/// Field of a change that renames an entry.
const NAME: &str = "name";
/// Field of a change that renames a section.
pub(crate) const SECTION: &str = "section";
/// Field of a change to the note of a section.
pub(crate) const SECTION_NOTE: &str = "section-note";
/// Field of a change that moves entries together from one section to another.
pub(crate) const SECTION_ENTRIES: &str = "section-entries";

/// The changes from one state of a list to the next.
///
/// A published list never becomes unpublished again: `Unpublished` after `Listed` counts as withdrawn.
pub fn diff(before: &ListState, after: &ListState) -> ChangeSet {
    match (before, after) {
        (ListState::Listed(before), ListState::Listed(after)) => compare_lists(before, after).into_change_set(),
        (ListState::Listed(before), ListState::Unpublished | ListState::Withdrawn(_)) => {
            let detail = Detail::List { entries: withdrawn_rows(before) };
            ChangeSet { changes: vec![Change::new(Kind::Withdrawn, detail)], ..ChangeSet::default() }
        }
        (ListState::Unpublished, ListState::Listed(after)) => whole_list(Kind::Published, after),
        (ListState::Withdrawn(last), ListState::Listed(after)) => restored(last, after),
        (ListState::Unpublished | ListState::Withdrawn(_), ListState::Unpublished | ListState::Withdrawn(_)) => {
            ChangeSet::default()
        }
    }
}

/// The changes of a list that was withdrawn and is published again: the whole list, then the differences
/// from the withdrawn list.
fn restored(last: &Inventory, after: &Inventory) -> ChangeSet {
    let mut set = compare_lists(last, after).into_change_set();
    set.changes.insert(0, whole_list_change(Kind::Restored, after));
    set
}

fn whole_list_change(kind: Kind, after: &Inventory) -> Change {
    Change::new(kind, Detail::List { entries: labelled_rows(after) })
}

fn whole_list(kind: Kind, after: &Inventory) -> ChangeSet {
    let unannounced = Unannounced { header: Some(ListHeader::of(after)), ..Unannounced::default() };
    ChangeSet { changes: vec![whole_list_change(kind, after)], unannounced }
}

/// The rows of a list, with labels that distinguish them from each other.
fn labelled_rows(list: &Inventory) -> Vec<Row> {
    let labels = Labels::of(list);
    let rows = list.entries.iter().map(|entry| Row::of(list, entry));
    rows.map(|row| Row { label: labels.label(&row.id, &row.name), ..row }).collect()
}

/// The rows of a withdrawn list, in an order that does not depend on that of its file.
fn withdrawn_rows(before: &Inventory) -> Vec<Row> {
    let mut rows = labelled_rows(before);
    rows.sort_by_cached_key(|row| (fold(row.name.as_str()), row.id.clone()));
    rows
}

/// The result of comparing two versions.
#[derive(Debug)]
pub(super) struct ListComparison {
    /// The changes with their reasons: the announced ones first, then the editorial ones.
    pub decisions: Vec<Decision>,
    /// The internal differences. Its editorial changes are in `decisions`.
    pub unannounced: Unannounced,
    /// The matched and unmatched entries of both versions.
    pub pairing: Pairing,
}

impl ListComparison {
    fn into_change_set(self) -> ChangeSet {
        let (editorial, announced): (Vec<Decision>, Vec<Decision>) =
            self.decisions.into_iter().partition(|decision| decision.change.level == Level::Editorial);
        let editorial = editorial.into_iter().map(|decision| decision.change).collect();
        ChangeSet {
            changes: announced.into_iter().map(|decision| decision.change).collect(),
            unannounced: Unannounced { editorial, ..self.unannounced },
        }
    }
}

/// Compares two versions of a list.
pub(super) fn compare_lists(before: &Inventory, after: &Inventory) -> ListComparison {
    let pairing = pair(&before.entries, &after.entries);
    let kept: Vec<(&Entry, &Entry)> =
        pairing.kept.iter().map(|(old, new, _)| (&*before.entries[*old], &*after.entries[*new])).collect();
    let columns = Columns::between(before, after, &kept);
    let section_pairs = pair_sections(before, after, &kept);
    let mut differ = Differ { before, after, decisions: Vec::new(), unannounced: Unannounced::default() };
    differ.compare_sections(&section_pairs);
    differ.compare_entries(&kept, &columns, &section_pairs);
    differ.report_rows(&pairing);
    differ.compare_facts();
    differ.decisions.extend(compare_terms(before.terms.as_ref(), after.terms.as_ref()));
    differ.decisions.extend(columns.decisions);
    differ.unannounced.column_keys = columns.column_keys;
    differ.compare_headers();
    differ.finish(pairing)
}

/// A field of an entry, and how its values are compared.
struct ComparedField {
    field: FieldKey,
    label: Text,
    comparison: Comparison,
}

impl ComparedField {
    /// A field that is compared as text. Its key is also its label: `section` becomes "Section".
    fn text(key: &str) -> Self {
        ComparedField {
            field: FieldKey::from_name(key),
            label: Text::new(&readable(key)),
            comparison: Comparison::Text,
        }
    }
}

/// Collects the differences of two versions.
struct Differ<'a> {
    before: &'a Inventory,
    after: &'a Inventory,
    decisions: Vec<Decision>,
    unannounced: Unannounced,
}

impl<'a> Differ<'a> {
    fn announce(&mut self, change: Change, reason: Reason) {
        self.decisions.push(Decision { change, reason });
    }

    fn record_editorial(&mut self, change: Change, reason: Reason) {
        self.decisions.push(Decision { change: change.editorial(), reason });
    }

    fn finish(mut self, pairing: Pairing) -> ListComparison {
        let mut changes: Vec<&mut Change> = self.decisions.iter_mut().map(|decision| &mut decision.change).collect();
        label_entries(self.before, self.after, &mut changes);
        self.decisions
            .sort_by_cached_key(|decision| (decision.change.level == Level::Editorial, change_order(&decision.change)));
        self.unannounced.entry_ids.sort();
        self.unannounced.section_ids.sort();
        self.unannounced.column_keys.sort();
        ListComparison { decisions: self.decisions, unannounced: self.unannounced, pairing }
    }

    fn compare_headers(&mut self) {
        if self.has_equal_headers() {
            return;
        }
        let header = ListHeader::of(self.after);
        self.unannounced.header = Some(header).filter(|header| *header != ListHeader::of(self.before));
    }

    /// Whether the headers are literally equal. True for most versions, and cheaper to check than
    /// sorted headers.
    fn has_equal_headers(&self) -> bool {
        let (before, after) = (self.before, self.after);
        before.layout == after.layout
            && before.facts == after.facts
            && before.terms == after.terms
            && before.filled_columns().eq(after.filled_columns())
            && before.filled_sections().eq(after.filled_sections())
    }

    fn compare_entries(&mut self, kept: &[(&'a Entry, &'a Entry)], columns: &Columns, sections: &SectionPairs) {
        let mut moves: BTreeMap<(SectionId, SectionId), Vec<&Entry>> = BTreeMap::new();
        let same_sections = sections.iter().all(|(before, after)| before == after);
        for (old, new) in kept {
            // Versions share equal entries.
            let is_shared = std::ptr::eq(*old, *new);
            if is_shared && same_sections {
                continue;
            }
            if !is_shared {
                self.compare_entry(old, new, columns);
            }
            if sections.get(&old.section) != Some(&new.section) {
                moves.entry((old.section.clone(), new.section.clone())).or_default().push(new);
            }
        }
        for ((from, to), entries) in moves {
            self.report_moves(&from, &to, &entries);
        }
    }

    fn compare_entry(&mut self, old: &Entry, new: &Entry, columns: &Columns) {
        if old.id != new.id {
            self.unannounced.entry_ids.push(IdChange { from: old.id.clone(), to: new.id.clone() });
        }
        if old.name != new.name {
            let edit = Edit::Changed(old.name.clone(), new.name.clone());
            let is_same = same_name(old.name.as_str(), new.name.as_str());
            let change = self.field_change(Kind::Renamed, new, ComparedField::text(NAME), edit);
            self.decide(change, is_same, Comparison::Text);
        }
        if old.cells == new.cells {
            return;
        }
        let mut seen: BTreeSet<&FieldKey> = BTreeSet::new();
        for cell in &old.cells {
            if let Some((field, text)) = columns.moved_to(&cell.field, (old, new)) {
                seen.insert(field);
                self.record_moved_cell(new, &cell.field, Edit::Cleared(cell.text.markdown().clone()));
                self.record_moved_cell(new, field, Edit::Set(text.clone()));
                continue;
            }
            let Some(field) = columns.key_after(&cell.field) else { continue };
            seen.insert(field);
            let after = new.markdown(field);
            if after.is_some() || !columns.includes_removed_cell(&cell.field, &old.id) {
                self.compare_cell((old, new), field, Some(cell.text.markdown()), after);
            }
        }
        for cell in new.cells.iter().filter(|cell| !seen.contains(&cell.field)) {
            if !columns.includes_added_cell(&cell.field, &new.id) {
                self.compare_cell((old, new), &cell.field, None, Some(cell.text.markdown()));
            }
        }
    }

    /// Records one side of a cell that has another header now, which is announced once for its column.
    fn record_moved_cell(&mut self, entry: &Entry, field: &FieldKey, edit: Edit) {
        let column = self.after.column(field).or_else(|| self.before.column(field));
        let (label, role) = column.map_or((Text::default(), Role::Other), |column| (column.label.clone(), column.role));
        let compared = ComparedField { field: field.clone(), label, comparison: role.info().comparison };
        let change = self.field_change(Kind::of_role(role), entry, compared, edit);
        self.record_editorial(change, Reason::EqualCells);
    }

    fn compare_cell(
        &mut self,
        (old, entry): (&Entry, &Entry),
        field: &FieldKey,
        before: Option<&Text>,
        after: Option<&Text>,
    ) {
        if before == after {
            return;
        }
        let Some(edit) = Edit::between(before, after) else { return };
        let column = self.after.column(field).or_else(|| self.before.column(field));
        let (label, role) = column.map_or((Text::default(), Role::Other), |column| (column.label.clone(), column.role));
        let comparison = role.info().comparison;
        let is_same = match &edit {
            Edit::Changed(before, after) => {
                let old_label = self.before.column(field).map_or(&label, |column| &column.label);
                Some(if comparison == Comparison::Lifecycle && *old_label != label {
                    // "Active: yes" and "Inactive: no" state the same.
                    Status::of_cell(old_label, before) == Status::of_cell(&label, after)
                } else {
                    same_meaning(Vocabulary::builtin(), comparison, before, after)
                })
            }
            Edit::Set(_) | Edit::Cleared(_) => None,
        };
        let compared = ComparedField { field: field.clone(), label, comparison };
        let change = self.field_change(Kind::of_role(role), entry, compared, edit);
        match is_same {
            Some(is_same) => self.decide(change, is_same, comparison),
            None if self.is_stated_by_titles(column, old, entry) => {
                self.record_editorial(change, Reason::StatedByTitle)
            }
            None => self.announce(change, Reason::OneSided),
        }
    }

    /// Whether a status that only one version has in a cell repeats the title of the section, and the titles of both
    /// versions state the same or are announced to differ. A vendor that is put into use is announced in any case.
    fn is_stated_by_titles(&self, column: Option<&Column>, old: &Entry, new: &Entry) -> bool {
        let Some(column) = column else { return false };
        let (before, after) = ((self.before, old), (self.after, new));
        if repeats_title(column, self.before, old) {
            let has_one_section =
                self.before.filled_sections().count() == 1 && self.after.filled_sections().count() == 1;
            has_same_title_status(before, after) || (!has_one_section && is_active(column, old))
        } else {
            repeats_title(column, self.after, new)
        }
    }

    fn decide(&mut self, change: Change, is_same: bool, comparison: Comparison) {
        if is_same {
            self.record_editorial(change, Reason::Equivalent(comparison));
        } else {
            self.announce(change, Reason::Different(comparison));
        }
    }

    fn field_change(&self, kind: Kind, entry: &Entry, compared: ComparedField, edit: Edit) -> Change {
        let ComparedField { field, label, comparison } = compared;
        let (gained, lost) = gained_and_lost(Vocabulary::builtin(), comparison, edit.before(), edit.after());
        let entry = EntryRef::of(self.after, entry);
        Change::new(kind, Detail::Field { entry, field, label, edit, gained, lost })
    }

    fn compare_sections(&mut self, pairs: &SectionPairs) {
        let has_one_section = self.before.filled_sections().count() == 1 && self.after.filled_sections().count() == 1;
        for (from, to) in pairs {
            let (Some(old), Some(new)) = (self.before.section(from), self.after.section(to)) else { continue };
            if from != to {
                self.unannounced.section_ids.push(IdChange { from: from.clone(), to: to.clone() });
            }
            // The heading of the only section is a page title, which does not concern the entries.
            if !has_one_section {
                self.compare_section_text(SECTION, Reason::OtherTitle, new, (&old.title, &new.title));
            }
            // Only some formats can contain notes: without a note on both sides the format decides.
            let both_have_notes = !old.note.is_empty() && !new.note.is_empty();
            if both_have_notes || self.before.layout == self.after.layout {
                self.compare_section_text(SECTION_NOTE, Reason::OtherNote, new, (&old.note, &new.note));
            }
        }
    }

    fn compare_section_text(&mut self, field: &str, reason: Reason, section: &Section, texts: (&Text, &Text)) {
        let (before, after) = texts;
        if same(before.as_str(), after.as_str()) {
            return;
        }
        let Some(edit) = edit_of_filled(before, after) else { return };
        let change = section_change(field, section.title.clone(), edit);
        // A note may state a condition, as a title does.
        self.announce(Change { level: level_of_move(before, after), ..change }, reason);
    }

    /// Reports entries that moved from one section to another: one by one, or as one change if several
    /// moved together and one of the sections exists in one version only.
    fn report_moves(&mut self, from: &SectionId, to: &SectionId, entries: &[&Entry]) {
        let (before, after) = (title_of(self.before, from), title_of(self.after, to));
        let Some(edit) = edit_of_filled(&before, &after) else { return };
        let both_remain = has_section(self.before, &after) && has_section(self.after, &before);
        let level = level_of_move(&before, &after);
        let is_regrouping = entries.len() > 1 && !both_remain;
        if is_regrouping {
            let change = section_change(SECTION_ENTRIES, after, edit.clone());
            self.announce(Change { level, ..change }, Reason::MovedTogether);
        }
        for entry in entries {
            let field = ComparedField::text(SECTION);
            let change = self.field_change(Kind::Moved, entry, field, edit.clone());
            let change = Change { level, ..change };
            if is_regrouping {
                self.record_editorial(change, Reason::PartOfRegrouping);
            } else {
                self.announce(change, Reason::OtherSection);
            }
        }
    }

    fn report_rows(&mut self, pairing: &Pairing) {
        let (before, after) = (self.before, self.after);
        for at in &pairing.removed {
            let detail = Detail::Row { row: Row::of(before, &before.entries[*at]), former: None };
            self.announce(Change::new(Kind::Removed, detail), Reason::NotMatched);
        }
        for at in &pairing.added {
            let detail = Detail::Row { row: Row::of(after, &after.entries[*at]), former: None };
            self.announce(Change::new(Kind::Added, detail), Reason::NotMatched);
        }
        for (old, new) in &pairing.replaced {
            let former = Some(Row::of(before, &before.entries[*old]));
            let detail = Detail::Row { row: Row::of(after, &after.entries[*new]), former };
            self.announce(Change::new(Kind::Replaced, detail), Reason::StatesReplacement);
        }
    }

    fn compare_facts(&mut self) {
        let (before, after) = (self.before, self.after);
        let keys: BTreeSet<&FieldKey> = before.facts.iter().chain(&after.facts).map(|fact| &fact.field).collect();
        for key in keys {
            let (old, new) = (find_fact(&before.facts, key), find_fact(&after.facts, key));
            let Some(edit) = Edit::between(old.map(|fact| &fact.text), new.map(|fact| &fact.text)) else { continue };
            if matches!(&edit, Edit::Changed(before, after) if before == after) {
                continue;
            }
            let label = new.or(old).map(|fact| fact.label.clone()).unwrap_or_default();
            if let Some((kind, level, reason)) = page_text::classify(key, &edit, [before, after]) {
                // A sentence about several entries is announced once.
                let is_told = reason == Reason::OtherStatement && self.has_told(kind, &edit);
                let (level, reason) = if is_told { (Level::Editorial, Reason::SameStatement) } else { (level, reason) };
                let change = Change::new(kind, Detail::Fact { field: key.clone(), label, edit });
                self.decisions.push(Decision { change: Change { level, ..change }, reason });
                continue;
            }
            let reason = fact_reason(key, &edit);
            let change = Change::new(Kind::Amended, Detail::Fact { field: key.clone(), label, edit });
            match reason {
                Reason::OtherStatement => self.announce(change, reason),
                _ => self.record_editorial(change, reason),
            }
        }
    }
}

impl Differ<'_> {
    /// Whether another statement is announced to have changed in the same way.
    fn has_told(&self, kind: Kind, edit: &Edit) -> bool {
        let told = self.decisions.iter().filter(|decision| decision.reason == Reason::OtherStatement);
        told.map(|decision| &decision.change).any(|change| {
            change.kind == kind && matches!(&change.detail, Detail::Fact { edit: other, .. } if other == edit)
        })
    }
}

fn find_fact<'f>(facts: &'f [Fact], key: &FieldKey) -> Option<&'f Fact> {
    facts.iter().find(|fact| fact.field == *key)
}

fn fact_reason(key: &FieldKey, edit: &Edit) -> Reason {
    // A title or description appears and disappears with the format of the list.
    let is_page_text = matches!(key.as_str(), "title" | "description");
    match edit {
        Edit::Changed(before, after) if fold(before.as_str()) == fold(after.as_str()) => Reason::SameStatement,
        Edit::Set(_) | Edit::Cleared(_) if is_page_text => Reason::PageText,
        _ => Reason::OtherStatement,
    }
}

fn section_change(field: &str, label: Text, edit: Edit) -> Change {
    Change::new(Kind::SectionsChanged, Detail::Fact { field: FieldKey::from_name(field), label, edit })
}

/// The edit between two texts, of which an empty one counts as not stated.
fn edit_of_filled(before: &Text, after: &Text) -> Option<Edit> {
    Edit::between(Some(before).filter(|text| !text.is_empty()), Some(after).filter(|text| !text.is_empty()))
}

fn title_of(inventory: &Inventory, id: &SectionId) -> Text {
    inventory.section(id).map(|section| section.title.clone()).unwrap_or_default()
}

fn has_section(inventory: &Inventory, title: &Text) -> bool {
    inventory.filled_sections().any(|section| same(section.title.as_str(), title.as_str()))
}

/// The sort key of the changes of a release. It does not depend on the order of the file.
fn change_order(change: &Change) -> (Kind, String, String, String, Option<String>) {
    let (name, id) =
        change.entry().map_or_else(Default::default, |entry| (fold(entry.name.as_str()), entry.id.to_string()));
    let (field, value) = match &change.detail {
        Detail::Field { field, .. } | Detail::Column { field, .. } => (field.to_string(), None),
        Detail::Fact { field, edit, .. } => (field.to_string(), edit.after().map(Text::to_string)),
        Detail::List { .. } | Detail::Row { .. } => (String::new(), None),
    };
    (change.kind, name, id, field, value)
}
