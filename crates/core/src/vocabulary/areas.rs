//! Names and codes of countries, regions and towns.
//!
//! `keshvar` provides ISO 3166-1 and is used only here. The tables of this folder add regions, usual
//! names, names in the languages of the EU, towns, and the states of the US.

use std::{collections::HashMap, sync::LazyLock};

use keshvar::{Alpha2, CountryIterator};

use super::word::rows;
use crate::model::fold;

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

    /// Whether the whole area is part of the European Union.
    pub fn in_eu(self) -> bool {
        match self {
            Area::Country(alpha2) => GAZETTEER.eu.contains(&alpha2),
            Area::Region(name) => name == "EU",
        }
    }
}

/// The United States of America.
pub(crate) const US: Area = Area::Country(Alpha2::US);

/// Named regions: name, language, another name.
const REGIONS: &str = include_str!("regions.tsv");
/// Usual names of countries: code, language, name.
const COUNTRIES: &str = include_str!("countries.tsv");
/// Names of countries in the languages of the EU: name, code. Sorted by bytes.
const COUNTRY_NAMES: &str = include_str!("country_names.tsv");
/// Towns: code of the country, name, other names.
const TOWNS: &str = include_str!("towns.tsv");
/// States of the US: code, name.
const US_STATES: &str = include_str!("us_states.tsv");
/// Codes of regions and countries that are not in ISO 3166-1, in capitals.
const CODES: &str = include_str!("area_codes.tsv");

/// A town by the name that it is compared by.
pub(crate) fn usual(folded: String) -> String {
    TOWN_NAMES.get(folded.as_str()).map_or(folded, |(town, _)| (*town).to_owned())
}

/// The country of a town of this folded, usual name.
pub(crate) fn area_of_town(name: &str) -> Option<Area> {
    TOWN_NAMES.get(name).map(|(_, area)| *area)
}

/// The state of the US with this postal code.
pub(crate) fn state(code: &str) -> Option<&'static str> {
    rows(US_STATES).find_map(|(_, columns)| match columns[..] {
        [known, name] if known == code => Some(name),
        _ => None,
    })
}

/// The country or region of exactly this name or code.
pub(crate) fn area_named(name: &str) -> Option<Area> {
    let name = name.trim().trim_end_matches('.');
    let bare = name.strip_prefix("the ").or_else(|| name.strip_prefix("The ")).unwrap_or(name);
    area_of_code(bare).or_else(|| {
        let folded = fold(bare);
        let names = if is_compound(&folded) { &COMPOUND_NAMES } else { &NAMES };
        names.get(folded.as_str()).copied().or_else(|| translated_country(&folded))
    })
}

/// The country or region of a code. Codes count in capitals only: "in" and "it" are words.
pub(crate) fn area_of_code(code: &str) -> Option<Area> {
    let letters: String = code.chars().filter(|c| *c != '.').collect();
    let is_code = matches!(letters.chars().count(), 2 | 3) && letters.chars().all(char::is_uppercase);
    if is_code { CODE_AREAS.get(letters.as_str()).copied() } else { None }
}

/// Whether a name would be split like an enumeration: "Bosnia and Herzegovina".
fn is_compound(name: &str) -> bool {
    name.contains(',') || name.as_bytes().windows(5).any(|word| word == b" and ")
}

/// The country with this folded name in one of the languages of the EU. Binary search in the text of the
/// table: thousands of names need no preparation when the program starts.
fn translated_country(name: &str) -> Option<Area> {
    let table = COUNTRY_NAMES.as_bytes();
    let (mut low, mut high) = (end_of_comment(table), table.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = table[low..middle].iter().rposition(|b| *b == b'\n').map_or(low, |at| low + at + 1);
        let end = table[middle..high].iter().position(|b| *b == b'\n').map_or(high, |at| middle + at);
        let (known, code) = COUNTRY_NAMES[start..end].split_once('\t')?;
        match known.as_bytes().cmp(name.as_bytes()) {
            std::cmp::Ordering::Less => low = (end + 1).min(high),
            std::cmp::Ordering::Greater => high = start,
            std::cmp::Ordering::Equal => return country(code),
        }
    }
    None
}

/// Where the rows of a table begin, which has its comment at the top.
fn end_of_comment(table: &[u8]) -> usize {
    let mut at = 0;
    while table[at..].starts_with(b"#") {
        at = table[at..].iter().position(|b| *b == b'\n').map_or(table.len(), |end| at + end + 1);
    }
    at
}

fn country(code: &str) -> Option<Area> {
    Alpha2::try_from(code).ok().map(Area::Country)
}

/// Areas by the codes in their rows.
static CODE_AREAS: LazyLock<HashMap<String, Area>> = LazyLock::new(|| {
    let mut codes = HashMap::with_capacity(600);
    for country in CountryIterator::new() {
        let area = Area::Country(country.alpha2());
        codes.insert(country.alpha2().to_string(), area);
        codes.insert(country.alpha3().to_string(), area);
    }
    let regions = rows(REGIONS).filter_map(|(_, columns)| columns.first().copied());
    codes.extend(regions.map(|region| (region.to_owned(), Area::Region(region))));
    for (_, columns) in rows(CODES) {
        let [code, _, area] = columns[..] else { continue };
        codes.insert(code.to_owned(), country(area).unwrap_or(Area::Region(area)));
    }
    codes
});

