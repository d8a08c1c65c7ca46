//! Long YAML files in parts: an item of a long list is read by itself, once for as long as versions
//! have it, and the file around the lists in one go, with holes where they stand.
//!
//! A block sequence whose dashes stand at some column ends an item where the next line begins at that
//! column or before it, comments and empty lines aside. There the parser is in one and the same state
//! whatever the item said, provided that the item, parsed by itself, is complete: nothing is left open
//! that the next line could continue, and no construct of YAML but those of [`yaml::plain`] reaches
//! over the end of an item. So the tree of a file is the tree of its outline, in which one `- ~`
//! stands for all items of a list, with the trees of the items put in. Where anything is doubtful
//! (tabs, carriage returns, anchors, tags, an item that is not complete) there is no tree by parts,
//! and the file is read as a whole. Other formats that know where their items end ask for
//! [`Parts::item`].

use std::{
    cell::OnceCell,
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    rc::Rc,
};

use crate::read::{
    choose::{native::Memory, records::Gist},
    error::{Position, ReadError},
    syntax::{
        bytes::holds,
        item,
        tree::{Item, MAX_DEPTH, MAX_NODES, Node, Value},
        yaml::{self, Plain},
    },
};

/// Shortest list, in bytes, whose items are read by themselves.
pub(crate) const MIN_RUN: usize = 1_000;

/// An item of a list, read by itself. Its positions count from the line where it begins.
#[derive(Debug)]
pub(crate) struct Part {
    text: Box<str>,
    /// The column and depth at which it stands, where these are part of its tree.
    place: (usize, usize),
    /// How many lines it takes.
    lines: usize,
    pub node: Node,
    nodes: usize,
    depth: usize,
    /// The lists in it whose items were read by themselves.
    runs: Vec<Run>,
    /// What it says as an entry of a native inventory …
    pub native: Memory,
    /// … or as a record of any shape.
    pub record: Memory,
    pub gist: OnceCell<Gist>,
    /// Whether no list can be found in it.
    pub barren: OnceCell<bool>,
}

/// The items of one list, one below the other.
type Run = Vec<Rc<Part>>;

/// The parts of the last versions.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    known: HashMap<u64, Rc<Part>>,
    /// How many were known when the forgotten ones were last dropped.
    kept: usize,
    /// The lists of the last version.
    last: Vec<Run>,
    /// The last outline of a file: how many comments it begins with, what follows them, its tree.
    outline: Option<(usize, String, Plain)>,
}

/// An item that was found in a text.
enum Found<'a> {
    Known(Rc<Part>),
    /// A new one, and the one that stood here before.
    New(&'a str, Option<Rc<Part>>),
}

/// A hole in an outline.
struct Hole {
    /// Where its placeholder stands.
    at: Position,
    /// How many lines of the text it and the holes above it take.
    lines_so_far: usize,
}

/// A tree that was put together.
struct Joined {
    root: Node,
    runs: Vec<Run>,
    nodes: usize,
    depth: usize,
}

impl Parts {
    /// The tree of a YAML text, when it can be had by parts. Then it is the one of [`yaml::tree`],
    /// but for positions, which count from the beginning of each part.
    pub fn tree(&mut self, text: &str) -> Option<Node> {
        if holds(text, |b| matches!(b, b'\t' | b'\r' | 0)) {
            return None;
        }
        let last = std::mem::take(&mut self.last);
        let joined = self.joined(text, 0, &last)?;
        self.last = joined.runs;
        self.tidy();
        (joined.nodes <= MAX_NODES && joined.depth <= MAX_DEPTH).then_some(joined.root)
    }

    /// Begins with the next version of a text whose items its reader finds itself, for [`Parts::item`].
    pub fn begin(&mut self) {
        self.tidy();
        self.last = vec![Run::new()];
    }

    /// The item with this text at this column and depth: the one of an earlier version, or a new one.
    ///
    /// # Errors
    /// Those of `read`, which gives the tree of a new one.
    pub fn item(
        &mut self,
        text: &str,
        place: (usize, usize),
        read: impl FnOnce() -> Result<Node, ReadError>,
    ) -> Result<Rc<Part>, ReadError> {
        let hash = hash(&(text, place));
        let known = self.known.get(&hash).filter(|part| *part.text == *text && part.place == place);
        let part = match known {
            Some(part) => Rc::clone(part),
            None => Rc::new(Part { place, ..Part::of(text, read()?) }),
        };
        self.known.insert(hash, Rc::clone(&part));
        self.last.iter_mut().for_each(|run| run.push(Rc::clone(&part)));
        Ok(part)
    }

