//! Links in Markdown: their parser, and the escapes that keep other brackets from becoming links.

use std::{borrow::Cow, collections::HashMap};

use super::RichTextBuilder;

/// A text in which no bracket or backslash has a meaning in Markdown.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '[' | ']' | '^' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.into()
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let escaped = escaped_bracket(rest);
        out.push(escaped.unwrap_or(c));
        rest = &rest[c.len_utf8() + escaped.map_or(0, char::len_utf8)..];
    }
    out
}

/// The bracket or backslash that is escaped at the start of a text.
fn escaped_bracket(text: &str) -> Option<char> {
    text.strip_prefix('\\')?.chars().next().filter(|c| matches!(c, '[' | ']' | '^' | '\\'))
}

/// Reads a string in which `[label](href)` is a link.
pub(super) fn parse(raw: &str) -> RichTextBuilder {
    let mut builder = RichTextBuilder::default();
    let brackets = Brackets::of(raw);
    let mut rest = raw;
    while let Some(at) = rest.find(['[', '\\']) {
        let (before, tail) = rest.split_at(at);
        builder.push(before);
        let length = if let Some(escaped) = escaped_bracket(tail) {
            builder.push(escaped.encode_utf8(&mut [0; 4]));
            2
        } else if let Some(link) = MarkdownLink::at(raw, raw.len() - tail.len(), &brackets) {
            builder.push_link(&unescaped(link.label), link.href);
            link.length
        } else {
            builder.push(&tail[..1]);
            1
        };
        rest = &tail[length..];
    }
    builder.push(rest);
    builder
}

/// A link in the form `[label](href "title")`.
struct MarkdownLink<'a> {
    label: &'a str,
    href: &'a str,
    /// The length of the whole link in bytes.
    length: usize,
}

impl<'a> MarkdownLink<'a> {
    /// The link that begins at a square bracket of a text.
    fn at(text: &'a str, start: usize, brackets: &Brackets) -> Option<Self> {
        let label = brackets.inside(text, start).filter(|label| !label.starts_with('^'))?;
        let after_label = start + label.len() + 2;
        let inside = brackets.inside(text, after_label).filter(|_| text[after_label..].starts_with('('))?;
        let href = inside.split_whitespace().next().unwrap_or_default();
        let title = inside.trim_start()[href.len()..].trim();
        let has_title = title.is_empty() || title.starts_with(['"', '\'', '(']);
        let href = href.strip_prefix('<').and_then(|href| href.strip_suffix('>')).unwrap_or(href);
        has_title.then_some(MarkdownLink { label, href, length: label.len() + inside.len() + 4 })
    }
}

/// The pairs of brackets in a text: where each opening bracket is closed. They are found in one pass, so a
/// text of many open brackets takes no longer than any other.
struct Brackets(HashMap<usize, usize>);

impl Brackets {
    fn of(text: &str) -> Self {
        let (mut closed_at, mut square, mut round) = (HashMap::new(), Vec::new(), Vec::new());
        let mut is_escaped = false;
        for (at, byte) in text.bytes().enumerate() {
            let is_literal = is_escaped;
            is_escaped = byte == b'\\' && !is_literal;
            match byte {
                _ if is_literal => {}
                b'[' => square.push(at),
                b'(' => round.push(at),
                b']' => closed_at.extend(square.pop().map(|open| (open, at))),
                b')' => closed_at.extend(round.pop().map(|open| (open, at))),
                _ => {}
            }
        }
        Brackets(closed_at)
    }

    /// The text between the opening bracket at `open` and its closing bracket.
    fn inside<'t>(&self, text: &'t str, open: usize) -> Option<&'t str> {
        text.get(open + 1..*self.0.get(&open)?)
    }
}
