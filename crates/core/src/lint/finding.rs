//! A finding: which rule, where, and what to do.

use std::{fmt, str::FromStr};

use crate::{
    change::EntryRef,
    model::{Entry, EntryId, FieldKey, Inventory},
};

use super::{
    rule::Rule,
    snapshot::{HostUse, Page, Passage, Place},
};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The rule is off.
    Off,
    /// A remark that never changes the exit status.
    Info,
    /// Something to look at before the merge.
    Warning,
    /// Something that must not be merged.
    Error,
}

impl Level {
    const ALL: [Level; 4] = [Level::Off, Level::Info, Level::Warning, Level::Error];

    /// The name of the level: "warning".
    pub fn name(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Info => "info",
            Level::Warning => "warning",
            Level::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that is not the name of a level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown level {0:?}, expected `off`, `info`, `warning` or `error`")]
pub struct UnknownLevel(String);

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(name: &str) -> Result<Self, UnknownLevel> {
        Level::ALL.into_iter().find(|level| level.name() == name).ok_or_else(|| UnknownLevel(name.to_owned()))
    }
}

crate::serde_as_text!(Level);

/// What a finding points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// An entry of the list, or one of its cells, which may be empty.
    Entry {
        /// The id of the entry.
        id: EntryId,
        /// The key of the cell; `None` for the name.
        field: Option<FieldKey>,
        /// The words of the cell that matter; empty for all of them.
        words: String,
    },
    /// The notice terms of the list.
    Terms,
    /// The list as a whole.
    List,
    /// A text of the list's file, or of another page.
    Text {
        /// The path of the other page; `None` for the file of the list.
        page: Option<String>,
        /// Where the text begins.
        place: Place,
        /// The words of the text that matter; empty for all of them.
        words: String,
    },
    /// A commit.
    Commit {
        /// Its id, in hexadecimal.
        id: String,
    },
}

/// A finding before its rule is known.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub anchor: Anchor,
    pub entry: Option<EntryRef>,
    pub message: String,
    pub help: String,
    /// What distinguishes it from other findings of the same rule about the same entry, the same in later versions.
    pub key: String,
}

/// What a rule found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// What it points at.
    pub anchor: Anchor,
    /// The entry that it is about, if it is about one.
    pub entry: Option<EntryRef>,
    /// The problem, as a sentence without a full stop.
    pub message: String,
    /// The next step, as an imperative sentence without a full stop.
    pub help: String,
    key: String,
}

impl Finding {
    pub(super) fn of(rule: &'static Rule, draft: Draft) -> Self {
        let Draft { anchor, entry, message, help, key } = draft;
        Finding { rule, anchor, entry, message, help, key }
    }

    /// Identifies the problem in every version: by rule, entry, and the key that distinguishes findings about one entry.
    pub fn identity(&self) -> (String, String, String) {
        let entry = self.entry.as_ref().map(|entry| entry.id.to_string()).unwrap_or_default();
        (self.rule.id.to_owned(), entry, self.key.clone())
    }
}

impl Draft {
    /// A finding about a cell of an entry, or about its name.
    pub fn entry(list: &Inventory, entry: &Entry, field: Option<&FieldKey>, message: String) -> Self {
        let key = field.map(|field| field.as_str().to_owned()).unwrap_or_default();
        let anchor = Anchor::Entry { id: entry.id.clone(), field: field.cloned(), words: String::new() };
        let entry = Some(EntryRef::of(list, entry));
        Draft { anchor, entry, message, help: String::new(), key }
    }

    /// A finding about the list.
    pub fn at(anchor: Anchor, message: String) -> Self {
        Draft { anchor, entry: None, message, help: String::new(), key: String::new() }
    }

    /// A finding about some words of a text; `page` is `None` for the file of the list.
    pub fn text(page: Option<&Page>, passage: &Passage, words: &str, message: String) -> Self {
        let page = page.map(|page| page.path.clone());
        Draft::at(Anchor::Text { page, place: passage.place, words: words.to_owned() }, message)
    }

    /// A finding about an address in code.
    pub fn host(host: &HostUse, message: String) -> Self {
        let (page, place, words) = (Some(host.path.clone()), host.place, host.host.clone());
        Draft::at(Anchor::Text { page, place, words }, message)
    }

    /// The same finding with the next step.
    pub fn help(self, help: impl Into<String>) -> Self {
        Draft { help: help.into(), ..self }
    }

    /// The same finding with the key that distinguishes it.
    pub fn key(self, key: impl Into<String>) -> Self {
        Draft { key: key.into(), ..self }
    }

    /// The same finding about an entry of the list before, which it names without pointing at it.
    pub fn about(self, entry: EntryRef) -> Self {
        Draft { entry: Some(entry), ..self }
    }

    /// The same finding about some words of the cell.
    pub fn words(mut self, found: &str) -> Self {
        if let Anchor::Entry { words, .. } | Anchor::Text { words, .. } = &mut self.anchor {
            found.clone_into(words);
        }
        self
    }
}
