//! Rows to an inventory: what columns mean, and which ids entries have.

pub(crate) mod assemble;
pub(crate) mod ids;
pub(crate) mod raw_list;
pub(crate) mod reader;
