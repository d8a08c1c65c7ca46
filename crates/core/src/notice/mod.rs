//! Notice terms to deadlines: when a change takes effect, until when customers may object, and whether the promised
//! lead was kept.
//!
//! Everything here is date arithmetic. The day of publication does not count, and a deadline ends at the end of its
//! last day (Regulation (EEC, Euratom) No 1182/71, article 3). A lead is kept if the effective date is at least that
//! long after the publication. Dates are never guessed: a date that the terms do not state is "not stated".

mod calendar;
mod exception;
mod notification;
mod subject;
mod tracker;
mod zone;

use chrono::Datelike;

use crate::{
    compare::{FuzzyDate, Precision},
    model::{
        Terms, Timestamp, Trigger,
        terms::{Duration, DurationUnit, Event, Lead, LeadTime, Promise, Window},
    },
};

pub use calendar::{Calendar, CalendarError, Deadline};
pub use notification::{Notification, Sent};
pub use subject::{EMERGENCY, dates_another_change, emergency_of, is_date_of, stated_date, trigger_of};
pub use tracker::{Statements, Tracked, Tracker};

/// A publication of a change: when, and with which effective date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    /// When it was published.
    pub at: Timestamp,
    /// The date from which the change is effective; `None` if the publication does not state one.
    pub effective: Option<FuzzyDate>,
}

/// A change that notice may be promised for.
#[derive(Clone, Debug)]
pub struct Occasion<'a> {
    /// The kind of change in the words of the terms; `None` for a kind that terms cannot name.
    pub trigger: Option<Trigger>,
    /// The publications of the change, oldest first: the first one, and each that moved its date.
    pub announced: &'a [Announced],
    /// The reason for an emergency, if the publisher states that it is one; it may be empty.
    pub emergency: Option<&'a str>,
    /// When customers were notified through another channel than the publication, if the publisher states it.
    pub notified: Option<Deadline>,
}

/// Everything that follows from the terms for one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Whether the terms promise notice for this kind of change.
    pub coverage: Coverage,
    /// The publication from which leads and windows count.
    pub counts_from: Timestamp,
    /// When the change takes effect; `None` if neither a date nor a lead is stated.
    pub effective: Option<Effective>,
    /// Until when customers may object.
    pub object_by: ObjectBy,
    /// The promised leads, in the order of the terms.
    pub leads: Vec<LeadGiven>,
    /// What follows from the terms if periods count from another notification than the publication.
    pub notification: Notification,
    /// The reason for an emergency, if the terms excuse a shorter lead by it.
    pub emergency: Option<String>,
    /// Whether the change was published after its effective date; `None` without a stated date.
    pub late: Option<bool>,
    /// The deadline of the notice that follows an emergency, if the terms state one.
    pub late_notice: Option<LateNotice>,
    /// The first instant at which the effective date has passed. Until then results are provisional.
    pub settled: Option<Timestamp>,
    /// The first instant at which customers can no longer object; `None` if the date is not known.
    pub objections_end: Option<Timestamp>,
    /// The zone of the dates.
    pub zone: String,
    /// Whether business days were counted without a holiday list.
    pub without_holidays: bool,
}

/// Whether the terms promise notice for a kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// The terms do not name the kind of change, or there are no terms.
    NotStated,
    /// The publisher states that it gives no notice.
    Refused,
    /// The terms promise a lead for changes of this kind.
    Promised,
}

/// When a change takes effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// The first day, or the instant of a lead in hours.
    pub from: Deadline,
    /// How it is known.
    pub basis: Basis,
}

impl Effective {
    /// The date, period or instant as heads state it: `2026-07-01`, `2027-Q3`, `2027-H2`, `2027`.
    pub fn notation(&self) -> String {
        let (Deadline::Day(day), Basis::Stated { precision, .. }) = (self.from, self.basis) else {
            return self.from.to_string();
        };
        match precision {
            Precision::Day => day.to_string(),
            Precision::Month => day.format("%Y-%m").to_string(),
            Precision::Quarter => format!("{}-Q{}", day.year(), day.month().div_ceil(3)),
            Precision::Half => format!("{}-H{}", day.year(), day.month().div_ceil(6)),
            Precision::Year => day.year().to_string(),
        }
    }

