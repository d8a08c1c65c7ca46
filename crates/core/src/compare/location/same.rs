//! Whether two location texts name the same places.

use std::collections::{BTreeMap, BTreeSet};

use super::{Location, area_within, items::items, locations_of};
use crate::{
    compare::set::{self, Slash},
    model::text::fold,
    vocabulary::{Town, US, Vocabulary},
};

/// Whether two texts name the same places, in any order, also of town and country: "Dublin, Ireland"
/// and "Ireland (Dublin)". If there are other words between the areas, each area must have the same words.
/// Codes behind a town may be those of states, too: "San Francisco, CA".
pub fn same_locations(vocabulary: &Vocabulary, a: &str, b: &str) -> bool {
    let (a, b) = (items(vocabulary, a), items(vocabulary, b));
    if name_the_same(vocabulary, &a, &b) {
        return true;
    }
    let (in_a, in_b) = (with_states(vocabulary, &a, &b), with_states(vocabulary, &b, &a));
    (in_a.is_some() || in_b.is_some()) && name_the_same(vocabulary, &in_a.unwrap_or(a), &in_b.unwrap_or(b))
}

/// The items with the names of US states instead of their codes, if another text has these names in full:
/// behind a town, perhaps with a postal code, or in "USA (CA)". `None` if there are no such codes.
fn with_states(vocabulary: &Vocabulary, items: &[String], other: &[String]) -> Option<Vec<String>> {
    let mut read = items.to_vec();
    let other = fold(&other.join(" "));
    for (at, item) in items.iter().enumerate() {
        let behind_town = at.checked_sub(1).is_some_and(|before| may_be_us_town(vocabulary, &items[before]));
        let within = item.split_once('(').and_then(|(head, tail)| Some((head, tail.trim_end().strip_suffix(')')?)));
        match within {
            Some((head, inner)) if vocabulary.area_named(head) == Some(US) => {
                if let Some(state) = state_of_code(vocabulary, inner, &other) {
                    read[at] = format!("{head}({state})");
                }
            }
            None if behind_town => read[at] = state_of_code(vocabulary, item, &other).unwrap_or(item).to_owned(),
            _ => {}
        }
    }
    (read != items).then_some(read)
}

/// The state of a postal code like "CA" or "CA 94107", if a text contains its name.
fn state_of_code(vocabulary: &Vocabulary, code: &str, text: &str) -> Option<&'static str> {
    let (code, postal) = code.split_once(' ').unwrap_or((code, ""));
    let is_postal = postal.chars().all(|c| c.is_ascii_digit() || c == '-');
    vocabulary.us_state(code).map(|state| state.name).filter(|name| is_postal && text.contains(name))
}

/// Whether a text may be a town of the US: it is not an area and not a known town of another country.
fn may_be_us_town(vocabulary: &Vocabulary, text: &str) -> bool {
    vocabulary.area_named(text).is_none() && vocabulary.town(text).is_none_or(|town| town.area == US)
}

fn name_the_same(vocabulary: &Vocabulary, a: &[String], b: &[String]) -> bool {
    let (a, b) = (locations_of(vocabulary, a), locations_of(vocabulary, b));
    let (split_a, split_b) = (split_locations(vocabulary, &a), split_locations(vocabulary, &b));
    if keys(&a) == keys(&b) && !has_ambiguous_details(&a, &split_a) {
        return true;
    }
    if let (Some(a), Some(b)) = (towns_by_area(vocabulary, &split_a), towns_by_area(vocabulary, &split_b)) {
        return a == b;
    }
    let (a, b) = (group_details(split_a), group_details(split_b));
    a.iter().any(|grouped| b.contains(grouped))
}

