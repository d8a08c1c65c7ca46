//! Test vectors for other verifiers: `tests/vectors/`, one file per log, with the expected verdict.
//!
//! `CHANGECAST_ACCEPT=1 cargo test -p changecast-core --test ledger vectors` writes them again.

use std::{fs, path::PathBuf, sync::Arc};

use changecast_core::{
    ledger::{
        ChangeAddress, Effective, HeadPointer, Json, KeysRelease, Period, Pointer, TermAddress, Verified, layout::Path,
    },
    model::{Column, FieldKey, Inventory, ListState, Role, Timestamp},
    sign::Namespace,
};

use crate::support::{Files, HEAD, Log, RELEASE, ROOT, five_releases, inventory, key, keys_release, origin, source};

/// A log and what every verifier must make of it.
struct Vector {
    name: &'static str,
    about: &'static str,
    files: Files,
    status: u8,
}

/// The time at which the vectors are verified.
fn now() -> Timestamp {
    "2024-06-01T00:00:00Z".parse().unwrap()
}

fn vector(name: &'static str, about: &'static str, status: u8, files: Files) -> Vector {
    Vector { name, about, files, status }
}

/// The smallest published list: keys, one list, one head.
fn small() -> Log {
    let mut log = Log::new();
    log.publish(Some(inventory(&[("Kestrel", "see [DPA](https://kestrel.example/dpa)", "United States")])));
    log.head();
    log
}

/// A change of [`small`] with a head.
fn two_heads() -> Log {
    let mut log = small();
    log.publish(Some(inventory(&[
        ("Kestrel", "see [DPA](https://kestrel.example/dpa)", "Canada"),
        ("用途", "Mail; \"quoted\" \\ text", "Chile"),
    ])));
    log.head();
    log
}

fn without(files: &Files, path: Path) -> Files {
    let mut files = files.clone();
    files.0.remove(&path.to_string());
    files
}

fn replaced(files: &Files, path: Path, from: &str, to: &str) -> Files {
    let text = files.text(path);
    assert!(text.contains(from), "{path}: {text}");
    let mut files = files.clone();
    files.0.insert(path.to_string(), text.replacen(from, to, 1).into_bytes());
    files
}

/// The last release of a log that ends without head, changed by the holder of the release key.
fn resigned(log: &Log, from: &str, to: &str) -> Files {
    let seq = log.tip.next - 1;
    let mut files = replaced(&log.files, Path::Header(seq), from, to);
    let bytes = files.0[&Path::Header(seq).to_string()].clone();
    let signature = key(RELEASE).sign(Namespace::Release, &bytes).unwrap();
    files.0.insert(Path::HeaderSignature(seq).to_string(), signature.into_bytes());
    files
}

/// The body of the last release, changed by the holder of the release key.
fn resigned_body(log: &Log, from: &str, to: &str) -> Files {
    let seq = log.tip.next - 1;
    let changed = replaced(&log.files, Path::Body(seq), from, to);
    let pointer = |files: &Files| {
        let bytes = &files.0[&Path::Body(seq).to_string()];
        format!("\"sha256\":\"{}\",\"size\":{}", changecast_core::ledger::Digest::of(bytes), bytes.len())
    };
    let mut files = resigned(log, &pointer(&log.files), &pointer(&changed));
    files.0.extend(changed.0.into_iter().filter(|(path, _)| path.ends_with(".body.json")));
    files
}

fn pointer(log: &Log, seq: u64) -> Pointer {
    Pointer { seq, sha256: changecast_core::ledger::Digest::of(&log.files.0[&Path::Header(seq).to_string()]) }
}

fn rotated() -> Log {
    let mut log = small();
    let (last, digest) = log.head.clone().unwrap();
    log.publish(Some(inventory(&[("Kestrel", "Mail", "Russia")])));
    log.head();
    let rotation = log.tip.keys(KeysRelease {
        authority: None,
        disowned: vec![pointer(&log, 2)],
        last_head: Some(HeadPointer { number: last.number, sha256: digest }),
        ..keys_release(5, 6)
    });
    log.put(rotation.unwrap());
    (log.release_key, log.head_key) = (5, 6);
    let (mut difference, list) = log.step(&ListState::listed(inventory(&[("Kestrel", "Mail", "United States")])));
    difference.source = source(1);
    let reread = log.tip.reread(difference, list, &log.salts).unwrap();
    log.put(reread);
    log.head();
    log
}

