//! Roles and their comparisons: a text is read by its role, so that two texts can be compared by meaning.

pub mod date;
pub mod gazetteer;
pub mod location;
mod role;
pub mod set;
pub mod status;

pub use date::{FuzzyDate, Precision, is_month};
pub use gazetteer::Area;
pub use location::{Place, places};
pub use role::{ADDRESS_LABEL, Compared, ROLES, RoleInfo, readable, same_label};
pub use status::{Lifecycle, STATES, Status};

use std::collections::BTreeSet;

use self::{location::same_places, set::Slash};
use crate::model::{Text, fold, strip_markup};

/// Whether two texts of a role say the same.
pub fn same_meaning(compared: Compared, a: &Text, b: &Text) -> bool {
    let (a, b) = (a.as_str(), b.as_str());
    let same = |read: fn(&str) -> String| read(a) == read(b);
    a == b
        || (set::is_not_applicable(a) && set::is_not_applicable(b))
        || match compared {
            // A line break in a cell arrives as a semicolon.
            Compared::Text => same(|text| fold(text).replace("; ", " ").replace(" & ", " and ")),
            Compared::Set => set::keys(a) == set::keys(b),
            Compared::Places => same_places(a, b),
            Compared::Lifecycle => Status::read(a) == Status::read(b),
            Compared::Date => match (FuzzyDate::read(a), FuzzyDate::read(b)) {
                (None, None) => same(fold),
                (a, b) => a == b,
            },
            Compared::Url => same(|text| strip_markup(text).trim().trim_end_matches('/').to_owned()),
        }
}

/// The items of `text` that `other` does not have, as written; empty for roles that are no sets.
pub fn items_not_in(compared: Compared, text: Option<&Text>, other: Option<&Text>) -> Vec<Text> {
    beyond(&keyed(compared, text), &keyed(compared, other))
}

/// The items that a text gained and lost, each as [`items_not_in`] gives them.
pub fn gained_and_lost(compared: Compared, before: Option<&Text>, after: Option<&Text>) -> (Vec<Text>, Vec<Text>) {
    let (before, after) = (keyed(compared, before), keyed(compared, after));
    (beyond(&after, &before), beyond(&before, &after))
}

/// The items of a text, each with its keys: "IP/request metadata" has several.
fn keyed(compared: Compared, text: Option<&Text>) -> Vec<(BTreeSet<String>, String)> {
    let text = text.map(Text::as_str).unwrap_or_default();
    match compared {
        Compared::Set => set::items(text, Slash::Joins).into_iter().map(|item| (set::keys(&item), item)).collect(),
        Compared::Places => places(text).into_iter().map(|place| (BTreeSet::from([place.key]), place.text)).collect(),
        Compared::Text | Compared::Lifecycle | Compared::Date | Compared::Url => Vec::new(),
    }
}

/// Items are beyond others when one of their keys is.
fn beyond(items: &[(BTreeSet<String>, String)], others: &[(BTreeSet<String>, String)]) -> Vec<Text> {
    let mut known: BTreeSet<&str> = others.iter().flat_map(|(keys, _)| keys).map(String::as_str).collect();
    let mut beyond = Vec::new();
    for (keys, item) in items {
        let keys = || keys.iter().map(String::as_str);
        if keys().any(|key| !known.contains(key)) {
            beyond.push(Text::new(item));
            known.extend(keys());
        }
    }
    beyond
}

/// Whether every place of the text is known to lie in the European Union.
pub fn is_in_eu(text: &Text) -> bool {
    let places = places(text.as_str());
    let folded = fold(text.as_str());
    let mut words = folded.split(|c: char| !c.is_alphanumeric());
    // "Outside the EU" is not in it, nor is "EU (US)".
    let excepts =
        words.any(|word| matches!(word, "outside" | "not" | "except" | "excluding" | "non" | "without" | "us"));
    !excepts && !places.is_empty() && places.iter().all(|place| place.area.is_some_and(|area| area.in_eu()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_ignores_what_it_may() {
        for (compared, a, b) in [
            (Compared::Text, "Cloud hosting.", "**cloud** hosting"),
            (Compared::Text, "Content delivery; and protection", "Content delivery and protection"),
            (Compared::Text, "Files & calls", "files and calls"),
            (Compared::Set, "names, e-mails", "E-mails; names"),
            (Compared::Places, "USA/EU", "EU, United States"),
            (Compared::Places, "N/A", "Not applicable"),
            (Compared::Places, "Dublin, Ireland", "Ireland (Dublin)"),
            (Compared::Lifecycle, "Active", "in use"),
            (Compared::Date, "H2 2026", "2026-H2"),
            (Compared::Url, "https://a.example/", "https://a.example"),
        ] {
            assert!(same_meaning(compared, &a.into(), &b.into()), "{a} / {b}");
        }
        for (compared, a, b) in [
            (Compared::Text, "names, e-mails", "e-mails; names"),
            (Compared::Url, "https://a.example/A", "https://a.example/a"),
            (Compared::Lifecycle, "Optional", "Optional (one or the other)"),
            (Compared::Date, "2026", "2026 (tentative)"),
        ] {
            assert!(!same_meaning(compared, &a.into(), &b.into()), "{a} / {b}");
        }
    }

    #[test]
    fn gained_and_lost_are_what_was_written() {
        let (a, b) = (Text::new("United States, Europe"), Text::new("USA; EEA, EEA"));
        assert_eq!(items_not_in(Compared::Places, Some(&b), Some(&a)), [Text::new("EEA")]);
        assert_eq!(items_not_in(Compared::Places, Some(&a), Some(&b)), [Text::new("Europe")]);
        assert!(items_not_in(Compared::Text, Some(&a), None).is_empty());
        assert!(is_in_eu(&"Helsinki (HEL1), Frankfurt".into()));
        assert!(!is_in_eu(&"Helsinki, Zurich".into()) && !is_in_eu(&"".into()));
    }
}
