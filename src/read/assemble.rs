//! From a draft to an inventory: columns get roles and keys, entries get ids, bounds are held.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use crate::model::{Cell, Column, Entry, EntryId, FieldKey, Inventory, Layout, Role, Section, SectionId, Text, fold};

use super::{
    Options,
    draft::{Draft, DraftRow, Label},
    error::{Position, Problem, ReadError, Warning},
};

/// Most entries of a list.
const MAX_ENTRIES: usize = 100_000;
/// Most columns of a list.
const MAX_COLUMNS: usize = 500;
/// Longest name, in characters.
const MAX_NAME: usize = 1_000;
/// Longest text of a field, in characters.
const MAX_TEXT: usize = 50_000;

/// Makes the inventory that a draft lays out.
pub(super) fn assemble(mut draft: Draft, options: &Options) -> Result<(Inventory, Vec<Warning>), ReadError> {
    drop_counters(&mut draft);
    adopt_ids(&mut draft);
    let mut warnings = draft.warnings;
    let rows: usize = draft.sections.iter().map(|section| section.rows.len()).sum();
    limit("entries", rows, MAX_ENTRIES, None)?;
    limit("columns", draft.labels.iter().count(), MAX_COLUMNS, None)?;
    let scheme = Scheme::of(&draft.sections, &draft.labels, options);

    let mut sections: Vec<Section> = Vec::new();
    let mut by_id: HashMap<SectionId, usize> = HashMap::new();
    let mut by_title: HashMap<String, usize> = HashMap::new();
    let mut entries: Vec<(Position, Option<EntryId>, Entry)> = Vec::with_capacity(rows);
    for section in draft.sections {
        let title = Text::new(&section.title);
        let id = section.id.unwrap_or_else(|| SectionId::from_name(title.as_str()));
        // Two groups under one heading are one section.
        let folded = fold(title.as_str());
        let known = [by_id.get(&id), by_title.get(&folded)].into_iter().flatten().min();
        let id = match known {
            Some(known) => sections[*known].id.clone(),
            None => {
                by_id.insert(id.clone(), sections.len());
                by_title.insert(folded, sections.len());
                sections.push(Section { id: id.clone(), title, note: Text::new(&section.note) });
                id
            }
        };
        for row in section.rows {
            let at = row.at;
            let explicit = row.id.clone();
            let entry = scheme.entry(row, &section.given, id.clone())?;
            entries.push((at, explicit, entry));
        }
    }
    let entries = identify(entries, &mut warnings)?;
    let columns = scheme.columns(&entries, draft.layout);
    Ok((Inventory { facts: draft.facts, columns, sections, entries, layout: draft.layout }, warnings))
}

/// Headers of columns that only count rows.
const COUNTERS: [&str; 9] = ["#", "no", "nr", "n°", "№", "s.no", "sr. no", "sl. no", "s/n"];

/// Drops columns that number the rows: they say nothing of an entry, and change with its place.
fn drop_counters(draft: &mut Draft) {
    let counters: BTreeSet<Label> = draft
        .labels
        .iter()
        .filter(|(label, spelling)| {
            let cells = draft.sections.iter().flat_map(|section| &section.rows).flat_map(|row| &row.cells);
            let is_number = |text: &str| text.trim().trim_end_matches(['.', ')']).bytes().all(|b| b.is_ascii_digit());
            COUNTERS.contains(&fold(spelling).as_str())
                && cells.filter(|(known, _)| known == label).all(|(_, text)| is_number(text))
        })
        .map(|(label, _)| label)
        .collect();
    for section in draft.sections.iter_mut().filter(|_| !counters.is_empty()) {
        section.header.retain(|label| !counters.contains(label));
        for row in &mut section.rows {
            row.cells.retain(|(label, _)| !counters.contains(label));
        }
    }
}

/// Headers and keys of columns that hold ids.
fn holds_ids(label: &str) -> bool {
    let words = fold(label).replace(['-', '_'], " ");
    let (of, last) = words.rsplit_once(' ').unwrap_or(("", &words));
    match last {
        "id" => of.is_empty() || Role::of_label(of).0 == Role::Name,
        "slug" | "key" | "uuid" => of.is_empty(),
        _ => false,
    }
}

