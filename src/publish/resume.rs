//! The short way of a publication: from the end of the log, with the word that the last one left.
//!
//! It adds what the long way would add, or is not taken: what it goes on from must stand there unchanged,
//! and news must leave pages of closed years as they are. At pages of earlier changes it looks only to see
//! that they are there, and of long logs at a share of them: `--check` and `--all` look at everything.

use std::collections::BTreeMap;

use crate::{
    config::{Config, ListConfig},
    ledger::{self, Announced, Digest, Fingerprint, Kept, KeyRole, Release, Resume, Signed},
    output::{Found, OutputFile, Rule},
    render::{self, File, Piece, Pieces, Rendered},
};
use changecast_core::{
    model::Timestamp,
    sign::{self, Namespace},
};

use super::{
    Request, Rewritten, Scope, Signing,
    append::{Log, tag},
    entry_keys::EntryKeys,
    error::PublishError,
    verify::check_signature,
};

/// The word for the next publication, in the list's folder.
const FILE: &str = "resume.json";
const SIGNATURE: &str = "resume.json.sig";
/// The list as it stands.
const LIST: &str = "list.json";
/// Where the log ends, for customers.
const INDEX: &str = "index.json";

/// So many earlier pages and releases are looked for at most.
const SAMPLE: usize = 32;

/// What pages and releases depend on beside the history: the program and its configuration.
fn made_with(config: &Config) -> Result<Digest, PublishError> {
    let config = serde_json::to_string(config).map_err(ledger::CanonicalError::from)?;
    Ok(Digest::of(format!("changecast {}\n{config}", env!("CARGO_PKG_VERSION")).as_bytes()))
}

impl<'a> Log<'a> {
    /// The log from its end on, with what the history holds beyond it; `None` where only the long way
    /// will do.
    pub fn resumed(request: &Request<'a>, list: &'a ListConfig, found: &Found) -> Result<Option<Self>, PublishError> {
        let Some(resume) = word(request, list, found)? else { return Ok(None) };
        let place = Place { resume: &resume, list, found };
        let current = place.file(LIST, resume.list)?.and_then(|bytes| ledger::read_list_file(&bytes).ok());
        let (Some(current), Some(standing)) = (current, place.standing()?) else { return Ok(None) };
        let Standing { last, rolls } = standing;
        let mut log = Log::new(request, list);
        (log.chain, log.register) = (resume.chain(current), EntryKeys::of(resume.announced.clone()));
        let walked = log.walk(request)?;
        if !walked.reached || (walked.base.is_none() && log.chain.list.is_some()) {
            return Ok(None);
        }
        log.follow(request, &walked.versions)?;
        let dates = log.register.dates();
        let (old, new) = dates.split_at(resume.announced.len());
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

    /// The signature of the word for the next publication, `list.json`, `index.json` and, last of all, the
    /// word. `rendered` are the files of all lists.
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
        let mut rolls = BTreeMap::new();
        for file in rendered {
            let name = file.path.strip_prefix(self.list.id.as_str()).and_then(|name| name.strip_prefix('/'));
            let (Some(name), Some(pieces)) = (name, &file.pieces) else { continue };
            rolls.insert(name.to_owned(), kept(file, pieces));
        }
        let resume = Resume {
            made_with: made_with(request.config)?,
            tag: tag(request, self.list),
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
        let files = [(SIGNATURE, signature), (LIST, list), (INDEX, index), (FILE, resume)];
        Ok(files.map(|(name, bytes)| OutputFile { path: path(name), bytes: bytes.into(), rule: Rule::Replace }).into())
    }
}

/// Word of a file's pieces. Those that stood before are known.
fn kept(file: &File, Pieces { head, between, pieces, closed }: &Pieces) -> Kept {
    let mut begin = *head;
    let piece = |piece: &Piece| {
        let bytes = begin..begin + piece.length;
        begin = bytes.end + between.len();
        let fresh = || Fingerprint::of(file.bytes.front.get(bytes).unwrap_or_default());
        (piece.length, piece.fingerprint.map_or_else(fresh, Fingerprint))
    };
    let pieces = pieces.iter().map(piece).collect();
    Kept { length: file.bytes.size(), head: *head, between: between.clone(), pieces, closed: *closed }
}

/// What the last publication left word of, when this one may rely on it: it comes from the holder of
/// the key, and program, configuration and keys are the same.
fn word(request: &Request<'_>, list: &ListConfig, found: &Found) -> Result<Option<Resume>, PublishError> {
    let Signing::Keys { release, root } = request.signing else { return Ok(None) };
    let file = |name: &str| found.file(&format!("{}/{name}", list.id));
    let (Some(bytes), Some(signature)) = (file(FILE)?, file(SIGNATURE)?) else { return Ok(None) };
    let Ok(signature) = String::from_utf8(signature) else { return Ok(None) };
    let key = release.public();
    if sign::verify(std::slice::from_ref(&key), Namespace::Resume, &bytes, &signature).is_err() {
        return Ok(None);
    }
    let Ok(resume) = Resume::read(&bytes) else { return Ok(None) };
    let expected = tag(request, list);
    if resume.tag != expected {
        return Err(PublishError::OtherOrigin { found: resume.tag, expected });
    }
    if request.scope == Scope::All || request.rewritten == Rewritten::Reanchor || request.correct.is_some() {
        return Ok(None);
    }
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

    /// The last release, when it is what it was, is signed, and announces something.
    fn last(&self) -> Result<Option<Release>, PublishError> {
        let Resume { end, keys, .. } = self.resume;
        let name = format!("log/{}", Release::file_name(end.seq));
        let signature = self.found.file(&self.path(&format!("{name}.sig")))?.map(String::from_utf8);
        let (Some(bytes), Some(Ok(signature))) = (self.file(&name, end.sha256)?, signature) else { return Ok(None) };
        let signed = Signed { bytes, signature };
        let is_signed = check_signature(KeyRole::Release, &keys.release, &signed).is_ok();
        let release = Release::read(&signed.bytes).ok().filter(|_| is_signed);
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
            let piece = |(length, print): &(usize, Fingerprint)| Piece { length: *length, fingerprint: Some(print.0) };
            let pieces = kept.pieces.iter().map(piece).collect();
            let Kept { head, closed, .. } = *kept;
            rolls.insert(name.clone(), Pieces { head, between: kept.between.clone(), pieces, closed });
        }
        Ok(Some(Standing { last, rolls }))
    }

