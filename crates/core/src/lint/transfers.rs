//! Transfers to third countries, and the mechanisms that cover them.

use std::{
    collections::{BTreeSet, HashMap},
    rc::Rc,
};

use crate::{
    compare::{Area, set},
    model::{Column, Entry, Inventory, Role, Text, fold},
    vocabulary::{Meaning, US, Vocabulary},
};

use super::{
    cells::without_value,
    finding::Draft,
    names::spaced,
    places::{Protection, areas_of, named_in},
    snapshot::{Kind, Snapshot},
};

fn transfer_columns(list: &Inventory) -> Vec<&Column> {
    list.columns.iter().filter(|column| column.role == Role::Transfer).collect()
}

/// The areas where an entry processes data; `None` for places that are not known.
fn places(list: &Inventory, entry: &Entry) -> Vec<Option<Area>> {
    let columns = list.columns.iter().filter(|column| column.role == Role::Location);
    let text = columns.into_iter().find_map(|column| entry.text(&column.field));
    text.map(|text| areas_of(text.as_str())).unwrap_or_default()
}

fn third_countries(places: &[Option<Area>]) -> Vec<Area> {
    places.iter().flatten().copied().filter(|area| Protection::of(*area) == Protection::Third).collect()
}

/// What a transfer cell states.
enum Mechanism {
    /// A mechanism that covers any country.
    Any,
    /// A decision that a country protects data adequately.
    Adequacy,
    /// The EU-US Data Privacy Framework, which covers the United States.
    Framework,
    /// That no mechanism is needed, for data in these areas.
    NotNeeded(Vec<Area>),
    /// A text without the name of a mechanism.
    Unnamed,
}

/// Names of mechanisms that cover the United States only.
const FRAMEWORKS: [&str; 4] = [" dpf ", " data privacy framework ", " privacy framework ", " privacy shield "];

fn mechanism(text: &str) -> Mechanism {
    let words = Vocabulary::builtin();
    let whole = spaced(text);
    let named: BTreeSet<&str> = words.phrases_in(Meaning::TransferMechanism, &whole).collect();
    let is_framework = |name: &str| FRAMEWORKS.iter().any(|framework| framework.trim() == name) || name == "eu us dpf";
    let is_adequacy = |name: &str| words.has_phrase(Meaning::AdequacyWord, &format!(" {name} "));
    if named.iter().any(|name| !is_framework(name) && !is_adequacy(name)) {
        return Mechanism::Any;
    }
    if named.iter().any(|name| is_framework(name)) {
        return Mechanism::Framework;
    }
    if !named.is_empty() {
        return Mechanism::Adequacy;
    }
    let head = text.split(['(', ';', ',', '\u{2013}', '\u{2014}']).next().unwrap_or_default();
    let denies = words.begins_with(Meaning::NoTransfer, &fold(text)) || set::is_not_applicable(words, head);
    if denies {
        return Mechanism::NotNeeded(named_in(text).into_iter().map(|named| named.area).collect());
    }
    Mechanism::Unnamed
}

pub(super) fn third_country(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    let list = snapshot.list;
    let columns = transfer_columns(list);
    let Some(column) = columns.first() else { return Vec::new() };
    // Most entries share their mechanism with others.
    let mut mechanisms: HashMap<&str, Rc<Mechanism>> = HashMap::new();
    let mut rows = Vec::with_capacity(list.entries.len());
    for entry in &list.entries {
        let text = columns.iter().find_map(|column| entry.text(&column.field)).map(Text::as_str);
        let cell = text.map(|text| TransferCell {
            text,
            mechanism: Rc::clone(mechanisms.entry(text).or_insert_with(|| mechanism(text).into())),
        });
        rows.push((&**entry, cell));
    }
    let stated = rows.iter().filter(|(_, cell)| cell.is_some()).count();
    let has_mechanisms = rows.iter().any(|(entry, cell)| {
        let is_named =
            cell.as_ref().is_some_and(|cell| !matches!(*cell.mechanism, Mechanism::NotNeeded(_) | Mechanism::Unnamed));
        is_named && !third_countries(&places(list, entry)).is_empty()
    });
    let mut found = Vec::new();
    for (entry, cell) in rows {
        // A mechanism for any country, or one that is not known, covers everything.
        if cell.as_ref().is_some_and(|cell| matches!(*cell.mechanism, Mechanism::Any | Mechanism::Unnamed)) {
            continue;
        }
        let thirds = third_countries(&places(list, entry));
        let Some(problem) = problem(cell.as_ref(), &thirds, has_mechanisms) else {
            continue;
        };
        // A column that most rows leave empty is not where the list states mechanisms.
        let others = list.entries.len().saturating_sub(1);
        if cell.is_none() && stated * 2 < others {
            continue;
        }
        let names = thirds.iter().map(|area| area.name()).collect::<BTreeSet<_>>();
        let names = names.into_iter().collect::<Vec<_>>().join(", ");
        let message = format!("{}: {names} needs a transfer mechanism, and {problem}", entry.name);
        let draft = Draft::entry(list, entry, Some(&column.field), message);
        let help = format!("state under {:?} what covers the transfer, for example \"SCCs\"", column.label.as_str());
        found.push(draft.help(help).key(format!("{} {names}", column.field)));
    }
    found
}

