//! Statements of a page around its list: their keys, and which of their differences are announced.

use crate::{
    model::{FieldKey, Inventory, fold},
    vocabulary::{Meaning, Vocabulary},
};

use super::{
    event::Edit,
    kind::{Kind, Level},
    reason::Reason,
};

/// The key of the sentences that state the notice terms of a page.
pub const WORDING: &str = "page-notice-wording";
/// The beginning of the key of a term that a page states besides those of the configuration.
const TERM: &str = "page-";
/// The beginning of the key of sentences about an entry.
const MENTION: &str = "mention.";
/// The beginning of the key of sentences that announce a vendor.
const ANNOUNCEMENT: &str = "announcement.";

/// The key of a term that a page states besides those of the configuration.
pub fn term_key(term: &FieldKey) -> String {
    format!("{TERM}{term}")
}

/// The key of sentences about an entry.
pub fn mention_key(name: &str) -> FieldKey {
    key(MENTION, name)
}

/// The key of sentences that announce a vendor.
pub fn announcement_key(name: &str) -> FieldKey {
    key(ANNOUNCEMENT, spoken_name(name).unwrap_or(name))
}

fn key(prefix: &str, name: &str) -> FieldKey {
    let slug = FieldKey::from_name(&fold(name));
    FieldKey::new(&format!("{prefix}{slug}")).unwrap_or(slug)
}

/// The label of the sentences with a key.
pub fn label(key: &FieldKey) -> &'static str {
    if key.as_str().starts_with(ANNOUNCEMENT) { "Announcement" } else { "Text of the page" }
}

/// The name of an entry as sentences contain it: without parentheses and legal form. `None` for a name that is not
/// distinctive.
pub fn spoken_name(name: &str) -> Option<&str> {
    let name = name.split(['(', '\u{2014}', '\u{2013}']).next().unwrap_or_default();
    let mut name = name.trim().trim_end_matches(',');
    while let Some((rest, last)) = name.rsplit_once(' ') {
        let form: String = last.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        if !Vocabulary::builtin().is(Meaning::LegalForm, &form) {
            break;
        }
        name = rest.trim_end_matches([',', ' ']);
    }
    let letters = name.chars().filter(|c| c.is_alphanumeric()).count();
    (letters >= MIN_LETTERS && name.contains(char::is_uppercase)).then_some(name)
}

/// The fewest letters of a name that is looked for in sentences.
const MIN_LETTERS: usize = 3;

/// The kind, level and reason of a change to a statement of the page; `None` for other statements of the list.
pub(super) fn classify(key: &FieldKey, edit: &Edit, lists: [&Inventory; 2]) -> Option<(Kind, Level, Reason)> {
    let text = key.as_str();
    if text == WORDING {
        return Some((Kind::TermsChanged, Level::Editorial, Reason::Wording));
    }
    if text.starts_with(&term_key(&FieldKey::from_name("notice"))) {
        return Some((Kind::TermsChanged, Level::Notice, Reason::OtherStatement));
    }
    let is_announcement = text.starts_with(ANNOUNCEMENT);
    if !is_announcement && !text.starts_with(MENTION) {
        return None;
    }
    let slug = text.trim_start_matches(ANNOUNCEMENT).trim_start_matches(MENTION);
    let listed = lists.map(|list| has_entry(list, slug));
    if matches!(edit, Edit::Changed(before, after) if fold(before.as_str()) == fold(after.as_str())) {
        return Some((Kind::PageTextChanged, Level::Editorial, Reason::SameStatement));
    }
    // When an entry is added or removed, sentences become or stop being about an entry.
    if matches!(edit, Edit::Set(_) | Edit::Cleared(_)) && listed[0] != listed[1] {
        return Some((Kind::PageTextChanged, Level::Editorial, Reason::AboutNewEntry));
    }
    let is_news = is_announcement && !matches!(edit, Edit::Cleared(_));
    let level = if is_news { Level::Notice } else { Level::Info };
    Some((Kind::PageTextChanged, level, Reason::OtherStatement))
}

fn has_entry(list: &Inventory, slug: &str) -> bool {
    let mut names = list.entries.iter().filter_map(|entry| spoken_name(entry.name.as_str()));
    names.any(|name| FieldKey::from_name(&fold(name)).as_str() == slug)
}
