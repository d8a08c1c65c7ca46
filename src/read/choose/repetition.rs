//! Tables that repeat the vendors of the list with fewer details: registers of transfers, links to evidence.

use std::collections::BTreeSet;

use changecast_core::model::Role;

use crate::read::choose::part::{Part, bare};

/// Parts that are one table or the records of a page.
pub(crate) struct Group {
    columns: Vec<String>,
    names: BTreeSet<String>,
    /// Whether it has the purposes of the vendors, and their places or data.
    has_purpose: bool,
    describes: bool,
}

impl Group {
    pub fn of<'p, 'a: 'p>(parts: impl IntoIterator<Item = &'p Part<'a>>) -> Self {
        let mut group = Group { columns: Vec::new(), names: BTreeSet::new(), has_purpose: false, describes: false };
        for part in parts {
            group.columns.extend(part.found.columns());
            group.names.extend(part.bare_names());
            group.has_purpose |= part.has_role(Role::Purpose);
            group.describes |= part.has_role(Role::Location) || part.has_role(Role::Data);
        }
        group
    }

    /// Whether this repeats vendors of one of these groups.
    pub fn repeats_one_of(&self, groups: &[Group]) -> bool {
        groups.iter().any(|other| self.repeats(other))
    }

    /// Whether this repeats vendors of another group with fewer details. At least two thirds of them are known, so that
    /// a vendor that is only here is not lost without a warning.
    fn repeats(&self, other: &Group) -> bool {
        let has_fewer =
            (other.has_purpose && !self.has_purpose) || (other.describes && !self.describes && !self.has_purpose);
        let known = self.names.intersection(&other.names).count();
        has_fewer && !are_same_columns(&self.columns, &other.columns) && known > 0 && known * 3 >= self.names.len() * 2
    }
}

/// The name column may have another header if all other headers are equal.
pub(crate) fn are_same_columns(a: &[String], b: &[String]) -> bool {
    a == b || a.len() > 2 && a.len() == b.len() && a[1..] == b[1..]
}

/// The names of a table that the chosen parts do not contain. Remarks in parentheses do not count.
pub(crate) fn unknown_names(part: &Part<'_>, chosen: &[&Part<'_>]) -> Vec<String> {
    let known: BTreeSet<String> = chosen.iter().flat_map(|other| other.bare_names()).collect();
    part.names.iter().filter(|name| !known.contains(&bare(name))).cloned().collect()
}
