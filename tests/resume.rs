//! The short way of a publication leads where the long way leads, and is left when anything is missing.

use std::{fs, path::Path, process::Command};

use changecast_core::model::Timestamp;

use crate::support::{BEGIN, CONFIG, DAY, Ran, TestRepo};

const VENDORS: [&str; 6] = ["Nordhaven", "Kestrel", "Tally", "Lumen", "Brightwater", "Quill"];
const PLACES: [&str; 4] = ["Finland", "Germany", "United States", "Japan"];

/// A version of a list that goes on changing: vendors, places, sections, a column, the title.
fn version(n: usize) -> String {
    let mut text = format!("title: Vendors{}\nsections:\n", if n % 11 == 7 { " and partners" } else { "" });
    for section in 0..=(n / 4) % 2 {
        text += &format!("- title: Part {section}\n  entries:\n");
        for (at, vendor) in VENDORS.iter().enumerate().filter(|(at, _)| at % 2 == section || section == 0) {
            if (n + at).is_multiple_of(5) || (section == 0 && (n / 4) % 2 == 1 && at % 2 == 1) {
                continue;
            }
            let place = PLACES[(n / 3 + at) % PLACES.len()];
            text += &format!("  - name: {vendor}\n    location: {place}\n    purpose: Purpose {at}\n");
            if n % 9 > 4 {
                text += "    data: [Names]\n";
            }
        }
    }
    text
}

/// Versions over more than two years; one cannot be read, and for a while there is none.
fn long_history() -> TestRepo {
    let mut repo = TestRepo::new();
    let mut time = BEGIN;
    for n in 0..48usize {
        let text = match n {
            20 => None,
            13 => Some("sections: [".to_owned()),
            _ => Some(version(n)),
        };
        let mut files = vec![("data/list.yaml", text.as_deref())];
        if n == 0 {
            files.push(("changecast.yaml", Some(CONFIG)));
        }
        repo = repo.commit(&format!("version {n}"), &files).amend(|commit| commit.time = time);
        // Sometimes often, sometimes rarely.
        time += DAY * if n / 8 % 2 == 0 { 3 } else { 37 };
    }
    repo
}

type Files = Vec<(String, Vec<u8>)>;

/// A commit, and the time an hour after it.
fn commit_and_time(repo: &TestRepo, n: usize) -> [String; 2] {
    let now = Timestamp::from_unix_clamped(repo.time_of(n) + 3_600);
    [repo.ids()[n].to_string(), now.to_string()]
}

/// Publishes up to a commit, an hour after it.
fn publish_at(repo: &TestRepo, n: usize, more: &[&str]) -> Ran {
    let [commit, now] = commit_and_time(repo, n);
    repo.publish(&[&["--branch", &commit, "--now", &now, "--allow-removals", "9"], more].concat())
}

/// The files that do not depend on when the list was published.
fn log_files(repo: &TestRepo) -> Files {
    repo.files("feeds").into_iter().filter(|(name, _)| name.contains("/log/")).collect()
}

/// Says which files differ, not how.
fn assert_same(found: &Files, expected: &Files, when: &str) {
    let unlike = |one: &Files, other: &Files| -> Vec<String> {
        one.iter().filter(|file| !other.contains(file)).map(|(name, _)| name.clone()).collect()
    };
    let differing = (unlike(found, expected), unlike(expected, found));
    assert_eq!(differing, (Vec::new(), Vec::new()), "{when}");
}

fn is_resume(name: &str) -> bool {
    name.contains("/resume.json")
}

#[test]
fn on_top_of_the_last_publication_equals_from_nothing() {
    let repo = long_history();
    repo.build();
    for n in 0..repo.ids().len() {
        let code = if n == 13 { 1 } else { 0 };
        publish_at(&repo, n, &[]).expect(code);
        // Checking makes everything again and compares.
        let checked = publish_at(&repo, n, &["--check"]).expect(code);
        assert!(checked.err.contains(" 0 files would be written"), "version {n}: {}", checked.err);
    }
    repo.verify().expect(0);
    assert!(repo.path("feeds/vendors/2024.html").exists() && repo.path("feeds/vendors/archive/2024.atom").exists());
    let step_by_step = log_files(&repo);
    fs::remove_dir_all(repo.path("feeds")).expect("the folder");
    repo.publish(&[]).expect(0);
    assert_same(&log_files(&repo), &step_by_step, "from nothing");
}

