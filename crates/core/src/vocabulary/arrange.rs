//! Arranges the tables for searching: sorted by text, with the rest of each row behind it, below a filter. The build
//! script includes this file, so that thousands of words need no preparation when the program starts.

use std::{
    borrow::{Borrow, Cow},
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

/// The words of a table in blocks, one per kind of meaning: `role` for `role:name`. The first lines state the kinds and the
/// lengths of their blocks in bytes, up to an empty line. A row is a text, what is behind the colon of its meaning, and
/// its uses. Words about vendors that count inside longer texts are once more in blocks of their own, by their uses. Each
/// block is a table as [`table_of`] returns it.
pub fn words(table: &str) -> String {
    let mut blocks: BTreeMap<&str, Vec<[Cow<'_, str>; 3]>> = BTreeMap::new();
    for columns in rows(table) {
        let [meaning, _language, text, ref uses @ ..] = columns[..] else { continue };
        let (kind, argument) = meaning.split_once(':').unwrap_or((meaning, ""));
        let uses = uses.first().copied().unwrap_or_default();
        blocks.entry(kind).or_default().push([text.into(), argument.into(), uses.into()]);
        if meaning == "role:name" {
            for usage in uses.split(',') {
                let (kind, text) = match usage {
                    "heading" => ("vendor-heading", text.into()),
                    "column" => ("vendor-column", text.into()),
                    "file" => ("vendor-file", text.replace(' ', "").into()),
                    _ => continue,
                };
                blocks.entry(kind).or_default().push([text, "".into(), "".into()]);
            }
        }
    }
    let (mut lengths, mut rows) = (String::new(), String::new());
    for (kind, mut block) in blocks {
        block.sort_by(|a, b| a[0].cmp(&b[0]));
        let block = table_of(&block);
        writeln!(lengths, "{kind}\t{}", block.len()).unwrap_or_default();
        rows.push_str(&block);
    }
    format!("{lengths}\n{rows}")
}

/// A table of rows that are sorted by their first columns. Its first line is the length of the second one, which is the
/// filter of those columns.
pub fn table_of<T: AsRef<str> + Borrow<str>, R: AsRef<[T]>>(rows: &[R]) -> String {
    let filter = filter(rows.iter().filter_map(|row| Some(row.as_ref().first()?.as_ref())));
    let mut table = format!("{}\n{filter}", filter.len());
    for row in rows {
        table.push('\n');
        table.push_str(&row.as_ref().join("\t"));
    }
    table.push('\n');
    table
}

/// Bits of a filter per key, so that about one of sixteen other texts passes.
const BITS_PER_KEY: usize = 16;

/// Bits of a filter in a character.
const BITS_PER_CHAR: usize = 6;

/// A Bloom filter with one hash, of the first words of some keys. Most texts that are looked up are not in a table, and
/// most of those do not pass the filter.
fn filter<'k>(keys: impl Iterator<Item = &'k str>) -> String {
    let words: BTreeSet<&str> = keys.map(first_word).collect();
    let mut chars = vec![FIRST_CHAR; (words.len() * BITS_PER_KEY).div_ceil(BITS_PER_CHAR)];
    for word in words {
        let (at, bit) = place(chars.len(), word);
        chars[at] = FIRST_CHAR + ((chars[at] - FIRST_CHAR) | bit);
    }
    chars.into_iter().map(char::from).collect()
}

/// The character of a filter that stands for no word.
pub const FIRST_CHAR: u8 = b'0';

/// The character of a filter that a word belongs to, and its bit. The hash is FNV-1a.
pub fn place(chars: usize, word: &str) -> (usize, u8) {
    let hash = word.bytes().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let bit = hash as usize % (chars * BITS_PER_CHAR).max(1);
    (bit / BITS_PER_CHAR, 1 << (bit % BITS_PER_CHAR))
}

/// The part of a key before its first space.
pub fn first_word(key: &str) -> &str {
    let end = key.bytes().position(|byte| byte == b' ');
    &key[..end.unwrap_or(key.len())]
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
