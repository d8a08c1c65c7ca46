//! The file that lists the vendors to follow.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use changecast::{
    ReadingConfig,
    config::{self, ConfigError, YamlFile},
    observe::Page,
    publish::ListSource,
    read,
};
use changecast_core::ledger::Digest;
use serde::Deserialize;

use super::{
    Failure,
    follow::{Criticality, Log, Source, Vendor},
    logs::is_address,
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
    tables: Option<Vec<String>>,
    /// How important the vendor is to the customer, in the customer's own words.
    criticality: Option<String>,
}

/// The vendors of a file. Their states are files in the folder `states`, which is created.
///
/// # Errors
/// [`Failure`] if the file cannot be read, has two vendors of one name, or the keys of a vendor do not fit.
pub fn read(file: &Path, states: &Path) -> Result<Vec<Vendor>, Failure> {
    let text = fs::read_to_string(file).map_err(|error| Failure::file(file, error))?;
    let path = file.display().to_string();
    let folder = file.parent().unwrap_or(Path::new(""));
    let Vendors { vendors, highlight } = config::from_yaml(YamlFile::Vendors, &path, &text)?;
    let mut names = BTreeSet::new();
    let vendors = vendors.into_iter().enumerate().map(|(at, listed)| {
        let source = if names.insert(listed.name.clone()) { listed.source(folder) } else { Err(listed.second_name()) };
        let source = source.map_err(|Problem { key, text: problem, help }| {
            ConfigError::of_vendor((&path, &text), (at, key), &problem, help)
        })?;
        let criticality = listed.criticality.map(|text| Criticality {
            is_highlighted: highlight.iter().any(|word| word.eq_ignore_ascii_case(text.trim())),
            text,
        });
        Ok(Vendor { state: states.join(state_file(&listed.name)), name: listed.name, criticality, source })
    });
    let vendors = vendors.collect::<Result<Vec<Vendor>, ConfigError>>()?;
    fs::create_dir_all(states).map_err(|error| Failure::file(states, error))?;
    Ok(vendors)
}

/// The problem with a key of a vendor.
struct Problem {
    key: &'static str,
    text: String,
    /// The next step.
    help: &'static str,
}

impl Problem {
    fn new(key: &'static str, text: impl Into<String>, help: &'static str) -> Self {
        Problem { key, text: text.into(), help }
    }
}

impl Listed {
    /// Where the list of the vendor is found. Paths are relative to `folder`.
    fn source(&self, folder: &Path) -> Result<Source, Problem> {
        match (&self.url, &self.git) {
            (Some(url), None) => self.log(url, folder),
            (None, Some(clone)) => self.page(clone, folder),
            (Some(_), Some(_)) => {
                Err(Problem::new("git", "the vendor has both `url` and `git`", "list the two as two vendors"))
            }
            (None, None) => Err(Problem::new(
                "name",
                format!("{:?} has neither a log nor a page", self.name),
                "add the `url` of its log, or `git` and `path` of its page",
            )),
        }
    }

    fn log(&self, url: &str, folder: &Path) -> Result<Source, Problem> {
        let of_pages = [
            ("path", self.path.is_some()),
            ("branch", self.branch.is_some()),
            ("format", self.format.is_some()),
            ("tables", self.tables.is_some()),
        ];
        if let Some((key, _)) = of_pages.into_iter().find(|(_, is_stated)| *is_stated) {
            let help = "write `git` in place of `url`, or leave it out";
            return Err(Problem::new(key, "belongs to a page in a clone", help));
        }
        Ok(Source::Log(Log {
            location: if is_address(url) { url.to_owned() } else { folder.join(url).display().to_string() },
            root: self.root.as_ref().map(|root| folder.join(root)),
            origin: self.origin.clone(),
        }))
    }

    fn page(&self, clone: &Path, folder: &Path) -> Result<Source, Problem> {
        let of_logs = [("root", self.root.is_some()), ("origin", self.origin.is_some())];
        if let Some((key, _)) = of_logs.into_iter().find(|(_, is_stated)| *is_stated) {
            return Err(Problem::new(key, "a page in a clone is not signed", "leave `root` and `origin` out"));
        }
        let Some(path) = self.path.clone() else {
            return Err(Problem::new("git", "`path` is missing", "add the path of the page in the clone"));
        };
        let options = ReadingConfig {
            format: self.format.clone().map(known_format).transpose()?,
            tables: self.tables.clone().unwrap_or_default(),
            ..ReadingConfig::default()
        };
        Ok(Source::Page(Box::new(Page {
            clone: folder.join(clone),
            branch: self.branch.clone(),
            source: ListSource { paths: vec![path], options },
        })))
    }

    fn second_name(&self) -> Problem {
        Problem::new(
            "name",
            format!("two vendors have the name {:?}", self.name),
            "give each vendor another name: the name identifies the state file",
        )
    }
}

fn known_format(format: String) -> Result<String, Problem> {
    let names: Vec<&str> = read::formats().map(|(name, _)| name).collect();
    if names.contains(&format.as_str()) {
        return Ok(format);
    }
    let text = format!("unknown format {format:?}, expected one of {}", names.join(", "));
    Err(Problem::new("format", text, "leave it out if it follows from the name of the file"))
}

/// Most characters of a name in the name of a file.
const MAX_NAME: usize = 40;

/// The file of the state of a vendor. Names that differ have different files, also where file systems ignore case.
fn state_file(name: &str) -> String {
    let readable = name.to_lowercase();
    let readable = readable.chars().map(|c| if matches!(c, 'a'..='z' | '0'..='9') { c } else { '-' });
    let readable: String = readable.take(MAX_NAME).collect();
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