    /// Whether it is a period of which only the first day counts.
    pub fn is_period(&self) -> bool {
        !matches!(self.basis, Basis::Derived | Basis::Stated { precision: Precision::Day, open: false })
    }
}

/// How an effective date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// The list states it with this precision. `open` for a period without an end: "2027 and beyond".
    Stated {
        /// The precision of the wording.
        precision: Precision,
        /// Whether the period has no end.
        open: bool,
    },
    /// Derived from the lead: the change is effective not before this date.
    Derived,
}

/// Until when customers may object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectBy {
    /// The terms do not name the kind of change.
    NotCovered,
    /// The terms do not state a window.
    NotStated,
    /// The terms state a window from which no date can be computed: that of a contract, or from an unknown event.
    Undated,
    /// Customers can object until this deadline.
    By(Deadline),
    /// Not before this deadline: the window counts from the receipt of the notice.
    NotBefore(Deadline),
}

impl ObjectBy {
    /// The date until which customers may object; `None` if it is not known.
    pub fn deadline(self) -> Option<Deadline> {
        match self {
            ObjectBy::By(deadline) => Some(deadline),
            ObjectBy::NotCovered | ObjectBy::NotStated | ObjectBy::Undated | ObjectBy::NotBefore(_) => None,
        }
    }
}

/// A promised lead and the lead that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadGiven {
    /// The key of the lead in the terms.
    pub trigger: Trigger,
    /// Its position among the leads of that key.
    pub position: usize,
    /// Its name, where a change has several notices.
    pub name: Option<String>,
    /// The length that the terms promise.
    pub promised: Duration,
    /// The length that was given; negative for a late publication.
    pub given: Span,
    /// The given length minus the promised one.
    pub difference: Span,
    /// Whether the promise was kept.
    pub outcome: Outcome,
}

/// A length of time that may be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The number of units.
    pub count: i64,
    /// The unit: hours, days or business days.
    pub unit: DurationUnit,
}

/// Whether a promise was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The lead is at least as long as promised.
    Kept,
    /// The lead is shorter than promised.
    Missed,
    /// The lead is shorter than promised, under an exception of the terms.
    Emergency,
}

impl Outcome {
    /// The word for it in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Kept => "kept",
            Outcome::Missed => "missed",
            Outcome::Emergency => "emergency",
        }
    }
}

/// The notice that follows an emergency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LateNotice {
    /// The deadline for the notice.
    pub by: Deadline,
    /// Whether the change was published by then.
    pub outcome: Outcome,
}

