//! Tables that are laid out with other elements: boxes below a row of headers, boxes with the roles of ARIA, and rows
//! of divs that each contain the same number of divs.
//!
//! ```html
//! <div><div>Vendor</div><div>Purpose</div></div>
//! <div><div>Alder</div><div>Backups</div></div>
//! ```

use std::collections::BTreeMap;

use changecast_core::{
    model::Role,
    vocabulary::{HeaderRole, Vocabulary},
};

use super::tree::{BOXES, Child, Element, Tree};
use crate::read::source_text::cleaned;

/// The most words of a header.
const MAX_HEADER_WORDS: usize = 6;

/// The deepest nesting of the text of a header.
const MAX_HEADER_DEPTH: usize = 4;

/// The fewest rows of divs without headers.
const MIN_ROWS: usize = 3;

/// The most parts of a cell that are looked at for its text.
const MAX_PARTS: usize = 20;

/// The elements that tags stand for, outer ones first, by the offsets of the tags.
#[derive(Default)]
pub(super) struct Grids {
    pub starts: BTreeMap<usize, Vec<&'static str>>,
    pub ends: BTreeMap<usize, Vec<&'static str>>,
}

impl Grids {
    /// The grids of a page. An element that is a part of several is one of the first kind.
    pub fn of(tree: &Tree, words: &Vocabulary) -> Self {
        let mut grids = Grids::default();
        for element in 1..tree.elements.len() {
            if let Some(name) = tree.elements[element].aria {
                grids.rename(tree, element, &[name]);
            } else if let Some(grid) = tree.grid_below(element, words) {
                grids.add_below_headers(tree, &grid);
            } else if let Some(columns) = tree.columns_of_cells(element, words) {
                grids.add_cells(tree, element, columns);
            }
        }
        let runs = (0..tree.elements.len()).flat_map(|element| tree.runs_of_rows(element));
        let is_free = |rows: &Vec<usize>| !rows.iter().any(|row| grids.starts.contains_key(&tree.elements[*row].start));
        for rows in runs.filter(is_free).collect::<Vec<_>>() {
            grids.add_rows(tree, &rows, words);
        }
        grids
    }

    /// Replaces an element by nested ones, outer ones first.
    fn rename(&mut self, tree: &Tree, element: usize, names: &[&'static str]) {
        let Element { start, end, .. } = &tree.elements[element];
        self.starts.insert(*start, names.to_vec());
        if let Some(end) = end {
            self.ends.insert(*end, names.iter().rev().copied().collect());
        }
    }

    /// Adds a table with rows below a row of headers.
    fn add_below_headers(&mut self, tree: &Tree, grid: &Grid) {
        self.rename(tree, grid.container, &["table"]);
        for (row, name) in [(grid.header, "th")].into_iter().chain(grid.rows.iter().map(|row| (*row, "td"))) {
            self.rename(tree, row, &["tr"]);
            tree.children(row).for_each(|cell| self.rename(tree, cell, &[name]));
        }
    }

    /// Adds a table with headers and cells in one element. The first cell of a row begins the row, too.
    fn add_cells(&mut self, tree: &Tree, element: usize, columns: usize) {
        self.rename(tree, element, &["table"]);
        for (place, cell) in tree.children(element).enumerate() {
            let name = if place < columns { "th" } else { "td" };
            self.rename(tree, cell, &[name]);
            if place.is_multiple_of(columns) {
                self.starts.insert(tree.elements[cell].start, vec!["tr", name]);
            }
        }
    }

    /// Adds rows of divs: a table if the first row is a header, or a list of names with their descriptions.
    fn add_rows(&mut self, tree: &Tree, rows: &[usize], words: &Vocabulary) {
        let [first, .., last] = rows else { return };
        let role_of = |cell: usize| words.role_of(&cleaned(&tree.text_within(cell, MAX_PARTS)));
        let roles: Vec<Role> = tree.children(*first).map(role_of).collect();
        let has_header = roles.contains(&Role::Name) && roles.iter().filter(|role| **role != Role::Other).count() > 1;
        if !has_header {
            // If the first cells of most rows are labels, these are the fields of one vendor.
            let labels = rows.iter().filter_map(|row| tree.children(*row).next());
            let labels = labels.filter(|cell| role_of(*cell) != Role::Other).count();
            if rows.len() < MIN_ROWS || labels * 2 >= rows.len() {
                return;
            }
        }
        let (outer, row_name) = if has_header { ("table", "tr") } else { ("ul", "li") };
        for row in rows {
            self.rename(tree, *row, &[row_name]);
            for (place, cell) in tree.children(*row).enumerate() {
                match place {
                    _ if has_header => self.rename(tree, cell, &["td"]),
                    0 => self.rename(tree, cell, &["b"]),
                    1 => {}
                    _ => self.rename(tree, cell, &["ul", "li"]),
                }
                for at in tree.lines_in(cell) {
                    self.starts.insert(*at, vec!["br", "span"]);
                }
            }
        }
        self.starts.entry(tree.elements[*first].start).or_default().insert(0, outer);
        self.ends.extend(tree.elements[*last].end.map(|end| (end, vec![row_name, outer])));
    }
}

/// A table that is made of boxes.
struct Grid {
    container: usize,
    header: usize,
    rows: Vec<usize>,
}

/// What elements are for a grid.
impl Tree {
    /// The elements in an element that consists of at least two boxes and has no text beside them.
    fn boxes_in(&self, element: usize) -> Option<Vec<usize>> {
        let is_box = |element: usize| BOXES.contains(&self.elements[element].name.as_str());
        let parts = &self.elements[element].children;
        let consists = parts.iter().all(|part| match part {
            Child::Element(part) => is_box(*part),
            Child::Text(_) => self.is_blank(*part),
        });
        let boxes: Vec<usize> = if is_box(element) && consists { self.children(element).collect() } else { Vec::new() };
        (boxes.len() > 1).then_some(boxes)
    }

