//! The flat JSON form of a change.

use serde::{Deserialize, Serialize};

use crate::model::{FieldKey, Text};

use super::{
    event::{Change, ColumnCell, Detail, Edit, EntryRef, Row, RowField},
    kind::{Kind, Level, Subject},
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeDocument {
    kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry: Option<EntryRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field: Option<FieldKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Text>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gained: Vec<Text>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lost: Vec<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<RowField>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    former: Option<Row>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entries: Option<Vec<Row>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cells: Option<Vec<ColumnCell>>,
    level: Level,
}

impl From<Change> for ChangeDocument {
    fn from(change: Change) -> Self {
        let mut document = ChangeDocument {
            kind: change.kind,
            entry: None,
            field: None,
            label: None,
            before: None,
            after: None,
            gained: Vec::new(),
            lost: Vec::new(),
            fields: None,
            former: None,
            entries: None,
            cells: None,
            level: change.level,
        };
        match change.detail {
            Detail::List { entries } => document.entries = Some(entries),
            Detail::Row { row, former } => {
                document.entry = Some(row.entry());
                document.fields = Some(row.fields);
                document.former = former;
            }
            Detail::Field { entry, field, label, edit, gained, lost } => {
                document.entry = Some(entry);
                document.label = Some(label);
                document.gained = gained;
                document.lost = lost;
                document.set_edit(field, edit);
            }
            Detail::Column { field, edit, cells } => {
                document.cells = Some(cells);
                document.set_edit(field, edit);
            }
            Detail::Fact { field, label, edit } => {
                document.label = Some(label);
                document.set_edit(field, edit);
            }
        }
        document
    }
}

impl ChangeDocument {
    fn set_edit(&mut self, field: FieldKey, edit: Edit) {
        self.field = Some(field);
        self.before = edit.before().cloned();
        self.after = edit.after().cloned();
    }

    /// The label of an entry is its name where the document states none.
    fn complete_labels(&mut self) {
        if let Some(entry) = &mut self.entry {
            complete(&mut entry.label, &entry.name);
        }
        for row in self.former.iter_mut().chain(self.entries.iter_mut().flatten()) {
            complete(&mut row.label, &row.name);
        }
        for cell in self.cells.iter_mut().flatten() {
            complete(&mut cell.label, &cell.name);
        }
    }
}

fn complete(label: &mut Text, name: &Text) {
    if label.is_empty() {
        label.clone_from(name);
    }
}

/// A change in a shape that no change of its kind has.
#[derive(Debug, thiserror::Error)]
#[error("a {kind} change without {missing:?}")]
pub struct BadShape {
    kind: Kind,
    missing: &'static str,
}

/// The value of a field that changes of this kind must have.
fn required<T>(value: Option<T>, kind: Kind, missing: &'static str) -> Result<T, BadShape> {
    value.ok_or(BadShape { kind, missing })
}

impl TryFrom<ChangeDocument> for Change {
    type Error = BadShape;

    fn try_from(mut document: ChangeDocument) -> Result<Self, BadShape> {
        document.complete_labels();
        let kind = document.kind;
        // `amended` concerns a field of an entry, or a statement about the list.
        let subject = match kind.info().subject {
            Subject::Field if document.entry.is_none() => Subject::Fact,
            subject => subject,
        };
        let edit = Edit::between(document.before.as_ref(), document.after.as_ref());
        let detail = match subject {
            Subject::List => Detail::List { entries: required(document.entries, kind, "entries")? },
            Subject::Row => {
                let EntryRef { id, name, label, section } = required(document.entry, kind, "entry")?;
                let fields = required(document.fields, kind, "fields")?;
                Detail::Row { row: Row { id, name, label, section, fields }, former: document.former }
            }
            Subject::Field => Detail::Field {
                entry: required(document.entry, kind, "entry")?,
                field: required(document.field, kind, "field")?,
                label: required(document.label, kind, "label")?,
                edit: required(edit, kind, "before or after")?,
                gained: document.gained,
                lost: document.lost,
            },
            Subject::Column => Detail::Column {
                field: required(document.field, kind, "field")?,
                edit: required(edit, kind, "before or after")?,
                cells: required(document.cells, kind, "cells")?,
            },
            Subject::Fact => Detail::Fact {
                field: required(document.field, kind, "field")?,
                label: required(document.label, kind, "label")?,
                edit: required(edit, kind, "before or after")?,
            },
        };
        Ok(Change { kind, level: document.level, detail })
    }
}
