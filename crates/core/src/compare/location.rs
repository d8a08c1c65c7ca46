//! Places: countries by code and usual name, named regions, and places within them.

use std::collections::BTreeSet;

use crate::{
    compare::{
        gazetteer::{Area, US, area_named, area_of_code, area_of_town, state, usual},
        set::{self, Slash},
    },
    model::text::{fold, without_marks},
};

/// One place of a location text.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The place as written.
    pub text: String,
    /// The country or region that it is or names, when known.
    pub area: Option<Area>,
    /// Whether the text is the name of a known place, rather than a phrase around one.
    pub known: bool,
    /// What it is compared by: the area, or the folded text, with the detail in parentheses.
    pub key: String,
}

/// The places that a location text names, in its order.
pub fn places(text: &str) -> Vec<Place> {
    places_of(&items(text))
}

/// What a text lists, flags read as the codes that they are made of.
fn items(text: &str) -> Vec<String> {
    let items = set::items(&without_marks(text), Slash::Separates);
    if !text.chars().any(is_flag_letter) {
        return items;
    }
    items.into_iter().flat_map(without_flags).collect()
}

/// A regional indicator: two of them are the flag of the country with that code (UTS #51 §1.4.3).
fn is_flag_letter(c: char) -> bool {
    ('\u{1f1e6}'..='\u{1f1ff}').contains(&c)
}

/// An item with codes for its flags; one beside the name of the same country says no more than that.
fn without_flags(item: String) -> Vec<String> {
    let rest: String = item.chars().filter(|c| !is_flag_letter(*c)).collect();
    let letter = |c: char| u8::try_from(u32::from(c) - 0x1f1e6).map(|at| char::from(b'A' + at));
    let letters: Vec<char> = item.chars().filter(|c| is_flag_letter(*c)).filter_map(|c| letter(c).ok()).collect();
    let codes: Vec<String> = letters.chunks(2).map(|code| code.iter().collect()).collect();
    if !rest.chars().any(char::is_alphanumeric) {
        return codes;
    }
    let rest = rest.trim();
    let named: Vec<Option<Area>> = places_of(&[rest.to_owned()]).into_iter().map(|place| place.area).collect();
    let other = codes.iter().filter(|code| !named.contains(&area_of_code(code)));
    vec![other.map(String::as_str).chain([rest]).collect::<Vec<_>>().join(" ")]
}

fn places_of(items: &[String]) -> Vec<Place> {
    let mut places = Vec::with_capacity(items.len());
    let mut rest = items;
    while let Some(first) = rest.first() {
        // "Bosnia and Herzegovina" and "Korea, Republic of" were split by their own separators. No
        // name is made of codes.
        let codes = rest.iter().take(3).take_while(|item| area_of_code(item).is_some()).count();
        let joined = (2..=3).rev().filter(|n| *n <= rest.len() && *n > codes).find_map(|n| {
            [" and ", ", "]
                .iter()
                .map(|by| rest[..n].join(by))
                .find(|name| area_named(name).is_some())
                .map(|name| (n, name))
        });
        let (taken, item) = joined.unwrap_or_else(|| (1, first.clone()));
        match parts(&item) {
            Some(parts) => places.extend(parts),
            None => places.push(place(item)),
        }
        rest = &rest[taken..];
    }
    places
}

/// Whether two texts name the same places, in any order and also the other way round: "Dublin, Ireland"
/// and "Ireland (Dublin)". Where other words stand between areas, every area must be told of the same words,
/// as often. Codes behind a town may be those of states, too: "San Francisco, CA".
pub fn same_places(a: &str, b: &str) -> bool {
    let (a, b) = (items(a), items(b));
    if name_the_same(&a, &b) {
        return true;
    }
    let (in_a, in_b) = (with_states(&a, &b), with_states(&b, &a));
    (in_a.is_some() || in_b.is_some()) && name_the_same(&in_a.unwrap_or(a), &in_b.unwrap_or(b))
}

