//! The pure core of changecast: what an inventory is, how two versions of one are compared, and how
//! the result is signed.
//!
//! The crate has no access to git, files, the network, the environment or a clock: bytes and times are
//! arguments.

pub mod change;
pub mod compare;
pub mod ledger;
pub mod lint;
pub mod model;
pub mod notice;
pub mod prose;
pub mod sign;
pub mod term_rows;
pub mod vocabulary;
