//! The change log as CSV (RFC 4180), safe to open in a spreadsheet. The only user of `csv`.

use csv::{Terminator, WriterBuilder};

use changecast_core::{
    change::{Change, Detail, Kind},
    model::Text,
    notice::Effective,
    prose::{
        deadlines::{Computed, lead_in_words},
        messages::ENGLISH,
    },
};

use super::{
    ChangeLogRow, File, MainFeed, Publication, PublishedList, RenderError,
    incremental::{Keep, SegmentedFile},
    table::{self, Row, Subject},
};

/// The columns for programs: kinds, ids and values in place of sentences.
const HEADER: [&str; 13] = [
    "date", "commit", "kind", "level", "entry_id", "entry", "section", "field", "before", "after", "effective",
    "object_by", "notice",
];

/// `changelog.csv`, newest change first.
pub(super) fn files(_: &Publication<'_>, list: &PublishedList<'_>, _: &MainFeed<'_>) -> Result<Vec<File>, RenderError> {
    let head = change_log(&[])?;
    let (open, closed) = list.fresh_rows();
    let open: Vec<String> = open.chunks(1).map(change_log).collect::<Result<_, _>>()?;
    let fresh: Vec<&str> = open.iter().map(|text| &text[head.len()..]).collect();
    let closed = &change_log(&closed)?[head.len()..];
    let file = SegmentedFile { name: "changelog.csv", head: &head, fresh: &fresh, closed, ..SegmentedFile::default() };
    Ok(vec![file.file(list, Keep::All)?])
}

/// A change log as CSV, in the order of its rows.
///
/// # Errors
/// [`RenderError`] if a record cannot be written.
pub fn change_log(rows: &[ChangeLogRow<'_>]) -> Result<String, RenderError> {
    write_table(&HEADER, table::rows(rows).map(|row| record(&row)))
        .map_err(|message| RenderError { format: "csv", message })
}

/// A table as CSV: a header and rows.
///
/// # Errors
/// [`RenderError`] if a record cannot be written.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> Result<String, RenderError> {
    write_table(header, rows).map_err(|message| RenderError { format: "csv", message })
}

fn write_table<R: AsRef<[String]>>(header: &[&str], rows: impl IntoIterator<Item = R>) -> Result<String, String> {
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(header).map_err(|error| error.to_string())?;
    for row in rows {
        writer.write_record(row.as_ref().iter().map(|cell| defused(cell))).map_err(|error| error.to_string())?;
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}

fn record(row: &Row<'_>) -> [String; 13] {
    let (published, commit) = (row.published.to_string(), row.commit.to_owned());
    let (change, notice) = match row.subject {
        Subject::Change(change, notice) => (change, notice),
        Subject::Unreadable(reason) => {
            let mut record = <[String; 13]>::default();
            [record[0], record[1], record[2], record[9]] =
                [published, commit, "unreadable".to_owned(), reason.to_owned()];
            return record;
        }
    };
    let (id, name, section) = change.entry().map_or_else(Default::default, |entry| {
        (entry.id.to_string(), entry.label.to_string(), entry.section.to_string())
    });
    let (field, before, after) = values(change);
    let (kind, level) = (change.kind.to_string(), change.level.name().to_owned());
    let [effective, object_by, notice] = deadlines(notice);
    [published, commit, kind, level, id, name, section, field, before, after, effective, object_by, notice]
}

/// The effective date and the end of the window for objections, where they are known, and the notice that was given.
fn deadlines(notice: Option<&Computed>) -> [String; 3] {
    match notice {
        Some(Ok(notice)) => {
            let effective = notice.effective.as_ref().map(Effective::notation);
            let object_by = notice.objection_deadline().map(|deadline| deadline.to_string());
            [effective.unwrap_or_default(), object_by.unwrap_or_default(), lead_in_words(&ENGLISH, notice)]
        }
        Some(Err(error)) => [String::new(), String::new(), error.to_string()],
        None => Default::default(),
    }
}

/// The field of a change with its old and new value. A whole entry has no field, but a value with all its cells.
fn values(change: &Change) -> (String, String, String) {
    match &change.detail {
        Detail::Field { label, edit, .. } | Detail::Fact { label, edit, .. } => {
            (label.to_string(), text(edit.before()), text(edit.after()))
        }
        Detail::Column { edit, .. } => ("column".to_owned(), text(edit.before()), text(edit.after())),
        Detail::Row { row, former } => {
            let cells: Vec<String> = row.fields.iter().map(|cell| format!("{}: {}", cell.label, cell.text)).collect();
            let cells = cells.join("; ");
            let former = former.as_ref().map(|former| former.label.to_string()).unwrap_or_default();
            match change.kind {
                Kind::Removed => (String::new(), cells, String::new()),
                _ => (String::new(), former, cells),
            }
        }
        Detail::List { entries } => {
            let names: Vec<String> = entries.iter().map(|row| row.label.to_string()).collect();
            let names = names.join("; ");
            match change.kind {
                Kind::Withdrawn => ("entries".to_owned(), names, String::new()),
                _ => ("entries".to_owned(), String::new(), names),
            }
        }
    }
}

fn text(text: Option<&Text>) -> String {
    text.map(ToString::to_string).unwrap_or_default()
}

/// Marks a cell as text that a spreadsheet would evaluate as a formula (OWASP, "CSV injection").
fn defused(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '|', '%']) { format!("'{cell}") } else { cell.to_owned() }
}
