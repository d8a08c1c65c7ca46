//! Which element of HTML a component stands for, by its name: `<TableRow>` is a row in most libraries.

use crate::read::syntax::javascript::{markup::attribute_text, syntax_tree::SyntaxNode};

/// The part that an element has in a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An element that contains blocks.
    Block(&'static str),
    /// Contains running text: a paragraph, a heading, a cell.
    Text(&'static str),
    /// Is a part of running text.
    Inline(&'static str),
    /// A component that is not known.
    Component,
}

/// The elements of HTML that contain blocks.
const BLOCKS: [&str; 30] = [
    "table", "thead", "tbody", "tfoot", "tr", "ul", "ol", "dl", "div", "section", "article", "main", "header",
    "footer", "nav", "aside", "figure", "form", "details", "fieldset", "body", "html", "script", "style", "template",
    "noscript", "svg", "blockquote", "address", "hr",
];

/// The elements of HTML that contain running text.
const TEXTS: [&str; 15] =
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "dt", "dd", "li", "caption", "summary", "figcaption"];

/// The other elements of HTML with a meaning here.
const INLINES: [&str; 12] = ["a", "b", "strong", "s", "del", "strike", "sup", "br", "em", "i", "span", "code"];

/// Names of components in common libraries, in lower case and without dots.
const COMPONENTS: [(&str, Kind); 31] = [
    ("anchor", Kind::Inline("a")),
    ("cell", Kind::Text("td")),
    ("columnheader", Kind::Text("th")),
    ("externallink", Kind::Inline("a")),
    ("headercell", Kind::Text("th")),
    ("heading1", Kind::Text("h1")),
    ("heading2", Kind::Text("h2")),
    ("heading3", Kind::Text("h3")),
    ("link", Kind::Inline("a")),
    ("list", Kind::Block("ul")),
    ("listitem", Kind::Text("li")),
    ("nextlink", Kind::Inline("a")),
    ("orderedlist", Kind::Block("ol")),
    ("row", Kind::Block("tr")),
    ("tablebody", Kind::Block("tbody")),
    ("tablecell", Kind::Text("td")),
    ("tablecolumn", Kind::Text("th")),
    ("tablecolumnheader", Kind::Text("th")),
    ("tablecolumnheadercell", Kind::Text("th")),
    ("tabledata", Kind::Text("td")),
    ("tabledatacell", Kind::Text("td")),
    ("tableheader", Kind::Block("thead")),
    ("tableheadercell", Kind::Text("th")),
    ("tableroot", Kind::Block("table")),
    ("tablerow", Kind::Block("tr")),
    ("tablerowheadercell", Kind::Text("td")),
    ("tabletbody", Kind::Block("tbody")),
    ("tabletd", Kind::Text("td")),
    ("tableth", Kind::Text("th")),
    ("tablethead", Kind::Block("thead")),
    ("tabletr", Kind::Block("tr")),
];

/// Components of text with attributes that state their element.
const TEXT_COMPONENTS: [&str; 5] = ["heading", "headline", "text", "title", "typography"];

/// The kind of an element. The same name means a row of headers or a single header in different libraries,
/// so the content of the element counts as well.
pub(super) fn kind_of(element: SyntaxNode<'_>, tag: SyntaxNode<'_>) -> Kind {
    let Some(name) = tag.field("name").map(SyntaxNode::source) else { return Kind::Component };
    let plain = name.to_lowercase().replace('.', "");
    if let Some(kind) = html_kind(&plain) {
        return kind;
    }
    if let Ok(found) = COMPONENTS.binary_search_by(|(component, _)| component.cmp(&plain.as_str())) {
        return COMPONENTS[found].1;
    }
    match plain.as_str() {
        "tablehead" if has_element(element) => Kind::Block("thead"),
        "tablehead" => Kind::Text("th"),
        _ if TEXT_COMPONENTS.contains(&plain.as_str()) => text_kind(tag),
        _ if name.starts_with(char::is_lowercase) => Kind::Inline("span"),
        _ => Kind::Component,
    }
}

fn html_kind(name: &str) -> Option<Kind> {
    let find = |names: &[&'static str]| names.iter().find(|known| **known == name).copied();
    let block = find(&BLOCKS).map(Kind::Block);
    block.or_else(|| find(&TEXTS).map(Kind::Text)).or_else(|| find(&INLINES).map(Kind::Inline))
}

/// Whether an element contains another element directly.
fn has_element(element: SyntaxNode<'_>) -> bool {
    element.children().iter().any(|child| matches!(child.kind(), "jsx_element" | "jsx_self_closing_element"))
}

/// The kind of `<Typography variant="h2">`, `<Heading as="h3">`, `<Title order={2}>`.
fn text_kind(tag: SyntaxNode<'_>) -> Kind {
    let stated = ["component", "as", "variant", "order", "level", "size"];
    let level = stated.into_iter().filter_map(|name| attribute_text(tag, name)).find_map(|text| {
        let digits = text.trim_start_matches(['h', 'H']);
        digits.parse::<usize>().ok().filter(|level| (1..=6).contains(level))
    });
    let is_title = tag.field("name").is_some_and(|name| name.source().to_lowercase().contains("title"));
    let is_heading = tag.field("name").is_some_and(|name| name.source().to_lowercase().contains("head"));
    match level {
        Some(level) => Kind::Text(["h1", "h2", "h3", "h4", "h5", "h6"][level - 1]),
        None if is_title || is_heading => Kind::Text("h2"),
        None => Kind::Component,
    }
}
