//! git's commit-graph (gitformat-commit-graph): parents and root trees of commits, without unpacking
//! the commits.
//!
//! The graph only repeats data of the commits. If anything in it is unexpected, it is ignored. Its
//! checksum is not verified, and git does not verify it either: hashing the graph of all commits can
//! take longer than reading the commits of one line. The commits of versions are compared with the
//! commit objects.

use std::{
    cmp::Ordering,
    fs::{self, File},
    io::{Read, Seek, SeekFrom},
    iter,
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use git2::{Oid, Repository};

use super::{objects::Commit, oid_of_hex};

/// The position of a parent that a commit does not have.
const NO_PARENT: u32 = 0x7000_0000;

/// Whether the graph of a repository may be used. Like git, changecast ignores it if commits are
/// replaced by others, or if the configuration disables it.
pub(super) fn is_usable(repo: &Repository) -> bool {
    !repo.is_shallow()
        && !repo.commondir().join("info/grafts").exists()
        && !replaces_commits(repo).unwrap_or(true)
        && repo.config().and_then(|config| config.get_bool("core.commitGraph")).unwrap_or(true)
}

fn replaces_commits(repo: &Repository) -> Result<bool, git2::Error> {
    Ok(repo.references_glob("refs/replace/*")?.next().is_some())
}

/// A commit-graph, and a position on the line that is followed in it.
pub(super) struct Graph {
    /// The files of the graph, the one with the oldest commits first.
    layers: Vec<Layer>,
    /// The parent of the commit that was looked up last.
    next: Option<GraphPosition>,
}

/// A commit in the graph.
struct GraphPosition {
    id: Oid,
    position: u32,
    /// The possible values of its level: the length of the longest path to a root, including itself.
    levels: RangeInclusive<u32>,
}

impl Graph {
    /// Opens the graph of an object directory, or of an alternate of it. `hash` is the length of an id.
    pub fn open(objects: &Path, hash: usize) -> Option<Self> {
        let mut folders = iter::once(objects.to_owned()).chain(alternates(objects)).map(|folder| folder.join("info"));
        let layers = folders.find_map(|info| single(&info, hash).or_else(|| chain(&info.join("commit-graphs"), hash)));
        Some(Graph { layers: layers?, next: None })
    }

    /// Looks up a commit: the first time any commit, after that the parent of the previous one.
    pub fn commit(&mut self, id: Oid) -> Option<Commit> {
        let place = match self.next.take() {
            Some(place) => place,
            None => GraphPosition { id, position: self.find(id)?, levels: 1..=u32::MAX },
        };
        let commit = self.follow(&place).filter(|_| place.id == id);
        if commit.is_none() {
            // A valid graph contains the ancestors of all of its commits.
            self.layers.clear();
        }
        commit
    }

    fn follow(&mut self, place: &GraphPosition) -> Option<Commit> {
        let row = self.layer(place.position)?.row(place.position)?;
        // Levels that decrease cannot lead in a circle.
        if !place.levels.contains(&row.level) {
            return None;
        }
        let below = row.level - 1;
        self.next = match row.parents {
            [NO_PARENT, _] => None,
            [position, others] => {
                let levels = if others == NO_PARENT { below.max(1)..=below } else { 1..=below };
                Some(GraphPosition { id: self.layer(position)?.id(position)?, position, levels })
            }
        };
        Some(Commit { tree: row.tree, parent: self.next.as_ref().map(|parent| parent.id), time: None, top: None })
    }

    fn find(&self, id: Oid) -> Option<u32> {
        self.layers.iter().find_map(|layer| layer.find(id.as_bytes()))
    }

    fn layer(&self, position: u32) -> Option<&Layer> {
        self.layers.iter().rev().find(|layer| layer.first <= position)
    }
}

/// The object directories from which this one borrows objects (gitrepository-layout, `alternates`).
pub(super) fn alternates(objects: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(objects.join("info/alternates")).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '"']));
    lines.map(|line| objects.join(line)).collect()
}

/// Reads a graph that is one file.
fn single(info: &Path, hash: usize) -> Option<Vec<Layer>> {
    Some(vec![Layer::read(&mut File::open(info.join("commit-graph")).ok()?, hash, 0, &[])?])
}

