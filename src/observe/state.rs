//! The memory of a page: where it was seen last, and the changes that were observed since.

use std::path::Path;

use changecast_core::model::CommitId;
use serde::{Deserialize, Serialize};

use crate::follow::{StateError, state};

use super::Observation;

const FORMAT: &str = "changecast-observed/1";

/// The memory of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    format: String,
    /// The commit of the branch at the last look.
    pub commit: CommitId,
    /// The version with the list that the next one is compared with; `None` as long as none could be read.
    pub(super) listed: Option<Place>,
    /// The changes that were observed, oldest first.
    pub observations: Vec<Observation>,
}

/// A version of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    pub commit: CommitId,
    pub path: String,
}

impl Seen {
    pub(super) fn new(commit: CommitId) -> Self {
        Seen { format: FORMAT.to_owned(), commit, listed: None, observations: Vec::new() }
    }
}

/// Reads the memory of a page; `None` if the file does not exist.
///
/// # Errors
/// [`StateError`] if it cannot be read, or is not whole.
pub fn load(path: &Path) -> Result<Option<Seen>, StateError> {
    state::read(path, |seen: &Seen| &seen.format, FORMAT)
}

/// Writes the memory of a page.
///
/// # Errors
/// [`StateError`]; then the old state is still there.
pub fn save(path: &Path, seen: &Seen) -> Result<(), StateError> {
    state::write(path, seen)
}
