//! Bodies: the statements of releases about the list. A redaction may remove them.

use std::{collections::BTreeMap, fmt, str::FromStr};

use crate::model::CommitId;

use super::{
    canonical::{self, CanonicalError, MAX_BODY},
    fields::{DocumentError, Fields},
    header::{ReleaseKind, is_token},
    json::{Json, Members, object},
    list::List,
    salts::Salt,
};

/// The body of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Without this value, a removed body cannot be guessed from its digest.
    pub salt: Salt,
    /// The content, by the kind of the release.
    pub content: Content,
}

/// The content of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The content of `changes` and `reread`: the difference between two lists.
    List(Box<ListChange>),
    /// The content of `reanchor`: the same list in a rewritten history.
    Reanchor {
        /// The commit that now contains the list.
        source: Source,
        /// The configuration of reading, if it differs from the configuration in the log.
        reading: Option<Json>,
    },
    /// The content of `correction`: an error in an earlier release.
    Correction {
        /// The error, in the words of the publisher.
        reason: String,
        /// The correction as change objects.
        changes: Vec<Json>,
    },
    /// The content of `redaction`: the list after bodies were removed.
    Redaction {
        /// The legal ground, in the words of the publisher.
        ground: String,
        /// The list at this release. Replay continues from it.
        snapshot: Option<List>,
    },
    /// The content of `keys` and `moved`: a reason, in the words of the publisher.
    Note(String),
}

/// How a list changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListChange {
    /// The commit that contains the list.
    pub source: Source,
    /// The configuration of reading in full, if it differs from the configuration in the log.
    pub reading: Option<Json>,
    /// The change objects, for people.
    pub changes: Vec<Json>,
    /// The ids of entries with differences that comparison ignores; the empty id means the facts.
    pub editorial: Vec<String>,
    /// Ids that differ although they name the same thing.
    pub ids: Ids,
    /// The merge patch (RFC 7396) from the previous list to the new one; `null` withdraws the list.
    pub patch: Json,
}

/// The place of a list in the git history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The id of the commit.
    pub commit: CommitId,
    /// The committer's time exactly as git stores it: `1712912400 +0200`.
    pub committed: String,
    /// The path of the file or folder in the commit.
    pub path: String,
    /// The implementation and edition that read it.
    pub reader: Reader,
}

/// The implementation and edition of reading, matching, levels and change objects: `changecast/2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// The name of the implementation.
    pub name: String,
    /// The edition; raised whenever a result changes.
    pub edition: u64,
}

/// A text that does not name a reader.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the name and edition of a reader, such as changecast/2")]
pub struct BadReader(String);

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.name, self.edition)
    }
}

impl FromStr for Reader {
    type Err = BadReader;

    fn from_str(text: &str) -> Result<Self, BadReader> {
        let parts = text.split_once('/').filter(|(name, _)| is_token(name));
        let reader =
            parts.and_then(|(name, edition)| Some(Reader { name: name.to_owned(), edition: edition.parse().ok()? }));
        reader.filter(|reader| reader.to_string() == text).ok_or_else(|| BadReader(text.to_owned()))
    }
}

/// Ids before and after, where an id was derived from a text that was edited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    /// The ids of entries.
    pub entries: BTreeMap<String, String>,
    /// The ids of sections.
    pub sections: BTreeMap<String, String>,
    /// The keys of fields.
    pub fields: BTreeMap<String, String>,
}

impl Ids {
    /// Whether no id differs.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.sections.is_empty() && self.fields.is_empty()
    }

    /// The key after that a field with this key before has. `None` if the field is gone and another field has
    /// its key.
    pub fn field_after<'k>(&'k self, key: &'k str) -> Option<&'k str> {
        let renamed = self.fields.get(key).map(String::as_str);
        renamed.or_else(|| (!self.fields.values().any(|new| new == key)).then_some(key))
    }

    fn read(value: &Json) -> Result<Self, DocumentError> {
        let mut fields = Fields::of("ids", value)?;
        let ids = Ids {
            entries: read_id_map(&mut fields, "entries")?,
            sections: read_id_map(&mut fields, "sections")?,
            fields: read_id_map(&mut fields, "fields")?,
        };
        fields.finish_closed().map(|()| ids)
    }

    fn to_json(&self) -> Json {
        let maps = [("entries", &self.entries), ("sections", &self.sections), ("fields", &self.fields)];
        let filled = maps.into_iter().filter(|(_, map)| !map.is_empty());
        Json::Object(filled.map(|(key, map)| (key.to_owned(), id_map(map))).collect())
    }
}

