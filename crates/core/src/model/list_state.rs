//! Whether a list exists at some moment, and its contents.

use std::sync::Arc;

use crate::model::Inventory;

/// A list at one moment of its history.
///
/// A list begins as `Unpublished`. Once it has been published it alternates between `Listed` and
/// `Withdrawn`, and is never `Unpublished` again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ListState {
    /// The list has never been published.
    #[default]
    Unpublished,
    /// The list was published before, last with this inventory, and its file no longer contains it.
    Withdrawn(Arc<Inventory>),
    /// The list is published, with this inventory.
    Listed(Arc<Inventory>),
}

impl ListState {
    /// The state of a list that is published with this inventory.
    pub fn listed(inventory: Inventory) -> Self {
        ListState::Listed(Arc::new(inventory))
    }

    /// The inventory of a published list.
    pub fn inventory(&self) -> Option<&Arc<Inventory>> {
        match self {
            ListState::Listed(inventory) => Some(inventory),
            ListState::Unpublished | ListState::Withdrawn(_) => None,
        }
    }

    /// The inventory of a published list, without a copy where this is its only owner.
    pub fn into_inventory(self) -> Option<Inventory> {
        match self {
            ListState::Listed(inventory) => Some(Arc::unwrap_or_clone(inventory)),
            ListState::Unpublished | ListState::Withdrawn(_) => None,
        }
    }

    /// The state after a version that contains this inventory, or no list at all.
    #[must_use]
    pub fn after_version(&self, inventory: Option<Inventory>) -> Self {
        match (inventory, self) {
            (Some(inventory), _) => ListState::listed(inventory),
            (None, ListState::Unpublished) => ListState::Unpublished,
            (None, ListState::Withdrawn(last) | ListState::Listed(last)) => ListState::Withdrawn(Arc::clone(last)),
        }
    }
}

impl From<Option<Inventory>> for ListState {
    /// A missing inventory means that the list has not been published yet.
    fn from(inventory: Option<Inventory>) -> Self {
        ListState::Unpublished.after_version(inventory)
    }
}
