//! Which changes concern a reader: criteria about changes and about the entries that they change.
//!
//! Filters leave out only what evidently concerns others. An entry without a scope concerns everybody, and a place that is
//! not known can be anywhere.

use std::{fmt, str::FromStr};

use changecast_core::{
    change::{Change, Kind, Level},
    compare::{Area, locations},
    model::{Text, fold},
    serde_as_text,
    vocabulary::{Meaning, Vocabulary},
};

/// Criteria for changes. A criterion without values excludes no change; a change must meet all others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The kinds of changes.
    pub kinds: Vec<Kind>,
    /// The level of changes.
    pub level: Option<Level>,
    /// The titles of sections.
    pub sections: Vec<Phrase>,
    /// The scopes of entries, such as a product.
    pub scopes: Vec<Phrase>,
    /// The names or ids of entries.
    pub vendors: Vec<Phrase>,
    /// Where entries process data.
    pub regions: Vec<Region>,
}

/// A criterion that a change does not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Criterion {
    /// Another kind of change.
    Kind,
    /// A lower level.
    Level,
    /// Another section.
    Section,
    /// Another vendor.
    Vendor,
    /// Another scope.
    Scope,
    /// Another region.
    Region,
}

/// What filters know about an entry. An entry without known facts meets every criterion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The id and the name; empty if the subject is not an entry.
    pub names: Vec<String>,
    /// The title of its section.
    pub section: Option<Text>,
    /// Its scopes.
    pub scopes: Vec<Text>,
    /// Where it processes data.
    pub places: Vec<Text>,
}

impl Subject {
    /// Whether its section has this title.
    pub fn is_in(&self, section: &Phrase) -> bool {
        self.section.as_ref().is_some_and(|title| section.is(title.as_str()))
    }
}

impl Filter {
    /// The criterion about the change itself that it does not meet. A filter for level `info` accepts every level.
    pub fn misses(&self, change: &Change) -> Option<Criterion> {
        if !self.kinds.is_empty() && !self.kinds.contains(&change.kind) {
            return Some(Criterion::Kind);
        }
        let is_level = self.level.is_none_or(|level| change.level == level || level == Level::Info);
        (!is_level).then_some(Criterion::Level)
    }

    /// The criterion about entries that one does not meet.
    pub fn excludes(&self, words: &Vocabulary, subject: &Subject) -> Option<Criterion> {
        if !self.sections.is_empty()
            && subject.section.is_some()
            && !self.sections.iter().any(|section| subject.is_in(section))
        {
            return Some(Criterion::Section);
        }
        let is_named = |one: &Phrase| subject.names.iter().any(|name| one.is(name));
        if !self.vendors.is_empty() && !subject.names.is_empty() && !self.vendors.iter().any(is_named) {
            return Some(Criterion::Vendor);
        }
        if !self.scopes.is_empty() && !subject.scopes.is_empty() {
            let is_wanted = |scope: &Text| {
                self.scopes.iter().any(|one| one.is_in(scope.as_str()))
                    || words.has_word(Meaning::Everyone, &fold(scope.as_str()))
            };
            if !subject.scopes.iter().any(is_wanted) {
                return Some(Criterion::Scope);
            }
        }
        let is_elsewhere = |place: &Text| self.regions.iter().all(|region| !region.may_contain(words, place.as_str()));
        let excludes_place = !self.regions.is_empty() && !subject.places.is_empty();
        (excludes_place && subject.places.iter().all(is_elsewhere)).then_some(Criterion::Region)
    }
}

/// Some words, such as the name of a product. They are compared without case and punctuation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    text: String,
    /// The words in their form for comparisons, with a space on both sides of each.
    spaced: String,
}

impl Phrase {
    /// Whether a text consists of these words.
    pub fn is(&self, text: &str) -> bool {
        self.spaced == spaced(text)
    }

    /// Whether a text contains these words, one behind the other.
    pub fn is_in(&self, text: &str) -> bool {
        spaced(text).contains(&self.spaced)
    }
}

/// The words of a text in their form for comparisons, with a space on both sides of each.
fn spaced(text: &str) -> String {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(" ".to_owned(), |all, word| all + word + " ")
}

