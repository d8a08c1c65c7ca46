//! Publication: what the history holds beyond the log becomes releases, and pages and feeds are rendered.

use crate::{
    config::Config,
    history::History,
    output::{Found, OutputFile, Rule},
    render::{self, Announcement, Publication},
};
use changecast_core::{
    model::{CommitId, Inventory, ListId, Text},
    sign::Signer,
};

use super::{LogRow, Progress, Stage, append::Log, error::PublishError};

/// What to publish, and how.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// The repository.
    pub history: &'a History,
    /// The branch or revision to publish; `HEAD` when not given.
    pub tip: Option<String>,
    /// The keys, or a preview without them.
    pub signing: Signing<'a>,
    /// What to do when git was rewritten since the last publication.
    pub rewritten: Rewritten,
    /// A release to correct.
    pub correct: Option<Correct>,
    /// How much is looked at.
    pub scope: Scope,
    /// Who watches.
    pub progress: Progress<'a>,
}

/// Whether releases are signed.
#[derive(Clone, Copy, Debug)]
pub enum Signing<'a> {
    /// No log is written, and every page says so.
    Preview,
    /// Nothing is to be written: whoever has no key sees what would be announced on top of the log.
    Look,
    /// Every release is signed.
    Keys {
        /// Signs releases.
        release: &'a Signer,
        /// Signs the key set that a new log begins with.
        root: Option<&'a Signer>,
    },
}

/// What to do when the last published commit is no longer on the first-parent line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewritten {
    /// Stop, and say so.
    Refuse,
    /// Find the published list in the new history and go on from there.
    Reanchor,
}

/// How much of what was published before is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The end of the log. What an earlier publication made, with the same program and configuration,
    /// is left as it is.
    New,
    /// The whole log is verified, and every page is made again.
    All,
}

/// A correction to publish.
#[derive(Clone, Debug)]
pub struct Correct {
    /// The list.
    pub list: ListId,
    /// The number of the release that was wrong.
    pub seq: u64,
    /// What was wrong, in the publisher's words.
    pub reason: Text,
}

/// All that a publication would write.
#[derive(Debug)]
pub struct Plan {
    /// By list, what is new.
    pub lists: Vec<ListPlan>,
    /// The files, in the order in which they must be written: whatever stands at a moment of
    /// interruption, the next publication finds it whole or mends it.
    pub files: Vec<OutputFile>,
}

/// What is new in a list.
#[derive(Debug)]
pub struct ListPlan {
    /// The list.
    pub id: ListId,
    /// Its announcements, oldest first, all of them with [`Scope::All`]; the last `new` of them were not
    /// published before.
    pub announcements: Vec<Announcement>,
    /// How many announcements are new.
    pub new: usize,
    /// The list as it stands; `None` when it is withdrawn.
    pub current: Option<Inventory>,
    /// Commits since the last publication that changed the file, and what became of them.
    pub rows: Vec<LogRow>,
    /// The commits before and after, when the log was moved to a rewritten history.
    pub reanchored: Option<(CommitId, CommitId)>,
}

/// Plans a publication on top of what was found: nothing is written.
///
/// # Errors
/// [`PublishError`]; nothing is published then.
pub fn publish(request: &Request<'_>, found: &Found) -> Result<Plan, PublishError> {
    match plan(request, found) {
        // What stands does not do: everything is made anew.
        Err(PublishError::Render(_)) if request.scope == Scope::New => plan(
            &Request { scope: Scope::All, correct: request.correct.clone(), tip: request.tip.clone(), ..*request },
            found,
        ),
        planned => planned,
    }
}

fn plan(request: &Request<'_>, found: &Found) -> Result<Plan, PublishError> {
    let config = request.config;
    let mut logs = Vec::with_capacity(config.lists.len());
    for list in &config.lists {
        request.progress.starts(Stage::Verify);
        logs.push(Log::extended(request, list, found)?);
    }
    request.progress.starts(Stage::Sign);
    let mut files: Vec<OutputFile> = Vec::new();
    for log in &mut logs {
        files.extend(log.take_files(request.signing)?);
    }
    request.progress.starts(Stage::Render);
    let publication = Publication {
        publisher: &config.publisher,
        base_url: &config.base_url,
        lists: logs.iter().map(|log| log.published(request)).collect(),
    };
    let rendered = render::render(&publication)?;
    let mut summaries = Vec::new();
    for log in &logs {
        // The signature before the pages: from the first of them on, the word that stands holds no more.
        let [signature, others @ ..] = &*log.summary_files(request, &rendered)? else { continue };
        files.push(signature.clone());
        summaries.extend_from_slice(others);
    }
    files.extend(rendered.into_iter().map(|file| OutputFile {
        path: file.path,
        bytes: file.bytes,
        rule: Rule::Replace,
    }));
    files.extend(summaries);
    let lists = publication.lists.into_iter().map(|list| list.announcements).collect::<Vec<_>>();
    let lists = logs
        .into_iter()
        .zip(lists)
        .map(|(log, announcements)| ListPlan {
            id: log.list.id.clone(),
            announcements,
            new: log.new,
            current: log.chain.list,
            rows: log.rows,
            reanchored: log.reanchored,
        })
        .collect();
    Ok(Plan { lists, files })
}
