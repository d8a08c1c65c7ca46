//! Maps in an entry: their members become columns, and groups of items keep the role of their map.

use std::collections::{BTreeSet, HashMap};

use changecast_core::{
    compare::{Comparison, readable},
    model::{Role, fold},
};

use crate::read::{
    choose::memo::KeyRoles,
    position::Position,
    syntax::tree::{Item, Key, Node, Value},
};

/// The members of a map, with the members of nested maps instead of the maps. A key that only marks a
/// place (`- item:`) disappears.
pub(crate) fn flattened(members: &[(Key, Node)], key_roles: &KeyRoles<'_>) -> Vec<(Key, Node)> {
    let mut flat = Flattened { key_roles, pairs: Vec::new(), places: HashMap::new() };
    for (key, value) in members {
        flat.add(key.at, &key.text, value, 0);
    }
    flat.pairs
}

/// Whether a collection contains collections.
pub(crate) fn is_nested(node: &Node) -> bool {
    match &node.value {
        Value::Map(_) => true,
        Value::List(items) => items.iter().any(|item| matches!(item.node().value, Value::Map(_) | Value::List(_))),
        Value::Null | Value::Text(_) => false,
    }
}

/// The members of a flattened map, and the place of each key.
struct Flattened<'k> {
    key_roles: &'k KeyRoles<'k>,
    pairs: Vec<(Key, Node)>,
    places: HashMap<String, usize>,
}

impl Flattened<'_> {
    /// Adds a value under the name of its key, which is at `at`. Positions in the value are `shift` lines
    /// short.
    fn add(&mut self, at: Position, name: &str, value: &Node, shift: usize) {
        match &value.value {
            Value::Map(members) => self.add_members(name, members, shift),
            Value::List(items) if self.are_pairs(items) => {
                for item in items {
                    self.add_pair(name, item.node(), shift + item.shift());
                }
            }
            Value::List(items) if is_nested(value) => {
                for item in items {
                    let shift = shift + item.shift();
                    match &item.node().value {
                        Value::Map(members) => self.add_members(name, members, shift),
                        // An item without a key has the position of the list's key.
                        _ => self.add(at, name, item.node(), shift),
                    }
                }
            }
            value => self.add_value(at, name, value.clone()),
        }
    }

    /// Whether all items are pairs of a label and a value, each with another label.
    fn are_pairs(&self, items: &[Item]) -> bool {
        let mut labels = BTreeSet::new();
        !items.is_empty()
            && items.iter().all(|item| {
                let pair = pair_of(item.node(), self.key_roles);
                pair.is_some_and(|(_, label, _)| labels.insert(fold(label)))
            })
    }

    /// Adds the value of a pair under its label. The label of an item, such as one of several places, is a group of
    /// the list's key; other labels are keys.
    fn add_pair(&mut self, name: &str, pair: &Node, shift: usize) {
        let Some((at, label, value)) = pair_of(pair, self.key_roles) else { return };
        let is_group = self.are_items(name) && self.key_roles.role(label) == Role::Other;
        let key = if is_group { group_key(name, label) } else { label.to_owned() };
        self.add(at.below(shift), &key, value, shift);
    }

    fn add_members(&mut self, name: &str, members: &[(Key, Node)], shift: usize) {
        let has_groups = self.are_items(name) && members.iter().any(|(inner, _)| !self.has_own_role(name, &inner.text));
        for (inner, value) in members {
            let is_list = matches!(value.value, Value::List(_));
            let is_group = has_groups && (is_list || !self.has_own_role(name, &inner.text));
            let key = if self.are_items(name) && self.is_item(&inner.text) {
                name.to_owned()
            } else if is_group {
                group_key(name, &inner.text)
            } else {
                format!("{name} {}", inner.text)
            };
            self.add(inner.at.below(shift), &key, value, shift);
        }
    }

    /// Whether a key in a map states the item that the map is: `{name: Account data}` under a key of data.
    fn is_item(&self, inner: &str) -> bool {
        ITEM_KEYS.contains(&inner) || self.key_roles.role(inner) == Role::Name
    }

    /// Whether values under a key are items, such as data or places.
    fn are_items(&self, name: &str) -> bool {
        matches!(self.key_roles.role(name).info().comparison, Comparison::Set | Comparison::Locations)
    }

    /// Whether the key of a member has a role without the key of its map.
    fn has_own_role(&self, name: &str, inner: &str) -> bool {
        self.key_roles.role(inner) != Role::Other || self.key_roles.role(&format!("{name} {inner}")) != Role::Other
    }

    /// Adds a value without collections in it. Values under the same key are joined.
    fn add_value(&mut self, at: Position, name: &str, value: Value) {
        if let Some(place) = self.places.get(name) {
            let (_, known) = &mut self.pairs[*place];
            let both = [known.line(name), value.line(at, name)];
            let texts = both.into_iter().flatten().filter(|text| !text.is_empty()).collect::<Vec<_>>();
            known.value = Value::Text(texts.join("; "));
            return;
        }
        self.places.insert(name.to_owned(), self.pairs.len());
        self.pairs.push((Key { at, text: name.to_owned() }, Node { at, value }));
    }
}

/// Keys of the label in a pair, in data of any language.
const LABEL_KEYS: [&str; 9] = ["name", "key", "label", "title", "property", "field", "category", "group", "type"];

/// Keys of the item, or of several, in a map that stands for them.
const ITEM_KEYS: [&str; 8] = ["name", "label", "title", "item", "items", "values", "types", "fields"];

/// Keys of the value in a pair, in data of any language.
const VALUE_KEYS: [&str; 6] = ["value", "values", "content", "text", "items", "examples"];

/// The most words of the label in a pair.
const MAX_LABEL_WORDS: usize = 5;

/// The label of a pair with its position, and the value: `{name: Place, value: Norway}`. Other members are not
/// allowed.
fn pair_of<'n>(node: &'n Node, key_roles: &KeyRoles<'_>) -> Option<(Position, &'n str, &'n Node)> {
    let Value::Map(pairs) = &node.value else { return None };
    let [first, second] = &pairs[..] else { return None };
    let is_label = |key: &Key| LABEL_KEYS.contains(&key.text.as_str()) || key_roles.is_label(&key.text);
    let is_value = |key: &Key| VALUE_KEYS.contains(&key.text.as_str()) || key_roles.is_value(&key.text);
    let ((key, label), (_, value)) = match (first, second) {
        ((a, _), (b, _)) if is_label(a) && is_value(b) => (first, second),
        ((a, _), (b, _)) if is_value(a) && is_label(b) => (second, first),
        _ => return None,
    };
    match &label.value {
        Value::Text(text) if (1..=MAX_LABEL_WORDS).contains(&text.split_whitespace().count()) => {
            Some((key.at, text.trim(), value))
        }
        _ => None,
    }
}

/// The key of a group of items, which keeps the role of its map: `dataTypes: {Contact: [E-mail]}` is "Data
/// types (Contact)".
fn group_key(name: &str, group: &str) -> String {
    format!("{} ({})", readable(name), readable(group))
}
