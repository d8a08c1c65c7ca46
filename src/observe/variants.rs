//! The different lists that a page showed lately. A page that is made anew for each visitor, or archived from several places,
//! returns to lists that it showed before.

use changecast_core::{
    change::diff,
    model::{CommitId, Inventory, ListState},
};

/// A page that returns to earlier lists this often alternates. Once is a change that was taken back.
const RETURNS: usize = 2;

/// A list, and the first commit with it.
#[derive(Clone, Debug)]
pub(super) struct Variant {
    pub commit: CommitId,
    pub list: Inventory,
}

/// The lists of consecutive versions.
#[derive(Debug, Default)]
pub(super) struct Variants {
    different: Vec<Variant>,
    /// The position in `different` of each version's list, oldest first; once for versions that do not differ.
    shown: Vec<usize>,
    returns: usize,
}

impl Variants {
    /// Adds the list of the next version.
    pub fn add(&mut self, variant: Variant) {
        let known = self.different.iter().position(|other| changes(&other.list, &variant.list) == 0);
        let at = known.unwrap_or(self.different.len());
        if self.shown.last() == Some(&at) {
            return;
        }
        if known.is_none() {
            self.different.push(variant);
        } else {
            self.returns += 1;
        }
        self.shown.push(at);
    }

    /// The number of lists that the page shows in turn, if the newest one is one of them.
    pub fn returned(&self) -> Option<usize> {
        let (newest, before) = self.shown.split_last()?;
        (self.returns >= RETURNS && before.contains(newest)).then_some(self.different.len())
    }

    /// For a new list of a page that alternated: the earlier one that it resembles most.
    pub fn nearest(&self) -> Option<&Variant> {
        let (newest, earlier) = self.different.split_last()?;
        let is_new = self.shown.last() == Some(&earlier.len());
        let nearest = earlier.iter().min_by_key(|variant| changes(&variant.list, &newest.list));
        nearest.filter(|_| is_new && self.returns >= RETURNS)
    }
}

/// The number of announced changes between two lists.
fn changes(before: &Inventory, after: &Inventory) -> usize {
    diff(&ListState::listed(before.clone()), &ListState::listed(after.clone())).changes.len()
}
