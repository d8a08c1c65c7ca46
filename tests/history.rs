//! Histories as they occur: bare, shallow, empty, rewritten, moved, absurd.

use std::{fs, process::Command};

use changecast::history::{Branch, Content, History, Walk};
use git2::Repository;
use serde_json::Value;

use crate::support::{BEGIN, CONFIG, DAY, Ran, TestRepo};

const ONE: &str = "entries:\n- {name: Nordhaven, purpose: Hosting}\n- {name: Tally, purpose: Billing}\n- {name: Quill, purpose: Text}\n";
const TWO: &str = "entries:\n- {name: Nordhaven, purpose: Hosting}\n- {name: Tally, purpose: Billing}\n- {name: Quill, purpose: Text}\n- {name: Kestrel, purpose: Mail}\n";

fn log(repo: &TestRepo, more: &[&str]) -> Ran {
    let mut args = vec!["log", "--repo", "repo", "--format", "json"];
    args.extend(more);
    repo.run(&args)
}

fn kinds(log: &Value) -> Vec<Vec<String>> {
    let releases = log["releases"].as_array().expect("releases");
    let kinds = |release: &Value| {
        release["changes"]
            .as_array()
            .expect("changes")
            .iter()
            .map(|change| change["kind"].as_str().expect("a kind").to_owned())
            .collect()
    };
    releases.iter().map(kinds).collect()
}

#[test]
fn a_path_is_enough_to_read_a_log() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    repo.build();
    let json = log(&repo, &["--inventory", "data/list.yaml"]).expect(0).json();
    assert_eq!(json["list"], "list");
    assert_eq!(kinds(&json), [["published"], ["added"]]);
    assert_eq!(json["releases"][0]["published"], "2024-01-01T10:00:00Z");
    log(&repo, &["--inventory", "data/lits.yaml"]).fails(2, &["data/lits.yaml"]);
    log(&repo, &["--inventory", "../list.yaml"]).fails(2, &["relative to the root"]);
    log(&repo, &[]).expect(0);
}

#[test]
fn a_rename_is_followed_if_the_content_makes_it_evident() {
    let moved = TestRepo::new()
        .commit("a", &[("old.yaml", Some(ONE))])
        .commit("b", &[("old.yaml", None), ("new.yaml", Some(TWO))]);
    moved.build();
    assert_eq!(kinds(&log(&moved, &["--inventory", "new.yaml"]).expect(0).json()), [["published"], ["added"]]);
    // A copy is a new list, and so is each part of a file that became two.
    let copied = TestRepo::new().commit("a", &[("old.yaml", Some(ONE))]).commit("b", &[("new.yaml", Some(TWO))]);
    copied.build();
    assert_eq!(kinds(&log(&copied, &["--inventory", "new.yaml"]).expect(0).json()), [["published"]]);
    let split = TestRepo::new()
        .commit("a", &[("old.yaml", Some(ONE))])
        .commit("b", &[("old.yaml", None), ("new.yaml", Some(TWO)), ("other.yaml", Some(ONE))]);
    split.build();
    assert_eq!(kinds(&log(&split, &["--inventory", "new.yaml"]).expect(0).json()), [["published"]]);
    // Another file that went in the same commit is no earlier path.
    let unlike = TestRepo::new()
        .commit("a", &[("old.yaml", Some("entries:\n- {name: Zebra}\n"))])
        .commit("b", &[("old.yaml", None), ("new.yaml", Some(TWO))]);
    unlike.build();
    assert_eq!(kinds(&log(&unlike, &["--inventory", "new.yaml"]).expect(0).json()), [["published"]]);
    // Said explicitly, any path is an earlier one.
    assert_eq!(
        kinds(&log(&unlike, &["--inventory", "new.yaml", "--inventory", "old.yaml"]).expect(0).json())[0],
        ["published"]
    );
}

