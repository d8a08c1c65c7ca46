//! The entries of a list as tables, one for each section.

use maud::{Markup, html};

use changecast_core::{
    compare::Status,
    model::{Column, Entry, Inventory, RichText, Role, Section, Span, Text, WebUrl, without_footnote_marks},
    prose::messages::Messages,
};

use super::super::sections_in_order;

/// The characters that fit beside each other in a table.
const PAGE_WIDTH: usize = 176;
/// The most columns of a table. A list with more columns is shown entry by entry.
const MAX_COLUMNS: usize = 8;
/// A list with more columns than this has its rare cells in one column.
const FEW_COLUMNS: usize = 6;
/// The width of the column of rare cells, in characters.
const RARE_WIDTH: usize = 20;
/// The narrowest and the widest column, in characters. Longer texts have several lines.
const NARROWEST: usize = 15;
const WIDEST: usize = 22;
/// The width of a column with texts of many lines, and the length from which on texts are that long.
const WIDE: usize = 50;
const MANY_LINES: usize = 240;
/// The shares of the width of a table that a column can have, in percent. The style sheet has a class for each.
pub(super) const SHARES: std::ops::RangeInclusive<usize> = 4..=60;
/// The length in bytes up to which a date or period stays on one line: "2026-06-07", "from 2027-Q3".
const SHORT_DATE: usize = 16;
/// A text that is shown across all columns of an entry.
const LONG_TEXT: usize = 120;

/// The tables of a page, with links to the history of each entry.
pub(super) fn sections(inventory: &Inventory, messages: &Messages) -> Markup {
    let layout = Layout::of(inventory);
    html! {
        @for section in sections_in_order(inventory) {
            @let entries: Vec<&Entry> = entries_of(inventory, section).collect();
            div.group id={ "s-" (section.id) } data-section=(section.title) {
                @if !section.title.is_empty() { h3 { bdi { (section.title) } " " span.count { (entries.len()) } } }
                @if !section.note.is_empty() { p.note { (linked_text(&section.note)) } }
                (table(&layout, &entries, messages))
            }
        }
    }
}

fn entries_of<'i>(inventory: &'i Inventory, section: &'i Section) -> impl Iterator<Item = &'i Entry> {
    inventory.entries.iter().map(|entry| &**entry).filter(|entry| entry.section == section.id)
}

/// How the tables of a list are laid out. All of them have the same columns with the same widths.
struct Layout<'i> {
    /// The columns, and the share of the width that each has, in percent.
    columns: Vec<(&'i Column, usize)>,
    /// Columns in which few entries have a cell. Their cells are together in the last column.
    rare: Vec<&'i Column>,
    /// The shares of the names and of the rare cells.
    names: usize,
    rare_share: usize,
    /// Whether each entry is a block of its own, because its cells do not fit beside each other.
    by_entry: bool,
}

impl<'i> Layout<'i> {
    fn of(inventory: &'i Inventory) -> Self {
        let (names, filled) = measured(inventory);
        let is_many = filled.len() > FEW_COLUMNS;
        // At most a quarter of the entries have a cell in a rare column.
        let is_rare = |measured: &Measured<'_>| is_many && measured.cells * 4 <= inventory.entries.len();
        let (rare, filled): (Vec<Measured<'_>>, Vec<Measured<'_>>) = filled.into_iter().partition(is_rare);
        let names = names.clamp(16, 24);
        let rare_need = if rare.is_empty() { 0 } else { RARE_WIDTH };
        let total = names + filled.iter().map(Measured::need).sum::<usize>() + rare_need;
        let share = |need: usize| (100 * need / total.max(1)).clamp(*SHARES.start(), *SHARES.end());
        Layout {
            by_entry: total > PAGE_WIDTH || filled.len() > MAX_COLUMNS,
            names: share(names),
            rare_share: share(rare_need),
            rare: rare.into_iter().map(|measured| measured.column).collect(),
            columns: filled.into_iter().map(|measured| (measured.column, share(measured.need()))).collect(),
        }
    }

