//! Verification of a published log: the chain, and the files that only repeat it.

use crate::{
    ledger::{self, Body, Chain, ChainError, KeyRole, Release, Signed},
    output::FoundLog,
};
use changecast_core::sign::{self, Namespace, PublicKey, SignError};

/// A log that holds.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Its releases and the list that they lead to.
    pub chain: Chain,
}

/// Why a published log does not hold.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// There is none.
    #[error("there is no log")]
    NoLog,
    /// A release does not hold.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// Files that do not belong there.
    #[error("log/ holds {0}, which is no part of the log")]
    Stranger(String),
    /// The log holds together, but under another root key.
    #[error("the log holds together, but its root key is {found}, not the pinned one")]
    OtherRoot {
        /// The fingerprint of the log's root key.
        found: String,
    },
    /// A file that should be there.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// `index.json` names another end of the log.
    #[error(
        "index.json does not name release {0} as the latest: a release is missing, or a publication was interrupted"
    )]
    Index(u64),
    /// `list.json` is not the list that the log leads to.
    #[error("list.json is not the list that the log leads to")]
    List,
    /// A document cannot be rebuilt for comparison.
    #[error(transparent)]
    Canonical(#[from] ledger::CanonicalError),
}

impl VerifyError {
    /// The next step for whoever sees this error.
    pub fn help(&self) -> String {
        match self {
            VerifyError::NoLog => "name the output directory of `changecast publish`, or the folder of one list in it".into(),
            VerifyError::OtherRoot { .. } => {
                "ask the publisher, by another way than this log, which root key is theirs; pin that one".into()
            }
            VerifyError::Index(_) | VerifyError::List | VerifyError::Missing(_) => {
                "the publisher's next `changecast publish` mends an interrupted publication; if this stays, do not trust the copy".into()
            }
            _ => "do not trust this copy; fetch it again, and ask its publisher when it still does not verify".into(),
        }
    }

    /// Whether the fault is one of signatures and bytes, rather than of gaps and order.
    pub fn is_bad_signature(&self) -> bool {
        matches!(
            self,
            VerifyError::Chain(ChainError { fault: ledger::Fault::Signature(_) | ledger::Fault::Document(_), .. })
        )
    }
}

/// Verifies a published log against the pinned root key.
///
/// # Errors
/// [`VerifyError`] with the first thing that does not hold.
pub fn verify(found: &FoundLog, root: &PublicKey) -> Result<Verified, VerifyError> {
    if found.releases.is_empty() && found.strangers.is_empty() {
        return Err(VerifyError::NoLog);
    }
    let log = signed(found);
    let chain =
        Chain::verify(&log, &root.to_string(), &check_signature).map_err(|error| match other_root(&log, &error) {
            Some(found) => VerifyError::OtherRoot { found },
            None => VerifyError::Chain(error),
        })?;
    if let Some(stranger) = found.strangers.first() {
        return Err(VerifyError::Stranger(stranger.clone()));
    }
    let last: &Release = chain.releases.last().ok_or(VerifyError::NoLog)?;
    let index = found.index.as_ref().ok_or(VerifyError::Missing("index.json"))?;
    if *index != ledger::index_file(&last.origin, last.seq)? {
        return Err(VerifyError::Index(last.seq));
    }
    let list = found.list.as_ref().ok_or(VerifyError::Missing("list.json"))?;
    if *list != ledger::list_file(&last.origin, last.seq, last.published, chain.state, chain.list.as_ref())? {
        return Err(VerifyError::List);
    }
    Ok(Verified { chain })
}

/// The releases of a log that was found.
pub(super) fn signed(found: &FoundLog) -> Vec<Signed> {
    found
        .releases
        .iter()
        .map(|(bytes, signature)| Signed { bytes: bytes.clone(), signature: signature.clone() })
        .collect()
}

/// The fingerprint of the root key under which a log does hold together, when it fails under the
/// pinned one from the start: a matter of trust, not of damage.
fn other_root(log: &[Signed], error: &ChainError) -> Option<String> {
    let first = first_root(log).filter(|_| error.seq == 0)?;
    Chain::verify(log, &first, &check_signature).ok()?;
    fingerprint(&first)
}

/// The fingerprint of a key that a log states.
pub(super) fn fingerprint(key: &str) -> Option<String> {
    Some(PublicKey::parse("key set", key).ok()?.fingerprint())
}

/// The first root key that a log states.
pub(super) fn first_root(log: &[Signed]) -> Option<String> {
    let release: Release = ledger::from_bytes(&log.first()?.bytes).ok()?;
    match release.body {
        Body::Keys(keys) => keys.root.first().cloned(),
        _ => None,
    }
}

/// Checks a release's signature for the chain.
pub(super) fn check_signature(role: KeyRole, keys: &[String], signed: &Signed) -> Result<(), String> {
    let namespace = match role {
        KeyRole::Root => Namespace::Keys,
        KeyRole::Release => Namespace::Release,
    };
    let keys: Result<Vec<PublicKey>, SignError> = keys.iter().map(|key| PublicKey::parse("key set", key)).collect();
    keys.and_then(|keys| sign::verify(&keys, namespace, &signed.bytes, &signed.signature))
        .map_err(|error| error.to_string())
}
