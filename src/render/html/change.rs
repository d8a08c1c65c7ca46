//! The page of one announcement.

use maud::{Markup, html};

use changecast_core::prose::{self, deadlines::Computed};
use changecast_core::{
    change::{Change, Detail, Edit, Kind, Row},
    model::{Role, Text, Timestamp, to_plain_text},
    prose::messages::{Messages, fill},
    vocabulary::Vocabulary,
};

use super::{
    super::{
        Announcement, File, LogStatus, Publication, PublishedList, RenderError, announcement_page, corrections,
        incremental::{Keep, SegmentedFile},
        list_title,
    },
    entry::past_cells,
    inline, log,
    page::{Content, Page, Scripts, date, dated, with_markup},
    rows::linked_text,
};

/// The announcement before or after another one.
#[derive(Clone, Copy)]
struct Neighbor<'a> {
    key: &'a str,
    published: Timestamp,
}

impl<'a> Neighbor<'a> {
    fn new(announcement: &'a Announcement) -> Self {
        Neighbor { key: &announcement.key, published: announcement.published }
    }
}

/// The pages of new announcements, and that of the last one before them, which now links to the first new one.
pub(super) fn pages(publication: &Publication<'_>, list: &PublishedList<'_>) -> Result<Vec<File>, RenderError> {
    let corrections = corrections::by_key(list);
    let fresh = list.fresh();
    let last = list
        .rendered
        .and_then(|rendered| Some(Neighbor { key: rendered.last.as_deref()?, published: *rendered.before.last()? }));
    let end = end(publication, list);
    let mut files = Vec::with_capacity(fresh.len() + 1);
    if let (Some(last), Some(next)) = (last, fresh.first()) {
        let tail = tail(publication.messages(), Some(Neighbor::new(next)), &end);
        let page = announcement_page(last.key);
        let file = SegmentedFile { name: &page, tail: &tail, ..SegmentedFile::default() };
        files.push(File { segments: None, ..file.file(list, Keep::Newest(1))? });
    }
    for (at, announcement) in fresh.iter().enumerate() {
        let previous = if at == 0 { last } else { fresh.get(at - 1).map(Neighbor::new) };
        let next = fresh.get(at + 1).map(Neighbor::new);
        let corrections = corrections.get(&*announcement.key).map(Vec::as_slice).unwrap_or_default();
        let text = page(publication, list, announcement, previous, corrections);
        let front = text.split_once(PAGER).map_or(&*text, |(front, _)| front);
        let page = announcement_page(&announcement.key);
        let tail = tail(publication.messages(), next, &end);
        let file = SegmentedFile { name: &page, fresh: &[front], tail: &tail, ..SegmentedFile::default() };
        let mut file = file.whole(list);
        // Only the newest page changes once more, when there is a next one.
        file.segments = file.segments.filter(|_| next.is_none());
        files.push(file);
    }
    Ok(files)
}

/// Marks the end of what never changes. Other texts cannot contain it, as they are escaped.
const PAGER: &str = "<!-- next -->";

/// The end of a page: the link to the next one, and the foot.
fn tail(messages: &Messages, next: Option<Neighbor<'_>>, end: &str) -> String {
    let link = html! {
        @if let Some(next) = next {
            a rel="next" href={ (next.key) ".html" } { span { (messages.next) } " " (date(messages, next.published)) }
        }
    };
    format!("{}</nav>{end}", link.into_string())
}

/// The foot that all pages of a list have.
fn end(publication: &Publication<'_>, list: &PublishedList<'_>) -> String {
    let empty = frame(publication, list, "", html! {}, "", None);
    let page = empty.render(&Content { lead: html! {}, body: html! { (maud::PreEscaped(PAGER)) } });
    page.split_once(PAGER).map_or("", |(_, end)| end).to_owned()
}

