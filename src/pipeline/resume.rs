//! The short way of a publication: from the end of the log, with the word that the last one left.
//!
//! It leads to the same bytes as the long way, or is not taken: whatever is missing, was changed by
//! somebody else, or would change pages of closed years sends the publication the long way.

use std::collections::BTreeMap;

use crate::{
    config::{Config, ListConfig},
    ledger::{self, Announced, Digest, Kept, Release, Resume},
    model::Moment,
    output::{Found, OutputFile, Rule},
    render::{self, File, Pieces, Rendered, Standing},
    sign::{self, Namespace},
};

use super::{Request, Rewritten, Scope, Signing, log::Log, refusal::PublishError, register::Register};

/// The word for the next publication, in the list's folder.
const FILE: &str = "resume.json";
const SIGNATURE: &str = "resume.json.sig";
/// The list as it stands.
const LIST: &str = "list.json";

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
        let Some(current) = current else { return Ok(None) };
        let mut log = Log::new(request, list);
        (log.chain, log.register) = (resume.chain(current), Register::of(resume.announced.clone()));
        let walked = log.walk(request)?;
        if !walked.reached || (walked.base.is_none() && log.chain.list.is_some()) {
            return Ok(None);
        }
        log.follow(request, &walked.versions)?;
        let dates = log.register.dates();
        let (old, new) = dates.split_at(resume.announced.len());
        if !place.is_whole()? || !render::leave_years(old, new) {
            return Ok(None);
        }
        let Some(last) = place.last()? else { return Ok(None) };
        let rendered = match new {
            // The page over all lists shows the last change of each.
            [] => {
                log.earlier.push(last);
                place.settled()
            }
            _ => match place.standing()? {
                Some(rendered) => rendered,
                None => return Ok(None),
            },
        };
        log.rendered = Some(rendered);
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
            let (head, pieces) = (pieces.head, pieces.lengths.clone());
            rolls.insert(name.to_owned(), Kept { sha256: Digest::of(&file.bytes), head, pieces });
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
        Ok(files.map(|(name, bytes)| OutputFile { path: path(name), bytes, rule: Rule::Replace }).into())
    }
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

    /// The last release, when it is what it was and announces something.
    fn last(&self) -> Result<Option<Release>, PublishError> {
        let end = &self.resume.end;
        let document = self.file(&format!("log/{}", Release::file_name(end.seq)), end.sha256)?;
        let release = document.and_then(|bytes| Release::read(&bytes).ok());
        Ok(release.filter(|release| !release.announced().is_empty()))
    }

    /// What stands where nothing is new, beside the last release.
    fn settled(&self) -> Rendered {
        let mut before = self.dates();
        before.pop();
        Rendered { before, pages: 1, rolls: BTreeMap::new() }
    }

    /// What stands of the files that news change. `None` when one is not what it was.
    fn standing(&self) -> Result<Option<Rendered>, PublishError> {
        let mut rolls = BTreeMap::new();
        for (name, kept) in &self.resume.rolls {
            let Some(bytes) = self.file(name, kept.sha256)? else { return Ok(None) };
            let pieces = Pieces { head: kept.head, lengths: kept.pieces.clone() };
            rolls.insert(name.clone(), Standing { bytes, pieces });
        }
        Ok(Some(Rendered { before: self.dates(), pages: 0, rolls }))
    }

    fn dates(&self) -> Vec<Moment> {
        self.resume.announced.iter().map(Announced::published).collect()
    }

    /// Whether nothing is missing, and nothing came to the log since.
    fn is_whole(&self) -> Result<bool, PublishError> {
        let names = |folder: &str| self.found.names(&self.path(folder));
        let has = |names: &[String], name: &str| names.iter().any(|known| known == name);
        let (own, log, pages) = (names("")?, names("log")?, names("changes")?);
        let last = self.resume.end.seq;
        Ok(log.len() as u64 == 2 * (last + 1)
            && has(&log, &Release::file_name(last))
            && pages.len() == self.resume.announced.len()
            && render::LIST_FILES.iter().all(|name| has(&own, name))
            && has(&self.found.names("")?, render::SITE_FILE))
    }
}
