//! Incremental parsing of long YAML files. Each item of a long list is parsed separately, and its tree is
//! reused as long as versions contain the item. The text around the lists is parsed with placeholders.
//!
//! An item of a block sequence ends before the next line that begins in the column of its dash or to the
//! left, apart from comments and empty lines. The state of the parser at this point does not depend on the
//! item, if the item is complete when it is parsed separately: the next line cannot continue an open
//! construct, and only the constructs that [`yaml::parse_fragment`] rejects extend over the end of an item.
//! So the tree of a file is the tree of its outline, in which one `- ~` replaces all items of a list, after
//! the trees of the items are inserted. Where anything is doubtful (tabs, carriage returns, anchors,
//! tags, an incomplete item) the file is parsed as a whole instead. Readers of other formats that know
//! where their items end use [`ItemCache::item`].

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    rc::Rc,
};

use crate::read::{
    error::ReadError,
    position::Position,
    syntax::{
        bytes::holds,
        tree::{Item, MAX_DEPTH, MAX_NODES, Node, Value},
        yaml::{self, Fragment},
    },
};

/// The length in bytes of the shortest list with items that are parsed separately.
pub(crate) const MIN_RUN: usize = 1_000;

/// Unused items that are kept before a purge, in addition to twice the number left by the last purge.
const PURGE_MARGIN: usize = 1_000;

/// An item of a list that was parsed separately. Its positions are relative to its first line.
#[derive(Debug)]
struct CachedItem {
    text: Box<str>,
    /// The column and depth of the item, where its tree depends on them.
    place: (usize, usize),
    /// The number of lines that it takes.
    lines: usize,
    node: Rc<Node>,
    nodes: usize,
    depth: usize,
    /// The lists in it with items that were parsed separately.
    runs: Vec<Run>,
}

/// The items of one list, in order.
type Run = Vec<Rc<CachedItem>>;

/// The items of the last versions.
#[derive(Debug, Default)]
pub(crate) struct ItemCache {
    known: HashMap<u64, Rc<CachedItem>>,
    /// The number of items after the last purge.
    kept: usize,
    /// The lists of the last version.
    last: Vec<Run>,
    /// The outline of the last version.
    outline: Option<Outline>,
}

/// The outline of a file and its tree.
#[derive(Debug)]
struct Outline {
    /// The number of comment lines at the beginning. Their text does not matter.
    comments: usize,
    /// The text after them.
    text: String,
    fragment: Fragment,
}

/// An item that was found in a text.
enum ItemMatch<'a> {
    Cached(Rc<CachedItem>),
    /// The text of a new item, and the item that was in this place before.
    New(&'a str, Option<Rc<CachedItem>>),
}

/// A list that an outline replaces by a placeholder.
struct Placeholder {
    /// Where the placeholder is.
    at: Position,
    /// The number of lines of the text that this list and those above take.
    lines_so_far: usize,
}

/// A tree that was put together from an outline and items.
struct Joined {
    root: Node,
    runs: Vec<Run>,
    nodes: usize,
    depth: usize,
}

impl ItemCache {
    /// Parses a YAML text incrementally, if that is possible. The tree is that of [`yaml::parse`], except
    /// that positions in shared items are relative to the item.
    pub fn parse_yaml(&mut self, text: &str) -> Option<Node> {
        if holds(text, |b| matches!(b, b'\t' | b'\r' | 0)) {
            return None;
        }
        let last = std::mem::take(&mut self.last);
        let joined = self.join(text, 0, &last)?;
        self.last = joined.runs;
        self.purge();
        (joined.nodes <= MAX_NODES && joined.depth <= MAX_DEPTH).then_some(joined.root)
    }

    /// Starts the next version, for a reader that finds the items itself and calls [`ItemCache::item`].
    pub fn start_version(&mut self) {
        self.purge();
        self.last = vec![Run::new()];
    }

