//! Writes files as a whole or not at all, leaves unchanged files untouched, and allows one writer at a time. Reads
//! published folders.

mod sync;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use changecast_core::ledger::{Fetch, FetchError};

use crate::{
    content::Bytes,
    parallel::{self, Threads},
};
use sync::NewNames;

/// A file to write.
#[derive(Clone, Debug)]
pub struct OutputFile {
    /// The path in the output directory, with `/`.
    pub path: String,
    /// The content of the file.
    pub bytes: Bytes,
    /// Whether a later publication may change it.
    pub policy: WritePolicy,
}

/// Whether a file may change once it was written, and how its bytes survive a power cut (see `sync`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WritePolicy {
    /// It is written once and never changes.
    Immutable,
    /// It never changes once the file of this path exists. A signature, for example, may be written again until
    /// the document that it signs is there.
    ImmutableWith(String),
    /// An interrupted run left it empty or half-written: it is written again, as carefully as an immutable file.
    Repair,
    /// Every publication may replace it.
    Replace,
}

/// An error while the output is written or read.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The operating system reports an error.
    #[error("{path}: {error}")]
    Io {
        /// The path of the file.
        path: String,
        /// The error of the operating system.
        error: io::Error,
    },
    /// Another process has locked the output directory.
    #[error("{0}: another changecast is writing there")]
    Busy(String),
    /// A published file would change.
    #[error("{0} is already published, with other bytes")]
    Immutable(String),
    /// A link inside the output directory.
    #[error("{0} is a symbolic link: files would be written outside the output directory")]
    Link(String),
    /// A path that must be a file or folder is something else.
    #[error("{path} is {found}")]
    Kind {
        /// The path.
        path: String,
        /// The kind of file that exists there.
        found: &'static str,
    },
}

impl OutputError {
    /// The next step for whoever sees this error.
    pub fn help(&self) -> String {
        match self {
            OutputError::Io { error, .. } => match error.kind() {
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "free some space and run again; the published files are complete".into()
                }
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    "choose a writable directory with --output".into()
                }
                _ => "correct this and run again; the published files are complete".into(),
            },
            OutputError::Busy(_) => "wait for it to end, then run again".into(),
            OutputError::Immutable(_) => {
                "restore the file from its last good copy; correct a mistake with `publish --correct`".into()
            }
            OutputError::Link(_) | OutputError::Kind { .. } => {
                "remove it, or choose another directory with --output".into()
            }
        }
    }
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> OutputError + '_ {
    move |error| OutputError::Io { path: path.display().to_string(), error }
}

/// An output directory, locked for one writer.
#[derive(Debug)]
pub struct Output {
    root: PathBuf,
    /// The folders that did not exist before, the innermost first.
    created: Vec<PathBuf>,
    /// The open directory has the lock.
    _lock: File,
}

/// The folder in which files are written before they are renamed.
const STAGING: &str = ".changecast-staging";

