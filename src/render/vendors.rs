//! What a customer follows: the changes of several vendors in one feed and one calendar. Texts are in English.

use changecast_core::{
    change::Change,
    ledger::Digest,
    model::Timestamp,
    prose::{
        self,
        deadlines::{subject, title_end},
        messages::ENGLISH,
    },
};

pub use super::{atom::of_vendors as feed, calendar::of_vendors as calendar};

use super::{Agenda, AgendaDate, Announcement, Inline, announcement_page};

/// A vendor with everything that is known of its list.
#[derive(Clone, Debug)]
pub struct Vendor<'a> {
    /// Its name, in the customer's words.
    pub name: &'a str,
    /// How important it is to the customer, in the customer's words.
    pub criticality: Option<&'a str>,
    /// Whether its changes stand out.
    pub is_highlighted: bool,
    /// The changes, in any order.
    pub entries: Vec<VendorEntry>,
    /// The dates that follow from them.
    pub deadlines: Vec<VendorDeadline>,
}

/// Changes that became known together.
#[derive(Clone, Debug)]
pub struct VendorEntry {
    /// The permanent id, as a URI.
    pub id: String,
    /// The changes as a phrase.
    pub title: String,
    /// The changes as sentences.
    pub sentences: Vec<Vec<Inline>>,
    /// When a release was published, or the changes were observed.
    pub published: Timestamp,
    /// How the changes are known.
    pub basis: String,
    /// The address of the vendor's page about them.
    pub url: Option<String>,
    /// The kinds of the changes.
    pub kinds: Vec<&'static str>,
}

/// Until when the customer may object to a change, and when it takes effect.
#[derive(Clone, Debug)]
pub struct VendorDeadline {
    /// A permanent id.
    pub id: String,
    /// The change in a few words.
    pub subject: String,
    /// How the dates are known.
    pub basis: String,
    /// The last day for objections.
    pub object_by: Option<AgendaDate>,
    /// When the change takes effect.
    pub effective: Option<AgendaDate>,
}

impl Vendor<'_> {
    /// The name with the customer's classification, if it stands out.
    pub(super) fn label(&self) -> String {
        match self.criticality.filter(|_| self.is_highlighted) {
            Some(words) => format!("[{words}] {}", self.name),
            None => self.name.to_owned(),
        }
    }
}

impl VendorEntry {
    /// The announcement of a release of the log `origin`, which is published at `home`. Two vendors may have one log, so the name
    /// of the vendor is a part of the id.
    pub fn of_announcement((vendor, origin): (&str, &str), announcement: &Announcement, home: Option<&str>) -> Self {
        let basis = format!("{origin}, {}", announcement.release);
        let id = uri(&[vendor, origin, &announcement.key]);
        let entry = VendorEntry::of_changes(id, &announcement.changes, announcement.published, basis);
        VendorEntry {
            title: entry.title + &title_end(&ENGLISH, announcement.computed()),
            sentences: announcement.sentences(&ENGLISH).to_vec(),
            url: home.map(|home| format!("{home}{}", announcement_page(&announcement.key))),
            ..entry
        }
    }

    /// Changes that were observed between two commits.
    pub fn of_observation(id: &[&str], changes: &[Change], observed: Timestamp, basis: String) -> Self {
        VendorEntry::of_changes(uri(id), changes, observed, basis)
    }

    fn of_changes(id: String, changes: &[Change], published: Timestamp, basis: String) -> Self {
        let mut kinds: Vec<&'static str> = changes.iter().map(|change| change.kind.info().name).collect();
        kinds.dedup();
        VendorEntry {
            id,
            title: prose::release_in_words(changes),
            sentences: changes.iter().map(|change| prose::sentence(&ENGLISH, change)).collect(),
            published,
            basis,
            url: None,
            kinds,
        }
    }
}

impl VendorDeadline {
    /// The dates of the log `origin` of a vendor.
    pub fn of_agenda((vendor, origin): (&str, &str), agenda: &Agenda) -> Vec<Self> {
        let deadlines = agenda.0.iter().map(|item| VendorDeadline {
            id: hex(&[vendor, origin, &item.seq.to_string(), &item.position.to_string()]),
            subject: item.subject.clone(),
            basis: format!("{origin}, release {}", item.seq),
            object_by: item.object_by.clone(),
            effective: item.effective.clone(),
        });
        deadlines.collect()
    }

    /// The dates of an observed change; `None` without any.
    pub fn of_change(
        id: &[&str],
        change: &Change,
        (object_by, effective): (Option<&str>, Option<&str>),
        (observed, basis): (Timestamp, &str),
    ) -> Option<Self> {
        let date = |at: Option<&str>| at.map(|at| AgendaDate::stated_once(at, observed));
        let (object_by, effective) = (date(object_by), date(effective));
        (object_by.is_some() || effective.is_some()).then(|| VendorDeadline {
            id: hex(id),
            subject: subject(&ENGLISH, change),
            basis: basis.to_owned(),
            object_by,
            effective,
        })
    }
}

/// The digest of the parts of an id.
fn hex(parts: &[&str]) -> String {
    Digest::of(parts.join("\n").as_bytes()).to_string()[..32].to_owned()
}

/// A URN of a UUID (RFC 9562 §5.8) that follows from the parts of an id.
fn uri(parts: &[&str]) -> String {
    let hex = hex(parts);
    format!("urn:uuid:{}-{}-8{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}
