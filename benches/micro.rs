//! Micro-benchmarks of the parts of a run: walk, read, compare, render, sign.

use std::{error::Error, fmt::Write as _, hint::black_box, path::Path};

use changecast::{
    Inventory, ListState, ReadingConfig,
    config::Config,
    diff,
    history::{Branch, FixtureCommit, History, Walk, create_repo},
    output::Found,
    publish::{self, Edition, FutureCommits, Plan, Progress, Request, Rewritten, Scope, Signing},
    read::{self, Reader},
    render::{self, Agenda, LogStatus, Publication, PublishedList},
};
use changecast_core::model::Timestamp;
use changecast_core::{
    sign::{self, Namespace, Secret, Signer},
    vocabulary::Vocabulary,
};
use criterion::{Criterion, Throughput};

/// Commits of the repository, and how many of them there are to one version of the list.
const COMMITS: u64 = 400;
const COMMITS_A_VERSION: u64 = 10;
const ENTRIES: u64 = 200;
const PATH: &str = "data/list.yaml";

const CONFIG: &str = "
publisher: {name: Example Ltd, url: https://example.com/, authority: 'example.com,2026'}
base_url: https://example.com/lists/
lists: [{id: list, title: Sub-processors, inventory: data/list.yaml}]
";

const PURPOSES: [&str; 4] = ["Hosting of customer data", "Delivery of e-mail", "Support tickets", "Error monitoring"];
const PLACES: [&str; 4] = ["USA/EU", "Ireland, Germany", "Helsinki (HEL1), Finland", "Singapore"];

/// The fields of an entry: its id, name, purpose and place. Every version changes one entry.
fn entry(number: u64, version: u64) -> [String; 4] {
    let changes = (version + ENTRIES - 1 - number) / ENTRIES;
    let pick = |of: [&'static str; 4], salt: u64| of[((number * 7 + salt) % 4) as usize].to_owned();
    [format!("entry-{number}"), format!("Name {number} GmbH"), pick(PURPOSES, changes), pick(PLACES, number / 4)]
}

fn yaml(version: u64) -> String {
    let mut text = String::from("entries:\n");
    for [id, name, purpose, place] in (0..ENTRIES).map(|number| entry(number, version)) {
        let _infallible = writeln!(
            text,
            "- id: {id}\n  name: {name}\n  purpose: {purpose}\n  location: '{place}'\n  data: [names, e-mails]"
        );
    }
    text
}

fn markdown(version: u64) -> String {
    let mut text = String::from("# Sub-processors\n\n| Id | Name | Purpose | Location |\n|---|---|---|---|\n");
    for fields in (0..ENTRIES).map(|number| entry(number, version)) {
        let _infallible = writeln!(text, "| {} |", fields.join(" | "));
    }
    text
}

fn inventory(version: u64) -> Result<Inventory, Box<dyn Error>> {
    Ok(read::read(PATH, yaml(version).as_bytes(), &ReadingConfig::default())?.inventory)
}

fn repository(dir: &Path) -> Result<History, Box<dyn Error>> {
    let commit = |number: u64| {
        let file = match number % COMMITS_A_VERSION {
            0 => (PATH.to_owned(), yaml(number / COMMITS_A_VERSION)),
            other => (format!("src/{other}.txt"), number.to_string()),
        };
        FixtureCommit {
            time: 1_700_000_000 + 60 * number as i64,
            author: "Ada Fern".to_owned(),
            message: format!("Commit {number}\n"),
            files: vec![(file.0, Some(file.1.into_bytes()))],
            branch: Branch::Main,
        }
    };
    create_repo(dir, &(0..COMMITS).map(commit).collect::<Vec<_>>())?;
    Ok(History::open(dir)?)
}

fn walk(criterion: &mut Criterion, history: &History) -> Result<(), Box<dyn Error>> {
    let (walk, paths) = (Walk::default(), [PATH.to_owned()]);
    let found = history.versions(&walk, &paths)?.versions.len() as u64;
    assert_eq!(found, COMMITS / COMMITS_A_VERSION);
    let mut group = criterion.benchmark_group("walk");
    group.throughput(Throughput::Elements(COMMITS));
    group.bench_function("400 commits", |bencher| bencher.iter(|| history.versions(&walk, &paths)));
    group.finish();
    Ok(())
}

fn read_texts(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let options = ReadingConfig::default();
    let mut group = criterion.benchmark_group("read");
    for (path, text) in [("list.yaml", yaml(0)), ("list.md", markdown(0))] {
        assert_eq!(read::read(path, text.as_bytes(), &options)?.inventory.entries.len() as u64, ENTRIES);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(path, |bencher| bencher.iter(|| read::read(path, black_box(text.as_bytes()), &options)));
    }
    // A history's next version, which shares most with the one before.
    let versions = [yaml(0), yaml(1)];
    let mut reader = Reader::default();
    let mut turns = versions.iter().cycle();
    group.throughput(Throughput::Bytes(versions[0].len() as u64));
    group.bench_function("list.yaml, next version", |bencher| {
        bencher.iter(|| turns.next().map(|text| reader.read(PATH, black_box(text.as_bytes()), &options)));
    });
    group.finish();
    Ok(())
}

fn compare(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let mut group = criterion.benchmark_group("compare");
    for (name, later) in [("one entry changed", 1), ("every entry changed", ENTRIES)] {
        let (old, new) = (ListState::listed(inventory(0)?), ListState::listed(inventory(later)?));
        assert_eq!(diff(&old, &new).changes.len() as u64, later);
        group.bench_function(name, |bencher| bencher.iter(|| diff(black_box(&old), &new)));
    }
    group.finish();
    Ok(())
}

fn plan(config: &Config, history: &History) -> Result<Plan, Box<dyn Error>> {
    let request = Request {
        config,
        history,
        tip: None,
        signing: Signing::Preview,
        now: Timestamp::from_unix_clamped(1_800_000_000),
        edition: Edition::CURRENT,
        vocabulary: Vocabulary::default(),
        future: FutureCommits::Allow,
        removals: publish::AllowedRemovals(usize::MAX),
        rewritten: Rewritten::Refuse,
        correct: None,
        scope: Scope::All,
        progress: Progress::NONE,
    };
    Ok(publish::publish(&request, &Found::at(Path::new("nowhere")))?)
}

fn render_all(criterion: &mut Criterion, history: &History) -> Result<(), Box<dyn Error>> {
    let config = Config::parse("changecast.yaml", CONFIG)?;
    let planned = plan(&config, history)?;
    let lists = config.lists.iter().zip(&planned.lists).map(|(list, planned)| PublishedList {
        id: &list.id,
        title: &list.title,
        page: None,
        tag: format!("{}:{}", config.publisher.authority, list.id),
        announcements: planned.announcements.clone(),
        agenda: Agenda::default(),
        rendered: None,
        current: planned.current.as_ref(),
        terms: None,
        log: LogStatus::Unsigned,
    });
    let publication = Publication {
        publisher: &config.publisher,
        base_url: &config.base_url,
        lists: lists.collect(),
        language: config.language,
        feeds: &config.feeds,
    };
    render::render(&publication)?;
    criterion.bench_function("render/40 announcements", |bencher| bencher.iter(|| render::render(&publication)));
    Ok(())
}

fn sign_and_verify(criterion: &mut Criterion) -> Result<(), Box<dyn Error>> {
    let signer = Signer::Secret(Secret::from_seed(&[7; 32], "benchmark"));
    let message = yaml(0).into_bytes();
    let signature = signer.sign(Namespace::Release, &message)?;
    let keys = [signer.public()];
    sign::verify(&keys, Namespace::Release, &message, &signature)?;
    let mut group = criterion.benchmark_group("sign");
    group.throughput(Throughput::Bytes(message.len() as u64));
    group.bench_function("sign", |bencher| bencher.iter(|| signer.sign(Namespace::Release, black_box(&message))));
    group.bench_function("verify", |bencher| {
        bencher.iter(|| sign::verify(&keys, Namespace::Release, black_box(&message), &signature));
    });
    group.finish();
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default().configure_from_args();
    let dir = tempfile::tempdir()?;
    let history = repository(dir.path())?;
    walk(&mut criterion, &history)?;
    read_texts(&mut criterion)?;
    compare(&mut criterion)?;
    render_all(&mut criterion, &history)?;
    sign_and_verify(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}
