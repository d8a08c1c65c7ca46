//! Editions and configurations of reading: what another reading of the same git history may publish, and what not.

use std::{fs, path::PathBuf};

use changecast::{
    config::Config,
    history::{Branch, FixtureCommit, History, create_repo},
    output::{Found, Output},
    publish::{self, Edition, FutureCommits, Progress, PublishError, Request, Rewritten, RootKeys, Scope, Signing},
};
use changecast_core::{ledger::ReleaseKind, model::Timestamp, sign::Signer, vocabulary::Vocabulary};
use tempfile::TempDir;

use crate::support::{BEGIN, DAY, PublishedFiles, key, run_in};

const NEXT: Edition = Edition(Edition::CURRENT.0 + 1);

/// A repository with versions of `list.md`, and its output.
struct Publisher {
    dir: TempDir,
    versions: usize,
    ids: Vec<String>,
}

impl Publisher {
    fn new(versions: &[&str]) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let commits: Vec<FixtureCommit> = versions
            .iter()
            .zip(0..)
            .map(|(text, at)| FixtureCommit {
                time: BEGIN + DAY * at,
                author: "A. Author".into(),
                message: format!("version {at}\n"),
                files: vec![("list.md".to_owned(), Some(text.as_bytes().to_vec()))],
                branch: Branch::Main,
            })
            .collect();
        let commits = create_repo(&dir.path().join("repo"), &commits).expect("a repository");
        Publisher { dir, versions: versions.len(), ids: commits.iter().map(ToString::to_string).collect() }
    }

    fn feeds(&self) -> PathBuf {
        self.dir.path().join("feeds")
    }

    /// Publishes the first `versions` versions.
    fn publish(
        &self,
        versions: usize,
        lists: &str,
        edition: Edition,
        vocabulary: &Vocabulary,
    ) -> Result<(), PublishError> {
        assert!(versions <= self.versions);
        let text = format!(
            "publisher: {{name: Example Ltd, url: 'https://example.com/', authority: 'example.com,2024'}}\n\
             base_url: https://example.com/trust/\nlists:\n{lists}"
        );
        let config = Config::parse("changecast.yaml", &text).expect("a configuration");
        let history = History::open(&self.dir.path().join("repo")).expect("the repository");
        let [root, release] = ["root", "release"].map(|name| Signer::Secret(key(name)));
        let request = Request {
            config: &config,
            history: &history,
            tip: Some(self.ids[versions - 1].clone()),
            signing: Signing::Keys { release: &release, root: Some(RootKeys { key: &root, others: &[] }) },
            now: Timestamp::from_unix_clamped(2_000_000_000),
            edition,
            vocabulary: vocabulary.clone(),
            future: FutureCommits::Refuse,
            removals: publish::AllowedRemovals(usize::MAX),
            rewritten: Rewritten::Refuse,
            correct: None,
            scope: Scope::New,
            progress: Progress::NONE,
        };
        let output = Output::open(&self.feeds()).expect("the output");
        let plan = publish::publish(&request, &Found::at(&self.feeds()))?;
        output.write(&plan.files).expect("written");
        Ok(())
    }

    /// The kinds of the releases of a list, and the kinds of the changes in each.
    fn releases(&self, list: &str) -> Vec<(ReleaseKind, Vec<String>)> {
        let verified = PublishedFiles::read(&self.feeds().join(list)).verify().expect("an authentic log");
        let changes = verified.releases.iter().map(|release| {
            let changes = release.body().map(|body| body.changes().to_vec()).unwrap_or_default();
            let kinds = changes.iter().map(|change| change.text("kind").unwrap_or_default().to_owned()).collect();
            (release.header.kind.clone(), kinds)
        });
        changes.skip(1).collect()
    }

    /// What a customer who follows the list sees now.
    fn follow(&self) -> String {
        fs::write(self.dir.path().join("root.pub"), key("root").public().to_string()).expect("a key");
        let pin = ["--root", "root.pub", "--origin", "example.com/vendors", "--state", "state.json"];
        run_in(self.dir.path(), &[&["follow", "feeds/vendors"], &pin[..]].concat(), &[]).expect(0).out
    }

    /// The kind of each release that has become known, and why the list was read again.
    fn causes(&self) -> Vec<(String, Option<String>)> {
        fs::write(self.dir.path().join("root.pub"), key("root").public().to_string()).expect("a key");
        let args = ["follow", "feeds/vendors", "--root", "root.pub", "--origin", "example.com/vendors"];
        let more = ["--state", "causes.json", "--format", "json"];
        let found = run_in(self.dir.path(), &[&args[..], &more[..]].concat(), &[]).expect(0).json();
        let news = found["logs"][0]["news"].as_array().expect("news").clone();
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        news.iter().map(|one| (text(&one["kind"]).expect("a kind"), text(&one["cause"]))).collect()
    }

    fn feed(&self, list: &str) -> Vec<String> {
        let feed = fs::read_to_string(self.feeds().join(list).join("feed.json")).expect("a feed");
        let feed: serde_json::Value = serde_json::from_str(&feed).expect("JSON");
        let items = feed["items"].as_array().expect("items").iter().rev();
        items
            .map(|item| item["content_html"].as_str().expect("a text").replace("<strong>", "").replace("</strong>", ""))
            .collect()
    }
}

