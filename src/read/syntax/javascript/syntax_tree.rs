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
        let tree = parser.parse(text, None).ok_or_else(|| {
            let message = "the parser stopped".to_owned();
            ReadError::from(Problem::Syntax { format: "JavaScript", message, source: None })
        })?;
        Ok(SyntaxTree { tree, text })
    }

    /// The node of the whole file.
    pub fn root(&self) -> SyntaxNode<'_> {
        SyntaxNode { node: self.tree.root_node(), text: self.text }
    }
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
