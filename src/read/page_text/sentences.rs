//! The sentences of a page outside its tables and lists of vendors.

use std::collections::BTreeSet;

use changecast_core::{
    model::fold,
    vocabulary::{Meaning, Vocabulary, is_unspaced},
};

use crate::read::{
    position::Position,
    source_text::{SourceText, cleaned},
    syntax::block::{Block, COLONS, Item},
};

/// A paragraph or bullet.
pub(super) struct Paragraph {
    /// The subject of the page around it.
    pub context: Context,
    /// Whether it is in a section with the list, directly below a heading above one, or in a section about data.
    pub is_near_list: bool,
    pub sentences: Vec<Sentence>,
}

/// The subject of the headings above a paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    /// The headings are about the vendors.
    Vendors,
    /// Past changes, which later readers look up. They are not news.
    History,
    /// The headings are about something else.
    Other,
}

/// A sentence of a page.
pub(super) struct Sentence {
    /// Its text without links.
    pub text: String,
    /// Its text with links.
    pub source: SourceText,
    /// Its words in their order, folded.
    pub words: Vec<String>,
    /// The words with a space on both sides of each.
    pub spaced: String,
}

impl Sentence {
    pub fn of(source: SourceText) -> Self {
        let text = cleaned(&source);
        let words = words_of(&text);
        let spaced = spaced(&words);
        Sentence { text, source, words, spaced }
    }

    /// Whether the sentence contains a name, as whole words in the same case.
    pub fn names(&self, name: &str) -> bool {
        self.text.match_indices(name).any(|(at, _)| {
            let (before, after) = (&self.text[..at], &self.text[at + name.len()..]);
            !before.ends_with(is_word_char) && !after.starts_with(is_word_char)
        })
    }

    /// Whether the sentence is about data, their protection, or vendors, rather than about prices or the use of a product.
    pub fn is_about_data(&self, words: &Vocabulary) -> bool {
        words.has_stem(Meaning::ObjectionStem, &self.spaced)
            || words.mentions(Meaning::NoLongerUsed, &self.text)
            || words.has_phrase(Meaning::FutureMark, &self.spaced)
                && words.has_stem(Meaning::EngagementStem, &self.spaced)
            || is_about_data(words, &self.text)
    }

    /// Whether the sentence is prose: a few words with an end. Labels, captions and "last updated" lines are not.
    fn is_prose(&self, vocabulary: &Vocabulary) -> bool {
        let ends = self.text.ends_with(['.', '!', '?', ':', '\u{3002}', ')', '"']) || self.words.len() >= MIN_UNENDED;
        self.words.len() >= MIN_WORDS && ends && !is_page_date(vocabulary, &self.text)
    }
}

/// Fewest words of a sentence.
const MIN_WORDS: usize = 4;
/// Fewest words of a sentence without a full stop.
const MIN_UNENDED: usize = 8;

fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a line states when the page was last changed.
fn is_page_date(vocabulary: &Vocabulary, text: &str) -> bool {
    let label = text.split_once(COLONS).map_or(text, |(label, _)| label);
    vocabulary.mentions(Meaning::PageDate, label) && words_of(text).len() <= MAX_PAGE_DATE
}

/// Most words of a line about the date of a page: "This page was last updated on 1 January 2026".
const MAX_PAGE_DATE: usize = 10;

/// The folded words of a text. Hyphens separate words.
fn words_of(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded.split(|c: char| !(c.is_alphanumeric() || c == '\''));
    let words = words.map(|word| word.trim_matches('\'')).filter(|word| !word.is_empty());
    words.flat_map(parts_of).map(str::to_owned).collect()
}

/// The meanings by which promises of notice and announcements are recognised, as far as words of scripts without spaces
/// have them.
const PARTS: [Meaning; 18] = [
    Meaning::UnitHour,
    Meaning::UnitDay,
    Meaning::UnitBusinessDay,
    Meaning::UnitWeek,
    Meaning::UnitMonth,
    Meaning::NoticeStem,
    Meaning::LeadMark,
    Meaning::WindowMark,
    Meaning::ObjectionStem,
    Meaning::AdditionStem,
    Meaning::ReplacementStem,
    Meaning::ChangeStem,
    Meaning::ReceiptStem,
    Meaning::PublicationStem,
    Meaning::FutureMark,
    Meaning::EngagementStem,
    Meaning::Negation,
    Meaning::Hedge,
];

