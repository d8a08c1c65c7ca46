//! Tables that repeat the vendors of the list with fewer details: registers of transfers, links to evidence.

use std::collections::BTreeSet;

use changecast_core::model::Role;

use crate::read::{
    choose::part::{Part, plain_name},
    syntax::block::DASHES,
};

/// Parts that are one table or the records of a page.
pub(crate) struct Group {
    columns: Vec<String>,
    names: BTreeSet<String>,
    /// Whether it has the purposes of the vendors, and their places or data.
    has_purpose: bool,
    describes: bool,
}

/// How much of a group other groups have with more details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Repetition {
    /// Less than half: the list has some vendors twice.
    None,
    /// At least half. These names, in their plain form, are described elsewhere.
    Partly(BTreeSet<String>),
    /// At least two thirds, so that a vendor that is only here is not lost without a warning.
    Mostly,
}

impl Group {
    pub fn of<'p, 'a: 'p>(parts: impl IntoIterator<Item = &'p Part<'a>>) -> Self {
        let mut group = Group { columns: Vec::new(), names: BTreeSet::new(), has_purpose: false, describes: false };
        for part in parts {
            group.columns.extend(part.found.columns());
            group.names.extend(part.plain_names());
            group.has_purpose |= part.has_role(Role::Purpose);
            group.describes |= part.states_in_words(Role::Location) || part.states_in_words(Role::Data);
        }
        group
    }

    /// How much of this group the other ones repeat with more details.
    pub fn repetition<'g>(&self, groups: impl IntoIterator<Item = &'g Group>) -> Repetition {
        let fuller = groups.into_iter().filter(|other| self.has_fewer_details(other));
        let fuller: BTreeSet<&String> = fuller.flat_map(|other| &other.names).collect();
        let known: BTreeSet<String> = self.names.iter().filter(|name| fuller.contains(name)).cloned().collect();
        match known.len() {
            0 => Repetition::None,
            count if count * 3 >= self.names.len() * 2 => Repetition::Mostly,
            count if count * 2 >= self.names.len() => Repetition::Partly(known),
            _ => Repetition::None,
        }
    }

    fn has_fewer_details(&self, other: &Group) -> bool {
        let has_fewer =
            (other.has_purpose && !self.has_purpose) || (other.describes && !self.describes && !self.has_purpose);
        has_fewer && !are_same_columns(&self.columns, &other.columns)
    }
}

/// Whether the records among some parts are details about the vendors of the tables: "Alder – backups" below a table with
/// "Alder" and its purpose. At least two thirds of the vendors are in the tables, and the records do not state purposes.
pub(crate) fn have_details_of_tables(parts: &[&Part<'_>]) -> bool {
    let (records, tables): (Vec<&Part<'_>>, Vec<&Part<'_>>) = parts.iter().partition(|part| part.found.is_record());
    let known: BTreeSet<String> = tables.iter().flat_map(|table| table.plain_names()).collect();
    let has_purpose = |parts: &[&Part<'_>]| parts.iter().any(|part| part.has_role(Role::Purpose));
    let count = records.iter().filter(|record| is_known(record, &known)).count();
    has_purpose(&tables) && !has_purpose(&records) && records.len() > 1 && count * 3 >= records.len() * 2
}

/// Whether a record is about a vendor of which the plain name is known.
fn is_known(record: &Part<'_>, known: &BTreeSet<String>) -> bool {
    record.names.iter().any(|name| known.contains(&plain_name(before_dash(name))))
}

/// A name before its first dash.
fn before_dash(name: &str) -> &str {
    let at = DASHES.iter().filter_map(|dash| name.find(dash)).min();
    at.map_or(name, |at| &name[..at])
}

/// The name column may have another header if all other headers are equal.
pub(crate) fn are_same_columns(a: &[String], b: &[String]) -> bool {
    a == b || a.len() > 2 && a.len() == b.len() && a[1..] == b[1..]
}

/// The names of a table or record that the chosen parts do not contain. Legal forms and remarks in parentheses do
/// not count.
pub(crate) fn unknown_names(part: &Part<'_>, chosen: &[&Part<'_>]) -> Vec<String> {
    let known: BTreeSet<String> = chosen.iter().flat_map(|other| other.plain_names()).collect();
    if part.found.is_record() {
        return part.names.first().filter(|_| !is_known(part, &known)).cloned().into_iter().collect();
    }
    part.names.iter().filter(|name| !known.contains(&plain_name(name))).cloned().collect()
}