/// The folder after the first `count` commits, and after the next.
fn two_steps() -> TestRepo {
    let repo = long_history();
    repo.build();
    publish_at(&repo, 8, &[]).expect(0);
    repo
}

fn some_page(repo: &TestRepo) -> String {
    let (name, _) = repo.files("feeds/vendors/changes").into_iter().next().expect("a page");
    format!("feeds/vendors/changes/{name}")
}

#[test]
fn pages_of_earlier_changes_are_left_alone_unless_all_is_asked_for() {
    let repo = two_steps();
    let page = some_page(&repo);
    let whole = fs::read(repo.path(&page)).expect("a page");
    fs::write(repo.path(&page), "defaced").expect("a page");
    publish_at(&repo, 9, &[]).expect(0);
    assert_eq!(fs::read(repo.path(&page)).expect("a page"), b"defaced", "the short way was taken");
    publish_at(&repo, 9, &["--check"]).expect(1);
    publish_at(&repo, 9, &["--all"]).expect(0);
    assert_eq!(fs::read(repo.path(&page)).expect("a page"), whole);
    publish_at(&repo, 9, &["--check"]).expect(0);
}

#[test]
fn whatever_is_missing_or_was_changed_is_made_again() {
    let repo = two_steps();
    let begun = repo.files("feeds");
    publish_at(&repo, 9, &["--all"]).expect(0);
    let (next, same) = (repo.files("feeds"), begun.clone());
    restore(repo.path("feeds").as_path(), &begun);
    let page = some_page(&repo);
    let files = [
        "feeds/index.html",
        "feeds/vendors/index.html",
        "feeds/vendors/feed.atom",
        "feeds/vendors/verify.sh",
        "feeds/vendors/changelog.md",
        "feeds/vendors/changelog.csv",
        "feeds/vendors/list.json",
        "feeds/vendors/index.json",
        "feeds/vendors/resume.json",
        "feeds/vendors/resume.json.sig",
        &page,
    ];
    // Changed by somebody: not relied upon where the next publication goes on from it.
    let relied_upon = ["changelog", "list.json", "resume", "index", "feed."];
    for (commit, wanted) in [(8, &same), (9, &next)] {
        for file in files {
            restore(repo.path("feeds").as_path(), &begun);
            fs::remove_file(repo.path(file)).expect(file);
            publish_at(&repo, commit, &[]).expect(0);
            assert_same(&repo.files("feeds"), wanted, &format!("without {file}"));
        }
    }
    for file in files.iter().filter(|file| relied_upon.iter().any(|part| file.contains(part))) {
        restore(repo.path("feeds").as_path(), &begun);
        let mut bytes = fs::read(repo.path(file)).expect(file);
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
        fs::write(repo.path(file), bytes).expect(file);
        publish_at(&repo, 9, &[]).expect(0);
        assert_same(&repo.files("feeds"), &next, &format!("with another {file}"));
    }
    repo.verify().expect(0);
}

fn restore(root: &Path, files: &Files) {
    fs::remove_dir_all(root).expect("the folder");
    for (name, bytes) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
}

#[test]
fn another_configuration_makes_every_page_again() {
    let repo = two_steps();
    let config = repo.path("repo/changecast.yaml");
    fs::write(&config, CONFIG.replace("title: Vendors", "title: Suppliers")).expect("a configuration");
    publish_at(&repo, 9, &[]).expect(0);
    let page = fs::read_to_string(repo.path(&some_page(&repo))).expect("a page");
    assert!(page.contains("Suppliers"), "{page}");
    publish_at(&repo, 9, &["--check"]).expect(0);
}

