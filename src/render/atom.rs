//! Atom feeds (RFC 4287), with archives by year (RFC 5005 §4). The only user of `atom_syndication`.

use std::collections::BTreeMap;

use atom_syndication::{
    Category, Content, Entry, Feed as AtomFeed, Generator, Link, Person, Text as AtomText, WriteConfig,
    extension::{Extension, ExtensionMap},
};

use changecast_core::model::Timestamp;

use super::{
    File, Publication, PublishedList, RenderError,
    feed::{Feed, MainFeed, archive_years, year_feed},
    incremental::{Keep, SegmentedFile, split_document},
};

/// The namespace of RFC 5005.
const HISTORY: &str = "http://purl.org/syndication/history/1.0";

/// The lines around an entry. Texts are escaped, so that they do not contain these lines.
const OPENS: &str = "  <entry>\n";
const CLOSES: &str = "  </entry>\n";

/// The archive of a year.
pub(super) fn archive_file(year: i32) -> String {
    format!("archive/{year}.atom")
}

/// The main feed and the archives of its list.
pub(super) fn files(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    main: &MainFeed<'_>,
) -> Result<Vec<File>, RenderError> {
    let main = main.get()?;
    let years = archive_years(list, main);
    let mut files = Vec::with_capacity(years.len() + 1);
    let previous = years.first().map(|year| ("prev-archive", archive_file(*year)));
    let text = document(publication, list, main, "feed.atom", previous.into_iter().collect(), false)?;
    let (head, fresh, tail) = split_document(&text, OPENS, CLOSES);
    let file_of_segments = SegmentedFile { name: "feed.atom", head, fresh: &fresh, tail, ..SegmentedFile::default() };
    files.push(file_of_segments.file(list, Keep::Newest(main.kept))?);
    let newest = list.dates().next().map(Timestamp::year);
    for (at, year) in years.iter().enumerate() {
        // The archives of closed years exist and do not change.
        if list.rendered.is_some() && Some(*year) != newest {
            break;
        }
        let mut links = vec![("current", "feed.atom".to_owned())];
        // No `next-archive`: the archive of a closed year must not change when the next one closes.
        links.extend(years.get(at + 1).map(|year| ("prev-archive", archive_file(*year))));
        let feed = year_feed(publication, list, *year);
        let text = document(publication, list, &feed, &archive_file(*year), links, true)?;
        let (head, fresh, tail) = split_document(&text, OPENS, CLOSES);
        let file_of_segments =
            SegmentedFile { name: &archive_file(*year), head, fresh: &fresh, tail, ..SegmentedFile::default() };
        let earlier = list.before().filter(|published| published.year() == *year).count();
        let file = file_of_segments.file(list, Keep::Newest(earlier))?;
        // The archive of a closed year is never continued.
        let segments = file.segments.filter(|_| Some(*year) == newest);
        files.push(File { segments, ..file });
    }
    Ok(files)
}

fn document(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    feed: &Feed,
    path: &str,
    relations: Vec<(&str, String)>,
    archived: bool,
) -> Result<String, RenderError> {
    let mut links = vec![link("self", list.url(publication.base_url, path).as_str(), "application/atom+xml")];
    links.push(link("alternate", feed.home.as_str(), "text/html"));
    links.extend(
        relations
            .iter()
            .map(|(rel, path)| link(rel, list.url(publication.base_url, path).as_str(), "application/atom+xml")),
    );
    let publisher = publication.publisher;
    let atom = AtomFeed {
        title: AtomText::plain(&*feed.title),
        id: feed.id.clone(),
        updated: feed.updated.utc().fixed_offset(),
        authors: vec![Person {
            name: changecast_core::model::Text::new(&publisher.name).to_string(),
            email: publisher.email.as_ref().map(ToString::to_string),
            uri: Some(publisher.url.to_string()),
            ..Person::default()
        }],
        generator: Some(Generator { value: "changecast".to_owned(), uri: None, version: None }),
        links,
        subtitle: Some(AtomText::plain(&*feed.subtitle)),
        entries: feed
            .entries
            .iter()
            .map(|entry| Entry {
                title: AtomText::plain(&*entry.title),
                id: entry.id.clone(),
                updated: entry.published.utc().fixed_offset(),
                published: Some(entry.published.utc().fixed_offset()),
                links: vec![link("alternate", entry.url.as_str(), "text/html")],
                categories: entry
                    .tags
                    .iter()
                    .map(|tag| Category { term: (*tag).to_owned(), scheme: None, label: None })
                    .collect(),
                summary: Some(AtomText::plain(&*entry.summary)),
                content: Some(Content {
                    value: Some(entry.content.clone()),
                    content_type: Some("html".to_owned()),
                    ..Content::default()
                }),
                ..Entry::default()
            })
            .collect(),
        namespaces: BTreeMap::from([("fh".to_owned(), HISTORY.to_owned())]),
        extensions: if archived { archive_mark() } else { ExtensionMap::new() },
        lang: Some("en".to_owned()),
        ..AtomFeed::default()
    };
    let config = WriteConfig { write_document_declaration: true, indent_size: Some(2) };
    let bytes = atom.write_with_config(Vec::new(), config).map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(failed)?;
    let text = text.replacen("<?xml version=\"1.0\"?>", "<?xml version=\"1.0\" encoding=\"utf-8\"?>", 1);
    Ok(metadata_first(&text) + "\n")
}

fn failed(error: impl std::fmt::Display) -> RenderError {
    RenderError { format: "atom", message: error.to_string() }
}

fn link(rel: &str, href: &str, mime: &str) -> Link {
    Link { rel: rel.to_owned(), href: href.to_owned(), mime_type: Some(mime.to_owned()), ..Link::default() }
}

/// The mark of an archive (RFC 5005 §4).
const MARK: &str = "fh:archive";

fn archive_mark() -> ExtensionMap {
    let mark = Extension { name: MARK.to_owned(), ..Extension::default() };
    BTreeMap::from([("fh".to_owned(), BTreeMap::from([("archive".to_owned(), vec![mark])]))])
}

/// Moves the mark of an archive before the entries, as the schema of RFC 4287 and some readers demand. The library
/// writes extensions after the entries. Texts are escaped, so that they do not contain the mark.
fn metadata_first(text: &str) -> String {
    let (open, close) = (format!("<{MARK}"), format!("</{MARK}>"));
    let mark = text.find(&open).zip(text.find(&close).map(|at| at + close.len()));
    match (text.find("  <entry>"), mark) {
        (Some(first), Some((start, end))) if first < start => {
            format!(
                "{}  <{MARK}/>\n{}{}",
                &text[..first],
                text[first..start].trim_end_matches(' '),
                text[end..].trim_start()
            )
        }
        _ => text.to_owned(),
    }
}
