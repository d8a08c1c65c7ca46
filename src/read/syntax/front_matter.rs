//! Front matter of a page: YAML between lines of `---`, or TOML between lines of `+++`.

use crate::read::{
    error::{Problem, ReadError},
    position::Position,
    syntax::{
        toml,
        tree::{Key, Node, Value},
        yaml,
    },
};

/// The key under which the text of the page is added to its fields.
const TEXT_KEY: &str = "text";

/// A parser of the fields of front matter.
type Parser = fn(&str) -> Result<Node, ReadError>;

/// How front matter begins and ends, and its parser.
const SYNTAXES: [(&str, Parser); 2] = [("---", yaml::parse), ("+++", toml::parse)];

/// Parses the front matter of a page, with the page's own text as one more field. `None` means that the
/// page has no front matter.
pub(crate) fn parse(text: &str) -> Result<Option<Node>, ReadError> {
    for (mark, parse) in SYNTAXES {
        if let Some(after) = behind_mark(text, mark) {
            let (fields, body) = split(after, mark)?;
            // An empty line replaces the first mark, so that positions are those of the file.
            let mut node = parse(&format!("\n{}", fields.trim_start_matches('\n')))?;
            add_text(&mut node, body.trim());
            return Ok(Some(node));
        }
    }
    Ok(None)
}

/// The length of the front matter of a page with its marks, or 0 if the page has none.
pub(super) fn length(text: &str) -> usize {
    let body = SYNTAXES.iter().find_map(|(mark, _)| split(behind_mark(text, mark)?, mark).ok());
    body.map_or(0, |(_, body)| text.len() - body.len())
}

/// The text behind a mark at the beginning of a page.
fn behind_mark<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    text.strip_prefix(mark)?.trim_start_matches(' ').strip_prefix(['\r', '\n'])
}

/// The fields before the closing mark, and the text after it.
fn split<'t>(text: &'t str, mark: &str) -> Result<(&'t str, &'t str), ReadError> {
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == mark {
            return Ok((&text[..end], &text[end + line.len()..]));
        }
        end += line.len();
    }
    let message = format!("the closing {mark} is missing");
    let problem = Problem::Syntax { format: "front matter", message, source: None };
    Err(ReadError::at(Position { line: 1, column: 1 }, problem))
}

fn add_text(node: &mut Node, text: &str) {
    let at = node.at;
    if let Value::Map(pairs) = &mut node.value
        && !text.is_empty()
    {
        pairs.push((Key { at, text: TEXT_KEY.into() }, Node { at, value: Value::Text(text.to_owned()) }));
    }
}
