//! Publication: nothing twice, nothing rewritten, nothing half, the same bytes everywhere.

use std::{collections::BTreeSet, fs, process::Command, thread, time::Duration};

use changecast::output::Output;
use serde_json::Value;

use crate::support::{CONFIG, NOW, PublishedFiles, TestRepo, key, run_in};

pub const ONE: &str = "entries:\n- {name: Nordhaven, purpose: Hosting, location: Finland}\n";
pub const TWO: &str = "entries:\n- {name: Nordhaven, purpose: Hosting, location: Finland}\n- {name: Kestrel, purpose: Mail, location: United States}\n";
pub const THREE: &str = "entries:\n- {name: Nordhaven, purpose: Hosting, location: Germany}\n- {name: Kestrel, purpose: Mail, location: United States}\n";
const REFORMATTED: &str = "# reviewed\nentries:\n- {purpose: hosting., name: nordhaven, location: [Finland]}\n";
const BROKEN: &str = "entries:\n- {name: Nordhaven, purpose: Hosting\n";

/// The files that do not depend on when the list was published.
fn log_files(story: &TestRepo) -> Vec<(String, Vec<u8>)> {
    story.files("feeds").into_iter().filter(|(name, _)| name.contains("/log/")).collect()
}

fn feed(story: &TestRepo) -> Value {
    serde_json::from_slice(&fs::read(story.path("feeds/vendors/feed.json")).expect("a feed")).expect("JSON")
}

pub fn items(story: &TestRepo) -> Vec<Value> {
    feed(story)["items"].as_array().expect("items").clone()
}

pub fn ids(story: &TestRepo) -> Vec<String> {
    items(story).iter().map(|item| item["id"].as_str().expect("an id").to_owned()).collect()
}

/// The pages of changes, in their order.
fn change_pages(story: &TestRepo) -> Vec<String> {
    let files = story.files("feeds").into_iter();
    let pages = files.filter(|(name, _)| name.contains("/changes/") && name.ends_with(".html"));
    pages.map(|(_, bytes)| String::from_utf8(bytes).expect("a page")).collect()
}

#[test]
fn changes_from_before_the_first_publication_are_not_called_published() {
    let story = TestRepo::of_lists(&[ONE, TWO, THREE]);
    story.build_first(2);
    story.publish(&["--now", "2024-01-05T00:00:00Z"]).expect(0);
    story.build();
    story.publish(&[]).expect(0);
    let pages = change_pages(&story);
    let is_older = |page: &String| page.contains("<dt>Committed</dt>") && page.contains("older than the log");
    assert_eq!(pages.iter().map(is_older).collect::<Vec<_>>(), [true, true, false], "{pages:?}");
    assert!(pages[2].contains("<dt>Published</dt><dd><code>2030-01-01T00:00:00Z"), "{}", pages[2]);
    // All pages at once are the same.
    story.publish(&["--all"]).expect(0);
    assert_eq!(change_pages(&story), pages);
}

#[test]
fn publishing_twice_changes_no_byte_and_no_time() {
    let story = TestRepo::of_lists(&[ONE, TWO, THREE]);
    story.build();
    story.publish(&[]).expect(0);
    let times = |story: &TestRepo| {
        let files = story.files("feeds").into_iter();
        files
            .map(|(name, _)| fs::metadata(story.path("feeds").join(&name)).expect("a file").modified().expect("a time"))
            .collect::<Vec<_>>()
    };
    let (before, stamps) = (story.files("feeds"), times(&story));
    thread::sleep(Duration::from_millis(20));
    let again = story.publish(&[]).expect(0);
    assert!(again.err.contains("no new changes") && again.err.contains(" 0 files written"), "{}", again.err);
    assert_eq!(story.files("feeds"), before);
    assert_eq!(times(&story), stamps);
    story.verify().expect(0);
    story.publish(&["--check"]).expect(0);
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
    assert_eq!(log_files(&slow), log_files(&quick));
}

#[test]
fn the_bytes_depend_on_history_key_and_configuration_alone() {
    let story = TestRepo::of_lists(&[ONE, TWO, THREE]);
    story.build();
    story.publish(&[]).expect(0);
    let expected = story.files("feeds");
    let elsewhere = story.path("elsewhere/deep");
    fs::create_dir_all(&elsewhere).expect("a folder");
    let root = story.dir.path().display().to_string();
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
            ("--now", &NOW.to_owned()),
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
    let story = TestRepo::of_lists(&[ONE, TWO, ONE, TWO, ONE]);
    story.build();
    story.publish(&[]).expect(0);
    let ids = ids(&story);
    assert_eq!(ids.len(), 5);
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 5, "{ids:?}");
    assert!(ids.iter().all(|id| id.starts_with("tag:example.com,2024:vendors/")), "{ids:?}");
}