#[test]
fn nobody_else_says_where_a_log_goes_on() {
    let repo = two_steps();
    // The word of an earlier publication: the log went on since.
    let read = |name: &str| fs::read(repo.path(&format!("feeds/vendors/{name}"))).expect(name);
    let word = ["resume.json", "resume.json.sig"].map(|name| (name, read(name)));
    publish_at(&repo, 9, &[]).expect(0);
    let expected = repo.files("feeds");
    for (name, bytes) in word {
        fs::write(repo.path(&format!("feeds/vendors/{name}")), bytes).expect(name);
    }
    publish_at(&repo, 9, &[]).expect(0);
    assert_same(&repo.files("feeds"), &expected, "with an old word");
    // A signature of the same key for another purpose.
    let release = read("log/000001.json.sig");
    fs::write(repo.path("feeds/vendors/resume.json.sig"), release).expect("a signature");
    publish_at(&repo, 10, &[]).expect(0);
    assert!(repo.files("feeds").iter().filter(|(name, _)| is_resume(name)).count() == 2);
    publish_at(&repo, 10, &["--check"]).expect(0);
    // Nothing follows a last release that was changed, and the whole log shows any that was.
    let change = |seq: usize| {
        let document = repo.path(&format!("feeds/vendors/log/{seq:06}.json"));
        let text = fs::read_to_string(&document).expect("a release");
        fs::write(&document, text.replacen("\"seq\":", "\"seq\":1", 1)).expect("a release");
        (document, text)
    };
    let last = fs::read_dir(repo.path("feeds/vendors/log"))
        .expect("a log")
        .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().ends_with(".sig")))
        .count()
        - 1;
    let (document, text) = change(last);
    publish_at(&repo, 11, &[]).fails(3, &["does not verify"]);
    fs::write(document, text).expect("a release");
    change(3);
    publish_at(&repo, 11, &["--all"]).fails(3, &["does not verify"]);
    repo.verify().fails(3, &[]);
}

#[test]
fn lists_go_on_each_by_itself() {
    let two = CONFIG.replace("lists:\n", "lists:\n- {id: partners, title: Partners, inventory: data/partners.yaml}\n");
    assert_ne!(two, CONFIG);
    let partners = "entries:\n- {name: Osprey, purpose: Resale}\n";
    let repo = TestRepo::new()
        .commit("first", &[("changecast.yaml", Some(&two)), ("data/list.yaml", Some(&version(1)))])
        .commit("partners", &[("data/partners.yaml", Some(partners))])
        .commit("vendors", &[("data/list.yaml", Some(&version(2)))])
        .commit("partners again", &[("data/partners.yaml", Some(&partners.replace("Resale", "Support")))]);
    repo.build_first(2);
    repo.publish(&[]).expect(0);
    repo.build_first(3);
    // One list has news, the other has none; then one of them is without its word.
    repo.publish(&[]).expect(0);
    repo.publish(&["--check"]).expect(0);
    repo.build();
    fs::remove_file(repo.path("feeds/vendors/resume.json")).expect("a file");
    repo.publish(&[]).expect(0);
    repo.publish(&["--check"]).expect(0);
    let step_by_step = log_files(&repo);
    fs::remove_dir_all(repo.path("feeds")).expect("the folder");
    repo.publish(&[]).expect(0);
    assert_same(&log_files(&repo), &step_by_step, "from nothing");
}

#[test]
fn the_archive_of_a_busy_year_goes_on() {
    // Twenty entries of the feed are more than it may hold: the open year has an archive.
    let purpose = |n: usize| (0..1_200).map(|word| format!("word{}x{word}", n * 7 + word % 3)).collect::<Vec<_>>();
    let mut repo = TestRepo::new();
    for n in 0..26usize {
        let text = format!("entries:\n- {{name: Nordhaven, purpose: {}}}\n", purpose(n).join(" "));
        let mut files = vec![("data/list.yaml", Some(text.as_str()))];
        if n == 0 {
            files.push(("changecast.yaml", Some(CONFIG)));
        }
        repo = repo.commit(&format!("version {n}"), &files);
    }
    repo.build();
    for n in 20..repo.ids().len() {
        publish_at(&repo, n, &[]).expect(0);
        let checked = publish_at(&repo, n, &["--check"]).expect(0);
        assert!(checked.err.contains(" 0 files would be written"), "version {n}: {}", checked.err);
    }
    let archive = fs::read_to_string(repo.path("feeds/vendors/archive/2024.atom")).expect("an archive");
    let main = fs::read_to_string(repo.path("feeds/vendors/feed.atom")).expect("a feed");
    assert_eq!(archive.matches("<entry ").count(), 26);
    assert!(main.matches("<entry ").count() < 26);
    let word = fs::read_to_string(repo.path("feeds/vendors/resume.json")).expect("a word");
    assert!(word.contains("archive/2024.atom"), "the archive is gone on with");
}

