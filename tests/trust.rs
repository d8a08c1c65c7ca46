//! What customers check with something that they kept: the name of a list, an older copy, a single head.

use std::fs;

use crate::support::{CONFIG, TestRepo, files_below};

const ONE: &str = "entries:\n- {name: Nordhaven, location: Finland}\n";
const TWO: &str = "entries:\n- {name: Nordhaven, location: Germany}\n";
const THREE: &str = "entries:\n- {name: Nordhaven, location: Spain}\n";
const DOCTORED: &str = "entries:\n- {name: Nordhaven, location: Austria}\n";

/// Copies a folder with everything in it.
fn copy(repo: &TestRepo, from: &str, to: &str) {
    for (name, bytes) in files_below(&repo.path(from)) {
        let path = repo.path(to).join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
}

/// A publication of two versions, kept as `older`, and of a third one in `feeds`.
fn published() -> TestRepo {
    let repo = TestRepo::of_lists(&[ONE, TWO, THREE]);
    repo.build_first(2);
    repo.publish(&[]).expect(0);
    copy(&repo, "feeds", "older");
    repo.build();
    repo.publish(&["--now", "2030-02-01T00:00:00Z"]).expect(0);
    repo
}

/// Publishes another history with the same keys to `feeds`.
fn doctored(repo: &TestRepo) -> TestRepo {
    let other = TestRepo::of_lists(&[ONE, DOCTORED, THREE]);
    other.build_first(2);
    other.publish(&[]).expect(0);
    other.build();
    other.publish(&["--now", "2030-02-01T00:00:00Z"]).expect(0);
    for (name, bytes) in files_below(&repo.path("older")) {
        let path = other.path("older").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    other
}

fn verify(repo: &TestRepo, more: &[&str]) -> crate::support::Ran {
    repo.run(&[&["verify", "feeds", "--root", "keys/root.pub"], more].concat())
}

#[test]
fn verify_states_the_release_by_number_and_digest() {
    let repo = published();
    let header = fs::read(repo.path("feeds/vendors/log/000003.json")).expect("a header");
    let digest = changecast_core::ledger::Digest::of(&header).to_string();
    let code = format!("release 3, {} {}", &digest[..4], &digest[4..8]);
    let verified = verify(&repo, &[]).expect(0);
    assert!(verified.err.contains(&format!("up to {code}, and head 1 of 2030-02-01T00:00:00Z")), "{}", verified.err);
    for name in ["index.html", "feed.atom", "feed.rss", "feed.json", "changelog.md"] {
        let page = fs::read_to_string(repo.path("feeds/vendors").join(name)).expect(name);
        assert!(page.contains(&format!("As of {code}.")), "{name}");
    }
    let site = fs::read_to_string(repo.path("feeds/index.html")).expect("a page");
    assert!(site.contains(&format!("As of {code}")));
    let page = files_below(&repo.path("feeds/vendors/changes")).pop().expect("a page");
    assert!(
        page.0.starts_with("3-") && String::from_utf8_lossy(&page.1).contains(&format!("As of {code}.")),
        "{}",
        page.0
    );
}

#[test]
fn a_log_continues_an_older_copy_and_every_head_of_it() {
    let repo = published();
    for (dir, older) in [("feeds", "older"), ("feeds/vendors", "older/vendors"), ("feeds/vendors", "older")] {
        let ran = repo.run(&["verify", dir, "--root", "keys/root.pub", "--against", older]).expect(0);
        assert!(ran.err.contains("by 1 release and 1 head"), "{}", ran.err);
    }
    for (number, more) in [("0", "by 1 release and 1 head"), ("1", "by 0 releases and 0 heads")] {
        let head = format!("feeds/vendors/head/00000{number}.json");
        // A copy without the signature is enough: what was kept counts.
        let bare = format!("kept-{number}.json");
        fs::copy(repo.path(&head), repo.path(&bare)).expect("a copy");
        for kept in [&head, &bare] {
            let ran = verify(&repo, &["--head", kept]).expect(0);
            assert!(ran.err.contains(more), "{}", ran.err);
        }
    }
    verify(&repo, &["--head", "feeds/vendors/log/000001.json"]).fails(2, &["000001.json", "copied from head/"]);
}

#[test]
fn an_older_folder_is_stale() {
    let repo = published();
    repo.run(&["verify", "older", "--root", "keys/root.pub", "--against", "feeds"])
        .fails(4, &["ends with release 2, ", "release 3, ", "outdated mirror"]);
    repo.run(&["verify", "older/vendors", "--root", "keys/root.pub", "--head", "feeds/vendors/head/000001.json"])
        .fails(4, &["older"]);
}

#[test]
fn a_doctored_history_with_the_same_keys_is_found() {
    let repo = doctored(&published());
    verify(&repo, &[]).expect(0);
    verify(&repo, &["--against", "older"]).fails(3, &["forked", "release 2, ", "neither", "as evidence"]);
    verify(&repo, &["--head", "older/vendors/head/000000.json"]).fails(3, &["forked", "release 2, "]);
}

#[test]
fn swapped_and_missing_lists_are_found() {
    let config = CONFIG.to_owned() + "- {id: partners, title: Partners, inventory: data/partners.yaml}\n";
    let files = [("changecast.yaml", Some(&*config)), ("data/list.yaml", Some(ONE)), ("data/partners.yaml", Some(TWO))];
    let repo = TestRepo::new().commit("first", &files);
    repo.build();
    repo.publish(&[]).expect(0);
    copy(&repo, "feeds", "older");
    let both = ["--origin", "example.com/vendors", "--origin", "example.com/partners"];
    verify(&repo, &both).expect(0);
    verify(&repo, &["--against", "older"]).expect(0);
    repo.run(&["verify", "feeds/vendors", "--root", "keys/root.pub", "--origin", "example.com/partners"])
        .fails(3, &["example.com/vendors"]);
    repo.run(&[&["verify", "feeds/vendors", "--root", "keys/root.pub"], &both[..]].concat()).fails(2, &["one list"]);
    fs::rename(repo.path("feeds/vendors"), repo.path("feeds/x")).expect("a folder");
    fs::rename(repo.path("feeds/partners"), repo.path("feeds/vendors")).expect("a folder");
    fs::rename(repo.path("feeds/x"), repo.path("feeds/partners")).expect("a folder");
    verify(&repo, &[]).fails(3, &["the folder contains the log of another list"]);
    verify(&repo, &both).fails(3, &["example.com"]);
    fs::remove_dir_all(repo.path("feeds/partners")).expect("a folder");
    verify(&repo, &both).fails(2, &["the list example.com/partners is not there"]);
    verify(&repo, &["--against", "older"]).fails(2, &["the list partners of the older copy is not there"]);
}
