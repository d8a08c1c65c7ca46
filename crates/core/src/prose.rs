//! Changes in words: the sentences and titles that all formats share.
//!
//! Sentences are sequences of [`Inline`] pieces of raw text; each format escapes them itself.

use crate::{
    change::{Change, Detail, Edit, Kind, Piece, Row, RowField, word_diff},
    compare::{is_in_eu, items_not_in},
    model::{FieldKey, Role, Text, in_words},
    vocabulary::Vocabulary,
};

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Plain text.
    Plain(String),
    /// A name or verb that carries the sentence.
    Strong(String),
    /// A whole text that is new, where a reader sees from the sentence that it is.
    New(String),
    /// A whole text that is gone, where a reader sees from the sentence that it is.
    Old(String),
    /// Words that are new inside a text.
    Inserted(String),
    /// Words that are gone inside a text.
    Deleted(String),
}

/// Most names that one sentence or title lists.
const MANY: usize = 20;
/// Most names that a group of a title lists.
const FEW: usize = 3;

/// What happened, without the verb and the entry's name, which tables show in columns of their own.
pub fn what(change: &Change) -> Vec<Inline> {
    match &change.detail {
        Detail::List { entries } => vec![plain(names(entries.iter().map(|row| &row.name), MANY))],
        Detail::Row { row, former } => {
            let mut out = Vec::new();
            if let Some(former) = former {
                out.push(plain("in place of "));
                out.push(Inline::Strong(former.name.to_string()));
                out.push(plain(". "));
            }
            out.push(plain(row_in_words(row)));
            out
        }
        Detail::Field { field, label, edit, .. } => {
            let mut out =
                if speaks_for_itself(change.kind, field) { Vec::new() } else { vec![plain(format!("{label}: "))] };
            out.extend(edit_in_words(edit));
            if let Some(remark) = remark(change) {
                out.push(plain(format!(" ({remark})")));
            }
            out
        }
        Detail::Column { edit, cells, .. } => {
            let count = format!(" ({})", count_entries(cells.len()));
            match edit {
                Edit::Set(label) => vec![plain("new column "), new(label), plain(count)],
                Edit::Cleared(label) => vec![plain("column dropped: "), old(label), plain(count)],
                Edit::Changed(before, after) => {
                    vec![plain("column "), old(before), plain(" is now "), new(after)]
                }
            }
        }
        Detail::Fact { label, edit, .. } => {
            let mut out = vec![plain(format!("{label}: "))];
            match edit {
                Edit::Set(reason) if change.kind == Kind::Corrected => out.push(plain(in_words(reason.as_str()))),
                edit => out.extend(edit_in_words(edit)),
            }
            out
        }
    }
}

/// Whether the verb says already which field it is: "Relocated" needs no "Location".
fn speaks_for_itself(kind: Kind, field: &FieldKey) -> bool {
    let own_key = |role: &Role| role.info().key == field.as_str();
    match kind {
        Kind::Moved => true,
        Kind::Amended | Kind::Rescheduled => false,
        kind => kind.info().roles.iter().any(own_key),
    }
}

/// The whole sentence: verb, entry, what happened.
pub fn sentence(change: &Change) -> Vec<Inline> {
    let mut out = vec![Inline::Strong(verb(change))];
    if let Some(entry) = change.entry() {
        let verb = change.kind.info().verb;
        out.push(plain(if verb.ends_with("changed") { " for " } else { " " }));
        out.push(Inline::Strong(entry.name.to_string()));
    }
    let what = what(change);
    let says = what.iter().any(|piece| !raw(piece).trim().is_empty());
    if says {
        out.push(plain(if matches!(change.detail, Detail::Row { former: Some(_), .. }) { " " } else { ": " }));
        out.extend(what);
    }
    out
}

/// The verb of a change, as a reader sees it. Going into use is the loudest change of a status.
pub fn verb(change: &Change) -> String {
    match (&change.kind, &change.detail) {
        (Kind::StatusChanged, Detail::Field { edit, .. }) if activates(edit) => "Now active".to_owned(),
        (Kind::Replaced, _) => "Added".to_owned(),
        (kind, _) => kind.info().verb.to_owned(),
    }
}

fn activates(edit: &Edit) -> bool {
    let active = |text: Option<&Text>| {
        text.is_some_and(|text| crate::compare::Status::read(Vocabulary::builtin(), text.as_str()).is_active())
    };
    active(edit.after()) && !active(edit.before())
}

