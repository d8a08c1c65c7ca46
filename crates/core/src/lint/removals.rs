//! Removals before a successor starts, renames that may be replacements, and removals of many entries.

use std::collections::BTreeSet;

use crate::{
    change::{Change, Detail, Edit, EntryRef, Kind, Row, names_are_related},
    model::{Entry, Inventory, Role, fold},
};

use super::{
    Step, announcement, dates,
    finding::{Anchor, Draft},
    names::spaced,
};

/// From this number on, removals are many.
const MIN_REMOVED: usize = 3;
/// Shorter words do not show that two purposes are alike.
const MIN_LETTERS: usize = 4;

/// The rows that a step removes: those of removals and replacements.
fn removed<'a>(step: &Step<'a>) -> Vec<&'a Row> {
    let rows = step.changes.changes.iter().filter_map(|change| match &change.detail {
        Detail::Row { former: Some(former), .. } => Some(former),
        Detail::Row { row, .. } if change.kind == Kind::Removed => Some(row),
        _ => None,
    });
    rows.collect()
}

pub(super) fn before_successor(step: &Step<'_>) -> Vec<Draft> {
    let list = step.after.list;
    let today = announcement::today(step);
    let mut found = Vec::new();
    for row in removed(step) {
        let successor = step.changes.changes.iter().find_map(|change| {
            let entry = successor_of(list, change, row)?;
            match dates::of_entry(list, entry) {
                Some((date, field)) if date.first > today => {
                    Some((entry, Some(field), format!("starts on {}", date.first)))
                }
                Some(_) => None,
                None if announcement::is_planned(list, entry) => Some((entry, None, "starts later".to_owned())),
                None => Some((entry, None, format!("may not start before {}", first_day(step, change)?))),
            }
        });
        if let Some((entry, field, when)) = successor {
            let message = format!("{} is removed now, but {} {when}", row.name, entry.name);
            let help = format!("keep {} until then, or give its end date", row.name);
            let draft = Draft::entry(list, entry, field.as_ref(), message).help(help).key(row.id.as_str());
            found.push(draft.about(row.entry()));
        }
    }
    found
}

/// The first day on which an addition without a date keeps the promised notice. A replacement that the list states is one
/// change with one date.
fn first_day(step: &Step<'_>, change: &Change) -> Option<String> {
    if change.kind != Kind::Added {
        return None;
    }
    let announcement = announcement::of_change(step, change)?;
    let is_open = announcement.effective.is_none() && !announcement.is_in_use;
    is_open.then_some(announcement.earliest)?.map(|earliest| earliest.to_string())
}

/// The entry of an addition that takes the place of a removed row: it states this, or has the same purpose.
fn successor_of<'a>(list: &'a Inventory, change: &Change, gone: &Row) -> Option<&'a Entry> {
    let Detail::Row { row, former } = &change.detail else { return None };
    let entry = list.entries.iter().find(|entry| entry.id == row.id)?;
    let is_stated = former.as_ref().is_some_and(|former| former.id == gone.id);
    let is_new = matches!(change.kind, Kind::Added | Kind::Replaced);
    (is_new && (is_stated || (former.is_none() && have_same_purpose(list, entry, gone)))).then_some(entry)
}

fn have_same_purpose(list: &Inventory, entry: &Entry, gone: &Row) -> bool {
    let columns = || list.columns.iter().filter(|column| matches!(column.role, Role::Purpose | Role::Service));
    let mut pairs =
        columns().filter_map(|column| Some((entry.text(&column.field)?, gone.text(column.field.as_str())?)));
    pairs.any(|(a, b)| are_alike(a.as_str(), b.as_str()))
}

/// Whether most words of two purposes are the same, without what parentheses add.
fn are_alike(a: &str, b: &str) -> bool {
    let words = |text: &str| -> BTreeSet<String> {
        let outside = text.split('(').next().unwrap_or_default();
        let words = spaced(outside).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        words.into_iter().filter(|word| word.chars().count() >= MIN_LETTERS).collect()
    };
    let (a, b) = (words(a), words(b));
    let shared = a.intersection(&b).count();
    shared > 0 && shared * 2 >= a.len().min(b.len()) && shared * 3 >= a.len().max(b.len())
}

pub(super) fn rename_or_replacement(step: &Step<'_>) -> Vec<Draft> {
    let list = step.after.list;
    let renamed = step.changes.changes.iter().filter_map(|change| {
        let Detail::Field { entry, edit: Edit::Changed(before, after), .. } = &change.detail else { return None };
        if change.kind != Kind::Renamed || names_are_related(before, after) {
            return None;
        }
        let known = list.entries.iter().find(|known| known.id == entry.id)?;
        let is_stated = known.hints.formerly.iter().any(|name| fold(name.as_str()) == fold(before.as_str()));
        if is_stated {
            return None;
        }
        let message = format!("{before} is now {after} under the same id; customers would read of a rename");
        let help = format!(
            "if it is the same company, state `formerly: {before}`; if it is another vendor, give it another id and \
             `replaces: {}`",
            entry.id
        );
        Some(Draft::entry(list, known, None, message).help(help))
    });
    renamed.collect()
}

pub(super) fn most(step: &Step<'_>) -> Vec<Draft> {
    let Some(before) = step.before else { return Vec::new() };
    let withdrawn = step.changes.changes.iter().filter(|change| change.kind == Kind::Withdrawn);
    let withdrawn = withdrawn.filter_map(|change| match &change.detail {
        Detail::List { entries } => Some(entries.iter()),
        _ => None,
    });
    let removed: Vec<EntryRef> = removed(step).into_iter().chain(withdrawn.flatten()).map(Row::entry).collect();
    if removed.len() < MIN_REMOVED || removed.len() <= step.removable {
        return Vec::new();
    }
    let names: Vec<&str> = removed.iter().take(MIN_REMOVED).map(|entry| entry.name.as_str()).collect();
    let rest = if removed.len() > MIN_REMOVED { " and others" } else { "" };
    let all = before.list.entries.len();
    let message = format!("{} of {all} entries are removed at once: {}{rest}", removed.len(), names.join(", "));
    let help = "check that the list is complete; `publish` asks for --allow-removals";
    vec![Draft::at(Anchor::List, message).help(help)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_are_alike_if_most_words_are() {
        for (a, b, expected) in [
            ("Email delivery (from 11 January 2027)", "Email delivery", true),
            ("Transactional email delivery", "Email delivery", true),
            ("Hosting", "Hosting of files", true),
            ("Customer support", "Email delivery", false),
            ("Payment processing", "Data processing and storage of backups", false),
        ] {
            assert_eq!(are_alike(a, b), expected, "{a} / {b}");
        }
    }
}
