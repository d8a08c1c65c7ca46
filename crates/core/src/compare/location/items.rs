//! The items of a location text: what commas, conjunctions and signs separate, and flags.

use super::locations_of;
use crate::{
    compare::set::{self, Slash},
    model::note_mark::without_marks,
    vocabulary::{Area, Meaning, Vocabulary, is_unspaced},
};

/// The items of a text. Flags are read as the codes they consist of.
pub(super) fn items(vocabulary: &Vocabulary, text: &str) -> Vec<String> {
    let items = set::items(vocabulary, &without_marks(text), Slash::Separates);
    let items: Vec<String> = items.into_iter().flat_map(|item| without_joiners(vocabulary, item)).collect();
    if !text.chars().any(is_flag_letter) {
        return items;
    }
    items.into_iter().flat_map(|item| without_flags(vocabulary, item)).collect()
}

/// The places of an item like "UK+EU" or "德国和法国", in which signs or words that are not separators elsewhere
/// join known places.
fn without_joiners(vocabulary: &Vocabulary, item: String) -> Vec<String> {
    match joined_places(vocabulary, &item) {
        Some(places) => places.into_iter().map(str::to_owned).collect(),
        None => vec![item],
    }
}

/// The known places that an item joins. `None` if a part of it is not a known place.
fn joined_places<'i>(vocabulary: &Vocabulary, item: &'i str) -> Option<Vec<&'i str>> {
    let item = item.trim();
    if is_known_place(vocabulary, item) {
        return Some(vec![item]);
    }
    let joiners = vocabulary.texts(Meaning::PlaceJoiner);
    let splits = joiners.flat_map(|joiner| item.match_indices(joiner).map(move |(at, _)| (at, at + joiner.len())));
    splits.filter(|(start, end)| !is_inside_word(item, *start, *end)).find_map(|(start, end)| {
        let first = Some(item[..start].trim()).filter(|first| is_known_place(vocabulary, first))?;
        let rest = joined_places(vocabulary, &item[end..])?;
        Some([first].into_iter().chain(rest).collect())
    })
}

/// Whether a part of a text continues a word in a script that separates words by spaces.
fn is_inside_word(text: &str, start: usize, end: usize) -> bool {
    text[start..end].starts_with(is_spaced_letter)
        && (text[..start].ends_with(is_spaced_letter) || text[end..].starts_with(is_spaced_letter))
}

fn is_spaced_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_unspaced(c)
}

/// Whether a text is exactly the name or code of a place.
fn is_known_place(vocabulary: &Vocabulary, text: &str) -> bool {
    vocabulary.area_named(text).is_some() || vocabulary.town(text).is_some()
}

/// A regional indicator: two of them are the flag of the country with that code (UTS #51 §1.4.3).
fn is_flag_letter(c: char) -> bool {
    ('\u{1f1e6}'..='\u{1f1ff}').contains(&c)
}

/// The letter of a regional indicator.
fn flag_letter(c: char) -> Option<char> {
    let at = u32::from(c).checked_sub(0x1f1e6).filter(|at| *at < 26)?;
    u8::try_from(at).ok().map(|at| char::from(b'A' + at))
}

/// An item with codes instead of its flags. A flag next to the name of the same country is left out.
fn without_flags(vocabulary: &Vocabulary, item: String) -> Vec<String> {
    let rest: String = item.chars().filter(|c| !is_flag_letter(*c)).collect();
    let letters: Vec<char> = item.chars().filter_map(flag_letter).collect();
    let codes: Vec<String> = letters.chunks(2).map(|code| code.iter().collect()).collect();
    if !rest.chars().any(char::is_alphanumeric) {
        return codes;
    }
    let rest = rest.trim();
    let named: Vec<Option<Area>> =
        locations_of(vocabulary, &[rest.to_owned()]).into_iter().map(|location| location.area).collect();
    let other = codes.iter().filter(|code| !named.contains(&vocabulary.area_of_code(code)));
    vec![other.map(String::as_str).chain([rest]).collect::<Vec<_>>().join(" ")]
}