/// A cell about transfers, and what it states.
struct TransferCell<'a> {
    text: &'a str,
    mechanism: Rc<Mechanism>,
}

/// Why no mechanism covers data in these third countries; `None` if one does.
fn problem(cell: Option<&TransferCell<'_>>, thirds: &[Area], has_mechanisms: bool) -> Option<&'static str> {
    if thirds.is_empty() {
        return None;
    }
    let Some(cell) = cell else { return Some("none is stated") };
    if super::dates::is_placeholder(cell.text) {
        return None;
    }
    match &*cell.mechanism {
        Mechanism::Any | Mechanism::Unnamed => None,
        Mechanism::Framework if thirds.iter().all(|area| *area == US) => None,
        Mechanism::Framework => Some("the Data Privacy Framework covers the United States only"),
        Mechanism::Adequacy if thirds.iter().all(|area| *area == US) => None,
        Mechanism::Adequacy => Some("there is no adequacy decision for it"),
        Mechanism::NotNeeded(areas) if areas.is_empty() => {
            has_mechanisms.then_some("the list states that none is needed")
        }
        Mechanism::NotNeeded(areas) => {
            // "None (Europe)" is about the countries of Europe that are no third countries.
            let covering = || areas.iter().filter(|area| Protection::of(**area) != Protection::Adequate);
            let is_covered = thirds.iter().all(|third| covering().any(|area| area.contains(*third)));
            (!is_covered).then_some("the reason why none is needed is about other countries")
        }
    }
}

pub(super) fn missing(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    let list = snapshot.list;
    let empty = without_value(list, &transfer_columns(list)).into_iter().filter(|(entry, _)| {
        let places = places(list, entry);
        let is_open = |place: &Option<Area>| place.is_none_or(|area| Protection::of(area) == Protection::Open);
        third_countries(&places).is_empty() && (places.is_empty() || places.iter().any(is_open))
    });
    empty
        .map(|(entry, column)| {
            let message =
                format!("{} states no transfer mechanism, and where it processes data is not clear", entry.name);
            let draft = Draft::entry(list, entry, Some(&column.field), message);
            draft.help("state the transfer mechanism, or a location that needs none")
        })
        .collect()
}

pub(super) fn empty_safeguards(snapshot: &Snapshot<'_>) -> Vec<Draft> {
    let list = snapshot.list;
    let mut found = Vec::new();
    for (at, passage) in snapshot.texts.iter().enumerate() {
        let ends_open = passage.text.trim_end().ends_with([':', '\u{ff1a}']);
        let next = snapshot.texts.get(at + 1).filter(|next| match passage.kind {
            Kind::Value => next.kind == Kind::Value && next.label == passage.label,
            Kind::Paragraph | Kind::Item | Kind::Row => next.heading == passage.heading,
        });
        if ends_open && next.is_none() && is_about_safeguards(&passage.text) {
            let message = "safeguards are promised here, and none is named".to_owned();
            let draft = Draft::text(None, passage, "", message);
            found.push(draft.help("name the mechanisms, for example the standard contractual clauses"));
        }
    }
    for entry in &list.entries {
        for column in transfer_columns(list) {
            let Some(text) = entry.text(&column.field) else { continue };
            let is_named = !matches!(mechanism(text.as_str()), Mechanism::Unnamed);
            if !is_named && is_about_safeguards(text.as_str()) {
                let message = format!("{}: {:?} names no mechanism", entry.name, text.as_str());
                let draft = Draft::entry(list, entry, Some(&column.field), message);
                found.push(draft.help("name the mechanism, for example \"SCCs\""));
            }
        }
    }
    found
}

fn is_about_safeguards(text: &str) -> bool {
    Vocabulary::builtin().mentions(Meaning::SafeguardWord, text)
}
