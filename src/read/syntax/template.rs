//! Tags of template languages in pages: ERB, EJS, Blade, Nunjucks, Liquid, Twig, Handlebars, Jinja, Vue,
//! Svelte and Go. They are opaque: no template is evaluated. Only a literal text to translate is read as that text.
//!
//! What a tag prints becomes a placeholder, `{{ vendor.name }}`, in all languages. Other tags disappear.
//! Every byte of the page that is not in a tag keeps its place.

use std::borrow::Cow;

use crate::read::{
    source_text::cleaned,
    syntax::block::{Block, Cell, Loop, LoopColumns, Table, header_of},
};

/// What a tag does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Prints,
    Controls,
}

/// The beginnings and ends of tags. A longer beginning precedes its prefix.
const TAGS: [(&str, &str, Effect); 14] = [
    ("{{!--", "--}}", Effect::Controls),
    ("{{#", "}}", Effect::Controls),
    ("{{/", "}}", Effect::Controls),
    ("{{^", "}}", Effect::Controls),
    ("{{", "}}", Effect::Prints),
    ("{!!", "!!}", Effect::Prints),
    ("{%", "%}", Effect::Controls),
    ("<%#", "%>", Effect::Controls),
    ("<%=", "%>", Effect::Prints),
    ("<%-", "%>", Effect::Prints),
    ("<%", "%>", Effect::Controls),
    ("<?=", "?>", Effect::Prints),
    ("<?xml", "?>", Effect::Controls),
    ("<?php", "?>", Effect::Controls),
];

/// A page without its template tags, and the loops in them.
pub(crate) struct Template<'t> {
    pub text: Cow<'t, str>,
    pub loops: Vec<Loop>,
}

impl<'t> Template<'t> {
    /// Replaces the tags of a page.
    pub fn of(text: &'t str) -> Self {
        let mut template = Template { text: Cow::Borrowed(text), loops: Vec::new() };
        if text.contains(['{', '@']) || text.contains("<%") || text.contains("<?") {
            template.replace_tags(text);
            template.replace_directives();
        }
        template.loops.extend(attribute_loops(text).map(loop_of));
        template.resolve_aliases(text);
        template
    }

    /// Replaces the variables in loops by the data that tags assign to them: `{% assign d = site.data.vendors %}`.
    fn resolve_aliases(&mut self, text: &str) {
        let assignments = text.split("{%").skip(1).filter_map(|tag| {
            let code = tag.split("%}").next()?.trim_matches(['-', ' ', '\n']);
            let assigned = code.strip_prefix("assign ").or_else(|| code.strip_prefix("set "))?;
            let (name, data) = assigned.split_once('=')?;
            Some((name.trim(), first_expression(data.trim_start())?))
        });
        for (name, data) in assignments {
            for one in &mut self.loops {
                let rest = one.data.strip_prefix(name).filter(|rest| rest.is_empty() || rest.starts_with('.'));
                if let Some(file) = rest.and_then(|_| loop_of(data).file) {
                    one.file = Some(file);
                }
            }
        }
    }

    fn replace_tags(&mut self, text: &str) {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(['{', '<']) {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let tag = TAGS.iter().find(|(open, _, _)| from.starts_with(open));
            let end = tag.and_then(|(open, close, _)| Some(from[open.len()..].find(close)? + open.len() + close.len()));
            let (Some((open, close, effect)), Some(end)) = (tag, end) else {
                out.push_str(&from[..1]);
                rest = &from[1..];
                continue;
            };
            let inside = &from[open.len()..end - close.len()];
            let literal = translated(inside);
            match (effect, literal) {
                (_, Some(literal)) => push_padded(&mut out, &literal, end),
                (Effect::Prints, None) if !is_statement(inside) => out.push_str(&opaque(inside, end)),
                _ => {
                    let code = inside.trim_matches(['-', '~', '=', '_']).trim();
                    self.loops.extend(loop_data(code).map(loop_of));
                    blank(&mut out, &from[..end]);
                }
            }
            rest = &from[end..];
        }
        out.push_str(rest);
        self.text = Cow::Owned(out);
    }

