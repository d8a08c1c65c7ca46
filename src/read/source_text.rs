//! Text as a file has it, before it is normalised: with its links and line breaks.

use std::{
    borrow::Cow,
    ops::{Deref, Range},
};

use changecast_core::model::{RichText, RichTextBuilder, Text, link_address};

/// A text of a page. It dereferences to its plain text, in which links are their labels, and line breaks are what
/// readers of the list see: a semicolon or a space.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct SourceText {
    text: String,
    /// In the order of the text, without overlap, and not empty.
    marks: Vec<Mark>,
}

/// The meaning of a part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Mark {
    /// A byte range of the text.
    range: Range<usize>,
    kind: MarkKind,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum MarkKind {
    /// A link to an address.
    Link(Box<str>),
    LineBreak,
}

/// Characters that separate parts of a text, so that a line break behind them needs no semicolon.
const SEPARATORS: [char; 6] = [',', ';', ':', '/', '+', '&'];

/// Whether a character belongs to a line break or to the white space around it.
pub(crate) fn is_break_char(c: char) -> bool {
    c.is_whitespace() || c == ';'
}

/// A plain text in normal form: without control characters, and with single spaces.
pub(crate) fn cleaned(text: &str) -> String {
    Text::new(text).to_string()
}

impl SourceText {
    /// Reads a text in which `[label](address)` is a link.
    pub fn from_markdown(raw: &str) -> Self {
        if !raw.contains('[') {
            return raw.into();
        }
        let mut out = SourceText::default();
        for span in RichText::from_inline_markdown(raw).spans() {
            match span.href {
                Some(address) => out.push_marked(span.text, MarkKind::Link(address.into())),
                None => out.push(span.text),
            }
        }
        out
    }

    /// The plain text, as a string.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Adds plain text at the end.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a text with its links and line breaks.
    pub fn append(&mut self, other: &SourceText) {
        let from = self.text.len();
        self.text.push_str(&other.text);
        self.marks.extend(
            other
                .marks
                .iter()
                .map(|mark| Mark { range: mark.range.start + from..mark.range.end + from, kind: mark.kind.clone() }),
        );
    }

    /// Adds a line break at the end.
    pub fn push_line_break(&mut self) {
        let shown = if self.text.ends_with(SEPARATORS) { " " } else { "; " };
        self.push_marked(shown, MarkKind::LineBreak);
    }

    /// Adds a link, or several if the label has several lines. Without a label, the address is added as text. An
    /// address that could run code is left out.
    pub fn push_link(&mut self, label: &SourceText, address: &str) {
        let label = label.without_outer_breaks();
        if label.is_empty() || label.as_str() == address {
            return self.push(address);
        }
        let Some(address) = link_address(address) else { return self.append(&label) };
        for (place, line) in label.split_lines().map(|line| line.trimmed()).filter(|line| !line.is_empty()).enumerate()
        {
            if place > 0 {
                self.push_line_break();
            }
            self.push_marked(&line, MarkKind::Link(address.clone()));
        }
    }

    fn push_marked(&mut self, text: &str, kind: MarkKind) {
        let from = self.text.len();
        self.text.push_str(text);
        self.marks.push(Mark { range: from..self.text.len(), kind });
    }

    /// Shortens the text to a length in bytes, in time in proportion to what goes.
    pub fn truncate(&mut self, length: usize) {
        if length < self.text.len() && self.text.is_char_boundary(length) {
            self.text.truncate(length);
            while let Some(mark) = self.marks.pop_if(|mark| mark.range.end > length) {
                if mark.range.start < length {
                    self.marks.push(Mark { range: mark.range.start..length, ..mark });
                }
            }
        }
    }

    /// Removes the text from an offset on, and returns it.
    pub fn split_off(&mut self, at: usize) -> SourceText {
        let tail = self.slice(at..self.text.len());
        self.truncate(at);
        tail
    }

