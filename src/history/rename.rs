//! Renames of files and folders. A rename must be evident from the content: a list that is copied, or
//! that is split into several files, is a new list.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use git2::{Delta, DiffFile, FileMode, Oid};

use super::{HistoryError, repo::Repo};

/// From this share of common lines on, a deleted and an added file are one file that was renamed.
const RENAMED: f64 = 0.6;
/// From this share of common lines on, a file is a candidate. If there are two, no rename is evident.
const CANDIDATE: f64 = 0.4;

/// Files of which one is this many times as large as the other are not alike, in whatever lines they agree.
const LARGER: usize = 4;

/// The files that a commit deletes and adds.
struct Moves {
    deleted: Vec<(PathBuf, Oid)>,
    added: Vec<(PathBuf, Oid)>,
}

impl Moves {
    fn of(repo: &Repo, parent: Oid, commit: Oid) -> Result<Self, HistoryError> {
        let (objects, git) = (repo.objects()?, repo.walkable()?);
        let before = git.find_tree(objects.commit(parent)?.tree)?;
        let after = git.find_tree(objects.commit(commit)?.tree)?;
        let diff = git.diff_tree_to_tree(Some(&before), Some(&after), None)?;
        let mut moves = Moves { deleted: Vec::new(), added: Vec::new() };
        for delta in diff.deltas() {
            match delta.status() {
                Delta::Deleted => moves.deleted.extend(path_and_id(&delta.old_file())),
                Delta::Added => moves.added.extend(path_and_id(&delta.new_file())),
                _ => {}
            }
        }
        Ok(moves)
    }
}

impl Moves {
    /// Leaves out the files other than `own` that the commit moved without a change. They are not candidates, and a
    /// partial clone may not have their content.
    fn without_others(self, own: Oid) -> Self {
        let ids = |files: &[(PathBuf, Oid)]| files.iter().map(|(_, id)| *id).collect::<BTreeSet<Oid>>();
        let (deleted, added) = (ids(&self.deleted), ids(&self.added));
        let is_left = |(_, id): &(PathBuf, Oid)| *id == own || !(deleted.contains(id) && added.contains(id));
        Moves {
            deleted: self.deleted.into_iter().filter(is_left).collect(),
            added: self.added.into_iter().filter(is_left).collect(),
        }
    }
}

fn path_and_id(file: &DiffFile<'_>) -> Option<(PathBuf, Oid)> {
    // The id of a submodule is that of a commit in another repository.
    let path = file.path().filter(|_| file.mode() != FileMode::Commit);
    path.map(|path| (path.to_owned(), file.id()))
}

/// The only candidate for a file with these lines, with its similarity; `None` if there are several.
fn only_candidate<'a>(
    repo: &Repo,
    own: &Lines,
    files: &'a [(PathBuf, Oid)],
) -> Result<Option<(f64, &'a Path, Oid)>, HistoryError> {
    let mut candidate = None;
    for (path, blob) in files {
        let similarity = own.similarity_to_blob(repo, *blob)?;
        if similarity >= CANDIDATE && candidate.replace((similarity, path.as_path(), *blob)).is_some() {
            return Ok(None);
        }
    }
    Ok(candidate)
}

/// The path that `path`, new in `commit`, had in the parent. `None` if no deleted file or more than one
/// is a candidate, or if the deleted file could have become another new file as well.
pub(super) fn earlier_path(repo: &Repo, parent: Oid, commit: Oid, path: &str) -> Result<Option<String>, HistoryError> {
    let moves = Moves::of(repo, parent, commit)?;
    let Some((_, own)) = moves.added.iter().find(|(p, _)| p == Path::new(path)) else {
        return Ok(earlier_folder(&moves.deleted, &moves.added, Path::new(path)));
    };
    let own = *own;
    let Moves { deleted, added } = moves.without_others(own);
    let Some((similarity, from, blob)) = only_candidate(repo, &Lines::of(repo, own)?, &deleted)? else {
        return Ok(None);
    };
    let source = Lines::of(repo, blob)?;
    for (_, blob) in added.iter().filter(|(p, _)| p != Path::new(path)) {
        if source.similarity_to_blob(repo, *blob)? >= CANDIDATE {
            return Ok(None);
        }
    }
    Ok(from.to_str().filter(|_| similarity >= RENAMED).map(str::to_owned))
}

/// The path to which `commit` renamed the deleted `path`. `None` if no new file or more than one is a
/// candidate.
pub(super) fn later_path(repo: &Repo, parent: Oid, commit: Oid, path: &str) -> Result<Option<String>, HistoryError> {
    let moves = Moves::of(repo, parent, commit)?;
    let Some((_, gone)) = moves.deleted.iter().find(|(p, _)| p == Path::new(path)) else { return Ok(None) };
    let gone = *gone;
    let Moves { added, .. } = moves.without_others(gone);
    let found = only_candidate(repo, &Lines::of(repo, gone)?, &added)?;
    Ok(found.filter(|(similarity, ..)| *similarity >= RENAMED).and_then(|(_, to, _)| to.to_str().map(str::to_owned)))
}

