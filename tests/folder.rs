//! Inventories that are folders: one file for each entry.

use serde_json::Value;

use crate::support::{Ran, TestRepo};

const AWS: &str = "name: Nordhaven\npurpose: Hosting\nlocation: [Ireland, Germany]\nentity: Nordhaven Ltd\ntransfer: none\nwebsite: https://nordhaven.example\n";
const TALLY: &str = "{\"name\": \"Tally\", \"purpose\": \"Billing\", \"location\": \"France\"}";
const QUILL: &str = "name = \"Quill\"\npurpose = \"Text\"\nlocation = [\"Spain\"]\n";
const KESTREL: &str = "---\nname: Kestrel\npurpose: Mail\n---\n\nSends what customers asked for.\n";

fn log(repo: &TestRepo, paths: &[&str]) -> Ran {
    let mut args = vec!["log", "--repo", "repo", "--format", "json"];
    args.extend(paths.iter().flat_map(|path| ["--inventory", path]));
    repo.run(&args)
}

/// For each version: the kinds of its changes, each with the name of its entry.
fn told(log: &Value) -> Vec<Vec<String>> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let change = |change: &Value| format!("{} {}", text(&change["kind"]), text(&change["entry"]["name"]));
    let releases = log["releases"].as_array().expect("releases");
    releases
        .iter()
        .map(|release| release["changes"].as_array().expect("changes").iter().map(change).collect())
        .collect()
}

fn first() -> TestRepo {
    TestRepo::new().commit(
        "first",
        &[
            ("vendors/nordhaven.yaml", Some(AWS)),
            ("vendors/tally.json", Some(TALLY)),
            ("vendors/quill.toml", Some(QUILL)),
            ("vendors/kestrel.md", Some(KESTREL)),
            ("vendors/index.md", Some("---\ntitle: Vendors\nlayout: list\n---\n")),
            ("vendors/README.md", Some("# Vendors\n\nOne file each.\n")),
            ("vendors/_template.yaml", Some("name:\npurpose:\n")),
            ("vendors/logo.svg", Some("<svg/>")),
        ],
    )
}

