//! Laws of pages: a header that changes in the same version as a cell hides nothing, and a page that is translated has the
//! columns that it had.

use std::collections::BTreeSet;

use changecast::read::{ReadingConfig, read};
use changecast_core::{
    change::{Change, ChangeSet, Detail, Edit, apply, diff},
    model::{Inventory, ListState, Text},
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

/// Headers and cells in English and in German, without a word in common.
struct Translated {
    headers: [&'static str; 2],
    cells: [[&'static str; 3]; 2],
}

const TRANSLATED: [Translated; 4] = [
    Translated {
        headers: ["Purpose", "Zweck"],
        cells: [["hosting", "mail", "search"], ["Betrieb", "Versand", "Suche"]],
    },
    Translated {
        headers: ["Retention", "Aufbewahrung"],
        cells: [["until closure", "as the law requires", "none"], ["bis zur Auflösung", "nach Gesetz", "keine"]],
    },
    Translated {
        headers: ["Encryption", "Verschlüsselung"],
        cells: [["at rest", "in transit", "both"], ["ruhend", "unterwegs", "beides"]],
    },
    Translated {
        headers: ["Optional", "Abwählbar"],
        cells: [["yes", "no", "on request"], ["ja", "nein", "auf Anfrage"]],
    },
];

/// Which text each entry has in each column.
type Choices = Vec<Vec<usize>>;

fn choices() -> impl Strategy<Value = Choices> {
    prop::collection::vec(prop::collection::vec(0..3usize, TRANSLATED.len()), 2..6)
}

/// The rows in a language, the header first. Columns and rows begin at the places `from`, and end before them.
fn translated(entries: &Choices, language: usize, from: usize) -> Vec<Vec<String>> {
    let mut columns: Vec<usize> = (0..TRANSLATED.len()).collect();
    columns.rotate_left(from);
    let header = columns.iter().map(|column| TRANSLATED[*column].headers[language].to_owned());
    let header: Vec<String> = [["Vendor", "Anbieter"][language].to_owned()].into_iter().chain(header).collect();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (number, texts) in entries.iter().enumerate() {
        let cells = columns.iter().map(|column| TRANSLATED[*column].cells[language][texts[*column]].to_owned());
        rows.push([name(number)].into_iter().chain(cells).collect());
    }
    let at = from.min(rows.len());
    rows.rotate_left(at);
    rows.insert(0, header);
    rows
}

/// Whether no two columns repeat their texts in the same entries.
fn are_told_apart(entries: &Choices) -> bool {
    let pattern = |column: usize| -> Vec<usize> {
        let first = |text: usize| entries.iter().position(|texts| texts[column] == text).unwrap_or_default();
        entries.iter().map(|texts| first(texts[column])).collect()
    };
    let patterns: BTreeSet<Vec<usize>> = (1..TRANSLATED.len()).map(pattern).collect();
    patterns.len() == TRANSLATED.len() - 1
}

fn is_column_gone_or_new(change: &Change) -> bool {
    matches!(&change.detail, Detail::Column { edit: Edit::Set(_) | Edit::Cleared(_), .. })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_translated_page_has_the_columns_that_it_had(entries in choices(), from in 0..TRANSLATED.len()) {
        for (file, write) in [("list.md", markdown as fn(&[Vec<String>]) -> String), ("list.html", html)] {
            let version = |language, from| {
                ListState::listed(parsed(file, &write(&translated(&entries, language, from))))
            };
            let (before, after) = (version(0, 0), version(1, 0));
            let set = diff(&before, &after);
            prop_assert_eq!(&diff(&before, &version(1, from)).changes, &set.changes);
            prop_assert_eq!(&apply(&before, &set), &Ok(after));
            let stay = !set.changes.iter().any(is_column_gone_or_new);
            prop_assert!(stay || !are_told_apart(&entries), "{:#?}", set.changes);
        }
    }
}

#[test]
fn a_column_belongs_to_another_one_only_by_evidence() {
    let head = "| Vendor | Purpose | Retention |\n|---|---|---|\n";
    let before = format!("{head}| Halden | mail | a year |\n| Quill | search | a month |\n| Tern | mail | a year |\n");
    for (after, expected) in [
        // Under another header without a role, and under one of another role.
        (before.replace("Retention", "Aufbewahrung"), [(Some("Retention"), Some("Aufbewahrung"))].as_slice()),
        (before.replace("Purpose", "Service"), &[(Some("Purpose"), Some("Service"))]),
        // One of three cells is emptied at once.
        (
            before.replace("Retention", "Deletion").replace("| Tern | mail | a year", "| Tern | mail | "),
            &[(Some("Retention"), Some("Deletion"))],
        ),
        // Another column with other cells, and one that repeats in the same entries under otherwise equal headers.
        (
            before.replace("Retention", "Owner").replace("a month", "Ann").replace("a year", "Bo"),
            &[(None, Some("Owner")), (Some("Retention"), None)],
        ),
        // The numbers of a translated cell stay.
        (
            before.replace("Purpose", "Zweck").replace("Retention", "Dauer").replace("a month", "1 Tag"),
            &[(None, Some("Dauer")), (Some("Purpose"), Some("Zweck")), (Some("Retention"), None)],
        ),
    ] {
        let [old, new] = [&before, &after].map(|text| ListState::listed(parsed("list.md", text)));
        let set = diff(&old, &new);
        let columns = set.changes.iter().filter_map(|change| match &change.detail {
            Detail::Column { edit, .. } => Some((edit.before().map(|t| t.as_str()), edit.after().map(|t| t.as_str()))),
            _ => None,
        });
        let columns: BTreeSet<(Option<&str>, Option<&str>)> = columns.collect();
        assert_eq!(columns, expected.iter().copied().collect(), "{after}");
        assert_eq!(apply(&old, &set), Ok(new));
    }
}

#[test]
fn one_of_several_tables_may_rename_a_header() {
    let table = |header: &str, rows: &str| format!("| Vendor | Purpose | {header} |\n|---|---|---|\n{rows}\n");
    let page = |first: &str, second: &str, kept: &str| {
        let hosting = table(first, &format!("| Halden | files | {kept} |\n| Quill | pages | a month |\n"));
        let support = table(second, "| Tern | mail | a year |\n");
        format!("# Sub-processors\n\n## Hosting\n\n{hosting}\n## Support\n\n{support}")
    };
    let same = page("Retention", "Retention", "a year");
    let other = page("Kept for", "Retention", "a year");
    let renamed = |from: &str, to: &str| format!("columns-changed {from} {to}");
    for (before, after, expected) in [
        (&same, &other, vec![renamed("Retention", "Kept for")]),
        (&other, &same, vec![renamed("Kept for", "Retention")]),
        // A cell of another text is announced, and so is a column that only one of the rows of its table has.
        (
            &same,
            &page("Kept for", "Retention", "a week"),
            ["columns-changed - Kept for", "amended a year -", "amended a month -"].map(str::to_owned).to_vec(),
        ),
    ] {
        let [old, new] = [before, after].map(|text| ListState::listed(parsed("list.md", text)));
        let set = diff(&old, &new);
        let mut told: Vec<String> = set.changes.iter().map(told).collect();
        let mut expected = expected;
        told.sort();
        expected.sort();
        assert_eq!(told, expected, "{after}");
        assert_eq!(apply(&old, &set), Ok(new));
    }
}

/// A change as its kind and its texts before and after.
fn told(change: &Change) -> String {
    let edit = match &change.detail {
        Detail::Field { edit, .. } | Detail::Column { edit, .. } | Detail::Fact { edit, .. } => edit,
        Detail::List { .. } | Detail::Row { .. } => return change.kind.to_string(),
    };
    let text = |text: Option<&Text>| text.map_or("-", Text::as_str).to_owned();
    format!("{} {} {}", change.kind, text(edit.before()), text(edit.after()))
}
