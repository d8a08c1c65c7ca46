//! Notice periods: what follows from the published terms for each published change.
//!
//! Heads contain the result as references, dates and lengths. Pages and feeds contain the same in words. Both are
//! computed here from the lists of the log, so that a verifier can compute them again.

use std::collections::{BTreeMap, BTreeSet};

use changecast_core::{
    change::{Change, Detail},
    compare::{FuzzyDate, Precision},
    ledger::{
        BodyState, ChangeAddress, Content, Effective, Json, List, Period, Publication, ReleaseKind, TermAddress,
        Verified,
    },
    model::{Role, Timestamp, terms::DurationUnit},
    notice::{self, Basis, Coverage, Deadline, Notice, Span, Statements, Tracked, Tracker},
    prose::deadlines::Computed,
    vocabulary::Vocabulary,
};

use super::published_list;

/// Most periods of one head. More would exceed its size limit.
pub(super) const PERIODS_IN_HEAD: usize = 150;

/// The notices of a log, computed release by release.
#[derive(Clone, Debug, Default)]
pub(super) struct Notices {
    tracker: Tracker<ChangeAddress>,
    /// The periods of releases that no head covers yet.
    pub pending: Vec<Period>,
}

/// A release with the lists before and after it.
pub(super) struct Step<'a> {
    pub seq: u64,
    pub kind: &'a ReleaseKind,
    pub changes: &'a [Change],
    pub publication: Publication,
    pub before: Option<&'a List>,
    pub after: Option<&'a List>,
}

/// What follows from the terms for the changes of a release.
#[derive(Clone, Debug, Default)]
pub(super) struct Followed {
    /// The notice of each change, in the order of the release.
    pub notices: Vec<Option<Computed>>,
    /// The periods that the head that publishes the release contains.
    pub periods: Vec<Period>,
}

impl Notices {
    /// Continues with a release. History from before the first head begins no notice, and neither does a list that
    /// was read again.
    pub fn follow(&mut self, step: &Step<'_>) -> Followed {
        let mut followed = Followed::default();
        if step.publication.backfilled || *step.kind != ReleaseKind::Changes {
            return followed;
        }
        let terms = step.before.and_then(|list| published_list::terms(list.facts().value()).ok().flatten());
        for (position, change) in (0..).zip(step.changes) {
            let address = ChangeAddress { seq: step.seq, position };
            let statements = statements_of(change, step.after);
            let tracked = self.tracker.follow(change, address, step.publication.at, (terms.as_ref(), statements));
            if let Some(Tracked { address, notice: Ok(notice) }) = &tracked {
                followed.periods.extend(periods_of(*address, notice));
            }
            followed.notices.push(tracked.filter(|_| terms.is_some()).map(|tracked| tracked.notice));
        }
        followed
    }
}

/// The periods of a verified log by the number of the head that publishes them, with the notices of each release.
pub(super) struct LogNotices {
    pub notices: Notices,
    pub releases: Vec<Followed>,
}

/// Computes the notices of a whole log. `pending` is the publication of the releases that no head covers.
pub(super) fn of_log(verified: &Verified, pending: Publication) -> LogNotices {
    let mut all = LogNotices { notices: Notices::default(), releases: Vec::with_capacity(verified.releases.len()) };
    let mut list: Option<List> = None;
    for release in &verified.releases {
        let mut followed = Followed::default();
        match release.body().map(|body| &body.content) {
            Some(Content::List(change)) => {
                let after = List::patched(list.as_ref(), &change.patch).ok().flatten();
                let changes: Vec<Change> =
                    change.changes.iter().filter_map(|object| serde_json::from_value(object.to_serde()).ok()).collect();
                let publication = release.publication.unwrap_or(pending);
                // Positions count all changes: with one of a later version among them, they are not known.
                if changes.len() == change.changes.len() {
                    followed = all.notices.follow(&Step {
                        seq: release.header.seq,
                        kind: &release.header.kind,
                        changes: &changes,
                        publication,
                        before: list.as_ref(),
                        after: after.as_ref(),
                    });
                }
                list = after;
            }
            Some(Content::Redaction { snapshot, .. }) => list.clone_from(snapshot),
            None if release.header.kind.alters_state() => list = None,
            Some(_) | None => {}
        }
        if release.publication.is_none() {
            all.notices.pending.extend(followed.periods.iter().cloned());
        }
        all.releases.push(followed);
    }
    all
}

