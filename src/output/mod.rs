//! Writes files atomically, leaves unchanged files untouched, and admits one writer at a time. Reads published
//! folders.

mod archive;
mod published;
mod single;
mod sync;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use crate::{
    content::Bytes,
    parallel::{self, Threads},
};
pub use archive::{Packed, tar_gz};
pub use published::{Folder, Found};
use published::{exists, names, regular_length};
pub use single::replace;
use sync::NewNames;

/// A file to write.
#[derive(Clone, Debug)]
pub struct OutputFile {
    /// Its path in the output directory, with `/`.
    pub path: String,
    /// The content of the file.
    pub bytes: Bytes,
    /// Whether a later publication may change it.
    pub policy: WritePolicy,
}

/// Whether a file may change once it is written, and how its bytes survive a power cut (see `sync`).
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

/// Why the output cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// A file operation failed.
    #[error("{path}: {error}")]
    Io {
        /// The file or folder.
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
    /// The output directory contains a symbolic link.
    #[error("{0} is a symbolic link: files would be written outside the output directory")]
    Link(String),
    /// A page to update is a symbolic link.
    #[error("{0} is a symbolic link")]
    LinkedPage(String),
    /// A folder exists in place of a file, or a file in place of a folder.
    #[error("{path} is {found}")]
    Kind {
        /// The unexpected file or folder.
        path: String,
        /// Its type, as a phrase.
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
                "restore the file from its last good copy; correct a mistake with `changecast correct`".into()
            }
            OutputError::LinkedPage(_) => "name the page itself, which the link leads to".into(),
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
    /// The open directory, which is locked.
    _lock: File,
}

/// From this number of files on, a second thread saves more time than its creation costs.
const MANY_FILES: usize = 64;

/// The folder in which files are prepared before they are moved into place.
const STAGING: &str = ".changecast-staging";

impl Output {
    /// Opens the output directory, creates it if necessary, and locks it until dropped. The directory itself may
    /// be a link; links inside it are refused.
    ///
    /// # Errors
    /// [`OutputError`] if the directory cannot be created, or another writer has locked it.
    pub fn open(root: &Path) -> Result<Self, OutputError> {
        let created = root
            .ancestors()
            .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
            .map(Path::to_owned)
            .collect();
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

    /// Removes files, if they exist, and syncs their folders.
    ///
    /// # Errors
    /// [`OutputError`] if a file cannot be removed.
    pub fn remove(&self, files: &[String]) -> Result<(), OutputError> {
        for file in files {
            let path = self.root.join(file);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(&path)(error)),
                _ => {}
            }
        }
        let folders: BTreeSet<PathBuf> = files.iter().map(|file| self.root.join(folder(file))).collect();
        folders.iter().try_for_each(|folder| sync::sync_folder(folder))
    }

    /// Writes files in their order, each atomically, and leaves unchanged ones untouched. All of them are prepared before
    /// the first one appears. A folder that does not exist yet appears, with all its files, at the position of its last
    /// file. Returns the paths that were written.
    ///
    /// # Errors
    /// [`OutputError`]. If a file cannot be prepared, none is written. If one cannot be moved into place, the files before it
    /// are, except for new folders that were not complete.
    pub fn write(&self, files: &[OutputFile]) -> Result<Vec<String>, OutputError> {
        let changed = changed(&self.root, files)?;
        let staging = self.root.join(STAGING);
        if staging.symlink_metadata().is_ok() {
            // Left behind by a run that was killed.
            fs::remove_dir_all(&staging).map_err(io_error(&staging))?;
        }
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let new_folders = self.new_folders(&changed)?;
        fs::create_dir(&staging).map_err(io_error(&staging))?;
        let staging = Staging(staging);
        let prepared = self.prepare(&staging, &changed, &new_folders)?;
        self.move_into_place(&staging, &prepared, &new_folders)?;
        Ok(changed.into_iter().map(|file| file.path.clone()).collect())
    }

    /// Writes files below the staging folder, and syncs those that a power cut must not lose.
    fn prepare<'f>(
        &self,
        staging: &Staging,
        changed: &[&'f OutputFile],
        new_folders: &NewFolders<'_>,
    ) -> Result<Vec<Prepared<'f>>, OutputError> {
        let folders = staging.folders();
        for inside in new_folders.paths() {
            let folder = folders.join(inside);
            fs::create_dir_all(&folder).map_err(io_error(&folder))?;
        }
        let numbered: Vec<(usize, &OutputFile)> = changed.iter().copied().enumerate().collect();
        let threads = if numbered.len() < MANY_FILES { Threads::One } else { Threads::Two };
        let prepared = parallel::par_map(threads, &numbered, |(number, file)| {
            let target = self.root.join(&file.path);
            let is_in_new_folder = new_folders.outermost(file).is_some();
            let source = if is_in_new_folder { folders.join(&file.path) } else { staging.file(*number) };
            let is_new = target.symlink_metadata().is_err();
            write(&source, file, &target, is_new).map_err(io_error(&target))?;
            Ok(Prepared { file, source, is_new })
        })?;
        let in_new_folders = changed.iter().filter(|file| new_folders.outermost(file).is_some());
        let prepared_folders: BTreeSet<PathBuf> = in_new_folders
            .flat_map(|file| Path::new(&file.path).ancestors().skip(1))
            .map(|inside| folders.join(inside))
            .collect();
        prepared_folders.iter().try_for_each(|folder| sync::sync_folder(folder))?;
        Ok(prepared)
    }

    /// Moves prepared files and folders into place, in the order of the files.
    fn move_into_place(
        &self,
        staging: &Staging,
        prepared: &[Prepared<'_>],
        new_folders: &NewFolders<'_>,
    ) -> Result<(), OutputError> {
        let last_files = new_folders.last_files(prepared);
        let folders = staging.folders();
        let mut names = NewNames::default();
        for (at, Prepared { file, source, is_new }) in prepared.iter().enumerate() {
            let (source, place) = match new_folders.outermost(file) {
                None => (source.clone(), self.root.join(&file.path)),
                Some(new) if last_files.get(new) == Some(&at) => (folders.join(new), self.root.join(new)),
                Some(_) => continue,
            };
            let parent = place.parent().unwrap_or(&self.root);
            names.before(parent, &file.policy)?;
            fs::rename(source, &place).map_err(io_error(&place))?;
            if *is_new || file.policy != WritePolicy::Replace {
                names.add(parent.to_owned(), &file.policy);
            }
        }
        for parent in self.created.iter().filter_map(|folder| folder.parent()) {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            names.add(parent.to_owned(), &WritePolicy::Replace);
        }
        names.finish()
    }

    /// Finds the folders that do not exist yet. Refuses links and files in place of folders.
    fn new_folders<'f>(&self, files: &[&'f OutputFile]) -> Result<NewFolders<'f>, OutputError> {
        let mut folders = BTreeMap::new();
        for inside in files.iter().map(|file| folder(&file.path)) {
            if !folders.contains_key(inside) {
                folders.insert(inside, self.new_folder(inside)?);
            }
        }
        Ok(NewFolders(folders))
    }

    /// The outermost folder of this path that does not exist yet.
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
    /// Removes the folders that were created for the output but stayed empty.
    fn drop(&mut self) {
        for folder in &self.created {
            // Removing a folder that contains files fails, as intended.
            drop(fs::remove_dir(folder));
        }
    }
}

