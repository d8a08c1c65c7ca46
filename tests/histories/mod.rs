//! One history, one set of bytes: whatever the steps of publication, releases have the same bytes.
//!
//! `CHANGECAST_HISTORIES` sets the number of random histories; `just long` uses 5,000. `CHANGECAST_HISTORY` is the
//! seed of the only one that is tried.

pub mod generator;

use std::{fs, path::Path};

use changecast::{
    config::Config,
    history::{Branch, FixtureCommit, History, create_repo},
    output::{Found, Output},
    publish::{self, Edition, FutureCommits, Progress, PublishError, Request, Rewritten, RootKeys, Scope, Signing},
};
use changecast_core::{
    model::{CommitId, Timestamp},
    sign::Signer,
    vocabulary::Vocabulary,
};
use tempfile::TempDir;

use crate::support::{BEGIN, DAY, files_below, key};
use generator::{FORMATS, Format, Random, Table};

/// The number of histories when the environment does not set one.
const HISTORIES: u64 = 300;

/// A repository with a random history of one list.
pub struct RandomHistory {
    /// The edition that publishes.
    pub edition: Edition,
    /// The versions; `None` without a file.
    pub texts: Vec<Option<String>>,
    dir: TempDir,
    config: Config,
    commits: Vec<CommitId>,
}

impl RandomHistory {
    /// The history that this seed generates.
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let format = random.pick(&FORMATS);
        let texts = versions(format, &mut random);
        let dir = TempDir::new().expect("a temporary directory");
        let commits: Vec<FixtureCommit> = texts
            .iter()
            .zip(0..)
            .map(|(text, at)| FixtureCommit {
                time: BEGIN + DAY * 40 * at,
                author: "A. Author".into(),
                message: format!("version {at}\n"),
                files: vec![(format.path.to_owned(), text.clone().map(String::into_bytes))],
                branch: Branch::Main,
            })
            .collect();
        let commits = create_repo(&dir.path().join("repo"), &commits).expect("a repository");
        RandomHistory { edition: Edition::CURRENT, texts, dir, config: config(format.path), commits }
    }

    /// Publishes all versions at once, and returns the files of the log.
    pub fn published_at_once(&self) -> Vec<(String, Vec<u8>)> {
        self.published("once", &[self.commits.len() - 1], Resume::Keep)
    }

    /// Publishes up to each of these commits, one after the other, and returns the files of the log.
    fn published(&self, name: &str, steps: &[usize], resume: Resume) -> Vec<(String, Vec<u8>)> {
        let folder = self.dir.path().join(name);
        // One lock for all steps: processes that other tests start meanwhile may inherit it for a moment, so that it
        // could not be taken again at once.
        let output = Output::open(&folder).expect("a folder");
        for step in steps {
            if resume == Resume::Delete {
                let _ = fs::remove_file(folder.join("vendors/resume.json"));
            }
            self.publish((&folder, &output), &self.commits[*step]);
        }
        let log = folder.join("vendors/log");
        if log.exists() { files_below(&log) } else { Vec::new() }
    }

    fn publish(&self, (folder, output): (&Path, &Output), tip: &CommitId) {
        let history = History::open(&self.dir.path().join("repo")).expect("the repository");
        let [root, release] = ["root", "release"].map(|name| Signer::Secret(key(name)));
        let request = Request {
            config: &self.config,
            history: &history,
            tip: Some(tip.to_string()),
            signing: Signing::Keys { release: &release, root: Some(RootKeys { key: &root, others: &[] }) },
            now: Timestamp::from_unix_clamped(2_000_000_000),
            edition: self.edition,
            vocabulary: Vocabulary::default(),
            future: FutureCommits::Refuse,
            removals: publish::AllowedRemovals(usize::MAX),
            rewritten: Rewritten::Refuse,
            correct: None,
            scope: Scope::New,
            progress: Progress::NONE,
        };
        let plan = match publish::publish(&request, &Found::at(folder)) {
            Ok(plan) => plan,
            // No version up to this commit could be read.
            Err(PublishError::NoList { .. }) => return,
            Err(error) => panic!("{error}\n{:#?}", self.texts),
        };
        output.write(&plan.files).expect("written");
    }
}

/// Whether a publication may continue from `resume.json`.
#[derive(Clone, Copy, PartialEq)]
enum Resume {
    Keep,
    Delete,
}

/// Between three and seven versions; some cannot be read, and in some the file does not exist.
fn versions(format: &Format, random: &mut Random) -> Vec<Option<String>> {
    let mut table = Table::random(random);
    let mut versions = vec![Some((format.write)(&table))];
    for _ in 0..2 + random.below(5) {
        match random.below(12) {
            0 => versions.push(None),
            1 => versions.push(Some(format.broken.to_owned())),
            _ => {
                table = table.edited(random);
                versions.push(Some((format.write)(&table)));
            }
        }
    }
    // A commit without any change would not be a version.
    versions.dedup();
    versions
}

fn config(path: &str) -> Config {
    let text = format!(
        "publisher: {{name: Example Ltd, url: 'https://example.com/', authority: 'example.com,2024'}}\n\
         base_url: https://example.com/trust/\n\
         lists:\n- {{id: vendors, title: Vendors, inventory: {path}}}\n"
    );
    Config::parse("changecast.yaml", &text).expect("a configuration")
}

/// The names of files that differ between two logs.
fn differences(one: &[(String, Vec<u8>)], other: &[(String, Vec<u8>)]) -> Vec<String> {
    let unlike = |a: &[(String, Vec<u8>)], b: &[(String, Vec<u8>)]| -> Vec<String> {
        a.iter().filter(|file| !b.contains(file)).map(|(name, _)| name.clone()).collect()
    };
    [unlike(one, other), unlike(other, one)].concat()
}

// Two tests, so that two processors share the work.

#[test]
fn releases_do_not_depend_on_the_steps_of_publication_of_even_histories() {
    check_every_second_history(0);
}

#[test]
fn releases_do_not_depend_on_the_steps_of_publication_of_odd_histories() {
    check_every_second_history(1);
}

fn check_every_second_history(first: u64) {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let count = number("CHANGECAST_HISTORIES").unwrap_or(HISTORIES);
    let only = number("CHANGECAST_HISTORY");
    let seeds = (first..only.map_or(count, |seed| seed + 1)).step_by(2);
    let mut wrong = Vec::new();
    for seed in seeds.filter(|seed| only.is_none_or(|only| only == *seed)) {
        let history = RandomHistory::new(seed);
        let last = history.commits.len() - 1;
        let all: Vec<usize> = (0..=last).collect();
        let every_second: Vec<usize> = (0..last).step_by(2).chain([last]).collect();
        let at_once = history.published_at_once();
        for (name, steps, resume) in [
            ("each", &all, Resume::Keep),
            ("each-without-resume", &all, Resume::Delete),
            ("every-second", &every_second, Resume::Keep),
        ] {
            let differing = differences(&at_once, &history.published(name, steps, resume));
            if !differing.is_empty() {
                wrong.push(format!("history {seed}, {name}: {differing:?}\n{:#?}", history.texts));
            }
        }
    }
    let names: Vec<_> = wrong.iter().filter_map(|text| text.lines().next()).collect();
    assert!(wrong.is_empty(), "of {count} histories, {}:\n{names:#?}\n{}", wrong.len(), wrong[0]);
}
