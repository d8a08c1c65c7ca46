//! Deadlines as calendars (RFC 5545): one for each list, and one for all lists of a publisher.
//!
//! The events are whole days, or instants for periods in hours. Their ids never change, and `SEQUENCE` rises when a
//! date moves. All times come from heads, so that the same log gives the same bytes.

use changecast_core::{
    model::{Text, Timestamp},
    prose::messages::{ENGLISH, Messages},
};

use super::{
    AgendaItem, File, MainFeed, Publication, PublishedList, RenderError, agenda, announcement_page, list_title,
    vendors::{Vendor, VendorDeadline},
};

/// The name of the file.
pub(super) const NAME: &str = "calendar.ics";

/// `calendar.ics` of a list.
pub(super) fn files(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    _: &MainFeed<'_>,
) -> Result<Vec<File>, RenderError> {
    let name = format!("{}: {}", publication.publisher.name, list_title(list));
    let text = calendar(&name, events(publication, list));
    Ok(vec![File::new(format!("{}/{NAME}", list.id), text.into_bytes())])
}

/// The calendar of all lists.
pub(super) fn of_all_lists(publication: &Publication<'_>) -> File {
    let events = publication.lists.iter().flat_map(|list| events(publication, list));
    File::new(NAME, calendar(&publication.publisher.name, events.collect()).into_bytes())
}

/// The calendar of the dates that an announcement states; `None` if it states none.
pub(super) fn of_announcement(publication: &Publication<'_>, list: &PublishedList<'_>, key: &str) -> Option<String> {
    let items = list.agenda.0.iter().filter(|item| item.key == key);
    let events: Vec<String> = items.flat_map(|item| events_of(publication, list, item)).collect();
    (!events.is_empty()).then(|| calendar(&publication.publisher.name, events))
}

/// A calendar of events.
fn calendar(name: &str, events: Vec<String>) -> String {
    let mut lines = Lines::default();
    lines.add("BEGIN", "VCALENDAR");
    lines.add("VERSION", "2.0");
    lines.add("PRODID", "-//changecast//deadlines//EN");
    lines.add("CALSCALE", "GREGORIAN");
    lines.add("METHOD", "PUBLISH");
    lines.add_text("X-WR-CALNAME", name);
    lines.0.extend(events);
    lines.add("END", "VCALENDAR");
    lines.0
}

/// The events of a list.
fn events(publication: &Publication<'_>, list: &PublishedList<'_>) -> Vec<String> {
    list.agenda.0.iter().flat_map(|item| events_of(publication, list, item)).collect()
}

/// The events of a change: the last day to object and the effective date.
fn events_of(publication: &Publication<'_>, list: &PublishedList<'_>, item: &AgendaItem) -> Vec<String> {
    let dates = dates(&item.object_by, &item.effective);
    dates.map(|date| event(publication, list, item, date)).collect()
}

/// The dates of a change with the kinds of their events.
fn dates<'d>(
    object_by: &'d Option<agenda::Date>,
    effective: &'d Option<agenda::Date>,
) -> impl Iterator<Item = (EventKind, &'d agenda::Date)> {
    let both = [(OBJECT_BY, object_by), (EFFECTIVE, effective)].into_iter();
    both.filter_map(|(kind, date)| Some((kind, date.as_ref()?)))
}

/// A kind of event.
#[derive(Clone, Copy)]
struct EventKind {
    /// The end of the ids of its events.
    id: &'static str,
    /// The beginning of their summary.
    summary: fn(&Messages) -> &'static str,
    /// The same for a date that follows from the lead.
    derived: fn(&Messages) -> &'static str,
    /// The beginning of their description.
    description: fn(&Messages) -> &'static str,
    /// How long before the event a program reminds of it (RFC 5545, `TRIGGER`).
    reminder: &'static str,
}

const OBJECT_BY: EventKind = EventKind {
    id: "object-by",
    summary: |messages| messages.last_day_to_object,
    derived: |messages| messages.last_day_to_object,
    description: |messages| messages.label_object_by,
    reminder: "-P3D",
};
const EFFECTIVE: EventKind = EventKind {
    id: "effective",
    summary: |messages| messages.label_effective,
    derived: |messages| messages.not_effective_before,
    description: |messages| messages.label_effective,
    reminder: "-P1D",
};

fn event(
    publication: &Publication<'_>,
    list: &PublishedList<'_>,
    item: &AgendaItem,
    (kind, date): (EventKind, &agenda::Date),
) -> String {
    let domain = publication.publisher.authority.domain();
    let messages = publication.messages();
    let context = format!("{}, {}", list_title(list), Text::new(&publication.publisher.name));
    Event {
        uid: format!("{}-{}-{}.{}@{domain}", item.seq, item.position, kind.id, list.id),
        summary: format!("{}: {}", kind.words(messages, date), item.subject),
        description: format!("{} {}. {context}", (kind.description)(messages), date.shown),
        url: Some(list.url(publication.base_url, &announcement_page(&item.key)).to_string()),
        is_highlighted: false,
    }
    .text(kind, date)
}

