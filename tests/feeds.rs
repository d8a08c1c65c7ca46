//! The rules for feeds that their schemas and validators check, for machines without those.

use std::{collections::BTreeSet, fs, path::PathBuf};

use atom_syndication::Feed;
use serde_json::Value;

use crate::support::files_below;

fn feeds() -> Vec<(String, String)> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("feeds");
    files_below(&root).into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).expect("UTF-8"))).collect()
}

const BASE: &str = "https://trust.fernhill.example/lists/";

#[test]
fn atom_keeps_the_rules_of_rfc_4287() {
    let mut ids: BTreeSet<String> = BTreeSet::new();
    let mut feed_ids: BTreeSet<String> = BTreeSet::new();
    for (name, text) in feeds().into_iter().filter(|(name, _)| name.ends_with(".atom")) {
        let feed = Feed::read_from(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
        // Metadata before entries.
        let first = text.find("<entry").expect("an entry");
        for element in ["<title>", "<id>", "<updated>", "<author>", "<link "] {
            assert!(text.find(element).is_some_and(|at| at < first), "{name}: {element}");
        }
        let behind = text.rfind("</entry>").map(|at| text[at + "</entry>".len()..].trim().to_owned());
        assert_eq!(behind.as_deref(), Some("</feed>"), "{name}");
        assert!(!text.contains("<?xml-stylesheet") && !text.contains("fh:complete"), "{name}");
        assert_eq!(name.contains("archive/"), text.contains("<fh:archive"), "{name}");
        // One self link, exact; one alternate per entry; absolute addresses only.
        let own: Vec<&str> =
            feed.links.iter().filter(|link| link.rel == "self").map(|link| link.href.as_str()).collect();
        assert_eq!(own, [format!("{BASE}{name}")], "{name}");
        assert!(feed.id.starts_with("tag:fernhill.example,2024:"), "{name}");
        // A feed with some of the changes has entries of the main feed, and so has that of all lists.
        let is_filtered = name.contains("/feed-");
        let is_of_all = name == "feed.atom";
        if is_filtered || is_of_all {
            assert!(feed_ids.insert(feed.id.clone()), "{name}");
        } else if !name.contains("archive/") {
            assert!(feed_ids.insert(feed.id.clone()), "{name}");
            for entry in &feed.entries {
                assert!(ids.insert(entry.id.clone()), "{name}: {}", entry.id);
            }
        }
        let newest = feed.entries.iter().map(|entry| entry.updated).max();
        assert!(
            newest.is_some_and(|newest| newest == feed.updated || (is_filtered && newest < feed.updated)),
            "{name}"
        );
        let in_order = |pair: &[atom_syndication::Entry]| {
            pair[0].updated > pair[1].updated || (is_of_all && pair[0].updated == pair[1].updated)
        };
        assert!(feed.entries.windows(2).all(in_order), "{name}: order");
        for entry in &feed.entries {
            assert_eq!(entry.published, Some(entry.updated), "{name}");
            let alternates: Vec<&str> =
                entry.links.iter().filter(|link| link.rel == "alternate").map(|link| link.href.as_str()).collect();
            assert_eq!(alternates.len(), 1, "{name}");
            assert!(alternates[0].starts_with(BASE), "{name}");
            assert!(
                !entry.title.value.contains(['<', '>']) && !entry.title.value.is_empty(),
                "{name}: {}",
                entry.title.value
            );
            let main = feed.id.split_once("/feed-").map_or(&*feed.id, |(main, _)| main);
            let begin = if is_of_all { main.trim_end_matches('/').to_owned() } else { format!("{main}/") };
            assert!(entry.id.starts_with(&begin), "{name}: {}", entry.id);
            let content = entry.content.as_ref().and_then(|content| content.value.as_deref()).expect("content");
            only_harmless_tags(&name, content);
        }
        assert!(text.len() < 512 << 10, "{name}");
    }
    assert!(ids.len() > 10);
}

/// p, ul, li, strong, ins, del, and a with an absolute address.
fn only_harmless_tags(name: &str, content: &str) {
    for tag in content.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let allowed = matches!(tag.trim_start_matches('/'), "p" | "ul" | "li" | "strong" | "ins" | "del" | "a")
            || tag.starts_with("a href=\"https://");
        assert!(allowed, "{name}: <{tag}>");
    }
}

