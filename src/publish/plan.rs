//! Planning a publication: new releases, heads, pages and feeds, in the order in which they are written.

use std::sync::LazyLock;

use changecast_core::{
    model::{CommitId, Inventory, ListId, Text, Timestamp},
    sign::{PublicKey, Secret, Signer},
    vocabulary::Vocabulary,
};

use crate::{
    config::Config,
    directory::{self, Directory, Listed},
    history::History,
    output::{Found, OutputFile, WritePolicy},
    render::{self, Announcement, Publication},
};

use super::{
    change_log::LogRow,
    edition::Edition,
    error::PublishError,
    guard::AllowedRemovals,
    list_plan::PlannedList,
    log::first_root,
    progress::{Progress, Stage},
};

/// A publication to plan.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The configuration of the publisher.
    pub config: &'a Config,
    /// The repository with the versions.
    pub history: &'a History,
    /// The branch or revision to publish; `HEAD` by default.
    pub tip: Option<String>,
    /// The keys, or a preview without them.
    pub signing: Signing<'a>,
    /// The time of the publication.
    pub now: Timestamp,
    /// The edition of reading and matching.
    pub edition: Edition,
    /// The words for reading lists. They belong to the edition.
    pub vocabulary: Vocabulary,
    /// Whether to publish commits that are dated in the future.
    pub future: FutureCommits,
    /// How many entries may leave a list at once, beyond the share that the configuration allows.
    pub removals: AllowedRemovals,
    /// Whether to continue after git was rewritten.
    pub rewritten: Rewritten,
    /// A release to correct.
    pub correct: Option<Correct>,
    /// How much of the earlier output is checked and rendered again.
    pub scope: Scope,
    /// Receives the events of the run.
    pub progress: Progress<'a>,
}

impl<'a> Request<'a> {
    /// A publication of `HEAD` by the current edition, which renders everything and refuses what needs a decision.
    pub fn new(config: &'a Config, history: &'a History, signing: Signing<'a>, now: Timestamp) -> Self {
        Request {
            config,
            history,
            tip: None,
            signing,
            now,
            edition: Edition::CURRENT,
            vocabulary: Vocabulary::default(),
            future: FutureCommits::Refuse,
            removals: AllowedRemovals(0),
            rewritten: Rewritten::Refuse,
            correct: None,
            scope: Scope::All,
            progress: Progress::NONE,
        }
    }

    /// A publication that is only compared with the published files. The decisions were made when these were written.
    pub fn to_compare(config: &'a Config, history: &'a History, now: Timestamp) -> Self {
        Request {
            future: FutureCommits::Allow,
            removals: AllowedRemovals(usize::MAX / 2),
            ..Request::new(config, history, Signing::Look, now)
        }
    }
}

/// Whether releases are signed.
#[derive(Clone, Copy, Debug)]
pub enum Signing<'a> {
    /// The pages are written without a log, and state so.
    Preview,
    /// No file is written; the new changes are only shown. This needs no key.
    Look,
    /// Every release is signed.
    Keys {
        /// Signs releases and heads.
        release: &'a Signer,
        /// Signs the first release of a new log.
        root: Option<RootKeys<'a>>,
    },
}

/// The root keys of a new log.
#[derive(Clone, Copy, Debug)]
pub struct RootKeys<'a> {
    /// Signs the first release.
    pub key: &'a Signer,
    /// Further root keys, which are kept elsewhere.
    pub others: &'a [PublicKey],
}

/// The key of previews. Everybody knows it, and it signs no published file.
pub(super) fn preview_signer() -> &'static Signer {
    static SIGNER: LazyLock<Signer> = LazyLock::new(|| Signer::Secret(Secret::from_seed(&[0; 32], "preview")));
    &SIGNER
}

