//! The command line: the help of each command, and the messages for typical mistakes.

use std::{fs, path::PathBuf};

use crate::support::{CONFIG, TestRepo, run_in};

const COMMANDS: &[&str] = &[
    "", "demo", "init", "publish", "head", "correct", "redact", "move", "check", "notice", "log", "diff", "show",
    "keygen", "keys", "verify", "follow", "audit", "schema", "completions", "man",
];

/// With `CHANGECAST_ACCEPT=1`, the fixtures are written instead of compared.
#[test]
fn the_help_of_each_command_is_reviewed() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/help");
    let accept = std::env::var_os("CHANGECAST_ACCEPT").is_some();
    for command in COMMANDS {
        let args: Vec<&str> = [*command, "--help"].into_iter().filter(|arg| !arg.is_empty()).collect();
        let help = run_in(&folder, &args, &[]).expect(0).out;
        let name = if command.is_empty() { "changecast" } else { command };
        let fixture = folder.join(format!("{name}.txt"));
        if accept {
            fs::write(&fixture, &help).expect("a fixture");
        }
        let expected = fs::read_to_string(&fixture).unwrap_or_default();
        assert_eq!(help, expected, "tests/fixtures/help/{name}.txt; accept with CHANGECAST_ACCEPT=1");
    }
}

#[test]
fn the_help_fixtures_cover_every_command() {
    let repo = TestRepo::new();
    let help = repo.run(&["--help"]).expect(0).out;
    let listed = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("commands");
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names, [&COMMANDS[1..], &["help"]].concat());
}

const LIST: &str = "entries:\n- {name: Nordhaven, purpose: Hosting}\n- {name: Tally, purpose: Billing}\n";
const TWO_LISTS: &str = "\
publisher: {name: A, url: 'https://a.example/', email: a@a.example, authority: 'a.example,2024'}
base_url: https://a.example/trust/
output: feeds
lists:
- {id: one, title: One, inventory: data/list.yaml}
- {id: two, title: Two, inventory: data/list.yaml}
";

/// The repository and the files that the commands with mistakes refer to.
fn repo_for_mistakes() -> TestRepo {
    let pages = "# Legal\n\nWe value your privacy.\n";
    let repo = TestRepo::of_lists(&[LIST])
        .commit("broken", &[("data/broken.yaml", Some("entries: [")), ("docs/page.md", Some(pages))])
        .commit("two lists", &[("two.yaml", Some(TWO_LISTS)), ("a/vendor.csv", Some("Vendor,Purpose\nA,B\nC,D\n"))])
        .commit("gone", &[("data/gone.yaml", Some(LIST))])
        .commit("delete", &[("data/gone.yaml", None)]);
    repo.build();
    repo.keys();
    fs::create_dir(repo.path("empty")).expect("a folder");
    fs::write(repo.path("wrong.yaml"), CONFIG.replace("base_url", "baseurl")).expect("a configuration");
    repo
}

/// `tests/fixtures/mistakes.txt` has one command per mistake, each followed by its message. With
/// `CHANGECAST_ACCEPT=1`, the messages are written instead of compared.
#[test]
fn typical_mistakes_have_a_message_and_a_next_step() {
    let fixture = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/mistakes.txt");
    let expected = fs::read_to_string(&fixture).expect("the fixture");
    let repo = repo_for_mistakes();
    let mut found = String::new();
    for command in expected.lines().filter_map(|line| line.strip_prefix("$ changecast ")) {
        let args: Vec<&str> = command.split(' ').collect();
        let ran = repo.run(&args);
        assert!(ran.code != 0, "{command} succeeds:\n{}", ran.out);
        assert!(ran.err.starts_with("error: ") && !ran.err.contains("panicked"), "{command}\n{}", ran.err);
        let folder = repo.dir.path().canonicalize().expect("the folder").display().to_string();
        let message = ran.err.replace(&folder, "DIR");
        let lines: Vec<String> = message.trim_end().lines().map(|line| line.trim_end().to_owned()).collect();
        found += &format!("$ changecast {command}\n{}\nstatus: {}\n\n", lines.join("\n"), ran.code);
    }
    if std::env::var_os("CHANGECAST_ACCEPT").is_some() {
        fs::write(&fixture, &found).expect("the fixture");
    }
    assert_eq!(found, fs::read_to_string(&fixture).expect("the fixture"), "accept with CHANGECAST_ACCEPT=1");
}
