//! A verified log as one customer reads it: the changes that concern the customer, and the notice that its contract
//! promises next to the notice that was given.

use std::{collections::BTreeMap, fmt};

use changecast_core::{
    change::{Change, Detail, Level},
    compare::FuzzyDate,
    ledger::{
        self, Bodies, BodyState, ChangeAddress, Fetch, List, Pin, Release, Verified, VerifiedHead, VerifyError, Watch,
    },
    model::{EntryId, Terms, Timestamp},
    notice::{self, Announced, Basis, Coverage, LeadGiven, Notice, Occasion, Outcome},
    prose::{
        self,
        deadlines::{given_length, promised_length, shortfall, subject},
        messages::ENGLISH,
    },
    vocabulary::Vocabulary,
};
use serde::{Serialize, Serializer};

use crate::{
    config::{AppliesTo, Contract, Profile},
    render::Noticed,
};

use super::{
    concerned::{Concerned, Reason, Unmatched},
    periods::LogNotices,
    release::{Before, PublishedRelease, changes_of, objects_of},
};

/// A change of a published list, as one customer reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AssessedChange {
    /// The name of the log.
    pub list: String,
    /// The release that announces the change.
    pub release: u64,
    /// When it was published; for history from before the log began, when it was committed.
    pub published: Timestamp,
    /// Whether it is history from before the log began, which begins no notice.
    pub history: bool,
    /// The change in a few words.
    pub change: String,
    /// The change with its values.
    pub details: String,
    /// Whether customers could object to it: `notice` or `info`.
    pub level: &'static str,
    /// When it takes effect.
    pub effective: String,
    /// `stated`, or `derived` from the notice that the publisher promises.
    pub basis: &'static str,
    /// Until when the publisher's terms allow objections.
    pub object_by: String,
    /// The notice that the publisher promises.
    pub promised: String,
    /// The notice that was given.
    pub given: String,
    /// The notice that the customer's contract promises.
    pub contract: String,
    /// The earliest effective date that the contract allows.
    pub not_before: String,
    /// Until when the contract allows objections.
    pub contract_object_by: String,
    /// Whether the notice is enough for the contract, or why this is not known.
    pub result: Sufficiency,
    /// How much longer the notice had to be.
    pub short_by: String,
    /// Why the change does not concern the customer; `None` if it does.
    pub left_out: Option<&'static str>,
}

/// Whether the notice of a change is enough for a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sufficiency {
    /// No comparison is possible: no contract, history from before the log began, or a change without notice.
    NotCompared,
    /// The notice is long enough.
    Enough,
    /// No date is stated, and the promise of the publisher is long enough.
    EnoughAsPromised,
    /// The notice is too short.
    Short,
    /// No date is stated, and the promise of the publisher is too short.
    PromisedTooShort,
    /// Neither a date nor a notice is stated.
    NoDate,
    /// The notice is too short, under an exception of the contract.
    Emergency,
    /// The contract does not name this kind of change.
    NotInContract,
    /// The contract promises notice without a length.
    NoLength,
    /// The change moves the date of one that this release announced, and the result is shown there.
    SeeRelease(u64),
    /// The dates cannot be computed, for this reason.
    Unknown(String),
}

impl Sufficiency {
    /// Whether there is something to look at.
    pub fn is_finding(&self) -> bool {
        match self {
            Sufficiency::Short | Sufficiency::PromisedTooShort | Sufficiency::NoDate | Sufficiency::Unknown(_) => true,
            Sufficiency::NotCompared
            | Sufficiency::Enough
            | Sufficiency::EnoughAsPromised
            | Sufficiency::Emergency
            | Sufficiency::NotInContract
            | Sufficiency::NoLength
            | Sufficiency::SeeRelease(_) => false,
        }
    }
}

impl fmt::Display for Sufficiency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Sufficiency::NotCompared => "",
            Sufficiency::Enough => "enough",
            Sufficiency::EnoughAsPromised => "enough, as promised",
            Sufficiency::Short => "short",
            Sufficiency::PromisedTooShort => "promised too short",
            Sufficiency::NoDate => "no date stated",
            Sufficiency::Emergency => "emergency",
            Sufficiency::NotInContract => "not in the contract",
            Sufficiency::NoLength => "no length in the contract",
            Sufficiency::SeeRelease(seq) => return write!(f, "see release {seq}"),
            Sufficiency::Unknown(reason) => return write!(f, "unknown: {reason}"),
        })
    }
}

