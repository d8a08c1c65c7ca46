//! Bullets with labels below the name of a vendor: `- Purpose: hosting`.

use std::collections::BTreeSet;

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    choose::shapes::labels::{Labels, describes, label_of},
    syntax::block::{Block, Item},
};

pub(super) fn rewrite(words: &Vocabulary, blocks: Vec<Block>) -> Vec<Block> {
    let labels = Labels::of(words, blocks.iter().filter_map(items_of));
    let blocks: Vec<Block> =
        blocks.into_iter().map(|block| record_if(block, |items| labels.are_fields(items))).collect();
    let known: BTreeSet<String> =
        blocks.iter().filter_map(fields_of).flatten().map(|item| label_of(words, item)).collect();
    let mut is_below_heading = false;
    let rewritten = blocks.into_iter().map(|block| {
        is_below_heading |= matches!(block, Block::Heading { .. });
        if is_below_heading { record_if(block, |items| has_labels_of_records(words, items, &known)) } else { block }
    });
    rewritten.collect()
}

/// Turns a list that meets a condition into a record.
fn record_if(block: Block, is_record: impl Fn(&[Item]) -> bool) -> Block {
    match block {
        Block::List(items) if is_record(&items) => Block::Record(items),
        other => other,
    }
}

/// Whether a list that is too short to be recognised by itself has the labels of the page's records.
fn has_labels_of_records(words: &Vocabulary, items: &[Item], known: &BTreeSet<String>) -> bool {
    let shared = items.iter().filter(|item| known.contains(&label_of(words, item))).count();
    let all_are_shared = shared == items.len() && items.iter().all(|item| item.lead.is_some());
    all_are_shared || (shared * 2 >= items.len() && items.iter().any(|item| describes(words, item)))
}

fn items_of(block: &Block) -> Option<&[Item]> {
    match block {
        Block::List(items) | Block::Record(items) => Some(items),
        _ => None,
    }
}

fn fields_of(block: &Block) -> Option<&[Item]> {
    match block {
        Block::Record(items) => Some(items),
        _ => None,
    }
}
