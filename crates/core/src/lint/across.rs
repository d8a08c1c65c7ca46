//! Contradictions between the list and other pages: vendors that only the pages name, other places, other legal forms.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    compare::{
        Area,
        set::{self, Slash},
    },
    model::{Entry, Inventory, Role},
    vocabulary::{Meaning, Vocabulary},
};

use super::{
    finding::{Anchor, Draft},
    names::{is_written_as_name, mentions, sentences, spaced, spoken_names},
    page::is_about_past,
    places::{areas_of, named_in},
    snapshot::{Page, Passage, Place, Snapshot},
    vendors::vendors,
};

/// Fewest items of an enumeration of vendors.
const MIN_ITEMS: usize = 3;
/// Fewest items of it that are on the list.
const MIN_LISTED: usize = 2;
/// Most words of the name of a vendor.
const MAX_NAME_WORDS: usize = 3;

/// The roles of columns of lists of vendors. Other lists are about something else, such as controls.
const VENDOR_ROLES: [Role; 4] = [Role::Purpose, Role::Location, Role::Data, Role::Transfer];

fn is_about_vendors(list: &Inventory) -> bool {
    list.columns.iter().any(|column| VENDOR_ROLES.contains(&column.role))
}

/// All words by which the entries of a list are named, spaced.
fn listed(list: &Inventory) -> String {
    let cells = list.entries.iter().flat_map(|entry| entry.cells.iter().map(|cell| cell.text.as_str()));
    let names = list.entries.iter().map(|entry| entry.name.as_str());
    names.chain(cells).map(spaced).collect()
}

fn passages<'a>(snapshot: &'a Snapshot<'_>) -> impl Iterator<Item = (&'a Page, &'a Passage)> {
    let all = snapshot.pages.iter().flat_map(|page| page.passages.iter().map(move |passage| (page, passage)));
    all.filter(|(_, passage)| !is_about_past(passage) && !denies(passage))
}

/// Whether a text is about tools that are not sub-processors: "The customer's own accounts are not …", or what customers
/// connect themselves.
fn denies(passage: &Passage) -> bool {
    let words = Vocabulary::builtin();
    let text = spaced(&passage.text);
    let is_denied =
        words.has_word(Meaning::Negation, &passage.text.to_lowercase()) && words.is_about_vendors(&passage.text);
    let is_integration = [&passage.text, &passage.label, &passage.heading]
        .map(|text| spaced(text))
        .iter()
        .any(|text| words.has_phrase(Meaning::IntegrationWord, text));
    is_denied || is_integration || text.contains(" your own ") || text.contains(" customer s own ")
}

pub(super) fn named_elsewhere(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    if snapshot.pages.is_empty() || !is_about_vendors(snapshot.list) {
        return Vec::new();
    }
    let names: String = snapshot.list.entries.iter().map(|entry| spaced(entry.name.as_str())).collect();
    let listed = listed(snapshot.list);
    let mut found: BTreeMap<String, Draft> = BTreeMap::new();
    for (page, passage) in passages(snapshot) {
        let text = spaced(&passage.text);
        let known = vendors().iter().filter(|vendor| !vendor.names.iter().any(|name| mentions(&listed, name)));
        let known = known.filter_map(|vendor| {
            let named =
                vendor.names.iter().find(|name| mentions(&text, name) && is_named_within(&passage.text, name))?;
            Some((vendor.name.to_owned(), named.clone()))
        });
        for (name, words) in known.chain(enumerated(&passage.text, &names)) {
            let message = format!("{name} is named here, but is not on the list");
            let help =
                format!("add {name} to the list if it processes personal data for customers, or correct this page");
            let key = spaced(&name);
            let draft = Draft::text(Some(page), passage, &words, message).help(help).key(&key);
            found.entry(key).or_insert(draft);
        }
    }
    found.into_values().collect()
}

/// Texts with fewer words are names or enumerations.
const MIN_PROSE_WORDS: usize = 4;

