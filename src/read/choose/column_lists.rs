//! Lists of columns in code: `{ key: "what", label: "Purpose" }` states the header of a key.

use crate::read::syntax::{
    block::LoopColumns,
    code::Binding,
    tree::{Node, Value},
};

/// Members of a column with the key of its data, in common table libraries.
const KEYS: [&str; 7] = ["key", "field", "accessorKey", "accessor", "dataIndex", "prop", "dataKey"];

/// Members of a column with its header.
const HEADERS: [&str; 6] = ["label", "header", "headerName", "title", "Header", "text"];

/// The columns that a literal array describes, if all of its items are columns.
pub(crate) fn described_columns(binding: &Binding) -> Option<LoopColumns> {
    let Value::List(items) = &binding.node.value else { return None };
    let labels: Option<Vec<(String, String)>> = items.iter().map(|item| column_of(item.node())).collect();
    labels.filter(|labels| labels.len() > 1).map(|labels| LoopColumns { labels })
}

fn column_of(node: &Node) -> Option<(String, String)> {
    let member = |names: &[&str]| names.iter().find_map(|name| text_of(node.get(name)?));
    Some((member(&KEYS)?.to_owned(), member(&HEADERS)?.to_owned()))
}

fn text_of(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
