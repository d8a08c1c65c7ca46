//! Which entry of one version is which entry of the next.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use crate::{
    compare::{Lifecycle, Status},
    model::{Cell, Entry, EntryId, Role, SectionId, Text, changed_indices, fold, same},
    vocabulary::Vocabulary,
};

use super::{
    name_match::{Evidence, NameForm, NameRelation, relation},
    similarity::{FieldWeights, Similarity},
    vendor_rows::VendorRows,
};

/// Why two entries were matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchReason {
    /// They have the same id.
    Id,
    /// The new entry states the old name or id under `formerly`.
    Formerly,
    /// They have the same name.
    Name,
    /// The relation of their names is sufficient.
    NameForm(NameRelation),
    /// Their names are related, and their fields agree.
    NameAndFields(NameRelation),
    /// Their names are related, and the planned entry is now in use.
    NameAndStatus(NameRelation),
}

/// Why two entries with related names were not matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Their fields differ too much for this relation of names.
    FieldsDiffer(NameRelation),
    /// One of them was matched with another entry.
    BetterMatch,
}

/// Two entries with related names that were not matched. Indices refer to the lists of entries.
#[derive(Debug)]
pub(super) struct NearMiss {
    /// The index of the old entry.
    pub old: usize,
    /// The index of the new entry.
    pub new: usize,
    /// The reason for the refusal.
    pub refusal: Refusal,
}

/// The matched entries of two versions. Indices refer to the lists of entries.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    /// Entries that both versions have.
    pub kept: Vec<(usize, usize, MatchReason)>,
    /// Old entries with the new ones that state to replace them.
    pub replaced: Vec<(usize, usize)>,
    /// Entries that only the old version has.
    pub removed: Vec<usize>,
    /// Entries that only the new version has.
    pub added: Vec<usize>,
    /// Pairs of the above that were considered and refused.
    pub near_misses: Vec<NearMiss>,
}

/// Greatest number of pairs that are compared one by one. Beyond it only likely pairs are compared,
/// so that the time grows with the size of the list and not with its square.
const MAX_PAIRS: usize = 250_000;
/// Greatest number of pairs for one word or key if not all pairs are compared. More frequent words
/// do not identify vendors.
const MAX_PAIRS_OF_WORD: usize = 1_000;

/// Matches the entries of two versions. The order of either list has no influence.
pub(super) fn pair(old: &[Arc<Entry>], new: &[Arc<Entry>]) -> Pairing {
    let (old_open, new_open) = changed_indices(old, new);
    let mut matcher = Matcher {
        old,
        new,
        pairing: Pairing { kept: shared(&old_open, &new_open, old.len()), ..Pairing::default() },
        old_open: old_open.into_iter().collect(),
        new_open: new_open.into_iter().collect(),
    };
    matcher.match_unchanged();
    matcher.match_by_id();
    matcher.match_by_statement();
    matcher.match_by_name();
    matcher.match_replacements();
    matcher.match_by_related_name();
    matcher.finish()
}

/// The pairs of entries that both versions share, which are in the same order in both.
fn shared(old_open: &[usize], new_open: &[usize], old: usize) -> Vec<(usize, usize, MatchReason)> {
    let (mut old_open, mut new_open) = (old_open.iter().peekable(), new_open.iter().peekable());
    let mut new = 0;
    let mut pairs = Vec::with_capacity(old);
    for old in 0..old {
        if old_open.next_if_eq(&&old).is_some() {
            continue;
        }
        while new_open.next_if_eq(&&new).is_some() {
            new += 1;
        }
        pairs.push((old, new, MatchReason::Id));
        new += 1;
    }
    pairs
}

/// The state of the matching: each step matches some of the open entries.
struct Matcher<'a> {
    old: &'a [Arc<Entry>],
    new: &'a [Arc<Entry>],
    old_open: BTreeSet<usize>,
    new_open: BTreeSet<usize>,
    pairing: Pairing,
}

impl<'a> Matcher<'a> {
    fn keep(&mut self, old: usize, new: usize, reason: MatchReason) {
        self.old_open.remove(&old);
        self.new_open.remove(&new);
        self.pairing.kept.push((old, new, reason));
    }

