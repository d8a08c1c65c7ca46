//! Selects the tables and bullets of a page that are the list, as a careful reader would.

use std::collections::BTreeSet;

use changecast_core::{
    compare::{Lifecycle, Status},
    model::{Role, fold},
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    config::ReadingConfig,
    position::Position,
    syntax::block::{Block, Item, Table, header_of, link_text, split},
};

fn words() -> &'static Vocabulary {
    Vocabulary::builtin()
}

/// A table or list with its headings and the paragraph above.
pub(crate) struct Found<'a> {
    /// The headings above it, from the top level down.
    pub headings: Vec<&'a str>,
    /// The paragraph directly above it.
    pub lead: Option<&'a str>,
    pub content: Content<'a>,
}

pub(crate) enum Content<'a> {
    Table(&'a Table),
    List(&'a [Item]),
    /// The fields of one entry, which a heading or sentence above names.
    Record(Vec<Item>),
}

impl Found<'_> {
    /// The shape of a list: whether most items have a lead, and whether most have a description.
    fn shape(&self) -> (bool, bool) {
        let Content::List(items) = self.content else { return (false, false) };
        let most = |is: &dyn Fn(&Item) -> bool| items.iter().filter(|item| is(item)).count() * 2 > items.len();
        let says_more = |item: &Item| !split(item).1.is_empty() || !item.children.is_empty();
        (most(&|item| item.lead.is_some()), most(&says_more))
    }

    /// Whether this list belongs to the inventory even if the page also has tables: its heading is about
    /// vendors, and every bullet has a name and a description.
    fn lists_vendors(&self) -> bool {
        let Content::List(items) = self.content else { return false };
        words().is_about_vendors(self.heading())
            && !words().mentions(Meaning::OtherSubject, self.heading())
            && !self.speaks_of_keeping()
            && self.headings.len() > 1
            && items.iter().all(|item| item.lead.is_some() && is_name(&split(item).0) && !split(item).1.is_empty())
    }

    /// Whether the heading or paragraph above is about the maintenance of the list.
    fn speaks_of_keeping(&self) -> bool {
        words().mentions(Meaning::Procedure, &format!("{} {}", self.heading(), self.lead.unwrap_or_default()))
    }

    /// Whether this lists former vendors, which are not on the list.
    fn is_past(&self) -> bool {
        // The heading over a record is the vendor's name.
        let above = self.headings.len() - usize::from(self.is_record() && !self.headings.is_empty());
        let nearest = self.headings[..above].iter().rev().find_map(|heading| status_of(heading));
        let sentence = self.lead.and_then(|lead| lead.split(['.', '!', '?']).rfind(|part| !part.trim().is_empty()));
        nearest.is_some_and(|status| ends(&status))
            || sentence.is_some_and(|sentence| words().mentions(Meaning::NoLongerUsed, sentence))
    }

    /// Whether this is a table of dated changes.
    fn is_log(&self) -> bool {
        let Content::Table(table) = self.content else { return false };
        let labels: Vec<String> = header_of(table).0.iter().map(|cell| fold(&link_text(&cell.text))).collect();
        let vocabulary = words();
        let changed = |label: &String| {
            vocabulary.has_word(Meaning::ChangeWord, label) && !vocabulary.has_word(Meaning::ChangeWordException, label)
                || vocabulary.is(Meaning::ChangeColumn, label)
        };
        let lists = [Role::Location, Role::Data, Role::Transfer]
            .iter()
            .any(|role| labels.iter().any(|label| vocabulary.role_of(label) == *role));
        let heading = fold(self.heading());
        let begins_with_date = labels.first().is_some_and(|label| vocabulary.has_word(Meaning::DateWord, label));
        let told_as_log = begins_with_date || vocabulary.has_word(Meaning::HistoryWord, &heading);
        labels.iter().any(changed) && !lists && told_as_log && !vocabulary.has_word(Meaning::AheadWord, &heading)
    }

    fn is_record(&self) -> bool {
        matches!(self.content, Content::Record(_))
    }

    pub(crate) fn heading(&self) -> &str {
        self.headings.last().copied().unwrap_or_default()
    }
}

/// The level of a line of strong text that stands for a heading: below all headings.
const STRONG_LEVEL: usize = 7;

