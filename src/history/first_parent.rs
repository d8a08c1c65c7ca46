//! The commits of a first-parent line, newest first.
//!
//! A short walk reads its commits itself. On a long walk, a thread reads commits ahead while the walk
//! looks into their trees: each is about half of the work. With a commit-graph, reading commits takes
//! hardly any time, and the thread looks into every other stretch of trees instead.

use std::{iter, vec};

use git2::Oid;

use crate::parallel::Prefetch;

use super::{
    HistoryError, graph,
    objects::{Commit, ObjectDir, Objects},
    repo::Repo,
};

/// When and how commits are read ahead.
#[derive(Clone, Copy)]
pub(super) struct PrefetchPolicy {
    /// The number of commits to read before a thread and a commit-graph are worthwhile.
    pub starts_after: usize,
    /// The number of commits that the thread sends at once.
    pub batch: usize,
    /// The number of successive batches after which the other thread reads the trees. A tree is stored as
    /// its difference from the next one: if the threads alternated between single trees, both would
    /// unpack all of them.
    pub stretch: usize,
}

const POLICY: PrefetchPolicy = PrefetchPolicy { starts_after: 1_000, batch: 32, stretch: 16 };
/// The number of batches that may wait for the walk.
const QUEUE_LIMIT: usize = 64;

type Batch = Vec<(Oid, Commit)>;

/// The commits from a tip along first parents.
pub(super) struct FirstParentCommits<'r> {
    pub repo: &'r Repo,
    pub objects: Objects<'r>,
    pub tip: Oid,
    /// The commit at which the line ends, if not at a commit without parents.
    pub end: Option<Oid>,
    /// The name that the thread looks up in root trees.
    name: Option<Vec<u8>>,
    pub policy: PrefetchPolicy,
    prefetch: Option<Prefetch<Batch>>,
    batch: vec::IntoIter<(Oid, Commit)>,
    graph: GraphUse,
    /// The number of commits that were returned.
    steps: u64,
    /// One of them: the last whose number was a power of two. A line that comes to it again has no end (Brent's method).
    mark: Option<Oid>,
}

/// Whether commits are looked up in the commit-graph.
#[derive(Clone, Copy, PartialEq, Eq)]
enum GraphUse {
    Never,
    IfPresent,
}

/// Why a walk stops early.
#[derive(Debug)]
pub(super) enum WalkError {
    /// The commit-graph contradicts the commits. It is only an accelerator: walk without it.
    WrongGraph,
    /// The history cannot be read, with or without a commit-graph.
    History(HistoryError),
}

impl From<HistoryError> for WalkError {
    fn from(error: HistoryError) -> Self {
        WalkError::History(error)
    }
}

impl<'r> FirstParentCommits<'r> {
    pub fn new(repo: &'r Repo, tip: Oid, end: Option<Oid>, name: Option<Vec<u8>>) -> Result<Self, HistoryError> {
        let (objects, batch) = (repo.objects()?, Batch::new().into_iter());
        let graph = GraphUse::IfPresent;
        let policy = POLICY;
        Ok(FirstParentCommits {
            repo,
            objects,
            tip,
            end,
            name,
            policy,
            prefetch: None,
            batch,
            graph,
            steps: 0,
            mark: None,
        })
    }

    /// The same commits from the beginning, without the commit-graph.
    pub fn without_graph(&self) -> Result<Self, HistoryError> {
        let commits = FirstParentCommits::new(self.repo, self.tip, self.end, self.name.clone())?;
        Ok(FirstParentCommits { graph: GraphUse::Never, ..commits })
    }

    /// A commit of the line: the tip, or the parent of the previous commit.
    pub fn commit(&mut self, id: Oid) -> Result<Commit, HistoryError> {
        if self.mark == Some(id) {
            // This is possible only if the content of an object does not match its name.
            return Err(HistoryError::damaged("commit", id, "it is its own ancestor"));
        }
        self.steps += 1;
        if self.steps.is_power_of_two() {
            self.mark = Some(id);
        }
        if let Some((_, commit)) = self.next_prefetched().filter(|(found, _)| *found == id) {
            return Ok(commit);
        }
        // A commit that the thread could not read is read here, for the error.
        let commit = self.objects.commit(id)?;
        if self.policy.starts_after > 0 {
            self.policy.starts_after -= 1;
            if self.policy.starts_after == 0 {
                self.prefetch = commit.parent.and_then(|parent| self.start_prefetch(parent));
            }
        }
        Ok(commit)
    }

    /// The committer time of a commit. A commit from the graph is read for it and compared.
    pub fn time(&self, id: Oid, commit: &Commit) -> Result<i64, WalkError> {
        if let Some(time) = commit.time {
            return Ok(time);
        }
        match self.objects.commit(id) {
            Ok(Commit { time: Some(time), tree, parent, .. }) if (tree, parent) == (commit.tree, commit.parent) => {
                Ok(time)
            }
            _ => Err(WalkError::WrongGraph),
        }
    }

    /// Decides whether an error is due to a wrong commit-graph. The tree or the parent of `commit` could
    /// not be read.
    pub fn blame(&self, id: Oid, commit: &Commit, error: HistoryError) -> WalkError {
        match self.time(id, commit) {
            Ok(_) => WalkError::History(error),
            Err(wrong_graph) => wrong_graph,
        }
    }

    fn next_prefetched(&mut self) -> Option<(Oid, Commit)> {
        if self.batch.as_slice().is_empty() {
            self.batch = self.prefetch.as_ref()?.next()?.into_iter();
        }
        self.batch.next()
    }

    /// Starts to read a commit and those before it.
    fn start_prefetch(&self, tip: Oid) -> Option<Prefetch<Batch>> {
        let (dir, end) = (ObjectDir::of(&self.repo.git), self.end);
        let use_graph = self.graph == GraphUse::IfPresent && graph::is_usable(&self.repo.git);
        let (name, policy) = (self.name.clone(), self.policy);
        Prefetch::start(QUEUE_LIMIT, move |sender| {
            let Ok(objects) = dir.open() else { return };
            let mut graph = if use_graph { dir.graph() } else { None };
            let name = name.filter(|_| graph.is_some());
            let first = read_commit(graph.as_mut(), &objects, tip);
            let mut line = iter::successors(first, |(id, commit)| {
                let parent = commit.parent.filter(|_| Some(*id) != end)?;
                read_commit(graph.as_mut(), &objects, parent)
            });
            for stretch in (0..).map(|batch| batch / policy.stretch) {
                let mut batch: Batch = line.by_ref().take(policy.batch).collect();
                if let Some(name) = name.as_ref().filter(|_| stretch % 2 == 1) {
                    batch.iter_mut().for_each(|(_, commit)| commit.top = objects.entry(commit.tree, name).ok());
                }
                if batch.is_empty() || sender.send(batch).is_err() {
                    return;
                }
            }
        })
    }
}

/// Reads a commit from the commit-graph, or else from the repository; `None` if it is missing.
fn read_commit(graph: Option<&mut graph::Graph>, objects: &Objects<'_>, id: Oid) -> Option<(Oid, Commit)> {
    let from_graph = graph.and_then(|graph| graph.commit(id));
    Some((id, from_graph.or_else(|| objects.commit(id).ok())?))
}
