//! Notice terms of the configuration: part of the signed list, and announced when they change.

use std::fs;

use crate::support::{CONFIG, TestRepo};

const LIST: &str = "entries:\n- name: Kestrel\n  purpose: Hosting\n";
const NEXT: &str = "entries:\n- name: Kestrel\n  purpose: Support\n";

fn repo_with_terms(notice: &str) -> TestRepo {
    let repo = TestRepo::of_lists(&[LIST, NEXT]);
    repo.build_first(1);
    state_terms(&repo, notice);
    repo
}

/// Writes the configuration with these terms for its only list.
fn state_terms(repo: &TestRepo, notice: &str) {
    let config = CONFIG.replace("data/list.yaml}", &format!("data/list.yaml, notice: {notice}}}"));
    assert_ne!(config, CONFIG);
    fs::write(repo.path("repo/changecast.yaml"), config).unwrap();
}

/// The file of the only list whose name ends with this.
fn published(repo: &TestRepo, end: &str) -> String {
    let files = repo.files("feeds");
    let file = files.iter().find(|(path, _)| path.ends_with(end));
    file.map(|(_, bytes)| String::from_utf8(bytes.clone()).unwrap()).unwrap_or_default()
}

#[test]
fn terms_of_the_configuration_are_part_of_the_signed_list() {
    let repo = repo_with_terms("{lead: {added: P30D}, text: Thirty days.}");
    repo.publish(&[]).expect(0);
    let list = published(&repo, "list.json");
    assert!(list.contains(r#""terms":{"lead":{"added":"30d"},"text":"Thirty days."}"#), "{list}");
    repo.verify().expect(0);
}

#[test]
fn terms_that_change_in_the_configuration_are_announced_once() {
    let repo = repo_with_terms("{lead: {added: 30d}}");
    repo.publish(&[]).expect(0);
    state_terms(&repo, "{lead: {added: 10d}}");
    for _ in 0..2 {
        repo.publish(&[]).expect(0);
    }
    let body = published(&repo, "log/000002.body.json");
    assert!(body.contains(r#""kind":"terms-changed""#) && body.contains(r#""level":"notice""#), "{body}");
    assert!(published(&repo, "log/000002.json").contains(r#""kind":"changes""#));
    assert_eq!(published(&repo, "log/000003.json"), "");
    repo.verify().expect(0);
    // The log continues with the next commit.
    repo.build();
    state_terms(&repo, "{lead: {added: 10d}}");
    repo.publish(&[]).expect(0);
    assert!(published(&repo, "log/000003.body.json").contains("purpose-changed"));
    repo.verify().expect(0);
}

#[test]
fn terms_of_the_inventory_have_precedence() {
    let list = "notice: {lead: {added: 60d}}\nentries:\n- name: Kestrel\n";
    let repo = TestRepo::of_lists(&[list]);
    repo.build();
    state_terms(&repo, "{lead: {added: 30d}}");
    repo.publish(&[]).expect(0);
    state_terms(&repo, "{lead: {added: 10d}}");
    repo.publish(&[]).expect(0);
    assert!(published(&repo, "list.json").contains(r#""terms":{"lead":{"added":"60d"}}"#));
    assert_eq!(published(&repo, "log/000002.json"), "");
}

#[test]
fn holidays_of_a_file_are_signed_by_value() {
    let repo = repo_with_terms("{lead: {added: 10bd}, holidays: {file: holidays.txt}}");
    repo.publish(&[]).fails(2, &["holidays.txt"]);
    fs::write(repo.path("repo/holidays.txt"), "# Holidays\n2026-12-26 Boxing Day\n\n2026-12-25\n").unwrap();
    repo.publish(&[]).expect(0);
    let list = published(&repo, "list.json");
    assert!(list.contains(r#""holidays":{"dates":["2026-12-25","2026-12-26"],"file":"holidays.txt"}"#), "{list}");
    // Another date in the file is a change of the terms.
    fs::write(repo.path("repo/holidays.txt"), "2026-12-25\n").unwrap();
    repo.publish(&[]).expect(0);
    assert!(published(&repo, "log/000002.body.json").contains("notice.holidays.dates"));
    fs::write(repo.path("repo/holidays.txt"), "Christmas\n").unwrap();
    repo.publish(&[]).fails(2, &["holidays.txt", "Christmas"]);
}

#[test]
fn holidays_of_an_inventory_are_those_of_the_same_commit() {
    let list = "notice: {lead: {added: 10bd}, holidays: {file: ../holidays.txt}}\nentries:\n- name: Kestrel\n";
    let more = format!("{list}- name: Oakline\n");
    let repo = TestRepo::of_lists(&[list])
        .commit("the holidays", &[("data/list.yaml", Some(&more)), ("holidays.txt", Some("2026-12-25\n"))])
        .commit("another list", &[("data/list.yaml", Some(list)), ("holidays.txt", Some("2026-12-26 Boxing Day\n"))]);
    // The first commit does not contain the file that its list names.
    repo.build_first(1);
    repo.publish(&[]).fails(2, &["holidays.txt: the file does not exist in this version"]);
    repo.build_first(2);
    repo.publish(&[]).expect(0);
    let dates = |date: &str| format!(r#""holidays":{{"dates":["{date}"],"file":"../holidays.txt"}}"#);
    assert!(published(&repo, "list.json").contains(&dates("2026-12-25")));
    repo.build();
    // Only the commit counts, not the file of the working tree.
    fs::write(repo.path("repo/holidays.txt"), "Christmas\n").unwrap();
    repo.publish(&[]).expect(0);
    assert!(published(&repo, "list.json").contains(&dates("2026-12-26")));
    assert!(published(&repo, "log/000002.body.json").contains("terms-changed"));
    repo.publish(&["--check"]).expect(0);
    repo.verify().expect(0);
    let shown = repo.run(&["show", "--repo", "repo", "--config", "repo/changecast.yaml", "--format", "yaml"]).expect(0);
    assert!(shown.out.contains("2026-12-26"), "{}", shown.out);
    let changes = repo.run(&["diff", "--repo", "repo", "--config", "repo/changecast.yaml", "HEAD~1", "HEAD"]).expect(0);
    assert!(changes.out.contains("2026-12-26"), "{}", changes.out);
}
