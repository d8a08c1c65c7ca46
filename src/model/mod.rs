//! The nouns: inventories, sections, entries and fields, and how their texts are compared.
//!
//! Nothing here knows where an inventory comes from or what becomes of it.

mod bytes;
mod commit;
mod date;
mod gazetteer;
mod id;
mod inventory;
mod moment;
mod notice;
mod place;
mod role;
mod set;
mod shown;
mod status;
mod text;
pub(crate) mod text_form;
mod url;
mod value;

pub use bytes::Bytes;
pub use commit::{BadCommitId, CommitId};
pub use date::{FuzzyDate, Precision, is_month};
pub use gazetteer::Area;
pub use id::{BadId, EntryId, FieldKey, ListId, SectionId};
pub use inventory::{Cell, Column, Entry, Fact, Hints, Inventory, Layout, Section, unshared};
pub use moment::{BadMoment, Moment};
pub use notice::{BadPeriod, DayUnit, Objection, ObjectionStart, Period, Terms, Trigger};
pub use place::{Place, places};
pub use role::{ADDRESS_LABEL, Compared, ROLES, Role, RoleInfo, readable, same_label};
pub use shown::{Shown, in_words, shown};
pub use status::{Lifecycle, STATES, Status};
pub use text::{Text, UncleanText, fold, same, strip_markup, without_full_stop};
pub use url::{BadUrl, WebUrl};
pub use value::{gained_and_lost, items_beyond, lies_in_eu, says_the_same};
