//! Literals of code as a tree: texts, numbers, arrays and objects. Everything else is opaque.

use std::collections::HashMap;

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    error::ReadError,
    position::{LineIndex, Position},
    syntax::{
        javascript::{markup, syntax_tree::SyntaxNode},
        tree::{Item, Key, Node, Value, check_depth},
    },
};

/// Converts literals of a file, and remembers items that are not literal.
pub(super) struct Literals<'l> {
    pub lines: &'l LineIndex<'l>,
    pub words: &'l Vocabulary,
    /// Items of arrays that are not literals, with their positions.
    pub opaque: Vec<(Position, String)>,
}

impl Literals<'_> {
    /// The tree of a literal. A value that is not a literal is [`Value::Null`].
    pub fn node(&mut self, expression: SyntaxNode<'_>, depth: usize) -> Result<Node, ReadError> {
        let literal = unwrapped(expression);
        let at = self.lines.at(literal.start());
        check_depth(depth, at)?;
        let value = match literal.kind() {
            "array" => self.array(literal, depth)?,
            "object" => self.object(literal, depth)?,
            "jsx_element" | "jsx_self_closing_element" => Value::Text(markup::inline_text(literal, self.words)),
            "true" | "false" | "number" => Value::Text(literal.source().to_owned()),
            _ => text_of(literal).map_or(Value::Null, Value::Text),
        };
        Ok(Node { at, value })
    }

    fn array(&mut self, array: SyntaxNode<'_>, depth: usize) -> Result<Value, ReadError> {
        let (opaque, literal): (Vec<_>, Vec<_>) = array.children().into_iter().partition(|item| is_opaque_item(*item));
        let items = literal.into_iter().map(|item| self.node(item, depth + 1)).collect::<Result<Vec<Node>, _>>()?;
        // Values of one entry that are not literal leave that entry on the list.
        let are_entries = items.iter().all(|item| matches!(item.value, Value::Map(_) | Value::List(_)));
        if are_entries {
            self.opaque.extend(opaque.iter().map(|item| (self.lines.at(item.start()), one_line(item.source()))));
        }
        Ok(pairs_of(&items).map_or_else(|| Value::List(items.into_iter().map(Item::Own).collect()), Value::Map))
    }

    fn object(&mut self, object: SyntaxNode<'_>, depth: usize) -> Result<Value, ReadError> {
        let mut pairs: Vec<(Key, Node)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for pair in object.children() {
            let (Some(key), Some(value)) = (pair.field("key"), pair.field("value")) else { continue };
            let Some(text) = key_text(key) else { continue };
            let key = Key { at: self.lines.at(key.start()), text };
            let node = self.node(value, depth + 1)?;
            // The last of several equal keys counts, as in JavaScript.
            match places.get(&key.text) {
                Some(place) => pairs[*place] = (key, node),
                None => {
                    places.insert(key.text.clone(), pairs.len());
                    pairs.push((key, node));
                }
            }
        }
        Ok(Value::Map(pairs))
    }
}

/// The members of the map that a list of pairs describes, as in `new Map([["aws", {…}], …])`.
fn pairs_of(items: &[Node]) -> Option<Vec<(Key, Node)>> {
    let pairs: Option<Vec<(Key, Node)>> = items.iter().map(pair_of).collect();
    pairs.filter(|pairs| !pairs.is_empty())
}

fn pair_of(item: &Node) -> Option<(Key, Node)> {
    let Value::List(parts) = &item.value else { return None };
    let [Item::Own(key), Item::Own(node)] = &parts[..] else { return None };
    match (&key.value, &node.value) {
        (Value::Text(text), Value::Map(_)) => Some((Key { at: key.at, text: text.clone() }, node.clone())),
        _ => None,
    }
}

/// Whether an item of an array cannot be an entry with fields: a variable, a call, a spread.
fn is_opaque_item(item: SyntaxNode<'_>) -> bool {
    matches!(unwrapped(item).kind(), "spread_element" | "identifier" | "call_expression" | "member_expression")
}

/// The text of a key that is not computed.
pub(super) fn key_text(key: SyntaxNode<'_>) -> Option<String> {
    match key.kind() {
        "property_identifier" | "number" => Some(key.source().to_owned()),
        "string" => Some(string_text(key)),
        _ => None,
    }
}

/// The functions of arrays that return items of the array.
const SAME_ITEMS: [&str; 9] = ["sort", "toSorted", "reverse", "toReversed", "filter", "map", "slice", "concat", "join"];