    /// Whether a table has a column for rare cells. In blocks they stand among the others.
    fn has_rare(&self) -> bool {
        !self.by_entry && !self.rare.is_empty()
    }
}

/// A column with the number of its cells and the width of the longest one, in characters.
struct Measured<'i> {
    column: &'i Column,
    cells: usize,
    longest: usize,
}

impl Measured<'_> {
    /// The characters that the column needs beside each other.
    fn need(&self) -> usize {
        let header = width(self.column.label.as_str()).min(14);
        if self.longest > MANY_LINES { WIDE } else { self.longest.max(header).clamp(NARROWEST, WIDEST) }
    }
}

/// The width of the longest name, and the columns that have cells.
fn measured(inventory: &Inventory) -> (usize, Vec<Measured<'_>>) {
    let mut names = 0;
    let columns = inventory.columns.iter();
    let mut columns: Vec<Measured<'_>> = columns.map(|column| Measured { column, cells: 0, longest: 0 }).collect();
    for entry in &inventory.entries {
        names = names.max(width(entry.name.as_str()));
        // Cells are in the order of the columns: look after the last one first.
        let mut next = 0;
        for cell in &entry.cells {
            let is_own = |measured: &Measured<'_>| measured.column.field == cell.field;
            let after = columns.get(next..).and_then(|rest| rest.iter().position(is_own)).map(|at| next + at);
            let Some(at) = after.or_else(|| columns.iter().position(is_own)) else { continue };
            columns[at].cells += 1;
            columns[at].longest = columns[at].longest.max(width(cell.text.text().as_str()));
            next = at + 1;
        }
    }
    columns.retain(|measured| measured.cells > 0);
    (names, columns)
}

/// The width of a text in characters. Those of Chinese, Japanese and Korean count twice.
fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum() }
}

fn table(layout: &Layout<'_>, entries: &[&Entry], messages: &Messages) -> Markup {
    html! {
        table.rows.entries[layout.by_entry].fixed[!layout.by_entry] {
            @if !layout.by_entry {
                colgroup {
                    col class={ "w" (layout.names) };
                    @for (_, share) in &layout.columns { col class={ "w" (share) }; }
                    @if layout.has_rare() { col class={ "w" (layout.rare_share) }; }
                }
            }
            thead {
                tr {
                    th scope="col" { (messages.name) }
                    @for (column, _) in &layout.columns { th scope="col" { (column.label) } }
                    @if layout.has_rare() { th scope="col" { (messages.more) } }
                    @else { @for column in &layout.rare { th scope="col" { (column.label) } } }
                }
            }
            tbody { @for entry in entries { (row(layout, entry, messages)) } }
        }
    }
}

fn row(layout: &Layout<'_>, entry: &Entry, messages: &Messages) -> Markup {
    html! {
        tr id={ "e-" (entry.id) } {
            th scope="row" { a href={ "entries/" (entry.id) ".html" } { bdi { (entry.name) } } }
            @for (column, _) in &layout.columns { (labelled_cell(layout, entry, column)) }
            @if layout.has_rare() {
                @if layout.rare.iter().any(|column| entry.text(&column.field).is_some()) {
                    td data-label=(messages.more) {
                        dl.rare {
                            @for column in &layout.rare {
                                @if let Some(text) = entry.markdown(&column.field) {
                                    dt { (column.label) } dd dir="auto" { (cell_of(column, text)) }
                                }
                            }
                        }
                    }
                } @else { td {} }
            } @else {
                @for column in &layout.rare { (labelled_cell(layout, entry, column)) }
            }
        }
    }
}

fn labelled_cell(layout: &Layout<'_>, entry: &Entry, column: &Column) -> Markup {
    html! {
        @match entry.markdown(&column.field) {
            Some(text) => {
                @let is_long = layout.by_entry && text.as_str().len() > LONG_TEXT;
                td class=[is_long.then_some("long")] dir="auto" data-label=(column.label) {
                    (cell_of(column, text))
                }
            }
            None => td {},
        }
    }
}

