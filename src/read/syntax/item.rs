//! Items of YAML lists that are written as most are: keys with texts of one line, and with lists of
//! such texts. The parser needs some hundred instructions for each of their bytes.
//!
//! Only what can mean one thing is read here, and means what [`super::yaml::plain`] makes of it. All else
//! (comments, empty lines, escapes, texts of several lines …) gives `None`, and is left to the parser.

use std::{iter::Peekable, str::Split};

use crate::read::{
    error::Position,
    syntax::{
        tree::{Item, Key, Node, Value},
        yaml::{Plain, plain_value},
    },
};

/// Longest key that is read here: YAML has a bound, which is higher.
const MAX_KEY: usize = 100;

/// The list that a text is which holds a single item, a map.
pub(crate) fn single(text: &str) -> Option<Plain> {
    let indent = indent_of(text);
    let mut lines = Lines { lines: text.strip_suffix('\n').unwrap_or(text).split('\n').peekable(), number: 0 };
    let mut line = lines.next()?[indent..].strip_prefix("- ")?;
    let column = indent + 2;
    let at = Position { line: 1, column: column + 1 };
    let mut plain = Plain { root: Node { at, value: Value::Null }, nodes: 2, depth: 2 };
    let mut pairs = Vec::new();
    loop {
        let (key, value) = line.split_once(':')?;
        if !is_key(key) || pairs.iter().any(|(known, _): &(Key, Node)| known.text == key) {
            return None;
        }
        let at = Position { line: lines.number, column: column + 1 };
        let node = match value.strip_prefix(' ') {
            Some(value) => {
                let at = Position { column: at.column + key.len() + 2, ..at };
                if value.starts_with('[') { flow_list(value, at)? } else { scalar(value, at)? }
            }
            None if value.is_empty() => block_list(&mut lines, column)?,
            None => return None,
        };
        plain.nodes += 2;
        if let Value::List(items) = &node.value {
            plain.nodes += items.len();
            plain.depth = 3;
        }
        pairs.push((Key { at, text: key.to_owned() }, node));
        match lines.next() {
            Some(next) => line = below(next, column)?,
            None => break,
        }
    }
    pairs.shrink_to_fit();
    let item = Node { at, value: Value::Map(pairs) };
    plain.root = Node { at: Position { line: 1, column: indent + 1 }, value: Value::List(vec![Item::Own(item)]) };
    Some(plain)
}

/// Lines, and the number of the one that was read last.
struct Lines<'a> {
    lines: Peekable<Split<'a, char>>,
    number: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a str> {
        self.number += 1;
        self.lines.next()
    }
}

fn indent_of(line: &str) -> usize {
    line.bytes().take_while(|b| *b == b' ').count()
}

/// What stands in a line that is indented by exactly so much.
fn below(line: &str, indent: usize) -> Option<&str> {
    (indent_of(line) == indent).then(|| &line[indent..])
}

/// A word or several, none of which YAML knows.
fn is_key(key: &str) -> bool {
    let is_plain = key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b' '));
    let begins = key.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
    is_plain && begins && !key.ends_with(' ') && key.len() <= MAX_KEY && !matches!(plain_value(key), Value::Null)
}

/// A list with a dash before each text.
fn block_list(lines: &mut Lines<'_>, column: usize) -> Option<Node> {
    let indent = indent_of(lines.lines.peek()?);
    if indent < column {
        return None;
    }
    // The parser gives a list whose dashes stand just below its key the place of its first text.
    let start = if indent == column { indent + 3 } else { indent + 1 };
    let at = Position { line: lines.number + 1, column: start };
    let mut items = Vec::new();
    while let Some(text) = lines.lines.peek().and_then(|line| below(line, indent)?.strip_prefix("- ")) {
        lines.next();
        items.push(Item::Own(scalar(text, Position { line: lines.number, column: indent + 3 })?));
    }
    (!items.is_empty()).then_some(Node { at, value: Value::List(items) })
}

