//! Reads inventories from the file system and from standard input.

use std::{fs, io::Read, path::Path};

use changecast::history::{Content, Files, check_size};

use super::Failure;

/// Reads the content at a path: a file, a folder of files, or standard input for `-`.
pub fn content(path: &Path) -> Result<Content, Failure> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(|error| Failure::file(Path::new("standard input"), error))?;
        return Ok(Content::File(bytes));
    }
    if path.is_dir() {
        let mut found = Found::default();
        collect(path, "", 0, &mut found)?;
        found.files.sort();
        return Ok(match found.not_utf8 {
            Some(path) => Content::NotUtf8 { path },
            None => Content::Folder(found.files),
        });
    }
    regular_file(path).map(Content::File)
}

/// The files below a folder.
#[derive(Default)]
struct Found {
    files: Files,
    /// The first path that is not UTF-8, with escapes.
    not_utf8: Option<String>,
}

/// Reads the files below a folder, without hidden files and links, as the history module does.
fn collect(folder: &Path, prefix: &str, depth: usize, found: &mut Found) -> Result<(), Failure> {
    check_size(found.files.len(), depth)?;
    for entry in fs::read_dir(folder).map_err(|error| Failure::file(folder, error))? {
        let entry = entry.map_err(|error| Failure::file(folder, error))?;
        let kind = entry.file_type().map_err(|error| Failure::file(&entry.path(), error))?;
        let name = entry.file_name();
        if name.as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let Some(name) = name.to_str() else {
            let escaped = name.as_encoded_bytes().escape_ascii();
            if kind.is_dir() || kind.is_file() {
                found.not_utf8.get_or_insert(format!("{prefix}{escaped}"));
            }
            continue;
        };
        if kind.is_dir() {
            collect(&entry.path(), &format!("{prefix}{name}/"), depth + 1, found)?;
        } else if kind.is_file() {
            found.files.push((format!("{prefix}{name}"), regular_file(&entry.path())?.into()));
        }
    }
    Ok(())
}

/// The bytes of a regular file. A FIFO or device is refused before it can block.
pub fn regular_file(path: &Path) -> Result<Vec<u8>, Failure> {
    let meta = fs::metadata(path).map_err(|error| Failure::file(path, error))?;
    if !meta.is_file() {
        return Err(Failure::usage(format!("{} is not a regular file", path.display()), "pass the path of a file"));
    }
    fs::read(path).map_err(|error| Failure::file(path, error))
}
