//! Which entry of one version is which entry of the next.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use crate::model::{Cell, Entry, EntryId, Text, changed_indices, fold, same};

use super::name_match::{Likeness, NameForm, likeness};

/// Why two entries are taken for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchReason {
    /// They have the same id.
    Id,
    /// The new one states the old name or id under `formerly`.
    Formerly,
    /// They have the same name.
    Name,
    /// The names are forms of one name.
    LikeName(&'static str),
    /// The names are alike, and what else they say agrees.
    LikeNameAndFields(&'static str),
}

/// How the entries of two versions belong together. Indexes are places in the lists of entries.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    /// The same entry before and after.
    pub kept: Vec<(usize, usize, MatchReason)>,
    /// A new entry that states which old one it replaces.
    pub replaced: Vec<(usize, usize)>,
    /// Entries that went.
    pub removed: Vec<usize>,
    /// Entries that came.
    pub added: Vec<usize>,
}

/// Above this many comparisons of names, only names that share a word are compared.
const MANY: usize = 250_000;

/// Pairs entries. The order of either list does not matter.
pub(super) fn pair(old: &[Arc<Entry>], new: &[Arc<Entry>]) -> Pairing {
    let (old_open, new_open) = changed_indices(old, new);
    let mut state = State {
        old,
        new,
        pairing: Pairing { kept: shared(&old_open, &new_open, old.len()), ..Pairing::default() },
        old_open: old_open.into_iter().collect(),
        new_open: new_open.into_iter().collect(),
    };
    state.by_id();
    state.by_statement();
    state.by_name();
    state.by_replacement();
    state.by_likeness();
    state.pairing.removed = state.old_open.into_iter().collect();
    state.pairing.added = state.new_open.into_iter().collect();
    state.pairing
}

/// The pairs of the places that are not open, which stand in the same order.
fn shared(old_open: &[usize], new_open: &[usize], old: usize) -> Vec<(usize, usize, MatchReason)> {
    let (mut old_open, mut new_open) = (old_open.iter().peekable(), new_open.iter().peekable());
    let mut new = 0;
    let mut pairs = Vec::with_capacity(old);
    for old in 0..old {
        if old_open.next_if_eq(&&old).is_some() {
            continue;
        }
        while new_open.next_if_eq(&&new).is_some() {
            new += 1;
        }
        pairs.push((old, new, MatchReason::Id));
        new += 1;
    }
    pairs
}

struct State<'a> {
    old: &'a [Arc<Entry>],
    new: &'a [Arc<Entry>],
    old_open: BTreeSet<usize>,
    new_open: BTreeSet<usize>,
    pairing: Pairing,
}

