//! Notifications of customers by other means than the publication: a statement in the next head, and drafts of messages.

use changecast_core::{ledger::Statement, model::Timestamp, sign::Signer};

use crate::{
    config::{Config, ListConfig},
    output::Found,
    render::{self, Agenda, Announcement, LogStatus, Publication, PublishedList},
};

use super::{
    checkpoint::tag,
    error::PublishError,
    heads::{self, PlannedHead},
    list_plan::announcement,
    log::PublishedLog,
    published_list,
    release::{PublishedRelease, publication_times},
};

/// Plans a head which states that customers were notified of a release, with the periods that count from then. `None`
/// if a head states the same already. No file is written.
///
/// # Errors
/// [`PublishError`] if the log does not verify, the release begins no notice, or a head states another date.
pub fn notification_head(
    config: &Config,
    list: &ListConfig,
    found: &Found,
    (now, signer): (Timestamp, &Signer),
    statement: Statement,
) -> Result<Option<PlannedHead>, PublishError> {
    let (log, origin) = heads::open(config, list, found, now, Some(&statement))?;
    release(list, &log, statement.seq)?;
    let Statement { seq, sent, channel } = &statement;
    // The last statement is the new one.
    let (_, stated) = log.notices.statements.split_last().unwrap_or((&statement, &[]));
    if let Some(known) = stated.iter().find(|known| (known.seq, &known.channel) == (*seq, channel)) {
        if known.sent == *sent {
            return Ok(None);
        }
        let (list, known) = (list.id.clone(), known.clone());
        return Err(PublishError::Stated { list, seq: known.seq, channel: known.channel, sent: known.sent });
    }
    let is_first = !stated.iter().any(|known| known.seq == *seq);
    let periods = if is_first { log.notices.periods_of_statement(*seq) } else { Vec::new() };
    heads::plan(config, list, (log, origin), (now, signer), (periods, vec![statement])).map(Some)
}

/// The draft of a message that notifies customers of a release.
///
/// # Errors
/// [`PublishError`] if the log does not verify, or the release begins no notice.
pub fn draft(
    config: &Config,
    list: &ListConfig,
    found: &Found,
    now: Timestamp,
    seq: u64,
) -> Result<String, PublishError> {
    let (log, origin) = heads::open(config, list, found, now, None)?;
    let newest = release(list, &log, seq)?.pointer();
    let pending = log.next_publication(now);
    let times = publication_times(&log.releases, pending);
    let announced = log.releases.iter().zip(times).filter(|(release, _)| release.is_announced());
    let announcements: Vec<Announcement> = announced.map(|release| announcement(release, Some(pending))).collect();
    let mut agenda = Agenda::default();
    announcements.iter().for_each(|announcement| agenda.follow(config.language.messages(), announcement));
    let current = log.tip.list.as_ref().map(published_list::inventory).transpose()?;
    let published = PublishedList {
        id: &list.id,
        title: &list.title,
        page: list.page.as_ref(),
        tag: tag(config, &list.id),
        announcements: announcements.clone(),
        rendered: None,
        current: current.as_ref(),
        terms: list.notice.as_ref(),
        agenda,
        log: LogStatus::Signed { origin: origin.to_string(), root: Vec::new(), release: Vec::new(), newest },
    };
    let publication = Publication {
        publisher: &config.publisher,
        base_url: &config.base_url,
        lists: vec![published],
        language: config.language,
        feeds: &config.feeds,
    };
    let announced = announcements.iter().find(|announcement| announcement.release.seq == seq);
    let message = announced.zip(publication.lists.first());
    Ok(message.map(|(announcement, list)| render::mail(&publication, list, announcement)).unwrap_or_default())
}

/// The release that customers are notified of.
fn release<'l>(list: &ListConfig, log: &'l PublishedLog, seq: u64) -> Result<&'l PublishedRelease, PublishError> {
    let refused = |reason| PublishError::NoNotice { list: list.id.clone(), seq, reason };
    let release = log.releases.iter().find(|release| release.seq == seq && release.is_announced());
    let release = release.ok_or_else(|| refused("the log has no such release with changes"))?;
    match release.publication {
        None => Err(refused("no head covers it yet")),
        Some(publication) if publication.backfilled => Err(refused("it is history from before the log began")),
        Some(_) => Ok(release),
    }
}
