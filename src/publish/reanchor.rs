//! Where a published log continues in a rewritten history.

use changecast_core::{
    change::Change,
    ledger::{ReleaseKind, is_list_of},
    model::ListState,
};

use crate::history::{History, Version};

use super::{
    change_log::ChangeTracker, error::PublishError, log::PublishedLog, progress::Progress, source::ListSource,
};

/// The place in the new history at which the log continues.
pub(super) enum Anchor {
    /// The version at this index contains the published list. What follows is new.
    Same(usize, ListState),
    /// No version contains it. The newest one, at this index, is compared with it.
    Newest(usize),
}

impl Anchor {
    /// The version that the log has reached from now on.
    pub fn version<'a>(&self, versions: &'a [Version]) -> &'a Version {
        match self {
            Anchor::Same(at, _) | Anchor::Newest(at) => &versions[*at],
        }
    }

    /// The list at that version, if it is the published one.
    pub fn state(&self) -> Option<&ListState> {
        match self {
            Anchor::Same(_, state) => Some(state),
            Anchor::Newest(_) => None,
        }
    }

    /// The index of the first version that is compared with the published list.
    pub fn resume_at(&self) -> usize {
        match self {
            Anchor::Same(at, _) => at + 1,
            Anchor::Newest(at) => *at,
        }
    }
}

/// The announced list after a version of the new history, and the changes that led to it.
struct Candidate {
    state: ListState,
    is_readable: bool,
    changes: Vec<Change>,
}

/// Finds the version at which the list is the published one. Among several, it takes the version with the longest
/// history in common with the published one, and among those the newest, so that no change is announced twice.
///
/// # Errors
/// [`PublishError`] if the history cannot be read.
pub(super) fn find(
    history: &History,
    versions: &[Version],
    source: &ListSource,
    log: &PublishedLog,
) -> Result<Anchor, PublishError> {
    let candidates = candidates(history, versions, source)?;
    let published: Vec<&[Change]> = log
        .releases
        .iter()
        .filter(|release| matches!(release.kind, ReleaseKind::Changes))
        .map(|release| release.changes.as_slice())
        .collect();
    let mut best: Option<(usize, usize)> = None;
    for (at, candidate) in candidates.iter().enumerate() {
        if !candidate.is_readable || !is_published(log, &candidate.state)? {
            continue;
        }
        let common = common_history(&candidates[..=at], &published);
        if best.is_none_or(|(most, _)| common >= most) {
            best = Some((common, at));
        }
    }
    Ok(match best {
        Some((_, at)) => Anchor::Same(at, candidates[at].state.clone()),
        None => Anchor::Newest(versions.len() - 1),
    })
}

fn candidates(history: &History, versions: &[Version], source: &ListSource) -> Result<Vec<Candidate>, PublishError> {
    let mut tracker = ChangeTracker::default();
    let mut candidates = Vec::with_capacity(versions.len());
    for (version, content) in versions.iter().zip(history.contents(versions)) {
        let row = tracker.step(history, (version, &content?), &source.options, Progress::NONE)?;
        candidates.push(Candidate {
            state: tracker.state().clone(),
            is_readable: row.outcome.changes().is_some(),
            changes: row.announced().to_vec(),
        });
    }
    Ok(candidates)
}

fn is_published(log: &PublishedLog, state: &ListState) -> Result<bool, PublishError> {
    match (&log.tip.list, state.inventory()) {
        (Some(list), Some(inventory)) => Ok(is_list_of(list, inventory)?),
        (None, None) => Ok(true),
        _ => Ok(false),
    }
}

/// The number of releases with equal changes in both histories, counted backwards from the end. Histories that are equal
/// up to their beginnings count most.
fn common_history(candidates: &[Candidate], published: &[&[Change]]) -> usize {
    let changes: Vec<&[Change]> =
        candidates.iter().map(|candidate| candidate.changes.as_slice()).filter(|changes| !changes.is_empty()).collect();
    let pairs = changes.iter().rev().zip(published.iter().rev());
    let common = pairs.take_while(|(a, b)| a == b).count();
    if common == changes.len() && common == published.len() { usize::MAX } else { common }
}
