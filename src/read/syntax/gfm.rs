//! Tables that GitHub finds and the parser of Markdown does not (GitHub Flavored Markdown, "Tables"), and marks that
//! are written almost right.

use crate::read::{
    source_text::SourceText,
    syntax::block::{Cell, Item, Table},
};

/// The number of columns of a delimiter row, such as `|---|:-:|`; `None` for other lines.
pub(super) fn columns_of_delimiter_row(line: &str) -> Option<usize> {
    let line = line.trim();
    if !line.contains('|') || !line.contains('-') {
        return None;
    }
    let inner = line.strip_prefix('|').unwrap_or(line);
    let inner = inner.strip_suffix('|').unwrap_or(inner);
    inner.split('|').try_fold(0, |columns, cell| is_delimiter(cell.trim()).then_some(columns + 1))
}

fn is_delimiter(cell: &str) -> bool {
    let dashes = cell.strip_prefix(':').unwrap_or(cell);
    let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
    !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-')
}

/// The texts of the cells in the source of a row. A pipe behind a backslash belongs to its cell.
pub(super) fn cells_of_row(line: &str) -> Vec<String> {
    let line = line.trim().trim_start_matches('|');
    let line = line.strip_suffix('|').unwrap_or(line).replace("\\|", "\u{0}");
    line.split('|').map(|text| text.trim().replace('\u{0}', "|")).collect()
}

/// The text with dashes alone in the cells of delimiter rows, so that they are not taken for bullets or definitions.
/// Every byte keeps its place. `None` if the text stays the same.
pub(super) fn with_plain_delimiter_rows(text: &str) -> Option<String> {
    if !text.contains('|') {
        return None;
    }
    let mut columns_above = 0;
    let mut is_changed = false;
    let mut plain = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        match columns_of_delimiter_row(line) {
            Some(columns) if columns == columns_above && !is_plain(line) => {
                is_changed = true;
                push_plain(&mut plain, line);
            }
            _ => plain.push_str(line),
        }
        columns_above = if line.contains('|') { cells_of_row(line).len() } else { 0 };
    }
    is_changed.then_some(plain)
}

/// Whether the parser of Markdown takes a row for the same as GitHub, for which a dash and a space begin a bullet.
fn is_plain(row: &str) -> bool {
    let row = row.trim_start();
    row.starts_with("- ") || row.starts_with("-\t") || row.starts_with('|') && !row.contains('\t')
}

fn push_plain(out: &mut String, row: &str) {
    let indentation = row.len() - row.trim_start_matches(' ').len();
    let end = row.trim_end().len();
    out.push_str(&row[..indentation]);
    out.extend(row[indentation..end].chars().map(|c| if c == '|' { '|' } else { '-' }));
    out.push_str(&row[end..]);
}

/// Where a table begins in a paragraph, below other lines of it: the last line above a delimiter row with as many
/// cells is a header.
pub(super) fn table_in_paragraph(source: &str) -> Option<usize> {
    let mut offset = 0;
    let mut header: Option<(usize, &str)> = None;
    for line in source.split_inclusive('\n') {
        if let (Some((at, above)), Some(columns)) = (header, columns_of_delimiter_row(line))
            && at > 0
            && above.contains('|')
            && cells_of_row(above).len() == columns
        {
            return Some(at);
        }
        header = Some((offset, line));
        offset += line.len();
    }
    None
}

/// A link with a space between its parts, at the beginning of a text: `[label] (address)`. Returns the label, the
/// address and the rest.
fn spaced_link(text: &str) -> Option<(&str, &str, &str)> {
    let (label, rest) = text.strip_prefix('[')?.split_once(']')?;
    let (address, rest) = rest.trim_start().strip_prefix('(')?.split_once(')')?;
    let is_address = ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme));
    let is_link =
        is_address && !label.trim().is_empty() && !label.contains('[') && !address.contains(char::is_whitespace);
    is_link.then_some((label, address, rest))
}

/// The marks of strong text. In a text that was parsed, they are not closed.
const STRONG_MARKS: [&str; 2] = ["**", "__"];

/// A text without a mark of strong text at its beginning.
fn without_opening_mark(text: &str) -> Option<&str> {
    let opened = STRONG_MARKS.iter().find_map(|mark| text.strip_prefix(mark)).map(str::trim_start);
    opened.filter(|rest| rest.starts_with(char::is_alphanumeric))
}

