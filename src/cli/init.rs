//! `init`: writes a configuration for an existing list, or a configuration and an inventory to start from; a workflow;
//! and a preview.

mod forge;
mod preview;

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write,
    path::{Component, Path, PathBuf},
};

use changecast::{
    config::{self, Config},
    history::History,
    publish,
    read::{self, Reading, ReadingConfig},
    render,
};
use changecast_core::{
    compare::ROLES,
    model::{Entry, Inventory, ListId, Role, Text, Timestamp},
    term_rows::term_rows,
    vocabulary::Vocabulary,
};
use clap::builder::PossibleValuesParser;
use serde::Serialize;

use super::{
    Exit, Failure, console,
    context::{format_parser, list_name},
    input, time,
};
use forge::{FORGES, Forge};

/// Write a configuration for an existing list, or a new one to start from
///
/// Searches the directory for a list of sub-processors, shows the role of each of its columns, and
/// writes a changecast.yaml for it. The list itself is not changed. If there is no list, init writes
/// changecast.yaml and data/subprocessors.yaml for you to edit. On GitHub and GitLab, init also writes the
/// workflow. At the end it publishes an unsigned preview. Existing files are never overwritten.
#[derive(Debug, clap::Args)]
#[command(after_long_help = roles_help())]
pub struct Args {
    /// The directory, usually the root of the repository
    #[arg(default_value = ".", value_name = "DIR")]
    dir: PathBuf,
    /// The existing list: the path in DIR of a file, or of a folder with one file per entry
    #[arg(long, value_name = "PATH")]
    inventory: Option<String>,
    /// The heading of the table or list to read, if the page has several; repeatable
    #[arg(long, value_name = "HEADING", requires = "inventory")]
    table: Vec<String>,
    /// The format of the list, if it does not follow from the extension of the file
    #[arg(long, alias = "input-format", value_name = "FORMAT", requires = "inventory", value_parser = format_parser())]
    format: Option<String>,
    /// Write the workflow of this forge [default: that of the remote `origin`, or of the files in DIR]
    #[arg(long, value_name = "FORGE", value_parser = ci_parser())]
    ci: Option<String>,
    /// The time of the preview [default: the system clock]
    #[arg(long, value_name = "TIME")]
    now: Option<Timestamp>,
    /// Print the configuration and the workflow instead of writing them
    #[arg(long)]
    dry_run: bool,
}

fn ci_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(FORGES.iter().map(|forge| forge.name).chain(["none"]))
}

const CONFIG: &str = "changecast.yaml";

/// The files to start from, if there is no list yet: name and text.
const STARTER: [(&str, &str); 2] = [
    (CONFIG, include_str!("../../data/init/changecast.yaml")),
    ("data/subprocessors.yaml", include_str!("../../data/init/subprocessors.yaml")),
];

/// Runs the command.
///
/// # Errors
/// [`Failure`] if the command cannot complete.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    if !args.dry_run {
        refuse_existing(&args.dir, &[CONFIG])?;
    }
    refuse_subfolder(&args.dir)?;
    let options = ReadingConfig { tables: args.table.clone(), format: args.format.clone(), ..ReadingConfig::default() };
    let page = match &args.inventory {
        Some(path) => Some(read_page(&args.dir, &path_in_dir(path)?, &options)?),
        None if args.dir.is_dir() => the_only(find_pages(&args.dir)?)?,
        None => None,
    };
    match page {
        Some(page) => write_config(args, &page, &options),
        None => write_starter(args),
    }
}

/// The roles that `fields` in the configuration can give to a column.
fn roles_help() -> String {
    let rows = ROLES.iter().map(|row| format!("  {:<15}{}\n", row.key, row.about));
    format!("Roles of columns (`fields: {{Header: role}}` in the configuration):\n{}", rows.collect::<String>())
}

fn refuse_existing(dir: &Path, names: &[&str]) -> Result<(), Failure> {
    match names.iter().map(|name| dir.join(name)).find(|path| path.symlink_metadata().is_ok()) {
        Some(path) => Err(Failure::usage(
            format!("{} exists already", path.display()),
            "edit the existing file, or choose another directory",
        )),
        None => Ok(()),
    }
}

