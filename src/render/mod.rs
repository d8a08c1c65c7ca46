//! Renders releases as files in memory. Each output format has a module and a row in one table.
//!
//! The result depends only on the [`Publication`]: rendering reads no clock, environment or file. Every format has
//! the same entries.

mod agenda;
mod atom;
mod calendar;
mod corrections;
mod csv;
mod explanation;
mod feed;
mod filtered;
mod html;
mod incremental;
mod inject;
mod json_feed;
mod json_ld;
mod mail;
mod markdown;
mod native;
mod published;
mod rss;
mod table;
mod terminal;
mod twins;
pub mod vendors;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::OnceLock,
};

use crate::{
    config::{FeedConfig, Publisher},
    content::Bytes,
    parallel::{self, Threads},
};
use changecast_core::{
    change::Change,
    ledger::{ChangeAddress, Pointer},
    model::{EntryId, Inventory, ListId, Terms, Text, Timestamp, WebUrl},
    prose::{
        self,
        deadlines::{Computed, with_deadlines},
        messages::{ENGLISH, Language, Messages},
    },
};

pub use agenda::{Agenda, Date as AgendaDate, Item as AgendaItem};
pub use changecast_core::prose::{Inline, flat};
pub use csv::{change_log as csv_change_log, table as csv_table};
pub use explanation::explanation as terminal_explanation;
use feed::{FEEDS, MainFeed};
pub use html::report as html_table;
pub use incremental::{Segment, Segments};
pub use inject::{InjectError, inject};
pub use json_ld::json_ld;
pub use mail::mail;
pub use markdown::inline as markdown_inline;
pub use native::native;
use published::{OpenRow, sections_in_order};
pub use terminal::{
    Style, VendorRow, aligned as terminal_table, change_log as terminal_change_log, changes as terminal_changes,
    columns as terminal_columns, hides_text, list as terminal_list, vendors as terminal_vendors,
};

// Tables and texts of reports.
pub use markdown::{table as markdown_table, text as markdown_text};

/// The input of rendering.
#[derive(Debug)]
pub struct Publication<'a> {
    /// The publisher of the lists.
    pub publisher: &'a Publisher,
    /// The address of the output directory on the web.
    pub base_url: &'a WebUrl,
    /// The published lists, in the order of the configuration.
    pub lists: Vec<PublishedList<'a>>,
    /// The language of pages and feeds.
    pub language: Language,
    /// Feeds with some of the changes of each list.
    pub feeds: &'a [FeedConfig],
}

impl Publication<'_> {
    fn messages(&self) -> &'static Messages {
        self.language.messages()
    }
}

/// A list with everything that its files show.
#[derive(Debug)]
pub struct PublishedList<'a> {
    /// Its id, which also names its folder.
    pub id: &'a ListId,
    /// The title for readers.
    pub title: &'a str,
    /// The official page of the list.
    pub page: Option<&'a WebUrl>,
    /// The tag URI (RFC 4151) of the feed, without `tag:`. Ids of entries append `/` and the key.
    pub tag: String,
    /// The announcements, oldest first. An incremental publication has only the new ones, or else the last one.
    pub announcements: Vec<Announcement>,
    /// The output of an earlier publication; `None` to render everything.
    pub rendered: Option<&'a Rendered>,
    /// The current list; `None` if it is withdrawn.
    pub current: Option<&'a Inventory>,
    /// The notice terms of the configuration, for inventories without terms.
    pub terms: Option<&'a Terms>,
    /// The dates that follow from all announcements.
    pub agenda: Agenda,
    /// The signed log, or a preview without one.
    pub log: LogStatus,
}

/// Whether the pages belong to a signed log.
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
        /// The newest release.
        newest: Pointer,
    },
    /// A preview without a log; the pages state this.
    Unsigned,
}

/// The output of an earlier publication that this one reuses: pages of announcements and past years, and segments
/// of other files.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The dates of the announcements that [`PublishedList`] does not contain, oldest first.
    pub before: Vec<Timestamp>,
    /// The number of announcements in [`PublishedList`] that have a page already.
    pub pages: usize,
    /// The key of the newest of these announcements, if its page will link to the next one.
    pub last: Option<String>,
    /// The segments of existing files, by name in the list's folder.
    pub segmented: BTreeMap<String, Segments>,
    /// The changes on the existing pages of the entries that new announcements concern.
    pub entries: BTreeMap<EntryId, String>,
}

/// The page that lists all published lists.
pub const SITE_FILE: &str = "index.html";

/// The files of the output directory about all lists.
pub const SITE_FILES: [&str; 6] =
    [SITE_FILE, calendar::NAME, atom::NAME, html::STYLE_FILE, html::SCRIPT_FILE, twins::INDEX];

/// The files that every list has in its folder.
pub const LIST_FILES: [&str; 12] = [
    calendar::NAME,
    "changelog.csv",
    "changelog.md",
    "feed.atom",
    "feed.json",
    "feed.rss",
    "index.html",
    "index.json",
    twins::LIST,
    "verify.html",
    twins::VERIFY,
    "verify.sh",
];

