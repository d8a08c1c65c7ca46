//! From what a finding points at to a place in a file.

use changecast_core::lint::Anchor;

use crate::{
    history::Content,
    read::locate::{self, Locator},
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
}

impl<'a> Places<'a> {
    pub fn of(request: &'a Request<'a>) -> Self {
        let side = request.after.or(request.before.side());
        let configured = request.list.inventory.0.first().map(String::as_str).unwrap_or_default();
        Places { request, side, path: side.map_or(configured, |side| side.path.as_str()) }
    }

    /// The path of the file and the place in it.
    pub fn of_anchor(&self, anchor: &Anchor) -> (String, Span) {
        let found = match anchor {
            Anchor::Entry { id, field, words } => self.files().into_iter().find_map(|(path, file, text)| {
                let side = self.side?;
                let locator = Locator::new(text, &side.reading, &side.options, file.as_deref());
                Some((path, Span::of(text, locator.cell(id, field.as_ref(), words)?)))
            }),
            Anchor::Text { page: None, place, words } => self
                .files()
                .into_iter()
                .next()
                .map(|(path, _, text)| (path, Span::of(text, locate::passage(text, *place, words)))),
            Anchor::Text { page: Some(page), place, words } => self.side.and_then(|side| {
                let text = side.sources.get(page)?;
                Some((page.clone(), Span::of(text, locate::passage(text, *place, words))))
            }),
            Anchor::Terms => self.terms(),
            Anchor::List | Anchor::Commit { .. } => self.list(),
        };
        found.or_else(|| self.list()).unwrap_or_else(|| (self.path.to_owned(), Span::unknown()))
    }

    /// The files of the list: path in the repository, name in the folder, text.
    fn files(&self) -> Vec<(String, Option<String>, &'a str)> {
        match self.side.map(|side| &side.content) {
            Some(Content::File(bytes)) => {
                std::str::from_utf8(bytes).map(|text| (self.path.to_owned(), None, text)).into_iter().collect()
            }
            Some(Content::Folder(files)) => {
                let texts = files.iter().filter_map(|(name, bytes)| Some((name, std::str::from_utf8(bytes).ok()?)));
                let folder = self.path.trim_end_matches('/');
                texts.map(|(name, text)| (format!("{folder}/{name}"), Some(name.clone()), text)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The first line of the list.
    fn list(&self) -> Option<(String, Span)> {
        let (path, _, text) = self.files().into_iter().next()?;
        let first = text.lines().next().unwrap_or_default().trim_end().len();
        Some((path, Span::of(text, 0..first)))
    }

    /// The notice terms: in the list, in the configuration, or in a sentence of the page.
    fn terms(&self) -> Option<(String, Span)> {
        let list = self.files().into_iter().map(|(path, _, text)| (path, text));
        let config = self.request.config_file.map(|(path, text)| (path.to_owned(), text));
        let mut files = list.chain(config);
        files.find_map(|(path, text)| {
            let key = text.lines().scan(0, |at, line| {
                let start = *at;
                *at += line.len() + 1;
                Some((start, line))
            });
            let (start, line) =
                key.into_iter().find(|(_, line)| line.trim_start().trim_start_matches("- ").starts_with("notice:"))?;
            let indent = line.len() - line.trim_start().len();
            Some((path, Span::of(text, start + indent..start + line.trim_end().len())))
        })
    }
}
