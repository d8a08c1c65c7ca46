//! Why a version of an inventory cannot be read, and what to do about it.

use std::{error::Error, fmt, sync::Arc};

use changecast_core::model::BadId;

use crate::read::position::Position;

/// Why a version cannot be read. Such a version is never treated as an empty list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", Prefix(.file.as_deref(), *.at))]
pub struct ReadError {
    /// The file in the folder, if the inventory is a folder.
    pub file: Option<Arc<str>>,
    /// The position in the file, if the problem has one.
    pub at: Option<Position>,
    /// The problem at that position.
    pub problem: Problem,
}

/// The place of a problem, which precedes its description: `file:line:column: `.
struct Prefix<'e>(Option<&'e str>, Option<Position>);

impl fmt::Display for Prefix<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Prefix(Some(file), Some(at)) => write!(f, "{file}:{at}: "),
            Prefix(Some(file), None) => write!(f, "{file}: "),
            Prefix(None, Some(at)) => write!(f, "{at}: "),
            Prefix(None, None) => Ok(()),
        }
    }
}

/// The file that data come from: ` from …`.
struct FromFile<'e>(Option<&'e str>);

impl fmt::Display for FromFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(file) => write!(f, " from {file:?}"),
            None => Ok(()),
        }
    }
}

/// The error of a parser. Two of them are equal if their messages are.
#[derive(Clone, Debug)]
pub struct ParserError(Arc<dyn Error + Send + Sync>);

impl ParserError {
    pub(crate) fn new(error: impl Error + Send + Sync + 'static) -> Self {
        ParserError(Arc::new(error))
    }
}

impl fmt::Display for ParserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for ParserError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.source()
    }
}

impl PartialEq for ParserError {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_string() == other.0.to_string()
    }
}

impl Eq for ParserError {}

/// Why a readable file has no list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoList {
    /// The content of the file, for a message.
    pub found: String,
    /// Whether the absence of the list is explained.
    pub absence: Absence,
}

/// Whether a file without a list explains the absence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The file states that the list is empty.
    Stated,
    /// A whole page about vendors has no list, so the list was withdrawn unless the text still names its entries.
    Page {
        /// The folded text of the page, without its parts about former vendors.
        text: Arc<str>,
    },
    /// Data without a list, or a page about something else: an error message, the response of another address.
    Unexplained,
}

impl From<NoList> for Problem {
    fn from(list: NoList) -> Self {
        Problem::NoList(list)
    }
}

impl NoList {
    /// A file that does not explain why it has no list.
    pub(crate) fn unexplained(found: impl Into<String>) -> Self {
        NoList { found: found.into(), absence: Absence::Unexplained }
    }

    /// A file that states that its list is empty.
    pub(crate) fn stated(found: impl Into<String>) -> Self {
        NoList { found: found.into(), absence: Absence::Stated }
    }
}

