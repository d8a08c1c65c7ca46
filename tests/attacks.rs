//! The table of attacks: who can do what to a published log, and what each verifier says.
//!
//! `tests/attacks.tsv` has one row for each attack: the attacker's power, the action, and the exit statuses of `verify`,
//! `verify.sh`, `follow` and `audit --repo`. `CHANGECAST_ACCEPT=1` writes the statuses of today, except those of `verify.sh`; review
//! the differences. With `CHANGECAST_ATTACKS=DIR`, the attacked logs are written as test vectors, for
//! `tests/external/verify_sh.py`.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::LazyLock};

use changecast::{
    follow::{self, Polled, Remote, State, Validator},
    history::History,
    publish::{self, ListsBefore},
};
use changecast_core::{
    ledger::{self, Bodies, Digest, Fetch, FetchError, Json, Pin, canonical, layout::Path},
    sign::{Namespace, PublicKey, Signer},
};

use crate::support::{CONFIG, PublishedFiles, TestRepo, key};

const VERSIONS: [&str; 4] = [
    "entries:\n- {name: Nordhaven, location: Finland}\n- {name: Kestrel, location: Norway}\n",
    "entries:\n- {name: Nordhaven, location: Germany}\n- {name: Kestrel, location: Norway}\n",
    "entries:\n- {name: Nordhaven, location: Germany}\n",
    "entries:\n- {name: Nordhaven, location: Italy}\n- {name: Ferret, location: Ireland}\n",
];
const DOCTORED: &str = "entries:\n- {name: Nordhaven, location: Austria}\n- {name: Kestrel, location: Norway}\n";
const FEBRUARY: &str = "2030-02-01T00:00:00Z";
const MARCH: &str = "2030-03-01T00:00:00Z";
const ORIGIN: &str = "example.com/vendors";

/// The files of a published list.
type Files = BTreeMap<String, Vec<u8>>;

/// The logs that attackers start from.
struct Stage {
    repo: TestRepo,
    /// Releases 0 to 4 and heads 0 to 2.
    older: Files,
    /// Releases 0 to 5 and heads 0 to 3.
    newest: Files,
    /// The same times and keys, with another second version.
    doctored: Files,
    /// Another list of the same publisher.
    partners: Files,
    /// The same list, signed with another root key.
    other_root: Files,
}

static STAGE: LazyLock<Stage> = LazyLock::new(|| {
    let repo = TestRepo::of_lists(&VERSIONS);
    let [older, newest] = published(&repo, "vendors");
    let [_, doctored] = published(&TestRepo::of_lists(&[VERSIONS[0], DOCTORED, VERSIONS[2], VERSIONS[3]]), "vendors");
    let config = CONFIG.replace("id: vendors", "id: partners");
    let mut partners = TestRepo::new();
    for (at, version) in VERSIONS.iter().enumerate() {
        let files = [("data/list.yaml", Some(*version)), ("changecast.yaml", Some(config.as_str()))];
        partners = partners.commit(&format!("version {at}"), &files);
    }
    let [_, partners] = published(&partners, "partners");
    let stranger = TestRepo::of_lists(&VERSIONS);
    stranger.build();
    stranger.keys();
    fs::copy(stranger.path("keys/other"), stranger.path("keys/root")).expect("a key");
    let publish =
        ["publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--now", FEBRUARY];
    stranger.run(&[&publish[..], &["--key", "keys/release", "--root-key", "keys/root"]].concat()).expect(0);
    let other_root = PublishedFiles::read(&stranger.path("feeds/vendors")).0;
    Stage { repo, older: older.0, newest: newest.0, doctored: doctored.0, partners: partners.0, other_root }
});

/// Publishes in three steps, with a correction, and returns the last two.
fn published(repo: &TestRepo, list: &str) -> [PublishedFiles; 2] {
    repo.build_first(2);
    repo.publish(&[]).expect(0);
    let place = ["--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--key", "keys/release"];
    let now = ["--now", crate::support::NOW, "--reason", "It was another building."];
    repo.run(&[&["correct", "2"], &place[..], &now].concat()).expect(0);
    repo.build_first(3);
    repo.publish(&["--now", FEBRUARY]).expect(0);
    let older = PublishedFiles::read(&repo.path(&format!("feeds/{list}")));
    repo.build();
    repo.publish(&["--now", MARCH]).expect(0);
    [older, PublishedFiles::read(&repo.path(&format!("feeds/{list}")))]
}

