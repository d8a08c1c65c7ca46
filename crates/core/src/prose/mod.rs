//! Changes as sentences, titles and table rows, shared by all formats.
//!
//! No other module contains words about changes; [`messages`] has those of each language. Sentences are sequences of [`Inline`] pieces of
//! raw text; each format escapes them itself.

pub mod deadlines;
pub mod messages;
mod reasons;
pub mod reread;
mod title;

use messages::{Messages, fill};
pub use reasons::{match_reason, reason, refusal};
pub use title::{release_in_words, title, title_pieces};

use crate::{
    change::{
        Change, Detail, Edit, EntryRef, Kind, Level, Phrase, Piece, Row, RowField, SECTION, SECTION_ENTRIES,
        SECTION_NOTE, word_diff,
    },
    compare::{Status, answer, is_in_eu, items_not_in},
    model::{FieldKey, Role, Text, to_plain_text},
    vocabulary::Vocabulary,
};

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Text that is neither emphasised nor linked.
    Plain(String),
    /// A name or verb to emphasise.
    Strong(String),
    /// A name in a list of names.
    Name(String),
    /// A whole new text. The sentence makes clear that it is new, with or without markup.
    New(String),
    /// A whole old text. The sentence makes clear that it is old, with or without markup.
    Old(String),
    /// New words inside an excerpt of a long text.
    Inserted(String),
    /// Old words inside an excerpt of a long text.
    Deleted(String),
}

/// The cells of a row in a change table, the same in every format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// The event in words: "Purpose changed".
    pub verb: String,
    /// The entry, unless the change concerns the list.
    pub entry: Option<EntryRef>,
    /// The details, usually the old and the new value.
    pub what: Vec<Inline>,
    /// How much the change matters.
    pub level: Level,
}

impl TableRow {
    /// The verb, with a remark if only the wording changed.
    pub fn qualified_verb(&self, messages: &Messages) -> String {
        if self.level == Level::Editorial { fill(messages.wording, &[&self.verb]) } else { self.verb.clone() }
    }
}

/// Maximal number of names in a sentence.
const NAMES_IN_SENTENCE: usize = 20;
/// Maximal length, in bytes, of texts that are shown whole. Of longer ones, excerpts are shown.
const MAX_WHOLE_TEXT: usize = 300;
/// Number of unchanged words that an excerpt shows before and after changed ones.
const CONTEXT_WORDS: usize = 5;

/// The row of a change in change tables.
pub fn table_row(messages: &Messages, change: &Change) -> TableRow {
    TableRow { verb: verb(messages, change), entry: change.entry(), what: what(messages, change), level: change.level }
}

/// The row of a version that cannot be read.
pub fn unreadable_row(messages: &Messages, commit: &str, reason: &str) -> TableRow {
    TableRow {
        verb: messages.unreadable.to_owned(),
        entry: None,
        what: vec![plain(fill(messages.unreadable_commit, &[&commit, &reason]))],
        level: Level::Info,
    }
}

/// The details of a change, without the verb and the entry's name.
pub fn what(messages: &Messages, change: &Change) -> Vec<Inline> {
    match &change.detail {
        Detail::List { entries } => {
            let names: Vec<String> = entries.iter().map(|row| row.label.to_string()).collect();
            names_in_pieces(messages, &names)
        }
        Detail::Row { row, former: None } => vec![plain(row_in_words(row))],
        Detail::Row { row, former: Some(former) } => {
            let mut out = vec![plain(messages.instead_of), Inline::Strong(former.label.to_string())];
            if !row.fields.is_empty() {
                out.push(plain(format!(": {}", row_in_words(row))));
            }
            out
        }
        Detail::Field { field, label, edit, .. } => field_in_words(messages, change, (field, label), edit),
        Detail::Column { edit, cells, .. } => {
            let count = format!(" ({})", messages.entries_in_words(cells.len()));
            match edit {
                Edit::Set(label) => vec![new(label), plain(count)],
                Edit::Cleared(label) => vec![old(label), plain(count)],
                Edit::Changed(before, after) => whole_texts(before, after),
            }
        }
        Detail::Fact { edit: Edit::Set(reason), label, .. } if change.kind == Kind::Corrected => {
            vec![plain(format!("\u{201c}{label}\u{201d}. {}", to_plain_text(reason.as_str())))]
        }
        Detail::Fact { edit: Edit::Set(text), .. } if change.kind == Kind::Reread => vec![plain(text.to_string())],
        Detail::Fact { field, label, edit } => {
            // The titles of sections are the values themselves.
            let is_title = change.kind == Kind::SectionsChanged && field.as_str() != SECTION_NOTE;
            labelled(messages, Some(label).filter(|_| !is_title), edit)
        }
    }
}

