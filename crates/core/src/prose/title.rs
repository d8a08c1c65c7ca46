//! Titles of releases: verbs and names.

use crate::{
    change::{Change, Detail, Edit, Kind, Phrase, TitleDetail},
    model::{Role, Text},
};

use super::{
    Inline, activates, angle_free, flat, is_answer,
    messages::{ENGLISH, Messages, fill},
    phrase, separator, shown_names, verb,
};

/// The number of names in a title for each verb.
const NAMES_IN_TITLE: usize = 3;

/// The title of a release in plain text without angle brackets.
pub fn title(messages: &Messages, list: &str, changes: &[Change]) -> String {
    angle_free(&flat(&title_pieces(messages, list, changes)))
}

/// The title of a release, with the names apart from the words around them.
pub fn title_pieces(messages: &Messages, list: &str, changes: &[Change]) -> Vec<Inline> {
    let mut pieces = vec![Inline::Name(list.to_owned()), Inline::Plain(": ".to_owned())];
    pieces.extend(release_pieces(messages, changes));
    pieces
}

/// The changes of a release as a phrase, such as "added Kestrel; removed Oakline". Corrections name a release by it
/// in the log, which is in English.
pub fn release_in_words(changes: &[Change]) -> String {
    flat(&release_pieces(&ENGLISH, changes))
}

fn release_pieces(messages: &Messages, changes: &[Change]) -> Vec<Inline> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for change in changes {
        let (verb, name) = (title_verb(messages, change), title_detail(messages, change));
        match groups.iter_mut().find(|(known, _)| *known == verb) {
            Some((_, names)) if names.contains(&name) => {}
            Some((_, names)) => names.push(name),
            None => groups.push((verb, vec![name])),
        }
    }
    let mut pieces = Vec::new();
    for (at, (verb, names)) in groups.iter().enumerate() {
        if at > 0 {
            pieces.push(Inline::Plain("; ".to_owned()));
        }
        pieces.extend(title_group(messages, verb, names));
    }
    pieces
}

fn title_group(messages: &Messages, verb: &str, names: &[String]) -> Vec<Inline> {
    let names: Vec<String> = names.iter().filter(|name| !name.is_empty()).cloned().collect();
    if names.is_empty() {
        return vec![Inline::Plain(verb.trim_end_matches(':').to_owned())];
    }
    let mut pieces = vec![Inline::Plain(format!("{verb} "))];
    let shown = shown_names(names.len(), NAMES_IN_TITLE);
    for (at, name) in names[..shown].iter().enumerate() {
        if at > 0 {
            pieces.push(Inline::Plain(separator(&names).to_owned()));
        }
        pieces.push(Inline::Name(name.clone()));
    }
    if shown < names.len() {
        pieces.push(Inline::Plain(fill(messages.and_more, &[&(names.len() - shown)])));
    }
    pieces
}

/// The verb in a title, with a colon if it cannot be followed directly by a name.
fn title_verb(messages: &Messages, change: &Change) -> String {
    let verb = messages.within(&verb(messages, change));
    let detail = change.kind.info().title;
    let takes_name = messages.lowercase_verbs
        && phrase(change) == Phrase::Verb
        && matches!(change.detail, Detail::Row { .. } | Detail::Field { .. });
    if takes_name || matches!(detail, TitleDetail::None | TitleDetail::Count) { verb } else { format!("{verb}:") }
}

fn title_detail(messages: &Messages, change: &Change) -> String {
    let entry = change.entry().map(|entry| entry.label.to_string()).unwrap_or_default();
    match (change.kind.info().title, &change.detail) {
        (TitleDetail::Count, Detail::List { entries }) => format!("({})", messages.entries_in_words(entries.len())),
        (TitleDetail::EntryAndDate, Detail::Row { row, former }) => {
            let former =
                former.as_ref().map(|former| fill(messages.title_former, &[&former.label])).unwrap_or_default();
            let date = row.text(Role::Effective.info().key);
            let date = date.map(|date| fill(messages.title_date, &[&date])).unwrap_or_default();
            format!("{entry}{former}{date}")
        }
        (TitleDetail::BothNames, Detail::Field { edit: Edit::Changed(before, _), .. }) => {
            fill(messages.title_names, &[&before, &entry])
        }
        (TitleDetail::EntryAndValue, Detail::Field { label, edit, .. }) if !activates(change) => match edit {
            Edit::Set(after) => format!("{entry} ({})", value(change.kind, label, after)),
            Edit::Cleared(_) => entry,
            Edit::Changed(_, after) => entry + &fill(messages.title_value, &[&value(change.kind, label, after)]),
        },
        (TitleDetail::Label, Detail::Column { edit, .. }) => {
            edit.after().or(edit.before()).map(Text::to_string).unwrap_or_default()
        }
        (_, Detail::Fact { .. }) if change.kind == Kind::Reread => String::new(),
        (_, Detail::Fact { label, .. }) if change.kind != Kind::SectionsChanged => label.to_string(),
        _ => entry,
    }
}

/// A value. A status that answers a question stands behind it: "Inactive: yes".
fn value(kind: Kind, label: &Text, text: &Text) -> String {
    if kind == Kind::StatusChanged && is_answer(text) { format!("{label}: {text}") } else { text.to_string() }
}
