//! The page of an entry: its status and all changes to it.
//!
//! The page depends only on the announcements that concern the entry. A later publication adds to the page that is
//! there already.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use changecast_core::{
    change::{Change, EntryRef, Row},
    model::{EntryId, Role, Text},
    prose::{
        deadlines::with_deadlines,
        messages::{Messages, fill},
    },
    vocabulary::Vocabulary,
};

use super::{
    super::{Announcement, File, Publication, PublishedList, announcement_page, list_title},
    inline,
    log::{self, Place, Presence, Touched},
    page::{Content, Page, Scripts},
    rows::cell,
};

/// The path of the page of an entry in the folder of its list.
pub(in super::super) fn file(id: &EntryId) -> String {
    format!("entries/{id}.html")
}

/// The marks around the changes. Other texts cannot contain them, as they are escaped.
const BEGIN: &str = "<!-- changes ";
const BEGIN_END: &str = " -->";
const END: &str = "<!-- /changes -->";

/// The changes on an existing page; `None` if they are not those that were written.
pub(in super::super) fn existing_changes(page: &[u8]) -> Option<&str> {
    let (_, rest) = std::str::from_utf8(page).ok()?.split_once(BEGIN)?;
    let (sum, rest) = rest.split_once(BEGIN_END)?;
    let (changes, _) = rest.split_once(END)?;
    (sum == checksum(changes)).then_some(changes)
}

/// FNV-1a, 64 bits: enough to notice a damaged page.
fn checksum(text: &str) -> String {
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

/// What new announcements say about an entry.
struct News {
    entry: EntryRef,
    presence: Presence,
    /// The changes, newest first.
    changes: String,
}

/// The pages of the entries that new announcements concern, and of entries without any announcement.
pub(super) fn pages(publication: &Publication<'_>, list: &PublishedList<'_>) -> Vec<File> {
    let mut news: BTreeMap<EntryId, News> = BTreeMap::new();
    for announcement in list.fresh().iter().rev() {
        for (at, change) in announcement.changes.iter().enumerate() {
            for touched in log::entries(change) {
                let item = item(publication.messages(), announcement, (at, change), touched.row);
                add(&mut news, touched, &item);
            }
        }
        // The list did not change: the page of an entry that is read differently shows the announcement once.
        let Some(announced) = announcement.changes.first() else { continue };
        let mut known: BTreeSet<EntryId> = BTreeSet::new();
        for touched in announcement.read_differently.iter().flat_map(log::entries) {
            let is_new = known.insert(touched.entry.id.clone());
            let item = is_new.then(|| item(publication.messages(), announcement, (0, announced), None));
            add(&mut news, touched, &item.unwrap_or_default());
        }
    }
    let mut files: Vec<File> = news.values().map(|news| page(publication, list, news)).collect();
    if let (None, Some(inventory)) = (list.rendered, list.current) {
        // Entries that a second reading found.
        let silent = inventory.entries.iter().filter(|entry| !news.contains_key(&entry.id));
        files.extend(silent.map(|entry| {
            let (id, name) = (entry.id.clone(), entry.name.clone());
            let entry = EntryRef { id, label: name.clone(), name, section: Text::default() };
            page(publication, list, &News { entry, presence: Presence::Listed, changes: String::new() })
        }));
    }
    files
}

/// Adds an older change of an entry. The newest one decides what the entry is called and whether it is listed.
fn add(news: &mut BTreeMap<EntryId, News>, touched: Touched<'_>, item: &str) {
    let Touched { entry, presence, .. } = touched;
    let id = entry.id.clone();
    news.entry(id).or_insert_with(|| News { entry, presence, changes: String::new() }).changes.push_str(item);
}

fn page(publication: &Publication<'_>, list: &PublishedList<'_>, news: &News) -> File {
    let messages = publication.messages();
    let News { entry, presence, changes } = news;
    let title = fill(messages.history_of, &[&list_title(list), &entry.label]);
    let page = Page {
        publication,
        list: Some(list),
        title: &title,
        heading: html! { bdi { (entry.label) } },
        description: &title,
        home: "../",
        release: None,
        scripts: Scripts::None,
        twin: None,
    };
    let before = list.rendered.and_then(|rendered| rendered.entries.get(&entry.id)).map(String::as_str);
    let all = format!("{changes}{}", before.unwrap_or_default());
    let lead = html! {
        ul.facts {
            @match presence {
                Presence::Listed => {
                    li { span.status.active { (messages.listed) } }
                    li { a href={ "../index.html#e-" (entry.id) } { (messages.see_entry) } }
                }
                Presence::Absent => li { span.status { (messages.not_listed) } },
            }
            @if !entry.section.is_empty() { li { (messages.section) " " bdi { (entry.section) } } }
        }
    };
    let body = html! {
        section id="changes" {
            h2 { (messages.history) }
            @if all.is_empty() { p { (messages.no_history) } }
            @else {
                ol.log {
                    (maud::PreEscaped(format!("{BEGIN}{}{BEGIN_END}{all}{END}", checksum(&all))))
                }
            }
        }
    };
    File::new(format!("{}/{}", list.id, file(&entry.id)), page.render(&Content { lead, body }))
}

/// A change on the page of an entry.
fn item(messages: &Messages, announcement: &Announcement, (at, change): (usize, &Change), row: Option<&Row>) -> String {
    html! {
        li {
            a.day href={ "../" (announcement_page(&announcement.key)) } { time datetime=(announcement.published) { (messages.day(announcement.published)) } }
            ul {
                @match row {
                    None => (log::item(messages, (announcement, at), change, Place::Entry)),
                    Some(row) => {
                        li data-kind=(change.kind) {
                            (log::chip(messages, change)) " "
                            (inline(&with_deadlines(messages, Vec::new(), change, announcement.notice(at))))
                            dl { (past_cells(row)) }
                        }
                    }
                }
            }
        }
    }
    .into_string()
}

/// The cells of an entry at the time of a change, as items of a description list. A status of the past is a text like
/// others.
pub(super) fn past_cells(row: &Row) -> Markup {
    html! {
        @for field in &row.fields {
            @let role = Role::of_field(Vocabulary::builtin(), &field.field, field.label.as_str());
            dt { (field.label) } dd dir="auto" { (cell(role, &field.text)) }
        }
    }
}
