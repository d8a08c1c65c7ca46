//! The feed model that all feed formats share: the entries of a feed and their content.

use std::sync::OnceLock;

use maud::{Markup, html};

use changecast_core::{
    ledger::Pointer,
    model::{Timestamp, WebUrl},
};

use super::{
    Announcement, Inline, LogStatus, Publication, PublishedList, RenderError, announcement_page, atom, json_feed,
    list_title, rss, vendors::VendorEntry,
};
use changecast_core::prose::{self, messages::fill};

/// The months before its newest entry that the main feed covers.
const MONTHS: u32 = 12;
/// The minimal number of entries in the main feed, however old.
const AT_LEAST: usize = 20;
/// The maximal size of the main feed: common readers refuse more than 512 KiB or 1 MiB.
pub(super) const MAX_BYTES: usize = 500 << 10;
/// The maximal size of an entry. A longer one is cut and links to its page.
const MAX_ENTRY_BYTES: usize = 20 << 10;

/// A format of the main feed.
pub(super) struct FeedFormat {
    /// The name that pages show.
    pub name: &'static str,
    pub file: &'static str,
    pub mime: &'static str,
}

/// The formats of the main feed, in the order in which pages name them.
pub(super) static FEEDS: [FeedFormat; 3] = [
    FeedFormat { name: "Atom", file: atom::NAME, mime: "application/atom+xml" },
    FeedFormat { name: "RSS", file: rss::NAME, mime: "application/rss+xml" },
    FeedFormat { name: "JSON Feed", file: json_feed::NAME, mime: "application/feed+json" },
];

/// A feed entry: the same in every format.
pub(super) struct FeedEntry {
    pub id: String,
    pub url: WebUrl,
    pub title: String,
    pub summary: String,
    pub content: String,
    pub published: Timestamp,
    pub tags: Vec<&'static str>,
}

/// A feed of a list.
pub(super) struct Feed {
    pub id: String,
    pub title: String,
    pub subtitle: String,
    pub home: WebUrl,
    /// The language tag.
    pub language: &'static str,
    /// The new entries, newest first.
    pub entries: Vec<FeedEntry>,
    /// The new entries as items of the JSON Feed.
    pub items: Vec<String>,
    /// The number of entries of the existing feed that are kept.
    pub kept: usize,
    /// The date of the newest entry; 1970 for a list without any.
    pub updated: Timestamp,
}

/// The main feed of a list, computed when a format first needs it, so that other formats need not wait.
pub(super) struct MainFeed<'a> {
    publication: &'a Publication<'a>,
    list: &'a PublishedList<'a>,
    feed: OnceLock<Result<Feed, RenderError>>,
}

impl<'a> MainFeed<'a> {
    pub fn new(publication: &'a Publication<'a>, list: &'a PublishedList<'a>) -> Self {
        MainFeed { publication, list, feed: OnceLock::new() }
    }

    pub fn get(&self) -> Result<&Feed, RenderError> {
        self.feed.get_or_init(|| main_feed(self.publication, self.list)).as_ref().map_err(Clone::clone)
    }
}

fn main_feed(publication: &Publication<'_>, list: &PublishedList<'_>) -> Result<Feed, RenderError> {
    let mut feed = feed(publication, list, Vec::new(), list.newest());
    let Some(newest) = list.dates().next() else { return Ok(feed) };
    let mut budget = Budget { oldest: newest.months_earlier(MONTHS), count: 0, bytes: 0 };
    feed.updated = newest;
    for announcement in list.fresh().iter().rev() {
        let entry = entry(publication, list, announcement);
        let item = json_feed::item(&entry, announcement)?;
        if !budget.admits(announcement.published, item.len()) {
            return Ok(feed);
        }
        feed.entries.push(entry);
        feed.items.push(item);
    }
    let existing = list.rendered.and_then(|rendered| rendered.segmented.get(json_feed::NAME));
    let items = existing.iter().flat_map(|existing| &existing.segments);
    feed.kept = list.before().zip(items).take_while(|(published, item)| budget.admits(*published, item.length)).count();
    Ok(feed)
}

/// The limits of the main feed, and how much of them is used.
struct Budget {
    oldest: Timestamp,
    count: usize,
    bytes: usize,
}

impl Budget {
    /// Whether the feed has space for the next entry, with an item of this length in the JSON Feed.
    fn admits(&mut self, published: Timestamp, item: usize) -> bool {
        // Escaped in XML, an item grows by about a half.
        self.bytes += item * 3 / 2;
        let is_recent = published >= self.oldest || self.count < AT_LEAST;
        let is_admitted = is_recent && (self.bytes <= MAX_BYTES || self.count == 0);
        self.count += 1;
        is_admitted
    }
}

/// The new entries of a year.
pub(super) fn year_feed(publication: &Publication<'_>, list: &PublishedList<'_>, year: i32) -> Feed {
    let of_year = list.fresh().iter().rev().filter(|announcement| announcement.published.year() == year);
    let newest = of_year.clone().next().and_then(|newest| list.signed_release(newest));
    feed(publication, list, of_year.map(|announcement| entry(publication, list, announcement)).collect(), newest)
}

