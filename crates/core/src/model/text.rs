//! Text of an inventory: cleaned once on the way in, folded where it is compared.

use std::{borrow::Cow, fmt, str::FromStr, sync::Arc};

use super::note_mark::without_marks;
use html5gum::{Token, Tokenizer};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// One line of text from an inventory.
///
/// It contains no control character, no character that XML 1.0 forbids, no bidirectional override and no
/// invisible filler; runs of white space are single spaces. Everything behind the readers can
/// therefore print it after the escaping of the output format, and canonical JSON needs no `\u` escape.
/// Clones share it: names and labels occur in every change that concerns them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Arc<str>);

impl Text {
    /// Cleans `raw`: what may not be shown is dropped, line breaks and tabs become spaces.
    pub fn new(raw: &str) -> Self {
        if raw.trim_ascii().len() == raw.len() && is_plain(raw) {
            return Text(raw.into());
        }
        let mut out = String::with_capacity(raw.len());
        for c in raw.chars() {
            if c.is_whitespace() || matches!(c, '\u{0}'..='\u{1f}' | '\u{2028}' | '\u{2029}') {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            } else if !is_unfit(c) {
                out.push(c);
            }
        }
        out.truncate(out.trim_end().len());
        Text(out.into())
    }

    /// The text as a string.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Characters that are removed from every text: controls (C0, DEL, C1), non-characters and other
/// code points outside XML 1.0 §2.2, bidirectional controls (they can make a page show another text
/// than the signed one), zero-width fillers and tag characters.
fn is_unfit(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
        || (c as u32) & 0xfffe == 0xfffe
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        Text::new(raw)
    }
}

/// A text of a published document that this program would not have written.
#[derive(Debug, thiserror::Error)]
#[error("text with control, bidirectional or repeated white-space characters: {0:?}")]
pub struct UncleanText(String);

impl FromStr for Text {
    type Err = UncleanText;

    fn from_str(raw: &str) -> Result<Self, UncleanText> {
        let text = Text::new(raw);
        if text.as_str() == raw { Ok(text) } else { Err(UncleanText(raw.to_owned())) }
    }
}

crate::serde_as_str!(Text);

/// The form in which two texts are compared: Unicode NFKC, lower case, without Markdown and HTML
/// markup, entities, footnote marks, typographic quotes and dashes, and closing punctuation. Link
/// targets stay, since another target is another statement.
pub fn fold(text: &str) -> String {
    // Most texts are ASCII with single spaces and without markup, and only need lower case.
    if is_plain(text) {
        return without_ends(text).to_ascii_lowercase();
    }
    let plain = without_markup(text);
    let plain = without_marks(&plain);
    match is_nfkc_quick(plain.chars()) {
        IsNormalized::Yes => folded(plain.chars().flat_map(char::to_lowercase)),
        IsNormalized::No | IsNormalized::Maybe => folded(plain.nfkc().flat_map(char::to_lowercase)),
    }
}

/// Whether a text is printable ASCII in single spaces, without a character of markup.
fn is_plain(text: &str) -> bool {
    let mut before = 0;
    text.bytes().all(|b| PLAIN[usize::from(b)] && (b, std::mem::replace(&mut before, b)) != (b' ', b' '))
}

/// Whether each byte is a printable character of ASCII that markup does not use.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0x20;
    while byte < 0x7f {
        plain[byte] = !is_markup(byte as u8);
        byte += 1;
    }
    plain
};

/// Whether markup of Markdown or HTML begins with this byte.
const fn is_markup(byte: u8) -> bool {
    matches!(byte, b'*' | b'_' | b'`' | b'<' | b'&' | b'[' | b'\\' | b'~')
}

/// The text without the white space and punctuation that closes or surrounds it.
fn without_ends(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '*' | '!'))
}

