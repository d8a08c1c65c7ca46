//! The first minutes: `init` on what is there, and the explanation of a commit.

use std::fs;

use changecast::config::Config;

use crate::support::{CONFIG, NOW, TestRepo, key};

const PAGE: &str = "# Sub-processors\n\nVendor | What for | Where\n--- | --- | ---\n[Nordhaven](https://nordhaven.example/) | Hosting | Ireland\nTally: \"one\" | Billing | France\n";

#[test]
fn init_keeps_the_page_that_is_there() {
    let repo = TestRepo::new()
        .commit("a", &[("docs/legal/sub-processors.md", Some(PAGE)), ("docs/other.md", Some("# Other\n\n- a\n- b\n"))]);
    repo.build();
    let preview = repo.run(&["init", "repo", "--dry-run"]).expect(0).out;
    assert!(!repo.path("repo/changecast.yaml").exists());
    let ran = repo.run(&["init", "repo"]).expect(0);
    assert!(preview.starts_with(&ran.out), "the preview shows the same");
    for said in ["sub-processors.md (markdown): 2 entries", "Vendor    name", "What for  purpose", "Where     location"]
    {
        assert!(ran.out.contains(said), "{said}: {}", ran.out);
    }
    let text = fs::read_to_string(repo.path("repo/changecast.yaml")).expect("a configuration");
    assert!(preview.ends_with(&text));
    let config = Config::parse("changecast.yaml", &text).expect("a valid configuration");
    assert_eq!(config.lists[0].id.as_str(), "sub-processors");
    assert_eq!(config.lists[0].inventory.0, ["docs/legal/sub-processors.md"]);
    assert!(!repo.path("repo/data").exists(), "no second inventory is made");
    assert!(
        repo.run(&["log", "--repo", "repo", "--config", "repo/changecast.yaml"]).expect(0).out.contains("Nordhaven")
    );
    repo.run(&["init", "repo"]).fails(2, &["exists already", "edit the existing file"]);
}

#[test]
fn init_shows_the_notice_terms_of_a_page_for_confirmation() {
    let table = "| Vendor | Purpose |\n|---|---|\n| Kestrel | Mail |\n| Oakline | Backups |\n";
    for (prose, lines) in [
        (
            "We will notify customers at least 30 days before adding a new sub-processor. You may object within 14 days of \
             notification.",
            &["Notice before an addition: 30 days", "Period to object: 14 days from notification"][..],
        ),
        (
            "Wir informieren unsere Kunden mindestens 30 Tage vor der Beauftragung eines neuen Unterauftragsverarbeiters.",
            &["Notice before an addition: 30 days"],
        ),
        ("We publish this list for information.", &["Notice terms: not stated"]),
    ] {
        let page = format!("# Sub-processors\n\n{prose}\n\n{table}");
        let repo = TestRepo::new().commit("a page", &[("docs/subprocessors.md", Some(&page))]);
        repo.build();
        let shown = repo.run(&["init", "repo", "--dry-run"]).expect(0).out;
        for line in lines {
            assert!(shown.contains(line), "{line}\n{shown}");
        }
    }
}

#[test]
fn init_asks_where_several_lists_are_and_starts_where_none_is() {
    let repo = TestRepo::new()
        .commit("a", &[("a/subprocessors.md", Some(PAGE)), ("b/subprocessors/index.md", Some(PAGE))])
        .commit("b", &[("c/vendors/tally.yaml", Some("name: Tally\npurpose: Billing\n"))]);
    repo.build();
    repo.run(&["init", "repo"])
        .fails(2, &["a/subprocessors.md (2 entries)", "b/subprocessors/index.md", "--inventory"]);
    repo.run(&["init", "repo", "--inventory", "nowhere.md"]).fails(2, &["nowhere.md"]);
    repo.run(&["init", "repo", "--inventory", "c/vendors"]).expect(0);
    let text = fs::read_to_string(repo.path("repo/changecast.yaml")).expect("a configuration");
    assert!(text.contains("id: vendors") && text.contains("inventory: c/vendors"), "{text}");
    fs::remove_file(repo.path("repo/changecast.yaml")).expect("the configuration");
    // What is called like a list and is none does not stand in the way.
    let none = TestRepo::new().commit("a", &[("docs/subprocessors.md", Some("We have none.\n"))]);
    none.build();
    none.run(&["init", "repo"]).expect(0);
    assert!(none.path("repo/data/subprocessors.yaml").exists());
    none.run(&["init", "new/folder"]).expect(0);
    assert!(none.path("new/folder/changecast.yaml").exists());
}

