//! Replay: the list after each release, from the patches of the bodies.

use std::collections::BTreeSet;

use super::{
    agreement,
    body::{Body, Content},
    chain::{Chain, Fault},
    header::{Header, ReleaseKind},
    list::List,
};

/// The list while a log is replayed.
#[derive(Clone, Debug, Default)]
pub(super) struct Replay {
    list: Option<List>,
    /// Whether the body of an earlier release is gone, and no snapshot has followed yet.
    unknown: bool,
}

impl Replay {
    /// Continues with a release. Returns whether its state was replayed.
    pub(super) fn step(&mut self, header: &Header, body: Option<&Body>) -> Result<bool, Fault> {
        match body.map(|body| &body.content) {
            Some(Content::Redaction { snapshot, .. }) => {
                self.list.clone_from(snapshot);
                self.unknown = false;
            }
            Some(Content::List(change)) if !self.unknown => {
                let after = List::patched(self.list.as_ref(), &change.patch)?;
                agreement::check(self.list.as_ref(), after.as_ref(), change)
                    .map_err(|error| Fault::Contradiction(error.to_string()))?;
                self.list = after;
            }
            None if header.kind.alters_state() => self.unknown = true,
            Some(_) | None => {}
        }
        if !self.unknown && self.list.as_ref().map(List::state) != header.state {
            return Err(Fault::contradiction("the list after it has another digest than its state"));
        }
        Ok(!self.unknown)
    }

    /// The list; an error when it cannot be known.
    pub(super) fn list(&self) -> Replayed {
        if self.unknown { Replayed::Unknown } else { Replayed::List(self.list.clone()) }
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

/// The releases that redactions name.
pub(super) fn redacted(chain: &Chain) -> BTreeSet<u64> {
    let kinds = chain.links().iter().map(|link| &link.header.kind);
    let redacted = kinds.filter_map(|kind| match kind {
        ReleaseKind::Redaction { redacts } => Some(redacts.iter().map(|pointer| pointer.seq)),
        _ => None,
    });
    redacted.flatten().collect()
}
