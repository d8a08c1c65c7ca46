//! What files of code contain for readers of lists: literal data under names, and markup.

use crate::read::{
    position::Position,
    syntax::{block::Page, tree::Node},
};

/// A file of code, of which no part is evaluated.
#[derive(Debug, Default)]
pub(crate) struct Code {
    /// Its literal arrays and objects.
    pub bindings: Vec<Binding>,
    /// Its markup, in order.
    pub page: Page,
    /// The names that it imports from other files.
    pub imports: Vec<Import>,
}

/// A name that is imported from another file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Import {
    pub name: String,
    /// The module as the file states it: `@/data/vendors`.
    pub module: String,
}

/// A literal array or object, with the name under which the code uses it.
#[derive(Debug)]
pub(crate) struct Binding {
    /// The variable, property or function that has it: `vendors`. Empty for a default export.
    pub name: String,
    /// Its type, or the component that shows it: `Subprocessor[]`, `VendorTable`.
    pub about: String,
    pub node: Node,
    /// The values in the array that are not literals, such as `...others`.
    pub opaque: Vec<(Position, String)>,
}
