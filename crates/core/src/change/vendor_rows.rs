//! Which row of a vendor is which, where several rows have its name.
//!
//! The section distinguishes rows of one vendor, or else the purpose there: a row for storage
//! does not become a row for e-mail. A row with another service or purpose is a new row, unless the texts are
//! alike.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::model::{Entry, FieldKey, Role, Text, fold};

use super::name_match::{NameForm, relation};

/// The roles of the fields that identify a row of a vendor, the best first.
const IDENTIFYING_ROLES: [Role; 2] = [Role::Service, Role::Purpose];
/// Shorter words, in letters, do not make two texts alike.
const MIN_LETTERS: usize = 3;

/// The rows of one vendor in two versions, also those that were matched already.
#[derive(Debug)]
pub(super) struct VendorRows<'a> {
    identity: Identity<'a>,
}

/// What tells the rows of a vendor apart, in both versions.
#[derive(Debug, Default)]
struct Identity<'a> {
    /// Whether no two rows are in the same section.
    has_own_sections: bool,
    field: Option<IdentifyingField<'a>>,
}

/// A field that is different in all rows.
#[derive(Debug)]
struct IdentifyingField<'a> {
    key: &'a FieldKey,
    /// Words that several rows of a version have. They do not identify any.
    common_words: BTreeSet<String>,
}

/// How far two rows agree in what identifies them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Agreement {
    Equal,
    Alike,
    Different,
}

impl<'a> VendorRows<'a> {
    /// The rows of a vendor in the earlier and in the later version.
    pub fn of(old: &[&'a Entry], new: &[&'a Entry]) -> Self {
        // A vendor with one row in one of the versions remains, whatever its row states.
        if old.len() < 2 || new.len() < 2 {
            return VendorRows { identity: Identity::default() };
        }
        let has_own_sections = [old, new].iter().all(|rows| all_differ(rows.iter().map(|row| &row.section)));
        let fields = old[0].cells.iter().map(|cell| &cell.field);
        let field = IDENTIFYING_ROLES.iter().find_map(|role| {
            let key = fields.clone().find(|field| field.as_str() == role.info().key)?;
            IdentifyingField::of(key, [old, new])
        });
        VendorRows { identity: Identity { has_own_sections, field } }
    }

    /// The pairs of open rows that can be the same row, the most similar first. Indices refer to the lists of
    /// entries.
    pub fn candidates(
        &self,
        old: &[Arc<Entry>],
        new: &[Arc<Entry>],
        open_old: &[usize],
        open_new: &[usize],
    ) -> Vec<(usize, usize)> {
        let mut ranked = Vec::with_capacity(open_old.len() * open_new.len());
        for (old_at, new_at) in open_old.iter().flat_map(|old| open_new.iter().map(move |new| (*old, *new))) {
            let (before, after) = (&*old[old_at], &*new[new_at]);
            let agreement = self.identity.agreement(before, after);
            if agreement == Agreement::Different {
                continue;
            }
            let equal = after.cells.iter().filter(|cell| before.rich_text(&cell.field) == Some(&cell.text)).count();
            let is_elsewhere = before.section != after.section;
            let rank = (is_elsewhere, agreement, Reverse(equal), &before.id, &after.id);
            ranked.push((rank, (old_at, new_at)));
        }
        ranked.sort();
        ranked.into_iter().map(|(_, pair)| pair).collect()
    }
}

impl Identity<'_> {
    fn agreement(&self, before: &Entry, after: &Entry) -> Agreement {
        if self.has_own_sections && before.section == after.section {
            return Agreement::Equal;
        }
        match &self.field {
            Some(field) => field.agreement(before, after),
            None => Agreement::Equal,
        }
    }
}

impl<'a> IdentifyingField<'a> {
    /// The field, if all rows of each version have it and differ in it.
    fn of(key: &'a FieldKey, versions: [&[&Entry]; 2]) -> Option<Self> {
        let mut common_words = BTreeSet::new();
        for rows in versions {
            let texts: Vec<&Text> = rows.iter().map(|row| row.text(key)).collect::<Option<_>>()?;
            if !all_differ(texts.iter().map(|text| fold(text.as_str()))) {
                return None;
            }
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for word in texts.iter().flat_map(|text| words(text)) {
                *counts.entry(word).or_default() += 1;
            }
            common_words.extend(counts.into_iter().filter(|(_, count)| *count > 1).map(|(word, _)| word));
        }
        Some(IdentifyingField { key, common_words })
    }

