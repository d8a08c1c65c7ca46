//! Test repositories with fixed dates, and runs of the program that do not depend on the environment.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
};

use changecast::history::{Branch, FixtureCommit, create_repo};
use changecast_core::{
    ledger::{self, Digest, Encoder, Fetch, FetchError, Pin, Salts, Verified, VerifyError},
    model::{CommitId, Hints, Inventory},
    sign::{PublicKey, Secret, Signer},
};
use tempfile::TempDir;

/// The configuration of one list, `data/list.yaml`.
pub const CONFIG: &str = "\
publisher: {name: Example Ltd, url: 'https://example.com/', email: privacy@example.com, authority: 'example.com,2024'}
base_url: https://example.com/trust/
output: feeds
lists:
- {id: vendors, title: Vendors, inventory: data/list.yaml}
";

/// A temporary directory, and the commits of the repository `repo` in it. The commits are collected
/// first; [`TestRepo::build`] creates the repository.
pub struct TestRepo {
    pub dir: TempDir,
    commits: Vec<FixtureCommit>,
}

/// The time of the first commit. Each further commit is one day later.
pub const BEGIN: i64 = 1_704_103_200; // 2024-01-01T10:00:00Z
pub const DAY: i64 = 86_400;
/// The clock of publications that do not set another one.
pub const NOW: &str = "2030-01-01T00:00:00Z";
/// A month after [`NOW`], and the month after that.
pub const FEBRUARY: &str = "2030-02-01T00:00:00Z";
pub const MARCH: &str = "2030-03-01T00:00:00Z";

/// Where the commands for keys, corrections and audits find the repository, its configuration and its publication.
pub const PLACE: [&str; 6] = ["--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds"];

impl TestRepo {
    /// No commits yet.
    pub fn new() -> Self {
        TestRepo { dir: TempDir::new().expect("a temporary directory"), commits: Vec::new() }
    }

    /// One commit for each version of `data/list.yaml`. The first one adds the configuration [`CONFIG`].
    pub fn of_lists(versions: &[&str]) -> Self {
        let mut repo = TestRepo::new();
        for (at, version) in versions.iter().enumerate() {
            let mut files = vec![("data/list.yaml", Some(*version))];
            if at == 0 {
                files.push(("changecast.yaml", Some(CONFIG)));
            }
            repo = repo.commit(&format!("version {at}"), &files);
        }
        repo
    }

    /// Adds a commit on the main branch. `None` deletes a file.
    pub fn commit(self, message: &str, files: &[(&str, Option<&str>)]) -> Self {
        self.commit_onto(Branch::Main, message, files)
    }

    /// Adds a commit on a branch.
    pub fn commit_onto(mut self, branch: Branch, message: &str, files: &[(&str, Option<&str>)]) -> Self {
        let time = BEGIN + DAY * self.commits.len() as i64;
        let files =
            files.iter().map(|(path, text)| ((*path).to_owned(), text.map(|text| text.as_bytes().to_vec()))).collect();
        self.commits.push(FixtureCommit { time, author: "A. Author".into(), message: message.into(), files, branch });
        self
    }

    /// Changes the commit that was added last.
    pub fn amend(mut self, change: impl FnOnce(&mut FixtureCommit)) -> Self {
        change(self.commits.last_mut().expect("a commit"));
        self
    }

    /// Gives all commits other ids, as a rewrite of the history does.
    pub fn rewrite(&mut self) {
        if let Some(first) = self.commits.first_mut() {
            first.author.push_str(" the second");
        }
    }

    /// A path in the temporary directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Creates the repository `repo`, replacing an earlier one, and returns the ids of its commits.
    pub fn build(&self) -> Vec<CommitId> {
        self.build_first(self.commits.len())
    }

    /// Creates the repository with the first `count` commits only.
    pub fn build_first(&self, count: usize) -> Vec<CommitId> {
        let folder = self.path("repo");
        let git = folder.join(".git");
        if git.exists() {
            fs::remove_dir_all(&git).expect("the old repository");
        }
        create_repo(&folder, &self.commits[..count]).expect("a repository")
    }

    /// The ids of the commits of the repository that was built last, oldest first.
    pub fn ids(&self) -> Vec<CommitId> {
        create_repo(TempDir::new().expect("a temporary directory").path(), &self.commits).expect("a repository")
    }

    /// The committer time of a commit, in seconds since 1970.
    pub fn time_of(&self, n: usize) -> i64 {
        self.commits[n].time
    }

    /// Runs the program in the temporary directory.
    pub fn run(&self, args: &[&str]) -> Ran {
        run_in(self.dir.path(), args, &[])
    }

    /// Runs the program with environment variables.
    pub fn run_with(&self, args: &[&str], env: &[(&str, &str)]) -> Ran {
        run_in(self.dir.path(), args, env)
    }

