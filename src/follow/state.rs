//! What a follower remembers of a log: a copy of everything that was signed.
//!
//! The file is evidence. It contains the headers, heads and signatures as they were served, so that a later fork or a rewritten
//! release can be proved to others. Its first line is a JSON object with the paths and lengths of the files, and their bytes
//! follow: a run without news has little to parse.

use std::{
    ffi::OsString,
    fs::{self, File, TryLockError},
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use changecast_core::{
    ledger::{Fetch, FetchError, Head, Origin, Pin, Verified, layout},
    sign::PublicKey,
};
use serde::{Deserialize, Serialize};

use crate::output::{self, OutputError};

use super::{Files, FollowError, Validator};

const FORMAT: &str = "changecast-follow/1";

/// Longest state that is read, in bytes.
const MAX_STATE: u64 = 1 << 30;

/// The state of a log that is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Where the log was fetched last.
    pub location: String,
    /// The pinned root key.
    pub root: PublicKey,
    /// The name of the log.
    pub origin: Origin,
    /// The number of the newest head that counts.
    pub head: u64,
    /// The version of `index.json`, as the server names it.
    pub validator: Option<Validator>,
    /// The files of the log.
    pub files: Files,
    /// The files of the other branch of a fork.
    pub conflict: Files,
}

/// Why a state cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// It cannot be read.
    #[error("{path}: {error}")]
    File {
        /// The path of the file.
        path: String,
        /// The error of the operating system.
        error: io::Error,
    },
    /// It is not a state, or only a part of one.
    #[error("{path} is damaged: {problem}")]
    Damaged {
        /// The path of the file.
        path: String,
        /// The first problem.
        problem: String,
    },
    /// It cannot be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// Another run uses it.
    #[error("{0}: another changecast is following this log")]
    Busy(String),
    /// Its content does not verify.
    #[error("the kept copy of the log was altered: {0}")]
    Altered(String),
}

impl StateError {
    fn file(path: &Path, error: io::Error) -> Self {
        StateError::File { path: path.display().to_string(), error }
    }

    fn damaged(path: &Path, problem: impl Into<String>) -> Self {
        StateError::Damaged { path: path.display().to_string(), problem: problem.into() }
    }
}

/// The first line of the file. The bytes of the files follow it, in this order.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    location: String,
    root: String,
    origin: String,
    head: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    validator: Option<Validator>,
    files: Lengths,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    conflict: Lengths,
}

/// The paths of files, and their lengths in bytes.
type Lengths = Vec<(String, usize)>;

impl State {
    /// The state after a log was verified.
    pub(super) fn of(
        files: Files,
        verified: &Verified,
        root: &PublicKey,
        validator: Option<Validator>,
        location: &str,
    ) -> Self {
        State {
            location: location.to_owned(),
            root: root.clone(),
            origin: verified.origin.clone(),
            head: verified.head().map_or(0, |head| head.head.number),
            validator,
            files,
            conflict: Files::new(),
        }
    }

    /// The newest head that counts.
    ///
    /// # Errors
    /// [`StateError::Altered`] if it is not there, or not a head.
    pub fn head(&self) -> Result<Head, StateError> {
        let path = layout::Path::Head(self.head).to_string();
        let bytes = self.files.get(&path).ok_or_else(|| StateError::Altered(format!("{path} is missing")))?;
        Head::from_bytes(bytes).map_err(|error| StateError::Altered(format!("{path}: {error}")))
    }

    /// The number of the last head, also if it does not count.
    pub(super) fn last_head(&self) -> u64 {
        let folder = format!("{}/", layout::HEADS);
        let in_folder = self.files.range(folder.clone()..).take_while(|(path, _)| path.starts_with(&folder));
        let paths = in_folder.filter_map(|(path, _)| match path.parse() {
            Ok(layout::Path::Head(number)) => Some(number),
            _ => None,
        });
        paths.max().unwrap_or(self.head)
    }

    /// The number of releases that heads cover.
    pub(super) fn releases(&self) -> u64 {
        self.head().map_or(0, |head| head.covers.seq + 1)
    }

    pub(super) fn check_pin(&self, pin: &Pin) -> Result<(), FollowError> {
        if self.root != pin.root {
            let (kept, expected) = (self.root.fingerprint(), pin.root.fingerprint());
            return Err(FollowError::OtherPin { kept, expected });
        }
        match &pin.origin {
            Some(origin) if *origin != self.origin => {
                Err(FollowError::OtherPin { kept: self.origin.to_string(), expected: origin.to_string() })
            }
            _ => Ok(self.head().map(|_| ())?),
        }
    }

    fn header(&self) -> Header {
        Header {
            format: FORMAT.to_owned(),
            location: self.location.clone(),
            root: self.root.to_string(),
            origin: self.origin.to_string(),
            head: self.head,
            validator: self.validator.clone(),
            files: lengths(&self.files),
            conflict: lengths(&self.conflict),
        }
    }
}

/// The kept copy of the log. It has no unsigned files.
impl Fetch for State {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, FetchError> {
        Ok(self.files.get(path).cloned())
    }

    fn list(&self, _: &str) -> Result<Option<Vec<String>>, FetchError> {
        Ok(None)
    }
}

