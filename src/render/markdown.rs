//! The change log as a Markdown table, and the texts that are put into existing pages.

use changecast_core::{
    model::{Inventory, Role, Text, WebUrl, to_plain_text},
    prose::messages::{Messages, fill},
};

use super::{
    ChangeLogRow, File, Inline, LogStatus, MainFeed, OpenRow, Publication, PublishedList, RenderError,
    incremental::{Keep, SegmentedFile},
    list_title, sections_in_order, table,
};

/// `changelog.md`, newest change first.
pub(super) fn files(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    _: &MainFeed<'_>,
) -> Result<Vec<File>, RenderError> {
    let messages = publication.messages();
    let mut head = format!("# {}\n\n", escape(&fill(messages.log_title, &[&list_title(list)])));
    if list.log == LogStatus::Unsigned {
        head.push_str(&format!("**{}**\n\n", messages.unsigned));
    }
    if let Some(newest) = list.newest() {
        head.push_str(&format!("{}\n\n", fill(messages.as_of, &[&newest])));
    }
    head.push_str(&open_windows(messages, list));
    head.push_str(&table_head(&publication.messages().columns));
    let (open, closed) = list.fresh_rows();
    let open: Vec<String> = open.chunks(1).map(|row| rows(messages, row)).collect();
    let fresh: Vec<&str> = open.iter().map(String::as_str).collect();
    let closed = rows(messages, &closed);
    let file =
        SegmentedFile { name: "changelog.md", head: &head, fresh: &fresh, closed: &closed, ..SegmentedFile::default() };
    Ok(vec![file.file(list, Keep::All)?])
}

/// The changes that customers could object to when the newest change was published.
pub(super) fn open_windows(messages: &Messages, list: &PublishedList<'_>) -> String {
    let open = list.open_rows(messages);
    let Some(newest) = list.as_of().filter(|_| !open.is_empty()) else { return String::new() };
    let lines = open.iter().map(|OpenRow { subject, object_by, effective, .. }| {
        let dates = [fill(messages.part_object_by, &[object_by])].into_iter().chain(effective.clone());
        format!("- {}\n", escape(&format!("{subject}: {}", dates.collect::<Vec<_>>().join("; "))))
    });
    format!("{}\n\n{}\n", fill(messages.open_on, &[&newest.date()]), lines.collect::<String>())
}

/// A change log as a Markdown table, in the order of its rows.
pub fn change_log(messages: &Messages, change_log: &[ChangeLogRow<'_>]) -> String {
    table_head(&messages.columns) + &rows(messages, change_log)
}

fn rows(messages: &Messages, change_log: &[ChangeLogRow<'_>]) -> String {
    table::rows(change_log)
        .map(|row| {
            let cells = row.cells(messages);
            let entry = cells.entry.as_ref().map(|entry| format!("**{}**", escape(entry.label.as_str())));
            table_line(&[
                row.published.date().to_string(),
                escape(&cells.qualified_verb(messages)),
                entry.unwrap_or_default(),
                inline(&cells.what),
            ])
        })
        .collect()
}

fn table_head(columns: &[impl AsRef<str>]) -> String {
    let columns: Vec<String> = columns.iter().map(|column| column.as_ref().to_owned()).collect();
    format!("{}|{}\n", table_line(&columns), " --- |".repeat(columns.len()))
}

fn table_line(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// A sentence as Markdown. Changed words are HTML, because emphasis in Markdown does not work within words and next
/// to punctuation (CommonMark §6.2).
pub fn inline(pieces: &[Inline]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Inline::Plain(text) | Inline::Name(text) => escape(text),
            Inline::Strong(text) => format!("**{}**", escape(text)),
            Inline::Inserted(text) => format!("<ins>{}</ins>", escape(text)),
            Inline::New(text) | Inline::Old(text) => escape(text),
            Inline::Deleted(text) => format!("<del>{}</del>", escape(text)),
        })
        .collect()
}

/// Escapes text so that Markdown readers find no markup in it, also inside a table cell.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' | '!' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '{' => out.push_str("&#123;"),
            '}' => out.push_str("&#125;"),
            c => out.push(c),
        }
    }
    // A bare address would become a link, but only checked addresses may.
    out.replace("://", ":&#47;&#47;").replace("www.", "www&#46;")
}

/// Escapes a text at the beginning of a line, where it could be a list or a rule.
pub(super) fn paragraph(text: &str) -> String {
    let text = escape(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text[digits..].chars().next() {
        Some('-' | '+' | '=') if digits == 0 => format!("\\{text}"),
        Some('.' | ')') if digits > 0 => format!("{}\\{}", &text[..digits], &text[digits..]),
        _ => text,
    }
}

/// A text as Markdown that contains no markup.
pub fn text(text: &str) -> String {
    escape(text)
}

/// A table as Markdown: a header and rows.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let columns = table::filled_columns(header, rows);
    let head: Vec<String> = columns.iter().map(|column| escape(&header[*column].replace('_', " "))).collect();
    let mut out = table_head(&head);
    for row in rows {
        let cell = |column: &usize| row.get(*column).map(|cell| escape(cell)).unwrap_or_default();
        out.push_str(&table_line(&columns.iter().map(cell).collect::<Vec<_>>()));
    }
    out
}

/// The list as Markdown tables, one for each section.
pub fn list_tables(messages: &Messages, inventory: &Inventory) -> String {
    let mut out = String::new();
    for section in sections_in_order(inventory) {
        if !section.title.is_empty() {
            out.push_str(&format!("### {}\n\n", escape(section.title.as_str())));
        }
        if !section.note.is_empty() {
            out.push_str(&format!("{}\n\n", paragraph(&to_plain_text(section.note.as_str()))));
        }
        let entries: Vec<_> = inventory.entries.iter().filter(|entry| entry.section == section.id).collect();
        let columns: Vec<_> = inventory
            .columns
            .iter()
            .filter(|column| entries.iter().any(|entry| entry.text(&column.field).is_some()))
            .collect();
        let head: Vec<String> = std::iter::once(messages.name.to_owned())
            .chain(columns.iter().map(|column| escape(column.label.as_str())))
            .collect();
        out.push_str(&table_head(&head));
        for entry in entries {
            let cells = columns
                .iter()
                .map(|column| entry.markdown(&column.field).map(|text| cell(column.role, text)).unwrap_or_default());
            let row: Vec<String> = std::iter::once(escape(entry.name.as_str())).chain(cells).collect();
            out.push_str(&table_line(&row));
        }
        out.push('\n');
    }
    out
}

fn cell(role: Role, text: &Text) -> String {
    match WebUrl::new(text.as_str()) {
        Ok(url) if role == Role::Link && !url.as_str().contains(['(', ')', '[', ']']) => format!("<{url}>"),
        _ => escape(&to_plain_text(text.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_defused() {
        assert_eq!(escape("a|b`c` <i> [x](javascript:y) *z*"), "a\\|b\\`c\\` &lt;i&gt; \\[x\\](javascript:y) \\*z\\*");
        for (text, expected) in
            [("---", "\\---"), ("+ x", "\\+ x"), ("12. x", "12\\. x"), ("x - y", "x - y"), ("12", "12")]
        {
            assert_eq!(paragraph(text), expected);
        }
        assert_eq!(escape("https://evil.example"), "https:&#47;&#47;evil.example");
        assert_eq!(
            inline(&[Inline::Plain("a ".into()), Inline::Deleted("b ".into()), Inline::Inserted("c".into())]),
            "a <del>b </del><ins>c</ins>"
        );
    }
}
