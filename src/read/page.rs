//! Pages written for people: which of their tables and bullets are the list.
//!
//! Markdown, HTML and reStructuredText all become a sequence of blocks; what is decided about them is
//! decided here, once.

use crate::model::{Hints, Layout, Role, Status, Text, fold, places, readable};

use super::{
    Options,
    draft::{Draft, DraftRow, DraftSection, Label},
    error::{Position, Problem, ReadError},
};

/// A piece of a page, in its order.
#[derive(Debug)]
pub(super) enum Block {
    Heading { level: usize, text: String },
    Paragraph(String),
    Table(Table),
    List(Vec<Item>),
}

/// A table. A header without any text stands for none.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub header: Vec<Cell>,
    pub rows: Vec<(Position, Vec<Cell>)>,
}

/// A cell, or any run of text.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    /// Its text; links as `[text](address)`.
    pub text: String,
    /// Whether all of it is emphasised strongly.
    pub strong: bool,
}

/// A bullet, or a term with its definition.
#[derive(Debug)]
pub(super) struct Item {
    pub at: Position,
    /// A link, strong text or term at its beginning, as it would stand in a cell.
    pub lead: Option<String>,
    /// What follows, or all of it.
    pub rest: String,
    /// Bullets below it.
    pub children: Vec<String>,
}

/// Words that say that a list names vendors.
const VENDOR_WORDS: [&str; 9] = [
    "subprocessor", "sub-processor", "sub processor", "processor", "vendor", "supplier", "third part", "third-part",
    "service provider",
];

/// Words of tables and lists that are about something else.
const OTHER_WORDS: [&str; 6] = ["cookie", "change log", "changelog", "revision", "version history", "update history"];

fn mentions(text: &str, words: &[&str]) -> bool {
    let text = fold(text);
    words.iter().any(|word| text.contains(word))
}

/// A table or list with what stands above it.
struct Found<'a> {
    /// The headings above it, from the top level down.
    headings: Vec<&'a str>,
    /// The paragraph directly above it.
    lead: Option<&'a str>,
    content: Content<'a>,
}

enum Content<'a> {
    Table(&'a Table),
    List(&'a [Item]),
}

impl Found<'_> {
    fn heading(&self) -> &str {
        self.headings.last().copied().unwrap_or_default()
    }
}

/// Makes a draft of a page. `about` is what else is known of the page: its path and front matter.
pub(super) fn draft(blocks: &[Block], about: &str, options: &Options) -> Result<Draft, ReadError> {
    let found = find(blocks);
    let chosen =
        if options.tables.is_empty() { choose(&found, about, options) } else { named(&found, &options.tables) };
    if chosen.is_empty() {
        return Err(Problem::NoList(what_was_found(&found, options)).into());
    }
    let mut draft = Draft::default();
    let by_status = states_differ(&chosen);
    for part in chosen {
        match part.content {
            Content::Table(table) => {
                draft.layout = Layout::Table;
                table_sections(&mut draft, table, part, by_status, options);
            }
            Content::List(items) => {
                let section = list_section(&mut draft, items, part, by_status);
                draft.sections.push(section);
            }
        }
    }
    Ok(draft)
}

fn find(blocks: &[Block]) -> Vec<Found<'_>> {
    let mut headings: Vec<(usize, &str)> = Vec::new();
    let mut lead: Option<&str> = None;
    let mut found = Vec::new();
    for block in blocks {
        let content = match block {
            Block::Heading { level, text } => {
                headings.retain(|(above, _)| above < level);
                headings.push((*level, text));
                lead = None;
                continue;
            }
            Block::Paragraph(text) => {
                lead = Some(text);
                continue;
            }
            Block::Table(table) => Content::Table(table),
            Block::List(items) => Content::List(items),
        };
        found.push(Found { headings: headings.iter().map(|(_, text)| *text).collect(), lead: lead.take(), content });
    }
    found
}

/// The tables and lists under the headings that the configuration names.
fn named<'a>(found: &'a [Found<'a>], names: &[String]) -> Vec<&'a Found<'a>> {
    let is_named =
        |part: &&Found<'_>| part.headings.iter().any(|heading| names.iter().any(|name| fold(name) == fold(heading)));
    let tables = |part: &&Found<'_>| matches!(part.content, Content::Table(_));
    let all: Vec<&Found<'_>> = found.iter().filter(is_named).collect();
    if all.iter().any(tables) { all.into_iter().filter(tables).collect() } else { all }
}

