//! JSON (RFC 8259) to a tree, with positions and with numbers as written.
//!
//! The items of long lists are separate trees. The next version reuses the tree of an item with the same
//! text at the same column, because the meaning of an item does not depend on its context.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::read::{
    error::{ParserError, Problem, ReadError, Warning},
    position::{LineIndex, Position},
    syntax::{
        incremental::{ItemCache, MIN_RUN},
        tree::{Item, Key, Node, Value, check_depth, check_keys},
    },
};

const BEGINNING: Position = Position { line: 1, column: 1 };

/// Parses a text. Of the members of an object with one key, the last counts, as in every browser, and `warnings`
/// names the key (RFC 8259, section 4).
pub(crate) fn parse(text: &str, warnings: &mut Vec<Warning>) -> Result<Node, ReadError> {
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| syntax_error(error, BEGINNING))?;
    let context = Context::Whole { warnings };
    Source { text, lines: LineIndex::new(text), column: 1, context }.node(raw, 1)
}

/// Parses a text with the items of earlier versions. `None` means that the text must be parsed as a whole.
pub(crate) fn parse_incremental(cache: &mut ItemCache, text: &str) -> Option<Node> {
    let raw: &RawValue = serde_json::from_str(text).ok()?;
    cache.start_version();
    let context = Context::Versions { cache };
    Source { text, lines: LineIndex::new(text), column: 1, context }.node(raw, 1).ok()
}

fn syntax_error(error: serde_json::Error, base: Position) -> ReadError {
    let with_position = error.to_string();
    let message = with_position.split(" at line ").next().unwrap_or_default();
    let message = crate::parser_words::plain(message, "", (1, 1)).map_or(message, |(words, _)| words).to_owned();
    let column = if error.line() <= 1 { base.column + error.column().saturating_sub(1) } else { error.column() };
    let at = Position { line: base.line + error.line().saturating_sub(1), column: column.max(1) };
    ReadError::at(at, Problem::Syntax { format: "JSON", message, source: Some(ParserError::new(error)) })
}

struct Source<'a, 'p> {
    text: &'a str,
    lines: LineIndex<'a>,
    /// The column of its first character.
    column: usize,
    context: Context<'p>,
}

/// The use of a parsed text.
enum Context<'p> {
    /// A text on its own.
    Whole { warnings: &'p mut Vec<Warning> },
    /// One version of a text, with the items of earlier versions. Repeated keys are an error here: the text is then
    /// parsed on its own, for the warnings.
    Versions { cache: &'p mut ItemCache },
    /// An item of a version.
    Item,
}

impl<'a> Source<'a, '_> {
    /// The position of a raw value. It borrows from the text, so its address gives its offset.
    fn position(&self, raw: &RawValue) -> Position {
        let at = self.lines.at((raw.get().as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize));
        if at.line == 1 { Position { column: at.column + self.column - 1, ..at } } else { at }
    }

    fn node(&mut self, raw: &'a RawValue, depth: usize) -> Result<Node, ReadError> {
        let at = self.position(raw);
        check_depth(depth, at)?;
        let value = match raw.get().as_bytes().first() {
            Some(b'{') => self.map(raw, at, depth)?,
            Some(b'[') => self.list(raw, at, depth)?,
            Some(b'"') => Value::Text(parse_part(raw, at)?),
            Some(b'n') => Value::Null,
            _ => Value::Text(raw.get().to_owned()),
        };
        Ok(Node { at, value })
    }

    fn map(&mut self, raw: &'a RawValue, at: Position, depth: usize) -> Result<Value, ReadError> {
        let Pairs(members) = parse_part(raw, at)?;
        let mut pairs = Vec::with_capacity(members.len());
        for (text, raw) in members {
            let node = self.node(raw, depth + 1)?;
            pairs.push((Key { at: node.at, text }, node));
        }
        match &mut self.context {
            Context::Whole { warnings } => drop_repeated(&mut pairs, warnings),
            Context::Versions { .. } | Context::Item => check_keys(&pairs)?,
        }
        Ok(Value::Map(pairs))
    }

    fn list(&mut self, raw: &'a RawValue, at: Position, depth: usize) -> Result<Value, ReadError> {
        let members: Vec<&'a RawValue> = parse_part(raw, at)?;
        let is_long = raw.get().len() >= MIN_RUN;
        let items = members.into_iter().map(|member| match is_long {
            true => self.item(member, depth + 1),
            false => Ok(Item::Own(self.node(member, depth + 1)?)),
        });
        Ok(Value::List(items.collect::<Result<_, ReadError>>()?))
    }

    /// An item of a long list.
    fn item(&mut self, raw: &'a RawValue, depth: usize) -> Result<Item, ReadError> {
        let at = self.position(raw);
        let Context::Versions { cache } = &mut self.context else { return Ok(Item::Own(self.node(raw, depth)?)) };
        let text = raw.get();
        let node = cache.item(text, (at.column, depth), || {
            Source { text, lines: LineIndex::new(text), column: at.column, context: Context::Item }.node(raw, depth)
        })?;
        Ok(Item::Shared(at.line - 1, node))
    }
}

/// Drops members with a key that is repeated later, with a warning for each.
fn drop_repeated(pairs: &mut Vec<(Key, Node)>, warnings: &mut Vec<Warning>) {
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, (key, _)) in pairs.iter().enumerate() {
        last.insert(&key.text, place);
    }
    if last.len() == pairs.len() {
        return;
    }
    let kept: BTreeSet<usize> = last.into_values().collect();
    let mut place = 0;
    pairs.retain(|(key, _)| {
        let is_kept = kept.contains(&place);
        place += 1;
        if !is_kept {
            let message = format!("the key {:?} is repeated; the last value counts", key.text);
            warnings.push(Warning::at(Warning::DUPLICATE_KEY, key.at, message));
        }
        is_kept
    });
}

/// Parses a value that is part of a valid text.
fn parse_part<'a, T: Deserialize<'a>>(raw: &'a RawValue, at: Position) -> Result<T, ReadError> {
    serde_json::from_str(raw.get()).map_err(|error| syntax_error(error, at))
}

/// The members of an object in their order, including repeated keys, which serde's own maps would drop.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry::<String, &'de RawValue>()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Members)
    }
}