/// The literal in an expression that does not change its content: `[…] as const`, `[…].sort(…)`,
/// `Object.freeze([…])`, `new Map([…])`.
pub(super) fn unwrapped(expression: SyntaxNode<'_>) -> SyntaxNode<'_> {
    let mut node = expression;
    while let Some(inner) = inner_literal(node) {
        node = inner;
    }
    node
}

fn inner_literal(node: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    match node.kind() {
        "as_expression" | "satisfies_expression" | "non_null_expression" | "parenthesized_expression" => {
            node.children().first().copied()
        }
        "type_assertion" => node.children().last().copied(),
        "await_expression" => node.children().first().copied(),
        "new_expression" => literal_argument(node),
        "call_expression" => {
            let function = node.field("function")?;
            let method = function.field("property").map(SyntaxNode::source);
            match (function.field("object").map(unwrapped), method) {
                (Some(object), Some(method)) if object.kind() == "array" && SAME_ITEMS.contains(&method) => {
                    Some(object)
                }
                _ => literal_argument(node),
            }
        }
        _ => None,
    }
}

/// The literal that is the only argument of a call, or is followed only by settings: `useState([…])`.
fn literal_argument(call: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    let arguments = call.field("arguments")?.children();
    let first = arguments.first().copied()?;
    let literal = match unwrapped(first).kind() {
        "arrow_function" => returned(unwrapped(first))?,
        _ => unwrapped(first),
    };
    matches!(literal.kind(), "array" | "object").then_some(literal)
}

/// The expression of an arrow function without a block: `() => […]`.
fn returned(function: SyntaxNode<'_>) -> Option<SyntaxNode<'_>> {
    // A function with parameters computes something for each item.
    let has_parameters = function.field("parameter").is_some()
        || function.field("parameters").is_some_and(|parameters| !parameters.children().is_empty());
    let body = function.field("body").map(unwrapped).filter(|body| body.kind() != "statement_block")?;
    (!has_parameters).then_some(body)
}

/// The text of a literal text or number: of strings in any quotes, of templates without `${}`, of their
/// concatenation.
pub(super) fn text_of(expression: SyntaxNode<'_>) -> Option<String> {
    let literal = unwrapped(expression);
    match literal.kind() {
        "string" => Some(string_text(literal)),
        "template_string" if literal.children().iter().all(|part| part.kind() != "template_substitution") => {
            Some(string_text(literal))
        }
        "number" => Some(literal.source().to_owned()),
        "unary_expression" => {
            let number = literal.field("argument").filter(|argument| argument.kind() == "number")?;
            literal.source().starts_with('-').then(|| format!("-{}", number.source()))
        }
        "binary_expression" if literal.field("operator").is_none_or(|operator| operator.source() == "+") => {
            concatenation(literal)
        }
        _ => None,
    }
}

/// The text of `"a" + "b" + …`. The left operands are nested, so this does not recurse into them.
fn concatenation(expression: SyntaxNode<'_>) -> Option<String> {
    let mut parts = Vec::new();
    let mut node = expression;
    while node.kind() == "binary_expression" {
        let right = node.field("right")?;
        if !matches!(right.kind(), "string" | "template_string") {
            return None;
        }
        parts.push(text_of(right)?);
        node = node.field("left")?;
    }
    if !matches!(node.kind(), "string" | "template_string") {
        return None;
    }
    parts.push(text_of(node)?);
    parts.reverse();
    Some(parts.concat())
}

/// The text of a string or template: its source without quotes and with its escapes replaced.
fn string_text(string: SyntaxNode<'_>) -> String {
    let source = string.source();
    let inside = source.get(1..source.len().saturating_sub(1)).unwrap_or_default();
    unescaped(inside)
}

/// Replaces the escapes of a string (ECMA-262, section 12.9.4). An escape that is not valid is dropped.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        match chars.next() {
            Some('n' | 'r' | 't' | 'v' | 'f' | 'b') => out.push(' '),
            Some('0') => {}
            // A line that ends in a backslash continues.
            Some('\n') => {}
            Some('\r') => chars = chars.as_str().strip_prefix('\n').unwrap_or(chars.as_str()).chars(),
            Some('x') => rest_of_escape(&mut out, &mut chars, 2),
            Some('u') => unicode_escape(&mut out, &mut chars),
            Some(other) => out.push(other),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

/// Reads `41` of `\x41`, or `0041` of `\u0041`.
fn rest_of_escape(out: &mut String, chars: &mut std::str::Chars<'_>, digits: usize) {
    let text = chars.as_str();
    let Some(code) = text.get(..digits).and_then(|code| u32::from_str_radix(code, 16).ok()) else { return };
    let low = text.get(digits..).and_then(low_surrogate).filter(|_| (0xd800..0xdc00).contains(&code));
    match low {
        Some(low) => {
            out.extend(char::from_u32(0x1_0000 + ((code - 0xd800) << 10) + (low - 0xdc00)));
            *chars = text[digits + 6..].chars();
        }
        None => {
            out.extend(char::from_u32(code));
            *chars = text[digits..].chars();
        }
    }
}

/// The second half of a pair of surrogates: `\udc00`.
fn low_surrogate(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    u32::from_str_radix(digits, 16).ok().filter(|code| (0xdc00..0xe000).contains(code))
}

/// Reads `0041` or `{1F600}`.
fn unicode_escape(out: &mut String, chars: &mut std::str::Chars<'_>) {
    let Some(braced) = chars.as_str().strip_prefix('{') else { return rest_of_escape(out, chars, 4) };
    let Some((digits, after)) = braced.split_once('}') else { return };
    out.extend(u32::from_str_radix(digits, 16).ok().and_then(char::from_u32));
    *chars = after.chars();
}

/// A piece of code on one line.
pub(super) fn one_line(source: &str) -> String {
    source.split_whitespace().collect::<Vec<_>>().join(" ")
}
