//! Bullets that begin with a label for the name, with the fields below or behind it:
//! `- **Provider:** Alder Storage`.

use changecast_core::model::Role;

use crate::read::{
    choose::{page_parts::is_name, shapes::labels::role_of},
    syntax::block::{Block, Item, split},
};

pub(super) fn rewrite(blocks: Vec<Block>) -> Vec<Block> {
    blocks.into_iter().map(named).collect()
}

/// The list with the names in place of their labels, if all bullets have such a label.
fn named(block: Block) -> Block {
    match block {
        Block::List(items) if items.iter().all(states_name) => {
            Block::List(items.into_iter().map(without_label).collect())
        }
        other => other,
    }
}

/// Whether an item consists of a label for a name, and the name.
fn states_name(item: &Item) -> bool {
    let (label, value) = split(item);
    role_of(&label) == Role::Name && is_name(&value)
}

fn without_label(item: Item) -> Item {
    let (_, name) = split(&item);
    Item { lead: None, rest: name, ..item }
}