impl Output {
    /// Creates the output directory if necessary, and locks it until the value is dropped. The directory itself may
    /// be a link; links inside it are refused.
    ///
    /// # Errors
    /// [`OutputError`] if the directory cannot be created, or is locked by another writer.
    pub fn open(root: &Path) -> Result<Self, OutputError> {
        let created = root.ancestors().take_while(|folder| is_missing(folder)).map(Path::to_owned).collect();
        fs::create_dir_all(root).map_err(io_error(root))?;
        let root = fs::canonicalize(root).map_err(io_error(root))?;
        let lock = File::open(&root).map_err(io_error(&root))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OutputError::Busy(root.display().to_string())),
            Err(TryLockError::Error(error)) => return Err(io_error(&root)(error)),
        }
        Ok(Output { root, created, _lock: lock })
    }

    /// Removes the files in a folder of the output that a publication does not contain, such as the pages of an
    /// earlier preview.
    ///
    /// # Errors
    /// [`OutputError`] if a file cannot be removed.
    pub fn remove_others(&self, folder: &str, files: &[OutputFile]) -> Result<(), OutputError> {
        let path = self.root.join(folder);
        for name in names(&path)? {
            let is_planned = files.iter().any(|file| file.path == format!("{folder}/{name}"));
            if !is_planned {
                let stale = path.join(&name);
                fs::remove_file(&stale).map_err(io_error(&stale))?;
            }
        }
        Ok(())
    }

    /// Writes files in their order, each as a whole, and leaves unchanged files untouched. A new folder is prepared
    /// first. It is renamed as a whole when its last file is due. Returns the paths of the written files.
    ///
    /// # Errors
    /// [`OutputError`]. The files before the one that failed are written, except those in new folders that are not
    /// complete. If a new folder cannot be prepared, no file is written.
    pub fn write(&self, files: &[OutputFile]) -> Result<Vec<String>, OutputError> {
        let changed = changed(&self.root, files)?;
        let staging = self.root.join(STAGING);
        if staging.symlink_metadata().is_ok() {
            // A run that was killed left it.
            fs::remove_dir_all(&staging).map_err(io_error(&staging))?;
        }
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let new_folders = self.new_folders(&changed)?;
        let new_folder = |file: &OutputFile| new_folders.get(folder(&file.path)).copied().flatten();
        let last: BTreeMap<&str, usize> =
            changed.iter().enumerate().filter_map(|(at, file)| Some((new_folder(file)?, at))).collect();
        fs::create_dir(&staging).map_err(io_error(&staging))?;
        let staging = Staging(staging);
        let (single, folders) = (staging.0.join("file"), staging.0.join("folders"));
        for inside in new_folders.iter().filter(|(_, new)| new.is_some()).map(|(inside, _)| folders.join(inside)) {
            fs::create_dir_all(&inside).map_err(io_error(&inside))?;
        }
        let prepared: Vec<&OutputFile> = changed.iter().copied().filter(|file| new_folder(file).is_some()).collect();
        parallel::par_map(Threads::for_items(prepared.len()), &prepared, |file| {
            let target = self.root.join(&file.path);
            write(&folders.join(&file.path), file, &target).map_err(io_error(&target))
        })?;
        let prepared_folders: BTreeSet<PathBuf> = prepared
            .iter()
            .flat_map(|file| Path::new(&file.path).ancestors().skip(1))
            .map(|inside| folders.join(inside))
            .collect();
        prepared_folders.iter().try_for_each(|folder| sync::sync_folder(folder))?;
        let mut names = NewNames::default();
        for (at, file) in changed.iter().enumerate() {
            let target = self.root.join(&file.path);
            let (source, place) = match new_folder(file) {
                None => (single.clone(), target.clone()),
                Some(new) if last.get(new) == Some(&at) => (folders.join(new), self.root.join(new)),
                Some(_) => continue,
            };
            let parent = place.parent().unwrap_or(&self.root);
            names.before(parent, &file.policy)?;
            let is_new = place.symlink_metadata().is_err();
            if new_folder(file).is_none() {
                write(&single, file, &target).map_err(io_error(&target))?;
            }
            fs::rename(source, &place).map_err(io_error(&target))?;
            if is_new || file.policy != WritePolicy::Replace {
                names.add(parent.to_owned(), &file.policy);
            }
        }
        for parent in self.created.iter().filter_map(|folder| folder.parent()) {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            names.add(parent.to_owned(), &WritePolicy::Replace);
        }
        names.finish()?;
        Ok(changed.into_iter().map(|file| file.path.clone()).collect())
    }

    /// The folders of files, each with its outermost ancestor that does not exist. Ancestors that are links or files
    /// are refused.
    fn new_folders<'f>(&self, files: &[&'f OutputFile]) -> Result<BTreeMap<&'f str, Option<&'f str>>, OutputError> {
        let mut folders = BTreeMap::new();
        for inside in files.iter().map(|file| folder(&file.path)) {
            if !folders.contains_key(inside) {
                folders.insert(inside, self.new_folder(inside)?);
            }
        }
        Ok(folders)
    }

    fn new_folder<'f>(&self, inside: &'f str) -> Result<Option<&'f str>, OutputError> {
        let ends = inside.match_indices('/').map(|(at, _)| at).chain([inside.len()]);
        for way in ends.map(|end| &inside[..end]).filter(|way| !way.is_empty()) {
            let here = self.root.join(way);
            match here.symlink_metadata() {
                Ok(meta) if meta.is_symlink() => return Err(OutputError::Link(here.display().to_string())),
                Ok(meta) if meta.is_dir() => {}
                Ok(_) => {
                    return Err(OutputError::Kind { path: here.display().to_string(), found: "a file, not a folder" });
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some(way)),
                Err(error) => return Err(io_error(&here)(error)),
            }
        }
        Ok(None)
    }
}

