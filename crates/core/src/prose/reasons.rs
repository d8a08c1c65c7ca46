//! The reasons of decisions, as `log --explain` prints them.

use crate::{
    change::{MatchReason, NameRelation, Reason, Refusal},
    compare::Comparison,
};

/// Why a difference is announced or editorial.
pub fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::NotMatched => "no entry of the other version is the same vendor",
        Reason::StatesReplacement => "the entry states which one it replaces",
        Reason::Different(comparison) => different(comparison),
        Reason::Equivalent(comparison) => equivalent(comparison),
        Reason::OneSided => "only one of the versions has a value",
        Reason::OtherHeader => "the column has another header",
        Reason::EqualCells => "the cells are the same under another header",
        Reason::AlikeCells => "the cells under another header share words with those before",
        Reason::SamePattern => "most headers differ, and the cells are equal where those under the old header are",
        Reason::WholeColumn => "most entries have it: announced once for the list",
        Reason::OtherTitle => "the section has another title",
        Reason::OtherNote => "the note of the section differs",
        Reason::OtherSection => "the entry is in another section",
        Reason::MovedTogether => "several entries moved together: announced once",
        Reason::PartOfRegrouping => "announced once, as a change of the sections",
        Reason::StatedByTitle => "the titles of the sections state the status",
        Reason::OtherStatement => "a statement about the list itself",
        Reason::SameStatement => "only the presentation of the statement differs",
        Reason::PageText => "only some formats have titles and descriptions",
        Reason::Wording => "other words for notice terms that are compared by themselves",
        Reason::AboutNewEntry => "the entry that the sentences are about is added or removed",
    }
}

fn different(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Text => "the words differ, not only case, markup, white space or punctuation",
        Comparison::Set => "the sets have different items",
        Comparison::Locations => "the locations differ",
        Comparison::Lifecycle => "the status, or a condition of it, differs",
        Comparison::Date => "the dates, or their precision, differ",
        Comparison::Url => "the addresses differ",
    }
}

fn equivalent(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Text => "only case, markup, white space or punctuation differ",
        Comparison::Set => "the sets have the same items",
        Comparison::Locations => "the locations are the same",
        Comparison::Lifecycle => "the same status under the same conditions",
        Comparison::Date => "the same date in another form",
        Comparison::Url => "the same address in another form",
    }
}

/// Why two entries were matched.
pub fn match_reason(reason: MatchReason) -> String {
    match reason {
        MatchReason::Id => "the same id".to_owned(),
        MatchReason::Formerly => "it states the earlier name, or its file was renamed".to_owned(),
        MatchReason::Name => "the same name".to_owned(),
        MatchReason::NameForm(relation) => format!("another form of the name: {}", name_relation(relation)),
        MatchReason::NameAndStatus(relation) => {
            format!("{}, and the planned entry is now in use", name_relation(relation))
        }
        MatchReason::NameAndFields(relation) => format!("{}, and the other fields agree", name_relation(relation)),
    }
}

/// Why two entries with related names were not matched.
pub fn refusal(refusal: Refusal) -> String {
    match refusal {
        Refusal::FieldsDiffer(relation) => format!("{}, but the other fields differ", name_relation(relation)),
        Refusal::BetterMatch => "another entry fits better".to_owned(),
    }
}

fn name_relation(relation: NameRelation) -> &'static str {
    match relation {
        NameRelation::SameWords => "the same words",
        NameRelation::WithoutParenthesis => "the same name without its parenthesis",
        NameRelation::FullerParenthesis => "its parenthesis states the company more fully",
        NameRelation::SameLetters => "the same letters",
        NameRelation::Acronym => "an acronym",
        NameRelation::StatesEarlierName => "the earlier name in parentheses",
        NameRelation::Typo => "a typo",
        NameRelation::SimilarLetters => "similar letters",
        NameRelation::SharedWords => "the words of one name in the other",
    }
}
