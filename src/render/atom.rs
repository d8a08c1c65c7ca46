//! Atom feeds (RFC 4287), with archives by year (RFC 5005 §4). The only user of `atom_syndication`.
//!
//! The library writes the feed without entries, and each entry separately. The entries are inserted before the end
//! tag of the feed, after all metadata: the schema of RFC 4287 and readers that stop early need it first.

use std::collections::{BTreeMap, BTreeSet};

use atom_syndication::{
    Category, Content, Entry, Feed as AtomFeed, Generator, Link, Person, Text as AtomText, WriteConfig,
    extension::{Extension, ExtensionMap},
};

use changecast_core::{
    model::{Text, Timestamp},
    prose::{self, messages::fill},
};

use crate::config::FeedConfig;

use super::{
    File, Publication, PublishedList, RenderError,
    feed::{Feed, FeedEntry, MAX_BYTES, MainFeed, archive_years, vendor_content, year_feed},
    filtered,
    incremental::{Keep, SegmentedFile},
    vendors::{Vendor, VendorEntry},
};

/// The namespace of RFC 5005.
const HISTORY: &str = "http://purl.org/syndication/history/1.0";

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
const END: &str = "</feed>\n";
const FORMAT: WriteConfig = WriteConfig { write_document_declaration: false, indent_size: Some(2) };

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
    let head = head(publication, main, links(publication, list, NAME, previous), ExtensionMap::new())?;
    let entries: Vec<String> = main.entries.iter().map(entry).collect::<Result<_, _>>()?;
    files.push(document(NAME, &head, &entries, list, main.kept)?);
    for filter in publication.feeds {
        files.push(filtered_feed(publication, list, main, &entries, filter)?);
    }
    let newest = list.dates().next().map(Timestamp::year);
    for (at, year) in years.iter().enumerate() {
        // The archives of past years exist already.
        if list.rendered.is_some() && Some(*year) != newest {
            break;
        }
        let mut links = vec![("current", NAME.to_owned())];
        // Only to archives of past years, which are written again when a year ends: that of the newest year appears when
        // the main feed is full.
        let next = at.checked_sub(1).and_then(|at| years.get(at)).filter(|next| Some(**next) != newest);
        links.extend(next.map(|year| ("next-archive", archive_file(*year))));
        links.extend(years.get(at + 1).map(|year| ("prev-archive", archive_file(*year))));
        let feed = year_feed(publication, list, *year);
        let path = archive_file(*year);
        let head = self::head(publication, &feed, self::links(publication, list, &path, links), archive_mark())?;
        let kept = list.before().filter(|published| published.year() == *year).count();
        let of_year: Vec<String> = feed.entries.iter().map(entry).collect::<Result<_, _>>()?;
        let file = document(&path, &head, &of_year, list, kept)?;
        // The archive of a past year never changes.
        let segments = file.segments.filter(|_| Some(*year) == newest);
        files.push(File { segments, ..file });
    }
    Ok(files)
}

/// The name of the feed of all lists, and of the main feed of each.
pub(super) const NAME: &str = "feed.atom";

/// The feed of all lists, with the entries of their main feeds, newest first. The entries have the same ids as there.
/// `feeds` are the texts of the main feeds after this publication.
pub(super) fn of_all_lists(publication: &Publication<'_>, feeds: &[String]) -> Result<File, RenderError> {
    let mut entries: Vec<(Timestamp, &str)> = feeds.iter().flat_map(|feed| entries_of(feed)).collect();
    entries.sort_by_key(|(published, _)| std::cmp::Reverse(*published));
    let mut bytes = 0;
    entries.retain(|(_, entry)| {
        bytes += entry.len();
        bytes <= MAX_BYTES
    });
    let messages = publication.messages();
    let publisher = publication.publisher;
    let feed = Feed {
        // No list has the id `/`.
        id: format!("tag:{}:/", publisher.authority),
        title: prose::angle_free(&fill(messages.lists_title, &[&publisher.name])),
        subtitle: messages.feed_of_all.to_owned(),
        home: publication.base_url.clone(),
        language: messages.lang,
        updated: entries.first().map_or(Timestamp::from_unix_clamped(0), |(published, _)| *published),
        entries: Vec::new(),
        items: Vec::new(),
        kept: 0,
    };
    let own = publication.base_url.join(NAME);
    let head = head(publication, &feed, vec![link("self", own.as_str(), MIME)], ExtensionMap::new())?;
    let entries: String = entries.into_iter().map(|(_, entry)| entry).collect();
    Ok(File::new(NAME, format!("{head}{entries}{END}")))
}

