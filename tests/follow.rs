//! `follow`: first contact, news, and everything that a server, a thief or a damaged file can do in between.

use std::{fs, path::Path};

use changecast::follow::load;

use crate::{
    server::{Fault, Server},
    support::{FEBRUARY, MARCH, Ran, TestRepo, files_below},
};

const VERSIONS: [&str; 4] = [
    "entries:\n- {name: Nordhaven, location: Finland}\n",
    "entries:\n- {name: Nordhaven, location: Germany}\n",
    "entries:\n- {name: Nordhaven, location: Spain}\n",
    "entries:\n- {name: Nordhaven, location: Italy}\n",
];
const PIN: [&str; 4] = ["--root", "keys/root.pub", "--origin", "example.com/vendors"];

/// Two versions are published.
fn published() -> TestRepo {
    let repo = TestRepo::of_lists(&VERSIONS);
    repo.build_first(2);
    repo.publish(&[]).expect(0);
    repo
}

/// Publishes the third version.
fn publish_third(repo: &TestRepo) {
    repo.build_first(3);
    repo.publish(&["--now", FEBRUARY]).expect(0);
}

fn follow(repo: &TestRepo, location: &str, more: &[&str]) -> Ran {
    repo.run(&[&["follow", location, "--state", "state.json", "--now", MARCH], more].concat())
}

/// Replaces a folder by another one.
fn put(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    for (name, bytes) in files_below(from) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
}

#[test]
fn a_log_is_followed_from_first_contact_to_news() {
    let repo = published();
    follow(&repo, "feeds/vendors", &[]).fails(5, &["no root key is pinned", "SHA256:", "--trust-on-first-use"]);
    follow(&repo, "feeds/vendors", &PIN[..2]).fails(2, &["the name of the log is not known", "--origin"]);
    assert!(!repo.path("state.json").exists());
    let first = follow(&repo, "feeds/vendors", &[&PIN[..], &["--exit-code"]].concat()).expect(0);
    assert!(first.out.contains("example.com/vendors: followed from now on; release 2, "), "{}", first.out);
    let state = fs::read(repo.path("state.json")).expect("a state");
    let nothing = follow(&repo, "feeds/vendors", &["--exit-code"]).expect(0);
    assert!(nothing.out.contains("no new changes; release 2, "), "{}", nothing.out);
    assert!(fs::read(repo.path("state.json")).expect("a state") == state);
    publish_third(&repo);
    fs::copy(repo.path("state.json"), repo.path("before.json")).expect("a copy");
    let news = follow(&repo, "feeds/vendors", &["--exit-code"]).expect(1);
    assert!(news.out.contains("1 new change, 1 of level notice; release 3, "), "{}", news.out);
    assert!(news.out.contains("2030-02-01") && news.out.contains("Germany → Spain"), "{}", news.out);
    follow(&repo, "feeds/vendors", &["--exit-code"]).expect(0);
    fs::rename(repo.path("before.json"), repo.path("state.json")).expect("the state before");
    let json = follow(&repo, "feeds/vendors", &["--format", "json"]).expect(0).json();
    let log = &json["logs"][0];
    assert_eq!(log["origin"], "example.com/vendors");
    assert_eq!(log["news"][0]["changes"][0]["kind"], "relocated");
    assert_eq!(log["news"][0]["published"], FEBRUARY);
    assert_eq!(log["release"]["seq"], 3);
    let line = follow(&repo, "feeds/vendors", &["--format", "line"]).expect(0).out;
    assert_eq!(line.lines().count(), 1, "{line}");
}

