//! Why the comparison announces a difference or not, recorded where it is decided.

use crate::compare::Comparison;

use super::event::Change;

/// A change with the reason why it is announced or editorial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The change. Its level is editorial if it is not announced.
    pub change: Change,
    /// The reason for its level.
    pub reason: Reason,
}

/// Why a difference is announced or editorial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Announced: no entry of the other version is the same vendor.
    NotMatched,
    /// Announced: the new entry states which one it replaces.
    StatesReplacement,
    /// Announced: the two values have different meanings.
    Different(Comparison),
    /// Editorial: the two values have the same meaning.
    Equivalent(Comparison),
    /// Announced: only one version has a value.
    OneSided,
    /// Announced: the column has another header.
    OtherHeader,
    /// Announced: another header with mostly equal cells.
    EqualCells,
    /// Announced: another header, and cells that share words with those under the old one.
    AlikeCells,
    /// Announced: another header, as most columns have, and cells that are equal where those under the old one are.
    SamePattern,
    /// Announced once for all entries: most of them got or lost a value at once.
    WholeColumn,
    /// Announced: the section has the same entries or id, and another title.
    OtherTitle,
    /// Announced: the note of the section differs.
    OtherNote,
    /// Announced: the entry is in another section.
    OtherSection,
    /// Announced once for several entries that moved together.
    MovedTogether,
    /// Editorial: announced as a change of the sections.
    PartOfRegrouping,
    /// Editorial: the title of the section states the same, or the move to another section does.
    StatedByTitle,
    /// Announced: a statement about the list differs.
    OtherStatement,
    /// Editorial: a statement about the list differs only in presentation.
    SameStatement,
    /// Editorial: a title or description that not every format can contain.
    PageText,
    /// Editorial: other words for the same notice terms.
    Wording,
    /// Editorial: the sentences are about an entry that is added or removed.
    AboutNewEntry,
}