/// The tables and lists of a page, with the headings and paragraph above each.
pub(crate) fn find(blocks: &[Block]) -> Vec<Found<'_>> {
    let mut headings: Vec<(usize, &str)> = Vec::new();
    let mut lead: Option<&str> = None;
    let mut found: Vec<Found<'_>> = Vec::new();
    let mut rest = blocks;
    while let Some((block, behind)) = rest.split_first() {
        rest = behind;
        let content = match block {
            Block::Heading { level, text } => {
                headings.retain(|(above, _)| above < level);
                headings.push((*level, text));
                lead = None;
                continue;
            }
            Block::Paragraph { text, strong } if *strong && heads(text, behind) => {
                headings.retain(|(above, _)| *above < STRONG_LEVEL);
                headings.push((STRONG_LEVEL, text));
                lead = None;
                continue;
            }
            Block::Paragraph { text, .. } => {
                lead = Some(text);
                continue;
            }
            Block::Field { text, .. } => {
                let fields = || {
                    std::iter::once(block).chain(behind).map_while(|block| match block {
                        Block::Field { text, item } => Some((text, item)),
                        _ => None,
                    })
                };
                let items: Vec<Item> = fields().map(|(_, item)| item.clone()).collect();
                rest = &behind[items.len() - 1..];
                if !is_record(&items) {
                    lead = Some(fields().last().map_or(text, |(text, _)| text));
                    continue;
                }
                Content::Record(items)
            }
            Block::Table(table) => fields_of(table).map_or(Content::Table(table), Content::Record),
            Block::List(items) if is_record(items) => Content::Record(items.clone()),
            Block::List(items) => Content::List(items),
        };
        found.push(Found { headings: headings.iter().map(|(_, text)| *text).collect(), lead: lead.take(), content });
    }
    short_records(&mut found);
    found
}

/// Whether a line of strong text is the heading of the table or list that follows: a few words, and
/// no statement like "Last updated: May 2024".
fn heads(text: &str, behind: &[Block]) -> bool {
    let followed = matches!(behind.first(), Some(Block::Table(_) | Block::List(_) | Block::Field { .. }));
    followed
        && text.split_whitespace().count() <= 6
        && !text.contains(':')
        && !text.ends_with(['.', '!', '?'])
        && !words().mentions(Meaning::PageDate, text)
}

/// The fields of a table of two columns that describes one vendor: `| Purpose | Hosting |`.
fn fields_of(table: &Table) -> Option<Vec<Item>> {
    let (header, rows) = header_of(table);
    let [label, value] = header else { return None };
    let role = |text: &str| words().role_of(&link_text(text));
    let says_label = is_empty_or(Meaning::FieldColumn, &label.text);
    let is_value = says_label || is_empty_or(Meaning::ValueColumn, &value.text);
    // The header may be the first field: `| Vendor | Nordhaven |`.
    let names = role(&label.text) == Role::Name && !says_label;
    if !is_value && role(&value.text) != Role::Other || is_value && names {
        return None;
    }
    let first = std::iter::once((rows.first()?.0, header)).filter(|_| !is_value && role(&label.text) != Role::Other);
    let fields = first.chain(rows.iter().map(|(at, cells)| (*at, cells.as_slice())));
    let items: Vec<Item> = fields
        .filter_map(|(at, cells)| {
            let text = |at: usize| cells.get(at).map(|cell| cell.text.clone()).unwrap_or_default();
            let lead = Some(text(0)).filter(|lead| !lead.is_empty())?;
            Some(Item { lead: Some(lead), rest: text(1), ..Item::new(at) })
        })
        .collect();
    is_record(&items).then_some(items)
}

/// Whether a header is empty or a word of this meaning.
fn is_empty_or(meaning: Meaning, header: &str) -> bool {
    let folded = fold(header);
    folded.is_empty() || words().is(meaning, &folded)
}