#[test]
fn a_long_walk_finds_what_a_short_one_finds() {
    let mut repo = TestRepo::of_lists(&[ONE]);
    for at in 1..600 {
        let list = if at / 150 % 2 == 0 { ONE } else { TWO };
        repo = repo.commit("work", &[("notes", Some(&at.to_string())), ("data/list.yaml", Some(list))]);
    }
    let commits = repo.build();
    let json = log(&repo, &["--inventory", "data/list.yaml"]).expect(0).json();
    assert_eq!(kinds(&json), [["published"], ["added"], ["removed"], ["added"]]);
    // It ends where it shall, near and far.
    let history = History::open(&repo.path("repo")).expect("a repository");
    for (since, versions) in [(598, 0), (449, 1), (301, 1), (149, 3), (0, 3)] {
        let walk = Walk { since: Some(commits[since].clone()), ..Walk::default() };
        let walked = history.versions(&walk, &["data/list.yaml".into()]).expect("a walk");
        assert!(walked.reached);
        assert_eq!(walked.versions.len(), versions, "since {since}");
        assert_eq!(walked.base.map(|base| base.commit), Some(commits[since].clone()));
    }
}

#[test]
fn a_deleted_file_withdraws_the_list() {
    let repo = TestRepo::of_lists(&[ONE])
        .commit("gone", &[("data/list.yaml", None)])
        .commit("other", &[("x", Some("y"))])
        .commit("back", &[("data/list.yaml", Some(TWO))]);
    repo.build_first(3);
    let json = log(&repo, &["--inventory", "data/list.yaml"]).expect(0).json();
    assert_eq!(kinds(&json), [["published"], ["withdrawn"]]);
    assert_eq!(json["releases"][1]["changes"][0]["entries"].as_array().expect("entries").len(), 3);
    repo.build();
    let json = log(&repo, &["--inventory", "data/list.yaml"]).expect(0).json();
    let expected: [&[&str]; 3] = [&["published"], &["withdrawn"], &["restored", "added"]];
    assert_eq!(kinds(&json), expected);
    let show = |at: &str| repo.run(&["show", "--repo", "repo", "--config", "repo/changecast.yaml", "--at", at]);
    assert!(show("2024-01-01").expect(0).out.contains("Nordhaven"));
    show("2024-01-03").fails(2, &["withdrawn at that time"]);
    show("2023-12-31").fails(2, &["did not exist yet"]);
}

#[test]
fn only_commits_on_the_first_parent_line_count() {
    let repo = TestRepo::of_lists(&[ONE])
        .commit_onto(Branch::Side, "a draft", &[("data/list.yaml", Some("entries:\n- {name: Draft}\n"))])
        .commit_onto(Branch::Side, "the final text", &[("data/list.yaml", Some(TWO))])
        .commit_onto(Branch::Merge, "merge", &[]);
    let ids = repo.build();
    let json = log(&repo, &["--inventory", "data/list.yaml"]).expect(0).json();
    assert_eq!(kinds(&json), [["published"], ["added"]]);
    assert_eq!(json["releases"][1]["commit"], ids[3].as_str());
}

#[test]
fn since_and_kind_select_rows() {
    let repo = TestRepo::of_lists(&[ONE, TWO, ONE]);
    let ids = repo.build();
    let path = ["--inventory", "data/list.yaml"];
    let since = |since: &str| kinds(&log(&repo, &[&path[..], &["--since", since]].concat()).expect(0).json());
    assert_eq!(since("2024-01-02"), [["added"], ["removed"]]);
    assert_eq!(since(ids[0].as_str()), [["added"], ["removed"]]);
    assert_eq!(since("main~1"), [["removed"]]);
    log(&repo, &[&path[..], &["--since", "nonsense"]].concat()).fails(2, &["nonsense"]);
    let only = log(&repo, &[&path[..], &["--kind", "removed"]].concat()).expect(0).json();
    assert_eq!(kinds(&only), [vec![], vec![], vec!["removed".to_owned()]]);
    log(&repo, &[&path[..], &["--kind", "remvoed"]].concat()).fails(2, &["possible values: published, withdrawn"]);
}