/// Reads a graph that is several files. If one of them is missing or invalid, none is used.
fn chain(folder: &Path, hash: usize) -> Option<Vec<Layer>> {
    let text = fs::read_to_string(folder.join("commit-graph-chain")).ok()?;
    let names: Vec<Oid> = text.lines().map(oid_of_hex).collect::<Result<_, _>>().ok()?;
    let mut layers = Vec::new();
    let mut first = 0;
    for (below, name) in names.iter().enumerate() {
        let mut file = File::open(folder.join(format!("graph-{name}.graph"))).ok()?;
        let layer = Layer::read(&mut file, hash, first, names.get(..below)?)?;
        first = layer.end()?;
        layers.push(layer);
    }
    Some(layers)
}

/// One file of a graph.
struct Layer {
    /// The position of its first commit, after the commits of the layers below.
    first: u32,
    /// Length of an id, in bytes.
    hash: usize,
    /// 256 numbers: for each byte, the count of ids that begin with it or with a smaller one.
    fanout: Vec<u8>,
    /// The ids of the commits, sorted.
    ids: Vec<u8>,
    /// A row for each commit.
    rows: Vec<u8>,
}

/// The data of a commit in a graph.
struct Row {
    tree: Oid,
    /// The position of the first parent, and that of the second one or of a list of others.
    parents: [u32; 2],
    level: u32,
}

impl Layer {
    /// Reads the parts of a file that a walk needs: a whole graph can be larger than its commits.
    fn read(file: &mut (impl Read + Seek), hash: usize, first: u32, below: &[Oid]) -> Option<Self> {
        let chunks = Chunks::read(file, hash, below.len())?;
        let bases = below.iter().flat_map(|name| name.as_bytes());
        if !below.is_empty() && !bases.eq(&chunks.load(file, b"BASE", below.len() * hash)?) {
            return None;
        }
        let fanout = chunks.load(file, b"OIDF", 256 * 4)?;
        let count = usize::try_from(number(&fanout, 255)?).ok()?;
        let ids = chunks.load(file, b"OIDL", count.checked_mul(hash)?)?;
        let rows = chunks.load(file, b"CDAT", count.checked_mul(hash + 16)?)?;
        let layer = Layer { first, hash, fanout, ids, rows };
        layer.end().map(|_| layer)
    }

    /// The position after its last commit.
    fn end(&self) -> Option<u32> {
        self.first.checked_add(number(&self.fanout, 255)?).filter(|end| *end < NO_PARENT)
    }

    fn find(&self, id: &[u8]) -> Option<u32> {
        let byte = usize::from(*id.first()?);
        let mut low = if byte == 0 { 0 } else { number(&self.fanout, byte - 1)? };
        let mut high = number(&self.fanout, byte)?;
        while low < high {
            let middle = low + (high - low) / 2;
            match self.ids.chunks_exact(self.hash).nth(usize::try_from(middle).ok()?)?.cmp(id) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => return self.first.checked_add(middle),
            }
        }
        None
    }

    fn id(&self, position: u32) -> Option<Oid> {
        Oid::from_bytes(self.nth(&self.ids, self.hash, position)?).ok()
    }

    fn row(&self, position: u32) -> Option<Row> {
        let (tree, rest) = self.nth(&self.rows, self.hash + 16, position)?.split_at_checked(self.hash)?;
        // The low two bits of this number belong to the time.
        let (parents, level) = ([number(rest, 0)?, number(rest, 1)?], number(rest, 2)? >> 2);
        Some(Row { tree: Oid::from_bytes(tree).ok()?, parents, level })
    }

    fn nth<'b>(&self, bytes: &'b [u8], width: usize, position: u32) -> Option<&'b [u8]> {
        bytes.chunks_exact(width).nth(usize::try_from(position.checked_sub(self.first)?).ok()?)
    }
}

/// The big-endian number of four bytes at an index.
fn number(bytes: &[u8], index: usize) -> Option<u32> {
    bytes.as_chunks().0.get(index).map(|four| u32::from_be_bytes(*four))
}

/// The table of contents of a file: names and offsets of its chunks. The last one has no name.
struct Chunks(Vec<([u8; 4], u64)>);

