//! The table of change kinds. A row contains everything that the program knows about a kind.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::model::{Role, Trigger};

/// How much a change matters to a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A customer could object to it.
    Notice,
    /// Customers may want to know it.
    Info,
    /// Only the presentation changed; never announced.
    Editorial,
}

impl Level {
    /// The name of the level in published documents.
    pub fn name(self) -> &'static str {
        match self {
            Level::Notice => "notice",
            Level::Info => "info",
            Level::Editorial => "editorial",
        }
    }
}

/// The part of a list that a kind of change concerns.
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

/// How the verb and the name of an entry form a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phrase {
    /// The verb, then the entry: "Added Kestrel".
    Verb,
    /// "Purpose changed for Kestrel".
    VerbFor,
    /// "Kestrel: now in use".
    EntryFirst,
}

/// The details that a title adds to the verb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TitleDetail {
    /// No detail: the title is the verb.
    None,
    /// The number of entries in the list.
    Count,
    /// The name of the entry: "Kestrel".
    Entry,
    /// The entry and its new value: "Kestrel (now France)".
    EntryAndValue,
    /// The entry, with the date from which it is used.
    EntryAndDate,
    /// The earlier and the present name of the entry.
    BothNames,
    /// The label of the column, section or statement.
    Label,
}

/// One row of the table of kinds.
#[derive(Debug)]
pub struct KindInfo {
    /// The kind that the row describes.
    pub kind: Kind,
    /// Its name in published documents and on the command line.
    pub name: &'static str,
    /// The part of a list that it concerns.
    pub subject: Subject,
    /// Its level, unless the comparison finds the change to be editorial.
    pub level: Level,
    /// The roles of the fields that this kind of change concerns.
    pub roles: &'static [Role],
    /// The verb that customers read.
    pub verb: &'static str,
    /// The symbol that pages show before the verb.
    pub symbol: &'static str,
    /// How verb and entry form a sentence.
    pub phrase: Phrase,
    /// The name of the field where it is stated for the first time or no longer: "Location first
    /// stated". `None` if the label of the field is shown instead.
    pub noun: Option<&'static str>,
    /// The details in titles of releases.
    pub title: TitleDetail,
    /// The notice terms that can apply. Those of activations apply only if the change puts the entry into use.
    pub trigger: Option<Trigger>,
    /// One sentence for the documentation.
    pub about: &'static str,
}

/// A row: variant, name, subject, level, roles; verb, symbol, phrase, noun, title, trigger; about. [`KindInfo`]
/// describes each.
macro_rules! kinds {
    ($($kind:ident $name:literal $subject:ident $level:ident [$($role:ident)*]
        $verb:literal $symbol:literal $phrase:ident $noun:expr, $title:ident $trigger:expr, $about:literal;)*) => {
        /// What kind of change happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind {
            $(#[doc = $about] $kind,)*
        }

        /// The table of kinds, in the order in which the changes of a release are listed.
        pub static KINDS: &[KindInfo] = &[$(KindInfo {
            kind: Kind::$kind,
            name: $name,
            subject: Subject::$subject,
            level: Level::$level,
            roles: &[$(Role::$role),*],
            verb: $verb,
            symbol: $symbol,
            phrase: Phrase::$phrase,
            noun: $noun,
            title: TitleDetail::$title,
            trigger: $trigger,
            about: $about,
        }),*];
    };
}

