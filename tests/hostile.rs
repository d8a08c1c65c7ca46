//! Texts and files of people who mean harm, or of nobody in particular: a located error or a safe
//! output, never a panic, never half a publication.

use std::fs;

use changecast::read::{MAX_BYTES, Problem, ReadingConfig, read};
use serde_json::Value;

use crate::support::{CONFIG, TestRepo};

/// What it is, the file, its content, where the error is, and its words.
type Case = (&'static str, &'static str, Vec<u8>, Option<(usize, usize)>, &'static str);

/// What readers refuse.
#[test]
fn bad_input_gets_a_located_error() {
    let deep = |open: &str, close: &str| format!("entries: {}x{}", open.repeat(100), close.repeat(100));
    let bomb = "a: &a [x, x, x, x, x, x, x, x]\n".to_owned()
        + &('b'..='i')
            .zip('a'..)
            .map(|(to, from)| format!("{to}: &{to} [{}]\n", vec![format!("*{from}"); 8].join(", ")))
            .collect::<String>()
        + "entries: []\n";
    let cases: Vec<Case> = vec![
        ("an empty file", "l.yaml", b"".to_vec(), None, "empty"),
        ("white space", "l.yaml", b" \n\t\n".to_vec(), None, "empty"),
        ("a byte order mark alone", "l.yaml", "\u{feff}".into(), None, "empty"),
        ("not UTF-8", "l.yaml", b"entries:\n- {name: A\xff}".to_vec(), Some((2, 11)), "not UTF-8"),
        ("UTF-16", "l.yaml", b"\xff\xfee\0n\0".to_vec(), None, "UTF-16"),
        ("an open bracket", "l.yaml", b"entries:\n- {name: A\n".to_vec(), Some((3, 1)), "not valid YAML"),
        ("entries that are nothing", "l.yaml", b"title: Vendors\nentries:\n".to_vec(), Some((1, 1)), "empty"),
        (
            "a conflict",
            "l.md",
            b"| Vendor |\n|--|\n<<<<<<< ours\n| A |\n=======\n| B |\n>>>>>>> theirs\n".to_vec(),
            Some((3, 1)),
            "conflict",
        ),
        (
            "a table without its line of dashes",
            "l.md",
            b"# Vendors\n\n| Vendor | Purpose |\n| A | x |\n| B | y |\n".to_vec(),
            Some((3, 1)),
            "line of dashes",
        ),
        (
            "a quote that is never closed",
            "l.csv",
            b"Vendor,Purpose\nA,\"x\nB,y\nC,z\n".to_vec(),
            Some((2, 1)),
            "never closed",
        ),
        (
            "a tab as indentation",
            "l.yaml",
            b"entries:\n- name: A\n\tpurpose: B\n".to_vec(),
            Some((3, 1)),
            "not valid YAML",
        ),
        ("two documents", "l.yaml", b"entries: []\n---\nentries: []\n".to_vec(), Some((2, 1)), "second document"),
        ("an alias without anchor", "l.yaml", b"entries: *nobody\n".to_vec(), Some((1, 10)), "not valid YAML"),
        (
            "a key that stands twice",
            "l.yaml",
            b"entries:\n- name: A\n  name: B\n".to_vec(),
            Some((3, 3)),
            "duplicate key \"name\"",
        ),
        (
            "an id that stands twice",
            "l.yaml",
            b"entries:\n- {id: a, name: A}\n- {id: a, name: B}\n".to_vec(),
            Some((3, 3)),
            "\"a\" is used by two",
        ),
        (
            "an id with a slash",
            "l.yaml",
            b"entries:\n- {id: ../a, name: A}\n".to_vec(),
            Some((2, 8)),
            "cannot be an id",
        ),
        ("an entry without name", "l.yaml", b"entries:\n- {purpose: A}\n".to_vec(), Some((2, 3)), "without a name"),
        (
            "an entry that is a text",
            "l.yaml",
            b"entries:\n- A\n".to_vec(),
            Some((2, 3)),
            "expected a map, found a text",
        ),
        (
            "a list for entries that is a map",
            "l.yaml",
            b"sections:\n- entries: {a: b}\n".to_vec(),
            Some((2, 12)),
            "expected a list",
        ),
        (
            "a map for a text",
            "l.yaml",
            b"entries:\n- {name: A, purpose: {a: b}}\n".to_vec(),
            Some((2, 22)),
            "purpose: expected a text",
        ),
        (
            "an unknown key of a section",
            "l.yaml",
            b"sections:\n- {titel: A, entries: []}\n".to_vec(),
            Some((2, 4)),
            "titel",
        ),
        (
            "a lead time without unit",
            "l.yaml",
            b"notice: {lead: {added: 30}}\nentries: []\n".to_vec(),
            Some((1, 9)),
            "\"30\" is not a duration",
        ),
        (
            "a lead time for nothing",
            "l.yaml",
            b"notice: {lead: {addded: 30d}}\nentries: []\n".to_vec(),
            Some((1, 9)),
            "addded",
        ),
        ("nesting", "l.yaml", deep("[", "]").into(), Some((1, 73)), "nesting"),
        (
            "nesting in JSON",
            "l.json",
            deep("[", "]")
                .replace("entries:", "{\"entries\":")
                .replace('x', "1")
                .into_bytes()
                .into_iter()
                .chain(*b"}")
                .collect(),
            None,
            "nesting",
        ),
        ("a bomb of aliases", "l.yaml", bomb.into(), None, "values including aliases"),
        ("broken JSON", "l.json", b"{\"entries\": [\n{\"name\": }]}".to_vec(), Some((2, 10)), "not valid JSON"),
        ("broken TOML", "l.toml", b"[[entries]]\nname = \n".to_vec(), Some((2, 8)), "not valid TOML"),
        (
            "a name of 10 MB",
            "l.yaml",
            format!("entries:\n- {{name: {}}}\n", "A".repeat(10 << 20)).into(),
            Some((2, 3)),
            "characters of a name",
        ),
        (
            "a text of 10 MB",
            "l.yaml",
            format!("entries:\n- {{name: A, purpose: {}}}\n", "b ".repeat(5 << 20)).into(),
            Some((2, 3)),
            "characters of a field",
        ),
        (
            "a name of nothing visible",
            "l.yaml",
            "entries:\n- {name: \"\\u200b\\u202e\"}\n".into(),
            Some((2, 3)),
            "without a name",
        ),
        ("another format", "l.exe", b"MZ".to_vec(), None, "unknown format"),
        ("a text", "l.yaml", b"just a text".to_vec(), Some((1, 1)), "no list found"),
        (
            "too many columns",
            "l.yaml",
            ("entries:\n- {name: A".to_owned() + &(0..1000).map(|n| format!(", k{n}: v")).collect::<String>() + "}\n")
                .into(),
            None,
            "columns",
        ),
    ];
    let mut wrong = Vec::new();
    for (what, path, bytes, at, says) in cases {
        let error = read(path, &bytes, &ReadingConfig::default()).expect_err(what);
        let text = error.to_string();
        let found = error.at.map(|at| (at.line, at.column));
        if !text.contains(says) || (at.is_some() && found != at) {
            wrong.push(format!("{what}: {text} at {found:?}, expected {says:?} at {at:?}"));
        }
        assert!(!error.help().is_empty(), "{what}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let huge = read("l.yaml", &vec![b' '; MAX_BYTES + 1], &ReadingConfig::default()).expect_err("a huge file");
    assert!(matches!(huge.problem, Problem::Limit { .. }));
}

#[test]
fn odd_but_readable_files_are_read() {
    for (what, text) in [
        ("a byte order mark", "\u{feff}entries:\n- {name: A, purpose: B}\n"),
        ("carriage returns", "entries:\r\n- name: A\r\n  purpose: B\r\n"),
        ("mixed line ends", "entries:\r\n- name: A\n  purpose: B\r\n"),
        ("anchors and merges", "x-base: &base {purpose: B}\nentries:\n- {<<: *base, name: A}\n"),
        ("a document mark", "---\nentries:\n- {name: A, purpose: B}\n...\n"),
        ("tabs inside", "entries:\n- {name: A,\tpurpose: \"B\\t\"}\n"),
    ] {
        let reading = read("l.yaml", text.as_bytes(), &ReadingConfig::default());
        let inventory = reading.unwrap_or_else(|error| panic!("{what}: {error} {:?}", error.at)).inventory;
        assert_eq!(inventory.entries.len(), 1, "{what}");
        assert_eq!(inventory.entries[0].name.as_str(), "A", "{what}");
        assert_eq!(inventory.entries[0].cells.last().map(|cell| cell.text.as_str()), Some("B"), "{what}");
    }
    // Scalars are texts as they were written.
    let text = "entries:\n- {name: 1.10, price: 1e400, phone: +60123, on: no, none: ~}\n";
    let inventory = read("l.yaml", text.as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
    let cells: Vec<&str> = inventory.entries[0].cells.iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!((inventory.entries[0].name.as_str(), cells), ("1.10", vec!["no", "+60123", "1e400"]));
}

#[test]
fn near_misses_are_pointed_out() {
    let text = "titel: A\nentries:\n- {name: A, purpsoe: B, formely: C}\n- {name: A, purpsoe: B, formely: C}\n";
    let warnings = read("l.yaml", text.as_bytes(), &ReadingConfig::default()).expect("a list").warnings;
    let said: Vec<String> = warnings.iter().map(|warning| format!("{} {}", warning.at, warning.message)).collect();
    assert!(said[0].starts_with("1:1 unknown key \"titel\"") && said[0].contains("\"title\""), "{said:?}");
    assert!(said[1].starts_with("3:13 unknown key \"purpsoe\"") && said[1].contains("\"purpose\""), "{said:?}");
    assert!(said[2].starts_with("3:25 unknown key \"formely\"") && said[2].contains("\"formerly\""), "{said:?}");
    assert!(said.last().is_some_and(|last| last.contains("listed twice")), "{said:?}");
}

/// Vendors that try to break every format at once.
const EVIL: &str = r#"
title: "</title><script>alert(1)</script>"
description: "<!-- changecast:list -->"
entries:
- name: "AT&T <b>\"x\"</b> ]]>"
  purpose: "=cmd()|' /C calc'!A0"
  location: "<img src=x onerror=alert(1)>"
  url: "javascript:alert(1)"
  data: "`rm -rf /` | a | b, {{ template }}, ${env}, [click](javascript:alert(1))"
  remark: "\e[31mred\e[0m \x07 \x9b31m \uFFFE \u202Eevil\u202C \u2066x"
- name: "+1+1"
  purpose: "@SUM(A1)"
  url: "https://user@evil.example/"
- name: "-2"
  purpose: "</script>"
  url: "https://good.example/\"onmouseover=\"alert(1)"
"#;

#[test]
fn hostile_texts_come_out_harmless_everywhere() {
    let repo = TestRepo::of_lists(&[
        "entries:\n- {name: A}\n",
        EVIL,
        &EVIL.replace("calc", "notepad").replace("+1+1", "=1+1"),
    ]);
    repo.build();
    repo.publish(&[]).expect(0);
    repo.verify().expect(0);
    for (name, bytes) in repo.files("feeds") {
        let text = String::from_utf8(bytes).unwrap_or_else(|_| panic!("{name} is not UTF-8"));
        for c in text.chars() {
            let fit = !c.is_control() || c == '\n' || (c == '\r' && (name.ends_with(".csv") || name.ends_with(".ics")));
            let bidi = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}');
            assert!(fit && !bidi, "{name} holds {c:?}");
        }
        match name.rsplit('.').next().unwrap_or_default() {
            "html" => {
                let text = text.replace("<script src=\"../filter.js\" defer></script>", "");
                for bad in [
                    "<script", "<img", "<b>", "href=\"javascript", "onerror=\"", "\"onmouseover=\"",
                    "href=\"https://user@",
                ] {
                    assert!(!text.contains(bad), "{name} holds {bad}");
                }
            }
            "atom" | "rss" => {
                for bad in ["<script", "<img", "javascript:alert(1)&quot;", "href=\"javascript"] {
                    assert!(!text.contains(bad), "{name} holds {bad}");
                }
                assert_eq!(text.matches("]]>").count(), text.matches("<![CDATA[").count(), "{name}");
                for line in text.lines().filter(|line| line.contains("<title>")) {
                    assert!(!line.contains("&lt;") && !line.contains("&gt;"), "{name}: {line}");
                }
            }
            "csv" => {
                let mut lines = csv_cells(&text);
                assert!(lines.all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])), "{name}");
            }
            "md" => {
                assert!(
                    !text.replace("\\]", "").contains("](javascript")
                        && !text.contains("<script")
                        && !text.contains("{{"),
                    "{name}: {text}"
                );
                // The tables of a list have as many columns as the list.
                for row in text.lines().filter(|line| line.starts_with('|') && name.ends_with("changelog.md")) {
                    let pipes = row.replace("\\|", "").matches('|').count();
                    assert_eq!(pipes, 5, "{name}: {row}");
                }
            }
            _ => {}
        }
    }
    let feed: Value =
        serde_json::from_slice(&fs::read(repo.path("feeds/vendors/feed.json")).expect("a feed")).expect("JSON");
    assert!(
        feed["items"]
            .as_array()
            .expect("items")
            .iter()
            .all(|item| !item["title"].as_str().expect("a title").contains(['<', '>']))
    );
    // A terminal gets no orders, whatever the history holds.
    for args in [&["log", "--all"][..], &["show"], &["diff", "HEAD~1", "HEAD"]] {
        let mut args = args.to_vec();
        args.extend(["--repo", "repo", "--config", "repo/changecast.yaml"]);
        let ran = repo.run(&args).expect(0);
        assert!(
            !ran.out.contains('\u{1b}') && !ran.out.contains('\u{202e}') && !ran.out.contains('\u{9b}'),
            "{}",
            ran.out
        );
    }
}