impl Chunks {
    fn read(file: &mut (impl Read + Seek), hash: usize, below: usize) -> Option<Self> {
        let mut head = [0; 8];
        file.read_exact(&mut head).ok()?;
        let version = if hash == 20 { 1 } else { 2 };
        let [b'C', b'G', b'P', b'H', 1, hashes, count, bases] = head else { return None };
        if hashes != version || usize::from(bases) != below {
            return None;
        }
        let mut table = vec![0; (usize::from(count) + 1) * 12];
        file.read_exact(&mut table).ok()?;
        let (rows, _) = table.as_chunks::<12>();
        Some(Chunks(
            rows.iter().map(|[a, b, c, d, offset @ ..]| ([*a, *b, *c, *d], u64::from_be_bytes(*offset))).collect(),
        ))
    }

    /// The bytes of a chunk; `None` unless it has this length.
    fn load(&self, file: &mut (impl Read + Seek), name: &[u8; 4], length: usize) -> Option<Vec<u8>> {
        let at = self.0.iter().position(|(found, _)| found == name)?;
        let (begin, end) = (self.0.get(at)?.1, self.0.get(at + 1)?.1);
        if end.checked_sub(begin)? != u64::try_from(length).ok()? || file.seek(SeekFrom::End(0)).ok()? < end {
            return None;
        }
        file.seek(SeekFrom::Start(begin)).ok()?;
        let mut bytes = vec![0; length];
        file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use git2::{ObjectFormat, RepositoryInitOptions, Signature, Time};
    use tempfile::TempDir;

    use super::{
        super::{
            Walked,
            first_parent::{FirstParentCommits, PrefetchPolicy},
            repo::Repo,
            walk::{Renames, walk_along},
        },
        *,
    };

    /// A repository with commits of every kind, oldest first.
    struct GraphRepo {
        dir: TempDir,
        repo: Repo,
        commits: Vec<Oid>,
    }

    impl GraphRepo {
        fn of(format: ObjectFormat) -> Self {
            let dir = TempDir::new().expect("a folder");
            let mut options = RepositoryInitOptions::new();
            let repo = Repository::init_opts(&dir, options.bare(true).external_template(false).object_format(format));
            let repo = Repo::of(repo.expect("a repository")).expect("no packs");
            let mut repo = GraphRepo { dir, repo, commits: Vec::new() };
            let mut main = repo.commit("0", &[]);
            for round in 0..3 {
                main = repo.commit(&round.to_string(), &[main]);
                let sides = [0, 1, 2].map(|side| repo.commit(&format!("side {round} {side}"), &[main]));
                main = repo.commit(&round.to_string(), &[main]);
                // A merge that brings no change, one that does, and one of four.
                main = repo.commit(&round.to_string(), &[main, sides[0]]);
                main = repo.commit(&format!("side {round} 1"), &[main, sides[1]]);
                main = repo.commit(&format!("side {round} 1"), &[main, sides[2], sides[1], sides[0]]);
            }
            repo
        }

        /// A commit whose inventory has this content.
        fn commit(&mut self, content: &str, parents: &[Oid]) -> Oid {
            let repo = &self.repo.git;
            let time = Time::new(self.commits.len() as i64 - 3, 0);
            let person = Signature::new("A", "a@example.com", &time).expect("a person");
            let parents: Vec<_> = parents.iter().map(|id| repo.find_commit(*id).expect("a parent")).collect();
            let create = || {
                let mut folder = repo.treebuilder(None)?;
                folder.insert("list.yaml", repo.blob(content.as_bytes())?, 0o100_644)?;
                let mut root = repo.treebuilder(None)?;
                root.insert("data", folder.write()?, 0o040_000)?;
                let tree = repo.find_tree(root.write()?)?;
                repo.commit(None, &person, &person, content, &tree, &parents.iter().collect::<Vec<_>>())
            };
            let id = create().expect("a commit");
            self.commits.push(id);
            id
        }

        fn line(&self, tip: Oid, end: Option<Oid>) -> FirstParentCommits<'_> {
            let mut commits = FirstParentCommits::new(&self.repo, tip, end, Some(b"data".to_vec())).expect("commits");
            commits.policy = PrefetchPolicy { starts_after: 1, batch: 2, stretch: 2 };
            commits
        }

        /// The versions, and whether commits came from the graph.
        fn walk(&self, end: Option<Oid>) -> (Walked, bool) {
            let tip = *self.commits.last().expect("a tip");
            let mut commits = self.line(tip, end);
            // The graph can contain the parent of the tip and the commits before it.
            let mut is_from_graph = false;
            let mut next = Some(tip);
            for _ in 0..4 {
                let Some(commit) = next.and_then(|id| commits.commit(id).ok()) else { break };
                is_from_graph |= commit.time.is_none();
                next = commit.parent;
            }
            let walked = walk_along(self.line(tip, end), &["data/list.yaml".into()], Renames::Follow);
            (walked.expect("a walk"), is_from_graph)
        }

        fn write(&self, path: &str, bytes: &[u8]) {
            let path = self.dir.path().join("objects/info").join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, bytes).expect("a file");
        }

