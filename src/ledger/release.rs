//! Release documents: what is signed, one for every published change of a list.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned, ser::SerializeStruct};
use serde_json::{Value, value::RawValue};

use changecast_core::{
    change::{Change, ChangeSet, Unannounced},
    model::{CommitId, Text, Timestamp},
    serde_as_text,
};

use super::canonical::Digest;

/// Names the shape of a release.
const FORMAT: &str = "changecast-release/1";

/// Which log a document belongs to: the domain of the publisher's authority and the list's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin of a list's log.
    pub fn new(domain: &str, list: &changecast_core::model::ListId) -> Self {
        Origin(format!("{domain}/{list}"))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Not an origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no origin of the form example.com/list")]
pub struct BadOrigin(String);

impl std::str::FromStr for Origin {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'/');
        let parts = text.split('/').filter(|part| !part.is_empty()).count();
        if parts == 2 && text.bytes().all(fits) { Ok(Origin(text.to_owned())) } else { Err(BadOrigin(text.to_owned())) }
    }
}

serde_as_text!(Origin);

/// One link of the log.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Wire<Value>")]
pub struct Release {
    /// The log.
    pub origin: Origin,
    /// Its number in the log, from 0.
    pub seq: u64,
    /// The digest of the release before; `None` for the first.
    pub prev: Option<Digest>,
    /// When it was published.
    pub published: Timestamp,
    /// What it says.
    pub body: Body,
}

/// What a release says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Body {
    /// Which keys may sign from here on. Signed by a root key.
    Keys(KeySet),
    /// What a commit changed.
    Changes(Changes),
    /// What an earlier release said wrongly.
    Correction(Correction),
    /// The same list, in a rewritten history.
    Reanchor(Reanchor),
}

/// The keys of a log, as OpenSSH public keys without comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySet {
    /// May sign `keys` releases.
    pub root: Vec<String>,
    /// May sign all other releases.
    pub release: Vec<String>,
    /// May sign statements that the log is current.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub head: Vec<String>,
}

/// Where in the history a release comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The version control system.
    pub vcs: Vcs,
    /// The commit.
    pub commit: CommitId,
    /// Its first parent.
    pub parent: Option<CommitId>,
    /// The inventory's path.
    pub path: Text,
}

/// Version control systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vcs {
    /// git.
    Git,
}

/// What a commit changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changes {
    /// The commit.
    pub source: Source,
    /// The digest of the list before; `None` when there was none.
    pub before: Option<Digest>,
    /// The digest of the list afterwards; `None` when it left the file.
    pub after: Option<Digest>,
    /// What is announced.
    pub changes: Vec<Change>,
    /// What is carried along unannounced.
    #[serde(default, skip_serializing_if = "Unannounced::is_empty")]
    pub carry: Unannounced,
}

impl Changes {
    /// The change set, as it is replayed.
    pub fn change_set(&self) -> ChangeSet {
        ChangeSet { changes: self.changes.clone(), unannounced: self.carry.clone() }
    }
}

/// What an earlier release said wrongly. The list itself is not touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// The release that is corrected.
    pub corrects: Pointer,
    /// Why, in the publisher's words.
    pub reason: Text,
    /// The digest of the list, which stays.
    pub before: Option<Digest>,
    /// The same.
    pub after: Option<Digest>,
    /// The correction as a change that can be announced.
    pub changes: Vec<Change>,
}

/// A release, by number and digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pointer {
    /// Its number.
    pub seq: u64,
    /// The digest of its bytes.
    pub sha256: Digest,
}

/// The same list, in a rewritten history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reanchor {
    /// The commit that now stands for the list.
    pub source: Source,
    /// The commit that stood for it before.
    pub previous: CommitId,
    /// The digest of the list, which stays.
    pub before: Option<Digest>,
    /// The same.
    pub after: Option<Digest>,
}

