//! Findings about a change to a list before it is published: broken promises, missing cells, contradictions.
//!
//! [`RULES`] is the table of rules. A rule looks at one version of a list, or at the step from one version to the
//! next. [`check`] applies all of them and separates new findings from those that the version before had already.
//! Everything here is pure: the time, other pages and the published log are arguments.

mod across;
mod announcement;
mod cells;
mod commits;
mod dates;
mod finding;
mod hosts;
mod links;
mod lookalikes;
mod names;
mod notices;
mod page;
mod past;
mod places;
mod references;
mod removals;
mod rows;
mod rule;
mod snapshot;
mod status;
mod transfers;
mod vendors;

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    change::ChangeSet,
    model::{EntryId, Timestamp},
};

pub use announcement::{Announcement, announcements};
use finding::Draft;
pub use finding::{Anchor, Finding, Level, UnknownLevel};
pub use names::spaced;
use rule::Check;
pub use rule::{RULES, Rule, UnknownRule, rule};
pub use snapshot::{CommitTime, HostUse, Kind, Page, Passage, Past, Place, Repeated, Snapshot};

/// The step from one version of a list to the next, with everything that rules may look at.
#[derive(Debug)]
pub struct Step<'a> {
    /// The version before; `None` if there is none, so that every finding is new.
    pub before: Option<&'a Snapshot<'a>>,
    /// The version after.
    pub after: &'a Snapshot<'a>,
    /// What changed between the two; empty without a version before.
    pub changes: &'a ChangeSet,
    /// The time at which the change would be published.
    pub now: Timestamp,
    /// The number of entries that may be removed at once.
    pub removable: usize,
    /// The commits of the step.
    pub commits: &'a [CommitTime],
    /// The entries that the published log contains or contained; `None` if there is no log.
    pub past: Option<&'a Past>,
}

/// The result of a check.
#[derive(Debug, Default)]
pub struct Findings {
    /// The findings that the version before did not have, in the order of the rules.
    pub new: Vec<Finding>,
    /// The findings that the version before had already.
    pub existing: Vec<Finding>,
    /// The rules that were skipped because there is no published log.
    pub skipped: Vec<&'static Rule>,
}

/// Applies all rules to a step.
pub fn check(step: &Step<'_>) -> Findings {
    let announced = announcements(step);
    let later = later_ids(step);
    let mut findings = Findings::default();
    for rule in RULES {
        match rule.check {
            Check::Version(found_in) => {
                let found: Vec<Finding> =
                    found_in(step.after).into_iter().map(|draft| Finding::of(rule, draft)).collect();
                // Most rules find nothing, and then it does not matter what they found before.
                let before = step.before.filter(|_| !found.is_empty());
                let known: BTreeSet<_> = before
                    .map_or_else(Vec::new, found_in)
                    .into_iter()
                    .map(|draft| identity(rule, draft, &later))
                    .collect();
                let (existing, new): (Vec<_>, Vec<_>) =
                    found.into_iter().partition(|finding| known.contains(&finding.identity()));
                findings.existing.extend(existing);
                findings.new.extend(new);
            }
            Check::Step(found_in) => {
                findings.new.extend(found_in(step).into_iter().map(|draft| Finding::of(rule, draft)));
            }
            Check::Notice(found_in) => {
                let drafts = announced.iter().flat_map(|announcement| found_in(step, announcement));
                findings.new.extend(drafts.map(|draft| Finding::of(rule, draft)));
            }
            Check::Past(found_in) => match step.past {
                Some(past) => {
                    findings.new.extend(found_in(step, past).into_iter().map(|draft| Finding::of(rule, draft)));
                }
                None => findings.skipped.push(rule),
            },
        }
    }
    findings
}

/// The ids of entries after the step, by those before it that differ.
fn later_ids<'s>(step: &Step<'s>) -> BTreeMap<&'s EntryId, &'s EntryId> {
    step.changes.unannounced.entry_ids.iter().map(|change| (&change.from, &change.to)).collect()
}

/// The identity of a finding in the version before, with the id of its entry after the step.
fn identity(rule: &'static Rule, draft: Draft, later: &BTreeMap<&EntryId, &EntryId>) -> (String, String, String) {
    let mut finding = Finding::of(rule, draft);
    if let Some(entry) = &mut finding.entry
        && let Some(id) = later.get(&entry.id)
    {
        entry.id = (*id).clone();
    }
    finding.identity()
}