    /// Writes the test keys `keys/root`, `keys/release` and `keys/other`, with their `.pub` files.
    pub fn keys(&self) {
        self.keys_of(&["root", "release", "other"]);
    }

    /// Writes test keys with these names below `keys/`, with their `.pub` files.
    pub fn keys_of(&self, names: &[&str]) {
        fs::create_dir_all(self.path("keys")).expect("a folder for keys");
        for name in names {
            let secret = key(name);
            let path = self.path(&format!("keys/{name}"));
            fs::write(&path, secret.to_openssh(None).expect("a key")).expect("a key file");
            #[cfg(unix)]
            fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("permissions");
            fs::write(self.path(&format!("keys/{name}.pub")), format!("{}\n", secret.public())).expect("a key file");
        }
    }

    /// Runs `publish` with both keys; the output directory is `feeds`.
    pub fn publish(&self, more: &[&str]) -> Ran {
        self.keys();
        let mut args = vec!["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds"];
        args.extend(["--key", "keys/release", "--root-key", "keys/root"]);
        if !more.contains(&"--now") {
            args.extend(["--now", NOW]);
        }
        args.extend(more);
        self.run(&args)
    }

    /// Runs `correct` on `feeds` with the release key.
    pub fn correct(&self, seq: &str, reason: &str) -> Ran {
        let place =
            ["--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--key", "keys/release"];
        self.run(&[&["correct", seq, "--reason", reason, "--list", "vendors", "--now", NOW], &place[..]].concat())
    }

    /// Runs `verify` on `feeds`, with the public root key.
    pub fn verify(&self) -> Ran {
        self.run(&["verify", "feeds", "--root", "keys/root.pub"])
    }

    /// All files below a folder, with their paths in it, in sorted order.
    pub fn files(&self, name: &str) -> Vec<(String, Vec<u8>)> {
        files_below(&self.path(name))
    }
}

/// The test key of this name; the same in every run.
pub fn key(name: &str) -> Secret {
    Secret::from_seed(&Digest::of(name.as_bytes()).bytes(), name)
}

/// All files below a folder, with their paths in it, in sorted order.
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

/// A completed run of the program.
#[derive(Debug)]
pub struct Ran {
    /// The exit status.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// Asserts the exit status.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    /// Asserts the exit status, and that standard error contains each of the texts.
    #[track_caller]
    pub fn fails(self, code: i32, texts: &[&str]) {
        let ran = self.expect(code);
        for text in texts {
            assert!(ran.err.contains(text), "{text:?} is missing in:\n{}", ran.err);
        }
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
    }

    /// Standard output as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).expect("JSON")
    }
}

/// A proxy that does not exist, on this computer: no test reaches the network.
pub const NO_NETWORK: (&str, &str) = ("HTTPS_PROXY", "http://127.0.0.1:9");

/// Runs the program with these environment variables only: without HOME, locale, git configuration and network.
pub fn run_in(dir: &Path, args: &[&str], env: &[(&str, &str)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_changecast"));
    command.args(args).current_dir(dir).env_clear().envs([NO_NETWORK]).envs(env.iter().copied());
    let Output { status, stdout, stderr } = command.output().expect("the program");
    Ran {
        code: status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&stdout).into_owned(),
        err: String::from_utf8_lossy(&stderr).into_owned(),
    }
}

/// The files of a published list, as a source for verification.
#[derive(Clone, Debug, Default)]
pub struct PublishedFiles(pub BTreeMap<String, Vec<u8>>);

impl PublishedFiles {
    /// The files in the folder of a list.
    pub fn read(folder: &Path) -> Self {
        PublishedFiles(files_below(folder).into_iter().collect())
    }

    /// Whether they verify against the root key of the tests.
    pub fn verify(&self) -> Result<Verified, VerifyError> {
        let root = PublicKey::parse("pin", &key("root").public().to_string()).expect("a key");
        ledger::verify(self, &Pin { root, origin: None })
    }
}

impl Fetch for PublishedFiles {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, FetchError> {
        Ok(self.0.get(path).cloned())
    }

    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, FetchError> {
        let names = self.0.keys().filter_map(|path| path.strip_prefix(folder)?.strip_prefix('/'));
        Ok(Some(names.map(str::to_owned).collect()))
    }
}

/// The digest of an inventory as a list of the log. Equal lists have equal digests.
pub fn list_digest(inventory: &Inventory) -> Digest {
    let salts = Salts::derive(&Signer::Secret(key("release")), &"example.com/list".parse().expect("an origin"));
    let mut inventory = inventory.clone();
    // Hints help to match entries, and changes do not contain them.
    for entry in &mut inventory.entries {
        Arc::make_mut(entry).hints = Hints::default();
    }
    let list = Encoder::default().encode(&inventory, None, &salts.expect("salts"), 0);
    list.expect("a list").state()
}
