//! Why a history cannot be read, and what to do about it.

use std::{io, path::PathBuf};

use changecast_core::model::CommitId;
use git2::{ErrorClass, ErrorCode, Oid};

/// Why a history cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// There is no repository at this path or above it.
    #[error("{path} is not in a git repository")]
    NoRepository {
        /// The directory that was searched from.
        path: String,
    },
    /// git's protection against repositories of other users applies (git-config, `safe.directory`).
    #[error("the git repository {path} is owned by another user")]
    NotOwned {
        /// The directory of the repository.
        path: String,
    },
    /// There is a repository, but it cannot be opened: it uses an extension that libgit2 does not know,
    /// or its configuration is broken.
    #[error("cannot open the git repository at {path}: {}", source.message())]
    CannotOpen {
        /// The directory that was searched from.
        path: String,
        /// The error of libgit2.
        source: git2::Error,
    },
    /// The repository has no commits yet.
    #[error("the repository has no commits")]
    NoCommits,
    /// HEAD names a branch that does not exist, and there are several others.
    #[error("HEAD names a branch that does not exist; the repository has {}", branches.join(", "))]
    NoHead {
        /// The branches that exist, as revisions.
        branches: Vec<String>,
    },
    /// A revision that does not exist.
    #[error("no revision {0:?} in the repository")]
    NoRevision(String),
    /// The clone is shallow, and a commit before its boundary is needed.
    #[error("the repository is shallow: the history before commit {0} is missing")]
    Shallow(CommitId),
    /// The clone is partial (git-clone, `--filter`), and an object that was not fetched is needed.
    #[error("the repository is a partial clone, and {object} was not fetched")]
    Partial {
        /// Type and id of the object.
        object: String,
    },
    /// The path is inside a submodule.
    #[error("commit {commit}: {path} is in a submodule, which has its own history")]
    Submodule {
        /// The commit with the submodule.
        commit: CommitId,
        /// The path of the inventory.
        path: String,
    },
    /// A version is neither a file nor a folder.
    #[error("commit {commit}: {path} is {found}, not a file or folder")]
    NotAFile {
        /// The commit of the version.
        commit: CommitId,
        /// The path of the inventory.
        path: String,
        /// The type of object at the path.
        found: &'static str,
    },
    /// A folder is too large for an inventory.
    #[error("an inventory folder may have at most {files} files and {depth} levels of folders")]
    TooLarge {
        /// The limit on files.
        files: usize,
        /// The limit on nested folders.
        depth: usize,
    },
    /// An object is missing or cannot be unpacked.
    #[error("cannot read {object} from the repository: {}", source.message())]
    Object {
        /// Type and id of the object.
        object: String,
        /// The error of libgit2.
        source: git2::Error,
    },
    /// An object can be unpacked, but its content is not valid, or does not match its id.
    #[error("{object} is damaged: {problem}")]
    Damaged {
        /// Type and id of the object.
        object: String,
        /// The problem with its content.
        problem: &'static str,
    },
    /// A file of the repository has content that git does not write.
    #[error("{} is damaged: {problem}", path.display())]
    DamagedFile {
        /// The path of the file.
        path: PathBuf,
        /// The problem with its content.
        problem: &'static str,
    },
    /// A file of the repository cannot be read.
    #[error("{}: {source}", path.display())]
    File {
        /// The path of the file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// Any other error of git.
    #[error("git: {}", .0.message())]
    Git(#[from] git2::Error),
}

impl HistoryError {
    /// The error of opening the repository at or above `path`.
    pub(super) fn open(path: String, repository: Option<PathBuf>, source: git2::Error) -> Self {
        match source.code() {
            ErrorCode::Owner => {
                let owned = repository.map_or(path, |repository| repository.display().to_string());
                HistoryError::NotOwned { path: owned }
            }
            ErrorCode::NotFound => HistoryError::NoRepository { path },
            _ => HistoryError::CannotOpen { path, source },
        }
    }

    /// The error of reading an object.
    pub(super) fn object(kind: &str, id: Oid, source: git2::Error) -> Self {
        HistoryError::Object { object: format!("{kind} {id}"), source }
    }

    /// Whether a whole repository does not contain the object.
    pub fn is_missing_object(&self) -> bool {
        matches!(self, HistoryError::Object { source, .. } if source.code() == ErrorCode::NotFound)
    }

    /// The error of an object with wrong content.
    pub(super) fn damaged(kind: &str, id: Oid, problem: &'static str) -> Self {
        HistoryError::Damaged { object: format!("{kind} {id}"), problem }
    }

    /// The next step for the user who sees this error.
    pub fn help(&self) -> String {
        match self {
            HistoryError::NoRepository { .. } => "run changecast inside a git repository, or pass --repo DIR".into(),
            HistoryError::NotOwned { path } => {
                format!("if you trust it: git config --global --add safe.directory {path}")
            }
            HistoryError::CannotOpen { source, .. } if source.class() == ErrorClass::Config => {
                "fix the git configuration; `git config --list --show-origin` names its files".into()
            }
            HistoryError::CannotOpen { .. } => {
                "changecast needs a repository in git's default format; a fresh `git clone` has it".into()
            }
            HistoryError::NoCommits => "commit the inventory first".into(),
            HistoryError::NoHead { branches } => match branches.first() {
                Some(branch) => format!("choose one with --branch {branch}, or run: git checkout BRANCH"),
                None => "check out a branch".into(),
            },
            HistoryError::NoRevision(_) => "`git log --first-parent` lists the commits to choose from".into(),
            HistoryError::Shallow(_) => "fetch the whole history: git fetch --unshallow (in CI: fetch-depth: 0)".into(),
            HistoryError::Partial { .. } => "fetch all objects: git fetch --refetch --no-filter".into(),
            HistoryError::Submodule { .. } => "run changecast in the submodule's repository".into(),
            HistoryError::NotAFile { .. } | HistoryError::TooLarge { .. } => {
                "pass the path of the inventory file or folder itself".into()
            }
            HistoryError::Object { .. }
            | HistoryError::Damaged { .. }
            | HistoryError::DamagedFile { .. }
            | HistoryError::Git(_) => "check the repository with: git fsck --full".into(),
            HistoryError::File { .. } => "check the permissions of the repository".into(),
        }
    }
}
