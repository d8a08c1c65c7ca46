//! `verify`: checks a published log against the pinned root key and origin.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use changecast::{
    output::Folder,
    publish::{self, Edition},
    render,
};
use changecast_core::{
    ledger::{self, Origin, Pin, Verified, VerifyError, layout},
    model::Timestamp,
    sign::PublicKey,
};

use super::{Exit, Failure, console, time};

/// Verify a published log against the pinned root key
///
/// Checks every signature, the chain of all releases and heads, and that replaying all changes gives the published
/// list. Works offline. Pages and feeds are not checked: they are not signed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The output directory, or the folder of one list inside it
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The publisher's public root key (a .pub file that `keygen` wrote)
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// The name that the log must have, such as example.com/subprocessors; without it, the log names itself
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<Origin>,
    /// The time by which heads expire [default: the system clock]
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
}

/// Runs the command and returns its exit status.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let line = fs::read_to_string(&args.root).map_err(|error| Failure::file(&args.root, error))?;
    let root = PublicKey::parse(&args.root.display().to_string(), &line)?;
    let now = args.now.unwrap_or_else(time::now);
    let folders = folders(&args.dir)?;
    if args.origin.is_some() && folders.len() > 1 {
        return Err(Failure::usage(
            format!("{} contains several lists, and --origin names one", args.dir.display()),
            "pass the folder of that list",
        ));
    }
    for folder in folders {
        verify(&folder, &Pin { root: root.clone(), origin: args.origin.clone() }, now)?;
    }
    Ok(Exit::Clean)
}

/// Verifies the log in the folder of one list, and reports the result.
///
/// # Errors
/// [`Failure::Verify`] with the first check that failed.
pub fn verify(folder: &Path, pin: &Pin, now: Timestamp) -> Result<(), Failure> {
    let name = folder.display().to_string();
    let failed = |error| Failure::Verify { list: name.clone(), error: Box::new(error) };
    let verified = ledger::verify(&Folder::at(folder), pin).map_err(failed)?;
    verified.check_fresh(now).map_err(failed)?;
    report(&name, &verified);
    check_script(folder, &name)
}

fn report(name: &str, verified: &Verified) {
    let Some((covered, head)) = verified.covered().zip(verified.head()) else { return };
    let digest = covered.digest.to_string();
    let list = match verified.list.known() {
        Some(list) => format!("the list has {}", render::count_entries(list.entries().count())),
        None => "the list is withdrawn".to_owned(),
    };
    console::note(&format!(
        "{name}: OK, {} up to release {} ({} {}), published {}; {list}",
        verified.origin,
        covered.header.seq,
        &digest[..4],
        &digest[4..8],
        head.head.at
    ));
    for remark in &verified.remarks {
        console::warning(&format!("{name}: {remark}"));
    }
    if verified.reader() == Some(&Edition::CURRENT.reader()) {
        for head in publish::differing_heads(verified) {
            console::warning(&format!(
                "{name}: the notice periods of head {head} are not those that follow from the terms and dates of the log"
            ));
        }
    }
    let not_replayed: Vec<String> = verified.not_replayed().map(|seq| seq.to_string()).collect();
    if !not_replayed.is_empty() {
        console::warning(&format!(
            "{name}: signed but not replayed, because bodies were redacted: {}",
            not_replayed.join(", ")
        ));
    }
}

/// Warns about a published script that differs from that of this program. The script is not signed.
fn check_script(folder: &Path, name: &str) -> Result<(), Failure> {
    let path = folder.join(layout::Path::Script.to_string());
    match fs::read(&path) {
        Ok(script) if script == render::VERIFY_SCRIPT.as_bytes() => Ok(()),
        Ok(_) => {
            console::warning(&format!(
                "{name}: verify.sh is not the script of changecast {}: another version wrote it, or it was altered; \
                 use a copy that you keep",
                env!("CARGO_PKG_VERSION")
            ));
            Ok(())
        }
        // A mirror need not have the script.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::file(&path, error)),
    }
}

/// The folders of lists: the directory itself, or the folders in it that contain a log.
fn folders(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    if is_list_folder(dir) {
        return Ok(vec![dir.to_owned()]);
    }
    let mut folders = Vec::new();
    for entry in fs::read_dir(dir).map_err(|error| Failure::file(dir, error))? {
        folders.push(entry.map_err(|error| Failure::file(dir, error))?.path());
    }
    folders.retain(|folder| is_list_folder(folder));
    folders.sort();
    if folders.is_empty() {
        let error = Box::new(VerifyError::Incomplete("it contains no log".into()));
        return Err(Failure::Verify { list: dir.display().to_string(), error });
    }
    Ok(folders)
}

fn is_list_folder(folder: &Path) -> bool {
    folder.join("log").is_dir() || folder.join("index.json").is_file()
}
