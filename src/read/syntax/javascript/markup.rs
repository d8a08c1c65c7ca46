//! JSX as HTML, so that pages of components are read by the rules for HTML.

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    position::{LineIndex, Position},
    source_text::{SourceText, cleaned},
    syntax::{
        block::{Block, COLONS, Loop},
        html,
        javascript::{
            elements::{Kind, kind_of},
            literal::{one_line, text_of},
            syntax_tree::SyntaxNode,
        },
        template,
    },
};

/// The deepest nesting of markup that is read.
const MAX_MARKUP_DEPTH: usize = 300;

/// The elements of HTML that are headings.
const HEADINGS: [&str; 6] = ["h1", "h2", "h3", "h4", "h5", "h6"];

/// Markup as HTML, with the places of its tags in the file.
#[derive(Default)]
pub(super) struct Markup {
    html: String,
    /// Offsets in the HTML, ascending, each with the offset in the file.
    places: Vec<(usize, usize)>,
    /// The loops that produce markup.
    pub loops: Vec<Loop>,
    depth: usize,
    /// Where the last heading begins in the HTML.
    heading: Option<usize>,
    /// The number of open components with titles.
    titled: usize,
}

/// The text of an element that is a value: `<span>Yes</span>` is "Yes". Like other values of data, it is Markdown:
/// a link is `[label](address)`.
pub(super) fn inline_text(element: SyntaxNode<'_>, words: &Vocabulary) -> String {
    let mut markup = Markup::default();
    markup.element(element, Flow::Inline);
    let paragraph = format!("<p>{}</p>", markup.html);
    let blocks = html::blocks(&paragraph, Position::START, words);
    let texts = blocks.into_iter().filter_map(|block| match block {
        Block::Heading { text, .. } | Block::Paragraph { text, .. } | Block::Field { text, .. } => Some(text),
        Block::Table(_) | Block::List(_) | Block::Record(_) => None,
    });
    let texts: Vec<SourceText> = texts.filter(|text| !template::is_placeholder(text)).collect();
    SourceText::join(&texts, " ").to_rich_text().markdown().to_string()
}

/// Whether an element is inside running text, where components are part of the text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Block,
    Inline,
}

impl Markup {
    /// Adds all markup below a node, in order.
    pub fn collect(&mut self, node: SyntaxNode<'_>) {
        self.within(node, Flow::Block);
    }

    /// The blocks of the page.
    pub fn blocks(&self, lines: &LineIndex<'_>, words: &Vocabulary) -> Vec<Block> {
        html::blocks_at(&self.html, words, &|offset| lines.at(self.place(offset)))
    }

    /// The offset in the file, of an offset in the HTML.
    fn place(&self, offset: usize) -> usize {
        let next = self.places.partition_point(|(html, _)| *html <= offset);
        next.checked_sub(1).map_or(0, |at| self.places[at].1)
    }

    /// Adds the elements in a piece of code.
    fn within(&mut self, node: SyntaxNode<'_>, flow: Flow) {
        if self.depth > MAX_MARKUP_DEPTH {
            return;
        }
        self.depth += 1;
        match node.kind() {
            "jsx_element" | "jsx_self_closing_element" => self.element(node, flow),
            "template_string" if is_html(node.source()) => self.template(node),
            // Attributes are not content, and literals are read as data.
            "jsx_attribute" | "array" | "object" => {}
            _ => {
                self.note_loop(node);
                node.children().into_iter().for_each(|child| self.within(child, flow));
            }
        }
        self.depth -= 1;
    }

    /// Adds the markup in a template string, line by line so that its places are those in the file.
    fn template(&mut self, string: SyntaxNode<'_>) {
        let source = string.source();
        let mut at = string.start() + 1;
        for line in source.get(1..source.len().saturating_sub(1)).unwrap_or_default().split_inclusive('\n') {
            self.places.push((self.html.len(), at));
            self.html.push_str(line);
            at += line.len();
        }
    }

    /// Remembers the data of `data.map(…)` and similar loops.
    fn note_loop(&mut self, node: SyntaxNode<'_>) {
        if node.kind() == "call_expression"
            && let Some(data) = template::loop_data(node.source())
            && node.field("arguments").is_some_and(contains_markup)
        {
            self.loops.push(Loop { data: data.to_owned(), file: None, heading: self.last_heading() });
        }
    }

    /// The text of the last heading so far.
    fn last_heading(&self) -> String {
        let Some(from) = self.heading else { return String::new() };
        let end = self.html[from..].find("</h").map_or(self.html.len(), |length| from + length);
        cleaned(&html::text(&self.html[from..end]))
    }

    fn element(&mut self, element: SyntaxNode<'_>, flow: Flow) {
        let tag = element.field("open_tag").unwrap_or(element);
        let kind = kind_of(element, tag);
        let inner = match (kind, flow) {
            (Kind::Inline(_), _) | (_, Flow::Inline) => Flow::Inline,
            (Kind::Text(_), _) => Flow::Inline,
            (Kind::Block(_) | Kind::Component, Flow::Block) => Flow::Block,
        };
        let name = match (kind, flow) {
            (Kind::Inline("span") | Kind::Component, Flow::Inline) if is_label(element) => "strong",
            (Kind::Block(name) | Kind::Text(name) | Kind::Inline(name), _) => name,
            (Kind::Component, Flow::Block) => "div",
            (Kind::Component, Flow::Inline) => "span",
        };
        if HEADINGS.contains(&name) {
            self.heading = Some(self.html.len());
        }
        self.open(name, tag, element.start());
        let title = title_of(tag).filter(|_| matches!(kind, Kind::Component) && flow == Flow::Block);
        if let Some(title) = &title {
            self.titled += 1;
            let level = self.titled.min(6);
            self.heading = Some(self.html.len());
            self.html.push_str(&format!("<h{level}>{}</h{level}>", escaped(title)));
        }
        if element.kind() == "jsx_element" {
            self.children(element, inner);
        }
        self.titled -= usize::from(title.is_some());
        self.html.push_str(&format!("</{name}>"));
    }

