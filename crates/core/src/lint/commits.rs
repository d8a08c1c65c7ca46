//! Commits that are dated ahead of the clock.

use super::{
    Step,
    finding::{Anchor, Draft},
};

/// How far ahead of the clock a commit may be dated, in seconds. `publish` refuses it beyond.
const TOLERANCE: i64 = 24 * 3_600;

pub(super) fn ahead(step: &Step<'_>) -> Vec<Draft> {
    let ahead = step.commits.iter().filter(|commit| commit.time.seconds() - step.now.seconds() > TOLERANCE);
    ahead
        .map(|commit| {
            let short = commit.id.get(..10).unwrap_or(&commit.id);
            let message = format!("commit {short} is dated {}, ahead of the clock", commit.time);
            let help = "commit it again with the right date, for example with `git commit --amend --reset-author`";
            Draft::at(Anchor::Commit { id: commit.id.clone() }, message).help(help).key(&commit.id)
        })
        .collect()
}