#[test]
fn init_writes_paths_that_hold_and_says_what_it_could_not_read() {
    let repo = TestRepo::new().commit("a", &[("docs/subprocessors.md", Some(PAGE))]);
    repo.build();
    repo.run(&["init", "repo", "--inventory", "./docs/./subprocessors.md"]).expect(0);
    let text = fs::read_to_string(repo.path("repo/changecast.yaml")).expect("a configuration");
    assert!(text.contains("inventory: docs/subprocessors.md"), "{text}");
    repo.run(&["init", "repo/docs"]).fails(2, &["is inside a repository", "changecast init"]);
    for path in ["../list.md", "/etc/hosts"] {
        repo.run(&["init", "new", "--inventory", path]).fails(2, &["is not a path in the directory"]);
    }
    let broken = TestRepo::new().commit("a", &[("docs/subprocessors.yaml", Some("entries: ["))]);
    broken.build();
    broken.run(&["init", "repo"]).fails(2, &["docs/subprocessors.yaml:"]);
    assert!(!broken.path("repo/changecast.yaml").exists() && !broken.path("repo/data").exists());
}

#[test]
fn an_explanation_says_why_each_difference_is_told_or_not() {
    let one = "entries:\n- {name: Nordhaven, purpose: Hosting, location: EU and US}\n- {name: Tally, purpose: Billing}\n- {name: Quill, purpose: Text}\n- {name: Ember Search, purpose: Search, url: 'https://ember.example'}\n";
    let two = "entries:\n- {name: Quill, purpose: Text.}\n- {name: Nordhaven GmbH, purpose: Hosting, location: US/EU}\n- {name: Zephyr, purpose: Mail}\n- {name: Ember, purpose: Maps}\n";
    let repo = TestRepo::of_lists(&[one, "entries: [", two]);
    let ids = repo.build();
    let explain = |at: usize| {
        repo.run(&["log", "--repo", "repo", "--inventory", "data/list.yaml", "--explain", ids[at].as_str()])
    };
    let said = explain(2).expect(0).out;
    for line in [
        "compared with commit",
        "Nordhaven is now Nordhaven GmbH: another form of the name: the same words",
        "Ember Search was removed; not Ember: the words of one name in the other, but the other fields differ",
        "Tally was removed: no similar name in the other version",
        "Announced",
        "Suppressed",
        "Internal",
        "because the locations are the same",
        "because only case, markup, white space or punctuation differ",
        "the id nordhaven is now nordhaven-gmbh",
    ] {
        let flat = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(line), "{line}\n{said}");
    }
    assert!(explain(1).expect(0).out.contains("not readable: data/list.yaml:"));
    assert!(explain(0).expect(0).out.contains("the first version"));
    let other = TestRepo::of_lists(&[one]).commit("beside", &[("README.md", Some("x"))]);
    let ids = other.build();
    let args = ["log", "--repo", "repo", "--inventory", "data/list.yaml", "--explain", ids[1].as_str()];
    other.run(&args).fails(2, &["does not change data/list.yaml"]);
}

