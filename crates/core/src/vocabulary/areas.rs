//! Names and codes of countries and regions.
//!
//! `keshvar` provides ISO 3166-1 and is used only here. The tables of this folder add regions, usual names,
//! and names in the languages of the EU and some others.

use std::sync::LazyLock;

use keshvar::{Alpha2, Alpha3, Continent, Country, CountryIterator, SubRegion, WorldRegion};

use super::{Vocabulary, arrange::rows, respelled, sorted::Sorted};
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

    /// The name of the country in ISO 3166-1, or that of the region.
    pub fn name(self) -> &'static str {
        match self {
            Area::Country(alpha2) => alpha2.to_country().iso_short_name(),
            Area::Region(name) => name,
        }
    }

    /// Whether a place can be in both areas. A region whose countries are not known overlaps with every area.
    pub fn overlaps(self, other: Area) -> bool {
        match (self, other) {
            (Area::Country(one), Area::Country(other)) => one == other,
            (Area::Region(region), Area::Country(country)) | (Area::Country(country), Area::Region(region)) => {
                has_country(region, &country.to_country())
            }
            (Area::Region(one), Area::Region(other)) => {
                one == other
                    || CountryIterator::new().any(|country| has_country(one, &country) && has_country(other, &country))
            }
        }
    }

    /// Whether this area contains all of another one. A region whose countries are not known contains every area.
    pub fn contains(self, other: Area) -> bool {
        match (self, other) {
            (Area::Country(one), Area::Country(other)) => one == other,
            (Area::Country(_), Area::Region(_)) => false,
            (Area::Region(region), Area::Country(country)) => has_country(region, &country.to_country()),
            (Area::Region(one), Area::Region(other)) => {
                CountryIterator::new().all(|country| has_country(one, &country) || !has_country(other, &country))
            }
        }
    }

    /// Whether the whole area is part of the European Union.
    pub fn in_eu(self) -> bool {
        match self {
            Area::Country(alpha2) => alpha2.to_country().eu_member(),
            Area::Region(name) => name == "EU",
        }
    }
}

/// Whether a country belongs to a region.
fn has_country(region: &str, country: &Country) -> bool {
    let is_one_of = |codes: &[Alpha2]| codes.contains(&country.alpha2());
    match region {
        "EU" => country.eu_member(),
        "EEA" => country.eu_member() || country.eea_member(),
        "DACH" => is_one_of(&[Alpha2::DE, Alpha2::AT, Alpha2::CH]),
        "Nordics" => is_one_of(&[Alpha2::DK, Alpha2::FI, Alpha2::IS, Alpha2::NO, Alpha2::SE]),
        "Europe" => country.continent() == Continent::Europe || country.eu_member(),
        "Africa" => country.continent() == Continent::Africa,
        "Asia" => country.continent() == Continent::Asia,
        "North America" => country.continent() == Continent::NorthAmerica,
        "South America" => country.continent() == Continent::SouthAmerica,
        "Oceania" => country.continent() == Continent::Australia,
        "Southeast Asia" => country.maybe_subregion() == Some(SubRegion::SouthEasternAsia),
        "Middle East" => {
            country.maybe_subregion() == Some(SubRegion::WesternAsia) || is_one_of(&[Alpha2::EG, Alpha2::IR])
        }
        "APAC" => country.world_region() == WorldRegion::APAC,
        "EMEA" => country.world_region() == WorldRegion::EMEA || has_country("Europe", country),
        "Americas" => country.world_region() == WorldRegion::AMER,
        "LATAM" => country.world_region() == WorldRegion::AMER && !is_one_of(&[Alpha2::US, Alpha2::CA]),
        _ => true,
    }
}

/// The United States of America.
pub(crate) const US: Area = Area::Country(Alpha2::US);

/// Named regions: name, language, another name.
static REGIONS: LazyLock<Sorted<'static>> =
    LazyLock::new(|| Sorted::new(include_str!(concat!(env!("OUT_DIR"), "/regions"))));
/// The names of areas, as the build script arranged them: name, region or code, and "whole" for a name that is a word of
/// another language.
static NAMES: LazyLock<Sorted<'static>> =
    LazyLock::new(|| Sorted::new(include_str!(concat!(env!("OUT_DIR"), "/areas"))));
/// Codes of regions and countries that are not in ISO 3166-1, in capitals.
static CODES: LazyLock<Sorted<'static>> =
    LazyLock::new(|| Sorted::new(include_str!(concat!(env!("OUT_DIR"), "/area_codes"))));
