//! Git in: the versions of a file on the first-parent line of a branch. The only user of `git2`.
//!
//! Nothing is ever written to the repository.

mod rename;
mod script;

use std::{fmt, path::Path};

use git2::{ErrorCode, ObjectType, Oid, Repository};

use crate::model::CommitId;

pub use script::{Onto, ScriptedCommit, build};

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
    /// A version that is not a file.
    #[error("commit {commit}: {path} is {found}, not a file")]
    NotAFile {
        /// The commit.
        commit: CommitId,
        /// The path.
        path: String,
        /// What it is.
        found: &'static str,
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
            HistoryError::NotAFile { .. } => "name the inventory file itself".into(),
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

/// A commit on the first-parent line that changed the inventory's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// The commit.
    pub commit: CommitId,
    /// Its first parent.
    pub parent: Option<CommitId>,
    /// Its committer time, in seconds since 1970 (UTC).
    pub time: i64,
    /// Where the file lies, or lay until this commit.
    pub path: String,
    /// The file's content, `None` where the commit deletes it.
    blob: Option<Oid>,
}

impl Version {
    /// Whether the file is there.
    pub fn exists(&self) -> bool {
        self.blob.is_some()
    }
}

/// What a walk found.
#[derive(Clone, Debug)]
pub struct Walked {
    /// The versions, oldest first.
    pub versions: Vec<Version>,
    /// Whether the walk came to the commit after which it was to begin; always so without one.
    pub reached: bool,
    /// The file as it stands in the commit after which the walk began.
    pub base: Option<Version>,
}

/// A repository, opened for reading.
pub struct History {
    repo: Repository,
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
}

impl History {
    /// Opens the repository at or around `dir`; bare repositories and worktrees too.
    ///
    /// # Errors
    /// [`HistoryError::NoRepository`].
    pub fn open(dir: &Path) -> Result<Self, HistoryError> {
        let repo = Repository::discover(dir).map_err(|error| HistoryError::NoRepository {
            path: dir.display().to_string(),
            message: error.message().to_owned(),
        })?;
        Ok(History { repo })
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
        Ok(self.repo.find_commit(Oid::from_str(commit.as_str())?)?.time().seconds())
    }

