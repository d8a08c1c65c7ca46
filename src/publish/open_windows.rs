//! What customers can object to, as the heads of a verified log state it.

use std::collections::BTreeMap;

use changecast_core::{
    change::Change,
    ledger::{ChangeAddress, List, Verified},
    model::{Terms, Timestamp, terms::Zone},
    notice::{Calendar, Deadline},
    prose::{deadlines::subject, messages::ENGLISH},
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

/// The changes that customers can object to at a time, those with the first deadline first. A change to an entry that
/// has left the list does not count.
pub fn open_windows(verified: &Verified, now: Timestamp) -> Vec<OpenWindow> {
    let mut newest: BTreeMap<ChangeAddress, (&str, &str)> = BTreeMap::new();
    for head in verified.heads.iter().filter(|head| !head.void) {
        for period in &head.head.periods {
            if let Some(object_by) = &period.object_by {
                newest.insert(period.change, (object_by, &period.zone));
            }
        }
    }
    let list = verified.list.known();
    let open = newest.into_iter().filter(|(_, (object_by, zone))| end_of(object_by, zone).is_none_or(|end| end > now));
    let mut open: Vec<OpenWindow> = open
        .filter_map(|(address, (object_by, zone))| {
            let change = change_at(verified, address);
            let is_moot = change.as_ref().is_some_and(|change| has_left(change, list));
            let subject =
                change.map_or_else(|| format!("change {}", address.position + 1), |change| subject(&ENGLISH, &change));
            let (object_by, zone) = (object_by.to_owned(), zone.to_owned());
            (!is_moot).then_some(OpenWindow { seq: address.seq, subject, object_by, zone })
        })
        .collect();
    open.sort_by(|a, b| (&a.object_by, a.seq).cmp(&(&b.object_by, b.seq)));
    open
}

/// The change at an address; `None` if its body was redacted, or a later version wrote it.
fn change_at(verified: &Verified, address: ChangeAddress) -> Option<Change> {
    let release = verified.releases.get(usize::try_from(address.seq).ok()?)?;
    let object = release.body()?.changes().get(usize::try_from(address.position).ok()?)?;
    serde_json::from_value(object.to_serde()).ok()
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