/// The problems that make a version unreadable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The file is not UTF-8 text.
    #[error("the file is not UTF-8")]
    NotUtf8,
    /// The name of a file in a folder is not UTF-8.
    #[error("the file name is not UTF-8")]
    NameNotUtf8,
    /// The path of the inventory is not a file. The text names its type: "a symbolic link".
    #[error("the path is {0} in this version")]
    NotAFile(&'static str),
    /// The file has no content.
    #[error("the file is empty")]
    Empty,
    /// The file does not follow the syntax of its format.
    #[error("not valid {format}: {message}")]
    Syntax {
        /// The name of the format.
        format: &'static str,
        /// The description of the error.
        message: String,
        /// The error of the parser, if a parser found it.
        source: Option<ParserError>,
    },
    /// The file contains the markers of a merge conflict.
    #[error("unresolved merge conflict")]
    Conflict,
    /// The page only shows a list that another file contains.
    #[error("no list found: the page shows {data}{}", FromFile(.file.as_deref()))]
    Rendered {
        /// The expression for the data.
        data: String,
        /// The file or module that the data come from, as the page states it.
        file: Option<String>,
    },
    /// The file has another content than its name promises. The text describes it: "encrypted by age".
    #[error("the file is {0}")]
    Replaced(&'static str),
    /// The file ends inside a part that must be closed: "a comment", "a table".
    #[error("the file is cut: it ends inside {0}")]
    Incomplete(&'static str),
    /// Paragraphs below headers do not fill the rows of a table.
    #[error("{cells} paragraphs below {columns} headers do not fill rows: a cell is missing")]
    Uneven {
        /// The number of headers.
        columns: usize,
        /// The number of paragraphs below them.
        cells: usize,
    },
    /// The file is readable, but contains no list.
    #[error("no list found: {}", .0.found)]
    NoList(NoList),
    /// The value of a key has another shape than the key requires.
    #[error("{key}: expected {expected}, found {found}")]
    Shape {
        /// The key that has the value.
        key: String,
        /// The shape that it requires.
        expected: &'static str,
        /// The shape of the value.
        found: &'static str,
    },
    /// A map contains a key twice.
    #[error("duplicate key {0:?}")]
    DuplicateKey(String),
    /// Two entries have the same explicit id.
    #[error("id {0:?} is used by two entries")]
    DuplicateId(String),
    /// An entry has no name.
    #[error("an entry without a name")]
    NoName,
    /// A row of a table has no name, and the version before has an entry with its cells that is missing now.
    #[error("a row without a name; in the version before, it is that of {0:?}")]
    LostName(String),
    /// An explicit id contains characters that ids do not allow.
    #[error(transparent)]
    Id(#[from] BadId),
    /// Notice terms are not valid.
    #[error("notice: {0}")]
    Terms(#[source] ParserError),
    /// The holiday file that notice terms name cannot be used.
    #[error("notice.holidays: {file}: {problem}")]
    Holidays {
        /// The path of the file in the repository.
        file: String,
        /// The problem with it.
        problem: String,
    },
    /// The file exceeds one of the limits that bound memory and the size of pages.
    #[error("too many {what}: {found}, the limit is {limit}")]
    Limit {
        /// The things that are counted, as a plural.
        what: &'static str,
        /// The number found, or a lower bound of it.
        found: usize,
        /// The largest number that is allowed.
        limit: usize,
    },
    /// No format has this name or extension.
    #[error("unknown format {0:?}")]
    UnknownFormat(String),
}

impl ReadError {
    /// An error at a position of the inventory's file.
    pub fn at(at: Position, problem: Problem) -> Self {
        ReadError { file: None, at: Some(at), problem }
    }

    /// The error of a folder that contains a name that is not UTF-8. `path` is the path in the folder,
    /// with escapes.
    pub fn name_not_utf8(path: &str) -> Self {
        ReadError::from(Problem::NameNotUtf8).in_file(path)
    }

    /// The same error in a file of a folder, unless it names a file already.
    pub(crate) fn in_file(self, file: &str) -> Self {
        ReadError { file: self.file.or_else(|| Some(file.into())), ..self }
    }

    /// Where the error is, given the path of the inventory: `path/file:line:column`.
    pub fn place(&self, path: &str) -> String {
        place(path, self.file.as_deref(), self.at)
    }

    /// The action that solves the problem, as an imperative sentence.
    pub fn help(&self) -> String {
        match &self.problem {
            Problem::NotUtf8 => "save the file as UTF-8".into(),
            Problem::NameNotUtf8 => "rename the file with `git mv`, and commit".into(),
            Problem::NotAFile(_) => "commit the file itself; a link or submodule leads out of this history".into(),
            Problem::Empty => {
                "restore the list, or delete the file to withdraw it: an empty file is not a removal".into()
            }
            Problem::Replaced(_) => {
                "commit the list itself in the format that the file name states, or set `format`; delete the file to \
                 withdraw the list"
                    .into()
            }
            Problem::Uneven { .. } => "write a table, or a dash for each empty cell".into(),
            Problem::Incomplete(_) => "commit the whole file, with everything closed".into(),
            Problem::Syntax { .. } => {
                "fix the syntax error; the next readable version is compared with the last readable one".into()
            }
            Problem::Conflict => "resolve the conflict and remove the lines of <<<<<<<, ======= and >>>>>>>".into(),
            Problem::NoList(_) => format!(
                "name the heading of the list with `--table HEADING` or `tables` in the configuration; formats are \
                 {}; `changecast schema inventory` describes the native one",
                super::formats_read()
            ),
            Problem::Rendered { .. } => {
                "name the file that contains these data in `inventory`, or with --inventory".into()
            }
            Problem::Shape { .. } => "`changecast schema inventory` describes the expected shape".into(),
            Problem::DuplicateKey(_) => "remove one of the two".into(),
            Problem::DuplicateId(_) => "give one of the entries another `id`, or remove it".into(),
            Problem::NoName => "give the entry a `name`".into(),
            Problem::LostName(_) => "write the name in the row; to remove the entry, remove its row".into(),
            Problem::Id(_) => "for example `id: openai-eu`".into(),
            Problem::Terms(_) => {
                "for example `lead: {added: 30d}` or `objection: {within: 14d, from: notification}`".into()
            }
            Problem::Holidays { .. } => {
                "commit the file with the list: one date on every line, such as `2026-12-25`".into()
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

/// A problem that does not prevent reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The stable id of the rule that found it, such as `unknown-key`.
    pub rule: &'static str,
    /// The file in the folder, if the inventory is a folder.
    pub file: Option<Arc<str>>,
    /// The position in the file.
    pub at: Position,
    /// The problem and its solution.
    pub message: String,
}

impl Warning {
    /// A key of a native inventory is almost a known key.
    pub const UNKNOWN_KEY: &'static str = "unknown-key";
    /// A table of a page looks like a part of the list, but has other columns.
    pub const SKIPPED_TABLE: &'static str = "skipped-table";
    /// Bullets beside a table name companies, but were not read.
    pub const SKIPPED_BULLETS: &'static str = "skipped-bullets";
    /// A row of a table has more cells than the table has columns.
    pub const EXTRA_CELL: &'static str = "extra-cell";
    /// A record of a CSV file has fewer fields than the header.
    pub const SHORT_ROW: &'static str = "short-row";
    /// An item of a list in code is not a literal.
    pub const OPAQUE_ITEM: &'static str = "opaque-item";
    /// Two rows of a list are equal.
    pub const DUPLICATE_ENTRY: &'static str = "duplicate-entry";
    /// A JSON object has a key twice.
    pub const DUPLICATE_KEY: &'static str = "duplicate-key";
    /// A file of a folder cannot be read.
    pub const UNREADABLE_FILE: &'static str = "unreadable-file";
    /// A file exists, but no longer contains a list.
    pub const MISSING_LIST: &'static str = "missing-list";

    /// A warning at a position of the inventory's file.
    pub fn at(rule: &'static str, at: Position, message: String) -> Self {
        Warning { rule, file: None, at, message }
    }

    /// Where it is, given the path of the inventory: `path/file:line:column`.
    pub fn place(&self, path: &str) -> String {
        place(path, self.file.as_deref(), Some(self.at))
    }
}

fn place(path: &str, file: Option<&str>, at: Option<Position>) -> String {
    let file = file.map(|file| format!("/{file}")).unwrap_or_default();
    let at = at.map(|at| format!(":{at}")).unwrap_or_default();
    format!("{}{file}{at}", path.trim_end_matches('/'))
}
