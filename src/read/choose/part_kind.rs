//! What each part of a page is: vendors, former vendors, a change history, a table about the document, …
//!
//! [`RULES`] is the only place that decides this. The first rule that applies counts.

use changecast_core::{
    model::{Role, fold},
    vocabulary::{Meaning, Vocabulary},
};

use crate::read::{
    choose::{
        cases::introduces_cases,
        data_kinds::lists_data,
        entry_name::{begins_with_date, behind_clause_number, is_common_phrase, is_host, is_placeholder, is_sentence},
        fitness::Fitness,
        page_lists::names_things,
        page_parts::Content,
        part::{NameColumn, Part},
        people::{is_no_vendor, lists_people, lists_site_links},
        statement::{Statement, last_sentence},
    },
    source_text::cleaned,
    syntax::block::{COLONS, Item, split},
};

/// Whether a part can belong to the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It can belong to the list.
    Candidate,
    /// It can belong to the list if the page has no candidate.
    Fallback,
    /// It cannot belong to the list.
    Excluded,
}

/// A kind of parts.
#[derive(Debug)]
pub(crate) struct PartKind {
    pub standing: Standing,
    /// Why parts of this kind are not the list. It completes the sentence "the table in line 3 …".
    pub reason: &'static str,
    applies: fn(&Part<'_>) -> bool,
}

impl PartKind {
    const fn excluded(reason: &'static str, applies: fn(&Part<'_>) -> bool) -> Self {
        PartKind { standing: Standing::Excluded, reason, applies }
    }

    const fn fallback(reason: &'static str, applies: fn(&Part<'_>) -> bool) -> Self {
        PartKind { standing: Standing::Fallback, reason, applies }
    }
}

/// The kinds in the order in which they are tried.
static RULES: [PartKind; 15] = [
    PartKind::excluded("lists former vendors", |part| part.statement == Some(Statement::Past)),
    PartKind::excluded("is stated not to list sub-processors", |part| part.statement == Some(Statement::Denied)),
    PartKind::excluded("is a history of changes", is_dated),
    PartKind::fallback("is a history of changes", is_log),
    PartKind::excluded("is about the document", is_about_document),
    PartKind::excluded("contains clauses of an agreement", contains_clauses),
    PartKind::excluded("lists cases or reasons", lists_cases),
    PartKind::excluded("lists hosts", lists_hosts),
    PartKind::excluded("lists other pages", lists_site_links),
    PartKind::excluded("is about something else or empty", has_other_subject),
    PartKind::excluded("lists people", lists_people),
    PartKind::excluded("lists kinds of data", lists_data),
    PartKind::excluded("has no column of names", has_no_names),
    PartKind::excluded("does not begin with names", begins_without_names),
    PartKind::fallback("explains how the list is maintained", explains),
];

/// The kind of all other parts.
static CANDIDATE: PartKind =
    PartKind { standing: Standing::Candidate, reason: "is not under a heading about vendors", applies: |_| true };

/// The kind of records of people and of links to pages.
static NO_VENDORS: PartKind = PartKind::excluded("lists people or pages", |_| true);