fn redacted() -> Log {
    let mut log = two_heads();
    log.publish(Some(inventory(&[("Kestrel", "see [DPA](https://kestrel.example/dpa)", "Canada")])));
    let gone = vec![pointer(&log, 2), pointer(&log, 3)];
    let redaction = log.tip.redaction(gone, "Art. 17 GDPR".into(), &log.salts).unwrap();
    log.put(redaction);
    log.head();
    log.files = without(&without(&log.files, Path::Body(2)), Path::Body(3));
    log
}

fn moved() -> Log {
    let mut log = small();
    let root = vec![key(ROOT).public().to_string()];
    let successor = changecast_core::ledger::Successor { origin: "fernhill.example/vendors".parse().unwrap(), root };
    let draft = log.tip.moved(successor).unwrap();
    log.put(draft);
    log.head();
    log
}

/// A notice period of the first change, extended by two weeks.
fn periods() -> Log {
    let mut log = small();
    for object_by in ["2024-04-09", "2024-04-23"] {
        let period = Period {
            change: ChangeAddress { seq: 1, position: 0 },
            term: Some(TermAddress { seq: 1, trigger: "added".into(), position: 0 }),
            effective: Some(Effective { date: "2024-Q3".into(), basis: "stated".into() }),
            object_by: Some(object_by.into()),
            lead_promised: Some("10bd".into()),
            lead_given: Some("P113D".into()),
            zone: "Europe/Berlin".into(),
        };
        log.head_with(vec![period], None);
    }
    log
}

/// The last head of [`periods`], changed by the holder of the head key.
fn with_period(from: &str, to: &str) -> Files {
    let mut files = replaced(&periods().files, Path::Head(2), from, to);
    let signature = key(HEAD).sign(Namespace::Head, &files.0[&Path::Head(2).to_string()]).unwrap();
    files.0.insert(Path::HeadSignature(2).to_string(), signature.into_bytes());
    files
}

fn expired() -> Log {
    let mut log = small();
    log.head_with(Vec::new(), Some("2024-05-01T00:00:00Z".parse().unwrap()));
    log
}

/// A log whose last release no head covers.
fn uncovered() -> Log {
    let mut log = two_heads();
    log.publish(Some(inventory(&[("Kestrel", "Mail", "Canada")])));
    log
}

/// A column is removed, and another one has its key from then on. No head covers this release.
fn passed_on() -> Log {
    let mut log = Log::new();
    let rows = [("Kestrel", "Kenya", "Nairobi"), ("Oakline", "Chile", "Santiago")];
    log.publish(Some(with_keys(inventory(&rows), &["country", "location"])));
    log.head();
    let rows = rows.map(|(name, country, _)| (name, country, ""));
    log.publish(Some(with_keys(inventory(&rows), &["location"])));
    log
}

/// The list with as many columns as there are keys; the headers are "Country" and "Location".
fn with_keys(mut list: Inventory, keys: &[&str]) -> Inventory {
    let keys: Vec<FieldKey> = keys.iter().map(|key| FieldKey::new(key).unwrap()).collect();
    list.columns.truncate(keys.len());
    for (column, (key, label)) in list.columns.iter_mut().zip(keys.iter().zip(["Country", "Location"])) {
        *column = Column { field: key.clone(), label: label.into(), role: Role::Location };
    }
    for entry in &mut list.entries {
        for (cell, key) in Arc::make_mut(entry).cells.iter_mut().zip(&keys) {
            cell.field = key.clone();
        }
    }
    list
}

/// The last header with a member that verifiers ignore.
fn with_ext() -> Files {
    resigned(&uncovered(), ",\"format\"", ",\"ext\":{\"colour\":\"green\"},\"format\"")
}

/// Release 0, changed by the holder of the root key.
fn newer_start() -> Files {
    let mut files = replaced(&small().files, Path::Header(0), "changecast-release/1", "changecast-release/2");
    let signature = key(ROOT).sign(Namespace::Root, &files.0["log/000000.json"]).unwrap();
    files.0.insert("log/000000.json.sig".into(), signature.into_bytes());
    files
}

