//! Objects with files of their own (gitformat-loose). A file that is cut makes libgit2 1.9 wait for ever (libgit2 #7342),
//! so they are read here.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use flate2::read::ZlibDecoder;
use git2::Oid;

use super::{HistoryError, graph::alternates, names_in, oid_of_hex};

/// The directories with the objects of a repository: its own, and those that it borrows from (gitrepository-layout,
/// `objects/info/alternates`).
#[derive(Debug)]
pub(super) struct ObjectFolders(Vec<ObjectFolder>);

/// A directory with objects.
#[derive(Debug)]
struct ObjectFolder {
    path: PathBuf,
    /// The names of loose objects by the first byte of their ids, which names their folder. Most objects are in packs: a
    /// list of what is loose saves an attempt to open a file for each of them. A folder is listed when an object could be in it.
    loose: BTreeMap<u8, OnceCell<BTreeSet<String>>>,
}

/// Most directories that are looked at. Those of alternates may name each other in a circle.
const MAX_FOLDERS: usize = 16;

impl ObjectFolder {
    fn of(path: PathBuf) -> Self {
        let folders = names_in(&path).filter(|name| name.len() == 2);
        let loose = folders.filter_map(|name| Some((u8::from_str_radix(&name, 16).ok()?, OnceCell::new())));
        ObjectFolder { loose: loose.collect(), path }
    }

    /// The file of a loose object; `None` if there was none when the folder was listed.
    fn file(&self, id: Oid) -> Option<PathBuf> {
        let first = *id.as_bytes().first()?;
        let names = self.loose.get(&first)?.get_or_init(|| names_in(&self.folder(first)).collect());
        let hex = id.to_string();
        let name = hex.get(2..)?;
        names.contains(name).then(|| self.folder(first).join(name))
    }

    fn folder(&self, first: u8) -> PathBuf {
        self.path.join(format!("{first:02x}"))
    }
}

impl ObjectFolders {
    /// The directories that begin with `own`.
    pub fn of(own: PathBuf) -> Self {
        let mut folders = vec![ObjectFolder::of(own)];
        let mut at = 0;
        while at < folders.len() && folders.len() < MAX_FOLDERS {
            let borrowed = alternates(&folders[at].path);
            folders.extend(borrowed.into_iter().map(ObjectFolder::of));
            at += 1;
        }
        ObjectFolders(folders)
    }

    /// The paths of the directories. The first one is that of the repository.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(|folder| folder.path.as_path())
    }

    /// The content of a loose object; `None` if there is no such file.
    ///
    /// # Errors
    /// [`HistoryError`] if the file is cut or otherwise damaged, or cannot be read.
    pub fn loose(&self, kind: &str, id: Oid) -> Result<Option<Vec<u8>>, HistoryError> {
        for path in self.0.iter().filter_map(|folder| folder.file(id)) {
            match File::open(&path) {
                Ok(file) => return loose_content(kind, id, file).map(Some),
                // git has packed it in the meantime.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(HistoryError::File { path, source }),
            }
        }
        Ok(None)
    }

    /// Checks the loose commits, tags and trees, before libgit2 walks through them. It reads no files of a history by itself.
    ///
    /// # Errors
    /// [`HistoryError`] for the first one that is damaged.
    pub fn check_loose(&self) -> Result<(), HistoryError> {
        for objects in &self.0 {
            for first in objects.loose.keys() {
                let folder = objects.folder(*first);
                for name in names_in(&folder) {
                    let Ok(id) = oid_of_hex(&format!("{first:02x}{name}")) else { continue };
                    let Ok(mut file) = File::open(folder.join(&name)) else { continue };
                    if !is_blob(&mut file) {
                        loose_content("object", id, file)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The longest header of a loose object: its type and size.
const MAX_HEADER: usize = 32;

/// Whether a loose object is the content of a file. The file is read from its beginning again afterwards.
fn is_blob(file: &mut File) -> bool {
    let mut start = [0; 5];
    let is_blob = ZlibDecoder::new(&mut *file).read_exact(&mut start).is_ok() && &start == b"blob ";
    is_blob || file.seek(SeekFrom::Start(0)).is_err()
}

/// Unpacks a loose object: `type size NUL content`, compressed.
fn loose_content(kind: &str, id: Oid, file: File) -> Result<Vec<u8>, HistoryError> {
    let damaged = |problem| HistoryError::damaged(kind, id, problem);
    let mut stream = BufReader::new(ZlibDecoder::new(file));
    let mut header = Vec::new();
    let mut byte = [0];
    loop {
        stream.read_exact(&mut byte).map_err(|_| damaged(CUT))?;
        match byte[0] {
            0 => break,
            _ if header.len() == MAX_HEADER => return Err(damaged("it has no header")),
            byte => header.push(byte),
        }
    }
    let size = std::str::from_utf8(&header).ok().and_then(|header| header.split_once(' '));
    let size: u64 = size.and_then(|(_, size)| size.parse().ok()).ok_or_else(|| damaged("it has no header"))?;
    let mut content = Vec::new();
    stream.take(size.saturating_add(1)).read_to_end(&mut content).map_err(|_| damaged(CUT))?;
    if content.len() as u64 == size { Ok(content) } else { Err(damaged("it has another size than it states")) }
}

const CUT: &str = "its file is cut or cannot be unpacked";