/// The text of a page outside its head, with the isolated names removed. Tags are removed as well.
fn outside_isolation(page: &str) -> String {
    let body = page.split_once("<body").map_or(page, |(_, body)| body);
    let mut parts = body.split("<bdi>");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once("</bdi>").map_or("", |(_, rest)| rest));
    }
    text.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect()
}

#[test]
fn names_of_another_direction_do_not_reorder_the_text_around_them() {
    let (arabic, hebrew) = ("\u{645}\u{632}\u{648}\u{62f} (1)", "\u{5e2}\u{5e0}\u{5df} 2");
    let list = format!("entries:\n- {{name: {arabic}, location: Finland}}\n");
    let more = format!("{list}- {{name: {hebrew}, location: Spain}}\n");
    let fewer = format!("entries:\n- {{name: {arabic}, location: Norway}}\n");
    let repo = TestRepo::of_lists(&[&list, &more, &fewer]);
    repo.build();
    repo.publish(&[]).expect(0);
    let pages: Vec<_> = repo.files("feeds").into_iter().filter(|(name, _)| name.ends_with(".html")).collect();
    assert!(pages.len() >= 5);
    for (name, bytes) in pages {
        let page = String::from_utf8(bytes).expect("text");
        let rest = outside_isolation(&page);
        assert!(!rest.contains(arabic) && !rest.contains(hebrew), "{name}: {rest}");
    }
}

