//! Damage is never news: a version that was damaged or replaced announces nothing, whatever the format. Versions that
//! look like damage but are changes are announced.

use changecast::{
    ReadingConfig,
    history::{Branch, FixtureCommit, History, Walk, create_repo},
    publish::{ListSource, LogRow, Outcome, Progress, change_log},
    read::format_names,
};
use tempfile::TempDir;

use crate::support::{BEGIN, DAY};

/// The content of a file in each version; `None` where it does not exist.
type Versions = Vec<Option<Vec<u8>>>;

/// The change log of a file.
fn log(format: &str, versions: &Versions) -> Vec<LogRow> {
    let path = format!("legal/subprocessors.{}", extension(format));
    let dir = TempDir::new().expect("a temporary directory");
    let commits: Vec<FixtureCommit> = (0..).zip(versions).map(|(day, bytes)| commit(&path, day, bytes)).collect();
    create_repo(dir.path(), &commits).expect("a repository");
    let history = History::open(dir.path()).expect("a repository");
    let source = ListSource { paths: vec![path], options: ReadingConfig::default() };
    change_log(&history, &Walk::default(), &source, Progress::NONE).expect("a log")
}

fn commit(path: &str, day: i64, bytes: &Option<Vec<u8>>) -> FixtureCommit {
    FixtureCommit {
        time: BEGIN + DAY * day,
        author: "A. Author".into(),
        message: format!("version {day}"),
        files: vec![(path.to_owned(), bytes.clone()), ("day".into(), Some(day.to_string().into_bytes()))],
        branch: Branch::Main,
    }
}

fn extension(format: &str) -> &str {
    match format {
        "markdown" => "md",
        other => other,
    }
}

/// The kinds of the announced changes of a version.
fn kinds(row: &LogRow) -> Vec<String> {
    row.announced().iter().map(|change| change.kind.info().name.to_owned()).collect()
}

/// A list of four entries in each format.
fn list(format: &str) -> Option<&'static str> {
    Some(match format {
        "markdown" => {
            "# Subprocessors\n\nWe engage these subprocessors.\n\n| Vendor | Purpose | Location |\n|---|---|---|\n| Nordhaven | Hosting | Germany |\n| Kestrel Mail | E-mail | Ireland |\n| Tallyline | Payments | France |\n| Quill | Text | Norway |\n"
        }
        "html" => {
            "<!doctype html>\n<html><head><title>Subprocessors</title></head>\n<body><h1>Subprocessors</h1>\n<div><table>\n<tr><th>Vendor</th><th>Purpose</th></tr>\n<tr><td>Nordhaven</td><td>Hosting</td></tr>\n<tr><td>Kestrel Mail</td><td>E-mail</td></tr>\n<tr><td>Tallyline</td><td>Payments</td></tr>\n<tr><td>Quill</td><td>Text</td></tr>\n</table></div></body></html>\n"
        }
        "csv" => "Vendor,Purpose\nNordhaven,Hosting\nKestrel Mail,E-mail\nTallyline,Payments\nQuill,Text\n",
        "rst" => {
            "Subprocessors\n=============\n\n.. list-table::\n   :header-rows: 1\n\n   * - Vendor\n     - Purpose\n   * - Nordhaven\n     - Hosting\n   * - Kestrel Mail\n     - E-mail\n   * - Tallyline\n     - Payments\n   * - Quill\n     - Text\n"
        }
        "yaml" => {
            "subprocessors:\n- name: Nordhaven\n  purpose: Hosting\n- name: Kestrel Mail\n  purpose: E-mail\n- name: Tallyline\n  purpose: Payments\n- name: Quill\n  purpose: Text\n"
        }
        "json" => {
            "{\"subprocessors\": [\n{\"name\": \"Nordhaven\", \"purpose\": \"Hosting\"},\n{\"name\": \"Kestrel Mail\", \"purpose\": \"E-mail\"},\n{\"name\": \"Tallyline\", \"purpose\": \"Payments\"},\n{\"name\": \"Quill\", \"purpose\": \"Text\"}\n]}\n"
        }
        "toml" => {
            "[[subprocessors]]\nname = \"Nordhaven\"\npurpose = \"Hosting\"\n[[subprocessors]]\nname = \"Kestrel Mail\"\npurpose = \"E-mail\"\n[[subprocessors]]\nname = \"Tallyline\"\npurpose = \"Payments\"\n[[subprocessors]]\nname = \"Quill\"\npurpose = \"Text\"\n"
        }
        _ => return None,
    })
}

