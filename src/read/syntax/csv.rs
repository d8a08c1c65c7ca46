//! CSV (RFC 4180) and TSV to records. The delimiter is found.

use csv::{ReaderBuilder, StringRecord};

use changecast_core::model::Role;

use crate::read::{
    config::ReadingConfig,
    error::{Problem, ReadError},
    position::{LineIndex, Position},
};

/// Delimiters, the most likely first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many records are looked at to find the delimiter and the header.
pub(crate) const HEADER_WITHIN: usize = 20;

/// A record, and where it begins.
#[derive(Debug)]
pub(crate) struct Record {
    pub at: Position,
    fields: StringRecord,
}

impl Record {
    /// The texts of its fields.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.fields.iter()
    }

    /// The text of a field.
    pub fn field(&self, place: usize) -> Option<&str> {
        self.fields.get(place)
    }

    /// Whether all fields are empty.
    pub fn is_blank(&self) -> bool {
        self.fields().all(|field| field.trim().is_empty())
    }

    /// The number of fields that are headers with a known role.
    pub fn known_roles(&self, config: &ReadingConfig) -> usize {
        if self.fields.len() < 2 {
            return 0;
        }
        self.fields().filter(|field| config.role(field) != Role::Other).count()
    }
}

/// Parses a table. Headers with known roles help to find the delimiter.
pub(crate) fn parse(path: &str, text: &str, config: &ReadingConfig) -> Result<Vec<Record>, ReadError> {
    let is_tsv = path.to_lowercase().ends_with(".tsv");
    let delimiter = if is_tsv { b'\t' } else { delimiter(text, config) };
    let records = records(text, delimiter)?;
    // An open quote swallows the rest of the file into one field.
    if let Some(last) = records.last()
        && text.matches('"').count() % 2 == 1
        && last.fields().any(|field| field.contains('\n'))
    {
        return Err(syntax_error(last.at, "a quote is never closed".to_owned()));
    }
    match records.split_last() {
        Some((last, others)) if !text.ends_with('\n') && is_cut(last, others) => {
            Err(ReadError::at(last.at, Problem::Incomplete("a record")))
        }
        _ => Ok(records),
    }
}

/// Whether the last record of a file is shorter than all others, which have the same length.
fn is_cut(last: &Record, others: &[Record]) -> bool {
    let length = others.first().map_or(0, |first| first.fields.len());
    !last.is_blank()
        && others.len() > 1
        && last.fields.len() < length
        && others.iter().all(|record| record.fields.len() == length)
}

fn syntax_error(at: Position, message: String) -> ReadError {
    ReadError::at(at, Problem::Syntax { format: "CSV", message, source: None })
}

fn records(text: &str, delimiter: u8) -> Result<Vec<Record>, ReadError> {
    let lines = LineIndex::new(text);
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = Vec::new();
    for result in reader.records() {
        let fields =
            result.map_err(|error| syntax_error(lines.at(byte_offset(error.position())), error.to_string()))?;
        let at = lines.at(byte_offset(fields.position()));
        records.push(Record { at, fields });
    }
    Ok(records)
}

fn byte_offset(position: Option<&csv::Position>) -> usize {
    position.map_or(0, |position| usize::try_from(position.byte()).unwrap_or_default())
}

/// The delimiter under which the beginning of the text looks most like a table.
fn delimiter(text: &str, config: &ReadingConfig) -> u8 {
    let head: String = text.lines().take(HEADER_WITHIN).collect::<Vec<_>>().join("\n");
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| fitness(&head, *delimiter, config));
    best.unwrap_or(b',')
}

/// How well a delimiter fits: the known roles in a record, then the records of one width.
fn fitness(head: &str, delimiter: u8, config: &ReadingConfig) -> (usize, usize) {
    let Ok(records) = records(head, delimiter) else { return (0, 0) };
    let widths: Vec<usize> = records.iter().map(|record| record.fields.len()).filter(|width| *width > 1).collect();
    let of_one_width = widths.iter().map(|width| widths.iter().filter(|other| *other == width).count()).max();
    let known_roles = records.iter().map(|record| record.known_roles(config)).max();
    (known_roles.unwrap_or_default(), of_one_width.unwrap_or_default())
}