fn id_map(map: &BTreeMap<String, String>) -> Json {
    Json::Object(map.iter().map(|(from, to)| (from.clone(), Json::from(to.as_str()))).collect())
}

fn read_id_map(fields: &mut Fields<'_>, key: &str) -> Result<BTreeMap<String, String>, DocumentError> {
    let Some(value) = fields.optional(key) else { return Ok(BTreeMap::new()) };
    let pairs = value
        .as_object()
        .map(|members| members.iter().map(|(from, to)| Some((from.clone(), to.as_text()?.to_owned()))));
    let map: Option<BTreeMap<String, String>> = pairs.and_then(Iterator::collect);
    map.ok_or_else(|| fields.malformed(key, "is not an object of strings"))
}

impl Source {
    fn read(value: &Json) -> Result<Self, DocumentError> {
        let mut fields = Fields::of("source", value)?;
        let source = Source {
            commit: fields.parsed("commit")?,
            committed: fields.text("committed")?.to_owned(),
            path: fields.text("path")?.to_owned(),
            reader: fields.parsed("reader")?,
        };
        fields.finish_closed().map(|()| source)
    }

    fn to_json(&self) -> Json {
        object([
            ("commit", Json::from(self.commit.as_str())),
            ("committed", Json::from(self.committed.as_str())),
            ("path", Json::from(self.path.as_str())),
            ("reader", Json::from(self.reader.to_string())),
        ])
    }
}

impl Body {
    /// Reads the canonical bytes of the body of a release of this kind. `None` for a kind of a later version.
    ///
    /// # Errors
    /// [`DocumentError::NeedsNewer`] for an unknown member, others for bytes that are not a body.
    pub fn from_bytes(kind: &ReleaseKind, bytes: &[u8]) -> Result<Option<Self>, DocumentError> {
        let value = canonical::from_bytes(bytes, MAX_BODY)?;
        let mut fields = Fields::of("body", &value)?;
        let content = match kind {
            ReleaseKind::Unknown(_) => return Ok(None),
            ReleaseKind::Changes | ReleaseKind::Reread => Content::List(Box::new(ListChange::read(&mut fields)?)),
            ReleaseKind::Reanchor => Content::Reanchor {
                source: Source::read(fields.require("source")?)?,
                reading: read_reading(&mut fields)?,
            },
            ReleaseKind::Correction { .. } => {
                Content::Correction { reason: fields.text("reason")?.to_owned(), changes: read_changes(&mut fields)? }
            }
            ReleaseKind::Redaction { .. } => Content::Redaction {
                ground: fields.text("ground")?.to_owned(),
                snapshot: List::from_json(fields.require("snapshot")?.clone())?,
            },
            ReleaseKind::Keys(_) | ReleaseKind::Moved { .. } => Content::Note(fields.text("reason")?.to_owned()),
        };
        let salt = fields.parsed("salt")?;
        fields.finish()?;
        Ok(Some(Body { salt, content }))
    }

