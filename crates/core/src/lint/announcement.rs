//! The changes of a step that notice may be promised for, with the deadlines that follow.

use chrono::NaiveDate;

use crate::{
    change::{Change, Detail, Edit, EntryRef, Kind, Level as ChangeLevel, Row},
    compare::{FuzzyDate, Lifecycle, Status},
    model::{Entry, FieldKey, Inventory, Role, Terms, Trigger, fold},
    notice::{self, Announced, Basis, CalendarError, Deadline, EMERGENCY, Notice, Occasion},
    vocabulary::{Meaning, Vocabulary},
};

use super::{Step, dates};

/// A change that notice may be promised for.
#[derive(Clone, Debug)]
pub struct Announcement<'a> {
    /// The change.
    pub change: &'a Change,
    /// The kind of change in the words of the terms.
    pub trigger: Trigger,
    /// The entry.
    pub entry: EntryRef,
    /// The date from which the change is effective, as the list states it.
    pub effective: Option<FuzzyDate>,
    /// What follows from the terms and the stated date.
    pub notice: Result<Notice, CalendarError>,
    /// The first date that keeps all promised leads; `None` if none is promised.
    pub earliest: Option<Deadline>,
    /// What would follow if the change were effective on the day of the publication.
    pub(super) at_once: Option<Notice>,
    /// The cell that states the date, or else the one that changed.
    pub(super) field: Option<FieldKey>,
    /// The claim of an emergency.
    pub(super) emergency: Emergency,
    /// Whether a cell should state the date, and cannot be read.
    pub(super) is_unclear: bool,
    /// Whether the list states that the vendor is in use.
    pub(super) is_in_use: bool,
    /// Whether the list before announced it as planned, for a day that has come.
    pub(super) was_planned: bool,
    /// The day of the publication.
    pub(super) today: NaiveDate,
}

/// Whether an entry claims an emergency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Emergency {
    No,
    /// A claim without a reason.
    Unexplained,
    Reason(String),
}

impl Emergency {
    fn read(text: Option<&str>) -> Self {
        let words = Vocabulary::builtin();
        let Some(text) = text else { return Emergency::No };
        let folded = fold(text);
        if words.is(Meaning::Refusal, &folded) {
            Emergency::No
        } else if folded.is_empty() || words.is(Meaning::Affirmation, &folded) || dates::is_placeholder(text) {
            Emergency::Unexplained
        } else {
            Emergency::Reason(text.to_owned())
        }
    }

    fn as_reason(&self) -> Option<&str> {
        match self {
            Emergency::No => None,
            Emergency::Unexplained => Some(""),
            Emergency::Reason(reason) => Some(reason),
        }
    }
}

/// The terms that govern a step: those in force before it.
pub(super) fn terms<'a>(step: &Step<'a>) -> Option<&'a Terms> {
    let before = step.before.and_then(|before| before.list.terms.as_ref());
    before.or(step.after.list.terms.as_ref())
}

/// The changes of a step that begin a notice, in their order.
pub fn announcements<'a>(step: &Step<'a>) -> Vec<Announcement<'a>> {
    step.changes.changes.iter().filter_map(|change| of_change(step, change)).collect()
}

