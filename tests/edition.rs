//! The edition of reading and matching, and the results that belong to it.
//!
//! `tests/edition.toml` has the edition of the last release of the program, and digests of what it reads, finds and
//! publishes for each part of a corpus. While results differ, the program must state the next edition: otherwise the next
//! publication of a log would take the difference between two programs for damage. New input, such as another fixture, has
//! no recorded results and needs no other edition.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use changecast::{
    publish::Edition,
    read::{ReadingConfig, format_name, read},
};
use changecast_core::{change::diff, ledger::Digest, model::ListState};

use crate::{
    formats::{
        self,
        writers::{DIALECTS, Dialect},
    },
    histories::RandomHistory,
    support::{files_below, list_digest},
};

/// The number of groups of random histories.
const GROUPS: u64 = 4;
/// The number of histories in a group.
const GROUP_SIZE: u64 = 5;

/// The edition that publishes the corpus. Its number is part of every release, so that it must not follow the program's.
const CORPUS_EDITION: Edition = Edition(0);

const HEADER: &str = "\
# The edition of the last release of the program (src/publish/edition.rs), and its results.
# Each group of input has the digest of the input and the digest of the results.
#
# Record them when the program is released:
#   CHANGECAST_ACCEPT=edition cargo test --test suite edition::
# This is not part of CHANGECAST_ACCEPT=1, which would hide that results have changed.
";

/// The digests of some input and of the results for it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Results {
    input: String,
    output: String,
}

/// An edition and its results, by the name of the input.
#[derive(Debug, PartialEq, Eq)]
struct Record {
    edition: u64,
    results: BTreeMap<String, Results>,
}

