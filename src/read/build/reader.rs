//! A reader that goes through the versions of a list and makes anew only what changed.

use std::{collections::BTreeMap, sync::Arc};

use crate::read::{
    How, Options, ReadError, Reading,
    build::{
        assemble::Assembler,
        raw_list::{Draft, Labels, Sayings},
    },
    choose::{folder, native, records},
    format_of,
    syntax::{bytes::text_of, incremental::Parts, tree::Node},
};

/// What stands for the format of a folder.
const FOLDER: &str = "folder";

/// Reads one version after the other. What it gives is what [`super::read`] gives, always; entries
/// that did not change are the same `Arc` in all versions.
#[derive(Debug, Default)]
pub struct Reader {
    options: Options,
    format: &'static str,
    parts: Parts,
    labels: Labels,
    sayings: Sayings,
    assembler: Assembler,
}

impl Reader {
    /// Reads the next version.
    ///
    /// # Errors
    /// Those of [`super::read`].
    pub fn read(&mut self, path: &str, bytes: &[u8], options: &Options) -> Result<Reading, ReadError> {
        let text = &*text_of(bytes)?;
        let format = format_of(path, options)?;
        if self.options != *options || self.format != format.name {
            *self = Reader { options: options.clone(), format: format.name, ..Reader::default() };
        }
        if let How::Tree { by_parts, .. } = format.how
            && let Some(root) = by_parts(&mut self.parts, text)
            // Inside of parts the places of errors are not those of the file.
            && let Ok(reading) = self.of_tree(&root)
        {
            return Ok(reading);
        }
        self.whole(&format.how, path, text)
    }

    /// Reads the next version of a folder of one-entry files. See [`super::read_folder`].
    ///
    /// # Errors
    /// Those of [`super::read_folder`].
    pub fn read_folder(
        &mut self,
        files: &[(String, Arc<[u8]>)],
        moved: &BTreeMap<String, String>,
        options: &Options,
    ) -> Result<Reading, ReadError> {
        if self.options != *options || self.format != FOLDER {
            *self = Reader { options: options.clone(), format: FOLDER, ..Reader::default() };
        }
        let draft = folder::draft(files, moved, &self.options)?;
        let (labels, sayings) = self.begin();
        let mut draft = draft.remembered(labels, sayings);
        records::drop_ambiguous_ids(&mut draft);
        self.finish(draft, Ok(()))
    }

    /// Reads a version without parts of earlier ones.
    fn whole(&mut self, how: &How, path: &str, text: &str) -> Result<Reading, ReadError> {
        match how {
            How::Tree { whole, .. } => self.of_tree(&whole(text)?),
            How::Page(read) => {
                let draft = read(path, text, &self.options)?;
                let (labels, sayings) = self.begin();
                self.finish(draft.remembered(labels, sayings), Ok(()))
            }
        }
    }

    fn of_tree(&mut self, root: &Node) -> Result<Reading, ReadError> {
        let (labels, sayings) = self.begin();
        let mut draft = Draft { labels, sayings, ..Draft::default() };
        let read = if native::is_native(root) {
            native::draft(root, &mut draft)
        } else {
            records::draft(root, &self.options, &mut draft)
        };
        self.finish(draft, read)
    }

    fn begin(&mut self) -> (Labels, Sayings) {
        self.labels.begin();
        self.sayings.begin();
        (std::mem::take(&mut self.labels), std::mem::take(&mut self.sayings))
    }

    /// Makes the inventory, and keeps what the draft borrowed, also after an error.
    fn finish(&mut self, mut draft: Draft, read: Result<(), ReadError>) -> Result<Reading, ReadError> {
        let made = read.and_then(|()| self.assembler.assemble(&mut draft, &self.options));
        (self.labels, self.sayings) = (draft.labels, draft.sayings);
        made
    }
}

/// One version without any before it.
pub(crate) fn read_alone(path: &str, bytes: &[u8], options: &Options) -> Result<Reading, ReadError> {
    let text = &*text_of(bytes)?;
    let format = format_of(path, options)?;
    Reader { options: options.clone(), ..Reader::default() }.whole(&format.how, path, text)
}