#[test]
fn reformatting_publishes_nothing() {
    let story = TestRepo::of_lists(&[ONE, REFORMATTED]);
    story.build_first(1);
    story.publish(&[]).expect(0);
    let before = story.files("feeds");
    story.build();
    story.publish(&[]).expect(0);
    assert_eq!(story.files("feeds"), before);
}

#[test]
fn texts_that_changed_in_passing_arrive_with_the_next_release() {
    let story = TestRepo::of_lists(&[ONE, REFORMATTED, &REFORMATTED.replace("[Finland]", "[Germany]")]);
    story.build();
    story.publish(&[]).expect(0);
    let list: Value =
        serde_json::from_slice(&fs::read(story.path("feeds/vendors/list.json")).expect("a list")).expect("JSON");
    assert_eq!(list["list"]["entries"]["nordhaven"]["name"], "nordhaven");
    assert_eq!(items(&story).len(), 2);
    story.verify().expect(0);
}

#[test]
fn a_log_belongs_to_its_publisher_and_has_its_end() {
    let story = TestRepo::of_lists(&[ONE, TWO]);
    story.build();
    story.publish(&[]).expect(0);
    let config = story.path("repo/changecast.yaml");
    fs::write(&config, CONFIG.replace("example.com,2024", "other.example,2024")).expect("a configuration");
    story.publish(&[]).fails(3, &["example.com,2024:vendors", "other.example,2024:vendors"]);
    fs::write(&config, CONFIG.replace("example.com,2024", "example.com,2025")).expect("a configuration");
    for more in [&[][..], &["--check"], &["--all"]] {
        story.publish(more).fails(3, &["example.com,2025:vendors", "never change"]);
    }
    // The log itself holds the domain only.
    let word = story.path("feeds/vendors/resume.json");
    let bytes = fs::read(&word).expect("a word");
    fs::remove_file(&word).expect("a word");
    fs::write(&config, CONFIG.replace("example.com,2024", "other.example,2024")).expect("a configuration");
    story.publish(&[]).fails(3, &["example.com,2024:vendors", "other.example,2024:vendors"]);
    fs::write(&word, bytes).expect("a word");
    fs::write(&config, CONFIG.replace("data/list.yaml", "data/nope.yaml")).expect("a configuration");
    story.publish(&[]).fails(2, &["data/nope.yaml", "inventory"]);
    fs::write(&config, CONFIG).expect("a configuration");
    story.publish(&["--check"]).expect(0);
    for end in ["feeds/vendors/log/000002.json", "feeds/vendors/log/000002.json.sig"] {
        fs::remove_file(story.path(end)).expect("the last release");
    }
    story.publish(&[]).fails(2, &["incomplete"]);
}

#[test]
fn a_correction_is_said_once() {
    let story = TestRepo::of_lists(&[ONE, TWO]);
    story.build();
    story.publish(&[]).expect(0);
    for _ in 0..2 {
        story.correct("2", "It was another place.").expect(0);
    }
    assert_eq!(ids(&story).len(), 3);
}

fn published(story: &TestRepo) -> PublishedFiles {
    let mut files = PublishedFiles::read(&story.path("feeds/vendors"));
    files.0.retain(|path, _| {
        path.starts_with("log/") || path.starts_with("head/") || path == "index.json" || path == "list.json"
    });
    files
}

#[test]
fn every_changed_byte_is_found() {
    let story = TestRepo::of_lists(&[ONE, TWO]);
    story.build();
    story.publish(&[]).expect(0);
    let files = published(&story);
    files.verify().expect("the published log verifies");
    for (path, bytes) in &files.0 {
        for at in 0..bytes.len() {
            let mut changed = files.clone();
            changed.0.get_mut(path).expect("a file")[at] ^= 1 << (at % 7);
            assert!(changed.verify().is_err(), "byte {at} of {path}");
        }
    }
}

