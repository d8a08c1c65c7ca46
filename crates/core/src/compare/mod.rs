//! Roles and their comparisons: whether two texts of a field have the same meaning.

pub mod date;
pub mod location;
mod role;
pub mod set;
pub mod status;

pub use crate::vocabulary::{Area, Lifecycle, readable};
pub use date::{FuzzyDate, Precision};
pub use location::{Location, locations};
pub use role::{ADDRESS_LABEL, Comparison, FOOTNOTE_LABEL, ROLES, RoleInfo, is_unnamed_column, unnamed_column};
pub use status::{Status, answer, asks_for_state};

use std::collections::BTreeSet;

use self::{location::same_locations, set::Slash};
use crate::{
    model::{RichText, Text, fold, rich_text::without_targets, strip_markup},
    vocabulary::{Meaning, Vocabulary},
};

/// Whether two texts have the same meaning when they are compared in this way.
pub fn same_meaning(vocabulary: &Vocabulary, comparison: Comparison, a: &Text, b: &Text) -> bool {
    let (a, b) = (a.as_str(), b.as_str());
    if a == b || (set::is_not_applicable(vocabulary, a) && set::is_not_applicable(vocabulary, b)) {
        return true;
    }
    match comparison {
        Comparison::Text => wording(vocabulary, a) == wording(vocabulary, b),
        // That an item became a link does not make it another one.
        Comparison::Set => set::keys(vocabulary, &without_targets(a)) == set::keys(vocabulary, &without_targets(b)),
        Comparison::Locations => same_locations(vocabulary, &without_targets(a), &without_targets(b)),
        Comparison::Lifecycle => Status::read(vocabulary, a) == Status::read(vocabulary, b),
        Comparison::Date => match (FuzzyDate::read(vocabulary, a), FuzzyDate::read(vocabulary, b)) {
            (None, None) => fold(a) == fold(b),
            (a, b) => a == b,
        },
        Comparison::Url => address(a) == address(b),
    }
}

/// A form of a text that two texts share if [`same_meaning`] is true of them as [`Comparison::Text`].
pub fn text_form(vocabulary: &Vocabulary, text: &Text) -> String {
    // No cell has a control character.
    if set::is_not_applicable(vocabulary, text.as_str()) {
        "\u{0}".to_owned()
    } else {
        wording(vocabulary, text.as_str())
    }
}

/// The form in which wordings are compared. A line break in a cell arrives as a semicolon.
fn wording(vocabulary: &Vocabulary, text: &str) -> String {
    if let Some(agreement) = linked_agreement(vocabulary, text) {
        return agreement;
    }
    fold(text).replace("; ", " ").replace(" & ", " and ")
}

/// One form of all titles of an agreement behind one address: `[DPA (Aug 2023)](/dpa)` and `[Data processing
/// addendum (August 2023)](/dpa)` are the same document. `None` for other texts.
fn linked_agreement(vocabulary: &Vocabulary, text: &str) -> Option<String> {
    if !text.starts_with('[') {
        return None;
    }
    let text = RichText::from_inline_markdown(text);
    let mut spans = text.spans();
    let (Some(link), None) = (spans.next(), spans.next()) else { return None };
    let label = fold(link.text);
    let mut ends = label.match_indices(' ').map(|(at, _)| at).chain([label.len()]).rev();
    let end = ends.find(|end| vocabulary.is(Meaning::ProcessingAgreement, &label[..*end]))?;
    let rest = label[end..].split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let rest = rest.map(|word| vocabulary.month(word).map_or_else(|| word.to_owned(), |month| format!("m{month}")));
    Some(format!("[agreement {}]({})", rest.collect::<Vec<_>>().join(" "), link.href?))
}

/// The form in which web addresses are compared.
fn address(text: &str) -> String {
    strip_markup(text).trim().trim_end_matches('/').to_owned()
}

/// The items of `text` that `other` does not have, as written; empty for texts that are not sets.
pub fn items_not_in(
    vocabulary: &Vocabulary,
    comparison: Comparison,
    text: Option<&Text>,
    other: Option<&Text>,
) -> Vec<Text> {
    missing_in(&keyed_items(vocabulary, comparison, other), &keyed_items(vocabulary, comparison, text))
}

/// The items that a set gained and those that it lost, as written.
pub fn gained_and_lost(
    vocabulary: &Vocabulary,
    comparison: Comparison,
    before: Option<&Text>,
    after: Option<&Text>,
) -> (Vec<Text>, Vec<Text>) {
    let before = keyed_items(vocabulary, comparison, before);
    let after = keyed_items(vocabulary, comparison, after);
    (missing_in(&before, &after), missing_in(&after, &before))
}

