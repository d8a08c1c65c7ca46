//! `assess`: a published log as one customer reads it.

use std::fs;

use crate::support::{Ran, TestRepo};

const TERMS: &str = "notice: {lead: {added: 30d}, objection: {within: 14d}}\n";

/// A list with entries for several regions, products and features.
fn list(entries: &[&str]) -> String {
    let section = |title: &str, is_ai: bool| {
        let own = entries.iter().filter(|entry| entry.starts_with("ai:") == is_ai);
        let own: String = own.map(|entry| format!("  - {{{}}}\n", entry.trim_start_matches("ai:"))).collect();
        if own.is_empty() { own } else { format!("- title: {title}\n  entries:\n{own}") }
    };
    format!("{TERMS}sections:\n{}{}", section("Hosting", false), section("AI features", true))
}

const OAKLINE: &str = "name: Oakline, location: Germany, applies_to: all plans";
const KESTREL: &str = "name: Kestrel, location: Ireland, applies_to: Business plan, effective: '2030-03-01'";
const LANTERN: &str = "name: Lantern, location: Spain, effective: '2030-02-01'";
const RIDGE: &str = "name: Ridge, location: Australia";
const QUILL: &str = "name: Quill, location: Poland, applies_to: Enterprise";
const SABLE: &str = "name: Sable, location: France";
const HERON: &str = "ai:name: Heron, location: Finland";
const WREN: &str = "name: Wren, location: Estonia, status: Optional (only if transcription is enabled)";

fn published() -> TestRepo {
    let after = list(&[OAKLINE, KESTREL, LANTERN, RIDGE, QUILL, SABLE, HERON, WREN]);
    let repo = TestRepo::of_lists(&[&list(&[OAKLINE]), &after]);
    repo.build_first(1);
    repo.publish(&[]).expect(0);
    repo.build();
    repo.publish(&["--now", "2030-01-15T12:00:00Z"]).expect(0);
    repo
}

const PROFILE: &str = "\
customer: Example Ltd
regions: [EU]
products: [Business]
disabled: {sections: [AI features], conditions: [transcription]}
notice: 45d
";

fn assessed(repo: &TestRepo, profile: &str, more: &[&str]) -> Ran {
    fs::write(repo.path("customer.yaml"), profile).expect("a file");
    let fixed = ["assess", "feeds", "--profile", "customer.yaml", "--root", "keys/root.pub"];
    repo.run(&[&fixed[..], &["--now", "2030-01-25T00:00:00Z"], more].concat())
}

#[test]
fn changes_are_selected_and_compared_with_the_contract() {
    let repo = published();
    // Change, what is promised and given, result, short by, why it is left out.
    let expected = [
        ("Kestrel: added", "30 days", "45 days", "enough", "", None),
        ("Lantern: added", "30 days", "17 days", "short", "28 days", None),
        ("Sable: added", "30 days", "", "promised too short", "15 days", None),
        ("Ridge: added", "30 days", "", "promised too short", "15 days", Some("another region")),
        ("Quill: added", "30 days", "", "promised too short", "15 days", Some("another product")),
        ("Heron: added", "30 days", "", "promised too short", "15 days", Some("a disabled feature")),
        ("Wren: added", "30 days", "", "promised too short", "15 days", Some("a disabled feature")),
    ];
    let report = assessed(&repo, PROFILE, &["--format", "json"]).expect(1).json();
    let log = &report["logs"][0];
    assert_eq!((&report["customer"], &log["origin"]), (&"Example Ltd".into(), &"example.com/vendors".into()));
    assert_eq!(log["entries"], serde_json::json!(["kestrel", "lantern", "oakline", "sable"]));
    let rows = |key: &str| log[key].as_array().expect("rows").clone();
    let all: Vec<_> = rows("changes").into_iter().chain(rows("left_out")).collect();
    let csv = assessed(&repo, PROFILE, &["--format", "csv", "--all"]).expect(1).out;
    let markdown = assessed(&repo, PROFILE, &["--format", "markdown", "--all"]).expect(1).out;
    let table = assessed(&repo, PROFILE, &["--all"]).expect(1).out;
    for (change, promised, given, result, short_by, left_out) in expected {
        let row = all.iter().find(|row| row["change"] == change).unwrap_or_else(|| panic!("{change}: {report}"));
        assert_eq!((&row["promised"], &row["given"]), (&promised.into(), &given.into()), "{row}");
        assert_eq!((&row["result"], &row["short_by"]), (&result.into(), &short_by.into()), "{row}");
        assert_eq!((&row["left_out"], &row["contract"]), (&left_out.into(), &"45 days".into()), "{row}");
        assert_eq!(row["not_before"], "2030-03-01", "{row}");
        for text in [&csv, &markdown, &table] {
            let line = text.lines().find(|line| line.contains(change)).expect("a line");
            for cell in [promised, given, result, short_by, left_out.unwrap_or_default()] {
                assert!(line.contains(cell), "{cell}: {line}");
            }
        }
    }
    assert_eq!(rows("left_out").len(), 4, "{log}");
    let short = assessed(&repo, PROFILE, &[]).expect(1);
    assert!(!short.out.contains("Ridge") && short.out.contains("Sable"), "{}", short.out);
    for note in ["4 of 8 entries concern you", "another region (1)", "a disabled feature (2)", "--all shows them"] {
        assert!(short.err.contains(note), "{note}: {}", short.err);
    }
    let later = assessed(&repo, PROFILE, &["--since", "2030-01-16"]).expect(0);
    assert!(later.out.contains("no change concerns you"), "{}", later.out);
}

