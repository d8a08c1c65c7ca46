//! Runs the commands of the README and of two guides, and compares their output with that on the page.
//!
//! `…` matches any lines. `cargo run --release --` is replaced by the program under test. The commands about the demo share
//! a folder. The others of a page run one after the other, `cd` included; those of the README also for the other examples.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn page(path: &str) -> String {
    fs::read_to_string(project().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn readme() -> String {
    page("README.md")
}

fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
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
    // `check` and `audit` report what they find by status 1.
    let finds = ["changecast check", "changecast audit"].iter().any(|finder| command.starts_with(finder));
    let may_find = finds && output.status.code() == Some(1);
    assert!(output.status.success() || may_find, "$ {command}\n{message}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Whether a line matches the expected one. `…` in it matches any text.
fn line_fits(expected: &str, found: &str) -> bool {
    let around = expected.split_once('…');
    expected == found || around.is_some_and(|(start, end)| found.starts_with(start) && found.ends_with(end))
}

/// Whether the lines match the expected ones. A line `…` matches any number of lines.
fn fits(expected: &[String], lines: &[&str]) -> bool {
    match (expected.first().map(String::as_str), lines.first()) {
        (None, None) => true,
        (Some("…"), _) => (0..=lines.len()).any(|skip| fits(&expected[1..], &lines[skip..])),
        (Some(line), Some(found)) => line_fits(line.trim_end(), found.trim_end()) && fits(&expected[1..], &lines[1..]),
        _ => false,
    }
}

/// Folders for the commands of a page.
struct Folders {
    demo: PathBuf,
    /// Where the next command about something else runs.
    here: PathBuf,
    _all: tempfile::TempDir,
}

impl Folders {
    /// The demo, and a folder that contains `examples/`; or else an empty repository.
    fn new(with_examples: bool) -> Self {
        let all = tempfile::TempDir::new().expect("a folder");
        let (demo, here) = (all.path().join("demo"), all.path().join("own"));
        fs::create_dir_all(&demo).expect("a folder");
        run("changecast demo", &demo);
        if with_examples {
            fs::create_dir_all(&here).expect("a folder");
            std::os::unix::fs::symlink(project().join("examples"), here.join("examples")).expect("a link");
        } else {
            git2::Repository::init(&here).expect("a repository");
        }
        Folders { demo, here, _all: all }
    }

    /// Runs a command in its folder, and returns what it prints.
    fn run(&mut self, command: &str) -> String {
        if let Some(folder) = command.strip_prefix("cd ") {
            self.here.push(folder);
            assert!(self.here.is_dir(), "{command}");
            return String::new();
        }
        run(command, if command.contains("changecast-demo") { &self.demo } else { &self.here })
    }
}

/// Runs all commands of a page, and compares what it shows of their output. Returns the number of commands.
fn run_page(path: &str, folders: &mut Folders) -> usize {
    let text = page(path);
    let all: Vec<_> = blocks(&text, "console").into_iter().flat_map(commands).collect();
    for (command, expected) in &all {
        let output = folders.run(command);
        let lines: Vec<&str> = output.lines().collect();
        assert!(
            expected.is_empty() || fits(expected, &lines),
            "{path}\n$ {command}\n--- expected by the page\n{}\n--- printed by the program\n{output}",
            expected.join("\n")
        );
    }
    all.len()
}

#[test]
fn the_commands_of_the_readme_print_the_output_shown() {
    let count = run_page("README.md", &mut Folders::new(true));
    assert!(count >= 12, "{count} commands");
}

#[test]
fn the_commands_of_the_guides_print_the_output_shown() {
    for path in ["docs/lists.md", "docs/check.md"] {
        assert!(run_page(path, &mut Folders::new(false)) > 0, "{path}");
    }
}

/// What each example has in place of the first one: its name, the name of its log, what customers read of its pull request,
/// the rules that find something there, and the edit that repairs it.
struct Example {
    name: &'static str,
    origin: &'static str,
    read: &'static str,
    rules: &'static [&'static str],
    repair: &'static str,
}

const EXAMPLES: [Example; 3] = [
    Example {
        name: "markdown-page",
        origin: "heron.example/subprocessors",
        read: "Added Egret Transcripts, Inc.",
        rules: &["placeholder"],
        repair: "sed -i.bak 's/TBC/EU-US Data Privacy Framework/' docs/legal/subprocessors.md && rm docs/legal/*.bak",
    },
    Example {
        name: "tsx-page",
        origin: "marlin.example/subprocessors",
        read: "Added Urchin Logs",
        rules: &["lead-too-short"],
        repair: "sed -i.bak 's/2026-05-20/2026-07-01/' src/app/legal/subprocessors/page.tsx && rm src/app/legal/subprocessors/*.bak",
    },
    Example {
        name: "yaml-list",
        origin: "fernhill.example/subprocessors",
        read: "Relocated Lerche Mail GmbH",
        rules: &["lead-too-short", "third-country"],
        repair: "sed -i.bak 's/2026-05-20/2026-06-15/; /names, e-mail/{n;s/none, .*/SCCs/;}' data/subprocessors.yaml && rm data/*.bak",
    },
];

/// The three companies are published, their pull requests are checked and their logs are followed by the commands of the
/// README. Only names, and the edit that repairs the pull request, differ.
#[test]
fn every_example_is_published_checked_and_followed_by_the_commands_of_the_readme() {
    let readme = readme();
    let first = &EXAMPLES[0];
    assert!(readme.contains(first.repair), "the README repairs the pull request like this: {}", first.repair);
    for example in &EXAMPLES {
        let mut folders = Folders::new(true);
        let (mut checks, mut followed) = (Vec::new(), String::new());
        for (command, _) in blocks(&readme, "console").into_iter().flat_map(commands) {
            let command = command.replace(first.name, example.name).replace(first.origin, example.origin);
            let command = if command == first.repair { example.repair.to_owned() } else { command };
            let output = folders.run(&command);
            if command.starts_with("changecast check") {
                checks.push(output);
            } else if command.starts_with("changecast follow") {
                followed = output;
            }
        }
        let [before, after] = &checks[..] else { panic!("{} checks", checks.len()) };
        assert!(before.contains(example.read) && before.ends_with("do not merge yet\n"), "{}:\n{before}", example.name);
        for rule in example.rules {
            assert!(before.contains(&format!("error[{rule}]")), "{}: {rule}\n{before}", example.name);
        }
        assert!(after.ends_with("nothing prevents the merge\n"), "{}:\n{after}", example.name);
        let name = example.read.split_once(' ').expect("a name").1;
        assert!(followed.contains(name), "{}:\n{followed}", example.name);
    }
}

/// The workflow of an example is the one that `init` writes.
#[test]
fn the_workflows_of_the_examples_are_those_that_init_writes() {
    for (name, ci, files) in [
        ("markdown-page/2026-01-12", "github", &[".github/workflows/changecast.yml"][..]),
        ("tsx-page/2026-01-19", "github", &[".github/workflows/changecast.yml"]),
        ("yaml-list/2026-02-02", "gitlab", &[".gitlab/changecast.yml", ".gitlab-ci.yml"]),
    ] {
        let folder = tempfile::TempDir::new().expect("a folder");
        run(&format!("changecast init --ci {ci}"), folder.path());
        for file in files {
            let path = project().join("examples").join(name).join(file);
            let written = fs::read_to_string(folder.path().join(file)).expect("a workflow");
            if std::env::var_os("CHANGECAST_ACCEPT").is_some() {
                fs::write(&path, &written).expect("a workflow");
            }
            assert_eq!(fs::read_to_string(&path).unwrap_or_default(), written, "{}", path.display());
        }
    }
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
    let lists = page("docs/lists.md");
    let yaml = blocks(&lists, "yaml");
    let config = yaml.iter().find(|block| block.starts_with("publisher:")).expect("a configuration");
    changecast::config::Config::parse("docs/lists.md", config).expect("a valid configuration");
    let check = page("docs/check.md");
    let parts: String = blocks(&check, "yaml").concat();
    let publisher = config.split("lists:").next().expect("the publisher");
    changecast::config::Config::parse("docs/check.md", &format!("{publisher}{parts}")).expect("a valid configuration");
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
}

#[test]
fn links_lead_to_files_and_headings() {
    let pages = ["README.md", "docs/ci.md", "docs/check.md", "docs/lists.md", "docs/hosting.md", "examples/README.md"];
    for path in pages {
        let text = page(path);
        let folder = Path::new(path).parent().expect("a folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { PathBuf::from(path) } else { folder.join(file) };
            assert!(project().join(&target).exists(), "{path} links to {link}");
            let has_heading =
                heading.is_empty() || anchors(&page(&target.display().to_string())).iter().any(|a| a == heading);
            assert!(has_heading, "{path} links to {link}");
        }
    }
}

/// The anchors that GitHub gives to the headings of a page.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter_map(|line| line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")));
    let anchor = |heading: &str| {
        let kept = heading.to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect()
    };
    headings.map(anchor).collect()
}