impl Record {
    fn parse(text: &str) -> Self {
        let mut record = Record { edition: 0, results: BTreeMap::new() };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((key, value)) = line.split_once(" = ") else { continue };
            let parts: Vec<&str> = value.split('"').collect();
            match parts[..] {
                [number] => record.edition = number.parse().expect("a number"),
                [_, input, _, output, _] => {
                    let results = Results { input: input.to_owned(), output: output.to_owned() };
                    record.results.insert(key.trim_matches('"').to_owned(), results);
                }
                _ => panic!("{line}"),
            }
        }
        record
    }

    fn to_toml(&self) -> String {
        let mut text = format!("{HEADER}edition = {}\n\n[results]\n", self.edition);
        for (name, Results { input, output }) in &self.results {
            text += &format!("\"{name}\" = [\"{input}\", \"{output}\"]\n");
        }
        text
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Half of a digest, which is enough to notice a change.
fn short(text: &str) -> String {
    Digest::of(text.as_bytes()).to_string()[..32].to_owned()
}

/// The results of this program.
fn current() -> Record {
    let mut results = BTreeMap::new();
    for folder in ["data", "tests/fixtures"] {
        results.extend(results_of_files(folder));
    }
    for dialect in DIALECTS {
        results.insert(format!("dialects/{}/{}", dialect.format, dialect.name), results_of_dialect(dialect));
    }
    for group in 0..GROUPS {
        results.insert(format!("histories/{group:02}"), results_of_histories(group));
    }
    Record { edition: Edition::CURRENT.0, results }
}

/// The lists that are read from the files below a folder, by the folder that contains the file, and the changes between
/// the files `before` and `after` of a folder.
fn results_of_files(top: &str) -> BTreeMap<String, Results> {
    let config = ReadingConfig::default();
    let mut results = BTreeMap::new();
    for (folder, files) in files_by_folder(top) {
        let (mut input, mut output) = (String::new(), String::new());
        let mut lists = BTreeMap::new();
        for (path, bytes) in files {
            let name = path.display().to_string();
            input += &format!("{name} {}\n", Digest::of(&bytes));
            let Ok(reading) = read(&name, &bytes, &config) else {
                output += &format!("{name} is not read\n");
                continue;
            };
            output += &format!("{name} {}\n", list_digest(&reading.inventory));
            lists.insert(path.file_stem().map(OsStr::to_owned), ListState::listed(reading.inventory));
        }
        let [before, after] = ["before", "after"].map(|stem| lists.get(&Some(stem.into())));
        if let (Some(before), Some(after)) = (before, after) {
            let set = diff(before, after);
            output += &serde_json::to_string(&(&set.changes, &set.unannounced.editorial)).expect("JSON");
        }
        results.insert(folder, Results { input: short(&input), output: short(&output) });
    }
    results
}

/// The files in a format of lists below a folder, with their content, by folder.
fn files_by_folder(top: &str) -> BTreeMap<String, Vec<(PathBuf, Vec<u8>)>> {
    let mut folders: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for (name, bytes) in files_below(&root().join(top)) {
        let path = Path::new(top).join(name);
        if format_name(&path.display().to_string(), &ReadingConfig::default()).is_ok() {
            let folder = path.parent().expect("a folder").display().to_string();
            folders.entry(folder).or_default().push((path, bytes));
        }
    }
    folders
}

/// The lists that are read in one dialect of a format.
fn results_of_dialect(dialect: &Dialect) -> Results {
    let (mut input, mut output) = (String::new(), String::new());
    for list in formats::writers::lists() {
        let text = (dialect.write)(&dialect.able(&list));
        let name = format!("list.{}", dialect.extension);
        input += &text;
        output += &match read(&name, text.as_bytes(), &ReadingConfig::default()) {
            Ok(reading) => format!("{}\n", list_digest(&reading.inventory)),
            Err(_) => "not read\n".to_owned(),
        };
    }
    Results { input: short(&input), output: short(&output) }
}

/// The bodies of the releases of a group of random histories: what was walked, read, matched and announced.
fn results_of_histories(group: u64) -> Results {
    let (mut input, mut output) = (String::new(), String::new());
    for seed in group * GROUP_SIZE..(group + 1) * GROUP_SIZE {
        let mut history = RandomHistory::new(seed);
        history.edition = CORPUS_EDITION;
        input += &format!("{:?}\n", history.texts);
        for (name, bytes) in history.published_at_once() {
            if name.ends_with(".body.json") {
                output += &format!("{seed} {name} {}\n", Digest::of(&bytes));
            }
        }
    }
    Results { input: short(&input), output: short(&output) }
}

/// The names of recorded input, which did not change, with other results than the recorded ones.
fn changed(recorded: &Record, current: &Record) -> BTreeSet<String> {
    let differs = |(name, old): &(&String, &Results)| {
        current.results.get(*name).is_some_and(|new| new.input == old.input && new.output != old.output)
    };
    recorded.results.iter().filter(differs).map(|(name, _)| name.clone()).collect()
}

/// The verdict on results and editions: `None` if they fit.
fn complaint(recorded: &Record, current: &Record) -> Option<String> {
    let (last, changed) = (recorded.edition, changed(recorded, current));
    match (changed.is_empty(), current.edition) {
        (true, edition) if edition == last => None,
        (false, edition) if edition == last + 1 => None,
        (true, edition) => Some(format!(
            "the results are those of edition {last}, but Edition::CURRENT is {edition}. Set it to {last}; or, if edition \
             {edition} is released now, record its results: CHANGECAST_ACCEPT=edition cargo test --test suite edition::"
        )),
        (false, edition) => Some(format!(
            "the program has other results than the last release, which had edition {last}:\n  {}\nSet Edition::CURRENT in \
             src/publish/edition.rs to {} (it is {edition}), so that logs continue without false announcements. If edition \
             {last} was not released yet, record the new results instead:\n  CHANGECAST_ACCEPT=edition cargo test --test \
             suite edition::",
            changed.into_iter().collect::<Vec<_>>().join("\n  "),
            last + 1
        )),
    }
}

#[test]
fn the_edition_is_raised_when_results_change() {
    let path = root().join("tests/edition.toml");
    let current = current();
    if std::env::var("CHANGECAST_ACCEPT").is_ok_and(|what| what == "edition") {
        fs::write(&path, current.to_toml()).expect("a record");
    }
    let text = fs::read_to_string(&path).expect("a record");
    let recorded = Record::parse(&text);
    assert_eq!(recorded.to_toml(), text, "tests/edition.toml is not in the form in which it is recorded");
    if let Some(complaint) = complaint(&recorded, &current) {
        panic!("{complaint}");
    }
}

fn record(edition: u64, results: &[(&str, &str, &str)]) -> Record {
    let results = results.iter().map(|(name, input, output)| {
        ((*name).to_owned(), Results { input: (*input).to_owned(), output: (*output).to_owned() })
    });
    Record { edition, results: results.collect() }
}

#[test]
fn the_edition_is_raised_once_for_every_release_with_other_results() {
    let last = record(2, &[("a", "input", "list"), ("b", "input", "list")]);
    let other = |edition| record(edition, &[("a", "input", "other list"), ("b", "input", "list")]);
    // Other input has other results under every edition, and new input has no earlier results.
    let more = record(2, &[("a", "other input", "other list"), ("b", "input", "list"), ("c", "input", "list")]);
    for (current, expected) in [
        (record(2, &[("a", "input", "list"), ("b", "input", "list")]), None),
        (more, None),
        (other(3), None),
        (other(2), Some("Set Edition::CURRENT in src/publish/edition.rs to 3 (it is 2)")),
        (other(4), Some("to 3 (it is 4)")),
        (record(3, &[("a", "input", "list"), ("b", "input", "list")]), Some("Set it to 2")),
    ] {
        match (complaint(&last, &current), expected) {
            (None, None) => {}
            (Some(found), Some(expected)) => assert!(found.contains(expected), "{found}"),
            (found, expected) => panic!("{found:?} {expected:?}"),
        }
    }
}
