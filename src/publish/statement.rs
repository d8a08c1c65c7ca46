//! Releases about the log itself, which a root key signs: other keys, redactions, the end of a log.
//!
//! They need neither git nor the pages. The next publication renders the pages again.

use changecast_core::{
    ledger::{
        AppendError, Digest, Fetch, Head, HeadPointer, Header, IndexFile, KeyRole, KeysRelease, ListFile, NextHead,
        Origin, Pointer, Roles, Salts, Successor, layout::Path,
    },
    model::Timestamp,
    sign::{PublicKey, Signer},
};

use crate::{
    config::{Config, ListConfig},
    output::{Folder, Found, OutputFile, WritePolicy},
};

use super::{
    error::PublishError,
    log::{PublishedLog, check_key},
    periods::PERIODS_IN_HEAD,
};

/// What a root key states about a log.
#[derive(Clone, Debug)]
pub enum RootStatement {
    /// Other keys sign from now on.
    Rotate {
        /// The keys that sign releases and heads.
        release: Vec<PublicKey>,
        /// The root keys; `None` leaves them as they are.
        root: Option<Vec<PublicKey>>,
    },
    /// A key was stolen: it cannot sign any more, and its heads after the named one are void.
    Revoke {
        /// The key.
        stolen: PublicKey,
        /// The last head that counts; the newest one by default.
        last_head: Option<u64>,
        /// Releases in this log that the thief signed.
        disowned: Vec<u64>,
    },
    /// Bodies are removed because the law requires it.
    Redact {
        /// The releases with these bodies.
        releases: Vec<u64>,
        /// The legal ground, in the words of the publisher.
        ground: String,
    },
    /// The log ends, and the list continues in another one.
    Move(Successor),
}

/// The keys that sign a statement and the head that publishes it.
#[derive(Clone, Copy, Debug)]
pub struct StatementKeys<'a> {
    /// A root key of the log.
    pub root: &'a Signer,
    /// A key that signs heads after the statement.
    pub release: &'a Signer,
}

/// A statement that was signed.
#[derive(Debug)]
pub struct PlannedStatement {
    /// The header of the release.
    pub header: Header,
    /// The head that publishes it.
    pub head: Head,
    /// The files in the order in which they must be written.
    pub files: Vec<OutputFile>,
    /// Files to remove after that, as paths in the output directory.
    pub removed: Vec<String>,
}

/// Plans the release of a statement, and the head that publishes it. No file is written.
///
/// # Errors
/// [`PublishError`] if the log does not verify, does not exist, or the keys may not sign.
pub fn plan_statement(
    config: &Config,
    list: &ListConfig,
    found: &Found,
    now: Timestamp,
    keys: StatementKeys<'_>,
    statement: &RootStatement,
) -> Result<PlannedStatement, PublishError> {
    let origin = Origin::new(config.publisher.authority.domain(), &list.id)?;
    let authority = config.publisher.authority.to_string();
    let folder = found.folder(list.id.as_str());
    let mut log = PublishedLog::open(&list.id, (&origin, &authority), &folder, now)?;
    let (Some(roles), Some(last)) = (log.roles.clone(), log.head.clone()) else {
        return Err(PublishError::NoHead(list.id.clone()));
    };
    check_key(&list.id, &roles, KeyRole::Root, &keys.root.public())?;
    log.check_not_ended(&list.id)?;
    let context = Context { list, log: &log, folder: &folder, roles, last: &last };
    let salts = Salts::derive(keys.release, &origin)?;
    let mut tip = log.tip.clone();
    let mut last_counting = None;
    let (draft, removed, roles) = match statement {
        RootStatement::Rotate { release, root } => {
            let release = release.as_slice();
            let mut roles = context.roles.with(KeyRole::Release, release).with(KeyRole::Head, release);
            if let Some(root) = root {
                roles = roles.with(KeyRole::Root, root);
            }
            (tip.keys(keys_release(roles.clone()))?, Vec::new(), roles)
        }
        RootStatement::Revoke { stolen, last_head, disowned } => {
            let release = context.revoked(stolen, *last_head, disowned, &keys.release.public())?;
            last_counting = release.last_head;
            let roles = release.roles.clone();
            (tip.keys(release)?, Vec::new(), roles)
        }
        RootStatement::Redact { releases, ground } => {
            let pointers = context.pointers(releases)?;
            let removed = releases.iter().map(|seq| format!("{}/{}", list.id, Path::Body(*seq))).collect();
            (tip.redaction(pointers, ground.clone(), &salts)?, removed, context.roles.clone())
        }
        RootStatement::Move(successor) => (tip.moved(successor.clone())?, Vec::new(), context.roles.clone()),
    };
    check_key(&list.id, &roles, KeyRole::Head, &keys.release.public())?;
    let header = draft.header.clone();
    let mut files = draft.sign(keys.root)?;
    let pending = std::mem::take(&mut log.notices.pending);
    if pending.len() > PERIODS_IN_HEAD {
        return Err(PublishError::Interrupted(list.id.clone()));
    }
    let covers = tip.pointer().ok_or_else(|| PublishError::NoHead(list.id.clone()))?;
    let next =
        NextHead { covers, at: now, expires: config.head.expires(now), periods: pending, statements: Vec::new() };
    let before = Some((&last.0, last.1));
    // The heads of a thief may be dated in the future. They do not count.
    let is_void = last_counting.is_some_and(|counting| counting.number < last.0.number);
    let (head, signed) = if is_void {
        next.sign_after_void(&origin, before, keys.release)?
    } else {
        next.sign(&origin, before, keys.release)?
    };
    files.extend(signed);
    let mut files: Vec<OutputFile> = files.into_iter().map(|file| log.output_file(&list.id, file)).collect();
    let content = ListFile { origin: origin.clone(), seq: covers.seq, list: tip.list.clone() };
    let index = IndexFile { origin, head: head.number, release: covers.seq };
    for (path, bytes) in [(Path::List, content.to_bytes()), (Path::Index, index.to_bytes())] {
        let bytes = bytes.map_err(AppendError::from)?;
        let path = format!("{}/{path}", list.id);
        files.push(OutputFile { path, bytes: bytes.into(), policy: WritePolicy::Replace });
    }
    Ok(PlannedStatement { header, head, files, removed })
}

