//! Appending to a log: the bytes of the next release and of the next head.

use crate::{
    model::Timestamp,
    sign::{Namespace, SignError, Signer},
};

use super::{
    agreement::{self, Disagreement},
    body::{Body, Content, Ids, ListChange, Source},
    canonical::CanonicalError,
    digest::Digest,
    head::{Head, Period, Statement},
    header::{BodyPointer, Header, KeysRelease, Pointer, ReleaseKind},
    json::Json,
    keys::{Origin, Successor},
    layout::Path,
    list::List,
    replay::Replayed,
    salts::Salts,
    verified::Verified,
};

/// Why a release cannot be appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The content exceeds the limits of the log.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// The changes do not describe the difference between the lists.
    #[error(transparent)]
    Disagreement(#[from] Disagreement),
    /// A key could not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The clock is behind the last head.
    #[error("the clock ({now}) is behind the last head ({last})")]
    Clock {
        /// The time that was passed in.
        now: Timestamp,
        /// The time of the last head.
        last: Timestamp,
    },
}

/// A file to be published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The path below the folder of the list.
    pub path: Path,
    /// The bytes of the file.
    pub bytes: Vec<u8>,
}

/// The end of a log, to which the next release is appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tip {
    /// The name of the log.
    pub origin: Origin,
    /// The number of the next release.
    pub next: u64,
    /// The digest of the last header; `None` for an empty log.
    pub last: Option<Digest>,
    /// The list after the last release; `None` while it is unpublished or withdrawn.
    pub list: Option<List>,
    /// The list that the next changes are relative to: the last list, even if it was withdrawn.
    pub basis: Replayed,
}

/// The difference between two versions of a list, as the publisher found it.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Where the version was read.
    pub source: Source,
    /// The configuration of reading, if it differs from the configuration in the log.
    pub reading: Option<Json>,
    /// The change objects, in order.
    pub changes: Vec<Json>,
    /// Ids that differ although they name the same thing.
    pub ids: Ids,
}

impl Tip {
    /// The end of an empty log.
    pub fn empty(origin: Origin) -> Self {
        Tip { origin, next: 0, last: None, list: None, basis: Replayed::List(None) }
    }

    /// The end of a verified log. `None` when the list is not known, because a needed body was redacted.
    pub fn of(verified: &Verified) -> Option<Self> {
        let Replayed::List(list) = &verified.last_list else { return None };
        let last = verified.releases.last();
        Some(Tip {
            origin: verified.origin.clone(),
            next: verified.releases.len() as u64,
            last: last.map(|release| release.digest),
            list: list.clone(),
            basis: verified.basis.clone(),
        })
    }

    /// A pointer to the last release; `None` for an empty log.
    pub fn pointer(&self) -> Option<Pointer> {
        self.last.map(|sha256| Pointer { seq: self.next.saturating_sub(1), sha256 })
    }

    /// Appends a `changes` release that leads to the list `after`, and returns its unsigned documents.
    ///
    /// # Errors
    /// [`AppendError::Disagreement`] when the changes do not describe the difference.
    pub fn changes(
        &mut self,
        difference: Difference,
        after: Option<List>,
        salts: &Salts,
    ) -> Result<Draft, AppendError> {
        self.list_release(ReleaseKind::Changes, difference, after, salts)
    }

    /// Appends a `reread` release.
    ///
    /// # Errors
    /// As [`Tip::changes`].
    pub fn reread(&mut self, difference: Difference, after: Option<List>, salts: &Salts) -> Result<Draft, AppendError> {
        self.list_release(ReleaseKind::Reread, difference, after, salts)
    }

    fn list_release(
        &mut self,
        kind: ReleaseKind,
        difference: Difference,
        after: Option<List>,
        salts: &Salts,
    ) -> Result<Draft, AppendError> {
        let Difference { source, reading, changes, ids } = difference;
        let patch = List::patch(self.list.as_ref(), after.as_ref());
        let mut change = ListChange { source, reading, changes, editorial: Vec::new(), ids, patch };
        // After a redaction the withdrawn list may be unknown: then nobody can check the changes.
        if let Replayed::List(basis) = &self.basis {
            change.editorial = agreement::editorial(basis.as_ref(), after.as_ref(), &change.changes, &change.ids)?;
            agreement::check(basis.as_ref(), after.as_ref(), &change)?;
        }
        let content = Content::List(Box::new(change));
        self.append(kind, Some(Body { salt: salts.body(self.next), content }), after)
    }

    /// Appends a `reanchor` release: the same list in a rewritten history.
    ///
    /// # Errors
    /// [`AppendError::Canonical`] when the content exceeds the limits.
    pub fn reanchor(&mut self, source: Source, reading: Option<Json>, salts: &Salts) -> Result<Draft, AppendError> {
        let body = Body { salt: salts.body(self.next), content: Content::Reanchor { source, reading } };
        self.append(ReleaseKind::Reanchor, Some(body), self.list.clone())
    }

    /// Appends a `correction` of an earlier release.
    ///
    /// # Errors
    /// [`AppendError::Canonical`] when the content exceeds the limits.
    pub fn correction(
        &mut self,
        corrects: Pointer,
        reason: String,
        changes: Vec<Json>,
        salts: &Salts,
    ) -> Result<Draft, AppendError> {
        let body = Body { salt: salts.body(self.next), content: Content::Correction { reason, changes } };
        self.append(ReleaseKind::Correction { corrects }, Some(body), self.list.clone())
    }