/// Compares the periods of heads with those that follow from the lists and terms of the log. Returns the numbers of
/// the heads that differ.
pub fn differing_heads(verified: &Verified) -> Vec<u64> {
    let pending = Publication { at: Timestamp::from_unix_clamped(0), head: 0, backfilled: true };
    let computed = of_log(verified, pending);
    let mut expected: BTreeMap<u64, Vec<&Period>> = BTreeMap::new();
    for (release, followed) in verified.releases.iter().zip(&computed.releases) {
        if let Some(publication) = release.publication {
            expected.entry(publication.head).or_default().extend(&followed.periods);
        }
    }
    // The heads of one publication share its periods: those from its first head to the next head that publishes.
    let mut stated: BTreeMap<u64, Vec<&Period>> = BTreeMap::new();
    for head in verified.heads.iter().filter(|head| !head.void).map(|head| &head.head) {
        if let Some((first, _)) = expected.range(..=head.number).next_back() {
            stated.entry(*first).or_default().extend(&head.periods);
        }
    }
    // Without the bodies, nobody can tell which periods follow.
    let unknown: BTreeSet<u64> = verified
        .releases
        .iter()
        .filter(|release| !release.replayed || release.body == BodyState::Redacted)
        .filter_map(|release| Some(release.publication?.head))
        .collect();
    let differing = expected
        .into_iter()
        .filter(|(number, periods)| !unknown.contains(number) && stated.get(number) != Some(periods));
    differing.map(|(number, _)| number).collect()
}

/// The date of a change and the reason for an emergency, as the list states them.
fn statements_of(change: &Change, after: Option<&List>) -> Statements {
    let Detail::Field { entry, .. } = &change.detail else {
        return Statements {
            effective: notice::stated_date(change, None),
            emergency: notice::emergency_of(change, None),
        };
    };
    let fields = after.and_then(|list| Some((list, list.entry(entry.id.as_str())?.value().get("fields")?)));
    let Some((list, fields)) = fields else { return Statements::default() };
    let columns = list.facts().value().get("columns").and_then(Json::as_object);
    let key = columns.into_iter().flatten().find(|(_, column)| column.text("role") == Some(Role::Effective.info().key));
    let date = key.and_then(|(key, _)| fields.get(key)).map(|spans| published_list::text(Some(spans)));
    let emergency = fields.get(notice::EMERGENCY).map(|spans| published_list::text(Some(spans)).to_string());
    Statements { effective: date.and_then(|date| FuzzyDate::read(Vocabulary::builtin(), date.as_str())), emergency }
}

/// The periods of a notice: one for each lead of the terms, or one without a lead.
fn periods_of(change: ChangeAddress, notice: &Notice) -> Vec<Period> {
    if notice.coverage != Coverage::Promised {
        return Vec::new();
    }
    let period = Period {
        change,
        term: None,
        effective: notice.effective.as_ref().map(effective_of),
        object_by: notice.object_by.deadline().map(|deadline| deadline.to_string()),
        lead_promised: None,
        lead_given: None,
        // Heads contain zones without the colon of an offset.
        zone: notice.zone.replace(':', ""),
    };
    if notice.leads.is_empty() {
        return if period.effective.is_none() && period.object_by.is_none() { Vec::new() } else { vec![period] };
    }
    let leads = notice.leads.iter().map(|lead| Period {
        term: Some(TermAddress {
            // The terms in force before the change govern it.
            seq: change.seq.saturating_sub(1),
            trigger: lead.trigger.to_string(),
            position: lead.position as u64,
        }),
        lead_promised: Some(length(Span { count: lead.promised.count.into(), unit: lead.promised.unit })),
        lead_given: Some(length(lead.given)),
        ..period.clone()
    });
    leads.collect()
}

fn effective_of(effective: &notice::Effective) -> Effective {
    let day = effective.from.to_string();
    let (year, month) = (day.get(..4).unwrap_or_default(), day.get(5..7).unwrap_or_default());
    let date = match (effective.from, effective.basis) {
        (Deadline::Instant(_), _) | (_, Basis::Derived) => day,
        (Deadline::Day(_), Basis::Stated { precision, .. }) => match precision {
            Precision::Day => day,
            Precision::Month => format!("{year}-{month}"),
            Precision::Quarter => format!("{year}-Q{}", month.parse().map_or(1, |month: u8| month.div_ceil(3))),
            Precision::Half => format!("{year}-H{}", month.parse().map_or(1, |month: u8| month.div_ceil(6))),
            Precision::Year => year.to_owned(),
        },
    };
    let basis = if effective.basis == Basis::Derived { "derived" } else { "stated" };
    Effective { date, basis: basis.to_owned() }
}

/// A length as heads state it: `P46D`, `-P3D`, `PT48H`, `10bd`.
fn length(span: Span) -> String {
    let (sign, count) = (if span.count < 0 { "-" } else { "" }, span.count.unsigned_abs());
    match span.unit {
        DurationUnit::Hours => format!("{sign}PT{count}H"),
        DurationUnit::Days => format!("{sign}P{count}D"),
        DurationUnit::BusinessDays => format!("{sign}{count}bd"),
        DurationUnit::Weeks => format!("{sign}P{count}W"),
        DurationUnit::Months => format!("{sign}P{count}M"),
    }
}
