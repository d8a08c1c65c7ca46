//! A row without a name continues the one above, unless the version before shows that its name was lost.

use crate::support::TestRepo;

const LIST: &str = "# Sub-processors\n\n| Vendor | Purpose | Location |\n|---|---|---|\n\
    | Nordhaven | Hosting | Germany |\n| Kestrel | Mail | Norway |\n| Tallyline | Payments | France |\n";

/// The change log of the list and of a second version, in one line.
fn log(after: &str) -> String {
    let repo = TestRepo::new().commit("one", &[("list.md", Some(LIST))]).commit("two", &[("list.md", Some(after))]);
    repo.build();
    let log = repo.run(&["log", "--repo", "repo", "--inventory", "list.md"]).out;
    log.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_row_whose_name_is_emptied_is_an_error_and_not_a_service_of_the_vendor_above() {
    for (from, to) in
        [("| Kestrel |", "| |"), ("| Kestrel |", "| \" |"), ("| Kestrel | Mail | Norway |", "| |Mail|**Norway**|")]
    {
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
    ] {
        let log = log(&LIST.replace(from, to));
        assert!(log.contains(expected), "{to}\n{log}");
    }
}

#[test]
fn a_check_names_the_row_that_lost_its_name() {
    let repo = TestRepo::new().commit("one", &[("list.md", Some(LIST))]);
    let repo = repo.commit("two", &[("list.md", Some(&LIST.replace("| Kestrel |", "| |")))]);
    repo.build();
    let check = repo.run(&["check", "--repo", "repo", "--inventory", "list.md", "HEAD~1"]).expect(2);
    assert!(check.err.contains("list.md:6:1") && check.err.contains("\"Kestrel\""), "{}", check.err);
}
