//! MatchReason a comparison says what it says: how entries were paired, and why each difference is told or not.

use crate::{
    compare::Comparison,
    model::{Entry, Inventory, ListState, Role, Text},
};

use super::{
    diff::diff,
    event::{Change, Detail, Edit},
    kind::{Kind, Level},
    matching::{MatchReason, Refusals, pair},
};

/// Why two versions of a list are told apart as they are.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// How many entries stand in both versions under the same id or name.
    pub same: usize,
    /// Entries that were recognised by something else, or under another name.
    pub recognised: Vec<Matched>,
    /// Entries of one version without their like in the other.
    pub alone: Vec<Unmatched>,
    /// Each difference, with the reason why it is told or not.
    pub reasons: Vec<(Change, String)>,
    /// What differs and is no statement of the list: ids, keys, order.
    pub beside: Vec<String>,
}

/// An entry that was recognised.
#[derive(Clone, Debug)]
pub struct Matched {
    /// Its earlier name.
    pub before: Text,
    /// Its name now.
    pub after: Text,
    /// By what.
    pub why: MatchReason,
}

/// An entry without its like.
#[derive(Clone, Debug)]
pub struct Unmatched {
    /// The entry.
    pub name: Text,
    /// Whether it is one of the later version.
    pub is_new: bool,
    /// The entries of the other version with a similar name, and what speaks against each.
    pub near: Vec<(Text, &'static str)>,
}

/// Explains the comparison of two versions.
pub fn explain(before: &Inventory, after: &Inventory) -> Explanation {
    let pairing = pair(&before.entries, &after.entries);
    let mut explanation = Explanation::default();
    for (old, new, why) in &pairing.kept {
        let (old, new) = (&before.entries[*old].name, &after.entries[*new].name);
        if matches!(why, MatchReason::Id | MatchReason::Name) && old == new {
            explanation.same += 1;
        } else {
            explanation.recognised.push(Matched { before: old.clone(), after: new.clone(), why: *why });
        }
    }
    explanation.recognised.sort_by(|a, b| a.after.cmp(&b.after));
    let refusals = Refusals::of(&before.entries);
    let removed = || pairing.removed.iter().map(|at| &*before.entries[*at]);
    let added = || pairing.added.iter().map(|at| &*after.entries[*at]);
    let near = |pairs: Vec<(&Entry, &Entry, &Entry)>| {
        let refused = pairs
            .into_iter()
            .filter_map(|(old, new, shown)| refusals.reason(old, new).map(|reason| (shown.name.clone(), reason)));
        refused.collect::<Vec<_>>()
    };
    for old in removed() {
        let near = near(added().map(|new| (old, new, new)).collect());
        explanation.alone.push(Unmatched { name: old.name.clone(), is_new: false, near });
    }
    for new in added() {
        let near = near(removed().map(|old| (old, new, old)).collect());
        explanation.alone.push(Unmatched { name: new.name.clone(), is_new: true, near });
    }
    let set = diff(&ListState::listed(before.clone()), &ListState::listed(after.clone()));
    let reason = |change: &Change| (change.clone(), reason(change, before, after));
    explanation.reasons = set.changes.iter().chain(&set.carry.editorial).map(reason).collect();
    let carry = &set.carry;
    explanation.beside.extend(carry.rekeyed.iter().map(|r| format!("the id {} is now {}", r.from, r.to)));
    explanation.beside.extend(carry.resectioned.iter().map(|r| format!("the section {} is now {}", r.from, r.to)));
    explanation.beside.extend(carry.recolumned.iter().map(|r| format!("the column key {} is now {}", r.from, r.to)));
    if ids(before) != ids(after) && set.changes.is_empty() && carry.rekeyed.is_empty() {
        explanation.beside.push("the entries stand in another order".to_owned());
    }
    explanation
}

fn ids(inventory: &Inventory) -> Vec<&crate::model::EntryId> {
    inventory.entries.iter().map(|entry| &entry.id).collect()
}

fn reason(change: &Change, before: &Inventory, after: &Inventory) -> String {
    let told = change.level != Level::Editorial;
    match &change.detail {
        Detail::List { .. } => "the whole list came or went".into(),
        Detail::Row { row, former: Some(former) } => {
            format!("{} states that it replaces {}", row.name, former.name)
        }
        Detail::Row { .. } => "no entry of the other version is the same vendor".into(),
        Detail::Column { edit: Edit::Changed(..), .. } => "the same cells stand under another header".into(),
        Detail::Column { .. } => "a matter of the whole list: told once, not for each entry".into(),
        Detail::Fact { .. } if told => "a statement of the list itself".into(),
        Detail::Fact { .. } => "presentation of the page".into(),
        Detail::Field { .. } if change.kind == Kind::Moved && !told => "told once, as a change of the sections".into(),
        Detail::Field { .. } if change.kind == Kind::Moved => "it stands under another heading".into(),
        Detail::Field { edit: Edit::Set(_) | Edit::Cleared(_), .. } if told => {
            "one version says something here, the other nothing".into()
        }
        Detail::Field { field, .. } => {
            let column = after.column(field).or_else(|| before.column(field));
            let role = column.map_or(Role::Other, |column| column.role);
            compared(role.info().comparison, told)
        }
    }
}

fn compared(how: Comparison, told: bool) -> String {
    let reason = match (how, told) {
        (Comparison::Text, true) => "the words differ, not only case, markup, white space or punctuation",
        (Comparison::Text, false) => "the same words: only case, markup, white space or punctuation differ",
        (Comparison::Set, true) => "read as a set, it has other items",
        (Comparison::Set, false) => "read as a set, it has the same items",
        (Comparison::Locations, true) => "read as a set of places, it has others",
        (Comparison::Locations, false) => "read as a set of places, it has the same",
        (Comparison::Lifecycle, true) => "the state, or a condition of it, is another",
        (Comparison::Lifecycle, false) => "the same state under the same conditions",
        (Comparison::Date, true) => "another date, or one of another precision",
        (Comparison::Date, false) => "the same date, written otherwise",
        (Comparison::Url, true) => "another address",
        (Comparison::Url, false) => "the same address, written otherwise",
    };
    reason.to_owned()
}

impl MatchReason {
    /// By what an entry was recognised, in words.
    pub fn in_words(&self) -> String {
        match self {
            MatchReason::Id => "the same id".into(),
            MatchReason::Formerly => "it states the earlier name, or its file was renamed".into(),
            MatchReason::Name => "the same name".into(),
            MatchReason::LikeName(form) => format!("the name in another form: {form}"),
            MatchReason::LikeNameAndFields(form) => format!("{form}, and what else they say agrees"),
        }
    }
}
