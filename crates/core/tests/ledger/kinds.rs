//! Every kind of release, and the rules between changes and patches.

use changecast_core::{
    ledger::{
        BodyState, ChangeAddress, Difference, Effective, HeadPointer, Ids, Json, KeysRelease, Period, Pin, Pointer,
        Predecessor, Successor, TermAddress, Tip, VerifyError, agreement, canonical, json::object, layout::Path,
        verify,
    },
    model::{Inventory, ListState},
    sign::Namespace,
};

use crate::support::{
    Files, HEAD, Log, RELEASE, ROOT, SECOND_ROOT, difference, five_releases, inventory, key, keys_release, origin,
    roles, source,
};

const NEW_RELEASE: u8 = 5;
const NEW_HEAD: u8 = 6;

fn pointer(log: &Log, seq: u64) -> Pointer {
    let bytes = &log.files.0[&Path::Header(seq).to_string()];
    Pointer { seq, sha256: changecast_core::ledger::Digest::of(bytes) }
}

fn start() -> Log {
    let mut log = Log::new();
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Finland"), ("Kestrel", "Mail", "United States")])));
    log.head();
    log
}

fn keys(release: u8, head: u8) -> KeysRelease {
    KeysRelease { authority: None, ..keys_release(release, head) }
}

#[test]
fn keys_are_rotated_by_a_root_key() {
    let mut log = start();
    let rotation = log.tip.keys(keys(NEW_RELEASE, NEW_HEAD)).unwrap();
    let by_second_root = rotation.clone().sign(&key(SECOND_ROOT)).unwrap();
    let by_release_key = rotation.clone().sign(&key(RELEASE)).unwrap();
    let mut stolen = log.files.clone();
    stolen.put(by_release_key);
    assert_eq!(stolen.status(), 3, "the release key cannot rotate keys");
    log.files.put(by_second_root);
    (log.release_key, log.head_key) = (NEW_RELEASE, NEW_HEAD);
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Finland")])));
    log.head();
    let verified = log.files.verify().unwrap();
    assert_eq!(verified.roles(), Some(&roles(NEW_RELEASE, NEW_HEAD)));
    assert_eq!(verified.authority().unwrap().domain(), "fernhill.example", "it stays as it was");
    // The old key signs nothing any more.
    log.release_key = RELEASE;
    log.publish(None);
    assert_eq!(log.files.status(), 3);
}

#[test]
fn a_stolen_key_is_disowned_and_its_later_heads_are_void() {
    let mut log = start();
    let (last, digest) = log.head.clone().unwrap();
    // The thief publishes a false release and a head over it.
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Russia")])));
    log.head();
    let rotation = KeysRelease {
        disowned: vec![pointer(&log, 2)],
        last_head: Some(HeadPointer { number: last.number, sha256: digest }),
        ..keys(NEW_RELEASE, NEW_HEAD)
    };
    let rotation = log.tip.keys(rotation).unwrap();
    log.put(rotation);
    (log.release_key, log.head_key) = (NEW_RELEASE, NEW_HEAD);
    let before = inventory(&[("Nordhaven", "Hosting", "Finland"), ("Kestrel", "Mail", "United States")]);
    let after = ListState::listed(before);
    let (mut difference, list) = log.step(&after);
    difference.source = source(1);
    let draft = log.tip.reread(difference, list, &log.salts).unwrap();
    log.put(draft);
    log.head();
    let verified = log.files.verify().unwrap();
    assert_eq!(verified.heads.iter().map(|head| head.void).collect::<Vec<_>>(), [false, true, false]);
    let published: Vec<u64> = verified.releases.iter().map(|r| r.publication.unwrap().head).collect();
    assert_eq!(published, [0, 0, 2, 2, 2], "a void head publishes nothing");
    let list = verified.list.known().unwrap();
    assert!(list.entry("kestrel").is_some());
}

