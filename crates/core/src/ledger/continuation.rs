//! Whether a log continues an earlier copy of it, or one head of it that somebody kept.
//!
//! A log that verifies may still be another one than a customer saw before: its publisher, or a thief with the
//! publisher's keys, can sign a second history. Whoever kept a copy or a head finds this.

use super::{
    chain::{Attested, Fault, Signed},
    digest::Digest,
    head::Head,
    header::Pointer,
    heads::VerifiedHead,
    keys::Origin,
    verified::{Release, Verified},
};

/// Why a log does not continue what was kept of it. Both verify.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Discontinuity {
    /// It has another name.
    #[error("the log is that of {found}, and the kept one that of {kept}")]
    OtherOrigin {
        /// The name of the log.
        found: Origin,
        /// The name of the kept log.
        kept: Origin,
    },
    /// It ends earlier, as an outdated mirror does.
    #[error("the log is older than what was kept of it: it ends with {}, and {kept} was published", ending(*found))]
    Older {
        /// The newest published release of the log.
        found: Option<Pointer>,
        /// The newest release that was kept.
        kept: Pointer,
    },
    /// It has other releases, or another head, at a place that was published before.
    #[error(transparent)]
    Fork(#[from] Fork),
}

fn ending(found: Option<Pointer>) -> String {
    found.map_or_else(|| "no release".to_owned(), |found| found.to_string())
}

/// Two logs with the same beginning and different continuations, both signed with keys of the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the log was forked: {place}; {branch}")]
pub struct Fork {
    /// Where the logs part.
    pub place: Parting,
    /// Which of the two continues the log.
    pub branch: Branch,
}

/// Where two branches of a log part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting {
    /// At a release.
    Release {
        /// The first release of the log that differs.
        found: Pointer,
        /// The kept release of this number.
        kept: Pointer,
    },
    /// At a head: the releases are the same, but heads of one number cover different ones.
    Head {
        /// The number of the head.
        number: u64,
        /// The release that the head of the log covers.
        found: Pointer,
        /// The release that the kept head covers.
        kept: Pointer,
    },
}

impl std::fmt::Display for Parting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Parting::Release { found, kept } => write!(f, "{found} is in the place of {kept}"),
            Parting::Head { number, found, kept } => {
                write!(f, "head {number} covers {found}, but was kept with {kept}")
            }
        }
    }
}

/// The branch of a fork that continues the log: the one on which a root key signed after the fork.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Branch {
    /// The log that was found.
    Found,
    /// The log that was kept.
    Kept,
    /// A root key signed on both.
    Both,
    /// A root key signed on neither.
    Neither,
}

impl std::fmt::Display for Branch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Branch::Found => "a root key signed on this branch after the fork, and so this branch continues the log",
            Branch::Kept => {
                "a root key signed on the kept branch after the fork, and so the kept branch continues the log"
            }
            Branch::Both => "a root key signed on both branches after the fork: neither can be trusted",
            Branch::Neither => "no root key signed on either branch after the fork: neither can be trusted",
        })
    }
}

impl Discontinuity {
    /// The exit status of commands: 4 for an older log, which an outdated mirror also serves, otherwise 3.
    pub fn status(&self) -> u8 {
        match self {
            Discontinuity::Older { .. } => 4,
            Discontinuity::OtherOrigin { .. } | Discontinuity::Fork(_) => 3,
        }
    }
}

/// A log that continues what was kept of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Continuation {
    /// The number of releases that were published since then.
    pub releases: u64,
    /// The number of heads since then.
    pub heads: u64,
    /// Heads that exist twice and cover the same release: two publishers ran at once. The later time counts.
    pub doubled_heads: Vec<u64>,
}

/// Compares a log with an earlier copy of it. Releases that no head covers are not published, and may differ.
///
/// # Errors
/// [`Discontinuity`] if the log does not continue the copy.
pub fn compare(kept: &Verified, found: &Verified) -> Result<Continuation, Discontinuity> {
    if kept.origin != found.origin {
        return Err(Discontinuity::OtherOrigin { found: found.origin.clone(), kept: kept.origin.clone() });
    }
    let (kept_end, found_end) = (published(kept), published(found));
    let differing = kept_end.iter().zip(found_end).find(|(kept, found)| kept.digest != found.digest);
    if let Some((kept_release, found_release)) = differing {
        let seq = kept_release.header.seq;
        let place = Parting::Release { found: found_release.pointer(), kept: kept_release.pointer() };
        let branch = branch(root_signed(kept_end, seq), root_signed(found_end, seq));
        return Err(Fork { place, branch }.into());
    }
    let doubled_heads = compare_heads(kept, found)?;
    if let Some(last) = kept_end.last().filter(|_| kept_end.len() > found_end.len()) {
        return Err(Discontinuity::Older { found: found_end.last().map(Release::pointer), kept: last.pointer() });
    }
    if let (true, Some(last)) = (kept.heads.len() > found.heads.len(), kept_end.last()) {
        return Err(Discontinuity::Older { found: found_end.last().map(Release::pointer), kept: last.pointer() });
    }
    Ok(Continuation {
        releases: (found_end.len() - kept_end.len()) as u64,
        heads: (found.heads.len() - kept.heads.len()) as u64,
        doubled_heads,
    })
}

