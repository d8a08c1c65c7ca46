//! Reads the versions of a file or folder on the first-parent line of a branch. The only user of `git2`.
//!
//! A repository is never written to, except by [`create_repo`], which creates new ones.

mod base;
mod damage;
mod error;
mod first_parent;
mod fixture;
mod folder;
mod graph;
mod loose;
mod objects;
mod rename;
mod repo;
mod unverified;
mod version;
mod walk;

use std::{
    ffi::OsStr,
    fmt, fs, iter,
    path::{Path, PathBuf},
};

use changecast_core::model::CommitId;
use git2::{BranchType, ErrorCode, ObjectFormat, Oid, Repository, RepositoryOpenFlags};

use crate::parallel::Prefetch;

use objects::ObjectDir;
use repo::Repo;
use version::Stored;
use walk::Renames;

pub use error::HistoryError;
pub use fixture::{Branch, FixtureCommit, create_repo};
pub use folder::check_size;
pub use unverified::UnverifiedContent;
pub use version::{Content, Files, Version, Walk, Walked};

/// Sets libgit2's options for a process that reads large histories: it does not cache objects, because a
/// walk reads each of them once, and does not hash them, because [`UnverifiedContent`] hashes those that
/// matter. A program that uses libgit2 for other purposes as well should not call this; everything here
/// works without it, only more slowly.
pub fn configure_process() {
    git2::opts::enable_caching(false);
    git2::opts::strict_hash_verification(false);
}

fn commit_id(oid: Oid) -> CommitId {
    CommitId::from_hex(oid.to_string())
}

/// The names in a folder; none if it cannot be read.
fn names_in(folder: &Path) -> impl Iterator<Item = String> + use<> {
    fs::read_dir(folder).into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok())
}

/// The id in hexadecimal, SHA-1 or SHA-256 according to its length.
fn oid_of_hex(hex: &str) -> Result<Oid, git2::Error> {
    let format = if hex.len() > 40 { ObjectFormat::Sha256 } else { ObjectFormat::Sha1 };
    Oid::from_str_ext(hex, format)
}

/// Files of this size and more are loaded ahead, in bytes.
const LARGE: usize = 64 << 10;
/// The number of large files that may wait for their reader.
const LARGE_QUEUE_LIMIT: usize = 2;

/// A repository that is open for reading.
pub struct History {
    repo: Repo,
    folders: folder::FolderCache,
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("History").field(&self.repo.git.path()).finish()
    }
}

impl History {
    /// Opens the repository that contains `dir`. It may be bare, or a linked worktree.
    ///
    /// # Errors
    /// [`HistoryError::NoRepository`], [`HistoryError::NotOwned`] or [`HistoryError::CannotOpen`].
    pub fn open(dir: &Path) -> Result<Self, HistoryError> {
        let repo = Repository::open_ext(dir, RepositoryOpenFlags::empty(), iter::empty::<&OsStr>())
            .map_err(|error| HistoryError::open(dir.display().to_string(), repository_around(dir), error))?;
        History::of(repo)
    }

    /// Opens the repository in `dir` itself, and none above it.
    ///
    /// # Errors
    /// [`HistoryError`] as for [`History::open`].
    pub fn at(dir: &Path) -> Result<Self, HistoryError> {
        let repo = Repository::open(dir)
            .map_err(|error| HistoryError::open(dir.display().to_string(), Some(dir.to_owned()), error))?;
        History::of(repo)
    }

    fn of(repo: Repository) -> Result<Self, HistoryError> {
        Ok(History { repo: Repo::of(repo)?, folders: folder::FolderCache::default() })
    }

    /// The working tree; `None` if the repository is bare.
    pub fn root(&self) -> Option<&Path> {
        self.repo.git.workdir()
    }

    /// Whether git tracks the file at this path in the working tree.
    ///
    /// # Errors
    /// [`HistoryError::Git`] if the index cannot be read.
    pub fn is_tracked(&self, path: &Path) -> Result<bool, HistoryError> {
        let (Some(root), Ok(path)) = (self.root().and_then(|root| root.canonicalize().ok()), path.canonicalize())
        else {
            return Ok(false);
        };
        let Ok(path) = path.strip_prefix(root) else { return Ok(false) };
        Ok(self.repo.git.index()?.get_path(path, 0).is_some())
    }

