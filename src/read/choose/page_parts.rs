//! The tables, lists and records of a page, each with the headings and the paragraph above it.

use changecast_core::{
    model::fold,
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    source_text::{SourceText, cleaned},
    syntax::block::{Block, Item, Table, header_of, split},
};

/// A table or list with its headings and the paragraph above.
pub(crate) struct Found<'a> {
    /// Its place among the blocks of the page.
    pub place: usize,
    /// The headings above it, from the top level down.
    pub headings: Vec<&'a SourceText>,
    /// The paragraph directly above it.
    pub lead: Option<&'a SourceText>,
    /// The paragraphs between that and the heading, or the part before.
    pub introduction: Vec<&'a str>,
    pub content: Content<'a>,
}

pub(crate) enum Content<'a> {
    Table(&'a Table),
    List(&'a [Item]),
    /// The fields of one entry, which a heading or sentence above names.
    Record(&'a [Item]),
}

impl Found<'_> {
    /// The shape of a list: whether most items have a lead, and whether most have a description.
    pub fn shape(&self, words: &Vocabulary) -> (bool, bool) {
        let Content::List(items) = self.content else { return (false, false) };
        (
            is_true_of_most(items, |item| item.lead.is_some()),
            is_true_of_most(items, |item| has_description(words, item)),
        )
    }

    /// Whether this is a table without rows.
    pub fn has_only_a_header(&self) -> bool {
        matches!(self.content, Content::Table(table) if header_of(table).1.is_empty())
    }

    pub fn is_table(&self) -> bool {
        matches!(self.content, Content::Table(_))
    }

    pub fn is_list(&self) -> bool {
        matches!(self.content, Content::List(_))
    }

    pub fn is_record(&self) -> bool {
        matches!(self.content, Content::Record(_))
    }

    /// The nearest heading above it, or an empty text.
    pub fn heading(&self) -> &str {
        self.headings.last().map_or("", |heading| heading.as_str())
    }

    /// The headings above it, from the top level down.
    pub fn heading_texts(&self) -> Vec<&str> {
        self.headings.iter().map(|heading| heading.as_str()).collect()
    }

    /// The caption of a table.
    pub fn caption(&self) -> Option<&str> {
        match self.content {
            Content::Table(table) => table.caption.as_ref().map(SourceText::as_str),
            Content::List(_) | Content::Record(_) => None,
        }
    }

    /// The paragraph directly above it, or an empty text.
    pub fn lead_text(&self) -> &str {
        self.lead.map_or("", SourceText::as_str)
    }
}

impl Found<'_> {
    /// The folded headers of a table.
    pub fn columns(&self) -> Vec<String> {
        match self.content {
            Content::Table(table) => header_of(table).0.iter().map(|cell| fold(&cell.text)).collect(),
            Content::List(_) | Content::Record(_) => Vec::new(),
        }
    }

    /// Whether the headings, the paragraph above or the first field are about vendors.
    pub fn is_about_vendors(&self, words: &Vocabulary) -> bool {
        let label = match self.content {
            // A description that begins with `Vendor: …` is about vendors.
            Content::Record(items) => items.first().map(|item| split(words, item).0).unwrap_or_default(),
            _ => SourceText::default(),
        };
        let headings = self.heading_texts().join(" ");
        let caption = self.caption().unwrap_or_default();
        words.is_about_vendors(&format!("{headings} {caption} {} {}", self.lead_text(), label.as_str()))
    }

    /// Whether the headings below the page's title or the paragraph above are about vendors.
    pub fn is_introduced_as_vendors(&self, words: &Vocabulary) -> bool {
        let below_title = self.heading_texts().get(1..).unwrap_or_default().join(" ");
        words.is_about_vendors(&(below_title + " " + self.lead_text()))
    }
}

fn is_true_of_most(items: &[Item], condition: impl Fn(&Item) -> bool) -> bool {
    items.iter().filter(|item| condition(item)).count() * 2 > items.len()
}

