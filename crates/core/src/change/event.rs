//! A change, and all changes between two versions.

use serde::{Deserialize, Serialize};

use crate::{
    model::{Entry, EntryId, Fact, FieldKey, Inventory, Layout, Role, Section, SectionId, Terms, Text},
    vocabulary::Vocabulary,
};

use super::{
    kind::{Kind, Level},
    wire::ChangeDocument,
};

/// One change. Its JSON is the same in `log --format json` and in the signed log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ChangeDocument", into = "ChangeDocument")]
pub struct Change {
    /// The kind of change.
    pub kind: Kind,
    /// How much the change matters to customers.
    pub level: Level,
    /// What changed, and the values before and after.
    pub detail: Detail,
}

/// The part of a list that changed, with its values before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The whole list was published, restored or withdrawn.
    List {
        /// The entries of the list.
        entries: Vec<Row>,
    },
    /// A row was added or removed.
    Row {
        /// The added or removed row.
        row: Row,
        /// For `replaced`: the row that was replaced.
        former: Option<Row>,
    },
    /// A field of an entry changed.
    Field {
        /// The entry, with its name in the later version.
        entry: EntryRef,
        /// The key of the field.
        field: FieldKey,
        /// The label of the field.
        label: Text,
        /// The value before and after.
        edit: Edit,
        /// Items of a set or location list that were added, as written.
        gained: Vec<Text>,
        /// Items of a set or location list that were removed, as written.
        lost: Vec<Text>,
    },
    /// A column was added, removed or renamed.
    Column {
        /// The key of the column.
        field: FieldKey,
        /// The label before and after.
        edit: Edit,
        /// The cells that were added or removed with the column.
        cells: Vec<ColumnCell>,
    },
    /// A statement of the list about itself changed.
    Fact {
        /// The key of the statement.
        field: FieldKey,
        /// The label of the statement; for a section, its title.
        label: Text,
        /// The value before and after.
        edit: Edit,
    },
}

/// A value before and after. At least one of the two exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// There was no value before.
    Set(Text),
    /// There is no value any more.
    Cleared(Text),
    /// The value changed from the first to the second.
    Changed(Text, Text),
}

impl Edit {
    /// The edit between two values; `None` if neither exists.
    pub fn between(before: Option<&Text>, after: Option<&Text>) -> Option<Self> {
        match (before, after) {
            (None, None) => None,
            (None, Some(after)) => Some(Edit::Set(after.clone())),
            (Some(before), None) => Some(Edit::Cleared(before.clone())),
            (Some(before), Some(after)) => Some(Edit::Changed(before.clone(), after.clone())),
        }
    }

    /// The value in the earlier version.
    pub fn before(&self) -> Option<&Text> {
        match self {
            Edit::Set(_) => None,
            Edit::Cleared(before) | Edit::Changed(before, _) => Some(before),
        }
    }

    /// The value in the later version.
    pub fn after(&self) -> Option<&Text> {
        match self {
            Edit::Cleared(_) => None,
            Edit::Set(after) | Edit::Changed(_, after) => Some(after),
        }
    }
}

/// A reference to an entry, with the texts that identify it for readers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryRef {
    /// The id of the entry.
    pub id: EntryId,
    /// The name of the entry.
    pub name: Text,
    /// The name with what distinguishes the entry, if another entry of either version has the same name;
    /// else the name. Documents of earlier editions state the name only.
    #[serde(default)]
    pub label: Text,
    /// The title of its section.
    pub section: Text,
}

/// An entry with all its fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The id of the entry.
    pub id: EntryId,
    /// The name of the entry.
    pub name: Text,
    /// The name with what distinguishes the entry, if another entry of either version has the same name;
    /// else the name. Documents of earlier editions state the name only.
    #[serde(default)]
    pub label: Text,
    /// The title of its section.
    pub section: Text,
    /// The fields, in column order.
    pub fields: Vec<RowField>,
}

impl Row {
    /// The entry of the row.
    pub fn entry(&self) -> EntryRef {
        EntryRef {
            id: self.id.clone(),
            name: self.name.clone(),
            label: self.label.clone(),
            section: self.section.clone(),
        }
    }

    /// The text of a field.
    pub fn text(&self, field: &str) -> Option<&Text> {
        self.fields.iter().find(|cell| cell.field.as_str() == field).map(|cell| &cell.text)
    }
}

/// A field of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowField {
    /// The key of the field.
    pub field: FieldKey,
    /// The label of the field.
    pub label: Text,
    /// The text of the field.
    pub text: Text,
}