/// One line of plain text.
pub fn flat(pieces: &[Inline]) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Inline::Deleted(text) => {
                out.push_str(&format!("[-{}-]", text.trim_end()));
                out.push_str(&text[text.trim_end().len()..]);
            }
            Inline::Inserted(text) => {
                out.push_str(&format!("{{+{}+}}", text.trim_end()));
                out.push_str(&text[text.trim_end().len()..]);
            }
            Inline::Plain(text) | Inline::Strong(text) | Inline::New(text) | Inline::Old(text) => out.push_str(text),
        }
    }
    out
}

/// The sentences of a release in one paragraph of plain text: the first of them, and how many more.
pub fn summary(sentences: &[Vec<Inline>]) -> String {
    let mut out: Vec<String> = sentences.iter().take(MANY).map(|sentence| flat(sentence)).collect();
    if sentences.len() > MANY {
        out.push(format!("And {} more changes", sentences.len() - MANY));
    }
    out.iter().map(|sentence| format!("{}.", sentence.trim_end_matches('.'))).collect::<Vec<_>>().join(" ")
}

/// Text without angle brackets, for places where readers differ on whether text is HTML.
pub fn angle_free(text: &str) -> String {
    text.replace('<', "\u{2039}").replace('>', "\u{203a}")
}

/// The title of a release: what happened to whom, plain text without angle brackets.
pub fn title(list: &str, changes: &[Change]) -> String {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for change in changes {
        let (verb, name) = in_title(change);
        match groups.iter_mut().find(|(known, _)| *known == verb) {
            Some((_, names)) if !names.contains(&name) => names.push(name),
            Some(_) => {}
            None => groups.push((verb, vec![name])),
        }
    }
    let groups: Vec<String> = groups
        .into_iter()
        .map(|(verb, names)| {
            let names: Vec<String> = names.into_iter().filter(|name| !name.is_empty()).collect();
            let list = short_list(&names, FEW);
            if list.is_empty() { verb } else { format!("{verb} {list}") }
        })
        .collect();
    angle_free(&format!("{list}: {}", groups.join("; ")))
}

fn in_title(change: &Change) -> (String, String) {
    let entry = change.entry().map(|entry| entry.name.to_string()).unwrap_or_default();
    match (&change.kind, &change.detail) {
        (Kind::Published, Detail::List { entries }) => {
            ("first published list".to_owned(), format!("({})", count_entries(entries.len())))
        }
        (Kind::Restored, Detail::List { entries }) => {
            ("list restored".to_owned(), format!("({})", count_entries(entries.len())))
        }
        (Kind::Replaced, Detail::Row { row, former: Some(former) }) => {
            ("added".to_owned(), format!("{} in place of {}{}", row.name, former.name, effective(row)))
        }
        (Kind::Added, Detail::Row { row, .. }) => ("added".to_owned(), format!("{}{}", row.name, effective(row))),
        (Kind::Renamed, Detail::Field { edit: Edit::Changed(before, after), .. }) => {
            ("renamed".to_owned(), format!("{before} to {after}"))
        }
        (Kind::Relocated, Detail::Field { edit, .. }) => {
            let to = edit.after().map_or_else(|| "location dropped".to_owned(), |after| format!("now {after}"));
            ("relocated".to_owned(), format!("{entry} ({to})"))
        }
        (Kind::StatusChanged, Detail::Field { edit, .. }) => match edit.after() {
            _ if activates(edit) => ("now active:".to_owned(), entry),
            Some(after) => ("status changed:".to_owned(), format!("{entry} ({after})")),
            None => ("status dropped:".to_owned(), entry),
        },
        (Kind::Rescheduled, Detail::Field { edit, .. }) => {
            let to = edit.after().map(|after| format!(" (now {after})")).unwrap_or_default();
            ("rescheduled:".to_owned(), format!("{entry}{to}"))
        }
        (Kind::ColumnsChanged, Detail::Column { edit, .. }) => match edit {
            Edit::Set(label) => ("new column".to_owned(), label.to_string()),
            Edit::Cleared(label) => ("column dropped:".to_owned(), label.to_string()),
            Edit::Changed(_, label) => ("column renamed:".to_owned(), label.to_string()),
        },
        (Kind::Amended | Kind::TermsChanged | Kind::Corrected, Detail::Fact { label, .. }) => {
            (format!("{}:", change.kind.info().verb.to_lowercase()), label.to_string())
        }
        (kind @ (Kind::Withdrawn | Kind::SectionsChanged), _) => (kind.info().verb.to_lowercase(), String::new()),
        (Kind::Removed, _) => ("removed".to_owned(), entry),
        (kind, _) => (format!("{}:", kind.info().verb.to_lowercase()), entry),
    }
}

