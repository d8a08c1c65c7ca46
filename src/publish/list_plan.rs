//! The plan of one list: its log with the new releases, the next head, and the files of both.

use std::collections::BTreeMap;

use changecast_core::{
    ledger::layout::Path,
    ledger::{AppendError, Digest, File, Head, IndexFile, ListFile, NextHead, Origin, Pointer, Publication},
    model::{EntryId, Timestamp},
    sign::{PublicKey, Signer},
};

use crate::{
    config::ListConfig,
    output::{Found, OutputFile, WritePolicy},
    parallel::{self, Threads},
    render::{self, Agenda, Announcement, LogStatus, PublishedList, Rendered},
};

use super::{
    append::Appender,
    checkpoint,
    error::PublishError,
    log::PublishedLog,
    periods::PERIODS_IN_HEAD,
    plan::{ListPlan, Request, Signing},
    progress::Stage,
    release::{PublishedRelease, publication_times},
    resume::{self, Unchecked},
};

/// A head and its signature.
const FILES_OF_HEAD: usize = 2;

/// The unsigned files of a list.
#[derive(Default)]
pub(super) struct Summary {
    /// Written before the pages.
    pub first: Vec<OutputFile>,
    /// Written after the pages.
    pub last: Vec<OutputFile>,
}

/// A list, its log, and what this publication adds.
pub(super) struct PlannedList<'a> {
    list: &'a ListConfig,
    appender: Appender<'a>,
    /// The number of releases before this publication.
    known: usize,
    /// Parts of pages and feeds that an earlier publication wrote.
    rendered: Option<Rendered>,
    /// The announced releases that are not at hand, oldest first: their keys and times.
    earlier: Vec<(String, Timestamp)>,
    /// The dates that follow from the releases that are not at hand.
    agenda: Agenda,
    /// The head that covers the releases without one.
    pending: Publication,
    /// The newest head after this publication, and its digest; `None` without a log.
    head: Option<(Head, Digest)>,
    /// The first head that covers the last release.
    publishing: Option<Pointer>,
}

impl<'a> PlannedList<'a> {
    /// Opens the log of a list and appends the releases of later versions.
    ///
    /// # Errors
    /// [`PublishError`] if the log does not verify, or the history does not continue it.
    pub fn new(request: &Request<'_>, list: &'a ListConfig, found: &Found) -> Result<Self, PublishError> {
        request.progress.starts(Stage::Verify);
        if let Signing::Keys { release, .. } = request.signing
            && let Some(unchecked) = resume::read(request, list, found)?
            && let Some(planned) = PlannedList::resumed(request, list, (&unchecked, release), found)?
        {
            return Ok(planned);
        }
        let origin = Origin::new(request.config.publisher.authority.domain(), &list.id)?;
        let authority = request.config.publisher.authority.to_string();
        let log = PublishedLog::open(&list.id, (&origin, &authority), &found.folder(list.id.as_str()), request.now)?;
        log.check_signing(&list.id, request.signing)?;
        PlannedList::appended(request, list, log)
    }

    /// Continues incrementally; `None` if the log must be opened as a whole, or the whole list must be rendered. The
    /// published files are checked while the history is read.
    fn resumed(
        request: &Request<'_>,
        list: &'a ListConfig,
        (unchecked, release): (&Unchecked<'_>, &Signer),
        found: &Found,
    ) -> Result<Option<Self>, PublishError> {
        let (resumed, planned) = parallel::both(
            || unchecked.checked(release, found),
            || PlannedList::appended(request, list, unchecked.log.clone()),
        );
        let Some(resumed) = resumed? else { return Ok(None) };
        let mut planned = planned?;
        let times = planned.times();
        // The notice of an earlier release is not at hand.
        if planned.new_releases().iter().any(PublishedRelease::continues_notice) {
            return Ok(None);
        }
        let new: Vec<Timestamp> = planned.announced(&times).skip(planned.known).map(|(_, time)| time).collect();
        let Some(rendered) = resumed.rendered(&new) else { return Ok(None) };
        let Some(entries) = planned.entry_pages(&unchecked.log, &times, found)? else { return Ok(None) };
        planned.rendered = Some(Rendered { entries, ..rendered });
        planned.earlier = resumed.announced().to_vec();
        planned.earlier.pop();
        planned.agenda = resumed.agenda;
        Ok(Some(planned))
    }

    /// The changes on the existing pages of the entries that the new releases concern; `None` if the pages of entries
    /// cannot be continued, and the whole list must be rendered.
    fn entry_pages(
        &self,
        before: &PublishedLog,
        times: &[Timestamp],
        found: &Found,
    ) -> Result<Option<BTreeMap<EntryId, String>>, PublishError> {
        let new: Vec<Announcement> =
            self.announced(times).skip(self.known).map(|release| self.announcement(release)).collect();
        let touched = render::entries_of(&new);
        let listed = |id: &EntryId| before.tip.list.as_ref().is_some_and(|list| list.entry(id.as_str()).is_some());
        let current = self.appender.state.inventory().map(|inventory| &*inventory.entries).unwrap_or_default();
        // An entry that came without an announcement: a second reading found it.
        if !current.iter().all(|entry| listed(&entry.id) || touched.contains(&entry.id)) {
            return Ok(None);
        }
        let mut pages = BTreeMap::new();
        for id in touched {
            match found.file(&format!("{}/{}", self.list.id, render::entry_page(&id)))? {
                Some(page) => match render::changes_on_entry_page(&page) {
                    Some(changes) => {
                        let changes = changes.to_owned();
                        pages.insert(id, changes);
                    }
                    None => return Ok(None),
                },
                None if listed(&id) => return Ok(None),
                None => {}
            }
        }
        Ok(Some(pages))
    }

    fn appended(request: &Request<'_>, list: &'a ListConfig, log: PublishedLog) -> Result<Self, PublishError> {
        let known = log.releases.len();
        let pending = log.next_publication(request.now);
        let (head, publishing) = (log.head.clone(), log.publishing);
        let ended = log.check_not_ended(&list.id);
        let appender = Appender::run(request, list, log)?;
        if !appender.drafts.is_empty() {
            ended?;
        }
        Ok(PlannedList {
            list,
            appender,
            known,
            rendered: None,
            earlier: Vec::new(),
            agenda: Agenda::default(),
            pending,
            head,
            publishing,
        })
    }

    /// The times of all releases at hand.
    fn times(&self) -> Vec<Timestamp> {
        publication_times(&self.log().releases, self.pending)
    }

    /// The announced releases at hand, with their times.
    fn announced<'t>(&'t self, times: &'t [Timestamp]) -> impl Iterator<Item = (&'t PublishedRelease, Timestamp)> {
        let releases = self.log().releases.iter().zip(times.iter().copied());
        releases.filter(|(release, _)| release.is_announced())
    }