impl Serialize for Sufficiency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A column of a table of changes: its name, and its text in a row.
type Column = (&'static str, fn(&AssessedChange) -> String);

const COLUMNS: [Column; 17] = [
    ("list", |change| change.list.clone()),
    ("release", |change| change.release.to_string()),
    ("published", |change| change.published.to_string()),
    ("change", |change| change.change.clone()),
    ("effective", |change| change.effective.clone()),
    ("basis", |change| change.basis.to_owned()),
    ("object_by", |change| change.object_by.clone()),
    ("promised", |change| change.promised.clone()),
    ("given", |change| change.given.clone()),
    ("contract", |change| change.contract.clone()),
    ("not_before", |change| change.not_before.clone()),
    ("contract_object_by", |change| change.contract_object_by.clone()),
    ("result", |change| change.result.to_string()),
    ("short_by", |change| change.short_by.clone()),
    ("level", |change| change.level.to_owned()),
    ("details", |change| change.details.clone()),
    ("left_out", |change| change.left_out.unwrap_or_default().to_owned()),
];

/// The names of the columns, in the order of [`AssessedChange::cells`].
pub fn assessment_columns() -> [&'static str; COLUMNS.len()] {
    COLUMNS.map(|(name, _)| name)
}

/// The columns of a report for people.
pub const SUMMARY_COLUMNS: [&str; 12] = [
    "release", "published", "change", "effective", "object_by", "promised", "given", "contract", "result", "short_by",
    "not_before", "left_out",
];

impl AssessedChange {
    /// A change before anything is known about its notice. The name of the list is known once the log is verified.
    fn new(change: &Change, release: u64, published: Timestamp) -> Self {
        AssessedChange {
            list: String::new(),
            release,
            published,
            history: false,
            change: in_a_few_words(change),
            details: prose::flat(&prose::sentence(&ENGLISH, change)),
            level: change.level.name(),
            effective: String::new(),
            basis: "",
            object_by: String::new(),
            promised: String::new(),
            given: String::new(),
            contract: String::new(),
            not_before: String::new(),
            contract_object_by: String::new(),
            result: Sufficiency::NotCompared,
            short_by: String::new(),
            left_out: None,
        }
    }

    /// Whether there is something to look at.
    pub fn is_finding(&self) -> bool {
        self.result.is_finding()
    }

    /// The cells of a row of a table.
    pub fn cells(&self) -> Vec<String> {
        COLUMNS.iter().map(|(_, text)| text(self)).collect()
    }

    /// The cells of a report for people.
    pub fn summary(&self) -> Vec<String> {
        SUMMARY_COLUMNS.iter().map(|name| self.summary_cell(name)).collect()
    }

    fn summary_cell(&self, name: &str) -> String {
        if name == "published" {
            return self.published.date().to_string();
        }
        let column = COLUMNS.iter().find(|(known, _)| *known == name);
        column.map(|(_, text)| text(self)).unwrap_or_default()
    }
}

/// A log as one customer reads it.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The verified log.
    pub verified: Verified,
    /// The changes in the order of their releases, also those that do not concern the customer.
    pub changes: Vec<AssessedChange>,
    /// The entries of the current list that concern the customer.
    pub entries: Vec<EntryId>,
    /// The values of the profile that no entry of the log ever had, with their keys.
    pub unmatched: Vec<(&'static str, String)>,
    /// The releases of unknown content: redacted, or of a later version.
    pub unknown: Vec<u64>,
}

/// Verifies a published log, and assesses its changes for a customer, with results as of a time.
///
/// # Errors
/// [`VerifyError`] if the log does not verify.
pub fn assess(source: &dyn Fetch, pin: &Pin, profile: &Profile, now: Timestamp) -> Result<Assessment, VerifyError> {
    let contract = profile.notice.as_ref().map(|contract| contract.terms.clone());
    let mut watch = Watching {
        profile,
        published: LogNotices::new(now, None),
        own: contract.map(|terms| LogNotices::new(now, None).under(terms)),
        before: Before::default(),
        changes: Vec::new(),
        rows: BTreeMap::new(),
        unmatched: Unmatched::of(profile),
        unknown: Vec::new(),
    };
    let verified = ledger::verify_watched(source, pin, Bodies::Dropped, &mut watch)?;
    let Watching { mut changes, mut unmatched, unknown, .. } = watch;
    for change in &mut changes {
        change.list = verified.origin.to_string();
    }
    let mut entries = Vec::new();
    if let Some(list) = verified.list.known() {
        for id in list.entries().filter_map(|(id, _)| id.parse::<EntryId>().ok()) {
            let Some(entry) = Concerned::in_list(list, &id) else { continue };
            unmatched.see(&entry);
            if entry.left_out(profile).is_none() {
                entries.push(id);
            }
        }
    }
    Ok(Assessment { verified, changes, entries, unmatched: unmatched.into_values(), unknown })
}

struct Watching<'p> {
    profile: &'p Profile,
    /// What follows from the published terms.
    published: LogNotices,
    /// What follows from the contract.
    own: Option<LogNotices>,
    before: Before,
    changes: Vec<AssessedChange>,
    /// The position of each change among `changes`.
    rows: BTreeMap<ChangeAddress, usize>,
    unmatched: Unmatched,
    unknown: Vec<u64>,
}

