//! One list in every format and in every dialect of it: what a reader of the page sees is the same,
//! so what is read is the same, and a list that passes from one to another announces nothing.

mod pages;
mod surroundings;
mod trees;
pub mod writers;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
};

use changecast::{
    Inventory,
    read::{ReadingConfig, format_names, read},
    render::{flat, sentence},
};
use changecast_core::{change::diff, model::ListState};

use crate::support::{TestRepo, run_in};
use writers::{DIALECTS, Dialect, List, lists};

fn reading(dialect: &Dialect, list: &List) -> Inventory {
    let text = (dialect.write)(list);
    let path = format!("subprocessors.{}", dialect.extension);
    let reading = read(&path, text.as_bytes(), &ReadingConfig::default())
        .unwrap_or_else(|error| panic!("{}: {error} at {:?}\n{text}", dialect.name, error.at));
    let said: Vec<_> = reading.warnings.iter().map(|warning| &warning.message).collect();
    assert!(said.is_empty(), "{}: {said:?}\n{text}", dialect.name);
    reading.inventory
}

/// What is compared of an entry: its id, its name, the title of its section, and the text of each
/// field by the key of the field. Not compared: the order of columns and their headers, the ids of
/// sections, and the layout, which formats cannot all say.
type Said = (String, String, BTreeMap<String, String>);

fn said(inventory: &Inventory) -> BTreeMap<String, Said> {
    let said = inventory.entries.iter().map(|entry| {
        let section = inventory.section(&entry.section).expect("a section").title.to_string();
        let cells = entry.cells.iter().map(|cell| (cell.field.to_string(), cell.text.to_string()));
        (entry.id.to_string(), (entry.name.to_string(), section, cells.collect()))
    });
    said.collect()
}

#[test]
fn every_format_has_dialects() {
    let written: BTreeSet<&str> = DIALECTS.iter().map(|dialect| dialect.format).collect();
    for format in format_names() {
        assert!(written.contains(format), "tests/formats/ has no writer for {format}");
    }
    assert_eq!(written.len(), format_names().count());
}

#[test]
fn every_format_has_a_fuzz_target() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("the manifest");
    for format in format_names() {
        let target = format!("fuzz_targets/{format}.rs");
        assert!(root.join(&target).exists(), "fuzz/{target} is missing: copy the target of another format");
        assert!(manifest.contains(&format!("\"{target}\"")), "fuzz/Cargo.toml has no [[bin]] with {target}");
    }
}

#[test]
fn the_same_list_in_every_format_gives_equal_inventories() {
    let native = &DIALECTS[0];
    let mut wrong = String::new();
    for list in &lists() {
        for dialect in DIALECTS {
            let list = dialect.able(list);
            let (expected, found) = (said(&reading(native, &list)), said(&reading(dialect, &list)));
            assert_eq!(expected.len(), list.entries().count(), "{}", dialect.name);
            for (id, entry) in &expected {
                let text = (dialect.write)(&list);
                if found.get(id) != Some(entry) {
                    let name = dialect.name;
                    wrong += &format!("{name}: {id}\n{entry:?}\n{:?}\n{text}\n", found.get(id));
                }
            }
            if !found.keys().eq(expected.keys()) {
                wrong += &format!("{}: {:?}, expected {:?}\n", dialect.name, found.keys(), expected.keys());
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_passage_from_format_to_format_announces_nothing() {
    let mut wrong = String::new();
    for list in &lists() {
        for from in DIALECTS {
            for to in DIALECTS {
                // Of what both can hold.
                let list = to.able(&from.able(list));
                let (old, new) = (reading(from, &list), reading(to, &list));
                let set = diff(&ListState::listed(old), &ListState::listed(new));
                let announced: Vec<String> = set.changes.iter().map(|change| flat(&sentence(change))).collect();
                if !announced.is_empty() {
                    wrong += &format!("from {} to {}: {announced:#?}\n", from.name, to.name);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The same through the program: one file after the other, each in another format.
#[test]
fn a_history_through_all_formats_is_one_list() {
    let mut repo = TestRepo::new();
    let mut before: Option<String> = None;
    let mut paths = Vec::new();
    let list = &lists()[0];
    // What all of them can hold.
    let firsts: Vec<&Dialect> =
        format_names().map(|name| DIALECTS.iter().find(|dialect| dialect.format == name).expect("a writer")).collect();
    let list = firsts.iter().fold(list.clone(), |list, dialect| dialect.able(&list));
    for dialect in &firsts {
        let path = format!("subprocessors.{}", dialect.extension);
        let text = (dialect.write)(&list);
        let mut files = vec![(path.as_str(), Some(text.as_str()))];
        files.extend(before.as_deref().map(|before| (before, None)));
        repo = repo.commit(dialect.name, &files);
        before = Some(path.clone());
        paths.insert(0, path);
    }
    repo.build();
    let mut args = vec!["log", "--repo", "repo", "--format", "json"];
    args.extend(paths.iter().flat_map(|path| ["--inventory", path.as_str()]));
    let log = run_in(repo.dir.path(), &args, &[]).expect(0).json();
    let releases = log["releases"].as_array().expect("releases");
    assert_eq!(releases.len(), firsts.len(), "{log:#}");
    assert_eq!(releases[0]["changes"][0]["kind"], "published");
    for (release, path) in releases.iter().zip(paths.iter().rev()).skip(1) {
        assert_eq!(release["path"], path.as_str());
        assert!(release["unreadable"].is_null(), "{release:#}");
        assert_eq!(release["changes"], serde_json::json!([]), "{release:#}");
    }
}
