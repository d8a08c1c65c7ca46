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
    /// What a field of this role states, in one sentence for documentation, schema and help.
    pub about: &'static str,
}

macro_rules! roles {
    ($($role:ident $key:literal $comparison:ident $about:literal;)*) => {
        [$(RoleInfo {
            role: Role::$role,
            key: $key,
            comparison: Comparison::$comparison,
            about: $about,
        }),*]
    };
}

/// The table of roles, in the order of [`Role::ALL`].
pub static ROLES: [RoleInfo; 12] = roles! {
    Name          "name"          Text      "The name of the vendor.";
    Service       "service"       Text      "The product or service that the vendor provides.";
    Purpose       "purpose"       Text      "What the vendor is used for.";
    Location      "location"      Locations "Where the vendor processes data.";
    Data          "data"          Set       "Which categories of data the vendor processes.";
    Transfer      "transfer"      Set       "The safeguard for transfers to third countries.";
    Status        "status"        Lifecycle "Whether the vendor is planned, in use, suspended or no longer used.";
    Scope         "scope"         Set       "Which products, plans or customers the entry applies to.";
    Certification "certification" Set       "Certificates and attestations of the vendor.";
    Effective     "effective"     Date      "The date or period from which the entry applies.";
    Link          "link"          Url       "A web page about the vendor.";
    Other         "other"         Text      "Anything else, under its own header.";
};

/// The label of the field for the web address behind a name: no page writes it as a header.
pub const ADDRESS_LABEL: &str = "Link";

impl Role {
    /// The role's row.
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
