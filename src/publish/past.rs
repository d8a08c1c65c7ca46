//! The entries that a published log contains or contained.

use changecast_core::{
    change::{Change, Detail, Edit, Kind},
    ledger::{self, Content, Pin},
    lint::Past,
    model::{EntryId, ListId, Text},
};

use crate::output::Folder;

use super::{
    error::PublishError,
    log::{first_root, log_error},
    release::known_changes,
};

/// Every id of a published log with the names that it had; `None` if the folder contains no log.
///
/// # Errors
/// [`PublishError::Log`] if the log does not verify.
pub fn past(list: &ListId, folder: &Folder) -> Result<Option<Past>, PublishError> {
    let Some(root) = first_root(list, folder)? else { return Ok(None) };
    let verified = ledger::open(folder, &Pin { root, origin: None }).map_err(|error| log_error(list, error))?;
    let mut past = Past::default();
    for release in &verified.releases {
        let Some(Content::List(change)) = release.body().map(|body| &body.content) else { continue };
        for (id, name) in known_changes(&change.changes).iter().flat_map(named) {
            let names = past.names.entry(id).or_default();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    Ok(Some(past))
}

/// The ids and names that a change states.
fn named(change: &Change) -> Vec<(EntryId, Text)> {
    match &change.detail {
        Detail::List { entries } => entries.iter().map(|row| (row.id.clone(), row.name.clone())).collect(),
        Detail::Row { row, former } => {
            [Some(row), former.as_ref()].into_iter().flatten().map(|row| (row.id.clone(), row.name.clone())).collect()
        }
        Detail::Field { entry, edit, .. } => {
            let before = match edit {
                Edit::Changed(before, _) if change.kind == Kind::Renamed => Some((entry.id.clone(), before.clone())),
                _ => None,
            };
            before.into_iter().chain([(entry.id.clone(), entry.name.clone())]).collect()
        }
        Detail::Column { .. } | Detail::Fact { .. } => Vec::new(),
    }
}
