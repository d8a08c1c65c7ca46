//! The unsigned files next to a log: `list.json` and `index.json`.

use super::{
    canonical::{self, CanonicalError, MAX_BODY, MAX_HEADER, ObjectWriter},
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
    /// The name of the log.
    pub origin: Origin,
    /// The number of the release.
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
        let mut value = canonical::from_bytes(bytes, MAX_BODY)?;
        let list = value.take("list");
        let mut fields = Fields::of("list.json", &value)?;
        fields.format(LIST_FORMAT)?;
        let (origin, seq) = (fields.parsed("origin")?, fields.integer("seq")?);
        let list = List::from_json(list.ok_or_else(|| fields.missing("list"))?)?;
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
        let mut out = Vec::new();
        let mut file = ObjectWriter::begin(&mut out, 0)?;
        file.member("format", &Json::from(LIST_FORMAT))?;
        match &self.list {
            Some(list) => {
                let mut object = file.object("list")?;
                list.write(&mut object)?;
                object.end();
            }
            None => file.member("list", &Json::Null)?,
        }
        file.member("origin", &Json::from(self.origin.as_str()))?;
        file.member("seq", &Json::Integer(self.seq))?;
        file.member("state", &nullable(self.list.as_ref().map(List::state)))?;
        file.end();
        canonical::within(MAX_BODY, out)
    }
}

/// The content of `index.json`: where the log and its heads end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexFile {
    /// The name of the log.
    pub origin: Origin,
    /// The number of the newest head.
    pub head: u64,
    /// The number of the newest release that it covers.
    pub release: u64,
}

impl IndexFile {
    /// Reads the bytes of the file.
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

/// Compares both files with the verified log. Files of an older publication are a remark, as long as both are
/// of the same one; files that are ahead of the log mean an incomplete copy; others are an error.
pub(super) fn check(source: &dyn Fetch, verified: &mut Verified) -> Result<(), VerifyError> {
    let index = read_index(source, verified)?;
    let list = ListFile::from_bytes(&get(source, Path::List)?);
    let list = list.map_err(|error| unreadable(Path::List, error, verified))?;
    check_origin(Path::List, &list.origin, verified)?;
    if list.seq != index.release {
        let what = format!("list.json is that of release {}, index.json names {}", list.seq, index.release);
        return Err(VerifyError::Incomplete(what));
    }
    let release = usize::try_from(list.seq).ok().and_then(|at| verified.releases.get(at));
    if release.is_none_or(|release| release.header.state != list.list.as_ref().map(List::state)) {
        return Err(VerifyError::inconsistent(Path::List, format!("it is not the list after release {}", list.seq)));
    }
    if verified.head().is_some_and(|head| head.head.number != index.head) {
        let what = format!("list.json and index.json are older than the log: they end with release {}", index.release);
        verified.remarks.push(what);
    }
    Ok(())
}

fn read_index(source: &dyn Fetch, verified: &Verified) -> Result<IndexFile, VerifyError> {
    let index = IndexFile::from_bytes(&get(source, Path::Index)?);
    let index = index.map_err(|error| unreadable(Path::Index, error, verified))?;
    check_origin(Path::Index, &index.origin, verified)?;
    let head = usize::try_from(index.head).ok().and_then(|at| verified.heads.get(at));
    match head {
        None => Err(VerifyError::Incomplete(format!("index.json names head {}, which is not there", index.head))),
        Some(head) if head.void || head.head.covers.seq != index.release => {
            let problem = format!("it names release {}, but its head covers another one", index.release);
            Err(VerifyError::inconsistent(Path::Index, problem))
        }
        Some(_) => Ok(index),
    }
}

/// The log itself is verified; only the unsigned file may belong to a later version.
fn unreadable(path: Path, error: DocumentError, verified: &Verified) -> VerifyError {
    match error {
        DocumentError::NeedsNewer(what) => {
            VerifyError::NeedsNewer { path: path.to_string(), what, verified: Some(Box::new(verified.clone())) }
        }
        error => VerifyError::inconsistent(path, error),
    }
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
