//! CSV and TSV: from records to a list. The header is found.

use changecast_core::model::{Layout, Role};

use crate::read::{
    build::{
        assemble::{MAX_COLUMNS, check_limit},
        intern::Label,
        raw_list::{ParsedRow, RawList, RawSection},
    },
    choose::{
        continued::{Columns, Shape, named_rows, unnamed},
        entry_name::{is_no_entry, is_placeholder},
        header_labels::header_labels,
        html_text::shown,
        named_cell::{LinkCell, NameLines, add_name},
    },
    config::ReadingConfig,
    error::{NoList, Problem, ReadError, Warning},
    source_text::{CellText, SourceText},
    syntax::csv::{HEADER_WITHIN, Record},
};

/// A column with a header.
struct Column {
    label: Label,
    is_name: bool,
}

/// Finds the list in the records of a file.
pub(crate) fn interpret(records: &[Record], config: &ReadingConfig, list: &mut RawList<'_>) -> Result<(), ReadError> {
    let header_at =
        header(records, config).ok_or_else(|| Problem::from(NoList::unexplained("no row that could be a header")))?;
    list.layout = Layout::Table;
    let header = &records[header_at];
    check_limit("columns", header.fields().count(), MAX_COLUMNS, Some(header.at))?;
    let headers: Vec<String> = header.fields().map(str::to_owned).collect();
    let below = &records[header_at + 1..];
    let labels = header_labels(list, config, &headers, below, Record::field);
    let columns: Vec<Option<Column>> =
        labels.into_iter().map(|label| label.map(|label| Column::of(label, list, config))).collect();
    let are_names = columns.iter().map(|column| column.as_ref().is_some_and(|column| column.is_name));
    let places = Columns::of(are_names.map(|are_names| if are_names { Role::Name } else { Role::Other }));
    let link = LinkCell::unless(header.fields().any(|field| config.role(field) == Role::Link));
    let labels = columns.iter().flatten().map(|column| column.label).collect();
    let mut section = RawSection { header: labels, ..RawSection::default() };
    let full = FullRecords::of(header, below);
    let is_empty = |record: &Record| record.is_blank() || record.fields().eq(header.fields());
    let shapes = below.iter().map(|record| match is_empty(record) {
        true => Shape::Divides,
        false => Shape::of(record.fields(), &places),
    });
    for named in named_rows(shapes) {
        let record = &below[named.row];
        let has_name = columns.iter().flatten().any(|column| column.is_name);
        let name = below[named.named_in].field(places.name()).filter(|_| has_name);
        if is_empty(record) || name.is_some_and(|name| is_no_entry(&config.vocabulary, name)) {
            if name.is_some_and(|name| is_placeholder(&config.vocabulary, name)) {
                list.unnamed.push(unnamed(record.at, None, record.fields().skip(places.name() + 1)));
            }
            continue;
        }
        if let Some(missing) = header.fields().nth(record.fields().count()).filter(|missing| !missing.trim().is_empty())
        {
            let twin = full.twin_of(record);
            if twin.is_some() || full.are_most() {
                list.warnings.push(short_record(record, missing, twin));
            }
            if twin.is_some() {
                continue;
            }
        }
        let mut row = ParsedRow::at(record.at);
        for (place, (column, field)) in columns.iter().zip(record.fields()).enumerate() {
            match column {
                Some(Column { label, is_name: true }) => {
                    let name = below[named.named_in].field(place).unwrap_or(field);
                    add_name(list, &mut row, *label, &with_line_breaks(name), link, NameLines::Name);
                }
                Some(Column { label, is_name: false }) => {
                    let lines = named.rows_of(place).filter_map(|row| below[row].field(place));
                    let lines: Vec<&str> = lines.filter(|line| !line.trim().is_empty()).collect();
                    row.cells.push((*label, shown(list.vocabulary, CellText::Markdown(lines.join("; ")))))
                }
                None => {}
            }
        }
        let fields = |row: usize| below[row].fields().skip(places.name() + 1);
        let further = named.unnamed_rows().map(|row| unnamed(below[row].at, Some(record.at), fields(row)));
        list.unnamed.extend(further);
        let row = list.intern(row);
        section.rows.push(row);
    }
    if section.rows.is_empty() {
        let found = NoList::unexplained("a header without rows");
        return Err(ReadError::at(header.at, found.into()));
    }
    list.sections.push(section);
    Ok(())
}