    /// Whether nothing came to the log since, and nothing is missing. Of a long log every publication
    /// looks for other releases and pages.
    fn is_whole(&self) -> Result<bool, PublishError> {
        let Resume { end, announced, .. } = self.resume;
        let index = self.found.file(&self.path(INDEX))?;
        let release = |seq: u64| format!("log/{}", Release::file_name(seq));
        let ends_here = index.and_then(|index| ledger::latest(&index)) == Some(end.seq)
            && !self.found.has(&self.path(&release(end.seq + 1)))?;
        if !ends_here || !self.found.has(render::SITE_FILE)? {
            return Ok(false);
        }
        let own = render::LIST_FILES.into_iter().map(str::to_owned);
        let dates: Vec<Timestamp> = announced.iter().map(Announced::published).collect();
        let pages = self.sample(announced.len()).map(|at| render::announcement_page(&announced[at].name()));
        let releases = self.sample(usize::try_from(end.seq).map_or(usize::MAX, |last| last + 1));
        let releases = releases.map(|seq| release(seq as u64)).flat_map(|name| [format!("{name}.sig"), name]);
        for name in own.chain(render::closed_files(&dates)).chain(pages).chain(releases) {
            if !self.found.has(&self.path(&name))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Up to [`SAMPLE`] of so many numbers, others after every release, and the last one.
    fn sample(&self, count: usize) -> impl Iterator<Item = usize> + use<> {
        let step = count.div_ceil(SAMPLE).max(1);
        let first = self.resume.end.sha256.bytes().into_iter().fold(0, |sum, byte| sum + usize::from(byte)) % step;
        (first..count).step_by(step).chain(count.checked_sub(1))
    }
}
