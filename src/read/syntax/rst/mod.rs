//! reStructuredText to blocks: definition lists, bullets, list tables, grid and simple tables. No kept
//! library reads it; of the language only what lists of vendors are written in is read.

mod inline;

use crate::read::{
    error::ReadError,
    position::{LineIndex, Position},
    source_text::SourceText,
    syntax::block::{Block, Cell, Item, Page, Table},
};

/// Parses a page in reStructuredText.
pub(crate) fn parse(text: &str) -> Result<Page, ReadError> {
    let lines = Lines::of(text);
    let mut reader =
        Reader { lines: &lines.0, at: 0, adornments: Vec::new(), targets: targets(&lines.0), blocks: Vec::new() };
    reader.run();
    Ok(Page { blocks: reader.blocks, ..Page::default() })
}

/// A line with its place, its indentation, and its text.
#[derive(Clone, Debug)]
struct Line {
    at: Position,
    indent: usize,
    text: String,
}

struct Lines(Vec<Line>);

impl Lines {
    fn of(text: &str) -> Self {
        let places = LineIndex::new(text);
        let mut offset = 0;
        let lines = text.split('\n').map(|raw| {
            let line = raw.replace('\t', "        ");
            let trimmed = line.trim_start();
            let indent = line.len() - trimmed.len();
            let at = places.at(offset + (raw.len() - raw.trim_start().len()));
            offset += raw.len() + 1;
            Line { at, indent, text: trimmed.trim_end().to_owned() }
        });
        Lines(lines.collect())
    }
}

/// The link targets of a page: `.. _name: https://…`.
fn targets(lines: &[Line]) -> Vec<(String, String)> {
    lines.iter().filter_map(target).collect()
}

fn target(line: &Line) -> Option<(String, String)> {
    let (name, address) = line.text.strip_prefix(".. _")?.split_once(": ")?;
    Some((name.trim_matches('`').to_lowercase(), address.trim().to_owned()))
}

struct Reader<'a> {
    lines: &'a [Line],
    at: usize,
    /// Underlines in the order in which they were met: their order is their level.
    adornments: Vec<char>,
    targets: Vec<(String, String)>,
    blocks: Vec<Block>,
}