fn folded(lower: impl Iterator<Item = char>) -> String {
    let mut out = String::with_capacity(lower.size_hint().0);
    for c in lower {
        match c {
            '\u{2018}'..='\u{201b}' | '\u{2032}' => out.push('\''),
            '\u{201c}'..='\u{201f}' | '\u{2033}' | '\u{ab}' | '\u{bb}' => out.push('"'),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            c if c.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    without_ends(&out).to_owned()
}

/// The text without inline markup: emphasis, code marks, tags, entities, footnote marks and
/// backslash escapes are gone; of a link its text and its target remain.
pub fn strip_markup(text: &str) -> String {
    without_markup(text).into_owned()
}

fn without_markup(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(is_markup) {
        return text.into();
    }
    let decoded = decoded(text);
    let chars: Vec<char> = decoded.chars().collect();
    let mut out = String::with_capacity(decoded.len());
    let [mut bracket, mut parenthesis, mut angle, mut space] = [']', ')', '>', ' '].map(|c| NextOf::new(c, &chars));
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        let rest = chars.get(i + 1..).unwrap_or_default();
        match c {
            '\\' if rest.first().is_some_and(char::is_ascii_punctuation) => {
                out.push(rest[0]);
                i += 1;
            }
            '<' => match angle.from(i + 1).filter(|_| opens_tag(rest)).map(|end| end - i) {
                Some(length) => {
                    out.push(' ');
                    out.extend(target(&rest[..length]).map(|target| target + " "));
                    i += length;
                }
                None => out.push(c),
            },
            '[' if rest.first() == Some(&'^') => match bracket.from(i + 1) {
                Some(end) if space.from(i + 1).is_none_or(|space| end < space) => i = end,
                _ => out.push(c),
            },
            ']' if rest.first() == Some(&'(') => match parenthesis.from(i + 1) {
                Some(end) => {
                    out.push(' ');
                    out.extend(&chars[i + 2..end]);
                    i = end;
                }
                None => out.push(c),
            },
            '[' if bracket.from(i + 1).is_some_and(|end| chars.get(end + 1) == Some(&'(')) => {}
            '*' | '`' => {}
            '~' if rest.first() == Some(&'~') => i += 1,
            '_' if !within_word(&chars, i) => {}
            c => out.push(c),
        }
        i += 1;
    }
    out.into()
}

/// Longest name of a character reference, with `&` and `;`.
const LONGEST_REFERENCE: usize = 33;

/// The text with HTML's character references ("&amp;", "&#38;") decoded (HTML Living Standard §13.5).
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let inner = &rest[at + 1..];
        let name = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '#').unwrap_or(inner.len());
        let is_reference = inner[name..].starts_with(';') && (1..LONGEST_REFERENCE).contains(&name);
        let taken = if is_reference { name + 2 } else { 1 };
        let reference = &rest[at..at + taken];
        match is_reference.then(|| character(reference)).flatten() {
            Some(characters) => out.push_str(&characters),
            None => out.push_str(reference),
        }
        rest = &rest[at + taken..];
    }
    out.push_str(rest);
    out.into()
}

/// What a character reference stands for.
fn character(reference: &str) -> Option<String> {
    let tokens = Tokenizer::new(reference).filter_map(|token| match token {
        Ok(Token::String(text)) => String::from_utf8(text.value.into()).ok(),
        _ => None,
    });
    Some(tokens.collect::<String>()).filter(|text| !text.is_empty())
}

/// The inline and table elements that pages contain; other text in angle brackets is text.
const ELEMENTS: [&str; 48] = [
    "a", "abbr", "b", "big", "blockquote", "br", "center", "cite", "code", "dd", "del", "details", "div", "dl", "dt",
    "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "nobr", "ol", "p",
    "pre", "q", "s", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "td", "tr", "u", "ul",
];

/// The next occurrence of a character, for positions in ascending order. All questions together take one scan.
struct NextOf<'c> {
    wanted: char,
    chars: &'c [char],
    /// The occurrence that was found last, or the number of characters.
    found: usize,
}

impl<'c> NextOf<'c> {
    fn new(wanted: char, chars: &'c [char]) -> Self {
        let found = chars.iter().position(|c| *c == wanted).unwrap_or(chars.len());
        NextOf { wanted, chars, found }
    }

    /// The first occurrence at or after this position.
    fn from(&mut self, position: usize) -> Option<usize> {
        if self.found < position {
            let rest = self.chars.get(position..).unwrap_or_default();
            self.found = rest.iter().position(|c| *c == self.wanted).map_or(self.chars.len(), |at| position + at);
        }
        (self.found < self.chars.len()).then_some(self.found)
    }
}

