//! Selects the tables and bullets of a page that are the list, as a careful reader would.

use changecast_core::{
    model::{Role, fold},
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    choose::page_parts::{Content, Found, is_name},
    config::ReadingConfig,
    position::Position,
    syntax::block::{Item, Table, header_of, link_text, split},
};

fn words() -> &'static Vocabulary {
    Vocabulary::builtin()
}

/// The tables and lists under the headings that the configuration names.
pub(crate) fn named<'a>(found: &'a [Found<'a>], names: &[String]) -> Vec<&'a Found<'a>> {
    let all: Vec<&Found<'_>> = found.iter().filter(|part| is_below_any(part, names)).collect();
    if all.iter().any(|part| part.is_table()) { all.into_iter().filter(|part| part.is_table()).collect() } else { all }
}

fn is_below_any(part: &Found<'_>, names: &[String]) -> bool {
    part.headings.iter().any(|heading| names.iter().any(|name| fold(name) == fold(heading)))
}

/// The tables and lists that are the inventory. Former vendors are left out. A log of changes is used only if
/// there is no other list.
pub(crate) fn choose<'a>(found: &'a [Found<'a>], about: &str, options: &ReadingConfig) -> Vec<&'a Found<'a>> {
    let (past, today): (Vec<&Found<'_>>, Vec<&Found<'_>>) = found.iter().partition(|part| part.is_past());
    let lists: Vec<&Found<'_>> = today.iter().filter(|part| !part.is_log()).copied().collect();
    let mut chosen = choose_among(&lists, about, options);
    if chosen.is_empty() {
        chosen = choose_among(&today, about, options);
    }
    // Bullets under an unrelated heading do not replace tables of vendors.
    let has_past_vendors = past.iter().any(|part| is_table_of_names(part, options));
    let has_vendors =
        chosen.iter().any(|part| is_table_of_names(part, options) || words().is_about_vendors(part.heading()));
    if has_past_vendors && !has_vendors { Vec::new() } else { chosen }
}

fn is_table_of_names(part: &Found<'_>, options: &ReadingConfig) -> bool {
    match part.content {
        Content::Table(table) => matches!(Fitness::of(table, part, options), Some(Fitness::Vendors | Fitness::Named)),
        Content::List(_) | Content::Record(_) => false,
    }
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
            let chosen = tables_like(&tables, level);
            return found.iter().filter(|part| contains(&chosen, part) || part.lists_vendors()).copied().collect();
        }
    }
    if let [(only, _)] = tables[..] {
        return vec![only];
    }
    let page_is_about_vendors = words().is_about_vendors(about);
    let lists = found.iter().filter(|part| (page_is_about_vendors || part.is_about_vendors()) && part.can_be_list());
    choose_lists(lists.copied().collect())
}

/// The tables of a fitness, and those with the same columns.
fn tables_like<'a>(tables: &[(&'a Found<'a>, Fitness)], level: Fitness) -> Vec<&'a Found<'a>> {
    let fitting = tables.iter().filter(|(_, fitness)| *fitness == level);
    let headers: Vec<Vec<String>> = fitting.map(|(part, _)| part.columns()).collect();
    let belonging = tables.iter().filter(|(part, fitness)| {
        *fitness == level || headers.iter().any(|header| are_same_columns(header, &part.columns()))
    });
    belonging.map(|(part, _)| *part).collect()
}

/// The name column may have another header if all other headers are equal.
fn are_same_columns(a: &[String], b: &[String]) -> bool {
    a == b || a.len() > 2 && a.len() == b.len() && a[1..] == b[1..]
}

fn contains(parts: &[&Found<'_>], part: &Found<'_>) -> bool {
    parts.iter().any(|other| std::ptr::eq(*other, part))
}

/// The lists and records that are the inventory, among those that can be.
fn choose_lists<'a>(candidates: Vec<&'a Found<'a>>) -> Vec<&'a Found<'a>> {
    // Lists about the maintenance of the list are not vendors.
    let plain: Vec<&Found<'_>> = candidates.iter().filter(|part| !part.is_about_maintenance()).copied().collect();
    let lists = if plain.is_empty() { candidates } else { plain };
    // One vendor described field by field may be an example; several are the list.
    if lists.iter().filter(|part| part.is_record()).count() > 1 {
        return lists.into_iter().filter(|part| part.is_record()).collect();
    }
    // If some lists are known to be of vendors, others belong to them only if they have the same shape.
    let shapes: Vec<_> = lists.iter().filter(|part| part.is_introduced_as_vendors()).map(|part| part.shape()).collect();
    lists.into_iter().filter(|part| shapes.is_empty() || part.is_record() || shapes.contains(&part.shape())).collect()
}

impl Found<'_> {
    /// Whether this list or record is not known to be about something else.
    fn can_be_list(&self) -> bool {
        let above = format!("{} {}", self.heading(), self.lead.unwrap_or_default());
        !words().mentions(Meaning::OtherSubject, &above)
            && match &self.content {
                Content::List(items) => names_things(items),
                Content::Record(_) => true,
                Content::Table(_) => false,
            }
    }
}

/// The tables with a column of names that were not chosen, with their headings.
pub(crate) fn left_out<'a>(
    found: &'a [Found<'a>],
    chosen: &[&Found<'a>],
    options: &ReadingConfig,
) -> impl Iterator<Item = (Position, &'a str)> {
    let others: Vec<_> = found
        .iter()
        .filter(|part| !contains(chosen, part) && !part.is_past() && !part.is_log())
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
pub(crate) enum Fitness {
    /// Its header or heading is about vendors.
    Vendors,
    /// It has a column of names.
    Named,
    /// It is a table.
    Any,
}

impl Fitness {
    /// `None` for a table that is about something else.
    pub fn of(table: &Table, part: &Found<'_>, options: &ReadingConfig) -> Option<Self> {
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

/// Whether most bullets begin with something that can be a name.
pub(crate) fn names_things(items: &[Item]) -> bool {
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
