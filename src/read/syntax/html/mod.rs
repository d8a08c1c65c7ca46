//! HTML to blocks: tables, lists, definition lists, headings. The only user of `html5gum`, which
//! reads tags the way browsers do. Only a few elements matter here.

mod attributes;
mod complete;
mod grids;
mod items;
mod open;
mod runs;
mod spans;
mod table;
mod tree;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use html5gum::{Token, Tokenizer, emitters::default::DefaultEmitter};

use attributes::Attributes;
use changecast_core::vocabulary::Vocabulary;
use grids::Grids;
use open::Open;
use spans::Spans;
use tree::Tree;

pub(crate) use complete::{check_complete, title};

use crate::read::{
    error::ReadError,
    position::{LineIndex, Position},
    source_text::SourceText,
    syntax::{
        block::{Block, Cell, Item, Page, Table, paragraph},
        template::{self, Template},
    },
};

/// Parses a page written in HTML.
///
/// # Errors
/// [`crate::read::Problem::Incomplete`] if the page was cut.
pub(crate) fn parse(text: &str, words: &Vocabulary) -> Result<Page, ReadError> {
    let template = Template::of(text);
    // Branches of a template may open an element twice.
    if let Cow::Borrowed(text) = template.text {
        check_complete(text)?;
    }
    let mut blocks = blocks(&template.text, Position::START, words);
    let columns = template::columns_of(&blocks);
    template::drop_placeholders(&mut blocks);
    Ok(Page { blocks, title: title(text), loops: template.loops, columns, ..Page::default() })
}

/// The blocks of a piece of HTML that begins at a place.
pub(crate) fn blocks(text: &str, begin: Position, words: &Vocabulary) -> Vec<Block> {
    let places = LineIndex::new(text);
    blocks_at(text, words, &|offset| places.at(offset).after(begin))
}

/// The blocks of HTML, given the position of each byte offset in it.
pub(crate) fn blocks_at(text: &str, words: &Vocabulary, position: &dyn Fn(usize) -> Position) -> Vec<Block> {
    let tree = Tree::of(text);
    let (grids, banners) = (Grids::of(&tree, words), tree.banners());
    let mut builder = Builder::new(words, tree.unclosed_hidden);
    for token in Tokenizer::new_with_emitter(text, DefaultEmitter::<usize>::new_with_span()) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let start = tag.span.start;
                let own = String::from_utf8_lossy(&tag.name);
                let names = grids.starts.get(&start);
                let name = names.and_then(|names| names.first()).map_or(&*own, |name| *name);
                if name == "header" && banners.contains(&start) {
                    builder.hide(name, Ending::EndTag);
                } else if !(tag.self_closing && name == "svg") && builder.shows(name, start) {
                    let at = position(start);
                    match names {
                        Some(names) => names.iter().for_each(|name| builder.open(name, &Attributes::default(), at)),
                        None => builder.open(&own, &Attributes::of(&tag), at),
                    }
                }
            }
            Token::EndTag(tag) => {
                let name = String::from_utf8_lossy(&tag.name);
                if !builder.unhides(&name) {
                    match grids.ends.get(&tag.span.start) {
                        Some(names) => names.iter().for_each(|name| builder.close(name)),
                        None => builder.close(&name),
                    }
                }
            }
            Token::String(text) => builder.text(&String::from_utf8_lossy(&text.value)),
            _ => {}
        }
    }
    builder.end();
    builder.blocks
}

/// A text without tags, with its character references replaced.
pub(crate) fn text(html: &str) -> String {
    let mut out = String::new();
    for token in Tokenizer::new(html) {
        let Ok(token) = token;
        if let Token::String(text) = token {
            out.push_str(&String::from_utf8_lossy(&text.value));
        }
    }
    out
}

/// Components of pages that have their heading in an attribute, in lower case.
const COMPONENTS: [&str; 8] =
    ["accordion", "accordionitem", "card", "collapsible", "expandable", "panel", "step", "tab"];

/// The largest number of further columns that a header cell is copied to.
const MAX_COLUMNS: usize = 20;

/// Elements without an end tag.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];

/// Elements that are not content of the page: code and navigation.
const HIDDEN: [&str; 8] = ["script", "style", "template", "noscript", "svg", "nav", "footer", "aside"];

