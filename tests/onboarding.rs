//! The first minutes: `init` on what is there, and the explanation of a commit.

use std::fs;

use changecast::config::Config;

use crate::support::Story;

const PAGE: &str = "# Sub-processors\n\nVendor | What for | Where\n--- | --- | ---\n[Nordhaven](https://nordhaven.example/) | Hosting | Ireland\nTally: \"one\" | Billing | France\n";

#[test]
fn init_keeps_the_page_that_is_there() {
    let story = Story::new()
        .commit("a", &[("docs/legal/sub-processors.md", Some(PAGE)), ("docs/other.md", Some("# Other\n\n- a\n- b\n"))]);
    story.build();
    let preview = story.run(&["init", "repo", "--dry-run"]).expect(0).out;
    assert!(!story.path("repo/changecast.yaml").exists());
    let ran = story.run(&["init", "repo"]).expect(0);
    assert!(preview.starts_with(&ran.out), "the preview shows the same");
    for said in ["sub-processors.md (markdown): 2 entries", "Vendor    name", "What for  purpose", "Where     location"]
    {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    let text = fs::read_to_string(story.path("repo/changecast.yaml")).expect("a configuration");
    assert!(preview.ends_with(&text));
    let config = Config::parse("changecast.yaml", &text).expect("a valid configuration");
    assert_eq!(config.lists[0].id.as_str(), "sub-processors");
    assert_eq!(config.lists[0].inventory.0, ["docs/legal/sub-processors.md"]);
    assert!(!story.path("repo/data").exists(), "no second inventory is made");
    assert!(
        story.run(&["log", "--repo", "repo", "--config", "repo/changecast.yaml"]).expect(0).out.contains("Nordhaven")
    );
    story.run(&["init", "repo"]).fails(2, &["exists already", "nothing was written"]);
}

#[test]
fn init_asks_where_several_lists_are_and_starts_where_none_is() {
    let story = Story::new()
        .commit("a", &[("a/subprocessors.md", Some(PAGE)), ("b/subprocessors/index.md", Some(PAGE))])
        .commit("b", &[("c/vendors/tally.yaml", Some("name: Tally\npurpose: Billing\n"))]);
    story.build();
    story
        .run(&["init", "repo"])
        .fails(2, &["a/subprocessors.md (2 entries)", "b/subprocessors/index.md", "--inventory"]);
    story.run(&["init", "repo", "--inventory", "nowhere.md"]).fails(2, &["nowhere.md"]);
    story.run(&["init", "repo", "--inventory", "c/vendors"]).expect(0);
    let text = fs::read_to_string(story.path("repo/changecast.yaml")).expect("a configuration");
    assert!(text.contains("id: vendors") && text.contains("inventory: c/vendors"), "{text}");
    fs::remove_file(story.path("repo/changecast.yaml")).expect("the configuration");
    // What is called like a list and is none does not stand in the way.
    let none = Story::new().commit("a", &[("docs/subprocessors.md", Some("We have none.\n"))]);
    none.build();
    none.run(&["init", "repo"]).expect(0);
    assert!(none.path("repo/data/subprocessors.yaml").exists());
    none.run(&["init", "new/folder"]).expect(0);
    assert!(none.path("new/folder/changecast.yaml").exists());
}

#[test]
fn init_writes_paths_that_hold_and_says_what_it_could_not_read() {
    let story = Story::new().commit("a", &[("docs/subprocessors.md", Some(PAGE))]);
    story.build();
    story.run(&["init", "repo", "--inventory", "./docs/./subprocessors.md"]).expect(0);
    let text = fs::read_to_string(story.path("repo/changecast.yaml")).expect("a configuration");
    assert!(text.contains("inventory: docs/subprocessors.md"), "{text}");
    story.run(&["init", "repo/docs"]).fails(2, &["inside of a repository", "changecast init"]);
    for path in ["../list.md", "/etc/hosts"] {
        story.run(&["init", "new", "--inventory", path]).fails(2, &["is no path below the directory"]);
    }
    let broken = Story::new().commit("a", &[("docs/subprocessors.yaml", Some("entries: ["))]);
    broken.build();
    broken.run(&["init", "repo"]).fails(2, &["docs/subprocessors.yaml:"]);
    assert!(!broken.path("repo/changecast.yaml").exists() && !broken.path("repo/data").exists());
}

#[test]
fn an_explanation_says_why_each_difference_is_told_or_not() {
    let one = "entries:\n- {name: Nordhaven, purpose: Hosting, location: EU and US}\n- {name: Tally, purpose: Billing}\n- {name: Quill, purpose: Text}\n- {name: Ember Search, purpose: Search, url: 'https://ember.example'}\n";
    let two = "entries:\n- {name: Quill, purpose: Text.}\n- {name: Nordhaven GmbH, purpose: Hosting, location: US/EU}\n- {name: Zephyr, purpose: Mail}\n- {name: Ember, purpose: Maps}\n";
    let story = Story::of_lists(&[one, "entries: [", two]);
    let ids = story.build();
    let explain = |at: usize| {
        story.run(&["log", "--repo", "repo", "--inventory", "data/list.yaml", "--explain", ids[at].as_str()])
    };
    let said = explain(2).expect(0).out;
    for line in [
        "compared with commit",
        "Nordhaven is now Nordhaven GmbH: the name in another form: the same words",
        "Ember Search is gone; it is not Ember: a part of the name, or a similar one, and nothing that tells vendors apart",
        "Tally is gone: no name of the other version is like it",
        "Told",
        "Not told",
        "because read as a set of places, it has the same",
        "because the same words: only case, markup, white space or punctuation differ",
        "the id nordhaven is now nordhaven-gmbh",
    ] {
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(line), "{line}\n{said}");
    }
    assert!(explain(1).expect(0).out.contains("not readable: data/list.yaml:"));
    assert!(explain(0).expect(0).out.contains("the first version"));
    let other = Story::of_lists(&[one]).commit("beside", &[("README.md", Some("x"))]);
    let ids = other.build();
    let args = ["log", "--repo", "repo", "--inventory", "data/list.yaml", "--explain", ids[1].as_str()];
    other.run(&args).fails(2, &["is no version of data/list.yaml"]);
}
