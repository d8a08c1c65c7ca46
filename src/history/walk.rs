//! The first-parent line of a branch, and where on it the inventory changed.

use std::collections::BTreeSet;

use git2::{Oid, Repository};

use super::{
    HistoryError, Version, Walked, commit_id,
    commits::Line,
    objects::{Commit, Entry, Objects},
    oid_of_hex, rename,
};

/// What lies at one of the inventory's paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    File(Oid),
    Folder(Oid),
}

/// Walks from `tip` to the beginning, or to `since`. See [`super::History::versions`].
pub(super) fn walk(
    repo: &Repository,
    tip: Oid,
    since: Option<Oid>,
    paths: &[String],
    follows: bool,
) -> Result<Walked, HistoryError> {
    let name = paths.first().and_then(|path| names(path).next());
    walk_along(Line::new(repo, tip, since, name.map(|name| name.as_bytes().to_vec()))?, paths, follows)
}

/// Walks a line.
pub(super) fn walk_along(mut line: Line<'_>, paths: &[String], follows: bool) -> Result<Walked, HistoryError> {
    match versions(&mut line, paths, follows) {
        // The graph may be the reason.
        Err(_) if line.is_from_graph() => versions(&mut line.without_graph()?, paths, follows),
        done => done,
    }
}

fn versions(line: &mut Line<'_>, paths: &[String], follows: bool) -> Result<Walked, HistoryError> {
    let shallow = shallow(line.repo)?;
    let mut places = Places::new(paths);
    let mut versions: Vec<Version> = Vec::new();
    let mut reached = line.end.is_none();
    let mut base = None;
    // The version from which on the list is followed through renames.
    let mut followed: Option<usize> = None;
    let mut id = line.tip;
    let mut commit = line.commit(id)?;
    let mut here = places.find(&line.objects, id, &commit)?;
    // What was a link once is not there before it became a file.
    places.links_are_absent = true;
    loop {
        if line.end == Some(id) {
            reached = true;
            if let Some((place, stored)) = here {
                base = Some(version(line, id, &commit, places.path(place), [None, Some(stored)])?);
            }
            break;
        }
        if commit.parent.is_some() && shallow.contains(&id) {
            return Err(HistoryError::Shallow(commit_id(id)));
        }
        let parent = match commit.parent {
            Some(parent) => Some((parent, line.commit(parent)?)),
            None => None,
        };
        let mut before = None;
        if let Some((parent_id, parent)) = &parent {
            before = places.find(&line.objects, *parent_id, parent)?;
            if let (Some(renamed), Some((place, _))) = (followed, before)
                && place < paths.len()
            {
                // The list was there before: what was renamed to it later was another file.
                followed = None;
                places.finders.truncate(paths.len());
                versions.truncate(renamed + 1);
                versions.iter_mut().skip(renamed).for_each(|version| version.before = None);
                here = None;
            }
            if follows
                && let (Some((place, _)), None) = (here, before)
                && let Some(earlier) = rename::earlier_path(line.repo, *parent_id, id, places.path(place))?
            {
                followed = followed.or(Some(versions.len()));
                places.finders.push(Finder::new(&earlier));
                before = places.find(&line.objects, *parent_id, parent)?;
            }
        }
        if here != before
            && let Some((place, _)) = here.or(before)
        {
            let stored = [before, here].map(|found| found.map(|(_, stored)| stored));
            versions.push(version(line, id, &commit, places.path(place), stored)?);
        }
        let Some((parent_id, parent)) = parent else { break };
        (id, commit, here) = (parent_id, parent, before);
    }
    versions.reverse();
    Ok(Walked { versions, reached, base })
}

/// What a commit makes of the inventory at `path`, with what was stored before and is now.
fn version(
    line: &Line<'_>,
    id: Oid,
    commit: &Commit,
    path: &str,
    [before, stored]: [Option<Stored>; 2],
) -> Result<Version, HistoryError> {
    let (time, parent) = (line.time(id, commit)?, commit.parent.map(commit_id));
    Ok(Version { commit: commit_id(id), parent, time, path: path.to_owned(), stored, before })
}

/// The commits whose parents were not fetched (gitformat-index, "shallow").
fn shallow(repo: &Repository) -> Result<BTreeSet<Oid>, HistoryError> {
    if !repo.is_shallow() {
        return Ok(BTreeSet::new());
    }
    let file = repo.commondir().join("shallow");
    let text = std::fs::read_to_string(&file).map_err(|error| HistoryError::Damaged(format!("shallow: {error}")))?;
    text.lines().map(|line| Ok(oid_of_hex(line.trim())?)).collect()
}

/// The places where the inventory lies and lay, the newest first.
struct Places {
    finders: Vec<Finder>,
    links_are_absent: bool,
}

impl Places {
    fn new(paths: &[String]) -> Self {
        Places { finders: paths.iter().map(|path| Finder::new(path)).collect(), links_are_absent: false }
    }

    fn path(&self, place: usize) -> &str {
        &self.finders[place].path
    }

    /// The first place where something lies in the commit, with what lies there.
    fn find(
        &mut self,
        objects: &Objects<'_>,
        id: Oid,
        commit: &Commit,
    ) -> Result<Option<(usize, Stored)>, HistoryError> {
        let newest = self.finders.first_mut().and_then(|finder| finder.parts.first_mut());
        if let (Some(part), Some(entry)) = (newest, commit.top) {
            part.last = Some((commit.tree, entry));
        }
        for (place, finder) in self.finders.iter_mut().enumerate() {
            let Some(entry) = finder.find(objects, commit.tree)? else { continue };
            if entry == Entry::Link && self.links_are_absent {
                continue;
            }
            let (commit, path) = (commit_id(id), finder.path.clone());
            return match entry {
                Entry::File(blob) => Ok(Some((place, Stored::File(blob)))),
                Entry::Folder(tree) => Ok(Some((place, Stored::Folder(tree)))),
                Entry::Link => Err(HistoryError::NotAFile { commit, path, found: "a symbolic link" }),
                Entry::Submodule => Err(HistoryError::Submodule { commit, path }),
            };
        }
        Ok(None)
    }
}

/// Finds one path in tree after tree. Most trees on a line are the ones of the commit before, at
/// least below the root: what was found in the last tree of each depth is remembered.
struct Finder {
    path: String,
    parts: Vec<Part>,
}

/// A name on the way, and the tree in which it was looked up last, with what was there.
struct Part {
    name: Vec<u8>,
    last: Option<(Oid, Option<Entry>)>,
}

/// The names on the way to a path.
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
                // A submodule on the way is no missing file.
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

/// What lies at the first of `paths` in one commit, with the path.
pub(super) fn at(repo: &Repository, id: Oid, paths: &[String]) -> Result<Option<(String, Stored)>, HistoryError> {
    let objects = Objects::of(repo)?;
    let mut places = Places::new(paths);
    let found = places.find(&objects, id, &objects.commit(id)?)?;
    Ok(found.map(|(place, content)| (places.path(place).to_owned(), content)))
}
