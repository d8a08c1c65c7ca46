//! Histories in which the list is away for some versions: behind a link, in a submodule, in another folder, in a file
//! that cannot be read. Nothing of that is news.

use std::{fs, process::Command};

use git2::{Oid, Repository};
use serde_json::Value;

use crate::support::{BEGIN, DAY, Ran, TestRepo};

const PAGE: &str = "# Subprocessors\n\n| Vendor | Purpose |\n|---|---|\n| Nordhaven | Hosting |\n| Kestrel | Mail |\n";
const LONGER: &str = "# Subprocessors\n\n| Vendor | Purpose |\n|---|---|\n| Nordhaven | Hosting |\n| Kestrel | Mail |\n| Quill | Text |\n";

fn log(repo: &TestRepo, path: &str) -> Ran {
    repo.run(&["log", "--repo", "repo", "--inventory", path, "--format", "json"])
}

/// The kinds of the changes of each version, or `unreadable`.
fn versions(log: &Value) -> Vec<Vec<String>> {
    let releases = log["releases"].as_array().expect("releases");
    releases.iter().map(kinds_of).collect()
}

fn kinds_of(release: &Value) -> Vec<String> {
    if !release["unreadable"].is_null() {
        return vec!["unreadable".to_owned()];
    }
    let changes = release["changes"].as_array().expect("changes");
    changes.iter().map(|change| change["kind"].as_str().expect("a kind").to_owned()).collect()
}

/// Commits of trees with one entry at `legal`, each on top of the one before.
fn commit_trees(repo: &TestRepo, entries: &[(Oid, i32)]) {
    let git = Repository::open(repo.path("repo")).expect("the repository");
    for (day, (id, mode)) in (1..).zip(entries) {
        let mut root = git.treebuilder(None).expect("a tree");
        root.insert("legal", *id, *mode).expect("an entry");
        let tree = git.find_tree(root.write().expect("a tree")).expect("the tree");
        let time = git2::Time::new(BEGIN + day * DAY, 0);
        let who = git2::Signature::new("A", "a@example.com", &time).expect("a signature");
        let head = git.head().expect("HEAD").peel_to_commit().expect("a commit");
        git.commit(Some("HEAD"), &who, &who, "a commit", &tree, &[&head]).expect("a commit");
    }
}

/// The tree of `legal` with a page, as a folder with one file.
fn folder_of(repo: &TestRepo, mode: i32, content: &str) -> Oid {
    let git = Repository::open(repo.path("repo")).expect("the repository");
    let mut folder = git.treebuilder(None).expect("a tree");
    folder.insert("vendors.md", git.blob(content.as_bytes()).expect("a blob"), mode).expect("an entry");
    folder.write().expect("a tree")
}

const FOLDER: i32 = 0o040_000;
const FILE: i32 = 0o100_644;
const LINK: i32 = 0o120_000;
const SUBMODULE: i32 = 0o160_000;

#[test]
fn a_link_in_place_of_the_list_is_unreadable() {
    let repo = TestRepo::new().commit("a", &[("legal/vendors.md", Some(PAGE))]);
    repo.build();
    let [link, longer] = [folder_of(&repo, LINK, "../shared/vendors.md"), folder_of(&repo, FILE, LONGER)];
    commit_trees(&repo, &[(link, FOLDER), (longer, FOLDER)]);
    let json = log(&repo, "legal/vendors.md").json();
    assert_eq!(versions(&json), [["published"], ["unreadable"], ["added"]]);
    assert!(json["releases"][1]["unreadable"]["message"].as_str().expect("a message").contains("a symbolic link"));
}

#[test]
fn a_submodule_in_place_of_the_folder_is_unreadable() {
    let repo = TestRepo::new().commit("a", &[("legal/vendors.md", Some(PAGE))]);
    let head = repo.build().pop().expect("a commit");
    let submodule = Oid::from_str(head.as_str()).expect("an id");
    let longer = folder_of(&repo, FILE, LONGER);
    commit_trees(&repo, &[(submodule, SUBMODULE), (longer, FOLDER)]);
    assert_eq!(versions(&log(&repo, "legal/vendors.md").json()), [["published"], ["unreadable"], ["added"]]);
}

#[test]
fn a_folder_that_was_once_a_submodule_begins_when_it_becomes_a_folder() {
    let repo = TestRepo::new().commit("a", &[("readme.md", Some("Hello"))]);
    let head = repo.build().pop().expect("a commit");
    let submodule = Oid::from_str(head.as_str()).expect("an id");
    let [page, longer] = [PAGE, LONGER].map(|text| folder_of(&repo, FILE, text));
    commit_trees(&repo, &[(submodule, SUBMODULE), (page, FOLDER), (longer, FOLDER)]);
    assert_eq!(versions(&log(&repo, "legal/vendors.md").json()), [["published"], ["added"]]);
}

