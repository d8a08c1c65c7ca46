//! Promised leads: too short, without a margin, or not given at all.

use crate::{
    change::{Detail, Edit, Kind, page_text},
    compare::{Area, Location, locations},
    model::{Inventory, Layout, Role, Terms, Trigger},
    notice::{Basis, Coverage, Deadline, Notice, Outcome},
    prose::{deadlines::lead_in_words, messages::ENGLISH},
    vocabulary::Vocabulary,
};

use super::{
    Step,
    announcement::{Announcement, Emergency},
    finding::{Anchor, Draft},
    names::{sentences, spaced},
    snapshot::Passage,
};

/// A finding at the cell that states the date, or at the cell that changed.
fn draft(step: &Step<'_>, announcement: &Announcement<'_>, message: String) -> Option<Draft> {
    let list = step.after.list;
    let entry = list.entries.iter().find(|entry| entry.id == announcement.entry.id)?;
    Some(Draft::entry(list, entry, announcement.field.as_ref(), message))
}

/// The computed notice of a change with a stated date, if the terms promise any.
fn stated<'a>(announcement: &'a Announcement<'_>) -> Option<&'a Notice> {
    let notice = announcement.notice.as_ref().ok()?;
    let is_stated = notice.effective.as_ref().is_some_and(|effective| effective.basis != Basis::Derived);
    (is_stated && notice.coverage == Coverage::Promised).then_some(notice)
}

fn day(deadline: Option<Deadline>) -> String {
    deadline.map(|deadline| deadline.to_string()).unwrap_or_default()
}

fn is_late(announcement: &Announcement<'_>) -> bool {
    let first_counts = matches!(announcement.trigger, Trigger::Added | Trigger::Replaced | Trigger::Activated);
    let last = announcement.effective.as_ref().and_then(|date| date.last);
    first_counts && last.is_some_and(|last| last < announcement.today)
}

pub(super) fn lead_too_short(step: &Step<'_>, announcement: &Announcement<'_>) -> Vec<Draft> {
    let Some(notice) = stated(announcement).filter(|_| !is_late(announcement)) else { return Vec::new() };
    if notice.leads.iter().all(|lead| lead.outcome != Outcome::Missed) {
        return Vec::new();
    }
    let name = &announcement.entry.name;
    let message = format!("{name} would take effect too soon: {}", lead_in_words(&ENGLISH, notice));
    let exception = match &announcement.emergency {
        Emergency::No => String::new(),
        Emergency::Unexplained => "; an emergency counts only with a reason".to_owned(),
        Emergency::Reason(_) => "; the notice terms have no exception for this reason".to_owned(),
    };
    let help = format!(
        "move the date to {} or later, which is the first one that keeps the promise{exception}",
        day(announcement.earliest)
    );
    draft(step, announcement, message).map(|draft| draft.help(help)).into_iter().collect()
}

pub(super) fn lead_without_margin(step: &Step<'_>, announcement: &Announcement<'_>) -> Vec<Draft> {
    let Some(notice) = stated(announcement) else { return Vec::new() };
    let is_kept = notice.leads.iter().all(|lead| lead.outcome == Outcome::Kept);
    if !is_kept || notice.leads.iter().all(|lead| lead.difference.count != 0) {
        return Vec::new();
    }
    let name = &announcement.entry.name;
    let message = format!(
        "{name} keeps the promised notice only if this is published today: {}",
        lead_in_words(&ENGLISH, notice)
    );
    let help = "move the date by some days, so that a late merge does not break the promise";
    draft(step, announcement, message).map(|draft| draft.help(help)).into_iter().collect()
}

