//! Results that are remembered for the shared nodes of a tree, so that an item that did not change is
//! interpreted once and not in every version.

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    rc::{Rc, Weak},
};

use changecast_core::{
    compare::{asks_for_state, readable},
    model::{Role, fold},
    vocabulary::{HeaderRole, Meaning},
};

use crate::read::{
    build::{
        intern::RowContent,
        raw_list::{ParsedRow, RawList, Row},
    },
    choose::{
        key_kind::{KeyKind, standing_of_keys},
        part_kind::Standing,
        records::MapShape,
        statement::{status_of, words_of_key},
    },
    config::ReadingConfig,
    error::ReadError,
    position::Position,
    syntax::tree::Node,
};

/// Memos that are kept before a purge, in addition to twice the number left by the last purge.
const PURGE_MARGIN: usize = 1_000;

/// The largest number of keys that are remembered with their meaning. Keys can be names of entries.
const MAX_KEYS: usize = 10_000;

/// The memos of shared nodes, and the meanings of keys.
#[derive(Debug, Default)]
pub(crate) struct Memos {
    /// By the address of the node. A weak reference keeps the address from being used again.
    by_address: HashMap<*const Node, (Weak<Node>, Rc<Memo>), BuildHasherDefault<AddressHasher>>,
    /// The number of memos after the last purge.
    kept: usize,
    keys: Rc<RefCell<HashMap<String, KeyMeaning>>>,
    /// What the keys above lists state.
    kinds: Rc<RefCell<HashMap<String, KeyKind>>>,
}

/// What a key means.
#[derive(Clone, Copy, Debug)]
struct KeyMeaning {
    header: HeaderRole,
    /// Whether it is a word for vendors, whatever the configuration states.
    means_vendors: bool,
    /// Whether it contains entries without describing them.
    is_container: bool,
    /// Whether it describes an error.
    is_error: bool,
    /// Whether it is a word for the label, or for the value, of a pair of both.
    is_label: bool,
    is_value: bool,
    /// Whether it asks whether a thing is disabled, archived or the like, as it may of any thing.
    is_flag: bool,
}

/// Hashes addresses. Every version looks up every item, so this must be cheaper than the standard hash.
#[derive(Debug, Default)]
struct AddressHasher(u64);

impl AddressHasher {
    /// 2^64 divided by the golden ratio (Knuth, The Art of Computer Programming, volume 3, section 6.4).
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
}

impl Hasher for AddressHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_usize(usize::from(*byte)));
    }

    fn write_usize(&mut self, address: usize) {
        self.0 = (self.0 ^ address as u64).wrapping_mul(Self::MULTIPLIER);
    }

    /// The high bits depend on all bits of an address. A table uses the low ones.
    fn finish(&self) -> u64 {
        self.0.rotate_left(32)
    }
}

/// Finds the meanings of keys under a configuration, and remembers them between versions.
pub(crate) struct KeyRoles<'c> {
    config: &'c ReadingConfig,
    keys: Rc<RefCell<HashMap<String, KeyMeaning>>>,
    kinds: Rc<RefCell<HashMap<String, KeyKind>>>,
}

