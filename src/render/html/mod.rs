//! HTML pages that are readable without JavaScript, on a phone, in dark mode and on paper.
//!
//! `maud` escapes every text; only addresses that [`changecast_core::model::WebUrl`] accepts become links.

mod change;
mod list;
mod page;
mod report;

use maud::{Markup, PreEscaped, html};

use changecast_core::model::Timestamp;

use super::{
    Announcement, ChangeLogRow, File, Inline, LogStatus, MainFeed, Publication, PublishedList, RenderError,
    announcement_page,
    incremental::{Keep, SegmentedFile},
    list_title, table,
};
use changecast_core::prose;

pub(super) use list::tables as list_tables;
use page::{Page, date};
pub use report::report;

/// The months before the newest change that the change log on the list's page covers.
const MONTHS: u32 = 12;

/// The list's page, a page for each earlier year, and a page for each announcement.
pub(super) fn files(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    _: &MainFeed<'_>,
) -> Result<Vec<File>, RenderError> {
    let newest = list.dates().next().unwrap_or(Timestamp::from_unix_clamped(0));
    let years = older_years(list.dates(), newest);
    let mut files = vec![index(publication, list, &years, newest)?];
    if list.rendered.is_none() {
        files.extend(years.iter().map(|year| year_page(publication, list, *year)));
    }
    files.extend(list.fresh().iter().map(|announcement| change::page(publication, list, announcement)));
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
    let page = list::index(publication, list, years, &PreEscaped(ANNOUNCEMENTS));
    let (head, tail) = page.split_once(ANNOUNCEMENTS).unwrap_or((&page, ""));
    let first = first_shown(newest);
    let fresh = list.fresh().iter().rev().take_while(|announcement| announcement.published >= first);
    let fresh: Vec<String> = fresh.map(|announcement| announcement_item(announcement).into_string()).collect();
    let fresh: Vec<&str> = fresh.iter().map(String::as_str).collect();
    let kept = list.before().take_while(|published| *published >= first).count();
    let file = SegmentedFile { name: "index.html", head, fresh: &fresh, tail, ..SegmentedFile::default() };
    file.file(list, Keep::Newest(kept))
}

/// The earliest time that the change log on the list's page covers.
fn first_shown(newest: Timestamp) -> Timestamp {
    newest.months_earlier(MONTHS)
}

/// Years with announcements that the list's page does not show, newest first.
pub(super) fn older_years(newest_first: impl Iterator<Item = Timestamp>, newest: Timestamp) -> Vec<i32> {
    let first = first_shown(newest);
    let mut years: Vec<i32> = newest_first.filter(|published| *published < first).map(Timestamp::year).collect();
    years.dedup();
    years
}

/// The file name of the page of a past year.
pub(super) fn year_file(year: i32) -> String {
    format!("{year}.html")
}

fn year_page(publication: &Publication<'_>, list: &PublishedList<'_>, year: i32) -> File {
    let announcements: Vec<&Announcement> = list.newest_first().filter(|a| a.published.year() == year).collect();
    let title = format!("{}: changes of {year}", list_title(list));
    let page = Page {
        publication,
        list: Some(list),
        title: &title,
        heading: html! { (title) },
        description: &title,
        home: "./",
        release: announcements.first().and_then(|newest| list.signed_release(newest)),
    };
    let body = html! {
        (page.header(html! { "All changes of " (year) " \u{b7} " a href="./" { "The current list" } }))
        main { ol.log { @for announcement in announcements { (announcement_item(announcement)) } } }
    };
    File::new(format!("{}/{}", list.id, year_file(year)), page.render(body))
}

/// An announcement in a change log.
fn announcement_item(announcement: &Announcement) -> Markup {
    html! {
        li {
            (date(announcement.published))
            div {
                ul { @for sentence in announcement.sentences() { li { (inline(sentence)) } } }
                p.more { a href=(announcement_page(&announcement.key)) { "Details of this change" } }
            }
        }
    }
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
pub(super) fn change_log_table(change_log: &[ChangeLogRow<'_>]) -> String {
    html! {
        table {
            thead { tr { @for column in table::COLUMNS { th scope="col" { (column) } } } }
            tbody {
                @for row in table::rows(change_log) {
                    @let cells = row.cells();
                    tr {
                        td { (date(row.published)) }
                        td { (cells.qualified_verb()) }
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
    let title = format!("{}: published lists", publication.publisher.name);
    let page = Page {
        publication,
        list: None,
        title: &title,
        heading: html! { (title) },
        description: &title,
        home: "./",
        release: None,
    };
    let body = html! {
        (page.header(html! { "Lists with their change logs, feeds and signed logs. " a href=(super::calendar::NAME) { "Calendar of all lists" } }))
        main {
            ul.cards {
                @for list in &publication.lists {
                    li {
                        h2 { a href={ (list.id) "/" } { (list_title(list)) } }
                        p { (list::count(list)) }
                        @if let Some(newest) = list.newest() { p.note { "As of " (newest) } }
                        @if let Some(newest) = list.newest_first().next() {
                            p.note { "Last change " (date(newest.published)) }
                            p { (inline(&prose::title_pieces("Latest", &newest.changes))) }
                        }
                        p.note {
                            a href={ (list.id) "/feed.atom" } { "Atom" } " \u{b7} " a href={ (list.id) "/feed.rss" } { "RSS" } " \u{b7} "
                            a href={ (list.id) "/feed.json" } { "JSON Feed" } " \u{b7} " a href={ (list.id) "/changelog.md" } { "Markdown" }
                            " \u{b7} " a href={ (list.id) "/changelog.csv" } { "CSV" } " \u{b7} " a href={ (list.id) "/calendar.ics" } { "Calendar" }
                        }
                    }
                }
            }
        }
    };
    File::new(super::SITE_FILE, page.render(body))
}

fn is_unsigned(list: &PublishedList<'_>) -> bool {
    list.log == LogStatus::Unsigned
}
