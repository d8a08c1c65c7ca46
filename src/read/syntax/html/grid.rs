//! Tables that are laid out with other elements: rows and cells of `<div>`, below a row of headers, or with the roles
//! of ARIA.

use std::collections::BTreeMap;

use changecast_core::{
    model::Role,
    vocabulary::{HeaderRole, Vocabulary},
};
use html5gum::{StartTag, Token, Tokenizer, emitters::default::DefaultEmitter};

use super::{VOID, attribute};
use crate::read::source_text::cleaned;

/// Elements that rows and cells may be.
const BOXES: [&str; 9] = ["div", "section", "article", "header", "span", "p", "ul", "li", "main"];

/// The roles of ARIA with the elements of tables that they mean.
const ARIA: [(&str, &str); 7] = [
    ("table", "table"),
    ("grid", "table"),
    ("row", "tr"),
    ("columnheader", "th"),
    ("rowheader", "td"),
    ("cell", "td"),
    ("gridcell", "td"),
];

/// The most words of a header.
const MAX_HEADER_WORDS: usize = 6;

/// The deepest nesting of the text of a header.
const MAX_HEADER_DEPTH: usize = 4;

/// The elements of tables that tags stand for, by the offsets of the tags. A tag may stand for two: "tr td".
pub(super) type Renamed = BTreeMap<usize, &'static str>;

/// Finds the tags that stand for those of tables.
pub(super) fn renamed_tags(text: &str, words: &Vocabulary) -> Renamed {
    let mut renamed = Renamed::new();
    if !["<div", "<span", "role="].iter().any(|mark| text.contains(mark)) {
        return renamed;
    }
    let tree = Tree::of(text);
    for element in 0..tree.elements.len() {
        if let Some(name) = tree.elements[element].aria {
            tree.rename(element, name, &mut renamed);
        } else if let Some(grid) = tree.grid_below(element, words) {
            grid.rename(&tree, &mut renamed);
        } else if let Some(columns) = tree.columns_of_cells(element, words) {
            tree.rename_cells(element, columns, &mut renamed);
        }
    }
    renamed
}

/// An element with what is in it.
struct Element {
    name: String,
    /// The element of a table that its role means.
    aria: Option<&'static str>,
    parent: Option<usize>,
    children: Vec<usize>,
    /// The offset of its start tag, and of its end tag.
    start: usize,
    end: Option<usize>,
    /// The text directly in it.
    text: String,
}

/// The elements of a page, each behind its parent.
struct Tree {
    elements: Vec<Element>,
}

