//! The scheme of a list: which labels are names, and which column each other label belongs to.

use std::collections::{BTreeMap, BTreeSet};

use changecast_core::{
    change::column_order,
    compare::ROLES,
    model::{Column, FieldKey, Role, Text, fold},
    vocabulary::{Fitness, HeaderRole, Meaning, Vocabulary},
};

use crate::read::{
    build::{
        ids::{IdColumn, find_id_column},
        intern::{Label, Labels, RowContent},
        raw_list::{RawList, RawSection},
    },
    config::ReadingConfig,
};

/// Everything in a version that its scheme depends on, except for the configuration.
#[derive(Debug, PartialEq)]
pub(crate) struct SchemeKey {
    labels: Vec<Label>,
    /// The labels that occur together in a row, by the shape of the row.
    shapes: BTreeMap<usize, Vec<Label>>,
    headers: Vec<Vec<Label>>,
    /// Columns that are not content: they number the rows, identify them or decorate them.
    excluded: Vec<Label>,
    /// The column with the ids of the entries.
    ids: Option<Label>,
}

impl SchemeKey {
    /// The key of a list.
    pub fn of(list: &RawList<'_>) -> Self {
        let (sections, labels) = (&list.sections, &*list.labels);
        let mut excluded = row_number_columns(list);
        excluded.extend(decoration_columns(list));
        let id_column = find_id_column(list);
        let ids = match id_column {
            Some(IdColumn::Ids(label)) => Some(label),
            Some(IdColumn::RowNumbers(_)) | None => None,
        };
        excluded.extend(id_column.map(IdColumn::label));
        let mut shapes = BTreeMap::new();
        let mut last_shape = None;
        for row in contents(sections) {
            // Most rows have the shape of the row before.
            if last_shape != Some(row.shape) {
                last_shape = Some(row.shape);
                shapes.entry(row.shape).or_insert_with(|| without(&excluded, row.labels()));
            }
        }
        let headers = sections.iter().map(|section| without(&excluded, section.header.iter().copied())).collect();
        SchemeKey { labels: labels.iter().map(|(label, _)| label).collect(), shapes, headers, excluded, ids }
    }
}

fn without(excluded: &[Label], labels: impl Iterator<Item = Label>) -> Vec<Label> {
    labels.filter(|label| !excluded.contains(label)).collect()
}

fn contents(sections: &[RawSection]) -> impl Iterator<Item = &RowContent> {
    sections.iter().flat_map(|section| &section.rows).map(|row| &*row.content)
}

/// Columns that number the rows. They do not describe an entry, and they change with its place.
fn row_number_columns(list: &RawList<'_>) -> Vec<Label> {
    let labels = list.labels.iter();
    let named = labels.filter(|(_, spelling)| list.vocabulary.is(Meaning::RowNumber, &fold(spelling)));
    named.map(|(label, _)| label).filter(|label| contains_numbers(&list.sections, *label)).collect()
}

/// Columns of logos and icons, which are not about the entries. Words in such a column are content.
fn decoration_columns(list: &RawList<'_>) -> Vec<Label> {
    let labels = list.labels.iter().filter(|(_, spelling)| list.vocabulary.is_decoration(spelling));
    labels.map(|(label, _)| label).filter(|label| contains_no_words(&list.sections, *label)).collect()
}

fn contains_no_words(sections: &[RawSection], label: Label) -> bool {
    let cells = contents(sections).flat_map(|row| &row.cells).filter(|(other, _)| *other == label);
    cells.into_iter().all(|(_, text)| !text.trim().contains(char::is_whitespace))
}

fn contains_numbers(sections: &[RawSection], label: Label) -> bool {
    let cells = contents(sections).flat_map(|row| &row.cells);
    cells.filter(|(other, _)| *other == label).all(|(_, text)| is_row_number(text))
}

fn is_row_number(text: &str) -> bool {
    text.trim().trim_end_matches(['.', ')']).bytes().all(|b| b.is_ascii_digit())
}

/// Which labels are names, and which column each other label belongs to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Scheme {
    /// Labels of names, the best first.
    pub names: Vec<Label>,
    pub columns: Vec<Column>,
    /// The place in `columns` of the column of each label.
    places: BTreeMap<Label, usize>,
    excluded: Vec<Label>,
    /// The label of the column with the ids of the entries.
    pub ids: Option<Label>,
}

/// A label with its role. Sorted by fitness for the role, then by spelling, so that the order of the file
/// has no influence.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct RankedLabel<'l> {
    role: Role,
    /// Whether it is a plural behind a first column that means a name: "Sub-processors" behind
    /// "Processor" are those of the vendor.
    belongs_to_vendor: bool,
    fitness: Fitness,
    spelling: &'l str,
    label: Label,
}

