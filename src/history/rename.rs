//! Where a file or folder lay before it was moved. Only what its content proves counts: a list that
//! is copied, or that becomes several files at once, begins anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use git2::{Delta, DiffFile, Oid, Repository};

use super::HistoryError;

/// Share of common lines from which a file is taken for another that was moved.
const MOVED: f64 = 0.6;
/// Share of common lines from which another file could be the one as well.
const DOUBT: f64 = 0.4;

/// The files that a commit deleted and added.
struct Moves {
    deleted: Vec<(PathBuf, Oid)>,
    added: Vec<(PathBuf, Oid)>,
}

impl Moves {
    fn of(repo: &Repository, parent: Oid, commit: Oid) -> Result<Self, HistoryError> {
        let (parent, commit) = (repo.find_commit(parent)?.tree()?, repo.find_commit(commit)?.tree()?);
        let diff = repo.diff_tree_to_tree(Some(&parent), Some(&commit), None)?;
        let file = |file: DiffFile<'_>| file.path().map(|path| (path.to_owned(), file.id()));
        let mut moves = Moves { deleted: Vec::new(), added: Vec::new() };
        for delta in diff.deltas() {
            match delta.status() {
                Delta::Deleted => moves.deleted.extend(file(delta.old_file())),
                Delta::Added => moves.added.extend(file(delta.new_file())),
                _ => {}
            }
        }
        Ok(moves)
    }
}

/// The file that could be the one with these lines, with its likeness; `None` when more than one could.
fn only_like<'a>(
    repo: &Repository,
    own: &Lines,
    files: &'a [(PathBuf, Oid)],
) -> Result<Option<(f64, &'a Path, Oid)>, HistoryError> {
    let mut likely = None;
    for (path, blob) in files {
        let likeness = own.likeness(&Lines::of(repo, *blob)?);
        if likeness >= DOUBT && likely.replace((likeness, path.as_path(), *blob)).is_some() {
            return Ok(None);
        }
    }
    Ok(likely)
}

/// The path that `path`, new in `commit`, had in the parent; `None` when no deleted file, or more
/// than one, could be it, or when the deleted file could have become another new file as well.
pub(super) fn earlier_path(
    repo: &Repository,
    parent: Oid,
    commit: Oid,
    path: &str,
) -> Result<Option<String>, HistoryError> {
    let Moves { deleted, added } = Moves::of(repo, parent, commit)?;
    let Some((_, own)) = added.iter().find(|(p, _)| p == Path::new(path)) else {
        return Ok(earlier_folder(&deleted, &added, Path::new(path)));
    };
    let Some((likeness, from, blob)) = only_like(repo, &Lines::of(repo, *own)?, &deleted)? else { return Ok(None) };
    let source = Lines::of(repo, blob)?;
    for (_, blob) in added.iter().filter(|(p, _)| p != Path::new(path)) {
        if Lines::of(repo, *blob)?.likeness(&source) >= DOUBT {
            return Ok(None);
        }
    }
    Ok(from.to_str().filter(|_| likeness >= MOVED).map(str::to_owned))
}

/// The file that `path`, deleted in `commit`, became there; `None` when no new file, or more than one,
/// could be it.
pub(super) fn later_path(
    repo: &Repository,
    parent: Oid,
    commit: Oid,
    path: &str,
) -> Result<Option<String>, HistoryError> {
    let Moves { deleted, added } = Moves::of(repo, parent, commit)?;
    let Some((_, gone)) = deleted.iter().find(|(p, _)| p == Path::new(path)) else { return Ok(None) };
    let found = only_like(repo, &Lines::of(repo, *gone)?, &added)?;
    Ok(found.filter(|(likeness, ..)| *likeness >= MOVED).and_then(|(_, to, _)| to.to_str().map(str::to_owned)))
}

/// The folder from which most of a new folder's files came, unchanged and under their names.
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
    let proved = count as f64 >= MOVED * own.len() as f64;
    folder.to_str().filter(|folder| proved && !folder.is_empty()).map(str::to_owned)
}

/// The files of a folder that were renamed from one listing to the other, as (from, to). Only the same
/// content proves it: entries of two vendors differ in few lines.
pub(super) fn within<'a>(before: &'a [(String, Oid)], after: &'a [(String, Oid)]) -> Vec<(String, String)> {
    let paths = |files: &'a [(String, Oid)]| files.iter().map(|(path, _)| path.as_str()).collect::<BTreeSet<_>>();
    let (old, new) = (paths(before), paths(after));
    let gone: Vec<&(String, Oid)> = before.iter().filter(|(path, _)| !new.contains(path.as_str())).collect();
    let mut left: BTreeMap<Oid, usize> = BTreeMap::new();
    gone.iter().for_each(|(_, blob)| *left.entry(*blob).or_default() += 1);
    let mut come: BTreeMap<Oid, Vec<&str>> = BTreeMap::new();
    for (path, blob) in after.iter().filter(|(path, _)| !old.contains(path.as_str())) {
        come.entry(*blob).or_default().push(path);
    }
    let pairs = gone.into_iter().filter_map(|(from, blob)| match come.get(blob).map(Vec::as_slice) {
        // Two that could be it prove nothing.
        Some([to]) if left.get(blob) == Some(&1) => Some((from.clone(), (*to).to_owned())),
        _ => None,
    });
    pairs.collect()
}

/// How often each line stands in a file.
struct Lines {
    counts: BTreeMap<Vec<u8>, usize>,
    total: usize,
}

impl Lines {
    fn of(repo: &Repository, blob: Oid) -> Result<Self, HistoryError> {
        let blob = repo.find_blob(blob)?;
        let mut lines = Lines { counts: BTreeMap::new(), total: 0 };
        for line in blob.content().split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()) {
            *lines.counts.entry(line.to_vec()).or_default() += 1;
            lines.total += 1;
        }
        Ok(lines)
    }

    /// Share of lines that two files have in common, from 0 to 1.
    fn likeness(&self, other: &Lines) -> f64 {
        let common: usize =
            self.counts.iter().map(|(line, count)| *count.min(other.counts.get(line).unwrap_or(&0))).sum();
        if self.total + other.total == 0 { 0.0 } else { 2.0 * common as f64 / (self.total + other.total) as f64 }
    }
}
