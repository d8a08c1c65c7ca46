//! Where a file lay before it was moved. Only what its content proves counts: a list that is copied,
//! or that becomes several files at once, begins anew.

use std::{collections::BTreeMap, path::Path};

use git2::{Commit, Delta, Oid, Repository};

use super::HistoryError;

/// Share of common lines from which a file is taken for another that was moved.
const MOVED: f64 = 0.6;
/// Share of common lines from which another file could be the one as well.
const DOUBT: f64 = 0.4;

/// The path that `path`, new in `commit`, had in the parent; `None` when no deleted file, or more
/// than one, could be it, or when the deleted file could have become another new file as well.
pub(super) fn earlier_path(
    repo: &Repository,
    parent: &Commit<'_>,
    commit: &Commit<'_>,
    path: &str,
) -> Result<Option<String>, HistoryError> {
    let diff = repo.diff_tree_to_tree(Some(&parent.tree()?), Some(&commit.tree()?), None)?;
    let mut deleted: Vec<(&Path, Oid)> = Vec::new();
    let mut added: Vec<(&Path, Oid)> = Vec::new();
    for delta in diff.deltas() {
        match delta.status() {
            Delta::Deleted => deleted.extend(delta.old_file().path().map(|path| (path, delta.old_file().id()))),
            Delta::Added => added.extend(delta.new_file().path().map(|path| (path, delta.new_file().id()))),
            _ => {}
        }
    }
    let Some((_, own)) = added.iter().find(|(p, _)| *p == Path::new(path)) else { return Ok(None) };
    let own = Lines::of(repo, *own)?;
    let mut likely: Vec<(f64, &Path, Oid)> = Vec::new();
    for (from, blob) in deleted {
        let likeness = own.likeness(&Lines::of(repo, blob)?);
        if likeness >= DOUBT {
            likely.push((likeness, from, blob));
        }
    }
    let [(likeness, from, blob)] = likely[..] else { return Ok(None) };
    let source = Lines::of(repo, blob)?;
    for (other, blob) in added.iter().filter(|(p, _)| *p != Path::new(path)) {
        if Lines::of(repo, *blob)?.likeness(&source) >= DOUBT && *other != from {
            return Ok(None);
        }
    }
    Ok(from.to_str().filter(|_| likeness >= MOVED).map(str::to_owned))
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