/// The notice that a change of a step begins; `None` if notice cannot be promised for it.
pub(super) fn of_change<'a>(step: &Step<'a>, change: &'a Change) -> Option<Announcement<'a>> {
    let (before, after) = (step.before.map(|before| before.list), step.after.list);
    let entry = change.entry()?;
    let known = after.entries.iter().find(|known| known.id == entry.id).map(|known| &**known);
    let earlier = before.and_then(|list| list.entries.iter().find(|known| known.id == entry.id));
    let today = today(step);
    let (trigger, stated) = match &change.detail {
        Detail::Row { .. } if change.kind == Kind::Removed => (Trigger::Removed, None),
        Detail::Row { .. } => (notice::trigger_of(change)?, known.and_then(|known| dates::of_entry(after, known))),
        Detail::Field { edit, field, .. } if change.kind == Kind::Rescheduled => {
            // A date that moves later restarts nothing, and one that is past was announced before.
            let (old, new) = (date(edit.before()?.as_str())?, date(edit.after()?.as_str())?);
            let is_earlier = new.first < old.first && old.first > today;
            (is_earlier.then_some(Trigger::Added)?, Some((new, field.clone())))
        }
        // Fewer places or data need no notice.
        Detail::Field { field, gained, lost, .. }
            if change.level == ChangeLevel::Notice && (!gained.is_empty() || lost.is_empty()) =>
        {
            let stated = known.and_then(|known| {
                let own = known.text(field).and_then(|text| dates::start_in(text.as_str()));
                own.map(|date| (date, field.clone())).or_else(|| dates::of_entry(after, known))
            });
            // A date that has passed, and that the list stated before, belongs to an earlier change.
            let was_stated = earlier.and_then(|earlier| dates::of_entry(before?, earlier)).map(|(date, _)| date);
            let stated = stated.filter(|(date, _)| was_stated.as_ref() != Some(date) || date.first > today);
            (notice::trigger_of(change)?, stated)
        }
        _ => return None,
    };
    let (effective, date_field) = stated.unzip();
    let own_field = match &change.detail {
        Detail::Field { field, .. } => Some(field.clone()),
        _ => None,
    };
    let emergency = Emergency::read(emergency_text(change, known));
    let compute = |effective: Option<FuzzyDate>| {
        let announced = [Announced { at: step.now, effective }];
        let occasion = Occasion {
            trigger: Some(trigger),
            announced: &announced,
            emergency: emergency.as_reason(),
            notified: None,
        };
        notice::compute(terms(step), &occasion)
    };
    let notice = compute(effective.clone()).transpose()?;
    let without_date = compute(None).ok().flatten().and_then(|notice| notice.effective);
    let at_once = compute(date(&today.to_string())).ok().flatten();
    Some(Announcement {
        change,
        trigger,
        entry,
        notice,
        earliest: without_date.filter(|effective| effective.basis == Basis::Derived).map(|effective| effective.from),
        at_once,
        field: date_field.or(own_field),
        is_unclear: known.is_some_and(|known| dates::has_unclear_date(after, known)),
        was_planned: trigger == Trigger::Activated
            && earlier.zip(before).is_some_and(|(entry, list)| {
                is_planned(list, entry) && dates::of_entry(list, entry).is_some_and(|(date, _)| date.first <= today)
            }),
        is_in_use: trigger == Trigger::Activated || known.is_some_and(|known| is_active(after, known)),
        effective,
        emergency,
        today,
    })
}

fn date(text: &str) -> Option<FuzzyDate> {
    FuzzyDate::read(Vocabulary::builtin(), text)
}

/// The day of the publication in the zone of the terms.
pub(super) fn today(step: &Step<'_>) -> NaiveDate {
    let calendar = notice::Calendar::of(terms(step).unwrap_or(&Terms::default()));
    calendar.map_or_else(|_| step.now.date(), |calendar| calendar.day_of(step.now))
}

fn emergency_text<'a>(change: &'a Change, known: Option<&'a Entry>) -> Option<&'a str> {
    match &change.detail {
        Detail::Row { row, .. } => row_text(row, EMERGENCY),
        Detail::Field { edit: Edit::Cleared(_), .. } => None,
        _ => known?.cells.iter().find(|cell| cell.field.as_str() == EMERGENCY).map(|cell| cell.text.as_str()),
    }
}

fn row_text<'r>(row: &'r Row, field: &str) -> Option<&'r str> {
    row.text(field).map(|text| text.as_str())
}

/// Whether the status of an entry states that it is in use.
fn is_active(list: &Inventory, entry: &Entry) -> bool {
    status(list, entry).is_some_and(|status| status.is_active())
}

/// Whether the status of an entry states that it will be used.
pub(super) fn is_planned(list: &Inventory, entry: &Entry) -> bool {
    status(list, entry).is_some_and(|status| status.lifecycle == Some(Lifecycle::Planned))
}

fn status(list: &Inventory, entry: &Entry) -> Option<Status> {
    let column = list.columns.iter().find(|column| column.role == Role::Status)?;
    Some(Status::of_cell(&column.label, entry.text(&column.field)?))
}
