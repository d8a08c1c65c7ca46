//! YAML 1.2 to a tree. The only user of `saphyr-parser`, which returns scalars verbatim and with their
//! positions. serde_yaml would resolve them to numbers and booleans first.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError};

use crate::{
    parser_words,
    read::{
        error::{ParserError, Problem, ReadError},
        position::Position,
        syntax::tree::{Item, Key, MAX_NODES, Node, Value, check_depth, check_keys},
    },
};

const FORMAT: &str = "YAML";

/// Parses a file with one document.
pub(crate) fn parse(text: &str) -> Result<Node, ReadError> {
    let (root, _) = build(text)?;
    Ok(root)
}

/// A text that means the same in every context, because it has no anchors, aliases or tags.
#[derive(Clone, Debug)]
pub(crate) struct Fragment {
    pub root: Node,
    /// The number of its values, including keys.
    pub nodes: usize,
    /// The deepest nesting of its collections.
    pub depth: usize,
}

/// Parses a text if it means the same in every context.
pub(crate) fn parse_fragment(text: &str) -> Option<Fragment> {
    let (root, builder) = build(text).ok()?;
    (!builder.depends_on_context).then_some(Fragment { root, nodes: builder.nodes, depth: builder.depth })
}

fn build(text: &str) -> Result<(Node, Builder), ReadError> {
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| scan_error(text, error))?;
        if matches!(event, Event::StreamEnd) {
            break;
        }
        builder.take(event, position(&span.start))?;
    }
    match builder.root.take() {
        Some(root) => Ok((root, builder)),
        None => Err(Problem::Empty.into()),
    }
}

fn syntax_error(at: Position, message: &str) -> ReadError {
    ReadError::at(at, Problem::Syntax { format: FORMAT, message: message.to_owned(), source: None })
}

/// The error in plain words, if there are any, at the place where the author must look.
fn scan_error(text: &str, error: ScanError) -> ReadError {
    let (at, theirs) = (position(error.marker()), error.info());
    let ours = parser_words::plain(theirs, text, (at.line, at.column));
    let (message, (line, column)) = ours.unwrap_or((theirs, (at.line, at.column)));
    let message = message.to_owned();
    ReadError::at(
        Position { line, column },
        Problem::Syntax { format: FORMAT, message, source: Some(ParserError::new(error)) },
    )
}

fn position(marker: &Marker) -> Position {
    Position { line: marker.line().max(1), column: marker.col() + 1 }
}

/// The value of a scalar without quotes.
fn plain_value(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        // The parser's own text has a much larger capacity than it needs.
        _ => Value::Text(text.to_owned()),
    }
}

/// A collection that is still open.
enum OpenCollection {
    List(Vec<Item>),
    Map(Vec<(Key, Node)>, Option<Key>),
}

/// A node that aliases may refer to, and its size.
struct Anchored {
    node: Node,
    size: usize,
}

