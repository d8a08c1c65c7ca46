//! Whether the keys above a list in a tree state that it is the inventory, or that it is not.

use changecast_core::{
    model::fold,
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::choose::{
    part_kind::Standing,
    people::is_people_key,
    statement::{Statement, status_of, words_of_key},
};

/// What a key states about the lists below it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyKind {
    statement: Option<Statement>,
    /// Whether it means a history or another subject.
    is_history: bool,
    /// Whether it means people or links to pages.
    is_of_people: bool,
    names_vendors: bool,
}

impl KeyKind {
    pub fn of(words: &Vocabulary, key: &str) -> Self {
        let folded = fold(&words_of_key(key));
        let is_history =
            words.has_word(Meaning::HistoryWord, &folded) || words.mentions(Meaning::OtherSubject, &folded);
        KeyKind {
            statement: Statement::of_key(words, key),
            is_history,
            is_of_people: is_people_key(words, key),
            names_vendors: words.is_about_vendors(&folded),
        }
    }
}

/// Whether a list below keys of these kinds, from the top level down, can be the inventory: not `formerVendors`, nor
/// `notSubprocessors`, and `changelog` only if there is no other.
pub(crate) fn standing_of_keys(keys: impl DoubleEndedIterator<Item = KeyKind>) -> Standing {
    let (mut nearest, mut is_history, mut is_of_people, mut names_vendors) = (None, false, false, false);
    for key in keys.rev() {
        nearest = nearest.or(key.statement);
        is_history |= key.is_history;
        is_of_people |= key.is_of_people;
        names_vendors |= key.names_vendors;
    }
    match nearest {
        Some(Statement::Past | Statement::Denied) => Standing::Excluded,
        // A group of vendors may be that of a team: `vendors: {people: […]}`.
        _ if is_history || is_of_people && !names_vendors => Standing::Fallback,
        _ => Standing::Candidate,
    }
}

/// The statuses of lists by the nearest keys that state one, if they differ.
pub(crate) fn statuses_of_keys(words: &Vocabulary, lists: &[&[&str]]) -> Vec<Option<String>> {
    let nearest = lists.iter().map(|keys| keys.iter().rev().find_map(|key| status_of(words, &words_of_key(key))));
    let statuses: Vec<Option<String>> = nearest.collect();
    if statuses.windows(2).all(|pair| pair[0] == pair[1]) { vec![None; lists.len()] } else { statuses }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_exclude_lists_that_are_not_of_vendors_in_use() {
        for (keys, standing) in [
            (&["subprocessors"][..], Standing::Candidate),
            (&["vendors", "planned"], Standing::Candidate),
            (&["vendors", "removed"], Standing::Excluded),
            (&["formerSubprocessors", "hosting"], Standing::Excluded),
            (&["archive", "current"], Standing::Candidate),
            (&["notSubprocessors"], Standing::Excluded),
            (&["subprocessors", "changelog"], Standing::Fallback),
            (&["history"], Standing::Fallback),
            (&["teamMembers"], Standing::Fallback),
            (&["footerLinks"], Standing::Fallback),
            (&["vendors", "people"], Standing::Candidate),
            (&["historical_data_providers"], Standing::Candidate),
        ] {
            assert_eq!(
                standing_of_keys(keys.iter().map(|key| KeyKind::of(Vocabulary::builtin(), key))),
                standing,
                "{keys:?}"
            );
        }
    }

    #[test]
    fn keys_state_a_status_if_they_differ() {
        let words = Vocabulary::builtin();
        let (active, planned) = (&["vendors", "active"][..], &["vendors", "planned"][..]);
        assert_eq!(statuses_of_keys(words, &[active, planned]), [Some("active".into()), Some("planned".into())]);
        assert_eq!(statuses_of_keys(words, &[active, active]), [None, None]);
    }
}
