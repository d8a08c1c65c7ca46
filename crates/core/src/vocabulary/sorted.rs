//! Search in a table whose rows are sorted by their first column. It works in the text of the table, so that thousands of
//! rows need no preparation.

use std::ops::Range;

use super::arrange::{FIRST_CHAR, first_word, place};

/// The rows of a table: a key, a tab, and other columns. They are sorted by the bytes of their keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sorted<'t> {
    rows: &'t str,
    /// The filter of the first words of the keys.
    filter: &'t str,
}

/// A row: the key, and the columns behind it.
pub(super) type Row<'t> = (&'t str, &'t str);

impl<'t> Sorted<'t> {
    /// The rows of a table that [`arrange::table_of`](super::arrange::table_of) returned.
    pub fn new(table: &'t str) -> Self {
        Sorted::with_filter(table, filter_of(table))
    }

    /// The rows of a table whose filter [`filter_of`] found.
    pub fn with_filter(table: &'t str, filter: Range<usize>) -> Self {
        Sorted { rows: table.get(filter.end + 1..).unwrap_or_default(), filter: table.get(filter).unwrap_or_default() }
    }

    /// The rows in their order.
    pub fn rows(self) -> impl Iterator<Item = Row<'t>> {
        let mut rest = self.rows;
        std::iter::from_fn(move || {
            let (row, next) = first_row(rest)?;
            rest = next;
            Some(row)
        })
    }

    /// The keys in their order.
    pub fn keys(self) -> impl Iterator<Item = &'t str> {
        self.rows().map(|(key, _)| key)
    }

    /// Whether a key may begin with the first word of this text.
    pub fn may_begin(self, text: &str) -> bool {
        passes(self.filter, text)
    }

    /// Whether a row has this key.
    pub fn contains(self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// This key, as the table contains it.
    pub fn key(self, key: &str) -> Option<&'t str> {
        self.at(key).keys().next().filter(|found| *found == key)
    }

    /// The columns of the first row with this key.
    pub fn get(self, key: &str) -> Option<&'t str> {
        self.all(key).next()
    }

    /// The columns of all rows with this key.
    pub fn all(self, key: &str) -> impl Iterator<Item = &'t str> {
        self.at(key).rows().take_while(move |(found, _)| *found == key).map(|(_, columns)| columns)
    }

    /// The rows that begin with those of this key; none, or any others, if it has no row.
    fn at(self, key: &str) -> Self {
        if self.may_begin(key) { self.from(key) } else { Sorted { rows: "", ..self } }
    }

    /// The rows from the first one whose key is not less than this.
    pub fn from(self, key: &str) -> Self {
        let bytes = self.rows.as_bytes();
        let (mut low, mut high) = (0, bytes.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let start = bytes[low..middle].iter().rposition(|byte| *byte == b'\n').map_or(low, |at| low + at + 1);
            let known = key_of(&bytes[start..]);
            if known < key.as_bytes() {
                let end = bytes[start..high].iter().position(|byte| *byte == b'\n');
                low = end.map_or(high, |at| start + at + 1);
            } else {
                high = start;
            }
        }
        Sorted { rows: &self.rows[low..], ..self }
    }
}

/// The place of the filter in a table that [`arrange::table_of`](super::arrange::table_of) returned.
pub(super) fn filter_of(table: &str) -> Range<usize> {
    let length = table.lines().next().unwrap_or_default();
    let start = length.len() + 1;
    start..start + length.parse::<usize>().unwrap_or_default()
}

/// Whether a filter lets the first word of a key pass.
fn passes(filter: &str, key: &str) -> bool {
    let (at, bit) = place(filter.len(), first_word(key));
    filter.as_bytes().get(at).is_some_and(|char| (char - FIRST_CHAR) & bit != 0)
}

/// The key of the first row. Keys are too short for the general search of [`str::split`] to be quick.
fn key_of(rows: &[u8]) -> &[u8] {
    let end = rows.iter().position(|byte| matches!(byte, b'\t' | b'\n'));
    &rows[..end.unwrap_or(rows.len())]
}

/// The first row of a table, and the rows behind it.
fn first_row(rows: &str) -> Option<(Row<'_>, &str)> {
    if rows.is_empty() {
        return None;
    }
    let (key, rest) = rows.split_at(key_of(rows.as_bytes()).len());
    let rest = rest.strip_prefix('\t').unwrap_or(rest);
    let end = rest.bytes().position(|byte| byte == b'\n').unwrap_or(rest.len());
    let (columns, rest) = rest.split_at(end);
    Some(((key, columns), rest.strip_prefix('\n').unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vocabulary::arrange::table_of;

    #[test]
    fn rows_are_found_by_their_keys() {
        let table = table_of(&[&["a", "1"][..], &["ab", "2"], &["ab", "3"], &["b"], &["ö", "4", "5"]]);
        let table = Sorted::new(&table);
        assert_eq!(table.rows().count(), 5);
        for (key, columns) in [("a", Some("1")), ("ab", Some("2")), ("b", Some("")), ("ö", Some("4\t5")), ("c", None)]
        {
            assert_eq!(table.get(key), columns, "{key}");
        }
        assert_eq!((table.key("b"), table.key("c")), (Some("b"), None));
        assert_eq!(table.all("ab").collect::<Vec<_>>(), ["2", "3"]);
        assert_eq!(table.from("aa").keys().collect::<Vec<_>>(), ["ab", "ab", "b", "ö"]);
        assert!(!table.contains("") && !table.contains("z"));
        assert_eq!(Sorted::new("").get("a"), None);
    }

    #[test]
    fn a_filter_lets_all_first_words_pass_and_few_others() {
        let keys: Vec<[String; 1]> = (0..1000).map(|number| [format!("{number} of many")]).collect();
        let rows: Vec<[&str; 1]> = keys.iter().map(|[key]| [key.as_str()]).collect();
        let table = table_of(&rows);
        let table = Sorted::new(&table);
        assert!(keys.iter().all(|[key]| table.may_begin(key)));
        assert!((0..1000).all(|number| table.may_begin(&number.to_string())));
        let others = (1000..2000).filter(|number| table.may_begin(&number.to_string())).count();
        assert!(others < 200, "{others} of 1000 pass");
    }
}
