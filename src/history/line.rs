//! The commits of a first-parent line, one after the other.
//!
//! A short walk reads them itself. On a long one a thread reads them ahead, while the walk looks into
//! their trees: both are about half of the work.

use std::{iter, vec};

use git2::{Oid, Repository};

use super::{
    HistoryError,
    ahead::Ahead,
    objects::{Commit, Objects, Place},
};

/// Commits that are read before a thread is worth its beginning.
const NEAR: usize = 200;
/// Commits that are handed over at once.
const BATCH: usize = 64;
/// Batches that wait for the walk at most.
const WAITING: usize = 64;

type Batch = Vec<(Oid, Commit)>;

/// A line of commits.
pub(super) struct Line<'r> {
    pub repo: &'r Repository,
    pub objects: Objects<'r>,
    pub tip: Oid,
    /// Where it ends, if not at its first commit.
    pub end: Option<Oid>,
    /// How many commits are still read here.
    near: usize,
    ahead: Option<Ahead<Batch>>,
    batch: vec::IntoIter<(Oid, Commit)>,
}

impl<'r> Line<'r> {
    pub fn new(repo: &'r Repository, tip: Oid, end: Option<Oid>) -> Result<Self, HistoryError> {
        let (objects, batch) = (Objects::of(repo)?, Batch::new().into_iter());
        Ok(Line { repo, objects, tip, end, near: NEAR, ahead: None, batch })
    }

    /// A commit of the line: the tip, or the parent of the one before.
    pub fn commit(&mut self, id: Oid) -> Result<Commit, HistoryError> {
        if let Some((_, commit)) = self.read_ahead().filter(|(found, _)| *found == id) {
            return Ok(commit);
        }
        // What the thread could not read is read here, and fails here.
        let commit = self.objects.commit(id)?;
        if self.near > 0 {
            self.near -= 1;
            if self.near == 0 {
                self.ahead = commit.parent.and_then(|parent| self.begin(parent));
            }
        }
        Ok(commit)
    }

    fn read_ahead(&mut self) -> Option<(Oid, Commit)> {
        if self.batch.as_slice().is_empty() {
            self.batch = self.ahead.as_ref()?.next()?.into_iter();
        }
        self.batch.next()
    }

    /// Begins to read a commit and those before it.
    fn begin(&self, tip: Oid) -> Option<Ahead<Batch>> {
        let (place, end) = (Place::of(self.repo), self.end);
        Ahead::begin(WAITING, move |out| {
            let Ok(objects) = place.open() else { return };
            let read = |id: Oid| Some((id, objects.commit(id).ok()?));
            let tip = read(tip);
            let mut line = iter::successors(tip, |(id, commit)| read(commit.parent.filter(|_| Some(*id) != end)?));
            loop {
                let batch: Batch = line.by_ref().take(BATCH).collect();
                if batch.is_empty() || out.send(batch).is_err() {
                    return;
                }
            }
        })
    }
}
