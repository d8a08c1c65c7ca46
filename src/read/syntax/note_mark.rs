//! The marks of footnotes: "*", "†", "¹", `[1]`.

use std::ops::Range;

/// The signs that mark footnotes, alone or repeated.
const SIGNS: [char; 5] = ['*', '\u{2020}', '\u{2021}', '\u{a7}', '\u{b6}'];

/// The digits that are raised, from 0.
const RAISED: [char; 10] =
    ['\u{2070}', '\u{b9}', '\u{b2}', '\u{b3}', '\u{2074}', '\u{2075}', '\u{2076}', '\u{2077}', '\u{2078}', '\u{2079}'];

/// The most signs or raised digits of a mark.
const MAX_SIGNS: usize = 4;

/// A mark in a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The mark, with the spaces before it.
    pub range: Range<usize>,
    /// Its form without what raises or encloses it: "1" for "¹", `[1]` and "(1)".
    pub key: String,
}

/// The marks behind words of a text.
pub(crate) fn marks_in(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let behind_word =
            text[..at].trim_end().ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '.' | '!' | ']'));
        match mark_at(&text[at..]).filter(|_| behind_word || !marks.is_empty()) {
            Some((length, key)) => {
                let start = text[..at].trim_end().len();
                marks.push(Mark { range: start..at + length, key });
                at += length;
            }
            // More signs than a mark has are a line or a decoration.
            None if SIGNS.contains(&c) => at += text[at..].find(|other| other != c).unwrap_or(text.len() - at),
            None => at += c.len_utf8(),
        }
    }
    marks
}

/// The length and the key of the mark at the beginning of a text. Marks that may be something else stand at the end
/// of a line.
fn mark_at(text: &str) -> Option<(usize, String)> {
    let (length, key) = any_mark(text)?;
    if text[length..].starts_with(char::is_alphanumeric) {
        return None;
    }
    let rest = text[length..].trim_start();
    let is_last = rest.is_empty() || rest.starts_with([';', ',']) || any_mark(rest).is_some();
    let is_plain = text.starts_with(['*', '[', '(', '\u{a7}']) && !text.starts_with("[^");
    (is_last || !is_plain).then_some((length, key))
}

/// The mark before a note: one of those in lists, or a number that ends with a stop: "1. Only on request".
pub(crate) fn mark_at_start(text: &str) -> Option<(usize, String)> {
    any_mark(text).or_else(|| {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let is_mark = matches!(digits, 1 | 2) && text[digits..].starts_with(['.', ')', ':']);
        is_mark.then(|| (digits + 1, text[..digits].to_owned()))
    })
}

fn any_mark(text: &str) -> Option<(usize, String)> {
    let first = text.chars().next()?;
    if SIGNS.contains(&first) {
        let key: String = text.chars().take(MAX_SIGNS + 1).take_while(|c| *c == first).collect();
        return Some((key.len(), key)).filter(|(length, _)| *length <= MAX_SIGNS * first.len_utf8());
    }
    let raised = text.chars().take(MAX_SIGNS).map_while(|c| RAISED.iter().position(|digit| *digit == c));
    let raised: Vec<usize> = raised.collect();
    if !raised.is_empty() {
        let length = text.chars().take(raised.len()).map(char::len_utf8).sum();
        return Some((length, raised.iter().map(usize::to_string).collect()));
    }
    let (open, close) = [('[', ']'), ('(', ')')].into_iter().find(|(open, _)| *open == first)?;
    // A mark ends before the next bracket or space: nothing behind them is looked at.
    let inside = &text[open.len_utf8()..];
    let inner = &inside[..inside.find([close, ' ', '['])?];
    if !inside[inner.len()..].starts_with(close) {
        return None;
    }
    let name = inner.strip_prefix('^').filter(|name| !name.is_empty());
    let number = Some(inner).filter(|inner| matches!(inner.len(), 1 | 2) && inner.bytes().all(|b| b.is_ascii_digit()));
    let key = name.or(number)?;
    Some((inner.len() + 2, key.to_owned()))
}

/// Raised text as the mark of a footnote: a raised digit, a sign, or a letter in brackets. `None` if it marks nothing.
pub(crate) fn raised_mark(text: &str) -> Option<String> {
    let text = text.trim();
    let is_number = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter = text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_number {
        Some(text.bytes().map(|byte| RAISED[usize::from(byte - b'0')]).collect())
    } else if is_letter {
        Some(format!("[^{text}]"))
    } else {
        Some(text.to_owned()).filter(|text| !text.is_empty() && text.chars().all(|c| SIGNS.contains(&c)))
    }
}

/// A name without the marks behind it.
pub(crate) fn without_marks(name: &str) -> String {
    let ranges = marks_in(name);
    let mut out = String::with_capacity(name.len());
    let mut from = 0;
    for mark in ranges.iter().filter(|mark| is_never_name(&name[mark.range.clone()])) {
        out.push_str(&name[from..mark.range.start]);
        from = mark.range.end;
    }
    out.push_str(&name[from..]);
    out
}

/// Whether a mark cannot belong to a name, as "(2)" and `[2]` can.
fn is_never_name(mark: &str) -> bool {
    let mark = mark.trim_start();
    mark.starts_with("[^") || !mark.starts_with(['(', '['])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_stand_behind_words() {
        for (text, keys) in [
            ("Alder*", &["*"][..]),
            ("Alder **", &["**"]),
            ("Alder\u{b9}\u{b2}", &["12"]),
            ("Alder \u{2020}, \u{2021}", &["\u{2020}", "\u{2021}"]),
            ("Alder [^note] of Oslo", &["note"]),
            ("Alder [2]", &["2"]),
            ("Alder (3)", &["3"]),
            ("2 * 3", &[]),
            ("H\u{b2}O", &[]),
            ("*Alder", &[]),
            ("Alder *****", &[]),
            ("Alder (3) of 4", &[]),
            ("\u{a7} 5", &[]),
            ("Art. 28 \u{a7} 3", &[]),
        ] {
            assert_eq!(marks_in(text).into_iter().map(|mark| mark.key).collect::<Vec<_>>(), keys, "{text}");
        }
    }

    #[test]
    fn names_lose_the_marks_behind_them() {
        for (name, plain) in [
            ("Alder*", "Alder"),
            ("Alder \u{2020}", "Alder"),
            ("Alder Inc.\u{b2}", "Alder Inc."),
            ("Alder [^a]", "Alder"),
            ("Alder (2)", "Alder (2)"),
            ("E*Trade", "E*Trade"),
            ("Yahoo!", "Yahoo!"),
        ] {
            assert_eq!(without_marks(name), plain, "{name}");
        }
    }

    #[test]
    fn raised_text_may_be_a_mark() {
        for (text, mark) in [
            ("1", Some("\u{b9}")),
            ("12", Some("\u{b9}\u{b2}")),
            ("a", Some("[^a]")),
            ("*", Some("*")),
            ("TM", None),
            ("\u{ae}", None),
        ] {
            assert_eq!(raised_mark(text).as_deref(), mark, "{text}");
        }
    }
}
