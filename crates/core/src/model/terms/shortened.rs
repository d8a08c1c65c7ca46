//! Whether customers may rely on less than before.
//!
//! The comparison is cautious: where two terms cannot be compared, such as months and days, the new one counts as
//! shorter if it can be shorter on any date. The wording of terms is not compared.

use std::collections::BTreeSet;

use super::{
    ChannelRule, Date, Duration, DurationUnit, Duty, Event, Exception, Lead, LeadTime, NextPeriod, Objection, Promise,
    Terms, Trigger, Weekday, Window, Zone,
};

impl Terms {
    /// Whether customers may rely on less than before, for any kind of change and under any condition: a lead or
    /// window is shorter or no longer stated, a kind of change or a right was dropped, or an exception, limit or
    /// condition was added.
    pub fn is_shortened(before: &Terms, after: &Terms) -> bool {
        is_promise_weaker(before.promise, after.promise)
            || is_any_lead_shorter(before, after)
            || is_objection_shorter(before.objection.as_ref(), after.objection.as_ref())
            || !after.exceptions.iter().all(|new| before.exceptions.iter().any(|old| allows_no_more(old, new)))
            || !before.duties.iter().all(|old| after.duties.iter().any(|new| demands_no_less(old, new)))
            || is_notification_weaker(before, after)
            || is_limited_further(&before.scope, &after.scope)
            || (before.changes.is_none() && after.changes.is_some())
            || (before.consent.is_some() && after.consent.is_none())
            || is_counting_shorter(before, after)
    }

    /// The leads that govern a kind of change: its own, or else those for any kind.
    fn leads_for(&self, kind: Trigger) -> &[Lead] {
        let leads = self.lead.get(&kind).or_else(|| self.lead.get(&Trigger::Any));
        leads.map(|leads| &leads.0[..]).unwrap_or_default()
    }
}

fn is_promise_weaker(before: Option<Promise>, after: Option<Promise>) -> bool {
    match (before, after) {
        (_, None) | (Some(Promise::None), _) => false,
        (None, Some(_)) => true,
        (Some(Promise::BestEfforts), Some(after)) => after == Promise::None,
    }
}

fn is_any_lead_shorter(before: &Terms, after: &Terms) -> bool {
    let kinds: BTreeSet<Trigger> = before.lead.keys().chain(after.lead.keys()).copied().collect();
    kinds.into_iter().any(|kind| are_leads_shorter(before.leads_for(kind), after.leads_for(kind)))
}

/// Every earlier lead must have a later one that is at least as long, and a new condition must not shorten one.
fn are_leads_shorter(before: &[Lead], after: &[Lead]) -> bool {
    !before.iter().all(|old| is_lead_kept(old, before, after)) || after.iter().any(|new| is_shorter_case(new, before))
}

/// Compares a lead with those under the same conditions, or else with those without a condition.
fn is_lead_kept(old: &Lead, before: &[Lead], after: &[Lead]) -> bool {
    let same: Vec<&Lead> = after.iter().filter(|new| has_same_conditions(old, new)).collect();
    if same.is_empty() {
        return after.iter().any(|new| is_general(new, old) && is_at_least(&new.time, &old.time));
    }
    let earlier = before.iter().filter(|lead| has_same_conditions(old, lead)).count();
    same.len() >= earlier && same.iter().any(|new| is_at_least(&new.time, &old.time))
}

/// Whether a lead applies under every condition, before the same event as another one.
fn is_general(new: &Lead, old: &Lead) -> bool {
    !is_conditional(new) && new.conditions.name.is_none() && has_same_events(old, new)
}

/// Whether a lead has a new condition and is shorter than one that applied there before.
fn is_shorter_case(new: &Lead, before: &[Lead]) -> bool {
    is_conditional(new)
        && !before.iter().any(|old| has_same_conditions(old, new))
        && before.iter().any(|old| !is_conditional(old) && !is_at_least(&new.time, &old.time))
}

fn is_conditional(lead: &Lead) -> bool {
    lead.conditions.when.is_some() || !lead.conditions.audience.is_empty()
}

fn has_same_conditions(old: &Lead, new: &Lead) -> bool {
    let (old_conditions, new_conditions) = (&old.conditions, &new.conditions);
    has_same_events(old, new)
        && old_conditions.name == new_conditions.name
        && old_conditions.when == new_conditions.when
        && old_conditions.audience == new_conditions.audience
        && old_conditions.channels.iter().all(|channel| new_conditions.channels.contains(channel))
}

