//! The chain of headers: signatures, links, keys and pointers. Bodies are not needed for it.

use crate::sign::{self, Namespace, PublicKey};

use super::{
    digest::Digest,
    fields::DocumentError,
    head::Head,
    header::{Header, KeysRelease, Pointer, ReleaseKind},
    keys::{Authority, KeyRole, Origin, Roles},
};

/// A document and its signature, as they are published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The bytes of the document.
    pub bytes: Vec<u8>,
    /// The bytes of the armored signature (SSHSIG).
    pub signature: Vec<u8>,
}

/// Why a header or head does not continue the log.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The signature is not by a key that may sign this document here.
    #[error("the signature does not verify: {0}")]
    Signature(String),
    /// The log begins with another root key than the pinned one. The signature itself verifies.
    #[error("the log is signed by another root key, {0}")]
    OtherRoot(String),
    /// The content is malformed, or needs a newer version.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The document contradicts the log.
    #[error("{0}")]
    Contradiction(String),
}

impl Fault {
    pub(super) fn contradiction(text: impl Into<String>) -> Self {
        Fault::Contradiction(text.into())
    }
}

/// A header that continues the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The content of the header.
    pub header: Header,
    /// The SHA-256 of its bytes.
    pub digest: Digest,
}

/// A verified sequence of headers from release 0 on.
#[derive(Clone, Debug)]
pub struct Chain {
    root: PublicKey,
    origin: Option<Origin>,
    links: Vec<Link>,
    /// The releases that state keys.
    keys: Vec<(u64, KeysRelease)>,
}

impl Chain {
    /// An empty chain. Customers pin one root key and the origin; without an origin that of release 0 counts.
    pub fn new(root: PublicKey, origin: Option<Origin>) -> Self {
        Chain { root, origin, links: Vec::new(), keys: Vec::new() }
    }

    /// The headers in order.
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The header of a release.
    pub fn link(&self, seq: u64) -> Option<&Link> {
        self.links.get(usize::try_from(seq).ok()?)
    }

    /// The name of the log, once it is known.
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// The keys after a release.
    pub fn roles_after(&self, seq: u64) -> Option<&Roles> {
        self.keys.iter().rev().find(|(at, _)| *at <= seq).map(|(_, keys)| &keys.roles)
    }

    /// The keys after the last release.
    pub fn roles(&self) -> Option<&Roles> {
        self.keys.last().map(|(_, keys)| &keys.roles)
    }

    /// The tagging entity of the feeds after the last release.
    pub fn authority(&self) -> Option<&Authority> {
        self.keys.iter().rev().find_map(|(_, keys)| keys.authority.as_ref())
    }

    /// The `keys` releases with their numbers.
    pub fn keys_releases(&self) -> &[(u64, KeysRelease)] {
        &self.keys
    }

    /// The state of the list after the last release.
    pub fn state(&self) -> Option<Digest> {
        self.links.last().and_then(|link| link.header.state)
    }

    /// Verifies the next header and appends it: first the signature over the raw bytes, by the keys before
    /// this release, then the content.
    ///
    /// # Errors
    /// [`Fault`] with the first rule that the header breaks. The chain is unchanged.
    pub fn append(&mut self, signed: &Signed) -> Result<&Link, Fault> {
        let role = self.check_signature(signed)?;
        let header = Header::from_bytes(&signed.bytes)?;
        self.check(&header, role)?;
        self.origin.get_or_insert_with(|| header.origin.clone());
        if let ReleaseKind::Keys(keys) = &header.kind {
            self.keys.push((header.seq, (**keys).clone()));
        }
        let link = Link { header, digest: Digest::of(&signed.bytes) };
        let at = self.links.len();
        self.links.push(link);
        Ok(&self.links[at])
    }

    /// The role for which the header is signed.
    fn check_signature(&self, signed: &Signed) -> Result<KeyRole, Fault> {
        let armor = armor(&signed.signature)?;
        let (namespace, signer) = sign::claimed(armor).map_err(|error| Fault::Signature(error.to_string()))?;
        let role = if namespace == Namespace::Root.as_str() { KeyRole::Root } else { KeyRole::Release };
        let first = self.links.is_empty();
        let keys = match self.roles() {
            Some(roles) => roles.keys(role),
            None => vec![self.root.clone()],
        };
        let role = if first { KeyRole::Root } else { role };
        match check(&keys, role, &signed.bytes, armor) {
            Err(_) if first && check(std::slice::from_ref(&signer), role, &signed.bytes, armor).is_ok() => {
                Err(Fault::OtherRoot(signer.fingerprint()))
            }
            result => result.map(|()| role),
        }
    }

