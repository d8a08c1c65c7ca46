//! Reads a published folder.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use changecast_core::ledger::{Fetch, FetchError};

use super::{OutputError, io_error};

/// Whether a path exists, or its existence cannot be determined.
pub(super) fn exists(path: &Path) -> bool {
    path.symlink_metadata().map_or_else(|error| !is_absent(&error), |_| true)
}

/// The bytes of a regular file; `None` if it does not exist.
fn regular_file(path: &Path) -> Result<Option<Vec<u8>>, OutputError> {
    regular_length(path)?.map(|_| fs::read(path).map_err(io_error(path))).transpose()
}

/// The length of a regular file in bytes; `None` if it does not exist.
pub(super) fn regular_length(path: &Path) -> Result<Option<u64>, OutputError> {
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

/// Whether the error means that the file does not exist.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// An output directory as an earlier publication left it. It need not exist.
#[derive(Clone, Debug)]
pub struct Found {
    root: PathBuf,
}

impl Found {
    /// The output directory at this path.
    pub fn at(root: &Path) -> Self {
        Found { root: root.to_owned() }
    }

    /// The bytes of a file; `None` if it does not exist.
    ///
    /// # Errors
    /// [`OutputError`] if it cannot be read, or is not a regular file.
    pub fn file(&self, path: &str) -> Result<Option<Vec<u8>>, OutputError> {
        regular_file(&self.root.join(path))
    }

    /// Replaces the content of `into` with the first `length` bytes of a file, or with all of a shorter one.
    /// Returns the length of the whole file in bytes.
    ///
    /// # Errors
    /// [`OutputError`] if it cannot be read, or is not a regular file.
    pub fn beginning(&self, path: &str, length: usize, into: &mut Vec<u8>) -> Result<Option<u64>, OutputError> {
        let path = self.root.join(path);
        let Some(whole) = regular_length(&path)? else { return Ok(None) };
        into.clear();
        into.reserve(length.min(usize::try_from(whole).unwrap_or(length)));
        let file = File::open(&path).map_err(io_error(&path))?;
        file.take(length as u64).read_to_end(into).map_err(io_error(&path))?;
        Ok(Some(whole))
    }

    /// The names in a folder; none if it does not exist.
    ///
    /// # Errors
    /// [`OutputError`] if it cannot be read.
    pub fn names(&self, folder: &str) -> Result<Vec<String>, OutputError> {
        names(&self.root.join(folder))
    }

    /// The published folder of a list.
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

pub(super) fn names(folder: &Path) -> Result<Vec<String>, OutputError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io_error(folder)(error)),
    };
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    names.collect::<io::Result<_>>().map_err(io_error(folder))
}

/// The published folder of a list, as a source of its files.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The published folder at this path, which need not exist.
    pub fn at(root: &Path) -> Self {
        Folder { root: root.to_owned() }
    }

    /// The path of the folder.
    pub fn path(&self) -> &Path {
        &self.root
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