    fn are_open(&self, old: usize, new: usize) -> bool {
        self.old_open.contains(&old) && self.new_open.contains(&new)
    }

    fn finish(mut self) -> Pairing {
        let (old_open, new_open) = (&self.old_open, &self.new_open);
        self.pairing.near_misses.retain(|miss| old_open.contains(&miss.old) || new_open.contains(&miss.new));
        self.pairing.removed = self.old_open.into_iter().collect();
        self.pairing.added = self.new_open.into_iter().collect();
        self.pairing
    }

    /// Matches entries that are equal in all that is published. What is shared was matched already; a list that was
    /// read from a log shares nothing, and gives the same pairs.
    fn match_unchanged(&mut self) {
        let by_id = self.open_old_by_id();
        let open: Vec<usize> = self.new_open.iter().copied().collect();
        for new in open {
            let Some(old) = by_id.get(&self.new[new].id).copied() else { continue };
            let (before, after) = (&self.old[old], &self.new[new]);
            if (&before.name, &before.section, &before.cells) == (&after.name, &after.section, &after.cells) {
                self.keep(old, new, MatchReason::Id);
            }
        }
    }

    fn open_old_by_id(&self) -> BTreeMap<&'a EntryId, usize> {
        self.old_open.iter().map(|at| (&self.old[*at].id, *at)).collect()
    }

    fn match_by_id(&mut self) {
        let by_id = self.open_old_by_id();
        let open: Vec<usize> = self.new_open.iter().copied().collect();
        let mut renamed = Vec::new();
        for new in open {
            let Some(old) = by_id.get(&self.new[new].id).copied() else { continue };
            if same(self.old[old].name.as_str(), self.new[new].name.as_str()) {
                // An id that states what distinguishes two rows of a vendor may belong to another row now.
                if !has_detail(&self.new[new]) {
                    self.keep(old, new, MatchReason::Id);
                }
            } else if !is_same_id_by_chance(&self.old[old], &self.new[new]) {
                renamed.push((old, new));
            }
        }
        self.match_renamed_ids(&renamed);
    }

    /// Matches entries that have the same id and different names, unless the name belongs to another
    /// entry of the other version. Where ids number the rows, they pass from vendor to vendor.
    fn match_renamed_ids(&mut self, renamed: &[(usize, usize)]) {
        if renamed.is_empty() {
            return;
        }
        let old_names = folded_names(self.old, &self.old_open);
        let new_names = folded_names(self.new, &self.new_open);
        for (old, new) in renamed.iter().copied() {
            let passed_on = new_names.contains(&fold(self.old[old].name.as_str()))
                || old_names.contains(&fold(self.new[new].name.as_str()));
            if !passed_on {
                self.keep(old, new, MatchReason::Id);
            }
        }
    }

    /// The open old entries by id and by folded name; of several with one name, the one with the
    /// smallest id.
    fn old_by_id_or_name(&self) -> BTreeMap<String, usize> {
        let mut open: Vec<usize> = self.old_open.iter().copied().collect();
        open.sort_by_key(|at| Reverse(&self.old[*at].id));
        let mut found = BTreeMap::new();
        for at in &open {
            found.insert(fold(self.old[*at].name.as_str()), *at);
        }
        for at in &open {
            found.insert(self.old[*at].id.to_string(), *at);
        }
        found
    }

    fn match_by_statement(&mut self) {
        if !self.new_open.iter().any(|at| !self.new[*at].hints.formerly.is_empty()) {
            return;
        }
        let known = self.old_by_id_or_name();
        for new in self.new_in_order() {
            let stated = self.new[new].hints.formerly.iter().find_map(|name| self.find_open(&known, name));
            if let Some(old) = stated {
                self.keep(old, new, MatchReason::Formerly);
            }
        }
    }

    fn match_replacements(&mut self) {
        if !self.new_open.iter().any(|at| self.new[*at].hints.replaces.is_some()) {
            return;
        }
        let known = self.old_by_id_or_name();
        for new in self.new_in_order() {
            let replaced = self.new[new].hints.replaces.as_ref().and_then(|name| self.find_open(&known, name));
            if let Some(old) = replaced {
                self.old_open.remove(&old);
                self.new_open.remove(&new);
                self.pairing.replaced.push((old, new));
            }
        }
    }

    fn find_open(&self, known: &BTreeMap<String, usize>, id_or_name: &Text) -> Option<usize> {
        let by_id = known.get(id_or_name.as_str());
        let found = by_id.or_else(|| known.get(&fold(id_or_name.as_str())));
        found.copied().filter(|old| self.old_open.contains(old))
    }

    fn match_by_name(&mut self) {
        let mut groups: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for old in &self.old_open {
            groups.entry(fold(self.old[*old].name.as_str())).or_default().0.push(*old);
        }
        for new in &self.new_open {
            groups.entry(fold(self.new[*new].name.as_str())).or_default().1.push(*new);
        }
        groups.retain(|_, (olds, news)| !olds.is_empty() && !news.is_empty());
        let several: BTreeSet<&str> =
            groups.iter().filter(|(_, group)| self.is_one_of_several(group)).map(|(name, _)| name.as_str()).collect();
        let (all_old, all_new) = (entries_named(self.old, &several), entries_named(self.new, &several));
        for (name, (olds, news)) in &groups {
            if olds.len() * news.len() > MAX_PAIRS {
                self.match_equal_rows(olds, news);
                self.match_in_order(olds, news);
                continue;
            }
            let rows = VendorRows::of(rows_of(&all_old, name), rows_of(&all_new, name));
            for (old, new) in rows.candidates(self.old, self.new, olds, news) {
                if self.are_open(old, new) {
                    self.keep(old, new, MatchReason::Name);
                }
            }
            self.match_rows_with_equal_ids(olds, news);
        }
    }

    /// Matches the rows of a vendor that are left and have the same id: what their id states did not change, and a
    /// release does not add an id that the list has.
    fn match_rows_with_equal_ids(&mut self, olds: &[usize], news: &[usize]) {
        let by_id: BTreeMap<&EntryId, usize> = olds.iter().map(|at| (&self.old[*at].id, *at)).collect();
        let equal: Vec<(usize, usize)> =
            news.iter().filter_map(|new| Some((*by_id.get(&self.new[*new].id)?, *new))).collect();
        for (old, new) in equal {
            if self.are_open(old, new) {
                self.keep(old, new, MatchReason::Id);
            }
        }
    }

    /// Whether the vendor of some open entries has several rows in both versions.
    fn is_one_of_several(&self, (olds, news): &(Vec<usize>, Vec<usize>)) -> bool {
        let (old, new) = (self.old, self.new);
        (olds.len() > 1 || olds.iter().any(|at| has_detail(&old[*at])))
            && (news.len() > 1 || news.iter().any(|at| has_detail(&new[*at])))
    }

    fn match_equal_rows(&mut self, olds: &[usize], news: &[usize]) {
        let (old, new) = (self.old, self.new);
        let mut known: HashMap<(&SectionId, &[Cell]), Vec<usize>> = HashMap::new();
        for at in in_id_order(old, olds).into_iter().rev() {
            known.entry((&old[at].section, &old[at].cells)).or_default().push(at);
        }
        for at in in_id_order(new, news) {
            let equal = known.get_mut(&(&new[at].section, &new[at].cells[..])).and_then(Vec::pop);
            if let Some(equal) = equal {
                self.keep(equal, at, MatchReason::Name);
            }
        }
    }

    fn match_in_order(&mut self, olds: &[usize], news: &[usize]) {
        let (olds, news) = (in_id_order(self.old, olds), in_id_order(self.new, news));
        let olds: Vec<usize> = olds.into_iter().filter(|at| self.old_open.contains(at)).collect();
        let news: Vec<usize> = news.into_iter().filter(|at| self.new_open.contains(at)).collect();
        for (old, new) in olds.into_iter().zip(news) {
            self.keep(old, new, MatchReason::Name);
        }
    }

    fn match_by_related_name(&mut self) {
        let related = self.related_pairs();
        let old = self.old;
        let weights = FieldWeights::of(old, related.iter().map(|(at, ..)| &*old[*at]));
        let mut candidates = Vec::new();
        for (old, new, relation) in related {
            let similarity = weights.similarity(&self.old[old], &self.new[new]);
            let decision = decide(relation, &similarity);
            match decision.or_else(|refusal| decide_by_status(relation, &self.old[old], &self.new[new]).ok_or(refusal))
            {
                Ok(reason) => {
                    let needs_fields = !matches!(reason, MatchReason::NameForm(_));
                    let order = (needs_fields, Reverse(similarity.permille()), &self.old[old].id, &self.new[new].id);
                    candidates.push((order, old, new, reason));
                }
                Err(refusal) => self.pairing.near_misses.push(NearMiss { old, new, refusal }),
            }
        }
        candidates.sort_by(|a, b| a.0.cmp(&b.0));
        for (_, old, new, reason) in candidates {
            if self.are_open(old, new) {
                self.keep(old, new, reason);
            } else {
                self.pairing.near_misses.push(NearMiss { old, new, refusal: Refusal::BetterMatch });
            }
        }
    }

    /// The pairs of open entries with related names.
    fn related_pairs(&self) -> Vec<(usize, usize, NameRelation)> {
        if self.old_open.is_empty() || self.new_open.is_empty() {
            return Vec::new();
        }
        let old_forms = forms(self.old, &self.old_open);
        let new_forms = forms(self.new, &self.new_open);
        let pairs: Vec<(usize, usize)> = if old_forms.len() * new_forms.len() <= MAX_PAIRS {
            old_forms.keys().flat_map(|old| new_forms.keys().map(move |new| (*old, *new))).collect()
        } else {
            likely_pairs(&old_forms, &new_forms)
        };
        pairs
            .into_iter()
            // Rows of one vendor that were not matched by name are different rows.
            .filter(|(old, new)| !same(self.old[*old].name.as_str(), self.new[*new].name.as_str()))
            .filter_map(|(old, new)| Some((old, new, relation(&old_forms[&old], &new_forms[&new])?)))
            .collect()
    }

    /// The open new entries in an order that does not depend on that of the file.
    fn new_in_order(&self) -> Vec<usize> {
        let open: Vec<usize> = self.new_open.iter().copied().collect();
        in_id_order(self.new, &open)
    }
}

