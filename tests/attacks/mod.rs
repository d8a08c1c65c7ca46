//! The table of attacks: who can do what to a published log, and what each verifier says.
//!
//! `tests/attacks.tsv` has one row for each attack: the attacker's power, the action, and the exit statuses of `verify`,
//! `verify.sh`, `follow` and `audit --repo`. `CHANGECAST_ACCEPT=1` writes the statuses of today; review the differences. Only with
//! `CHANGECAST_ATTACKS=DIR`, `verify.sh` is run, and the attacked logs are written to DIR as test vectors, for
//! `tests/external/verify_sh.py`: `just attacks` does both.

mod actions;
mod log;

use std::{collections::BTreeMap, fs, path::PathBuf, process::Command, sync::LazyLock};

use changecast::{
    follow::{self, Polled, Remote, State, Validator},
    history::History,
    publish::{self, ListsBefore},
};
use changecast_core::{
    ledger::{self, Bodies, Fetch, FetchError, Pin, layout::Path},
    sign::PublicKey,
};

use crate::support::{CONFIG, FEBRUARY, MARCH, PublishedFiles, TestRepo, key};
use actions::{Attack, Seen, of_mirrors, of_release_keys, of_root_keys};
use log::Log;

const VERSIONS: [&str; 4] = [
    "entries:\n- {name: Nordhaven, location: Finland}\n- {name: Kestrel, location: Norway}\n",
    "entries:\n- {name: Nordhaven, location: Germany}\n- {name: Kestrel, location: Norway}\n",
    "entries:\n- {name: Nordhaven, location: Germany}\n",
    "entries:\n- {name: Nordhaven, location: Italy}\n- {name: Ferret, location: Ireland}\n",
];
const DOCTORED: &str = "entries:\n- {name: Nordhaven, location: Austria}\n- {name: Kestrel, location: Norway}\n";
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
        let audit = publish::recompute(&verified, &lists, &history, None).expect("a readable repository");
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
    // `just attacks` runs `verify.sh`. Without it, its statuses are those of the table.
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
        let script = match std::env::var_os("CHANGECAST_ATTACKS") {
            Some(dir) => {
                let status = status_of_script(&files);
                write_vector(&PathBuf::from(dir).join(format!("{at:03}.json")), attack, &files, status);
                status.to_string()
            }
            None => known.get(&(*power, *action)).map_or_else(|| "not run".to_owned(), |status| (*status).to_owned()),
        };
        table += &format!("{power}\t{action}\t{verify}\t{script}\t{follow}\t{audit}\n");
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

/// The status of `verify.sh` for an attacked log.
fn status_of_script(files: &PublishedFiles) -> u8 {
    let dir = tempfile::TempDir::new().expect("a folder");
    for (name, bytes) in &files.0 {
        let path = dir.path().join("list").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    let script = dir.path().join("list/verify.sh");
    fs::write(&script, changecast::render::VERIFY_SCRIPT).expect("a script");
    fs::write(dir.path().join("root.pub"), key("root").public().to_string()).expect("a key");
    let ran = Command::new("sh").arg(script).arg(dir.path().join("root.pub")).args([ORIGIN, MARCH]).output();
    let status = ran.expect("a shell").status.code().expect("a status");
    status.try_into().expect("a status of an attack")
}

/// Writes an attacked log in the form of `tests/vectors`.
fn write_vector(path: &PathBuf, attack: &Attack, files: &PublishedFiles, status: u8) {
    let texts: BTreeMap<&String, String> =
        files.0.iter().map(|(path, bytes)| (path, String::from_utf8_lossy(bytes).into_owned())).collect();
    let vector = serde_json::json!({
        "about": format!("{}: {}", attack.power, attack.action), "files": texts, "root": key("root").public().to_string(),
        "origin": ORIGIN, "now": MARCH, "status": status,
    });
    fs::write(path, vector.to_string()).expect("a file");
}
