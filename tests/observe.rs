//! `follow --list` with pages in local clones: nothing of them is signed, and what they show is not always their list.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::Value;

use crate::support::{Ran, TestRepo};

const BOTH: &str = "# Sub-processors\n\n| Vendor | Purpose | Location |\n|---|---|---|\n\
    | Nordhaven | Hosting | Germany |\n| Kestrel | Mail | Norway |\n| Tallyline | Payments | France |\n";
const FINLAND: &str = "# Sub-processors\n\n| Vendor | Purpose | Location |\n|---|---|---|\n\
    | Nordhaven | Hosting | Finland |\n| Kestrel | Mail | Norway |\n| Tallyline | Payments | France |\n";
const MORE: &str = "# Sub-processors\n\n| Vendor | Purpose | Location |\n|---|---|---|\n\
    | Nordhaven | Hosting | Finland |\n| Kestrel | Mail | Norway |\n| Tallyline | Payments | France |\n\
    | Quill | Text | Spain |\n";
const NEWS: &str = "# Sub-processors\n\nSome news without any list.\n";
const LIST: &str = "vendors:\n\
    - {name: Larkspur, git: repo, path: legal/subprocessors.md, criticality: high}\n";
const JANUARY: &str = "2024-01-20T00:00:00Z";

/// A clone whose page has these versions, one each day; `None` deletes it.
fn clone_of(versions: &[Option<&str>]) -> TestRepo {
    let commits = versions.iter().enumerate();
    let repo = commits.fold(TestRepo::new(), |repo, (day, page)| {
        let day = day.to_string();
        repo.commit("a day", &[("legal/subprocessors.md", *page), ("day", Some(&day))])
    });
    fs::write(repo.path("vendors.yaml"), LIST).expect("a list");
    repo
}

fn follow(repo: &TestRepo, now: &str, more: &[&str]) -> Ran {
    repo.run(&[&["follow", "--list", "vendors.yaml", "--state", "states", "--now", now, "--exit-code"], more].concat())
}

/// Looks after the first `count` commits, and returns the result.
fn look(repo: &TestRepo, count: usize, code: i32) -> Value {
    repo.build_first(count);
    follow(repo, JANUARY, &["--format", "json"]).expect(code).json()["logs"][0].clone()
}

#[test]
fn changes_of_a_page_are_observed_between_two_commits() {
    let repo = clone_of(&[Some(BOTH), Some(FINLAND), Some(MORE)]);
    let first = look(&repo, 1, 0);
    assert_eq!((&first["first_contact"], &first["page"]["state"]), (&Value::Bool(true), &"readable".into()));
    let ids = repo.build();
    let news = look(&repo, 3, 1);
    let observed = &news["news"][0]["observed"];
    assert_eq!((&observed["from"], &observed["to"]), (&ids[0].as_str().into(), &ids[2].as_str().into()));
    assert_eq!(observed["at"], JANUARY);
    let changes = news["news"][0]["changes"].as_array().expect("changes");
    let kinds: Vec<&str> = changes.iter().map(|change| change["kind"].as_str().expect("a kind")).collect();
    assert_eq!(kinds, ["added", "relocated"]);
    assert_eq!(news["commit"], ids[2].as_str());
    assert_eq!(look(&repo, 3, 0)["news"], Value::Array(Vec::new()), "nothing is new twice");
}

#[test]
fn one_table_shows_all_vendors_and_highlights_those_that_matter() {
    let repo = clone_of(&[Some(BOTH), Some(FINLAND)]);
    let list = format!("{LIST}- {{name: Larkspur 2, git: repo, path: legal/subprocessors.md, criticality: low}}\n");
    fs::write(repo.path("vendors.yaml"), list).expect("a list");
    repo.build_first(1);
    follow(&repo, JANUARY, &[]).expect(0);
    repo.build();
    let table = follow(&repo, JANUARY, &[]).expect(1).out;
    let lines: Vec<&str> = table.lines().collect();
    assert!(lines[0].starts_with("Larkspur [high]: 1 new change, 1 of level notice; commit "), "{table}");
    assert!(lines[2].starts_with("! 2024-01-20") && lines[2].contains("Larkspur: Nordhaven"), "{table}");
    assert!(lines[3].starts_with("  2024-01-20") && lines[3].contains("Larkspur 2: Nordhaven"), "{table}");
}

