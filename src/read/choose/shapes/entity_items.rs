//! Bullets that begin with a label for the name, with the fields below or after the name:
//! `- **Provider:** Alder Storage`.

use changecast_core::{model::Role, vocabulary::Vocabulary};

use crate::read::{
    choose::{page_parts::is_name, shapes::labels::role_of},
    syntax::block::{Block, Item, split},
};

pub(super) fn rewrite(words: &Vocabulary, blocks: Vec<Block>) -> Vec<Block> {
    blocks.into_iter().map(|block| named(words, block)).collect()
}

/// The list with the names in place of their labels, if all bullets have such a label.
fn named(words: &Vocabulary, block: Block) -> Block {
    match block {
        Block::List(items) if items.iter().all(|item| states_name(words, item)) => {
            Block::List(items.into_iter().map(|item| without_label(words, item)).collect())
        }
        other => other,
    }
}

/// Whether an item consists of a label for a name, and the name.
fn states_name(words: &Vocabulary, item: &Item) -> bool {
    let (label, value) = split(words, item);
    role_of(words, &label) == Role::Name && is_name(&value)
}

fn without_label(words: &Vocabulary, item: Item) -> Item {
    let (_, name) = split(words, &item);
    Item { lead: None, rest: name, ..item }
}
