//! Labels of fields: which items describe one vendor.

use std::collections::BTreeMap;

use changecast_core::{
    model::{Role, fold},
    vocabulary::Vocabulary,
};

use crate::read::syntax::block::{Item, link_text, split};

/// How often each label occurs on a page.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// The number of groups of items with each folded label.
    groups: BTreeMap<String, usize>,
}

impl Labels {
    /// The labels of groups of items.
    pub fn of<'i>(groups: impl Iterator<Item = &'i [Item]>) -> Self {
        let mut labels = Labels::default();
        for items in groups {
            let mut own: Vec<String> = items.iter().map(label_of).collect();
            own.sort_unstable();
            own.dedup();
            for label in own {
                *labels.groups.entry(label).or_default() += 1;
            }
        }
        labels
    }

    /// Whether several groups have a label.
    fn is_repeated(&self, item: &Item) -> bool {
        self.groups.get(&label_of(item)).is_some_and(|groups| *groups > 1)
    }

    /// Whether items are the fields of one vendor. Either two labels have known roles, or one of them has and
    /// other groups use the same labels.
    pub fn are_fields(&self, items: &[Item]) -> bool {
        if is_record(items) {
            return true;
        }
        let known = items.iter().filter(|item| describes(item)).count();
        let repeated = items.iter().filter(|item| describes(item) && self.is_repeated(item)).count();
        let others = items.iter().filter(|item| !describes(item) && self.is_repeated(item)).count();
        repeated > 0 && (known + others) * 2 > items.len() && items.len() > 1
    }
}

/// The folded label of an item.
pub(super) fn label_of(item: &Item) -> String {
    fold(&link_text(&split(item).0))
}

/// Whether items are the fields of one vendor, of which the first may be its name.
pub(super) fn is_record(items: &[Item]) -> bool {
    let fields = items.iter().filter(|item| describes(item)).count();
    let is_named = items.first().and_then(role_of_field) == Some(Role::Name);
    fields >= 2 && (fields + usize::from(is_named)) * 2 > items.len()
}

/// Whether an item is a field with a known role, other than the name.
pub(super) fn describes(item: &Item) -> bool {
    role_of_field(item).is_some_and(|role| !matches!(role, Role::Other | Role::Name))
}

/// The role of a field's label. `None` if the field has no value.
pub(super) fn role_of_field(item: &Item) -> Option<Role> {
    let (label, value) = split(item);
    let has_value = !value.is_empty() || !item.children.is_empty();
    has_value.then(|| Vocabulary::builtin().role_of(&link_text(&label)))
}
