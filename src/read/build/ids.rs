//! Entries get ids of their own.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, hash_map},
    rc::Rc,
    sync::Arc,
};

use changecast_core::{
    model::{Entry, EntryId, Role, changed_indices, fold},
    vocabulary::Vocabulary,
};

use crate::read::{
    build::raw_list::{DraftSection, Label, Labels, Said},
    error::{Position, Problem, ReadError, Warning},
};

/// An entry with the id that it would have alone.
pub(crate) struct Candidate<'a> {
    pub at: Position,
    pub said: &'a Rc<Said>,
    pub entry: Arc<Entry>,
}

impl Candidate<'_> {
    /// Whether the row states its id.
    fn states_id(&self) -> bool {
        self.said.id.is_some()
    }

    /// The entry with another id, which it had before perhaps.
    fn renamed(&self, id: EntryId) -> Arc<Entry> {
        if self.entry.id == id {
            return Arc::clone(&self.entry);
        }
        let mut made = self.said.made.borrow_mut();
        // The row may stand elsewhere, too, and was made another entry there.
        let mut made = made.as_mut().filter(|made| Arc::ptr_eq(&made.entry, &self.entry));
        let known = made.as_ref().and_then(|made| made.renamed.as_ref()).filter(|known| known.id == id);
        let entry = known.map_or_else(|| Arc::new(Entry { id, ..(*self.entry).clone() }), Arc::clone);
        if let Some(made) = &mut made {
            made.renamed = Some(Arc::clone(&entry));
        }
        entry
    }
}

/// The ids of a version before any entry got another, so that the next one need look only at what changed.
#[derive(Debug, Default)]
pub(crate) struct KnownIds {
    entries: Vec<Arc<Entry>>,
    counts: HashMap<EntryId, usize>,
    /// How many ids several entries have.
    shared: usize,
}

impl KnownIds {
    /// Goes on to the next version; whether no two of its entries have the same id.
    fn are_distinct(&mut self, entries: Vec<Arc<Entry>>) -> bool {
        let (gone, come) = changed_indices(&self.entries, &entries);
        for entry in gone.into_iter().map(|at| &self.entries[at]) {
            if let hash_map::Entry::Occupied(mut count) = self.counts.entry(entry.id.clone()) {
                *count.get_mut() -= 1;
                match count.get() {
                    0 => drop(count.remove()),
                    1 => self.shared -= 1,
                    _ => {}
                }
            }
        }
        for entry in come.into_iter().map(|at| &entries[at]) {
            let count = self.counts.entry(entry.id.clone()).or_default();
            *count += 1;
            if *count == 2 {
                self.shared += 1;
            }
        }
        self.entries = entries;
        self.shared == 0
    }
}

/// Headers and keys of columns that hold ids.
fn holds_ids(label: &str) -> bool {
    let words = fold(label);
    let (of, last) = words.rsplit_once([' ', '-', '_']).unwrap_or(("", &words));
    match last {
        "id" => of.is_empty() || Vocabulary::builtin().role_of(&of.replace(['-', '_'], " ")) == Role::Name,
        "slug" | "key" | "uuid" => of.is_empty(),
        _ => false,
    }
}

/// The column that identifies every entry: all have one, and all differ. Numbers that only count the
/// rows are such a column, too, and identify none: the second value says so.
pub(crate) fn ids_column(sections: &[DraftSection], labels: &Labels) -> Option<(Label, bool)> {
    let rows = || sections.iter().flat_map(|section| &section.shared).map(|row| &row.said);
    let found = labels.iter().filter(|(_, spelling)| holds_ids(spelling));
    let of = |label: Label| -> Option<bool> {
        let text = |said: &Rc<Said>| said.cells.iter().find(|(known, _)| *known == label).map(|(_, text)| text.clone());
        let ids = rows().map(|said| {
            let text = text(said).filter(|_| said.id.is_none() && said.cells.len() > 1)?;
            EntryId::new(text.trim()).ok()
        });
        let ids: Vec<EntryId> = ids.collect::<Option<_>>()?;
        let differ = ids.iter().collect::<HashSet<_>>().len() == ids.len();
        let counts = ids.iter().enumerate().all(|(at, id)| id.as_str() == (at + 1).to_string());
        (differ && ids.len() > 1).then_some(counts)
    };
    let found = found.filter_map(|(label, spelling)| Some((spelling, label, of(label)?)));
    found.min_by_key(|(spelling, ..)| *spelling).map(|(_, label, counts)| (label, counts))
}