#[test]
fn a_list_that_is_moved_away_and_back_is_one_list() {
    let there = "legal/vendors.md";
    let back = TestRepo::new()
        .commit("a", &[("vendors.md", Some(PAGE))])
        .commit("away", &[("vendors.md", None), (there, Some(PAGE))])
        .commit("a change there", &[(there, Some(LONGER))])
        .commit("back", &[(there, None), ("vendors.md", Some(LONGER))]);
    back.build();
    assert_eq!(versions(&log(&back, "vendors.md").json()), vec![vec!["published"], vec![], vec!["added"], vec![]]);
    // Another file that comes while the list is away is another one.
    let other = TestRepo::new()
        .commit("a", &[("vendors.md", Some(PAGE))])
        .commit("deleted", &[("vendors.md", None), ("cookies.md", Some("| Cookie | Days |\n|---|---|\n| id | 1 |\n"))])
        .commit("new", &[("cookies.md", None), ("vendors.md", Some(PAGE))]);
    other.build();
    assert_eq!(versions(&log(&other, "vendors.md").json()), [["published"], ["withdrawn"], ["restored"]]);
}

#[test]
fn a_partial_clone_without_other_large_files_has_the_same_log() {
    let large = "x".repeat(300_000);
    let repo = TestRepo::new()
        .commit("a", &[("assets/old.md", Some(&large)), ("readme.md", Some("Hello"))])
        .commit("b", &[("assets/old.md", None), ("vendors.md", Some(PAGE))])
        .commit("c", &[("vendors.md", Some(LONGER))]);
    repo.build();
    let whole = log(&repo, "vendors.md").expect(0).json();
    let origin = repo.path("repo");
    git(&["-C", &origin.display().to_string(), "config", "uploadpack.allowFilter", "true"]);
    let (from, to) = (format!("file://{}", origin.display()), repo.path("partial").display().to_string());
    git(&["clone", "-q", "--filter=blob:limit=100k", &from, &to]);
    git(&["-C", &to, "remote", "set-url", "origin", "/nowhere"]);
    let args = ["log", "--repo", "partial", "--inventory", "vendors.md", "--format", "json"];
    assert_eq!(repo.run(&args).expect(0).json(), whole);
    fs::remove_dir_all(repo.path("partial")).expect("a folder");
    // Without any file, renames cannot be judged.
    git(&["clone", "-q", "--no-checkout", "--filter=blob:none", &from, &to]);
    git(&["-C", &to, "remote", "set-url", "origin", "/nowhere"]);
    repo.run(&args).fails(2, &["partial clone"]);
}

fn git(args: &[&str]) {
    let status = Command::new("git").args(args).status().expect("git");
    assert!(status.success(), "git {args:?}");
}

const CONFIG: &str = "\
publisher: {name: Example Ltd, url: 'https://example.com/', email: privacy@example.com, authority: 'example.com,2024'}
base_url: https://example.com/trust/
output: feeds
lists:
- {id: vendors, title: Vendors, inventory: vendors}
";

/// A folder of which one file is broken for some versions, while others change.
fn folder_with_a_broken_file() -> TestRepo {
    let broken = "{\"name\": \"Kestrel Mail\", \"location\": \"Ireland\",,}";
    TestRepo::new()
        .commit(
            "a",
            &[
                ("changecast.yaml", Some(CONFIG)),
                (
                    "vendors/kestrel.json",
                    Some("{\"name\": \"Kestrel Mail\", \"location\": \"Ireland\", \"note\": \"x\"}"),
                ),
                ("vendors/nordhaven.json", Some("{\"name\": \"Nordhaven\", \"location\": \"Finland\"}")),
            ],
        )
        .commit("broken", &[("vendors/kestrel.json", Some(broken))])
        .commit("moved", &[("vendors/nordhaven.json", Some("{\"name\": \"Nordhaven\", \"location\": \"Germany\"}"))])
        .commit("added", &[("vendors/quill.json", Some("{\"name\": \"Quill\", \"location\": \"France\"}"))])
        .commit("removed", &[("vendors/nordhaven.json", None)])
        .commit(
            "repaired",
            &[(
                "vendors/kestrel.json",
                Some("{\"name\": \"Kestrel Mail\", \"location\": \"Norway\", \"note\": \"x\"}"),
            )],
        )
}

#[test]
fn the_entry_of_a_broken_file_stays_while_others_change() {
    let repo = folder_with_a_broken_file();
    repo.build();
    let ran = log(&repo, "vendors");
    assert_eq!(
        versions(&ran.json()),
        vec![vec!["published"], vec![], vec!["relocated"], vec!["added"], vec!["removed"], vec!["relocated"]]
    );
    assert!(ran.err.contains("kestrel.json"), "{}", ran.err);
}

#[test]
fn a_folder_with_a_broken_file_is_published_in_steps_as_at_once() {
    let steps = folder_with_a_broken_file();
    for count in 1..=6 {
        steps.build_first(count);
        steps.publish(&[]);
    }
    let once = folder_with_a_broken_file();
    once.build();
    once.publish(&[]).expect(0);
    for seq in 0..6 {
        let path = format!("feeds/vendors/log/{seq:06}.body.json");
        assert_eq!(fs::read(steps.path(&path)).ok(), fs::read(once.path(&path)).ok(), "{path}");
    }
}
