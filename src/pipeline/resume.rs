//! The short way of a publication: from the end of the log, with the word that the last one left.
//!
//! It leads to the same bytes as the long way, or is not taken: whatever is missing, was changed by
//! somebody else, or would change pages of closed years sends the publication the long way.

use std::{collections::BTreeMap, mem, panic, thread};

use crate::{
    config::{Config, ListConfig},
    ledger::{self, Digest, Kept, Release, Resume},
    output::{Found, OutputFile, Rule},
    render::{self, File, Piece, Pieces, Rendered},
    sign::{self, Namespace},
};

use super::{Request, Rewritten, Scope, Signing, log::Log, refusal::PublishError, register::Register};

/// The word for the next publication, in the list's folder.
const FILE: &str = "resume.json";
const SIGNATURE: &str = "resume.json.sig";
/// The list as it stands.
const LIST: &str = "list.json";

/// From so many announcements on, a thread looks at what stands.
const MANY: usize = 200;

/// What pages and releases depend on beside the history: the program and its configuration.
fn made_with(config: &Config) -> Result<Digest, PublishError> {
    let config = serde_json::to_string(config).map_err(ledger::CanonicalError::from)?;
    Ok(Digest::of(format!("changecast {}\n{config}", env!("CARGO_PKG_VERSION")).as_bytes()))
}

impl<'a> Log<'a> {
    /// The log from its end on, with what the history holds beyond it; `None` where only the long way
    /// will do.
    pub fn resumed(request: &Request<'a>, list: &'a ListConfig, found: &Found) -> Result<Option<Self>, PublishError> {
        let Some(mut resume) = word(request, list, found)? else { return Ok(None) };
        let announced = mem::take(&mut resume.announced);
        let place = Place { resume: &resume, pages: announced.len(), list, found };
        let mut log = Log::new(request, list);
        let standing = thread::scope(|scope| {
            let begin = || thread::Builder::new().spawn_scoped(scope, || place.standing()).ok();
            let beside = (place.pages >= MANY).then(begin).flatten();
            let current = place.file(LIST, resume.list)?.and_then(|bytes| ledger::read_list_file(&bytes).ok());
            let Some(current) = current else { return Ok(None) };
            (log.chain, log.register) = (resume.chain(current), Register::of(announced));
            let walked = log.walk(request)?;
            if !walked.reached || (walked.base.is_none() && log.chain.list.is_some()) {
                return Ok(None);
            }
            log.follow(request, &walked.versions)?;
            match beside {
                Some(thread) => thread.join().unwrap_or_else(|panic| panic::resume_unwind(panic)),
                None => place.standing(),
            }
        })?;
        let Some(Standing { last, rolls }) = standing else { return Ok(None) };
        let dates = log.register.dates();
        let (old, new) = dates.split_at(place.pages);
        if !render::leave_years(old, new) {
            return Ok(None);
        }
        let (mut before, mut pages) = (old.to_vec(), 0);
        if new.is_empty() {
            // The page over all lists shows the last change of each.
            log.earlier.push(last);
            before.pop();
            pages = 1;
        }
        log.rendered = Some(Rendered { before, pages, rolls });
        Ok(Some(log))
    }

    /// `list.json`, `index.json` and, last of all, the word for the next publication. `rendered` are the
    /// files of all lists.
    pub fn summary_files(&self, request: &Request<'_>, rendered: &[File]) -> Result<Vec<OutputFile>, PublishError> {
        // Nothing is new, and all of them stand.
        if self.rendered.is_some() && self.new == 0 {
            return Ok(Vec::new());
        }
        let (Signing::Keys { release: signer, .. }, Some(end), Some(keys), Some(commit)) =
            (request.signing, &self.chain.end, &self.chain.keys, &self.chain.commit)
        else {
            return Ok(Vec::new());
        };
        let path = |name: &str| format!("{}/{name}", self.list.id);
        let current = self.chain.list.as_ref();
        let list = ledger::list_file(&end.origin, end.seq, end.published, self.chain.state, current)?;
        // Those of closed years are never added to.
        let year = end.published.year();
        let is_open = |name: &str| name.split_once('/').is_none_or(|(_, file)| file.starts_with(&format!("{year}.")));
        let mut rolls = BTreeMap::new();
        for file in rendered {
            let name = file.path.strip_prefix(self.list.id.as_str()).and_then(|name| name.strip_prefix('/'));
            let (Some(name), Some(pieces)) = (name.filter(|name| is_open(name)), &file.pieces) else { continue };
            rolls.insert(name.to_owned(), kept(file, pieces));
        }
        let resume = Resume {
            made_with: made_with(request.config)?,
            end: end.clone(),
            keys: keys.clone(),
            commit: commit.clone(),
            state: self.chain.state,
            announced: self.register.rows().to_vec(),
            list: Digest::of(&list),
            rolls,
        };
        let resume = resume.to_bytes()?;
        let signature = signer.sign(Namespace::Resume, &resume)?.into_bytes();
        let index = ledger::index_file(&end.origin, end.seq)?;
        let files = [(LIST, list), ("index.json", index), (SIGNATURE, signature), (FILE, resume)];
        Ok(files.map(|(name, bytes)| OutputFile { path: path(name), bytes: bytes.into(), rule: Rule::Replace }).into())
    }
}

