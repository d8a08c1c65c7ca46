//! Sets written as text: "Names, e-mail addresses and IP addresses".

use std::collections::BTreeSet;

use crate::{
    model::text::{fold, strip_markup},
    vocabulary::{Meaning, Vocabulary},
};

/// What a slash between two words does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slash {
    /// It separates items: "USA/EU".
    Separates,
    /// It is part of a name: "ISO/IEC 27001".
    Joins,
}

/// Splits a text into its items, in the order of the text.
///
/// Separators are `,`, `;`, ` / `, their wide forms, line breaks of HTML, the conjunctions of the vocabulary between items
/// ("and", "or", "&"), and a slash between words if it [separates](Slash::Separates). Text in parentheses
/// is not split.
pub fn items(vocabulary: &Vocabulary, text: &str, slash: Slash) -> Vec<String> {
    if is_not_applicable(vocabulary, text) {
        return vec![text.trim().to_owned()];
    }
    let chars: Vec<char> = break_lines(text).chars().collect();
    let mut items = Vec::new();
    let (mut item, mut depth) = (String::new(), 0usize);
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let separator = if depth > 0 { 0 } else { separator_length(vocabulary, &chars, at, slash) };
        if separator > 0 {
            push(vocabulary, &mut items, &item);
            item.clear();
            at += separator;
            continue;
        }
        match c {
            '(' | '[' | '\u{ff08}' => depth += 1,
            ')' | ']' | '\u{ff09}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        item.push(c);
        at += 1;
    }
    push(vocabulary, &mut items, &item);
    items
}

/// Whether a text states that its column does not apply to the entry: "N/A".
pub fn is_not_applicable(vocabulary: &Vocabulary, text: &str) -> bool {
    let text = text.trim().trim_end_matches('.');
    vocabulary.is(Meaning::NotApplicable, &text.to_lowercase())
}

/// Adds an item, without the conjunction of "a, b, and c".
fn push(vocabulary: &Vocabulary, items: &mut Vec<String>, item: &str) {
    let item = without_conjunction(vocabulary, item.trim()).trim();
    if !item.is_empty() {
        items.push(item.to_owned());
    }
}

/// `<br>` in all its spellings and the ends of blocks separate items; other tags are removed.
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

/// The number of characters of the separator that begins at `at`; 0 if there is none.
fn separator_length(vocabulary: &Vocabulary, chars: &[char], at: usize, slash: Slash) -> usize {
    match chars[at] {
        ';' | '\u{ff1b}' | '\u{ff0c}' | '\u{3001}' | '\u{ff0f}' => 1,
        // A comma or slash between digits ("1,000", "24/7") or in a web address does not separate.
        c @ (',' | '/') => {
            let inside_number =
                at.checked_sub(1).is_some_and(|before| is_digit(chars, before)) && is_digit(chars, at + 1);
            let spaced = at.checked_sub(1).and_then(|i| chars.get(i)).is_some_and(|c| c.is_whitespace());
            let joins = c == '/' && (in_address(chars, at) || (slash == Slash::Joins && !spaced));
            usize::from(!inside_number && !joins)
        }
        c if c.is_whitespace() => conjunction_length(vocabulary, chars, at).unwrap_or(0),
        _ => 0,
    }
}

fn is_digit(chars: &[char], at: usize) -> bool {
    chars.get(at).is_some_and(char::is_ascii_digit)
}

fn in_address(chars: &[char], at: usize) -> bool {
    let start = chars[..at].iter().rposition(|c| c.is_whitespace()).map_or(0, |i| i + 1);
    let end = chars[at..].iter().position(|c| c.is_whitespace()).map_or(chars.len(), |i| at + i);
    chars[start..end].windows(3).any(|w| w == [':', '/', '/'])
}

/// The length of " and ", if the text has such a conjunction at `at`.
fn conjunction_length(vocabulary: &Vocabulary, chars: &[char], at: usize) -> Option<usize> {
    let behind = chars.get(at + 1..)?;
    let length = behind.iter().position(|c| c.is_whitespace())?;
    let word: String = behind[..length].iter().flat_map(|c| c.to_lowercase()).collect();
    vocabulary.is(Meaning::Conjunction, &word).then_some(length + 2)
}

/// The keys by which a set is compared: its smallest items, without their order.
pub fn keys(vocabulary: &Vocabulary, text: &str) -> BTreeSet<String> {
    items(vocabulary, text, Slash::Separates).iter().map(|item| item_key(vocabulary, item)).collect()
}

/// The form in which one item is compared. Items in its parentheses are compared as a set, too.
pub fn item_key(vocabulary: &Vocabulary, item: &str) -> String {
    let item = without_conjunction(vocabulary, item.trim());
    let Some((head, tail)) = item.split_once('(') else { return fold(item) };
    let (inner, rest) = tail.rsplit_once(')').unwrap_or((tail, ""));
    let mut parts: Vec<String> =
        items(vocabulary, inner, Slash::Separates).iter().map(|part| item_key(vocabulary, part)).collect();
    parts.sort();
    format!("{} ({}) {}", fold(head), parts.join(", "), fold(rest)).trim().to_owned()
}

/// The last item of "a, b, and c".
fn without_conjunction<'t>(vocabulary: &Vocabulary, item: &'t str) -> &'t str {
    match item.split_once(' ') {
        Some((word, rest)) if vocabulary.is(Meaning::Conjunction, &word.to_lowercase()) => rest,
        _ => item,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys_of(text: &str) -> BTreeSet<String> {
        keys(Vocabulary::builtin(), text)
    }

    #[test]
    fn order_and_separators_do_not_matter() {
        for (a, b) in [
            ("Names, e-mail addresses and IP addresses", "IP addresses; names; e-mail addresses"),
            ("A/B", "b<br>a"),
            ("Names, emails, and phones", "phones & emails & names"),
            ("Namen, E-Mails und Telefonnummern", "Telefonnummern, E-Mails, Namen"),
            ("AWS (us-east-1, us-west-2)", "AWS (us-west-2, us-east-1)"),
        ] {
            assert_eq!(keys_of(a), keys_of(b));
        }
    }

    #[test]
    fn items_are_split_where_a_separator_is_not_part_of_them() {
        for (text, slash, expected) in [
            (
                "IP/request metadata; up to 1,000 rows, 24/7",
                Slash::Separates,
                &["IP", "request metadata", "up to 1,000 rows", "24/7"][..],
            ),
            ("see https://a.example/b/c", Slash::Separates, &["see https://a.example/b/c"]),
            ("Brand (a, b) or (c/d)", Slash::Separates, &["Brand (a, b)", "(c/d)"]),
            ("ISO/IEC 27001; HDS / C5", Slash::Joins, &["ISO/IEC 27001", "HDS", "C5"]),
            ("Not applicable.", Slash::Separates, &["Not applicable."]),
            (" ; ,", Slash::Separates, &[]),
        ] {
            assert_eq!(items(Vocabulary::builtin(), text, slash), expected, "{text}");
        }
    }
}
