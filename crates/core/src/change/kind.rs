//! The table of change kinds: one row says all that the program knows of a kind.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::model::Role;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The list was published for the first time.
    Published,
    /// The whole list left the file.
    Withdrawn,
    /// A withdrawn list came back.
    Restored,
    /// A published release was wrong.
    Corrected,
    /// The notice terms of the list changed.
    TermsChanged,
    /// An entry is new.
    Added,
    /// An entry took the place of another, and says so.
    Replaced,
    /// An entry is gone.
    Removed,
    /// An entry has another name.
    Renamed,
    /// An entry has another status.
    StatusChanged,
    /// Data are processed at other places.
    Relocated,
    /// Other data are processed.
    DataChanged,
    /// The purpose is another.
    PurposeChanged,
    /// The transfer safeguard is another.
    TransferChanged,
    /// The entry concerns other products or plans.
    ScopeChanged,
    /// A date or period is another.
    Rescheduled,
    /// Certificates are others.
    CertificationChanged,
    /// Another statement of an entry or of the list changed.
    Amended,
    /// An entry stands in another section.
    Moved,
    /// A column appeared, vanished or was renamed.
    ColumnsChanged,
    /// A section was renamed or got another note.
    SectionsChanged,
}

/// How much a change matters to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// May concern rights: customers should be told.
    Notice,
    /// Worth knowing.
    Info,
    /// Presentation only: never announced.
    Editorial,
}

impl Level {
    /// Its name in published documents.
    pub fn name(self) -> &'static str {
        match self {
            Level::Notice => "notice",
            Level::Info => "info",
            Level::Editorial => "editorial",
        }
    }
}

/// What a kind speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The whole list, with its entries.
    List,
    /// A row of the list.
    Row,
    /// A field of an entry.
    Field,
    /// A column of the list.
    Column,
    /// A statement of the list about itself.
    Fact,
}

/// One row of the table of kinds.
#[derive(Debug)]
pub struct KindInfo {
    /// The kind.
    pub kind: Kind,
    /// Its name in published documents and on the command line.
    pub name: &'static str,
    /// What it speaks of.
    pub subject: Subject,
    /// Its level.
    pub level: Level,
    /// The word that a reader sees.
    pub verb: &'static str,
    /// The roles of the fields whose change has this kind.
    pub roles: &'static [Role],
}

macro_rules! kinds {
    ($($kind:ident $name:literal $subject:ident $level:ident $verb:literal $([$($role:ident)*])?;)*) => {
        &[$(KindInfo {
            kind: Kind::$kind,
            name: $name,
            subject: Subject::$subject,
            level: Level::$level,
            verb: $verb,
            roles: &[$($(Role::$role),*)?],
        }),*]
    };
}

/// The table of kinds, loudest first: the order in which the changes of a release are told.
pub static KINDS: &[KindInfo] = kinds! {
    Published            "published"             List   Info   "First published";
    Withdrawn            "withdrawn"             List   Notice "List withdrawn";
    Restored             "restored"              List   Notice "List restored";
    Corrected            "corrected"             Fact   Notice "Corrected";
    TermsChanged         "terms-changed"         Fact   Notice "Notice terms changed";
    Added                "added"                 Row    Notice "Added";
    Replaced             "replaced"              Row    Notice "Replaced";
    Removed              "removed"               Row    Notice "Removed";
    Renamed              "renamed"               Field  Notice "Renamed" [Name];
    StatusChanged        "status-changed"        Field  Notice "Status changed" [Status];
    Relocated            "relocated"             Field  Notice "Relocated" [Location];
    DataChanged          "data-changed"          Field  Notice "Data changed" [Data];
    PurposeChanged       "purpose-changed"       Field  Notice "Purpose changed" [Purpose];
    TransferChanged      "transfer-changed"      Field  Notice "Transfer changed" [Transfer];
    ScopeChanged         "scope-changed"         Field  Notice "Scope changed" [Scope];
    Rescheduled          "rescheduled"           Field  Notice "Rescheduled" [Effective];
    CertificationChanged "certification-changed" Field  Info   "Certifications changed" [Certification];
    Amended              "amended"               Field  Info   "Amended" [Service Link Other];
    Moved                "moved"                 Field  Info   "Moved";
    ColumnsChanged       "columns-changed"       Column Info   "Columns changed";
    SectionsChanged      "sections-changed"      Fact   Info   "Sections changed";
};

impl Kind {
    /// The kind's row.
    pub fn info(self) -> &'static KindInfo {
        &KINDS[self as usize]
    }

    /// The role of the fields whose change has this kind; [`Role::Other`] when there are several or none.
    pub fn role(self) -> Role {
        match self.info().roles {
            [role] => *role,
            _ => Role::Other,
        }
    }

    /// The kind of a change to a field of this role.
    pub fn of_role(role: Role) -> Kind {
        KINDS.iter().find(|row| row.roles.contains(&role)).map_or(Kind::Amended, |row| row.kind)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.info().name)
    }
}

/// A name that no kind has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no change kind {0:?}")]
pub struct UnknownKind(String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        let row = KINDS.iter().find(|row| row.name == name);
        row.map(|row| row.kind).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

impl Serialize for Kind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.info().name)
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::ROLES;

    #[test]
    fn every_kind_stands_in_its_row_and_every_role_has_one_kind() {
        for (at, row) in KINDS.iter().enumerate() {
            assert_eq!(row.kind as usize, at, "{}", row.name);
            assert_eq!(row.name.parse(), Ok(row.kind));
        }
        for role in &ROLES {
            let rows = KINDS.iter().filter(|row| row.roles.contains(&role.role)).count();
            assert_eq!(rows, 1, "{}", role.key);
        }
        assert!("nonsense".parse::<Kind>().is_err());
    }
}