/// A vocabulary with one more header for names.
fn with_more_words() -> Vocabulary {
    Vocabulary::parse(&format!("{}role:name\ten\tgizmo maker\tusual\n", Vocabulary::WORDS)).expect("words")
}

const LIST: &str = "- {id: vendors, title: Vendors, inventory: list.md}\n";
const TABLE: &str = "| Gizmo maker | Vendor name | Location |\n| --- | --- | --- |\n| Nordhaven | Servers | US, Germany |\n\
                     | Kestrel | Mail | Spain |\n";

/// The table with other words in its cells.
fn edited(from: &str, to: &str) -> String {
    assert!(TABLE.contains(from));
    TABLE.replace(from, to)
}

#[test]
fn a_higher_edition_presents_only_what_git_changed_as_a_change() {
    let second = edited("Spain", "Portugal");
    let third = edited("Spain", "Italy");
    let publisher = Publisher::new(&[TABLE, &second, &third]);
    let words = Vocabulary::default();
    publisher.publish(2, LIST, Edition::CURRENT, &words).expect("published");
    let before = publisher.releases("vendors");
    publisher.publish(3, LIST, NEXT, &with_more_words()).expect("published");
    let releases = publisher.releases("vendors");
    assert_eq!(releases[..2], before[..]);
    let (kind, changes) = &releases[2];
    assert_eq!((kind, changes.is_empty()), (&ReleaseKind::Reread, false), "the reading differs");
    assert_eq!(releases[3..], [(ReleaseKind::Changes, vec!["relocated".to_owned()])]);
    // Customers learn of the second reading in these words only, and of the change as usual.
    let feed = publisher.feed("vendors");
    assert!(feed[3].contains("Relocated") && feed[3].contains("Kestrel"), "{}", feed[3]);
    assert!(feed[2].contains("Read again by a newer edition: the page itself did not change"), "{}", feed[2]);
    for kind in ["Relocated", "Amended", "Column"] {
        assert!(!feed[2].contains(kind), "{}", feed[2]);
    }
    assert_eq!(feed.len(), 4);
    // The next publication continues as usual.
    publisher.publish(3, LIST, NEXT, &with_more_words()).expect("published");
    assert_eq!(publisher.releases("vendors"), releases);
}

#[test]
fn a_higher_edition_with_equal_results_publishes_nothing() {
    let publisher = Publisher::new(&[TABLE]);
    let words = Vocabulary::default();
    publisher.publish(1, LIST, Edition::CURRENT, &words).expect("published");
    let before = publisher.releases("vendors");
    publisher.publish(1, LIST, NEXT, &words).expect("published");
    assert_eq!(publisher.releases("vendors"), before);
}

#[test]
fn a_lower_edition_never_continues_a_log() {
    let second = edited("Spain", "Portugal");
    let publisher = Publisher::new(&[TABLE, &second]);
    let words = Vocabulary::default();
    publisher.publish(1, LIST, NEXT, &words).expect("published");
    let before = PublishedFiles::read(&publisher.feeds());
    let error = publisher.publish(2, LIST, Edition::CURRENT, &words).expect_err("a newer edition wrote the log");
    assert!(matches!(error, PublishError::NewerEdition { .. }), "{error}");
    assert_eq!(PublishedFiles::read(&publisher.feeds()).0, before.0);
}

