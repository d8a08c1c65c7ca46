//! Trees without a list: whether the file states that the list is empty.

use crate::read::{
    choose::memo::KeyRoles,
    error::NoList,
    syntax::tree::{Node, Value},
};

/// The problem of a tree in which no list was found. `found` describes its content.
pub(crate) fn without_list(root: &Node, found: String, key_roles: &KeyRoles<'_>) -> NoList {
    if states_empty_list(root, key_roles) && !is_map_without_members(root) {
        NoList::stated(found)
    } else {
        NoList::unexplained(found)
    }
}

/// Whether a tree is an empty list, or has one under a key that names its entries. An error message is not.
fn states_empty_list(node: &Node, key_roles: &KeyRoles<'_>) -> bool {
    match &node.value {
        Value::List(items) => items.is_empty(),
        Value::Map(pairs) => {
            let is_error = pairs.iter().any(|(key, _)| key_roles.is_error(&key.text));
            let mut lists = pairs.iter().filter(|(key, _)| key_roles.is_structural(&key.text));
            pairs.is_empty() || !is_error && lists.any(|(_, node)| states_empty_list(node, key_roles))
        }
        Value::Null | Value::Text(_) => false,
    }
}

fn is_map_without_members(node: &Node) -> bool {
    matches!(&node.value, Value::Map(pairs) if pairs.is_empty())
}
