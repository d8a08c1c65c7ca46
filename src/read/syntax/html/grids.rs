//! Tables without elements of tables: rows of divs that each contain the same number of divs.
//!
//! ```html
//! <div><div>Vendor</div><div>Purpose</div></div>
//! <div><div>Alder</div><div>Backups</div></div>
//! ```

use std::collections::HashMap;

use changecast_core::{model::Role, vocabulary::Vocabulary};
use html5gum::{Token, Tokenizer, emitters::default::DefaultEmitter};

use super::VOID;
use crate::read::source_text::cleaned;

/// The fewest rows of a grid without a header.
const MIN_ROWS: usize = 3;

/// Elements that cells of a grid do not contain.
const NOT_IN_CELLS: [&str; 12] = ["table", "ul", "ol", "dl", "form", "h1", "h2", "h3", "h4", "h5", "h6", "pre"];

/// The elements that tags of a page stand for, by the byte offset of the tag.
#[derive(Default)]
pub(super) struct Grids {
    pub starts: HashMap<usize, Vec<&'static str>>,
    pub ends: HashMap<usize, Vec<&'static str>>,
}

impl Grids {
    /// The grids of a page.
    pub fn of(text: &str, words: &Vocabulary) -> Self {
        let mut grids = Grids::default();
        if !text.contains("<div") {
            return grids;
        }
        let divs = Divs::of(text);
        for siblings in divs.elements.iter().map(|div| &div.children) {
            for rows in divs.runs_of_rows(siblings) {
                grids.add(&divs, rows, words);
            }
        }
        grids
    }

    /// Adds a grid: a table if its first row is a header, or a list of names with their descriptions.
    fn add(&mut self, divs: &Divs, rows: &[Child], words: &Vocabulary) {
        let rows: Vec<&Div> = rows.iter().filter_map(|child| divs.div(*child)).collect();
        let cells: Vec<Vec<&Div>> =
            rows.iter().map(|row| row.children.iter().filter_map(|child| divs.div(*child)).collect()).collect();
        let roles: Vec<Role> = cells[0].iter().map(|cell| words.role_of(&cleaned(cell.text.trim()))).collect();
        let has_header = roles.contains(&Role::Name) && roles.iter().filter(|role| **role != Role::Other).count() > 1;
        if !has_header && (rows.len() < MIN_ROWS || are_fields(words, &cells)) {
            return;
        }
        let (outer, row_name) = if has_header { ("table", "tr") } else { ("ul", "li") };
        for (row, cells) in rows.iter().zip(&cells) {
            self.rename(row, &[row_name]);
            for (place, cell) in cells.iter().enumerate() {
                match place {
                    _ if has_header => self.rename(cell, &["td"]),
                    0 => self.rename(cell, &["b"]),
                    1 => {}
                    _ => self.rename(cell, &["ul", "li"]),
                }
                for at in divs.lines_in(cell) {
                    self.starts.insert(*at, vec!["br", "span"]);
                }
            }
        }
        if let (Some(first), Some(last)) = (rows.first(), rows.last()) {
            self.starts.entry(first.start).or_default().insert(0, outer);
            self.ends.entry(last.end).or_default().push(outer);
        }
    }

    /// Replaces a div by nested elements, outer ones first.
    fn rename(&mut self, div: &Div, names: &[&'static str]) {
        self.starts.insert(div.start, names.to_vec());
        self.ends.insert(div.end, names.iter().rev().copied().collect());
    }
}

/// Whether the first cells of most rows are labels: these are the fields of one vendor.
fn are_fields(words: &Vocabulary, rows: &[Vec<&Div>]) -> bool {
    let firsts = rows.iter().filter_map(|cells| cells.first());
    let labels = firsts.filter(|cell| words.role_of(&cleaned(cell.text.trim())) != Role::Other).count();
    labels * 2 >= rows.len()
}

/// A div of a page.
#[derive(Default)]
struct Div {
    /// The byte offsets of its tags.
    start: usize,
    end: usize,
    children: Vec<Child>,
    /// Its text, up to a length.
    text: String,
    /// Whether it contains an element that cells do not contain.
    is_section: bool,
}

/// The longest text of a div that is kept. Headers are shorter.
const MAX_TEXT: usize = 200;

/// What a div contains directly.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Child {
    /// A div, by its number.
    Div(usize),
    /// Text, or another element.
    Other,
}

/// The divs of a page, outer ones first. The first one is the page.
struct Divs {
    elements: Vec<Div>,
    /// The offsets of spans that style sheets show on separate lines: no space is before them, and they begin with a
    /// capital.
    lines: Vec<usize>,
}

