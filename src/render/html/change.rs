//! The page of one announcement.

use maud::{Markup, html};

use changecast_core::prose::{self, deadlines::Computed};
use changecast_core::{
    change::{Change, Detail, Edit, Kind, Row},
    model::{Role, Text, to_plain_text},
    vocabulary::Vocabulary,
};

use super::{
    super::{Announcement, File, Inline, LogStatus, Publication, PublishedList, announcement_page, list_title},
    inline,
    list::{cell, linked_text},
    page::{Page, date},
};

/// The page of one release: `changes/<key>.html`.
pub(super) fn page(publication: &Publication<'_>, list: &PublishedList<'_>, announcement: &Announcement) -> File {
    let title = prose::title(list_title(list).as_str(), &announcement.changes);
    let page = Page {
        publication,
        list: Some(list),
        title: &title,
        heading: inline(&prose::title_pieces(list_title(list).as_str(), &announcement.changes)),
        description: &prose::summary(announcement.sentences()),
        home: "../",
        release: list.signed_release(announcement),
    };
    let corrections = list.announcements.iter().filter(|other| other.corrects.as_ref() == Some(&announcement.key));
    let file = format!("{:06}.json", announcement.release.seq);
    let body = html! {
        (page.header(html! { "Published " (date(announcement.published)) " \u{b7} " a href="../" { (list_title(list)) } }))
        main {
            @if let Some(corrected) = &announcement.corrects {
                p { a href={ (corrected) ".html" } { "The corrected change" } }
            }
            @for correction in corrections {
                p.banner {
                    "This change was corrected on " (date(correction.published)) ": "
                    a href={ (correction.key) ".html" } { "correction" }
                }
            }
            @for (at, change) in announcement.changes.iter().enumerate() {
                section {
                    h2 { (heading(change)) }
                    (detail(change))
                    @if let Some(notice) = announcement.notice(at) { (deadlines(notice)) }
                }
            }
            h2 { "Evidence" }
            dl {
                dt { "Published" } dd { code { (announcement.published) } }
                @if let Some(commit) = &announcement.commit { dt { "Commit" } dd { code { (commit) } } }
                @if matches!(list.log, LogStatus::Signed { .. }) {
                    dt { "Signed document" }
                    dd { a href={ "../log/" (file) } { (file) } ", " a href={ "../log/" (file) ".sig" } { "signature" } }
                }
            }
        }
    };
    File::new(format!("{}/{}", list.id, announcement_page(&announcement.key)), page.render(body))
}

fn heading(change: &Change) -> Markup {
    html! { (prose::verb(change)) @if let Some(entry) = change.entry() { ": " bdi { (entry.label) } } }
}

fn detail(change: &Change) -> Markup {
    match &change.detail {
        Detail::List { entries } => html! { (rows(entries)) },
        Detail::Row { row, former } => html! {
            @if let Some(former) = former { p { "In place of " strong { bdi { (former.label) } } "." } }
            (row_fields(row))
        },
        Detail::Field { entry, label, edit, gained, lost, .. } => {
            let what = prose::what(change);
            // If the sentence only shows excerpts of long texts, both texts are also shown in full.
            let marked = what.iter().any(|piece| matches!(piece, Inline::Inserted(_) | Inline::Deleted(_)));
            html! {
                p { (inline(&what)) }
                @if marked || !entry.section.is_empty() {
                    dl {
                        @if !entry.section.is_empty() { dt { "Section" } dd { (entry.section) } }
                        @if marked {
                            (sides(label, edit))
                            @for (name, items) in [("Gained", gained), ("Lost", lost)] {
                                @if !items.is_empty() { dt { (name) } dd { (joined(items)) } }
                            }
                        }
                    }
                }
            }
        }
        Detail::Column { cells, edit, .. } => html! {
            p { (inline(&prose::what(change))) }
            @if !cells.is_empty() {
                table.rows {
                    thead { tr { th scope="col" { "Name" } th scope="col" { (edit.after().or(edit.before()).map(Text::as_str).unwrap_or_default()) } } }
                    tbody { @for cell in cells { tr { th scope="row" { bdi { (cell.label) } } td dir="auto" { (linked_text(&cell.text)) } } } }
                }
            }
        },
        Detail::Fact { .. } if matches!(change.kind, Kind::Corrected | Kind::Reread) => {
            html! { p { (inline(&prose::what(change))) } }
        }
        Detail::Fact { label, edit, .. } => html! { p { (inline(&prose::what(change))) } dl { (sides(label, edit)) } },
    }
}

/// When the change takes effect, until when customers may object, and the notice that was given.
fn deadlines(notice: &Computed) -> Markup {
    html! {
        @match notice {
            Ok(notice) => dl { @for part in prose::deadlines::statements(notice) { dt { (part.label) } dd { (part.text) } } },
            Err(error) => p { "Deadlines cannot be computed: " (error) },
        }
    }
}

fn sides(label: &Text, edit: &Edit) -> Markup {
    html! {
        @if let Some(before) = edit.before() { dt { (label) " before" } dd { (linked_text(before)) } }
        @if let Some(after) = edit.after() { dt { (label) " now" } dd { (linked_text(after)) } }
    }
}

fn row_fields(row: &Row) -> Markup {
    html! {
        dl {
            @if !row.section.is_empty() { dt { "Section" } dd { (row.section) } }
            @for field in &row.fields { dt { (field.label) } dd { (cell(Role::of_field(Vocabulary::builtin(), &field.field, field.label.as_str()), &field.text)) } }
        }
    }
}

/// Rows under one table per section.
fn rows(rows: &[Row]) -> Markup {
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
            @if !section.is_empty() { h3 { (section) } }
            div.scroll {
                table.rows {
                    thead { tr { th scope="col" { "Name" } @for (_, label) in &columns { th scope="col" { (label) } } } }
                    tbody {
                        @for row in here {
                            tr {
                                th scope="row" { bdi { (row.label) } }
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
