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
    verified::Part,
};

/// Most files of a folder.
const MAX_FILES: usize = 100_000;
/// Deepest folder in a folder that is an inventory.
const MAX_DEPTH: usize = 16;

/// What lies in a folder, however deep.
#[derive(Default)]
pub(super) struct Listing {
    /// Its files, with their paths in it, in the order of git.
    pub files: Vec<(String, Oid)>,
    /// Itself and the folders in it.
    folders: Vec<Oid>,
}

/// What the last folders had: most of it is in the next one, too.
#[derive(Default)]
pub(super) struct Memory {
    /// Contents by id, of the folder that was read last. (git2 does not hash equal ids equally.)
    contents: RefCell<BTreeMap<Oid, Arc<[u8]>>>,
    /// The last two folders that were listed: a version and the one before it.
    listings: RefCell<VecDeque<(Oid, Arc<Listing>)>>,
    /// What was claimed of the last folder that was, by id.
    claimed: RefCell<BTreeMap<Oid, Arc<[u8]>>>,
}

impl Memory {
    /// The files below a tree, by their paths in it.
    pub fn read(&self, objects: &Objects<'_>, tree: Oid) -> Result<Files, HistoryError> {
        let mut known = self.contents.borrow_mut();
        let mut now = BTreeMap::new();
        let mut files = Vec::new();
        for (path, blob) in &self.list(objects, tree)?.files {
            let bytes: Arc<[u8]> = match known.get(blob).or_else(|| now.get(blob)) {
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
    pub fn list(&self, objects: &Objects<'_>, tree: Oid) -> Result<Arc<Listing>, HistoryError> {
        let mut listings = self.listings.borrow_mut();
        if let Some((_, listing)) = listings.iter().find(|(known, _)| *known == tree) {
            return Ok(listing.clone());
        }
        let mut listing = Listing::default();
        collect(objects, tree, "", 0, &mut listing)?;
        let listing = Arc::new(listing);
        listings.push_front((tree, listing.clone()));
        listings.truncate(2);
        Ok(listing)
    }

    /// What is to be hashed of a folder that was read: the same bytes are not hashed for the next one
    /// again.
    pub fn claim(&self, objects: &Objects<'_>, tree: Oid, files: Files) -> Result<Vec<Part>, HistoryError> {
        let mut known = self.claimed.borrow_mut();
        let (mut now, mut parts) = (BTreeMap::new(), Vec::new());
        let listing = self.list(objects, tree)?;
        for folder in &listing.folders {
            let bytes = match known.get(folder) {
                Some(bytes) => bytes.clone(),
                None => objects.blob(*folder)?.into(),
            };
            parts.push((*folder, ObjectType::Tree, bytes));
        }
        let files = listing.files.iter().zip(files);
        parts.extend(files.map(|((_, blob), (_, bytes))| (*blob, ObjectType::Blob, bytes)));
        parts.retain(|(id, _, bytes)| {
            let first = now.insert(*id, bytes.clone()).is_none();
            first && !known.get(id).is_some_and(|known| Arc::ptr_eq(known, bytes))
        });
        *known = now;
        Ok(parts)
    }
}

fn collect(
    objects: &Objects<'_>,
    tree: Oid,
    folder: &str,
    depth: usize,
    listing: &mut Listing,
) -> Result<(), HistoryError> {
    check_size(listing.files.len(), depth)?;
    listing.folders.push(tree);
    for (name, entry) in objects.entries(tree)?.into_iter().filter(|(name, _)| !name.starts_with('.')) {
        match entry {
            Entry::File(blob) => listing.files.push((format!("{folder}{name}"), blob)),
            Entry::Folder(inner) => collect(objects, inner, &format!("{folder}{name}/"), depth + 1, listing)?,
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
