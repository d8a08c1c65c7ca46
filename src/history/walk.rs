//! The first-parent line of a branch, and the commits on it that changed the inventory.

use std::{collections::BTreeSet, fs};

use git2::Oid;

use super::{
    HistoryError, Version, Walked, commit_id,
    first_parent::{FirstParentCommits, WalkError},
    objects::{Commit, Entry, Objects},
    oid_of_hex, rename,
    repo::Repo,
    version::Stored,
};

/// Whether a walk follows renames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renames {
    /// In commits before any of the paths exists, the file is looked for under an earlier name.
    Follow,
    /// A file that was not there under one of the paths is a new one.
    Ignore,
}

/// Walks from `tip` to the first commit, or to `since`. See [`super::History::versions`].
pub(super) fn walk(
    repo: &Repo,
    tip: Oid,
    since: Option<Oid>,
    paths: &[String],
    renames: Renames,
) -> Result<Walked, HistoryError> {
    let name = paths.first().and_then(|path| names(path).next());
    let name = name.map(|name| name.as_bytes().to_vec());
    walk_along(FirstParentCommits::new(repo, tip, since, name)?, paths, renames)
}

/// Walks along a line of commits. If its commit-graph proves wrong, the walk is repeated without it.
pub(super) fn walk_along(
    mut commits: FirstParentCommits<'_>,
    paths: &[String],
    renames: Renames,
) -> Result<Walked, HistoryError> {
    match versions(&mut commits, paths, renames) {
        Ok(walked) => Ok(walked),
        Err(WalkError::History(error)) => Err(error),
        Err(WalkError::WrongGraph) => match versions(&mut commits.without_graph()?, paths, renames) {
            Ok(walked) => Ok(walked),
            Err(WalkError::History(error)) => Err(error),
            Err(WalkError::WrongGraph) => {
                Err(HistoryError::damaged("commit", commits.tip, "it changes while it is read"))
            }
        },
    }
}

fn versions(commits: &mut FirstParentCommits<'_>, paths: &[String], renames: Renames) -> Result<Walked, WalkError> {
    let shallow = shallow(commits.repo)?;
    let mut places = Places::new(paths);
    let mut versions: Vec<Version> = Vec::new();
    let mut reached = commits.end.is_none();
    let mut base = None;
    // The version from which on the list is followed through renames.
    let mut followed: Option<usize> = None;
    let mut id = commits.tip;
    let mut commit = commits.commit(id)?;
    let mut here = places.find_in(commits, id, &commit)?;
    check_tip(&places, id, here)?;
    loop {
        if commits.end == Some(id) {
            reached = true;
            if let Some((place, stored)) = here {
                base = Some(version(commits, id, &commit, places.path(place), [None, Some(stored)])?);
            }
            break;
        }
        if commit.parent.is_some() && shallow.contains(&id) {
            return Err(HistoryError::Shallow(commit_id(id)).into());
        }
        let parent = match commit.parent {
            Some(parent) => {
                let read = commits.commit(parent);
                Some((parent, read.map_err(|error| commits.blame(id, &commit, error))?))
            }
            None => None,
        };
        let mut before = None;
        if let Some((parent_id, parent)) = &parent {
            before = places.find_in(commits, *parent_id, parent)?;
            if let (Some(renamed), Some((place, stored))) = (followed, before)
                && place < paths.len()
                && stored.has_content()
            {
                followed = None;
                let moved = match here {
                    Some((away, _)) => moved_away(commits, (*parent_id, id), places.path(place), places.path(away)),
                    None => Ok(false),
                };
                // The list already existed under one of its paths. Unless it was moved away and back, the renamed
                // file was another one.
                if !moved.map_err(|error| commits.blame(id, &commit, error))? {
                    versions.truncate(renamed + 1);
                    versions.iter_mut().skip(renamed).for_each(|version| version.before = None);
                    here = None;
                }
            }
            if renames == Renames::Follow
                && let Some((place, _)) = here.filter(|(_, stored)| stored.has_content())
                && before.is_none_or(|(_, stored)| !stored.has_content())
            {
                let earlier = rename::earlier_path(commits.repo, *parent_id, id, places.path(place));
                if let Some(earlier) = earlier.map_err(|error| commits.blame(id, &commit, error))? {
                    followed = followed.or(Some(versions.len()));
                    places.finders.push(Finder::new(&earlier));
                    before = places.find_in(commits, *parent_id, parent)?;
                }
            }
        }
        if here != before
            && let Some((place, _)) = here.or(before)
        {
            let stored = [before, here].map(|found| found.map(|(_, stored)| stored));
            versions.push(version(commits, id, &commit, places.path(place), stored)?);
        }
        if followed.is_none() {
            places.finders.truncate(paths.len());
        }
        let Some((parent_id, parent)) = parent else { break };
        (id, commit, here) = (parent_id, parent, before);
    }
    if base.is_none() {
        drop_links_before_the_first_file(&mut versions);
    }
    versions.reverse();
    Ok(Walked { versions, reached, base })
}

/// Checks that the tip contains the list itself, and neither a link nor a submodule in its place.
fn check_tip(places: &Places, tip: Oid, found: Option<(usize, Stored)>) -> Result<(), HistoryError> {
    let Some((place, stored)) = found else { return Ok(()) };
    let (commit, path) = (commit_id(tip), places.path(place).to_owned());
    match stored {
        Stored::File(_) | Stored::Folder(_) => Ok(()),
        Stored::Link => Err(HistoryError::NotAFile { commit, path, found: "a symbolic link" }),
        Stored::Submodule => Err(HistoryError::Submodule { commit, path }),
    }
}