#[test]
fn a_log_verifies_whatever_words_a_program_knows() {
    // Verification has no vocabulary: its signature leaves no place for one. A log of another edition is replayed.
    let publisher = Publisher::new(&[TABLE, &edited("Spain", "Portugal")]);
    publisher.publish(2, LIST, NEXT, &with_more_words()).expect("published");
    let fewer = Vocabulary::parse("role:name\ten\tname\tusual\n").expect("words");
    let other = Publisher::new(&[TABLE, &edited("Spain", "Portugal")]);
    other.publish(2, LIST, Edition::CURRENT, &fewer).expect("published");
    for publisher in [&publisher, &other] {
        assert_eq!(publisher.releases("vendors").len(), 2);
    }
}

const TWO_TABLES: &str = "# Hosting\n\n| Name | Location |\n| --- | --- |\n| Nordhaven | Finland |\n\n\
                          # Support\n\n| Name | Location |\n| --- | --- |\n| Parley | France |\n";

fn list_of(heading: &str) -> String {
    let id = heading.to_lowercase();
    format!("- {{id: {id}, title: {heading}, inventory: list.md, tables: [{{heading: {heading}}}]}}\n")
}

#[test]
fn two_lists_of_one_file_have_logs_of_their_own() {
    let second = TWO_TABLES.replace("France", "Spain");
    let publisher = Publisher::new(&[TWO_TABLES, &second]);
    let words = Vocabulary::default();
    let lists = format!("{}{}", list_of("Hosting"), list_of("Support"));
    for versions in [1, 2] {
        publisher.publish(versions, &lists, Edition::CURRENT, &words).expect("published");
    }
    let kinds =
        |list: &str| -> Vec<Vec<String>> { publisher.releases(list).into_iter().map(|(_, changes)| changes).collect() };
    assert_eq!(kinds("hosting"), [["published"]]);
    assert_eq!(kinds("support"), [["published"], ["relocated"]]);
}

#[test]
fn other_tables_of_the_same_page_are_read_again_and_not_a_change() {
    let publisher = Publisher::new(&[TWO_TABLES]);
    let words = Vocabulary::default();
    let list = |tables: &str| format!("- {{id: vendors, title: Vendors, inventory: list.md{tables}}}\n");
    publisher.publish(1, &list(", tables: [{heading: Hosting}]"), Edition::CURRENT, &words).expect("published");
    publisher.publish(1, &list(""), Edition::CURRENT, &words).expect("published");
    let releases = publisher.releases("vendors");
    assert_eq!(
        releases.iter().map(|(kind, _)| kind).collect::<Vec<_>>(),
        [&ReleaseKind::Changes, &ReleaseKind::Reread]
    );
    let feed = publisher.feed("vendors");
    assert!(feed[1].contains("Read again with another configuration: the page itself did not change"), "{}", feed[1]);
    assert!(feed[1].contains("Parley") && !feed[1].contains("Added"), "{}", feed[1]);
}

#[test]
fn the_history_of_an_entry_states_that_it_is_read_differently() {
    let publisher = Publisher::new(&[TWO_TABLES]);
    let words = Vocabulary::default();
    let list = |tables: &str| format!("- {{id: vendors, title: Vendors, inventory: list.md{tables}}}\n");
    let page = |name: &str| {
        let page = publisher.feeds().join(format!("vendors/entries/{name}.html"));
        fs::read_to_string(page).expect("the page of an entry")
    };
    for (tables, is_listed, times) in [("", true, 0), (", tables: [{heading: Hosting}]", false, 1), ("", true, 2)] {
        publisher.publish(1, &list(tables), Edition::CURRENT, &words).expect("published");
        let parley = page("parley");
        assert_eq!(parley.contains("index.html#e-parley"), is_listed, "{tables}: {parley}");
        assert_eq!(parley.contains("No longer on the list"), !is_listed, "{tables}: {parley}");
        assert_eq!(parley.matches("the page itself did not change").count(), times, "{tables}: {parley}");
        assert!(parley.contains("<bdi>Support</bdi>"), "{tables}: {parley}");
        assert!(page("nordhaven").contains("index.html#e-nordhaven"));
    }
}

