//! Feeds with some of the changes of a list, as `feeds:` of the configuration states.

use changecast_core::{
    change::{Change, Detail, Level, Row},
    model::{Role, Text},
};

use crate::config::FeedConfig;

use super::Announcement;

/// The file name of a feed.
pub(super) fn file(feed: &FeedConfig) -> String {
    format!("feed-{}.atom", feed.id)
}

/// Whether a feed has an announcement: one of its changes meets all criteria. A correction concerns everybody.
pub(super) fn has(feed: &FeedConfig, announcement: &Announcement) -> bool {
    announcement.corrects.is_some() || announcement.changes.iter().any(|change| meets(feed, change))
}

fn meets(feed: &FeedConfig, change: &Change) -> bool {
    let level = feed.level.is_none_or(|level| change.level == level || level == Level::Info);
    let kind = feed.kinds.is_empty() || feed.kinds.contains(&change.kind);
    level && kind && meets_entries(feed, change)
}

/// Whether one of the entries of a change has the section, the scope and the name. A change of the whole list has them.
fn meets_entries(feed: &FeedConfig, change: &Change) -> bool {
    let rows: Vec<&Row> = match &change.detail {
        Detail::Row { row, former } => former.iter().chain([row]).collect(),
        Detail::List { entries } => entries.iter().collect(),
        Detail::Field { entry, .. } => {
            let scopes = values(change);
            return among(&feed.sections, entry.section.as_str())
                && (among(&feed.vendors, entry.name.as_str()) || among(&feed.vendors, entry.id.as_str()))
                && (scopes.is_empty() || scopes.iter().any(|scope| contains(&feed.scopes, scope)));
        }
        Detail::Column { .. } | Detail::Fact { .. } => return true,
    };
    rows.iter().any(|row| {
        among(&feed.sections, row.section.as_str())
            && (among(&feed.vendors, row.name.as_str()) || among(&feed.vendors, row.id.as_str()))
            && row.text(Role::Scope.key()).is_none_or(|scope| contains(&feed.scopes, scope))
    })
}

/// The scopes before and after a change of the scope.
fn values(change: &Change) -> Vec<&Text> {
    match &change.detail {
        Detail::Field { field, edit, .. } if field.as_str() == Role::Scope.key() => {
            edit.before().into_iter().chain(edit.after()).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a name is one of those that are wanted; true if none is.
fn among(wanted: &[String], name: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|one| one.eq_ignore_ascii_case(name))
}

/// Whether a scope contains one of those that are wanted; true if none is.
fn contains(wanted: &[String], scope: &Text) -> bool {
    let scope = scope.as_str().to_lowercase();
    wanted.is_empty() || wanted.iter().any(|one| scope.contains(&one.to_lowercase()))
}
