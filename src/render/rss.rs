//! RSS 2.0, for readers that do not read Atom. The only user of `rss`.

use std::collections::BTreeMap;

use rss::{
    Category, ChannelBuilder, Guid, Item,
    extension::{Extension, ExtensionMap},
};

use super::{
    File, Publication, PublishedList, RenderError,
    feed::MainFeed,
    incremental::{Keep, SegmentedFile, split_document},
};

/// The feed of a list.
pub(super) fn files(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    main: &MainFeed<'_>,
) -> Result<Vec<File>, RenderError> {
    let feed = main.get()?;
    let items: Vec<Item> = feed
        .entries
        .iter()
        .map(|entry| Item {
            title: Some(entry.title.clone()),
            link: Some(entry.url.to_string()),
            description: Some(entry.content.clone()),
            categories: entry.tags.iter().map(|tag| Category { name: (*tag).to_owned(), domain: None }).collect(),
            guid: Some(Guid { value: entry.id.clone(), permalink: false }),
            pub_date: Some(entry.published.utc().to_rfc2822()),
            ..Item::default()
        })
        .collect();
    let own = list.url(publication.base_url, "feed.rss");
    let channel = ChannelBuilder::default()
        .title(feed.title.clone())
        .link(feed.home.to_string())
        .description(feed.subtitle.clone())
        .language(Some("en".to_owned()))
        .last_build_date(Some(feed.updated.utc().to_rfc2822()))
        .generator(Some("changecast".to_owned()))
        .namespaces(BTreeMap::from([("atom".to_owned(), "http://www.w3.org/2005/Atom".to_owned())]))
        .extensions(self_link(own.as_str()))
        .items(items)
        .build();
    let failed = |message: String| RenderError { format: "rss", message };
    let bytes = channel.pretty_write_to(Vec::new(), b' ', 2).map_err(|error| failed(error.to_string()))?;
    let mut text = String::from_utf8(bytes).map_err(|error| failed(error.to_string()))?;
    if !text.starts_with("<?xml") {
        text.insert_str(0, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    }
    text.push('\n');
    let (head, fresh, tail) = split_document(&text, "    <item>\n", "    </item>\n");
    let file_of_segments = SegmentedFile { name: "feed.rss", head, fresh: &fresh, tail, ..SegmentedFile::default() };
    Ok(vec![file_of_segments.file(list, Keep::Newest(feed.kept))?])
}

/// `atom:link rel="self"`, which the RSS Advisory Board's profile asks for.
fn self_link(href: &str) -> ExtensionMap {
    let attrs = [("href", href), ("rel", "self"), ("type", "application/rss+xml")];
    let link = Extension {
        name: "atom:link".to_owned(),
        attrs: attrs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        ..Extension::default()
    };
    BTreeMap::from([("atom".to_owned(), BTreeMap::from([("link".to_owned(), vec![link])]))])
}
