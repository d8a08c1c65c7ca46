//! Cells that refer to another entry: "same as the OpenAI entry".

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    change::{Change, Detail, Edit, EntryRef, Kind},
    model::{Entry, EntryId, FieldKey, Inventory},
    vocabulary::{Meaning, Vocabulary},
};

use super::{
    Step,
    finding::Draft,
    names::{mentions, names_of, spaced, spoken_names},
};

/// An entry that changed, with the field; `None` if all of it did.
struct Target {
    entry: EntryRef,
    names: BTreeSet<String>,
    field: Option<FieldKey>,
    what: &'static str,
}

pub(super) fn stale(step: &Step<'_>) -> Vec<Draft> {
    let list = step.after.list;
    let Some(before) = step.before.map(|before| before.list) else { return Vec::new() };
    let targets = step.changes.changes.iter().filter_map(|change| target(before, list, change));
    let targets: Vec<Target> = targets.collect();
    let mut found = Vec::new();
    if targets.is_empty() {
        return found;
    }
    let earlier: BTreeMap<&EntryId, &Entry> = before.entries.iter().map(|entry| (&entry.id, &**entry)).collect();
    for entry in &list.entries {
        let Some(earlier) = earlier.get(&entry.id) else { continue };
        let unchanged = entry.cells.iter().filter(|cell| earlier.markdown(&cell.field) == Some(cell.text.markdown()));
        for cell in unchanged {
            let mut targets = targets.iter().filter(|target| target.concerns(&cell.field)).peekable();
            if targets.peek().is_none() {
                continue;
            }
            let text = spaced(cell.text.as_str());
            if !Vocabulary::builtin().has_phrase(Meaning::SameAs, &text) {
                continue;
            }
            let own = names_of(entry.name.as_str());
            let target = targets.find(|target| {
                let is_named = target.names.iter().any(|name| !own.contains(name) && mentions(&text, name));
                is_named && !is_itself(target, entry)
            });
            if let Some(target) = target {
                let message = format!("{} refers to {}, {}", entry.name, target.entry.name, target.what);
                let draft = Draft::entry(list, entry, Some(&cell.field), message);
                let help = "check that the text still holds; it is better to write the value out";
                found.push(draft.help(help));
            }
        }
    }
    found
}

impl Target {
    /// Whether a cell of this field may refer to what changed.
    fn concerns(&self, field: &FieldKey) -> bool {
        self.field.as_ref().is_none_or(|changed| changed == field)
    }
}

fn is_itself(target: &Target, entry: &Entry) -> bool {
    target.entry.id == entry.id
}

fn target(before: &Inventory, after: &Inventory, change: &Change) -> Option<Target> {
    match &change.detail {
        Detail::Row { row, .. } if change.kind == Kind::Removed => Some(Target {
            entry: row.entry(),
            names: spoken_names(before, row.name.as_str()),
            field: None,
            what: "which is removed",
        }),
        Detail::Row { former: Some(former), .. } => Some(Target {
            entry: former.entry(),
            names: spoken_names(before, former.name.as_str()),
            field: None,
            what: "which is replaced",
        }),
        Detail::Field { entry, edit: Edit::Changed(old, new), .. } if change.kind == Kind::Renamed => {
            let kept = spoken_names(after, new.as_str());
            let names = spoken_names(before, old.as_str()).into_iter().filter(|name| !kept.contains(name)).collect();
            Some(Target { entry: entry.clone(), names, field: None, what: "which has another name now" })
        }
        Detail::Field { entry, field, .. } => Some(Target {
            entry: entry.clone(),
            names: spoken_names(before, entry.name.as_str()),
            field: Some(field.clone()),
            what: "where the same field changed",
        }),
        _ => None,
    }
}
