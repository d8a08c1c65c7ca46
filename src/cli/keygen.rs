//! `keygen`: a root key and a release key.

use std::{
    fs::OpenOptions,
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use changecast_core::sign::Secret;

use super::{Exit, Failure, print};

/// Make a root key and a release key
///
/// Both are Ed25519 keys in OpenSSH's format, readable by their owner only. Existing files are never
/// overwritten. The root key signs which keys may release: keep it offline. The release key signs
/// every release: give it to the job that publishes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory to write them to
    #[arg(default_value = ".", value_name = "DIR")]
    dir: PathBuf,
    /// Protect both keys with a passphrase (asked for, or from CHANGECAST_PASSPHRASE)
    #[arg(long)]
    passphrase: bool,
}

/// File names of the two keys.
const NAMES: [(&str, &str); 2] =
    [("changecast-root", "changecast root key, keep offline"), ("changecast-release", "changecast release key")];

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let passphrase = if args.passphrase { Some(new_passphrase()?) } else { None };
    // Look before anything is written: one half of a pair is worse than none.
    for (name, _) in NAMES {
        for path in [args.dir.join(name), args.dir.join(format!("{name}.pub"))] {
            if path.symlink_metadata().is_ok() {
                return Err(Failure::usage(
                    format!("{} exists, and a key is never overwritten", path.display()),
                    "name another directory, or move the old key away",
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
        print::note(&format!("{} {}", path.display(), secret.public().fingerprint()));
    }
    let (root, release) = (args.dir.join(NAMES[0].0), args.dir.join(NAMES[1].0));
    print::note(&format!(
        "\nPublish for the first time with both keys:\n  changecast publish --key {} --root-key {}\nthen keep {} offline, and publish with the release key alone.\nCustomers pin {}.pub.",
        release.display(),
        root.display(),
        root.display(),
        root.display()
    ));
    Ok(Exit::Clean)
}

fn new_passphrase() -> Result<String, Failure> {
    if let Ok(passphrase) = std::env::var(super::keys::PASSPHRASE) {
        return Ok(passphrase);
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(
            "there is no terminal to ask for a passphrase",
            format!("give it in {}", super::keys::PASSPHRASE),
        ));
    }
    let ask =
        |prompt: &str| rpassword::prompt_password(prompt).map_err(|error| Failure::file(Path::new("terminal"), error));
    let passphrase = ask("Passphrase: ")?;
    if passphrase.is_empty() {
        return Err(Failure::usage(
            "an empty passphrase protects nothing",
            "leave --passphrase out for keys without one",
        ));
    }
    if ask("The same again: ")? != passphrase {
        return Err(Failure::usage("the two passphrases differ", "try again; nothing was written"));
    }
    Ok(passphrase)
}

/// Creates a file that must not exist, with these permissions from its first moment on.
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
