//! Versions of an inventory: which commits to walk, and what a walk finds.

use std::sync::Arc;

use changecast_core::model::CommitId;
use git2::Oid;

/// Which commits to walk.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// The branch or revision to start from; `HEAD` if `None`.
    pub tip: Option<String>,
    /// The commit at which the walk ends; it is not part of the walk.
    pub since: Option<CommitId>,
    /// Whether the list is withdrawn at `since`. A file that is renamed to its path later is then
    /// another file.
    pub withdrawn: bool,
}

/// The result of a walk.
#[derive(Clone, Debug)]
pub struct Walked {
    /// The versions, oldest first.
    pub versions: Vec<Version>,
    /// Whether the walk reached [`Walk::since`]; always true without one.
    pub reached: bool,
    /// The inventory in the commit [`Walk::since`].
    pub base: Option<Version>,
}

/// A commit on the first-parent line that changed the inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The id of the commit.
    pub commit: CommitId,
    /// Its first parent; `None` for a root commit.
    pub parent: Option<CommitId>,
    /// Its committer time, in seconds since 1970 (UTC).
    pub time: i64,
    /// The path of the file or folder; if the commit deletes it, the path that it had.
    pub path: String,
    /// The object at the path, `None` if the commit deletes it.
    pub(super) stored: Option<Stored>,
    /// The object before, at this or an earlier path.
    pub(super) before: Option<Stored>,
}

impl Version {
    /// Whether the commit contains the file or folder.
    pub fn exists(&self) -> bool {
        self.stored.is_some()
    }
}

/// The object at one of the inventory's paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    File(Oid),
    Folder(Oid),
    /// A symbolic link. git stores where it leads, and that may be outside of the repository.
    Link,
    /// A submodule at the path or above it.
    Submodule,
}

impl Stored {
    /// Whether this repository contains the file or folder at the path.
    pub fn has_content(self) -> bool {
        matches!(self, Stored::File(_) | Stored::Folder(_))
    }
}

/// The content of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The bytes of a file.
    File(Vec<u8>),
    /// The files below a folder, by their paths in it.
    Folder(Files),
    /// A folder that contains a name that is not UTF-8. Its files are not read.
    NotUtf8 {
        /// The path in the folder, with escapes (`\xfc`) for bytes that are not ASCII.
        path: String,
    },
    /// The path is neither a file nor a folder in this commit. The text names its type: "a symbolic link".
    NotAFile(&'static str),
}

/// Files by their paths in a folder.
pub type Files = Vec<(String, Arc<[u8]>)>;
