//! The file that lists the vendors to follow.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use changecast::{
    ReadingConfig,
    config::{self, YamlFile},
    observe::Page,
    publish::ListSource,
};
use changecast_core::ledger::Digest;
use serde::Deserialize;

use super::{
    Failure,
    follow::{Criticality, Log, Source, Vendor, is_address},
};

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Vendors {
    vendors: Vec<Listed>,
    /// The words of `criticality` that are highlighted.
    #[serde(default = "usual_highlights")]
    highlight: Vec<String>,
}

fn usual_highlights() -> Vec<String> {
    ["critical", "high"].map(str::to_owned).into()
}

/// A vendor with a published log, or with a page in a local clone. Whether its key, name and clone can be used is found out when
/// it is followed: one vendor must not stop the others.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    /// The name of the vendor, which also names the file of its state.
    name: String,
    /// The address of the folder of the list, or a folder relative to the file.
    url: Option<String>,
    /// The file of the public root key, relative to the file.
    root: Option<String>,
    /// The name of the log.
    origin: Option<String>,
    /// A local clone with a page of the vendor, relative to the file.
    git: Option<PathBuf>,
    /// The path of the page in the clone.
    path: Option<String>,
    /// The branch of the page.
    branch: Option<String>,
    /// The format of the page, if it does not follow from its name.
    format: Option<String>,
    /// The headings of the tables to read, if the page has several.
    #[serde(default)]
    tables: Vec<String>,
    /// How important the vendor is to the customer, in the customer's own words.
    criticality: Option<String>,
}

/// The vendors of a file. Their states are files in the folder `states`, which is created.
///
/// # Errors
/// [`Failure`] if the file cannot be read, has two vendors of one name, or does not state the source of one.
pub fn read(file: &Path, states: &Path) -> Result<Vec<Vendor>, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::file(file, error))?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let Vendors { vendors, highlight } = config::from_yaml(YamlFile::Vendors, &file.display().to_string(), &text)?;
    let mut names = BTreeSet::new();
    if let Some(twice) = vendors.iter().find(|vendor| !names.insert(&vendor.name)) {
        return Err(Failure::usage(
            format!("{}: two vendors have the name {:?}", file.display(), twice.name),
            "give each vendor a name of its own: the name belongs to what was seen of its log",
        ));
    }
    let vendors: Result<Vec<Vendor>, Failure> = vendors
        .into_iter()
        .map(|listed| {
            let source = listed.source(folder).map_err(|(problem, help)| {
                Failure::usage(format!("{}: {}: {problem}", file.display(), listed.name), help)
            })?;
            let criticality = listed.criticality.map(|text| Criticality {
                is_highlighted: highlight.iter().any(|word| word.eq_ignore_ascii_case(text.trim())),
                text,
            });
            Ok(Vendor { state: states.join(state_file(&listed.name)), name: listed.name, criticality, source })
        })
        .collect();
    let vendors = vendors?;
    fs::create_dir_all(states).map_err(|error| Failure::file(states, error))?;
    Ok(vendors)
}

impl Listed {
    /// Where the vendor's list is found; otherwise the problem and the next step.
    fn source(&self, folder: &Path) -> Result<Source, (&'static str, &'static str)> {
        match (&self.url, &self.git) {
            (Some(_), None) if self.path.is_some() || self.branch.is_some() => {
                Err(("`path` and `branch` belong to a page in a clone", "write `git` in place of `url`"))
            }
            (None, Some(_)) if self.root.is_some() || self.origin.is_some() => {
                Err(("a page in a clone is not signed", "leave `root` and `origin` out"))
            }
            (Some(url), None) => Ok(Source::Log(Log {
                location: if is_address(url) { url.clone() } else { folder.join(url).display().to_string() },
                root: self.root.as_ref().map(|root| folder.join(root)),
                origin: self.origin.clone(),
            })),
            (None, Some(clone)) => {
                let path = self.path.clone();
                let path = path.ok_or(("`path` is missing", "add the path of the page in the clone"))?;
                let options = ReadingConfig {
                    format: self.format.clone(),
                    tables: self.tables.clone(),
                    ..ReadingConfig::default()
                };
                Ok(Source::Page(Box::new(Page {
                    clone: folder.join(clone),
                    branch: self.branch.clone(),
                    source: ListSource { paths: vec![path], options },
                })))
            }
            (Some(_), Some(_)) => Err(("it has both `url` and `git`", "list the two as two vendors")),
            (None, None) => Err(("it has no place", "add the `url` of its log, or `git` and `path` of its page")),
        }
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