    /// Drops what the last version does not have, now and then.
    fn tidy(&mut self) {
        if self.known.len() > 2 * self.kept + 1_000 {
            self.known.retain(|_, part| Rc::strong_count(part) > 1);
            self.kept = self.known.len();
        }
    }

    /// Reads a text whose lists may begin at `from`; `last` are the lists that stood in it before.
    fn joined(&mut self, text: &str, from: usize, last: &[Run]) -> Option<Joined> {
        let (mut outline, mut outlined, mut line) = (String::new(), 0, 1);
        let (mut holes, mut runs): (Vec<Hole>, Vec<Run>) = Default::default();
        let mut lines_so_far = 0;
        let mut at = if text.len() < from + MIN_RUN { text.len() } else { from };
        while at < text.len() {
            let start = Line::at(text, at);
            if !start.opens_item() {
                at = start.end();
                continue;
            }
            let (found, end) = self.items(text, at, start.indent, last.get(runs.len()).map_or(&[], Vec::as_slice));
            if end - at >= MIN_RUN {
                let run: Run = found.into_iter().map(|found| self.part(found)).collect::<Option<_>>()?;
                line += newlines(&text[outlined..at]);
                outline.push_str(&text[outlined..at]);
                outline.extend(std::iter::repeat_n(' ', start.indent));
                outline.push_str("- ~\n");
                lines_so_far += run.iter().map(|part| part.lines).sum::<usize>();
                holes.push(Hole { at: Position { line, column: start.indent + 3 }, lines_so_far });
                line += 1;
                runs.push(run);
                outlined = end;
            }
            at = end;
        }
        let whole = if holes.is_empty() { text } else { &*(outline + &text[outlined..]) };
        let plain = match from {
            0 if !holes.is_empty() => self.outline(whole)?,
            _ => item::single(whole).or_else(|| yaml::plain(whole))?,
        };
        let (mut root, mut depth) = (plain.root, plain.depth);
        if !holes.is_empty() {
            let mut filling = Filling { holes: &holes, runs: &runs, filled: 0, depth };
            filling.fill(&mut root, 1);
            if filling.filled < holes.len() {
                return None;
            }
            depth = filling.depth;
        }
        let nodes = plain.nodes + runs.iter().flatten().map(|part| part.nodes).sum::<usize>();
        Some(Joined { root, runs, nodes, depth })
    }

    /// The tree of the outline of a whole file. Most are what they were in the version before but for
    /// comments: how many lines of them stand first counts, what these say does not.
    fn outline(&mut self, text: &str) -> Option<Plain> {
        let comments = text.lines().take_while(|line| line.starts_with('#') && item::is_harmless(line));
        let (count, length) = comments.fold((0, 0), |(count, length), line| (count + 1, length + line.len() + 1));
        let said = text.get(length..).unwrap_or_default();
        if let Some((known_count, known, plain)) = &self.outline
            && (*known_count, known.as_str()) == (count, said)
        {
            return Some(plain.clone());
        }
        let plain = yaml::plain(text)?;
        self.outline = Some((count, said.to_owned(), plain.clone()));
        Some(plain)
    }

    /// Finds the items of the list that begins at `at`, and where it ends.
    fn items<'a>(&self, text: &'a str, mut at: usize, indent: usize, last: &[Rc<Part>]) -> (Vec<Found<'a>>, usize) {
        let mut found = Vec::with_capacity(last.len());
        let mut next = 0;
        loop {
            // Most items follow the one that they followed before, or one that is gone or new.
            let mut near = last.iter().enumerate().skip(next).take(2);
            let end = match near.find(|(_, part)| part.stands_at(text, at, indent)) {
                Some((place, part)) => {
                    found.push(Found::Known(Rc::clone(part)));
                    next = place + 1;
                    at + part.text.len()
                }
                None => {
                    let end = end_of_item(text, at, indent);
                    let item = &text[at..end];
                    match self.known.get(&hash(&item)).filter(|part| *part.text == *item) {
                        Some(part) => {
                            let place = last.iter().skip(next).take(100).position(|other| Rc::ptr_eq(other, part));
                            next += place.map_or(0, |place| place + 1);
                            found.push(Found::Known(Rc::clone(part)));
                        }
                        None => found.push(Found::New(item, last.get(next).cloned())),
                    }
                    end
                }
            };
            at = end;
            let line = Line::at(text, at);
            if !(line.opens_item() && line.indent == indent) {
                return (found, at);
            }
        }
    }

    fn part(&mut self, found: Found<'_>) -> Option<Rc<Part>> {
        let (text, before) = match found {
            Found::Known(part) => return Some(part),
            Found::New(text, before) => (text, before),
        };
        let from = Line::at(text, 0).end();
        let joined = self.joined(text, from, before.as_ref().map_or(&[], |part| part.runs.as_slice()))?;
        let Value::List(mut items) = joined.root.value else { return None };
        let (Some(Item::Own(node)), true) = (items.pop(), items.is_empty()) else { return None };
        let (nodes, depth, runs) = (joined.nodes, joined.depth - 1, joined.runs);
        let part = Rc::new(Part { lines: newlines(text), nodes, depth, runs, ..Part::of(text, node) });
        self.known.insert(hash(&text), Rc::clone(&part));
        Some(part)
    }
}

