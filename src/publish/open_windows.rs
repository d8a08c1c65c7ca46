//! What customers can object to, as the heads of a verified log state it.

use std::collections::BTreeMap;

use changecast_core::{
    change::Change,
    ledger::{ChangeAddress, List, Release, Verified, VerifiedHead, Watch},
    model::{Terms, Timestamp, terms::Zone},
    notice::{Calendar, Deadline},
    prose::{deadlines::subject, messages::ENGLISH},
};

use super::{
    periods::{self, LogNotices},
    release::objects_of,
};

/// A change that customers can object to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenWindow {
    /// The number of the release that announced it.
    pub seq: u64,
    /// The change in a few words.
    pub subject: String,
    /// The last day, or the instant.
    pub object_by: String,
    /// The zone of the day.
    pub zone: String,
}

/// Sees a log while it is verified, for what its heads and terms state about notice.
pub struct NoticeCheck {
    notices: LogNotices,
    /// The newest last day for objections to each change, with its zone.
    deadlines: BTreeMap<ChangeAddress, (String, String)>,
    /// The changes that have one. A body that was redacted, or that a later version wrote, has none.
    changes: BTreeMap<ChangeAddress, Change>,
}

impl NoticeCheck {
    /// No head was read yet.
    pub fn new(now: Timestamp) -> Self {
        NoticeCheck { notices: LogNotices::new(now, None), deadlines: BTreeMap::new(), changes: BTreeMap::new() }
    }

    /// The numbers of the heads whose periods are not those that follow from the lists and terms of the log.
    pub fn differing_heads(&self, verified: &Verified) -> Vec<u64> {
        periods::differing_heads(verified, &self.notices)
    }

    /// The changes that customers can object to at a time, those with the first deadline first. A change to an entry that
    /// has left the list does not count.
    pub fn open_windows(&self, verified: &Verified, now: Timestamp) -> Vec<OpenWindow> {
        let list = verified.list.known();
        let mut open: Vec<OpenWindow> = Vec::new();
        for (address, (object_by, zone)) in &self.deadlines {
            let change = self.changes.get(address);
            let is_moot = change.is_some_and(|change| has_left(change, list));
            if is_moot || end_of(object_by, zone).is_some_and(|end| end <= now) {
                continue;
            }
            let subject =
                change.map_or_else(|| format!("change {}", address.position + 1), |change| subject(&ENGLISH, change));
            let (object_by, zone) = (object_by.clone(), zone.clone());
            open.push(OpenWindow { seq: address.seq, subject, object_by, zone });
        }
        open.sort_by(|a, b| (&a.object_by, a.seq).cmp(&(&b.object_by, b.seq)));
        open
    }
}

impl Watch for NoticeCheck {
    fn begin(&mut self, releases: u64, heads: &[VerifiedHead]) {
        self.notices.begin(releases, heads);
        for period in heads.iter().filter(|head| !head.void).flat_map(|head| &head.head.periods) {
            if let Some(object_by) = &period.object_by {
                self.deadlines.insert(period.change, (object_by.clone(), period.zone.clone()));
            }
        }
    }

    fn release(&mut self, release: &Release, before: Option<&List>, after: Option<&List>) {
        self.notices.release(release, before, after);
        if let Some(followed) = self.notices.releases.last_mut() {
            followed.notices.clear();
        }
        for (position, object) in (0..).zip(objects_of(release)) {
            let address = ChangeAddress { seq: release.header.seq, position };
            if self.deadlines.contains_key(&address)
                && let Ok(change) = serde_json::from_value(object.to_serde())
            {
                self.changes.insert(address, change);
            }
        }
    }
}

/// Whether the list, if it is known, no longer contains the entry of a change.
fn has_left(change: &Change, list: Option<&List>) -> bool {
    let (Some(entry), Some(list)) = (change.entry(), list) else { return false };
    list.entry(entry.id.as_str()).is_none()
}

/// The first instant after a deadline; `None` for a notation or zone of a later version.
fn end_of(object_by: &str, zone: &str) -> Option<Timestamp> {
    let zone: Zone = with_colon(zone).parse().ok()?;
    let calendar = Calendar::of(&Terms { zone: Some(zone), ..Terms::default() }).ok()?;
    let deadline = object_by.parse().map(Deadline::Day).or_else(|_| object_by.parse().map(Deadline::Instant)).ok()?;
    Some(calendar.end_of(deadline))
}

/// A zone as terms write it. Heads have no colon in an offset.
fn with_colon(zone: &str) -> String {
    match zone.split_at_checked(3) {
        Some((hours, minutes)) if zone.starts_with(['+', '-']) => format!("{hours}:{minutes}"),
        _ => zone.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_ends_with_its_last_day_in_its_zone() {
        for (object_by, zone, end) in [
            ("2030-01-29", "UTC", Some("2030-01-30T00:00:00Z")),
            ("2030-01-29", "Europe/Helsinki", Some("2030-01-29T22:00:00Z")),
            ("2030-01-29", "-0330", Some("2030-01-30T03:30:00Z")),
            ("2030-01-29T12:00:00Z", "UTC", Some("2030-01-29T12:00:00Z")),
            ("2030-01-29", "Mars/Olympus", None),
            ("soon", "UTC", None),
        ] {
            assert_eq!(end_of(object_by, zone).map(|end| end.to_string()).as_deref(), end, "{object_by} {zone}");
        }
    }
}
