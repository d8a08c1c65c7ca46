//! MDX: Markdown with statements of JavaScript between its blocks: `export const vendors = […]`.

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    error::ReadError,
    syntax::{
        code::Code,
        javascript::{self, Dialect},
        markdown,
    },
};

/// The data and the page of an MDX file. `None` if it has no literals of its own, or its code cannot be parsed: then it
/// is a page like others.
///
/// # Errors
/// Those of [`markdown::parse`].
pub(crate) fn parse(path: &str, text: &str, words: &Vocabulary) -> Result<Option<Code>, ReadError> {
    if !path.to_lowercase().ends_with(".mdx") || !text.contains("export ") {
        return Ok(None);
    }
    let Parts { code, page } = Parts::of(text);
    let Ok(code) = javascript::parse_as(Dialect::Jsx, &code, words) else { return Ok(None) };
    if code.bindings.is_empty() {
        return Ok(None);
    }
    Ok(Some(Code { page: markdown::parse(&page, words)?, ..code }))
}

/// The statements and the rest of a file. Empty lines replace the other part, so that lines keep their numbers.
struct Parts {
    code: String,
    page: String,
}

impl Parts {
    fn of(text: &str) -> Self {
        let mut parts = Parts { code: String::new(), page: String::new() };
        let mut fence = None;
        let mut statement = Statement::default();
        for line in text.split_inclusive('\n') {
            let marker = ["```", "~~~"].into_iter().find(|marker| line.trim_start().starts_with(marker));
            if !statement.is_open {
                match (fence, marker) {
                    (None, Some(_)) => fence = marker,
                    (Some(open), Some(marker)) if open == marker => fence = None,
                    _ => {}
                }
            }
            let begins = fence.is_none() && marker.is_none() && is_statement(line);
            if statement.is_open || begins {
                statement.read(line);
                parts.code.push_str(line);
                parts.page.push('\n');
            } else {
                parts.code.push('\n');
                parts.page.push_str(line);
            }
        }
        parts
    }
}

/// Whether a line begins a statement of a module.
fn is_statement(line: &str) -> bool {
    ["export const ", "export let ", "export var ", "export default ", "import "]
        .iter()
        .any(|begin| line.starts_with(begin))
}

/// A statement that is being read.
#[derive(Default)]
struct Statement {
    is_open: bool,
    /// The brackets that are open.
    depth: usize,
    /// The quotation mark of the text that is open.
    quote: Option<char>,
}

impl Statement {
    /// Reads a line. The statement is open until all brackets and texts are closed.
    fn read(&mut self, line: &str) {
        let mut is_escaped = false;
        for c in line.chars() {
            match (self.quote, c) {
                (Some(_), _) if is_escaped => is_escaped = false,
                (Some(_), '\\') => is_escaped = true,
                (Some(quote), c) if c == quote => self.quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"' | '`') => self.quote = Some(c),
                (None, '(' | '[' | '{') => self.depth += 1,
                (None, ')' | ']' | '}') => self.depth = self.depth.saturating_sub(1),
                (None, _) => {}
            }
        }
        // Only a template literal goes on behind the end of its line.
        self.quote = self.quote.filter(|quote| *quote == '`');
        self.is_open = self.depth > 0 || self.quote.is_some() || line.trim_end().ends_with('=');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_separated_from_the_page() {
        let text = "import A from 'a'\n\nexport const vendors = [\n  {name: 'Alder (]'},\n]\n\n# Vendors\n\n```js\nexport const x = [\n```\n";
        let Parts { code, page } = Parts::of(text);
        assert_eq!(code, "import A from 'a'\n\nexport const vendors = [\n  {name: 'Alder (]'},\n]\n\n\n\n\n\n\n");
        assert_eq!(page, "\n\n\n\n\n\n# Vendors\n\n```js\nexport const x = [\n```\n");
    }
}