    /// The canonical bytes of the body.
    ///
    /// # Errors
    /// [`CanonicalError`] when it exceeds the limits.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        let mut members = Members::from([("salt".to_owned(), Json::from(self.salt.to_string()))]);
        match &self.content {
            Content::List(change) => change.write(&mut members),
            Content::Reanchor { source, reading } => {
                members.insert("source".to_owned(), source.to_json());
                members.extend(reading.clone().map(|reading| ("reading".to_owned(), reading)));
            }
            Content::Correction { reason, changes } => {
                members.insert("reason".to_owned(), Json::from(reason.as_str()));
                members.insert("changes".to_owned(), Json::Array(changes.clone()));
            }
            Content::Redaction { ground, snapshot } => {
                members.insert("ground".to_owned(), Json::from(ground.as_str()));
                members.insert("snapshot".to_owned(), snapshot.as_ref().map_or(Json::Null, List::to_json));
            }
            Content::Note(reason) => {
                members.insert("reason".to_owned(), Json::from(reason.as_str()));
            }
        }
        canonical::to_bytes(&Json::Object(members), MAX_BODY)
    }

    /// The commit that the log has reached with this body, if it names one.
    pub fn source(&self) -> Option<&Source> {
        match &self.content {
            Content::List(change) => Some(&change.source),
            Content::Reanchor { source, .. } => Some(source),
            Content::Correction { .. } | Content::Redaction { .. } | Content::Note(_) => None,
        }
    }

    /// The configuration of reading that the body states, if it states one.
    pub fn reading(&self) -> Option<&Json> {
        match &self.content {
            Content::List(change) => change.reading.as_ref(),
            Content::Reanchor { reading, .. } => reading.as_ref(),
            Content::Correction { .. } | Content::Redaction { .. } | Content::Note(_) => None,
        }
    }

    /// The change objects of the body.
    pub fn changes(&self) -> &[Json] {
        match &self.content {
            Content::List(change) => &change.changes,
            Content::Correction { changes, .. } => changes,
            Content::Reanchor { .. } | Content::Redaction { .. } | Content::Note(_) => &[],
        }
    }
}

impl ListChange {
    fn read(fields: &mut Fields<'_>) -> Result<Self, DocumentError> {
        let editorial = fields.items("editorial")?.iter().map(|id| id.as_text().map(str::to_owned));
        let editorial: Option<Vec<String>> = editorial.collect();
        let sorted = editorial.filter(|ids| ids.is_sorted_by(|a, b| a < b));
        let patch = fields.require("patch")?;
        if !matches!(patch, Json::Null | Json::Object(_)) {
            return Err(fields.malformed("patch", "is neither an object nor null"));
        }
        Ok(ListChange {
            source: Source::read(fields.require("source")?)?,
            reading: read_reading(fields)?,
            changes: read_changes(fields)?,
            editorial: sorted.ok_or_else(|| fields.malformed("editorial", "is not a sorted array of ids"))?,
            ids: fields.optional("ids").map(Ids::read).transpose()?.unwrap_or_default(),
            patch: patch.clone(),
        })
    }

    fn write(&self, members: &mut Members) {
        members.insert("source".to_owned(), self.source.to_json());
        members.insert("changes".to_owned(), Json::Array(self.changes.clone()));
        members.insert("patch".to_owned(), self.patch.clone());
        if let Some(reading) = &self.reading {
            members.insert("reading".to_owned(), reading.clone());
        }
        if !self.editorial.is_empty() {
            let ids = self.editorial.iter().map(|id| Json::from(id.as_str())).collect();
            members.insert("editorial".to_owned(), Json::Array(ids));
        }
        if !self.ids.is_empty() {
            members.insert("ids".to_owned(), self.ids.to_json());
        }
    }
}

/// The configuration of reading: an object with any members.
fn read_reading(fields: &mut Fields<'_>) -> Result<Option<Json>, DocumentError> {
    match fields.optional("reading") {
        Some(reading) if reading.as_object().is_none() => Err(fields.malformed("reading", "is not an object")),
        reading => Ok(reading.cloned()),
    }
}

/// Change objects: each has a kind, and otherwise any members.
fn read_changes(fields: &mut Fields<'_>) -> Result<Vec<Json>, DocumentError> {
    let changes = fields.require("changes")?.as_array();
    let changes = changes.filter(|changes| changes.iter().all(|change| change.text("kind").is_some_and(is_token)));
    changes.map(<[Json]>::to_vec).ok_or_else(|| fields.malformed("changes", "is not an array of change objects"))
}
