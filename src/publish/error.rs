//! MatchReason nothing is published, and what to do about it.

use crate::{
    history::HistoryError,
    ledger::{CanonicalError, ChainError, Fault, KeyRole},
    output::OutputError,
    render::RenderError,
};
use changecast_core::{
    model::{CommitId, ListId},
    sign::SignError,
};

/// Why nothing is published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The history cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The published log does not hold together.
    #[error("the published log of {list} does not hold together: {error}")]
    Chain {
        /// The list.
        list: ListId,
        /// What is wrong.
        error: ChainError,
    },
    /// What was just made does not hold together: a fault of this program, and nothing is published.
    #[error(
        "{list}, commit {commit}: the changes found do not lead from the published list to that of the commit: {fault}"
    )]
    Unsound {
        /// The list.
        list: ListId,
        /// The commit.
        commit: String,
        /// What is wrong.
        fault: Fault,
    },
    /// The last published commit is gone from the line.
    #[error("{list}: the last published commit {commit} is not on the first-parent line any more: git was rewritten")]
    Rewritten {
        /// The list.
        list: ListId,
        /// The commit.
        commit: CommitId,
    },
    /// The last published commit lies ahead of the checkout.
    #[error("{list}: commit {commit} is published already, and this checkout ends before it")]
    Behind {
        /// The list.
        list: ListId,
        /// The commit.
        commit: CommitId,
    },
    /// The log was begun by another publisher or for another list.
    #[error("the log there belongs to {found}, and the configuration says {expected}")]
    OtherOrigin {
        /// What the log says.
        found: String,
        /// What the configuration makes of it.
        expected: String,
    },
    /// The published list has no file any more, though no commit took it away.
    #[error("{list}: {path} is not in the repository, and no commit took the published list away")]
    OtherFile {
        /// The list.
        list: ListId,
        /// The paths.
        path: String,
    },
    /// The file was moved, which withdraws nothing.
    #[error("{list}: commit {commit} moved {from} to {to}, and the configuration knows the old path only")]
    Moved {
        /// The list.
        list: ListId,
        /// The commit.
        commit: CommitId,
        /// The path that the configuration knows.
        from: String,
        /// Where the file lies now.
        to: String,
    },
    /// The end of the log is missing.
    #[error("the published log of {list} ends with release {found}, and its index.json names {latest}")]
    Shortened {
        /// The list.
        list: ListId,
        /// The last release that is there.
        found: u64,
        /// The last release that was published.
        latest: u64,
    },
    /// The log is missing.
    #[error("the published log of {list} is not there, and its index.json names release {latest}")]
    Gone {
        /// The list.
        list: ListId,
        /// The last release that was published.
        latest: u64,
    },
    /// A new log needs the root key once.
    #[error("{0}: its log does not exist yet, and a new log begins with a key set that the root key signs")]
    RootKey(ListId),
    /// The log has other keys.
    #[error("{list}: the {role} key {found} may not sign this log; its {role} keys are {known}")]
    Key {
        /// The list.
        list: ListId,
        /// What the key is for.
        role: KeyRole,
        /// The fingerprint of the key at hand, as `ssh-keygen -l` prints it.
        found: String,
        /// Those of the keys in force.
        known: String,
    },
    /// No version of the file holds a list.
    #[error("{list}: no commit on the branch has a list in {path}{reason}")]
    NoList {
        /// The list.
        list: ListId,
        /// The path.
        path: String,
        /// What was found instead.
        reason: String,
    },
    /// There is no such release to correct.
    #[error("{list} has no announced release {seq} to correct")]
    NoRelease {
        /// The list.
        list: ListId,
        /// The number.
        seq: u64,
    },
    /// A preview must not take the place of signed pages.
    #[error("{0} has a signed log there; an unsigned preview would replace its pages")]
    PreviewOverSigned(ListId),
    /// What is published cannot be read.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A document cannot be written.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// Signing failed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// Rendering failed.
    #[error(transparent)]
    Render(#[from] RenderError),
}

impl PublishError {
    /// The next step for whoever sees this error.
    pub fn help(&self) -> String {
        match self {
            PublishError::History(error) => error.help(),
            PublishError::Chain { .. } | PublishError::Shortened { .. } | PublishError::Gone { .. } => {
                "restore the output directory from its last good copy; published bytes never change".into()
            }
            PublishError::Unsound { .. } => "nothing was written; please report this history as a bug".into(),
            PublishError::Rewritten { .. } => {
                "if the rewrite was intended, go on with --reanchor: it records the move and announces nothing twice"
                    .into()
            }
            PublishError::Behind { .. } => "check out the newest commit of the branch, and publish from there".into(),
            PublishError::OtherOrigin { .. } => {
                "`authority` and the ids of lists never change; set them back, or begin in another output directory".into()
            }
            PublishError::Moved { from, to, .. } => format!("set `inventory: [{to}, {from}]`"),
            PublishError::OtherFile { .. } => {
                "name the file in `inventory`; after a move: [the new path, the earlier one]".into()
            }
            PublishError::RootKey(_) => {
                "if it was published before, restore the output directory first; a new log needs --root-key FILE, this once"
                    .into()
            }
            PublishError::Key { role, .. } => {
                format!("sign with a {role} key of the log; `ssh-keygen -lf FILE` prints the fingerprint of a key")
            }
            PublishError::NoList { .. } => "commit the inventory first, or check `inventory` in the configuration, and --branch".into(),
            PublishError::NoRelease { .. } => "the folder log/ of the list holds the releases, by number".into(),
            PublishError::PreviewOverSigned(_) => "write the preview elsewhere: --output DIR".into(),
            PublishError::Output(error) => error.help(),
            PublishError::Canonical(_) => "please report this as a bug".into(),
            PublishError::Sign(error) => error.help(),
            PublishError::Render(_) => "please report this as a bug".into(),
        }
    }
}
