//! The stages of reading in order, with a memory for what versions of a list have in common.

use std::{collections::BTreeMap, sync::Arc};

use changecast_core::lint::Passage;

use crate::read::{
    Reading,
    build::{
        assemble::Assembler,
        intern::{Labels, RowInterner},
        raw_list::RawList,
    },
    choose::{
        code, csv,
        embedded::{self, Place},
        folder,
        memo::Memos,
        native, page, records,
        shapes::find_records,
    },
    config::ReadingConfig,
    error::ReadError,
    format::{Format, Syntax},
    page_text,
    syntax::{bytes::text_of, incremental::ItemCache, tree::Node},
    texts::{texts, texts_of_tree},
};

/// The name that replaces the format of a folder.
const FOLDER: &str = "folder";

/// Reads the versions of a list one after the other.
///
/// The results equal those of [`super::read`]. Entries that did not change are the same `Arc` in all
/// versions. A change of format or configuration makes it forget everything.
#[derive(Debug, Default)]
pub struct Reader {
    config: ReadingConfig,
    format: &'static str,
    items: ItemCache,
    memory: Memory,
}

/// What a reader remembers after parsing.
#[derive(Debug, Default)]
struct Memory {
    memos: Memos,
    labels: Labels,
    rows: RowInterner,
    assembler: Assembler,
}

impl Reader {
    /// Reads the next version.
    ///
    /// # Errors
    /// Those of [`super::read`].
    pub fn read(&mut self, path: &str, bytes: &[u8], config: &ReadingConfig) -> Result<Reading, ReadError> {
        let text = &*text_of(bytes)?;
        let format = Format::of_content(path, text, config)?;
        self.forget_unless(format.name, config);
        match self.read_incremental(format.syntax, path, text, config) {
            Some((_, reading)) => Ok(reading),
            None => self.memory.read_whole(format.syntax, path, text, config),
        }
    }

    /// Reads the next version, and the texts of its file without those of the list.
    ///
    /// # Errors
    /// Those of [`super::read`].
    pub fn read_with_texts(
        &mut self,
        path: &str,
        bytes: &[u8],
        config: &ReadingConfig,
    ) -> Result<(Reading, Vec<Passage>), ReadError> {
        let text = &*text_of(bytes)?;
        let format = Format::of_content(path, text, config)?;
        self.forget_unless(format.name, config);
        if let Some((root, reading)) = self.read_incremental(format.syntax, path, text, config) {
            let texts = texts_of_tree(&root, &reading.positions, config);
            return Ok((reading, texts));
        }
        let reading = self.memory.read_whole(format.syntax, path, text, config)?;
        let texts = texts(path, bytes, &reading.positions, config)?;
        Ok((reading, texts))
    }

    /// Reads the tree of a version that shares items with earlier ones. `None` if it must be read as a whole.
    fn read_incremental(
        &mut self,
        syntax: Syntax,
        path: &str,
        text: &str,
        config: &ReadingConfig,
    ) -> Option<(Node, Reading)> {
        let Syntax::Tree { parse_incremental, .. } = syntax else { return None };
        let root = parse_incremental(&mut self.items, text)?;
        // Positions of errors in shared items are not those of the file: errors come from a whole parse.
        let reading = self.memory.read_tree(&root, path, text, config).ok()?;
        Some((root, reading))
    }

    /// Reads the next version of a folder of one-entry files. Unlike [`super::read_folder`], it reports files that
    /// cannot be read in [`Reading::unreadable`].
    ///
    /// # Errors
    /// Those of [`super::read_folder`] that concern the folder, or all of its files.
    pub fn read_folder(
        &mut self,
        files: &[(String, Arc<[u8]>)],
        moved: &BTreeMap<String, String>,
        config: &ReadingConfig,
    ) -> Result<Reading, ReadError> {
        self.forget_unless(FOLDER, config);
        self.memory.build(config, |list, memos| folder::interpret(files, moved, &memos.key_roles(config), list))
    }

    /// Forgets everything, unless the format and the configuration are still the same.
    fn forget_unless(&mut self, format: &'static str, config: &ReadingConfig) {
        if self.format != format || self.config != *config {
            *self = Reader { config: config.clone(), format, ..Reader::default() };
        }
    }
}

impl Memory {
    /// Reads a version without shared items.
    fn read_whole(
        &mut self,
        syntax: Syntax,
        path: &str,
        text: &str,
        config: &ReadingConfig,
    ) -> Result<Reading, ReadError> {
        match syntax {
            Syntax::Tree { parse, .. } => {
                let mut warnings = Vec::new();
                let root = parse(text, &mut warnings)?;
                let mut reading = self.read_tree(&root, path, text, config)?;
                reading.warnings.splice(0..0, warnings);
                Ok(reading)
            }
            Syntax::Page(parse) => {
                let mut page = parse(text, &config.vocabulary)?;
                find_records(&config.vocabulary, &mut page);
                self.build(config, |list, _| {
                    page::interpret(&page, path, config, list)?;
                    page_text::interpret(&page, &format!("{path} {}", page.metadata), config, list);
                    Ok(())
                })
            }
            Syntax::Code(parse) => {
                let mut code = parse(path, text, &config.vocabulary)?;
                self.build(config, |list, memos| {
                    code::interpret(&mut code, path, config, memos, list)?;
                    page_text::interpret(&code.page, &format!("{path} {}", code.page.metadata), config, list);
                    Ok(())
                })
            }
            Syntax::Records(parse) => {
                let records = parse(path, text, config)?;
                self.build(config, |list, _| csv::interpret(&records, config, list))
            }
        }
    }

    fn read_tree(&mut self, root: &Node, path: &str, text: &str, config: &ReadingConfig) -> Result<Reading, ReadError> {
        self.memos.purge();
        if native::is_native(root) {
            return self.build(config, |list, memos| native::interpret(root, memos, list));
        }
        let page = if embedded::may_have_page(text) { embedded::page_in(root, &config.vocabulary) } else { None };
        self.build(config, |list, memos| match page {
            None => records::interpret(root, config, memos, list),
            Some(page) => {
                let place = embedded::interpret(root, &page, path, config, memos, list)?;
                if place == Place::Page {
                    page_text::interpret(&page, path, config, list);
                }
                Ok(())
            }
        })
    }

    /// Builds the inventory from the list that `interpret` finds.
    fn build(
        &mut self,
        config: &ReadingConfig,
        interpret: impl FnOnce(&mut RawList<'_>, &mut Memos) -> Result<(), ReadError>,
    ) -> Result<Reading, ReadError> {
        let mut list = RawList::new(&config.vocabulary, &mut self.labels, &mut self.rows);
        interpret(&mut list, &mut self.memos)?;
        self.assembler.assemble(list, config)
    }
}

/// Reads one version without a memory of earlier ones.
pub(crate) fn read_alone(path: &str, bytes: &[u8], config: &ReadingConfig) -> Result<Reading, ReadError> {
    let text = &*text_of(bytes)?;
    let format = Format::of_content(path, text, config)?;
    Memory::default().read_whole(format.syntax, path, text, config)
}
