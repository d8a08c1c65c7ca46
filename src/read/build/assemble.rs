//! From a draft to an inventory: columns get roles and keys, entries get ids, bounds are held.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
    sync::Arc,
};

use changecast_core::{
    change::column_order,
    model::{Cell, Column, Entry, EntryId, FieldKey, Inventory, Layout, Role, Section, SectionId, Text, fold},
    vocabulary::{Fitness, HeaderRole, Meaning, Vocabulary},
};

use crate::read::{
    Options, Reading,
    build::{
        ids::{Candidate, KnownIds, identify, ids_column},
        raw_list::{Draft, DraftSection, Label, Labels, Made, Row, Said},
    },
    error::{Position, Problem, ReadError},
};

/// Most entries of a list.
const MAX_ENTRIES: usize = 100_000;
/// Most columns of a list.
const MAX_COLUMNS: usize = 500;
/// Longest name, in characters.
const MAX_NAME: usize = 1_000;
/// Longest text of a field, in characters.
const MAX_TEXT: usize = 50_000;

/// What entries were made for: rows give the same entries again while this stays.
#[derive(Debug, Default)]
pub(crate) struct Assembler {
    scheme: Option<(Layers, Rc<Scheme>)>,
    /// What the sections of the last version were made for, with the number that stands for it.
    contexts: Vec<(Context, u64)>,
    /// How many numbers were given.
    numbers: u64,
    ids: KnownIds,
}

/// All that a scheme depends on, but for the options.
#[derive(Debug, PartialEq)]
struct Layers {
    labels: Vec<Label>,
    /// The sets of labels that stand together in a row.
    shapes: BTreeMap<usize, Vec<Label>>,
    headers: Vec<Vec<Label>>,
    /// Columns that only count rows or identify them.
    counters: Vec<Label>,
    /// The column that identifies every entry.
    ids: Option<Label>,
}

/// All that an entry depends on, but for its row.
#[derive(Debug, PartialEq)]
struct Context {
    scheme: Rc<Scheme>,
    section: SectionId,
    given: Vec<(Label, String)>,
}

impl Assembler {
    /// Makes the inventory that a draft lays out.
    pub fn assemble(&mut self, draft: &mut Draft, options: &Options) -> Result<Reading, ReadError> {
        let mut warnings = std::mem::take(&mut draft.warnings);
        let drafted = std::mem::take(&mut draft.sections);
        let rows: usize = drafted.iter().map(|section| section.shared.len()).sum();
        limit("entries", rows, MAX_ENTRIES, None)?;
        limit("columns", draft.labels.iter().count(), MAX_COLUMNS, None)?;
        let scheme = self.scheme(Layers::of(&drafted, &draft.labels), &draft.labels, options);

        let mut sections: Vec<Section> = Vec::new();
        let mut by_id: HashMap<SectionId, usize> = HashMap::new();
        let mut by_title: HashMap<String, usize> = HashMap::new();
        let mut candidates: Vec<Candidate<'_>> = Vec::with_capacity(rows);
        let mut filled: Vec<u64> = vec![0; scheme.columns.len().div_ceil(64)];
        let mut contexts = Vec::with_capacity(drafted.len());
        for section in &drafted {
            let title = Text::new(&section.title);
            let id = section.id.clone().unwrap_or_else(|| SectionId::from_name(title.as_str()));
            // Two groups under one heading are one section.
            let folded = fold(title.as_str());
            let known = [by_id.get(&id), by_title.get(&folded)].into_iter().flatten().min();
            let id = match known {
                Some(known) => sections[*known].id.clone(),
                None => {
                    by_id.insert(id.clone(), sections.len());
                    by_title.insert(folded, sections.len());
                    sections.push(Section { id: id.clone(), title, note: Text::new(&section.note) });
                    id
                }
            };
            let context = Context { scheme: Rc::clone(&scheme), section: id, given: section.given.clone() };
            let number = self.number(&context);
            for row in &section.shared {
                let made = context.made(number, row).map_err(|error| match &row.file {
                    Some(file) => error.in_file(file),
                    None => error,
                })?;
                filled.iter_mut().zip(made.filled.iter()).for_each(|(all, own)| *all |= own);
                candidates.push(Candidate { at: row.at, said: &row.said, entry: made.entry });
            }
            contexts.push((context, number));
        }
        self.contexts = contexts;
        let entries = identify(&mut self.ids, &candidates, &mut warnings)?;
        let is_filled = |at: usize| filled[at / 64] & (1 << (at % 64)) != 0;
        // All columns of a table, those in use of records.
        let columns = scheme.columns.iter().enumerate();
        let columns = columns.filter(|(at, _)| draft.layout == Layout::Table || is_filled(*at));
        let columns = columns.map(|(_, column)| column.clone()).collect();
        let facts = std::mem::take(&mut draft.facts);
        let names = scheme.names.iter().map(|label| Text::new(draft.labels.spelling(*label))).collect();
        let inventory = Inventory { facts, columns, sections, entries, layout: draft.layout };
        Ok(Reading { inventory, names, warnings })
    }