#[test]
fn removed_copied_and_swapped_files_are_found() {
    let story = TestRepo::of_lists(&[ONE, TWO, THREE]);
    story.build();
    story.publish(&[]).expect(0);
    let files = published(&story);
    for path in files.0.keys() {
        let mut changed = files.clone();
        changed.0.remove(path);
        assert!(changed.verify().is_err(), "{path} removed");
        for other in files.0.keys().filter(|other| *other != path) {
            let mut changed = files.clone();
            changed.0.insert(path.clone(), files.0[other].clone());
            changed.0.insert(other.clone(), files.0[path].clone());
            assert!(changed.verify().is_err(), "{path} and {other} swapped");
        }
    }
    for extra in ["log/000009.json", "log/.DS_Store", "log/000001.json.bak", "head/000009.json"] {
        let mut changed = files.clone();
        changed.0.insert(extra.to_owned(), b"{}".to_vec());
        assert!(changed.verify().is_err(), "{extra}");
    }
}

#[test]
fn trust_is_a_decision() {
    let story = TestRepo::of_lists(&[ONE]);
    story.build();
    story.publish(&[]).expect(0);
    // Another root key than the pinned one.
    story.run(&["verify", "feeds", "--root", "keys/other.pub"]).fails(5, &["another root key"]);
    // A key that the log does not know.
    let other =
        ["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--key", "keys/other"];
    story.run(&other).fails(2, &["may not sign this log"]);
    // A new log without the root key.
    let mut new = other;
    new[6] = "elsewhere";
    story.run(&new).fails(2, &["--root-key"]);
    story.run(&other[..7]).fails(2, &["no key to sign with", "keygen", "--unsigned"]);
    let missing = story.run(&["verify", "nowhere", "--root", "keys/root.pub"]);
    missing.fails(2, &["nowhere"]);
}

