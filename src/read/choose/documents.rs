//! Pages that code states as data: sections with titles and paragraphs, which a component shows.
//!
//! ```js
//! const sections = [{ title: "Our vendors", body: ["Alder — backups", "Birch — calls"] }];
//! ```

use crate::read::{
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

/// The level of the titles of sections as headings.
const LEVEL: usize = 2;

/// The blocks of a page, if a binding is an array of sections with titles and texts.
pub(crate) fn blocks_of(binding: &Binding) -> Vec<Block> {
    let Value::List(items) = &binding.node.value else { return Vec::new() };
    let sections: Option<Vec<Vec<Block>>> = items.iter().map(|item| section(item.node())).collect();
    sections.filter(|sections| sections.len() > 1).unwrap_or_default().concat()
}

/// The blocks of a section: its title, and its paragraphs or bullets.
fn section(node: &Node) -> Option<Vec<Block>> {
    let title = TITLES.iter().find_map(|key| text_of(node.get(key)?))?;
    let bodies = BODIES.iter().filter_map(|key| node.get(key));
    let texts: Vec<(Position, &str)> = bodies.flat_map(texts_of).collect();
    if texts.is_empty() {
        return None;
    }
    let heading = Block::Heading { level: LEVEL, text: SourceText::from_markdown(title) };
    let are_bullets = texts.len() > 1 && texts.iter().all(|(_, text)| is_described(text));
    let blocks = if are_bullets {
        let bullets =
            texts.iter().map(|(at, text)| Bullet { rest: SourceText::from_markdown(text), ..Bullet::new(*at) });
        vec![Block::List(bullets.collect())]
    } else {
        let texts = texts.iter().map(|(at, text)| (*at, SourceText::from_markdown(text)));
        texts.map(|(at, text)| Block::Paragraph { at, text, strong: false }).collect()
    };
    Some(std::iter::once(heading).chain(blocks).collect())
}

/// Whether a text is a name and a description with a dash between them.
fn is_described(text: &str) -> bool {
    let at = DASHES.iter().filter_map(|dash| text.find(dash)).min();
    at.is_some_and(|at| at > 0 && !text[..at].contains(". "))
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
