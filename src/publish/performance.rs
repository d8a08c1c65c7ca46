//! Promise and performance: every change that notice was promised for, and the notice that was given.

use std::collections::BTreeMap;

use changecast_core::{
    change::{Change, Level},
    ledger::{self, Bodies, ChangeAddress, Fetch, List, Pin, Release, Verified, VerifiedHead, VerifyError, Watch},
    model::Timestamp,
    notice::{Basis, Coverage, LeadGiven, Notice, Notification, Outcome},
    prose::{
        deadlines::{given_length, promised_length, subject},
        messages::ENGLISH,
    },
};
use serde::Serialize;

use crate::render::Noticed;

use super::{periods::LogNotices, release::changes_of};

/// A lead that was promised for a change, or a change without one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Engagement {
    /// The name of the log.
    pub list: String,
    /// The release that announced the change first.
    pub release: u64,
    /// The time of the head that published it.
    pub published: String,
    /// The change in a few words.
    pub change: String,
    /// The name of the lead, where a change has several.
    pub lead: String,
    /// The promised length.
    pub promised: String,
    /// The length that was given, by publication.
    pub given: String,
    /// `kept`, `missed` or `emergency`; else why there is no result.
    pub result: &'static str,
    /// The difference between both lengths, where the promise was not kept.
    pub short_by: String,
    /// Whether the result can still change, because the effective date has not passed.
    pub provisional: bool,
    /// When the change takes effect.
    pub effective: String,
    /// `stated`, or `derived` from the lead.
    pub basis: &'static str,
    /// Until when customers may object.
    pub object_by: String,
    /// The day of another notification, `not stated` if one is promised, empty otherwise.
    pub notification: String,
    /// The length that was given from that notification.
    pub given_by_notification: String,
    /// The result by that notification.
    pub result_by_notification: &'static str,
    /// The reason for an emergency.
    pub emergency: String,
    /// Whether the change was published after its effective date.
    pub late: bool,
    /// The reason why there is no result, or an incomplete one.
    pub gap: String,
}

/// The names of the columns, in the order of [`Engagement::cells`].
pub const ENGAGEMENT_COLUMNS: [&str; 19] = [
    "list", "release", "published", "change", "lead", "promised", "given", "result", "short_by", "provisional",
    "effective", "basis", "object_by", "notification", "given_by_notification", "result_by_notification", "emergency",
    "late", "gap",
];

impl Engagement {
    /// The cells of a row of a table.
    pub fn cells(&self) -> Vec<String> {
        vec![
            self.list.clone(),
            self.release.to_string(),
            self.published.clone(),
            self.change.clone(),
            self.lead.clone(),
            self.promised.clone(),
            self.given.clone(),
            self.result.to_owned(),
            self.short_by.clone(),
            yes(self.provisional),
            self.effective.clone(),
            self.basis.to_owned(),
            self.object_by.clone(),
            self.notification.clone(),
            self.given_by_notification.clone(),
            self.result_by_notification.to_owned(),
            self.emergency.clone(),
            yes(self.late),
            self.gap.clone(),
        ]
    }

    /// Whether there is something to look at: a missed promise, a late disclosure, or a gap.
    pub fn is_finding(&self) -> bool {
        let missed = Outcome::Missed.as_str();
        self.result == missed || self.result_by_notification == missed || self.late || !self.gap.is_empty()
    }
}

fn yes(value: bool) -> String {
    if value { "yes".to_owned() } else { String::new() }
}

/// Verifies a published log, and returns its engagements in the order of their first publication, with results as of a time.
/// Releases from before the log began are not among them.
///
/// # Errors
/// [`VerifyError`] if the log does not verify.
pub fn engagements(source: &dyn Fetch, pin: &Pin, now: Timestamp) -> Result<(Verified, Vec<Engagement>), VerifyError> {
    let mut watch = Watching { notices: LogNotices::new(now, None), newest: BTreeMap::new() };
    let verified = ledger::verify_watched(source, pin, Bodies::Dropped, &mut watch)?;
    let engagements = engagements_of(&verified, watch.newest, now);
    Ok((verified, engagements))
}

/// The newest notice of each change by its first address, with the time of its first publication.
type Newest = BTreeMap<ChangeAddress, (Change, String, Noticed)>;

struct Watching {
    notices: LogNotices,
    newest: Newest,
}

impl Watch for Watching {
    fn begin(&mut self, releases: u64, heads: &[VerifiedHead]) {
        self.notices.begin(releases, heads);
    }