/// The list as HTML tables, for pages that exist already.
pub(in super::super) fn tables(messages: &Messages, inventory: Option<&Inventory>) -> String {
    let tables = inventory.map(|inventory| {
        html! {
            @for section in sections_in_order(inventory) {
                @let entries: Vec<&Entry> = entries_of(inventory, section).collect();
                @let columns: Vec<&Column> = inventory.columns.iter().filter(|column| entries.iter().any(|entry| entry.text(&column.field).is_some())).collect();
                @if !section.title.is_empty() { h3 { (section.title) } }
                @if !section.note.is_empty() { p { (linked_text(&section.note)) } }
                table {
                    thead { tr { th scope="col" { (messages.name) } @for column in &columns { th scope="col" { (column.label) } } } }
                    tbody {
                        @for entry in entries {
                            tr {
                                th scope="row" { bdi { (entry.name) } }
                                @for column in &columns {
                                    @match entry.markdown(&column.field) {
                                        Some(text) => td dir="auto" { (cell_of(column, text)) },
                                        None => td {},
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    });
    tables.unwrap_or_default().into_string()
}

/// A cell of a column: statuses are marked.
fn cell_of(column: &Column, text: &Text) -> Markup {
    if column.role != Role::Status {
        return cell(column.role, text);
    }
    let status = Status::of_cell(&column.label, text);
    html! { span.status.active[status.is_active()] { (text) } }
}

/// A cell by its role: addresses become links.
pub(super) fn cell(role: Role, text: &Text) -> Markup {
    match role {
        Role::Link => match WebUrl::new(text.as_str()) {
            Ok(url) => address(&url, text.as_str()),
            Err(_) => linked_text(text),
        },
        // A date that would be divided behind one of its hyphens.
        Role::Effective if text.as_str().len() <= SHORT_DATE => html! { span.date { (text) } },
        _ => linked_text(text),
    }
}

/// A link whose text is its address without the scheme. A long one is shortened; print shows the whole address.
fn address(url: &WebUrl, text: &str) -> Markup {
    const SHOWN: usize = 44;
    let shown = text.trim_start_matches("https://").trim_end_matches('/');
    match shown.char_indices().nth(SHOWN) {
        Some((end, _)) => {
            html! { a href=(url) rel="nofollow noopener" { (&shown[..end]) "\u{2026}" } }
        }
        None => html! { a.address href=(url) rel="nofollow noopener" { (shown) } },
    }
}

/// A text with its links. A link becomes active only if it leads to a web address and its text is not an address
/// itself, which could be another one.
pub(super) fn linked_text(text: &Text) -> Markup {
    html! {
        @for Span { text, href } in RichText::from_inline_markdown(text.as_str()).spans() {
            @match (href, href.map(WebUrl::new)) {
                (_, Some(Ok(url))) if !looks_like_address(text) => a href=(url) rel="nofollow noopener" { (text) },
                (Some(href), _) => { (text) " (" (href) ")" },
                (None, _) => (without_footnote_marks(text)),
            }
        }
    }
}

fn looks_like_address(words: &str) -> bool {
    words.contains("://") || words.contains("www.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_texts_cannot_hide_another_address() {
        for (text, html) in [
            (
                "see [terms](https://a.example/t)",
                r#"see <a href="https://a.example/t" rel="nofollow noopener">terms</a>"#,
            ),
            ("[https://bank.example](https://a.example)", "https://bank.example (https://a.example)"),
            // Addresses of unsafe schemes are dropped when the text is read.
            ("[x](javascript:alert(1))", "x"),
            ("[<b>](/dpa)[^2] & more", "&lt;b&gt; (/dpa) &amp; more"),
        ] {
            assert_eq!(linked_text(&text.into()).into_string(), html);
        }
    }
}