fn has_same_events(old: &Lead, new: &Lead) -> bool {
    stated_or(&old.conditions.before, Event::Effective) == stated_or(&new.conditions.before, Event::Effective)
}

fn stated_or(events: &[Event], default: Event) -> BTreeSet<Event> {
    if events.is_empty() { BTreeSet::from([default]) } else { events.iter().copied().collect() }
}

fn is_at_least(new: &LeadTime, old: &LeadTime) -> bool {
    match (old, new) {
        (LeadTime::Exactly(old), LeadTime::Exactly(new)) => is_never_shorter(*new, *old),
        (old, new) if old == new => true,
        (LeadTime::Prompt, LeadTime::Before | LeadTime::Reasonable) | (LeadTime::Before, LeadTime::Reasonable) => true,
        (LeadTime::Prompt | LeadTime::Before | LeadTime::Reasonable, LeadTime::Exactly(new)) => new.count > 0,
        _ => false,
    }
}

/// Whether a duration is at least as long as another one on every date, holidays aside.
fn is_never_shorter(new: Duration, old: Duration) -> bool {
    if new.unit == old.unit { new.count >= old.count } else { hours_of(new).0 >= hours_of(old).1 }
}

/// The shortest and the longest time that a duration can take, in hours.
fn hours_of(duration: Duration) -> (u32, u32) {
    let count = u32::from(duration.count);
    let (shortest, longest) = match duration.unit {
        // A period of days ends at midnight, up to a day later than the same number of hours.
        DurationUnit::Hours => return (count.saturating_sub(24), count),
        DurationUnit::Days => (count, count),
        DurationUnit::Weeks => (count * 7, count * 7),
        // Five business days need no weekend if they begin on a Monday, and one if they begin on a Friday.
        DurationUnit::BusinessDays => (count + 2 * (count.saturating_sub(1) / 5), count + 2 * count.div_ceil(5)),
        // One month has 28 to 31 days; a year has at least 365.
        DurationUnit::Months => ((count * 365 / 12).saturating_sub(2), count * 31),
    };
    (shortest * 24, longest * 24)
}

fn is_objection_shorter(before: Option<&Objection>, after: Option<&Objection>) -> bool {
    match (before, after) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(before), Some(after)) => is_window_shorter(before, after) || is_right_weaker(before, after),
    }
}

fn is_window_shorter(before: &Objection, after: &Objection) -> bool {
    let is_length_shorter = match (before.within, after.within) {
        (Some(Window::Exactly(old)), Some(Window::Exactly(new))) => !is_never_shorter(new, old),
        (old, new) => old != new,
    };
    let old_start = stated_or(&before.from, Event::Notification);
    let new_start = stated_or(&after.from, Event::Notification);
    // A receipt is never earlier than the notification or publication.
    let starts_later = new_start == BTreeSet::from([Event::Receipt])
        && old_start.iter().all(|event| matches!(event, Event::Notification | Event::Publication));
    is_length_shorter || (old_start != new_start && !starts_later)
}

fn is_right_weaker(before: &Objection, after: &Objection) -> bool {
    before.remedy != after.remedy
        || (before.contact.is_some() && after.contact.is_none())
        || (after.grounds.is_some() && after.grounds != before.grounds)
        || (after.silence.is_some() && after.silence != before.silence)
        || is_limited_further(&before.scope, &after.scope)
        || !before.then.iter().all(|old| after.then.iter().any(|new| is_period_kept(old, new)))
        || (before.outcome.is_some() && after.outcome.is_none())
}

fn is_period_kept(old: &NextPeriod, new: &NextPeriod) -> bool {
    let is_long_enough = match (old.within, new.within) {
        (Some(old), Some(new)) => is_never_shorter(new, old),
        (old, new) => old == new,
    };
    old.step == new.step && old.from == new.from && is_long_enough
}

/// Whether an exception allows no more than an earlier one.
fn allows_no_more(old: &Exception, new: &Exception) -> bool {
    let (old_rules, new_rules) = (&old.rules, &new.rules);
    old.text == new.text
        && (old_rules.reason.is_none() || new_rules.reason.is_some())
        && is_part(&new_rules.grounds, &old_rules.grounds)
        && is_part(&new_rules.applies_to, &old_rules.applies_to)
        && is_soon_enough(old_rules.notice_within.as_ref(), new_rules.notice_within.as_ref())
        && (old_rules.notice_within.is_none() || old_rules.from == new_rules.from)
}