impl State<'_> {
    fn keep(&mut self, old: usize, new: usize, why: MatchReason) {
        self.old_open.remove(&old);
        self.new_open.remove(&new);
        self.pairing.kept.push((old, new, why));
    }

    fn by_id(&mut self) {
        let old = self.old;
        let by_id: BTreeMap<&EntryId, usize> = self.old_open.iter().map(|at| (&old[*at].id, *at)).collect();
        let open: Vec<usize> = self.new_open.iter().copied().collect();
        let mut renamed = Vec::new();
        for new in open {
            let Some(old) = by_id.get(&self.new[new].id).copied() else { continue };
            if same(self.old[old].name.as_str(), self.new[new].name.as_str()) {
                self.keep(old, new, MatchReason::Id);
            } else if !only_by_chance(&self.old[old], &self.new[new]) {
                renamed.push((old, new));
            }
        }
        if renamed.is_empty() {
            return;
        }
        // Where ids number the rows they pass from vendor to vendor; a name that was another's and is
        // no longer is then the vendor's. One that an entry keeps under its own id says nothing.
        let names = |entries: &[Arc<Entry>], open: &BTreeSet<usize>| -> BTreeSet<String> {
            open.iter().map(|at| fold(entries[*at].name.as_str())).collect()
        };
        let (before, after) = (names(self.old, &self.old_open), names(self.new, &self.new_open));
        for (old, new) in renamed {
            let passed_on = after.contains(&fold(self.old[old].name.as_str()))
                || before.contains(&fold(self.new[new].name.as_str()));
            if !passed_on {
                self.keep(old, new, MatchReason::Id);
            }
        }
    }

    /// The open old entry with this name or id.
    fn old_called(&self, called: &Text) -> Option<usize> {
        let folded = fold(called.as_str());
        let called_so = |at: &&usize| {
            let entry = &self.old[**at];
            entry.id.as_str() == called.as_str() || fold(entry.name.as_str()) == folded
        };
        self.old_open.iter().filter(called_so).min_by_key(|at| &self.old[**at].id).copied()
    }

    fn by_statement(&mut self) {
        for new in self.new_in_order() {
            let stated = self.new[new].hints.formerly.iter().find_map(|name| self.old_called(name));
            if let Some(old) = stated {
                self.keep(old, new, MatchReason::Formerly);
            }
        }
    }

    fn by_name(&mut self) {
        let mut groups: BTreeMap<String, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for old in &self.old_open {
            groups.entry(fold(self.old[*old].name.as_str())).or_default().0.push(*old);
        }
        for new in &self.new_open {
            groups.entry(fold(self.new[*new].name.as_str())).or_default().1.push(*new);
        }
        for (olds, news) in groups.into_values() {
            let mut candidates: Vec<_> = olds.iter().flat_map(|old| news.iter().map(move |new| (*old, *new))).collect();
            candidates.sort_by_cached_key(|(old, new)| {
                let (old, new) = (&self.old[*old], &self.new[*new]);
                let equal = new.cells.iter().filter(|cell| old.text(&cell.field) == Some(&cell.text)).count();
                (old.section != new.section, std::cmp::Reverse(equal), old.id.clone(), new.id.clone())
            });
            for (old, new) in candidates {
                if self.old_open.contains(&old) && self.new_open.contains(&new) {
                    self.keep(old, new, MatchReason::Name);
                }
            }
        }
    }

    fn by_replacement(&mut self) {
        for new in self.new_in_order() {
            let replaced = self.new[new].hints.replaces.as_ref().and_then(|name| self.old_called(name));
            if let Some(old) = replaced {
                self.old_open.remove(&old);
                self.new_open.remove(&new);
                self.pairing.replaced.push((old, new));
            }
        }
    }

    fn by_likeness(&mut self) {
        if self.old_open.is_empty() || self.new_open.is_empty() {
            return;
        }
        let old_forms: BTreeMap<usize, NameForm> =
            self.old_open.iter().map(|at| (*at, NameForm::of(&self.old[*at].name))).collect();
        let new_forms: BTreeMap<usize, NameForm> =
            self.new_open.iter().map(|at| (*at, NameForm::of(&self.new[*at].name))).collect();
        let few = old_forms.len() * new_forms.len() <= MANY;
        let mut by_word: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (at, form) in &new_forms {
            for word in form.index_words() {
                by_word.entry(word).or_default().insert(*at);
            }
        }
        let mut alike = Vec::new();
        for (old, form) in &old_forms {
            let near: Vec<usize> = if few {
                new_forms.keys().copied().collect()
            } else {
                let sharing: BTreeSet<usize> =
                    form.index_words().filter_map(|word| by_word.get(word)).flatten().copied().collect();
                sharing.into_iter().collect()
            };
            alike.extend(near.into_iter().filter_map(|new| Some((*old, new, likeness(form, &new_forms[&new])?))));
        }
        let support = Support::of(self.old, alike.iter().map(|(old, ..)| &*self.old[*old]));
        let mut candidates = Vec::new();
        for (old, new, like) in alike {
            let agreement = support.agreement(&self.old[old], &self.new[new]);
            let Ok(why) = verdict(like, &agreement) else { continue };
            let weak = matches!(why, MatchReason::LikeNameAndFields(_));
            let far = u32::MAX - (agreement.share() * 1e6) as u32;
            candidates.push(((weak, far, &self.old[old].id, &self.new[new].id), old, new, why));
        }
        candidates.sort_by(|a, b| a.0.cmp(&b.0));
        for (_, old, new, why) in candidates {
            if self.old_open.contains(&old) && self.new_open.contains(&new) {
                self.keep(old, new, why);
            }
        }
    }

    /// Open new entries in an order that does not depend on the file's.
    fn new_in_order(&self) -> Vec<usize> {
        let mut open: Vec<usize> = self.new_open.iter().copied().collect();
        open.sort_by_key(|at| &self.new[*at].id);
        open
    }
}

