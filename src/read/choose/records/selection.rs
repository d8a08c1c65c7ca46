//! Which of the lists in a tree make up the inventory.

use std::collections::{BTreeMap, BTreeSet};

use super::{RecordList, name_in};
use crate::read::{
    choose::{memo::KeyRoles, part_kind::Standing},
    syntax::tree::Value,
};

/// The lists that make up the inventory, among those that their keys do not exclude.
pub(super) fn choose_by_keys<'f, 'a>(
    found: &'f [RecordList<'a>],
    key_roles: &KeyRoles<'_>,
) -> Option<Vec<&'f RecordList<'a>>> {
    let standings = [&[Standing::Candidate][..], &[Standing::Candidate, Standing::Fallback]];
    standings.into_iter().find_map(|allowed| {
        let lists = found.iter().filter(|records| allowed.contains(&key_roles.standing(&records.pattern)));
        choose(lists, key_roles)
    })
}

/// The lists that make up the inventory: the best one, and those next to it that are sections of it.
fn choose<'f, 'a: 'f>(
    found: impl Iterator<Item = &'f RecordList<'a>>,
    key_roles: &KeyRoles<'_>,
) -> Option<Vec<&'f RecordList<'a>>> {
    let mut by_pattern: BTreeMap<&[&str], Vec<&RecordList<'_>>> = BTreeMap::new();
    for records in found {
        by_pattern.entry(&records.pattern).or_default().push(records);
    }
    // One under a key that means vendors, then the most roles, then the most entries, then the nearest to the top.
    let (best, lists) = by_pattern.iter().max_by_key(|(pattern, lists)| {
        let is_named = is_named(pattern, key_roles) && !lists.iter().any(|records| records.is_of_texts());
        (is_named, fitness(lists), usize::MAX - pattern.len())
    })?;
    let chosen = by_pattern.iter().filter(|(pattern, others)| {
        *pattern == best
            || (are_siblings(pattern, best) || are_in_similar_groups(pattern, best) && !repeats(others, lists))
                && is_section(others, best, lists, key_roles)
    });
    Some(chosen.flat_map(|(_, lists)| lists.iter().copied()).collect())
}

/// Whether the nearest key above a list means vendors.
fn is_named(pattern: &[&str], key_roles: &KeyRoles<'_>) -> bool {
    pattern.last().is_some_and(|key| key_roles.means_vendors(key))
}

/// The number of roles in the entries of lists, and the number of entries.
fn fitness(lists: &[&RecordList<'_>]) -> (u32, usize) {
    let members = || lists.iter().flat_map(|records| &records.members);
    let roles = members().fold(0, |all, member| all | member.shape.roles());
    (roles.count_ones(), members().count())
}

/// Whether two lists have the same keys above them, except for the last one: `eu: […]`, `us: […]`.
fn are_siblings(pattern: &[&str], other: &[&str]) -> bool {
    pattern.len() == other.len() && pattern.split_last().map(|(_, up)| up) == other.split_last().map(|(_, up)| up)
}

/// Whether two lists have the same keys above them, except for one: `hosting: {rows: […]}`, `mail: {rows: […]}`.
fn are_in_similar_groups(pattern: &[&str], other: &[&str]) -> bool {
    let differences = pattern.iter().zip(other).filter(|(a, b)| a != b).count();
    pattern.len() == other.len() && differences == 1 && pattern.last() == other.last()
}

/// Whether lists have the same entries as other lists, as a translation has.
fn repeats(lists: &[&RecordList<'_>], others: &[&RecordList<'_>]) -> bool {
    names(lists) == names(others)
}

/// The texts of the entries of lists that can be names.
fn names<'a>(lists: &[&RecordList<'a>]) -> BTreeSet<&'a str> {
    let members = lists.iter().flat_map(|records| &records.members);
    let values = members.flat_map(|member| match &member.node.value {
        Value::Map(pairs) => pairs.first().and_then(|(_, value)| name_in(value)),
        _ => name_in(member.node),
    });
    values.collect()
}

/// Whether lists next to the best one are sections of the same inventory: they have the same roles, or
/// the keys of a shorter list, which its entries use as well.
fn is_section(
    others: &[&RecordList<'_>],
    best: &[&str],
    best_lists: &[&RecordList<'_>],
    key_roles: &KeyRoles<'_>,
) -> bool {
    let (roles, _) = fitness(best_lists);
    // Regions and members of a team also have names and places.
    let is_named_beside_others = is_named(best, key_roles)
        && !others.iter().any(|records| records.pattern.last().is_some_and(|key| key_roles.may_be_of_vendors(key)));
    let enough = if is_named_beside_others { 3 } else { 2 };
    let own = keys(others);
    // `internalTools` beside `subprocessors` are other entries, unless they are described in the same way.
    let is_alike = !is_named_beside_others || own.intersection(&keys(best_lists)).count() * 2 > own.len();
    if fitness(others).0 == roles && roles >= enough && is_alike {
        return true;
    }
    // `{subprocessors: […], team: […]}` names the list; `{hosting: […], mail: […]}` does not.
    let are_groups = best.iter().rev().nth(1).is_some_and(|key| key_roles.means_vendors(key))
        || !best.last().is_some_and(|key| key_roles.means_vendors(key));
    own.is_subset(&keys(best_lists)) && (own.len() > 1 && !is_named_beside_others || are_groups)
}

/// The keys of the entries of lists.
pub(super) fn keys<'a>(lists: &[&RecordList<'a>]) -> BTreeSet<&'a str> {
    let members = lists.iter().flat_map(|records| &records.members);
    let maps = members.filter_map(|member| match &member.node.value {
        Value::Map(pairs) => Some(pairs),
        _ => None,
    });
    maps.flatten().map(|(key, _)| key.text.as_str()).collect()
}
