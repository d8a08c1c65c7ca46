//! Sets written as text: "Names, e-mail addresses and IP addresses".

use std::collections::BTreeSet;

use crate::model::text::{fold, strip_markup};

/// What a slash between two words does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slash {
    /// It separates items: "USA/EU".
    Separates,
    /// It is part of a name: "ISO/IEC 27001".
    Joins,
}

/// Splits a text into its items, in the order of the text. Separators are `,` `;` ` / `, line breaks
/// of HTML, the words "and", "or" and "&" between items, and a slash between words if it is told to
/// be one; inside parentheses nothing is split.
pub fn items(text: &str, slash: Slash) -> Vec<String> {
    if is_not_applicable(text) {
        return vec![text.trim().to_owned()];
    }
    let text = break_lines(text);
    let chars: Vec<char> = text.chars().collect();
    let mut items = Vec::new();
    let (mut item, mut depth) = (String::new(), 0usize);
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        let separator = if depth > 0 { 0 } else { separator_length(&chars, i, slash) };
        if separator > 0 {
            push(&mut items, &item);
            item.clear();
            i += separator;
            continue;
        }
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        item.push(c);
        i += 1;
    }
    push(&mut items, &item);
    items
}

/// Whether a text states that there is nothing to state.
pub fn is_not_applicable(text: &str) -> bool {
    let text = text.trim().trim_end_matches('.');
    ["n/a", "not applicable"].iter().any(|known| known.eq_ignore_ascii_case(text))
}

fn push(items: &mut Vec<String>, item: &str) {
    let item = item.trim();
    if !item.is_empty() {
        items.push(item.to_owned());
    }
}

/// `<br>` in all its spellings and the ends of blocks separate items; other tags are no text.
fn break_lines(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let mut out = text.to_owned();
    for tag in ["<br>", "<br/>", "<br />", "</br>", "<BR>", "<BR/>", "<BR />", "</p>", "</li>", "</div>"] {
        out = out.replace(tag, "; ");
    }
    strip_markup(&out)
}

/// How many characters the separator that begins at `at` takes; 0 when none does.
fn separator_length(chars: &[char], at: usize, slash: Slash) -> usize {
    match chars[at] {
        ';' => 1,
        // A comma or slash between digits ("1,000", "24/7") or in a web address separates nothing.
        c @ (',' | '/') => {
            let digit = |i: Option<usize>| i.and_then(|i| chars.get(i)).is_some_and(char::is_ascii_digit);
            let inside_number = digit(at.checked_sub(1)) && digit(Some(at + 1));
            let spaced = at.checked_sub(1).and_then(|i| chars.get(i)).is_some_and(|c| c.is_whitespace());
            let joins = c == '/' && (in_address(chars, at) || (slash == Slash::Joins && !spaced));
            usize::from(!inside_number && !joins)
        }
        c if c.is_whitespace() => ["and", "or", "&"].iter().find_map(|word| word_length(chars, at, word)).unwrap_or(0),
        _ => 0,
    }
}

fn in_address(chars: &[char], at: usize) -> bool {
    let start = chars[..at].iter().rposition(|c| c.is_whitespace()).map_or(0, |i| i + 1);
    let end = chars[at..].iter().position(|c| c.is_whitespace()).map_or(chars.len(), |i| at + i);
    chars[start..end].windows(3).any(|w| w == [':', '/', '/'])
}

/// Length of " and " at `at`, when it stands there.
fn word_length(chars: &[char], at: usize, word: &str) -> Option<usize> {
    let length = word.chars().count();
    let found = chars.get(at + 1..=at + length)?;
    let matches = found.iter().flat_map(|c| c.to_lowercase()).eq(word.chars());
    (matches && chars.get(at + length + 1)?.is_whitespace()).then_some(length + 2)
}

/// The keys by which a set is compared: its smallest items, in no order.
pub fn keys(text: &str) -> BTreeSet<String> {
    items(text, Slash::Separates).iter().map(|item| item_key(item)).collect()
}

/// The form in which one item is compared; what it has in parentheses is a set of its own.
pub fn item_key(item: &str) -> String {
    let item = item.trim();
    let lower = item.to_lowercase();
    let item = if lower.starts_with("and ") { &item[4..] } else { item };
    let Some((head, tail)) = item.split_once('(') else { return fold(item) };
    let (inner, rest) = tail.rsplit_once(')').unwrap_or((tail, ""));
    let mut parts: Vec<String> = items(inner, Slash::Separates).iter().map(|part| item_key(part)).collect();
    parts.sort();
    format!("{} ({}) {}", fold(head), parts.join(", "), fold(rest)).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_separators_do_not_matter() {
        for (a, b) in [
            ("Names, e-mail addresses and IP addresses", "IP addresses; names; e-mail addresses"),
            ("A/B", "b<br>a"),
            ("Names, emails, and phones", "phones & emails & names"),
            ("AWS (us-east-1, us-west-2)", "AWS (us-west-2, us-east-1)"),
        ] {
            assert_eq!(keys(a), keys(b));
        }
        assert_eq!(
            items("IP/request metadata; up to 1,000 rows, 24/7", Slash::Separates),
            ["IP", "request metadata", "up to 1,000 rows", "24/7"]
        );
        assert_eq!(items("see https://a.example/b/c", Slash::Separates), ["see https://a.example/b/c"]);
        assert_eq!(items("Brand (a, b) or (c/d)", Slash::Separates), ["Brand (a, b)", "(c/d)"]);
        assert_eq!(items("ISO/IEC 27001; HDS / C5", Slash::Joins), ["ISO/IEC 27001", "HDS", "C5"]);
        assert!(items(" ; ,", Slash::Separates).is_empty());
    }
}
