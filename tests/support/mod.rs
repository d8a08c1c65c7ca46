//! Repositories with fixed dates, and the program run on them without anything of this machine.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use changecast::{
    history::{Branch, FixtureCommit, create_repo},
    ledger::Digest,
};
use changecast_core::{model::CommitId, sign::Secret};
use tempfile::TempDir;

/// The configuration of one list, `data/list.yaml`.
pub const CONFIG: &str = "\
publisher: {name: Example Ltd, url: 'https://example.com/', email: privacy@example.com, authority: 'example.com,2024'}
base_url: https://example.com/trust/
output: feeds
lists:
- {id: vendors, title: Vendors, inventory: data/list.yaml}
";

/// A history that is being written, and a directory for it.
pub struct Story {
    pub dir: TempDir,
    commits: Vec<FixtureCommit>,
}

/// The first commit of a story is made at this time; each further one a day later.
pub const BEGIN: i64 = 1_704_103_200; // 2024-01-01T10:00:00Z
pub const DAY: i64 = 86_400;

impl Story {
    pub fn new() -> Self {
        Story { dir: TempDir::new().expect("a temporary directory"), commits: Vec::new() }
    }

    /// A story of one list, with a configuration.
    pub fn of_lists(versions: &[&str]) -> Self {
        let mut story = Story::new();
        for (at, version) in versions.iter().enumerate() {
            let mut files = vec![("data/list.yaml", Some(*version))];
            if at == 0 {
                files.push(("changecast.yaml", Some(CONFIG)));
            }
            story = story.commit(&format!("version {at}"), &files);
        }
        story
    }

    pub fn commit(self, message: &str, files: &[(&str, Option<&str>)]) -> Self {
        self.commit_onto(Branch::Main, message, files)
    }

    pub fn commit_onto(mut self, branch: Branch, message: &str, files: &[(&str, Option<&str>)]) -> Self {
        let time = BEGIN + DAY * self.commits.len() as i64;
        let files =
            files.iter().map(|(path, text)| ((*path).to_owned(), text.map(|text| text.as_bytes().to_vec()))).collect();
        self.commits.push(FixtureCommit { time, author: "A. Author".into(), message: message.into(), files, branch });
        self
    }

    /// Changes the last commit before it is made.
    pub fn amend(mut self, change: impl FnOnce(&mut FixtureCommit)) -> Self {
        change(self.commits.last_mut().expect("a commit"));
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Makes the repository `repo` in the story's directory, anew.
    pub fn build(&self) -> Vec<CommitId> {
        self.build_first(self.commits.len())
    }

    /// Makes the repository with the first commits only.
    pub fn build_first(&self, count: usize) -> Vec<CommitId> {
        let repo = self.path("repo");
        let git = repo.join(".git");
        if git.exists() {
            fs::remove_dir_all(&git).expect("the old repository");
        }
        create_repo(&repo, &self.commits[..count]).expect("a repository")
    }

    /// Runs the program in the story's directory.
    pub fn run(&self, args: &[&str]) -> Ran {
        run_in(self.dir.path(), args, &[])
    }

    pub fn run_with(&self, args: &[&str], env: &[(&str, &str)]) -> Ran {
        run_in(self.dir.path(), args, env)
    }

    /// Writes the keys of the tests: `keys/root`, `keys/release`, with their `.pub`.
    pub fn keys(&self) {
        fs::create_dir_all(self.path("keys")).expect("a folder for keys");
        for name in ["root", "release", "other"] {
            let secret = key(name);
            fs::write(self.path(&format!("keys/{name}")), secret.to_openssh(None).expect("a key")).expect("a key file");
            fs::write(self.path(&format!("keys/{name}.pub")), format!("{}\n", secret.public())).expect("a key file");
        }
    }

    /// `publish` with both keys into `feeds`.
    pub fn publish(&self, more: &[&str]) -> Ran {
        self.keys();
        let mut args = vec!["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds"];
        args.extend(["--key", "keys/release", "--root-key", "keys/root"]);
        args.extend(more);
        self.run(&args)
    }

    pub fn verify(&self) -> Ran {
        self.run(&["verify", "feeds", "--root", "keys/root.pub"])
    }

    /// All files below a folder, with their bytes.
    pub fn files(&self, name: &str) -> Vec<(String, Vec<u8>)> {
        files_below(&self.path(name))
    }
}

/// A key that is the same in every run.
pub fn key(name: &str) -> Secret {
    Secret::from_seed(&Digest::of(name.as_bytes()).bytes(), name)
}

pub fn files_below(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).expect("below the root").display().to_string();
                files.push((name, fs::read(&path).expect("a file")));
            }
        }
    }
    files.sort();
    files
}

/// A finished run of the program.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    /// The run failed with this code, and said this.
    #[track_caller]
    pub fn fails(self, code: i32, says: &[&str]) {
        let ran = self.expect(code);
        for words in says {
            assert!(ran.err.contains(words), "{words:?} is missing in:\n{}", ran.err);
        }
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).expect("JSON")
    }
}

/// Runs the program with no environment but the one given: no HOME, no locale, no git configuration.
pub fn run_in(dir: &Path, args: &[&str], env: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_changecast"));
    command.args(args).current_dir(dir).env_clear().envs(env.iter().copied());
    let Output { status, stdout, stderr } = command.output().expect("the program");
    Ran {
        code: status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&stdout).into_owned(),
        err: String::from_utf8_lossy(&stderr).into_owned(),
    }
}
