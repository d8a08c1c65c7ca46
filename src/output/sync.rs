//! What survives a power cut.
//!
//! - The content of a file is on the disk before the file has its name, if the name is new or the file may
//!   never change. A page or feed that only replaces an older one is not synced: the next publication writes it
//!   again, and common file systems write its content before its name (ext4: `auto_da_alloc`).
//! - The names in a folder are on the disk before a file of another folder, or a file that may be replaced,
//!   appears: heads refer to headers, and pages and indexes to both.
//! - The names of new pages are on the disk when writing ends.

use std::{
    collections::BTreeSet,
    fs::File,
    mem,
    path::{Path, PathBuf},
};

use super::{OutputError, WritePolicy, io_error};

/// Folders with new names that may not be on the disk yet.
#[derive(Default)]
pub(super) struct NewNames {
    /// The folder of the last files that never change.
    immutable: Option<PathBuf>,
    /// Folders of files that may be replaced.
    replaceable: BTreeSet<PathBuf>,
}

impl NewNames {
    /// Syncs what a file of this folder and policy may refer to.
    pub fn before(&mut self, folder: &Path, policy: &WritePolicy) -> Result<(), OutputError> {
        let refers = *policy == WritePolicy::Replace || self.immutable.as_deref() != Some(folder);
        let earlier = if refers { self.immutable.take() } else { None };
        earlier.map_or(Ok(()), |earlier| sync_folder(&earlier))
    }

    /// Notes a new name in a folder.
    pub fn add(&mut self, folder: PathBuf, policy: &WritePolicy) {
        if *policy == WritePolicy::Replace {
            self.replaceable.insert(folder);
        } else {
            self.immutable = Some(folder);
        }
    }

    /// Syncs the remaining folders.
    pub fn finish(mut self) -> Result<(), OutputError> {
        self.replaceable.extend(mem::take(&mut self.immutable));
        self.replaceable.iter().try_for_each(|folder| sync_folder(folder))
    }
}

/// Writes the names in a folder to the disk. Where folders cannot be opened like files, the system decides when.
pub(super) fn sync_folder(folder: &Path) -> Result<(), OutputError> {
    if !cfg!(unix) {
        return Ok(());
    }
    File::open(folder).and_then(|handle| handle.sync_all()).map_err(io_error(folder))
}