/// Elements that end a hidden element without an end tag.
const SHOWN: [&str; 11] = ["main", "section", "article", "table", "dl", "h1", "h2", "h3", "h4", "h5", "h6"];

/// Elements that end a list without an element around all items.
const ENDS_ITEMS: [&str; 14] =
    ["h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "section", "article", "main", "table", "dl", "ul"];

/// What ends a hidden element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    EndTag,
    /// The next content, since it has no end tag.
    Content,
}

/// The state of the reader, and the blocks that are complete.
struct Builder<'v> {
    words: &'v Vocabulary,
    blocks: Vec<Block>,
    /// Text that is being collected, with the lengths of all of it and of its strong parts.
    text: SourceText,
    /// Whether the text ends with an element of the kinds that names are set in.
    ends_with_name: bool,
    /// Whether a block inside a cell or item ended here.
    ends_block: bool,
    length: usize,
    strong: usize,
    strong_depth: usize,
    /// The struck-out ranges of the text, and the start of one that is not closed yet.
    struck: Vec<Range<usize>>,
    struck_from: Option<usize>,
    struck_depth: usize,
    /// Where raised text begins.
    raised: Option<usize>,
    /// The ranges of strong text at the beginnings of lines.
    labels: Vec<(usize, usize)>,
    outer_spans: Spans,
    /// Where the text of the paragraph begins in the file.
    begun: Option<Position>,
    /// The open link: its address, and where its text begins.
    link: Option<(String, usize)>,
    /// Hidden elements that are open, and how many of them have an end tag.
    hidden: Open<Ending>,
    hidden_to_end_tags: usize,
    /// The offsets of hidden elements that are never closed.
    unclosed: BTreeSet<usize>,
    heading: Option<usize>,
    table: Option<Table>,
    /// How many tables are open inside the outer one; their cells are text.
    nested: usize,
    row: Option<(Position, Vec<Cell>, bool)>,
    /// The numbers of further rows and columns that the open cell spans.
    cell_rows: usize,
    cell_columns: usize,
    /// Cells that span further rows, by column, with the number of rows that remain, and the size in bytes of
    /// their copies.
    spans: BTreeMap<usize, (usize, Cell)>,
    spanned: usize,
    /// The place among the blocks at which the open figure begins, and its caption, if that is before the table.
    figure: Option<(usize, Option<SourceText>)>,
    in_caption: bool,
    in_cell: bool,
    head_cell: bool,
    list: Option<Vec<Item>>,
    list_depth: usize,
    /// Whether the list has items that no `<ul>` or `<ol>` contains. It ends before the next block.
    continued: bool,
    item: Option<Item>,
    /// Whether the item is a term whose first description began.
    is_described: bool,
}

impl<'v> Builder<'v> {
    /// A reader at the beginning of a page, given the offsets of hidden elements that are never closed.
    fn new(words: &'v Vocabulary, unclosed: BTreeSet<usize>) -> Self {
        Builder {
            words,
            blocks: Vec::new(),
            text: SourceText::default(),
            ends_with_name: false,
            ends_block: false,
            length: 0,
            strong: 0,
            strong_depth: 0,
            struck: Vec::new(),
            struck_from: None,
            struck_depth: 0,
            raised: None,
            labels: Vec::new(),
            outer_spans: Spans::default(),
            begun: None,
            link: None,
            hidden: Open::default(),
            hidden_to_end_tags: 0,
            unclosed,
            heading: None,
            table: None,
            nested: 0,
            row: None,
            cell_rows: 0,
            cell_columns: 0,
            spans: BTreeMap::new(),
            spanned: 0,
            figure: None,
            in_caption: false,
            in_cell: false,
            head_cell: false,
            list: None,
            list_depth: 0,
            continued: false,
            item: None,
            is_described: false,
        }
    }
}

/// The level of a summary as a heading: below that of all headings.
const SUMMARY_LEVEL: usize = 7;