/// Word of a file's pieces. Those that stood before are known.
fn kept(file: &File, Pieces { head, between, pieces, closed }: &Pieces) -> Kept {
    let mut begin = *head;
    let piece = |piece: &Piece| {
        let bytes = begin..begin + piece.length;
        begin = bytes.end + between.len();
        let fresh = || Digest::of(file.bytes.front.get(bytes).unwrap_or_default());
        (piece.length, piece.sha256.map_or_else(fresh, Digest::from))
    };
    let pieces = pieces.iter().map(piece).collect();
    Kept { length: file.bytes.size(), head: *head, between: between.clone(), pieces, closed: *closed }
}

/// What the last publication left word of, when this one may rely on it: it comes from the holder of
/// the key, and program, configuration and keys are the same.
fn word(request: &Request<'_>, list: &ListConfig, found: &Found) -> Result<Option<Resume>, PublishError> {
    let Signing::Keys { release, root } = request.signing else { return Ok(None) };
    if request.scope == Scope::All || request.rewritten == Rewritten::Reanchor || request.correct.is_some() {
        return Ok(None);
    }
    let file = |name: &str| found.file(&format!("{}/{name}", list.id));
    let (Some(bytes), Some(signature)) = (file(FILE)?, file(SIGNATURE)?) else { return Ok(None) };
    let Ok(signature) = String::from_utf8(signature) else { return Ok(None) };
    let key = release.public();
    if sign::verify(std::slice::from_ref(&key), Namespace::Resume, &bytes, &signature).is_err() {
        return Ok(None);
    }
    let Ok(resume) = Resume::read(&bytes) else { return Ok(None) };
    let is_among = |known: &[String], key: String| known.contains(&key);
    let fits = resume.made_with == made_with(request.config)?
        && is_among(&resume.keys.release, key.to_string())
        && root.is_none_or(|root| is_among(&resume.keys.root, root.public().to_string()));
    Ok(fits.then_some(resume))
}

/// What the last publication left, as far as it is needed.
struct Standing {
    last: Release,
    /// By name in the list's folder: the files whose pieces are taken over.
    rolls: BTreeMap<String, Pieces>,
}

/// A list's folder, and what its last publication left word of.
struct Place<'a> {
    resume: &'a Resume,
    /// How many pages of announcements it has.
    pages: usize,
    list: &'a ListConfig,
    found: &'a Found,
}

impl Place<'_> {
    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.list.id)
    }

    /// A file as the last publication left it.
    fn file(&self, name: &str, digest: Digest) -> Result<Option<Vec<u8>>, PublishError> {
        Ok(self.found.file(&self.path(name))?.filter(|bytes| digest == Digest::of(bytes)))
    }

    /// The last release, when it is what it was and announces something.
    fn last(&self) -> Result<Option<Release>, PublishError> {
        let end = &self.resume.end;
        let document = self.file(&format!("log/{}", Release::file_name(end.seq)), end.sha256)?;
        let release = document.and_then(|bytes| Release::read(&bytes).ok());
        Ok(release.filter(|release| !release.announced().is_empty()))
    }

    /// What stands there; `None` when something is missing or not what it was. What is told of closed
    /// years is not looked at.
    fn standing(&self) -> Result<Option<Standing>, PublishError> {
        let Some(last) = self.last()? else { return Ok(None) };
        if !self.is_whole()? {
            return Ok(None);
        }
        let mut rolls = BTreeMap::new();
        let mut bytes = Vec::new();
        for (name, kept) in &self.resume.rolls {
            let length = self.found.beginning(&self.path(name), kept.end(), &mut bytes)?;
            if length != Some(kept.length) || !kept.stands_in(&bytes) {
                return Ok(None);
            }
            let piece = |(length, sha256): &(usize, Digest)| Piece { length: *length, sha256: Some(sha256.bytes()) };
            let pieces = kept.pieces.iter().map(piece).collect();
            let Kept { head, closed, .. } = *kept;
            rolls.insert(name.clone(), Pieces { head, between: kept.between.clone(), pieces, closed });
        }
        Ok(Some(Standing { last, rolls }))
    }

    /// Whether nothing is missing, and nothing came to the log since.
    fn is_whole(&self) -> Result<bool, PublishError> {
        let has = |names: &[String], name: &str| names.iter().any(|known| known == name);
        let count = |folder: &str| self.found.count(&self.path(folder));
        let own = self.found.names(&self.path(""))?;
        let releases = self.resume.end.seq + 1;
        Ok(count("log")? as u64 == 2 * releases
            && count("changes")? == self.pages
            && render::LIST_FILES.iter().all(|name| has(&own, name))
            && has(&self.found.names("")?, render::SITE_FILE))
    }
}
