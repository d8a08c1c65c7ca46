//! Maps errors to messages and exit statuses. No other module decides either.

use std::{io, process::ExitCode};

use changecast::{
    config::ConfigError,
    follow::{FollowError, StateError},
    history::HistoryError,
    observe::ObserveError,
    output::OutputError,
    publish::PublishError,
    read::ReadError,
    render::{InjectError, RenderError},
};
use changecast_core::{
    ledger::{Discontinuity, VerifyError},
    sign::SignError,
};

/// The result of a command that completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The command succeeded without findings.
    Clean,
    /// There is something to look at: a finding, or a check that failed.
    Findings,
    /// The status of the log that matters most, of several.
    Status(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Clean => ExitCode::SUCCESS,
            Exit::Findings => ExitCode::from(1),
            Exit::Status(status) => ExitCode::from(status),
        }
    }
}

/// Why a command did not complete.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The arguments are not valid, or do not apply here.
    #[error("{message}")]
    Usage {
        /// The problem, without the next step.
        message: String,
        /// The next step for the user.
        help: String,
    },
    /// The configuration is not valid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The repository cannot be read.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// The inventory cannot be read.
    #[error("{place}: {}", error.problem)]
    Read {
        /// Path (or revision and path), line and column.
        place: String,
        /// The problem and its position.
        error: Box<ReadError>,
    },
    /// A file cannot be read or written.
    #[error("{path}: {error}")]
    File {
        /// The path of the file.
        path: String,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The output directory cannot be read or written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A key cannot be used, or a signature is wrong.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The list cannot be published.
    #[error(transparent)]
    Publish(Box<PublishError>),
    /// The log of a list does not verify.
    #[error("{list}: {error}")]
    Verify {
        /// The folder of the list.
        list: String,
        /// The check that failed.
        error: Box<VerifyError>,
    },
    /// A log cannot be followed.
    #[error("{log}: {error}")]
    Follow {
        /// The name or place of the log.
        log: String,
        /// The check that failed.
        error: Box<FollowError>,
    },
    /// The page of a vendor cannot be observed.
    #[error("{vendor}: {error}")]
    Observe {
        /// The name of the vendor.
        vendor: String,
        /// What is wrong with the clone or the state.
        error: Box<ObserveError>,
    },
    /// A log is seen for the first time, and no root key is pinned.
    #[error("{log}: the log is signed by the root key {fingerprint}, and no root key is pinned{asked}")]
    Untrusted {
        /// The name or place of the log.
        log: String,
        /// The fingerprint of its root key.
        fingerprint: String,
        /// Why the domain of the log did not name a key, in parentheses; empty if it was not asked.
        asked: String,
    },
    /// A log does not continue what was kept of it.
    #[error("{list}: {error}")]
    Discontinuity {
        /// The folder of the list.
        list: String,
        /// The difference.
        error: Box<Discontinuity>,
    },
    /// A file cannot be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The page for `publish --inject` has no usable markers.
    #[error("{path}: {error}")]
    Inject {
        /// The path of the page.
        path: String,
        /// The problem with its markers.
        error: InjectError,
    },
    /// A value cannot be written as JSON.
    #[error("cannot write JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The reader of standard output closed it, which is not an error.
    #[error("standard output was closed")]
    ClosedPipe,
}