    /// Blanks the lines of Blade that are directives: `@foreach ($vendors as $vendor)`.
    fn replace_directives(&mut self) {
        if !self.text.contains('@') {
            return;
        }
        let mut out = String::with_capacity(self.text.len());
        for line in self.text.split_inclusive('\n') {
            let directive = line.trim_start().strip_prefix('@').filter(|rest| is_directive(rest));
            match directive {
                Some(code) => {
                    self.loops.extend(loop_data(code.trim()).map(loop_of));
                    blank(&mut out, line);
                }
                None => out.push_str(line),
            }
        }
        self.text = Cow::Owned(out);
    }
}

/// The data of loops that are attributes: `v-for="vendor in vendors"`.
fn attribute_loops(text: &str) -> impl Iterator<Item = &str> {
    const ATTRIBUTES: [&str; 3] = ["v-for=\"", "x-for=\"", "*ngFor=\""];
    let values = ATTRIBUTES.into_iter().flat_map(|name| text.split(name).skip(1));
    values.filter_map(|value| {
        let value = value.split('"').next()?;
        let (_, data) = value.split_once(" in ").or_else(|| value.split_once(" of "))?;
        first_expression(data.trim_start())
    })
}

/// A loop over data. The generators of static sites read some data from files with known names.
pub(crate) fn loop_of(data: &str) -> Loop {
    let folders =
        [("site.data.", "_data/"), (".Site.Data.", "data/"), ("site.Data.", "data/"), ("hugo.Data.", "data/")];
    let file = folders.iter().find_map(|(prefix, folder)| {
        let name = data.strip_prefix(prefix)?.replace('.', "/");
        Some(format!("{folder}{name}"))
    });
    Loop { data: data.to_owned(), file, heading: String::new() }
}

/// Whether a printing tag of Handlebars or Go is a statement: `{{#each …}}`, `{{ range … }}`, `{{ end }}`.
fn is_statement(code: &str) -> bool {
    let code = code.trim_start_matches(['-', '~']).trim();
    let first = code.split(|c: char| c.is_whitespace() || c == '~').next().unwrap_or_default();
    matches!(first, "range" | "end" | "else" | "if" | "with" | "define" | "block" | "template" | "partial")
        || code.starts_with(['>', '!'])
}

/// The directives of Blade that are on separate lines.
const DIRECTIVES: [&str; 14] = [
    "break", "component", "else", "empty", "end", "extends", "for", "if", "include", "isset", "push", "section",
    "unless", "yield",
];

fn is_directive(line: &str) -> bool {
    DIRECTIVES.iter().any(|name| line.starts_with(name)) && !line.contains(['<', ':', '{'])
}

/// Adds white space as long as a text, with its line breaks.
fn blank(out: &mut String, text: &str) {
    out.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
}

/// Calls and tags that print a text in the language of the reader. The literal is the text in that of the page.
const TRANSLATIONS: [&str; 8] = ["_(", "__(", "gettext(", "trans(", "t(", "trans ", "translate ", "@lang("];

/// The literal text that a tag prints, perhaps translated: `_("Our vendors")`, `trans "Our vendors"`. `None` for the key
/// of a text that is elsewhere: `t("vendors.title")`.
fn translated(code: &str) -> Option<String> {
    let code = code.trim_matches(|c: char| c.is_whitespace() || matches!(c, '-' | '~' | '='));
    let argument = TRANSLATIONS.iter().find_map(|call| code.strip_prefix(call))?.trim_start();
    let quote = argument.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut text = String::new();
    let mut rest = argument[1..].chars();
    loop {
        match rest.next()? {
            '\\' => text.extend(rest.next()),
            c if c == quote => break,
            c => text.push(c),
        }
    }
    let is_whole = matches!(rest.as_str().trim_start().chars().next(), None | Some(')' | '|'));
    let is_text = text.contains(char::is_whitespace) || text.starts_with(char::is_uppercase);
    (is_whole && is_text && !text.contains(['<', '&'])).then_some(text)
}