fn frame<'a>(
    publication: &'a Publication<'a>,
    list: &'a PublishedList<'a>,
    title: &'a str,
    heading: Markup,
    description: &'a str,
    twin: Option<String>,
) -> Page<'a> {
    Page {
        publication,
        list: Some(list),
        title,
        heading,
        description,
        home: "../",
        release: None,
        scripts: Scripts::None,
        twin,
    }
}

/// The page of one release, with a mark in place of its end.
fn page(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    announcement: &Announcement,
    previous: Option<Neighbor<'_>>,
    corrections: &[&Announcement],
) -> String {
    let messages = publication.messages();
    let title = prose::title(messages, list_title(list).as_str(), &announcement.changes);
    let heading = inline(&prose::title_pieces(messages, list_title(list).as_str(), &announcement.changes));
    let description = prose::summary(messages, announcement.sentences(messages));
    let page = frame(publication, list, &title, heading, &description, Some(format!("{}.md", announcement.key)));
    let file = format!("{:06}.json", announcement.release.seq);
    let lead = html! {
        ul.facts {
            @let stated = if announcement.backfilled.is_some() { messages.committed_on } else { messages.published_on };
            li { (with_markup(stated, &date(messages, announcement.published))) }
            @if let Some(corrected) = &announcement.corrects {
                li { a href={ (corrected) ".html" } { (messages.corrected_change) } }
            }
        }
        @if let Some(first) = announcement.backfilled {
            p.note { (with_markup(messages.backfilled, &date(messages, first))) }
        }
        @for correction in corrections {
            p.banner {
                (with_markup(messages.was_corrected, &date(messages, correction.published))) " "
                a href={ (correction.key) ".html" } { (messages.correction) }
            }
        }
    };
    let body = html! {
        @for (at, change) in announcement.changes.iter().enumerate() {
            section.change {
                h2 { (heading_of(messages, change)) }
                (detail(messages, change))
                @if let Some(notice) = announcement.notice(at) { (deadlines(messages, notice)) }
            }
        }
        section.evidence {
            h2 { (messages.evidence) }
            dl {
                @if announcement.backfilled.is_some() { dt { (messages.committed) } } @else { dt { (messages.published) } }
                dd { code { (announcement.published) } }
                @if let Some(commit) = &announcement.commit { dt { (messages.commit) } dd { code { (commit) } } }
                @if matches!(list.log, LogStatus::Signed { .. }) {
                    dt { (messages.signed_document) }
                    dd { a href={ "../log/" (file) } { (file) } ", " a href={ "../log/" (file) ".sig" } { (messages.signature) } }
                }
            }
            @if let Some(release) = list.signed_release(announcement) { p.note { (fill(messages.as_of, &[&release])) } }
        }
        (maud::PreEscaped("<nav class=\"pager\" aria-label=\""))
        (messages.changes)
        (maud::PreEscaped("\">"))
        @if let Some(previous) = previous {
            a rel="prev" href={ (previous.key) ".html" } { span { (messages.previous) } " " (date(messages, previous.published)) }
        }
        a href="../index.html#changes" { span { (messages.all_changes) } " " bdi { (list_title(list)) } }
        (maud::PreEscaped(PAGER))
    };
    page.render(&Content { lead, body })
}

fn heading_of(messages: &Messages, change: &Change) -> Markup {
    html! { (log::chip(messages, change)) @if let Some(entry) = change.entry() { " " (log::entry_link(&entry, "../")) } }
}