#[test]
fn a_page_that_cannot_be_read_changes_nothing() {
    for (damage, text) in [
        (Some(NEWS), "no list"),
        (Some("<<<<<<< HEAD\n| Vendor |\n"), "merge conflict"),
        (Some(""), "empty"),
        (None, "deletes it"),
    ] {
        let repo = clone_of(&[Some(BOTH), damage, Some(FINLAND)]);
        look(&repo, 1, 0);
        for _ in 0..2 {
            let unreadable = look(&repo, 2, 1);
            assert_eq!(unreadable["news"], Value::Array(Vec::new()), "{damage:?}");
            assert_eq!(unreadable["page"]["state"], "unreadable", "{damage:?}");
            let detail = unreadable["page"]["detail"].as_str().expect("a reason");
            assert!(detail.contains(text), "{detail}");
        }
        let news = look(&repo, 3, 1);
        assert_eq!(news["news"][0]["changes"][0]["kind"], "relocated", "{damage:?}");
        assert_eq!(news["news"][0]["changes"].as_array().map(Vec::len), Some(1), "{damage:?}");
    }
}

#[test]
fn a_page_that_alternates_changes_nothing_until_one_list_stays() {
    let page = [BOTH, FINLAND, BOTH, FINLAND, BOTH].map(Some);
    let repo = clone_of(&[&page[..], &[Some(MORE)]].concat());
    look(&repo, 1, 0);
    assert_eq!(look(&repo, 2, 1)["news"][0]["changes"][0]["kind"], "relocated");
    // Once is a change that was taken back.
    assert_eq!(look(&repo, 3, 1)["news"][0]["changes"][0]["kind"], "relocated");
    for count in [4, 5] {
        let alternating = look(&repo, count, 0);
        assert_eq!(alternating["page"]["state"], "alternating");
        assert_eq!(alternating["news"], Value::Array(Vec::new()));
    }
    // A list that is new is compared with the variant that it resembles most.
    let news = look(&repo, 6, 1);
    let changes = news["news"][0]["changes"].as_array().expect("changes");
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert_eq!(changes[0]["kind"], "added");
    // A month later, the variant that stayed is the list.
    let repo = clone_of(&page[..4]);
    look(&repo, 1, 0);
    look(&repo, 4, 0);
    let settled = follow(&repo, "2024-03-01T00:00:00Z", &["--format", "json"]).expect(1).json();
    assert_eq!(settled["logs"][0]["news"][0]["changes"][0]["kind"], "relocated");
}

#[test]
fn a_rewritten_branch_is_named_and_compared() {
    let repo = clone_of(&[Some(BOTH), Some(FINLAND)]);
    look(&repo, 2, 0);
    let kept = repo.path("kept.git");
    fs::rename(repo.path("repo/.git"), &kept).expect("the clone");
    let other = TestRepo::new().commit("rewritten", &[("legal/subprocessors.md", Some(MORE))]);
    other.build();
    fs::rename(other.path("repo/.git"), repo.path("repo/.git")).expect("the clone");
    fs::write(repo.path("vendors.yaml"), LIST).expect("a list");
    follow(&repo, JANUARY, &[]).fails(2, &["which was seen last, is not in the clone", "fetch it"]);
    // `git fetch` keeps the earlier commits.
    let objects = crate::support::files_below(&kept.join("objects"));
    for (name, bytes) in objects {
        let path = repo.path("repo/.git/objects").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        if !path.exists() {
            fs::write(path, bytes).expect("an object");
        }
    }
    let ran = follow(&repo, JANUARY, &["--format", "json"]).expect(1);
    assert!(ran.err.contains("the branch was rewritten"), "{}", ran.err);
    assert_eq!(ran.json()["logs"][0]["news"][0]["changes"][0]["kind"], "added");
}

