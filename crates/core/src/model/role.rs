//! The meaning of a column or key.

use std::{fmt, str::FromStr};

macro_rules! roles {
    ($($role:ident $key:literal $about:literal;)*) => {
        /// The meaning of a field. It decides how the field is compared and which kind a change of it has.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Role {
            $(#[doc = $about] $role,)*
        }

        impl Role {
            /// All roles, in the order in which columns are shown.
            pub const ALL: [Role; [$($key),*].len()] = [$(Role::$role),*];

            /// The key of the role in inventories, configurations and published documents.
            pub const fn key(self) -> &'static str {
                match self { $(Role::$role => $key,)* }
            }

            /// What a field of this role states, in one sentence for documentation.
            pub const fn about(self) -> &'static str {
                match self { $(Role::$role => $about,)* }
            }
        }
    };
}

roles! {
    Name          "name"          "The name of the vendor.";
    Service       "service"       "The product or service that the vendor provides.";
    Purpose       "purpose"       "The purpose for which the vendor is used.";
    Location      "location"      "Where the vendor processes data.";
    Data          "data"          "Which categories of data the vendor processes.";
    Transfer      "transfer"      "The safeguard for transfers to third countries.";
    Status        "status"        "Whether the vendor is planned, in use, suspended or no longer used.";
    Scope         "scope"         "Which products, plans or customers the entry applies to.";
    Certification "certification" "Certificates and attestations of the vendor.";
    Effective     "effective"     "The date or period from which the entry applies.";
    Link          "link"          "A web page about the vendor.";
    Other         "other"         "Anything else, under its own header.";
}

impl Role {
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