impl Scheme {
    /// Decides the scheme of a list.
    pub fn of(key: &SchemeKey, labels: &Labels, config: &ReadingConfig) -> Self {
        let ranked = ranked_labels(key, labels, config);
        let together = CoOccurrence::of(key);
        let names = name_labels(key, &ranked, &together);
        let vocabulary = &config.vocabulary;
        let mut builder = ColumnsBuilder { vocabulary, together, columns: Vec::new(), drafts: Vec::new() };
        for ranked in ranked.iter().filter(|ranked| !names.contains(&ranked.label)) {
            builder.add(ranked);
        }
        let (mut columns, members) = builder.finish();
        let widths = widths_of_headers(&key.headers);
        for (column, members) in columns.iter_mut().zip(&members).filter(|(column, _)| column.role != Role::Other) {
            if let Some(widest) = label_of_widest(members, &widths) {
                column.label = Text::new(labels.spelling(widest));
            }
        }
        let places = members.iter().enumerate();
        let places = places.flat_map(|(place, labels)| labels.iter().map(move |label| (*label, place))).collect();
        Scheme { names, columns, places, excluded: key.excluded.clone(), ids: key.ids }
    }

    /// The place in `columns` of the column of a label. `None` for names and columns without content.
    pub fn place(&self, label: Label) -> Option<usize> {
        self.places.get(&label).copied()
    }

    /// Whether a column has no content, because it numbers or identifies the rows.
    pub fn is_excluded(&self, label: Label) -> bool {
        self.excluded.contains(&label)
    }
}

fn ranked_labels<'l>(key: &SchemeKey, labels: &'l Labels, config: &ReadingConfig) -> Vec<RankedLabel<'l>> {
    let firsts: BTreeSet<Label> = key.headers.iter().filter_map(|header| header.first()).copied().collect();
    let a_first_is_name = firsts.iter().any(|first| config.role(labels.spelling(*first)) == Role::Name);
    let ranked = labels.iter().map(|(label, spelling)| {
        let HeaderRole { role, fitness } = config.header(spelling);
        let belongs_to_vendor =
            role == Role::Name && fold(spelling).ends_with('s') && !firsts.contains(&label) && a_first_is_name;
        RankedLabel { role, belongs_to_vendor, fitness, spelling, label }
    });
    let mut ranked: Vec<RankedLabel<'_>> = ranked.collect();
    ranked.sort();
    ranked
}

/// The labels under which entries have their names.
fn name_labels(key: &SchemeKey, ranked: &[RankedLabel<'_>], together: &CoOccurrence) -> Vec<Label> {
    let mut names: Vec<Label> = Vec::new();
    for role in [Role::Name, Role::Service] {
        for candidate in ranked.iter().filter(|ranked| ranked.role == role) {
            if names.iter().all(|name| !together.contains(*name, candidate.label)) {
                names.push(candidate.label);
            }
        }
        if !names.is_empty() {
            break;
        }
    }
    // In a table without a header that means a name, the first column has the names.
    for header in &key.headers {
        if let Some(first) = header.first().filter(|_| !header.iter().any(|label| names.contains(label))) {
            names.push(*first);
        }
    }
    names
}

/// The label of a column by which it is shown: that of the table with the most columns, so that a small table that
/// joins the list does not rename its columns. `None` for the best label, if not all are those of tables.
fn label_of_widest(members: &[Label], widths: &BTreeMap<Label, usize>) -> Option<Label> {
    let are_headers = members.iter().all(|label| widths.contains_key(label));
    // Of several with the same width, the first is the best.
    members.iter().rev().max_by_key(|label| widths.get(label)).copied().filter(|_| are_headers)
}

/// The number of columns of the widest header with each label.
fn widths_of_headers(headers: &[Vec<Label>]) -> BTreeMap<Label, usize> {
    let mut widths = BTreeMap::new();
    for header in headers {
        for label in header {
            let width: &mut usize = widths.entry(*label).or_default();
            *width = header.len().max(*width);
        }
    }
    widths
}

/// Assigns labels to columns.
struct ColumnsBuilder<'v> {
    vocabulary: &'v Vocabulary,
    together: CoOccurrence,
    columns: Vec<Column>,
    /// What new labels are compared with, for each column.
    drafts: Vec<ColumnDraft>,
}

/// A column that labels are still added to.
struct ColumnDraft {
    folded_label: String,
    /// Whether its label has a narrower meaning than its role.
    is_qualified: bool,
    labels: Vec<Label>,
}

