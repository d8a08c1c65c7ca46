//! MDX: Markdown with statements of modules, elements of components, and expressions in braces.

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    error::{Problem, ReadError},
    position::{LineIndex, floor},
    syntax::{
        block::Page,
        code::Code,
        expression::{blanks, closing_brace, literal_text},
        front_matter,
        javascript::{self, Dialect},
        markdown, template,
    },
};

/// The longest expression or tag that is looked for, in bytes.
const MAX_CODE: usize = 1 << 20;

/// How many bytes may be looked at for expressions and tags that are none. The rest of such a page is text.
const MAX_SEARCHED: usize = 16 << 20;

/// Parses a page. Its code is literal data, as in a file of code; the rest is Markdown.
///
/// # Errors
/// Those of Markdown, and a syntax error in code that may contain the list.
pub(crate) fn parse(_: &str, text: &str, words: &Vocabulary) -> Result<Code, ReadError> {
    let parts = Parts::of(text);
    if let Some(at) = parts.unclosed {
        return Err(ReadError::at(LineIndex::new(text).at(at), Problem::Incomplete("a statement")));
    }
    let page = markdown::parse(&parts.markdown, words)?;
    let code = match javascript::parse_as(Dialect::Jsx, &parts.code, words) {
        Err(_) if !may_contain_list(&parts.code) => Code::default(),
        code => code?,
    };
    let blocks = page.blocks.into_iter().chain(code.page.blocks).collect();
    let loops = page.loops.into_iter().chain(code.page.loops).collect();
    let page = Page { blocks, loops, columns: code.page.columns, ..page };
    Ok(Code { page, ..code })
}

/// Whether code contains an array and an object.
fn may_contain_list(code: &str) -> bool {
    code.contains('[') && code.contains('{')
}

/// The code and the Markdown of a page. White space replaces the other part, so that lines keep their numbers.
#[derive(Default)]
struct Parts {
    code: String,
    markdown: String,
    /// Where a statement begins that is never closed. What follows it may be the list.
    unclosed: Option<usize>,
    /// The bytes that were looked at in vain.
    searched: usize,
}

impl Parts {
    fn of(text: &str) -> Self {
        let mut parts = Parts::default();
        let mut fence: Option<Fence> = None;
        let mut rest = parts.add_front_matter(text);
        while !rest.is_empty() {
            let line = &rest[..rest.find('\n').map_or(rest.len(), |end| end + 1)];
            let end = match (fence, Fence::opened_by(line)) {
                (Some(open), _) => {
                    fence = Some(open).filter(|open| !open.is_closed_by(line));
                    parts.add_markdown(line)
                }
                (None, Some(open)) => {
                    fence = Some(open);
                    parts.add_markdown(line)
                }
                (None, None) if is_statement(line) => match statement_end(rest) {
                    Some(end) => parts.add_code(&rest[..end]),
                    None => {
                        parts.unclosed = Some(text.len() - rest.len());
                        break;
                    }
                },
                (None, None) => parts.add_line(line, rest),
            };
            rest = &rest[end..];
        }
        parts
    }

