//! Typical mistakes, each with the message that it gets: the problem, its place, and the next step.
//!
//! `tests/fixtures/mistakes.txt` has a mistake in words with the place that the message must name, the command, its message
//! and its status. FORMATS stands for the names of the input formats, and KEYS for those of the configuration. With
//! `CHANGECAST_ACCEPT=1`, messages and statuses are written instead of compared.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::{CONFIG, NOW, Ran, TestRepo, run_in};

const LIST: &str = "entries:\n- {name: Nordhaven, purpose: Hosting}\n- {name: Tally, purpose: Billing}\n";

/// A configuration with a mistake: its name, and what is replaced in [`CONFIG`] by what. An empty text appends.
const CONFIGURATIONS: [(&str, &str, &str); 31] = [
    ("misspelt-key", "base_url", "baseurl"),
    ("misspelt-section", "lists:", "list:"),
    ("key-twice", "output: feeds", "output: feeds\noutput: public"),
    ("tab", "output: feeds", "output: feeds\nhead:\n\tfresh_for: 2d"),
    ("no-colon", "output: feeds", "output feeds"),
    (
        "no-keys",
        "{name: Example Ltd, url: 'https://example.com/', email: privacy@example.com, authority: 'example.com,2024'}",
        "Example Ltd",
    ),
    ("open-brace", "email: privacy@example.com, authority: 'example.com,2024'}", "email: privacy@example.com"),
    ("open-quote", "'https://example.com/'", "'https://example.com/"),
    ("at-sign", "name: Example Ltd", "name: @example"),
    ("no-base-url", "base_url: https://example.com/trust/\n", ""),
    ("relative-url", "https://example.com/trust/", "example.com/trust"),
    ("email", "privacy@example.com", "privacy"),
    ("authority", "example.com,2024", "example"),
    ("absolute-path", "data/list.yaml", "/data/list.yaml"),
    ("parent-path", "data/list.yaml", "../data/list.yaml"),
    ("no-lists", "lists:\n- {id: vendors, title: Vendors, inventory: data/list.yaml}\n", "lists: []\n"),
    ("list-id", "id: vendors", "id: Our vendors!"),
    ("two-ids", "", "- {id: vendors, title: More, inventory: data/other.yaml}\n"),
    ("role", "data/list.yaml", "data/list.yaml, fields: {Purpose: prupose}"),
    ("format", "data/list.yaml", "data/list.yaml, format: mrkdown"),
    ("duration", "data/list.yaml", "data/list.yaml, notice: {lead: {added: 30 days}}"),
    ("trigger", "data/list.yaml", "data/list.yaml, notice: {lead: {addded: 30d}}"),
    ("zone", "data/list.yaml", "data/list.yaml, notice: {zone: Europe/Berln, lead: {added: 30d}}"),
    ("holidays", "data/list.yaml", "data/list.yaml, notice: {holidays: {file: days.txt}, lead: {added: 3bd}}"),
    ("rule", "", "rules: {placehodler: off}\n"),
    ("level", "", "rules: {placeholder: fatal}\n"),
    ("waiver-day", "", "waivers: [{rule: placeholder, reason: in talks, until: 31.12.2026}]\n"),
    ("waiver-reason", "", "waivers: [{rule: placeholder, reason: '', until: 2026-12-31}]\n"),
    ("fresh-for", "", "head: {fresh_for: soon}\n"),
    ("guard", "", "guard: 200%\n"),
    ("other-list", "data/list.yaml", "data/lst.yaml"),
];

