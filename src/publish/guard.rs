//! The guard against accidents: when many entries leave a list at once, somebody has to confirm it.

use changecast_core::{
    change::{Change, Detail, Kind},
    model::{ListId, ListState},
};

use crate::config::RemovalShare;

use super::{change_log::LogRow, error::PublishError};

/// Lists with fewer entries than this are not guarded.
const MIN_ENTRIES: usize = 5;

/// The largest number of names in the error.
const SHOWN: usize = 5;

/// How many removals a publication may announce.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AllowedRemovals(
    /// The number of entries that may leave at once beyond the configured share.
    pub usize,
);

/// Checks that a version does not remove more entries than the configuration or the user allows.
///
/// # Errors
/// [`PublishError::Removals`].
pub(super) fn check_removals(
    list: &ListId,
    before: &ListState,
    row: &LogRow,
    share: RemovalShare,
    allowed: AllowedRemovals,
) -> Result<(), PublishError> {
    let Some(inventory) = before.inventory() else { return Ok(()) };
    let entries = inventory.entries.len();
    let is_withdrawn = row.announced().iter().any(|change| change.kind == Kind::Withdrawn);
    let removed: Vec<&str> = if is_withdrawn {
        inventory.entries.iter().map(|entry| entry.name.as_str()).collect()
    } else {
        row.announced().iter().filter_map(removed_name).collect()
    };
    if entries < MIN_ENTRIES || !share.is_exceeded(removed.len(), entries) || removed.len() <= allowed.0 {
        return Ok(());
    }
    let names = removed.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    Err(PublishError::Removals {
        list: list.clone(),
        commit: row.commit.clone(),
        removed: removed.len(),
        entries,
        names: if removed.len() > SHOWN { names + " and others" } else { names },
    })
}

/// The name of the entry that a change removes.
fn removed_name(change: &Change) -> Option<&str> {
    match &change.detail {
        Detail::Row { row, .. } if change.kind == Kind::Removed => Some(row.name.as_str()),
        _ => None,
    }
}
