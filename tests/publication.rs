//! Publication: nothing twice, nothing rewritten, nothing half, the same bytes everywhere.

use std::{collections::BTreeSet, fs, process::Command, thread, time::Duration};

use changecast::{
    history::Branch,
    output::{FoundLog, Output, read_log},
    publish::verify,
};
use changecast_core::sign::PublicKey;
use serde_json::Value;

use crate::support::{CONFIG, TestRepo, key, run_in};

const ONE: &str = "entries:\n- {name: Nordhaven, purpose: Hosting, location: Finland}\n";
const TWO: &str = "entries:\n- {name: Nordhaven, purpose: Hosting, location: Finland}\n- {name: Kestrel, purpose: Mail, location: United States}\n";
const THREE: &str = "entries:\n- {name: Nordhaven, purpose: Hosting, location: Germany}\n- {name: Kestrel, purpose: Mail, location: United States}\n";
const REFORMATTED: &str = "# reviewed\nentries:\n- {purpose: hosting., name: nordhaven, location: [Finland]}\n";
const BROKEN: &str = "entries:\n- {name: Nordhaven, purpose: Hosting\n";

fn feed(repo: &TestRepo) -> Value {
    serde_json::from_slice(&fs::read(repo.path("feeds/vendors/feed.json")).expect("a feed")).expect("JSON")
}

fn items(repo: &TestRepo) -> Vec<Value> {
    feed(repo)["items"].as_array().expect("items").clone()
}

