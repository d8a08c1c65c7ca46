//! JSON (RFC 8259) to a tree, with places and with numbers as written.
//!
//! Items of long lists are trees of their own, which the next version takes over where it has the same
//! item at the same column: an item of a list means the same wherever it stands.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::read::{
    error::{Problem, ReadError},
    position::{LineIndex, Position},
    syntax::{
        incremental::{ItemCache, MIN_RUN},
        tree::{Item, Key, Node, Value, check_depth, check_keys},
    },
};

const BEGINNING: Position = Position { line: 1, column: 1 };

pub(crate) fn parse(text: &str) -> Result<Node, ReadError> {
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| syntax(&error, BEGINNING))?;
    Source { text, places: LineIndex::new(text), column: 1, cache: None }.node(raw, 1)
}

/// Parses a text with the items of earlier versions. `None` means that the text must be parsed as a whole.
pub(crate) fn parse_incremental(cache: &mut ItemCache, text: &str) -> Option<Node> {
    let raw: &RawValue = serde_json::from_str(text).ok()?;
    cache.start_version();
    Source { text, places: LineIndex::new(text), column: 1, cache: Some(cache) }.node(raw, 1).ok()
}

fn syntax(error: &serde_json::Error, base: Position) -> ReadError {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    let column = if error.line() <= 1 { base.column + error.column().saturating_sub(1) } else { error.column() };
    let at = Position { line: base.line + error.line().saturating_sub(1), column: column.max(1) };
    ReadError::at(at, Problem::Syntax { format: "JSON", message })
}

struct Source<'a, 'p> {
    text: &'a str,
    places: LineIndex<'a>,
    /// The column of its first character.
    column: usize,
    /// The items that are read by themselves; those have none of their own.
    cache: Option<&'p mut ItemCache>,
}

impl<'a> Source<'a, '_> {
    /// A raw value borrows from the text, so its address tells its place.
    fn place(&self, raw: &RawValue) -> Position {
        let at = self.places.at((raw.get().as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize));
        if at.line == 1 { Position { column: at.column + self.column - 1, ..at } } else { at }
    }

    fn node(&mut self, raw: &'a RawValue, depth: usize) -> Result<Node, ReadError> {
        let piece = raw.get();
        let at = self.place(raw);
        check_depth(depth, at)?;
        let failed = |error: serde_json::Error| syntax(&error, at);
        let value = match piece.as_bytes().first() {
            Some(b'{') => {
                let Pairs(pairs) = serde_json::from_str(piece).map_err(failed)?;
                let pairs = pairs
                    .into_iter()
                    .map(|(text, raw)| {
                        let node = self.node(raw, depth + 1)?;
                        Ok((Key { at: node.at, text }, node))
                    })
                    .collect::<Result<Vec<_>, ReadError>>()?;
                check_keys(&pairs)?;
                Value::Map(pairs)
            }
            Some(b'[') => {
                let items: Vec<&'a RawValue> = serde_json::from_str(piece).map_err(failed)?;
                let items = items.into_iter();
                let items = if piece.len() >= MIN_RUN {
                    items.map(|raw| self.item(raw, depth + 1)).collect::<Result<_, ReadError>>()
                } else {
                    items.map(|raw| Ok(Item::Own(self.node(raw, depth + 1)?))).collect()
                };
                Value::List(items?)
            }
            Some(b'"') => Value::Text(serde_json::from_str(piece).map_err(failed)?),
            Some(b'n') => Value::Null,
            _ => Value::Text(piece.to_owned()),
        };
        Ok(Node { at, value })
    }

    /// An item of a long list.
    fn item(&mut self, raw: &'a RawValue, depth: usize) -> Result<Item, ReadError> {
        let at = self.place(raw);
        let Some(cache) = self.cache.as_deref_mut() else { return Ok(Item::Own(self.node(raw, depth)?)) };
        let text = raw.get();
        let read = || Source { text, places: LineIndex::new(text), column: at.column, cache: None }.node(raw, depth);
        Ok(Item::Shared(at.line - 1, cache.item(text, (at.column, depth), read)?))
    }
}

/// The members of an object in their order; serde's own maps would drop a key that stands twice.
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
