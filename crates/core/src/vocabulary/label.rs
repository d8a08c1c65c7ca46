//! The parts of headers and keys, and keys in a readable form.

use std::borrow::Cow;

use super::{Meaning, Vocabulary};

/// Whether a label consists of ASCII words that only have to be put into lower case: most do, and they are
/// recognised in every entry of a list of maps.
pub(super) fn is_plain(label: &str) -> bool {
    let bytes = label.as_bytes();
    let is_camel_case = bytes.windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    !is_camel_case && bytes.iter().all(|b| b.is_ascii_alphabetic() || *b == b' ')
}

/// `dataCategories` has two words, and so has `DPAUrl`; "SCCs" is one.
pub(super) fn split_camel_case(label: &str) -> String {
    let chars: Vec<char> = label.chars().collect();
    let mut out = String::with_capacity(label.len());
    for (at, c) in chars.iter().enumerate() {
        if at > 0 && c.is_uppercase() && begins_word(chars[at - 1], &chars[at + 1..]) {
            out.push(' ');
        }
        out.push(*c);
    }
    out
}

/// Whether a capital between these characters begins a word.
fn begins_word(before: char, behind: &[char]) -> bool {
    let begins_lower_case = behind.len() >= 2 && behind[..2].iter().all(|c| c.is_lowercase());
    before.is_lowercase() || (before.is_alphanumeric() && begins_lower_case)
}

/// The singular of an English word, or nearly so: two words are compared only with each other.
pub(super) fn singular(word: &str) -> Cow<'_, str> {
    // "is", "its", "AWS"; "process", "status", "basis".
    if word.len() <= 3 || ["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
        return word.into();
    }
    match word.strip_suffix("ies") {
        Some(stem) if stem.len() > 1 => format!("{stem}y").into(),
        _ => word.strip_suffix('s').unwrap_or(word).into(),
    }
}

/// Longest compound, in characters, that is split into its parts.
const LONGEST_COMPOUND: usize = 24;

/// The parts of a compound in a script that does not separate words, if all of them are known. Of several
/// ways to split it, the one with the longest parts at the beginning counts.
pub(super) fn segments(word: &str, is_known: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    if word.is_ascii() || !word.chars().all(is_unspaced) || word.chars().count() > LONGEST_COMPOUND {
        return None;
    }
    let ends: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
    // The end of the longest known part at each place from which the rest can be split.
    let mut next: Vec<Option<usize>> = vec![None; ends.len()];
    let last = ends.len() - 1;
    for from in (0..last).rev() {
        let splits_rest = |to: &usize| *to == last || next[*to].is_some();
        next[from] = (from + 1..=last).rev().filter(splits_rest).find(|to| is_known(&word[ends[from]..ends[*to]]));
    }
    let mut parts = Vec::new();
    let mut at = 0;
    while at < last {
        let to = next[at]?;
        parts.push(word[ends[at]..ends[to]].to_owned());
        at = to;
    }
    Some(parts)
}

/// Whether a character belongs to a script in which words are not separated by spaces, or not always:
/// Han, Hiragana, Katakana and Hangul.
pub fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{3005}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// A key or header as people read it: `base_pricing` becomes "Base pricing", `dpaUrl` "DPA URL". A text that is not
/// written like a key stays the same.
pub fn readable(key: &str) -> String {
    let Some(words) = key_words(key) else { return key.to_owned() };
    let mut label = String::with_capacity(key.len() + 4);
    for word in words.split(['_', '-', ' ']).filter(|word| !word.is_empty()) {
        if !label.is_empty() {
            label.push(' ');
        }
        label.push_str(&readable_word(word, label.is_empty()));
    }
    label
}

/// The words of a key, in lower case. `None` if the text is not written like a key.
fn key_words(key: &str) -> Option<String> {
    if key.bytes().all(is_key_byte) {
        return Some(key.to_owned());
    }
    let is_identifier = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_identifier {
        return None;
    }
    let words = split_camel_case(key);
    let (first, _) = words.split_once(' ')?;
    // "dataSharedWhen" is a key; "iOS", "GitHub" and "eIDAS" are names.
    let is_key_word = first.bytes().all(is_key_byte) || Vocabulary::builtin().is_header_word(&first.to_lowercase());
    (first.len() > 1 && is_key_word).then(|| words.to_lowercase())
}

/// A word of a key, which begins with a capital if it is the first one.
fn readable_word(word: &str, is_first: bool) -> String {
    if Vocabulary::builtin().is(Meaning::Acronym, word) {
        return word.to_uppercase();
    }
    let mut chars = word.chars();
    match chars.next().filter(|_| is_first) {
        Some(first) => [first.to_ascii_uppercase()].into_iter().chain(chars).collect(),
        None => word.to_owned(),
    }
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_shown_as_words() {
        for (key, label) in [
            ("base_pricing", "Base pricing"),
            ("retention-period", "Retention period"),
            ("URL", "URL"),
            ("url", "URL"),
            ("dataType", "Data type"),
            ("dataSharedWhen", "Data shared when"),
            ("dpaUrl", "DPA URL"),
            ("dpaURL", "DPA URL"),
            ("DataRegion", "Data region"),
            ("DPALink", "DPA link"),
            ("sub_processor_id", "Sub processor ID"),
            ("gdprStatus", "GDPR status"),
            ("snake_caseMixed", "Snake case mixed"),
            ("plan2Price", "Plan2 price"),
            ("GitHub", "GitHub"),
            ("iOS", "iOS"),
            ("PayPal account", "PayPal account"),
            ("Data shared When?", "Data shared When?"),
            ("naïveKey", "naïveKey"),
            ("", ""),
        ] {
            assert_eq!(readable(key), label, "{key:?}");
        }
    }

    #[test]
    fn compounds_are_split_into_known_words() {
        let known = |part: &str| ["数据", "数据存储", "存储", "地点", "の", "場所", "保管"].contains(&part);
        for (word, parts) in [
            ("数据存储地点", Some(&["数据存储", "地点"][..])),
            ("保管の場所", Some(&["保管", "の", "場所"])),
            ("地点", Some(&["地点"])),
            ("数据价格", None),
            ("data", None),
        ] {
            let expected: Option<Vec<String>> = parts.map(|parts| parts.iter().map(|&part| part.to_owned()).collect());
            assert_eq!(segments(word, known), expected, "{word}");
        }
    }

    #[test]
    fn capitals_begin_words_of_keys() {
        for (key, words) in
            [("dataCategories", "data Categories"), ("DPAUrl", "DPA Url"), ("SCCs", "SCCs"), ("AWS", "AWS")]
        {
            assert_eq!(split_camel_case(key), words);
        }
    }
}
