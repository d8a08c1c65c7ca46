//! Second stage of reading: which part of a page, tree, table or folder is the list.

pub(crate) mod absence;
pub(crate) mod code;
pub(crate) mod column_lists;
pub(crate) mod csv;
mod empty_tree;
pub(crate) mod entry_name;
pub(crate) mod fitness;
pub(crate) mod flattened;
pub(crate) mod folder;
pub(crate) mod header_labels;
pub(crate) mod key_kind;
pub(crate) mod memo;
pub(crate) mod named_cell;
pub(crate) mod native;
pub(crate) mod not_found;
pub(crate) mod page;
pub(crate) mod page_lists;
pub(crate) mod page_parts;
pub(crate) mod part;
pub(crate) mod part_kind;
pub(crate) mod places;
pub(crate) mod records;
pub(crate) mod relabel;
pub(crate) mod repetition;
pub(crate) mod shapes;
pub(crate) mod statement;
pub(crate) mod tuples;