impl Reader<'_> {
    fn line(&self, ahead: usize) -> Option<&Line> {
        self.lines.get(self.at + ahead)
    }

    fn run(&mut self) {
        while let Some(Line { indent, text, .. }) = self.line(0).cloned() {
            if text.is_empty() {
                self.at += 1;
            } else if let Some(level) = self.overlined() {
                let title = self.line(1).map(|line| self.inline(&line.text).text).unwrap_or_default();
                self.blocks.push(Block::Heading { level, text: title });
                self.at += 3;
            } else if let Some(level) = self.underlined() {
                let title = self.inline(&text).text;
                self.blocks.push(Block::Heading { level, text: title });
                self.at += 2;
            } else if text.starts_with(".. list-table::") {
                self.list_table();
            } else if text.starts_with("..") {
                self.skip_body();
            } else if text.starts_with("+-") || text.starts_with("+=") {
                self.grid_table();
            } else if is_simple_border(&text) {
                self.simple_table();
            } else if bullet(&text).is_some() {
                self.bullets();
            } else if field_of(&text).is_some() {
                self.field_list();
            } else if self.line(1).is_some_and(|next| next.indent > indent && !next.text.is_empty()) {
                self.definitions();
            } else {
                self.paragraph();
            }
        }
    }

    fn level(&mut self, adornment: char) -> usize {
        match self.adornments.iter().position(|known| *known == adornment) {
            Some(at) => at + 1,
            None => {
                self.adornments.push(adornment);
                self.adornments.len()
            }
        }
    }

    fn underlined(&mut self) -> Option<usize> {
        let (title, under) = (self.line(0)?, self.line(1)?);
        let c = adornment(&under.text)?;
        (title.indent == 0 && under.text.chars().count() >= title.text.chars().count().min(4)).then(|| self.level(c))
    }

    fn overlined(&mut self) -> Option<usize> {
        let (over, under) = (adornment(&self.line(0)?.text)?, adornment(&self.line(2)?.text)?);
        let is_title = !self.line(1)?.text.is_empty() && adornment(&self.line(1)?.text).is_none();
        (over == under && is_title && !self.line(1)?.text.contains("  ")).then(|| self.level(over))
    }

    fn paragraph(&mut self) {
        let at = self.line(0).map_or(Position::START, |line| line.at);
        let mut text = String::new();
        while let Some(line) = self.line(0).filter(|line| !line.text.is_empty()) {
            text.push_str(&line.text);
            text.push(' ');
            self.at += 1;
        }
        let Cell { text, strong, .. } = self.inline(text.trim());
        self.blocks.push(Block::Paragraph { at, text, strong, lead: None });
    }

    /// Skips a directive or comment and its indented body.
    fn skip_body(&mut self) {
        let indent = self.line(0).map_or(0, |line| line.indent);
        self.at += 1;
        while self.line(0).is_some_and(|line| line.text.is_empty() || line.indent > indent) {
            self.at += 1;
        }
    }

    /// A term, and its definition indented below it.
    fn definitions(&mut self) {
        let mut items = Vec::new();
        let indent = self.line(0).map_or(0, |line| line.indent);
        loop {
            while self.line(0).is_some_and(|line| line.text.is_empty()) {
                self.at += 1;
            }
            let (Some(term), Some(next)) = (self.line(0).cloned(), self.line(1)) else { break };
            if term.indent != indent || next.indent <= indent || next.text.is_empty() || bullet(&term.text).is_some() {
                break;
            }
            self.at += 1;
            let mut item = Item { lead: Some(self.inline(&term.text).text), ..Item::new(term.at) };
            let mut paragraphs: Vec<String> = vec![String::new()];
            while let Some(line) = self.line(0).filter(|line| line.text.is_empty() || line.indent > indent) {
                let starts_item = bullet(&line.text).is_some() || field(&line.text).is_some();
                if line.text.is_empty() || starts_item {
                    paragraphs.push(String::new());
                }
                if let Some(last) = paragraphs.last_mut() {
                    let text = bullet(&line.text).or_else(|| field(&line.text)).unwrap_or(&line.text);
                    if !last.is_empty() {
                        last.push(' ');
                    }
                    last.push_str(text);
                }
                self.at += 1;
            }
            paragraphs.retain(|text| !text.trim().is_empty());
            for text in paragraphs {
                let text = self.inline(text.trim()).text;
                let labelled = text.split_once(':').is_some_and(|(label, _)| label.split_whitespace().count() <= 4);
                if item.rest.is_empty() && !labelled { item.rest = text } else { item.children.push(text) }
            }
            items.push(item);
        }
        if items.is_empty() { self.paragraph() } else { self.blocks.push(Block::List(items)) }
    }

    fn bullets(&mut self) {
        let mut items = Vec::new();
        let indent = self.line(0).map_or(0, |line| line.indent);
        while let Some(line) = self.line(0).cloned() {
            if line.text.is_empty() {
                self.at += 1;
                continue;
            }
            let Some(text) = bullet(&line.text).filter(|_| line.indent == indent) else { break };
            let mut own = text.to_owned();
            let mut children: Vec<String> = Vec::new();
            self.at += 1;
            while let Some(line) = self.line(0).filter(|line| line.text.is_empty() || line.indent > indent) {
                match (bullet(&line.text), children.last_mut()) {
                    (Some(child), _) => children.push(child.to_owned()),
                    (None, Some(child)) if !line.text.is_empty() => *child = format!("{child} {}", line.text),
                    (None, None) if !line.text.is_empty() => own = format!("{own} {}", line.text),
                    _ => {}
                }
                self.at += 1;
            }
            let (lead, rest) = self.lead(&own);
            let children = children.iter().map(|child| self.inline(child).text).collect();
            items.push(Item { lead, rest, children, ..Item::new(line.at) });
        }
        self.blocks.push(Block::List(items));
    }

    /// A field list: `:Purpose: hosting`.
    fn field_list(&mut self) {
        let mut items: Vec<Item> = Vec::new();
        while let Some(line) = self.line(0).cloned() {
            match (field_of(&line.text), items.last_mut()) {
                (Some((label, value)), _) => {
                    let rest = self.inline(value).text;
                    items.push(Item { lead: Some(label.into()), rest, ..Item::new(line.at) });
                }
                (None, Some(item)) if line.indent > 0 && !line.text.is_empty() => {
                    item.rest = SourceText::join([&item.rest, &self.inline(&line.text).text], " ").trimmed();
                }
                _ => break,
            }
            self.at += 1;
        }
        self.blocks.push(Block::List(items));
    }

    /// Strong text or a link at the beginning, and the rest.
    fn lead(&self, text: &str) -> (Option<SourceText>, SourceText) {
        let cut = if let Some(tail) = text.strip_prefix("**") {
            tail.find("**").map(|at| at + 4)
        } else if let Some(tail) = text.strip_prefix('`') {
            tail.find("`_").map(|at| at + 3 + usize::from(tail[at + 2..].starts_with('_')))
        } else {
            None
        };
        match cut.filter(|cut| text.is_char_boundary(*cut)) {
            Some(cut) => (Some(self.inline(&text[..cut]).text), self.inline(text[cut..].trim()).text),
            None => (None, self.inline(text).text),
        }
    }

    /// `.. list-table::` with rows `* - cell` and further cells `- cell`.
    fn list_table(&mut self) {
        let indent = self.line(0).map_or(0, |line| line.indent);
        self.at += 1;
        let mut headers = 0;
        let mut rows: Vec<(Position, Vec<String>)> = Vec::new();
        while let Some(line) = self.line(0).filter(|line| line.text.is_empty() || line.indent > indent) {
            let text = line.text.clone();
            if let Some(value) = text.strip_prefix(":header-rows:") {
                headers = value.trim().parse().unwrap_or(0);
            } else if let Some(cell) = text.strip_prefix("* -") {
                rows.push((line.at, vec![cell.trim().to_owned()]));
            } else if let Some(cell) = text.strip_prefix('-').filter(|cell| cell.is_empty() || cell.starts_with(' ')) {
                if let Some((_, cells)) = rows.last_mut() {
                    cells.push(cell.trim().to_owned());
                }
            } else if !text.is_empty()
                && !text.starts_with(':')
                && let Some(cell) = rows.last_mut().and_then(|(_, cells)| cells.last_mut())
            {
                *cell = format!("{cell} {text}").trim().to_owned();
            }
            self.at += 1;
        }
        let mut rows: Vec<(Position, Vec<Cell>)> =
            rows.into_iter().map(|(at, cells)| (at, cells.iter().map(|cell| self.inline(cell)).collect())).collect();
        let header = if headers > 0 && !rows.is_empty() { rows.remove(0).1 } else { Vec::new() };
        self.blocks.push(Block::Table(Table { caption: None, header, rows }));
    }

    /// A table drawn with `+---+` and `|`.
    fn grid_table(&mut self) {
        let border = self.line(0).map(|line| line.text.clone()).unwrap_or_default();
        let columns: Vec<usize> = border.chars().enumerate().filter(|(_, c)| *c == '+').map(|(at, _)| at).collect();
        let mut table = Table::default();
        let mut row: Option<(Position, Vec<String>)> = None;
        while let Some(line) = self.line(0).filter(|line| line.text.starts_with(['+', '|'])).cloned() {
            if line.text.starts_with('+') {
                if let Some((at, cells)) = row.take() {
                    let cells = cells.iter().map(|cell| self.inline(cell.trim())).collect();
                    table.rows.push((at, cells));
                }
                if line.text.starts_with("+=") && table.header.is_empty() && !table.rows.is_empty() {
                    table.header = table.rows.remove(0).1;
                }
            } else {
                let (_, cells) =
                    row.get_or_insert_with(|| (line.at, vec![String::new(); columns.len().saturating_sub(1)]));
                for (cell, bounds) in cells.iter_mut().zip(columns.windows(2)) {
                    cell.push(' ');
                    cell.push_str(between(&line.text, bounds[0] + 1, bounds[1]).trim());
                }
            }
            self.at += 1;
        }
        self.blocks.push(Block::Table(table));
    }

    /// A table between lines of `====  ====`.
    fn simple_table(&mut self) {
        let (border, margin) = self.line(0).map(|line| (line.text.clone(), line.indent)).unwrap_or_default();
        let mut starts = Vec::new();
        let mut previous = ' ';
        for (at, c) in border.chars().enumerate() {
            if c == '=' && previous == ' ' {
                starts.push(at);
            }
            previous = c;
        }
        let mut table = Table::default();
        let mut borders = 0;
        while let Some(line) = self.line(0).cloned() {
            self.at += 1;
            if is_simple_border(&line.text) {
                borders += 1;
                if borders == 2 && self.line(0).is_some_and(|next| !next.text.is_empty()) && self.closes_again() {
                    table.header = table.rows.drain(..).next_back().map(|(_, cells)| cells).unwrap_or_default();
                } else if borders > 1 {
                    break;
                }
                continue;
            }
            if line.text.is_empty() {
                if borders > 1 || self.line(0).is_none() {
                    break;
                }
                continue;
            }
            let text = format!("{:1$}{2}", "", line.indent.saturating_sub(margin), line.text);
            let cells: Vec<Cell> = starts
                .iter()
                .enumerate()
                .map(|(n, start)| {
                    let end = starts.get(n + 1).copied().unwrap_or(usize::MAX);
                    self.inline(between(&text, *start, end).trim())
                })
                .collect();
            // A line with an empty first column continues the row above.
            match table.rows.last_mut().filter(|_| cells.first().is_some_and(|first| first.text.is_empty())) {
                Some((_, above)) => continue_row(above, &cells),
                None => table.rows.push((line.at, cells)),
            }
        }
        self.blocks.push(Block::Table(table));
    }

    /// Whether a border follows before the next empty line.
    fn closes_again(&self) -> bool {
        self.lines[self.at..].iter().take_while(|line| !line.text.is_empty()).any(|line| is_simple_border(&line.text))
    }
}

