//! Releases to files in memory: one file per output format, one table of formats.
//!
//! Rendering looks at nothing but the publication it is given: no clock, no environment, no file.
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
pub use incremental::{Piece, Pieces};
pub use markdown::{
    InjectError, change_log as markdown_change_log, inject, inline as markdown_inline, list_tables as markdown_list,
};
pub use native::native;
pub use terminal::{
    Style, change_log as terminal_change_log, changes as terminal_changes, columns as terminal_columns,
    list as terminal_list,
};

/// All that is published.
#[derive(Debug)]
pub struct Publication<'a> {
    /// Who publishes.
    pub publisher: &'a Publisher,
    /// Where the output directory is served.
    pub base_url: &'a WebUrl,
    /// The lists.
    pub lists: Vec<PublishedList<'a>>,
}

/// One published list.
#[derive(Debug)]
pub struct PublishedList<'a> {
    /// Its id and folder.
    pub id: &'a ListId,
    /// Its title.
    pub title: &'a str,
    /// The page that people know the list from.
    pub page: Option<&'a WebUrl>,
    /// The tag URI of the feed; entries continue it with `/key`.
    pub tag: String,
    /// What was announced, oldest first; where earlier files stand already, what they do not hold, or
    /// the last announcement.
    pub announcements: Vec<Announcement>,
    /// What an earlier publication rendered; `None` when everything is to be rendered.
    pub rendered: Option<&'a Rendered>,
    /// The list as it stands; `None` when it is withdrawn.
    pub current: Option<&'a Inventory>,
    /// The notice terms of the configuration, when the inventory states none itself.
    pub terms: Option<&'a Terms>,
    /// The signed log, or a preview without one.
    pub log: LogStatus,
}

/// Whether there is a signed log behind the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogStatus {
    /// There is.
    Signed {
        /// The log's name.
        origin: String,
        /// The root keys that customers pin.
        root: Vec<String>,
        /// The keys that sign releases.
        release: Vec<String>,
    },
    /// There is none: the pages say so.
    Unsigned,
}

/// What an earlier publication rendered, and this one leaves as it is: pages of announcements and of
/// closed years, and pieces of other files.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// When the announcements were published that are not at hand, oldest first.
    pub before: Vec<Timestamp>,
    /// How many of those at hand are rendered.
    pub pages: usize,
    /// By name in the list's folder: the files with pieces as they stand.
    pub rolls: BTreeMap<String, Pieces>,
}

/// The page over all lists.
pub const SITE_FILE: &str = "index.html";

/// Files that a list always has in its folder.
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

/// Whether further announcements leave pages of closed years as they are: none is closed by them, and
/// none gets a page of its own.
pub fn leave_years(old: &[Timestamp], new: &[Timestamp]) -> bool {
    let (Some(last), Some(newest)) = (old.last(), new.last()) else { return new.is_empty() };
    let older = |newest: &Timestamp| html::older_years(old.iter().rev().copied(), *newest);
    last.year() == newest.year() && older(last) == older(newest)
}

/// One release that customers are told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// What makes its id and the name of its page.
    pub key: String,
    /// When it was published.
    pub published: Timestamp,
    /// Its number in the log.
    pub seq: u64,
    /// The commit it comes from; none for a correction.
    pub commit: Option<String>,
    /// What changed.
    pub changes: Vec<Change>,
    /// The same in sentences, made when they are first asked for.
    sentences: OnceLock<Vec<Vec<Inline>>>,
}

/// One row of a change log, published or not.
#[derive(Clone, Debug)]
pub struct ChangeLogRow<'a> {
    /// When.
    pub published: Timestamp,
    /// The commit.
    pub commit: Option<&'a str>,
    /// What changed.
    pub changes: Vec<&'a Change>,
    /// Why the version could not be read.
    pub unreadable: Option<String>,
}

impl Announcement {
    /// An announcement; see its fields.
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

    /// Announcements at hand, newest first.
    fn newest_first(&self) -> impl Iterator<Item = &Announcement> {
        self.announcements.iter().rev()
    }

    /// When all announcements were published, newest first.
    fn dates(&self) -> impl Iterator<Item = Timestamp> {
        self.newest_first().map(|announcement| announcement.published).chain(self.before())
    }

    /// Announcements that are not rendered yet, oldest first.
    fn fresh(&self) -> &[Announcement] {
        let pages = self.rendered.map_or(0, |rendered| rendered.pages);
        &self.announcements[pages.min(self.announcements.len())..]
    }

    /// The same as rows of a change log, the newest first: those of the open year, and those of closed
    /// ones.
    fn fresh_rows(&self) -> (Vec<ChangeLogRow<'_>>, Vec<ChangeLogRow<'_>>) {
        let open = self.dates().next().map(Timestamp::year);
        let rows = self.fresh().iter().rev().map(Announcement::row);
        rows.partition(|row| Some(row.published.year()) == open)
    }

    /// When the announcements were published that are not at hand, newest first.
    fn before(&self) -> impl Iterator<Item = Timestamp> {
        self.rendered.iter().flat_map(|rendered| rendered.before.iter().rev().copied())
    }

    /// What the list says of itself, title aside.
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
    /// Its content.
    pub bytes: Bytes,
    /// Where the pieces of announcements lie in it, when it consists of such and goes on.
    pub pieces: Option<Pieces>,
}

impl File {
    fn new(path: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        File { path: path.into(), bytes: bytes.into(), pieces: None }
    }
}

/// What cannot be rendered.
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

/// Renders everything but the log itself and what stands already.
///
/// # Errors
/// [`RenderError`] when a library refuses to write what it was given.
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
