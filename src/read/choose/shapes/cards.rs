//! Labels and values that alternate, each in a separate block, as in cards:
//!
//! ```text
//! #### Provider
//! Alder Storage
//! #### Location
//! Norway
//! ```
//!
//! A value may be a word for a label as well: "Purpose", "Hosting", "Location", "Norway". What alternates and what
//! other cards repeat tells which is which.

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
    /// How often plain texts occur at the places of labels and of values, if both alternate below something else.
    places: BTreeMap<String, Places>,
}

/// Where a text occurs.
#[derive(Default)]
struct Places {
    of_labels: usize,
    of_values: usize,
    /// Before texts that are no words for labels.
    before_values: usize,
}

impl<'v> Titles<'v> {
    fn of(words: &'v Vocabulary, blocks: &[Block]) -> Self {
        let mut titles = Titles { words, counts: BTreeMap::new(), places: BTreeMap::new() };
        for (style, text) in blocks.iter().filter_map(style_of) {
            *titles.counts.entry((style, label_form(text))).or_default() += 1;
        }
        for plain in blocks.split(|block| !matches!(style_of(block), Some((Style::Plain, _)))) {
            let texts: Vec<&SourceText> = plain.iter().filter_map(style_of).map(|(_, text)| text).collect();
            for (at, text) in texts.iter().enumerate() {
                let is_before_value = texts.get(at + 1).is_some_and(|next| !titles.is_known(Style::Plain, next));
                let places = titles.places.entry(label_form(text)).or_default();
                *if at % 2 == 0 { &mut places.of_labels } else { &mut places.of_values } += 1;
                places.before_values += usize::from(is_before_value);
            }
        }
        titles
    }

    /// Whether the first of some blocks is the label of a field in this style.
    fn begin_with_label(&self, style: Style, blocks: &[Block]) -> bool {
        let Some((own, text)) = blocks.first().and_then(style_of) else { return false };
        own == style
            && is_name(text)
            && match style {
                Style::Plain => self.is_known(style, text) || self.begins_pair(text) && self.begin_with_pair(blocks),
                Style::Heading(_) | Style::Strong => self.is_known(style, text) || self.is_repeated(style, text),
            }
    }

    /// Whether a text is a word for a label.
    fn is_known(&self, style: Style, text: &str) -> bool {
        let label = text.trim_end_matches(COLONS);
        match style {
            Style::Heading(_) => role_of(self.words, label) != Role::Other,
            Style::Strong | Style::Plain => {
                is_usual_label(self.words, label) || role_of(self.words, label) == Role::Name
            }
        }
    }

    /// Whether a label is that of a field of several cards, and not one of the headers of a grid.
    fn is_field(&self, style: Style, label: &str) -> bool {
        self.is_repeated(style, label) && role_of(self.words, label) != Role::Name
    }

    fn is_repeated(&self, style: Style, text: &str) -> bool {
        self.counts.get(&(style, label_form(text))).is_some_and(|count| *count > 1)
    }

    /// Whether a plain text is a label that has a value in some card.
    fn has_values(&self, label: &str) -> bool {
        self.places.get(&label_form(label)).is_some_and(|places| places.before_values > 0)
    }

    /// Whether a plain text mostly stands at the place of a label, and in several cards.
    fn begins_pair(&self, text: &str) -> bool {
        self.places
            .get(&label_form(text))
            .is_some_and(|places| places.of_labels > 1 && places.of_labels > places.of_values)
    }

    /// Whether a label follows the first two of some plain blocks, or nothing more of the card.
    fn begin_with_pair(&self, blocks: &[Block]) -> bool {
        match blocks {
            [_, value, behind @ ..] if is_value(value) => match behind.first() {
                Some(Block::Paragraph { text, strong: false, .. }) => {
                    self.is_known(Style::Plain, text) || self.begins_pair(text)
                }
                next => !next.is_some_and(is_value),
            },
            _ => false,
        }
    }
}

/// A text as a label: folded, without the colon behind it.
fn label_form(text: &str) -> String {
    fold(text.trim_end_matches(COLONS))
}

