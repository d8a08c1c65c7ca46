//! Pages without a list: whether the list was withdrawn, or another page took the place of its page.

use std::sync::Arc;

use changecast_core::{
    model::fold,
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    choose::{page_lists::Decision, page_parts::Content, part::Part, part_kind::is_history, statement::Statement},
    error::Absence,
    source_text::cleaned,
    syntax::block::{Block, Item, Page, Table, header_of},
};

/// Separates the parts of a page's title: "Not found | Larkspur".
const TITLE_SEPARATORS: [&str; 7] = [" - ", " | ", " \u{b7} ", " \u{2013} ", " \u{2014} ", " \u{2022} ", ": "];

/// The largest number of words in a title. A longer text is a paragraph.
const MAX_TITLE_WORDS: usize = 10;

/// Whether a page is a message that another page cannot be shown, or asks to log in.
pub(crate) fn is_error_page(page: &Page, vocabulary: &Vocabulary) -> bool {
    titles(page).iter().any(|title| {
        let is_about_vendors = title_parts(title).iter().any(|part| vocabulary.is_about_vendors(part));
        !is_about_vendors && states_error(title, vocabulary)
    })
}

/// Whether a page without a list states that it has none, or does not explain it.
pub(crate) fn absence_of_list(page: &Page, decisions: &[Decision<'_>], vocabulary: &Vocabulary) -> Absence {
    let states_error = titles(page).iter().any(|title| states_error(title, vocabulary));
    if states_error || !is_about_vendors(page, vocabulary) {
        return Absence::Unexplained;
    }
    Absence::Page { text: Arc::from(fold(&present_text(page, decisions, vocabulary))) }
}

/// The title in the head of a page, and the first line that it shows.
fn titles(page: &Page) -> Vec<String> {
    let first = match page.blocks.first() {
        Some(Block::Heading { text, .. } | Block::Paragraph { text, .. }) => Some(cleaned(text)),
        _ => None,
    };
    let titles = page.title.clone().into_iter().chain(first);
    titles.filter(|title| title.split_whitespace().count() <= MAX_TITLE_WORDS).collect()
}

fn title_parts(title: &str) -> Vec<String> {
    let separated = TITLE_SEPARATORS.iter().fold(title.to_owned(), |text, by| text.replace(by, "\n"));
    separated.lines().map(fold).collect()
}

/// Whether a part of a title is the name of an error: "404", "404 Not Found", "Sign in".
fn states_error(title: &str, vocabulary: &Vocabulary) -> bool {
    title_parts(title).iter().any(|part| {
        let text = part.trim_matches(|c: char| !c.is_alphanumeric());
        let text = text.strip_prefix("error ").unwrap_or(text);
        let code = text.get(..3).filter(|code| is_status_code(code));
        let rest = if code.is_some() { text.get(3..).unwrap_or_default() } else { text };
        let rest = rest.trim_matches(|c: char| !c.is_alphanumeric());
        is_error_phrase(rest, vocabulary) || code.is_some() && rest.is_empty()
    })
}

/// Whether a text is the name of an error, or a longer phrase that begins with one: "sign in to continue".
fn is_error_phrase(text: &str, vocabulary: &Vocabulary) -> bool {
    vocabulary.is(Meaning::ErrorPage, text)
        || vocabulary
            .texts(Meaning::ErrorPage)
            .any(|phrase| phrase.contains(' ') && text.strip_prefix(phrase).is_some_and(|rest| rest.starts_with(' ')))
}

/// Whether a text is the code of an error in HTTP (RFC 9110, section 15).
fn is_status_code(text: &str) -> bool {
    text.starts_with(['4', '5']) && text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the text of a page, apart from its links, is about vendors. Many pages link to the list.
fn is_about_vendors(page: &Page, vocabulary: &Vocabulary) -> bool {
    let texts = page.blocks.iter().filter_map(|block| match block {
        Block::Heading { text, .. } | Block::Paragraph { text, .. } | Block::Field { text, .. } => Some(text),
        Block::Table(_) | Block::List(_) | Block::Record(_) => None,
    });
    let mut head = page.title.as_deref().into_iter().chain([page.metadata.as_str()]);
    head.any(|text| vocabulary.is_about_vendors(text))
        || texts.into_iter().any(|text| vocabulary.is_about_vendors(&text.without_links()))
}

/// The text of a page without its parts about former vendors and earlier changes.
fn present_text(page: &Page, decisions: &[Decision<'_>], vocabulary: &Vocabulary) -> String {
    let mut text = String::new();
    for block in &page.blocks {
        match block {
            Block::Heading { text: line, .. }
            | Block::Paragraph { text: line, .. }
            | Block::Field { text: line, .. }
                if !vocabulary.mentions(Meaning::NoLongerUsed, line) =>
            {
                push_line(&mut text, line);
            }
            _ => {}
        }
    }
    for decision in decisions.iter().filter(|decision| is_present(&decision.part)) {
        match &decision.part.found.content {
            Content::Table(table) => push_table(&mut text, table),
            Content::List(items) => items.iter().for_each(|item| push_item(&mut text, item)),
            Content::Record(items) => items.iter().for_each(|item| push_item(&mut text, item)),
        }
    }
    text
}

/// Whether a part neither lists vendors that are not in use, nor earlier changes.
fn is_present(part: &Part<'_>) -> bool {
    !matches!(part.statement, Some(Statement::Past | Statement::Denied)) && !is_history(part)
}

fn push_table(text: &mut String, table: &Table) {
    let (header, rows) = header_of(table);
    let cells = header.iter().chain(rows.iter().flat_map(|(_, cells)| cells));
    cells.for_each(|cell| push_line(text, &cell.text));
}

fn push_item(text: &mut String, item: &Item) {
    let lines = item.lead.iter().chain([&item.rest]).chain(&item.children);
    lines.for_each(|line| push_line(text, line));
}

fn push_line(text: &mut String, line: &str) {
    text.push_str(&cleaned(line));
    text.push('\n');
}
