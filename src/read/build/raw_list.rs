//! The list that was chosen from a file: sections of rows with labels, before roles and ids are known.

use std::{
    collections::{BTreeSet, HashMap},
    rc::Rc,
    sync::Arc,
};

use changecast_core::{
    model::{EntryId, Fact, FieldKey, Hints, Layout, SectionId, Terms, Text},
    vocabulary::Vocabulary,
};

use crate::read::{
    UnnamedRow, UnreadableFile,
    build::intern::{Label, Labels, RowContent, RowInterner},
    error::Warning,
    position::Position,
    source_text::CellText,
};

/// A list as its file lays it out. Labels and rows belong to the reader, which keeps them for the next
/// version.
#[derive(Debug)]
pub(crate) struct RawList<'r> {
    pub vocabulary: &'r Vocabulary,
    pub labels: &'r mut Labels,
    rows: &'r mut RowInterner,
    pub facts: Vec<Fact>,
    pub terms: Option<Terms>,
    pub sections: Vec<RawSection>,
    /// The first section with each title, among the first `indexed` sections.
    by_title: HashMap<String, usize>,
    indexed: usize,
    pub layout: Layout,
    pub warnings: Vec<Warning>,
    pub unreadable: Vec<UnreadableFile>,
    /// The rows of tables without a name.
    pub unnamed: Vec<UnnamedRow>,
    /// Whether this version used all labels of a shape, by the shape's number.
    used_shapes: Vec<bool>,
}

/// A group of rows.
#[derive(Debug, Default)]
pub(crate) struct RawSection {
    pub id: Option<SectionId>,
    pub title: String,
    pub note: String,
    /// The columns that a table declares, including those without any text.
    pub header: Vec<Label>,
    /// Cells for all rows that do not have a cell with the same meaning.
    pub defaults: Vec<(Label, CellText)>,
    pub rows: Vec<Row>,
}

/// A row of a list: a place in a file, and interned content.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The file that contains it, if the inventory is a folder.
    pub file: Option<Arc<str>>,
    pub at: Position,
    pub content: Rc<RowContent>,
}

/// A row that is still being read. [`RawList::intern`] makes it a [`Row`].
#[derive(Debug)]
pub(crate) struct ParsedRow {
    /// The file that contains it, if the inventory is a folder.
    pub file: Option<Arc<str>>,
    pub at: Position,
    pub id: Option<EntryId>,
    pub cells: Vec<(Label, CellText)>,
    pub hints: Hints,
}

impl ParsedRow {
    /// A row without cells.
    pub fn at(at: Position) -> Self {
        ParsedRow { file: None, at, id: None, cells: Vec::new(), hints: Hints::default() }
    }
}

impl<'r> RawList<'r> {
    /// Starts the list of the next version.
    pub fn new(vocabulary: &'r Vocabulary, labels: &'r mut Labels, rows: &'r mut RowInterner) -> Self {
        labels.start_version();
        rows.start_version();
        RawList {
            vocabulary,
            terms: None,
            labels,
            rows,
            facts: Vec::new(),
            sections: Vec::new(),
            by_title: HashMap::new(),
            indexed: 0,
            layout: Layout::default(),
            warnings: Vec::new(),
            unreadable: Vec::new(),
            unnamed: Vec::new(),
            used_shapes: Vec::new(),
        }
    }

    /// Adds a fact about the list, unless its text is empty.
    pub fn add_fact(&mut self, key: &str, label: &str, text: &str) {
        let text = Text::new(text);
        if !text.is_empty() {
            let field = FieldKey::new(key).unwrap_or_else(|_| FieldKey::from_name(key));
            self.facts.push(Fact { field, label: Text::new(label), text });
        }
    }

    /// Interns the content of a row.
    pub fn intern(&mut self, row: ParsedRow) -> Row {
        Row { file: row.file, at: row.at, content: self.rows.intern(row.id, row.cells, row.hints) }
    }

    /// Interns the content of a row without its explicit id.
    pub fn intern_without_id(&mut self, row: &RowContent) -> Rc<RowContent> {
        self.rows.intern(None, row.cells.clone(), row.hints.clone())
    }

    /// The numbers of the explicit ids that several rows have.
    pub fn repeated_ids(&self) -> BTreeSet<usize> {
        let rows = self.sections.iter().flat_map(|section| &section.rows);
        let mut seen = vec![false; self.rows.id_numbers_end()];
        rows.filter_map(|row| row.content.id_number).filter(|id| std::mem::replace(&mut seen[*id], true)).collect()
    }

    /// Adds a row to the section with this title, which is created if it does not exist.
    pub fn add_to_section(&mut self, title: String, row: ParsedRow) {
        let row = self.intern(row);
        match self.section_with_title(&title) {
            Some(section) => section.rows.push(row),
            None => self.sections.push(RawSection { title, rows: vec![row], ..RawSection::default() }),
        }
    }

    /// The first section with a title.
    fn section_with_title(&mut self, title: &str) -> Option<&mut RawSection> {
        for (place, section) in self.sections.iter().enumerate().skip(self.indexed) {
            self.by_title.entry(section.title.clone()).or_insert(place);
        }
        self.indexed = self.sections.len();
        self.sections.get_mut(*self.by_title.get(title)?)
    }

    /// Whether this version used all labels of a row before.
    pub fn uses_labels_of(&mut self, row: &RowContent) -> bool {
        if self.used_shapes.get(row.shape) == Some(&true) {
            return true;
        }
        let all_used = row.labels().all(|label| self.labels.is_used(label));
        if all_used {
            self.used_shapes.resize(self.used_shapes.len().max(row.shape + 1), false);
            self.used_shapes[row.shape] = true;
        }
        all_used
    }
}