    /// The scheme of a version: the one before, as long as it rests on the same.
    fn scheme(&mut self, layers: Layers, labels: &Labels, options: &Options) -> Rc<Scheme> {
        if let Some((known, scheme)) = &self.scheme
            && *known == layers
        {
            return Rc::clone(scheme);
        }
        let scheme = Scheme::of(&layers, labels, options);
        let scheme = match &self.scheme {
            Some((_, known)) if **known == scheme => Rc::clone(known),
            _ => Rc::new(scheme),
        };
        self.scheme = Some((layers, Rc::clone(&scheme)));
        scheme
    }

    fn number(&mut self, context: &Context) -> u64 {
        let known = self.contexts.iter().find(|(known, _)| known == context);
        known.map_or_else(
            || {
                self.numbers += 1;
                self.numbers
            },
            |(_, number)| *number,
        )
    }
}

/// Columns that number the rows: they say nothing of an entry, and change with its place.
fn counters(sections: &[DraftSection], labels: &Labels) -> Vec<Label> {
    let counts = |label: Label| {
        let cells = sections.iter().flat_map(|section| &section.shared).flat_map(|row| &row.said.cells);
        let is_number = |text: &str| text.trim().trim_end_matches(['.', ')']).bytes().all(|b| b.is_ascii_digit());
        cells.filter(|(known, _)| *known == label).all(|(_, text)| is_number(text))
    };
    let named = labels.iter().filter(|(_, spelling)| Vocabulary::builtin().is(Meaning::RowNumber, &fold(spelling)));
    named.map(|(label, _)| label).filter(|label| counts(*label)).collect()
}

impl Layers {
    fn of(sections: &[DraftSection], labels: &Labels) -> Self {
        let mut counters = counters(sections, labels);
        let ids = ids_column(sections, labels);
        counters.extend(ids.map(|(label, _)| label));
        let mut shapes = BTreeMap::new();
        let mut last = None;
        for row in sections.iter().flat_map(|section| &section.shared) {
            // Rows of one list are mostly alike.
            if last != Some(row.said.shape) {
                last = Some(row.said.shape);
                shapes.entry(row.said.shape).or_insert_with(|| without(&counters, row.said.labels()));
            }
        }
        let headers = sections.iter().map(|section| without(&counters, section.header.iter().copied())).collect();
        let ids = ids.filter(|(_, counts)| !counts).map(|(label, _)| label);
        Layers { labels: labels.iter().map(|(label, _)| label).collect(), shapes, headers, counters, ids }
    }
}

fn without(counters: &[Label], labels: impl Iterator<Item = Label>) -> Vec<Label> {
    labels.filter(|label| !counters.contains(label)).collect()
}

fn limit(what: &'static str, found: usize, limit: usize, at: Option<Position>) -> Result<(), ReadError> {
    if found <= limit {
        Ok(())
    } else {
        Err(ReadError { file: None, at, problem: Problem::Limit { what, found, limit } })
    }
}

