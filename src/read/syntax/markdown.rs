//! Markdown and MDX to blocks: GitHub's tables, bullets, definition lists, front matter, and HTML
//! tables inside. The only user of `pulldown-cmark`.

use std::ops::Range;

use changecast_core::vocabulary::Vocabulary;
use pulldown_cmark::{CodeBlockKind, Event, OffsetIter, Options as Extensions, Parser, Tag, TagEnd};

use crate::read::{
    error::{Problem, ReadError},
    position::{LineIndex, Position},
    source_text::SourceText,
    syntax::{
        block::{self, Block, Cell, Item, Page, Table},
        gfm::{
            cells_of_row, drop_stray_marks, repair_lead, table_in_paragraph, with_plain_delimiter_rows,
            with_repaired_link,
        },
        html,
        inline::{Run, has_labelled_lines, is_break, is_strike},
        replaced::is_html_document,
        template::{self, Template},
        tree::check_depth,
        unclosed::{ends_inside_row, is_within, unclosed},
    },
};

/// The syntax that is read in addition to CommonMark.
const EXTENSIONS: Extensions = Extensions::ENABLE_TABLES
    .union(Extensions::ENABLE_FOOTNOTES)
    .union(Extensions::ENABLE_STRIKETHROUGH)
    .union(Extensions::ENABLE_HEADING_ATTRIBUTES)
    .union(Extensions::ENABLE_DEFINITION_LIST)
    .union(Extensions::ENABLE_YAML_STYLE_METADATA_BLOCKS)
    .union(Extensions::ENABLE_PLUSES_DELIMITED_METADATA_BLOCKS);

/// Parses a page in Markdown or MDX.
///
/// # Errors
/// [`Problem::Incomplete`] if a part that is never closed hides tables or lists, and limits of the nesting.
pub(crate) fn parse(source: &str, words: &Vocabulary) -> Result<Page, ReadError> {
    check_complete(source)?;
    let title = if is_html_document(source) { html::title(source) } else { None };
    let (text, embedded) = prepared(source);
    let mut reader = Reader::new(&text, words);
    let mut blocks = reader.blocks();
    if let Some(error) = reader.too_deep {
        return Err(error);
    }
    for (at, html) in embedded {
        let found = html::blocks(&html, reader.places.at(at), words);
        let behind = blocks.partition_point(|(place, _)| *place < at);
        blocks.splice(behind..behind, found.into_iter().map(|block| (at, block)));
    }
    let damage = reader.broken.map(|at| {
        let message = "a table without the line of dashes below its header".to_owned();
        ReadError::at(at, Problem::Syntax { format: "Markdown", message, source: None })
    });
    let mut blocks = blocks.into_iter().map(|(_, block)| block).collect();
    template::drop_placeholders(&mut blocks);
    let loops = Template::of(source).loops;
    Ok(Page { blocks, title, metadata: reader.metadata, damage, loops, notes: reader.notes, ..Page::default() })
}

/// Checks that the page does not end inside something that hides a list.
fn check_complete(text: &str) -> Result<(), ReadError> {
    let may_hide = ["```", "~~~", "<!--"].iter().any(|mark| text.contains(mark));
    let cut = if ends_inside_row(text) {
        Some((text.trim_end().rfind('\n').map_or(0, |at| at + 1), "the row of a table"))
    } else if !may_hide {
        None
    } else {
        let unclosed = unclosed(text, &code_ranges(text)).filter(|unclosed| contains_list(unclosed.hidden));
        unclosed.map(|unclosed| (unclosed.at, unclosed.what))
    };
    match cut {
        Some((at, what)) => Err(ReadError::at(LineIndex::new(text).at(at), Problem::Incomplete(what))),
        None => Ok(()),
    }
}

/// Whether a text has headings, tables or lists.
fn contains_list(text: &str) -> bool {
    let mut events = Parser::new_ext(text, EXTENSIONS);
    events.any(|event| matches!(event, Event::Start(Tag::Heading { .. } | Tag::Table(_) | Tag::List(_))))
}