/// The cells of a CSV text, one after the other.
fn csv_cells(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().map(|record| record.expect("a record")).collect();
    records.into_iter().flat_map(|record| record.iter().map(str::to_owned).collect::<Vec<_>>())
}

#[cfg(unix)]
#[test]
fn odd_things_in_place_of_files_and_folders() {
    use std::{os::unix::fs::symlink, process::Command};
    let repo = TestRepo::of_lists(&["entries:\n- {name: A}\n"]);
    repo.build();
    // The output directory may be a link; links inside it are refused, and so is a file in its place.
    fs::create_dir(repo.path("real")).expect("a folder");
    symlink(repo.path("real"), repo.path("feeds")).expect("a link");
    repo.publish(&[]).expect(0);
    assert!(repo.path("real/vendors/feed.atom").is_file());
    fs::remove_dir_all(repo.path("real/vendors/changes")).expect("a folder");
    symlink("/tmp", repo.path("real/vendors/changes")).expect("a link");
    repo.publish(&[]).fails(2, &["changes", "symbolic link"]);
    fs::remove_file(repo.path("real/vendors/changes")).expect("the link");
    fs::remove_file(repo.path("real/vendors/feed.atom")).expect("a feed");
    symlink("/etc/passwd", repo.path("real/vendors/feed.atom")).expect("a link");
    repo.publish(&[]).fails(2, &["feed.atom", "symbolic link"]);
    fs::remove_file(repo.path("real/vendors/feed.atom")).expect("the link");
    fs::create_dir(repo.path("real/vendors/feed.atom")).expect("a folder");
    repo.publish(&[]).fails(2, &["feed.atom", "a folder, not a file"]);
    fs::remove_file(repo.path("feeds")).expect("the link");
    fs::write(repo.path("feeds"), "a file").expect("a file");
    repo.publish(&[]).fails(2, &["feeds"]);
    assert_eq!(fs::read_to_string(repo.path("feeds")).expect("the file"), "a file");
    // Neither a folder nor a FIFO is an inventory, and nobody waits for one.
    let diff = |a: &str, b: &str| repo.run(&["diff", a, b, "--repo", "repo", "--config", "repo/changecast.yaml"]);
    let made = Command::new("mkfifo").arg(repo.path("fifo")).status().expect("mkfifo");
    assert!(made.success());
    diff("fifo", "HEAD").fails(2, &["fifo"]);
    diff("repo", "HEAD").fails(2, &["repo"]);
    diff("nobody", "HEAD").fails(2, &["no revision \"nobody\""]);
}

