//! Headers: the signed and chained part of a release.

use std::fmt;

use super::{
    canonical::{self, CanonicalError, MAX_HEADER},
    digest::Digest,
    fields::{DocumentError, Fields},
    json::{Json, Members, object},
    keys::{Authority, Origin, Roles, Successor},
};

/// The format of headers.
pub const FORMAT: &str = "changecast-release/1";

/// A release of this log, by number and by the digest of its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pointer {
    /// The number of the release.
    pub seq: u64,
    /// The SHA-256 of the bytes of its header.
    pub sha256: Digest,
}

/// The release as people write it down and compare it: its number and the first eight digits of the digest,
/// `release 42, 7f3a 91c0`.
impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digest = self.sha256.to_string();
        write!(f, "release {}, {} {}", self.seq, &digest[..4], &digest[4..8])
    }
}

/// The end of the log that this one continues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Predecessor {
    /// The name of the earlier log.
    pub origin: Origin,
    /// The last release of that log.
    pub release: Pointer,
}

/// The last head that counts for keys that lose the role `head`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeadPointer {
    /// The number of the head.
    pub number: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
}

/// The size and digest of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyPointer {
    /// The SHA-256 of the bytes of the body.
    pub sha256: Digest,
    /// The number of bytes.
    pub size: u64,
}

/// The content of a `keys` release that outlives its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeysRelease {
    /// The keys from the next release on.
    pub roles: Roles,
    /// The tagging entity of the feeds; required in release 0, and unchanged where a later release omits it.
    pub authority: Option<Authority>,
    /// The log that this one continues. Only in release 0.
    pub predecessor: Option<Predecessor>,
    /// Earlier releases that a stolen key signed.
    pub disowned: Vec<Pointer>,
    /// The last head that counts for keys that this release removes from the role `head`.
    pub last_head: Option<HeadPointer>,
}

/// The kind of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReleaseKind {
    /// The list changed.
    Changes,
    /// A difference that another edition or configuration of reading makes.
    Reread,
    /// The list did not change, but the git history was rewritten.
    Reanchor,
    /// An earlier release was wrong.
    Correction {
        /// The release that was wrong.
        corrects: Pointer,
    },
    /// Other keys sign from now on.
    Keys(Box<KeysRelease>),
    /// Bodies were removed because the law requires it.
    Redaction {
        /// The releases without body.
        redacts: Vec<Pointer>,
    },
    /// The log ends; the list continues elsewhere.
    Moved {
        /// The log that continues the list.
        successor: Successor,
    },
    /// A kind of a later version.
    Unknown(String),
}

impl ReleaseKind {
    /// The name of the kind in documents.
    pub fn name(&self) -> &str {
        match self {
            ReleaseKind::Changes => "changes",
            ReleaseKind::Reread => "reread",
            ReleaseKind::Reanchor => "reanchor",
            ReleaseKind::Correction { .. } => "correction",
            ReleaseKind::Keys(_) => "keys",
            ReleaseKind::Redaction { .. } => "redaction",
            ReleaseKind::Moved { .. } => "moved",
            ReleaseKind::Unknown(name) => name,
        }
    }

    /// Whether the release may alter the list.
    pub fn alters_state(&self) -> bool {
        matches!(self, ReleaseKind::Changes | ReleaseKind::Reread)
    }

    /// Whether a root key signs the release.
    pub fn is_signed_by_root(&self) -> bool {
        matches!(self, ReleaseKind::Keys(_) | ReleaseKind::Redaction { .. } | ReleaseKind::Moved { .. })
    }
}

/// The header of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The name of the log.
    pub origin: Origin,
    /// The number of the release, from 0.
    pub seq: u64,
    /// The SHA-256 of the previous header; `None` for release 0.
    pub prev: Option<Digest>,
    /// The kind of the release.
    pub kind: ReleaseKind,
    /// The digest of the list after the release; `None` while it is unpublished or withdrawn.
    pub state: Option<Digest>,
    /// The body. `keys`, `moved` and unknown kinds may have none.
    pub body: Option<BodyPointer>,
}

