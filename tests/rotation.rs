//! Keys over years: rotated, revoked after a theft, and what verifiers say before and after.

use std::fs;

use crate::support::{FEBRUARY, MARCH, PLACE, Ran, TestRepo, key};

const VERSIONS: [&str; 4] = [
    "entries:\n- {name: Nordhaven, location: Finland}\n",
    "entries:\n- {name: Nordhaven, location: Germany}\n",
    "entries:\n- {name: Nordhaven, location: Spain}\n",
    "entries:\n- {name: Nordhaven, location: Italy}\n",
];
const APRIL: &str = "2030-04-01T00:00:00Z";

/// Two versions are published with the first keys. Other keys are `keys/next`, `keys/third` and `keys/root2`.
fn published() -> TestRepo {
    let repo = TestRepo::of_lists(&VERSIONS);
    repo.build_first(2);
    repo.publish(&[]).expect(0);
    repo.keys_of(&["next", "third", "root2"]);
    repo
}

fn keys(repo: &TestRepo, command: &str, more: &[&str]) -> Ran {
    repo.run(&[&["keys", command], &PLACE[..], more].concat())
}

/// Publishes what is new with this release key.
fn publish(repo: &TestRepo, release: &str, now: &str) -> Ran {
    let release = format!("keys/{release}");
    repo.run(&[&["publish"], &PLACE[..], &["--key", &release, "--now", now]].concat())
}

#[test]
fn a_rotated_release_key_signs_from_then_on_and_the_old_one_no_more() {
    let repo = published();
    keys(&repo, "rotate", &["--root-key", "keys/root", "--key", "keys/next", "--now", FEBRUARY]).expect(0);
    repo.verify().expect(0);
    repo.build();
    publish(&repo, "release", MARCH).fails(2, &["may not sign this log"]);
    publish(&repo, "next", MARCH).expect(0);
    let verified = repo.verify().expect(0);
    assert!(verified.err.contains("up to release 5, "), "{}", verified.err);
    let listed = repo.run(&["keys", "list", "feeds", "--root", "keys/root.pub"]).expect(0);
    let lines: Vec<&str> = listed.out.lines().collect();
    let line = |role: &str, name: &str, more: &str| format!("  {role:<8} {} {more}", key(name).public().fingerprint());
    for expected in [
        line("root", "root", "since release 0"),
        line("release", "release", "since release 0 until release 3"),
        line("release", "next", "since release 3"),
        line("head", "release", "since release 0 until release 3"),
        line("head", "next", "since release 3"),
    ] {
        assert!(lines.contains(&&*expected), "{expected:?} is missing in\n{}", listed.out);
    }
    assert!(repo.run(&["keys", "list", "feeds"]).expect(0).err.contains("compare it with the key that you pinned"));
    // The published log is complete: rendering everything again changes no file.
    let before = repo.files("feeds");
    repo.run(&[&["publish", "--all"], &PLACE[..], &["--key", "keys/next", "--now", APRIL]].concat()).expect(0);
    assert_eq!(repo.files("feeds"), before);
}

#[test]
fn only_a_root_key_of_the_log_rotates_keys() {
    let repo = published();
    let before = repo.files("feeds");
    for (more, texts) in [
        (&["--root-key", "keys/other", "--key", "keys/next"][..], &["root key", "may not sign this log"][..]),
        (&["--root-key", "keys/release", "--key", "keys/next"], &["may not sign this log"]),
        (&["--root-key", "keys/root", "--key", "keys/root"], &["the same key"]),
        (&["--root-key", "keys/root"], &["the release key is missing", "--key"]),
        (&["--key", "keys/next"], &["the root key is missing", "--root-key"]),
        (&["--root-key", "keys/root", "--key", "keys/next", "--new-root", "keys/next.pub"], &["both the role"]),
    ] {
        keys(&repo, "rotate", more).fails(2, texts);
    }
    assert_eq!(repo.files("feeds"), before);
}