/// Who proposes a change sees what would be announced, and has no key.
#[test]
fn a_dry_run_takes_no_key() {
    let list = |names: &[&str]| {
        let rows: Vec<String> = names.iter().map(|name| format!("- {{name: {name}, purpose: Mail}}\n")).collect();
        format!("entries:\n{}", rows.concat())
    };
    let repo = TestRepo::of_lists(&[&list(&["Nordhaven"]), &list(&["Nordhaven", "Kestrel"])]);
    let look = ["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--dry-run"];
    repo.build_first(1);
    let first = repo.run(&look).expect(0);
    assert!(first.out.contains("first published (1 entry)"));
    assert!(first.err.contains("feeds has no log of vendors, so its whole history is new"), "{}", first.err);
    assert!(!repo.path("feeds").exists(), "a dry run makes no folder");
    repo.publish(&[]).expect(0);
    repo.build();
    let before = repo.files("feeds");
    let ran = repo.run(&look).expect(0);
    assert_eq!(ran.err, "");
    let said = ran.out;
    assert!(said.contains("added Kestrel") && said.contains("Added Kestrel: Mail"), "{said}");
    assert!(!said.contains("first published"), "{said}");
    assert_eq!(repo.files("feeds"), before);
    repo.run(&look[..look.len() - 1]).fails(2, &["no key to sign with"]);
    // What the log says is checked nevertheless.
    let release = repo.path("feeds/vendors/log/000001.body.json");
    let forged = fs::read_to_string(&release).expect("a release").replace("Nordhaven", "Nordhavem");
    fs::write(&release, forged).expect("a release");
    repo.run(&look).fails(3, &["000001.body.json"]);
    fs::remove_dir_all(repo.path("feeds/vendors/log")).expect("a log");
    repo.run(&look).fails(3, &["is missing", "last good copy"]);
    repo.publish(&[]).fails(3, &["is missing"]);
}

#[test]
fn keys_in_the_wrong_place_are_told() {
    let repo = TestRepo::of_lists(&["entries: [{name: Nordhaven, purpose: Mail}]"]);
    repo.build();
    repo.keys();
    let publish = ["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds"];
    repo.run_with(&publish, &[("CHANGECAST_KEY", "keys/release")])
        .fails(2, &["CHANGECAST_KEY contains the path of a file", "--key"]);
    assert!(!repo.path("feeds").exists());
    repo.publish(&[]).expect(0);
    repo.run(&["verify", "feeds", "--root", "keys/root"]).fails(2, &["a private key", ".pub"]);
    let (own, other) = (key("release").public().fingerprint(), key("other").public().fingerprint());
    let wrong = [&publish[..], &["--key", "keys/other"]].concat();
    repo.run(&wrong).fails(2, &["may not sign this log", &own, &other]);
}

#[test]
fn a_publication_that_comes_too_early_leaves_nothing() {
    let repo = TestRepo::new().commit("configuration alone", &[("changecast.yaml", Some(CONFIG))]);
    repo.build();
    repo.publish(&[]).fails(2, &["no commit on the branch has a list", "commit the inventory first"]);
    assert!(!repo.path("feeds").exists());
}