impl Header {
    /// Reads the canonical bytes of a header.
    ///
    /// # Errors
    /// [`DocumentError::NeedsNewer`] for a later format or an unknown member, others for bytes that are not a header.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        let value = canonical::from_bytes(bytes, MAX_HEADER)?;
        let mut fields = Fields::of("header", &value)?;
        fields.format(FORMAT)?;
        let origin = fields.parsed("origin")?;
        let seq = fields.integer("seq")?;
        let prev = fields.nullable("prev")?;
        let state = fields.nullable("state")?;
        let body = fields.optional("body").map(BodyPointer::read).transpose()?;
        let kind = read_kind(&mut fields)?;
        let needs_body = !matches!(kind, ReleaseKind::Keys(_) | ReleaseKind::Moved { .. } | ReleaseKind::Unknown(_));
        if needs_body && body.is_none() {
            return Err(fields.malformed("body", "is missing"));
        }
        if !matches!(kind, ReleaseKind::Unknown(_)) {
            fields.finish()?;
        }
        Ok(Header { origin, seq, prev, kind, state, body })
    }

    /// The canonical bytes of the header.
    ///
    /// # Errors
    /// [`CanonicalError`] when it exceeds the limits.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        let mut members = Members::from([
            ("format".to_owned(), Json::from(FORMAT)),
            ("kind".to_owned(), Json::from(self.kind.name())),
            ("origin".to_owned(), Json::from(self.origin.as_str())),
            ("prev".to_owned(), nullable(self.prev)),
            ("seq".to_owned(), Json::Integer(self.seq)),
            ("state".to_owned(), nullable(self.state)),
        ]);
        if let Some(body) = &self.body {
            members.insert("body".to_owned(), body.to_json());
        }
        write_kind(&self.kind, &mut members);
        canonical::to_bytes(&Json::Object(members), MAX_HEADER)
    }
}

pub(super) fn nullable(digest: Option<Digest>) -> Json {
    digest.map_or(Json::Null, |digest| Json::from(digest.to_string()))
}

fn read_kind(fields: &mut Fields<'_>) -> Result<ReleaseKind, DocumentError> {
    Ok(match fields.text("kind")? {
        "changes" => ReleaseKind::Changes,
        "reread" => ReleaseKind::Reread,
        "reanchor" => ReleaseKind::Reanchor,
        "correction" => ReleaseKind::Correction { corrects: Pointer::read(fields.require("corrects")?)? },
        "keys" => ReleaseKind::Keys(Box::new(KeysRelease {
            roles: Roles::read(fields.require("roles")?)?,
            authority: fields.optional_parsed("authority")?,
            predecessor: fields.optional("predecessor").map(Predecessor::read).transpose()?,
            disowned: read_pointers(fields, "disowned")?,
            last_head: fields.optional("last_head").map(HeadPointer::read).transpose()?,
        })),
        "redaction" => {
            let redacts = read_pointers(fields, "redacts")?;
            if redacts.is_empty() {
                return Err(fields.malformed("redacts", "is missing"));
            }
            ReleaseKind::Redaction { redacts }
        }
        "moved" => ReleaseKind::Moved { successor: Successor::read(fields.require("successor")?)? },
        other if is_token(other) => ReleaseKind::Unknown(other.to_owned()),
        _ => return Err(fields.malformed("kind", "is not a name")),
    })
}