/// The tables and lists that are the inventory, as a careful reader would say.
fn choose<'a>(found: &'a [Found<'a>], about: &str, options: &Options) -> Vec<&'a Found<'a>> {
    let tables: Vec<(&Found<'_>, Fitness)> = found
        .iter()
        .filter_map(|part| match part.content {
            Content::Table(table) => Some((part, Fitness::of(table, part, options)?)),
            Content::List(_) => None,
        })
        .collect();
    // Tables that speak of vendors are the list; tables of the same columns belong to it.
    for level in [Fitness::Vendors, Fitness::Named] {
        if tables.iter().any(|(_, fitness)| *fitness == level) {
            let columns = |part: &Found<'_>| match part.content {
                Content::Table(table) => header_of(table).0.iter().map(|cell| fold(&cell.text)).collect::<Vec<_>>(),
                Content::List(_) => Vec::new(),
            };
            let chosen: Vec<_> =
                tables.iter().filter(|(_, fitness)| *fitness == level).map(|(part, _)| columns(part)).collect();
            let belongs =
                |(part, fitness): &&(&'a Found<'a>, Fitness)| *fitness == level || chosen.contains(&columns(part));
            return tables.iter().filter(belongs).map(|(part, _)| *part).collect();
        }
    }
    if let [(only, _)] = tables[..] {
        return vec![only];
    }
    let page_is_about_vendors = mentions(about, &VENDOR_WORDS);
    let lists = found.iter().filter(|part| match part.content {
        Content::List(items) => {
            let above = part.headings.join(" ") + " " + part.lead.unwrap_or_default();
            let about_vendors = page_is_about_vendors || mentions(&above, &VENDOR_WORDS);
            about_vendors
                && !mentions(&format!("{} {}", part.heading(), part.lead.unwrap_or_default()), &OTHER_WORDS)
                && names_things(items)
        }
        Content::Table(_) => false,
    });
    lists.collect()
}

/// How well a table fits to be the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fitness {
    /// Its header or heading speaks of vendors.
    Vendors,
    /// It has a column of names.
    Named,
    /// It is a table.
    Any,
}

impl Fitness {
    /// `None` for a table that is about something else.
    fn of(table: &Table, part: &Found<'_>, options: &Options) -> Option<Self> {
        let (header, rows) = header_of(table);
        let labels: Vec<&str> = header.iter().map(|cell| cell.text.as_str()).collect();
        if rows.is_empty() && labels.iter().all(|label| label.is_empty()) {
            return None;
        }
        if mentions(&labels.join(" "), &OTHER_WORDS)
            || mentions(part.heading(), &OTHER_WORDS) && !mentions(&labels.join(" "), &VENDOR_WORDS)
        {
            return None;
        }
        let named = labels.iter().any(|label| options.role(label).0 == Role::Name);
        // A log of dates and changes is no list.
        if labels.first().is_some_and(|label| fold(label) == "date") && !named {
            return None;
        }
        let above = part.heading().to_owned() + " " + part.lead.unwrap_or_default();
        let name_column = labels.iter().find(|label| options.role(label).0 == Role::Name).copied().unwrap_or_default();
        Some(match (named, mentions(name_column, &VENDOR_WORDS[..6]) || mentions(&above, &VENDOR_WORDS)) {
            (_, true) => Fitness::Vendors,
            (true, false) => Fitness::Named,
            (false, false) => Fitness::Any,
        })
    }
}

/// Whether most bullets begin with something that can be a name.
fn names_things(items: &[Item]) -> bool {
    let named = items.iter().filter(|item| is_name(&split(item).0)).count();
    named * 3 >= items.len() * 2 && named > 0
}

fn is_name(text: &str) -> bool {
    let plain = link_text(text);
    let words = plain.split_whitespace().count();
    (1..=8).contains(&words) && plain.chars().count() <= 90 && !plain.ends_with(['?', '!'])
}

