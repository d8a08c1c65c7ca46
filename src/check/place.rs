//! From what a finding points at to a place in a file.

use changecast_core::lint::Anchor;

use crate::{
    history::Content,
    read::{
        LineIndex,
        locate::{Locator, passage},
    },
    report::Span,
};

use super::{Request, Side};

/// The files that findings point into.
pub(super) struct Places<'a> {
    request: &'a Request<'a>,
    /// The version after, or the one before if the list is withdrawn.
    side: Option<&'a Side>,
    /// The path of the list.
    path: &'a str,
    /// The files of the list.
    files: Vec<ListFile<'a>>,
}

/// A file of a list.
struct ListFile<'a> {
    /// Its path in the repository.
    path: String,
    /// Its name in the folder of the list; `None` if the list is one file.
    name: Option<&'a str>,
    lines: LineIndex<'a>,
}

impl<'a> Places<'a> {
    pub fn of(request: &'a Request<'a>) -> Self {
        let side = request.after.or(request.before.side());
        let configured = request.list.inventory.0.first().map(String::as_str).unwrap_or_default();
        Places {
            request,
            side,
            path: side.map_or(configured, |side| side.path.as_str()),
            files: side.map(files).unwrap_or_default(),
        }
    }

    /// The path of the file and the place in it.
    pub fn of_anchor(&self, anchor: &Anchor) -> (String, Span) {
        let found = match anchor {
            Anchor::Entry { id, field, words } => self.side.and_then(|side| {
                self.files.iter().find_map(|file| {
                    let ListFile { path, name, lines } = file;
                    let locator = Locator { lines, reading: &side.reading, config: &side.options, file: *name };
                    Some((path.clone(), Span::of(lines, locator.cell(id, field.as_ref(), words)?)))
                })
            }),
            Anchor::Text { page: None, place, words } => self
                .files
                .first()
                .map(|file| (file.path.clone(), Span::of(&file.lines, passage(&file.lines, *place, words)))),
            Anchor::Text { page: Some(page), place, words } => self.side.and_then(|side| {
                let lines = LineIndex::new(side.sources.get(page)?);
                Some((page.clone(), Span::of(&lines, passage(&lines, *place, words))))
            }),
            Anchor::Terms => self.terms(),
            Anchor::List | Anchor::Commit { .. } => self.list(),
        };
        found.or_else(|| self.list()).unwrap_or_else(|| (self.path.to_owned(), Span::unknown()))
    }

    /// The first line of the list.
    fn list(&self) -> Option<(String, Span)> {
        let ListFile { path, lines, .. } = self.files.first()?;
        let first = lines.text().lines().next().unwrap_or_default().trim_end().len();
        Some((path.clone(), Span::of(lines, 0..first)))
    }

    /// The notice terms: in the list, in the configuration, or in a sentence of the page.
    fn terms(&self) -> Option<(String, Span)> {
        let list = self.files.iter().map(|file| (file.path.as_str(), file.lines.text()));
        let mut files = list.chain(self.request.config_file);
        files.find_map(|(path, text)| {
            let key = text.lines().scan(0, |at, line| {
                let start = *at;
                *at += line.len() + 1;
                Some((start, line))
            });
            let (start, line) =
                key.into_iter().find(|(_, line)| line.trim_start().trim_start_matches("- ").starts_with("notice:"))?;
            let indent = line.len() - line.trim_start().len();
            let term = start + indent..start + line.trim_end().len();
            Some((path.to_owned(), Span::of(&LineIndex::new(text), term)))
        })
    }
}

/// The files of a list that are UTF-8.
fn files(side: &Side) -> Vec<ListFile<'_>> {
    match &side.content {
        Content::File(bytes) => {
            let text = std::str::from_utf8(bytes).ok();
            text.map(|text| ListFile { path: side.path.clone(), name: None, lines: LineIndex::new(text) })
                .into_iter()
                .collect()
        }
        Content::Folder(files) => {
            let texts = files.iter().filter_map(|(name, bytes)| Some((name, std::str::from_utf8(bytes).ok()?)));
            let folder = side.path.trim_end_matches('/');
            texts
                .map(|(name, text)| ListFile {
                    path: format!("{folder}/{name}"),
                    name: Some(name),
                    lines: LineIndex::new(text),
                })
                .collect()
        }
        Content::NotUtf8 { .. } | Content::NotAFile(_) => Vec::new(),
    }
}
