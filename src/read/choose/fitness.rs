//! How well a table fits to be the list.

use crate::read::choose::{part::Part, statement::introduces};

/// How well a table fits to be the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fitness {
    /// It is a table.
    Any,
    /// It has a column of names.
    Named,
    /// Its header or heading is about vendors.
    Vendors,
}

impl Fitness {
    pub fn of(part: &Part<'_>) -> Self {
        let words = part.words();
        let lead = part.found.lead_text();
        let is_stated = part.name_column.is_stated();
        let header = part.labels.get(part.name_column.place()).filter(|_| is_stated);
        let is_introduced = words.is_about_vendors(part.found.heading()) || introduces(words, lead);
        match header {
            Some(header) if words.is_vendor_column(header) || is_introduced => Fitness::Vendors,
            Some(_) => Fitness::Named,
            None if is_introduced => Fitness::Vendors,
            None => Fitness::Any,
        }
    }
}
