//! Repositories with fixed commits, dates and authors, for the demo and for tests.

use std::{collections::BTreeMap, path::Path};

use git2::{
    Commit, IndexEntry, IndexTime, ObjectType, Oid, Repository, RepositoryInitOptions, Signature, Time,
    build::CheckoutBuilder,
};

use super::{HistoryError, commit_id};
use changecast_core::model::CommitId;

/// A commit to create.
#[derive(Clone, Debug)]
pub struct FixtureCommit {
    /// Committer and author time, in seconds since 1970 (UTC).
    pub time: i64,
    /// The name of the author and committer.
    pub author: String,
    /// The message of the commit.
    pub message: String,
    /// Paths and contents of files to write; `None` deletes the file.
    pub files: Vec<(String, Option<Vec<u8>>)>,
    /// The branch that gets the commit.
    pub branch: Branch,
}

/// The branch that gets a fixture commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// The branch that is published.
    Main,
    /// The side branch; the first commit creates it from the main branch.
    Side,
    /// The main branch, as a merge of the side branch.
    Merge,
}

/// Creates a repository with these commits, and checks out the main branch. The same commits get the
/// same ids everywhere: the configuration of the machine has no influence.
///
/// # Errors
/// [`HistoryError`] if the repository cannot be created.
pub fn create_repo(dir: &Path, commits: &[FixtureCommit]) -> Result<Vec<CommitId>, HistoryError> {
    let mut options = RepositoryInitOptions::new();
    options.initial_head("main").external_template(false);
    let repo = Repository::init_opts(dir, &options)?;
    let (mut main, mut side): (Option<Oid>, Option<Oid>) = (None, None);
    let mut ids = Vec::new();
    for fixture in commits {
        let parents: Vec<Commit<'_>> = match fixture.branch {
            Branch::Main => find(&repo, main)?.into_iter().collect(),
            Branch::Side => find(&repo, side.or(main))?.into_iter().collect(),
            Branch::Merge => find(&repo, main)?.into_iter().chain(find(&repo, side)?).collect(),
        };
        // A merge starts from the files of the side branch: fixtures have no conflicts.
        let base = parents.last().map(|commit| commit.tree()).transpose()?;
        let tree = tree(&repo, base.as_ref(), &fixture.files)?;
        let signature = Signature::new(&fixture.author, "nobody@example.com", &Time::new(fixture.time, 0))?;
        let parents: Vec<&Commit<'_>> = parents.iter().collect();
        let id = repo.commit(None, &signature, &signature, &fixture.message, &repo.find_tree(tree)?, &parents)?;
        match fixture.branch {
            Branch::Main => main = Some(id),
            Branch::Side => side = Some(id),
            Branch::Merge => (main, side) = (Some(id), None),
        }
        ids.push(commit_id(id));
    }
    if let Some(main) = main {
        repo.reference("refs/heads/main", main, true, "fixture")?;
        repo.checkout_head(Some(CheckoutBuilder::new().force()))?;
    }
    Ok(ids)
}

fn find(repo: &Repository, id: Option<Oid>) -> Result<Option<Commit<'_>>, git2::Error> {
    id.map(|id| repo.find_commit(id)).transpose()
}

/// The tree of `base` with some files written or deleted.
fn tree(
    repo: &Repository,
    base: Option<&git2::Tree<'_>>,
    files: &[(String, Option<Vec<u8>>)],
) -> Result<Oid, HistoryError> {
    let mut blobs: BTreeMap<Vec<u8>, Oid> = BTreeMap::new();
    if let Some(base) = base {
        base.walk(git2::TreeWalkMode::PreOrder, |folder, entry| {
            if entry.kind() == Some(ObjectType::Blob) {
                blobs.insert([folder.as_bytes(), entry.name_bytes()].concat(), entry.id());
            }
            git2::TreeWalkResult::Ok
        })?;
    }
    for (path, content) in files {
        match content {
            Some(content) => blobs.insert(path.clone().into_bytes(), repo.blob(content)?),
            None => blobs.remove(path.as_bytes()),
        };
    }
    let mut index = git2::Index::new()?;
    for (path, id) in blobs {
        index.add(&IndexEntry {
            ctime: IndexTime::new(0, 0),
            mtime: IndexTime::new(0, 0),
            dev: 0,
            ino: 0,
            mode: 0o100_644,
            uid: 0,
            gid: 0,
            file_size: 0,
            id,
            flags: 0,
            flags_extended: 0,
            path,
        })?;
    }
    Ok(index.write_tree_to(repo)?)
}
