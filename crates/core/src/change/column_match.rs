//! Evidence that two columns with different headers are the same column.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, HashMap},
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

    /// The pattern of the cells of a column.
    pub fn pattern(&self, column: &Column) -> Pattern {
        Pattern::of(self.of_column(column))
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

/// Whether no entry has different cells in the two columns, and half of those with a cell in either column have one in
/// both. They must have several texts: two columns of "yes" are not the same column.
pub(super) fn are_nowhere_different(old: &[(usize, String)], new: &[(usize, String)]) -> bool {
    let texts: BTreeMap<usize, &String> = new.iter().map(|(number, text)| (*number, text)).collect();
    let shared = old.iter().filter_map(|(number, text)| Some((text, *texts.get(number)?)));
    let shared: Vec<(&String, &String)> = shared.collect();
    let filled = old.len() + new.len() - shared.len();
    let is_equal = shared.iter().all(|(old, new)| old == new) && shared.len() * 2 >= filled;
    is_equal && shared.iter().map(|(text, _)| text).collect::<BTreeSet<_>>().len() > 1
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

/// The properties of the cells of a column that a translation keeps: which entries have one, which of them are equal, and
/// their numbers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pattern {
    /// The number of each entry with a cell, the first such entry with an equal cell, and the numbers in the cell.
    cells: Vec<(usize, usize, Vec<String>)>,
}

impl Pattern {
    fn of(cells: &[(usize, String)]) -> Self {
        let mut first: HashMap<&str, usize> = HashMap::new();
        let cells = cells.iter();
        let cells = cells.map(|(entry, text)| (*entry, *first.entry(text).or_insert(*entry), numbers_in(text)));
        Pattern { cells: cells.collect() }
    }
}

/// The numbers in a text, in the order of their digits: languages have other orders of words.
fn numbers_in(text: &str) -> Vec<String> {
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty());
    let mut numbers: Vec<String> = numbers.map(str::to_owned).collect();
    numbers.sort();
    numbers
}

fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect()
}