/// The entries of a feed with their times. Texts in a feed cannot contain tags, as they are escaped.
fn entries_of(feed: &str) -> impl Iterator<Item = (Timestamp, &str)> {
    let starts: Vec<usize> = feed.match_indices("<entry").map(|(at, _)| at).collect();
    starts.into_iter().filter_map(move |start| {
        let end = start + feed[start..].find(ENTRY_END)? + ENTRY_END.len();
        let entry = &feed[start..end];
        let (_, updated) = entry.split_once("<updated>")?;
        // The library writes UTC as an offset.
        let updated = updated.split('<').next()?.strip_suffix("+00:00")?;
        Some((format!("{updated}Z").parse().ok()?, entry))
    })
}

const ENTRY_END: &str = "</entry>\n";

/// A feed with its new entries and the newest `kept` entries of the existing file.
fn document(
    path: &str,
    head: &str,
    entries: &[String],
    list: &PublishedList<'_>,
    kept: usize,
) -> Result<File, RenderError> {
    let fresh: Vec<&str> = entries.iter().map(String::as_str).collect();
    let file = SegmentedFile { name: path, head, fresh: &fresh, tail: END, ..SegmentedFile::default() };
    file.file(list, Keep::Newest(kept))
}

/// A feed with those entries of the main feed that a filter admits.
fn filtered_feed(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    main: &Feed,
    entries: &[String],
    filter: &FeedConfig,
) -> Result<File, RenderError> {
    let path = filtered::file(filter);
    let fresh = list.fresh().iter().rev().zip(entries);
    let fresh: Vec<String> =
        fresh.filter(|(announcement, _)| filtered::has(filter, announcement)).map(|(_, text)| text.clone()).collect();
    // The existing entries that the main feed keeps as well.
    let kept = list.rendered.map_or(0, |rendered| {
        let segments = |name: &str| rendered.segmented.get(name).into_iter().flat_map(|found| &found.segments);
        let in_main: BTreeSet<Option<u128>> =
            segments(NAME).take(main.kept).map(|segment| segment.fingerprint).collect();
        segments(&path).take_while(|segment| in_main.contains(&segment.fingerprint)).count()
    });
    let feed = Feed {
        id: format!("{}/feed-{}", main.id, filter.id),
        title: format!("{} ({})", main.title, filter.id),
        subtitle: main.subtitle.clone(),
        home: main.home.clone(),
        language: main.language,
        updated: main.updated,
        entries: Vec::new(),
        items: Vec::new(),
        kept,
    };
    let head = head(publication, &feed, links(publication, list, &path, None), ExtensionMap::new())?;
    document(&path, &head, &fresh, list, kept)
}