impl Drop for Output {
    /// Removes directories that were created and are still empty.
    fn drop(&mut self) {
        for folder in &self.created {
            // This does not remove a directory with files.
            drop(fs::remove_dir(folder));
        }
    }
}

fn is_missing(folder: &Path) -> bool {
    !folder.as_os_str().is_empty() && !folder.exists()
}

/// Writes a file under a temporary name, before it takes the place of `target`, which may exist.
fn write(path: &Path, file: &OutputFile, target: &Path) -> io::Result<()> {
    // The name must not exist: a link that was put there would be followed.
    let mut out = File::create_new(path)?;
    let bytes = &file.bytes;
    out.write_all(&bytes.front)?;
    if !bytes.kept.is_empty() {
        let mut earlier = File::open(target)?;
        earlier.seek(SeekFrom::Start(bytes.kept.start))?;
        let length = bytes.kept.end - bytes.kept.start;
        if io::copy(&mut earlier.take(length), &mut out)? != length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    out.write_all(&bytes.back)?;
    let can_be_lost = file.policy == WritePolicy::Replace && target.symlink_metadata().is_ok();
    if can_be_lost { Ok(()) } else { out.sync_all() }
}

/// The folder of a file's path; empty for the output directory itself.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The staging folder. It is removed with its content when the value is dropped.
struct Staging(PathBuf);

impl Drop for Staging {
    fn drop(&mut self) {
        // A failure has no consequences: the next run removes the folder first.
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Replaces one file outside an output directory, as a whole or not at all.
///
/// # Errors
/// [`OutputError::Io`]; then the file has not changed.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    // Through a link the file itself is replaced, not the link.
    let path = fs::canonicalize(path).map_err(io_error(path))?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let prepared = path.with_file_name(format!(".{name}.changecast"));
    let mode = fs::metadata(&path).map(|meta| meta.permissions()).map_err(io_error(&path))?;
    let written = write_new(&prepared, bytes).and_then(|()| {
        fs::set_permissions(&prepared, mode)?;
        fs::rename(&prepared, &path)
    });
    written.map_err(|error| {
        drop(fs::remove_file(&prepared));
        io_error(&path)(error)
    })
}

/// Writes a new file. A run that was killed may have left one, and somebody may have guessed the name and created a
/// link, which must not be followed.
fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    File::create_new(path)?.write_all(bytes)
}

/// The paths of files that a directory does not contain with the same bytes.
///
/// # Errors
/// [`OutputError`] when a file cannot be read, or a published one would change.
pub fn differing(root: &Path, files: &[OutputFile]) -> Result<Vec<String>, OutputError> {
    Ok(changed(root, files)?.into_iter().map(|file| file.path.clone()).collect())
}

fn changed<'f>(root: &Path, files: &'f [OutputFile]) -> Result<Vec<&'f OutputFile>, OutputError> {
    let mut changed = Vec::new();
    // A folder that does not exist contains no file, so that its files need not be looked up.
    let mut exists: BTreeMap<&str, bool> = BTreeMap::new();
    for file in files {
        let inside = folder(&file.path);
        let path = root.join(&file.path);
        if *exists.entry(inside).or_insert_with(|| may_exist(&root.join(inside)))
            && let Some(length) = regular_length(&path)?
        {
            if length == file.bytes.size() && file.bytes.equals(&fs::read(&path).map_err(io_error(&path))?) {
                continue;
            }
            let settled = match &file.policy {
                WritePolicy::Immutable => true,
                WritePolicy::ImmutableWith(other) => root.join(other).exists(),
                WritePolicy::Repair | WritePolicy::Replace => false,
            };
            if settled {
                return Err(OutputError::Immutable(path.display().to_string()));
            }
        }
        changed.push(file);
    }
    Ok(changed)
}

