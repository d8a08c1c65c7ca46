//! A list as JSON-LD, in the terms of schema.org and of the Data Privacy Vocabulary (w3id.org/dpv).

use serde_json::{Map, Value, json};

use changecast_core::model::{Entry, Inventory, Role, Text, WebUrl, to_plain_text};

/// A term for the fields of a role: the property, and the class of its value if that is a thing with a description.
struct Term {
    role: Role,
    property: &'static str,
    class: Option<&'static str>,
}

const TERMS: [Term; 8] = [
    Term { role: Role::Purpose, property: "dpv:hasPurpose", class: Some("dpv:Purpose") },
    Term { role: Role::Service, property: "schema:description", class: None },
    Term { role: Role::Location, property: "dpv:hasLocation", class: Some("dpv:Location") },
    Term { role: Role::Data, property: "dpv:hasPersonalData", class: Some("dpv:PersonalData") },
    Term {
        role: Role::Transfer,
        property: "dpv:hasTechnicalOrganisationalMeasure",
        class: Some("dpv:SafeguardForDataTransfer"),
    },
    Term { role: Role::Certification, property: "schema:hasCertification", class: Some("schema:Certification") },
    Term { role: Role::Status, property: "dpv:hasStatus", class: Some("dpv:Status") },
    Term { role: Role::Link, property: "schema:url", class: None },
];

/// Roles that only lists of vendors who process data have.
const OF_PROCESSING: [Role; 4] = [Role::Purpose, Role::Location, Role::Data, Role::Transfer];

/// The list as a value. A field without a term is an additional property with its label.
pub fn json_ld(inventory: &Inventory) -> Value {
    let is_about_processing = inventory.columns.iter().any(|column| OF_PROCESSING.contains(&column.role));
    let class = if is_about_processing { "dpv:DataSubProcessor" } else { "schema:Thing" };
    let items = inventory.entries.iter().enumerate();
    let items: Vec<Value> = items.map(|(at, entry)| item(inventory, entry, at + 1, class)).collect();
    let mut root = Map::new();
    root.insert("@context".to_owned(), json!({"schema": "https://schema.org/", "dpv": "https://w3id.org/dpv#"}));
    root.insert("@type".to_owned(), json!("schema:ItemList"));
    for (fact, property) in [("title", "schema:name"), ("description", "schema:description")] {
        if let Some(text) = inventory.fact(fact) {
            root.insert(property.to_owned(), plain(text));
        }
    }
    root.insert("schema:numberOfItems".to_owned(), json!(items.len()));
    root.insert("schema:itemListElement".to_owned(), Value::Array(items));
    Value::Object(root)
}

fn item(inventory: &Inventory, entry: &Entry, position: usize, class: &str) -> Value {
    let mut thing = Map::new();
    thing.insert("@id".to_owned(), json!(format!("#{}", entry.id)));
    thing.insert("@type".to_owned(), json!(class));
    thing.insert("schema:name".to_owned(), plain(&entry.name));
    let title = inventory.section(&entry.section).map(|section| &section.title);
    if let Some(title) = title.filter(|title| !title.is_empty()) {
        thing.insert("schema:category".to_owned(), plain(title));
    }
    let mut others = Vec::new();
    for column in &inventory.columns {
        let Some(text) = entry.text(&column.field) else { continue };
        let term = TERMS.iter().find(|term| term.role == column.role && !thing.contains_key(term.property));
        let value = match term {
            Some(Term { role: Role::Link, .. }) if WebUrl::new(text.as_str()).is_err() => None,
            Some(Term { class: Some(class), property, .. }) => {
                Some((property, json!({"@type": class, "schema:description": plain(text)})))
            }
            Some(Term { class: None, property, .. }) => Some((property, plain(text))),
            None => None,
        };
        match value {
            Some((property, value)) => drop(thing.insert((*property).to_owned(), value)),
            None => others.push(json!({
                "@type": "schema:PropertyValue", "schema:name": plain(&column.label), "schema:value": plain(text)
            })),
        }
    }
    if !others.is_empty() {
        thing.insert("schema:additionalProperty".to_owned(), Value::Array(others));
    }
    json!({"@type": "schema:ListItem", "schema:position": position, "schema:item": thing})
}

fn plain(text: &Text) -> Value {
    json!(to_plain_text(text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{ReadingConfig, read};

    #[test]
    fn fields_have_the_terms_of_their_roles() {
        let list =
            "entries:\n- {name: Kestrel, purpose: Mail, location: Ireland, url: 'https://k.example/', owner: Ann}\n";
        let inventory = read("list.yaml", list.as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
        let value = json_ld(&inventory);
        let item = &value["schema:itemListElement"][0]["schema:item"];
        assert_eq!(item["@type"], "dpv:DataSubProcessor");
        assert_eq!(item["dpv:hasPurpose"], json!({"@type": "dpv:Purpose", "schema:description": "Mail"}));
        assert_eq!(item["dpv:hasLocation"]["schema:description"], "Ireland");
        assert_eq!(item["schema:url"], "https://k.example/");
        assert_eq!(item["schema:additionalProperty"][0]["schema:name"], "Owner");
    }
}
