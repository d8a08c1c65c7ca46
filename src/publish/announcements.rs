//! The announcements of a log that somebody else published: what its pages and feeds state, without its configuration.

use changecast_core::{
    ledger::{self, Fetch, Pin, Verified, VerifyError},
    model::Timestamp,
    prose::messages::ENGLISH,
};

use crate::render::{Agenda, Announcement};

use super::{
    list_plan::announcement,
    periods::LogNotices,
    release::{PublishedRelease, publication_times},
};

/// A log with its announcements.
#[derive(Debug)]
pub struct Announced {
    /// The log.
    pub verified: Verified,
    /// The announcements of the releases that heads cover, oldest first.
    pub announcements: Vec<Announcement>,
    /// The dates that follow from them.
    pub agenda: Agenda,
}

/// Verifies a log that may lack its unsigned files, and returns its announcements. Changes of kinds of a later version are left
/// out.
///
/// # Errors
/// [`VerifyError`] if the log does not verify.
pub fn announcements(source: &dyn Fetch, pin: &Pin, now: Timestamp) -> Result<Announced, VerifyError> {
    let mut computed = LogNotices::new(now, None);
    let verified = ledger::open_watched(source, pin, &mut computed)?;
    let mut releases = PublishedRelease::known(&verified.releases);
    for (release, followed) in releases.iter_mut().zip(computed.releases) {
        release.notices = followed.notices;
    }
    let published = with_times(releases).into_iter().filter(|(release, _)| release.is_announced());
    let announcements: Vec<Announcement> =
        published.map(|(release, time)| announcement((&release, time), None)).collect();
    let mut agenda = Agenda::default();
    announcements.iter().for_each(|announcement| agenda.follow(&ENGLISH, announcement));
    Ok(Announced { verified, announcements, agenda })
}

/// The releases that heads cover as pages and feeds present them, with the times at which they count as published. Changes of
/// kinds of a later version are left out.
pub fn published_releases(verified: &Verified) -> Vec<(PublishedRelease, Timestamp)> {
    with_times(PublishedRelease::known(&verified.releases))
}

fn with_times(mut releases: Vec<PublishedRelease>) -> Vec<(PublishedRelease, Timestamp)> {
    releases.retain(|release| release.publication.is_some());
    let newest = releases.last().and_then(|newest| newest.publication);
    let times = newest.map(|newest| publication_times(&releases, newest)).unwrap_or_default();
    releases.into_iter().zip(times).collect()
}