    /// Adds the metadata at the top of the page, and returns the text after it.
    fn add_front_matter<'t>(&mut self, text: &'t str) -> &'t str {
        let (matter, rest) = text.split_at(front_matter::length(text));
        self.add_markdown(matter);
        rest
    }

    /// Adds text of the page. Returns its length.
    fn add_markdown(&mut self, text: &str) -> usize {
        self.markdown.push_str(text);
        self.code.push_str(&blanks(text));
        text.len()
    }

    /// Adds code. Returns its length.
    fn add_code(&mut self, code: &str) -> usize {
        self.code.push_str(code);
        self.markdown.push_str(&blanks(code));
        code.len()
    }

    /// Adds a line of Markdown with the elements and expressions that begin in it; `rest` is the page from this line
    /// on. Returns the length of all.
    fn add_line(&mut self, line: &str, rest: &str) -> usize {
        let mut at = 0;
        while at < line.len() {
            let Some(next) = next_code(&line[at..]).map(|next| at + next) else { break };
            self.add_markdown(&rest[at..next]);
            if self.searched > MAX_SEARCHED {
                at = next;
                break;
            }
            let from = &rest[next..];
            let from = &from[..floor(from, MAX_CODE)];
            let length = if from.starts_with('<') { self.add_element(from) } else { self.add_expression(from) };
            at = next + length.unwrap_or_else(|| self.add_markdown(&from[..1]));
        }
        // The code may have ended in a later line, which is a line of its own from there on.
        if at < line.len() { at + self.add_markdown(&line[at..]) } else { at }
    }

    /// Adds the tag of a component with data in its attributes. Returns its length.
    fn add_element(&mut self, from: &str) -> Option<usize> {
        let end = tag_end(from);
        let tag = &from[..end.unwrap_or(from.len())];
        if end.is_none() || !may_contain_list(tag) {
            self.searched += tag.len();
            return None;
        }
        // What is inside the element is Markdown: for the code, the tag closes itself.
        self.code.push_str(tag.trim_end_matches(['/', '>']));
        self.code.push_str("/>;");
        self.markdown.push_str(&blanks(tag));
        end
    }

    /// Adds an expression in braces. Returns its length.
    fn add_expression(&mut self, from: &str) -> Option<usize> {
        let Some(end) = closing_brace(&from[1..]) else {
            self.searched += from.len();
            return None;
        };
        let inside = &from[1..=end];
        let length = inside.len() + 2;
        let trimmed = inside.trim();
        if trimmed.starts_with("/*") {
            self.add_markdown(&blanks(&from[..length]));
        } else if inside.contains("=>") {
            self.code.push_str(&format!("({inside});"));
            self.markdown.push_str(&blanks(&from[..length]));
        } else {
            let is_attribute = self.markdown.ends_with('=');
            let shown = match literal_text(trimmed) {
                Some(text) if !is_attribute => text.to_owned(),
                Some(text) => format!("\"{}\"", text.replace('"', "")),
                None if is_attribute => "\"\"".to_owned(),
                None => template::placeholder(trimmed),
            };
            self.markdown.push_str(&shown);
            self.markdown.push_str(&"\n".repeat(inside.matches('\n').count() - shown.matches('\n').count()));
            self.code.push_str(&blanks(&from[..length]));
        }
        Some(length)
    }
}

/// A fence around code (CommonMark, section 4.5).
#[derive(Clone, Copy)]
struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    fn opened_by(line: &str) -> Option<Self> {
        let line = line.trim();
        let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = line.trim_start_matches(mark);
        let length = line.len() - info.len();
        // Backticks behind those at the beginning end a code span.
        (length >= 3 && !(mark == '`' && info.contains('`'))).then_some(Fence { mark, length })
    }

    /// Whether a line is a fence of this mark that is at least as long.
    fn is_closed_by(self, line: &str) -> bool {
        let line = line.trim();
        line.len() >= self.length && line.chars().all(|c| c == self.mark)
    }
}

/// Whether a statement of a module begins with this line.
fn is_statement(line: &str) -> bool {
    ["import ", "export ", "import{", "export{"].iter().any(|keyword| line.starts_with(keyword))
        && line.contains(['=', '{', '\'', '"', '('])
}

/// The length of a statement: up to the end of the line that closes its last bracket and text. `None` if nothing does.
fn statement_end(text: &str) -> Option<usize> {
    let mut statement = Statement::default();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        statement.read(line);
        at += line.len();
        if !statement.is_open {
            return Some(at);
        }
    }
    None
}

/// A statement that is being read.
#[derive(Default)]
struct Statement {
    is_open: bool,
    /// The number of brackets that are open.
    depth: usize,
    /// The quotation mark of the text that is open.
    quote: Option<char>,
    is_comment: bool,
}