/// Refuses a folder inside a repository: commands look for the configuration at the root, and the paths
/// in it start there.
fn refuse_subfolder(dir: &Path) -> Result<(), Failure> {
    let history = History::open(dir);
    match history.as_ref().ok().and_then(History::root) {
        Some(top) if top.canonicalize().ok() != dir.canonicalize().ok() => Err(Failure::usage(
            format!("{} is inside a repository, and changecast.yaml belongs at its root", dir.display()),
            format!("run: changecast init {}", top.display()),
        )),
        _ => Ok(()),
    }
}

/// The path without `./` parts, if it is a relative path that stays in the directory.
fn path_in_dir(path: &str) -> Result<String, Failure> {
    let plain: PathBuf = Path::new(path).components().filter(|part| !matches!(part, Component::CurDir)).collect();
    let plain = plain.to_string_lossy().into_owned();
    match config::Inventory::new(vec![plain.clone()]) {
        Ok(_) => Ok(plain),
        Err(_) => Err(Failure::usage(
            format!("{path:?} is not a path in the directory"),
            "for example: --inventory docs/subprocessors.md",
        )),
    }
}

/// An existing list in the directory.
struct Page {
    /// Its path in the directory.
    path: String,
    /// The list, and how it was read.
    reading: Reading,
}

/// Reads the list that the command line names.
fn read_page(dir: &Path, path: &str, options: &ReadingConfig) -> Result<Page, Failure> {
    let content = input::content(&dir.join(path))?;
    let reading = publish::find_list(path, &content, &BTreeMap::new(), options);
    let reading = reading.map_err(|error| Failure::read(path, error))?.ok_or_else(|| {
        Failure::usage(
            format!("no list found in {path}"),
            format!(
                "supported formats: {}; if the page has several tables, choose one with --table",
                read::formats_read()
            ),
        )
    })?;
    Ok(Page { path: path.to_owned(), reading })
}

/// Folders with dependencies or build results.
const SKIPPED_FOLDERS: [&str; 5] = ["node_modules", "target", "vendor", "dist", "build"];
/// The number of nested folders that are searched.
const MAX_DEPTH: usize = 6;

/// Finds the files and folders below a directory that have the usual name of a list, and contain one.
fn find_pages(dir: &Path) -> Result<Vec<Page>, Failure> {
    let mut paths = Vec::new();
    find_usual_names(dir, "", 0, &mut paths)?;
    paths.sort();
    let mut pages = Vec::new();
    let mut unreadable = None;
    for path in paths {
        let content = input::content(&dir.join(&path))?;
        match publish::find_list(&path, &content, &BTreeMap::new(), &ReadingConfig::default()) {
            Ok(Some(reading)) => {
                let has_role = reading.inventory.columns.iter().any(|column| column.role != Role::Other);
                if has_role && reading.inventory.entries.len() > 1 {
                    pages.push(Page { path, reading });
                }
            }
            Ok(None) => {}
            Err(error) => unreadable = unreadable.or(Some(Failure::read(&path, error))),
        }
    }
    // A file with the usual name that cannot be read may be the list.
    match unreadable {
        Some(failure) if pages.is_empty() => Err(failure),
        _ => Ok(pages),
    }
}

