//! Removals that the law requires, and logs that move: what is left, and what verifiers and pages say.

use std::fs;

use crate::support::{Ran, TestRepo, files_below};

const ONE: &str = "entries:\n- {name: Nordhaven, location: Finland}\n- {name: Jane Doe, location: Norway}\n";
const TWO: &str = "entries:\n- {name: Nordhaven, location: Germany}\n- {name: Jane Doe, location: Norway}\n";
const THREE: &str = "entries:\n- {name: Nordhaven, location: Germany}\n";
const FOUR: &str = "entries:\n- {name: Nordhaven, location: Italy}\n";
const PLACE: [&str; 10] = [
    "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--root-key", "keys/root", "--key",
    "keys/release",
];

/// A history in which a name appears, is corrected, and disappears.
fn published() -> TestRepo {
    let repo = TestRepo::of_lists(&[ONE, TWO, THREE, FOUR]);
    repo.build_first(2);
    repo.publish(&[]).expect(0);
    repo.correct("2", "It was Jane DOE who moved.").expect(0);
    repo
}

fn redact(repo: &TestRepo, more: &[&str]) -> Ran {
    let ground = ["--ground", "Art. 17 GDPR", "--now", "2030-03-01T00:00:00Z"];
    repo.run(&[&["redact"], &PLACE[..], &ground, more].concat())
}

/// The files below `feeds` that contain a text.
fn mentioning(repo: &TestRepo, text: &str) -> Vec<String> {
    let files = files_below(&repo.path("feeds"));
    let found = files
        .into_iter()
        .filter(|(_, bytes)| String::from_utf8_lossy(bytes).to_lowercase().contains(&text.to_lowercase()));
    found.map(|(name, _)| name).collect()
}

#[test]
fn a_redacted_name_is_gone_from_the_whole_output() {
    let repo = published();
    redact(&repo, &["--mentions", "jane doe", "--yes"]).fails(2, &["still contains", "remove it from the page"]);
    repo.build_first(3);
    repo.publish(&["--now", "2030-02-01T00:00:00Z"]).expect(0);
    redact(&repo, &["--mentions", "jane doe"]).fails(2, &["1, 3, 4", "not confirmed", "--yes"]);
    redact(&repo, &["--mentions", "Somebody else", "--yes"]).fails(2, &["no body contains"]);
    redact(&repo, &["99", "--yes"]).fails(2, &["release 99 has no body"]);
    assert!(mentioning(&repo, "jane").len() > 5);
    redact(&repo, &["--mentions", "jane doe", "--yes"]).expect(0);
    assert_eq!(mentioning(&repo, "jane"), [""; 0]);
    let verified = repo.verify().expect(0);
    assert!(verified.err.contains("not replayed, because bodies were redacted"), "{}", verified.err);
    assert!(!verified.err.contains("notice periods"), "{}", verified.err);
    // The rest of the log is still there, and rendering everything again gives the same files.
    let page = fs::read_to_string(repo.path("feeds/vendors/index.html")).expect("a page");
    assert!(page.contains("Nordhaven"));
    let before = repo.files("feeds");
    for more in [&[][..], &["--all"], &["--check"]] {
        repo.publish(more).expect(0);
        assert_eq!(repo.files("feeds"), before, "{more:?}");
    }
    // The log continues from the same commit.
    repo.build();
    repo.publish(&["--now", "2030-04-01T00:00:00Z"]).expect(0);
    repo.verify().expect(0);
    let list = fs::read_to_string(repo.path("feeds/vendors/list.json")).expect("a list");
    assert!(list.contains("Italy"), "{list}");
}

#[test]
fn a_release_in_the_middle_is_redacted_by_its_number() {
    let repo = published();
    redact(&repo, &["2", "--yes"]).expect(0);
    assert!(!repo.path("feeds/vendors/log/000002.body.json").exists());
    repo.verify().expect(0);
    let gone = files_below(&repo.path("feeds/vendors/changes")).into_iter().any(|(name, _)| name.starts_with("2-"));
    assert!(!gone, "the page of the release is still there");
    repo.build();
    repo.publish(&["--now", "2030-04-01T00:00:00Z"]).expect(0);
    repo.verify().expect(0);
}

#[test]
fn a_moved_log_ends_and_names_its_successor() {
    let repo = published();
    let to = ["--to", "example.org/vendors", "--to-root", "keys/other.pub", "--now", "2030-03-01T00:00:00Z"];
    repo.run(&[&["move"], &PLACE[..], &to].concat()).fails(2, &["--list ID"]);
    repo.run(&[&["move"], &PLACE[..], &to, &["--list", "vendors"]].concat()).expect(0);
    repo.verify().expect(0);
    let header = fs::read_to_string(repo.path("feeds/vendors/log/000004.json")).expect("a header");
    assert!(header.contains(r#""kind":"moved""#) && header.contains("example.org/vendors"), "{header}");
    repo.publish(&["--now", "2030-04-01T00:00:00Z"]).expect(0);
    repo.build();
    repo.publish(&["--now", "2030-04-01T00:00:00Z"]).fails(2, &["has ended", "example.org/vendors"]);
    redact(&repo, &["1", "--yes"]).fails(2, &["has ended"]);
    repo.verify().expect(0);
}
