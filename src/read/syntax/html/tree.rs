//! The elements of a page as a tree, for what must be known before the page is read from its beginning to its end.

use std::collections::{BTreeMap, BTreeSet};

use html5gum::{StartTag, Token, Tokenizer, emitters::default::DefaultEmitter};

use super::{HIDDEN, VOID, attributes::attribute, open::Open};

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

/// Elements that may stand for those of a table.
pub(super) const BOXES: [&str; 9] = ["div", "section", "article", "header", "span", "p", "ul", "li", "main"];

/// Elements that cells of a grid do not contain.
const NOT_IN_CELLS: [&str; 12] = ["table", "ul", "ol", "dl", "form", "h1", "h2", "h3", "h4", "h5", "h6", "pre"];

/// Elements that occur in the header of a page or list, but not in that of a site.
const NOT_IN_BANNERS: [&str; 4] = ["h1", "h2", "table", "main"];

/// An element with its content.
#[derive(Default)]
pub(super) struct Element {
    pub name: String,
    /// The element of a table that its role means.
    pub aria: Option<&'static str>,
    pub parent: usize,
    pub children: Vec<Child>,
    /// The offset of its start tag, and of its end tag.
    pub start: usize,
    pub end: Option<usize>,
    /// Whether it contains an element that cells of a grid do not contain.
    pub is_section: bool,
    has_navigation: bool,
    has_content: bool,
}

/// What an element contains directly.
#[derive(Clone, Copy)]
pub(super) enum Child {
    /// An element, by its number.
    Element(usize),
    /// A text, by its number.
    Text(usize),
}

/// The elements of a page, each after its parent. The first one is the page.
pub(super) struct Tree {
    pub elements: Vec<Element>,
    texts: Vec<String>,
    /// The offsets of spans that style sheets show on separate lines: no space is before them, and they begin with a
    /// capital.
    lines: Vec<usize>,
    /// The offsets of hidden elements that are never closed: they hide no more than what follows directly.
    pub unclosed_hidden: BTreeSet<usize>,
}

impl Tree {
    pub fn of(text: &str) -> Self {
        let mut tree = Tree {
            elements: vec![Element::default()],
            texts: Vec::new(),
            lines: Vec::new(),
            unclosed_hidden: BTreeSet::new(),
        };
        let mut open: Open<usize> = Open::default();
        let mut hidden: BTreeMap<Vec<u8>, Vec<usize>> = BTreeMap::new();
        let (mut is_word, mut span) = (false, None);
        for token in Tokenizer::new_with_emitter(text, DefaultEmitter::<usize>::new_with_span()) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => {
                    let name = String::from_utf8_lossy(&tag.name).into_owned();
                    if HIDDEN.contains(&&*name) {
                        hidden.entry(tag.name.to_vec()).or_default().push(tag.span.start);
                    }
                    if name != "div" {
                        span = Some(tag.span.start).filter(|_| name == "span" && std::mem::take(&mut is_word));
                    }
                    let element = tree.add(&name, &tag, open.innermost().copied().unwrap_or(0));
                    if !tag.self_closing && !VOID.contains(&&*name) {
                        open.open(&name, element);
                    }
                }
                Token::EndTag(tag) => {
                    hidden.get_mut(tag.name.as_slice()).and_then(Vec::pop);
                    if let Some(element) = open.close(&String::from_utf8_lossy(&tag.name)).last() {
                        tree.elements[*element].end = Some(tag.span.start);
                    }
                }
                Token::String(text) => {
                    let text = String::from_utf8_lossy(&text.value).into_owned();
                    tree.lines.extend(span.take().filter(|_| text.starts_with(char::is_uppercase)));
                    is_word = text.ends_with(char::is_alphanumeric);
                    let parent = open.innermost().copied().unwrap_or(0);
                    tree.elements[parent].children.push(Child::Text(tree.texts.len()));
                    tree.texts.push(text);
                }
                _ => {}
            }
        }
        tree.unclosed_hidden = hidden.into_values().flatten().collect();
        tree.note_contents();
        tree
    }

    fn add(&mut self, name: &str, tag: &StartTag<usize>, parent: usize) -> usize {
        let role = attribute(tag, b"role").unwrap_or_default();
        let aria = ARIA.iter().find(|(known, _)| *known == role).map(|(_, element)| *element);
        // A real table may state its role.
        let aria = aria.filter(|_| BOXES.contains(&name));
        let number = self.elements.len();
        self.elements.push(Element {
            name: name.to_owned(),
            aria,
            parent,
            start: tag.span.start,
            is_section: NOT_IN_CELLS.contains(&name),
            has_navigation: name == "nav",
            has_content: NOT_IN_BANNERS.contains(&name),
            ..Element::default()
        });
        self.elements[parent].children.push(Child::Element(number));
        number
    }

    /// Records the contents of the elements. The last ones are the innermost.
    fn note_contents(&mut self) {
        for number in (1..self.elements.len()).rev() {
            let Element { parent, is_section, has_navigation, has_content, .. } = self.elements[number];
            let parent = &mut self.elements[parent];
            parent.is_section |= is_section;
            parent.has_navigation |= has_navigation;
            parent.has_content |= has_content;
        }
    }

    /// The elements directly in an element.
    pub fn children(&self, element: usize) -> impl Iterator<Item = usize> + '_ {
        self.elements[element].children.iter().filter_map(|child| match child {
            Child::Element(number) => Some(*number),
            Child::Text(_) => None,
        })
    }

    /// The texts directly in an element.
    pub fn texts(&self, element: usize) -> impl Iterator<Item = &str> + '_ {
        self.elements[element].children.iter().filter_map(|child| match child {
            Child::Text(number) => Some(self.texts[*number].as_str()),
            Child::Element(_) => None,
        })
    }

    /// Whether this is a text of white space only.
    pub fn is_blank(&self, child: Child) -> bool {
        matches!(child, Child::Text(number) if self.texts[number].trim().is_empty())
    }

    /// The text in an element and in those inside it. Only the first `parts` of it are read.
    pub fn text_within(&self, element: usize, parts: usize) -> String {
        let mut text = String::new();
        let mut behind = vec![Child::Element(element)];
        for _ in 0..parts {
            match behind.pop() {
                Some(Child::Element(number)) => {
                    let children = &self.elements[number].children;
                    behind.extend(children[..children.len().min(parts)].iter().rev());
                }
                Some(Child::Text(number)) => text.push_str(&self.texts[number]),
                None => break,
            }
        }
        text
    }

    /// The offsets of spans in an element that style sheets show on separate lines.
    pub fn lines_in(&self, element: usize) -> &[usize] {
        let Element { start, end, .. } = &self.elements[element];
        let from = self.lines.partition_point(|at| at < start);
        let to = self.lines.partition_point(|at| end.is_some_and(|end| *at < end));
        self.lines.get(from..to).unwrap_or_default()
    }

    /// The offsets of the headers of sites: they contain navigation, but neither a title nor a possible list.
    pub fn banners(&self) -> BTreeSet<usize> {
        let headers = self.elements.iter().filter(|element| element.name == "header" && element.end.is_some());
        headers.filter(|header| header.has_navigation && !header.has_content).map(|header| header.start).collect()
    }
}
