//! The progress of a run, for progress bars and timings.

use std::fmt;

/// A stage of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Verifying the published log.
    Verify,
    /// Walking the history to find the commits that changed the inventory.
    Walk,
    /// Loading versions from the repository.
    Load,
    /// Reading the lists in versions.
    Read,
    /// Comparing each version with the last announced one.
    Compare,
    /// Building, encoding and signing releases.
    Sign,
    /// Rendering pages and feeds.
    Render,
    /// Comparing with the published files, and writing.
    Write,
}

/// An event of a run.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    /// A stage starts, and the previous stage ends.
    Starts(Stage),
    /// Versions have been processed.
    Versions {
        /// The number of versions processed so far.
        done: usize,
        /// The number of versions of this run.
        of: usize,
    },
}

/// A receiver of events.
#[derive(Clone, Copy)]
pub struct Progress<'a>(pub &'a dyn Fn(Event));

impl fmt::Debug for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}

impl Progress<'_> {
    /// A receiver that ignores all events.
    pub const NONE: Progress<'static> = Progress(&|_| {});

    pub(super) fn starts(self, stage: Stage) {
        (self.0)(Event::Starts(stage));
    }

    pub(super) fn versions(self, done: usize, of: usize) {
        (self.0)(Event::Versions { done, of });
    }
}
