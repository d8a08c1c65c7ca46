//! From the bytes of a file to its text.

use std::borrow::Cow;

use memchr::memmem;

use crate::read::{
    MAX_BYTES,
    error::{Problem, ReadError},
    position::LineIndex,
    syntax::replaced::{replacement_of_bytes, replacement_of_text},
};

/// The lines with which a merge marks a conflict begin with one of these.
const CONFLICT_MARKS: [&str; 2] = ["<<<<<<< ", ">>>>>>> "];

/// The text of a file, when it may be an inventory's.
pub(crate) fn text_of(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::Limit { what: "bytes", found: bytes.len(), limit: MAX_BYTES }.into());
    }
    if let Some(what) = replacement_of_bytes(bytes) {
        return Err(Problem::Replaced(what).into());
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        ReadError::at(LineIndex::new(&valid).at(valid.len()), Problem::NotUtf8)
    })?;
    let text = with_plain_line_ends(text.strip_prefix('\u{feff}').unwrap_or(text));
    if text.trim().is_empty() {
        return Err(Problem::Empty.into());
    }
    if let Some(what) = replacement_of_text(&text) {
        return Err(Problem::Replaced(what).into());
    }
    match conflict(&text) {
        Some(at) => Err(ReadError::at(LineIndex::new(&text).at(at), Problem::Conflict)),
        None => Ok(text),
    }
}

/// Whether a text contains one of these bytes. Rare bytes are absent from most files, so a whole chunk is
/// tested before the result is looked at: that lets the compiler vectorise the loop.
pub(crate) fn holds(text: &str, is_wanted: impl Fn(u8) -> bool) -> bool {
    text.as_bytes().chunks(4096).any(|bytes| bytes.iter().fold(false, |any, b| any | is_wanted(*b)))
}

/// Whether a text contains another. The standard library has no vectorised search.
pub(super) fn contains(text: &str, wanted: &str) -> bool {
    memmem::find(text.as_bytes(), wanted.as_bytes()).is_some()
}

/// The text with `\n` for the line ends of all systems.
fn with_plain_line_ends(text: &str) -> Cow<'_, str> {
    if holds(text, |b| b == b'\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}

/// Where a merge left its marks.
fn conflict(text: &str) -> Option<usize> {
    let marks = CONFLICT_MARKS.iter().filter_map(|mark| first_line_with(text, mark));
    marks.min()
}

/// The offset of the first line that begins with a mark of one repeated character.
fn first_line_with(text: &str, mark: &str) -> Option<usize> {
    let first = mark.as_bytes().first().copied()?;
    if !holds(text, |b| b == first) {
        return None;
    }
    // Looking for one byte is much faster than looking for several.
    let mut found = text.match_indices(char::from(first)).map(|(at, _)| at);
    found.find(|at| text[*at..].starts_with(mark) && (*at == 0 || text[..*at].ends_with('\n')))
}
