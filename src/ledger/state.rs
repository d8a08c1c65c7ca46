//! The list as it stands after a release, and the digest that stands for it.

use std::{
    borrow::Cow,
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use changecast_core::{
    change::ListHeader,
    model::{Cell, Entry, EntryId, FieldKey, Hints, Inventory, RichText, SectionId, Text, Timestamp},
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
struct EntryState<'e> {
    id: Cow<'e, EntryId>,
    name: Cow<'e, Text>,
    section: Cow<'e, SectionId>,
    fields: Vec<FieldState<'e>>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FieldState<'e> {
    field: Cow<'e, FieldKey>,
    text: Cow<'e, Text>,
}

impl<'e> EntryState<'e> {
    fn of(entry: &'e Entry) -> Self {
        let Entry { id, name, section, cells, .. } = entry;
        let field = |cell: &'e Cell| FieldState {
            field: Cow::Borrowed(&cell.field),
            text: Cow::Borrowed(cell.text.markdown()),
        };
        let mut fields: Vec<FieldState<'e>> = cells.iter().map(field).collect();
        fields.sort_by(|a, b| a.field.cmp(&b.field));
        EntryState { id: Cow::Borrowed(id), name: Cow::Borrowed(name), section: Cow::Borrowed(section), fields }
    }

    fn entry(self) -> Entry {
        let cell = |state: FieldState<'_>| Cell {
            field: state.field.into_owned(),
            text: RichText::from_inline_markdown(state.text.as_str()),
        };
        Entry {
            id: self.id.into_owned(),
            name: self.name.into_owned(),
            section: self.section.into_owned(),
            cells: self.fields.into_iter().map(cell).collect(),
            hints: Hints::default(),
        }
    }
}

/// The digest of a list: SHA-256 over the JCS array of the list's own fields followed by
/// `[entry id, SHA-256 of the entry's JCS]`, sorted by id. The order of the file does not matter.
///
/// # Errors
/// [`CanonicalError`] when the list holds what canonical documents must not.
pub fn digest(inventory: &Inventory) -> Result<Digest, CanonicalError> {
    Digester::default().digest(inventory)
}

/// Digests one list after the other, and what they share once.
#[derive(Clone, Debug, Default)]
pub struct Digester {
    /// The last list's own fields, and their canonical bytes.
    frame: Option<(ListHeader, Vec<u8>)>,
    /// The array of the last list, and its digest: a list that was read is digested, and then the same
    /// list as its replay gives it.
    last: Option<(Vec<u8>, Digest)>,
    /// By address: the entry, which stays there as long as it is held, and its digest.
    known: HashMap<usize, (Arc<Entry>, Digest)>,
    /// The same by what the entry says: a list that was read and one that was replayed are alike.
    alike: HashMap<u64, (Arc<Entry>, Digest)>,
}

impl Digester {
    /// The [`digest`] of a list.
    ///
    /// # Errors
    /// [`CanonicalError`] when the list holds what canonical documents must not.
    pub fn digest(&mut self, inventory: &Inventory) -> Result<Digest, CanonicalError> {
        if self.known.len() > 4 * inventory.entries.len() + 1_000 {
            self.known.clear();
            self.alike.clear();
        }
        let mut entries = Vec::with_capacity(inventory.entries.len());
        for entry in &inventory.entries {
            entries.push((&entry.id, self.of_entry(entry)?));
        }
        entries.sort_unstable();
        // Ids and digests stand in JSON as they are: the array is written without another tree of it.
        let mut bytes = Vec::with_capacity(self.last.as_ref().map_or(0, |(bytes, _)| bytes.len() + 256));
        bytes.push(b'[');
        bytes.extend_from_slice(self.of_frame(ListHeader::of(inventory))?);
        for (id, digest) in entries {
            bytes.extend_from_slice(b",[\"");
            bytes.extend_from_slice(id.as_str().as_bytes());
            bytes.extend_from_slice(b"\",\"");
            bytes.extend_from_slice(&digest.hex());
            bytes.extend_from_slice(b"\"]");
        }
        bytes.push(b']');
        let last = self.last.take().filter(|(known, _)| *known == bytes);
        let (_, digest) = self.last.insert(last.unwrap_or_else(|| {
            let digest = Digest::of(&bytes);
            (bytes, digest)
        }));
        Ok(*digest)
    }

    fn of_frame(&mut self, frame: ListHeader) -> Result<&[u8], CanonicalError> {
        let known = self.frame.take().filter(|(known, _)| *known == frame);
        let known = match known {
            Some(known) => known,
            None => {
                let bytes = canonical::to_bytes(&frame)?;
                (frame, bytes)
            }
        };
        Ok(&self.frame.insert(known).1)
    }

    fn of_entry(&mut self, entry: &Arc<Entry>) -> Result<Digest, CanonicalError> {
        let address = Arc::as_ptr(entry) as usize;
        if let Some((_, digest)) = self.known.get(&address) {
            return Ok(*digest);
        }
        let mut hasher = DefaultHasher::new();
        (&entry.id, &entry.name, &entry.section, &entry.cells).hash(&mut hasher);
        let hash = hasher.finish();
        let known = self.alike.get(&hash).filter(|(known, _)| same_meaning(known, entry));
        let digest = match known {
            Some((_, digest)) => *digest,
            None => Digest::of(&canonical::to_bytes(&EntryState::of(entry))?),
        };
        self.alike.insert(hash, (Arc::clone(entry), digest));
        self.known.insert(address, (Arc::clone(entry), digest));
        Ok(digest)
    }
}

/// Whether entries are digested from the same texts.
fn same_meaning(a: &Entry, b: &Entry) -> bool {
    (&a.id, &a.name, &a.section, &a.cells) == (&b.id, &b.name, &b.section, &b.cells)
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListFile<'l> {
    format: String,
    origin: Origin,
    seq: u64,
    published: Timestamp,
    state: Option<Digest>,
    list: Option<ListHeader>,
    entries: Vec<EntryState<'l>>,
}

/// The bytes of `list.json`: the list after release `seq` and its digest, `None` when it is withdrawn.
///
/// # Errors
/// [`CanonicalError`] when the list holds what canonical documents must not.
pub fn list_file(
    origin: &Origin,
    seq: u64,
    published: Timestamp,
    state: Option<Digest>,
    inventory: Option<&Inventory>,
) -> Result<Vec<u8>, CanonicalError> {
    let entries = inventory.map(|list| list.entries.iter().map(|entry| EntryState::of(entry)).collect());
    canonical::to_bytes(&ListFile {
        format: FORMAT.to_owned(),
        origin: origin.clone(),
        seq,
        published,
        state,
        list: inventory.map(ListHeader::of),
        entries: entries.unwrap_or_default(),
    })
}

/// The list that `list.json` holds, as replaying the log gives it; `None` when it is withdrawn. Nothing
/// is checked: its bytes are to be known.
///
/// # Errors
/// [`serde_json::Error`] for other bytes than [`list_file`] makes.
pub fn read_list_file(bytes: &[u8]) -> Result<Option<Inventory>, serde_json::Error> {
    let file: ListFile<'_> = serde_json::from_slice(bytes)?;
    let entries = file.entries.into_iter().map(|entry| Arc::new(entry.entry())).collect();
    Ok(file.list.map(|frame| frame.with_entries(entries)))
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