    fn release(&mut self, release: &Release, before: Option<&List>, after: Option<&List>) {
        self.notices.release(release, before, after);
        let Some(followed) = self.notices.releases.last_mut() else { return };
        let notices = std::mem::take(&mut followed.notices);
        let changes = release.body().map(|body| changes_of(release.header.seq, body.changes()));
        let (Some(Ok(changes)), Some(publication)) = (changes, release.publication) else { return };
        for (change, noticed) in changes.into_iter().zip(notices) {
            let Some(noticed) = noticed.filter(|noticed| concerns_customers(&change, noticed)) else { continue };
            // A date that moved states the notice of an earlier release again.
            let known = self.newest.remove(&noticed.first).map(|(change, published, _)| (change, published));
            let (change, published) = known.unwrap_or_else(|| (change, publication.at.to_string()));
            self.newest.insert(noticed.first, (change, published, noticed));
        }
    }
}

fn engagements_of(verified: &Verified, newest: Newest, now: Timestamp) -> Vec<Engagement> {
    let mut engagements = Vec::new();
    for (address, (change, published, noticed)) in newest {
        let base = Engagement {
            list: verified.origin.to_string(),
            release: address.seq,
            published,
            change: subject(&ENGLISH, &change),
            ..Engagement::default()
        };
        engagements.extend(of_notice(&base, &noticed, now));
    }
    engagements
}

/// Whether notice is promised or refused for a change, or customers could object to it.
fn concerns_customers(change: &Change, noticed: &Noticed) -> bool {
    let is_named = noticed.notice.as_ref().map_or(true, |notice| notice.coverage != Coverage::NotStated);
    is_named || change.level == Level::Notice
}

/// One row for each lead, or one without a lead.
fn of_notice(base: &Engagement, noticed: &Noticed, now: Timestamp) -> Vec<Engagement> {
    let notice = match &noticed.notice {
        Ok(notice) => notice,
        Err(error) => return vec![Engagement { result: "unknown", gap: error.to_string(), ..base.clone() }],
    };
    let row = Engagement {
        result: match notice.coverage {
            Coverage::NotStated => "not stated",
            Coverage::Refused => "no notice promised",
            Coverage::Promised => "no length stated",
        },
        effective: notice.effective.as_ref().map(|effective| effective.notation()).unwrap_or_default(),
        basis: notice.effective.as_ref().map_or("", |effective| match effective.basis {
            Basis::Derived => "derived",
            Basis::Stated { .. } => "stated",
        }),
        object_by: notice.objection_deadline().map(|deadline| deadline.to_string()).unwrap_or_default(),
        provisional: notice.settled.is_some_and(|settled| settled > now),
        notification: match &notice.notification {
            Notification::NotPromised => String::new(),
            Notification::NotStated => "not stated".to_owned(),
            Notification::Sent(sent) => sent.at.to_string(),
        },
        emergency: notice.emergency.clone().unwrap_or_default(),
        late: notice.late == Some(true),
        gap: gap(noticed, notice).to_owned(),
        ..base.clone()
    };
    if notice.leads.is_empty() {
        return vec![row];
    }
    notice.leads.iter().enumerate().map(|(at, lead)| of_lead(&row, notice, (at, lead))).collect()
}

fn of_lead(row: &Engagement, notice: &Notice, (at, lead): (usize, &LeadGiven)) -> Engagement {
    let is_derived = row.basis == "derived";
    let sent = match &notice.notification {
        Notification::Sent(sent) => sent.leads.get(at).filter(|_| !is_derived),
        Notification::NotPromised | Notification::NotStated => None,
    };
    let short_by = Some(lead).filter(|lead| lead.outcome != Outcome::Kept && !is_derived);
    Engagement {
        lead: lead.name.clone().unwrap_or_default(),
        promised: promised_length(&ENGLISH, lead),
        given: if is_derived { String::new() } else { given_length(&ENGLISH, lead) },
        result: if is_derived { "no date stated" } else { lead.outcome.as_str() },
        short_by: short_by.map(|lead| (-lead.difference.count).to_string()).unwrap_or_default(),
        given_by_notification: sent.map(|sent| given_length(&ENGLISH, sent)).unwrap_or_default(),
        result_by_notification: sent.map_or("", |lead| lead.outcome.as_str()),
        ..row.clone()
    }
}

/// The reason why there is no result, or an incomplete one.
fn gap(noticed: &Noticed, notice: &Notice) -> &'static str {
    match (notice.coverage, &notice.notification) {
        (Coverage::NotStated, _) if noticed.has_terms => "the terms do not name this kind of change",
        (Coverage::NotStated, _) => "the list has no notice terms",
        (Coverage::Promised, Notification::NotStated) => "a notification is promised and not stated",
        _ => "",
    }
}