    /// The text in a byte range, with its links and line breaks.
    pub fn slice(&self, range: Range<usize>) -> SourceText {
        let Some(text) = self.text.get(range.clone()) else { return SourceText::default() };
        let behind = &self.marks[self.marks.partition_point(|mark| mark.range.end <= range.start)..];
        let marks = behind.iter().take_while(|mark| mark.range.start < range.end).map(|mark| {
            let start = mark.range.start.max(range.start);
            let end = mark.range.end.min(range.end);
            Mark { range: start - range.start..end - range.start, kind: mark.kind.clone() }
        });
        SourceText { text: text.to_owned(), marks: marks.collect() }
    }

    /// A slice of this text, with its links and line breaks.
    pub fn part(&self, slice: &str) -> SourceText {
        let start = slice.as_ptr().addr().wrapping_sub(self.text.as_ptr().addr());
        match start.checked_add(slice.len()) {
            Some(end) if end <= self.text.len() => self.slice(start..end),
            _ => slice.into(),
        }
    }

    /// The text without white space on both sides.
    pub fn trimmed(&self) -> SourceText {
        self.part(self.text.trim())
    }

    /// The texts one after the other, with a separator between them.
    pub fn join<'t>(parts: impl IntoIterator<Item = &'t SourceText>, separator: &str) -> SourceText {
        let mut joined = SourceText::default();
        for (place, part) in parts.into_iter().enumerate() {
            if place > 0 {
                joined.push(separator);
            }
            joined.append(part);
        }
        joined
    }

    /// A label and a value, as one text.
    pub fn labelled(label: &str, value: &SourceText) -> SourceText {
        SourceText::join([&format!("{label}:").into(), value], " ")
    }

    fn line_breaks(&self) -> impl Iterator<Item = &Range<usize>> {
        self.marks.iter().filter(|mark| mark.kind == MarkKind::LineBreak).map(|mark| &mark.range)
    }

    /// The lines of the text.
    pub fn split_lines(&self) -> impl Iterator<Item = SourceText> {
        let starts = [0].into_iter().chain(self.line_breaks().map(|range| range.end));
        let ends = self.line_breaks().map(|range| range.start).chain([self.text.len()]);
        starts.zip(ends).map(|(start, end)| self.slice(start..end))
    }

    /// The text on one line, with spaces for line breaks, as headings and headers are read.
    pub fn on_one_line(&self) -> SourceText {
        if self.line_breaks().next().is_none() {
            return self.clone();
        }
        let lines: Vec<SourceText> = self.split_lines().map(|line| line.trimmed()).collect();
        SourceText::join(lines.iter().filter(|line| !line.is_empty()), " ")
    }

    /// The text without empty lines, and without white space around line breaks.
    pub fn with_neat_breaks(self) -> SourceText {
        if self.line_breaks().next().is_none() {
            return self;
        }
        let mut neat = SourceText::default();
        for line in self.split_lines().map(|line| line.trimmed()).filter(|line| !line.is_empty()) {
            if !neat.is_empty() {
                neat.push_line_break();
            }
            neat.append(&line);
        }
        neat
    }

    /// The text without white space and line breaks on both sides, and without semicolons at its end.
    pub fn without_outer_breaks(&self) -> SourceText {
        let end = self.text.trim_end_matches(is_break_char).len();
        let mut start = self.text.len() - self.text.trim_start().len();
        while let Some(range) = self.line_breaks().find(|range| range.start == start) {
            start = range.end + self.text[range.end..].len() - self.text[range.end..].trim_start().len();
        }
        self.slice(start.min(end)..end)
    }

    /// Whether the text ends with a line break.
    pub fn ends_with_line_break(&self) -> bool {
        let last = self.marks.iter().rfind(|mark| mark.kind == MarkKind::LineBreak);
        last.is_some_and(|mark| self.text[mark.range.end..].trim_matches(is_break_char).is_empty())
    }

    /// The text with a single space for each run of white space.
    pub fn collapsed(&self) -> SourceText {
        self.rewritten(|_, c, out| {
            if !c.is_whitespace() {
                out.push(c);
            } else if !out.ends_with(' ') {
                out.push(' ');
            }
        })
    }

    /// The text without some byte ranges of it, which are in order.
    pub fn without(&self, removed: &[Range<usize>]) -> SourceText {
        self.rewritten(|at, c, out| {
            let next = removed.partition_point(|range| range.end <= at);
            if removed.get(next).is_none_or(|range| at < range.start) {
                out.push(c);
            }
        })
    }

    /// The text that `write` makes of the characters, given the offset of each.
    pub fn rewritten(&self, mut write: impl FnMut(usize, char, &mut String)) -> SourceText {
        let mut out = SourceText { text: String::with_capacity(self.text.len()), marks: Vec::new() };
        let mut from = 0;
        let ends = self.marks.iter().flat_map(|mark| [(mark.range.start, None), (mark.range.end, Some(&mark.kind))]);
        for (end, kind) in ends.chain([(self.text.len(), None)]) {
            let start = out.text.len();
            self.text[from..end].char_indices().for_each(|(at, c)| write(from + at, c, &mut out.text));
            if let Some(kind) = kind.filter(|_| start < out.text.len()) {
                out.marks.push(Mark { range: start..out.text.len(), kind: kind.clone() });
            }
            from = end;
        }
        out
    }

    /// The text with another text in the place of each occurrence of one that has no link in it.
    pub fn replaced(&self, old: &str, new: &str) -> SourceText {
        let mut out = SourceText::default();
        let mut from = 0;
        for (at, _) in self.text.match_indices(old) {
            out.append(&self.slice(from..at));
            out.push(new);
            from = at + old.len();
        }
        out.append(&self.slice(from..self.text.len()));
        out
    }

    /// The labels and addresses of the links.
    pub fn links(&self) -> impl Iterator<Item = (&str, &str)> {
        self.marks.iter().filter_map(|mark| match &mark.kind {
            MarkKind::Link(address) => Some((&self.text[mark.range.clone()], &**address)),
            MarkKind::LineBreak => None,
        })
    }

    /// Whether a part of the text is a link.
    pub fn has_links(&self) -> bool {
        self.links().next().is_some()
    }

    /// Whether the byte at an offset belongs to a link.
    pub fn is_link_at(&self, offset: usize) -> bool {
        let next = self.marks.get(self.marks.partition_point(|mark| mark.range.end <= offset));
        next.is_some_and(|mark| mark.range.start <= offset && mark.kind != MarkKind::LineBreak)
    }

    /// The text without its links.
    pub fn without_links(&self) -> SourceText {
        self.rewritten(|at, c, out| {
            if !self.is_link_at(at) {
                out.push(c);
            }
        })
    }

    /// The text as an inventory has it.
    pub fn to_rich_text(&self) -> RichText {
        if !self.has_links() {
            return Text::new(&self.text).into();
        }
        let mut builder = RichTextBuilder::default();
        let mut from = 0;
        for mark in &self.marks {
            if let MarkKind::Link(address) = &mark.kind {
                builder.push(&self.text[from..mark.range.start]);
                builder.push_link(&self.text[mark.range.clone()], address);
                from = mark.range.end;
            }
        }
        builder.push(&self.text[from..]);
        builder.build()
    }
}

