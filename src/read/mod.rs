//! Bytes to inventories: one file per format, one table of formats.
//!
//! Every format gives a draft of sections and rows; what columns mean and which ids entries have is
//! decided once, for all formats.

mod build;
mod choose;
mod error;
mod syntax;

use std::{collections::BTreeMap, sync::Arc};

use changecast_core::{
    model::{Inventory, Role, Text, fold},
    vocabulary::{Fitness, HeaderRole, Vocabulary},
};

pub use build::reader::Reader;
pub use error::{Position, Problem, ReadError, Warning};

use build::raw_list::Draft;
use build::reader;

use syntax::{csv, html, incremental::Parts, json, markdown, rst, toml, tree::Node, yaml};

/// Largest file that is read, in bytes.
pub const MAX_BYTES: usize = 64 << 20;

/// One row of the table of formats.
struct Format {
    name: &'static str,
    extensions: &'static [&'static str],
    how: How,
}

/// How files of a format are read.
enum How {
    /// Each format of pages in its own way, by path, text and options.
    Page(fn(&str, &str, &Options) -> Result<Draft, ReadError>),
    /// By way of a tree: that of the whole text, or one with parts that were read before.
    Tree { whole: fn(&str) -> Result<Node, ReadError>, by_parts: fn(&mut Parts, &str) -> Option<Node> },
}

/// The table of formats.
static FORMATS: [Format; 7] = [
    page("markdown", &["md", "mdx", "markdown", "mdown", "txt"], markdown::draft),
    page("html", &["html", "htm", "xhtml"], html::draft),
    page("csv", &["csv", "tsv", "tab"], csv::draft),
    page("rst", &["rst", "rest"], rst::draft),
    Format { name: "yaml", extensions: &["yaml", "yml"], how: How::Tree { whole: yaml::tree, by_parts: Parts::tree } },
    Format { name: "json", extensions: &["json"], how: How::Tree { whole: json::tree, by_parts: json::tree_by_parts } },
    Format { name: "toml", extensions: &["toml"], how: How::Tree { whole: toml::tree, by_parts: |_, _| None } },
];

const fn page(
    name: &'static str,
    extensions: &'static [&'static str],
    read: fn(&str, &str, &Options) -> Result<Draft, ReadError>,
) -> Format {
    Format { name, extensions, how: How::Page(read) }
}

/// What the configuration says of a list's files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The format, when the file's name does not tell it.
    pub format: Option<String>,
    /// The headings of the tables and lists that are the inventory, where a page has several.
    pub tables: Vec<String>,
    /// Meanings of headers that differ from the usual ones, by header.
    pub fields: BTreeMap<String, Role>,
    /// The words that pages and keys are understood by.
    pub vocabulary: Vocabulary,
}

impl Options {
    /// The role of a header, and how well the header fits it.
    fn header(&self, label: &str) -> HeaderRole {
        let configured = self.fields.iter().find(|(header, _)| fold(header) == fold(label));
        match configured {
            Some((_, role)) => HeaderRole { role: *role, fitness: Fitness::CONFIGURED },
            None => self.vocabulary.header(label),
        }
    }

    /// The role of a header; [`Role::Other`] if it is not known.
    fn role(&self, label: &str) -> Role {
        self.header(label).role
    }
}

/// A version that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// What it states.
    pub inventory: Inventory,
    /// The headers or keys that hold the names of its entries.
    pub names: Vec<Text>,
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
    reader::read_alone(path, bytes, options)
}

/// Reads one version of an inventory that is a folder of one-entry files, given by their paths in it.
/// `moved` gives the earlier paths of files that were renamed: their entries stay who they are.
///
/// # Errors
/// [`ReadError`] with file and place, when one of the files is not a readable entry.
pub fn read_folder(
    files: &[(String, Arc<[u8]>)],
    moved: &BTreeMap<String, String>,
    options: &Options,
) -> Result<Reading, ReadError> {
    Reader::default().read_folder(files, moved, options)
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

/// The name of the format in which a file is read, by its extension or as the options say.
///
/// # Errors
/// [`Problem::UnknownFormat`].
pub fn format_name(path: &str, options: &Options) -> Result<&'static str, ReadError> {
    Ok(format_of(path, options)?.name)
}

/// The names of the formats, in the order of their table.
pub fn format_names() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name)
}

/// The names of the formats in a sentence.
pub fn formats_read() -> String {
    format_names().collect::<Vec<_>>().join(", ")
}
