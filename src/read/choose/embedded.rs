//! Pages in the strings of data, as page builders keep them: `blocks: [{title: Vendors, body: "<table>…"}]`.

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    build::raw_list::RawList,
    choose::{html_text::has_tags, memo::Memos, page, records, shapes::find_records},
    config::ReadingConfig,
    error::{Problem, ReadError},
    position::Position,
    syntax::{
        block::{Block, Page},
        html, markdown,
        tree::{Node, Value},
    },
};

/// The level of a title that data state above a text: above the headings of the text.
const TITLE_LEVEL: usize = 1;

/// Keys of titles of pages and of their parts.
const TITLE_KEYS: [&str; 4] = ["title", "heading", "headline", "name"];

/// Whether the text of a file may contain a page in a string.
pub(crate) fn may_have_page(text: &str) -> bool {
    // Most data have neither, which one fast pass for each shows.
    if !text.contains('<') && !text.contains('|') {
        return false;
    }
    text.match_indices(['<', '|']).any(|(at, mark)| {
        let (before, rest) = (&text[..at], &text[at..]);
        match mark {
            "<" => ["<table", "<TABLE", "<ul", "<ol", "<dl"].iter().any(|tag| rest.starts_with(tag)),
            _ => {
                ["|--", "| --"].iter().any(|row| rest.starts_with(row))
                    || before.ends_with("--")
                    || before.ends_with("-- ")
            }
        }
    })
}

/// Where the list of data with a page in their strings was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Data,
    Page,
}

/// Reads the list of data with a page in their strings: the page if it has a table of vendors and the data do not
/// describe any, or if the data have no list.
///
/// # Errors
/// Those of [`records::interpret`].
pub(crate) fn interpret(
    root: &Node,
    page: &Page,
    path: &str,
    config: &ReadingConfig,
    memos: &mut Memos,
    list: &mut RawList<'_>,
) -> Result<Place, ReadError> {
    let is_page = page::has_vendor_table(page, config) && !records::has_described_list(root, config, memos);
    if !is_page {
        match records::interpret(root, config, memos, list) {
            Err(ReadError { problem: Problem::NoList(_), .. }) => {}
            result => return result.map(|()| Place::Data),
        }
    }
    if let Some(damage) = &page.damage {
        return Err(damage.clone());
    }
    page::interpret(page, path, config, list).map(|()| Place::Page)
}

/// The page that the strings of a tree make up, in their order, or `None` if none of them has a table or list. A text
/// that is cut is its damage.
pub(crate) fn page_in(root: &Node, words: &Vocabulary) -> Option<Page> {
    let mut page = Page::default();
    add(root, 0, words, &mut page);
    let has_list = page.blocks.iter().any(|block| matches!(block, Block::Table(_) | Block::List(_)));
    has_list.then(|| {
        find_records(words, &mut page);
        page
    })
}

fn add(node: &Node, shift: usize, words: &Vocabulary, page: &mut Page) {
    match &node.value {
        Value::Null => {}
        Value::Text(text) => {
            if let Err(error) = add_text(text, node.at.below(shift), words, page) {
                page.damage.get_or_insert(error);
            }
        }
        Value::List(items) => {
            for item in items {
                add(item.node(), shift + item.shift(), words, page);
            }
        }
        Value::Map(pairs) => {
            for (key, value) in pairs {
                match &value.value {
                    Value::Text(text) if TITLE_KEYS.contains(&key.text.as_str()) && !has_tags(text) => {
                        page.blocks.push(Block::Heading { level: TITLE_LEVEL, text: text.as_str().into() });
                    }
                    _ => add(value, shift, words, page),
                }
            }
        }
    }
}

fn add_text(text: &str, at: Position, words: &Vocabulary, page: &mut Page) -> Result<(), ReadError> {
    if has_tags(text) {
        html::check_complete(text).map_err(|error| moved_error(error, at))?;
        page.blocks.extend(html::blocks(text, at, words));
    } else if has_markdown_table(text) {
        let Page { blocks, notes, damage, .. } =
            markdown::parse(text, words).map_err(|error| moved_error(error, at))?;
        let blocks = blocks.into_iter().map(|block| moved(block, at)).collect();
        page.append(Page { blocks, notes, ..Page::default() });
        damage.map_or(Ok(()), |error| Err(moved_error(error, at)))?;
    }
    Ok(())
}

/// Whether a text has the delimiter row of a table in Markdown.
fn has_markdown_table(text: &str) -> bool {
    let is_delimiter = |line: &str| {
        line.contains("--") && line.contains('|') && line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t'))
    };
    text.lines().skip(1).any(is_delimiter)
}

/// An error with its position in the file, given where the text begins.
fn moved_error(error: ReadError, begin: Position) -> ReadError {
    ReadError { at: error.at.map(|at| at.after(begin)), ..error }
}

/// A block with the positions of the file instead of those of the text that begins at a place.
fn moved(block: Block, begin: Position) -> Block {
    match block {
        Block::Table(mut table) => {
            table.rows.iter_mut().for_each(|(at, _)| *at = at.after(begin));
            Block::Table(table)
        }
        Block::List(mut items) => {
            items.iter_mut().for_each(|item| item.at = item.at.after(begin));
            Block::List(items)
        }
        Block::Record(mut items) => {
            items.iter_mut().for_each(|item| item.at = item.at.after(begin));
            Block::Record(items)
        }
        Block::Paragraph { at, text, strong, lead } => Block::Paragraph { at: at.after(begin), text, strong, lead },
        Block::Field { text, mut item } => {
            item.at = item.at.after(begin);
            Block::Field { text, item }
        }
        heading => heading,
    }
}
