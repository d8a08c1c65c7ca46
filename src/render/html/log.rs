//! Changes in a change log: announcements by month, each change with its symbol and word.

use maud::{Markup, PreEscaped, html};

use changecast_core::{
    change::{Change, Detail, EntryRef, Kind, Level, Row},
    model::{EntryId, Timestamp},
    prose::{self, deadlines::with_deadlines, messages::Messages},
};

use super::{
    super::{Announcement, Publication, announcement_page},
    inline,
};

/// The beginning of the changes of a month.
pub(super) fn open_month(messages: &Messages, moment: Timestamp) -> Markup {
    let date = moment.date();
    html! {
        (PreEscaped("<section class=\"month\">"))
        h3 id={ "m-" (date.format("%Y-%m")) } { (messages.month(moment)) }
        (PreEscaped("<ol class=\"log\">"))
    }
}

/// The end of the changes of a month.
pub(super) fn close_month() -> Markup {
    PreEscaped("</ol></section>".to_owned())
}

/// An announcement in a change log. If the one before is of another month, that month begins after it, so that the
/// text depends on no later announcement.
pub(super) fn segment(publication: &Publication<'_>, announcement: &Announcement, older: Option<Timestamp>) -> String {
    let messages = publication.messages();
    html! {
        li data-date=(announcement.published.date()) {
            a.day href=(announcement_page(&announcement.key)) { time datetime=(announcement.published) { (messages.day(announcement.published)) } }
            ul { @for (at, change) in announcement.changes.iter().enumerate() { (item(messages, (announcement, at), change, Place::Log)) } }
        }
        @if let Some(older) = older.filter(|older| older.month() != announcement.published.month()) {
            (close_month())
            (open_month(messages, older))
        }
    }
    .into_string()
}

/// Where a change is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the change log of a list: with its entry.
    Log,
    /// On the page of its entry.
    Entry,
}

/// A change with its symbol, word, entry, details and deadlines.
pub(super) fn item(
    messages: &Messages,
    (announcement, at): (&Announcement, usize),
    change: &Change,
    place: Place,
) -> Markup {
    let what = with_deadlines(messages, prose::what(messages, change), change, announcement.notice(at));
    let entry = change.entry().filter(|_| place == Place::Log);
    let section = entry.as_ref().map(|entry| entry.section.as_str()).filter(|section| !section.is_empty());
    html! {
        li data-kind=(change.kind) data-section=[section] {
            (chip(messages, change)) " "
            @if let Some(entry) = &entry { strong { (entry_link(entry, "")) } @if !what.is_empty() { ": " } }
            span dir="auto" { (inline(&what)) }
        }
    }
}

/// The link to the page of an entry.
pub(super) fn entry_link(entry: &EntryRef, home: &str) -> Markup {
    html! { a href={ (home) (super::entry::file(&entry.id)) } { bdi { (entry.label) } } }
}

/// The symbol and the word of a change. The colour repeats what the symbol says.
pub(super) fn chip(messages: &Messages, change: &Change) -> Markup {
    html! {
        span class={ "chip " (tone(change)) } { span aria-hidden="true" { (change.kind.info().symbol) } " " (prose::verb(messages, change)) }
    }
}

fn tone(change: &Change) -> &'static str {
    match change.kind {
        Kind::Added | Kind::Replaced | Kind::Restored => "new",
        Kind::Removed | Kind::Withdrawn => "gone",
        Kind::Corrected | Kind::TermsChanged => "warn",
        _ if change.level == Level::Notice => "edit",
        _ => "info",
    }
}

/// How often each kind of change occurs, in words, the most frequent first.
pub(super) fn counts(messages: &Messages, announcements: &[&Announcement]) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for change in announcements.iter().flat_map(|announcement| &announcement.changes) {
        let word = messages.within(&prose::verb(messages, change));
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}

/// An entry that a change concerns.
pub(super) struct Touched<'a> {
    pub entry: EntryRef,
    /// Whether it is on the list after the change.
    pub presence: Presence,
    /// The cells of the entry, where the change contains them.
    pub row: Option<&'a Row>,
}

impl<'a> Touched<'a> {
    fn row(row: &'a Row, presence: Presence) -> Self {
        Touched { entry: row.entry(), presence, row: Some(row) }
    }
}

/// The entries that a change concerns.
pub(super) fn entries(change: &Change) -> Vec<Touched<'_>> {
    match &change.detail {
        Detail::List { entries } => {
            let presence = if change.kind == Kind::Withdrawn { Presence::Absent } else { Presence::Listed };
            entries.iter().map(|row| Touched::row(row, presence)).collect()
        }
        Detail::Row { row, former } => {
            let presence = if change.kind == Kind::Removed { Presence::Absent } else { Presence::Listed };
            let former = former.as_ref().map(|former| Touched::row(former, Presence::Absent));
            former.into_iter().chain([Touched::row(row, presence)]).collect()
        }
        Detail::Field { entry, .. } => {
            vec![Touched { entry: entry.clone(), presence: Presence::Listed, row: None }]
        }
        Detail::Column { .. } | Detail::Fact { .. } => Vec::new(),
    }
}

/// Whether an entry is on the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Listed,
    Absent,
}

/// The entries that announcements concern.
pub(in super::super) fn touched(announcements: &[Announcement]) -> impl Iterator<Item = EntryId> {
    let changes =
        announcements.iter().flat_map(|announcement| announcement.changes.iter().chain(&announcement.read_differently));
    changes.flat_map(|change| entries(change).into_iter().map(|touched| touched.entry.id))
}
