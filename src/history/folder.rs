//! Folders of files: all files below a tree. Successive versions of a folder share most of their files.

use std::{
    cell::RefCell,
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use git2::{ObjectType, Oid};

use super::{
    Content, Files, HistoryError,
    objects::{Entry, Objects},
    unverified::FolderObject,
};

/// The largest number of files in an inventory folder.
const MAX_FILES: usize = 100_000;
/// The largest number of nested folders in an inventory folder.
const MAX_DEPTH: usize = 16;

/// The content of a folder, at all levels.
#[derive(Default)]
pub(super) struct Listing {
    /// Its files, with their paths in the folder, in git's order.
    pub files: Vec<(String, Oid)>,
    /// The folder itself and all folders in it.
    folders: Vec<Oid>,
    /// The first path that is not UTF-8, with escapes. Such a folder is not searched.
    not_utf8: Option<String>,
}

/// A cache of the previous folder, most of which is in the next one as well.
#[derive(Default)]
pub(super) struct FolderCache {
    /// Contents of the folder that was read last. (Not a hash map: git2 hashes equal ids differently.)
    contents: RefCell<BTreeMap<Oid, Arc<[u8]>>>,
    /// The two folders that were listed last: those of a version and of the previous version.
    listings: RefCell<VecDeque<(Oid, Arc<Listing>)>>,
    /// The objects of the folder that was last passed on for verification.
    verified: RefCell<BTreeMap<Oid, Arc<[u8]>>>,
}

impl FolderCache {
    /// The content of a tree: the files below it, by their paths in it.
    pub fn read(&self, objects: &Objects<'_>, tree: Oid) -> Result<Content, HistoryError> {
        let listing = self.list(objects, tree)?;
        match &listing.not_utf8 {
            Some(path) => Ok(Content::NotUtf8 { path: path.clone() }),
            None => Ok(Content::Folder(self.files(objects, &listing)?)),
        }
    }

    fn files(&self, objects: &Objects<'_>, listing: &Listing) -> Result<Files, HistoryError> {
        let mut known = self.contents.borrow_mut();
        let mut now = BTreeMap::new();
        let mut files = Vec::new();
        for (path, blob) in &listing.files {
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

    /// The files below a tree, without hidden files, links and submodules.
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

    /// The objects of a folder that have to be hashed: its folders, and its files if they were read. Bytes that the previous folder had as well are
    /// hashed once.
    pub fn unverified(
        &self,
        objects: &Objects<'_>,
        tree: Oid,
        files: Files,
    ) -> Result<Vec<FolderObject>, HistoryError> {
        let mut known = self.verified.borrow_mut();
        let (mut now, mut found) = (BTreeMap::new(), Vec::new());
        let listing = self.list(objects, tree)?;
        for folder in &listing.folders {
            let bytes = match known.get(folder) {
                Some(bytes) => bytes.clone(),
                None => objects.tree(*folder)?.into(),
            };
            found.push((*folder, ObjectType::Tree, bytes));
        }
        let files = listing.files.iter().zip(files);
        found.extend(files.map(|((_, blob), (_, bytes))| (*blob, ObjectType::Blob, bytes)));
        found.retain(|(id, _, bytes)| {
            let first = now.insert(*id, bytes.clone()).is_none();
            first && !known.get(id).is_some_and(|known| Arc::ptr_eq(known, bytes))
        });
        *known = now;
        Ok(found)
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
    for (bytes, entry) in objects.entries(tree)?.into_iter().filter(|(name, _)| !name.starts_with(b".")) {
        let Ok(name) = str::from_utf8(&bytes) else {
            if matches!(entry, Entry::File(_) | Entry::Folder(_)) {
                let path = format!("{folder}{}", bytes.escape_ascii());
                listing.not_utf8.get_or_insert(path);
            }
            continue;
        };
        match entry {
            Entry::File(blob) => listing.files.push((format!("{folder}{name}"), blob)),
            Entry::Folder(inner) => collect(objects, inner, &format!("{folder}{name}/"), depth + 1, listing)?,
            Entry::Link | Entry::Submodule => {}
        }
    }
    Ok(())
}

/// Checks the number of files and the depth of an inventory folder.
///
/// # Errors
/// [`HistoryError::TooLarge`] if one of them exceeds its limit.
pub fn check_size(files: usize, depth: usize) -> Result<(), HistoryError> {
    if depth > MAX_DEPTH || files > MAX_FILES {
        return Err(HistoryError::TooLarge { files: MAX_FILES, depth: MAX_DEPTH });
    }
    Ok(())
}
