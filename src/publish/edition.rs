//! The edition of reading and matching, which every signed release states.

use changecast_core::ledger::{Reader, Source};

/// The name of this implementation in `reader`.
const NAME: &str = "changecast";

/// The edition of walking, reading, matching, levels and change objects. It is raised once per release of the
/// program in which one of their results changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edition(pub u64);

impl Edition {
    /// The edition of this program. `tests/edition.toml` records the edition and results of the last release.
    pub const CURRENT: Edition = Edition(3);

    /// The edition as the log states it.
    pub fn reader(self) -> Reader {
        Reader { name: NAME.to_owned(), edition: self.0 }
    }

    /// How this edition relates to the reader of the last release of a log.
    pub fn compared_with(self, source: &Source) -> Continuation {
        match &source.reader {
            Reader { name, edition } if name == NAME && *edition == self.0 => Continuation::Same,
            Reader { name, edition } if name == NAME && *edition > self.0 => Continuation::Older,
            _ => Continuation::Newer,
        }
    }
}

/// How an edition relates to that of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Continuation {
    /// The log was read by the same edition.
    Same,
    /// The log was read by an older edition, or by another implementation: the last version is read again.
    Newer,
    /// The log was read by a newer edition, and cannot be continued by this one.
    Older,
}
