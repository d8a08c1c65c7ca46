//! JSON Feed 1.1 (jsonfeed.org).

use changecast_core::{change::Change, model::Text};
use serde::Serialize;

use super::{
    Announcement, File, Publication, PublishedList, RenderError,
    feed::{FeedEntry, MainFeed},
    incremental::{Keep, SegmentedFile},
};

/// The file name of the feed.
pub(super) const NAME: &str = "feed.json";

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    description: &'a str,
    language: &'static str,
    authors: Vec<Author<'a>>,
    items: [(); 0],
}

#[derive(Serialize)]
struct Author<'a> {
    name: String,
    url: &'a str,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    url: &'a str,
    title: &'a str,
    summary: &'a str,
    content_html: &'a str,
    date_published: String,
    tags: &'a [&'static str],
    _changecast: Extension<'a>,
}

/// The extension of the feed: the release and its changes as objects, as the signed log contains them.
#[derive(Serialize)]
struct Extension<'a> {
    release: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    corrects: Option<&'a str>,
    changes: Vec<&'a Change>,
    /// The number of changes that are left out of a long item. The signed log has them.
    #[serde(skip_serializing_if = "is_zero")]
    omitted: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// The first changes of an announcement that an item has room for.
fn first_changes(announcement: &Announcement) -> Result<Vec<&Change>, serde_json::Error> {
    let mut bytes = 0;
    let mut changes = Vec::new();
    for change in &announcement.changes {
        bytes += serde_json::to_string(change)?.len();
        if bytes > MAX_CHANGES {
            break;
        }
        changes.push(change);
    }
    Ok(changes)
}

/// The most bytes of change objects in an item.
const MAX_CHANGES: usize = 20 << 10;

/// The feed of a list.
pub(super) fn files(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    main: &MainFeed<'_>,
) -> Result<Vec<File>, RenderError> {
    let feed = main.get()?;
    let own = list.url(publication.base_url, NAME);
    let document = Document {
        version: "https://jsonfeed.org/version/1.1",
        title: &feed.title,
        home_page_url: feed.home.as_str(),
        feed_url: own.as_str(),
        description: &feed.subtitle,
        language: publication.messages().lang,
        authors: vec![Author {
            name: Text::new(&publication.publisher.name).to_string(),
            url: publication.publisher.url.as_str(),
        }],
        items: [],
    };
    // The items are inserted into the empty array at the end.
    let text = serde_json::to_string_pretty(&document).map_err(failed)?;
    let head = text.strip_suffix("]\n}").unwrap_or(&text);
    let fresh: Vec<&str> = feed.items.iter().map(String::as_str).collect();
    let tail = "\n  ]\n}\n";
    let file = SegmentedFile { name: NAME, head, fresh: &fresh, between: ",", tail, ..SegmentedFile::default() };
    Ok(vec![file.file(list, Keep::Newest(feed.kept))?])
}

/// An entry as an item of the feed, indented and on separate lines.
pub(super) fn item(entry: &FeedEntry, announcement: &Announcement) -> Result<String, RenderError> {
    let changes = first_changes(announcement).map_err(failed)?;
    let item = Item {
        id: &entry.id,
        url: entry.url.as_str(),
        title: &entry.title,
        summary: &entry.summary,
        content_html: &entry.content,
        date_published: entry.published.to_string(),
        tags: &entry.tags,
        _changecast: Extension {
            release: announcement.release.seq,
            corrects: announcement.corrects.as_deref(),
            omitted: announcement.changes.len() - changes.len(),
            changes,
        },
    };
    let text = serde_json::to_string_pretty(&item).map_err(failed)?;
    // JSON escapes line ends within texts.
    Ok(text.lines().map(|line| format!("\n    {line}")).collect())
}

fn failed(error: serde_json::Error) -> RenderError {
    RenderError { format: "json feed", message: error.to_string() }
}
