//! Arranges the tables for searching: sorted by text, with the rest of each row behind it. The build script includes this
//! file, so that thousands of words need no preparation when the program starts.

use std::{collections::BTreeMap, fmt::Write as _};

/// The words of a table in blocks, one per kind of meaning: `role` for `role:name`. The first lines state the kinds and the
/// lengths of their blocks in bytes, up to an empty line. A row is a text, what is behind the colon of its meaning, and
/// its uses.
pub fn words(table: &str) -> String {
    let mut blocks: BTreeMap<&str, Vec<[&str; 3]>> = BTreeMap::new();
    for columns in rows(table) {
        let [meaning, _language, text, ref uses @ ..] = columns[..] else { continue };
        let (kind, argument) = meaning.split_once(':').unwrap_or((meaning, ""));
        blocks.entry(kind).or_default().push([text, argument, uses.first().copied().unwrap_or_default()]);
    }
    let (mut lengths, mut rows) = (String::new(), String::new());
    for (kind, mut block) in blocks {
        block.sort_by_key(|row| row[0]);
        let start = rows.len();
        block.iter().for_each(|row| push_row(&mut rows, row));
        writeln!(lengths, "{kind}\t{}", rows.len() - start).unwrap_or_default();
    }
    format!("{lengths}\n{rows}")
}

/// Adds a row to a table.
pub fn push_row(table: &mut String, columns: &[&str]) {
    table.push_str(&columns.join("\t"));
    table.push('\n');
}

/// The lines of a table that are not comments, with their numbers counted from 1.
pub fn lines(table: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = table.lines().enumerate().map(|(at, line)| (at + 1, line));
    numbered.filter(|(_, line)| !line.is_empty() && *line != "#" && !line.starts_with("# "))
}

/// The rows of a table in their columns.
pub fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    lines(table).map(|(_, line)| line.split('\t').collect())
}
