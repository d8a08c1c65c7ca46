//! The names of logs, and the keys that may sign for them.

use std::{collections::BTreeMap, fmt, str::FromStr};

use crate::{model::ListId, serde_as_text, sign::PublicKey};

use super::{
    fields::{DocumentError, Fields},
    json::{Json, Members},
};

/// Longest origin, in bytes.
const MAX_ORIGIN: usize = 255;

/// The name of a log: the domain of the publisher's authority and the id of the list, `example.com/list`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin(String);

/// A text that is not an origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an origin of the form example.com/list")]
pub struct BadOrigin(String);

impl Origin {
    /// The origin of the log of a list.
    ///
    /// # Errors
    /// [`BadOrigin`] for a domain with other characters than letters, digits, `.` and `-`, or a long one.
    pub fn new(domain: &str, list: &ListId) -> Result<Self, BadOrigin> {
        format!("{domain}/{list}").parse()
    }

    /// The domain, the part before the slash.
    pub fn domain(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    /// The id of the list, the part after the slash.
    pub fn list(&self) -> &str {
        self.0.split('/').nth(1).unwrap_or_default()
    }

    /// The origin as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, BadOrigin> {
        let fits = text.split_once('/').is_some_and(|(domain, list)| is_domain(domain) && ListId::new(list).is_ok());
        if fits && text.len() <= MAX_ORIGIN { Ok(Origin(text.to_owned())) } else { Err(BadOrigin(text.to_owned())) }
    }
}

serde_as_text!(Origin);

fn is_domain(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
}

/// The tagging entity of the feed's ids (RFC 4151 §2.1): a domain and the date on which the publisher
/// owned it, `example.com,2024` or `example.com,2024-05-01`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority(String);

/// A text that is not an authority.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an authority of the form example.com,2024")]
pub struct BadAuthority(String);

impl Authority {
    /// The domain, the part before the comma.
    pub fn domain(&self) -> &str {
        self.0.split(',').next().unwrap_or_default()
    }

    /// The authority as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Authority {
    type Err = BadAuthority;

    fn from_str(text: &str) -> Result<Self, BadAuthority> {
        let fits = text.split_once(',').is_some_and(|(domain, date)| is_domain(domain) && is_date(date));
        if fits && text.len() <= MAX_ORIGIN {
            Ok(Authority(text.to_owned()))
        } else {
            Err(BadAuthority(text.to_owned()))
        }
    }
}

/// Whether a text is a date of RFC 4151: `2024`, `2024-05` or `2024-05-01`.
fn is_date(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    matches!(lengths[..], [4] | [4, 2] | [4, 2, 2]) && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

/// What a key may sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyRole {
    /// `keys`, `redaction` and `moved` releases.
    Root,
    /// Releases of all other kinds.
    Release,
    /// The heads of the log.
    Head,
}

impl KeyRole {
    /// The name of the role in documents.
    pub fn name(self) -> &'static str {
        match self {
            KeyRole::Root => "root",
            KeyRole::Release => "release",
            KeyRole::Head => "head",
        }
    }
}

impl fmt::Display for KeyRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The keys of a log by role, as lines of OpenSSH without comment. Any one key of a role signs.
///
/// Roles and key types of later versions are kept, and give no right to sign here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles(BTreeMap<String, Vec<String>>);

impl Roles {
    /// Roles with these keys.
    pub fn new(root: &[PublicKey], release: &[PublicKey], head: &[PublicKey]) -> Self {
        let lists = [(KeyRole::Root, root), (KeyRole::Release, release), (KeyRole::Head, head)];
        let lines = lists.map(|(role, keys)| (role.name().to_owned(), keys.iter().map(PublicKey::to_string).collect()));
        Roles(lines.into_iter().collect())
    }

    /// The keys of a role that this version can use.
    pub fn keys(&self, role: KeyRole) -> Vec<PublicKey> {
        self.lines(role).iter().filter_map(|line| PublicKey::parse(role.name(), line).ok()).collect()
    }

    /// All keys of a role, as written.
    pub fn lines(&self, role: KeyRole) -> &[String] {
        self.0.get(role.name()).map_or(&[], Vec::as_slice)
    }

    /// The roles with other keys for one of them. Roles and key types of later versions are kept.
    pub fn with(&self, role: KeyRole, keys: &[PublicKey]) -> Roles {
        let later = self.lines(role).iter().filter(|line| PublicKey::parse(role.name(), line).is_err());
        let lines = keys.iter().map(PublicKey::to_string).chain(later.cloned()).collect();
        let mut roles = self.0.clone();
        roles.insert(role.name().to_owned(), lines);
        Roles(roles)
    }