/// The records that are as long as the header, in the order of their fields.
struct FullRecords<'r> {
    sorted: Vec<&'r Record>,
    all: usize,
}

impl<'r> FullRecords<'r> {
    fn of(header: &Record, records: &'r [Record]) -> Self {
        let length = header.fields().count();
        let mut sorted: Vec<&Record> = records.iter().filter(|record| record.fields().count() >= length).collect();
        // Only short records look for others.
        if sorted.len() < records.len() {
            sorted.sort_by(|one, other| trimmed(one).cmp(trimmed(other)));
        }
        FullRecords { sorted, all: records.len() }
    }

    /// Whether most records are full, so that a short one is an oversight.
    fn are_most(&self) -> bool {
        self.sorted.len() * 2 > self.all
    }

    /// A record that a shorter one repeats as far as it goes.
    fn twin_of(&self, short: &Record) -> Option<&'r Record> {
        let length = short.fields().count();
        let beginning = |record: &'r Record| trimmed(record).take(length);
        let place = self.sorted.partition_point(|record| beginning(record).lt(trimmed(short)));
        self.sorted.get(place).copied().filter(|record| beginning(record).eq(trimmed(short)))
    }
}

fn trimmed(record: &Record) -> impl Iterator<Item = &str> {
    record.fields().map(str::trim)
}

fn first_of(record: &Record) -> &str {
    record.fields().next().unwrap_or_default().trim()
}

/// The warning about a record that ends before the column `missing`.
fn short_record(record: &Record, missing: &str, twin: Option<&Record>) -> Warning {
    let name = first_of(record);
    let ends = format!("the row of {name:?} ends before the column {:?}", missing.trim());
    let message = match twin {
        Some(twin) => format!("{ends} and otherwise repeats line {}, which is read in its place", twin.at.line),
        None => format!("{ends}; write the missing cells as empty ones"),
    };
    Warning::at(Warning::SHORT_ROW, record.at, message)
}

/// The field with a line break for each of its newlines.
fn with_line_breaks(field: &str) -> SourceText {
    let mut text = SourceText::default();
    for (place, line) in field.trim().split('\n').enumerate() {
        if place > 0 {
            text.push_line_break();
        }
        text.append(&SourceText::from_markdown(line));
    }
    text.with_neat_breaks()
}

impl Column {
    fn of(label: Label, list: &RawList<'_>, config: &ReadingConfig) -> Self {
        Column { label, is_name: config.role(list.labels.spelling(label)) == Role::Name }
    }
}

/// The place of the header: the first record with the most known roles, else the first with two fields.
fn header(records: &[Record], config: &ReadingConfig) -> Option<usize> {
    let head = &records[..records.len().min(HEADER_WITHIN)];
    let most_roles = head.iter().map(|record| record.known_roles(config)).max().unwrap_or_default();
    if most_roles > 0 {
        return head.iter().position(|record| record.known_roles(config) == most_roles);
    }
    // One column of names is a list, too.
    let first_is_name = head.first().is_some_and(|first| is_name_alone(first, config));
    if first_is_name {
        return Some(0);
    }
    head.iter().position(|record| record.fields().filter(|field| !field.trim().is_empty()).count() > 1)
}

fn is_name_alone(record: &Record, config: &ReadingConfig) -> bool {
    record.fields().count() == 1 && record.fields().all(|field| config.role(field) == Role::Name)
}
