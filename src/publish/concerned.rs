//! What a profile needs to know about an entry of a published list.

use changecast_core::{
    compare::set::{self, Slash},
    ledger::{Json, List},
    model::{EntryId, Role, Text, fold},
    vocabulary::{Meaning, Vocabulary},
};

use crate::{
    config::Profile,
    filter::{Criterion, Phrase, Subject},
};

use super::published_list;

/// An entry in one version of a list.
#[derive(Clone, Debug)]
pub(super) struct Concerned {
    subject: Subject,
    /// The texts that state when the entry is used.
    conditions: Vec<Text>,
}

/// Why a change does not concern a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    /// A criterion of the profile is not met.
    Misses(Criterion),
    /// It is about a feature that the customer does not use.
    Disabled,
}

impl Reason {
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Misses(Criterion::Kind) => "another kind of change",
            Reason::Misses(Criterion::Level) => "a lower level",
            Reason::Misses(Criterion::Section) => "another section",
            Reason::Misses(Criterion::Vendor) => "another vendor",
            Reason::Misses(Criterion::Scope) => "another product",
            Reason::Misses(Criterion::Region) => "another region",
            Reason::Disabled => "a disabled feature",
        }
    }
}

impl Concerned {
    /// The entry with an id.
    pub fn in_list(list: &List, id: &EntryId) -> Option<Self> {
        let (facts, entry) = (list.facts().value(), list.entry(id.as_str())?.value());
        let section = entry.text("section").and_then(|section| facts.get("sections")?.get(section));
        let mut subject = Subject {
            names: vec![published_list::text(entry.get("name")).to_string(), id.to_string()],
            section: section.map(|section| published_list::text(section.get("title"))),
            ..Subject::default()
        };
        let mut conditions = Vec::new();
        for (key, spans) in entry.get("fields").and_then(Json::as_object).into_iter().flatten() {
            let column = facts.get("columns").and_then(|columns| columns.get(key));
            let role = column.and_then(|column| column.text("role")?.parse::<Role>().ok());
            let text = published_list::text(Some(spans));
            if role == Some(Role::Status) || states_condition(&text) {
                conditions.push(text.clone());
            }
            match role {
                Some(Role::Scope) => subject.scopes.push(text),
                Some(Role::Location) => subject.places.push(text),
                _ => {}
            }
        }
        Some(Concerned { subject, conditions })
    }

    /// Why the entry does not concern a customer; `None` if it does.
    pub fn left_out(&self, profile: &Profile) -> Option<Reason> {
        let words = Vocabulary::builtin();
        let missed = profile.filter.excludes(words, &self.subject).map(Reason::Misses);
        missed.or_else(|| self.is_disabled(profile).then_some(Reason::Disabled))
    }

    fn is_disabled(&self, profile: &Profile) -> bool {
        let (words, disabled) = (Vocabulary::builtin(), &profile.disabled);
        let section = disabled.sections.iter().any(|section| self.subject.is_in(section));
        let scopes = &self.subject.scopes;
        let items = scopes.iter().flat_map(|scope| set::items(words, scope.as_str(), Slash::Separates));
        let items: Vec<String> = items.collect();
        let is_off = |item: &String| disabled.scopes.iter().any(|scope| scope.is_in(item));
        let condition = |text: &Text| disabled.conditions.iter().any(|condition| condition.is_in(text.as_str()));
        section || (!items.is_empty() && items.iter().all(is_off)) || self.conditions.iter().any(condition)
    }
}

/// Whether a text states when something applies: "only if transcription is enabled".
fn states_condition(text: &Text) -> bool {
    Vocabulary::builtin().has_word(Meaning::Condition, &fold(text.as_str()))
}

/// The values of a profile that no entry had so far. A misspelt one would leave out what concerns the customer, or the
/// contrary.
#[derive(Clone, Debug)]
pub(super) struct Unmatched(Vec<(Key, Phrase)>);

/// A key of the profile.
#[derive(Clone, Copy, Debug)]
enum Key {
    Products,
    Sections,
    Vendors,
    DisabledSections,
    DisabledScopes,
    DisabledConditions,
}

impl Unmatched {
    pub fn of(profile: &Profile) -> Self {
        let (filter, disabled) = (&profile.filter, &profile.disabled);
        let keys = [
            (Key::Products, &filter.scopes),
            (Key::Sections, &filter.sections),
            (Key::Vendors, &filter.vendors),
            (Key::DisabledSections, &disabled.sections),
            (Key::DisabledScopes, &disabled.scopes),
            (Key::DisabledConditions, &disabled.conditions),
        ];
        let values = keys.into_iter().flat_map(|(key, values)| values.iter().map(move |value| (key, value.clone())));
        Unmatched(values.collect())
    }

    /// Takes out the values that an entry has.
    pub fn see(&mut self, entry: &Concerned) {
        let Concerned { subject, conditions } = entry;
        let is_in = |value: &Phrase, texts: &[Text]| texts.iter().any(|text| value.is_in(text.as_str()));
        self.0.retain(|(key, value)| !match key {
            Key::Products | Key::DisabledScopes => is_in(value, &subject.scopes),
            Key::Sections | Key::DisabledSections => subject.is_in(value),
            Key::Vendors => subject.names.iter().any(|name| value.is(name)),
            Key::DisabledConditions => is_in(value, conditions),
        });
    }

    /// The remaining values, with their keys as the profile has them.
    pub fn into_values(self) -> Vec<(&'static str, String)> {
        let values = self.0.into_iter().map(|(key, value)| {
            let key = match key {
                Key::Products => "products",
                Key::Sections => "sections",
                Key::Vendors => "vendors",
                Key::DisabledSections => "disabled.sections",
                Key::DisabledScopes => "disabled.scopes",
                Key::DisabledConditions => "disabled.conditions",
            };
            (key, value.to_string())
        });
        values.collect()
    }
}
