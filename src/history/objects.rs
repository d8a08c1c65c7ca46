//! Commits and trees as git stores them (`git cat-file`), parsed without libgit2's objects: a walk visits
//! every commit of a branch, but needs only a few of its fields.

use std::{path::PathBuf, rc::Rc};

use git2::{ErrorCode, ObjectFormat, ObjectType, Odb, OdbObject, Oid, Repository};

use changecast_core::model::Text;

use super::{
    HistoryError,
    graph::Graph,
    loose::ObjectFolders,
    names_in, oid_of_hex,
    unverified::{FolderObject, verify},
};

/// The fields of a commit that a walk needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Commit {
    pub tree: Oid,
    /// The first parent, if it has one.
    pub parent: Option<Oid>,
    /// Committer time, in seconds since 1970 (UTC); `None` if the commit was read from a commit-graph.
    pub time: Option<i64>,
    /// The entry of its tree, if it was looked up in advance.
    pub top: Option<Option<Entry>>,
}

/// An entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    File(Oid),
    Folder(Oid),
    Link,
    Submodule,
}

/// The object directory of a repository, with which another thread can open it.
#[derive(Clone, Debug)]
pub(super) struct ObjectDir {
    folder: PathBuf,
    format: ObjectFormat,
}

impl ObjectDir {
    pub fn of(repo: &Repository) -> Self {
        ObjectDir { folder: repo.commondir().join("objects"), format: repo.object_format() }
    }

    /// The commit-graph, if there is one.
    pub fn graph(&self) -> Option<Graph> {
        let hash = if self.format == ObjectFormat::Sha256 { 32 } else { 20 };
        Graph::open(&self.folder, hash)
    }

    /// Opens the objects for a second thread. libgit2 shares a pack, and its lock, between all users of
    /// the same path, so that threads would wait for each other. Under another path they do not.
    pub fn open(&self) -> Result<Objects<'static>, HistoryError> {
        let folder = self.folder.join(".");
        let path = folder.to_str().ok_or_else(|| git2::Error::from_str("the path of the repository is not UTF-8"))?;
        let odb = Odb::new_ext(self.format)?;
        odb.add_disk_alternate(path)?;
        Ok(Objects::new(odb, Rc::new(ObjectFolders::of(self.folder.clone()))))
    }
}

/// The objects of a repository.
pub(super) struct Objects<'r> {
    odb: Odb<'r>,
    folders: Rc<ObjectFolders>,
}

/// The content of an object.
pub(super) enum Data<'o> {
    /// It has a file of its own.
    Loose(Vec<u8>),
    /// libgit2 unpacked it.
    Packed(OdbObject<'o>),
}

impl Data<'_> {
    /// The bytes that git hashes, without their header.
    pub fn data(&self) -> &[u8] {
        match self {
            Data::Loose(bytes) => bytes,
            Data::Packed(object) => object.data(),
        }
    }
}

impl<'r> Objects<'r> {
    /// The objects in these folders, which `odb` reads.
    pub fn new(odb: Odb<'r>, folders: Rc<ObjectFolders>) -> Self {
        Objects { odb, folders }
    }

    /// Reads a commit and hashes it: one that was replaced could hide the versions behind it.
    pub fn commit(&self, id: Oid) -> Result<Commit, HistoryError> {
        let object = self.read("commit", id)?;
        verify(id, ObjectType::Commit, object.data())?;
        parse_commit(object.data()).ok_or_else(|| HistoryError::damaged("commit", id, "it is not a valid commit"))
    }

    /// The committer time and zone of a commit, as stored.
    pub fn committed(&self, id: Oid) -> Result<String, HistoryError> {
        let object = self.read("commit", id)?;
        let line = object.data().split(|byte| *byte == b'\n').find(|line| line.starts_with(b"committer "));
        let stored = line.and_then(|line| line.rsplit(|byte| *byte == b'>').next()).unwrap_or_default();
        Ok(Text::new(&String::from_utf8_lossy(stored)).to_string())
    }

