//! Heads, clocks and dates: when a log was published, and how far it had grown.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use changecast_core::ledger::layout;

use super::support::{CONFIG, NOW, TestRepo};

const ONE: &str = "entries:\n- {name: Nordhaven, location: Finland}\n";
const TWO: &str = "entries:\n- {name: Nordhaven, location: Germany}\n";
const THREE: &str = "entries:\n- {name: Nordhaven, location: Spain}\n";
const LATER: &str = "2030-03-01T00:00:00Z";

/// A published history of two versions.
fn published() -> TestRepo {
    let repo = TestRepo::of_lists(&[ONE, TWO, THREE]);
    repo.build_first(2);
    repo.publish(&[]).expect(0);
    repo
}

fn head(repo: &TestRepo, more: &[&str]) -> super::support::Ran {
    let mut args = vec!["head", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds"];
    args.extend(["--key", "keys/release"]);
    args.extend(more);
    repo.run(&args)
}

/// The names of the files that differ between two states of a folder.
fn changed(before: &[(String, Vec<u8>)], after: &[(String, Vec<u8>)]) -> Vec<String> {
    after.iter().filter(|file| !before.contains(file)).map(|(name, _)| name.clone()).collect()
}

#[test]
fn head_writes_one_head_and_the_index_only() {
    let repo = published();
    let before = repo.files("feeds");
    let ran = head(&repo, &["--now", LATER]).expect(0);
    assert!(ran.err.contains("vendors: head 1 covers release 2"), "{}", ran.err);
    let after = repo.files("feeds");
    assert_eq!(
        changed(&before, &after),
        ["vendors/head/000001.json", "vendors/head/000001.json.sig", "vendors/index.json"]
    );
    repo.verify().expect(0);
    // A publication without news leaves the later head alone, whether it continues or verifies the whole log.
    for more in [&[][..], &["--all"], &["--check"]] {
        repo.publish(&[more, &["--now", "2030-04-01T00:00:00Z"]].concat()).expect(0);
        assert_eq!(repo.files("feeds"), after);
    }
    repo.build();
    repo.publish(&["--now", "2030-05-01T00:00:00Z"]).expect(0);
    let verified = repo.verify().expect(0);
    assert!(verified.err.contains("up to release 3") && verified.err.contains("2030-05-01"), "{}", verified.err);
}

#[test]
fn a_log_that_continues_after_a_head_equals_one_that_is_verified_as_a_whole() {
    let continued = published();
    head(&continued, &["--now", LATER]).expect(0);
    continued.build();
    continued.publish(&["--now", "2030-05-01T00:00:00Z"]).expect(0);
    let whole = published();
    head(&whole, &["--now", LATER]).expect(0);
    fs::remove_file(whole.path("feeds/vendors/resume.json")).expect("a checkpoint");
    whole.build();
    whole.publish(&["--now", "2030-05-01T00:00:00Z"]).expect(0);
    assert_eq!(continued.files("feeds"), whole.files("feeds"));
}

#[test]
fn heads_expire_as_configured() {
    let config = CONFIG.replace("output: feeds", "output: feeds\nhead: {fresh_for: P30D}");
    let repo = TestRepo::new().commit("first", &[("changecast.yaml", Some(&config)), ("data/list.yaml", Some(ONE))]);
    repo.build();
    repo.publish(&[]).expect(0);
    let verify = |now| repo.run(&["verify", "feeds/vendors", "--root", "keys/root.pub", "--now", now]);
    verify("2030-01-30T23:59:59Z").expect(0);
    verify("2030-02-01T00:00:00Z").fails(4, &["expired at 2030-01-31T00:00:00Z"]);
    let ran = head(&repo, &["--now", "2030-02-02T00:00:00Z"]).expect(0);
    assert!(ran.err.contains("expires at 2030-03-04T00:00:00Z"), "{}", ran.err);
    verify("2030-03-01T00:00:00Z").expect(0);
}

#[test]
fn a_head_follows_a_publication_and_never_goes_back_in_time() {
    let repo = TestRepo::of_lists(&[ONE, TWO, THREE]);
    repo.build_first(2);
    repo.keys();
    head(&repo, &["--now", NOW]).fails(2, &["the log has no head yet", "changecast publish"]);
    repo.publish(&[]).expect(0);
    let before = repo.files("feeds");
    let earlier = "2029-12-31T23:59:59Z";
    head(&repo, &["--now", earlier]).fails(2, &[earlier, NOW, "correct the clock"]);
    repo.build();
    for more in [&[][..], &["--allow-future"]] {
        repo.publish(&[more, &["--now", earlier]].concat()).fails(2, &[earlier, NOW, "correct the clock"]);
    }
    assert_eq!(repo.files("feeds"), before);
    let other =
        ["head", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--key", "keys/other"];
    repo.run(&other).fails(2, &["release key"]);
}

#[test]
fn a_commit_from_the_future_is_refused_unless_it_is_allowed() {
    let repo = TestRepo::of_lists(&[ONE, TWO]).amend(|commit| commit.time = 4_070_908_800);
    repo.build();
    repo.publish(&[]).fails(2, &["2099-01-01", "--allow-future"]);
    assert!(!repo.path("feeds/vendors/log").exists());
    repo.publish(&["--allow-future"]).expect(0);
    repo.verify().expect(0);
    // A day of difference between two clocks is normal.
    let repo = TestRepo::of_lists(&[ONE]);
    repo.build();
    repo.publish(&["--now", "2024-01-01T00:00:00Z"]).expect(0);
}

/// Runs git in the repository and returns its output.
fn git(repo: &Path, args: &[&str], input: &str) -> String {
    let mut git = Command::new("git");
    git.arg("-C").arg(repo).args(args).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let mut child = git.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("git");
    child.stdin.take().expect("a pipe").write_all(input.as_bytes()).expect("git reads");
    let output = child.wait_with_output().expect("git");
    assert!(output.status.success(), "git {args:?}");
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

#[test]
fn an_absurd_date_does_not_end_a_log() {
    for date in
        ["0 +0000", "4102444800 +0000", "253402300799 +0000", "-9223372036854775808 +0000", "9223372036854775807 +0000"]
    {
        let repo = TestRepo::of_lists(&[ONE, TWO, THREE]);
        repo.build_first(1);
        let folder = repo.path("repo");
        let parent = git(&folder, &["rev-parse", "HEAD"], "");
        fs::write(folder.join("data/list.yaml"), TWO).expect("a file");
        git(&folder, &["add", "-A"], "");
        let tree = git(&folder, &["write-tree"], "");
        let object = format!(
            "tree {tree}\nparent {parent}\nauthor A <a@a.example> {date}\ncommitter A <a@a.example> {date}\n\nabsurd\n"
        );
        let commit = git(&folder, &["hash-object", "-t", "commit", "-w", "--literally", "--stdin"], &object);
        git(&folder, &["reset", "-q", "--hard", &commit], "");
        repo.publish(&["--allow-future"]).expect(0);
        repo.verify().expect(0);
        fs::write(folder.join("data/list.yaml"), THREE).expect("a file");
        git(
            &folder,
            &[
                "-c", "user.name=A", "-c", "user.email=a@a.example", "commit", "-qam", "ordinary", "--date",
                "2024-03-01T00:00:00Z",
            ],
            "",
        );
        let next = repo.publish(&["--now", LATER, "--allow-future"]).expect(0);
        assert!(next.err.contains("2030-03-01"), "{date}: {}", next.err);
        repo.verify().expect(0);
        let body = fs::read_to_string(repo.path("feeds/vendors/log/000002.body.json")).expect("a body");
        assert!(body.contains(&format!(r#""committed":"{date}""#)), "{body}");
    }
}

#[test]
fn of_two_publishers_one_succeeds_and_the_result_is_that_of_one() {
    let alone = published();
    let repo = TestRepo::of_lists(&[ONE, TWO, THREE]);
    repo.build_first(2);
    repo.keys();
    let publish = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_changecast"));
        command
            .args(["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--now", NOW]);
        command.args(["--key", "keys/release", "--root-key", "keys/root"]).current_dir(repo.dir.path());
        command.stderr(Stdio::null()).spawn().expect("the program")
    };
    let mut runs = [publish(), publish(), publish()];
    let codes = runs.each_mut().map(|run| run.wait().expect("a status").code());
    assert!(codes.contains(&Some(0)), "{codes:?}");
    assert!(codes.iter().all(|code| matches!(code, Some(0 | 2))), "{codes:?}");
    assert_eq!(repo.files("feeds"), alone.files("feeds"));
}

#[test]
fn two_publications_in_one_second_are_ordered() {
    let repo = published();
    repo.build();
    repo.publish(&[]).expect(0);
    repo.verify().expect(0);
    assert!(repo.path("feeds/vendors/head/000001.json").exists());
}

#[test]
fn a_run_that_is_repeated_on_an_older_copy_gives_the_same_releases() {
    let repo = published();
    let copy = repo.files("feeds");
    repo.build();
    repo.publish(&["--now", LATER]).expect(0);
    let first = repo.files("feeds/vendors/log");
    fs::remove_dir_all(repo.path("feeds")).expect("the output");
    for (name, bytes) in copy {
        let path = repo.path("feeds").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    repo.publish(&["--now", "2031-01-01T00:00:00Z"]).expect(0);
    assert_eq!(repo.files("feeds/vendors/log"), first);
}

#[test]
fn no_publication_continues_a_folder_that_does_not_verify() {
    for name in ["log/notes.txt", "log/000009.json", "head/000007.json", "log/000001.json.bak"] {
        let repo = published();
        fs::write(repo.path("feeds/vendors").join(name), "{}").expect("a file");
        let code = repo.verify().code;
        assert!(matches!(code, 2 | 3), "{name}: {code}");
        repo.build();
        for more in [&[][..], &["--check"], &["--all"]] {
            assert_eq!(repo.publish(more).code, code, "{name} {more:?}");
        }
        let check = ["publish", "--check", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds"];
        assert_eq!(repo.run(&check).code, code, "{name} without a key");
    }
}

#[test]
fn a_published_script_is_compared_and_replaced() {
    let repo = published();
    let script = repo.path("feeds/vendors").join(layout::Path::Script.to_string());
    let good = fs::read(&script).expect("the script");
    fs::write(&script, "#!/bin/sh\necho OK\n").expect("a script");
    let verified = repo.verify().expect(0);
    assert!(verified.err.contains("verify.sh is not the script of changecast"), "{}", verified.err);
    repo.publish(&["--check"]).expect(1);
    repo.publish(&[]).expect(0);
    assert_eq!(fs::read(&script).expect("the script"), good);
    assert!(!repo.verify().expect(0).err.contains("verify.sh"));
}

#[test]
fn head_creates_no_folder_for_a_log_that_does_not_exist() {
    let repo = TestRepo::of_lists(&[ONE]);
    repo.build();
    repo.keys();
    head(&repo, &[]).fails(2, &["vendors"]);
    assert!(!repo.path("feeds").exists());
}

#[test]
fn an_index_that_belongs_to_another_log_is_written_again() {
    let repo = published();
    let before = repo.files("feeds");
    let path = repo.path("feeds/vendors/index.json");
    let index = fs::read_to_string(&path).expect("an index");
    fs::write(&path, index.replace("/vendors", "/partners")).expect("an index");
    repo.verify().expect(3);
    repo.publish(&["--check"]).expect(1);
    repo.publish(&[]).expect(0);
    assert_eq!(repo.files("feeds"), before);
}
