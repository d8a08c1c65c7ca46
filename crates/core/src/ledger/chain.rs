//! The chain of headers: signatures, links, keys and pointers. Bodies are not needed for it.

use crate::sign::{self, Namespace, PublicKey, SignError};

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
        let attested = Attested::of(signed)?;
        self.append_attested(signed, &attested)
    }

    /// [`Chain::append`] for a header with a signature that was checked, but not yet its signer.
    pub(super) fn append_attested(&mut self, signed: &Signed, attested: &Attested) -> Result<&Link, Fault> {
        let role = self.check_signer(attested)?;
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

    /// The role for which the header is signed, if the signer has it.
    fn check_signer(&self, attested: &Attested) -> Result<KeyRole, Fault> {
        let Some(roles) = self.roles() else {
            attested.check_namespace(KeyRole::Root)?;
            return if attested.signer == self.root {
                Ok(KeyRole::Root)
            } else {
                Err(Fault::OtherRoot(attested.signer.fingerprint()))
            };
        };
        let is_root = attested.namespace == Namespace::Root.as_str();
        let role = if is_root { KeyRole::Root } else { KeyRole::Release };
        attested.check_namespace(role)?;
        if roles.contains(role, &attested.signer) {
            return Ok(role);
        }
        Err(attested.unknown_signer())
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

    /// The rules for each kind.
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

    /// Reads a head with a signature that was checked, but not yet its signer. Any key that ever had the role is accepted. The
    /// caller checks whether the release that the head covers exists, and whether the signer had the role there.
    ///
    /// # Errors
    /// [`Fault`] for a signature that no head key of this log made, or bytes that are not a head.
    pub(super) fn read_head(&self, signed: &Signed, attested: &Attested) -> Result<Head, Fault> {
        attested.check_namespace(KeyRole::Head)?;
        if !self.keys.iter().any(|(_, keys)| keys.roles.contains(KeyRole::Head, &attested.signer)) {
            return Err(attested.unknown_signer());
        }
        Ok(Head::from_bytes(&signed.bytes)?)
    }
}

/// A signature that was checked: the purpose and the key that it states.
#[derive(Clone, Debug)]
pub(super) struct Attested {
    namespace: String,
    /// The key that made it.
    pub(super) signer: PublicKey,
}

impl Attested {
    /// Checks the signature of a document by the key that it states.
    pub(super) fn of(signed: &Signed) -> Result<Self, Fault> {
        let armor = std::str::from_utf8(&signed.signature)
            .map_err(|_| Fault::Signature("not a signature in OpenSSH's form".into()))?;
        let (namespace, signer) = sign::attested(&signed.bytes, armor).map_err(signature_fault)?;
        Ok(Attested { namespace, signer })
    }

    fn check_namespace(&self, role: KeyRole) -> Result<(), Fault> {
        let expected = match role {
            KeyRole::Root => Namespace::Root,
            KeyRole::Release => Namespace::Release,
            KeyRole::Head => Namespace::Head,
        };
        if self.namespace == expected.as_str() {
            return Ok(());
        }
        Err(signature_fault(SignError::Namespace { found: self.namespace.clone(), expected: expected.as_str() }))
    }

    fn unknown_signer(&self) -> Fault {
        signature_fault(SignError::Signer(self.signer.fingerprint()))
    }
}

fn signature_fault(error: SignError) -> Fault {
    Fault::Signature(error.to_string())
}
