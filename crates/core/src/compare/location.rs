//! Places: countries by code and usual name, named regions, and places within them.

use std::collections::BTreeSet;

use crate::{
    compare::set::{self, Slash},
    model::text::{fold, without_marks},
    vocabulary::{Area, Meaning, US, Vocabulary, area_named, area_of_code, area_of_town, is_unspaced, state, usual},
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

/// The places that a location text names, in its order.
pub fn locations(vocabulary: &Vocabulary, text: &str) -> Vec<Location> {
    locations_of(vocabulary, &items(vocabulary, text))
}

/// The items of a text. Flags are read as the codes they consist of.
fn items(vocabulary: &Vocabulary, text: &str) -> Vec<String> {
    let items = set::items(vocabulary, &without_marks(text), Slash::Separates);
    let items: Vec<String> = items.into_iter().flat_map(|item| without_joiners(vocabulary, item)).collect();
    if !text.chars().any(is_flag_letter) {
        return items;
    }
    items.into_iter().flat_map(|item| without_flags(vocabulary, item)).collect()
}

/// The places of an item like "UK+EU" or "德国和法国", in which signs or words that are not separators elsewhere
/// join known places.
fn without_joiners(vocabulary: &Vocabulary, item: String) -> Vec<String> {
    match joined_places(vocabulary, &item) {
        Some(places) => places.into_iter().map(str::to_owned).collect(),
        None => vec![item],
    }
}

/// The known places that an item joins. `None` if a part of it is not a known place.
fn joined_places<'i>(vocabulary: &Vocabulary, item: &'i str) -> Option<Vec<&'i str>> {
    let item = item.trim();
    if is_known_place(item) {
        return Some(vec![item]);
    }
    let joiners = vocabulary.texts(Meaning::PlaceJoiner);
    let splits = joiners.flat_map(|joiner| item.match_indices(joiner).map(move |(at, _)| (at, at + joiner.len())));
    splits.filter(|(start, end)| !is_inside_word(item, *start, *end)).find_map(|(start, end)| {
        let first = Some(item[..start].trim()).filter(|first| is_known_place(first))?;
        let rest = joined_places(vocabulary, &item[end..])?;
        Some([first].into_iter().chain(rest).collect())
    })
}

/// Whether a part of a text continues a word in a script that separates words by spaces.
fn is_inside_word(text: &str, start: usize, end: usize) -> bool {
    let is_letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !is_unspaced(c));
    let part = &text[start..end];
    is_letter(part.chars().next())
        && (is_letter(text[..start].chars().next_back()) || is_letter(text[end..].chars().next()))
}

/// Whether a text is exactly the name or code of a place.
fn is_known_place(text: &str) -> bool {
    area_named(text).is_some() || area_of_town(&usual(fold(text))).is_some()
}

/// A regional indicator: two of them are the flag of the country with that code (UTS #51 §1.4.3).
fn is_flag_letter(c: char) -> bool {
    ('\u{1f1e6}'..='\u{1f1ff}').contains(&c)
}

/// The letter of a regional indicator.
fn flag_letter(c: char) -> Option<char> {
    let at = u32::from(c).checked_sub(0x1f1e6).filter(|at| *at < 26)?;
    u8::try_from(at).ok().map(|at| char::from(b'A' + at))
}

/// An item with codes instead of its flags. A flag next to the name of the same country is left out.
fn without_flags(vocabulary: &Vocabulary, item: String) -> Vec<String> {
    let rest: String = item.chars().filter(|c| !is_flag_letter(*c)).collect();
    let letters: Vec<char> = item.chars().filter_map(flag_letter).collect();
    let codes: Vec<String> = letters.chunks(2).map(|code| code.iter().collect()).collect();
    if !rest.chars().any(char::is_alphanumeric) {
        return codes;
    }
    let rest = rest.trim();
    let named: Vec<Option<Area>> =
        locations_of(vocabulary, &[rest.to_owned()]).into_iter().map(|location| location.area).collect();
    let other = codes.iter().filter(|code| !named.contains(&area_of_code(code)));
    vec![other.map(String::as_str).chain([rest]).collect::<Vec<_>>().join(" ")]
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
    locations
}

