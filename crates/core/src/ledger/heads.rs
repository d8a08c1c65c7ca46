//! The chain of heads, and the time at which each release was published.

use std::collections::BTreeMap;

use crate::{model::Timestamp, sign::PublicKey};

use super::{
    chain::{Attested, Chain, Fault, Signed},
    digest::Digest,
    head::{Head, Period, Promise},
    keys::KeyRole,
};

/// A head that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedHead {
    /// The content of the head.
    pub head: Head,
    /// The SHA-256 of its bytes.
    pub digest: Digest,
    /// Whether it does not count, because its key was stolen and a `keys` release names an earlier one.
    pub void: bool,
}

/// Why a head does not verify.
#[derive(Debug)]
pub(super) enum HeadFault {
    /// The release that it covers is missing: the copy is incomplete.
    Ahead(u64),
    /// It contradicts the log, or is not signed as it must be.
    Fault(Fault),
}

impl From<Fault> for HeadFault {
    fn from(fault: Fault) -> Self {
        HeadFault::Fault(fault)
    }
}

/// A verified sequence of heads from head 0 on.
#[derive(Clone, Debug, Default)]
pub(super) struct Heads {
    pub(super) heads: Vec<VerifiedHead>,
    periods: BTreeMap<Promise, Period>,
}

impl Heads {
    pub(super) fn append(&mut self, chain: &Chain, signed: &Signed, attested: &Attested) -> Result<(), HeadFault> {
        let head = chain.read_head(signed, attested)?;
        let signer = &attested.signer;
        let number = self.heads.len() as u64;
        if head.number != number {
            return Err(Fault::Contradiction(format!("it states the number {}, not {number}", head.number)).into());
        }
        if head.prev != self.heads.last().map(|last| last.digest) {
            return Err(Fault::contradiction("prev is not the digest of the head before").into());
        }
        if chain.origin() != Some(&head.origin) {
            return Err(Fault::Contradiction(format!("it belongs to {}", head.origin)).into());
        }
        let Some(link) = chain.link(head.covers.seq) else { return Err(HeadFault::Ahead(head.covers.seq)) };
        if link.digest != head.covers.sha256 {
            let problem = format!("it covers another release {} than the log contains", head.covers.seq);
            return Err(Fault::Contradiction(problem).into());
        }
        let may_sign = chain.roles_after(head.covers.seq).is_some_and(|roles| roles.contains(KeyRole::Head, signer));
        if !may_sign {
            return Err(Fault::Signature("the signer was not a head key at this release".into()).into());
        }
        let void = is_void(chain, number, signer);
        if !void {
            self.check_order(&head)?;
        }
        self.heads.push(VerifiedHead { head, digest: Digest::of(&signed.bytes), void });
        Ok(())
    }

    /// Times and releases never go back, and periods are never shortened.
    fn check_order(&mut self, head: &Head) -> Result<(), Fault> {
        if let Some(last) = self.heads.iter().rev().find(|last| !last.void) {
            if head.covers.seq < last.head.covers.seq {
                return Err(Fault::contradiction("it covers fewer releases than the head before"));
            }
            if head.at < last.head.at {
                return Err(Fault::contradiction("it is earlier than the head before"));
            }
        }
        for period in &head.periods {
            let promise = period.promise();
            if self.periods.get(&promise).is_some_and(|earlier| period.shortens(earlier)) {
                return Err(Fault::contradiction("it shortens a notice period of an earlier head"));
            }
            self.periods.insert(promise, period.clone());
        }
        Ok(())
    }

    /// Checks the heads that `keys` releases name as the last ones of stolen keys.
    pub(super) fn check_named(&self, chain: &Chain) -> Result<(), HeadFault> {
        for last in chain.keys_releases().iter().filter_map(|(_, keys)| keys.last_head) {
            match usize::try_from(last.number).ok().and_then(|at| self.heads.get(at)) {
                Some(head) if head.digest == last.sha256 => {}
                Some(_) => {
                    return Err(
                        Fault::Contradiction(format!("a keys release names another head {}", last.number)).into()
                    );
                }
                None => return Err(HeadFault::Ahead(last.number)),
            }
        }
        Ok(())
    }

    /// The last release that a head covers.
    pub(super) fn covered(&self) -> Option<u64> {
        self.heads.iter().rev().find(|head| !head.void).map(|head| head.head.covers.seq)
    }

    /// When each release was published: at the first head that covers it.
    pub(super) fn publications(&self) -> Publications {
        let counting = self.heads.iter().filter(|head| !head.void).map(|head| &head.head);
        Publications { heads: counting.map(|head| (head.covers.seq, head.number, head.at)).collect() }
    }
}

/// When releases were published.
pub(super) struct Publications {
    /// The release that each head covers that is not void, its number and its time. Releases never decrease.
    heads: Vec<(u64, u64, Timestamp)>,
}

impl Publications {
    /// When a release was published; `None` if no head covers it.
    pub(super) fn of(&self, seq: u64) -> Option<Publication> {
        let covering = self.heads.partition_point(|(covers, ..)| *covers < seq);
        let (_, head, at) = *self.heads.get(covering)?;
        Some(Publication { at, head, backfilled: covering == 0 })
    }
}

/// Whether a `keys` release takes the role from the signer and names an earlier head as the last one.
fn is_void(chain: &Chain, number: u64, signer: &PublicKey) -> bool {
    chain.keys_releases().iter().any(|(_, keys)| {
        !keys.roles.contains(KeyRole::Head, signer) && keys.last_head.is_some_and(|last| number > last.number)
    })
}

/// When a release was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication {
    /// The time of the first head that covers the release.
    pub at: Timestamp,
    /// The number of that head.
    pub head: u64,
    /// Whether it is the first head of the log: the release is history from before publication began.
    pub backfilled: bool,
}
