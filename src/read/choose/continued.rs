//! Rows of a table that continue the row above: their cells up to the name are empty, or have ditto marks.
//!
//! ```text
//! | Vendor | Service | Location |
//! | Alder  | Hosting | Germany  |
//! |        | Backups | Ireland  |   a further row of Alder
//! |        |         | Spain    |   a further line of the location above
//! ```

use changecast_core::model::{Role, fold};

use crate::read::{UnnamedRow, position::Position, source_text::cleaned};

/// Marks that repeat the text above, apart from the word for them in any language.
const DITTO: [char; 8] = ['"', '\u{201c}', '\u{201d}', '\u{201e}', '\u{2033}', '\u{3003}', '\u{ab}', '\u{bb}'];

/// What a row is for those below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// It is empty, or a heading inside the table. No row continues it.
    Divides,
    /// It has a name, or lacks one without continuing the row above.
    Stands,
    /// It has no name and one other cell, at this place: a line that belongs to the cell above.
    Line(usize),
    /// It has no name and several other cells.
    Continues,
}

impl Shape {
    /// The shape of a row with these cells.
    pub fn of<'c>(cells: impl Iterator<Item = &'c str>, columns: &Columns) -> Self {
        let (mut filled, mut last) = (0, 0);
        for (place, text) in cells.enumerate().filter(|(_, text)| !text.trim().is_empty()) {
            match columns.must_be_empty(place) {
                true if is_ditto(text) => {}
                true => return Shape::Stands,
                false => (filled, last) = (filled + 1, place),
            }
        }
        match filled {
            0 => Shape::Divides,
            1 => Shape::Line(last),
            _ => Shape::Continues,
        }
    }
}

/// A row without a name that begins here, is a part of the entry that begins there, and has these cells.
pub(crate) fn unnamed<'c>(at: Position, entry: Option<Position>, cells: impl Iterator<Item = &'c str>) -> UnnamedRow {
    let cells = cells.map(|text| fold(&cleaned(text)));
    UnnamedRow { at, entry, cells: cells.filter(|text| text.contains(char::is_alphanumeric)).collect() }
}

/// The columns of a table, as far as they matter here.
#[derive(Debug)]
pub(crate) struct Columns {
    /// The columns of names, at least one, in their order.
    names: Vec<usize>,
    count: usize,
}

impl Columns {
    /// Columns with these roles. Without a column of names, the first one has them.
    pub fn of(roles: impl Iterator<Item = Role>) -> Self {
        let roles: Vec<Role> = roles.collect();
        let names = roles.iter().enumerate().filter(|(_, role)| **role == Role::Name).map(|(place, _)| place);
        let names: Vec<usize> = names.collect();
        Columns { names: if names.is_empty() { vec![0] } else { names }, count: roles.len() }
    }

    /// The first column of names.
    pub fn name(&self) -> usize {
        self.names[0]
    }

    /// Whether cells in a column are names.
    pub fn are_names(&self, place: usize) -> bool {
        self.names.contains(&place)
    }

    /// Whether a row continues another one only if its cell here is empty: the columns up to the name, further ones
    /// of names, and what is beyond all columns.
    fn must_be_empty(&self, place: usize) -> bool {
        place <= self.name() || self.are_names(place) || place >= self.count
    }
}

fn is_ditto(text: &str) -> bool {
    let text = cleaned(text);
    text.chars().count() <= 2 && text.chars().all(|c| DITTO.contains(&c)) && !text.is_empty()
}

/// A row that states a vendor or a service of one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NamedRow {
    pub row: usize,
    /// The row with its name: this one or one above.
    pub named_in: usize,
    /// Further lines of its cells: the place and the row of each.
    lines: Vec<(usize, usize)>,
}

impl NamedRow {
    /// The rows of a cell, the first line first.
    pub fn rows_of(&self, place: usize) -> impl Iterator<Item = usize> {
        let from = self.lines.partition_point(|(other, _)| *other < place);
        let lines = self.lines[from..].iter().take_while(move |(other, _)| *other == place);
        [self.row].into_iter().chain(lines.map(|(_, row)| *row))
    }

    /// All rows from which it has cells.
    pub fn rows(&self) -> impl Iterator<Item = usize> {
        [self.row].into_iter().chain(self.lines.iter().map(|(_, row)| *row))
    }

    /// The rows without a name from which it has cells.
    pub fn unnamed_rows(&self) -> impl Iterator<Item = usize> {
        self.rows().filter(|row| *row != self.named_in)
    }

    /// Whether the name is in this row.
    pub fn is_named(&self) -> bool {
        self.row == self.named_in
    }
}

/// The rows with what continues them, in their order. A row without a name and without a row above stands alone.
pub(crate) fn named_rows(shapes: impl Iterator<Item = Shape>) -> Vec<NamedRow> {
    let mut rows: Vec<NamedRow> = Vec::new();
    let mut is_open = false;
    for (row, shape) in shapes.enumerate() {
        let alone = NamedRow { row, named_in: row, lines: Vec::new() };
        match (shape, rows.last_mut().filter(|_| is_open)) {
            (Shape::Line(place), Some(above)) => above.lines.push((place, row)),
            (Shape::Continues, Some(above)) => {
                let named_in = above.named_in;
                rows.push(NamedRow { named_in, ..alone });
            }
            _ => rows.push(alone),
        }
        is_open = is_open && matches!(shape, Shape::Line(_) | Shape::Continues) || shape == Shape::Stands;
    }
    rows.iter_mut().for_each(|row| row.lines.sort_unstable());
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_a_name_continues_the_one_above() {
        let table = [
            (["", "Hosting", "Norway"], "0"),
            (["Alder", "Hosting", "Norway"], "1"),
            (["", "", "Spain"], ""),
            (["", "Backups", "Ireland"], "3 of 1"),
            (["\"", "Files", "Ireland"], "4 of 1"),
            (["", "", ""], "5"),
            (["", "Calls", "Spain"], "6"),
            (["Birch", "", ""], "7"),
            (["", "Mail", "Spain"], "8 of 7"),
        ];
        let columns = Columns::of([Role::Name, Role::Service, Role::Location].into_iter());
        let rows = named_rows(table.iter().map(|(cells, _)| Shape::of(cells.iter().copied(), &columns)));
        let mut found = [const { String::new() }; 9];
        for named in &rows {
            let NamedRow { row, named_in, .. } = named;
            found[*row] = if named.is_named() { row.to_string() } else { format!("{row} of {named_in}") };
        }
        assert_eq!(found.to_vec(), table.iter().map(|(_, expected)| expected.to_string()).collect::<Vec<_>>());
        assert_eq!(rows[1].rows_of(2).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(rows[1].rows_of(1).collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn cells_before_the_name_show_that_a_row_stands_alone() {
        let columns = Columns::of([Role::Other, Role::Name, Role::Purpose].into_iter());
        for (cells, expected) in [
            (["", "", "Mail"], Shape::Line(2)),
            (["2", "", "Mail"], Shape::Stands),
            (["", "Alder", "Mail"], Shape::Stands),
            (["", "\u{3003}", "Mail"], Shape::Line(2)),
            (["", "", ""], Shape::Divides),
        ] {
            assert_eq!(Shape::of(cells.into_iter(), &columns), expected, "{cells:?}");
        }
    }
}