fn another_root() -> Files {
    let mut files = small().files;
    let bytes = files.0["log/000000.json"].clone();
    let signature = key(9).sign(Namespace::Root, &bytes).unwrap();
    files.0.insert("log/000000.json.sig".into(), signature.into_bytes());
    files
}

fn prev_of(log: &Log) -> String {
    pointer(log, log.tip.next - 2).sha256.to_string()
}

fn state_of(log: &Log) -> String {
    log.tip.list.as_ref().unwrap().state().to_string()
}

fn vectors() -> Vec<Vector> {
    let two = two_heads();
    let files = &two.files;
    vec![
        vector("valid-small", "keys, a list, a head", 0, small().files),
        vector("valid-two-heads", "an addition and a change, published later", 0, files.clone()),
        vector("valid-withdrawn", "five releases; the list is withdrawn at the end", 0, five_releases().files),
        vector(
            "valid-rotated",
            "a stolen key: disowned release, void head, other keys, list read again",
            0,
            rotated().files,
        ),
        vector(
            "valid-redacted",
            "two bodies are removed by a redaction; states 2 and 3 cannot be replayed",
            0,
            redacted().files,
        ),
        vector("valid-periods", "a notice period that begins, and is extended by the next head", 0, periods().files),
        vector("valid-moved", "the log ends and names its successor", 0, moved().files),
        vector("valid-uncovered", "no head covers the last release: it is not published yet", 0, uncovered().files),
        vector("valid-key-passed-on", "a removed column; another one has its key from then on", 0, {
            let mut log = passed_on();
            log.head();
            log.files
        }),
        vector("valid-ext", "an unknown member of ext is ignored", 0, with_ext()),
        vector("incomplete-header", "a header is missing", 2, without(files, Path::Header(2))),
        vector("incomplete-signature", "a signature is missing", 2, without(files, Path::HeaderSignature(1))),
        vector("incomplete-head", "index.json names a head that is not there", 2, without(files, Path::Head(1))),
        vector(
            "newer-format",
            "a header of a later format",
            2,
            resigned(&uncovered(), "changecast-release/1", "changecast-release/2"),
        ),
        vector("newer-start", "release 0 is of a later format", 2, newer_start()),
        vector(
            "newer-member",
            "a header with an unknown member",
            2,
            resigned(&uncovered(), "\"prev\"", "\"policy\":\"x\",\"prev\""),
        ),
        vector("broken-body", "other bytes in a body", 3, replaced(files, Path::Body(2), "Chile", "Chili")),
        vector("missing-body", "a body is missing without a redaction", 3, without(files, Path::Body(2))),
        vector("broken-header", "other bytes in a header", 3, replaced(files, Path::Header(2), "changes", "reread")),
        vector("broken-list", "other bytes in list.json", 3, replaced(files, Path::List, "Chile", "China")),
        vector(
            "list-member",
            "an unknown member of list.json",
            2,
            replaced(files, Path::List, "{\"format\"", "{\"a\":1,\"format\""),
        ),
        vector(
            "list-facts",
            "an unknown member beside the entries and facts of list.json",
            2,
            replaced(files, Path::List, "\"list\":{", "\"list\":{\"a\":1,"),
        ),
        vector(
            "patch-member",
            "a patch that adds an unknown member to the list",
            2,
            resigned_body(&uncovered(), "\"patch\":{", "\"patch\":{\"a\":1,"),
        ),
        vector("extra-file", "a file in log/ that does not belong there", 3, {
            let mut files = files.clone();
            files.0.insert("log/.DS_Store".into(), Vec::new());
            files
        }),
        vector(
            "broken-link",
            "prev of the last header is another digest",
            3,
            resigned(&uncovered(), &prev_of(&uncovered()), &"0".repeat(64)),
        ),
        vector(
            "broken-state",
            "state is not the digest of the list",
            3,
            resigned(&uncovered(), &state_of(&uncovered()), &"0".repeat(64)),
        ),
        vector(
            "change-contradicts-patch",
            "a change states another value than the list after it has",
            3,
            resigned_body(&uncovered(), "\"after\":\"Mail\"", "\"after\":\"Post\""),
        ),
        vector(
            "change-not-named",
            "the patch removes an entry, and a change names another one",
            3,
            resigned_body(&uncovered(), "\"entry\":{\"id\":\"xe794a8e98094\"", "\"entry\":{\"id\":\"kestrel\""),
        ),
        vector(
            "passed-on-not-named",
            "no change names the cells of a removed column, and another column has its key",
            3,
            resigned_body(&passed_on(), "\"cells\":", "\"rows\":"),
        ),
        vector("number-as-text", "seq is a string", 3, resigned(&uncovered(), "\"seq\":3", "\"seq\":\"3\"")),
        vector("not-canonical", "a space after a colon", 3, resigned(&uncovered(), "\"seq\":3", "\"seq\": 3")),
        vector("duplicate-member", "a member twice", 3, resigned(&uncovered(), "\"seq\":3", "\"seq\":3,\"seq\":3")),
        vector(
            "shortened-period",
            "a head leaves customers one day less than an earlier one",
            3,
            with_period("2024-04-23", "2024-04-08"),
        ),
        vector(
            "withdrawn-period",
            "a head no longer states until when customers may object",
            3,
            with_period("\"object_by\":\"2024-04-23\",", ""),
        ),
        vector("period-form", "text in the place of a duration", 3, with_period("10bd", "ten days")),
        vector(
            "period-ahead",
            "a period of a change that the head does not cover",
            3,
            with_period("\"seq\":1}", "\"seq\":2}"),
        ),
        vector(
            "newer-period",
            "an unknown member of a period",
            2,
            with_period("\"zone\"", "\"weekday\":\"Monday\",\"zone\""),
        ),
        vector("expired-head", "the newest head expired before the time of verification", 4, expired().files),
        vector("another-root", "release 0 is signed by a root key that is not pinned", 5, another_root()),
    ]
}

