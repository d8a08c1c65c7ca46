//! Deadlines in everything that is published, and in the log.

use std::fs;

use changecast_core::ledger::{Head, Period};

use super::support::TestRepo;

const FIRST: &str = "\
notice: {lead: {added: 30d, relocated: 10bd}, objection: {within: 14d}, exceptions: [emergencies]}
entries:
- {name: Nordhaven, location: Finland}
";
const SECOND: &str = "\
notice: {lead: {added: 30d, relocated: 10bd}, objection: {within: 14d}, exceptions: [emergencies]}
entries:
- {name: Nordhaven, location: Finland}
- {name: Kestrel, purpose: Mail, effective: '2030-03-01'}
- {name: Lantern, purpose: Search, effective: '2030-02-01'}
- {name: Oakline, purpose: Backups}
- {name: Quill, purpose: Models, effective: '2030-02-01', emergency: the former vendor closed}
";
const NOTICE_TIME: &str = "2030-01-15T12:00:00Z";

/// A list with terms whose first version is history, and whose additions are published later.
fn announced() -> TestRepo {
    let repo = TestRepo::of_lists(&[FIRST, SECOND, &SECOND.replace("2030-03-01", "2030-04-01")]);
    repo.build_first(1);
    repo.publish(&[]).expect(0);
    repo.build_first(2);
    repo.publish(&["--now", NOTICE_TIME]).expect(0);
    repo
}

fn periods(repo: &TestRepo, head: u64) -> Vec<Period> {
    let bytes = fs::read(repo.path(&format!("feeds/vendors/head/{head:06}.json"))).expect("a head");
    Head::from_bytes(&bytes).expect("a head").periods
}

/// The dates and lengths of periods, one line each.
fn lines(periods: &[Period]) -> Vec<String> {
    let line = |period: &Period| {
        let effective = period.effective.as_ref().map(|effective| format!("{} {}", effective.date, effective.basis));
        let parts = [effective, period.object_by.clone(), period.lead_promised.clone(), period.lead_given.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    periods.iter().map(line).collect()
}

#[test]
fn heads_state_the_periods_that_begin_and_history_begins_none() {
    let repo = announced();
    assert_eq!(periods(&repo, 0), []);
    assert_eq!(
        lines(&periods(&repo, 1)),
        [
            "2030-03-01 stated 2030-01-29 P30D P45D",
            "2030-02-01 stated 2030-01-29 P30D P17D",
            "2030-02-14 derived 2030-01-29 P30D P30D",
            "2030-02-01 stated 2030-01-29 P30D P17D",
        ]
    );
    let text = fs::read_to_string(repo.path("feeds/vendors/head/000001.json")).expect("a head");
    assert!(!text.contains("Kestrel") && !text.contains("closed"), "a head contains no text of the list: {text}");
    let verified = repo.verify().expect(0);
    assert!(!verified.err.contains("notice periods"), "{}", verified.err);
}

#[test]
fn every_output_contains_the_same_dates() {
    let repo = announced();
    let page =
        fs::read_dir(repo.path("feeds/vendors/changes")).expect("pages").map(|page| page.expect("a page").path());
    let page = page.max().expect("a page");
    let names = ["feed.atom", "feed.rss", "feed.json", "index.html", "changelog.md"];
    let files = names.map(|name| repo.path(&format!("feeds/vendors/{name}"))).into_iter().chain([page]);
    for file in files {
        let text = fs::read_to_string(&file).expect("a file");
        for date in [
            "Tuesday 2030-01-29",
            "2030-03-01",
            "30 days promised: kept",
            "missed by 13 days",
            "emergency, shorter by 13 days",
        ] {
            assert!(text.contains(date), "{} lacks {date:?}", file.display());
        }
        assert!(text.contains("not before Thursday 2030-02-14"), "{}", file.display());
    }
    let table = fs::read_to_string(repo.path("feeds/vendors/changelog.csv")).expect("a table");
    assert!(table.contains("2030-03-01,2030-01-29,\"45 days, 30 days promised: kept\""), "{table}");
    let feed = fs::read_to_string(repo.path("feeds/vendors/feed.json")).expect("a feed");
    assert!(feed.contains("; object by 2030-01-29\""), "{feed}");
}

#[test]
fn a_date_that_moves_continues_the_period_of_its_addition() {
    let repo = announced();
    repo.build();
    repo.publish(&["--now", "2030-01-20T12:00:00Z"]).expect(0);
    let (first, moved) = (&periods(&repo, 1)[0], &periods(&repo, 2)[0]);
    assert_eq!(moved.change, first.change);
    assert_eq!(lines(std::slice::from_ref(moved)), ["2030-04-01 stated 2030-01-29 P30D P76D"]);
    assert!(!repo.verify().expect(0).err.contains("notice periods"));
}

#[test]
fn a_publication_that_continues_equals_one_that_verifies_everything() {
    let (continued, whole) = (announced(), announced());
    fs::remove_file(whole.path("feeds/vendors/resume.json")).expect("a checkpoint");
    for repo in [&continued, &whole] {
        repo.build();
        repo.publish(&["--now", "2030-01-20T12:00:00Z"]).expect(0);
    }
    assert_eq!(continued.files("feeds"), whole.files("feeds"));
    let before = continued.files("feeds");
    continued.publish(&["--now", "2030-01-21T12:00:00Z", "--all"]).expect(0);
    assert_eq!(continued.files("feeds"), before);
}

#[test]
fn the_change_log_shows_deadlines_from_the_time_of_the_commit() {
    let repo = TestRepo::of_lists(&[FIRST, &SECOND.replace("2030-03-01", "2024-03-01")]);
    repo.build();
    let log = repo.run(&["log", "--repo", "repo", "--config", "repo/changecast.yaml"]).expect(0).out;
    assert!(log.contains("Effective Friday 2024-03-01 (UTC)"), "{log}");
    let json = repo.run(&["log", "--repo", "repo", "--config", "repo/changecast.yaml", "--format", "json"]).json();
    let notices = &json["releases"][1]["notices"];
    assert_eq!(notices[0]["object_by"], "2024-01-16", "{notices}");
    assert_eq!(notices[0]["leads"][0]["result"], "kept", "{notices}");
    assert!(json["releases"][0].get("notices").is_none(), "{json}");
}
