//! The command line: the help of each command.

use std::{fs, path::PathBuf};

use crate::support::{TestRepo, run_in};

const COMMANDS: &[&str] = &[
    "", "demo", "init", "publish", "head", "correct", "redact", "move", "check", "notice", "log", "diff", "show",
    "keygen", "keys", "verify", "follow", "assess", "audit", "schema", "completions", "man",
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