/// A change of this kind without a date, although a lead is promised for it.
fn without_notice(step: &Step<'_>, announcement: &Announcement<'_>, what: &str) -> Vec<Draft> {
    if announcement.effective.is_some() || announcement.is_unclear || announcement.was_planned {
        return Vec::new();
    }
    let Some(at_once) = announcement.at_once.as_ref().filter(|notice| notice.coverage == Coverage::Promised) else {
        return Vec::new();
    };
    if at_once.leads.iter().all(|lead| lead.outcome != Outcome::Missed) {
        return Vec::new();
    }
    let name = &announcement.entry.name;
    let lead = lead_in_words(&ENGLISH, at_once);
    let message = format!("no date is stated, so that {name} {what} from the day of the publication: {lead}");
    let help = format!("state from when it applies, {}", how_to_state(step, &day(announcement.earliest)));
    draft(step, announcement, message).map(|draft| draft.help(help)).into_iter().collect()
}

/// How a list of this form states the date from which an entry applies.
fn how_to_state(step: &Step<'_>, date: &str) -> String {
    let list = step.after.list;
    let column = list.columns.iter().find(|column| column.role == Role::Effective);
    match (column, list.layout) {
        (Some(column), _) => format!("under {:?}: {date} or later", column.label.as_str()),
        (None, Layout::Records) => format!("as `effective: {date}` or later"),
        (None, Layout::Table) => format!("{date} or later, in the cell: \"… (from {date})\""),
    }
}

pub(super) fn activation_without_notice(step: &Step<'_>, announcement: &Announcement<'_>) -> Vec<Draft> {
    let is_activation = announcement.trigger == Trigger::Activated
        || (matches!(announcement.trigger, Trigger::Added | Trigger::Replaced) && announcement.is_in_use);
    if is_activation { without_notice(step, announcement, "would be in use") } else { Vec::new() }
}

pub(super) fn relocation_without_notice(step: &Step<'_>, announcement: &Announcement<'_>) -> Vec<Draft> {
    let is_refined = match &announcement.change.detail {
        Detail::Field { edit: Edit::Changed(before, after), .. } => is_refined(before.as_str(), after.as_str()),
        _ => false,
    };
    match announcement.trigger {
        Trigger::Relocated if !is_refined => without_notice(step, announcement, "would process data in other places"),
        _ => Vec::new(),
    }
}

/// Whether every place of a location was stated before, or is in an area that was stated as a whole: "Germany", then
/// "Germany (Frankfurt)".
fn is_refined(before: &str, after: &str) -> bool {
    let [before, after] = [before, after].map(|text| locations(Vocabulary::builtin(), text));
    let is_whole = |place: &Location| {
        let Some(area) = place.area.filter(|area| place.key == area.code()) else { return false };
        // "Frankfurt, Germany" is one place.
        let mut others = before.iter().filter(|other| *other != place);
        !others.any(|other| other.area.is_some_and(|other| area.contains(other)))
    };
    let wholes: Vec<Area> = before.iter().filter(|place| is_whole(place)).filter_map(|place| place.area).collect();
    let is_stated = |place: &Location| {
        before.iter().any(|stated| stated.key == place.key)
            || place.area.is_some_and(|area| wholes.iter().any(|whole| whole.contains(area)))
    };
    !after.is_empty() && after.iter().all(is_stated)
}

pub(super) fn data_without_notice(step: &Step<'_>, announcement: &Announcement<'_>) -> Vec<Draft> {
    match announcement.trigger {
        Trigger::DataChanged => without_notice(step, announcement, "would process other data"),
        _ => Vec::new(),
    }
}

pub(super) fn late_disclosure(step: &Step<'_>, announcement: &Announcement<'_>) -> Vec<Draft> {
    let Some(date) = announcement.effective.as_ref().filter(|_| is_late(announcement)) else { return Vec::new() };
    let excused = announcement
        .notice
        .as_ref()
        .is_ok_and(|notice| notice.leads.iter().any(|lead| lead.outcome == Outcome::Emergency));
    if excused {
        return Vec::new();
    }
    let (name, first, today) = (&announcement.entry.name, date.first, announcement.today);
    let days = (today - first).num_days();
    let lead =
        stated(announcement).map(|notice| format!("; notice {}", lead_in_words(&ENGLISH, notice))).unwrap_or_default();
    let message = format!("{name} is disclosed {days} days after it took effect on {first}{lead}");
    let help =
        "correct the date if it is wrong; otherwise tell customers why they learn it late, and ask counsel first";
    draft(step, announcement, message).map(|draft| draft.help(help)).into_iter().collect()
}

