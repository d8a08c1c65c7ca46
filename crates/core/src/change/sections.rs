//! Which section of one version is which section of the next.

use std::collections::BTreeMap;

use crate::{
    compare::{Lifecycle, Status},
    model::{Entry, Inventory, Section, SectionId, Text, fold, same},
    vocabulary::{Meaning, Vocabulary},
};

use super::{columns::Kept, kind::Level};

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

/// The level of a move from a section with one title to a section with another. Customers could object to it if
/// the vendor now concerns more of them, or if it begins or ends to act on its own behalf.
pub(super) fn level_of_move(from: &Text, to: &Text) -> Level {
    let more_customers = is_conditional(from) && !is_conditional(to);
    if more_customers || has_own_controllers(from) != has_own_controllers(to) { Level::Notice } else { Level::Info }
}

/// Whether a title states that its entries concern some customers only, or nobody yet.
fn is_conditional(title: &Text) -> bool {
    let state = Status::read(Vocabulary::builtin(), title.as_str()).lifecycle;
    Vocabulary::builtin().mentions_phrase(Meaning::Condition, &fold(title.as_str()))
        || state.is_some_and(|state| state != Lifecycle::Active)
}

/// Whether a title states that its entries are controllers in their own right.
fn has_own_controllers(title: &Text) -> bool {
    Vocabulary::builtin().mentions(Meaning::OwnController, title.as_str())
}

/// Whether most entries of the old section are in the new one, and make up most of it.
fn contains_most(kept: &[(&Entry, &Entry)], old: &SectionId, new: &SectionId) -> bool {
    let in_old = kept.iter().filter(|(entry, _)| entry.section == *old).count();
    let in_new = kept.iter().filter(|(_, entry)| entry.section == *new).count();
    let in_both = kept.iter().filter(|(before, after)| before.section == *old && after.section == *new).count();
    in_both * 2 > in_old && in_both * 2 > in_new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_is_a_notice_if_more_customers_are_concerned() {
        for (from, to, level) in [
            ("AI (only for teams that switch it on)", "Core services", Level::Notice),
            ("Optionale Dienste", "Infrastruktur", Level::Notice),
            ("Uniquement si vous utilisez la carte", "Hébergement", Level::Notice),
            ("Planned sub-processors", "Sub-processors", Level::Notice),
            ("Service providers", "Recipients that decide for themselves", Level::Notice),
            ("Auftragsverarbeiter", "Eigene Verantwortliche", Level::Notice),
            ("Independent controllers", "Sub-processors", Level::Notice),
            ("Add-on products", "Core services", Level::Notice),
            ("Zubuchbare Module", "Kernleistungen", Level::Notice),
            ("Selon les options choisies", "Services de base", Level::Notice),
            ("オプション機能", "基本サービス", Level::Notice),
            ("Responsables independientes", "Subencargados", Level::Notice),
            ("独立控制者", "子处理者", Level::Notice),
            ("Core services", "Optional services", Level::Info),
            ("Hosting", "Support", Level::Info),
            ("Active sub-processors", "Hosting", Level::Info),
            ("Only if you use Maps", "Optional", Level::Info),
        ] {
            assert_eq!(level_of_move(&from.into(), &to.into()), level, "{from} / {to}");
        }
    }
}