impl Divs {
    fn of(text: &str) -> Self {
        let mut divs = Divs { elements: vec![Div::default()], lines: Vec::new() };
        let (mut is_word, mut span) = (false, None);
        let mut open: Vec<(String, Option<usize>)> = Vec::new();
        for token in Tokenizer::new_with_emitter(text, DefaultEmitter::<usize>::new_with_span()) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => {
                    let name = String::from_utf8_lossy(&tag.name).into_owned();
                    if name == "div" {
                        let number = divs.elements.len();
                        divs.add_child(&open, Child::Div(number));
                        divs.elements.push(Div { start: tag.span.start, ..Div::default() });
                        open.push((name, Some(number)));
                        continue;
                    }
                    divs.add_child(&open, Child::Other);
                    span = Some(tag.span.start).filter(|_| name == "span" && std::mem::take(&mut is_word));
                    if NOT_IN_CELLS.contains(&&*name) {
                        divs.mark_sections(&open);
                    }
                    if !tag.self_closing && !VOID.contains(&&*name) {
                        open.push((name, None));
                    }
                }
                Token::EndTag(tag) => {
                    let name = String::from_utf8_lossy(&tag.name);
                    if let Some(at) = open.iter().rposition(|(other, _)| **other == *name) {
                        if let Some(div) = open[at].1 {
                            divs.elements[div].end = tag.span.start;
                        }
                        open.truncate(at);
                    }
                }
                Token::String(text) => {
                    let text = String::from_utf8_lossy(&text.value);
                    divs.lines.extend(span.take().filter(|_| text.starts_with(char::is_uppercase)));
                    is_word = text.ends_with(char::is_alphanumeric);
                    divs.add_text(&open, &text);
                }
                _ => {}
            }
        }
        divs
    }

    /// Adds something to the div that contains it directly.
    fn add_child(&mut self, open: &[(String, Option<usize>)], child: Child) {
        let parent = match open.last() {
            None => Some(0),
            Some((_, Some(div))) => Some(*div),
            // The content of other elements is no row.
            Some((name, None)) => (matches!(&**name, "html" | "body" | "main" | "section" | "article")).then_some(0),
        };
        if let Some(parent) = parent {
            self.elements[parent].children.push(child);
        }
    }

    fn add_text(&mut self, open: &[(String, Option<usize>)], text: &str) {
        if text.trim().is_empty() {
            return;
        }
        self.add_child(open, Child::Other);
        // Outer divs have the texts of inner ones: if one has enough, so have those around it.
        for div in open.iter().rev().filter_map(|(_, div)| *div) {
            let known = &mut self.elements[div].text;
            if known.len() >= MAX_TEXT {
                break;
            }
            known.extend(text.chars().take(MAX_TEXT));
        }
    }

    /// Marks the open divs as containing what cells do not contain. Those around a marked one are marked already.
    fn mark_sections(&mut self, open: &[(String, Option<usize>)]) {
        for div in open.iter().rev().filter_map(|(_, div)| *div) {
            if std::mem::replace(&mut self.elements[div].is_section, true) {
                break;
            }
        }
    }

    /// The offsets of lines in a div.
    fn lines_in(&self, div: &Div) -> &[usize] {
        let from = self.lines.partition_point(|at| *at < div.start);
        let to = self.lines.partition_point(|at| *at < div.end);
        self.lines.get(from..to).unwrap_or_default()
    }

    fn div(&self, child: Child) -> Option<&Div> {
        match child {
            Child::Div(number) => self.elements.get(number),
            Child::Other => None,
        }
    }

    /// The runs of siblings that are rows of one width.
    fn runs_of_rows<'c>(&self, siblings: &'c [Child]) -> Vec<&'c [Child]> {
        let widths: Vec<Option<usize>> = siblings.iter().map(|child| self.width(*child)).collect();
        let mut runs = Vec::new();
        let mut begin = 0;
        for at in 1..=siblings.len() {
            if widths.get(at) != widths.get(begin) {
                if widths[begin].is_some() && at - begin > 1 {
                    runs.push(&siblings[begin..at]);
                }
                begin = at;
            }
        }
        runs
    }

    /// The number of cells of a row: of a div that contains only divs, at least two, which are closed.
    fn width(&self, child: Child) -> Option<usize> {
        let row = self.div(child).filter(|row| !row.is_section && row.end > 0)?;
        let are_cells = row.children.iter().all(|cell| self.div(*cell).is_some_and(|cell| cell.end > 0));
        (are_cells && row.children.len() > 1).then_some(row.children.len())
    }
}