/// Whether two entries of like names are one, or what speaks against it.
fn verdict(like: Likeness, agreement: &Agreement) -> Result<MatchReason, &'static str> {
    match like {
        Likeness::Strong(form) => Ok(MatchReason::LikeName(form)),
        Likeness::Short(form) if !agreement.contradicts() => Ok(MatchReason::LikeName(form)),
        Likeness::Slip(form) if agreement.is_unopposed() => Ok(MatchReason::LikeNameAndFields(form)),
        Likeness::Weak(form) if agreement.carries() => Ok(MatchReason::LikeNameAndFields(form)),
        Likeness::Short(_) => Err("a short form of the name, and nothing else that they say agrees"),
        Likeness::Slip(_) => Err("a similar name, and most of what else they say differs"),
        Likeness::Weak(_) => Err("a part of the name, or a similar one, and nothing that tells vendors apart agrees"),
    }
}

/// Why entries of like names were not taken for one.
pub(super) struct Refusals<'a>(Support<'a>);

impl<'a> Refusals<'a> {
    pub fn of(old: &'a [Arc<Entry>]) -> Self {
        Refusals(Support::of(old, old.iter().map(|entry| &**entry)))
    }

    /// What speaks against a pair; `None` where the names are not even alike.
    pub fn reason(&self, old: &Entry, new: &Entry) -> Option<&'static str> {
        let like = likeness(&NameForm::of(&old.name), &NameForm::of(&new.name))?;
        Some(verdict(like, &self.0.agreement(old, new)).err().unwrap_or("another entry fits better"))
    }
}

/// Whether two ids are equal only because two names derive the same ("C++ Corp", "C Corp").
fn only_by_chance(old: &Entry, new: &Entry) -> bool {
    let derived = |entry: &Entry| {
        let own = EntryId::from_name(&fold(entry.name.as_str()));
        entry.id.as_str().strip_prefix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with("--"))
    };
    !same(old.name.as_str(), new.name.as_str()) && derived(old) && derived(new)
}

/// How telling the fields of a list are: what half the list says ("United States") tells nobody apart.
struct Support<'a> {
    /// By field and text: how many entries say so, for what the entries in question say.
    frequency: HashMap<(&'a str, &'a Text), usize>,
    common: usize,
}

/// How far two entries agree beside their names.
struct Agreement {
    equal: f32,
    whole: f32,
    telling: bool,
}

impl Agreement {
    fn share(&self) -> f32 {
        if self.whole > 0.0 { self.equal / self.whole } else { 0.0 }
    }

    fn contradicts(&self) -> bool {
        self.whole > 0.0 && self.equal == 0.0
    }

    fn is_unopposed(&self) -> bool {
        self.whole == 0.0 || self.share() >= 0.5
    }

    fn carries(&self) -> bool {
        self.telling && self.share() >= 0.5
    }
}

impl<'a> Support<'a> {
    /// Counts in the whole list what the entries in question say.
    fn of(old: &'a [Arc<Entry>], asked: impl Iterator<Item = &'a Entry>) -> Self {
        let key = |cell: &'a Cell| (cell.field.as_str(), &cell.text);
        let mut frequency: HashMap<_, usize> =
            asked.flat_map(|entry| &entry.cells).map(|cell| (key(cell), 0)).collect();
        if !frequency.is_empty() {
            for cell in old.iter().flat_map(|entry| &entry.cells) {
                if let Some(count) = frequency.get_mut(&key(cell)) {
                    *count += 1;
                }
            }
        }
        Support { frequency, common: (old.len() / 10).max(1) }
    }

    fn agreement(&self, old: &Entry, new: &Entry) -> Agreement {
        let mut agreement = Agreement { equal: 0.0, whole: 0.0, telling: false };
        let fields: BTreeSet<_> = old.cells.iter().chain(&new.cells).map(|cell| &cell.field).collect();
        for field in fields {
            let (before, after) = (old.text(field), new.text(field));
            let telling = before.is_none_or(|text| {
                self.frequency.get(&(field.as_str(), text)).is_none_or(|count| *count <= self.common)
            });
            let weight = if telling { 1.0 } else { 0.1 };
            agreement.whole += weight;
            let equal = matches!((before, after), (Some(a), Some(b)) if same(a.as_str(), b.as_str()));
            if equal {
                agreement.equal += weight;
                agreement.telling |= telling;
            }
        }
        agreement
    }
}