struct Gazetteer {
    /// Names as written; of a name that several areas have, the last one counts.
    names: Vec<(&'static str, Area)>,
    eu: Vec<Alpha2>,
}

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(|| {
    let mut gazetteer = Gazetteer { names: Vec::with_capacity(2_000), eu: Vec::new() };
    for country in CountryIterator::new() {
        let area = Area::Country(country.alpha2());
        let official = [country.iso_short_name(), country.iso_long_name()];
        gazetteer.names.extend(official.iter().chain(country.unofficial_name_list()).map(|name| (*name, area)));
        if country.eu_member() {
            gazetteer.eu.push(country.alpha2());
        }
    }
    for (_, columns) in rows(REGIONS) {
        let [region, _, name] = columns[..] else { continue };
        gazetteer.names.push((name, Area::Region(region)));
    }
    for (_, columns) in rows(COUNTRIES) {
        let [code, _, name] = columns[..] else { continue };
        gazetteer.names.extend(country(code).map(|area| (name, area)));
    }
    gazetteer
});

/// Areas by folded name. Folding the names of all countries takes time, and a list of names that are not
/// countries only needs to know whether several of them together are one of these …
static COMPOUND_NAMES: LazyLock<HashMap<String, Area>> = LazyLock::new(|| folded_names(is_compound));

/// … and whether a single one is one of these.
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

/// Towns by each of their names: the name that a town is compared by, and its country.
static TOWN_NAMES: LazyLock<HashMap<&str, (&str, Area)>> = LazyLock::new(|| {
    let mut towns = HashMap::new();
    for (_, columns) in rows(TOWNS) {
        let [code, ref names @ ..] = columns[..] else { continue };
        let (Some(area), Some(usual)) = (country(code), names.first()) else { continue };
        towns.extend(names.iter().map(|name| (*name, (*usual, area))));
    }
    towns
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compound_folded_or_not() {
        for (name, _) in &GAZETTEER.names {
            assert_eq!(is_compound(name), is_compound(&fold(name)), "{name}");
        }
    }

    #[test]
    fn no_name_consists_of_codes() {
        for (name, _) in GAZETTEER.names.iter().filter(|(name, _)| is_compound(name)) {
            let mut parts = name.split(',').flat_map(|part| part.split(" and "));
            assert!(parts.any(|part| area_of_code(&part.trim().to_uppercase()).is_none()), "{name}");
        }
    }

    #[test]
    fn the_tables_are_sorted_and_their_codes_and_names_are_valid() {
        for (table, columns) in
            [(REGIONS, 3), (COUNTRIES, 3), (COUNTRY_NAMES, 2), (TOWNS, 2), (US_STATES, 2), (CODES, 3)]
        {
            let found: Vec<_> = rows(table).collect();
            assert!(found.is_sorted_by(|a, b| a.1 < b.1), "{:?}", found.windows(2).find(|w| w[0].1 >= w[1].1));
            assert!(found.iter().all(|(_, row)| row.len() >= columns), "{table}");
        }
        let codes = [(COUNTRIES, 0), (COUNTRY_NAMES, 1), (TOWNS, 0)];
        for (code, row) in codes.iter().flat_map(|(table, at)| rows(table).map(move |(_, row)| (row[*at], row))) {
            assert!(country(code).is_some(), "{row:?}");
        }
        let names = [(REGIONS, 2), (COUNTRIES, 2), (COUNTRY_NAMES, 0)];
        for name in names.iter().flat_map(|(table, at)| rows(table).map(move |(_, row)| row[*at])) {
            assert_eq!(fold(name), name);
        }
    }

    #[test]
    fn countries_have_names_in_the_languages_of_the_eu() {
        for (name, code) in [
            ("Vereinigte Staaten", "US"),
            ("États-Unis", "US"),
            ("Estados Unidos", "US"),
            ("Stati Uniti", "US"),
            ("Verenigde Staten", "US"),
            ("Stany Zjednoczone", "US"),
            ("Yhdysvallat", "US"),
            ("EUA", "US"),
            ("Etats-Unis", "US"),
            ("Espana", "ES"),
            ("Frankreich", "FR"),
            ("Francia", "FR"),
            ("Irlanda", "IE"),
            ("Niemcy", "DE"),
            ("Saksa", "DE"),
            ("Tyskland", "DE"),
            ("Île Maurice", "MU"),
            ("Allemagne", "DE"),
            ("Ελλάδα", "GR"),
            ("България", "BG"),
            ("Europäischer Wirtschaftsraum", "EEA"),
            ("EWR", "EEA"),
            ("UE", "EU"),
            ("Unione europea", "EU"),
            ("weltweit", "Global"),
        ] {
            assert_eq!(area_named(name).map(Area::code).as_deref(), Some(code), "{name}");
        }
        for name in ["man", "Tai", "", "zzz", "ue", "Long Island"] {
            assert_eq!(area_named(name), None, "{name}");
        }
    }

    #[test]
    fn every_translated_name_is_found() {
        for (_, row) in rows(COUNTRY_NAMES) {
            assert_eq!(translated_country(row[0]).map(Area::code).as_deref(), Some(row[1]), "{row:?}");
        }
    }
}
