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

use super::{Failure, console, follow::Format};

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
    changes: Vec<Change>,
    /// The change objects as they were signed, with the last day for objections where one is known.
    objects: Vec<(Json, Option<String>)>,
}

impl Report {
    /// The report of a log that was followed, or could not be.
    pub fn of(name: &str, location: &str, highlight: Option<String>, followed: Result<Followed, Failure>) -> Self {
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
            }
        }
        Report { name: name.to_owned(), location: location.to_owned(), highlight, followed, news, remarks }
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
        u8::from(exit_code && self.news.iter().any(News::is_notice))
    }

    /// One line that states the result.
    fn line(&self) -> String {
        let followed = match &self.followed {
            Ok(followed) => followed,
            Err(failure) => return format!("{}: {failure}", self.name),
        };
        let (origin, newest) = follow::newest(&followed.state);
        let newest = newest.map_or_else(|| "no release".to_owned(), |newest| newest.to_string());
        let changes: usize = self.news.iter().map(|news| news.changes.len()).sum();
        let notices = self.news.iter().flat_map(|news| &news.changes).filter(|change| change.level == Level::Notice);
        let result = match (followed.seen, changes) {
            (None, _) => "followed from now on".to_owned(),
            (Some(_), 0) => "no new changes".to_owned(),
            (Some(_), 1) => format!("1 new change, {} of level notice", notices.count()),
            (Some(_), _) => format!("{changes} new changes, {} of level notice", notices.count()),
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
        let objects: Vec<(Json, Option<String>)> = (0..)
            .zip(body.changes())
            .map(|(position, object)| (object.clone(), object_by(verified, release.header.seq, position)))
            .collect();
        if objects.is_empty() {
            return None;
        }
        Some(News {
            release: release.pointer(),
            kind: release.header.kind.name().to_owned(),
            published,
            commit: body.source().map(|source| source.commit.to_string()),
            changes: shown(&release.header.kind, body),
            objects,
        })
    }

    fn is_notice(&self) -> bool {
        // A change of a later version may be one to object to.
        self.changes.iter().any(|change| change.level == Level::Notice)
            || self.objects.iter().any(|(object, _)| object.text("level") == Some("notice") && self.kind == "changes")
    }

    fn row(&self) -> ChangeLogRow<'_> {
        ChangeLogRow {
            published: self.published,
            commit: self.commit.as_deref(),
            changes: self.changes.iter().collect(),
            notices: Vec::new(),
            unreadable: None,
        }
    }

    fn json(&self) -> Value {
        let changes = self.objects.iter().map(|(object, object_by)| {
            let mut value = object.to_serde();
            if let Some(object_by) = object_by {
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

/// The changes that this version can show. A list that was read again did not change: one sentence states that.
fn shown(kind: &ReleaseKind, body: &Body) -> Vec<Change> {
    let changes = body.changes().iter().filter_map(|object| serde_json::from_value(object.to_serde()).ok());
    let changes: Vec<Change> = changes.collect();
    match kind {
        ReleaseKind::Reread => {
            let cause = if body.reading().is_some() { Cause::Configuration } else { Cause::Edition };
            reread::announcement(cause, &changes).into_iter().collect()
        }
        _ => changes,
    }
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
        Format::Line => reports.iter().map(|report| report.line() + "\n").collect(),
        Format::Table => table(reports),
    };
    console::data(text.as_bytes())
}

fn table(reports: &[Report]) -> String {
    let mut text = String::new();
    for report in reports.iter().filter(|report| report.followed.is_ok()) {
        text.push_str(&report.line());
        text.push('\n');
        let rows: Vec<ChangeLogRow<'_>> = report.news.iter().rev().map(News::row).collect();
        text.push_str(&render::terminal_change_log(&rows, console::style()));
        for news in &report.news {
            for (change, object_by) in news.changes.iter().zip(news.objects.iter().map(|(_, object_by)| object_by)) {
                if let Some(day) = object_by {
                    text.push_str(&format!("Object by {day}: {}\n", render::flat(&render::sentence(change))));
                }
            }
        }
    }
    text
}
