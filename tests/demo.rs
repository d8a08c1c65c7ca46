//! The demo: deterministic, complete, and what `feeds/` holds.

use std::{collections::BTreeSet, fs, path::PathBuf};

use changecast_core::change::{KINDS, Kind};
use serde_json::Value;

use crate::support::{TestRepo, files_below};

#[test]
fn a_second_run_leaves_every_byte_as_it_was() {
    let repo = TestRepo::new();
    let first = repo.run(&["demo"]).expect(0);
    assert!(first.out.contains("relocated") && first.err.contains("verify.sh"), "{}{}", first.out, first.err);
    let files = repo.files("changecast-demo");
    let second = repo.run(&["demo"]).expect(0);
    assert_eq!(second.out, first.out);
    assert_eq!(repo.files("changecast-demo"), files);
    // Elsewhere, with another environment, it is the same again.
    repo.run_with(&["demo", "other"], &[("TZ", "Asia/Kathmandu"), ("LC_ALL", "tr_TR.UTF-8"), ("HOME", "/nonexistent")])
        .expect(0);
    assert_eq!(repo.files("other/feeds"), repo.files("changecast-demo/feeds"));
    repo.run(&["verify", "changecast-demo/feeds", "--root", "changecast-demo/root.pub"]).expect(0);
    // Nothing of somebody else is overwritten.
    fs::create_dir_all(repo.path("mine/repo")).expect("a folder");
    fs::write(repo.path("mine/repo/file"), "mine").expect("a file");
    repo.run(&["demo", "mine"]).fails(2, &["mine/repo exists"]);
    assert_eq!(repo.files("mine").len(), 1);
}

#[test]
fn feeds_in_the_project_are_its_output() {
    let repo = TestRepo::new();
    repo.run(&["demo", "demo"]).expect(0);
    let kept = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("feeds");
    let (kept, made) = (files_below(&kept), repo.files("demo/feeds"));
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(name, _)| name.clone()).collect::<BTreeSet<_>>();
    assert_eq!(names(&kept), names(&made), "run `just demo`");
    for ((name, kept), (_, made)) in kept.iter().zip(&made) {
        assert!(kept == made, "feeds/{name} is out of date: run `just demo`");
    }
}

#[test]
fn the_demo_shows_every_kind() {
    let feeds = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("feeds");
    let mut shown: BTreeSet<String> = BTreeSet::new();
    for (name, bytes) in files_below(&feeds) {
        if name.contains("/log/") && name.ends_with(".body.json") {
            let release: Value = serde_json::from_slice(&bytes).expect("JSON");
            let changes = release["changes"].as_array().cloned().unwrap_or_default();
            shown.extend(changes.iter().map(|change| change["kind"].as_str().expect("a kind").to_owned()));
        }
    }
    // Only another edition or configuration reads a list again (tests/editions.rs), and only pages have text around the
    // list (tests/fixtures/kinds/page-text-changed).
    let elsewhere = [Kind::Reread, Kind::PageTextChanged];
    let missing: Vec<Kind> = KINDS.iter().map(|row| row.kind).collect();
    let missing: Vec<Kind> =
        missing.into_iter().filter(|kind| !elsewhere.contains(kind) && !shown.contains(kind.info().name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