fn detail(messages: &Messages, change: &Change) -> Markup {
    match &change.detail {
        Detail::List { entries } => html! { (rows(messages, entries)) },
        Detail::Row { row, former } => html! {
            @if let Some(former) = former { p { (messages.in_place_of) " " strong { (log::entry_link(&former.entry(), "../")) } } }
            (row_fields(messages, row))
        },
        Detail::Field { entry, label, edit, gained, lost, .. } => html! {
            (sides(messages, label, edit))
            @if !(gained.is_empty() && lost.is_empty() && entry.section.is_empty()) {
                dl {
                    @for (name, items) in [(messages.gained, gained), (messages.lost, lost)] {
                        @if !items.is_empty() { dt { (name) } dd dir="auto" { (joined(items)) } }
                    }
                    @if !entry.section.is_empty() { dt { (messages.section) } dd { bdi { (entry.section) } } }
                }
            }
        },
        Detail::Column { cells, edit, .. } => html! {
            p { (inline(&prose::what(messages, change))) }
            @if !cells.is_empty() {
                table.rows {
                    thead { tr { th scope="col" { (messages.name) } th scope="col" { (edit.after().or(edit.before()).map(Text::as_str).unwrap_or_default()) } } }
                    tbody { @for cell in cells { tr { th scope="row" { bdi { (cell.label) } } td dir="auto" { (linked_text(&cell.text)) } } } }
                }
            }
        },
        Detail::Fact { .. } if matches!(change.kind, Kind::Corrected | Kind::Reread) => {
            html! { p { (inline(&prose::what(messages, change))) } }
        }
        Detail::Fact { label, edit, .. } => sides(messages, label, edit),
    }
}

/// When the change takes effect, until when customers may object, and the notice that was given.
fn deadlines(messages: &Messages, notice: &Computed) -> Markup {
    html! {
        @match notice {
            Ok(notice) => dl.deadlines { @for part in prose::deadlines::statements(messages, notice) { dt { (part.label) } dd { (dated(&part.text)) } } },
            Err(error) => p { (fill(messages.no_deadlines, &[error])) },
        }
    }
}

/// The old and the new value beside each other.
fn sides(messages: &Messages, label: &Text, edit: &Edit) -> Markup {
    html! {
        dl.sides {
            @if let Some(before) = edit.before() { div.before { dt { (fill(messages.before, &[label])) } dd dir="auto" { (linked_text(before)) } } }
            @if let Some(after) = edit.after() { div.after { dt { (fill(messages.now, &[label])) } dd dir="auto" { (linked_text(after)) } } }
        }
    }
}

fn row_fields(messages: &Messages, row: &Row) -> Markup {
    html! {
        dl {
            @if !row.section.is_empty() { dt { (messages.section) } dd { bdi { (row.section) } } }
            (past_cells(row))
        }
    }
}

/// Rows under one table per section.
fn rows(messages: &Messages, rows: &[Row]) -> Markup {
    let mut sections: Vec<&Text> = Vec::new();
    for row in rows {
        if !sections.contains(&&row.section) {
            sections.push(&row.section);
        }
    }
    html! {
        @for section in sections {
            @let here: Vec<&Row> = rows.iter().filter(|row| row.section == *section).collect();
            @let columns = columns(&here);
            @if !section.is_empty() { h3 { bdi { (section) } } }
            table.rows.entries[columns.len() > 6] {
                thead { tr { th scope="col" { (messages.name) } @for (_, label) in &columns { th scope="col" { (label) } } } }
                tbody {
                    @for row in here {
                        tr {
                            th scope="row" { (log::entry_link(&row.entry(), "../")) }
                            @for (field, label) in &columns {
                                @match row.text(field) { Some(text) => td dir="auto" data-label=(label) { (linked_text(text)) }, None => td {} }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The columns of rows, ordered by role.
fn columns<'a>(rows: &[&'a Row]) -> Vec<(&'a str, &'a Text)> {
    let mut columns: Vec<(Role, &str, &Text)> = Vec::new();
    for field in rows.iter().flat_map(|row| &row.fields) {
        if !columns.iter().any(|(_, known, _)| *known == field.field.as_str()) {
            columns.push((
                Role::of_field(Vocabulary::builtin(), &field.field, field.label.as_str()),
                field.field.as_str(),
                &field.label,
            ));
        }
    }
    columns.sort_by_key(|(role, field, _)| (*role, *field));
    columns.into_iter().map(|(_, field, label)| (field, label)).collect()
}

fn joined(items: &[Text]) -> String {
    items.iter().map(|item| to_plain_text(item.as_str())).collect::<Vec<_>>().join(", ")
}
