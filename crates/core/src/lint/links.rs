//! Links that belong to the vendor of another row.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Cell, Entry, EntryId, FieldKey, Inventory, WebUrl};

use super::{
    finding::Draft,
    names::{main_name, names_of, spaced, words_of},
    snapshot::Snapshot,
    vendors::vendor_named,
};

/// Second levels of country domains below which names are registered: "example.co.uk".
const SECOND_LEVELS: [&str; 8] = ["ac", "co", "com", "gov", "net", "ne", "or", "org"];

/// Parts of a host before the registered name that a company uses for itself. Others are those of its customers:
/// "acme.atlassian.example".
const OWN_PARTS: [&str; 20] = [
    "about", "cloud", "compliance", "dpa", "docs", "go", "help", "info", "legal", "pages", "policies", "privacy",
    "resources", "security", "support", "terms", "trust", "web", "www", "www2",
];

/// If more entries than this link to one company, it is a platform that they use, and not a mistake.
const MAX_FAULTS: usize = 2;

/// Names with fewer letters are not compared with hosts.
const MIN_LETTERS: usize = 4;

/// A link of an entry.
struct Link<'a> {
    entry: &'a Entry,
    field: &'a FieldKey,
    url: String,
}

/// A link that belongs to the vendor of another entry.
struct Fault<'a> {
    link: Link<'a>,
    other: &'a Entry,
    /// Whether the other entry has the same link.
    is_copy: bool,
}

pub(super) fn copied(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    if has_repeated_address(snapshot.list) { drafts(snapshot.list, true) } else { Vec::new() }
}

pub(super) fn foreign(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    drafts(snapshot.list, false)
}

fn drafts(list: &Inventory, is_copy: bool) -> Vec<Draft> {
    let faults = faults(list).into_iter().filter(|fault| fault.is_copy == is_copy);
    faults
        .map(|Fault { link, other, .. }| {
            let message = if is_copy {
                format!("{}: the link is that of {}", link.entry.name, other.name)
            } else {
                format!("{}: the link leads to the site of {}", link.entry.name, other.name)
            };
            let draft = Draft::entry(list, link.entry, Some(link.field), message).words(&link.url);
            draft.help(format!("link to the page of {}", link.entry.name)).key(format!("{} {}", link.field, link.url))
        })
        .collect()
}

fn faults(list: &Inventory) -> Vec<Fault<'_>> {
    let links: Vec<Link<'_>> = list.entries.iter().flat_map(|entry| links_of(entry)).collect();
    let owners = owners(list);
    let mut found: Vec<Fault<'_>> = Vec::new();
    for link in &links {
        let Some(host) = host_of(&link.url) else { continue };
        let label = label_of(host);
        let candidates = owners.get(&compact(label)).into_iter().flatten();
        let owner = candidates.copied().find(|other| other.id != link.entry.id);
        let owner = owner.filter(|_| is_own_site(host, label) && !is_own(list, link.entry, host, &link.url));
        let Some(other) = owner.filter(|other| !are_of_one_company(list, link.entry, other)) else { continue };
        let is_copy = links.iter().any(|own| own.entry.id == other.id && same_address(&own.url, &link.url));
        let link = Link { entry: link.entry, field: link.field, url: link.url.clone() };
        found.push(Fault { link, other, is_copy });
    }
    let mut entries: BTreeMap<&EntryId, BTreeSet<&EntryId>> = BTreeMap::new();
    for fault in &found {
        entries.entry(&fault.other.id).or_default().insert(&fault.link.entry.id);
    }
    let platforms: BTreeSet<EntryId> =
        entries.into_iter().filter(|(_, from)| from.len() > MAX_FAULTS).map(|(id, _)| id.clone()).collect();
    found.retain(|fault| !platforms.contains(&fault.other.id));
    found
}

/// Whether two entries have the same link, as [`same_address`] compares them. Most lists have none, and then none is copied.
fn has_repeated_address(list: &Inventory) -> bool {
    let mut known: BTreeMap<String, &EntryId> = BTreeMap::new();
    let mut links = list.entries.iter().flat_map(|entry| links_of(entry));
    links.any(|link| {
        let address = link.url.trim_end_matches('/').to_ascii_lowercase();
        *known.entry(address).or_insert(&link.entry.id) != &link.entry.id
    })
}

/// Whether a host is the site of the company itself, and not a part of it for a customer.
fn is_own_site(host: &str, label: &str) -> bool {
    let before = host.split('.').take_while(|part| *part != label);
    before.into_iter().all(|part| OWN_PARTS.contains(&part))
}

