//! Cells that are empty where the list has values, and placeholders.

use std::collections::HashMap;

use crate::{
    model::{Column, Entry, Inventory, Role},
    vocabulary::{Meaning, Vocabulary},
};

use super::{
    dates::is_placeholder,
    finding::Draft,
    names::spaced,
    snapshot::{Kind, Snapshot},
};

/// Fewest other entries with a value, so that a value is expected.
const MIN_FILLED: usize = 2;

/// Whether the other entries of a list have values in a column, so that one is expected in every row: four of five,
/// and at least two. A section whose entries have none is another table.
pub(super) fn is_expected(list: &Inventory, column: &Column, entry: &Entry) -> bool {
    let is_filled = |other: &Entry| other.text(&column.field).is_some();
    let others = || list.entries.iter().filter(|other| other.id != entry.id);
    let filled = others().filter(|other| is_filled(other)).count();
    let mut section = others().filter(|other| other.section == entry.section).peekable();
    let is_other_table = section.peek().is_some() && !section.any(|other| is_filled(other));
    filled >= MIN_FILLED && filled * 5 >= others().count() * 4 && !is_other_table
}

/// The entries without a value in any of some columns, where one is expected, with the column.
pub(super) fn without_value<'a>(list: &'a Inventory, columns: &[&'a Column]) -> Vec<(&'a Entry, &'a Column)> {
    let Some(first) = columns.first() else { return Vec::new() };
    let empty = list.entries.iter().filter(|entry| columns.iter().all(|column| entry.text(&column.field).is_none()));
    let expected = empty.filter(|entry| columns.iter().any(|column| is_expected(list, column, entry)));
    expected.map(|entry| (&**entry, *first)).collect()
}

fn missing(list: &Inventory, columns: &[&Column], what: &str) -> Vec<Draft> {
    let found = without_value(list, columns).into_iter().map(|(entry, column)| {
        let message = format!("{} states no {what}; other entries do, under {:?}", entry.name, column.label.as_str());
        Draft::entry(list, entry, Some(&column.field), message).help(format!("state the {what}"))
    });
    found.collect()
}

fn with_role(list: &Inventory, role: Role) -> Vec<&Column> {
    list.columns.iter().filter(|column| column.role == role).collect()
}

fn labelled(list: &Inventory, meaning: Meaning) -> Vec<&Column> {
    let words = Vocabulary::builtin();
    list.columns.iter().filter(|column| words.is(meaning, spaced(column.label.as_str()).trim())).collect()
}

pub(super) fn missing_location(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    missing(snapshot.list, &with_role(snapshot.list, Role::Location), "location")
}

pub(super) fn missing_purpose(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    let columns = [Role::Purpose, Role::Service].map(|role| with_role(snapshot.list, role)).concat();
    missing(snapshot.list, &columns, "purpose")
}

pub(super) fn missing_data(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    missing(snapshot.list, &with_role(snapshot.list, Role::Data), "categories of data")
}

pub(super) fn missing_entity(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    missing(snapshot.list, &labelled(snapshot.list, Meaning::EntityColumn), "legal entity")
}

pub(super) fn missing_contact(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    missing(snapshot.list, &labelled(snapshot.list, Meaning::ContactColumn), "contact")
}

pub(super) fn placeholder(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    let list = snapshot.list;
    let rows = snapshot.texts.iter().filter(|row| row.kind == Kind::Row && is_placeholder(&row.text));
    let unnamed = rows.map(|row| {
        let message = format!("{:?} is a placeholder, so that this row is no entry", row.text);
        Draft::text(None, row, &row.text, message)
            .help("write the name of the vendor, or leave the row out")
            .key(&row.text)
    });
    let mut found: Vec<Draft> = unnamed.collect();
    // Many cells have the text of others.
    let mut known: HashMap<&str, bool> = HashMap::new();
    for entry in &list.entries {
        if is_placeholder(entry.name.as_str()) {
            let message = format!("{:?} is a placeholder, not a name", entry.name.as_str());
            found.push(Draft::entry(list, entry, None, message).help("write the name of the vendor"));
        }
        for cell in &entry.cells {
            let text = cell.text.as_str();
            if !*known.entry(text).or_insert_with(|| is_placeholder(text)) {
                continue;
            }
            let label = list.column(&cell.field).map(|column| column.label.to_string()).unwrap_or_default();
            let message = format!("{}: {label} is a placeholder, {text:?}", entry.name);
            let draft = Draft::entry(list, entry, Some(&cell.field), message);
            found.push(draft.help("write the value, or leave the entry out until it is known"));
        }
    }
    found
}