/// By folder of changed files: the outermost folder on its path that does not exist yet, `None` if all exist.
struct NewFolders<'f>(BTreeMap<&'f str, Option<&'f str>>);

impl<'f> NewFolders<'f> {
    /// The outermost new folder of a file.
    fn outermost(&self, file: &OutputFile) -> Option<&'f str> {
        self.0.get(folder(&file.path)).copied().flatten()
    }

    /// The folders to create.
    fn paths(&self) -> impl Iterator<Item = &'f str> {
        self.0.iter().filter(|(_, outermost)| outermost.is_some()).map(|(inside, _)| *inside)
    }

    /// The index of the last file in each outermost new folder.
    fn last_files(&self, prepared: &[Prepared<'_>]) -> BTreeMap<&'f str, usize> {
        prepared.iter().enumerate().filter_map(|(at, prepared)| Some((self.outermost(prepared.file)?, at))).collect()
    }
}

/// A file at its temporary place.
struct Prepared<'f> {
    file: &'f OutputFile,
    source: PathBuf,
    /// Whether no file of its path exists.
    is_new: bool,
}

/// Writes a file under a temporary name. It will take the place of `target`, which may contain bytes to keep.
fn write(path: &Path, file: &OutputFile, target: &Path, is_new: bool) -> io::Result<()> {
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
    let can_be_lost = file.policy == WritePolicy::Replace && !is_new;
    if can_be_lost { Ok(()) } else { out.sync_all() }
}

/// The folder of a file's path; empty for the output directory itself.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The staging folder. Dropping it removes it with its content.
struct Staging(PathBuf);

impl Staging {
    /// The temporary place of a file in an existing folder, by its number.
    fn file(&self, number: usize) -> PathBuf {
        self.0.join(number.to_string())
    }

    /// The folder that contains new folders.
    fn folders(&self) -> PathBuf {
        self.0.join("folders")
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // A failure does no harm: the next run removes the folder first.
        drop(fs::remove_dir_all(&self.0));
    }
}

/// The paths of files that are missing in a directory or differ there.
///
/// # Errors
/// [`OutputError`] if a file cannot be read, or a published one would change.
pub fn differing(root: &Path, files: &[OutputFile]) -> Result<Vec<String>, OutputError> {
    Ok(changed(root, files)?.into_iter().map(|file| file.path.clone()).collect())
}

fn changed<'f>(root: &Path, files: &'f [OutputFile]) -> Result<Vec<&'f OutputFile>, OutputError> {
    let mut changed = Vec::new();
    // One look at a missing folder replaces one look at each of its files.
    let mut existing: BTreeMap<&str, bool> = BTreeMap::new();
    for file in files {
        let inside = folder(&file.path);
        let folder_exists = *existing.entry(inside).or_insert_with(|| exists(&root.join(inside)));
        let path = root.join(&file.path);
        let length = if folder_exists { regular_length(&path)? } else { None };
        let Some(length) = length else {
            changed.push(file);
            continue;
        };
        if length == file.bytes.size() && file.bytes.equals(&fs::read(&path).map_err(io_error(&path))?) {
            continue;
        }
        if is_settled(root, &file.policy) {
            return Err(OutputError::Immutable(path.display().to_string()));
        }
        changed.push(file);
    }
    Ok(changed)
}

/// Whether an existing file of this policy must not change.
fn is_settled(root: &Path, policy: &WritePolicy) -> bool {
    match policy {
        WritePolicy::Immutable => true,
        WritePolicy::ImmutableWith(other) => root.join(other).exists(),
        WritePolicy::Repair | WritePolicy::Replace => false,
    }
}
