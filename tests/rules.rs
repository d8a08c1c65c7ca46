//! Every rule of `check` has fixtures: a change that it finds, one that it does not find, and one that only resembles
//! the fault.
//!
//! `tests/fixtures/rules/<rule>/<failing, passing or near-miss>/` contains `before.*`, `after.*` and `expect.txt` with
//! a line for every new finding; further cases have a longer name, such as `failing-page`. `setup.yaml` may state the notice terms, commits and past ids; `pages/` contains other
//! pages, and `code/` code. `CHANGECAST_ACCEPT=1 cargo test --test suite rules` writes `expect.txt`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use changecast::{
    check::{Before, Request, Side, check},
    config::Config,
    history::Content,
    publish::ListSource,
    read::Reader,
    report::ListReport,
};
use changecast_core::{
    lint::{CommitTime, Past, RULES},
    model::{EntryId, Terms, Timestamp},
};
use serde::Deserialize;

use crate::support::files_below;

const KINDS: [&str; 3] = ["failing", "passing", "near-miss"];
/// The time of the publication in all fixtures.
const NOW: &str = "2026-11-26T10:00:00Z";

/// The surroundings of a fixture.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Setup {
    notice: Option<serde_json::Value>,
    commits: BTreeMap<String, Timestamp>,
    past: Option<BTreeMap<String, Vec<String>>>,
    /// Whether every finding counts as new.
    all: bool,
}

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rules")
}

fn config(setup: &Setup, path: &str) -> Config {
    let text = format!(
        "publisher: {{name: Fernhollow, url: 'https://fernhollow.example/', authority: 'fernhollow.example,2026'}}\n\
         base_url: https://fernhollow.example/trust\nlists:\n- {{id: list, title: List, inventory: {path}}}\n"
    );
    let mut config = Config::parse("changecast.yaml", &text).expect("a configuration");
    config.lists[0].notice = setup.notice.as_ref().map(|terms| Terms::from_json(terms).expect("terms"));
    config
}

/// Reads a version of a fixture with its surroundings.
fn side(case: &Path, stem: &str, setup: &Setup, reader: &mut Reader) -> Option<Side> {
    let files = fs::read_dir(case).expect("a case").map(|entry| entry.expect("an entry").path());
    let file = files.into_iter().find(|path| path.file_stem().is_some_and(|name| name == stem))?;
    let name = format!("list.{}", file.extension().expect("an extension").to_string_lossy());
    let config = config(setup, &name);
    let source = ListSource::from(&config.lists[0]);
    let bytes = Content::File(fs::read(&file).expect("a version"));
    let mut side =
        Side::read(&name, bytes, &source.options, reader).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    for (folder, is_code) in [("pages", false), ("code", true)] {
        let folder = case.join(folder);
        for (name, bytes) in folder.is_dir().then(|| files_below(&folder)).into_iter().flatten() {
            if is_code { side.add_code(&name, &bytes, &[]) } else { side.add_page(&name, bytes) }
        }
    }
    Some(side)
}

fn report(case: &Path) -> ListReport {
    let setup = fs::read_to_string(case.join("setup.yaml")).unwrap_or_default();
    let setup: Setup = if setup.is_empty() { Setup::default() } else { serde_yaml::from_str(&setup).expect("a setup") };
    let mut reader = Reader::default();
    let after = side(case, "after", &setup, &mut reader).expect("a version after");
    let before = side(case, "before", &setup, &mut reader).filter(|_| !setup.all);
    let config = config(&setup, &after.path);
    let commits: Vec<CommitTime> =
        setup.commits.iter().map(|(id, time)| CommitTime { id: id.clone(), time: *time }).collect();
    let past = setup.past.as_ref().map(|past| Past {
        names: past
            .iter()
            .map(|(id, names)| {
                (EntryId::new(id).expect("an id"), names.iter().map(|name| name.as_str().into()).collect())
            })
            .collect(),
    });
    check(&Request {
        list: &config.lists[0],
        config: Some(&config),
        config_file: None,
        before: before.as_ref().map_or(Before::Unknown, Before::Version),
        after: Some(&after),
        now: NOW.parse().expect("a time"),
        commits: &commits,
        past: past.as_ref(),
    })
}

fn lines(report: &ListReport) -> String {
    let line = |finding: &changecast::report::Located| {
        let (start, end) = (finding.span.start, finding.span.end);
        let words = &finding.span.lines[finding.span.range.clone()];
        format!(
            "{}[{}] {}:{}:{}-{}:{} {words:?}\n  {}\n  help: {}\n",
            finding.level,
            finding.rule.id,
            finding.path,
            start.line,
            start.column,
            end.line,
            end.column,
            finding.message,
            finding.help
        )
    };
    report.new.iter().map(line).collect()
}

/// The cases of a rule with their kinds, in the order of their names.
fn cases(rule: &str) -> Vec<(&'static str, PathBuf)> {
    let files = fs::read_dir(fixtures().join(rule)).into_iter().flatten();
    let mut paths: Vec<PathBuf> = files.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let kind_of = |path: &PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let kind = KINDS.into_iter().find(|kind| name.starts_with(kind));
        kind.unwrap_or_else(|| panic!("{}: expected one of {KINDS:?} with a suffix", path.display()))
    };
    paths.into_iter().map(|path| (kind_of(&path), path)).collect()
}

#[test]
fn every_rule_has_a_failing_a_passing_and_a_near_miss_fixture() {
    let accept = std::env::var_os("CHANGECAST_ACCEPT").is_some();
    let mut failures = String::new();
    for rule in RULES {
        for kind in KINDS {
            if !fixtures().join(rule.id).join(kind).is_dir() {
                failures.push_str(&format!("tests/fixtures/rules/{}/{kind}/ is missing\n", rule.id));
            }
        }
        for (kind, case) in cases(rule.id) {
            let report = report(&case);
            let is_found = report.new.iter().any(|finding| finding.rule == rule);
            if is_found != (kind == "failing") {
                failures.push_str(&format!("{}: found: {is_found}\n{}\n", case.display(), lines(&report)));
            }
            let found = lines(&report);
            let path = case.join("expect.txt");
            if accept {
                fs::write(&path, &found).expect("expectations");
            }
            let expected = fs::read_to_string(&path).unwrap_or_default();
            if found != expected {
                failures.push_str(&format!("{}\n--- expected\n{expected}--- found\n{found}\n", case.display()));
            }
        }
    }
    assert!(failures.is_empty(), "{failures}accept with CHANGECAST_ACCEPT=1");
}

#[test]
fn every_fixture_belongs_to_a_rule() {
    for entry in fs::read_dir(fixtures()).expect("fixtures") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(RULES.iter().any(|rule| rule.id == name), "tests/fixtures/rules/{name} is not a rule");
    }
}

#[test]
fn findings_of_the_version_before_are_existing() {
    for rule in RULES {
        let case = fixtures().join(rule.id).join("failing");
        let setup = Setup::default();
        let Some(after) = side(&case, "after", &setup, &mut Reader::default()) else { continue };
        let config = config(&setup, &after.path);
        let report = check(&Request {
            list: &config.lists[0],
            config: Some(&config),
            config_file: None,
            before: Before::Version(&after),
            after: Some(&after),
            now: NOW.parse().expect("a time"),
            commits: &[],
            past: None,
        });
        assert!(report.new.is_empty() && report.readings.is_empty(), "{}:\n{}", rule.id, lines(&report));
    }
}