/// Inventories with a mistake, in the folder `data` of the repository.
const INVENTORIES: [(&str, &str); 22] = [
    ("tab.yaml", "entries:\n- name: Nordhaven\n\tpurpose: Hosting\n"),
    ("colon.yaml", "entries:\n- name: Nordhaven\n  purpose Hosting\n  location: France\n"),
    ("two-colons.yaml", "entries:\n- name: Nordhaven\n  purpose: Hosting: all of it\n"),
    ("quote.yaml", "entries:\n- name: 'Nordhaven\n  purpose: Hosting\n- name: Tally\n"),
    ("brace.yaml", "entries:\n- {name: Nordhaven, purpose: Hosting\n- {name: Tally}\n"),
    ("indent.yaml", "entries:\n- name: Nordhaven\n   purpose: Hosting\n"),
    ("anchor.yaml", "entries:\n- name: *nordhaven\n"),
    ("no-name.yaml", "entries:\n- purpose: Hosting\n- name: Tally\n"),
    ("two-ids.yaml", "entries:\n- {id: a, name: Nordhaven}\n- {id: a, name: Tally}\n"),
    ("two-keys.yaml", "entries:\n- name: Nordhaven\n  purpose: Hosting\n  purpose: Backups\n"),
    ("id.yaml", "entries:\n- {id: 'a b', name: Nordhaven}\n"),
    ("lead.yaml", "notice: {lead: {added: 30 days}}\nentries:\n- name: Nordhaven\n"),
    ("map.yaml", "sections:\n- title: AI\n  entries: {name: Nordhaven}\n"),
    ("conflict.yaml", "entries:\n<<<<<<< HEAD\n- name: Nordhaven\n=======\n- name: Tally\n>>>>>>> change\n"),
    ("empty.yaml", ""),
    ("comma.json", "[{\"name\": \"Nordhaven\",}]\n"),
    ("text.toml", "[[entries]]\nname = Nordhaven\n"),
    ("open.tsx", "const vendors = [{ name: \"Nordhaven\" }\n"),
    (
        "imported.tsx",
        "import { vendors } from \"./vendors\";\nexport default () => <ul>{vendors.map((v) => <li>{v.name}</li>)}</ul>;\n",
    ),
    (
        "pointer.yaml",
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22e\nsize 812\n",
    ),
    ("prose.md", "# Legal\n\nWe value your privacy.\n"),
    ("date.yaml", "entries:\n- {name: Nordhaven, purpose: Hosting,}\n- {name: Tally, purpose: TBC}\n"),
];

/// The repository and the files that the commands with mistakes refer to.
fn repo_for_mistakes() -> TestRepo {
    let two =
        CONFIG.replace("- {id: vendors", "- {id: other, title: Other, inventory: data/list.yaml}\n- {id: vendors");
    let mut repo = TestRepo::of_lists(&[LIST]);
    for (name, text) in INVENTORIES {
        repo = repo.commit(name, &[(&format!("data/{name}"), Some(text))]);
    }
    let many: String = (0..9).map(|n| format!("- name: Vendor {n}\n")).collect();
    repo = repo
        .commit("two lists", &[("two.yaml", Some(&two)), ("docs/page.md", Some("# Page\n\nNo markers.\n"))])
        .commit("many", &[("data/many.yaml", Some(&format!("entries:\n{many}")))])
        .commit("few", &[("data/many.yaml", Some("entries:\n- name: Vendor 1\n"))])
        .commit("gone", &[("data/gone.yaml", Some(LIST))])
        .commit("delete", &[("data/gone.yaml", None)]);
    repo.build();
    repo.publish(&[]).expect(0);
    write_configurations(&repo);
    write_keys(&repo);
    write_repositories(&repo);
    repo
}

fn write_configurations(repo: &TestRepo) {
    let folder = repo.path("config");
    fs::create_dir(&folder).expect("a folder");
    for (name, from, to) in CONFIGURATIONS {
        let text = if from.is_empty() { format!("{CONFIG}{to}") } else { CONFIG.replacen(from, to, 1) };
        assert_ne!(text, CONFIG, "{name}");
        fs::write(folder.join(format!("{name}.yaml")), text).expect("a configuration");
    }
    fs::write(folder.join("empty.yaml"), "").expect("a configuration");
    for (name, inventory) in [("date", "data/date.yaml"), ("many", "data/many.yaml")] {
        let text = CONFIG.replace("data/list.yaml", inventory);
        fs::write(folder.join(format!("{name}.yaml")), text).expect("a configuration");
    }
    fs::write(repo.path("state.json"), "{").expect("a file");
    fs::write(repo.path("vendors.yaml"), "vendors: [{nam: x}]\n").expect("a file");
}

fn write_keys(repo: &TestRepo) {
    let public = fs::read_to_string(repo.path("keys/root.pub")).expect("a key");
    fs::write(repo.path("keys/text"), "not a key\n").expect("a file");
    fs::write(repo.path("keys/alone.pub"), public.replace("ssh-ed25519", "ssh-rsa")).expect("a file");
}

