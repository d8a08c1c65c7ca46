//! Bullets in which a word is between the vendor and its purpose, below a heading or sentence about vendors:
//!
//! ```text
//! We use these vendors:
//! - Alder for backups
//! - Birch Mail for letters
//! ```

use changecast_core::{
    model::fold,
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    source_text::SourceText,
    syntax::block::{Block, Item},
};

/// The most words of a name.
const MAX_NAME_WORDS: usize = 5;

pub(super) fn rewrite(words: &Vocabulary, mut blocks: Vec<Block>) -> Vec<Block> {
    let (mut heading, mut above) = (SourceText::default(), SourceText::default());
    for block in &mut blocks {
        match block {
            Block::Heading { text, .. } => (heading, above) = (text.clone(), SourceText::default()),
            Block::Paragraph { text, .. } | Block::Field { text, .. } => above = text.clone(),
            Block::List(items) => {
                let is_introduced = words.is_about_vendors(&heading) || words.is_about_vendors(&above);
                if is_introduced && let Some(divided) = items.iter().map(|item| divided(words, item)).collect() {
                    *items = divided;
                }
            }
            Block::Table(_) | Block::Record(_) => {}
        }
    }
    blocks
}

/// A bullet with its name as the lead, if a word like "for" follows the name.
fn divided(words: &Vocabulary, item: &Item) -> Option<Item> {
    let text = item.rest.trimmed();
    let (at, mark) = text.match_indices(' ').find_map(|(at, _)| {
        let next = text[at + 1..].split(' ').next()?;
        words.is(Meaning::PurposeMark, &fold(next)).then_some((at, next))
    })?;
    let (name, purpose) = (&text[..at], text[at + 1 + mark.len()..].trim().trim_end_matches([';', ',', '.']));
    let is_divided = item.lead.is_none() && item.children.is_empty() && is_proper_name(name) && !purpose.is_empty();
    is_divided.then(|| Item { lead: Some(text.part(name)), rest: text.part(purpose), ..item.clone() })
}

/// Whether all words of a text are capitalised or numbers, as those of most names are.
fn is_proper_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.len() <= MAX_NAME_WORDS
        && words.iter().all(|word| word.trim_start_matches('(').starts_with(|c: char| !c.is_lowercase()))
}
