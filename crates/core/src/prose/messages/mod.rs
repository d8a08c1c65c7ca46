//! The texts of pages and feeds: one file per language, in which every message has a value.
//!
//! `{}` stands for the values of a message, in their order.

mod de;
mod en;

use std::{fmt, str::FromStr};

use chrono::Datelike;

use crate::{change::Kind, model::Timestamp};

pub use en::ENGLISH;

/// The texts of one language.
#[derive(Debug)]
pub struct Messages {
    /// The language tag (BCP 47).
    pub lang: &'static str,
    /// The link to the page of all lists.
    pub all_lists: &'static str,
    /// The link to the content, for keyboards and screen readers.
    pub skip: &'static str,
    /// The name of the navigation to the pages above.
    pub breadcrumb: &'static str,
    /// The name of the navigation within a page.
    pub on_this_page: &'static str,
    /// The heading of the list.
    pub the_list: &'static str,
    /// The heading of the changes.
    pub changes: &'static str,
    /// The heading of feeds and calendar.
    pub subscribe: &'static str,
    /// The link to the page for auditors.
    pub verify: &'static str,
    /// The heading of the notice terms.
    pub notice: &'static str,
    /// The heading of what the list says about itself.
    pub about: &'static str,
    /// The heading of changes that customers can still object to.
    pub open: &'static str,
    /// Which deadlines are shown: the date of the last change.
    pub open_as_of: &'static str,
    /// The last day to object.
    pub object_by: &'static str,
    /// When a change takes effect.
    pub effective: &'static str,
    /// Where to send objections.
    pub send_objections: &'static str,
    /// In place of a withdrawn list.
    pub not_published: &'static str,
    /// In place of the number of entries of a withdrawn list.
    pub not_published_short: &'static str,
    /// The date of the last change.
    pub last_change: &'static str,
    /// The link to the page of the list on the publisher's site.
    pub official_page: &'static str,
    /// The description of a list's page for search engines: list, publisher.
    pub description: &'static str,
    /// The header of the column of names.
    pub name: &'static str,
    /// The header of the column of cells that few entries have.
    pub more: &'static str,
    /// The name of the navigation between sections.
    pub sections: &'static str,
    /// The links to the pages of earlier years.
    pub earlier: &'static str,
    /// The links to the change log as a table.
    pub as_table: &'static str,
    /// What feeds are for.
    pub feeds_intro: &'static str,
    /// The name of the calendar.
    pub calendar: &'static str,
    /// What the calendar contains.
    pub calendar_about: &'static str,
    /// The link to the feed of all lists.
    pub feed_of_all: &'static str,
    /// The link to the calendar of all lists.
    pub calendar_of_all: &'static str,
    /// The title of the page of all lists: publisher.
    pub lists_title: &'static str,
    /// What the page of all lists contains.
    pub lists_lead: &'static str,
    /// The beginning of the last change of a list.
    pub latest: &'static str,
    /// The date of an announcement.
    pub published_on: &'static str,
    /// The date of an announcement of a change from before the log was published.
    pub committed_on: &'static str,
    /// The note on such a change: the date of the first publication.
    pub backfilled: &'static str,
    /// The link from a correction.
    pub corrected_change: &'static str,
    /// The note on a corrected change: the date of the correction.
    pub was_corrected: &'static str,
    /// The link to a correction.
    pub correction: &'static str,
    /// The heading of commit and signature.
    pub evidence: &'static str,
    /// The label of the time of publication.
    pub published: &'static str,
    /// The label of the time of a commit.
    pub committed: &'static str,
    /// The label of the commit.
    pub commit: &'static str,
    /// The label of the release.
    pub release: &'static str,
    /// The label of the signed document.
    pub signed_document: &'static str,
    /// The link to a signature.
    pub signature: &'static str,
    /// What an entry replaces.
    pub in_place_of: &'static str,
    /// The label of the section of an entry.
    pub section: &'static str,
    /// The label of added items of a set.
    pub gained: &'static str,
    /// The label of removed items of a set.
    pub lost: &'static str,
    /// The old value of a field: its label.
    pub before: &'static str,
    /// The new value of a field: its label.
    pub now: &'static str,
    /// Why there are no deadlines.
    pub no_deadlines: &'static str,
    /// The link to the change before.
    pub previous: &'static str,
    /// The link to the change after.
    pub next: &'static str,
    /// The link from a change to all changes.
    pub all_changes: &'static str,
    /// The title of the page of an entry: list, entry.
    pub history_of: &'static str,
    /// The heading of the changes of an entry.
    pub history: &'static str,
    /// The status of an entry on the list.
    pub listed: &'static str,
    /// The status of an entry that left the list.
    pub not_listed: &'static str,
    /// The link from the history of an entry to the list.
    pub see_entry: &'static str,
    /// For an entry without announced changes.
    pub no_history: &'static str,
    /// The title of the page of a year: list, year, kinds of changes.
    pub year_title: &'static str,
    /// The name of the filter.
    pub filter: &'static str,
    /// The label of the field for text.
    pub filter_text: &'static str,
    /// The label of the choice of kinds.
    pub filter_kind: &'static str,
    /// The label of the choice of sections.
    pub filter_section: &'static str,
    /// The label of the first day.
    pub filter_from: &'static str,
    /// The label of the last day.
    pub filter_to: &'static str,
    /// The choice that excludes nothing.
    pub filter_all: &'static str,
    /// The button that ends filtering.
    pub filter_clear: &'static str,
    /// The result: shown entries, all entries.
    pub filter_entries: &'static str,
    /// The result: shown changes, all changes.
    pub filter_changes: &'static str,
    /// The title of the page for auditors: list.
    pub verify_title: &'static str,
    /// The note on pages of previews.
    pub unsigned: &'static str,
    /// In place of keys and commands in a preview.
    pub cannot_verify: &'static str,
    /// What can be verified, before the name of the command.
    pub verify_intro: &'static str,
    /// What can be verified, after the name of the command.
    pub verify_script: &'static str,
    /// The heading of the check of one document.
    pub verify_one: &'static str,
    /// The label of the name of the log.
    pub log: &'static str,
    /// The label of a root key.
    pub root_key: &'static str,
    /// The label of a release key.
    pub release_key: &'static str,
    /// The label of the files for programs.
    pub files: &'static str,
    /// The release that a page shows.
    pub as_of: &'static str,
    /// The publisher at the foot of a page.
    pub published_by: &'static str,
    /// What a page is not.
    pub disclaimer: &'static str,
    /// The link to verification at the foot of a page.
    pub auditors: &'static str,
    /// The number of entries: one.
    pub one_entry: &'static str,
    /// The number of entries.
    pub entries: &'static str,
    /// A field that is stated for the first time: its name.
    pub first_stated: &'static str,
    /// A field that is no longer stated: its name.
    pub no_longer_stated: &'static str,
    /// A vendor that was planned and is now used.
    pub now_in_use: &'static str,
    /// A new column.
    pub column_added: &'static str,
    /// A column that is gone.
    pub column_removed: &'static str,
    /// A column with another header.
    pub column_renamed: &'static str,
    /// A section with another title.
    pub section_renamed: &'static str,
    /// A section with another note.
    pub section_note_changed: &'static str,
    /// Entries that moved to other sections together.
    pub entries_regrouped: &'static str,
    /// A version that cannot be read.
    pub unreadable: &'static str,
    /// Why a version cannot be read: commit, reason.
    pub unreadable_commit: &'static str,
    /// A change of the wording alone: the change.
    pub wording: &'static str,
    /// What an entry replaces, before its name.
    pub instead_of: &'static str,
    /// Before the old status.
    pub was: &'static str,
    /// After a value that was not stated before.
    pub not_stated_before: &'static str,
    /// After a value that is no longer stated.
    pub no_more_stated: &'static str,
    /// New items of a set.
    pub added_items: &'static str,
    /// Items that are gone from a set.
    pub removed_items: &'static str,
    /// A relocation within the EU.
    pub both_in_eu: &'static str,
    /// After some names: the number of the others.
    pub and_more: &'static str,
    /// After some sentences: the number of the others.
    pub more_changes: &'static str,
    /// Between a verb and an entry.
    pub verb_entry: &'static str,
    /// Between a verb and an entry that it is about.
    pub verb_for_entry: &'static str,
    /// Between an entry and the details.
    pub details: &'static str,
    /// When an entry takes effect, in a title.
    pub title_date: &'static str,
    /// What an entry replaces, in a title.
    pub title_former: &'static str,
    /// The old and the new name, in a title.
    pub title_names: &'static str,
    /// The new value, in a title.
    pub title_value: &'static str,
    /// The last day to object, in a title.
    pub title_object_by: &'static str,
    /// When a change takes effect.
    pub label_effective: &'static str,
    /// Until when customers may object.
    pub label_object_by: &'static str,
    /// The notice that was given.
    pub label_notice: &'static str,
    /// What follows from a notification.
    pub label_notification: &'static str,
    /// The reason of an emergency.
    pub label_emergency: &'static str,
    /// A change that was published too late.
    pub label_late: &'static str,
    /// A change that was published after it took effect.
    pub late: &'static str,
    /// The notice that is due after an emergency.
    pub label_late_notice: &'static str,
    /// The earliest day.
    pub not_before: &'static str,
    /// A period, its addition and its first day.
    pub from_day: &'static str,
    /// The addition to a period without an end.
    pub or_later: &'static str,
    /// The earliest last day to object.
    pub from_receipt: &'static str,
    /// A window without dates.
    pub as_terms_state: &'static str,
    /// What a list does not state.
    pub not_stated: &'static str,
    /// When customers were notified.
    pub sent: &'static str,
    /// When a change takes effect, in a sentence.
    pub part_effective: &'static str,
    /// Until when customers may object, in a sentence.
    pub part_object_by: &'static str,
    /// Notice that counts from the publication.
    pub by_publication: &'static str,
    /// A promised notification that is not stated.
    pub notification_not_stated: &'static str,
    /// A publisher that promises no notice.
    pub no_notice: &'static str,
    /// A promise without a length.
    pub no_length: &'static str,
    /// A promised length.
    pub promised: &'static str,
    /// How much is missing.
    pub missed_by: &'static str,
    /// Business days without holidays.
    pub weekends_only: &'static str,
    /// Results that are not final.
    pub provisional: &'static str,
    /// A promise that was kept.
    pub kept: &'static str,
    /// A promise that was missed.
    pub missed: &'static str,
    /// An emergency with shorter notice.
    pub emergency_shorter: &'static str,
    /// The last day to object, in calendars.
    pub last_day_to_object: &'static str,
    /// An effective date that follows from the lead, in calendars.
    pub not_effective_before: &'static str,
    /// The subtitle of a feed: list, publisher.
    pub feed_about: &'static str,
    /// The end of the title of an unsigned feed.
    pub unsigned_feed: &'static str,
    /// In a feed entry that was cut: the number of other changes.
    pub feed_rest: &'static str,
    /// The link from a feed entry to its page.
    pub this_change: &'static str,
    /// The link from a feed entry to what it corrects.
    pub corrected_link: &'static str,
    /// The link from a feed entry to the list.
    pub current_link: &'static str,
    /// The date of the last change in a page of the publisher.
    pub last_updated: &'static str,
    /// The event that a period to object counts from.
    pub from_notification: &'static str,
    /// The title of the change log: list.
    pub log_title: &'static str,
    /// The heading of open windows in Markdown: date.
    pub open_on: &'static str,
    /// A date: day, month, year.
    pub date: &'static str,
    /// Whether verbs have no capital within a sentence, and a name can follow them in a title.
    pub lowercase_verbs: bool,
    /// The kinds of changes as customers read them, where they differ from [`KINDS`](crate::change::KINDS): kind,
    /// verb, name of the field.
    pub kinds: &'static [(Kind, &'static str, Option<&'static str>)],
    /// The labels of notice terms by key, where they differ from those of the terms.
    pub terms: &'static [(&'static str, &'static str)],
    /// The columns of a change table.
    pub columns: [&'static str; 4],
    /// The names of the days of the week, from Monday on.
    pub weekdays: [&'static str; 7],
    /// Hours, days, business days, weeks, months: one and several.
    pub units: [[&'static str; 2]; 5],
    /// The names of the months.
    pub months: [&'static str; 12],
}

impl Messages {
    /// The verb of a kind.
    pub fn kind(&self, kind: Kind) -> &'static str {
        self.kinds.iter().find(|row| row.0 == kind).map_or(kind.info().verb, |row| row.1)
    }

    /// The name of the field that a kind concerns; `None` if the label of the field is shown instead.
    pub(super) fn noun(&self, kind: Kind) -> Option<&'static str> {
        self.kinds.iter().find(|row| row.0 == kind).map_or(kind.info().noun, |row| row.2)
    }

    /// A verb within a sentence.
    pub fn within(&self, verb: &str) -> String {
        if self.lowercase_verbs { verb.to_lowercase() } else { verb.to_owned() }
    }

    /// The label of a notice term.
    pub fn term(&self, key: &str) -> Option<&'static str> {
        self.terms.iter().find(|row| row.0 == key).map(|row| row.1)
    }
}

/// The languages of pages and feeds.
static LANGUAGES: [&Messages; 2] = [&ENGLISH, &de::GERMAN];

/// A language of pages and feeds.
#[derive(Clone, Copy)]
pub struct Language(&'static Messages);

impl Language {
    /// The texts of the language.
    pub fn messages(self) -> &'static Messages {
        self.0
    }
}

impl Default for Language {
    fn default() -> Self {
        Language(&ENGLISH)
    }
}

impl PartialEq for Language {
    fn eq(&self, other: &Self) -> bool {
        self.0.lang == other.0.lang
    }
}

impl Eq for Language {}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.lang)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.lang)
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(tag: &str) -> Result<Self, String> {
        let known = LANGUAGES.iter().find(|messages| messages.lang == tag);
        known.map(|messages| Language(messages)).ok_or_else(|| {
            let tags: Vec<&str> = LANGUAGES.iter().map(|messages| messages.lang).collect();
            format!("{tag:?} is not a language of pages and feeds: use one of {}", tags.join(", "))
        })
    }
}

