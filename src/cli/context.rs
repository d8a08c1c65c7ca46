//! Options that most commands share: the repository, the configuration and the list.

use std::{
    fs,
    path::{Path, PathBuf},
};

use changecast::{
    config::{Config, Inventory, ListConfig, TableConfig},
    history::{History, Walk},
    read,
};
use changecast_core::model::{ListId, Terms, terms::Holidays};
use clap::{
    Args,
    builder::{PossibleValue, PossibleValuesParser},
};

use super::Failure;

/// The options that select the repository, the configuration and the branch.
#[derive(Debug, Clone, Default, Args)]
pub struct RepoArgs {
    /// The configuration file [default: changecast.yaml or data/changecast.yaml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The repository [default: found from the working directory]
    #[arg(long, value_name = "DIR")]
    pub repo: Option<PathBuf>,
    /// The branch or revision to read [default: HEAD]
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
}

/// The options that select a list.
#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    /// The id of a list in the configuration
    #[arg(long, value_name = "ID")]
    pub list: Option<ListId>,
    /// Read this file or folder without a configuration; repeat with its earlier paths, newest first
    #[arg(long, value_name = "PATH", conflicts_with_all = ["list", "config"])]
    pub inventory: Vec<String>,
    /// The format of that file, if it does not follow from the extension
    #[arg(long, value_name = "FORMAT", requires = "inventory", value_parser = format_parser())]
    pub input_format: Option<String>,
    /// The heading of the table or list to read, if the page has several; repeatable
    #[arg(long, value_name = "HEADING")]
    pub table: Vec<String>,
}

/// Accepts the names of the formats that can be read.
pub fn format_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(read::formats().map(|(name, about)| PossibleValue::new(name).help(about)))
}

/// The default paths of the configuration.
const DEFAULT_PATHS: [&str; 2] = ["changecast.yaml", "data/changecast.yaml"];

impl RepoArgs {
    /// Opens the repository.
    ///
    /// # Errors
    /// [`Failure::History`] if there is none, or it cannot be opened.
    pub fn history(&self) -> Result<History, Failure> {
        Ok(History::open(self.repo.as_deref().unwrap_or(Path::new(".")))?)
    }

    /// The walk that starts at `--branch`.
    pub fn walk(&self) -> Walk {
        Walk { tip: self.branch.clone(), ..Walk::default() }
    }

    /// Reads the configuration.
    ///
    /// # Errors
    /// [`Failure`] if there is none, or it cannot be read or is not valid.
    pub fn config(&self, history: &History) -> Result<Config, Failure> {
        load_config(&self.config_path(history)?)
    }

    /// The path of the configuration.
    ///
    /// # Errors
    /// [`Failure`] if there is none.
    pub fn config_path(&self, history: &History) -> Result<PathBuf, Failure> {
        if let Some(path) = &self.config {
            return Ok(path.clone());
        }
        // With --repo, the configuration of that repository has precedence.
        let here = Some(Path::new(""));
        let roots = if self.repo.is_some() { [history.root(), here] } else { [here, history.root()] };
        let candidates =
            roots.into_iter().flatten().flat_map(|root| DEFAULT_PATHS.iter().map(move |name| root.join(name)));
        candidates.into_iter().find(|path| path.is_file()).ok_or_else(|| {
            Failure::usage(
                "found no changecast.yaml or data/changecast.yaml here or at the root of the repository",
                "`changecast init` writes one; `log`, `diff` and `show` also work with --inventory PATH alone",
            )
        })
    }
}

/// Reads a configuration, and the holiday files that it names.
///
/// # Errors
/// [`Failure`] if one of the files cannot be read or is not valid.
pub fn load_config(path: &Path) -> Result<Config, Failure> {
    let text = fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    let mut config = Config::parse(&path.display().to_string(), &text)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    for holidays in config.lists.iter_mut().filter_map(|list| list.notice.as_mut()?.holidays.as_mut()) {
        load_holidays(holidays, folder, path)?;
    }
    Ok(config)
}

