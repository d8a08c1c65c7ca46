//! Labels of fields: which items and lines describe one vendor.

use std::collections::BTreeMap;

use changecast_core::{
    model::{Role, fold},
    vocabulary::{HeaderRole, Vocabulary},
};

use crate::read::{
    position::Position,
    source_text::{SourceText, cleaned, is_break_char},
    syntax::block::{Item, MAX_LABEL_WORDS, split},
};

/// How often each label occurs on a page.
#[derive(Debug)]
pub(super) struct Labels<'v> {
    words: &'v Vocabulary,
    /// The number of groups of items with each folded label.
    groups: BTreeMap<String, usize>,
}

impl<'v> Labels<'v> {
    /// The labels of groups of items.
    pub fn of<'i>(words: &'v Vocabulary, groups: impl Iterator<Item = &'i [Item]>) -> Self {
        let mut labels = Labels { words, groups: BTreeMap::new() };
        for items in groups {
            let mut own: Vec<String> = items.iter().map(|item| label_of(words, item)).collect();
            own.sort_unstable();
            own.dedup();
            for label in own {
                *labels.groups.entry(label).or_default() += 1;
            }
        }
        labels
    }

    /// Whether several groups have the label of an item.
    pub fn is_repeated(&self, item: &Item) -> bool {
        self.groups.get(&label_of(self.words, item)).is_some_and(|groups| *groups > 1)
    }

    /// Whether items are the fields of one vendor. Either two labels have known roles, or one of them has and
    /// other groups use the same labels.
    pub fn are_fields(&self, items: &[Item]) -> bool {
        if is_record(self.words, items) {
            return true;
        }
        let known = items.iter().filter(|item| describes(self.words, item)).count();
        let repeated = items.iter().filter(|item| describes(self.words, item) && self.is_repeated(item)).count();
        let others = items.iter().filter(|item| !describes(self.words, item) && self.is_repeated(item)).count();
        repeated > 0 && (known + others) * 2 > items.len() && items.len() > 1
    }
}

/// The folded label of an item.
pub(super) fn label_of(words: &Vocabulary, item: &Item) -> String {
    fold(&cleaned(&split(words, item).0))
}

/// Whether items are the fields of one vendor, of which the first may be its name.
pub(super) fn is_record(words: &Vocabulary, items: &[Item]) -> bool {
    let fields = items.iter().filter(|item| describes(words, item)).count();
    fields >= 2 && (fields + usize::from(is_named(words, items))) * 2 > items.len()
}

/// Whether the first of several fields is the name of a vendor.
pub(super) fn is_named(words: &Vocabulary, items: &[Item]) -> bool {
    items.first().and_then(|item| role_of_field(words, item)) == Some(Role::Name)
}

/// Whether an item is a field with a known role, other than the name.
pub(super) fn describes(words: &Vocabulary, item: &Item) -> bool {
    role_of_field(words, item).is_some_and(|role| !matches!(role, Role::Other | Role::Name))
}

/// The role of a field's label. `None` if the field has no value.
fn role_of_field(words: &Vocabulary, item: &Item) -> Option<Role> {
    let (label, value) = split(words, item);
    let has_value = !value.is_empty() || !item.children.is_empty();
    has_value.then(|| role_of(words, &label))
}

/// The role of a label.
pub(super) fn role_of(words: &Vocabulary, label: &str) -> Role {
    words.role_of(&cleaned(label))
}

/// Whether a label is a usual header of a column that describes a vendor.
pub(super) fn is_usual_label(words: &Vocabulary, label: &str) -> bool {
    let HeaderRole { role, fitness } = words.header(label);
    !matches!(role, Role::Other | Role::Name) && fitness.is_usual()
}

/// A field as an item: the label is the lead, the value the rest.
pub(super) fn field(at: Position, label: &str, value: SourceText) -> Item {
    Item { lead: Some(label.into()), rest: value, ..Item::new(at) }
}

/// The field that states the name of a vendor.
pub(super) fn name_field(at: Position, name: SourceText) -> Item {
    field(at, Role::Name.key(), name)
}

/// The field in a line with a label before a colon: "Purpose: hosting".
pub(super) fn field_of_line(at: Position, source: &SourceText) -> Option<Item> {
    let line = source.trim_matches(is_break_char).trim_start_matches(['\u{2022}', '\u{b7}', '*', '-', ' ']);
    let colon = line.char_indices().find(|(at, c)| is_colon(line, *at, *c))?;
    let (label, rest) = line.split_at(colon.0);
    let value = rest[colon.1.len_utf8()..].trim();
    let words = label.split_whitespace().count();
    let is_label = (1..=MAX_LABEL_WORDS).contains(&words) && !label.contains(". ");
    (is_label && !value.is_empty()).then(|| field(at, label.trim(), source.part(value)))
}

/// Whether a character is a colon that ends a label, and not that of a time or an address.
fn is_colon(line: &str, at: usize, c: char) -> bool {
    let after = line[at + c.len_utf8()..].chars().next();
    c == '\u{ff1a}' || c == ':' && after.is_none_or(char::is_whitespace)
}

/// Divides fields into those of several vendors: the label of the first begins the next vendor.
pub(super) fn split_by_first_label(words: &Vocabulary, items: Vec<Item>) -> Vec<Vec<Item>> {
    let first = items.first().map(|item| label_of(words, item)).unwrap_or_default();
    let mut groups: Vec<Vec<Item>> = Vec::new();
    for item in items {
        match groups.last_mut() {
            Some(group) if label_of(words, &item) != first => group.push(item),
            _ => groups.push(vec![item]),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_a_colon_after_a_few_words_is_a_field() {
        for (line, expected) in [
            ("Purpose: hosting", Some(("Purpose", "hosting"))),
            ("Place of processing : Norway", Some(("Place of processing", "Norway"))),
            ("\u{2022} Region: Norway", Some(("Region", "Norway"))),
            ("\u{7528}\u{9014}\u{ff1a}\u{6258}\u{7ba1}", Some(("\u{7528}\u{9014}", "\u{6258}\u{7ba1}"))),
            ("Purpose:", None),
            ("Open from 8:00 to 17:00", None),
            ("See https://alder.example", None),
            ("We use it. Among others: hosting", None),
            ("One of the many things that we do: hosting", None),
        ] {
            let found = field_of_line(Position { line: 1, column: 1 }, &line.into());
            let found = found.as_ref().map(|item| (item.lead_text(), item.rest.as_str()));
            assert_eq!(found, expected, "{line}");
        }
    }
}