/// Checks that a log contains a head that somebody kept, or one that covers the same release under its number.
///
/// # Errors
/// [`Discontinuity`] if the log does not continue what the head covers.
pub fn compare_head((kept, digest): (&Head, Digest), found: &Verified) -> Result<Continuation, Discontinuity> {
    if kept.origin != found.origin {
        return Err(Discontinuity::OtherOrigin { found: found.origin.clone(), kept: kept.origin.clone() });
    }
    let found_end = published(found);
    let covered = usize::try_from(kept.covers.seq).ok();
    let Some(release) = covered.and_then(|at| found_end.get(at)) else {
        return Err(Discontinuity::Older { found: found_end.last().map(Release::pointer), kept: kept.covers });
    };
    let found_root = root_signed(found_end, kept.covers.seq);
    let branch = if found_root { Branch::Found } else { Branch::Neither };
    if release.digest != kept.covers.sha256 {
        let place = Parting::Release { found: release.pointer(), kept: kept.covers };
        return Err(Fork { place, branch }.into());
    }
    let number = usize::try_from(kept.number).ok();
    let Some(head) = number.and_then(|at| found.heads.get(at)) else {
        return Err(Discontinuity::Older { found: found_end.last().map(Release::pointer), kept: kept.covers });
    };
    let is_same = head.digest == digest;
    if !is_same && head.head.covers != kept.covers {
        let place = Parting::Head { number: kept.number, found: head.head.covers, kept: kept.covers };
        return Err(Fork { place, branch }.into());
    }
    Ok(Continuation {
        releases: (found_end.len() as u64).saturating_sub(kept.covers.seq + 1),
        heads: (found.heads.len() as u64).saturating_sub(kept.number + 1),
        doubled_heads: if is_same { Vec::new() } else { vec![kept.number] },
    })
}

/// Checks that a head key of this log signed a head.
///
/// # Errors
/// [`Fault`] for another signature, or bytes that are not a head.
pub fn read_kept_head(signed: &Signed, log: &Verified) -> Result<Head, Fault> {
    log.chain.read_head(signed, &Attested::of(signed)?)
}

/// The releases up to the last one that a head covers.
fn published(verified: &Verified) -> &[Release] {
    let count = verified.covered().map_or(0, |release| release.header.seq + 1);
    verified.releases.get(..usize::try_from(count).unwrap_or_default()).unwrap_or(&verified.releases)
}

/// The numbers of heads that exist twice.
fn compare_heads(kept: &Verified, found: &Verified) -> Result<Vec<u64>, Fork> {
    let differing = kept.heads.iter().zip(&found.heads).filter(|(kept, found)| kept.digest != found.digest);
    let mut doubled = Vec::new();
    for (kept_head, found_head) in differing {
        if kept_head.head.covers != found_head.head.covers {
            return Err(forked_head((kept, kept_head), (found, found_head)));
        }
        doubled.push(kept_head.head.number);
    }
    Ok(doubled)
}

fn forked_head((kept, kept_head): (&Verified, &VerifiedHead), (found, found_head): (&Verified, &VerifiedHead)) -> Fork {
    let (kept_covers, found_covers) = (kept_head.head.covers, found_head.head.covers);
    let after = kept_covers.seq.min(found_covers.seq) + 1;
    let place = Parting::Head { number: kept_head.head.number, found: found_covers, kept: kept_covers };
    // Releases that both logs contain belong to neither branch.
    let common = published(kept).len().min(published(found).len()) as u64;
    let after = after.max(common);
    Fork { place, branch: branch(root_signed(published(kept), after), root_signed(published(found), after)) }
}

/// Whether a root key signed a release from this number on.
fn root_signed(releases: &[Release], from: u64) -> bool {
    releases.iter().any(|release| release.header.seq >= from && release.header.kind.is_signed_by_root())
}

fn branch(kept: bool, found: bool) -> Branch {
    match (kept, found) {
        (true, false) => Branch::Kept,
        (false, true) => Branch::Found,
        (true, true) => Branch::Both,
        (false, false) => Branch::Neither,
    }
}
