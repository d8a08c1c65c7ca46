//! The ids of entries.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, hash_map},
    iter,
    sync::Arc,
};

use changecast_core::{
    model::{Entry, EntryId, Role, changed_indices, fold},
    vocabulary::Vocabulary,
};

use crate::read::{
    build::{
        intern::{Label, RowContent},
        raw_list::{RawList, RawSection, Row},
    },
    error::{Problem, ReadError, Warning},
};

/// Columns by which entries of one name are distinguished first.
const DISTINGUISHING_FIELDS: [&str; 4] = ["service", "location", "purpose", "scope"];

/// A row and the entry that was built from it, with the id that it has if no other entry has the same.
pub(crate) struct Candidate<'a> {
    pub row: &'a Row,
    pub entry: Arc<Entry>,
}

impl Candidate<'_> {
    /// Whether the row states its id.
    fn states_id(&self) -> bool {
        self.row.content.id.is_some()
    }

    /// Everything that the entry contains, except for its id.
    fn texts(&self) -> Vec<&str> {
        let cells = self.entry.cells.iter().flat_map(|cell| [cell.field.as_str(), cell.text.markdown().as_str()]);
        [self.entry.name.as_str(), self.entry.section.as_str()].into_iter().chain(cells).collect()
    }

    /// The entry with another id: that of the last version, if it had the same id there.
    fn with_id(&self, id: EntryId) -> Arc<Entry> {
        if self.entry.id == id {
            return Arc::clone(&self.entry);
        }
        let mut cached = self.row.content.cached.borrow_mut();
        // Equal rows in other sections have other entries.
        let mut cached = cached.as_mut().filter(|cached| Arc::ptr_eq(&cached.entry, &self.entry));
        let known = cached.as_ref().and_then(|cached| cached.renamed.as_ref()).filter(|known| known.id == id);
        let entry = known.map_or_else(|| Arc::new(Entry { id, ..(*self.entry).clone() }), Arc::clone);
        if let Some(cached) = &mut cached {
            cached.renamed = Some(Arc::clone(&entry));
        }
        entry
    }
}

/// Assigns ids. It remembers the ids of the last version, so that only changed entries are looked at.
#[derive(Debug, Default)]
pub(crate) struct IdAssigner {
    entries: Vec<Arc<Entry>>,
    counts: HashMap<EntryId, usize>,
    /// The number of ids that several entries have.
    repeated: usize,
}

impl IdAssigner {
    /// Gives every entry its own id, which does not depend on the order of the file.
    ///
    /// Entries of one name are distinguished by their section, else by the first field in which they all
    /// differ, else by all of their texts. Equal rows are one entry, with a warning.
    pub fn assign<'a>(
        &mut self,
        candidates: &[Candidate<'a>],
        warnings: &mut Vec<Warning>,
    ) -> Result<Vec<(Arc<Entry>, &'a Row)>, ReadError> {
        self.count_ids(candidates);
        if self.repeated == 0 {
            return Ok(candidates.iter().map(|candidate| (Arc::clone(&candidate.entry), candidate.row)).collect());
        }
        let mut ids: BTreeMap<usize, EntryId> = BTreeMap::new();
        let mut dropped: BTreeSet<usize> = BTreeSet::new();
        for (base, group) in groups_of_one_id(candidates)? {
            let distinct = without_equal_rows(candidates, &group, &mut dropped, warnings);
            // Stated ids stay. The other entries of the name get ids that state how they differ.
            let derived: Vec<usize> = distinct.iter().copied().filter(|at| !candidates[*at].states_id()).collect();
            if derived.len() > 1 || derived.len() < distinct.len() {
                let entries: Vec<&Entry> = derived.iter().map(|at| &*candidates[*at].entry).collect();
                ids.extend(derived.iter().copied().zip(distinguish(base, &entries)));
            }
        }
        let mut free = FreeIds::with_capacity(candidates.len());
        let kept = candidates.iter().enumerate().filter(|(at, _)| !dropped.contains(at));
        let identified = kept.map(|(at, candidate)| {
            let id = ids.remove(&at).unwrap_or_else(|| candidate.entry.id.clone());
            (candidate.with_id(free.take(id)), candidate.row)
        });
        Ok(identified.collect())
    }

