//! The labels that identify entries for readers: the name and, where entries of either version share a name, the
//! section or cell that distinguishes them: "Oakline (Backup)".

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use crate::model::{Entry, EntryId, FieldKey, Inventory, Role, Text, fold};

use super::{
    column_order::column_order,
    event::{Change, Detail, Edit, Row},
    kind::Kind,
};

/// The roles of the columns that distinguish entries best, the best first. A location is the worst,
/// because it often changes.
const DISTINGUISHING_ROLES: [Role; 4] = [Role::Service, Role::Purpose, Role::Scope, Role::Location];
/// The most characters of a detail in a label. Longer texts are shortened.
const MAX_DETAIL: usize = 60;

/// The labels of the entries of one version that share their names with others of either version.
#[derive(Debug, Default)]
pub(super) struct Labels(HashMap<EntryId, Text>);

impl Labels {
    /// The labels of a version alone. No two entries have the same.
    pub fn of(list: &Inventory) -> Self {
        let names: BTreeSet<String> = list.entries.iter().map(|entry| fold(entry.name.as_str())).collect();
        let groups = groups_of_names(list, list, &names);
        let columns = columns_by_fitness(list);
        let mut labels = Labels::default();
        for group in groups.values().filter(|group| group.before.len() > 1) {
            let details = group.details(&columns);
            labels.add(list, &group.before, &details);
        }
        labels.make_unique(list);
        labels
    }

    /// The labels of the entries with these folded names, in the earlier and in the later version.
    fn of_versions(before: &Inventory, after: &Inventory, names: &BTreeSet<String>) -> (Self, Self) {
        let groups = groups_of_names(before, after, names);
        let (mut old, mut new) = (Labels::default(), Labels::default());
        let columns = [columns_by_fitness(after), columns_by_fitness(before)].concat();
        for group in groups.values().filter(|group| group.before.len().max(group.after.len()) > 1) {
            let details = group.details(&columns);
            old.add(before, &group.before, &details);
            new.add(after, &group.after, &details);
        }
        old.make_unique(before);
        new.make_unique(after);
        (old, new)
    }

    /// The label of an entry.
    pub fn label(&self, id: &EntryId, name: &Text) -> Text {
        self.0.get(id).unwrap_or(name).clone()
    }

    fn add(&mut self, list: &Inventory, entries: &[&Entry], details: &[Part]) {
        for entry in entries {
            let texts = details.iter().map(|part| part.text(list, entry)).filter(|text| !text.is_empty());
            let texts = texts.collect::<Vec<_>>().join(", ");
            let label = if texts.is_empty() { entry.name.to_string() } else { format!("{} ({texts})", entry.name) };
            self.0.insert(entry.id.clone(), Text::new(&label));
        }
    }

    /// Adds the id to labels that are the name or label of another entry, too.
    fn make_unique(&mut self, list: &Inventory) {
        if self.0.is_empty() {
            return;
        }
        let mut counts: HashMap<String, usize> = HashMap::new();
        for entry in &list.entries {
            *counts.entry(fold(self.label(&entry.id, &entry.name).as_str())).or_default() += 1;
        }
        for (id, label) in &mut self.0 {
            if counts.get(&fold(label.as_str())).is_some_and(|count| *count > 1) {
                *label = Text::new(&format!("{label} ({id})"));
            }
        }
    }
}

/// Adds the labels of its entries to each change.
pub(super) fn label_entries(before: &Inventory, after: &Inventory, changes: &mut [&mut Change]) {
    let names: BTreeSet<String> = changes.iter().flat_map(|change| names_in(change)).map(fold).collect();
    if names.is_empty() {
        return;
    }
    let (old, new) = Labels::of_versions(before, after, &names);
    for change in changes {
        let is_gone = change.kind == Kind::Removed;
        match &mut change.detail {
            Detail::Row { row, former } => {
                label_row(row, if is_gone { &old } else { &new });
                former.iter_mut().for_each(|former| label_row(former, &old));
            }
            Detail::Field { entry, .. } => entry.label = new.label(&entry.id, &entry.name),
            Detail::Column { edit, cells, .. } => {
                let labels = if matches!(edit, Edit::Cleared(_)) { &old } else { &new };
                cells.iter_mut().for_each(|cell| cell.label = labels.label(&cell.id, &cell.name));
            }
            Detail::List { .. } | Detail::Fact { .. } => {}
        }
    }
}

