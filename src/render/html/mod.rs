//! HTML pages that are complete without JavaScript, on a phone, in dark mode and on paper.
//!
//! `maud` escapes every text; only addresses that [`changecast_core::model::WebUrl`] accepts become links.

mod change;
mod entry;
mod filter;
mod list;
mod log;
mod page;
mod report;
mod rows;
mod verify;

use maud::{Markup, html};

use changecast_core::{
    model::Timestamp,
    prose::{
        self,
        messages::{Messages, fill},
    },
};

use super::{
    ChangeLogRow, FEEDS, File, Inline, LogStatus, MainFeed, Publication, PublishedList, RenderError,
    incremental::{Keep, SegmentedFile},
    list_title,
    published::{first_shown, older_years},
    table,
};

pub(super) use entry::{existing_changes, file as entry_file};
pub(super) use log::touched;
use page::{Content, Page, Scripts, date, with_markup};
pub use report::report;
pub(super) use rows::tables as list_tables;

/// The style sheet of all pages.
pub(super) const STYLE_FILE: &str = "style.css";
/// The script that filters lists and changes.
pub(super) const SCRIPT_FILE: &str = "filter.js";

/// The style without the colours that the configuration states.
const STYLE: &str = include_str!("style.css");

/// The style sheet and the script.
pub(super) fn shared(publication: &Publication<'_>) -> [File; 2] {
    let accent = publication.publisher.accent;
    let (light, dark) = (accent.on_light(), accent.on_dark());
    let colors = format!(
        ":root {{ --accent: {light}; }}\n@media (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; }} }}\n"
    );
    let widths: String = rows::SHARES.map(|share| format!(".w{share} {{ width: {share}%; }}\n")).collect();
    [
        File::new(STYLE_FILE, format!("{STYLE}{colors}{widths}")),
        File::new(SCRIPT_FILE, include_str!("filter.js").to_owned()),
    ]
}

/// The list's page, the page for auditors, a page for each earlier year, for each announcement and for each entry.
pub(super) fn files(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    _: &MainFeed<'_>,
) -> Result<Vec<File>, RenderError> {
    let newest = list.dates().next().unwrap_or(Timestamp::from_unix_clamped(0));
    let years = older_years(list.dates(), newest);
    let mut files = vec![index(publication, list, &years, newest)?, verify::page(publication, list)];
    if list.rendered.is_none() {
        files.extend(
            years.iter().map(|year| {
                File::new(format!("{}/{}", list.id, year_file(*year)), list::year(publication, list, *year))
            }),
        );
    }
    files.extend(change::pages(publication, list)?);
    files.extend(entry::pages(publication, list));
    Ok(files)
}

/// Marks the position of the announcements on the list's page. Other texts cannot contain it, as they are escaped.
const ANNOUNCEMENTS: &str = "<!-- announcements -->";

/// `index.html` of a list.
fn index(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    years: &[i32],
    newest: Timestamp,
) -> Result<File, RenderError> {
    let page = list::index(publication, list, years, ANNOUNCEMENTS);
    let (head, tail) = page.split_once(ANNOUNCEMENTS).unwrap_or((&page, ""));
    let first = first_shown(newest);
    let older = list.dates().skip(1).map(Some).chain([None]);
    let fresh = list.fresh().iter().rev().zip(older).take_while(|(announcement, _)| announcement.published >= first);
    let fresh: Vec<String> =
        fresh.map(|(announcement, older)| log::segment(publication, announcement, older)).collect();
    let fresh: Vec<&str> = fresh.iter().map(String::as_str).collect();
    let kept = list.before().take_while(|published| *published >= first).count();
    let file = SegmentedFile { name: "index.html", head, fresh: &fresh, tail, ..SegmentedFile::default() };
    file.file(list, Keep::Newest(kept))
}

/// The file name of the page of a past year.
pub(super) fn year_file(year: i32) -> String {
    format!("{year}.html")
}

/// A sentence as HTML. Names and values are isolated from the direction of the text around them.
fn inline(pieces: &[Inline]) -> Markup {
    html! {
        @for piece in pieces {
            @match piece {
                Inline::Plain(text) => (text),
                Inline::Strong(text) => strong { bdi { (text) } },
                Inline::Name(text) => bdi { (text) },
                Inline::New(text) => ins { bdi { (text) } },
                Inline::Old(text) => del { bdi { (text) } },
                Inline::Inserted(text) => ins { (text) },
                Inline::Deleted(text) => del { (text) },
            }
        }
    }
}

/// A change log as an HTML table, for pages that exist already.
pub(super) fn change_log_table(messages: &Messages, change_log: &[ChangeLogRow<'_>]) -> String {
    html! {
        table {
            thead { tr { @for column in messages.columns { th scope="col" { (column) } } } }
            tbody {
                @for row in table::rows(change_log) {
                    @let cells = row.cells(messages);
                    tr {
                        td { time datetime=(row.published) { (messages.day(row.published)) } }
                        td { (cells.qualified_verb(messages)) }
                        td { @if let Some(entry) = &cells.entry { bdi { (entry.label) } } }
                        td dir="auto" { (inline(&cells.what)) }
                    }
                }
            }
        }
    }
    .into_string()
}

/// The page that lists all published lists.
pub(super) fn site(publication: &Publication<'_>) -> File {
    let messages = publication.messages();
    let title = fill(messages.lists_title, &[&publication.publisher.name]);
    let page = Page {
        publication,
        list: None,
        title: &title,
        heading: html! { (title) },
        description: &title,
        home: "",
        release: None,
        scripts: Scripts::None,
        twin: Some(super::twins::INDEX.to_owned()),
    };
    let lead = html! {
        p.intro { (messages.lists_lead) }
        ul.facts {
            li { a href=(super::atom::NAME) { (messages.feed_of_all) } }
            li { a href=(super::calendar::NAME) { (messages.calendar_of_all) } }
        }
    };
    let body = html! {
        ul.cards {
            @for list in &publication.lists {
                li {
                    h2 { a href={ (list.id) "/index.html" } { bdi { (list_title(list)) } } }
                    ul.facts {
                        li { (list::count(publication, list)) }
                        @if let Some(newest) = list.newest_first().next() { li { (with_markup(messages.last_change, &date(messages, newest.published))) } }
                    }
                    @if let Some(newest) = list.newest_first().next() { p { (inline(&prose::title_pieces(messages, messages.latest, &newest.changes))) } }
                    @let open = list.open_windows().len();
                    @if open > 0 { p.due { a href={ (list.id) "/index.html#open" } { (messages.open) ": " (open) } } }
                    p.note {
                        @for format in &FEEDS { a href={ (list.id) "/" (format.file) } { (format.name) } " \u{b7} " }
                        a href={ (list.id) "/calendar.ics" } { (messages.calendar) }
                        " \u{b7} " a href={ (list.id) "/changelog.md" } { "Markdown" } " \u{b7} " a href={ (list.id) "/changelog.csv" } { "CSV" }
                        " \u{b7} " a href={ (list.id) "/verify.html" } { (messages.verify) }
                    }
                    @if let Some(newest) = list.newest() { p.note { (fill(messages.as_of, &[&newest])) } }
                }
            }
        }
    };
    File::new(super::SITE_FILE, page.render(&Content { lead, body }))
}

fn is_unsigned(list: &PublishedList<'_>) -> bool {
    list.log == LogStatus::Unsigned
}