crate::serde_as_text!(Language);

/// A message with its values.
pub fn fill(message: &str, values: &[&dyn fmt::Display]) -> String {
    let mut parts = message.split("{}");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (at, part) in parts.enumerate() {
        if let Some(value) = values.get(at) {
            out.push_str(&value.to_string());
        }
        out.push_str(part);
    }
    out
}

impl Messages {
    /// A day: "3 March 2024".
    pub fn day(&self, moment: Timestamp) -> String {
        let date = moment.date();
        fill(self.date, &[&date.day(), &self.months[date.month0() as usize], &date.year()])
    }

    /// A month: "March 2024".
    pub fn month(&self, moment: Timestamp) -> String {
        let date = moment.date();
        format!("{} {}", self.months[date.month0() as usize], date.year())
    }

    /// The number of entries in words.
    pub fn entries_in_words(&self, entries: usize) -> String {
        if entries == 1 { self.one_entry.to_owned() } else { fill(self.entries, &[&entries]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::change::KINDS;

    #[test]
    fn languages_have_different_tags_and_no_empty_message() {
        let mut tags: Vec<&str> = LANGUAGES.iter().map(|messages| messages.lang).collect();
        tags.dedup();
        assert_eq!(tags.len(), LANGUAGES.len());
        for messages in LANGUAGES {
            assert!(!format!("{messages:?}").contains("\"\""), "{}", messages.lang);
        }
    }

    #[test]
    fn every_kind_has_a_verb_in_every_language() {
        for messages in LANGUAGES.iter().filter(|messages| messages.lang != ENGLISH.lang) {
            for row in KINDS {
                let is_translated = messages.kinds.iter().any(|(kind, ..)| *kind == row.kind);
                assert!(is_translated, "add {:?} to `kinds` in prose/messages/{}.rs", row.kind, messages.lang);
            }
        }
    }

    #[test]
    fn dates_follow_the_language() {
        let day = "2024-03-01T10:00:00Z".parse().expect("a time");
        let dates = LANGUAGES.map(|messages| messages.day(day));
        assert_eq!(dates, ["1 March 2024", "1. März 2024"]);
    }
}
