//! The preview at the end of `init`: the pages and feeds as they would be published, unsigned.

use std::{
    fs,
    path::{Path, PathBuf},
};

use changecast::{
    config::Config,
    history::{Branch, Content, FixtureCommit, History, create_repo},
    output::Output,
    publish::{self, FutureCommits, Plan, Request, Signing},
};
use changecast_core::model::Timestamp;

use super::super::{Failure, input};

/// The folder of the preview. It contains a .gitignore for itself, so that it is never committed.
const FOLDER: &str = "changecast-preview";

/// A preview that was written.
pub struct Preview {
    /// Its first page.
    pub page: PathBuf,
    /// The number of changes in it.
    pub changes: usize,
}

/// Writes the preview of a configuration. A list that is not committed yet is shown as if it was committed now.
///
/// # Errors
/// [`Failure`] if the list cannot be read, or a file cannot be written.
pub fn write(dir: &Path, config: &Config, now: Timestamp) -> Result<Preview, Failure> {
    let folder = dir.join(FOLDER);
    let output = Output::open(&folder)?;
    let ignore = folder.join(".gitignore");
    fs::write(&ignore, "*\n").map_err(|error| Failure::file(&ignore, error))?;
    let plan = match committed(dir, config) {
        Some(history) => plan(config, &history, now)?,
        None => {
            let repo = folder.join(".uncommitted");
            let planned = plan_uncommitted(dir, config, &repo, now);
            let removed = fs::remove_dir_all(&repo);
            let plan = planned?;
            removed.map_err(|error| Failure::file(&repo, error))?;
            plan
        }
    };
    output.write(&plan.files)?;
    let announcements = plan.lists.iter().flat_map(|list| &list.announcements);
    let changes = announcements.map(|announcement| announcement.changes.len()).sum();
    Ok(Preview { page: folder.join("index.html"), changes })
}

/// The repository of the directory, if its newest commit contains a list of the configuration.
fn committed(dir: &Path, config: &Config) -> Option<History> {
    let history = History::open(dir).ok()?;
    let has_list = config.lists.iter().any(|list| matches!(history.content_at(None, &list.inventory.0), Ok(Some(_))));
    has_list.then_some(history)
}

/// The publication of the files in the directory, by a repository with one commit.
fn plan_uncommitted(dir: &Path, config: &Config, repo: &Path, now: Timestamp) -> Result<Plan, Failure> {
    let mut files = Vec::new();
    for path in config.lists.iter().filter_map(|list| list.inventory.0.first()) {
        match input::content(&dir.join(path))? {
            Content::File(bytes) => files.push((path.clone(), Some(bytes))),
            Content::Folder(found) => {
                files.extend(found.iter().map(|(name, bytes)| (format!("{path}/{name}"), Some(bytes.to_vec()))));
            }
            Content::NotUtf8 { .. } | Content::NotAFile(_) => {}
        }
    }
    fs::create_dir_all(repo).map_err(|error| Failure::file(repo, error))?;
    let commit = FixtureCommit {
        time: now.utc().timestamp(),
        author: config.publisher.name.to_string(),
        message: "The list, not committed yet\n".to_owned(),
        files,
        branch: Branch::Main,
    };
    create_repo(repo, &[commit])?;
    plan(config, &History::open(repo)?, now)
}

fn plan(config: &Config, history: &History, now: Timestamp) -> Result<Plan, Failure> {
    let request = Request { future: FutureCommits::Allow, ..Request::new(config, history, Signing::Preview, now) };
    // An empty folder: what an earlier preview contained does not matter.
    Ok(publish::publish(&request, &changecast::output::Found::at(&nowhere(history)))?)
}

/// A folder that does not exist, so that no release counts as published.
fn nowhere(history: &History) -> PathBuf {
    history.root().unwrap_or(Path::new("")).join(FOLDER).join(".nothing")
}
