//! Places: countries by code and usual name, named regions, and places within them.

mod items;
mod same;
#[cfg(test)]
mod tests;

pub use same::same_locations;

use crate::{
    compare::set,
    model::text::fold,
    vocabulary::{Area, Meaning, Town, US, Vocabulary},
};

/// One place of a location text.
#[derive(Clone, Debug, PartialEq)]
pub struct Location {
    /// The place as written.
    pub text: String,
    /// The country or region that it is or names, if known.
    pub area: Option<Area>,
    /// Whether the text is the name of a known place, rather than a phrase around one.
    pub known: bool,
    /// Its form in comparisons: the area or the folded text, with the detail in parentheses.
    pub key: String,
}

/// The fewest words of a text without a known place that is a remark rather than a place.
const MIN_REMARK_WORDS: usize = 5;

impl Location {
    /// Whether the text is a remark beside places: "for the vendors of this vendor see their list", "See the FAQ."
    pub fn is_remark(&self) -> bool {
        let words = self.text.split_whitespace().count();
        let last = self.text.split_whitespace().next_back().unwrap_or_default();
        let is_sentence = words > 1 && last.strip_suffix('.').is_some_and(|word| !word.contains('.'));
        self.area.is_none() && (is_sentence || words >= MIN_REMARK_WORDS)
    }
}

/// The places that a location text names, in its order.
pub fn locations(vocabulary: &Vocabulary, text: &str) -> Vec<Location> {
    locations_of(vocabulary, &items::items(vocabulary, text))
}

fn locations_of(vocabulary: &Vocabulary, items: &[String]) -> Vec<Location> {
    let mut locations = Vec::with_capacity(items.len());
    let mut rest = items;
    while let Some(first) = rest.first() {
        let (taken, item) = compound_name(vocabulary, rest).unwrap_or_else(|| (1, first.clone()));
        match members(vocabulary, &item) {
            Some(members) => locations.extend(members),
            None => locations.push(location(vocabulary, item)),
        }
        rest = &rest[taken..];
    }
    without_contained_regions(with_us_states(vocabulary, locations))
}

/// The name of an area that was split by its own separators, with the number of items it takes:
/// "Bosnia and Herzegovina", "Korea, Republic of".
fn compound_name(vocabulary: &Vocabulary, items: &[String]) -> Option<(usize, String)> {
    // A name does not consist of codes.
    let codes = items.iter().take(3).take_while(|item| vocabulary.area_of_code(item).is_some()).count();
    let counts = (2..=3).rev().filter(|taken| *taken <= items.len() && *taken > codes);
    counts.into_iter().find_map(|taken| {
        let conjunctions = vocabulary.texts(Meaning::Conjunction).map(|word| format!(" {word} "));
        let mut names = [", ".to_owned()].into_iter().chain(conjunctions).map(|by| items[..taken].join(&by));
        names.find(|name| vocabulary.area_named(name).is_some()).map(|name| (taken, name))
    })
}

/// The places of "EU (France/Germany)": a region that is specified by countries or towns means these.
fn members(vocabulary: &Vocabulary, item: &str) -> Option<Vec<Location>> {
    let (head, tail) = item.split_once('(')?;
    let inner = tail.trim_end().strip_suffix(')')?;
    let Some(Area::Region(_)) = vocabulary.area_named(head) else { return None };
    let members = locations(vocabulary, inner);
    (!members.is_empty() && members.iter().all(is_known_country)).then_some(members)
}

fn is_known_country(location: &Location) -> bool {
    location.known && matches!(location.area, Some(Area::Country(_)))
}

fn location(vocabulary: &Vocabulary, text: String) -> Location {
    // Parentheses of Chinese and Japanese texts are wide.
    let text = text.replace('\u{ff08}', "(").replace('\u{ff09}', ")");
    let (head, detail) = match text.split_once('(') {
        Some((head, tail)) if !head.trim().is_empty() => (head.trim(), set::item_key(vocabulary, &format!("({tail}"))),
        _ => (text.trim(), String::new()),
    };
    // Another name of the area in parentheses is not a detail: "United States (US)".
    let inner = text.split_once('(').map(|(_, tail)| tail.trim_end().trim_end_matches(')'));
    let echo = inner.and_then(|inner| vocabulary.area_named(inner));
    let (area, head_key, known) = place_of(vocabulary, head);
    let key =
        if detail.is_empty() || (echo.is_some() && echo == area) { head_key } else { format!("{head_key} {detail}") };
    let town = inner.and_then(|inner| vocabulary.town(inner)).map(|town| town.area);
    Location { area: area.or(echo).or(town), known, key, text }
}