    fn tip(&self, revision: Option<&str>) -> Result<Oid, HistoryError> {
        let Some(name) = revision else { return self.head() };
        let no_revision = || HistoryError::NoRevision(name.to_owned());
        // A branch wins over a tag or file of its name.
        let object =
            self.repo.revparse_single(&format!("refs/heads/{name}")).or_else(|_| self.repo.revparse_single(name));
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
        let (tip, later) = (self.tip(tip)?, Oid::from_str(commit.as_str())?);
        match self.repo.graph_descendant_of(later, tip) {
            Ok(descends) => Ok(descends),
            // A commit that is gone altogether comes after nothing.
            Err(error) if error.code() == ErrorCode::NotFound => Ok(false),
            Err(_) if self.repo.find_commit(later).is_err() => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The versions of a file, oldest first. `paths` are the places where it lies and lay, the newest
    /// first; in every commit the first that exists counts. Before the oldest of them the file is
    /// followed through renames, where its content proves one.
    ///
    /// # Errors
    /// [`HistoryError`] when the history cannot be walked to its beginning, or to `walk.since`.
    pub fn versions(&self, walk: &Walk, paths: &[String]) -> Result<Walked, HistoryError> {
        let mut paths = paths.to_vec();
        let mut versions: Vec<Version> = Vec::new();
        let mut reached = walk.since.is_none();
        let mut base = None;
        let mut commit = self.repo.find_commit(self.tip(walk.tip.as_deref())?)?;
        let mut here = self.find(&commit, &paths)?;
        loop {
            let id = commit_id(commit.id());
            if walk.since.as_ref() == Some(&id) {
                reached = true;
                base = here.map(|(path, blob)| Version {
                    commit: id,
                    parent: commit.parent_id(0).ok().map(commit_id),
                    time: commit.time().seconds(),
                    path,
                    blob: Some(blob),
                });
                break;
            }
            let parent = self.parent(&commit)?;
            let mut before = match &parent {
                Some(parent) => self.find(parent, &paths)?,
                None => None,
            };
            if let (Some((path, _)), None, Some(parent)) = (&here, &before, &parent)
                && let Some(earlier) = rename::earlier_path(&self.repo, parent, &commit, path)?
            {
                paths.push(earlier);
                before = self.find(parent, &paths)?;
            }
            if here != before {
                let path = here.as_ref().or(before.as_ref()).map(|(path, _)| path.clone()).unwrap_or_default();
                versions.push(Version {
                    commit: id,
                    parent: parent.as_ref().map(|parent| commit_id(parent.id())),
                    time: commit.time().seconds(),
                    path,
                    blob: here.as_ref().map(|(_, blob)| *blob),
                });
            }
            let Some(parent) = parent else { break };
            (commit, here) = (parent, before);
        }
        versions.reverse();
        Ok(Walked { versions, reached, base })
    }

    /// The bytes of a version.
    ///
    /// # Errors
    /// [`HistoryError::Damaged`] when the object is missing.
    pub fn bytes(&self, version: &Version) -> Result<Option<Vec<u8>>, HistoryError> {
        let Some(blob) = version.blob else { return Ok(None) };
        Ok(Some(self.repo.find_blob(blob)?.content().to_vec()))
    }

    /// The bytes of a file in one commit: the first of `paths` that exists, with its path.
    ///
    /// # Errors
    /// [`HistoryError`] when the revision or its objects cannot be read.
    pub fn file_at(&self, revision: Option<&str>, paths: &[String]) -> Result<Option<(String, Vec<u8>)>, HistoryError> {
        let commit = self.repo.find_commit(self.tip(revision)?)?;
        let Some((path, blob)) = self.find(&commit, paths)? else { return Ok(None) };
        Ok(Some((path, self.repo.find_blob(blob)?.content().to_vec())))
    }

    /// The first parent. A shallow clone ends at a commit whose parents were not fetched.
    fn parent<'r>(&'r self, commit: &git2::Commit<'r>) -> Result<Option<git2::Commit<'r>>, HistoryError> {
        match commit.parent(0) {
            Ok(parent) => Ok(Some(parent)),
            Err(_) if self.repo.is_shallow() => Err(HistoryError::Shallow(commit_id(commit.id()))),
            Err(error) if error.code() == ErrorCode::NotFound && commit.parent_count() == 0 => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The first of `paths` that is a file in the commit.
    fn find(&self, commit: &git2::Commit<'_>, paths: &[String]) -> Result<Option<(String, Oid)>, HistoryError> {
        let tree = commit.tree()?;
        for path in paths {
            let wrong = |found| HistoryError::NotAFile { commit: commit_id(commit.id()), path: path.clone(), found };
            let Some(entry) = self.entry(commit, &tree, path)? else { continue };
            return match (entry.kind(), entry.filemode()) {
                (Some(ObjectType::Blob), 0o120_000) => Err(wrong("a symbolic link")),
                (Some(ObjectType::Blob), _) => Ok(Some((path.clone(), entry.id()))),
                (Some(ObjectType::Tree), _) => Err(wrong("a folder")),
                _ => Err(HistoryError::Submodule { commit: commit_id(commit.id()), path: path.clone() }),
            };
        }
        Ok(None)
    }

    /// The entry at a path, found folder by folder: a submodule on the way is no missing file.
    fn entry(
        &self,
        commit: &git2::Commit<'_>,
        tree: &git2::Tree<'_>,
        path: &str,
    ) -> Result<Option<git2::TreeEntry<'static>>, HistoryError> {
        let mut entry: Option<git2::TreeEntry<'static>> = None;
        for part in path.split('/') {
            let folder = match &entry {
                None => None,
                Some(entry) if entry.kind() == Some(ObjectType::Tree) => Some(self.repo.find_tree(entry.id())?),
                Some(entry) if entry.kind() == Some(ObjectType::Commit) => {
                    return Err(HistoryError::Submodule { commit: commit_id(commit.id()), path: path.to_owned() });
                }
                Some(_) => return Ok(None),
            };
            let Some(found) =
                folder.as_ref().unwrap_or(tree).get_name_bytes(part.as_bytes()).map(|entry| entry.to_owned())
            else {
                return Ok(None);
            };
            entry = Some(found);
        }
        Ok(entry)
    }
}
