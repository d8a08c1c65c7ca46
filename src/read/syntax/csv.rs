//! CSV and TSV to a draft: delimiter and header are found.

use csv::{ReaderBuilder, StringRecord};

use changecast_core::{
    compare::readable,
    model::{Layout, Role},
};

use crate::read::{
    Options,
    build::raw_list::{Draft, DraftRow, DraftSection, Label},
    error::{Places, Position, Problem, ReadError},
};

/// Delimiters, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// How many records are looked at to find the header.
const HEADER_WITHIN: usize = 20;

/// Reads a table.
pub(crate) fn draft(path: &str, text: &str, options: &Options) -> Result<Draft, ReadError> {
    let tabs = path.to_lowercase().ends_with(".tsv");
    let delimiter = if tabs { b'\t' } else { delimiter(text, options) };
    let records = records(text, delimiter)?;
    // An open quote swallows the rest of the file into one cell.
    if let Some((at, last)) = records.last()
        && text.matches('"').count() % 2 == 1
        && last.iter().any(|cell| cell.contains('\n'))
    {
        return Err(ReadError::at(*at, Problem::Syntax { format: "CSV", message: "a quote is never closed".into() }));
    }
    let header_at = header(&records, options)
        .ok_or_else(|| ReadError::from(Problem::NoList("no row that could be a header".to_owned())))?;
    let mut draft = Draft { layout: Layout::Table, ..Draft::default() };
    let (_, header) = &records[header_at];
    let labels: Vec<Option<Label>> = header
        .iter()
        .map(|cell| Some(cell.trim()).filter(|cell| !cell.is_empty()).map(|cell| draft.labels.intern(&readable(cell))))
        .collect();
    // Which of the columns are names, by their labels.
    let names: Vec<bool> = draft.labels.iter().map(|(_, spelling)| options.role(spelling) == Role::Name).collect();
    let has_link = header.iter().any(|cell| options.role(cell) == Role::Link);
    let mut section = DraftSection { header: labels.iter().flatten().copied().collect(), ..DraftSection::default() };
    for (at, record) in &records[header_at + 1..] {
        if record.iter().all(|cell| cell.trim().is_empty()) || record.iter().eq(header.iter()) {
            continue;
        }
        let filled = labels.iter().zip(record).filter_map(|(label, cell)| Some(((*label)?, cell)));
        let mut row = DraftRow::at(*at);
        for (label, cell) in filled {
            if !names[label.0] {
                row.cells.push((label, cell.to_owned()));
                continue;
            }
            draft.name(&mut row, label, cell, has_link);
        }
        section.rows.push(row);
    }
    draft.sections.push(section);
    Ok(draft)
}

fn records(text: &str, delimiter: u8) -> Result<Vec<(Position, StringRecord)>, ReadError> {
    let places = Places::new(text);
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| {
            let at = error.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or_default());
            ReadError::at(places.at(at), Problem::Syntax { format: "CSV", message: error.to_string() })
        })?;
        let at = record.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or_default());
        records.push((places.at(at), record));
    }
    Ok(records)
}

/// The delimiter under which the beginning of the text is most like a table.
fn delimiter(text: &str, options: &Options) -> u8 {
    let head: String = text.lines().take(HEADER_WITHIN).collect::<Vec<_>>().join("\n");
    let fitness = |delimiter: u8| {
        let Ok(records) = records(&head, delimiter) else { return (0, 0) };
        let widths: Vec<usize> = records.iter().map(|(_, record)| record.len()).filter(|width| *width > 1).collect();
        let most =
            widths.iter().map(|width| widths.iter().filter(|other| *other == width).count()).max().unwrap_or_default();
        let roles = records.iter().map(|(_, record)| roles_in(record, options)).max().unwrap_or_default();
        (roles, most)
    };
    let best = DELIMITERS.into_iter().rev().max_by_key(|delimiter| fitness(*delimiter));
    best.unwrap_or(b',')
}

fn roles_in(record: &StringRecord, options: &Options) -> usize {
    if record.len() < 2 {
        return 0;
    }
    record.iter().filter(|cell| options.role(cell) != Role::Other).count()
}

/// The header: the first record with the most known roles; without any, the first with two cells.
fn header(records: &[(Position, StringRecord)], options: &Options) -> Option<usize> {
    let near = || records.iter().take(HEADER_WITHIN).enumerate();
    let known = near().map(|(at, (_, record))| (roles_in(record, options), usize::MAX - at)).max();
    match known {
        Some((roles, at)) if roles > 0 => Some(usize::MAX - at),
        // One column of names is a list, too.
        _ if records.first().is_some_and(|(_, first)| first.len() == 1 && options.role(&first[0]) == Role::Name) => {
            Some(0)
        }
        _ => near()
            .find(|(_, (_, record))| record.iter().filter(|cell| !cell.trim().is_empty()).count() > 1)
            .map(|(at, _)| at),
    }
}
