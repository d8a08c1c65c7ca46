//! The dates that follow from the announcements of a list: until when customers may object, and when changes take
//! effect.
//!
//! Pages show the deadlines that are open, and calendars contain all of them. An incremental publication continues
//! from the agenda that the last publication recorded.

use serde::{Deserialize, Serialize};

use changecast_core::{
    change::{Change, Detail, Kind},
    model::{EntryId, Timestamp},
    notice::{Basis, Notice},
    prose::{
        deadlines::{effective_date, objection_date, subject},
        messages::Messages,
    },
};

use super::Announcement;

/// The dates of a list, in the order in which they were first announced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Agenda(pub Vec<Item>);

/// A change that customers were notified of, with its dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The release that announced the change first.
    pub seq: u64,
    /// The position of the change in it.
    pub position: u64,
    /// The entry that changes.
    pub entry: EntryId,
    /// The change in a few words.
    pub subject: String,
    /// The key of the newest announcement that states its dates.
    pub key: String,
    /// The end of the window for objections.
    pub object_by: Option<Date>,
    /// When the change takes effect.
    pub effective: Option<Date>,
}

/// A date that may move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Date {
    /// The first day of the date (`2026-12-10`), or an instant (`2026-12-10T12:00:00Z`).
    pub at: String,
    /// The date in words.
    pub shown: String,
    /// Whether it follows from the lead, so that the change is effective not before it.
    pub derived: bool,
    /// The first instant after it.
    pub passed: Timestamp,
    /// How often it moved.
    pub moves: u32,
    /// The time of the head that published it in this form.
    pub stated: Timestamp,
    /// Whether the change was taken back before the date.
    pub cancelled: bool,
}

impl Agenda {
    /// Continues with an announcement. Announcements must be passed in their order.
    pub fn follow(&mut self, messages: &Messages, announcement: &Announcement) {
        for change in &announcement.changes {
            self.cancel(change, announcement);
        }
        for (change, noticed) in announcement.changes.iter().zip(&announcement.notices) {
            let (Some(noticed), Some(entry)) = (noticed, change.entry()) else { continue };
            let Ok(notice) = &noticed.notice else { continue };
            let (seq, position) = (noticed.first.seq, noticed.first.position);
            let known = self.0.iter().position(|item| (item.seq, item.position) == (seq, position));
            let at = known.unwrap_or_else(|| {
                let (key, subject) = (announcement.key.clone(), subject(messages, change));
                self.0.push(Item { seq, position, entry: entry.id, subject, key, object_by: None, effective: None });
                self.0.len() - 1
            });
            let item = &mut self.0[at];
            item.key.clone_from(&announcement.key);
            item.state(messages, notice, (announcement.published, noticed.notified_at));
        }
        self.0.retain(|item| item.object_by.is_some() || item.effective.is_some());
    }

    /// The changes that customers can still object to at a time, those with the first deadline first.
    pub fn open_at(&self, time: Timestamp) -> Vec<(&Item, &Date)> {
        let dated = self.0.iter().filter_map(|item| Some((item, item.object_by.as_ref()?)));
        let mut open: Vec<_> = dated.filter(|(_, date)| !date.cancelled && date.passed > time).collect();
        open.sort_by_key(|(item, date)| (date.passed, item.seq, item.position));
        open
    }

    /// Cancels the dates of earlier changes to entries that leave the list.
    fn cancel(&mut self, change: &Change, announcement: &Announcement) {
        for item in self.0.iter_mut().filter(|item| item.seq < announcement.release.seq) {
            if leaves(change, &item.entry) {
                for date in [&mut item.object_by, &mut item.effective].into_iter().flatten() {
                    date.cancel(announcement.published);
                }
            }
        }
    }
}

/// Whether a change takes an entry from the list.
fn leaves(change: &Change, id: &EntryId) -> bool {
    match (&change.detail, change.kind) {
        (Detail::Row { row, .. }, Kind::Removed) => row.id == *id,
        (Detail::Row { former: Some(former), .. }, _) => former.id == *id,
        (Detail::List { .. }, Kind::Withdrawn) => true,
        _ => false,
    }
}

