//! Pages that were written for people: from blocks to a list.
//!
//! Markdown, HTML and reStructuredText all become a sequence of blocks. The rules for blocks are here and in
//! [`super::page_lists`], once for all formats.

use std::collections::BTreeSet;

use changecast_core::{
    compare::{FOOTNOTE_LABEL, Status, readable},
    model::{Layout, Role, fold},
    vocabulary::{HeaderRole, Vocabulary},
};

use crate::read::{
    UnnamedRow,
    build::{
        assemble::{MAX_COLUMNS, check_limit},
        intern::Label,
        raw_list::{ParsedRow, RawList, RawSection},
    },
    choose::{
        absence::{absence_of_list, is_error_page},
        beside::Beside,
        bullet::{Bullet, Style},
        continued::{Columns, Shape, named_rows, unnamed},
        entry_name::{self, begins_with_end, is_no_entry},
        fitness::Fitness,
        footnotes::{self, HeadingNotes},
        header_labels::header_labels,
        named_cell::{LinkCell, NameLines, add_name, name_in},
        not_found::{rendered_data, what_was_found},
        page_lists::{Decision, Verdict, decide},
        page_parts::{Content, Found, find, is_name},
        part::{Part, plain_name},
        part_kind::{Standing, kind_of},
        places::{are_places, place_named_in},
        repetition::unknown_names,
        statement::{conditions_in, ends, status_of},
    },
    config::ReadingConfig,
    error::{NoList, Problem, ReadError, Warning},
    position::Position,
    source_text::{SourceText, cleaned},
    syntax::{
        block::{Block, COLONS, Cell, Item, Page, Table, header_of, split},
        template::is_placeholder,
    },
};

/// Finds the list of a page, whose blocks include records. The path and the front matter may state the subject of the page.
pub(crate) fn interpret(
    page: &Page,
    path: &str,
    options: &ReadingConfig,
    list: &mut RawList<'_>,
) -> Result<(), ReadError> {
    check_columns(page)?;
    if is_error_page(page, &options.vocabulary) {
        return Err(Problem::Replaced("an error message or a login page").into());
    }
    let words = &options.vocabulary;
    let (blocks, notes) = footnotes::resolve(words, page);
    let found = find(words, &blocks);
    let about = format!("{path} {}", page.metadata);
    let decisions = decide(&found, &about, options);
    let chosen: Vec<&Decision<'_>> = decisions.iter().filter(|decision| decision.is_chosen()).collect();
    let described_elsewhere = chosen.iter().map(|decision| &decision.described_elsewhere);
    let described_elsewhere: Vec<&BTreeSet<String>> = described_elsewhere.collect();
    let chosen: Vec<&Found<'_>> = chosen.iter().map(|decision| decision.part.found).collect();
    if chosen.is_empty() {
        let rendered = rendered_data(words, page.loops.iter());
        if let Some(problem) = rendered.filter(|_| page.damage.is_none()) {
            return Err(problem.into());
        }
        let absence = absence_of_list(page, &decisions, &options.vocabulary);
        let no_list = NoList { found: what_was_found(&decisions, options), absence };
        return Err(page.damage.clone().unwrap_or_else(|| Problem::from(no_list).into()));
    }
    if chosen.iter().all(|part| part.has_only_a_header()) {
        let no_rows = NoList::unexplained("the table has a header and no rows");
        return Err(rendered_data(words, page.loops.iter()).unwrap_or(no_rows.into()).into());
    }
    if let Some(problem) = vendors_of_another_file(page, words).filter(|_| chosen.iter().all(|part| part.is_list())) {
        return Err(problem.into());
    }
    if options.tables.is_empty() {
        let parts: Vec<&Part<'_>> = decisions.iter().filter(|one| one.is_chosen()).map(|one| &one.part).collect();
        list.warnings.extend(decisions.iter().filter_map(|decision| skipped_table(decision, &parts)));
        list.warnings.extend(decisions.iter().filter_map(|decision| skipped_bullets(decision, &parts)));
    }
    let surroundings = Surroundings { by_status: states_differ(words, &chosen, &blocks), notes };
    let mut namesake: Option<&SourceText> = None;
    for (part, names) in chosen.into_iter().zip(described_elsewhere) {
        match &part.content {
            Content::Record(items) => record(list, items, part, &mut namesake),
            Content::Table(table) => {
                list.layout = Layout::Table;
                table_sections(list, table, part, names, &surroundings, options);
            }
            Content::List(items) => {
                let section = list_section(list, items, part, &surroundings);
                list.sections.push(section);
            }
        }
    }
    // A loop in an empty table fills it with data of another file.
    let is_empty = list.sections.iter().all(|section| section.rows.is_empty());
    match rendered_data(words, page.loops.iter()).filter(|_| is_empty) {
        Some(problem) => Err(problem.into()),
        None => Ok(()),
    }
}