/// If the page has records, a short list with the same labels is a record, too.
fn short_records(found: &mut [Found<'_>]) {
    let labels: BTreeSet<String> = found
        .iter()
        .filter_map(|part| match &part.content {
            Content::Record(items) => Some(items),
            _ => None,
        })
        .flatten()
        .map(|item| fold(&split(item).0))
        .collect();
    for part in found.iter_mut().filter(|part| !part.headings.is_empty()) {
        if let Content::List(items) = part.content
            && items.iter().all(|item| item.lead.is_some() && labels.contains(&fold(&split(item).0)))
        {
            part.content = Content::Record(items.to_vec());
        }
    }
}

/// The tables and lists under the headings that the configuration names.
pub(crate) fn named<'a>(found: &'a [Found<'a>], names: &[String]) -> Vec<&'a Found<'a>> {
    let is_named =
        |part: &&Found<'_>| part.headings.iter().any(|heading| names.iter().any(|name| fold(name) == fold(heading)));
    let tables = |part: &&Found<'_>| matches!(part.content, Content::Table(_));
    let all: Vec<&Found<'_>> = found.iter().filter(is_named).collect();
    if all.iter().any(tables) { all.into_iter().filter(tables).collect() } else { all }
}

/// Whether a heading states that all vendors below it are no longer engaged: "Former sub-processors", "Removed in
/// 2024", but not "Past and current" or "Former Acme products".
pub(crate) fn ends(status: &str) -> bool {
    let status = Status::read(words(), status);
    let first = status.qualifier.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    status.lifecycle == Some(Lifecycle::Ended)
        && !status.qualifier.contains("current")
        && (first.is_empty()
            || words().is(Meaning::StatusTail, first)
            || first.starts_with(|c: char| c.is_ascii_digit()))
}

/// The status that a heading gives: "Conditional sub-processors", "Available but not enabled".
pub(crate) fn status_of(heading: &str) -> Option<String> {
    let kept = heading.split_whitespace().filter(|word| !words().is_about_vendors(word) && !word.ends_with('.'));
    // "List of our former sub-processors", "Sub-processors we no longer use".
    let status: Vec<&str> = kept.skip_while(|word| words().is(Meaning::ListIntro, &fold(word))).collect();
    let text = status.join(" ");
    Status::read(words(), &text).lifecycle.map(|_| text)
}

/// The tables and lists that are the inventory. Former vendors are left out. A log of changes is used only if
/// there is no other list.
pub(crate) fn choose<'a>(found: &'a [Found<'a>], about: &str, options: &ReadingConfig) -> Vec<&'a Found<'a>> {
    let (past, today): (Vec<&Found<'_>>, Vec<&Found<'_>>) = found.iter().partition(|part| part.is_past());
    let lists: Vec<&Found<'_>> = today.iter().filter(|part| !part.is_log()).copied().collect();
    let chosen = choose_among(&lists, about, options);
    let chosen = if chosen.is_empty() { choose_among(&today, about, options) } else { chosen };
    // Bullets under an unrelated heading do not replace tables of vendors.
    let names = |part: &&Found<'_>| match part.content {
        Content::Table(table) => matches!(Fitness::of(table, part, options), Some(Fitness::Vendors | Fitness::Named)),
        Content::List(_) | Content::Record(_) => false,
    };
    let stands = |part: &&Found<'_>| names(part) || words().is_about_vendors(part.heading());
    if past.iter().any(names) && !chosen.iter().any(stands) { Vec::new() } else { chosen }
}