/// A text without a mark of strong text at its end.
fn without_closing_mark(text: &str) -> Option<&str> {
    let closed = STRONG_MARKS.iter().find_map(|mark| text.strip_suffix(mark)).map(str::trim_end);
    closed.filter(|rest| rest.ends_with(char::is_alphanumeric))
}

/// Drops marks of strong text that are opened in one cell and closed in another, or never. A mark that only closes may
/// be that of a footnote.
pub(super) fn drop_stray_marks(table: &mut Table) {
    let mut is_any_open = false;
    for cell in table.rows.iter_mut().flat_map(|(_, cells)| cells) {
        if let Some(opened) = without_opening_mark(&cell.text) {
            is_any_open = true;
            cell.text = cell.text.part(opened);
        }
        if is_any_open && let Some(closed) = without_closing_mark(&cell.text) {
            cell.text.truncate(closed.len());
            is_any_open = false;
        }
    }
}

/// The cell with a link in place of one that has a space between its parts.
pub(super) fn with_repaired_link(cell: Cell) -> Cell {
    match spaced_link(&cell.text) {
        Some((label, address, rest)) => {
            let mut text = link(label, address);
            text.append(&cell.text.part(rest));
            Cell { text, ..cell }
        }
        None => cell,
    }
}

/// Makes a link with a space between its parts, or text behind a mark that is never closed, the lead of an item.
pub(super) fn repair_lead(item: &mut Item) {
    if item.lead.is_some() {
        return;
    }
    if let Some((label, address, rest)) = spaced_link(&item.rest) {
        (item.lead, item.rest) = (Some(link(label, address)), item.rest.part(rest));
    } else if let Some(rest) = without_opening_mark(&item.rest) {
        item.rest = item.rest.part(rest);
    }
}

fn link(label: &str, address: &str) -> SourceText {
    let mut text = SourceText::default();
    text.push_link(&label.into(), address);
    text
}

#[cfg(test)]
mod tests {
    use super::{columns_of_delimiter_row, spaced_link, table_in_paragraph, with_plain_delimiter_rows};

    #[test]
    fn delimiter_rows_have_dashes_in_every_cell() {
        for (line, columns) in [
            ("|---|---|", Some(2)),
            ("---|---", Some(2)),
            ("| :-- | :-: | --: |", Some(3)),
            ("|\t---\t|\t-\t|", Some(2)),
            ("|-|", Some(1)),
            ("---", None),
            ("||", None),
            ("|---||---|", None),
            ("| - - |", None),
            ("| a | - |", None),
        ] {
            assert_eq!(columns_of_delimiter_row(line), columns, "{line:?}");
        }
    }

    #[test]
    fn a_table_may_begin_below_the_lines_of_a_paragraph() {
        assert_eq!(table_in_paragraph("Text\n| A | B |\n|---|---|\n| x | y |\n"), Some(5));
        assert_eq!(table_in_paragraph("| A | B |\n|---|---|\n"), None, "the parser finds this one");
        assert_eq!(table_in_paragraph("Text\n| A |\n|---|---|\n"), None, "another number of cells");
        assert_eq!(table_in_paragraph("Text | more\nno | dashes\n"), None);
    }

    #[test]
    fn delimiter_rows_that_look_like_other_syntax_become_plain() {
        for (text, plain) in [
            ("|\tA\t|\n|\t-\t|\n|\tx\t|\n", Some("|\tA\t|\n|---|\n|\tx\t|\n")),
            ("A | B\n- | :-:\n", None),
            ("A | B\n-\t| :-:\n", None),
            ("A | B\n-|:-:\n", Some("A | B\n-|---\n")),
            (" A|B\n :--|--\n", Some(" A|B\n ---|--\n")),
            ("| A |\n| - |\n", None),
            ("- | x\n- | y\n", None),
            ("Text\n- | -\n", None),
        ] {
            assert_eq!(with_plain_delimiter_rows(text).as_deref(), plain, "{text:?}");
        }
    }

    #[test]
    fn an_address_behind_a_label_and_a_space_is_a_link() {
        for (text, parts) in [
            ("[Acme] (https://acme.example/) Mail", Some(("Acme", "https://acme.example/", " Mail"))),
            ("[Acme]  (http://acme.example)", Some(("Acme", "http://acme.example", ""))),
            ("[Acme] (see below)", None),
            ("[] (https://acme.example/)", None),
            ("[x] Acme (https://acme.example/)", None),
            ("Acme (https://acme.example/)", None),
            ("[Acme] (https://acme.example/ and more)", None),
        ] {
            assert_eq!(spaced_link(text), parts, "{text}");
        }
    }
}