    /// Appends a `keys` release.
    ///
    /// # Errors
    /// [`AppendError::Canonical`] when the content exceeds the limits.
    pub fn keys(&mut self, keys: KeysRelease) -> Result<Draft, AppendError> {
        self.append(ReleaseKind::Keys(Box::new(keys)), None, self.list.clone())
    }

    /// Appends a `redaction` release with a snapshot of the list. Afterwards the bodies must be deleted.
    ///
    /// # Errors
    /// [`AppendError::Canonical`] when the content exceeds the limits.
    pub fn redaction(&mut self, redacts: Vec<Pointer>, ground: String, salts: &Salts) -> Result<Draft, AppendError> {
        let content = Content::Redaction { ground, snapshot: self.list.clone() };
        let body = Body { salt: salts.body(self.next), content };
        self.append(ReleaseKind::Redaction { redacts }, Some(body), self.list.clone())
    }

    /// Appends a `moved` release, the last one of the log.
    ///
    /// # Errors
    /// [`AppendError::Canonical`] when the content exceeds the limits.
    pub fn moved(&mut self, successor: Successor) -> Result<Draft, AppendError> {
        self.append(ReleaseKind::Moved { successor }, None, self.list.clone())
    }

    fn append(&mut self, kind: ReleaseKind, body: Option<Body>, list: Option<List>) -> Result<Draft, AppendError> {
        let body = body.map(|body| body.to_bytes()).transpose()?;
        let header = Header {
            origin: self.origin.clone(),
            seq: self.next,
            prev: self.last,
            kind,
            state: list.as_ref().map(List::state),
            body: body.as_deref().map(BodyPointer::of),
        };
        let bytes = header.to_bytes()?;
        self.last = Some(Digest::of(&bytes));
        if list.is_some() {
            self.basis = Replayed::List(list.clone());
        }
        self.list = list;
        self.next += 1;
        Ok(Draft { header, bytes, body })
    }
}

/// A release that is not signed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The header of the release.
    pub header: Header,
    bytes: Vec<u8>,
    body: Option<Vec<u8>>,
}

impl Draft {
    /// The bytes of the body, if the release has one.
    pub fn body(&self) -> Option<&[u8]> {
        self.body.as_deref()
    }

    /// Signs the header. A root key signs `keys`, `redaction` and `moved`, a release key all others.
    /// The files are returned in the order in which they must be written.
    ///
    /// # Errors
    /// [`SignError`] when the key cannot sign.
    pub fn sign(self, signer: &Signer) -> Result<Vec<File>, SignError> {
        let seq = self.header.seq;
        let namespace = if self.header.kind.is_signed_by_root() { Namespace::Root } else { Namespace::Release };
        let signature = signer.sign(namespace, &self.bytes)?.into_bytes();
        let body = self.body.map(|bytes| File { path: Path::Body(seq), bytes });
        let signature = File { path: Path::HeaderSignature(seq), bytes: signature };
        Ok(body.into_iter().chain([signature, File { path: Path::Header(seq), bytes: self.bytes }]).collect())
    }
}

/// The content of the next head.
#[derive(Clone, Debug)]
pub struct NextHead {
    /// The newest release of the log.
    pub covers: Pointer,
    /// The time of the publisher's clock.
    pub at: Timestamp,
    /// When a newer head will exist.
    pub expires: Option<Timestamp>,
    /// Notice periods that begin or are extended.
    pub periods: Vec<Period>,
    /// Notifications through other channels.
    pub statements: Vec<Statement>,
}

impl NextHead {
    /// Signs the head that follows `last`, and returns its files in the order in which they must be written.
    ///
    /// # Errors
    /// [`AppendError::Clock`] when `at` is before the last head, others when the head cannot be signed.
    pub fn sign(
        self,
        origin: &Origin,
        last: Option<(&Head, Digest)>,
        signer: &Signer,
    ) -> Result<(Head, Vec<File>), AppendError> {
        if let Some((last, _)) = last.filter(|(last, _)| last.at > self.at) {
            return Err(AppendError::Clock { now: self.at, last: last.at });
        }
        self.sign_after_void(origin, last, signer)
    }

    /// Signs the head that follows a void one. Its time does not count: a thief may have dated it in the future.
    ///
    /// # Errors
    /// As [`NextHead::sign`], without [`AppendError::Clock`].
    pub fn sign_after_void(
        self,
        origin: &Origin,
        last: Option<(&Head, Digest)>,
        signer: &Signer,
    ) -> Result<(Head, Vec<File>), AppendError> {
        let head = Head {
            origin: origin.clone(),
            number: last.map_or(0, |(head, _)| head.number + 1),
            prev: last.map(|(_, digest)| digest),
            covers: self.covers,
            at: self.at,
            expires: self.expires,
            periods: self.periods,
            statements: self.statements,
        };
        let bytes = head.to_bytes()?;
        let signature = signer.sign(Namespace::Head, &bytes)?.into_bytes();
        let signature = File { path: Path::HeadSignature(head.number), bytes: signature };
        let document = File { path: Path::Head(head.number), bytes };
        Ok((head, vec![signature, document]))
    }
}