    fn check(&self, header: &Header, role: KeyRole) -> Result<(), Fault> {
        let seq = self.links.len() as u64;
        let last = self.links.last();
        if header.seq != seq {
            return Err(Fault::Contradiction(format!("it states the number {}, not {seq}", header.seq)));
        }
        if header.prev != last.map(|link| link.digest) {
            return Err(Fault::contradiction("prev is not the digest of the header before"));
        }
        if let Some(origin) = self.origin.as_ref().filter(|origin| **origin != header.origin) {
            return Err(Fault::Contradiction(format!("it belongs to {}, not to {origin}", header.origin)));
        }
        if last.is_some_and(|link| matches!(link.header.kind, ReleaseKind::Moved { .. })) {
            return Err(Fault::contradiction("the log ended with the release before, which moved it"));
        }
        if !header.kind.alters_state() && header.state != self.state() {
            return Err(match &header.kind {
                ReleaseKind::Unknown(name) => DocumentError::NeedsNewer(format!("the release kind {name:?}")).into(),
                kind => Fault::Contradiction(format!("a {} release must not alter the list", kind.name())),
            });
        }
        match (&header.kind, role) {
            (ReleaseKind::Unknown(name), KeyRole::Root) => {
                return Err(DocumentError::NeedsNewer(format!("the release kind {name:?}")).into());
            }
            (kind, role) if kind.is_signed_by_root() != (role == KeyRole::Root) => {
                return Err(Fault::Signature(format!("a {} release is signed in the namespace {role}", kind.name())));
            }
            _ => {}
        }
        self.check_kind(header)
    }

    /// The rules of single kinds.
    fn check_kind(&self, header: &Header) -> Result<(), Fault> {
        match &header.kind {
            ReleaseKind::Keys(keys) => self.check_keys(header, keys),
            _ if header.seq == 0 => Err(Fault::contradiction("release 0 is not a keys release")),
            ReleaseKind::Correction { corrects } => self.check_pointer(*corrects, "corrects"),
            ReleaseKind::Redaction { redacts } => redacts.iter().try_for_each(|pointer| {
                self.check_pointer(*pointer, "redacts")?;
                let has_body = self.link(pointer.seq).is_some_and(|link| link.header.body.is_some());
                if has_body { Ok(()) } else { Err(Fault::contradiction("redacts names a release that has no body")) }
            }),
            _ => Ok(()),
        }
    }

    fn check_keys(&self, header: &Header, keys: &KeysRelease) -> Result<(), Fault> {
        if header.seq == 0 && !keys.roles.contains(KeyRole::Root, &self.root) {
            return Err(Fault::contradiction("the key that signed is not among the root keys"));
        }
        if header.seq == 0 && keys.authority.is_none() {
            return Err(Fault::contradiction("release 0 does not state the authority"));
        }
        if keys.authority.as_ref().is_some_and(|authority| authority.domain() != header.origin.domain()) {
            return Err(Fault::contradiction("the authority has another domain than the origin"));
        }
        if header.seq > 0 && keys.predecessor.is_some() {
            return Err(Fault::contradiction("only release 0 can name a predecessor"));
        }
        keys.disowned.iter().try_for_each(|pointer| self.check_pointer(*pointer, "disowned"))
    }

    fn check_pointer(&self, pointer: Pointer, member: &str) -> Result<(), Fault> {
        match self.link(pointer.seq) {
            Some(link) if link.digest == pointer.sha256 => Ok(()),
            _ => Err(Fault::Contradiction(format!(
                "{member} names release {}, which this log does not have",
                pointer.seq
            ))),
        }
    }

    /// Verifies the signature of a head and reads it. The signer is judged by the keys at the release that
    /// the head covers. Whether the release exists is for the caller to check.
    ///
    /// # Errors
    /// [`Fault`] for a signature that no head key of this log made, or bytes that are not a head.
    pub(super) fn read_head(&self, signed: &Signed) -> Result<(Head, PublicKey), Fault> {
        let armor = armor(&signed.signature)?;
        let every = self.keys.iter().flat_map(|(_, keys)| keys.roles.keys(KeyRole::Head));
        let every: Vec<PublicKey> = every.collect();
        check(&every, KeyRole::Head, &signed.bytes, armor)?;
        let head = Head::from_bytes(&signed.bytes)?;
        let (_, signer) = sign::claimed(armor).map_err(|error| Fault::Signature(error.to_string()))?;
        Ok((head, signer))
    }
}

fn armor(signature: &[u8]) -> Result<&str, Fault> {
    std::str::from_utf8(signature).map_err(|_| Fault::Signature("not a signature in OpenSSH's form".into()))
}

fn check(keys: &[PublicKey], role: KeyRole, bytes: &[u8], armor: &str) -> Result<(), Fault> {
    let namespace = match role {
        KeyRole::Root => Namespace::Root,
        KeyRole::Release => Namespace::Release,
        KeyRole::Head => Namespace::Head,
    };
    sign::verify(keys, namespace, bytes, armor).map_err(|error| Fault::Signature(error.to_string()))
}
