//! Towns, cloud regions and the states of the US, each in its country.

use std::collections::HashMap;

use super::{
    US, Vocabulary,
    areas::{Area, country},
    respelled,
    word::rows,
};
use crate::model::fold;

/// Towns: code of the country, name, other names.
const TOWNS: &str = include_str!("towns.tsv");
/// Regions of cloud providers: code of the country, name, other names; behind "in", the town of the region.
const CLOUD_REGIONS: &str = include_str!("cloud_regions.tsv");
/// States of the US: code, name, other names.
const US_STATES: &str = include_str!("us_states.tsv");

/// A place within a country.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Town {
    /// The name that the town is compared by.
    pub name: &'static str,
    /// The country that the town is in.
    pub area: Area,
    /// The town of a cloud region.
    pub within: Option<&'static str>,
}

/// Towns by each of their folded names, and states of the US by postal code.
#[derive(Debug)]
pub(super) struct Towns {
    towns: HashMap<&'static str, Town>,
    states: HashMap<&'static str, Town>,
}

impl Towns {
    pub fn new() -> Self {
        let mut towns = HashMap::with_capacity(1_000);
        for (_, columns) in rows(TOWNS).chain(rows(CLOUD_REGIONS)) {
            let [code, ref names @ ..] = columns[..] else { continue };
            let mut parts = names.split(|name| *name == "in");
            let (names, within) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            let (Some(area), Some(name)) = (country(code), names.first()) else { continue };
            let town = Town { name, area, within: within.first().copied() };
            towns.extend(names.iter().map(|name| (*name, town)));
        }
        let mut states = HashMap::new();
        for (_, columns) in rows(US_STATES) {
            let [code, ref names @ ..] = columns[..] else { continue };
            let Some(name) = names.first() else { continue };
            let state = Town { name, area: US, within: None };
            states.insert(code, state);
            towns.extend(names.iter().map(|name| (*name, state)));
        }
        Towns { towns, states }
    }
}

impl Vocabulary {
    /// The town, cloud region or state of the US of exactly this name.
    pub fn town(&self, name: &str) -> Option<Town> {
        self.town_of_folded(&fold(name))
    }

    /// The town, cloud region or state of the US of this folded name. Hyphens and spaces are the same between its words.
    pub fn town_of_folded(&self, name: &str) -> Option<Town> {
        let known = |name: &str| self.towns().towns.get(name).copied();
        known(name).or_else(|| respelled(name).find_map(|name| known(&name)))
    }

    /// The state of the US with this postal code.
    pub fn us_state(&self, code: &str) -> Option<Town> {
        self.towns().states.get(code).copied()
    }

    /// Whether a place is a state of the US.
    pub fn is_us_state(&self, town: Town) -> bool {
        self.towns().states.values().any(|state| *state == town)
    }

    /// A folded name, or the name that a town of this name is compared by.
    pub fn usual_town(&self, folded: String) -> String {
        self.town_of_folded(&folded).map_or(folded, |town| town.name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_their_names_are_folded_and_belong_to_one_country() {
        let mut known: HashMap<&str, &str> = HashMap::new();
        for (table, names) in [(TOWNS, 1), (CLOUD_REGIONS, 1), (US_STATES, 1)] {
            let found: Vec<_> = rows(table).collect();
            assert!(found.is_sorted_by(|a, b| a.1 < b.1), "{:?}", found.windows(2).find(|w| w[0].1 >= w[1].1));
            for (_, row) in found {
                assert!(row.len() > names, "{row:?}");
                for name in row[names..].iter().take_while(|name| **name != "in") {
                    assert_eq!(fold(name), *name);
                    let country = if table == US_STATES { "US" } else { row[0] };
                    assert!(known.insert(name, country).is_none_or(|other| other == country), "{name}");
                }
            }
        }
        for (_, row) in rows(TOWNS).chain(rows(CLOUD_REGIONS)) {
            assert!(country(row[0]).is_some(), "{row:?}");
            let within = row.iter().skip_while(|name| **name != "in").nth(1);
            assert!(within.is_none_or(|town| known.get(town) == Some(&row[0])), "{row:?}");
        }
    }

    #[test]
    fn exonyms_and_codes_name_the_same_town() {
        let words = Vocabulary::builtin();
        for (a, b) in [
            ("München", "Munich"),
            ("Köln", "Cologne"),
            ("Wien", "Vienna"),
            ("Praha", "Prague"),
            ("Warszawa", "Warsaw"),
            ("N. Virginia", "Virginia"),
            ("westeurope", "West Europe"),
        ] {
            assert_eq!(words.town(a), words.town(b), "{a} / {b}");
            assert!(words.town(a).is_some(), "{a}");
        }
        assert_eq!(words.town("eu-central-1").and_then(|region| region.within), Some("frankfurt"));
        assert_eq!(words.us_state("CA").map(|state| state.name), Some("california"));
        assert_eq!(words.town("Springfield Gardens"), None);
    }
}