impl Release {
    /// The commit that the log has reached with this release, when it names one.
    pub fn source(&self) -> Option<&Source> {
        match &self.body {
            Body::Changes(body) => Some(&body.source),
            Body::Reanchor(body) => Some(&body.source),
            Body::Keys(_) | Body::Correction(_) => None,
        }
    }

    /// The digests of the list before and after, when the release speaks of the list.
    pub fn states(&self) -> Option<(Option<Digest>, Option<Digest>)> {
        match &self.body {
            Body::Keys(_) => None,
            Body::Changes(body) => Some((body.before, body.after)),
            Body::Correction(body) => Some((body.before, body.after)),
            Body::Reanchor(body) => Some((body.before, body.after)),
        }
    }

    /// What the release announces to customers.
    pub fn announced(&self) -> &[Change] {
        match &self.body {
            Body::Changes(body) => &body.changes,
            Body::Correction(body) => &body.changes,
            Body::Keys(_) | Body::Reanchor(_) => &[],
        }
    }

    /// The name of the release's file, without folder.
    pub fn file_name(seq: u64) -> String {
        format!("{seq:06}.json")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<B> {
    format: String,
    origin: Origin,
    seq: u64,
    prev: Option<Digest>,
    kind: String,
    published: Timestamp,
    body: B,
}

/// A body that is not read yet: its kind stands beside it, or behind.
trait Unread {
    fn read<T: DeserializeOwned>(self) -> serde_json::Result<T>;
}

impl Unread for Value {
    fn read<T: DeserializeOwned>(self) -> serde_json::Result<T> {
        serde_json::from_value(self)
    }
}

impl Unread for &RawValue {
    fn read<T: DeserializeOwned>(self) -> serde_json::Result<T> {
        serde_json::from_str(self.get())
    }
}

impl Serialize for Release {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = match &self.body {
            Body::Keys(_) => "keys",
            Body::Changes(_) => "changes",
            Body::Correction(_) => "correction",
            Body::Reanchor(_) => "reanchor",
        };
        let mut members = serializer.serialize_struct("Release", 7)?;
        members.serialize_field("format", FORMAT)?;
        members.serialize_field("origin", &self.origin)?;
        members.serialize_field("seq", &self.seq)?;
        members.serialize_field("prev", &self.prev)?;
        members.serialize_field("kind", kind)?;
        members.serialize_field("published", &self.published)?;
        members.serialize_field("body", &self.body)?;
        members.end()
    }
}

/// A document that is no release of this format.
#[derive(Debug, thiserror::Error)]
pub enum BadRelease {
    /// Another format.
    #[error("format {0:?} is not {FORMAT:?}")]
    Format(String),
    /// Another kind.
    #[error("no release kind {0:?}")]
    Kind(String),
    /// A body of another shape.
    #[error("body: {0}")]
    Body(#[from] serde_json::Error),
}

impl Release {
    /// Reads a document whose bytes are known to be a release, by their digest.
    ///
    /// # Errors
    /// [`BadRelease`] for other bytes.
    pub fn read(known: &[u8]) -> Result<Self, BadRelease> {
        serde_json::from_slice::<Wire<&RawValue>>(known)?.try_into()
    }
}

impl<B: Unread> TryFrom<Wire<B>> for Release {
    type Error = BadRelease;

    fn try_from(wire: Wire<B>) -> Result<Self, BadRelease> {
        if wire.format != FORMAT {
            return Err(BadRelease::Format(wire.format));
        }
        let body = match wire.kind.as_str() {
            "keys" => Body::Keys(wire.body.read()?),
            "changes" => Body::Changes(wire.body.read()?),
            "correction" => Body::Correction(wire.body.read()?),
            "reanchor" => Body::Reanchor(wire.body.read()?),
            _ => return Err(BadRelease::Kind(wire.kind)),
        };
        Ok(Release { origin: wire.origin, seq: wire.seq, prev: wire.prev, published: wire.published, body })
    }
}