impl Watch for Watching<'_> {
    fn begin(&mut self, releases: u64, heads: &[VerifiedHead]) {
        for notices in [&mut self.published].into_iter().chain(&mut self.own) {
            notices.begin(releases, heads);
        }
    }

    fn release(&mut self, release: &Release, before: Option<&List>, after: Option<&List>) {
        let published = newest(&mut self.published, (release, before, after));
        let own = self.own.as_mut().map(|own| newest(own, (release, before, after))).unwrap_or_default();
        let changes = changes_of(release.header.seq, objects_of(release));
        let known = changes.map(|changes| PublishedRelease::of(release, changes, &self.before));
        self.before.follow(release);
        let is_gone = matches!(release.body, BodyState::Redacted | BodyState::Skipped);
        let (Ok(known), Some(publication)) = (known, release.publication) else {
            self.unknown.extend(release.publication.map(|_| release.header.seq));
            return;
        };
        self.unknown.extend(Some(known.seq).filter(|_| is_gone));
        let committed = known.commit.as_ref().map(|(_, committed)| (*committed).min(publication.at));
        let at = committed.filter(|_| publication.backfilled).unwrap_or(publication.at);
        for (position, change) in (0..).zip(&known.changes) {
            let address = ChangeAddress { seq: known.seq, position };
            let left_out = self.left_out(change, before, after);
            self.rows.insert(address, self.changes.len());
            self.changes.push(AssessedChange {
                history: publication.backfilled,
                left_out: left_out.map(Reason::as_str),
                ..AssessedChange::new(change, known.seq, at)
            });
            let notices = [&published, &own].map(|notices| notices.get(position as usize).and_then(Option::as_ref));
            self.state(address, change, notices);
        }
    }
}

/// A change in a few words. A statement of the list about itself is named.
fn in_a_few_words(change: &Change) -> String {
    let words = subject(&ENGLISH, change);
    match &change.detail {
        Detail::Fact { label, .. } if !label.is_empty() => format!("{words}: {label}"),
        Detail::Fact { .. }
        | Detail::Field { .. }
        | Detail::Row { .. }
        | Detail::List { .. }
        | Detail::Column { .. } => words,
    }
}

/// What follows for the changes of the next release.
fn newest(
    notices: &mut LogNotices,
    (release, before, after): (&Release, Option<&List>, Option<&List>),
) -> Vec<Option<Noticed>> {
    notices.release(release, before, after);
    notices.releases.last_mut().map(|followed| std::mem::take(&mut followed.notices)).unwrap_or_default()
}

impl Watching<'_> {
    /// Why a change does not concern the customer: no entry does, neither as it was before nor as it is after the change.
    fn left_out(&mut self, change: &Change, before: Option<&List>, after: Option<&List>) -> Option<Reason> {
        let ids: Vec<&EntryId> = match &change.detail {
            Detail::Row { row, former } => former.iter().chain([row]).map(|row| &row.id).collect(),
            Detail::Field { entry, .. } => vec![&entry.id],
            Detail::List { entries } => entries.iter().map(|row| &row.id).collect(),
            Detail::Column { .. } | Detail::Fact { .. } => Vec::new(),
        };
        let lists = || [before, after].into_iter().flatten();
        let states: Vec<Concerned> =
            ids.into_iter().flat_map(|id| lists().filter_map(|list| Concerned::in_list(list, id))).collect();
        states.iter().for_each(|state| self.unmatched.see(state));
        if let Some(criterion) = self.profile.filter.misses(change) {
            return Some(Reason::Misses(criterion));
        }
        if matches!(change.detail, Detail::List { .. }) {
            return None;
        }
        let reasons: Option<Vec<Reason>> = states.iter().map(|state| state.left_out(self.profile)).collect();
        reasons?.pop()
    }

    /// States the notice for a change. A date that moved states the notice of an earlier change again.
    fn state(&mut self, address: ChangeAddress, change: &Change, [published, own]: [Option<&Noticed>; 2]) {
        let Some(noticed) = published.or(own) else { return };
        let first = self.rows.get(&noticed.first).copied().filter(|_| noticed.first != address);
        if let (Some(_), Some(row)) = (first, self.rows.get(&address)) {
            self.changes[*row].result = Sufficiency::SeeRelease(noticed.first.seq);
        }
        let Some(row) = first.or_else(|| self.rows.get(&address).copied()) else { return };
        let row = &mut self.changes[row];
        if let Some(Ok(notice)) = published.map(|noticed| &noticed.notice) {
            row.effective = notice.effective.as_ref().map(|effective| effective.notation()).unwrap_or_default();
            row.basis = notice.effective.as_ref().map_or("", |effective| match effective.basis {
                Basis::Derived => "derived",
                Basis::Stated { .. } => "stated",
            });
            row.object_by = deadline(notice);
            let promised: Vec<String> = notice.leads.iter().map(|lead| promised_length(&ENGLISH, lead)).collect();
            row.promised = promised.join("; ");
            let given = notice.leads.first().filter(|_| row.basis == "stated");
            row.given = given.map(|lead| given_length(&ENGLISH, lead)).unwrap_or_default();
        }
        let Some((own, contract)) = own.zip(self.profile.notice.as_ref()) else { return };
        let published = published.and_then(|noticed| noticed.notice.as_ref().ok());
        match &own.notice {
            Ok(notice) => compare(row, change, (notice, contract), published),
            Err(error) => row.result = Sufficiency::Unknown(error.to_string()),
        }
    }
}