/// Adds a text in place of a tag, behind a comment so that what follows keeps its place and no space is added.
fn push_padded(out: &mut String, text: &str, length: usize) {
    let spaces = " ".repeat(length.saturating_sub(text.len() + "<!---->".len()));
    out.push_str("<!--");
    out.push_str(&spaces);
    out.push_str("-->");
    out.push_str(text);
}

/// A placeholder as long as a tag. Characters with a meaning in HTML are replaced.
fn opaque(code: &str, length: usize) -> String {
    let code = code.trim_matches(['-', '~', '=', '&']);
    let kept: String = code.chars().map(|c| if matches!(c, '<' | '>' | '"' | '\'') { ' ' } else { c }).collect();
    let mut text = format!("{{{{{kept}}}}}");
    while text.len() < length {
        text.insert(text.len() - 2, ' ');
    }
    text
}

/// The text that represents what an expression prints.
pub(crate) fn placeholder(expression: &str) -> String {
    format!("{{{{ {expression} }}}}")
}

/// Whether a text consists of placeholders, tags and punctuation.
pub(crate) fn is_placeholder(text: &str) -> bool {
    if text.contains("{%") {
        return is_placeholder(&text.replace("{%", "{{").replace("%}", "}}"));
    }
    let Some((mut outside, mut rest)) = text.split_once("{{").map(|(before, rest)| (before.to_owned(), rest)) else {
        return false;
    };
    while let Some((_, after)) = rest.split_once("}}") {
        let (between, next) = after.split_once("{{").unwrap_or((after, ""));
        outside.push_str(between);
        rest = next;
    }
    !outside.contains(char::is_alphanumeric)
}

/// Words before the variable of a loop.
const LOOP_WORDS: [&str; 4] = ["for ", "foreach", "range ", "each "];

/// The calls that run a function for each item.
const LOOP_CALLS: [&str; 6] = [".map(", ".forEach(", ".each ", ".each_with_index", ".flatMap(", ".each_pair"];

/// The data that a loop iterates over: `site.data.vendors` of `for vendor in site.data.vendors`.
pub(crate) fn loop_data(code: &str) -> Option<&str> {
    let head = code.lines().next().unwrap_or_default();
    let call = LOOP_CALLS.iter().filter_map(|call| Some((code.find(call)?, call))).min();
    if let Some((at, _)) = call
        && let Some(data) = last_expression(&code[..at])
    {
        return Some(data);
    }
    let body = LOOP_WORDS.iter().find_map(|word| head.strip_prefix(word))?.trim_start();
    let data = match [" in ", " of ", ":= ", ":="].iter().find_map(|by| body.split_once(by)) {
        Some((_, data)) => data,
        None => body.trim_start_matches('(').split(" as ").next().unwrap_or_default(),
    };
    first_expression(data.trim_start())
}

fn is_expression_char(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '@' | '[' | ']' | '-' | '\'' | '>' | '?' | '!')
}

fn first_expression(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !is_expression_char(c)).unwrap_or(text.len());
    Some(text[..end].trim_matches(['-', '>', '.', '?', '!'])).filter(|data| data.contains(char::is_alphabetic))
}

fn last_expression(text: &str) -> Option<&str> {
    let text = text.trim_end().trim_end_matches(['?', '!']);
    let start = text.char_indices().rev().find(|(_, c)| !is_expression_char(*c)).map_or(0, |(at, c)| at + c.len_utf8());
    Some(text.get(start..)?.trim_matches(['-', '>', '.', '?', '!'])).filter(|data| data.contains(char::is_alphabetic))
}