/// The name of an area that was split by its own separators, with the number of items it takes:
/// "Bosnia and Herzegovina", "Korea, Republic of".
fn compound_name(vocabulary: &Vocabulary, items: &[String]) -> Option<(usize, String)> {
    // A name does not consist of codes.
    let codes = items.iter().take(3).take_while(|item| area_of_code(item).is_some()).count();
    let counts = (2..=3).rev().filter(|taken| *taken <= items.len() && *taken > codes);
    counts.into_iter().find_map(|taken| {
        let conjunctions = vocabulary.texts(Meaning::Conjunction).map(|word| format!(" {word} "));
        let mut names = [", ".to_owned()].into_iter().chain(conjunctions).map(|by| items[..taken].join(&by));
        names.find(|name| area_named(name).is_some()).map(|name| (taken, name))
    })
}

/// Whether two texts name the same places, in any order and also the other way round: "Dublin, Ireland"
/// and "Ireland (Dublin)". If there are other words between the areas, each area must have the same words.
/// Codes behind a town may be those of states, too: "San Francisco, CA".
pub fn same_locations(vocabulary: &Vocabulary, a: &str, b: &str) -> bool {
    let (a, b) = (items(vocabulary, a), items(vocabulary, b));
    if name_the_same(vocabulary, &a, &b) {
        return true;
    }
    let (in_a, in_b) = (with_states(&a, &b), with_states(&b, &a));
    (in_a.is_some() || in_b.is_some()) && name_the_same(vocabulary, &in_a.unwrap_or(a), &in_b.unwrap_or(b))
}

/// The items with the names of US states instead of their codes, if another text has these names in full:
/// behind a town, perhaps with a postal code, or in "USA (CA)". `None` if there are no such codes.
fn with_states(items: &[String], other: &[String]) -> Option<Vec<String>> {
    let mut read = items.to_vec();
    let other = other.join(" ");
    for (at, item) in items.iter().enumerate() {
        let behind_town = at.checked_sub(1).is_some_and(|before| may_be_us_town(&items[before]));
        let within = item.split_once('(').and_then(|(head, tail)| Some((head, tail.trim_end().strip_suffix(')')?)));
        match within {
            Some((head, inner)) if area_named(head) == Some(US) => {
                if let Some(state) = state_of_code(inner, &other) {
                    read[at] = format!("{head}({state})");
                }
            }
            None if behind_town => read[at] = state_of_code(item, &other).unwrap_or(item).to_owned(),
            _ => {}
        }
    }
    (read != items).then_some(read)
}

/// The state of a postal code like "CA" or "CA 94107", if a text contains its name.
fn state_of_code<'t>(code: &str, text: &str) -> Option<&'t str> {
    let (code, postal) = code.split_once(' ').unwrap_or((code, ""));
    let is_postal = postal.chars().all(|c| c.is_ascii_digit() || c == '-');
    state(code).filter(|name| is_postal && text.contains(name))
}

/// Whether a text may be a town of the US: it is not an area and not a known town of another country.
fn may_be_us_town(text: &str) -> bool {
    area_named(text).is_none() && area_of_town(&usual(fold(text))).is_none_or(|area| area == US)
}

fn name_the_same(vocabulary: &Vocabulary, a: &[String], b: &[String]) -> bool {
    let (a, b) = (locations_of(vocabulary, a), locations_of(vocabulary, b));
    let (split_a, split_b) = (split_locations(vocabulary, &a), split_locations(vocabulary, &b));
    if keys(&a) == keys(&b) && !has_ambiguous_details(&a, &split_a) {
        return true;
    }
    let (a, b) = (group_details(split_a), group_details(split_b));
    a.iter().any(|grouped| b.contains(grouped))
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
    let (head, tail) = location.text.split_once('(').unwrap_or((&location.text, ""));
    let (inner, rest) = tail.rsplit_once(')').unwrap_or((tail, ""));
    let (mut area, mut details) = (None, Vec::new());
    match (area_named(head), area_within(head)) {
        (Some(named), _) => area = Some(named.code()),
        (None, Some((named, rest))) if area_of_town(&usual(fold(head))).is_none() => {
            area = Some(named.code());
            details.push(usual(rest));
        }
        _ => details.push(usual(fold(head))),
    }
    for item in set::items(vocabulary, inner, Slash::Separates) {
        match area_named(&item) {
            Some(named) if area.is_none() => area = Some(named.code()),
            Some(named) if area == Some(named.code()) => {}
            _ => details.push(usual(set::item_key(vocabulary, &item))),
        }
    }
    details.push(fold(rest));
    details.retain(|detail| !detail.is_empty());
    Split { area, details }
}