/// Whether a list is part of another one, where an empty list means everything.
fn is_part<T: PartialEq>(part: &[T], whole: &[T]) -> bool {
    whole.is_empty() || (!part.is_empty() && part.iter().all(|item| whole.contains(item)))
}

fn is_soon_enough(old: Option<&LeadTime>, new: Option<&LeadTime>) -> bool {
    match (old, new) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(old), Some(new)) => is_at_least(old, new),
    }
}

fn demands_no_less(old: &Duty, new: &Duty) -> bool {
    old.after == new.after && is_soon_enough(old.within.as_ref(), new.within.as_ref())
}

fn is_notification_weaker(before: &Terms, after: &Terms) -> bool {
    let has_alternative = after.channel_rule == Some(ChannelRule::Any)
        && !after.channels.iter().all(|channel| before.channels.contains(channel));
    !before.channels.iter().all(|channel| after.channels.contains(channel))
        || (after.channel_rule == Some(ChannelRule::Any) && before.channel_rule != after.channel_rule)
        || (before.channel_rule == Some(ChannelRule::All) && before.channel_rule != after.channel_rule)
        || has_alternative
        || !is_part(&before.audience, &after.audience)
        || (before.proof_of_delivery.is_some() && after.proof_of_delivery.is_none())
}

/// Whether texts limit a promise differently than before.
fn is_limited_further(before: &[String], after: &[String]) -> bool {
    !after.is_empty() && before != after
}

/// Whether the same lengths end earlier, because days are counted differently.
fn is_counting_shorter(before: &Terms, after: &Terms) -> bool {
    let old_weekend = weekend_of(before);
    (before.clear && !after.clear)
        || (before.roll.is_some() && after.roll.is_none())
        || !old_weekend.is_subset(&weekend_of(after))
        || !holidays_of(before).is_subset(&holidays_of(after))
        || zone_of(before) != zone_of(after)
}

fn weekend_of(terms: &Terms) -> BTreeSet<Weekday> {
    if terms.weekend.is_empty() {
        return BTreeSet::from([Weekday::Saturday, Weekday::Sunday]);
    }
    terms.weekend.iter().copied().collect()
}

fn holidays_of(terms: &Terms) -> BTreeSet<Date> {
    terms.holidays.iter().flat_map(|holidays| holidays.dates.iter().copied()).collect()
}

