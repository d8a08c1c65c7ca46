//! Heads: which release the log had reached at what time, and which notice periods begin.

use crate::model::Timestamp;

use super::{
    canonical::{self, CanonicalError, MAX_HEADER},
    digest::Digest,
    fields::{DocumentError, Fields},
    header::{Pointer, is_token, nullable},
    json::{Json, Members, object},
    keys::Origin,
};

/// The format of heads.
pub const FORMAT: &str = "changecast-head/1";

/// A signed statement that the log had reached a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The name of the log.
    pub origin: Origin,
    /// The number of the head, from 0.
    pub number: u64,
    /// The SHA-256 of the bytes of the previous head; `None` for head 0.
    pub prev: Option<Digest>,
    /// The newest release of the log.
    pub covers: Pointer,
    /// When the publisher signed the head, by the publisher's clock.
    pub at: Timestamp,
    /// When the publisher will have signed a newer head.
    pub expires: Option<Timestamp>,
    /// Notice periods that begin with the newly covered releases, or that are extended.
    pub periods: Vec<Period>,
    /// When customers were notified through another channel.
    pub statements: Vec<Statement>,
}

/// A change in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangeAddress {
    /// The number of the release.
    pub seq: u64,
    /// The position in the `changes` of its body, from 0.
    pub position: u64,
}

/// A lead of the notice terms.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TermAddress {
    /// The number of a release with a list that has the terms.
    pub seq: u64,
    /// The kind of change that the lead applies to: a key of `facts.terms.lead`.
    pub trigger: String,
    /// The position among the leads for it, from 0.
    pub position: u64,
}

/// A notice period. It contains references, dates and durations, and no text from the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// The change that the period is about.
    pub change: ChangeAddress,
    /// The governing term, if the terms name the kind of change.
    pub term: Option<TermAddress>,
    /// When the change takes effect, as a date or period: `2026-07-01`, `2027-Q3`.
    pub effective: Option<Effective>,
    /// The last day, or instant, at which customers may object.
    pub object_by: Option<String>,
    /// The lead that the term promises, as an ISO 8601 duration or business days: `P45D`, `10bd`.
    pub lead_promised: Option<String>,
    /// The lead that the release gives; negative when it is late: `P51D`, `-P3D`.
    pub lead_given: Option<String>,
    /// The zone of the dates (IANA).
    pub zone: String,
}

/// When a change takes effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effective {
    /// A date or period.
    pub date: String,
    /// How the date is known: `stated` or `derived`, or a name of a later version.
    pub basis: String,
}

/// A statement that customers were notified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The release that the notification was about.
    pub seq: u64,
    /// The day of the notification.
    pub sent: String,
    /// The channel, as one lower-case word: `email`.
    pub channel: String,
}

impl Head {
    /// Reads the canonical bytes of a head.
    ///
    /// # Errors
    /// [`DocumentError::NeedsNewer`] for a later format or an unknown member, others for bytes that are not a head.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        let value = canonical::from_bytes(bytes, MAX_HEADER)?;
        let mut fields = Fields::of("head", &value)?;
        fields.format(FORMAT)?;
        let head = Head {
            origin: fields.parsed("origin")?,
            number: fields.integer("number")?,
            prev: fields.nullable("prev")?,
            covers: Pointer::read(fields.require("covers")?)?,
            at: fields.parsed("at")?,
            expires: fields.optional_parsed("expires")?,
            periods: fields.items("periods")?.iter().map(Period::read).collect::<Result<_, _>>()?,
            statements: fields.items("statements")?.iter().map(Statement::read).collect::<Result<_, _>>()?,
        };
        let terms = head.periods.iter().filter_map(|period| period.term.as_ref()).map(|term| term.seq);
        let covered = head
            .periods
            .iter()
            .map(|period| period.change.seq)
            .chain(terms)
            .chain(head.statements.iter().map(|s| s.seq));
        if covered.into_iter().any(|seq| seq > head.covers.seq) {
            return Err(fields.malformed("periods", "names a release that the head does not cover"));
        }
        fields.finish().map(|()| head)
    }

    /// The canonical bytes of the head.
    ///
    /// # Errors
    /// [`CanonicalError`] when it exceeds the limits.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        let mut members = Members::from([
            ("at".to_owned(), Json::from(self.at.to_string())),
            ("covers".to_owned(), self.covers.to_json()),
            ("format".to_owned(), Json::from(FORMAT)),
            ("number".to_owned(), Json::Integer(self.number)),
            ("origin".to_owned(), Json::from(self.origin.as_str())),
            ("prev".to_owned(), nullable(self.prev)),
        ]);
        put_text(&mut members, "expires", self.expires.map(|expires| expires.to_string()));
        if !self.periods.is_empty() {
            members.insert("periods".to_owned(), Json::Array(self.periods.iter().map(Period::to_json).collect()));
        }
        if !self.statements.is_empty() {
            let statements = self.statements.iter().map(Statement::to_json).collect();
            members.insert("statements".to_owned(), Json::Array(statements));
        }
        canonical::to_bytes(&Json::Object(members), MAX_HEADER)
    }
}