/// The places of "EU (France/Germany)": a region that is specified by countries or towns means these.
fn members(vocabulary: &Vocabulary, item: &str) -> Option<Vec<Location>> {
    let (head, tail) = item.split_once('(')?;
    let inner = tail.trim_end().strip_suffix(')')?;
    let Some(Area::Region(_)) = area_named(head) else { return None };
    let members = locations(vocabulary, inner);
    (!members.is_empty() && members.iter().all(is_known_country)).then_some(members)
}

fn is_known_country(location: &Location) -> bool {
    location.known && matches!(location.area, Some(Area::Country(_)))
}

fn location(vocabulary: &Vocabulary, text: String) -> Location {
    let (head, detail) = match text.split_once('(') {
        Some((head, tail)) if !head.trim().is_empty() => (head.trim(), set::item_key(vocabulary, &format!("({tail}"))),
        _ => (text.trim(), String::new()),
    };
    // Another name of the area in parentheses is not a detail: "United States (US)".
    let echo = text.split_once('(').and_then(|(_, tail)| area_named(tail.trim_end().trim_end_matches(')')));
    let folded = usual(fold(head));
    let (area, head_key, known) = if let Some(area) = area_named(head) {
        (Some(area), area.code(), true)
    } else if let Some(country) = area_of_town(&folded) {
        (Some(country), folded, true)
    } else if let Some((area, rest)) = area_within(head) {
        (Some(area), format!("{} {rest}", area.code()), false)
    } else {
        (None, folded, false)
    };
    let key =
        if detail.is_empty() || (echo.is_some() && echo == area) { head_key } else { format!("{head_key} {detail}") };
    Location { area: area.or(echo), known, key, text }
}

/// The area that a longer phrase begins or ends with, and the rest: "EU regions", "Virginia, USA".
fn area_within(phrase: &str) -> Option<(Area, String)> {
    let words: Vec<&str> =
        phrase.split([' ', ':', '\u{2013}', '\u{2014}']).filter(|word| !word.is_empty() && *word != "-").collect();
    for taken in (1..words.len()).rev() {
        let (head, tail) = words.split_at(taken);
        if let Some(area) = area_of_words(head) {
            return Some((area, fold(&tail.join(" "))));
        }
        let (head, tail) = words.split_at(words.len() - taken);
        if let Some(area) = area_of_words(tail) {
            return Some((area, fold(&head.join(" "))));
        }
    }
    None
}

