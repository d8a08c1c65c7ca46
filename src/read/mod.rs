//! Bytes to inventories: one file per format, one table of formats.
//!
//! Every format gives a draft of sections and rows; what columns mean and which ids entries have is
//! decided once, for all formats.

mod assemble;
mod block;
mod csv;
mod draft;
mod error;
mod html;
mod json;
mod markdown;
mod native;
mod page;
mod records;
mod rst;
mod selection;
mod toml;
mod tree;
mod yaml;

use std::{borrow::Cow, collections::BTreeMap};

use crate::model::{Inventory, Role, fold};

pub use error::{Position, Problem, ReadError, Warning};

use draft::Draft;

/// Largest file that is read, in bytes.
pub const MAX_BYTES: usize = 64 << 20;

/// One row of the table of formats.
struct Format {
    name: &'static str,
    extensions: &'static [&'static str],
    /// Path, text, options.
    read: fn(&str, &str, &Options) -> Result<Draft, ReadError>,
}

/// The table of formats.
static FORMATS: [Format; 7] = [
    Format { name: "markdown", extensions: &["md", "mdx", "markdown", "mdown", "txt"], read: markdown::draft },
    Format { name: "html", extensions: &["html", "htm", "xhtml"], read: html::draft },
    Format { name: "csv", extensions: &["csv", "tsv", "tab"], read: csv::draft },
    Format { name: "rst", extensions: &["rst", "rest"], read: rst::draft },
    Format {
        name: "yaml",
        extensions: &["yaml", "yml"],
        read: |_, text, options| from_tree(&yaml::tree(text)?, options),
    },
    Format { name: "json", extensions: &["json"], read: |_, text, options| from_tree(&json::tree(text)?, options) },
    Format { name: "toml", extensions: &["toml"], read: |_, text, options| from_tree(&toml::tree(text)?, options) },
];

/// What the configuration says of a list's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The format, when the file's name does not tell it.
    pub format: Option<String>,
    /// The headings of the tables and lists that are the inventory, where a page has several.
    pub tables: Vec<String>,
    /// Meanings of headers that differ from the usual ones, by header.
    pub fields: BTreeMap<String, Role>,
}

impl Options {
    /// The role of a header, with how well it fits; 0 is the best.
    fn role(&self, label: &str) -> (Role, usize) {
        let chosen = self.fields.iter().find(|(header, _)| fold(header) == fold(label));
        chosen.map_or_else(|| Role::of_label(label), |(_, role)| (*role, 0))
    }
}

/// A version that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What it states.
    pub inventory: Inventory,
    /// What a careful reader would point out.
    pub warnings: Vec<Warning>,
}

/// Reads one version of an inventory.
///
/// `path` only tells the format, by its extension. The result does not depend on the order of
/// sections, entries and keys, except for the order in which they are given.
///
/// # Errors
/// [`ReadError`] with the place, when the bytes are not a readable inventory. A file without a list
/// is [`Problem::NoList`], which callers may take for a list that left the file.
pub fn read(path: &str, bytes: &[u8], options: &Options) -> Result<Reading, ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(Problem::Limit { what: "bytes", found: bytes.len(), limit: MAX_BYTES }.into());
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
        ReadError::at(error::Places::new(&valid).at(valid.len()), Problem::NotUtf8)
    })?;
    let text = &*with_plain_line_ends(text.strip_prefix('\u{feff}').unwrap_or(text));
    if text.trim().is_empty() {
        return Err(Problem::Empty.into());
    }
    if let Some(at) = conflict(text) {
        return Err(ReadError::at(error::Places::new(text).at(at), Problem::Conflict));
    }
    let draft = (format_of(path, options)?.read)(path, text, options)?;
    let (inventory, warnings) = assemble::assemble(draft, options)?;
    Ok(Reading { inventory, warnings })
}

/// The text with `\n` for the line ends of all systems.
fn with_plain_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n").into() } else { text.into() }
}

/// Where a merge left its marks.
fn conflict(text: &str) -> Option<usize> {
    let line = |mark: &str, from: usize| {
        let found = text[from..].match_indices(mark).map(|(at, _)| from + at);
        found.into_iter().find(|at| *at == 0 || text[..*at].ends_with('\n'))
    };
    let ours = line("<<<<<<< ", 0)?;
    line(">>>>>>> ", ours).map(|_| ours)
}

fn format_of(path: &str, options: &Options) -> Result<&'static Format, ReadError> {
    let named = |name: &str| FORMATS.iter().find(|format| format.name == name);
    if let Some(name) = &options.format {
        return named(name).ok_or_else(|| Problem::UnknownFormat(name.clone()).into());
    }
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension).to_lowercase();
    let known = FORMATS.iter().find(|format| format.extensions.contains(&extension.as_str()));
    known.ok_or_else(|| Problem::UnknownFormat(extension).into())
}

/// The names of the formats, in the order of their table.
pub fn format_names() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name)
}

/// The names of the formats in a sentence.
pub fn formats_read() -> String {
    format_names().collect::<Vec<_>>().join(", ")
}

fn from_tree(root: &tree::Node, options: &Options) -> Result<Draft, ReadError> {
    if native::is_native(root) { native::draft(root) } else { records::draft(root, options) }
}