fn ids(repo: &TestRepo) -> Vec<String> {
    items(repo).iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn publishing_twice_changes_no_byte_and_no_time() {
    let repo = TestRepo::of_lists(&[ONE, TWO, THREE]);
    repo.build();
    repo.publish(&[]).expect(0);
    let times = |repo: &TestRepo| {
        let files = repo.files("feeds").into_iter();
        files
            .map(|(name, _)| fs::metadata(repo.path("feeds").join(&name)).expect("a file").modified().expect("a time"))
            .collect::<Vec<_>>()
    };
    let (before, stamps) = (repo.files("feeds"), times(&repo));
    thread::sleep(Duration::from_millis(20));
    let again = repo.publish(&[]).expect(0);
    assert!(again.err.contains("nothing new") && again.err.contains(" 0 files written"), "{}", again.err);
    assert_eq!(repo.files("feeds"), before);
    assert_eq!(times(&repo), stamps);
    repo.verify().expect(0);
    repo.publish(&["--check"]).expect(0);
}

#[test]
fn publishing_commit_by_commit_equals_publishing_at_once() {
    let versions = [ONE, BROKEN, REFORMATTED, TWO, ONE, TWO, THREE];
    let (slow, quick) = (TestRepo::of_lists(&versions), TestRepo::of_lists(&versions));
    for count in 1..=versions.len() {
        slow.build_first(count);
        let code = if versions[count - 1] == BROKEN { 1 } else { 0 };
        slow.publish(&[]).expect(code);
        slow.verify().expect(0);
    }
    quick.build();
    quick.publish(&[]).expect(0);
    assert_eq!(slow.files("feeds"), quick.files("feeds"));
}

#[test]
fn the_bytes_depend_on_history_key_and_configuration_alone() {
    let repo = TestRepo::of_lists(&[ONE, TWO, THREE]);
    repo.build();
    repo.publish(&[]).expect(0);
    let expected = repo.files("feeds");
    let elsewhere = repo.path("elsewhere/deep");
    fs::create_dir_all(&elsewhere).expect("a folder");
    let root = repo.dir.path().display().to_string();
    for (at, env) in
        [("TZ", "Pacific/Kiritimati"), ("LC_ALL", "tr_TR.UTF-8"), ("HOME", "/nonexistent")].into_iter().enumerate()
    {
        let out = format!("out{at}");
        let arguments =
            ["publish", "--repo", &format!("{root}/repo"), "--config", &format!("{root}/repo/changecast.yaml")]
                .map(str::to_owned);
        let mut arguments: Vec<String> = arguments.to_vec();
        for (flag, value) in [
            ("--output", &out),
            ("--key", &format!("{root}/keys/release")),
            ("--root-key", &format!("{root}/keys/root")),
        ] {
            arguments.extend([flag.to_owned(), value.clone()]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        run_in(&elsewhere, &arguments, &[env]).expect(0);
        assert_eq!(crate::support::files_below(&elsewhere.join(&out)), expected, "{env:?}");
    }
}

#[test]
fn going_to_and_fro_gives_each_way_its_own_id() {
    let repo = TestRepo::of_lists(&[ONE, TWO, ONE, TWO, ONE]);
    repo.build();
    repo.publish(&[]).expect(0);
    let ids = ids(&repo);
    assert_eq!(ids.len(), 5);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 5, "{ids:?}");
    assert!(ids.iter().all(|id| id.starts_with("tag:example.com,2024:vendors/")), "{ids:?}");
}

#[test]
fn reformatting_publishes_nothing() {
    let repo = TestRepo::of_lists(&[ONE, REFORMATTED]);
    repo.build_first(1);
    repo.publish(&[]).expect(0);
    let before = repo.files("feeds");
    repo.build();
    repo.publish(&[]).expect(0);
    assert_eq!(repo.files("feeds"), before);
}

#[test]
fn texts_that_changed_in_passing_arrive_with_the_next_release() {
    let repo = TestRepo::of_lists(&[ONE, REFORMATTED, &REFORMATTED.replace("[Finland]", "[Germany]")]);
    repo.build();
    repo.publish(&[]).expect(0);
    let list: Value =
        serde_json::from_slice(&fs::read(repo.path("feeds/vendors/list.json")).expect("a list")).expect("JSON");
    assert_eq!(list["entries"][0]["name"], "nordhaven");
    assert_eq!(items(&repo).len(), 2);
    repo.verify().expect(0);
}

#[test]
fn a_rewritten_history_announces_nothing_twice() {
    let versions = [ONE, TWO, THREE];
    let repo = TestRepo::of_lists(&versions);
    repo.build();
    repo.publish(&[]).expect(0);
    let before = ids(&repo);
    // Rebased: other messages and times. Squashed: one commit in place of three.
    let rebased = TestRepo::of_lists(&versions)
        .amend(|commit| commit.message = "another message".into())
        .amend(|commit| commit.time += 60);
    let squashed = TestRepo::of_lists(&[THREE]);
    for rewritten in [rebased, squashed] {
        fs::remove_dir_all(repo.path("repo/.git")).expect("the old history");
        rewritten.build();
        for entry in fs::read_dir(rewritten.path("repo")).expect("a repository") {
            let entry = entry.expect("an entry");
            let target = repo.path("repo").join(entry.file_name());
            if target.is_dir() {
                fs::remove_dir_all(&target).expect("the old files");
            }
            fs::rename(entry.path(), target).expect("the new files");
        }
        let files = repo.files("feeds");
        repo.publish(&[]).fails(3, &["is not on the first-parent line any more", "--reanchor"]);
        assert_eq!(repo.files("feeds"), files, "a refusal writes nothing");
        repo.publish(&["--reanchor"]).expect(0);
        assert_eq!(ids(&repo), before);
        repo.verify().expect(0);
        repo.publish(&[]).expect(0);
        assert_eq!(ids(&repo), before);
    }
}

#[test]
fn an_amended_last_commit_announces_only_what_it_changes() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    repo.build();
    repo.publish(&[]).expect(0);
    let before = ids(&repo);
    let amended = TestRepo::of_lists(&[ONE, THREE]);
    amended.build();
    fs::remove_dir_all(repo.path("repo")).expect("the old repository");
    fs::rename(amended.path("repo"), repo.path("repo")).expect("the new repository");
    repo.publish(&["--reanchor"]).expect(0);
    let after = ids(&repo);
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after[1..], before[..]);
    assert!(items(&repo)[0]["title"].as_str().expect("a title").contains("relocated Nordhaven"));
    repo.verify().expect(0);
}

