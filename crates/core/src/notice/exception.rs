//! Emergencies: exceptions that excuse a short lead, and the notice that must follow.

use chrono::NaiveDate;

use crate::model::{
    Terms, Timestamp, Trigger, fold,
    terms::{DurationUnit, Event, Exception, LeadTime},
};

use super::{Calendar, CalendarError, Deadline, LateNotice, Occasion, Outcome};

/// The exception of the terms that excuses a short lead: only with a reason, and on one of the listed grounds.
pub(super) fn of<'t>(terms: &'t Terms, occasion: &Occasion<'_>) -> Option<&'t Exception> {
    let reason = fold(occasion.emergency?);
    if reason.is_empty() {
        return None;
    }
    terms.exceptions.iter().find(|exception| {
        let rules = &exception.rules;
        let applies = rules.applies_to.is_empty()
            || occasion
                .trigger
                .is_some_and(|trigger| rules.applies_to.contains(&trigger) || rules.applies_to.contains(&Trigger::Any));
        applies && (rules.grounds.is_empty() || rules.grounds.iter().any(|ground| reason.contains(&fold(ground))))
    })
}

/// The notice that must follow an emergency. It counts from the effective date, or from the engagement, which is the
/// same day as far as the list states.
pub(super) fn late_notice(
    terms: &Terms,
    calendar: &Calendar,
    occasion: &Occasion<'_>,
    (published, day): (Timestamp, NaiveDate),
) -> Result<Option<LateNotice>, CalendarError> {
    let rules = of(terms, occasion).map(|exception| &exception.rules);
    let Some((LeadTime::Exactly(within), from)) =
        rules.and_then(|rules| Some((rules.notice_within.clone()?, rules.from)))
    else {
        return Ok(None);
    };
    if !matches!(from, None | Some(Event::Effective | Event::Engagement | Event::Activation)) {
        return Ok(None);
    }
    let by = match within.unit {
        DurationUnit::Hours => calendar.after(calendar.start_of(day), within)?,
        _ => Deadline::Day(calendar.after_day(day, within)?),
    };
    let outcome = if published < calendar.end_of(by) { Outcome::Kept } else { Outcome::Missed };
    Ok(Some(LateNotice { by, outcome }))
}
