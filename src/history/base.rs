//! The commit that a change starts from: the merge base with the default branch.

use changecast_core::model::CommitId;
use git2::{ErrorCode, Sort};

use super::{History, HistoryError, commit_id, oid_of_hex};

/// Usual names of default branches, where the remote does not state one.
const USUAL: [&str; 3] = ["main", "master", "trunk"];

impl History {
    /// The name and commit of the default branch: that of the remote, or else a local one of a usual name.
    pub fn default_branch(&self) -> Option<(String, CommitId)> {
        let remote = self.repo.git.find_reference("refs/remotes/origin/HEAD").ok();
        let remote = remote.and_then(|head| head.resolve().ok()).and_then(|branch| {
            let name = branch.shorthand().ok()?.to_owned();
            Some((name, commit_id(branch.target()?)))
        });
        let configured = self.repo.git.config().and_then(|config| config.get_string("init.defaultBranch")).ok();
        let names = USUAL.into_iter().map(str::to_owned).chain(configured);
        let names = names.flat_map(|name| [format!("origin/{name}"), name]);
        remote.or_else(|| {
            names.into_iter().find_map(|name| {
                let path = if name.starts_with("origin/") {
                    format!("refs/remotes/{name}")
                } else {
                    format!("refs/heads/{name}")
                };
                let branch = self.repo.git.find_reference(&path).ok()?.resolve().ok()?;
                Some((name, commit_id(branch.target()?)))
            })
        })
    }

    /// The name of the branch that is published: the default branch, or else that of `HEAD`.
    pub fn main_branch(&self) -> String {
        let default = self.default_branch().map(|(name, _)| name.trim_start_matches("origin/").to_owned());
        let head = self.repo.git.find_reference("HEAD").ok();
        let head =
            head.and_then(|head| Some(head.symbolic_target().ok()??.trim_start_matches("refs/heads/").to_owned()));
        default.or(head).unwrap_or_else(|| USUAL[0].to_owned())
    }

    /// The address of the remote `origin`.
    pub fn origin(&self) -> Option<String> {
        self.repo.git.find_remote("origin").ok()?.url().ok().map(str::to_owned)
    }

    /// The best common ancestor of two commits; `None` if they have none.
    ///
    /// # Errors
    /// [`HistoryError::Git`] if a commit cannot be read.
    pub fn merge_base(&self, a: &CommitId, b: &CommitId) -> Result<Option<CommitId>, HistoryError> {
        if a == b {
            return Ok(Some(a.clone()));
        }
        match self.repo.walkable()?.merge_base(oid_of_hex(a.as_str())?, oid_of_hex(b.as_str())?) {
            Ok(base) => Ok(Some(commit_id(base))),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The commits that a tip has and a base does not have, newest first, with their committer times in seconds since
    /// 1970; at most `limit`.
    ///
    /// # Errors
    /// [`HistoryError::Git`] if a commit cannot be read.
    pub fn commits_since(
        &self,
        base: &CommitId,
        tip: &CommitId,
        limit: usize,
    ) -> Result<Vec<(CommitId, i64)>, HistoryError> {
        if base == tip {
            return Ok(Vec::new());
        }
        let mut walk = self.repo.walkable()?.revwalk()?;
        walk.set_sorting(Sort::TOPOLOGICAL)?;
        walk.push(oid_of_hex(tip.as_str())?)?;
        walk.hide(oid_of_hex(base.as_str())?)?;
        let commits = walk.take(limit).map(|id| {
            let id = commit_id(id?);
            let time = self.time(&id)?;
            Ok((id, time))
        });
        commits.collect()
    }

    /// Whether the repository is a shallow clone.
    pub fn is_shallow(&self) -> bool {
        self.repo.git.is_shallow()
    }
}