/// The towns in each area, if all places are known. A town is in its country also where the text does not name
/// the country, and a cloud region is in its town.
fn towns_by_area(vocabulary: &Vocabulary, splits: &[Split]) -> Option<BTreeMap<String, BTreeSet<String>>> {
    let mut by_area: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for split in splits {
        let towns: Vec<Town> =
            split.details.iter().map(|detail| vocabulary.town_of_folded(detail)).collect::<Option<_>>()?;
        let area = split.area.clone().or_else(|| towns.first().map(|town| town.area.code()))?;
        if towns.iter().any(|town| town.area.code() != area) {
            return None;
        }
        let names = by_area.entry(area).or_default();
        names.extend(towns.iter().map(|town| town.name.to_owned()));
    }
    for names in by_area.values_mut() {
        let implied: Vec<&str> = names.iter().filter_map(|name| vocabulary.town_of_folded(name)?.within).collect();
        let implied: BTreeSet<String> = implied.into_iter().map(str::to_owned).collect();
        names.retain(|name| !implied.contains(name));
    }
    Some(by_area)
}

fn keys(locations: &[Location]) -> BTreeSet<&str> {
    locations.iter().map(|location| location.key.as_str()).collect()
}

/// A location, split into the area that it names and the other words of it.
#[derive(Clone, Debug)]
struct Split {
    area: Option<String>,
    details: Vec<String>,
}

/// Whether there are words that may belong to one of several areas: words other than towns, or towns if
/// an area has details.
fn has_ambiguous_details(locations: &[Location], splits: &[Split]) -> bool {
    let mut areas = splits.iter().filter(|split| split.area.is_some());
    let have_details = areas.clone().any(|split| !split.details.is_empty());
    let mut others = locations.iter().zip(splits).filter(|(_, split)| split.area.is_none());
    areas.next().is_some() && others.any(|(location, _)| have_details || location.area.is_none())
}

/// An area, with its details.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct AreaWithDetails {
    area: String,
    details: BTreeSet<String>,
}

/// Both readings of a list of locations: words without an area belong to the area behind them, or to the
/// one before them.
fn group_details(splits: Vec<Split>) -> Vec<Vec<AreaWithDetails>> {
    let forwards = with_following_area(splits.iter().cloned());
    let backwards = with_following_area(splits.into_iter().rev());
    forwards.into_iter().chain(backwards).collect()
}

/// The areas, each with its own words and those before it; `None` if there are words behind the last one.
fn with_following_area(splits: impl Iterator<Item = Split>) -> Option<Vec<AreaWithDetails>> {
    let (mut grouped, mut waiting) = (Vec::new(), BTreeSet::new());
    for split in splits {
        waiting.extend(split.details);
        grouped.extend(split.area.map(|area| AreaWithDetails { area, details: std::mem::take(&mut waiting) }));
    }
    grouped.sort();
    waiting.is_empty().then_some(grouped)
}

fn split_locations(vocabulary: &Vocabulary, locations: &[Location]) -> Vec<Split> {
    locations.iter().map(|location| split_location(vocabulary, location)).collect()
}

fn split_location(vocabulary: &Vocabulary, location: &Location) -> Split {
    // A state that has the name of a country.
    if let Some(town) = vocabulary.town_of_folded(&location.key).filter(|town| location.area == Some(town.area)) {
        return Split { area: None, details: vec![town.name.to_owned()] };
    }
    let (head, tail) = location.text.split_once('(').unwrap_or((&location.text, ""));
    let (inner, rest) = tail.rsplit_once(')').unwrap_or((tail, ""));
    let (mut area, mut details) = (None, Vec::new());
    match (vocabulary.area_named(head), area_within(vocabulary, head)) {
        (Some(named), _) => area = Some(named.code()),
        (None, Some((named, rest))) if vocabulary.town(head).is_none() => {
            area = Some(named.code());
            details.push(vocabulary.usual_town(rest));
        }
        _ => details.push(vocabulary.usual_town(fold(head))),
    }
    for item in set::items(vocabulary, inner, Slash::Separates) {
        match vocabulary.area_named(&item) {
            Some(named) if area.is_none() => area = Some(named.code()),
            Some(named) if area == Some(named.code()) => {}
            _ => details.push(vocabulary.usual_town(set::item_key(vocabulary, &item))),
        }
    }
    details.push(fold(rest));
    details.retain(|detail| !detail.is_empty());
    Split { area, details }
}
