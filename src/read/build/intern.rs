//! Interned labels and rows. Versions of a list share most of both, so each is stored once, and each result
//! that depends on one of them is computed once.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    rc::Rc,
    sync::Arc,
};

use changecast_core::{
    compare::readable,
    model::{Entry, EntryId, Hints},
};

use crate::read::source_text::CellText;

/// Unused contents that are kept before a purge, in addition to twice the number left by the last purge.
const PURGE_MARGIN: usize = 1_000;

/// An interned header or key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Label(usize);

/// The labels of all versions. A label keeps its number from version to version.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    spellings: Vec<String>,
    by_spelling: HashMap<String, Label>,
    by_key: HashMap<String, Label>,
    /// Whether the current version uses a label, by its number.
    used: Vec<bool>,
    /// The known keys that are suggested for unknown ones.
    suggestions: HashMap<String, Option<&'static str>>,
}

impl Labels {
    /// Starts the next version, which uses no label yet.
    pub fn start_version(&mut self) {
        self.used.fill(false);
    }

    /// Interns a spelling and marks it as used by the current version.
    pub fn intern(&mut self, spelling: &str) -> Label {
        let label = self.label(spelling);
        self.used[label.0] = true;
        label
    }

    /// Interns the readable form of a key and marks it as used. The flag is true if the current version
    /// used it before.
    pub fn intern_key(&mut self, key: &str) -> (Label, bool) {
        let label = match self.by_key.get(key) {
            Some(label) => *label,
            None => {
                let label = self.label(&readable(key));
                self.by_key.insert(key.to_owned(), label);
                label
            }
        };
        (label, std::mem::replace(&mut self.used[label.0], true))
    }

    /// Marks labels as used by the current version.
    pub fn mark_used(&mut self, labels: impl Iterator<Item = Label>) {
        labels.for_each(|label| self.used[label.0] = true);
    }

    /// Whether the current version uses this label.
    pub fn is_used(&self, label: Label) -> bool {
        self.used[label.0]
    }

    /// Whether the current version uses any label.
    pub fn any_used(&self) -> bool {
        self.used.contains(&true)
    }

    /// The text of a label.
    pub fn spelling(&self, label: Label) -> &str {
        &self.spellings[label.0]
    }

    /// The labels that the current version uses, with their texts.
    pub fn iter(&self) -> impl Iterator<Item = (Label, &str)> {
        let all = self.spellings.iter().enumerate().map(|(number, spelling)| (Label(number), spelling.as_str()));
        all.filter(|(label, _)| self.is_used(*label))
    }

    /// The known key that is suggested for an unknown one. `suggest` computes it the first time.
    pub fn suggestion(&mut self, key: &str, suggest: impl FnOnce() -> Option<&'static str>) -> Option<&'static str> {
        if let Some(suggestion) = self.suggestions.get(key) {
            return *suggestion;
        }
        let suggestion = suggest();
        self.suggestions.insert(key.to_owned(), suggestion);
        suggestion
    }

    fn label(&mut self, spelling: &str) -> Label {
        if let Some(label) = self.by_spelling.get(spelling) {
            return *label;
        }
        let label = Label(self.spellings.len());
        self.spellings.push(spelling.to_owned());
        self.by_spelling.insert(spelling.to_owned(), label);
        self.used.push(false);
        label
    }
}

/// The content of a row. Rows with equal content share it, within a version and between versions.
#[derive(Debug)]
pub(crate) struct RowContent {
    pub id: Option<EntryId>,
    /// The number of the id. Contents with the same id have the same number, in all versions.
    pub id_number: Option<usize>,
    pub cells: Vec<(Label, CellText)>,
    pub hints: Hints,
    /// The number of this sequence of labels. Rows with the same labels in the same order share it.
    pub shape: usize,
    /// The entry that was last built from this content.
    pub cached: RefCell<Option<CachedEntry>>,
    /// The last version that contains it.
    version: Cell<usize>,
}

impl RowContent {
    /// The labels of the cells, in their order.
    pub fn labels(&self) -> impl Iterator<Item = Label> {
        self.cells.iter().map(|(label, _)| *label)
    }

    /// The text of the first cell with a label.
    pub fn text(&self, label: Label) -> Option<&str> {
        self.cells.iter().find(|(other, _)| *other == label).map(|(_, text)| &**text)
    }
}

/// An entry that was built from a row.
#[derive(Clone, Debug)]
pub(crate) struct CachedEntry {
    /// The number of the section and columns for which it was built.
    pub context: u64,
    pub entry: Arc<Entry>,
    /// One bit per column of the scheme: whether the entry has a cell there.
    pub filled: Rc<[u64]>,
    /// The entry with the id that distinguishes it from others of its name.
    pub renamed: Option<Arc<Entry>>,
}

/// The contents of the rows of all versions.
#[derive(Debug, Default)]
pub(crate) struct RowInterner {
    known: HashMap<u64, Rc<RowContent>>,
    /// The number of contents after the last purge.
    kept: usize,
    shapes: HashMap<Vec<Label>, usize>,
    /// The ids of the known contents, with their numbers.
    id_numbers: HashMap<EntryId, usize>,
    next_id_number: usize,
    /// The number of the current version.
    version: usize,
}

impl RowInterner {
    /// Starts the next version. Now and then it drops the contents that the last version did not use
    /// and that no memo refers to.
    pub fn start_version(&mut self) {
        if self.known.len() > 2 * self.kept + PURGE_MARGIN {
            self.known.retain(|_, row| row.version.get() == self.version || Rc::strong_count(row) > 1);
            self.kept = self.known.len();
            let used: HashSet<usize> = self.known.values().filter_map(|row| row.id_number).collect();
            self.id_numbers.retain(|_, number| used.contains(number));
        }
        self.version += 1;
    }

    /// A number that is greater than the numbers of all ids.
    pub fn id_numbers_end(&self) -> usize {
        self.next_id_number
    }

    fn number_of(&mut self, id: &EntryId) -> usize {
        if let Some(number) = self.id_numbers.get(id) {
            return *number;
        }
        let number = self.next_id_number;
        self.id_numbers.insert(id.clone(), number);
        self.next_id_number += 1;
        number
    }

    /// Interns the content of a row.
    pub fn intern(&mut self, id: Option<EntryId>, cells: Vec<(Label, CellText)>, hints: Hints) -> Rc<RowContent> {
        let mut hasher = DefaultHasher::new();
        (&id, &cells, &hints).hash(&mut hasher);
        let hash = hasher.finish();
        if let Some(row) = self.known.get(&hash)
            && (&row.id, &row.cells, &row.hints) == (&id, &cells, &hints)
        {
            row.version.set(self.version);
            return Rc::clone(row);
        }
        let labels: Vec<Label> = cells.iter().map(|(label, _)| *label).collect();
        let next_shape = self.shapes.len();
        let shape = *self.shapes.entry(labels).or_insert(next_shape);
        let id_number = id.as_ref().map(|id| self.number_of(id));
        let (cached, version) = (RefCell::default(), Cell::new(self.version));
        let row = Rc::new(RowContent { id, id_number, cells, hints, shape, cached, version });
        self.known.insert(hash, Rc::clone(&row));
        row
    }
}
