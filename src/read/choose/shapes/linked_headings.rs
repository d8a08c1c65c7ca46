//! Headings that are names of vendors, with sentences or links about each below:
//!
//! ```text
//! ### Alder
//! Alder keeps our backups.
//! - [Alder privacy policy](https://alder.example/privacy)
//! ```

use std::collections::BTreeMap;

use changecast_core::{
    compare::ADDRESS_LABEL,
    model::{Role, fold},
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    choose::{
        page_parts::is_name,
        places::are_places,
        shapes::labels::{describes, field, field_of_line},
        statement::introduces,
    },
    position::Position,
    source_text::{SourceText, cleaned},
    syntax::block::{Block, Item},
};

/// The shortest word of a name that is looked for in texts and addresses.
const MIN_WORD: usize = 3;

pub(super) fn rewrite(words: &Vocabulary, blocks: Vec<Block>) -> Vec<Block> {
    let groups = groups(&blocks);
    let described = groups.iter().filter_map(|group| Some((group.heading, Vendor::of(words, &blocks, group)?)));
    let mut described: BTreeMap<usize, Vendor> = described.collect();
    let by_links = described.values().filter(|vendor| vendor.evidence == Evidence::Links).count();
    if by_links == 0 && described.len() < 2 {
        return blocks;
    }
    let mut rewritten = Vec::with_capacity(blocks.len());
    let mut consumed = 0;
    for (at, block) in blocks.into_iter().enumerate() {
        if let Some(vendor) = described.remove(&at) {
            rewritten.push(block);
            rewritten.push(Block::Record(vendor.fields));
            consumed = at + 1 + vendor.blocks;
        } else if at >= consumed {
            rewritten.push(block);
        }
    }
    rewritten
}

/// A heading and the blocks up to the next one.
struct Group {
    heading: usize,
    end: usize,
}

fn groups(blocks: &[Block]) -> Vec<Group> {
    let headings = blocks.iter().enumerate().filter(|(_, block)| matches!(block, Block::Heading { .. }));
    let starts: Vec<usize> = headings.map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([blocks.len()]);
    starts.iter().zip(ends).map(|(heading, end)| Group { heading: *heading, end }).collect()
}

/// What shows that a heading is the name of a vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Evidence {
    /// The links below mention it.
    Links,
    /// The sentence below begins with it.
    Sentence,
    /// A line below is a place.
    Place,
    /// The heading is a link to a page of the vendor.
    Address,
    /// A sentence above introduces vendors, a parenthesis in the heading states what for, and the sentences below
    /// contain the name.
    Introduction,
}

/// A vendor, and the number of blocks below its heading that describe it.
struct Vendor {
    evidence: Evidence,
    fields: Vec<Item>,
    blocks: usize,
}

impl Vendor {
    fn of(words: &Vocabulary, blocks: &[Block], group: &Group) -> Option<Self> {
        let Block::Heading { text, .. } = blocks.get(group.heading)? else { return None };
        let name = cleaned(text);
        if !is_name(&name) || words.is_about_vendors(&name) || words.mentions(Meaning::Procedure, &name) {
            return None;
        }
        let body = &blocks[group.heading + 1..group.end];
        let below = Below::of(body)?;
        let is_introduced = || below.explains(&name) && is_introduced(words, blocks, group.heading);
        let evidence = below
            .evidence_for(words, &name)
            .or_else(|| is_link_to(text, &name).then_some(Evidence::Address))
            .or_else(|| is_introduced().then_some(Evidence::Introduction))?;
        Some(Vendor { evidence, fields: below.fields(words, &name), blocks: below.blocks })
    }
}

/// The sentences and links below a heading.
struct Below {
    at: Position,
    sentences: Vec<SourceText>,
    /// The texts and addresses of links.
    links: Vec<(String, String)>,
    blocks: usize,
}

impl Below {
    /// `None` if something else is below the heading.
    fn of(body: &[Block]) -> Option<Self> {
        let mut below = Below { at: Position::START, sentences: Vec::new(), links: Vec::new(), blocks: 0 };
        for block in body {
            match block {
                Block::Paragraph { at, text, .. } => {
                    below.at = *at;
                    match links_only(text) {
                        Some(links) => below.links.extend(links),
                        // What follows the links is no longer about the vendor.
                        None if !below.links.is_empty() => break,
                        None => below.sentences.push(text.clone()),
                    }
                }
                Block::List(items) => {
                    let links: Option<Vec<_>> = items.iter().map(|item| links_only(&item.whole_text())).collect();
                    below.links.extend(links?.into_iter().flatten());
                }
                _ => return None,
            }
            below.blocks += 1;
        }
        (below.blocks > 0).then_some(below)
    }