/// Computes the notice for a change. `None` if the change was never published.
///
/// # Errors
/// [`CalendarError`] if the terms contain a zone that does not exist, or a holiday list that is too short.
pub fn compute(terms: Option<&Terms>, occasion: &Occasion<'_>) -> Result<Option<Notice>, CalendarError> {
    let unstated = Terms::default();
    let terms = terms.unwrap_or(&unstated);
    let calendar = Calendar::of(terms)?;
    let Some(current) = occasion.announced.last() else { return Ok(None) };
    let base = counting_base(occasion.announced, current);
    let coverage = coverage_of(terms, occasion.trigger);
    let leads = if coverage == Coverage::Promised { leads_of(terms, occasion.trigger) } else { Vec::new() };
    let notification = notification::of(terms, &calendar, occasion, coverage, &leads)?;
    let Counted { effective, object_by, leads: given } = count(terms, &calendar, occasion, (base, coverage), &leads)?;
    let is_stated = effective.as_ref().is_some_and(|effective| effective.basis != Basis::Derived);
    let day = effective.as_ref().map(|effective| calendar.day_of_deadline(effective.from));
    let late = day.filter(|_| is_stated).map(|day| day < calendar.day_of(base));
    let is_emergency = given.iter().any(|lead| lead.outcome == Outcome::Emergency);
    let late_notice = day
        .filter(|_| is_emergency)
        .map(|day| exception::late_notice(terms, &calendar, occasion, (base, day)))
        .transpose()?;
    let window = terms.objection.as_ref().and_then(|objection| objection.within);
    let counts_business_days = leads.iter().any(|lead| lead.length.unit == DurationUnit::BusinessDays)
        || matches!(window, Some(Window::Exactly(window)) if window.unit == DurationUnit::BusinessDays);
    let mut notice = Notice {
        coverage,
        counts_from: base,
        settled: effective.as_ref().map(|effective| calendar.end_of(effective.from)),
        effective,
        object_by,
        leads: given,
        notification,
        emergency: occasion.emergency.filter(|_| is_emergency).map(str::to_owned),
        late,
        late_notice: late_notice.flatten(),
        objections_end: None,
        zone: calendar.zone().to_owned(),
        without_holidays: counts_business_days && !calendar.has_holidays(),
    };
    notice.objections_end = notice.objection_deadline().map(|deadline| calendar.end_of(deadline));
    Ok(Some(notice))
}

/// What follows from counting from one moment.
struct Counted {
    effective: Option<Effective>,
    object_by: ObjectBy,
    leads: Vec<LeadGiven>,
}

/// Counts leads and the window from a publication or notification.
fn count(
    terms: &Terms,
    calendar: &Calendar,
    occasion: &Occasion<'_>,
    (base, coverage): (Timestamp, Coverage),
    leads: &[Place<'_>],
) -> Result<Counted, CalendarError> {
    let required: Vec<Required<'_>> =
        leads.iter().map(|lead| lead.required(calendar, base, terms.clear)).collect::<Result<_, _>>()?;
    let stated = occasion.announced.last().and_then(|current| current.effective.as_ref());
    let effective = effective_date(calendar, stated, &required);
    let object_by = object_by(terms, calendar, base, coverage, (effective.as_ref(), &required))?;
    let is_excused = exception::of(terms, occasion).is_some();
    let mut given = Vec::new();
    if let Some(effective) = &effective {
        for lead in &required {
            given.push(lead.given(calendar, base, effective.from, (terms.clear, is_excused))?);
        }
    }
    Ok(Counted { effective, object_by, leads: given })
}

/// The publication from which leads and windows count: the first one with a date that is not later than the current one. A
/// date that moves later does not restart them; a date earlier than all announced before counts from its own publication.
fn counting_base(announced: &[Announced], current: &Announced) -> Timestamp {
    let Some(now) = &current.effective else { return announced.first().unwrap_or(current).at };
    let mut earlier = announced.iter();
    let base = earlier.find(|one| one.effective.as_ref().is_some_and(|date| date.first <= now.first));
    base.unwrap_or(current).at
}

fn coverage_of(terms: &Terms, trigger: Option<Trigger>) -> Coverage {
    let states_nothing = terms.lead.is_empty() && terms.objection.is_none();
    let has_lead = [trigger, Some(Trigger::Any)].iter().flatten().any(|trigger| terms.lead.contains_key(trigger));
    match (terms.promise, trigger) {
        (Some(Promise::None), _) => Coverage::Refused,
        // Terms without leads have one window for every kind of change.
        (_, Some(_)) if !states_nothing && (terms.lead.is_empty() || has_lead) => Coverage::Promised,
        _ => Coverage::NotStated,
    }
}

/// A lead of the terms with its place.
#[derive(Clone, Copy)]
struct Place<'t> {
    trigger: Trigger,
    position: usize,
    lead: &'t Lead,
    length: Duration,
}

