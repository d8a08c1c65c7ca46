//! The heart: what changed between two versions of a list, in the words of the field.
//!
//! [`diff()`] pairs the entries of two versions, compares what they say by the roles of their fields,
//! and gives a [`ChangeSet`]; [`apply`] leads from the one version to the other by it. Both are pure:
//! neither the order of sections, entries and fields nor anything outside the two versions matters.

mod columns;
mod diff;
mod event;
mod explain;
mod kind;
mod names;
mod pair;
mod replay;
mod wire;
mod words;

pub use diff::{Before, diff};
pub use event::{
    Carry, Change, ChangeSet, ColumnCell, ColumnLabel, Detail, Edit, EntryRef, Frame, Rekeyed, Row, RowField,
};
pub use explain::{Alone, Explanation, Recognised, explain};
pub use kind::{KINDS, Kind, KindInfo, Level, Subject, UnknownKind};
pub use pair::Why;
pub use replay::{ReplayError, apply};
pub use words::{Piece, word_diff};