/// What the follower has seen before.
#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Older,
    Newest,
}

/// An attack.
struct Attack {
    power: &'static str,
    action: &'static str,
    seen: Seen,
    act: fn(&mut Log),
}

/// A log that is attacked.
struct Log(Files);

impl Log {
    fn flip(&mut self, path: &str) {
        let bytes = self.0.get_mut(path).expect(path);
        let at = bytes.len() / 2;
        bytes[at] ^= 1;
    }

    fn remove(&mut self, path: &str) {
        self.0.remove(path).expect(path);
    }

    fn cut(&mut self, path: &str, length: usize) {
        self.0.get_mut(path).expect(path).truncate(length);
    }

    fn copy(&mut self, from: &str, to: &str) {
        let bytes = self.0[from].clone();
        self.0.insert(to.to_owned(), bytes);
    }

    fn swap(&mut self, one: &str, other: &str) {
        let (a, b) = (self.0[one].clone(), self.0[other].clone());
        self.0.insert(one.to_owned(), b);
        self.0.insert(other.to_owned(), a);
    }

    fn put(&mut self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.0.insert(path.to_owned(), bytes.into());
    }

    fn replace(&mut self, path: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.0[path].clone()).expect(path);
        assert!(text.contains(from), "{from} is not in {path}: {text}");
        self.put(path, text.replacen(from, to, 1));
    }

    /// Takes the files of another log in these folders.
    fn take(&mut self, other: &Files, folders: &[&str]) {
        let belongs = |path: &str| folders.iter().any(|folder| path.starts_with(folder));
        self.0.retain(|path, _| !belongs(path));
        self.0
            .extend(other.iter().filter(|(path, _)| belongs(path)).map(|(path, bytes)| (path.clone(), bytes.clone())));
    }

    fn json(&self, path: &str) -> Json {
        canonical::from_bytes(&self.0[path], usize::MAX).expect(path)
    }

    /// Signs bytes under a path.
    fn sign(&mut self, path: &str, bytes: Vec<u8>, signer: &str, namespace: Namespace) {
        let signature = Signer::Secret(key(signer)).sign(namespace, &bytes).expect("a signature");
        self.put(&format!("{path}.sig"), signature);
        self.put(path, bytes);
    }

    /// Changes the members of a document and signs it again.
    fn edit(&mut self, path: &str, signer: &str, namespace: Namespace, change: impl FnOnce(&mut Members)) {
        let Json::Object(mut members) = self.json(path) else { panic!("{path}") };
        change(&mut members);
        let bytes = canonical::to_bytes(&Json::Object(members), usize::MAX).expect("canonical JSON");
        self.sign(path, bytes, signer, namespace);
    }

    /// Changes the last header with the release key, and seals the log.
    fn release(&mut self, change: impl FnOnce(&mut Members)) {
        self.edit(LAST, "release", Namespace::Release, change);
        self.seal();
    }

    /// Changes the last body with the release key, and the header and head that lead to it.
    fn body(&mut self, change: impl FnOnce(&mut Members)) {
        let Json::Object(mut members) = self.json(BODY) else { panic!("a body") };
        change(&mut members);
        let bytes = canonical::to_bytes(&Json::Object(members), usize::MAX).expect("canonical JSON");
        let pointer = [
            ("sha256".to_owned(), text(&Digest::of(&bytes).to_string())),
            ("size".to_owned(), Json::from(bytes.len() as u64)),
        ];
        self.put(BODY, bytes);
        self.release(|header| _ = header.insert("body".to_owned(), Json::Object(pointer.into())));
    }

    /// Lets the last head cover the last header as it is now.
    fn seal(&mut self) {
        let digest = Digest::of(&self.0[LAST]).to_string();
        self.head(|head| {
            if let Some(Json::Object(covers)) = head.get_mut("covers") {
                covers.insert("sha256".to_owned(), text(&digest));
            }
        });
    }

    /// Changes the last head with the release key.
    fn head(&mut self, change: impl FnOnce(&mut Members)) {
        self.edit(HEAD, "release", Namespace::Head, change);
    }

    /// Appends a release of this kind behind the last one, and a head that covers it.
    fn append(&mut self, signer: &str, namespace: Namespace, change: impl FnOnce(&mut Members)) {
        let prev = Digest::of(&self.0[LAST]).to_string();
        self.copy(LAST, NEXT);
        self.edit(NEXT, signer, namespace, |header| {
            header.insert("seq".to_owned(), Json::from(6));
            header.insert("prev".to_owned(), text(&prev));
            header.remove("body");
            change(header);
        });
        let (prev, digest) = (Digest::of(&self.0[HEAD]).to_string(), Digest::of(&self.0[NEXT]).to_string());
        self.copy(HEAD, "head/000004.json");
        self.edit("head/000004.json", "release", Namespace::Head, |head| {
            head.insert("number".to_owned(), Json::from(4));
            head.insert("prev".to_owned(), text(&prev));
            head.remove("periods");
            head.insert(
                "covers".to_owned(),
                Json::Object([("seq".to_owned(), Json::from(6)), ("sha256".to_owned(), text(&digest))].into()),
            );
        });
        self.replace("index.json", "\"head\":3", "\"head\":4");
        self.replace("index.json", "\"release\":5", "\"release\":6");
        self.replace("list.json", "\"seq\":5", "\"seq\":6");
    }
}