#[test]
fn what_differs_from_the_remembered_log_is_named() {
    let repo = published();
    put(&repo.path("feeds/vendors"), &repo.path("older"));
    publish_third(&repo);
    follow(&repo, "feeds/vendors", &PIN).expect(0);
    let state = fs::read(repo.path("state.json")).expect("a state");
    // An older log.
    follow(&repo, "older", &[]).fails(4, &["older than what was kept", "release 2, ", "release 3, "]);
    // A rewritten release.
    put(&repo.path("feeds/vendors"), &repo.path("rewritten"));
    let header = repo.path("rewritten/log/000002.json");
    let text = fs::read_to_string(&header).expect("a header");
    fs::write(&header, text.replace("\"kind\":\"changes\"", "\"kind\":\"reread\"")).expect("a header");
    fs::remove_file(repo.path("rewritten/head/000001.json")).expect("a head");
    follow(&repo, "rewritten", &[]).fails(3, &["release 2, ", "was rewritten"]);
    // Another origin, and another root key.
    for (keys, pin, code, texts) in [
        ("root.pub", "example.com/partners", 5, &["example.com/vendors", "example.com/partners"][..]),
        ("other.pub", "example.com/vendors", 5, &["the state belongs to SHA256:"]),
    ] {
        let keys = format!("keys/{keys}");
        follow(&repo, "feeds/vendors", &["--root", &keys, "--origin", pin]).fails(code, texts);
    }
    let other = TestRepo::of_lists(&VERSIONS);
    other.build();
    other.keys();
    fs::copy(repo.path("keys/other"), other.path("keys/root")).expect("a key");
    let publish = [
        "publish", "--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--now", FEBRUARY,
        "--key", "keys/release", "--root-key", "keys/root",
    ];
    other.run(&publish).expect(0);
    put(&other.path("feeds/vendors"), &repo.path("other"));
    follow(&repo, "other", &[]).fails(5, &["another root key"]);
    assert!(fs::read(repo.path("state.json")).expect("a state") == state, "no fault changes the state");
    follow(&repo, "feeds/vendors", &[]).expect(0);
}

#[test]
fn a_doctored_history_is_a_fork_and_both_branches_are_kept() {
    let repo = published();
    publish_third(&repo);
    follow(&repo, "feeds/vendors", &PIN).expect(0);
    let doctored = TestRepo::of_lists(&[VERSIONS[0], VERSIONS[3], VERSIONS[2], VERSIONS[1]]);
    doctored.build();
    doctored.publish(&["--now", FEBRUARY]).expect(0);
    put(&doctored.path("feeds/vendors"), &repo.path("doctored"));
    for _ in 0..2 {
        follow(&repo, "doctored", &[]).fails(3, &["forked", "release 2, ", "neither can be trusted"]);
    }
    let state = load(&repo.path("state.json")).expect("a state").expect("a state");
    let [ours, theirs] = [&state.files, &state.conflict].map(|files| files.get("log/000002.json"));
    assert!(ours.is_some() && theirs.is_some() && ours != theirs);
    follow(&repo, "feeds/vendors", &[]).expect(0);
}

#[test]
fn the_branch_that_the_root_signed_wins_over_that_of_a_thief() {
    let repo = published();
    follow(&repo, "feeds/vendors", &PIN).expect(0);
    put(&repo.path("feeds"), &repo.path("ours"));
    // The follower sees the thief's branch first.
    let thief = TestRepo::of_lists(&[VERSIONS[0], VERSIONS[1], VERSIONS[3]]);
    thief.build();
    put(&repo.path("feeds"), &thief.path("feeds"));
    thief.publish(&["--now", FEBRUARY]).expect(0);
    put(&thief.path("feeds/vendors"), &repo.path("theirs"));
    follow(&repo, "theirs", &[]).expect(0);
    // The publisher revokes the key and publishes another version.
    let next = crate::support::key("next").to_openssh(None).expect("a key");
    fs::write(repo.path("keys/next"), next).expect("a key file");
    let place = ["--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds", "--key", "keys/next"];
    let revoke = ["--root-key", "keys/root", "--stolen", "keys/release.pub", "--now", FEBRUARY];
    repo.run(&[&["keys", "revoke"], &place[..], &revoke].concat()).expect(0);
    repo.build_first(3);
    repo.run(&[&["publish"], &place[..], &["--now", MARCH]].concat()).expect(0);
    follow(&repo, "feeds/vendors", &[]).fails(3, &["forked", "signed on this branch", "continues the log"]);
    // From now on the follower is on the publisher's branch.
    let nothing = follow(&repo, "feeds/vendors", &[]).expect(0);
    assert!(nothing.out.contains("no new changes; release 4, "), "{}", nothing.out);
    follow(&repo, "theirs", &[]).fails(3, &["signed on the kept branch"]);
    // A follower that knew only the common beginning, and one that knew nothing, need no decision.
    let fresh = repo.run(&[&["follow", "feeds/vendors", "--state", "fresh.json", "--now", MARCH], &PIN[..]].concat());
    fresh.expect(0);
}