fn zone_of(terms: &Terms) -> &str {
    terms.zone.as_ref().map_or("UTC", Zone::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_shortened(before: &str, after: &str) -> bool {
        let [before, after] = [before, after].map(|text| serde_json::from_str::<Terms>(text).unwrap());
        Terms::is_shortened(&before, &after)
    }

    #[test]
    fn terms_are_shortened_when_customers_may_rely_on_less() {
        for (before, after) in [
            (r#"{"lead":{"added":"30d"}}"#, r#"{"lead":{"added":"10d"}}"#),
            (r#"{"lead":{"added":"30d"}}"#, r#"{"lead":{"added":"reasonable"}}"#),
            (r#"{"lead":{"added":"30d"}}"#, r#"{"lead":{"added":"1m"}}"#),
            (r#"{"lead":{"added":"1m"}}"#, r#"{"lead":{"added":"30d"}}"#),
            (r#"{"lead":{"added":"14d"}}"#, r#"{"lead":{"added":"10bd"}}"#),
            (r#"{"lead":{"added":"30d","replaced":"30d"}}"#, r#"{"lead":{"added":"30d"}}"#),
            (r#"{"lead":{"any":"30d"}}"#, r#"{"lead":{"any":"30d","added":"10d"}}"#),
            (r#"{"lead":{"any":"30d"}}"#, r#"{"lead":{"added":"30d"}}"#),
            (r#"{"lead":{"added":["30bd","10bd"]}}"#, r#"{"lead":{"added":"10bd"}}"#),
            (
                r#"{"lead":{"added":["60d",{"time":"30d","when":"outside the EU"}]}}"#,
                r#"{"lead":{"added":["60d",{"time":"20d","when":"outside the EU"}]}}"#,
            ),
            (r#"{"lead":{"added":"30d"}}"#, r#"{"lead":{"added":["30d",{"time":"10d","when":"inside the EU"}]}}"#),
            (r#"{"lead":{"added":"30d"}}"#, r#"{"lead":{"added":{"time":"30d","when":"outside the EU"}}}"#),
            (r#"{"objection":{"within":"14d"}}"#, r#"{"objection":{"within":"13d"}}"#),
            (r#"{"objection":{"within":"14d"}}"#, r#"{"objection":{}}"#),
            (r#"{"objection":{}}"#, r#"{"objection":{"within":"14d"}}"#),
            (r#"{"objection":{"within":"14d","from":"receipt"}}"#, r#"{"objection":{"within":"14d"}}"#),
            (r#"{"objection":{"within":"14d"}}"#, "{}"),
            (r#"{"objection":{"contact":"mailto:a@b.example"}}"#, r#"{"objection":{}}"#),
            (r#"{"objection":{}}"#, r#"{"objection":{"silence":"acceptance"}}"#),
            (r#"{"objection":{}}"#, r#"{"objection":{"grounds":"reasonable"}}"#),
            (r#"{"objection":{"then":[{"step":"talks","within":"30d"}]}}"#, r#"{"objection":{}}"#),
            (r#"{"exceptions":["a"]}"#, r#"{"exceptions":["a","b"]}"#),
            (r#"{"exceptions":[{"text":"a","reason":"required"}]}"#, r#"{"exceptions":["a"]}"#),
            (
                r#"{"duties":[{"after":"engagement","within":"72h"}]}"#,
                r#"{"duties":[{"after":"engagement","within":"96h"}]}"#,
            ),
            (r#"{"channels":["email","page"]}"#, r#"{"channels":["page"]}"#),
            (r#"{"channels":["email"]}"#, r#"{"channels":["email","page"],"channel-rule":"any"}"#),
            ("{}", r#"{"audience":["subscribers"]}"#),
            ("{}", r#"{"changes":"material"}"#),
            ("{}", r#"{"scope":["your workspace"]}"#),
            ("{}", r#"{"promise":"none"}"#),
            (r#"{"consent":"required"}"#, "{}"),
            (r#"{"clear":true}"#, "{}"),
            (r#"{"holidays":["2026-12-25"]}"#, "{}"),
        ] {
            assert!(is_shortened(before, after), "{before} -> {after}");
        }
    }

    #[test]
    fn terms_are_not_shortened_when_customers_may_rely_on_as_much() {
        for (before, after) in [
            ("{}", r#"{"lead":{"any":"30d"},"objection":{"within":"14d"}}"#),
            (r#"{"lead":{"added":"30d"}}"#, r#"{"lead":{"added":"31d"}}"#),
            (r#"{"lead":{"added":"30d"}}"#, r#"{"lead":{"any":"30d"}}"#),
            (r#"{"lead":{"added":"14d"}}"#, r#"{"lead":{"added":"P2W"}}"#),
            (r#"{"lead":{"added":"30d"}}"#, r#"{"lead":{"added":"2m"}}"#),
            (r#"{"lead":{"added":"1m"}}"#, r#"{"lead":{"added":"31d"}}"#),
            (r#"{"lead":{"added":"reasonable"}}"#, r#"{"lead":{"added":"30d"}}"#),
            (r#"{"lead":{"added":["30bd","10bd"]}}"#, r#"{"lead":{"added":["10bd","30bd"]}}"#),
            (r#"{"lead":{"added":"30d"}}"#, r#"{"lead":{"added":["30d",{"time":"60d","when":"outside the EU"}]}}"#),
            (r#"{"lead":{"added":"30d"}}"#, r#"{"lead":{"added":{"time":"30d","text":"thirty days"}}}"#),
            (r#"{"objection":{"within":"14d"}}"#, r#"{"objection":{"within":"14d","from":"notification"}}"#),
            (r#"{"objection":{"within":"14d"}}"#, r#"{"objection":{"within":"14d","from":"receipt"}}"#),
            (r#"{"exceptions":["a","b"]}"#, r#"{"exceptions":["b"]}"#),
            (r#"{"exceptions":["a"]}"#, r#"{"exceptions":[{"text":"a","reason":"required","grounds":"security"}]}"#),
            (
                r#"{"duties":[{"after":"engagement","within":"72h"}]}"#,
                r#"{"duties":[{"after":"engagement","within":"24h"}]}"#,
            ),
            (r#"{"channels":["page"]}"#, r#"{"channels":["page","email"]}"#),
            (r#"{"promise":"none"}"#, r#"{"promise":"best-efforts"}"#),
            (r#"{"text":"Thirty days."}"#, r#"{"text":"We notify you."}"#),
        ] {
            assert!(!is_shortened(before, after), "{before} -> {after}");
        }
    }
}