fn in_id_order(entries: &[Arc<Entry>], indices: &[usize]) -> Vec<usize> {
    let mut sorted = indices.to_vec();
    sorted.sort_by_key(|at| &entries[*at].id);
    sorted
}

fn folded_names(entries: &[Arc<Entry>], open: &BTreeSet<usize>) -> BTreeSet<String> {
    open.iter().map(|at| fold(entries[*at].name.as_str())).collect()
}

fn forms(entries: &[Arc<Entry>], open: &BTreeSet<usize>) -> BTreeMap<usize, NameForm> {
    open.iter().map(|at| (*at, NameForm::of(&entries[*at].name))).collect()
}

/// The pairs of names that share a key, or a word that few names have.
fn likely_pairs(old_forms: &BTreeMap<usize, NameForm>, new_forms: &BTreeMap<usize, NameForm>) -> Vec<(usize, usize)> {
    let mut groups: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (old, form) in old_forms {
        for key in index_keys(form) {
            groups.entry(key).or_default().0.push(*old);
        }
    }
    for (new, form) in new_forms {
        for key in index_keys(form) {
            groups.entry(key).or_default().1.push(*new);
        }
    }
    let mut pairs = BTreeSet::new();
    for (olds, news) in groups.into_values() {
        if olds.len() * news.len() <= MAX_PAIRS_OF_WORD {
            pairs.extend(olds.iter().flat_map(|old| news.iter().map(move |new| (*old, *new))));
        }
    }
    pairs.into_iter().collect()
}

