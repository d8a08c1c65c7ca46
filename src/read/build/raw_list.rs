//! What every reader produces: sections of rows with labels, before roles and ids are known.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    rc::Rc,
    sync::Arc,
};

use changecast_core::{
    compare::{ADDRESS_LABEL, readable},
    model::{Entry, EntryId, Fact, FieldKey, Hints, Layout, SectionId, Text},
};

use crate::read::{
    error::{Position, Warning},
    syntax::block::Named,
};

/// A list as its file lays it out.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub facts: Vec<Fact>,
    pub labels: Labels,
    pub sections: Vec<DraftSection>,
    pub layout: Layout,
    pub warnings: Vec<Warning>,
    pub sayings: Sayings,
    /// By shape: whether all its labels were seen before.
    pub seen: Vec<bool>,
}

/// A group of rows.
#[derive(Debug, Default)]
pub(crate) struct DraftSection {
    pub id: Option<SectionId>,
    pub title: String,
    pub note: String,
    /// The columns that a table declares, also where all their cells are empty.
    pub header: Vec<Label>,
    /// What the section says of each of its entries that does not say it itself.
    pub given: Vec<(Label, String)>,
    /// Its rows, as they were just read …
    pub rows: Vec<DraftRow>,
    /// … and in the form that versions share.
    pub shared: Vec<Row>,
}

/// One row.
#[derive(Debug)]
pub(crate) struct DraftRow {
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

/// One row: where it stands, and what it says.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Its file, where the inventory is a folder.
    pub file: Option<Arc<str>>,
    pub at: Position,
    pub said: Rc<Said>,
}

/// What a row says. Rows that say the same share it, in one version and from version to version.
#[derive(Debug)]
pub(crate) struct Said {
    pub id: Option<EntryId>,
    pub cells: Vec<(Label, String)>,
    pub hints: Hints,
    /// The number of its labels and their order among those of all rows.
    pub shape: usize,
    /// The entry that was last made of it.
    pub made: RefCell<Option<Made>>,
    /// The last version in which a row was found to say it.
    version: Cell<usize>,
}

impl Said {
    pub fn labels(&self) -> impl Iterator<Item = Label> {
        self.cells.iter().map(|(label, _)| *label)
    }
}

/// An entry that was made of a row.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// The section and columns that it was made for.
    pub context: u64,
    pub entry: Arc<Entry>,
    /// The columns that it fills, by their places, a bit each.
    pub filled: Rc<[u64]>,
    /// The same with the id that it needed beside others of its name.
    pub renamed: Option<Arc<Entry>>,
}

/// A label of the draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Label(pub usize);

/// The labels of a draft, each once. Those of earlier versions keep their numbers.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    spellings: Vec<String>,
    known: HashMap<String, Label>,
    keys: HashMap<String, Label>,
    /// By label: whether this version has it.
    used: Vec<bool>,
    /// By key: the known key that was meant, if it is almost one.
    pub meant: HashMap<String, Option<&'static str>>,
}

impl Labels {
    /// The label of this spelling.
    pub fn intern(&mut self, spelling: &str) -> Label {
        let label = self.label(spelling);
        self.used[label.0] = true;
        label
    }

    /// Takes labels for seen in this version.
    pub fn know(&mut self, labels: impl Iterator<Item = Label>) {
        labels.for_each(|label| self.used[label.0] = true);
    }

    /// Whether this version has any label yet.
    pub fn know_any(&self) -> bool {
        self.used.contains(&true)
    }

    /// The label of a key as people read it, and whether this version had it before.
    pub fn of_key(&mut self, key: &str) -> (Label, bool) {
        let label = match self.keys.get(key) {
            Some(label) => *label,
            None => {
                let label = self.label(&readable(key));
                self.keys.insert(key.to_owned(), label);
                label
            }
        };
        (label, std::mem::replace(&mut self.used[label.0], true))
    }

    fn label(&mut self, spelling: &str) -> Label {
        if let Some(label) = self.known.get(spelling) {
            return *label;
        }
        let label = Label(self.spellings.len());
        self.spellings.push(spelling.to_owned());
        self.known.insert(spelling.to_owned(), label);
        self.used.push(false);
        label
    }

