//! JavaScript and TypeScript, with JSX: literal arrays and objects as trees, markup as the blocks of a page.
//! No code is evaluated.

mod bindings;
mod elements;
mod imports;
mod literal;
mod markup;
mod syntax_tree;

pub(crate) use imports::module_of;
pub(crate) use syntax_tree::Dialect;

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    error::{Problem, ReadError},
    position::LineIndex,
    syntax::{
        block::{Loop, Page},
        code::Code,
        javascript::{
            bindings::Bindings,
            markup::Markup,
            syntax_tree::{SyntaxNode, SyntaxTree},
        },
        template,
    },
};

/// Parses a file of code.
///
/// # Errors
/// A syntax error, unless it is in a statement that cannot be a part of the list.
pub(crate) fn parse(path: &str, text: &str, words: &Vocabulary) -> Result<Code, ReadError> {
    parse_as(Dialect::of(path), text, words)
}

/// Parses code of a dialect. See [`parse`].
pub(crate) fn parse_as(dialect: Dialect, text: &str, words: &Vocabulary) -> Result<Code, ReadError> {
    let tree = SyntaxTree::parse(text, dialect)?;
    let lines = LineIndex::new(text);
    let root = tree.root();
    check_syntax(root, &lines)?;
    let mut bindings = Bindings::new(&lines, words);
    bindings.collect(root)?;
    let mut markup = Markup::default();
    markup.collect(root);
    let mut blocks = markup.blocks(&lines, words);
    let columns = template::columns_of(&blocks);
    template::drop_placeholders(&mut blocks);
    let imports = imports::imports_of(root);
    let loops = markup.loops.into_iter().map(|one| Loop { file: module_of(&one.data, &imports), ..one }).collect();
    let page = Page { blocks, loops, columns, ..Page::default() };
    Ok(Code { bindings: bindings.found, page, imports })
}

/// Reports a syntax error. Parsing recovers from errors, so the parts of a damaged list could look like a
/// shorter list. Only an error in an earlier statement without literals is harmless, for example syntax
/// that is newer than the grammar.
fn check_syntax(root: SyntaxNode<'_>, lines: &LineIndex<'_>) -> Result<(), ReadError> {
    let statements = root.children();
    if let Some(cut) = statements.iter().find(|statement| is_cut_off(**statement)) {
        let message = "the file ends too early".to_owned();
        return Err(ReadError::at(
            lines.at(cut.start()),
            Problem::Syntax { format: "JavaScript", message, source: None },
        ));
    }
    if !root.has_error() {
        return Ok(());
    }
    let behind = statements.iter().skip(1).map(Some).chain([None]);
    let is_harmless = |statement: SyntaxNode<'_>, next: Option<&SyntaxNode<'_>>| {
        statement.kind() == "import_statement" && next.is_some_and(|next| !next.has_error())
    };
    let damaged = statements
        .iter()
        .zip(behind)
        .find(|(statement, next)| (statement.has_error() || statement.is_error()) && !is_harmless(**statement, *next));
    let damaged = match damaged {
        Some((statement, _)) => *statement,
        None if root.is_error() => root,
        None => return Ok(()),
    };
    let error = damaged.first_error().unwrap_or(damaged);
    let message = match error.source().split_whitespace().next() {
        Some(_) => "the code has a syntax error, or ends too early".to_owned(),
        None => format!("{} is missing", error.kind()),
    };
    let problem = Problem::Syntax { format: "JavaScript", message, source: None };
    Err(ReadError::at(lines.at(error.start()), problem))
}

/// Whether a statement is the beginning of another one that the grammar accepts: `con` of `const`, or `const vendors`
/// without a value.
fn is_cut_off(statement: SyntaxNode<'_>) -> bool {
    match statement.kind() {
        "expression_statement" => statement.children().first().is_some_and(|only| only.kind() == "identifier"),
        "export_statement" => statement.field("declaration").is_some_and(is_cut_off),
        "lexical_declaration" => {
            let is_constant = statement.source().starts_with("const");
            is_constant && statement.children().last().is_some_and(|last| last.field("value").is_none())
        }
        _ => false,
    }
}
