//! Why a publication is refused, and the next step.

use changecast_core::{
    ledger::{AppendError, CanonicalError, DocumentError, FetchError, KeyRole, VerifyError, json::UnfitNumber},
    model::{CommitId, ListId, Timestamp},
    sign::SignError,
};

use crate::{history::HistoryError, output::OutputError, read::ReadError, render::RenderError};

use super::published_list::BadMember;

/// Why a publication was refused. Then no file is written.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The history cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The published log does not verify.
    #[error("the published log of {list} does not verify: {error}")]
    Log {
        /// The id of the list.
        list: ListId,
        /// The check that failed.
        #[source]
        error: Box<VerifyError>,
    },
    /// The published list is not known, because bodies were redacted and no snapshot follows.
    #[error("{0}: the published list is not known, because its releases were redacted")]
    NotReplayed(ListId),
    /// A release announces a change that this version cannot read.
    #[error("release {seq} contains a change of a later version: {error}")]
    UnknownChange {
        /// The number of the release.
        seq: u64,
        /// Why the change object cannot be read.
        #[source]
        error: serde_json::Error,
    },
    /// The log was read by a later edition.
    #[error("{list}: the log was continued by {reader}, a later edition than this one")]
    NewerEdition {
        /// The id of the list.
        list: ListId,
        /// The reader that the log states.
        reader: String,
    },
    /// The published commit cannot be read any more.
    #[error("{list}: the published commit {commit} cannot be read: {error}")]
    Unreadable {
        /// The id of the list.
        list: ListId,
        /// The id of the commit.
        commit: CommitId,
        /// Why the version cannot be read.
        #[source]
        error: Box<ReadError>,
    },
    /// Reading the published commit again gives another list, with the same edition and configuration.
    #[error("{list}: reading the published commit {commit} again gives another list than the published one")]
    Irreproducible {
        /// The id of the list.
        list: ListId,
        /// The id of the commit.
        commit: CommitId,
    },
    /// The new release contradicts itself: a fault of this program.
    #[error("{list}, commit {commit}: the release that was built is not consistent: {error}")]
    Unsound {
        /// The id of the list.
        list: ListId,
        /// The id of the commit.
        commit: String,
        /// The check that failed.
        #[source]
        error: Box<AppendError>,
    },
    /// A commit removes a large part of a list.
    #[error("{list}: commit {} removes {removed} of {entries} entries at once: {names}", .commit.short())]
    Removals {
        /// The id of the list.
        list: ListId,
        /// The id of the commit.
        commit: CommitId,
        /// The number of entries that leave.
        removed: usize,
        /// The number of entries before.
        entries: usize,
        /// The names of some of them.
        names: String,
    },
    /// A commit is dated in the future.
    #[error("{list}: commit {commit} is dated {time}, more than a day after now ({now})")]
    Future {
        /// The id of the list.
        list: ListId,
        /// The id of the commit.
        commit: CommitId,
        /// The committer time of the commit.
        time: Timestamp,
        /// The clock of the publisher.
        now: Timestamp,
    },
    /// The last published commit is not an ancestor any more.
    #[error("{list}: the last published commit {commit} is no longer on the first-parent line: git was rewritten")]
    Rewritten {
        /// The id of the list.
        list: ListId,
        /// The id of the commit.
        commit: CommitId,
    },
    /// The checkout is older than the published log.
    #[error("{list}: commit {commit} is already published, and this checkout ends before it")]
    Behind {
        /// The id of the list.
        list: ListId,
        /// The id of the commit.
        commit: CommitId,
    },
    /// The log belongs to another publisher or list.
    #[error("the published log belongs to {found}, but the configuration is of {expected}")]
    OtherOrigin {
        /// The origin of the log.
        found: String,
        /// The origin by the configuration.
        expected: String,
    },
    /// The configured file does not exist, and no commit deleted it.
    #[error("{list}: {path} is not in the repository, and no commit removed the published list")]
    OtherFile {
        /// The id of the list.
        list: ListId,
        /// The configured paths of the inventory.
        path: String,
    },
    /// The file was moved, which does not withdraw the list.
    #[error("{list}: commit {commit} moved {from} to {to}, but the configuration only knows the old path")]
    Moved {
        /// The id of the list.
        list: ListId,
        /// The id of the commit.
        commit: CommitId,
        /// The configured path of the inventory.
        from: String,
        /// The path to which the commit moved it.
        to: String,
    },
    /// The log was moved to another one, and ends there.
    #[error("{list}: the log has ended; the list continues as {successor}")]
    Ended {
        /// The id of the list.
        list: ListId,
        /// The log that continues it.
        successor: String,
    },
    /// An earlier publication was interrupted, and left more behind than one head can cover.
    #[error("{0}: a publication was interrupted before")]
    Interrupted(ListId),
    /// A key that has no role.
    #[error("{list}: {found} is not a key of this log")]
    NotAKey {
        /// The id of the list.
        list: ListId,
        /// The fingerprint of the key.
        found: String,
    },
    /// A head that does not exist.
    #[error("{list} has no head {number}")]
    NoSuchHead {
        /// The id of the list.
        list: ListId,
        /// The number of the head.
        number: u64,
    },
    /// The end of the log is missing.
    #[error("the published log of {list} ends with release {found}, but its index.json names release {latest}")]
    Shortened {
        /// The id of the list.
        list: ListId,
        /// The last release in the folder.
        found: u64,
        /// The last published release.
        latest: u64,
    },
    /// The log is missing.
    #[error("the published log of {0} is missing, although its index.json exists")]
    Gone(ListId),
    /// A head can only follow a publication.
    #[error("{0}: the log has no head yet; the first publication signs one")]
    NoHead(ListId),
    /// A new log needs the root key.
    #[error("{0}: the log does not exist yet, and a new log begins with a release that a root key signs")]
    RootKey(ListId),
    /// The log has other keys.
    #[error("{list}: the {role} key {found} may not sign this log; its {role} keys are {known}")]
    Key {
        /// The id of the list.
        list: ListId,
        /// The role that the key needs.
        role: KeyRole,
        /// The fingerprint of the key, as `ssh-keygen -l` prints it.
        found: String,
        /// The fingerprints of the keys in force.
        known: String,
    },
    /// No version of the file contains a list.
    #[error("{list}: no commit on the branch has a list in {path}{reason}")]
    NoList {
        /// The id of the list.
        list: ListId,
        /// The configured paths of the inventory.
        path: String,
        /// The reason for the newest version.
        reason: String,
    },
    /// The release that a statement is about does not exist, or announced no changes.
    #[error("{list} has no announced release {seq}")]
    NoRelease {
        /// The id of the list.
        list: ListId,
        /// The number of the release.
        seq: u64,
    },
    /// Customers cannot be notified of a release.
    #[error("{list}: customers cannot be notified of release {seq}: {reason}")]
    NoNotice {
        /// The id of the list.
        list: ListId,
        /// The number of the release.
        seq: u64,
        /// Why the release begins no notice.
        reason: &'static str,
    },
    /// A head states another notification of the same release.
    #[error("{list}: a head already states that customers were notified of release {seq} by {channel} on {sent}")]
    Stated {
        /// The id of the list.
        list: ListId,
        /// The number of the release.
        seq: u64,
        /// The channel of the notification.
        channel: String,
        /// The day or instant that the head states.
        sent: String,
    },
    /// A preview would replace signed pages.
    #[error("{0} has a signed log there; an unsigned preview would replace its pages")]
    PreviewOverSigned(ListId),
    /// The origin of a log cannot be formed from the configuration.
    #[error(transparent)]
    Origin(#[from] changecast_core::ledger::BadOrigin),
    /// The output folder cannot be read.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A feed that this publication continues is not the one that it checked.
    #[error("{0} was changed or deleted while it was read")]
    FeedChanged(String),
    /// A document cannot be written.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// A list cannot be written.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A document exceeds the limits.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
    /// A value does not fit into a document.
    #[error(transparent)]
    Number(#[from] UnfitNumber),
    /// A value cannot be serialized.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The published list cannot be compared.
    #[error(transparent)]
    PublishedList(#[from] BadMember),
    /// A document cannot be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A page or feed cannot be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
}

impl PublishError {
    /// A published file of a list that cannot be read.
    pub(super) fn fetch(list: &ListId, path: &str, error: FetchError) -> Self {
        let error = VerifyError::Fetch { path: path.to_owned(), error };
        PublishError::Log { list: list.clone(), error: Box::new(error) }
    }
}

/// What to do about a fault of this program.
const REPORT: &str = "no file was written; please report this as a bug";

impl PublishError {
    /// The next step for the user.
    pub fn help(&self) -> String {
        match self {
            PublishError::History(error) => error.help(),
            PublishError::Log { error, .. } if error.status() == 2 => {
                "restore the whole output directory from its last good copy, or use the version that wrote it".into()
            }
            PublishError::Log { .. } | PublishError::Shortened { .. } | PublishError::Gone(_) => {
                "restore the output directory from its last good copy; published bytes never change".into()
            }
            PublishError::Ended { .. } => "publish the list in its new log".into(),
            PublishError::Interrupted(_) => "run `changecast publish` first".into(),
            PublishError::NotAKey { .. } => "`changecast keys list` prints the keys of a log".into(),
            PublishError::NoSuchHead { .. } => "the folder head/ of the list contains the heads, by number".into(),
            PublishError::NoHead(_) => "run `changecast publish` first".into(),
            PublishError::NotReplayed(_) => "publish the redaction with its snapshot first".into(),
            PublishError::UnknownChange { .. } | PublishError::NewerEdition { .. } => {
                "use the version of changecast that published last, or a later one".into()
            }
            PublishError::Unreadable { error, .. } => error.help(),
            PublishError::Removals { removed, .. } => format!(
                "if this is intended, run again with --allow-removals {removed}; otherwise restore the entries in a new \
                 commit. `guard` in the configuration allows a larger share"
            ),
            PublishError::Future { .. } => {
                "correct the date of the commit, or the clock; --allow-future publishes it with this date".into()
            }
            PublishError::Rewritten { .. } => {
                "if the rewrite was intended, run again with --reanchor: it records the move and repeats no announcement"
                    .into()
            }
            PublishError::Behind { .. } => "check out the newest commit of the branch, and publish from there".into(),
            PublishError::OtherOrigin { .. } => {
                "`authority` and the ids of lists never change; restore them, or begin in another output directory".into()
            }
            PublishError::Moved { from, to, .. } => format!("set `inventory: [{to}, {from}]`"),
            PublishError::OtherFile { .. } => {
                "name the file in `inventory`; after a move: [the new path, the earlier one]".into()
            }
            PublishError::RootKey(_) => {
                "if it was published before, restore the output directory first; a new log needs --root-key FILE once"
                    .into()
            }
            PublishError::Key { role, .. } => {
                format!("sign with a {role} key of the log (`ssh-keygen -lf FILE` prints the fingerprint of a key), or replace the keys with `changecast keys rotate`")
            }
            PublishError::NoList { .. } => {
                "commit the inventory first, or check `inventory` in the configuration, and --branch".into()
            }
            PublishError::Stated { .. } => "published statements never change; tell customers of the correct date".into(),
            PublishError::NoRelease { .. } | PublishError::NoNotice { .. } => "the folder log/ of the list contains the releases, by number".into(),
            PublishError::PreviewOverSigned(_) => "write the preview elsewhere: --output DIR".into(),
            PublishError::Origin(_) => "set `publisher.authority` to a domain and a year: `example.com,2026`".into(),
            PublishError::FeedChanged(_) => {
                "no file was written; run again when no other program writes to the output directory".into()
            }
            PublishError::Output(error) => error.help(),
            PublishError::Sign(error) => error.help(),
            PublishError::Append(AppendError::Clock { .. }) => {
                "correct the clock; a head is never dated before the last one".into()
            }
            PublishError::Irreproducible { .. }
            | PublishError::Unsound { .. }
            | PublishError::Append(_)
            | PublishError::Document(_)
            | PublishError::Canonical(_)
            | PublishError::Number(_)
            | PublishError::Json(_)
            | PublishError::PublishedList(_)
            | PublishError::Render(_) => REPORT.into(),
        }
    }
}