    /// The grid of which an element is the row of headers.
    fn grid_below(&self, header: usize, words: &Vocabulary) -> Option<Grid> {
        let is_first = |group: usize, row: usize| self.children(group).next() == Some(row);
        let group = self.elements[header].parent;
        if group == 0 || !is_first(group, header) {
            return None;
        }
        let headers = self.boxes_in(header).filter(|headers| self.are_headers(headers, words))?;
        // The rows are next to the headers, or in a separate group.
        if let Some(rows) = self.rows(self.children(group).skip(1), headers.len()) {
            return Some(Grid { container: group, header, rows });
        }
        let container = self.elements[group].parent;
        if container == 0 || !is_first(container, group) {
            return None;
        }
        let groups = self.children(container).skip(1);
        let rows = self.rows(groups.flat_map(|group| self.children(group)), headers.len())?;
        Some(Grid { container, header, rows })
    }

    /// Elements that are rows of as many cells. `None` if another element is between them.
    fn rows(&self, elements: impl Iterator<Item = usize>, cells: usize) -> Option<Vec<usize>> {
        let rows: Option<Vec<usize>> =
            elements.map(|row| self.boxes_in(row).filter(|boxes| boxes.len() == cells).map(|_| row)).collect();
        rows.filter(|rows| !rows.is_empty())
    }

    /// Whether elements are the headers of a list: short texts, of which one means a name and another is known.
    fn are_headers(&self, elements: &[usize], words: &Vocabulary) -> bool {
        let texts: Option<Vec<String>> = elements.iter().map(|element| self.short_text(*element)).collect();
        let Some(texts) = texts else { return false };
        let roles: Vec<HeaderRole> = texts.iter().map(|text| words.header(text)).collect();
        let known = roles.iter().filter(|role| role.role != Role::Other).count();
        roles.iter().any(|role| role.role == Role::Name) && known > 1 && known * 2 >= roles.len()
    }

    /// The number of columns of an element that contains the headers and cells of a table one after the other, which a
    /// style sheet arranges in rows.
    fn columns_of_cells(&self, element: usize, words: &Vocabulary) -> Option<usize> {
        let cells = self.boxes_in(element)?;
        let is_header =
            |cell: &&usize| self.short_text(**cell).is_some_and(|text| words.header(&text).role != Role::Other);
        let columns = cells.iter().take_while(is_header).count();
        let is_table = columns > 1 && cells.len() > columns && cells.len().is_multiple_of(columns);
        (is_table && self.are_headers(&cells[..columns], words)).then_some(columns)
    }

    /// The text of an element that contains at most a few elements, each in the one before.
    fn short_text(&self, element: usize) -> Option<String> {
        let (mut place, mut text) = (element, String::new());
        for _ in 0..MAX_HEADER_DEPTH {
            // Entries of a menu are links.
            if matches!(self.elements[place].name.as_str(), "a" | "button") {
                return None;
            }
            for part in self.texts(place) {
                text.push_str(part);
                text.push(' ');
            }
            let mut inside = self.children(place);
            match (inside.next(), inside.next()) {
                (None, _) => {
                    let text = cleaned(&text);
                    return (text.split_whitespace().count() <= MAX_HEADER_WORDS).then_some(text);
                }
                (Some(only), None) => place = only,
                _ => return None,
            }
        }
        None
    }

