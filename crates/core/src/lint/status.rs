//! Conditions under which vendors are used, and their end.

use crate::{
    change::{Detail, Edit},
    model::{Role, Trigger},
    notice::Coverage,
    vocabulary::{Meaning, Vocabulary},
};

use super::{Step, announcement::Announcement, finding::Draft, names::spaced};

pub(super) fn conditional_activated(step: &Step<'_>, announcement: &Announcement<'_>) -> Vec<Draft> {
    let is_unstated = announcement.notice.as_ref().is_ok_and(|notice| notice.coverage == Coverage::NotStated);
    if announcement.trigger != Trigger::Activated
        || !is_unstated
        || announcement.effective.is_some()
        || announcement.was_planned
    {
        return Vec::new();
    }
    let list = step.after.list;
    let Some(entry) = list.entries.iter().find(|entry| entry.id == announcement.entry.id) else { return Vec::new() };
    let message =
        format!("{} was not in use for every customer and is now; no notice is promised for this", entry.name);
    let help = "check that customers agreed to it, and state from when it applies with `effective:`";
    vec![Draft::entry(list, entry, announcement.field.as_ref(), message).help(help)]
}

/// Words for conditions of fewer letters also mean something else: "if", "only", "when".
const MIN_LETTERS: usize = 6;

pub(super) fn condition_dropped(step: &Step<'_>) -> Vec<Draft> {
    let list = step.after.list;
    let dropped = step.changes.changes.iter().filter_map(|change| {
        let Detail::Field { entry, field, label, edit, .. } = &change.detail else { return None };
        let column = list.column(field);
        let role = column.map_or(Role::Other, |column| column.role);
        let is_condition = spaced(label.as_str()).contains(" condition");
        let states = |edit: Option<&crate::model::Text>| edit.is_some_and(|text| states_condition(text.as_str()));
        let is_dropped = match edit {
            Edit::Cleared(_) => is_condition,
            Edit::Changed(before, after) => {
                matches!(role, Role::Purpose | Role::Scope)
                    && ((states(Some(before)) && !states(Some(after)))
                        || cuts_condition(before.as_str(), after.as_str()))
            }
            Edit::Set(_) => false,
        };
        if !is_dropped {
            return None;
        }
        let entry = list.entries.iter().find(|known| known.id == entry.id)?;
        // A date announces the change.
        if super::dates::of_entry(list, entry).is_some_and(|(date, _)| date.first > step.now.date()) {
            return None;
        }
        let before = edit.before().map(ToString::to_string).unwrap_or_default();
        let message = format!("{} no longer states its condition: {before:?}", entry.name);
        let field = column.map(|column| &column.field);
        Some(
            Draft::entry(list, entry, field, message)
                .help("keep the condition, or state from when it no longer applies"),
        )
    });
    dropped.collect()
}

/// Whether a text is a part of an earlier one, and the rest states a condition in at least two words: "only with consent".
fn cuts_condition(before: &str, after: &str) -> bool {
    let (before, after) = (spaced(before), spaced(after));
    let Some(rest) = before.strip_prefix(after.trim_end()).or_else(|| before.strip_suffix(after.trim_start())) else {
        return false;
    };
    rest.split_whitespace().count() > 1 && Vocabulary::builtin().has_phrase(Meaning::Condition, rest)
}

fn states_condition(text: &str) -> bool {
    let words = Vocabulary::builtin();
    let whole = spaced(text);
    whole.split_whitespace().any(|word| word.chars().count() >= MIN_LETTERS && words.is(Meaning::Condition, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_cut_from_the_end_or_the_beginning() {
        for (before, after, expected) in [
            ("Analytics, only with consent", "Analytics", true),
            ("If enabled: summaries of tickets", "Summaries of tickets", true),
            ("Analyse (nur mit Einwilligung)", "Analyse", true),
            ("Analytics of visits", "Analytics", false),
            ("Read-only", "Read", false),
            ("Analytics, only with consent", "Analytics, with consent", false),
        ] {
            assert_eq!(cuts_condition(before, after), expected, "{before} -> {after}");
        }
    }
}