fn entry(entry: &FeedEntry) -> Result<String, RenderError> {
    let categories = entry.tags.iter().map(|tag| Category { term: (*tag).to_owned(), scheme: None, label: None });
    let atom = Entry {
        title: AtomText::plain(&*entry.title),
        id: entry.id.clone(),
        updated: entry.published.utc().fixed_offset(),
        published: Some(entry.published.utc().fixed_offset()),
        links: vec![link("alternate", entry.url.as_str(), "text/html")],
        categories: categories.collect(),
        summary: Some(AtomText::plain(&*entry.summary)),
        content: Some(Content {
            value: Some(entry.content.clone()),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        ..Entry::default()
    };
    let bytes = atom.write_with_config(Vec::new(), FORMAT).map_err(failed)?;
    Ok(String::from_utf8(bytes).map_err(failed)? + "\n")
}

/// Most entries of a feed of vendors.
const MAX_VENDOR_ENTRIES: usize = 200;

/// The newest changes of the vendors that a customer follows. The titles of those that stand out begin with the customer's word.
///
/// # Errors
/// [`RenderError`] if the feed cannot be written.
pub fn of_vendors(vendors: &[Vendor<'_>]) -> Result<String, RenderError> {
    let mut entries: Vec<(&Vendor<'_>, &VendorEntry)> =
        vendors.iter().flat_map(|vendor| vendor.entries.iter().map(move |entry| (vendor, entry))).collect();
    entries.sort_by(|(_, a), (_, b)| (b.published, &a.id).cmp(&(a.published, &b.id)));
    entries.truncate(MAX_VENDOR_ENTRIES);
    let epoch = Timestamp::from_unix_clamped(0);
    let atom = AtomFeed {
        title: AtomText::plain("Vendors"),
        id: "tag:changecast,2026:vendors".to_owned(),
        updated: entries.first().map_or(epoch, |(_, newest)| newest.published).utc().fixed_offset(),
        generator: Some(Generator { value: "changecast".to_owned(), uri: None, version: None }),
        entries: entries.into_iter().map(|(vendor, entry)| vendor_entry(vendor, entry)).collect(),
        lang: Some("en".to_owned()),
        ..AtomFeed::default()
    };
    let bytes = atom.write_with_config(Vec::new(), FORMAT).map_err(failed)?;
    Ok(format!("{DECLARATION}{}\n", String::from_utf8(bytes).map_err(failed)?))
}

fn vendor_entry(vendor: &Vendor<'_>, entry: &VendorEntry) -> Entry {
    let kinds = entry.kinds.iter().map(|kind| (*kind).to_owned());
    let terms = kinds.chain(vendor.criticality.map(|words| Text::new(words).to_string()));
    let summary: Vec<String> = entry.sentences.iter().map(|sentence| prose::flat(sentence)).collect();
    Entry {
        title: AtomText::plain(prose::angle_free(
            &Text::new(&format!("{}: {}", vendor.label(), entry.title)).to_string(),
        )),
        id: entry.id.clone(),
        updated: entry.published.utc().fixed_offset(),
        published: Some(entry.published.utc().fixed_offset()),
        authors: vec![Person { name: Text::new(vendor.name).to_string(), ..Person::default() }],
        links: entry.url.iter().map(|url| link("alternate", url, "text/html")).collect(),
        categories: terms.map(|term| Category { term, scheme: None, label: None }).collect(),
        summary: Some(AtomText::plain(prose::angle_free(&format!("{}. {}", summary.join(". "), entry.basis)))),
        content: Some(Content {
            value: Some(vendor_content(entry)),
            content_type: Some("html".to_owned()),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

/// The links of a feed of a list to itself and to others.
fn links(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    path: &str,
    relations: impl IntoIterator<Item = (&'static str, String)>,
) -> Vec<Link> {
    let own = [("self", path.to_owned())].into_iter().chain(relations);
    own.map(|(rel, path)| link(rel, list.url(publication.base_url, &path).as_str(), MIME)).collect()
}

/// The media type of Atom.
const MIME: &str = "application/atom+xml";

/// The feed up to its first entry. The first of the links is that to itself.
fn head(
    publication: &Publication<'_>,
    feed: &Feed,
    mut links: Vec<Link>,
    extensions: ExtensionMap,
) -> Result<String, RenderError> {
    links.insert(1, link("alternate", feed.home.as_str(), "text/html"));
    let publisher = publication.publisher;
    let atom = AtomFeed {
        title: AtomText::plain(&*feed.title),
        id: feed.id.clone(),
        updated: feed.updated.utc().fixed_offset(),
        authors: vec![Person {
            name: Text::new(&publisher.name).to_string(),
            email: publisher.email.as_ref().map(ToString::to_string),
            uri: Some(publisher.url.to_string()),
            ..Person::default()
        }],
        generator: Some(Generator { value: "changecast".to_owned(), uri: None, version: None }),
        links,
        subtitle: Some(AtomText::plain(&*feed.subtitle)),
        namespaces: BTreeMap::from([("fh".to_owned(), HISTORY.to_owned())]),
        extensions,
        lang: Some(publication.messages().lang.to_owned()),
        ..AtomFeed::default()
    };
    let bytes = atom.write_with_config(Vec::new(), FORMAT).map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(failed)?;
    let open = text.strip_suffix(END.trim_end()).ok_or_else(|| failed("the feed has no end tag"))?;
    Ok(format!("{DECLARATION}{open}"))
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
