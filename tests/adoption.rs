//! The ways into a company: the action of GitHub, the template of GitLab, archives and their installation.
//!
//! The shell of both forges runs in a repository with a bare remote. A program called `gh` records what it was asked.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use serde_yaml::Value;

use crate::support::{Ran, TestRepo, key};

const LIST: &str = "entries:\n- {name: Nordhaven, purpose: Hosting, location: Germany}\n";
const ADDED: &str = "- {name: Plinth Logs, purpose: Log storage, location: TBC}\n";

fn project(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text(path: &str) -> String {
    fs::read_to_string(project(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn yaml(path: &str) -> Value {
    let text = text(path).replace("{repository}", env!("CARGO_PKG_REPOSITORY"));
    serde_yaml::from_str(&text.replace("{version}", env!("CARGO_PKG_VERSION"))).expect("YAML")
}

/// A clone with a bare remote `origin`, on a branch with one more commit than main.
struct Checkout {
    repo: TestRepo,
}

impl Checkout {
    fn new(after: &str) -> Self {
        let repo = TestRepo::of_lists(&[LIST]);
        repo.build();
        let clone = Checkout { repo };
        clone.git("", &["clone", "--quiet", "--bare", "repo", "origin.git"]);
        clone.git("", &["clone", "--quiet", "origin.git", "clone"]);
        clone.git("clone", &["switch", "--quiet", "--create", "change"]);
        fs::write(clone.repo.path("clone/data/list.yaml"), after).expect("a file");
        clone.git("clone", &["commit", "--quiet", "--all", "--message", "A change"]);
        fs::create_dir(clone.repo.path("bin")).expect("a folder");
        fs::create_dir(clone.repo.path("runner")).expect("a folder");
        clone.program(
            "gh",
            "printf '%s\\n' \"$*\" >> ../gh.log\ncase \"$*\" in *--jq*) cat ../gh.answer 2>/dev/null || true ;; esac",
        );
        clone
    }

    fn program(&self, name: &str, body: &str) {
        let path = self.repo.path(&format!("bin/{name}"));
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("a program");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("permissions");
    }

    fn git(&self, folder: &str, args: &[&str]) -> String {
        let ran = self.run(folder, "git", args, &[]);
        assert_eq!(ran.code, 0, "git {args:?}: {}{}", ran.out, ran.err);
        ran.out
    }

    fn run(&self, folder: &str, program: &str, args: &[&str], env: &[(&str, &str)]) -> Ran {
        let built = PathBuf::from(env!("CARGO_BIN_EXE_changecast"));
        let built = built.parent().expect("its folder").display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        let dir = self.repo.path(folder);
        let output = Command::new(program)
            .args(args)
            .current_dir(&dir)
            .env_clear()
            .env("PATH", format!("{}:{built}:{path}", self.repo.path("bin").display()))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "A")
            .env("GIT_AUTHOR_EMAIL", "a@example.com")
            .env("GIT_COMMITTER_NAME", "A")
            .env("GIT_COMMITTER_EMAIL", "a@example.com")
            .env("HOME", self.repo.path("runner"))
            .env("RUNNER_TEMP", self.repo.path("runner"))
            .envs(env.iter().copied())
            .output()
            .expect("a program");
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs the step of action.yml with this name, with the defaults of its inputs.
    fn step(&self, name: &str, event: &[(&str, &str)]) -> Ran {
        let action = yaml("action.yml");
        let steps = action["runs"]["steps"].as_sequence().expect("steps");
        let step = steps.iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("no step {name}"));
        let action_path = env!("CARGO_MANIFEST_DIR").to_owned();
        let mut env: Vec<(String, String)> = Vec::new();
        for (variable, value) in step["env"].as_mapping().expect("an environment") {
            let mut value = value.as_str().expect("a text").to_owned();
            for (input, about) in action["inputs"].as_mapping().expect("inputs") {
                let default = about["default"].as_str().expect("a default");
                value = value.replace(&format!("${{{{ inputs.{} }}}}", input.as_str().expect("a name")), default);
            }
            value = value.replace("${{ github.action_path }}", &action_path);
            value = value.replace("${{ github.event.pull_request.number }}", "7");
            value = value.replace("${{ github.token }}", "a-token");
            assert!(!value.contains("${{"), "{value}");
            env.push((variable.as_str().expect("a name").to_owned(), value));
        }
        for (name, file) in [("GITHUB_OUTPUT", "output"), ("GITHUB_STEP_SUMMARY", "summary"), ("GITHUB_PATH", "path")] {
            env.push((name.to_owned(), self.repo.path(file).display().to_string()));
        }
        env.push(("GITHUB_REPOSITORY".to_owned(), "example/site".to_owned()));
        let mut env: Vec<(&str, &str)> = env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        env.extend(event);
        self.run("clone", "bash", &["-c", step["run"].as_str().expect("a command")], &env)
    }

    fn merge(&self) {
        self.git("clone", &["switch", "--quiet", "main"]);
        self.git("clone", &["merge", "--quiet", "change"]);
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.repo.path(name)).unwrap_or_default()
    }
}

fn secret(name: &str) -> String {
    key(name).to_openssh(None).expect("a key").to_string()
}

#[test]
fn the_action_annotates_a_pull_request_and_keeps_one_comment() {
    let clone = Checkout::new(&format!("{LIST}{ADDED}"));
    let request = [("GITHUB_BASE_REF", "main")];
    let ran = clone.step("Check", &request).expect(1);
    assert!(ran.out.contains("::error file=data/list.yaml,line=3,endLine=3,"), "{}", ran.out);
    assert!(clone.file("summary").contains("Added Plinth Logs"), "{}", clone.file("summary"));
    assert_eq!(clone.file("output"), "status=1\n");
    let asked = clone.file("gh.log");
    assert!(asked.contains("--method POST repos/example/site/issues/7/comments"), "{asked}");
    assert!(asked.contains("body=<!-- changecast check -->\n## changecast check:"), "{asked}");
    // The second run changes the comment of the first one.
    fs::write(clone.repo.path("gh.answer"), "41\n42\n").expect("a file");
    clone.step("Check", &request).expect(1);
    assert!(clone.file("gh.log").contains("--method PATCH repos/example/site/issues/comments/41"));
    // The token of a fork may only read: the job says so, and the result is the same.
    clone.program("gh", "exit 1");
    let ran = clone.step("Check", &request).expect(1);
    assert!(ran.out.contains("::notice::cannot write a comment"), "{}", ran.out);
    fs::write(clone.repo.path("clone/data/list.yaml"), LIST.replace("Germany", "France")).expect("a file");
    clone.step("Check", &request).expect(0);
}

#[test]
fn the_action_continues_the_log_on_its_branch() {
    let clone = Checkout::new(&format!("{LIST}{}", ADDED.replace("TBC", "France")));
    let (release, root) = (secret("release"), secret("root"));
    let keys = [("CHANGECAST_KEY", release.as_str())];
    // Without the root key, no log begins and nothing is pushed.
    clone.git("clone", &["switch", "--quiet", "main"]);
    let ran = clone.step("Publish", &keys).expect(2);
    assert!(ran.err.contains("root key"), "{}", ran.err);
    clone.step("Publish", &[keys[0], ("CHANGECAST_ROOT_KEY", root.as_str())]).expect(0);
    let files = clone.git("", &["-C", "origin.git", "ls-tree", "-r", "--name-only", "gh-pages"]);
    assert!(files.contains("vendors/log/000001.json.sig") && files.contains(".nojekyll"), "{files}");
    let ran = clone.step("Publish", &keys).expect(0);
    assert!(ran.out.contains("nothing to push"), "{}{}", ran.out, ran.err);
    clone.merge();
    clone.step("Publish", &keys).expect(0);
    assert_eq!(clone.git("", &["-C", "origin.git", "rev-list", "--count", "gh-pages"]), "2\n");
    assert_eq!(clone.git("clone", &["status", "--porcelain"]), "", "the work tree and its index are untouched");
    assert!(clone.file("output").contains("status=0\nfolder="), "{}", clone.file("output"));
    clone.git("", &["clone", "--quiet", "--branch", "gh-pages", "origin.git", "feeds"]);
    clone.repo.keys();
    let verified = clone.repo.run(&["verify", "feeds", "--root", "keys/root.pub"]).expect(0);
    assert!(verified.err.contains("up to release 2"), "{}", verified.err);
    // A remote that does not answer is no reason to start a new log.
    clone.git("clone", &["remote", "set-url", "origin", "../nowhere.git"]);
    let ran = clone.step("Publish", &[keys[0], ("CHANGECAST_ROOT_KEY", root.as_str())]);
    assert!(ran.code > 2 && !ran.err.contains("written"), "{}{}", ran.out, ran.err);
}

#[test]
fn the_jobs_of_gitlab_check_and_continue_the_log_on_their_branch() {
    let clone = Checkout::new(&format!("{LIST}{ADDED}"));
    let template = yaml("data/init/gitlab.yml");
    let job = |name: &str, env: &[(&str, &str)]| {
        let script = template[name]["script"][0].as_str().expect("a script");
        let before = template[".changecast"]["before_script"][0].as_str().filter(|_| name != "changecast-status");
        let before = before.unwrap_or_default();
        let common = [("CHANGECAST_BRANCH", "changecast-pages"), ("CHANGECAST_REMOTE", "../origin.git")];
        let project = [("CI_SERVER_HOST", "gitlab.example.com"), ("CI_PROJECT_PATH", "legal/site")];
        let commit = [("CI_COMMIT_SHORT_SHA", "abc")];
        let env = [&common[..], &project, &commit, env].concat();
        clone.run("clone", "sh", &["-ec", &format!("{before}\n{script}")], &env)
    };
    let base = clone.git("clone", &["rev-parse", "origin/main"]);
    let ran = job("changecast-check", &[("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.trim())]).expect(1);
    assert!(ran.out.contains("error[placeholder]"), "{}", ran.out);
    assert!(clone.file("clone/changecast-quality.json").contains("placeholder"));
    clone.merge();
    let (release, root) = (secret("release"), secret("root"));
    let first = [("CHANGECAST_KEY", release.as_str()), ("CHANGECAST_ROOT_KEY", root.as_str())];
    job("pages", &first[..1]).expect(1);
    job("pages", &first).expect(0);
    job("pages", &first[..1]).expect(0);
    assert_eq!(clone.git("", &["-C", "origin.git", "rev-list", "--count", "changecast-pages"]), "1\n");
    clone.git("clone", &["commit", "--quiet", "--all", "--allow-empty", "--message", "Nothing"]);
    fs::write(clone.repo.path("clone/data/list.yaml"), LIST).expect("a file");
    clone.git("clone", &["commit", "--quiet", "--all", "--message", "Remove"]);
    job("pages", &first[..1]).expect(0);
    job("changecast-status", &[]).expect(0);
    assert_eq!(clone.git("", &["-C", "origin.git", "rev-list", "--count", "changecast-pages"]), "2\n");
    // A newest version that cannot be read does not keep the pages from being deployed; another job fails.
    fs::write(clone.repo.path("clone/data/list.yaml"), "entries: [").expect("a file");
    clone.git("clone", &["commit", "--quiet", "--all", "--message", "Break"]);
    job("pages", &first[..1]).expect(0);
    job("changecast-status", &[]).expect(1);
    clone.repo.keys();
    clone.repo.run(&["verify", "clone/public", "--root", "keys/root.pub"]).expect(0);
}

/// The archive of the program under test, packed as the release workflow packs it, is what the action installs.
#[test]
fn an_archive_is_complete_and_the_action_installs_it() {
    let clone = Checkout::new(LIST.trim_end());
    let version = env!("CARGO_PKG_VERSION");
    let name = format!("changecast-v{version}-x86_64-unknown-linux-musl");
    let pack = project("packaging/archive.sh").display().to_string();
    // A debug build is too large to be packed in a test.
    clone.program("small", &format!("exec {} \"$@\"", env!("CARGO_BIN_EXE_changecast")));
    let arguments = [&pack, "bin/small", "x86_64-unknown-linux-musl", &format!("releases/v{version}")];
    clone.run("", "bash", &arguments, &[]).expect(0);
    let archive = clone.repo.path(&format!("releases/v{version}/{name}.tar.gz"));
    let bytes = fs::read(&archive).expect("an archive");
    clone.run("", "bash", &arguments, &[]).expect(0);
    assert!(fs::read(&archive).expect("an archive") == bytes, "the same binary gives the same archive");
    let listed = clone.run("", "tar", &["-tzf", &archive.display().to_string()], &[]).expect(0).out;
    for file in
        ["changecast", "LICENSE", "README.md", "man/changecast.1", "man/changecast-check.1", "completions/_changecast"]
    {
        assert!(listed.lines().any(|line| line == format!("{name}/{file}")), "{file}: {listed}");
    }
    let sums =
        clone.run(&format!("releases/v{version}"), "sh", &["-c", "sha256sum changecast-*.tar.gz"], &[]).expect(0);
    fs::write(clone.repo.path(&format!("releases/v{version}/SHA256SUMS")), &sums.out).expect("a file");
    let releases = format!("file://{}", clone.repo.path("releases").display());
    let from = [("CHANGECAST_RELEASES", releases.as_str()), ("VERSION", version)];
    if (std::env::consts::ARCH, std::env::consts::OS) == ("x86_64", "linux") {
        let ran = clone.step("Install changecast", &from).expect(0);
        assert!(ran.out.contains(&format!("changecast {version}")), "{}", ran.out);
        let folder = clone.file("path");
        assert!(Path::new(folder.trim()).join("changecast").exists(), "{folder}");
        // An archive that was changed is refused.
        fs::write(&archive, [&bytes[..], b"x"].concat()).expect("an archive");
        assert!(clone.step("Install changecast", &from).code != 0);
        let other = [from[0], ("VERSION", "9.9.9")];
        let ran = clone.step("Install changecast", &other).expect(1);
        assert!(ran.out.contains("::error::cannot download"), "{}", ran.out);
    }
}

/// The targets in the matrix of the release workflow.
fn targets() -> Vec<String> {
    let release = yaml(".github/workflows/release.yml");
    let matrix = release["jobs"]["build"]["strategy"]["matrix"]["include"].as_sequence().expect("a matrix").clone();
    matrix.iter().map(|row| row["target"].as_str().expect("a target").to_owned()).collect()
}

#[test]
fn every_way_to_install_names_the_archives_of_the_release() {
    let version = env!("CARGO_PKG_VERSION");
    let repository = env!("CARGO_PKG_REPOSITORY");
    let archive =
        |target: &str| format!("{repository}/releases/download/v{version}/changecast-v{version}-{target}.tar.gz");
    // The name of an archive is that of packaging/archive.sh.
    assert!(text("packaging/archive.sh").contains("name=changecast-v${version#changecast }-$target\n"));
    // cargo binstall.
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(project(""))
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let own = packages.iter().find(|package| package["name"] == "changecast").expect("our package");
    let binstall = &own["metadata"]["binstall"];
    let filled = |template: &serde_json::Value, target: &str| {
        let text = template.as_str().expect("a text").replace("{ repo }", repository).replace("{ version }", version);
        text.replace("{ target }", target).replace("{ bin }", "changecast").replace("{ binary-ext }", "")
    };
    for target in targets() {
        assert_eq!(filled(&binstall["pkg-url"], &target), archive(&target));
        assert_eq!(filled(&binstall["bin-dir"], &target), format!("changecast-v{version}-{target}/changecast"));
    }
    for (target, row) in binstall["overrides"].as_object().expect("overrides") {
        let built = targets().into_iter().find(|built| filled(&row["pkg-url"], target) == archive(built));
        let built = built.unwrap_or_else(|| panic!("the archive for {target} is not built"));
        assert_eq!(filled(&row["bin-dir"], target), format!("changecast-v{version}-{built}/changecast"));
    }
    // Homebrew.
    let folder = tempfile::TempDir::new().expect("a folder");
    let sums: String = targets()
        .iter()
        .enumerate()
        .map(|(at, target)| format!("{at:064x}  changecast-v{version}-{target}.tar.gz\n"))
        .collect();
    fs::write(folder.path().join("SHA256SUMS"), sums).expect("a file");
    let formula = Command::new("bash")
        .arg(project("packaging/formula.sh"))
        .args([version, "SHA256SUMS"])
        .current_dir(folder.path())
        .output()
        .expect("a formula");
    let formula = String::from_utf8(formula.stdout).expect("UTF-8");
    for (at, target) in targets().iter().enumerate() {
        let lines = format!("url \"{}\"\n      sha256 \"{at:064x}\"", archive(target));
        assert!(formula.contains(&lines), "{target}:\n{formula}");
    }
    assert!(!formula.contains("{version}") && !formula.contains("{sha256"), "{formula}");
    // The installation of the action, and the template of GitLab.
    let install = text("action/install.sh");
    for target in targets() {
        assert!(install.contains(&format!("target={target} ;;")), "action/install.sh does not name {target}");
    }
    let gitlab = yaml("data/init/gitlab.yml");
    let archive_name = gitlab[".changecast"]["variables"]["CHANGECAST_ARCHIVE"].as_str().expect("a name");
    assert!(targets().iter().any(|target| archive_name == format!("changecast-v{version}-{target}")), "{archive_name}");
}

#[test]
fn every_address_of_the_project_is_that_of_the_manifest() {
    let repository = env!("CARGO_PKG_REPOSITORY");
    for path in ["packaging/changecast.rb", "Containerfile", "README.md"] {
        for rest in text(path).split("https://github.com/").skip(1) {
            let own = repository.trim_start_matches("https://github.com/");
            let address = rest.split(['"', ')', ' ', '\n', '`']).next().unwrap_or_default();
            let is_own =
                address.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.', '@']));
            assert!(is_own || !address.contains("changecast"), "{path}: {address}");
        }
    }
}
