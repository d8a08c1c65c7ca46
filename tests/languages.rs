//! Pages and feeds in other languages.

use std::fs;

use crate::support::TestRepo;

const BEFORE: &str = "notice: {lead: {added: 30d}, objection: {within: 14d}}\nentries:\n- {name: Oakline, purpose: Backups, location: Spain}\n";

#[test]
fn pages_and_feeds_are_in_the_configured_language() {
    let after =
        format!("{BEFORE}- {{name: Kestrel, purpose: Mail, effective: '2024-03-01'}}\n").replace("Spain", "Norway");
    let repo = TestRepo::of_lists(&[BEFORE, &after]);
    repo.build_first(1);
    let config = repo.path("repo/changecast.yaml");
    let text = fs::read_to_string(&config).expect("a configuration");
    let german = format!("language: de\n{text}");
    fs::write(&config, &german).expect("a configuration");
    repo.publish(&["--now", "2024-01-01T12:00:00Z"]).expect(0);
    repo.build();
    fs::write(&config, &german).expect("a configuration");
    repo.publish(&["--now", "2024-01-02T12:00:00Z"]).expect(0);
    let file = |name: &str| fs::read_to_string(repo.path("feeds/vendors").join(name)).expect(name);
    let page = file("index.html");
    for words in [
        "<html lang=\"de\">",
        "Aktuelle Liste",
        "2. Januar 2024",
        "Januar 2024</h3>",
        "Widerspruch möglich",
        "Widerspruch bis Dienstag 2024-01-16 (UTC)",
        "+</span> Neu</span>",
        "Ort geändert",
        "2 Einträge",
        "30 Tage zugesagt: eingehalten",
        "Frist für Widersprüche",
    ] {
        assert!(page.contains(words), "{words}\n{page}");
    }
    for name in ["feed.atom", "feed.rss", "feed.json"] {
        let feed = file(name);
        for words in ["Neu: Kestrel", "Ort geändert", "Widerspruch bis 2024-01-16", "Diese Änderung"] {
            assert!(feed.contains(words), "{name}: {words}\n{feed}");
        }
        for words in ["Added", "object by", "Current list", "This change"] {
            assert!(!feed.contains(words), "{name}: {words}");
        }
    }
    assert!(file("feed.atom").contains("xml:lang=\"de\"") && file("feed.rss").contains("<language>de</language>"));
    assert!(file("changelog.md").contains("| Datum | Änderung | Eintrag | Einzelheiten |"));
    // A publication that renders everything again gives the same bytes.
    let before = repo.files("feeds");
    repo.publish(&["--now", "2024-02-01T12:00:00Z", "--all"]).expect(0);
    assert_eq!(repo.files("feeds"), before);
}

#[test]
fn an_unknown_language_is_refused_with_those_that_there_are() {
    let repo = TestRepo::of_lists(&[BEFORE]);
    repo.build();
    let config = repo.path("repo/changecast.yaml");
    let text = fs::read_to_string(&config).expect("a configuration");
    fs::write(&config, format!("language: xx\n{text}")).expect("a configuration");
    repo.publish(&[]).fails(2, &["xx", "en, de"]);
}
