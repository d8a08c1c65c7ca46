//! Which part of a page or tree is the list.

pub(crate) mod folder;
pub(crate) mod native;
pub(crate) mod page;
pub(crate) mod page_lists;
pub(crate) mod records;
