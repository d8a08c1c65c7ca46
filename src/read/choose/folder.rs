//! A folder of one-entry files: each is a map of fields, in YAML, JSON or TOML, or as the front
//! matter of a Markdown page. The name of the file identifies the entry.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use changecast_core::{
    compare::readable,
    model::{EntryId, Text},
};

use crate::read::{
    Options,
    build::raw_list::{Draft, DraftSection},
    choose::records,
    error::{Position, Problem, ReadError},
    syntax::{
        bytes::text_of,
        json,
        tree::{Key, Node, Value},
        yaml,
    },
};

/// What an entry's file holds: nothing for a page without front matter.
type Tree = fn(&str) -> Result<Option<Node>, ReadError>;

/// The formats of entry files, by extension.
const ENTRY_FORMATS: [(&[&str], Tree); 4] = [
    (&["yaml", "yml"], |text| yaml::tree(text).map(Some)),
    (&["json"], |text| json::tree(text).map(Some)),
    (&["toml"], |text| crate::read::syntax::toml::tree(text).map(Some)),
    (&["md", "mdx", "markdown"], front_matter),
];

/// Pages that stand in folders and are no entries.
const PAGES_ABOUT: [&str; 5] = ["readme", "contributing", "changelog", "license", "schema"];

/// Makes a draft of a folder. `moved` gives the earlier paths of files that were renamed.
pub(crate) fn draft(
    files: &[(String, Arc<[u8]>)],
    moved: &BTreeMap<String, String>,
    options: &Options,
) -> Result<Draft, ReadError> {
    let mut draft = Draft::default();
    let stems: BTreeSet<&str> =
        files.iter().filter_map(|(path, _)| entry_file(path)).map(|(_, place)| place.stem).collect();
    for (path, bytes) in files {
        let Some((tree, place)) = entry_file(path) else { continue };
        let mut row = entry(&mut draft, tree, &place, bytes, options).map_err(|error| error.in_file(path))?;
        row.file = Some(path.as_str().into());
        // A stem that another file has says nothing of this one.
        let earlier = moved.get(path).and_then(|earlier| entry_file(earlier));
        if let Some((_, earlier)) = earlier.filter(|(_, earlier)| !stems.contains(earlier.stem)) {
            row.hints.formerly.push(Text::new(EntryId::from_name(earlier.stem).as_str()));
        }
        for warning in draft.warnings.iter_mut().filter(|warning| warning.file.is_none()) {
            warning.file = Some(path.as_str().into());
        }
        let title = place.section.map(readable).unwrap_or_default();
        match draft.sections.iter_mut().find(|section| section.title == title) {
            Some(section) => section.rows.push(row),
            None => draft.sections.push(DraftSection { title, rows: vec![row], ..DraftSection::default() }),
        }
    }
    if draft.sections.is_empty() {
        return Err(Problem::NoList("a folder without files of one entry each".into()).into());
    }
    Ok(draft)
}

/// What the path of an entry's file tells.
struct Place<'a> {
    /// The name of the file, or of the folder that holds nothing but an `index`.
    stem: &'a str,
    /// The folder, where it is not the inventory's own.
    section: Option<&'a str>,
}

/// The format and place of a file, unless it is no entry: another kind of file, a template (`_new.md`),
/// a page about the folder.
fn entry_file(path: &str) -> Option<(Tree, Place<'_>)> {
    let (folder, name) = path.rsplit_once('/').map_or((None, path), |(folder, name)| (Some(folder), name));
    let (stem, extension) = name.rsplit_once('.')?;
    let extension = extension.to_lowercase();
    let (_, tree) = ENTRY_FORMATS.iter().find(|(extensions, _)| extensions.contains(&extension.as_str()))?;
    if path.split('/').any(|part| part.starts_with('_')) || PAGES_ABOUT.contains(&stem.to_lowercase().as_str()) {
        return None;
    }
    // The page that shows the folder.
    if folder.is_none() && stem == "index" {
        return None;
    }
    let place = match folder {
        Some(folder) if stem == "index" => {
            let (section, stem) = folder.rsplit_once('/').map_or((None, folder), |(up, own)| (Some(up), own));
            Place { stem, section }
        }
        section => Place { stem, section },
    };
    Some((*tree, place))
}

fn entry(
    draft: &mut Draft,
    tree: Tree,
    place: &Place<'_>,
    bytes: &[u8],
    options: &Options,
) -> Result<crate::read::build::raw_list::DraftRow, ReadError> {
    let start = Position { line: 1, column: 1 };
    let not_an_entry = |at, found| {
        let problem = Problem::Shape { key: "an entry's file".into(), expected: "a map of fields", found };
        ReadError::at(at, problem)
    };
    let node = tree(&text_of(bytes)?)?.ok_or_else(|| not_an_entry(start, "a page without front matter"))?;
    if !matches!(node.value, Value::Map(_)) {
        return Err(not_an_entry(node.at, node.found()));
    }
    if !records::says_something(&node, options) {
        return Err(not_an_entry(node.at, "no name and no known field"));
    }
    let key = Key { at: node.at, text: place.stem.to_owned() };
    let mut row = records::row(draft, Some(&key), &node, 0, options)?;
    if row.id.is_none() {
        row.id = Some(EntryId::from_name(place.stem));
    }
    Ok(row)
}

/// The front matter of a page (YAML between `---`, TOML between `+++`), with the page's own text as
/// one more field.
fn front_matter(text: &str) -> Result<Option<Node>, ReadError> {
    for (mark, tree) in
        [("---", yaml::tree as fn(&str) -> Result<Node, ReadError>), ("+++", crate::read::syntax::toml::tree)]
    {
        let Some(after) =
            text.strip_prefix(mark).and_then(|rest| rest.trim_start_matches(' ').strip_prefix(['\r', '\n']))
        else {
            continue;
        };
        let begin = text.len() - after.len();
        let closes = |line: &str| line.trim_end() == mark;
        let mut end = begin;
        let mut body = None;
        for line in after.split_inclusive('\n') {
            if closes(line) {
                body = text.get(end + line.len()..);
                break;
            }
            end += line.len();
        }
        let Some(body) = body else {
            let at = Position { line: 1, column: 1 };
            let message = format!("the closing {mark} is missing");
            return Err(ReadError::at(at, Problem::Syntax { format: "front matter", message }));
        };
        // The mark's line stays as an empty one, so that places are those of the file.
        let mut node = tree(&format!("\n{}", text[begin..end].trim_start_matches('\n')))?;
        if let (Value::Map(pairs), false) = (&mut node.value, body.trim().is_empty()) {
            let at = node.at;
            let text = Key { at, text: "text".into() };
            pairs.push((text, Node { at, value: Value::Text(body.trim().to_owned()) }));
        }
        return Ok(Some(node));
    }
    Ok(None)
}
