//! What a change states about itself: its kind in the words of the terms, its date, its emergency.

use crate::{
    change::{Change, Detail, Edit, Kind, RowField},
    compare::{FuzzyDate, Status},
    model::{Entry, Inventory, Role, Timestamp, Trigger},
    vocabulary::Vocabulary,
};

/// The key of the field in which an entry states the reason for an emergency.
pub const EMERGENCY: &str = "emergency";

/// The kind of a change in the words of notice terms; `None` for a kind that terms cannot name.
pub fn trigger_of(change: &Change) -> Option<Trigger> {
    match change.kind {
        Kind::StatusChanged => activates(change).then_some(Trigger::Activated),
        kind => kind.info().trigger,
    }
}

/// Whether a change of status puts an entry into use.
fn activates(change: &Change) -> bool {
    let Detail::Field { label, edit: Edit::Changed(before, after), .. } = &change.detail else { return false };
    let [before, after] = [before, after].map(|text| Status::of_cell(label, text));
    after.is_active() && !before.is_active()
}

/// Whether the date of an entry is the date of a change to it. An entry is added, replaced or put into use at its date.
/// For every other change of the entry the date counts only if it is later than the publication, or stated anew in the
/// same release. It is never the date of its removal.
pub fn is_date_of(date: &FuzzyDate, change: &Change, release: &[Change], published: Timestamp) -> bool {
    let Detail::Field { entry, .. } = &change.detail else { return change.kind != Kind::Removed };
    let reschedules = |other: &Change| {
        other.kind == Kind::Rescheduled
            && matches!(&other.detail, Detail::Field { entry: other, .. } if other.id == entry.id)
    };
    trigger_of(change) == Some(Trigger::Activated) || date.first > published.date() || release.iter().any(reschedules)
}

/// Whether a new date belongs to another change of the same entry in the same release, and moves no earlier change.
pub fn dates_another_change(change: &Change, release: &[Change]) -> bool {
    let Detail::Field { entry, .. } = &change.detail else { return false };
    change.kind == Kind::Rescheduled
        && release.iter().any(|other| match &other.detail {
            Detail::Field { entry: other_entry, .. } => other_entry.id == entry.id && trigger_of(other).is_some(),
            _ => false,
        })
}

/// The effective date of a change: that of the new row, or of the entry in the list after the change.
pub fn stated_date(change: &Change, after: Option<&Inventory>) -> Option<FuzzyDate> {
    let text = match &change.detail {
        Detail::Row { row, .. } => row.fields.iter().find(|field| is_date(field)).map(|field| field.text.to_string()),
        Detail::Field { entry, .. } => {
            let entry = after?.entries.iter().find(|known| known.id == entry.id)?;
            effective_text(after?, entry)
        }
        Detail::List { .. } | Detail::Column { .. } | Detail::Fact { .. } => None,
    };
    FuzzyDate::read(Vocabulary::builtin(), &text?)
}

fn is_date(field: &RowField) -> bool {
    Role::of_field(Vocabulary::builtin(), &field.field, field.label.as_str()) == Role::Effective
}

fn effective_text(list: &Inventory, entry: &Entry) -> Option<String> {
    let column = list.columns.iter().find(|column| column.role == Role::Effective)?;
    entry.text(&column.field).map(ToString::to_string)
}

/// The reason for an emergency that a change states, or the entry in the list after the change.
pub fn emergency_of(change: &Change, after: Option<&Inventory>) -> Option<String> {
    match &change.detail {
        Detail::Row { row, .. } => row.text(EMERGENCY).map(ToString::to_string),
        Detail::Field { entry, .. } => {
            let entry = after?.entries.iter().find(|known| known.id == entry.id)?;
            entry.cells.iter().find(|cell| cell.field.as_str() == EMERGENCY).map(|cell| cell.text.as_str().to_owned())
        }
        Detail::List { .. } | Detail::Column { .. } | Detail::Fact { .. } => None,
    }
}