/// The parts of a word in a script without spaces: numbers, words of a promise or announcement, and what is between
/// them. Other words are one part.
fn parts_of(word: &str) -> Vec<&str> {
    if !word.contains(is_unspaced) {
        return vec![word];
    }
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < word.len() {
        let end = at + part_at(&word[at..]);
        if end > at {
            parts.extend([&word[start..at], &word[at..end]]);
            (start, at) = (end, end);
        } else {
            at += word[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    parts.push(&word[start..]);
    parts.retain(|part| !part.is_empty());
    parts
}

/// The length of the number or of the longest known word at the beginning of a text; 0 if there is none.
fn part_at(text: &str) -> usize {
    let vocabulary = Vocabulary::builtin();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let known = PARTS.into_iter().flat_map(|meaning| vocabulary.texts(meaning));
    let known = known.filter(|known| text.starts_with(known) && known.contains(is_unspaced)).map(str::len);
    known.chain([digits]).max().unwrap_or_default()
}

/// Words with a space on both sides of each, as the vocabulary compares phrases.
pub(super) fn spaced(words: &[String]) -> String {
    format!(" {} ", words.join(" "))
}

/// The paragraphs and bullets of a page that are not rows of its list.
pub(super) fn paragraphs(
    vocabulary: &Vocabulary,
    blocks: &[Block],
    about: &str,
    rows: &BTreeSet<Position>,
) -> Vec<Paragraph> {
    let near = blocks_near(blocks, rows);
    let mut headings: Vec<(usize, &str)> = Vec::new();
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let (mut is_record, mut is_data_section) = (false, false);
    for (block, is_near_list) in blocks.iter().zip(near) {
        let known = paragraphs.len();
        // The fields after that of a vendor's name describe the vendor.
        is_record = matches!(block, Block::Field { item, .. } if is_record || rows.contains(&item.at));
        match block {
            Block::Heading { level, text } => {
                headings.retain(|(above, _)| above < level);
                headings.push((*level, text));
                is_data_section = is_about_data(vocabulary, text);
            }
            Block::Paragraph { text, .. } => paragraphs.extend(paragraph(vocabulary, text, &headings, about)),
            Block::Field { text, .. } if !is_record => paragraphs.extend(paragraph(vocabulary, text, &headings, about)),
            Block::List(items) | Block::Record(items) if !items.iter().any(|item| rows.contains(&item.at)) => {
                paragraphs
                    .extend(items.iter().filter_map(|item| paragraph(vocabulary, &text_of(item), &headings, about)));
            }
            Block::Field { .. } | Block::List(_) | Block::Record(_) | Block::Table(_) => {}
        }
        let added = paragraphs[known..].iter_mut();
        added.for_each(|paragraph| paragraph.is_near_list = is_near_list || is_data_section);
    }
    paragraphs
}

/// Whether a text contains a word for data and their protection, for transfers of them, or for vendors.
fn is_about_data(words: &Vocabulary, text: &str) -> bool {
    let spaced_text = spaced(&words_of(text));
    words.has_stem(Meaning::DataStem, &spaced_text)
        || words.has_phrase(Meaning::TransferMechanism, &spaced_text)
        || words.is_about_vendors(text)
        || text.contains(is_unspaced) && words.mentions(Meaning::DataStem, text)
}

/// For each block, whether its nearest heading is one above rows of the list, or it has no heading.
fn blocks_near(blocks: &[Block], rows: &BTreeSet<Position>) -> Vec<bool> {
    let mut headings: Vec<(usize, usize)> = Vec::new();
    let mut above_list: BTreeSet<usize> = BTreeSet::new();
    let mut nearest: Vec<Option<usize>> = Vec::with_capacity(blocks.len());
    for (place, block) in blocks.iter().enumerate() {
        if let Block::Heading { level, .. } = block {
            headings.retain(|(above, _)| above < level);
            headings.push((*level, place));
        }
        // Headings above a known one are known.
        if has_row(block, rows) {
            let new =
                headings.iter().rev().map(|(_, heading)| *heading).take_while(|heading| above_list.insert(*heading));
            new.for_each(drop);
        }
        nearest.push(headings.last().map(|(_, heading)| *heading));
    }
    nearest.into_iter().map(|heading| heading.is_none_or(|heading| above_list.contains(&heading))).collect()
}

fn has_row(block: &Block, rows: &BTreeSet<Position>) -> bool {
    match block {
        Block::Table(table) => table.rows.iter().any(|(at, _)| rows.contains(at)),
        Block::List(items) | Block::Record(items) => items.iter().any(|item| rows.contains(&item.at)),
        Block::Field { item, .. } => rows.contains(&item.at),
        Block::Heading { .. } | Block::Paragraph { .. } => false,
    }
}

/// The first heading of the highest level.
pub(super) fn title(blocks: &[Block]) -> &str {
    let headings = blocks.iter().filter_map(|block| match block {
        Block::Heading { level, text } => Some((*level, text.as_str())),
        _ => None,
    });
    headings.min_by_key(|(level, _)| *level).map_or("", |(_, text)| text)
}

fn text_of(item: &Item) -> SourceText {
    let parts = item.lead.iter().chain([&item.rest]).chain(&item.children);
    SourceText::join(parts.filter(|part| !part.is_empty()), " ")
}

fn paragraph(vocabulary: &Vocabulary, text: &SourceText, headings: &[(usize, &str)], about: &str) -> Option<Paragraph> {
    let sentences = split(vocabulary, text).into_iter().map(|sentence| Sentence::of(text.part(sentence)));
    let sentences: Vec<Sentence> = sentences.filter(|sentence| sentence.is_prose(vocabulary)).collect();
    let context = context_of(vocabulary, text, headings, about);
    (!sentences.is_empty()).then_some(Paragraph { context, is_near_list: true, sentences })
}

fn context_of(vocabulary: &Vocabulary, text: &str, headings: &[(usize, &str)], about: &str) -> Context {
    let heading = fold(headings.last().map_or("", |(_, text)| text));
    let is_history = vocabulary.has_word(Meaning::HistoryWord, &heading)
        && !vocabulary.has_word(Meaning::AheadWord, &heading)
        && begins_with_date(text);
    let above: Vec<&str> = headings.iter().map(|(_, text)| *text).collect();
    let above = if above.is_empty() { about.to_owned() } else { above.join(" ") };
    if is_history {
        Context::History
    } else if vocabulary.is_about_vendors(&above) {
        Context::Vendors
    } else {
        Context::Other
    }
}

/// Whether a text begins with a date in digits, as lines of change histories do.
fn begins_with_date(text: &str) -> bool {
    let first = words_of(&cleaned(text)).into_iter().next().unwrap_or_default();
    first.len() == 4 && first.bytes().all(|byte| byte.is_ascii_digit())
}

/// The sentences of a text. A full stop after an abbreviation or a number does not end one.
fn split<'t>(vocabulary: &Vocabulary, text: &'t str) -> Vec<&'t str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (at, mark) in text.char_indices().filter(|(_, c)| matches!(c, '.' | '!' | '?' | '\u{3002}')) {
        let end = at + mark.len_utf8();
        if end_of_sentence(vocabulary, &text[start..end], &text[end..], mark) {
            sentences.push(text[start..end].trim());
            start = end;
        }
    }
    sentences.push(text[start..].trim());
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

fn end_of_sentence(vocabulary: &Vocabulary, before: &str, behind: &str, mark: char) -> bool {
    if mark == '\u{3002}' {
        return true;
    }
    let next = behind.trim_start_matches([')', '"', '\u{201d}']).trim_start().chars().next();
    let is_followed = behind.starts_with([' ', '\u{a0}', '\n']) || behind.starts_with([')', '"', '\u{201d}']);
    let is_abbreviation = mark == '.' && vocabulary.without_full_stop(before) == before;
    let is_number = mark == '.' && before[..before.len() - 1].ends_with(|c: char| c.is_ascii_digit());
    // "1. März" continues; "within 14 days of 2026. Customers" does not occur.
    let month_follows = is_number && vocabulary.month(&first_word(behind)).is_some();
    is_followed && !is_abbreviation && !month_follows && next.is_none_or(|c| !c.is_lowercase())
}

fn first_word(text: &str) -> String {
    text.split_whitespace().next().unwrap_or_default().to_lowercase()
}
