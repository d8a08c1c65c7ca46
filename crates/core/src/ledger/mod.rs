//! The signed log of a list: its format, its verification, and appending to it.
//!
//! `docs/format.md` specifies the format. [`verify()`] checks a published folder from any source of bytes;
//! [`Tip`] appends releases. It works on bytes and arguments, without a clock, files or a vocabulary.

pub mod agreement;
mod append;
mod body;
pub mod canonical;
mod chain;
mod continuation;
mod convenience;
mod digest;
mod encode;
mod entries;
mod fields;
mod halves;
mod head;
mod header;
mod heads;
pub mod json;
mod keys;
pub mod layout;
mod list;
pub mod patch;
mod replay;
mod salts;
mod sequence;
mod verified;
mod verify;

pub use append::{AppendError, Difference, Draft, File, NextHead, Tip};
pub use body::{BadReader, Body, Content, Ids, ListChange, Reader, Source};
pub use canonical::CanonicalError;
pub use chain::{Chain, Fault, Link, Signed};
pub use continuation::{Branch, Continuation, Discontinuity, Fork, Parting, compare, compare_head, read_kept_head};
pub use convenience::{IndexFile, ListFile};
pub use digest::{BadDigest, Digest};
pub use encode::{Encoder, is_list_of};
pub use fields::DocumentError;
pub use head::{ChangeAddress, Effective, Head, Period, Statement, TermAddress};
pub use header::{BodyPointer, HeadPointer, Header, KeysRelease, Pointer, Predecessor, ReleaseKind};
pub use heads::{Publication, VerifiedHead};
pub use json::Json;
pub use keys::{Authority, BadAuthority, BadOrigin, KeyRole, Origin, Roles, Successor};
pub use list::{Leaf, List};
pub use replay::Replayed;
pub use salts::{BadSalt, Salt, Salts};
pub use verified::{BodyState, Fetch, FetchError, Pin, Release, Verified, VerifyError};
pub use verify::{Bodies, Watch, claimed_root, open, open_watched, verify, verify_watched};
