//! Git in: the versions of a file or folder on the first-parent line of a branch. The only user of
//! `git2`.
//!
//! Nothing is ever written to the repository.

mod commits;
mod fixture;
mod folder;
mod graph;
mod objects;
mod rename;
mod verified;
mod walk;

use std::{fmt, path::Path, sync::Arc};

use git2::{ErrorCode, ObjectFormat, ObjectType, Oid, Repository};

use changecast_core::model::CommitId;

use crate::parallel::Prefetch;

use objects::{Objects, Place};
use verified::Held;
use walk::Stored;

pub use fixture::{FixtureCommit, Onto, build};
pub use folder::check_size;
pub use verified::Claim;

/// Why a history cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// No repository there.
    #[error("{path} is no git repository: {message}")]
    NoRepository {
        /// The directory.
        path: String,
        /// What git says.
        message: String,
    },
    /// A branch without commits.
    #[error("the repository has no commits")]
    NoCommits,
    /// A revision that git does not know.
    #[error("no revision {0:?} in the repository")]
    NoRevision(String),
    /// The part of the history that is needed was not fetched.
    #[error("the repository is shallow: the history before commit {0} is missing")]
    Shallow(CommitId),
    /// The path lies in a submodule.
    #[error("commit {commit}: {path} lies in a submodule, whose history is its own")]
    Submodule {
        /// The commit.
        commit: CommitId,
        /// The path.
        path: String,
    },
    /// A version that is neither a file nor a folder.
    #[error("commit {commit}: {path} is {found}, neither a file nor a folder")]
    NotAFile {
        /// The commit.
        commit: CommitId,
        /// The path.
        path: String,
        /// What it is.
        found: &'static str,
    },
    /// A folder that is too large for an inventory.
    #[error("a folder with more than {files} files, or more than {depth} folders deep, is no inventory")]
    TooLarge {
        /// Most files.
        files: usize,
        /// Deepest folder.
        depth: usize,
    },
    /// An object is missing or broken.
    #[error("the repository is damaged: {0}")]
    Damaged(String),
}

impl HistoryError {
    /// The next step for whoever sees this error.
    pub fn help(&self) -> String {
        match self {
            HistoryError::NoRepository { .. } => "run inside a git repository, or name one with --repo DIR".into(),
            HistoryError::NoCommits => "commit the inventory first".into(),
            HistoryError::NoRevision(_) => "`git log --first-parent` lists the commits that can be named".into(),
            HistoryError::Shallow(_) => "fetch the whole history: git fetch --unshallow (in CI: fetch-depth: 0)".into(),
            HistoryError::Submodule { .. } => "run changecast in the submodule's own repository".into(),
            HistoryError::NotAFile { .. } | HistoryError::TooLarge { .. } => {
                "name the inventory file or folder itself".into()
            }
            HistoryError::Damaged(_) => "check it with: git fsck".into(),
        }
    }
}

impl From<git2::Error> for HistoryError {
    fn from(error: git2::Error) -> Self {
        HistoryError::Damaged(error.message().to_owned())
    }
}

fn commit_id(oid: Oid) -> CommitId {
    CommitId::from_hex(oid.to_string())
}

/// The object of a full hexadecimal id, of SHA-1 or SHA-256 by its length.
fn oid_of_hex(hex: &str) -> Result<Oid, git2::Error> {
    let format = if hex.len() > 40 { ObjectFormat::Sha256 } else { ObjectFormat::Sha1 };
    Oid::from_str_ext(hex, format)
}

/// What a version holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The bytes of a file.
    File(Vec<u8>),
    /// The files below a folder, by their paths in it.
    Folder(Files),
}

/// Files by their paths in a folder.
pub type Files = Vec<(String, Arc<[u8]>)>;

/// A commit on the first-parent line that changed the inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The commit.
    pub commit: CommitId,
    /// Its first parent.
    pub parent: Option<CommitId>,
    /// Its committer time, in seconds since 1970 (UTC).
    pub time: i64,
    /// Where the file or folder lies, or lay until this commit.
    pub path: String,
    /// What lies there, `None` where the commit deletes it.
    stored: Option<Stored>,
    /// What lay there before, or at an earlier place.
    before: Option<Stored>,
}

impl Version {
    /// Whether the file or folder is there.
    pub fn exists(&self) -> bool {
        self.stored.is_some()
    }
}

/// What a walk found.
#[derive(Clone, Debug)]
pub struct Walked {
    /// The versions, oldest first.
    pub versions: Vec<Version>,
    /// Whether the walk came to the commit after which it was to begin; always so without one.
    pub reached: bool,
    /// The inventory as it stands in the commit after which the walk began.
    pub base: Option<Version>,
}

/// From this size on, in bytes, files are loaded ahead.
const LARGE: usize = 64 << 10;
/// How many of them wait for their reader at most.
const LARGE_WAITING: usize = 2;