/// Adds the cells of a line to those of the row that it continues.
fn continue_row(row: &mut [Cell], line: &[Cell]) {
    for (cell, more) in row.iter_mut().zip(line).filter(|(_, more)| !more.text.is_empty()) {
        cell.text = SourceText::join([&cell.text, &more.text], " ").trimmed();
    }
}

/// The part of a line between two columns of the screen, on which a letter of Chinese or Japanese
/// takes two.
fn between(line: &str, from: usize, to: usize) -> &str {
    let mut column = 0;
    let mut bounds = line.char_indices().map(|(at, c)| {
        let here = (at, column);
        column += if is_wide(c) { 2 } else { 1 };
        here
    });
    let start = bounds.find(|(_, column)| *column >= from).map_or(line.len(), |(at, _)| at);
    let end = bounds.find(|(_, column)| *column >= to).map_or(line.len(), |(at, _)| at);
    if from >= to { "" } else { &line[start..end] }
}

/// Whether a letter takes two columns (East Asian Width W and F, in blocks).
fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

fn adornment(text: &str) -> Option<char> {
    let first = text.chars().next().filter(|c| c.is_ascii_punctuation())?;
    (text.len() >= 3 && text.chars().all(|c| c == first)).then_some(first)
}

fn is_simple_border(text: &str) -> bool {
    text.contains("= =")
        || text.contains("=  =")
        || (text.contains("==  ") && text.chars().all(|c| c == '=' || c == ' '))
}

fn bullet(text: &str) -> Option<&str> {
    ["* ", "- ", "+ ", "\u{2022} "].iter().find_map(|mark| text.strip_prefix(mark)).map(str::trim)
}

/// The label and the value of a field: `:Purpose: Hosting`.
fn field_of(text: &str) -> Option<(&str, &str)> {
    let (label, value) = text.strip_prefix(':')?.split_once(':')?;
    let is_field = !label.trim().is_empty() && (value.is_empty() || value.starts_with(' '));
    is_field.then(|| (label.trim(), value.trim()))
}

/// `:Purpose: Hosting` is a field like "Purpose: Hosting".
fn field(text: &str) -> Option<&str> {
    text.strip_prefix(':').filter(|rest| rest.contains(": "))
}