/// Whether the characters behind a `<` open an HTML tag (`b>`, `br />`, `/a>`) or comment.
fn opens_tag(rest: &[char]) -> bool {
    if rest.starts_with(&['!', '-', '-']) {
        return true;
    }
    let name = rest.strip_prefix(&['/']).unwrap_or(rest);
    let name: String = name.iter().take(11).take_while(|c| c.is_ascii_alphanumeric()).collect();
    let length = name.len() + usize::from(rest.first() == Some(&'/'));
    let ends = rest.get(length).is_some_and(|c| c.is_whitespace() || matches!(c, '/' | '>'));
    ends && ELEMENTS.contains(&name.to_ascii_lowercase().as_str())
}

/// Where a tag leads: the value of its `href` or `src`.
fn target(tag: &[char]) -> Option<String> {
    let tag: String = tag.iter().collect();
    let at = ["href=", "src="].iter().find_map(|key| tag.find(key).map(|at| at + key.len()))?;
    let value = tag[at..].trim_start_matches(['"', '\'']);
    value.split(['"', '\'', ' ', '>']).next().filter(|value| !value.is_empty()).map(str::to_owned)
}

fn within_word(chars: &[char], at: usize) -> bool {
    let word = |i: Option<usize>| i.and_then(|i| chars.get(i)).is_some_and(|c| c.is_alphanumeric() || *c == '_');
    word(at.checked_sub(1)) && word(Some(at + 1))
}

/// Whether two texts are equal except for their presentation.
pub fn same(a: &str, b: &str) -> bool {
    a == b || fold(a) == fold(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_runs_of_markup_are_read() {
        for part in ["[a](", "[^", "<b ", "](", "[[", "[a] ", "<!-- ", "&amp"] {
            let text = part.repeat(400_000);
            assert!(strip_markup(&text).len() <= text.len(), "{part:?}");
        }
    }

    #[test]
    fn cleaning_drops_what_may_not_be_shown() {
        for (raw, clean) in [
            ("  a \t b\r\n c ", "a b c"),
            ("a\u{0}b\u{7f}c\u{85}d", "a bc d"),
            ("x\u{202e}y\u{2066}z\u{200b}\u{feff}", "xyz"),
            ("\u{fffe}ok\u{1ffff}", "ok"),
            ("naïve – “quoted”", "naïve – “quoted”"),
        ] {
            assert_eq!(Text::new(raw).as_str(), clean, "{raw:?}");
            assert_eq!(Text::new(clean).as_str(), clean, "cleaning is idempotent");
        }
        assert!(serde_json::from_str::<Text>("\"a\\u0000b\"").is_err());
    }

    #[test]
    fn folding_ignores_presentation_only() {
        for (a, b) in [
            ("**Cloud** hosting.", "cloud  hosting"),
            ("A &amp; B", "A & B"),
            ("Caf&eacute; &#x26; B&#38;C &euro;&NotEqualTilde;", "Café & B&C €\u{2242}\u{338}"),
            ("the `user` field", "the user field"),
            ("<b>x</b>", "x"),
            ("$4 per u/m[^price]", "$4 per u/m *"),
            ("Acme\u{b9}", "Acme [12]"),
            ("Acme \u{2020}", "Acme"),
            ("\u{201c}Send\u{201d} \u{2013} it", "\"send\" - it"),
        ] {
            assert!(same(a, b), "{a:?} {b:?}: {:?} {:?}", fold(a), fold(b));
        }
        for (a, b) in [
            ("[x](https://a.example)", "[x](https://b.example)"),
            ("snake_case", "snakecase"),
            ("A &amp B", "A & B"),
            ("&unknown; &;", "unknown"),
            ("[1](https://a.example)", "[2](https://a.example)"),
            ("Acme [2024]", "Acme [2025]"),
            ("[1], [3]", "[2]"),
            ("Categories [1], [2], [5]", "Categories [1], [2], [6]"),
            ("\u{b9} \u{b3}", "\u{b2}"),
            ("\u{2020}", "\u{2021}"),
            ("10\u{b3} TB", "10\u{b2} TB"),
            ("[24]7", "7"),
            ("kept[^for 30 days]", "kept[^for 90 days]"),
            ("Acme1", "Acme"),
            ("1 < 2", "1 2"),
            ("mail <a@x.example>", "mail <b@x.example>"),
            ("see <https://a.example>", "see <https://b.example>"),
            ("<a href=\"https://a.example\">x</a>", "<a href=\"https://b.example\">x</a>"),
            ("logs <not redacted>", "logs <redacted>"),
            ("data at rest", "data in transit"),
        ] {
            assert!(!same(a, b), "{a:?} {b:?}");
        }
    }
}
