//! Evidence that two columns with different headers are the same column.

use std::{
    cmp::Ordering,
    collections::{BTreeSet, HashMap},
};

use crate::{
    compare::text_form,
    model::{Column, Entry, FieldKey, Role, fold},
    vocabulary::Vocabulary,
};

/// The cells of some columns in the form in which they are compared, each with the number of its entry.
pub(super) struct CellForms<'a> {
    by_column: HashMap<&'a FieldKey, Vec<(usize, String)>>,
}

impl<'a> CellForms<'a> {
    pub fn of<'e>(columns: &[&'a Column], entries: impl Iterator<Item = &'e Entry>) -> Self {
        let mut by_column: HashMap<&FieldKey, Vec<(usize, String)>> =
            columns.iter().map(|column| (&column.field, Vec::new())).collect();
        for (number, entry) in entries.enumerate() {
            for cell in &entry.cells {
                if let Some(cells) = by_column.get_mut(&cell.field) {
                    cells.push((number, text_form(Vocabulary::builtin(), cell.text.markdown())));
                }
            }
        }
        CellForms { by_column }
    }

    pub fn of_column(&self, column: &Column) -> &[(usize, String)] {
        self.by_column.get(&column.field).map(Vec::as_slice).unwrap_or_default()
    }
}

pub(super) fn have_compatible_roles(old: &Column, new: &Column) -> bool {
    old.role == new.role || new.role == Role::Other || old.role == Role::Other
}

/// The least share of the entries with a cell in either column.
#[derive(Clone, Copy)]
struct Share {
    part: usize,
    of: usize,
}

const MOST: Share = Share { part: 4, of: 5 };
const HALF: Share = Share { part: 1, of: 2 };

/// Whether most entries with a cell in either column have equal cells in both.
pub(super) fn are_mostly_equal(old: &[(usize, String)], new: &[(usize, String)]) -> bool {
    agree_mostly(old, new, MOST, |old, new| old == new)
}

/// Whether most entries with a cell in either column have cells in both that share words.
pub(super) fn are_mostly_alike(old: &[(usize, String)], new: &[(usize, String)]) -> bool {
    agree_mostly(old, new, MOST, are_alike)
}

/// Whether half of the entries with a cell in either column have cells in both that share words.
pub(super) fn are_partly_alike(old: &[(usize, String)], new: &[(usize, String)]) -> bool {
    agree_mostly(old, new, HALF, are_alike)
}

/// Whether one header contains the words of the other: "Purpose" and "Role and purpose".
pub(super) fn are_headers_alike(old: &Column, new: &Column) -> bool {
    let (old, new) = (fold(old.label.as_str()), fold(new.label.as_str()));
    let (old, new) = (words(&old), words(&new));
    !old.is_empty() && !new.is_empty() && (old.is_subset(&new) || new.is_subset(&old))
}

fn agree_mostly(
    old: &[(usize, String)],
    new: &[(usize, String)],
    share: Share,
    agree: impl Fn(&str, &str) -> bool,
) -> bool {
    let (mut a, mut b) = (old.iter().peekable(), new.iter().peekable());
    let total = old.len() + new.len();
    let (mut agreeing, mut different) = (0, 0);
    while let (Some((old_number, old_text)), Some((new_number, new_text))) = (a.peek(), b.peek()) {
        match old_number.cmp(new_number) {
            Ordering::Less => _ = a.next(),
            Ordering::Greater => _ = b.next(),
            Ordering::Equal => {
                if agree(old_text, new_text) {
                    agreeing += 1;
                } else {
                    different += 1;
                }
                a.next();
                b.next();
            }
        }
        // No rest can make up for this.
        if total.saturating_sub(2 * different) * share.of < total * share.part {
            return false;
        }
    }
    let filled = total - agreeing - different;
    agreeing > 0 && agreeing * share.of >= filled * share.part
}

/// Whether two texts are equal or share at least half of the words of the longer one.
fn are_alike(old: &str, new: &str) -> bool {
    if old == new {
        return true;
    }
    let (old, new) = (words(old), words(new));
    let shared = old.intersection(&new).count();
    shared > 0 && shared * 2 >= old.len().max(new.len())
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}