/// Records, and the number of blocks that they come from.
struct Cards {
    records: Vec<Block>,
    length: usize,
}

/// The cards at the beginning of blocks, given the block above.
fn cards_at(blocks: &[Block], above: Option<&Block>, titles: &Titles<'_>) -> Option<Cards> {
    let (style, first) = style_of(blocks.first()?)?;
    if style != Style::Plain && role_of(titles.words, first.trim_end_matches(COLONS)) == Role::Other {
        return None;
    }
    let mut fields: Vec<Item> = Vec::new();
    let (mut labels, mut length) = (0, 0);
    while let Some((text, behind)) = label_of(&blocks[length..], style, titles) {
        let values = value_blocks(text, behind, style, titles);
        let texts: Vec<SourceText> = behind[..values].iter().map(value_text).collect();
        if !texts.is_empty() {
            fields.push(field(position_of(behind), text, SourceText::join(&texts, "; ")));
        } else if !(titles.has_values(text) && titles.begin_with_label(style, behind)) {
            break;
        }
        labels += 1;
        length += 1 + values;
    }
    let are_fields =
        is_record(titles.words, &fields) || style == Style::Plain && labels > 1 && are_pairs(titles, &fields);
    let records = records_of(titles.words, fields, are_fields, above)?;
    Some(Cards { records, length })
}

/// The label that blocks begin with, and the blocks behind it.
fn label_of<'b>(blocks: &'b [Block], style: Style, titles: &Titles<'_>) -> Option<(&'b str, &'b [Block])> {
    let (first, behind) = blocks.split_first().filter(|_| titles.begin_with_label(style, blocks))?;
    style_of(first).map(|(_, text)| (text.trim_end_matches(COLONS), behind))
}

/// The number of blocks that are the value of a label: all up to the next label, or one if no label follows.
fn value_blocks(label: &str, blocks: &[Block], style: Style, titles: &Titles<'_>) -> usize {
    let is_label = |at: usize| titles.begin_with_label(style, &blocks[at..]);
    let values = (0..blocks.len()).take_while(|at| is_value(&blocks[*at]) && !is_label(*at)).count();
    if values == 0 {
        return usize::from(is_value_like_a_label(label, blocks, style, titles));
    }
    if is_label(values) { values } else { values.min(1) }
}

/// Whether the block behind a label is its value although it is a word for a label: the next label follows, or nothing
/// more of the card.
fn is_value_like_a_label(label: &str, blocks: &[Block], style: Style, titles: &Titles<'_>) -> bool {
    let is_followed =
        titles.begin_with_label(style, blocks.get(1..).unwrap_or_default()) || !blocks.get(1).is_some_and(is_value);
    blocks.first().is_some_and(is_value) && titles.is_field(style, label) && is_followed
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
/// names, if they are the fields of one.
fn records_of(words: &Vocabulary, fields: Vec<Item>, are_fields: bool, above: Option<&Block>) -> Option<Vec<Block>> {
    if !is_named(words, &fields) {
        let names_vendor = above.and_then(style_of).is_some_and(|(_, text)| can_be_vendor(words, text));
        return (names_vendor && are_fields).then(|| vec![Block::Record(fields)]);
    }
    let described = fields.iter().filter(|field| describes(words, field)).count();
    let cards = split_by_first_label(words, fields);
    let are_vendors = cards.iter().all(|card| card.first().is_some_and(|name| is_name(&split(words, name).1)));
    (are_vendors && described >= 2).then(|| cards.into_iter().map(Block::Record).collect())
}

/// Whether the labels of some fields are words for labels, or those of several cards.
fn are_pairs(titles: &Titles<'_>, fields: &[Item]) -> bool {
    fields.iter().any(|field| describes(titles.words, field))
        && fields
            .iter()
            .map(Item::lead_text)
            .all(|label| titles.is_known(Style::Plain, label) || titles.begins_pair(label))
}

fn can_be_vendor(words: &Vocabulary, text: &str) -> bool {
    is_name(text) && !words.is_about_vendors(&cleaned(text))
}