/// Whether a row with this number of cells may belong to a table: one may be missing or surplus.
fn fits(cells: usize, columns: usize) -> bool {
    cells.abs_diff(columns) <= 1
}

/// The cells of the source of a row.
fn row_cells(line: &str) -> Vec<Cell> {
    let cells = cells_of_row(line).into_iter();
    cells.map(|text| Cell { text: SourceText::from_markdown(&text), ..Cell::default() }).collect()
}

/// The text with comments and HTML tables blanked out (every other byte keeps its place), and the
/// tables with their offsets.
fn prepared(text: &str) -> (String, Vec<(usize, String)>) {
    let mut out = with_plain_delimiter_rows(text).unwrap_or_else(|| text.to_owned());
    let mut embedded = Vec::new();
    let code = code_ranges(&out);
    for (open, close) in [("<!--", "-->"), ("{/*", "*/}")] {
        blank(&mut out, open, close, &code, |_, _| {});
    }
    let code = code_ranges(&out);
    for (open, close) in [("<table", "</table>"), ("<dl", "</dl>"), ("<TABLE", "</TABLE>")] {
        blank(&mut out, open, close, &code, |at, html| embedded.push((at, html.to_owned())));
    }
    (out, embedded)
}

/// The byte ranges of fenced code and code spans. Indented code is not among them: MDX does not have it, and
/// pages indent their HTML.
fn code_ranges(text: &str) -> Vec<Range<usize>> {
    if !text.contains('`') && !text.contains("~~~") {
        return Vec::new();
    }
    let events = Parser::new_ext(text, EXTENSIONS).into_offset_iter();
    let code = events
        .filter(|(event, _)| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_)))));
    code.map(|(_, range)| range).collect()
}

/// Blanks everything between two marks, unless the first is in code. A line of a table that was only a comment becomes an empty
/// row, since an empty line would end the table.
fn blank(text: &mut String, open: &str, close: &str, code: &[Range<usize>], mut found: impl FnMut(usize, &str)) {
    let mut from = 0;
    while let Some(start) = text[from..].find(open).map(|at| from + at) {
        if is_within(code, start) {
            from = start + open.len();
            continue;
        }
        let Some(end) = text[start..].find(close).map(|at| start + at + close.len()) else { break };
        found(start, &text[start..end]);
        let mut blanks: String = text[start..end]
            .chars()
            .flat_map(|c| if c == '\n' { vec!['\n'] } else { vec![' '; c.len_utf8()] })
            .collect();
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let previous = text[..line_start].trim_end_matches('\n').rsplit('\n').next().unwrap_or_default();
        let alone = text[line_start..start].trim().is_empty()
            && text[end..].lines().next().is_none_or(|rest| rest.trim().is_empty());
        if alone
            && previous.contains('|')
            && !blanks.contains('\n')
            && text[end..].trim_start_matches(' ').starts_with('\n')
        {
            blanks.replace_range(..1, "|");
        }
        text.replace_range(start..end, &blanks);
        from = end;
    }
}

