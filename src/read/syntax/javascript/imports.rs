//! What a file of code imports, to name the file that contains a list.

use crate::read::syntax::{
    code::Import,
    javascript::{literal::text_of, syntax_tree::SyntaxNode},
};

/// The names that a file imports, and the modules that they come from.
pub(super) fn imports_of(root: SyntaxNode<'_>) -> Vec<Import> {
    let mut imports = Vec::new();
    for statement in root.children() {
        let import = match statement.kind() {
            "import_statement" => statement.field("source").and_then(text_of),
            "lexical_declaration" | "variable_declaration" => required_module(statement),
            _ => None,
        };
        if let Some(module) = import {
            let names = names_in(statement).into_iter();
            imports.extend(names.map(|name| Import { name: name.to_owned(), module: module.clone() }));
        }
    }
    imports
}

/// The module of `const vendors = require("./vendors")`.
fn required_module(declaration: SyntaxNode<'_>) -> Option<String> {
    let value = declaration.children().first()?.field("value")?;
    let is_require = value.field("function").is_some_and(|function| function.source() == "require");
    text_of(*value.field("arguments").filter(|_| is_require)?.children().first()?)
}

/// The local names that a statement declares.
fn names_in(statement: SyntaxNode<'_>) -> Vec<&str> {
    let mut names = Vec::new();
    let mut nodes = vec![statement];
    while let Some(node) = nodes.pop() {
        match node.kind() {
            "identifier" | "shorthand_property_identifier_pattern" => names.push(node.source()),
            "import_specifier" => nodes.extend(node.field("alias").or_else(|| node.field("name"))),
            "variable_declarator" => nodes.extend(node.field("name")),
            "string" | "call_expression" => {}
            _ => nodes.extend(node.children()),
        }
    }
    names.reverse();
    names
}

/// The module from which the first name of an expression is imported: `./vendors` for `vendors.eu`.
pub(crate) fn module_of(expression: &str, imports: &[Import]) -> Option<String> {
    let name = expression.split(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '$')).next()?;
    imports.iter().find(|import| import.name == name).map(|import| import.module.clone())
}
