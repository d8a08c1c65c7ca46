//! Makes the published list of an inventory.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use crate::model::{Entry, EntryId, Inventory, Layout, RichText};

use super::{
    fields::DocumentError,
    json::{Json, Members, object},
    list::{Leaf, List},
    salts::Salts,
};

/// An entry of the last inventory, and its leaf.
#[derive(Debug)]
struct Known {
    entry: Arc<Entry>,
    id: Arc<str>,
    leaf: Arc<Leaf>,
}

/// Makes lists from inventories. It remembers the entries of the last one, which versions share.
#[derive(Debug, Default)]
pub struct Encoder {
    known: BTreeMap<EntryId, Known>,
}

impl Encoder {
    /// The list of an inventory after release `seq`. Entries and facts that equal those of the previous list keep their salts.
    ///
    /// # Errors
    /// [`DocumentError`] for texts that the log cannot contain, such as one above the limit.
    pub fn encode(
        &mut self,
        inventory: &Inventory,
        before: Option<&List>,
        salts: &Salts,
        seq: u64,
    ) -> Result<List, DocumentError> {
        let mut entries = BTreeMap::new();
        for entry in &inventory.entries {
            let (id, leaf) = self.leaf(entry, before, salts, seq)?;
            entries.insert(id, leaf);
        }
        let content = facts(inventory)?;
        let facts = match before.map(List::shared_facts) {
            Some(leaf) if leaf.content() == content => Arc::clone(leaf),
            _ => Arc::new(Leaf::new("", salted(content, salts.facts(seq).as_str()))?),
        };
        if self.known.len() > entries.len() {
            self.known.retain(|id, _| entries.contains_key(id.as_str()));
        }
        Ok(List::new(facts, entries.into_iter().collect()))
    }

    fn leaf(
        &mut self,
        entry: &Arc<Entry>,
        before: Option<&List>,
        salts: &Salts,
        seq: u64,
    ) -> Result<(Arc<str>, Arc<Leaf>), DocumentError> {
        let id = entry.id.as_str();
        let old = before.and_then(|list| list.shared_entry(id));
        let known = self.known.get(&entry.id).filter(|known| Arc::ptr_eq(&known.entry, entry));
        if let Some((known, old)) = known.zip(old)
            && Arc::ptr_eq(&known.leaf, old)
        {
            return Ok((Arc::clone(&known.id), Arc::clone(&known.leaf)));
        }
        let content = content(entry);
        let leaf = match old {
            Some(old) if old.content() == content => Arc::clone(old),
            _ => Arc::new(Leaf::new(id, salted(content, salts.entry(seq, id).as_str()))?),
        };
        let id: Arc<str> = Arc::from(id);
        let known = Known { entry: Arc::clone(entry), id: Arc::clone(&id), leaf: Arc::clone(&leaf) };
        self.known.insert(entry.id.clone(), known);
        Ok((id, leaf))
    }
}

/// Whether a published list states exactly what an inventory does.
///
/// # Errors
/// [`DocumentError`] for an inventory that the log cannot contain.
pub fn is_list_of(list: &List, inventory: &Inventory) -> Result<bool, DocumentError> {
    let same_entries = list.entries().count() == inventory.entries.len()
        && inventory
            .entries
            .iter()
            .all(|entry| list.entry(entry.id.as_str()).is_some_and(|leaf| leaf.content() == content(entry)));
    Ok(same_entries && list.facts().content() == facts(inventory)?)
}

fn salted(content: Json, salt: &str) -> Json {
    let mut members = content.as_object().cloned().unwrap_or_default();
    members.insert("salt".to_owned(), Json::from(salt));
    Json::Object(members)
}

/// The spans of a text with links.
fn spans(text: &RichText) -> Json {
    let spans = text.spans().map(|span| match span.href {
        Some(href) => object([("href", Json::from(href)), ("text", Json::from(span.text))]),
        None => object([("text", Json::from(span.text))]),
    });
    Json::Array(spans.collect())
}

fn content(entry: &Entry) -> Json {
    let fields = entry.cells.iter().map(|cell| (cell.field.to_string(), spans(&cell.text))).collect();
    let mut members = Members::from([
        ("fields".to_owned(), Json::Object(fields)),
        ("name".to_owned(), Json::from(entry.name.as_str())),
        ("section".to_owned(), Json::from(entry.section.as_str())),
    ]);
    if !entry.hints.formerly.is_empty() {
        let names = entry.hints.formerly.iter().map(|name| Json::from(name.as_str())).collect();
        members.insert("formerly".to_owned(), Json::Array(names));
    }
    if let Some(replaces) = &entry.hints.replaces {
        members.insert("replaces".to_owned(), Json::from(replaces.as_str()));
    }
    Json::Object(members)
}

/// The facts of a list: everything except its entries. Columns and sections that no entry uses are left out.
fn facts(inventory: &Inventory) -> Result<Json, DocumentError> {
    let mut columns = Members::new();
    for column in inventory.filled_columns() {
        let label = Json::from(column.label.as_str());
        columns.insert(column.field.to_string(), object([("label", label), ("role", by_serde(&column.role)?)]));
    }
    let mut sections = Members::new();
    for section in inventory.filled_sections() {
        let mut members = Members::from([("title".to_owned(), Json::from(section.title.as_str()))]);
        if !section.note.is_empty() {
            members.insert("note".to_owned(), spans(&section.note.clone().into()));
        }
        sections.insert(section.id.to_string(), Json::Object(members));
    }
    let mut members =
        Members::from([("columns".to_owned(), Json::Object(columns)), ("sections".to_owned(), Json::Object(sections))]);
    let mut texts = Members::new();
    for fact in &inventory.facts {
        let text = spans(&fact.text.clone().into());
        if matches!(fact.field.as_str(), "title" | "description") {
            members.insert(fact.field.to_string(), text);
        } else {
            texts.insert(fact.field.to_string(), object([("label", Json::from(fact.label.as_str())), ("text", text)]));
        }
    }
    if !texts.is_empty() {
        members.insert("texts".to_owned(), Json::Object(texts));
    }
    if let Some(terms) = &inventory.terms {
        members.insert("terms".to_owned(), by_serde(terms)?);
    }
    if inventory.layout != Layout::default() {
        members.insert("layout".to_owned(), by_serde(&inventory.layout)?);
    }
    Ok(Json::Object(members))
}

/// A value in the JSON form that serde produces.
fn by_serde<T: Serialize>(value: &T) -> Result<Json, DocumentError> {
    let value = serde_json::to_value(value).map_err(|error| DocumentError::Malformed(error.to_string()))?;
    Json::from_serde(value).map_err(|error| DocumentError::Malformed(error.to_string()))
}