#[test]
fn absurd_dates_stay_in_order() {
    let absurd = |time: i64| move |commit: &mut changecast::history::FixtureCommit| commit.time = time;
    let repo = TestRepo::of_lists(&[ONE])
        .amend(absurd(BEGIN + 400 * DAY))
        .commit("in 1970", &[("data/list.yaml", Some(TWO))])
        .amend(absurd(0))
        .commit("the same second", &[("data/list.yaml", Some(ONE))])
        .amend(absurd(BEGIN + 400 * DAY));
    repo.build();
    let json = log(&repo, &["--inventory", "data/list.yaml"]).expect(0).json();
    let times: Vec<&str> = json["releases"]
        .as_array()
        .expect("releases")
        .iter()
        .map(|r| r["published"].as_str().expect("a time"))
        .collect();
    assert_eq!(times, ["2025-02-04T10:00:00Z", "2025-02-04T10:00:01Z", "2025-02-04T10:00:02Z"]);
    repo.publish(&[]).expect(0);
    repo.verify().expect(0);
}

#[test]
fn bare_detached_and_linked_repositories_have_the_same_log() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    repo.build();
    let expected = log(&repo, &["--inventory", "data/list.yaml"]).expect(0).out;
    let in_repo = |dir: &str| repo.run(&["log", "--repo", dir, "--format", "json", "--inventory", "data/list.yaml"]);
    // Bare.
    Repository::clone(&repo.path("repo").display().to_string(), repo.path("clone")).expect("a clone");
    git2::build::RepoBuilder::new()
        .bare(true)
        .clone(&repo.path("repo").display().to_string(), &repo.path("bare"))
        .expect("a clone");
    assert_eq!(in_repo("bare").expect(0).out, expected);
    assert_eq!(in_repo("clone/data").expect(0).out, expected);
    // HEAD on a branch that does not exist, as a clone of a bundle leaves it.
    fs::write(repo.path("bare/HEAD"), "ref: refs/heads/nowhere\n").expect("a HEAD");
    assert_eq!(in_repo("bare").expect(0).out, expected);
    // Detached.
    let git = Repository::open(repo.path("clone")).expect("the clone");
    git.set_head_detached(git.head().expect("HEAD").target().expect("a commit")).expect("a detached HEAD");
    assert_eq!(in_repo("clone").expect(0).out, expected);
    // A worktree.
    let main = Repository::open(repo.path("repo")).expect("the repository");
    main.worktree("tree", &repo.path("tree"), None).expect("a worktree");
    assert_eq!(in_repo("tree").expect(0).out, expected);
    // Empty, and none at all.
    Repository::init(repo.path("empty")).expect("a repository");
    in_repo("empty").fails(2, &["no commits", "commit the inventory first"]);
    fs::create_dir(repo.path("none")).expect("a folder");
    in_repo("none").fails(2, &["none is not in a git repository", "--repo"]);
    // A branch by name, and one that is not there.
    assert_eq!(
        repo.run(&["log", "--repo", "repo", "--branch", "main", "--format", "json", "--inventory", "data/list.yaml"])
            .expect(0)
            .out,
        expected
    );
    repo.run(&["log", "--repo", "repo", "--branch", "nope", "--inventory", "data/list.yaml"]).fails(2, &["nope"]);
    // Nothing was written to any of them.
    assert!(!repo.path("repo/.git/changecast").exists());
}

#[test]
fn a_shallow_clone_names_the_command_that_completes_it() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    let ids = repo.build();
    fs::write(repo.path("repo/.git/shallow"), format!("{}\n", ids[1])).expect("a graft");
    log(&repo, &["--inventory", "data/list.yaml"]).fails(2, &["shallow", ids[1].as_str(), "git fetch --unshallow"]);
    // What was published before the bound is enough to go on.
    fs::remove_file(repo.path("repo/.git/shallow")).expect("the graft");
    repo.publish(&[]).expect(0);
    fs::write(repo.path("repo/.git/shallow"), format!("{}\n", ids[1])).expect("a graft");
    repo.publish(&[]).expect(0);
}