#[test]
fn an_older_checkout_is_no_rewritten_history() {
    let repo = TestRepo::of_lists(&[ONE, TWO, THREE]);
    repo.build();
    repo.publish(&[]).expect(0);
    let before = ids(&repo);
    for more in [&["--branch", "HEAD~1"][..], &["--branch", "HEAD~1", "--reanchor"]] {
        repo.publish(more).fails(3, &["published already", "newest commit"]);
    }
    assert_eq!(ids(&repo), before);
}

#[test]
fn a_log_belongs_to_its_publisher_and_has_its_end() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    repo.build();
    repo.publish(&[]).expect(0);
    let config = repo.path("repo/changecast.yaml");
    fs::write(&config, CONFIG.replace("example.com,2024", "other.example,2024")).expect("a configuration");
    repo.publish(&[]).fails(3, &["example.com,2024:vendors", "other.example,2024:vendors"]);
    fs::write(&config, CONFIG.replace("example.com,2024", "example.com,2025")).expect("a configuration");
    for more in [&[][..], &["--check"], &["--all"]] {
        repo.publish(more).fails(3, &["example.com,2025:vendors", "never change"]);
    }
    // The log itself holds the domain only.
    let word = repo.path("feeds/vendors/resume.json");
    let bytes = fs::read(&word).expect("a word");
    fs::remove_file(&word).expect("a word");
    fs::write(&config, CONFIG.replace("example.com,2024", "other.example,2024")).expect("a configuration");
    repo.publish(&[]).fails(3, &["example.com/vendors", "other.example/vendors"]);
    fs::write(&word, bytes).expect("a word");
    fs::write(&config, CONFIG.replace("data/list.yaml", "data/nope.yaml")).expect("a configuration");
    repo.publish(&[]).fails(2, &["data/nope.yaml", "inventory"]);
    fs::write(&config, CONFIG).expect("a configuration");
    repo.publish(&["--check"]).expect(0);
    for end in ["feeds/vendors/log/000002.json", "feeds/vendors/log/000002.json.sig"] {
        fs::remove_file(repo.path(end)).expect("the last release");
    }
    repo.publish(&[]).fails(3, &["ends with release 1", "names 2"]);
}

#[test]
fn a_file_that_moved_unseen_is_found_again_when_it_is_named() {
    let repo = TestRepo::of_lists(&[ONE])
        .commit("gone", &[("data/list.yaml", None)])
        .commit("elsewhere", &[("data/new.yaml", Some(ONE))]);
    repo.build();
    repo.publish(&[]).expect(0);
    assert!(items(&repo)[0]["title"].as_str().expect("a title").contains("withdrawn"));
    let config = repo.path("repo/changecast.yaml");
    fs::write(&config, CONFIG.replace("data/list.yaml", "[data/new.yaml, data/list.yaml]")).expect("a configuration");
    repo.publish(&[]).expect(0);
    assert!(items(&repo)[0]["title"].as_str().expect("a title").contains("restored"));
    repo.publish(&["--check"]).expect(0);
    repo.verify().expect(0);
}

#[test]
fn a_correction_is_said_once() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    repo.build();
    repo.publish(&[]).expect(0);
    for _ in 0..2 {
        repo.publish(&["--list", "vendors", "--correct", "2", "--reason", "It was another place."]).expect(0);
    }
    assert_eq!(ids(&repo).len(), 3);
}

fn found(repo: &TestRepo) -> FoundLog {
    read_log(&repo.path("feeds/vendors")).expect("a log")
}

fn holds(log: &FoundLog) -> bool {
    verify(log, &pin()).is_ok()
}

fn pin() -> PublicKey {
    PublicKey::parse("pin", &key("root").public().to_string()).expect("a key")
}