fn what_was_found(found: &[Found<'_>], options: &Options) -> String {
    let tables = found.iter().filter(|part| matches!(part.content, Content::Table(_))).count();
    let lists = found.len() - tables;
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let what = match (tables, lists) {
        (0, 0) => "the page is prose".to_owned(),
        _ => format!(
            "the page has {} and {}, and none of them names vendors",
            count(tables, "table"),
            count(lists, "list")
        ),
    };
    if options.tables.is_empty() {
        what
    } else {
        format!("no table or list under the heading {:?}; {what}", options.tables.join(", "))
    }
}

/// The header and rows of a table. Where the header is empty, the first row stands for it.
fn header_of(table: &Table) -> (&[Cell], &[(Position, Vec<Cell>)]) {
    let empty = table.header.iter().all(|cell| cell.text.trim().is_empty());
    match table.rows.split_first() {
        Some(((_, first), rest)) if empty => (first, rest),
        _ => (&table.header, &table.rows),
    }
}

/// The label of the field that holds the address behind a name.
const LINK: &str = "Link";

fn table_sections(draft: &mut Draft, table: &Table, part: &Found<'_>, by_status: bool, options: &Options) {
    let (header, rows) = header_of(table);
    let labels: Vec<Option<Label>> = header
        .iter()
        .map(|cell| {
            Some(link_text(&cell.text))
                .filter(|text| !text.trim().is_empty())
                .map(|text| draft.labels.intern(&readable(&text)))
        })
        .collect();
    // Which column is the name is decided later, by the same rules for all formats; here only the
    // link behind it matters.
    let name = header.iter().position(|cell| options.role(&cell.text).0 == Role::Name).unwrap_or(0);
    let has_link = header.iter().any(|cell| options.role(&cell.text).0 == Role::Link);
    let mut section = begin(draft, part, by_status, &labels);
    let all_strong = rows.iter().all(|(_, cells)| cells.first().is_some_and(|cell| cell.strong));
    for (at, cells) in rows {
        let filled = cells.iter().filter(|cell| !cell.text.trim().is_empty()).count();
        if filled == 0 {
            continue;
        }
        // A row that holds nothing but one strong cell is a heading inside the table.
        if filled == 1 && cells.len() > 1 && cells[0].strong && !all_strong {
            let next = DraftSection {
                title: cells[0].text.clone(),
                header: section.header.clone(),
                ..DraftSection::default()
            };
            draft.sections.push(std::mem::replace(&mut section, next));
            continue;
        }
        let mut row = DraftRow { at: *at, id: None, cells: Vec::new(), hints: Hints::default() };
        for (place, cell) in cells.iter().enumerate() {
            let Some(Some(label)) = labels.get(place) else { continue };
            if place == name {
                row.cells.push((*label, link_text(&cell.text)));
                if let Some(address) = address(&cell.text).filter(|_| !has_link) {
                    row.cells.push((draft.labels.intern(LINK), address.to_owned()));
                }
            } else {
                row.cells.push((*label, cell.text.clone()));
            }
        }
        section.rows.push(row);
    }
    draft.sections.push(section);
}

fn list_section(draft: &mut Draft, items: &[Item], part: &Found<'_>, by_status: bool) -> DraftSection {
    let mut section = begin(draft, part, by_status, &[]);
    let label = |draft: &mut Draft, key: &str| draft.labels.intern(&readable(key));
    for item in items {
        let (name, rest) = split(item);
        if !is_name(&name) {
            continue;
        }
        let mut row = DraftRow { at: item.at, id: None, cells: Vec::new(), hints: Hints::default() };
        row.cells.push((label(draft, "name"), link_text(&name)));
        if let Some(address) = address(&name) {
            row.cells.push((draft.labels.intern(LINK), address.to_owned()));
        }
        let mut purpose: Vec<&str> = Vec::new();
        let mut location: Vec<&str> = Vec::new();
        for piece in pieces(rest) {
            if are_places(piece) { location.push(piece) } else { purpose.push(piece) }
        }
        for (key, texts, by) in [("purpose", purpose, " \u{2013} "), ("location", location, ", ")] {
            if !texts.is_empty() {
                row.cells.push((label(draft, key), texts.join(by)));
            }
        }
        for child in &item.children {
            let (key, value) = child.split_once(':').map_or(("Details", child.as_str()), |(key, value)| (key, value));
            row.cells.push((label(draft, key.trim()), value.trim().to_owned()));
        }
        section.rows.push(row);
    }
    section
}

/// A section with what its heading and the sentence above say of all its entries.
fn begin(draft: &mut Draft, part: &Found<'_>, by_status: bool, header: &[Option<Label>]) -> DraftSection {
    let lead = part.lead.unwrap_or_default().trim();
    let label = lead.trim_end_matches(':').trim();
    // A short line above a list is its title; a sentence is not.
    let is_label =
        matches!(part.content, Content::List(_)) && lead.ends_with(':') && label.split_whitespace().count() <= 4;
    let title = if is_label { label } else { part.heading() };
    let mut section = DraftSection {
        title: link_text(title),
        header: header.iter().flatten().copied().collect(),
        ..DraftSection::default()
    };
    if let Some(place) = [lead, part.heading()].into_iter().find_map(place_named_in) {
        section.given.push((draft.labels.intern("Location"), place));
    }
    if let Some(status) = status_of(part.heading()).filter(|_| by_status) {
        section.given.push((draft.labels.intern("Status"), status));
    }
    section
}

/// The status that a heading gives: "Conditional sub-processors", "Available but not enabled".
fn status_of(heading: &str) -> Option<String> {
    let words: Vec<&str> =
        heading.split_whitespace().filter(|word| !mentions(word, &VENDOR_WORDS) && !word.ends_with('.')).collect();
    let text = words.join(" ");
    Status::read(&text).lifecycle.map(|_| text)
}

/// Headings give a status where they tell parts of one list apart by it.
fn states_differ(chosen: &[&Found<'_>]) -> bool {
    let mut states = chosen.iter().map(|part| status_of(part.heading()).map(|status| Status::read(&status).lifecycle));
    let first = states.next();
    states.any(|state| Some(state) != first)
}

/// The place that a heading names alone, or a sentence after "in": "… located in the United States:".
fn place_named_in(text: &str) -> Option<String> {
    let plain = link_text(text);
    let plain = plain.trim().trim_end_matches([':', '.']);
    if are_places(plain) {
        return Some(plain.to_owned());
    }
    let tail = plain.rsplit_once(" in ").map(|(_, tail)| tail.trim())?;
    let tail = tail.strip_prefix("the ").unwrap_or(tail);
    are_places(tail).then(|| tail.to_owned())
}

fn are_places(text: &str) -> bool {
    let places = places(text);
    !places.is_empty() && places.iter().all(|place| place.known)
}

/// The separators between a name and what is said of it.
const DASHES: [&str; 4] = [" \u{2013} ", " \u{2014} ", " - ", " | "];

/// The name of an item, and the rest.
fn split(item: &Item) -> (String, &str) {
    if let Some(lead) = &item.lead {
        return (lead.trim_end_matches([':', '.', ',']).trim().to_owned(), trim_separators(&item.rest));
    }
    let text = item.rest.trim();
    let cuts = DASHES.iter().chain(&[": ", ". "]).filter_map(|by| text.find(by).map(|at| (at, by.len())));
    match cuts.min() {
        Some((at, length)) => (text[..at].to_owned(), trim_separators(&text[at + length..])),
        None => (text.trim_end_matches([':', '.', ';', ',']).to_owned(), ""),
    }
}

fn trim_separators(text: &str) -> &str {
    text.trim().trim_start_matches(['.', ':', ',', ';', '-', '\u{2013}', '\u{2014}', '|']).trim()
}

fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = vec![text];
    for by in DASHES {
        pieces = pieces.into_iter().flat_map(|piece| piece.split(by)).collect();
    }
    pieces.into_iter().map(str::trim).filter(|piece| !piece.is_empty()).collect()
}

/// A text without the addresses of its links: `[AWS](https://…)` becomes `AWS`.
pub(super) fn link_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, label, _, after)) = next_link(rest) {
        out.push_str(before);
        out.push_str(label);
        rest = after;
    }
    out.push_str(rest);
    Text::new(&out).to_string()
}

/// The address of the first link of a text.
fn address(text: &str) -> Option<&str> {
    next_link(text).map(|(_, _, address, _)| address)
}

/// The first `[label](address)` of a text: what stands before it, its parts, what follows.
fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let middle = text.find("](")?;
    let start = text[..middle].rfind('[')?;
    let end = middle + text[middle..].find(')')?;
    Some((&text[..start], &text[start + 1..middle], &text[middle + 2..end], &text[end + 1..]))
}

/// A link as it stands in a cell.
pub(super) fn link(label: &str, address: &str) -> String {
    let label = label.trim();
    if label.is_empty() || label == address {
        address.to_owned()
    } else {
        format!("[{label}]({})", address.replace(')', "%29"))
    }
}