    /// The item with this text at this column and depth: that of an earlier version, or a new one.
    ///
    /// # Errors
    /// Those of `parse`, which returns the tree of a new item.
    pub fn item(
        &mut self,
        text: &str,
        place: (usize, usize),
        parse: impl FnOnce() -> Result<Node, ReadError>,
    ) -> Result<Rc<Node>, ReadError> {
        let hash = hash(&(text, place));
        let known = self.known.get(&hash).filter(|item| *item.text == *text && item.place == place);
        let item = match known {
            Some(item) => Rc::clone(item),
            None => Rc::new(CachedItem { place, ..CachedItem::new(text, parse()?) }),
        };
        self.known.insert(hash, Rc::clone(&item));
        self.last.iter_mut().for_each(|run| run.push(Rc::clone(&item)));
        Ok(Rc::clone(&item.node))
    }

    /// Drops the items that the last version does not contain, now and then.
    fn purge(&mut self) {
        if self.known.len() > 2 * self.kept + PURGE_MARGIN {
            self.known.retain(|_, item| Rc::strong_count(item) > 1);
            self.kept = self.known.len();
        }
    }

    /// Parses a text with lists that begin at `from` or later. `last` are the lists of its earlier version.
    fn join(&mut self, text: &str, from: usize, last: &[Run]) -> Option<Joined> {
        let (mut outline, mut outlined, mut line) = (String::new(), 0, 1);
        let (mut placeholders, mut runs): (Vec<Placeholder>, Vec<Run>) = Default::default();
        let mut lines_so_far = 0;
        let mut at = if text.len() < from + MIN_RUN { text.len() } else { from };
        while at < text.len() {
            let start = Line::at(text, at);
            if !start.opens_item() {
                at = start.end();
                continue;
            }
            let (matches, end) = self.items(text, at, start.indent, last.get(runs.len()).map_or(&[], Vec::as_slice));
            if end - at >= MIN_RUN {
                let run: Run = matches.into_iter().map(|found| self.cached(found)).collect::<Option<_>>()?;
                line += newlines(&text[outlined..at]);
                outline.push_str(&text[outlined..at]);
                outline.extend(std::iter::repeat_n(' ', start.indent));
                outline.push_str("- ~\n");
                lines_so_far += run.iter().map(|item| item.lines).sum::<usize>();
                placeholders.push(Placeholder { at: Position { line, column: start.indent + 3 }, lines_so_far });
                line += 1;
                runs.push(run);
                outlined = end;
            }
            at = end;
        }
        if placeholders.is_empty() {
            let Fragment { root, nodes, depth } = yaml::parse_fragment(text)?;
            return Some(Joined { root, runs, nodes, depth });
        }
        outline.push_str(&text[outlined..]);
        let Fragment { mut root, nodes, depth } =
            if from == 0 { self.outline(&outline)? } else { yaml::parse_fragment(&outline)? };
        let mut filling = Filling { placeholders: &placeholders, runs: &runs, filled: 0, depth };
        filling.fill(&mut root, 1);
        if filling.filled < placeholders.len() {
            return None;
        }
        let (depth, item_nodes) = (filling.depth, runs.iter().flatten().map(|item| item.nodes).sum::<usize>());
        Some(Joined { root, runs, nodes: nodes + item_nodes, depth })
    }

    /// The tree of the outline of a whole file. It seldom changes between versions, except in the text of
    /// the comments at the beginning. Only their number matters, for positions.
    fn outline(&mut self, text: &str) -> Option<Fragment> {
        let lines = text.lines().take_while(|line| line.starts_with('#') && is_printable(line));
        let (comments, length) = lines.fold((0, 0), |(count, length), line| (count + 1, length + line.len() + 1));
        let rest = text.get(length..).unwrap_or_default();
        if let Some(known) = &self.outline
            && known.comments == comments
            && known.text == rest
        {
            return Some(known.fragment.clone());
        }
        let fragment = yaml::parse_fragment(text)?;
        self.outline = Some(Outline { comments, text: rest.to_owned(), fragment: fragment.clone() });
        Some(fragment)
    }