fn label_row(row: &mut Row, labels: &Labels) {
    row.label = labels.label(&row.id, &row.name);
}

/// The names of the entries of a change.
fn names_in(change: &Change) -> Vec<&str> {
    match &change.detail {
        Detail::Row { row, former } => {
            [Some(row), former.as_ref()].into_iter().flatten().map(|row| row.name.as_str()).collect()
        }
        Detail::Field { entry, .. } => vec![entry.name.as_str()],
        Detail::Column { cells, .. } => cells.iter().map(|cell| cell.name.as_str()).collect(),
        Detail::List { .. } | Detail::Fact { .. } => Vec::new(),
    }
}

/// A part of an entry that may distinguish it from others of its name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Section,
    Field(FieldKey),
}

impl Part {
    /// The text of the part in one line, shortened if it is long.
    fn text(&self, list: &Inventory, entry: &Entry) -> String {
        let text = match self {
            Part::Section => list.section(&entry.section).map(|section| section.title.to_string()).unwrap_or_default(),
            Part::Field(field) => {
                entry.rich_text(field).map(|text| text.to_plain_text().into_owned()).unwrap_or_default()
            }
        };
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        shortened(&text).into_owned()
    }
}

/// A text of at most [`MAX_DETAIL`] characters, which ends after a word.
fn shortened(text: &str) -> Cow<'_, str> {
    let Some((end, _)) = text.char_indices().nth(MAX_DETAIL) else { return text.into() };
    let end = text[..end].rfind(' ').unwrap_or(end);
    format!("{}\u{2026}", text[..end].trim_end_matches([',', ';', ' '])).into()
}

/// The entries of one name in two versions.
#[derive(Debug)]
struct Group<'a> {
    lists: [&'a Inventory; 2],
    before: Vec<&'a Entry>,
    after: Vec<&'a Entry>,
}

impl Group<'_> {
    /// The parts to add to the name: the first one that all entries of a version have and that is different
    /// in all of them; else one that differs where it exists; else all parts that differ.
    fn details(&self, columns: &[FieldKey]) -> Vec<Part> {
        let mut parts = vec![Part::Section];
        for field in columns.iter().cloned().map(Part::Field) {
            if !parts.contains(&field) {
                parts.push(field);
            }
        }
        let filled = parts.iter().find(|part| self.are_distinct(part) && self.is_filled(part));
        match filled.or_else(|| parts.iter().find(|part| self.are_distinct(part))) {
            Some(part) => vec![part.clone()],
            None => parts.into_iter().filter(|part| self.differs(part)).collect(),
        }
    }

    /// The texts of a part in the entries of each version.
    fn texts(&self, part: &Part) -> [Vec<String>; 2] {
        let [before, after] = self.lists;
        [
            self.before.iter().map(|entry| fold(&part.text(before, entry))).collect(),
            self.after.iter().map(|entry| fold(&part.text(after, entry))).collect(),
        ]
    }

    fn are_distinct(&self, part: &Part) -> bool {
        self.texts(part).iter().all(|texts| texts.iter().collect::<BTreeSet<_>>().len() == texts.len())
    }

    fn is_filled(&self, part: &Part) -> bool {
        self.texts(part).iter().flatten().all(|text| !text.is_empty())
    }

    fn differs(&self, part: &Part) -> bool {
        self.texts(part).iter().any(|texts| texts.iter().collect::<BTreeSet<_>>().len() > 1)
    }
}

/// The entries of both versions by their folded names, among these names.
fn groups_of_names<'a>(
    before: &'a Inventory,
    after: &'a Inventory,
    names: &BTreeSet<String>,
) -> BTreeMap<String, Group<'a>> {
    let mut groups: BTreeMap<String, Group<'_>> = BTreeMap::new();
    let all = before.entries.iter().map(|entry| (entry, true)).chain(after.entries.iter().map(|entry| (entry, false)));
    for (entry, is_before) in all {
        let name = fold(entry.name.as_str());
        if !names.contains(&name) {
            continue;
        }
        let empty = Group { lists: [before, after], before: Vec::new(), after: Vec::new() };
        let group = groups.entry(name).or_insert(empty);
        if is_before { group.before.push(entry) } else { group.after.push(entry) }
    }
    groups
}

