//! A row without a name continues the one above, unless the version before shows that its name was lost.

use std::fs;

use crate::support::TestRepo;

const LIST: &str = "# Sub-processors\n\n| Vendor | Purpose | Location |\n|---|---|---|\n\
    | Nordhaven | Hosting | Germany |\n| Kestrel | Mail | Norway |\n| Tallyline | Payments | France |\n";

/// The change log of the list and of a second version, in one line.
fn log(after: &str) -> String {
    log_of(LIST, after)
}

fn log_of(before: &str, after: &str) -> String {
    log_in("list.md", before, after)
}

fn log_in(path: &str, before: &str, after: &str) -> String {
    let repo = TestRepo::new().commit("one", &[(path, Some(before))]).commit("two", &[(path, Some(after))]);
    repo.build();
    let log = repo.run(&["log", "--repo", "repo", "--inventory", path]).out;
    log.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_row_whose_name_is_emptied_is_an_error_and_not_a_service_of_the_vendor_above() {
    for (from, to) in [
        ("| Kestrel |", "| |"),
        ("| Kestrel |", "| \" |"),
        ("| Kestrel |", "| - |"),
        ("| Kestrel |", "| n/a |"),
        ("| Kestrel | Mail | Norway |", "| |Mail|**Norway**|"),
        ("| Kestrel | Mail | Norway |", "| | | Norway |"),
        ("| Kestrel | Mail | Norway |", "| | Mail | - |"),
    ] {
        let log = log(&LIST.replace(from, to));
        assert!(log.contains("list.md:6:1: a row without a name"), "{to}\n{log}");
        assert!(!log.contains("removed") && !log.contains("added"), "{to}\n{log}");
    }
}

#[test]
fn rows_without_names_continue_the_row_above_if_none_was_lost() {
    for (from, to, expected) in [
        ("| Kestrel", "| | Backups | Finland |\n| Kestrel", "added Nordhaven (Backups)"),
        ("| Kestrel | Mail | Norway |\n", "| | Backups | Finland |\n", "removed Kestrel"),
        ("| Kestrel | Mail | Norway |\n", "| | Backups | Norway |\n", "removed Kestrel"),
        ("| Kestrel", "| | | Norway |\n| Kestrel", "relocated Nordhaven"),
    ] {
        let log = log(&LIST.replace(from, to));
        assert!(log.contains(expected), "{to}\n{log}");
    }
}

/// A list of records in some format, with each name in a place of its own.
fn records(write: impl Fn(&str, &str, &str) -> String) -> String {
    let rows =
        [("Nordhaven", "Hosting", "Germany"), ("Kestrel", "Mail", "Norway"), ("Tallyline", "Payments", "France")];
    rows.map(|(name, purpose, location)| write(name, purpose, location)).concat()
}

#[test]
fn records_lose_their_names_as_rows_do() {
    let yaml =
        records(|name, purpose, location| format!("- name: {name}\n  purpose: {purpose}\n  location: {location}\n"));
    let headings = records(|name, purpose, location| {
        format!("## {name}\n\n- **Purpose:** {purpose}\n- **Location:** {location}\n\n")
    });
    let bullets =
        records(|name, purpose, location| format!("- **{name}**\n  - Purpose: {purpose}\n  - Location: {location}\n"));
    let cards = records(|name, purpose, location| {
        format!("<h3>{name}</h3><dl><dt>Purpose</dt><dd>{purpose}</dd><dt>Location</dt><dd>{location}</dd></dl>\n")
    });
    let title = "# Sub-processors\n\n";
    for (path, text, from, to) in [
        ("list.yaml", yaml.clone(), "name: Kestrel", "name: '-'"),
        ("list.yaml", yaml, "name: Kestrel", "name: n/a"),
        ("list.md", format!("{title}{headings}"), "## Kestrel", "##"),
        ("list.md", format!("{title}{bullets}"), "- **Kestrel**", "-"),
        ("list.html", format!("<h1>Sub-processors</h1>\n{cards}"), "<h3>Kestrel</h3>", "<h3></h3>"),
    ] {
        assert!(text.contains(from), "{text}");
        let log = log_in(path, &text, &text.replace(from, to));
        assert!(log.contains("it is that of \"Kestrel\"") && !log.contains("removed"), "{path} {to}\n{log}");
        let control = log_in(path, &text, &text.replace("Norway", "Finland"));
        assert!(control.contains("relocated Kestrel"), "{path} {to}\n{control}");
    }
}

#[test]
fn a_row_that_continued_the_one_above_before_did_not_lose_its_name() {
    for continued in ["| | Mail | Norway |", "| | | Norway |"] {
        let before = LIST.replace("| Kestrel", &format!("{continued}\n| Kestrel"));
        let after = before.replace("| Kestrel | Mail | Norway |\n", "");
        let log = log_of(&before, &after);
        assert!(log.contains("removed Kestrel") && !log.contains("without a name"), "{continued}\n{log}");
    }
}

#[test]
fn one_of_several_rows_of_a_vendor_may_lose_its_name() {
    let further = "| Kestrel | Backups | Finland |\n";
    let apart = format!("{LIST}{further}");
    let log = log_of(&apart, &apart.replace("| Kestrel | Backups", "| | Backups"));
    assert!(log.contains("without a name; in the version before, it is that of \"Kestrel\""), "{log}");
    let together = LIST.replace("| Tallyline", &format!("{further}| Tallyline"));
    let log = log_of(&together, &together.replace("| Kestrel | Backups", "| | Backups"));
    assert!(!log.contains("without a name") && !log.contains("removed"), "{log}");
}

#[test]
fn a_check_names_the_row_that_lost_its_name() {
    let repo = TestRepo::new().commit("one", &[("list.md", Some(LIST))]);
    let repo = repo.commit("two", &[("list.md", Some(&LIST.replace("| Kestrel |", "| |")))]);
    repo.build();
    let check = repo.run(&["check", "--repo", "repo", "--inventory", "list.md", "HEAD~1"]).expect(2);
    assert!(check.err.contains("list.md:6:1") && check.err.contains("\"Kestrel\""), "{}", check.err);
}

#[test]
fn a_comparison_names_the_row_that_lost_its_name() {
    for lost in ["| | Mail | Norway |", "| | | Norway |"] {
        let after = LIST.replace("| Kestrel | Mail | Norway |", lost);
        let repo =
            TestRepo::new().commit("one", &[("list.md", Some(LIST))]).commit("two", &[("list.md", Some(&after))]);
        repo.build();
        fs::write(repo.path("before.md"), LIST).expect("write");
        fs::write(repo.path("after.md"), &after).expect("write");
        let of_commits = ["diff", "--repo", "repo", "--inventory", "list.md", "HEAD~1", "HEAD"];
        for args in [&of_commits[..], &["diff", "before.md", "after.md"]] {
            let diff = repo.run(args).expect(2);
            assert!(diff.out.is_empty() && diff.err.contains("\"Kestrel\""), "{}{}", diff.out, diff.err);
            assert!(diff.err.contains("list.md:6:1") || diff.err.contains("after.md:6:1"), "{}", diff.err);
        }
        let back = repo.run(&["diff", "after.md", "before.md", "--exit-code"]).expect(1);
        assert!(back.out.contains("Kestrel"), "{}", back.out);
    }
}

#[test]
fn a_line_without_a_first_cell_continues_the_row_of_a_simple_table() {
    let table = |rows: &str| {
        let border = "=========  ===============  =========";
        format!(
            "Sub-processors\n==============\n\n{border}\nVendor     Purpose          Location\n{border}\n{rows}{border}\n"
        )
    };
    let one = "Nordhaven  Hosting of files  Germany\nKestrel    Mail             Norway\n";
    let two = "Nordhaven  Hosting          Germany\n           of files\nKestrel    Mail             Norway\n";
    let log = log_in("list.rst", &table(one), &table(two));
    assert!(log.contains("first published"), "{log}");
    for kind in ["added", "removed", "changed"] {
        assert!(!log.contains(kind), "{kind}: {log}");
    }
}
