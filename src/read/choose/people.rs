//! Lists that have the shape of lists of vendors and contain something else: the people of the publisher, and links to
//! the other pages of its website.

use changecast_core::{
    model::fold,
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    choose::{entry_name::is_page_title, page_parts::Content, part::Part, statement::words_of_key},
    source_text::{SourceText, cleaned},
    syntax::block::{Cell, Item, header_of, split},
};

/// The most words of a text that is the profession of a person. Longer texts describe something else.
const MAX_JOB_WORDS: usize = 10;

/// The most words of the name of a person.
const MAX_NAME_WORDS: usize = 4;

/// Whether a heading is above people of the publisher: "Meet our team", "Privacy contacts", but not "Contact data".
pub(crate) fn is_people_heading(words: &Vocabulary, heading: &str) -> bool {
    let folded = fold(heading);
    let mut parts = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let is_known = |word: &str| {
        words.is(Meaning::PeopleWord, word)
            || words.is(Meaning::PeopleFiller, word)
            || words.is(Meaning::Conjunction, word)
    };
    words.has_word(Meaning::PeopleWord, &folded) && parts.all(is_known)
}

/// Whether a key is above people of the publisher or links to its pages: `teamMembers`, `footerLinks`.
pub(crate) fn is_people_key(words: &Vocabulary, key: &str) -> bool {
    let folded = fold(&words_of_key(key));
    let is_navigation = NAVIGATION_KEYS.iter().any(|word| folded.split(' ').any(|part| part == *word));
    is_navigation || is_people_heading(words, &folded)
}

/// Words in keys of links to the pages of a website, in data of any language.
const NAVIGATION_KEYS: [&str; 5] = ["footer", "nav", "navbar", "navigation", "menu"];

/// Whether a part lists people: a heading states it, or most of its names are those of people with a profession.
pub(crate) fn lists_people(part: &Part<'_>) -> bool {
    let words = part.words();
    if part.found.is_table() && part.states_vendors() {
        return false;
    }
    // The heading over a record is its name.
    let above = part.found.headings.len() - usize::from(part.found.is_record() && !part.found.headings.is_empty());
    let headings = part.found.headings[..above].iter().rev().map(|heading| heading.as_str());
    let mut headings = headings.take_while(|heading| !words.is_about_vendors(heading));
    headings.any(|heading| is_people_heading(words, heading)) || !part.found.is_record() && are_people(part)
}

/// Whether most rows or bullets are people: the name of each can be that of a person, and a text beside it is a job.
fn are_people(part: &Part<'_>) -> bool {
    let words = part.words();
    let (people, all) = match &part.found.content {
        Content::Table(table) => {
            let (rows, name) = (header_of(table).1, part.name_column.place());
            (rows.iter().filter(|(_, cells)| is_person_row(words, cells, name)).count(), rows.len())
        }
        Content::List(items) => (items.iter().filter(|item| is_person(words, item)).count(), items.len()),
        Content::Record(_) => return false,
    };
    people > 1 && people * 2 > all
}

fn is_person_row(words: &Vocabulary, cells: &[Cell], name: usize) -> bool {
    let others = cells.iter().enumerate().filter(|(place, _)| *place != name);
    cells.get(name).is_some_and(|cell| is_person_name(words, &cell.text))
        && others.into_iter().any(|(_, cell)| is_job(words, &cell.text))
}

fn is_person(words: &Vocabulary, item: &Item) -> bool {
    let (name, text) = split(words, item);
    is_person_name(words, &name) && [&text].into_iter().chain(&item.children).any(|text| is_job(words, text))
}

/// Whether a record describes a person or is the link to a page of the website. A vendor may have such a name or task;
/// several records like this are no vendors.
pub(crate) fn is_no_vendor(part: &Part<'_>) -> bool {
    let (Content::Record(items), Some(name)) = (&part.found.content, part.found.headings.last()) else { return false };
    let words = part.words();
    let mut values = items.iter().map(|item| split(words, item).1);
    words.is(Meaning::SiteLink, &fold(&cleaned(name)))
        || is_person_name(words, name) && values.any(|value| is_job(words, &value))
}

/// Whether a text is the profession of a person, perhaps in a sentence about the person.
fn is_job(words: &Vocabulary, text: &str) -> bool {
    let folded = fold(&cleaned(text));
    folded.split_whitespace().take(MAX_JOB_WORDS + 1).count() <= MAX_JOB_WORDS
        && words.mentions_phrase(Meaning::JobTitle, &folded)
}

/// Whether a name can be that of a person: a few capitalised words without a legal form.
fn is_person_name(words: &Vocabulary, name: &str) -> bool {
    let name = cleaned(name);
    let parts: Vec<&str> = name.split_whitespace().collect();
    let has_form = parts.last().is_some_and(|last| words.is(Meaning::LegalForm, &fold(last).replace('.', "")));
    (2..=MAX_NAME_WORDS).contains(&parts.len()) && parts.iter().all(|part| is_part_of_person_name(part)) && !has_form
}

fn is_part_of_person_name(part: &str) -> bool {
    part.starts_with(char::is_uppercase)
        && part.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '\u{2019}'))
}

/// Whether most bullets name pages of a website ("About", "Careers"), or all are links to pages of the same one and some
/// are known.
pub(crate) fn lists_site_links(part: &Part<'_>) -> bool {
    let words = part.words();
    let Some(items) = part.items() else { return false };
    let is_page = |name: &String| words.is(Meaning::SiteLink, &fold(name)) || is_page_title(words, name);
    let pages = part.names.iter().filter(|name| is_page(name)).count();
    pages * 2 > part.names.len() || pages > 0 && items.iter().all(is_link_within)
}

/// Whether a bullet is a link to a page of the same website, and nothing else.
fn is_link_within(item: &Item) -> bool {
    let text: SourceText = item.whole_text();
    let has_text = text.without_links().contains(char::is_alphanumeric);
    let mut links = text.links();
    !has_text && links.next().is_some_and(|(_, address)| !address.contains("://")) && links.next().is_none()
}
