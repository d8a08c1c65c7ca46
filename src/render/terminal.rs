//! The change log for a terminal, aligned and wrapped. It contains no control characters other than colours.

use anstyle::{AnsiColor, Effects, Style as Ansi};
use textwrap::{Options, WordSplitter};

use changecast_core::{
    change::{Change, Level},
    model::{Inventory, Text},
};

use super::{ChangeLogRow, Inline, table};
use changecast_core::prose::{self, TableRow, messages::ENGLISH};

/// The properties of a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Its width in columns.
    pub width: usize,
    /// Whether it shows colours.
    pub color: bool,
}

/// Whether a character is invisible or changes the direction of the text around it, so that it could hide a part of
/// that text: explicit directional formatting (Unicode Standard Annex #9), zero-width characters, the byte order mark.
pub fn hides_text(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

const DATE: usize = 12;
const VERB: usize = 24;
/// Lines are not wrapped for terminals with fewer columns.
const NARROW: usize = 60;

/// A change log as lines of text, in the order of its rows.
pub fn change_log(change_log: &[ChangeLogRow<'_>], style: Style) -> String {
    let mut out = String::new();
    for row in table::rows(change_log) {
        let date = if row.is_first { row.published.date().to_string() } else { String::new() };
        let cells = row.cells(&ENGLISH);
        let verb = cells.verb.to_lowercase();
        let verb = if cells.level == Level::Editorial { format!("({verb})") } else { verb };
        wrap(&mut out, &head(&date, &verb), DATE + VERB, &pieces(cells), style);
    }
    out
}

/// The columns before the text of a row. A verb that fills its column is set apart from the text as well.
fn head(date: &str, verb: &str) -> String {
    let gap = if verb.chars().count() < VERB { "" } else { "  " };
    format!("{date:DATE$}{verb:VERB$}{gap}")
}

/// The label of an entry in a row, and what happened.
fn pieces(cells: TableRow) -> Vec<Inline> {
    let label = cells.entry.map(|entry| [Inline::Strong(entry.label.to_string()), Inline::Plain("  ".to_owned())]);
    label.into_iter().flatten().chain(cells.what).collect()
}

/// A release or observation in a change log of several vendors.
#[derive(Clone, Debug)]
pub struct VendorRow<'a> {
    /// The name of the vendor, in the customer's words.
    pub vendor: &'a str,
    /// Whether its changes stand out.
    pub is_highlighted: bool,
    /// The changes.
    pub row: ChangeLogRow<'a>,
}

/// A change log of several vendors as lines of text, in the order of its rows. `!` marks those that are highlighted.
pub fn vendors(rows: &[VendorRow<'_>], style: Style) -> String {
    let mut out = String::new();
    for VendorRow { vendor, is_highlighted, row } in rows {
        for found in table::rows(std::slice::from_ref(row)) {
            let cells = found.cells(&ENGLISH);
            let mark = if *is_highlighted { "! " } else { "  " };
            let head = mark.to_owned() + &head(&row.published.date().to_string(), &cells.verb.to_lowercase());
            let vendor = Text::new(vendor).to_string();
            let vendor = if *is_highlighted { Inline::Strong(vendor) } else { Inline::Plain(vendor) };
            let mut pieces = vec![vendor, Inline::Plain(": ".to_owned())];
            pieces.extend(self::pieces(cells));
            wrap(&mut out, &head, mark.len() + DATE + VERB, &pieces, style);
        }
    }
    out
}

/// Changes as lines of text, without dates.
pub fn changes(changes: &[&Change], style: Style) -> String {
    let mut out = String::new();
    for change in changes {
        let pieces = super::sentence(change);
        wrap(&mut out, "", 2, &pieces, style);
    }
    out
}

/// A list as lines of text, section by section.
pub fn list(inventory: &Inventory, style: Style) -> String {
    let mut out = String::new();
    for section in inventory.filled_sections() {
        if !section.title.is_empty() {
            wrap(&mut out, "", 0, &[Inline::Strong(section.title.to_string())], style);
        }
        for entry in inventory.entries.iter().filter(|entry| entry.section == section.id) {
            wrap(&mut out, "  ", 4, &[Inline::Strong(entry.name.to_string())], style);
            for cell in &entry.cells {
                let label = inventory.column(&cell.field).map(|column| column.label.to_string()).unwrap_or_default();
                wrap(&mut out, "    ", 6, &[Inline::Plain(format!("{label}: {}", cell.text.to_plain_text()))], style);
            }
        }
        out.push('\n');
    }
    out
}

/// The columns of a list with their roles, the columns of names first.
pub fn columns(inventory: &Inventory, names: &[Text], style: Style) -> String {
    let names = names.iter().map(|label| (label, "name".to_owned()));
    let filled: Vec<_> = inventory.filled_columns().collect();
    let rows = names.chain(filled.iter().map(|column| (&column.label, column.role.to_string())));
    let rows: Vec<_> = rows.map(|(label, role)| (label.as_str(), role)).collect();
    let width = rows.iter().map(|(label, _)| textwrap::core::display_width(label)).max().unwrap_or_default().min(40);
    let mut out = String::new();
    for (label, role) in rows {
        let gap = " ".repeat(width.saturating_sub(textwrap::core::display_width(label)));
        let role = if role == "other" { "a custom column".to_owned() } else { role };
        let pieces = [Inline::Plain(format!("{label}{gap}  ")), Inline::Strong(role)];
        wrap(&mut out, "  ", width + 4, &pieces, style);
    }
    out
}

/// A table as aligned lines of text. Columns in which every cell is empty are left out.
pub fn aligned(header: &[&str], rows: &[Vec<String>]) -> String {
    let columns = table::filled_columns(header, rows);
    let header: Vec<String> = header.iter().map(|name| name.replace('_', " ")).collect();
    let lines: Vec<&Vec<String>> = std::iter::once(&header).chain(rows).collect();
    let mut out = String::new();
    for line in &lines {
        let mut text = String::new();
        for column in &columns {
            let cells = lines.iter().filter_map(|line| line.get(*column));
            let width = cells.map(|cell| textwrap::core::display_width(cell)).max().unwrap_or_default();
            let cell = line.get(*column).map(String::as_str).unwrap_or_default();
            text.push_str(cell);
            text.push_str(&" ".repeat(width + 2 - textwrap::core::display_width(cell)));
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

pub(super) fn wrap(out: &mut String, head: &str, indent: usize, pieces: &[Inline], style: Style) {
    let indent = " ".repeat(indent);
    let width = if style.width >= NARROW { style.width } else { usize::MAX };
    let text = painted(pieces, style);
    let options = Options::new(width).initial_indent(head).subsequent_indent(&indent).break_words(false);
    // A date is not divided at its hyphens.
    let options = options.word_splitter(WordSplitter::NoHyphenation);
    for wrapped in textwrap::wrap(text.trim_end(), options) {
        out.push_str(wrapped.trim_end());
        out.push('\n');
    }
}

fn painted(pieces: &[Inline], style: Style) -> String {
    if !style.color {
        return prose::flat(pieces);
    }
    pieces
        .iter()
        .map(|piece| match piece {
            Inline::Plain(text) | Inline::Name(text) => text.clone(),
            Inline::Strong(text) => paint(Ansi::new().effects(Effects::BOLD), text),
            Inline::New(text) | Inline::Inserted(text) => paint(AnsiColor::Green.on_default(), text),
            Inline::Old(text) => paint(AnsiColor::Red.on_default(), text),
            Inline::Deleted(text) => paint(AnsiColor::Red.on_default().effects(Effects::STRIKETHROUGH), text),
        })
        .collect()
}

fn paint(style: Ansi, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_names_are_not_divided_at_hyphens() {
        let text = "Effective Thursday 2026-12-31 (UTC); object by 2026-02-25, to the sub-processor Al-Amal-Cloud";
        for width in NARROW..100 {
            let mut lines = String::new();
            wrap(&mut lines, "", 2, &[Inline::Plain(text.to_owned())], Style { width, color: false });
            let words: Vec<&str> = lines.split_whitespace().collect();
            assert_eq!(words, text.split_whitespace().collect::<Vec<_>>(), "{lines}");
        }
    }
}