fn field_in_words(
    messages: &Messages,
    change: &Change,
    (field, label): (&FieldKey, &Text),
    edit: &Edit,
) -> Vec<Inline> {
    if activates(change) {
        return match edit {
            Edit::Set(_) => Vec::new(),
            Edit::Cleared(before) | Edit::Changed(before, _) => {
                let question = Some(label).filter(|_| is_answer(before));
                [plain(messages.was)].into_iter().chain(labelled_text(question, old(before))).collect()
            }
        };
    }
    let are_answers =
        change.kind == Kind::StatusChanged && [edit.before(), edit.after()].into_iter().flatten().any(is_answer);
    let label = Some(label).filter(|_| !verb_names_field(change.kind, field) || are_answers);
    let mut out = match edit {
        Edit::Set(text) if verb_states_presence(change) => labelled_text(label, new(text)),
        Edit::Cleared(text) if verb_states_presence(change) => labelled_text(label, old(text)),
        edit => labelled(messages, label, edit),
    };
    if let Some(remark) = remark(messages, change) {
        out.push(plain(format!(" ({remark})")));
    }
    out
}

/// Whether the verb identifies the field: "Relocated" needs no "Location".
fn verb_names_field(kind: Kind, field: &FieldKey) -> bool {
    match kind {
        Kind::Moved => true,
        Kind::Amended | Kind::Rescheduled => false,
        kind => kind.info().roles.iter().any(|role| role.info().key == field.as_str()),
    }
}

/// Whether a text only answers the question of its header, so that it means nothing without it: "Inactive: yes".
fn is_answer(text: &Text) -> bool {
    answer(Vocabulary::builtin(), text.as_str()).is_some()
}

/// Whether the verb is "… first stated" or "… no longer stated".
fn verb_states_presence(change: &Change) -> bool {
    let one_sided = matches!(change.detail, Detail::Field { edit: Edit::Set(_) | Edit::Cleared(_), .. });
    one_sided && change.kind.info().noun.is_some()
}

/// The whole sentence: verb, entry and details.
pub fn sentence(messages: &Messages, change: &Change) -> Vec<Inline> {
    let verb = verb(messages, change);
    let what = what(messages, change);
    let mut out = Vec::new();
    match (change.entry(), phrase(change)) {
        (None, _) => out.push(Inline::Strong(verb)),
        (Some(entry), Phrase::Verb) => {
            out.extend([Inline::Strong(verb), plain(messages.verb_entry), Inline::Strong(entry.label.to_string())]);
        }
        (Some(entry), Phrase::VerbFor) => {
            out.extend([Inline::Strong(verb), plain(messages.verb_for_entry), Inline::Strong(entry.label.to_string())]);
        }
        (Some(entry), Phrase::EntryFirst) => {
            out.extend([Inline::Strong(entry.label.to_string()), plain(format!(": {}", messages.within(&verb)))]);
            if !what.is_empty() {
                out.push(plain(" ("));
                out.extend(what);
                out.push(plain(")"));
            }
            return out;
        }
    }
    if what.iter().any(|piece| !raw(piece).trim().is_empty()) {
        let is_replacement = matches!(change.detail, Detail::Row { former: Some(_), .. });
        out.push(plain(if is_replacement { " " } else { messages.details }));
        out.extend(what);
    }
    out
}

/// The verb of a change: that of its kind, unless a more precise one is known.
pub fn verb(messages: &Messages, change: &Change) -> String {
    let noun = messages.noun(change.kind);
    match &change.detail {
        Detail::Field { .. } if activates(change) => messages.now_in_use.to_owned(),
        Detail::Field { edit: Edit::Set(_), .. } if noun.is_some() => {
            fill(messages.first_stated, &[&noun.unwrap_or_default()])
        }
        Detail::Field { edit: Edit::Cleared(_), .. } if noun.is_some() => {
            fill(messages.no_longer_stated, &[&noun.unwrap_or_default()])
        }
        Detail::Column { edit: Edit::Set(_), .. } => messages.column_added.to_owned(),
        Detail::Column { edit: Edit::Cleared(_), .. } => messages.column_removed.to_owned(),
        Detail::Column { edit: Edit::Changed(..), .. } => messages.column_renamed.to_owned(),
        Detail::Fact { label, .. } if change.kind == Kind::Reread => {
            format!("{} {label}", messages.kind(change.kind))
        }
        Detail::Fact { field, .. } if change.kind == Kind::SectionsChanged => section_verb(messages, field).to_owned(),
        _ => messages.kind(change.kind).to_owned(),
    }
}

fn section_verb(messages: &Messages, field: &FieldKey) -> &'static str {
    match field.as_str() {
        SECTION => messages.section_renamed,
        SECTION_NOTE => messages.section_note_changed,
        SECTION_ENTRIES => messages.entries_regrouped,
        _ => messages.kind(Kind::SectionsChanged),
    }
}

