//! Folders of files: every file below a tree, with what the last folder had of it.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use git2::{ObjectType, Oid};

use super::{
    Files, HistoryError,
    objects::{Entry, Objects},
};

/// Most files of a folder.
const MAX_FILES: usize = 100_000;
/// Deepest folder in a folder that is an inventory.
const MAX_DEPTH: usize = 16;

/// Contents by id, of the folder that was read last.
#[derive(Default)]
pub(super) struct Memory(RefCell<HashMap<Oid, Arc<[u8]>>>);

impl Memory {
    /// The files below a tree, by their paths in it.
    pub fn read(&self, objects: &Objects<'_>, tree: Oid) -> Result<Files, HistoryError> {
        let mut known = self.0.borrow_mut();
        let mut now = HashMap::new();
        let mut files = Vec::new();
        for (path, blob) in files_below(objects, tree)? {
            let bytes = match known.get(&blob) {
                Some(bytes) => bytes.clone(),
                None => objects.blob(blob)?.into(),
            };
            now.insert(blob, bytes.clone());
            files.push((path, bytes));
        }
        *known = now;
        Ok(files)
    }
}

/// The files below a tree in the order of git. Hidden ones, links and submodules are no entries.
pub(super) fn files_below(objects: &Objects<'_>, tree: Oid) -> Result<Vec<(String, Oid)>, HistoryError> {
    let mut files = Vec::new();
    collect(objects, tree, "", 0, &mut files)?;
    Ok(files)
}

fn collect(
    objects: &Objects<'_>,
    tree: Oid,
    folder: &str,
    depth: usize,
    files: &mut Vec<(String, Oid)>,
) -> Result<(), HistoryError> {
    check_size(files.len(), depth)?;
    for (name, entry) in objects.entries(tree)?.into_iter().filter(|(name, _)| !name.starts_with('.')) {
        match entry {
            Entry::File(blob) => files.push((format!("{folder}{name}"), blob)),
            Entry::Folder(inner) => collect(objects, inner, &format!("{folder}{name}/"), depth + 1, files)?,
            Entry::Link | Entry::Submodule => {}
        }
    }
    Ok(())
}

/// Whether a folder with so many files so far, and so deep, may be an inventory.
///
/// # Errors
/// [`HistoryError::TooLarge`].
pub fn check_size(files: usize, depth: usize) -> Result<(), HistoryError> {
    if depth > MAX_DEPTH || files > MAX_FILES {
        return Err(HistoryError::TooLarge { files: MAX_FILES, depth: MAX_DEPTH });
    }
    Ok(())
}

/// Hashes a folder and all in it.
pub(super) fn check(objects: &Objects<'_>, tree: Oid) -> Result<(), HistoryError> {
    objects.check(tree, ObjectType::Tree)?;
    for (_, entry) in objects.entries(tree)? {
        match entry {
            Entry::File(blob) => objects.check(blob, ObjectType::Blob)?,
            Entry::Folder(inner) => check(objects, inner)?,
            Entry::Link | Entry::Submodule => {}
        }
    }
    Ok(())
}