/// Which label is the name, and which column each other label belongs to.
#[derive(Debug, PartialEq, Eq)]
struct Scheme {
    /// Labels that hold the entry's name, the best first.
    names: Vec<Label>,
    /// By label: the place of its column in `columns`.
    places: BTreeMap<Label, usize>,
    columns: Vec<Column>,
    /// Labels of columns that only count rows or identify them.
    counters: Vec<Label>,
    /// The label of the column that identifies every entry.
    ids: Option<Label>,
}

impl Scheme {
    fn of(layers: &Layers, labels: &Labels, options: &Options) -> Self {
        let together = Together::of(layers);
        let firsts: BTreeSet<Label> = layers.headers.iter().filter_map(|header| header.first()).copied().collect();
        // Labels by fitness for their role; among equals the spelling decides, never the order of the file.
        let mut ranked: Vec<(Role, bool, Fitness, &str, Label)> = labels
            .iter()
            .map(|(label, spelling)| {
                let HeaderRole { role, fitness } = options.header(spelling);
                // "Sub-processors" behind "Processor" are the vendor's own.
                let own = role == Role::Name
                    && fold(spelling).ends_with('s')
                    && !firsts.contains(&label)
                    && firsts.iter().any(|first| options.role(labels.spelling(*first)) == Role::Name);
                (role, own, fitness, spelling, label)
            })
            .collect();
        ranked.sort();
        let (counters, ids) = (layers.counters.clone(), layers.ids);
        let mut scheme = Scheme { names: Vec::new(), places: BTreeMap::new(), columns: Vec::new(), counters, ids };
        for role in [Role::Name, Role::Service] {
            for (.., label) in ranked.iter().filter(|(r, ..)| *r == role) {
                if scheme.names.iter().all(|name| !together.meet(*name, *label)) {
                    scheme.names.push(*label);
                }
            }
            if !scheme.names.is_empty() {
                break;
            }
        }
        // A table without a header that means a name has its names in the first column.
        for header in &layers.headers {
            let header = || header.iter();
            if let Some(first) = header().next().filter(|_| !header().any(|label| scheme.names.contains(label))) {
                scheme.names.push(*first);
            }
        }
        let mut members: Vec<Vec<Label>> = Vec::new();
        for (role, _, _, spelling, label) in ranked {
            if scheme.names.contains(&label) {
                continue;
            }
            // Beside the name of the entry another name ("Legal entity") is a column like others.
            let role = if role == Role::Name { Role::Other } else { role };
            let folded = fold(spelling);
            // The home of a vendor is never told as the place where it processes, also where it stands alone.
            let beside = options.vocabulary.is_qualified_variant(role, spelling);
            let place = (0..members.len()).find(|at| {
                let column = &scheme.columns[*at];
                let alone = beside
                    || role == Role::Other
                    || options.vocabulary.is_qualified_variant(column.role, column.label.as_str());
                let same = if alone { fold(column.label.as_str()) == folded } else { column.role == role };
                same && (members[*at].iter().all(|other| !together.meet(*other, label))
                    || fold(column.label.as_str()) == folded)
            });
            let place = place.unwrap_or_else(|| {
                scheme.columns.push(Column {
                    field: scheme.free_key(if beside { Role::Other } else { role }, spelling),
                    label: Text::new(spelling),
                    role,
                });
                members.push(Vec::new());
                members.len() - 1
            });
            members[place].push(label);
            scheme.places.insert(label, place);
        }
        scheme.sort_columns();
        scheme
    }

    /// Puts the columns into the order that all lists have.
    fn sort_columns(&mut self) {
        let mut order: Vec<usize> = (0..self.columns.len()).collect();
        order.sort_by_cached_key(|at| column_order(&self.columns[*at]));
        self.columns = order.iter().map(|at| self.columns[*at].clone()).collect();
        for place in self.places.values_mut() {
            *place = order.iter().position(|at| at == place).unwrap_or(*place);
        }
    }