/// Builds a tree from the events of the parser.
#[derive(Default)]
struct Builder {
    open: Vec<(Position, usize, OpenCollection)>,
    anchors: BTreeMap<usize, Anchored>,
    nodes: usize,
    /// The values that are kept for aliases.
    anchored_nodes: usize,
    /// The deepest nesting so far.
    depth: usize,
    /// Whether there are anchors, aliases or tags.
    depends_on_context: bool,
    root: Option<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, at: Position) -> Result<(), ReadError> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(syntax_error(at, "a second document; one file is one list"))
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.depends_on_context |= anchor != 0 || tag.is_some();
                let value = match style {
                    ScalarStyle::Plain => plain_value(&text),
                    _ => Value::Text(text.as_ref().to_owned()),
                };
                self.add(Node { at, value }, anchor, 1)
            }
            Event::SequenceStart(anchor, tag) => {
                self.depends_on_context |= anchor != 0 || tag.is_some();
                self.open(at, anchor, OpenCollection::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.depends_on_context |= anchor != 0 || tag.is_some();
                self.open(at, anchor, OpenCollection::Map(Vec::new(), None))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => self.add_alias(anchor, at),
            _ => Ok(()),
        }
    }

    fn open(&mut self, at: Position, anchor: usize, collection: OpenCollection) -> Result<(), ReadError> {
        check_depth(self.open.len() + 1, at)?;
        self.depth = self.depth.max(self.open.len() + 1);
        self.open.push((at, anchor, collection));
        Ok(())
    }

    fn close(&mut self) -> Result<(), ReadError> {
        let Some((at, anchor, collection)) = self.open.pop() else { return Ok(()) };
        let value = match collection {
            OpenCollection::List(items) => Value::List(items),
            OpenCollection::Map(pairs, _) => {
                check_keys(&pairs)?;
                Value::Map(merged(pairs)?)
            }
        };
        self.add(Node { at, value }, anchor, 1)
    }

    fn add_alias(&mut self, anchor: usize, at: Position) -> Result<(), ReadError> {
        self.depends_on_context = true;
        let Some(anchored) = self.anchors.get(&anchor) else {
            return Err(syntax_error(at, "an alias without its anchor"));
        };
        let size = anchored.size;
        check_nodes(self.nodes + size, at)?;
        let node = Node { at, ..anchored.node.clone() };
        self.add(node, 0, size)
    }

    /// Puts a finished node where it belongs. `size` is the number of values that it adds.
    fn add(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), ReadError> {
        self.nodes += size;
        check_nodes(self.nodes, node.at)?;
        if anchor != 0 {
            self.keep_for_aliases(anchor, &node)?;
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some((_, _, OpenCollection::List(items))) => items.push(Item::Own(node)),
            Some((_, _, OpenCollection::Map(pairs, key))) => match key.take() {
                Some(key) => pairs.push((key, node)),
                None => *key = Some(key_of(node)?),
            },
        }
        Ok(())
    }

    /// Copies an anchored node. Nested anchors copy their content once per level, so copies are limited.
    fn keep_for_aliases(&mut self, anchor: usize, node: &Node) -> Result<(), ReadError> {
        let size = size_of_copy(node);
        self.anchored_nodes += size;
        if self.anchored_nodes > MAX_ANCHORED {
            let (found, limit) = (self.anchored_nodes, MAX_ANCHORED);
            return Err(ReadError::at(node.at, Problem::Limit { what: "values including aliases", found, limit }));
        }
        self.anchors.insert(anchor, Anchored { node: node.clone(), size });
        Ok(())
    }
}

fn check_nodes(nodes: usize, at: Position) -> Result<(), ReadError> {
    if nodes <= MAX_NODES {
        return Ok(());
    }
    Err(ReadError::at(at, Problem::Limit { what: "values including aliases", found: nodes, limit: MAX_NODES }))
}

fn key_of(node: Node) -> Result<Key, ReadError> {
    match node.value {
        Value::Text(text) => Ok(Key { at: node.at, text }),
        Value::Null => Ok(Key { at: node.at, text: String::new() }),
        _ => {
            let problem = Problem::Shape { key: "a key".into(), expected: "a text", found: node.found() };
            Err(ReadError::at(node.at, problem))
        }
    }
}

/// The largest number of values that are copied because they, or values around them, have anchors.
const MAX_ANCHORED: usize = 250_000;

/// Bytes of text that weigh as much as one value.
const BYTES_PER_NODE: usize = 32;

/// The size of a copy of a node in values. Long texts count as several.
fn size_of_copy(node: &Node) -> usize {
    1 + match &node.value {
        Value::Null => 0,
        Value::Text(text) => text.len() / BYTES_PER_NODE,
        Value::List(items) => items.iter().map(|item| size_of_copy(item.node())).sum(),
        Value::Map(pairs) => pairs.iter().map(|(key, node)| key.text.len() / BYTES_PER_NODE + size_of_copy(node)).sum(),
    }
}

/// Resolves `<<: *defaults`: the map's own keys take precedence over merged ones.
fn merged(pairs: Vec<(Key, Node)>) -> Result<Vec<(Key, Node)>, ReadError> {
    if !pairs.iter().any(|(key, _)| key.text == "<<") {
        return Ok(pairs);
    }
    let (merges, mut own): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(key, _)| key.text == "<<");
    for (_, node) in merges {
        let maps = match node.value {
            Value::List(items) => items,
            _ => vec![Item::Own(node)],
        };
        for map in maps {
            for (key, value) in map.node().map("<<")? {
                if !own.iter().any(|(other, _)| other.text == key.text) {
                    own.push((key.clone(), value.clone()));
                }
            }
        }
    }
    Ok(own)
}
