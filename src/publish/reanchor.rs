//! Where a published log goes on in a rewritten history.

use crate::{
    history::{History, HistoryError, Version},
    ledger::{Body, CanonicalError, Chain, Digest, Digester},
};

use super::{ChangeTracker, ListSource, Progress, PublishError};

/// A place in the versions of the new history.
pub(super) enum Anchor {
    /// The published list stands in this version: what follows is new.
    Same(usize),
    /// It stands nowhere: the newest version is compared with it.
    Newest(usize),
}

impl Anchor {
    /// The version that stands for the published list from now on.
    pub fn version<'a>(&self, versions: &'a [Version]) -> &'a Version {
        match self {
            Anchor::Same(at) | Anchor::Newest(at) => &versions[*at],
        }
    }

    /// The first version that is compared with the published list.
    pub fn resume_at(&self) -> usize {
        match self {
            Anchor::Same(at) => at + 1,
            Anchor::Newest(at) => *at,
        }
    }
}

/// Finds the version at which the published list stands. Where it stands several times, the one
/// counts before which the new history resembles the published one the longest; among equals the
/// newest, so that nothing is announced twice. `None` when the new history has no version at all.
pub(super) fn find(
    history: &History,
    versions: &[Version],
    source: &ListSource,
    chain: &Chain,
) -> Result<Option<Anchor>, PublishError> {
    if versions.is_empty() {
        return Ok(None);
    }
    let states = states(history, versions, source)?;
    let published: Vec<Option<Digest>> = chain
        .releases
        .iter()
        .filter_map(|release| match &release.body {
            Body::Changes(body) => Some(body.after),
            _ => None,
        })
        .collect();
    // How long the new history and the published one are alike, looking back from a version, and
    // whether they are so to their beginnings.
    let alike = |at: usize| {
        let so_far: Vec<_> = states[..=at].iter().filter(|state| state.announces).collect();
        let both = so_far.iter().rev().zip(published.iter().rev());
        let length = both.take_while(|(a, b)| a.digest == **b).count();
        (length, length == so_far.len() && length == published.len())
    };
    let stands = |at: &usize| states[*at].readable && states[*at].digest == chain.state;
    let best = (0..states.len()).filter(stands).max_by_key(|at| (alike(*at), *at));
    Ok(Some(best.map_or(Anchor::Newest(versions.len() - 1), Anchor::Same)))
}

/// The announced list after a version.
struct State {
    readable: bool,
    announces: bool,
    digest: Option<Digest>,
}

/// How the list stands after each version.
fn states(history: &History, versions: &[Version], source: &ListSource) -> Result<Vec<State>, PublishError> {
    let mut follower = ChangeTracker::default();
    let mut digester = Digester::default();
    let mut states = Vec::with_capacity(versions.len());
    for (version, content) in versions.iter().zip(history.contents(versions)) {
        let content = content.map_err(|error: HistoryError| error)?;
        let row = follower
            .step(history, (version, &content), &source.options, Progress::NONE)
            .map_err(|error: HistoryError| error)?;
        let list = follower.state().inventory();
        let digest = list.map(|list| digester.digest(list)).transpose().map_err(|error: CanonicalError| error)?;
        let readable = row.outcome.changes().is_some();
        states.push(State { readable, announces: !row.announced().is_empty(), digest });
    }
    Ok(states)
}
