//! Every attack of a mirror on a log is found, or the copy is named as incomplete.

use changecast_core::{
    ledger::{Json, canonical, layout::Path},
    sign::Namespace,
};

use crate::support::{Files, HEAD, Log, RELEASE, ROOT, five_releases, five_releases_of, inventory, key};

/// The signed files and the two unsigned ones.
fn paths(files: &Files) -> Vec<String> {
    files.0.keys().cloned().collect()
}

#[test]
fn flipped_bits_are_found() {
    let files = five_releases().files;
    for path in paths(&files) {
        for at in (0..files.0[&path].len()).step_by(7) {
            let mut flipped = files.clone();
            flipped.0.get_mut(&path).unwrap()[at] ^= 1 << (at % 8);
            assert_ne!(flipped.status(), 0, "byte {at} of {path}");
        }
    }
}

#[test]
#[ignore = "thousands of signatures: for `just long`"]
fn every_flipped_bit_is_found() {
    let files = five_releases().files;
    for path in paths(&files) {
        for at in 0..8 * files.0[&path].len() {
            let mut flipped = files.clone();
            flipped.0.get_mut(&path).unwrap()[at / 8] ^= 1 << (at % 8);
            assert_ne!(flipped.status(), 0, "bit {at} of {path}");
        }
    }
}

#[test]
fn every_removed_emptied_or_cut_file_is_found() {
    let files = five_releases().files;
    for path in paths(&files) {
        let mut removed = files.clone();
        removed.0.remove(&path);
        let is_body = path.ends_with("body.json");
        assert_eq!(removed.status(), if is_body { 3 } else { 2 }, "{path} removed");
        for length in [0, 1, files.0[&path].len() - 1] {
            let mut cut = files.clone();
            cut.0.get_mut(&path).unwrap().truncate(length);
            assert_ne!(cut.status(), 0, "{path} cut to {length}");
        }
    }
}

#[test]
fn files_in_each_others_place_are_found() {
    let files = five_releases().files;
    let all = paths(&files);
    for from in &all {
        for to in all.iter().filter(|to| *to != from) {
            let mut copied = files.clone();
            copied.0.insert(to.clone(), files.0[from].clone());
            let same = files.0[from] == files.0[to];
            assert_eq!(copied.status() == 0, same, "{from} copied to {to}");
        }
    }
}

#[test]
fn files_of_another_list_of_the_same_publisher_are_found() {
    let files = five_releases().files;
    let other = five_releases_of("fernhill.example/vendors".parse().unwrap()).files;
    for path in paths(&files) {
        let mut mixed = files.clone();
        mixed.0.insert(path.clone(), other.0[&path].clone());
        assert_ne!(mixed.status(), 0, "{path} of the other list");
    }
    assert_eq!(other.status(), 3, "the other list as a whole has another origin than the pinned one");
}

#[test]
fn renamed_and_doubled_files_are_found() {
    let files = five_releases().files;
    for path in paths(&files) {
        let folder = path.split_once('/').map_or("", |(folder, _)| folder);
        let mut renamed = files.clone();
        let bytes = renamed.0.remove(&path).unwrap();
        renamed.0.insert(path.to_uppercase(), bytes.clone());
        assert_ne!(renamed.status(), 0, "{path} renamed");
        if !folder.is_empty() {
            let mut doubled = files.clone();
            doubled.0.insert(format!("{folder}/copy.json"), bytes);
            assert_eq!(doubled.status(), 3, "{path} doubled");
        }
    }
    // The last release and the last head once more, under the next number.
    for (from, to) in [("log/000004.json", "log/000005.json"), ("head/000002.json", "head/000003.json")] {
        let mut doubled = files.clone();
        for end in ["", ".sig"] {
            doubled.0.insert(format!("{to}{end}"), files.0[&format!("{from}{end}")].clone());
        }
        assert_eq!(doubled.status(), 3, "{from} as {to}");
    }
}