pub(super) fn emergency_without_reason(step: &Step<'_>, announcement: &Announcement<'_>) -> Vec<Draft> {
    if announcement.emergency != Emergency::Unexplained {
        return Vec::new();
    }
    let name = &announcement.entry.name;
    let message = format!("{name} claims an emergency without a reason, so that the exception does not hold");
    let field = step.after.list.columns.iter().map(|column| &column.field);
    let field = field.into_iter().find(|field| field.as_str() == crate::notice::EMERGENCY);
    let list = step.after.list;
    let entry = list.entries.iter().find(|entry| entry.id == announcement.entry.id);
    let draft = entry.map(|entry| Draft::entry(list, entry, field, message));
    draft.map(|draft| draft.help("state the reason: `emergency: \"…\"`, or remove the claim")).into_iter().collect()
}

pub(super) fn terms_shortened(step: &Step<'_>) -> Vec<Draft> {
    let Some(before) = step.before else { return Vec::new() };
    // A list that is withdrawn has no terms; that it is withdrawn is another finding.
    if step.changes.changes.iter().any(|change| change.kind == Kind::Withdrawn) {
        return Vec::new();
    }
    let is_shortened = |before: Option<&Terms>, after: Option<&Terms>| {
        before.is_some_and(|before| Terms::is_shortened(before, after.unwrap_or(&Terms::default())))
    };
    let after = step.after;
    let (subject, is_stated) = if is_shortened(before.list.terms.as_ref(), after.list.terms.as_ref()) {
        ("the notice terms", after.list.terms.is_some())
    } else if is_shortened(before.page_terms, after.page_terms) {
        ("the notice terms in the text of the page", after.page_terms.is_some())
    } else {
        return Vec::new();
    };
    let message = if is_stated {
        format!("{subject} promise less than before; customers hold the old promise")
    } else {
        format!("{subject} are no longer stated; customers hold the old promise")
    };
    let help = "announce the new terms before they apply: changes that are published with them keep the old promise";
    let is_of_page = after.page_terms.is_some_and(|terms| after.list.terms.as_ref() == Some(terms));
    let is_of_page = is_of_page || !is_shortened(before.list.terms.as_ref(), after.list.terms.as_ref());
    let sentence = promise_of_page(step).filter(|_| is_of_page);
    let draft = match sentence {
        Some((passage, sentence)) => Draft::text(None, passage, sentence, message),
        None => Draft::at(Anchor::Terms, message),
    };
    vec![draft.help(help)]
}

/// The sentence of the page that states other terms than before.
fn promise_of_page<'a>(step: &Step<'a>) -> Option<(&'a Passage, &'a str)> {
    let stated = |list: &Inventory| {
        let wording = list.facts.iter().find(|fact| fact.field.as_str() == page_text::WORDING);
        wording.map(|fact| spaced(fact.text.as_str())).unwrap_or_default()
    };
    let old = step.before.map(|before| stated(before.list)).unwrap_or_default();
    let new = stated(step.after.list);
    step.after.texts.iter().find_map(|passage| {
        let mut sentences = sentences(&passage.text).map(|sentence| sentence.trim_end_matches('.'));
        let sentence = sentences.find(|sentence| {
            let words = spaced(sentence);
            new.contains(&words) && !old.contains(&words)
        })?;
        Some((passage, sentence))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_an_area_is_no_other_place() {
        for (before, after, expected) in [
            ("Germany", "Germany (Frankfurt)", true),
            ("Germany", "Frankfurt, Nuremberg", true),
            ("EU", "Germany, France", true),
            ("Ireland, United States", "Ireland, United States (Virginia)", true),
            ("Frankfurt, Germany", "Munich, Germany", false),
            ("Frankfurt", "Munich", false),
            ("Germany", "Germany, United States", false),
            ("EU", "Switzerland", false),
            ("Germany", "Support centre", false),
        ] {
            assert_eq!(is_refined(before, after), expected, "{before} -> {after}");
        }
    }
}