/// What a text lists, where it can be read with codes of states of the US, which another text names in
/// full: behind a town, perhaps with the postal code, or in "USA (CA)".
fn with_states(items: &[String], other: &[String]) -> Option<Vec<String>> {
    let mut read = items.to_vec();
    let other = other.join(" ");
    for (at, item) in items.iter().enumerate() {
        let code = |text: &str| {
            let (code, postal) = text.split_once(' ').unwrap_or((text, ""));
            let is_postal = postal.chars().all(|c| c.is_ascii_digit() || c == '-');
            state(code).filter(|name| is_postal && other.contains(name))
        };
        // No town of another country.
        let is_town =
            |town: &String| area_named(town).is_none() && area_of_town(&usual(fold(town))).is_none_or(|of| of == US);
        let behind_town = at.checked_sub(1).is_some_and(|before| is_town(&items[before]));
        let within = item.split_once('(').and_then(|(head, tail)| Some((head, tail.trim_end().strip_suffix(')')?)));
        match within {
            Some((head, inner)) if area_named(head) == Some(US) => {
                if let Some(state) = code(inner) {
                    read[at] = format!("{head}({state})");
                }
            }
            None if behind_town => read[at] = code(item).map_or_else(|| item.clone(), str::to_owned),
            _ => {}
        }
    }
    (read != items).then_some(read)
}

fn name_the_same(a: &[String], b: &[String]) -> bool {
    let (a, b) = (places_of(a), places_of(b));
    let keys = |places: &[Place]| places.iter().map(|place| place.key.clone()).collect::<BTreeSet<_>>();
    let parts = |places: &[Place]| places.iter().map(apart).collect::<Vec<Apart>>();
    let parts_of_a = parts(&a);
    if keys(&a) == keys(&b) && !tells_of_areas(&a, &parts_of_a) {
        return true;
    }
    let (a, b) = (told(parts_of_a), told(parts(&b)));
    a.iter().any(|told| b.contains(told))
}

/// The area that a place states, and the words beside it.
type Apart = (Option<String>, Vec<String>);

/// Whether words stand between areas that may be told of one of them: other words than towns, or towns
/// beside areas of which something is told.
fn tells_of_areas(places: &[Place], parts: &[Apart]) -> bool {
    let mut areas = parts.iter().filter(|(area, _)| area.is_some());
    let is_told = areas.clone().any(|(_, words)| !words.is_empty());
    let mut others = places.iter().zip(parts).filter(|(_, (area, _))| area.is_none());
    areas.next().is_some() && others.any(|(place, _)| is_told || place.area.is_none())
}

/// An area with the words that stand with it, in order.
type Told = (String, BTreeSet<String>);

/// What a text tells of each area, in order, as it can be understood: words without an area belong to the
/// one behind them, or to the one before.
fn told(parts: Vec<Apart>) -> Vec<Vec<Told>> {
    let before = with_words(parts.iter().cloned());
    let behind = with_words(parts.into_iter().rev());
    before.into_iter().chain(behind).collect()
}

/// The areas, each with its own words and those before it; `None` where words stand behind the last.
fn with_words(parts: impl Iterator<Item = Apart>) -> Option<Vec<Told>> {
    let (mut told, mut waiting) = (Vec::new(), BTreeSet::new());
    for (area, words) in parts {
        waiting.extend(words);
        told.extend(area.map(|area| (area, std::mem::take(&mut waiting))));
    }
    told.sort();
    waiting.is_empty().then_some(told)
}