#[test]
fn unknown_keys_of_the_configuration_name_the_nearest() {
    let repo = TestRepo::new().commit(
        "first",
        &[
            ("changecast.yaml", Some(&CONFIG.replace("inventory:", "invenory:"))),
            ("data/list.yaml", Some("entries: []\n")),
        ],
    );
    repo.build();
    repo.publish(&[]).fails(2, &["repo/changecast.yaml:5:33", "lists[0]", "invenory", "did you mean `inventory`?"]);
}

/// Found by fuzzing: cut to the length of an id, such labels and ids were the same, without end.
#[test]
fn long_labels_and_ids_stay_apart() {
    let long = "Data processed ".repeat(12);
    let page = format!("Vendor,{long}1,{long}2\nKestrel,a,b\n");
    let list = read("l.csv", page.as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
    let fields: std::collections::BTreeSet<_> = list.columns.iter().map(|column| &column.field).collect();
    assert_eq!(fields.len(), 2);
    let id = "k".repeat(100);
    let twice = format!(
        "entries:\n- {{id: {id}, name: Kestrel}}\n- {{name: {id}, purpose: a}}\n- {{name: {id}, purpose: b}}\n"
    );
    let list = read("l.yaml", twice.as_bytes(), &ReadingConfig::default()).expect("a list").inventory;
    let ids: std::collections::BTreeSet<_> = list.entries.iter().map(|entry| &entry.id).collect();
    assert_eq!(ids.len(), 3);
}
