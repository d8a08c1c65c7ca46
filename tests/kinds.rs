//! Every kind of change has fixtures: two versions of a list, and the sentences about their difference.
//!
//! `tests/fixtures/kinds/<kind>/<case>/` contains `before.*` and `after.*` (one is missing if the list was
//! published or withdrawn) and `expect.txt`, with a line `<kind> <sentence>` for every announced change and
//! `editorial <kind>` for every editorial one. `CHANGECAST_ACCEPT=1 cargo test --test suite kinds` writes the
//! sentences of today into all of them; review the differences with `git diff`.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use changecast::{
    read::{ReadingConfig, read},
    render::{flat, sentence},
};
use changecast_core::{
    change::{ChangeSet, KINDS, Kind, apply, diff},
    model::{Inventory, ListState},
};

use crate::support::list_digest;

/// How to write the expected sentences.
const ACCEPT: &str = "run CHANGECAST_ACCEPT=1 cargo test --test suite kinds";

fn is_accepting() -> bool {
    std::env::var_os("CHANGECAST_ACCEPT").is_some()
}

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/kinds")
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(path).expect("fixtures").map(|entry| entry.expect("an entry").path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

fn version(case: &Path, stem: &str) -> Option<Inventory> {
    let file = fs::read_dir(case).expect("a case").map(|entry| entry.expect("an entry").path()).find(|path| {
        path.file_stem().is_some_and(|name| name == stem)
            && path.extension().is_some_and(|extension| extension != "txt")
    })?;
    let bytes = fs::read(&file).expect("a version");
    let reading = read(&file.display().to_string(), &bytes, &ReadingConfig::default());
    Some(reading.unwrap_or_else(|error| panic!("{}: {error} at {:?}", file.display(), error.at)).inventory)
}

fn sentences(set: &ChangeSet) -> String {
    let announced = set.changes.iter().map(|change| format!("{} {}\n", change.kind, flat(&sentence(change))));
    let editorial = set.unannounced.editorial.iter().map(|change| format!("editorial {}\n", change.kind));
    announced.chain(editorial).collect()
}

#[test]
fn every_case_has_the_expected_changes() {
    let mut failures = String::new();
    for case in folders(&fixtures()).iter().flat_map(|kind| folders(kind)) {
        let (before, after) = (version(&case, "before"), version(&case, "after"));
        let withdrawn = case.join("withdrawn.txt").exists();
        let start = match &before {
            Some(before) => ListState::listed(before.clone()),
            None if withdrawn => ListState::Withdrawn(after.clone().map(Arc::new).unwrap_or_default()),
            None => ListState::Unpublished,
        };
        let set = diff(&start, &start.after_version(after.clone()));
        let path = case.join("expect.txt");
        let found = sentences(&set);
        if is_accepting() {
            fs::write(&path, &found).expect("expectations");
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if found != expected {
            failures.push_str(&format!("{}\n--- expected\n{expected}--- found\n{found}\n", case.display()));
        }
        // Applying the changes to the first version gives the second.
        if let Some(after) = &after {
            let replayed = apply(&start, &set).expect("changes that fit");
            assert_eq!(list_digest(replayed.inventory().expect("a list")), list_digest(after), "{}", case.display());
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn auditors_check_changes_of_every_kind() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in [
        "crates/core/src/ledger/agreement.rs",
        "src/render/verify.sh",
        "tests/external/verify_log.py",
        "docs/format.md",
    ] {
        let text = fs::read_to_string(root.join(file)).expect(file);
        let quote = if file.ends_with(".md") { '`' } else { '"' };
        // A release never contains a change of the kind `reread`.
        for row in KINDS.iter().filter(|row| row.kind != Kind::Reread) {
            let name = format!("{quote}{}{quote}", row.name);
            assert!(
                text.contains(&name),
                "{file} does not check changes of the kind {name}: add it to the kinds of fields, or state a rule of its own"
            );
        }
    }
}

#[test]
fn every_kind_has_fixtures() {
    let shown: BTreeSet<String> =
        folders(&fixtures()).iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
    for row in KINDS {
        // Neither is a difference between versions; tests/publication.rs and tests/editions.rs cover them.
        if !matches!(row.kind, Kind::Corrected | Kind::Reread) {
            assert!(
                shown.contains(row.name),
                "tests/fixtures/kinds/{}/<case>/ is missing: write before.* and after.* there, then {ACCEPT}",
                row.name
            );
        }
    }
    for folder in shown {
        assert!(folder == "nothing" || folder.parse::<Kind>().is_ok(), "tests/fixtures/kinds/{folder} is not a kind");
        let cases = folders(&fixtures().join(&folder));
        assert!(!cases.is_empty(), "tests/fixtures/kinds/{folder} has no case");
        for case in cases {
            let Ok(text) = fs::read_to_string(case.join("expect.txt")) else {
                // The other test may be writing it.
                assert!(is_accepting(), "{}/expect.txt is missing: {ACCEPT}", case.display());
                continue;
            };
            if folder == "nothing" {
                let is_silent = text.lines().all(|line| line.starts_with("editorial"));
                assert!(is_silent, "{} announces a change", case.display());
            } else {
                let shows_kind = text.lines().any(|line| line.starts_with(&folder));
                assert!(shows_kind, "{} does not show its kind", case.display());
            }
        }
    }
}
