//! Whether an HTML page is whole. A page that was cut shows a shorter list, or none: neither is a change.

use html5gum::{Error, Token, Tokenizer, emitters::default::DefaultEmitter};

use super::open::Open;
use crate::read::{
    error::{Problem, ReadError},
    position::LineIndex,
    syntax::bytes::holds,
};

/// Elements that contain entries and need an end tag (HTML, "Optional tags").
const LISTS: [&str; 4] = ["table", "ul", "ol", "dl"];

/// Other elements that surround parts of a page and need an end tag.
const CONTAINERS: [&str; 7] = ["div", "section", "main", "article", "form", "details", "template"];

/// Checks that a page does not end inside a tag, a comment or an element that must be closed. Pages of authors who
/// forget end tags are whole if they end with `</body>` or `</html>`, as browsers show them.
///
/// # Errors
/// [`Problem::Incomplete`] at the beginning of the part that is not closed.
pub(crate) fn check_complete(text: &str) -> Result<(), ReadError> {
    let mut page = Ends::default();
    for token in Tokenizer::new_with_emitter(text, DefaultEmitter::<usize>::new_with_span()) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => page.open(&String::from_utf8_lossy(&tag.name), tag.span.start),
            Token::EndTag(tag) => page.close(&String::from_utf8_lossy(&tag.name)),
            Token::Error(error) => page.note(error.value, error.span.start),
            _ => {}
        }
    }
    match page.unclosed() {
        None => Ok(()),
        Some((what, at)) => Err(ReadError::at(LineIndex::new(text).at(at.min(text.len())), Problem::Incomplete(what))),
    }
}

/// The elements that need an end tag and are open at some point of a page, with facts about the text before it.
#[derive(Default)]
struct Ends {
    /// The elements with their offsets.
    elements: Open<(&'static str, usize)>,
    /// Whether the page has `<html>` or `<body>`: it is not a fragment of another page.
    is_document: bool,
    /// Whether `</body>` or `</html>` was seen.
    is_ended: bool,
    /// The tag or comment in which the text ends.
    cut: Option<(&'static str, usize)>,
}

impl Ends {
    fn open(&mut self, name: &str, at: usize) {
        self.is_document |= matches!(name, "html" | "body");
        let known = LISTS.iter().chain(&CONTAINERS).find(|known| **known == name);
        if let Some(known) = known {
            self.elements.open(name, (known, at));
        }
    }

    /// Closes the innermost element of this name, with the elements in it.
    fn close(&mut self, name: &str) {
        self.is_ended |= matches!(name, "html" | "body");
        self.elements.close(name);
    }

    fn note(&mut self, error: Error, at: usize) {
        let what = match error {
            Error::EofInTag | Error::EofBeforeTagName => "a tag",
            Error::EofInComment => "a comment",
            Error::EofInScriptHtmlCommentLikeText => "a script",
            _ => return,
        };
        self.cut.get_or_insert((what, at));
    }

    /// The name of a part that is not closed, with its offset; `None` for a whole page.
    fn unclosed(&self) -> Option<(&'static str, usize)> {
        let mut elements = self.elements.iter().map(|(_, known)| *known);
        self.cut.or(elements.find(|(name, _)| !self.is_ended && (LISTS.contains(name) || self.is_document)))
    }
}

/// The text of the first `<title>`.
pub(crate) fn title(text: &str) -> Option<String> {
    if !holds(text, |byte| byte == b'<') {
        return None;
    }
    let mut is_inside = false;
    for token in Tokenizer::new_with_emitter(text, DefaultEmitter::<usize>::new_with_span()) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => is_inside = tag.name.as_slice() == b"title",
            Token::EndTag(_) => is_inside = false,
            Token::String(text) if is_inside => return Some(String::from_utf8_lossy(&text.value).into_owned()),
            _ => {}
        }
    }
    None
}
