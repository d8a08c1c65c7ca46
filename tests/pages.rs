//! Pages are read as their authors meant them.
//!
//! `tests/fixtures/pages/<case>/` contains `page.*` in any input format, and `expect.txt`: the sections and entries that
//! are read from the page, and the warnings; or the error if the page has no list. To add a case, copy a folder,
//! change its page and delete its `expect.txt`. `CHANGECAST_ACCEPT=1 cargo test --test suite pages` writes the missing
//! files.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use changecast::read::{Problem, ReadError, Reading, ReadingConfig, read};
use changecast_core::model::Entry;

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pages");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(folder).expect("fixtures").map(|entry| entry.expect("an entry").path()).collect();
    cases.sort();
    cases
}

/// The file of a case whose name is `page`, with any extension.
fn page_file(case: &Path) -> PathBuf {
    let mut files = fs::read_dir(case).expect("a folder").map(|entry| entry.expect("an entry").path());
    files
        .find(|path| path.file_stem().is_some_and(|stem| stem == "page"))
        .unwrap_or_else(|| panic!("{} has no page.*", case.display()))
}

fn read_page(case: &Path) -> Result<Reading, ReadError> {
    let file = page_file(case);
    let name = file.file_name().expect("a name").to_string_lossy();
    read(&name, &fs::read(&file).expect("a page"), &ReadingConfig::default())
}

fn describe(result: &Result<Reading, ReadError>) -> String {
    match result {
        Ok(reading) => describe_reading(reading),
        Err(error) => format!("error: {error}\n"),
    }
}

fn describe_reading(reading: &Reading) -> String {
    let inventory = &reading.inventory;
    let mut out = String::new();
    for section in &inventory.sections {
        out.push_str(format!("section: {}", section.title).trim_end());
        out.push('\n');
        if !section.note.is_empty() {
            let _ = writeln!(out, "note: {}", section.note);
        }
        for entry in inventory.entries.iter().filter(|entry| entry.section == section.id) {
            describe_entry(entry, &mut out);
        }
    }
    for warning in &reading.warnings {
        let _ = writeln!(out, "warning in line {}: {}: {}", warning.at.line, warning.rule, warning.message);
    }
    out
}

fn describe_entry(entry: &Entry, out: &mut String) {
    let _ = writeln!(out, "- {}", entry.name);
    for cell in &entry.cells {
        let _ = writeln!(out, "  {}: {}", cell.field, cell.text.markdown());
    }
}

#[test]
fn every_page_is_read_as_expected() {
    let is_accepting = std::env::var_os("CHANGECAST_ACCEPT").is_some();
    let mut failures = String::new();
    for case in cases() {
        let found = describe(&read_page(&case));
        let path = case.join("expect.txt");
        if is_accepting && !path.exists() {
            fs::write(&path, &found).expect("expectations");
        }
        let expected = fs::read_to_string(&path).unwrap_or_else(|_| "(expect.txt does not exist)\n".to_owned());
        if found != expected {
            let _ = writeln!(failures, "{}\n--- expected\n{expected}--- found\n{found}", case.display());
        }
    }
    assert!(
        failures.is_empty(),
        "{failures}If a result is right, delete its expect.txt and run:\n  CHANGECAST_ACCEPT=1 cargo test --test suite pages"
    );
}

#[test]
fn a_page_without_a_list_is_an_error_that_names_the_next_step() {
    for case in cases() {
        let is_without_list = case.file_name().is_some_and(|name| name.to_string_lossy().starts_with("no-list-"));
        match read_page(&case) {
            Ok(_) => assert!(!is_without_list, "{}", case.display()),
            Err(error) => {
                assert!(is_without_list, "{}: {error}", case.display());
                let step = match error.problem {
                    Problem::NoList(_) => "--table HEADING",
                    Problem::Rendered { .. } => "name the file that contains these data",
                    Problem::Shape { .. } => "the expected shape",
                    Problem::Syntax { .. } => "fix the syntax error",
                    _ => panic!("{}: {error}", case.display()),
                };
                assert!(error.help().contains(step), "{}", error.help());
            }
        }
    }
}

#[test]
fn a_configured_heading_that_does_not_exist_is_named_in_the_error() {
    let config = ReadingConfig { tables: vec!["Vendors".to_owned()], ..ReadingConfig::default() };
    let page = "# Policy\n\n## Cookies\n\n| Cookie | Purpose |\n|---|---|\n| sid | Login |\n";
    let error = read("policy.md", page.as_bytes(), &config).expect_err("no list");
    assert!(error.to_string().contains("no table or list is under the heading \"Vendors\""), "{error}");
}