/// Words before the name of an area that do not change its meaning.
static AREA_PREFIXES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let rows = rows(include_str!("area_prefixes.tsv"));
    rows.filter_map(|columns| columns.get(1).copied()).collect()
});

/// How much of a text a name must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// All of it: "Island" is Iceland in German.
    Whole,
    /// A part of it: "Long Island" is not in Iceland.
    Part,
}

impl Vocabulary {
    /// The country or region of exactly this name or code.
    pub fn area_named(&self, name: &str) -> Option<Area> {
        self.area_of_name(name, Extent::Whole)
    }

    /// The country or region of a name or code that is a part of a longer text.
    pub fn area_in_phrase(&self, name: &str) -> Option<Area> {
        self.area_of_name(name, Extent::Part)
    }

    fn area_of_name(&self, name: &str, extent: Extent) -> Option<Area> {
        let name = name.trim().trim_end_matches('.');
        let known = self.area_of_bare_name(name, extent);
        known.or_else(|| self.area_of_bare_name(self.without_prefix(name)?, extent))
    }

    fn area_of_bare_name(&self, name: &str, extent: Extent) -> Option<Area> {
        self.area_of_code(name).or_else(|| self.area_of_folded(&fold(name), extent))
    }

    /// The area of a folded name. Hyphens and spaces are the same between its words: "royaume uni".
    fn area_of_folded(&self, name: &str, extent: Extent) -> Option<Area> {
        let written = self.area_of_spelling(name, extent);
        written.or_else(|| respelled(name).find_map(|name| self.area_of_spelling(&name, extent)))
    }

    fn area_of_spelling(&self, name: &str, extent: Extent) -> Option<Area> {
        let (area, whole) = NAMES.get(name)?.split_once('\t')?;
        let is_known = whole.is_empty() || extent == Extent::Whole;
        is_known.then(|| country(area).unwrap_or(Area::Region(area)))
    }

    /// A name without the words before it that do not change its meaning: "la France", "l'Italie".
    fn without_prefix<'n>(&self, name: &'n str) -> Option<&'n str> {
        if !name.contains([' ', '\'', '\u{2019}', '-']) {
            return None;
        }
        let lower = name.to_lowercase().replace('\u{2019}', "'");
        let found = AREA_PREFIXES.iter().filter(|prefix| {
            let rest = lower.strip_prefix(**prefix).unwrap_or_default();
            rest.starts_with(' ') || (!rest.is_empty() && prefix.ends_with(['\'', '-']))
        });
        let longest = found.map(|prefix| prefix.chars().count()).max()?;
        let (start, _) = name.char_indices().nth(longest)?;
        Some(name[start..].trim_start())
    }

    /// The country or region of a code. Codes count in capitals only: "in" and "it" are words.
    pub fn area_of_code(&self, code: &str) -> Option<Area> {
        let letters: String = code.chars().filter(|c| *c != '.').collect();
        let is_code = matches!(letters.chars().count(), 2 | 3) && letters.chars().all(char::is_uppercase);
        if is_code { area_of_letters(&letters) } else { None }
    }
}

pub(super) fn country(code: &str) -> Option<Area> {
    Alpha2::try_from(code).ok().map(Area::Country)
}

