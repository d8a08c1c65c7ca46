//! `audit --notice`: the same rows in every format.

use super::support::{Ran, TestRepo};

const TERMS: &str =
    "notice: {lead: {added: 30d, relocated: 10bd}, objection: {within: 14d}, exceptions: [emergencies]}\n";
const BEFORE: &str = "entries:\n- {name: Nordhaven, location: Finland, data: [names]}\n";
const AFTER: &str = "\
entries:
- {name: Nordhaven, location: Finland, data: [names, addresses]}
- {name: Kestrel, effective: '2030-03-01'}
- {name: Lantern, effective: '2030-02-01'}
- {name: Oakline}
- {name: Quill, effective: '2030-01-20', emergency: the former vendor closed}
- {name: Sable, effective: '2029-12-01'}
";

fn audited(repo: &TestRepo, now: &str, format: &str) -> Ran {
    repo.run(&["audit", "feeds", "--root", "keys/root.pub", "--notice", "--now", now, "--format", format])
}

fn published() -> TestRepo {
    let repo = TestRepo::of_lists(&[&format!("{TERMS}{BEFORE}"), &format!("{TERMS}{AFTER}")]);
    repo.build_first(1);
    repo.publish(&[]).expect(0);
    repo.build();
    repo.publish(&["--now", "2030-01-15T12:00:00Z"]).expect(0);
    repo
}

#[test]
fn every_engagement_is_listed_with_promise_and_performance() {
    let repo = published();
    // Change, result, given, short by, late, gap.
    let expected = [
        ("Kestrel: added", "kept", "45 days", "", false, ""),
        ("Lantern: added", "missed", "17 days", "13", false, ""),
        ("Oakline: added", "no date stated", "", "", false, ""),
        ("Quill: added", "emergency", "5 days", "25", false, ""),
        ("Sable: added", "missed", "-45 days", "75", true, ""),
        ("Nordhaven: data changed", "not stated", "", "", false, "the terms do not name this kind of change"),
    ];
    let rows = audited(&repo, "2030-01-25T00:00:00Z", "json").expect(1).json();
    assert_eq!(rows.as_array().expect("rows").len(), expected.len(), "{rows}");
    let csv = audited(&repo, "2030-01-25T00:00:00Z", "csv").expect(1).out;
    let table = audited(&repo, "2030-01-25T00:00:00Z", "table").expect(1).out;
    let page = audited(&repo, "2030-01-25T00:00:00Z", "html").expect(1).out;
    assert_eq!((csv.lines().count(), table.lines().count()), (expected.len() + 1, expected.len() + 1));
    assert_eq!(page.matches("<tr>").count(), expected.len() + 1);
    for (change, result, given, short_by, late, gap) in expected {
        let row = rows.as_array().expect("rows").iter().find(|row| row["change"] == change).expect("a row");
        assert_eq!((&row["result"], &row["given"]), (&result.into(), &given.into()), "{row}");
        assert_eq!(
            (&row["short_by"], &row["late"], &row["gap"]),
            (&short_by.into(), &late.into(), &gap.into()),
            "{row}"
        );
        for text in [&csv, &table] {
            let line = text.lines().find(|line| line.contains(change)).expect("a line");
            assert!(line.contains(result) && line.contains(given) && line.contains(gap), "{line}");
        }
    }
    let provisional = |now| {
        let rows = audited(&repo, now, "json").json();
        let row = rows.as_array().expect("rows").iter().find(|row| row["change"] == "Kestrel: added").cloned();
        row.expect("a row")["provisional"].clone()
    };
    assert_eq!(provisional("2030-03-01T23:59:59Z"), true);
    assert_eq!(provisional("2030-03-02T00:00:00Z"), false);
}

#[test]
fn a_log_that_keeps_every_promise_has_no_finding() {
    let after = format!("{TERMS}{BEFORE}- {{name: Kestrel, effective: '2030-03-01'}}\n");
    let repo = TestRepo::of_lists(&[&format!("{TERMS}{BEFORE}"), &after]);
    repo.build_first(1);
    repo.publish(&[]).expect(0);
    repo.build();
    repo.publish(&["--now", "2030-01-15T12:00:00Z"]).expect(0);
    let ran = audited(&repo, "2030-01-25T00:00:00Z", "table").expect(0);
    assert!(ran.err.contains("2 of 3 releases are history from before the log began"), "{}", ran.err);
    // A log that does not verify is not audited.
    std::fs::write(repo.path("feeds/vendors/log/000002.body.json"), "{}").expect("a file");
    audited(&repo, "2030-01-25T00:00:00Z", "table").expect(3);
}
