//! Signs a statement of a root key about a log, for the commands `keys`, `redact` and `move`.

use std::path::PathBuf;

use changecast::{
    config::{Config, ListConfig},
    output::{Found, Output},
    publish::{PublishError, RootStatement, StatementKeys, plan_statement},
};
use changecast_core::{
    ledger::Pointer,
    model::{ListId, Timestamp},
    sign::Signer,
};

use super::{Failure, console, context::RepoArgs, keys, publish::output_dir, time};

/// The options that select a log and the keys that sign for it.
#[derive(Debug, Clone, clap::Args)]
pub struct Target {
    #[command(flatten)]
    pub repo: RepoArgs,
    /// The output directory [default: `output` in the configuration]
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// The list [default: all lists of the configuration]
    #[arg(long, value_name = "ID")]
    pub list: Option<ListId>,
    /// The release key, which signs the head: a private key file, or a public key file to sign with ssh-agent [env: CHANGECAST_KEY, the key itself]
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// A root key of the log, which signs the release [env: CHANGECAST_ROOT_KEY, the key itself]
    #[arg(long, value_name = "FILE")]
    pub root_key: Option<PathBuf>,
    /// The time of the head [default: the system clock]
    #[arg(long, value_name = "TIME")]
    pub now: Option<Timestamp>,
}

/// The two keys that sign a statement.
pub struct Signers {
    /// A root key.
    pub root: Signer,
    /// The release key.
    pub release: Signer,
}

impl Target {
    /// The keys of the options or the environment.
    ///
    /// # Errors
    /// [`Failure`] if one is missing, cannot be read, or both are the same.
    pub fn signers(&self) -> Result<Signers, Failure> {
        let missing = |what: &str, option: &str| {
            Failure::usage(format!("the {what} key is missing"), format!("pass it with {option} FILE"))
        };
        let root = keys::root(self.root_key.as_deref())?.ok_or_else(|| missing("root", "--root-key"))?;
        let release = keys::release(self.key.as_deref())?.ok_or_else(|| missing("release", "--key"))?;
        keys::check_pair(&root, &release)?;
        Ok(Signers { root, release })
    }

    /// The selected lists.
    ///
    /// # Errors
    /// [`Failure::Usage`] if the configuration does not have the list.
    pub fn lists<'c>(&self, config: &'c Config) -> Result<Vec<&'c ListConfig>, Failure> {
        let lists: Vec<_> =
            config.lists.iter().filter(|list| self.list.as_ref().is_none_or(|id| list.id == *id)).collect();
        if lists.is_empty() {
            return Err(Failure::usage("the configuration has no such list", "choose one of its ids with --list"));
        }
        Ok(lists)
    }
}

/// Signs the statement for the selected lists and writes it. Either all of them are planned, or no file is written.
///
/// # Errors
/// [`Failure`] if a log does not verify, or the keys may not sign for it.
pub fn sign(target: &Target, signers: &Signers, statement: &RootStatement) -> Result<(), Failure> {
    let history = target.repo.history()?;
    let config = target.repo.config(&history)?;
    let dir = output_dir(target.output.as_deref(), &config, &history);
    for path in [&target.key, &target.root_key] {
        keys::check_untracked(&history, path.as_deref())?;
    }
    let lists = target.lists(&config)?;
    if !dir.is_dir() {
        return Err(PublishError::NoHead(lists[0].id.clone()).into());
    }
    let now = target.now.unwrap_or_else(time::now);
    let output = Output::open(&dir)?;
    let found = Found::at(&dir);
    let keys = StatementKeys { root: &signers.root, release: &signers.release };
    let mut planned = Vec::with_capacity(lists.len());
    for list in lists {
        planned.push((list, plan_statement(&config, list, &found, now, keys, statement)?));
    }
    for (list, planned) in planned {
        output.write(&planned.files)?;
        output.remove(&planned.removed)?;
        let covers = planned.head.covers;
        let release = Pointer { seq: planned.header.seq, sha256: covers.sha256 };
        let kind = planned.header.kind.name();
        console::note(&format!(
            "{}: {release}, of the kind {kind}, published by head {}",
            list.id, planned.head.number
        ));
    }
    Ok(())
}