impl Failure {
    /// A [`Failure::Usage`] with the next step.
    pub fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Failure::Usage { message: message.into(), help: help.into() }
    }

    /// A [`Failure::Read`] for the inventory at a path.
    pub fn read(path: &str, error: ReadError) -> Self {
        Failure::Read { place: error.place(path), error: Box::new(error) }
    }

    /// A [`Failure::Verify`] for the log in a folder.
    pub fn verify(folder: &std::path::Path, error: VerifyError) -> Self {
        Failure::verify_named(&folder.display().to_string(), error)
    }

    /// A [`Failure::Verify`] for a log with this name.
    pub fn verify_named(list: &str, error: VerifyError) -> Self {
        Failure::Verify { list: list.to_owned(), error: Box::new(error) }
    }

    /// A [`Failure::File`] for a path.
    pub fn file(path: &std::path::Path, error: io::Error) -> Self {
        Failure::File { path: path.display().to_string(), error }
    }

    /// The exit status.
    pub fn code(&self) -> u8 {
        match self {
            Failure::ClosedPipe => 0,
            Failure::Publish(error) => publish_status(error),
            Failure::Output(OutputError::Immutable(_)) => 3,
            Failure::Verify { error, .. } => error.status(),
            Failure::Discontinuity { error, .. } => error.status(),
            Failure::Follow { error, .. } => error.status(),
            Failure::Untrusted { .. } => 5,
            _ => 2,
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Failure::Usage { help, .. } => Some(help.clone()),
            Failure::Config(error) => Some(error.help()),
            Failure::History(error) => Some(error.help()),
            Failure::Read { error, .. } => Some(error.help()),
            Failure::File { error, .. }
                if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
            {
                Some("check the path".to_owned())
            }
            Failure::File { .. } => None,
            Failure::Output(error) => Some(error.help()),
            Failure::Sign(error) => Some(error.help()),
            Failure::Publish(error) => Some(error.help()),
            Failure::Verify { error, .. } => Some(verify_help(error).to_owned()),
            Failure::Discontinuity { error, .. } => Some(discontinuity_help(error).to_owned()),
            Failure::Follow { error, .. } => Some(follow_help(error).to_owned()),
            Failure::Observe { error, .. } => Some(observe_help(error)),
            Failure::Untrusted { .. } => Some(
                "get the root key from the publisher through another channel, compare the fingerprint, and pass it with --root; \
                 --trust-on-first-use trusts the log as it is"
                    .to_owned(),
            ),
            Failure::Inject { .. } => Some("put both markers around the place for the text".to_owned()),
            Failure::Render(_) | Failure::Json(_) => Some("please report this as a bug".to_owned()),
            Failure::ClosedPipe => None,
        }
    }

    /// Prints the error and the next step.
    pub fn print(&self) {
        if !matches!(self, Failure::ClosedPipe) {
            super::console::error(&self.to_string(), self.help().as_deref());
        }
    }

    /// Prints the error and the next step, and returns the exit status.
    pub fn report(&self) -> ExitCode {
        self.print();
        ExitCode::from(self.code())
    }
}

impl From<PublishError> for Failure {
    fn from(error: PublishError) -> Self {
        Failure::Publish(Box::new(error))
    }
}

/// The exit status of a refused publication.
fn publish_status(error: &PublishError) -> u8 {
    match error {
        PublishError::Log { error, .. } => error.status(),
        PublishError::Rewritten { .. }
        | PublishError::Behind { .. }
        | PublishError::OtherOrigin { .. }
        | PublishError::Shortened { .. }
        | PublishError::Gone(_)
        | PublishError::Irreproducible { .. } => 3,
        _ => 2,
    }
}

/// The next step if a log cannot be followed.
fn follow_help(error: &FollowError) -> &'static str {
    match error {
        FollowError::Verify(VerifyError::Fetch { .. }) => {
            "check the address and the network, and run again; the state is as it was"
        }
        FollowError::Verify(error) => verify_help(error),
        FollowError::Discontinuity { error, .. } => discontinuity_help(error),
        FollowError::Rewritten { .. } => {
            "keep the state file as evidence, and ask the publisher through another channel"
        }
        FollowError::OtherPin { .. } => {
            "ask the publisher through another channel; to follow another log, use another state file"
        }
        FollowError::State(error) => state_help(error),
    }
}

/// The next step if the page of a vendor cannot be observed.
fn observe_help(error: &ObserveError) -> String {
    match error {
        ObserveError::History(error) => error.help(),
        ObserveError::NoPage(_) => "check `path` and `branch` of the vendor".to_owned(),
        ObserveError::Gone(_) => {
            "fetch it into the clone again; without the state file, the page is observed as if it was new".to_owned()
        }
        ObserveError::State(error) => state_help(error).to_owned(),
    }
}

/// The next step if what is remembered cannot be used.
fn state_help(error: &StateError) -> &'static str {
    match error {
        StateError::Busy(_) => "wait for it to end, then run again",
        StateError::File { .. } | StateError::Output(_) => "check the path and its permissions",
        StateError::Damaged { .. } | StateError::Altered(_) => {
            "restore the state file from a copy; without it, the log is followed as if it was new"
        }
    }
}

/// The next step if a log does not continue what was kept of it.
fn discontinuity_help(error: &Discontinuity) -> &'static str {
    match error {
        Discontinuity::OtherOrigin { .. } => "pass the folder and the older copy of the same list",
        Discontinuity::Older { .. } => "the server may be an outdated mirror: fetch the log again from its publisher",
        Discontinuity::Fork(_) => "keep both copies as evidence, and ask the publisher through another channel",
    }
}

/// The next step after a failed verification.
fn verify_help(error: &VerifyError) -> &'static str {
    match error {
        VerifyError::Fetch { .. } => "check the path and its permissions",
        VerifyError::Incomplete(_) => "the copy may be in the middle of an update: fetch it again",
        VerifyError::NeedsNewer { .. } => "install a newer version of changecast and verify again",
        VerifyError::Inconsistent { .. } => {
            "do not trust this copy; keep it as evidence, and fetch the log again from its publisher"
        }
        VerifyError::Stale(_) => "fetch the log again; if it stays the same, ask its publisher",
        VerifyError::OtherRoot(_) => "compare the root key that you pinned with the publisher, through another channel",
    }
}
