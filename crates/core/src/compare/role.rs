//! The table of roles: how the texts of each role are compared.

use crate::{
    model::{FieldKey, Role},
    vocabulary::Vocabulary,
};

/// How two texts are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// As wordings, apart from presentation.
    Text,
    /// As sets of items, in any order.
    Set,
    /// As sets of places, in any spelling and order.
    Locations,
    /// As states of a life cycle with the words around them.
    Lifecycle,
    /// As dates or periods with their precision.
    Date,
    /// As web addresses, apart from a final slash.
    Url,
}

impl Comparison {
    /// The comparison in a few words, for documentation.
    pub fn about(self) -> &'static str {
        match self {
            Comparison::Text => "text",
            Comparison::Set => "set",
            Comparison::Locations => "set of places",
            Comparison::Lifecycle => "lifecycle and text",
            Comparison::Date => "date or period with precision",
            Comparison::Url => "URL",
        }
    }
}

/// One row of the table of roles. The kind of a change is in the row of the kind, which names its roles;
/// the words for a role are in the vocabulary.
#[derive(Debug)]
pub struct RoleInfo {
    /// The role that this row describes.
    pub role: Role,
    /// Its key in inventories and published documents.
    pub key: &'static str,
    /// How its texts are compared.
    pub comparison: Comparison,
    /// What a field of this role states, in one sentence for documentation.
    pub about: &'static str,
}

macro_rules! roles {
    ($($role:ident $comparison:ident;)*) => {
        [$(RoleInfo {
            role: Role::$role,
            key: Role::$role.key(),
            comparison: Comparison::$comparison,
            about: Role::$role.about(),
        }),*]
    };
}

/// The table of roles, in the order of [`Role::ALL`].
pub static ROLES: [RoleInfo; Role::ALL.len()] = roles! {
    Name          Text;
    Service       Text;
    Purpose       Text;
    Location      Locations;
    Data          Set;
    Transfer      Set;
    Status        Lifecycle;
    Scope         Set;
    Certification Set;
    Effective     Date;
    Link          Url;
    Other         Text;
};

/// The label of the field for the web address behind a name: no page writes it as a header.
pub const ADDRESS_LABEL: &str = "Link";

/// The label of the field for the footnotes of an entry: no page writes it as a header.
pub const FOOTNOTE_LABEL: &str = "Note below the list";

/// The label of a column without a header, at a place counted from 0.
pub fn unnamed_column(place: usize) -> String {
    format!("{UNNAMED_COLUMN}{}", place + 1)
}

/// Whether a label is that of a column without a header. It changes with the place of the column.
pub fn is_unnamed_column(label: &str) -> bool {
    label
        .strip_prefix(UNNAMED_COLUMN)
        .is_some_and(|place| !place.is_empty() && place.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The beginning of the labels of columns without a header.
const UNNAMED_COLUMN: &str = "Column ";

impl Role {
    /// The row of the role in the table.
    pub fn info(self) -> &'static RoleInfo {
        &ROLES[self as usize]
    }

    /// The role of a published field, from its key or else its label: documents do not name it.
    pub fn of_field(vocabulary: &Vocabulary, field: &FieldKey, label: &str) -> Role {
        Role::from_key(field.as_str()).unwrap_or_else(|| vocabulary.role_of(label))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_its_row() {
        for (row, role) in ROLES.iter().zip(Role::ALL) {
            assert_eq!((row.role, row.key), (role, role.key()));
            assert!(std::ptr::eq(role.info(), row));
            assert!(row.about.ends_with('.'), "{role}");
            assert_eq!(row.key.parse(), Ok(role));
        }
    }
}
