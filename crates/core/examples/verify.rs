//! Verifies a published folder: `cargo run --example verify -- ROOT.pub ORIGIN FOLDER`.

#![allow(clippy::disallowed_methods)]

use std::{env, fs, io::ErrorKind, path::PathBuf, process::ExitCode};

use changecast_core::{
    ledger::{Fetch, FetchError, Pin, verify},
    sign::PublicKey,
};

struct Folder(PathBuf);

impl Fetch for Folder {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, FetchError> {
        match fs::read(self.0.join(path)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            bytes => bytes.map(Some).map_err(|error| FetchError(error.to_string())),
        }
    }
}

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let [root, origin, folder]: [String; 3] =
        env::args().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "usage: verify ROOT.pub ORIGIN FOLDER")?;
    let pin = Pin { root: PublicKey::parse(&root, &fs::read_to_string(&root)?)?, origin: Some(origin.parse()?) };
    Ok(match verify(&Folder(folder.into()), &pin) {
        Ok(log) => {
            println!("OK: {} releases and {} heads of {}", log.releases.len(), log.heads.len(), log.origin);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(error.status())
        }
    })
}