/// A lead with the date that it demands.
struct Required<'t> {
    place: Place<'t>,
    length: Duration,
    /// The earliest effective date that keeps it.
    earliest: Deadline,
}

/// The leads with a computable length that apply to a kind of change.
fn leads_of(terms: &Terms, trigger: Option<Trigger>) -> Vec<Place<'_>> {
    let key = trigger.filter(|trigger| terms.lead.contains_key(trigger)).unwrap_or(Trigger::Any);
    let leads = terms.lead.get(&key).into_iter().flat_map(|leads| &leads.0).enumerate();
    let exact = leads.filter_map(|(position, lead)| match lead.time {
        LeadTime::Exactly(length) => Some(Place { trigger: key, position, lead, length }),
        _ => None,
    });
    exact.collect()
}

impl<'t> Place<'t> {
    fn required(self, calendar: &Calendar, base: Timestamp, clear: bool) -> Result<Required<'t>, CalendarError> {
        let length = self.length;
        let earliest = match calendar.after(base, length)? {
            Deadline::Day(day) if clear => Deadline::Day(day.succ_opt().ok_or(CalendarError::OutOfRange)?),
            deadline => deadline,
        };
        Ok(Required { place: self, length, earliest })
    }
}

impl Required<'_> {
    /// The lead that an effective date gives.
    fn given(
        &self,
        calendar: &Calendar,
        base: Timestamp,
        effective: Deadline,
        (clear, is_excused): (bool, bool),
    ) -> Result<LeadGiven, CalendarError> {
        let (from, to) = (calendar.day_of(base), calendar.day_of_deadline(effective));
        let promised = i64::from(self.length.count);
        let uncounted = i64::from(clear);
        let (given, difference, unit) = match self.length.unit {
            DurationUnit::Hours => {
                let start = match effective {
                    Deadline::Instant(instant) => instant,
                    Deadline::Day(day) => calendar.start_of(day),
                };
                let hours = (start.seconds() - base.seconds()).div_euclid(SECONDS_PER_HOUR);
                (hours, hours - promised, DurationUnit::Hours)
            }
            DurationUnit::BusinessDays => {
                let days =
                    calendar.business_days(from, to.checked_sub_days(chrono::Days::new(clear.into())).unwrap_or(to))?;
                (days, days - promised, DurationUnit::BusinessDays)
            }
            DurationUnit::Days | DurationUnit::Weeks | DurationUnit::Months => {
                let difference = (to - calendar.day_of_deadline(self.earliest)).num_days();
                ((to - from).num_days() - uncounted, difference, DurationUnit::Days)
            }
        };
        let outcome = match (difference >= 0, is_excused) {
            (true, _) => Outcome::Kept,
            (false, true) => Outcome::Emergency,
            (false, false) => Outcome::Missed,
        };
        Ok(LeadGiven {
            trigger: self.place.trigger,
            position: self.place.position,
            name: self.place.lead.conditions.name.clone(),
            promised: self.length,
            given: Span { count: given, unit },
            difference: Span { count: difference, unit },
            outcome,
        })
    }
}

const SECONDS_PER_HOUR: i64 = 3_600;

