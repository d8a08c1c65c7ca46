//! A part of a page with everything that decides its kind.

use std::collections::BTreeSet;

use changecast_core::{
    change::name_words,
    model::{Role, Text, fold},
    vocabulary::{HeaderRole, Meaning, Vocabulary},
};

use crate::read::{
    choose::{
        named_cell::name_in,
        page_parts::{Content, Found},
        statement::Statement,
    },
    config::ReadingConfig,
    position::Position,
    source_text::cleaned,
    syntax::block::{Cell, Item, header_of, split},
};

/// A table, list or record of a page, with its labels and names.
pub(crate) struct Part<'a> {
    pub found: &'a Found<'a>,
    pub config: &'a ReadingConfig,
    /// The headers of a table, or the labels of a record.
    pub labels: Vec<String>,
    /// The texts at the place of names.
    pub names: Vec<String>,
    /// The column of names, in a table.
    pub name_column: NameColumn,
    /// The statement of the headings or the paragraph above about the vendors.
    pub statement: Option<Statement>,
}

/// Which column of a table contains the names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NameColumn {
    /// The header of this column means a name.
    Stated(usize),
    /// No header does, so it would be this one: the first that does not number the rows.
    First(usize),
}

impl NameColumn {
    fn of(labels: &[String], config: &ReadingConfig) -> Self {
        let first = NameColumn::first(labels, config);
        let compound = labels.get(first).is_some_and(|label| is_kind_of_vendor(config, label));
        match labels.iter().position(|label| config.role(label) == Role::Name) {
            Some(place) => NameColumn::Stated(place),
            None if compound => NameColumn::Stated(first),
            None => NameColumn::First(first),
        }
    }

    /// The number of the first column that does not number the rows.
    pub fn first(labels: &[String], config: &ReadingConfig) -> usize {
        labels.iter().position(|label| !config.vocabulary.is(Meaning::RowNumber, &fold(label))).unwrap_or(0)
    }

    /// The number of the column, from 0.
    pub fn place(self) -> usize {
        match self {
            NameColumn::Stated(place) | NameColumn::First(place) => place,
        }
    }

    pub fn is_stated(self) -> bool {
        matches!(self, NameColumn::Stated(_))
    }
}

/// Whether a header of two words is a kind of vendor: "Edge provider", "Cloud-Anbieter".
fn is_kind_of_vendor(config: &ReadingConfig, label: &str) -> bool {
    let folded = fold(label);
    let mut words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let (Some(first), Some(last), None) = (words.next(), words.next(), words.next()) else { return false };
    let HeaderRole { role, fitness } = config.header(last);
    role == Role::Name && fitness.is_usual() && config.role(first) == Role::Other
}

impl<'a> Part<'a> {
    pub fn of(found: &'a Found<'a>, config: &'a ReadingConfig) -> Self {
        let labels: Vec<String> = match &found.content {
            Content::Table(table) => header_of(table).0.iter().map(|cell| cleaned(&cell.text)).collect(),
            Content::Record(items) => items.iter().map(|item| cleaned(&split(&config.vocabulary, item).0)).collect(),
            Content::List(_) => Vec::new(),
        };
        let name_column = NameColumn::of(&labels, config);
        let names = match &found.content {
            Content::Table(_) => column(&config.vocabulary, found, name_column.place()),
            Content::List(items) => {
                items.iter().map(|item| name_in(&config.vocabulary, &split(&config.vocabulary, item).0)).collect()
            }
            Content::Record(items) => names_of_record(&config.vocabulary, found, items),
        };
        let statement = statement(found, &config.vocabulary);
        Part { found, config, labels, names, name_column, statement }
    }

