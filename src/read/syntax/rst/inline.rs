//! Inline markup of reStructuredText: links, references, roles and emphasis.

use std::ops::Range;

use super::Reader;
use crate::read::{source_text::SourceText, syntax::block::Cell};

impl Reader<'_> {
    /// Text without roles, emphasis and reference marks.
    pub(super) fn inline(&self, text: &str) -> Cell {
        let text = self.without_backquotes(&without_escapes(text));
        let strong = text.starts_with("**") && text.ends_with("**") && text.len() > 4;
        let marks: Vec<Range<usize>> = text.match_indices("**").map(|(at, mark)| at..at + mark.len()).collect();
        let text = self.with_references(&text.without(&marks));
        Cell { text: text.rewritten(|_, c, out| out.push(shown(c))).trimmed(), strong, ..Cell::default() }
    }

    /// The text with links and plain text in place of the parts between backquotes.
    fn without_backquotes(&self, text: &str) -> SourceText {
        let mut out = SourceText::default();
        let mut rest = text;
        while let Some(start) = rest.find('`') {
            out.push(&rest[..start]);
            let tail = &rest[start + 1..];
            if let Some(code) = tail.strip_prefix('`') {
                let end = code.find("``").unwrap_or(code.len());
                out.push(&code[..end]);
                rest = code.get(end + 2..).unwrap_or_default();
                continue;
            }
            let Some(end) = tail.find('`') else {
                rest = tail;
                continue;
            };
            let (inner, after) = (&tail[..end], &tail[end + 1..]);
            match (inner.rsplit_once('<'), after.strip_prefix('_')) {
                (Some((label, address)), Some(after)) => {
                    let address: String = address.trim_end_matches('>').chars().map(shown).collect();
                    out.push_link(&label.into(), &address);
                    rest = after.strip_prefix('_').unwrap_or(after);
                }
                (None, Some(after)) => {
                    self.push_reference(&mut out, inner);
                    rest = after;
                }
                _ => {
                    // Roles such as `:ref:` are dropped.
                    if out.ends_with(':') {
                        let role = out.trim_end_matches(':').rfind(':').unwrap_or(out.len());
                        out.truncate(role);
                    }
                    out.push(inner.split_once(" <").map_or(inner, |(label, _)| label));
                    rest = after;
                }
            }
        }
        out.push(rest);
        out
    }

    /// The text with a link for each word that refers to a target: `Name_`.
    fn with_references(&self, text: &SourceText) -> SourceText {
        let mut out = SourceText::default();
        let mut from = 0;
        for (at, word) in words(text).filter(|(at, _)| !text.is_link_at(*at)) {
            let name = word.strip_suffix('_').filter(|name| !name.is_empty() && self.target(name).is_some());
            if let Some(name) = name {
                out.append(&text.slice(from..at));
                self.push_reference(&mut out, name);
                from = at + word.len();
            }
        }
        out.append(&text.slice(from..text.len()));
        out
    }

    /// Adds a name with a link to its target, if the page has one.
    fn push_reference(&self, out: &mut SourceText, name: &str) {
        match self.target(name) {
            Some(address) => out.push_link(&name.into(), address),
            None => out.push(name),
        }
    }

    fn target(&self, name: &str) -> Option<&str> {
        let target = self.targets.iter().find(|(target, _)| *target == name.to_lowercase());
        target.map(|(_, address)| address.as_str())
    }
}

/// The words of a text between spaces, with their byte offsets.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split(' ').map(move |word| {
        let here = (at, word);
        at += word.len() + 1;
        here
    })
}

/// Offset in a private use area of Unicode that hides escaped ASCII characters while markup is read.
const ESCAPED: u32 = 0xf100;

/// The text with `\*` hidden as a private character, and without `\ `.
fn without_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some(next)) if next.is_ascii_punctuation() => {
                out.extend(char::from_u32(ESCAPED + next as u32));
            }
            ('\\', Some(next)) if !next.is_whitespace() => out.push(next),
            ('\\', _) => {}
            (c, _) => out.push(c),
        }
    }
    out
}

/// The character that a private one hides.
fn shown(c: char) -> char {
    match (c as u32).checked_sub(ESCAPED).and_then(char::from_u32) {
        Some(hidden) if hidden.is_ascii_punctuation() => hidden,
        _ => c,
    }
}