/// A repository, opened for reading.
pub struct History {
    repo: Repository,
    files: folder::Memory,
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("History").field(&self.repo.path()).finish()
    }
}

/// Which commits to walk.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// The branch or revision to start from; `HEAD` when not given.
    pub tip: Option<String>,
    /// The revision after which the walk begins (it is not part of it).
    pub since: Option<CommitId>,
    /// Whether the list is withdrawn there. What is renamed later was another file before.
    pub withdrawn: bool,
}

impl History {
    /// Opens the repository at or around `dir`; bare repositories and worktrees too.
    ///
    /// # Errors
    /// [`HistoryError::NoRepository`].
    pub fn open(dir: &Path) -> Result<Self, HistoryError> {
        // A walk reads every object once. Caching them costs more than it saves, and so does hashing
        // them: what a signed release quotes is hashed by its `Claim`.
        git2::opts::enable_caching(false);
        git2::opts::strict_hash_verification(false);
        let repo = Repository::discover(dir).map_err(|error| HistoryError::NoRepository {
            path: dir.display().to_string(),
            message: error.message().to_owned(),
        })?;
        Ok(History { repo, files: folder::Memory::default() })
    }

    /// The working tree, when there is one.
    pub fn root(&self) -> Option<&Path> {
        self.repo.workdir()
    }

    /// The commit that a revision names; `HEAD` when none is given.
    ///
    /// # Errors
    /// [`HistoryError::NoRevision`], [`HistoryError::NoCommits`].
    pub fn resolve(&self, revision: Option<&str>) -> Result<CommitId, HistoryError> {
        Ok(commit_id(self.tip(revision)?))
    }

    /// The committer time of a commit, in seconds since 1970 (UTC).
    ///
    /// # Errors
    /// [`HistoryError::Damaged`] when the commit is missing.
    pub fn time(&self, commit: &CommitId) -> Result<i64, HistoryError> {
        Ok(self.repo.find_commit(oid_of_hex(commit.as_str())?)?.time().seconds())
    }

    fn tip(&self, revision: Option<&str>) -> Result<Oid, HistoryError> {
        let Some(name) = revision else { return self.head() };
        let no_revision = || HistoryError::NoRevision(name.to_owned());
        // A whole id wins over a branch of its name, and a branch over a tag or file.
        let object = match name.parse::<CommitId>() {
            Ok(id) => self.repo.find_object(oid_of_hex(id.as_str())?, None),
            Err(_) => {
                let branch = self.repo.find_reference(&format!("refs/heads/{name}"));
                branch.and_then(|branch| branch.peel(ObjectType::Any)).or_else(|_| self.repo.revparse_single(name))
            }
        };
        let commit = object.and_then(|object| object.peel_to_commit()).map_err(|_| no_revision())?;
        Ok(commit.id())
    }