fn lengths(files: &Files) -> Lengths {
    files.iter().map(|(path, bytes)| (path.clone(), bytes.len())).collect()
}

fn total(lengths: &Lengths) -> Option<u64> {
    lengths.iter().try_fold(0, |total: u64, (_, length)| total.checked_add(*length as u64))
}

/// Reads files of these lengths, which are known to be there.
fn read_files(lengths: Lengths, content: &mut impl Read) -> io::Result<Files> {
    let files = lengths.into_iter().map(|(path, length)| {
        let mut file = vec![0; length];
        content.read_exact(&mut file)?;
        Ok((path, file))
    });
    files.collect()
}

/// Reads a state; `None` if the file does not exist.
///
/// # Errors
/// [`StateError`] if it cannot be read, or is not whole.
pub fn load(path: &Path) -> Result<Option<State>, StateError> {
    let failed = |error| StateError::file(path, error);
    let Some((file, size)) = open(path)? else { return Ok(None) };
    let mut content = BufReader::new(file);
    let mut line = Vec::new();
    content.read_until(b'\n', &mut line).map_err(failed)?;
    let header: Header = document(path, &line, |header: &Header| &header.format, FORMAT)?;
    let stated = total(&header.files).zip(total(&header.conflict)).and_then(|(files, other)| files.checked_add(other));
    if stated != Some(size.saturating_sub(line.len() as u64)) {
        return Err(StateError::damaged(path, "its length is not that of its files"));
    }
    let state = State {
        root: PublicKey::parse("root", &header.root).map_err(|error| StateError::damaged(path, error.to_string()))?,
        origin: header
            .origin
            .parse()
            .map_err(|error: changecast_core::ledger::BadOrigin| StateError::damaged(path, error.to_string()))?,
        location: header.location,
        head: header.head,
        validator: header.validator,
        files: read_files(header.files, &mut content).map_err(failed)?,
        conflict: read_files(header.conflict, &mut content).map_err(failed)?,
    };
    Ok(Some(state))
}

/// Reads a state that is one document of this format; `None` if the file does not exist.
///
/// # Errors
/// [`StateError`] if it cannot be read, or is not whole.
pub(crate) fn read<T: for<'de> Deserialize<'de>>(
    path: &Path,
    stated: impl Fn(&T) -> &String,
    format: &str,
) -> Result<Option<T>, StateError> {
    let Some((mut file, _)) = open(path)? else { return Ok(None) };
    let mut content = Vec::new();
    file.read_to_end(&mut content).map_err(|error| StateError::file(path, error))?;
    document(path, &content, stated, format).map(Some)
}

/// Opens a state, and returns its size in bytes; `None` if it does not exist.
fn open(path: &Path) -> Result<Option<(File, u64)>, StateError> {
    let size = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StateError::file(path, error)),
        Ok(meta) if !meta.is_file() => return Err(StateError::damaged(path, "it is not a regular file")),
        Ok(meta) if meta.len() > MAX_STATE => return Err(StateError::damaged(path, "it is too large")),
        Ok(meta) => meta.len(),
    };
    File::open(path).map(|file| Some((file, size))).map_err(|error| StateError::file(path, error))
}

/// Parses a document, which must have this format.
fn document<T: for<'de> Deserialize<'de>>(
    path: &Path,
    text: &[u8],
    stated: impl Fn(&T) -> &String,
    format: &str,
) -> Result<T, StateError> {
    let document: T = serde_json::from_slice(text).map_err(|error| StateError::damaged(path, error.to_string()))?;
    match stated(&document) {
        stated if stated == format => Ok(document),
        stated => Err(StateError::damaged(path, format!("its format is {stated}, not {format}"))),
    }
}

/// Writes a state that is one document: the old one or the new one exists at every moment, also after a power cut.
///
/// # Errors
/// [`StateError`]; then the old one is still there.
pub(crate) fn write(path: &Path, document: &impl Serialize) -> Result<(), StateError> {
    Ok(output::replace(path, &json(path, document)?)?)
}

/// Writes a state: the old one or the new one exists at every moment, also after a power cut.
///
/// # Errors
/// [`StateError`]; then the old one is still there.
pub fn save(path: &Path, state: &State) -> Result<(), StateError> {
    let mut content = json(path, &state.header())?;
    content.push(b'\n');
    for file in state.files.values().chain(state.conflict.values()) {
        content.extend_from_slice(file);
    }
    Ok(output::replace(path, &content)?)
}

fn json(path: &Path, document: &impl Serialize) -> Result<Vec<u8>, StateError> {
    serde_json::to_vec(document).map_err(|error| StateError::file(path, io::Error::other(error)))
}

/// A state that only this run reads and writes, until it is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Locks a state. A run that began earlier would otherwise replace what a later one has seen.
///
/// # Errors
/// [`StateError::Busy`] if another run has locked it, [`StateError::File`] if the file of the lock cannot be created.
pub fn lock(path: &Path) -> Result<Lock, StateError> {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".lock");
    let file = File::options()
        .create(true)
        .append(true)
        .open(path.with_file_name(name))
        .map_err(|error| StateError::file(path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(StateError::Busy(path.display().to_string())),
        Err(TryLockError::Error(error)) => Err(StateError::file(path, error)),
    }
}