/// What surrounds the parts of a list.
struct Surroundings {
    /// Whether headings state different statuses for parts of the list.
    by_status: bool,
    notes: HeadingNotes,
}

/// The problem that loops on a page show vendors that another file has. Bullets beside them are not the list.
fn vendors_of_another_file(page: &Page, words: &Vocabulary) -> Option<Problem> {
    rendered_data(words, page.loops.iter().filter(|one| words.is_about_vendors(&readable(&one.data))))
}

/// Whether a page has a table of vendors with rows.
pub(crate) fn has_vendor_table(page: &Page, options: &ReadingConfig) -> bool {
    let found = find(&options.vocabulary, &page.blocks);
    found.iter().map(|found| Part::of(found, options)).any(|part| {
        part.found.is_table()
            && part.at().is_some()
            && kind_of(&part).standing != Standing::Excluded
            && Fitness::of(&part) == Fitness::Vendors
    })
}

/// The warning about a table or description that lists vendors but is not a part of the list.
fn skipped_table(decision: &Decision<'_>, chosen: &[&Part<'_>]) -> Option<Warning> {
    let part = &decision.part;
    let heading = part.found.heading();
    let place = if heading.is_empty() { String::new() } else { format!(" under {heading:?}") };
    let what = match decision.verdict {
        Verdict::LeftOut(reason) if part.found.is_table() && part.name_column.is_stated() => {
            format!("also lists vendors, but was skipped because it {reason}")
        }
        Verdict::Repeats => match &unknown_names(part, chosen)[..] {
            [] => return None,
            names => format!("repeats vendors of the list and was skipped, but only it names {}", names.join(", ")),
        },
        Verdict::Chosen | Verdict::Excluded(_) | Verdict::LeftOut(_) => return None,
    };
    let kind = if part.found.is_record() { "description" } else { "table" };
    let message = format!("the {kind}{place} {what}; to read it, name all tables with `tables` or --table");
    Some(Warning::at(Warning::SKIPPED_TABLE, part.at()?, message))
}

/// The warning about bullets beside the tables of the list, which name companies that it does not have.
fn skipped_bullets(decision: &Decision<'_>, chosen: &[&Part<'_>]) -> Option<Warning> {
    let part = &decision.part;
    let is_beside = |other: &&&Part<'_>| other.found.is_table() && other.found.headings == part.found.headings;
    let is_near = part.is_below_vendors() && chosen.iter().any(|other| other.found.is_table());
    let is_left_out = matches!(decision.verdict, Verdict::LeftOut(_));
    if !is_left_out || !is_near && !chosen.iter().any(|other| is_beside(&other)) {
        return None;
    }
    let known: BTreeSet<String> = chosen.iter().flat_map(|other| other.plain_names()).collect();
    let Beside::Unclear(items) = Beside::of(part, &known) else { return None };
    let names: Vec<String> = items.iter().map(|item| cleaned(&split(part.words(), item).0)).collect();
    let message = format!(
        "the bullets beside the table name {} and were skipped, because not all of them state a vendor that is not in \
         the table, and its purpose or place; write \"Name - purpose - place\" in each, or add rows to the table",
        names.join(", ")
    );
    Some(Warning::at(Warning::SKIPPED_BULLETS, items.first()?.at, message))
}

/// Checks the width of all tables before anything looks at their cells.
fn check_columns(page: &Page) -> Result<(), ReadError> {
    for block in &page.blocks {
        if let Block::Table(table) = block {
            let at = table.rows.first().map(|(at, _)| *at);
            check_limit("columns", table.header.len(), MAX_COLUMNS, at)?;
        }
    }
    Ok(())
}