#[test]
fn a_redacted_log_contains_the_name_nowhere_and_reports_what_was_not_replayed() {
    let mut log = start();
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Finland"), ("Skylark", "Mail", "Chile")])));
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Finland")])));
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Norway")])));
    log.head();
    let redacts = vec![pointer(&log, 2), pointer(&log, 3)];
    let salts: Vec<String> = [2, 3].iter().map(|seq| log.salts.entry(*seq, "skylark").to_string()).collect();
    let body_salt = log.salts.body(2).to_string();
    let contains =
        |files: &Files, text: &str| files.0.values().any(|bytes| String::from_utf8_lossy(bytes).contains(text));
    assert!(contains(&log.files, "Skylark") && contains(&log.files, &salts[0]) && contains(&log.files, &body_salt));

    let mut undeclared = log.files.clone();
    undeclared.0.remove("log/000002.body.json");
    assert_eq!(undeclared.status(), 3, "a missing body without a redaction");

    let redaction = log.tip.redaction(redacts, "Art. 17 GDPR".into(), &log.salts).unwrap();
    log.put(redaction);
    log.head();
    assert_eq!(log.files.verify().unwrap().not_deleted, [2, 3]);
    for seq in [2, 3] {
        log.files.0.remove(&Path::Body(seq).to_string());
    }
    for text in ["Skylark", "skylark", "Chile", &salts[0], &salts[1], &body_salt] {
        assert!(!contains(&log.files, text), "{text}");
    }
    let verified = log.files.verify().unwrap();
    assert_eq!(verified.not_replayed().collect::<Vec<_>>(), [2, 3, 4]);
    assert_eq!(verified.releases[2].body, BodyState::Redacted);
    assert_eq!(verified.list.known(), log.tip.list.as_ref());
    // The log goes on.
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Sweden")])));
    log.head();
    assert_eq!(log.files.verify().unwrap().not_replayed().count(), 3);
}

#[test]
fn a_snapshot_must_be_the_signed_list() {
    let mut log = start();
    let mut tip = log.tip.clone();
    tip.list = five_list();
    // The header states the digest of another list.
    let redaction = tip.redaction(vec![pointer(&log, 1)], "law".into(), &log.salts).unwrap();
    log.files.put(redaction.sign(&key(ROOT)).unwrap());
    assert_eq!(log.files.status(), 3);
}

fn five_list() -> Option<changecast_core::ledger::List> {
    let mut log = Log::new();
    log.publish(Some(inventory(&[("Oakline", "Backup", "Germany")])));
    log.tip.list
}

#[test]
fn a_log_that_moved_names_its_successor_and_ends() {
    let mut log = start();
    let successor =
        Successor { origin: "fernhill.example/vendors".parse().unwrap(), root: vec![key(9).public().to_string()] };
    let moved = log.tip.moved(successor.clone()).unwrap();
    log.put(moved);
    log.head();
    let end = log.tip.pointer().unwrap();
    let verified = log.files.verify().unwrap();
    assert_eq!(verified.covered().unwrap().header.kind.name(), "moved");
    log.publish(None);
    assert_eq!(log.files.status(), 3, "nothing follows a move");

    let mut tip = Tip::empty(successor.origin);
    let first = KeysRelease {
        predecessor: Some(Predecessor { origin: origin(), release: end }),
        roles: changecast_core::ledger::Roles::new(&[key(9).public()], &[key(RELEASE).public()], &[key(HEAD).public()]),
        ..keys_release(RELEASE, HEAD)
    };
    let mut files = Files::default();
    files.put(tip.keys(first).unwrap().sign(&key(9)).unwrap());
    let pin = Pin { root: key(9).public(), origin: None };
    assert_eq!(changecast_core::ledger::open(&files, &pin).unwrap().origin.list(), "vendors");
}

#[test]
fn corrections_and_reanchored_histories_leave_the_list_alone() {
    let mut log = start();
    let state = log.tip.list.clone();
    let correction =
        log.tip.correction(pointer(&log, 1), "Kestrel is in Canada.".into(), Vec::new(), &log.salts).unwrap();
    log.put(correction);
    let reanchor = log.tip.reanchor(source(77), Some(object([("format", Json::from("yaml"))])), &log.salts).unwrap();
    log.put(reanchor);
    log.head();
    let verified = log.files.verify().unwrap();
    assert_eq!(verified.list.known(), state.as_ref());
    assert_eq!(verified.source(), Some(&source(77)));
    assert_eq!(verified.reading().unwrap().text("format"), Some("yaml"));
    assert_eq!(verified.reader().unwrap().to_string(), "changecast/1");
}