    pub fn spelling(&self, label: Label) -> &str {
        &self.spellings[label.0]
    }

    pub fn iter(&self) -> impl Iterator<Item = (Label, &str)> {
        let all = self.spellings.iter().enumerate().map(|(at, spelling)| (Label(at), spelling.as_str()));
        all.filter(|(label, _)| self.used[label.0])
    }

    /// Begins with the next version, which has seen no label yet.
    pub fn begin(&mut self) {
        self.used.fill(false);
    }
}

/// All that rows say, each once.
#[derive(Debug, Default)]
pub(crate) struct Sayings {
    known: HashMap<u64, Rc<Said>>,
    /// How many were known when the forgotten ones were last dropped.
    kept: usize,
    shapes: HashMap<Vec<Label>, usize>,
    /// Counts the versions.
    version: usize,
}

impl Sayings {
    /// The one of this content.
    pub fn share(&mut self, id: Option<EntryId>, cells: Vec<(Label, String)>, hints: Hints) -> Rc<Said> {
        let mut hasher = DefaultHasher::new();
        (&id, &cells, &hints).hash(&mut hasher);
        let hash = hasher.finish();
        if let Some(said) = self.known.get(&hash)
            && (&said.id, &said.cells, &said.hints) == (&id, &cells, &hints)
        {
            said.version.set(self.version);
            return Rc::clone(said);
        }
        let labels: Vec<Label> = cells.iter().map(|(label, _)| *label).collect();
        let next = self.shapes.len();
        let shape = *self.shapes.entry(labels).or_insert(next);
        let said =
            Rc::new(Said { id, cells, hints, shape, made: RefCell::default(), version: Cell::new(self.version) });
        self.known.insert(hash, Rc::clone(&said));
        said
    }

    /// Begins with the next version, and drops now and then what the last one did not say: neither a
    /// row of it nor a part that is kept.
    pub fn begin(&mut self) {
        if self.known.len() > 2 * self.kept + 1_000 {
            self.known.retain(|_, said| said.version.get() == self.version || Rc::strong_count(said) > 1);
            self.kept = self.known.len();
        }
        self.version += 1;
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

    /// Adds what a text says that names the vendor of a row: its name, and what comes with it. A link
    /// behind it is no news where a column is for such.
    pub fn name(&mut self, row: &mut DraftRow, label: Label, text: &str, has_link: bool) {
        let Named { name, link, postal } = Named::of(text);
        row.cells.push((label, name));
        let link = link.filter(|_| !has_link).map(|link| (ADDRESS_LABEL, link.to_owned()));
        let postal = Some(("Postal address", postal)).filter(|(_, postal)| !postal.is_empty());
        let beside = link.into_iter().chain(postal);
        row.cells.extend(beside.map(|(label, text)| (self.labels.intern(label), text)));
    }

    /// Brings a row into the form that versions share.
    pub fn shared(&mut self, row: DraftRow) -> Row {
        Row { file: row.file, at: row.at, said: self.sayings.share(row.id, row.cells, row.hints) }
    }

    /// Whether all labels of a row were seen before in this version.
    pub fn knows_labels(&mut self, said: &Said) -> bool {
        if self.seen.get(said.shape) == Some(&true) {
            return true;
        }
        let known = said.labels().all(|label| self.labels.used[label.0]);
        if known {
            self.seen.resize(self.seen.len().max(said.shape + 1), false);
            self.seen[said.shape] = true;
        }
        known
    }

    /// Gives the labels and rows of a reader that remembers nothing to one that does.
    pub fn remembered(mut self, mut labels: Labels, mut sayings: Sayings) -> Self {
        let known: Vec<Label> = self.labels.spellings.iter().map(|spelling| labels.intern(spelling)).collect();
        for section in &mut self.sections {
            let given = section.given.iter_mut().map(|(label, _)| label);
            for label in section.header.iter_mut().chain(given) {
                *label = known[label.0];
            }
            for mut row in section.rows.drain(..) {
                row.cells.iter_mut().for_each(|(label, _)| *label = known[label.0]);
                let said = sayings.share(row.id, row.cells, row.hints);
                section.shared.push(Row { file: row.file, at: row.at, said });
            }
        }
        Draft { labels, sayings, ..self }
    }
}
