//! Replay: the list after each release, from the patches of the bodies.

use std::collections::BTreeSet;

use super::{
    agreement,
    body::{Body, Content, ListChange},
    chain::{Chain, Fault},
    digest::Digest,
    header::{Header, ReleaseKind},
    list::{List, StateText},
};

/// The list while a log is replayed.
#[derive(Clone, Debug)]
pub(super) struct Replay {
    list: Replayed,
    /// The list that change objects are relative to: the last list, even if it was withdrawn.
    basis: Replayed,
    /// The text of the state of the list, where there is one.
    text: StateText,
}

/// The list after a release, whose state remains to be checked.
#[derive(Debug)]
pub(super) struct Unchecked {
    seq: u64,
    stated: Option<Digest>,
    /// The text of the state; `None` for no list.
    text: Option<StateText>,
}

impl Unchecked {
    /// Checks that the list has the state that the header names.
    pub(super) fn check(&self) -> Result<(), (u64, Fault)> {
        if self.text.as_ref().map(StateText::digest) == self.stated {
            return Ok(());
        }
        Err((self.seq, Fault::contradiction("the list after it has another digest than its state")))
    }

    /// The size of its text in bytes.
    pub(super) fn size(&self) -> usize {
        self.text.as_ref().map_or(0, StateText::size)
    }
}

impl Replay {
    /// The replay of an empty log.
    pub(super) fn new() -> Self {
        let nothing = Replayed::List(None);
        Replay { list: nothing.clone(), basis: nothing, text: StateText::default() }
    }

    /// Continues with a release. Returns the list after it; `None` if it is not known, and its state is signed only.
    pub(super) fn step(&mut self, header: &Header, body: Option<&Body>) -> Result<Option<Unchecked>, Fault> {
        match body.map(|body| &body.content) {
            Some(Content::Redaction { snapshot, .. }) => self.continue_from(snapshot.as_ref()),
            Some(Content::List(change)) => self.patch(change)?,
            None if header.kind.alters_state() => {
                self.list = Replayed::Unknown;
                self.basis = Replayed::Unknown;
            }
            Some(_) | None => {}
        }
        let Replayed::List(list) = &self.list else { return Ok(None) };
        let text = list.as_ref().map(|_| self.text.clone());
        Ok(Some(Unchecked { seq: header.seq, stated: header.state, text }))
    }

    fn continue_from(&mut self, snapshot: Option<&List>) {
        self.list = Replayed::List(snapshot.cloned());
        if let Some(snapshot) = snapshot {
            self.basis = self.list.clone();
            self.text = StateText::of(snapshot);
        }
    }

    fn patch(&mut self, change: &ListChange) -> Result<(), Fault> {
        let Replayed::List(before) = &self.list else { return Ok(()) };
        let after = List::patched(before.as_ref(), &change.patch)?;
        let agreed = match (before, &self.basis) {
            (Some(before), _) => agreement::check_patched(before, after.as_ref(), change),
            (None, Replayed::List(basis)) => agreement::check(basis.as_ref(), after.as_ref(), change),
            (None, Replayed::Unknown) => Ok(()),
        };
        agreed.map_err(|error| Fault::Contradiction(error.to_string()))?;
        if let Some(after) = &after {
            match before {
                Some(before) => self.text.follow(before, after, &change.patch),
                None => self.text = StateText::of(after),
            }
            self.basis = Replayed::List(Some(after.clone()));
        }
        self.list = Replayed::List(after);
        Ok(())
    }

    /// The list after the last release.
    pub(super) fn list(&self) -> &Replayed {
        &self.list
    }

    /// The list that the next change objects are relative to.
    pub(super) fn basis(&self) -> &Replayed {
        &self.basis
    }
}

/// The list after a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// The list, or none while it is unpublished or withdrawn.
    List(Option<List>),
    /// A body that is needed was redacted, and no snapshot has followed yet.
    Unknown,
}

impl Replayed {
    /// The list, where it is known and there is one.
    pub fn known(&self) -> Option<&List> {
        match self {
            Replayed::List(list) => list.as_ref(),
            Replayed::Unknown => None,
        }
    }
}

/// The releases that redactions name.
pub(super) fn redacted(chain: &Chain) -> BTreeSet<u64> {
    let kinds = chain.links().iter().map(|link| &link.header.kind);
    let redacted = kinds.filter_map(|kind| match kind {
        ReleaseKind::Redaction { redacts } => Some(redacts.iter().map(|pointer| pointer.seq)),
        _ => None,
    });
    redacted.flatten().collect()
}