    /// Finds the items of the list that begins at `at`, and where it ends.
    fn items<'a>(
        &self,
        text: &'a str,
        mut at: usize,
        indent: usize,
        last: &[Rc<CachedItem>],
    ) -> (Vec<ItemMatch<'a>>, usize) {
        let mut matches = Vec::with_capacity(last.len());
        let mut next = 0;
        loop {
            // Most items follow the item that they followed before, or one that was removed or added.
            let mut near = last.iter().enumerate().skip(next).take(2);
            let end = match near.find(|(_, item)| item.is_at(text, at, indent)) {
                Some((place, item)) => {
                    matches.push(ItemMatch::Cached(Rc::clone(item)));
                    next = place + 1;
                    at + item.text.len()
                }
                None => {
                    let end = end_of_item(text, at, indent);
                    let item_text = &text[at..end];
                    match self.known.get(&hash(&item_text)).filter(|item| *item.text == *item_text) {
                        Some(item) => {
                            let place = last.iter().skip(next).take(100).position(|other| Rc::ptr_eq(other, item));
                            next += place.map_or(0, |place| place + 1);
                            matches.push(ItemMatch::Cached(Rc::clone(item)));
                        }
                        None => matches.push(ItemMatch::New(item_text, last.get(next).cloned())),
                    }
                    end
                }
            };
            at = end;
            let line = Line::at(text, at);
            if !(line.opens_item() && line.indent == indent) {
                return (matches, at);
            }
        }
    }

    /// The cached item of a match. A new one is parsed.
    fn cached(&mut self, found: ItemMatch<'_>) -> Option<Rc<CachedItem>> {
        let (text, before) = match found {
            ItemMatch::Cached(item) => return Some(item),
            ItemMatch::New(text, before) => (text, before),
        };
        let from = Line::at(text, 0).end();
        let joined = self.join(text, from, before.as_ref().map_or(&[], |item| item.runs.as_slice()))?;
        let Value::List(mut items) = joined.root.value else { return None };
        let (Some(Item::Own(node)), true) = (items.pop(), items.is_empty()) else { return None };
        let (nodes, depth, runs) = (joined.nodes, joined.depth - 1, joined.runs);
        let item = CachedItem { lines: newlines(text), nodes, depth, runs, ..CachedItem::new(text, node) };
        let item = Rc::new(item);
        self.known.insert(hash(&text), Rc::clone(&item));
        Some(item)
    }
}

impl CachedItem {
    fn new(text: &str, node: Node) -> Self {
        let node = Rc::new(node);
        CachedItem { text: text.into(), place: (0, 0), lines: 0, node, nodes: 0, depth: 0, runs: Vec::new() }
    }

    /// Whether exactly this item is there.
    fn is_at(&self, text: &str, at: usize, indent: usize) -> bool {
        let end = at + self.text.len();
        text.as_bytes()[at..].starts_with(self.text.as_bytes())
            && (end == text.len() || self.text.ends_with('\n') && Line::at(text, end).ends_item(indent))
    }
}

/// Whether a line consists of letters, digits and printable ASCII, which have no meaning in a comment.
fn is_printable(line: &str) -> bool {
    line.chars().all(|c| c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric())
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

    /// Whether an item of a list at this column ends before this line. Comments and empty lines end no item.
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

/// Replaces the placeholders of an outline by items, and corrects the positions around them.
struct Filling<'a> {
    placeholders: &'a [Placeholder],
    runs: &'a [Run],
    filled: usize,
    depth: usize,
}

impl Filling<'_> {
    fn fill(&mut self, node: &mut Node, depth: usize) {
        if let Value::List(items) = &mut node.value
            && let [Item::Own(Node { at, value: Value::Null })] = items.as_slice()
            && let (Some(placeholder), Some(run)) = (self.placeholders.get(self.filled), self.runs.get(self.filled))
            && placeholder.at == *at
        {
            self.filled += 1;
            let mut shift = self.in_text(placeholder.at).line - 1;
            self.depth = run.iter().map(|item| depth + item.depth).fold(self.depth, usize::max);
            *items = run
                .iter()
                .map(|item| {
                    let shared = Item::Shared(shift, Rc::clone(&item.node));
                    shift += item.lines;
                    shared
                })
                .collect();
            node.at = self.in_text(node.at);
            return;
        }
        node.at = self.in_text(node.at);
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
                    key.at = self.in_text(key.at);
                    self.fill(node, depth + 1);
                }
            }
        }
    }

    /// The position in the text of a position in the outline.
    fn in_text(&self, at: Position) -> Position {
        let above = self.placeholders.partition_point(|placeholder| placeholder.at.line < at.line);
        // A placeholder is one line itself.
        let lines = above.checked_sub(1).map_or(0, |last| self.placeholders[last].lines_so_far);
        at.below(lines.saturating_sub(above))
    }
}
