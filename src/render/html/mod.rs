//! The pages: readable without JavaScript, on a phone, in the dark and on paper.
//!
//! `maud` escapes every text; only addresses that [`changecast_core::model::WebUrl`] takes become links.

mod change;
mod list;
mod page;

use maud::{Markup, PreEscaped, html};

use changecast_core::model::Timestamp;

use super::{
    Announcement, ChangeLogRow, File, LogStatus, MainFeed, Publication, PublishedList, RenderError, announcement_page,
    feed::inline,
    incremental::{Keep, SegmentedFile},
    list_title,
};
use changecast_core::prose;

pub(super) use list::tables as list_tables;
use page::{Page, date};

/// How far the change log of the list's own page reaches back.
const MONTHS: u32 = 12;

/// The list's own page, one page per year that reaches back further, one page per announcement.
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

/// The position of the announcements on the page of a list. Texts are escaped, so that they do not contain it.
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
    let recent = |published: &Timestamp| *published >= reach(newest);
    let fresh = list.fresh().iter().rev().take_while(|announcement| recent(&announcement.published));
    let fresh: Vec<String> = fresh.map(|announcement| announcement_item(announcement).into_string()).collect();
    let fresh: Vec<&str> = fresh.iter().map(String::as_str).collect();
    let file_of_segments = SegmentedFile { name: "index.html", head, fresh: &fresh, tail, ..SegmentedFile::default() };
    file_of_segments.file(list, Keep::Newest(list.before().take_while(recent).count()))
}

/// The earliest time of announcements on the page of the list.
fn reach(newest: Timestamp) -> Timestamp {
    newest.months_earlier(MONTHS)
}

/// Years with announcements that the page of the list does not show, newest first.
pub(super) fn older_years(newest_first: impl Iterator<Item = Timestamp>, newest: Timestamp) -> Vec<i32> {
    let reach = reach(newest);
    let mut years: Vec<i32> = newest_first.filter(|published| *published < reach).map(Timestamp::year).collect();
    years.dedup();
    years
}

/// The page of a closed year.
pub(super) fn year_file(year: i32) -> String {
    format!("{year}.html")
}

fn year_page(publication: &Publication<'_>, list: &PublishedList<'_>, year: i32) -> File {
    let announcements: Vec<&Announcement> = list.newest_first().filter(|a| a.published.year() == year).collect();
    let title = format!("{}: changes of {year}", list_title(list));
    let page = Page { publication, list: Some(list), title: &title, description: &title, home: "./" };
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

/// A change log as an HTML table, for pages that exist already.
pub(super) fn change_log_table(rows: &[ChangeLogRow<'_>]) -> String {
    html! {
        table {
            thead { tr { th scope="col" { "Date" } th scope="col" { "Change" } th scope="col" { "Entry" } th scope="col" { "What" } } }
            tbody {
                @for row in rows {
                    @for change in &row.changes {
                        tr {
                            td { (date(row.published)) }
                            td { (prose::verb(change)) }
                            td { @if let Some(entry) = change.entry() { (entry.name) } }
                            td { (inline(&prose::what(change))) }
                        }
                    }
                }
            }
        }
    }
    .into_string()
}

/// The page over all lists.
pub(super) fn site(publication: &Publication<'_>) -> File {
    let title = format!("{}: published lists", publication.publisher.name);
    let page = Page { publication, list: None, title: &title, description: &title, home: "./" };
    let body = html! {
        (page.header(html! { "Lists with their change logs, feeds and signed logs." }))
        main {
            ul.cards {
                @for list in &publication.lists {
                    li {
                        h2 { a href={ (list.id) "/" } { (list_title(list)) } }
                        p { (list::count(list)) }
                        @if let Some(newest) = list.newest_first().next() {
                            p.note { "Last change " (date(newest.published)) }
                            p { (prose::title("Latest", &newest.changes)) }
                        }
                        p.note {
                            a href={ (list.id) "/feed.atom" } { "Atom" } " \u{b7} " a href={ (list.id) "/feed.rss" } { "RSS" } " \u{b7} "
                            a href={ (list.id) "/feed.json" } { "JSON Feed" } " \u{b7} " a href={ (list.id) "/changelog.md" } { "Markdown" }
                            " \u{b7} " a href={ (list.id) "/changelog.csv" } { "CSV" }
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