#[test]
fn files_that_do_not_belong_to_the_log_are_found() {
    let files = five_releases().files;
    let (header, head) = (files.0["log/000002.json"].clone(), files.0["head/000001.json"].clone());
    for (path, bytes, status) in [
        ("log/.DS_Store", Vec::new(), 3),
        ("log/2.json", header.clone(), 3),
        ("log/000002.JSON", header.clone(), 3),
        ("log/000000.body.json", b"{}".to_vec(), 3),
        ("log/000002.json.bak", header.clone(), 3),
        ("head/000001.json.old", head.clone(), 3),
        ("log/000006.json", header.clone(), 2),
        ("log/000005.json", header, 2),
        ("head/000003.json", head, 2),
    ] {
        let mut strange = files.clone();
        strange.0.insert(path.to_owned(), bytes);
        // A file in the place of the next release is one that the publisher did not finish.
        let next = matches!(path, "log/000005.json" | "head/000003.json");
        assert_eq!(strange.status(), if next { 0 } else { status }, "{path}");
    }
}

#[test]
fn an_older_publication_is_found_file_by_file() {
    let old = five_releases();
    let mut new = five_releases();
    new.publish(Some(inventory(&[("Nordhaven", "Hosting", "Norway")])));
    new.head();
    for path in ["list.json", "index.json"] {
        let mut mixed = new.files.clone();
        mixed.0.insert(path.to_owned(), old.files.0[path].clone());
        assert_eq!(mixed.status(), 2, "an older {path} does not fit the other one");
        let mut mixed = old.files.clone();
        mixed.0.insert(path.to_owned(), new.files.0[path].clone());
        assert_eq!(mixed.status(), 2, "a newer {path} names files that are not there");
    }
    let mut mixed = new.files.clone();
    for path in ["list.json", "index.json"] {
        mixed.0.insert(path.to_owned(), old.files.0[path].clone());
    }
    assert_eq!(mixed.verify().unwrap().remarks.len(), 1, "both are of one older publication");
    // The older folder as a whole is authentic: only who remembers more can tell.
    assert_eq!(old.files.status(), 0);
}

/// Rewrites a document and signs it again: what the holder of a key can do.
fn forged(files: &Files, path: Path, signer: u8, namespace: Namespace, bytes: Vec<u8>) -> Files {
    let mut files = files.clone();
    let signature = key(signer).sign(namespace, &bytes).unwrap();
    let signature_path = match path {
        Path::Header(seq) => Path::HeaderSignature(seq),
        Path::Head(number) => Path::HeadSignature(number),
        other => other,
    };
    files.0.insert(path.to_string(), bytes);
    files.0.insert(signature_path.to_string(), signature.into_bytes());
    files
}

/// The last header of a log, with other members.
fn edited(files: &Files, path: Path, edit: &[(&str, Json)]) -> Vec<u8> {
    let value = canonical::from_bytes(&files.0[&path.to_string()], canonical::MAX_HEADER).unwrap();
    let mut members = value.as_object().unwrap().clone();
    for (key, value) in edit {
        members.insert((*key).to_owned(), value.clone());
    }
    canonical::to_bytes(&Json::Object(members), canonical::MAX_HEADER).unwrap()
}

/// A log of which no head covers the last release, so that the release key alone can rewrite it.
fn open_ended() -> Log {
    let mut log = five_releases();
    log.publish(Some(inventory(&[("Nordhaven", "Hosting", "Norway")])));
    log
}