/// Gives every entry an id of its own that does not depend on the order of the file.
///
/// Entries of one name are told apart by their section, else by the first field in which they all
/// differ, else by all they say. Rows that say exactly the same are one entry, with a warning.
pub(crate) fn identify(
    known: &mut KnownIds,
    rows: &[Candidate<'_>],
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Arc<Entry>>, ReadError> {
    if known.are_distinct(rows.iter().map(|row| Arc::clone(&row.entry)).collect()) {
        return Ok(known.entries.clone());
    }
    let mut firsts: HashMap<&EntryId, usize> = HashMap::with_capacity(rows.len());
    let mut groups: BTreeMap<&EntryId, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let id = &row.entry.id;
        match firsts.entry(id) {
            hash_map::Entry::Vacant(free) => {
                free.insert(at);
            }
            hash_map::Entry::Occupied(first) => {
                let group = groups.entry(id).or_insert_with(|| vec![*first.get()]);
                if row.states_id() && group.iter().any(|other| rows[*other].states_id()) {
                    return Err(ReadError::at(row.at, Problem::DuplicateId(id.to_string())));
                }
                group.push(at);
            }
        }
    }
    let mut ids: BTreeMap<usize, EntryId> = BTreeMap::new();
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    for (base, group) in &groups {
        let mut distinct: Vec<usize> = Vec::new();
        let mut seen: HashMap<Vec<&str>, usize> = HashMap::new();
        // The row that states its id stands for its twins.
        let (stated, unstated): (Vec<usize>, Vec<usize>) = group.iter().partition(|at| rows[**at].states_id());
        for at in stated.iter().chain(&unstated) {
            let row = &rows[*at];
            let entry = &row.entry;
            let cells = entry.cells.iter().flat_map(|cell| [cell.field.as_str(), cell.text.as_str()]);
            let all = [entry.name.as_str(), entry.section.as_str()].into_iter().chain(cells).collect();
            let twin = *seen.entry(all).or_insert(*at);
            if twin == *at || row.states_id() {
                distinct.push(*at);
                continue;
            }
            let message = format!(
                "{:?} stands here a second time, exactly as in line {}",
                entry.name.as_str(),
                rows[twin].at.line
            );
            warnings.push(Warning::at(row.at, message));
            dropped.insert(*at);
        }
        // An explicit id stays; the others of its name get one that says how they differ.
        let derived: Vec<usize> = distinct.iter().copied().filter(|at| !rows[*at].states_id()).collect();
        if derived.len() > 1 || derived.len() < distinct.len() {
            let entries: Vec<&Entry> = derived.iter().map(|at| &*rows[*at].entry).collect();
            ids.extend(derived.iter().copied().zip(distinguished(base, &entries)));
        }
    }
    let mut taken: HashSet<EntryId> = HashSet::with_capacity(rows.len());
    let mut entries = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate().filter(|(at, _)| !dropped.contains(at)) {
        let mut id = ids.remove(&at).unwrap_or_else(|| row.entry.id.clone());
        if taken.contains(&id) {
            let others = (2..).map(|n: usize| id.distinguished_by(&n.to_string()));
            id = others.into_iter().find(|id| !taken.contains(id)).unwrap_or(id.clone());
        }
        taken.insert(id.clone());
        entries.push(row.renamed(id));
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