impl Signing<'_> {
    /// The root keys and the release key of a new log.
    pub(super) fn first_keys(&self) -> (Vec<PublicKey>, PublicKey) {
        match self {
            Signing::Keys { release, root: Some(root) } => {
                let root_keys = std::iter::once(root.key.public()).chain(root.others.iter().cloned());
                (root_keys.collect(), release.public())
            }
            Signing::Keys { release, root: None } => (vec![release.public()], release.public()),
            Signing::Preview | Signing::Look => (vec![preview_signer().public()], preview_signer().public()),
        }
    }

    /// The signer of the origin: salts are derived from its signature.
    pub(super) fn signer_of_salts(&self) -> &Signer {
        match self {
            Signing::Keys { release, .. } => release,
            Signing::Preview | Signing::Look => preview_signer(),
        }
    }
}

/// Whether to publish commits that are dated more than a day after the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FutureCommits {
    /// Refuse to publish them.
    Refuse,
    /// Publish them like others.
    Allow,
}

/// Whether to continue when the last published commit is no longer on the first-parent line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewritten {
    /// Refuse to continue the log.
    Refuse,
    /// Find the published list in the new history and continue from there.
    Reanchor,
}

/// How much of the earlier output is checked and rendered again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The end of the log. Pages that the same program wrote with the same configuration are left unchanged.
    New,
    /// The whole log is verified, and every page is rendered.
    All,
}

/// A correction to publish.
#[derive(Clone, Debug)]
pub struct Correct {
    /// The id of the list.
    pub list: ListId,
    /// The number of the release that was wrong.
    pub seq: u64,
    /// The reason, in the words of the publisher.
    pub reason: Text,
}

/// Everything that a publication writes.
#[derive(Debug)]
pub struct Plan {
    /// The new releases of each list.
    pub lists: Vec<ListPlan>,
    /// The files in the order in which they must be written. After an interruption at any file, the next publication
    /// continues.
    pub files: Vec<OutputFile>,
}

/// The new releases of a list.
#[derive(Debug)]
pub struct ListPlan {
    /// The id of the list.
    pub id: ListId,
    /// Announcements, oldest first: all of them with [`Scope::All`]. The last `new` of them were not published before.
    pub announcements: Vec<Announcement>,
    /// The number of new announcements.
    pub new: usize,
    /// The current list; `None` if it is withdrawn.
    pub current: Option<Inventory>,
    /// The versions since the last publication.
    pub rows: Vec<LogRow>,
    /// The commits before and after, if the log was moved to a rewritten history.
    pub reanchored: Option<(CommitId, CommitId)>,
}

/// Plans a publication on top of the published folder. It writes no file.
///
/// # Errors
/// [`PublishError`]; then no list is published.
pub fn publish(request: &Request<'_>, found: &Found) -> Result<Plan, PublishError> {
    let config = request.config;
    let mut lists = Vec::with_capacity(config.lists.len());
    for list in &config.lists {
        lists.push(PlannedList::new(request, list, found)?);
    }
    request.progress.starts(Stage::Sign);
    let mut files = Vec::new();
    for list in &mut lists {
        files.extend(list.log_files(request)?);
    }
    request.progress.starts(Stage::Render);
    let publication = Publication {
        publisher: &config.publisher,
        base_url: &config.base_url,
        lists: lists.iter().map(|list| list.published(request)).collect(),
        language: config.language,
        feeds: &config.feeds,
    };
    let mut rendered = render::render(&publication)?;
    if !rendered.is_empty() {
        rendered.push(feed_of_all_lists(&publication, &rendered, found)?);
    }
    let announcements: Vec<Vec<Announcement>> = publication.lists.into_iter().map(|list| list.announcements).collect();
    let mut summaries = Vec::new();
    for list in &lists {
        let summary = list.summary_files(request, &rendered)?;
        files.extend(summary.first);
        summaries.extend(summary.last);
    }
    files.extend(rendered.into_iter().map(|file| OutputFile {
        path: file.path,
        bytes: file.bytes,
        policy: WritePolicy::Replace,
    }));
    files.extend(directory_file(request, found, &lists)?);
    files.extend(summaries);
    let lists = lists.into_iter().zip(announcements).map(|(list, announcements)| list.plan(announcements)).collect();
    Ok(Plan { lists, files })
}

