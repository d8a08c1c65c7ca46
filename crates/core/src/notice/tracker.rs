//! Follows the changes of a list, so that a date that moves continues the notice of the change that announced it.

use std::collections::BTreeMap;

use crate::{
    change::{Change, Detail, Edit, Kind},
    compare::FuzzyDate,
    model::{EntryId, Terms, Timestamp, Trigger},
};

use super::{Announced, CalendarError, Coverage, Deadline, Notice, Occasion, calendar::Calendar, compute, trigger_of};

/// The announced changes of a list with dates that may still move. `A` is the address of a change.
#[derive(Clone, Debug)]
pub struct Tracker<A> {
    open: BTreeMap<EntryId, Open<A>>,
}

/// The last change of an entry that notice is given for.
#[derive(Clone, Debug)]
struct Open<A> {
    address: A,
    trigger: Option<Trigger>,
    /// The terms in force when the change was announced. They govern it until it takes effect.
    terms: Option<Terms>,
    announced: Vec<Announced>,
    emergency: Option<String>,
    notified: Option<Deadline>,
    /// Whether the entry was put into use after its start was announced.
    has_started: bool,
}

/// Statements of the list and the publisher about a change, besides the change itself.
#[derive(Clone, Debug, Default)]
pub struct Statements {
    /// The date from which the entry is used, in the list after the change.
    pub effective: Option<FuzzyDate>,
    /// The reason for an emergency, in the list after the change.
    pub emergency: Option<String>,
    /// When customers were notified of the change by other means than its publication, as the publisher states.
    pub notified: Option<Deadline>,
}

/// The notice for a change, and the change that it belongs to: an earlier one if only the date moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracked<A> {
    /// The address of the change that the notice was first given for.
    pub address: A,
    /// What follows from the terms, or why it cannot be computed.
    pub notice: Result<Notice, CalendarError>,
}

impl<A> Default for Tracker<A> {
    fn default() -> Self {
        Tracker { open: BTreeMap::new() }
    }
}

impl<A: Clone> Tracker<A> {
    /// Continues with a change that is published at `at`. `terms` are those of the list before the change, which
    /// govern it. `None` for a change that begins or moves no notice.
    pub fn follow(
        &mut self,
        change: &Change,
        address: A,
        at: Timestamp,
        (terms, statements): (Option<&Terms>, Statements),
    ) -> Option<Tracked<A>> {
        let entry = change.entry()?;
        if moves_date(change) {
            let open = self.open.get_mut(&entry.id)?;
            open.announced.push(Announced { at, effective: statements.effective });
            open.emergency = statements.emergency.or(open.emergency.take());
            return open.tracked();
        }
        let trigger = trigger_of(change)?;
        if trigger == Trigger::Activated
            && let Some(open) = self.open.get_mut(&entry.id).filter(|open| open.has_announced_start(at))
        {
            open.has_started = true;
            return None;
        }
        let announced = vec![Announced { at, effective: statements.effective }];
        let Statements { emergency, notified, .. } = statements;
        let terms = terms.cloned();
        let open = Open { address, trigger: Some(trigger), terms, announced, emergency, notified, has_started: false };
        let tracked = open.tracked();
        // The date of an entry belongs to its addition or activation, not to changes of other fields.
        let is_dated = matches!(trigger, Trigger::Added | Trigger::Replaced | Trigger::Activated);
        if is_dated || !self.open.contains_key(&entry.id) {
            self.open.insert(entry.id, open);
        }
        tracked
    }
}

/// Whether a change only states another date for an entry.
fn moves_date(change: &Change) -> bool {
    change.kind == Kind::Rescheduled
        && matches!(change.detail, Detail::Field { edit: Edit::Changed(..) | Edit::Set(_), .. })
}

impl<A: Clone> Open<A> {
    /// Whether the addition of an entry gave the promised notice of its start, for a day that has come. Putting the entry
    /// into use then needs no further notice.
    fn has_announced_start(&self, at: Timestamp) -> bool {
        let start = self.announced.last().and_then(|last| last.effective.as_ref()).map(|effective| effective.first);
        let is_addition = matches!(self.trigger, Some(Trigger::Added | Trigger::Replaced));
        let Some(start) = start.filter(|_| is_addition && !self.has_started) else { return false };
        let calendar = self.terms.as_ref().and_then(|terms| Calendar::of(terms).ok());
        let has_come = calendar.is_some_and(|calendar| start <= calendar.day_of(at));
        let notice = self.tracked().and_then(|tracked| tracked.notice.ok());
        has_come && notice.is_some_and(|notice| notice.coverage == Coverage::Promised)
    }

    fn tracked(&self) -> Option<Tracked<A>> {
        let (emergency, notified) = (self.emergency.as_deref(), self.notified);
        let occasion = Occasion { trigger: self.trigger, announced: &self.announced, emergency, notified };
        let notice = compute(self.terms.as_ref(), &occasion).transpose()?;
        Some(Tracked { address: self.address.clone(), notice })
    }
}
