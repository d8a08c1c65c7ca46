//! The countries and regions that a text names, and how the GDPR treats them.

use crate::{
    compare::{Area, locations},
    vocabulary::{Meaning, Vocabulary},
};

/// The region within which data need no mechanism.
const INTERNAL: Area = Area::Region("EEA");
/// Countries with an adequacy decision of the European Commission (GDPR, article 45) for all recipients.
const ADEQUATE: [&str; 14] = ["AD", "AR", "CA", "CH", "FO", "GB", "GG", "IL", "IM", "JE", "JP", "KR", "NZ", "UY"];
/// Regions without any third country.
const PROTECTED_REGIONS: [&str; 5] = ["DACH", "EEA", "EU", "Europe", "Nordics"];
/// Regions that may or may not include third countries.
const OPEN_REGIONS: [&str; 2] = ["EMEA", "Global"];

/// The protection of personal data in an area, as seen from the European Union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protection {
    /// The area belongs to the European Economic Area, or has an adequacy decision.
    Adequate,
    /// Transfers need a mechanism.
    Third,
    /// The area may include third countries.
    Open,
}

impl Protection {
    pub fn of(area: Area) -> Self {
        let code = area.code();
        match area {
            Area::Country(_) if INTERNAL.contains(area) || ADEQUATE.contains(&code.as_str()) => Protection::Adequate,
            Area::Country(_) => Protection::Third,
            Area::Region(name) if PROTECTED_REGIONS.contains(&name) => Protection::Adequate,
            Area::Region(name) if OPEN_REGIONS.contains(&name) => Protection::Open,
            Area::Region(_) => Protection::Third,
        }
    }
}

/// The areas of a location cell. `None` for a place that is not known.
pub(super) fn areas_of(text: &str) -> Vec<Option<Area>> {
    locations(Vocabulary::builtin(), text).into_iter().map(|location| location.area).collect()
}

/// An area in a text, with the words that name it.
pub(super) struct Named {
    pub area: Area,
    pub words: String,
}

/// Most words of the name of an area.
const MAX_WORDS: usize = 4;

/// Words before the name of a town in prose.
const TOWN_PREPOSITIONS: [&str; 4] = ["in", "at", "near", "from"];

/// The countries, regions and cloud regions that prose names. The name of a law is none: "Singapore PDPA".
pub(super) fn named_in(text: &str) -> Vec<Named> {
    let words = Vocabulary::builtin();
    let tokens: Vec<&str> = text.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '.')).collect();
    let tokens: Vec<&str> = tokens.into_iter().map(|t| t.trim_matches(['.', '-'])).filter(|t| !t.is_empty()).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let longest = MAX_WORDS.min(tokens.len() - at);
        let named = (1..=longest).rev().find_map(|taken| {
            let phrase = tokens[at..at + taken].join(" ");
            Some((taken, area_of(words, &phrase, at.checked_sub(1).map(|before| tokens[before]))?, phrase))
        });
        let Some((taken, area, phrase)) = named else {
            at += 1;
            continue;
        };
        at += taken;
        let is_law = tokens.get(at).is_some_and(|next| words.is(Meaning::LawWord, &next.to_lowercase()));
        if !is_law {
            found.push(Named { area, words: phrase });
        }
    }
    found
}

fn area_of(words: &Vocabulary, phrase: &str, before: Option<&str>) -> Option<Area> {
    let is_cloud_region = phrase.contains(|c: char| c.is_ascii_digit()) && phrase.contains('-');
    if is_cloud_region && !phrase.contains(' ') {
        return words.town(phrase).map(|town| town.area);
    }
    if !phrase.starts_with(char::is_uppercase) {
        return None;
    }
    let is_short = phrase.chars().count() <= 3;
    let is_code = matches!(phrase, "US" | "USA" | "UK" | "EU" | "EEA");
    let name = phrase.strip_suffix("-based").unwrap_or(phrase);
    let area = if is_short && !is_code { None } else { words.area_in_phrase(name) };
    area.or_else(|| {
        let is_place = before.is_some_and(|before| TOWN_PREPOSITIONS.contains(&before));
        words.town(phrase).filter(|_| is_place).map(|town| town.area)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_names_areas_and_laws_are_none() {
        for (text, expected) in [
            ("Region: Singapore (Asia Pacific - ap-southeast-1)", &["SG", "APAC", "SG"][..]),
            ("aligned with Malaysia PDPA 2010 and Singapore PDPC guidance", &[]),
            ("N/A (US-based)", &["US"]),
            ("hosted in Frankfurt, Germany", &["DE", "DE"]),
            ("We are nice and mobile", &[]),
        ] {
            let found: Vec<String> = named_in(text).iter().map(|named| named.area.code()).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
