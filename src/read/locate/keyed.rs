//! Values behind their keys: in YAML, JSON, TOML, and objects of code.

use std::ops::Range;

use super::Wanted;

/// The value of the wanted key in a part of a file.
pub(super) fn value(text: &str, region: Range<usize>, wanted: &Wanted<'_>) -> Option<Range<usize>> {
    let keys = keys(text, region.clone());
    let exact = keys.iter().find(|key| wanted.has_label(&text[key.name.clone()]));
    let key = exact.or_else(|| keys.iter().find(|key| wanted.has_role(&text[key.name.clone()])))?;
    Some(value_of(text, key, region.end))
}

/// A key, and where its value begins.
struct Key {
    name: Range<usize>,
    value: usize,
    /// The column of the key in its line, in bytes.
    indent: usize,
}

/// The keys of a part of a file: words before a colon or an equals sign, at the beginning of a line or behind a brace
/// or comma.
fn keys(text: &str, region: Range<usize>) -> Vec<Key> {
    let part = &text[region.clone()];
    let mut keys = Vec::new();
    for (at, mark) in part.char_indices().filter(|(_, c)| matches!(c, ':' | '=')) {
        let is_followed = part[at + 1..]
            .chars()
            .next()
            .is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '[' | '{'));
        let line_start = part[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let before = &part[line_start..at];
        let from = before.rfind(['{', ',']).map_or(0, |brace| brace + 1);
        let raw = &before[from..];
        let name = raw.trim().trim_start_matches("- ").trim_matches(['"', '\'', '`']).trim();
        let is_name = !name.is_empty()
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '&' | '/' | '(' | ')' | '?'));
        if is_name && is_followed && (mark == ':' || raw.trim_start().starts_with(char::is_alphanumeric)) {
            let offset = line_start + from + raw.find(name).unwrap_or_default();
            let absolute = region.start + offset;
            let begin = text[..absolute].rfind('\n').map_or(0, |newline| newline + 1);
            keys.push(Key {
                name: absolute..absolute + name.len(),
                value: region.start + at + mark.len_utf8(),
                indent: absolute - begin,
            });
        }
    }
    keys
}

/// The range of a value: inside its quotes, a block of indented lines, or the rest of its line. That of an empty value
/// is its key.
fn value_of(text: &str, key: &Key, end: usize) -> Range<usize> {
    let rest = &text[key.value..end.max(key.value)];
    let start = key.value + (rest.len() - rest.trim_start_matches([' ', '\t']).len());
    let value = &text[start..end.max(start)];
    if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'' | '`')) {
        let inner = &value[quote.len_utf8()..];
        let length = closing(inner, quote).unwrap_or_else(|| inner.lines().next().unwrap_or_default().len());
        let from = start + quote.len_utf8();
        return if length == 0 { key.name.clone() } else { from..from + length };
    }
    let line = value.lines().next().unwrap_or_default();
    if line.trim().is_empty() || line.trim_start().starts_with(['>', '|']) {
        return block(text, start + line.len(), key.indent, end).unwrap_or_else(|| key.name.clone());
    }
    let line = line.split(" #").next().unwrap_or(line);
    let line = if is_flow(text, key) { line.split([',', '}']).next().unwrap_or(line) } else { line };
    let line = line.trim_end().trim_end_matches(',');
    if line.trim().is_empty() { key.name.clone() } else { start..start + line.len() }
}

/// Whether a key is inside braces on its line.
fn is_flow(text: &str, key: &Key) -> bool {
    let begin = text[..key.name.start].rfind('\n').map_or(0, |newline| newline + 1);
    text[begin..key.name.start].contains('{')
}

/// The offset of the quote that ends a text.
fn closing(inner: &str, quote: char) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in inner.char_indices() {
        if c == quote && !is_escaped {
            return Some(at);
        }
        is_escaped = c == '\\' && !is_escaped && quote != '\'';
    }
    None
}

/// The lines behind a key that are indented more than it.
fn block(text: &str, from: usize, indent: usize, end: usize) -> Option<Range<usize>> {
    let mut range: Option<Range<usize>> = None;
    let mut at = from;
    for line in text.get(from..end)?.split_inclusive('\n') {
        let body = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        if body.is_empty() {
            continue;
        }
        let depth = line.len() - line.trim_start().len();
        if depth <= indent {
            break;
        }
        let first = range.map_or(start, |range| range.start);
        range = Some(first..start + body.len());
    }
    range
}