/// Adds the entry that a list of fields describes. Its name is one of the fields, the line above, or the heading.
/// `namesake` is the last heading that was a name: a second record below it may have lost its heading.
fn record<'p>(list: &mut RawList<'_>, items: &[Item], part: &Found<'p>, namesake: &mut Option<&'p SourceText>) {
    let Some(first) = items.first() else { return };
    let words = list.vocabulary;
    // A line above the fields names the vendor unless a heading does.
    let heads = part.heading().is_empty() || words.is_about_vendors(part.heading());
    let lead = part.lead.map(|lead| lead.trimmed()).filter(|lead| lead.ends_with(COLONS) || heads);
    let lead = lead.map(|lead| lead.part(lead.trim_end_matches(COLONS))).filter(|lead| is_name(lead));
    let (label, value) = split(words, first);
    // "Legal entity" describes a vendor that is already named.
    let is_unnamed = lead.is_none() && heads;
    let names = matches!(
        words.header(&cleaned(&label)),
        HeaderRole { role: Role::Name, fitness } if fitness.is_usual() || is_unnamed
    ) && is_name(&value);
    let mut headings = part.headings.iter().rev().map(|heading| (*heading).clone());
    let (heading, above) = (headings.next().unwrap_or_default(), headings.next().unwrap_or_default());
    // A heading that begins like the name is the vendor's, not a section's.
    let (name, above) = match lead {
        _ if names && first_word(&heading) == first_word(&value) => (value, above),
        _ if names => (value, heading),
        Some(lead) => (lead, heading),
        None if heading.is_empty() => {
            list.unnamed.push(unnamed_record(words, items, None));
            return;
        }
        None => {
            let own = part.headings.last().copied();
            let last = std::mem::replace(namesake, own);
            if last.zip(own).is_some_and(|(last, own)| std::ptr::eq(last, own)) {
                list.unnamed.push(unnamed_record(words, items, Some(first.at)));
            }
            (heading, above)
        }
    };
    if is_no_entry(words, &cleaned(&name)) {
        return;
    }
    let mut row = row_of(list, first.at, &name);
    for item in items.iter().skip(usize::from(names)) {
        let (label, value) = split(words, item);
        let texts = [&value].into_iter().chain(&item.children).filter(|text| !text.is_empty());
        let text = SourceText::join(texts, ", ").into();
        row.cells.push((list.labels.intern(&readable(&cleaned(&label))), text));
    }
    add_notes(list, &mut row, items.iter().flat_map(|item| &item.notes));
    list.add_to_section(cleaned(&above), row);
}

/// The values of a record without a name, which is a part of the entry that begins there.
fn unnamed_record(words: &Vocabulary, items: &[Item], entry: Option<Position>) -> UnnamedRow {
    let values: Vec<SourceText> = items.iter().map(|item| split(words, item).1).collect();
    let at = items.first().map_or(Position::START, |item| item.at);
    unnamed(at, entry, values.iter().map(|value| value.as_str()))
}

/// Adds the footnotes of a row to its cells.
fn add_notes<'n>(list: &mut RawList<'_>, row: &mut ParsedRow, notes: impl IntoIterator<Item = &'n SourceText>) {
    if let Some(note) = footnotes::joined(notes) {
        row.cells.push((list.labels.intern(FOOTNOTE_LABEL), note.into()));
    }
}

/// The first word of a text, folded.
fn first_word(text: &str) -> String {
    fold(&cleaned(text)).split(' ').next().unwrap_or_default().to_owned()
}

/// A row with a name and the address of its link.
fn row_of(list: &mut RawList<'_>, at: Position, name: &SourceText) -> ParsedRow {
    let mut row = ParsedRow::at(at);
    let label = list.labels.intern(&readable("name"));
    add_name(list, &mut row, label, name, LinkCell::Add, NameLines::Name);
    row
}