/// The area of some words of a phrase.
fn area_of_words(words: &[&str]) -> Option<Area> {
    let name = words.join(" ");
    // A short word of a phrase is a code only if it cannot be another word or abbreviation.
    let is_risky = name.len() <= 3 && !matches!(name.as_str(), "US" | "USA" | "UK" | "EU" | "EEA" | "UE");
    if is_risky { None } else { area_named(&name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> BTreeSet<String> {
        locations(Vocabulary::builtin(), text).into_iter().map(|location| location.key).collect()
    }

    #[test]
    fn names_codes_and_order_do_not_matter() {
        for (a, b) in [
            ("USA/EU", "EU, United States"),
            ("US", "the United States of America"),
            ("UK and Ireland", "Ireland; United Kingdom"),
            ("European Economic Area", "EEA"),
            ("Worldwide", "Global"),
            ("Bosnia and Herzegovina, Germany", "DE, BA"),
            ("Trinidad and Tobago", "TT"),
            ("Deutschland", "Germany"),
            ("Vereinigte Staaten", "USA"),
            ("Deutschland und Frankreich", "France, Germany"),
            ("Bosnien und Herzegowina; Irland", "IE, BA"),
            ("United States (US)", "USA"),
            ("U.S.", "US"),
            ("EU (France/Germany)", "Germany, France"),
            ("US, EU & UK", "UK / USA / EU"),
            ("US\u{b9}, DE [2], FR[^3]", "France, Germany and the US"),
            ("USA / Ireland", "Ireland and the United States"),
        ] {
            assert_eq!(keys(a), keys(b), "{a} / {b}");
        }
        for (a, b) in [
            ("Europe", "European Economic Area"),
            ("EU", "EEA"),
            ("Frankreich", "USA"),
            ("Helsinki (HEL1)", "Frankfurt (FRA1)"),
            ("United States", "United States (primary)"),
            ("Ireland", "Northern Ireland"),
        ] {
            assert_ne!(keys(a), keys(b), "{a} / {b}");
        }
    }

    #[test]
    fn details_may_be_before_or_behind_their_area() {
        for (a, b) in [
            ("Dublin, Ireland", "Ireland (Dublin)"),
            ("Germany - Frankfurt", "Frankfurt, Germany"),
            ("Paris (France)", "France, Paris"),
            ("USA, Oregon", "United States (Oregon)"),
            ("Dublin, Ireland; Frankfurt, Germany", "Germany (Frankfurt), Ireland (Dublin)"),
            ("Tel Aviv, Israel", "Israel: Tel Aviv"),
            ("US (Ohio, Oregon)", "Oregon and Ohio, USA"),
            ("San Francisco, CA, USA", "San Francisco, California, USA"),
            ("San Francisco, CA 94107", "San Francisco, California"),
            ("Wilmington, DE; Germany", "Germany; Wilmington, Delaware"),
            ("USA (CA)", "US (California)"),
            ("Munich, Germany", "Germany (München)"),
            ("\u{1f1fa}\u{1f1f8} USA, \u{1f1e9}\u{1f1ea}", "Germany and US"),
            ("Korea, Hong Kong SAR", "South Korea; Hong Kong"),
        ] {
            assert!(
                same_locations(Vocabulary::builtin(), a, b) && same_locations(Vocabulary::builtin(), b, a),
                "{a} / {b}"
            );
        }
        for (a, b) in [
            ("Dublin, Ireland", "Ireland"),
            ("Dublin, Ireland", "Dublin, USA"),
            ("CA", "California"),
            ("US, CA", "US, California"),
            ("Germany, CA", "Germany, California"),
            ("San Francisco, CA", "San Francisco, Colorado"),
            ("San Francisco, CA 94107", "San Francisco, CA 94105"),
            ("Toronto, CA", "Toronto, California"),
            ("Support, IN; Hosting, DE", "Support, DE; Hosting, IN"),
            ("\u{1f1fa}\u{1f1f8} (SCCs)", "\u{1f1e9}\u{1f1ea} (SCCs)"),
            ("\u{1f1fa}\u{1f1f8} East", "\u{1f1e9}\u{1f1ea} East"),
            ("\u{1f1fa}\u{1f1f8}", "\u{1f1e9}\u{1f1ea}"),
            ("Frankfurt, Germany", "Berlin, Germany"),
            ("US (primary), EU (backup)", "EU (primary), US (backup)"),
            ("US (primary), EU (backup)", "EU, primary; US (backup)"),
            (
                "Germany (storage), USA (support), India (support)",
                "Germany (storage), USA (storage, support), India (support)",
            ),
            ("EU; US (support); UK (support)", "EU (support); US; UK (support)"),
            ("Virginia, USA (primary); Oregon, USA (backup)", "Oregon, USA (primary); Virginia, USA (backup)"),
            ("US (Virginia), US (Ohio, backup)", "US (Virginia, backup), US (Ohio)"),
            ("EU, primary; US, backup", "EU, backup; US, primary"),
            ("Customer data, EU; Support data, US", "Customer data, US; Support data, EU"),
            ("somewhere", "elsewhere"),
            ("Ireland", "Northern Ireland"),
            ("Germany, backup in Ireland", "Ireland, backup in Germany"),
            ("USA", "USA, USA (Oregon)"),
        ] {
            assert!(
                !same_locations(Vocabulary::builtin(), a, b) && !same_locations(Vocabulary::builtin(), b, a),
                "{a} / {b}"
            );
        }
    }

    #[test]
    fn areas_are_known_through_towns_and_phrases() {
        let area = |text: &str| {
            locations(Vocabulary::builtin(), text).first().and_then(|location| location.area).map(Area::code)
        };
        assert_eq!(area("Helsinki (HEL1)").as_deref(), Some("FI"));
        assert_eq!(area("EU regions").as_deref(), Some("EU"));
        assert_eq!(area("Virginia, USA").as_deref(), Some("US"));
        assert_eq!(area("eu-central-1").as_deref(), Some("DE"));
        assert_eq!(area("US East").as_deref(), Some("US"));
        assert_eq!(area("IT department"), None);
        assert_eq!(area("Region as configured"), None);
        assert!(locations(Vocabulary::builtin(), "Frankfurt").iter().all(|p| p.area.is_some_and(Area::in_eu)));
        assert!(!locations(Vocabulary::builtin(), "United Kingdom").iter().any(|p| p.area.is_some_and(Area::in_eu)));
    }
}
