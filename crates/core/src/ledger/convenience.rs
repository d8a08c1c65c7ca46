//! The unsigned files next to a log: `list.json` and `index.json`.

use super::{
    canonical::{self, CanonicalError, MAX_BODY, MAX_HEADER},
    digest::Digest,
    fields::{DocumentError, Fields},
    header::nullable,
    json::{Json, object},
    keys::Origin,
    layout::Path,
    list::List,
    verified::{Fetch, Verified, VerifyError},
};

const LIST_FORMAT: &str = "changecast-list/1";
const INDEX_FORMAT: &str = "changecast-index/1";

/// The content of `list.json`: the list after a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListFile {
    /// The log.
    pub origin: Origin,
    /// The release.
    pub seq: u64,
    /// The list after it.
    pub list: Option<List>,
}

impl ListFile {
    /// Reads the file. Its state must be the digest of its list.
    ///
    /// # Errors
    /// [`DocumentError`] for other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        let value = canonical::from_bytes(bytes, MAX_BODY)?;
        let mut fields = Fields::of("list.json", &value)?;
        fields.format(LIST_FORMAT)?;
        let (origin, seq) = (fields.parsed("origin")?, fields.integer("seq")?);
        let list = List::from_json(fields.require("list")?)?;
        let state: Option<Digest> = fields.nullable("state")?;
        if state != list.as_ref().map(List::state) {
            return Err(fields.malformed("state", "is not the digest of the list"));
        }
        fields.finish_closed()?;
        Ok(ListFile { origin, seq, list })
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// [`CanonicalError`] when it exceeds the limits.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        let value = object([
            ("format", Json::from(LIST_FORMAT)),
            ("list", self.list.as_ref().map_or(Json::Null, List::to_json)),
            ("origin", Json::from(self.origin.as_str())),
            ("seq", Json::Integer(self.seq)),
            ("state", nullable(self.list.as_ref().map(List::state))),
        ]);
        canonical::to_bytes(&value, MAX_BODY)
    }
}

/// The content of `index.json`: where the log and its heads end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexFile {
    /// The log.
    pub origin: Origin,
    /// The number of the newest head.
    pub head: u64,
    /// The number of the newest release that it covers.
    pub release: u64,
}

impl IndexFile {
    /// Reads the file.
    ///
    /// # Errors
    /// [`DocumentError`] for other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
        let value = canonical::from_bytes(bytes, MAX_HEADER)?;
        let mut fields = Fields::of("index.json", &value)?;
        fields.format(INDEX_FORMAT)?;
        let index = IndexFile {
            origin: fields.parsed("origin")?,
            head: fields.integer("head")?,
            release: fields.integer("release")?,
        };
        fields.finish_closed().map(|()| index)
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// [`CanonicalError`] when it exceeds the limits.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        let value = object([
            ("format", Json::from(INDEX_FORMAT)),
            ("head", Json::Integer(self.head)),
            ("origin", Json::from(self.origin.as_str())),
            ("release", Json::Integer(self.release)),
        ]);
        canonical::to_bytes(&value, MAX_HEADER)
    }
}

/// Compares both files with the verified log. An older file is a remark; one that is ahead of the log means
/// an incomplete copy; one that contradicts the log is an error.
pub(super) fn check(source: &dyn Fetch, verified: &mut Verified) -> Result<(), VerifyError> {
    let index = IndexFile::from_bytes(&get(source, Path::Index)?);
    let index = index.map_err(|error| VerifyError::inconsistent(Path::Index, error))?;
    check_origin(Path::Index, &index.origin, verified)?;
    let head = verified.head().map_or(0, |head| head.head.number);
    let covered = verified.covered().map_or(0, |release| release.header.seq);
    if index.head >= verified.heads.len() as u64 || index.release > covered {
        let what = format!("index.json names head {} and release {}", index.head, index.release);
        return Err(VerifyError::Incomplete(what));
    }
    if (index.head, index.release) != (head, covered) {
        verified.remarks.push(format!("index.json is older than the log: it names release {}", index.release));
    }
    check_list(source, verified)
}

fn check_list(source: &dyn Fetch, verified: &mut Verified) -> Result<(), VerifyError> {
    let file = ListFile::from_bytes(&get(source, Path::List)?);
    let file = file.map_err(|error| VerifyError::inconsistent(Path::List, error))?;
    check_origin(Path::List, &file.origin, verified)?;
    let release = usize::try_from(file.seq).ok().and_then(|at| verified.releases.get(at));
    let Some(release) = release else {
        return Err(VerifyError::Incomplete(format!("list.json is that of release {}", file.seq)));
    };
    if release.header.state != file.list.as_ref().map(List::state) {
        return Err(VerifyError::inconsistent(Path::List, format!("it is not the list after release {}", file.seq)));
    }
    let covered = verified.covered().map_or(0, |release| release.header.seq);
    if file.seq != covered {
        verified.remarks.push(format!("list.json is that of release {}, not of {covered}", file.seq));
    }
    Ok(())
}

fn get(source: &dyn Fetch, path: Path) -> Result<Vec<u8>, VerifyError> {
    let bytes = source.get(&path.to_string());
    let bytes = bytes.map_err(|error| VerifyError::Fetch { path: path.to_string(), error })?;
    bytes.ok_or_else(|| VerifyError::Incomplete(format!("{path} does not exist")))
}

fn check_origin(path: Path, origin: &Origin, verified: &Verified) -> Result<(), VerifyError> {
    if *origin == verified.origin {
        return Ok(());
    }
    Err(VerifyError::inconsistent(path, format!("it belongs to {origin}, not to {}", verified.origin)))
}
