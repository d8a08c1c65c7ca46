//! Promises of an e-mail or another notification, which run from that notification and not from the publication.

use crate::model::{
    Terms,
    terms::{Channel, ChannelRule},
};

use super::{
    Calendar, CalendarError, Counted, Coverage, Deadline, Effective, LeadGiven, ObjectBy, Occasion, Place, Timestamp,
    count,
};

/// Whether customers are notified by other means than the publication, and what follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notification {
    /// The terms promise none: the publication is the notice.
    NotPromised,
    /// The terms promise one, and the publisher has not stated that it was sent.
    NotStated,
    /// The publisher states that it was sent.
    Sent(Box<Sent>),
}

/// A notification that was sent, and what follows from the terms if periods count from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The day or instant of the notification.
    pub at: Deadline,
    /// When the change takes effect.
    pub effective: Option<Effective>,
    /// The first instant at which the effective date has passed.
    pub settled: Option<Timestamp>,
    /// Until when customers may object.
    pub object_by: ObjectBy,
    /// The promised leads, in the order of the terms.
    pub leads: Vec<LeadGiven>,
}

/// The notification of a change. A statement counts even if the terms promise none: then only the later date of both
/// matters to customers.
pub(super) fn of(
    terms: &Terms,
    calendar: &Calendar,
    occasion: &Occasion<'_>,
    coverage: Coverage,
    leads: &[Place<'_>],
) -> Result<Notification, CalendarError> {
    if coverage != Coverage::Promised {
        return Ok(Notification::NotPromised);
    }
    let Some(at) = occasion.notified else {
        let is_promised = is_promised(terms, leads);
        return Ok(if is_promised { Notification::NotStated } else { Notification::NotPromised });
    };
    let base = last_moment(calendar, at);
    let Counted { effective, object_by, leads } = count(terms, calendar, occasion, (base, coverage), leads)?;
    let settled = effective.as_ref().map(|effective| calendar.end_of(effective.from));
    Ok(Notification::Sent(Box::new(Sent { at, effective, settled, object_by, leads })))
}

/// The last second of a day, which leaves customers the whole of every period in hours, or the instant itself.
fn last_moment(calendar: &Calendar, at: Deadline) -> Timestamp {
    match at {
        Deadline::Day(_) => Timestamp::from_unix_clamped(calendar.end_of(at).seconds() - 1),
        Deadline::Instant(instant) => instant,
    }
}

/// Whether the terms, or one of the leads, promise to send something to customers.
fn is_promised(terms: &Terms, leads: &[Place<'_>]) -> bool {
    let own = leads.iter().map(|place| &place.lead.conditions.channels).filter(|channels| !channels.is_empty());
    let mut promises = own.chain([&terms.channels]);
    promises.any(|channels| channels.iter().any(is_sent) && !allows_the_page(terms, channels))
}

/// Whether something is sent to customers through a channel. A subscription is the customer's choice.
fn is_sent(channel: &Channel) -> bool {
    matches!(channel, Channel::Email | Channel::Console | Channel::InProduct | Channel::SignIn | Channel::Letter)
}

/// Whether the publisher may choose the page or a feed in place of other channels.
fn allows_the_page(terms: &Terms, channels: &[Channel]) -> bool {
    terms.channel_rule == Some(ChannelRule::Any) && channels.iter().any(|channel| !is_sent(channel))
}
