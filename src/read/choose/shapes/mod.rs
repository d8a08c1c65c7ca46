//! Vendors that are described field by field. Pages write them in many shapes; each shape is recognised in one
//! file here and becomes a [`Block::Record`], so that the rest of the program knows one shape only.

mod field_tables;
mod labelled_items;
mod labels;
mod paragraph_fields;

use crate::read::syntax::block::Block;

/// Rewrites the blocks of one shape.
type Shape = fn(Vec<Block>) -> Vec<Block>;

/// The shapes in the order in which they are looked for. A shape sees the records of those before it.
const SHAPES: [Shape; 3] = [paragraph_fields::rewrite, field_tables::rewrite, labelled_items::rewrite];

/// The blocks of a page with a record for each vendor that is described field by field.
pub(crate) fn with_records(blocks: &[Block]) -> Vec<Block> {
    SHAPES.iter().fold(blocks.to_vec(), |blocks, shape| shape(blocks))
}