#[test]
fn a_repository_with_sha256() {
    let dir = tempfile::TempDir::new().expect("a folder");
    let mut options = git2::RepositoryInitOptions::new();
    options.object_format(git2::ObjectFormat::Sha256).initial_head("main").external_template(false);
    let git = Repository::init_opts(dir.path(), &options).expect("a repository");
    let mut index = git.index().expect("an index");
    fs::write(dir.path().join("list.yaml"), ONE).expect("a list");
    index.add_path(std::path::Path::new("list.yaml")).expect("the list");
    let tree = git.find_tree(index.write_tree().expect("a tree")).expect("the tree");
    let who = git2::Signature::new("A", "a@example.com", &git2::Time::new(BEGIN, 0)).expect("a signature");
    git.commit(Some("HEAD"), &who, &who, "first", &tree, &[]).expect("a commit");
    let history = History::open(dir.path()).expect("the repository");
    let versions = history.versions(&Walk::default(), &["list.yaml".to_owned()]).expect("versions").versions;
    assert_eq!(versions.len(), 1);
    assert_eq!(versions[0].commit.as_str().len(), 64);
    assert_eq!(history.content(&versions[0]).expect("bytes"), Some(Content::File(ONE.as_bytes().to_vec())));
}

#[test]
fn a_path_that_is_not_a_file_or_folder_is_an_error() {
    let repo = TestRepo::new().commit("a", &[("data/list.yaml/inner", Some("x")), ("changecast.yaml", Some(CONFIG))]);
    repo.build();
    log(&repo, &["--inventory", "data/list.yaml"]).fails(2, &["a folder without files of one entry each"]);
    // A submodule in the way.
    let git = Repository::open(repo.path("repo")).expect("the repository");
    let head = git.head().expect("HEAD").peel_to_commit().expect("a commit");
    let mut builder = git.treebuilder(None).expect("a tree");
    builder.insert("data", head.id(), 0o160_000).expect("a submodule");
    let tree = git.find_tree(builder.write().expect("a tree")).expect("the tree");
    let who = git2::Signature::new("A", "a@example.com", &git2::Time::new(BEGIN, 0)).expect("a signature");
    git.commit(Some("HEAD"), &who, &who, "submodule", &tree, &[&head]).expect("a commit");
    log(&repo, &["--inventory", "data/list.yaml"]).fails(2, &["submodule"]);
}

#[test]
fn a_file_that_was_a_link_begins_when_it_becomes_a_file() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    let ids = repo.build();
    let git = Repository::open(repo.path("repo")).expect("the repository");
    let commit = git.find_commit(git2::Oid::from_str(ids[1].as_str()).expect("an id")).expect("a commit");
    // The same history again, on top of a commit in which the file is a link.
    let link = git.blob(b"other.yaml").expect("a blob");
    let mut folder = git.treebuilder(None).expect("a tree");
    folder.insert("list.yaml", link, 0o120_000).expect("a link");
    let mut root = git.treebuilder(None).expect("a tree");
    root.insert("data", folder.write().expect("a tree"), 0o040_000).expect("a folder");
    let tree = git.find_tree(root.write().expect("a tree")).expect("the tree");
    let who = git2::Signature::new("A", "a@example.com", &git2::Time::new(BEGIN, 0)).expect("a signature");
    let first = git.commit(None, &who, &who, "link", &tree, &[]).expect("a commit");
    let first = git.find_commit(first).expect("the commit");
    git.commit(Some("refs/heads/linked"), &who, &who, "file", &commit.tree().expect("a tree"), &[&first])
        .expect("a commit");
    let json = log(&repo, &["--inventory", "data/list.yaml", "--branch", "linked"]).expect(0).json();
    assert_eq!(kinds(&json), [["published"]]);
    git.commit(Some("refs/heads/link"), &who, &who, "link", &tree, &[]).expect("a commit");
    log(&repo, &["--inventory", "data/list.yaml", "--branch", "link"]).fails(2, &["a symbolic link"]);
}

