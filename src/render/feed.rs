//! The content that all feed formats share: the entries of a feed and their texts.

use std::sync::OnceLock;

use maud::{Markup, html};

use changecast_core::model::{Timestamp, WebUrl};

use super::{
    Announcement, Inline, LogStatus, Publication, PublishedList, RenderError, announcement_page, json_feed, list_title,
};
use changecast_core::prose;

/// The number of months before its newest entry from which the main feed has all entries.
const MONTHS: u32 = 12;
/// The number of entries that the main feed has at least, whatever their age.
const AT_LEAST: usize = 20;
/// The maximal size of the main feed in bytes: common readers refuse more than 512 KiB or 1 MiB.
const MAX_BYTES: usize = 500 << 10;
/// The maximal size of an entry in bytes. The text of a longer one ends with a link to its page.
const MAX_ENTRY_BYTES: usize = 20 << 10;

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
    /// The entries that were not rendered before, newest first.
    pub entries: Vec<FeedEntry>,
    /// The same as items of the JSON Feed.
    pub items: Vec<String>,
    /// The number of existing entries to keep.
    pub kept: usize,
    /// The date of the newest entry; 1970 for a feed without entries.
    pub updated: Timestamp,
}

/// The main feed of a list. It is computed when a format first needs it, so that other formats do not wait for it.
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
    let mut feed = feed(publication, list, Vec::new());
    let Some(newest) = list.dates().next() else { return Ok(feed) };
    let limit = newest.months_earlier(MONTHS);
    let (mut count, mut bytes) = (0, 0);
    let mut holds = |published: Timestamp, item: usize| {
        // Escaped in XML, an item grows by about a half.
        bytes += item * 3 / 2;
        let fits = (published >= limit || count < AT_LEAST) && (bytes <= MAX_BYTES || count == 0);
        count += 1;
        fits
    };
    feed.updated = newest;
    for announcement in list.fresh().iter().rev() {
        let entry = entry(publication, list, announcement);
        let item = json_feed::item(&entry)?;
        if !holds(announcement.published, item.len()) {
            return Ok(feed);
        }
        feed.entries.push(entry);
        feed.items.push(item);
    }
    let earlier = list.rendered.and_then(|rendered| rendered.segmented.get(json_feed::NAME));
    let items = earlier.iter().flat_map(|earlier| &earlier.segments);
    feed.kept = list.before().zip(items).take_while(|(published, item)| holds(*published, item.length)).count();
    Ok(feed)
}

/// A year's entries, all that are not rendered yet.
pub(super) fn year_feed(publication: &Publication<'_>, list: &PublishedList<'_>, year: i32) -> Feed {
    let of_year = list.fresh().iter().rev().filter(|announcement| announcement.published.year() == year);
    feed(publication, list, of_year.map(|announcement| entry(publication, list, announcement)).collect())
}

/// The years with an archive, newest first: all closed years, and the current year if the main feed does not have
/// all of its entries.
pub(super) fn archive_years(list: &PublishedList<'_>, main: &Feed) -> Vec<i32> {
    let mut years: Vec<i32> = list.dates().map(Timestamp::year).collect();
    years.dedup();
    let current = years.first().copied();
    let all_in_main = |year: i32| {
        let mut beyond = list.dates().skip(main.entries.len() + main.kept);
        beyond.all(|published| published.year() != year)
    };
    years.retain(|year| Some(*year) != current || !all_in_main(*year));
    years
}

fn feed(publication: &Publication<'_>, list: &PublishedList<'_>, entries: Vec<FeedEntry>) -> Feed {
    let unsigned = if list.log == LogStatus::Unsigned { " (unsigned preview)" } else { "" };
    Feed {
        id: format!("tag:{}", list.tag),
        title: prose::angle_free(&format!("{}: {}{unsigned}", publication.publisher.name, list_title(list))),
        subtitle: prose::angle_free(&format!(
            "Changes of the list \"{}\" of {}.",
            list_title(list),
            publication.publisher.name
        )),
        home: list.url(publication.base_url, ""),
        updated: entries.first().map_or(Timestamp::from_unix_clamped(0), |entry| entry.published),
        entries,
        items: Vec::new(),
        kept: 0,
    }
}

fn entry(publication: &Publication<'_>, list: &PublishedList<'_>, announcement: &Announcement) -> FeedEntry {
    let url = list.url(publication.base_url, &announcement_page(&announcement.key));
    let title = prose::title(list_title(list).as_str(), &announcement.changes);
    let summary = prose::angle_free(&prose::summary(announcement.sentences()));
    let mut tags: Vec<&'static str> = announcement.changes.iter().map(|change| change.kind.info().name).collect();
    tags.dedup();
    FeedEntry {
        id: format!("tag:{}/{}", list.tag, announcement.key),
        content: content(publication, list, announcement, &url),
        url,
        title,
        summary,
        published: announcement.published,
        tags,
    }
}

/// The entry's HTML: only p, ul, li, strong, a, ins and del, with absolute addresses.
fn content(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    announcement: &Announcement,
    url: &WebUrl,
) -> String {
    let mut items: Vec<String> = Vec::new();
    let mut bytes = 0;
    for sentence in announcement.sentences() {
        let item = html! { li { (inline(sentence)) } }.into_string();
        bytes += item.len();
        if bytes > MAX_ENTRY_BYTES && !items.is_empty() {
            break;
        }
        items.push(item);
    }
    let left = announcement.changes.len() - items.len();
    let home = list.url(publication.base_url, "");
    html! {
        ul { @for item in &items { (maud::PreEscaped(item)) } }
        @if left > 0 { p { "And " (left) " more changes, on the page of this change." } }
        p { a href=(url.as_str()) { "This change" } " \u{b7} " a href=(home.as_str()) { "The list as it stands" } }
    }
    .into_string()
}

/// A sentence as HTML.
pub(super) fn inline(pieces: &[Inline]) -> Markup {
    html! {
        @for piece in pieces {
            @match piece {
                Inline::Plain(text) => (text),
                Inline::Strong(text) => strong { (text) },
                Inline::New(text) | Inline::Inserted(text) => ins { (text) },
                Inline::Old(text) | Inline::Deleted(text) => del { (text) },
            }
        }
    }
}
