//! A list as a native inventory, for `show` and for moving an existing page into the native format.

use serde_json::{Map, Value, json};

use changecast_core::{
    compare::readable,
    model::{Cell, EntryId, Inventory, Terms, fold},
};

/// The list as a value in the shape of the native inventory, which reads as an equal list.
pub fn native(inventory: &Inventory) -> Value {
    let mut root = Map::new();
    for fact in &inventory.facts {
        root.insert(fact.field.to_string(), json!(fact.text));
    }
    if let Some(Ok(terms)) = inventory.terms.as_ref().map(Terms::to_json) {
        root.insert("notice".to_owned(), terms);
    }
    let sections: Vec<Value> = inventory
        .filled_sections()
        .map(|section| {
            let entries: Vec<Value> = inventory
                .entries
                .iter()
                .filter(|entry| entry.section == section.id)
                .map(|entry| {
                    let mut map = Map::new();
                    if entry.id != EntryId::from_name(&fold(entry.name.as_str())) {
                        map.insert("id".to_owned(), json!(entry.id));
                    }
                    map.insert("name".to_owned(), json!(entry.name));
                    for cell in &entry.cells {
                        map.insert(key(inventory, cell), json!(cell.text.markdown()));
                    }
                    if !entry.hints.formerly.is_empty() {
                        map.insert("formerly".to_owned(), json!(entry.hints.formerly));
                    }
                    if let Some(replaces) = &entry.hints.replaces {
                        map.insert("replaces".to_owned(), json!(replaces));
                    }
                    Value::Object(map)
                })
                .collect();
            let mut map = Map::new();
            if !section.title.is_empty() {
                map.insert("title".to_owned(), json!(section.title));
            }
            if !section.note.is_empty() {
                map.insert("note".to_owned(), json!(section.note));
            }
            map.insert("entries".to_owned(), Value::Array(entries));
            Value::Object(map)
        })
        .collect();
    root.insert("sections".to_owned(), Value::Array(sections));
    Value::Object(root)
}

/// The key of a cell: the label of its column where the key alone would get another label.
fn key(inventory: &Inventory, cell: &Cell) -> String {
    let label = inventory.column(&cell.field).map(|column| column.label.to_string());
    label.filter(|label| *label != readable(cell.field.as_str())).unwrap_or_else(|| cell.field.to_string())
}