#[test]
fn root_keys_are_rotated_and_customers_keep_their_pin() {
    let repo = published();
    let rotate = ["--root-key", "keys/root", "--key", "keys/release", "--new-root", "keys/root2.pub"];
    keys(&repo, "rotate", &[&rotate[..], &["--now", FEBRUARY]].concat()).expect(0);
    repo.verify().expect(0);
    keys(&repo, "rotate", &["--root-key", "keys/root", "--key", "keys/next", "--now", MARCH]).fails(2, &["root key"]);
    keys(&repo, "rotate", &["--root-key", "keys/root2", "--key", "keys/next", "--now", MARCH]).expect(0);
    repo.verify().expect(0);
    // The new root key did not sign release 0.
    repo.run(&["verify", "feeds", "--root", "keys/root2.pub"]).expect(5);
}

#[test]
fn heads_of_a_revoked_key_are_void_after_the_named_one() {
    let repo = published();
    let head = |key: &str, now: &str| repo.run(&[&["head"], &PLACE[..], &["--key", key, "--now", now]].concat());
    // The thief signs a head far in the future.
    head("keys/release", "2099-01-01T00:00:00Z").expect(0);
    let revoke = ["--root-key", "keys/root", "--key", "keys/next", "--stolen", "keys/release.pub", "--now", FEBRUARY];
    keys(&repo, "revoke", &[&revoke[..], &["--last-head", "7"]].concat()).fails(2, &["has no head 7"]);
    keys(&repo, "revoke", &[&revoke[..], &["--stolen", "keys/third.pub"]].concat()).expect(2);
    keys(&repo, "revoke", &[&revoke[..], &["--last-head", "0"]].concat()).expect(0);
    let verified = repo.verify().expect(0);
    assert!(verified.err.contains("and head 2 of 2030-02-01T00:00:00Z"), "{}", verified.err);
    head("keys/release", MARCH).fails(2, &["may not sign this log"]);
    head("keys/next", MARCH).expect(0);
    repo.build();
    publish(&repo, "next", APRIL).expect(0);
    repo.verify().expect(0);
    let listed = repo.run(&["keys", "list", "feeds"]).expect(0);
    assert!(listed.out.contains("release 3 voids the heads of removed keys after head 0"), "{}", listed.out);
}

#[test]
fn releases_of_a_thief_are_disowned_and_the_list_is_restored() {
    let repo = published();
    // The thief has the release key and the output directory, and publishes another version.
    let thief = TestRepo::of_lists(&[VERSIONS[0], VERSIONS[1], "entries:\n- {name: Nordhaven, location: Nowhere}\n"]);
    thief.build();
    fs::rename(repo.path("repo"), repo.path("ours")).expect("a folder");
    fs::rename(thief.path("repo"), repo.path("repo")).expect("a folder");
    publish(&repo, "release", FEBRUARY).expect(0);
    fs::rename(repo.path("repo"), repo.path("theirs")).expect("a folder");
    fs::rename(repo.path("ours"), repo.path("repo")).expect("a folder");
    let list = || fs::read_to_string(repo.path("feeds/vendors/list.json")).expect("a list");
    assert!(list().contains("Nowhere"));
    let follow = |code: i32| {
        let pin = ["--root", "keys/root.pub", "--origin", "example.com/vendors", "--state", "state.json"];
        repo.run(&[&["follow", "feeds/vendors", "--now", MARCH], &pin[..]].concat()).expect(code).out
    };
    follow(0);
    let revoke = ["--root-key", "keys/root", "--key", "keys/next", "--stolen", "keys/release.pub", "--now", MARCH];
    keys(&repo, "revoke", &[&revoke[..], &["--last-head", "0", "--disown", "3"]].concat()).expect(0);
    repo.verify().expect(0);
    publish(&repo, "next", MARCH).expect(0);
    repo.verify().expect(0);
    assert!(list().contains("Germany") && !list().contains("Nowhere"), "{}", list());
    let news = follow(0);
    assert!(
        news.contains("after a stolen key signed releases that are not the publisher's  the page itself"),
        "{news}"
    );
    let feed = fs::read_to_string(repo.path("feeds/vendors/feed.atom")).expect("a feed");
    assert!(feed.contains("after a stolen key signed releases that are not the publisher"), "{feed}");
    let before = repo.files("feeds");
    repo.run(&[&["publish", "--all"], &PLACE[..], &["--key", "keys/next", "--now", APRIL]].concat()).expect(0);
    assert_eq!(repo.files("feeds"), before);
    // The log continues from the publisher's own history.
    repo.build();
    publish(&repo, "next", APRIL).expect(0);
    repo.verify().expect(0);
    assert!(list().contains("Italy"));
}