#[test]
fn names_elsewhere_in_the_repository_need_not_be_utf8() {
    let repo = TestRepo::of_lists(&[ONE]);
    repo.build();
    let git = Repository::open(repo.path("repo")).expect("the repository");
    let head = git.head().expect("HEAD").peel_to_commit().expect("a commit");
    let blob = git.blob(b"x").expect("a blob");
    let mut builder = git.treebuilder(Some(&head.tree().expect("a tree"))).expect("a tree");
    builder.insert(&b"caf\xe9"[..], blob, 0o100_644).expect("a file");
    let tree = builder.write().expect("a tree");
    // The author's name is not UTF-8 either.
    let commit = [
        format!("tree {tree}\nparent {}\n", head.id()).as_bytes(),
        b"author Caf\xe9 <c@x.example> 1704200000 +0000\ncommitter Caf\xe9 <c@x.example> 1704200000 +0000\n\nCaf\xe9\n",
    ]
    .concat();
    let id = git.odb().expect("objects").write(git2::ObjectType::Commit, &commit).expect("a commit");
    git.reference("refs/heads/main", id, true, "test").expect("a branch");
    assert_eq!(kinds(&log(&repo, &["--inventory", "data/list.yaml"]).expect(0).json()), [["published"]]);
}

#[test]
fn the_diff_driver_of_git_is_understood() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    repo.build();
    fs::write(repo.path("old"), ONE).expect("a file");
    fs::write(repo.path("new"), TWO).expect("a file");
    let zero = "0000000000000000000000000000000000000000";
    let ran = repo.run(&["diff", "data/list.yaml", "old", zero, "100644", "new", zero, "100644"]).expect(0);
    assert_eq!(ran.out, "Added Kestrel: Mail\n");
    let ran = repo.run(&["diff", "data/list.yaml", "/dev/null", ".", ".", "new", zero, "100644"]).expect(0);
    assert!(ran.out.starts_with("List restored") || ran.out.starts_with("First published"), "{}", ran.out);
    fs::copy(repo.path("old"), repo.path("a.yaml")).expect("a file");
    fs::copy(repo.path("new"), repo.path("b.yaml")).expect("a file");
    let ran = repo.run(&["diff", "a.yaml", "b.yaml", "--exit-code", "--format", "json"]).expect(1);
    assert_eq!(ran.json()["changes"][0]["kind"], "added");
    let config = ["--repo", "repo", "--config", "repo/changecast.yaml"];
    fs::write(repo.path("prose.md"), "# Vendors\n\nNone.\n").expect("a file");
    let ran = repo.run(&["diff", "prose.md", "b.yaml"]).expect(0);
    assert!(ran.err.contains("prose.md: no list found") && ran.out.starts_with("First published"), "{}", ran.err);
    assert_eq!(repo.run(&[&["diff", "HEAD~1"][..], &config].concat()).expect(0).out, "Added Kestrel: Mail\n");
    assert_eq!(repo.run(&[&["diff"][..], &config].concat()).expect(0).out, "");
    fs::write(repo.path("repo/data/list.yaml"), ONE).expect("an edit");
    assert_eq!(repo.run(&[&["diff"][..], &config].concat()).expect(0).out, "Removed Kestrel: Mail\n");
}

#[test]
fn a_broken_pipe_is_quiet() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    repo.build();
    let mut command = Command::new("sh");
    command.current_dir(repo.dir.path()).env("PROGRAM", env!("CARGO_BIN_EXE_changecast"));
    command.args(["-c", "\"$PROGRAM\" log --repo repo --config repo/changecast.yaml --format json | true; echo done"]);
    let output = command.output().expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "done\n");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn content_that_does_not_match_its_id_is_not_published() {
    let versions = ["entries:\n- {name: Nordhaven}\n", "entries:\n- {name: Kestrel}\n", "entries:\n- {name: Tally}\n"];
    let repo = TestRepo::of_lists(&versions);
    repo.build();
    let git = git2::Repository::open(repo.path("repo")).expect("a repository");
    let loose = |revision: &str| {
        let id = git.revparse_single(&format!("{revision}:data/list.yaml")).expect("a list").id().to_string();
        repo.path("repo/.git/objects").join(&id[..2]).join(&id[2..])
    };
    // The object of one version holds that of another: it can be read, and is not what its name says.
    let (other, damaged) = (loose("HEAD"), loose("HEAD~1"));
    let bytes = fs::read(other).expect("a loose object");
    fs::remove_file(&damaged).expect("a loose object");
    fs::write(&damaged, bytes).expect("a loose object");
    repo.publish(&[]).fails(2, &["is damaged", "does not match its id", "git fsck"]);
    assert!(!repo.path("feeds").exists(), "nothing was written");
}

