//! The attacks, by the power of the attacker.

use changecast_core::{
    ledger::{Digest, Json},
    sign::Namespace,
};

use super::{
    ORIGIN, STAGE,
    log::{BODY, HEAD, LAST, Log, Members, text},
};

/// What the follower has seen before.
#[derive(Clone, Copy, PartialEq)]
pub enum Seen {
    Older,
    Newest,
}

/// An attack.
pub struct Attack {
    pub power: &'static str,
    pub action: &'static str,
    pub seen: Seen,
    pub act: fn(&mut Log),
}

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
pub fn of_mirrors() -> Vec<Attack> {
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
pub fn of_release_keys() -> Vec<Attack> {
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
            log.append_keys("release", Namespace::Root, |_| {});
        }),
        release_key("new keys in the namespace of releases", |log| {
            log.append_keys("release", Namespace::Release, |_| {});
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
pub fn of_root_keys() -> Vec<Attack> {
    vec![
        root_key("signs a release in the namespace of releases", |log| {
            log.edit(LAST, "root", Namespace::Release, |_| {})
        }),
        root_key("signs a changes release in its own namespace", |log| log.edit(LAST, "root", Namespace::Root, |_| {})),
        root_key("none: the same keys again", |log| {
            log.append_keys("root", Namespace::Root, |_| {});
        }),
        root_key("an unknown kind", |log| {
            log.append("root", Namespace::Root, |header| _ = header.insert("kind".into(), text("later")));
        }),
        root_key("new keys that alter the list", |log| {
            log.append_keys("root", Namespace::Root, |header| _ = header.insert("state".into(), Json::Null));
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