    /// Adds a start tag with the attributes that matter.
    fn open(&mut self, name: &str, tag: SyntaxNode<'_>, at: usize) {
        self.places.push((self.html.len(), at));
        self.html.push('<');
        self.html.push_str(name);
        for (attribute, html_name) in [("href", "href"), ("to", "href"), ("rowSpan", "rowspan"), ("colSpan", "colspan")]
        {
            if let Some(value) = attribute_text(tag, attribute) {
                self.html.push_str(&format!(" {html_name}=\"{}\"", escaped(&value)));
            }
        }
        self.html.push('>');
    }

    /// Adds the content of an element.
    fn children(&mut self, element: SyntaxNode<'_>, flow: Flow) {
        let tags = [element.field("open_tag"), element.field("close_tag")];
        let [Some(open), Some(close)] = tags.map(|tag| tag.map(SyntaxNode::range)) else { return };
        let mut text_from = open.end;
        for child in element.children() {
            let is_content = child.start() >= open.end && child.start() < close.start;
            if !is_content || matches!(child.kind(), "jsx_text" | "html_character_reference") {
                continue;
            }
            self.text(element.source_between(text_from, child.start()));
            text_from = child.range().end;
            if child.kind() == "jsx_expression" { self.expression(child, flow) } else { self.within(child, flow) }
        }
        self.text(element.source_between(text_from, close.start));
    }

    /// Adds text, which JSX trims at line breaks. Its character references are those of HTML.
    fn text(&mut self, text: &str) {
        let last = text.matches('\n').count();
        let lines = text.split('\n').enumerate().map(|(place, line)| {
            let line = if place > 0 { line.trim_start() } else { line };
            if place < last { line.trim_end() } else { line }
        });
        let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
        self.html.push_str(&text.replace('<', "&lt;"));
    }

    /// Adds `{…}`: a literal text, the elements in it, or a placeholder.
    fn expression(&mut self, expression: SyntaxNode<'_>, flow: Flow) {
        let Some(inner) = expression.children().first().copied() else { return };
        if let Some(text) = text_of(inner) {
            self.html.push_str(&escaped(&text));
        } else if contains_markup(inner) {
            self.within(inner, flow);
        } else if !matches!(inner.kind(), "true" | "false" | "null" | "undefined") {
            self.html.push_str(&escaped(&template::placeholder(&one_line(inner.source()))));
        }
    }
}

/// Whether a string is a piece of a page in HTML: it has a table, bullets or headings.
fn is_html(source: &str) -> bool {
    ["</table>", "</ul>", "</ol>", "</h1>", "</h2>", "</h3>"].iter().any(|tag| source.contains(tag))
}

/// Whether an element is a label of the text after it: `<span className="label">Purpose:</span>`. Style sheets
/// show it as one.
fn is_label(element: SyntaxNode<'_>) -> bool {
    let [_, text, _] = element.children()[..] else { return false };
    text.kind() == "jsx_text" && text.source().trim_end().ends_with(COLONS)
}

/// The title that a component has as an attribute: `<Section title="Sub-processors">`.
fn title_of(tag: SyntaxNode<'_>) -> Option<String> {
    ["title", "heading"].into_iter().find_map(|name| attribute_text(tag, name))
}

/// Whether a piece of code contains an element.
fn contains_markup(node: SyntaxNode<'_>) -> bool {
    let mut nodes = vec![node];
    while let Some(node) = nodes.pop() {
        if matches!(node.kind(), "jsx_element" | "jsx_self_closing_element") {
            return true;
        }
        nodes.extend(node.children());
    }
    false
}

/// The literal text of an attribute: `href="/x"`, `href={"/x"}`.
pub(super) fn attribute_text(tag: SyntaxNode<'_>, name: &str) -> Option<String> {
    let value = attributes(tag).find(|(attribute, _)| *attribute == name).map(|(_, value)| value)?;
    if value.kind() == "string" {
        // Unlike other strings, attributes have character references and no escapes.
        let source = value.source();
        let inside = source.get(1..source.len().saturating_sub(1)).unwrap_or_default();
        return Some(cleaned(&html::text(inside)));
    }
    text_of(value.children().first().copied().filter(|_| value.kind() == "jsx_expression")?)
}

/// The attributes of a tag with values, in order.
pub(super) fn attributes(tag: SyntaxNode<'_>) -> impl Iterator<Item = (&str, SyntaxNode<'_>)> {
    let attributes = tag.children().into_iter().filter(|child| child.kind() == "jsx_attribute");
    attributes.filter_map(|attribute| match attribute.children()[..] {
        [name, value] => Some((name.source(), value)),
        _ => None,
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