type Members = ledger::json::Members;

fn text(text: &str) -> Json {
    Json::from(text)
}

const LAST: &str = "log/000005.json";
const BODY: &str = "log/000005.body.json";
const NEXT: &str = "log/000006.json";
const HEAD: &str = "head/000003.json";

fn mirror(action: &'static str, act: fn(&mut Log)) -> Attack {
    Attack { power: "mirror", action, seen: Seen::Older, act }
}

fn release_key(action: &'static str, act: fn(&mut Log)) -> Attack {
    Attack { power: "release key", action, seen: Seen::Older, act }
}

fn root_key(action: &'static str, act: fn(&mut Log)) -> Attack {
    Attack { power: "root key", action, seen: Seen::Older, act }
}

fn knowing_all(attack: Attack) -> Attack {
    Attack { seen: Seen::Newest, ..attack }
}

/// What a mirror can do: it has no key.
fn of_mirrors() -> Vec<Attack> {
    vec![
        mirror("none: the log as published", |_| {}),
        mirror("flips a bit of the first header", |log| log.flip("log/000000.json")),
        mirror("flips a bit of a header in the middle", |log| log.flip("log/000002.json")),
        mirror("flips a bit of the last header", |log| log.flip(LAST)),
        mirror("flips a bit of the first signature", |log| log.flip("log/000000.json.sig")),
        mirror("flips a bit of the last signature", |log| log.flip("log/000005.json.sig")),
        mirror("flips a bit of a body in the middle", |log| log.flip("log/000001.body.json")),
        mirror("flips a bit of the last body", |log| log.flip(BODY)),
        mirror("flips a bit of the last head", |log| log.flip(HEAD)),
        mirror("flips a bit of the signature of the last head", |log| log.flip("head/000003.json.sig")),
        mirror("removes a header in the middle", |log| log.remove("log/000002.json")),
        mirror("removes a signature in the middle", |log| log.remove("log/000002.json.sig")),
        mirror("removes a body in the middle", |log| log.remove("log/000002.body.json")),
        mirror("removes the last header", |log| log.remove(LAST)),
        mirror("removes the last signature", |log| log.remove("log/000005.json.sig")),
        mirror("removes the last body", |log| log.remove(BODY)),
        mirror("removes the last release", |log| {
            [LAST, BODY, "log/000005.json.sig"].iter().for_each(|path| log.remove(path));
        }),
        mirror("removes the first head", |log| log.remove("head/000000.json")),
        mirror("removes the last head", |log| {
            [HEAD, "head/000003.json.sig"].iter().for_each(|path| log.remove(path));
        }),
        mirror("removes all heads", |log| log.0.retain(|path, _| !path.starts_with("head/"))),
        mirror("removes all releases", |log| log.0.retain(|path, _| !path.starts_with("log/"))),
        mirror("removes index.json", |log| log.remove("index.json")),
        mirror("removes list.json", |log| log.remove("list.json")),
        mirror("cuts the last header off", |log| log.cut(LAST, 40)),
        mirror("cuts the last body off", |log| log.cut(BODY, 40)),
        mirror("cuts a body in the middle off", |log| log.cut("log/000002.body.json", 40)),
        mirror("empties the last head", |log| log.cut(HEAD, 0)),
        mirror("adds bytes to a body", |log| {
            let bytes = [&log.0[BODY][..], b" "].concat();
            log.put(BODY, bytes);
        }),
        mirror("swaps two releases", |log| {
            for end in [".json", ".json.sig", ".body.json"] {
                log.swap(&format!("log/000001{end}"), &format!("log/000002{end}"));
            }
        }),
        mirror("swaps two signatures", |log| log.swap("log/000001.json.sig", "log/000002.json.sig")),
        mirror("swaps two bodies", |log| log.swap("log/000001.body.json", "log/000002.body.json")),
        mirror("swaps two heads", |log| {
            log.swap("head/000001.json", "head/000002.json");
            log.swap("head/000001.json.sig", "head/000002.json.sig");
        }),
        mirror("doubles the last release", |log| {
            for end in [".json", ".json.sig", ".body.json"] {
                log.copy(&format!("log/000005{end}"), &format!("log/000006{end}"));
            }
        }),
        mirror("doubles the last head", |log| {
            log.copy(HEAD, "head/000004.json");
            log.copy("head/000003.json.sig", "head/000004.json.sig");
        }),
        mirror("inserts an earlier head between two", |log| {
            log.copy("head/000000.json", "head/000002.json");
            log.copy("head/000000.json.sig", "head/000002.json.sig");
        }),
        mirror("adds a file to log/", |log| log.put("log/000003.txt", "x")),
        mirror("adds a file with upper-case letters to log/", |log| log.copy(LAST, "log/000005.JSON")),
        mirror("adds a file to head/", |log| log.put("head/latest", "x")),
        mirror("adds a release behind a gap", |log| log.copy(LAST, "log/000009.json")),
        mirror("adds a file next to the log", |log| log.put("notes.txt", "x")),
        mirror("index.json names a later head", |log| log.replace("index.json", "\"head\":3", "\"head\":4")),
        mirror("index.json names a later release", |log| log.replace("index.json", "\"release\":5", "\"release\":6")),
        mirror("index.json names an earlier head", |log| log.replace("index.json", "\"head\":3", "\"head\":2")),
        mirror("index.json has another origin", |log| log.replace("index.json", ORIGIN, "example.com/victims")),
        mirror("index.json is not JSON", |log| log.put("index.json", "index")),
        mirror("index.json has an unknown member", |log| log.replace("index.json", "\"head\"", "\"data\":1,\"head\"")),
        mirror("list.json has another entry", |log| log.replace("list.json", "Ferret", "Weasel")),
        mirror("list.json names no list", |log| log.put("list.json", "null")),
        mirror("list.json is that of an older copy", |log| {
            log.put("list.json", STAGE.older["list.json"].clone());
        }),
        mirror("list.json and index.json are those of an older copy", |log| {
            log.take(&STAGE.older, &["list.json", "index.json"]);
        }),
        mirror("the signature has text in front", |log| {
            let armor = [b"x\n", &log.0["log/000005.json.sig"][..]].concat();
            log.put("log/000005.json.sig", armor);
        }),
        mirror("the signature has lines of another length", |log| {
            let armor = String::from_utf8(log.0["log/000005.json.sig"].clone()).expect("text");
            let lines: Vec<&str> = armor.lines().collect();
            let body = lines[1..lines.len() - 1].concat();
            log.put("log/000005.json.sig", format!("{}\n{body}\n{}\n", lines[0], lines[lines.len() - 1]));
        }),
        knowing_all(mirror("rollback: serves an older copy", |log| log.0.clone_from(&STAGE.older))),
        knowing_all(mirror("rollback: an older copy with the newest index.json", |log| {
            let index = log.0["index.json"].clone();
            log.0.clone_from(&STAGE.older);
            log.put("index.json", index);
        })),
        mirror("freeze: serves the copy that the follower knows", |log| log.0.clone_from(&STAGE.older)),
        mirror("the log of another list of the publisher", |log| log.0.clone_from(&STAGE.partners)),
        mirror("a release of another list", |log| log.take(&STAGE.partners, &["log/000002"])),
        mirror("the heads of another list", |log| log.take(&STAGE.partners, &["head/"])),
        mirror("the same list, signed with another root key", |log| log.0.clone_from(&STAGE.other_root)),
        mirror("releases of another root key behind its own", |log| {
            log.take(&STAGE.other_root, &["log/000001", "log/000002"])
        }),
    ]
}

