//! A head without new releases: it states that the log has not grown until now.

use changecast_core::{
    ledger::{AppendError, Digest, Head, IndexFile, NextHead, Origin, Period, Statement, layout::Path},
    model::Timestamp,
    sign::Signer,
};

use crate::{
    config::{Config, ListConfig},
    output::{Found, OutputFile, WritePolicy},
};

use super::{error::PublishError, log::PublishedLog, periods::PERIODS_IN_HEAD, plan::Signing};

/// The next head of one list.
#[derive(Debug)]
pub struct PlannedHead {
    /// The content of the head.
    pub head: Head,
    /// The files in the order in which they must be written.
    pub files: Vec<OutputFile>,
}

/// Plans the next head of a list. It covers the release that the newest head covers: releases that an interrupted
/// publication left behind are for [`publish`](super::publish()) to publish. No file is written.
///
/// # Errors
/// [`PublishError`] if the log does not verify, has no head yet, or the key may not sign for it.
pub fn next_head(
    config: &Config,
    list: &ListConfig,
    found: &Found,
    now: Timestamp,
    signer: &Signer,
) -> Result<PlannedHead, PublishError> {
    let (log, origin) = open(config, list, found, now, None)?;
    plan(config, list, (log, origin), (now, signer), (Vec::new(), Vec::new()))
}

/// Opens the log of a list. A statement counts as if the newest head contained it.
pub(super) fn open(
    config: &Config,
    list: &ListConfig,
    found: &Found,
    now: Timestamp,
    statement: Option<&Statement>,
) -> Result<(PublishedLog, Origin), PublishError> {
    let origin = Origin::new(config.publisher.authority.domain(), &list.id)?;
    let authority = config.publisher.authority.to_string();
    let folder = found.folder(list.id.as_str());
    Ok((PublishedLog::open_stating(&list.id, (&origin, &authority), &folder, now, statement)?, origin))
}

/// Plans heads that cover the release that the newest head covers. More periods than one head has space for are in
/// further heads.
pub(super) fn plan(
    config: &Config,
    list: &ListConfig,
    (log, origin): (PublishedLog, Origin),
    (now, signer): (Timestamp, &Signer),
    (periods, statements): (Vec<Period>, Vec<Statement>),
) -> Result<PlannedHead, PublishError> {
    let Some((last, digest)) = log.head.clone() else { return Err(PublishError::NoHead(list.id.clone())) };
    log.check_signing(&list.id, Signing::Keys { release: signer, root: None })?;
    let (covers, expires) = (last.covers, config.head.expires(now));
    let (mut last, mut digest, mut statements) = (last, digest, statements);
    let mut files: Vec<OutputFile> = Vec::new();
    let mut chunks = periods.chunks(PERIODS_IN_HEAD);
    let mut chunk = Some(chunks.next().unwrap_or_default());
    while let Some(periods) = chunk {
        let (periods, statements) = (periods.to_vec(), std::mem::take(&mut statements));
        let next = NextHead { covers, at: now, expires, periods, statements };
        let (head, signed) = next.sign(&origin, Some((&last, digest)), signer)?;
        files.extend(signed.into_iter().map(|file| log.output_file(&list.id, file)));
        digest = Digest::of(&head.to_bytes().map_err(AppendError::from)?);
        last = head;
        chunk = chunks.next();
    }
    let index = IndexFile { origin, head: last.number, release: covers.seq };
    let bytes = index.to_bytes().map_err(AppendError::from)?;
    let path = format!("{}/{}", list.id, Path::Index);
    files.push(OutputFile { path, bytes: bytes.into(), policy: WritePolicy::Replace });
    Ok(PlannedHead { head: last, files })
}