/// Whether a commit moved the file at `path` to the path `away`.
fn moved_away(
    commits: &FirstParentCommits<'_>,
    (parent, commit): (Oid, Oid),
    path: &str,
    away: &str,
) -> Result<bool, HistoryError> {
    Ok(away != path && rename::earlier_path(commits.repo, parent, commit, away)?.as_deref() == Some(path))
}

/// Drops links and submodules from before the list existed. `versions` are newest first.
fn drop_links_before_the_first_file(versions: &mut Vec<Version>) {
    let first_file = versions.iter().rposition(|version| version.stored.is_some_and(Stored::has_content));
    versions.truncate(first_file.map_or(0, |first| first + 1));
}

/// The version that a commit makes of the inventory at `path`, with the objects before and after.
fn version(
    commits: &FirstParentCommits<'_>,
    id: Oid,
    commit: &Commit,
    path: &str,
    [before, stored]: [Option<Stored>; 2],
) -> Result<Version, WalkError> {
    let (time, parent) = (commits.time(id, commit)?, commit.parent.map(commit_id));
    Ok(Version { commit: commit_id(id), parent, time, path: path.to_owned(), stored, before })
}

/// The boundary of a shallow clone: commits without fetched parents (gitrepository-layout, `shallow`).
fn shallow(repo: &Repo) -> Result<BTreeSet<Oid>, HistoryError> {
    if !repo.git.is_shallow() {
        return Ok(BTreeSet::new());
    }
    let file = repo.git.commondir().join("shallow");
    let text = fs::read_to_string(&file).map_err(|source| HistoryError::File { path: file, source })?;
    text.lines().map(|line| Ok(oid_of_hex(line.trim())?)).collect()
}

/// The paths that the inventory has or had, newest first.
struct Places {
    finders: Vec<Finder>,
}

impl Places {
    fn new(paths: &[String]) -> Self {
        Places { finders: paths.iter().map(|path| Finder::new(path)).collect() }
    }

    fn path(&self, place: usize) -> &str {
        &self.finders[place].path
    }

    /// [`Places::find`] in a commit of the line.
    fn find_in(
        &mut self,
        commits: &FirstParentCommits<'_>,
        id: Oid,
        commit: &Commit,
    ) -> Result<Option<(usize, Stored)>, WalkError> {
        self.find(&commits.objects, commit).map_err(|error| commits.blame(id, commit, error))
    }

    /// The index of the first path that is a file or folder in the commit, with its object. Without one, the first
    /// path that is a link or in a submodule.
    fn find(&mut self, objects: &Objects<'_>, commit: &Commit) -> Result<Option<(usize, Stored)>, HistoryError> {
        let newest = self.finders.first_mut().and_then(|finder| finder.parts.first_mut());
        if let (Some(part), Some(entry)) = (newest, commit.top) {
            part.last = Some((commit.tree, entry));
        }
        let mut without_content = None;
        for (place, finder) in self.finders.iter_mut().enumerate() {
            match finder.find(objects, commit.tree)? {
                Some(Entry::File(blob)) => return Ok(Some((place, Stored::File(blob)))),
                Some(Entry::Folder(tree)) => return Ok(Some((place, Stored::Folder(tree)))),
                Some(Entry::Link) => without_content = without_content.or(Some((place, Stored::Link))),
                Some(Entry::Submodule) => without_content = without_content.or(Some((place, Stored::Submodule))),
                None => {}
            }
        }
        Ok(without_content)
    }
}

/// Finds a path in one tree after another. Most trees on a line, at least those below the root, are the
/// same as in the commit before, so the entry in the last tree of each level is remembered.
struct Finder {
    path: String,
    parts: Vec<Part>,
}

/// A name in the path, and the tree in which it was looked up last, with the entry there.
struct Part {
    name: Vec<u8>,
    last: Option<(Oid, Option<Entry>)>,
}

/// The names in a path.
fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|name| !matches!(*name, "" | "."))
}

impl Finder {
    fn new(path: &str) -> Self {
        let parts = names(path).map(|name| Part { name: name.as_bytes().to_vec(), last: None });
        Finder { path: path.to_owned(), parts: parts.collect() }
    }

    fn find(&mut self, objects: &Objects<'_>, root: Oid) -> Result<Option<Entry>, HistoryError> {
        let mut found = Entry::Folder(root);
        for Part { name, last } in &mut self.parts {
            let tree = match found {
                Entry::Folder(tree) => tree,
                // A path in a submodule is not a missing file.
                Entry::Submodule => return Ok(Some(found)),
                Entry::File(_) | Entry::Link => return Ok(None),
            };
            let entry = match last {
                Some((known, entry)) if *known == tree => *entry,
                _ => objects.entry(tree, name)?,
            };
            *last = Some((tree, entry));
            match entry {
                Some(entry) => found = entry,
                None => return Ok(None),
            }
        }
        Ok(Some(found))
    }
}

/// The object at the first of `paths` that exists in a commit, with the path.
pub(super) fn at(repo: &Repo, id: Oid, paths: &[String]) -> Result<Option<(String, Stored)>, HistoryError> {
    let objects = repo.objects()?;
    let mut places = Places::new(paths);
    let found = places.find(&objects, &objects.commit(id)?)?;
    check_tip(&places, id, found)?;
    Ok(found.map(|(place, content)| (places.path(place).to_owned(), content)))
}