    /// The roles without a key, whichever roles it had.
    pub fn without(&self, key: &PublicKey) -> Roles {
        let line = key.to_string();
        let mut roles = self.0.clone();
        for lines in roles.values_mut() {
            lines.retain(|known| *known != line);
        }
        Roles(roles)
    }

    /// Whether a key has a role.
    pub fn contains(&self, role: KeyRole, key: &PublicKey) -> bool {
        self.lines(role).contains(&key.to_string())
    }

    pub(super) fn read(value: &Json) -> Result<Self, DocumentError> {
        let members = value.as_object().ok_or_else(|| malformed("not an object"))?;
        let mut roles = BTreeMap::new();
        for (name, keys) in members {
            let keys = keys.as_array().ok_or_else(|| malformed("the keys of a role are not an array"))?;
            let lines = keys.iter().map(|key| key.as_text().filter(|line| is_key_line(line)).map(str::to_owned));
            let lines: Option<Vec<String>> = lines.collect();
            roles.insert(
                name.clone(),
                lines.ok_or_else(|| malformed("a key is not a line of OpenSSH without comment"))?,
            );
        }
        let roles = Roles(roles);
        for role in [KeyRole::Root, KeyRole::Release, KeyRole::Head] {
            if !roles.0.contains_key(role.name()) {
                return Err(malformed("one of root, release and head is missing"));
            }
        }
        if roles.lines(KeyRole::Root).is_empty() { Err(malformed("there is no root key")) } else { Ok(roles) }
    }

    pub(super) fn to_json(&self) -> Json {
        let roles = self
            .0
            .iter()
            .map(|(name, keys)| (name.clone(), Json::Array(keys.iter().map(|key| Json::from(key.as_str())).collect())));
        Json::Object(roles.collect())
    }
}

fn malformed(problem: &str) -> DocumentError {
    DocumentError::Malformed(format!("roles: {problem}"))
}

/// Whether a text is a public key without comment. The bytes of an Ed25519 key must be valid;
/// of other types only the form is known.
fn is_key_line(line: &str) -> bool {
    match line.split_once(' ') {
        Some(("ssh-ed25519", _)) => PublicKey::parse("key", line).is_ok_and(|key| key.to_string() == line),
        Some((kind, data)) => {
            !kind.is_empty()
                && kind.bytes().all(|b| b.is_ascii_graphic())
                && !data.is_empty()
                && data.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
        }
        None => false,
    }
}

/// The log that a renamed or transferred list continues in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    /// The name of the new log.
    pub origin: Origin,
    /// The root keys of the new log.
    pub root: Vec<String>,
}

impl Successor {
    pub(super) fn read(value: &Json) -> Result<Self, DocumentError> {
        let mut fields = Fields::of("successor", value)?;
        let origin = fields.parsed("origin")?;
        let keys = fields.items("root")?.iter().map(|key| key.as_text().filter(|line| is_key_line(line)));
        let root: Option<Vec<String>> = keys.map(|key| key.map(str::to_owned)).collect();
        let root = root.filter(|keys| !keys.is_empty());
        let root = root.ok_or_else(|| fields.malformed("root", "is not an array of keys"))?;
        fields.finish_closed()?;
        Ok(Successor { origin, root })
    }

    pub(super) fn to_json(&self) -> Json {
        let root = self.root.iter().map(|key| Json::from(key.as_str())).collect();
        Json::Object(Members::from([
            ("origin".to_owned(), Json::from(self.origin.as_str())),
            ("root".to_owned(), Json::Array(root)),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_and_authorities_have_one_form() {
        for good in ["fernhill.example/subprocessors", "a/b", "xn--bcher-kva.example/l.1"] {
            assert_eq!(good.parse::<Origin>().unwrap().as_str(), good);
        }
        let long = format!("{}/l", "a".repeat(255));
        for bad in ["", "a", "a/", "/a", "a/b/c", "*/l", "!a/l", "a,b/l", "a b/l", "é/l", "a/..", &long] {
            assert!(bad.parse::<Origin>().is_err(), "{bad}");
        }
        for good in ["fernhill.example,2024", "a.example,2024-05", "a.example,2024-05-01"] {
            assert!(good.parse::<Authority>().is_ok(), "{good}");
        }
        for bad in ["a.example", "a.example,24", ",2024", "a.example,2024,1", "a.example,2024-5"] {
            assert!(bad.parse::<Authority>().is_err(), "{bad}");
        }
    }
}