/// What somebody with the release key can do.
fn of_release_keys() -> Vec<Attack> {
    vec![
        release_key("fork: a doctored history with the same keys", |log| log.0.clone_from(&STAGE.doctored)),
        release_key("fork: the doctored releases under the old heads", |log| log.take(&STAGE.doctored, &["log/"])),
        release_key("signs the last header again, under the old head", |log| {
            log.edit(LAST, "release", Namespace::Release, |header| {
                _ = header.insert("ext".into(), Json::Object(Members::new()))
            });
        }),
        release_key("an unknown member in ext", |log| {
            log.release(|header| {
                let ext = Members::from([("later".to_owned(), text("x"))]);
                header.insert("ext".into(), Json::Object(ext));
            });
        }),
        release_key("another origin", |log| {
            log.release(|header| _ = header.insert("origin".into(), text("example.com/x")))
        }),
        release_key("another number", |log| log.release(|header| _ = header.insert("seq".into(), Json::from(7)))),
        release_key("another prev", |log| {
            log.release(|header| _ = header.insert("prev".into(), text(&"0".repeat(64))))
        }),
        release_key("no prev", |log| log.release(|header| _ = header.insert("prev".into(), Json::Null))),
        release_key("another state", |log| {
            log.release(|header| _ = header.insert("state".into(), text(&"0".repeat(64))))
        }),
        release_key("an unknown format", |log| {
            log.release(|header| _ = header.insert("format".into(), text("changecast-release/9")));
        }),
        release_key("an unknown member", |log| log.release(|header| _ = header.insert("later".into(), Json::from(1)))),
        release_key("an unknown kind that alters the list", |log| {
            log.release(|header| _ = header.insert("kind".into(), text("later")));
        }),
        release_key("an unknown kind that leaves the list", |log| {
            log.append("release", Namespace::Release, |header| _ = header.insert("kind".into(), text("later")));
        }),
        release_key("a seq that is a string", |log| log.release(|header| _ = header.insert("seq".into(), text("5")))),
        release_key("a header that is not canonical", |log| {
            let bytes = [b" ", &log.0[LAST][..]].concat();
            log.sign(LAST, bytes, "release", Namespace::Release);
            log.seal();
        }),
        release_key("a header with a line feed at its end", |log| {
            let bytes = [&log.0[LAST][..], b"\n"].concat();
            log.sign(LAST, bytes, "release", Namespace::Release);
            log.seal();
        }),
        release_key("a header in the namespace of heads", |log| log.edit(LAST, "release", Namespace::Head, |_| {})),
        release_key("a header in the namespace of root keys", |log| log.edit(LAST, "release", Namespace::Root, |_| {})),
        release_key("a header in the namespace of salts", |log| log.edit(LAST, "release", Namespace::Salt, |_| {})),
        release_key("a key of its own signs", |log| log.edit(LAST, "other", Namespace::Release, |_| {})),
        release_key("a key of its own signs a head", |log| log.edit(HEAD, "other", Namespace::Head, |_| {})),
        release_key("new keys, signed by the release key", |log| {
            let Json::Object(first) = log.json("log/000000.json") else { panic!("a header") };
            log.append("release", Namespace::Root, |header| {
                header.insert("kind".into(), text("keys"));
                header.insert("roles".into(), first["roles"].clone());
            });
        }),
        release_key("new keys in the namespace of releases", |log| {
            let Json::Object(first) = log.json("log/000000.json") else { panic!("a header") };
            log.append("release", Namespace::Release, |header| {
                header.insert("kind".into(), text("keys"));
                header.insert("roles".into(), first["roles"].clone());
            });
        }),
        release_key("a body with an unknown kind of change", |log| {
            log.body(|body| {
                let Some(Json::Array(changes)) = body.get_mut("changes") else { panic!("changes") };
                changes.push(Json::Object([("kind".to_owned(), text("later"))].into()));
            });
        }),
        release_key("a body with an unknown member", |log| {
            log.body(|body| _ = body.insert("later".into(), Json::from(1)))
        }),
        release_key("a body without salt", |log| log.body(|body| _ = body.remove("salt"))),
        release_key("a body that conceals a change", |log| {
            log.body(|body| {
                let Some(Json::Array(changes)) = body.get_mut("changes") else { panic!("changes") };
                changes.pop();
            });
        }),
        release_key("a body whose patch differs from its changes", |log| {
            log.body(|body| _ = body.insert("patch".into(), Json::Object(Members::new())));
        }),
        release_key("a body with another commit", |log| {
            log.body(|body| {
                let Some(Json::Object(source)) = body.get_mut("source") else { panic!("a source") };
                source.insert("commit".into(), text(&"1".repeat(40)));
            });
        }),
        release_key("a body with another date of the commit", |log| {
            log.body(|body| {
                let Some(Json::Object(source)) = body.get_mut("source") else { panic!("a source") };
                source.insert("committed".into(), text("1500000000 +0000"));
            });
        }),
        release_key("a body of a newer reader", |log| {
            log.body(|body| {
                let Some(Json::Object(source)) = body.get_mut("source") else { panic!("a source") };
                source.insert("reader".into(), text("changecast/99"));
            });
        }),
        release_key("a correction of a release that is not there", |log| {
            log.append("release", Namespace::Release, |header| {
                header.insert("kind".into(), text("correction"));
                let pointer =
                    Members::from([("seq".to_owned(), Json::from(9)), ("sha256".to_owned(), text(&"0".repeat(64)))]);
                header.insert("corrects".into(), Json::Object(pointer));
            });
        }),
        release_key("a head with another number", |log| {
            log.head(|head| _ = head.insert("number".into(), Json::from(9)))
        }),
        release_key("a head with another prev", |log| {
            log.head(|head| _ = head.insert("prev".into(), text(&"0".repeat(64))))
        }),
        release_key("a head that is earlier than the one before", |log| {
            log.head(|head| _ = head.insert("at".into(), text("2029-01-01T00:00:00Z")));
        }),
        release_key("a head ahead of the log", |log| {
            log.head(|head| {
                let Some(Json::Object(covers)) = head.get_mut("covers") else { panic!("covers") };
                covers.insert("seq".into(), Json::from(6));
            });
        }),
        release_key("a head that covers fewer releases", |log| {
            let digest = Digest::of(&log.0["log/000003.json"]).to_string();
            log.head(|head| {
                let pointer = Members::from([("seq".to_owned(), Json::from(3)), ("sha256".to_owned(), text(&digest))]);
                head.insert("covers".into(), Json::Object(pointer));
            });
        }),
        release_key("a head with an unknown member", |log| {
            log.head(|head| _ = head.insert("later".into(), Json::from(1)))
        }),
        release_key("a head with an unknown format", |log| {
            log.head(|head| _ = head.insert("format".into(), text("changecast-head/9")));
        }),
        release_key("a head in the namespace of releases", |log| log.edit(HEAD, "release", Namespace::Release, |_| {})),
    ]
}

