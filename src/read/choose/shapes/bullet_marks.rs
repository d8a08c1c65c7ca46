//! Bullets whose marks are written as text: `<li>\u{2022} Alder</li>`, and paragraphs that begin with a mark:
//!
//! ```text
//! - Alder: backups
//!
//! - Birch: calls
//! ```

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    choose::shapes::labels::{field_of_line, is_usual_label, label_of},
    syntax::block::{Block, Item},
};

/// The marks of bullets. A space follows each.
const MARKS: [char; 11] = [
    '\u{2022}', '\u{b7}', '\u{2023}', '\u{25e6}', '\u{25aa}', '\u{25ab}', '\u{25cf}', '\u{25cb}', '\u{25a0}', '-',
    '\u{2013}',
];

pub(super) fn rewrite(words: &Vocabulary, blocks: Vec<Block>) -> Vec<Block> {
    let mut rewritten: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut marked: Vec<(Block, Vec<Item>)> = Vec::new();
    for block in blocks {
        match bullets_of(words, &block) {
            Some(items) => marked.push((block, items)),
            None => {
                close(&mut rewritten, &mut marked);
                rewritten.push(without_marks(block));
            }
        }
    }
    close(&mut rewritten, &mut marked);
    rewritten
}

/// Adds successive paragraphs that begin with marks: as a list, unless it is only one.
fn close(rewritten: &mut Vec<Block>, marked: &mut Vec<(Block, Vec<Item>)>) {
    let (blocks, items): (Vec<Block>, Vec<Vec<Item>>) = marked.drain(..).unzip();
    let items = items.concat();
    match items.len() {
        0 | 1 => rewritten.extend(blocks),
        _ => rewritten.push(Block::List(items)),
    }
}

/// The bullets of a paragraph of which every line begins with a mark. Lines with labels are the fields of one vendor.
fn bullets_of(words: &Vocabulary, block: &Block) -> Option<Vec<Item>> {
    let Block::Paragraph { at, text, .. } = block else { return None };
    let lines = text.split_lines().map(|line| line.trimmed()).filter(|line| !line.is_empty());
    let bullets: Option<Vec<Item>> = lines
        .map(|line| {
            let text = line.part(behind_mark(&line)?);
            let field = field_of_line(*at, &text).filter(|field| is_usual_label(words, &label_of(words, field)));
            field.is_none().then(|| Item { rest: text, ..Item::new(*at) })
        })
        .collect();
    bullets.filter(|bullets| !bullets.is_empty())
}

/// A list without the marks at the beginning of its bullets. Other blocks stay as they are.
fn without_marks(block: Block) -> Block {
    match block {
        Block::List(items) => Block::List(items.into_iter().map(without_mark).collect()),
        other => other,
    }
}

fn without_mark(mut item: Item) -> Item {
    if item.lead.as_ref().is_some_and(|lead| lead.chars().all(|c| MARKS.contains(&c))) {
        item.lead = None;
    }
    let first = item.lead.as_mut().unwrap_or(&mut item.rest);
    if let Some(text) = behind_mark(first) {
        *first = first.part(text);
    }
    item
}

/// The text behind the mark of a bullet.
fn behind_mark(text: &str) -> Option<&str> {
    let rest = text.trim_start().strip_prefix(MARKS)?;
    let text = rest.trim_start();
    (text.len() < rest.len() && text.starts_with(char::is_alphanumeric)).then_some(text)
}