/// The folder from which most files of a new folder were moved, with the same content and name.
fn earlier_folder(deleted: &[(PathBuf, Oid)], added: &[(PathBuf, Oid)], path: &Path) -> Option<String> {
    let own: Vec<(&Path, Oid)> =
        added.iter().filter_map(|(file, id)| Some((file.strip_prefix(path).ok()?, *id))).collect();
    let mut votes: BTreeMap<&Path, usize> = BTreeMap::new();
    for (name, id) in &own {
        for (file, _) in deleted.iter().filter(|(file, gone)| gone == id && file.ends_with(name)) {
            let folder = file.ancestors().nth(name.components().count());
            *votes.entry(folder.unwrap_or(Path::new(""))).or_default() += 1;
        }
    }
    let (folder, count) = votes.into_iter().max_by_key(|(_, count)| *count)?;
    let proved = count as f64 >= RENAMED * own.len() as f64;
    folder.to_str().filter(|folder| proved && !folder.is_empty()).map(str::to_owned)
}

/// The files of a folder that were renamed between two listings, as (from, to). Only equal content
/// counts: the entries of two vendors differ in a few lines only.
pub(super) fn within(before: &[(String, Oid)], after: &[(String, Oid)]) -> Vec<(String, String)> {
    let (old, new) = (paths(before), paths(after));
    let removed: Vec<&(String, Oid)> = before.iter().filter(|(path, _)| !new.contains(path.as_str())).collect();
    let mut removed_count: BTreeMap<Oid, usize> = BTreeMap::new();
    removed.iter().for_each(|(_, blob)| *removed_count.entry(*blob).or_default() += 1);
    let mut added: BTreeMap<Oid, Vec<&str>> = BTreeMap::new();
    for (path, blob) in after.iter().filter(|(path, _)| !old.contains(path.as_str())) {
        added.entry(*blob).or_default().push(path);
    }
    let pairs = removed.into_iter().filter_map(|(from, blob)| match added.get(blob).map(Vec::as_slice) {
        // With two candidates, no rename is evident.
        Some([to]) if removed_count.get(blob) == Some(&1) => Some((from.clone(), (*to).to_owned())),
        _ => None,
    });
    pairs.collect()
}

fn paths(files: &[(String, Oid)]) -> BTreeSet<&str> {
    files.iter().map(|(path, _)| path.as_str()).collect()
}

/// The lines of a file, with the number of their occurrences.
struct Lines {
    counts: BTreeMap<Vec<u8>, usize>,
    total: usize,
    /// The size of the file, in bytes.
    size: usize,
}

impl Lines {
    fn of(repo: &Repo, blob: Oid) -> Result<Self, HistoryError> {
        let content = repo.objects()?.blob(blob)?;
        let mut lines = Lines { counts: BTreeMap::new(), total: 0, size: content.len() };
        for line in content.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
            *lines.counts.entry(line.to_vec()).or_default() += 1;
            lines.total += 1;
        }
        Ok(lines)
    }

    /// The similarity to the file with this id. A partial clone (git-clone, `--filter=blob:limit=SIZE`) has no large
    /// files; a file that is too large to be alike need not be fetched.
    fn similarity_to_blob(&self, repo: &Repo, blob: Oid) -> Result<f64, HistoryError> {
        match Lines::of(repo, blob) {
            Ok(other) => Ok(self.similarity(&other)),
            Err(HistoryError::Partial { .. })
                if smallest_missing(repo).is_some_and(|least| least > self.size.saturating_mul(LARGER)) =>
            {
                Ok(0.0)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether a file of another size in bytes is too large or too small to be alike.
    fn differs_in(&self, size: usize) -> bool {
        self.size.max(size) > self.size.min(size).saturating_mul(LARGER)
    }

    /// The share of lines that two files have in common, from 0 to 1.
    fn similarity(&self, other: &Lines) -> f64 {
        if self.differs_in(other.size) {
            return 0.0;
        }
        let common: usize =
            self.counts.iter().map(|(line, count)| *count.min(other.counts.get(line).unwrap_or(&0))).sum();
        if self.total + other.total == 0 { 0.0 } else { 2.0 * common as f64 / (self.total + other.total) as f64 }
    }
}

/// The size in bytes from which on a partial clone has no files: the smallest `blob:limit` of its remotes. `None` if a
/// remote has another filter, under which files of any size may be missing.
fn smallest_missing(repo: &Repo) -> Option<usize> {
    let config = repo.git.config().ok()?;
    let mut filters = config.entries(Some(r"remote\..*\.partialclonefilter")).ok()?;
    let mut smallest = None;
    while let Some(entry) = filters.next() {
        let limit = entry.ok()?.value().ok()?.strip_prefix("blob:limit=").and_then(size_in_bytes)?;
        smallest = Some(smallest.map_or(limit, |known: usize| known.min(limit)));
    }
    smallest
}

/// A size as git writes it: a number, and `k`, `m` or `g` for powers of 1024 (git-config, "integer").
fn size_in_bytes(text: &str) -> Option<usize> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" => 1,
        "k" => 1 << 10,
        "m" => 1 << 20,
        "g" => 1 << 30,
        _ => return None,
    };
    digits.parse::<usize>().ok()?.checked_mul(unit)
}
