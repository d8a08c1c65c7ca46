//! Vendors that are described field by field. Pages write them in many shapes; each shape is recognised in one
//! file here and becomes a [`Block::Record`], so that the rest of the program knows one shape only.

mod bullet_fields;
mod bullet_marks;
mod cards;
mod described_names;
mod entity_items;
mod field_tables;
mod label_lines;
mod labelled_items;
mod labels;
mod link_lists;
mod linked_headings;
mod named_paragraphs;
mod named_purposes;
mod numbering;
mod one_cell_rows;
mod paragraph_fields;
mod paragraph_tables;

use changecast_core::vocabulary::Vocabulary;

use crate::read::syntax::block::{Block, Page};

pub(crate) use numbering::without_number;

/// Rewrites the blocks of one shape.
type Shape = fn(&Vocabulary, Vec<Block>) -> Vec<Block>;

/// The shapes in the order in which they are looked for. A shape sees the records of those before it.
const SHAPES: [Shape; 16] = [
    bullet_marks::rewrite,
    numbering::rewrite,
    named_purposes::rewrite,
    paragraph_fields::rewrite,
    label_lines::rewrite,
    numbering::rewrite_records,
    field_tables::rewrite,
    cards::rewrite,
    entity_items::rewrite,
    labelled_items::rewrite,
    linked_headings::rewrite,
    described_names::rewrite,
    link_lists::rewrite,
    |_, blocks| one_cell_rows::rewrite(blocks),
    bullet_fields::rewrite,
    named_paragraphs::rewrite,
];

/// Makes a record of the blocks of each vendor that is described field by field.
pub(crate) fn find_records(words: &Vocabulary, page: &mut Page) {
    paragraph_tables::rewrite(words, page);
    let blocks = std::mem::take(&mut page.blocks);
    page.blocks = SHAPES.iter().fold(blocks, |blocks, shape| shape(words, blocks));
}