/// Takes the column that identifies every entry for their ids: all have one, and all differ.
/// Numbers that only count the rows identify none.
fn adopt_ids(draft: &mut Draft) {
    let rows = || draft.sections.iter().flat_map(|section| &section.rows);
    let count = rows().count();
    let ids_in = |label: Label| -> Option<Vec<EntryId>> {
        let text = |row: &DraftRow| row.cells.iter().find(|(known, _)| *known == label).map(|(_, text)| text.clone());
        let texts: Vec<String> = rows().map_while(text).collect();
        let ids: Vec<EntryId> = texts.iter().map_while(|text| EntryId::new(text.trim()).ok()).collect();
        let differ = ids.iter().collect::<BTreeSet<_>>().len() == count;
        (ids.len() == count && differ && rows().all(|row| row.id.is_none() && row.cells.len() > 1)).then_some(ids)
    };
    let found = draft.labels.iter().filter(|(_, spelling)| holds_ids(spelling));
    let found = found.filter_map(|(label, spelling)| Some((spelling, label, ids_in(label)?))).min_by_key(|(s, ..)| *s);
    let Some((_, label, ids)) = found.filter(|_| count > 1) else { return };
    let counts = ids.iter().enumerate().all(|(at, id)| id.as_str() == (at + 1).to_string());
    let mut ids = ids.into_iter();
    for section in &mut draft.sections {
        section.header.retain(|known| *known != label);
        for row in &mut section.rows {
            row.cells.retain(|(known, _)| *known != label);
            row.id = ids.next().filter(|_| !counts);
        }
    }
}

fn limit(what: &'static str, found: usize, limit: usize, at: Option<Position>) -> Result<(), ReadError> {
    if found <= limit { Ok(()) } else { Err(ReadError { at, problem: Problem::Limit { what, found, limit } }) }
}

/// What a plural behind the first column loses of its fitness to be the name.
const PLURAL: usize = 1_000;

/// Which label is the name, and which column each other label belongs to.
struct Scheme {
    /// Labels that hold the entry's name, the best first.
    names: Vec<Label>,
    /// By label: the place of its column in `columns`.
    places: BTreeMap<Label, usize>,
    columns: Vec<Column>,
}

impl Scheme {
    fn of(sections: &[super::draft::DraftSection], labels: &super::draft::Labels, options: &Options) -> Self {
        let together = Together::of(sections);
        let firsts: BTreeSet<Label> = sections.iter().filter_map(|section| section.header.first()).copied().collect();
        // Labels by fitness for their role; among equals the spelling decides, never the order of the file.
        let mut ranked: Vec<(Role, usize, &str, Label)> = labels
            .iter()
            .map(|(label, spelling)| {
                let (role, rank) = options.role(spelling);
                // "Sub-processors" behind "Processor" are the vendor's own.
                let own = role == Role::Name
                    && fold(spelling).ends_with('s')
                    && !firsts.contains(&label)
                    && firsts.iter().any(|first| options.role(labels.spelling(*first)).0 == Role::Name);
                (role, rank + if own { PLURAL } else { 0 }, spelling, label)
            })
            .collect();
        ranked.sort();
        let mut scheme = Scheme { names: Vec::new(), places: BTreeMap::new(), columns: Vec::new() };
        for role in [Role::Name, Role::Service] {
            for (_, _, _, label) in ranked.iter().filter(|(r, ..)| *r == role) {
                if scheme.names.iter().all(|name| !together.meet(*name, *label)) {
                    scheme.names.push(*label);
                }
            }
            if !scheme.names.is_empty() {
                break;
            }
        }
        // A table without a header that means a name has its names in the first column.
        for section in sections {
            let header = || section.header.iter();
            if let Some(first) = header().next().filter(|_| !header().any(|label| scheme.names.contains(label))) {
                scheme.names.push(*first);
            }
        }
        let mut members: Vec<Vec<Label>> = Vec::new();
        for (role, _, spelling, label) in ranked {
            if scheme.names.contains(&label) {
                continue;
            }
            // Beside the name of the entry another name ("Legal entity") is a column like others.
            let role = if role == Role::Name { Role::Other } else { role };
            let folded = fold(spelling);
            let place = (0..members.len()).find(|at| {
                let column = &scheme.columns[*at];
                let same =
                    if role == Role::Other { fold(column.label.as_str()) == folded } else { column.role == role };
                same && (members[*at].iter().all(|other| !together.meet(*other, label))
                    || fold(column.label.as_str()) == folded)
            });
            let place = place.unwrap_or_else(|| {
                scheme.columns.push(Column {
                    field: scheme.free_key(role, spelling),
                    label: Text::new(spelling),
                    role,
                });
                members.push(Vec::new());
                members.len() - 1
            });
            members[place].push(label);
            scheme.places.insert(label, place);
        }
        scheme
    }