fn apart(place: &Place) -> Apart {
    let (head, tail) = place.text.split_once('(').unwrap_or((&place.text, ""));
    let (inner, rest) = tail.rsplit_once(')').unwrap_or((tail, ""));
    let (mut area, mut words) = (None, Vec::new());
    match (area_named(head), area_within(head)) {
        (Some(named), _) => area = Some(named.code()),
        (None, Some((named, rest))) if area_of_town(&usual(fold(head))).is_none() => {
            area = Some(named.code());
            words.push(usual(rest));
        }
        _ => words.push(usual(fold(head))),
    }
    for item in set::items(inner, Slash::Separates) {
        match area_named(&item) {
            Some(named) if area.is_none() => area = Some(named.code()),
            Some(named) if area == Some(named.code()) => {}
            _ => words.push(usual(set::item_key(&item))),
        }
    }
    words.push(fold(rest));
    words.retain(|word| !word.is_empty());
    (area, words)
}

/// The places of "EU (France/Germany)": a region that is told by countries or towns is these.
fn parts(item: &str) -> Option<Vec<Place>> {
    let (head, tail) = item.split_once('(')?;
    let inner = tail.trim_end().strip_suffix(')')?;
    let Some(Area::Region(_)) = area_named(head) else { return None };
    let parts = places(inner);
    let told = |place: &Place| place.known && matches!(place.area, Some(Area::Country(_)));
    (!parts.is_empty() && parts.iter().all(told)).then_some(parts)
}

fn place(text: String) -> Place {
    let (head, detail) = match text.split_once('(') {
        Some((head, tail)) if !head.trim().is_empty() => (head.trim(), set::item_key(&format!("({tail}"))),
        _ => (text.trim(), String::new()),
    };
    // A name in another spelling beside the area is no detail: "United States (US)".
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
    Place { area: area.or(echo), known, key, text }
}

/// The area that a longer phrase begins or ends with, and the rest: "EU regions", "Virginia, USA".
fn area_within(phrase: &str) -> Option<(Area, String)> {
    let words: Vec<&str> =
        phrase.split([' ', ':', '\u{2013}', '\u{2014}']).filter(|w| !w.is_empty() && *w != "-").collect();
    let known = |words: &[&str]| {
        let name = words.join(" ");
        // Two letters inside a phrase are a code only where they cannot be a word or abbreviation.
        let risky = name.len() <= 3 && !matches!(name.as_str(), "US" | "USA" | "UK" | "EU" | "EEA");
        if risky { None } else { area_named(&name) }
    };
    for taken in (1..words.len()).rev() {
        let (head, tail) = words.split_at(taken);
        if let Some(area) = known(head) {
            return Some((area, fold(&tail.join(" "))));
        }
        let (head, tail) = words.split_at(words.len() - taken);
        if let Some(area) = known(tail) {
            return Some((area, fold(&head.join(" "))));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> BTreeSet<String> {
        places(text).into_iter().map(|place| place.key).collect()
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
            ("Helsinki (HEL1)", "Frankfurt (FRA1)"),
            ("United States", "United States (primary)"),
            ("Ireland", "Northern Ireland"),
        ] {
            assert_ne!(keys(a), keys(b), "{a} / {b}");
        }
    }

    #[test]
    fn what_is_told_within_an_area_may_stand_on_either_side_of_it() {
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
            assert!(same_places(a, b) && same_places(b, a), "{a} / {b}");
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
            assert!(!same_places(a, b) && !same_places(b, a), "{a} / {b}");
        }
    }

    #[test]
    fn areas_are_known_through_towns_and_phrases() {
        let area = |text: &str| places(text).first().and_then(|place| place.area).map(Area::code);
        assert_eq!(area("Helsinki (HEL1)").as_deref(), Some("FI"));
        assert_eq!(area("EU regions").as_deref(), Some("EU"));
        assert_eq!(area("Virginia, USA").as_deref(), Some("US"));
        assert_eq!(area("eu-central-1").as_deref(), Some("DE"));
        assert_eq!(area("US East").as_deref(), Some("US"));
        assert_eq!(area("IT department"), None);
        assert_eq!(area("Region as configured"), None);
        assert!(places("Frankfurt").iter().all(|p| p.area.is_some_and(Area::in_eu)));
        assert!(!places("United Kingdom").iter().any(|p| p.area.is_some_and(Area::in_eu)));
    }
}