#[test]
fn the_release_key_cannot_break_the_rules() {
    let files = open_ended().files;
    let path = Path::Header(5);
    let zeros = Json::from("0".repeat(64));
    let pointer =
        |seq, sha256: Json| changecast_core::ledger::json::object([("seq", Json::Integer(seq)), ("sha256", sha256)]);
    for (what, edit, status) in [
        ("another origin", vec![("origin", Json::from("fernhill.example/other"))], 3),
        ("another number", vec![("seq", Json::Integer(4))], 3),
        ("a number as text", vec![("seq", Json::from("5"))], 3),
        ("no link", vec![("prev", Json::Null)], 3),
        ("another link", vec![("prev", zeros.clone())], 3),
        ("another state", vec![("state", zeros.clone())], 3),
        ("no state", vec![("state", Json::Null)], 3),
        ("an unknown member", vec![("note", Json::from("x"))], 2),
        ("an ignored extension", vec![("ext", changecast_core::ledger::json::object([]))], 0),
        ("an extension that is not an object", vec![("ext", Json::from("x"))], 3),
        ("another format", vec![("format", Json::from("changecast-release/2"))], 2),
        ("an unknown kind that alters the list", vec![("kind", Json::from("poem"))], 2),
        ("a kind for the root key", vec![("kind", Json::from("keys")), ("roles", Json::Null)], 3),
        ("a correction of nothing", vec![("kind", Json::from("correction")), ("corrects", pointer(9, zeros))], 3),
    ] {
        let bytes = edited(&files, path, &edit);
        let forged = forged(&files, path, RELEASE, Namespace::Release, bytes);
        let result = forged.verify();
        assert_eq!(forged.status(), status, "{what}: {result:?}");
    }
}

#[test]
fn only_the_right_key_in_the_right_namespace_signs() {
    let files = open_ended().files;
    for (path, right) in [(Path::Header(5), RELEASE), (Path::Head(2), HEAD), (Path::Header(0), ROOT)] {
        let bytes = files.0[&path.to_string()].clone();
        for signer in [ROOT, RELEASE, HEAD, 9] {
            for namespace in [Namespace::Root, Namespace::Release, Namespace::Head, Namespace::Salt] {
                let expected = match path {
                    Path::Header(0) => Namespace::Root,
                    Path::Head(_) => Namespace::Head,
                    _ => Namespace::Release,
                };
                let forged = forged(&files, path, signer, namespace, bytes.clone());
                let valid = signer == right && namespace == expected;
                assert_eq!(forged.status() == 0, valid, "{path} by {signer} in {namespace:?}");
            }
        }
    }
    let other_root = forged(&files, Path::Header(0), 9, Namespace::Root, files.0["log/000000.json"].clone());
    assert_eq!(other_root.status(), 5);
}

#[test]
fn other_bytes_for_the_same_content_are_refused() {
    let files = open_ended().files;
    let path = Path::Header(5);
    let text = files.text(path);
    for other in [
        format!("{text}\n"),
        format!(" {text}"),
        format!("\u{feff}{text}"),
        text.replace("\"seq\":5", "\"seq\": 5"),
        text.replace("\"seq\":5", "\"seq\":5.0"),
        text.replace("\"seq\":5", "\"seq\":5e0"),
        text.replace("\"seq\":5", "\"seq\":05"),
        text.replace("\"seq\":5", "\"seq\":9007199254740993"),
        text.replace("\"seq\":5", "\"seq\":5,\"seq\":5"),
        text.replace("changes", "\\u0063hanges"),
        text.replace("fernhill.example/", "fernhill.example\\/"),
        format!("{text}{text}"),
        format!("[{text}]"),
        "[".repeat(100_000),
        String::new(),
    ] {
        let forged = forged(&files, path, RELEASE, Namespace::Release, other.clone().into_bytes());
        let result = forged.verify();
        // What does not end like a document counts as unfinished, and is not a release.
        let ignored =
            result.as_ref().is_ok_and(|verified| verified.releases.len() == 5 && !verified.unfinished.is_empty());
        assert!(ignored || forged.status() == 3, "{other:.80}: {result:?}");
    }
}

#[test]
fn signatures_have_one_written_form() {
    let files = five_releases().files;
    let path = "log/000002.json.sig";
    let text = String::from_utf8(files.0[path].clone()).unwrap();
    for other in [
        format!("\n{text}"),
        format!("x\n{text}"),
        format!("{text}{text}"),
        format!("{text}\n"),
        text.trim_end().to_owned(),
        text.replace('\n', "\r\n"),
        text.replace('\n', " \n"),
    ] {
        let mut changed = files.clone();
        changed.0.insert(path.to_owned(), other.clone().into_bytes());
        assert_ne!(changed.status(), 0, "{other:?}");
    }
}