impl EventKind {
    fn words(self, messages: &Messages, date: &agenda::Date) -> &'static str {
        if date.derived { (self.derived)(messages) } else { (self.summary)(messages) }
    }
}

/// The texts of an event.
struct Event {
    uid: String,
    summary: String,
    description: String,
    url: Option<String>,
    is_highlighted: bool,
}

impl Event {
    fn text(&self, kind: EventKind, date: &agenda::Date) -> String {
        let mut lines = Lines::default();
        lines.add("BEGIN", "VEVENT");
        lines.add("UID", &self.uid);
        lines.add("DTSTAMP", &basic(date.stated));
        lines.add("LAST-MODIFIED", &basic(date.stated));
        lines.add("SEQUENCE", &date.moves.to_string());
        match date.at.parse::<Timestamp>() {
            Ok(instant) => lines.add("DTSTART", &basic(instant)),
            Err(_) => lines.add("DTSTART;VALUE=DATE", &date.at.replace('-', "")),
        }
        lines.add_text("SUMMARY", &self.summary);
        lines.add_text("DESCRIPTION", &self.description);
        if let Some(url) = &self.url {
            lines.add("URL", url);
        }
        if self.is_highlighted {
            lines.add("PRIORITY", "1");
        }
        lines.add("STATUS", if date.cancelled { "CANCELLED" } else { "CONFIRMED" });
        lines.add("TRANSP", "TRANSPARENT");
        if !date.cancelled {
            lines.add("BEGIN", "VALARM");
            lines.add("ACTION", "DISPLAY");
            lines.add_text("DESCRIPTION", &self.summary);
            lines.add("TRIGGER", kind.reminder);
            lines.add("END", "VALARM");
        }
        lines.add("END", "VEVENT");
        lines.0
    }
}

/// The calendar of vendors that a customer follows.
pub fn of_vendors(vendors: &[Vendor<'_>]) -> String {
    let events = vendors.iter().flat_map(|vendor| {
        vendor.deadlines.iter().flat_map(|deadline| {
            let dates = dates(&deadline.object_by, &deadline.effective);
            dates.map(|(kind, date)| vendor_event(vendor, deadline, kind, date))
        })
    });
    calendar("Vendors", events.collect())
}

fn vendor_event(vendor: &Vendor<'_>, deadline: &VendorDeadline, kind: EventKind, date: &agenda::Date) -> String {
    let words = kind.words(&ENGLISH, date);
    Event {
        uid: format!("{}-{}@changecast", deadline.id, kind.id),
        summary: format!("{}: {words}: {}", vendor.label(), deadline.subject),
        description: format!("{} {}. {}", (kind.description)(&ENGLISH), date.shown, deadline.basis),
        url: None,
        is_highlighted: vendor.is_highlighted,
    }
    .text(kind, date)
}

/// A time in the basic format: `20261210T120000Z`.
fn basic(time: Timestamp) -> String {
    time.to_string().replace(['-', ':'], "")
}

/// Content lines, folded (RFC 5545 §3.1).
#[derive(Default)]
struct Lines(String);

impl Lines {
    /// Adds a line with a value that needs no escaping.
    fn add(&mut self, name: &str, value: &str) {
        let line = format!("{name}:{value}");
        let mut width = 0;
        for c in line.chars() {
            if width + c.len_utf8() > MAX_LINE {
                self.0.push_str("\r\n ");
                width = 1;
            }
            self.0.push(c);
            width += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// Adds a line with a text, which is escaped (RFC 5545 §3.3.11) and has no control characters.
    fn add_text(&mut self, name: &str, text: &str) {
        let mut value = String::with_capacity(text.len());
        for c in Text::new(text).as_str().chars() {
            if matches!(c, '\\' | ';' | ',') {
                value.push('\\');
            }
            value.push(c);
        }
        self.add(name, &value);
    }
}

/// The longest line in bytes, without its end.
const MAX_LINE: usize = 75;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_escaped_and_folded_at_75_bytes() {
        let mut lines = Lines::default();
        lines.add_text("SUMMARY", "a,b;c\\d\nEND:VEVENT");
        assert_eq!(lines.0, "SUMMARY:a\\,b\\;c\\\\d END:VEVENT\r\n");
        let mut lines = Lines::default();
        lines.add_text("SUMMARY", &"ä".repeat(100));
        assert!(lines.0.split("\r\n").all(|line| line.len() <= MAX_LINE), "{:?}", lines.0);
        assert_eq!(lines.0.replace("\r\n ", ""), format!("SUMMARY:{}\r\n", "ä".repeat(100)));
    }
}