#[test]
fn a_list_that_both_a_newer_edition_and_another_configuration_read_states_both() {
    let publisher = Publisher::new(&[TWO_TABLES]);
    let words = Vocabulary::default();
    let list = |tables: &str| format!("- {{id: vendors, title: Vendors, inventory: list.md{tables}}}\n");
    publisher.publish(1, &list(", tables: [{heading: Hosting}]"), Edition::CURRENT, &words).expect("published");
    publisher.follow();
    for looks in 0..2 {
        publisher.publish(1, &list(""), NEXT, &words).expect("published");
        let news = publisher.follow();
        assert_eq!(
            news.contains("by a newer edition and with another configuration") && news.contains("Parley"),
            looks == 0,
            "{news}"
        );
        let feed = publisher.feed("vendors");
        assert_eq!(feed.len(), 2);
        assert!(feed[1].contains("Read again by a newer edition and with another configuration:"), "{}", feed[1]);
    }
    let pages = publisher.feeds().join("vendors/changes");
    let page = fs::read_dir(pages).expect("pages").map(|entry| entry.expect("an entry").path());
    let page = page.filter(|path| path.to_string_lossy().contains("/2-")).map(fs::read_to_string).next();
    let page = page.expect("the page of the release").expect("a page");
    assert!(page.contains("the page itself did not change") && page.contains("Parley"), "{page}");
    assert!(!page.contains("Added") && !page.contains("notice period"), "{page}");
}

#[test]
fn a_program_learns_why_a_list_was_read_again() {
    let publisher = Publisher::new(&[TWO_TABLES, &TWO_TABLES.replace("France", "Spain")]);
    let words = Vocabulary::default();
    let list = |tables: &str| format!("- {{id: vendors, title: Vendors, inventory: list.md{tables}}}\n");
    publisher.publish(1, &list(", tables: [{heading: Hosting}]"), Edition::CURRENT, &words).expect("published");
    assert_eq!(publisher.causes(), []);
    let reread = |cause: &str| ("reread".to_owned(), Some(cause.to_owned()));
    publisher.publish(1, &list(""), Edition::CURRENT, &words).expect("published");
    assert_eq!(publisher.causes(), [reread("configuration")]);
    publisher.publish(2, &list(""), Edition::CURRENT, &words).expect("published");
    assert_eq!(publisher.causes(), [("changes".to_owned(), None)]);
    publisher.publish(2, &list(", tables: [{heading: Hosting}]"), NEXT, &words).expect("published");
    assert_eq!(publisher.causes(), [reread("edition-and-configuration")]);

    let publisher = Publisher::new(&[TABLE]);
    publisher.publish(1, LIST, Edition::CURRENT, &words).expect("published");
    publisher.causes();
    publisher.publish(1, LIST, NEXT, &with_more_words()).expect("published");
    assert_eq!(publisher.causes(), [reread("edition")]);
    assert_eq!(publisher.causes(), []);
}

#[test]
fn a_configuration_that_alters_nothing_publishes_nothing() {
    let publisher = Publisher::new(&[TABLE, &edited("Spain", "Portugal")]);
    let words = Vocabulary::default();
    publisher.publish(1, LIST, Edition::CURRENT, &words).expect("published");
    let before = publisher.releases("vendors");
    let other = "- {id: vendors, title: Vendors, inventory: list.md, fields: {Unused header: location}}\n";
    publisher.publish(1, other, Edition::CURRENT, &words).expect("published");
    assert_eq!(publisher.releases("vendors"), before);
    // The next release states the configuration, once.
    publisher.publish(2, other, Edition::CURRENT, &words).expect("published");
    assert_eq!(publisher.releases("vendors").len(), 2);
    let body = fs::read_to_string(publisher.feeds().join("vendors/log/000002.body.json")).expect("a body");
    assert!(body.contains(r#""reading":{"fields":{"Unused header":"location"}"#), "{body}");
}
