//! From bytes to inventories, in three stages.
//!
//! `syntax` parses a file: one module per format. `choose` finds the part of it that is the list.
//! `build` decides what columns mean and which ids entries have, once for all formats. [`Reader`] runs the
//! stages and remembers what versions of a list have in common.

mod build;
mod choose;
mod config;
mod error;
mod format;
pub mod locate;
mod lost_name;
mod page_text;
mod position;
mod reader;
mod source_text;
mod syntax;
mod texts;

use std::{collections::BTreeMap, sync::Arc};

use changecast_core::model::{EntryId, Inventory, Text};

pub use config::ReadingConfig;
pub use error::{Absence, NoList, ParserError, Problem, ReadError, Warning};
pub use lost_name::lost_name;
pub use position::{EntryPosition, Position};
pub(crate) use position::{LineIndex, floor};
pub use reader::Reader;
pub use texts::texts;

use format::{FORMATS, Format};

/// Size in bytes of the largest file that is read.
pub const MAX_BYTES: usize = 64 << 20;

/// The result of reading one version of an inventory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The inventory that the file states.
    pub inventory: Inventory,
    /// Where each entry of the inventory is written, in the same order.
    pub positions: Vec<EntryPosition>,
    /// The headers or keys under which entries have their names.
    pub names: Vec<Text>,
    /// Problems that do not prevent reading.
    pub warnings: Vec<Warning>,
    /// The files of a folder that cannot be read. Their entries are not in the inventory.
    pub unreadable: Vec<UnreadableFile>,
    /// The rows of tables without a name.
    pub unnamed: Vec<UnnamedRow>,
}

/// A row of a table that continues the one above, because it has no name, or that is left out, because it has a dash or
/// "n/a" in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnnamedRow {
    /// Where it begins.
    pub at: Position,
    /// Where the entry begins that it is a part of; `None` if it is left out.
    pub entry: Option<Position>,
    /// The texts of its cells, folded, without empty ones and dashes.
    pub cells: Vec<String>,
}

/// A file of a folder that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableFile {
    /// The ids that its entry may have, by the names that the file has and had.
    pub ids: Vec<EntryId>,
    /// Why it cannot be read, with the name of the file.
    pub error: ReadError,
}

impl Reading {
    /// The reading, if all files were read.
    ///
    /// # Errors
    /// The error of the first file that cannot be read.
    pub fn complete(self) -> Result<Reading, ReadError> {
        match self.unreadable.first() {
            Some(file) => Err(file.error.clone()),
            None => Ok(self),
        }
    }
}

/// Reads one version of an inventory.
///
/// The extension of `path` determines the format, unless the configuration names one. The order of
/// sections, entries and keys in the file determines only their order in the result.
///
/// # Errors
/// [`ReadError`] with its position, if the bytes are not a readable inventory. A readable file without a
/// list is [`Problem::NoList`].
pub fn read(path: &str, bytes: &[u8], config: &ReadingConfig) -> Result<Reading, ReadError> {
    reader::read_alone(path, bytes, config)
}

/// Reads one version of an inventory that is a folder of one-entry files. `files` are their paths in the
/// folder and their contents. `moved` maps the paths of renamed files to their earlier paths, so that
/// their entries keep their identity.
///
/// # Errors
/// [`ReadError`] with file and position, if a file is not a readable entry.
pub fn read_folder(
    files: &[(String, Arc<[u8]>)],
    moved: &BTreeMap<String, String>,
    config: &ReadingConfig,
) -> Result<Reading, ReadError> {
    Reader::default().read_folder(files, moved, config)?.complete()
}

/// The name of the format in which a file is read.
///
/// # Errors
/// [`Problem::UnknownFormat`].
pub fn format_name(path: &str, config: &ReadingConfig) -> Result<&'static str, ReadError> {
    Ok(Format::of(path, config)?.name)
}

/// The names of the formats.
pub fn format_names() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name)
}

/// The formats with their names and what each covers.
pub fn formats() -> impl Iterator<Item = (&'static str, &'static str)> {
    FORMATS.iter().map(|format| (format.name, format.about))
}

/// The names of the formats, separated by commas.
pub fn formats_read() -> String {
    format_names().collect::<Vec<_>>().join(", ")
}
