//! Repositories with damaged files: every command ends in time with a message, whatever libgit2 would do with the file.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::support::{TestRepo, files_below, run_in};

const VERSIONS: [&str; 3] = [
    "entries:\n- {name: Nordhaven, location: Finland}\n",
    "entries:\n- {name: Nordhaven, location: Germany}\n- {name: Kestrel, location: Norway}\n",
    "entries:\n- {name: Nordhaven, location: Spain}\n- {name: Kestrel, location: Norway}\n",
];

/// The longest time that a command may take. It needs a hundredth of this.
const LIMIT: Duration = Duration::from_secs(20);

const LOG: &[&str] = &["log", "--repo", "repo", "--inventory", "data/list.yaml"];
const PUBLISH: &[&str] = &[
    "publish", "--repo", "repo", "--config", "changecast.yaml", "--output", "feeds", "--key", "keys/release",
    "--root-key", "keys/root", "--now", "2030-01-01T00:00:00Z",
];
const CHECK: &[&str] =
    &["check", "HEAD~1", "--repo", "repo", "--config", "changecast.yaml", "--now", "2030-01-01T00:00:00Z"];
const SHOW: &[&str] = &["show", "--repo", "repo", "--inventory", "data/list.yaml"];

/// A repository with loose objects, and a copy of its configuration outside of git.
fn repository() -> TestRepo {
    let repo = TestRepo::of_lists(&VERSIONS);
    repo.build();
    repo.keys();
    fs::copy(repo.path("repo/changecast.yaml"), repo.path("changecast.yaml")).expect("a configuration");
    repo
}

/// The same in one pack.
fn packed() -> TestRepo {
    let repo = repository();
    git(&repo, &["repack", "-q", "-a", "-d"]);
    repo
}

fn git(repo: &TestRepo, args: &[&str]) {
    let status = Command::new("git").args(args).current_dir(repo.path("repo")).status().expect("git");
    assert!(status.success(), "git {args:?}");
}

/// The only file of the pack folder with this extension.
fn pack_file(repo: &TestRepo, extension: &str) -> PathBuf {
    let folder = repo.path("repo/.git/objects/pack");
    let mut files = fs::read_dir(folder).expect("packs").map(|entry| entry.expect("an entry").path());
    files.find(|path| path.extension().is_some_and(|found| found == extension)).expect("a pack")
}

/// Replaces a file, which may be read-only.
fn put(path: &Path, bytes: &[u8]) {
    let _ = fs::remove_file(path);
    fs::write(path, bytes).expect("a file");
}

/// Runs a command, and asserts that it ends with a status and without a panic. Returns the status and the messages.
#[track_caller]
fn end_of(repo: &TestRepo, args: &[&str], damage: &str) -> (i32, String) {
    let _ = fs::remove_dir_all(repo.path("feeds"));
    let messages = repo.path("messages");
    let child = Command::new(env!("CARGO_BIN_EXE_changecast"))
        .args(args)
        .current_dir(repo.dir.path())
        .env_clear()
        .stdout(Stdio::null())
        .stderr(fs::File::create(&messages).expect("a file"))
        .spawn()
        .expect("the program");
    let status = wait(child, &format!("{damage}: {}", args[0]));
    let messages = fs::read_to_string(&messages).expect("messages");
    let status = status.unwrap_or_else(|| panic!("{damage}: {} ends with a signal: {messages}", args[0]));
    assert!((0..=3).contains(&status) && !messages.contains("panicked"), "{damage}: {}: {messages}", args[0]);
    assert!(status == 0 || messages.contains("error: ") || messages.contains("warning: "), "{damage}: {messages}");
    (status, messages)
}

/// Waits for the end of a program; `None` if a signal ended it.
fn wait(mut child: Child, what: &str) -> Option<i32> {
    let begin = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a status") {
            return status.code();
        }
        if begin.elapsed() > LIMIT {
            let _ = child.kill();
            panic!("{what} does not end");
        }
        thread::sleep(Duration::from_millis(2));
    }
}

#[test]
fn loose_objects_that_are_cut_are_named() {
    let repo = repository();
    let objects = repo.path("repo/.git/objects");
    let mut named = 0;
    for (name, good) in files_below(&objects) {
        let path = objects.join(&name);
        for cut in [0, 1, good.len() / 2, good.len() - 1] {
            put(&path, &good[..cut]);
            for args in [LOG, PUBLISH, CHECK, SHOW] {
                let (status, messages) = end_of(&repo, args, &format!("{name} cut to {cut} bytes"));
                let id = name.replace('/', "");
                named += usize::from(status == 2 && messages.contains(&id) && messages.contains("git fsck"));
            }
        }
        put(&path, &good);
        for args in [LOG, PUBLISH, CHECK, SHOW] {
            assert_eq!(end_of(&repo, args, "nothing").0, 0, "{}", args[0]);
        }
    }
    assert!(named > 100, "{named} messages name the object");
}