#[test]
fn every_changed_byte_is_found() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    repo.build();
    repo.publish(&[]).expect(0);
    let log = found(&repo);
    assert!(holds(&log));
    assert_eq!(log.releases.len(), 3);
    for release in 0..log.releases.len() {
        for at in 0..log.releases[release].0.len() {
            let mut changed = log.clone();
            changed.releases[release].0[at] ^= 1 << (at % 7);
            assert!(!holds(&changed), "byte {at} of release {release}");
        }
        for at in 0..log.releases[release].1.len() {
            let mut changed = log.clone();
            let mut bytes = changed.releases[release].1.clone().into_bytes();
            bytes[at] ^= 1 << (at % 7);
            changed.releases[release].1 = String::from_utf8_lossy(&bytes).into_owned();
            assert!(!holds(&changed), "byte {at} of signature {release}");
        }
    }
    for name in ["index", "list"] {
        let file = |log: &mut FoundLog| if name == "index" { log.index.take() } else { log.list.take() };
        let bytes = file(&mut log.clone()).expect("a file");
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let mut log = log.clone();
            file(&mut log);
            *(if name == "index" { &mut log.index } else { &mut log.list }) = Some(changed);
            assert!(!holds(&log), "byte {at} of {name}.json");
        }
    }
}

#[test]
fn deleted_swapped_and_inserted_releases_are_found() {
    let repo = TestRepo::of_lists(&[ONE, TWO, THREE]);
    repo.build();
    repo.publish(&[]).expect(0);
    let log = found(&repo);
    for at in 0..log.releases.len() {
        let mut changed = log.clone();
        changed.releases.remove(at);
        assert!(!holds(&changed), "release {at} deleted");
        for other in 0..log.releases.len() {
            let mut changed = log.clone();
            changed.releases.swap(at, other);
            assert!(at == other || !holds(&changed), "releases {at} and {other} swapped");
            let mut changed = log.clone();
            changed.releases.insert(at, log.releases[other].clone());
            assert!(!holds(&changed), "release {other} inserted at {at}");
        }
    }
    let folder = repo.path("feeds/vendors/log");
    fs::write(folder.join("000009.json"), "{}").expect("a stranger");
    repo.verify().fails(3, &["000009.json"]);
    fs::remove_file(folder.join("000009.json")).expect("the stranger");
    fs::remove_file(folder.join("000003.json")).expect("a release");
    repo.verify().fails(3, &["vendors"]);
}

#[test]
fn trust_is_a_decision() {
    let repo = TestRepo::of_lists(&[ONE]);
    repo.build();
    repo.publish(&[]).expect(0);
    // Another root key than the pinned one.
    repo.run(&["verify", "feeds", "--root", "keys/other.pub"]).fails(5, &["not the pinned one"]);
    // A key that the log does not know.
    let other =
        ["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--key", "keys/other"];
    repo.run(&other).fails(2, &["may not sign this log"]);
    // A new log without the root key.
    let mut new = other;
    new[6] = "elsewhere";
    repo.run(&new).fails(2, &["--root-key"]);
    repo.run(&other[..7]).fails(2, &["no key to sign with", "keygen", "--unsigned"]);
    let missing = repo.run(&["verify", "nowhere", "--root", "keys/root.pub"]);
    missing.fails(2, &["nowhere"]);
}

