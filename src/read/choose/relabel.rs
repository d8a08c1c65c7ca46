//! Keys of data under the headers that their page shows.

use changecast_core::model::Role;

use crate::read::{
    config::ReadingConfig,
    syntax::{
        block::LoopColumns,
        tree::{Item, Node, Value},
    },
};

/// Replaces the keys of entries by the headers of the table that shows them, where the header is known or the
/// key is not. A key that means a name keeps its meaning if no header has it: names are often shown below "Service".
pub(crate) fn relabel(node: &mut Node, columns: &LoopColumns, config: &ReadingConfig) {
    match &mut node.value {
        Value::Null | Value::Text(_) => {}
        Value::List(items) => {
            for item in items {
                if let Item::Own(node) = item {
                    relabel(node, columns, config);
                }
            }
        }
        Value::Map(pairs) => {
            let shown = columns.labels.iter().filter(|(key, _)| pairs.iter().any(|(own, _)| own.text == *key));
            if shown.count() * 2 > columns.labels.len() {
                let is_named = columns.labels.iter().any(|(_, header)| config.role(header) == Role::Name);
                for (key, _) in pairs.iter_mut() {
                    let is_only_name = !is_named && config.role(&key.text) == Role::Name;
                    if let Some(header) = header_for(&key.text, columns, config).filter(|_| !is_only_name) {
                        key.text = header.to_owned();
                    }
                }
            }
            pairs.iter_mut().for_each(|(_, value)| relabel(value, columns, config));
        }
    }
}

fn header_for<'c>(key: &str, columns: &'c LoopColumns, config: &ReadingConfig) -> Option<&'c str> {
    let (_, header) = columns.labels.iter().find(|(shown, _)| shown == key)?;
    let is_known = config.role(header) != Role::Other || config.role(key) == Role::Other;
    is_known.then_some(header.as_str())
}
