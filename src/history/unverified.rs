//! Content that has not been hashed yet. Files and trees are not hashed while they are read: a walk reads
//! many, and only those that a signed release quotes have to be proved.

use std::sync::Arc;

use git2::{ObjectFormat, ObjectType, Oid};
use sha1::{Digest, Sha1};

use super::HistoryError;

/// The content of a version, before verification. Hashing it is left to the caller, who may do so on any
/// thread.
#[derive(Debug)]
pub struct UnverifiedContent {
    /// The commit, and the trees that lead from it to the content.
    pub(super) way: Vec<FolderObject>,
    pub(super) content: Objects,
}

/// The objects that make up the content.
#[derive(Debug)]
pub(super) enum Objects {
    /// The version deletes the file or folder.
    Deleted,
    /// The id and the bytes of a file.
    File(Oid, Vec<u8>),
    /// The objects of a folder that the folder before it did not have.
    Folder(Vec<FolderObject>),
}

/// An object as git stores it: a commit, a tree, or the bytes of a file.
pub(super) type FolderObject = (Oid, ObjectType, Arc<[u8]>);

impl UnverifiedContent {
    /// The number of bytes to hash.
    pub fn size(&self) -> usize {
        let content = match &self.content {
            Objects::Deleted => 0,
            Objects::File(_, bytes) => bytes.len(),
            Objects::Folder(objects) => size(objects),
        };
        size(&self.way) + content
    }

    /// Hashes the content, and compares it with the ids in the commit.
    ///
    /// # Errors
    /// [`HistoryError::Damaged`] if the content of an object does not have the object's id.
    pub fn verify(&self) -> Result<(), HistoryError> {
        self.way.iter().try_for_each(|(id, kind, bytes)| verify(*id, *kind, bytes))?;
        match &self.content {
            Objects::Deleted => Ok(()),
            Objects::File(blob, bytes) => verify(*blob, ObjectType::Blob, bytes),
            Objects::Folder(objects) => objects.iter().try_for_each(|(id, kind, bytes)| verify(*id, *kind, bytes)),
        }
    }
}

fn size(objects: &[FolderObject]) -> usize {
    objects.iter().map(|(_, _, bytes)| bytes.len()).sum()
}

/// Compares the hash of an object with its id. git looks for forged collisions of SHA-1 when it fetches.
/// Here only damaged or exchanged objects have to be found, for which plain SHA-1 is enough and many
/// times faster.
pub(super) fn verify(id: Oid, kind: ObjectType, bytes: &[u8]) -> Result<(), HistoryError> {
    let found = match id.object_format() {
        ObjectFormat::Sha1 => {
            let header = format!("{} {}\0", kind.str(), bytes.len());
            Oid::from_bytes(&Sha1::new().chain_update(header).chain_update(bytes).finalize())?
        }
        other => Oid::hash_object_ext(kind, bytes, other)?,
    };
    if found == id { Ok(()) } else { Err(HistoryError::damaged(kind.str(), id, "its content does not match its id")) }
}