/// Whether a text contains a folded name as a name. The first word of a sentence has a capital letter anyway: "Resend
/// the invitation".
fn is_named_within(text: &str, name: &str) -> bool {
    if name.contains(' ') || text.split_whitespace().count() < MIN_PROSE_WORDS {
        return is_written_as_name(text, name);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    (0..words.len()).any(|at| {
        let begins_sentence = at == 0 || words[at - 1].ends_with(['.', '!', '?', ':']);
        let is_followed_by_name = words[at].ends_with(',');
        (!begins_sentence || is_followed_by_name) && is_written_as_name(words[at], name)
    })
}

/// The vendors of an enumeration of which others are on the list.
fn enumerated(text: &str, listed: &str) -> Vec<(String, String)> {
    let words = Vocabulary::builtin();
    // "Scope: Acme, Beta": the label is not a part of the first item.
    let parts: Vec<String> = text.split(": ").map(|part| part.trim_end_matches('.').to_owned()).collect();
    let longest = parts.iter().map(|part| set::items(words, part, Slash::Joins)).max_by_key(Vec::len);
    let items = longest.unwrap_or_default();
    let is_listed = |item: &String| {
        let name = spaced(item);
        let parts: Vec<&str> = name.split_whitespace().collect();
        !parts.is_empty() && parts.len() <= MAX_NAME_WORDS + 1 && mentions(listed, parts[0])
    };
    if items.len() < MIN_ITEMS || items.iter().filter(|item| is_listed(item)).count() < MIN_LISTED {
        return Vec::new();
    }
    let others = items.iter().filter(|item| !is_listed(item) && is_proper_name(item));
    others.map(|item| (item.trim().to_owned(), spaced(item).trim().to_owned())).collect()
}

/// Whether a text is a name: one to three words, each with a capital letter.
fn is_proper_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_common = |word: &str| Vocabulary::builtin().is(Meaning::CommonWord, &word.to_lowercase());
    let is_acronym = words.len() == 1 && text.chars().all(|c| c.is_uppercase() || c.is_numeric());
    !words.is_empty()
        && words.len() <= MAX_NAME_WORDS
        && words.iter().all(|word| word.starts_with(char::is_uppercase) && !is_common(word))
        && !is_acronym
        && named_in(text).is_empty()
}

/// Whether the whole text is about where data are.
fn is_about_hosting(passage: &Passage) -> bool {
    let text = format!("{}{}", spaced(&passage.label), spaced(&passage.text));
    Vocabulary::builtin().has_stem(Meaning::HostingStem, &text)
}

pub(super) fn region_differs(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    let list = snapshot.list;
    let mut found = Vec::new();
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    let columns: Vec<_> = list.columns.iter().filter(|column| column.role == Role::Location).collect();
    let Some(column) = columns.first() else { return Vec::new() };
    for (page, passage) in passages(snapshot).filter(|(_, passage)| is_about_hosting(passage)) {
        for sentence in sentences(&passage.text) {
            let named = named_in(sentence);
            if named.is_empty() {
                continue;
            }
            let text = spaced(sentence);
            for entry in list.entries.iter().filter(|entry| {
                spoken_names(list, entry.name.as_str())
                    .iter()
                    .any(|n| mentions(&text, n) && is_written_as_name(sentence, n))
            }) {
                let Some(stated) = entry.text(&column.field) else { continue };
                let Some(areas) = known_areas(stated.as_str()) else { continue };
                if named.iter().any(|place| areas.iter().any(|area| area.overlaps(place.area))) {
                    continue;
                }
                let place = &named[0];
                if !seen.insert((entry.id.to_string(), place.area.code())) {
                    continue;
                }
                found.push(region_draft(
                    snapshot.list,
                    entry,
                    (page, passage),
                    (&place.words, stated.as_str()),
                    column,
                ));
            }
        }
    }
    found
}

fn region_draft(
    list: &Inventory,
    entry: &Entry,
    (page, passage): (&Page, &Passage),
    (place, stated): (&str, &str),
    column: &crate::model::Column,
) -> Draft {
    let at = format!("{}:{}", page.path, passage.place.line);
    let message = format!("{}: the list states {stated:?}, and {at} states {place}", entry.name);
    let help = "correct the page or the list; customers rely on both";
    let draft = Draft::entry(list, entry, Some(&column.field), message).help(help);
    draft.key(format!("{} {place}", page.path))
}

/// The areas of a location, if all of them are known.
fn known_areas(text: &str) -> Option<Vec<Area>> {
    let areas: Vec<Area> = areas_of(text).into_iter().collect::<Option<_>>()?;
    (!areas.is_empty()).then_some(areas)
}

/// A company with its legal form, and where it is named.
struct Company {
    base: Vec<String>,
    form: String,
    written: String,
    page: Option<String>,
    place: Place,
}

/// Most words of the name of a company before its legal form.
const MAX_BASE: usize = 4;
/// Most words of a legal form: "Sdn Bhd", "Sp. z o.o.".
const MAX_FORM: usize = 3;
/// Forms of which one is an abbreviation of the other.
const SAME_FORMS: [(&str, &str); 5] = [
    ("limited", "ltd"),
    ("incorporated", "inc"),
    ("corporation", "corp"),
    ("company", "co"),
    ("sendirianberhad", "sdnbhd"),
];

pub(super) fn entity_differs(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    if snapshot.pages.is_empty() {
        return Vec::new();
    }
    let own = snapshot.texts.iter().flat_map(|passage| companies(None, passage));
    let rows = snapshot.list.entries.iter().flat_map(|entry| {
        let place = Place { line: 0, column: 0 };
        companies_in(entry.name.as_str()).into_iter().map(move |(base, form, written)| Company {
            base,
            form,
            written,
            page: None,
            place,
        })
    });
    let own: Vec<Company> = own.chain(rows).collect();
    let mut found: BTreeMap<String, Draft> = BTreeMap::new();
    for page in snapshot.pages {
        for company in page.passages.iter().flat_map(|passage| companies(Some(&page.path), passage)) {
            let other = own.iter().find(|own| same_base(&own.base, &company.base) && own.form != company.form);
            let agrees = own.iter().any(|own| same_base(&own.base, &company.base) && own.form == company.form);
            let Some(other) = other.filter(|_| !agrees) else { continue };
            let key = format!("{} {}", other.base.join(" "), page.path);
            let message = format!("this page names {}, and the list names {}", company.written, other.written);
            let anchor =
                Anchor::Text { page: company.page.clone(), place: company.place, words: company.written.clone() };
            let help = "use the name of the contracting company on both pages";
            found.entry(key.clone()).or_insert_with(|| Draft::at(anchor, message).help(help).key(key));
        }
    }
    found.into_values().collect()
}