#[test]
fn a_forged_commit_that_hides_its_version_is_not_published() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    repo.build();
    let git = git2::Repository::open(repo.path("repo")).expect("a repository");
    let loose = |id: git2::Oid| {
        let id = id.to_string();
        repo.path("repo/.git/objects").join(&id[..2]).join(&id[2..])
    };
    // Another commit on the same parent, which changed no file.
    let tip = git.head().and_then(|head| head.peel_to_commit()).expect("a commit");
    let parent = tip.parent(0).expect("a parent");
    let when = git2::Time::new(tip.time().seconds() + 1, 0);
    let signature = git2::Signature::new("Example", "it@example.com", &when).expect("a signature");
    let tree = parent.tree().expect("a tree");
    let other = git.commit(None, &signature, &signature, "Another", &tree, &[&parent]).expect("a commit");
    let bytes = fs::read(loose(other)).expect("a loose object");
    fs::remove_file(loose(tip.id())).expect("a loose object");
    fs::write(loose(tip.id()), bytes).expect("a loose object");
    repo.publish(&[]).fails(2, &["is damaged", "does not match its id", "git fsck"]);
    repo.run(&["log", "--repo", "repo", "--config", "repo/changecast.yaml"]).fails(2, &["does not match its id"]);
    assert!(!repo.path("feeds").exists(), "nothing was written");
}

#[test]
fn a_forged_commit_or_tree_is_not_published() {
    let versions = ["entries:\n- {name: Nordhaven}\n", "entries:\n- {name: Kestrel}\n", "entries:\n- {name: Tally}\n"];
    for object in ["^{commit}", "^{tree}", ":data"] {
        let repo = TestRepo::of_lists(&versions);
        repo.build();
        let git = git2::Repository::open(repo.path("repo")).expect("a repository");
        let loose = |revision: &str| {
            let id = git.revparse_single(&format!("{revision}{object}")).expect("an object").id().to_string();
            repo.path("repo/.git/objects").join(&id[..2]).join(&id[2..])
        };
        // The object of one version holds that of another.
        let (other, forged) = (loose("HEAD"), loose("HEAD~1"));
        let bytes = fs::read(other).expect("a loose object");
        fs::remove_file(&forged).expect("a loose object");
        fs::write(&forged, bytes).expect("a loose object");
        let ran = repo.publish(&[]);
        assert_eq!(ran.code, 2, "{object}: {}", ran.err);
        assert!(!repo.path("feeds").exists(), "{object}: nothing was written");
    }
}

/// The message of a failed `log` in a repository, with its next step.
fn failure(repo: &TestRepo, git: &str) -> String {
    let ran = repo.run(&["log", "--repo", git, "--inventory", "data/list.yaml"]).expect(2);
    assert!(ran.err.contains("help: "), "{}", ran.err);
    ran.err
}

#[test]
fn a_partial_clone_names_the_command_that_fetches_the_rest() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    repo.build();
    let blob =
        Repository::open(repo.path("repo")).and_then(|git| Ok(git.revparse_single("HEAD~1:data/list.yaml")?.id()));
    let id = blob.expect("a blob").to_string();
    // As `git clone --filter=blob:none` leaves it: a pack with a promisor, and objects that are missing.
    fs::write(repo.path("repo/.git/objects/pack/pack-1.promisor"), "").expect("a promisor");
    fs::remove_file(repo.path("repo/.git/objects").join(&id[..2]).join(&id[2..])).expect("a loose object");
    let said = failure(&repo, "repo");
    assert!(said.contains("partial clone") && said.contains(&id), "{said}");
    assert!(said.contains("git fetch --refetch --no-filter") && !said.contains("fsck"), "{said}");
    // Without a promisor it is damage.
    fs::remove_file(repo.path("repo/.git/objects/pack/pack-1.promisor")).expect("a promisor");
    let said = failure(&repo, "repo");
    assert!(said.contains(&format!("cannot read blob {id}")) && said.contains("git fsck"), "{said}");
}

