//! `correct`: states an error in a published release.

use std::path::PathBuf;

use changecast_core::model::{ListId, Text, Timestamp};

use super::{
    Exit, Failure,
    context::RepoArgs,
    publish::{self, Correction, Purpose},
};

/// Publish a correction of a release
///
/// Published releases never change. A correction is a release and a feed entry of its own. It names the corrected one, and
/// the pages of both link to each other. The list itself stays as it is: correct the page in a commit first, if it is wrong.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The number of the release, such as 42 in "release 42, 7f3a 91c0"
    #[arg(value_name = "SEQ")]
    seq: u64,
    /// The error in that release, as customers will read it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    repo: RepoArgs,
    /// The output directory [default: `output` in the configuration]
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// The list [default: the only one of the configuration]
    #[arg(long, value_name = "ID")]
    list: Option<ListId>,
    /// The release key: a private key file, or a public key file to sign with ssh-agent [env: CHANGECAST_KEY, the key itself]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The time of the publication [default: the system clock]
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

/// Runs the command and returns its exit status.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let reason = Text::new(&args.reason);
    if reason.is_empty() {
        return Err(Failure::usage("--reason is empty", "describe the error in the corrected release in --reason"));
    }
    let mut publication = publish::Args::default();
    publication.repo = args.repo.clone();
    publication.output = args.output.clone();
    publication.list = args.list.clone();
    publication.key = args.key.clone();
    publication.now = args.now;
    publish::execute(&publication, &Purpose::Correct(Correction { seq: args.seq, reason }))
}