    /// The key of a new column: its role's, or one from its label, that no other column has.
    fn free_key(&self, role: Role, label: &str) -> FieldKey {
        let taken = |key: &FieldKey| self.columns.iter().any(|column| column.field == *key) || key.as_str() == "name";
        let own = FieldKey::from_name(role.info().key);
        if role != Role::Other && !taken(&own) {
            return own;
        }
        let key = FieldKey::from_name(label);
        let reserved = super::super::model::ROLES.iter().any(|role| role.key == key.as_str() && role.key != "other");
        if !taken(&key) && !reserved {
            return key;
        }
        (2..).map(|n| key.numbered(n)).find(|key| !taken(key)).unwrap_or(key)
    }

    fn entry(&self, row: DraftRow, given: &[(Label, String)], section: SectionId) -> Result<Entry, ReadError> {
        let at = row.at;
        let name = self.names.iter().find_map(|name| row.cells.iter().find(|(label, _)| label == name));
        let name = name.map(|(_, text)| Text::new(text)).filter(|name| !name.is_empty());
        let name = name.ok_or(ReadError::at(at, Problem::NoName))?;
        limit("characters of a name", name.as_str().chars().count(), MAX_NAME, Some(at))?;
        let mut cells: Vec<Option<Text>> = vec![None; self.columns.len()];
        for (label, text) in row.cells.iter().chain(given) {
            let Some(place) = self.places.get(label) else { continue };
            if cells[*place].is_some() || says_nothing(text) {
                continue;
            }
            let text = Text::new(text);
            limit("characters of a field", text.as_str().chars().count(), MAX_TEXT, Some(at))?;
            cells[*place] = Some(text).filter(|text| !text.is_empty());
        }
        let cells = self.columns.iter().zip(cells);
        let cells =
            cells.filter_map(|(column, text)| Some(Cell { field: column.field.clone(), text: text? })).collect();
        let id = row.id.unwrap_or_else(|| EntryId::from_name(&fold(name.as_str())));
        Ok(Entry { id, name, section, cells, hints: row.hints })
    }

    /// The columns: all of a table, those in use of records.
    fn columns(self, entries: &[Arc<Entry>], layout: Layout) -> Vec<Column> {
        let mut used = BTreeSet::new();
        used.extend(entries.iter().flat_map(|entry| &entry.cells).map(|cell| &cell.field));
        self.columns.iter().filter(|column| layout == Layout::Table || used.contains(&column.field)).cloned().collect()
    }
}

/// A cell that only marks its emptiness.
fn says_nothing(text: &str) -> bool {
    matches!(text.trim(), "" | "-" | "\u{2013}" | "\u{2014}")
}

/// Which labels stand in one header or one row: they are different columns whatever they mean.
struct Together(BTreeSet<(Label, Label)>);

impl Together {
    fn of(sections: &[super::draft::DraftSection]) -> Self {
        let mut pairs = BTreeSet::new();
        let mut seen: BTreeSet<Vec<Label>> = BTreeSet::new();
        let rows = sections.iter().flat_map(|section| &section.rows);
        let sets = rows
            .map(|row| row.cells.iter().map(|(label, _)| *label).collect::<Vec<_>>())
            .chain(sections.iter().map(|section| section.header.clone()));
        for set in sets {
            if seen.insert(set.clone()) {
                for a in &set {
                    pairs.extend(set.iter().filter(|b| a != *b).map(|b| (*a, *b)));
                }
            }
        }
        Together(pairs)
    }

    fn meet(&self, a: Label, b: Label) -> bool {
        self.0.contains(&(a, b))
    }
}