/// The keys of the columns, those first that distinguish entries best.
fn columns_by_fitness(list: &Inventory) -> Vec<FieldKey> {
    let mut columns: Vec<_> = list.columns.iter().collect();
    columns.sort_by_key(|column| {
        let place = DISTINGUISHING_ROLES.iter().position(|role| *role == column.role);
        (place.unwrap_or(DISTINGUISHING_ROLES.len()), column_order(column))
    });
    columns.into_iter().map(|column| column.field.clone()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Cell, Column, Hints, Section, SectionId};

    /// A list of rows: section, name, service, location.
    fn list(rows: &[[&str; 4]]) -> Inventory {
        let columns = [Role::Service, Role::Location].map(|role| Column {
            field: FieldKey::from_name(role.key()),
            label: Text::new(role.key()),
            role,
        });
        let entries = rows.iter().enumerate().map(|(at, [section, name, service, location])| {
            let cells = columns.iter().zip([service, location]).filter(|(_, text)| !text.is_empty());
            let cells = cells.map(|(column, text)| Cell { field: column.field.clone(), text: Text::new(text).into() });
            Arc::new(Entry {
                id: EntryId::from_name(&format!("e{at}")),
                name: Text::new(name),
                section: SectionId::from_name(section),
                cells: cells.collect(),
                hints: Hints::default(),
            })
        });
        let titles: BTreeSet<&str> = rows.iter().map(|row| row[0]).collect();
        let sections = titles.into_iter().map(|title| Section {
            id: SectionId::from_name(title),
            title: Text::new(title),
            note: Text::default(),
        });
        Inventory {
            columns: columns.to_vec(),
            sections: sections.collect(),
            entries: entries.collect(),
            ..Inventory::default()
        }
    }

    fn labels(rows: &[[&str; 4]]) -> Vec<String> {
        let list = list(rows);
        let labels = Labels::of(&list);
        list.entries.iter().map(|entry| labels.label(&entry.id, &entry.name).to_string()).collect()
    }

    #[test]
    fn labels_state_what_distinguishes_entries_of_one_name() {
        for (rows, expected) in [
            (&[["", "Oakline", "Backup", "Spain"], ["", "Sendwell", "Mail", "Spain"]][..], ["Oakline", "Sendwell"]),
            (
                &[["", "Oakline", "Backup", "Spain"], ["", "oakline", "Hosting", "Spain"]],
                ["Oakline (Backup)", "oakline (Hosting)"],
            ),
            (
                &[["", "Oakline", "Backup", "Spain"], ["", "Oakline", "Backup", "France"]],
                ["Oakline (Spain)", "Oakline (France)"],
            ),
            (
                &[["Hosting", "Oakline", "Backup", "Spain"], ["Support", "Oakline", "Chat", "Spain"]],
                ["Oakline (Hosting)", "Oakline (Support)"],
            ),
            (&[["", "Oakline", "Backup", ""], ["", "Oakline", "", ""]], ["Oakline (Backup)", "Oakline"]),
            (&[["", "Oakline", "", ""], ["", "Oakline", "", ""]], ["Oakline (e0)", "Oakline (e1)"]),
        ] {
            assert_eq!(labels(rows), expected);
        }
    }

    #[test]
    fn a_label_is_never_the_name_of_another_entry() {
        let rows =
            [["", "Oakline", "Backup", "Spain"], ["", "Oakline", "Mail", "Spain"], ["", "Oakline (Backup)", "", ""]];
        assert_eq!(labels(&rows), ["Oakline (Backup) (e0)", "Oakline (Mail)", "Oakline (Backup)"]);
    }

    #[test]
    fn several_parts_are_stated_where_one_is_not_enough() {
        let rows = [
            ["", "Oakline", "Backup", "Spain"],
            ["", "Oakline", "Backup", "France"],
            ["", "Oakline", "Mail", "France"],
        ];
        assert_eq!(labels(&rows), ["Oakline (Backup, Spain)", "Oakline (Backup, France)", "Oakline (Mail, France)"]);
    }

    #[test]
    fn long_texts_end_after_a_word() {
        let text = "Storage of customer content for ninety days after the end of the agreement";
        assert_eq!(shortened(text), "Storage of customer content for ninety days after the end\u{2026}");
        assert_eq!(shortened("Backup"), "Backup");
    }
}
