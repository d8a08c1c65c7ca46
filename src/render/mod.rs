//! Releases to files in memory: one file per output format, one table of formats.
//!
//! Rendering depends only on the publication: it reads no clock, environment or file.
//! The same releases give the same entries in every format.

mod atom;
mod csv;
mod explanation;
mod feed;
mod html;
mod incremental;
mod json_feed;
mod markdown;
mod native;
mod rss;
mod terminal;

use std::{collections::BTreeMap, sync::OnceLock};

use crate::{
    config::Publisher,
    content::Bytes,
    parallel::{self, Threads},
};
use changecast_core::{
    change::Change,
    model::{Fact, Inventory, ListId, Terms, Text, Timestamp, WebUrl},
    term_rows::term_rows,
};

pub use changecast_core::prose::{Inline, count_entries, flat, sentence, title, verb, what};
pub use csv::change_log as csv_change_log;
pub use explanation::explanation as terminal_explanation;
use feed::MainFeed;
pub use incremental::{Segment, Segments};
pub use markdown::{
    InjectError, change_log as markdown_change_log, inject, inline as markdown_inline, list_tables as markdown_list,
};
pub use native::native;
pub use terminal::{
    Style, change_log as terminal_change_log, changes as terminal_changes, columns as terminal_columns,
    list as terminal_list,
};

/// The lists of a publisher, as one publication renders them.
#[derive(Debug)]
pub struct Publication<'a> {
    /// The publisher of all lists.
    pub publisher: &'a Publisher,
    /// Where the output directory is served.
    pub base_url: &'a WebUrl,
    /// The published lists.
    pub lists: Vec<PublishedList<'a>>,
}

/// One published list.
#[derive(Debug)]
pub struct PublishedList<'a> {
    /// Its id and folder.
    pub id: &'a ListId,
    /// The title of the list.
    pub title: &'a str,
    /// The page that people know the list from.
    pub page: Option<&'a WebUrl>,
    /// The tag URI of the feed; entries continue it with `/key`.
    pub tag: String,
    /// The announcements, oldest first. If an earlier publication rendered files, only those that these files do not
    /// contain, or the last one.
    pub announcements: Vec<Announcement>,
    /// The files that an earlier publication rendered; `None` if all files must be rendered.
    pub rendered: Option<&'a Rendered>,
    /// The current list; `None` if it is withdrawn.
    pub current: Option<&'a Inventory>,
    /// The notice terms of the configuration, when the inventory states none itself.
    pub terms: Option<&'a Terms>,
    /// The signed log, or a preview without one.
    pub log: LogStatus,
}

/// Whether there is a signed log behind the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogStatus {
    /// The log is signed.
    Signed {
        /// The name of the log.
        origin: String,
        /// The root keys that customers pin.
        root: Vec<String>,
        /// The keys that sign releases.
        release: Vec<String>,
    },
    /// The log is not signed, and the pages state so.
    Unsigned,
}

/// The files that an earlier publication rendered: pages of announcements and of closed years, which do not change,
/// and segments of other files.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The times of the announcements that are not at hand, oldest first.
    pub before: Vec<Timestamp>,
    /// The number of announcements at hand that are rendered.
    pub pages: usize,
    /// The files that consist of segments, by their names in the folder of the list.
    pub segmented: BTreeMap<String, Segments>,
}

/// The page over all lists.
pub const SITE_FILE: &str = "index.html";

/// The files that every list has in its folder.
pub const LIST_FILES: [&str; 8] =
    ["changelog.csv", "changelog.md", "feed.atom", "feed.json", "feed.rss", "index.html", "index.json", "verify.sh"];

/// The page of an announcement, in its list's folder.
pub fn announcement_page(key: &str) -> String {
    format!("changes/{key}.html")
}

/// The files of closed years in a list's folder, for announcements of these moments, oldest first.
pub fn closed_files(published: &[Timestamp]) -> Vec<String> {
    let Some(newest) = published.last() else { return Vec::new() };
    let mut years: Vec<i32> = published.iter().map(|moment| moment.year()).collect();
    years.dedup();
    years.retain(|year| *year != newest.year());
    let pages = html::older_years(published.iter().rev().copied(), *newest).into_iter().map(html::year_file);
    years.into_iter().map(atom::archive_file).chain(pages).collect()
}

/// Whether pages of closed years do not change with new announcements: no year closes with them, and no closed
/// year gets a page.
pub fn leave_years(old: &[Timestamp], new: &[Timestamp]) -> bool {
    let (Some(last), Some(newest)) = (old.last(), new.last()) else { return new.is_empty() };
    let older = |newest: &Timestamp| html::older_years(old.iter().rev().copied(), *newest);
    last.year() == newest.year() && older(last) == older(newest)
}

/// A release that is announced to customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The end of the id in feeds, and the name of the page.
    pub key: String,
    /// The time of publication.
    pub published: Timestamp,
    /// The number of the release in the log.
    pub seq: u64,
    /// The commit with the changes; `None` for a correction.
    pub commit: Option<String>,
    /// The changes.
    pub changes: Vec<Change>,
    /// The changes as sentences, computed when they are first needed.
    sentences: OnceLock<Vec<Vec<Inline>>>,
}