/// The columns of the tables with a single row that shows the fields of each item of a loop.
pub(crate) fn columns_of(blocks: &[Block]) -> Vec<LoopColumns> {
    let tables = blocks.iter().filter_map(|block| match block {
        Block::Table(table) => columns_of_table(table),
        _ => None,
    });
    tables.collect()
}

fn columns_of_table(table: &Table) -> Option<LoopColumns> {
    let (header, rows) = header_of(table);
    let (_, cells) = rows.iter().find(|(_, cells)| is_only_placeholders(cells.iter().map(|cell| &*cell.text)))?;
    let labels = header.iter().zip(cells).filter_map(|(header, cell)| {
        let header = cleaned(&header.text);
        let is_shown = !header.trim().is_empty() && !is_placeholder(&header);
        Some((key_in(cell)?, header)).filter(|_| is_shown)
    });
    Some(LoopColumns { labels: labels.collect() }).filter(|_| header.len() == cells.len())
}

/// The key of `{{ vendor.name }}`. Of several values without words between them, the first one is what the column
/// is about: links to documents often stand behind a text.
fn key_in(cell: &Cell) -> Option<String> {
    let text = cleaned(&cell.text);
    let (first, rest) = text.trim().strip_prefix("{{")?.split_once("}}")?;
    let first = first.trim();
    let is_only_value = rest.is_empty() || (first.chars().all(is_expression_char) && is_without_words(rest));
    let expression = first_expression(first).filter(|_| is_only_value)?;
    let key = expression.rsplit(['.', '>']).next()?.trim_matches(['[', ']', '\'', '?', '!', '$', '@']);
    Some(key.to_owned()).filter(|key| !key.is_empty())
}

/// Whether a text consists of placeholders and marks between them.
fn is_without_words(text: &str) -> bool {
    let between = text.split("{{").enumerate().map(|(number, part)| match part.split_once("}}") {
        Some((_, behind)) if number > 0 => behind,
        _ => part,
    });
    !between.flat_map(str::chars).any(char::is_alphanumeric)
}

/// Drops rows, items and fields that are only placeholders: a loop fills them with data of another file.
pub(crate) fn drop_placeholders(blocks: &mut Vec<Block>) {
    for block in blocks.iter_mut() {
        match block {
            Block::Table(table) => {
                let is_looped = |cells: &[Cell]| is_only_placeholders(cells.iter().map(|cell| &*cell.text));
                // "Loading …" and "No matches" stand in place of the rows of a loop.
                let is_filled = table.rows.iter().any(|(_, cells)| is_looped(cells));
                let width = table.header.len();
                let is_message = |cells: &[Cell]| is_filled && width > 1 && cells.len() == 1;
                table.rows.retain(|(_, cells)| !is_looped(cells) && !is_message(cells));
            }
            Block::List(items) => {
                items.retain(|item| {
                    let is_value = item.lead.is_some() && is_placeholder(&item.rest);
                    !is_value && !is_only_placeholders([item.lead_text(), &item.rest].into_iter())
                });
            }
            Block::Heading { .. } | Block::Paragraph { .. } | Block::Field { .. } | Block::Record(_) => {}
        }
    }
    blocks.retain(|block| match block {
        Block::Heading { text, .. } | Block::Paragraph { text, strong: true, .. } => !is_placeholder(text),
        Block::Field { item, .. } => !is_placeholder(&item.rest),
        Block::List(items) => !items.is_empty(),
        Block::Paragraph { .. } | Block::Table(_) | Block::Record(_) => true,
    });
}

/// Whether the first text is a placeholder and so are most others.
fn is_only_placeholders<'a>(texts: impl Iterator<Item = &'a str>) -> bool {
    let texts: Vec<&str> = texts.filter(|text| !text.trim().is_empty()).collect();
    let placeholders = texts.iter().filter(|text| is_placeholder(text)).count();
    texts.first().is_some_and(|first| is_placeholder(first)) && placeholders * 2 > texts.len()
}