impl ColumnsBuilder<'_> {
    fn add(&mut self, ranked: &RankedLabel<'_>) {
        // A second name next to the name of the entry ("Legal entity") is an ordinary column.
        let role = if ranked.role == Role::Name { Role::Other } else { ranked.role };
        let new = self.draft(role, ranked.spelling, ranked.label);
        match (0..self.columns.len()).find(|place| self.accepts(*place, role, &new)) {
            Some(place) => self.drafts[place].labels.push(ranked.label),
            None => self.add_column(role, ranked, &new),
        }
    }

    /// The columns in the order that all lists have, and the labels of each.
    fn finish(self) -> (Vec<Column>, Vec<Vec<Label>>) {
        let labels = self.drafts.into_iter().map(|draft| draft.labels);
        let mut columns: Vec<(Column, Vec<Label>)> = self.columns.into_iter().zip(labels).collect();
        columns.sort_by_cached_key(|(column, _)| column_order(column));
        columns.into_iter().unzip()
    }

    fn draft(&self, role: Role, spelling: &str, label: Label) -> ColumnDraft {
        let is_qualified = self.vocabulary.is_qualified_variant(role, spelling);
        ColumnDraft { folded_label: fold(spelling), is_qualified, labels: vec![label] }
    }

    fn add_column(&mut self, role: Role, ranked: &RankedLabel<'_>, new: &ColumnDraft) {
        // The home of a vendor is never announced as a place of processing, so it has its own key.
        let key_role = if new.is_qualified { Role::Other } else { role };
        let field = self.free_key(key_role, ranked.spelling);
        let label = Text::new(ranked.spelling);
        self.drafts.push(self.draft(role, label.as_str(), ranked.label));
        self.columns.push(Column { field, label, role });
    }

    /// Whether a label belongs to an existing column, instead of being a new one.
    fn accepts(&self, place: usize, role: Role, new: &ColumnDraft) -> bool {
        let (column, draft) = (&self.columns[place], &self.drafts[place]);
        let has_same_label = draft.folded_label == new.folded_label;
        let compares_labels = role == Role::Other || new.is_qualified || draft.is_qualified;
        let has_same_meaning = if compares_labels { has_same_label } else { column.role == role };
        let are_groups = is_other_group(&draft.folded_label, &new.folded_label);
        has_same_meaning && (has_same_label || !are_groups && self.occur_apart(draft, new))
    }

    fn occur_apart(&self, draft: &ColumnDraft, new: &ColumnDraft) -> bool {
        let mut pairs = draft.labels.iter().flat_map(|label| new.labels.iter().map(|other| (*label, *other)));
        !pairs.any(|(label, other)| self.together.contains(label, other))
    }

    /// A key for a new column that no other column has: that of its role, or one from its label.
    fn free_key(&self, role: Role, label: &str) -> FieldKey {
        let own = FieldKey::from_name(role.info().key);
        if role != Role::Other && !self.is_taken(&own) {
            return own;
        }
        let key = FieldKey::from_name(label);
        let is_reserved = ROLES.iter().any(|role| role.key == key.as_str() && role.key != "other");
        if !self.is_taken(&key) && !is_reserved {
            return key;
        }
        (2..).map(|number| key.numbered(number)).find(|key| !self.is_taken(key)).unwrap_or(key)
    }

    fn is_taken(&self, key: &FieldKey) -> bool {
        key.as_str() == "name" || self.columns.iter().any(|column| column.field == *key)
    }
}

/// Whether two labels are groups of one map: "Data (Contact)", "Data (Usage)". No entry needs to have both.
fn is_other_group(a: &str, b: &str) -> bool {
    a != b && stem(a).is_some_and(|one| stem(b) == Some(one))
}

/// The label of a map without the group.
fn stem(label: &str) -> Option<&str> {
    label.strip_suffix(')')?.split_once(" (").map(|(stem, _)| stem)
}

/// The pairs of labels that occur together in a header or row, and so belong to different columns.
struct CoOccurrence(BTreeSet<(Label, Label)>);

impl CoOccurrence {
    fn of(key: &SchemeKey) -> Self {
        let mut pairs = BTreeSet::new();
        for labels in key.shapes.values().chain(&key.headers) {
            for label in labels {
                pairs.extend(labels.iter().filter(|other| label != *other).map(|other| (*label, *other)));
            }
        }
        CoOccurrence(pairs)
    }

    fn contains(&self, a: Label, b: Label) -> bool {
        self.0.contains(&(a, b))
    }
}
