//! The profile of a customer, `customer.yaml`: what the customer uses, and the notice that its contract promises.

use std::fmt;

use changecast_core::{
    change::{Kind, Level},
    model::{
        Terms, Trigger,
        terms::{Lead, Leads},
    },
    notice::Calendar,
};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::filter::{Filter, Phrase, Region};

use super::{ConfigError, YamlFile, clean_terms_of, from_yaml};

/// What a customer uses, and the notice that its contract promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name of the customer, for the report.
    pub customer: Option<String>,
    /// The changes that concern the customer.
    pub filter: Filter,
    /// The features that the customer does not use.
    pub disabled: Disabled,
    /// The notice that the customer's contract promises.
    pub notice: Option<Contract>,
}

/// The notice that a contract promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// The terms. A length alone is a lead for changes of every kind.
    pub terms: Terms,
    /// The changes that they apply to.
    pub applies_to: AppliesTo,
}

/// The changes that the terms of a contract apply to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppliesTo {
    /// Those that the terms name.
    NamedKinds,
    /// Those that customers could object to: the profile states only a length.
    NoticeLevel,
}

/// Features that the customer does not use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, expecting = "the keys `sections`, `scopes` and `conditions`")]
pub struct Disabled {
    /// The titles of their sections.
    pub sections: Vec<Phrase>,
    /// Their scopes.
    pub scopes: Vec<Phrase>,
    /// Words of the conditions under which their vendors are used: "transcription" in "only if transcription is enabled".
    pub conditions: Vec<Phrase>,
}

/// A [`Profile`] as a map.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "keys such as `customer`, `regions` and `notice`")]
struct ProfileDocument {
    customer: Option<String>,
    #[serde(default)]
    regions: Vec<Region>,
    #[serde(default)]
    products: Vec<Phrase>,
    #[serde(default)]
    sections: Vec<Phrase>,
    #[serde(default)]
    vendors: Vec<Phrase>,
    #[serde(default)]
    kinds: Vec<Kind>,
    level: Option<Level>,
    #[serde(default)]
    disabled: Disabled,
    #[serde(default, deserialize_with = "notice")]
    notice: Option<Contract>,
}

impl Profile {
    /// Reads a profile. `path` is only used in errors.
    ///
    /// # Errors
    /// [`ConfigError`] with the place, for unknown keys, wrong types, and values that are not valid.
    pub fn parse(path: &str, text: &str) -> Result<Self, ConfigError> {
        let document: ProfileDocument = from_yaml(YamlFile::Profile, path, text)?;
        let ProfileDocument { customer, regions, products, sections, vendors, kinds, level, disabled, notice } =
            document;
        let profile = Profile {
            customer,
            filter: Filter { kinds, level, sections, scopes: products, vendors, regions },
            disabled,
            notice,
        };
        let is_empty =
            profile.filter == Filter::default() && profile.disabled == Disabled::default() && profile.notice.is_none();
        if is_empty {
            let message = "the profile states nothing that could be compared with a log".to_owned();
            return Err(ConfigError::of_whole(YamlFile::Profile, path, message));
        }
        Ok(profile)
    }
}

/// Reads terms, or a length alone.
fn notice<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Contract>, D::Error> {
    struct NoticeVisitor;
    impl<'de> Visitor<'de> for NoticeVisitor {
        type Value = Contract;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a length such as `45d`, or a map with `lead`, `objection`, `zone`")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Contract, E> {
            let lead: Lead = text.parse().map_err(E::custom)?;
            let terms = Terms { lead: [(Trigger::Any, Leads(vec![lead]))].into(), ..Terms::default() };
            Ok(Contract { terms, applies_to: AppliesTo::NoticeLevel })
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Contract, A::Error> {
            let terms = clean_terms_of(Terms::deserialize(MapAccessDeserializer::new(map))?)?;
            Calendar::of(&terms).map_err(A::Error::custom)?;
            Ok(Contract { terms, applies_to: AppliesTo::NamedKinds })
        }
    }
    deserializer.deserialize_any(NoticeVisitor).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "customer: Example Ltd\nregions: [EU, Switzerland]\nproducts: [Business]\ndisabled:\n  sections: [AI features]\n  conditions: [transcription]\nnotice: 45d\n";

    #[test]
    fn a_profile_is_read() {
        let profile = Profile::parse("customer.yaml", GOOD).expect("a profile");
        assert_eq!(profile.filter.regions.len(), 2);
        assert_eq!(profile.filter.scopes[0].to_string(), "Business");
        assert_eq!(profile.disabled.conditions[0].to_string(), "transcription");
        let lead =
            |profile: &Profile| profile.notice.as_ref().expect("terms").terms.lead[&Trigger::Any].0[0].time.to_string();
        assert_eq!(lead(&profile), "45d");
        let terms = GOOD.replace("notice: 45d", "notice: {lead: {any: P45D}, zone: Europe/Berlin}");
        assert_eq!(lead(&Profile::parse("customer.yaml", &terms).expect("a profile")), "45d");
    }

    #[test]
    fn errors_name_place_and_next_step() {
        for (from, to, place, says, help) in [
            ("products:", "product:", "customer.yaml:3:1", "unknown field `product`", "did you mean `products`?"),
            (
                "Switzerland",
                "Atlantis",
                "customer.yaml:2:",
                "\"Atlantis\" is not a known country",
                "`changecast schema profile`",
            ),
            (
                "notice: 45d",
                "notice: 45 days",
                "customer.yaml:7:9",
                "\"45 days\" is not a duration",
                "`changecast schema profile`",
            ),
            ("notice: 45d", "notice: 45", "customer.yaml:7:9", "a length such as `45d`", "`changecast schema profile`"),
            (
                "notice: 45d",
                "notice: {lead: {any: 45d}, zone: Mars}",
                "customer.yaml:7:",
                "Mars",
                "`changecast schema profile`",
            ),
            (
                "[transcription]", "transcription", "customer.yaml:6:15", "disabled.conditions",
                "`changecast schema profile`",
            ),
            ("[Business]", "['']", "customer.yaml:3:", "has no words", "`changecast schema profile`"),
        ] {
            let text = GOOD.replacen(from, to, 1);
            assert_ne!(text, GOOD, "{from}");
            let error = Profile::parse("customer.yaml", &text).expect_err(to);
            let message = error.to_string();
            assert!(message.starts_with(place) && message.contains(says), "{message}");
            assert!(error.help().contains(help), "{message}: {}", error.help());
        }
        let nothing = Profile::parse("customer.yaml", "customer: Example Ltd\n").expect_err("nothing");
        assert!(nothing.to_string().starts_with("customer.yaml:1:1: the profile states nothing"), "{nothing}");
    }
}
