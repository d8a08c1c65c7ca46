//! The news of a vendor: the changes of a release, or those that were observed between two commits.

use changecast::{
    observe::Observation,
    publish::{self, PublishedRelease},
    render::{self, ChangeLogRow},
};
use changecast_core::{
    change::{Change, Level},
    ledger::{Pointer, Publication, Release, ReleaseKind, Verified},
    model::{CommitId, Timestamp},
    prose::reread::Cause,
};
use serde_json::{Value, json};

/// Changes that became known together.
pub struct News {
    pub basis: Basis,
    /// When the changes were published, or observed.
    pub published: Timestamp,
    pub changes: Vec<NewChange>,
    /// The announcement in place of the changes of a list that was read again, which did not change.
    read_again: Vec<Change>,
}

/// How changes are known.
pub enum Basis {
    /// A signed release states them.
    Release {
        release: Pointer,
        kind: ReleaseKind,
        /// Why the list was read again, if the release states that.
        cause: Option<Cause>,
        commit: Option<CommitId>,
        /// The first head that covers the release.
        publication: Publication,
    },
    /// They were observed between two commits. Nobody signed them.
    Commits {
        from: CommitId,
        to: CommitId,
        /// The committer time of the later commit.
        committed: Timestamp,
    },
}

/// A change that became known.
pub struct NewChange {
    /// The signed or observed change.
    object: Value,
    /// The change, if this version knows its kind.
    pub known: Option<Change>,
    /// The last day for objections, where one is known.
    pub object_by: Option<String>,
    /// When the change takes effect, where it is known.
    pub effective: Option<String>,
}

impl News {
    /// The changes of the releases from number `first` on, oldest first.
    pub fn of_releases(verified: &Verified, first: u64) -> Vec<Self> {
        // Heads cover the beginning of the log.
        let published = verified.releases.iter().zip(publish::published_releases(verified));
        let published = published.filter(|(release, _)| release.header.seq >= first);
        let causes = publish::causes_of_rereads(&verified.releases);
        published
            .filter_map(|(release, (published, time))| {
                let cause = causes.get(&release.header.seq).copied();
                News::of_release(verified, release, (published, time), cause)
            })
            .collect()
    }

    /// The changes of a release; `None` for one without changes.
    fn of_release(
        verified: &Verified,
        release: &Release,
        (published, time): (PublishedRelease, Timestamp),
        cause: Option<Cause>,
    ) -> Option<Self> {
        let body = release.body()?;
        let changes: Vec<NewChange> = (0..)
            .zip(body.changes())
            .map(|(position, object)| {
                let dates = Dates::of(verified, release.header.seq, position);
                let object = object.to_serde();
                let known = serde_json::from_value(object.clone()).ok();
                NewChange { object, known, object_by: dates.object_by, effective: dates.effective }
            })
            .collect();
        if changes.is_empty() {
            return None;
        }
        let is_reread = published.kind == ReleaseKind::Reread;
        Some(News {
            basis: Basis::Release {
                release: published.pointer(),
                kind: published.kind,
                cause,
                commit: body.source().map(|source| source.commit.clone()),
                publication: published.publication?,
            },
            published: time,
            changes,
            read_again: if is_reread { published.changes } else { Vec::new() },
        })
    }

    /// The changes between two commits.
    ///
    /// # Errors
    /// An error of serde, which changes never cause.
    pub fn of_observation(observation: &Observation) -> Result<Self, serde_json::Error> {
        let changes = observation.changes.iter().map(|observed| {
            Ok(NewChange {
                object: serde_json::to_value(&observed.change)?,
                known: Some(observed.change.clone()),
                object_by: observed.object_by.clone(),
                effective: observed.effective.clone(),
            })
        });
        let Observation { from, to, committed, observed, .. } = observation;
        Ok(News {
            basis: Basis::Commits { from: from.clone(), to: to.clone(), committed: *committed },
            published: *observed,
            changes: changes.collect::<Result<_, serde_json::Error>>()?,
            read_again: Vec::new(),
        })
    }

    /// The changes of the list.
    pub fn of_list(&self) -> &[NewChange] {
        let is_reread = matches!(&self.basis, Basis::Release { kind: ReleaseKind::Reread, .. });
        if is_reread { &[] } else { &self.changes }
    }