/// A cell that was added or removed with its column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnCell {
    /// The id of the entry.
    pub id: EntryId,
    /// The name of the entry.
    pub name: Text,
    /// The name with what distinguishes the entry, as in [`EntryRef::label`].
    #[serde(default)]
    pub label: Text,
    /// The text of the cell.
    pub text: Text,
}

impl Change {
    /// A change with the level of its kind.
    pub fn new(kind: Kind, detail: Detail) -> Self {
        Change { kind, level: kind.info().level, detail }
    }

    /// The same change as an editorial one.
    pub fn editorial(self) -> Self {
        Change { level: Level::Editorial, ..self }
    }

    /// The entry that changed; `None` if the change concerns the list.
    pub fn entry(&self) -> Option<EntryRef> {
        match &self.detail {
            Detail::Row { row, .. } => Some(row.entry()),
            Detail::Field { entry, .. } => Some(entry.clone()),
            Detail::List { .. } | Detail::Column { .. } | Detail::Fact { .. } => None,
        }
    }
}

/// All changes between two versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeSet {
    /// The announced changes, in the order of [`KINDS`](super::KINDS).
    pub changes: Vec<Change>,
    /// Everything else that [`apply`](super::apply()) needs to turn one version into the other.
    pub unannounced: Unannounced,
}

/// The unannounced part of a change set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unannounced {
    /// Changes that do not alter the meaning.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub editorial: Vec<Change>,
    /// Entries with another derived id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entry_ids: Vec<IdChange<EntryId>>,
    /// Sections with another derived id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub section_ids: Vec<IdChange<SectionId>>,
    /// Columns with another derived key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub column_keys: Vec<IdChange<FieldKey>>,
    /// The header of the later version, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<ListHeader>,
}

impl Unannounced {
    /// Whether there are no unannounced differences.
    pub fn is_empty(&self) -> bool {
        *self == Unannounced::default()
    }
}

/// An id before and after.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdChange<Id> {
    /// The id in the earlier version.
    pub from: Id,
    /// The id in the later version.
    pub to: Id,
}

/// Everything in a list except its entries, without empty columns and sections. Sorted by key, so
/// that the order of the file has no influence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListHeader {
    /// The layout of the file.
    #[serde(default)]
    pub layout: Layout,
    /// The statements of the list about itself.
    pub facts: Vec<Fact>,
    /// The notice terms of the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<Terms>,
    /// The columns that contain text.
    pub columns: Vec<ColumnLabel>,
    /// The sections that contain entries.
    pub sections: Vec<Section>,
}

/// A column in published documents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnLabel {
    /// The key of the column.
    pub field: FieldKey,
    /// The label of the column.
    pub label: Text,
    /// The role, if key and label do not imply it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

impl Row {
    /// The row of an entry that no other entry shares its name with.
    pub fn of(inventory: &Inventory, entry: &Entry) -> Self {
        let fields = entry.cells.iter().map(|cell| {
            let label = inventory.column(&cell.field).map(|column| column.label.clone()).unwrap_or_default();
            RowField { field: cell.field.clone(), label, text: cell.text.markdown().clone() }
        });
        let EntryRef { id, name, label, section } = EntryRef::of(inventory, entry);
        Row { id, name, label, section, fields: fields.collect() }
    }
}

impl EntryRef {
    /// The reference to an entry of an inventory that no other entry shares its name with.
    pub fn of(inventory: &Inventory, entry: &Entry) -> Self {
        let section = inventory.section(&entry.section).map(|section| section.title.clone()).unwrap_or_default();
        EntryRef { id: entry.id.clone(), name: entry.name.clone(), label: entry.name.clone(), section }
    }
}

impl ListHeader {
    /// The header of an inventory.
    pub fn of(inventory: &Inventory) -> Self {
        let mut facts = inventory.facts.clone();
        facts.sort_by(|a, b| a.field.cmp(&b.field));
        let mut columns: Vec<ColumnLabel> = inventory
            .filled_columns()
            .map(|column| {
                let implied = Role::of_field(Vocabulary::builtin(), &column.field, column.label.as_str());
                let role = (implied != column.role).then_some(column.role);
                ColumnLabel { field: column.field.clone(), label: column.label.clone(), role }
            })
            .collect();
        columns.sort_by(|a, b| a.field.cmp(&b.field));
        let mut sections: Vec<_> = inventory.filled_sections().cloned().collect();
        sections.sort_by(|a, b| a.id.cmp(&b.id));
        ListHeader { layout: inventory.layout, facts, terms: inventory.terms.clone(), columns, sections }
    }
}