/// The area of a code of two or three letters in capitals.
fn area_of_letters(code: &str) -> Option<Area> {
    let other = CODES.get(code).and_then(|columns| columns.split('\t').nth(1));
    let other = other.map(|area| country(area).unwrap_or(Area::Region(area)));
    let region = || REGIONS.key(code);
    let official = || country(code).or_else(|| Some(Area::Country(Alpha3::try_from(code).ok()?.to_alpha2())));
    other.or_else(|| region().map(Area::Region)).or_else(official)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Folded names of countries in ISO 3166-1 and in use: name and code.
    const ISO_NAMES: &str = include_str!("iso_names.tsv");
    /// Names of countries in other languages: name, code, and "whole" for a name that is a word of another language.
    const COUNTRY_NAMES: &str = include_str!("country_names.tsv");
    const REGIONS: &str = include_str!("regions.tsv");
    const CODES: &str = include_str!("area_codes.tsv");
    /// Usual names of countries: code, language, name.
    const COUNTRIES: &str = include_str!("countries.tsv");

    /// The rows of iso_names.tsv as `keshvar` states them; of a name that several countries have, the last counts.
    fn names_of_keshvar() -> BTreeMap<String, String> {
        let mut names = BTreeMap::new();
        for country in CountryIterator::new() {
            let official = [country.iso_short_name(), country.iso_long_name()];
            for name in official.iter().chain(country.unofficial_name_list()) {
                let name = fold(name);
                let name = name.strip_prefix("the ").map(str::to_owned).unwrap_or(name);
                names.insert(name, country.alpha2().to_string());
            }
        }
        names
    }

    #[test]
    fn the_names_of_iso_3166_are_those_of_keshvar() {
        let found: BTreeMap<String, String> =
            rows(ISO_NAMES).map(|row| (row[0].to_owned(), row[1].to_owned())).collect();
        let known = names_of_keshvar();
        let differs = known.iter().filter(|(name, code)| found.get(*name) != Some(code));
        let missing: String = differs.map(|(name, code)| format!("{name}\t{code}\n")).collect();
        assert!(missing.is_empty(), "add these rows to iso_names.tsv:\n{missing}");
        assert_eq!(found.len(), known.len());
    }

    #[test]
    fn every_region_but_the_world_leaves_out_countries() {
        for columns in rows(REGIONS).filter(|columns| columns[0] != "Global") {
            let leaves_out = CountryIterator::new().any(|country| !has_country(columns[0], &country));
            assert!(leaves_out, "has_country has no arm for {}", columns[0]);
        }
    }

    #[test]
    fn areas_contain_and_overlap_others() {
        let area = |name| Vocabulary::builtin().area_named(name).unwrap();
        for (outer, inner, contains, overlaps) in [
            ("EU", "France", true, true),
            ("EU", "Norway", false, false),
            ("EEA", "Norway", true, true),
            ("EEA", "Switzerland", false, false),
            ("EEA", "United Kingdom", false, false),
            ("EEA", "EU", true, true),
            ("EU", "EEA", false, true),
            ("Europe", "EEA", true, true),
            ("EMEA", "Europe", true, true),
            ("EU", "DACH", false, true),
            ("APAC", "Germany", false, false),
            ("Southeast Asia", "Singapore", true, true),
            ("North America", "EEA", false, true), // Guadeloupe
            ("South America", "Asia", false, false),
            ("France", "EU", false, true),
            ("Global", "APAC", true, true),
        ] {
            let found = (area(outer).contains(area(inner)), area(outer).overlaps(area(inner)));
            assert_eq!(found, (contains, overlaps), "{outer} and {inner}");
        }
    }

    #[test]
    fn no_name_consists_of_codes() {
        for row in rows(ISO_NAMES).filter(|row| row[0].contains(',') || row[0].contains(" and ")) {
            let mut parts = row[0].split(',').flat_map(|part| part.split(" and "));
            assert!(
                parts.any(|part| Vocabulary::builtin().area_of_code(&part.trim().to_uppercase()).is_none()),
                "{row:?}"
            );
        }
    }

    #[test]
    fn the_tables_are_sorted_and_their_codes_and_names_are_valid() {
        for (table, columns) in [(REGIONS, 3), (COUNTRIES, 3), (ISO_NAMES, 2), (COUNTRY_NAMES, 2), (CODES, 3)] {
            let found: Vec<_> = rows(table).collect();
            assert!(found.is_sorted_by(|a, b| a < b), "{:?}", found.windows(2).find(|w| w[0] >= w[1]));
            assert!(found.iter().all(|row| row.len() >= columns), "{table}");
        }
        let codes = [(COUNTRIES, 0), (ISO_NAMES, 1), (COUNTRY_NAMES, 1)];
        for (code, row) in codes.iter().flat_map(|(table, at)| rows(table).map(move |row| (row[*at], row))) {
            assert!(country(code).is_some(), "{row:?}");
        }
        let names = [(REGIONS, 2), (COUNTRIES, 2), (ISO_NAMES, 0), (COUNTRY_NAMES, 0)];
        for name in names.iter().flat_map(|(table, at)| rows(table).map(move |row| row[*at])) {
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
            assert_eq!(Vocabulary::builtin().area_named(name).map(Area::code).as_deref(), Some(code), "{name}");
        }
        for name in ["man", "Tai", "", "zzz", "ue", "Long Island"] {
            assert_eq!(Vocabulary::builtin().area_named(name), None, "{name}");
        }
    }

    #[test]
    fn every_name_is_found() {
        let rows = [(ISO_NAMES, 0), (COUNTRY_NAMES, 0), (COUNTRIES, 2), (REGIONS, 2)];
        for (table, name) in rows {
            for row in super::rows(table) {
                assert!(Vocabulary::builtin().area_named(row[name]).is_some(), "{row:?}");
            }
        }
    }
}