fn links_of(entry: &Entry) -> Vec<Link<'_>> {
    entry
        .cells
        .iter()
        .flat_map(|cell| urls_in(cell).into_iter().map(|url| Link { entry, field: &cell.field, url }))
        .collect()
}

fn urls_in(cell: &Cell) -> BTreeSet<String> {
    let hrefs = cell.text.spans().filter_map(|span| span.href.map(ToString::to_string));
    // Most cells contain no address.
    let text = Some(cell.text.as_str()).filter(|text| text.contains(':')).unwrap_or_default();
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '<' | '>'));
    let written = words.filter(|word| word.contains("://")).map(str::to_owned);
    hrefs.chain(written).filter(|url| WebUrl::new(url).is_ok()).collect()
}

fn same_address(a: &str, b: &str) -> bool {
    a.trim_end_matches('/').eq_ignore_ascii_case(b.trim_end_matches('/'))
}

fn host_of(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    Some(rest.split(['/', '?', '#', ':']).next().unwrap_or_default())
}

/// The registered name of a host: "example" in "legal.example.co.uk".
fn label_of(host: &str) -> &str {
    let labels: Vec<&str> = host.split('.').collect();
    let at = match labels.as_slice() {
        [.., second, top] if labels.len() > 2 && top.len() == 2 && SECOND_LEVELS.contains(second) => labels.len() - 3,
        _ => labels.len().saturating_sub(2),
    };
    labels.get(at).copied().unwrap_or_default()
}

/// Whether a link can be one of the entry: its host or path contains a word of the entry's name, or is its acronym.
fn is_own(list: &Inventory, entry: &Entry, host: &str, url: &str) -> bool {
    let words = words_of(list, entry);
    let (address, label) = (compact(url), compact(label_of(host)));
    let name = main_name(entry.name.as_str()).unwrap_or_default().replace(' ', "");
    let acronym: String =
        spaced(entry.name.as_str()).split_whitespace().filter_map(|word| word.chars().next()).collect();
    words.iter().any(|word| address.contains(word.as_str()) || (label.len() >= MIN_LETTERS && word.contains(&label)))
        || (label.len() >= MIN_LETTERS && name.contains(&label))
        || (label.len() >= 2 && acronym.starts_with(&label))
        || host.split('.').any(|part| part.len() >= 2 && acronym.starts_with(part))
}

/// The entries by the registered names that they can have.
fn owners(list: &Inventory) -> BTreeMap<String, Vec<&Entry>> {
    let mut owners: BTreeMap<String, Vec<&Entry>> = BTreeMap::new();
    for entry in &list.entries {
        let main = main_name(entry.name.as_str()).unwrap_or_default();
        let first = main.split(' ').next().unwrap_or_default().to_owned();
        let names = names_of(entry.name.as_str()).into_iter().map(|name| name.replace(' ', ""));
        let labels: BTreeSet<String> = names.chain([first]).collect();
        for label in labels.into_iter().filter(|label| label.chars().count() >= MIN_LETTERS) {
            owners.entry(label).or_default().push(entry);
        }
    }
    owners
}

/// The letters and digits of a text, folded.
fn compact(text: &str) -> String {
    spaced(text).replace(' ', "")
}

/// Whether two entries belong to one company, as far as it is known.
fn are_of_one_company(list: &Inventory, a: &Entry, b: &Entry) -> bool {
    let [words_a, words_b] = [a, b].map(|entry| words_of(list, entry));
    let owners = [a, b].map(|entry| {
        let names = names_of(entry.name.as_str());
        let first = main_name(entry.name.as_str()).and_then(|name| name.split(' ').next().map(str::to_owned));
        vendor_named(names.iter().map(String::as_str).chain(first.as_deref()))
            .map(|vendor| vendor.owner.unwrap_or(vendor.name))
    });
    let first_word =
        |entry: &Entry| main_name(entry.name.as_str()).and_then(|name| name.split(' ').next().map(str::to_owned));
    let share_first = first_word(a).is_some_and(|first| words_b.contains(&first))
        || first_word(b).is_some_and(|first| words_a.contains(&first));
    share_first || (owners[0].is_some() && owners[0] == owners[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_have_registered_names() {
        for (host, label) in [
            ("sendwell.example", "sendwell"),
            ("www.legal.sendwell.com", "sendwell"),
            ("legal.sendwell.co.uk", "sendwell"),
            ("sendwell.io", "sendwell"),
            ("localhost", "localhost"),
        ] {
            assert_eq!(label_of(host), label, "{host}");
        }
        assert!(is_own_site("legal.sendwell.example", "sendwell") && !is_own_site("acme.sendwell.example", "sendwell"));
    }
}
