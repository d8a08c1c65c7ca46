//! The nouns: inventories, sections, entries, fields and their texts.
//!
//! The source of an inventory and the comparison of two inventories are not part of this module.

mod commit;
mod id;
mod inventory;
mod list_state;
#[doc(hidden)]
pub mod note_mark;
pub mod rich_text;
mod role;
pub mod terms;
pub mod text;
#[doc(hidden)]
pub mod text_form;
mod timestamp;
mod url;

pub use commit::{BadCommitId, CommitId};
pub use id::{BadId, EntryId, FieldKey, ListId, SectionId};
pub use inventory::{Cell, Column, Entry, Fact, Hints, Inventory, Layout, Section, changed_indices};
pub use list_state::ListState;
pub use rich_text::{
    BadSpans, RichText, RichTextBuilder, Span, TextSpan, link_address, to_plain_text, without_footnote_marks,
};
pub use role::{Role, UnknownRole};
pub use terms::{Terms, Trigger};
pub use text::{Text, UncleanText, fold, same, strip_markup};
pub use timestamp::{BadTimestamp, Timestamp};
pub use url::{BadUrl, WebUrl};