fn put_text(members: &mut Members, key: &str, text: Option<String>) {
    members.extend(text.map(|text| (key.to_owned(), Json::Text(text))));
}

impl ChangeAddress {
    fn read(value: &Json) -> Result<Self, DocumentError> {
        let mut fields = Fields::of("change address", value)?;
        let address = ChangeAddress { seq: fields.integer("seq")?, position: fields.integer("position")? };
        fields.finish_closed().map(|()| address)
    }

    fn to_json(self) -> Json {
        object([("position", Json::Integer(self.position)), ("seq", Json::Integer(self.seq))])
    }
}

impl TermAddress {
    fn read(value: &Json) -> Result<Self, DocumentError> {
        let mut fields = Fields::of("term address", value)?;
        let seq = fields.integer("seq")?;
        let trigger =
            form(&mut fields, "trigger", is_token)?.ok_or_else(|| fields.malformed("trigger", "is missing"))?;
        let position = fields.integer("position")?;
        fields.finish_closed()?;
        Ok(TermAddress { seq, trigger, position })
    }

    fn to_json(&self) -> Json {
        object([
            ("position", Json::Integer(self.position)),
            ("seq", Json::Integer(self.seq)),
            ("trigger", Json::from(self.trigger.as_str())),
        ])
    }
}

impl Period {
    fn read(value: &Json) -> Result<Self, DocumentError> {
        let mut fields = Fields::of("period", value)?;
        let period = Period {
            change: ChangeAddress::read(fields.require("change")?)?,
            term: fields.optional("term").map(TermAddress::read).transpose()?,
            effective: fields.optional("effective").map(Effective::read).transpose()?,
            object_by: form(&mut fields, "object_by", is_date)?,
            lead_promised: form(&mut fields, "lead_promised", is_duration)?,
            lead_given: form(&mut fields, "lead_given", is_duration)?,
            zone: form(&mut fields, "zone", is_zone)?.ok_or_else(|| fields.malformed("zone", "is missing"))?,
        };
        fields.finish_closed().map(|()| period)
    }

    fn to_json(&self) -> Json {
        let mut members = Members::from([
            ("change".to_owned(), self.change.to_json()),
            ("zone".to_owned(), Json::from(self.zone.as_str())),
        ]);
        if let Some(term) = &self.term {
            members.insert("term".to_owned(), term.to_json());
        }
        if let Some(Effective { date, basis }) = &self.effective {
            let effective = object([("basis", Json::from(basis.as_str())), ("date", Json::from(date.as_str()))]);
            members.insert("effective".to_owned(), effective);
        }
        put_text(&mut members, "object_by", self.object_by.clone());
        put_text(&mut members, "lead_promised", self.lead_promised.clone());
        put_text(&mut members, "lead_given", self.lead_given.clone());
        Json::Object(members)
    }

    /// The change and the lead of the period. A later period extends this one if both are equal, even if it takes the
    /// term from the list of another release.
    pub fn promise(&self) -> Promise {
        let lead = self.term.as_ref().map(|term| (term.trigger.clone(), term.position));
        Promise { change: self.change, lead }
    }

    /// Whether this period, of a later head, leaves customers less time than an earlier one of the same promise.
    pub fn shortens(&self, earlier: &Period) -> bool {
        let day = self.object_by.as_deref().map(first_day);
        self.promise() == earlier.promise()
            && earlier.object_by.as_deref().is_some_and(|before| day.is_none_or(|day| day < first_day(before)))
    }
}

/// A change, and the lead of the notice that is given for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Promise {
    change: ChangeAddress,
    /// The trigger and the position of the lead; `None` if no term governs the change.
    lead: Option<(String, u64)>,
}

/// The date of a date or instant.
fn first_day(text: &str) -> &str {
    text.get(..10).unwrap_or(text)
}

impl Effective {
    fn read(value: &Json) -> Result<Self, DocumentError> {
        let mut fields = Fields::of("effective date", value)?;
        let date = form(&mut fields, "date", is_date)?.ok_or_else(|| fields.malformed("date", "is missing"))?;
        let basis = form(&mut fields, "basis", is_token)?.ok_or_else(|| fields.malformed("basis", "is missing"))?;
        fields.finish_closed()?;
        Ok(Effective { date, basis })
    }
}

