//! The short way of a publication: from the end of the log, with the word that the last one left.
//!
//! It leads to the same bytes as the long way, or is not taken: whatever is missing, was changed by
//! somebody else, or would change pages of closed years sends the publication the long way.

use std::collections::BTreeMap;

use crate::{
    config::{Config, ListConfig},
    ledger::{self, Digest, Release, Resume},
    output::{Found, OutputFile, Rule},
    render::{self, File, Rendered},
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
        let file = |name: &str| -> Result<Option<Vec<u8>>, PublishError> {
            let known = resume.files.get(name).copied();
            Ok(found.file(&format!("{}/{name}", list.id))?.filter(|bytes| known == Some(Digest::of(bytes))))
        };
        let current = file(LIST)?.and_then(|bytes| ledger::read_list_file(&bytes).ok());
        let (Some(current), true) = (current, is_whole(&resume, list, found)?) else { return Ok(None) };
        let mut log = Log::new(request, list);
        (log.chain, log.register) = (resume.chain(current), Register::of(resume.announced.clone()));
        let walked = log.walk(request)?;
        if !walked.reached || (walked.base.is_none() && log.chain.list.is_some()) {
            return Ok(None);
        }
        log.follow(request, &walked.versions)?;
        let dates = log.register.dates();
        let (old, new) = dates.split_at(resume.announced.len());
        let first = match new {
            // Other lists may have news: the page over all of them shows the last change of each.
            [] => old.len().saturating_sub(1),
            _ => match render::reach_back(old, new) {
                Some(first) => first,
                None => return Ok(None),
            },
        };
        let Some(earlier) = releases(&resume, first, list, found)? else { return Ok(None) };
        let mut growing = BTreeMap::new();
        for name in render::GROWING.into_iter().filter(|_| !new.is_empty()) {
            let Some(bytes) = file(name)? else { return Ok(None) };
            growing.insert(name, bytes);
        }
        log.earlier = earlier;
        log.rendered = Some(Rendered { before: old[..first].to_vec(), pages: old.len() - first, growing });
        Ok(Some(log))
    }

    /// `list.json`, `index.json` and, last of all, the word for the next publication. `rendered` are the
    /// files of all lists.
    pub fn summary_files(&self, request: &Request<'_>, rendered: &[File]) -> Result<Vec<OutputFile>, PublishError> {
        let settled = self.rendered.is_some() && self.new == 0;
        let (Signing::Keys { release: signer, .. }, Some(end), Some(keys), Some(commit)) =
            (request.signing, &self.chain.end, &self.chain.keys, &self.chain.commit)
        else {
            return Ok(Vec::new());
        };
        if settled {
            return Ok(Vec::new());
        }
        let path = |name: &str| format!("{}/{name}", self.list.id);
        let current = self.chain.list.as_ref();
        let list = ledger::list_file(&end.origin, end.seq, end.published, self.chain.state, current)?;
        let mut files = BTreeMap::from([(LIST.to_owned(), Digest::of(&list))]);
        for name in render::GROWING {
            let file = rendered.iter().find(|file| file.path == path(name));
            files.extend(file.map(|file| (name.to_owned(), Digest::of(&file.bytes))));
        }
        let resume = Resume {
            made_with: made_with(request.config)?,
            end: end.clone(),
            keys: keys.clone(),
            commit: commit.clone(),
            state: self.chain.state,
            announced: self.register.rows().to_vec(),
            files,
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

/// Whether nothing is missing, and nothing came to the log since.
fn is_whole(resume: &Resume, list: &ListConfig, found: &Found) -> Result<bool, PublishError> {
    let names = |folder: &str| found.names(&format!("{}{folder}", list.id));
    let (own, log, pages) = (names("")?, names("/log")?, names("/changes")?);
    let documents = 2 * (resume.end.seq + 1);
    Ok(log.len() as u64 == documents
        && log.contains(&Release::file_name(resume.end.seq))
        && pages.len() == resume.announced.len()
        && render::LIST_FILES.iter().all(|name| own.contains(*name))
        && found.names("")?.contains(render::SITE_FILE))
}

/// The releases from an announced one to the end of the log; `None` when one is not what it was. Each
/// names the digest of the one before, and the digest of the last one is known.
fn releases(
    resume: &Resume,
    first: usize,
    list: &ListConfig,
    found: &Found,
) -> Result<Option<Vec<Release>>, PublishError> {
    let first = resume.announced.get(first).map_or(resume.end.seq, |row| row.seq());
    let mut expected = Some(resume.end.sha256);
    let mut releases = Vec::new();
    for seq in (first..=resume.end.seq).rev() {
        let bytes = found.file(&format!("{}/log/{}", list.id, Release::file_name(seq)))?;
        let Some(bytes) = bytes.filter(|bytes| expected == Some(Digest::of(bytes))) else { return Ok(None) };
        let Ok(release) = Release::read(&bytes) else { return Ok(None) };
        expected = release.prev;
        releases.push(release);
    }
    releases.reverse();
    Ok(Some(releases))
}
