//! Tables of which every cell is a paragraph, as some editors export them:
//!
//! ```text
//! Vendor
//!
//! Location
//!
//! Alder
//!
//! Norway
//! ```

use changecast_core::{model::Role, vocabulary::Vocabulary};

use crate::read::{
    choose::{entry_name::is_placeholder, page_parts::is_name, places::are_places, shapes::labels::role_of},
    error::{Problem, ReadError},
    position::Position,
    source_text::SourceText,
    syntax::block::{Block, Cell, Page, Table},
};

/// The most columns.
const MAX_COLUMNS: usize = 12;

/// The most words of a header.
const MAX_HEADER_WORDS: usize = 4;

/// The fewest rows below two headers. Below more headers, one row is enough.
const MIN_ROWS: usize = 2;

/// The most places at which headers are looked at, because each is compared with all paragraphs behind it.
const MAX_TRIES: usize = 20;

/// The fewest words of a sentence behind the last row.
const MIN_SENTENCE: usize = 5;

/// Makes tables of paragraphs. If a cell is missing, so that the rows are not known, that is the damage of the page.
pub(super) fn rewrite(words: &Vocabulary, page: &mut Page) {
    let blocks = std::mem::take(&mut page.blocks);
    let mut rest = blocks.as_slice();
    let mut tries = 0;
    while let Some((block, behind)) = rest.split_first() {
        let headers = headers_at(words, rest);
        if headers < 2 || tries == MAX_TRIES {
            page.blocks.push(block.clone());
            rest = behind;
            continue;
        }
        tries += 1;
        let run: Vec<Paragraph<'_>> = rest.iter().map_while(Paragraph::of).collect();
        match (2..=headers).rev().find_map(|columns| rows_of(words, &run, columns).map(|rows| (columns, rows))) {
            Some((columns, rows)) => {
                page.blocks.push(Block::Table(table(&run, columns, rows)));
                rest = &rest[columns * (rows + 1)..];
            }
            None => {
                let (cells, at) = (run.len() - headers, run[0].at);
                let is_uneven =
                    run.get(headers).is_some_and(|first| names_vendor(words, first.text)) && cells > headers;
                if is_uneven {
                    // Its cells are not known to belong together.
                    let problem = Problem::Uneven { columns: headers, cells };
                    page.damage.get_or_insert(ReadError::at(at, problem));
                    rest = &rest[run.len()..];
                } else {
                    page.blocks.extend(rest[..headers].iter().cloned());
                    rest = &rest[headers..];
                }
            }
        }
    }
}

/// A paragraph that can be a cell.
struct Paragraph<'b> {
    at: Position,
    text: &'b SourceText,
}

impl<'b> Paragraph<'b> {
    fn of(block: &'b Block) -> Option<Self> {
        match block {
            Block::Paragraph { at, text, .. } => Some(Paragraph { at: *at, text }),
            _ => None,
        }
    }

    fn is_sentence(&self) -> bool {
        self.text.ends_with(['.', '!', '?', ':', '\u{3002}']) && self.text.split_whitespace().count() >= MIN_SENTENCE
    }
}

/// The number of paragraphs at the beginning of blocks that are headers with a known role, one of which means a name.
fn headers_at(words: &Vocabulary, blocks: &[Block]) -> usize {
    let roles = blocks.iter().take(MAX_COLUMNS).map_while(|block| {
        let Paragraph { text, .. } = Paragraph::of(block)?;
        let is_short = text.split_whitespace().take(MAX_HEADER_WORDS + 1).count() <= MAX_HEADER_WORDS;
        is_short.then(|| role_of(words, text)).filter(|role| *role != Role::Other)
    });
    let roles: Vec<Role> = roles.collect();
    if roles.contains(&Role::Name) { roles.len() } else { 0 }
}

/// The number of rows, if the paragraphs below the headers fill them. Sentences may follow the last row.
fn rows_of(words: &Vocabulary, run: &[Paragraph<'_>], columns: usize) -> Option<usize> {
    let roles: Vec<Role> = run[..columns].iter().map(|header| role_of(words, header.text)).collect();
    let name = roles.iter().position(|role| *role == Role::Name)?;
    let cells = &run[columns..];
    let beyond = cells.len() % columns;
    let (cells, behind) = cells.split_at(cells.len() - beyond);
    let rows = cells.len() / columns;
    let names = || cells.iter().skip(name).step_by(columns);
    let are_names = names().all(|cell| names_vendor(words, cell.text));
    let location = roles.iter().position(|role| *role == Role::Location);
    let are_places = location.is_none_or(|place| {
        let places = cells.iter().skip(place).step_by(columns).map(|cell| cell.text);
        places.filter(|text| are_places(words, text) || is_placeholder(words, text)).count() * 2 > rows
    });
    let is_enough = rows >= MIN_ROWS || columns > 2 && rows > 0;
    (is_enough && are_names && are_places && behind.iter().all(Paragraph::is_sentence)).then_some(rows)
}

/// Whether a cell can be the name of a vendor: short, no sentence and no header.
fn names_vendor(words: &Vocabulary, text: &str) -> bool {
    is_name(text) && !text.ends_with(['.', ':']) && role_of(words, text) == Role::Other && !are_places(words, text)
}

fn table(run: &[Paragraph<'_>], columns: usize, rows: usize) -> Table {
    let cell = |paragraph: &Paragraph<'_>| Cell { text: paragraph.text.clone(), ..Cell::default() };
    let (header, cells) = run.split_at(columns);
    let rows = cells[..rows * columns].chunks(columns);
    Table {
        caption: None,
        header: header.iter().map(cell).collect(),
        rows: rows.map(|row| (row[0].at, row.iter().map(cell).collect())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::syntax::markdown;

    #[test]
    fn paragraphs_are_rows_only_if_they_fill_them() {
        let words = Vocabulary::builtin();
        for (cells, rows, is_damaged) in [
            ("Vendor|Country|Alder|Norway|Birch|Spain", Some(2), false),
            ("Vendor|Purpose|Country|Alder|Mail|Norway", Some(1), false),
            ("Vendor|Country|Alder|Norway|Birch|Spain|We announce changes to this page.", Some(2), false),
            ("Vendor|Country|Alder|Norway|Birch", None, true),
            ("Vendor|Country|Alder|Norway|Spain|Birch", None, true),
            ("Vendor|Purpose|This is a guide about the names of vendors.|It has sentences.", None, false),
            ("Vendor|Alder|Country|Norway", None, false),
        ] {
            let mut page = markdown::parse(&cells.replace('|', "\n\n"), words).expect("a page");
            rewrite(words, &mut page);
            let found = page.blocks.iter().find_map(|block| match block {
                Block::Table(table) => Some(table.rows.len()),
                _ => None,
            });
            assert_eq!((found, page.damage.is_some()), (rows, is_damaged), "{cells}");
        }
    }
}