impl Statement {
    fn read(value: &Json) -> Result<Self, DocumentError> {
        let mut fields = Fields::of("statement", value)?;
        let seq = fields.integer("seq")?;
        let sent = form(&mut fields, "sent", is_date)?.ok_or_else(|| fields.malformed("sent", "is missing"))?;
        let channel =
            form(&mut fields, "channel", is_token)?.ok_or_else(|| fields.malformed("channel", "is missing"))?;
        fields.finish_closed()?;
        Ok(Statement { seq, sent, channel })
    }

    fn to_json(&self) -> Json {
        object([
            ("channel", Json::from(self.channel.as_str())),
            ("sent", Json::from(self.sent.as_str())),
            ("seq", Json::Integer(self.seq)),
        ])
    }
}

/// An optional text of a certain form. The forms leave no room for text from the list.
fn form(fields: &mut Fields<'_>, key: &str, fits: fn(&str) -> bool) -> Result<Option<String>, DocumentError> {
    match fields.optional_text(key)? {
        Some(text) if !fits(text) => Err(fields.malformed(key, format!("{text:?} has another form"))),
        text => Ok(text.map(str::to_owned)),
    }
}

/// `2026-07-01`, `2027-Q3`, `2027-H2`, `2027`, or an instant `2026-07-01T12:00:00Z`.
fn is_date(text: &str) -> bool {
    (4..=20).contains(&text.len())
        && text.bytes().take(4).all(|b| b.is_ascii_digit())
        && text.bytes().skip(4).all(|b| b.is_ascii_digit() || matches!(b, b'-' | b':' | b'T' | b'Z' | b'Q' | b'H'))
}

/// An ISO 8601 duration or business days, negative for a late release.
fn is_duration(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let iso = text.strip_prefix('P').is_some_and(|rest| {
        !rest.is_empty()
            && rest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'Y' | b'M' | b'W' | b'D' | b'T' | b'H'))
    });
    let business =
        text.strip_suffix("bd").is_some_and(|days| !days.is_empty() && days.bytes().all(|b| b.is_ascii_digit()));
    (iso || business) && text.len() <= 32
}

fn is_zone(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_periods_leave_no_room_for_text() {
        for good in ["2027", "2026-07-01", "2027-Q3", "2027-H2", "2026-07-01T12:00:00Z"] {
            assert!(is_date(good), "{good:?}");
        }
        for bad in ["", "202", "soon", "20-07-2026", "2026 07", "2026-07-01T12:00:00ZZ", "2026-07-01 noon", "Q3-2027"] {
            assert!(!is_date(bad), "{bad:?}");
        }
        let long = format!("P{}", "1".repeat(31));
        for good in ["P45D", "-P3D", "P1M", "P1Y2M3DT4H", "10bd", "-2bd", &long] {
            assert!(is_duration(good), "{good:?}");
        }
        let longer = format!("P{}", "1".repeat(32));
        for bad in ["", "-", "P", "bd", "-bd", "45D", "P4S", "P 4D", "tenbd", "10bd ", "--P3D", &longer] {
            assert!(!is_duration(bad), "{bad:?}");
        }
        let long = "A".repeat(64);
        for good in
            ["UTC", "Europe/Berlin", "America/Port-au-Prince", "Etc/GMT+1", "America/North_Dakota/Center", &long]
        {
            assert!(is_zone(good), "{good:?}");
        }
        for bad in ["", "Europe Berlin", "Zürich", "a.b", &"A".repeat(65)] {
            assert!(!is_zone(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_period_is_shortened_by_an_earlier_day_or_by_none() {
        let period = |position: u64, object_by: Option<&str>| Period {
            change: ChangeAddress { seq: 1, position },
            term: None,
            effective: None,
            object_by: object_by.map(str::to_owned),
            lead_promised: None,
            lead_given: None,
            zone: "UTC".to_owned(),
        };
        let earlier = period(0, Some("2026-07-02"));
        for (later, shortens) in [
            (period(0, Some("2026-07-01")), true),
            (period(0, None), true),
            (period(0, Some("2026-07-02")), false),
            (period(0, Some("2026-07-02T00:00:00Z")), false),
            (period(0, Some("2026-07-03")), false),
            (period(1, Some("2026-07-01")), false),
        ] {
            assert_eq!(later.shortens(&earlier), shortens, "{later:?}");
        }
        assert!(!period(0, None).shortens(&period(0, None)));
    }
}
