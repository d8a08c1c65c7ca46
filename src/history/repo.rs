//! A repository, with what was found out about its objects.

use std::{cell::Cell, rc::Rc};

use git2::Repository;

use super::{HistoryError, damage, loose::ObjectFolders, objects::Objects};

/// A repository, and the state of its objects.
pub(super) struct Repo {
    pub git: Repository,
    folders: Rc<ObjectFolders>,
    /// Set once the loose objects are checked.
    is_walkable: Cell<bool>,
}

impl Repo {
    /// Checks the packs of a repository.
    ///
    /// # Errors
    /// [`HistoryError::DamagedFile`] if the index of a pack is damaged.
    pub fn of(git: Repository) -> Result<Self, HistoryError> {
        let folders = Rc::new(ObjectFolders::of(git.commondir().join("objects")));
        damage::check_packs(&folders)?;
        Ok(Repo { git, folders, is_walkable: Cell::new(false) })
    }

    /// The objects of the repository.
    ///
    /// # Errors
    /// [`HistoryError::Git`] if they cannot be opened.
    pub fn objects(&self) -> Result<Objects<'_>, HistoryError> {
        Ok(Objects::new(self.git.odb()?, Rc::clone(&self.folders)))
    }

    /// The repository for functions of libgit2 that read commits and trees by themselves.
    ///
    /// # Errors
    /// [`HistoryError::Damaged`] if one of them is damaged in a way that libgit2 does not survive.
    pub fn walkable(&self) -> Result<&Repository, HistoryError> {
        if !self.is_walkable.get() {
            self.folders.check_loose()?;
            self.is_walkable.set(true);
        }
        Ok(&self.git)
    }
}
