//! The list as it stands after a release, and the digest that stands for it.

use serde::{Deserialize, Serialize};

use crate::{
    change::Frame,
    model::{Entry, EntryId, FieldKey, Inventory, Moment, SectionId, Text},
};

use super::{
    canonical::{self, CanonicalError, Digest},
    release::Origin,
};

/// Names the shape of `list.json`.
const FORMAT: &str = "changecast-list/1";

/// An entry in the form that is digested: fields by key, no presentation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryState {
    id: EntryId,
    name: Text,
    section: SectionId,
    fields: Vec<FieldState>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldState {
    field: FieldKey,
    text: Text,
}

impl EntryState {
    fn of(entry: &Entry) -> Self {
        let cells = entry.cells.iter();
        let mut fields: Vec<FieldState> =
            cells.map(|cell| FieldState { field: cell.field.clone(), text: cell.text.clone() }).collect();
        fields.sort_by(|a, b| a.field.cmp(&b.field));
        EntryState { id: entry.id.clone(), name: entry.name.clone(), section: entry.section.clone(), fields }
    }
}

/// The digest of a list: SHA-256 over the JCS array of the list's own fields followed by
/// `[entry id, SHA-256 of the entry's JCS]`, sorted by id. The order of the file does not matter.
///
/// # Errors
/// [`CanonicalError`] when the list holds what canonical documents must not.
pub fn digest(inventory: &Inventory) -> Result<Digest, CanonicalError> {
    let mut entries = Vec::with_capacity(inventory.entries.len());
    for entry in &inventory.entries {
        entries.push((entry.id.as_str(), Digest::of(&canonical::to_bytes(&EntryState::of(entry))?)));
    }
    entries.sort();
    let mut parts = vec![serde_json::to_value(Frame::of(inventory))?];
    for (id, digest) in entries {
        parts.push(serde_json::json!([id, digest]));
    }
    Ok(Digest::of(&canonical::to_bytes(&parts)?))
}

#[derive(Serialize)]
struct ListFile<'a> {
    format: &'static str,
    origin: &'a Origin,
    seq: u64,
    published: Moment,
    state: Option<Digest>,
    list: Option<Frame>,
    entries: Vec<EntryState>,
}

/// The bytes of `list.json`: the list after release `seq`, `None` when it is withdrawn.
///
/// # Errors
/// [`CanonicalError`] when the list holds what canonical documents must not.
pub fn list_file(
    origin: &Origin,
    seq: u64,
    published: Moment,
    inventory: Option<&Inventory>,
) -> Result<Vec<u8>, CanonicalError> {
    let entries = inventory.map(|list| list.entries.iter().map(|entry| EntryState::of(entry)).collect());
    canonical::to_bytes(&ListFile {
        format: FORMAT,
        origin,
        seq,
        published,
        state: inventory.map(digest).transpose()?,
        list: inventory.map(Frame::of),
        entries: entries.unwrap_or_default(),
    })
}

#[derive(Serialize)]
struct IndexFile<'a> {
    origin: &'a Origin,
    latest: u64,
    /// The newest statement that the log is current; there is none without `head`.
    head: Option<&'a str>,
}

/// The bytes of `index.json`: an unsigned hint where the log ends.
///
/// # Errors
/// [`CanonicalError`] never happens for an origin and a number.
pub fn index_file(origin: &Origin, latest: u64) -> Result<Vec<u8>, CanonicalError> {
    canonical::to_bytes(&IndexFile { origin, latest, head: None })
}

/// The number of the latest release that an index names.
pub fn latest(index: &[u8]) -> Option<u64> {
    let index: serde_json::Value = serde_json::from_slice(index).ok()?;
    index.get("latest")?.as_u64()
}