#[test]
fn of_a_long_log_every_publication_looks_for_other_pages() {
    let mut repo = TestRepo::new();
    for n in 0..150usize {
        let text = format!("entries:\n- {{name: Nordhaven, purpose: Purpose {n}}}\n");
        let mut files = vec![("data/list.yaml", Some(text.as_str()))];
        if n == 0 {
            files.push(("changecast.yaml", Some(CONFIG)));
        }
        repo = repo.commit(&format!("version {n}"), &files).amend(|commit| commit.time = BEGIN + DAY * n as i64 / 2);
    }
    repo.build();
    publish_at(&repo, 129, &[]).expect(0);
    let page = repo.path(&some_page(&repo));
    let whole = fs::read(&page).expect("a page");
    fs::remove_file(&page).expect("a page");
    // A third of them each time.
    for n in 130..150 {
        publish_at(&repo, n, &[]).expect(0);
    }
    assert_eq!(fs::read(&page).expect("the page stands again"), whole);
    repo.publish(&["--check"]).expect(0);
    // What cannot be made again is refused.
    fs::remove_file(repo.path("feeds/vendors/log/000020.json.sig")).expect("a signature");
    repo.publish(&["--all"]).fails(2, &["incomplete"]);
}

#[test]
fn what_change_logs_tell_of_closed_years_stays_as_it_is() {
    let repo = long_history();
    repo.build();
    publish_at(&repo, 46, &[]).expect(0);
    let file = repo.path("feeds/vendors/changelog.csv");
    let text = fs::read_to_string(&file).expect("a change log");
    let edited = text.replacen("\n2024-", "\n2034-", 1);
    assert_ne!(edited, text);
    fs::write(&file, edited).expect("a change log");
    publish_at(&repo, 47, &[]).expect(0);
    let text = fs::read_to_string(&file).expect("a change log");
    assert!(text.contains("\n2034-"), "nobody looked at it");
    publish_at(&repo, 47, &["--check"]).expect(1);
    // Another length is another file.
    fs::write(&file, text + "more\r\n").expect("a change log");
    publish_at(&repo, 47, &[]).expect(0);
    publish_at(&repo, 47, &["--check"]).expect(0);
}

#[test]
fn a_log_that_customers_would_not_accept_does_not_go_on() {
    let repo = two_steps();
    let begun = repo.files("feeds");
    let last = fs::read_dir(repo.path("feeds/vendors/log"))
        .expect("a log")
        .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().ends_with(".sig")))
        .count()
        - 1;
    let signature = |seq: usize| repo.path(&format!("feeds/vendors/log/{seq:06}.json.sig"));
    fs::write(signature(last), "x").expect("a signature");
    for commit in [8, 9] {
        publish_at(&repo, commit, &[]).fails(2, &["does not verify"]);
    }
    restore(repo.path("feeds").as_path(), &begun);
    fs::write(signature(2), "x").expect("a signature");
    publish_at(&repo, 9, &["--all"]).fails(2, &["does not verify"]);
    // A newer index: the end of the log was lost.
    restore(repo.path("feeds").as_path(), &begun);
    publish_at(&repo, 9, &[]).expect(0);
    let index = fs::read(repo.path("feeds/vendors/index.json")).expect("an index");
    restore(repo.path("feeds").as_path(), &begun);
    fs::write(repo.path("feeds/vendors/index.json"), index).expect("an index");
    publish_at(&repo, 9, &[]).fails(3, &["its index.json names"]);
}