impl Item {
    /// Takes the dates of a notice that was published, and those of a notification that was stated later.
    fn state(&mut self, messages: &Messages, notice: &Notice, (published, notified): (Timestamp, Option<Timestamp>)) {
        let later = notified.and_then(|notified| Some((notice.by_notification()?, notified.max(published))));
        for (notice, stated) in [(notice.clone(), published)].into_iter().chain(later) {
            move_to(&mut self.object_by, objection(messages, &notice, stated));
            move_to(&mut self.effective, effective(messages, &notice, stated));
        }
    }
}

/// The last day to object, if periods count from the publication or, in a notice by notification, from the later one.
fn objection(messages: &Messages, notice: &Notice, stated: Timestamp) -> Option<Date> {
    let at = notice.object_by.deadline()?.to_string();
    let (shown, passed) = (objection_date(messages, notice)?, notice.objections_end?);
    Some(Date { at, shown, derived: false, passed, moves: 0, stated, cancelled: false })
}

fn effective(messages: &Messages, notice: &Notice, stated: Timestamp) -> Option<Date> {
    let effective = notice.effective.as_ref()?;
    let (shown, passed) = (effective_date(messages, notice)?, notice.settled?);
    let derived = effective.basis == Basis::Derived;
    Some(Date { at: effective.from.to_string(), shown, derived, passed, moves: 0, stated, cancelled: false })
}

/// Replaces a date by another one, unless it is the same.
fn move_to(known: &mut Option<Date>, new: Option<Date>) {
    match (known.as_mut(), new) {
        (Some(old), Some(new)) if old.cancelled || (&old.at, &old.shown) != (&new.at, &new.shown) => {
            *old = Date { moves: old.moves + 1, ..new };
        }
        (Some(old), None) => old.cancel(old.stated),
        (None, new) => *known = new,
        (Some(_), Some(_)) => {}
    }
}

impl Date {
    /// A date that is stated once and never moves: a day (`2026-12-10`) or an instant.
    pub fn stated_once(at: &str, stated: Timestamp) -> Self {
        let (at, shown) = (at.to_owned(), at.to_owned());
        Date { at, shown, derived: false, passed: stated, moves: 0, stated, cancelled: false }
    }

    /// Cancels the date, unless it has passed.
    fn cancel(&mut self, time: Timestamp) {
        if !self.cancelled && self.passed > time {
            *self = Date { cancelled: true, moves: self.moves + 1, stated: time, ..self.clone() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(at: &str) -> Date {
        let (passed, stated) = ("2030-02-01T00:00:00Z".parse(), "2030-01-01T00:00:00Z".parse());
        Date {
            at: at.to_owned(),
            shown: at.to_owned(),
            derived: false,
            passed: passed.expect("a time"),
            moves: 0,
            stated: stated.expect("a time"),
            cancelled: false,
        }
    }

    #[test]
    fn the_number_of_moves_rises_whenever_a_date_differs_and_only_then() {
        let mut known = None;
        for (at, moves, cancelled) in [
            (None, None, false),
            (Some("2030-01-31"), Some(0), false),
            (Some("2030-01-31"), Some(0), false),
            (Some("2030-03-01"), Some(1), false),
            (None, Some(2), true),
            (None, Some(2), true),
            (Some("2030-03-01"), Some(3), false),
        ] {
            move_to(&mut known, at.map(date));
            assert_eq!(known.as_ref().map(|date| date.moves), moves, "{at:?}");
            assert_eq!(known.as_ref().is_some_and(|date| date.cancelled), cancelled, "{at:?}");
        }
    }

    #[test]
    fn a_date_that_has_passed_is_not_cancelled() {
        for (time, cancelled) in [("2030-01-31T23:59:59Z", true), ("2030-02-01T00:00:00Z", false)] {
            let mut date = date("2030-01-31");
            date.cancel(time.parse().expect("a time"));
            assert_eq!((date.cancelled, date.moves), (cancelled, u32::from(cancelled)), "{time}");
        }
    }
}
