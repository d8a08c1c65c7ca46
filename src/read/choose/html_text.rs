//! Texts of data that are HTML: "<div>France</div><div><a href="…">their list</a></div>".

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    position::Position,
    source_text::{CellText, SourceText},
    syntax::{
        block::{Block, Cell, Item},
        html,
    },
};

/// Elements that texts of data contain. Other words in angle brackets are text.
const ELEMENTS: [&str; 33] = [
    "a", "abbr", "article", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4",
    "h5", "h6", "i", "li", "ol", "p", "section", "small", "span", "strong", "sub", "sup", "table", "td", "tr", "u",
    "ul",
];

/// Whether a text contains the tag of an element.
pub(crate) fn has_tags(text: &str) -> bool {
    // A tag that is never closed is text.
    let Some(end) = text.rfind('>') else { return false };
    text[..end].match_indices('<').any(|(at, _)| {
        let rest = &text[at + 1..];
        let name = rest.strip_prefix('/').unwrap_or(rest);
        let length = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let is_ended = name[length..].starts_with(['>', '/', ' ', '\n', '\t']);
        is_ended && ELEMENTS.contains(&name[..length].to_ascii_lowercase().as_str())
    })
}

/// A cell of data. HTML in it is read as a page shows it: each block is a line.
pub(crate) fn shown(words: &Vocabulary, cell: CellText) -> CellText {
    match cell {
        CellText::Markdown(raw) if has_tags(&raw) => text_of(words, &raw).into(),
        other => other,
    }
}

/// The text of HTML.
fn text_of(words: &Vocabulary, raw: &str) -> SourceText {
    // Text in front of the first block is a paragraph.
    let blocks = html::blocks(&format!("<p>{raw}</p>"), Position::START, words);
    let mut out = SourceText::default();
    for line in blocks.iter().flat_map(lines_of).filter(|line| !line.trim().is_empty()) {
        if !out.is_empty() {
            out.push_line_break();
        }
        out.append(&line);
    }
    out
}

/// The lines of a block.
fn lines_of(block: &Block) -> Vec<SourceText> {
    match block {
        Block::Heading { text, .. } | Block::Paragraph { text, .. } | Block::Field { text, .. } => vec![text.clone()],
        Block::List(items) | Block::Record(items) => items.iter().map(line_of_item).collect(),
        Block::Table(table) => {
            let rows = std::iter::once(&table.header).chain(table.rows.iter().map(|(_, cells)| cells));
            rows.map(|cells| line_of_row(cells)).collect()
        }
    }
}

fn line_of_item(item: &Item) -> SourceText {
    let whole = item.whole_text();
    SourceText::join([&whole].into_iter().chain(&item.children), ", ")
}

fn line_of_row(cells: &[Cell]) -> SourceText {
    let texts = cells.iter().map(|cell| &cell.text).filter(|text| !text.trim().is_empty());
    SourceText::join(texts, ", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_shown_as_lines_and_other_angle_brackets_stay() {
        for (raw, expected) in [
            ("<div>France</div><div>Norway, Spain</div>", "France; Norway, Spain"),
            ("<p>Alder <b>Storage</b></p>", "Alder Storage"),
            ("Alder<br/>Oslo", "Alder; Oslo"),
            ("<b>Alder</b> Storage", "Alder Storage"),
            ("<ul><li>names</li><li>addresses &amp; more</li></ul>", "names; addresses & more"),
            ("less than <5 users", "less than <5 users"),
            ("logs <redacted>", "logs <redacted>"),
            ("a < b", "a < b"),
        ] {
            let cell = shown(Vocabulary::builtin(), CellText::Markdown(raw.to_owned()));
            assert_eq!(&*cell, expected, "{raw}");
        }
    }
}