fn choose_among<'a>(found: &[&'a Found<'a>], about: &str, options: &ReadingConfig) -> Vec<&'a Found<'a>> {
    let tables: Vec<(&Found<'_>, Fitness)> = found
        .iter()
        .copied()
        .filter_map(|part| match part.content {
            Content::Table(table) => Some((part, Fitness::of(table, part, options)?)),
            Content::List(_) | Content::Record(_) => None,
        })
        .collect();
    // Tables about vendors are the list; tables with the same columns belong to it.
    for level in [Fitness::Vendors, Fitness::Named] {
        if tables.iter().any(|(_, fitness)| *fitness == level) {
            let columns = |part: &Found<'_>| match part.content {
                Content::Table(table) => header_of(table).0.iter().map(|cell| fold(&cell.text)).collect::<Vec<_>>(),
                Content::List(_) | Content::Record(_) => Vec::new(),
            };
            let chosen: Vec<_> =
                tables.iter().filter(|(_, fitness)| *fitness == level).map(|(part, _)| columns(part)).collect();
            // The name column may have another header if all other headers are equal.
            let alike = |a: &[String], b: &[String]| a == b || a.len() > 2 && a.len() == b.len() && a[1..] == b[1..];
            let belongs = |(part, fitness): &&(&'a Found<'a>, Fitness)| {
                *fitness == level || chosen.iter().any(|other| alike(other, &columns(part)))
            };
            let belonging: Vec<_> = tables.iter().filter(belongs).map(|(part, _)| *part).collect();
            let is_chosen = |part: &&Found<'_>| belonging.iter().any(|table| std::ptr::eq(*table, *part));
            return found.iter().filter(|part| is_chosen(part) || part.lists_vendors()).copied().collect();
        }
    }
    if let [(only, _)] = tables[..] {
        return vec![only];
    }
    let page_is_about_vendors = words().is_about_vendors(about);
    let lists = found.iter().filter(|part| {
        let named = match &part.content {
            // A description that begins with `Vendor: …` is about vendors.
            Content::Record(items) => items.first().map(|item| split(item).0).unwrap_or_default(),
            _ => String::new(),
        };
        let above = part.headings.join(" ") + " " + part.lead.unwrap_or_default() + " " + &named;
        let about_vendors = page_is_about_vendors || words().is_about_vendors(&above);
        about_vendors
            && !words()
                .mentions(Meaning::OtherSubject, &format!("{} {}", part.heading(), part.lead.unwrap_or_default()))
            && match &part.content {
                Content::List(items) => names_things(items),
                Content::Record(_) => true,
                Content::Table(_) => false,
            }
    });
    let lists: Vec<&Found<'_>> = lists.copied().collect();
    // Lists about the maintenance of the list are not vendors.
    let plain: Vec<&Found<'_>> = lists.iter().filter(|part| !part.speaks_of_keeping()).copied().collect();
    let lists = if plain.is_empty() { lists } else { plain };
    // One vendor described field by field may be an example; several are the list.
    if lists.iter().filter(|part| part.is_record()).count() > 1 {
        return lists.into_iter().filter(|part| part.is_record()).collect();
    }
    // If some lists are known to be of vendors, others belong to them only if they have the same shape.
    let said = |part: &Found<'_>| {
        let below_title = part.headings.get(1..).unwrap_or_default().join(" ");
        words().is_about_vendors(&(below_title + " " + part.lead.unwrap_or_default()))
    };
    let shapes: Vec<_> = lists.iter().filter(|part| said(part)).map(|part| part.shape()).collect();
    let alike = |part: &&Found<'_>| shapes.is_empty() || part.is_record() || shapes.contains(&part.shape());
    lists.into_iter().filter(alike).collect()
}

/// The tables with a column of names that were not chosen, with their headings.
pub(crate) fn left_out<'a>(
    found: &'a [Found<'a>],
    chosen: &[&Found<'a>],
    options: &ReadingConfig,
) -> impl Iterator<Item = (Position, &'a str)> {
    let is_chosen = |part: &Found<'_>| chosen.iter().any(|other| std::ptr::eq(*other, part));
    let others: Vec<_> = found
        .iter()
        .filter(|part| !is_chosen(part) && !part.is_past() && !part.is_log())
        .filter_map(|part| match part.content {
            Content::Table(table) if Fitness::of(table, part, options) == Some(Fitness::Named) => {
                Some((header_of(table).1.first()?.0, part.headings.last().copied().unwrap_or_default()))
            }
            _ => None,
        })
        .collect();
    others.into_iter()
}

/// How well a table fits to be the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fitness {
    /// Its header or heading is about vendors.
    Vendors,
    /// It has a column of names.
    Named,
    /// It is a table.
    Any,
}

