//! `audit`: a log that is compared with git, and the bundle for somebody without this program.

use std::{fs, process::Command};

use crate::support::{CONFIG, FEBRUARY, Ran, TestRepo};

const VERSIONS: [&str; 4] = [
    "entries:\n- {name: Nordhaven, location: Finland, remark: EU}\n- {name: Kestrel, location: Norway}\n",
    "entries:\n- {name: Nordhaven, location: Germany, remark: EU}\n- {name: Kestrel, location: Norway}\n",
    "entries:\n- {name: Nordhaven, location: Germany, remark: EU}\n",
    "entries:\n- {name: Nordhaven, location: Italy, remark: EU}\n- {name: Ferret, location: Ireland}\n",
];
const ROOT: [&str; 2] = ["--root", "keys/root.pub"];

fn published() -> TestRepo {
    let repo = TestRepo::of_lists(&VERSIONS);
    repo.build_first(2);
    repo.publish(&[]).expect(0);
    repo.correct("2", "It was another building.").expect(0);
    repo.build();
    repo.publish(&["--now", FEBRUARY]).expect(0);
    repo
}

fn audit(repo: &TestRepo, more: &[&str]) -> Ran {
    repo.run(&[&["audit", "feeds", "--repo", "repo", "--now", FEBRUARY], &ROOT[..], more].concat())
}

/// The result of each release.
fn results(ran: &Ran) -> Vec<String> {
    let json = ran.json();
    let releases = json["logs"][0]["releases"].as_array().expect("releases");
    releases.iter().map(|release| release["result"].as_str().expect("a result").to_owned()).collect()
}

#[test]
fn a_log_that_follows_from_git_is_the_same() {
    let repo = published();
    let json = audit(&repo, &["--format", "json"]).expect(0);
    assert_eq!(results(&json), ["not from git", "same", "same", "not from git", "same", "same"]);
    assert_eq!(json.json()["pages"]["result"], "same", "{}", json.out);
    let text = audit(&repo, &[]).expect(0);
    assert!(text.out.contains("4 releases are the same in git, 0 differ, 0 were not recomputed"), "{}", text.out);
    assert!(text.out.contains("Pages and feeds match the logs."), "{}", text.out);
    let markdown = audit(&repo, &["--format", "markdown"]).expect(0);
    assert!(markdown.out.contains("| Release | Kind | Result |\n| --- | --- | --- |\n"), "{}", markdown.out);
    // The folder of the list alone has no pages to compare.
    let list = repo.run(&["audit", "feeds/vendors", "--repo", "repo", "--root", "keys/root.pub"]).expect(0);
    assert!(list.out.contains("were not compared"), "{}", list.out);
}

#[test]
fn another_history_contradicts_the_log() {
    let repo = published();
    let other = TestRepo::of_lists(&[VERSIONS[0], VERSIONS[1], VERSIONS[3], VERSIONS[2]]);
    other.build();
    fs::remove_dir_all(repo.path("repo")).expect("a folder");
    fs::rename(other.path("repo"), repo.path("repo")).expect("a folder");
    let json = audit(&repo, &["--format", "json"]).expect(3);
    let found = results(&json);
    assert!(found[4..].iter().all(|result| result == "differs"), "{found:?}");
    assert!(json.out.contains("is not in the repository"), "{}", json.out);
}

#[test]
fn commits_after_the_newest_release_are_named_as_not_published_yet() {
    let repo = TestRepo::of_lists(&VERSIONS);
    repo.build_first(2);
    repo.publish(&[]).expect(0);
    let ids = repo.build();
    let text = audit(&repo, &[]).expect(0);
    for id in &ids[2..] {
        let sentence = format!("Commit {} changes the list, and is not published yet.", id.short());
        assert!(text.out.contains(&sentence), "{}", text.out);
    }
    let json = audit(&repo, &["--format", "json"]).expect(0).json();
    let expected: Vec<&str> = ids[2..].iter().map(|id| id.as_str()).collect();
    assert_eq!(json["logs"][0]["unpublished"], serde_json::json!(expected));
    // --branch decides how far the audit looks.
    let one = audit(&repo, &["--format", "json", "--branch", ids[2].as_str()]).expect(0).json();
    assert_eq!(one["logs"][0]["unpublished"], serde_json::json!([ids[2].as_str()]));
    let none = audit(&repo, &["--branch", ids[1].as_str()]).expect(0);
    assert!(!none.out.contains("not published yet"), "{}", none.out);
    assert!(none.out.contains("Pages and feeds match the logs."), "{}", none.out);
    let older = audit(&repo, &["--branch", ids[0].as_str()]).expect(0);
    assert!(older.out.contains("The branch ends before commit"), "{}", older.out);
    audit(&repo, &["--branch", "nowhere"]).fails(2, &["no revision \"nowhere\""]);
}

