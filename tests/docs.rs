//! Documentation and schemas contain exactly the rows of the program's tables.
//!
//! `CHANGECAST_ACCEPT=1 cargo test --test suite docs` writes the rows of today; review the differences with
//! `git diff`.

use std::{fs, path::PathBuf};

use changecast::{
    read::{format_names, formats},
    render::LIST_FILES,
    report::FORMATS,
};
use changecast_core::{
    change::{KINDS, Kind},
    compare::ROLES,
    lint::RULES,
    model::Role,
};

use crate::support::{TestRepo, files_below};

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn text(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Checks the part of a file between two marks, or writes it.
fn check_part(file: &str, begin: &str, end: &str, expected: &str) {
    let text = text(file);
    let start = text.find(begin).unwrap_or_else(|| panic!("{file} does not contain {begin:?}")) + begin.len();
    let length = text[start..].find(end).unwrap_or_else(|| panic!("{file} does not contain {end:?}"));
    let found = &text[start..start + length];
    if found == expected {
        return;
    }
    assert!(
        std::env::var_os("CHANGECAST_ACCEPT").is_some(),
        "{file} differs from the rows of the program behind {begin:?}.\n\
         Run: CHANGECAST_ACCEPT=1 cargo test --test suite docs\n--- expected{expected}\n--- found{found}"
    );
    let changed = [&text[..start], expected, &text[start + length..]].concat();
    fs::write(path(file), changed).expect("a writable file");
}

/// A Markdown table.
fn table<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let head = format!("\n| {} |\n|{}\n", header.join(" | "), "---|".repeat(N));
    rows.fold(head, |table, row| table + &format!("| {} |\n", row.join(" | ")))
}

fn check_table(name: &str, expected: &str) {
    check_part("docs/reference.md", &format!("<!-- {name} -->"), &format!("<!-- /{name} -->"), expected);
}

#[test]
fn the_reference_has_every_kind() {
    let rows = KINDS
        .iter()
        .map(|row| [format!("`{}`", row.name), row.verb.to_owned(), row.level.name().to_owned(), row.about.to_owned()]);
    check_table("kinds", &table(["kind", "as customers read it", "level", "meaning"], rows));
}

#[test]
fn the_reference_has_every_role() {
    let rows = ROLES.iter().map(|row| {
        let kind = Kind::of_role(row.role).info().name;
        [format!("`{}`", row.key), row.about.to_owned(), row.comparison.about().to_owned(), format!("`{kind}`")]
    });
    check_table("roles", &table(["role", "meaning", "compared as", "kind of its changes"], rows));
}

#[test]
fn the_reference_has_every_input_format() {
    let rows = formats().map(|(name, about)| [format!("`{name}`"), about.to_owned()]);
    check_table("formats", &table(["format", "what is read"], rows));
}

#[test]
fn the_reference_has_every_rule() {
    let rows = RULES.iter().map(|rule| {
        [format!("[`{id}`](rules/{id}.md)", id = rule.id), rule.level.name().to_owned(), rule.about.to_owned()]
    });
    check_table("rules", &table(["rule", "level", "meaning"], rows));
}

#[test]
fn the_reference_has_every_report_format() {
    let rows = FORMATS.iter().map(|format| [format!("`{}`", format.name), format.about.to_owned()]);
    check_table("reports", &table(["format", "what it is for"], rows));
}

#[test]
fn the_readme_names_every_published_file() {
    let readme = text("README.md");
    for file in LIST_FILES {
        assert!(readme.contains(&format!("`{file}`")), "README.md, \"What is published\", does not name `{file}`");
    }
}

/// Checks the enumeration in a schema that begins with the first of these names, or writes it.
fn check_enumeration<'n>(schema: &str, names: impl Iterator<Item = &'n str>) {
    let file = format!("data/schema/{schema}.schema.json");
    let names: Vec<&str> = names.collect();
    let text = text(&file);
    let first = format!("\"{}\"", names[0]);
    let lines: Vec<&str> = text.lines().collect();
    let begins_here = |pair: &&[&str]| pair[0].trim() == "\"enum\": [" && pair[1].trim().trim_end_matches(',') == first;
    let begin = lines.windows(2).find(begins_here);
    let begin = begin.unwrap_or_else(|| panic!("{file} has no enumeration that begins with {first}"));
    let indent = &begin[1][..begin[1].len() - begin[1].trim_start().len()];
    let items: Vec<String> = names.iter().map(|name| format!("\n{indent}\"{name}\"")).collect();
    let begin_mark = format!("{}\n{indent}{first}", begin[0]);
    let expected = items.join(",")[indent.len() + 1 + first.len()..].to_owned();
    let end_mark = format!("\n{}]", &begin[0][..begin[0].len() - begin[0].trim_start().len()]);
    check_part(&file, &begin_mark, &end_mark, &expected);
}

#[test]
fn the_schema_of_the_configuration_has_every_role() {
    check_enumeration("config", ROLES.iter().map(|row| row.key));
}

#[test]
fn the_schema_of_the_configuration_has_every_input_format() {
    check_enumeration("config", format_names());
}

#[test]
fn the_schema_of_the_configuration_has_every_rule() {
    check_enumeration("config", RULES.iter().map(|rule| rule.id));
}

#[test]
fn the_schema_of_inventories_has_every_role() {
    let schema: serde_json::Value = serde_json::from_str(&text("data/schema/inventory.schema.json")).expect("JSON");
    let keys = schema.pointer("/$defs/entries/items/properties").expect("the properties of an entry");
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Other) {
        let member = format!("\"{role}\": {{\"$ref\": \"#/$defs/text\"}}");
        assert!(
            keys.get(role.key()).is_some(),
            "data/schema/inventory.schema.json: add {member} to the properties of entries"
        );
    }
}

#[test]
fn every_published_file_of_a_list_is_expected() {
    let repo = TestRepo::of_lists(&["entries:\n- {name: Nordhaven, purpose: Hosting}\n"]);
    repo.build();
    repo.run(&["publish", "--repo", "repo", "--unsigned", "--output", "feeds"]).expect(0);
    let files = files_below(&repo.path("feeds/vendors"));
    let is_known = |name: &str| {
        name.contains('/') || name == "list.json" || name == "feed-notice.atom" || LIST_FILES.contains(&name)
    };
    for (name, _) in files {
        assert!(is_known(&name), "{name} is missing in LIST_FILES of src/render/mod.rs");
    }
}

/// The paths in a page that begin with a folder of the repository, without examples like `<kind>`.
fn paths_in(page: &str) -> impl Iterator<Item = &str> {
    let code = page.split('`').skip(1).step_by(2).flat_map(str::split_whitespace);
    let is_path = |part: &&str| {
        ["src/", "crates/", "tests/", "fuzz/", "data/", "docs/", "benches/", ".ci/"]
            .iter()
            .any(|root| part.starts_with(root))
    };
    code.filter(is_path).filter(|part| !part.contains(['<', '*']))
}

#[test]
fn pages_for_contributors_name_files_that_exist() {
    for page in ["CONTRIBUTING.md", "docs/architecture.md", "docs/reference.md"] {
        for name in paths_in(&text(page)) {
            assert!(path(name).exists(), "{page} names {name}, which does not exist");
        }
    }
    for link in text("CONTRIBUTING.md").split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(link.starts_with("http") || path(link).exists(), "CONTRIBUTING.md links to {link}");
    }
}
