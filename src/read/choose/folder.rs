//! A folder of one-entry files. Each is a map of fields in YAML, JSON or TOML, or the front matter of a
//! Markdown page. The name of the file identifies the entry.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use changecast_core::{
    compare::readable,
    model::{EntryId, Text},
};

use crate::read::{
    UnreadableFile,
    build::raw_list::{ParsedRow, RawList},
    choose::{memo::KeyRoles, records},
    error::{NoList, Problem, ReadError},
    format::Format,
    position::Position,
    syntax::{
        bytes::text_of,
        tree::{Key, Node, Value},
    },
};

/// Pages that are often in such a folder without being entries.
const OTHER_PAGES: [&str; 5] = ["readme", "contributing", "changelog", "license", "schema"];

/// The stem of a page that shows the folder, or of the only page in the folder of an entry.
const INDEX: &str = "index";

/// Reads the entries of a folder. `moved` maps the paths of renamed files to their earlier paths.
pub(crate) fn interpret(
    files: &[(String, Arc<[u8]>)],
    moved: &BTreeMap<String, String>,
    key_roles: &KeyRoles<'_>,
    list: &mut RawList<'_>,
) -> Result<(), ReadError> {
    let entries: Vec<(EntryPath<'_>, &[u8])> =
        files.iter().filter_map(|(path, bytes)| Some((EntryPath::new(path)?, &**bytes))).collect();
    if entries.is_empty() {
        return Err(Problem::from(NoList::stated("a folder without files of one entry each")).into());
    }
    let stems: BTreeSet<&str> = entries.iter().map(|(entry, _)| entry.stem).collect();
    for (entry, bytes) in &entries {
        // The earlier stem identifies this entry, unless another file has it now.
        let earlier = moved.get(entry.path).and_then(|path| EntryPath::new(path));
        let earlier = earlier.filter(|earlier| !stems.contains(earlier.stem));
        let earlier_id = earlier.map(|earlier| EntryId::from_name(earlier.stem));
        let mut row = match read_entry(list, entry, bytes, key_roles) {
            Ok(row) => row,
            Err(error) => {
                let ids = [EntryId::from_name(entry.stem)].into_iter().chain(earlier_id).collect();
                list.unreadable.push(UnreadableFile { ids, error: error.in_file(entry.path) });
                continue;
            }
        };
        row.file = Some(entry.path.into());
        row.hints.formerly.extend(earlier_id.map(|id| Text::new(id.as_str())));
        for warning in list.warnings.iter_mut().filter(|warning| warning.file.is_none()) {
            warning.file = Some(entry.path.into());
        }
        list.add_to_section(entry.section.map(readable).unwrap_or_default(), row);
    }
    records::drop_ambiguous_ids(list);
    match list.unreadable.first() {
        Some(file) if list.unreadable.len() == entries.len() => Err(file.error.clone()),
        _ => Ok(()),
    }
}

/// The path of a file that is an entry.
struct EntryPath<'a> {
    path: &'a str,
    /// The name of the file without its extension, or the name of a folder with an `index` file.
    stem: &'a str,
    /// The folder of the entry, unless it is the inventory itself.
    section: Option<&'a str>,
    format: &'static Format,
}

impl<'a> EntryPath<'a> {
    /// `None` for files that are not entries: other kinds of files, templates (`_new.md`), pages about the
    /// folder.
    fn new(path: &'a str) -> Option<Self> {
        let format = Format::of_entry(path)?;
        let (folder, name) = path.rsplit_once('/').map_or((None, path), |(folder, name)| (Some(folder), name));
        let (stem, _) = name.rsplit_once('.')?;
        let is_template = path.split('/').any(|part| part.starts_with('_'));
        if is_template || OTHER_PAGES.contains(&stem.to_lowercase().as_str()) {
            return None;
        }
        match folder {
            None if stem == INDEX => None,
            Some(folder) if stem == INDEX => {
                let (section, stem) = folder.rsplit_once('/').map_or((None, folder), |(up, own)| (Some(up), own));
                Some(EntryPath { path, stem, section, format })
            }
            section => Some(EntryPath { path, stem, section, format }),
        }
    }
}

fn read_entry(
    list: &mut RawList<'_>,
    entry: &EntryPath<'_>,
    bytes: &[u8],
    key_roles: &KeyRoles<'_>,
) -> Result<ParsedRow, ReadError> {
    let start = Position { line: 1, column: 1 };
    let node = entry
        .format
        .parse_entry(&text_of(bytes)?, &mut list.warnings)?
        .ok_or_else(|| not_an_entry(start, "a page without front matter"))?;
    check_is_entry(&node, key_roles)?;
    let key = Key { at: node.at, text: entry.stem.to_owned() };
    let mut row = records::read_record(list, Some(&key), &node, 0, key_roles)?;
    if row.id.is_none() {
        row.id = Some(EntryId::from_name(entry.stem));
    }
    Ok(row)
}

fn check_is_entry(node: &Node, key_roles: &KeyRoles<'_>) -> Result<(), ReadError> {
    if !matches!(node.value, Value::Map(_)) {
        return Err(not_an_entry(node.at, node.found()));
    }
    if !records::can_be_entry(node, key_roles) {
        return Err(not_an_entry(node.at, "no name and no known field"));
    }
    Ok(())
}

fn not_an_entry(at: Position, found: &'static str) -> ReadError {
    ReadError::at(at, Problem::Shape { key: "an entry's file".into(), expected: "a map of fields", found })
}
