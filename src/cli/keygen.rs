//! `keygen`: creates root keys and a release key.

use std::{
    fs::{self, OpenOptions},
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use changecast::history::History;
use changecast_core::sign::Secret;

use super::{Exit, Failure, console};

/// Create two root keys and a release key
///
/// They are Ed25519 keys in OpenSSH's format, readable only by their owner. Existing files are never
/// overwritten. The release key signs every release: give it to the job that publishes. A root key
/// signs the list of keys that may sign releases: keep the first one offline, and lock the second one
/// away in another place. With it you can replace any key that is lost or stolen.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory for the keys, outside every git work tree
    #[arg(default_value = ".", value_name = "DIR")]
    dir: PathBuf,
    /// Protect the keys with a passphrase, from CHANGECAST_PASSPHRASE or a prompt
    #[arg(long)]
    passphrase: bool,
}

/// A key to create: its file name and the comment in it.
struct NewKey {
    name: &'static str,
    comment: &'static str,
}

const ROOT: NewKey = NewKey { name: "changecast-root", comment: "changecast root key, keep offline" };
const OTHER_ROOT: NewKey = NewKey { name: "changecast-root-2", comment: "changecast root key, keep in another place" };
const RELEASE: NewKey = NewKey { name: "changecast-release", comment: "changecast release key" };

/// A file to create.
struct NewFile {
    path: PathBuf,
    mode: u32,
    text: String,
}

/// Runs the command and returns its exit status.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    check_directory(&args.dir)?;
    let passphrase = if args.passphrase { Some(new_passphrase()?) } else { None };
    let mut files = Vec::new();
    let mut fingerprints = Vec::new();
    for key in [ROOT, OTHER_ROOT, RELEASE] {
        let secret = Secret::generate(key.comment)?;
        let path = args.dir.join(key.name);
        fingerprints.push(format!("{} {}", path.display(), secret.public().fingerprint()));
        let public = format!("{} {}\n", secret.public(), key.comment);
        files.push(NewFile { path: with_pub(&path), mode: 0o644, text: public });
        files.push(NewFile { path, mode: 0o600, text: secret.to_openssh(passphrase.as_deref())?.to_string() });
    }
    fs::create_dir_all(&args.dir).map_err(|error| Failure::file(&args.dir, error))?;
    create_all(&files)?;
    let [root, other_root, release] = [ROOT, OTHER_ROOT, RELEASE].map(|key| args.dir.join(key.name));
    console::note(&fingerprints.join("\n"));
    console::note(&format!(
        "\nPublish with these keys the first time:\n  changecast publish --key {} --root-key {} --other-root {}\n\
         After that, keep {} offline, lock {} away in another place, and publish with the release key only.\n\
         Customers pin {}.",
        release.display(),
        root.display(),
        with_pub(&other_root).display(),
        root.display(),
        other_root.display(),
        with_pub(&root).display()
    ));
    Ok(Exit::Clean)
}

/// Refuses a directory in which a private key is easily committed, or that contains keys.
fn check_directory(dir: &Path) -> Result<(), Failure> {
    let existing = dir.ancestors().find(|ancestor| ancestor.is_dir()).unwrap_or(Path::new("."));
    if let Some(root) = History::open(existing).ok().as_ref().and_then(History::root) {
        return Err(Failure::usage(
            format!(
                "{} is inside the git work tree {}, where private keys are easily committed",
                dir.display(),
                root.display()
            ),
            "choose a directory outside, such as `changecast keygen ../keys`",
        ));
    }
    for key in [ROOT, OTHER_ROOT, RELEASE] {
        for path in [dir.join(key.name), with_pub(&dir.join(key.name))] {
            if path.symlink_metadata().is_ok() {
                return Err(Failure::usage(
                    format!("{} already exists; keys are never overwritten", path.display()),
                    "choose another directory, or move the old key",
                ));
            }
        }
    }
    Ok(())
}

/// The path of the public key of a private key.
fn with_pub(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    name.into()
}

fn ask(prompt: &str) -> Result<String, Failure> {
    rpassword::prompt_password(prompt).map_err(|error| Failure::file(Path::new("terminal"), error))
}

fn new_passphrase() -> Result<String, Failure> {
    if let Ok(passphrase) = std::env::var(super::keys::PASSPHRASE) {
        return Ok(passphrase);
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(
            "cannot ask for a passphrase without a terminal",
            format!("set {}", super::keys::PASSPHRASE),
        ));
    }
    let passphrase = ask("Passphrase: ")?;
    if passphrase.is_empty() {
        return Err(Failure::usage("the passphrase is empty", "for keys without a passphrase, omit --passphrase"));
    }
    if ask("Repeat the passphrase: ")? != passphrase {
        return Err(Failure::usage("the passphrases differ", "no key was written; try again"));
    }
    Ok(passphrase)
}

/// Creates all files, or none: half of a key pair is of no use and blocks the next run.
fn create_all(files: &[NewFile]) -> Result<(), Failure> {
    for (at, file) in files.iter().enumerate() {
        if let Err(error) = create(file) {
            for created in &files[..at] {
                // The first error is the one to report.
                let _ = fs::remove_file(&created.path);
            }
            if error.kind() != io::ErrorKind::AlreadyExists {
                let _ = fs::remove_file(&file.path);
            }
            return Err(Failure::file(&file.path, error));
        }
    }
    Ok(())
}

/// Creates a new file. It has its permissions from the start, so that no other user can ever open it.
fn create(file: &NewFile) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, file.mode);
    let mut created = options.open(&file.path)?;
    created.write_all(file.text.as_bytes())?;
    created.sync_all()
}
