//! The text around the list of a page: promises of notice, and sentences that name a vendor.
//!
//! Most of the text of a page is not compared. A sentence counts if it states a notice period or a contact for
//! objections, announces a vendor, or names an entry and is near the list or about data. Everything else may be reworded
//! without an announcement: prices, browsers, the use of a product.

mod announcement;
mod promise;
mod sentences;

use std::collections::{BTreeMap, BTreeSet};

use changecast_core::{
    change::page_text,
    model::{FieldKey, Role, Terms, fold},
    term_rows::term_rows,
    vocabulary::Vocabulary,
};

use crate::read::{
    build::raw_list::RawList, config::ReadingConfig, position::Position, source_text::cleaned, syntax::block::Page,
};

use sentences::{Context, Sentence, paragraphs};

/// Longest text about one vendor, in characters. A longer one is not a statement about a vendor but a document.
const MAX_TEXT: usize = 2_000;

/// Adds the statements of a page with records around its list, which has been read: the terms, unless the configuration states
/// some, and the sentences about vendors. `about` is the path of the page and its metadata.
pub(crate) fn interpret(page: &Page, about: &str, options: &ReadingConfig, list: &mut RawList<'_>) {
    let words = &options.vocabulary;
    let entries = Entries::of(list, options);
    let paragraphs = paragraphs(words, &page.blocks, about, &entries.positions);
    let promised = promise::read(words, &paragraphs);
    add_terms(promised, options, list);
    let own_name = format!("{about} {}", sentences::title(&page.blocks));
    let mut texts: BTreeMap<FieldKey, Vec<String>> = BTreeMap::new();
    for paragraph in paragraphs.iter().filter(|part| part.context != Context::History) {
        for sentence in paragraph.sentences.iter().filter(|sentence| !entries.repeat(sentence)) {
            let mut keys: BTreeSet<FieldKey> = entries.named_in(sentence, &own_name).collect();
            if !keys.is_empty() && !paragraph.is_near_list && !sentence.is_about_data(words) {
                keys.clear();
            }
            keys.extend(entries.announced_in(words, sentence, &own_name));
            for key in keys {
                texts.entry(key).or_default().push(sentence.text.clone());
            }
        }
    }
    for (key, sentences) in texts {
        let text = sentences.join(" ");
        if text.chars().count() <= MAX_TEXT {
            list.add_fact(key.as_str(), page_text::label(&key), &text);
        }
    }
}

/// Adds the terms that the page states. Configured terms govern; those of the page are then facts, so that a later
/// change of the page is noticed.
fn add_terms(promised: promise::Promised, options: &ReadingConfig, list: &mut RawList<'_>) {
    let promise::Promised { terms, wording } = promised;
    if terms == Terms::default() {
        return;
    }
    if options.notice.is_none() {
        list.terms = Some(terms);
    } else {
        for row in term_rows(&terms) {
            list.add_fact(&page_text::term_key(&row.field), row.label.as_str(), row.text.as_str());
        }
    }
    list.add_fact(page_text::WORDING, "Notice terms in the words of the page", &wording.join(" "));
}

/// The entries of the list, as far as sentences can name them.
struct Entries {
    /// The rows of the list.
    positions: BTreeSet<Position>,
    /// Every name as a sentence may contain it, with its key.
    names: Vec<(String, FieldKey)>,
    /// The folded texts of all cells.
    cells: String,
}

impl Entries {
    fn of(list: &RawList<'_>, options: &ReadingConfig) -> Self {
        let rows = || list.sections.iter().flat_map(|section| &section.rows);
        let mut names = Vec::new();
        let mut cells = String::from("\n");
        for row in rows() {
            for (_, text) in &row.content.cells {
                cells.push_str(&fold(&cleaned(&text.to_source())));
                cells.push('\n');
            }
            let cells = &row.content.cells;
            let named = cells.iter().find(|(label, _)| options.role(list.labels.spelling(*label)) == Role::Name);
            let name = named.or(cells.first());
            let name = name.map(|(_, name)| cleaned(&name.to_source())).unwrap_or_default();
            if let Some(spoken) = page_text::spoken_name(&name) {
                names.push((spoken.to_owned(), page_text::mention_key(spoken)));
            }
        }
        Entries { positions: rows().map(|row| row.at).collect(), names, cells }
    }

    /// Whether a sentence is a part of the list: the text of a cell.
    fn repeat(&self, sentence: &Sentence) -> bool {
        self.cells.contains(&fold(&sentence.text))
    }

    /// The entries that a sentence names.
    fn named_in(&self, sentence: &Sentence, own_name: &str) -> impl Iterator<Item = FieldKey> {
        let named = self.names.iter().filter(|(name, _)| sentence.names(name) && !own_name.contains(name.as_str()));
        named.map(|(_, key)| key.clone())
    }

    /// The vendor that a sentence announces, unless it is an entry.
    fn announced_in(&self, words: &Vocabulary, sentence: &Sentence, own_name: &str) -> Option<FieldKey> {
        let announced = announcement::announced_vendor(words, sentence);
        let announced = announced.filter(|name| !self.is_entry(name) && !own_name.contains(name.as_str()));
        announced.map(|name| page_text::announcement_key(&name))
    }

    fn is_entry(&self, name: &str) -> bool {
        let key = page_text::spoken_name(name).map(page_text::mention_key);
        self.names.iter().any(|(entry, known)| Some(known) == key.as_ref() || name.contains(entry.as_str()))
    }
}