    fn agreement(&self, before: &Entry, after: &Entry) -> Agreement {
        let (Some(a), Some(b)) = (before.text(self.key), after.text(self.key)) else { return Agreement::Different };
        if fold(a.as_str()) == fold(b.as_str()) {
            Agreement::Equal
        } else if self.share_words(a, b) || relation(&NameForm::of(a), &NameForm::of(b)).is_some() {
            Agreement::Alike
        } else {
            Agreement::Different
        }
    }

    /// Whether two texts share half of the identifying words of the shorter one.
    fn share_words(&self, a: &Text, b: &Text) -> bool {
        let (a, b) = (self.identifying_words(a), self.identifying_words(b));
        let shared = a.intersection(&b).count();
        shared > 0 && shared * 2 >= a.len().min(b.len())
    }

    fn identifying_words(&self, text: &Text) -> BTreeSet<String> {
        let long = words(text).into_iter().filter(|word| word.chars().count() >= MIN_LETTERS);
        long.filter(|word| !self.common_words.contains(word)).collect()
    }
}

/// The folded words of a text.
fn words(text: &Text) -> BTreeSet<String> {
    let folded = fold(text.as_str());
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn all_differ<T: Ord>(mut items: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    items.all(|item| seen.insert(item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cell, EntryId, Hints, SectionId};

    /// A row: section, purpose, location.
    fn row(at: usize, [section, purpose, location]: [&str; 3]) -> Arc<Entry> {
        let cells = [("purpose", purpose), ("location", location)];
        let cells = cells.map(|(key, text)| Cell { field: FieldKey::from_name(key), text: Text::new(text).into() });
        Arc::new(Entry {
            id: EntryId::from_name(&format!("r{at}")),
            name: "AWS".into(),
            section: SectionId::from_name(section),
            cells: cells.to_vec(),
            hints: Hints::default(),
        })
    }

    fn rows(rows: &[[&str; 3]]) -> Vec<Arc<Entry>> {
        rows.iter().enumerate().map(|(at, texts)| row(at, *texts)).collect()
    }

    /// The rows that remain, each matched with its best candidate.
    fn matched(old: &[[&str; 3]], new: &[[&str; 3]]) -> Vec<(usize, usize)> {
        let (old, new) = (rows(old), rows(new));
        let (all_old, all_new): (Vec<usize>, Vec<usize>) = ((0..old.len()).collect(), (0..new.len()).collect());
        let vendor = VendorRows::of(
            &old.iter().map(|row| &**row).collect::<Vec<_>>(),
            &new.iter().map(|row| &**row).collect::<Vec<_>>(),
        );
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for (a, b) in vendor.candidates(&old, &new, &all_old, &all_new) {
            if pairs.iter().all(|(c, d)| a != *c && b != *d) {
                pairs.push((a, b));
            }
        }
        pairs.sort_unstable();
        pairs
    }

    #[test]
    fn rows_of_one_vendor_are_matched_by_what_they_are_for() {
        for (old, new, expected) in [
            // Two of three are replaced.
            (
                &[["", "Storage", "US"], ["", "E-mail", "US"], ["", "Queues", "US"]][..],
                &[["", "Storage", "US"], ["", "Databases", "US"], ["", "Functions", "US"]][..],
                &[(0, 0)][..],
            ),
            // Locations are exchanged, not purposes.
            (
                &[["", "Storage", "US"], ["", "E-mail", "EU"]],
                &[["", "Storage", "EU"], ["", "E-mail", "US"]],
                &[(0, 0), (1, 1)],
            ),
            // A purpose is extended or misspelt.
            (
                &[["", "Storage", "US"], ["", "E-mail", "EU"]],
                &[["", "Stroage", "US"], ["", "E-mail and text messages", "EU"]],
                &[(0, 0), (1, 1)],
            ),
            // Words of all rows do not identify one.
            (
                &[["", "Amazon Storage", "US"], ["", "Amazon Queues", "US"]],
                &[["", "Amazon Storage", "US"], ["", "Amazon Functions", "US"]],
                &[(0, 0)],
            ),
            // A vendor with one row remains.
            (&[["", "Storage", "US"]], &[["", "E-mail", "US"], ["", "Queues", "EU"]], &[(0, 0)]),
            // Sections tell rows apart.
            (
                &[["hosting", "Servers", "US"], ["support", "Chat", "EU"]],
                &[["hosting", "Servers", "US"], ["support", "Telephone", "EU"]],
                &[(0, 0), (1, 1)],
            ),
            // Rows for one purpose are told apart by nothing that identifies them: a place may change.
            (
                &[["", "Storage", "US"], ["", "Storage", "EU"]],
                &[["", "Storage", "US"], ["", "Storage", "UK"]],
                &[(0, 0), (1, 1)],
            ),
        ] {
            assert_eq!(matched(old, new), expected, "{old:?} / {new:?}");
        }
    }
}
