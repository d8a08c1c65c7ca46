//! The flat JSON shape of a change (the same in `log --format json` and in the signed log).

use serde::{Deserialize, Serialize};

use crate::model::{FieldKey, Text};

use super::{
    event::{Change, ColumnCell, Detail, Edit, EntryRef, Row, RowField},
    kind::{Kind, Level, Subject},
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wire {
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

impl From<Change> for Wire {
    fn from(change: Change) -> Self {
        let mut wire = Wire {
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
            Detail::List { entries } => wire.entries = Some(entries),
            Detail::Row { row, former } => {
                wire.entry = Some(row.entry());
                wire.fields = Some(row.fields);
                wire.former = former;
            }
            Detail::Field { entry, field, label, edit, gained, lost } => {
                wire.entry = Some(entry);
                wire.label = Some(label);
                wire.gained = gained;
                wire.lost = lost;
                wire.set_edit(field, edit);
            }
            Detail::Column { field, edit, cells } => {
                wire.cells = Some(cells);
                wire.set_edit(field, edit);
            }
            Detail::Fact { field, label, edit } => {
                wire.label = Some(label);
                wire.set_edit(field, edit);
            }
        }
        wire
    }
}

impl Wire {
    fn set_edit(&mut self, field: FieldKey, edit: Edit) {
        self.field = Some(field);
        self.before = edit.before().cloned();
        self.after = edit.after().cloned();
    }
}

/// A change in a shape that no change of its kind has.
#[derive(Debug, thiserror::Error)]
#[error("a {kind} change without {lacks:?}")]
pub struct BadShape {
    kind: Kind,
    lacks: &'static str,
}

impl TryFrom<Wire> for Change {
    type Error = BadShape;

    fn try_from(wire: Wire) -> Result<Self, BadShape> {
        let kind = wire.kind;
        let lack = |lacks| move || BadShape { kind, lacks };
        // `amended` speaks of a field of an entry, or of a statement of the list.
        let subject = match kind.info().subject {
            Subject::Field if wire.entry.is_none() => Subject::Fact,
            subject => subject,
        };
        let edit = Edit::between(wire.before.as_ref(), wire.after.as_ref());
        let detail = match subject {
            Subject::List => Detail::List { entries: wire.entries.ok_or_else(lack("entries"))? },
            Subject::Row => {
                let EntryRef { id, name, section } = wire.entry.ok_or_else(lack("entry"))?;
                let fields = wire.fields.ok_or_else(lack("fields"))?;
                Detail::Row { row: Row { id, name, section, fields }, former: wire.former }
            }
            Subject::Field => Detail::Field {
                entry: wire.entry.ok_or_else(lack("entry"))?,
                field: wire.field.ok_or_else(lack("field"))?,
                label: wire.label.ok_or_else(lack("label"))?,
                edit: edit.ok_or_else(lack("before or after"))?,
                gained: wire.gained,
                lost: wire.lost,
            },
            Subject::Column => Detail::Column {
                field: wire.field.ok_or_else(lack("field"))?,
                edit: edit.ok_or_else(lack("before or after"))?,
                cells: wire.cells.ok_or_else(lack("cells"))?,
            },
            Subject::Fact => Detail::Fact {
                field: wire.field.ok_or_else(lack("field"))?,
                label: wire.label.ok_or_else(lack("label"))?,
                edit: edit.ok_or_else(lack("before or after"))?,
            },
        };
        Ok(Change { kind, level: wire.level, detail })
    }
}
