//! Repositories made from a script, with fixed dates and authors: the demo's, and those of tests.

use std::{collections::BTreeMap, path::Path};

use git2::{
    Commit, IndexEntry, IndexTime, ObjectType, Oid, Repository, RepositoryInitOptions, Signature, Time,
    build::CheckoutBuilder,
};

use super::{HistoryError, commit_id};
use changecast_core::model::CommitId;

/// A commit to make.
#[derive(Clone, Debug)]
pub struct FixtureCommit {
    /// Committer and author time, in seconds since 1970 (UTC).
    pub time: i64,
    /// Name of the author.
    pub author: String,
    /// The message.
    pub message: String,
    /// Files to write (or to delete, with `None`).
    pub files: Vec<(String, Option<Vec<u8>>)>,
    /// Where the commit goes.
    pub onto: Onto,
}

/// Where a scripted commit goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onto {
    /// On the main line.
    Main,
    /// On a side branch, which begins at the main line when there is none.
    Side,
    /// On the main line, merging the side branch.
    Merge,
}

/// Makes a repository with these commits and checks out the last one. The same script gives the
/// same commit ids everywhere, whatever the configuration of the machine.
///
/// # Errors
/// [`HistoryError`] when the repository cannot be made.
pub fn build(dir: &Path, script: &[FixtureCommit]) -> Result<Vec<CommitId>, HistoryError> {
    let mut options = RepositoryInitOptions::new();
    options.initial_head("main").external_template(false);
    let repo = Repository::init_opts(dir, &options)?;
    let (mut main, mut side): (Option<Oid>, Option<Oid>) = (None, None);
    let mut ids = Vec::new();
    for step in script {
        let find = |id: Option<Oid>| id.map(|id| repo.find_commit(id)).transpose();
        let parents: Vec<Commit<'_>> = match step.onto {
            Onto::Main => find(main)?.into_iter().collect(),
            Onto::Side => find(side.or(main))?.into_iter().collect(),
            Onto::Merge => find(main)?.into_iter().chain(find(side)?).collect(),
        };
        // A merge takes the side branch's files; scripts have no conflicts.
        let base = parents.last().map(|commit| commit.tree()).transpose()?;
        let tree = tree(&repo, base.as_ref(), &step.files)?;
        let signature = Signature::new(&step.author, "nobody@example.com", &Time::new(step.time, 0))?;
        let parents: Vec<&Commit<'_>> = parents.iter().collect();
        let id = repo.commit(None, &signature, &signature, &step.message, &repo.find_tree(tree)?, &parents)?;
        match step.onto {
            Onto::Main => main = Some(id),
            Onto::Side => side = Some(id),
            Onto::Merge => (main, side) = (Some(id), None),
        }
        ids.push(commit_id(id));
    }
    if let Some(main) = main {
        repo.reference("refs/heads/main", main, true, "script")?;
        repo.checkout_head(Some(CheckoutBuilder::new().force()))?;
    }
    Ok(ids)
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