fn phrase(change: &Change) -> Phrase {
    if activates(change) {
        Phrase::EntryFirst
    } else if verb_states_presence(change) {
        Phrase::VerbFor
    } else {
        change.kind.info().phrase
    }
}

/// Whether a status change puts the entry into use. A known status that is no longer stated counts
/// as one if it was not "active": the list then contains the entry like those that are in use.
fn activates(change: &Change) -> bool {
    let Detail::Field { label, edit, .. } = &change.detail else { return false };
    if change.kind != Kind::StatusChanged {
        return false;
    }
    match edit {
        Edit::Set(_) => false,
        Edit::Cleared(before) => {
            let before = Status::of_cell(label, before);
            before.lifecycle.is_some() && !before.is_active()
        }
        Edit::Changed(before, after) => {
            Status::of_cell(label, after).is_active() && !Status::of_cell(label, before).is_active()
        }
    }
}

/// The pieces as one line of plain text, without markup.
pub fn flat(pieces: &[Inline]) -> String {
    pieces.iter().map(raw).collect()
}

/// The sentences of a release in one paragraph of plain text. Only the first sentences are quoted.
pub fn summary(messages: &Messages, sentences: &[Vec<Inline>]) -> String {
    let mut out: Vec<String> = sentences.iter().take(NAMES_IN_SENTENCE).map(|sentence| flat(sentence)).collect();
    if sentences.len() > NAMES_IN_SENTENCE {
        out.push(fill(messages.more_changes, &[&(sentences.len() - NAMES_IN_SENTENCE)]));
    }
    out.iter().map(|sentence| format!("{}.", sentence.trim_end_matches('.'))).collect::<Vec<_>>().join(" ")
}

/// Text without angle brackets, for fields that some feed readers take for HTML.
pub fn angle_free(text: &str) -> String {
    text.replace('<', "\u{2039}").replace('>', "\u{203a}")
}

/// The fields of a row. Fields that most lists have are shown without their label.
fn row_in_words(row: &Row) -> String {
    row.fields.iter().map(cell_in_words).collect::<Vec<_>>().join("; ")
}

fn cell_in_words(cell: &RowField) -> String {
    let text = to_plain_text(Vocabulary::builtin().without_full_stop(cell.text.as_str()));
    match Role::of_field(Vocabulary::builtin(), &cell.field, cell.label.as_str()) {
        Role::Status if is_answer(&cell.text) => format!("{}: {text}", cell.label),
        Role::Purpose | Role::Service | Role::Location | Role::Data | Role::Status | Role::Link => text.into_owned(),
        _ => format!("{}: {text}", cell.label),
    }
}

fn labelled(messages: &Messages, label: Option<&Text>, edit: &Edit) -> Vec<Inline> {
    let mut out: Vec<Inline> = label.map(|label| plain(format!("{label}: "))).into_iter().collect();
    match edit {
        Edit::Set(after) => out.extend([new(after), plain(messages.not_stated_before)]),
        Edit::Cleared(before) => out.extend([old(before), plain(messages.no_more_stated)]),
        Edit::Changed(before, after) => out.extend(changed_in_words(before, after)),
    }
    out
}

fn labelled_text(label: Option<&Text>, text: Inline) -> Vec<Inline> {
    label.map(|label| plain(format!("{label}: "))).into_iter().chain([text]).collect()
}

fn changed_in_words(before: &Text, after: &Text) -> Vec<Inline> {
    let (old_words, new_words) = (to_plain_text(before.as_str()), to_plain_text(after.as_str()));
    if old_words.len().max(new_words.len()) <= MAX_WHOLE_TEXT {
        return whole_texts(before, after);
    }
    match word_diff(&old_words, &new_words) {
        Some(pieces) => excerpts(&pieces),
        None => whole_texts(before, after),
    }
}

fn whole_texts(before: &Text, after: &Text) -> Vec<Inline> {
    vec![old(before), plain(ARROW), new(after)]
}

const ARROW: &str = " \u{2192} ";

/// The changed words of both texts with their context, the old text first.
fn excerpts(pieces: &[Piece]) -> Vec<Inline> {
    let mut out = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Kept(text) => out.push(plain(context(text, at == 0, at + 1 == pieces.len()))),
            Piece::Deleted(text) => out.push(Inline::Deleted(text.clone())),
            Piece::Inserted(_) => {}
        }
    }
    out.push(plain(ARROW));
    for (at, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Kept(text) => out.push(plain(context(text, at == 0, at + 1 == pieces.len()))),
            Piece::Inserted(text) => out.push(Inline::Inserted(text.clone())),
            Piece::Deleted(_) => {}
        }
    }
    out
}