#[test]
fn the_key_may_come_from_the_environment() {
    let repo = TestRepo::of_lists(&[ONE]);
    repo.build();
    repo.publish(&[]).expect(0);
    let secret = |name: &str| fs::read_to_string(repo.path(&format!("keys/{name}"))).expect("a key");
    let (release, root) = (secret("release"), secret("root"));
    let arguments = ["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "other"];
    repo.run_with(&arguments, &[("CHANGECAST_KEY", &release), ("CHANGECAST_ROOT_KEY", &root)]).expect(0);
    assert_eq!(repo.files("feeds"), repo.files("other"));
    // A protected key, and its passphrase.
    let protected = key("release").to_openssh(Some("correct horse")).expect("a key");
    let with = |passphrase: &str| {
        let env = [
            ("CHANGECAST_KEY", protected.as_str()),
            ("CHANGECAST_ROOT_KEY", root.as_str()),
            ("CHANGECAST_PASSPHRASE", passphrase),
        ];
        repo.run_with(&["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "third"], &env)
    };
    with("wrong").fails(2, &["passphrase"]);
    with("correct horse").expect(0);
    assert_eq!(repo.files("feeds"), repo.files("third"));
}

#[test]
fn a_preview_says_what_it_is_and_never_replaces_signed_pages() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    repo.build();
    let preview = ["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--unsigned"];
    repo.run(&preview).expect(0);
    for (name, bytes) in repo.files("feeds") {
        let text = String::from_utf8(bytes).expect("text");
        assert!(!name.contains("/log/"), "{name}");
        if name.ends_with(".html") || name.ends_with(".md") {
            assert!(text.contains("Unsigned preview"), "{name}");
        }
    }
    repo.publish(&[]).expect(0);
    repo.run(&preview).fails(2, &["signed log"]);
    assert!(repo.files("feeds").iter().all(|(_, bytes)| !String::from_utf8_lossy(bytes).contains("Unsigned preview")));
}

#[test]
fn an_unreadable_version_is_no_removal() {
    let repo = TestRepo::of_lists(&[ONE, BROKEN, TWO, "", THREE]);
    repo.build_first(2);
    let ran = repo.publish(&[]).expect(1);
    assert!(ran.err.contains("data/list.yaml:3") && ran.err.contains("skipped"), "{}", ran.err);
    repo.build();
    repo.publish(&[]).expect(0);
    let titles: Vec<String> = items(&repo).iter().map(|item| item["title"].to_string()).collect();
    assert_eq!(titles.len(), 3, "{titles:?}");
    assert!(titles[1].contains("added Kestrel") && titles[0].contains("relocated Nordhaven"), "{titles:?}");
    let log =
        repo.run(&["log", "--repo", "repo", "--config", "repo/changecast.yaml", "--format", "json"]).expect(0).json();
    let rows = log["releases"].as_array().expect("rows");
    assert_eq!(rows[1]["unreadable"]["line"], 3);
    assert_eq!(rows[3]["unreadable"]["message"], "the file is empty");
    assert_eq!(rows[1]["changes"], Value::Array(Vec::new()));
}

#[test]
fn a_correction_is_a_new_entry_and_leaves_the_list_alone() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    repo.build();
    repo.publish(&[]).expect(0);
    let list = fs::read(repo.path("feeds/vendors/changelog.md")).expect("a page");
    repo.publish(&["--correct", "2", "--reason", "Kestrel <b>never</b> saw data."]).expect(0);
    let items = items(&repo);
    assert_eq!(items.len(), 3);
    assert!(items[0]["title"].as_str().expect("a title").contains("corrected: Release 2"));
    assert!(items[0]["content_html"].as_str().expect("content").contains("&lt;b&gt;never"));
    assert_ne!(fs::read(repo.path("feeds/vendors/changelog.md")).expect("a page"), list);
    repo.verify().expect(0);
    repo.publish(&["--correct", "77", "--reason", "x"]).fails(2, &["no announced release 77"]);
    repo.publish(&["--correct", "0", "--reason", "x"]).fails(2, &["no announced release 0"]);
}

#[test]
fn checking_and_trying_write_nothing() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    repo.build_first(1);
    repo.publish(&[]).expect(0);
    let before = repo.files("feeds");
    repo.build();
    repo.publish(&["--check"]).expect(1);
    let tried = repo.publish(&["--dry-run"]).expect(0);
    assert!(tried.out.contains("Added Kestrel: Mail; United States"), "{}", tried.err);
    assert_eq!(repo.files("feeds"), before);
}