#[test]
fn a_branch_without_the_published_commits_contradicts_the_log() {
    let repo = published();
    let other = TestRepo::of_lists(&VERSIONS[..1]).commit("other", &[("data/list.yaml", Some(VERSIONS[3]))]);
    let tip = other.build().pop().expect("a commit");
    for (name, bytes) in crate::support::files_below(&other.path("repo/.git/objects")) {
        let path = repo.path("repo/.git/objects").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        if !path.exists() {
            fs::write(path, bytes).expect("an object");
        }
    }
    let ran = audit(&repo, &["--branch", tip.as_str()]).expect(3);
    assert!(ran.out.contains("is not on the first-parent line of the branch"), "{}", ran.out);
}

#[test]
fn a_page_that_was_altered_is_named() {
    let repo = published();
    let page = repo.path("feeds/vendors/index.html");
    let text = fs::read_to_string(&page).expect("a page");
    fs::write(&page, text.replace("Italy", "Malta")).expect("a page");
    let ran = audit(&repo, &[]).expect(1);
    assert!(ran.out.contains("Pages or feeds that do not match the logs: vendors/index.html."), "{}", ran.out);
    let head = repo.path("feeds/vendors/log/000004.body.json");
    fs::write(&head, fs::read_to_string(&head).expect("a body").replace("Kestrel", "Kestral")).expect("a body");
    audit(&repo, &[]).fails(3, &["000004.body.json"]);
}

#[test]
fn a_list_that_was_read_again_is_the_same() {
    let repo = published();
    let config = fs::read_to_string(repo.path("repo/changecast.yaml")).expect("a configuration");
    assert_eq!(config, CONFIG);
    let config = config.replace("data/list.yaml}", "data/list.yaml, fields: {remark: data}}");
    fs::write(repo.path("repo/changecast.yaml"), config).expect("a configuration");
    repo.publish(&["--now", "2030-03-01T00:00:00Z"]).expect(0);
    let json = audit(&repo, &["--format", "json"]).expect(0);
    assert_eq!(results(&json), ["not from git", "same", "same", "not from git", "same", "same", "same"]);
    assert_eq!(json.json()["logs"][0]["releases"][6]["kind"], "reread", "{}", json.out);
}

#[test]
fn releases_from_before_git_was_rewritten_are_not_recomputed() {
    let repo = published();
    let rewritten = TestRepo::of_lists(&VERSIONS).amend(|commit| commit.message = "another message".into());
    let rewritten = rewritten.commit("more", &[("data/list.yaml", Some(VERSIONS[1]))]);
    rewritten.build();
    fs::remove_dir_all(repo.path("repo")).expect("a folder");
    fs::rename(rewritten.path("repo"), repo.path("repo")).expect("a folder");
    repo.publish(&["--reanchor", "--now", "2030-03-01T00:00:00Z"]).expect(0);
    let json = audit(&repo, &["--format", "json"]).expect(0);
    let found = results(&json);
    assert_eq!(found[5..], ["not recomputed", "same", "same"], "{}", json.out);
    let bundle = audit(&repo, &["--bundle", "log.tar.gz"]).expect(0);
    assert!(bundle.err.contains("are not in the repository: they are left out"), "{}", bundle.err);
}

#[test]
fn a_bundle_is_checked_by_a_shell_and_equal_logs_have_equal_bundles() {
    let repo = published();
    for name in ["one.tar.gz", "two.tar.gz"] {
        audit(&repo, &["--bundle", name]).expect(0);
    }
    let [one, two] = ["one.tar.gz", "two.tar.gz"].map(|name| fs::read(repo.path(name)).expect("a bundle"));
    assert!(one == two);
    let run = |command: &str| {
        let output = Command::new("sh").args(["-c", command]).current_dir(repo.dir.path()).output().expect("a shell");
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    run("tar xzf one.tar.gz && cd audit && sha256sum --quiet -c SHA256SUMS");
    run("cd audit && sh vendors/verify.sh root.pub example.com/vendors");
    let version = run("cat audit/versions/vendors/000002-*/list.yaml");
    assert_eq!(version, VERSIONS[1]);
    let readme = run("cat audit/README.txt");
    for needed in ["sh vendors/verify.sh root.pub example.com/vendors", "SHA256:"] {
        assert!(readme.contains(needed), "{readme}");
    }
    // Without a repository there are no versions.
    repo.run(&["audit", "feeds", "--bundle", "log.tar.gz", "--root", "keys/root.pub"]).expect(0);
    let names = run("tar tzf log.tar.gz");
    assert!(!names.contains("versions/") && names.contains("audit/vendors/head/000000.json.sig"), "{names}");
}
