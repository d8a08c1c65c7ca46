//! Names of vendors, as headings or strong lines below a heading about vendors, with a few lines about each:
//!
//! ```text
//! ## Our sub-processors
//! ### Alder
//! Keeps our backups.
//! ### Birch
//! Sends our letters.
//! Data: addresses
//! ```

use std::collections::BTreeMap;

use changecast_core::{
    model::{Role, fold},
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    choose::{
        entry_name::{is_common_phrase, is_page_title, is_sentence},
        page_parts::is_name,
        shapes::labels::{describes, field, field_of_line, role_of},
    },
    position::Position,
    source_text::{SourceText, cleaned},
    syntax::block::{Block, DASHES, Item, split},
};

/// The level of strong lines, below that of all headings.
const STRONG_LEVEL: usize = 7;

/// The most lines about one vendor.
const MAX_LINES: usize = 4;

/// The longest text that is a picture in place of a logo, in characters: "AS".
const MAX_INITIALS: usize = 3;

/// The label of lines about a vendor whose purpose is stated elsewhere.
const DETAILS_LABEL: &str = "Details";

pub(super) fn rewrite(words: &Vocabulary, blocks: Vec<Block>) -> Vec<Block> {
    let mut vendors: BTreeMap<usize, Vendor> = BTreeMap::new();
    for vendor in Section::all(&blocks).iter().filter_map(|section| section.vendors(words)).flatten() {
        vendors.entry(vendor.name).or_insert(vendor);
    }
    if vendors.len() < 2 {
        return blocks;
    }
    let mut rewritten = Vec::with_capacity(blocks.len());
    let mut skipped = 0;
    for (at, block) in blocks.into_iter().enumerate() {
        if at < skipped {
            continue;
        }
        rewritten.push(block);
        if let Some(vendor) = vendors.remove(&at) {
            rewritten.push(Block::Record(vendor.fields));
            skipped = vendor.end;
        }
    }
    rewritten
}

/// A vendor: the place of its name, that behind the blocks about it, and its fields.
struct Vendor {
    name: usize,
    end: usize,
    fields: Vec<Item>,
}

/// A heading and the blocks below it.
struct Section<'b> {
    level: usize,
    title: &'b str,
    /// The place of the first block below the heading.
    begin: usize,
    blocks: &'b [Block],
}

impl<'b> Section<'b> {
    fn all(blocks: &'b [Block]) -> Vec<Self> {
        let headings = blocks.iter().enumerate().filter_map(|(at, block)| match block {
            Block::Heading { level, text } => Some((at, *level, text)),
            _ => None,
        });
        let sections = headings.map(|(at, level, title)| {
            let below = &blocks[at + 1..];
            let ends = |block: &Block| matches!(block, Block::Heading { level: other, .. } if *other <= level);
            let end = below.iter().position(ends).unwrap_or(below.len());
            Section { level, title, begin: at + 1, blocks: &below[..end] }
        });
        sections.collect()
    }

    /// The vendors below the heading, if it is about vendors and all names below it can be theirs.
    fn vendors(&self, words: &Vocabulary) -> Option<Vec<Vendor>> {
        if !names_vendors(words, self.title) {
            return None;
        }
        let inner = self.blocks.iter().filter_map(level_of).min()?;
        let places: Vec<usize> =
            (0..self.blocks.len()).filter(|place| level_of(&self.blocks[*place]) == Some(inner)).collect();
        let ends = places.iter().skip(1).copied().chain([self.blocks.len()]);
        let parts = places.iter().zip(ends).map(|(place, end)| (*place, &self.blocks[place + 1..end]));
        let parts: Vec<(usize, &[Block])> =
            parts.filter(|(place, _)| !is_other(words, text_of(&self.blocks[*place]))).collect();
        // Below the title of a page are also sections of text. A description without a subject is that of a vendor.
        let by_verbs: Vec<(usize, &[Block])> =
            parts.iter().copied().filter(|(_, body)| begins_with_verb(words, body)).collect();
        let is_by_verbs = self.level == 1 && by_verbs.len() > 1;
        let parts = if is_by_verbs { by_verbs } else { parts };
        if !parts.iter().all(|(place, _)| can_be_vendor(words, text_of(&self.blocks[*place]))) {
            return None;
        }
        // What follows the lines about the last vendor may be about the list.
        let usual = parts.iter().rev().skip(1).map(|(_, body)| lines(body)).max().unwrap_or(MAX_LINES);
        let described: Option<Vec<Option<Description>>> =
            parts.iter().map(|(_, body)| Description::of(words, body, usual)).collect();
        let parts = parts.iter().zip(described?);
        let vendors = parts.filter_map(|((place, _), description)| {
            let Description { fields, blocks } = description?;
            let name = self.begin + place;
            Some(Vendor { name, end: name + 1 + blocks, fields })
        });
        let vendors: Vec<Vendor> = vendors.collect();
        let are_certain =
            self.level > 1 || is_by_verbs || vendors.iter().all(|vendor| has_label(words, &vendor.fields));
        are_certain.then_some(vendors)
    }
}

