//! Paragraphs that begin with the strong names of vendors, below a sentence that introduces these:
//!
//! ```text
//! We rely on the following vendors:
//!
//! **Alder (backups):** It keeps …
//!
//! **Birch:** It sends …
//! ```

use changecast_core::{
    model::{Role, fold},
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    choose::{
        entry_name::is_page_title,
        page_parts::is_name,
        recipients::introduces_recipients,
        shapes::labels::role_of,
        statement::{introduces, last_sentence},
    },
    source_text::cleaned,
    syntax::block::{Block, COLONS, Item, split},
};

pub(super) fn rewrite(words: &Vocabulary, blocks: Vec<Block>) -> Vec<Block> {
    // Beside a table, such paragraphs are remarks on it.
    if blocks.iter().any(|block| matches!(block, Block::Table(_))) {
        return blocks;
    }
    let mut rewritten: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut fields: Vec<Block> = Vec::new();
    for block in blocks {
        if item_of(&block).is_some() && !introduces_vendors(words, &block) {
            // Labels with and without colons are not of one list.
            if fields.last().is_some_and(|last| is_field(last) != is_field(&block)) {
                close(words, &mut rewritten, &mut fields);
            }
            fields.push(block);
            continue;
        }
        close(words, &mut rewritten, &mut fields);
        rewritten.push(block);
    }
    close(words, &mut rewritten, &mut fields);
    rewritten
}

/// Adds successive paragraphs: as a list, if the block above introduces vendors and all labels can be their names.
fn close(words: &Vocabulary, rewritten: &mut Vec<Block>, fields: &mut Vec<Block>) {
    let items: Vec<Item> = fields.iter().filter_map(item_of).collect();
    let is_list = items.len() > 1
        && rewritten.last().is_some_and(|above| introduces_vendors(words, above))
        && items.iter().all(|item| names_vendor(words, item));
    if is_list {
        fields.clear();
        rewritten.push(Block::List(items));
    }
    rewritten.append(fields);
}

fn is_field(block: &Block) -> bool {
    matches!(block, Block::Field { .. })
}

/// A paragraph that begins with strong text, as a bullet.
fn item_of(block: &Block) -> Option<Item> {
    match block {
        Block::Field { item, .. } => Some(item.clone()),
        Block::Paragraph { at, text, lead: Some(lead), .. } => {
            let rest = text.strip_prefix(lead.as_str())?;
            Some(Item { lead: Some(lead.clone()), rest: text.part(rest.trim()), ..Item::new(*at) })
        }
        _ => None,
    }
}

/// Whether a block is a paragraph about vendors that ends with a colon, and not the beginning of rules.
fn introduces_vendors(words: &Vocabulary, block: &Block) -> bool {
    let Block::Paragraph { text, .. } = block else { return false };
    let obliges = last_sentence(text).is_some_and(|last| words.mentions_phrase(Meaning::Obligation, &fold(last)));
    text.trim_end().ends_with(COLONS)
        && (introduces(words, text) || introduces_recipients(words, text))
        && !obliges
        && !words.mentions(Meaning::Procedure, text)
}

/// Whether the label of a paragraph can be the name of a vendor: no label of a field, no document and no rule.
fn names_vendor(words: &Vocabulary, item: &Item) -> bool {
    let (label, text) = split(words, item);
    let name = cleaned(label.split(['(', '[']).next().unwrap_or_default());
    let folded = fold(&name);
    let spaced = format!(" {folded} ");
    let is_rule = words.mentions(Meaning::Procedure, &name)
        || words.begins_with(Meaning::ExplanationIntro, &folded)
        || words.is(Meaning::OtherHeading, &folded)
        || words.is(Meaning::DocumentField, &folded)
        || [Meaning::NoticeStem, Meaning::ObjectionStem].iter().any(|stem| words.has_stem(*stem, &spaced));
    is_name(&label)
        && !text.is_empty()
        && !is_rule
        && !is_page_title(words, &name)
        && !words.is_about_vendors(&name)
        && role_of(words, &name) == Role::Other
}