impl Deref for SourceText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl From<&str> for SourceText {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for SourceText {
    fn from(text: String) -> Self {
        SourceText { text, marks: Vec::new() }
    }
}

/// The text of a cell. It dereferences to the text as its file has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum CellText {
    /// A text of data, in which `[label](address)` is a link unless it is the name of an entry.
    Markdown(String),
    /// A text of a page.
    Page(SourceText),
}

impl CellText {
    /// The text with its links.
    pub fn to_source(&self) -> Cow<'_, SourceText> {
        match self {
            CellText::Markdown(raw) => Cow::Owned(SourceText::from_markdown(raw)),
            CellText::Page(text) => Cow::Borrowed(text),
        }
    }

    /// The text as an inventory has it.
    pub fn to_rich_text(&self) -> RichText {
        match self {
            CellText::Markdown(raw) => RichText::from_inline_markdown(raw),
            CellText::Page(text) => text.to_rich_text(),
        }
    }
}

impl Deref for CellText {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            CellText::Markdown(raw) => raw,
            CellText::Page(text) => text,
        }
    }
}

impl From<SourceText> for CellText {
    fn from(text: SourceText) -> Self {
        CellText::Page(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(lines: &[&str]) -> SourceText {
        let mut text = SourceText::default();
        for (place, line) in lines.iter().enumerate() {
            if place > 0 {
                text.push_line_break();
            }
            text.push(line);
        }
        text
    }

    fn plain_lines(text: &SourceText) -> Vec<String> {
        text.split_lines().map(|line| line.as_str().to_owned()).collect()
    }

    #[test]
    fn only_line_breaks_separate_lines() {
        assert_eq!(plain_lines(&lines(&["Lantern; Suite 500", "Berlin"])), ["Lantern; Suite 500", "Berlin"]);
        assert_eq!(lines(&["Lantern", "Berlin"]).as_str(), "Lantern; Berlin");
        assert_eq!(lines(&["Lantern,", "Berlin"]).as_str(), "Lantern, Berlin");
        assert_eq!(lines(&["", " a ", "", "b ", ""]).with_neat_breaks().as_str(), "a; b");
        assert_eq!(lines(&["", " a ", "b", " "]).without_outer_breaks().as_str(), "a ; b");
        assert_eq!(lines(&["a", "b"]).on_one_line().as_str(), "a b");
        assert!(lines(&["a", " "]).ends_with_line_break());
        assert!(!SourceText::from("a; ").ends_with_line_break());
    }

    #[test]
    fn parts_keep_their_links() {
        let text = SourceText::from_markdown("see [Acme [EU]](https://a.example), then");
        assert_eq!(text.links().collect::<Vec<_>>(), [("Acme [EU]", "https://a.example")]);
        let (_, tail) = text.split_once(' ').unwrap();
        assert_eq!(text.part(tail).links().collect::<Vec<_>>(), [("Acme [EU]", "https://a.example")]);
        assert_eq!(text.without_links().as_str(), "see , then");
        assert_eq!(text.part("elsewhere"), "elsewhere".into());
    }

    #[test]
    fn a_label_of_several_lines_is_one_link_per_line() {
        let mut text = SourceText::default();
        text.push_link(&lines(&["Acme", "", "Berlin"]), "https://a.example/(b)");
        let address = "https://a.example/%28b%29";
        assert_eq!(text.links().collect::<Vec<_>>(), [("Acme", address), ("Berlin", address)]);
        for (label, address, shown) in [("", "/a", "/a"), ("Acme", "", "Acme"), ("Acme", "javascript:a", "Acme")] {
            let mut text = SourceText::default();
            text.push_link(&label.into(), address);
            assert_eq!(text, shown.into(), "{label} {address}");
        }
    }

    proptest! {
        #[test]
        fn markdown_means_the_same_before_and_after_normalisation(raw in "[a \\[\\]()/;^]{0,12}") {
            prop_assert_eq!(SourceText::from_markdown(&raw).to_rich_text(), RichText::from_inline_markdown(&raw));
        }

        #[test]
        fn slices_of_a_text_make_up_the_text(raw in "[ab \\[\\](/)]{0,12}", at in 0usize..12) {
            let text = SourceText::from_markdown(&raw);
            let at = at.min(text.len());
            let whole = SourceText::join([&text.slice(0..at), &text.slice(at..text.len())], "");
            prop_assert_eq!(whole.as_str(), text.as_str());
            prop_assert_eq!(text.rewritten(|_, c, out| out.push(c)), text);
        }
    }
}
