//! The list as plain JSON, its digest, and merge patches between two of them.

use std::sync::Arc;

use super::{
    canonical::{self, CanonicalError, MAX_BODY, ObjectWriter},
    digest::{Digest, Line},
    entries::Entries,
    fields::{DocumentError, Fields},
    json::{Json, Members, object},
    patch,
    salts::Salt,
};

/// A published list: facts, and entries by id. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    facts: Arc<Leaf>,
    entries: Entries,
}

/// The facts or an entry, with the digest of its canonical bytes.
#[derive(Debug, PartialEq, Eq)]
pub struct Leaf {
    value: Json,
    digest: Digest,
}

impl Leaf {
    /// Checks and digests an entry; the empty id stands for the facts.
    pub(super) fn new(id: &str, value: Json) -> Result<Self, DocumentError> {
        if value.contains_null() {
            return Err(DocumentError::Malformed(format!("list: null in {id:?}")));
        }
        if value.text("salt").is_none_or(|salt| salt.parse::<Salt>().is_err()) {
            return Err(DocumentError::Malformed(format!("list: {id:?} has no salt")));
        }
        let leaf = Json::Array(vec![Json::from(id), value]);
        let digest = Digest::of(&canonical::to_bytes(&leaf, MAX_BODY)?);
        let Json::Array(mut pair) = leaf else { return Err(DocumentError::Malformed("list".into())) };
        Ok(Leaf { value: pair.pop().unwrap_or(Json::Null), digest })
    }

    /// The members of the entry, or of the facts.
    pub fn value(&self) -> &Json {
        &self.value
    }

    /// The members without the salt.
    pub fn content(&self) -> Json {
        let mut members = self.value.as_object().cloned().unwrap_or_default();
        members.remove("salt");
        Json::Object(members)
    }
}

impl List {
    /// A list of these facts and entries.
    pub(super) fn new(facts: Arc<Leaf>, entries: Entries) -> Self {
        List { facts, entries }
    }

    /// Reads a list; `None` for `null`, an unpublished or withdrawn list.
    ///
    /// # Errors
    /// [`DocumentError`] for a value that is not a list: members other than `facts` and `entries`, `null`
    /// inside, an entry without salt.
    pub fn from_json(mut value: Json) -> Result<Option<Self>, DocumentError> {
        if value == Json::Null {
            return Ok(None);
        }
        let (facts, entries) = (value.take("facts"), value.take("entries"));
        let fields = Fields::of("list", &value)?;
        let facts = Leaf::new("", facts.ok_or_else(|| fields.missing("facts"))?)?;
        let Json::Object(members) = entries.ok_or_else(|| fields.missing("entries"))? else {
            return Err(fields.malformed("entries", "is not an object"));
        };
        let mut entries = Entries::default();
        for (id, value) in members {
            let entry = new_entry(&id, value)?;
            entries.insert(Arc::from(id), entry);
        }
        fields.finish_closed()?;
        Ok(Some(List { facts: Arc::new(facts), entries }))
    }

    /// The list as JSON.
    pub fn to_json(&self) -> Json {
        let entries = self.entries.iter().map(|(id, leaf)| (id.to_string(), leaf.value.clone())).collect();
        object([("entries", Json::Object(entries)), ("facts", self.facts.value.clone())])
    }

    /// Writes the members of the list.
    ///
    /// # Errors
    /// [`CanonicalError`] when it exceeds the limits.
    pub(super) fn write(&self, list: &mut ObjectWriter<'_>) -> Result<(), CanonicalError> {
        let mut entries = list.object("entries")?;
        for (id, leaf) in self.entries.iter() {
            entries.member(id, &leaf.value)?;
        }
        entries.end();
        list.member("facts", &self.facts.value)
    }

    /// The digest that a header states: of the canonical `["", facts]` and of every `[id, entry]`.
    pub fn state(&self) -> Digest {
        Digest::of_set(self.digests())
    }

    fn digests(&self) -> impl Iterator<Item = Digest> {
        self.entries.iter().map(|(_, leaf)| leaf.digest).chain([self.facts.digest])
    }

    /// The facts: everything but the entries.
    pub fn facts(&self) -> &Leaf {
        &self.facts
    }