fn table_sections(
    list: &mut RawList<'_>,
    table: &Table,
    part: &Found<'_>,
    described_elsewhere: &BTreeSet<String>,
    surroundings: &Surroundings,
    options: &ReadingConfig,
) {
    let (header, rows) = header_of(table);
    let headers: Vec<String> = header.iter().map(|cell| cleaned(&cell.text)).collect();
    let labels =
        header_labels(list, options, &headers, rows, |(_, cells), place| cells.get(place).map(|cell| &*cell.text));
    // Which column is the name is decided later, by the same rules for all formats; here only its
    // link matters.
    let columns = Columns::of(headers.iter().map(|header| options.role(header)));
    let name = columns.name();
    let link = LinkCell::unless(header.iter().any(|cell| options.role(&cleaned(&cell.text)) == Role::Link));
    let name_lines = NameLines::of(list.vocabulary, rows.iter().filter_map(|(_, cells)| Some(&cells.get(name)?.text)));
    let mut section = begin(list, part, surroundings, header, &labels);
    let named_rows = named_rows(rows.iter().map(|(_, cells)| shape_of(cells, &columns)));
    let firsts = named_rows.iter().filter(|row| row.is_named()).map(|row| rows[row.row].1.first());
    let all_strong = firsts.into_iter().all(|first| first.is_some_and(|cell| cell.strong));
    let words = list.vocabulary;
    let mut are_gone = false;
    for named in named_rows {
        let (at, cells) = &rows[named.row];
        let name_cell = rows[named.named_in].1.get(name);
        let filled = cells.iter().filter(|cell| !cell.text.trim().is_empty()).count();
        // A row that is struck out or marked as retired is no longer on the list.
        let is_gone =
            |cell: &Cell| cell.is_over() || is_placeholder(&cell.text) || is_no_entry(words, &cleaned(&cell.text));
        let is_over = !named.is_named() && cells.iter().all(|cell| cell.is_over() || cell.text.trim().is_empty());
        if filled == 0 || is_over || name_cell.is_some_and(is_gone) {
            let has_no_name = |cell: &Cell| entry_name::is_placeholder(words, &cleaned(&cell.text));
            if name_cell.is_some_and(has_no_name) && !is_over {
                list.unnamed.push(unnamed(*at, None, texts_behind(name, cells)));
            }
            continue;
        }
        let is_described_elsewhere =
            |cell: &Cell| described_elsewhere.contains(&plain_name(&name_in(words, &cell.text)));
        if !described_elsewhere.is_empty() && name_cell.is_some_and(is_described_elsewhere) {
            continue;
        }
        // A row with only one strong cell is a heading inside the table.
        if filled == 1 && cells.len() > 1 && cells[0].strong && !all_strong {
            are_gone = status_of(words, &cells[0].text).is_some_and(|status| ends(words, &status));
            let next = RawSection {
                title: cells[0].text.on_one_line().to_string(),
                note: footnotes::joined(&cells[0].notes).unwrap_or_default().to_string(),
                header: section.header.clone(),
                ..RawSection::default()
            };
            list.sections.push(std::mem::replace(&mut section, next));
            continue;
        }
        if are_gone {
            continue;
        }
        let beyond = cells.get(labels.len()..).unwrap_or_default();
        if let Some(cell) = beyond.iter().find(|cell| !cell.text.trim().is_empty()) {
            let text = cleaned(&cell.text);
            let message = format!("the row has a cell without a column: {text:?}; write \\| for a | in a cell");
            list.warnings.push(Warning::at(Warning::EXTRA_CELL, *at, message));
        }
        let mut row = ParsedRow::at(*at);
        for (place, label) in labels.iter().enumerate() {
            let Some(label) = label else { continue };
            if place == name {
                if let Some(cell) = name_cell {
                    add_name(list, &mut row, *label, &cell.text, link, name_lines);
                }
                continue;
            }
            let rows_of_cell: Vec<usize> =
                if columns.are_names(place) { vec![named.named_in] } else { named.rows_of(place).collect() };
            let cells = rows_of_cell.into_iter().filter_map(|row| rows[row].1.get(place));
            let texts = cells.map(|cell| if cell.struck { SourceText::default() } else { cell.text.clone() });
            row.cells.extend(joined(texts.collect()).map(|text| (*label, text.into())));
        }
        add_notes(list, &mut row, named.rows().flat_map(|row| &rows[row].1).flat_map(|cell| &cell.notes));
        let further = named.unnamed_rows().map(|row| &rows[row]);
        let entry = Some(row.at);
        list.unnamed.extend(further.map(|(at, cells)| unnamed(*at, entry, texts_behind(name, cells))));
        section.rows.push(list.intern(row));
    }
    list.sections.push(section);
}

/// The texts of a row behind its name.
fn texts_behind(name: usize, cells: &[Cell]) -> impl Iterator<Item = &str> {
    cells.iter().skip(name + 1).map(|cell| cell.text.as_str())
}

/// The lines of a cell as one text. `None` if the row ends before the cell.
fn joined(mut lines: Vec<SourceText>) -> Option<SourceText> {
    match lines.len() {
        0 => None,
        1 => lines.pop(),
        _ => Some(SourceText::join(lines.iter().filter(|text| !text.is_empty()), "; ")),
    }
}