impl Statement {
    /// Reads a line. The statement is open until all brackets, texts and comments are closed.
    fn read(&mut self, line: &str) {
        let (mut is_escaped, mut before) = (false, ' ');
        let mut code_end = 0;
        for (at, c) in line.char_indices() {
            let behind = &line[at + c.len_utf8()..];
            if self.is_comment {
                self.is_comment = (before, c) != ('*', '/');
                before = c;
                continue;
            }
            // An address has two slashes, too.
            if self.quote.is_none() && c == '/' && behind.starts_with('/') && before != ':' {
                break;
            }
            if self.quote.is_none() && c == '/' && behind.starts_with('*') {
                self.is_comment = true;
                before = ' ';
                continue;
            }
            before = c;
            if !c.is_whitespace() {
                code_end = at + c.len_utf8();
            }
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
        let end = &line[..code_end];
        let goes_on = end.ends_with("=>") || end.ends_with(['=', ',', '&', '|', '?', ':', '+']);
        self.is_open = self.depth > 0 || self.quote.is_some() || self.is_comment || goes_on;
    }
}

/// Where an element of a component or an expression begins in a line of Markdown.
fn next_code(line: &str) -> Option<usize> {
    let mut before = None;
    let mut at = 0;
    while let Some(c) = line[at..].chars().next() {
        let behind = &line[at + c.len_utf8()..];
        let is_escaped = before == Some('\\');
        match c {
            // Code spans.
            '`' if !is_escaped => at += behind.find('`').map_or(0, |end| end + 1),
            // `{#id}` behind a heading is its id, and two braces belong to a template.
            '{' if !is_escaped && !behind.starts_with(['#', '{', '%']) && before != Some('{') => return Some(at),
            '<' if !is_escaped && behind.starts_with(char::is_uppercase) => return Some(at),
            _ => {}
        }
        before = Some(c);
        at += c.len_utf8();
    }
    None
}

/// The length of the tag at the beginning of a text.
fn tag_end(text: &str) -> Option<usize> {
    let mut at = 0;
    let mut quote = None;
    while let Some(c) = text[at..].chars().next() {
        at += c.len_utf8();
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{') => at += closing_brace(&text[at..])? + 1,
            (None, '>') => return Some(at),
            (None, _) => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_that_is_never_closed_is_damage() {
        let text = "# Vendors\n\nexport const a = [\n\n| Vendor | Purpose |\n| --- | --- |\n| Alder | Mail |\n";
        let error = parse("list.mdx", text, Vocabulary::builtin()).expect_err("damage");
        assert_eq!((error.at.map(|at| at.line), error.problem), (Some(3), Problem::Incomplete("a statement")));
    }

    #[test]
    fn code_and_markdown_are_told_apart_and_lines_keep_their_numbers() {
        for (text, code, markdown) in [
            ("import X from 'x'\n\n# Title\n", "import X from 'x'", "# Title"),
            ("export const a = [\n  1,\n]\ntext\n", "export const a = [\n  1,\n]", "text"),
            ("export const a = ['it\\'s', `(\n`]\ntext\n", "export const a = ['it\\'s', `(\n`]", "text"),
            ("export const a = 1 // (draft\ntext\n", "export const a = 1 // (draft", "text"),
            ("export const a = [ /* ( [\n*/ 1] // ok\ntext\n", "export const a = [ /* ( [\n*/ 1] // ok", "text"),
            ("exports of data\n", "", "exports of data"),
            ("```\nexport const a = 1\n```\n", "", "```\nexport const a = 1\n```"),
            ("````\n```\nexport const a = 1\n````\n", "", "````\n```\nexport const a = 1\n````"),
            ("```\n``` js\n```\nexport const a = 1\n", "export const a = 1", "```"),
            ("```a```\nexport const a = 1\n", "export const a = 1", "```a```"),
            ("+++\na = 1\n+++\nexport const a = 1\n", "export const a = 1", "+++"),
            ("---\na: 'b\n---- c'\n---\ntext\n", "", "text"),
            ("# Title {#id}\n", "", "# Title {#id}"),
            ("a {/* note */} b\n", "", "a              b"),
            ("a `{b}` \\{c}\n", "", "a `{b}` \\{c}"),
            ("<Card tone=\"x\">text</Card>\n", "", "<Card tone=\"x\">text</Card>"),
            ("<T rows={[\n {a: 1},\n]} />\nx\n", "<T rows={[\n {a: 1},\n]} />;", "x"),
            ("<T rows={[{a: 1}]}>\nx\n</T>\n", "<T rows={[{a: 1}]}/>;", "x\n</T>"),
            ("<ul>{all.map((a) => <li>{a}</li>)}</ul>\n", "(all.map((a) => <li>{a}</li>));", "</ul>"),
            ("<a href={url}>x</a>\n", "", "<a href=\"\">x</a>"),
            ("costs {'less'} than {limit}\n", "", "costs less than {{ limit }}"),
            ("export const f = (x) =>\n  g(\"(\", x)\ntext\n", "export const f = (x) =>\n  g(\"(\", x)", "text"),
        ] {
            let parts = Parts::of(text);
            assert_eq!(parts.code.trim(), code, "{text}");
            assert!(parts.markdown.trim().ends_with(markdown), "{text:?}: {:?}", parts.markdown);
            for part in [&parts.code, &parts.markdown] {
                assert_eq!(part.matches('\n').count(), text.matches('\n').count(), "{text:?}: {part:?}");
            }
        }
    }
}
