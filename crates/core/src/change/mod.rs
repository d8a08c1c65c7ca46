//! The heart: what changed between two versions of a list, in the words of the field.
//!
//! [`diff()`] pairs the entries of two versions, compares their fields according to their roles,
//! and gives a [`ChangeSet`]; [`apply()`] leads from the one version to the other by it. Both are pure:
//! neither the order of sections, entries and fields nor anything outside the two versions matters.

mod apply;
mod column_match;
mod column_moves;
mod column_order;
mod columns;
mod diff;
mod event;
mod explain;
mod kind;
mod labels;
mod matching;
mod name_match;
pub mod page_text;
mod reason;
mod sections;
mod similarity;
mod term_changes;
mod text_diff;
mod title_status;
mod vendor_rows;
mod wire;

pub use apply::{ReplayError, apply};
pub use column_order::column_order;
pub use diff::diff;
pub(crate) use diff::{SECTION, SECTION_ENTRIES, SECTION_NOTE};
pub use event::{
    Change, ChangeSet, ColumnCell, ColumnLabel, Detail, Edit, EntryRef, IdChange, ListHeader, Row, RowField,
    Unannounced,
};
pub use explain::{Explanation, InternalChanges, Matched, Unmatched, explain};
pub use kind::{KINDS, Kind, KindInfo, Level, Phrase, Subject, TitleDetail, UnknownKind};
pub use matching::{MatchReason, Refusal};
pub use name_match::{NameRelation, name_words, names_are_related};
pub use reason::{Decision, Reason};
pub use text_diff::{Piece, word_diff};
