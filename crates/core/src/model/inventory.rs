//! The inventory: sections of entries with fields, as one version of a file states them.

use std::{collections::HashSet, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::model::{EntryId, FieldKey, RichText, Role, SectionId, Terms, Text};

/// One version of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    /// Statements about the list: title, description, exclusions.
    pub facts: Vec<Fact>,
    /// The notice terms; `None` if the file does not state any.
    pub terms: Option<Terms>,
    /// The fields that its entries have.
    pub columns: Vec<Column>,
    /// Its sections; a list without headings has one section with an empty title.
    pub sections: Vec<Section>,
    /// Its entries, in the order of the file. Shared between versions where they are equal.
    pub entries: Vec<Arc<Entry>>,
    /// How the file lays its entries out.
    pub layout: Layout,
}

/// How a file lays entries out, which decides what a missing value means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Every entry states its own keys; a key that few entries have is their own matter.
    #[default]
    Records,
    /// Rows under a header: a column belongs to the list even where its cells are empty.
    Table,
}

/// A statement of the list about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Its key: `title`, `description`, `notice.lead.added` …
    pub field: FieldKey,
    /// How it is called on a page.
    pub label: Text,
    /// The text of the statement.
    pub text: Text,
}

/// A field that entries may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The key of the field, unique in the list.
    pub field: FieldKey,
    /// Its header as written.
    pub label: Text,
    /// The role, which determines how its texts are compared.
    pub role: Role,
}

/// A group of entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The id, unique in the inventory.
    pub id: SectionId,
    /// Its heading; empty for a list without headings.
    pub title: Text,
    /// The text below the heading, or empty.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub note: Text,
}

/// One vendor, framework, control …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id, unique in the inventory.
    pub id: EntryId,
    /// The name that readers see.
    pub name: Text,
    /// The section that contains the entry.
    pub section: SectionId,
    /// Its fields, in column order, without the empty ones. A status that the section gives is here too.
    pub cells: Vec<Cell>,
    /// Statements of the entry about its past.
    pub hints: Hints,
}

/// A field of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cell {
    /// The key of its column.
    pub field: FieldKey,
    /// Its text as written.
    pub text: RichText,
}

/// Statements of an entry that help to recognise it in earlier versions. They are not content:
/// adding one later does not change the published list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hints {
    /// Earlier names or ids of the same entry.
    pub formerly: Vec<Text>,
    /// The name or id of the entry that this one replaces.
    pub replaces: Option<Text>,
}

impl Entry {
    /// The text of a field, without its links.
    pub fn text(&self, field: &FieldKey) -> Option<&Text> {
        self.rich_text(field).map(RichText::text)
    }

    /// The text of a field.
    pub fn rich_text(&self, field: &FieldKey) -> Option<&RichText> {
        self.cells.iter().find(|cell| cell.field == *field).map(|cell| &cell.text)
    }

    /// The text of a field with its links in Markdown, so that comparisons notice other addresses.
    pub fn markdown(&self, field: &FieldKey) -> Option<&Text> {
        self.rich_text(field).map(RichText::markdown)
    }
}

impl Inventory {
    /// The text of a fact.
    pub fn fact(&self, field: &str) -> Option<&Text> {
        self.facts.iter().find(|fact| fact.field.as_str() == field).map(|fact| &fact.text)
    }

    /// The column of a field.
    pub fn column(&self, field: &FieldKey) -> Option<&Column> {
        self.columns.iter().find(|column| column.field == *field)
    }

    /// The section with this id.
    pub fn section(&self, id: &SectionId) -> Option<&Section> {
        self.sections.iter().find(|section| section.id == *id)
    }

    /// The columns in which at least one entry has a value.
    pub fn filled_columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| self.entries.iter().any(|entry| entry.text(&column.field).is_some()))
    }

    /// The sections that contain at least one entry.
    pub fn filled_sections(&self) -> impl Iterator<Item = &Section> {
        let mut filled: HashSet<&SectionId> = HashSet::new();
        for entry in &self.entries {
            // The first entries of most lists tell it all.
            if filled.insert(&entry.section) && self.sections.iter().all(|section| filled.contains(&section.id)) {
                break;
            }
        }
        self.sections.iter().filter(move |section| filled.contains(&section.id))
    }
}

/// The number of entries to look ahead for the next shared one.
const AHEAD: usize = 16;

/// The indices of entries in two lists that remain to be compared, because the lists do not share them in the
/// same order. If the order changed much, entries that both lists share may be among them.
pub fn changed_indices(old: &[Arc<Entry>], new: &[Arc<Entry>]) -> (Vec<usize>, Vec<usize>) {
    let behind = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| Arc::ptr_eq(a, b)).count();
    let (old, new) = (&old[..old.len() - behind], &new[..new.len() - behind]);
    let shared = |i: usize, j: usize| old.get(i).zip(new.get(j)).is_some_and(|(a, b)| Arc::ptr_eq(a, b));
    let (mut i, mut j) = (0, 0);
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    while i < old.len() || j < new.len() {
        if shared(i, j) {
            (i, j) = (i + 1, j + 1);
            continue;
        }
        let ahead = (1..=AHEAD).find_map(|d| {
            let ways = [(d, d), (d, 0), (0, d)];
            ways.into_iter().find(|(a, b)| shared(i + a, j + b))
        });
        let (a, b) = ahead.unwrap_or((1, 1));
        gone.extend(i..(i + a).min(old.len()));
        come.extend(j..(j + b).min(new.len()));
        (i, j) = (i + a, j + b);
    }
    (gone, come)
}
