//! The commits of a first-parent line, one after the other.
//!
//! A short walk reads them itself. On a long one a thread reads them ahead, while the walk looks into
//! their trees: both are about half of the work. Where there is a commit-graph, commits take hardly any
//! time, and the thread looks into every other stretch of trees instead.

use std::{iter, vec};

use git2::{Oid, Repository};

use crate::parallel::Prefetch;

use super::{
    HistoryError, graph,
    objects::{Commit, Objects, Place},
};

/// How a line is shared with the thread.
#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// Commits that are read before the thread and a graph are worth their beginning.
    pub near: usize,
    /// Commits that are handed over at once.
    pub batch: usize,
    /// Batches whose trees are looked into by one of both. A tree is stored as what differs from the
    /// next one: if they took turns with single trees, both would unpack them all.
    pub stretch: usize,
}

const PACE: Pace = Pace { near: 1_000, batch: 32, stretch: 16 };
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
    /// The name that is looked up ahead in the root trees.
    name: Option<Vec<u8>>,
    pub pace: Pace,
    ahead: Option<Prefetch<Batch>>,
    batch: vec::IntoIter<(Oid, Commit)>,
    graph: Source,
}

/// Whether commits are looked up in the graph.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    Unused,
    Usable,
    Used,
}

impl<'r> Line<'r> {
    pub fn new(repo: &'r Repository, tip: Oid, end: Option<Oid>, name: Option<Vec<u8>>) -> Result<Self, HistoryError> {
        let (objects, batch) = (Objects::of(repo)?, Batch::new().into_iter());
        Ok(Line { repo, objects, tip, end, name, pace: PACE, ahead: None, batch, graph: Source::Usable })
    }

    /// The same line anew, whatever a graph says of it.
    pub fn without_graph(&self) -> Result<Self, HistoryError> {
        Ok(Line { graph: Source::Unused, ..Line::new(self.repo, self.tip, self.end, self.name.clone())? })
    }

    /// Whether a graph was believed.
    pub fn is_from_graph(&self) -> bool {
        self.graph == Source::Used
    }

    /// A commit of the line: the tip, or the parent of the one before.
    pub fn commit(&mut self, id: Oid) -> Result<Commit, HistoryError> {
        if let Some((_, commit)) = self.read_ahead().filter(|(found, _)| *found == id) {
            if commit.time.is_none() {
                self.graph = Source::Used;
            }
            return Ok(commit);
        }
        // What the thread could not read is read here, and fails here.
        let commit = self.objects.commit(id)?;
        if self.pace.near > 0 {
            self.pace.near -= 1;
            if self.pace.near == 0 {
                self.ahead = commit.parent.and_then(|parent| self.begin(parent));
            }
        }
        Ok(commit)
    }

    /// The time of a commit. One that a graph told of is read for it, and must be what the graph told.
    pub fn time(&self, id: Oid, told: &Commit) -> Result<i64, HistoryError> {
        if let Some(time) = told.time {
            return Ok(time);
        }
        let commit = self.objects.commit(id)?;
        let is_true = (commit.tree, commit.parent) == (told.tree, told.parent);
        let time = commit.time.filter(|_| is_true);
        time.ok_or_else(|| HistoryError::Damaged(format!("the commit-graph is wrong about commit {id}")))
    }

    fn read_ahead(&mut self) -> Option<(Oid, Commit)> {
        if self.batch.as_slice().is_empty() {
            self.batch = self.ahead.as_ref()?.next()?.into_iter();
        }
        self.batch.next()
    }

    /// Begins to read a commit and those before it.
    fn begin(&self, tip: Oid) -> Option<Prefetch<Batch>> {
        let (place, end) = (Place::of(self.repo), self.end);
        let is_usable = self.graph == Source::Usable && graph::is_usable(self.repo);
        let (name, pace) = (self.name.clone(), self.pace);
        Prefetch::start(WAITING, move |out| {
            let Ok(objects) = place.open() else { return };
            let mut graph = if is_usable { place.graph() } else { None };
            let name = name.filter(|_| graph.is_some());
            let mut read = |id: Oid| {
                let told = graph.as_mut().and_then(|graph| graph.commit(id));
                Some((id, told.or_else(|| objects.commit(id).ok())?))
            };
            let tip = read(tip);
            let mut line = iter::successors(tip, |(id, commit)| read(commit.parent.filter(|_| Some(*id) != end)?));
            for stretch in (0..).map(|batch| batch / pace.stretch) {
                let mut batch: Batch = line.by_ref().take(pace.batch).collect();
                if let Some(name) = name.as_ref().filter(|_| stretch % 2 == 1) {
                    batch.iter_mut().for_each(|(_, commit)| commit.top = objects.entry(commit.tree, name).ok());
                }
                if batch.is_empty() || out.send(batch).is_err() {
                    return;
                }
            }
        })
    }
}
