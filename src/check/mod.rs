//! Checks a change to a list before it is published: what customers would read, and the findings of the rules.
//!
//! Files, git and the clock belong to the caller: both versions are given as bytes.

mod hosts;
mod place;
mod waivers;

use std::collections::BTreeMap;

use changecast_core::{
    change::{Change, ChangeSet, diff, page_text},
    lint::{
        self, Announcement, CommitTime, Finding, Findings, HostUse, Level, Page, Passage, Past, Repeated, Snapshot,
        Step,
    },
    model::{Inventory, ListState, Terms, Timestamp},
    prose::{deadlines, messages::ENGLISH},
};

use crate::{
    config::{Config, ListConfig, RemovalShare, RuleId, Waiver},
    history::Content,
    publish,
    read::{self, ReadError, Reader, Reading, ReadingConfig, Warning},
    render,
    report::{self, ListReport, Located, Waived},
};

pub use hosts::hosts_in;
use place::Places;
use waivers::Comment;

/// One version of a list with its surroundings.
#[derive(Debug)]
pub struct Side {
    /// The path of the list in the repository.
    pub path: String,
    /// The bytes of the list.
    pub content: Content,
    /// How they are read.
    pub reading: Reading,
    /// The configuration of reading.
    pub options: ReadingConfig,
    page_terms: Option<Terms>,
    texts: Vec<Passage>,
    repeated: Vec<Repeated>,
    pages: Vec<Page>,
    /// The texts of the pages and code, by path.
    sources: BTreeMap<String, String>,
    hosts: Vec<HostUse>,
}

impl Side {
    /// Reads one version of a list. A reader that read another version remembers what both have in common.
    ///
    /// # Errors
    /// [`ReadError`] if the content cannot be read or contains no list.
    pub fn read(path: &str, content: Content, options: &ReadingConfig, reader: &mut Reader) -> Result<Self, ReadError> {
        let (reading, texts) = match &content {
            Content::File(bytes) => reader.read_with_texts(path, bytes, options)?,
            Content::Folder(_) | Content::NotUtf8 { .. } | Content::NotAFile(_) => {
                (publish::read_list(path, &content, &BTreeMap::new(), options)?, Vec::new())
            }
        };
        let repeated = reading.warnings.iter().filter(|warning| warning.rule == Warning::DUPLICATE_ENTRY);
        let repeated = repeated.map(|warning| Repeated {
            name: waivers::quoted(&warning.message).to_owned(),
            place: lint::Place { line: warning.at.line, column: warning.at.column },
        });
        Ok(Side {
            path: path.to_owned(),
            repeated: repeated.collect(),
            page_terms: page_terms(path, &content, &reading.inventory, options),
            content,
            reading,
            options: options.clone(),
            texts,
            pages: Vec::new(),
            sources: BTreeMap::new(),
            hosts: Vec::new(),
        })
    }

    /// Adds another page. A file that cannot be read is left out.
    pub fn add_page(&mut self, path: &str, bytes: Vec<u8>) {
        let Ok(passages) = read::texts(path, &bytes, &[], &ReadingConfig::default()) else { return };
        self.pages.push(Page { path: path.to_owned(), passages });
        self.sources.insert(path.to_owned(), String::from_utf8_lossy(&bytes).into_owned());
    }

    /// Adds a file of code, whose hosts count unless one of these contains them.
    pub fn add_code(&mut self, path: &str, bytes: &[u8], ignored: &[String]) {
        let Ok(text) = std::str::from_utf8(bytes) else { return };
        let found = hosts_in(path, text, ignored);
        if !found.is_empty() {
            self.hosts.extend(found);
            self.sources.insert(path.to_owned(), text.to_owned());
        }
    }

    fn snapshot(&self) -> Snapshot<'_> {
        Snapshot {
            list: &self.reading.inventory,
            page_terms: self.page_terms.as_ref(),
            texts: &self.texts,
            repeated: &self.repeated,
            pages: &self.pages,
            hosts: &self.hosts,
        }
    }
}