    /// Reads an object of any type. `kind` is only used in errors.
    fn read(&self, kind: &str, id: Oid) -> Result<Data<'_>, HistoryError> {
        if let Some(bytes) = self.folders.loose(kind, id)? {
            return Ok(Data::Loose(bytes));
        }
        self.odb.read(id).map(Data::Packed).map_err(|error| {
            if error.code() == ErrorCode::NotFound && self.is_partial() {
                HistoryError::Partial { object: format!("{kind} {id}") }
            } else {
                HistoryError::object(kind, id, error)
            }
        })
    }

    /// Whether some objects may be missing because the clone is partial (partial-clone, "promisor").
    fn is_partial(&self) -> bool {
        self.folders.paths().any(|folder| names_in(&folder.join("pack")).any(|name| name.ends_with(".promisor")))
    }

    /// The content of a file.
    pub fn blob(&self, id: Oid) -> Result<Vec<u8>, HistoryError> {
        Ok(self.read("blob", id)?.data().to_vec())
    }

    /// The bytes of a tree, as git hashes them.
    pub fn tree(&self, id: Oid) -> Result<Vec<u8>, HistoryError> {
        Ok(self.read("tree", id)?.data().to_vec())
    }

    /// The commit, and the trees that lead from it to a path, as git stores them.
    pub fn way(&self, commit: Oid, path: &str) -> Result<Vec<FolderObject>, HistoryError> {
        let object = self.read("commit", commit)?;
        let parsed = parse_commit(object.data());
        let mut tree = parsed.ok_or_else(|| HistoryError::damaged("commit", commit, "it is not a valid commit"))?.tree;
        let mut way = vec![(commit, ObjectType::Commit, object.data().into())];
        for name in path.split('/') {
            way.push((tree, ObjectType::Tree, self.tree(tree)?.into()));
            match self.entry(tree, name.as_bytes())? {
                Some(Entry::Folder(inside)) => tree = inside,
                _ => break,
            }
        }
        Ok(way)
    }

    /// The size of a file, in bytes.
    pub fn size(&self, blob: Oid) -> Result<usize, HistoryError> {
        // git2 0.21 panics in `Odb::read_header` on an object of an invalid type; reading does not.
        Ok(self.read("blob", blob)?.data().len())
    }

    /// The entry of a tree with this name.
    pub fn entry(&self, tree: Oid, name: &[u8]) -> Result<Option<Entry>, HistoryError> {
        let object = self.read("tree", tree)?;
        let entries = Entries { rest: object.data(), hash: tree.as_bytes().len() };
        for entry in entries {
            let (found, entry) = entry.ok_or_else(|| damaged_tree(tree))?;
            if found == name {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// All entries of a tree, in git's order. Names are bytes.
    pub fn entries(&self, tree: Oid) -> Result<Vec<(Vec<u8>, Entry)>, HistoryError> {
        let object = self.read("tree", tree)?;
        let mut entries = Vec::new();
        for entry in (Entries { rest: object.data(), hash: tree.as_bytes().len() }) {
            let (name, entry) = entry.ok_or_else(|| damaged_tree(tree))?;
            entries.push((name.to_owned(), entry));
        }
        Ok(entries)
    }
}

fn damaged_tree(tree: Oid) -> HistoryError {
    HistoryError::damaged("tree", tree, "it is not a valid tree")
}

/// Reads the header lines of a commit: `tree`, `parent` (none or more), `author`, `committer`.
fn parse_commit(data: &[u8]) -> Option<Commit> {
    let mut lines = data.split(|b| *b == b'\n');
    let tree = header_id(lines.next()?, b"tree ")?;
    let mut line = lines.next()?;
    let parent = header_id(line, b"parent ");
    while !line.starts_with(b"committer ") {
        if line.is_empty() {
            return None;
        }
        line = lines.next()?;
    }
    Some(Commit { tree, parent, time: Some(identity_time(line)), top: None })
}

/// The id in a header line with this key.
fn header_id(line: &[u8], key: &[u8]) -> Option<Oid> {
    let hex = std::str::from_utf8(line.strip_prefix(key)?).ok()?;
    oid_of_hex(hex).ok()
}

/// The time in an identity line, `Name <email> seconds zone`, parsed as git does (commit.c,
/// `parse_commit_date`): the number after the last `>`, whatever the white space and zone; without a
/// number, 0.
fn identity_time(line: &[u8]) -> i64 {
    let after_email = line.rsplit(|byte| *byte == b'>').next().filter(|rest| rest.len() < line.len());
    let text = after_email.unwrap_or_default().trim_ascii_start();
    let digits_from = usize::from(text.first() == Some(&b'-'));
    let digits = text.iter().skip(digits_from).take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return 0;
    }
    let number = text.get(..digits_from + digits).and_then(|number| std::str::from_utf8(number).ok());
    // The only possible error is an overflow.
    number.and_then(|number| number.parse().ok()).unwrap_or(i64::MAX)
}

/// The entries of a tree: `mode SP name NUL id` for each; `None` for an invalid one.
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
    fn names_and_emails_may_contain_anything() {
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
    fn times_are_read_as_git_log_reads_them() {
        for (line, expected) in [
            ("committer A <a@x.example> 1720000000 +0000", 1_720_000_000),
            ("committer A <a@x.example> 1720000000  +0000", 1_720_000_000),
            ("committer A <a@x.example>  1720000000 +0000", 1_720_000_000),
            ("committer A <a@x.example>\t1720000000\t+0000", 1_720_000_000),
            ("committer A <a@x.example>1720000000 +0000", 1_720_000_000),
            ("committer A <a@x.example> 1720000000", 1_720_000_000),
            ("committer A <a@x.example> -5 +0000", -5),
            ("committer A <a@x.example> 99999999999999999999 +0000", i64::MAX),
            ("committer A <a@x.example>", 0),
            ("committer A <a@x.example> yesterday", 0),
            ("committer A 1720000000 +0000", 0),
            ("committer ", 0),
        ] {
            assert_eq!(identity_time(line.as_bytes()), expected, "{line:?}");
        }
    }

    #[test]
    fn a_truncated_object_is_not_valid() {
        assert!(parse_commit(b"tree 12\n").is_none());
        assert!(parse_commit(format!("tree {}\n\nmessage", "1".repeat(40)).as_bytes()).is_none());
        let mut entries = Entries { rest: b"100644 name\0short", hash: 20 };
        assert_eq!(entries.next(), Some(None));
        assert_eq!(entries.next(), None);
    }
}