fn keys_release(roles: Roles) -> KeysRelease {
    KeysRelease { roles, authority: None, predecessor: None, disowned: Vec::new(), last_head: None }
}

/// The log before a statement.
struct Context<'a> {
    list: &'a ListConfig,
    log: &'a PublishedLog,
    folder: &'a Folder,
    roles: Roles,
    /// The newest head and its digest.
    last: &'a (Head, Digest),
}

impl Context<'_> {
    /// The keys without the stolen one. `release` signs from now on.
    fn revoked(
        &self,
        stolen: &PublicKey,
        last_head: Option<u64>,
        disowned: &[u64],
        release: &PublicKey,
    ) -> Result<KeysRelease, PublishError> {
        let known = [KeyRole::Root, KeyRole::Release, KeyRole::Head];
        if !known.iter().any(|role| self.roles.contains(*role, stolen)) {
            return Err(PublishError::NotAKey { list: self.list.id.clone(), found: stolen.fingerprint() });
        }
        let mut roles = self.roles.without(stolen);
        for role in [KeyRole::Release, KeyRole::Head] {
            if !roles.contains(role, release) {
                let keys: Vec<PublicKey> = roles.keys(role).into_iter().chain([release.clone()]).collect();
                roles = roles.with(role, &keys);
            }
        }
        let last_head = Some(self.head_pointer(last_head)?);
        Ok(KeysRelease { disowned: self.pointers(disowned)?, last_head, ..keys_release(roles) })
    }

    /// The newest head, or the one with this number.
    fn head_pointer(&self, number: Option<u64>) -> Result<HeadPointer, PublishError> {
        let (newest, digest) = self.last;
        let number = number.unwrap_or(newest.number);
        if number == newest.number {
            return Ok(HeadPointer { number, sha256: *digest });
        }
        let path = Path::Head(number).to_string();
        let bytes = self.folder.get(&path).map_err(|error| PublishError::fetch(&self.list.id, &path, error))?;
        let bytes = bytes.filter(|_| number < newest.number);
        let bytes = bytes.ok_or_else(|| PublishError::NoSuchHead { list: self.list.id.clone(), number })?;
        Ok(HeadPointer { number, sha256: Digest::of(&bytes) })
    }

    /// Pointers to releases, in order.
    fn pointers(&self, releases: &[u64]) -> Result<Vec<Pointer>, PublishError> {
        let mut releases = releases.to_vec();
        releases.sort_unstable();
        releases.dedup();
        let pointer = |seq: u64| {
            let release = self.log.releases.iter().find(|release| release.seq == seq && seq > 0);
            release.map(|release| release.pointer())
        };
        let found = releases
            .iter()
            .map(|seq| pointer(*seq).ok_or_else(|| PublishError::NoRelease { list: self.list.id.clone(), seq: *seq }));
        found.collect()
    }
}