impl Builder<'_> {
    /// Whether a tag that begins here belongs to the page.
    fn shows(&mut self, name: &str, at: usize) -> bool {
        if HIDDEN.contains(&name) {
            self.hide(name, if self.unclosed.contains(&at) { Ending::Content } else { Ending::EndTag });
        } else if SHOWN.contains(&name) && self.hidden_to_end_tags == 0 {
            self.hidden.clear();
        }
        self.hidden.is_empty()
    }

    fn hide(&mut self, name: &str, ending: Ending) {
        self.hidden_to_end_tags += usize::from(ending == Ending::EndTag);
        self.hidden.open(name, ending);
    }

    /// Whether an end tag is inside a hidden element or closes it.
    fn unhides(&mut self, name: &str) -> bool {
        let was_hidden = !self.hidden.is_empty();
        let closed = self.hidden.close(name);
        self.hidden_to_end_tags -= closed.iter().filter(|ending| **ending == Ending::EndTag).count();
        was_hidden
    }

    /// Handles a start tag.
    fn open(&mut self, name: &str, attributes: &Attributes, at: Position) {
        if self.table.is_none() && self.list.is_none() && name == "li" {
            self.continue_list();
        } else if self.continued && self.item.is_none() && ENDS_ITEMS.contains(&name) {
            self.end_list();
        }
        self.break_behind_block();
        if name == "span" {
            self.outer_spans.open(self.text.len());
        }
        match name {
            "br" => self.line_break(),
            "a" => {
                self.close_link();
                if let Some(href) = &attributes.href {
                    self.link = Some((href.clone(), self.text.len()));
                }
            }
            "b" | "strong" => {
                if self.strong_depth == 0 && (self.text.trim().is_empty() || self.text.ends_with_line_break()) {
                    self.labels.push((self.text.len(), self.text.len()));
                    self.begun.get_or_insert(at);
                }
                self.strong_depth += 1;
            }
            "s" | "del" | "strike" => {
                self.struck_depth += 1;
                self.struck_from.get_or_insert(self.text.len());
            }
            "sup" => self.raised = Some(self.text.len()),
            "figure" if self.table.is_none() => {
                self.flush();
                self.figure = Some((self.blocks.len(), None));
            }
            "figcaption" if self.table.is_none() => self.flush(),
            "table" if self.table.is_some() => self.nested += 1,
            "table" => {
                self.flush();
                self.spans.clear();
                let caption = self.figure.as_mut().and_then(|(_, caption)| caption.take());
                self.table = Some(Table { caption, ..Table::default() });
            }
            "caption" if self.table.is_some() && self.nested == 0 && self.row.is_none() => {
                self.take_text();
                self.in_caption = true;
            }
            "tr" if self.table.is_some() && self.nested == 0 => {
                self.end_caption();
                self.end_row();
                self.row = Some((at, Vec::new(), true));
            }
            "td" | "th" if self.table.is_some() && self.nested == 0 => {
                self.end_caption();
                self.end_cell();
                if self.row.is_none() {
                    self.row = Some((at, Vec::new(), true));
                }
                self.take_text();
                (self.in_cell, self.head_cell) = (true, name == "th");
                (self.cell_rows, self.cell_columns) = (attributes.rows, attributes.columns.min(MAX_COLUMNS));
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if self.table.is_none() && self.list.is_none() => {
                self.flush();
                self.heading = name[1..].parse().ok();
            }
            _ if COMPONENTS.contains(&name) && self.table.is_none() && self.list.is_none() => {
                self.flush();
                if let Some(title) = &attributes.title {
                    self.blocks.push(Block::Heading { level: SUMMARY_LEVEL, text: title.as_str().into() });
                }
            }
            "summary" if self.table.is_none() && self.list.is_none() => {
                self.flush();
                self.heading = Some(SUMMARY_LEVEL);
            }
            // A line below a name: `<strong>Alder</strong><small>alder.example</small>`.
            "small" | "span" | "em" | "i" | "code" if self.begins_line(name) => self.line_break(),
            "ul" | "ol" | "dl" if self.table.is_none() => {
                if self.list.is_none() {
                    self.flush();
                    self.list = Some(Vec::new());
                }
                self.list_depth += 1;
                match self.list_depth {
                    1 => {}
                    2 => self.item_rest(),
                    _ => self.item_text(),
                }
            }
            "li" | "dt" if self.table.is_none() && self.list.is_some() => {
                self.is_described = false;
                if self.list_depth > 1 {
                    self.item_text();
                } else {
                    self.end_item();
                    self.take_text();
                    self.item = Some(Item::new(at));
                }
            }
            // A further description of the same term.
            "dd" if self.list.is_some() && self.is_described => self.description(),
            "dd" if self.list.is_some() => {
                self.is_described = true;
                let term = self.take_text();
                if let Some(item) = self.item.as_mut().filter(|_| !term.text.is_empty()) {
                    if item.lead.is_none() {
                        item.struck = term.is_over();
                    }
                    item.lead = Some(term.text);
                }
            }
            "p" | "div" | "section" | "article" | "main" | "header" | "details"
                if self.table.is_none() && self.list.is_none() =>
            {
                self.flush();
                self.begun = Some(at);
            }
            "p" | "div" | "li" if !self.text.trim().is_empty() && (self.in_cell || self.list.is_some()) => {
                self.line_break()
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        self.ends_with_name = matches!(name, "a" | "b" | "strong") && !self.text.trim().is_empty();
        if name == "span" {
            self.outer_spans.close(self.text.len());
        }
        match name {
            "a" => {
                self.close_link();
                // `<li><a>Name</a>. Purpose.` begins with a lead.
                self.maybe_lead();
            }
            "b" | "strong" => {
                self.strong_depth = self.strong_depth.saturating_sub(1);
                if let Some((from, to)) = self.labels.last_mut().filter(|(from, to)| from == to) {
                    *to = self.text.len().max(*from);
                }
                self.maybe_lead();
            }
            "s" | "del" | "strike" => {
                self.struck_depth = self.struck_depth.saturating_sub(1);
                if self.struck_depth == 0 {
                    self.struck.extend(self.struck_from.take().map(|from| from..self.text.len()));
                }
            }
            "sup" => self.lower_raised(),
            "table" if self.nested > 0 => self.nested -= 1,
            "table" => {
                self.end_row();
                self.end_table();
            }
            "caption" if self.nested == 0 => self.end_caption(),
            "figcaption" if self.table.is_none() => self.end_figure_caption(),
            "figure" => self.figure = None,
            "tr" if self.nested == 0 => self.end_row(),
            "td" | "th" if self.nested == 0 => self.end_cell(),
            "ul" | "ol" | "dl" if self.list.is_some() && self.table.is_none() => {
                if self.list_depth > 1 {
                    self.item_text();
                }
                self.list_depth -= 1;
                if self.list_depth == 0 {
                    self.end_item();
                    self.end_list();
                }
            }
            "li" if self.list_depth > 1 => self.item_text(),
            "li" if self.continued => self.end_item(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "p" | "div" | "section" | "article" | "summary" | "details"
                if self.table.is_none() && self.list.is_none() =>
            {
                self.flush()
            }
            "p" | "div" => self.ends_block = !self.text.trim().is_empty(),
            _ => {}
        }
    }

    /// Begins a line behind a block inside a cell or item: `<td><div>Alder</div><a>alder.example</a></td>`.
    fn break_behind_block(&mut self) {
        if std::mem::take(&mut self.ends_block) && !self.text.ends_with_line_break() {
            self.line_break();
        }
    }

    /// Ends a heading or paragraph.
    fn flush(&mut self) {
        self.close_link();
        if let Some(level) = self.heading.take() {
            let text = self.take_text().text.on_one_line();
            if !text.is_empty() {
                self.blocks.push(Block::Heading { level, text });
            }
            return;
        }
        if let Some(field) = self.field_of_spans() {
            self.blocks.push(field);
            self.take_text();
            return;
        }
        let at = self.begun.unwrap_or(Position::START);
        let all_strong = self.strong > 0 && self.strong >= self.length;
        for block in paragraph(at, &self.text, all_strong, &self.labels) {
            self.blocks.push(match block {
                Block::Paragraph { at, text, strong, lead } => {
                    let lead = lead.map(|lead| lead.collapsed());
                    Block::Paragraph { at, text: text.collapsed(), strong, lead }
                }
                Block::Field { text, item } => Block::Field {
                    text: text.collapsed(),
                    item: Item { lead: item.lead.map(|lead| lead.collapsed()), rest: item.rest.collapsed(), ..item },
                },
                block => block,
            });
        }
        self.take_text();
    }

    fn end(&mut self) {
        self.end_row();
        self.end_item();
        self.end_table();
        self.end_list();
        self.flush();
    }
}
