//! Inline text of Markdown that is put together from its parts.

use std::ops::Range;

use changecast_core::vocabulary::Vocabulary;

use crate::read::{
    source_text::SourceText,
    syntax::block::{Cell, MAX_LABEL_WORDS},
};

/// `<br>` in all its spellings, and the ends of blocks inside a cell.
pub(super) fn is_break(tag: &str) -> bool {
    let name: String = tag.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    matches!(name.as_str(), "<br>" | "<br/>" | "</br>" | "</p>" | "</li>" | "</div>")
}

/// `<s>`, `<del>` and `<strike>`, or their ends.
pub(super) fn is_strike(tag: &str, opens: &str) -> bool {
    let name = tag.strip_prefix(opens).unwrap_or_default();
    ["s", "del", "strike"].into_iter().any(|known| {
        let rest =
            name.get(..known.len()).filter(|name| name.eq_ignore_ascii_case(known)).map(|_| &name[known.len()..]);
        rest.is_some_and(|rest| rest.starts_with(['>', ' ']))
    })
}

/// A text that is being put together.
pub(super) struct Run<'v> {
    words: &'v Vocabulary,
    pub text: SourceText,
    /// Where raised text begins.
    pub raised: Option<usize>,
    strong: usize,
    /// The struck-out ranges, and the start of one that HTML opened.
    struck: Vec<Range<usize>>,
    pub strikes: Option<usize>,
}

impl<'v> Run<'v> {
    pub fn new(words: &'v Vocabulary) -> Self {
        Run { words, text: SourceText::default(), raised: None, strong: 0, struck: Vec::new(), strikes: None }
    }

    pub fn push(&mut self, text: &str) {
        self.text.push(text);
    }

    pub fn push_cell(&mut self, cell: &Cell) {
        let from = self.text.len();
        self.text.append(&cell.text);
        self.strong += if cell.strong { cell.text.trim().len() } else { 0 };
        if cell.struck && self.strikes.is_none() {
            self.struck.push(from..self.text.len());
        }
    }

    pub fn end_strike(&mut self) {
        self.struck.extend(self.strikes.take().map(|from| from..self.text.len()));
    }

    pub fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    pub fn is_strong(&self) -> bool {
        self.strong > 0 && self.strong >= self.text.without_outer_breaks().len()
    }

    pub fn done(mut self) -> Cell {
        self.end_strike();
        let strong = self.is_strong();
        let cell = Cell::new(self.words, self.text, strong, &self.struck);
        Cell { text: cell.text.without_outer_breaks().with_neat_breaks(), ..cell }
    }
}

/// Whether every line below the first begins with a label: "Purpose: hosting". Their author means lines, although
/// Markdown joins them.
pub(super) fn has_labelled_lines(source: &str) -> bool {
    let mut below = source.lines().skip(1).peekable();
    below.peek().is_some() && below.all(begins_with_label)
}

fn begins_with_label(line: &str) -> bool {
    let label = line.split_once(": ").or_else(|| line.split_once(":**")).or_else(|| line.split_once('\u{ff1a}'));
    label.is_some_and(|(label, _)| label.split_whitespace().count() <= MAX_LABEL_WORDS && !label.contains(". "))
}