/// The forge comes from the remote or from files; `--ci` decides otherwise. A workflow that exists is kept.
#[test]
fn init_writes_the_workflow_of_the_forge() {
    let workflow = |forge: &str| match forge {
        "github" => ".github/workflows/changecast.yml",
        _ => ".gitlab/changecast.yml",
    };
    for (remote, mark, args, expected) in [
        (Some("https://github.com/example/site.git"), None, &[][..], Some("github")),
        (Some("git@gitlab.example.com:legal/site.git"), Some(".github/x.yml"), &[], Some("gitlab")),
        (None, Some(".gitlab-ci.yml"), &[], Some("gitlab")),
        (None, Some(".github/dependabot.yml"), &[], Some("github")),
        (Some("/srv/github/site"), None, &[], None),
        (Some("https://github.com/example/site"), None, &["--ci", "none"], None),
        (None, None, &["--ci", "github"], Some("github")),
    ] {
        let repo = TestRepo::new().commit("a", &[("docs/subprocessors.md", Some(PAGE))]);
        repo.build();
        let git = git2::Repository::open(repo.path("repo")).expect("a repository");
        if let Some(address) = remote {
            git.remote("origin", address).expect("a remote");
        }
        if let Some(mark) = mark {
            let path = repo.path(&format!("repo/{mark}"));
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, "x").expect("a file");
        }
        let shown = repo.run(&[&["init", "repo", "--dry-run"], args].concat()).expect(0).out;
        repo.run(&[&["init", "repo", "--now", NOW], args].concat()).expect(0);
        for forge in ["github", "gitlab"] {
            let path = repo.path(&format!("repo/{}", workflow(forge)));
            assert_eq!(path.exists(), expected == Some(forge), "{remote:?} {mark:?} {args:?}: {forge}");
            if path.exists() {
                let text = fs::read_to_string(&path).expect("a workflow");
                assert!(text.contains("main") || forge == "gitlab", "{text}");
                assert!(!text.contains("{version}") && !text.contains("{action}") && !text.contains("{repository}"));
                assert!(shown.contains(&text), "--dry-run prints the workflow");
                fs::remove_file(repo.path("repo/changecast.yaml")).expect("the configuration");
                fs::write(&path, "mine").expect("a workflow");
                let ran = repo.run(&["init", "repo", "--ci", forge]).expect(0);
                assert!(ran.err.contains("as it is"), "{}", ran.err);
                assert_eq!(fs::read_to_string(&path).expect("a workflow"), "mine");
            }
        }
    }
}

#[test]
fn init_ends_with_a_preview_of_what_is_committed_or_else_of_the_files() {
    let later = PAGE.replace("Ireland", "Germany");
    let repo = TestRepo::new()
        .commit("a", &[("docs/subprocessors.md", Some(PAGE))])
        .commit("b", &[("docs/subprocessors.md", Some(&later))]);
    repo.build();
    let ran = repo.run(&["init", "repo", "--now", NOW]).expect(0);
    assert!(ran.err.contains("preview: repo/changecast-preview/index.html (2 releases)"), "{}", ran.err);
    let feed = fs::read_to_string(repo.path("repo/changecast-preview/subprocessors/feed.atom")).expect("a feed");
    assert!(feed.contains("Ireland") && feed.contains("Germany"), "{feed}");
    assert_eq!(fs::read_to_string(repo.path("repo/changecast-preview/.gitignore")).expect("a file"), "*\n");
    let first = repo.files("repo/changecast-preview");
    fs::remove_file(repo.path("repo/changecast.yaml")).expect("the configuration");
    repo.run(&["init", "repo", "--now", NOW]).expect(0);
    assert_eq!(repo.files("repo/changecast-preview"), first, "the same time gives the same preview");
    // Without a commit, without a repository, and with a folder of files.
    for (folder, path) in [("plain", "docs/subprocessors.md"), ("parts", "subprocessors/tally.yaml")] {
        let file = repo.path(&format!("{folder}/{path}"));
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        let text = if folder == "plain" { PAGE } else { "name: Tally\npurpose: Billing\n" };
        fs::write(&file, text).expect("a file");
        fs::write(file.with_file_name("kestrel.yaml"), "name: Kestrel\npurpose: Mail\n").expect("a file");
        let ran = repo.run(&["init", folder, "--now", NOW]).expect(0);
        assert!(ran.err.contains("(1 release)"), "{}", ran.err);
        let names: Vec<String> = repo.files(&format!("{folder}/changecast-preview")).into_iter().map(|f| f.0).collect();
        assert!(names.iter().any(|name| name.ends_with("feed.atom")), "{names:?}");
        assert!(names.iter().all(|name| !name.contains(".uncommitted")), "{names:?}");
    }
}