kinds! {
    Published "published" List Info []
        "First published" "●" Verb None, Count None,
        "The list was published for the first time.";
    Withdrawn "withdrawn" List Notice []
        "List withdrawn" "✕" Verb None, None None,
        "The whole list was withdrawn.";
    Restored "restored" List Notice []
        "List restored" "↺" Verb None, Count None,
        "A withdrawn list was published again.";
    Corrected "corrected" Fact Notice []
        "Corrected" "!" Verb None, Label None,
        "An earlier release was wrong.";
    Reread "reread" Fact Info []
        "Read again" "↻" Verb None, Label None,
        "A newer edition of the program, or another configuration, reads the same page differently.";
    TermsChanged "terms-changed" Fact Notice []
        "Notice terms changed" "§" VerbFor None, Label None,
        "Notice periods, or the ways to object, changed.";
    Added "added" Row Notice []
        "Added" "+" Verb None, EntryAndDate Some(Trigger::Added),
        "An entry is new.";
    Replaced "replaced" Row Notice []
        "Added" "⇄" Verb None, EntryAndDate Some(Trigger::Replaced),
        "A new entry states which entry it replaces.";
    Removed "removed" Row Notice []
        "Removed" "−" Verb None, Entry Some(Trigger::Removed),
        "An entry was removed.";
    Renamed "renamed" Field Notice [Name]
        "Renamed" "✎" Verb None, BothNames None,
        "An entry has a new name.";
    StatusChanged "status-changed" Field Notice [Status]
        "Status changed" "◐" VerbFor Some("Status"), EntryAndValue Some(Trigger::Activated),
        "The status of an entry changed, for example from planned to active.";
    Relocated "relocated" Field Notice [Location]
        "Relocated" "→" Verb Some("Location"), EntryAndValue Some(Trigger::Relocated),
        "Data are processed in other places.";
    DataChanged "data-changed" Field Notice [Data]
        "Data changed" "▦" VerbFor Some("Data"), Entry Some(Trigger::DataChanged),
        "Other categories of data are processed.";
    PurposeChanged "purpose-changed" Field Notice [Purpose]
        "Purpose changed" "◎" VerbFor Some("Purpose"), Entry Some(Trigger::PurposeChanged),
        "The purpose of an entry changed.";
    TransferChanged "transfer-changed" Field Notice [Transfer]
        "Transfer changed" "⇆" VerbFor Some("Transfer"), Entry Some(Trigger::TransferChanged),
        "The safeguards for transfers to other countries changed.";
    ScopeChanged "scope-changed" Field Notice [Scope]
        "Scope changed" "◇" VerbFor Some("Scope"), Entry None,
        "An entry applies to other products, plans or customers.";
    Rescheduled "rescheduled" Field Notice [Effective]
        "Rescheduled" "◷" Verb Some("Date"), EntryAndValue None,
        "A date or period changed.";
    CertificationChanged "certification-changed" Field Info [Certification]
        "Certifications changed" "✓" VerbFor Some("Certifications"), Entry None,
        "Certificates or attestations changed.";
    Amended "amended" Field Info [Service Link Other]
        "Amended" "≈" Verb None, Entry None,
        "Another field of an entry, or another statement of the list, changed.";
    Moved "moved" Field Info []
        "Moved" "↕" Verb None, Entry None,
        "An entry is in another section.";
    ColumnsChanged "columns-changed" Column Info []
        "Columns changed" "▥" Verb None, Label None,
        "A column was added, removed or renamed.";
    SectionsChanged "sections-changed" Fact Info []
        "Sections changed" "☰" Verb None, None None,
        "A section was renamed, has another note, or its entries were regrouped.";
    PageTextChanged "page-text-changed" Fact Info []
        "Page text changed" "¶" Verb None, Label None,
        "Sentences of the page that name an entry or announce a vendor changed.";
}

impl Kind {
    /// The row of the kind in [`KINDS`].
    pub fn info(self) -> &'static KindInfo {
        &KINDS[self as usize]
    }

    /// The role of the fields that this kind of change concerns, or [`Role::Other`] if there is not exactly one.
    pub fn role(self) -> Role {
        match self.info().roles {
            [role] => *role,
            _ => Role::Other,
        }
    }

    /// The kind of a change to a field with this role.
    pub fn of_role(role: Role) -> Kind {
        KINDS.iter().find(|row| row.roles.contains(&role)).map_or(Kind::Amended, |row| row.kind)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.info().name)
    }
}

/// The name is not that of a kind.
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
    fn every_kind_has_its_row_and_every_role_has_one_kind() {
        for (at, row) in KINDS.iter().enumerate() {
            assert_eq!(row.kind as usize, at, "{}", row.name);
            assert_eq!(row.name.parse(), Ok(row.kind));
            assert!(row.about.ends_with('.'), "{}", row.name);
        }
        for role in &ROLES {
            let rows = KINDS.iter().filter(|row| row.roles.contains(&role.role)).count();
            assert_eq!(rows, 1, "rows of `kinds!` in change/kind.rs that name the role {}", role.role);
        }
        assert!("nonsense".parse::<Kind>().is_err());
    }
}
