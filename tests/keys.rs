//! Keys: created safely, and refused where their roles or places are wrong.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use super::support::{NOW, TestRepo};

const ONE: &str = "entries:\n- {name: Nordhaven, location: Finland}\n";
const PUBLISH: [&str; 9] =
    ["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--now", NOW];

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).map(|entries| entries.flatten().collect()).unwrap_or_else(|_| Vec::new());
    let mut names: Vec<String> = entries.iter().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn keygen_creates_two_root_keys_and_a_release_key_that_publish_accepts() {
    let repo = TestRepo::of_lists(&[ONE]);
    repo.build();
    let created = repo.run(&["keygen", "new"]).expect(0);
    let mut files = ["changecast-release", "changecast-root", "changecast-root-2"]
        .map(|name| [name.to_owned(), format!("{name}.pub")])
        .concat();
    files.sort();
    assert_eq!(names(&repo.path("new")), files);
    // The message contains the command for the first publication.
    let line = created.err.lines().find(|line| line.contains("changecast publish")).expect("a command");
    let args: Vec<&str> = PUBLISH.into_iter().chain(line.split_whitespace().skip(2)).collect();
    let published = repo.run(&args).expect(0);
    assert!(!published.err.contains("warning: new/"), "{}", published.err);
    for (root, code) in [("changecast-root.pub", 0), ("changecast-root-2.pub", 5)] {
        repo.run(&["verify", "feeds", "--root", &format!("new/{root}")]).expect(code);
    }
    let header = fs::read_to_string(repo.path("feeds/vendors/log/000000.json")).expect("a header");
    for root in ["changecast-root.pub", "changecast-root-2.pub"] {
        let line = fs::read_to_string(repo.path("new").join(root)).expect("a key");
        let key = line.split_whitespace().nth(1).expect("a key");
        assert!(header.contains(key), "{root}");
    }
    repo.run(&["keygen", "new"]).fails(2, &["already exists", "never overwritten"]);
}

#[test]
fn keygen_refuses_a_work_tree() {
    let repo = TestRepo::of_lists(&[ONE]);
    repo.build();
    for folder in ["repo", "repo/keys/new"] {
        repo.run(&["keygen", folder]).fails(2, &["inside the git work tree", "keygen ../keys"]);
    }
    assert!(!repo.path("repo/changecast-root").exists() && !repo.path("repo/keys").exists());
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_no_half_pair() {
    let repo = TestRepo::new();
    // A limit on the size of files makes writing fail like a full disk does.
    let script = r#"trap '' XFSZ; ulimit -f 0; exec "$0" keygen new"#;
    let mut shell = Command::new("sh");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_changecast")]).current_dir(repo.dir.path());
    let output = shell.stderr(Stdio::piped()).output().expect("a shell");
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(names(&repo.path("new")).is_empty());
    repo.run(&["keygen", "new"]).expect(0);
}

#[test]
fn keys_with_the_wrong_role_or_place_are_refused() {
    let repo = TestRepo::of_lists(&[ONE]);
    repo.build();
    repo.run(&["keygen", "new"]).expect(0);
    let publish = |key: &str, root: &str| repo.run(&[&PUBLISH[..], &["--key", key, "--root-key", root]].concat());
    publish("new/changecast-root", "new/changecast-release").fails(2, &["swapped", "--root-key"]);
    publish("new/changecast-release", "new/changecast-release").fails(2, &["the same key"]);
    for other in ["new/changecast-root.pub", "new/changecast-release.pub"] {
        let keys = ["--key", "new/changecast-release", "--root-key", "new/changecast-root", "--other-root", other];
        repo.run(&[&PUBLISH[..], &keys].concat()).fails(2, &["--other-root", "changecast-root-2.pub"]);
    }
    fs::copy(repo.path("new/changecast-release"), repo.path("repo/release")).expect("a copy");
    let git = |args: &[&str]| {
        let status = Command::new("git").arg("-C").arg(repo.path("repo")).args(args).status().expect("git");
        assert!(status.success(), "git {args:?}");
    };
    git(&["add", "release"]);
    publish("repo/release", "new/changecast-root").fails(2, &["git tracks the private key repo/release"]);
    assert!(!repo.path("feeds").exists());
}

#[cfg(unix)]
#[test]
fn a_private_key_that_others_can_read_is_named() {
    use std::os::unix::fs::PermissionsExt;

    let repo = TestRepo::of_lists(&[ONE]);
    repo.build();
    repo.keys();
    fs::set_permissions(repo.path("keys/release"), fs::Permissions::from_mode(0o644)).expect("permissions");
    let args = [&PUBLISH[..], &["--key", "keys/release", "--root-key", "keys/root"]].concat();
    let published = repo.run(&args).expect(0);
    assert!(published.err.contains("keys/release: other users can read this private key"), "{}", published.err);
    assert!(!published.err.contains("keys/root: other"), "{}", published.err);
}
