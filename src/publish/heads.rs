//! A head without new releases: it states that the log has not grown until now.

use changecast_core::{
    ledger::{AppendError, Head, IndexFile, NextHead, Origin, layout::Path},
    model::Timestamp,
    sign::Signer,
};

use crate::{
    config::{Config, ListConfig},
    output::{Found, OutputFile, WritePolicy},
};

use super::{error::PublishError, log::PublishedLog, plan::Signing};

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
    let origin = Origin::new(config.publisher.authority.domain(), &list.id)?;
    let authority = config.publisher.authority.to_string();
    let log = PublishedLog::open(&list.id, (&origin, &authority), &found.folder(list.id.as_str()), now)?;
    let Some((last, digest)) = &log.head else { return Err(PublishError::NoHead(list.id.clone())) };
    log.check_signing(&list.id, Signing::Keys { release: signer, root: None })?;
    let next = NextHead {
        covers: last.covers,
        at: now,
        expires: config.head.expires(now),
        periods: Vec::new(),
        statements: Vec::new(),
    };
    let (head, signed) = next.sign(&origin, Some((last, *digest)), signer)?;
    let mut files: Vec<OutputFile> = signed.into_iter().map(|file| log.output_file(&list.id, file)).collect();
    let index = IndexFile { origin, head: head.number, release: head.covers.seq };
    let bytes = index.to_bytes().map_err(AppendError::from)?;
    let path = format!("{}/{}", list.id, Path::Index);
    files.push(OutputFile { path, bytes: bytes.into(), policy: WritePolicy::Replace });
    Ok(PlannedHead { head, files })
}