/// A list in brackets, on one line.
fn flow_list(text: &str, at: Position) -> Option<Node> {
    let inner = text.strip_prefix('[')?.strip_suffix(']')?;
    let mut items = Vec::new();
    let mut column = at.column + 1;
    for (place, text) in inner.split(',').enumerate() {
        let text = if place == 0 { text } else { text.strip_prefix(' ')? };
        let node = scalar(text, Position { column, ..at })?;
        // Without quotes these mean something in brackets.
        if !text.starts_with(['"', '\'']) && text.contains(['[', ']', '{', '}', ':']) {
            return None;
        }
        column += text.chars().count() + 2;
        items.push(Item::Own(node));
    }
    Some(Node { at, value: Value::List(items) })
}

/// A text that begins and ends on this line.
fn scalar(text: &str, at: Position) -> Option<Node> {
    let value = match text.bytes().next()? {
        quote @ (b'"' | b'\'') => {
            let inner = text[1..].strip_suffix(char::from(quote))?;
            let ends_or_escapes = inner.bytes().any(|b| b == quote || b == b'\\');
            (!ends_or_escapes).then(|| Value::Text(inner.to_owned()))?
        }
        first if first.is_ascii_alphanumeric() => {
            // A comment or a map may begin within, or something that the parser leaves out.
            let is_whole = !text.bytes().any(|b| b == b'#') && !text.ends_with([':', ' ']);
            let holds_no_map = !text.bytes().any(|b| b == b':') || !text.contains(": ");
            (is_whole && holds_no_map).then(|| plain_value(text))?
        }
        _ => return None,
    };
    is_harmless(text).then_some(Node { at, value })
}

/// Whether there is nothing in a line but what is itself everywhere, also in a comment.
pub(crate) fn is_harmless(line: &str) -> bool {
    line.bytes().all(|b| matches!(b, b' '..=b'~'))
        || line.chars().all(|c| c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::yaml;
    use super::*;

    fn said(plain: &Plain) -> String {
        format!("{} {} {:?}", plain.nodes, plain.depth, plain.root)
    }

    #[test]
    fn the_usual_item_is_read_here() {
        let text = "  - id: v1\n    name: \"Vendor, Inc.\"\n    page: https://v.example/a\n    Data held:\n      - names\n      \
                    - 'e-mail: all'\n    in: [\"DE\", FR]\n    none: ~x\n";
        assert!(single(text).is_none());
        let text = text.replace("~x", "null");
        assert_eq!(said(&single(&text).expect("simple")), said(&yaml::plain(&text).expect("YAML")));
    }

    const LINES: [&str; 40] = [
        "a: b", "b: \"c\"", "c: 'd'", "d: [a, \"b\"]", "e:", "e:\n    - f\n    - \"g\"", "e:\n  - f",
        "e:\n      - f\n      - g: h", "- f", "  - f", "a: null", "null: a", "a: b: c", "a:b", "a : b", "a: b ",
        "a:  b", "a: b # c", "a: b#c", "a: \"b\\n\"", "a: 'b''c'", "a: \"b\" c", "f: []", "f: [a:b, c]", "f: [[a], b]",
        "f: [a,b]", "f: ['a, b', c]", "f: [a, ]", "g: b\n    c", "# said", "", "h: é ü", "é: h", "i: a\u{2028}b",
        "j: a&b *c !d", "k: a, [b] {c}", "key with words: 5", "true: true", "l: https://a.example/?b=c&d",
        "f: [\"é\", b]",
    ];

    proptest! {
        #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_read_here_is_what_the_parser_reads(
            picks in prop::collection::vec(0..LINES.len(), 1..4),
            noise in "[a-c:#\\-\\[\\]{},'\" ~é]{0,6}",
            indent in 0..3_usize,
            ends in any::<bool>(),
        ) {
            let by = " ".repeat(indent);
            let lines = picks.iter().map(|pick| LINES[*pick].to_owned()).chain([format!("z: {noise}")]);
            let body: Vec<String> = lines.collect();
            let body = body.join("\n").replace('\n', &format!("\n{by}  "));
            let text = format!("{by}- {body}{}", if ends { "\n" } else { "" });
            if let Some(plain) = single(&text) {
                let parsed = yaml::plain(&text).map(|plain| said(&plain));
                prop_assert_eq!(parsed, Some(said(&plain)), "{}", text);
            }
        }
    }
}
