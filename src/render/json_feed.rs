//! JSON Feed 1.1 (jsonfeed.org).

use serde::Serialize;

use super::{File, Publication, PublishedList, RenderError, feed::Feed};

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    title: &'a str,
    home_page_url: &'a str,
    feed_url: &'a str,
    description: &'a str,
    language: &'static str,
    authors: Vec<Author<'a>>,
    items: Vec<Item<'a>>,
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
    feed: &Feed,
) -> Result<Vec<File>, RenderError> {
    let own = list.url(publication.base_url, "feed.json");
    let document = Document {
        version: "https://jsonfeed.org/version/1.1",
        title: &feed.title,
        home_page_url: feed.home.as_str(),
        feed_url: own.as_str(),
        description: &feed.subtitle,
        language: "en",
        authors: vec![Author {
            name: crate::model::Text::new(&publication.publisher.name).to_string(),
            url: publication.publisher.url.as_str(),
        }],
        items: feed
            .entries
            .iter()
            .map(|entry| Item {
                id: &entry.id,
                url: entry.url.as_str(),
                title: &entry.title,
                summary: &entry.summary,
                content_html: &entry.content,
                date_published: entry.published.to_string(),
                tags: &entry.tags,
            })
            .collect(),
    };
    let mut text = serde_json::to_string_pretty(&document)
        .map_err(|error| RenderError { format: "json feed", message: error.to_string() })?;
    text.push('\n');
    Ok(vec![File::new(format!("{}/feed.json", list.id), text)])
}