/// Contents that may take the place of a list in any format.
const REPLACEMENTS: [(&str, &[u8]); 33] = [
    ("nothing", b""),
    ("white space", b"\n  \n\n"),
    ("a byte order mark", b"\xef\xbb\xbf"),
    ("an LFS pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22e\nsize 812\n"),
    ("a git-annex pointer", b"/annex/objects/SHA256E-s812--4d7a214614ab2935c943f9e0ff69d22e.csv\n"),
    ("git-crypt", b"\0GITCRYPT\0\x9f\x11\xc2\x08\xfa\x33\x81\x90\xee"),
    ("age", b"age-encryption.org/v1\n-> X25519 s6s0G\nq1x\n--- 9f\n\xc2\x08\xfa"),
    ("age armor", b"-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBz\n-----END AGE ENCRYPTED FILE-----\n"),
    ("PGP", b"-----BEGIN PGP MESSAGE-----\n\nhQEMA5kQ2m1y\n=9fQ2\n-----END PGP MESSAGE-----\n"),
    ("Ansible Vault", b"$ANSIBLE_VAULT;1.1;AES256\n33613463343938323365353937653\n"),
    ("OpenSSL", b"U2FsdGVkX1+8e4mDcQ2c7pS0kz1vJq==\n"),
    ("SOPS", b"{\"data\": \"ENC[AES256_GCM,data:9f11c208,iv:aa,tag:bb,type:str]\", \"sops\": {\"mac\": \"ENC[AES256_GCM,data:xx]\"}}\n"),
    ("SOPS in YAML", b"name: ENC[AES256_GCM,data:9f11c208,iv:aa,tag:bb,type:str]\nsops:\n    mac: x\n"),
    ("an image", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10"),
    ("a ZIP archive", b"PK\x03\x04\x14\0\x06\0xl/worksheets"),
    ("a PDF document", b"%PDF-1.7\n1 0 obj << /Type /Catalog >>\nendobj\n"),
    ("Latin-1", b"Vendor,Purpose\nM\xfcller,Hosting\n"),
    ("404", b"404: Not Found"),
    ("404 as a word", b"Not Found\n"),
    ("a proxy's message", b"upstream connect error or disconnect/reset before headers. reset reason: overflow\n"),
    ("an apology", b"We could not show this page right now\n\nReload it in a few minutes.\n"),
    ("an error in JSON", b"{\"message\":\"API rate limit exceeded\",\"documentation_url\":\"https://docs.example/rates\"}\n"),
    ("errors in JSON", b"{\"errors\":[{\"name\":\"NotFound\",\"description\":\"no such document\"}],\"subprocessors\":[]}\n"),
    ("null", b"null\n"),
    ("an empty object", b"{}\n"),
    ("an error page", b"<html>\n<head><title>502 Bad Gateway</title></head>\n<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body>\n</html>\n"),
    ("an error page with links", b"<!DOCTYPE html>\n<html><head><title>Page not found | Larkspur</title></head><body><h1>Page not found</h1><p>The page about subprocessors is gone.</p><ul><li><a href=\"/\">Home</a></li><li><a href=\"/legal/subprocessors\">Subprocessors</a></li></ul></body></html>\n"),
    ("a login page", b"<!doctype html><html><head><title>Sign in to Larkspur</title></head><body><h1>Sign in</h1><form><input name=user></form><p><a href=\"/subprocessors\">Subprocessors</a></p></body></html>\n"),
    ("a challenge", b"<!DOCTYPE html><html lang=\"en-US\"><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript</noscript></body></html>\n"),
    ("an error in XML", b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>\n"),
    ("another page", b"# Release notes\n\nVersion 4 fixes two faults in the editor.\n"),
    ("a path", b"../shared/subprocessors.md"),
    ("half a merge", b"<<<<<<< HEAD\nname: Nordhaven\n"),
];

/// Damage of the list itself, which depends on the format.
fn damaged(format: &str, good: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let second_entry = good.find("Kestrel").unwrap_or_default();
    let merge = format!("{}<<<<<<< ours\n{}>>>>>>> theirs\n", good, good);
    let mut versions = vec![
        ("UTF-16 without a byte order mark", utf16),
        ("a merge conflict", merge.into_bytes()),
        ("half a merge conflict", format!("{good}>>>>>>> theirs\n").into_bytes()),
        ("a control character in each word", good.replace("e", "\u{1}e").into_bytes()),
    ];
    let cut: &[(&'static str, String)] = match format {
        "markdown" => &[
            ("an open fence", good.replace("| Vendor", "```\n\n| Vendor")),
            ("an open comment", good.replace("| Vendor", "<!-- draft\n\n| Vendor")),
            ("a table without its line of dashes", good.replace("|---|---|---|\n", "")),
            ("a header alone", good[..good.find("| Nordhaven").unwrap_or_default()].to_owned()),
            ("half a row", good[..good.find("Payments").unwrap_or_default()].to_owned()),
            (
                "the list as a sentence",
                "# Subprocessors\n\nThese are Nordhaven, Kestrel Mail, Tallyline and Quill.\n".into(),
            ),
        ],
        "html" => &[
            ("half a page", good[..second_entry].to_owned()),
            ("half a tag", good[..second_entry - 2].to_owned()),
            ("an open comment", good.replace("<tr><td>Kestrel", "<!-- <tr><td>Kestrel")),
            ("no end of the table", good[..good.find("</table>").unwrap_or_default()].to_owned()),
            ("no end of the page", good[..good.find("</div>").unwrap_or_default()].to_owned()),
            ("a header alone", without_rows(good, "<tr><td>", "</table>")),
        ],
        "csv" => &[
            ("a header alone", "Vendor,Purpose\n".into()),
            ("an open quote", good.replace("Nordhaven,", "\"Nordhaven,")),
            ("half a record", good[..good.find(",Payments").unwrap_or_default()].to_owned()),
        ],
        "rst" => &[("a header alone", good[..good.find("   * - Nordhaven").unwrap_or_default()].to_owned())],
        "yaml" => &[
            ("an open quote", good.replace("Kestrel Mail", "\"Kestrel Mail")),
            ("a tab", good.replace("  purpose: E-mail", "\tpurpose: E-mail")),
            ("a key without a list", "subprocessors:\n".into()),
            ("a comment", "# moved to the vault\n".into()),
            ("an alias without an anchor", "subprocessors: *shared\n".into()),
        ],
        "json" => &[
            ("half a document", good[..second_entry].to_owned()),
            ("a trailing comma", good.replace("}\n]", "},\n]")),
            ("a comment", good.replace("[\n", "[ // ours\n")),
            ("a key without a list", "{\"subprocessors\": null}\n".into()),
            ("a reference", "{\"$ref\": \"shared.json\"}\n".into()),
        ],
        _ => &[
            ("half a document", good[..second_entry].to_owned()),
            ("an open quote", good.replace("\"E-mail\"", "\"E-mail")),
            ("a comment", "# moved to the vault\n".into()),
            ("a key twice", good.replacen("purpose = ", "name = ", 1)),
        ],
    };
    versions.extend(cut.iter().map(|(what, text)| (*what, text.clone().into_bytes())));
    versions
}

/// A text without everything from the first mark to the last one.
fn without_rows(text: &str, from: &str, to: &str) -> String {
    let (start, end) = (text.find(from).unwrap_or_default(), text.rfind(to).unwrap_or_default());
    format!("{}{}", &text[..start], &text[end..])
}

#[test]
fn damaged_versions_are_unreadable_and_announce_nothing() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for format in format_names() {
        let Some(good) = list(format) else { continue };
        let mut versions: Versions = vec![Some(good.into())];
        let mut names = Vec::new();
        let replacements = REPLACEMENTS.iter().map(|(what, bytes)| (*what, bytes.to_vec()));
        for (what, bytes) in replacements.chain(damaged(format, good)) {
            versions.extend([Some(bytes), Some(good.into())]);
            names.push(what);
        }
        let rows = log(format, &versions);
        assert_eq!(rows.len(), versions.len(), "{format}: two versions are equal");
        assert_eq!(kinds(&rows[0]), ["published"], "{format}");
        for (what, pair) in names.iter().zip(rows[1..].chunks(2)) {
            count += 1;
            let announced: Vec<String> = pair.iter().flat_map(kinds).collect();
            let is_unreadable = matches!(pair[0].outcome, Outcome::Unreadable(_));
            if !announced.is_empty() || !is_unreadable {
                wrong.push(format!("{format}, {what}: announced {announced:?}, {:?}", pair[0].outcome));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 116, "{count} damaged versions");
}

/// Versions that are no damage: format, second version, kinds that are announced.
const CHANGES: [(&str, &str, &[&str]); 16] = [
    ("json", "[]\n", &["withdrawn"]),
    ("json", "{\"subprocessors\": []}\n", &["withdrawn"]),
    ("json", "{\"updated\": \"2026-01-01\", \"subprocessors\": []}\n", &["withdrawn"]),
    ("yaml", "[]\n", &["withdrawn"]),
    ("yaml", "subprocessors: []\n", &["withdrawn"]),
    ("toml", "subprocessors = []\n", &["withdrawn"]),
    ("markdown", "# Subprocessors\n\nWe no longer engage any subprocessors.\n", &["withdrawn"]),
    (
        "markdown",
        "# Legal\n\nThe list of our subprocessors is at https://trust.example/list from now on.\n",
        &["withdrawn"],
    ),
    ("markdown", "# Subprocessors\n\nWe no longer use Nordhaven, Kestrel Mail, Tallyline and Quill.\n", &["withdrawn"]),
    (
        "markdown",
        "# Subprocessors\n\nNone.\n\n## Former subprocessors\n\n| Vendor | Until |\n|---|---|\n| Nordhaven | 2025 |\n| Kestrel Mail | 2025 |\n| Tallyline | 2025 |\n| Quill | 2025 |\n",
        &["withdrawn"],
    ),
    (
        "html",
        "<html><body><h1>Subprocessors</h1><p>The list moved to our <a href='https://trust.example/'>trust center</a>.</p></body></html>\n",
        &["withdrawn"],
    ),
    // A page that mentions the words of damage.
    (
        "markdown",
        "# Subprocessors\n\nErrors such as 404 Not Found go to Quill, large files to Git LFS.\n\n| Vendor | Purpose | Location |\n|---|---|---|\n| Nordhaven | Hosting, version https://git-lfs.github.com/spec/v1 | Germany |\n| Kestrel Mail | E-mail | Ireland |\n| Tallyline | Payments | France |\n",
        &["removed", "purpose-changed"],
    ),
    ("csv", "Vendor,Purpose\n404 Guard,Error pages\n", &["added", "removed", "removed", "removed", "removed"]),
    ("csv", "Vendor,Purpose\nNordhaven,Hosting\nKestrel Mail,E-mail\nTallyline,Payments\n", &["removed"]),
    // Without end tags that HTML does not require.
    (
        "html",
        "<html><body><h1>Subprocessors</h1><table><tr><th>Vendor<th>Purpose<tr><td>Nordhaven<td>Hosting<tr><td>Kestrel Mail<td>E-mail<tr><td>Tallyline<td>Payments</table>",
        &["removed"],
    ),
    // A closed fence with an example.
    (
        "markdown",
        "# Subprocessors\n\n```\n| Vendor |\n|---|\n| Example |\n```\n\n| Vendor | Purpose | Location |\n|---|---|---|\n| Nordhaven | Hosting | Germany |\n| Kestrel Mail | E-mail | Ireland |\n| Tallyline | Payments | France |\n",
        &["removed"],
    ),
];

#[test]
fn changes_that_resemble_damage_are_announced() {
    let mut wrong = Vec::new();
    for (format, text, expected) in CHANGES {
        let good = list(format).expect("a list");
        let rows = log(format, &vec![Some(good.into()), Some(text.into())]);
        if kinds(&rows[1]) != expected {
            wrong.push(format!("{format}: {:?}, {:?} of {text}", kinds(&rows[1]), rows[1].outcome));
        }
    }
    for format in format_names().filter(|format| list(format).is_some()) {
        let good = list(format).expect("a list");
        let rows = log(format, &vec![Some(good.into()), None, Some(good.into())]);
        let announced: Vec<Vec<String>> = rows.iter().map(kinds).collect();
        if announced != [["published"], ["withdrawn"], ["restored"]] {
            wrong.push(format!("{format}, deleted: {announced:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_list_that_becomes_json_under_the_name_of_its_page_is_read() {
    let json = list("json").expect("a list").replace("Quill", "Parley");
    let rows = log("html", &vec![list("html").map(Into::into), Some(json.into())]);
    assert_eq!(kinds(&rows[1]), ["added", "removed"]);
}

#[test]
fn the_last_of_repeated_keys_counts_in_json_with_a_warning() {
    let good = list("json").expect("a list");
    let twice = good.replace("\"purpose\": \"E-mail\"", "\"purpose\": \"Chat\", \"purpose\": \"E-mail\"");
    let rows = log("json", &vec![Some(good.into()), Some(twice.into()), Some(good.into())]);
    assert_eq!(rows.iter().flat_map(kinds).collect::<Vec<_>>(), ["published"]);
    let warnings: Vec<&str> = rows[1].warnings.iter().map(|warning| warning.rule).collect();
    assert_eq!(warnings, ["duplicate-key"]);
    assert!(rows[1].warnings[0].message.contains("\"purpose\""));
}