#[test]
fn a_vendor_is_either_a_log_or_a_page_and_a_clone_is_never_searched_above() {
    let repo = clone_of(&[Some(BOTH)]);
    repo.build();
    for (vendor, text) in [
        ("git: repo", "vendors.yaml:1:21: vendors[0].git: `path` is missing"),
        ("url: feeds/x, path: a.md", "vendors.yaml:1:35: vendors[0].path: belongs to a page in a clone"),
        ("url: feeds/x, format: csv", "vendors.yaml:1:35: vendors[0].format: belongs to a page in a clone"),
        ("url: feeds/x, tables: []", "vendors.yaml:1:35: vendors[0].tables: belongs to a page in a clone"),
        ("git: repo, path: a.md, format: mrkdown", "vendors.yaml:1:44: "),
        (
            "git: repo, path: a.md, origin: example.com/x",
            "vendors.yaml:1:44: vendors[0].origin: a page in a clone is not signed",
        ),
        ("url: feeds/x, git: repo, path: a.md", "both `url` and `git`"),
        ("criticality: high", "vendors.yaml:1:12: vendors[0].name: \"A\" has neither a log nor a page"),
        ("git: repo, path: legal/none.md", "no commit has the page"),
        ("git: repo/legal, path: subprocessors.md", "not in a git repository"),
        ("git: none, path: subprocessors.md", "not in a git repository"),
        ("git: repo, path: legal/subprocessors.md, branch: none", "no revision \"none\""),
    ] {
        fs::write(repo.path("vendors.yaml"), format!("vendors: [{{name: A, {vendor}}}]")).expect("a list");
        fs::create_dir_all(repo.path("repo/legal")).expect("a folder");
        follow(&repo, JANUARY, &[]).fails(2, &[text]);
    }
}

/// Both vendors of a list: a signed log and a page.
fn log_and_page() -> TestRepo {
    let terms = "notice: {lead: {added: 30d}, objection: {within: 14d}}\n";
    let entries = "entries:\n- {name: Nordhaven, purpose: Hosting}\n";
    let versions =
        [format!("{terms}{entries}"), format!("{terms}{entries}- {{name: <b>Kestrel</b>, purpose: Mail}}\n")];
    let log = TestRepo::of_lists(&[&versions[0], &versions[1]]);
    log.build_first(1);
    log.publish(&[]).expect(0);
    fs::rename(log.path("repo"), log.path("publisher")).expect("a folder");
    let list = "vendors:\n\
        - {name: Example, url: feeds/vendors, root: keys/root.pub, origin: example.com/vendors, criticality: high}\n\
        - {name: Larkspur, git: clone, path: legal/subprocessors.md, criticality: low}\n\
        - {name: Gone, url: nowhere, root: keys/root.pub, origin: example.com/vendors}\n";
    fs::write(log.path("vendors.yaml"), list).expect("a list");
    log
}

#[test]
fn one_feed_one_calendar_and_one_json_file_are_about_all_vendors() {
    let log = log_and_page();
    let page = clone_of(&[Some(BOTH), Some(FINLAND)]);
    let show = |count: usize| {
        page.build_first(count);
        let _ = fs::remove_dir_all(log.path("clone"));
        fs::rename(page.path("repo"), log.path("clone")).expect("a folder");
    };
    let run = |now: &str| {
        let args = ["follow", "--list", "vendors.yaml", "--state", "states", "--output", "all", "--now", now];
        log.run(&args).expect(2);
    };
    show(1);
    run("2030-01-02T00:00:00Z");
    log.build();
    log.publish(&["--now", "2030-02-01T00:00:00Z"]).expect(0);
    show(2);
    run("2030-02-03T00:00:00Z");
    let read = |name: &str| fs::read_to_string(log.path("all").join(name)).expect("a file");
    let feed = read("feed.atom");
    assert_eq!(feed.matches("<entry>").count(), 3, "{feed}");
    let titles: Vec<&str> = feed.split("<title>").skip(2).filter_map(|rest| rest.split("</title>").next()).collect();
    assert!(titles[0].starts_with("Larkspur: ") && titles[0].contains("Nordhaven"), "{titles:?}");
    assert!(titles[1].starts_with("[high] Example: ") && titles[1].contains("2030-02-15"), "{titles:?}");
    assert!(feed.contains("Observed between commits ") && !feed.contains("<b>"), "{feed}");
    let calendar = read("calendar.ics").replace("\r\n ", "");
    assert!(calendar.contains("SUMMARY:[high] Example: Last day to object: "), "{calendar}");
    assert!(calendar.contains("PRIORITY:1") && calendar.contains("DTSTART;VALUE=DATE:20300215"), "{calendar}");
    let json: Value = serde_json::from_str(&read("vendors.json")).expect("JSON");
    assert_eq!(json["vendors"][0]["highlighted"], true);
    // History from before the log began has the time of its commit, as in the feed, and that of the head as evidence.
    let [history, added] = [0, 1].map(|at| &json["vendors"][0]["changes"][at]);
    let committed = feed.rsplit("<published>").next().and_then(|rest| rest.split("+00:00").next()).expect("a time");
    assert_eq!(history["published"], format!("{committed}Z"));
    assert_eq!((&history["backfilled"], &history["covered"]), (&true.into(), &"2030-01-01T00:00:00Z".into()));
    assert_eq!((&added["backfilled"], &added["published"]), (&false.into(), &"2030-02-01T00:00:00Z".into()));
    assert_eq!(json["vendors"][1]["changes"][0]["changes"][0]["kind"], "relocated");
    assert_eq!(json["vendors"][2]["changes"], Value::Array(Vec::new()));
    // Another run without news writes the same files.
    let before = log.files("all");
    run("2030-02-04T00:00:00Z");
    assert!(log.files("all") == before);
}

