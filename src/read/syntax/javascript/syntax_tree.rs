//! Syntax trees of JavaScript and TypeScript, with JSX. The only user of `tree-sitter`.

use std::ops::Range;

use tree_sitter::{Node, Parser, Tree};

use crate::read::error::{ParserError, Problem, ReadError};

/// Size in bytes of the largest file of code that is parsed. Pages and data modules are much smaller.
const MAX_CODE: usize = 4 << 20;

/// The dialects of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// JavaScript, or TypeScript with JSX. `<T>x` is an element.
    Jsx,
    /// TypeScript without JSX. `<T>x` is a type assertion.
    TypeScript,
}

impl Dialect {
    /// The dialect of a file, by its extension.
    pub fn of(path: &str) -> Self {
        let is_plain = [".ts", ".mts", ".cts"].iter().any(|extension| path.to_lowercase().ends_with(extension));
        if is_plain { Dialect::TypeScript } else { Dialect::Jsx }
    }
}

/// A parsed file. Parsing recovers from syntax errors; [`SyntaxNode::has_error`] tells where they are.
pub(super) struct SyntaxTree<'t> {
    tree: Tree,
    text: &'t str,
}

impl<'t> SyntaxTree<'t> {
    /// Parses a file of code.
    ///
    /// # Errors
    /// If the file is too large. Syntax errors are nodes of the tree.
    pub fn parse(text: &'t str, dialect: Dialect) -> Result<Self, ReadError> {
        if text.len() > MAX_CODE {
            return Err(Problem::Limit { what: "bytes of code", found: text.len(), limit: MAX_CODE }.into());
        }
        let language = match dialect {
            Dialect::Jsx => tree_sitter_typescript::LANGUAGE_TSX,
            Dialect::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
        };
        let mut parser = Parser::new();
        parser.set_language(&language.into()).map_err(|error| {
            let message = "the grammar does not fit the parser".to_owned();
            Problem::Syntax { format: "JavaScript", message, source: Some(ParserError::new(error)) }
        })?;
        let tree = parse_with(&mut parser, text)?;
        if dialect == Dialect::Jsx && tree.root_node().has_error() {
            let tree = without_plain_ampersands(&mut parser, text, &tree)?.unwrap_or(tree);
            return Ok(SyntaxTree { tree, text });
        }
        Ok(SyntaxTree { tree, text })
    }

    /// The node of the whole file.
    pub fn root(&self) -> SyntaxNode<'_> {
        SyntaxNode { node: self.tree.root_node(), text: self.text }
    }
}

fn parse_with(parser: &mut Parser, text: &str) -> Result<Tree, ReadError> {
    parser.parse(text, None).ok_or_else(|| {
        let message = "the parser stopped".to_owned();
        Problem::Syntax { format: "JavaScript", message, source: None }.into()
    })
}

/// The largest number of times that a file is parsed again. Each time, the parser reports only some of the errors.
const MAX_PARSES: usize = 8;

/// The tree of a file in which another character replaces each ampersand that the grammar rejects: in the text of JSX,
/// `R & D` is valid, but the grammar expects `&amp;`. All offsets stay the same. `None` if other errors remain.
fn without_plain_ampersands(parser: &mut Parser, text: &str, tree: &Tree) -> Result<Option<Tree>, ReadError> {
    let mut replaced = text.to_owned();
    let mut tree = tree.clone();
    for _ in 0..MAX_PARSES {
        let places: Vec<usize> =
            errors(&tree).into_iter().flat_map(|range| plain_ampersands(&replaced, range)).collect();
        if places.is_empty() {
            return Ok(None);
        }
        for at in places {
            replaced.replace_range(at..=at, "+");
        }
        tree = parse_with(parser, &replaced)?;
        if !tree.root_node().has_error() {
            return Ok(Some(tree));
        }
    }
    Ok(None)
}

/// The byte ranges of the syntax errors of a file.
fn errors(tree: &Tree) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut nodes = vec![tree.root_node()];
    while let Some(node) = nodes.pop().filter(|_| ranges.len() < MAX_ERRORS) {
        if node.is_error() {
            ranges.push(node.byte_range());
        }
        let mut cursor = node.walk();
        nodes.extend(node.children(&mut cursor).filter(|child| child.has_error()));
    }
    ranges
}

/// The largest number of syntax errors that are repaired.
const MAX_ERRORS: usize = 1_000;

/// The offsets of the ampersands in a range that are neither operators nor character references.
fn plain_ampersands(text: &str, range: Range<usize>) -> impl Iterator<Item = usize> {
    let (begin, source) = (range.start, text.get(range).unwrap_or_default());
    let rest = text.get(begin..).unwrap_or_default();
    let places = source.match_indices('&').map(|(at, _)| at).filter(|at| {
        let is_operator = rest[at + 1..].starts_with(['&', '=']) || rest[..*at].ends_with('&');
        let is_spaced = rest[at + 1..].starts_with(char::is_whitespace);
        let ends = rest[at + 1..].find(|c: char| !c.is_alphanumeric() && c != '#');
        let is_reference = ends.is_some_and(|end| end > 0 && rest[at + 1 + end..].starts_with(';'));
        !is_operator && (is_spaced || !is_reference)
    });
    places.map(|at| begin + at).collect::<Vec<_>>().into_iter()
}

/// A node of a syntax tree. Its kind is the name of a rule of the grammar.
#[derive(Clone, Copy)]
pub(super) struct SyntaxNode<'t> {
    node: Node<'t>,
    text: &'t str,
}

impl<'t> SyntaxNode<'t> {
    /// The name of the grammar's rule: `object`, `jsx_element`.
    pub fn kind(self) -> &'static str {
        self.node.kind()
    }

    /// The source of the node.
    pub fn source(self) -> &'t str {
        self.text.get(self.node.byte_range()).unwrap_or_default()
    }

    /// The source of the file between two byte offsets.
    pub fn source_between(self, from: usize, to: usize) -> &'t str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// The byte range of the node in the file.
    pub fn range(self) -> Range<usize> {
        self.node.byte_range()
    }

    /// The byte offset of the node in the file.
    pub fn start(self) -> usize {
        self.node.start_byte()
    }

    /// Whether the node contains a syntax error, or misses a token.
    pub fn has_error(self) -> bool {
        self.node.has_error()
    }

    /// Whether the node itself is a syntax error.
    pub fn is_error(self) -> bool {
        self.node.is_error() || self.node.is_missing()
    }

    /// The child with a role in the grammar's rule.
    pub fn field(self, name: &str) -> Option<SyntaxNode<'t>> {
        self.node.child_by_field_name(name).map(|node| SyntaxNode { node, ..self })
    }

    /// The children with names, without comments.
    pub fn children(self) -> Vec<SyntaxNode<'t>> {
        let mut cursor = self.node.walk();
        let children = self.node.named_children(&mut cursor).filter(|node| node.kind() != "comment");
        children.map(|node| SyntaxNode { node, ..self }).collect()
    }

    /// The first syntax error in the node.
    pub fn first_error(self) -> Option<SyntaxNode<'t>> {
        let mut node = self;
        while node.has_error() && !node.is_error() {
            let mut cursor = node.node.walk();
            let inner = node.node.children(&mut cursor).find(|child| child.has_error() || child.is_missing());
            let Some(inner) = inner else { break };
            node = SyntaxNode { node: inner, ..self };
        }
        (node.has_error() || node.is_error()).then_some(node)
    }
}
