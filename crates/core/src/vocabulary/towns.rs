//! Towns, cloud regions and the states of the US, each in its country.

use std::sync::LazyLock;

use super::{
    US, Vocabulary,
    areas::{Area, country},
    respelled,
    sorted::Sorted,
};
use crate::model::fold;

/// Towns, cloud regions and states of the US, as the build script arranged them: name, code of the country, the name that
/// it is compared by, and the town of a cloud region.
static TOWNS: LazyLock<Sorted<'static>> =
    LazyLock::new(|| Sorted::new(include_str!(concat!(env!("OUT_DIR"), "/towns"))));
/// States of the US: code, name, other names.
static US_STATES: LazyLock<Sorted<'static>> =
    LazyLock::new(|| Sorted::new(include_str!(concat!(env!("OUT_DIR"), "/us_states"))));

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

/// The town of this folded name.
fn town_named(name: &str) -> Option<Town> {
    let mut columns = TOWNS.get(name)?.split('\t');
    let (area, name) = (country(columns.next()?)?, columns.next()?);
    Some(Town { name, area, within: columns.next().filter(|within| !within.is_empty()) })
}

/// The state of the US in the columns behind its code.
fn state(columns: &'static str) -> Option<Town> {
    Some(Town { name: columns.split('\t').next()?, area: US, within: None })
}

impl Vocabulary {
    /// The town, cloud region or state of the US of exactly this name.
    pub fn town(&self, name: &str) -> Option<Town> {
        self.town_of_folded(&fold(name))
    }

    /// The town, cloud region or state of the US of this folded name. Hyphens and spaces are the same between its words.
    pub fn town_of_folded(&self, name: &str) -> Option<Town> {
        town_named(name).or_else(|| respelled(name).find_map(|name| town_named(&name)))
    }

    /// The state of the US with this postal code.
    pub fn us_state(&self, code: &str) -> Option<Town> {
        state(US_STATES.get(code)?)
    }

    /// Whether a place is a state of the US.
    pub fn is_us_state(&self, town: Town) -> bool {
        US_STATES.rows().any(|(_, columns)| state(columns) == Some(town))
    }

    /// A folded name, or the name that a town of this name is compared by.
    pub fn usual_town(&self, folded: String) -> String {
        self.town_of_folded(&folded).map_or(folded, |town| town.name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::vocabulary::arrange::rows;

    const TOWNS: &str = include_str!("towns.tsv");
    const US_STATES: &str = include_str!("us_states.tsv");
    const CLOUD_REGIONS: &str = include_str!("cloud_regions.tsv");

    #[test]
    fn the_tables_are_sorted_and_their_names_are_folded_and_belong_to_one_country() {
        let mut known: HashMap<&str, &str> = HashMap::new();
        for (table, names) in [(TOWNS, 1), (CLOUD_REGIONS, 1), (US_STATES, 1)] {
            let found: Vec<_> = rows(table).collect();
            assert!(found.is_sorted_by(|a, b| a < b), "{:?}", found.windows(2).find(|w| w[0] >= w[1]));
            for row in found {
                assert!(row.len() > names, "{row:?}");
                for name in row[names..].iter().take_while(|name| **name != "in") {
                    assert_eq!(fold(name), *name);
                    let country = if table == US_STATES { "US" } else { row[0] };
                    assert!(known.insert(name, country).is_none_or(|other| other == country), "{name}");
                }
            }
        }
        for row in rows(TOWNS).chain(rows(CLOUD_REGIONS)) {
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
