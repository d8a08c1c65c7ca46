//! JSON (RFC 8259) to a tree, with places and with numbers as written.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{
    error::{Places, Position, Problem, ReadError},
    tree::{Item, Key, Node, Value, check_depth, check_keys},
};

pub(super) fn tree(text: &str) -> Result<Node, ReadError> {
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| syntax(&error, Position { line: 1, column: 1 }))?;
    Source { text, places: Places::new(text) }.node(raw, 1)
}

fn syntax(error: &serde_json::Error, base: Position) -> ReadError {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    let column = if error.line() <= 1 { base.column + error.column().saturating_sub(1) } else { error.column() };
    let at = Position { line: base.line + error.line().saturating_sub(1), column: column.max(1) };
    ReadError::at(at, Problem::Syntax { format: "JSON", message })
}

struct Source<'a> {
    text: &'a str,
    places: Places<'a>,
}

impl<'a> Source<'a> {
    fn node(&self, raw: &'a RawValue, depth: usize) -> Result<Node, ReadError> {
        let piece = raw.get();
        // A raw value borrows from the text, so its address tells its place.
        let at = self.places.at((piece.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize));
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
                let items = items.into_iter().map(|raw| Ok(Item::Own(self.node(raw, depth + 1)?)));
                Value::List(items.collect::<Result<_, ReadError>>()?)
            }
            Some(b'"') => Value::Text(serde_json::from_str(piece).map_err(failed)?),
            Some(b'n') => Value::Null,
            _ => Value::Text(piece.to_owned()),
        };
        Ok(Node { at, value })
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
