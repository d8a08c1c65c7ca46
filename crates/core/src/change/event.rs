//! A change, and everything that changed between two versions.

use serde::{Deserialize, Serialize};

use crate::model::{EntryId, Fact, FieldKey, Layout, Role, Section, SectionId, Text};

use super::{
    kind::{Kind, Level},
    wire::Wire,
};

/// One change, as it is told, signed and read by scripts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Change {
    /// What happened.
    pub kind: Kind,
    /// How much it matters.
    pub level: Level,
    /// To what, and how.
    pub detail: Detail,
}

/// What a change speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The whole list: its entries as they came (or went).
    List {
        /// The entries.
        entries: Vec<Row>,
    },
    /// A row that came or went.
    Row {
        /// The row.
        row: Row,
        /// The row whose place it took, for `replaced`.
        former: Option<Row>,
    },
    /// A field of an entry.
    Field {
        /// The entry, as it is called afterwards.
        entry: EntryRef,
        /// The field.
        field: FieldKey,
        /// How the field is called.
        label: Text,
        /// From what to what.
        edit: Edit,
        /// For sets and places: items that came, as written.
        gained: Vec<Text>,
        /// For sets and places: items that went, as written.
        lost: Vec<Text>,
    },
    /// A column: its label before and after, and the cells that came or went with it.
    Column {
        /// The column.
        field: FieldKey,
        /// Its label.
        edit: Edit,
        /// Its cells.
        cells: Vec<ColumnCell>,
    },
    /// A statement of the list about itself.
    Fact {
        /// The statement.
        field: FieldKey,
        /// How it is called.
        label: Text,
        /// From what to what.
        edit: Edit,
    },
}

/// From what to what. At least one side says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Said nothing before.
    Set(Text),
    /// Says nothing any more.
    Cleared(Text),
    /// Says something else.
    Changed(Text, Text),
}

impl Edit {
    /// The edit between two texts; `None` when neither says anything.
    pub fn between(before: Option<&Text>, after: Option<&Text>) -> Option<Self> {
        match (before, after) {
            (None, None) => None,
            (None, Some(after)) => Some(Edit::Set(after.clone())),
            (Some(before), None) => Some(Edit::Cleared(before.clone())),
            (Some(before), Some(after)) => Some(Edit::Changed(before.clone(), after.clone())),
        }
    }

    /// What was said before.
    pub fn before(&self) -> Option<&Text> {
        match self {
            Edit::Set(_) => None,
            Edit::Cleared(before) | Edit::Changed(before, _) => Some(before),
        }
    }

    /// What is said now.
    pub fn after(&self) -> Option<&Text> {
        match self {
            Edit::Cleared(_) => None,
            Edit::Set(after) | Edit::Changed(_, after) => Some(after),
        }
    }
}

/// An entry, named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryRef {
    /// Its id.
    pub id: EntryId,
    /// Its name.
    pub name: Text,
    /// The title of its section.
    pub section: Text,
}

/// An entry with all it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its id.
    pub id: EntryId,
    /// Its name.
    pub name: Text,
    /// The title of its section.
    pub section: Text,
    /// Its fields, in column order.
    pub fields: Vec<RowField>,
}

impl Row {
    /// The row's entry.
    pub fn entry(&self) -> EntryRef {
        EntryRef { id: self.id.clone(), name: self.name.clone(), section: self.section.clone() }
    }

    /// What the row says in a field.
    pub fn text(&self, field: &str) -> Option<&Text> {
        self.fields.iter().find(|cell| cell.field.as_str() == field).map(|cell| &cell.text)
    }
}

/// A field of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowField {
    /// The field.
    pub field: FieldKey,
    /// How it is called.
    pub label: Text,
    /// What it says.
    pub text: Text,
}

/// A cell that came or went with its column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnCell {
    /// The entry's id.
    pub id: EntryId,
    /// The entry's name.
    pub name: Text,
    /// What the cell says, or said.
    pub text: Text,
}

impl Change {
    /// A change of the kind's usual level.
    pub fn new(kind: Kind, detail: Detail) -> Self {
        Change { kind, level: kind.info().level, detail }
    }

    /// The same change as presentation only.
    pub fn editorial(self) -> Self {
        Change { level: Level::Editorial, ..self }
    }

    /// The entry that the change speaks of.
    pub fn entry(&self) -> Option<EntryRef> {
        match &self.detail {
            Detail::Row { row, .. } => Some(row.entry()),
            Detail::Field { entry, .. } => Some(entry.clone()),
            Detail::List { .. } | Detail::Column { .. } | Detail::Fact { .. } => None,
        }
    }
}

/// All that changed between two versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeSet {
    /// What is announced, loudest first.
    pub changes: Vec<Change>,
    /// What is carried along unannounced, so that the changes applied to the one version give
    /// exactly the other.
    pub carry: Carry,
}

/// The unannounced part of a change set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carry {
    /// Changes of presentation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub editorial: Vec<Change>,
    /// Entries whose derived id is another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rekeyed: Vec<IdChange<EntryId>>,
    /// Sections whose derived id is another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resectioned: Vec<IdChange<SectionId>>,
    /// Columns whose derived key is another.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recolumned: Vec<IdChange<FieldKey>>,
    /// The list's own fields as they stand afterwards, when they differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<Frame>,
}

impl Carry {
    /// Whether nothing is carried.
    pub fn is_empty(&self) -> bool {
        *self == Carry::default()
    }
}

/// An id before and after.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdChange<Id> {
    /// Before.
    pub from: Id,
    /// After.
    pub to: Id,
}

/// The list's own fields: everything but its entries, without columns and sections nobody uses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    /// How the file lays entries out.
    #[serde(default)]
    pub layout: Layout,
    /// What the list says of itself, by key.
    pub facts: Vec<Fact>,
    /// Its columns, by key.
    pub columns: Vec<ColumnLabel>,
    /// Its sections, by id.
    pub sections: Vec<Section>,
}

/// A column, as published documents know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnLabel {
    /// Its key.
    pub field: FieldKey,
    /// Its label.
    pub label: Text,
    /// Its meaning, where key and label do not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}