fn same_base(a: &[String], b: &[String]) -> bool {
    let shorter = a.len().min(b.len());
    let tail = |words: &[String]| words[words.len() - shorter..].to_vec();
    shorter > 0 && tail(a) == tail(b) && (a.len() == b.len() || shorter > 1)
}

fn companies(page: Option<&str>, passage: &Passage) -> Vec<Company> {
    let found = companies_in(&passage.text).into_iter();
    let found = found.map(|(base, form, written)| Company {
        base,
        form,
        written,
        page: page.map(str::to_owned),
        place: passage.place,
    });
    found.collect()
}

/// The companies that a text names with their legal forms: the words before the form, the form, and both as written.
fn companies_in(text: &str) -> Vec<(Vec<String>, String, String)> {
    let words = Vocabulary::builtin();
    let tokens: Vec<&str> = text.split_whitespace().collect();
    let mut found = Vec::new();
    let mut at = 1;
    while at < tokens.len() {
        let longest = MAX_FORM.min(tokens.len() - at);
        let form = (1..=longest).rev().find_map(|taken| {
            let written = &tokens[at..at + taken];
            let folded: String =
                written.concat().chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
            let is_form = words.is(Meaning::LegalForm, &folded) && written[0].starts_with(char::is_uppercase);
            // "as", "se" and the like are words in lower case.
            let is_safe =
                folded.len() > 2 || written.concat().chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
            (is_form && is_safe).then_some((taken, canonical(&folded)))
        });
        let Some((taken, form)) = form else {
            at += 1;
            continue;
        };
        let is_name = |token: &&&str| {
            token.trim_start_matches(['(', '"', '\u{201c}']).starts_with(char::is_uppercase) || **token == "&"
        };
        let ends = |token: &str| token.ends_with(['.', ';', ':', ')', '"', '\u{201d}']);
        let mut base: Vec<&str> = Vec::new();
        for token in tokens[..at].iter().rev().take(MAX_BASE).take_while(is_name) {
            if !base.is_empty() && ends(token) {
                break;
            }
            base.push(token);
            if token.starts_with(['(', '"', '\u{201c}']) {
                break;
            }
        }
        base.reverse();
        let folded: Vec<String> =
            base.iter().map(|word| spaced(word).trim().to_owned()).filter(|w| !w.is_empty()).collect();
        if !folded.is_empty() {
            let written = base.iter().chain(&tokens[at..at + taken]).copied().collect::<Vec<_>>().join(" ");
            let written = written.trim_matches(['(', ')', ',', ';', '"', '\u{201c}', '\u{201d}']);
            let written = words.without_full_stop(written).to_owned();
            found.push((folded, form, written));
        }
        at += taken;
    }
    found
}

fn canonical(form: &str) -> String {
    SAME_FORMS.iter().find(|(long, _)| *long == form).map_or(form, |(_, short)| *short).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn companies_are_named_with_their_legal_forms() {
        for (text, expected) in [
            ("that Smalt AI PLT (\"Smalt AI\") uses", &["Smalt AI PLT"][..]),
            ("Smalt AI Sdn Bhd is incorporated in Malaysia", &["Smalt AI Sdn Bhd"]),
            ("services as described", &[]),
            ("OpenAI, L.L.C. and OpenAI, L.P.", &["OpenAI, L.L.C", "OpenAI, L.P."]),
        ] {
            let found: Vec<String> = companies_in(text).into_iter().map(|(_, _, written)| written).collect();
            let expected: Vec<String> = expected.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(
                found.iter().map(|w| w.trim_end_matches('.')).collect::<Vec<_>>(),
                expected.iter().map(|w| w.trim_end_matches('.')).collect::<Vec<_>>(),
                "{text}"
            );
        }
    }

    #[test]
    fn an_enumeration_of_listed_vendors_names_others() {
        let listed = [spaced("Stripe"), spaced("Anthropic (Claude)"), spaced("Amazon Web Services (AWS)")].concat();
        let text = "AWS Elastic Beanstalk, Stripe, Anthropic, Gadgetry, and the supporting workers.";
        assert_eq!(enumerated(text, &listed), [("Gadgetry".to_owned(), "gadgetry".to_owned())]);
        assert!(enumerated("Security, Availability, Confidentiality", &listed).is_empty());
    }
}