/// The path of an announcement's page in its list's folder.
pub fn announcement_page(key: &str) -> String {
    format!("changes/{key}.html")
}

/// The path of the page of an entry in the folder of its list.
pub fn entry_page(id: &EntryId) -> String {
    html::entry_file(id)
}

/// The changes on the existing page of an entry; `None` if the page is damaged.
pub fn changes_on_entry_page(page: &[u8]) -> Option<&str> {
    html::existing_changes(page)
}

/// The entries whose pages show an announcement.
pub fn entries_of(announcements: &[Announcement]) -> BTreeSet<EntryId> {
    html::touched(announcements).collect()
}

/// The files of past years in a list's folder. `published` are the dates of the announcements, oldest first.
pub fn closed_files(published: &[Timestamp]) -> Vec<String> {
    let Some(newest) = published.last() else { return Vec::new() };
    let mut years: Vec<i32> = published.iter().map(|moment| moment.year()).collect();
    years.dedup();
    years.retain(|year| *year != newest.year());
    let pages = published::older_years(published.iter().rev().copied(), *newest).into_iter();
    let pages = pages.flat_map(|year| [html::year_file(year), twins::year_twin(year)]);
    years.into_iter().map(atom::archive_file).chain(pages).collect()
}

/// Whether new announcements keep the set of past years and their pages. `old` and `new` are dates of announcements,
/// oldest first.
pub fn leave_years(old: &[Timestamp], new: &[Timestamp]) -> bool {
    let (Some(last), Some(newest)) = (old.last(), new.last()) else { return new.is_empty() };
    let old_pages = published::older_years(old.iter().rev().copied(), *last);
    let new_pages = published::older_years(old.iter().rev().copied(), *newest);
    last.year() == newest.year() && old_pages == new_pages
}

/// A release that pages and feeds announce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The end of its id in feeds, and the name of its page.
    pub key: String,
    /// The date of publication; of a change from before the log was published, the date of the commit.
    pub published: Timestamp,
    /// When the log was first published, for a change from before that.
    pub backfilled: Option<Timestamp>,
    /// The release in the log.
    pub release: Pointer,
    /// The commit of the list; `None` for a correction.
    pub commit: Option<String>,
    /// The changes of the release.
    pub changes: Vec<Change>,
    /// For a list that was read again: what the second reading made different.
    pub read_differently: Vec<Change>,
    /// What follows from the notice terms for each change; empty if the release begins no notice.
    pub notices: Vec<Option<Noticed>>,
    /// The key of the announcement that a correction corrects.
    pub corrects: Option<String>,
    /// The changes as sentences, computed on first use.
    sentences: OnceLock<Vec<Vec<Inline>>>,
}

/// What follows from the notice terms for a published change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noticed {
    /// The change that the notice was first given for: an earlier one if only the date moved.
    pub first: ChangeAddress,
    /// Whether the list had notice terms.
    pub has_terms: bool,
    /// The dates and lengths, or why they cannot be computed.
    pub notice: Computed,
    /// The time of the head that states another notification of customers, if there is one.
    pub notified_at: Option<Timestamp>,
}

impl Noticed {
    /// The notice, unless the list has no terms that it could follow from.
    fn by_terms(&self) -> Option<&Computed> {
        Some(&self.notice).filter(|_| self.has_terms)
    }
}

/// One row of a change log, published or not.
#[derive(Clone, Debug)]
pub struct ChangeLogRow<'a> {
    /// The date of publication, or of the commit.
    pub published: Timestamp,
    /// The commit of the list, if any.
    pub commit: Option<&'a str>,
    /// The changes of the release.
    pub changes: Vec<&'a Change>,
    /// What follows from the notice terms for each change; may be shorter than `changes`.
    pub notices: Vec<Option<&'a Computed>>,
    /// Why the version could not be read, if so.
    pub unreadable: Option<String>,
}

impl Announcement {
    /// Creates an announcement of a change that was published when it was made; the parameters are its fields.
    pub fn new(
        key: String,
        published: Timestamp,
        release: Pointer,
        commit: Option<String>,
        changes: Vec<Change>,
    ) -> Self {
        Announcement {
            key,
            published,
            backfilled: None,
            release,
            commit,
            changes,
            read_differently: Vec::new(),
            notices: Vec::new(),
            corrects: None,
            sentences: OnceLock::new(),
        }
    }

    /// The announcement of a change from before the log was first published at this time, if there is one.
    pub fn backfilled(self, first: Option<Timestamp>) -> Self {
        Announcement { backfilled: first, ..self }
    }

    /// The announcement with the notice of each change.
    pub fn with_notices(self, notices: Vec<Option<Noticed>>) -> Self {
        Announcement { notices, ..self }
    }

    /// The announcement of a list that was read again, with what the second reading made different.
    pub fn reading_differently(self, read_differently: Vec<Change>) -> Self {
        Announcement { read_differently, ..self }
    }

    /// The announcement as a correction of the one with this key, if any.
    pub fn correcting(self, corrects: Option<String>) -> Self {
        Announcement { corrects, ..self }
    }