impl KeyRoles<'_> {
    /// The role of a key, and how well the key fits it.
    pub fn header(&self, key: &str) -> HeaderRole {
        self.meaning(key).header
    }

    /// Whether a key means vendors, whatever the configuration states.
    pub fn means_vendors(&self, key: &str) -> bool {
        self.meaning(key).means_vendors
    }

    /// Whether the list below a key may be of vendors: it means them or states their status, as `planned` does.
    pub fn may_be_of_vendors(&self, key: &str) -> bool {
        let (vocabulary, words) = (&self.config.vocabulary, words_of_key(key));
        self.means_vendors(key) || vocabulary.is_about_vendors(&words) || status_of(vocabulary, &words).is_some()
    }

    /// Whether a key contains entries without describing them.
    pub fn is_structural(&self, key: &str) -> bool {
        let meaning = self.meaning(key);
        meaning.is_container || meaning.means_vendors
    }

    /// Whether a key describes an error, as in a response without the data that were asked for.
    pub fn is_error(&self, key: &str) -> bool {
        self.meaning(key).is_error
    }

    /// Whether a key is a word for the label in a pair of label and value.
    pub fn is_label(&self, key: &str) -> bool {
        self.meaning(key).is_label
    }

    /// Whether a key is a word for the value in a pair of label and value.
    pub fn is_value(&self, key: &str) -> bool {
        self.meaning(key).is_value
    }

    /// Whether a key asks whether a thing is disabled, archived or the like.
    pub fn is_flag(&self, key: &str) -> bool {
        self.meaning(key).is_flag
    }

    fn meaning(&self, key: &str) -> KeyMeaning {
        let mut keys = self.keys.borrow_mut();
        if let Some(known) = keys.get(key) {
            return *known;
        }
        let vocabulary = &self.config.vocabulary;
        let (header, folded) = (self.config.header(&readable(key)), fold(&readable(key)));
        let meaning = KeyMeaning {
            header,
            means_vendors: vocabulary.role_of(key) == Role::Name,
            is_container: vocabulary.is(Meaning::ContainerKey, key),
            is_error: vocabulary.is(Meaning::ErrorKey, &folded),
            is_label: vocabulary.is(Meaning::FieldColumn, &folded),
            is_value: vocabulary.is(Meaning::ValueColumn, &folded) && header.role == Role::Other,
            is_flag: header.role == Role::Status && asks_for_state(vocabulary, &folded),
        };
        if keys.len() >= MAX_KEYS {
            keys.clear();
        }
        keys.insert(key.to_owned(), meaning);
        meaning
    }

    /// Whether a list below these keys, from the top level down, can be the inventory.
    pub fn standing(&self, keys: &[&str]) -> Standing {
        standing_of_keys(keys.iter().map(|key| self.kind(key)))
    }

    fn kind(&self, key: &str) -> KeyKind {
        let mut kinds = self.kinds.borrow_mut();
        if let Some(known) = kinds.get(key) {
            return *known;
        }
        if kinds.len() >= MAX_KEYS {
            kinds.clear();
        }
        let kind = KeyKind::of(&self.config.vocabulary, key);
        kinds.insert(key.to_owned(), kind);
        kind
    }

    /// The role of a key: [`Role::Other`] if it is not known.
    pub fn role(&self, key: &str) -> Role {
        self.header(key).role
    }
}

/// The results for one node.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    /// The row of an entry of a native inventory.
    pub native: RowMemo,
    /// The row of a record.
    pub record: RowMemo,
    pub shape: OnceCell<MapShape>,
    /// Whether the node contains no list of maps with names.
    pub has_no_lists: OnceCell<bool>,
    /// Whether the name of the entry is a placeholder, or states that the vendor is no longer used.
    pub is_no_vendor: OnceCell<bool>,
}

impl Memos {
    /// The memo of a shared node, which is created if it does not exist.
    pub fn of(&mut self, node: &Rc<Node>) -> Rc<Memo> {
        let (_, memo) = self.by_address.entry(Rc::as_ptr(node)).or_insert_with(|| (Rc::downgrade(node), Rc::default()));
        Rc::clone(memo)
    }

    /// The roles of keys under a configuration, which must be the same for all versions.
    pub fn key_roles<'c>(&self, config: &'c ReadingConfig) -> KeyRoles<'c> {
        KeyRoles { config, keys: Rc::clone(&self.keys), kinds: Rc::clone(&self.kinds) }
    }

    /// Drops the memos of nodes that no longer exist, now and then.
    pub fn purge(&mut self) {
        if self.by_address.len() > 2 * self.kept + PURGE_MARGIN {
            self.by_address.retain(|_, (node, _)| node.strong_count() > 0);
            self.kept = self.by_address.len();
        }
    }
}

/// The row that was read from a node.
#[derive(Debug, Default)]
pub(crate) struct RowMemo {
    content: OnceCell<Rc<RowContent>>,
    /// Whether reading it gave no warning although all of its labels were new to the version.
    is_free_of_warnings: Cell<bool>,
}

impl RowMemo {
    /// The remembered content, unless reading the row could give a warning. A warning about a key is
    /// given once in a version, for the first row with the key.
    fn usable(&self, list: &mut RawList<'_>) -> Option<Rc<RowContent>> {
        let content = self.content.get()?;
        let is_usable = list.uses_labels_of(content) || self.is_free_of_warnings.get();
        is_usable.then(|| Rc::clone(content))
    }
}

/// The row of a node. If none is remembered, `read` reads it.
pub(crate) fn remembered_row(
    list: &mut RawList<'_>,
    memo: Option<&RowMemo>,
    at: Position,
    read: impl FnOnce(&mut RawList<'_>) -> Result<ParsedRow, ReadError>,
) -> Result<Row, ReadError> {
    let Some(memo) = memo else {
        let row = read(list)?;
        return Ok(list.intern(row));
    };
    if let Some(content) = memo.usable(list) {
        list.labels.mark_used(content.labels());
        return Ok(Row { file: None, at, content });
    }
    let all_labels_are_new = !list.labels.any_used();
    let warnings_before = list.warnings.len();
    let parsed = read(list)?;
    let row = list.intern(parsed);
    memo.content.get_or_init(|| Rc::clone(&row.content));
    if all_labels_are_new && list.warnings.len() == warnings_before {
        memo.is_free_of_warnings.set(true);
    }
    Ok(row)
}
