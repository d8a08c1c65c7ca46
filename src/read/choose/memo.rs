//! Results that are remembered for the shared nodes of a tree, so that an item that did not change is
//! interpreted once and not in every version.

use std::{
    cell::{Cell, OnceCell},
    collections::HashMap,
    rc::{Rc, Weak},
};

use crate::read::{
    build::{
        intern::RowContent,
        raw_list::{ParsedRow, RawList, Row},
    },
    choose::records::MapShape,
    error::ReadError,
    position::Position,
    syntax::tree::Node,
};

/// Memos that are kept before a purge, in addition to twice the number left by the last purge.
const PURGE_MARGIN: usize = 1_000;

/// The memos of shared nodes.
#[derive(Debug, Default)]
pub(crate) struct Memos {
    /// By the address of the node. A weak reference keeps the address from being used again.
    by_address: HashMap<*const Node, (Weak<Node>, Rc<Memo>)>,
    /// The number of memos after the last purge.
    kept: usize,
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
}

impl Memos {
    /// The memo of a shared node, which is created if it does not exist.
    pub fn of(&mut self, node: &Rc<Node>) -> Rc<Memo> {
        let (_, memo) = self.by_address.entry(Rc::as_ptr(node)).or_insert_with(|| (Rc::downgrade(node), Rc::default()));
        Rc::clone(memo)
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

/// The row of a node: the remembered one if there is one, else the one that `read` returns.
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
