//! What `follow` prints: the new changes of each log as a table, as JSON or in one line.

use changecast::{
    follow::{self, Followed},
    render::{self, ChangeLogRow},
};
use changecast_core::{
    change::{Change, Level},
    ledger::{Body, Json, Pointer, Release, ReleaseKind, Verified, VerifyError},
    model::Timestamp,
    prose::reread::{self, Cause},
};
use serde_json::{Value, json};

use super::{
    Failure, console,
    follow::{Format, Log},
};

/// The result for one log.
pub struct Report {
    name: String,
    location: String,
    /// The customer's own classification of the vendor.
    highlight: Option<String>,
    followed: Result<Followed, Failure>,
    news: Vec<News>,
    remarks: Vec<String>,
}

/// A release that was not seen before.
struct News {
    release: Pointer,
    kind: String,
    published: Timestamp,
    commit: Option<String>,
    changes: Vec<NewChange>,
    /// One sentence in place of the changes of a list that was read again, which did not change.
    read_again: Option<Change>,
}

/// A change that was not seen before.
struct NewChange {
    /// The change as it was signed.
    object: Json,
    /// The change, if this version knows its kind.
    known: Option<Change>,
    /// The last day for objections, where one is known.
    object_by: Option<String>,
}

impl Report {
    /// The report of a log that was followed, or could not be.
    pub fn of(log: &Log, followed: Result<Followed, Failure>) -> Self {
        let (mut news, mut remarks) = (Vec::new(), Vec::new());
        if let Ok(followed) = &followed {
            remarks.extend(followed.remarks.iter().cloned());
            remarks.extend(
                followed
                    .deleted
                    .iter()
                    .map(|seq| format!("the copy of release {seq} was deleted, as a redaction requires")),
            );
            if let (Some(verified), Some(seen)) = (&followed.verified, followed.seen) {
                for release in verified.releases.iter().filter(|release| release.header.seq >= seen) {
                    remarks.extend(remark(release));
                    news.extend(News::of(release, verified));
                }
                remarks.extend(news.iter().flat_map(News::unknown_kinds));
            }
        }
        let Log { name, location, highlight, .. } = log;
        Report { name: name.clone(), location: location.clone(), highlight: highlight.clone(), followed, news, remarks }
    }

    /// The exit status for this log.
    pub fn status(&self, exit_code: bool, now: Timestamp) -> u8 {
        let followed = match &self.followed {
            Ok(followed) => followed,
            Err(failure) => return failure.code(),
        };
        if let Err(error) = follow::check_fresh(&followed.state, now) {
            Failure::Verify { list: self.name.clone(), error: Box::new(error) }.print();
            return VerifyError::Stale(now).status();
        }
        u8::from(exit_code && self.news.iter().any(|news| news.notices() > 0))
    }

    /// One line that states the result.
    fn line(&self) -> String {
        let followed = match &self.followed {
            Ok(followed) => followed,
            Err(failure) => return format!("{}: {failure}", self.name),
        };
        let (origin, newest) = follow::newest(&followed.state);
        let newest = newest.map_or_else(|| "no release".to_owned(), |newest| newest.to_string());
        let changes: usize = self.news.iter().map(News::count).sum();
        let notices: usize = self.news.iter().map(News::notices).sum();
        let result = match (followed.seen, changes) {
            (None, _) => "followed from now on".to_owned(),
            (Some(_), 0) => "no new changes".to_owned(),
            (Some(_), 1) => format!("1 new change, {} of level notice", notices),
            (Some(_), _) => format!("{changes} new changes, {} of level notice", notices),
        };
        let highlight = self.highlight.as_ref().map_or_else(String::new, |highlight| format!(" [{highlight}]"));
        format!("{origin}{highlight}: {result}; {newest}")
    }

    fn json(&self) -> Value {
        let mut value = json!({ "name": self.name, "location": self.location, "remarks": self.remarks });
        if let Some(highlight) = &self.highlight {
            value["criticality"] = json!(highlight);
        }
        match &self.followed {
            Err(failure) => {
                value["status"] = json!(failure.code());
                value["error"] = json!(failure.to_string());
            }
            Ok(followed) => {
                let (origin, newest) = follow::newest(&followed.state);
                value["status"] = json!(0);
                value["origin"] = json!(origin.to_string());
                value["first_contact"] = json!(followed.seen.is_none());
                value["release"] = newest.map_or(Value::Null, pointer);
                if let Ok(head) = followed.state.head() {
                    let expires = head.expires.map(|time| time.to_string());
                    value["head"] = json!({ "number": head.number, "at": head.at.to_string(), "expires": expires });
                }
                value["news"] = self.news.iter().map(News::json).collect();
            }
        }
        value
    }
}

fn pointer(pointer: Pointer) -> Value {
    json!({ "seq": pointer.seq, "sha256": pointer.sha256.to_string() })
}

impl News {
    /// `None` for a release without changes.
    fn of(release: &Release, verified: &Verified) -> Option<Self> {
        let published = release.publication?.at;
        let body = release.body()?;
        let changes: Vec<NewChange> = (0..)
            .zip(body.changes())
            .map(|(position, object)| NewChange {
                object: object.clone(),
                known: serde_json::from_value(object.to_serde()).ok(),
                object_by: object_by(verified, release.header.seq, position),
            })
            .collect();
        if changes.is_empty() {
            return None;
        }
        let is_reread = release.header.kind == ReleaseKind::Reread;
        Some(News {
            release: release.pointer(),
            kind: release.header.kind.name().to_owned(),
            published,
            commit: body.source().map(|source| source.commit.to_string()),
            read_again: if is_reread { read_again(body, &changes) } else { None },
            changes,
        })
    }

