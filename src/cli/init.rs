//! `init`: a starting configuration and inventory.

use std::{
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
};

use super::{Exit, Failure, print};

/// Write a starting configuration and inventory
///
/// Writes changecast.yaml and data/subprocessors.yaml, both to be edited. Nothing is overwritten.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory, usually the root of the repository
    #[arg(default_value = ".", value_name = "DIR")]
    dir: PathBuf,
}

/// What is written, and where.
const FILES: [(&str, &str); 2] = [
    ("changecast.yaml", include_str!("../../data/init/changecast.yaml")),
    ("data/subprocessors.yaml", include_str!("../../data/init/subprocessors.yaml")),
];

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    for (name, _) in FILES {
        let path = args.dir.join(name);
        if path.symlink_metadata().is_ok() {
            return Err(Failure::usage(
                format!("{} exists already", path.display()),
                "nothing was written; edit the file, or choose another directory",
            ));
        }
    }
    for (name, text) in FILES {
        let path = args.dir.join(name);
        create(&path, text)?;
        print::note(&format!("{} written", path.display()));
    }
    print::note(
        "\nEdit both, commit them, make keys with `changecast keygen`, then run `changecast publish`.\nA preview without keys: `changecast publish --unsigned`.",
    );
    Ok(Exit::Clean)
}

fn create(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|error| Failure::file(folder, error))?;
    let created = OpenOptions::new().write(true).create_new(true).open(path);
    created.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| Failure::file(path, error))
}