/// What somebody with a root key can do.
fn of_root_keys() -> Vec<Attack> {
    vec![
        root_key("signs a release in the namespace of releases", |log| {
            log.edit(LAST, "root", Namespace::Release, |_| {})
        }),
        root_key("signs a changes release in its own namespace", |log| log.edit(LAST, "root", Namespace::Root, |_| {})),
        root_key("none: the same keys again", |log| {
            let Json::Object(first) = log.json("log/000000.json") else { panic!("a header") };
            log.append("root", Namespace::Root, |header| {
                header.insert("kind".into(), text("keys"));
                header.insert("roles".into(), first["roles"].clone());
            });
        }),
        root_key("an unknown kind", |log| {
            log.append("root", Namespace::Root, |header| _ = header.insert("kind".into(), text("later")));
        }),
        root_key("new keys that alter the list", |log| {
            let Json::Object(first) = log.json("log/000000.json") else { panic!("a header") };
            log.append("root", Namespace::Root, |header| {
                header.insert("kind".into(), text("keys"));
                header.insert("roles".into(), first["roles"].clone());
                header.insert("state".into(), Json::Null);
            });
        }),
        root_key("a redaction of a release that has no body", |log| {
            let digest = Digest::of(&log.0["log/000000.json"]).to_string();
            log.append("root", Namespace::Root, |header| {
                header.insert("kind".into(), text("redaction"));
                let pointer = Members::from([("seq".to_owned(), Json::from(0)), ("sha256".to_owned(), text(&digest))]);
                header.insert("redacts".into(), Json::Array(vec![Json::Object(pointer)]));
            });
        }),
    ]
}