    fn sentences(&self, messages: &Messages) -> &[Vec<Inline>] {
        self.sentences.get_or_init(|| {
            let changes = self.changes.iter().enumerate();
            let sentences = changes.map(|(at, change)| {
                with_deadlines(messages, prose::sentence(messages, change), change, self.notice(at))
            });
            sentences.collect()
        })
    }

    /// The notice of the change at a position.
    fn notice(&self, position: usize) -> Option<&Computed> {
        self.notices.get(position)?.as_ref()?.by_terms()
    }

    /// The notices that follow from terms.
    fn computed(&self) -> impl Iterator<Item = &Computed> {
        self.notices.iter().flatten().filter_map(Noticed::by_terms)
    }

    /// The announcement as a row of a change log.
    pub fn row(&self) -> ChangeLogRow<'_> {
        ChangeLogRow {
            published: self.published,
            commit: self.commit.as_deref(),
            changes: self.changes.iter().collect(),
            notices: self.notices.iter().map(|noticed| noticed.as_ref()?.by_terms()).collect(),
            unreadable: None,
        }
    }
}

/// A file of the output directory.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path in the output directory, with `/`.
    pub path: String,
    /// The content of the file.
    pub bytes: Bytes,
    /// The positions of its segments, if later publications add to them.
    pub segments: Option<Segments>,
}

impl File {
    fn new(path: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        File { path: path.into(), bytes: bytes.into(), segments: None }
    }
}

/// A format that could not be written.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{format}: {message}")]
pub struct RenderError {
    format: &'static str,
    message: String,
}

/// A row of the table of output formats.
struct Format {
    name: &'static str,
    files: fn(&Publication<'_>, &PublishedList<'_>, &MainFeed<'_>) -> Result<Vec<File>, RenderError>,
}

/// The table of output formats.
static FORMATS: [Format; 8] = [
    Format { name: "markdown", files: markdown::files },
    Format { name: "csv", files: csv::files },
    Format { name: "html", files: html::files },
    Format { name: "calendar", files: calendar::files },
    Format { name: "atom", files: atom::files },
    Format { name: "rss", files: rss::files },
    Format { name: "json feed", files: json_feed::files },
    Format { name: "pages in Markdown", files: twins::files },
];

/// Renders all files except the log and those that an earlier publication rendered.
///
/// # Errors
/// [`RenderError`] if a format cannot be written.
pub fn render(publication: &Publication<'_>) -> Result<Vec<File>, RenderError> {
    let lists: Vec<&PublishedList<'_>> = publication.lists.iter().filter(|list| list.has_news()).collect();
    if lists.is_empty() {
        return Ok(Vec::new());
    }
    let mut files = vec![html::site(publication), calendar::of_all_lists(publication)];
    files.extend(html::shared(publication));
    files.push(twins::index(publication));
    for list in lists {
        let main = &MainFeed::new(publication, list);
        let threads = Threads::for_items(list.fresh().len());
        let rendered = parallel::par_map(threads, &FORMATS, |format| (format.files)(publication, list, main))
            .map_err(|error| RenderError { message: format!("list {}: {}", list.id, error.message), ..error })?;
        for (format, of_format) in FORMATS.iter().zip(rendered) {
            debug_assert!(!of_format.is_empty(), "{} has no files", format.name);
            files.extend(of_format);
        }
    }
    Ok(files)
}

/// The path of the main Atom feed of a list in the output directory.
pub fn main_feed(list: &ListId) -> String {
    format!("{list}/{}", atom::NAME)
}

/// The feed of all lists. `feeds` are the texts of their main Atom feeds after this publication.
///
/// # Errors
/// [`RenderError`] if the feed cannot be written.
pub fn feed_of_all_lists(publication: &Publication<'_>, feeds: &[String]) -> Result<File, RenderError> {
    atom::of_all_lists(publication, feeds)
}

/// A change log as an English Markdown table, in the order of its rows.
pub fn markdown_change_log(change_log: &[ChangeLogRow<'_>]) -> String {
    markdown::change_log(&ENGLISH, change_log)
}

/// The list as Markdown tables, one for each section.
pub fn markdown_list(inventory: &Inventory) -> String {
    markdown::list_tables(&ENGLISH, inventory)
}

/// The whole English sentence about a change: verb, entry and details.
pub fn sentence(change: &Change) -> Vec<Inline> {
    prose::sentence(&ENGLISH, change)
}

/// The details of a change in English, without the verb and the entry's name.
pub fn what(change: &Change) -> Vec<Inline> {
    prose::what(&ENGLISH, change)
}

/// The English verb of a change.
pub fn verb(change: &Change) -> String {
    prose::verb(&ENGLISH, change)
}

/// The English title of a release in plain text without angle brackets.
pub fn title(list: &str, changes: &[Change]) -> String {
    prose::title(&ENGLISH, list, changes)
}

/// A number of entries in English.
pub fn count_entries(entries: usize) -> String {
    ENGLISH.entries_in_words(entries)
}

/// The script that verifies a published log with standard tools. Every signed list has a copy.
pub const VERIFY_SCRIPT: &str = include_str!("verify.sh");

/// The title of a list, cleaned of control characters.
fn list_title(list: &PublishedList<'_>) -> Text {
    Text::new(list.title)
}
