//! The meaning of a column or key.

use std::{fmt, str::FromStr};

/// The meaning of a field. It decides how the field is compared and which kind a change of it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The name of the entry itself.
    Name,
    /// A product or service of the vendor.
    Service,
    /// What the vendor is used for.
    Purpose,
    /// Where data are processed.
    Location,
    /// Which data are processed.
    Data,
    /// The safeguard of an international transfer.
    Transfer,
    /// Whether the vendor is planned, in use, suspended or no longer used.
    Status,
    /// Which products, plans or customers the entry applies to.
    Scope,
    /// Certificates and attestations.
    Certification,
    /// A date: from when, or until when.
    Effective,
    /// A web page.
    Link,
    /// Anything else.
    Other,
}

impl Role {
    /// All roles, in the order in which columns are shown.
    pub const ALL: [Role; 12] = [
        Role::Name,
        Role::Service,
        Role::Purpose,
        Role::Location,
        Role::Data,
        Role::Transfer,
        Role::Status,
        Role::Scope,
        Role::Certification,
        Role::Effective,
        Role::Link,
        Role::Other,
    ];

    /// The key of the role in inventories, configurations and published documents.
    pub fn key(self) -> &'static str {
        match self {
            Role::Name => "name",
            Role::Service => "service",
            Role::Purpose => "purpose",
            Role::Location => "location",
            Role::Data => "data",
            Role::Transfer => "transfer",
            Role::Status => "status",
            Role::Scope => "scope",
            Role::Certification => "certification",
            Role::Effective => "effective",
            Role::Link => "link",
            Role::Other => "other",
        }
    }

    /// The role with exactly this key.
    pub fn from_key(key: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.key() == key)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// A key that no role has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown field `{key}`, expected one of {}", quoted_keys())]
pub struct UnknownRole {
    /// The key as written.
    pub key: String,
}

fn quoted_keys() -> String {
    Role::ALL.map(|role| format!("`{role}`")).join(", ")
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(key: &str) -> Result<Self, UnknownRole> {
        Role::from_key(key).ok_or_else(|| UnknownRole { key: key.to_owned() })
    }
}

crate::serde_as_text!(Role);