/// The bytes of a regular file; `None` if it does not exist.
fn regular_file(path: &Path) -> Result<Option<Vec<u8>>, OutputError> {
    regular_length(path)?.map(|_| fs::read(path).map_err(io_error(path))).transpose()
}

/// The length of a regular file in bytes; `None` if it does not exist.
fn regular_length(path: &Path) -> Result<Option<u64>, OutputError> {
    match path.symlink_metadata() {
        Ok(meta) if meta.is_symlink() => Err(OutputError::Link(path.display().to_string())),
        Ok(meta) if meta.is_file() => Ok(Some(meta.len())),
        Ok(meta) if meta.is_dir() => {
            Err(OutputError::Kind { path: path.display().to_string(), found: "a folder, not a file" })
        }
        Ok(_) => Err(OutputError::Kind { path: path.display().to_string(), found: "not a regular file" }),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(io_error(path)(error)),
    }
}

/// Whether a folder exists, or cannot be looked up.
fn may_exist(folder: &Path) -> bool {
    folder.symlink_metadata().map_or_else(|error| !is_absent(&error), |_| true)
}

/// Whether the error states that a file does not exist.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The files in an output directory, before a publication.
#[derive(Clone, Debug)]
pub struct Found {
    root: PathBuf,
}

impl Found {
    /// The files in this directory, which need not exist.
    pub fn at(root: &Path) -> Self {
        Found { root: root.to_owned() }
    }

    /// The bytes of a file in the directory.
    ///
    /// # Errors
    /// [`OutputError`] if it cannot be read, or is not a regular file.
    pub fn file(&self, path: &str) -> Result<Option<Vec<u8>>, OutputError> {
        regular_file(&self.root.join(path))
    }

    /// Reads up to `length` bytes from the beginning of a file and replaces the content of `into` with them. Returns
    /// the length of the whole file.
    ///
    /// # Errors
    /// [`OutputError`] if it cannot be read, or is not a regular file.
    pub fn beginning(&self, path: &str, length: usize, into: &mut Vec<u8>) -> Result<Option<u64>, OutputError> {
        let path = self.root.join(path);
        let Some(whole) = regular_length(&path)? else { return Ok(None) };
        into.resize(length.min(usize::try_from(whole).unwrap_or(length)), 0);
        let mut file = File::open(&path).map_err(io_error(&path))?;
        file.read_exact(into).map_err(io_error(&path))?;
        Ok(Some(whole))
    }

    /// The folder of a list.
    pub fn folder(&self, list: &str) -> Folder {
        Folder::at(&self.root.join(list))
    }

    /// Whether a file exists.
    ///
    /// # Errors
    /// [`OutputError`] if it is not a regular file.
    pub fn has(&self, path: &str) -> Result<bool, OutputError> {
        Ok(regular_length(&self.root.join(path))?.is_some())
    }
}

fn names(folder: &Path) -> Result<Vec<String>, OutputError> {
    match fs::read_dir(folder) {
        Ok(entries) => entries
            .map(|entry| Ok(entry.map_err(io_error(folder))?.file_name().to_string_lossy().into_owned()))
            .collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(io_error(folder)(error)),
    }
}

/// The published folder of a list, as a source of its files.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at this path, which need not exist.
    pub fn at(root: &Path) -> Self {
        Folder { root: root.to_owned() }
    }
}

impl Fetch for Folder {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, FetchError> {
        regular_file(&self.root.join(path)).map_err(|error| FetchError(error.to_string()))
    }

    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, FetchError> {
        names(&self.root.join(folder)).map(Some).map_err(|error| FetchError(error.to_string()))
    }
}
