//! Writes single files outside an output directory.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process,
};

use super::{OutputError, io_error, sync};

/// Writes a file atomically: the old content or the new one exists at every moment, also after a power cut. If `path` is a
/// link, its target is written. A pipe or device has no old content, and is written directly.
///
/// # Errors
/// [`OutputError`]; a file is then unchanged.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let failed = io_error(path);
    let Some(existing) = existing(path).map_err(&failed)? else {
        return write(path, None, bytes);
    };
    let meta = fs::metadata(&existing).map_err(&failed)?;
    if meta.is_dir() {
        return Err(OutputError::Kind { path: path.display().to_string(), found: "a folder, not a file" });
    }
    if !meta.is_file() {
        return File::options().write(true).open(&existing).and_then(|mut file| file.write_all(bytes)).map_err(failed);
    }
    write(&existing, Some(meta.permissions()), bytes)
}

/// The path of the file itself, without links; `None` if it does not exist.
fn existing(path: &Path) -> io::Result<Option<PathBuf>> {
    match fs::canonicalize(path) {
        Ok(path) => Ok(Some(path)),
        // A link to nothing is not replaced by a file.
        Err(error) if error.kind() == io::ErrorKind::NotFound && path.symlink_metadata().is_err() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes the file under another name first, which no other process uses.
fn write(path: &Path, mode: Option<fs::Permissions>, bytes: &[u8]) -> Result<(), OutputError> {
    let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    remove_left(folder, &name);
    let prepared = folder.join(format!(".{name}.{}{TEMPORARY}", process::id()));
    let moved = prepare(&prepared, mode, bytes).and_then(|file| {
        fs::rename(&prepared, path)?;
        drop(file);
        Ok(())
    });
    moved.map_err(|error| {
        drop(fs::remove_file(&prepared));
        io_error(path)(error)
    })?;
    sync::sync_folder(folder)
}

/// The end of the names of files that are being written.
const TEMPORARY: &str = ".changecast";

/// Removes what killed processes left behind of a file: a file that is being written is locked.
fn remove_left(folder: &Path, name: &str) {
    let begin = format!(".{name}.");
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let left = entry.file_name();
        let left = left.to_string_lossy();
        let process = left.strip_prefix(&begin).and_then(|rest| rest.strip_suffix(TEMPORARY));
        let is_ours = process.is_some_and(|process| process.bytes().all(|byte| byte.is_ascii_digit()));
        if is_ours && File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok()) {
            drop(fs::remove_file(entry.path()));
        }
    }
}

/// Creates and locks the file.
fn prepare(prepared: &Path, mode: Option<fs::Permissions>, bytes: &[u8]) -> io::Result<File> {
    // The name can be guessed: a link that somebody put there would be followed.
    match fs::remove_file(prepared) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = File::create_new(prepared)?;
    // Not every file system has locks. Without one, the file may be removed by another process that writes the same file.
    drop(file.try_lock());
    // Before the content: nobody may read it who may not read the file.
    if let Some(mode) = mode {
        fs::set_permissions(prepared, mode)?;
    }
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_created_replaced_and_written_through_a_link() {
        let dir = tempfile::TempDir::new().expect("a folder");
        let file = dir.path().join("report.txt");
        for text in ["one", "two"] {
            replace(&file, text.as_bytes()).expect("a file");
            assert_eq!(fs::read_to_string(&file).expect("a file"), text);
        }
        // What a killed process left is removed, and other files are kept.
        for name in [".report.txt.1.changecast", ".report.txt.one.changecast", ".other.txt.1.changecast"] {
            fs::write(dir.path().join(name), "half").expect("a file");
        }
        replace(&file, b"two").expect("a file");
        assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 3);
        assert!(replace(dir.path(), b"x").is_err());
        assert!(replace(&dir.path().join("none/report.txt"), b"x").is_err());
        #[cfg(unix)]
        {
            let link = dir.path().join("link");
            std::os::unix::fs::symlink(&file, &link).expect("a link");
            replace(&link, b"three").expect("a file");
            assert!(link.is_symlink() && fs::read(&file).expect("a file") == b"three");
            let nowhere = dir.path().join("nowhere");
            std::os::unix::fs::symlink(dir.path().join("gone"), &nowhere).expect("a link");
            assert!(replace(&nowhere, b"x").is_err());
            replace(Path::new("/dev/null"), b"x").expect("a device");
        }
    }
}