fn index_keys(form: &NameForm) -> BTreeSet<String> {
    form.words().map(str::to_owned).chain(form.keys()).collect()
}

/// Whether two entries with related names are the same vendor.
fn decide(relation: NameRelation, similarity: &Similarity) -> Result<MatchReason, Refusal> {
    match relation.evidence_needed() {
        Evidence::None => Ok(MatchReason::NameForm(relation)),
        Evidence::NotAllDifferent if !similarity.is_zero() => Ok(MatchReason::NameForm(relation)),
        Evidence::HalfEqual if similarity.is_half() => Ok(MatchReason::NameAndFields(relation)),
        Evidence::DistinctiveHalfEqual if similarity.is_sufficient() => Ok(MatchReason::NameAndFields(relation)),
        _ => Err(Refusal::FieldsDiffer(relation)),
    }
}

/// Whether a planned entry is now in use under a fuller or shorter name.
fn decide_by_status(relation: NameRelation, old: &Entry, new: &Entry) -> Option<MatchReason> {
    let is_part =
        matches!(relation, NameRelation::WithoutParenthesis | NameRelation::Acronym | NameRelation::SharedWords);
    let was_planned = lifecycle(old) == Some(Lifecycle::Planned);
    let is_in_use = lifecycle(new).is_none_or(|state| state == Lifecycle::Active);
    (is_part && was_planned && is_in_use).then_some(MatchReason::NameAndStatus(relation))
}