    /// The key of a new column: its role's, or one from its label, that no other column has.
    fn free_key(&self, role: Role, label: &str) -> FieldKey {
        let taken = |key: &FieldKey| self.columns.iter().any(|column| column.field == *key) || key.as_str() == "name";
        let own = FieldKey::from_name(role.info().key);
        if role != Role::Other && !taken(&own) {
            return own;
        }
        let key = FieldKey::from_name(label);
        let reserved =
            changecast_core::compare::ROLES.iter().any(|role| role.key == key.as_str() && role.key != "other");
        if !taken(&key) && !reserved {
            return key;
        }
        (2..).map(|n| key.numbered(n)).find(|key| !taken(key)).unwrap_or(key)
    }
}

impl Context {
    /// The entry of a row, which it had in an earlier version perhaps.
    fn made(&self, number: u64, row: &Row) -> Result<Made, ReadError> {
        let known = row.said.made.borrow().as_ref().filter(|made| made.context == number).cloned();
        if let Some(made) = known {
            return Ok(made);
        }
        let (entry, filled) = self.entry(row.at, &row.said)?;
        // In another context it may be the same.
        let before = row.said.made.borrow_mut().take().filter(|before| *before.entry == entry);
        let made = match before {
            Some(before) => Made { context: number, filled, ..before },
            None => Made { context: number, entry: Arc::new(entry), filled, renamed: None },
        };
        *row.said.made.borrow_mut() = Some(made.clone());
        Ok(made)
    }

    fn entry(&self, at: Position, said: &Said) -> Result<(Entry, Rc<[u64]>), ReadError> {
        let scheme = &*self.scheme;
        let row = || said.cells.iter().filter(|(label, _)| !scheme.counters.contains(label));
        let name = scheme.names.iter().find_map(|name| row().find(|(label, _)| label == name));
        let name = name.map(|(_, text)| Text::new(text)).filter(|name| !name.is_empty());
        let name = name.ok_or(ReadError::at(at, Problem::NoName))?;
        limit("characters of a name", name.as_str().chars().count(), MAX_NAME, Some(at))?;
        let mut cells: Vec<Option<Text>> = vec![None; scheme.columns.len()];
        for (label, text) in row().chain(&self.given) {
            let Some(place) = scheme.places.get(label) else { continue };
            if cells[*place].is_some() || says_nothing(text) {
                continue;
            }
            let text = Text::new(text);
            limit("characters of a field", text.as_str().chars().count(), MAX_TEXT, Some(at))?;
            cells[*place] = Some(text).filter(|text| !text.is_empty());
        }
        let mut filled: Vec<u64> = vec![0; cells.len().div_ceil(64)];
        for at in (0..cells.len()).filter(|at| cells[*at].is_some()) {
            filled[at / 64] |= 1 << (at % 64);
        }
        let cells = scheme.columns.iter().zip(cells);
        let cells =
            cells.filter_map(|(column, text)| Some(Cell { field: column.field.clone(), text: text? })).collect();
        let stated = || said.cells.iter().find(|(label, _)| scheme.ids == Some(*label));
        let id = said.id.clone().or_else(|| EntryId::new(stated()?.1.trim()).ok());
        let id = id.unwrap_or_else(|| EntryId::from_name(&fold(name.as_str())));
        let (section, hints) = (self.section.clone(), said.hints.clone());
        Ok((Entry { id, name, section, cells, hints }, filled.into()))
    }
}

/// A cell that only marks its emptiness.
fn says_nothing(text: &str) -> bool {
    matches!(text.trim(), "" | "-" | "\u{2013}" | "\u{2014}")
}

/// Which labels stand in one header or one row: they are different columns whatever they mean.
struct Together(BTreeSet<(Label, Label)>);

impl Together {
    fn of(layers: &Layers) -> Self {
        let mut pairs = BTreeSet::new();
        for set in layers.shapes.values().chain(&layers.headers) {
            for a in set {
                pairs.extend(set.iter().filter(|b| a != *b).map(|b| (*a, *b)));
            }
        }
        Together(pairs)
    }

    fn meet(&self, a: Label, b: Label) -> bool {
        self.0.contains(&(a, b))
    }
}