/// A shallow clone, a repository without commits, a folder without a repository, and a log whose history was rewritten.
fn write_repositories(repo: &TestRepo) {
    fs::create_dir(repo.path("plain")).expect("a folder");
    fs::create_dir_all(repo.path("single/data")).expect("a folder");
    fs::write(repo.path("single/data/subprocessors.yaml"), "entries: [{name: Kestrel}]\n").expect("a list");
    git(repo.dir.path(), &["init", "--quiet", "new"]);
    let unconfigured = TestRepo::new().commit("a", &[("README.md", Some("x"))]);
    unconfigured.build();
    git(
        repo.dir.path(),
        &["clone", "--quiet", &format!("file://{}", unconfigured.path("repo").display()), "unconfigured"],
    );
    fs::write(repo.path("new/changecast.yaml"), CONFIG).expect("a configuration");
    let origin = format!("file://{}", repo.path("repo").display());
    git(repo.dir.path(), &["clone", "--quiet", "--depth", "1", &origin, "shallow"]);
    let other = TestRepo::of_lists(&["entries: [{name: Kestrel}]"]);
    other.build();
    git(repo.dir.path(), &["clone", "--quiet", &format!("file://{}", other.path("repo").display()), "rewritten"]);
}

fn git(dir: &Path, args: &[&str]) {
    let status = Command::new("git").args(args).current_dir(dir).env("GIT_CONFIG_NOSYSTEM", "1").status();
    assert!(status.expect("git").success(), "git {args:?}");
}

/// A mistake of the fixture.
struct Mistake<'f> {
    /// In words.
    about: &'f str,
    /// What the message must name: a place in a file, an argument or a part of the log.
    place: &'f str,
    command: &'f str,
}

fn mistakes(fixture: &str) -> Vec<Mistake<'_>> {
    let mut found = Vec::new();
    let mut title = None;
    for line in fixture.lines() {
        if let Some(text) = line.strip_prefix("# ") {
            title = Some(text.rsplit_once(" | ").unwrap_or_else(|| panic!("no place: {text}")));
        } else if let Some(command) = line.strip_prefix("$ ") {
            let (about, place) = title.take().unwrap_or_else(|| panic!("no title: {command}"));
            found.push(Mistake { about, place, command });
        }
    }
    found
}

/// Runs a command line, which may begin with variables.
fn run(repo: &TestRepo, command: &str) -> Ran {
    let words: Vec<&str> = command.split(' ').collect();
    let start = words.iter().position(|word| *word == "changecast").expect("a command of changecast");
    let env: Vec<(&str, &str)> = words[..start].iter().filter_map(|word| word.split_once('=')).collect();
    run_in(repo.dir.path(), &words[start + 1..], &env)
}

/// A line without the keys of the configuration, which other tests compare.
fn shortened(line: &str) -> String {
    match line.split_once(", expected one of `publisher`") {
        Some((start, _)) => format!("{start}, expected one of KEYS"),
        None => line.trim_end().to_owned(),
    }
}

#[test]
fn typical_mistakes_have_a_place_and_a_next_step() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mistakes.txt");
    let fixture = fs::read_to_string(&path).expect("the fixture");
    let repo = repo_for_mistakes();
    let folder = repo.dir.path().canonicalize().expect("the folder").display().to_string();
    let (mut found, mut poor) = (String::new(), String::new());
    let all = mistakes(&fixture);
    assert!(all.len() >= 60, "{} mistakes", all.len());
    for Mistake { about, place, command } in all {
        let ran = run(&repo, &command.replace("NOW", NOW));
        let message = format!("{}{}", ran.out, ran.err).replace(&folder, "DIR");
        assert!(!message.contains("panicked"), "{command}\n{message}");
        let message = message.replace(&changecast::read::formats_read(), "FORMATS");
        let lines: Vec<String> = message.trim_end().lines().map(shortened).collect();
        let message = lines.join("\n");
        let has_next = ["help: ", "tip: ", "try '--help'"].iter().any(|mark| message.contains(mark));
        if ran.code == 0 || !message.contains("error") || !message.contains(place) || !has_next {
            poor.push_str(&format!("# {about} | {place}\n$ {command}\n{message}\nstatus: {}\n\n", ran.code));
        }
        found += &format!("# {about} | {place}\n$ {command}\n{message}\nstatus: {}\n\n", ran.code);
    }
    if std::env::var_os("CHANGECAST_ACCEPT").is_some() {
        fs::write(&path, &found).expect("the fixture");
    }
    assert!(poor.is_empty(), "messages without a place or a next step:\n\n{poor}");
    assert_eq!(found, fs::read_to_string(&path).expect("the fixture"), "accept with CHANGECAST_ACCEPT=1");
}