/// So many entries, in words.
pub fn count_entries(entries: usize) -> String {
    if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") }
}

fn effective(row: &Row) -> String {
    row.text("effective").map(|date| format!(" (effective {date})")).unwrap_or_default()
}

/// What a row says, in the shortest form that a reader of the list recognises: the roles that every
/// list has need no label.
fn row_in_words(row: &Row) -> String {
    let cell = |cell: &RowField| {
        let text = in_words(Vocabulary::builtin().without_full_stop(cell.text.as_str()));
        match Role::of_field(Vocabulary::builtin(), &cell.field, cell.label.as_str()) {
            Role::Purpose | Role::Service | Role::Location | Role::Data | Role::Status | Role::Link => {
                text.into_owned()
            }
            _ => format!("{}: {text}", cell.label),
        }
    };
    row.fields.iter().map(cell).collect::<Vec<_>>().join("; ")
}

/// Shorter texts are told whole, one after the other.
const WORTH_A_WORD_DIFF: usize = 40;

fn edit_in_words(edit: &Edit) -> Vec<Inline> {
    match edit {
        Edit::Set(after) => vec![new(after), plain(" (not stated before)")],
        Edit::Cleared(before) => vec![old(before), plain(" (no longer stated)")],
        Edit::Changed(before, after) => {
            let (old_words, new_words) = (in_words(before.as_str()), in_words(after.as_str()));
            let long = old_words.len().min(new_words.len()) > WORTH_A_WORD_DIFF;
            let pieces = if long { word_diff(&old_words, &new_words) } else { None };
            match pieces {
                Some(pieces) => pieces.into_iter().map(Inline::from).collect(),
                None => vec![old(before), plain(" \u{2192} "), new(after)],
            }
        }
    }
}

impl From<Piece> for Inline {
    fn from(piece: Piece) -> Self {
        match piece {
            Piece::Kept(text) => Inline::Plain(text),
            Piece::Deleted(text) => Inline::Deleted(text),
            Piece::Inserted(text) => Inline::Inserted(text),
        }
    }
}

/// What the words alone do not show: which items came and went where others stayed, and that data
/// stay in the EU.
fn remark(change: &Change) -> Option<String> {
    let Detail::Field { edit: Edit::Changed(before, after), gained, lost, .. } = &change.detail else { return None };
    let words = |item: &Text| in_words(item.as_str()).into_owned();
    let list = |items: &[Text]| short_list(&items.iter().map(words).collect::<Vec<_>>(), MANY);
    let compared = change.kind.role().info().comparison;
    let is_set = !(gained.is_empty() && lost.is_empty());
    let kept = is_set && items_not_in(Vocabulary::builtin(), compared, Some(after), None).len() > gained.len();
    let mut remarks = Vec::new();
    if kept && !gained.is_empty() {
        remarks.push(format!("gained {}", list(gained)));
    }
    if kept && !lost.is_empty() {
        remarks.push(format!("lost {}", list(lost)));
    }
    if change.kind == Kind::Relocated
        && is_in_eu(Vocabulary::builtin(), before)
        && is_in_eu(Vocabulary::builtin(), after)
    {
        remarks.push("both in the EU".to_owned());
    }
    (!remarks.is_empty()).then(|| remarks.join("; "))
}

/// Names, the first `most` of them, and how many more there are.
fn names<'a>(names: impl Iterator<Item = &'a Text>, most: usize) -> String {
    short_list(&names.map(Text::to_string).collect::<Vec<_>>(), most)
}

fn short_list(names: &[String], most: usize) -> String {
    // One more name takes no more room than the words "and 1 more".
    let shown = if names.len() <= most + 1 { names.len() } else { most };
    let comma = if names.iter().any(|name| name.contains(',')) { "; " } else { ", " };
    let mut out = names[..shown].join(comma);
    if shown < names.len() {
        out.push_str(&format!(" and {} more", names.len() - shown));
    }
    out
}

fn raw(piece: &Inline) -> &str {
    match piece {
        Inline::Plain(text)
        | Inline::Strong(text)
        | Inline::New(text)
        | Inline::Old(text)
        | Inline::Inserted(text)
        | Inline::Deleted(text) => text,
    }
}

fn plain(text: impl Into<String>) -> Inline {
    Inline::Plain(text.into())
}

fn new(text: &Text) -> Inline {
    Inline::New(in_words(text.as_str()).into_owned())
}

fn old(text: &Text) -> Inline {
    Inline::Old(in_words(text.as_str()).into_owned())
}
