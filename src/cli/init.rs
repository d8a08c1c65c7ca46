//! `init`: a configuration for the page that is there, or a starting configuration and inventory.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write,
    path::{Component, Path, PathBuf},
};

use changecast::{
    config,
    history::History,
    publish,
    read::{self, Reading, ReadingConfig},
    render,
};
use changecast_core::{
    model::{ListId, Role, Text},
    vocabulary::Vocabulary,
};
use serde::Serialize;

use super::{Exit, Failure, console, context::list_name, input};

/// Write a starting configuration, for the page that is there already
///
/// Recognises a sub-processor list in the directory (or the one that is named), shows how its columns
/// are understood, and writes the changecast.yaml that keeps it as it is. Without a list it writes
/// changecast.yaml and data/subprocessors.yaml, both to be edited. Nothing is overwritten.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory, usually the root of the repository
    #[arg(default_value = ".", value_name = "DIR")]
    dir: PathBuf,
    /// The list that is there: a file, or a folder of one-entry files, by its path in DIR
    #[arg(long, value_name = "PATH")]
    inventory: Option<String>,
    /// The heading of the table or list that is the inventory, where a page has several; repeatable
    #[arg(long, value_name = "HEADING", requires = "inventory")]
    table: Vec<String>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

const CONFIG: &str = "changecast.yaml";

/// What is written where there is no list yet.
const STARTER: [(&str, &str); 2] = [
    (CONFIG, include_str!("../../data/init/changecast.yaml")),
    ("data/subprocessors.yaml", include_str!("../../data/init/subprocessors.yaml")),
];

/// Runs the command.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    if !args.dry_run {
        refuse_existing(&args.dir, &[CONFIG])?;
    }
    refuse_subfolder(&args.dir)?;
    let options = ReadingConfig { tables: args.table.clone(), ..ReadingConfig::default() };
    let page = match &args.inventory {
        Some(path) => Some(named(&args.dir, &inside(path)?, &options)?),
        None if args.dir.is_dir() => only(recognised(&args.dir)?)?,
        None => None,
    };
    match page {
        Some(page) => keep(args, &page, &options),
        None => start(args),
    }
}

fn refuse_existing(dir: &Path, names: &[&str]) -> Result<(), Failure> {
    match names.iter().map(|name| dir.join(name)).find(|path| path.symlink_metadata().is_ok()) {
        Some(path) => Err(Failure::usage(
            format!("{} exists already", path.display()),
            "nothing was written; edit the file, or choose another directory",
        )),
        None => Ok(()),
    }
}

/// Paths of inventories count from the root of the repository, where the configuration is looked for.
fn refuse_subfolder(dir: &Path) -> Result<(), Failure> {
    let root = |path: &Path| path.canonicalize().ok();
    let history = History::open(dir);
    match history.as_ref().ok().and_then(History::root) {
        Some(top) if root(top) != root(dir) => Err(Failure::usage(
            format!("{} lies inside of a repository, and changecast.yaml belongs at its root", dir.display()),
            format!("run: changecast init {}", top.display()),
        )),
        _ => Ok(()),
    }
}

/// A path below the directory, without what says nothing (`./`).
fn inside(path: &str) -> Result<String, Failure> {
    let plain: PathBuf = Path::new(path).components().filter(|part| !matches!(part, Component::CurDir)).collect();
    let plain = plain.to_string_lossy().into_owned();
    match config::Inventory::new(vec![plain.clone()]) {
        Ok(_) => Ok(plain),
        Err(_) => Err(Failure::usage(
            format!("{path:?} is no path below the directory"),
            "for example: --inventory docs/subprocessors.md",
        )),
    }
}

/// A list that is there.
struct Page {
    path: String,
    reading: Reading,
}

/// The list that the command line names.
fn named(dir: &Path, path: &str, options: &ReadingConfig) -> Result<Page, Failure> {
    let content = input::content(&dir.join(path))?;
    let reading = publish::find_list(path, &content, &BTreeMap::new(), options);
    let reading = reading.map_err(|error| Failure::read(path, error))?.ok_or_else(|| {
        Failure::usage(
            format!("no list found in {path}"),
            format!("formats read are {}; of a page with several tables, name one with --table", read::formats_read()),
        )
    })?;
    Ok(Page { path: path.to_owned(), reading })
}

/// Folders that hold the work of others.
const FOREIGN: [&str; 5] = ["node_modules", "target", "vendor", "dist", "build"];
/// How deep a list is looked for.
const DEPTH: usize = 6;

/// The lists below a directory that are called like one and can be read as one.
fn recognised(dir: &Path) -> Result<Vec<Page>, Failure> {
    let mut paths = Vec::new();
    look(dir, "", 0, &mut paths)?;
    paths.sort();
    let mut pages = Vec::new();
    let mut broken = None;
    for path in paths {
        let content = input::content(&dir.join(&path))?;
        match publish::find_list(&path, &content, &BTreeMap::new(), &ReadingConfig::default()) {
            Ok(Some(reading)) => {
                let says_more = reading.inventory.columns.iter().any(|column| column.role != Role::Other);
                if says_more && reading.inventory.entries.len() > 1 {
                    pages.push(Page { path, reading });
                }
            }
            Ok(None) => {}
            Err(error) => broken = broken.or(Some(Failure::read(&path, error))),
        }
    }
    // What is called like the list and cannot be read may be it.
    match broken {
        Some(failure) if pages.is_empty() => Err(failure),
        _ => Ok(pages),
    }
}

