//! Finds words in the text of a file, whatever markup is between them.

use std::ops::Range;

/// A word of a text, in lower case, with its place.
struct Word {
    text: String,
    range: Range<usize>,
}

/// The byte range of a text within a part of the file. `None` if its words do not occur there in this order.
pub(super) fn range(source: &str, within: Range<usize>, text: &str) -> Option<Range<usize>> {
    let wanted = words(text, 0);
    let first = wanted.first()?;
    let found = words(source.get(within.clone())?, within.start);
    let starts = (0..found.len()).filter(|at| found[*at].text == first.text);
    starts.into_iter().find_map(|start| {
        let end = start + wanted.len();
        let part = found.get(start..end)?;
        part.iter()
            .zip(&wanted)
            .all(|(a, b)| a.text == b.text)
            .then(|| part[0].range.start..part[part.len() - 1].range.end)
    })
}

/// The words of a text outside tags, addresses and entities.
fn words(text: &str, base: usize) -> Vec<Word> {
    let mut words = Vec::new();
    let mut current: Option<(usize, String)> = None;
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        let is_tag = c == '<'
            && text[at + 1..].starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '/' | '!'));
        if is_tag {
            depth = 1;
        }
        if depth == 0 && c.is_alphanumeric() {
            let (_, word) = current.get_or_insert_with(|| (at, String::new()));
            word.extend(c.to_lowercase());
        } else if let Some((start, word)) = current.take() {
            words.push(Word { text: word, range: base + start..base + at });
        }
        if c == '>' {
            depth = 0;
        }
    }
    if let Some((start, word)) = current {
        words.push(Word { text: word, range: base + start..base + text.len() });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_through_markup() {
        for (source, text, expected) in [
            ("a <td><b>Email</b> delivery</td>", "Email delivery", "Email</b> delivery"),
            ("purpose: >-\n  Email\n  delivery.", "Email delivery.", "Email\n  delivery"),
            ("| **Oakline** |", "Oakline", "Oakline"),
        ] {
            let found = range(source, 0..source.len(), text).map(|range| &source[range]);
            assert_eq!(found, Some(expected), "{source}");
        }
        assert_eq!(range("Oaklines", 0..8, "Oakline"), None);
        assert_eq!(range("", 0..0, "Oakline"), None);
    }
}
