//! RSS 2.0 (RSS Advisory Board), for readers without support for other formats. The only user of `quick_xml`.

use std::io;

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};

use super::{
    File, Publication, PublishedList, RenderError,
    feed::{Feed, FeedEntry, MainFeed},
    incremental::{Keep, SegmentedFile},
};

/// The file name of the feed.
pub(super) const NAME: &str = "feed.rss";

/// The feed of a list.
pub(super) fn files(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    main: &MainFeed<'_>,
) -> Result<Vec<File>, RenderError> {
    let feed = main.get()?;
    let document = Document::write(feed, list.url(publication.base_url, NAME).as_str()).map_err(failed)?;
    let (head, items, tail) = document.parts().ok_or_else(|| failed("an item has no text"))?;
    let file = SegmentedFile { name: NAME, head, fresh: &items, tail, ..SegmentedFile::default() };
    Ok(vec![file.file(list, Keep::Newest(feed.kept))?])
}

fn failed(error: impl std::fmt::Display) -> RenderError {
    RenderError { format: "rss", message: error.to_string() }
}

/// A feed, and the positions at which its items begin. The last position is the end of the last item.
struct Document {
    text: String,
    borders: Vec<usize>,
}

impl Document {
    fn write(feed: &Feed, own: &str) -> io::Result<Self> {
        let mut out = Writer::new_with_indent(Vec::new(), b' ', 2);
        out.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        let root = [("version", "2.0"), ("xmlns:atom", "http://www.w3.org/2005/Atom")];
        out.write_event(Event::Start(BytesStart::new("rss").with_attributes(root)))?;
        out.write_event(Event::Start(BytesStart::new("channel")))?;
        channel(&mut out, feed, own)?;
        let mut borders = vec![out.get_mut().len()];
        for entry in &feed.entries {
            item(&mut out, entry)?;
            borders.push(out.get_mut().len());
        }
        out.write_event(Event::End(BytesEnd::new("channel")))?;
        out.write_event(Event::End(BytesEnd::new("rss")))?;
        let mut bytes = out.into_inner();
        bytes.push(b'\n');
        let text = String::from_utf8(bytes).map_err(io::Error::other)?;
        Ok(Document { text, borders })
    }

    /// The text before the items, the items, and the text after them.
    fn parts(&self) -> Option<(&str, Vec<&str>, &str)> {
        let items = self.borders.windows(2).map(|border| self.text.get(border[0]..border[1]));
        let items = items.collect::<Option<Vec<_>>>()?;
        Some((self.text.get(..*self.borders.first()?)?, items, self.text.get(*self.borders.last()?..)?))
    }
}

/// The metadata of the feed.
fn channel(out: &mut Writer<Vec<u8>>, feed: &Feed, own: &str) -> io::Result<()> {
    element(out, "title", &feed.title)?;
    element(out, "link", feed.home.as_str())?;
    element(out, "description", &feed.subtitle)?;
    element(out, "language", feed.language)?;
    element(out, "lastBuildDate", &feed.updated.utc().to_rfc2822())?;
    element(out, "generator", "changecast")?;
    // The link to the feed itself that the RSS Advisory Board's profile recommends.
    let link = [("href", own), ("rel", "self"), ("type", "application/rss+xml")];
    out.create_element("atom:link").with_attributes(link).write_empty()?;
    Ok(())
}

fn item(out: &mut Writer<Vec<u8>>, entry: &FeedEntry) -> io::Result<()> {
    out.write_event(Event::Start(BytesStart::new("item")))?;
    element(out, "title", &entry.title)?;
    element(out, "link", entry.url.as_str())?;
    element(out, "description", &entry.content)?;
    for tag in &entry.tags {
        element(out, "category", tag)?;
    }
    let guid = out.create_element("guid").with_attribute(("isPermaLink", "false"));
    guid.write_text_content(BytesText::new(&entry.id))?;
    element(out, "pubDate", &entry.published.utc().to_rfc2822())?;
    out.write_event(Event::End(BytesEnd::new("item")))
}

fn element(out: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    out.create_element(name).write_text_content(BytesText::new(text))?;
    Ok(())
}
