//! The texts of a file outside its list, with their positions, in every format.

use std::collections::BTreeSet;

use changecast_core::{
    lint::{Kind, Passage, Place},
    model::fold,
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    EntryPosition, ReadingConfig,
    error::ReadError,
    format::{Format, Syntax},
    position::Position,
    syntax::{
        block::{Block, Item, Page, header_of},
        bytes::text_of,
        tree::{Node, Value},
    },
};

/// The texts of a file in their order, without the entries at these positions.
///
/// # Errors
/// [`ReadError`] if the file cannot be parsed. A file without a list is no error.
pub fn texts(
    path: &str,
    bytes: &[u8],
    entries: &[EntryPosition],
    config: &ReadingConfig,
) -> Result<Vec<Passage>, ReadError> {
    let text = &*text_of(bytes)?;
    let mut out = Passages::without(entries, config);
    match Format::of_content(path, text, config)?.syntax {
        Syntax::Page(parse) => out.page(&parse(text, &config.vocabulary)?, text),
        Syntax::Code(parse) => {
            let code = parse(path, text, &config.vocabulary)?;
            for binding in &code.bindings {
                out.node(&binding.node, &Above { heading: &binding.name, ..Above::TREE });
            }
            out.page(&code.page, text);
        }
        Syntax::Tree { parse, .. } => {
            return Ok(texts_of_tree(&parse(text, &mut Vec::new())?, entries, config));
        }
        Syntax::Records(parse) => {
            for record in parse(path, text, config)? {
                let cells: Vec<&str> = record.fields().collect();
                out.push(Kind::Row, record.at, cells.first().copied().unwrap_or_default(), "", &cells.join("; "));
            }
        }
    }
    Ok(out.passages)
}

/// The texts of a tree in their order, without the entries at these positions.
pub(crate) fn texts_of_tree(root: &Node, entries: &[EntryPosition], config: &ReadingConfig) -> Vec<Passage> {
    let mut out = Passages::without(entries, config);
    out.node(root, &Above::TREE);
    out.passages
}

struct Passages<'v> {
    /// Where the entries of the list begin.
    rows: BTreeSet<Position>,
    vocabulary: &'v Vocabulary,
    passages: Vec<Passage>,
}

/// What is above a value in data.
struct Above<'a> {
    /// The title or name of the group around it.
    heading: &'a str,
    /// The key that it has.
    label: &'a str,
    /// The name of the item of a list that it belongs to.
    item: &'a str,
    /// The lines to add to its position.
    lines: usize,
}

impl Above<'_> {
    /// Nothing is above the root of a tree.
    const TREE: Above<'static> = Above { heading: "", label: "", item: "", lines: 0 };
}

impl<'v> Passages<'v> {
    /// No texts yet, and the entries that are left out.
    fn without(entries: &[EntryPosition], config: &'v ReadingConfig) -> Self {
        let rows = entries.iter().map(|entry| entry.at).collect();
        Passages { rows, vocabulary: &config.vocabulary, passages: Vec::new() }
    }

    fn push(&mut self, kind: Kind, at: Position, label: &str, heading: &str, text: &str) {
        let is_row = self.rows.contains(&at);
        let text = if is_row { String::new() } else { text.trim().to_owned() };
        // The rows of the list remain as places without text.
        if is_row || !text.is_empty() {
            let place = Place { line: at.line, column: at.column };
            self.passages.push(Passage { place, kind, label: label.trim().into(), heading: heading.into(), text });
        }
    }

    fn page(&mut self, page: &Page, source: &str) {
        self.metadata(&page.metadata, source);
        let mut heading = String::new();
        let mut is_record = false;
        for block in &page.blocks {
            // The fields below the name of a vendor describe the vendor.
            is_record = matches!(block, Block::Field { item, .. } if is_record || self.rows.contains(&item.at));
            match block {
                Block::Heading { text, .. } => text.as_str().clone_into(&mut heading),
                Block::Paragraph { at, text, .. } => self.push(Kind::Paragraph, *at, "", &heading, text.as_str()),
                Block::Field { .. } if is_record => {}
                Block::Field { text, item } => {
                    self.push(
                        Kind::Item,
                        item.at,
                        item.lead.as_ref().map_or("", |lead| lead.as_str()),
                        &heading,
                        text.as_str(),
                    );
                }
                Block::Table(table) => {
                    let is_list = table.rows.iter().any(|(at, _)| self.rows.contains(at));
                    for (at, cells) in header_of(table).1 {
                        let label = cells.first().map(|cell| cell.text.as_str()).unwrap_or_default();
                        let texts: Vec<&str> = cells.iter().map(|cell| cell.text.as_str()).collect();
                        // A row without a name is no entry.
                        let is_unnamed = self.vocabulary.is(Meaning::Placeholder, &fold(label));
                        if !is_list || self.rows.contains(at) {
                            self.push(Kind::Row, *at, label, &heading, &texts.join("; "));
                        } else if is_unnamed {
                            self.push(Kind::Row, *at, label, &heading, label);
                        }
                    }
                }
                Block::List(items) | Block::Record(items) => {
                    let is_list = items.iter().any(|item| self.rows.contains(&item.at));
                    for item in items {
                        if !is_list || self.rows.contains(&item.at) {
                            self.push(Kind::Item, item.at, "", &heading, &item_text(item));
                        }
                    }
                }
            }
        }
    }

    /// The lines of front matter.
    fn metadata(&mut self, metadata: &str, source: &str) {
        for line in metadata.lines() {
            let Some((key, value)) = line.split_once(':') else { continue };
            let found = source.lines().take(MAX_FRONT_MATTER).position(|other| other.trim() == line.trim());
            let at = Position { line: found.map_or(1, |line| line + 1), column: 1 };
            self.push(Kind::Value, at, key, "", value.trim().trim_matches(['"', '\'']));
        }
    }

    fn node(&mut self, node: &Node, above: &Above<'_>) {
        let at = node.at.below(above.lines);
        if self.rows.contains(&at) && matches!(node.value, Value::Map(_)) {
            return;
        }
        match &node.value {
            Value::Null => {}
            Value::Text(text) => {
                let label = if above.item.is_empty() { above.label } else { above.item };
                self.push(Kind::Value, at, label, above.heading, text);
            }
            Value::List(items) => {
                for item in items {
                    let name = name_of(item.node());
                    let heading = if above.heading.is_empty() { above.label } else { above.heading };
                    let lines = above.lines + item.shift();
                    self.node(item.node(), &Above { heading, label: above.label, item: name, lines });
                }
            }
            Value::Map(pairs) => {
                let has_lists = pairs.iter().any(|(_, value)| matches!(value.value, Value::List(_) | Value::Map(_)));
                let heading = if has_lists && !above.item.is_empty() { above.item } else { above.heading };
                for (key, value) in pairs {
                    let item = if has_lists { "" } else { above.item };
                    self.node(value, &Above { heading, label: &key.text, item, lines: above.lines });
                }
            }
        }
    }
}

/// Most lines of front matter.
const MAX_FRONT_MATTER: usize = 100;

/// The keys of names, the best first.
const NAME_KEYS: [&str; 4] = ["name", "title", "heading", "label"];

/// The name of an item of a list.
fn name_of(node: &Node) -> &str {
    let names = NAME_KEYS.iter().filter_map(|key| match &node.get(key)?.value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    });
    names.into_iter().next().unwrap_or_default()
}

fn item_text(item: &Item) -> String {
    let parts = [item.whole_text()].into_iter().chain(item.children.iter().cloned());
    let parts: Vec<String> =
        parts.map(|part| part.as_str().trim().to_owned()).filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}
