//! From the rows of a list to an inventory, within limits.

use std::{borrow::Cow, collections::HashMap, rc::Rc, sync::Arc};

use changecast_core::model::{
    Cell, Column, Entry, EntryId, Inventory, Layout, RichText, Section, SectionId, Text, fold,
};

use crate::read::{
    Reading,
    build::{
        ids::{Candidate, IdAssigner},
        intern::{CachedEntry, Label, Labels, RowContent},
        raw_list::{RawList, RawSection, Row},
        scheme::{Scheme, SchemeKey},
    },
    config::ReadingConfig,
    error::{Problem, ReadError},
    position::{EntryPosition, Position},
    source_text::{CellText, SourceText},
};

/// The largest number of entries.
const MAX_ENTRIES: usize = 100_000;
/// The largest number of columns.
pub(crate) const MAX_COLUMNS: usize = 500;
/// The longest name, in characters.
const MAX_NAME: usize = 1_000;
/// The longest text of a field, in characters.
const MAX_TEXT: usize = 50_000;

/// Builds inventories. It remembers for which sections and columns entries were built, because a row gives
/// the same entry again as long as these do not change.
#[derive(Debug, Default)]
pub(crate) struct Assembler {
    scheme: Option<(SchemeKey, Rc<Scheme>)>,
    /// The contexts of the last version and their numbers, by section.
    contexts: HashMap<SectionId, Vec<(Context, u64)>>,
    /// The last number of a context.
    last_number: u64,
    ids: IdAssigner,
}

/// Everything that an entry depends on, except for its row.
#[derive(Debug, PartialEq)]
struct Context {
    scheme: Rc<Scheme>,
    section: SectionId,
    defaults: Vec<(Label, CellText)>,
}

impl Assembler {
    /// Builds the inventory of a list.
    pub fn assemble(&mut self, mut list: RawList<'_>, config: &ReadingConfig) -> Result<Reading, ReadError> {
        let rows: usize = list.sections.iter().map(|section| section.rows.len()).sum();
        check_limit("entries", rows, MAX_ENTRIES, None)?;
        check_limit("columns", list.labels.iter().count(), MAX_COLUMNS, None)?;
        let scheme = self.scheme(SchemeKey::of(&list), list.labels, config);

        let mut sections = SectionsBuilder::default();
        let mut candidates: Vec<Candidate<'_>> = Vec::with_capacity(rows);
        let mut filled = FilledColumns::none(scheme.columns.len());
        let mut contexts: HashMap<SectionId, Vec<(Context, u64)>> = HashMap::with_capacity(list.sections.len());
        for section in &list.sections {
            let id = sections.add(section);
            let context = Context { scheme: Rc::clone(&scheme), section: id, defaults: section.defaults.clone() };
            let number = self.number(&context);
            for row in &section.rows {
                let cached = context.entry_of(number, row).map_err(|error| in_file_of(row, error))?;
                filled.add(&cached.filled);
                candidates.push(Candidate { row, entry: cached.entry });
            }
            contexts.entry(context.section.clone()).or_default().push((context, number));
        }
        self.contexts = contexts;
        let identified = self.ids.assign(&candidates, &mut list.warnings)?;
        let (entries, positions) = identified.into_iter().map(|(entry, row)| (entry, position_of(row))).unzip();
        let columns = columns_of(&scheme, &filled, list.layout);
        let names = scheme.names.iter().map(|label| Text::new(list.labels.spelling(*label))).collect();
        let inventory = Inventory {
            facts: list.facts,
            terms: list.terms.or_else(|| config.notice.clone()),
            columns,
            sections: sections.sections,
            entries,
            layout: list.layout,
        };
        let RawList { warnings, unreadable, unnamed, .. } = list;
        Ok(Reading { inventory, positions, names, warnings, unreadable, unnamed })
    }

