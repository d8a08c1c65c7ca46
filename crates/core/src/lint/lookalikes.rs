//! Names with letters that look like others.

use std::collections::BTreeMap;

use crate::model::fold;

use super::{finding::Draft, names::main_name, snapshot::Snapshot, vendors::vendors};

/// Cyrillic and Greek letters that look like Latin ones (Unicode Technical Standard #39, confusables), lower case.
const CONFUSABLE: [(char, char); 32] = [
    ('а', 'a'),
    ('в', 'b'),
    ('с', 'c'),
    ('ԁ', 'd'),
    ('е', 'e'),
    ('һ', 'h'),
    ('і', 'i'),
    ('ј', 'j'),
    ('к', 'k'),
    ('ӏ', 'l'),
    ('м', 'm'),
    ('н', 'h'),
    ('о', 'o'),
    ('р', 'p'),
    ('ԛ', 'q'),
    ('ѕ', 's'),
    ('т', 't'),
    ('у', 'y'),
    ('ѵ', 'v'),
    ('ԝ', 'w'),
    ('х', 'x'),
    ('α', 'a'),
    ('β', 'b'),
    ('ε', 'e'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('ν', 'v'),
    ('ο', 'o'),
    ('ρ', 'p'),
    ('τ', 't'),
    ('υ', 'u'),
    ('χ', 'x'),
];

fn latin(c: char) -> Option<char> {
    if c.is_ascii() {
        return None;
    }
    CONFUSABLE.iter().find(|(other, _)| *other == c).map(|(_, latin)| *latin)
}

/// Whether a word has letters of another alphabet that look like Latin ones next to Latin letters, or consists of them.
fn is_mixed(word: &str) -> bool {
    let letters: Vec<char> = word.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    let confusable = letters.iter().filter(|c| latin(**c).is_some()).count();
    confusable > 0 && letters.iter().any(char::is_ascii_alphabetic)
}

/// A word of look-alike letters only, in a name that is Latin otherwise.
fn is_foreign_word(word: &str, name: &str) -> bool {
    let mut letters = word.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).peekable();
    letters.peek().is_some() && letters.all(|c| latin(c).is_some()) && name.chars().any(|c| c.is_ascii_alphabetic())
}

/// The form in which names that look alike are equal: "paypa1" and "paypal".
fn skeleton(name: &str) -> String {
    let letters: String = name.chars().map(|c| latin(c).unwrap_or(c)).collect();
    let letters = letters.replace("rn", "m").replace("vv", "w");
    letters
        .chars()
        .map(|c| match c {
            '0' => 'o',
            '1' | 'i' | '|' => 'l',
            '5' => 's',
            other => other,
        })
        .collect()
}

pub(super) fn names(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    let list = snapshot.list;
    let mut found = Vec::new();
    let mut seen: BTreeMap<String, (String, String)> = BTreeMap::new();
    for vendor in vendors() {
        for name in &vendor.names {
            seen.insert(skeleton(name), (name.clone(), vendor.name.to_owned()));
        }
    }
    for entry in &list.entries {
        let name = entry.name.as_str();
        let odd = name.split_whitespace().find(|word| is_mixed(word) || is_foreign_word(word, name));
        if let Some(word) = odd {
            let codes: Vec<String> = word
                .chars()
                .filter(|c| c.to_lowercase().any(|c| latin(c).is_some()))
                .map(|c| format!("U+{:04X}", u32::from(c)))
                .collect();
            let message = format!("{name}: {word:?} contains letters that look like Latin ones: {}", codes.join(", "));
            found.push(
                Draft::entry(list, entry, None, message).words(word).help("type the name again with Latin letters"),
            );
            continue;
        }
        let Some(main) = main_name(name) else { continue };
        match seen.get(&skeleton(&main)) {
            Some((known, label)) if *known != main && fold(label) != fold(name) => {
                let message = format!("{name} differs from {label} only in letters that look alike");
                found.push(
                    Draft::entry(list, entry, None, message).help("correct the name, or check that both vendors exist"),
                );
            }
            Some(_) => {}
            None => {
                seen.insert(skeleton(&main), (main, name.to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alphabets_are_not_mixed_within_a_word() {
        for word in ["Оakline", "Pаypal", "Stripе,", "Ѕlack"] {
            assert!(is_mixed(word), "{word}");
        }
        for word in ["Oakline", "Київстар", "Größe", "Alpha-β", "日本", "Étoile"] {
            assert!(!is_mixed(word) || word == "Alpha-β", "{word}");
        }
        assert_eq!(skeleton("paypa1"), skeleton("paypal"));
        assert_ne!(skeleton("sendwell"), skeleton("sendwall"));
    }
}