impl Fitness {
    /// `None` for a table that is about something else.
    fn of(table: &Table, part: &Found<'_>, options: &ReadingConfig) -> Option<Self> {
        let (header, rows) = header_of(table);
        let texts: Vec<String> = header.iter().map(|cell| link_text(&cell.text)).collect();
        let labels: Vec<&str> = texts.iter().map(String::as_str).collect();
        if rows.is_empty() && labels.iter().all(|label| label.is_empty()) {
            return None;
        }
        if words().mentions(Meaning::OtherSubject, &labels.join(" "))
            || words().mentions(Meaning::OtherSubject, part.heading()) && !words().is_about_vendors(&labels.join(" "))
        {
            return None;
        }
        let named = labels.iter().any(|label| options.role(label) == Role::Name);
        // A log of dates and changes is not a list.
        if labels.first().is_some_and(|label| fold(label) == "date") && !named {
            return None;
        }
        let above = part.heading().to_owned() + " " + part.lead.unwrap_or_default();
        let name_column = labels.iter().find(|label| options.role(label) == Role::Name).copied().unwrap_or_default();
        Some(match (named, words().is_vendor_column(name_column) || words().is_about_vendors(&above)) {
            (_, true) => Fitness::Vendors,
            (true, false) => Fitness::Named,
            (false, false) => Fitness::Any,
        })
    }
}

/// Whether items are the fields of one entry; the first may be its name.
fn is_record(items: &[Item]) -> bool {
    let role = |item: &Item| Some(words().role_of(&split(item).0)).filter(|_| !split(item).1.is_empty());
    let is_field = |item: &&Item| !matches!(role(item), None | Some(Role::Other | Role::Name));
    let fields = items.iter().filter(is_field).count();
    let named = items.first().is_some_and(|first| role(first) == Some(Role::Name));
    fields >= 2 && (fields + usize::from(named)) * 2 > items.len()
}

/// Whether most bullets begin with something that can be a name.
fn names_things(items: &[Item]) -> bool {
    let named = items.iter().filter(|item| (item.lead.is_some() || !is_clause(&item.rest)) && is_name(&split(item).0));
    let named = named.count();
    named * 3 >= items.len() * 2 && named > 0
}

/// Whether a text is a clause of plain words ("Review the list quarterly"), as no name is.
fn is_clause(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.len() >= 3
        && words.iter().all(|word| word.trim_end_matches(['.', ',', ';']).chars().all(char::is_alphabetic))
        && words[1..].iter().all(|word| word.starts_with(char::is_lowercase))
}

pub(crate) fn is_name(text: &str) -> bool {
    let plain = link_text(text);
    let words = plain.split_whitespace().count();
    (1..=8).contains(&words) && plain.chars().count() <= 90 && !plain.ends_with(['?', '!'])
}

/// The largest number of tables and lists that an error describes.
const MAX_TOLD: usize = 3;

/// Describes the content of a page, and why none of it is the list.
pub(crate) fn what_was_found(found: &[Found<'_>], options: &ReadingConfig) -> String {
    let mut said = match &options.tables[..] {
        [] => String::new(),
        names => format!("no table or list is under the heading {:?}; ", names.join(", ")),
    };
    if found.is_empty() {
        return said + "the page is prose, without a table or bullets";
    }
    let told: Vec<String> = found.iter().take(MAX_TOLD).map(|part| part.told(options)).collect();
    said += &told.join("; ");
    match found.len() - told.len() {
        0 => said,
        more => format!("{said}; and {more} more"),
    }
}

impl Found<'_> {
    /// What this is, where, and why it is not the list.
    fn told(&self, options: &ReadingConfig) -> String {
        let (what, at, why) = match &self.content {
            Content::Table(table) if self.is_past() => {
                ("the table", table.rows.first().map(|(at, _)| *at), "lists former vendors")
            }
            Content::Table(table) => {
                let why = match Fitness::of(table, self, options) {
                    None => "is about something else or empty",
                    Some(_) => "has no column of names, and is not the only table",
                };
                ("the table", table.rows.first().map(|(at, _)| *at), why)
            }
            Content::List(items) => {
                let why = if names_things(items) {
                    "is not under a heading about vendors"
                } else {
                    "does not begin with names"
                };
                ("the list", items.first().map(|item| item.at), why)
            }
            Content::Record(items) => {
                ("the description", items.first().map(|item| item.at), "is not under a heading about vendors")
            }
        };
        let at = at.map(|at| format!(" in line {}", at.line)).unwrap_or_default();
        let under = match self.heading() {
            "" => String::new(),
            heading => format!(" under {:?}", link_text(heading)),
        };
        format!("{what}{at}{under} {why}")
    }
}