    /// The scheme of a version: the last one, as long as everything that it depends on is equal.
    fn scheme(&mut self, key: SchemeKey, labels: &Labels, config: &ReadingConfig) -> Rc<Scheme> {
        if let Some((known, scheme)) = &self.scheme
            && *known == key
        {
            return Rc::clone(scheme);
        }
        let new = Scheme::of(&key, labels, config);
        let scheme = match &self.scheme {
            Some((_, known)) if **known == new => Rc::clone(known),
            _ => Rc::new(new),
        };
        self.scheme = Some((key, Rc::clone(&scheme)));
        scheme
    }

    /// The number of a context: its last one if the last version had the same context.
    fn number(&mut self, context: &Context) -> u64 {
        let mut known = self.contexts.get(&context.section).into_iter().flatten();
        if let Some((_, number)) = known.find(|(known, _)| known == context) {
            return *number;
        }
        self.last_number += 1;
        self.last_number
    }
}

/// All columns of a table; those of records if an entry has a cell there.
fn columns_of(scheme: &Scheme, filled: &FilledColumns, layout: Layout) -> Vec<Column> {
    let columns = scheme.columns.iter().enumerate();
    let kept = columns.filter(|(place, _)| layout == Layout::Table || filled.contains(*place));
    kept.map(|(_, column)| column.clone()).collect()
}

fn in_file_of(row: &Row, error: ReadError) -> ReadError {
    match &row.file {
        Some(file) => error.in_file(file),
        None => error,
    }
}

fn position_of(row: &Row) -> EntryPosition {
    EntryPosition { file: row.file.clone(), at: row.at }
}

/// Returns [`Problem::Limit`] if there are too many of something.
pub(crate) fn check_limit(
    what: &'static str,
    found: usize,
    limit: usize,
    at: Option<Position>,
) -> Result<(), ReadError> {
    if found <= limit {
        Ok(())
    } else {
        Err(ReadError { file: None, at, problem: Problem::Limit { what, found, limit } })
    }
}

/// The sections of an inventory. Two groups with one heading are one section.
#[derive(Default)]
struct SectionsBuilder {
    sections: Vec<Section>,
    by_id: HashMap<SectionId, usize>,
    by_title: HashMap<String, usize>,
}

impl SectionsBuilder {
    /// The id of the section of a group, which is added if it does not exist.
    fn add(&mut self, group: &RawSection) -> SectionId {
        let title = Text::new(&group.title);
        let id = group.id.clone().unwrap_or_else(|| SectionId::from_name(title.as_str()));
        let folded_title = fold(title.as_str());
        let known = [self.by_id.get(&id), self.by_title.get(&folded_title)].into_iter().flatten().min();
        if let Some(known) = known {
            let section = &mut self.sections[*known];
            section.note = with_note(&section.note, &group.note);
            return section.id.clone();
        }
        self.by_id.insert(id.clone(), self.sections.len());
        self.by_title.insert(folded_title, self.sections.len());
        self.sections.push(Section { id: id.clone(), title, note: Text::new(&group.note) });
        id
    }
}

/// The note of a section with that of another group under the same heading.
fn with_note(note: &Text, other: &str) -> Text {
    match note.as_str() {
        own if own.contains(Text::new(other).as_str()) => note.clone(),
        own => Text::new(&format!("{own} {other}")),
    }
}

/// A set of columns, by their places in the scheme.
struct FilledColumns(Vec<u64>);

impl FilledColumns {
    fn none(columns: usize) -> Self {
        FilledColumns(vec![0; columns.div_ceil(64)])
    }

    fn insert(&mut self, place: usize) {
        self.0[place / 64] |= 1 << (place % 64);
    }

    fn add(&mut self, others: &[u64]) {
        self.0.iter_mut().zip(others).for_each(|(all, other)| *all |= other);
    }

    fn contains(&self, place: usize) -> bool {
        self.0[place / 64] & (1 << (place % 64)) != 0
    }
}