    /// The key that signed release 0, if the log was read from its beginning.
    pub fn first_root(&self) -> Option<&PublicKey> {
        self.log().first_root.as_ref()
    }

    /// The name of the log; `None` without a log.
    pub fn log_name(&self) -> Option<&Origin> {
        self.head.as_ref().map(|_| &self.log().tip.origin)
    }

    fn log(&self) -> &PublishedLog {
        &self.appender.log
    }

    /// The releases of this publication.
    fn new_releases(&self) -> &[PublishedRelease] {
        &self.log().releases[self.known..]
    }

    /// The files of the log: bodies and headers, then the head that covers them.
    ///
    /// # Errors
    /// [`PublishError`] if a key cannot sign, or the clock is behind the last head.
    pub fn log_files(&mut self, request: &Request<'_>) -> Result<Vec<OutputFile>, PublishError> {
        let drafts = std::mem::take(&mut self.appender.drafts);
        let Signing::Keys { release, root } = request.signing else { return Ok(Vec::new()) };
        let root = root.map_or(release, |root| root.key);
        let signed = parallel::par_map(Threads::for_items(drafts.len()), &drafts, |draft| {
            draft.clone().sign(if draft.header.kind.is_signed_by_root() { root } else { release })
        })?;
        let mut files: Vec<File> = signed.into_iter().flatten().collect();
        if self.log().has_uncovered() {
            files.extend(self.next_head(request, release)?);
        }
        Ok(files.into_iter().map(|file| self.log().output_file(&self.list.id, file)).collect())
    }

    fn next_head(&mut self, request: &Request<'_>, signer: &Signer) -> Result<Vec<File>, PublishError> {
        let Some(covers) = self.log().tip.pointer() else { return Ok(Vec::new()) };
        let periods = std::mem::take(&mut self.appender.log.notices.pending);
        let mut chunks = periods.chunks(PERIODS_IN_HEAD);
        let mut files = Vec::new();
        let mut periods = Some(chunks.next().unwrap_or_default());
        while let Some(chunk) = periods {
            let next = NextHead {
                covers,
                at: request.now,
                expires: request.config.head.expires(request.now),
                periods: chunk.to_vec(),
                statements: Vec::new(),
            };
            let last = self.head.as_ref().map(|(head, digest)| (head, *digest));
            let (head, signed) = next.sign(&self.log().tip.origin, last, signer)?;
            files.extend(signed);
            let digest = Digest::of(&head.to_bytes().map_err(AppendError::from)?);
            // The first head that covers the releases publishes them; others only have room for more periods.
            if files.len() <= FILES_OF_HEAD {
                self.publishing = Some(Pointer { seq: head.number, sha256: digest });
            }
            self.head = Some((head, digest));
            periods = chunks.next();
        }
        Ok(files)
    }