impl Tree {
    fn of(text: &str) -> Self {
        let mut tree = Tree { elements: Vec::new() };
        let mut open: Vec<usize> = Vec::new();
        for token in Tokenizer::new_with_emitter(text, DefaultEmitter::<usize>::new_with_span()) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => {
                    let name = String::from_utf8_lossy(&tag.name).into_owned();
                    let is_closed = tag.self_closing || VOID.contains(&name.as_str());
                    let place = tree.add(name, &tag, open.last().copied());
                    if !is_closed {
                        open.push(place);
                    }
                }
                Token::EndTag(tag) => {
                    let name = String::from_utf8_lossy(&tag.name);
                    if let Some(at) = open.iter().rposition(|place| tree.elements[*place].name == name) {
                        tree.elements[open[at]].end = Some(tag.span.start);
                        open.truncate(at);
                    }
                }
                Token::String(text) => {
                    if let Some(place) = open.last() {
                        tree.elements[*place].text.push_str(&String::from_utf8_lossy(&text.value));
                    }
                }
                _ => {}
            }
        }
        tree
    }

    fn add(&mut self, name: String, tag: &StartTag<usize>, parent: Option<usize>) -> usize {
        let role = attribute(tag, b"role").unwrap_or_default();
        let aria = ARIA.iter().find(|(known, _)| *known == role).map(|(_, element)| *element);
        // A real table may state its role.
        let aria = aria.filter(|_| BOXES.contains(&name.as_str()));
        let place = self.elements.len();
        let (start, text) = (tag.span.start, String::new());
        self.elements.push(Element { name, aria, parent, children: Vec::new(), start, end: None, text });
        if let Some(parent) = parent {
            self.elements[parent].children.push(place);
        }
        place
    }

    fn rename(&self, element: usize, name: &'static str, renamed: &mut Renamed) {
        let Element { start, end, .. } = &self.elements[element];
        renamed.insert(*start, name);
        renamed.extend(end.map(|end| (end, name)));
    }

    /// The children of an element, if it consists of at least two and has no text beside them.
    fn parts(&self, element: usize) -> Option<&[usize]> {
        let Element { name, children, text, .. } = &self.elements[element];
        let are_boxes = children.iter().all(|child| BOXES.contains(&self.elements[*child].name.as_str()));
        let is_box = BOXES.contains(&name.as_str()) && text.trim().is_empty() && are_boxes;
        (is_box && children.len() > 1).then_some(children)
    }

    /// The grid of which an element is the row of headers.
    fn grid_below(&self, header: usize, words: &Vocabulary) -> Option<Grid> {
        let headers = self.parts(header).filter(|headers| self.are_headers(headers, words))?;
        let group = self.elements[header].parent?;
        let is_first = |group: usize, row: usize| self.elements[group].children.first() == Some(&row);
        if !is_first(group, header) {
            return None;
        }
        // The rows are next to the headers, or in a group of their own.
        let below = self.rows(&self.elements[group].children, headers.len(), header);
        let (container, rows) = match below {
            Some(rows) => (group, rows),
            None => {
                let container = self.elements[group].parent.filter(|container| is_first(*container, group))?;
                let groups = self.elements[container].children.iter().filter(|other| **other > group);
                let rows: Vec<usize> = groups.flat_map(|group| self.elements[*group].children.clone()).collect();
                (container, self.rows(&rows, headers.len(), header)?)
            }
        };
        Some(Grid { container, header, rows })
    }

    /// The elements behind the headers that are rows of as many cells. `None` if another element is between them.
    fn rows(&self, elements: &[usize], cells: usize, header: usize) -> Option<Vec<usize>> {
        let behind: Vec<usize> = elements.iter().copied().filter(|element| *element > header).collect();
        let are_rows = behind.iter().all(|row| self.parts(*row).is_some_and(|parts| parts.len() == cells));
        (are_rows && !behind.is_empty()).then_some(behind)
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
        let cells = self.parts(element)?;
        let is_header =
            |cell: &&usize| self.short_text(**cell).is_some_and(|text| words.header(&text).role != Role::Other);
        let columns = cells.iter().take_while(is_header).count();
        let is_table = columns > 1 && cells.len() > columns && cells.len().is_multiple_of(columns);
        (is_table && self.are_headers(&cells[..columns], words)).then_some(columns)
    }

    /// Renames the cells of a table in an element. The first cell of a row begins the row, too.
    fn rename_cells(&self, element: usize, columns: usize, renamed: &mut Renamed) {
        self.rename(element, "table", renamed);
        for (place, cell) in self.elements[element].children.iter().enumerate() {
            let (name, first) = if place < columns { ("th", "tr th") } else { ("td", "tr td") };
            self.rename(*cell, name, renamed);
            if place.is_multiple_of(columns) {
                renamed.insert(self.elements[*cell].start, first);
            }
        }
    }

    /// The text of an element that contains at most a few elements, each in the one before.
    fn short_text(&self, element: usize) -> Option<String> {
        let (mut place, mut texts) = (element, String::new());
        for _ in 0..MAX_HEADER_DEPTH {
            let Element { name, children, text, .. } = &self.elements[place];
            // Entries of a menu are links.
            if matches!(name.as_str(), "a" | "button") {
                return None;
            }
            texts.push_str(text);
            texts.push(' ');
            match children[..] {
                [] => {
                    let text = cleaned(&texts);
                    return (text.split_whitespace().count() <= MAX_HEADER_WORDS).then_some(text);
                }
                [only] => place = only,
                _ => return None,
            }
        }
        None
    }
}

/// A table that is made of boxes.
struct Grid {
    container: usize,
    header: usize,
    rows: Vec<usize>,
}

impl Grid {
    fn rename(&self, tree: &Tree, renamed: &mut Renamed) {
        tree.rename(self.container, "table", renamed);
        tree.rename(self.header, "tr", renamed);
        for cell in &tree.elements[self.header].children {
            tree.rename(*cell, "th", renamed);
        }
        for row in &self.rows {
            tree.rename(*row, "tr", renamed);
            for cell in &tree.elements[*row].children {
                tree.rename(*cell, "td", renamed);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<&'static str> {
        renamed_tags(text, Vocabulary::builtin()).into_values().collect()
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
            (format!("<div>{}{}</div>", row("<a>Vendor</a>", "Product"), row("Alder", "Norway")), &[]),
        ] {
            assert_eq!(names(&text), expected, "{text}");
        }
    }

    #[test]
    fn roles_of_aria_are_elements_of_tables() {
        let text = "<div role=table><div role=row><span role=columnheader>A</span></div></div>";
        assert_eq!(names(text), ["table", "tr", "th", "th", "tr", "table"]);
        assert!(names("<table role=table><tr role=row></tr></table>").is_empty());
    }
}
