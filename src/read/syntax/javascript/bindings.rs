//! The literal arrays and objects of a file of code, with the names under which the code uses them.

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    error::ReadError,
    position::{LineIndex, Position},
    syntax::{
        code::Binding,
        javascript::{
            literal::{Literals, one_line, unwrapped},
            markup,
            syntax_tree::SyntaxNode,
        },
        tree::{Item, Key, Node, Value},
    },
};

/// The deepest nesting of code that is searched.
const MAX_SYNTAX_DEPTH: usize = 400;

/// What surrounds an expression.
#[derive(Clone, Default)]
struct Surroundings<'t> {
    /// The nearest variable, property or function.
    name: &'t str,
    /// The type of the variable, or the component that the expression is an attribute of.
    about: String,
}

/// Collects the literals of a file, outer ones as a whole.
pub(super) struct Bindings<'l> {
    lines: &'l LineIndex<'l>,
    words: &'l Vocabulary,
    pub found: Vec<Binding>,
    /// Entries that components describe by attributes: `<Vendor name="…" purpose="…" />`.
    components: Vec<Binding>,
}

/// Attributes about the look of a component.
const STYLE_ATTRIBUTES: [&str; 5] = ["className", "class", "style", "key", "variant"];

impl<'l> Bindings<'l> {
    pub fn new(lines: &'l LineIndex<'l>, words: &'l Vocabulary) -> Self {
        Bindings { lines, words, found: Vec::new(), components: Vec::new() }
    }

    /// Collects the literals below the root of a file.
    pub fn collect(&mut self, root: SyntaxNode<'_>) -> Result<(), ReadError> {
        self.visit(root, &Surroundings::default(), 0)?;
        self.found.append(&mut self.components);
        Ok(())
    }

    /// Adds the attributes of a component to the entries that components of this name describe.
    fn add_component(&mut self, tag: SyntaxNode<'_>) {
        let name = tag.field("name").map(SyntaxNode::source).unwrap_or_default();
        let at = self.lines.at(tag.start());
        let texts = markup::attributes(tag).filter(|(key, _)| !STYLE_ATTRIBUTES.contains(key));
        let texts = texts.filter_map(|(key, _)| Some((key, markup::attribute_text(tag, key)?)));
        let pairs: Vec<(Key, Node)> = texts
            .map(|(key, text)| (Key { at, text: key.to_owned() }, Node { at, value: Value::Text(text) }))
            .collect();
        if pairs.len() < 2 || !name.starts_with(char::is_uppercase) {
            return;
        }
        let entry = Item::Own(Node { at, value: Value::Map(pairs) });
        let known = self.components.iter_mut().find(|binding| binding.name == name);
        match known.map(|binding| &mut binding.node.value) {
            Some(Value::List(items)) => items.push(entry),
            _ => self.components.push(Binding {
                name: name.to_owned(),
                about: String::new(),
                node: Node { at, value: Value::List(vec![entry]) },
                opaque: Vec::new(),
            }),
        }
    }

    fn visit<'t>(&mut self, node: SyntaxNode<'t>, around: &Surroundings<'t>, depth: usize) -> Result<(), ReadError> {
        if depth > MAX_SYNTAX_DEPTH {
            return Ok(());
        }
        let around = surroundings(node, around);
        if matches!(node.kind(), "jsx_opening_element" | "jsx_self_closing_element") {
            self.add_component(node);
        }
        if is_literal_collection(node) {
            self.add(node, &around)?;
            return self.visit_opaque_values(node, &around, depth);
        }
        for child in node.children() {
            self.visit(child, &around, depth + 1)?;
        }
        Ok(())
    }

    fn add(&mut self, literal: SyntaxNode<'_>, around: &Surroundings<'_>) -> Result<(), ReadError> {
        let mut literals = Literals { lines: self.lines, words: self.words, opaque: Vec::new() };
        let node = literals.node(literal, 1)?;
        let is_exported_map = around.name.is_empty() && matches!(node.value, Value::Map(_));
        let about = around.about.clone();
        if is_exported_map && let Value::Map(pairs) = node.value {
            // The members of `export default {…}` and `module.exports = {…}` are the names that others use.
            let opaque = literals.opaque;
            self.found.extend(pairs.into_iter().map(|pair| binding_of(pair, about.clone(), &opaque)));
        } else {
            self.found.push(Binding { name: around.name.to_owned(), about, node, opaque: literals.opaque });
        }
        Ok(())
    }

    /// Functions in a literal contain further literals: `data() { return {…} }`.
    fn visit_opaque_values<'t>(
        &mut self,
        literal: SyntaxNode<'t>,
        around: &Surroundings<'t>,
        depth: usize,
    ) -> Result<(), ReadError> {
        for child in literal.children() {
            let around = surroundings(child, around);
            let value = child.field("value").unwrap_or(child);
            match unwrapped(value).kind() {
                "array" | "object" => self.visit_opaque_values(unwrapped(value), &around, depth + 1)?,
                "arrow_function" | "function_expression" | "method_definition" => {
                    for part in unwrapped(value).children() {
                        self.visit(part, &around, depth + 1)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn binding_of((key, node): (Key, Node), about: String, opaque: &[(Position, String)]) -> Binding {
    Binding { name: key.text, about, node, opaque: opaque.to_vec() }
}

/// Whether a node is an array or object that is not a pattern, a type or the settings of a call.
fn is_literal_collection(node: SyntaxNode<'_>) -> bool {
    node.kind() == "array" || node.kind() == "object" && !node.children().is_empty()
}

/// The surroundings of what a node contains.
fn surroundings<'t>(node: SyntaxNode<'t>, around: &Surroundings<'t>) -> Surroundings<'t> {
    match node.kind() {
        "variable_declarator" | "public_field_definition" => {
            let name = node.field("name").map_or("", SyntaxNode::source);
            named(name, node.field("type").map(|kind| one_line(kind.source())).unwrap_or_default())
        }
        "assignment_expression" => named(assigned_name(node).unwrap_or(around.name), String::new()),
        "function_declaration" | "function_expression" | "method_definition" => {
            let name = node.field("name").map_or(around.name, SyntaxNode::source);
            named(name, node.field("return_type").map(|kind| one_line(kind.source())).unwrap_or_default())
        }
        "pair" => named(node.field("key").map_or(around.name, SyntaxNode::source), around.about.clone()),
        "jsx_element" => named("", String::new()),
        "jsx_opening_element" | "jsx_self_closing_element" => {
            named("", node.field("name").map(|name| one_line(name.source())).unwrap_or_default())
        }
        "jsx_attribute" => {
            let name = node.children().first().map_or(around.name, |name| name.source());
            named(name, around.about.clone())
        }
        _ => around.clone(),
    }
}

fn named(name: &str, about: String) -> Surroundings<'_> {
    Surroundings { name, about }
}

/// The last name in `exports.vendors = …`. None for `module.exports = …`.
fn assigned_name(assignment: SyntaxNode<'_>) -> Option<&str> {
    let target = assignment.field("left")?;
    match target.field("property") {
        Some(property) if property.source() == "exports" => Some(""),
        Some(property) => Some(property.source()),
        None => Some(target.source()),
    }
}
