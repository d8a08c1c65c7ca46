//! Names and codes of areas and towns: ISO 3166 countries, named regions, states of the US.
//!
//! The only user of `keshvar`, which carries the ISO 3166-1 table.

use std::{collections::HashMap, sync::LazyLock};

use keshvar::{Alpha2, CountryIterator};

use crate::model::text::fold;

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

/// The United States.
pub(super) const US: Area = Area::Country(Alpha2::US);

/// A town by the name that it is compared by.
pub(super) fn usual(folded: String) -> String {
    let known = TOWN_ALIASES.iter().find(|(_, aliases)| aliases.contains(&folded.as_str()));
    known.map_or(folded, |(town, _)| (*town).to_owned())
}

/// The country of a town of this folded, usual name.
pub(super) fn area_of_town(name: &str) -> Option<Area> {
    TOWN_NAMES.get(name).copied()
}

/// The state of the US with this postal code.
pub(super) fn state(code: &str) -> Option<&'static str> {
    STATES.iter().find(|(known, _)| *known == code).map(|(_, name)| *name)
}

/// The country or region of exactly this name or code.
pub(super) fn area_named(name: &str) -> Option<Area> {
    let name = name.trim().trim_end_matches('.');
    let bare = name.strip_prefix("the ").or_else(|| name.strip_prefix("The ")).unwrap_or(name);
    area_of_code(bare).or_else(|| {
        let folded = fold(bare);
        let names = if is_compound(&folded) { &COMPOUND_NAMES } else { &NAMES };
        names.get(folded.as_str()).copied()
    })
}

/// The country or region of a code. Codes count in capitals only: "in" and "it" are words.
pub(super) fn area_of_code(code: &str) -> Option<Area> {
    let letters = || code.chars().filter(|c| *c != '.');
    let is_code = letters().all(|c| c.is_ascii_uppercase()) && matches!(letters().count(), 2 | 3);
    is_code.then(|| CODES.get(&letters().collect::<String>()).copied()).flatten()
}

/// Whether a name would be split like a list: "Bosnia and Herzegovina".
fn is_compound(name: &str) -> bool {
    name.contains(',') || name.as_bytes().windows(5).any(|word| word == b" and ")
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
const ALIASES: [(Alpha2, &str); 21] = [
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
    (Alpha2::GB, "england"),
    (Alpha2::HK, "hong kong sar"),
    (Alpha2::IE, "republic of ireland"),
    (Alpha2::KR, "korea"),
    (Alpha2::MO, "macau sar"),
];

/// Towns that go by several names, folded.
const TOWN_ALIASES: [(&str, &[&str]); 16] = [
    ("bangalore", &["bengaluru"]),
    ("brussels", &["bruxelles", "brussel"]),
    ("cologne", &["köln"]),
    ("copenhagen", &["københavn"]),
    ("frankfurt", &["frankfurt am main", "frankfurt/main"]),
    ("geneva", &["genève", "genf"]),
    ("lisbon", &["lisboa"]),
    ("milan", &["milano"]),
    ("montreal", &["montréal"]),
    ("munich", &["münchen"]),
    ("nuremberg", &["nürnberg"]),
    ("prague", &["praha"]),
    ("rome", &["roma"]),
    ("sao paulo", &["são paulo"]),
    ("vienna", &["wien"]),
    ("zurich", &["zürich"]),
];

/// The states of the US, by postal code.
#[rustfmt::skip]
const STATES: [(&str, &str); 51] = [
    ("AL", "Alabama"), ("AK", "Alaska"), ("AZ", "Arizona"), ("AR", "Arkansas"), ("CA", "California"),
    ("CO", "Colorado"), ("CT", "Connecticut"), ("DC", "D.C."), ("DE", "Delaware"), ("FL", "Florida"),
    ("GA", "Georgia"), ("HI", "Hawaii"), ("ID", "Idaho"), ("IL", "Illinois"), ("IN", "Indiana"), ("IA", "Iowa"),
    ("KS", "Kansas"), ("KY", "Kentucky"), ("LA", "Louisiana"), ("ME", "Maine"), ("MD", "Maryland"),
    ("MA", "Massachusetts"), ("MI", "Michigan"), ("MN", "Minnesota"), ("MS", "Mississippi"), ("MO", "Missouri"),
    ("MT", "Montana"), ("NE", "Nebraska"), ("NV", "Nevada"), ("NH", "New Hampshire"), ("NJ", "New Jersey"),
    ("NM", "New Mexico"), ("NY", "New York"), ("NC", "North Carolina"), ("ND", "North Dakota"), ("OH", "Ohio"),
    ("OK", "Oklahoma"), ("OR", "Oregon"), ("PA", "Pennsylvania"), ("RI", "Rhode Island"), ("SC", "South Carolina"),
    ("SD", "South Dakota"), ("TN", "Tennessee"), ("TX", "Texas"), ("UT", "Utah"), ("VT", "Vermont"),
    ("VA", "Virginia"), ("WA", "Washington"), ("WV", "West Virginia"), ("WI", "Wisconsin"), ("WY", "Wyoming"),
];

/// Towns and cloud regions where data centres stand, with their country.
const TOWNS: [(Alpha2, &[&str]); 20] = [
    (Alpha2::AU, &["sydney", "melbourne", "ap-southeast-2", "ap-southeast-4"]),
    (Alpha2::BE, &["brussels", "st. ghislain", "europe-west1"]),
    (Alpha2::BR, &["sao paulo", "sa-east-1"]),
    (Alpha2::CA, &["montreal", "toronto", "ca-central-1"]),
    (Alpha2::CH, &["zurich", "geneva", "eu-central-2", "europe-west6"]),
    (Alpha2::DE, &["frankfurt", "berlin", "munich", "falkenstein", "nuremberg", "eu-central-1", "europe-west3"]),
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
}
