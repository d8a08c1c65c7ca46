//! Pages that code states as data: sections with titles and paragraphs, which a component shows.
//!
//! ```js
//! const sections = [{ title: "Our vendors", body: ["Alder — backups", "Birch — calls"] }];
//! const pages = { vendors: { title: "Our vendors", sections: [{ heading: "Storage", body: ["Alder — backups"] }, …] } };
//! ```

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    choose::page_parts::is_name,
    position::Position,
    source_text::SourceText,
    syntax::{
        block::{Block, DASHES, Item as Bullet},
        code::Binding,
        tree::{Item, Node, Value},
    },
};

/// Members of a section with its title.
const TITLES: [&str; 5] = ["title", "heading", "header", "h", "label"];

/// Members of a section with its text.
const BODIES: [&str; 9] = ["body", "p", "content", "paragraphs", "text", "items", "list", "bullets", "points"];

/// The level of the titles of sections as headings. That of a page is above.
const LEVEL: usize = 2;

/// The blocks of a page, if a binding is an array of sections with titles and texts, a page with such sections, or a map
/// of pages.
pub(crate) fn blocks_of(words: &Vocabulary, binding: &Binding) -> Vec<Block> {
    match &binding.node.value {
        Value::List(items) => sections(items, Subject::Any).unwrap_or_default(),
        Value::Map(pairs) => page(words, &binding.node)
            .unwrap_or_else(|| pairs.iter().filter_map(|(_, value)| page(words, value)).flatten().collect()),
        Value::Null | Value::Text(_) => Vec::new(),
    }
}

/// What sections are about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject {
    Vendors,
    Any,
}

/// The blocks of a page: its title and its sections.
fn page(words: &Vocabulary, node: &Node) -> Option<Vec<Block>> {
    let Value::Map(pairs) = &node.value else { return None };
    let title = title_of(node)?;
    let subject = if words.is_about_vendors(title) { Subject::Vendors } else { Subject::Any };
    let lists = pairs.iter().filter_map(|(_, value)| match &value.value {
        Value::List(items) => Some(items),
        _ => None,
    });
    let sections = lists.into_iter().find_map(|items| sections(items, subject))?;
    let heading = Block::Heading { level: LEVEL - 1, text: SourceText::from_markdown(title) };
    Some(std::iter::once(heading).chain(sections).collect())
}

/// The blocks of sections with titles and texts. `None` if some of the items are something else.
fn sections(items: &[Item], subject: Subject) -> Option<Vec<Block>> {
    let sections: Option<Vec<Vec<Block>>> = items.iter().map(|item| section(item.node(), subject)).collect();
    sections.filter(|sections| sections.len() > 1).map(|sections| sections.concat())
}

fn title_of(node: &Node) -> Option<&str> {
    TITLES.iter().find_map(|key| text_of(node.get(key)?))
}

/// The blocks of a section: its title, and its paragraphs or bullets. A single text with a dash may be the only vendor of
/// its section.
fn section(node: &Node, subject: Subject) -> Option<Vec<Block>> {
    let title = title_of(node)?;
    let mut bodies = BODIES.iter().filter_map(|key| node.get(key)).peekable();
    bodies.peek()?;
    let texts: Vec<(Position, &str)> = bodies.flat_map(texts_of).collect();
    if texts.is_empty() && subject == Subject::Any {
        return None;
    }
    let heading = Block::Heading { level: LEVEL, text: SourceText::from_markdown(title) };
    let least = if subject == Subject::Vendors { 1 } else { 2 };
    let are_bullets = texts.len() >= least && texts.iter().all(|(_, text)| is_described(text));
    let blocks = if are_bullets {
        let bullets =
            texts.iter().map(|(at, text)| Bullet { rest: SourceText::from_markdown(text), ..Bullet::new(*at) });
        vec![Block::List(bullets.collect())]
    } else {
        let texts = texts.iter().map(|(at, text)| (*at, SourceText::from_markdown(text)));
        texts.map(|(at, text)| Block::Paragraph { at, text, strong: false, lead: None }).collect()
    };
    Some(std::iter::once(heading).chain(blocks).collect())
}

/// Whether a text is a name and a description with a dash between them.
fn is_described(text: &str) -> bool {
    let at = DASHES.iter().filter_map(|dash| text.find(dash)).min();
    at.is_some_and(|at| is_name(&text[..at]) && !text[..at].contains(". "))
}

/// The texts of a text or of a list of texts, with their places.
fn texts_of(node: &Node) -> Vec<(Position, &str)> {
    match &node.value {
        Value::Text(text) => vec![(node.at, text)],
        Value::List(items) => items.iter().map(Item::node).filter_map(|node| Some((node.at, text_of(node)?))).collect(),
        Value::Null | Value::Map(_) => Vec::new(),
    }
}

fn text_of(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Text(text) if !text.trim().is_empty() => Some(text),
        _ => None,
    }
}
