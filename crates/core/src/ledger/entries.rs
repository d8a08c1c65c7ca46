//! The entries of a list as a sorted map, most of which the versions of a list share.
//!
//! A log has thousands of versions of one list, and each differs from the one before by a few entries. The map consists of
//! chunks: a copy of it copies pointers to chunks, and an alteration copies one chunk.

use std::sync::Arc;

use super::list::Leaf;

/// Most entries of one chunk.
const MAX_CHUNK: usize = 96;

pub(super) type Entry = (Arc<str>, Arc<Leaf>);

/// Entries by id, in the order of the bytes of their ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Entries {
    /// No chunk is empty.
    chunks: Vec<Arc<Vec<Entry>>>,
}

impl Entries {
    /// The ids and entries in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<Leaf>)> {
        self.chunks.iter().flat_map(|chunk| chunk.iter()).map(|(id, leaf)| (id, leaf))
    }

    /// The entry with an id.
    pub(super) fn get(&self, id: &str) -> Option<&Arc<Leaf>> {
        self.get_with_id(id).map(|(_, leaf)| leaf)
    }

    /// The id and entry of an id.
    pub(super) fn get_with_id(&self, id: &str) -> Option<&Entry> {
        let (chunk, Ok(at)) = self.find(id) else { return None };
        Some(&self.chunks[chunk][at])
    }

    /// Adds an entry, or replaces the one with this id.
    pub(super) fn insert(&mut self, id: Arc<str>, leaf: Arc<Leaf>) {
        let (chunk, at) = self.find(&id);
        let Some(shared) = self.chunks.get_mut(chunk) else {
            self.chunks.push(Arc::new(vec![(id, leaf)]));
            return;
        };
        let entries = Arc::make_mut(shared);
        match at {
            Ok(at) => entries[at].1 = leaf,
            Err(at) => entries.insert(at, (id, leaf)),
        }
        if entries.len() > MAX_CHUNK {
            let rest = entries.split_off(MAX_CHUNK / 2);
            self.chunks.insert(chunk + 1, Arc::new(rest));
        }
    }

    /// Removes the entry with an id, if there is one.
    pub(super) fn remove(&mut self, id: &str) {
        let (chunk, Ok(at)) = self.find(id) else { return };
        let entries = Arc::make_mut(&mut self.chunks[chunk]);
        entries.remove(at);
        if entries.is_empty() {
            self.chunks.remove(chunk);
        }
    }

    /// The chunk that has an id, or would have it, and the place in it. An id after all others belongs to the last chunk.
    fn find(&self, id: &str) -> (usize, Result<usize, usize>) {
        let after = self.chunks.partition_point(|chunk| chunk.last().is_some_and(|(last, _)| **last < *id));
        let chunk = after.min(self.chunks.len().saturating_sub(1));
        let place =
            self.chunks.get(chunk).map_or(Err(0), |entries| entries.binary_search_by(|(known, _)| (**known).cmp(id)));
        (chunk, place)
    }
}

impl FromIterator<Entry> for Entries {
    fn from_iter<I: IntoIterator<Item = Entry>>(items: I) -> Self {
        let mut entries = Entries::default();
        for (id, leaf) in items {
            entries.insert(id, leaf);
        }
        entries
    }
}

impl PartialEq for Entries {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Entries {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::ledger::json::{Json, object};

    fn leaf(number: u64) -> Arc<Leaf> {
        let salt = format!("{number:032x}");
        Arc::new(Leaf::new("x", object([("salt", Json::from(salt))])).expect("an entry"))
    }

    #[test]
    fn entries_are_those_of_a_sorted_map_and_copies_stay_as_they_are() {
        let (mut entries, mut model) = (Entries::default(), BTreeMap::new());
        let mut copies = Vec::new();
        let mut state = 1_u64;
        for step in 0..4_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let id: Arc<str> = Arc::from(format!("{}", (state >> 33) % 700));
            // More are added first, and more are removed later.
            if (state >> 20) % 10 < if step < 2_000 { 7 } else { 2 } {
                entries.insert(Arc::clone(&id), leaf(step));
                model.insert(id, leaf(step));
            } else {
                entries.remove(&id);
                model.remove(&id);
            }
            if step % 500 == 0 {
                copies.push((entries.clone(), model.clone()));
            }
        }
        copies.push((entries, model));
        for (entries, model) in copies {
            assert!(entries.iter().eq(model.iter()));
            assert_eq!(entries, model.clone().into_iter().collect());
            for number in 0..700 {
                let id = number.to_string();
                assert_eq!(entries.get(&id), model.get(id.as_str()));
            }
        }
    }
}