#[test]
fn a_damaged_state_is_named_and_never_replaced() {
    let repo = published();
    follow(&repo, "feeds/vendors", &PIN).expect(0);
    let good = fs::read_to_string(repo.path("state.json")).expect("a state");
    publish_third(&repo);
    for (bad, text) in [
        (String::new(), "is damaged"),
        (good[..good.len() / 2].to_owned(), "is damaged"),
        (good.replace("changecast-follow/1", "changecast-follow/9"), "its format is changecast-follow/9"),
        (good.replace("\"head\":0", "\"head\":7"), "head/000007.json is missing"),
        (good.replace("\"head/000000.json\"", "\"head/x\""), "head/000000.json is missing"),
        (good.replace("Finland", "Iceland"), "the kept copy of the log was altered"),
        (format!("{good} "), "its length is not that of its files"),
    ] {
        assert_ne!(bad, good);
        fs::write(repo.path("state.json"), &bad).expect("a state");
        follow(&repo, "feeds/vendors", &[]).fails(2, &[text, "state"]);
        assert_eq!(fs::read_to_string(repo.path("state.json")).expect("a state"), bad);
    }
    fs::write(repo.path("state.json"), &good).expect("a state");
    // A run that was killed left a half-written file behind.
    fs::write(repo.path(".state.json.changecast"), "{\"for").expect("a file");
    follow(&repo, "feeds/vendors", &["--exit-code"]).expect(1);
}

#[test]
fn the_copy_of_a_redacted_body_is_deleted() {
    let repo = published();
    follow(&repo, "feeds/vendors", &PIN).expect(0);
    let place = ["--repo", "repo", "--config", "repo/changecast.yaml", "--output", "feeds"];
    let keys = ["--key", "keys/release", "--root-key", "keys/root", "--now", FEBRUARY];
    repo.run(&[&["redact", "1", "--ground", "an order", "--yes"], &place[..], &keys].concat()).expect(0);
    let ran = follow(&repo, "feeds/vendors", &[]).expect(0);
    assert!(ran.err.contains("the copy of release 1 was deleted"), "{}", ran.err);
    let state = fs::read_to_string(repo.path("state.json")).expect("a state");
    assert!(!state.contains("000001.body.json") && state.contains("000002.body.json"));
}

#[test]
fn a_server_is_asked_once_if_there_is_no_news() {
    let repo = published();
    let server = Server::start(&repo.path("feeds/vendors"));
    follow(&repo, &server.address, &PIN).expect(0);
    server.requests();
    follow(&repo, &server.address, &[]).expect(0);
    let requests = server.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
    assert!(requests[0].header("if-none-match").is_some(), "{requests:?}");
    let old = fs::read(repo.path("feeds/vendors/index.json")).expect("an index");
    publish_third(&repo);
    let news = follow(&repo, &server.address, &["--exit-code"]).expect(1);
    assert!(news.out.contains("Germany → Spain"), "{}", news.out);
    let known = ["log/000001", "log/000002", "head/000000.json.sig"];
    let requests = server.requests();
    assert!(!requests.iter().any(|request| known.iter().any(|path| request.path.starts_with(path))), "{requests:?}");
    // An index that is not updated does not hide a later head.
    repo.build();
    repo.publish(&["--now", "2030-02-10T00:00:00Z"]).expect(0);
    server.inject(move |request| (request.path == "index.json").then(|| Fault::Answer(200, Vec::new(), old.clone())));
    follow(&repo, &server.address, &["--exit-code"]).expect(1);
    let nothing = follow(&repo, &server.address, &["--exit-code"]).expect(0);
    assert!(nothing.err.contains("index.json is older"), "{}", nothing.err);
}