/// An item of a set, with the keys it is compared by: "IP/request metadata" has several.
struct KeyedItem {
    keys: BTreeSet<String>,
    text: String,
}

fn keyed_items(vocabulary: &Vocabulary, comparison: Comparison, text: Option<&Text>) -> Vec<KeyedItem> {
    let text = without_targets(text.map(Text::as_str).unwrap_or_default());
    match comparison {
        Comparison::Set => set::items(vocabulary, &text, Slash::Joins)
            .into_iter()
            .map(|item| KeyedItem { keys: set::keys(vocabulary, &item), text: item })
            .collect(),
        Comparison::Locations => locations(vocabulary, &text)
            .into_iter()
            .filter(|location| !location.is_remark())
            .map(|location| KeyedItem { keys: BTreeSet::from([location.key]), text: location.text })
            .collect(),
        Comparison::Text | Comparison::Lifecycle | Comparison::Date | Comparison::Url => Vec::new(),
    }
}

/// The items with a key that `known` does not have; of several with the same keys, the first.
fn missing_in(known: &[KeyedItem], items: &[KeyedItem]) -> Vec<Text> {
    let mut seen: BTreeSet<&str> = known.iter().flat_map(|item| &item.keys).map(String::as_str).collect();
    let mut missing = Vec::new();
    for item in items {
        if item.keys.iter().any(|key| !seen.contains(key.as_str())) {
            missing.push(Text::new(&item.text));
            seen.extend(item.keys.iter().map(String::as_str));
        }
    }
    missing
}

/// Whether every place of the text is known to be in the European Union.
pub fn is_in_eu(vocabulary: &Vocabulary, text: &Text) -> bool {
    let locations = locations(vocabulary, text.as_str());
    // "Outside the EU" is not in it, nor is "EU (US)".
    let excludes = vocabulary.has_word(Meaning::Outside, &fold(text.as_str()));
    !excludes && !locations.is_empty() && locations.iter().all(|place| place.area.is_some_and(Area::in_eu))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_ignores_what_it_may() {
        for (comparison, a, b) in [
            (Comparison::Text, "Cloud hosting.", "**cloud** hosting"),
            (Comparison::Text, "Content delivery; and protection", "Content delivery and protection"),
            (Comparison::Text, "Files & calls", "files and calls"),
            (Comparison::Set, "names, e-mails", "E-mails; names"),
            (Comparison::Set, "names, e-mails", "[names](https://a.example), e-mails"),
            (Comparison::Locations, "Norway, Iceland", "[Norway](https://a.example/dc), Iceland"),
            (Comparison::Locations, "USA/EU", "EU, United States"),
            (Comparison::Locations, "N/A", "Not applicable"),
            (Comparison::Locations, "Dublin, Ireland", "Ireland (Dublin)"),
            (Comparison::Lifecycle, "Active", "in use"),
            (Comparison::Date, "H2 2026", "2026-H2"),
            (Comparison::Url, "https://a.example/", "https://a.example"),
        ] {
            assert!(same_meaning(Vocabulary::builtin(), comparison, &a.into(), &b.into()), "{a} / {b}");
        }
        for (comparison, a, b) in [
            (Comparison::Text, "names, e-mails", "e-mails; names"),
            (Comparison::Url, "https://a.example/A", "https://a.example/a"),
            (Comparison::Lifecycle, "Optional", "Optional (one or the other)"),
            (Comparison::Date, "2026", "2026 (tentative)"),
        ] {
            assert!(!same_meaning(Vocabulary::builtin(), comparison, &a.into(), &b.into()), "{a} / {b}");
        }
    }

    #[test]
    fn gained_and_lost_are_what_was_written() {
        let (a, b) = (Text::new("United States, Europe"), Text::new("USA; EEA, EEA"));
        assert_eq!(items_not_in(Vocabulary::builtin(), Comparison::Locations, Some(&b), Some(&a)), [Text::new("EEA")]);
        assert_eq!(
            items_not_in(Vocabulary::builtin(), Comparison::Locations, Some(&a), Some(&b)),
            [Text::new("Europe")]
        );
        let remark = Text::new("EEA; for the vendors of this vendor see their own list");
        assert_eq!(
            items_not_in(Vocabulary::builtin(), Comparison::Locations, Some(&remark), Some(&a)),
            [Text::new("EEA")]
        );
        assert!(items_not_in(Vocabulary::builtin(), Comparison::Text, Some(&a), None).is_empty());
        assert!(is_in_eu(Vocabulary::builtin(), &"Helsinki (HEL1), Frankfurt".into()));
        assert!(
            !is_in_eu(Vocabulary::builtin(), &"Helsinki, Zurich".into())
                && !is_in_eu(Vocabulary::builtin(), &"".into())
        );
    }
}
