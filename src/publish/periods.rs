//! Notice periods: what follows from the published terms for each published change.
//!
//! Heads contain the result as references, dates and lengths. Pages and feeds contain the same in words. Both are
//! computed here from the lists of the log, so that a verifier can compute them again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use changecast_core::{
    change::{Change, Detail},
    compare::FuzzyDate,
    ledger::{
        BodyState, ChangeAddress, Content, Effective, Json, List, ListChange, Period, Publication, Release,
        ReleaseKind, Statement, TermAddress, Verified, VerifiedHead, Watch,
    },
    model::{Role, Terms, Timestamp, terms::DurationUnit},
    notice::{self, Basis, Coverage, Deadline, Notice, Span, Statements, Tracked, Tracker},
    vocabulary::Vocabulary,
};

use crate::render::Noticed;

use super::{published_list, release::known_changes};

/// Most periods of one head. More would exceed its size limit.
pub(super) const PERIODS_IN_HEAD: usize = 150;

/// The notices of a log, computed release by release.
#[derive(Clone, Debug, Default)]
pub(super) struct Notices {
    tracker: Tracker<ChangeAddress>,
    /// The terms that count instead of those of the lists.
    contract: Option<Terms>,
    /// The periods of releases that no head covers yet.
    pub pending: Vec<Period>,
    /// When customers were notified of a release by other means than its publication.
    notified: BTreeMap<u64, Notified>,
    /// All statements about notifications, in the order of the heads.
    pub statements: Vec<Statement>,
    /// The newest notice of each change.
    latest: BTreeMap<ChangeAddress, Notice>,
}

/// A statement of the publisher that customers were notified of a release.
#[derive(Clone, Copy, Debug)]
struct Notified {
    at: Deadline,
    /// The time of the head that states it.
    stated: Timestamp,
    /// The newest release that this head covers.
    covers: u64,
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
    pub notices: Vec<Option<Noticed>>,
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
        let published = || published_list::terms(step.before?.facts().value()).ok().flatten();
        let terms = self.contract.clone().or_else(published);
        for (position, change) in (0..).zip(step.changes) {
            let address = ChangeAddress { seq: step.seq, position };
            if notice::dates_another_change(change, step.changes) {
                followed.notices.push(None);
                continue;
            }
            let mut statements = statements_of(change, step.after);
            let (changes, at) = (step.changes, step.publication.at);
            statements.effective.take_if(|date| !notice::is_date_of(date, change, changes, at));
            statements.notified = self.notified.get(&step.seq).map(|notified| notified.at);
            let tracked = self.tracker.follow(change, address, step.publication.at, (terms.as_ref(), statements));
            let noticed = tracked.map(|Tracked { address, notice }| {
                if let Ok(notice) = &notice {
                    followed.periods.extend(self.periods_at(step.seq, address, notice));
                    self.latest.insert(address, notice.clone());
                }
                let notified_at = self.notified.get(&address.seq).map(|notified| notified.stated);
                Noticed { first: address, has_terms: terms.is_some(), notice, notified_at }
            });
            followed.notices.push(noticed);
        }
        followed
    }

    /// The periods that the head which publishes a release contains. A notification counts once it was stated.
    fn periods_at(&self, release: u64, address: ChangeAddress, notice: &Notice) -> Vec<Period> {
        let is_stated = self.notified.get(&address.seq).is_some_and(|notified| notified.covers < release);
        let notified = notice.by_notification().filter(|_| is_stated);
        periods_of(address, notified.as_ref().unwrap_or(notice))
    }

    /// The periods that change when the publisher states that customers were notified of a release.
    pub fn periods_of_statement(&self, release: u64) -> Vec<Period> {
        let of_release = self.latest.iter().filter(|(address, _)| address.seq == release);
        of_release
            .filter_map(|(address, notice)| Some(periods_of(*address, &notice.by_notification()?)))
            .flatten()
            .collect()
    }

    /// Takes the statements of heads.
    fn take_statements<'h>(&mut self, heads: impl Iterator<Item = &'h VerifiedHead>) {
        for head in heads.filter(|head| !head.void).map(|head| &head.head) {
            self.take(head.statements.iter(), (head.at, head.covers.seq));
        }
    }

    /// Takes statements of a head. Of several statements about a release, dates follow from the first one.
    fn take<'s>(&mut self, statements: impl Iterator<Item = &'s Statement>, (stated, covers): (Timestamp, u64)) {
        for statement in statements {
            self.statements.push(statement.clone());
            if let Some(at) = sent_at(&statement.sent) {
                self.notified.entry(statement.seq).or_insert(Notified { at, stated, covers });
            }
        }
    }
}

/// The day or instant of a notification; `None` for a notation of a later version.
fn sent_at(text: &str) -> Option<Deadline> {
    text.parse().map(Deadline::Day).or_else(|_| text.parse().map(Deadline::Instant)).ok()
}

