//! Rows that are equal.

use std::collections::BTreeMap;

use crate::model::fold;

use super::{
    finding::{Anchor, Draft},
    snapshot::Snapshot,
};

/// The section, the folded name, and the cells of a row.
type RowContent<'a> = (String, String, Vec<(&'a str, &'a str)>);

pub(super) fn identical(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    let list = snapshot.list;
    let help = "remove one of the two rows, or state what distinguishes them";
    let repeated = snapshot.repeated.iter().map(|row| {
        let anchor = Anchor::Text { page: None, place: row.place, words: row.name.clone() };
        let message = format!("{} has another row that is equal in every cell", row.name);
        Draft::at(anchor, message).help(help).key(&row.name)
    });
    let mut found: Vec<Draft> = repeated.collect();
    let mut first: BTreeMap<RowContent<'_>, usize> = BTreeMap::new();
    for entry in &list.entries {
        let cells = entry.cells.iter().map(|cell| (cell.field.as_str(), cell.text.markdown().as_str())).collect();
        let row = (entry.section.to_string(), fold(entry.name.as_str()), cells);
        let count = first.entry(row).or_default();
        *count += 1;
        if *count > 1 && !entry.cells.is_empty() {
            let message = format!("{} has another row that is equal in every cell", entry.name);
            found.push(Draft::entry(list, entry, None, message).help(help));
        }
    }
    found
}