/// The area of a place without its parenthesis, its form in comparisons, and whether it is the name of a place.
fn place_of(vocabulary: &Vocabulary, head: &str) -> (Option<Area>, String, bool) {
    let folded = fold(head);
    if let Some(area) = vocabulary.area_named(head) {
        (Some(area), area.code(), true)
    } else if let Some(town) = vocabulary.town_of_folded(&folded) {
        (Some(town.area), town.name.to_owned(), true)
    } else if let Some(town) = town_within(vocabulary, &folded) {
        (Some(town.area), folded, false)
    } else if let Some((area, rest)) = area_within(vocabulary, head) {
        (Some(area), format!("{} {rest}", area.code()), false)
    } else {
        (None, folded, false)
    }
}

/// The town or cloud region of a text that also names the provider: "aws eu-central-1", "azure west europe".
fn town_within(vocabulary: &Vocabulary, folded: &str) -> Option<Town> {
    let is_separator = |c: char| matches!(c, ' ' | ':' | '/');
    let words = folded.split(is_separator).filter(|word| !word.is_empty() && *word != "-");
    let others: Vec<&str> = words.filter(|word| !vocabulary.is(Meaning::CloudWord, word)).collect();
    vocabulary.town_of_folded(&others.join(" "))
}

/// Codes and names of US states that mean countries elsewhere: behind a town of the US, or before the US.
fn with_us_states(vocabulary: &Vocabulary, mut locations: Vec<Location>) -> Vec<Location> {
    for at in 0..locations.len() {
        let is_behind_town = at.checked_sub(1).is_some_and(|before| is_us_town(vocabulary, &locations[before]));
        let is_before_us = locations.get(at + 1).is_some_and(|next| next.area == Some(US));
        let state = state_named(vocabulary, &locations[at].text, is_behind_town || is_before_us);
        if let Some(state) = state.filter(|_| is_behind_town || locations[at].text.len() > 2) {
            let location = &mut locations[at];
            (location.area, location.known) = (Some(US), true);
            location.key = state.name.to_owned();
        }
    }
    locations
}

/// The state of the US that a text names, next to another place of the US.
fn state_named(vocabulary: &Vocabulary, text: &str, is_next_to_us: bool) -> Option<Town> {
    if !is_next_to_us {
        return None;
    }
    vocabulary.us_state(text.trim_end_matches('.')).or_else(|| vocabulary.town(text).filter(|town| town.area == US))
}

/// Whether a location is a town of the US: "San Francisco", but not "US" or "California".
fn is_us_town(vocabulary: &Vocabulary, location: &Location) -> bool {
    let town = vocabulary.town_of_folded(&location.key);
    town.is_some_and(|town| town.area == US && !vocabulary.is_us_state(town))
}

/// The locations without the regions that others contain: "EU/EEA" is the EEA.
fn without_contained_regions(mut locations: Vec<Location>) -> Vec<Location> {
    if locations.iter().any(|location| location.key == "EEA") {
        locations.retain(|location| location.key != "EU");
    }
    locations
}

/// The most words of the name of an area: "United Kingdom of Great Britain and Northern Ireland", and some to spare.
const MAX_AREA_WORDS: usize = 12;

/// The area that a longer phrase begins or ends with, and the rest: "EU regions", "Virginia, USA".
fn area_within(vocabulary: &Vocabulary, phrase: &str) -> Option<(Area, String)> {
    let words: Vec<&str> =
        phrase.split([' ', ':', '\u{2013}', '\u{2014}']).filter(|word| !word.is_empty() && *word != "-").collect();
    for taken in (1..words.len().min(MAX_AREA_WORDS + 1)).rev() {
        let (head, tail) = words.split_at(taken);
        if let Some(area) = area_of_words(vocabulary, head) {
            return Some((area, fold(&tail.join(" "))));
        }
        let (head, tail) = words.split_at(words.len() - taken);
        if let Some(area) = area_of_words(vocabulary, tail) {
            return Some((area, fold(&head.join(" "))));
        }
    }
    None
}

/// The area of some words of a phrase.
fn area_of_words(vocabulary: &Vocabulary, words: &[&str]) -> Option<Area> {
    let name = words.join(" ");
    // A short word of a phrase is a code only if it cannot be another word or abbreviation.
    let is_risky = name.len() <= 3 && !matches!(name.as_str(), "US" | "USA" | "UK" | "EU" | "EEA" | "UE");
    if is_risky { None } else { vocabulary.area_in_phrase(&name) }
}
