//! Feeds with some of the changes of a list, as `feeds:` of the configuration states.

use changecast_core::{
    change::{Change, Detail, Row, RowField},
    model::{Role, Text},
    vocabulary::Vocabulary,
};

use crate::{
    config::FeedConfig,
    filter::{Filter, Subject},
};

use super::Announcement;

/// The file name of a feed.
pub(super) fn file(feed: &FeedConfig) -> String {
    format!("feed-{}.atom", feed.id)
}

/// Whether a feed has an announcement: one of its changes meets all criteria. A correction concerns everybody.
pub(super) fn has(feed: &FeedConfig, announcement: &Announcement) -> bool {
    announcement.corrects.is_some() || announcement.changes.iter().any(|change| meets(&feed.filter, change))
}

/// Whether a change meets the criteria, and one of its entries does. A change of the whole list concerns every entry.
fn meets(filter: &Filter, change: &Change) -> bool {
    let subjects = subjects(change);
    let meets_entries =
        subjects.is_empty() || subjects.iter().any(|subject| filter.excludes(Vocabulary::builtin(), subject).is_none());
    filter.misses(change).is_none() && meets_entries
}

/// The entries of a change, as far as it shows them.
fn subjects(change: &Change) -> Vec<Subject> {
    match &change.detail {
        Detail::Row { row, former } => former.iter().chain([row]).map(of_row).collect(),
        Detail::List { entries } => entries.iter().map(of_row).collect(),
        Detail::Field { entry, field, label, edit, .. } => {
            let changed = Role::of_field(Vocabulary::builtin(), field, label.as_str());
            let values = |role: Role| -> Vec<Text> {
                edit.before().into_iter().chain(edit.after()).filter(|_| changed == role).cloned().collect()
            };
            vec![Subject {
                names: vec![entry.name.to_string(), entry.id.to_string()],
                section: Some(entry.section.clone()),
                scopes: values(Role::Scope),
                places: values(Role::Location),
            }]
        }
        Detail::Column { .. } | Detail::Fact { .. } => Vec::new(),
    }
}

fn of_row(row: &Row) -> Subject {
    let role_of = |field: &RowField| Role::of_field(Vocabulary::builtin(), &field.field, field.label.as_str());
    let values =
        |role: Role| row.fields.iter().filter(|field| role_of(field) == role).map(|field| field.text.clone()).collect();
    Subject {
        names: vec![row.name.to_string(), row.id.to_string()],
        section: Some(row.section.clone()),
        scopes: values(Role::Scope),
        places: values(Role::Location),
    }
}
