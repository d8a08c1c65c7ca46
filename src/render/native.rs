//! A list as a native inventory, for `show` and for moving an existing page into the native format.

use serde_json::{Map, Value, json};

use changecast_core::model::{EntryId, Inventory, fold};

/// The list as a value in the shape of the native inventory. Notice terms are left out: as facts
/// they are sentences already.
pub fn native(inventory: &Inventory) -> Value {
    let mut root = Map::new();
    for fact in inventory.facts.iter().filter(|fact| !super::is_term(fact)) {
        root.insert(fact.field.to_string(), json!(fact.text));
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
                        map.insert(cell.field.to_string(), json!(cell.text.markdown()));
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