        /// Writes a graph of several files with these numbers of commits.
        fn write_chain(&self, counts: &[usize]) {
            let (mut rest, mut below, mut names) = (self.commits.as_slice(), Vec::new(), Vec::<Oid>::new());
            for count in counts {
                let (own, others) = rest.split_at(*count);
                let name = own[0];
                self.write(&format!("commit-graphs/graph-{name}.graph"), &self.graph(own, &below, &names));
                let mut own = own.to_vec();
                own.sort();
                below.extend(own);
                names.push(name);
                rest = others;
            }
            let chain: String = names.iter().map(|name| format!("{name}\n")).collect();
            self.write("commit-graphs/commit-graph-chain", chain.as_bytes());
        }

        /// The bytes of a graph file, as `git commit-graph write` writes them.
        fn graph(&self, own: &[Oid], below: &[Oid], names: &[Oid]) -> Vec<u8> {
            let mut sorted = own.to_vec();
            sorted.sort();
            let all = [below, &sorted].concat();
            let position = |id: &Oid| all.iter().position(|other| other == id).expect("a parent in the graph") as u32;
            let mut levels: BTreeMap<Oid, u32> = BTreeMap::new();
            for id in &self.commits {
                let commit = self.repo.git.find_commit(*id).expect("a commit");
                levels.insert(*id, 1 + commit.parent_ids().map(|id| levels[&id]).max().unwrap_or(0));
            }
            let (mut rows, mut edges) = (Vec::new(), Vec::new());
            for id in &sorted {
                let commit = self.repo.git.find_commit(*id).expect("a commit");
                let parents: Vec<u32> = commit.parent_ids().map(|id| position(&id)).collect();
                let second = match parents.get(1..).unwrap_or_default() {
                    [] => NO_PARENT,
                    [only] => *only,
                    [more @ .., last] => {
                        let at = 0x8000_0000 | (edges.len() / 4) as u32;
                        edges.extend(more.iter().chain([&(last | 0x8000_0000)]).flat_map(|edge| edge.to_be_bytes()));
                        at
                    }
                };
                let first = parents.first().copied().unwrap_or(NO_PARENT);
                rows.extend(commit.tree_id().as_bytes());
                let time = commit.time().seconds().max(0) as u32;
                rows.extend([first, second, levels[id] << 2, time].iter().flat_map(|number| number.to_be_bytes()));
            }
            let fanout = (0..=255).map(|byte| sorted.iter().filter(|id| id.as_bytes()[0] <= byte).count() as u32);
            let fanout: Vec<u8> = fanout.flat_map(u32::to_be_bytes).collect();
            let bytes = |ids: &[Oid]| ids.iter().flat_map(|id| id.as_bytes().to_vec()).collect::<Vec<u8>>();
            let mut chunks = vec![(*b"OIDF", fanout), (*b"OIDL", bytes(&sorted)), (*b"CDAT", rows), (*b"EDGE", edges)];
            if !names.is_empty() {
                chunks.push((*b"BASE", bytes(names)));
            }
            let hash = own[0].as_bytes().len();
            let version = if hash == 20 { 1 } else { 2 };
            let mut file = [b"CGPH".as_slice(), &[1, version, chunks.len() as u8, names.len() as u8]].concat();
            let mut offset = (8 + 12 * (chunks.len() + 1)) as u64;
            for (name, bytes) in &chunks {
                file.extend(name.iter().copied().chain(offset.to_be_bytes()));
                offset += bytes.len() as u64;
            }
            file.extend([0; 4].into_iter().chain(offset.to_be_bytes()));
            file.extend(chunks.into_iter().flat_map(|(_, bytes)| bytes));
            file.extend(vec![0; hash]);
            file
        }
    }

    fn same(a: &Walked, b: &Walked) -> bool {
        (&a.versions, a.reached, &a.base) == (&b.versions, b.reached, &b.base)
    }

    #[test]
    fn a_walk_with_a_graph_finds_what_a_walk_without_one_finds() {
        for format in [ObjectFormat::Sha1, ObjectFormat::Sha256] {
            let repo = GraphRepo::of(format);
            let ends = [None, Some(repo.commits[0]), Some(repo.commits[9])];
            let expected = ends.map(|end| repo.walk(end).0);
            assert!(expected[0].versions.len() > 5 && expected[0].base.is_none());
            assert!(expected[2].base.is_some() && expected[2].reached);
            let check = || {
                for (end, expected) in ends.iter().zip(&expected) {
                    let (walked, is_from_graph) = repo.walk(*end);
                    assert!(is_from_graph && same(&walked, expected));
                }
            };
            repo.write_chain(&[5, 9, repo.commits.len() - 14]);
            check();
            // Commits that are newer than the graph are read from git.
            repo.write_chain(&[5, 9, repo.commits.len() - 16]);
            check();
            let all = repo.graph(&repo.commits, &[], &[]);
            repo.write("commit-graph", &all);
            check();
            // The graph of a repository whose objects are borrowed.
            let own = repo.dir.path().join("objects");
            fs::rename(own.join("info/commit-graph"), own.join("graph")).expect("a move");
            fs::remove_dir_all(own.join("info/commit-graphs")).expect("no chain");
            let alternate = repo.dir.path().join("alternate/objects");
            fs::create_dir_all(alternate.join("info")).expect("a folder");
            fs::rename(own.join("graph"), alternate.join("info/commit-graph")).expect("a move");
            repo.write("alternates", b"# comment\n../alternate/objects\n");
            check();
        }
    }

    #[test]
    fn a_damaged_graph_does_not_change_the_result() {
        let repo = GraphRepo::of(ObjectFormat::Sha1);
        let expected = repo.walk(None).0;
        let good = repo.graph(&repo.commits, &[], &[]);
        let mut mask = 1_u8;
        // Most numbers of the fanout are alike.
        for at in (0..good.len()).filter(|at| !(200..900).contains(at) || at % 13 == 0) {
            let mut bad = good.clone();
            mask = mask.rotate_left(3) ^ u8::from(mask < 8);
            bad[at] ^= mask.max(1);
            repo.write("commit-graph", &bad);
            assert!(same(&repo.walk(None).0, &expected), "byte {at}, mask {mask}");
        }
        for length in (0..good.len()).step_by(29) {
            repo.write("commit-graph", &good[..length]);
            assert!(same(&repo.walk(None).0, &expected), "length {length}");
        }
    }

    #[test]
    fn a_graph_with_the_tree_of_another_commit_is_detected() {
        let mut repo = GraphRepo::of(ObjectFormat::Sha1);
        let expected = repo.walk(None).0;
        let mut lying = repo.graph(&repo.commits, &[], &[]);
        let tip = *repo.commits.last().expect("a tip");
        let other = repo.commit("other", &[tip]);
        repo.commits.pop();
        // The tree of one commit, instead of another's.
        let [tree, lie] = [repo.commits[1], other].map(|id| repo.repo.git.find_commit(id).expect("a commit").tree_id());
        let places: Vec<usize> = (0..lying.len() - 20).filter(|at| lying[*at..*at + 20] == *tree.as_bytes()).collect();
        for at in &places {
            lying[*at..*at + 20].copy_from_slice(lie.as_bytes());
        }
        assert!(!places.is_empty());
        repo.write("commit-graph", &lying);
        assert!(same(&repo.walk(None).0, &expected));
    }

    #[test]
    fn a_graph_is_ignored_where_git_ignores_it() {
        let repo = GraphRepo::of(ObjectFormat::Sha1);
        repo.write("commit-graph", &repo.graph(&repo.commits, &[], &[]));
        assert!(repo.walk(None).1);
        let grafts = repo.dir.path().join("info/grafts");
        fs::create_dir_all(grafts.parent().expect("a folder")).expect("a folder");
        fs::write(&grafts, "").expect("a file");
        assert!(!repo.walk(None).1);
        fs::remove_file(grafts).expect("no grafts");
        let mut config = repo.repo.git.config().expect("a configuration");
        config.set_bool("core.commitGraph", false).expect("a setting");
        assert!(!repo.walk(None).1);
        config.set_bool("core.commitGraph", true).expect("a setting");
        let name = format!("refs/replace/{}", repo.commits[1]);
        repo.repo.git.reference(&name, repo.commits[2], true, "").expect("a replacement");
        assert!(!repo.walk(None).1);
    }
}