/// The words of an unchanged passage that are next to changed ones.
fn context(text: &str, is_first: bool, is_last: bool) -> String {
    let words: Vec<&str> = text.split_inclusive(' ').collect();
    let (before, after) = (if is_first { 0 } else { CONTEXT_WORDS }, if is_last { 0 } else { CONTEXT_WORDS });
    if words.len() <= before + after {
        return text.to_owned();
    }
    let (start, end) = (words[..before].concat(), words[words.len() - after..].concat());
    let space = if is_last { "" } else { " " };
    format!("{start}\u{2026}{space}{end}")
}

/// Details that the texts alone do not show: the items of a set that were added or removed, and that
/// both locations are in the EU.
fn remark(messages: &Messages, change: &Change) -> Option<String> {
    let Detail::Field { edit: Edit::Changed(before, after), gained, lost, .. } = &change.detail else { return None };
    let comparison = change.kind.role().info().comparison;
    let is_set = !(gained.is_empty() && lost.is_empty());
    let has_kept_items =
        is_set && items_not_in(Vocabulary::builtin(), comparison, Some(after), None).len() > gained.len();
    let mut remarks = Vec::new();
    if has_kept_items && !gained.is_empty() {
        remarks.push(fill(messages.added_items, &[&items(messages, gained)]));
    }
    if has_kept_items && !lost.is_empty() {
        remarks.push(fill(messages.removed_items, &[&items(messages, lost)]));
    }
    if change.kind == Kind::Relocated
        && is_in_eu(Vocabulary::builtin(), before)
        && is_in_eu(Vocabulary::builtin(), after)
    {
        remarks.push(messages.both_in_eu.to_owned());
    }
    (!remarks.is_empty()).then(|| remarks.join("; "))
}

fn items(messages: &Messages, items: &[Text]) -> String {
    let items: Vec<String> = items.iter().map(|item| to_plain_text(item.as_str()).into_owned()).collect();
    short_list(messages, &items, NAMES_IN_SENTENCE)
}

/// Names in a sentence; of many, the first ones and the number of the others.
fn names_in_words(messages: &Messages, names: &[String]) -> String {
    short_list(messages, names, NAMES_IN_SENTENCE)
}

fn names_in_pieces(messages: &Messages, names: &[String]) -> Vec<Inline> {
    let shown = shown_names(names.len(), NAMES_IN_SENTENCE);
    let separator = separator(names);
    let mut out = Vec::new();
    for (at, name) in names[..shown].iter().enumerate() {
        if at > 0 {
            out.push(plain(separator));
        }
        out.push(Inline::Name(name.clone()));
    }
    if shown < names.len() {
        out.push(plain(fill(messages.and_more, &[&(names.len() - shown)])));
    }
    out
}

/// At most `limit` names, and the number of the others.
fn short_list(messages: &Messages, names: &[String], limit: usize) -> String {
    let shown = shown_names(names.len(), limit);
    let mut out = names[..shown].join(separator(names));
    if shown < names.len() {
        out.push_str(&fill(messages.and_more, &[&(names.len() - shown)]));
    }
    out
}

/// The number of names to show. One more name is not longer than the words "and 1 more".
fn shown_names(count: usize, limit: usize) -> usize {
    if count <= limit + 1 { count } else { limit }
}

fn separator(names: &[String]) -> &'static str {
    if names.iter().any(|name| name.contains(',')) { "; " } else { ", " }
}

fn raw(piece: &Inline) -> &str {
    match piece {
        Inline::Plain(text)
        | Inline::Strong(text)
        | Inline::Name(text)
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
    Inline::New(to_plain_text(text.as_str()).into_owned())
}

fn old(text: &Text) -> Inline {
    Inline::Old(to_plain_text(text.as_str()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit_in_words(before: &str, after: &str) -> String {
        flat(&changed_in_words(&before.into(), &after.into()))
    }

    #[test]
    fn texts_of_a_few_lines_are_shown_whole() {
        let (before, after) = (
            "Storage of customer content for ninety days after the end of the agreement",
            "Storage of customer content for thirty days after the end of the agreement",
        );
        assert_eq!(edit_in_words(before, after), format!("{before} → {after}"));
    }

    #[test]
    fn excerpts_of_long_texts_can_be_read_without_markup() {
        let filler = "one two three four five six seven eight nine ten ".repeat(8);
        let before = format!("{filler}kept for ninety days after the end. {filler}");
        let after = format!("{filler}kept for thirty days after the end. {filler}");
        assert_eq!(
            edit_in_words(&before, &after),
            "… eight nine ten kept for ninety days after the end. … → \
             … eight nine ten kept for thirty days after the end. …"
        );
    }
}