/// The document of a vector, for any JSON reader.
fn document(vector: &Vector) -> String {
    let files = vector
        .files
        .0
        .iter()
        .map(|(path, bytes)| (path.clone(), serde_json::Value::from(String::from_utf8(bytes.clone()).unwrap())));
    let mut document = serde_json::json!({
        "about": vector.about,
        "now": now().to_string(),
        "origin": origin().as_str(),
        "root": key(ROOT).public().to_string(),
        "status": vector.status,
    });
    if let Ok(verified) = vector.files.verify() {
        document["verified"] = report(&verified);
    }
    let members = document.as_object_mut().unwrap();
    members.insert("files".into(), serde_json::Value::Object(files.collect()));
    // Sorted by key, whatever features serde_json has.
    let sorted = Json::from_serde(document).unwrap().to_serde();
    serde_json::to_string_pretty(&sorted).unwrap() + "\n"
}

/// What verification of an authentic log must find.
fn report(verified: &Verified) -> serde_json::Value {
    let published = verified.releases.iter().map(|release| release.publication.map(|time| time.at.to_string()));
    serde_json::json!({
        "covered": verified.covered().map(|release| release.header.seq),
        "not_replayed": verified.not_replayed().collect::<Vec<_>>(),
        "published": published.collect::<Vec<_>>(),
        "state": verified.list.known().map(|list| list.state().to_string()),
        "void_heads": verified.heads.iter().filter(|head| head.void).map(|head| head.head.number).collect::<Vec<_>>(),
    })
}

fn status(files: &Files) -> u8 {
    let fresh = files.verify().and_then(|verified| verified.check_fresh(now()));
    fresh.map_or_else(|error| error.status(), |()| 0)
}

#[test]
fn vectors_have_the_expected_verdict_and_are_those_of_the_folder() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors");
    let accept = std::env::var_os("CHANGECAST_ACCEPT").is_some();
    let mut names = Vec::new();
    for vector in vectors() {
        assert_eq!(status(&vector.files), vector.status, "{}: {:?}", vector.name, vector.files.verify().map(|_| ()));
        let path = folder.join(format!("{}.json", vector.name));
        let text = document(&vector);
        if accept {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &text).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap_or_default(), text, "{}", path.display());
        names.push(path.file_name().unwrap().to_owned());
    }
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name();
        assert!(names.contains(&name) || name == "README.md", "{name:?} is not a vector");
    }
}