/// Whether a heading is about the vendors below it, and not about a procedure.
fn names_vendors(words: &Vocabulary, heading: &str) -> bool {
    let heading = cleaned(heading);
    let folded = fold(heading.split(['(', '[']).next().unwrap_or_default());
    // "3 Duties of the contractor" is numbered.
    let unnumbered = folded.trim_start_matches(|c: char| !c.is_alphabetic());
    let mut tail = folded.trim_end_matches(|c: char| !c.is_alphanumeric()).rsplit(' ');
    let (last, before) = (tail.next().unwrap_or_default(), tail.next().unwrap_or_default());
    let ends_in_vendors = words.is_about_vendors(last)
        || words.is_about_vendors(&format!("{before} {last}"))
        || words.is(Meaning::ListNoun, last) && words.is_about_vendors(&folded);
    ends_in_vendors
        && !words.begins_with(Meaning::ExplanationIntro, unnumbered)
        && !words.mentions(Meaning::Procedure, &folded)
}

/// The level of a name. Strong lines are names too.
fn level_of(block: &Block) -> Option<usize> {
    match block {
        Block::Heading { level, .. } => Some(*level),
        Block::Paragraph { strong: true, text, .. } if !is_initials(text) => Some(STRONG_LEVEL),
        _ => None,
    }
}

fn text_of(block: &Block) -> &str {
    match block {
        Block::Heading { text, .. } | Block::Paragraph { text, .. } => text,
        _ => "",
    }
}

/// A text up to its first dash.
fn before_dash(text: &str) -> &str {
    let at = DASHES.iter().filter_map(|dash| text.find(dash)).min();
    at.map_or(text, |at| &text[..at])
}

/// Whether the first line of a description begins with a verb that has the name above it as its subject.
fn begins_with_verb(words: &Vocabulary, body: &[Block]) -> bool {
    let Some(Block::Paragraph { text, .. }) = body.first() else { return false };
    let first = fold(&cleaned(text)).split(' ').next().unwrap_or_default().to_owned();
    words.is(Meaning::ServiceVerb, &first)
}

/// Whether a heading next to those of vendors is about the list.
fn is_other(words: &Vocabulary, text: &str) -> bool {
    // "Alder – planned sub-processor" is a vendor.
    let text = cleaned(before_dash(text));
    words.is_about_vendors(&text)
        || words.mentions(Meaning::Procedure, &text)
        || words.begins_with(Meaning::ExplanationIntro, &fold(&text))
        || words.is(Meaning::OtherHeading, &fold(&text))
}

fn can_be_vendor(words: &Vocabulary, text: &str) -> bool {
    let text = cleaned(text);
    let is_label = words.header(&text).fitness.is_usual() && role_of(words, &text) != Role::Other;
    is_name(&text) && !is_label && !is_sentence(&text) && !is_common_phrase(&text) && !is_page_title(words, &text)
}

/// Whether a line is a picture in place of a logo: "AS".
fn is_initials(text: &str) -> bool {
    let text = text.trim();
    text.chars().count() <= MAX_INITIALS && !text.chars().any(char::is_lowercase)
}

/// The number of lines about a vendor.
fn lines(body: &[Block]) -> usize {
    body.iter().filter(|block| matches!(block, Block::Paragraph { text, .. } if !is_initials(text))).count()
}

/// Whether a field of a vendor is labelled, other than the lines that are its purpose.
fn has_label(words: &Vocabulary, fields: &[Item]) -> bool {
    fields.iter().any(|field| describes(words, field) && field.lead_text() != Role::Purpose.key())
}

/// What the blocks below a name state about a vendor, and the number of these blocks.
struct Description {
    fields: Vec<Item>,
    blocks: usize,
}

impl Description {
    /// `None` if something else than a description is below the name, or nothing at all. `Some(None)` if all of it is
    /// already a record.
    fn of(words: &Vocabulary, body: &[Block], usual: usize) -> Option<Option<Self>> {
        let mut fields: Vec<Item> = Vec::new();
        let (mut texts, mut at) = (Vec::new(), Position::START);
        let mut blocks = 0;
        for block in body {
            match block {
                Block::Paragraph { text, .. } if is_initials(text) => {}
                // The heading is that of a group of names.
                Block::Paragraph { strong: true, .. } => return None,
                Block::Paragraph { .. } if texts.len() >= usual.min(MAX_LINES) => break,
                Block::Paragraph { at: begin, text, .. } => {
                    at = *begin;
                    texts.push(text);
                }
                Block::Field { item, .. } => fields.push(item.clone()),
                Block::Record(items) => fields.extend(items.iter().cloned()),
                Block::Table(_) | Block::List(_) | Block::Heading { .. } => return None,
            }
            blocks += 1;
        }
        if texts.is_empty() {
            return matches!(body, [Block::Record(_), ..]).then_some(None);
        }
        let mut described: Vec<&SourceText> = Vec::new();
        for text in texts {
            match field_of_line(at, text).filter(|field| describes(words, field)) {
                Some(field) => fields.push(field),
                None => described.push(text),
            }
        }
        if !described.is_empty() {
            let has_purpose = fields.iter().any(|item| role_of(words, &split(words, item).0) == Role::Purpose);
            let label = if has_purpose { DETAILS_LABEL } else { Role::Purpose.key() };
            fields.insert(0, field(at, label, SourceText::join(described, " ")));
        }
        Some(Some(Description { fields, blocks }))
    }
}
