//! The heart: what changed between two versions of a list, in the words of the field.
//!
//! [`diff()`] pairs the entries of two versions, compares what they say by the roles of their fields,
//! and gives a [`ChangeSet`]; [`apply`] leads from the one version to the other by it. Both are pure:
//! neither the order of sections, entries and fields nor anything outside the two versions matters.

mod apply;
mod column_order;
mod columns;
mod diff;
mod event;
mod explain;
mod kind;
mod matching;
mod name_match;
mod text_diff;
mod wire;

pub use apply::{ReplayError, apply};
pub use column_order::column_order;
pub use diff::diff;
pub(crate) use diff::{SECTION, SECTION_ENTRIES, SECTION_NOTE};
pub use event::{
    Carry, Change, ChangeSet, ColumnCell, ColumnLabel, Detail, Edit, EntryRef, Frame, IdChange, Row, RowField,
};
pub use explain::{Explanation, Matched, Unmatched, explain};
pub use kind::{KINDS, Kind, KindInfo, Level, Phrase, Subject, TitleDetail, UnknownKind};
pub use matching::MatchReason;
pub use text_diff::{Piece, word_diff};