#[test]
fn every_file_is_an_entry() {
    let repo = first()
        .commit("one more", &[("vendors/ember.yaml", Some("name: Ember\npurpose: Search\n"))])
        .commit("one less", &[("vendors/tally.json", None)])
        .commit("moved", &[("vendors/nordhaven.yaml", Some(&AWS.replace("Germany", "Poland")))])
        .commit("nothing", &[("vendors/README.md", Some("# Our vendors\n"))]);
    repo.build();
    let json = log(&repo, &["vendors"]).expect(0).json();
    assert_eq!(
        told(&json)[1..],
        [vec!["added Ember".to_owned()], vec!["removed Tally".into()], vec!["relocated Nordhaven".into()], vec![]]
    );
    let entries = json["releases"][0]["changes"][0]["entries"].as_array().expect("entries");
    let ids: Vec<&str> = entries.iter().filter_map(|entry| entry["id"].as_str()).collect();
    assert_eq!(ids, ["kestrel", "nordhaven", "quill", "tally"]);
    assert!(entries[0].to_string().contains("Sends what customers asked for."), "{}", entries[0]);
    // The same with a slash, and as the newest version and the working tree have it.
    assert_eq!(told(&log(&repo, &["vendors/"]).expect(0).json()), told(&json));
    assert!(repo.run(&["show", "--repo", "repo", "--inventory", "vendors"]).expect(0).out.contains("Poland"));
    std::fs::write(repo.path("repo/vendors/quill.toml"), QUILL.replace("Spain", "Portugal")).expect("a file");
    let diff = repo.run(&["diff", "--repo", "repo", "--inventory", "vendors", "--format", "json"]).expect(0).json();
    assert_eq!(diff["changes"][0]["kind"], "relocated");
    assert_eq!(diff["changes"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_renamed_file_stays_the_same_entry() {
    let renamed = AWS.replace("name: Nordhaven", "name: Fjordcloud");
    let repo = first()
        // The file first, the name a commit later: what happened in between is remembered.
        .commit("file", &[("vendors/nordhaven.yaml", None), ("vendors/fjord.yaml", Some(AWS))])
        .commit("name", &[("vendors/fjord.yaml", Some(&renamed))])
        // Both at once: nothing proves that it is the same vendor.
        .commit("both", &[("vendors/fjord.yaml", None), ("vendors/nord.yaml", Some(AWS))])
        // Another vendor of the same kind is another vendor.
        .commit(
            "another",
            &[
                ("vendors/nord.yaml", None),
                ("vendors/cumulus.yaml", Some(&AWS.replace("Nordhaven", "Cumulus").replace("nordhaven", "cumulus"))),
            ],
        );
    repo.build();
    let json = log(&repo, &["vendors"]).expect(0).json();
    assert_eq!(
        told(&json)[1..],
        [
            vec![],
            vec!["renamed Fjordcloud".to_owned()],
            vec!["added Nordhaven".into(), "removed Fjordcloud".into()],
            vec!["added Cumulus".into(), "removed Nordhaven".into()]
        ]
    );
}

#[test]
fn a_file_that_joins_another_of_its_name_only_moves() {
    let (eu, us) = ("name: Stripe\nlocation: Germany\n", "name: Stripe\nlocation: United States\n");
    let repo = TestRepo::new()
        .commit("a", &[("v/eu/stripe.yaml", Some(eu)), ("v/us/stripe.yaml", Some(us))])
        .commit("b", &[("v/us/stripe.yaml", None), ("v/eu/stripe2.yaml", Some(us))]);
    repo.build();
    let told = told(&log(&repo, &["v"]).expect(0).json());
    assert_eq!(told[1], ["moved Stripe"]);
}

#[test]
fn names_of_files_are_texts_of_others() {
    let repo = TestRepo::new()
        .commit(
            "a",
            &[("v/a.yaml", Some("name: A\npurpose: x\n")), ("v/b\u{1b}]0;x\u{7}.yaml", Some("name: B\npurpose: y\n"))],
        )
        .commit("b", &[("v/b\u{1b}]0;x\u{7}.yaml", Some("name: ["))]);
    let ids = repo.build();
    for args in [vec!["--format", "table"], vec!["--format", "md"], vec!["--explain", ids[1].as_str()]] {
        let ran = repo.run(&[&["log", "--repo", "repo", "--inventory", "v"], &args[..]].concat()).expect(0);
        assert!(!(ran.out + &ran.err).contains(['\u{1b}', '\u{7}']));
    }
}

#[test]
fn folders_in_the_folder_are_sections_and_a_folder_can_move() {
    let repo = TestRepo::new()
        .commit("a", &[("v/eu/nordhaven.yaml", Some(AWS)), ("v/us/tally/index.md", Some(KESTREL))])
        .commit("b", &[("v/eu/nordhaven.yaml", None), ("v/us/nordhaven.yaml", Some(AWS))])
        .commit(
            "c",
            &[
                ("v/us/nordhaven.yaml", None),
                ("v/us/tally/index.md", None),
                ("trust/v/us/nordhaven.yaml", Some(AWS)),
                ("trust/v/us/tally/index.md", Some(KESTREL)),
            ],
        )
        .commit("d", &[("trust/v/us/quill.toml", Some(QUILL))]);
    repo.build();
    let json = log(&repo, &["trust/v"]).expect(0).json();
    assert_eq!(told(&json), [vec!["published "], vec!["moved Nordhaven"], vec![], vec!["added Quill"]]);
    let entry = &json["releases"][0]["changes"][0]["entries"][1];
    assert_eq!((&entry["id"], &entry["name"], &entry["section"]), (&"tally".into(), &"Kestrel".into(), &"Us".into()));
}

#[test]
fn a_list_passes_from_a_file_to_a_folder_and_back_without_news() {
    let list = "entries:\n- {name: Nordhaven, purpose: Hosting}\n- {name: Tally, purpose: Billing}\n";
    let (one, two) = ("name: Nordhaven\npurpose: Hosting\n", "name: Tally\npurpose: Billing\n");
    let repo = TestRepo::new()
        .commit("a", &[("list.yaml", Some(list))])
        .commit("b", &[("list.yaml", None), ("vendors/nh.yaml", Some(one)), ("vendors/tally.yaml", Some(two))])
        .commit("c", &[("list.yaml", Some(list)), ("vendors/nh.yaml", None), ("vendors/tally.yaml", None)]);
    repo.build();
    assert_eq!(
        told(&log(&repo, &["list.yaml", "vendors"]).expect(0).json()),
        [vec!["published "], Vec::new(), Vec::new()]
    );
}

#[test]
fn what_is_wrong_in_a_file_is_said_with_its_place() {
    for (name, text, said) in [
        ("ember.yaml", "name: [Ember\npurpose: x\n", "vendors/ember.yaml:"),
        ("ember.yaml", "", "vendors/ember.yaml:1:1: the file is empty"),
        ("ember.yaml", "- a\n- b\n", "vendors/ember.yaml:1:1: an entry's file: expected a map of fields, found a list"),
        ("ember.md", "Ember sends mail.\n", "vendors/ember.md:1:1: an entry's file"),
        ("ember.md", "---\nname: Ember\n", "vendors/ember.md:1:1: not valid front matter: the closing --- is missing"),
        ("ember.json", "{\"name\": \"Ember\",}", "vendors/ember.json:1:18"),
        ("ember.yaml", "name: Ember\nname: Amber\n", "vendors/ember.yaml:2:1: duplicate key \"name\""),
        ("ember.yaml", "name: \"\\u200b\"\n", "vendors/ember.yaml:1:1: an entry without a name"),
        ("ember.yaml", "answer: 42\n", "no name and no known field"),
    ] {
        let path = format!("vendors/{name}");
        let repo = first().commit("slip", &[(&path, Some(text))]).commit("mended", &[(&path, None)]);
        repo.build();
        let ran = log(&repo, &["vendors"]).expect(0);
        assert_eq!(told(&ran.json())[1..], [Vec::<String>::new(), Vec::new()], "a slip is never a removal");
        // An entry without a name is only noticed when the list is put together, so the whole version is unreadable.
        let is_named = ran.err.contains(said) || ran.out.contains(said.trim_start_matches("vendors/"));
        assert!(is_named, "{text}: {} {}", ran.err, ran.out);
    }
    // A near miss of a key is pointed out, too.
    let repo = first().commit("key", &[("vendors/ember.yaml", Some("name: Ember\npurpse: Search\n"))]);
    repo.build();
    assert!(log(&repo, &["vendors"]).expect(0).err.contains("vendors/ember.yaml:2:1: unknown key \"purpse\""));
}

#[test]
fn a_folder_is_published_like_a_file() {
    let config = crate::support::CONFIG.replace("data/list.yaml", "vendors");
    let ember = "name: Ember\npurpose: Search\n";
    let history = || {
        first()
            .commit("configuration", &[("changecast.yaml", Some(&config))])
            .commit("one more", &[("vendors/ember.yaml", Some(ember))])
            .commit("file", &[("vendors/ember.yaml", None), ("vendors/glow.yaml", Some(ember))])
            .commit("name", &[("vendors/glow.yaml", Some("name: Glow\npurpose: Search\nformerly: [Ember]\n"))])
    };
    let repo = history();
    repo.build();
    repo.publish(&[]).expect(0);
    repo.verify().expect(0);
    let files = repo.files("feeds");
    repo.publish(&[]).expect(0);
    assert_eq!(files, repo.files("feeds"), "publishing twice changes nothing");
    // Commit by commit it is the same.
    let singly = history();
    for count in 2..=5 {
        singly.build_first(count);
        singly.publish(&[]).expect(0);
    }
    let log = |files: Vec<(String, Vec<u8>)>| -> Vec<_> {
        files.into_iter().filter(|(name, _)| name.contains("/log/")).collect()
    };
    assert_eq!(log(files), log(singly.files("feeds")));
}
