//! Components of Astro, Svelte and Vue: code in a part of the file, and markup in the rest.

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    error::{Problem, ReadError},
    syntax::{
        block::{Loop, Page},
        code::Code,
        expression::{blanks, closing_brace, literal_text},
        html,
        javascript::{self, Dialect},
        template::{self, loop_of},
    },
};

/// Parses a component. The extension of its path determines the framework.
pub(crate) fn parse(path: &str, text: &str, words: &Vocabulary) -> Result<Code, ReadError> {
    check_complete(path, text)?;
    let parts = Parts::of(path, text);
    let code = javascript::parse_as(Dialect::TypeScript, &parts.code, words)?;
    let page = html::parse(&parts.markup, words)?;
    let loops = parts
        .loops
        .into_iter()
        .chain(page.loops)
        .map(|one| Loop { file: javascript::module_of(&one.data, &code.imports).or(one.file.clone()), ..one });
    // Markup in strings of the code precedes that of the component.
    let blocks = code.page.blocks.into_iter().chain(page.blocks).collect();
    let page = Page { loops: loops.collect(), blocks, columns: page.columns, ..Page::default() };
    Ok(Code { page, bindings: code.bindings, imports: code.imports })
}

/// Reports a part that is not closed: the file ends too early.
fn check_complete(path: &str, text: &str) -> Result<(), ReadError> {
    let is_vue = path.to_lowercase().ends_with(".vue");
    let message = if text.trim_start().starts_with("---") && front_matter(text).is_none() {
        "the closing --- is missing"
    } else if text.matches("<script").count() > text.matches("</script>").count() {
        "the closing </script> is missing"
    } else if is_vue && text.contains("<template") && !text.contains("</template>") {
        "the closing </template> is missing"
    } else {
        return Ok(());
    };
    Err(Problem::Syntax { format: "component", message: message.to_owned(), source: None }.into())
}

/// The code and the markup of a component. White space replaces the other part, so that lines keep their numbers.
struct Parts {
    code: String,
    markup: String,
    loops: Vec<Loop>,
}

impl Parts {
    fn of(path: &str, text: &str) -> Self {
        let is_vue = path.to_lowercase().ends_with(".vue");
        let mut parts = Parts { code: String::new(), markup: String::new(), loops: Vec::new() };
        let mut rest = text;
        if let Some((fence, code, after)) = front_matter(text) {
            parts.add_code(fence, code);
            rest = after;
        }
        while let Some((before, tag, code, after)) = script(rest) {
            parts.add_markup(before, is_vue);
            parts.add_code(tag, code);
            rest = after;
        }
        parts.add_markup(rest, is_vue);
        parts
    }

    /// Adds a tag and the code after it.
    fn add_code(&mut self, tag: &str, code: &str) {
        self.markup.push_str(&blanks(tag));
        self.markup.push_str(&blanks(code));
        self.code.push_str(&blanks(tag));
        self.code.push_str(code);
    }

    fn add_markup(&mut self, markup: &str, is_vue: bool) {
        self.code.push_str(&blanks(markup));
        if is_vue {
            // The outer template is the page. HTML would hide it.
            self.markup.push_str(&markup.replace("<template", "<div").replace("</template", "</div"));
        } else {
            self.add_expressions(markup);
        }
    }

    /// Adds markup with `{…}`: code with markup in it, a control block, or a value.
    fn add_expressions(&mut self, markup: &str) {
        let mut rest = markup;
        while let Some((before, from)) = rest.split_once('{') {
            self.markup.push_str(before);
            let Some(end) = closing_brace(from) else { break };
            let inside = &from[..end];
            self.add_expression(inside, before.ends_with('='));
            rest = &from[end + 1..];
        }
        self.markup.push_str(rest);
    }

    fn add_expression(&mut self, code: &str, is_attribute: bool) {
        let trimmed = code.trim_start();
        let first_tag = code.match_indices('<').find(|(at, _)| code[at + 1..].starts_with(char::is_alphabetic));
        match (first_tag, code.rfind('>')) {
            _ if is_attribute => self.markup.push_str("\"\""),
            _ if trimmed.starts_with(['#', ':', '/', '@']) => {
                self.loops.extend(template::loop_data(trimmed.trim_start_matches('#')).map(loop_of));
                self.markup.push_str(&blanks(code));
            }
            (Some((from, _)), Some(to)) if from < to => {
                self.loops.extend(template::loop_data(&code[..from]).map(loop_of));
                self.markup.push_str(&blanks(&code[..from]));
                self.add_expressions(&code[from..=to]);
                self.markup.push_str(&blanks(&code[to + 1..]));
            }
            _ => match literal_text(trimmed) {
                Some(text) => self.markup.push_str(text),
                None => self.markup.push_str(&template::placeholder(&code.replace(['<', '>'], " "))),
            },
        }
    }
}

/// The front matter of an Astro page: its fence, the code, and the rest of the file.
fn front_matter(text: &str) -> Option<(&str, &str, &str)> {
    let begin = text.len() - text.trim_start().len();
    let after = text[begin..].strip_prefix("---")?;
    let end = after.find("\n---")?;
    let (code, rest) = after.split_at(end + 1);
    Some((&text[..begin + 3], code, rest.trim_start_matches('-')))
}

/// The text before the first script, its tag, its code, and the rest, which begins with the end tag.
fn script(text: &str) -> Option<(&str, &str, &str, &str)> {
    let from = text.find("<script")?;
    let code_from = from + text[from..].find('>')? + 1;
    let code_to = code_from + text[code_from..].find("</script")?;
    Some((&text[..from], &text[from..code_from], &text[code_from..code_to], &text[code_to..]))
}