/// The stated date, or else the latest date that the leads demand.
fn effective_date(calendar: &Calendar, stated: Option<&FuzzyDate>, required: &[Required<'_>]) -> Option<Effective> {
    if let Some(date) = stated {
        let basis = Basis::Stated { precision: date.precision, open: date.last.is_none() };
        return Some(Effective { from: Deadline::Day(date.first), basis });
    }
    let latest = required.iter().map(|lead| lead.earliest).max_by_key(|earliest| calendar.end_of(*earliest))?;
    Some(Effective { from: latest, basis: Basis::Derived })
}

/// The end of the window for objections.
fn object_by(
    terms: &Terms,
    calendar: &Calendar,
    base: Timestamp,
    coverage: Coverage,
    (effective, required): (Option<&Effective>, &[Required<'_>]),
) -> Result<ObjectBy, CalendarError> {
    if coverage != Coverage::Promised {
        return Ok(ObjectBy::NotCovered);
    }
    let Some(objection) = &terms.objection else { return Ok(ObjectBy::NotStated) };
    match objection.within {
        None => Ok(ObjectBy::NotStated),
        Some(Window::Contract) => Ok(ObjectBy::Undated),
        Some(Window::UntilEffective) => {
            let ends = required.iter().map(|lead| lead.earliest).chain(effective.map(|effective| effective.from));
            let first = ends.min_by_key(|end| calendar.end_of(*end));
            Ok(first.map_or(ObjectBy::Undated, ObjectBy::By))
        }
        Some(Window::Exactly(length)) => {
            let starts = if objection.from.is_empty() { &[Event::Notification][..] } else { &objection.from };
            end_of_window(calendar, length, starts, (base, effective))
        }
    }
}

/// The end of a window that counts from the earliest of some events.
fn end_of_window(
    calendar: &Calendar,
    length: Duration,
    starts: &[Event],
    (base, effective): (Timestamp, Option<&Effective>),
) -> Result<ObjectBy, CalendarError> {
    if starts.iter().any(|start| matches!(start, Event::Notification | Event::Publication | Event::Listing)) {
        return Ok(ObjectBy::By(calendar.rolled(calendar.after(base, length)?)?));
    }
    if starts.contains(&Event::Receipt) {
        return Ok(ObjectBy::NotBefore(calendar.rolled(calendar.after(base, length)?)?));
    }
    let day = effective.map(|effective| calendar.day_of_deadline(effective.from));
    match day.filter(|_| starts.contains(&Event::Effective)) {
        Some(day) => {
            let end = match length.unit {
                DurationUnit::Hours => calendar.after(calendar.start_of(day), length)?,
                _ => Deadline::Day(calendar.after_day(day, length)?),
            };
            Ok(ObjectBy::By(calendar.rolled(end)?))
        }
        None => Ok(ObjectBy::Undated),
    }
}

impl Notice {
    /// The date until which customers may object: the later one, where it counts from the publication and from another
    /// notification. `None` if it is not known.
    pub fn objection_deadline(&self) -> Option<Deadline> {
        let published = self.object_by.deadline();
        match &self.notification {
            Notification::Sent(sent) => later(published, sent.object_by.deadline()),
            Notification::NotPromised | Notification::NotStated => published,
        }
    }

    /// The notice if periods count from another notification that was sent: its leads, and the later one of each date.
    pub fn by_notification(&self) -> Option<Notice> {
        let Notification::Sent(sent) = &self.notification else { return None };
        let effective = match (&self.effective, &sent.effective) {
            (Some(published), Some(sent)) if is_later(sent.from, published.from) => Some(sent.clone()),
            (published, _) => published.clone(),
        };
        let settled = if effective == self.effective { self.settled } else { sent.settled };
        let object_by = self.objection_deadline().map_or(sent.object_by, ObjectBy::By);
        Some(Notice { effective, settled, object_by, leads: sent.leads.clone(), ..self.clone() })
    }

    /// Whether customers may still object when the change takes effect. `None` if one of the dates is not known.
    pub fn objection_outlasts_effect(&self) -> Option<bool> {
        let (effective, object_by) = (self.effective.as_ref()?.from, self.objection_deadline()?);
        Some(is_later(object_by, effective))
    }
}

/// The later of two deadlines, as far as they are known.
fn later(first: Option<Deadline>, second: Option<Deadline>) -> Option<Deadline> {
    match (first, second) {
        (Some(first), Some(second)) => Some(if is_later(second, first) { second } else { first }),
        (first, second) => first.or(second),
    }
}

fn is_later(deadline: Deadline, than: Deadline) -> bool {
    match (deadline, than) {
        (Deadline::Day(end), Deadline::Day(start)) => end > start,
        (end, start) => end.to_string() > start.to_string(),
    }
}
