//! Ids that the published log used before.

use crate::{
    change::{Kind, names_are_related},
    model::Text,
};

use super::{Step, finding::Draft, snapshot::Past};

pub(super) fn reused_id(step: &Step<'_>, past: &Past) -> Vec<Draft> {
    let list = step.after.list;
    let added = step.changes.changes.iter().filter(|change| matches!(change.kind, Kind::Added | Kind::Replaced));
    let entries = added.filter_map(|change| {
        let id = change.entry()?.id;
        list.entries.iter().find(|entry| entry.id == id)
    });
    entries
        .filter_map(|entry| {
            let names = past.names.get(&entry.id)?;
            let is_return = names.iter().any(|name: &Text| names_are_related(name, &entry.name));
            let earlier =
                names.last().filter(|_| !is_return && !entry.hints.formerly.iter().any(|f| names.contains(f)))?;
            let message = format!("{}: the id {} was that of {earlier}", entry.name, entry.id);
            let help = "give the entry another id; readers of the log would take the two for one vendor";
            Some(Draft::entry(list, entry, None, message).help(help))
        })
        .collect()
}