fn find_usual_names(folder: &Path, prefix: &str, depth: usize, found: &mut Vec<String>) -> Result<(), Failure> {
    // The output directory of an earlier publication.
    if folder.join("feed.atom").exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(|error| Failure::file(folder, error))? {
        let entry = entry.map_err(|error| Failure::file(folder, error))?;
        let kind = entry.file_type().map_err(|error| Failure::file(&entry.path(), error))?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') || SKIPPED_FOLDERS.contains(&name.as_str()) {
            continue;
        }
        // Sites often name the folder instead of the file: `subprocessors/index.md`.
        let is_index = name.starts_with("index.") || name.starts_with("page.");
        let usual =
            is_usual(&name) || (is_index && prefix.trim_end_matches('/').rsplit('/').next().is_some_and(is_usual));
        let path = format!("{prefix}{name}");
        if kind.is_dir() && depth < MAX_DEPTH {
            let before = found.len();
            find_usual_names(&entry.path(), &format!("{path}/"), depth + 1, found)?;
            // A folder with the usual name and no such file in it may contain one file per entry.
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

/// The only page; an error that asks the user to choose if there are several.
fn the_only(mut pages: Vec<Page>) -> Result<Option<Page>, Failure> {
    if pages.len() > 1 {
        let found: Vec<String> = pages
            .iter()
            .map(|page| format!("{} ({})", page.path, render::count_entries(page.reading.inventory.entries.len())))
            .collect();
        return Err(Failure::usage(
            format!("there are several lists: {}", found.join(", ")),
            format!("name one of them: changecast init --inventory {}", pages[0].path),
        ));
    }
    Ok(pages.pop())
}

/// An item of `lists` in the configuration.
#[derive(Serialize)]
struct List<'a> {
    id: ListId,
    title: &'a str,
    inventory: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tables: Vec<config::TableConfig>,
}

/// Shows how an existing list is read, and writes a configuration for it.
fn write_config(args: &Args, page: &Page, options: &ReadingConfig) -> Result<Exit, Failure> {
    let dir = &args.dir;
    let Reading { inventory, names, warnings, .. } = &page.reading;
    let format = match dir.join(&page.path).is_dir() {
        true => "folder with one file per entry",
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
        "{} ({format}): {}{sections}\n\n{}{}{}",
        Text::new(&page.path),
        render::count_entries(inventory.entries.len()),
        render::terminal_columns(inventory, names, console::style()),
        first_and_last(inventory),
        terms(inventory),
    );
    let title = inventory.fact("title").map_or("Sub-processors", Text::as_str);
    let tables = options.tables.iter().map(|heading| config::TableConfig { heading: heading.clone() }).collect();
    let list = List {
        id: ListId::from_name(list_name(&page.path)),
        title,
        inventory: &page.path,
        format: options.format.as_deref(),
        tables,
    };
    let yaml = config::yaml(&[list])?;
    let lines: String = yaml.lines().map(|line| format!("  {line}\n")).collect();
    // The configuration to start from, with this list instead of its example.
    let publisher = STARTER[0].1.split_inclusive("lists:\n").next().unwrap_or_default();
    let config = format!("{publisher}{lines}");
    console::data(text.as_bytes())?;
    for warning in warnings {
        console::warning(&format!("{}: {}", warning.place(&page.path), warning.message));
    }
    if args.dry_run {
        console::data(format!("\n{CONFIG}:\n{config}").as_bytes())?;
        write_workflow(args)?;
        return Ok(Exit::Clean);
    }
    create(&dir.join(CONFIG), &config)?;
    console::note(&format!("\nwrote {}", dir.join(CONFIG).display()));
    write_workflow(args)?;
    write_preview(args, &config)?;
    console::note(
        "If a column has the wrong role, correct it in the configuration, under the list: `fields: {Header: role}`.\n\
         Before you publish, edit `publisher` and `base_url` there, and create keys: `changecast keygen ../keys`.",
    );
    Ok(Exit::Clean)
}

/// Writes the workflow of the chosen or detected forge. A file that exists is left as it is.
fn write_workflow(args: &Args) -> Result<(), Failure> {
    let history = History::open(&args.dir).ok();
    let forge: Option<&Forge> = match &args.ci {
        Some(name) => FORGES.iter().find(|forge| forge.name == name),
        None => forge::detect(&args.dir, history.as_ref()),
    };
    let Some(forge) = forge else {
        if args.ci.is_none() && !args.dry_run {
            console::note(
                "no workflow: the repository has no remote on GitHub or GitLab; --ci github or --ci gitlab writes one",
            );
        }
        return Ok(());
    };
    let branch = history.as_ref().map_or_else(|| "main".to_owned(), History::main_branch);
    let (name, template) = forge.workflow;
    let files =
        [Some((name, forge::filled(template, &branch))), forge.entry.map(|(name, text)| (name, text.to_owned()))];
    for (name, text) in files.into_iter().flatten() {
        let path = args.dir.join(name);
        if args.dry_run {
            console::data(format!("\n{name}:\n{text}").as_bytes())?;
        } else if path.symlink_metadata().is_err() {
            create(&path, &text)?;
            console::note(&format!("wrote {}", path.display()));
        } else if text.lines().count() == 1 {
            console::note(&format!("left {} as it is; add to it: {}", path.display(), text.trim_end()));
        } else {
            console::note(&format!("left {} as it is", path.display()));
        }
    }
    if !args.dry_run {
        console::note(&format!("  for the workflow, {}", forge.next));
    }
    Ok(())
}

/// Publishes a preview without keys. Its failure does not undo what was written before.
fn write_preview(args: &Args, config: &str) -> Result<(), Failure> {
    let config = Config::parse(CONFIG, config)?;
    match preview::write(&args.dir, &config, args.now.unwrap_or_else(time::now)) {
        Ok(preview) => console::note(&format!(
            "\npreview: {} ({}); nothing is signed or published yet",
            preview.page.display(),
            if preview.changes == 1 { "1 release".to_owned() } else { format!("{} releases", preview.changes) }
        )),
        Err(failure) => {
            failure.print();
            console::warning("there is no preview; `changecast publish --unsigned` makes one later");
        }
    }
    Ok(())
}

/// The first and the last entry, which show whether the whole list was read.
fn first_and_last(inventory: &Inventory) -> String {
    match &inventory.entries[..] {
        [] => String::new(),
        [only] => format!("\nThe entry:   {}\n", entry_line(only)),
        [first, .., last] => format!("\nFirst entry: {}\nLast entry:  {}\n", entry_line(first), entry_line(last)),
    }
}

/// The notice terms that were read, for confirmation.
fn terms(inventory: &Inventory) -> String {
    let rows = inventory.terms.as_ref().map(term_rows).unwrap_or_default();
    if rows.is_empty() {
        return "\nNotice terms: not stated\n".to_owned();
    }
    let lines: String = rows.iter().map(|row| format!("  {}: {}\n", row.label, row.text)).collect();
    format!(
        "\nNotice terms as they were read. If they are not what you promise, state `notice:` under the list:\n{lines}"
    )
}

/// The texts of an entry on one line.
fn entry_line(entry: &Entry) -> String {
    let cells = entry.cells.iter().map(|cell| cell.text.text().to_string());
    std::iter::once(entry.name.to_string()).chain(cells).collect::<Vec<_>>().join(" | ")
}

/// Writes a configuration and an inventory to start from.
fn write_starter(args: &Args) -> Result<Exit, Failure> {
    let dir = &args.dir;
    if args.dry_run {
        console::note(
            "found no file with the usual name of a sub-processor list; init would write these files to start from:",
        );
        for (name, text) in STARTER {
            console::data(format!("{name}:\n{text}").as_bytes())?;
        }
        write_workflow(args)?;
        return Ok(Exit::Clean);
    }
    refuse_existing(dir, &[CONFIG])?;
    // A file with the usual name and at most one entry is not taken for a list without being asked.
    let [_, (list, _)] = STARTER;
    if dir.join(list).symlink_metadata().is_ok() {
        return Err(Failure::usage(
            format!("{} exists already, and has fewer than two entries", dir.join(list).display()),
            format!("if it is the list, run: changecast init --inventory {list}"),
        ));
    }
    refuse_existing(dir, &STARTER.map(|(name, _)| name))?;
    console::note(
        "found no file with the usual name of a sub-processor list; if there is one, run: changecast init --inventory PATH",
    );
    for (name, text) in STARTER {
        let path = dir.join(name);
        create(&path, text)?;
        console::note(&format!("wrote {}", path.display()));
    }
    write_workflow(args)?;
    write_preview(args, STARTER[0].1)?;
    console::note(
        "Edit changecast.yaml and data/subprocessors.yaml, and commit them. Create keys with `changecast keygen ../keys`, then \
         run `changecast publish`. `changecast publish --unsigned` makes a preview of what is committed.",
    );
    Ok(Exit::Clean)
}

fn create(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| Failure::file(folder, error))?;
    let created = OpenOptions::new().write(true).create_new(true).open(path);
    created.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| Failure::file(path, error))
}