    pub fn words(&self) -> &'a Vocabulary {
        &self.config.vocabulary
    }

    /// The position of its first row, item or field.
    pub fn at(&self) -> Option<Position> {
        match &self.found.content {
            Content::Table(table) => header_of(table).1.first().map(|(at, _)| *at),
            Content::List(items) => items.first().map(|item| item.at),
            Content::Record(items) => items.first().map(|item| item.at),
        }
    }

    /// The items of a list, or `None` for a table or record.
    pub fn items(&self) -> Option<&'a [Item]> {
        match self.found.content {
            Content::List(items) => Some(items),
            Content::Table(_) | Content::Record(_) => None,
        }
    }

    /// Whether a column or label has this role.
    pub fn has_role(&self, role: Role) -> bool {
        self.labels.iter().any(|label| self.config.role(label) == role)
    }

    /// Whether a column other than that of names has this role.
    pub fn describes(&self, role: Role) -> bool {
        let labels = self.labels.iter().enumerate().filter(|(place, _)| *place != self.name_column.place());
        labels.into_iter().any(|(_, label)| self.config.role(label) == role)
    }

    /// Whether this is a table whose header states vendors and what they do, whatever its heading is called.
    pub fn states_vendors(&self) -> bool {
        let header = self.labels.get(self.name_column.place()).filter(|_| self.name_column.is_stated());
        header.is_some_and(|header| self.words().is_vendor_column(header))
            && [Role::Purpose, Role::Service].into_iter().any(|role| self.describes(role))
    }

    /// Whether the nearest heading and those above it are about vendors.
    pub fn is_below_vendors(&self) -> bool {
        self.words().is_about_vendors(&self.found.heading_texts().join(" "))
    }

    /// Whether a column has this role and its cells are not mostly addresses, which are evidence and state nothing.
    pub fn states_in_words(&self, role: Role) -> bool {
        let places = self.labels.iter().enumerate().filter(|(_, label)| self.config.role(label) == role);
        places.into_iter().any(|(place, _)| !self.has_mostly_addresses(place))
    }

    fn has_mostly_addresses(&self, place: usize) -> bool {
        let Content::Table(table) = self.found.content else { return false };
        let rows = header_of(table).1;
        let addresses = rows.iter().filter(|(_, cells)| cells.get(place).is_some_and(|cell| cell.text.contains("://")));
        addresses.count() * 2 > rows.len()
    }

    /// The names in their plain form.
    pub fn plain_names(&self) -> BTreeSet<String> {
        self.names.iter().map(|name| plain_name(name)).filter(|name| !name.is_empty()).collect()
    }
}

/// A folded name without its legal form and without remarks in parentheses.
pub(crate) fn plain_name(name: &str) -> String {
    name_words(&Text::new(name)).unwrap_or_else(|| fold(name.split(['(', '[']).next().unwrap_or_default()))
}

/// The texts of a column.
fn column(words: &Vocabulary, found: &Found<'_>, place: usize) -> Vec<String> {
    let Content::Table(table) = found.content else { return Vec::new() };
    let cells = header_of(table).1.iter().filter_map(|(_, cells)| cells.get(place));
    cells.map(|Cell { text, .. }| name_in(words, text)).collect()
}

/// The texts that may be the name of a record: the heading above, the line above, and its first value.
fn names_of_record(words: &Vocabulary, found: &Found<'_>, items: &[Item]) -> Vec<String> {
    let lead = found.lead.map(|lead| lead.part(lead.trim_end_matches(':')));
    let first = items.first().map(|item| split(words, item).1);
    let heading = found.headings.last().map(|heading| (*heading).clone());
    [heading, lead, first].into_iter().flatten().map(|text| name_in(words, &text)).collect()
}

/// The statement of a caption, of the paragraph directly above a part, or else of the headings.
fn statement(found: &Found<'_>, words: &Vocabulary) -> Option<Statement> {
    // The heading over a record is the vendor's name.
    let above = found.headings.len() - usize::from(found.is_record() && !found.headings.is_empty());
    if let Some(caption) = found.caption() {
        let stated =
            Statement::of_heading(words, caption).or_else(|| Statement::of_lead(words, found.heading(), &[], caption));
        if stated.is_some() {
            return stated;
        }
    }
    let by_lead = found.lead.and_then(|lead| Statement::of_lead(words, found.heading(), &found.introduction, lead));
    by_lead.or_else(|| Statement::of_headings(words, &found.heading_texts()[..above]))
}