impl FromStr for Phrase {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match spaced(text) {
            words if words.trim().is_empty() => Err(format!("{text:?} has no words")),
            spaced => Ok(Phrase { text: text.trim().to_owned(), spaced }),
        }
    }
}

impl fmt::Display for Phrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A country or region.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    text: String,
    area: Area,
}

impl Eq for Region {}

impl Region {
    /// Whether one of the places of a location text can be in the region. A place that is not known can be anywhere.
    pub fn may_contain(&self, words: &Vocabulary, text: &str) -> bool {
        let folded = fold(text);
        let is_anywhere = [Meaning::Outside, Meaning::Everyone].iter().any(|meaning| words.has_word(*meaning, &folded));
        let places = locations(words, text);
        let can_be_here = |area: Option<Area>| area.is_none_or(|area| area.overlaps(self.area));
        is_anywhere || places.is_empty() || places.iter().any(|place| can_be_here(place.area))
    }
}

impl FromStr for Region {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let area = Vocabulary::builtin().area_named(text).ok_or_else(|| {
            format!("{text:?} is not a known country or region: write `EU`, `EEA`, `Europe`, `APAC`, `Germany` or `DE`")
        })?;
        Ok(Region { text: text.to_owned(), area })
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

serde_as_text!(Phrase, Region);

#[cfg(test)]
mod tests {
    use super::*;

    fn phrases(texts: &[&str]) -> Vec<Phrase> {
        texts.iter().map(|text| text.parse().expect("a phrase")).collect()
    }

    #[test]
    fn an_entry_is_left_out_only_if_it_evidently_concerns_others() {
        let filter = Filter {
            sections: phrases(&["Hosting", "AI features"]),
            scopes: phrases(&["Business"]),
            regions: vec!["EU".parse().expect("a region")],
            ..Filter::default()
        };
        for (section, scope, place, expected) in [
            ("Hosting", "Business plan", "Ireland", None),
            ("hosting", "", "", None),
            ("Ai Features", "all plans", "Worldwide", None),
            ("Billing", "Business", "Ireland", Some(Criterion::Section)),
            ("Hosting", "Enterprise; Free", "Ireland", Some(Criterion::Scope)),
            ("Hosting", "Businesses", "Ireland", Some(Criterion::Scope)),
            ("Hosting", "Enterprise and Business", "United States", Some(Criterion::Region)),
            ("Hosting", "Business", "United States, Germany", None),
            ("Hosting", "Business", "Europe", None),
            ("Hosting", "Business", "Norway", Some(Criterion::Region)),
            ("Hosting", "Business", "Outside the US", None),
            ("Hosting", "Business", "The place of the customer", None),
        ] {
            let texts = |text: &str| if text.is_empty() { Vec::new() } else { vec![Text::new(text)] };
            let subject = Subject {
                names: vec!["oakline".to_owned()],
                section: Some(Text::new(section)),
                scopes: texts(scope),
                places: texts(place),
            };
            assert_eq!(filter.excludes(Vocabulary::builtin(), &subject), expected, "{section} / {scope} / {place}");
        }
        assert_eq!(filter.excludes(Vocabulary::builtin(), &Subject::default()), None);
    }

    #[test]
    fn vendors_are_named_by_name_or_id() {
        let filter = Filter { vendors: phrases(&["Oakline, Inc."]), ..Filter::default() };
        let subject = |names: [&str; 2]| Subject { names: names.map(str::to_owned).to_vec(), ..Subject::default() };
        assert_eq!(filter.excludes(Vocabulary::builtin(), &subject(["oakline-inc", "Oakline"])), None);
        assert_eq!(filter.excludes(Vocabulary::builtin(), &subject(["oak", "Oakline Inc"])), None);
        assert_eq!(filter.excludes(Vocabulary::builtin(), &subject(["oak", "Oak"])), Some(Criterion::Vendor));
    }

    #[test]
    fn words_and_places_that_nobody_knows_are_refused() {
        assert!("...".parse::<Phrase>().is_err());
        assert!("Atlantis".parse::<Region>().unwrap_err().contains("is not a known country or region"));
    }
}
