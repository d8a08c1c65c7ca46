//! Search in a table whose rows are sorted by their first column. It works in the text of the table, so that thousands of
//! rows need no preparation.

/// The rows of a table: a key, a tab, and other columns. They are sorted by the bytes of their keys.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sorted<'t>(&'t str);

/// A row: the key, and the columns behind it.
pub(super) type Row<'t> = (&'t str, &'t str);

impl<'t> Sorted<'t> {
    pub fn new(rows: &'t str) -> Self {
        Sorted(rows)
    }

    /// The rows of a table that may begin with comments.
    pub fn without_comment(table: &'t str) -> Self {
        let mut rows = table;
        while rows.starts_with('#') {
            rows = rows.split_once('\n').map_or("", |(_, rest)| rest);
        }
        Sorted(rows)
    }

    /// The rows in their order.
    pub fn rows(self) -> impl Iterator<Item = Row<'t>> {
        let mut rest = self.0;
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

    /// Whether a row has this key.
    pub fn contains(self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The columns of the first row with this key.
    pub fn get(self, key: &str) -> Option<&'t str> {
        self.from(key).rows().next().filter(|(found, _)| *found == key).map(|(_, columns)| columns)
    }

    /// The columns of all rows with this key.
    pub fn all(self, key: &str) -> impl Iterator<Item = &'t str> {
        self.from(key).rows().take_while(move |(found, _)| *found == key).map(|(_, columns)| columns)
    }

    /// The rows from the first one whose key is not less than this.
    pub fn from(self, key: &str) -> Self {
        let bytes = self.0.as_bytes();
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
        Sorted(&self.0[low..])
    }
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

    #[test]
    fn rows_are_found_by_their_keys() {
        let table = Sorted::without_comment("# key, columns\na\t1\nab\t2\nab\t3\nb\nö\t4\t5\n");
        assert_eq!(table.rows().count(), 5);
        for (key, columns) in [("a", Some("1")), ("ab", Some("2")), ("b", Some("")), ("ö", Some("4\t5")), ("c", None)]
        {
            assert_eq!(table.get(key), columns, "{key}");
        }
        assert_eq!(table.all("ab").collect::<Vec<_>>(), ["2", "3"]);
        assert_eq!(table.from("aa").keys().collect::<Vec<_>>(), ["ab", "ab", "b", "ö"]);
        assert!(!table.contains("") && !table.contains("z"));
        assert_eq!(Sorted::new("").get("a"), None);
    }
}