/// The years that have an archive, newest first: past years, and the current year if the main feed has no space
/// for all of it.
pub(super) fn archive_years(list: &PublishedList<'_>, main: &Feed) -> Vec<i32> {
    let mut years: Vec<i32> = list.dates().map(Timestamp::year).collect();
    years.dedup();
    let current = years.first().copied();
    let oldest_in_main = main.entries.len() + main.kept;
    let is_current_complete = list.dates().skip(oldest_in_main).all(|published| Some(published.year()) != current);
    years.retain(|year| Some(*year) != current || !is_current_complete);
    years
}

/// A feed of these entries, which shows the log up to a release.
fn feed(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    entries: Vec<FeedEntry>,
    newest: Option<Pointer>,
) -> Feed {
    let as_of =
        newest.map_or_else(String::new, |release| format!(" {}", fill(publication.messages().as_of, &[&release])));
    let messages = publication.messages();
    let unsigned = if list.log == LogStatus::Unsigned { messages.unsigned_feed } else { "" };
    Feed {
        id: format!("tag:{}", list.tag),
        title: prose::angle_free(&format!("{}: {}{unsigned}", publication.publisher.name, list_title(list))),
        subtitle: prose::angle_free(
            &(fill(messages.feed_about, &[&list_title(list), &publication.publisher.name]) + &as_of),
        ),
        home: list.url(publication.base_url, ""),
        language: messages.lang,
        updated: entries.first().map_or(Timestamp::from_unix_clamped(0), |entry| entry.published),
        entries,
        items: Vec::new(),
        kept: 0,
    }
}

fn entry(publication: &Publication<'_>, list: &PublishedList<'_>, announcement: &Announcement) -> FeedEntry {
    let url = list.url(publication.base_url, &announcement_page(&announcement.key));
    let summary =
        prose::angle_free(&prose::summary(publication.messages(), announcement.sentences(publication.messages())));
    let mut tags: Vec<&'static str> = announcement.changes.iter().map(|change| change.kind.info().name).collect();
    tags.dedup();
    FeedEntry {
        id: format!("tag:{}/{}", list.tag, announcement.key),
        content: content(publication, list, announcement),
        url,
        title: entry_title(publication, list, announcement),
        summary,
        published: announcement.published,
        tags,
    }
}

/// The title of an announcement with the first day until which customers may object.
pub(super) fn entry_title(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    announcement: &Announcement,
) -> String {
    let messages = publication.messages();
    prose::title(messages, list_title(list).as_str(), &announcement.changes)
        + &prose::deadlines::title_end(messages, announcement.computed())
}

/// The HTML of a message about an announcement, with sentences before and after the changes.
pub(super) fn message(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    announcement: &Announcement,
    (before, after): (&str, &str),
) -> String {
    html! {
        (maud::DOCTYPE)
        html lang=(publication.messages().lang) { body { p { (before) } (maud::PreEscaped(content(publication, list, announcement))) p { (after) } } }
    }
    .into_string()
}

/// The entry's HTML: only p, ul, li, strong, a, ins and del, with absolute addresses. Block elements are on lines of
/// their own, because previews of feed readers drop the markup.
fn content(publication: &Publication<'_>, list: &PublishedList<'_>, announcement: &Announcement) -> String {
    let url = list.url(publication.base_url, &announcement_page(&announcement.key));
    let mut items: Vec<String> = Vec::new();
    let mut bytes = 0;
    for sentence in announcement.sentences(publication.messages()) {
        let item = html! { li { (inline(sentence)) } }.into_string();
        bytes += item.len();
        if bytes > MAX_ENTRY_BYTES && !items.is_empty() {
            break;
        }
        items.push(item);
    }
    let omitted = announcement.changes.len() - items.len();
    let home = list.url(publication.base_url, "");
    let messages = publication.messages();
    let rest = html! { p { (fill(messages.feed_rest, &[&omitted])) } };
    let corrected = announcement.corrects.as_deref();
    let corrected = corrected.map(|key| list.url(publication.base_url, &announcement_page(key)));
    let links = html! {
        p {
            a href=(url.as_str()) { (messages.this_change) }
            @if let Some(corrected) = corrected { " \u{b7} " a href=(corrected.as_str()) { (messages.corrected_link) } }
            " \u{b7} " a href=(home.as_str()) { (messages.current_link) }
            @if let Some(release) = list.signed_release(announcement) { " \u{b7} " (release) }
        }
    };
    let mut blocks = vec![format!("<ul>\n{}\n</ul>", items.join("\n"))];
    if omitted > 0 {
        blocks.push(rest.into_string());
    }
    blocks.push(links.into_string());
    blocks.join("\n")
}

/// The HTML of changes that became known together, with the way in which they are known.
pub(super) fn vendor_content(entry: &VendorEntry) -> String {
    let items: Vec<String> =
        entry.sentences.iter().map(|sentence| html! { li { (inline(sentence)) } }.into_string()).collect();
    format!("<ul>\n{}\n</ul>\n{}", items.join("\n"), html! { p { (entry.basis) } }.into_string())
}

/// A sentence as HTML.
fn inline(pieces: &[Inline]) -> Markup {
    html! {
        @for piece in pieces {
            @match piece {
                Inline::Plain(text) | Inline::Name(text) => (text),
                Inline::Strong(text) => strong { (text) },
                Inline::New(text) | Inline::Inserted(text) => ins { (text) },
                Inline::Old(text) | Inline::Deleted(text) => del { (text) },
            }
        }
    }
}