/// One row of a change log, published or not.
#[derive(Clone, Debug)]
pub struct ChangeLogRow<'a> {
    /// The time of publication.
    pub published: Timestamp,
    /// The commit with the changes.
    pub commit: Option<&'a str>,
    /// The changes.
    pub changes: Vec<&'a Change>,
    /// The error, for a version that cannot be read.
    pub unreadable: Option<String>,
}

impl Announcement {
    /// An announcement with these fields.
    pub fn new(key: String, published: Timestamp, seq: u64, commit: Option<String>, changes: Vec<Change>) -> Self {
        Announcement { key, published, seq, commit, changes, sentences: OnceLock::new() }
    }

    fn sentences(&self) -> &[Vec<Inline>] {
        self.sentences.get_or_init(|| self.changes.iter().map(sentence).collect())
    }

    /// The announcement as a row of a change log.
    pub fn row(&self) -> ChangeLogRow<'_> {
        ChangeLogRow {
            published: self.published,
            commit: self.commit.as_deref(),
            changes: self.changes.iter().collect(),
            unreadable: None,
        }
    }
}

impl PublishedList<'_> {
    /// The address of a file of this list.
    fn url(&self, base: &WebUrl, path: &str) -> WebUrl {
        base.join(&format!("{}/{path}", self.id))
    }

    /// The announcements at hand, newest first.
    fn newest_first(&self) -> impl Iterator<Item = &Announcement> {
        self.announcements.iter().rev()
    }

    /// The times of all announcements, newest first.
    fn dates(&self) -> impl Iterator<Item = Timestamp> {
        self.newest_first().map(|announcement| announcement.published).chain(self.before())
    }

    /// Announcements that are not rendered yet, oldest first.
    fn fresh(&self) -> &[Announcement] {
        let pages = self.rendered.map_or(0, |rendered| rendered.pages);
        &self.announcements[pages.min(self.announcements.len())..]
    }

    /// The same as rows of a change log, newest first: those of the current year, and those of closed years.
    fn fresh_rows(&self) -> (Vec<ChangeLogRow<'_>>, Vec<ChangeLogRow<'_>>) {
        let open = self.dates().next().map(Timestamp::year);
        let rows = self.fresh().iter().rev().map(Announcement::row);
        rows.partition(|row| Some(row.published.year()) == open)
    }

    /// The times of the announcements that are not at hand, newest first.
    fn before(&self) -> impl Iterator<Item = Timestamp> {
        self.rendered.iter().flat_map(|rendered| rendered.before.iter().rev().copied())
    }

    /// The statements of the list about itself, without its title.
    fn facts(&self) -> Vec<&Fact> {
        self.current.iter().flat_map(|list| &list.facts).filter(|fact| fact.field.as_str() != "title").collect()
    }

    /// The notice terms as rows: those of the inventory, else those of the configuration.
    fn term_rows(&self) -> Vec<Fact> {
        let own = self.current.and_then(|list| list.terms.as_ref());
        own.or(self.terms).map(term_rows).unwrap_or_default()
    }
}

/// A file of the output directory.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path in the output directory, with `/`.
    pub path: String,
    /// The content of the file.
    pub bytes: Bytes,
    /// The positions of its segments, if the next publication may continue the file.
    pub segments: Option<Segments>,
}

impl File {
    fn new(path: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        File { path: path.into(), bytes: bytes.into(), segments: None }
    }
}

/// A file that cannot be rendered.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{format}: {message}")]
pub struct RenderError {
    format: &'static str,
    message: String,
}

/// One row of the table of output formats: the files that a list has in it.
struct Format {
    name: &'static str,
    files: fn(&Publication<'_>, &PublishedList<'_>, &MainFeed<'_>) -> Result<Vec<File>, RenderError>,
}

/// The table of output formats.
static FORMATS: [Format; 6] = [
    Format { name: "markdown", files: markdown::files },
    Format { name: "csv", files: csv::files },
    Format { name: "html", files: html::files },
    Format { name: "atom", files: atom::files },
    Format { name: "rss", files: rss::files },
    Format { name: "json feed", files: json_feed::files },
];

/// Renders pages, feeds and tables, except files that an earlier publication rendered.
///
/// # Errors
/// [`RenderError`] if a library cannot write a document.
pub fn render(publication: &Publication<'_>) -> Result<Vec<File>, RenderError> {
    let has_news = |list: &&PublishedList<'_>| list.rendered.is_none() || !list.fresh().is_empty();
    let lists: Vec<&PublishedList<'_>> = publication.lists.iter().filter(has_news).collect();
    if lists.is_empty() {
        return Ok(Vec::new());
    }
    let mut files = vec![html::site(publication)];
    for list in lists {
        let main = &MainFeed::new(publication, list);
        let threads = Threads::for_items(list.fresh().len());
        let made = parallel::par_map(threads, &FORMATS, |format| (format.files)(publication, list, main));
        let made =
            made.map_err(|error| RenderError { message: format!("list {}: {}", list.id, error.message), ..error })?;
        for (format, made) in FORMATS.iter().zip(made) {
            debug_assert!(!made.is_empty(), "{} makes no files", format.name);
            files.extend(made);
        }
    }
    Ok(files)
}

/// The script that verifies a published log with standard tools. Every signed list has a copy.
pub const VERIFY_SCRIPT: &str = include_str!("verify.sh");

/// The title of a list: its own, or that of the configuration.
fn list_title(list: &PublishedList<'_>) -> Text {
    Text::new(list.title)
}