/// A gzip stream of one megabyte of zeros, repeated until it unpacks to more than a body may have.
fn gzip_bomb() -> Vec<u8> {
    let mut child = std::process::Command::new("sh")
        .args(["-c", "head -c 40000000 /dev/zero | gzip -9"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("gzip");
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(child.stdout.as_mut().expect("a pipe"), &mut bytes).expect("gzip");
    child.wait().expect("gzip");
    bytes
}

#[test]
fn no_fault_of_a_server_is_reported_as_tampering_and_the_next_run_continues() {
    let repo = published();
    let server = Server::start(&repo.path("feeds/vendors"));
    follow(&repo, &server.address, &PIN).expect(0);
    publish_third(&repo);
    let state = fs::read(repo.path("state.json")).expect("a state");
    let elsewhere = || vec![("Location", "http://other.example/log/".to_owned())];
    let page = b"<!doctype html><title>Sign in</title>".to_vec();
    let gzip = vec![("Content-Encoding", "gzip".to_owned())];
    let faults: Vec<(&str, Fault)> = vec![
        ("an error of the server", Fault::Answer(500, Vec::new(), Vec::new())),
        ("too many requests", Fault::Answer(429, Vec::new(), Vec::new())),
        ("a refusal", Fault::Answer(403, Vec::new(), Vec::new())),
        ("a redirect to another host", Fault::Answer(302, elsewhere(), Vec::new())),
        ("a redirect without target", Fault::Answer(302, Vec::new(), Vec::new())),
        ("a closed connection", Fault::Close),
        ("a cut answer", Fault::Cut(20)),
        ("a cut answer without length", Fault::CutWithoutLength(20)),
        ("a silent server", Fault::Silence),
        ("a slow server", Fault::Slow),
        ("an endless answer", Fault::Endless),
        ("a gzip bomb", Fault::Answer(200, gzip.clone(), gzip_bomb())),
        ("damaged gzip", Fault::Answer(200, gzip, b"no gzip".to_vec())),
        ("a page in place of a file", Fault::Answer(200, Vec::new(), page)),
        ("a missing file", Fault::Answer(404, Vec::new(), Vec::new())),
    ];
    for path in ["log/000003.json", "log/000003.body.json", "head/000001.json", "head/000001.json.sig"] {
        for (what, fault) in &faults {
            // A body that does not exist although a head covers it is an error of the log.
            if path.ends_with("body.json") && matches!(*what, "a page in place of a file" | "a missing file") {
                continue;
            }
            // The slow and silent ones wait for the timeout at every attempt.
            if matches!(fault, Fault::Silence | Fault::Slow) && path != "log/000003.json" {
                continue;
            }
            let (fault, of) = (fault.clone(), path.to_owned());
            server.inject(move |request| (request.path == of).then(|| fault.clone()));
            let ran = follow(&repo, &server.address, &["--timeout", "1", "--exit-code"]);
            assert_eq!(ran.code, 2, "{what} for {path}: {}", ran.err);
            assert!(fs::read(repo.path("state.json")).expect("a state") == state, "{what} for {path}");
        }
    }
    // A body with bytes behind it is what `verify` calls it, and no fault of the network.
    let body = repo.path("feeds/vendors/log/000003.body.json");
    let good = fs::read(&body).expect("a body");
    for added in [&b"\n"[..], b"x", b"{}", b"}"] {
        fs::write(&body, [&good[..], added].concat()).expect("a body");
        server.inject(|_| None);
        let verified = repo.run(&["verify", "feeds/vendors", "--root", "keys/root.pub", "--now", MARCH]);
        let followed = follow(&repo, &server.address, &["--exit-code"]);
        assert_eq!((followed.code, verified.code), (3, 3), "{added:?}: {}", followed.err);
        assert!(fs::read(repo.path("state.json")).expect("a state") == state, "{added:?}");
    }
    fs::write(&body, good).expect("a body");
    // A temporary fault does not even end the run.
    let failed = std::sync::Mutex::new(std::collections::BTreeSet::new());
    server.inject(move |request| {
        let is_first = failed.lock().expect("the paths").insert(request.path.clone());
        is_first.then(|| Fault::Answer(503, Vec::new(), Vec::new()))
    });
    follow(&repo, &server.address, &["--exit-code"]).expect(1);
    server.inject(|_| Some(Fault::Type("text/html")));
    fs::write(repo.path("state.json"), state).expect("a state");
    follow(&repo, &server.address, &["--exit-code"]).expect(1);
}

#[test]
fn https_needs_a_certificate_that_is_trusted() {
    let repo = published();
    let certificate = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let other = rcgen::generate_simple_self_signed(vec!["other.example".to_owned()]).expect("a certificate");
    fs::write(repo.path("ca.pem"), certificate.cert.pem()).expect("a file");
    fs::write(repo.path("other.pem"), other.cert.pem()).expect("a file");
    let server = Server::secure(&repo.path("feeds/vendors"), &certificate);
    let trusted = [&PIN[..], &["--ca-certificate", "ca.pem"]].concat();
    follow(&repo, &server.address, &[&PIN[..], &["--ca-certificate", "other.pem"]].concat()).expect(2);
    let wrong_name = Server::secure(&repo.path("feeds/vendors"), &other);
    follow(&repo, &wrong_name.address, &[&PIN[..], &["--ca-certificate", "other.pem"]].concat()).expect(2);
    assert!(!repo.path("state.json").exists());
    follow(&repo, &server.address, &trusted).expect(0);
    follow(&repo, &server.address, &trusted).expect(0);
    let args = [&["follow", &server.address, "--state", "state.json", "--now", MARCH], &PIN[..]].concat();
    let ca = repo.path("ca.pem").display().to_string();
    repo.run_with(&args, &[("SSL_CERT_FILE", &ca)]).expect(0);
    follow(&repo, &server.address, &["--ca-certificate", "keys/root.pub"]).fails(2, &["certificates"]);
    follow(&repo, "http://192.0.2.1/vendors/", &PIN).fails(2, &["without encryption", "--insecure-http"]);
}

#[test]
fn the_domain_of_a_log_names_its_root_key_once() {
    let repo = published();
    let certificate = rcgen::generate_simple_self_signed(vec!["example.com".to_owned()]).expect("a certificate");
    fs::write(repo.path("ca.pem"), certificate.cert.pem()).expect("a file");
    let directory = repo.path("feeds/.well-known/changecast.json");
    let text = fs::read_to_string(&directory).expect("a directory");
    assert!(text.contains("\"origin\": \"example.com/vendors\""), "{text}");
    assert!(text.contains("\"log\": \"https://example.com/trust/vendors/\""), "{text}");
    let server = Server::proxy(&repo.path("feeds"), &certificate);
    let first = |state: &str| {
        let args = ["follow", "feeds/vendors", "--origin", "example.com/vendors", "--ca-certificate", "ca.pem"];
        repo.run_with(&[&args[..], &["--state", state, "--now", MARCH]].concat(), &[("HTTPS_PROXY", &server.address)])
    };
    let pinned = first("state.json").expect(0);
    assert!(pinned.err.contains("is pinned from now on: example.com names it"), "{}", pinned.err);
    assert_eq!(server.requests().len(), 1);
    // It is asked once, and another key there replaces no pin.
    fs::write(&directory, text.replace(&key_line("root"), &key_line("other"))).expect("a directory");
    first("state.json").expect(0);
    assert!(server.requests().is_empty());
    first("fresh.json").fails(5, &["another root key"]);
    for other in [text.replace("example.com/vendors", "example.com/partners"), "{}".to_owned(), String::new()] {
        fs::write(&directory, other).expect("a directory");
        first("fresh.json").fails(5, &["no root key is pinned"]);
    }
    server.inject(|_| Some(Fault::Answer(302, vec![("Location", "https://other.example/".to_owned())], Vec::new())));
    first("fresh.json").fails(5, &["no root key is pinned"]);
    assert!(!repo.path("fresh.json").exists());
}

/// The public key of this name as OpenSSH writes it.
fn key_line(name: &str) -> String {
    crate::support::key(name).public().to_string()
}

#[test]
fn many_logs_are_followed_and_one_failure_hides_no_other() {
    let repo = published();
    let list = "vendors:\n\
        - {name: Example, url: feeds/vendors, root: keys/root.pub, origin: example.com/vendors, criticality: high}\n\
        - {name: Gone, url: nowhere, root: keys/root.pub, origin: example.com/vendors}\n\
        - {name: Forged, url: forged, root: keys/root.pub, origin: example.com/vendors}\n";
    fs::write(repo.path("vendors.yaml"), list).expect("a list");
    put(&repo.path("feeds/vendors"), &repo.path("forged"));
    let args =
        ["follow", "--list", "vendors.yaml", "--state", "states", "--now", MARCH, "--exit-code", "--format", "json"];
    let first = repo.run(&args).expect(2).json();
    let status = |json: &serde_json::Value| -> Vec<u64> {
        json["logs"].as_array().expect("logs").iter().map(|log| log["status"].as_u64().expect("a status")).collect()
    };
    assert_eq!(status(&first), [0, 2, 0]);
    assert_eq!(first["logs"][0]["criticality"], "high");
    publish_third(&repo);
    let header = repo.path("forged/head/000000.json");
    let text = fs::read_to_string(&header).expect("a head");
    fs::write(&header, text.replace("2030", "2031")).expect("a head");
    let second = repo.run(&args).expect(3).json();
    assert_eq!(status(&second), [0, 2, 3]);
    assert_eq!(second["logs"][0]["news"][0]["changes"][0]["kind"], "relocated");
    fs::write(repo.path("vendors.yaml"), "vendors: [{name: A, adress: x}]").expect("a list");
    repo.run(&args).fails(2, &["vendors.yaml:1", "adress"]);
}

#[cfg(unix)]
#[test]
fn a_hundred_publishers_without_news_are_asked_once_each() {
    let repo = published();
    fs::create_dir(repo.path("www")).expect("a folder");
    let server = Server::start(&repo.path("www"));
    let mut list = "vendors:\n".to_owned();
    for at in 0..100 {
        std::os::unix::fs::symlink(repo.path("feeds/vendors"), repo.path(&format!("www/{at}"))).expect("a link");
        let address = format!("{}{at}/", server.address);
        list += &format!("- {{name: V{at}, url: '{address}', root: keys/root.pub, origin: example.com/vendors}}\n");
    }
    fs::write(repo.path("vendors.yaml"), list).expect("a list");
    let args = ["follow", "--list", "vendors.yaml", "--state", "states", "--now", MARCH];
    repo.run(&args).expect(0);
    server.requests();
    repo.run(&args).expect(0);
    let requests = server.requests();
    let asked: std::collections::BTreeSet<&str> = requests.iter().map(|request| request.path.as_str()).collect();
    assert_eq!((requests.len(), asked.len()), (100, 100));
    assert!(requests.iter().all(|request| request.header("if-none-match").is_some()));
}

#[test]
fn a_vendor_that_cannot_be_used_stops_no_other_and_each_has_its_own_state() {
    let repo = published();
    fs::write(repo.path("bad.pub"), "no key").expect("a file");
    let list = "vendors:\n\
        - {name: A/B, url: feeds/vendors, root: keys/root.pub, origin: example.com/vendors}\n\
        - {name: A-B, url: feeds/vendors, root: keys/root.pub, origin: example.com/vendors}\n\
        - {name: No key, url: feeds/vendors, root: none.pub, origin: example.com/vendors}\n\
        - {name: Bad key, url: feeds/vendors, root: bad.pub, origin: example.com/vendors}\n\
        - {name: Bad name, url: feeds/vendors, root: keys/root.pub, origin: vendors}\n\
        - {name: Bad address, url: 'https://', root: keys/root.pub, origin: example.com/vendors}\n";
    fs::write(repo.path("vendors.yaml"), list).expect("a list");
    let args = ["follow", "--list", "vendors.yaml", "--state", "states", "--now", MARCH, "--format", "json"];
    for _ in 0..2 {
        let json = repo.run(&args).expect(2).json();
        let logs = json["logs"].as_array().expect("logs");
        let found: Vec<(&str, u64)> = logs
            .iter()
            .map(|log| (log["name"].as_str().expect("a name"), log["status"].as_u64().expect("a status")))
            .collect();
        let expected = [("A/B", 0), ("A-B", 0), ("No key", 2), ("Bad key", 2), ("Bad name", 2), ("Bad address", 2)];
        assert_eq!(found, expected);
    }
    let states = repo.files("states").into_iter().filter(|(name, _)| name.ends_with(".json"));
    assert_eq!(states.count(), 2);
    let third = "vendors: [{name: A, url: x}, {url: '}', name: B, path: y}, {name: C, git: z, path: y}]";
    fs::write(repo.path("vendors.yaml"), third).expect("a list");
    repo.run(&args).fails(2, &["vendors.yaml:1:50: vendors[1].path: belongs to a page"]);
    fs::write(repo.path("vendors.yaml"), "vendors: [{name: A, url: x}, {name: A, url: y}]").expect("a list");
    repo.run(&args).fails(2, &["vendors.yaml:1:31: vendors[1].name: ", "two vendors have the name \"A\""]);
}

#[test]
fn one_run_at_a_time_uses_a_state() {
    let repo = published();
    follow(&repo, "feeds/vendors", &PIN).expect(0);
    let lock = fs::File::open(repo.path(".state.json.lock")).expect("a file");
    lock.lock().expect("a lock");
    follow(&repo, "feeds/vendors", &[]).fails(2, &["another changecast is following this log"]);
    drop(lock);
    follow(&repo, "feeds/vendors", &[]).expect(0);
}

#[cfg(unix)]
#[test]
fn a_run_that_is_killed_leaves_a_state_that_the_next_run_accepts() {
    let repo = published();
    follow(&repo, "feeds/vendors", &PIN).expect(0);
    publish_third(&repo);
    let before = fs::read(repo.path("state.json")).expect("a state");
    let kills: u64 = std::env::var("CHANGECAST_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(25);
    for kill in 0..kills {
        fs::write(repo.path("state.json"), &before).expect("a state");
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_changecast"));
        command.args(["follow", "feeds/vendors", "--state", "state.json", "--now", MARCH]).current_dir(repo.dir.path());
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let mut child = command.spawn().expect("the program");
        std::thread::sleep(std::time::Duration::from_micros(kill * 997 % 40_000));
        let _ = child.kill();
        child.wait().expect("a status");
        let code = follow(&repo, "feeds/vendors", &["--exit-code"]).code;
        assert!(matches!(code, 0 | 1), "after kill {kill}: {code}");
        follow(&repo, "feeds/vendors", &["--exit-code"]).expect(0);
    }
}
