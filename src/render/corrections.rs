//! Corrections by what they correct: the pages of a corrected change name them.

use std::collections::BTreeMap;

use super::{Announcement, PublishedList};

/// The corrections of a list, by the keys of the announcements that they correct.
pub(super) fn by_key<'l>(list: &'l PublishedList<'_>) -> BTreeMap<&'l str, Vec<&'l Announcement>> {
    let mut corrections: BTreeMap<&str, Vec<&Announcement>> = BTreeMap::new();
    for announcement in &list.announcements {
        if let Some(corrected) = &announcement.corrects {
            corrections.entry(corrected).or_default().push(announcement);
        }
    }
    corrections
}