#[test]
fn pages_of_others_are_updated_between_their_markers() {
    let repo = TestRepo::of_lists(&[ONE, TWO]);
    repo.build();
    let page = "# Ours\n<!-- changecast:list -->old<!-- /changecast:list -->\ntext\n<!-- changecast:changelog -->\n<!-- /changecast:changelog -->\nend\n";
    fs::write(repo.path("page.md"), page).expect("a page");
    fs::write(repo.path("page.html"), page).expect("a page");
    repo.publish(&["--inject", "page.md", "--inject", "page.html"]).expect(0);
    let text = fs::read_to_string(repo.path("page.md")).expect("a page");
    assert!(
        text.starts_with("# Ours\n<!-- changecast:list -->\nLast updated: 2024-01-02\n") && text.ends_with("end\n"),
        "{text}"
    );
    assert!(
        text.contains("| Kestrel | Mail | United States |") && text.contains("| 2024-01-02 | Added | **Kestrel** |"),
        "{text}"
    );
    assert!(fs::read_to_string(repo.path("page.html")).expect("a page").contains("<th scope=\"row\">Kestrel</th>"));
    repo.publish(&["--inject", "page.md", "--inject", "page.html", "--check"]).expect(0);
    fs::write(repo.path("bare.md"), "nothing\n").expect("a page");
    repo.publish(&["--inject", "bare.md"]).fails(2, &["bare.md", "marker"]);
    fs::write(repo.path("open.md"), "<!-- changecast:list -->\n").expect("a page");
    repo.publish(&["--inject", "open.md"]).fails(2, &["not closed"]);
}

#[test]
fn closed_years_are_left_alone() {
    let year = 366 * crate::support::DAY;
    let repo = TestRepo::of_lists(&[ONE, TWO, THREE, ONE]);
    let repo = repo.amend(|commit| commit.time += year);
    repo.build_first(3);
    repo.publish(&[]).expect(0);
    assert!(!repo.path("feeds/vendors/archive").exists(), "the year is open");
    repo.build();
    repo.publish(&[]).expect(0);
    let archive = fs::read(repo.path("feeds/vendors/archive/2024.atom")).expect("an archive");
    assert_eq!(archive.windows(7).filter(|window| window == b"<entry>").count(), 3);
    // One more year: the archive of the first stays as it is.
    let longer = TestRepo::of_lists(&[ONE, TWO, THREE]);
    let longer = longer.commit("a year on", &[("data/list.yaml", Some(ONE))]).amend(|commit| commit.time += year);
    let longer =
        longer.commit("two years on", &[("data/list.yaml", Some(TWO))]).amend(|commit| commit.time += 2 * year);
    longer.build();
    longer.publish(&[]).expect(0);
    assert_eq!(fs::read(longer.path("feeds/vendors/archive/2024.atom")).expect("an archive"), archive);
}

#[test]
fn merges_count_once_and_moves_not_at_all() {
    let repo = TestRepo::new()
        .commit(
            "first",
            &[
                ("changecast.yaml", Some(&CONFIG.replace("data/list.yaml", "[data/list.yaml, old/list.yaml]"))),
                ("old/list.yaml", Some(ONE)),
            ],
        )
        .commit_onto(Branch::Side, "on the side", &[("old/list.yaml", Some(TWO))])
        .commit_onto(Branch::Side, "further", &[("old/list.yaml", Some(THREE))])
        .commit_onto(Branch::Merge, "merge", &[])
        .commit("move", &[("old/list.yaml", None), ("data/list.yaml", Some(THREE))]);
    repo.build();
    repo.publish(&[]).expect(0);
    let items = items(&repo);
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["date_published"], "2024-01-04T10:00:00Z");
    assert_eq!(items[0]["title"], "Vendors: added Kestrel; relocated Nordhaven (now Germany)");
}