/// The kinds of all parts of a page.
pub(crate) fn kinds_of(parts: &[Part<'_>]) -> Vec<&'static PartKind> {
    let others: Vec<bool> = parts.iter().map(is_no_vendor).collect();
    let are_several = others.iter().filter(|other| **other).count() > 1;
    let kinds = parts.iter().zip(others);
    kinds.map(|(part, is_other)| if is_other && are_several { &NO_VENDORS } else { kind_of(part) }).collect()
}

/// Whether a part is a history of changes.
pub(crate) fn is_history(part: &Part<'_>) -> bool {
    is_dated(part) || is_log(part)
}

/// The kind of a part.
pub(crate) fn kind_of(part: &Part<'_>) -> &'static PartKind {
    RULES.iter().find(|kind| (kind.applies)(part)).unwrap_or(&CANDIDATE)
}

/// Whether more than half of some things have a property.
fn is_true_of_most<T>(all: &[T], property: impl Fn(&T) -> bool) -> bool {
    all.iter().filter(|one| property(one)).count() * 2 > all.len()
}

/// Whether most bullets, or most rows of a table without a column of names, begin with a date.
fn is_dated(part: &Part<'_>) -> bool {
    let words = part.words();
    match part.items() {
        Some(items) => is_true_of_most(items, |item| begins_with_date(words, item.lead.as_ref().unwrap_or(&item.rest))),
        None => is_unnamed(part) && is_true_of_most(&part.names, |name| begins_with_date(words, name)),
    }
}

fn is_unnamed(part: &Part<'_>) -> bool {
    matches!((&part.found.content, part.name_column), (Content::Table(_), NameColumn::First(_)))
}

/// Whether this is a table of dated changes.
fn is_log(part: &Part<'_>) -> bool {
    let words = part.words();
    let heading = fold(part.found.heading());
    let labels: Vec<String> = part.labels.iter().map(|label| fold(label)).collect();
    let describes = [Role::Location, Role::Data, Role::Transfer].into_iter().any(|role| part.has_role(role));
    let begins_with_date = labels.first().is_some_and(|label| words.has_word(Meaning::DateWord, label));
    let has_changes = labels.iter().any(|label| is_change_label(part, label));
    let is_titled = words.has_word(Meaning::HistoryWord, &heading);
    let is_history = has_changes && (begins_with_date || is_titled) || begins_with_date && is_titled;
    part.found.is_table() && is_history && !describes && !words.has_word(Meaning::AheadWord, &heading)
}

/// Whether a folded header is that of a column of changes: "Change", "Action".
fn is_change_label(part: &Part<'_>, label: &str) -> bool {
    let words = part.words();
    words.has_word(Meaning::ChangeWord, label) && !words.has_word(Meaning::ChangeWordException, label)
        || words.is(Meaning::ChangeColumn, label)
}

/// Whether this is about the document: "Version", "Approved by". The fields may be columns, rows or bullets.
fn is_about_document(part: &Part<'_>) -> bool {
    let words = part.words();
    let describes = [Role::Purpose, Role::Location, Role::Data].into_iter().any(|role| part.has_role(role));
    let labels = &part.labels;
    match &part.found.content {
        Content::Table(_) => {
            let are_fields = labels.len() <= 3 && is_unnamed(part) && are_document_fields(words, &part.names);
            are_fields || (!describes && is_unnamed(part) && labels.len() > 1 && are_document_fields(words, labels))
        }
        Content::List(_) => are_document_fields(words, &part.names),
        Content::Record(_) => !describes && labels.len() > 1 && are_document_fields(words, labels),
    }
}

/// Whether most texts are labels of fields about a document.
fn are_document_fields(words: &Vocabulary, texts: &[String]) -> bool {
    is_true_of_most(texts, |text| words.is(Meaning::DocumentField, fold(text).trim_end_matches(':')))
}

/// Whether most bullets are clauses: running text with a number or a verb of obligation.
fn contains_clauses(part: &Part<'_>) -> bool {
    part.items().is_some_and(|items| is_true_of_most(items, |item| is_clause(part.words(), item)))
}

fn is_clause(words: &Vocabulary, item: &Item) -> bool {
    let text = cleaned(&item.whole_text());
    behind_clause_number(&text).is_some_and(is_sentence)
        || (is_sentence(&text) && words.mentions_phrase(Meaning::Obligation, &fold(&item.rest)))
}

/// Whether the paragraph above bullets introduces cases, and not vendors.
fn lists_cases(part: &Part<'_>) -> bool {
    part.found.is_list() && introduces_cases(part.words(), part.found.lead_text())
}

/// Whether most names are those of hosts. A vendor may be called by its host if its purpose follows.
fn lists_hosts(part: &Part<'_>) -> bool {
    let are_hosts = is_true_of_most(&part.names, |name| is_host(name)) && !part.names.is_empty();
    let are_described =
        part.items().is_some_and(|items| is_true_of_most(items, |item| !split(part.words(), item).1.is_empty()));
    let are_vendors = are_described && part.words().is_about_vendors(part.found.heading());
    are_hosts && !part.found.is_record() && !part.name_column.is_stated() && !are_vendors
}

/// Whether headings or headers are about something else than vendors, or the table is empty.
fn has_other_subject(part: &Part<'_>) -> bool {
    let words = part.words();
    let found = part.found;
    let is_other = |text: &str| words.mentions(Meaning::OtherSubject, text);
    // "Data retention (as processor)" is about retention.
    let heading = fold(found.heading());
    let subject = heading.split(['(', '[']).next().unwrap_or_default().trim_end();
    // "Contacts" is also a group of vendors.
    let is_group = part.found.is_table() && part.states_vendors() && part.is_below_vendors();
    if !is_group && (words.is(Meaning::OtherHeading, &heading) || words.is(Meaning::OtherHeading, subject)) {
        return true;
    }
    match &found.content {
        Content::Table(table) => {
            let labels = part.labels.join(" ");
            let is_empty = table.rows.is_empty() && part.labels.iter().all(String::is_empty);
            is_empty || is_other(&labels) || (is_other(found.heading()) && !words.is_about_vendors(&labels))
        }
        Content::List(_) | Content::Record(_) => is_other(found.heading()) || is_other(found.lead_text()),
    }
}

/// Whether the first column of a table has subjects, groups or descriptions instead of names. A table about vendors
/// that states purposes and places lists them in any case, perhaps by their tasks.
fn has_no_names(part: &Part<'_>) -> bool {
    let stated = [Role::Purpose, Role::Location, Role::Data, Role::Transfer].map(|role| part.describes(role));
    if Fitness::of(part) == Fitness::Vendors && stated.into_iter().filter(|is_stated| *is_stated).count() > 1 {
        return false;
    }
    let Some(label) = part.labels.get(part.name_column.place()).filter(|_| is_unnamed(part)) else { return false };
    let words = part.words();
    let describes = !matches!(part.config.role(label), Role::Name | Role::Service | Role::Other);
    describes
        || words.is(Meaning::GroupColumn, &fold(label))
        || is_true_of_most(&part.names, |name| is_common_phrase(name) && !is_placeholder(words, name))
}

/// Whether most bullets do not begin with something that can be a name.
fn begins_without_names(part: &Part<'_>) -> bool {
    part.items().is_some_and(|items| !names_things(part.words(), items))
}

/// Whether the heading or paragraph above bullets is about the maintenance of the list rather than its vendors.
fn explains(part: &Part<'_>) -> bool {
    let heading = part.found.heading();
    let lead = part.found.lead_text();
    let words = part.words();
    // "Every sub-processor must:"
    let obliges = lead.ends_with(COLONS)
        && last_sentence(lead).is_some_and(|last| words.mentions_phrase(Meaning::Obligation, &fold(last)));
    // "What are sub-processors?"
    let is_introduction = |text: &str| {
        let text = fold(text).replace('-', " ");
        words.begins_with(Meaning::ExplanationIntro, text.trim_start_matches(|c: char| !c.is_alphabetic()))
    };
    let explains = is_introduction(heading) || lead.ends_with('?') && is_introduction(lead);
    !part.found.is_table() && (explains || obliges || words.mentions(Meaning::Procedure, &format!("{heading} {lead}")))
}