    /// The commit of a revision; that of `HEAD` for `None`.
    ///
    /// # Errors
    /// [`HistoryError::NoRevision`], [`HistoryError::NoCommits`] or [`HistoryError::NoHead`].
    pub fn resolve(&self, revision: Option<&str>) -> Result<CommitId, HistoryError> {
        Ok(commit_id(self.tip(revision)?))
    }

    /// The committer time of a commit, in seconds since 1970 (UTC).
    ///
    /// # Errors
    /// [`HistoryError::Object`] if the commit is missing.
    pub fn time(&self, commit: &CommitId) -> Result<i64, HistoryError> {
        let read = self.repo.objects()?.commit(oid_of_hex(commit.as_str())?)?;
        Ok(read.time.unwrap_or_default())
    }

    /// The committer time of a commit exactly as git stores it: seconds since 1970 and a zone, `1712912400 +0200`.
    ///
    /// # Errors
    /// [`HistoryError::Object`] if the commit is missing.
    pub fn committed(&self, commit: &CommitId) -> Result<String, HistoryError> {
        self.repo.objects()?.committed(oid_of_hex(commit.as_str())?)
    }

    fn tip(&self, revision: Option<&str>) -> Result<Oid, HistoryError> {
        match revision {
            Some(name) => self.revision(name)?.ok_or_else(|| HistoryError::NoRevision(name.to_owned())),
            None => self.head(),
        }
    }

    /// The commit of a revision. A full id has precedence over a branch of that name, and a branch over
    /// a tag or file.
    fn revision(&self, name: &str) -> Result<Option<Oid>, HistoryError> {
        if let Ok(id) = name.parse::<CommitId>() {
            let id = oid_of_hex(id.as_str())?;
            // libgit2 refuses commits with an unusual identity line; they are read here instead.
            match self.repo.objects().and_then(|objects| objects.commit(id)) {
                Ok(_) => return Ok(Some(id)),
                Err(error) if error.is_missing_object() => return Ok(None),
                // It may be a tag.
                Err(_) => {}
            }
            let object = self.repo.walkable()?.find_object(id, None);
            return Ok(object.and_then(|object| object.peel_to_commit()).ok().map(|commit| commit.id()));
        }
        let branch = self.repo.git.find_reference(&format!("refs/heads/{name}"));
        if let Some(id) = branch.and_then(|branch| branch.resolve()).ok().and_then(|branch| branch.target()) {
            return Ok(Some(id));
        }
        let object = self.repo.walkable()?.revparse_single(name);
        Ok(object.and_then(|object| object.peel_to_commit()).ok().map(|commit| commit.id()))
    }