/// What a row of a table is for those below it.
fn shape_of(cells: &[Cell], columns: &Columns) -> Shape {
    let is_heading = cells.first().is_some_and(|first| first.strong && !first.text.trim().is_empty())
        && cells.iter().skip(1).all(|cell| cell.text.trim().is_empty());
    if is_heading { Shape::Divides } else { Shape::of(cells.iter().map(|cell| cell.text.as_str()), columns) }
}

fn list_section(list: &mut RawList<'_>, items: &[Item], part: &Found<'_>, surroundings: &Surroundings) -> RawSection {
    let mut section = begin(list, part, surroundings, &[], &[]);
    let words = list.vocabulary;
    let style = Style::of(words, items);
    for item in items {
        let Bullet { name, purpose, places } = Bullet::of(words, item, style);
        let is_no_name = is_placeholder(&name) || is_no_entry(words, &cleaned(&name));
        if !is_name(&name) || item.struck || is_no_name || begins_with_end(words, &split(words, item).1) {
            if name.trim().is_empty() && !item.struck {
                let values =
                    item.children.iter().map(|child| child.split_once(COLONS).map_or(&**child, |(_, value)| value));
                list.unnamed.push(unnamed(item.at, None, values));
            }
            continue;
        }
        let mut row = row_of(list, item.at, &name);
        for (key, texts, by) in [("purpose", purpose, " \u{2013} "), ("location", places, ", ")] {
            if !texts.is_empty() {
                row.cells.push((list.labels.intern(&readable(key)), SourceText::join(&texts, by).into()));
            }
        }
        for child in &item.children {
            let (key, value) = child.split_once(COLONS).unwrap_or((unlabelled_key(words, child), child));
            row.cells.push((list.labels.intern(&readable(key.trim())), child.part(value.trim()).into()));
        }
        add_notes(list, &mut row, &item.notes);
        section.rows.push(list.intern(row));
    }
    section
}

/// The key of a line without a label below the name of a bullet.
fn unlabelled_key(words: &Vocabulary, line: &str) -> &'static str {
    if are_places(words, line) { "location" } else { "Details" }
}

/// A section with the defaults that its heading and the sentence above state for all its entries, with the conditions
/// of that sentence, and with the notes of its headings and headers.
fn begin(
    list: &mut RawList<'_>,
    part: &Found<'_>,
    surroundings: &Surroundings,
    header: &[Cell],
    labels: &[Option<Label>],
) -> RawSection {
    let lead = part.lead_text().trim();
    let label = lead.trim_end_matches(COLONS).trim();
    // A short line above a list is its title; a sentence is not.
    let is_label =
        matches!(part.content, Content::List(_)) && lead.ends_with(COLONS) && label.split_whitespace().count() <= 4;
    let title = if is_label { label } else { part.heading() };
    let notes = surroundings.notes.get(&part.place).into_iter().flatten();
    let notes = notes.chain(header.iter().flat_map(|cell| &cell.notes));
    let conditions = conditions_in(list.vocabulary, lead);
    let mut section = RawSection {
        title: cleaned(title),
        note: footnotes::joined(conditions.iter().chain(notes)).unwrap_or_default().to_string(),
        header: labels.iter().flatten().copied().collect(),
        ..RawSection::default()
    };
    if let Some(place) = [lead, part.heading()].into_iter().find_map(|text| place_named_in(list.vocabulary, text)) {
        section.defaults.push((list.labels.intern("Location"), SourceText::from(place).into()));
    }
    if let Some(status) = status_of(list.vocabulary, part.heading()).filter(|_| surroundings.by_status) {
        section.defaults.push((list.labels.intern("Status"), SourceText::from(status).into()));
    }
    section
}

/// Whether headings state different statuses for parts of one list, of which some may have no entries: "None for now".
fn states_differ(words: &Vocabulary, chosen: &[&Found<'_>], blocks: &[Block]) -> bool {
    let state_of = |heading: &str| status_of(words, heading).map(|status| Status::read(words, &status).lifecycle);
    let empty = blocks.windows(2).filter_map(|pair| match pair {
        [Block::Heading { text, .. }, Block::Paragraph { text: below, .. }] => {
            Some(text).filter(|_| entry_name::is_placeholder(words, &cleaned(below)))
        }
        _ => None,
    });
    // An empty section without a status says nothing.
    let of_empty = empty.map(|heading| state_of(heading)).filter(Option::is_some);
    let mut states = chosen.iter().map(|part| state_of(part.heading())).chain(of_empty);
    let first = states.next();
    states.any(|state| Some(state) != first)
}
