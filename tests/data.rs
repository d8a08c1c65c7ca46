//! The real lists under `data/`: every row that the pages state is there, and each list is published.

use std::{fs, path::PathBuf};

use changecast::read::{ReadingConfig, read};
use changecast_core::{change::diff, model::ListState, term_rows::term_rows};
use serde_json::Value;

use crate::support::{CONFIG, TestRepo, files_below, run_in};

/// The file, its sections, and the rows and statements that its page has in each.
const PAGES: [(&str, &[usize]); 5] = [
    ("smalt-ai/subprocessors.yaml", &[1, 2, 1, 2, 1]),
    ("smalt-ai/trust-center.yaml", &[5, 4, 4, 6, 6, 5, 6, 4, 3, 4, 4, 5]),
    ("smalt-ai/roadmap.yaml", &[6, 9, 5, 3, 5, 6, 13, 4, 3, 6, 8]),
    ("salessynq/subprocessors.yaml", &[2, 2, 2, 1, 5]),
    ("mielto/subprocessors.yaml", &[3, 1, 3, 1, 5, 4, 2, 3, 3]),
];

fn data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn text(path: &str) -> String {
    fs::read_to_string(data().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_row_of_the_pages_is_there() {
    for (path, rows) in PAGES {
        let reading = read(path, text(path).as_bytes(), &ReadingConfig::default())
            .unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(reading.warnings.is_empty(), "{path}: {:?}", reading.warnings);
        let inventory = reading.inventory;
        let counts: Vec<usize> = inventory
            .sections
            .iter()
            .map(|section| inventory.entries.iter().filter(|entry| entry.section == section.id).count())
            .collect();
        assert_eq!(counts, rows, "{path}");
    }
}

#[test]
fn what_the_pages_state_beside_rows_is_there() {
    let fact = |path: &str, field: &str| {
        let inventory = read(path, text(path).as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
        let terms = inventory.terms.as_ref().map(term_rows).unwrap_or_default();
        let row = terms.iter().find(|row| row.field.as_str() == field).map(|row| &row.text);
        row.or(inventory.fact(field))
            .map(ToString::to_string)
            .unwrap_or_else(|| panic!("{path} does not state {field}"))
    };
    assert_eq!(
        fact("smalt-ai/subprocessors.yaml", "notice.lead.added"),
        "30 days (before the addition to the list or the effective date)"
    );
    assert!(fact("smalt-ai/roadmap.yaml", "notice.text").contains("30-day change-notice commitment"));
    assert_eq!(fact("smalt-ai/subprocessors.yaml", "notice.objection.within"), "14 days from notification");
    assert_eq!(fact("salessynq/subprocessors.yaml", "notice.lead.replaced"), "30 days");
    assert!(fact("salessynq/subprocessors.yaml", "exclusions").contains("HubSpot"));
    let activated = fact("mielto/subprocessors.yaml", "notice.lead.activated");
    assert_eq!(activated, "30 days (before the activation for a workspace)");
    assert_eq!(fact("mielto/subprocessors.yaml", "notice.lead.replaced"), "in advance, without a stated length");
    assert!(fact("mielto/subprocessors.yaml", "notice.lead.any").contains("“advance notice of material changes"));
    assert_eq!(fact("mielto/subprocessors.yaml", "notice.objection.within"), "30 days from notification");
    assert!(fact("mielto/subprocessors.yaml", "notice.exceptions").contains("emergencies"));
    for (path, channels) in [
        ("smalt-ai/subprocessors.yaml", "page; email; subscription"),
        ("salessynq/subprocessors.yaml", "email; page; subscription"),
        ("mielto/subprocessors.yaml", "email; console; page"),
    ] {
        assert_eq!(fact(path, "notice.channels"), channels, "{path}");
    }
    // Qualifiers and conditions are kept word by word.
    let cell = |path: &str, name: &str, field: &str| {
        let inventory = read(path, text(path).as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
        let entry = inventory
            .entries
            .iter()
            .find(|entry| entry.name.as_str() == name)
            .unwrap_or_else(|| panic!("{path} lacks {name}"));
        entry
            .cells
            .iter()
            .find(|cell| cell.field.as_str() == field)
            .map(|cell| cell.text.to_string())
            .unwrap_or_default()
    };
    assert_eq!(cell("mielto/subprocessors.yaml", "OpenAI, L.P.", "status"), "Active (tenant-enabled)");
    assert_eq!(cell("mielto/subprocessors.yaml", "Intercom or Zendesk", "status"), "Optional (one or the other)");
    assert_eq!(cell("mielto/subprocessors.yaml", "Amazon Web Services (AWS)", "location"), "USA (primary)");
    assert!(
        cell("salessynq/subprocessors.yaml", "Microsoft Ireland Operations Limited", "condition")
            .contains("LLM_REGION=eu")
    );
    assert!(cell("salessynq/subprocessors.yaml", "DeepSeek", "status").starts_with("Available but not enabled"));
    assert!(cell("smalt-ai/roadmap.yaml", "SOC 2 Type II", "effective").contains("2027"));
}

#[test]
fn each_of_them_is_published() {
    let files: Vec<(String, String)> = PAGES.iter().map(|(path, _)| (format!("data/{path}"), text(path))).collect();
    let mut files: Vec<(&str, Option<&str>)> =
        files.iter().map(|(path, text)| (path.as_str(), Some(text.as_str()))).collect();
    let config = text("changecast.yaml");
    files.push(("data/changecast.yaml", Some(&config)));
    let repo = TestRepo::new().commit("the pages", &files);
    repo.build();
    repo.keys();
    let place = ["--repo", "repo", "--config", "repo/data/changecast.yaml", "--output", "feeds"];
    repo.run(&[&["publish", "--key", "keys/release", "--root-key", "keys/root"][..], &place].concat()).expect(0);
    repo.verify().expect(0);
    // The page of a list without terms states that there are none.
    for (list, is_silent) in [
        ("smalt-ai-subprocessors", false),
        ("smalt-ai-trust-center", true),
        ("smalt-ai-roadmap", false),
        ("salessynq-subprocessors", false),
        ("mielto-subprocessors", false),
    ] {
        let page = fs::read_to_string(repo.path(&format!("feeds/{list}/index.html"))).expect("a page");
        assert_eq!(page.contains("<dt>Notice of changes</dt><dd>not stated</dd>"), is_silent, "{list}");
    }
    let index = fs::read_to_string(repo.path("feeds/index.html")).expect("a page");
    for (list, rows) in [
        ("smalt-ai-subprocessors", 7),
        ("smalt-ai-trust-center", 56),
        ("smalt-ai-roadmap", 68),
        ("salessynq-subprocessors", 12),
        ("mielto-subprocessors", 25),
    ] {
        let page = fs::read_to_string(repo.path(&format!("feeds/{list}/index.html"))).expect("a page");
        assert_eq!(page.matches("<th scope=\"row\">").count(), rows, "{list}");
        assert!(index.contains(&format!("{list}/feed.atom")), "{list}");
        let table = repo
            .run(&[
                "show", "--repo", "repo", "--config", "repo/data/changecast.yaml", "--list", list, "--format", "yaml",
            ])
            .expect(0);
        // What `show` writes is an inventory that reads the same.
        let again = read("shown.yaml", table.out.as_bytes(), &ReadingConfig::default())
            .unwrap_or_else(|error| panic!("{list}: {error} {:?}", error.at));
        assert_eq!(again.inventory.entries.len(), rows, "{list}");
    }
}

#[test]
fn a_list_reads_equal_when_it_was_written_as_a_native_inventory() {
    let extra = "notice: {lead: {added: P30D, any: [{time: 30bd, name: initial}, 10bd]}, holidays: [2026-12-25]}\nentries:\n- {name: Lantern, id: l, formerly: [Lamp, Light], replaces: Torch, Applies to: All plans}\n";
    let files: Vec<(&str, String)> = PAGES.iter().map(|(path, _)| (*path, text(path))).collect();
    for (path, source) in files.iter().map(|(path, text)| (*path, text.as_str())).chain([("extra.yaml", extra)]) {
        let before = read(path, source.as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
        let shown = serde_yaml::to_string(&changecast::render::native(&before)).expect("YAML");
        let after = read("shown.yaml", shown.as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
        assert_eq!(before.terms, after.terms, "{path}");
        let hints: Vec<_> = before.entries.iter().map(|entry| &entry.hints).collect();
        assert!(after.entries.iter().map(|entry| &entry.hints).eq(hints), "{path}");
        let set = diff(&ListState::listed(before), &ListState::listed(after));
        assert!(set.changes.is_empty() && set.unannounced.editorial.is_empty(), "{path}: {set:?}\n{shown}");
    }
}

fn schema(name: &str) -> jsonschema::Validator {
    let value: Value = serde_json::from_str(&text(&format!("schema/{name}.schema.json"))).expect("JSON");
    jsonschema::validator_for(&value).expect("a schema")
}

fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).expect("YAML")
}

#[test]
fn schemas_say_what_the_program_reads_and_writes() {
    let configs = schema("config");
    let inventories = schema("inventory");
    // What is real is valid.
    for path in ["changecast.yaml", "init/changecast.yaml"] {
        assert!(configs.validate(&yaml(&text(path))).is_ok(), "{path}");
    }
    for path in PAGES.iter().map(|(path, _)| *path).chain(["init/subprocessors.yaml"]) {
        let value = yaml(&text(path));
        assert!(
            inventories.validate(&value).is_ok(),
            "{path}: {:?}",
            inventories.iter_errors(&value).map(|e| e.to_string()).collect::<Vec<_>>()
        );
    }
    // What is wrong is not.
    for bad in [
        "lists: []",
        "publisher: {}",
        "publisher: {name: A, url: 'https://a.example', authority: x}\nbase_url: https://a.example\nlists: [{id: a, title: A, inventory: a, extra: 1}]",
    ] {
        assert!(configs.validate(&yaml(bad)).is_err(), "{bad}");
    }
    for bad in
        ["title: A", "entries: [{purpose: A}]", "sections: [{titel: A}]", "notice: {lead: {added: 30}}\nentries: []"]
    {
        assert!(inventories.validate(&yaml(bad)).is_err(), "{bad}");
    }
    let profiles = schema("profile");
    for good in [
        "{regions: [EU], products: [Business], notice: P45D}",
        "{disabled: {conditions: [transcription]}, notice: {lead: {added: 45d}}}",
    ] {
        assert!(profiles.validate(&yaml(good)).is_ok(), "{good}");
    }
    for bad in ["{product: [Business]}", "{regions: EU}", "{notice: 45 days}", "{disabled: {features: [AI]}}"] {
        assert!(profiles.validate(&yaml(bad)).is_err(), "{bad}");
    }
    // The program prints them.
    let repo = TestRepo::new();
    for name in ["config", "inventory", "release", "profile"] {
        assert_eq!(repo.run(&["schema", name]).expect(0).out, text(&format!("schema/{name}.schema.json")));
    }
}

/// The errors of a document of the log, by the schema.
fn log_errors(releases: &jsonschema::Validator, document: &[u8]) -> Vec<String> {
    let value: Value = serde_json::from_slice(document).expect("JSON");
    releases.iter_errors(&value).map(|error| error.to_string()).collect()
}

fn is_log_document(path: &str) -> bool {
    (path.contains("log/") || path.contains("head/")) && path.ends_with(".json")
}

#[test]
fn the_schema_of_releases_fits_every_document_that_is_published() {
    let releases = schema("release");
    // A log with another configuration of reading, a withdrawal and a correction.
    let list = "entries:\n- {name: Nordhaven, location: Finland, status: Active}\n";
    let repo =
        TestRepo::of_lists(&[list, &list.replace("Finland", "Norway")]).commit("gone", &[("data/list.yaml", None)]);
    repo.build_first(2);
    repo.publish(&[]).expect(0);
    fs::write(repo.path("repo/changecast.yaml"), CONFIG.replace("list.yaml}", "list.yaml, fields: {Status: scope}}"))
        .expect("a configuration");
    repo.correct("2", "Not yet.").expect(0);
    repo.build();
    repo.publish(&[]).expect(0);
    let mut count = 0;
    for (path, bytes) in repo.files("feeds").iter().filter(|(path, _)| is_log_document(path)) {
        assert_eq!(log_errors(&releases, bytes), Vec::<String>::new(), "{path}");
        count += 1;
    }
    assert!(count > 8);
    // The test vectors contain what no command writes yet: redactions, rotations, periods, extensions.
    let vectors = files_below(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"));
    for (name, bytes) in vectors.iter().filter(|(name, _)| name.starts_with("valid-")) {
        let vector: Value = serde_json::from_slice(bytes).expect("JSON");
        for (path, text) in vector["files"].as_object().expect("files").iter().filter(|(path, _)| is_log_document(path))
        {
            let text = text.as_str().expect("a text");
            assert_eq!(log_errors(&releases, text.as_bytes()), Vec::<String>::new(), "{name}: {path}");
        }
    }
    for bad in ["{}", r#"{"salt":"00"}"#, r#"{"format":"changecast-head/1"}"#] {
        assert_ne!(log_errors(&releases, bad.as_bytes()), Vec::<String>::new(), "{bad}");
    }
}

#[test]
fn contradictions_between_the_pages_are_found() {
    let config = fs::read_to_string(data().join("changecast.yaml")).expect("a configuration");
    let files = files_below(&data());
    let files: Vec<(String, String)> = files
        .into_iter()
        .filter_map(|(name, bytes)| Some((format!("data/{name}"), String::from_utf8(bytes).ok()?)))
        .filter(|(name, _)| name.ends_with(".yaml"))
        .collect();
    let files: Vec<(&str, Option<&str>)> =
        files.iter().map(|(name, text)| (name.as_str(), Some(text.as_str()))).collect();
    let repo = TestRepo::new().commit("lists", &files);
    repo.build();
    fs::create_dir_all(repo.path("repo/data")).expect("a folder");
    fs::write(repo.path("repo/data/changecast.yaml"), config).expect("a file");
    let args = ["check", "--all", "--branch", "HEAD", "--now", "2026-11-26", "--format", "json"];
    let report: Value = run_in(&repo.path("repo"), &args, &[]).expect(0).json();
    let found = |list: &str| -> Vec<String> {
        let lists = report["lists"].as_array().expect("lists");
        let list = lists.iter().find(|part| part["list"] == list).unwrap_or_else(|| panic!("{list}: {report}"));
        let findings = list["findings"].as_array().expect("findings").iter();
        findings.map(|finding| finding["message"].as_str().expect("a message").to_owned()).collect()
    };
    let smalt = found("smalt-ai-subprocessors");
    for part in [
        "Supabase is named here, but is not on the list",
        "Composio is named here, but is not on the list",
        "the list states \"United States / EU (configurable for enterprise)\"",
        "Smalt AI Sdn Bhd, and the list names Smalt AI PLT",
        "safeguards are promised here, and none is named",
    ] {
        assert_eq!(smalt.iter().filter(|message| message.contains(part)).count(), 1, "{part}: {smalt:?}");
    }
    assert_eq!(smalt.len(), 5, "{smalt:?}");
    assert_eq!(found("salessynq-subprocessors"), Vec::<String>::new());
    assert_eq!(found("mielto-subprocessors"), Vec::<String>::new());
}
