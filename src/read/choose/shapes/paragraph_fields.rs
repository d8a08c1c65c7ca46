//! Lines that begin with a strong label: `**Purpose:** hosting`.

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    choose::shapes::labels::is_record,
    syntax::block::{Block, Item},
};

pub(super) fn rewrite(words: &Vocabulary, blocks: Vec<Block>) -> Vec<Block> {
    let mut rewritten = Vec::with_capacity(blocks.len());
    let mut fields: Vec<Block> = Vec::new();
    for block in blocks {
        if matches!(block, Block::Field { .. }) {
            fields.push(block);
            continue;
        }
        rewritten.extend(record_of(words, std::mem::take(&mut fields)));
        rewritten.push(block);
    }
    rewritten.extend(record_of(words, fields));
    rewritten
}

/// The record that successive fields make, or the fields as they are.
fn record_of(words: &Vocabulary, fields: Vec<Block>) -> Vec<Block> {
    let items: Vec<Item> = fields.iter().filter_map(item_of).cloned().collect();
    if is_record(words, &items) { vec![Block::Record(items)] } else { fields }
}

fn item_of(block: &Block) -> Option<&Item> {
    match block {
        Block::Field { item, .. } => Some(item),
        _ => None,
    }
}