#[test]
fn one_writer_at_a_time() {
    let repo = TestRepo::of_lists(&[ONE]);
    repo.build();
    let held = Output::open(&repo.path("feeds")).expect("the lock");
    repo.publish(&[]).fails(2, &["another changecast", "wait"]);
    drop(held);
    repo.publish(&[]).expect(0);
}

#[test]
fn a_killed_publication_is_whole_or_mended() {
    let versions: Vec<String> =
        (0..40).map(|n| format!("entries:\n- {{name: Nordhaven, purpose: Hosting {n}}}\n")).collect();
    let versions: Vec<&str> = versions.iter().map(String::as_str).collect();
    let reference = TestRepo::of_lists(&versions);
    reference.build();
    reference.publish(&[]).expect(0);
    let expected = reference.files("feeds");
    let repo = TestRepo::of_lists(&versions);
    repo.build();
    repo.keys();
    for round in 0..12u64 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_changecast"));
        command
            .current_dir(repo.dir.path())
            .env_clear()
            .args(["publish", "--repo", "repo", "--config", "repo/changecast.yaml"]);
        command.args(["--output", "feeds", "--key", "keys/release", "--root-key", "keys/root"]);
        let mut running = command.stderr(std::process::Stdio::null()).spawn().expect("the program");
        thread::sleep(Duration::from_millis(round * 37 % 220));
        // It may have ended already.
        running.kill().expect("a signal");
        running.wait().expect("its end");
        // Whatever stands there is a beginning of the log, each document with its signature.
        let found = found_or_empty(&repo);
        assert!(found.releases.len() <= 41, "round {round}");
        if round % 3 == 2 {
            fs::remove_dir_all(repo.path("feeds")).ok();
        }
    }
    repo.publish(&[]).expect(0);
    repo.verify().expect(0);
    assert_eq!(repo.files("feeds"), expected);
}

fn found_or_empty(repo: &TestRepo) -> FoundLog {
    read_log(&repo.path("feeds/vendors")).unwrap_or_default()
}

#[test]
fn a_file_that_was_moved_is_not_withdrawn() {
    let list = "entries:\n- {name: Nordhaven, purpose: Hosting}\n- {name: Tally, purpose: Billing}\n";
    let repo = TestRepo::of_lists(&[list])
        .commit("move", &[("data/list.yaml", None), ("data/vendors.yaml", Some(list))])
        .commit(
            "configuration",
            &[("changecast.yaml", Some(&CONFIG.replace("data/list.yaml", "[data/vendors.yaml, data/list.yaml]")))],
        );
    repo.build_first(1);
    repo.publish(&[]).expect(0);
    let files = repo.files("feeds");
    repo.build_first(2);
    repo.publish(&[]).fails(2, &["moved data/list.yaml to data/vendors.yaml", "[data/vendors.yaml, data/list.yaml]"]);
    assert_eq!(files, repo.files("feeds"), "nothing was written");
    repo.build();
    repo.publish(&[]).expect(0);
    // The next publication is told of the other configuration.
    let but_resume = |files: Vec<(String, Vec<u8>)>| -> Vec<_> {
        files.into_iter().filter(|(name, _)| !name.contains("/resume.json")).collect()
    };
    assert_eq!(but_resume(files), but_resume(repo.files("feeds")), "the same list is no news");
}

#[test]
fn what_is_hardly_meant_is_warned_of() {
    let nobody = "under the placeholder example.com";
    let repo = TestRepo::of_lists(&[ONE, TWO]).commit("a page", &[("data/list.yaml", Some("note: moved\n"))]);
    let commits = repo.build();
    let publish = |n: usize| repo.publish(&["--branch", commits[n].as_str()]).expect(0).err;
    assert!(publish(0).contains(nobody), "a log begins");
    let second = publish(1);
    assert!(!second.contains(nobody), "it began before: {second}");
    let third = publish(2);
    assert!(third.contains("data/list.yaml:1:1") && third.contains("reported as withdrawn"), "{third}");
    assert!(!publish(2).contains("warning"), "nothing is new");
}
