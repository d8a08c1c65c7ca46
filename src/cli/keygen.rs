//! `keygen`: creates a root key and a release key.

use std::{
    fs::OpenOptions,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use changecast_core::sign::Secret;

use super::{Exit, Failure, console};

/// Create a root key and a release key
///
/// Both are Ed25519 keys in OpenSSH's format, readable only by their owner. Existing files are never
/// overwritten. The root key signs the list of keys that may sign releases: keep it offline. The
/// release key signs every release: give it to the job that publishes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory for the keys; choose one outside the repository
    #[arg(default_value = ".", value_name = "DIR")]
    dir: PathBuf,
    /// Protect both keys with a passphrase, from CHANGECAST_PASSPHRASE or a prompt
    #[arg(long)]
    passphrase: bool,
}

/// File names and comments of the two keys.
const NAMES: [(&str, &str); 2] =
    [("changecast-root", "changecast root key, keep offline"), ("changecast-release", "changecast release key")];

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let passphrase = if args.passphrase { Some(new_passphrase()?) } else { None };
    // Check all names before writing: half of a key pair is of no use and blocks the next run.
    for (name, _) in NAMES {
        for path in [args.dir.join(name), args.dir.join(format!("{name}.pub"))] {
            if path.symlink_metadata().is_ok() {
                return Err(Failure::usage(
                    format!("{} already exists; keys are never overwritten", path.display()),
                    "choose another directory, or move the old key",
                ));
            }
        }
    }
    std::fs::create_dir_all(&args.dir).map_err(|error| Failure::file(&args.dir, error))?;
    for (name, comment) in NAMES {
        let secret = Secret::generate(comment)?;
        let path = args.dir.join(name);
        create(&path, 0o600, &secret.to_openssh(passphrase.as_deref())?)?;
        create(&args.dir.join(format!("{name}.pub")), 0o644, &format!("{} {comment}\n", secret.public()))?;
        console::note(&format!("{} {}", path.display(), secret.public().fingerprint()));
    }
    let (root, release) = (args.dir.join(NAMES[0].0), args.dir.join(NAMES[1].0));
    console::note(&format!(
        "\nPublish with both keys the first time:\n  changecast publish --key {} --root-key {}\nAfter that, keep {} offline and publish with the release key only.\nCustomers pin {}.pub.",
        release.display(),
        root.display(),
        root.display(),
        root.display()
    ));
    Ok(Exit::Clean)
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

/// Creates a new file. It has its permissions from the start, so that no other user can ever open it.
fn create(path: &Path, mode: u32, text: &str) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _unused = mode;
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| Failure::file(path, error))
}
