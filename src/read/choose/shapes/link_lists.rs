//! Lists of several links for each vendor: "Alder privacy policy", "Alder terms of use", "Birch privacy policy".

use std::collections::{BTreeMap, BTreeSet};

use changecast_core::{
    model::fold,
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    choose::shapes::{
        labels::{field, name_field},
        linked_headings::{link_label, links_only},
    },
    position::Position,
    syntax::block::{Block, Item},
};

pub(super) fn rewrite(words: &Vocabulary, blocks: Vec<Block>) -> Vec<Block> {
    blocks.into_iter().flat_map(|block| records_of(words, block)).collect()
}

fn records_of(words: &Vocabulary, block: Block) -> Vec<Block> {
    let links = match &block {
        Block::List(items) => items.iter().map(Link::of).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    let vendors = links.and_then(|links| vendors_of(words, &links));
    vendors.unwrap_or_else(|| vec![block])
}

/// A bullet that is one link.
struct Link {
    at: Position,
    text: String,
    address: String,
}

impl Link {
    fn of(item: &Item) -> Option<Self> {
        let links = links_only(&item.whole_text())?;
        let [(text, address)] = links.try_into().ok()?;
        item.children.is_empty().then_some(Link { at: item.at, text, address })
    }

    /// The ways to divide the text between words into a name and a subject.
    fn divisions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.text.match_indices(' ').map(|(at, _)| (&self.text[..at], &self.text[at + 1..]))
    }
}

/// A record for each vendor, if the same subjects follow different names.
fn vendors_of(words: &Vocabulary, links: &[Link]) -> Option<Vec<Block>> {
    let mut names_by_subject: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, subject) in links.iter().flat_map(Link::divisions) {
        names_by_subject.entry(fold(subject)).or_default().insert(fold(name));
    }
    let mut vendors: Vec<(&str, Vec<Item>)> = Vec::new();
    let mut subjects: BTreeSet<String> = BTreeSet::new();
    for link in links {
        let mut divisions = link.divisions();
        let (name, subject) = divisions.find(|(_, subject)| {
            is_subject(words, subject) && names_by_subject.get(&fold(subject)).is_some_and(|names| names.len() > 1)
        })?;
        subjects.insert(fold(subject));
        let field = field(link.at, &link_label(&link.text, name), link.address.as_str().into());
        match vendors.iter_mut().find(|(known, _)| *known == name) {
            Some((_, fields)) => fields.push(field),
            None => vendors.push((name, vec![name_field(link.at, name.into()), field])),
        }
    }
    let is_table = vendors.len() > 1 && subjects.len() > 1 && links.len() > vendors.len();
    is_table.then(|| vendors.into_iter().map(|(_, fields)| Block::Record(fields)).collect())
}

/// Whether a text is the subject of a document rather than a part of a name.
fn is_subject(words: &Vocabulary, text: &str) -> bool {
    let is_lower_case = !text.starts_with(char::is_uppercase);
    is_lower_case || words.is(Meaning::DocumentName, &fold(text))
}
