//! Every output states the same dates: pages, feeds, tables, calendars, the log in a terminal and as JSON, and heads.

use std::fs;

use changecast_core::ledger::Head;
use serde_json::Value;

use super::support::TestRepo;

const TERMS: &str = "\
notice: {lead: {added: 30d, relocated: 10bd}, objection: {within: 14d}, exceptions: [emergencies]}
";
const BEFORE: &str = "entries:\n- {name: Nordhaven, location: Finland, data: [names]}\n";
const AFTER: &str = "\
entries:
- {name: Nordhaven, location: Norway, data: [names, addresses]}
- {name: Kestrel, purpose: Mail, effective: '2024-03-01'}
- {name: Lantern, purpose: Search, effective: '2024-01-15'}
- {name: Oakline, purpose: Backups}
- {name: Quill, purpose: Models, effective: '2024-01-10', emergency: the former vendor closed}
- {name: Ridge, purpose: Maps, effective: 2024-Q3}
- {name: Sable, purpose: Fonts, effective: '2023-12-01'}
";
/// The day of the second commit, so that publication and commit are on one day.
const NOW: &str = "2024-01-02T12:00:00Z";

/// What each output states about a change.
struct Expected {
    entry: &'static str,
    /// In sentences.
    effective: &'static str,
    object_by: &'static str,
    notice: &'static str,
    /// For programs: the effective date, its first day, the end of the window, the lead that was given.
    date: &'static str,
    first_day: &'static str,
    last_day: &'static str,
    given: &'static str,
}

