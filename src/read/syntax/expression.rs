//! Expressions in braces, in the markup of components and of MDX.

/// The text in `{" "}` and `{"text"}`.
pub(super) fn literal_text(code: &str) -> Option<&str> {
    let code = code.trim_end();
    let quote = code.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
    let inside = code.strip_prefix(quote)?.strip_suffix(quote)?;
    (!inside.contains([quote, '\\', '$', '<'])).then_some(inside)
}

/// The offset of the brace that closes a block. Braces in strings do not count.
pub(super) fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') if depth == 0 => return Some(at),
            (None, '}') => depth -= 1,
            (None, _) => {}
        }
    }
    None
}

/// White space of the same length and lines, in place of a part of another language.
pub(super) fn blanks(text: &str) -> String {
    text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect()
}