    fn evidence_for(&self, words: &Vocabulary, name: &str) -> Option<Evidence> {
        let word = first_word(name).filter(|word| word.chars().count() >= MIN_WORD)?;
        let mentions = self
            .links
            .iter()
            .filter(|(text, address)| first_word(text).as_ref() == Some(&word) || letters(address).contains(&word));
        let begins = self.sentences.first().is_some_and(|text| first_word(&cleaned(text)).as_ref() == Some(&word));
        if !self.links.is_empty() && mentions.count() * 2 >= self.links.len() {
            return Some(Evidence::Links);
        }
        if !self.links.is_empty() {
            return None;
        }
        if begins {
            return Some(Evidence::Sentence);
        }
        let has_place = self.sentences.len() > 1 && self.sentences.iter().any(|text| are_places(words, text));
        has_place.then_some(Evidence::Place)
    }

    /// Whether the sentences contain a name with a purpose in parentheses: "Alder (hosting)". Numbers in parentheses are
    /// those of laws.
    fn explains(&self, name: &str) -> bool {
        let Some((bare, purpose)) = name.strip_suffix(')').and_then(|name| name.split_once(" (")) else { return false };
        let is_purpose =
            purpose.contains(char::is_alphabetic) && !purpose.contains(|c: char| c.is_numeric() || c == '\u{a7}');
        let contain = |text: &SourceText| {
            text.split(|c: char| !c.is_alphanumeric()).any(|word| bare.split(' ').next() == Some(word))
        };
        is_purpose && self.sentences.iter().any(contain)
    }

    fn fields(&self, words: &Vocabulary, name: &str) -> Vec<Item> {
        let labelled: Vec<Item> = self.sentences.iter().filter_map(|text| self.labelled(words, text)).collect();
        let plain = self.sentences.iter().filter(|text| self.labelled(words, text).is_none());
        let (places, sentences): (Vec<&SourceText>, Vec<&SourceText>) = plain.partition(|text| are_places(words, text));
        let purpose = (Role::Purpose, SourceText::join(sentences, " "));
        let location = (Role::Location, SourceText::join(places, ", "));
        let texts = [purpose, location].into_iter().filter(|(_, text)| !text.is_empty());
        let texts = texts.map(|(role, text)| field(self.at, role.key(), text));
        let links =
            self.links.iter().map(|(text, address)| field(self.at, &link_label(text, name), address.as_str().into()));
        texts.chain(labelled).chain(links).collect()
    }

    /// The field in a line with a label whose role is known: "Location: Norway".
    fn labelled(&self, words: &Vocabulary, text: &SourceText) -> Option<Item> {
        field_of_line(self.at, text).filter(|field| describes(words, field))
    }
}

/// Whether the text below the heading around this one introduces vendors.
fn is_introduced(words: &Vocabulary, blocks: &[Block], heading: usize) -> bool {
    let level = |block: &Block| match block {
        Block::Heading { level, .. } => Some(*level),
        _ => None,
    };
    let Some(own) = blocks.get(heading).and_then(level) else { return false };
    let above = &blocks[..heading];
    let Some(parent) = above.iter().rposition(|block| level(block).is_some_and(|level| level < own)) else {
        return false;
    };
    let texts = above[parent + 1..].iter().map_while(|block| match block {
        Block::Paragraph { text, .. } => Some(text),
        _ => None,
    });
    texts.into_iter().any(|text| introduces(words, text))
}

/// Whether a heading is a link with the name in its address.
fn is_link_to(heading: &SourceText, name: &str) -> bool {
    let word = first_word(name).filter(|word| word.chars().count() >= MIN_WORD);
    let links = links_only(heading).unwrap_or_default();
    word.is_some_and(|word| links.iter().any(|(_, address)| letters(address).contains(&word)))
}

/// The links of a text that consists of links. `None` for another text.
pub(super) fn links_only(text: &SourceText) -> Option<Vec<(String, String)>> {
    let links: Vec<_> = text.links().map(|(label, address)| (cleaned(label), address.to_owned())).collect();
    let has_text = text.without_links().contains(char::is_alphanumeric);
    (!links.is_empty() && !has_text).then_some(links)
}

/// The label of a link: its text without the vendor's name at its beginning.
pub(super) fn link_label(text: &str, name: &str) -> String {
    let is_address = text.contains("://") || !text.contains(' ') && text.contains('.');
    let begins = text.get(..name.len()).is_some_and(|begin| fold(begin) == fold(name));
    let label = if begins { text[name.len()..].trim_start_matches([' ', '\'', '\u{2019}', ':', '-']) } else { text };
    let label = label.strip_prefix("s ").unwrap_or(label).trim();
    if label.is_empty() || is_address {
        return ADDRESS_LABEL.to_owned();
    }
    let mut characters = label.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

/// The first word of a text, folded, in letters and digits.
fn first_word(text: &str) -> Option<String> {
    fold(text).split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).map(str::to_owned)
}

/// The letters and digits of a text, folded.
fn letters(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}