/// Gives every entry an id of its own that does not depend on the order of the file.
///
/// Entries of one name are told apart by their section, else by the first field in which they all
/// differ, else by all they say. Rows that say exactly the same are one entry, with a warning.
fn identify(
    rows: Vec<(Position, Option<EntryId>, Entry)>,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Arc<Entry>>, ReadError> {
    let mut groups: BTreeMap<EntryId, Vec<usize>> = BTreeMap::new();
    for (at, (position, explicit, entry)) in rows.iter().enumerate() {
        let group = groups.entry(entry.id.clone()).or_default();
        if explicit.is_some() && group.iter().any(|other| rows[*other].1.is_some()) {
            return Err(ReadError::at(*position, Problem::DuplicateId(entry.id.to_string())));
        }
        group.push(at);
    }
    let mut ids: BTreeMap<usize, EntryId> = BTreeMap::new();
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    for (base, group) in groups.iter().filter(|(_, group)| group.len() > 1) {
        let mut distinct: Vec<usize> = Vec::new();
        let mut seen: HashMap<Vec<&str>, usize> = HashMap::new();
        // The row that states its id stands for its twins.
        let (stated, unstated): (Vec<usize>, Vec<usize>) = group.iter().partition(|at| rows[**at].1.is_some());
        for at in stated.iter().chain(&unstated) {
            let (position, explicit, entry) = &rows[*at];
            let cells = entry.cells.iter().flat_map(|cell| [cell.field.as_str(), cell.text.as_str()]);
            let all = [entry.name.as_str(), entry.section.as_str()].into_iter().chain(cells).collect();
            let twin = *seen.entry(all).or_insert(*at);
            match explicit {
                None if twin != *at => {
                    let message = format!(
                        "{:?} stands here a second time, exactly as in line {}",
                        entry.name.as_str(),
                        rows[twin].0.line
                    );
                    warnings.push(Warning { at: *position, message });
                    dropped.insert(*at);
                }
                _ => distinct.push(*at),
            }
        }
        // An explicit id stays; the others of its name get one that says how they differ.
        let derived: Vec<usize> = distinct.iter().copied().filter(|at| rows[*at].1.is_none()).collect();
        if derived.len() > 1 || derived.len() < distinct.len() {
            let entries: Vec<&Entry> = derived.iter().map(|at| &rows[*at].2).collect();
            ids.extend(derived.iter().copied().zip(distinguished(base, &entries)));
        }
    }
    let mut taken: BTreeSet<EntryId> = BTreeSet::new();
    let mut entries = Vec::with_capacity(rows.len());
    for (at, (_, _, mut entry)) in rows.into_iter().enumerate() {
        if dropped.contains(&at) {
            continue;
        }
        if let Some(id) = ids.remove(&at) {
            entry.id = id;
        }
        if taken.contains(&entry.id) {
            let others = (2..).map(|n: usize| entry.id.distinguished_by(&n.to_string()));
            entry.id = others.into_iter().find(|id| !taken.contains(id)).unwrap_or(entry.id.clone());
        }
        taken.insert(entry.id.clone());
        entries.push(Arc::new(entry));
    }
    Ok(entries)
}

/// Ids for entries of one name: by what tells each from all others.
fn distinguished(base: &EntryId, entries: &[&Entry]) -> Vec<EntryId> {
    let by = |detail: &dyn Fn(&Entry) -> String| -> Option<Vec<EntryId>> {
        let ids: Vec<EntryId> = entries.iter().map(|entry| base.distinguished_by(&detail(entry))).collect();
        (ids.iter().collect::<BTreeSet<_>>().len() == ids.len()).then_some(ids)
    };
    let fields: BTreeSet<&str> =
        entries.iter().flat_map(|entry| &entry.cells).map(|cell| cell.field.as_str()).collect();
    let keys = ["service", "location", "purpose", "scope"].into_iter().chain(fields);
    let text = |entry: &Entry, key: &str| {
        let cell = entry.cells.iter().find(|cell| cell.field.as_str() == key);
        cell.map_or("none", |cell| cell.text.as_str()).to_owned()
    };
    let by_one = by(&|entry| entry.section.to_string())
        .or_else(|| keys.into_iter().find_map(|key| by(&|entry| text(entry, key))));
    by_one.unwrap_or_else(|| {
        let all = |entry: &&Entry| {
            let cells = entry.cells.iter().flat_map(|cell| [cell.field.as_str(), cell.text.as_str()]);
            base.distinguished_by_all(std::iter::once(entry.section.as_str()).chain(cells))
        };
        entries.iter().map(all).collect()
    })
}
