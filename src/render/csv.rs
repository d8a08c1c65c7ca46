//! The change log as CSV (RFC 4180), safe to open in a spreadsheet. The only user of `csv`.

use csv::{Terminator, WriterBuilder};

use changecast_core::change::{Change, Detail, Kind};

use super::{
    ChangeLogRow, File, MainFeed, Publication, PublishedList, RenderError,
    incremental::{Keep, SegmentedFile},
};

const HEADER: [&str; 10] =
    ["date", "commit", "kind", "level", "entry_id", "entry", "section", "field", "before", "after"];

/// `changelog.csv`, newest change first.
pub(super) fn files(_: &Publication<'_>, list: &PublishedList<'_>, _: &MainFeed<'_>) -> Result<Vec<File>, RenderError> {
    let head = change_log(&[])?;
    let (open, closed) = list.fresh_rows();
    let open: Vec<String> = open.chunks(1).map(change_log).collect::<Result<_, _>>()?;
    let fresh: Vec<&str> = open.iter().map(|text| &text[head.len()..]).collect();
    let closed = &change_log(&closed)?[head.len()..];
    let file_of_segments =
        SegmentedFile { name: "changelog.csv", head: &head, fresh: &fresh, closed, ..SegmentedFile::default() };
    Ok(vec![file_of_segments.file(list, Keep::All)?])
}

/// A change log as CSV, in the order of its rows.
///
/// # Errors
/// [`RenderError`] when the library refuses a record.
pub fn change_log(rows: &[ChangeLogRow<'_>]) -> Result<String, RenderError> {
    let failed = |message: String| RenderError { format: "csv", message };
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(HEADER).map_err(|error| failed(error.to_string()))?;
    for row in rows {
        let commit = row.commit.unwrap_or_default();
        if let Some(reason) = &row.unreadable {
            let record = [&*row.published.to_string(), commit, "unreadable", "", "", "", "", "", "", reason];
            writer.write_record(record.map(defused)).map_err(|error| failed(error.to_string()))?;
        }
        for change in &row.changes {
            let record = record(row, commit, change);
            writer.write_record(record.iter().map(|cell| defused(cell))).map_err(|error| failed(error.to_string()))?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| failed(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| failed(error.to_string()))
}

fn record(row: &ChangeLogRow<'_>, commit: &str, change: &Change) -> [String; 10] {
    let level = change.level.name().to_owned();
    let (id, name, section) =
        change.entry().map_or_else(Default::default, |e| (e.id.to_string(), e.name.to_string(), e.section.to_string()));
    let text = |text: Option<&changecast_core::model::Text>| text.map(ToString::to_string).unwrap_or_default();
    let (field, before, after) = match &change.detail {
        Detail::Field { label, edit, .. } | Detail::Fact { label, edit, .. } => {
            (label.to_string(), text(edit.before()), text(edit.after()))
        }
        Detail::Column { edit, .. } => ("column".to_owned(), text(edit.before()), text(edit.after())),
        Detail::Row { row, former } => {
            let before = former.as_ref().map(|former| former.name.to_string()).unwrap_or_default();
            let cells =
                row.fields.iter().map(|cell| format!("{}: {}", cell.label, cell.text)).collect::<Vec<_>>().join("; ");
            if change.kind == Kind::Removed {
                (String::new(), cells, String::new())
            } else {
                (String::new(), before, cells)
            }
        }
        Detail::List { entries } => {
            let names = entries.iter().map(|row| row.name.to_string()).collect::<Vec<_>>().join("; ");
            let left = change.kind == Kind::Withdrawn;
            (
                "entries".to_owned(),
                if left { names.clone() } else { String::new() },
                if left { String::new() } else { names },
            )
        }
    };
    [
        row.published.to_string(),
        commit.to_owned(),
        change.kind.to_string(),
        level,
        id,
        name,
        section,
        field,
        before,
        after,
    ]
}

/// A cell that a spreadsheet would compute is written as text (OWASP, "CSV injection").
fn defused(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '|', '%']) { format!("'{cell}") } else { cell.to_owned() }
}
