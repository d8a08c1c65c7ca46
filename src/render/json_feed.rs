//! JSON Feed 1.1 (jsonfeed.org).

use changecast_core::model::Text;
use serde::Serialize;

use super::{
    File, Publication, PublishedList, RenderError,
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
}

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
        language: "en",
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
pub(super) fn item(entry: &FeedEntry) -> Result<String, RenderError> {
    let item = Item {
        id: &entry.id,
        url: entry.url.as_str(),
        title: &entry.title,
        summary: &entry.summary,
        content_html: &entry.content,
        date_published: entry.published.to_string(),
        tags: &entry.tags,
    };
    let text = serde_json::to_string_pretty(&item).map_err(failed)?;
    // JSON escapes line ends within texts.
    Ok(text.lines().map(|line| format!("\n    {line}")).collect())
}

fn failed(error: serde_json::Error) -> RenderError {
    RenderError { format: "json feed", message: error.to_string() }
}
