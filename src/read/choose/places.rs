//! Places in headings, sentences and bullets.

use changecast_core::{compare::locations, vocabulary::Vocabulary};

use crate::read::source_text::cleaned;

/// The place that a heading names alone, or a sentence after "in": "… located in the United States:".
pub(crate) fn place_named_in(words: &Vocabulary, text: &str) -> Option<String> {
    let plain = cleaned(text);
    let plain = plain.trim().trim_end_matches([':', '\u{ff1a}', '.']);
    if are_places(words, plain) {
        return Some(plain.to_owned());
    }
    let tail = plain.rsplit_once(" in ").map(|(_, tail)| tail.trim())?;
    let tail = tail.strip_prefix("the ").unwrap_or(tail);
    are_places(words, tail).then(|| tail.to_owned())
}

/// Whether a text consists of known places.
pub(crate) fn are_places(words: &Vocabulary, text: &str) -> bool {
    let places = locations(words, text);
    !places.is_empty() && places.iter().all(|place| place.known)
}

/// The places of "(Ireland, Germany): hosting", and the rest.
pub(crate) fn places_in_front<'t>(words: &Vocabulary, text: &'t str) -> (Option<&'t str>, &'t str) {
    let inside = text.trim_start().strip_prefix('(').and_then(|tail| tail.split_once(')'));
    match inside.filter(|(places, _)| are_places(words, places)) {
        Some((places, rest)) => (Some(places), rest.trim_start().strip_prefix(':').unwrap_or(rest)),
        None => (None, text),
    }
}

/// The text before the places of "hosting (Ireland, Germany)", and these places.
pub(crate) fn places_behind<'t>(words: &Vocabulary, text: &'t str) -> (&'t str, Option<&'t str>) {
    let closed = text.trim_end().strip_suffix(['.', ';']).unwrap_or(text).trim_end().strip_suffix(')');
    let parts = closed.and_then(|inside| Some(inside.split_at(opening_parenthesis(inside)?)));
    match parts.map(|(before, inside)| (before.trim_end(), &inside[1..])) {
        Some((before, places)) if !before.is_empty() && are_places(words, places) => (before, Some(places)),
        _ => (text, None),
    }
}

/// The offset of the last parenthesis that is open at the end of a text.
pub(super) fn opening_parenthesis(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, c) in text.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' if depth == 0 => return Some(at),
            '(' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stand_before_or_behind_a_description() {
        let words = Vocabulary::builtin();
        for (text, description, places) in [
            ("hosting (Ireland, Germany)", "hosting", Some("Ireland, Germany")),
            ("hosting (EU (Ireland)).", "hosting", Some("EU (Ireland)")),
            ("text messages (SMS)", "text messages (SMS)", None),
            ("(Ireland)", "(Ireland)", None),
            ("hosting) (Ireland", "hosting) (Ireland", None),
        ] {
            assert_eq!(places_behind(words, text), (description, places), "{text}");
        }
        assert_eq!(places_in_front(words, "(Ireland): hosting"), (Some("Ireland"), " hosting"));
    }
}