/// Adds a header of any members, signed by the release key.
fn add_header(log: &mut Log, members: &[(&str, Json)]) {
    let (seq, prev) = (log.tip.next, log.tip.last.unwrap());
    let state = log.tip.list.as_ref().map_or(Json::Null, |list| Json::from(list.state().to_string()));
    let value = object([
        ("format", Json::from("changecast-release/1")),
        ("origin", Json::from(origin().as_str())),
        ("prev", Json::from(prev.to_string())),
        ("seq", Json::Integer(seq)),
        ("state", state),
    ]);
    let mut all = value.as_object().unwrap().clone();
    all.extend(members.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    let bytes = canonical::to_bytes(&Json::Object(all), canonical::MAX_HEADER).unwrap();
    let signature = key(RELEASE).sign(Namespace::Release, &bytes).unwrap();
    log.tip.last = Some(changecast_core::ledger::Digest::of(&bytes));
    log.tip.next += 1;
    log.files.0.insert(Path::Header(seq).to_string(), bytes);
    log.files.0.insert(Path::HeaderSignature(seq).to_string(), signature.into_bytes());
}

#[test]
fn an_unknown_kind_that_leaves_the_list_alone_is_skipped() {
    let mut log = start();
    add_header(&mut log, &[("kind", Json::from("greeting")), ("anything", Json::from("x"))]);
    log.head();
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Finland")])));
    log.head();
    let verified = log.files.verify().unwrap();
    assert_eq!(verified.releases[2].header.kind.name(), "greeting");
    assert_eq!(verified.releases.len(), 4);
}

#[test]
fn a_newer_format_ends_verification_and_what_precedes_it_is_verified() {
    let mut log = start();
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Finland")])));
    log.head();
    for (what, members) in [
        ("a format", vec![("kind", Json::from("changes")), ("format", Json::from("changecast-release/2"))]),
        ("a member", vec![("kind", Json::from("reanchor")), ("threshold", Json::Integer(2))]),
        ("a kind that alters the list", vec![("kind", Json::from("merge")), ("state", Json::Null)]),
    ] {
        let mut newer = five_releases();
        newer.files = log.files.clone();
        (newer.tip, newer.head) = (log.tip.clone(), log.head.clone());
        let body = object([("sha256", Json::from("0".repeat(64))), ("size", Json::Integer(2))]);
        let members: Vec<_> = members.into_iter().chain([("body", body)]).collect();
        add_header(&mut newer, &members);
        newer.files.put(head_over_last(&newer));
        let error = newer.files.verify().unwrap_err();
        assert_eq!(error.status(), 2, "{what}: {error}");
        let VerifyError::NeedsNewer { verified: Some(verified), .. } = error else { panic!("{what}: {error}") };
        assert_eq!(verified.covered().unwrap().header.seq, 2, "{what}");
        assert_eq!(verified.list.known(), log.tip.list.as_ref(), "{what}");
    }
}

fn head_over_last(log: &Log) -> Vec<changecast_core::ledger::File> {
    let next = changecast_core::ledger::NextHead {
        covers: log.tip.pointer().unwrap(),
        at: changecast_core::model::Timestamp::from_unix_clamped(1_800_000_000),
        expires: None,
        periods: Vec::new(),
        statements: Vec::new(),
    };
    let last = log.head.as_ref().map(|(head, digest)| (head, *digest));
    next.sign(&origin(), last, &key(HEAD)).unwrap().1
}

#[test]
fn a_newer_log_from_its_first_release_on_needs_a_newer_program() {
    let bytes = br#"{"format":"changecast-release/2"}"#.to_vec();
    let signature = key(ROOT).sign(Namespace::Root, &bytes).unwrap().into_bytes();
    let mut files = Files::default();
    files.0.insert(Path::Header(0).to_string(), bytes);
    files.0.insert(Path::HeaderSignature(0).to_string(), signature);
    assert!(matches!(files.verify(), Err(VerifyError::NeedsNewer { verified: None, .. })));
}

fn period(object_by: &str) -> Period {
    Period {
        change: ChangeAddress { seq: 1, position: 0 },
        term: Some(TermAddress { seq: 1, trigger: "added".into(), position: 0 }),
        effective: Some(Effective { date: "2024-07-01".into(), basis: "stated".into() }),
        object_by: Some(object_by.into()),
        lead_promised: Some("P30D".into()),
        lead_given: Some("P45D".into()),
        zone: "Europe/Berlin".into(),
    }
}

#[test]
fn a_later_head_may_extend_a_period_and_never_shorten_it() {
    for (later, status) in [("2024-06-30", 0), ("2024-07-15", 0), ("2024-06-29", 3), ("2024-07-15T12:00:00Z", 0)] {
        let mut log = start();
        log.head_with(vec![period("2024-06-30")], None);
        log.head_with(vec![period(later)], None);
        assert_eq!(log.files.status(), status, "{later}");
    }
}

#[test]
fn a_period_is_not_shortened_under_a_term_of_another_release() {
    for (seq, trigger, status) in [(1, "added", 3), (2, "added", 3), (1, "replaced", 0)] {
        let mut log = start();
        log.head_with(vec![period("2024-06-30")], None);
        let term = Some(TermAddress { seq, trigger: trigger.into(), position: 0 });
        log.head_with(vec![Period { term, ..period("2024-06-29") }], None);
        assert_eq!(log.files.status(), status, "{seq} {trigger}");
    }
}

#[test]
fn heads_contain_no_free_text() {
    for (member, text) in [("zone", "Kestrel Mail"), ("object_by", "30 days, Kestrel"), ("lead_given", "soon")] {
        let mut log = start();
        let mut period = period("2024-06-30");
        match member {
            "zone" => period.zone = text.into(),
            "object_by" => period.object_by = Some(text.into()),
            _ => period.lead_given = Some(text.into()),
        }
        log.head_with(vec![period], None);
        assert_eq!(log.files.status(), 3, "{member}");
    }
}

#[test]
fn the_clock_never_goes_back() {
    let log = start();
    let (head, digest) = log.head.clone().unwrap();
    let next = changecast_core::ledger::NextHead {
        covers: log.tip.pointer().unwrap(),
        at: head.at.previous(),
        expires: None,
        periods: Vec::new(),
        statements: Vec::new(),
    };
    assert!(next.sign(&origin(), Some((&head, digest)), &key(HEAD)).is_err());
}

/// The lists and the difference of one step.
fn step(
    before: Option<Inventory>,
    after: Option<Inventory>,
) -> (Log, Difference, Option<changecast_core::ledger::List>) {
    let mut log = Log::new();
    if let Some(before) = before {
        log.publish(Some(before));
    }
    let after = log.state.after_version(after);
    let (difference, list) = log.step(&after);
    (log, difference, list)
}

fn two() -> Inventory {
    inventory(&[("Nordhaven", "Hosting", "Finland"), ("Kestrel", "Mail", "United States")])
}

#[test]
fn changes_that_contradict_the_patch_are_refused() {
    let moved = inventory(&[("Nordhaven", "Hosting", "Norway"), ("Oakline", "Backup", "Germany")]);
    for (what, edit) in [
        ("another value after", ("\"after\":\"Norway\"", "\"after\":\"Sweden\"")),
        ("another value before", ("\"before\":\"Finland\"", "\"before\":\"Sweden\"")),
        ("another field", ("\"field\":\"location\",\"gained\"", "\"field\":\"purpose\",\"gained\"")),
        ("another entry", ("\"id\":\"nordhaven\"", "\"id\":\"ghost\"")),
        ("another name", ("\"name\":\"Kestrel\"", "\"name\":\"Oakline\"")),
        ("a removal of what stays", ("\"kind\":\"added\"", "\"kind\":\"removed\"")),
        ("an addition of what goes", ("\"kind\":\"removed\"", "\"kind\":\"added\"")),
        ("another cell of a row", ("\"text\":\"Backup\"", "\"text\":\"Mail\"")),
        ("a first publication", ("\"kind\":\"added\"", "\"kind\":\"published\"")),
    ] {
        let (mut log, difference, list) = step(Some(two()), Some(moved.clone()));
        let text = canonical::to_bytes(&Json::Array(difference.changes.clone()), canonical::MAX_BODY).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains(edit.0), "{what}: {text}");
        let edited = canonical::from_bytes(text.replacen(edit.0, edit.1, 1).as_bytes(), canonical::MAX_BODY);
        let changes = edited.unwrap().as_array().unwrap().to_vec();
        let result = log.tip.changes(Difference { changes, ..difference }, list, &log.salts);
        assert!(result.is_err(), "{what}");
    }
}

