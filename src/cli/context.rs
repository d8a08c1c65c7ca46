//! What most commands begin with: the repository, the configuration, the list.

use std::{
    fs,
    path::{Path, PathBuf},
};

use changecast::{
    config::{Config, Inventory, ListConfig, TableConfig},
    history::{History, Walk},
};
use changecast_core::model::{ListId, Terms};
use clap::Args;

use super::Failure;

/// Where to look.
#[derive(Debug, Clone, Args)]
pub struct RepoArgs {
    /// The configuration [default: changecast.yaml, else data/changecast.yaml]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The repository [default: the one around the working directory]
    #[arg(long, value_name = "DIR")]
    pub repo: Option<PathBuf>,
    /// The branch or revision to read [default: HEAD]
    #[arg(long, value_name = "NAME")]
    pub branch: Option<String>,
}

/// Which list.
#[derive(Debug, Clone, Args)]
pub struct ListArgs {
    /// The list of the configuration
    #[arg(long, value_name = "ID")]
    pub list: Option<ListId>,
    /// Read this inventory without a configuration; repeat it for earlier paths, newest first
    #[arg(long, value_name = "PATH", conflicts_with_all = ["list", "config"])]
    pub inventory: Vec<String>,
    /// The heading of the table or list that is the inventory, where a page has several; repeatable
    #[arg(long, value_name = "HEADING")]
    pub table: Vec<String>,
}

/// Names that a configuration has when nobody says another.
const USUAL: [&str; 2] = ["changecast.yaml", "data/changecast.yaml"];

impl RepoArgs {
    /// Opens the repository.
    pub fn history(&self) -> Result<History, Failure> {
        Ok(History::open(self.repo.as_deref().unwrap_or(Path::new(".")))?)
    }

    /// Which commits to walk.
    pub fn walk(&self) -> Walk {
        Walk { tip: self.branch.clone(), ..Walk::default() }
    }

    /// Reads the configuration.
    pub fn config(&self, history: &History) -> Result<Config, Failure> {
        let path = self.config_path(history)?;
        let text = fs::read_to_string(&path).map_err(|error| Failure::file(&path, error))?;
        Ok(Config::parse(&path.display().to_string(), &text)?)
    }

    fn config_path(&self, history: &History) -> Result<PathBuf, Failure> {
        if let Some(path) = &self.config {
            return Ok(path.clone());
        }
        // Who names another repository means its configuration.
        let here = Some(Path::new(""));
        let roots = if self.repo.is_some() { [history.root(), here] } else { [here, history.root()] };
        let candidates = roots.into_iter().flatten().flat_map(|root| USUAL.iter().map(move |name| root.join(name)));
        candidates.into_iter().find(|path| path.is_file()).ok_or_else(|| {
            Failure::usage(
                "there is no changecast.yaml or data/changecast.yaml here or at the root of the repository",
                "`changecast init` writes one; `log`, `diff` and `show` also work with --inventory PATH alone",
            )
        })
    }
}

impl ListArgs {
    /// The lists to work on: the chosen one, or all of the configuration.
    pub fn lists(&self, place: &RepoArgs, history: &History) -> Result<Vec<ListConfig>, Failure> {
        if !self.inventory.is_empty() {
            return Ok(vec![self.bare_list()?]);
        }
        let lists = place.config(history)?.lists;
        match &self.list {
            None => Ok(lists.into_iter().map(|list| self.with_tables(list)).collect()),
            Some(id) => Ok(vec![self.with_tables(find(lists, id)?)]),
        }
    }

    /// Tables named on the command line count in place of the configuration's.
    fn with_tables(&self, mut list: ListConfig) -> ListConfig {
        if !self.table.is_empty() {
            list.tables = self.table.iter().map(|heading| TableConfig { heading: heading.clone() }).collect();
        }
        list
    }

    /// The one list to work on.
    pub fn list(&self, place: &RepoArgs, history: &History) -> Result<ListConfig, Failure> {
        let mut lists = self.lists(place, history)?;
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
            Failure::usage(message, "name the path of the inventory in the repository, such as data/subprocessors.yaml")
        })?;
        Ok(ListConfig {
            id: ListId::from_name(stem),
            title: stem.to_owned(),
            inventory,
            page: None,
            format: None,
            tables: Vec::new(),
            fields: Default::default(),
            notice: None::<Terms>,
        })
        .map(|list| self.with_tables(list))
    }
}

/// What a list is called after its file, or after the folder of an `index` page.
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
            format!("it has: {}", ids.join(", ")),
        )
    })
}
