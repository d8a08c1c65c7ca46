//! Third stage of reading: from the rows of a list to an inventory. Columns get roles, entries get ids.

pub(crate) mod assemble;
pub(crate) mod ids;
pub(crate) mod intern;
pub(crate) mod raw_list;
pub(crate) mod scheme;
