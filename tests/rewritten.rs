//! Publication after git history was rewritten, merged or moved to other paths.

use std::fs;

use changecast::history::Branch;

use crate::{
    publication::{ONE, THREE, TWO, ids, items},
    support::{CONFIG, TestRepo},
};

#[test]
fn a_rewritten_history_announces_nothing_twice() {
    let versions = [ONE, TWO, THREE];
    let story = TestRepo::of_lists(&versions);
    story.build();
    story.publish(&[]).expect(0);
    let before = ids(&story);
    // Rebased: other messages and times. Squashed: one commit in place of three.
    let rebased = TestRepo::of_lists(&versions)
        .amend(|commit| commit.message = "another message".into())
        .amend(|commit| commit.time += 60);
    let squashed = TestRepo::of_lists(&[THREE]);
    for rewritten in [rebased, squashed] {
        fs::remove_dir_all(story.path("repo/.git")).expect("the old history");
        rewritten.build();
        for entry in fs::read_dir(rewritten.path("repo")).expect("a repository") {
            let entry = entry.expect("an entry");
            let target = story.path("repo").join(entry.file_name());
            if target.is_dir() {
                fs::remove_dir_all(&target).expect("the old files");
            }
            fs::rename(entry.path(), target).expect("the new files");
        }
        let files = story.files("feeds");
        story.publish(&[]).fails(3, &["is no longer on the first-parent line", "--reanchor"]);
        assert_eq!(story.files("feeds"), files, "a refusal writes nothing");
        story.publish(&["--reanchor"]).expect(0);
        assert_eq!(ids(&story), before);
        story.verify().expect(0);
        story.publish(&[]).expect(0);
        assert_eq!(ids(&story), before);
    }
}

#[test]
fn an_amended_last_commit_announces_only_what_it_changes() {
    let story = TestRepo::of_lists(&[ONE, TWO]);
    story.build();
    story.publish(&[]).expect(0);
    let before = ids(&story);
    let amended = TestRepo::of_lists(&[ONE, THREE]);
    amended.build();
    fs::remove_dir_all(story.path("repo")).expect("the old repository");
    fs::rename(amended.path("repo"), story.path("repo")).expect("the new repository");
    story.publish(&["--reanchor"]).expect(0);
    let after = ids(&story);
    assert_eq!(after.len(), before.len() + 1);
    assert_eq!(after[1..], before[..]);
    assert!(items(&story)[0]["title"].as_str().expect("a title").contains("relocated Nordhaven"));
    story.verify().expect(0);
}

#[test]
fn an_older_checkout_is_no_rewritten_history() {
    let story = TestRepo::of_lists(&[ONE, TWO, THREE]);
    story.build();
    story.publish(&[]).expect(0);
    let before = ids(&story);
    for more in [&["--branch", "HEAD~1"][..], &["--branch", "HEAD~1", "--reanchor"]] {
        story.publish(more).fails(3, &["already published", "newest commit"]);
    }
    assert_eq!(ids(&story), before);
}

#[test]
fn a_file_that_moved_unseen_is_found_again_when_it_is_named() {
    let story = TestRepo::of_lists(&[ONE])
        .commit("gone", &[("data/list.yaml", None)])
        .commit("elsewhere", &[("data/new.yaml", Some(ONE))]);
    story.build();
    story.publish(&[]).expect(0);
    assert!(items(&story)[0]["title"].as_str().expect("a title").contains("withdrawn"));
    let config = story.path("repo/changecast.yaml");
    fs::write(&config, CONFIG.replace("data/list.yaml", "[data/new.yaml, data/list.yaml]")).expect("a configuration");
    story.publish(&[]).expect(0);
    assert!(items(&story)[0]["title"].as_str().expect("a title").contains("restored"));
    story.publish(&["--check"]).expect(0);
    story.verify().expect(0);
}

#[test]
fn a_file_that_was_moved_is_not_withdrawn() {
    let list = "entries:\n- {name: Nordhaven, purpose: Hosting}\n- {name: Tally, purpose: Billing}\n";
    let story = TestRepo::of_lists(&[list])
        .commit("move", &[("data/list.yaml", None), ("data/vendors.yaml", Some(list))])
        .commit(
            "configuration",
            &[("changecast.yaml", Some(&CONFIG.replace("data/list.yaml", "[data/vendors.yaml, data/list.yaml]")))],
        );
    story.build_first(1);
    story.publish(&[]).expect(0);
    let files = story.files("feeds");
    story.build_first(2);
    story.publish(&[]).fails(2, &["moved data/list.yaml to data/vendors.yaml", "[data/vendors.yaml, data/list.yaml]"]);
    assert_eq!(files, story.files("feeds"), "nothing was written");
    story.build();
    story.publish(&[]).expect(0);
    // The next publication is told of the other configuration.
    let but_resume = |files: Vec<(String, Vec<u8>)>| -> Vec<_> {
        files.into_iter().filter(|(name, _)| !name.contains("/resume.json")).collect()
    };
    assert_eq!(but_resume(files), but_resume(story.files("feeds")), "the same list is no news");
}

#[test]
fn merges_count_once_and_moves_not_at_all() {
    let story = TestRepo::new()
        .commit(
            "first",
            &[
                ("changecast.yaml", Some(&CONFIG.replace("data/list.yaml", "[data/list.yaml, old/list.yaml]"))),
                ("old/list.yaml", Some(ONE)),
            ],
        )
        .commit_onto(Branch::Side, "on the side", &[("old/list.yaml", Some(TWO))])
        .commit_onto(Branch::Side, "further", &[("old/list.yaml", Some(THREE))])
        .commit_onto(Branch::Merge, "merge", &[])
        .commit("move", &[("old/list.yaml", None), ("data/list.yaml", Some(THREE))]);
    story.build();
    story.publish(&[]).expect(0);
    let items = items(&story);
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["date_published"], "2024-01-04T10:00:00Z");
    assert_eq!(items[0]["title"], "Vendors: added Kestrel; relocated Nordhaven (now Germany)");
}