fn deadline(notice: &Notice) -> String {
    notice.objection_deadline().map(|deadline| deadline.to_string()).unwrap_or_default()
}

/// States whether the notice is enough for the contract.
fn compare(
    row: &mut AssessedChange,
    change: &Change,
    (own, contract): (&Notice, &Contract),
    published: Option<&Notice>,
) {
    let counted = own.by_notification();
    let own = counted.as_ref().unwrap_or(own);
    let Contract { terms: contract, applies_to } = contract;
    let is_named = *applies_to == AppliesTo::NamedKinds || change.level == Level::Notice;
    if own.coverage != Coverage::Promised || !is_named {
        row.result = Sufficiency::NotInContract;
        return;
    }
    row.contract_object_by = deadline(own);
    let earliest = follows(contract, change, own.counts_from, None).and_then(|notice| notice.effective);
    row.not_before = earliest.map(|effective| effective.from.to_string()).unwrap_or_default();
    let Some(lead) = decisive(own) else {
        row.result = Sufficiency::NoLength;
        return;
    };
    row.contract = promised_length(&ENGLISH, lead);
    if own.effective.as_ref().is_some_and(|effective| effective.basis != Basis::Derived) {
        row.given = given_length(&ENGLISH, lead);
        row.result = match lead.outcome {
            Outcome::Kept => Sufficiency::Enough,
            Outcome::Missed => Sufficiency::Short,
            Outcome::Emergency => Sufficiency::Emergency,
        };
        row.short_by = short_by(lead);
        return;
    }
    // Without a date, the publisher still promises not to begin before the end of the lead that it states.
    let promised = published.and_then(|notice| notice.effective.as_ref()).map(|effective| effective.from.to_string());
    let day = promised.and_then(|day| FuzzyDate::read(Vocabulary::builtin(), &day));
    let guaranteed = day.and_then(|day| follows(contract, change, own.counts_from, Some(day)));
    let Some(lead) = guaranteed.as_ref().and_then(decisive) else {
        row.result = Sufficiency::NoDate;
        return;
    };
    let is_enough = lead.outcome == Outcome::Kept;
    row.result = if is_enough { Sufficiency::EnoughAsPromised } else { Sufficiency::PromisedTooShort };
    row.short_by = short_by(lead);
}

/// The lead that decides: of several, one that is missed.
fn decisive(notice: &Notice) -> Option<&LeadGiven> {
    notice.leads.iter().find(|lead| lead.outcome != Outcome::Kept).or(notice.leads.first())
}

fn short_by(lead: &LeadGiven) -> String {
    if lead.outcome == Outcome::Kept { String::new() } else { shortfall(&ENGLISH, lead) }
}

/// What follows from the contract for a change with this effective date.
fn follows(contract: &Terms, change: &Change, at: Timestamp, effective: Option<FuzzyDate>) -> Option<Notice> {
    let announced = [Announced { at, effective }];
    let trigger = notice::trigger_of(change);
    let occasion = Occasion { trigger, announced: &announced, emergency: None, notified: None };
    notice::compute(Some(contract), &occasion).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_columns_of_reports_for_people_exist() {
        assert!(SUMMARY_COLUMNS.iter().all(|name| assessment_columns().contains(name)));
    }
}