#[test]
fn a_repository_that_cannot_be_opened_is_not_called_missing() {
    let repo = TestRepo::new();
    for (name, config, expected) in [
        (
            "reftable",
            "[core]\nrepositoryformatversion = 1\n[extensions]\nrefStorage = reftable\n",
            "extensions.refstorage",
        ),
        ("unknown", "[core]\nrepositoryformatversion = 1\n[extensions]\nfoo = bar\n", "extensions.foo"),
        ("broken", "[core\n", "git config --list --show-origin"),
    ] {
        Repository::init(repo.path(name)).expect("a repository");
        fs::write(repo.path(name).join(".git/config"), config).expect("a configuration");
        let said = failure(&repo, name);
        assert!(
            said.contains(&format!("cannot open the git repository at {name}")) && said.contains(expected),
            "{said}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_repository_of_another_user_names_the_setting_that_trusts_it() {
    let repo = TestRepo::of_lists(&[ONE]);
    repo.build();
    // Only root can give files away.
    if std::os::unix::fs::chown(repo.path("repo"), Some(12_345), None).is_err() {
        return;
    }
    std::os::unix::fs::chown(repo.path("repo/.git"), Some(12_345), None).expect("another owner");
    let path = repo.path("repo").canonicalize().expect("a path");
    let said = failure(&repo, "repo/data");
    assert!(said.contains("is owned by another user"), "{said}");
    assert!(said.contains(&format!("git config --global --add safe.directory {}\n", path.display())), "{said}");
}

#[test]
fn a_clone_without_a_branch_for_head_uses_the_only_branch() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    let ids = repo.build();
    let git = Repository::open(repo.path("repo")).expect("the repository");
    let tip = git2::Oid::from_str(ids[1].as_str()).expect("an id");
    // As `git clone` leaves a bundle without HEAD: only remote-tracking branches.
    git.reference("refs/remotes/origin/main", tip, true, "").expect("a branch");
    git.set_head("refs/heads/master").expect("a HEAD");
    git.find_reference("refs/heads/main").and_then(|mut branch| branch.delete()).expect("no branch");
    let path = ["--inventory", "data/list.yaml"];
    assert_eq!(kinds(&log(&repo, &path).expect(0).json()), [["published"], ["added"]]);
    git.reference("refs/remotes/origin/next", tip, true, "").expect("a branch");
    log(&repo, &path).fails(2, &["origin/main, origin/next", "--branch origin/main"]);
    log(&repo, &[&path[..], &["--branch", "origin/next"]].concat()).expect(0);
}

#[test]
fn commits_with_unusual_identity_lines_are_read_as_git_log_reads_them() {
    for (at, end_of_line) in
        ["> 1704200000  +0000", ">\t1704200000\t+0000", ">1704200000 +0000", "> 1704200000", "> then", ""]
            .into_iter()
            .enumerate()
    {
        let repo = TestRepo::of_lists(&[ONE, TWO]);
        let ids = repo.build();
        let git = Repository::open(repo.path("repo")).expect("the repository");
        let tree = git.revparse_single(&format!("{}^{{tree}}", ids[0])).expect("a tree").id();
        let text = format!(
            "tree {tree}\nparent {}\nauthor A <a@x.example{end_of_line}\ncommitter A <a@x.example{end_of_line}\n\nback\n",
            ids[1]
        );
        let id = git.odb().expect("objects").write(git2::ObjectType::Commit, text.as_bytes()).expect("a commit");
        // The tip, and a commit before it.
        for tip_is_usual in [false, true] {
            if tip_is_usual {
                let tree = git.revparse_single(&format!("{}^{{tree}}", ids[1])).expect("a tree").id();
                let text = format!(
                    "tree {tree}\nparent {id}\nauthor A <a> 1704300000 +0000\ncommitter A <a> 1704300000 +0000\n\nc\n"
                );
                let tip =
                    git.odb().expect("objects").write(git2::ObjectType::Commit, text.as_bytes()).expect("a commit");
                git.reference("refs/heads/main", tip, true, "").expect("a branch");
            } else {
                git.reference("refs/heads/main", id, true, "").expect("a branch");
            }
            let json = log(&repo, &["--inventory", "data/list.yaml"]).expect(0).json();
            assert_eq!(kinds(&json)[..3], [["published"], ["added"], ["removed"]], "{at}");
        }
        log(&repo, &["--inventory", "data/list.yaml", "--since", &id.to_string()]).expect(0);
    }
}

/// Commits a file with a name in Latin-1 to the folder `list`, and then its renaming to UTF-8.
fn commit_latin1_name_and_its_fix(git: &Repository) -> [git2::Oid; 2] {
    let blob = git.blob(b"name: M\n").expect("a blob");
    let before = git.revparse_single("HEAD:list").and_then(|tree| tree.peel_to_tree()).expect("a tree");
    [&b"M\xfcller.yaml"[..], "Müller.yaml".as_bytes()].map(|name| {
        let head = git.head().and_then(|head| head.peel_to_commit()).expect("a commit");
        let mut folder = git.treebuilder(Some(&before)).expect("a tree");
        folder.insert(name, blob, 0o100_644).expect("a file");
        let mut root = git.treebuilder(None).expect("a tree");
        root.insert("list", folder.write().expect("a tree"), 0o040_000).expect("a folder");
        let tree = git.find_tree(root.write().expect("a tree")).expect("the tree");
        let time = git2::Time::new(head.time().seconds() + DAY, 0);
        let who = git2::Signature::new("A", "a@example.com", &time).expect("a signature");
        git.commit(Some("HEAD"), &who, &who, "b", &tree, &[&head]).expect("a commit")
    })
}

#[test]
fn a_folder_with_a_file_name_that_is_not_utf8_is_an_unreadable_version() {
    let repo = TestRepo::new().commit("a", &[("list/nordhaven.yaml", Some("name: Nordhaven\n"))]);
    repo.build();
    let git = Repository::open(repo.path("repo")).expect("the repository");
    let [wrong, _fixed] = commit_latin1_name_and_its_fix(&git);
    let changes = log(&repo, &["--inventory", "list"]).expect(0).json();
    let releases = changes["releases"].as_array().expect("releases");
    assert_eq!(kinds(&changes), [vec!["published"], vec![], vec!["added"]]);
    assert_eq!(releases[1]["unreadable"]["message"], r"M\xfcller.yaml: the file name is not UTF-8");
    assert_eq!(releases[1]["unreadable"]["file"], r"M\xfcller.yaml");
    let shown = repo.run(&["log", "--repo", "repo", "--inventory", "list"]).expect(0).out;
    assert!(shown.contains(r"list/M\xfcller.yaml: the file name is not UTF-8"), "{shown}");
    let at = wrong.to_string();
    let show = repo.run(&["show", "--repo", "repo", "--inventory", "list", "--at", &at]);
    show.fails(2, &[r"list/M\xfcller.yaml: the file name is not UTF-8", "git mv"]);
}

#[test]
fn a_publication_passes_over_a_version_with_a_file_name_that_is_not_utf8() {
    let config = CONFIG.replace("data/list.yaml", "list");
    let files = [("changecast.yaml", Some(config.as_str())), ("list/nordhaven.yaml", Some("name: Nordhaven\n"))];
    let repo = TestRepo::new().commit("a", &files);
    repo.build();
    let git = Repository::open(repo.path("repo")).expect("the repository");
    commit_latin1_name_and_its_fix(&git);
    repo.publish(&[]).expect(0);
    let published = fs::read_to_string(repo.path("feeds/vendors/changelog.md")).expect("a change log");
    assert!(published.contains("Nordhaven") && published.contains("| Added | **M** |"), "{published}");
    repo.verify().expect(0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_name_that_is_not_utf8_in_the_working_tree_is_an_error() {
    use std::os::unix::ffi::OsStrExt;
    let repo = TestRepo::new().commit("a", &[("list/nordhaven.yaml", Some("name: Nordhaven\n"))]);
    repo.build();
    let name = std::ffi::OsStr::from_bytes(b"M\xfcller.yaml");
    fs::write(repo.path("repo/list").join(name), "name: M\n").expect("a file");
    let diff = repo.run(&["diff", "HEAD", "--repo", "repo", "--inventory", "list"]);
    diff.fails(2, &[r"list/M\xfcller.yaml: the file name is not UTF-8", "git mv"]);
}