    /// The runs of neighbours in an element that are rows of one width. Only some elements contain rows.
    fn runs_of_rows(&self, element: usize) -> Vec<Vec<usize>> {
        let name = self.elements[element].name.as_str();
        if element > 0 && !matches!(name, "div" | "html" | "body" | "main" | "section" | "article") {
            return Vec::new();
        }
        let parts = self.elements[element].children.iter().filter(|part| !self.is_blank(**part));
        let widths: Vec<Option<(usize, usize)>> = parts.map(|part| self.width(*part)).collect();
        let runs = widths.chunk_by(|one, other| one.map(|(_, width)| width) == other.map(|(_, width)| width));
        let runs = runs.map(|run| run.iter().flatten().map(|(row, _)| *row).collect::<Vec<_>>());
        runs.filter(|run| run.len() > 1).collect()
    }

    /// A row with the number of its cells: a div that contains only divs, at least two, which are closed.
    fn width(&self, part: Child) -> Option<(usize, usize)> {
        let is_div = |element: usize| self.elements[element].name == "div" && self.elements[element].end.is_some();
        let Child::Element(row) = part else { return None };
        let parts = &self.elements[row].children;
        let are_cells = parts.iter().all(|part| match part {
            Child::Element(cell) => is_div(*cell),
            Child::Text(_) => self.is_blank(*part),
        });
        let cells = self.children(row).count();
        (is_div(row) && !self.elements[row].is_section && are_cells && cells > 1).then_some((row, cells))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let Grids { mut starts, ends } = Grids::of(&Tree::of(text), Vocabulary::builtin());
        starts.extend(ends);
        starts.into_values().map(|names| names.join(" ")).collect()
    }

    #[test]
    fn boxes_below_headers_are_rows() {
        let row = |a: &str, b: &str| format!("<div><div>{a}</div><div>{b}</div></div>");
        let table = ["table", "tr", "th", "th", "th", "th", "tr", "tr", "td", "td", "td", "td", "tr", "table"];
        for (text, expected) in [
            (format!("<div>{}{}</div>", row("Vendor", "Country"), row("Alder", "Norway")), &table[..]),
            (
                format!("<div><div>{}</div><div>{}</div></div>", row("Vendor", "Country"), row("Alder", "Norway")),
                &table[..],
            ),
            (format!("<div>{}{}</div>", row("Alder", "Norway"), row("Birch", "Spain")), &[]),
            (format!("<div>{}{}</div>", row("Home", "Vendor"), row("Alder", "Norway")), &[]),
            (format!("<div>{}<p>text</p></div>", row("Vendor", "Country")), &[]),
            (
                "<div><p>Vendor</p><p>Country</p><p>Alder</p><p>Norway</p></div>".to_owned(),
                &["table", "tr th", "th", "th", "th", "tr td", "td", "td", "td", "table"],
            ),
            ("<div><p>Vendor</p><p>Country</p><p>Alder</p></div>".to_owned(), &[]),
            ("<div><p><a>Vendor</a></p><p>Product</p><p>Alder</p><p>Norway</p></div>".to_owned(), &[]),
            (
                format!("{}{}{}", row("Alder", "Mail"), row("Birch", "Files"), row("Cedar", "Calls")),
                &["ul li", "b", "b", "li", "li", "b", "b", "li", "li", "b", "b", "li ul"],
            ),
        ] {
            assert_eq!(names(&text), expected, "{text}");
        }
    }

    #[test]
    fn only_short_texts_of_cells_are_looked_at() {
        let page = format!("<div><div>{}Vendor</div></div>", "<b></b>".repeat(MAX_PARTS));
        let tree = Tree::of(&page);
        assert_eq!(tree.text_within(1, MAX_PARTS), "");
        assert_eq!(tree.text_within(1, 2 * MAX_PARTS), "Vendor");
    }

    #[test]
    fn roles_of_aria_are_elements_of_tables() {
        let text = "<div role=table><div role=row><span role=columnheader>A</span></div></div>";
        assert_eq!(names(text), ["table", "tr", "th", "th", "tr", "table"]);
        assert!(names("<table role=table><tr role=row></tr></table>").is_empty());
    }
}
