//! Feeds with some of the changes of a list.

use std::fs;

use crate::support::TestRepo;

const FEEDS: &str = "feeds:\n- {id: added, kinds: [added]}\n- {id: ai, sections: [AI]}\n- {id: kestrel, vendors: [kestrel]}\n- {id: business, scopes: [Business]}\n";

fn versions() -> Vec<String> {
    let list = |entries: &[(&str, &str)]| {
        let section = |title: &str| {
            let own = entries.iter().filter(|(own, _)| *own == title);
            let own: String = own.map(|(_, entry)| format!("  - {{{entry}}}\n")).collect();
            if own.is_empty() { own } else { format!("- title: {title}\n  entries:\n{own}") }
        };
        format!("sections:\n{}{}", section("Hosting"), section("AI"))
    };
    let (oakline, kestrel, ridge) = (
        ("Hosting", "name: Oakline, location: Spain"),
        ("AI", "name: Kestrel, location: Spain"),
        ("Hosting", "name: Ridge, location: Spain, applies_to: Business plan"),
    );
    vec![
        list(&[oakline]),
        list(&[oakline, kestrel]),
        list(&[oakline, kestrel, ridge]),
        list(&[("Hosting", "name: Oakline, location: Norway"), kestrel, ridge]),
        list(&[("Hosting", "name: Oakline, location: Norway"), ("AI", "name: Kestrel, location: Norway"), ridge]),
    ]
}

#[test]
fn a_filtered_feed_has_the_entries_of_the_main_feed_that_meet_its_criteria() {
    let versions = versions();
    let repo = TestRepo::of_lists(&versions.iter().map(String::as_str).collect::<Vec<_>>());
    for count in 1..=versions.len() {
        repo.build_first(count);
        let config = repo.path("repo/changecast.yaml");
        let text = fs::read_to_string(&config).expect("a configuration");
        if !text.contains("feeds:\n") {
            fs::write(&config, format!("{FEEDS}{text}")).expect("a configuration");
        }
        repo.publish(&["--now", &format!("2024-02-0{count}T12:00:00Z")]).expect(0);
    }
    let file = |name: &str| fs::read_to_string(repo.path("feeds/vendors").join(name)).expect(name);
    let titles = |name: &str| {
        let feed = file(name);
        let entries = feed.split("<entry ").skip(1);
        let titles = entries.map(|entry| entry.split("<title>").nth(1).and_then(|rest| rest.split('<').next()));
        titles.map(|title| title.expect("a title").to_owned()).collect::<Vec<String>>()
    };
    let all = titles("feed.atom");
    assert_eq!(all.len(), versions.len());
    for (name, expected) in [
        ("feed-added.atom", vec!["added Ridge", "added Kestrel"]),
        ("feed-ai.atom", vec!["relocated Kestrel", "added Kestrel"]),
        ("feed-kestrel.atom", vec!["relocated Kestrel", "added Kestrel"]),
    ] {
        let found = titles(name);
        assert_eq!(found.len(), expected.len(), "{name}: {found:?}");
        for (title, words) in found.iter().zip(expected) {
            assert!(title.contains(words) && all.contains(title), "{name}: {title}");
        }
    }
    assert!(titles("feed-business.atom").iter().any(|title| title.contains("added Ridge")));
    assert!(
        !file("feed-ai.atom").contains("<id>tag:example.com,2026:vendors</id>"),
        "a feed of its own has its own id"
    );
    // A publication that renders everything again gives the same bytes.
    let before = repo.files("feeds");
    repo.publish(&["--now", "2024-03-01T12:00:00Z", "--all"]).expect(0);
    assert_eq!(repo.files("feeds"), before);
}

#[test]
fn without_a_configuration_one_feed_has_what_customers_could_object_to() {
    let versions = versions();
    let repo = TestRepo::of_lists(&versions.iter().map(String::as_str).collect::<Vec<_>>());
    repo.build();
    repo.publish(&[]).expect(0);
    let feed = fs::read_to_string(repo.path("feeds/vendors/feed-notice.atom")).expect("a feed");
    assert_eq!(feed.matches("<entry ").count(), 4, "all but the first publication: {feed}");
}

