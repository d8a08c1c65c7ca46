//! The table of changes that Markdown, HTML, CSV and the terminal share: its columns and its rows.

use changecast_core::{
    change::Change,
    model::Timestamp,
    prose::{
        self, TableRow,
        deadlines::{Computed, with_deadlines},
        messages::Messages,
    },
};

use super::ChangeLogRow;

/// A row of a change table.
pub(super) struct Row<'a> {
    pub published: Timestamp,
    /// The commit; empty for a correction.
    pub commit: &'a str,
    /// Whether it is the first row of its release.
    pub is_first: bool,
    pub subject: Subject<'a>,
}

/// The event that a row reports.
pub(super) enum Subject<'a> {
    /// A change of the list, with what follows from the notice terms.
    Change(&'a Change, Option<&'a Computed>),
    /// The version could not be read for this reason.
    Unreadable(&'a str),
}

impl Row<'_> {
    /// The cells after the date.
    pub fn cells(&self, messages: &Messages) -> TableRow {
        match self.subject {
            Subject::Change(change, notice) => {
                let row = prose::table_row(messages, change);
                TableRow { what: with_deadlines(messages, row.what, change, notice), ..row }
            }
            Subject::Unreadable(reason) => prose::unreadable_row(messages, self.commit, reason),
        }
    }
}

/// The rows of a change log, in its order.
pub(super) fn rows<'a>(change_log: &'a [ChangeLogRow<'a>]) -> impl Iterator<Item = Row<'a>> {
    change_log.iter().flat_map(|release| {
        let unreadable = release.unreadable.as_deref().map(Subject::Unreadable);
        let notices = release.notices.iter().copied().chain(std::iter::repeat(None));
        let changes = release.changes.iter().zip(notices).map(|(change, notice)| Subject::Change(change, notice));
        unreadable.into_iter().chain(changes).enumerate().map(|(at, subject)| Row {
            published: release.published,
            commit: release.commit.unwrap_or_default(),
            is_first: at == 0,
            subject,
        })
    })
}

/// The positions of the columns of a table that have a cell with text.
pub(super) fn filled_columns(header: &[&str], rows: &[Vec<String>]) -> Vec<usize> {
    let is_filled = |column: &usize| rows.iter().any(|row| row.get(*column).is_some_and(|cell| !cell.is_empty()));
    (0..header.len()).filter(|column| rows.is_empty() || is_filled(column)).collect()
}

#[cfg(test)]
mod tests {
    use changecast_core::{
        change::{Detail, Kind, Row as Entry, RowField},
        model::{EntryId, FieldKey, Text},
        prose::messages::ENGLISH,
    };

    use super::*;
    use crate::render::{Style, csv_change_log, html, markdown_change_log, terminal_change_log};

    fn added(name: &str, purpose: &str) -> Change {
        let field =
            RowField { field: FieldKey::from_name("purpose"), label: Text::new("Purpose"), text: Text::new(purpose) };
        let row = Entry {
            id: EntryId::from_name(name),
            name: Text::new(name),
            label: Text::new(name),
            section: Text::default(),
            fields: vec![field],
        };
        Change::new(Kind::Added, Detail::Row { row, former: None })
    }

    #[test]
    fn every_format_has_a_row_for_each_change_and_each_unreadable_version() {
        let (kestrel, oakline) = (added("Kestrel", "Mail"), added("Oakline", "Backups"));
        let published = Timestamp::from_unix_clamped(0);
        let log = [
            ChangeLogRow {
                published,
                commit: Some("abc"),
                changes: vec![&kestrel, &oakline],
                notices: Vec::new(),
                unreadable: None,
            },
            ChangeLogRow {
                published,
                commit: Some("def"),
                changes: Vec::new(),
                notices: Vec::new(),
                unreadable: Some("the file is empty".to_owned()),
            },
        ];
        assert_eq!(
            markdown_change_log(&log),
            "| Date | Change | Entry | What |\n| --- | --- | --- | --- |\n\
             | 1970-01-01 | Added | **Kestrel** | Mail |\n\
             | 1970-01-01 | Added | **Oakline** | Backups |\n\
             | 1970-01-01 | Unreadable |  | commit def: the file is empty |\n"
        );
        let table = html::change_log_table(&ENGLISH, &log);
        assert_eq!(table.matches("<tr>").count(), 4, "{table}");
        assert!(table.contains(r#"<td>Added</td><td><bdi>Kestrel</bdi></td><td dir="auto">Mail</td>"#), "{table}");
        assert!(table.contains("commit def: the file is empty"), "{table}");
        let csv = csv_change_log(&log).expect("CSV");
        assert_eq!(csv.lines().count(), 4, "{csv}");
        assert!(csv.contains("def,unreadable,,,,,,,the file is empty"), "{csv}");
        let lines = terminal_change_log(&log, Style { width: 0, color: false });
        let lines: Vec<Vec<&str>> = lines.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[0], ["1970-01-01", "added", "Kestrel", "Mail"]);
        assert_eq!(lines[1], ["added", "Oakline", "Backups"], "a release has its date once");
        assert_eq!(lines[2][..2], ["1970-01-01", "unreadable"]);
    }
}
