//! What rules look at: one version of a list, the texts around it, other pages, and the past.

use std::collections::BTreeMap;

use crate::model::{EntryId, Inventory, Terms, Text, Timestamp};

/// One version of a list with its surroundings.
#[derive(Debug)]
pub struct Snapshot<'a> {
    /// The list.
    pub list: &'a Inventory,
    /// The notice terms that the sentences of its page state, whether or not others govern.
    pub page_terms: Option<&'a Terms>,
    /// The texts of its file outside the entries, in their order.
    pub texts: &'a [Passage],
    /// Rows that equal another one in every cell, so that the reader joined them.
    pub repeated: &'a [Repeated],
    /// Other pages of the repository about the same vendors.
    pub pages: &'a [Page],
    /// The hosts that the repository's code calls, without those of the publisher.
    pub hosts: &'a [HostUse],
}

/// A position in a file. Lines and columns count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The number of the line.
    pub line: usize,
    /// The number of the character in its line.
    pub column: usize,
}

/// The part of a file that a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A paragraph of a page.
    Paragraph,
    /// A bullet.
    Item,
    /// A row of a table. The rows of the list itself have no text here.
    Row,
    /// A value of a key in data.
    Value,
}

/// A text of a page: a paragraph, a bullet, a row of a table, a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Where it begins.
    pub place: Place,
    /// The part of the file that it is.
    pub kind: Kind,
    /// The heading, key or first cell that the text belongs to; may be empty.
    pub label: String,
    /// The nearest heading above; may be empty.
    pub heading: String,
    /// The text without markup.
    pub text: String,
}

/// Another page of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its path in the repository.
    pub path: String,
    /// Its texts, in their order.
    pub passages: Vec<Passage>,
}

/// A row that equals an earlier row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeated {
    /// The name of the entry.
    pub name: String,
    /// Where the row begins.
    pub place: Place,
}

/// A host that code calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostUse {
    /// The host, in lower case: `api.example.com`.
    pub host: String,
    /// The path of the file in the repository.
    pub path: String,
    /// Where the address begins.
    pub place: Place,
}

/// A commit of the step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitTime {
    /// The id, in hexadecimal.
    pub id: String,
    /// The committer time.
    pub time: Timestamp,
}

/// The entries that the published log contains or contained.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Every name that an id ever had.
    pub names: BTreeMap<EntryId, Vec<Text>>,
}
