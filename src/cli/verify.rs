//! `verify`: checks a published log against the pinned root key.

use std::{
    fs,
    path::{Path, PathBuf},
};

use changecast::{
    output,
    publish::{self, VerifyError},
    render,
};
use changecast_core::sign::PublicKey;

use super::{Exit, Failure, console};

/// Verify a published log against the pinned root key
///
/// Checks every signature and the chain of all releases, and that replaying all changes gives the
/// published list. Works offline. Pages and feeds are not checked: they are not signed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The output directory, or the folder of one list inside it
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// The publisher's public root key (the .pub file that `keygen` wrote)
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let line = fs::read_to_string(&args.root).map_err(|error| Failure::file(&args.root, error))?;
    let root = PublicKey::parse(&args.root.display().to_string(), &line)?;
    for folder in folders(&args.dir)? {
        verify(&folder, &root)?;
    }
    Ok(Exit::Clean)
}

/// Verifies the log in the folder of one list, and reports the result.
pub fn verify(folder: &Path, root: &PublicKey) -> Result<(), Failure> {
    let name = folder.display().to_string();
    let found = output::read_log(folder)?;
    let verified = publish::verify(&found, root).map_err(|error| Failure::Verify { list: name.clone(), error })?;
    let chain = verified.chain;
    if let Some(last) = chain.releases.last() {
        let list = match &chain.list {
            Some(list) => format!("the list has {}", render::count_entries(list.entries.len())),
            None => "the list is withdrawn".to_owned(),
        };
        console::note(&format!(
            "{name}: OK, {} releases of {}, the last one from {}; {list}",
            chain.releases.len(),
            last.origin,
            last.published
        ));
    }
    Ok(())
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
        return Err(Failure::Verify { list: dir.display().to_string(), error: VerifyError::NoLog });
    }
    Ok(folders)
}

fn is_list_folder(folder: &Path) -> bool {
    folder.join("log").is_dir() || folder.join("index.json").is_file()
}