    /// The entries by id.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Leaf)> {
        self.entries.iter().map(|(id, leaf)| (&**id, &**leaf))
    }

    /// The entry with an id.
    pub fn entry(&self, id: &str) -> Option<&Leaf> {
        self.entries.get(id).map(|leaf| &**leaf)
    }

    /// The id and entry of an id, with the lifetime of the list.
    pub(super) fn id_and_entry(&self, id: &str) -> Option<(&str, &Leaf)> {
        self.entries.get_with_id(id).map(|(id, leaf)| (&**id, &**leaf))
    }

    pub(super) fn shared_facts(&self) -> &Arc<Leaf> {
        &self.facts
    }

    pub(super) fn shared_entry(&self, id: &str) -> Option<&Arc<Leaf>> {
        self.entries.get(id)
    }

    /// The merge patch from one list to another; `null` when there is no list afterwards.
    pub fn patch(before: Option<&List>, after: Option<&List>) -> Json {
        match (before, after) {
            (_, None) => Json::Null,
            (None, Some(after)) => after.to_json(),
            (Some(before), Some(after)) => between(before, after),
        }
    }

    /// The list after a merge patch.
    ///
    /// # Errors
    /// [`DocumentError`] when the result is not a list.
    pub fn patched(before: Option<&List>, change: &Json) -> Result<Option<List>, DocumentError> {
        let (Some(before), Json::Object(members)) = (before, change) else {
            return List::from_json(patch::apply(None, change));
        };
        let mut after = before.clone();
        for (key, change) in members {
            match (key.as_str(), change) {
                ("facts", change) => {
                    after.facts = Arc::new(Leaf::new("", patch::apply(Some(&before.facts.value), change))?);
                }
                ("entries", Json::Object(changes)) => patch_entries(&mut after.entries, changes)?,
                ("entries", _) => return Err(DocumentError::Malformed("list: the entries are not an object".into())),
                _ => return Err(DocumentError::NeedsNewer(format!("the list member {key:?}"))),
            }
        }
        Ok(Some(after))
    }
}

fn patch_entries(entries: &mut Entries, changes: &Members) -> Result<(), DocumentError> {
    for (id, change) in changes {
        if *change == Json::Null {
            entries.remove(id);
        } else {
            let value = patch::apply(entries.get(id).map(|leaf| &leaf.value), change);
            entries.insert(Arc::from(id.as_str()), new_entry(id, value)?);
        }
    }
    Ok(())
}

/// The empty id belongs to the facts.
fn new_entry(id: &str, value: Json) -> Result<Arc<Leaf>, DocumentError> {
    if id.is_empty() {
        return Err(DocumentError::Malformed("list: an entry has the empty id".into()));
    }
    Leaf::new(id, value).map(Arc::new)
}

fn between(before: &List, after: &List) -> Json {
    let mut members = Members::new();
    if before.facts != after.facts {
        members.insert("facts".to_owned(), patch::make(&before.facts.value, &after.facts.value));
    }
    let removed = before.entries.iter().map(|(id, _)| id).filter(|id| after.entries.get(id).is_none());
    let mut entries: Members = removed.map(|id| (id.to_string(), Json::Null)).collect();
    for (id, leaf) in after.entries.iter() {
        match before.entries.get(id) {
            Some(was) if was.digest == leaf.digest => {}
            Some(was) => {
                entries.insert(id.to_string(), patch::make(&was.value, &leaf.value));
            }
            None => {
                entries.insert(id.to_string(), leaf.value.clone());
            }
        }
    }
    if !entries.is_empty() {
        members.insert("entries".to_owned(), Json::Object(entries));
    }
    Json::Object(members)
}

/// The text of which a state is the digest: the sorted digests of the facts and of all entries. It follows a list from patch
/// to patch.
#[derive(Clone, Debug, Default)]
pub(super) struct StateText {
    lines: Vec<Line>,
}

impl StateText {
    /// The text of a list.
    pub(super) fn of(list: &List) -> Self {
        let mut lines: Vec<Line> = list.digests().map(Digest::line).collect();
        lines.sort_unstable();
        StateText { lines }
    }

    /// The text of the list after a patch, from that of the list before.
    pub(super) fn follow(&mut self, before: &List, after: &List, patch: &Json) {
        let ids = patch.get("entries").and_then(Json::as_object).into_iter().flat_map(Members::keys);
        let leaves = ids.map(|id| (before.entry(id), after.entry(id)));
        for (old, new) in leaves.chain([(Some(before.facts()), Some(after.facts()))]) {
            let (old, new) = (old.map(|leaf| leaf.digest), new.map(|leaf| leaf.digest));
            if old != new {
                self.replace(old, new);
            }
        }
    }

    fn replace(&mut self, old: Option<Digest>, new: Option<Digest>) {
        if let Some(Ok(at)) = old.map(|old| self.lines.binary_search(&old.line())) {
            self.lines.remove(at);
        }
        if let Some(line) = new.map(Digest::line) {
            let at = self.lines.partition_point(|other| *other < line);
            self.lines.insert(at, line);
        }
    }

    /// The state.
    pub(super) fn digest(&self) -> Digest {
        Digest::of(self.lines.as_flattened())
    }

    /// The size in bytes.
    pub(super) fn size(&self) -> usize {
        self.lines.as_flattened().len()
    }
}
