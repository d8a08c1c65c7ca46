//! What a run is at, for progress bars and timings.

use std::fmt;

/// A part of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Verifying the log that is published already.
    Verify,
    /// Walking the history for commits that changed the inventory.
    Walk,
    /// Loading versions from the repository.
    Load,
    /// Reading them.
    Read,
    /// Comparing them.
    Compare,
    /// Making releases: replaying, encoding and signing them.
    Sign,
    /// Rendering pages and feeds.
    Render,
    /// Comparing with what is there, and writing.
    Write,
}

/// Something that a watcher hears.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    /// A part of the work begins, and the one before ends.
    Begins(Stage),
    /// So many versions of so many are done.
    Versions {
        /// Done.
        done: usize,
        /// Of so many.
        of: usize,
    },
}

/// Who watches a run.
#[derive(Clone, Copy)]
pub struct Watch<'a>(pub &'a dyn Fn(Event));

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

impl Watch<'_> {
    /// Nobody.
    pub const NOBODY: Watch<'static> = Watch(&|_| {});

    pub(super) fn begins(self, stage: Stage) {
        (self.0)(Event::Begins(stage));
    }

    pub(super) fn versions(self, done: usize, of: usize) {
        (self.0)(Event::Versions { done, of });
    }
}