    /// The commit of HEAD. A clone of a bundle may leave HEAD on a branch that does not exist: the
    /// only branch there is is meant then.
    fn head(&self) -> Result<Oid, HistoryError> {
        match self.repo.head() {
            Ok(head) => Ok(head.peel_to_commit()?.id()),
            Err(error) if matches!(error.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => {
                let mut branches = self.repo.branches(Some(git2::BranchType::Local))?;
                match (branches.next(), branches.next()) {
                    (Some(only), None) => Ok(only?.0.get().peel_to_commit()?.id()),
                    _ => Err(HistoryError::NoCommits),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the tip is an ancestor of a commit: a checkout that is older than what was published.
    ///
    /// # Errors
    /// [`HistoryError`] when the revision or its objects cannot be read.
    pub fn lies_before(&self, tip: Option<&str>, commit: &CommitId) -> Result<bool, HistoryError> {
        let (tip, later) = (self.tip(tip)?, oid_of_hex(commit.as_str())?);
        match self.repo.graph_descendant_of(later, tip) {
            Ok(descends) => Ok(descends),
            // A commit that is gone altogether comes after nothing.
            Err(error) if error.code() == ErrorCode::NotFound => Ok(false),
            Err(_) if self.repo.find_commit(later).is_err() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The versions of a file or folder, oldest first. `paths` are the places where it lies and lay,
    /// the newest first; in every commit the first that exists counts. In commits before any of them
    /// existed it is followed through renames, where its content proves one.
    ///
    /// # Errors
    /// [`HistoryError`] when the history cannot be walked to its beginning, or to `walk.since`.
    pub fn versions(&self, walk: &Walk, paths: &[String]) -> Result<Walked, HistoryError> {
        let since = walk.since.as_ref().map(|since| oid_of_hex(since.as_str())).transpose()?;
        walk::walk(&self.repo, self.tip(walk.tip.as_deref())?, since, paths, !walk.withdrawn)
    }

    /// What a version holds; `None` where its commit deletes it.
    ///
    /// # Errors
    /// [`HistoryError::Damaged`] when an object is missing.
    pub fn content(&self, version: &Version) -> Result<Option<Content>, HistoryError> {
        version.stored.map(|stored| self.load(stored)).transpose()
    }

    /// What versions hold, in their order: `None` where a commit deletes it. Large files are loaded
    /// ahead.
    pub fn contents<'h>(
        &'h self,
        versions: &'h [Version],
    ) -> impl Iterator<Item = Result<Option<Content>, HistoryError>> + 'h {
        let ahead = self.ahead(versions);
        versions.iter().map(move |version| match (&ahead, version.stored) {
            (Some(ahead), Some(Stored::File(blob))) => match ahead.next() {
                Some(bytes) => Ok(Some(Content::File(bytes?))),
                None => Err(HistoryError::Damaged(format!("blob {blob} cannot be loaded"))),
            },
            _ => self.content(version),
        })
    }

    /// A loader, where the newest file is large enough that loading ahead gains.
    fn ahead(&self, versions: &[Version]) -> Option<Prefetch<Result<Vec<u8>, HistoryError>>> {
        let file = |version: &Version| match version.stored {
            Some(Stored::File(blob)) => Some(blob),
            _ => None,
        };
        let blobs: Vec<Oid> = versions.iter().filter_map(file).collect();
        if blobs.len() <= 2 {
            return None;
        }
        let (size, _) = self.repo.odb().ok()?.read_header(*blobs.last()?).ok()?;
        if size < LARGE {
            return None;
        }
        let place = Place::of(&self.repo);
        Prefetch::start(LARGE_WAITING, move |out| match place.open() {
            // A reader that is gone needs no more.
            Ok(objects) => drop(blobs.into_iter().try_for_each(|blob| out.send(objects.blob(blob)))),
            Err(error) => drop(out.send(Err(error))),
        })
    }

    fn load(&self, stored: Stored) -> Result<Content, HistoryError> {
        let objects = Objects::of(&self.repo)?;
        Ok(match stored {
            Stored::File(blob) => Content::File(objects.blob(blob)?),
            Stored::Folder(tree) => Content::Folder(self.files.read(&objects, tree)?),
        })
    }

    /// The files of a folder that this version moved or renamed, as (from, to) paths in the folder:
    /// only those whose content proves it.
    ///
    /// # Errors
    /// [`HistoryError::Damaged`] when an object is missing.
    pub fn renames(&self, version: &Version) -> Result<Vec<(String, String)>, HistoryError> {
        match (version.before, version.stored) {
            (Some(Stored::Folder(before)), Some(Stored::Folder(after))) => {
                let objects = Objects::of(&self.repo)?;
                let (before, after) = (self.files.list(&objects, before)?, self.files.list(&objects, after)?);
                Ok(rename::within(&before.files, &after.files))
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Where the file of a version that deletes it went in the same commit, if its content proves it.
    ///
    /// # Errors
    /// [`HistoryError::Damaged`] when an object is missing.
    pub fn moved_to(&self, version: &Version) -> Result<Option<String>, HistoryError> {
        let Some(parent) = version.parent.as_ref().filter(|_| !version.exists()) else { return Ok(None) };
        let (parent, commit) = (oid_of_hex(parent.as_str())?, oid_of_hex(version.commit.as_str())?);
        rename::later_path(&self.repo, parent, commit, &version.path)
    }

    /// What was loaded of a version, as what its commit names, which is still to be checked: loading
    /// alone does not hash it.
    ///
    /// # Errors
    /// [`HistoryError::Damaged`] when an object is missing.
    pub fn claim(&self, version: &Version, content: Option<Content>) -> Result<Claim, HistoryError> {
        Ok(Claim(match (version.stored, content) {
            (Some(Stored::File(blob)), Some(Content::File(bytes))) => Held::File(blob, bytes),
            (Some(Stored::Folder(tree)), Some(Content::Folder(files))) => {
                Held::Folder(self.files.claim(&Objects::of(&self.repo)?, tree, files)?)
            }
            (None, None) => Held::Nothing,
            _ => return Err(HistoryError::Damaged(format!("commit {} holds something else", version.commit))),
        }))
    }

    /// What one commit holds at the first of `paths` that exists, with its path.
    ///
    /// # Errors
    /// [`HistoryError`] when the revision or its objects cannot be read.
    pub fn content_at(
        &self,
        revision: Option<&str>,
        paths: &[String],
    ) -> Result<Option<(String, Content)>, HistoryError> {
        let found = walk::at(&self.repo, self.tip(revision)?, paths)?;
        found.map(|(path, stored)| Ok((path, self.load(stored)?))).transpose()
    }
}
