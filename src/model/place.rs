//! Places: ISO 3166 countries by code and usual name, named regions, and places within them.
//!
//! The only user of `keshvar`, which carries the ISO 3166-1 table.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use keshvar::{Alpha2, CountryIterator};

use super::{
    set::{self, Slash},
    text::{fold, without_marks},
};

/// A country or a named region.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Area {
    /// A country of ISO 3166-1.
    Country(Alpha2),
    /// A region, by the name that it is compared by.
    Region(&'static str),
}

impl Area {
    /// ISO 3166-1 alpha-2 code, or the name of the region.
    pub fn code(self) -> String {
        match self {
            Area::Country(alpha2) => alpha2.to_string(),
            Area::Region(name) => name.to_owned(),
        }
    }

    /// Whether the whole area lies in the European Union.
    pub fn in_eu(self) -> bool {
        match self {
            Area::Country(alpha2) => GAZETTEER.eu.contains(&alpha2),
            Area::Region(name) => name == "EU",
        }
    }
}

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
    let items = set::items(&without_marks(text), Slash::Separates);
    let mut places = Vec::with_capacity(items.len());
    let mut rest = items.as_slice();
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
/// as often.
pub fn same_places(a: &str, b: &str) -> bool {
    let (a, b) = (places(a), places(b));
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
        (None, Some((named, rest))) if !TOWN_NAMES.contains_key(fold(head).as_str()) => {
            area = Some(named.code());
            words.push(rest);
        }
        _ => words.push(fold(head)),
    }
    for item in set::items(inner, Slash::Separates) {
        match area_named(&item) {
            Some(named) if area.is_none() => area = Some(named.code()),
            Some(named) if area == Some(named.code()) => {}
            _ => words.push(set::item_key(&item)),
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
    let folded = fold(head);
    let (area, head_key, known) = if let Some(area) = area_named(head) {
        (Some(area), area.code(), true)
    } else if let Some(town) = TOWN_NAMES.get(folded.as_str()) {
        (Some(*town), folded, true)
    } else if let Some((area, rest)) = area_within(head) {
        (Some(area), format!("{} {rest}", area.code()), false)
    } else {
        (None, folded, false)
    };
    let key =
        if detail.is_empty() || (echo.is_some() && echo == area) { head_key } else { format!("{head_key} {detail}") };
    Place { area: area.or(echo), known, key, text }
}

/// The country or region of exactly this name or code.
fn area_named(name: &str) -> Option<Area> {
    let name = name.trim().trim_end_matches('.');
    let bare = name.strip_prefix("the ").or_else(|| name.strip_prefix("The ")).unwrap_or(name);
    area_of_code(bare).or_else(|| {
        let folded = fold(bare);
        let names = if is_compound(&folded) { &COMPOUND_NAMES } else { &NAMES };
        names.get(folded.as_str()).copied()
    })
}

/// The country or region of a code. Codes count in capitals only: "in" and "it" are words.
fn area_of_code(code: &str) -> Option<Area> {
    let letters = || code.chars().filter(|c| *c != '.');
    let is_code = letters().all(|c| c.is_ascii_uppercase()) && matches!(letters().count(), 2 | 3);
    is_code.then(|| CODES.get(&letters().collect::<String>()).copied()).flatten()
}

/// Whether a name would be split like a list: "Bosnia and Herzegovina".
fn is_compound(name: &str) -> bool {
    name.contains(',') || name.as_bytes().windows(5).any(|word| word == b" and ")
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

/// Named regions that location columns use beside countries.
const REGIONS: [(&str, &[&str]); 17] = [
    ("EU", &["european union", "eu27", "eu-27", "eu member states", "eu countries"]),
    ("EEA", &["european economic area", "eea countries", "eu/eea", "eea/eu"]),
    ("Global", &["worldwide", "global", "globally", "international", "anywhere"]),
    ("Europe", &["europe"]),
    ("EMEA", &["europe, middle east and africa"]),
    ("APAC", &["asia pacific", "asia-pacific"]),
    ("LATAM", &["latin america"]),
    ("North America", &["north america"]),
    ("South America", &["south america"]),
    ("Americas", &["americas"]),
    ("Asia", &["asia"]),
    ("Southeast Asia", &["southeast asia", "south-east asia"]),
    ("Africa", &["africa"]),
    ("Middle East", &["middle east"]),
    ("Oceania", &["oceania"]),
    ("DACH", &["dach"]),
    ("Nordics", &["nordics", "nordic countries"]),
];

/// Usual names that the ISO table lacks.
const ALIASES: [(Alpha2, &str); 16] = [
    (Alpha2::AE, "uae"),
    (Alpha2::US, "america"),
    (Alpha2::US, "u.s.a"),
    (Alpha2::US, "u.s"),
    (Alpha2::US, "united states of america (usa)"),
    (Alpha2::GB, "great britain"),
    (Alpha2::GB, "britain"),
    (Alpha2::GB, "scotland"),
    (Alpha2::GB, "wales"),
    (Alpha2::GB, "northern ireland"),
    (Alpha2::CZ, "czech"),
    (Alpha2::KR, "korea, republic of"),
    (Alpha2::TW, "taiwan"),
    (Alpha2::NL, "holland"),
    (Alpha2::CN, "china (prc)"),
    (Alpha2::CN, "prc"),
];

/// Towns and cloud regions where data centres stand, with their country.
const TOWNS: [(Alpha2, &[&str]); 20] = [
    (Alpha2::AU, &["sydney", "melbourne", "ap-southeast-2", "ap-southeast-4"]),
    (Alpha2::BE, &["brussels", "st. ghislain", "europe-west1"]),
    (Alpha2::BR, &["sao paulo", "são paulo", "sa-east-1"]),
    (Alpha2::CA, &["montreal", "toronto", "ca-central-1"]),
    (Alpha2::CH, &["zurich", "zürich", "geneva", "eu-central-2", "europe-west6"]),
    (
        Alpha2::DE,
        &["frankfurt", "berlin", "munich", "falkenstein", "nuremberg", "nürnberg", "eu-central-1", "europe-west3"],
    ),
    (Alpha2::ES, &["madrid", "eu-south-2"]),
    (Alpha2::FI, &["helsinki", "hamina", "europe-north1"]),
    (Alpha2::FR, &["paris", "strasbourg", "gravelines", "eu-west-3", "europe-west9", "france central"]),
    (Alpha2::GB, &["london", "manchester", "eu-west-2", "europe-west2"]),
    (Alpha2::ID, &["jakarta", "ap-southeast-3"]),
    (Alpha2::IE, &["dublin", "eu-west-1"]),
    (Alpha2::IN, &["mumbai", "hyderabad", "bangalore", "ap-south-1"]),
    (Alpha2::IT, &["milan", "rome", "eu-south-1"]),
    (Alpha2::JP, &["tokyo", "osaka", "ap-northeast-1", "ap-northeast-3"]),
    (Alpha2::KR, &["seoul", "ap-northeast-2"]),
    (Alpha2::NL, &["amsterdam", "eemshaven", "europe-west4"]),
    (Alpha2::SE, &["stockholm", "eu-north-1", "sweden central"]),
    (Alpha2::SG, &["ap-southeast-1", "asia-southeast1"]),
    (
        Alpha2::US,
        &[
            "virginia", "oregon", "ohio", "california", "texas", "ashburn", "us-east-1", "us-east-2", "us-west-1",
            "us-west-2", "us-central1",
        ],
    ),
];

/// Areas by code.
static CODES: LazyLock<HashMap<String, Area>> = LazyLock::new(|| {
    let mut codes = HashMap::with_capacity(600);
    for country in CountryIterator::new() {
        let area = Area::Country(country.alpha2());
        codes.insert(country.alpha2().to_string(), area);
        codes.insert(country.alpha3().to_string(), area);
    }
    codes.extend(REGIONS.map(|(region, _)| (region.to_owned(), Area::Region(region))));
    codes.insert("UK".to_owned(), Area::Country(Alpha2::GB));
    codes
});

struct Gazetteer {
    /// Names as written; of one that several areas have, the last counts.
    names: Vec<(&'static str, Area)>,
    eu: Vec<Alpha2>,
}

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| {
    let mut gazetteer = Gazetteer { names: Vec::with_capacity(1_800), eu: Vec::new() };
    for country in CountryIterator::new() {
        let area = Area::Country(country.alpha2());
        let official = [country.iso_short_name(), country.iso_long_name()];
        gazetteer.names.extend(official.iter().chain(country.unofficial_name_list()).map(|name| (*name, area)));
        if country.eu_member() {
            gazetteer.eu.push(country.alpha2());
        }
    }
    for (region, names) in REGIONS {
        let area = Area::Region(region);
        gazetteer.names.extend([region].iter().chain(names).map(|name| (*name, area)));
    }
    gazetteer.names.extend(ALIASES.map(|(country, name)| (name, Area::Country(country))));
    gazetteer
});

/// Areas by folded name. Folding the names of all countries takes its time, and a list that has names
/// that are no countries' merely asks whether some beside each other are one of these …
static COMPOUND_NAMES: LazyLock<HashMap<String, Area>> = LazyLock::new(|| folded_names(is_compound));

/// … and for none of the others.
static NAMES: LazyLock<HashMap<String, Area>> = LazyLock::new(|| folded_names(|name| !is_compound(name)));

fn folded_names(among: impl Fn(&str) -> bool) -> HashMap<String, Area> {
    let names: Vec<_> = GAZETTEER.names.iter().filter(|(name, _)| among(name)).collect();
    let mut folded = HashMap::with_capacity(names.len());
    for (name, area) in names {
        let name = fold(name);
        folded.insert(name.strip_prefix("the ").map(str::to_owned).unwrap_or(name), *area);
    }
    folded
}

static TOWN_NAMES: LazyLock<HashMap<&str, Area>> = LazyLock::new(|| {
    let towns = TOWNS.iter().flat_map(|(country, towns)| towns.iter().map(|town| (*town, Area::Country(*country))));
    towns.collect()
});

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
        ] {
            assert!(same_places(a, b) && same_places(b, a), "{a} / {b}");
        }
        for (a, b) in [
            ("Dublin, Ireland", "Ireland"),
            ("Dublin, Ireland", "Dublin, USA"),
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
    fn names_are_compound_folded_or_not() {
        for (name, _) in &GAZETTEER.names {
            assert_eq!(is_compound(name), is_compound(&fold(name)), "{name}");
        }
    }

    #[test]
    fn no_name_is_made_of_codes() {
        for (name, _) in GAZETTEER.names.iter().filter(|(name, _)| is_compound(name)) {
            let mut parts = name.split(',').flat_map(|part| part.split(" and "));
            assert!(parts.any(|part| area_of_code(&part.trim().to_uppercase()).is_none()), "{name}");
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
