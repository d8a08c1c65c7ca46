//! The guard of `publish`: when many entries leave a list at once, somebody has to confirm it.

use crate::support::{CONFIG, Ran, TestRepo, files_below};

/// A list of the vendors with these numbers.
fn list(numbers: std::ops::Range<usize>) -> String {
    let entries = numbers.map(|number| format!("- {{name: Vendor {number}, purpose: Hosting}}\n"));
    format!("entries:\n{}", entries.collect::<String>())
}

/// A repository whose first version is published, and in which the second one follows.
fn published(config: &str, before: &str, after: Option<&str>) -> TestRepo {
    let repo = TestRepo::new()
        .commit("first", &[("changecast.yaml", Some(config)), ("data/list.yaml", Some(before))])
        .commit("second", &[("data/list.yaml", after)]);
    repo.build_first(1);
    repo.publish(&[]).expect(0);
    repo.build();
    repo
}

fn publish_second(config: &str, before: &str, after: Option<&str>, more: &[&str]) -> Ran {
    published(config, before, after).publish(more)
}

#[test]
fn many_removals_at_once_need_a_confirmation() {
    let guarded = CONFIG.replace("output: feeds", "output: feeds\nguard: 50%");
    for (config, before, after, more, status) in [
        (CONFIG, 9, 3..9, &[][..], 0),
        (CONFIG, 9, 4..9, &[], 2),
        (CONFIG, 9, 4..9, &["--allow-removals", "3"], 2),
        (CONFIG, 9, 4..9, &["--allow-removals", "4"], 0),
        (CONFIG, 5, 2..5, &[], 2),
        (CONFIG, 4, 3..4, &[], 0),
        (CONFIG, 9, 0..18, &[], 0),
        (&guarded, 9, 5..9, &[], 2),
        (&guarded, 9, 4..9, &[], 0),
    ] {
        let ran = publish_second(config, &list(0..before), Some(&list(after.clone())), more);
        assert_eq!(ran.code, status, "{before} entries, then {after:?}, {more:?}: {}", ran.err);
    }
}

#[test]
fn a_withdrawal_is_guarded_like_the_removal_of_all_entries() {
    publish_second(CONFIG, &list(0..6), None, &[]).fails(2, &["removes 6 of 6 entries", "--allow-removals 6"]);
    publish_second(CONFIG, &list(0..6), None, &["--allow-removals", "6"]).expect(0);
    publish_second(CONFIG, &list(0..3), None, &[]).expect(0);
}

#[test]
fn a_guarded_publication_writes_nothing_and_names_the_next_step() {
    let repo = published(CONFIG, &list(0..9), Some(&list(6..9)));
    let before = files_below(&repo.path("feeds"));
    repo.publish(&[])
        .fails(2, &["removes 6 of 9 entries at once: Vendor 0", "and others", "--allow-removals 6", "`guard`"]);
    assert_eq!(files_below(&repo.path("feeds")), before);
    repo.publish(&["--allow-removals", "6"]).expect(0);
    repo.publish(&["--check"]).expect(0);
}

#[test]
fn the_history_from_before_the_first_publication_is_not_guarded() {
    let repo = TestRepo::new()
        .commit("first", &[("changecast.yaml", Some(CONFIG)), ("data/list.yaml", Some(&list(0..9)))])
        .commit("second", &[("data/list.yaml", Some(&list(8..9)))]);
    repo.build();
    repo.publish(&[]).expect(0);
}

#[test]
fn a_share_that_is_not_valid_is_refused() {
    let config = CONFIG.replace("output: feeds", "output: feeds\nguard: many");
    let repo =
        TestRepo::new().commit("a", &[("changecast.yaml", Some(&config)), ("data/list.yaml", Some(&list(0..2)))]);
    repo.build();
    repo.publish(&[]).fails(2, &["50% or 1/3"]);
}