/// The statuses of `verify`, `follow` and `audit --repo`.
fn statuses(attack: &Attack, files: &PublishedFiles) -> [u8; 3] {
    let root = PublicKey::parse("pin", &key("root").public().to_string()).expect("a key");
    let pin = Pin { root, origin: Some(ORIGIN.parse().expect("an origin")) };
    let verified = ledger::verify(files, &pin).map(|_| ()).map_err(|error| error.status());
    let known = PublishedFiles(if attack.seen == Seen::Older { STAGE.older.clone() } else { STAGE.newest.clone() });
    let state: State = follow::follow(&known, &pin, None, "known").expect("a known log").state;
    let followed = follow::follow(files, &pin, Some(state), "attacked").map(|_| ()).map_err(|error| error.status());
    let mut lists = ListsBefore::default();
    let audited = ledger::verify_watched(files, &pin, Bodies::Kept, &mut lists).map_err(|error| error.status());
    let audited = audited.and_then(|verified| {
        let history = History::open(&STAGE.repo.path("repo")).expect("a repository");
        let audit = publish::recompute(&verified, &lists, &history).expect("a readable repository");
        if audit.has_contradictions() { Err(3) } else { Ok(()) }
    });
    [verified, followed, audited].map(|result| result.err().unwrap_or(0))
}

