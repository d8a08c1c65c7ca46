//! `keys`: lists the keys of a log, replaces them, and revokes stolen ones.

use std::path::{Path, PathBuf};

use changecast::{output::Folder, publish::RootStatement};
use changecast_core::{
    ledger::{self, KeyRole, Pin, Verified, VerifyError},
    sign::PublicKey,
};

use super::{
    Exit, Failure, console,
    logs::{list_folders, public_key},
    root_statement::{Target, sign},
};

/// List the keys of a log, replace them, or revoke a stolen one
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show which keys signed for a log, and since which release
    List(ListArgs),
    /// Replace the release key, and also the root keys with --new-root
    Rotate(RotateArgs),
    /// Revoke a stolen key: it cannot sign any more, and its later heads are void
    Revoke(RevokeArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The output directory, or the folder of one list inside it
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The publisher's public root key; without it, the log is only checked against the key that it names
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
}

/// Replace the keys of a log
///
/// A root key signs a release that names the new keys, and the new release key signs the head that publishes it. Earlier
/// releases stay valid. Customers need not do anything: they pinned the root key that signed release 0.
#[derive(Debug, clap::Args)]
struct RotateArgs {
    #[command(flatten)]
    target: Target,
    /// The public key of a further release key; repeatable
    #[arg(long, value_name = "FILE")]
    also: Vec<PathBuf>,
    /// A public root key that signs from now on, in place of all earlier ones; repeatable
    #[arg(long, value_name = "FILE")]
    new_root: Vec<PathBuf>,
}

/// Revoke a stolen key
///
/// A root key signs a release without the stolen key. It names the last head that counts: later heads of the stolen key
/// are void, also those that only some customers have seen. Pass a new release key with --key.
#[derive(Debug, clap::Args)]
struct RevokeArgs {
    #[command(flatten)]
    target: Target,
    /// The public key of the stolen key
    #[arg(long, value_name = "FILE")]
    stolen: PathBuf,
    /// The number of the last head that you signed with it [default: the newest head in the output directory]
    #[arg(long, value_name = "NUMBER")]
    last_head: Option<u64>,
    /// A release in the output directory that the thief signed; repeatable. The next `publish` restores the list
    #[arg(long, value_name = "SEQ")]
    disown: Vec<u64>,
}

/// Runs the command and returns its exit status.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    match &args.command {
        Command::List(args) => list(args),
        Command::Rotate(args) => rotate(args),
        Command::Revoke(args) => revoke(args),
    }
}

fn rotate(args: &RotateArgs) -> Result<Exit, Failure> {
    let signers = args.target.signers()?;
    let mut release = vec![signers.release.public()];
    release.extend(public_keys(&args.also)?);
    let root = if args.new_root.is_empty() { None } else { Some(public_keys(&args.new_root)?) };
    if root.iter().flatten().any(|key| release.contains(key)) {
        return Err(Failure::usage(
            "one key has both the role root and the role release",
            "use other keys: root keys are kept offline, so that they can replace a stolen release key",
        ));
    }
    sign(&args.target, &signers, &RootStatement::Rotate { release, root })?;
    Ok(Exit::Clean)
}

fn revoke(args: &RevokeArgs) -> Result<Exit, Failure> {
    let signers = args.target.signers()?;
    let stolen = public_key(&args.stolen)?;
    if stolen == signers.root.public() || stolen == signers.release.public() {
        return Err(Failure::usage(
            "the stolen key cannot sign its own revocation",
            "pass the other root key with --root-key, and a new release key with --key",
        ));
    }
    let statement =
        RootStatement::Revoke { stolen: stolen.clone(), last_head: args.last_head, disowned: args.disown.clone() };
    sign(&args.target, &signers, &statement)?;
    console::note(&format!(
        "{} is revoked. Publish this log now: until customers see it, heads of the stolen key count.",
        stolen.fingerprint()
    ));
    Ok(Exit::Clean)
}

fn public_keys(paths: &[PathBuf]) -> Result<Vec<PublicKey>, Failure> {
    paths.iter().map(|path| public_key(path)).collect()
}

fn list(args: &ListArgs) -> Result<Exit, Failure> {
    let root = args.root.as_deref().map(public_key).transpose()?;
    let mut lines = Vec::new();
    for folder in list_folders(&args.dir)? {
        let verified = open(&folder, root.as_ref())?;
        lines.push(verified.origin.to_string());
        lines.extend(lines_of(&verified));
    }
    if root.is_none() {
        console::warning("the log itself names the first root key; compare it with the key that you pinned");
    }
    console::data(format!("{}\n", lines.join("\n")).as_bytes())?;
    Ok(Exit::Clean)
}

/// Opens the log in a folder, with the pinned root key or the one that signed release 0.
fn open(folder: &Path, root: Option<&PublicKey>) -> Result<Verified, Failure> {
    let source = Folder::at(folder);
    let root = match root {
        Some(root) => Some(root.clone()),
        None => ledger::claimed_root(&source).map_err(|error| Failure::verify(folder, error))?,
    };
    let root = root.ok_or_else(|| Failure::verify(folder, VerifyError::Incomplete("release 0 is not there".into())))?;
    ledger::open(&source, &Pin { root, origin: None }).map_err(|error| Failure::verify(folder, error))
}

/// One line for each role of a key: the releases in which it had the role.
fn lines_of(verified: &Verified) -> Vec<String> {
    let releases = verified.keys_releases();
    let mut lines = Vec::new();
    for role in [KeyRole::Root, KeyRole::Release, KeyRole::Head] {
        let mut seen: Vec<&String> = Vec::new();
        for (since, keys) in releases {
            for line in keys.roles.lines(role) {
                if seen.contains(&line) {
                    continue;
                }
                seen.push(line);
                let until = releases.iter().find(|(at, later)| at > since && !later.roles.lines(role).contains(line));
                let until = until.map_or_else(String::new, |(at, _)| format!(" until release {at}"));
                lines.push(format!("  {:<8} {} since release {since}{until}", role.name(), fingerprint(line)));
            }
        }
    }
    for (seq, keys) in releases {
        let disowned: Vec<String> = keys.disowned.iter().map(|pointer| pointer.seq.to_string()).collect();
        if !disowned.is_empty() {
            lines.push(format!("  release {seq} disowns release {}", disowned.join(", ")));
        }
        if let Some(head) = keys.last_head {
            lines.push(format!("  release {seq} voids the heads of removed keys after head {}", head.number));
        }
    }
    lines
}

/// The fingerprint of a key, or the type of one that this version does not know.
fn fingerprint(line: &str) -> String {
    match PublicKey::parse("key", line) {
        Ok(key) => key.fingerprint(),
        Err(_) => line.split(' ').next().unwrap_or_default().to_owned(),
    }
}