/// The feed of all lists, from the feeds of this publication, and for lists without news from those of earlier ones.
///
/// # Errors
/// [`PublishError::FeedChanged`] if a feed of an earlier publication is not there any more, or too short: its entries would be
/// missing.
fn feed_of_all_lists(
    publication: &Publication<'_>,
    rendered: &[render::File],
    found: &Found,
) -> Result<render::File, PublishError> {
    let mut feeds = Vec::with_capacity(publication.lists.len());
    for list in &publication.lists {
        let path = render::main_feed(list.id);
        let existing = found.file(&path)?;
        let whole = match rendered.iter().find(|file| file.path == path) {
            Some(file) => file.bytes.whole(existing.as_deref().unwrap_or_default()),
            None => existing,
        };
        let whole = whole.ok_or(PublishError::FeedChanged(path))?;
        feeds.push(String::from_utf8_lossy(&whole).into_owned());
    }
    Ok(render::feed_of_all_lists(publication, &feeds)?)
}

/// `/.well-known/changecast.json`, with the lists that have a log.
fn directory_file(
    request: &Request<'_>,
    found: &Found,
    lists: &[PlannedList<'_>],
) -> Result<Option<OutputFile>, PublishError> {
    let mut listed = Vec::new();
    for (list, planned) in request.config.lists.iter().zip(lists) {
        let Some(origin) = planned.log_name() else { continue };
        // A log that was continued from its checkpoint did not read its first release.
        let known = match planned.first_root() {
            Some(root) => Some(root.clone()),
            None => first_root(&list.id, &found.folder(list.id.as_str()))?,
        };
        let first = match (known, request.signing) {
            (Some(root), _) => Some(root),
            (None, Signing::Keys { root: Some(root), .. }) => Some(root.key.public()),
            (None, _) => None,
        };
        let folder = request.config.base_url.join(&format!("{}/", list.id));
        listed.extend(first.map(|root| Listed::new(origin, &list.title, folder.as_str(), &root)));
    }
    if listed.is_empty() || matches!(request.signing, Signing::Preview) {
        return Ok(None);
    }
    let bytes = Directory::new(&request.config.publisher.name, listed).to_bytes()?;
    Ok(Some(OutputFile { path: directory::PATH.to_owned(), bytes: bytes.into(), policy: WritePolicy::Replace }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        content::Bytes,
        render::{Agenda, LogStatus, PublishedList},
    };

    #[test]
    fn a_feed_that_was_cut_since_it_was_checked_is_named() {
        let config = "publisher: {name: A, url: 'https://a.example/', authority: 'a.example,2026'}\n\
            base_url: https://a.example/trust/\nlists: [{id: vendors, title: Vendors, inventory: a.yaml}]\n";
        let config = Config::parse("changecast.yaml", config).expect("a configuration");
        let list = PublishedList {
            id: &config.lists[0].id,
            title: "Vendors",
            page: None,
            tag: "a.example,2026:vendors".to_owned(),
            announcements: Vec::new(),
            rendered: None,
            current: None,
            terms: None,
            agenda: Agenda::default(),
            log: LogStatus::Unsigned,
        };
        let publication = Publication {
            publisher: &config.publisher,
            base_url: &config.base_url,
            lists: vec![list],
            language: config.language,
            feeds: &[],
        };
        let feed = |kept: u64| render::File {
            path: "vendors/feed.atom".to_owned(),
            bytes: Bytes { kept: 0..kept, ..Bytes::default() },
            segments: None,
        };
        let dir = tempfile::TempDir::new().expect("a temporary directory");
        let all = |rendered: &[render::File]| feed_of_all_lists(&publication, rendered, &Found::at(dir.path()));
        for rendered in [&[][..], &[feed(5)]] {
            let error = all(rendered).expect_err("no feed").to_string();
            assert_eq!(error, "vendors/feed.atom was changed or deleted while it was read");
        }
        std::fs::create_dir(dir.path().join("vendors")).expect("a folder");
        std::fs::write(dir.path().join("vendors/feed.atom"), "<feed></feed>").expect("a feed");
        assert!(all(&[feed(5)]).is_ok() && all(&[]).is_ok());
        assert!(matches!(all(&[feed(50)]), Err(PublishError::FeedChanged(_))));
    }
}