impl Context {
    /// The entry of a row: the cached one if it was built for this context.
    fn entry_of(&self, number: u64, row: &Row) -> Result<CachedEntry, ReadError> {
        let cache = &row.content.cached;
        if let Some(cached) = cache.borrow().as_ref().filter(|cached| cached.context == number) {
            return Ok(cached.clone());
        }
        let (entry, filled) = self.build_entry(row.at, &row.content)?;
        // The entry of another context may be equal. Then versions share it.
        let equal = cache.borrow_mut().take().filter(|cached| *cached.entry == entry);
        let cached = match equal {
            Some(cached) => CachedEntry { context: number, filled, ..cached },
            None => CachedEntry { context: number, entry: Arc::new(entry), filled, renamed: None },
        };
        *cache.borrow_mut() = Some(cached.clone());
        Ok(cached)
    }

    fn build_entry(&self, at: Position, row: &RowContent) -> Result<(Entry, Rc<[u64]>), ReadError> {
        let name = self.name(row).ok_or_else(|| ReadError::at(at, Problem::NoName))?;
        check_limit("characters of a name", name.as_str().chars().count(), MAX_NAME, Some(at))?;
        let texts = self.texts(at, row)?;
        let mut filled = FilledColumns::none(texts.len());
        let mut cells = Vec::with_capacity(texts.len());
        for (place, text) in texts.into_iter().enumerate() {
            if let Some(text) = text {
                filled.insert(place);
                cells.push(Cell { field: self.scheme.columns[place].field.clone(), text });
            }
        }
        let id = self.id(row).unwrap_or_else(|| EntryId::from_name(&fold(name.as_str())));
        let (section, hints) = (self.section.clone(), row.hints.clone());
        Ok((Entry { id, name, section, cells, hints }, filled.0.into()))
    }

    fn name(&self, row: &RowContent) -> Option<Text> {
        let label = self.scheme.names.iter().find(|name| row.text(**name).is_some())?;
        row.text(*label).map(Text::new).filter(|name| !name.is_empty())
    }

    /// The id that the row states.
    fn id(&self, row: &RowContent) -> Option<EntryId> {
        row.id.clone().or_else(|| EntryId::new(row.text(self.scheme.ids?)?.trim()).ok())
    }

    /// The texts of the columns, in their order. Cells under one header are joined.
    fn texts(&self, at: Position, row: &RowContent) -> Result<Vec<Option<RichText>>, ReadError> {
        let mut texts: Vec<Option<(Label, Cow<'_, CellText>)>> = vec![None; self.scheme.columns.len()];
        let own = row.cells.iter().filter(|(label, text)| !self.scheme.is_excluded(*label) && !is_placeholder(text));
        for (label, text) in own {
            let Some(place) = self.scheme.place(*label) else { continue };
            match &mut texts[place] {
                None => texts[place] = Some((*label, Cow::Borrowed(text))),
                Some((known, joined)) if known == label && **joined != *text => {
                    let both = [joined.to_source(), text.to_source()];
                    *joined = Cow::Owned(SourceText::join(both.iter().map(|text| &**text), "; ").into());
                }
                Some(_) => {}
            }
        }
        for (label, text) in self.defaults.iter().filter(|(_, text)| !is_placeholder(text)) {
            let Some(place) = self.scheme.place(*label) else { continue };
            texts[place].get_or_insert((*label, Cow::Borrowed(text)));
        }
        let texts = texts.into_iter().map(|text| {
            let Some((_, text)) = text else { return Ok(None) };
            let text = text.to_rich_text();
            check_limit("characters of a field", text.as_str().chars().count(), MAX_TEXT, Some(at))?;
            Ok(Some(text).filter(|text| !text.is_empty()))
        });
        texts.collect()
    }
}

/// Whether the text of a cell only marks it as empty.
fn is_placeholder(text: &str) -> bool {
    matches!(text.trim(), "" | "-" | "\u{2013}" | "\u{2014}")
}
