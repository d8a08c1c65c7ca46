//! Which section of one version is which section of the next.

use std::collections::BTreeMap;

use crate::model::{Entry, Inventory, Section, SectionId, same};

use super::columns::Kept;

/// The ids of the old sections that still exist, with their new ids.
pub(super) type SectionPairs = BTreeMap<SectionId, SectionId>;

/// Pairs sections with the same title, then those with the same id, then those that contain mostly
/// the same entries.
pub(super) fn pair_sections(before: &Inventory, after: &Inventory, kept: &Kept<'_>) -> SectionPairs {
    let old: Vec<&Section> = before.filled_sections().collect();
    let mut open: Vec<&Section> = after.filled_sections().collect();
    let mut pairs = SectionPairs::new();
    for is_same in [same_title as fn(&Section, &Section) -> bool, same_id] {
        for section in &old {
            if pairs.contains_key(&section.id) {
                continue;
            }
            if let Some(at) = open.iter().position(|other| is_same(section, other)) {
                pairs.insert(section.id.clone(), open.remove(at).id.clone());
            }
        }
    }
    for section in &old {
        if pairs.contains_key(&section.id) {
            continue;
        }
        if let Some(at) = open.iter().position(|other| contains_most(kept, &section.id, &other.id)) {
            pairs.insert(section.id.clone(), open.remove(at).id.clone());
        }
    }
    pairs
}

fn same_title(a: &Section, b: &Section) -> bool {
    same(a.title.as_str(), b.title.as_str())
}

fn same_id(a: &Section, b: &Section) -> bool {
    a.id == b.id
}

/// Whether most entries of the old section are in the new one, and make up most of it.
fn contains_most(kept: &[(&Entry, &Entry)], old: &SectionId, new: &SectionId) -> bool {
    let in_old = kept.iter().filter(|(entry, _)| entry.section == *old).count();
    let in_new = kept.iter().filter(|(_, entry)| entry.section == *new).count();
    let in_both = kept.iter().filter(|(before, after)| before.section == *old && after.section == *new).count();
    in_both * 2 > in_old && in_both * 2 > in_new
}
