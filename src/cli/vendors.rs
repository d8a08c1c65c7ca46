//! The file that lists the vendors to follow.

use std::{collections::BTreeSet, fs, path::Path};

use changecast::config;
use changecast_core::ledger::Digest;
use serde::Deserialize;

use super::{
    Failure,
    follow::{Log, is_address},
};

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vendors {
    vendors: Vec<Vendor>,
}

/// A vendor with a published log. Whether its key and name can be used is found out when it is followed: one vendor must not
/// stop the others.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vendor {
    /// The name of the vendor, which also names the file of its state.
    name: String,
    /// The address of the folder of the list, or a folder relative to the file.
    url: String,
    /// The file of the public root key, relative to the file.
    root: Option<String>,
    /// The name of the log.
    origin: Option<String>,
    /// How important the vendor is to the customer, in the customer's own words.
    criticality: Option<String>,
}

/// The logs of a file. Their states are files in the folder `states`, which is created.
///
/// # Errors
/// [`Failure`] if the file cannot be read, or has two vendors of one name.
pub fn read(file: &Path, states: &Path) -> Result<Vec<Log>, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::file(file, error))?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let Vendors { vendors } = config::from_yaml(&file.display().to_string(), &text)?;
    let mut names = BTreeSet::new();
    if let Some(twice) = vendors.iter().find(|vendor| !names.insert(&vendor.name)) {
        return Err(Failure::usage(
            format!("{}: two vendors have the name {:?}", file.display(), twice.name),
            "give each vendor a name of its own: the name belongs to what was seen of its log",
        ));
    }
    fs::create_dir_all(states).map_err(|error| Failure::file(states, error))?;
    Ok(vendors.into_iter().map(|vendor| log_of(vendor, folder, states)).collect())
}

fn log_of(vendor: Vendor, folder: &Path, states: &Path) -> Log {
    let location = if is_address(&vendor.url) { vendor.url } else { folder.join(&vendor.url).display().to_string() };
    Log {
        state: states.join(state_file(&vendor.name)),
        name: vendor.name,
        location,
        root: vendor.root.map(|root| folder.join(root)),
        origin: vendor.origin,
        highlight: vendor.criticality,
    }
}

/// Most characters of a name in the name of a file.
const MAX_NAME: usize = 40;

/// The file of the state of a vendor. Names that differ have different files, also where file systems ignore case.
fn state_file(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let readable: String =
        name.to_lowercase().chars().map(|c| if is_plain(c) { c } else { '-' }).take(MAX_NAME).collect();
    let digest = Digest::of(name.as_bytes()).to_string();
    format!("{readable}-{}.json", &digest[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_names_have_different_files() {
        let long = "x".repeat(300);
        let names = ["A/B", "A-B", "a-b", "A B", "..", "é", "ê", "", &long, &long[1..]];
        let files: BTreeSet<String> = names.iter().map(|name| state_file(name)).collect();
        assert_eq!(files.len(), names.len());
        for file in files {
            assert!(file.len() < 80 && !file.starts_with('.') && !file.contains('/'), "{file}");
        }
    }
}
