//! How the entries of two versions were matched, and why each difference is announced or not.

use crate::model::{EntryId, FieldKey, Inventory, SectionId, Text};

use super::{
    diff::compare_lists,
    event::IdChange,
    matching::{MatchReason, Pairing, Refusal},
    reason::Decision,
};

/// The explanation of a comparison of two versions.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// Number of entries that both versions contain under the same id or name.
    pub same: usize,
    /// Entries that were matched by something else, or have another name.
    pub matched: Vec<Matched>,
    /// Entries of one version that were not matched.
    pub unmatched: Vec<Unmatched>,
    /// The differences, with the reason why each is announced or editorial.
    pub decisions: Vec<Decision>,
    /// Derived ids and keys that differ. They are internal and never announced.
    pub internal: InternalChanges,
}

/// Differences without content: derived ids and keys, and the order of entries.
#[derive(Clone, Debug, Default)]
pub struct InternalChanges {
    /// Derived ids of entries that differ.
    pub entry_ids: Vec<IdChange<EntryId>>,
    /// Derived ids of sections that differ.
    pub section_ids: Vec<IdChange<SectionId>>,
    /// Derived keys of columns that differ.
    pub column_keys: Vec<IdChange<FieldKey>>,
    /// Whether the entries are merely in another order.
    pub reordered: bool,
}

/// An entry that was matched.
#[derive(Clone, Debug)]
pub struct Matched {
    /// The name in the earlier version.
    pub before: Text,
    /// The name in the later version.
    pub after: Text,
    /// The evidence for the match.
    pub reason: MatchReason,
}

/// An entry that was not matched.
#[derive(Clone, Debug)]
pub struct Unmatched {
    /// The name of the entry.
    pub name: Text,
    /// Whether it belongs to the later version.
    pub is_new: bool,
    /// The entries of the other version with a related name, and the reason against each.
    pub near: Vec<(Text, Refusal)>,
}

/// Explains the comparison of two versions.
pub fn explain(before: &Inventory, after: &Inventory) -> Explanation {
    let comparison = compare_lists(before, after);
    let pairing = &comparison.pairing;
    let mut explanation = Explanation { unmatched: unmatched(before, after, pairing), ..Explanation::default() };
    for (old, new, reason) in &pairing.kept {
        let (old, new) = (&before.entries[*old].name, &after.entries[*new].name);
        if matches!(reason, MatchReason::Id | MatchReason::Name) && old == new {
            explanation.same += 1;
        } else {
            explanation.matched.push(Matched { before: old.clone(), after: new.clone(), reason: *reason });
        }
    }
    explanation.matched.sort_by(|a, b| a.after.cmp(&b.after));
    let unannounced = comparison.unannounced;
    let is_silent = comparison.decisions.is_empty() && unannounced.entry_ids.is_empty();
    explanation.internal = InternalChanges {
        reordered: is_silent && ids(before) != ids(after),
        entry_ids: unannounced.entry_ids,
        section_ids: unannounced.section_ids,
        column_keys: unannounced.column_keys,
    };
    explanation.decisions = comparison.decisions;
    explanation
}

fn unmatched(before: &Inventory, after: &Inventory, pairing: &Pairing) -> Vec<Unmatched> {
    let mut unmatched = Vec::new();
    for at in &pairing.removed {
        let misses = pairing.near_misses.iter().filter(|miss| miss.old == *at);
        let near = misses.map(|miss| (after.entries[miss.new].name.clone(), miss.refusal)).collect();
        unmatched.push(Unmatched { name: before.entries[*at].name.clone(), is_new: false, near });
    }
    for at in &pairing.added {
        let misses = pairing.near_misses.iter().filter(|miss| miss.new == *at);
        let near = misses.map(|miss| (before.entries[miss.old].name.clone(), miss.refusal)).collect();
        unmatched.push(Unmatched { name: after.entries[*at].name.clone(), is_new: true, near });
    }
    unmatched
}

fn ids(inventory: &Inventory) -> Vec<&EntryId> {
    inventory.entries.iter().map(|entry| &entry.id).collect()
}