    /// The commit of HEAD. A clone of a bundle may leave HEAD on a branch that does not exist: then the
    /// only branch is used, a local or else a remote-tracking one.
    fn head(&self) -> Result<Oid, HistoryError> {
        match self.repo.git.head() {
            Ok(head) => match head.target() {
                Some(id) => Ok(id),
                None => {
                    self.repo.walkable()?;
                    Ok(head.peel_to_commit()?.id())
                }
            },
            Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => {
                let mut branches = self.branches(BranchType::Local)?;
                if branches.is_empty() {
                    branches = self.branches(BranchType::Remote)?;
                }
                match branches.as_slice() {
                    [] => Err(HistoryError::NoCommits),
                    [(_, only)] => Ok(*only),
                    _ => Err(HistoryError::NoHead { branches: branches.into_iter().map(|(name, _)| name).collect() }),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The branches of a type that point to a commit, with their names.
    fn branches(&self, kind: BranchType) -> Result<Vec<(String, Oid)>, HistoryError> {
        let mut found = Vec::new();
        for branch in self.repo.git.branches(Some(kind))? {
            let (branch, _) = branch?;
            let name = String::from_utf8_lossy(branch.name_bytes()?).into_owned();
            found.extend(branch.get().target().map(|id| (name, id)));
        }
        found.sort();
        Ok(found)
    }

    /// Whether the tip is an ancestor of a commit, as in a checkout that is older than the published log.
    ///
    /// # Errors
    /// [`HistoryError`] if the revision does not exist, or its objects cannot be read.
    pub fn lies_before(&self, tip: Option<&str>, commit: &CommitId) -> Result<bool, HistoryError> {
        let (tip, later) = (self.tip(tip)?, oid_of_hex(commit.as_str())?);
        match self.repo.walkable()?.graph_descendant_of(later, tip) {
            Ok(descends) => Ok(descends),
            // A commit that no longer exists has no ancestors.
            Err(error) if error.code() == ErrorCode::NotFound => Ok(false),
            Err(_) if self.repo.git.find_commit(later).is_err() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The versions of a file or folder, oldest first. `paths` are its present and earlier paths, newest
    /// first; in each commit, the first one that exists counts. In commits before any of them exists, the
    /// file is followed through renames that are evident from its content.
    ///
    /// # Errors
    /// [`HistoryError`] if the history cannot be walked to its first commit, or to `walk.since`.
    pub fn versions(&self, walk: &Walk, paths: &[String]) -> Result<Walked, HistoryError> {
        let since = walk.since.as_ref().map(|since| oid_of_hex(since.as_str())).transpose()?;
        let renames = if walk.withdrawn { Renames::Ignore } else { Renames::Follow };
        walk::walk(&self.repo, self.tip(walk.tip.as_deref())?, since, paths, renames)
    }

    /// The content of a version; `None` if its commit deletes the file or folder.
    ///
    /// # Errors
    /// [`HistoryError`] if an object cannot be read.
    pub fn content(&self, version: &Version) -> Result<Option<Content>, HistoryError> {
        version.stored.map(|stored| self.load(stored)).transpose()
    }

    /// The contents of versions, in their order; `None` for versions that delete the file or folder.
    /// Large files are loaded ahead on another thread.
    pub fn contents<'h>(
        &'h self,
        versions: &'h [Version],
    ) -> impl Iterator<Item = Result<Option<Content>, HistoryError>> + 'h {
        let prefetch = self.prefetch(versions);
        versions.iter().map(move |version| match (&prefetch, version.stored) {
            (Some(prefetch), Some(Stored::File(_))) => match prefetch.next() {
                Some(bytes) => Ok(Some(Content::File(bytes?))),
                // The thread ended early: read here, for the error.
                None => self.content(version),
            },
            _ => self.content(version),
        })
    }

    /// Starts to load the files of versions, if the newest one is large.
    fn prefetch(&self, versions: &[Version]) -> Option<Prefetch<Result<Vec<u8>, HistoryError>>> {
        let blobs: Vec<Oid> = versions.iter().filter_map(file_blob).collect();
        if blobs.len() <= 2 || self.repo.objects().ok()?.size(*blobs.last()?).ok()? < LARGE {
            return None;
        }
        let dir = ObjectDir::of(&self.repo.git);
        Prefetch::start(LARGE_QUEUE_LIMIT, move |sender| match dir.open() {
            // Sending fails once the reader needs no more.
            Ok(objects) => drop(blobs.into_iter().try_for_each(|blob| sender.send(objects.blob(blob)))),
            Err(error) => drop(sender.send(Err(error))),
        })
    }

    fn load(&self, stored: Stored) -> Result<Content, HistoryError> {
        let objects = self.repo.objects()?;
        Ok(match stored {
            Stored::File(blob) => Content::File(objects.blob(blob)?),
            Stored::Folder(tree) => self.folders.read(&objects, tree)?,
            Stored::Link => Content::NotAFile("a symbolic link"),
            Stored::Submodule => Content::NotAFile("a submodule"),
        })
    }

    /// The files of a folder that this version renamed, as (from, to) paths in the folder. Only renames
    /// that are evident from the content count.
    ///
    /// # Errors
    /// [`HistoryError`] if an object cannot be read.
    pub fn renames(&self, version: &Version) -> Result<Vec<(String, String)>, HistoryError> {
        match (version.before, version.stored) {
            (Some(Stored::Folder(before)), Some(Stored::Folder(after))) => {
                let objects = self.repo.objects()?;
                let (before, after) = (self.folders.list(&objects, before)?, self.folders.list(&objects, after)?);
                Ok(rename::within(&before.files, &after.files))
            }
            _ => Ok(Vec::new()),
        }
    }

    /// The path to which the commit of a version renamed the file that it deletes, if its content makes
    /// that evident.
    ///
    /// # Errors
    /// [`HistoryError`] if an object cannot be read.
    pub fn moved_to(&self, version: &Version) -> Result<Option<String>, HistoryError> {
        let Some(parent) = version.parent.as_ref().filter(|_| !version.exists()) else { return Ok(None) };
        let (parent, commit) = (oid_of_hex(parent.as_str())?, oid_of_hex(version.commit.as_str())?);
        rename::later_path(&self.repo, parent, commit, &version.path)
    }

    /// Pairs the content of a version with the ids in its commit, so that it can be verified.
    ///
    /// # Errors
    /// [`HistoryError`] if an object cannot be read, or the content is not of this version.
    pub fn unverified(&self, version: &Version, content: Option<Content>) -> Result<UnverifiedContent, HistoryError> {
        let way = self.repo.objects()?.way(oid_of_hex(version.commit.as_str())?, &version.path)?;
        let content = match (version.stored, content) {
            (Some(Stored::File(blob)), Some(Content::File(bytes))) => unverified::Objects::File(blob, bytes),
            (Some(Stored::Folder(tree)), Some(Content::Folder(files))) => {
                unverified::Objects::Folder(self.folders.unverified(&self.repo.objects()?, tree, files)?)
            }
            // The names are all that was read of the folder.
            (Some(Stored::Folder(tree)), Some(Content::NotUtf8 { .. })) => {
                unverified::Objects::Folder(self.folders.unverified(&self.repo.objects()?, tree, Files::new())?)
            }
            // A link or submodule contains no bytes that a release could quote.
            (None, None) | (Some(Stored::Link | Stored::Submodule), Some(Content::NotAFile(_))) => {
                unverified::Objects::Deleted
            }
            _ => {
                let object = format!("commit {}", version.commit);
                return Err(HistoryError::Damaged { object, problem: "it has other content than was read" });
            }
        };
        Ok(UnverifiedContent { way, content })
    }

    /// The bytes of a file in a commit, which are those that the commit names; `None` if it has no such file.
    ///
    /// # Errors
    /// [`HistoryError`] if the commit does not exist, or an object cannot be read or is damaged.
    pub fn file_at(&self, commit: &CommitId, path: &str) -> Result<Option<Vec<u8>>, HistoryError> {
        let tip = self.tip(Some(commit.as_str()))?;
        let found = walk::at(&self.repo, tip, &[path.to_owned()])?;
        let Some((_, Stored::File(blob))) = found else { return Ok(None) };
        let objects = self.repo.objects()?;
        let (way, bytes) = (objects.way(tip, path)?, objects.blob(blob)?);
        UnverifiedContent { way, content: unverified::Objects::File(blob, bytes.clone()) }.verify()?;
        Ok(Some(bytes))
    }

    /// The content of a commit at the first of `paths` that exists, with the path.
    ///
    /// # Errors
    /// [`HistoryError`] if the revision does not exist, or an object cannot be read.
    pub fn content_at(
        &self,
        revision: Option<&str>,
        paths: &[String],
    ) -> Result<Option<(String, Content)>, HistoryError> {
        let found = walk::at(&self.repo, self.tip(revision)?, paths)?;
        found.map(|(path, stored)| Ok((path, self.load(stored)?))).transpose()
    }
}

/// The directory that git's ownership check is about: the working tree, or a bare repository itself.
fn repository_around(dir: &Path) -> Option<PathBuf> {
    let git_dir = Repository::discover_path(dir, iter::empty::<&Path>()).ok()?;
    match git_dir.file_name() {
        Some(name) if name == ".git" => git_dir.parent().map(Path::to_owned),
        _ => Some(git_dir),
    }
}

fn file_blob(version: &Version) -> Option<Oid> {
    match version.stored {
        Some(Stored::File(blob)) => Some(blob),
        _ => None,
    }
}