/// The notice terms that the sentences of a page state.
fn page_terms(path: &str, content: &Content, list: &Inventory, options: &ReadingConfig) -> Option<Terms> {
    if list.facts.iter().all(|fact| fact.field.as_str() != page_text::WORDING) {
        return None;
    }
    if options.notice.is_none() {
        return list.terms.clone();
    }
    let unconfigured = ReadingConfig { notice: None, ..options.clone() };
    publish::read_list(path, content, &BTreeMap::new(), &unconfigured).ok()?.inventory.terms
}

/// The version before a change.
#[derive(Clone, Copy, Debug)]
pub enum Before<'a> {
    /// This version.
    Version(&'a Side),
    /// None: the list would be published for the first time.
    Nothing,
    /// None is known, so that every finding counts as new and no change is shown.
    Unknown,
}

impl<'a> Before<'a> {
    fn side(self) -> Option<&'a Side> {
        match self {
            Before::Version(side) => Some(side),
            Before::Nothing | Before::Unknown => None,
        }
    }
}

/// A change to check.
#[derive(Debug)]
pub struct Request<'a> {
    /// The configuration of the list.
    pub list: &'a ListConfig,
    /// The configuration, if there is one.
    pub config: Option<&'a Config>,
    /// The path and text of the configuration, if there is one.
    pub config_file: Option<(&'a str, &'a str)>,
    /// The version before.
    pub before: Before<'a>,
    /// The version after; `None` if the list is withdrawn.
    pub after: Option<&'a Side>,
    /// The time at which the change would be published.
    pub now: Timestamp,
    /// The commits of the change.
    pub commits: &'a [CommitTime],
    /// The entries of the published log, if there is one.
    pub past: Option<&'a Past>,
}

/// Checks a change.
pub fn check(request: &Request<'_>) -> ListReport {
    let empty = Inventory::default();
    let withdrawn = Snapshot { list: &empty, page_terms: None, texts: &[], repeated: &[], pages: &[], hosts: &[] };
    let before = request.before.side().map(Side::snapshot);
    let after = request.after.map_or(withdrawn, Side::snapshot);
    let changes = changes(request);
    let entries = before.as_ref().map_or(0, |before| before.list.entries.len());
    let share = request.config.map(|config| config.guard).unwrap_or_default();
    let step = Step {
        before: before.as_ref(),
        after: &after,
        changes: &changes,
        now: request.now,
        removable: removable(share, entries),
        commits: request.commits,
        past: request.past,
    };
    let found = lint::check(&step);
    let path = request.after.or(request.before.side()).map(|side| side.path.clone());
    let mut report = ListReport {
        id: request.list.id.to_string(),
        title: request.list.title.clone(),
        path: path.unwrap_or_else(|| request.list.inventory.0.first().cloned().unwrap_or_default()),
        is_compared: !matches!(request.before, Before::Unknown),
        readings: readings(&changes, &lint::announcements(&step)),
        new: Vec::new(),
        existing: Vec::new(),
        waived: Vec::new(),
        remarks: Vec::new(),
    };
    sort_out(request, found, &mut report);
    report
}

fn changes(request: &Request<'_>) -> ChangeSet {
    if matches!(request.before, Before::Unknown) {
        return ChangeSet::default();
    }
    let before = ListState::from(request.before.side().map(|side| side.reading.inventory.clone()));
    let after = request.after.map(|after| after.reading.inventory.clone());
    diff(&before, &before.after_version(after))
}

/// The largest number of entries of a list that may be removed at once.
fn removable(share: RemovalShare, entries: usize) -> usize {
    (0..=entries).rev().find(|removed| !share.is_exceeded(*removed, entries)).unwrap_or_default()
}