fn has_description(words: &Vocabulary, item: &Item) -> bool {
    !split(words, item).1.is_empty() || !item.children.is_empty()
}

/// The level of a line of strong text that is used as a heading: below all headings.
const STRONG_LEVEL: usize = 7;

/// The tables and lists of a page, with the headings and paragraph above each.
pub(crate) fn find<'a>(words: &Vocabulary, blocks: &'a [Block]) -> Vec<Found<'a>> {
    let mut headings: Vec<(usize, &SourceText)> = Vec::new();
    let mut paragraphs: Vec<&SourceText> = Vec::new();
    let mut found: Vec<Found<'a>> = Vec::new();
    for (at, block) in blocks.iter().enumerate() {
        let behind = &blocks[at + 1..];
        let content = match block {
            Block::Heading { level, text } => {
                headings.retain(|(above, _)| above < level);
                headings.push((*level, text));
                paragraphs.clear();
                continue;
            }
            Block::Paragraph { text, strong, .. } if *strong && heads(words, text, behind) => {
                headings.retain(|(above, _)| *above < STRONG_LEVEL);
                headings.push((STRONG_LEVEL, text));
                paragraphs.clear();
                continue;
            }
            Block::Paragraph { text, .. } | Block::Field { text, .. } => {
                paragraphs.push(text);
                continue;
            }
            Block::Table(table) => Content::Table(table),
            Block::Record(items) => Content::Record(items),
            Block::List(items) => Content::List(items),
        };
        let headings = headings.iter().map(|(_, text)| *text).collect();
        let lead = paragraphs.pop();
        let introduction = paragraphs.drain(..).map(SourceText::as_str).collect();
        found.push(Found { place: at, headings, lead, introduction, content });
    }
    found
}

/// Whether a line of strong text is the heading of the table or list that follows: a few words, and
/// no statement like "Last updated: May 2024".
fn heads(words: &Vocabulary, text: &str, behind: &[Block]) -> bool {
    let followed =
        matches!(behind.first(), Some(Block::Table(_) | Block::List(_) | Block::Record(_) | Block::Field { .. }));
    followed
        && text.split_whitespace().count() <= 6
        && !text.contains(':')
        && words.without_full_stop(text).len() == text.len()
        && !text.ends_with(['!', '?'])
        && !words.mentions(Meaning::PageDate, text)
}

/// Whether a text is short enough for a name, apart from remarks in parentheses.
pub(crate) fn is_name(text: &str) -> bool {
    let whole = cleaned(text);
    let plain = without_parentheses(&whole);
    let count = plain.split_whitespace().count();
    (1..=8).contains(&count)
        && plain.trim().chars().count() <= MAX_NAME
        && whole.chars().count() <= MAX_NAME_WITH_REMARK
        && !whole.ends_with(['?', '!'])
}

/// The longest name of a vendor on a page, in characters.
const MAX_NAME: usize = 90;

/// The longest name with its remarks in parentheses, in characters.
const MAX_NAME_WITH_REMARK: usize = 240;

/// A text without what is in parentheses, if every parenthesis is closed.
fn without_parentheses(text: &str) -> String {
    let mut depth = 0usize;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    // A text that consists of a remark is none, and an open parenthesis encloses nothing.
    if depth > 0 || out.trim().is_empty() { text.to_owned() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_apart_from_its_remarks() {
        for (text, expected) in [
            ("Alder Storage", true),
            ("Alder Storage (backups of all accounts \u{2014} without the content of customers)", true),
            ("Alder Storage (open", true),
            ("(only a remark)", true),
            ("We keep the backups of all accounts in two places", false),
            ("Alder (open remark that goes on and on and on and on", false),
            ("Who is Alder?", false),
            ("", false),
        ] {
            assert_eq!(is_name(text), expected, "{text}");
        }
    }
}