    /// The list for its pages and feeds.
    pub fn published(&self, request: &Request<'_>) -> PublishedList<'_> {
        let log = self.log();
        PublishedList {
            id: &self.list.id,
            title: &self.list.title,
            page: self.list.page.as_ref(),
            tag: checkpoint::tag(request.config, &self.list.id),
            announcements: self.announcements(),
            agenda: self.agenda(request),
            rendered: self.rendered.as_ref(),
            current: self.appender.state.inventory().map(|inventory| &**inventory),
            terms: self.list.notice.as_ref(),
            log: match (request.signing, &log.roles, log.tip.pointer().filter(|_| self.head.is_some())) {
                (Signing::Keys { .. } | Signing::Look, Some(roles), Some(newest)) => LogStatus::Signed {
                    origin: log.tip.origin.to_string(),
                    root: roles.lines(changecast_core::ledger::KeyRole::Root).to_vec(),
                    release: roles.lines(changecast_core::ledger::KeyRole::Release).to_vec(),
                    newest,
                },
                _ => LogStatus::Unsigned,
            },
        }
    }

    fn announcements(&self) -> Vec<Announcement> {
        let times = self.times();
        let has_news = self.new_releases().iter().any(PublishedRelease::is_announced);
        // An incremental run has the last release at hand, which is only shown if there is no newer one.
        let skip = if self.rendered.is_some() && has_news { self.known } else { 0 };
        self.announced(&times).skip(skip).map(|release| self.announcement(release)).collect()
    }

    fn announcement(&self, release: (&PublishedRelease, Timestamp)) -> Announcement {
        announcement(release, Some(self.pending))
    }

    /// The dates that follow from all releases.
    fn agenda(&self, request: &Request<'_>) -> Agenda {
        let times = self.times();
        // The last release of an incremental run is in the agenda that it continues.
        let skip = if self.rendered.is_some() { self.known } else { 0 };
        let mut agenda = self.agenda.clone();
        for announced in self.announced(&times).skip(skip) {
            agenda.follow(request.config.language.messages(), &self.announcement(announced));
        }
        agenda
    }

    /// The unsigned files of the list: the signature of the checkpoint, which is written before the pages, and
    /// `list.json`, `index.json` and the checkpoint, which are written last.
    ///
    /// # Errors
    /// [`PublishError`] if the list exceeds the limits of the log.
    pub fn summary_files(&self, request: &Request<'_>, rendered: &[render::File]) -> Result<Summary, PublishError> {
        let (log, Some((head, _)), Some(publishing)) = (self.log(), &self.head, self.publishing) else {
            return Ok(Summary::default());
        };
        if matches!(request.signing, Signing::Preview) {
            return Ok(Summary::default());
        }
        let script = self.replaced(Path::Script.to_string(), render::VERIFY_SCRIPT.into());
        let is_unchanged = self.rendered.is_some() && self.new_releases().is_empty();
        if is_unchanged {
            return Ok(Summary { first: vec![script], last: Vec::new() });
        }
        let origin = log.tip.origin.clone();
        let list = ListFile { origin: origin.clone(), seq: head.covers.seq, list: log.tip.list.clone() }.to_bytes()?;
        let index = IndexFile { origin, head: head.number, release: head.covers.seq }.to_bytes()?;
        let times = self.times();
        let announced = self.announced(&times).map(|(release, time)| (release.key(), time));
        let announced = self.earlier.iter().cloned().chain(announced).collect();
        let checkpoint = checkpoint::files(
            request,
            &self.list.id,
            log,
            (publishing, announced, self.agenda(request)),
            &list,
            rendered,
        )?;
        let mut last = vec![self.replaced(Path::List.to_string(), list), self.replaced(Path::Index.to_string(), index)];
        let mut first = vec![script];
        if let Some([(name, signature), (resume, bytes)]) = checkpoint {
            first.push(self.replaced(name, signature));
            last.push(self.replaced(resume, bytes));
        }
        Ok(Summary { first, last })
    }

    fn replaced(&self, name: String, bytes: Vec<u8>) -> OutputFile {
        OutputFile { path: format!("{}/{name}", self.list.id), bytes: bytes.into(), policy: WritePolicy::Replace }
    }

    /// The new releases, for the caller.
    pub fn plan(self, announcements: Vec<Announcement>) -> ListPlan {
        let new = self.new_releases().iter().filter(|release| release.is_announced()).count();
        ListPlan {
            id: self.list.id.clone(),
            announcements,
            new,
            current: self.appender.state.clone().into_inventory(),
            rows: self.appender.rows,
            reanchored: self.appender.reanchored,
        }
    }
}

/// A release as an announcement, with its time, and the publication that covers it unless it states one.
pub(super) fn announcement(
    (release, time): (&PublishedRelease, Timestamp),
    pending: Option<Publication>,
) -> Announcement {
    let commit = release.commit.as_ref().map(|(commit, _)| commit.to_string());
    let publication = release.publication.or(pending).filter(|publication| {
        // A change of the day on which the log was first published was published on that day.
        commit.is_some() && publication.backfilled && publication.at.date() > time.date()
    });
    Announcement::new(release.key(), time, release.pointer(), commit, release.changes.clone())
        .backfilled(publication.map(|publication| publication.at))
        .correcting(release.corrected_key())
        .with_notices(release.notices.clone())
        .reading_differently(release.read_differently.clone())
}