/// The periods of a log by the number of the head that publishes them, with the notices of each release. They are computed
/// while the log is verified.
pub(super) struct LogNotices {
    /// The publication of the releases that no head covers.
    now: Timestamp,
    /// A statement that the next head will contain.
    next: Option<Statement>,
    pending: Option<Publication>,
    /// The statements of heads that count, by the release that the head covers; the next one is the first.
    stating: VecDeque<Stating>,
    /// The releases about which there was a statement.
    stated: BTreeSet<u64>,
    pub notices: Notices,
    pub releases: Vec<Followed>,
    /// The periods that heads with a statement about a notification contain, by the number of the head.
    pub of_statements: BTreeMap<u64, Vec<Period>>,
}

/// The releases about which a head has statements.
struct Stating {
    head: u64,
    covers: u64,
    about: Vec<u64>,
}

impl LogNotices {
    /// No release yet. Releases that no head covers count as published at `now`.
    pub fn new(now: Timestamp, next: Option<&Statement>) -> Self {
        LogNotices {
            now,
            next: next.cloned(),
            pending: None,
            stating: VecDeque::new(),
            stated: BTreeSet::new(),
            notices: Notices::default(),
            releases: Vec::new(),
            of_statements: BTreeMap::new(),
        }
    }

    /// The same with the terms of a contract instead of those of the lists.
    pub fn under(self, contract: Terms) -> Self {
        LogNotices { notices: Notices { contract: Some(contract), ..self.notices }, ..self }
    }

    /// The periods of the changes of a release.
    fn followed(&mut self, release: &Release, change: &ListChange, lists: [Option<&List>; 2]) -> Followed {
        let changes = known_changes(&change.changes);
        let publication = release.publication.or(self.pending);
        // Positions count all changes: with one of a later version among them, they are not known.
        let Some(publication) = publication.filter(|_| changes.len() == change.changes.len()) else {
            return Followed::default();
        };
        let [before, after] = lists;
        let (seq, kind) = (release.header.seq, &release.header.kind);
        self.notices.follow(&Step { seq, kind, changes: &changes, publication, before, after })
    }
}

impl Watch for LogNotices {
    fn begin(&mut self, releases: u64, heads: &[VerifiedHead]) {
        let head = heads.last().map_or(0, |head| head.head.number + 1);
        self.pending = Some(Publication { at: self.now, head, backfilled: heads.is_empty() });
        self.notices.take_statements(heads.iter());
        if let Some(next) = self.next.take() {
            self.notices.take([&next].into_iter(), (self.now, releases.saturating_sub(1)));
        }
        let counting = heads.iter().filter(|head| !head.void).map(|head| &head.head);
        self.stating = counting
            .map(|head| Stating {
                head: head.number,
                covers: head.covers.seq,
                about: head.statements.iter().map(|statement| statement.seq).collect(),
            })
            .collect();
    }

    fn release(&mut self, release: &Release, before: Option<&List>, after: Option<&List>) {
        let followed = match release.body().map(|body| &body.content) {
            Some(Content::List(change)) => self.followed(release, change, [before, after]),
            Some(_) | None => Followed::default(),
        };
        if release.publication.is_none() {
            self.notices.pending.extend(followed.periods.iter().cloned());
        }
        self.releases.push(followed);
        while self.stating.front().is_some_and(|head| head.covers <= release.header.seq)
            && let Some(head) = self.stating.pop_front()
        {
            // Dates follow from the first statement about a release.
            let first = head.about.into_iter().filter(|seq| self.stated.insert(*seq));
            let periods: Vec<Period> = first.flat_map(|seq| self.notices.periods_of_statement(seq)).collect();
            self.of_statements.entry(head.head).or_default().extend(periods);
        }
    }
}

/// The numbers of the heads whose periods are not those that follow from the lists and terms of the log.
pub(super) fn differing_heads(verified: &Verified, computed: &LogNotices) -> Vec<u64> {
    let mut expected: BTreeMap<u64, Vec<&Period>> = BTreeMap::new();
    for (release, followed) in verified.releases.iter().zip(&computed.releases) {
        if let Some(publication) = release.publication {
            expected.entry(publication.head).or_default().extend(&followed.periods);
        }
    }
    for (number, periods) in computed.of_statements.iter().filter(|(_, periods)| !periods.is_empty()) {
        expected.entry(*number).or_default().extend(periods);
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
            notified: None,
        };
    };
    let fields = after.and_then(|list| Some((list, list.entry(entry.id.as_str())?.value().get("fields")?)));
    let Some((list, fields)) = fields else { return Statements::default() };
    let columns = list.facts().value().get("columns").and_then(Json::as_object);
    let key = columns.into_iter().flatten().find(|(_, column)| column.text("role") == Some(Role::Effective.info().key));
    let date = key.and_then(|(key, _)| fields.get(key)).map(|spans| published_list::text(Some(spans)));
    let emergency = fields.get(notice::EMERGENCY).map(|spans| published_list::text(Some(spans)).to_string());
    let effective = date.and_then(|date| FuzzyDate::read(Vocabulary::builtin(), date.as_str()));
    Statements { effective, emergency, notified: None }
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
    let basis = if effective.basis == Basis::Derived { "derived" } else { "stated" };
    Effective { date: effective.notation(), basis: basis.to_owned() }
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
