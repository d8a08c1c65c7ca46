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
fn a_date_that_moves_continues_the_period_of_its_addition() {
    let repo = announced();
    repo.build();
    repo.publish(&["--now", "2030-01-20T12:00:00Z"]).expect(0);
    let (first, moved) = (&periods(&repo, 1)[0], &periods(&repo, 2)[0]);
    assert_eq!(moved.change, first.change);
    assert_eq!(lines(std::slice::from_ref(moved)), ["2030-04-01 stated 2030-01-29 P30D P76D"]);
    assert!(!repo.verify().expect(0).err.contains("notice periods"));
}

/// A list with terms, a vendor that it announces as planned, and the vendor in use.
fn planned(start: &str) -> TestRepo {
    let first = FIRST.replace("relocated: 10bd", "activated: 30d");
    let added = format!("{first}- {{name: Kestrel, purpose: Mail, status: planned, effective: '{start}'}}\n");
    let used = added.replace("planned", "active");
    let repo = TestRepo::of_lists(&[&first, &added, &used]);
    repo.build_first(1);
    repo.publish(&[]).expect(0);
    repo.build_first(2);
    repo.publish(&["--now", NOTICE_TIME]).expect(0);
    repo.build();
    repo
}

#[test]
fn a_planned_vendor_that_starts_on_its_announced_day_begins_no_second_notice() {
    for (now, begins) in [("2030-03-01T09:00:00Z", 0), ("2030-03-20T09:00:00Z", 0), ("2030-02-20T09:00:00Z", 1)] {
        let repo = planned("2030-03-01");
        assert_eq!(lines(&periods(&repo, 1)), ["2030-03-01 stated 2030-01-29 P30D P45D"]);
        repo.publish(&["--now", now]).expect(0);
        assert_eq!(lines(&periods(&repo, 2)).len(), begins, "{now}: {:?}", lines(&periods(&repo, 2)));
        assert!(!repo.verify().expect(0).err.contains("notice periods"));
    }
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

#[test]
fn verify_prints_what_is_open_for_objection_and_what_it_does_not_prove() {
    let repo = announced();
    let verify = |now| repo.run(&["verify", "feeds", "--root", "keys/root.pub", "--now", now]).expect(0).err;
    let text = verify("2030-01-29T23:59:59Z");
    for words in [
        "release 2, the newest one, was published at 2030-01-15T12:00:00Z",
        "open for objection until 2030-01-29 (UTC): Kestrel: added (release 2)",
        "open for objection until 2030-01-29 (UTC): Quill: added (release 2)",
        "does not prove that there is no newer release",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    let text = verify("2030-01-30T00:00:00Z");
    assert!(text.contains("no change is open for objection at 2030-01-30T00:00:00Z"), "{text}");
    assert!(!text.contains("open for objection until"), "{text}");
}

/// Terms that promise an e-mail.
fn with_email(list: &str) -> String {
    list.replace("exceptions: [emergencies]", "exceptions: [emergencies], channels: [email, page]")
}

fn notified() -> TestRepo {
    let repo = TestRepo::of_lists(&[&with_email(FIRST), &with_email(SECOND)]);
    repo.build_first(1);
    repo.publish(&[]).expect(0);
    repo.build();
    repo.publish(&["--now", NOTICE_TIME]).expect(0);
    repo
}

fn notice(repo: &TestRepo, more: &[&str]) -> super::support::Ran {
    let mut args = vec!["notice", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds"];
    args.extend(more);
    repo.run(&args)
}

#[test]
fn a_notification_that_is_stated_is_signed_and_shown_apart() {
    let repo = notified();
    let page = |repo: &TestRepo| fs::read_to_string(repo.path("feeds/vendors/changelog.md")).expect("a table");
    assert!(page(&repo).contains("by publication: kept (provisional until effective); notification not stated"));
    let later = ["--now", "2030-01-21T12:00:00Z", "--key", "keys/release"];
    let sent = [&["2", "--sent", "2030-01-20", "--channel", "email"][..], &later].concat();
    notice(&repo, &sent).expect(0);
    let head = fs::read(repo.path("feeds/vendors/head/000002.json")).expect("a head");
    let head = Head::from_bytes(&head).expect("a head");
    assert_eq!((head.statements[0].seq, head.statements[0].sent.as_str()), (2, "2030-01-20"));
    assert_eq!(
        lines(&head.periods),
        [
            "2030-03-01 stated 2030-02-03 P30D P40D",
            "2030-02-01 stated 2030-02-03 P30D P12D",
            "2030-02-19 derived 2030-02-03 P30D P30D",
            "2030-02-01 stated 2030-02-03 P30D P12D",
        ]
    );
    let verified = repo.verify().expect(0);
    assert!(!verified.err.contains("notice periods"), "{}", verified.err);
    // A second channel is stated, and moves no date.
    let again = [&["2", "--sent", "2030-01-21", "--channel", "console"][..], &later].concat();
    notice(&repo, &again).expect(0);
    assert_eq!(periods(&repo, 3), []);
    assert!(!repo.verify().expect(0).err.contains("notice periods"));
    // The same statement again changes no file; another date is refused.
    let before = repo.files("feeds");
    notice(&repo, &sent).expect(0);
    assert_eq!(repo.files("feeds"), before);
    let other = [&["2", "--sent", "2030-01-19", "--channel", "email"][..], &later].concat();
    notice(&repo, &other).fails(2, &["already states", "2030-01-20"]);
    // The next publication shows both, and the one after it changes no file.
    repo.publish(&["--now", "2030-01-22T12:00:00Z"]).expect(0);
    let text = page(&repo);
    let words = "by notification: sent 2030-01-20; object by Sunday 2030-02-03 (UTC); 40 days, 30 days promised: kept";
    assert!(text.contains(words), "{text}");
    let calendar = fs::read_to_string(repo.path("feeds/vendors/calendar.ics")).expect("a calendar");
    let event = calendar.split("BEGIN:VEVENT").find(|event| event.contains("UID:2-0-object-by")).expect("an event");
    for line in ["SEQUENCE:1", "DTSTART;VALUE=DATE:20300203", "DTSTAMP:20300121T120000Z"] {
        assert!(event.contains(line), "{line}\n{event}");
    }
    let before = repo.files("feeds");
    repo.publish(&["--now", "2030-01-23T12:00:00Z"]).expect(0);
    repo.publish(&["--now", "2030-01-23T12:00:00Z", "--all"]).expect(0);
    assert_eq!(repo.files("feeds"), before);
}

#[test]
fn a_date_that_moves_after_a_notification_shortens_no_window() {
    let repo = TestRepo::of_lists(
        &[FIRST, SECOND, &SECOND.replace("2030-03-01", "2030-04-01")].map(with_email).each_ref().map(String::as_str),
    );
    repo.build_first(1);
    repo.publish(&[]).expect(0);
    repo.build_first(2);
    repo.publish(&["--now", NOTICE_TIME]).expect(0);
    let sent =
        ["2", "--sent", "2030-01-20", "--channel", "email", "--now", "2030-01-21T12:00:00Z", "--key", "keys/release"];
    notice(&repo, &sent).expect(0);
    repo.build();
    repo.publish(&["--now", "2030-01-25T12:00:00Z"]).expect(0);
    assert_eq!(lines(&periods(&repo, 3)), ["2030-04-01 stated 2030-02-03 P30D P71D"]);
    assert!(!repo.verify().expect(0).err.contains("notice periods"));
}

#[test]
fn only_a_published_release_with_changes_can_be_notified() {
    let repo = notified();
    let later = ["--now", "2030-01-21T12:00:00Z", "--key", "keys/release", "--channel", "email"];
    for (seq, sent, words) in [
        ("1", "2030-01-20", "it is history from before the log began"),
        ("0", "2030-01-20", "no such release with changes"),
        ("9", "2030-01-20", "no such release with changes"),
        ("2", "soon", "is not a date"),
        ("2", "2030-02-01", "is in the future"),
    ] {
        notice(&repo, &[&[seq, "--sent", sent][..], &later].concat()).fails(2, &[words]);
    }
    notice(&repo, &["2"]).fails(2, &["--to", "--sent"]);
    notice(&repo, &["2", "--sent", "2030-01-20", "--channel", "pigeon"]).fails(2, &["pigeon", "email"]);
    assert!(!repo.path("feeds/vendors/head/000002.json").exists());
}

#[test]
fn a_draft_contains_the_changes_their_deadlines_and_a_calendar() {
    let repo = notified();
    notice(&repo, &["2", "--to", "notice.eml", "--now", "2030-01-21T12:00:00Z"]).expect(0);
    let draft = fs::read_to_string(repo.path("notice.eml")).expect("a draft");
    notice(&repo, &["2", "--to", "notice.eml", "--now", "2030-06-01T12:00:00Z"]).expect(0);
    assert_eq!(fs::read_to_string(repo.path("notice.eml")).expect("a draft"), draft, "no clock in a draft");
    let text = draft.replace("=\r\n", "");
    for words in [
        "Reply-To: <privacy@example.com>\r\n",
        "Date: Tue, 15 Jan 2030 12:00:00 +0000\r\n",
        "List-Id: \"Vendors\" <vendors.example.com>\r\n",
        "- Added Kestrel: Mail; Effective: 2030-03-01",
        "To object, reply to this message (privacy@example.com) by Tuesday 2030-01-29 (UTC).",
        "Content-Type: text/calendar; charset=3Dutf-8; method=3DPUBLISH".replace("=3D", "=").as_str(),
        "UID:2-0-object-by.vendors@example.com",
    ] {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert!(draft.lines().all(|line| line.len() <= 76) && !draft.contains("\nTo:"), "{draft}");
}