#[test]
fn the_key_may_come_from_the_environment() {
    let story = TestRepo::of_lists(&[ONE]);
    story.build();
    story.publish(&[]).expect(0);
    let secret = |name: &str| fs::read_to_string(story.path(&format!("keys/{name}"))).expect("a key");
    let (release, root) = (secret("release"), secret("root"));
    let arguments =
        ["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "other", "--now", NOW];
    story.run_with(&arguments, &[("CHANGECAST_KEY", &release), ("CHANGECAST_ROOT_KEY", &root)]).expect(0);
    assert_eq!(story.files("feeds"), story.files("other"));
    // A protected key, and its passphrase.
    let protected = key("release").to_openssh(Some("correct horse")).expect("a key");
    let with = |passphrase: &str| {
        let env = [
            ("CHANGECAST_KEY", protected.as_str()),
            ("CHANGECAST_ROOT_KEY", root.as_str()),
            ("CHANGECAST_PASSPHRASE", passphrase),
        ];
        story.run_with(
            &["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "third", "--now", NOW],
            &env,
        )
    };
    with("wrong").fails(2, &["passphrase"]);
    with("correct horse").expect(0);
    assert_eq!(story.files("feeds"), story.files("third"));
}

#[test]
fn a_preview_says_what_it_is_and_never_replaces_signed_pages() {
    let story = TestRepo::of_lists(&[ONE, TWO]);
    story.build();
    let preview = ["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--unsigned"];
    story.run(&preview).expect(0);
    for (name, bytes) in story.files("feeds") {
        let text = String::from_utf8(bytes).expect("text");
        assert!(!name.contains("/log/"), "{name}");
        if name.ends_with(".html") || name.ends_with(".md") {
            assert!(text.contains("Unsigned preview"), "{name}");
        }
    }
    story.publish(&[]).expect(0);
    story.run(&preview).fails(2, &["signed log"]);
    assert!(story.files("feeds").iter().all(|(_, bytes)| !String::from_utf8_lossy(bytes).contains("Unsigned preview")));
}

#[test]
fn an_unreadable_version_is_no_removal() {
    let story = TestRepo::of_lists(&[ONE, BROKEN, TWO, "", THREE]);
    story.build_first(2);
    let ran = story.publish(&[]).expect(1);
    assert!(ran.err.contains("data/list.yaml:3") && ran.err.contains("skipped"), "{}", ran.err);
    story.build();
    story.publish(&[]).expect(0);
    let titles: Vec<String> = items(&story).iter().map(|item| item["title"].to_string()).collect();
    assert_eq!(titles.len(), 3, "{titles:?}");
    assert!(titles[1].contains("added Kestrel") && titles[0].contains("relocated Nordhaven"), "{titles:?}");
    let log =
        story.run(&["log", "--repo", "repo", "--config", "repo/changecast.yaml", "--format", "json"]).expect(0).json();
    let rows = log["releases"].as_array().expect("rows");
    assert_eq!(rows[1]["unreadable"]["line"], 3);
    assert_eq!(rows[3]["unreadable"]["message"], "the file is empty");
    assert_eq!(rows[1]["changes"], Value::Array(Vec::new()));
}

#[test]
fn a_correction_is_a_new_entry_and_leaves_the_list_alone() {
    let story = TestRepo::of_lists(&[ONE, TWO]);
    story.build();
    story.publish(&[]).expect(0);
    let list = fs::read(story.path("feeds/vendors/changelog.md")).expect("a page");
    story.correct("2", "Kestrel <b>never</b> saw data.").expect(0);
    let items = items(&story);
    assert_eq!(items.len(), 3);
    assert!(items[0]["title"].as_str().expect("a title").contains("corrected: added Kestrel"), "{}", items[0]["title"]);
    assert!(items[0]["content_html"].as_str().expect("content").contains("&lt;b&gt;never"));
    assert_ne!(fs::read(story.path("feeds/vendors/changelog.md")).expect("a page"), list);
    let page = |item: &Value| {
        let name = item["url"].as_str().and_then(|url| url.rsplit('/').next()).expect("an address").to_owned();
        (fs::read_to_string(story.path("feeds/vendors/changes").join(&name)).expect("a page"), name)
    };
    let ((correction, its_name), (corrected, other_name)) = (page(&items[0]), page(&items[1]));
    assert!(correction.contains(&format!("href=\"{other_name}\"")), "{correction}");
    assert!(
        corrected.contains(&format!("href=\"{its_name}\"")) && corrected.contains("was corrected on"),
        "{corrected}"
    );
    assert!(
        items[0]["content_html"]
            .as_str()
            .expect("content")
            .contains(&format!("changes/{other_name}\">Corrected change"))
    );
    for content in items.iter().filter_map(|item| item["content_html"].as_str()) {
        for border in ["</li><li>", "<ul><li>", "</ul><p>", "</p><p>"] {
            assert!(!content.contains(border), "a preview without markup joins two texts: {content}");
        }
    }
    story.correct("2", "Kestrel <b>never</b> saw data.").expect(0);
    assert_eq!(self::items(&story).len(), 3, "the same correction is published once");
    story.verify().expect(0);
    story.correct("77", "x").fails(2, &["no announced release 77"]);
    story.correct("0", "x").fails(2, &["no announced release 0"]);
    story.correct("2", " ").fails(2, &["--reason is empty"]);
}

#[test]
fn checking_and_trying_write_nothing() {
    let story = TestRepo::of_lists(&[ONE, TWO]);
    story.build_first(1);
    story.publish(&[]).expect(0);
    let before = story.files("feeds");
    story.build();
    story.publish(&["--check"]).expect(1);
    let tried = story.publish(&["--dry-run"]).expect(0);
    assert!(tried.out.contains("Added Kestrel: Mail; United States"), "{}", tried.err);
    assert_eq!(story.files("feeds"), before);
}

#[test]
fn pages_of_others_are_updated_between_their_markers() {
    let story = TestRepo::of_lists(&[ONE, TWO]);
    story.build();
    let page = "# Ours\n<!-- changecast:list -->\nold\n<!-- /changecast:list -->\ntext\n<!-- changecast:changelog -->\n<!-- /changecast:changelog -->\nend\n";
    fs::write(story.path("page.md"), page).expect("a page");
    fs::write(story.path("page.html"), page).expect("a page");
    story.publish(&["--inject", "page.md", "--inject", "page.html"]).expect(0);
    let text = fs::read_to_string(story.path("page.md")).expect("a page");
    assert!(
        text.starts_with("# Ours\n<!-- changecast:list -->\nLast updated: 2024-01-02\n") && text.ends_with("end\n"),
        "{text}"
    );
    assert!(
        text.contains("| Kestrel | Mail | United States |") && text.contains("| 2024-01-02 | Added | **Kestrel** |"),
        "{text}"
    );
    assert!(
        fs::read_to_string(story.path("page.html"))
            .expect("a page")
            .contains("<th scope=\"row\"><bdi>Kestrel</bdi></th>")
    );
    story.publish(&["--inject", "page.md", "--inject", "page.html", "--check"]).expect(0);
    fs::write(story.path("bare.md"), "nothing\n").expect("a page");
    story.publish(&["--inject", "bare.md"]).fails(2, &["bare.md", "marker"]);
    fs::write(story.path("open.md"), "<!-- changecast:list -->\n").expect("a page");
    story.publish(&["--inject", "open.md"]).fails(2, &["not closed"]);
}

#[cfg(unix)]
#[test]
fn a_page_keeps_its_permissions_and_a_link_is_not_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let story = TestRepo::of_lists(&[ONE]);
    story.build();
    fs::write(story.path("page.md"), "<!-- changecast:list -->\n<!-- /changecast:list -->\n").expect("a page");
    fs::set_permissions(story.path("page.md"), fs::Permissions::from_mode(0o640)).expect("permissions");
    symlink(story.path("page.md"), story.path("link.md")).expect("a link");
    let before = fs::read(story.path("page.md")).expect("a page");
    story.publish(&["--inject", "link.md"]).fails(2, &["link.md", "symbolic link"]);
    assert_eq!(fs::read(story.path("page.md")).expect("a page"), before);
    story.publish(&["--inject", "page.md"]).expect(0);
    assert_ne!(fs::read(story.path("page.md")).expect("a page"), before);
    let mode = fs::metadata(story.path("page.md")).expect("a page").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}

#[test]
fn closed_years_are_left_alone() {
    let year = 366 * crate::support::DAY;
    let story = TestRepo::of_lists(&[ONE, TWO, THREE, ONE]);
    let story = story.amend(|commit| commit.time += year);
    story.build_first(3);
    story.publish(&[]).expect(0);
    assert!(!story.path("feeds/vendors/archive").exists(), "the year is open");
    story.build();
    story.publish(&[]).expect(0);
    let archive = fs::read(story.path("feeds/vendors/archive/2024.atom")).expect("an archive");
    assert_eq!(archive.windows(7).filter(|window| window == b"<entry ").count(), 3);
    // One more year: the archive of the first stays as it is, apart from the link to the next one.
    let longer = TestRepo::of_lists(&[ONE, TWO, THREE]);
    let longer = longer.commit("a year on", &[("data/list.yaml", Some(ONE))]).amend(|commit| commit.time += year);
    let longer =
        longer.commit("two years on", &[("data/list.yaml", Some(TWO))]).amend(|commit| commit.time += 2 * year);
    longer.build();
    longer.publish(&[]).expect(0);
    let linked = fs::read_to_string(longer.path("feeds/vendors/archive/2024.atom")).expect("an archive");
    let (next, rest): (Vec<&str>, Vec<&str>) = linked.lines().partition(|line| line.contains("rel=\"next-archive\""));
    assert!(next.len() == 1 && next[0].contains("archive/2025.atom"), "{next:?}");
    assert_eq!(rest.join("\n") + "\n", String::from_utf8(archive).expect("text"));
}

#[test]
fn one_writer_at_a_time() {
    let story = TestRepo::of_lists(&[ONE]);
    story.build();
    let held = Output::open(&story.path("feeds")).expect("the lock");
    story.publish(&[]).fails(2, &["another changecast", "wait"]);
    drop(held);
    story.publish(&[]).expect(0);
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
    let story = TestRepo::of_lists(&versions);
    story.build();
    story.keys();
    for round in 0..12u64 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_changecast"));
        command
            .current_dir(story.dir.path())
            .env_clear()
            .args(["publish", "--repo", "repo", "--config", "repo/changecast.yaml"]);
        command.args(["--output", "feeds", "--key", "keys/release", "--root-key", "keys/root"]);
        let mut running = command.stderr(std::process::Stdio::null()).spawn().expect("the program");
        thread::sleep(Duration::from_millis(round * 37 % 220));
        // It may have ended already.
        running.kill().expect("a signal");
        running.wait().expect("its end");
        if round % 3 == 2 {
            fs::remove_dir_all(story.path("feeds")).ok();
        }
    }
    story.publish(&[]).expect(0);
    story.verify().expect(0);
    assert_eq!(story.files("feeds"), expected);
}

#[test]
fn what_is_hardly_meant_is_warned_of() {
    let nobody = "under the placeholder example.com";
    let story = TestRepo::of_lists(&[ONE, TWO]).commit("a page", &[("data/list.yaml", Some("[]\n"))]);
    let commits = story.build();
    let publish = |n: usize| story.publish(&["--branch", commits[n].as_str()]).expect(0).err;
    assert!(publish(0).contains(nobody), "a log begins");
    let second = publish(1);
    assert!(!second.contains(nobody), "it began before: {second}");
    let third = publish(2);
    assert!(third.contains("data/list.yaml:1:1") && third.contains("reported as withdrawn"), "{third}");
    assert!(!publish(2).contains("warning"), "nothing is new");
}
