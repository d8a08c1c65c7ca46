//! Content that is to be what its commit names: git's objects are not hashed as they are read.

use std::sync::Arc;

use git2::{ObjectFormat, ObjectType, Oid};
use sha1::{Digest, Sha1};

use super::HistoryError;

/// What a version holds, which is still to be hashed. Whoever has time does so, in any thread.
#[derive(Debug)]
pub struct Claim(pub(super) Held);

#[derive(Debug)]
pub(super) enum Held {
    /// No file, no folder.
    Nothing,
    /// A file, as it was read.
    File(Oid, Vec<u8>),
    /// What a folder holds that the one claimed before it did not.
    Folder(Vec<Part>),
}

/// A folder as git stores it, or a file as it was read.
pub(super) type Part = (Oid, ObjectType, Arc<[u8]>);

impl Claim {
    /// How many bytes there are to hash.
    pub fn size(&self) -> usize {
        match &self.0 {
            Held::Nothing => 0,
            Held::File(_, bytes) => bytes.len(),
            Held::Folder(parts) => parts.iter().map(|(_, _, bytes)| bytes.len()).sum(),
        }
    }

    /// Makes sure of it.
    ///
    /// # Errors
    /// [`HistoryError::Damaged`] when an object has other content than its id says.
    pub fn check(&self) -> Result<(), HistoryError> {
        match &self.0 {
            Held::Nothing => Ok(()),
            Held::File(blob, bytes) => check(*blob, ObjectType::Blob, bytes),
            Held::Folder(parts) => parts.iter().try_for_each(|(id, kind, bytes)| check(*id, *kind, bytes)),
        }
    }
}

/// Whether the bytes of an object are what its id says. git looks for forged collisions of SHA-1 when it
/// fetches; here an object must not be another or damaged one, for which SHA-1 alone does, many times
/// faster.
fn check(id: Oid, kind: ObjectType, bytes: &[u8]) -> Result<(), HistoryError> {
    let found = match id.object_format() {
        ObjectFormat::Sha1 => {
            let head = format!("{} {}\0", kind.str(), bytes.len());
            Oid::from_bytes(&Sha1::new().chain_update(head).chain_update(bytes).finalize())?
        }
        other => Oid::hash_object_ext(kind, bytes, other)?,
    };
    if found == id { Ok(()) } else { Err(HistoryError::Damaged(format!("object {id} has other content"))) }
}