#[test]
fn additions_and_removals_must_be_named() {
    for after in [
        inventory(&[("Nordhaven", "Hosting", "Finland")]),
        inventory(&[("Nordhaven", "Hosting", "Finland"), ("Kestrel", "Mail", "United States"), ("Oakline", "", "")]),
    ] {
        let (mut log, difference, list) = step(Some(two()), Some(after));
        let result = log.tip.changes(Difference { changes: Vec::new(), ..difference }, list, &log.salts);
        assert!(result.is_err());
    }
}

#[test]
fn what_comparison_ignores_is_named_as_editorial() {
    let (mut log, mut difference, list) =
        step(Some(two()), Some(inventory(&[("Nordhaven", "hosting.", "Finland"), ("Kestrel", "Mail", "Canada")])));
    assert_eq!(difference.changes.len(), 1);
    let (before, ids) = (log.tip.list.clone(), Ids::default());
    let editorial = agreement::editorial(before.as_ref(), list.as_ref(), &difference.changes, &ids).unwrap();
    assert_eq!(editorial, ["nordhaven"]);
    difference.ids = ids;
    let draft = log.tip.changes(difference, list, &log.salts).unwrap();
    log.put(draft);
    log.head();
    let verified = log.files.verify().unwrap();
    assert!(log.files.text(Path::Body(2)).contains("\"editorial\":[\"nordhaven\"]"));
    assert_eq!(verified.releases[2].body().unwrap().changes().len(), 1);
}