#[test]
fn a_pack_with_a_damaged_header_or_without_its_end_is_a_message() {
    let repo = packed();
    let pack = pack_file(&repo, "pack");
    let good = fs::read(&pack).expect("a pack");
    let header = (0..12).chain((12..good.len()).step_by(37));
    for at in header {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        put(&pack, &bad);
        for args in [LOG, PUBLISH] {
            end_of(&repo, args, &format!("byte {at} of the pack"));
        }
    }
    for cut in [0, 1, 12, 20, 100, good.len() / 2, good.len() - 20, good.len() - 1] {
        put(&pack, &good[..cut]);
        for args in [LOG, PUBLISH, CHECK] {
            assert_eq!(end_of(&repo, args, &format!("a pack of {cut} bytes")).0, 2, "{cut} {}", args[0]);
        }
    }
}

/// The positions to damage: all those of the places of objects, and some of the others.
fn positions(length: usize, places: std::ops::Range<usize>) -> impl Iterator<Item = usize> {
    (0..length).filter(move |at| places.contains(at) || at % 53 == 0)
}

#[test]
fn an_index_that_names_places_outside_of_its_pack_is_a_message() {
    let repo = packed();
    let index = pack_file(&repo, "idx");
    let good = fs::read(&index).expect("an index");
    let places = (good.len() - 120, good.len() - 40);
    let mut found = 0;
    for at in positions(good.len(), places.0..places.1) {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        put(&index, &bad);
        for args in [LOG, PUBLISH] {
            let (_, messages) = end_of(&repo, args, &format!("byte {at} of the index"));
            found += usize::from(messages.contains("outside of its pack") && messages.contains("git fsck"));
        }
    }
    assert!(found > 20, "{found} messages");
    for cut in [0, 1, 8, 1031, 1032, 1100, good.len() / 2, good.len() - 1] {
        put(&index, &good[..cut]);
        for args in [LOG, PUBLISH] {
            assert_eq!(end_of(&repo, args, &format!("an index of {cut} bytes")).0, 2, "{cut}");
        }
    }
}

#[test]
fn an_index_of_several_packs_that_is_damaged_is_a_message() {
    let repo = packed();
    git(&repo, &["multi-pack-index", "write"]);
    let index = repo.path("repo/.git/objects/pack/multi-pack-index");
    assert_eq!(end_of(&repo, LOG, "nothing").0, 0);
    let good = fs::read(&index).expect("an index");
    for at in positions(good.len(), good.len() - 120..good.len() - 20) {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        put(&index, &bad);
        for args in [LOG, PUBLISH] {
            end_of(&repo, args, &format!("byte {at} of the index"));
        }
    }
    for cut in [0, 11, 12, 60, good.len() / 2, good.len() - 21] {
        put(&index, &good[..cut]);
        end_of(&repo, LOG, &format!("an index of {cut} bytes"));
    }
}

#[test]
fn damaged_references_and_a_damaged_staging_area_are_messages() {
    let repo = packed();
    git(&repo, &["pack-refs", "--all"]);
    let references = repo.path("repo/.git/packed-refs");
    let good = fs::read(&references).expect("references");
    let texts: [&[u8]; 5] = [b"", b"# pack-refs with: peeled\nzz", &good[..good.len() / 2], b"\0\0\0\0", b"^^^^\n"];
    for text in texts {
        put(&references, text);
        for args in [LOG, PUBLISH] {
            assert_eq!(end_of(&repo, args, "packed-refs").0, 2, "{text:?} {}", args[0]);
        }
        // A list may be checked before the first commit.
        end_of(&repo, CHECK, "packed-refs");
    }
    put(&references, &good);
    // Only a key inside of the repository is looked up in the staging area.
    fs::rename(repo.path("keys"), repo.path("repo/keys")).expect("keys");
    fs::write(repo.path("repo/.git/index"), b"DIRC\0\0\0\x02\0\xff\xff\xffcut").expect("an index");
    let args: Vec<String> = PUBLISH.iter().map(|arg| arg.replace("keys/", "repo/keys/")).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let ran = run_in(repo.dir.path(), &args, &[]);
    ran.fails(2, &["git: ", "git fsck"]);
}