impl Part {
    /// A part that nothing but its text and tree is known of.
    fn of(text: &str, node: Node) -> Self {
        Part {
            text: text.into(),
            place: (0, 0),
            lines: 0,
            node,
            nodes: 0,
            depth: 0,
            runs: Vec::new(),
            native: Memory::default(),
            record: Memory::default(),
            gist: OnceCell::new(),
            barren: OnceCell::new(),
        }
    }

    /// Whether exactly this item stands there.
    fn stands_at(&self, text: &str, at: usize, indent: usize) -> bool {
        let end = at + self.text.len();
        text.as_bytes()[at..].starts_with(self.text.as_bytes())
            && (end == text.len() || self.text.ends_with('\n') && Line::at(text, end).ends_item(indent))
    }
}

/// A line, or the end of the text.
struct Line<'a> {
    text: &'a str,
    /// Where its content begins.
    content: usize,
    indent: usize,
}

impl<'a> Line<'a> {
    fn at(text: &'a str, at: usize) -> Self {
        let indent = text.as_bytes()[at..].iter().take_while(|b| **b == b' ').count();
        Line { text, content: at + indent, indent }
    }

    fn byte(&self, place: usize) -> Option<u8> {
        self.text.as_bytes().get(self.content + place).copied()
    }

    fn opens_item(&self) -> bool {
        self.byte(0) == Some(b'-') && matches!(self.byte(1), Some(b' ' | b'\n') | None)
    }

    /// Whether an item of a list at this column cannot go on here. Comments and empty lines say nothing.
    fn ends_item(&self, indent: usize) -> bool {
        self.indent <= indent && !matches!(self.byte(0), Some(b'\n' | b'#') | None)
    }

    /// Where the next line begins.
    fn end(&self) -> usize {
        self.text[self.content..].find('\n').map_or(self.text.len(), |length| self.content + length + 1)
    }
}

fn end_of_item(text: &str, at: usize, indent: usize) -> usize {
    let mut end = Line::at(text, at).end();
    while end < text.len() {
        let line = Line::at(text, end);
        if line.ends_item(indent) {
            break;
        }
        end = line.end();
    }
    end
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|b| *b == b'\n').count()
}

fn hash(key: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// Puts items into the holes of an outline, and the positions around them right.
struct Filling<'a> {
    holes: &'a [Hole],
    runs: &'a [Run],
    filled: usize,
    depth: usize,
}

impl Filling<'_> {
    fn fill(&mut self, node: &mut Node, depth: usize) {
        if let Value::List(items) = &mut node.value
            && let [Item::Own(Node { at, value: Value::Null })] = items.as_slice()
            && let (Some(hole), Some(run)) = (self.holes.get(self.filled), self.runs.get(self.filled))
            && hole.at == *at
        {
            self.filled += 1;
            let mut shift = self.moved(hole.at).line - 1;
            self.depth = run.iter().map(|part| depth + part.depth).fold(self.depth, usize::max);
            *items = run
                .iter()
                .map(|part| {
                    let item = Item::Apart(shift, Rc::clone(part));
                    shift += part.lines;
                    item
                })
                .collect();
            node.at = self.moved(node.at);
            return;
        }
        node.at = self.moved(node.at);
        match &mut node.value {
            Value::Null | Value::Text(_) => {}
            Value::List(items) => {
                for item in items {
                    if let Item::Own(node) = item {
                        self.fill(node, depth + 1);
                    }
                }
            }
            Value::Map(pairs) => {
                for (key, node) in pairs {
                    key.at = self.moved(key.at);
                    self.fill(node, depth + 1);
                }
            }
        }
    }

    /// Where a place of the outline lies in the text.
    fn moved(&self, at: Position) -> Position {
        let above = self.holes.partition_point(|hole| hole.at.line < at.line);
        // A placeholder is one line itself.
        let lines = above.checked_sub(1).map_or(0, |last| self.holes[last].lines_so_far);
        at.below(lines.saturating_sub(above))
    }
}