    /// The changes of the list.
    fn of_list(&self) -> &[NewChange] {
        if self.kind == ReleaseKind::Reread.name() { &[] } else { &self.changes }
    }

    fn count(&self) -> usize {
        self.of_list().len()
    }

    /// The number of changes that customers can object to.
    fn notices(&self) -> usize {
        self.of_list().iter().filter(|change| change.is_notice()).count()
    }

    /// What a person reads: the changes that this version knows.
    fn shown(&self) -> Vec<&Change> {
        self.of_list().iter().filter_map(|change| change.known.as_ref()).chain(&self.read_again).collect()
    }

    /// Remarks about changes that this version cannot show.
    fn unknown_kinds(&self) -> Vec<String> {
        let unknown = self.changes.iter().filter(|change| change.known.is_none());
        let kinds = unknown.map(|change| change.object.text("kind").unwrap_or("none"));
        kinds
            .map(|kind| {
                format!("{} has a change of the kind {kind:?}, which a newer changecast can show", self.release)
            })
            .collect()
    }

    fn row(&self) -> ChangeLogRow<'_> {
        ChangeLogRow {
            published: self.published,
            commit: self.commit.as_deref(),
            changes: self.shown(),
            notices: Vec::new(),
            unreadable: None,
        }
    }

    fn json(&self) -> Value {
        let changes = self.changes.iter().map(|change| {
            let mut value = change.object.to_serde();
            if let Some(object_by) = &change.object_by {
                value["object_by"] = json!(object_by);
            }
            value
        });
        json!({
            "release": pointer(self.release), "kind": self.kind, "published": self.published.to_string(),
            "commit": self.commit, "changes": changes.collect::<Vec<_>>(),
        })
    }
}

impl NewChange {
    /// Whether customers could object to it. A change of a later version states that itself.
    fn is_notice(&self) -> bool {
        let level = self.known.as_ref().map(|change| change.level == Level::Notice);
        level.unwrap_or_else(|| self.object.text("level") == Some("notice"))
    }

    /// A line with the last day for objections.
    fn deadline(&self) -> Option<String> {
        let day = self.object_by.as_ref()?;
        let kind = || format!("a change of the kind {}", self.object.text("kind").unwrap_or("none"));
        let sentence = self.known.as_ref().map(|change| render::flat(&render::sentence(change)));
        Some(format!("Object by {day}: {}\n", sentence.unwrap_or_else(kind)))
    }
}

/// The sentence about a list that was read again.
fn read_again(body: &Body, changes: &[NewChange]) -> Option<Change> {
    let cause = if body.reading().is_some() { Cause::Configuration } else { Cause::Edition };
    let known: Vec<Change> = changes.iter().filter_map(|change| change.known.clone()).collect();
    reread::announcement(cause, &known)
}

/// The last day for objections to a change, by the newest head that states one.
fn object_by(verified: &Verified, seq: u64, position: u64) -> Option<String> {
    let heads = verified.heads.iter().rev().filter(|head| !head.void);
    let mut periods = heads.flat_map(|head| &head.head.periods);
    periods.find(|period| period.change.seq == seq && period.change.position == position)?.object_by.clone()
}

/// What a release without changes means for a follower.
fn remark(release: &Release) -> Option<String> {
    let pointer = release.pointer();
    match &release.header.kind {
        ReleaseKind::Keys(_) if release.header.seq > 0 => Some(format!("{pointer} states other keys")),
        ReleaseKind::Redaction { redacts } => {
            let releases: Vec<String> = redacts.iter().map(|pointer| pointer.seq.to_string()).collect();
            Some(format!("{pointer} redacts release {}", releases.join(", ")))
        }
        ReleaseKind::Moved { successor } => {
            let keys = successor.root.join(", ");
            Some(format!("the log has ended; {} continues the list, with the root keys {keys}", successor.origin))
        }
        ReleaseKind::Reanchor => Some(format!("{pointer} continues the log in a rewritten git history")),
        ReleaseKind::Unknown(kind) => Some(format!("{pointer} has the unknown kind {kind:?}")),
        _ => None,
    }
}

/// Prints the results on standard output, and errors and remarks on standard error.
pub fn print(reports: &[Report], format: Format) -> Result<(), Failure> {
    for report in reports {
        if let Err(failure) = &report.followed {
            failure.print();
        }
        for remark in &report.remarks {
            console::warning(&format!("{}: {remark}", report.name));
        }
    }
    let text = match format {
        Format::Json => {
            let logs: Vec<Value> = reports.iter().map(Report::json).collect();
            serde_json::to_string_pretty(&json!({ "logs": logs }))? + "\n"
        }
        Format::Line => reports.iter().map(|report| console::visible(&report.line()) + "\n").collect(),
        Format::Table => table(reports),
    };
    console::data(text.as_bytes())
}

fn table(reports: &[Report]) -> String {
    let mut text = String::new();
    for report in reports.iter().filter(|report| report.followed.is_ok()) {
        text.push_str(&console::visible(&report.line()));
        text.push('\n');
        let rows: Vec<ChangeLogRow<'_>> = report.news.iter().rev().map(News::row).collect();
        text.push_str(&render::terminal_change_log(&rows, console::style()));
        let deadlines = report.news.iter().flat_map(News::of_list).filter_map(NewChange::deadline);
        text.extend(deadlines.map(|line| console::visible(&line)));
    }
    text
}
