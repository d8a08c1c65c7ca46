//! Trees of maps, lists and texts with their positions, for YAML, JSON and TOML.

use std::rc::Rc;

use crate::read::{
    error::{Problem, ReadError},
    position::Position,
};

/// The deepest nesting that is accepted.
pub(crate) const MAX_DEPTH: usize = 64;

/// The largest number of nodes of one file, including expanded aliases. It bounds the memory that a small
/// file can take.
pub(crate) const MAX_NODES: usize = 1_000_000;

/// A value and its position.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub at: Position,
    pub value: Value,
}

#[derive(Clone, Debug)]
pub(crate) enum Value {
    Null,
    /// A scalar, always as written: `1.10` is not 1.1, and `+60 12` is not a number.
    Text(String),
    List(Vec<Item>),
    Map(Vec<(Key, Node)>),
}

/// An item of a list.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// A node that was parsed with the list around it.
    Own(Node),
    /// A node that was parsed by itself, possibly for an earlier version. Its positions are relative to
    /// its first line, which is this number of lines below the first line of the tree around it.
    Shared(usize, Rc<Node>),
}

impl Item {
    pub fn node(&self) -> &Node {
        match self {
            Item::Own(node) => node,
            Item::Shared(_, node) => node,
        }
    }

    /// The number of lines to add to the positions in the item to make them positions of the tree around it.
    pub fn shift(&self) -> usize {
        match self {
            Item::Own(_) => 0,
            Item::Shared(shift, _) => *shift,
        }
    }

    /// The node, if versions share it.
    pub fn shared(&self) -> Option<&Rc<Node>> {
        match self {
            Item::Own(_) => None,
            Item::Shared(_, node) => Some(node),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub at: Position,
    pub text: String,
}

impl Node {
    /// The value of a key, if the node is a map with this key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match &self.value {
            Value::Map(pairs) => pairs.iter().find(|(k, _)| k.text == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// A description of the value for an error message.
    pub fn found(&self) -> &'static str {
        self.value.found()
    }

    fn shape(&self, key: &str, expected: &'static str) -> ReadError {
        self.value.shape(self.at, key, expected)
    }

    /// The items of a list. A missing value is an empty list.
    pub fn list(&self, key: &str) -> Result<&[Item], ReadError> {
        match &self.value {
            Value::List(items) => Ok(items),
            Value::Null => Ok(&[]),
            _ => Err(self.shape(key, "a list")),
        }
    }

    /// The members of a map, in their order.
    pub fn map(&self, key: &str) -> Result<&[(Key, Node)], ReadError> {
        match &self.value {
            Value::Map(pairs) => Ok(pairs),
            _ => Err(self.shape(key, "a map")),
        }
    }

    /// The texts of the node. See [`Value::texts`].
    pub fn texts(&self, key: &str) -> Result<Vec<&str>, ReadError> {
        self.value.texts(self.at, key)
    }

    /// The texts of the node as one line. See [`Value::line`].
    pub fn line(&self, key: &str) -> Result<String, ReadError> {
        self.value.line(self.at, key)
    }

    /// The tree as JSON, for shapes that serde reads.
    pub fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Text(text) => text.as_str().into(),
            Value::List(items) => items.iter().map(|item| item.node().to_json()).collect(),
            Value::Map(pairs) => pairs.iter().map(|(key, node)| (key.text.clone(), node.to_json())).collect(),
        }
    }
}

impl Value {
    fn found(&self) -> &'static str {
        match self {
            Value::Null => "nothing",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }

    fn shape(&self, at: Position, key: &str, expected: &'static str) -> ReadError {
        ReadError::at(at, Problem::Shape { key: key.to_owned(), expected, found: self.found() })
    }

    /// The texts of a value: one, or a list of them. A missing value has none. Errors have the position `at`.
    pub fn texts(&self, at: Position, key: &str) -> Result<Vec<&str>, ReadError> {
        match self {
            Value::Null => Ok(Vec::new()),
            Value::Text(text) => Ok(vec![text]),
            Value::List(items) => items
                .iter()
                .map(Item::node)
                .filter(|node| !matches!(node.value, Value::Null))
                .map(|node| match &node.value {
                    Value::Text(text) => Ok(text.as_str()),
                    _ => Err(node.shape(key, "a text")),
                })
                .collect(),
            Value::Map(_) => Err(self.shape(at, key, "a text or a list of texts")),
        }
    }

    /// The texts as one line. Items are joined by commas, or by semicolons if an item contains a comma.
    pub fn line(&self, at: Position, key: &str) -> Result<String, ReadError> {
        if let Value::Text(text) = self {
            return Ok(text.clone());
        }
        let texts = self.texts(at, key)?;
        Ok(texts.join(if texts.iter().any(|text| text.contains(',')) && texts.len() > 1 { "; " } else { ", " }))
    }
}

/// Returns an error if a map has a key twice.
pub(crate) fn check_keys(pairs: &[(Key, Node)]) -> Result<(), ReadError> {
    let mut keys: Vec<&Key> = pairs.iter().map(|(key, _)| key).collect();
    keys.sort_unstable_by(|a, b| (&a.text, a.at).cmp(&(&b.text, b.at)));
    match keys.windows(2).find(|pair| pair[0].text == pair[1].text) {
        Some(pair) => Err(ReadError::at(pair[1].at, Problem::DuplicateKey(pair[1].text.clone()))),
        None => Ok(()),
    }
}

/// Returns an error if the nesting is deeper than [`MAX_DEPTH`].
pub(crate) fn check_depth(depth: usize, at: Position) -> Result<(), ReadError> {
    if depth <= MAX_DEPTH {
        return Ok(());
    }
    Err(ReadError::at(at, Problem::Limit { what: "levels of nesting", found: depth, limit: MAX_DEPTH }))
}
