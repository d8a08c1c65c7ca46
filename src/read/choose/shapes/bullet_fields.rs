//! Fields inside the text of a bullet: "Alder Storage: backups. Location: Norway".

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    choose::shapes::labels::is_usual_label,
    source_text::SourceText,
    syntax::block::{Block, Item},
};

/// What may precede a label.
const SEPARATORS: [&str; 10] =
    [". ", "; ", ", ", " | ", " \u{2013} ", " \u{2014} ", " - ", " \u{b7} ", " \u{2022} ", " ("];

pub(super) fn rewrite(words: &Vocabulary, blocks: Vec<Block>) -> Vec<Block> {
    blocks.into_iter().map(|block| separated(words, block)).collect()
}

/// The list with the fields of each bullet as bullets below it.
fn separated(words: &Vocabulary, block: Block) -> Block {
    match block {
        Block::List(items) => Block::List(items.into_iter().map(|item| with_fields_below(words, item)).collect()),
        other => other,
    }
}

fn with_fields_below(words: &Vocabulary, item: Item) -> Item {
    let (head, fields) = fields_in(words, &item.rest);
    let rest = item.rest.part(head);
    if fields.is_empty() || (head.is_empty() && item.lead.is_none()) {
        return item;
    }
    let fields = fields.iter().map(|(label, value)| SourceText::labelled(label, &item.rest.part(value)));
    let children = fields.chain(item.children.iter().cloned()).collect();
    Item { rest, children, ..item }
}

/// The text before the first label, and the labels with their values.
fn fields_in<'t>(words: &Vocabulary, text: &'t str) -> (&'t str, Vec<(&'t str, &'t str)>) {
    let labels: Vec<Label<'_>> =
        text.match_indices(": ").filter_map(|(colon, _)| Label::before(words, text, colon)).collect();
    let Some(first) = labels.first() else { return (text, Vec::new()) };
    let ends = labels[1..].iter().map(|next| next.from).chain([text.len()]);
    let fields = labels.iter().zip(ends).map(|(label, end)| (label.text, closed(text[label.value_from..end].trim())));
    (text[..first.from].trim(), fields.collect())
}

/// A text without a closing parenthesis that was opened before it.
fn closed(text: &str) -> &str {
    let is_open = text.matches(')').count() > text.matches('(').count();
    text.strip_suffix(')').filter(|_| is_open).unwrap_or(text)
}

/// A label inside a text.
struct Label<'t> {
    text: &'t str,
    /// Where the separator before it begins.
    from: usize,
    value_from: usize,
}

impl<'t> Label<'t> {
    /// The label that ends at a colon, if it is usual for a column.
    fn before(words: &Vocabulary, text: &'t str, colon: usize) -> Option<Self> {
        let before = &text[..colon];
        let separators = SEPARATORS.iter().filter_map(|by| Some((before.rfind(by)?, by.len())));
        let (from, length) = separators.max_by_key(|(at, _)| *at).unwrap_or((0, 0));
        let label = before[from + length..].trim();
        is_usual_label(words, label).then_some(Label { text: label, from, value_from: colon + 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_labels_separate_fields_from_the_text_before() {
        for (text, head, fields) in [
            ("Backups. Location: Norway", "Backups", vec![("Location", "Norway")]),
            ("Backups (Location: Norway)", "Backups", vec![("Location", "Norway")]),
            ("Purpose: Backups; Location: Norway", "", vec![("Purpose", "Backups"), ("Location", "Norway")]),
            (
                "Backups (Country: Norway; Data: names (first))",
                "Backups",
                vec![("Country", "Norway"), ("Data", "names (first)")],
            ),
            ("Backups | Country: Norway, Iceland", "Backups", vec![("Country", "Norway, Iceland")]),
            ("Backups: every night", "Backups: every night", vec![]),
            ("Carries calls, for example: video", "Carries calls, for example: video", vec![]),
            ("Backups", "Backups", vec![]),
        ] {
            assert_eq!(fields_in(Vocabulary::builtin(), text), (head, fields), "{text}");
        }
    }
}
