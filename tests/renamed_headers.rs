//! A law of pages: a header that changes in the same version as a cell hides nothing.

use changecast::read::{ReadingConfig, read};
use changecast_core::{
    change::{Change, ChangeSet, Detail, diff},
    model::{Inventory, ListState},
};
use proptest::{prelude::*, test_runner::TestCaseError};

/// A column before and after its header is renamed, and words of its cells.
struct Column {
    headers: [&'static str; 2],
    words: [&'static str; 8],
}

const COLUMNS: [Column; 4] = [
    Column {
        headers: ["Purpose", "Role and purpose"],
        words: ["hosting", "of", "pages", "files", "backups", "mail", "search", "payments"],
    },
    Column {
        headers: ["Remark", "What else you should know"],
        words: ["optional", "since", "spring", "under", "contract", "audited", "yearly", "by"],
    },
    Column {
        headers: ["What it sees", "What"],
        words: ["names", "addresses", "invoices", "only", "when", "enabled", "pictures", "texts"],
    },
    Column {
        headers: ["Retention", "How long it is kept"],
        words: ["deleted", "after", "ninety", "days", "kept", "until", "closure", "account"],
    },
];

/// A cell: which words it has, and the place of the word that the next version replaces.
type Cell = (Vec<usize>, Option<usize>);

/// Whether each header is renamed, and the cells of each entry.
type Page = (Vec<bool>, Vec<Vec<Cell>>);

fn page() -> impl Strategy<Value = Page> {
    let words = prop::sample::subsequence((0..8).collect::<Vec<_>>(), 4..7);
    let cell = (words, proptest::option::of(0..4usize));
    let columns = COLUMNS.len();
    (prop::collection::vec(any::<bool>(), columns), prop::collection::vec(prop::collection::vec(cell, columns), 1..6))
}

fn text_before(column: &Column, (words, _): &Cell) -> String {
    words.iter().map(|word| column.words[*word]).collect::<Vec<_>>().join(" ")
}

fn text_after(column: &Column, (words, replaced): &Cell) -> String {
    let word =
        |(place, word): (usize, &usize)| if Some(place) == *replaced { "elsewhere" } else { column.words[*word] };
    words.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

fn name(entry: usize) -> String {
    format!("{} Cloud", ["Halden", "Postduif", "Quill", "Kestrel", "Tern"][entry])
}

/// The rows of one version, the header first.
fn rows((renamed, entries): &Page, version: usize) -> Vec<Vec<String>> {
    let headers = COLUMNS.iter().zip(renamed).map(|(column, renamed)| {
        let header = if *renamed { version } else { 0 };
        column.headers[header].to_owned()
    });
    let mut rows: Vec<Vec<String>> = vec![std::iter::once("Vendor".to_owned()).chain(headers).collect()];
    for (number, cells) in entries.iter().enumerate() {
        let text = if version == 0 { text_before } else { text_after };
        let texts = COLUMNS.iter().zip(cells).map(|(column, cell)| text(column, cell));
        rows.push(std::iter::once(name(number)).chain(texts).collect());
    }
    rows
}

fn markdown(rows: &[Vec<String>]) -> String {
    let mut lines: Vec<String> = rows.iter().map(|cells| format!("| {} |\n", cells.join(" | "))).collect();
    lines.insert(1, format!("|{}\n", "---|".repeat(rows[0].len())));
    lines.concat()
}

fn html(rows: &[Vec<String>]) -> String {
    let mut out = String::from("<table>");
    for (number, cells) in rows.iter().enumerate() {
        let tag = if number == 0 { "th" } else { "td" };
        let cells: String = cells.iter().map(|cell| format!("<{tag}>{cell}</{tag}>")).collect();
        out.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    out + "</table>\n"
}

fn parsed(file: &str, text: &str) -> Inventory {
    read(file, text.as_bytes(), &ReadingConfig::default()).expect("a list").inventory
}

/// Whether a change shows that a cell of an entry had one text and has the other.
fn tells(change: &Change, entry: &str, before: &str, after: &str) -> bool {
    match &change.detail {
        Detail::Field { entry: of, edit, .. } => {
            of.name.as_str() == entry
                && edit.before().is_some_and(|text| text.as_str() == before)
                && edit.after().is_some_and(|text| text.as_str() == after)
        }
        Detail::List { .. } | Detail::Row { .. } | Detail::Column { .. } | Detail::Fact { .. } => false,
    }
}

fn check(page: &Page, set: &ChangeSet) -> Result<(), TestCaseError> {
    let (_, entries) = page;
    for (number, cells) in entries.iter().enumerate() {
        for (column, cell) in COLUMNS.iter().zip(cells) {
            let (before, after) = (text_before(column, cell), text_after(column, cell));
            let mut changes = set.changes.iter().chain(&set.unannounced.editorial);
            let is_told = changes.any(|change| tells(change, &name(number), &before, &after));
            prop_assert!(before == after || is_told, "{}: {before} → {after}", name(number));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_renamed_header_hides_no_change_of_a_cell(page in page()) {
        let versions = [rows(&page, 0), rows(&page, 1)];
        for (file, write) in [("list.md", markdown as fn(&[Vec<String>]) -> String), ("list.html", html)] {
            let [before, after] = [0, 1].map(|at| ListState::listed(parsed(file, &write(&versions[at]))));
            check(&page, &diff(&before, &after))?;
        }
    }
}
