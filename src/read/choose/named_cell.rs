//! Cells that name a vendor: the name, and the link and postal address that may follow it.

use changecast_core::compare::ADDRESS_LABEL;

use crate::read::{
    build::{
        intern::Label,
        raw_list::{ParsedRow, RawList},
    },
    syntax::block::Named,
};

/// The label of the column for postal addresses that follow a name.
const POSTAL_LABEL: &str = "Postal address";

/// Adds the cells of a text that names a vendor.
pub(crate) fn add_name(list: &mut RawList<'_>, row: &mut ParsedRow, label: Label, text: &str, link: LinkCell) {
    let Named { name, link: address, postal } = Named::of(text);
    row.cells.push((label, name));
    if let (LinkCell::Add, Some(address)) = (link, address) {
        row.cells.push((list.labels.intern(ADDRESS_LABEL), address));
    }
    if !postal.is_empty() {
        row.cells.push((list.labels.intern(POSTAL_LABEL), postal));
    }
}

/// Whether the link of a name becomes a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkCell {
    /// It becomes a cell.
    Add,
    /// The list has a column for links.
    Skip,
}

impl LinkCell {
    /// For a list with this header.
    pub fn unless(has_link_column: bool) -> Self {
        if has_link_column { LinkCell::Skip } else { LinkCell::Add }
    }
}
