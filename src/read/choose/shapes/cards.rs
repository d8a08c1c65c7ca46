//! Labels and values that alternate, each in a separate block, as in cards:
//!
//! ```text
//! #### Provider
//! Alder Storage
//! #### Location
//! Norway
//! ```

use std::collections::BTreeMap;

use changecast_core::{
    model::{Role, fold},
    vocabulary::Vocabulary,
};

use crate::read::{
    choose::{
        page_parts::is_name,
        shapes::labels::{describes, field, is_named, is_record, is_usual_label, role_of, split_by_first_label},
    },
    position::Position,
    source_text::{SourceText, cleaned},
    syntax::block::{Block, COLONS, Item, split},
};

pub(super) fn rewrite(words: &Vocabulary, blocks: Vec<Block>) -> Vec<Block> {
    let titles = Titles::of(words, &blocks);
    let mut rewritten: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut rest = blocks.as_slice();
    while let Some((block, behind)) = rest.split_first() {
        match cards_at(rest, rewritten.last(), &titles) {
            Some(cards) => {
                rewritten.extend(cards.records);
                rest = &rest[cards.length..];
            }
            None => {
                rewritten.push(block.clone());
                rest = behind;
            }
        }
    }
    rewritten
}

/// How a label is set apart from its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Style {
    Heading(usize),
    Strong,
    Plain,
}

fn style_of(block: &Block) -> Option<(Style, &SourceText)> {
    match block {
        Block::Heading { level, text } => Some((Style::Heading(*level), text)),
        Block::Paragraph { strong: true, text, .. } => Some((Style::Strong, text)),
        Block::Paragraph { text, .. } => Some((Style::Plain, text)),
        _ => None,
    }
}

/// How often each text occurs in each style.
struct Titles<'v> {
    words: &'v Vocabulary,
    counts: BTreeMap<(Style, String), usize>,
}

impl<'v> Titles<'v> {
    fn of(words: &'v Vocabulary, blocks: &[Block]) -> Self {
        let mut titles = Titles { words, counts: BTreeMap::new() };
        for (style, text) in blocks.iter().filter_map(style_of) {
            *titles.counts.entry((style, fold(text))).or_default() += 1;
        }
        titles
    }

    /// Whether a text in a style is the label of a field.
    fn is_label(&self, style: Style, text: &str) -> bool {
        let label = text.trim_end_matches(COLONS);
        let is_known = match style {
            Style::Heading(_) => role_of(self.words, label) != Role::Other,
            Style::Strong | Style::Plain => {
                is_usual_label(self.words, label) || role_of(self.words, label) == Role::Name
            }
        };
        let is_repeated = self.counts.get(&(style, fold(text))).is_some_and(|count| *count > 1);
        is_name(text) && (is_known || (is_repeated && style != Style::Plain))
    }
}

/// Records, and the number of blocks that they come from.
struct Cards {
    records: Vec<Block>,
    length: usize,
}

/// The cards at the beginning of blocks, given the block above.
fn cards_at(blocks: &[Block], above: Option<&Block>, titles: &Titles<'_>) -> Option<Cards> {
    let (style, first) = style_of(blocks.first()?)?;
    if role_of(titles.words, first.trim_end_matches(COLONS)) == Role::Other {
        return None;
    }
    let mut fields: Vec<Item> = Vec::new();
    let mut length = 0;
    while let Some((label, behind)) = blocks[length..].split_first()
        && let Some(text) = label_text(label, style, titles)
    {
        let values = value_blocks(behind, style, titles);
        let texts: Vec<SourceText> = behind[..values].iter().map(value_text).collect();
        if texts.is_empty() {
            break;
        }
        fields.push(field(position_of(behind), text, SourceText::join(&texts, "; ")));
        length += 1 + values;
    }
    let records = records_of(titles.words, fields, above)?;
    Some(Cards { records, length })
}

/// The text of a block that is a label.
fn label_text<'b>(block: &'b Block, style: Style, titles: &Titles<'_>) -> Option<&'b str> {
    let (own, text) = style_of(block)?;
    (own == style && titles.is_label(style, text)).then(|| text.trim_end_matches(COLONS))
}

/// The number of blocks that are the value of a label: all up to the next label, or one if no label follows.
fn value_blocks(blocks: &[Block], style: Style, titles: &Titles<'_>) -> usize {
    let is_label = |block: &Block| label_text(block, style, titles).is_some();
    let values = blocks.iter().take_while(|block| is_value(block) && !is_label(block)).count();
    let is_followed = blocks.get(values).is_some_and(is_label);
    if is_followed { values } else { values.min(1) }
}

fn is_value(block: &Block) -> bool {
    matches!(block, Block::Paragraph { .. } | Block::List(_))
}

fn value_text(block: &Block) -> SourceText {
    match block {
        Block::Paragraph { text, .. } => text.clone(),
        Block::List(items) => {
            let texts: Vec<SourceText> = items.iter().map(Item::whole_text).collect();
            SourceText::join(&texts, ", ")
        }
        _ => SourceText::default(),
    }
}

fn position_of(blocks: &[Block]) -> Position {
    match blocks.first() {
        Some(Block::Paragraph { at, .. }) => *at,
        Some(Block::List(items)) => items.first().map_or(Position::START, |item| item.at),
        _ => Position::START,
    }
}

/// The records of fields: one for each vendor that a field names, or one for the vendor that the block above
/// names.
fn records_of(words: &Vocabulary, fields: Vec<Item>, above: Option<&Block>) -> Option<Vec<Block>> {
    if !is_named(words, &fields) {
        let names_vendor = above.and_then(style_of).is_some_and(|(_, text)| can_be_vendor(words, text));
        return (names_vendor && is_record(words, &fields)).then(|| vec![Block::Record(fields)]);
    }
    let described = fields.iter().filter(|field| describes(words, field)).count();
    let cards = split_by_first_label(words, fields);
    let are_vendors = cards.iter().all(|card| card.first().is_some_and(|name| is_name(&split(words, name).1)));
    (are_vendors && described >= 2).then(|| cards.into_iter().map(Block::Record).collect())
}

fn can_be_vendor(words: &Vocabulary, text: &str) -> bool {
    is_name(text) && !words.is_about_vendors(&cleaned(text))
}
