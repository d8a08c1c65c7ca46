//! CSV and TSV: from records to a list. The header is found.

use changecast_core::model::{Layout, Role};

use crate::read::{
    build::{
        assemble::{MAX_COLUMNS, check_limit},
        intern::Label,
        raw_list::{ParsedRow, RawList, RawSection},
    },
    choose::{
        entry_name::is_no_entry,
        header_labels::header_labels,
        named_cell::{LinkCell, NameLines, add_name},
    },
    config::ReadingConfig,
    error::{NoList, Problem, ReadError},
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
    let labels = header_labels(list, config, &headers, below, |record, place| record.fields().nth(place));
    let columns: Vec<Option<Column>> =
        labels.into_iter().map(|label| label.map(|label| Column::of(label, list, config))).collect();
    let link = LinkCell::unless(header.fields().any(|field| config.role(field) == Role::Link));
    let labels = columns.iter().flatten().map(|column| column.label).collect();
    let mut section = RawSection { header: labels, ..RawSection::default() };
    for record in below {
        if record.is_blank() || record.fields().eq(header.fields()) {
            continue;
        }
        let mut names =
            columns.iter().zip(record.fields()).filter(|(column, _)| column.as_ref().is_some_and(|it| it.is_name));
        if names.next().is_some_and(|(_, name)| is_no_entry(&config.vocabulary, name)) {
            continue;
        }
        let mut row = ParsedRow::at(record.at);
        for (column, field) in columns.iter().zip(record.fields()) {
            match column {
                Some(Column { label, is_name: true }) => {
                    add_name(list, &mut row, *label, &with_line_breaks(field), link, NameLines::Name);
                }
                Some(Column { label, is_name: false }) => {
                    row.cells.push((*label, CellText::Markdown(field.to_owned())))
                }
                None => {}
            }
        }
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