impl Remote for PublishedFiles {
    fn poll(&self, _: Option<&Validator>) -> Result<Polled, FetchError> {
        Ok(Polled::Found(self.get(&Path::Index.to_string())?, None))
    }
}

#[test]
fn every_attack_ends_as_the_table_says() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/attacks.tsv");
    let text = fs::read_to_string(&file).unwrap_or_default();
    // The statuses of `verify.sh` are those of the table: a script checks them.
    let known: BTreeMap<(&str, &str), &str> = text
        .lines()
        .skip(1)
        .filter_map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            Some(((*cells.first()?, *cells.get(1)?), *cells.get(3)?))
        })
        .collect();
    let attacks: Vec<Attack> = [of_mirrors(), of_release_keys(), of_root_keys()].into_iter().flatten().collect();
    assert!(attacks.len() >= 80, "{} attacks", attacks.len());
    let mut table = "power\taction\tverify\tverify.sh\tfollow\taudit\n".to_owned();
    for (at, attack) in attacks.iter().enumerate() {
        let mut log = Log(STAGE.newest.clone());
        (attack.act)(&mut log);
        let files = PublishedFiles(log.0);
        let [verify, follow, audit] = statuses(attack, &files);
        let Attack { power, action, .. } = attack;
        let script = known.get(&(*power, *action)).map_or_else(|| verify.to_string(), |status| (*status).to_owned());
        table += &format!("{power}\t{action}\t{verify}\t{script}\t{follow}\t{audit}\n");
        if let Some(dir) = std::env::var_os("CHANGECAST_ATTACKS") {
            write_vector(&PathBuf::from(dir).join(format!("{at:03}.json")), attack, &files, &script);
        }
    }
    if std::env::var_os("CHANGECAST_ACCEPT").is_some() {
        fs::write(&file, &table).expect("a writable file");
    }
    let expected = fs::read_to_string(&file).expect("the table");
    for (line, expected) in table.lines().zip(expected.lines()) {
        assert_eq!(line, expected);
    }
    assert_eq!(table.lines().count(), expected.lines().count());
}

/// Writes an attacked log in the form of `tests/vectors`.
fn write_vector(path: &PathBuf, attack: &Attack, files: &PublishedFiles, status: &str) {
    let texts: BTreeMap<&String, String> =
        files.0.iter().map(|(path, bytes)| (path, String::from_utf8_lossy(bytes).into_owned())).collect();
    let vector = serde_json::json!({
        "about": format!("{}: {}", attack.power, attack.action), "files": texts, "root": key("root").public().to_string(),
        "origin": ORIGIN, "now": MARCH, "status": status.parse::<u8>().expect("a status"),
    });
    fs::write(path, vector.to_string()).expect("a file");
}
