//! Lines with plain labels below a name, in one paragraph or in several:
//!
//! ```text
//! Alder Storage
//! Purpose: Backups
//! Location: Norway
//! ```

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    choose::{
        page_parts::is_name,
        shapes::labels::{
            Labels, describes, field, field_of_line, is_named, is_record, is_usual_label, label_of, name_field,
        },
    },
    position::Position,
    source_text::{SourceText, is_break_char},
    syntax::block::{Block, COLONS, Item},
};

pub(super) fn rewrite(words: &Vocabulary, blocks: Vec<Block>) -> Vec<Block> {
    let paragraphs: Vec<Vec<Item>> = blocks.iter().map(|block| fields_of(words, block)).collect();
    let labels = Labels::of(words, paragraphs.iter().map(Vec::as_slice));
    let mut lines = LabelledLines { words, labels, done: Vec::new(), fields: Vec::new(), blocks: Vec::new() };
    for block in blocks {
        lines.add(block);
    }
    lines.close();
    lines.done
}

/// The complete blocks, and the lines of a vendor that are still being collected.
struct LabelledLines<'v> {
    words: &'v Vocabulary,
    /// The labels of all paragraphs.
    labels: Labels<'v>,
    done: Vec<Block>,
    fields: Vec<Item>,
    /// The blocks of the fields.
    blocks: Vec<Block>,
}

impl LabelledLines<'_> {
    fn add(&mut self, block: Block) {
        let fields =
            Some(fields_of(self.words, &block)).filter(|fields| self.describe_vendor(fields)).unwrap_or_default();
        let firsts = self.fields.first().zip(fields.first());
        let begins = is_named(self.words, &fields)
            || firsts.is_some_and(|(a, b)| label_of(self.words, a) == label_of(self.words, b));
        if fields.is_empty() || begins {
            self.close();
        }
        if fields.is_empty() {
            self.done.push(block);
        } else {
            self.fields.extend(fields);
            self.blocks.push(block);
        }
    }

    /// Whether the fields of a paragraph describe a vendor, and not the page: "Last updated: May 2026".
    fn describe_vendor(&self, fields: &[Item]) -> bool {
        is_named(self.words, fields)
            || fields.iter().any(|field| describes(self.words, field) || self.labels.is_repeated(field))
    }

    /// Completes the vendor: its lines become a record, or stay as they are.
    fn close(&mut self) {
        let (fields, blocks) = (std::mem::take(&mut self.fields), std::mem::take(&mut self.blocks));
        if is_record(self.words, &fields)
            || is_named(self.words, &fields) && fields.iter().any(|field| describes(self.words, field))
        {
            self.done.push(Block::Record(fields));
        } else {
            self.done.extend(blocks);
        }
    }
}

/// The fields of a paragraph in which every line has a label, except for the first, which may be a name; or the
/// label is the first of two lines.
fn fields_of(words: &Vocabulary, block: &Block) -> Vec<Item> {
    let Block::Paragraph { at, text, .. } = block else { return Vec::new() };
    let lines: Vec<SourceText> = text.split_lines().map(trimmed).filter(|line| !line.is_empty()).collect();
    if let [label, value] = &lines[..]
        && is_usual_label(words, label)
    {
        return vec![field(*at, label, value.clone())];
    }
    let Some((first, others)) = lines.split_first() else { return Vec::new() };
    let below: Option<Vec<Item>> = others.iter().map(|line| field_of_line(*at, line)).collect();
    let Some(below) = below else { return Vec::new() };
    match first_field(*at, first, !below.is_empty()) {
        Some(field) => std::iter::once(field).chain(below).collect(),
        None => Vec::new(),
    }
}

/// The field of the first line: its own, or a name if others follow.
fn first_field(at: Position, line: &SourceText, has_others: bool) -> Option<Item> {
    let name = has_others && is_name(line) && !line.ends_with(COLONS);
    field_of_line(at, line).or_else(|| name.then(|| name_field(at, line.clone())))
}

fn trimmed(line: SourceText) -> SourceText {
    line.part(line.trim_matches(is_break_char))
}
