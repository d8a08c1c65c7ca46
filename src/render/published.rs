//! What the files of a list show, as every format needs it.

use changecast_core::{
    ledger::Pointer,
    model::{Fact, FieldKey, Inventory, Section, Terms, Text, Timestamp, WebUrl},
    prose::messages::{Messages, fill},
    term_rows::term_rows,
};

use super::{AgendaItem, Announcement, ChangeLogRow, LogStatus, Publication, PublishedList, agenda};

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

    /// How the signed log is verified; `None` for a preview.
    pub(super) fn verification(&self, publication: &Publication<'_>) -> Option<Verification<'_>> {
        let LogStatus::Signed { origin, root, release, .. } = &self.log else { return None };
        let url = |path: &str| self.url(publication.base_url, path);
        let pin = root.first().map(|key| format!("echo '{key}' > root.pub\n")).unwrap_or_default();
        let heads = url("head/[000000-$(jq .head index.json)].json{,.sig}");
        let headers = url("log/[000000-$(jq .release index.json)].json{,.sig}");
        let bodies = url("log/[000001-$(jq .release index.json)].body.json");
        let whole = format!(
            "{pin}curl -fsSO '{}'\n\
             curl -fsS --create-dirs -o 'head/#1.json#2' \"{heads}\"\n\
             curl -fsS --create-dirs -o 'log/#1.json#2' \"{headers}\"\n\
             curl -fsS -o 'log/#1.body.json' \"{bodies}\"\n\
             sh verify.sh root.pub {origin}\n",
            url("{index.json,list.json,verify.sh}"),
        );
        let signers: String = release
            .iter()
            .enumerate()
            .map(|(at, key)| {
                let into = if at == 0 { ">" } else { ">>" };
                format!("echo '{origin} namespaces=\"release.v1@changecast\" {key}' {into} allowed_signers\n")
            })
            .collect();
        let one = format!(
            "{signers}ssh-keygen -Y verify -f allowed_signers -I {origin} -n release.v1@changecast \\\n  \
             -s log/000001.json.sig < log/000001.json\n"
        );
        Some(Verification { origin, root, release, whole, one })
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

/// The log and keys of a list, with the commands that verify it.
pub(super) struct Verification<'a> {
    pub origin: &'a str,
    pub root: &'a [String],
    pub release: &'a [String],
    /// The commands that verify the whole log.
    pub whole: String,
    /// The commands that verify one release.
    pub one: String,
}

/// The months before the newest change that the change log on a list's page covers.
const MONTHS: u32 = 12;

/// The earliest time that the change log on a list's page covers.
pub(super) fn first_shown(newest: Timestamp) -> Timestamp {
    newest.months_earlier(MONTHS)
}

/// Years with announcements that the list's page does not show, newest first.
pub(super) fn older_years(newest_first: impl Iterator<Item = Timestamp>, newest: Timestamp) -> Vec<i32> {
    let first = first_shown(newest);
    let mut years: Vec<i32> = newest_first.filter(|published| *published < first).map(Timestamp::year).collect();
    years.dedup();
    years
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
