//! The house: who may import whom, where each foreign crate lives, how long a file may be.

use std::{collections::BTreeMap, fs, path::PathBuf};

use crate::support::files_below;

fn sources() -> Vec<(String, String)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = files_below(&root).into_iter().filter(|(name, _)| name.ends_with(".rs"));
    files.map(|(name, bytes)| (name, String::from_utf8(bytes).expect("UTF-8"))).collect()
}

/// The code of a file without its unit tests and comments.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The rooms of the library and what each may import of the others.
const ROOMS: [(&str, &[&str]); 11] = [
    ("beside", &[]),
    ("model", &[]),
    ("sign", &[]),
    ("output", &["beside", "model"]),
    ("config", &["model"]),
    ("read", &["model"]),
    ("history", &["model"]),
    ("change", &["model"]),
    ("ledger", &["change", "model", "config"]),
    ("render", &["beside", "change", "model", "config"]),
    ("pipeline", &["beside", "change", "config", "history", "ledger", "model", "output", "read", "render", "sign"]),
];

fn room(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap_or_default()
}

#[test]
fn arrows_run_one_way() {
    for (name, text) in sources() {
        let own = room(&name);
        let Some((_, allowed)) = ROOMS.iter().find(|(room, _)| *room == own) else { continue };
        let code = code(&text);
        for (other, _) in ROOMS {
            // `use crate::{…}` is written over several lines: look for the names at their starts.
            let used = code.contains(&format!("crate::{other}::"))
                || crate_imports(&code).iter().any(|import| import == other);
            assert!(!used || other == own || allowed.contains(&other), "src/{name} imports {other}");
        }
    }
}

/// The first names inside `use crate::{ … };`.
fn crate_imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for part in code.split("use crate::{").skip(1) {
        let mut depth = 0;
        let mut name = String::new();
        for c in part.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => name.clear(),
                ':' if depth == 0 && !name.trim().is_empty() => {
                    found.push(name.trim().to_owned());
                    name.clear();
                }
                c if depth == 0 => name.push(c),
                _ => {}
            }
        }
    }
    found
}

/// Foreign crates and the one file or folder of each. serde and thiserror are at home everywhere.
const HOMES: [(&str, &str); 28] = [
    ("anstream", "cli/print.rs"),
    ("anstyle", "cli/print.rs render/terminal.rs"),
    ("atom_syndication", "render/atom.rs"),
    ("clap", "cli/"),
    ("clap_complete", "cli/manual.rs"),
    ("clap_mangen", "cli/manual.rs"),
    ("csv", "render/csv.rs read/csv.rs"),
    ("ed25519_dalek", "sign/"),
    ("git2", "history/"),
    ("html5gum", "read/html.rs model/text.rs"),
    ("indicatif", "cli/print.rs"),
    ("keshvar", "model/gazetteer.rs"),
    ("maud", "render/html/ render/feed.rs"),
    ("pulldown_cmark", "read/markdown.rs"),
    ("rayon", "beside.rs"),
    ("rpassword", "cli/keys.rs cli/keygen.rs"),
    ("rss", "render/rss.rs"),
    ("saphyr_parser", "read/yaml.rs"),
    ("serde_yaml", "config.rs"),
    ("sha1", "history/claim.rs"),
    ("sha2", "ledger/canonical.rs"),
    ("similar", "change/words.rs"),
    ("ssh_key", "sign/"),
    ("strsim", "config.rs read/native.rs change/names.rs"),
    ("terminal_size", "cli/print.rs"),
    ("textwrap", "render/terminal.rs"),
    ("toml", "read/toml.rs"),
    ("unicode_normalization", "model/text.rs model/id.rs"),
];

#[test]
fn every_foreign_crate_has_its_home() {
    for (name, text) in sources() {
        let code = code(&text);
        for (foreign, homes) in HOMES {
            let used = code.contains(&format!("use {foreign}::"))
                || code.lines().any(|line| {
                    line.match_indices(&format!("{foreign}::"))
                        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
                });
            let at_home = homes.split(' ').any(|home| name.starts_with(home));
            // A module may bear the name of its crate.
            let own_module = name.ends_with("/mod.rs") && code.contains(&format!("mod {foreign};"));
            assert!(!used || at_home || own_module, "src/{name} uses {foreign}, whose home is {homes}");
        }
    }
}

#[test]
fn every_dependency_has_a_home_or_is_at_home_everywhere() {
    let manifest =
        fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).expect("Cargo.toml");
    let section =
        manifest.split("[dependencies]").nth(1).and_then(|rest| rest.split("\n[").next()).expect("dependencies");
    let everywhere = ["serde", "serde_json", "thiserror", "chrono", "signature"];
    for line in section.lines().filter(|line| line.contains('=')) {
        let name = line.split(['=', ' ']).next().unwrap_or_default().replace('-', "_");
        let known = HOMES.iter().any(|(foreign, _)| *foreign == name) || everywhere.contains(&name.as_str());
        assert!(known, "{name} has no home in tests/house.rs");
    }
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let mut long: BTreeMap<String, usize> = BTreeMap::new();
    for (name, text) in sources() {
        let lines = text.split("#[cfg(test)]").next().unwrap_or_default().lines().count();
        if lines > 520 {
            long.insert(name, lines);
        }
    }
    assert!(long.is_empty(), "split by subject: {long:?}");
}

#[test]
fn nothing_is_left_undone_and_nobody_exits_below_main() {
    for (name, text) in sources() {
        let code = code(&text);
        for word in ["todo!(", "unimplemented!(", "dbg!(", "process::exit", "anyhow"] {
            assert!(!code.contains(word), "src/{name} has {word}");
        }
        if !name.starts_with("cli/") {
            for word in ["println!(", "eprintln!(", "std::env", "SystemTime", "Utc::now", "Local::now"] {
                assert!(!code.contains(word), "src/{name} has {word}");
            }
        }
    }
}