struct Reader<'a> {
    words: &'a Vocabulary,
    text: &'a str,
    places: LineIndex<'a>,
    metadata: String,
    /// The footnotes, by their names.
    notes: Vec<(String, SourceText)>,
    /// The first rows outside a table.
    broken: Option<Position>,
    events: OffsetIter<'a>,
    /// Tables inside the items of the list that is read.
    tables_in_items: Vec<(usize, Block)>,
    /// The offset of the part of the text that the events are of.
    base: usize,
    depth: usize,
    too_deep: Option<ReadError>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, words: &'a Vocabulary) -> Self {
        Reader::of_part(text, 0..text.len(), words)
    }

    fn of_part(text: &'a str, part: Range<usize>, words: &'a Vocabulary) -> Self {
        Reader {
            words,
            text,
            base: part.start,
            tables_in_items: Vec::new(),
            places: LineIndex::new(text),
            metadata: String::new(),
            notes: Vec::new(),
            broken: None,
            events: Parser::new_ext(&text[part], EXTENSIONS).into_offset_iter(),
            depth: 0,
            too_deep: None,
        }
    }

    /// The next event; none any more once the page is nested too deeply.
    fn next(&mut self) -> Option<(Event<'a>, Range<usize>)> {
        if self.too_deep.is_some() {
            return None;
        }
        let (event, range) = self.events.next()?;
        let range = range.start + self.base..range.end + self.base;
        match event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        self.too_deep = check_depth(self.depth, self.places.at(range.start)).err();
        Some((event, range))
    }

    /// All blocks of the page with their offsets; quotes and the like are as good as their content.
    fn blocks(&mut self) -> Vec<(usize, Block)> {
        let mut blocks = Vec::new();
        let mut note = None;
        while let Some((event, range)) = self.next() {
            if event == Event::End(TagEnd::FootnoteDefinition) {
                note = None;
            }
            let Event::Start(tag) = event else { continue };
            match tag {
                Tag::Heading { level, .. } => {
                    let text = self.inline(TagEnd::Heading(level)).text.on_one_line();
                    blocks.push((range.start, Block::Heading { level: level as usize, text }));
                }
                Tag::Paragraph if self.depth == 1 && table_in_paragraph(&self.text[range.clone()]).is_some() => {
                    self.inline(TagEnd::Paragraph);
                    let table_at = table_in_paragraph(&self.text[range.clone()]).unwrap_or_default();
                    for part in [range.start..range.start + table_at, range.start + table_at..range.end] {
                        blocks.extend(self.blocks_in(part));
                    }
                }
                Tag::FootnoteDefinition(name) => note = Some(name.to_string()),
                Tag::Paragraph => {
                    let source = &self.text[range.clone()];
                    let paragraph = self.paragraph(source, range.start);
                    if let Some(name) = &note {
                        paragraph.iter().for_each(|block| self.add_to_note(name, block));
                    }
                    let rows = source.lines().all(|line| line.trim().starts_with('|') && line.matches('|').count() > 1);
                    match blocks.last_mut() {
                        // Rows behind an empty line still belong to the table, for a reader of the source.
                        Some((_, Block::Table(table)))
                            if rows && source.lines().all(|line| fits(row_cells(line).len(), table.header.len())) =>
                        {
                            let at = self.places.at(range.start);
                            let rows_below = source.lines().enumerate().map(|(below, line)| {
                                let position = Position { line: at.line + below, column: 1 };
                                (position, row_cells(line))
                            });
                            table.rows.extend(rows_below);
                        }
                        _ => {
                            if rows && source.lines().count() > 1 {
                                self.broken.get_or_insert(self.places.at(range.start));
                            }
                            blocks.extend(paragraph.into_iter().map(|block| (range.start, block)));
                        }
                    }
                }
                Tag::Table(_) => blocks.push((range.start, Block::Table(self.table()))),
                Tag::List(_) => {
                    let list = Block::List(self.items(&TagEnd::List(false)));
                    match &note {
                        Some(name) => self.add_to_note(name, &list),
                        None => blocks.push((range.start, list)),
                    }
                    blocks.append(&mut self.tables_in_items);
                }
                Tag::DefinitionList => blocks.push((range.start, Block::List(self.definitions()))),
                Tag::MetadataBlock(kind) => self.metadata = self.inline(TagEnd::MetadataBlock(kind)).text.to_string(),
                Tag::HtmlBlock => {
                    self.inline(TagEnd::HtmlBlock);
                    let found = html::blocks(&self.text[range.clone()], self.places.at(range.start), self.words);
                    let kept = found.into_iter().filter(|block| !matches!(block, Block::Table(_)));
                    blocks.extend(kept.map(|block| (range.start, block)));
                }
                Tag::CodeBlock(_) => {
                    self.inline(TagEnd::CodeBlock);
                }
                _ => {}
            }
        }
        blocks
    }

    /// Adds the text of a block to the footnote with a name.
    fn add_to_note(&mut self, name: &str, block: &Block) {
        if self.notes.last().is_none_or(|(last, _)| last != name) {
            self.notes.push((name.to_owned(), SourceText::default()));
        }
        let Some((_, note)) = self.notes.last_mut() else { return };
        let text = match block {
            Block::Paragraph { text, .. } | Block::Field { text, .. } => text.clone(),
            Block::List(items) => SourceText::join(&items.iter().map(Item::whole_text).collect::<Vec<_>>(), "; "),
            Block::Heading { .. } | Block::Table(_) | Block::Record(_) => return,
        };
        if !note.is_empty() {
            note.push(" ");
        }
        note.append(&text);
    }

    /// The blocks of a part of the text, parsed on its own.
    fn blocks_in(&mut self, part: Range<usize>) -> Vec<(usize, Block)> {
        let mut reader = Reader::of_part(self.text, part, self.words);
        let blocks = reader.blocks();
        self.broken = self.broken.or(reader.broken);
        blocks
    }

    /// The blocks of a paragraph.
    fn paragraph(&mut self, source: &str, start: usize) -> Vec<Block> {
        let mut run = Run::new(self.words);
        let mut strong: Vec<(usize, usize)> = Vec::new();
        let mut line_begins = true;
        let has_fields = has_labelled_lines(source);
        while let Some((event, _)) = self.next() {
            match event {
                Event::End(TagEnd::Paragraph) => break,
                Event::Start(tag @ Tag::Strong) if line_begins => {
                    let from = run.text.len();
                    let cell = self.span(tag);
                    run.push_cell(&cell);
                    strong.push((from, run.text.len()));
                }
                Event::SoftBreak if has_fields => {
                    run.text.push_line_break();
                    line_begins = true;
                    continue;
                }
                event => {
                    let breaks = matches!(event, Event::SoftBreak | Event::HardBreak | Event::InlineHtml(_));
                    self.take(event, &mut run);
                    line_begins = breaks;
                    continue;
                }
            }
            line_begins = false;
        }
        let all_strong = run.is_strong();
        block::paragraph(self.places.at(start), &run.text, all_strong, &strong)
    }

    fn table(&mut self) -> Table {
        let mut table = Table::default();
        let mut row: (Range<usize>, Vec<Cell>) = (0..0, Vec::new());
        while let Some((event, range)) = self.next() {
            match event {
                Event::Start(Tag::TableHead | Tag::TableRow) => row = (range, Vec::new()),
                Event::Start(Tag::TableCell) => {
                    let cell = self.inline(TagEnd::TableCell);
                    row.1.push(with_repaired_link(cell));
                }
                Event::End(TagEnd::TableHead) => {
                    table.header = std::mem::take(&mut row.1);
                    table.header.iter_mut().for_each(|cell| cell.text = cell.text.on_one_line());
                }
                // A line of text directly below a table is not a row of it.
                Event::End(TagEnd::TableRow) if self.text[row.0.clone()].contains('|') || table.header.len() == 1 => {
                    let mut cells = std::mem::take(&mut row.1);
                    // The parser drops cells after the last column.
                    cells.extend(row_cells(&self.text[row.0.clone()]).into_iter().skip(table.header.len()));
                    table.rows.push((self.places.at(row.0.start), cells));
                }
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        drop_stray_marks(&mut table);
        table
    }

    /// The bullets up to the end of a list.
    fn items(&mut self, end: &TagEnd) -> Vec<Item> {
        let mut items = Vec::new();
        while let Some((event, range)) = self.next() {
            match event {
                Event::Start(Tag::Item) => {
                    let at = self.places.at(range.start);
                    items.push(self.item(at));
                }
                Event::End(TagEnd::List(_)) if matches!(end, TagEnd::List(_)) => break,
                _ => {}
            }
        }
        items
    }

    fn item(&mut self, at: Position) -> Item {
        let mut item = Item::new(at);
        let mut run = Run::new(self.words);
        while let Some((event, range)) = self.next() {
            match event {
                Event::End(TagEnd::Item) => break,
                Event::Start(Tag::List(_)) => {
                    for child in self.items(&TagEnd::List(false)) {
                        item.children.push(child.whole_text());
                        item.children.extend(child.children);
                    }
                }
                Event::Start(Tag::Paragraph) => run.push(" "),
                Event::Start(Tag::Table(_)) => {
                    let table = self.table();
                    self.tables_in_items.push((range.start, Block::Table(table)));
                }
                Event::Start(tag @ (Tag::Link { .. } | Tag::Strong | Tag::Strikethrough))
                    if item.lead.is_none() && run.is_blank() =>
                {
                    let cell = self.span(tag);
                    item.struck = cell.is_over();
                    item.lead = Some(cell.text);
                }
                event => self.take(event, &mut run),
            }
        }
        let rest = run.done();
        item.struck |= item.lead.is_none() && rest.is_over_as_item(self.words);
        item.rest = rest.text;
        repair_lead(&mut item);
        item.drop_struck_lead(self.words);
        // A link or strong text that is all there is, or a task's mark, is a lead like any other.
        item
    }

    fn definitions(&mut self) -> Vec<Item> {
        let mut items: Vec<Item> = Vec::new();
        while let Some((event, range)) = self.next() {
            match event {
                Event::Start(Tag::DefinitionListTitle) => {
                    let at = self.places.at(range.start);
                    let lead = Some(self.inline(TagEnd::DefinitionListTitle).text);
                    items.push(Item { lead, ..Item::new(at) });
                }
                Event::Start(Tag::DefinitionListDefinition) => {
                    let text = self.inline(TagEnd::DefinitionListDefinition).text;
                    if let Some(item) = items.last_mut() {
                        if item.rest.is_empty() { item.rest = text } else { item.children.push(text) }
                    }
                }
                Event::End(TagEnd::DefinitionList) => break,
                _ => {}
            }
        }
        items
    }

    /// The text up to an end.
    fn inline(&mut self, end: TagEnd) -> Cell {
        let mut run = Run::new(self.words);
        while let Some((event, _)) = self.next() {
            match event {
                Event::End(found) if found == end => break,
                event => self.take(event, &mut run),
            }
        }
        run.done()
    }

    /// A link or strong text, whole.
    fn span(&mut self, tag: Tag<'a>) -> Cell {
        let end = tag.to_end();
        let inner = self.inline(end);
        match tag {
            Tag::Link { dest_url, .. } => {
                let mut text = SourceText::default();
                text.push_link(&inner.text, &dest_url);
                Cell { text, ..inner }
            }
            Tag::Strong => Cell { strong: true, ..inner },
            Tag::Strikethrough => Cell { struck: true, ..inner },
            _ => inner,
        }
    }

    fn take(&mut self, event: Event<'a>, run: &mut Run<'_>) {
        match event {
            Event::Text(text) | Event::Code(text) => run.push(&text),
            Event::SoftBreak => run.push(" "),
            Event::HardBreak => run.text.push_line_break(),
            Event::InlineHtml(tag) | Event::Html(tag) if is_break(&tag) => run.text.push_line_break(),
            Event::InlineHtml(tag) if is_strike(&tag, "<") => {
                run.strikes.get_or_insert(run.text.len());
            }
            Event::InlineHtml(tag) if is_strike(&tag, "</") => run.end_strike(),
            Event::InlineHtml(tag) if tag.starts_with("<sup") => run.raised = Some(run.text.len()),
            Event::InlineHtml(tag) if tag.starts_with("</sup") => {
                if let Some(from) = run.raised.take() {
                    block::lower_mark(&mut run.text, from);
                }
            }
            Event::FootnoteReference(name) => run.push(&format!("[^{name}]")),
            Event::Start(Tag::Image { .. }) => {
                self.inline(TagEnd::Image);
            }
            Event::Start(tag @ (Tag::Link { .. } | Tag::Strong | Tag::Strikethrough)) => {
                let cell = self.span(tag);
                run.push_cell(&cell);
            }
            Event::Start(Tag::Paragraph | Tag::Item) => run.push(" "),
            _ => {}
        }
    }
}