    /// Updates the counts of ids to those of the next version.
    fn count_ids(&mut self, candidates: &[Candidate<'_>]) {
        let entries: Vec<Arc<Entry>> = candidates.iter().map(|candidate| Arc::clone(&candidate.entry)).collect();
        let (removed, added) = changed_indices(&self.entries, &entries);
        for entry in removed.into_iter().map(|at| &self.entries[at]) {
            if let hash_map::Entry::Occupied(mut count) = self.counts.entry(entry.id.clone()) {
                *count.get_mut() -= 1;
                match count.get() {
                    0 => drop(count.remove()),
                    1 => self.repeated -= 1,
                    _ => {}
                }
            }
        }
        for entry in added.into_iter().map(|at| &entries[at]) {
            let count = self.counts.entry(entry.id.clone()).or_default();
            *count += 1;
            if *count == 2 {
                self.repeated += 1;
            }
        }
        self.entries = entries;
    }
}

/// The candidates that share an id with others, as indices by id.
fn groups_of_one_id<'c>(candidates: &'c [Candidate<'_>]) -> Result<BTreeMap<&'c EntryId, Vec<usize>>, ReadError> {
    let mut groups: BTreeMap<&EntryId, Vec<usize>> = BTreeMap::new();
    let mut stated: HashSet<&EntryId> = HashSet::new();
    for (at, candidate) in candidates.iter().enumerate() {
        let id = &candidate.entry.id;
        if candidate.states_id() && !stated.insert(id) {
            let error = ReadError::at(candidate.row.at, Problem::DuplicateId(id.to_string()));
            return Err(error);
        }
        groups.entry(id).or_default().push(at);
    }
    groups.retain(|_, group| group.len() > 1);
    Ok(groups)
}

/// A group without the rows that are equal to another one of it. A row that states its id is preferred.
fn without_equal_rows(
    candidates: &[Candidate<'_>],
    group: &[usize],
    dropped: &mut BTreeSet<usize>,
    warnings: &mut Vec<Warning>,
) -> Vec<usize> {
    let mut distinct: Vec<usize> = Vec::new();
    let mut seen: HashMap<Vec<&str>, usize> = HashMap::new();
    let (stated, derived): (Vec<usize>, Vec<usize>) = group.iter().partition(|at| candidates[**at].states_id());
    for at in stated.into_iter().chain(derived) {
        let candidate = &candidates[at];
        let first = *seen.entry(candidate.texts()).or_insert(at);
        if first == at || candidate.states_id() {
            distinct.push(at);
            continue;
        }
        let (name, line) = (candidate.entry.name.as_str(), candidates[first].row.at.line);
        let message = format!("{name:?} is listed twice with equal values; the first is in line {line}");
        warnings.push(Warning::at(Warning::DUPLICATE_ENTRY, candidate.row.at, message));
        dropped.insert(at);
    }
    distinct
}

/// Ids for entries of one name, by what distinguishes them.
fn distinguish(base: &EntryId, entries: &[&Entry]) -> Vec<EntryId> {
    let fields: BTreeSet<&str> =
        entries.iter().flat_map(|entry| &entry.cells).map(|cell| cell.field.as_str()).collect();
    let by_section = distinct_ids(base, entries.iter().map(|entry| entry.section.as_str()));
    by_section
        .or_else(|| {
            let mut fields = DISTINGUISHING_FIELDS.into_iter().chain(fields);
            fields.find_map(|field| distinct_ids(base, entries.iter().map(|entry| text_of_field(entry, field))))
        })
        .unwrap_or_else(|| entries.iter().map(|entry| id_of_all_texts(base, entry)).collect())
}

/// The ids with these details, if all of them differ.
fn distinct_ids<'e>(base: &EntryId, details: impl Iterator<Item = &'e str>) -> Option<Vec<EntryId>> {
    let mut seen = HashSet::new();
    let ids = details.map(|detail| base.distinguished_by(detail));
    ids.map(|id| seen.insert(id.clone()).then_some(id)).collect()
}

fn text_of_field<'e>(entry: &'e Entry, field: &str) -> &'e str {
    let cell = entry.cells.iter().find(|cell| cell.field.as_str() == field);
    cell.map_or("none", |cell| cell.text.as_str())
}

