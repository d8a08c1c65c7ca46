//! What every reader produces: sections of rows with labels, before roles and ids are known.

use std::{collections::HashMap, sync::Arc};

use crate::model::{EntryId, Fact, FieldKey, Hints, Layout, SectionId, Text};

use super::error::{Position, Warning};

/// A list as its file lays it out.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub facts: Vec<Fact>,
    pub labels: Labels,
    pub sections: Vec<DraftSection>,
    pub layout: Layout,
    pub warnings: Vec<Warning>,
}

/// A group of rows.
#[derive(Debug, Default)]
pub(super) struct DraftSection {
    pub id: Option<SectionId>,
    pub title: String,
    pub note: String,
    /// The columns that a table declares, also where all their cells are empty.
    pub header: Vec<Label>,
    /// What the section says of each of its entries that does not say it itself.
    pub given: Vec<(Label, String)>,
    pub rows: Vec<DraftRow>,
}

/// One row.
#[derive(Debug)]
pub(super) struct DraftRow {
    /// Its file, where the inventory is a folder.
    pub file: Option<Arc<str>>,
    pub at: Position,
    pub id: Option<EntryId>,
    pub cells: Vec<(Label, String)>,
    pub hints: Hints,
}

impl DraftRow {
    /// An empty row at a place.
    pub fn at(at: Position) -> Self {
        DraftRow { file: None, at, id: None, cells: Vec::new(), hints: Hints::default() }
    }
}

/// A label of the draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Label(pub usize);

/// The labels of a draft, each once.
#[derive(Debug, Default)]
pub(super) struct Labels {
    spellings: Vec<String>,
    known: HashMap<String, Label>,
}

impl Labels {
    /// The label of this spelling.
    pub fn intern(&mut self, spelling: &str) -> Label {
        if let Some(label) = self.known.get(spelling) {
            return *label;
        }
        let label = Label(self.spellings.len());
        self.spellings.push(spelling.to_owned());
        self.known.insert(spelling.to_owned(), label);
        label
    }

    /// Whether this spelling was seen before.
    pub fn knows(&self, spelling: &str) -> bool {
        self.known.contains_key(spelling)
    }

    pub fn spelling(&self, label: Label) -> &str {
        &self.spellings[label.0]
    }

    pub fn iter(&self) -> impl Iterator<Item = (Label, &str)> {
        self.spellings.iter().enumerate().map(|(at, spelling)| (Label(at), spelling.as_str()))
    }
}

impl Draft {
    /// Adds what the list says of itself, unless it says nothing.
    pub fn add_fact(&mut self, key: &str, label: &str, text: &str) {
        let text = Text::new(text);
        if !text.is_empty() {
            let field = FieldKey::new(key).unwrap_or_else(|_| FieldKey::from_name(key));
            self.facts.push(Fact { field, label: Text::new(label), text });
        }
    }
}
