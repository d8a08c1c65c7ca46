//! The words by which texts name a vendor.

use std::collections::BTreeSet;

use crate::{
    change::page_text::spoken_name,
    model::{Entry, Inventory, fold},
    vocabulary::{Meaning, Vocabulary},
};

/// Fewest letters of a word by which texts name a vendor.
const MIN_LETTERS: usize = 3;

/// The folded words of a text with a space on both sides of each, so that whole words can be found.
pub fn spaced(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len() + 2);
    spaced.push(' ');
    for word in fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        spaced.push_str(word);
        spaced.push(' ');
    }
    spaced
}

/// The sentences of a text, and the parts between semicolons.
pub(super) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(". ").flat_map(|part| part.split(';')).map(str::trim).filter(|part| !part.is_empty())
}

/// Whether a text, as [`spaced`] returns it, contains a name, as [`names_of`] returns it.
pub(super) fn mentions(spaced: &str, name: &str) -> bool {
    let mut found = spaced.match_indices(name);
    found.any(|(at, _)| spaced[..at].ends_with(' ') && spaced[at + name.len()..].starts_with(' '))
}

/// The names of an entry as texts contain them, folded and without legal forms: those of "Amazon Web Services (AWS)"
/// are "amazon web services" and "aws", those of "SendGrid (Twilio Inc.)" are "sendgrid" and "twilio".
pub(super) fn names_of(name: &str) -> BTreeSet<String> {
    let (outside, inside) = without_parentheses(name);
    let parts = outside.split(" / ").flat_map(|part| part.split(" or ")).chain(inside.iter().map(String::as_str));
    parts.filter_map(spoken_name).map(spaced).map(|name| name.trim().to_owned()).filter(|name| is_name(name)).collect()
}

/// The names of an entry as prose contains them: also its first word, if no other entry of the list begins with it.
pub(super) fn spoken_names(list: &Inventory, name: &str) -> BTreeSet<String> {
    let mut names = names_of(name);
    let first_of = |name: &str| main_name(name).and_then(|name| name.split(' ').next().map(str::to_owned));
    let Some(first) = first_of(name).filter(|first| first.chars().count() >= MIN_FIRST_LETTERS) else { return names };
    let is_shared =
        list.entries.iter().any(|other| other.name.as_str() != name && mentions(&spaced(other.name.as_str()), &first));
    if !is_shared && !Vocabulary::builtin().is(Meaning::CommonWord, &first) {
        names.insert(first);
    }
    names
}

/// Fewest letters of the first word of a name that prose uses alone.
const MIN_FIRST_LETTERS: usize = 5;

/// Whether a text contains a folded name with a capital letter: "Render" is a vendor, "render" is not.
pub(super) fn is_written_as_name(text: &str, name: &str) -> bool {
    let first = name.split(' ').next().unwrap_or_default();
    let words = text.split(|c: char| !c.is_alphanumeric());
    words
        .into_iter()
        .any(|word| word.to_lowercase() == first && word.chars().any(|c| c.is_uppercase() || c.is_numeric()))
}

fn is_name(name: &str) -> bool {
    name.chars().filter(|c| c.is_alphabetic()).count() >= MIN_LETTERS
}

/// A name without its parentheses, and the texts in them.
fn without_parentheses(name: &str) -> (String, Vec<String>) {
    let (mut outside, mut inside) = (String::new(), Vec::new());
    let mut rest = name;
    while let Some((before, behind)) = rest.split_once(['(', '[']) {
        outside.push_str(before);
        let (within, after) = behind.split_once([')', ']']).unwrap_or((behind, ""));
        inside.push(within.to_owned());
        rest = after;
    }
    outside.push_str(rest);
    (outside, inside)
}

/// The name of an entry outside parentheses, folded and without its legal form; `None` if it is not distinctive.
pub(super) fn main_name(name: &str) -> Option<String> {
    Some(spaced(spoken_name(name)?).trim().to_owned()).filter(|name| is_name(name))
}

/// The words of all names of an entry that can distinguish it, also parts of names: "amazon", "web", "services".
pub(super) fn words_of(list: &Inventory, entry: &Entry) -> BTreeSet<String> {
    let vocabulary = Vocabulary::builtin();
    let entities = list
        .columns
        .iter()
        .filter(|column| is_entity(&column.label))
        .filter_map(|column| entry.text(&column.field).map(|text| text.as_str().to_owned()));
    let services = list.columns.iter().filter(|column| column.role == crate::model::Role::Service);
    let services = services.filter_map(|column| entry.text(&column.field).map(|text| text.as_str().to_owned()));
    let texts = [entry.name.as_str().to_owned()].into_iter().chain(entities).chain(services);
    let words = texts.flat_map(|text| spaced(&text).split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    words.filter(|word| word.chars().count() >= MIN_LETTERS && !vocabulary.is(Meaning::LegalForm, word)).collect()
}

fn is_entity(label: &crate::model::Text) -> bool {
    Vocabulary::builtin().is(Meaning::EntityColumn, spaced(label.as_str()).trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_have_the_names_that_texts_contain() {
        for (name, expected) in [
            ("Amazon Web Services (AWS)", &["amazon web services", "aws"][..]),
            ("SendGrid (Twilio Inc.)", &["sendgrid", "twilio"]),
            ("OpenAI, L.L.C.", &["openai"]),
            ("Intercom or Zendesk", &["intercom", "zendesk"]),
            ("Linear / Jira", &["jira", "linear"]),
            ("Oakline Hosting GmbH (Mail Relay)", &["mail relay", "oakline hosting"]),
            ("X", &[]),
        ] {
            assert_eq!(names_of(name).into_iter().collect::<Vec<_>>(), expected, "{name}");
        }
        assert!(mentions(&spaced("Files (at Oakline Hosting)."), "oakline hosting"));
        assert!(!mentions(&spaced("Oaklines"), "oakline"));
    }
}
