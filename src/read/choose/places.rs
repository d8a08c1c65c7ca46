//! Places in headings, sentences and bullets.

use changecast_core::{compare::locations, vocabulary::Vocabulary};

use crate::read::source_text::cleaned;

/// The place that a heading names alone, or a sentence after "in": "… located in the United States:".
pub(crate) fn place_named_in(words: &Vocabulary, text: &str) -> Option<String> {
    let plain = cleaned(text);
    let plain = plain.trim().trim_end_matches([':', '.']);
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
