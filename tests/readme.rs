//! Runs the commands of the README, and compares their output with that in the README.
//!
//! `…` matches any lines. `cargo run --release --` is replaced by the program under test. The commands
//! about the demo share a folder; the others run in a new repository.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn readme() -> String {
    fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("the README")
}

/// The code blocks of a language.
fn blocks<'a>(readme: &'a str, kind: &str) -> Vec<&'a str> {
    let mark = format!("```{kind}\n");
    readme.split(mark.as_str()).skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect()
}

/// Commands with the output that follows them.
fn commands(block: &str) -> Vec<(String, Vec<String>)> {
    let mut commands: Vec<(String, Vec<String>)> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(command), _) => commands.push((command.to_owned(), Vec::new())),
            (None, Some((_, output))) => output.push(line.to_owned()),
            (None, None) => panic!("output before any command: {line}"),
        }
    }
    commands
}

fn run(command: &str, dir: &Path) -> String {
    let bin = PathBuf::from(env!("CARGO_BIN_EXE_changecast"));
    let path = format!("{}:{}", bin.parent().expect("its folder").display(), std::env::var("PATH").unwrap_or_default());
    let command = command.replace("cargo run --release --", "changecast");
    let output = Command::new("sh")
        .args(["-c", &command])
        .current_dir(dir)
        .env_clear()
        .env("PATH", path)
        .envs([
            ("HOME", "/nonexistent"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "A"),
            ("GIT_AUTHOR_EMAIL", "a@example.com"),
        ])
        .envs([
            ("GIT_COMMITTER_NAME", "A"),
            ("GIT_COMMITTER_EMAIL", "a@example.com"),
            ("GIT_COMMITTER_DATE", "2026-01-05T09:00:00Z"),
        ])
        .output()
        .expect("a shell");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "$ {command}\n{message}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Whether the lines match the expected ones. `…` matches any number of lines.
fn fits(expected: &[String], lines: &[&str]) -> bool {
    match (expected.first().map(String::as_str), lines.first()) {
        (None, None) => true,
        (Some("…"), _) => (0..=lines.len()).any(|skip| fits(&expected[1..], &lines[skip..])),
        (Some(line), Some(found)) => line.trim_end() == found.trim_end() && fits(&expected[1..], &lines[1..]),
        _ => false,
    }
}

#[test]
fn the_commands_of_the_readme_print_the_output_shown() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let (demo, own) = (folder.path().join("demo"), folder.path().join("own"));
    fs::create_dir_all(&demo).expect("a folder");
    git2::Repository::init(&own).expect("a repository");
    let readme = readme();
    let mut count = 0;
    for (command, expected) in blocks(&readme, "console").into_iter().flat_map(commands) {
        let dir = if command.contains("changecast-demo") || command.contains("demo") { &demo } else { &own };
        let output = run(&command, dir);
        let lines: Vec<&str> = output.lines().collect();
        let shown = expected.is_empty() || fits(&expected, &lines);
        assert!(
            shown,
            "$ {command}\n--- expected by the README\n{}\n--- printed by the program\n{output}",
            expected.join("\n")
        );
        count += 1;
    }
    assert!(count >= 8, "{count} commands");
}

#[test]
fn the_examples_of_the_readme_are_valid() {
    let readme = readme();
    let yaml = blocks(&readme, "yaml");
    let inventory = yaml.iter().find(|block| block.starts_with("title:")).expect("an inventory");
    let reading = changecast::read::read("example.yaml", inventory.as_bytes(), &Default::default())
        .expect("a readable inventory");
    assert_eq!(reading.inventory.entries.len(), 1);
    assert!(reading.warnings.is_empty(), "{:?}", reading.warnings);
    let config = yaml.iter().find(|block| block.starts_with("publisher:")).expect("a configuration");
    changecast::config::Config::parse("README.md", config).expect("a valid configuration");
    assert!(
        blocks(&readme, "sh")[0].contains("cargo run --release -- demo")
            && blocks(&readme, "sh")[0].contains("cargo test")
    );
}

#[test]
fn the_readme_names_exactly_the_existing_commands() {
    let help = run("changecast --help", Path::new("/"));
    let listed = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("commands");
    let names: Vec<&str> =
        listed.lines().filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    let readme = readme();
    let table =
        readme.split("## Commands").nth(1).and_then(|rest| rest.split("\n## ").next()).expect("a table of commands");
    for name in &names {
        assert!(table.contains(&format!("`{name}")), "the README does not name {name}");
    }
    for row in table.lines().filter(|line| line.starts_with("| `")) {
        let cell = row.split('|').nth(1).unwrap_or_default();
        for name in cell.split('`').skip(1).step_by(2).filter_map(|code| code.split(' ').next()) {
            assert!(names.contains(&name), "the README names {name}");
        }
    }
    // Links to files.
    for link in
        readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()).filter(|link| !link.starts_with("http"))
    {
        assert!(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(link).exists(), "{link}");
    }
}
