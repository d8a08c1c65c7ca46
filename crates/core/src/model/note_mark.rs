//! The marks of footnotes: "*", "†", "¹", `[1]`. What a mark is, for reading and for comparing.

use std::{borrow::Cow, ops::Range};

/// The signs that mark footnotes, alone or repeated.
const SIGNS: [char; 5] = ['*', '\u{2020}', '\u{2021}', '\u{a7}', '\u{b6}'];

/// The digits that are raised, from 0.
const RAISED: [char; 10] =
    ['\u{2070}', '\u{b9}', '\u{b2}', '\u{b3}', '\u{2074}', '\u{2075}', '\u{2076}', '\u{2077}', '\u{2078}', '\u{2079}'];

/// The most signs or raised digits of a mark.
const MAX_SIGNS: usize = 4;

/// A mark in a text.
#[derive(Debug, PartialEq, Eq)]
pub struct Mark {
    /// The mark, with the spaces before it.
    pub range: Range<usize>,
    /// Its form without what raises or encloses it: "1" for "¹", `[1]` and "(1)".
    pub key: String,
    form: Form,
}

/// How a mark is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// "*", "††"
    Sign,
    /// "¹"
    Raised,
    /// `[^note]`
    Named,
    /// `[1]`
    Bracketed,
    /// "(1)"
    Parenthesised,
}

/// The marks behind words of a text.
pub fn marks_in(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    if !text.contains(may_begin) {
        return marks;
    }
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let begins = may_begin(c).then(|| mark_at(&text[at..])).flatten();
        match begins.filter(|_| !marks.is_empty() || is_behind_word(&text[..at])) {
            Some((length, key, form)) => {
                let start = text[..at].trim_end().len();
                marks.push(Mark { range: start..at + length, key, form });
                at += length;
            }
            // More signs than a mark has are a line or a decoration.
            None if SIGNS.contains(&c) => at += text[at..].find(|other| other != c).unwrap_or(text.len() - at),
            None => at += c.len_utf8(),
        }
    }
    marks
}

/// Whether a mark may begin with a character.
fn may_begin(c: char) -> bool {
    SIGNS.contains(&c) || RAISED.contains(&c) || matches!(c, '[' | '(')
}

fn is_behind_word(before: &str) -> bool {
    before.trim_end().ends_with(|c: char| c.is_alphanumeric() || matches!(c, ')' | '.' | '!' | ']'))
}

/// The length, key and form of the mark at the beginning of a text. Marks that may be something else stand at the end
/// of a line, and numbers in brackets not in front of what makes them a link.
fn mark_at(text: &str) -> Option<(usize, String, Form)> {
    let (length, key, form) = any_mark(text)?;
    let behind = &text[length..];
    if behind.starts_with(char::is_alphanumeric) {
        return None;
    }
    let rest = behind.trim_start();
    let is_last = || rest.is_empty() || rest.starts_with([';', ',']) || any_mark(rest).is_some();
    let is_mark = match form {
        Form::Sign => !text.starts_with(['*', '\u{a7}']) || is_last(),
        Form::Raised | Form::Named => true,
        Form::Bracketed => !behind.starts_with(['(', ':']) && (!behind.starts_with('[') || is_last()),
        Form::Parenthesised => is_last(),
    };
    is_mark.then_some((length, key, form))
}

/// The mark before a note: one of those in lists, or a number that ends with a stop: "1. Only on request".
pub fn mark_at_start(text: &str) -> Option<(usize, String)> {
    any_mark(text).map(|(length, key, _)| (length, key)).or_else(|| {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let is_mark = matches!(digits, 1 | 2) && text[digits..].starts_with(['.', ')', ':']);
        is_mark.then(|| (digits + 1, text[..digits].to_owned()))
    })
}