#[test]
fn files_of_closed_years_are_missed() {
    let repo = long_history();
    repo.build();
    publish_at(&repo, 46, &[]).expect(0);
    for (file, n) in [("2024.html", 46), ("archive/2024.atom", 47)] {
        fs::remove_file(repo.path(&format!("feeds/vendors/{file}"))).expect(file);
        publish_at(&repo, n, &[]).expect(0);
        publish_at(&repo, n, &["--check"]).expect(0);
    }
}

#[test]
fn what_an_interrupted_publication_left_is_made_again() {
    let repo = two_steps();
    let (begun, config) = (repo.files("feeds"), repo.path("repo/changecast.yaml"));
    // Titles of one length: the feeds look alike.
    fs::write(&config, CONFIG.replace("title: Vendors", "title: Sellers")).expect("a configuration");
    publish_at(&repo, 8, &[]).expect(0);
    let other = repo.files("feeds");
    fs::write(&config, CONFIG).expect("a configuration");
    // Killed after all but the word was in its place, and taken back.
    for (name, bytes) in begun.iter().filter(|(name, _)| name.ends_with("resume.json")) {
        fs::write(repo.path("feeds").join(name), bytes).expect(name);
    }
    assert_ne!(begun, other);
    publish_at(&repo, 8, &[]).expect(0);
    assert_same(&repo.files("feeds"), &begun, "after the interruption");
}

#[test]
fn another_file_that_is_renamed_to_the_list_was_not_the_list_before() {
    let list = |name: &str| (0..8).map(|n| format!("- {{name: {name} {n}, purpose: {name}}}\n")).collect::<String>();
    let [one, two] = ["Nordhaven", "Kestrel"].map(|name| format!("entries:\n{}", list(name)));
    let repo = TestRepo::new()
        .commit(
            "first",
            &[("changecast.yaml", Some(CONFIG)), ("data/old.yaml", Some(&one)), ("data/other.yaml", Some(&two))],
        )
        .commit("renamed", &[("data/old.yaml", None), ("data/list.yaml", Some(&one))])
        .commit("gone", &[("data/list.yaml", None)])
        .commit("beside", &[("README.md", Some("x"))])
        .commit("another", &[("data/other.yaml", None), ("data/list.yaml", Some(&two))])
        .commit("more", &[("data/list.yaml", Some(&two.replace("7, purpose: Kestrel", "7, purpose: Mail")))]);
    repo.build();
    for n in 1..repo.ids().len() {
        publish_at(&repo, n, &[]).expect(0);
        publish_at(&repo, n, &["--check"]).expect(0);
    }
    let step_by_step = log_files(&repo);
    fs::remove_dir_all(repo.path("feeds")).expect("the folder");
    repo.publish(&[]).expect(0);
    assert_same(&log_files(&repo), &step_by_step, "from nothing");
    let log = repo.run(&["log", "--repo", "repo", "--format", "json"]).expect(0).json();
    let told = |n: usize| log["releases"][n]["commit"].as_str().expect("a commit").to_owned();
    let expected = [0, 1, 2, 4, 5].map(|n: usize| repo.ids()[n].to_string());
    assert_eq!([0, 1, 2, 3, 4].map(told), expected, "the file that was renamed is the list from then on");
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_every_published_file_as_it_was() {
    let repo = long_history();
    repo.build();
    publish_at(&repo, 4, &[]).expect(0);
    let before = repo.files("feeds");
    // A limit on the size of files makes writing fail like a full disk does: the page of the list is larger.
    let script = r#"trap '' XFSZ; ulimit -f 4; exec "$0" "$@""#;
    let [commit, now] = commit_and_time(&repo, 5);
    let mut shell = Command::new("sh");
    shell.args(["-c", script, env!("CARGO_BIN_EXE_changecast"), "publish", "--branch", &commit, "--now", &now]);
    shell.args(["--allow-removals", "9"]);
    shell.args(["--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--key", "keys/release"]);
    let ended = shell.current_dir(repo.dir.path()).output().expect("a shell");
    let message = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.code() == Some(2) && message.contains("the published files are complete"), "{message}");
    assert_eq!(repo.files("feeds"), before);
    publish_at(&repo, 5, &[]).expect(0);
    repo.verify().expect(0);
}
