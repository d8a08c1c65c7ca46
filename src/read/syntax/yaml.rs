//! YAML 1.2 to a tree. The only user of `saphyr-parser`, which gives scalars as written and with
//! their places; serde_yaml resolves them to numbers and booleans before a caller sees them.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::read::{
    error::{Position, Problem, ReadError},
    syntax::tree::{Item, Key, MAX_NODES, Node, Value, check_depth, check_keys},
};

const FORMAT: &str = "YAML";

pub(crate) fn tree(text: &str) -> Result<Node, ReadError> {
    Ok(parse(text)?.0)
}

/// A text that means the same wherever it stands: it neither names values nor refers to any.
#[derive(Clone, Debug)]
pub(crate) struct Plain {
    pub root: Node,
    /// How many values it has, keys included.
    pub nodes: usize,
    /// How deep its collections are nested.
    pub depth: usize,
}

/// Reads a text whose meaning must not depend on what stands around it.
pub(crate) fn plain(text: &str) -> Option<Plain> {
    let (root, builder) = parse(text).ok()?;
    (!builder.entangled).then_some(Plain { root, nodes: builder.nodes, depth: builder.depth })
}

fn parse(text: &str) -> Result<(Node, Builder), ReadError> {
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let marker = error.marker();
            let at = Position { line: marker.line().max(1), column: marker.col() + 1 };
            ReadError::at(at, Problem::Syntax { format: FORMAT, message: error.info().to_owned() })
        })?;
        if matches!(event, Event::StreamEnd) {
            break;
        }
        builder.take(event, position(span))?;
    }
    match builder.root.take() {
        Some(root) => Ok((root, builder)),
        None => Err(Problem::Empty.into()),
    }
}

/// What a scalar without quotes means.
pub(crate) fn plain_value(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        // A text of the parser's own has room for much more than it holds.
        _ => Value::Text(text.to_owned()),
    }
}

fn position(span: Span) -> Position {
    Position { line: span.start.line().max(1), column: span.start.col() + 1 }
}

/// A collection that is still open.
enum Open {
    List(Vec<Item>),
    Map(Vec<(Key, Node)>, Option<Key>),
}

#[derive(Default)]
struct Builder {
    open: Vec<(Position, usize, Open)>,
    anchors: std::collections::BTreeMap<usize, (Node, usize)>,
    nodes: usize,
    /// The deepest nesting so far.
    depth: usize,
    /// Whether there are anchors, aliases or tags.
    entangled: bool,
    root: Option<Node>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, at: Position) -> Result<(), ReadError> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => Err(ReadError::at(
                at,
                Problem::Syntax { format: FORMAT, message: "a second document; one file is one list".into() },
            )),
            Event::Scalar(text, style, anchor, tag) => {
                self.entangled |= anchor != 0 || tag.is_some();
                let value = match style {
                    ScalarStyle::Plain => plain_value(&text),
                    _ => Value::Text(text.as_ref().to_owned()),
                };
                self.add(Node { at, value }, anchor, 1)
            }
            Event::SequenceStart(anchor, tag) => {
                self.entangled |= anchor != 0 || tag.is_some();
                self.open(at, anchor, Open::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.entangled |= anchor != 0 || tag.is_some();
                self.open(at, anchor, Open::Map(Vec::new(), None))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(anchor) => {
                self.entangled = true;
                let (mut node, size) = self.anchors.get(&anchor).cloned().ok_or_else(|| {
                    ReadError::at(at, Problem::Syntax { format: FORMAT, message: "an alias without its anchor".into() })
                })?;
                node.at = at;
                self.add(node, 0, size)
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, at: Position, anchor: usize, open: Open) -> Result<(), ReadError> {
        check_depth(self.open.len() + 1, at)?;
        self.depth = self.depth.max(self.open.len() + 1);
        self.open.push((at, anchor, open));
        Ok(())
    }

    fn close(&mut self) -> Result<(), ReadError> {
        let Some((at, anchor, open)) = self.open.pop() else { return Ok(()) };
        let value = match open {
            Open::List(items) => Value::List(items),
            Open::Map(pairs, _) => {
                check_keys(&pairs)?;
                Value::Map(merged(pairs)?)
            }
        };
        let size = 1;
        self.add(Node { at, value }, anchor, size)
    }

    /// Puts a finished node where it belongs. `size` is what it adds to the count of nodes.
    fn add(&mut self, node: Node, anchor: usize, size: usize) -> Result<(), ReadError> {
        self.nodes += size;
        if self.nodes > MAX_NODES {
            let problem = Problem::Limit { what: "values, aliases unfolded", found: self.nodes, limit: MAX_NODES };
            return Err(ReadError::at(node.at, problem));
        }
        if anchor != 0 {
            let size = count(&node);
            self.anchors.insert(anchor, (node.clone(), size));
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some((_, _, Open::List(items))) => items.push(Item::Own(node)),
            Some((_, _, Open::Map(pairs, key))) => match key.take() {
                Some(key) => pairs.push((key, node)),
                None => *key = Some(key_of(node)?),
            },
        }
        Ok(())
    }
}

fn key_of(node: Node) -> Result<Key, ReadError> {
    match node.value {
        Value::Text(text) => Ok(Key { at: node.at, text }),
        Value::Null => Ok(Key { at: node.at, text: String::new() }),
        _ => {
            Err(ReadError::at(node.at, Problem::Shape { key: "a key".into(), expected: "a text", found: node.found() }))
        }
    }
}

fn count(node: &Node) -> usize {
    1 + match &node.value {
        Value::Null | Value::Text(_) => 0,
        Value::List(items) => items.iter().map(|item| count(item.node())).sum(),
        Value::Map(pairs) => pairs.iter().map(|(_, node)| count(node)).sum(),
    }
}

/// Resolves `<<: *defaults`: keys of the map itself win over merged ones.
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
                if !own.iter().any(|(k, _)| k.text == key.text) {
                    own.push((key.clone(), value.clone()));
                }
            }
        }
    }
    Ok(own)
}
