//! Commits and trees as git stores them (gitformat-pack, "git cat-file -p"), read without making
//! objects of them: a walk looks at every commit of a branch, and at hardly anything in it.

use std::path::PathBuf;

use git2::{ObjectFormat, Odb, Oid, Repository};

use super::{HistoryError, graph::Graph, oid_of_hex};

/// What a walk needs of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Commit {
    pub tree: Oid,
    /// The first parent.
    pub parent: Option<Oid>,
    /// Committer time, in seconds since 1970 (UTC); `None` where only a commit-graph was asked.
    pub time: Option<i64>,
    /// What its tree holds under the name that the line looks up ahead, where it did.
    pub top: Option<Option<Entry>>,
}

/// What a tree holds under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    File(Oid),
    Folder(Oid),
    Link,
    Submodule,
}

/// Where the objects of a repository lie, for a thread that reads them as well.
#[derive(Clone, Debug)]
pub(super) struct Place {
    folder: PathBuf,
    format: ObjectFormat,
}

impl Place {
    pub fn of(repo: &Repository) -> Self {
        Place { folder: repo.commondir().join("objects"), format: repo.object_format() }
    }

    /// The commit-graph of the objects, if there is one.
    pub fn graph(&self) -> Option<Graph> {
        let hash = if self.format == ObjectFormat::Sha256 { 32 } else { 20 };
        Graph::open(&self.folder, hash)
    }

    /// Opens the objects once more. libgit2 keeps one pack, with its locks, for all who open it by one
    /// path: two threads would wait for each other most of the time. By another path it is another.
    pub fn open(&self) -> Result<Objects<'static>, HistoryError> {
        let folder = self.folder.join(".");
        let folder = folder.to_str().ok_or_else(|| HistoryError::Damaged("its path is not UTF-8".into()))?;
        let odb = Odb::new_ext(self.format)?;
        odb.add_disk_alternate(folder)?;
        Ok(Objects { odb })
    }
}

/// The objects of a repository.
pub(super) struct Objects<'r> {
    odb: Odb<'r>,
}

impl<'r> Objects<'r> {
    pub fn of(repo: &'r Repository) -> Result<Self, HistoryError> {
        Ok(Objects { odb: repo.odb()? })
    }

    pub fn commit(&self, id: Oid) -> Result<Commit, HistoryError> {
        let object = self.odb.read(id)?;
        parse_commit(object.data()).ok_or_else(|| HistoryError::Damaged(format!("commit {id} cannot be read")))
    }

    /// The bytes of an object: the content of a file.
    pub fn blob(&self, id: Oid) -> Result<Vec<u8>, HistoryError> {
        Ok(self.odb.read(id)?.data().to_vec())
    }

    /// The entry of a tree with this name.
    pub fn entry(&self, tree: Oid, name: &[u8]) -> Result<Option<Entry>, HistoryError> {
        let object = self.odb.read(tree)?;
        let entries = Entries { rest: object.data(), hash: tree.as_bytes().len() };
        for entry in entries {
            let (found, entry) = entry.ok_or_else(|| damaged_tree(tree))?;
            if found == name {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// All entries of a tree, in git's order. Names that are not UTF-8 are left out.
    pub fn entries(&self, tree: Oid) -> Result<Vec<(String, Entry)>, HistoryError> {
        let object = self.odb.read(tree)?;
        let mut entries = Vec::new();
        for entry in (Entries { rest: object.data(), hash: tree.as_bytes().len() }) {
            let (name, entry) = entry.ok_or_else(|| damaged_tree(tree))?;
            entries.extend(std::str::from_utf8(name).map(|name| (name.to_owned(), entry)));
        }
        Ok(entries)
    }
}

fn damaged_tree(tree: Oid) -> HistoryError {
    HistoryError::Damaged(format!("tree {tree} cannot be read"))
}

/// Reads the header lines of a commit: `tree`, `parent` (none or more), `author`, `committer`.
fn parse_commit(data: &[u8]) -> Option<Commit> {
    let mut lines = data.split(|b| *b == b'\n');
    let id = |line: &[u8], key: &[u8]| {
        let hex = std::str::from_utf8(line.strip_prefix(key)?).ok()?;
        oid_of_hex(hex).ok()
    };
    let tree = id(lines.next()?, b"tree ")?;
    let mut line = lines.next()?;
    let parent = id(line, b"parent ");
    while !line.starts_with(b"committer ") {
        if line.is_empty() {
            return None;
        }
        line = lines.next()?;
    }
    // The name may hold anything; time and zone are the last two words.
    let mut words = line.rsplit(|b| *b == b' ');
    let time = words.nth(1)?;
    Some(Commit { tree, parent, time: Some(std::str::from_utf8(time).ok()?.parse().ok()?), top: None })
}

/// The entries of a tree: `mode SP name NUL id`, again and again; `None` where one is broken.
struct Entries<'a> {
    rest: &'a [u8],
    /// Length of an id, in bytes.
    hash: usize,
}

impl<'a> Iterator for Entries<'a> {
    type Item = Option<(&'a [u8], Entry)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let entry = self.entry();
        if entry.is_none() {
            self.rest = &[];
        }
        Some(entry)
    }
}

impl<'a> Entries<'a> {
    fn entry(&mut self) -> Option<(&'a [u8], Entry)> {
        let space = self.rest.iter().take(8).position(|b| *b == b' ')?;
        let (mode, rest) = self.rest.split_at(space);
        let end = rest.iter().position(|b| *b == 0)?;
        let name = rest.get(1..end)?;
        let (id, rest) = rest.get(end + 1..)?.split_at_checked(self.hash)?;
        self.rest = rest;
        let id = Oid::from_bytes(id).ok()?;
        let entry = match mode {
            b"40000" | b"040000" => Entry::Folder(id),
            b"120000" => Entry::Link,
            b"160000" => Entry::Submodule,
            _ => Entry::File(id),
        };
        Some((name, entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_read_whatever_its_people_are_called() {
        let tree = "1".repeat(40);
        let parent = "2".repeat(40);
        let text = format!(
            "tree {tree}\nparent {parent}\nparent {tree}\nauthor A <a@x.example> 5 +0000\ncommitter <> > 7 <b> -12 -0130\n\ncommitter x 9 +0000\n"
        );
        let commit = parse_commit(text.as_bytes()).expect("a commit");
        assert_eq!((commit.tree.to_string(), commit.parent.map(|id| id.to_string())), (tree, Some(parent)));
        assert_eq!(commit.time, Some(-12));
    }

    #[test]
    fn what_is_cut_short_is_no_commit_and_no_tree() {
        assert!(parse_commit(b"tree 12\n").is_none());
        assert!(parse_commit(format!("tree {}\n\nmessage", "1".repeat(40)).as_bytes()).is_none());
        let mut entries = Entries { rest: b"100644 name\0short", hash: 20 };
        assert_eq!(entries.next(), Some(None));
        assert_eq!(entries.next(), None);
    }
}
