//! The versions of a list: which files they are in, and how those are read.

use std::collections::BTreeMap;

use changecast_core::vocabulary::Vocabulary;

use crate::{
    config::ListConfig,
    history::Content,
    read::{self, Problem, ReadError, Reading, ReadingConfig},
};

/// Which files contain a list, and how they are read.
#[derive(Clone, Debug)]
pub struct ListSource {
    /// Paths of the inventory in the repository, newest first.
    pub paths: Vec<String>,
    /// The configuration of reading.
    pub options: ReadingConfig,
}

impl From<&ListConfig> for ListSource {
    fn from(list: &ListConfig) -> Self {
        ListSource::new(list, &Vocabulary::default())
    }
}

impl ListSource {
    /// The source of a list that is read with this vocabulary.
    pub fn new(list: &ListConfig, vocabulary: &Vocabulary) -> Self {
        ListSource {
            paths: list.inventory.0.clone(),
            options: ReadingConfig {
                format: list.format.clone(),
                tables: list.tables.iter().map(|table| table.heading.clone()).collect(),
                fields: list.fields.iter().map(|(header, role)| (header.clone(), *role)).collect(),
                notice: list.notice.clone(),
                vocabulary: vocabulary.clone(),
            },
        }
    }
}

/// Reads the list in one version of a file or folder. `moved` maps the paths of files in a folder to their earlier
/// paths, which decide the ids of entries.
///
/// # Errors
/// [`ReadError`] if the content cannot be read or contains no list.
pub fn read_list(
    path: &str,
    content: &Content,
    moved: &BTreeMap<String, String>,
    options: &ReadingConfig,
) -> Result<Reading, ReadError> {
    match content {
        Content::File(bytes) => read::read(path, bytes, options),
        Content::Folder(files) => read::read_folder(files, moved, options),
        Content::NotUtf8 { path } => Err(ReadError::name_not_utf8(path)),
        Content::NotAFile(found) => Err(Problem::NotAFile(found).into()),
    }
}

/// Like [`read_list`], but `None` if the content is readable and contains no list.
///
/// # Errors
/// [`ReadError`] if the content cannot be read.
pub fn find_list(
    path: &str,
    content: &Content,
    moved: &BTreeMap<String, String>,
    options: &ReadingConfig,
) -> Result<Option<Reading>, ReadError> {
    match read_list(path, content, moved, options) {
        Ok(reading) => Ok(Some(reading)),
        Err(ReadError { problem: Problem::NoList(_), .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
