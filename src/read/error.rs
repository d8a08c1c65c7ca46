//! What can be wrong with a version of an inventory, and what to do about it.

use std::sync::Arc;

use crate::read::position::Position;

/// Why a version cannot be read. It is never taken for an empty list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct ReadError {
    /// In which file, where the inventory is a folder.
    pub file: Option<Arc<str>>,
    /// Where, when there is a place.
    pub at: Option<Position>,
    /// What.
    pub problem: Problem,
}

/// The kinds of problems.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Not text at all.
    #[error("the file is not UTF-8")]
    NotUtf8,
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// The syntax of the format is broken.
    #[error("not valid {format}: {message}")]
    Syntax {
        /// Name of the format.
        format: &'static str,
        /// What its parser says.
        message: String,
    },
    /// A merge that was committed half done.
    #[error("a conflict of a merge was left in the file")]
    Conflict,
    /// The file is readable, but holds no list.
    #[error("no list found: {0}")]
    NoList(String),
    /// A key has a value of the wrong shape.
    #[error("{key}: expected {expected}, found {found}")]
    Shape {
        /// The key.
        key: String,
        /// What belongs there.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A key stands twice in one map.
    #[error("key {0:?} stands twice")]
    DuplicateKey(String),
    /// Two entries have the same explicit id.
    #[error("id {0:?} is used by two entries")]
    DuplicateId(String),
    /// An entry without a name.
    #[error("an entry without a name")]
    NoName,
    /// An id with characters that ids do not have.
    #[error(transparent)]
    Id(#[from] changecast_core::model::BadId),
    /// Notice terms that do not say what they should.
    #[error("notice: {0}")]
    Terms(String),
    /// A file over a bound that keeps memory and pages in hand.
    #[error("{what}: {found} is over the limit of {limit}")]
    Limit {
        /// What is count_entries.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// No format of ours.
    #[error("unknown format {0:?}")]
    UnknownFormat(String),
}

impl ReadError {
    /// An error at a place.
    pub fn at(at: Position, problem: Problem) -> Self {
        ReadError { file: None, at: Some(at), problem }
    }

    /// The same error, known to stand in this file of a folder.
    pub(crate) fn in_file(self, file: &str) -> Self {
        ReadError { file: self.file.or_else(|| Some(file.into())), ..self }
    }

    /// The place in words, given the path of the inventory: `path/file:line:column`.
    pub fn place(&self, path: &str) -> String {
        place(path, self.file.as_deref(), self.at)
    }

    /// The next step for whoever sees this error.
    pub fn help(&self) -> String {
        match &self.problem {
            Problem::NotUtf8 => "save the file as UTF-8".into(),
            Problem::Empty => {
                "an emptied file is not taken for a removal; restore it, or delete it to withdraw the list".into()
            }
            Problem::Syntax { .. } => {
                "mend the syntax there; the next readable version is compared with the last readable one".into()
            }
            Problem::Conflict => {
                "settle it: keep what holds, and delete the lines of <<<<<<<, ======= and >>>>>>>".into()
            }
            Problem::NoList(_) => format!(
                "`--table HEADING` (`tables` of the configuration) says where the list stands; formats read are {}; \
                 `changecast schema inventory` describes the native one",
                super::formats_read()
            ),
            Problem::Shape { .. } => "`changecast schema inventory` shows what belongs there".into(),
            Problem::DuplicateKey(_) => "keep one of the two".into(),
            Problem::DuplicateId(_) => "give one of the entries another `id`, or leave `id` out".into(),
            Problem::NoName => "give the entry a `name`".into(),
            Problem::Id(_) => "for example `id: openai-eu`".into(),
            Problem::Terms(_) => {
                "for example `lead: {added: 30d}` or `objection: {within: 14d, from: notification}`".into()
            }
            Problem::Limit { .. } => "split the list, or shorten the text".into(),
            Problem::UnknownFormat(_) => format!("`format` is one of {}", super::formats_read()),
        }
    }
}

impl From<Problem> for ReadError {
    fn from(problem: Problem) -> Self {
        ReadError { file: None, at: None, problem }
    }
}

/// Something that a careful reader would point out, though the version can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// In which file, where the inventory is a folder.
    pub file: Option<Arc<str>>,
    /// Where.
    pub at: Position,
    /// What, and what to do.
    pub message: String,
}

impl Warning {
    /// A warning about a place.
    pub fn at(at: Position, message: String) -> Self {
        Warning { file: None, at, message }
    }

    /// The place in words, given the path of the inventory: `path/file:line:column`.
    pub fn place(&self, path: &str) -> String {
        place(path, self.file.as_deref(), Some(self.at))
    }
}

fn place(path: &str, file: Option<&str>, at: Option<Position>) -> String {
    let file = file.map(|file| format!("/{file}")).unwrap_or_default();
    let at = at.map(|at| format!(":{at}")).unwrap_or_default();
    format!("{}{file}{at}", path.trim_end_matches('/'))
}