#[test]
fn change_kinds_and_entry_members_of_later_versions_are_accepted() {
    let (mut log, mut difference, list) = step(Some(two()), Some(inventory(&[("Nordhaven", "Hosting", "Finland")])));
    difference.changes = vec![object([
        ("kind", Json::from("suspended")),
        ("entry", object([("id", Json::from("kestrel")), ("mood", Json::from("sad"))])),
    ])];
    let draft = log.tip.changes(difference, list, &log.salts).unwrap();
    log.put(draft);
    log.head();
    assert!(log.files.verify().is_ok());
}

#[test]
fn a_restored_list_may_report_only_what_differs() {
    let mut log = start();
    log.publish(None);
    let moved = inventory(&[("Nordhaven", "Hosting", "Norway"), ("Kestrel", "Mail", "United States")]);
    let (_, list) = log.step(&ListState::listed(moved.clone()));
    let kestrel = inventory(&[("Nordhaven", "Hosting", "Finland"), ("Kestrel", "Mail", "United States")]);
    let changes = changecast_core::change::diff(&ListState::listed(kestrel), &ListState::listed(moved));
    let mut difference = difference(&changes, log.tip.next);
    difference.changes.insert(0, object([("kind", Json::from("restored")), ("level", Json::from("notice"))]));
    let draft = log.tip.changes(difference, list, &log.salts).unwrap();
    log.put(draft);
    log.head();
    let verified = log.files.verify().unwrap();
    assert_eq!(verified.list.known(), log.tip.list.as_ref());
    assert!(verify(&log.files, &crate::support::pin()).is_ok());
}