#[test]
fn two_vendors_of_one_log_are_two_in_feed_and_calendar() {
    let log = log_and_page();
    let vendor = "url: feeds/vendors, root: keys/root.pub, origin: example.com/vendors";
    let list = format!("vendors:\n- {{name: Mail, {vendor}, criticality: high}}\n- {{name: Backup, {vendor}}}\n");
    fs::write(log.path("vendors.yaml"), list).expect("a list");
    fs::rename(log.path("publisher"), log.path("repo")).expect("a folder");
    log.build();
    log.publish(&["--now", "2030-02-01T00:00:00Z"]).expect(0);
    let args = ["follow", "--list", "vendors.yaml", "--state", "states", "--output", "all", "--now", JANUARY];
    log.run(&args).expect(0);
    for (name, mark, count) in [("feed.atom", "<id>urn:", 4), ("calendar.ics", "UID:", 4)] {
        let text = fs::read_to_string(log.path("all").join(name)).expect("a file");
        let ids: Vec<&str> = text.split(mark).skip(1).filter_map(|rest| rest.lines().next()).collect();
        let different: BTreeSet<&&str> = ids.iter().collect();
        assert_eq!((ids.len(), different.len()), (count, count), "{name}: {text}");
    }
}

#[test]
fn a_damaged_state_file_stops_no_other_vendor() {
    let log = log_and_page();
    let page = clone_of(&[Some(BOTH), Some(FINLAND)]);
    page.build();
    fs::rename(page.path("repo"), log.path("clone")).expect("a folder");
    let run = |code: i32| {
        let args = ["follow", "--list", "vendors.yaml", "--state", "states", "--output", "all", "--now", JANUARY];
        log.run(&args).expect(code)
    };
    run(2);
    let state = |name: &str| {
        let mut states = fs::read_dir(log.path("states")).expect("states").map(|entry| entry.expect("an entry").path());
        let is_of = |path: &PathBuf| path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(name));
        states.find(is_of).expect("a state")
    };
    for (name, other, status) in [("larkspur", 0, 2), ("example", 1, 2)] {
        let path = state(name);
        let before = fs::read(&path).expect("a state");
        fs::write(&path, &before[..before.len() / 2]).expect("a state");
        fs::remove_dir_all(log.path("all")).expect("a folder");
        let ran = run(status);
        let file = path.file_name().expect("a name").to_string_lossy().into_owned();
        assert_eq!(ran.err.matches(&format!("{file} is damaged")).count(), 1, "{}", ran.err);
        let json = fs::read_to_string(log.path("all/vendors.json")).expect("a file");
        let json: Value = serde_json::from_str(&json).expect("JSON");
        let damaged = &json["vendors"][1 - other];
        assert!(damaged["error"].as_str().is_some_and(|error| error.contains("is damaged")), "{damaged}");
        assert!(json["vendors"][other]["error"].is_null(), "{json}");
        let feed = fs::read_to_string(log.path("all/feed.atom")).expect("a file");
        assert_eq!(feed.contains("<name>Example</name>"), name != "example", "{feed}");
        fs::write(&path, before).expect("a state");
    }
}