/// Names of kinds and channels: lower-case ASCII letters, digits and `-`.
pub(super) fn is_token(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn read_pointers(fields: &mut Fields<'_>, key: &str) -> Result<Vec<Pointer>, DocumentError> {
    let pointers = fields.items(key)?.iter().map(Pointer::read).collect::<Result<Vec<_>, _>>()?;
    if pointers.is_sorted_by(|a, b| a.seq < b.seq) { Ok(pointers) } else { Err(fields.malformed(key, "is not sorted")) }
}

fn write_kind(kind: &ReleaseKind, members: &mut Members) {
    match kind {
        ReleaseKind::Correction { corrects } => {
            put(members, "corrects", corrects.to_json());
        }
        ReleaseKind::Keys(keys) => {
            put(members, "roles", keys.roles.to_json());
            if let Some(authority) = &keys.authority {
                put(members, "authority", Json::from(authority.as_str()));
            }
            if let Some(predecessor) = &keys.predecessor {
                put(members, "predecessor", predecessor.to_json());
            }
            if !keys.disowned.is_empty() {
                put(members, "disowned", Json::Array(keys.disowned.iter().copied().map(Pointer::to_json).collect()));
            }
            if let Some(head) = keys.last_head {
                put(members, "last_head", head.to_json());
            }
        }
        ReleaseKind::Redaction { redacts } => {
            put(members, "redacts", Json::Array(redacts.iter().copied().map(Pointer::to_json).collect()));
        }
        ReleaseKind::Moved { successor } => {
            put(members, "successor", successor.to_json());
        }
        ReleaseKind::Changes | ReleaseKind::Reread | ReleaseKind::Reanchor | ReleaseKind::Unknown(_) => {}
    }
}

fn put(members: &mut Members, key: &str, value: Json) {
    members.insert(key.to_owned(), value);
}

impl Pointer {
    pub(super) fn read(value: &Json) -> Result<Self, DocumentError> {
        let mut fields = Fields::of("pointer", value)?;
        let pointer = Pointer { seq: fields.integer("seq")?, sha256: fields.parsed("sha256")? };
        fields.finish_closed().map(|()| pointer)
    }

    pub(super) fn to_json(self) -> Json {
        object([("seq", Json::Integer(self.seq)), ("sha256", Json::from(self.sha256.to_string()))])
    }
}

impl HeadPointer {
    fn read(value: &Json) -> Result<Self, DocumentError> {
        let mut fields = Fields::of("last_head", value)?;
        let pointer = HeadPointer { number: fields.integer("number")?, sha256: fields.parsed("sha256")? };
        fields.finish_closed().map(|()| pointer)
    }

    fn to_json(self) -> Json {
        object([("number", Json::Integer(self.number)), ("sha256", Json::from(self.sha256.to_string()))])
    }
}

impl Predecessor {
    fn read(value: &Json) -> Result<Self, DocumentError> {
        let mut fields = Fields::of("predecessor", value)?;
        let origin = fields.parsed("origin")?;
        let release = Pointer::read(fields.require("release")?)?;
        fields.finish_closed()?;
        Ok(Predecessor { origin, release })
    }

    fn to_json(&self) -> Json {
        object([("origin", Json::from(self.origin.as_str())), ("release", self.release.to_json())])
    }
}

impl BodyPointer {
    /// The pointer to these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        BodyPointer { sha256: Digest::of(bytes), size: bytes.len() as u64 }
    }

    fn read(value: &Json) -> Result<Self, DocumentError> {
        let mut fields = Fields::of("body pointer", value)?;
        let pointer = BodyPointer { sha256: fields.parsed("sha256")?, size: fields.integer("size")? };
        fields.finish_closed().map(|()| pointer)
    }

    fn to_json(self) -> Json {
        object([("sha256", Json::from(self.sha256.to_string())), ("size", Json::Integer(self.size))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_has_a_short_form_for_people() {
        let pointer = Pointer { seq: 42, sha256: Digest::of(b"header") };
        let digest = pointer.sha256.to_string();
        assert_eq!(pointer.to_string(), format!("release 42, {} {}", &digest[..4], &digest[4..8]));
    }

    #[test]
    fn tokens_have_lower_case_letters_digits_and_hyphens_only() {
        let long = "a".repeat(64);
        for good in ["changes", "a", "7", "-", "page-text-changed", &long] {
            assert!(is_token(good), "{good:?}");
        }
        let longer = "a".repeat(65);
        for bad in ["", "Changes", "a b", "a_b", "é", "a\n", &longer] {
            assert!(!is_token(bad), "{bad:?}");
        }
    }
}