/// The state that an entry states.
fn lifecycle(entry: &Entry) -> Option<Lifecycle> {
    let status = entry.cells.iter().find(|cell| cell.field.as_str() == Role::Status.info().key)?;
    Status::read(Vocabulary::builtin(), status.text.as_str()).lifecycle
}

/// Whether two ids are equal only because both were derived from names that give the same id ("C++ Corp",
/// "C Corp").
fn is_same_id_by_chance(old: &Entry, new: &Entry) -> bool {
    !same(old.name.as_str(), new.name.as_str()) && has_derived_id(old) && has_derived_id(new)
}

fn has_derived_id(entry: &Entry) -> bool {
    let own = EntryId::from_name(&fold(entry.name.as_str()));
    entry.id.as_str().strip_prefix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with("--"))
}

/// Whether the id of an entry was derived from its name and from what distinguishes it from others of the name.
fn has_detail(entry: &Entry) -> bool {
    let own = EntryId::from_name(&fold(entry.name.as_str()));
    entry.id.as_str().strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with("--"))
}

/// The entries with these folded names.
fn entries_named<'a>(entries: &'a [Arc<Entry>], names: &BTreeSet<&str>) -> HashMap<String, Vec<&'a Entry>> {
    let mut found: HashMap<String, Vec<&Entry>> = HashMap::new();
    if names.is_empty() {
        return found;
    }
    for entry in entries {
        let name = fold(entry.name.as_str());
        if names.contains(name.as_str()) {
            found.entry(name).or_default().push(entry);
        }
    }
    found
}

fn rows_of<'r, 'a>(rows: &'r HashMap<String, Vec<&'a Entry>>, name: &str) -> &'r [&'a Entry] {
    rows.get(name).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FieldKey, Hints};

    fn entry(id: &str, name: &str, purpose: &str) -> Arc<Entry> {
        let cells = vec![Cell { field: FieldKey::from_name("purpose"), text: Text::new(purpose).into() }];
        let (id, section) = (EntryId::from_name(id), SectionId::from_name(""));
        Arc::new(Entry { id, name: name.into(), section, cells, hints: Hints::default() })
    }

    #[test]
    fn a_large_list_of_one_name_is_matched_row_by_row() {
        let rows = 1_000;
        let old: Vec<_> = (0..rows).map(|n| entry(&format!("a{n}"), "Quill", &format!("purpose {n}"))).collect();
        let new: Vec<_> = (0..rows).map(|n| entry(&format!("b{n}"), "Quill", &format!("purpose {}", n + 1))).collect();
        let pairing = pair(&old, &new);
        assert_eq!((pairing.kept.len(), pairing.removed.len(), pairing.added.len()), (rows, 0, 0));
        let moved = pairing.kept.iter().filter(|(a, b, _)| old[*a].cells != new[*b].cells).count();
        assert_eq!(moved, 1, "equal rows are matched first");
    }

    #[test]
    fn renames_are_found_in_large_lists_of_similar_names() {
        let rows = 2_000;
        let old: Vec<_> =
            (0..rows).map(|n| entry(&format!("a{n}"), &format!("Vendor {n} Inc"), &format!("purpose {n}"))).collect();
        let new: Vec<_> =
            (0..rows).map(|n| entry(&format!("b{n}"), &format!("Vendor {n} LLC"), &format!("purpose {n}"))).collect();
        let pairing = pair(&old, &new);
        assert_eq!(pairing.kept.len(), rows);
        assert!(pairing.kept.iter().all(|(a, b, _)| a == b));
    }
}