fn id_of_all_texts(base: &EntryId, entry: &Entry) -> EntryId {
    let cells = entry.cells.iter().flat_map(|cell| [cell.field.as_str(), cell.text.markdown().as_str()]);
    base.distinguished_by_all(iter::once(entry.section.as_str()).chain(cells))
}

/// The ids that no entry has yet.
struct FreeIds {
    taken: HashSet<EntryId>,
    /// The next number to try for an id that is taken.
    next: HashMap<EntryId, usize>,
}

impl FreeIds {
    fn with_capacity(entries: usize) -> Self {
        FreeIds { taken: HashSet::with_capacity(entries), next: HashMap::new() }
    }

    /// This id, or the first one with a number that is free.
    fn take(&mut self, id: EntryId) -> EntryId {
        if self.taken.insert(id.clone()) {
            return id;
        }
        let next = self.next.entry(id.clone()).or_insert(2);
        loop {
            let numbered = id.distinguished_by(&next.to_string());
            *next += 1;
            if self.taken.insert(numbered.clone()) {
                return numbered;
            }
        }
    }
}

/// The id that a list states for an entry, in any characters. A small number is none: it counts the entries, and
/// passes to another vendor when one leaves.
pub(crate) fn stated_id(text: &str) -> Option<EntryId> {
    let text = text.trim();
    if text.is_empty() || is_count(text) {
        return None;
    }
    Some(EntryId::new(text).unwrap_or_else(|_| EntryId::from_name(text)))
}

/// The most digits of a number that counts entries.
const MAX_COUNT_DIGITS: usize = 3;

/// Whether a text is a number that may count the entries of a list.
fn is_count(text: &str) -> bool {
    text.len() <= MAX_COUNT_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A column that identifies every row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdColumn {
    /// It has the ids of the entries.
    Ids(Label),
    /// It only numbers the rows.
    RowNumbers(Label),
}

impl IdColumn {
    /// The label of the column.
    pub fn label(self) -> Label {
        match self {
            IdColumn::Ids(label) | IdColumn::RowNumbers(label) => label,
        }
    }
}

/// The column with a header that means an id and with valid ids that all differ.
pub(crate) fn find_id_column(list: &RawList<'_>) -> Option<IdColumn> {
    let candidates = list.labels.iter().filter(|(_, spelling)| means_id(list.vocabulary, spelling));
    let columns = candidates.filter_map(|(label, spelling)| Some((spelling, id_column(&list.sections, label)?)));
    columns.min_by_key(|(spelling, _)| *spelling).map(|(_, column)| column)
}

fn id_column(sections: &[RawSection], label: Label) -> Option<IdColumn> {
    let rows = sections.iter().flat_map(|section| &section.rows);
    let ids: Vec<EntryId> = rows.map(|row| id_in_column(&row.content, label)).collect::<Option<_>>()?;
    let all_differ = ids.iter().collect::<HashSet<_>>().len() == ids.len();
    if !all_differ || ids.len() < 2 {
        return None;
    }
    let are_row_numbers = ids.iter().all(|id| is_count(id.as_str()));
    Some(if are_row_numbers { IdColumn::RowNumbers(label) } else { IdColumn::Ids(label) })
}

fn id_in_column(row: &RowContent, label: Label) -> Option<EntryId> {
    let text = row.text(label).filter(|_| row.id.is_none() && row.cells.len() > 1)?;
    EntryId::new(text.trim()).ok()
}

/// Whether a header or key means an id.
fn means_id(vocabulary: &Vocabulary, label: &str) -> bool {
    let words = fold(label);
    let (of, last) = words.rsplit_once([' ', '-', '_']).unwrap_or(("", &words));
    match last {
        "id" => of.is_empty() || vocabulary.role_of(&of.replace(['-', '_'], " ")) == Role::Name,
        "slug" | "key" | "uuid" => of.is_empty(),
        _ => false,
    }
}
