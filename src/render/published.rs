//! What the files of a list show, as every format needs it.

use changecast_core::{
    ledger::Pointer,
    model::{Fact, FieldKey, Inventory, Section, Terms, Text, Timestamp, WebUrl},
    prose::messages::{Messages, fill},
    term_rows::term_rows,
};

use super::{AgendaItem, Announcement, ChangeLogRow, LogStatus, PublishedList, agenda};

impl PublishedList<'_> {
    /// The address of a file of this list.
    pub(super) fn url(&self, base: &WebUrl, path: &str) -> WebUrl {
        base.join(&format!("{}/{path}", self.id))
    }

    /// The newest release of the signed log; `None` for a preview.
    pub(super) fn newest(&self) -> Option<Pointer> {
        match self.log {
            LogStatus::Signed { newest, .. } => Some(newest),
            LogStatus::Unsigned => None,
        }
    }

    /// The release of an announcement; `None` for a preview.
    pub(super) fn signed_release(&self, announcement: &Announcement) -> Option<Pointer> {
        self.newest().map(|_| announcement.release)
    }

    /// The announcements, newest first.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &Announcement> {
        self.announcements.iter().rev()
    }

    /// The dates of all announcements, newest first.
    pub(super) fn dates(&self) -> impl Iterator<Item = Timestamp> {
        self.newest_first().map(|announcement| announcement.published).chain(self.before())
    }

    /// Whether its files differ from those of an earlier publication.
    pub(super) fn has_news(&self) -> bool {
        self.rendered.is_none() || !self.fresh().is_empty()
    }

    /// The announcements without a page, oldest first.
    pub(super) fn fresh(&self) -> &[Announcement] {
        let pages = self.rendered.map_or(0, |rendered| rendered.pages);
        &self.announcements[pages.min(self.announcements.len())..]
    }

    /// The announcements without a page as rows of a change log, newest first: those of the current year, and
    /// those of past years.
    pub(super) fn fresh_rows(&self) -> (Vec<ChangeLogRow<'_>>, Vec<ChangeLogRow<'_>>) {
        let open = self.dates().next().map(Timestamp::year);
        let rows = self.fresh().iter().rev().map(Announcement::row);
        rows.partition(|row| Some(row.published.year()) == open)
    }

    /// The dates of announcements of earlier publications, newest first.
    pub(super) fn before(&self) -> impl Iterator<Item = Timestamp> {
        self.rendered.iter().flat_map(|rendered| rendered.before.iter().rev().copied())
    }

    /// The statements of the list about itself, except its title.
    pub(super) fn facts(&self) -> Vec<&Fact> {
        self.current.iter().flat_map(|list| &list.facts).filter(|fact| fact.field.as_str() != "title").collect()
    }

    /// The notice terms of the inventory, or else of the configuration.
    pub(super) fn terms_in_force(&self) -> Option<&Terms> {
        self.current.and_then(|list| list.terms.as_ref()).or(self.terms)
    }

    /// The notice terms as rows. A list without terms states none.
    pub(super) fn term_rows(&self) -> Vec<Fact> {
        let rows = self.terms_in_force().map(term_rows).unwrap_or_default();
        match (rows.is_empty(), self.current) {
            (true, Some(_)) => not_stated(),
            _ => rows,
        }
    }

    /// When the newest announcement was published; `None` for a list without any.
    pub(super) fn as_of(&self) -> Option<Timestamp> {
        self.dates().next()
    }

    /// What customers could object to when the newest announcement was published: pages cannot know a later time.
    pub(super) fn open_windows(&self) -> Vec<(&AgendaItem, &agenda::Date)> {
        self.as_of().map(|newest| self.agenda.open_at(newest)).unwrap_or_default()
    }

    /// The same in words.
    pub(super) fn open_rows(&self, messages: &Messages) -> Vec<OpenRow<'_>> {
        let rows = self.open_windows().into_iter().map(|(item, date)| OpenRow {
            key: &item.key,
            subject: &item.subject,
            object_by: &date.shown,
            effective: item.effective.as_ref().map(|date| fill(messages.effective, &[&date.shown])),
        });
        rows.collect()
    }
}

/// A change that customers could object to, in words.
pub(super) struct OpenRow<'a> {
    /// The key of its announcement.
    pub key: &'a str,
    pub subject: &'a str,
    /// The last day to object.
    pub object_by: &'a str,
    /// When it takes effect, as a part of a sentence.
    pub effective: Option<String>,
}

/// The sections of a list that have entries, in the order of their first entries.
pub(super) fn sections_in_order(inventory: &Inventory) -> Vec<&Section> {
    let mut sections: Vec<&Section> = inventory.filled_sections().collect();
    sections.sort_by_key(|section| inventory.entries.iter().position(|entry| entry.section == section.id));
    sections
}

/// The row of a list without notice terms.
fn not_stated() -> Vec<Fact> {
    let field = FieldKey::new("notice.promise");
    field
        .map(|field| Fact { field, label: Text::new("Notice of changes"), text: Text::new("not stated") })
        .into_iter()
        .collect()
}