/// Takes the dates of a holiday file, so that the published terms contain them by value. The path is relative to the
/// folder of the configuration.
fn load_holidays(holidays: &mut Holidays, folder: &Path, config: &Path) -> Result<(), Failure> {
    let Some(file) = holidays.file.as_ref().filter(|_| holidays.dates.is_empty()) else { return Ok(()) };
    let path = folder.join(file);
    let text = fs::read_to_string(&path).map_err(|error| {
        let (config, path) = (config.display(), path.display());
        Failure::usage(
            format!("{config}: notice.holidays.file: {path} cannot be read: {error}"),
            "name a file with one date on every line; its path is relative to the folder of the configuration",
        )
    })?;
    holidays.dates = Holidays::parse_dates(&text).map_err(|error| {
        Failure::usage(format!("{}: {error}", path.display()), "write one date on every line, such as `2026-12-25`")
    })?;
    Ok(())
}

impl ListArgs {
    /// The selected list, or all lists of the configuration.
    ///
    /// # Errors
    /// [`Failure`] if the configuration cannot be read, or does not have the selected list.
    pub fn lists(&self, repo: &RepoArgs, history: &History) -> Result<Vec<ListConfig>, Failure> {
        if !self.inventory.is_empty() {
            return Ok(vec![self.bare_list()?]);
        }
        let lists = repo.config(history)?.lists;
        match &self.list {
            None => Ok(lists.into_iter().map(|list| self.with_tables(list)).collect()),
            Some(id) => Ok(vec![self.with_tables(find(lists, id)?)]),
        }
    }

    /// Replaces the tables of the list by those of `--table`, if there are any.
    fn with_tables(&self, mut list: ListConfig) -> ListConfig {
        if !self.table.is_empty() {
            list.tables = self.table.iter().map(|heading| TableConfig { heading: heading.clone() }).collect();
        }
        list
    }

    /// The selected list, or the only one of the configuration.
    ///
    /// # Errors
    /// [`Failure`] as for [`ListArgs::lists`], or if the configuration has several lists.
    pub fn list(&self, repo: &RepoArgs, history: &History) -> Result<ListConfig, Failure> {
        let mut lists = self.lists(repo, history)?;
        match (lists.pop(), lists.is_empty()) {
            (Some(list), true) => Ok(list),
            (last, _) => {
                let ids: Vec<String> = lists.iter().chain(&last).map(|list| list.id.to_string()).collect();
                Err(Failure::usage(
                    "the configuration has several lists",
                    format!("choose one with --list: {}", ids.join(", ")),
                ))
            }
        }
    }

    /// A list without a configuration, named after its file.
    fn bare_list(&self) -> Result<ListConfig, Failure> {
        let path = self.inventory.first().map(String::as_str).unwrap_or_default();
        let stem = list_name(path);
        let inventory = Inventory::new(self.inventory.clone()).map_err(|message| {
            Failure::usage(message, "pass the path of the inventory in the repository, such as data/subprocessors.yaml")
        })?;
        Ok(ListConfig {
            id: ListId::from_name(stem),
            title: stem.to_owned(),
            inventory,
            page: None,
            format: self.input_format.clone(),
            tables: Vec::new(),
            fields: Default::default(),
            cross_check: None,
            notice: None::<Terms>,
        })
        .map(|list| self.with_tables(list))
    }
}

/// The name of a list without a title: the name of its file, or of the folder of an `index` page.
pub fn list_name(path: &str) -> &str {
    let mut parts = path.trim_end_matches('/').rsplit('/');
    let file = parts.next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    match parts.next() {
        Some(folder) if matches!(stem, "index" | "page" | "README") => folder,
        _ if stem.is_empty() => "list",
        _ => stem,
    }
}

fn find(lists: Vec<ListConfig>, id: &ListId) -> Result<ListConfig, Failure> {
    let ids: Vec<String> = lists.iter().map(|list| list.id.to_string()).collect();
    lists.into_iter().find(|list| list.id == *id).ok_or_else(|| {
        Failure::usage(
            format!("the configuration has no list {id:?}", id = id.as_str()),
            format!("its lists are: {}", ids.join(", ")),
        )
    })
}