/// All windows end on the same day.
const fn expected(
    entry: &'static str,
    effective: &'static str,
    notice: &'static str,
    (date, first_day, given): (&'static str, &'static str, &'static str),
) -> Expected {
    let (object_by, last_day) = ("Tuesday 2024-01-16 (UTC)", "2024-01-16");
    Expected { entry, effective, object_by, notice, date, first_day, last_day, given }
}

const ROWS: [Expected; 7] = [
    expected(
        "Kestrel",
        "Friday 2024-03-01 (UTC)",
        "59 days, 30 days promised: kept (provisional until effective)",
        ("2024-03-01", "2024-03-01", "P59D"),
    ),
    expected(
        "Lantern",
        "Monday 2024-01-15 (UTC)",
        "13 days, 30 days promised: missed by 17 days (provisional until effective)",
        ("2024-01-15", "2024-01-15", "P13D"),
    ),
    expected(
        "Oakline",
        "not before Thursday 2024-02-01 (UTC)",
        "30 days promised",
        ("2024-02-01", "2024-02-01", "P30D"),
    ),
    expected(
        "Quill",
        "Wednesday 2024-01-10 (UTC)",
        "8 days, 30 days promised: emergency, shorter by 22 days (provisional until effective); \
         emergency: the former vendor closed",
        ("2024-01-10", "2024-01-10", "P8D"),
    ),
    expected(
        "Ridge",
        "2024-Q3, from Monday 2024-07-01 (UTC)",
        "181 days, 30 days promised: kept (provisional until effective)",
        ("2024-Q3", "2024-07-01", "P181D"),
    ),
    expected(
        "Sable",
        "Friday 2023-12-01 (UTC)",
        "-32 days, 30 days promised: missed by 62 days; late disclosure: published after the effective date",
        ("2023-12-01", "2023-12-01", "-P32D"),
    ),
    expected(
        "Nordhaven",
        "not before Tuesday 2024-01-16 (UTC)",
        "10 business days promised",
        ("2024-01-16", "2024-01-16", "10bd"),
    ),
];

/// A list that was published before with the same terms.
fn published() -> TestRepo {
    let repo = TestRepo::of_lists(&[&format!("{TERMS}{BEFORE}"), &format!("{TERMS}{AFTER}")]);
    repo.build_first(1);
    repo.publish(&["--now", "2024-01-01T12:00:00Z"]).expect(0);
    repo.build();
    repo.publish(&["--now", NOW]).expect(0);
    repo
}

fn file(repo: &TestRepo, name: &str) -> String {
    fs::read_to_string(repo.path(&format!("feeds/vendors/{name}"))).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The only page of a change after the first publication.
fn newest_page(repo: &TestRepo) -> String {
    let folder = fs::read_dir(repo.path("feeds/vendors/changes")).expect("pages");
    let pages = folder.map(|page| page.expect("a page").path());
    let pages = pages.filter(|page| page.extension().is_some_and(|extension| extension == "html"));
    fs::read_to_string(pages.max().expect("a page")).expect("a page")
}

fn log(repo: &TestRepo, format: &str) -> String {
    repo.run(&["log", "--repo", "repo", "--config", "repo/changecast.yaml", "--format", format]).expect(0).out
}

/// Text without white space, which terminals and feeds arrange differently.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// A page without the marks that keep dates whole.
fn unmarked(page: &str) -> String {
    let mut parts = page.split(r#"<span class="date">"#);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + &part.replacen("</span>", "", 1))
}

/// Whether some part of a text is about the entry and contains the words.
fn states(text: &str, separator: &str, entry: &str, words: &str) -> bool {
    let (entry, words) = (squeezed(entry), squeezed(words));
    text.split(separator).map(squeezed).any(|part| part.contains(&entry) && part.contains(&words))
}

#[test]
fn every_output_for_people_states_the_same_dates() {
    let repo = published();
    let decoded = |name: &str| file(&repo, name).replace("&lt;", "<").replace("&gt;", ">");
    let feed: Value = serde_json::from_str(&file(&repo, "feed.json")).expect("JSON");
    let content = feed["items"][0]["content_html"].as_str().expect("content").to_owned();
    let outputs = [
        ("feed.atom", decoded("feed.atom"), "<li>"),
        ("feed.rss", decoded("feed.rss"), "<li>"),
        ("feed.json", content, "<li>"),
        ("index.html", file(&repo, "index.html"), "<li "),
        ("changelog.md", file(&repo, "changelog.md"), "\n"),
        ("log --format md", log(&repo, "md"), "\n"),
        ("log", log(&repo, "table"), "            added  "),
    ];
    for (name, text, separator) in &outputs {
        for row in &ROWS {
            let words = format!("Effective {}; object by {}; notice {}", row.effective, row.object_by, row.notice);
            assert!(states(text, separator, row.entry, &words), "{name}, {}: {words}\n{text}", row.entry);
        }
        assert!(states(text, separator, "addresses", "Notice not stated"), "{name}\n{text}");
    }
    let page = unmarked(&newest_page(&repo));
    let headings: Vec<(&str, &str)> = page.split("<h2>").filter_map(|part| part.split_once("</h2>")).collect();
    for row in &ROWS {
        let is_own = |part: &&(&str, &str)| part.0.contains(row.entry) && !part.0.contains("Data");
        let (_, part) = headings.iter().find(is_own).expect("a section");
        for (label, text) in [("Effective", row.effective), ("Object by", row.object_by)] {
            assert!(part.contains(&format!("<dt>{label}</dt><dd>{text}</dd>")), "{}: {text}\n{part}", row.entry);
        }
        let notice = row.notice.split("; ").next().unwrap_or_default();
        assert!(part.contains(&format!("<dt>Notice</dt><dd>{notice}</dd>")), "{}\n{part}", row.entry);
    }
    let title = feed["items"][0]["title"].as_str().expect("a title");
    assert!(title.ends_with("; object by 2024-01-16"), "{title}");
}

#[test]
fn every_output_for_programs_states_the_same_dates() {
    let repo = published();
    let json: Value = serde_json::from_str(&log(&repo, "json")).expect("JSON");
    let release = &json["releases"][1];
    let changes = release["changes"].as_array().expect("changes");
    let notices = release["notices"].as_array().expect("notices");
    let bytes = fs::read(repo.path("feeds/vendors/head/000001.json")).expect("a head");
    let periods = Head::from_bytes(&bytes).expect("a head").periods;
    let calendar = file(&repo, "calendar.ics").replace("\r\n ", "");
    let all_lists = fs::read_to_string(repo.path("feeds/calendar.ics")).expect("a calendar").replace("\r\n ", "");
    let tables = [file(&repo, "changelog.csv"), log(&repo, "csv")];
    for row in &ROWS {
        let position =
            changes.iter().position(|change| change["entry"]["name"] == row.entry && change["kind"] != "data-changed");
        let position = position.expect("a change");
        let notice = notices.iter().find(|notice| notice["change"] == position).expect("a notice");
        assert_eq!((&notice["effective"], &notice["object_by"]), (&row.date.into(), &row.last_day.into()), "{notice}");
        let period = periods.iter().find(|period| period.change.position == position as u64).expect("a period");
        let effective = period.effective.as_ref().expect("a date");
        assert_eq!(effective.date, row.date, "{}", row.entry);
        assert_eq!(period.object_by.as_deref(), Some(row.last_day), "{}", row.entry);
        assert_eq!(period.lead_given.as_deref(), Some(row.given), "{}", row.entry);
        for table in &tables {
            let dates = format!("{},{},", row.date, row.last_day);
            assert!(states(table, "\n", row.entry, &dates), "{}: {dates}\n{table}", row.entry);
        }
        for calendar in [&calendar, &all_lists] {
            for (id, day) in [("effective", row.first_day), ("object-by", row.last_day)] {
                let uid = format!("UID:2-{position}-{id}.vendors@example.com");
                let start = format!("DTSTART;VALUE=DATE:{}", day.replace('-', ""));
                let event = calendar.split("BEGIN:VEVENT").find(|event| event.contains(&uid)).expect("an event");
                assert!(event.contains(&start) && event.contains(row.entry), "{event}");
            }
        }
    }
    assert_eq!(calendar.matches("BEGIN:VEVENT").count(), 2 * ROWS.len());
    let unnamed = notices
        .iter()
        .find(|notice| changes[notice["change"].as_u64().expect("a position") as usize]["kind"] == "data-changed");
    assert_eq!(unnamed.expect("a notice")["terms"], "not-stated");
}

#[test]
fn what_is_open_for_objection_comes_first() {
    let repo = published();
    let page = unmarked(&file(&repo, "index.html"));
    let main = page.split("<section").nth(1).expect("a section");
    assert!(main.starts_with(r#" class="open" id="open"><h2>Open for objection</h2>"#), "{main}");
    let section = main.split("</section>").next().expect("a section").replace("</strong>", "");
    for row in &ROWS {
        let words = format!("Object by {}; effective {}", row.object_by, row.effective);
        assert!(section.contains(&words) && section.contains(row.entry), "{}: {words}\n{section}", row.entry);
    }
    let table = file(&repo, "changelog.md");
    let (head, _) = table.split_once("| Date |").expect("a table");
    assert!(head.contains("Open for objection on 2024-01-02:"), "{head}");
    assert!(
        head.contains("- Kestrel: added: object by Tuesday 2024-01-16 (UTC); effective Friday 2024-03-01 (UTC)"),
        "{head}"
    );
}

#[test]
fn a_publisher_that_promises_no_notice_is_told_from_one_that_states_none() {
    for (terms, words) in [
        ("notice: {promise: none}\n", Some("No notice promised")),
        ("notice: {lead: {relocated: 30d}}\n", Some("Notice not stated")),
        ("", None),
    ] {
        let repo = TestRepo::of_lists(&[&format!("{terms}{BEFORE}"), &format!("{terms}{AFTER}")]);
        repo.build();
        let text = log(&repo, "md");
        let row = text.lines().find(|line| line.contains("Oakline")).expect("a row");
        match words {
            Some(words) => assert!(row.contains(words), "{terms}: {row}"),
            None => assert!(!row.contains("otice"), "{row}"),
        }
    }
}

#[test]
fn an_old_date_of_an_entry_is_not_the_date_of_a_later_change() {
    let first = format!("{TERMS}entries:\n- {{name: Nordhaven, location: Finland, effective: '2023-01-01'}}\n");
    let relocated = first.replace("Finland", "Norway");
    let dated = relocated.replace("2023-01-01", "2024-03-01");
    for (second, words) in
        [(&relocated, "Effective not before Tuesday 2024-01-16 (UTC)"), (&dated, "Effective Friday 2024-03-01 (UTC)")]
    {
        let repo = TestRepo::of_lists(&[&first, second]);
        repo.build();
        let text = log(&repo, "md");
        let row = text.lines().find(|line| line.contains("Relocated")).expect("a row");
        assert!(row.contains(words), "{row}");
        assert!(!text.contains("late disclosure"), "{text}");
    }
}

#[test]
fn a_calendar_moves_the_event_of_a_date_that_moves_and_cancels_that_of_a_vendor_that_left() {
    let added = format!("{TERMS}{AFTER}");
    let moved = added.replace("2024-03-01", "2024-04-01");
    let left = moved.replace("- {name: Ridge, purpose: Maps, effective: 2024-Q3}\n", "");
    let repo = TestRepo::of_lists(&[&format!("{TERMS}{BEFORE}"), &added, &moved, &left]);
    for (count, now) in
        [(1, "2024-01-01T12:00:00Z"), (2, NOW), (3, "2024-01-03T12:00:00Z"), (4, "2024-01-04T12:00:00Z")]
    {
        repo.build_first(count);
        repo.publish(&["--now", now]).expect(0);
    }
    let calendar = file(&repo, "calendar.ics").replace("\r\n ", "");
    let events: Vec<&str> = calendar.split("BEGIN:VEVENT").skip(1).collect();
    assert_eq!(events.len(), 2 * ROWS.len());
    let event = |start: &str, entry: &str| {
        *events.iter().find(|event| event.contains(&format!("SUMMARY:{start}: {entry}"))).expect("an event")
    };
    let kestrel = event("Effective", "Kestrel");
    for line in ["DTSTART;VALUE=DATE:20240401", "SEQUENCE:1", "DTSTAMP:20240103T120000Z"] {
        assert!(kestrel.contains(line), "{line}\n{kestrel}");
    }
    assert!(event("Last day to object", "Kestrel").contains("SEQUENCE:0"));
    let ridge = event("Effective", "Ridge");
    for line in ["STATUS:CANCELLED", "SEQUENCE:1", "DTSTAMP:20240104T120000Z"] {
        assert!(ridge.contains(line), "{line}\n{ridge}");
    }
    let page = file(&repo, "index.html");
    let open =
        page.split(r#"<section class="open" id="open">"#).nth(1).and_then(|rest| rest.split("</section>").next());
    assert!(open.is_some_and(|open| open.contains("Kestrel") && !open.contains("Ridge")), "{open:?}");
    // A publication that renders everything again gives the same bytes.
    let before = repo.files("feeds");
    repo.publish(&["--now", "2024-02-01T12:00:00Z", "--all"]).expect(0);
    assert_eq!(repo.files("feeds"), before);
}