fn any_mark(text: &str) -> Option<(usize, String, Form)> {
    let first = text.chars().next()?;
    if SIGNS.contains(&first) {
        let key: String = text.chars().take(MAX_SIGNS + 1).take_while(|c| *c == first).collect();
        return Some((key.len(), key, Form::Sign)).filter(|(length, _, _)| *length <= MAX_SIGNS * first.len_utf8());
    }
    let raised = text.chars().take(MAX_SIGNS).map_while(|c| RAISED.iter().position(|digit| *digit == c));
    let raised: Vec<usize> = raised.collect();
    if !raised.is_empty() {
        let length = text.chars().take(raised.len()).map(char::len_utf8).sum();
        return Some((length, raised.iter().map(usize::to_string).collect(), Form::Raised));
    }
    let (open, close, form) =
        [('[', ']', Form::Bracketed), ('(', ')', Form::Parenthesised)].into_iter().find(|(open, ..)| *open == first)?;
    // A mark ends before the next bracket or space: nothing behind them is looked at.
    let inside = &text[open.len_utf8()..];
    let inner = &inside[..inside.find([close, ' ', '[', open])?];
    if !inside[inner.len()..].starts_with(close) {
        return None;
    }
    let name = inner.strip_prefix('^').filter(|name| !name.is_empty() && form == Form::Bracketed);
    let number = Some(inner).filter(|inner| matches!(inner.len(), 1 | 2) && inner.bytes().all(|b| b.is_ascii_digit()));
    let form = if name.is_some() { Form::Named } else { form };
    Some((inner.len() + 2, name.or(number)?.to_owned(), form))
}

/// Raised text as the mark of a footnote: a raised digit, a sign, or a letter in brackets. `None` if it marks nothing.
pub fn raised_mark(text: &str) -> Option<String> {
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

/// A text without the marks of footnotes after its words, as it is compared. A raised digit behind a number is a
/// power, and "(1)" a statement, as are numbers in brackets that are listed.
pub fn without_marks(text: &str) -> Cow<'_, str> {
    without(text, |mark| match mark.form {
        Form::Raised => text[..mark.range.start].ends_with(|c: char| c.is_alphabetic() || matches!(c, ')' | '.' | '!')),
        Form::Bracketed => is_behind_word(&text[..mark.range.start]),
        Form::Sign | Form::Named => true,
        Form::Parenthesised => false,
    })
}

/// A name without the marks behind it that no note explains. Names may end with "²", "³" and numbers in brackets.
pub fn name_without_marks(name: &str) -> Cow<'_, str> {
    without(name, |mark| match mark.form {
        Form::Sign | Form::Named => true,
        Form::Raised => !matches!(&name[mark.range.clone()], "\u{b2}" | "\u{b3}"),
        Form::Bracketed | Form::Parenthesised => false,
    })
}

/// A text without some of its marks.
fn without(text: &str, is_removed: impl Fn(&Mark) -> bool) -> Cow<'_, str> {
    let marks = marks_in(text);
    if marks.is_empty() {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for mark in marks.into_iter().filter(is_removed) {
        out.push_str(&text[from..mark.range.start]);
        from = mark.range.end;
    }
    out.push_str(&text[from..]);
    out.into()
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
            ("Alder [3] of 4", &["3"]),
            ("Alder [3](https://alder.example)", &[]),
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
            ("Alder Inc.\u{b9}", "Alder Inc."),
            ("Alder \u{b2}", "Alder"),
            ("Cube\u{b3}", "Cube\u{b3}"),
            ("Alder [2]", "Alder [2]"),
            ("Alder [^a]", "Alder"),
            ("Alder (2)", "Alder (2)"),
            ("E*Trade", "E*Trade"),
            ("Yahoo!", "Yahoo!"),
        ] {
            assert_eq!(name_without_marks(name), plain, "{name}");
        }
    }

    #[test]
    fn texts_are_compared_without_marks() {
        for (text, plain) in [
            ("Alder\u{b2}", "Alder"),
            ("Alder [2] of Oslo", "Alder of Oslo"),
            ("Norway*, Spain", "Norway, Spain"),
            ("10\u{b2}", "10\u{b2}"),
            ("\u{b2}", "\u{b2}"),
            ("Alder (2)", "Alder (2)"),
            ("AES*256", "AES*256"),
        ] {
            assert_eq!(without_marks(text), plain, "{text}");
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
