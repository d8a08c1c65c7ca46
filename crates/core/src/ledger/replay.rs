//! Replay: the list after each release, from the patches of the bodies.

use std::collections::BTreeSet;

use super::{
    agreement,
    body::{Body, Content, ListChange},
    chain::{Chain, Fault},
    header::{Header, ReleaseKind},
    list::List,
};

/// The list while a log is replayed.
#[derive(Clone, Debug)]
pub(super) struct Replay {
    list: Replayed,
    /// The list that change objects are relative to: the last list, even if it was withdrawn.
    basis: Replayed,
}

impl Replay {
    /// The replay of an empty log.
    pub(super) fn new() -> Self {
        Replay { list: Replayed::List(None), basis: Replayed::List(None) }
    }

    /// Continues with a release. Returns whether its state was replayed.
    pub(super) fn step(&mut self, header: &Header, body: Option<&Body>) -> Result<bool, Fault> {
        match body.map(|body| &body.content) {
            Some(Content::Redaction { snapshot, .. }) => self.continue_from(snapshot.as_ref()),
            Some(Content::List(change)) => self.patch(change)?,
            None if header.kind.alters_state() => {
                self.list = Replayed::Unknown;
                self.basis = Replayed::Unknown;
            }
            Some(_) | None => {}
        }
        match &self.list {
            Replayed::List(list) if list.as_ref().map(List::state) != header.state => {
                Err(Fault::contradiction("the list after it has another digest than its state"))
            }
            list => Ok(matches!(list, Replayed::List(_))),
        }
    }

    fn continue_from(&mut self, snapshot: Option<&List>) {
        self.list = Replayed::List(snapshot.cloned());
        if snapshot.is_some() {
            self.basis = self.list.clone();
        }
    }

    fn patch(&mut self, change: &ListChange) -> Result<(), Fault> {
        let Replayed::List(before) = &self.list else { return Ok(()) };
        let after = List::patched(before.as_ref(), &change.patch)?;
        if let Replayed::List(basis) = &self.basis {
            agreement::check(basis.as_ref(), after.as_ref(), change)
                .map_err(|error| Fault::Contradiction(error.to_string()))?;
        }
        if after.is_some() {
            self.basis = Replayed::List(after.clone());
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