#[test]
fn changes_that_do_not_concern_the_customer_never_change_the_status() {
    let repo = TestRepo::of_lists(&[&list(&[OAKLINE]), &list(&[OAKLINE, RIDGE])]);
    repo.build_first(1);
    repo.publish(&[]).expect(0);
    repo.build();
    repo.publish(&["--now", "2030-01-15T12:00:00Z"]).expect(0);
    let profile = "customer: Example Ltd\nregions: [EU]\nnotice: 45d\n";
    assessed(&repo, profile, &[]).expect(0);
    let ran = assessed(&repo, profile, &["--all"]).expect(0);
    assert!(ran.out.contains("Ridge: added") && ran.out.contains("another region"), "{}", ran.out);
}

#[test]
fn a_contract_that_asks_for_less_is_kept() {
    let repo = published();
    let ran = assessed(&repo, "notice: 14d\n", &[]).expect(0);
    assert!(ran.out.contains("enough, as promised") && !ran.out.contains("short"), "{}", ran.out);
    // The terms of a contract may state more than a length.
    let terms = "notice: {lead: {added: 10d, removed: 10d}, objection: {within: 30d}, zone: Europe/Berlin}\n";
    let report = assessed(&repo, terms, &["--format", "json"]).expect(0).json();
    let rows = report["logs"][0]["changes"].as_array().expect("rows");
    let kestrel = rows.iter().find(|row| row["change"] == "Kestrel: added").expect("a row");
    assert_eq!(
        (&kestrel["object_by"], &kestrel["contract_object_by"]),
        (&"2030-01-29".into(), &"2030-02-14".into()),
        "{kestrel}"
    );
}

#[test]
fn a_date_that_moves_is_compared_where_it_was_announced() {
    let moved = KESTREL.replace("2030-03-01", "2030-02-20");
    let lists = [list(&[OAKLINE]), list(&[OAKLINE, KESTREL]), list(&[OAKLINE, &moved])];
    let repo = TestRepo::of_lists(&lists.iter().map(String::as_str).collect::<Vec<_>>());
    for (count, now) in [(1, "2030-01-01T00:00:00Z"), (2, "2030-01-15T12:00:00Z"), (3, "2030-01-20T12:00:00Z")] {
        repo.build_first(count);
        repo.publish(&["--now", now]).expect(0);
    }
    let report = assessed(&repo, "notice: 45d\n", &["--format", "json"]).expect(1).json();
    let rows = report["logs"][0]["changes"].as_array().expect("rows");
    let result = |change: &str| {
        let row = rows.iter().find(|row| row["change"] == change).expect("a row");
        [&row["effective"], &row["result"], &row["short_by"]].map(|value| value.as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(result("Kestrel: added"), ["2030-02-20", "short", "14 days"], "{report}");
    assert_eq!(result("Kestrel: rescheduled"), ["", "see release 2", ""]);
}

#[test]
fn an_entry_that_leaves_the_customers_region_still_concerns_it() {
    let moved = OAKLINE.replace("Germany", "Australia");
    let gone = list(&[KESTREL]);
    let repo = TestRepo::of_lists(&[&list(&[OAKLINE, KESTREL]), &list(&[&moved, KESTREL]), &gone]);
    repo.build();
    repo.publish(&[]).expect(0);
    let out = assessed(&repo, "regions: [EU]\n", &["--all", "--format", "csv"]).expect(0).out;
    let line = |change: &str| out.lines().find(|line| line.contains(change)).expect("a line");
    assert!(line("Oakline: relocated").ends_with(','), "{out}");
    assert!(line("Oakline: removed").ends_with("another region"), "{out}");
}

#[test]
fn misspelt_values_are_reported() {
    let repo = published();
    let ran = assessed(&repo, "products: [Busines]\ndisabled: {scopes: [Labs]}\n", &[]);
    for text in ["products: no entry ever had \"Busines\"", "disabled.scopes: no entry ever had \"Labs\""] {
        assert!(ran.err.contains(text), "{}", ran.err);
    }
    assessed(&repo, "product: [Business]\n", &[]).fails(2, &["customer.yaml:1:1", "did you mean `products`?"]);
    assessed(&repo, "regions: [EU, Atlantis]\n", &[]).fails(2, &["customer.yaml:1:15", "changecast schema profile"]);
    // A log that does not verify is not assessed.
    fs::write(repo.path("feeds/vendors/log/000002.body.json"), "{}").expect("a file");
    assessed(&repo, PROFILE, &[]).expect(3);
}