const OTHER: &str = "- {id: others, title: Others, inventory: data/others.yaml}\n";

/// A list of vendors that changes after the first version of another list.
fn two_lists() -> TestRepo {
    let config = format!("{}{OTHER}", crate::support::CONFIG);
    TestRepo::new()
        .commit("one", &[("changecast.yaml", Some(&config)), ("data/list.yaml", Some(&list_of(&["Oakline"])))])
        .commit("two", &[("data/others.yaml", Some(&list_of(&["Ridge"])))])
        .commit("three", &[("data/list.yaml", Some(&list_of(&["Oakline", "Kestrel"])))])
}

fn list_of(names: &[&str]) -> String {
    let entries: String = names.iter().map(|name| format!("- {{name: {name}, location: Spain}}\n")).collect();
    format!("entries:\n{entries}")
}

#[test]
fn the_feed_of_all_lists_has_the_entries_of_each() {
    let repo = two_lists().commit("four", &[("data/others.yaml", Some(&list_of(&["Ridge", "Lantern"])))]);
    for count in 2..=4 {
        repo.build_first(count);
        repo.publish(&["--now", &format!("2024-02-0{count}T12:00:00Z")]).expect(0);
    }
    let file = |name: &str| fs::read_to_string(repo.path("feeds").join(name)).expect(name);
    let entries = |feed: &str| feed.split("<entry").skip(1).map(str::to_owned).collect::<Vec<String>>();
    let all = entries(&file("feed.atom"));
    assert_eq!(all.len(), 4);
    assert!(all[0].contains("added Lantern") && all[1].contains("added Kestrel"), "{all:?}");
    let each: Vec<String> =
        ["vendors", "others"].iter().flat_map(|id| entries(&file(&format!("{id}/feed.atom")))).collect();
    let without_end = |entry: &String| entry.replace("</feed>", "").trim_end().to_owned();
    let (mut all, mut each): (Vec<_>, Vec<_>) =
        (all.iter().map(without_end).collect(), each.iter().map(without_end).collect());
    all.sort();
    each.sort();
    assert_eq!(all, each);
    assert!(file("index.html").contains("href=\"feed.atom\"") && file("llms.txt").contains("/trust/feed.atom"));
    // A publication that renders everything again gives the same bytes.
    let before = repo.files("feeds");
    repo.publish(&["--now", "2024-03-01T12:00:00Z", "--all"]).expect(0);
    assert_eq!(repo.files("feeds"), before);
}

#[test]
fn a_damaged_feed_of_one_list_leaves_no_gap_in_the_feed_of_all_lists() {
    let repo = two_lists();
    let now = ["--now", "2024-02-03T12:00:00Z"];
    let published = |damage: &dyn Fn(&std::path::Path)| {
        let _ = fs::remove_dir_all(repo.path("feeds"));
        repo.build_first(2);
        repo.publish(&["--now", "2024-02-02T12:00:00Z"]).expect(0);
        for id in ["vendors", "others"] {
            damage(&repo.path("feeds").join(id).join("feed.atom"));
        }
        repo.build();
        repo.publish(&now).expect(0);
        repo.files("feeds").into_iter().filter(|(name, _)| name.ends_with(".atom")).collect::<Vec<_>>()
    };
    let whole = published(&|_| ());
    let cut = |path: &std::path::Path| {
        let text = fs::read(path).expect("a feed");
        fs::write(path, &text[..text.len() / 2]).expect("a feed");
    };
    let edited = |path: &std::path::Path| {
        let text = fs::read_to_string(path).expect("a feed");
        fs::write(path, text.replace("<entry", "<entri")).expect("a feed");
    };
    assert!(published(&|path| fs::remove_file(path).expect("a feed")) == whole, "deleted");
    assert!(published(&cut) == whole, "cut");
    assert!(published(&edited) == whole, "edited");
}
