//! Folders of files: every file below a tree, with what the last folder had of it.

use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use git2::{ObjectType, Oid};

use super::{
    Files, HistoryError,
    objects::{Entry, Objects},
};

/// Most files of a folder.
const MAX_FILES: usize = 100_000;
/// Deepest folder in a folder that is an inventory.
const MAX_DEPTH: usize = 16;

/// The files of a folder, with their paths in it, in the order of git.
type Listing = Arc<[(String, Oid)]>;

/// What the last folders had: most of it is in the next one, too.
#[derive(Default)]
pub(super) struct Memory {
    /// Contents by id, of the folder that was read last. (git2 does not hash equal ids equally.)
    contents: RefCell<BTreeMap<Oid, Arc<[u8]>>>,
    /// The last two folders that were listed: a version and the one before it.
    listings: RefCell<VecDeque<(Oid, Listing)>>,
}

impl Memory {
    /// The files below a tree, by their paths in it.
    pub fn read(&self, objects: &Objects<'_>, tree: Oid) -> Result<Files, HistoryError> {
        let mut known = self.contents.borrow_mut();
        let mut now = BTreeMap::new();
        let mut files = Vec::new();
        for (path, blob) in self.list(objects, tree)?.iter() {
            let bytes = match known.get(blob) {
                Some(bytes) => bytes.clone(),
                None => objects.blob(*blob)?.into(),
            };
            now.insert(*blob, bytes.clone());
            files.push((path.clone(), bytes));
        }
        *known = now;
        Ok(files)
    }

    /// The files below a tree. Hidden ones, links and submodules are no entries.
    pub fn list(&self, objects: &Objects<'_>, tree: Oid) -> Result<Listing, HistoryError> {
        let mut listings = self.listings.borrow_mut();
        if let Some((_, files)) = listings.iter().find(|(known, _)| *known == tree) {
            return Ok(files.clone());
        }
        let mut files = Vec::new();
        collect(objects, tree, "", 0, &mut files)?;
        let files: Listing = files.into();
        listings.push_front((tree, files.clone()));
        listings.truncate(2);
        Ok(files)
    }
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
