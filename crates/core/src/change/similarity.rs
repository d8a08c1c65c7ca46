//! The similarity of two entries by their fields.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use crate::model::{Cell, Entry, Text, same};

/// The weights of field values. A value that many entries have ("United States") does not identify
/// a vendor.
pub(super) struct FieldWeights<'a> {
    /// The number of entries with a value, by field, for the values of the entries to compare.
    frequency: HashMap<(&'a str, &'a Text), usize>,
    /// The largest frequency of a distinctive value. More frequent values are common.
    common: usize,
}

/// The weight of a distinctive value.
const DISTINCTIVE: u32 = 10;
/// The weight of a common value.
const COMMON: u32 = 1;

/// The similarity of two entries, as sums of the weights of their values.
pub(super) struct Similarity {
    equal: u32,
    total: u32,
    /// Whether a distinctive value is equal.
    distinctive: bool,
}

impl Similarity {
    /// The share of the weights that are equal, in thousandths.
    pub fn permille(&self) -> u32 {
        (self.equal * 1000).checked_div(self.total).unwrap_or(0)
    }

    /// Whether the entries have fields, and all of them differ.
    pub fn is_zero(&self) -> bool {
        self.total > 0 && self.equal == 0
    }

    /// Whether at least half of the fields agree. Entries without fields do not contradict each other.
    pub fn is_half(&self) -> bool {
        self.equal * 2 >= self.total
    }

    /// Whether at least half of the fields agree, and a distinctive value is equal.
    pub fn is_sufficient(&self) -> bool {
        self.distinctive && self.is_half()
    }
}

impl<'a> FieldWeights<'a> {
    /// Counts the values of `compared` among all entries of the old version.
    pub fn of(old: &'a [Arc<Entry>], compared: impl Iterator<Item = &'a Entry>) -> Self {
        let mut frequency: HashMap<_, usize> =
            compared.flat_map(|entry| &entry.cells).map(|cell| (value_of(cell), 0)).collect();
        if !frequency.is_empty() {
            for cell in old.iter().flat_map(|entry| &entry.cells) {
                if let Some(count) = frequency.get_mut(&value_of(cell)) {
                    *count += 1;
                }
            }
        }
        FieldWeights { frequency, common: (old.len() / 10).max(1) }
    }

    /// The similarity of two entries.
    pub fn similarity(&self, old: &Entry, new: &Entry) -> Similarity {
        let mut similarity = Similarity { equal: 0, total: 0, distinctive: false };
        let fields: BTreeSet<_> = old.cells.iter().chain(&new.cells).map(|cell| &cell.field).collect();
        for field in fields {
            let (before, after) = (old.markdown(field), new.markdown(field));
            let is_distinctive = before.is_none_or(|text| {
                self.frequency.get(&(field.as_str(), text)).is_none_or(|count| *count <= self.common)
            });
            let weight = if is_distinctive { DISTINCTIVE } else { COMMON };
            similarity.total += weight;
            if matches!((before, after), (Some(a), Some(b)) if same(a.as_str(), b.as_str())) {
                similarity.equal += weight;
                similarity.distinctive |= is_distinctive;
            }
        }
        similarity
    }
}

fn value_of(cell: &Cell) -> (&str, &Text) {
    (cell.field.as_str(), cell.text.markdown())
}