/// What customers would read about each change.
fn readings(changes: &ChangeSet, announced: &[Announcement<'_>]) -> Vec<report::Reading> {
    let mut readings: Vec<report::Reading> = Vec::new();
    for reading in changes.changes.iter().map(|change| reading(change, announced)) {
        // A term that the configuration and the text of the page state changes in both.
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    }
    readings
}

fn reading(change: &Change, announced: &[Announcement<'_>]) -> report::Reading {
    let announcement = announced.iter().find(|announcement| std::ptr::eq(announcement.change, change));
    let notice = announcement.and_then(|announcement| announcement.notice.as_ref().ok());
    let deadlines = match announcement.map(|announcement| &announcement.notice) {
        Some(Ok(notice)) => deadlines::sentence(&ENGLISH, notice),
        Some(Err(error)) => format!("deadlines cannot be computed: {error}"),
        None => String::new(),
    };
    let mut chars = deadlines.chars();
    let deadlines = chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default();
    report::Reading {
        kind: change.kind.to_string(),
        entry: change.entry(),
        sentence: render::flat(&render::sentence(change)),
        deadlines,
        effective: notice.and_then(|notice| Some(notice.effective.as_ref()?.from.to_string())),
        object_by: notice.and_then(|notice| notice.object_by.deadline()).map(|deadline| deadline.to_string()),
    }
}

/// Applies levels and waivers, and finds the places of findings.
fn sort_out(request: &Request<'_>, found: Findings, report: &mut ListReport) {
    let places = Places::of(request);
    let comments = waivers::comments(request.after.map(|side| &side.content), &mut report.remarks);
    for finding in &found.existing {
        report.existing.extend(located(request, &places, finding));
    }
    for finding in &found.new {
        let Some(located) = located(request, &places, finding) else { continue };
        match waiver(request, &comments, finding) {
            Some(waiver) if waiver.until.0 >= request.now.date() => {
                let (reason, until) = (waiver.reason.to_string(), waiver.until.to_string());
                report.waived.push(Waived { finding: located, reason, until });
            }
            Some(expired) => {
                let rule = finding.rule.id;
                report.remarks.push(format!("the waiver of {rule} expired on {}", expired.until));
                report.new.push(located);
            }
            None => report.new.push(located),
        }
    }
    for rule in found.skipped.iter().filter(|rule| level(request, rule) != Level::Off) {
        report.remarks.push(format!("{} was skipped: it reads the published log, and there is none", rule.id));
    }
}

fn level(request: &Request<'_>, rule: &'static lint::Rule) -> Level {
    let configured = request.config.and_then(|config| config.rules.get(&RuleId(rule)));
    configured.copied().unwrap_or(rule.level)
}

fn located(request: &Request<'_>, places: &Places<'_>, finding: &Finding) -> Option<Located> {
    let level = level(request, finding.rule);
    if level == Level::Off {
        return None;
    }
    let (path, span) = places.of_anchor(&finding.anchor);
    let (rule, entry, key) = finding.identity();
    Some(Located {
        rule: finding.rule,
        level,
        entry: finding.entry.clone(),
        message: finding.message.clone(),
        help: finding.help.clone(),
        fingerprint: fingerprint(&[request.list.id.as_str(), &rule, &entry, &key, &finding.message]),
        path,
        span,
    })
}

/// The waiver of a finding: the one that lasts longest.
fn waiver(request: &Request<'_>, comments: &[Comment], finding: &Finding) -> Option<Waiver> {
    let configured = request.config.map(|config| config.waivers.as_slice()).unwrap_or_default();
    let configured =
        configured.iter().filter(|waiver| waiver.list.as_ref().is_none_or(|list| *list == request.list.id));
    let all = configured.chain(comments.iter().map(|comment| &comment.0));
    let fitting = all.filter(|waiver| {
        waiver.rule.0 == finding.rule
            && waiver.entry.as_ref().is_none_or(|id| finding.entry.as_ref().is_some_and(|entry| entry.id == *id))
    });
    fitting.max_by_key(|waiver| waiver.until).cloned()
}

/// A number that identifies some texts: FNV-1a, 128 bits, in hexadecimal.
fn fingerprint(parts: &[&str]) -> String {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    let hash = bytes.fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    format!("{hash:032x}")
}