    /// The number of changes that customers can object to.
    pub fn notices(&self) -> usize {
        self.of_list().iter().filter(|change| change.is_notice()).count()
    }

    /// What a person reads: the changes that this version knows.
    pub fn shown(&self) -> Vec<&Change> {
        self.of_list().iter().filter_map(|change| change.known.as_ref()).chain(&self.read_again).collect()
    }

    /// Remarks about changes that this version cannot show.
    pub fn unknown_kinds(&self) -> Vec<String> {
        let unknown = self.changes.iter().filter(|change| change.known.is_none());
        let kinds = unknown.map(NewChange::kind);
        kinds
            .map(|kind| format!("{} has a change of the kind {kind:?}, which a newer changecast can show", self.basis))
            .collect()
    }

    /// The row of a change log.
    pub fn row(&self) -> ChangeLogRow<'_> {
        let commit = match &self.basis {
            Basis::Release { commit, .. } => commit.as_ref(),
            Basis::Commits { to, .. } => Some(to),
        };
        ChangeLogRow {
            published: self.published,
            commit: commit.map(CommitId::as_str),
            changes: self.shown(),
            notices: Vec::new(),
            unreadable: None,
        }
    }

    /// The news as an object.
    pub fn json(&self) -> Value {
        let changes = self.changes.iter().map(|change| {
            let mut value = change.object.clone();
            for (name, date) in [("object_by", &change.object_by), ("effective_date", &change.effective)] {
                if let Some(date) = date {
                    value[name] = json!(date);
                }
            }
            value
        });
        let changes: Vec<Value> = changes.collect();
        let published = self.published.to_string();
        match &self.basis {
            Basis::Release { release, kind, cause, commit, publication } => {
                let mut value = json!({
                    "release": pointer(*release), "kind": kind.name(), "published": published,
                    "backfilled": publication.backfilled, "covered": publication.at.to_string(),
                    "commit": commit, "changes": changes,
                });
                if let Some(cause) = cause {
                    value["cause"] = json!(cause.name());
                }
                value
            }
            Basis::Commits { from, to, committed } => json!({
                "observed": { "from": from, "to": to, "at": published, "committed": committed.to_string() },
                "changes": changes,
            }),
        }
    }
}

/// A release as an object.
pub fn pointer(pointer: Pointer) -> Value {
    json!({ "seq": pointer.seq, "sha256": pointer.sha256.to_string() })
}

impl std::fmt::Display for Basis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Basis::Release { release, .. } => write!(f, "{release}"),
            Basis::Commits { from, to, .. } => {
                write!(f, "observed between commits {} and {}, not signed", from.short(), to.short())
            }
        }
    }
}

impl NewChange {
    fn kind(&self) -> &str {
        self.object.get("kind").and_then(Value::as_str).unwrap_or("none")
    }

    /// Whether customers could object to it. A change of a later version states that itself.
    fn is_notice(&self) -> bool {
        let level = self.known.as_ref().map(|change| change.level == Level::Notice);
        level.unwrap_or_else(|| self.object.get("level").and_then(Value::as_str) == Some("notice"))
    }

    /// The change in a sentence.
    pub fn sentence(&self) -> String {
        let sentence = self.known.as_ref().map(|change| render::flat(&render::sentence(change)));
        sentence.unwrap_or_else(|| format!("a change of the kind {}", self.kind()))
    }
}

/// The dates of a change, by the newest head that states them.
#[derive(Default)]
struct Dates {
    object_by: Option<String>,
    effective: Option<String>,
}

impl Dates {
    fn of(verified: &Verified, seq: u64, position: u64) -> Self {
        let heads = verified.heads.iter().rev().filter(|head| !head.void);
        let mut periods = heads.flat_map(|head| &head.head.periods);
        let period = periods.find(|period| period.change.seq == seq && period.change.position == position);
        period.map_or_else(Dates::default, |period| Dates {
            object_by: period.object_by.clone(),
            effective: period.effective.as_ref().map(|effective| effective.date.clone()),
        })
    }
}

/// What a release without changes means for a follower.
pub fn remark(release: &Release) -> Option<String> {
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