fn look(folder: &Path, prefix: &str, depth: usize, found: &mut Vec<String>) -> Result<(), Failure> {
    // What was published is no list to begin with.
    if folder.join("feed.atom").exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(|error| Failure::file(folder, error))? {
        let entry = entry.map_err(|error| Failure::file(folder, error))?;
        let kind = entry.file_type().map_err(|error| Failure::file(&entry.path(), error))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') || FOREIGN.contains(&name.as_str()) {
            continue;
        }
        // Where pages are folders, the folder has the name: `subprocessors/index.md`.
        let is_index = name.starts_with("index.") || name.starts_with("page.");
        let usual =
            is_usual(&name) || (is_index && prefix.trim_end_matches('/').rsplit('/').next().is_some_and(is_usual));
        let path = format!("{prefix}{name}");
        if kind.is_dir() && depth < DEPTH {
            let before = found.len();
            look(&entry.path(), &format!("{path}/"), depth + 1, found)?;
            // A folder that is called like a list and holds none is a folder of entries.
            if usual && found.len() == before {
                found.push(path);
            }
        } else if kind.is_file() && usual && read::format_name(&name, &ReadingConfig::default()).is_ok() {
            found.push(path);
        }
    }
    Ok(())
}

fn is_usual(name: &str) -> bool {
    Vocabulary::builtin().is_vendor_file(name)
}

/// The only page; several are a question.
fn only(mut pages: Vec<Page>) -> Result<Option<Page>, Failure> {
    if pages.len() > 1 {
        let found: Vec<String> = pages
            .iter()
            .map(|page| format!("{} ({} entries)", page.path, page.reading.inventory.entries.len()))
            .collect();
        return Err(Failure::usage(
            format!("there are several lists: {}", found.join(", ")),
            format!("name one of them: changecast init --inventory {}", pages[0].path),
        ));
    }
    Ok(pages.pop())
}

/// A list of the configuration, as it is written.
#[derive(Serialize)]
struct List<'a> {
    id: ListId,
    title: &'a str,
    inventory: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tables: Vec<config::TableConfig>,
}

/// Writes the configuration of a page that stays as it is.
fn keep(args: &Args, page: &Page, options: &ReadingConfig) -> Result<Exit, Failure> {
    let dir = &args.dir;
    let Reading { inventory, names, warnings, .. } = &page.reading;
    let format = match dir.join(&page.path).is_dir() {
        true => "folder of one-entry files",
        false => read::format_name(&page.path, options).map_err(|error| Failure::read(&page.path, error))?,
    };
    let titled = inventory.filled_sections().any(|section| !section.title.is_empty());
    let sections: Vec<String> = inventory
        .filled_sections()
        .map(|section| {
            let count = inventory.entries.iter().filter(|entry| entry.section == section.id).count();
            let title = if section.title.is_empty() { "no section" } else { section.title.as_str() };
            format!("{title} ({count})")
        })
        .collect();
    let sections = if titled { format!(" in {}", sections.join(", ")) } else { String::new() };
    let text = format!(
        "{} ({format}): {} entries{sections}\n\n{}",
        Text::new(&page.path),
        inventory.entries.len(),
        render::terminal_columns(inventory, names, console::style()),
    );
    let title = inventory.fact("title").map_or("Sub-processors", Text::as_str);
    let tables = options.tables.iter().map(|heading| config::TableConfig { heading: heading.clone() }).collect();
    let list = List { id: ListId::from_name(list_name(&page.path)), title, inventory: &page.path, tables };
    let yaml = config::yaml(&[list])?;
    let lines: String = yaml.lines().map(|line| format!("  {line}\n")).collect();
    // The starting configuration, with this list in place of its own.
    let publisher = STARTER[0].1.split_inclusive("lists:\n").next().unwrap_or_default();
    let config = format!("{publisher}{lines}");
    console::data(text.as_bytes())?;
    for warning in warnings {
        console::warning(&format!("{}: {}", warning.place(&page.path), warning.message));
    }
    if args.dry_run {
        console::data(format!("\n{CONFIG}:\n{config}").as_bytes())?;
        return Ok(Exit::Clean);
    }
    create(&dir.join(CONFIG), &config)?;
    console::note(&format!(
        "\n{} written. A column that is misunderstood is set right there, under the list: `fields: {{Header: role}}`.\n\
         `changecast log` shows the history of the list; edit the publisher, then publish.",
        dir.join(CONFIG).display()
    ));
    Ok(Exit::Clean)
}

/// Writes a configuration and an inventory to start from.
fn start(args: &Args) -> Result<Exit, Failure> {
    let dir = &args.dir;
    if args.dry_run {
        console::note(
            "no file here is called like a list of sub-processors; a configuration and an inventory to start from would be written:",
        );
        for (name, text) in STARTER {
            console::data(format!("{name}:\n{text}").as_bytes())?;
        }
        return Ok(Exit::Clean);
    }
    refuse_existing(dir, &STARTER.map(|(name, _)| name))?;
    console::note(
        "no file here is called like a list of sub-processors; if there is one: `changecast init --inventory PATH`",
    );
    for (name, text) in STARTER {
        let path = dir.join(name);
        create(&path, text)?;
        console::note(&format!("{} written", path.display()));
    }
    console::note(
        "\nEdit both, commit them, make keys with `changecast keygen`, then run `changecast publish`.\nA preview without keys: `changecast publish --unsigned`.",
    );
    Ok(Exit::Clean)
}

fn create(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| Failure::file(folder, error))?;
    let created = OpenOptions::new().write(true).create_new(true).open(path);
    created.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| Failure::file(path, error))
}
