//! The edition of reading and matching, and the results that belong to it.
//!
//! `tests/edition.toml` has the edition of the last release of the program, and a digest of what it reads and finds
//! in each part of a corpus. While results differ, the program must state the next edition: otherwise a log would
//! present a difference between two programs as a change of a list. After a release of the program,
//! `CHANGECAST_ACCEPT=1 cargo test --test suite edition::` records its edition and results.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use changecast::{
    publish::Edition,
    read::{ReadingConfig, read},
};
use changecast_core::{
    change::diff,
    ledger::Digest,
    model::{Inventory, ListState},
};

use crate::{
    formats::writers::{DIALECTS, lists},
    histories::generator::{FORMATS, Random, Table},
    support::{files_below, list_digest},
};

/// The number of random histories in the corpus.
const HISTORIES: u64 = 120;
/// The number of versions of each.
const VERSIONS: usize = 4;

fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The list that is read from a file, or `None` and the error.
fn reading(path: &str, bytes: &[u8], results: &mut String) -> Option<Inventory> {
    match read(path, bytes, &ReadingConfig::default()) {
        Ok(reading) => {
            writeln!(results, "{path} {}", list_digest(&reading.inventory)).expect("a line");
            Some(reading.inventory)
        }
        Err(error) => {
            writeln!(results, "{path} {:?}", error.at).expect("a line");
            None
        }
    }
}

/// The changes between two versions, as the log contains them.
fn changes(before: Option<Inventory>, after: Option<Inventory>, results: &mut String) {
    let before = ListState::from(before);
    let set = diff(&before, &before.after_version(after));
    results.push_str(&serde_json::to_string(&set.changes).expect("JSON"));
    results.push('\n');
}

/// The fixtures of change kinds, and the differences between their versions.
fn fixtures() -> String {
    let mut results = String::new();
    let mut before: Option<(PathBuf, Option<Inventory>)> = None;
    // Sorted, so that `after` precedes `before` in each case.
    let mut files = files_below(&project().join("tests/fixtures"));
    files.retain(|(path, _)| !path.ends_with(".txt"));
    for (path, bytes) in files {
        let inventory = reading(&path, &bytes, &mut results);
        let case = Path::new(&path).parent().expect("a folder").to_owned();
        match before.take().filter(|(other, _)| *other == case) {
            Some((_, after)) => changes(inventory, after, &mut results),
            None => before = Some((case, inventory)),
        }
    }
    results
}

/// The lists that the project comes with.
fn data() -> String {
    let mut results = String::new();
    for (path, bytes) in files_below(&project().join("data")) {
        if path.ends_with(".yaml") && path.contains('/') {
            reading(&path, &bytes, &mut results);
        }
    }
    results
}

/// Each list in every dialect of every format.
fn dialects() -> String {
    let mut results = String::new();
    for list in lists() {
        for dialect in DIALECTS {
            let text = (dialect.write)(&dialect.able(&list));
            reading(&format!("{}.{}", dialect.name, dialect.extension), text.as_bytes(), &mut results);
        }
    }
    results
}

/// Random versions, and the differences from each to the next.
fn histories() -> String {
    let mut results = String::new();
    for seed in 0..HISTORIES {
        let mut random = Random::new(seed);
        let format = random.pick(&FORMATS);
        let mut table = Table::random(&mut random);
        let mut last = None;
        for _ in 0..VERSIONS {
            let inventory = reading(format.path, (format.write)(&table).as_bytes(), &mut results);
            changes(last, inventory.clone(), &mut results);
            last = inventory;
            table = table.edited(&mut random);
        }
    }
    results
}

/// The record of an edition and its results.
fn record(edition: u64, results: &[(&str, String)]) -> String {
    let mut record = format!("# See tests/edition.rs.\nedition = {edition}\n\n[results]\n");
    for (part, results) in results {
        writeln!(record, "{part} = \"{}\"", Digest::of(results.as_bytes())).expect("a line");
    }
    record
}

#[test]
fn the_edition_is_raised_when_results_change() {
    let results = [("data", data()), ("dialects", dialects()), ("fixtures", fixtures()), ("histories", histories())];
    for (part, results) in &results {
        assert!(results.lines().count() > 10 || *part == "data", "{part} is almost empty");
    }
    let path = project().join("tests/edition.toml");
    let found = record(Edition::CURRENT.0, &results);
    if std::env::var_os("CHANGECAST_ACCEPT").is_some() {
        fs::write(&path, &found).expect("the record");
    }
    let recorded = fs::read_to_string(&path).expect("the record");
    let edition = recorded.lines().find_map(|line| line.strip_prefix("edition = ")).expect("an edition");
    let edition: u64 = edition.parse().expect("a number");
    if edition + 1 == Edition::CURRENT.0 {
        return;
    }
    assert_eq!(edition, Edition::CURRENT.0, "the edition is at most one higher than that of the last release");
    assert_eq!(
        recorded,
        found,
        "results of reading or matching changed: set Edition::CURRENT in src/publish/edition.rs to {}",
        edition + 1
    );
}

#[test]
fn results_do_not_depend_on_the_run() {
    assert_eq!(record(1, &[("histories", histories())]), record(1, &[("histories", histories())]));
}