#[test]
fn all_formats_have_the_same_entries() {
    for list in ["subprocessors", "roadmap"] {
        let read = |file: &str| {
            let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("feeds").join(list).join(file);
            fs::read_to_string(path).expect("a feed")
        };
        let atom = Feed::read_from(read("feed.atom").as_bytes()).expect("Atom");
        let rss = rss::Channel::read_from(read("feed.rss").as_bytes()).expect("RSS");
        let json: Value = serde_json::from_str(&read("feed.json")).expect("JSON");
        let items = json["items"].as_array().expect("items");
        assert_eq!((atom.entries.len(), rss.items.len()), (items.len(), items.len()));
        for ((a, r), j) in atom.entries.iter().zip(&rss.items).zip(items) {
            assert_eq!(a.id, r.guid.as_ref().expect("a guid").value);
            assert_eq!(a.id, j["id"].as_str().expect("an id"));
            assert!(!r.guid.as_ref().expect("a guid").permalink);
            assert_eq!(Some(&a.title.value), r.title.as_ref());
            assert_eq!(a.title.value, j["title"].as_str().expect("a title"));
            assert_eq!(a.links[0].href, *r.link.as_ref().expect("a link"));
            assert_eq!(a.links[0].href, j["url"].as_str().expect("a link"));
            assert_eq!(a.content.as_ref().and_then(|c| c.value.clone()), r.description);
            assert_eq!(a.updated.to_rfc2822(), *r.pub_date.as_ref().expect("a date"));
            assert_eq!(
                a.updated.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
                j["date_published"].as_str().expect("a date")
            );
            assert!(r.author.is_none(), "RSS authors are e-mail addresses");
        }
        assert_eq!(json["version"], "https://jsonfeed.org/version/1.1");
        assert_eq!(json["feed_url"], format!("{BASE}{list}/feed.json"));
        let rows = read("changelog.csv").lines().count() - 1;
        let told: usize =
            items.iter().map(|item| item["content_html"].as_str().expect("content").matches("<li>").count()).sum();
        assert!(rows >= told, "every change of the feed is a row of the table");
    }
}

#[test]
fn pages_are_found_and_find_each_other() {
    let all = feeds();
    let names: BTreeSet<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    for (name, text) in all.iter().filter(|(name, _)| name.ends_with(".html")) {
        let first = text.find("rel=\"alternate\"").expect("a feed to discover");
        assert!(text[first..].starts_with("rel=\"alternate\" type=\"application/atom+xml\""), "{name}: Atom first");
        assert!(text.contains("<html lang=\"en\">") && text.contains("name=\"viewport\""), "{name}");
        let scripts = text.matches("<script").count();
        assert!(scripts == text.matches("filter.js\" defer></script>").count(), "{name}: no script but the filter");
        assert!(!text.contains("http-equiv=\"refresh\""), "{name}");
        for link in text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            if link.starts_with("https://") || link.starts_with("mailto:") || link.starts_with('#') {
                continue;
            }
            let mut place: Vec<&str> = name.split('/').collect();
            place.pop();
            let (path, _) = link.split_once('#').unwrap_or((link, ""));
            for part in path.split('/') {
                match part {
                    "." | "" => {}
                    ".." => {
                        place.pop();
                    }
                    part => place.push(part),
                }
            }
            let target = place.join("/");
            let folder = if target.is_empty() { "index.html".to_owned() } else { format!("{target}/index.html") };
            let listing = target.ends_with("/log");
            assert!(
                names.contains(target.as_str()) || names.contains(folder.as_str()) || listing,
                "{name} links to {link}"
            );
        }
    }
}
